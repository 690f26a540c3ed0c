/* What a close in one thread does to others that are in a call on the same socket. See sock_rows.h. */
#include "sock_rows.h"

/* --- the calls --------------------------------------------------------------------------------------------------- */

static void
in_recv_all(struct sleeper *me)
{
	outcome(me, "received", recv(me->fd, into, 100, MSG_WAITALL));
}
static void
in_recvfrom(struct sleeper *me)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof from;

	outcome(me, "received", recvfrom(me->fd, into, sizeof into, 0, (struct sockaddr *)&from, &size));
}
static void
in_recvmsg(struct sleeper *me)
{
	struct iovec part = {into, sizeof into};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};

	outcome(me, "received", recvmsg(me->fd, &m, 0));
}
static void
in_accept(struct sleeper *me)
{
	long fd = accept(me->fd, NULL, NULL);

	outcome(me, fd < 0 ? "" : "accepted fd >=", fd < 0 ? fd : 0);
}
static void
in_connect(struct sleeper *me)
{
	outcome(me, "connected", connect_to(me->fd, AF_INET, me->fd2));
}
/* a blocking send of all of a large buffer: part of it may have gone */
static char much[1 << 22];
static void
sent(struct sleeper *me, long n)
{
	if (n >= 0 && n < (long)sizeof much)
		snprintf(me->text, sizeof me->text, "part of it");
	else
		outcome(me, "sent", n);
}
static void
in_send(struct sleeper *me)
{
	sent(me, send(me->fd, much, sizeof much, MSG_NOSIGNAL));
}
static void
in_sendto(struct sleeper *me)
{
	sent(me, sendto(me->fd, much, sizeof much, MSG_NOSIGNAL, NULL, 0));
}
static void
in_sendmsg(struct sleeper *me)
{
	struct iovec part = {much, sizeof much};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};

	sent(me, sendmsg(me->fd, &m, MSG_NOSIGNAL));
}
static void
in_write(struct sleeper *me)
{
	sent(me, write(me->fd, much, sizeof much));
}
static void
in_writev(struct sleeper *me)
{
	struct iovec parts[2] = {{much, 1}, {much, sizeof much - 1}};

	sent(me, writev(me->fd, parts, 2));
}

#ifndef NO_SELECT
static void
select_on(struct sleeper *me, int which)
{
	fd_set set;
	long n;

	FD_ZERO(&set);
	FD_SET(me->fd, &set);
	n = select(me->fd + 1, which == 0 ? &set : NULL, which == 1 ? &set : NULL, which == 2 ? &set : NULL, NULL);
	outcome(me, "reports", n);
}
static void
in_select_read(struct sleeper *me)
{
	select_on(me, 0);
}
static void
in_select_write(struct sleeper *me)
{
	select_on(me, 1);
}
static void
in_select_except(struct sleeper *me)
{
	select_on(me, 2);
}
/* on its own socket and on one that has nothing to do with the close */
static void
in_select_two(struct sleeper *me)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(me->fd, &set);
	FD_SET(me->fd2, &set);
	outcome(me, "reports", select((me->fd > me->fd2 ? me->fd : me->fd2) + 1, &set, NULL, NULL, NULL));
}
#endif
static void
poll_result(struct sleeper *me, int n, int revents)
{
	if (n < 0)
		outcome(me, "", n);
	else
		snprintf(me->text, sizeof me->text, "%s%s%s%s", revents & POLLNVAL ? "POLLNVAL" : "", revents & POLLIN ? "POLLIN" : "",
			revents & POLLOUT ? "POLLOUT" : "", revents & (POLLERR | POLLHUP) ? "ERR/HUP" : "");
}
static void
in_poll(struct sleeper *me)
{
	struct pollfd p = {me->fd, POLLIN, 0};
	int n = poll(&p, 1, -1);

	poll_result(me, n, p.revents);
}
static void
in_poll_out(struct sleeper *me)
{
	struct pollfd p = {me->fd, POLLOUT, 0};
	int n = poll(&p, 1, 10000);

	poll_result(me, n, p.revents);
}

/* --- the sockets ---------------------------------------------------------------------------------------------------- */

