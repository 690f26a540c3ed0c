/* Bytes, readiness, timeouts and errors: where libc is right, and we are to be the same. See sock_rows.h. */
#include "sock_rows.h"

static int
waiting_bytes(int fd)
{
	int n = -1;

	MUST(ioctl(fd, FIONREAD, &n));
	return n;
}

static long
selects(int fd, int ms, fd_set *set)
{
#ifdef NO_SELECT
	(void)set;
	return readable(fd, ms);
#else
	struct timeval wait = {ms / 1000, ms % 1000 * 1000};

	FD_ZERO(set);
	FD_SET(fd, set);
	return select(fd + 1, set, NULL, NULL, &wait);
#endif
}

/* --- 7 and 8: readiness ------------------------------------------------------------------------------------------------- */

static void
partial(const void *arg)
{
	int pair[2];
	fd_set set;

	(void)arg;
	tcp_pair(pair);
	say("%ld", selects(pair[0], 0, &set));
	MUST(send(pair[1], "0123456789", 10, 0));
	say(" %ld", selects(pair[0], 1000, &set));
	MUST(recv(pair[0], into, 4, 0));
	say(" %ld", selects(pair[0], 0, &set));
	MUST(recv(pair[0], into, 6, 0));
	say(" %ld", selects(pair[0], 0, &set));
}

/* A fresh socket, an end, a waiting client: what poll says. */
static void
events(const void *arg)
{
	int pair[2], listener = bound(AF_INET, SOCK_STREAM, 4), client = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), one = 1, i;
	struct pollfd p = {-1, POLLIN | POLLOUT, 0};

	(void)arg;
	tcp_pair(pair);
	say("%d", poll(&p, 1, 0)); /* a negative descriptor is skipped */
	p.fd = pair[0];
	poll(&p, 1, 0);
	say(" %s", p.revents == POLLOUT ? "out" : "?");
	MUST(send(pair[1], "x", 1, 0));
	readable(pair[0], 1000);
	poll(&p, 1, 0);
	say(" %s", p.revents == (POLLIN | POLLOUT) ? "in+out" : "?");
	MUST(connect_to(client, AF_INET, port_of(listener)));
	p.fd = listener;
	poll(&p, 1, 1000);
	say(" %s", p.revents == POLLIN ? "in" : "?");
	MUST(setsockopt(client, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
	MUST(shutdown(pair[1], SHUT_WR));
	MUST(recv(pair[0], into, 1, 0));
	readable(pair[0], 1000);
	p.fd = pair[0];
	poll(&p, 1, 0);
	say(" %s", p.revents & POLLIN ? "end is in" : "?");
	MUST(close(pair[0]));
	i = poll(&p, 1, 1000);
	say(" %d %s", i, p.revents == POLLNVAL ? "nval" : "?");
}

#ifndef NO_SELECT
static void
beyond(const void *arg)
{
	struct rlimit limit;
	static fd_set set;
	struct timeval wait = {1, 0};
	int last = -1, i, sender, port;

	(void)arg;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (i = 0; last < 1500 && i < 1600; i++)
		last = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
	last = bound(AF_INET, SOCK_DGRAM, 0);
	if (last >= FD_SETSIZE) {
		say("FD_SETSIZE is %d", (int)FD_SETSIZE);
		return;
	}
	port = port_of(last);
	sender = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(connect_to(sender, AF_INET, port));
	FD_ZERO(&set);
	FD_SET(last, &set);
	FD_SET(5, &set);
	wait.tv_sec = 0;
	say("%d", select(last + 1, &set, NULL, NULL, &wait));
	MUST(send(sender, "x", 1, 0));
	FD_ZERO(&set);
	FD_SET(last, &set);
	FD_SET(5, &set);
	wait.tv_sec = 1;
	say(" %d", select(last + 1, &set, NULL, NULL, &wait));
	say(" %d %d", !!FD_ISSET(last, &set), !!FD_ISSET(5, &set));
}

static void
with_pipe(const void *arg)
{
	int pipes[2], udp = bound(AF_INET, SOCK_DGRAM, 0), sender = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0)), round;

	(void)arg;
	MUST(pipe(pipes));
	MUST(connect_to(sender, AF_INET, port_of(udp)));
	for (round = 0; round < 4; round++) {
		struct timeval wait = {0, 100000};
		fd_set set;
		int n;

		if (round == 1 || round == 3)
			MUST(write(pipes[1], "p", 1));
		if (round == 2 || round == 3)
			MUST(send(sender, "s", 1, 0));
		usleep(1000);
		FD_ZERO(&set);
		FD_SET(udp, &set);
		FD_SET(pipes[0], &set);
		n = select((udp > pipes[0] ? udp : pipes[0]) + 1, &set, NULL, NULL, &wait);
		say("%s%d:%s%s", round ? " " : "", n, n > 0 && FD_ISSET(pipes[0], &set) ? "p" : "", n > 0 && FD_ISSET(udp, &set) ? "s" : "");
		if (n > 0 && FD_ISSET(pipes[0], &set))
			MUST(read(pipes[0], into, 1));
		if (n > 0 && FD_ISSET(udp, &set))
			MUST(recv(udp, into, 1, 0));
	}
}

