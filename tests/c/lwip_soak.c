/*
 * Sockets opened and closed again and again by many threads, while others wait on them and close them too.
 *   lwip_soak [ROUNDS [THREADS]]     100,000 rounds by 8 threads
 * Every thread has its own sockets, and a partner that selects, receives or accepts on them. At the end as many descriptors are open
 * as in the beginning, memory is what it was after the first tenth, no thread is left in a call, and no call took long.
 */
#include "sock.h"

static int passed, failed;
__attribute__((format(printf, 2, 3))) static void
check(int good, const char *name, ...)
{
	va_list ap;

	fputs(good ? "ok " : "FAIL ", stdout);
	va_start(ap, name);
	vprintf(name, ap);
	va_end(ap);
	putchar('\n');
	good ? passed++ : failed++;
}

struct pair {
	pthread_t worker, waiter;
	int fd, over;
	int in, on; /* the call that it is in, and its descriptor */
	long rounds, woken, answers, wrong;
	double longest;
};
static struct pair pairs[64];
static int threads = 8;
static long rounds = 100000, done_rounds;
static double since;

/* Waits on whatever socket the worker has: it is closed under this, in the middle of any of these calls. */
static void *
waiter(void *arg)
{
	struct pair *me = arg;
	unsigned turn = 0;
	char byte[8];

	while (!__atomic_load_n(&me->over, __ATOMIC_ACQUIRE)) {
		int fd = __atomic_load_n(&me->fd, __ATOMIC_ACQUIRE), error;
		long n;

		if (fd < 0) {
			sched_yield();
			continue;
		}
		errno = 0;
		me->on = fd;
		__atomic_store_n(&me->in, (int)(turn % 4) + 1, __ATOMIC_RELEASE);
		switch (turn++ % 4) {
		case 0: {
			fd_set set;

			FD_ZERO(&set);
			FD_SET(fd, &set);
#ifdef ON_LIBC
			struct timeval wait = {0, 2000}; /* a close does not wake it there */
			n = select(fd + 1, &set, NULL, NULL, &wait);
#else
			n = select(fd + 1, &set, NULL, NULL, NULL);
#endif
			break;
		}
		case 1: {
			struct pollfd p = {fd, POLLIN, 0};

#ifdef ON_LIBC
			n = poll(&p, 1, 2);
#else
			n = poll(&p, 1, -1);
#endif
			if (n > 0 && p.revents & POLLNVAL) {
				n = -1;
				errno = EBADF;
			}
			break;
		}
#ifdef ON_LIBC
		case 2: n = recv(fd, byte, sizeof byte, MSG_DONTWAIT); break;
		default: n = recvfrom(fd, byte, sizeof byte, MSG_DONTWAIT, NULL, NULL); break;
#else
		case 2: n = recv(fd, byte, sizeof byte, 0); break;
		default: n = accept(fd, NULL, NULL); break;
#endif
		}
		error = errno;
		__atomic_store_n(&me->in, 0, __ATOMIC_RELEASE);
		if (n < 0 && error == EBADF)
			__atomic_add_fetch(&me->woken, 1, __ATOMIC_RELAXED);
		else if (n >= 0 || error == EAGAIN || error == ENOTCONN || error == EOPNOTSUPP || error == EINVAL || error == ENOTSOCK)
			me->answers++; /* accept of a UDP socket, recv of a listener; ENOTSOCK: the number is /proc's now, while this counts */
		else
			me->wrong++;
	}
	return NULL;
}

