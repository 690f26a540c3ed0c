/* How long a connection lives: rounds of opening and closing, descriptors that are shared, what the other end sees. See sock_rows.h. */
#include "sock_rows.h"

#ifndef NO_KERNEL
static void
in_accept(struct sleeper *me)
{
	long fd = accept(me->fd, NULL, NULL);

	outcome(me, fd < 0 ? "" : "accepted fd >=", fd < 0 ? fd : 0);
}
#endif
static void
in_send(struct sleeper *me)
{
	static char much[1 << 22];
	long n = send(me->fd, much, sizeof much, MSG_NOSIGNAL);

	if (n >= 0 && n < (long)sizeof much)
		strcpy(me->text, "part of it");
	else
		outcome(me, "sent", n);
}
#ifndef NO_SELECT
static void
in_except(struct sleeper *me)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(me->fd, &set);
	outcome(me, "reports", select(me->fd + 1, NULL, NULL, &set, NULL));
}
#endif

/* --- 5: opened and closed again and again -------------------------------------------------------------------------- */

static int current = -1, rounds_over;

/* Waits on whatever is the socket now. */
static void *
selector(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&rounds_over, __ATOMIC_SEQ_CST)) {
		int fd = __atomic_load_n(&current, __ATOMIC_SEQ_CST);
#ifdef NO_SELECT
		struct pollfd p = {fd, POLLIN, 0};

		poll(&p, 1, 5);
#else
		struct timeval wait = {0, 5000};
		fd_set set;

		if (fd < 0) {
			usleep(1000);
			continue;
		}
		FD_ZERO(&set);
		FD_SET(fd, &set);
		select(fd + 1, &set, NULL, NULL, &wait);
#endif
	}
	return NULL;
}

static void
rounds(const void *arg)
{
	int type = arg ? SOCK_STREAM : SOCK_DGRAM, i, begin, end, lowest, before;
	double longest = 0;
	pthread_t thread;

	pthread_create(&thread, NULL, selector, NULL);
	lowest = bound(AF_INET, type, 4);
	__atomic_store_n(&current, lowest, __ATOMIC_SEQ_CST);
	usleep(20000);
	__atomic_store_n(&current, -1, __ATOMIC_SEQ_CST);
	MUST(close(lowest));
	usleep(20000); /* whoever is in there comes out */
	begin = descriptors();
	for (i = 0; i < 10000; i++) {
		double t;
		int fd = bound(AF_INET, type, 4);

		__atomic_store_n(&current, fd, __ATOMIC_SEQ_CST);
		if (i % 100 == 0)
			usleep(2000); /* let it sleep there */
		t = now_ms();
		MUST(close(fd));
		if (now_ms() - t > longest)
			longest = now_ms() - t;
	}
	__atomic_store_n(&current, -1, __ATOMIC_SEQ_CST);
	usleep(20000);
	end = descriptors();
	__atomic_store_n(&rounds_over, 1, __ATOMIC_SEQ_CST);
	pthread_join(thread, NULL);
	before = lowest;
	lowest = (int)MUST(socket(AF_INET, type, 0));
	if (end == begin && lowest <= before && longest < WAKES)
		say("flat");
	else
		say("descriptors %d to %d, first number %d to %d, longest close %.0f ms", begin, end, before, lowest, longest);
}

#ifndef NO_KERNEL
/* --- 16: two descriptors of one connection ------------------------------------------------------------------------------ */

static const char *
flows(int a, int b)
{
	char c[8];

	if (send(a, "there", 5, MSG_NOSIGNAL) != 5 || !readable(b, 500) || recv(b, c, sizeof c, 0) != 5)
		return "dead";
	if (send(b, "back", 4, MSG_NOSIGNAL) != 4 || !readable(a, 500) || recv(a, c, sizeof c, 0) != 4)
		return "dead";
	return "lives";
}

static void
a_pair(const void *kind, int pair[2])
{
	if (kind && *(const char *)kind == 'u')
		udp_pair(pair);
	else
		tcp_pair(pair);
}

