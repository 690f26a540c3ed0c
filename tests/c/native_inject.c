/*
 * Injected connections: what they deliver and send, time, back-pressure, half-close, release, watched descriptors, bad descriptors, and what
 * callbacks may end.
 */
#define _GNU_SOURCE
#include "harness.h"
#include <netgraft.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>

#define BIG (4 << 20)

struct seen {
	netgraft_conn conn;
	int connected, writable, readable, ended, timeouts, kind, posted, accepted, closed, error, goes_on;
	size_t len, calls, longest;
	char text[256];
	/* what `received` does */
	enum { KEEP, ECHO, CLOSE_LAST, CLOSE_NOW, RELEASE, PAUSE, END_CONTEXT, CLOSE_OTHER, RELEASE_OTHER } deed;
	netgraft_conn other;
	int answer, fd;
	size_t left;
	char rest[256];
};

static void on_connected(netgraft_conn conn, void *user)
{
	struct seen *s = user;

	s->connected++;
	s->conn = conn;
}

static void on_received(netgraft_conn conn, void *user, void *bytes, size_t len)
{
	struct seen *s = user;

	s->calls++;
	if (len > s->longest)
		s->longest = len;
	if (s->len + len < sizeof s->text)
		memcpy(s->text + s->len, bytes, len);
	s->len += len;
	s->left = sizeof s->rest;
	switch (s->deed) {
	case ECHO: s->answer = netgraft_send(conn, bytes, len); break;
	case CLOSE_LAST:
		netgraft_send(conn, "last", 4);
		s->answer = netgraft_close(conn, NETGRAFT_CLOSE_FLUSH);
		break;
	case CLOSE_NOW: s->answer = netgraft_close(conn, NETGRAFT_CLOSE_NOW); break;
	case RELEASE: s->answer = netgraft_release(conn, &s->fd, s->rest, &s->left); break;
	case PAUSE: s->answer = netgraft_pause(conn); break;
	case END_CONTEXT: lws_context_destroy(cx); break;
	case CLOSE_OTHER: s->answer = netgraft_close(s->other, NETGRAFT_CLOSE_NOW); break;
	case RELEASE_OTHER: s->answer = netgraft_release(s->other, &s->fd, NULL, NULL); break;
	default: break;
	}
}

static void on_writable(netgraft_conn conn, void *user)
{
	(void)conn;
	((struct seen *)user)->writable++;
}

static void on_ended(netgraft_conn conn, void *user)
{
	(void)conn;
	((struct seen *)user)->ended++;
}

static int on_timeout(netgraft_conn conn, void *user, int kind)
{
	struct seen *s = user;

	(void)conn;
	s->timeouts++;
	s->kind = kind;
	return s->goes_on;
}

static void on_accepted(netgraft_conn conn, void *user, int fd)
{
	struct seen *s = user;

	(void)conn;
	s->accepted++;
	s->fd = fd;
}

static void on_closed(netgraft_conn conn, void *user, int error)
{
	struct seen *s = user;

	s->closed++;
	s->error = error;
	check(netgraft_send(conn, "x", 1) == -ESTALE, "stale in closed");
}

static const struct netgraft_callbacks all = { .connected = on_connected, .received = on_received, .writable = on_writable,
					       .ended = on_ended, .timeout = on_timeout, .accepted = on_accepted,
					       .closed = on_closed };
static const struct netgraft_callbacks few = { .received = on_received, .closed = on_closed };

/* A listening socket on loopback; its port. */
static int listener(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&at, len) || listen(fd, 16) || getsockname(fd, (struct sockaddr *)&at, &len))
		exit(1);
	*port = ntohs(at.sin_port);
	return fd;
}