static void
bad_sets(const void *arg)
{
	int fd = bound(AF_INET, SOCK_DGRAM, 0), dead = bound(AF_INET, SOCK_DGRAM, 0), n;
	struct timeval wait = {0, 10000}, negative = {-1, 0};
	fd_set set;

	(void)arg;
	FD_ZERO(&set);
	FD_SET(fd, &set);
	FD_SET(dead, &set);
	MUST(close(dead));
	say("%s", select(dead + 1, &set, NULL, NULL, &wait) < 0 ? errno_name(errno) : "taken");
	say(", %s", select(-1, &set, NULL, NULL, &wait) < 0 ? errno_name(errno) : "taken");
	FD_ZERO(&set);
	FD_SET(fd, &set);
	say(", %s", select(fd + 1, &set, NULL, NULL, &negative) < 0 ? errno_name(errno) : "taken");
	say(", %d", select(0, NULL, NULL, NULL, &wait));
	FD_ZERO(&set);
	FD_SET(fd, &set);
	wait = (struct timeval){0, 10000};
	n = select(fd + 1, &set, NULL, NULL, &wait);
	say(", %d %d", n, !!FD_ISSET(fd, &set));
}
#endif

/* --- 9: timeouts -------------------------------------------------------------------------------------------------------------- */

#define SHORT 200 /* ms */
static void
say_timed(double begin, long result)
{
	int error = errno;
	double took = now_ms() - begin;

	if (result < 0)
		say("%s", errno_name(error));
	else
		say("%s", result ? "part" : "0");
	if (took < SHORT * 0.9 || took > SHORT * 2)
		say(" after %.0f ms", took);
}

static void
timed(const void *arg)
{
	const char *what = arg;
	int pair[2], queue[16], fd, port;
	double begin;
	long n;

	if (strcmp(what, "accept") == 0) {
		fd = bound(AF_INET, SOCK_STREAM, 4);
		timeout_option(fd, SO_RCVTIMEO, SHORT);
		begin = now_ms();
		n = accept(fd, NULL, NULL);
	} else if (strcmp(what, "connect") == 0) {
		port = port_of(full_listener(AF_INET, queue));
		fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
		timeout_option(fd, SO_SNDTIMEO, SHORT);
		begin = now_ms();
		n = connect_to(fd, AF_INET, port);
	} else if (strncmp(what, "send", 4) == 0) {
		static char much[1 << 23];

		tcp_pair(pair);
		timeout_option(pair[0], SO_SNDTIMEO, SHORT);
		if (strcmp(what, "send full") == 0)
			fill(pair[0]);
		begin = now_ms();
		n = send(pair[0], much, sizeof much, MSG_NOSIGNAL);
	} else if (strcmp(what, "recv TCP") == 0) {
		tcp_pair(pair);
		timeout_option(pair[0], SO_RCVTIMEO, SHORT);
		begin = now_ms();
		n = recv(pair[0], into, sizeof into, 0);
	} else {
		struct sockaddr_storage from;
		socklen_t size = sizeof from;
		struct iovec part = {into, sizeof into};
		struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
		struct timeval back = {0};

		fd = bound(AF_INET, SOCK_DGRAM, 0);
		timeout_option(fd, SO_RCVTIMEO, SHORT);
		size = sizeof back;
		MUST(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &back, &size));
		if (back.tv_sec || back.tv_usec != SHORT * 1000)
			say("reads back as %ld.%06ld; ", (long)back.tv_sec, (long)back.tv_usec);
		begin = now_ms();
		size = sizeof from;
		if (strcmp(what, "recvfrom") == 0)
			n = recvfrom(fd, into, sizeof into, 0, (struct sockaddr *)&from, &size);
		else if (strcmp(what, "recvmsg") == 0)
			n = recvmsg(fd, &m, 0);
		else if (strcmp(what, "read") == 0)
			n = read(fd, into, sizeof into);
		else
			n = recv(fd, into, sizeof into, 0);
	}
	say_timed(begin, n);
}