/* `fd` is slept on; `poke` makes what is waited for happen, for those who were not woken */
struct scene {
	int fd, other, number;
	const void *arg;
	void (*poke)(struct scene *me);
};

static void
poke_udp(struct scene *s)
{
	int from = (int)MUST(socket(s->other, SOCK_DGRAM, 0));

	MUST(connect_to(from, s->other, s->number));
	MUST(send(from, "data", 4, 0));
}
static void
udp(struct scene *s, int family)
{
	s->fd = bound(family, SOCK_DGRAM, 0);
	s->number = port_of(s->fd);
	s->other = family;
	s->poke = poke_udp;
}
static void
udp4(struct scene *s)
{
	udp(s, AF_INET);
}
static void
udp6(struct scene *s)
{
	udp(s, AF_INET6);
}
static void
udp_unbound(struct scene *s)
{
	s->fd = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
}
static void
poke_pair(struct scene *s)
{
	send(s->other, "data", 4, MSG_NOSIGNAL);
}
static void
pair_scene(struct scene *s, int pair[2])
{
	s->fd = pair[0];
	s->other = pair[1];
	s->poke = poke_pair;
}
static void
udp_connected(struct scene *s)
{
	int pair[2];

	udp_pair(pair);
	pair_scene(s, pair);
}
static void
udp_timed(struct scene *s)
{
	udp4(s);
	timeout_option(s->fd, SO_RCVTIMEO, 5000);
}
static void
tcp(struct scene *s)
{
	int pair[2];

	tcp_pair(pair);
	pair_scene(s, pair);
}
static void
tcp6(struct scene *s)
{
	int pair[2];

	tcp_pair_of(AF_INET6, pair);
	pair_scene(s, pair);
}
static void
tcp_half(struct scene *s)
{
	tcp(s);
	MUST(send(s->other, "half", 4, 0));
	readable(s->fd, 1000);
}
static void
poke_drain(struct scene *s)
{
	while (readable(s->other, 100) && recv(s->other, into, sizeof into, MSG_DONTWAIT) > 0)
		;
}
static void
tcp_full(struct scene *s)
{
	tcp(s);
	fill(s->fd);
	s->poke = poke_drain;
}
static void
poke_connect(struct scene *s)
{
	int fd = (int)MUST(socket(s->other, SOCK_STREAM, 0));

	blocking(fd, 0);
	connect_to(fd, s->other, s->number);
}
static void
listener_of(struct scene *s, int family)
{
	s->fd = bound(family, SOCK_STREAM, 4);
	s->number = port_of(s->fd);
	s->other = family;
	s->poke = poke_connect;
}
static void
listener(struct scene *s)
{
	listener_of(s, AF_INET);
}
static void
listener6(struct scene *s)
{
	listener_of(s, AF_INET6);
}
static void
connecting(struct scene *s)
{
	int queue[16];
	int full = full_listener(AF_INET, queue);

	s->fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
	s->number = port_of(full);
}
#ifndef NO_KERNEL
static union address unix_name;
static void
in_connect_unix(struct sleeper *me)
{
	const union address *a = me->arg;

	outcome(me, "connected", connect(me->fd, &a->any, sizeof a->un));
}
static void
unix_stream(struct scene *s)
{
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pair_scene(s, pair);
}
static void
unix_dgram(struct scene *s)
{
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	pair_scene(s, pair);
}
static void
unix_full(struct scene *s)
{
	unix_stream(s);
	fill(s->fd);
	s->poke = poke_drain;
}
static void
unix_listener(struct scene *s)
{
	s->fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	unix_name.un.sun_family = AF_UNIX;
	snprintf(unix_name.un.sun_path + 1, sizeof unix_name.un.sun_path - 1, "lwip-wake-%d", (int)getpid());
	MUST(bind(s->fd, &unix_name.any, sizeof unix_name.un));
	MUST(listen(s->fd, 0));
}
static void
unix_connecting(struct scene *s)
{
	int i;

	unix_listener(s);
	for (i = 0; i < 8; i++) {
		int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));

		blocking(fd, 0);
		if (connect(fd, &unix_name.any, sizeof unix_name.un) != 0)
			break;
	}
	s->fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	s->arg = &unix_name;
}
static void
raw(struct scene *s)
{
	s->fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	if (s->fd < 0) {
		say("needs root");
		_exit(0);
	}
	/* a port of nothing: 253 and 254 are for experiments */
	MUST(close(s->fd));
	s->fd = (int)MUST(socket(AF_INET, SOCK_RAW, 253));
}
#endif