/* A connected pair: TCP, ours first. */
static void pair(int fds[2])
{
	int port, l = listener(&port), on = 1;

	fds[1] = dial(port);
	setsockopt(fds[1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	fds[0] = accept4(l, NULL, NULL, SOCK_CLOEXEC);
	close(l);
}

static netgraft_conn inject(int fd, const struct netgraft_callbacks *callbacks, struct seen *s, const struct netgraft_options *o)
{
	netgraft_conn conn = 0;

	memset(s, 0, sizeof *s);
	s->fd = -1;
	if (netgraft_inject(cx, fd, callbacks, s, o, &conn))
		return 0;
	return conn;
}

static void begin_context(void)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	start(info);
}

static void life(void)
{
	struct seen s;
	int fds[2], un[2];
	char text[32];
	netgraft_conn conn;

	pair(fds);
	conn = inject(fds[0], &all, &s, NULL);
	check(conn != 0 && s.connected == 0, "no callback from inside inject");
	check(UNTIL(s.connected) && s.conn == conn, "connected");
	s.deed = ECHO;
	say(fds[1], "hello");
	check(get(fds[1], text, 5) == 5 && !memcmp(text, "hello", 5) && s.answer == 0, "received, and sent from there");
	check(netgraft_send(conn, "outside", 7) == 0 && get(fds[1], text, 7) == 7, "sent from outside a callback");
	check(netgraft_ask_writable(conn) == 0 && UNTIL(s.writable == 1), "writable when asked for");
	shutdown(fds[1], SHUT_WR);
	check(UNTIL(s.ended == 1) && s.closed == 0, "the peer's end");
	check(netgraft_send(conn, "late", 4) == 0 && get(fds[1], text, 4) == 4, "sent after the peer's end");
	check(netgraft_shutdown(conn) == 0 && netgraft_send(conn, "x", 1) == -ESTALE, "our end too: the connection is over");
	check(UNTIL(s.closed == 1) && s.error == 0 && gone(fds[1]), "both ends: closed in order");
	check(netgraft_send(conn, "x", 1) == -ESTALE && netgraft_close(conn, 0) == -ESTALE && netgraft_pause(conn) == -ESTALE &&
	      netgraft_ask_writable(conn) == -ESTALE && netgraft_waiting(conn) == -ESTALE, "stale");

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, un);
	conn = inject(un[0], &few, &s, NULL);
	s.deed = CLOSE_LAST;
	say(un[1], "x");
	check(get(un[1], text, 4) == 4 && !memcmp(text, "last", 4) && gone(un[1]), "a Unix socket, closed after what was sent");
	check(UNTIL(s.closed == 1) && s.error == 0 && s.answer == 0, "closed once");

	pair(fds);
	inject(fds[0], &few, &s, NULL);
	close(fds[1]);
	check(UNTIL(s.closed == 1) && s.error == 0, "the peer's end is the end where nobody listens for it");
	pair(fds);
	inject(fds[0], &few, &s, NULL);
	serve(0.01);
	reset(fds[1]);
	check(UNTIL(s.closed == 1) && s.error == -ECONNRESET, "a reset");
}

