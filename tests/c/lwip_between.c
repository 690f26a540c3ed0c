/* A close, or another change, that comes between two steps of a call; and what is no socket. See sock_rows.h. */
#include "sock_rows.h"

#ifndef NO_KERNEL
#include <setjmp.h>
#include <sys/eventfd.h>
#include <sys/time.h>

static char much[1 << 20];

static void
in_accept(struct sleeper *me)
{
	long fd = accept(me->fd, NULL, NULL);

	outcome(me, fd < 0 ? "" : "accepted", fd < 0 ? fd : 0);
}

/* --- pipes and counters --------------------------------------------------------------------------------------------- */

static void
in_write(struct sleeper *me)
{
	ssize_t n = write(me->fd, much, sizeof much);

	if (n >= 0 && n < (ssize_t)sizeof much)
		snprintf(me->text, sizeof me->text, "part of it");
	else
		outcome(me, "wrote", n);
}
static void
in_writev(struct sleeper *me)
{
	struct iovec parts[2] = {{much, 1}, {much + 1, sizeof much - 1}};
	ssize_t n = writev(me->fd, parts, 2);

	if (n >= 0 && n < (ssize_t)sizeof much)
		snprintf(me->text, sizeof me->text, "part of it");
	else
		outcome(me, "wrote", n);
}

/* Can the kernel be told not to wait, for this one call? Without that we cannot either. */
static void
need_no_wait(int fd)
{
	struct iovec part = {into, sizeof into};

	if (preadv2(fd, &part, 1, -1, RWF_NOWAIT) < 0 && errno == EOPNOTSUPP) {
		say("needs Linux 6.4");
		_exit(0);
	}
}

/* Closes what one or two threads are in. */
static void
woken(void (*call)(struct sleeper *), int fd, int threads)
{
	static struct sleeper s[2];
	double begin;
	int i;

	for (i = 0; i < threads; i++)
		sleeper_start(&s[i], call, fd);
	for (i = 0; i < threads; i++)
		if (!settled(&s[i]))
			say("does not sleep: ");
	begin = close_elsewhere(fd);
	for (i = 0; i < threads; i++) {
		say_woken(&s[i], begin);
		if (i + 1 < threads)
			say(", ");
	}
}

struct end {
	void (*call)(struct sleeper *);
	int end, full, threads;
};

static void
of_pipe(const void *arg)
{
	const struct end *e = arg;
	int fds[2], flags;

	MUST(pipe(fds));
	need_no_wait(fds[0]);
	if (e->full) {
		flags = (int)MUST(fcntl(fds[1], F_GETFL, 0));
		MUST(fcntl(fds[1], F_SETFL, flags | O_NONBLOCK));
		while (write(fds[1], much, sizeof much) > 0)
			;
		MUST(fcntl(fds[1], F_SETFL, flags));
	}
	woken(e->call, fds[e->end], e->threads);
}
#define PIPE(...) of_pipe, &(const struct end){__VA_ARGS__}

/* all of it arrives, however slowly it is read */
static void
through_pipe(const void *arg)
{
	static struct sleeper s;
	long total = 0, n;
	int fds[2];

	MUST(pipe(fds));
	sleeper_start(&s, arg ? in_writev : in_write, fds[1]);
	settled(&s);
	while (total < (long)sizeof much && readable(fds[0], 1000) && (n = read(fds[0], into, 5000)) > 0)
		total += n;
	sleeper_ended(&s, WAKES);
	say("%s, read %ld", s.text, total);
}

/* one byte, two readers: the other waits on, and hears of the close */
static void
two_readers(const void *arg)
{
	static struct sleeper s[2];
	double begin;
	int fds[2], i;

	(void)arg;
	MUST(pipe(fds));
	need_no_wait(fds[0]);
	for (i = 0; i < 2; i++)
		sleeper_start(&s[i], in_read, fds[0]);
	for (i = 0; i < 2; i++)
		settled(&s[i]);
	MUST(write(fds[1], "x", 1));
	for (i = 0; i < 500 && !s[0].done && !s[1].done; i++)
		usleep(1000);
	usleep(20000);
	say("%d of 2 has it; ", s[0].done + s[1].done);
	i = s[0].done ? 1 : 0;
	begin = close_elsewhere(fds[0]);
	say_woken(&s[i], begin);
}