/* --- 1: one sleeper, one close ------------------------------------------------------------------------------------ */

struct one {
	void (*scene)(struct scene *);
	void (*call)(struct sleeper *);
};

static void
one(const void *arg)
{
	const struct one *o = arg;
	struct scene scene = {0};
	static struct sleeper s;
	double begin;

	o->scene(&scene);
	s.fd2 = scene.number;
	s.arg = scene.arg;
	sleeper_start(&s, o->call, scene.fd);
	if (!settled(&s)) {
		sleeper_ended(&s, 1000);
		say("does not sleep: %s", s.text);
		return;
	}
	begin = close_elsewhere(scene.fd);
	if (!say_woken(&s, begin) && scene.poke) {
		scene.poke(&scene);
		if (sleeper_ended(&s, WAKES))
			say(", then: %s", s.text);
	}
}
#define ONE(scene, call) one, &(const struct one){scene, call}

#ifndef NO_SELECT
static void
select_two(const void *arg)
{
	static struct sleeper s;
	double begin;
	int a = bound(AF_INET, SOCK_DGRAM, 0), b = bound(AF_INET, SOCK_DGRAM, 0);

	(void)arg;
	s.fd2 = a;
	sleeper_start(&s, in_select_two, b);
	settled(&s);
	begin = close_elsewhere(b);
	say_woken(&s, begin);
}
#endif

/* --- 2: many sleepers, one close ------------------------------------------------------------------------------------ */

static void
many(const void *arg)
{
	const struct one *o = arg;
	struct scene scene = {0};
	static struct sleeper s[8];
	int i, woken = 0, right = 0;
	double begin;

	o->scene(&scene);
	for (i = 0; i < 8; i++)
		sleeper_start(&s[i], o->call, scene.fd);
	for (i = 0; i < 8; i++)
		settled(&s[i]);
	begin = close_elsewhere(scene.fd);
	for (i = 0; i < 8; i++) {
		woken += sleeper_ended(&s[i], (int)(begin + 2 * WAKES - now_ms())) && s[i].ended - begin <= WAKES;
		right += strcmp(s[i].text, "EBADF") == 0 || strcmp(s[i].text, "POLLNVAL") == 0;
	}
	say("%d of 8 woken, %d told so", woken, right);
}

/* --- 3: two closes ------------------------------------------------------------------------------------------------------ */

static pthread_barrier_t together;
static void
close_together(struct sleeper *me)
{
	pthread_barrier_wait(&together);
	outcome(me, "closed", close(me->fd));
}

static void
two_closes(const void *arg)
{
	static struct sleeper s[2], in;
	int round, good = 0, sleeping = arg != NULL;

	pthread_barrier_init(&together, NULL, 2);
	for (round = 0; round < (sleeping ? 20 : 500); round++) {
		int fd = bound(AF_INET, SOCK_DGRAM, 0), zeros, bad;

		if (sleeping) {
			sleeper_start(&in, in_recv, fd);
			settled(&in);
		}
		sleeper_start(&s[0], close_together, fd);
		sleeper_start(&s[1], close_together, fd);
		if (!sleeper_ended(&s[0], 1000) || !sleeper_ended(&s[1], 1000)) {
			say("close() hangs");
			return;
		}
		pthread_join(s[0].thread, NULL);
		pthread_join(s[1].thread, NULL);
		zeros = (strcmp(s[0].text, "closed 0") == 0) + (strcmp(s[1].text, "closed 0") == 0);
		bad = (strcmp(s[0].text, "EBADF") == 0) + (strcmp(s[1].text, "EBADF") == 0);
		if (sleeping && !sleeper_ended(&in, WAKES)) {
			say("sleeps on");
			return;
		}
		if (sleeping)
			pthread_join(in.thread, NULL);
		good += zeros == 1 && bad == 1;
	}
	say("%s one 0, one EBADF", good == round ? "always" : "not always");
}

/* --- 4: a number that comes back ------------------------------------------------------------------------------------------- */