/* --- 10 and 11: connecting without waiting -------------------------------------------------------------------------------------- */

static int
pending_error(int fd)
{
	int error = -1;
	socklen_t size = sizeof error;

	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size));
	return error;
}

static const char *
connects(int fd, int port)
{
	return connect_to(fd, AF_INET, port) == 0 ? "0" : errno_name(errno);
}

static void
refused(const void *arg)
{
	int queue[16], listener = full_listener(AF_INET, queue), port = port_of(listener), fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), error;
	struct pollfd p = {fd, POLLOUT, 0};

	(void)arg;
	blocking(fd, 0);
	say("%s", connects(fd, port));
	MUST(close(listener)); /* its next try is refused */
	say(", ready %d", poll(&p, 1, 5000));
	error = pending_error(fd);
	say(", %s", errno_name(error));
	error = pending_error(fd);
	say(", %d", error);
}

static void
refused_blocking(const void *arg)
{
	int fd = bound(AF_INET, SOCK_STREAM, 4), port = port_of(fd);

	(void)arg;
	MUST(close(fd));
	fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
	say("%s", connects(fd, port));
	say(", %d", pending_error(fd));
}

static void
pending(const void *arg)
{
	int queue[16], listener = full_listener(AF_INET, queue), port = port_of(listener), fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), i;
	struct pollfd p = {fd, POLLOUT, 0};

	(void)arg;
	blocking(fd, 0);
	say("%s", connects(fd, port));
	say(" %s", connects(fd, port));
	say(" %s", send(fd, "x", 1, MSG_NOSIGNAL) < 0 ? errno_name(errno) : "sent");
	for (i = 0; i < 2; i++)
		accept(listener, NULL, NULL); /* makes room; it is tried again after a second */
	say(", ready %d", poll(&p, 1, 5000));
	say(" %d", pending_error(fd));
	connects(fd, port); /* Linux: 0 the first time */
	say(", %s", connects(fd, port));
}

/* --- 12 and 13: how much there is -------------------------------------------------------------------------------------------------- */

static void
peeking(const void *arg)
{
	int pair[2], udp[2], tcp_first, udp_first;

	(void)arg;
	tcp_pair(pair);
	say("%s", recv(pair[0], into, 4, MSG_DONTWAIT) < 0 ? errno_name(errno) : "?");
	say(" %d", waiting_bytes(pair[0]));
	MUST(send(pair[1], "0123456789", 10, 0));
	readable(pair[0], 1000);
	tcp_first = waiting_bytes(pair[0]);
	say("; %d", tcp_first);
	say(" %ld", (long)recv(pair[0], into, 100, MSG_PEEK));
	say(" %ld", (long)recv(pair[0], into, 100, MSG_PEEK | MSG_DONTWAIT));
	say(" %ld", (long)recv(pair[0], into, 4, 0));
	say(" %d", waiting_bytes(pair[0]));
	say(" %.2s", recv(pair[0], into, 2, MSG_PEEK) == 2 ? into : "?");
	udp_pair(udp);
	MUST(send(udp[1], "01234", 5, 0));
	MUST(send(udp[1], "0123456", 7, 0));
	readable(udp[0], 1000);
	usleep(10000);
	udp_first = waiting_bytes(udp[0]);
	say("; %d", udp_first);
	say(" %ld", (long)recv(udp[0], into, 100, MSG_PEEK));
	say(" %ld", (long)recv(udp[0], into, 100, 0));
	say(" %ld", (long)recv(udp[0], into, 100, MSG_DONTWAIT));
	say(" %s", recv(udp[0], into, 100, MSG_DONTWAIT) < 0 ? errno_name(errno) : "?");
}

