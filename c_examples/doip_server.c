/*
 * A server of diagnostics in a car (DoIP, ISO 13400), as written for lwIP: a thread selects on a UDP and a TCP socket, and another
 * thread tears all of it down by closing them, and sets it up again on the same port. With lwIP that close loses a slot or hangs; with
 * libc the thread is not woken, and its sleep keeps the closed sockets alive. With netgraft it is woken: EBADF.
 *
 *   doip_server [ROUNDS [PORT]]          5 rounds; any free port
 *   cc doip_server.c -llwip -lpthread                    on netgraft
 *   cc -DON_LIBC doip_server.c -lpthread                 on libc, to see the difference
 *
 * The testers that ask it are in this program too.
 */
#define _GNU_SOURCE
#ifdef ON_LIBC
#include <netinet/in.h>
#include <sys/select.h>
#include <sys/socket.h>
#define SOCKETS "libc"
#else
#include <lwip/sockets.h>
#define SOCKETS "netgraft"
#endif
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { IDENTIFY = 0x0001, ANNOUNCE = 0x0004, ACTIVATE = 0x0005, ACTIVATED = 0x0006 };
#define HEADER 8
#define TESTERS 4

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- messages: version, its inverse, type, length -------------------------------------------------------------- */

static size_t
compose(uint8_t *out, unsigned type, const void *payload, size_t length)
{
	const uint8_t head[HEADER] = {0x02, 0xfd, (uint8_t)(type >> 8), (uint8_t)type, 0, 0, (uint8_t)(length >> 8), (uint8_t)length};

	memcpy(out, head, HEADER);
	if (length)
		memcpy(out + HEADER, payload, length);
	return HEADER + length;
}

static int
type_of(const uint8_t *message, ssize_t length)
{
	if (length < HEADER || message[0] != 0x02 || message[1] != 0xfd)
		return -1;
	return message[2] << 8 | message[3];
}

static struct sockaddr_in
address(uint16_t port)
{
	struct sockaddr_in a;

	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons(port);
	return a;
}

/* --- the server ---------------------------------------------------------------------------------------------------- */

struct server {
	int udp, tcp, testers[TESTERS];
	pthread_t thread;
	int left;      /* the thread has left */
	int error;     /* why */
	double at;     /* when */
};

static void
answer_udp(struct server *s)
{
	static const char vehicle[33] = "NETGRAFT000000001";
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	uint8_t message[64];
	ssize_t n = recvfrom(s->udp, message, sizeof message, 0, (struct sockaddr *)&from, &size);

	if (type_of(message, n) == IDENTIFY)
		sendto(s->udp, message, compose(message, ANNOUNCE, vehicle, sizeof vehicle), 0, (struct sockaddr *)&from, size);
}

/* False when the tester has gone. */
static int
answer_tester(int fd)
{
	static const uint8_t granted[9] = {0x0e, 0x00, 0x10, 0x01, 0x10};
	uint8_t message[64];
	ssize_t n = recv(fd, message, sizeof message, 0);

	if (n <= 0)
		return 0;
	if (type_of(message, n) == ACTIVATE)
		send(fd, message, compose(message, ACTIVATED, granted, sizeof granted), 0);
	return 1;
}

/* Serves until its sockets are closed. */
static void *
serve(void *arg)
{
	struct server *s = arg;
	int i, error;

	for (;;) {
		fd_set set;
		int max = s->udp > s->tcp ? s->udp : s->tcp;

		FD_ZERO(&set);
		FD_SET(s->udp, &set);
		FD_SET(s->tcp, &set);
		for (i = 0; i < TESTERS; i++)
			if (s->testers[i] >= 0) {
				FD_SET(s->testers[i], &set);
				if (s->testers[i] > max)
					max = s->testers[i];
			}
		if (select(max + 1, &set, NULL, NULL, NULL) < 0) {
			error = errno;
			break;
		}
		if (FD_ISSET(s->udp, &set))
			answer_udp(s);
		for (i = 0; i < TESTERS; i++)
			if (s->testers[i] >= 0 && FD_ISSET(s->testers[i], &set) && !answer_tester(s->testers[i])) {
				close(s->testers[i]);
				s->testers[i] = -1;
			}
		if (FD_ISSET(s->tcp, &set)) {
			for (i = 0; i < TESTERS - 1 && s->testers[i] >= 0; i++)
				;
			if (s->testers[i] < 0)
				s->testers[i] = accept(s->tcp, NULL, NULL);
		}
	}
	for (i = 0; i < TESTERS; i++)
		if (s->testers[i] >= 0)
			close(s->testers[i]);
	s->error = error;
	s->at = now_ms();
	__atomic_store_n(&s->left, 1, __ATOMIC_RELEASE);
	return NULL;
}

