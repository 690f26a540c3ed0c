/*
 * What libc's calls cost in a process with threads: run without and with netgraft-run (bench/preload.sh).
 *
 * Nanoseconds of processor time per operation, of both threads where two take part; the best of 5.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int pair[2], many[1000];
static struct pollfd polled[1000];
static char data[64];

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);

	return time.tv_sec * 1e9 + time.tv_nsec;
}

static void send_recv(void)
{
	if (send(pair[0], data, 64, 0) != 64 || recv(pair[1], data, 64, 0) != 64)
		exit(1);
}
static void nothing_there(void) { recv(pair[1], data, 64, MSG_DONTWAIT); }
static void poll_one(void) { poll(polled, 1, 1000); }
static void poll_thousand(void) { poll(polled, 1000, 1000); }
static void select_ten(void)
{
	struct timeval time = { 1, 0 };
	fd_set set;
	int i;

	FD_ZERO(&set);
	for (i = 0; i < 10; i++)
		FD_SET(many[i], &set);
	select(many[9] + 1, NULL, &set, NULL, &time);
}
static void select_high(void)
{
	struct timeval time = { 1, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(many[999], &set);
	select(many[999] + 1, NULL, &set, NULL, &time);
}
static void socket_close(void) { close(socket(AF_INET, SOCK_DGRAM, 0)); }
static void pipe_write_read(void)
{
	static int fds[2];

	if (!fds[1] && pipe(fds))
		exit(1);
	if (write(fds[1], data, 1) != 1 || read(fds[0], data, 1) != 1)
		exit(1);
}
/* the other thread answers; this one sleeps in recv for each */
static int ping[2];
static void *answer(void *arg)
{
	char byte;

	while (recv(ping[1], &byte, 1, 0) == 1)
		send(ping[1], &byte, 1, 0);

	return arg;
}
static void ping_pong(void)
{
	if (send(ping[0], data, 1, 0) != 1 || recv(ping[0], data, 1, 0) != 1)
		exit(1);
}

static void measure(const char *name, void (*run)(void), int times);

static pthread_barrier_t all_there;
static void *idle(void *arg)
{
	nothing_there();
	pthread_barrier_wait(&all_there);
	for (;;)
		pause();

	return arg;
}
/* more than are looked after, so that this one passes through */
static void start_threads(int count)
{
	pthread_attr_t small;
	pthread_t id;
	int i;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	pthread_barrier_init(&all_there, NULL, (unsigned)count + 1);
	for (i = 0; i < count; i++)
		if (pthread_create(&id, &small, idle, NULL))
			exit(1);
	pthread_barrier_wait(&all_there);
}
static void *one_more(void *arg)
{
	measure("recv, nothing there, 4300 threads", nothing_there, 20000);

	return arg;
}

static void measure(const char *name, void (*run)(void), int times)
{
	double best = 1e18;
	int round, i;

	for (round = 0; round < 5; round++) {
		double begin = now(), took;

		for (i = 0; i < times; i++)
			run();
		took = (now() - begin) / times;
		best = took < best ? took : best;
	}
	printf("%s\t%.0f\n", name, best);
}

int main(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	struct rlimit limit = { 4096, 4096 };
	pthread_t id;
	int i;

	setrlimit(RLIMIT_NOFILE, &limit);
	pair[0] = socket(AF_INET, SOCK_DGRAM, 0);
	pair[1] = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(pair[1], (struct sockaddr *)&address, sizeof(address)) || getsockname(pair[1], (struct sockaddr *)&address, &length)
	    || connect(pair[0], (struct sockaddr *)&address, sizeof(address)) || socketpair(AF_UNIX, SOCK_STREAM, 0, ping))
		return 1;
	for (i = 0; i < 1000; i++) {
		many[i] = socket(AF_INET, SOCK_DGRAM, 0);
		polled[i] = (struct pollfd){ many[i], POLLOUT, 0 };
	}
	if (pthread_create(&id, NULL, answer, NULL))
		return 1;
	measure("recv, nothing there", nothing_there, 50000);
	measure("UDP send and recv, 64 bytes", send_recv, 10000);
	measure("sleeping in recv, there and back", ping_pong, 4000);
	measure("pipe write and read", pipe_write_read, 20000);
	measure("poll, 1 descriptor", poll_one, 50000);
	measure("poll, 1000 descriptors", poll_thousand, 200);
	measure("select, 10 descriptors", select_ten, 10000);
	measure("select, one of 1000", select_high, 10000);
	measure("socket and close", socket_close, 5000);
	start_threads(4300);
	if (pthread_create(&id, NULL, one_more, NULL))
		return 1;
	pthread_join(id, NULL);

	return 0;
}
