/*
 * inject_echo: a TCP echo of injected connections (netgraft.h), beside raw_epoll_tcp.
 *
 *   inject_echo [-n] PORT       -n: inside another epoll loop (netgraft_loop_dispatch)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <libwebsockets.h>
#include <netgraft.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static struct lws_context *context;

static void on_received(netgraft_conn conn, void *user, void *bytes, size_t len)
{
	(void)user;
	if (netgraft_send(conn, bytes, len))
		netgraft_close(conn, NETGRAFT_CLOSE_NOW);
}

static const struct netgraft_callbacks echo = { .received = on_received };
static const struct netgraft_options options = { .send_max = 64 << 20 };

static void on_accepted(netgraft_conn listener, void *user, int fd)
{
	(void)listener;
	(void)user;
	netgraft_inject(context, fd, &echo, NULL, &options, NULL);
}

static const struct netgraft_callbacks listening = { .accepted = on_accepted };

static void finish(int sig)
{
	(void)sig;
	exit(0); /* so that valgrind writes its figures */
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct lws_context_creation_info info;
	int l = socket(AF_INET, SOCK_STREAM, 0), on = 1, ep;
	struct epoll_event e = { .events = EPOLLIN };

	at.sin_port = htons((uint16_t)atoi(argv[argc - 1]));
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	signal(SIGTERM, finish);
	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	lws_set_log_level(LLL_ERR, NULL);
	context = lws_create_context(&info);
	if (!context || bind(l, (struct sockaddr *)&at, sizeof at) || listen(l, 4096) || netgraft_inject(context, l, &listening, NULL, NULL, NULL))
		return 1;
	if (argc == 2)
		while (lws_service(context, 0) >= 0)
			;
	ep = epoll_create1(0);
	epoll_ctl(ep, EPOLL_CTL_ADD, netgraft_loop_fd(context), &e);
	for (;;) {
		epoll_wait(ep, &e, 1, netgraft_loop_timeout(context));
		netgraft_loop_dispatch(context);
	}
}