static void
cut(const void *arg)
{
	int udp[2];
	struct iovec parts[2] = {{into, 4}, {into + 100, 6}};
	struct sockaddr_storage from;
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2, .msg_name = &from, .msg_namelen = sizeof from};
	long n;
	int i;

	(void)arg;
	udp_pair(udp);
	for (i = 0; i < 4; i++)
		MUST(send(udp[1], into, i == 3 ? 0 : 100, 0));
	n = recvmsg(udp[0], &m, 0);
	say("%ld %s name %d", n, m.msg_flags & MSG_TRUNC ? "cut" : "whole", (int)m.msg_namelen);
	say(", %ld", (long)recv(udp[0], into, 10, MSG_TRUNC));
	say(", %ld", (long)recv(udp[0], into, 10, 0));
	say(", %ld", (long)recv(udp[0], into, 10, 0)); /* an empty datagram */
}

static void
name_lengths(const void *arg)
{
	int fd = bound(AF_INET, SOCK_DGRAM, 0), sender = bound(AF_INET, SOCK_DGRAM, 0);
	union address a;
	socklen_t size = 4;

	(void)arg;
	memset(&a, 0x55, sizeof a);
	MUST(getsockname(fd, &a.any, &size));
	say("%d %s", (int)size, a.in.sin_addr.s_addr == 0x55555555 && a.in.sin_family == AF_INET ? "cut" : "overrun");
	MUST(connect_to(sender, AF_INET, port_of(fd)));
	MUST(send(sender, "x", 1, 0));
	size = sizeof a;
	MUST(recvfrom(fd, into, 10, 0, &a.any, &size));
	say(", from %d %s", (int)size, ntohs(a.in.sin_port) == port_of(sender) ? "right" : "wrong");
	size = sizeof a;
	MUST(getpeername(sender, &a.any, &size));
	say(", peer %d %s", (int)size, ntohs(a.in.sin_port) == port_of(fd) ? "right" : "wrong");
	size = sizeof a;
	say(", %s", getpeername(fd, &a.any, &size) < 0 ? errno_name(errno) : "?");
}

static void
vectors(const void *arg)
{
	int pair[2], udp[2];
	struct iovec out[3] = {{"ab", 2}, {"", 0}, {"cde", 3}}, back[2] = {{into, 3}, {into + 3, 10}};
	struct msghdr m = {.msg_iov = out, .msg_iovlen = 3};

	(void)arg;
	tcp_pair(pair);
	udp_pair(udp);
	say("%ld", (long)writev(pair[1], out, 3));
	readable(pair[0], 1000);
	say(" %ld %.5s", (long)readv(pair[0], back, 2), into);
	memset(into, '.', 10);
	say("; %ld", (long)sendmsg(udp[1], &m, 0));
	readable(udp[0], 1000);
	say(" %ld %.5s", (long)readv(udp[0], back, 2), into);
}

/* --- 14: an end that is gone ---------------------------------------------------------------------------------------------------------- */

static void
reset(const void *arg)
{
	struct linger off = {1, 0};
	int pair[2], how = *(const int *)arg, i;
	long n = 0;

	tcp_pair(pair);
	MUST(setsockopt(pair[1], SOL_SOCKET, SO_LINGER, &off, sizeof off));
	MUST(close(pair[1]));
	readable(pair[0], 1000);
	n = recv(pair[0], into, 10, 0);
	say("%s", n < 0 ? errno_name(errno) : "0");
	for (i = 0; i < 3; i++)
		if (how == 0)
			n = send(pair[0], "x", 1, 0);
		else if (how == 1)
			n = write(pair[0], "x", 1);
		else {
			struct iovec part = {"x", 1};
			struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};

			n = how == 2 ? writev(pair[0], &part, 1) : how == 3 ? sendmsg(pair[0], &m, 0) : sendto(pair[0], "x", 1, 0, NULL, 0);
		}
	say(", %s, no signal", n < 0 ? errno_name(errno) : "sent");
}