static void *
worker(void *arg)
{
	struct pair *me = arg;
	long i;

	for (i = 0; i < me->rounds; i++) {
		int fd = bound(AF_INET, i % 4 == 3 ? SOCK_STREAM : SOCK_DGRAM, 4);
		double begin, took;

		__atomic_store_n(&me->fd, fd, __ATOMIC_RELEASE);
		if (i % 8 == 0)
			usleep(50); /* mostly asleep then; otherwise anywhere */
		else
			sched_yield();
		__atomic_store_n(&me->fd, -1, __ATOMIC_RELEASE);
		begin = now_ms();
		if (close(fd))
			me->wrong++;
		took = now_ms() - begin;
		if (took > me->longest)
			me->longest = took;
		__atomic_add_fetch(&done_rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static long
resident(void)
{
	long pages = 0, all = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%ld %ld", &all, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return pages * 4;
}

/* Some rounds by all threads; false if they do not end. */
static int
run(long count)
{
	double until = now_ms() + 120e3;
	int i;
	long total = 0, before;

	__atomic_store_n(&done_rounds, 0, __ATOMIC_SEQ_CST);
	for (i = 0; i < threads; i++) {
		pairs[i] = (struct pair){.fd = -1, .rounds = count / threads};
		total += pairs[i].rounds;
		pthread_create(&pairs[i].waiter, NULL, waiter, &pairs[i]);
		pthread_create(&pairs[i].worker, NULL, worker, &pairs[i]);
	}
	do {
		before = __atomic_load_n(&done_rounds, __ATOMIC_SEQ_CST);
		usleep(10000);
	} while (before < total && now_ms() < until);
	if (before < total)
		return 0;
	for (i = 0; i < threads; i++) {
		pthread_join(pairs[i].worker, NULL);
		__atomic_store_n(&pairs[i].over, 1, __ATOMIC_RELEASE);
	}
	/* every waiter comes back: nothing is left to wait on */
	for (i = 0; i < threads; i++) {
		struct timespec end;

		clock_gettime(CLOCK_MONOTONIC, &end);
		end.tv_sec += 10;
		if (pthread_clockjoin_np(pairs[i].waiter, NULL, CLOCK_MONOTONIC, &end)) {
			static const char *const calls[] = {"no call", "select", "poll", "recv", "accept"};
			char path[64], what[64] = "";

			snprintf(path, sizeof path, "/proc/self/fd/%d", pairs[i].on);
			if (readlink(path, what, sizeof what - 1) < 0)
				strcpy(what, "nothing");
			printf("a thread is left in %s on %d, which is %s\n", calls[pairs[i].in], pairs[i].on, what);
			return 0;
		}
	}
	return 1;
}

int
main(int argc, char **argv)
{
	int begin, end, first, i;
	long warm, after, woken = 0, wrong = 0, answers = 0;
	double longest = 0;

	rounds = argc > 1 ? atol(argv[1]) : rounds;
	threads = argc > 2 ? atoi(argv[2]) : threads;
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(300);
	since = now_ms();
	if (!run(rounds / 10)) {
		check(0, "the first tenth does not end: %ld rounds done", done_rounds);
		_exit(1);
	}
	begin = descriptors();
	first = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(close(first));
	warm = resident();
	if (!run(rounds)) {
		check(0, "it does not end: %ld of %ld rounds done", done_rounds, rounds);
		_exit(1);
	}
	for (i = 0; i < threads; i++) {
		woken += pairs[i].woken;
		wrong += pairs[i].wrong;
		answers += pairs[i].answers;
		longest = pairs[i].longest > longest ? pairs[i].longest : longest;
	}
	end = descriptors();
	after = resident();
	i = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
	check(1, "%ld rounds, %d threads with as many that wait: %.1f s", rounds, threads, (now_ms() - since) / 1e3);
	check(end == begin, "descriptors open: %d, then %d", begin, end);
	check(i == first, "the lowest free number: %d, then %d", first, i);
	check(after - warm <= 512, "memory: %ld kB, then %ld kB", warm, after);
	check(wrong == 0, "%ld calls ended in EBADF, %ld otherwise, %ld with an error that makes no sense", woken, answers, wrong);
#ifndef ON_LIBC
	check(woken > rounds / 100, "the closes met waiters: %ld", woken);
#endif
	check(longest < 5000, "the longest close: %.0f ms", longest);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