/* The old owner: reads on as long as nobody tells it to stop. Counts what it took. */
static int taken;
static void
owner_recv(struct sleeper *me)
{
	ssize_t n;

	while ((n = recv(me->fd, into, sizeof into, 0)) > 0)
		__atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
	outcome(me, "received", n);
}
static void
owner_poll(struct sleeper *me)
{
	int n, error = 0;

	for (;;) {
		struct pollfd p = {me->fd, POLLIN, 0};

		n = poll(&p, 1, 100);
		if (n < 0 || (n > 0 && (p.revents & POLLNVAL)))
			break;
		if (n > 0 && recv(me->fd, into, sizeof into, MSG_DONTWAIT) > 0)
			__atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
	}
	error = n < 0 ? errno : EBADF;
	errno = error;
	outcome(me, "", -1);
}
#ifndef NO_SELECT
static void
owner_select(struct sleeper *me)
{
	for (;;) {
		fd_set set;
		struct timeval wait = {0, 100000};
		int n;

		FD_ZERO(&set);
		FD_SET(me->fd, &set);
		n = select(me->fd + 1, &set, NULL, NULL, &wait);
		if (n < 0)
			break;
		if (n > 0 && recv(me->fd, into, sizeof into, MSG_DONTWAIT) > 0)
			__atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
	}
	outcome(me, "", -1);
}
#endif

static void
recycled(const void *arg)
{
	const struct one *o = arg;
	static struct sleeper s;
	int old = bound(AF_INET, SOCK_DGRAM, 0), port = port_of(old), sender, new = -1, i;

	sleeper_start(&s, o->call, old);
	settled(&s);
	close_elsewhere(old);
	for (i = 0; i < 50 && new != old; i++) {
		new = bound(AF_INET, SOCK_DGRAM, 0);
		if (new != old)
			usleep(2000); /* it comes back when whoever was inside has left */
	}
	if (new != old) {
		say("the number does not come back");
		return;
	}
	sender = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
	/* what is in the old socket's recv leaves it with this, if its owner still sleeps there */
	MUST(connect_to(sender, AF_INET, port));
	send(sender, "old", 3, 0);
	usleep(20000);
	__atomic_store_n(&taken, 0, __ATOMIC_SEQ_CST);
	MUST(close(sender));
	sender = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(connect_to(sender, AF_INET, port_of(new)));
	for (i = 0; i < 6; i++)
		MUST(send(sender, "new", 3, 0));
	sleeper_ended(&s, WAKES);
	say("the old owner takes %d of 6", __atomic_load_n(&taken, __ATOMIC_SEQ_CST));
}

/* --- 6: overlapping sets ---------------------------------------------------------------------------------------------------- */

#ifndef NO_SELECT
#define SOCKETS 8
static int set_fds[SOCKETS], turn, woken_right, woken_wrong, over;

/* Thread k waits for sockets k mod 8 .. k mod 8 + 3. */
static void
in_overlap(struct sleeper *me)
{
	int first = me->fd % SOCKETS, seen = -1;

	while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
		fd_set set;
		struct timeval wait = {0, 200000};
		int i, n, max = 0, now;

		FD_ZERO(&set);
		for (i = 0; i < 4; i++) {
			int fd = set_fds[(first + i) % SOCKETS];

			FD_SET(fd, &set);
			max = fd > max ? fd : max;
		}
		n = select(max + 1, &set, NULL, NULL, &wait);
		now = __atomic_load_n(&turn, __ATOMIC_SEQ_CST);
		if (n > 0 && seen != now) {
			int right = n == 1 && FD_ISSET(set_fds[now % SOCKETS], &set);

			__atomic_add_fetch(right ? &woken_right : &woken_wrong, 1, __ATOMIC_SEQ_CST);
			seen = now;
		} else if (n < 0) {
			__atomic_add_fetch(&woken_wrong, 1, __ATOMIC_SEQ_CST);
		} else if (n > 0) {
			usleep(500); /* seen, and not yet taken away */
		}
	}
}