static void
dup_plain(const void *kind)
{
	int pair[2], copy;

	a_pair(kind, pair);
	copy = (int)MUST(dup(pair[0]));
	MUST(close(pair[0]));
	say("the other %s", flows(copy, pair[1]));
}

/* asleep on the one that is closed */
static void
dup_under(const void *kind)
{
	static struct sleeper s;
	int pair[2], copy;
	double begin;

	a_pair(kind, pair);
	copy = (int)MUST(dup(pair[0]));
	sleeper_start(&s, in_recv, pair[0]);
	settled(&s);
	begin = close_elsewhere(pair[0]);
	say_woken(&s, begin);
	say(", the other %s", s.done ? flows(copy, pair[1]) : "not tried");
}

/* asleep on the one that stays */
static void
dup_stays(const void *kind)
{
	static struct sleeper s;
	int pair[2], copy;

	a_pair(kind, pair);
	copy = (int)MUST(dup(pair[0]));
	sleeper_start(&s, in_recv, copy);
	settled(&s);
	close_elsewhere(pair[0]);
	if (sleeper_ended(&s, 100)) {
		say("wakes: %s", s.text);
		return;
	}
	MUST(send(pair[1], "data", 4, 0));
	sleeper_ended(&s, 1000);
	say("sleeps on, then: %s", s.text);
}

static void
dup_listener(const void *arg)
{
	static struct sleeper s;
	int fd = bound(AF_INET, SOCK_STREAM, 4), port = port_of(fd), copy = (int)MUST(dup(fd)), client;
	double begin;

	(void)arg;
	sleeper_start(&s, in_accept, fd);
	settled(&s);
	begin = close_elsewhere(fd);
	say_woken(&s, begin);
	client = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
	if (connect_to(client, AF_INET, port) < 0)
		say(", the other answers with %s", errno_name(errno));
	else
		say(", the other %s", readable(copy, 300) && accept(copy, NULL, NULL) >= 0 ? "accepts" : "does not accept");
}

/* sent to oneself through a Unix socket */
static void
passed_on(const void *arg)
{
	static struct sleeper s;
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char byte = 'x';
	struct iovec part = {&byte, 1};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	int way[2], pair[2], copy;
	double begin;

	(void)arg;
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, way));
	tcp_pair(pair);
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.head), &pair[0], sizeof(int));
	MUST(sendmsg(way[0], &m, 0));
	sleeper_start(&s, in_recv, pair[0]);
	settled(&s);
	begin = close_elsewhere(pair[0]);
	say_woken(&s, begin);
	MUST(recvmsg(way[1], &m, 0));
	memcpy(&copy, CMSG_DATA(&control.head), sizeof(int));
	say(", the other %s", s.done ? flows(copy, pair[1]) : "not tried");
}

/* --- 17: after a fork ------------------------------------------------------------------------------------------------------------ */

/* The child answers each message with the same. */
static pid_t
echo_child(int fd)
{
	pid_t child = fork();
	ssize_t n;

	if (child == 0) {
		while ((n = recv(fd, into, sizeof into, 0)) > 0)
			send(fd, into, (size_t)n, MSG_NOSIGNAL);
		_exit(0);
	}
	return child;
}