static void
shut(const void *arg)
{
	int pair[2];

	(void)arg;
	tcp_pair(pair);
	MUST(shutdown(pair[0], SHUT_WR));
	readable(pair[1], 1000);
	say("%ld", (long)recv(pair[1], into, 10, 0));
	say(" %ld", (long)send(pair[1], "back", 4, MSG_NOSIGNAL));
	readable(pair[0], 1000);
	say(" %ld", (long)recv(pair[0], into, 10, 0));
	say(", %s", send(pair[0], "x", 1, MSG_NOSIGNAL) < 0 ? errno_name(errno) : "sent");
	say(", %s", shutdown(pair[0], 7) < 0 ? errno_name(errno) : "taken");
}

/* --- 19: signals --------------------------------------------------------------------------------------------------------------------------- */

#ifndef NO_KERNEL
static void
on_signal(int number)
{
	(void)number;
}
static void
in_select(struct sleeper *me)
{
	fd_set set;

	outcome(me, "reports", selects(me->fd, 5000, &set));
}
static void
in_poll(struct sleeper *me)
{
	outcome(me, "ready", poll(&(struct pollfd){me->fd, POLLIN, 0}, 1, 5000));
}
static void
in_accept(struct sleeper *me)
{
	outcome(me, "accepted", accept(me->fd, NULL, NULL));
}
static void
in_send(struct sleeper *me)
{
	ssize_t n = send(me->fd, into, sizeof into, 0);

	/* the kernel may have moved something on meanwhile, and taken some more */
	if (n >= 0 && n < (ssize_t)sizeof into)
		snprintf(me->text, sizeof me->text, "part");
	else
		outcome(me, "sent", n);
}
static void
in_connect(struct sleeper *me)
{
	outcome(me, "connected", connect_to(me->fd, AF_INET, me->fd2));
}

struct interruption {
	int flags;
	void (*call)(struct sleeper *);
	char kind; /* u: UDP, t: full TCP, l: listener, c: connecting, r: UDP with a timeout */
};

static void
interrupted(const void *arg)
{
	const struct interruption *i = arg;
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = i->flags};
	static struct sleeper s;
	int pair[2], queue[16], fd;

	sigaction(SIGUSR1, &action, NULL);
	if (i->kind == 't') {
		tcp_pair(pair);
		fill(fd = pair[0]);
	} else if (i->kind == 'l') {
		fd = bound(AF_INET, SOCK_STREAM, 4);
	} else if (i->kind == 'c') {
		s.fd2 = port_of(full_listener(AF_INET, queue));
		fd = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
	} else {
		udp_pair(pair);
		fd = pair[0];
		if (i->kind == 'r')
			timeout_option(fd, SO_RCVTIMEO, 5000);
	}
	sleeper_start(&s, i->call, fd);
	settled(&s);
	pthread_kill(s.thread, SIGUSR1);
	if (sleeper_ended(&s, WAKES)) {
		say("%s", s.text);
		return;
	}
	say("goes on");
	if (i->kind == 'u') {
		MUST(send(pair[1], "data", 4, 0));
		sleeper_ended(&s, 1000);
		say(", then: %s", s.text);
	}
}
#define SIGNAL(...) interrupted, &(const struct interruption){__VA_ARGS__}
#endif

/* --- 23: every kind ------------------------------------------------------------------------------------------------------------------------------ */

static void
echo(const void *arg)
{
	const int *what = arg;
	int pair[2];
	char back[8] = "";

	if (what[1] == SOCK_STREAM)
		tcp_pair_of(what[0], pair);
	else
		udp_pair_of(what[0], pair);
	MUST(send(pair[0], "there", 5, 0));
	MUST(recv(pair[1], back, sizeof back, 0));
	MUST(send(pair[1], back, 5, 0));
	memset(back, 0, sizeof back);
	MUST(recv(pair[0], back, sizeof back, 0));
	say("%s and back", back);
}