static void
of_eventfd(const void *arg)
{
	int fd = (int)MUST(eventfd(0, 0));

	(void)arg;
	need_no_wait(fd);
	woken(in_read, fd, 1);
}

/* --- O_NONBLOCK, changed under a call ---------------------------------------------------------------------------------- */

static void
changed(const void *arg)
{
	static struct sleeper s;
	double begin;
	int i, fd = bound(AF_INET, SOCK_DGRAM, 0);

	(void)arg;
	sleeper_start(&s, in_recv, fd);
	settled(&s);
	for (i = 0; i < 1000; i++)
		blocking(fd, i % 2);
	begin = close_elsewhere(fd);
	say_woken(&s, begin);
}

/* Calls begin while it changes: each returns by itself, or wakes when it is closed. */
static int stop;
static void
in_many_recvs(struct sleeper *me)
{
	ssize_t n;

	while (!(n = recv(me->fd, into, 1, 0), n < 0 && errno == EBADF))
		if (n >= 0 || errno != EAGAIN) {
			outcome(me, "received", n);
			return;
		}
	outcome(me, "", -1);
}
static void
changing(const void *arg)
{
	static struct sleeper s[2];
	int round, i, good = 0;

	(void)arg;
	for (round = 0; round < 40; round++) {
		int fd = bound(AF_INET, SOCK_DGRAM, 0);
		double until = now_ms() + 5;

		for (i = 0; i < 2; i++)
			sleeper_start(&s[i], in_many_recvs, fd);
		for (i = 0; now_ms() < until; i++)
			blocking(fd, i % 2);
		blocking(fd, 1);
		close_elsewhere(fd);
		for (i = 0; i < 2; i++) {
			if (!sleeper_ended(&s[i], 2 * WAKES)) {
				say("sleeps on");
				return;
			}
			pthread_join(s[i].thread, NULL);
			good += strcmp(s[i].text, "EBADF") == 0;
		}
	}
	say("%d of 80 times EBADF", good);
}

/* While a thread connects, what the socket says of itself is as the program has set it. */
static void
in_connects(struct sleeper *me)
{
	while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST))
		connect_to(me->fd, AF_INET, me->fd2);
	outcome(me, "", 0);
}
static void
flags_under_connect(const void *arg)
{
	static struct sleeper s;
	int i, wrong = 0, other, fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), listener = bound(AF_INET, SOCK_STREAM, 4);

	(void)arg;
	other = (int)MUST(fcntl(fd, F_DUPFD, 0));
	s.fd2 = port_of(listener);
	sleeper_start(&s, in_connects, fd);
	for (i = 0; i < 20000; i++)
		wrong += (MUST(fcntl(i % 2 ? other : fd, F_GETFL, 0)) & O_NONBLOCK) != 0;
	blocking(other, 0);
	for (i = 0; i < 2000; i++)
		wrong += (MUST(fcntl(i % 2 ? other : fd, F_GETFL, 0)) & O_NONBLOCK) == 0;
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	sleeper_ended(&s, 1000);
	say("%d of 22000 wrong", wrong);
}

/* --- a receive for all, and a number that comes back in the middle of it ---------------------------------------------------- */

