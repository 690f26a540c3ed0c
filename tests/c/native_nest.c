/*
 * The loop of a context inside another, and listening sockets that were made elsewhere.
 */
#define _GNU_SOURCE
#include "harness.h"
#include <netgraft.h>
#include <sys/epoll.h>
#include <sys/wait.h>

static int inside, timers, echoed;
static lws_sorted_usec_list_t sul;

static int protocol(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char buffer[LWS_PRE + 128];

	(void)user;
	if (reason == LWS_CALLBACK_RECEIVE) {
		inside = netgraft_loop_dispatch(cx);
		if (len <= 128) {
			memcpy(buffer + LWS_PRE, in, len);
			lws_write(wsi, buffer + LWS_PRE, len, LWS_WRITE_TEXT);
			echoed++;
		}
	}
	return 0;
}

static const struct lws_protocols protocols[] = { { .name = "p", .callback = protocol }, { 0 } };

static void on_timer(lws_sorted_usec_list_t *s)
{
	(void)s;
	timers++;
}

/* The other loop: polls what it is told, for as long as it is told. Returns how many turns it took. */
static int other_loop(int outer, int want, double secs)
{
	double end = seconds() + secs;
	int turns = 0;

	while (seconds() < end && !(want == 1 ? timers : echoed)) {
		struct epoll_event e;
		int ms = netgraft_loop_timeout(cx);

		epoll_wait(outer, &e, 1, ms < 0 || ms > 100 ? 100 : ms);
		netgraft_loop_dispatch(cx);
		turns++;
	}
	return turns;
}

static void nest(void)
{
	int outer = epoll_create1(EPOLL_CLOEXEC), port = start(settings(protocols)), fd, turns;
	struct epoll_event e = { .events = EPOLLIN };
	double begin;

	check(netgraft_loop_fd(NULL) == -EINVAL && netgraft_loop_dispatch(NULL) == -EINVAL && netgraft_loop_timeout(NULL) == 0, "null");
	check(netgraft_loop_fd((struct lws_context *)&e) == -EINVAL && netgraft_loop_dispatch((struct lws_context *)&e) == -ECANCELED, "no context");
	check(netgraft_loop_timeout(cx) == 0 && netgraft_loop_dispatch(cx) == 0, "the first turn is to be made at once");
	while (netgraft_loop_timeout(cx) == 0)
		netgraft_loop_dispatch(cx);
	check(netgraft_loop_timeout(cx) == -1, "then there is nothing to wait for but events");
	epoll_ctl(outer, EPOLL_CTL_ADD, netgraft_loop_fd(cx), &e);
	check(epoll_wait(outer, &e, 1, 0) == 0, "nothing has happened");
	lws_sul_schedule(cx, 0, &sul, on_timer, 30 * LWS_US_PER_MS);
	check(netgraft_loop_timeout(cx) > 20 && netgraft_loop_timeout(cx) <= 30, "a timer");
	begin = seconds();
	turns = other_loop(outer, 1, 2);
	check(timers == 1 && seconds() - begin >= 0.029 && turns <= 3, "goes off, after %d turns", turns);
	fd = ws_open(port, "p"); /* serves with lws_service meanwhile: both ways may be mixed */
	ws_put(fd, TEXT, "nested", 6);
	turns = other_loop(outer, 2, 2);
	check(echoed == 1 && turns <= 3 && ws_is(fd, TEXT, "nested"), "a WebSocket, after %d turns", turns);
	check(inside == -ECANCELED, "not from inside a callback");
	close(fd);
	close(outer);
	stop();
}

static int listening(int family, int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof at;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (family == AF_UNIX) {
		snprintf(un.sun_path + 1, sizeof un.sun_path - 1, "netgraft-test-%d", getpid());
		len = (socklen_t)(sizeof(sa_family_t) + 1 + strlen(un.sun_path + 1));
		if (bind(fd, (struct sockaddr *)&un, len))
			exit(1);
	} else if (bind(fd, (struct sockaddr *)&at, len) || getsockname(fd, (struct sockaddr *)&at, &len)) {
		exit(1);
	} else {
		*port = ntohs(at.sin_port);
	}
	if (listen(fd, 16))
		exit(1);
	return fd;
}