static void
raw_echo(const void *arg)
{
	int family = *(const int *)arg, fd, i;
	union address a;
	socklen_t size = loopback(&a, family, 0);
	unsigned char request[12] = {8, 0, 0, 0, 'n', 'g', 0, 1, 'd', 'a', 't', 'a'}, answer[256];
	unsigned sum = 0;

	fd = socket(family, SOCK_RAW, family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	if (fd < 0 && errno == EPERM) {
		say("needs root");
		return;
	}
	MUST(fd);
	if (family == AF_INET6) {
		request[0] = 128; /* the kernel fills in the checksum */
	} else {
		for (i = 0; i < 12; i += 2)
			sum += (unsigned)request[i] << 8 | request[i + 1];
		sum = (sum & 0xffff) + (sum >> 16);
		request[2] = (unsigned char)(~sum >> 8);
		request[3] = (unsigned char)~sum;
	}
	timeout_option(fd, SO_RCVTIMEO, 1000);
	MUST(sendto(fd, request, sizeof request, 0, &a.any, size));
	for (i = 0; i < 4; i++) {
		ssize_t n = MUST(recv(fd, answer, sizeof answer, 0)), head = family == AF_INET6 ? 0 : 20;

		if (n == head + 12 && answer[head] == (family == AF_INET6 ? 129 : 0) && memcmp(answer + head + 4, "ng\0\1data", 8) == 0) {
			say("echo answered");
			return;
		}
	}
	say("no answer");
}

static void
group(const void *arg)
{
	int fd = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0)), sender = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
	union address a = {.in = {.sin_family = AF_INET}};
	struct ip_mreq m = {.imr_multiaddr.s_addr = inet_addr("239.1.2.3"), .imr_interface.s_addr = htonl(0x7f000001)};
	struct in_addr from = {htonl(0x7f000001)};
	unsigned char loop = 1, ttl = 3;
	socklen_t size = sizeof ttl;

	(void)arg;
	MUST(bind(fd, &a.any, sizeof a.in));
	MUST(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof m));
	MUST(setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from));
	MUST(setsockopt(sender, IPPROTO_IP, IP_MULTICAST_LOOP, &loop, sizeof loop));
	MUST(setsockopt(sender, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl));
	ttl = 0;
	MUST(getsockopt(sender, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, &size));
	a.in.sin_addr = m.imr_multiaddr;
	a.in.sin_port = htons((uint16_t)port_of(fd));
	MUST(sendto(sender, "all", 3, 0, &a.any, sizeof a.in));
	say("ttl %d, %s", ttl, readable(fd, 500) ? "received" : "not received");
	if (readable(fd, 0))
		MUST(recv(fd, into, 10, 0));
	MUST(setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &m, sizeof m));
	MUST(sendto(sender, "all", 3, 0, &a.any, sizeof a.in));
	say(", after leaving %s", readable(fd, 100) ? "received" : "not received");
}