static void
in_half(struct sleeper *me)
{
	char *got = me->text + 40;
	long n;

	/* what is cut off by the close is no mixture, whichever way it is told */
	memset(got, 0, 9);
	n = recv(me->fd, got, 8, MSG_WAITALL);
	snprintf(me->text, 40, "%s", n < 0 ? errno_name(errno) : strchr(got, 'o') && strchr(got, 'n') ? "a mixture" : "of one");
}
static void
mixture(const void *arg)
{
	static struct sleeper s;
	int round, mixtures = 0, hung = 0;

	(void)arg;
	for (round = 0; round < 300; round++) {
		int old[2], new[2], tries, left;

		tcp_pair(old);
		MUST(send(old[1], "oooo", 4, 0));
		readable(old[0], 1000);
		sleeper_start(&s, in_half, old[0]);
		/* when the first half has been taken */
		for (left = 4; left != 0 && !s.done;)
			MUST(ioctl(old[0], FIONREAD, &left));
		close_elsewhere(old[0]);
		for (tries = 0; tries < 20; tries++) {
			tcp_pair(new);
			MUST(send(new[1], "nnnnnnnn", 8, 0));
			if (new[0] == old[0] || new[1] == old[0])
				break;
			MUST(close(new[0]));
			MUST(close(new[1]));
		}
		if (sleeper_ended(&s, WAKES))
			pthread_join(s.thread, NULL);
		else
			hung++;
		mixtures += strcmp(s.text, "a mixture") == 0;
		if (tries < 20) {
			MUST(close(new[0]));
			MUST(close(new[1]));
		}
		MUST(close(old[1]));
	}
	say("%d mixtures, %d that sleep on", mixtures, hung);
}

/* --- a reset, when a part is done ------------------------------------------------------------------------------------------------- */

static char very_much[1 << 24];
static void
in_long_send(struct sleeper *me)
{
	ssize_t n = send(me->fd, very_much, sizeof very_much, 0);

	if (n > 0 && n < (ssize_t)sizeof very_much)
		snprintf(me->text, sizeof me->text, "part");
	else
		outcome(me, "sent", n);
}
static void
in_long_recv(struct sleeper *me)
{
	outcome(me, "received", recv(me->fd, into, 100, MSG_WAITALL));
}
/* the part is what is told, and the reset is for the next call: without it the end would look like one in order */
static void
reset_in_the_middle(const void *arg)
{
	static const struct linger reset = {1, 0};
	static struct sleeper s;
	int pair[2];

	tcp_pair(pair);
	if (arg)
		MUST(send(pair[1], "first", 5, 0));
	sleeper_start(&s, arg ? in_long_recv : in_long_send, pair[0]);
	settled(&s);
	MUST(setsockopt(pair[1], SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
	MUST(close(pair[1]));
	sleeper_ended(&s, 1000);
	say("%s, then ", s.text);
	outcome(&s, "received", recv(pair[0], into, 1, 0));
	say("%s", s.text);
}

/* --- parts that stay together ----------------------------------------------------------------------------------------------------- */

static void
packets(const void *arg)
{
	struct iovec parts[20];
	int fds[2], i;

	(void)arg;
	MUST(pipe2(fds, O_DIRECT));
	for (i = 0; i < 20; i++)
		parts[i] = (struct iovec){into + i, 1};
	say("%ld", (long)writev(fds[1], parts, 20));
	say(" read as %ld", (long)read(fds[0], into, sizeof into));
}
static void
no_parts(const void *arg)
{
	struct iovec parts[1];
	int pair[2];

	(void)arg;
	udp_pair(pair);
	say("%ld", (long)writev(pair[0], parts, 0));
	usleep(10000);
	say(", %s", recv(pair[1], into, 1, MSG_DONTWAIT) < 0 ? "nothing sent" : "a datagram sent");
}

/* --- two numbers of one listener ------------------------------------------------------------------------------------------------ */

/* Each round one client for two threads: who goes without is not caught in the kernel. */
static void
two_numbers(const void *arg)
{
	static struct sleeper s[2];
	int round, one = 0, hung = 0;

	(void)arg;
	for (round = 0; round < 100; round++) {
		int fds[2] = {bound(AF_INET, SOCK_STREAM, 4), -1}, client = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), i;

		fds[1] = (int)MUST(fcntl(fds[0], F_DUPFD, 0));
		for (i = 0; i < 2; i++)
			sleeper_start(&s[i], in_accept, fds[i]);
		if (round % 4 == 0)
			usleep(2000); /* else they come while it does */
		MUST(connect_to(client, AF_INET, port_of(fds[0])));
		for (i = 0; i < 500 && !s[0].done && !s[1].done; i++)
			usleep(100);
		for (i = 0; i < 2; i++)
			close_elsewhere(fds[i]);
		for (i = 0; i < 2; i++) {
			if (!sleeper_ended(&s[i], WAKES)) {
				hung++;
				break;
			}
			pthread_join(s[i].thread, NULL);
			one += strcmp(s[i].text, "accepted 0") == 0;
		}
		if (hung)
			break;
		MUST(close(client));
	}
	say("%d accepted, %d caught", one, hung);
}

/* --- calls that a signal handler leaves -------------------------------------------------------------------------------------------- */

static sigjmp_buf out;
static void
leave(int number)
{
	siglongjmp(out, number);
}

/* what a program does that limits the time of a call with an alarm */
static void
limited(void (*call)(struct sleeper *), int fd)
{
	static const struct itimerval one_ms = {{0, 0}, {0, 1000}};
	static struct sleeper s;

	s.fd = fd;
	if (sigsetjmp(out, 1) == 0) {
		setitimer(ITIMER_REAL, &one_ms, NULL);
		call(&s);
		setitimer(ITIMER_REAL, &(const struct itimerval){{0, 0}, {0, 0}}, NULL);
	}
}
static int __attribute__((noinline))
close_deeper(int fd, int depth)
{
	char room[300];

	snprintf(room, sizeof room, "%*d", (int)sizeof room - 1, depth);
	return depth ? close_deeper(fd, depth - 1) + atoi(room) - depth : close(fd);
}
static void
in_select_read(struct sleeper *me)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(me->fd, &set);
	outcome(me, "reports", select(me->fd + 1, &set, NULL, NULL, NULL));
}
static void
in_poll(struct sleeper *me)
{
	struct pollfd p = {me->fd, POLLIN, 0};

	outcome(me, "reports", poll(&p, 1, -1));
}