static void
overlapping(const void *arg)
{
	static struct sleeper s[16];
	int i, k, sender, good = 0;

	(void)arg;
	sender = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
	for (i = 0; i < SOCKETS; i++)
		set_fds[i] = bound(AF_INET, SOCK_DGRAM, 0);
	turn = -1;
	for (k = 0; k < 16; k++)
		sleeper_start(&s[k], in_overlap, k);
	for (i = 0; i < 40; i++) {
		union address a;
		socklen_t size = loopback(&a, AF_INET, port_of(set_fds[i % SOCKETS]));
		int patience = 2000;

		__atomic_store_n(&turn, i, __ATOMIC_SEQ_CST);
		__atomic_store_n(&woken_right, 0, __ATOMIC_SEQ_CST);
		MUST(sendto(sender, "x", 1, 0, &a.any, size));
		/* 4 of 8 first sockets, two threads each */
		while (__atomic_load_n(&woken_right, __ATOMIC_SEQ_CST) < 8 && patience--)
			usleep(1000);
		good += __atomic_load_n(&woken_right, __ATOMIC_SEQ_CST) == 8;
		MUST(recv(set_fds[i % SOCKETS], into, 10, 0));
		usleep(2000); /* those who just came back see that it is gone */
	}
	__atomic_store_n(&over, 1, __ATOMIC_SEQ_CST);
	for (k = 0; k < 16; k++)
		pthread_join(s[k].thread, NULL);
	if (good == 40 && woken_wrong == 0)
		say("all wake, for the right socket");
	else
		say("%d of 40 right, %d wrong", good, woken_wrong);
}
#endif

/* --- 20: a listener that was closed -------------------------------------------------------------------------------------------- */

static void
closed_listener(const void *arg)
{
	struct scene scene = {0};
	static struct sleeper s;
	double begin;
	int client;

	(void)arg;
	listener(&scene);
	sleeper_start(&s, in_accept, scene.fd);
	settled(&s);
	begin = close_elsewhere(scene.fd);
	sleeper_ended(&s, WAKES);
	client = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
	timeout_option(client, SO_SNDTIMEO, 1000);
	if (connect_to(client, AF_INET, scene.number) == 0)
		say("a client gets a connection; ");
	else
		say("a client gets %s; ", errno_name(errno));
	say("accept: ");
	say_woken(&s, begin);
}