static void
fork_plain(const void *arg)
{
	static struct sleeper s;
	int pair[2], asleep = arg != NULL;
	double begin;
	pid_t child;

	tcp_pair(pair);
	if (asleep) {
		sleeper_start(&s, in_recv, pair[0]);
		settled(&s);
	}
	child = echo_child(pair[0]);
	usleep(20000);
	begin = close_elsewhere(pair[0]);
	if (asleep) {
		say_woken(&s, begin);
		say(", ");
	}
	if (asleep && !s.done)
		say("the child's not tried");
	else if (send(pair[1], "data", 4, MSG_NOSIGNAL) == 4 && readable(pair[1], 500) && recv(pair[1], into, sizeof into, 0) == 4)
		say("the child's lives");
	else
		say("the child's is dead");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void
fork_listener(const void *arg)
{
	static struct sleeper s;
	int fd = bound(AF_INET, SOCK_STREAM, 4), port = port_of(fd), client;
	double begin;
	pid_t child;

	(void)arg;
	sleeper_start(&s, in_accept, fd);
	settled(&s);
	if ((child = fork()) == 0) {
		int c;

		/* the parent's may be first to accept on libc: it is not closed */
		while ((c = accept(fd, NULL, NULL)) >= 0)
			send(c, "child", 5, MSG_NOSIGNAL);
		_exit(0);
	}
	usleep(20000);
	begin = close_elsewhere(fd);
	say_woken(&s, begin);
	client = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
	if (connect_to(client, AF_INET, port) < 0)
		say(", the child's answers with %s", errno_name(errno));
	else
		say(", the child's %s", readable(client, 500) ? "accepts" : "does not accept");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* the child makes sockets of its own, closes under a thread of its own, while in the parent threads were in calls */
static void
fork_child_works(const void *arg)
{
	static struct sleeper s[8], own;
	int i, fds[8], status, pair[2];
	pid_t child;
	double begin;

	(void)arg;
	for (i = 0; i < 8; i++) {
		fds[i] = bound(AF_INET, SOCK_DGRAM, 0);
		sleeper_start(&s[i], i % 2 ? in_recv : in_except, fds[i]);
	}
	for (i = 0; i < 8; i++)
		settled(&s[i]);
	if ((child = fork()) == 0) {
		alarm(5);
		for (i = 0; i < 8; i++)
			if (close(fds[i]))
				_exit(1);
		tcp_pair(pair);
		if (strcmp(flows(pair[0], pair[1]), "lives") != 0)
			_exit(2);
		sleeper_start(&own, in_recv, pair[0]);
		settled(&own);
		begin = close_elsewhere(pair[0]);
		say("the child: ");
		say_woken(&own, begin);
		_exit(0);
	}
	MUST(waitpid(child, &status, 0));
	if (status)
		say("the child ends with status 0x%x", (unsigned)status);
	for (i = 0; i < 8; i++)
		if (s[i].done)
			break;
	say(", the parent's %s", i == 8 ? "sleep on" : "wake");
}

/* --- 18: another descriptor put in its place ------------------------------------------------------------------------------------------ */

static void
replaced(const void *arg)
{
	static struct sleeper s;
	int old = bound(AF_INET, SOCK_DGRAM, 0), pair[2];

	(void)arg;
	tcp_pair(pair);
	sleeper_start(&s, in_recv, old);
	settled(&s);
	MUST(dup2(pair[0], old));
	MUST(send(pair[1], "data", 4, 0));
	sleeper_ended(&s, WAKES);
	say("the sleeper %s, the new one %s", s.done ? s.text : "sleeps on", readable(old, 0) && recv(old, into, 4, 0) == 4 ? "has its data" : "has lost its data");
}
#endif

/* --- 21: what the other end sees ------------------------------------------------------------------------------------------------------- */

/* Reads to the end. */
static void
say_end(int fd)
{
	long total = 0, n = -2;

	while (readable(fd, 1500)) {
		n = recv(fd, into, sizeof into, 0);
		if (n <= 0)
			break;
		total += n;
	}
	if (n > 0 || n == -2)
		say("nothing");
	else if (n < 0)
		say("%s", errno_name(errno));
	else
		say("end after %ld", total);
}

struct ending {
	int unread, linger, written;
	void (*asleep)(struct sleeper *);
};

static void
ending(const void *arg)
{
	const struct ending *e = arg;
	static struct sleeper s;
	struct linger off = {1, 0};
	int pair[2];
	double begin;

	tcp_pair(pair);
	if (e->unread) {
		MUST(send(pair[1], "unread", 6, 0));
		readable(pair[0], 1000);
	}
	if (e->linger)
		MUST(setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &off, sizeof off));
	if (e->written)
		MUST(send(pair[0], into, (size_t)e->written, 0));
	if (e->asleep) {
		sleeper_start(&s, e->asleep, pair[0]);
		settled(&s);
	}
	begin = close_elsewhere(pair[0]);
	if (e->asleep) {
		say_woken(&s, begin);
		say("; ");
	}
	say_end(pair[1]);
}
#define ENDING(...) ending, &(const struct ending){__VA_ARGS__}

/* full both ways: what was taken by the kernel arrives */
static void
ending_full(const void *arg)
{
	static struct sleeper s;
	int pair[2];
	double begin;
	long total = 0, n = -1;

	(void)arg;
	tcp_pair(pair);
	fill(pair[0]);
	sleeper_start(&s, in_send, pair[0]);
	settled(&s);
	begin = close_elsewhere(pair[0]);
	say_woken(&s, begin);
	while (readable(pair[1], 1500) && (n = recv(pair[1], into, sizeof into, 0)) > 0)
		total += n;
	say("; %s", total > 100000 && n == 0 ? "all that was taken, then the end" : n < 0 ? errno_name(errno) : "too little");
}

static const struct row rows[] = {
	{"5.1", "10,000 rounds, UDP, another thread waiting", "flat", rounds, NULL},
	{"5.2", "10,000 rounds, TCP listener, another waiting", "flat", rounds, ""},
#ifndef NO_KERNEL
	{"16.1", "close one of two dups, TCP", "the other lives", dup_plain, "t"},
	{"16.2", "close one of two dups, UDP", "the other lives", dup_plain, "u"},
	{"16.3", "asleep on the one closed, TCP", "EBADF, the other lives", dup_under, "t"},
	{"16.4", "asleep on the one closed, UDP", "EBADF, the other lives", dup_under, "u"},
	{"16.5", "asleep on the one that stays, TCP", "sleeps on, then: received 4", dup_stays, "t"},
	{"16.6", "asleep on the one that stays, UDP", "sleeps on, then: received 4", dup_stays, "u"},
	{"16.7", "asleep on a listener with a dup", "EBADF, the other accepts", dup_listener, NULL},
	{"16.8", "asleep, and passed on with SCM_RIGHTS", "EBADF, the other lives", passed_on, NULL},
	{"17.1", "close in the parent after fork", "the child's lives", fork_plain, NULL},
	{"17.2", "asleep in the parent, closed after fork", "EBADF, the child's lives", fork_plain, ""},
	{"17.3", "asleep in accept in the parent, closed", "EBADF, the child's accepts", fork_listener, NULL},
	{"17.4", "a child of a parent with threads in calls", "the child: EBADF, the parent's sleep on", fork_child_works, NULL},
	{"18.1", "dup2 onto a socket under recv", "the sleeper sleeps on, the new one has its data", replaced, NULL},
#endif
	{"21.1", "close: the other end", "end after 0", ENDING(0)},
	{"21.2", "close with unread data", "ECONNRESET", ENDING(.unread = 1)},
	{"21.3", "close with SO_LINGER 0", "ECONNRESET", ENDING(.linger = 1)},
	{"21.4", "close after writing", "end after 50000", ENDING(.written = 50000)},
	{"21.5", "close under recv: the other end", "EBADF; end after 0", ENDING(.asleep = in_recv)},
	{"21.6", "close under recv with SO_LINGER 0", "EBADF; ECONNRESET", ENDING(.linger = 1, .asleep = in_recv)},
	{"21.7", "close under recv after writing", "EBADF; end after 50000", ENDING(.written = 50000, .asleep = in_recv)},
#ifndef NO_SELECT
	{"21.8", "close under select with unread data", "EBADF; ECONNRESET", ENDING(.unread = 1, .asleep = in_except)},
	{"21.9", "close under select with SO_LINGER 0", "EBADF; ECONNRESET", ENDING(.linger = 1, .asleep = in_except)},
#endif
	{"21.10", "close under send, full", "EBADF; all that was taken, then the end", ending_full, NULL},
};

int
main(int argc, char **argv)
{
	return run_table(rows, sizeof rows / sizeof *rows, argc, argv);
}