/* The number is given back when it is closed, from whichever depth of the stack; the waits' own descriptors stay few. */
static void
left(const void *arg)
{
	const struct end *e = arg;
	struct sigaction action = {.sa_handler = leave};
	int round, first = -1, same = 0, high = -1, all = 0, fd;

	MUST(sigaction(SIGALRM, &action, NULL));
	for (round = 0; round < 100; round++) {
		fd = bound(AF_INET, e->end, e->end == SOCK_STREAM ? 4 : 0);
		first = round ? first : fd;
		same += fd == first;
		limited(e->call, fd);
		MUST(close_deeper(fd, round % 2 ? 20 : 0));
	}
	for (fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD, 0) >= 0) {
			all++;
			high += fd >= 700;
		}
	say("the number comes back %d of 100 times", same);
	if (high > 10)
		say(", %d descriptors are left", high);
}
#define LEFT(how, kind) left, &(const struct end){.call = how, .end = kind}

static void
in_recv_with_stack(struct sleeper *me)
{
	static char room[65536];
	const stack_t own = {.ss_sp = room, .ss_size = sizeof room};

	sigaltstack(&own, NULL);
	in_recv(me);
}

/* A handler that waits and closes by itself, on top of a call: that sleeps on, and hears of its own close. */
static int second[2];
static void
wait_a_little(int number)
{
	struct pollfd p = {second[0], POLLIN, 0};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)number;
	poll(&p, 1, 5);
	timeout_option(fd, SO_RCVTIMEO, 5);
	recv(fd, into, 1, 0);
	close(fd);
}
static void
interrupted(const void *arg)
{
	static struct sleeper s;
	struct sigaction action = {.sa_handler = wait_a_little, .sa_flags = SA_RESTART | (arg ? SA_ONSTACK : 0)};
	double begin;
	int i, fd = bound(AF_INET, SOCK_DGRAM, 0);

	MUST(pipe(second));
	MUST(sigaction(SIGUSR1, &action, NULL));
	sleeper_start(&s, arg ? in_recv_with_stack : in_recv, fd);
	settled(&s);
	for (i = 0; i < 5; i++) {
		pthread_kill(s.thread, SIGUSR1);
		usleep(30000);
	}
	begin = close_elsewhere(fd);
	say_woken(&s, begin);
}

