/*
 * Threads that open, wait, talk and close without asking each other, over and over.
 *
 *     soak ROUNDS
 *
 * Each of 4 pairs of threads has a socket. One waits in it, by turns in recv, read, select, poll and accept, for ever; the other closes
 * it under it. Nobody may hang, nobody may get another's data, and no descriptor may be left.
 */
#include "common.h"

#define PAIRS 4

struct pair {
	int fd, number, kind, ready, bad;
	pthread_t waiter, closer;
};
static int rounds;

static void *wait_once(void *arg)
{
	struct pair *pair = arg;
	struct pollfd one = { pair->fd, POLLIN, 0 };
	char data[16];
	long result = 0;
	fd_set set;

	errno = 0;
	__atomic_store_n(&pair->ready, 1, __ATOMIC_SEQ_CST);
	switch (pair->kind) {
	case 0:
		result = recv(pair->fd, data, sizeof(data), 0);
		break;
	case 1:
		result = read(pair->fd, data, sizeof(data));
		break;
	case 2:
		FD_ZERO(&set);
		FD_SET(pair->fd, &set);
		result = select(pair->fd + 1, &set, NULL, NULL, NULL);
		break;
	case 3:
		result = poll(&one, 1, -1) == 1 && one.revents == POLLNVAL ? -1 : 0;
		errno = EBADF;
		break;
	default:
		result = accept(pair->fd, NULL, NULL);
	}
	if (result >= 0 || errno != EBADF)
		pair->bad++;

	return NULL;
}

static void *run(void *arg)
{
	struct pair *pair = arg;
	unsigned seed = pair->number;
	int round;

	for (round = 0; round < rounds; round++) {
		int fd;

		pair->kind = round % 5;
		fd = pair->kind == 4 ? listener(1) : udp();
		/* a number of its own, so that a call that comes only after the close meets nothing */
		pair->fd = dup2(fd, pair->number);
		must(pair->fd == pair->number && !close(fd), "dup2");
		pair->ready = 0;
		must(!pthread_create(&pair->waiter, NULL, wait_once, pair), "pthread_create");
		while (!__atomic_load_n(&pair->ready, __ATOMIC_SEQ_CST))
			sched_yield();
		if (rand_r(&seed) % 2)
			sleep_ms(1);
		close(pair->fd);
		pthread_join(pair->waiter, NULL);
	}

	return NULL;
}

int main(int argc, char **argv)
{
	static struct pair pairs[PAIRS];
	int before = open_descriptors(), i, bad = 0;

	rounds = argc > 1 ? atoi(argv[1]) : 1000;
	alarm(300);
	for (i = 0; i < PAIRS; i++) {
		pairs[i].number = 100 + i;
		must(!pthread_create(&pairs[i].closer, NULL, run, &pairs[i]), "pthread_create");
	}
	for (i = 0; i < PAIRS; i++) {
		pthread_join(pairs[i].closer, NULL);
		bad += pairs[i].bad;
	}
	printf("open %d more\n", open_descriptors() - before);
	printf("others %d\n", bad);

	return 0;
}