#define NUMBERS(...) &(const int[]){__VA_ARGS__}
static const struct row rows[] = {
	{"7.1", "readable after part was read", "0 1 1 0", partial, NULL},
	{"7.2", "poll: idle, data, client, end, closed", "0 out in+out in end is in 1 nval", events, NULL},
#ifndef NO_SELECT
	{"7.3", "select: closed, negative, bad time, none, idle", "EBADF, EINVAL, EINVAL, 0, 0 0", bad_sets, NULL},
	{"8.1", "select of descriptor 1501", "0 1 1 0", beyond, NULL},
#endif
	{"9.1", "SO_RCVTIMEO: recv, UDP", "EAGAIN", timed, "recv"},
	{"9.2", "SO_RCVTIMEO: recv, TCP", "EAGAIN", timed, "recv TCP"},
	{"9.3", "SO_RCVTIMEO: recvfrom", "EAGAIN", timed, "recvfrom"},
	{"9.4", "SO_RCVTIMEO: recvmsg", "EAGAIN", timed, "recvmsg"},
	{"9.5", "SO_RCVTIMEO: read", "EAGAIN", timed, "read"},
	{"9.6", "SO_RCVTIMEO: accept", "EAGAIN", timed, "accept"},
	{"9.7", "SO_SNDTIMEO: send, full", "EAGAIN or part", timed, "send full"},
	{"9.8", "SO_SNDTIMEO: send of which part goes", "part", timed, "send"},
	{"9.9", "SO_SNDTIMEO: connect", "EINPROGRESS", timed, "connect"},
	{"10.1", "refused later, not waiting", "EINPROGRESS, ready 1, ECONNREFUSED, 0", refused, NULL},
	{"10.2", "refused, waiting", "ECONNREFUSED, 0", refused_blocking, NULL},
	{"11.1", "connect: begun, pending, done", "EINPROGRESS EALREADY EAGAIN, ready 1 0, EISCONN", pending, NULL},
	{"12.1", "MSG_PEEK, MSG_DONTWAIT, FIONREAD", "EAGAIN 0; 10 10 10 4 6 45; 5 5 5 7 EAGAIN", peeking, NULL},
	{"13.1", "a datagram longer than its room", "10 cut name 16, 100, 10, 0", cut, NULL},
	{"13.2", "lengths of addresses", "16 cut, from 16 right, peer 16 right, ENOTCONN", name_lengths, NULL},
	{"13.3", "vectors", "5 5 abcde; 5 5 abcde", vectors, NULL},
	{"14.1", "send to a peer that reset", "ECONNRESET, EPIPE, no signal", reset, NUMBERS(0)},
	{"14.2", "write to a peer that reset", "ECONNRESET, EPIPE, no signal", reset, NUMBERS(1)},
	{"14.3", "writev to a peer that reset", "ECONNRESET, EPIPE, no signal", reset, NUMBERS(2)},
	{"14.4", "sendmsg to a peer that reset", "ECONNRESET, EPIPE, no signal", reset, NUMBERS(3)},
	{"14.5", "sendto to a peer that reset", "ECONNRESET, EPIPE, no signal", reset, NUMBERS(4)},
	{"14.6", "shutdown of one way", "0 4 4, EPIPE, EINVAL", shut, NULL},
#ifndef NO_SELECT
	{"15.1", "select over pipe and socket", "0: 1:p 1:s 2:ps", with_pipe, NULL},
#endif
#ifndef NO_KERNEL
	{"19.1", "a signal under select", "EINTR", SIGNAL(0, in_select, 'u')},
	{"19.2", "a signal under poll", "EINTR", SIGNAL(0, in_poll, 'u')},
	{"19.3", "a signal under recv", "EINTR", SIGNAL(0, in_recv, 'u')},
	{"19.4", "a signal under accept", "EINTR", SIGNAL(0, in_accept, 'l')},
	{"19.5", "a signal under connect", "EINTR", SIGNAL(0, in_connect, 'c')},
	{"19.6", "a signal under send, full", "EINTR or part", SIGNAL(0, in_send, 't')},
	{"19.7", "SA_RESTART under select", "EINTR", SIGNAL(SA_RESTART, in_select, 'u')},
	{"19.8", "SA_RESTART under poll", "EINTR", SIGNAL(SA_RESTART, in_poll, 'u')},
	{"19.9", "SA_RESTART under recv", "goes on, then: received 4", SIGNAL(SA_RESTART, in_recv, 'u')},
	{"19.10", "SA_RESTART under accept", "goes on", SIGNAL(SA_RESTART, in_accept, 'l')},
	{"19.11", "SA_RESTART under recv with SO_RCVTIMEO", "EINTR", SIGNAL(SA_RESTART, in_recv, 'r')},
#endif
	{"23.1", "TCP over IPv4", "there and back", echo, NUMBERS(AF_INET, SOCK_STREAM)},
	{"23.2", "TCP over IPv6", "there and back", echo, NUMBERS(AF_INET6, SOCK_STREAM)},
	{"23.3", "UDP over IPv4", "there and back", echo, NUMBERS(AF_INET, SOCK_DGRAM)},
	{"23.4", "UDP over IPv6", "there and back", echo, NUMBERS(AF_INET6, SOCK_DGRAM)},
	{"23.5", "RAW over IPv4", "echo answered", raw_echo, NUMBERS(AF_INET)},
	{"23.6", "RAW over IPv6", "echo answered", raw_echo, NUMBERS(AF_INET6)},
	{"23.7", "a multicast group joined and left", "ttl 3, received, after leaving not received", group, NULL},
};

int
main(int argc, char **argv)
{
	return run_table(rows, sizeof rows / sizeof *rows, argc, argv);
}