static void listeners(void)
{
	struct lws_context_creation_info info = settings(protocols);
	struct lws_vhost *vhost;
	int ports[2], fds[2], un, port, i, fd, stream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	info.port = CONTEXT_PORT_NO_LISTEN;
	start(info);
	vhost = lws_get_vhost_by_name(cx, "default");
	for (i = 0; i < 2; i++)
		fds[i] = listening(AF_INET, &ports[i]);
	un = listening(AF_UNIX, NULL);
	fd = dial(ports[0]); /* before it is served */
	check(netgraft_listen_fd(vhost, fds[0]) == 0 && netgraft_listen_fd(vhost, fds[1]) == 0 && netgraft_listen_fd(vhost, un) == 0, "three sockets for a vhost");
	check(lws_get_vhost_listen_port(vhost) == ports[0], "the vhost has the first one's port");
	check(netgraft_listen_fd(vhost, fds[0]) == -EEXIST && netgraft_listen_fd(vhost, -1) == -EBADF && netgraft_listen_fd(vhost, 0x7fffffff) == -EBADF &&
	      netgraft_listen_fd(vhost, stream) == -ENOTCONN && netgraft_listen_fd(NULL, fds[0]) == -EINVAL, "bad descriptors");
	check(!ws_ask(fd, "localhost", "p") && ws_accepted(fd), "who came before is served");
	close(fd);
	for (i = 0; i < 2; i++) {
		fd = ws_open(ports[i], "p");
		ws_put(fd, TEXT, "hi", 2);
		check(fd >= 0 && ws_is(fd, TEXT, "hi"), "socket %d serves", i);
		close(fd);
	}
	snprintf(to.sun_path + 1, sizeof to.sun_path - 1, "netgraft-test-%d", getpid());
	fd = dial_to((struct sockaddr *)&to, (socklen_t)(sizeof(sa_family_t) + 1 + strlen(to.sun_path + 1)));
	check(fd >= 0 && !ws_ask(fd, "localhost", "p") && ws_accepted(fd), "so does the Unix socket");
	close(fd);
	lws_vhost_destroy(vhost);
	serve(0.01);
	check(dial(ports[0]) < 0 && dial(ports[1]) < 0, "they end with the vhost");
	check(netgraft_listen_fd(vhost, stream) == -EINVAL, "a dead vhost");
	stop();

	info.port = 0;
	port = start(info);
	fds[0] = listening(AF_INET, &ports[0]);
	check(netgraft_listen_fd(lws_get_vhost_by_name(cx, "default"), fds[0]) == 0, "beside the vhost's own port");
	for (i = 0; i < 2; i++) {
		fd = ws_open(i ? ports[0] : port, "p");
		check(fd >= 0, "%s serves", i ? "the socket" : "the port");
		close(fd);
	}
	close(stream);
	stop();
}

static void environment(void)
{
	char pid[16];
	int status = 1, i, dummy;
	pid_t child;

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	check(netgraft_listen_fds() == 0, "no sockets were handed over");
	setenv("LISTEN_PID", "1", 1);
	setenv("LISTEN_FDS", "2", 1);
	check(netgraft_listen_fds() == 0, "they were for another process");
	child = fork();
	if (!child) {
		snprintf(pid, sizeof pid, "%d", getpid());
		setenv("LISTEN_PID", pid, 1);
		i = listening(AF_INET, &dummy);
		dup2(i, 3);
		dup2(i, 4);
		status = netgraft_listen_fds() == 2 && (fcntl(3, F_GETFD) & FD_CLOEXEC) && (fcntl(4, F_GETFD) & FD_CLOEXEC) ? 0 : 1;
		setenv("LISTEN_FDS", "3000", 1);
		status |= netgraft_listen_fds() != -EBADF;
		setenv("LISTEN_FDS", "two", 1);
		status |= netgraft_listen_fds() != -EINVAL;
		setenv("LISTEN_FDS", "-1", 1);
		status |= netgraft_listen_fds() != -EINVAL;
		_exit(status);
	}
	waitpid(child, &status, 0);
	check(status == 0, "handed over, closed on exec; bad numbers are refused");
}

int main(void)
{
	int before;

	begin(60);
	before = open_fds();
	nest();
	listeners();
	environment();
	check(open_fds() == before, "no descriptor is left over");
	return finish();
}