static void connecting(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct netgraft_options o = { .connect_ms = 50 };
	struct seen s;
	int port, l = listener(&port), fd, i, peer, filler[64], code;
	netgraft_conn conn;
	char text[8];

	to.sin_port = htons((uint16_t)port);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	code = connect(fd, (struct sockaddr *)&to, sizeof to);
	conn = inject(fd, &all, &s, &o);
	check(conn && (code == 0 || errno), "connecting is injected");
	check(netgraft_send(conn, "early", 5) == 0, "sent before it is connected");
	check(UNTIL(s.connected), "it connects");
	peer = accept4(l, NULL, NULL, SOCK_CLOEXEC);
	check(get(peer, text, 5) == 5 && !memcmp(text, "early", 5), "what was sent before arrives");
	serve(0.08);
	check(s.timeouts == 0 && s.closed == 0, "who is connected has no time to connect");
	netgraft_close(conn, NETGRAFT_CLOSE_NOW);
	UNTIL(s.closed);
	close(peer);
	close(l);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	connect(fd, (struct sockaddr *)&to, sizeof to);
	code = netgraft_inject(cx, fd, &all, &s, NULL, &conn);
	check(code == -ECONNREFUSED || (code == 0 && UNTIL(s.closed) && s.error == -ECONNREFUSED), "refused");
	if (code)
		close(fd);

	/* a backlog that is full: the next one waits */
	l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	to.sin_port = 0;
	bind(l, (struct sockaddr *)&to, sizeof to);
	listen(l, 0);
	i = sizeof to;
	getsockname(l, (struct sockaddr *)&to, (socklen_t *)&i);
	for (i = 0; i < 4; i++) {
		filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(filler[i], (struct sockaddr *)&to, sizeof to);
	}
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	connect(fd, (struct sockaddr *)&to, sizeof to);
	conn = inject(fd, &all, &s, &o);
	check(conn && UNTIL(s.closed) && s.kind == NETGRAFT_TIMEOUT_CONNECT && s.error == -ETIMEDOUT && !s.connected, "connecting times out");
	for (i = 0; i < 4; i++)
		close(filler[i]);
	close(l);
}

static void listening(void)
{
	struct seen s;
	int port, l = listener(&port), fd, code;
	netgraft_conn conn;

	code = netgraft_inject(cx, l, &few, &s, NULL, NULL);
	check(code == -EINVAL, "a listening socket without accepted is refused");
	fd = dial(port);
	conn = inject(l, &all, &s, NULL);
	check(conn && UNTIL(s.accepted == 1) && s.fd >= 0, "accepted, though it came before");
	check(netgraft_send(conn, "x", 1) == -EINVAL && netgraft_shutdown(conn) == -EINVAL, "a listening socket sends nothing");
	close(fd);
	close(s.fd);
	netgraft_close(conn, NETGRAFT_CLOSE_FLUSH);
	check(UNTIL(s.closed) && dial(port) < 0, "closed");
}

static void times(void)
{
	struct netgraft_options o = { .idle_ms = 200 };
	struct seen s;
	int fds[2];
	netgraft_conn conn;
	double begin;

	pair(fds);
	begin = seconds();
	conn = inject(fds[0], &all, &s, &o);
	s.goes_on = 1;
	check(UNTIL(s.timeouts == 2) && s.kind == NETGRAFT_TIMEOUT_IDLE && seconds() - begin >= 0.39 && !s.closed, "idle, twice");
	s.timeouts = 0;
	for (begin = seconds(); seconds() < begin + 0.5;) {
		say(fds[1], "x");
		serve(0.005);
	}
	check(s.timeouts == 0, "who is not idle has no timeout");
	netgraft_set_idle(conn, 0);
	serve(0.3);
	check(s.timeouts == 0, "idle is switched off");
	netgraft_set_idle(conn, 10);
	s.goes_on = 0;
	check(UNTIL(s.closed) && s.error == -ETIMEDOUT && gone(fds[1]), "idle ends it");
	o.idle_ms = 0;
	o.total_ms = 30;
	pair(fds);
	inject(fds[0], &few, &s, &o);
	for (begin = seconds(); !s.closed && seconds() < begin + 2;) {
		send(fds[1], "x", 1, MSG_NOSIGNAL);
		serve(0.002);
	}
	check(s.closed && s.error == -ETIMEDOUT && seconds() - begin < 1, "the total time ends it");
	close(fds[1]);
}

