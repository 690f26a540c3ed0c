/*
 * raw_epoll_tcp: the floor for a TCP echo. One thread, level-triggered epoll, one shared buffer, one recv and one send per event; a short send
 * waits for EPOLLOUT with the rest in memory of its own. Connections are found by pointer.
 *
 *   raw_epoll_tcp PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct conn {
	int fd;
	char *rest;
	size_t len, at;
};

static char rx[256 * 1024];
static int ep;

static void end(struct conn *c)
{
	close(c->fd);
	free(c->rest);
	free(c);
}

static void watch(struct conn *c, int op, unsigned int events)
{
	struct epoll_event e = { .events = events, .data.ptr = c };

	epoll_ctl(ep, op, c->fd, &e);
}

static void on_writable(struct conn *c)
{
	ssize_t n = send(c->fd, c->rest + c->at, c->len - c->at, MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN) {
		end(c);
		return;
	}
	c->at += n > 0 ? (size_t)n : 0;
	if (c->at == c->len) {
		free(c->rest);
		c->rest = NULL;
		watch(c, EPOLL_CTL_MOD, EPOLLIN);
	}
}

static void on_readable(struct conn *c)
{
	ssize_t n = recv(c->fd, rx, sizeof rx, 0), m;

	if (n <= 0) {
		if (!n || errno != EAGAIN)
			end(c);
		return;
	}
	m = send(c->fd, rx, (size_t)n, MSG_NOSIGNAL);
	if (m == n)
		return;
	if (m < 0 && errno != EAGAIN) {
		end(c);
		return;
	}
	m = m < 0 ? 0 : m;
	c->len = (size_t)(n - m);
	c->at = 0;
	c->rest = malloc(c->len);
	memcpy(c->rest, rx + m, c->len);
	watch(c, EPOLL_CTL_MOD, EPOLLOUT);
}

static void finish(int sig)
{
	(void)sig;
	exit(0); /* so that valgrind writes its figures */
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event events[512];
	int l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1, n, i;
	struct conn listener = { .fd = l };

	at.sin_port = htons((uint16_t)atoi(argv[argc - 1]));
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	signal(SIGTERM, finish);
	ep = epoll_create1(0);
	if (bind(l, (struct sockaddr *)&at, sizeof at) || listen(l, 4096))
		return 1;
	watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
	for (;;) {
		n = epoll_wait(ep, events, 512, -1);
		for (i = 0; i < n; i++) {
			struct conn *c = events[i].data.ptr;

			if (c == &listener) {
				int fd = accept4(l, NULL, NULL, SOCK_NONBLOCK);

				if (fd < 0)
					continue;
				setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
				c = calloc(1, sizeof *c);
				c->fd = fd;
				watch(c, EPOLL_CTL_ADD, EPOLLIN);
			} else if (events[i].events & EPOLLOUT) {
				on_writable(c);
			} else {
				on_readable(c);
			}
		}
	}
}