static const struct row rows[] = {
#ifndef NO_SELECT
	{"1.1", "close under select for reading, UDP", "EBADF", ONE(udp4, in_select_read)},
	{"1.2", "close under select for reading, TCP", "EBADF", ONE(tcp, in_select_read)},
	{"1.3", "close under select for reading, listener", "EBADF", ONE(listener, in_select_read)},
	{"1.4", "close under select for writing, TCP full", "EBADF", ONE(tcp_full, in_select_write)},
	{"1.5", "close under select for exceptions, TCP", "EBADF", ONE(tcp, in_select_except)},
	{"1.6", "close under select of two UDP", "EBADF", select_two, NULL},
	{"1.7", "close under select for reading, UDP IPv6", "EBADF", ONE(udp6, in_select_read)},
#endif
	{"1.10", "close under poll, UDP", "POLLNVAL", ONE(udp4, in_poll)},
	{"1.11", "close under poll, TCP", "POLLNVAL", ONE(tcp, in_poll)},
	{"1.12", "close under poll, listener", "POLLNVAL", ONE(listener, in_poll)},
	{"1.13", "close under poll for writing, TCP full", "POLLNVAL", ONE(tcp_full, in_poll_out)},
	{"1.20", "close under recv, UDP", "EBADF", ONE(udp4, in_recv)},
	{"1.21", "close under recv, UDP unbound", "EBADF", ONE(udp_unbound, in_recv)},
	{"1.22", "close under recv, UDP connected", "EBADF", ONE(udp_connected, in_recv)},
	{"1.23", "close under recv, UDP IPv6", "EBADF", ONE(udp6, in_recv)},
	{"1.24", "close under recv with SO_RCVTIMEO, UDP", "EBADF", ONE(udp_timed, in_recv)},
	{"1.25", "close under recvfrom, UDP", "EBADF", ONE(udp4, in_recvfrom)},
	{"1.26", "close under recvmsg, UDP", "EBADF", ONE(udp4, in_recvmsg)},
	{"1.27", "close under read, UDP", "EBADF", ONE(udp4, in_read)},
	{"1.28", "close under readv, UDP", "EBADF", ONE(udp4, in_readv)},
	{"1.30", "close under recv, TCP", "EBADF", ONE(tcp, in_recv)},
	{"1.31", "close under recv, TCP IPv6", "EBADF", ONE(tcp6, in_recv)},
	{"1.32", "close under recvfrom, TCP", "EBADF", ONE(tcp, in_recvfrom)},
	{"1.33", "close under recvmsg, TCP", "EBADF", ONE(tcp, in_recvmsg)},
	{"1.34", "close under read, TCP", "EBADF", ONE(tcp, in_read)},
	{"1.35", "close under readv, TCP", "EBADF", ONE(tcp, in_readv)},
	{"1.36", "close under recv MSG_WAITALL that has 4 bytes", "received 4 or EBADF", ONE(tcp_half, in_recv_all)},
	{"1.40", "close under send, TCP full", "EBADF", ONE(tcp_full, in_send)},
	{"1.41", "close under sendto, TCP full", "EBADF", ONE(tcp_full, in_sendto)},
	{"1.42", "close under sendmsg, TCP full", "EBADF", ONE(tcp_full, in_sendmsg)},
	{"1.43", "close under write, TCP full", "EBADF", ONE(tcp_full, in_write)},
	{"1.44", "close under writev, TCP full", "EBADF", ONE(tcp_full, in_writev)},
	{"1.45", "close under a send of which part has gone, TCP", "part of it or EBADF", ONE(tcp, in_send)},
	{"1.50", "close under accept", "EBADF", ONE(listener, in_accept)},
	{"1.51", "close under accept, IPv6", "EBADF", ONE(listener6, in_accept)},
	{"1.52", "close under connect, no answer", "EBADF", ONE(connecting, in_connect)},
#ifndef NO_KERNEL
	{"1.60", "close under recv, Unix stream", "EBADF", ONE(unix_stream, in_recv)},
	{"1.61", "close under recv, Unix datagrams", "EBADF", ONE(unix_dgram, in_recv)},
	{"1.62", "close under send, Unix stream full", "EBADF", ONE(unix_full, in_send)},
	{"1.63", "close under accept, Unix", "EBADF", ONE(unix_listener, in_accept)},
	{"1.64", "close under connect, Unix, queue full", "EBADF", ONE(unix_connecting, in_connect_unix)},
	{"1.65", "close under select, Unix stream", "EBADF", ONE(unix_stream, in_select_read)},
	{"1.66", "close under recv, RAW", "EBADF", ONE(raw, in_recv)},
#endif
#ifndef NO_SELECT
	{"2.1", "8 threads in select, one close", "8 of 8 woken, 8 told so", many, &(const struct one){udp4, in_select_read}},
#endif
	{"2.2", "8 threads in poll, one close", "8 of 8 woken, 8 told so", many, &(const struct one){tcp, in_poll}},
	{"2.3", "8 threads in recv, one close", "8 of 8 woken, 8 told so", many, &(const struct one){udp4, in_recv}},
	{"2.4", "8 threads in accept, one close", "8 of 8 woken, 8 told so", many, &(const struct one){listener, in_accept}},
	{"3.1", "two threads close the same, 500 times", "always one 0, one EBADF", two_closes, NULL},
	{"3.2", "two threads close under recv, 20 times", "always one 0, one EBADF", two_closes, ""},
	{"4.1", "number comes back: owner in recv", "the old owner takes 0 of 6", recycled, &(const struct one){NULL, owner_recv}},
	{"4.2", "number comes back: owner in poll", "the old owner takes 0 of 6", recycled, &(const struct one){NULL, owner_poll}},
#ifndef NO_SELECT
	{"4.3", "number comes back: owner in select", "the old owner takes 0 of 6", recycled, &(const struct one){NULL, owner_select}},
	{"6.1", "16 threads select overlapping sets", "all wake, for the right socket", overlapping, NULL},
#endif
	{"20.1", "close under accept, then a client comes", "a client gets ECONNREFUSED; accept: EBADF", closed_listener, NULL},
};

int
main(int argc, char **argv)
{
	return run_table(rows, sizeof rows / sizeof *rows, argc, argv);
}