static void pressure(void)
{
	static char big[BIG], got[BIG];
	struct netgraft_options o = { .send_max = 64 << 10, .send_low = 1000 };
	struct seen s;
	int fds[2], small = 32768, code = 0;
	size_t sent = 0, i;
	netgraft_conn conn;

	for (i = 0; i < BIG; i++)
		big[i] = (char)(i * 7 + i / 251);
	pair(fds);
	setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	setsockopt(fds[1], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	conn = inject(fds[0], &all, &s, &o);
	UNTIL(s.connected);
	check(netgraft_send(conn, big, (64 << 10) + 1) == -EMSGSIZE, "more than the bound at once");
	check(netgraft_send(conn, NULL, 1) == -EINVAL && netgraft_send(conn, NULL, 0) == 0, "null bytes");
	while (!(code = netgraft_send(conn, big + sent, 10000)))
		sent += 10000;
	check(code == -EAGAIN && netgraft_waiting(conn) <= 64 << 10 && netgraft_waiting(conn) > 50000, "the bound is kept");
	serve(0.01);
	check(s.writable == 0, "no room yet");
	check(netgraft_release(conn, &s.fd, NULL, NULL) == -EBUSY, "not released while bytes wait");
	for (i = 0; i < BIG;) {
		size_t n = 0;

		while (sent < BIG && !netgraft_send(conn, big + sent, BIG - sent < 10000 ? BIG - sent : 10000))
			sent += BIG - sent < 10000 ? BIG - sent : 10000;
		n = (size_t)recv(fds[1], got + i, BIG - i, MSG_DONTWAIT);
		if ((ssize_t)n > 0)
			i += n;
		else
			await(fds[1], POLLIN);
	}
	check(!memcmp(big, got, BIG), "4 MiB arrive in order");
	check(UNTIL(s.writable > 0), "writable when there is room");
	while (!netgraft_send(conn, big, 10000))
		;
	check(netgraft_release(conn, &s.fd, NULL, NULL) == -EBUSY, "busy");
	s.writable = 0;
	for (i = 0; !s.writable && i < 1000000; i++) {
		if (recv(fds[1], got, 5000, MSG_DONTWAIT) < 0)
			await(fds[1], POLLIN);
		lws_service(cx, -1);
	}
	check(s.writable && netgraft_waiting(conn) == 0, "writable when it is not");
	check(netgraft_release(conn, &s.fd, NULL, NULL) == 0, "and then it is released");
	i = (size_t)s.fd;
	conn = inject((int)i, &all, &s, &o);
	UNTIL(s.connected);
	while (recv(fds[1], got, BIG, MSG_DONTWAIT) > 0 || (poll(&(struct pollfd){ fds[1], POLLIN, 0 }, 1, 20) > 0))
		;
	sent = 0;
	while (!netgraft_send(conn, big + sent, 10000))
		sent += 10000;
	check(netgraft_shutdown(conn) == 0 && netgraft_send(conn, "x", 1) == -EPIPE, "our end, while bytes wait");
	check(get(fds[1], got, BIG) == sent && !memcmp(big, got, sent), "they are sent before it");
	close(fds[1]);
	UNTIL(s.closed);

	pair(fds);
	setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	conn = inject(fds[0], &few, &s, &o);
	serve(0.01);
	for (sent = 0; !netgraft_send(conn, big + sent, 10000);)
		sent += 10000;
	check(netgraft_close(conn, NETGRAFT_CLOSE_FLUSH) == 0 && netgraft_send(conn, "x", 1) == -ESTALE, "closed while bytes wait");
	check(get(fds[1], got, sizeof got) == sent && UNTIL(s.closed) && s.error == 0, "they are sent before the end");
	close(fds[1]);
}

static void reading(void)
{
	struct netgraft_options o = { .receive_max = 4 };
	struct seen s;
	int fds[2];
	char text[64];
	size_t len;
	netgraft_conn conn;

	pair(fds);
	conn = inject(fds[0], &all, &s, NULL);
	UNTIL(s.connected);
	netgraft_pause(conn);
	say(fds[1], "paused");
	serve(0.02);
	check(s.len == 0, "nothing comes while paused");
	netgraft_resume(conn);
	check(UNTIL(s.len == 6), "it comes when resumed");
	shutdown(fds[1], SHUT_WR);
	UNTIL(s.ended);
	netgraft_close(conn, 0);
	UNTIL(s.closed);
	close(fds[1]);

	pair(fds);
	conn = inject(fds[0], &all, &s, &o);
	say(fds[1], "0123456789");
	check(UNTIL(s.len == 10) && s.longest == 4 && s.calls == 3 && !memcmp(s.text, "0123456789", 10), "in slices");
	s.len = 0;
	s.deed = PAUSE;
	say(fds[1], "abcdefghij");
	UNTIL(s.len);
	serve(0.01);
	check(s.len == 4, "paused between slices");
	len = 3;
	check(netgraft_release(conn, &s.fd, text, &len) == -ENOBUFS && len == 6, "release says how much is left");
	check(netgraft_release(conn, NULL, text, &len) == -EINVAL, "release without a place");
	s.deed = KEEP;
	netgraft_resume(conn);
	check(UNTIL(s.len == 10) && !memcmp(s.text, "abcdefghij", 10), "the rest comes when resumed");
	s.len = 0;
	s.deed = PAUSE;
	say(fds[1], "abcdefghij");
	UNTIL(s.len);
	len = sizeof text;
	check(netgraft_release(conn, &s.fd, text, &len) == 0 && len == 6 && !memcmp(text, "efghij", 6), "released with the rest");
	check(netgraft_send(conn, "x", 1) == -ESTALE && s.closed == 0 && fcntl(s.fd, F_GETFD) >= 0, "the handle is stale, the descriptor alive");
	say(fds[1], "more");
	check(get(s.fd, text, 4) == 4 && !memcmp(text, "more", 4) && put(s.fd, "back", 4) == 0 && get(fds[1], text, 4) == 4, "it goes on by hand");
	len = (size_t)s.fd;
	conn = inject((int)len, &all, &s, &o);
	check(conn && UNTIL(s.connected), "and is injected again");
	s.deed = RELEASE;
	say(fds[1], "wxyz123456");
	check(UNTIL(s.fd >= 0) && s.answer == 0 && s.left == 6 && !memcmp(s.rest, "123456", 6) && s.calls == 1, "released inside received, with the rest");
	close(s.fd);
	close(fds[1]);
	serve(0.01);
	check(s.closed == 0, "closed does not come after a release");
}

static void deeds(void)
{
	struct seen a, b;
	int fa[2], fb[2], i;
	netgraft_conn ca, cb;

	pair(fa);
	ca = inject(fa[0], &all, &a, NULL);
	a.deed = CLOSE_NOW;
	say(fa[1], "x");
	check(UNTIL(a.closed == 1) && a.answer == 0 && a.error == 0 && gone(fa[1]), "closes itself");
	for (i = 0; i < 2; i++) {
		/* both have something to do in the same turn, whichever comes first */
		pair(fa);
		pair(fb);
		ca = inject(fa[0], &all, &a, NULL);
		cb = inject(fb[0], &all, &b, NULL);
		UNTIL(a.connected && b.connected);
		a.other = cb;
		b.other = ca;
		a.deed = b.deed = i ? RELEASE_OTHER : CLOSE_OTHER;
		say(fa[1], "x");
		say(fb[1], "x");
		serve(0.02);
		check(a.len + b.len == 1, "%s its neighbour", i ? "releases" : "closes");
		if (i)
			close(a.fd >= 0 ? a.fd : b.fd);
		check(a.closed + b.closed == 1 - i, "which hears of it as it should");
		netgraft_close(ca, 0);
		netgraft_close(cb, 0);
		serve(0.01);
		close(fa[1]);
		close(fb[1]);
	}
	pair(fa);
	pair(fb);
	ca = inject(fa[0], &all, &a, NULL);
	inject(fb[0], &all, &b, NULL);
	UNTIL(a.connected && b.connected);
	a.deed = b.deed = END_CONTEXT;
	say(fa[1], "x");
	say(fb[1], "x");
	usleep(2000);
	lws_service(cx, 0);
	check(a.len + b.len == 1 && a.closed == 1 && b.closed == 1 && a.error == -ECANCELED && b.error == -ECANCELED, "ends the context");
	check(netgraft_send(ca, "x", 1) == -ESTALE, "its connections are stale");
	check(gone(fa[1]) && gone(fb[1]), "and their sockets closed");
	begin_context();
}

static void on_readable(netgraft_conn conn, void *user)
{
	struct seen *s = user;
	char c[8];
	ssize_t n = read(s->fd, c, s->left ? s->left : 1);

	(void)conn;
	s->readable++;
	if (n > 0)
		s->len += (size_t)n;
	if (!n)
		s->ended++;
}

static void watching(void)
{
	static const struct netgraft_callbacks watch = { .readable = on_readable, .writable = on_writable, .closed = on_closed };
	struct netgraft_options o = { .flags = NETGRAFT_WATCH };
	struct seen s;
	int p[2], fds[2], e;
	uint64_t one = 1;
	netgraft_conn conn;

	if (pipe2(p, O_CLOEXEC))
		exit(1);
	conn = inject(p[0], &watch, &s, &o);
	s.fd = p[0];
	check(conn != 0, "a pipe is watched");
	if (write(p[1], "12345", 5) != 5)
		exit(1);
	serve(0.01);
	check(s.readable == 0, "not before it is asked for");
	check(netgraft_watch(conn, 8) == -EINVAL && netgraft_watch(conn, NETGRAFT_READABLE) == 0, "watch");
	check(UNTIL(s.len == 5) && s.readable == 5, "readable as long as there is something, however little is read");
	check(netgraft_send(conn, "x", 1) == -EINVAL, "the library does not write to it");
	close(p[1]);
	check(UNTIL(s.ended), "its end");
	check(netgraft_release(conn, &e, NULL, NULL) == 0 && e == p[0] && fcntl(e, F_GETFD) >= 0, "released");
	close(p[0]);

	e = eventfd(0, EFD_CLOEXEC);
	conn = inject(e, &watch, &s, &o);
	s.fd = e;
	s.left = 8;
	netgraft_watch(conn, NETGRAFT_READABLE);
	serve(0.01);
	if (write(e, &one, 8) != 8)
		exit(1);
	check(UNTIL(s.readable == 1), "an eventfd");
	netgraft_close(conn, NETGRAFT_CLOSE_FLUSH);
	check(UNTIL(s.closed) && fcntl(e, F_GETFD) < 0, "closed");

	pair(fds);
	conn = inject(fds[0], &watch, &s, &o);
	netgraft_watch(conn, NETGRAFT_WRITABLE);
	check(UNTIL(s.writable > 2), "writable as long as it is");
	netgraft_watch(conn, 0);
	s.writable = 0;
	serve(0.01);
	check(s.writable == 0 && netgraft_ask_writable(conn) == 0 && UNTIL(s.writable == 1), "once, when asked for");
	netgraft_close(conn, 0);
	UNTIL(s.closed);
	close(fds[1]);
}

static int bad(int fd, const struct netgraft_options *o)
{
	struct seen s;

	return netgraft_inject(cx, fd, &all, &s, o, NULL);
}

static void bad_descriptors(void)
{
	struct netgraft_options o = { .flags = 2 }, sizes = { .send_max = 0x80000000u }, more = { .reserved = { 1 } }, w = { .flags = NETGRAFT_WATCH };
	struct netgraft_callbacks odd = all;
	struct seen s, t;
	int fds[2], fb[2], p[2], file = open("/dev/null", O_RDWR | O_CLOEXEC), dgram = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int fresh = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	netgraft_conn conn, other;

	pair(fds);
	if (pipe2(p, O_CLOEXEC))
		exit(1);
	check(bad(-1, NULL) == -EBADF && bad(9999, NULL) == -EBADF && bad(INT_MAX, NULL) == -EBADF, "no descriptor");
	check(bad(p[0], NULL) == -ENOTSOCK && bad(file, NULL) == -ENOTSOCK, "no socket");
	check(bad(dgram, NULL) == -EPROTOTYPE && bad(fresh, NULL) == -ENOTCONN, "no stream, no peer");
	check(bad(self, &w) == -EPERM, "a file cannot be watched");
	check(bad(fds[0], &o) == -EINVAL && bad(fds[0], &sizes) == -EINVAL && bad(fds[0], &more) == -EINVAL, "unknown options");
	odd.reserved[0] = &odd;
	check(netgraft_inject(cx, fds[0], &odd, NULL, NULL, NULL) == -EINVAL && netgraft_inject(cx, fds[0], NULL, NULL, NULL, NULL) == -EINVAL &&
	      netgraft_inject(NULL, fds[0], &all, NULL, NULL, NULL) == -EINVAL && netgraft_inject((struct lws_context *)&odd, fds[0], &all, NULL, NULL, NULL) == -EINVAL,
	      "bad pointers");
	check(fcntl(fds[0], F_GETFD) >= 0 && fcntl(p[0], F_GETFD) >= 0, "what is refused stays the program's");
	conn = inject(fds[0], &all, &s, NULL);
	check(conn && bad(fds[0], NULL) == -EEXIST && bad(fds[0], &w) == -EEXIST, "injected already");
	check(netgraft_close(conn, 7) == -EINVAL && netgraft_watch(conn, 1) == -EINVAL, "bad arguments");
	check(netgraft_send(0, "x", 1) == -ESTALE && netgraft_send(conn + 2, "x", 1) == -ESTALE && netgraft_send(~0ull, "x", 1) == -ESTALE &&
	      netgraft_send(conn ^ 1ull << 40, "x", 1) == -ESTALE && netgraft_send(conn ^ 1ull << 63, "x", 1) == -ESTALE, "made-up handles");
	/* closed behind the library's back, and the number taken by another */
	close(fds[0]);
	pair(fb);
	check(fb[0] == fds[0] || fb[1] == fds[0] || dup2(fb[0], fds[0]) == fds[0], "the number is another's");
	check(netgraft_release(conn, &t.fd, NULL, NULL) == -EBADF, "a descriptor closed behind the library's back is not released");
	check(UNTIL(s.closed) && s.error == -EBADF && fcntl(fds[0], F_GETFD) >= 0, "closed says so, and the other's descriptor lives");
	if (fb[0] != fds[0] && fb[1] != fds[0])
		close(fds[0]);
	other = inject(fb[0], &all, &t, NULL);
	check(other && UNTIL(t.connected), "the number is injected anew");
	netgraft_close(other, NETGRAFT_CLOSE_NOW);
	UNTIL(t.closed);
	close(fb[1]);
	close(fds[1]);
	pair(fds);
	conn = inject(fds[0], &all, &s, NULL);
	UNTIL(s.connected);
	close(fds[0]);
	netgraft_close(conn, NETGRAFT_CLOSE_NOW);
	check(UNTIL(s.closed) && s.error == -EBADF, "closed after the program has");
	close(fds[1]);
	close(p[0]);
	close(p[1]);
	close(file);
	close(dgram);
	close(fresh);
	close(self);
}

static void end(void)
{
	struct seen s[20];
	int fds[2], peers[20], i, good = 1;

	for (i = 0; i < 20; i++) {
		pair(fds);
		peers[i] = fds[1];
		good &= inject(fds[0], &all, &s[i], NULL) != 0;
	}
	serve(0.01);
	stop();
	for (i = 0; i < 20; i++) {
		good &= s[i].closed == 1 && s[i].error == -ECANCELED;
		close(peers[i]);
	}
	check(good, "the end of the context is that of its connections");
}

int main(void)
{
	int before;

	begin(60);
	before = open_fds();
	begin_context();
	life();
	connecting();
	listening();
	times();
	pressure();
	reading();
	deeds();
	watching();
	bad_descriptors();
	end();
	check(open_fds() == before, "no descriptor is left over");
	return finish();
}