/* --- the first call of all, from the child of a vfork ---------------------------------------------------------------------------- */

static void
after_vfork(const void *arg)
{
	static struct sleeper s;
	double begin;
	int fd;
	pid_t child;

	(void)arg;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	child = vfork();
#pragma GCC diagnostic pop
	if (child == 0) {
		close(socket(AF_INET, SOCK_DGRAM, 0));
		_exit(0);
	}
	waitpid(child, NULL, 0);
	fd = bound(AF_INET, SOCK_DGRAM, 0);
	sleeper_start(&s, in_recv, fd);
	settled(&s);
	begin = close_elsewhere(fd);
	say_woken(&s, begin);
}

static const struct row rows[] = {
	{"1.70", "close under read, pipe", "EBADF", PIPE(in_read, .threads = 1)},
	{"1.71", "close under readv, pipe", "EBADF", PIPE(in_readv, .threads = 1)},
	{"1.72", "close under write, pipe full", "EBADF", PIPE(in_write, 1, 1, 1)},
	{"1.73", "close under writev, pipe full", "EBADF", PIPE(in_writev, 1, 1, 1)},
	{"1.74", "close under a write of which part has gone, pipe", "part of it or EBADF", PIPE(in_write, 1, 0, 1)},
	{"1.75", "two threads write, pipe full", "EBADF, EBADF", PIPE(in_write, 1, 1, 2)},
	{"1.76", "two threads read a pipe, one byte, close", "1 of 2 has it; EBADF", two_readers, NULL},
	{"1.77", "close under read, eventfd", "EBADF", of_eventfd, NULL},
	{"1.78", "a megabyte written to a pipe that is read slowly", "wrote 1048576, read 1048576", through_pipe, NULL},
	{"1.79", "the same with writev", "wrote 1048576, read 1048576", through_pipe, ""},
	{"1.80", "O_NONBLOCK set and taken back under recv, close", "EBADF", changed, NULL},
	{"1.81", "O_NONBLOCK changes while calls begin, close", "80 of 80 times EBADF", changing, NULL},
	{"1.82", "O_NONBLOCK as set, while a thread connects", "0 of 22000 wrong", flags_under_connect, NULL},
	{"4.4", "a number that comes back under MSG_WAITALL", "0 mixtures, 0 that sleep on", mixture, NULL},
	{"13.4", "twenty parts to a pipe of packets", "20 read as 20", packets, NULL},
	{"13.5", "writev of no parts, UDP", "0, nothing sent", no_parts, NULL},
	{"14.7", "a send of which part has gone, then a reset", "part, then ECONNRESET", reset_in_the_middle, NULL},
	{"14.8", "MSG_WAITALL of which part has come, then a reset", "received 5, then ECONNRESET", reset_in_the_middle, ""},
	{"17.5", "the child of a vfork calls first", "EBADF", after_vfork, NULL},
	{"19.12", "a recv left by siglongjmp, then closed", "the number comes back 100 of 100 times", LEFT(in_recv, SOCK_DGRAM)},
	{"19.13", "an accept left by siglongjmp, then closed", "the number comes back 100 of 100 times", LEFT(in_accept, SOCK_STREAM)},
	{"19.14", "a select left by siglongjmp, then closed", "the number comes back 100 of 100 times", LEFT(in_select_read, SOCK_DGRAM)},
	{"19.15", "a poll left by siglongjmp, then closed", "the number comes back 100 of 100 times", LEFT(in_poll, SOCK_DGRAM)},
	{"19.16", "a handler that waits, on top of a recv, close", "EBADF", interrupted, NULL},
	{"19.17", "the same on a signal stack", "EBADF", interrupted, ""},
	{"20.2", "two numbers of a listener, 100 clients, close", "100 accepted, 0 caught", two_numbers, NULL},
};
#else
static const struct row rows[] = {{0}};
#endif

int
main(int argc, char **argv)
{
#ifdef NO_KERNEL
	return (void)argc, (void)argv, (void)rows, 0;
#else
	return run_table(rows, sizeof rows / sizeof *rows, argc, argv);
#endif
}