static struct server *
server_init(uint16_t *port)
{
	struct server *s = calloc(1, sizeof *s);
	struct sockaddr_in a = address(*port);
	socklen_t size = sizeof a;
	int i, yes = 1;

	for (i = 0; i < TESTERS; i++)
		s->testers[i] = -1;
	s->tcp = socket(AF_INET, SOCK_STREAM, 0);
	s->udp = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(s->tcp, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(s->tcp, (struct sockaddr *)&a, sizeof a) || getsockname(s->tcp, (struct sockaddr *)&a, &size) ||
		bind(s->udp, (struct sockaddr *)&a, sizeof a) || listen(s->tcp, 4)) {
		printf("cannot have port %d: %s\n", *port, strerror(errno));
		close(s->tcp);
		close(s->udp);
		free(s);
		return NULL;
	}
	*port = ntohs(a.sin_port);
	pthread_create(&s->thread, NULL, serve, s);
	return s;
}

/* Closes from this thread what the other selects on. False if it stays there: then it and `s` are lost. */
static int
server_deinit(struct server *s)
{
	double begin = now_ms();
	int error;

	close(s->udp);
	close(s->tcp);
	while (!__atomic_load_n(&s->left, __ATOMIC_ACQUIRE) && now_ms() - begin < 300)
		usleep(100);
	if (!__atomic_load_n(&s->left, __ATOMIC_ACQUIRE)) {
		printf("the thread still selects 300 ms after the close\n");
		return 0;
	}
	pthread_join(s->thread, NULL);
	error = s->error;
	printf("the thread left select within %.0f ms: %s\n", s->at - begin + 0.5, strerror(error));
	free(s);
	return error == EBADF;
}

/* --- a tester ---------------------------------------------------------------------------------------------------------- */

/* Asks who is there, connects and asks for routing. */
static int
tester(uint16_t port)
{
	static const uint8_t who[7] = {0x0e, 0x00, 0x00};
	struct sockaddr_in a = address(port);
	struct timeval patience = {1, 0};
	uint8_t message[64];
	int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0), good = 0;
	ssize_t n;

	setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(tcp, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	sendto(udp, message, compose(message, IDENTIFY, NULL, 0), 0, (struct sockaddr *)&a, sizeof a);
	n = recv(udp, message, sizeof message, 0);
	if (type_of(message, n) != ANNOUNCE)
		printf("no announcement; ");
	else if (connect(tcp, (struct sockaddr *)&a, sizeof a))
		printf("no connection: %s; ", strerror(errno));
	else {
		send(tcp, message, compose(message, ACTIVATE, who, sizeof who), 0);
		n = recv(tcp, message, sizeof message, 0);
		good = type_of(message, n) == ACTIVATED;
		printf(good ? "announced and activated; " : "not activated; ");
	}
	close(udp);
	close(tcp);
	return good;
}

int
main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 5, good = 0, good_tester, i;
	uint16_t port = (uint16_t)(argc > 2 ? atoi(argv[2]) : 0);

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 1; i <= rounds; i++) {
		struct server *s;

		printf("%s, round %d: ", SOCKETS, i);
		s = server_init(&port);
		if (!s) {
			/* what was closed lives on in the select of the lost thread */
			printf("%s, a tester now: ", SOCKETS);
			printf(tester(port) ? "the server that was torn down answers\n" : "the port is held by a server that nobody has\n");
			break;
		}
		good_tester = tester(port);
		usleep(20000); /* the thread sleeps in select now, as it does most of its life */
		if (server_deinit(s) && good_tester)
			good++;
	}
	printf("%s: %d of %d rounds as they should be\n", SOCKETS, good, rounds);
	fflush(stdout);
	_exit(good != rounds); /* threads may be left in select */
}
