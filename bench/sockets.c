/*
 * What a socket call costs: on libc (-DON_LIBC) or on netgraft.
 *   sockets SCENARIO [MILLISECONDS]   prints: OPERATIONS CPU_NS_EACH WALL_NS_EACH
 * Runs for about that long, in batches. CPU is the process's, kernel included.
 */
#include "../tests/c/sock.h"

static char buffer[64];
static int fds[1024], count, pair[2];
static int listener;
static union address where;
static socklen_t where_size;

static double
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* --- scenarios: one operation ------------------------------------------------------------------------------------- */

static void
send_recv(int *p)
{
	MUST(send(p[0], buffer, sizeof buffer, 0));
	MUST(recv(p[1], buffer, sizeof buffer, 0));
}
static void
write_read(int *p)
{
	MUST(write(p[0], buffer, sizeof buffer));
	MUST(read(p[1], buffer, sizeof buffer));
}
static void
sendto_recvfrom(int *p)
{
	union address from;
	socklen_t size = sizeof from;

	MUST(sendto(p[0], buffer, sizeof buffer, 0, &where.any, where_size));
	MUST(recvfrom(p[1], buffer, sizeof buffer, 0, &from.any, &size));
}
static void
recv_nothing(int *p)
{
	if (recv(p[0], buffer, sizeof buffer, MSG_DONTWAIT) != -1)
		abort();
}
/* one of them has something to read */
static void
by_select(int *p)
{
	fd_set set;
	int i;

	(void)p;
	FD_ZERO(&set);
	for (i = 0; i < count; i++)
		FD_SET(fds[i], &set);
	if (select(fds[count - 1] + 1, &set, NULL, NULL, NULL) != 1)
		abort();
}
static void
by_poll(int *p)
{
	static __thread struct pollfd set[1024];
	int i;

	(void)p;
	for (i = 0; i < count; i++)
		set[i] = (struct pollfd){fds[i], POLLIN, 0};
	if (poll(set, (nfds_t)count, -1) != 1)
		abort();
}
static void
socket_close(int *p)
{
	(void)p;
	MUST(close((int)MUST(socket(AF_INET, SOCK_DGRAM, 0))));
}
/* a connection: made, accepted, closed by both without waiting states */
static void
connection(int *p)
{
	struct linger off = {1, 0};
	int client = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), server;

	(void)p;
	MUST(connect(client, &where.any, where_size));
	server = (int)MUST(accept(listener, NULL, NULL));
	MUST(setsockopt(client, SOL_SOCKET, SO_LINGER, &off, sizeof off));
	MUST(close(client));
	MUST(close(server));
}

/* --- threads --------------------------------------------------------------------------------------------------------- */

struct thread {
	pthread_t id;
	int pair[2];
	void (*operation)(int *);
	long done;
};
static int stop;

static void *
on_its_own(void *arg)
{
	struct thread *t = arg;
	int i;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < 64; i++)
			t->operation(t->pair);
		t->done += 64;
	}
	return NULL;
}

/* answers until the end */
static void *
answering(void *arg)
{
	int *p = arg;
	ssize_t n;

	while ((n = recv(p[1], buffer, sizeof buffer, 0)) > 1)
		MUST(send(p[1], buffer, (size_t)n, 0));
	return NULL;
}
static void
ping(int *p)
{
	MUST(send(p[0], buffer, sizeof buffer, 0));
	MUST(recv(p[0], buffer, sizeof buffer, 0));
}

static void
open_many(int n)
{
	int i;

	count = n;
	for (i = 0; i < n; i++)
		fds[i] = bound(AF_INET, SOCK_DGRAM, 0);
	pair[0] = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(connect_to(pair[0], AF_INET, port_of(fds[n / 2])));
	MUST(send(pair[0], "x", 1, 0));
	readable(fds[n / 2], 1000);
}

static void
result(double operations, double cpu, double wall)
{
	printf("%.0f %.1f %.1f\n", operations, cpu / operations, wall / operations);
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "udp";
	double wanted = (argc > 2 ? atof(argv[2]) : 200) * 1e6, cpu, wall;
	void (*operation)(int *) = send_recv;
	struct thread two[2] = {{0}};
	long done = 0, batch = 16;
	pthread_t answerer;
	int i, number = 0, threads = strstr(name, "-2") ? 2 : 0, pingpong = strncmp(name, "pingpong", 8) == 0;
	const char *digits = name + strcspn(name, "0123456789");

	if (*digits && !threads)
		number = atoi(digits);
	face_begin();
	if (strncmp(name, "select", 6) == 0 || strncmp(name, "poll", 4) == 0) {
		operation = name[0] == 's' ? by_select : by_poll;
		open_many(number);
		batch = 4;
	} else if (strncmp(name, "socket-close", 12) == 0) {
		operation = socket_close;
	} else if (strcmp(name, "connection") == 0) {
		operation = connection;
		listener = bound(AF_INET, SOCK_STREAM, 8);
		where_size = loopback(&where, AF_INET, port_of(listener));
	} else {
		if (strstr(name, "tcp")) {
			int yes = 1;

			tcp_pair(pair);
			MUST(setsockopt(pair[0], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes));
			MUST(setsockopt(pair[1], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes));
		} else {
			udp_pair(pair);
		}
		if (strncmp(name, "write-", 6) == 0)
			operation = write_read;
		else if (strncmp(name, "to-", 3) == 0)
			operation = sendto_recvfrom;
		else if (strncmp(name, "empty-", 6) == 0)
			operation = recv_nothing;
		where_size = loopback(&where, AF_INET, port_of(pair[1]));
	}
	if (pingpong) {
		operation = ping;
		pthread_create(&answerer, NULL, answering, pair);
	}
	if (threads) {
		cpu = cpu_ns();
		wall = now_ms();
		for (i = 0; i < 2; i++) {
			two[i].operation = operation;
			if (strstr(name, "tcp"))
				tcp_pair(two[i].pair);
			else
				udp_pair(two[i].pair);
			pthread_create(&two[i].id, NULL, on_its_own, &two[i]);
		}
		usleep((useconds_t)(wanted / 1e3));
		__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
		for (i = 0; i < 2; i++) {
			pthread_join(two[i].id, NULL);
			done += two[i].done;
		}
		result((double)done, cpu_ns() - cpu, (now_ms() - wall) * 1e6);
		return 0;
	}
	for (i = 0; i < 16; i++)
		operation(pair); /* what happens only once */
	cpu = cpu_ns();
	wall = now_ms();
	do {
		for (i = 0; i < batch; i++)
			operation(pair);
		done += batch;
	} while (now_ms() - wall < wanted / 1e6);
	cpu = cpu_ns() - cpu;
	wall = (now_ms() - wall) * 1e6;
	result((double)done, cpu, wall);
	if (pingpong) {
		MUST(send(pair[0], "", 1, 0));
		pthread_join(answerer, NULL);
	}
	return 0;
}
