/*
 * nest: a WebSocket server inside the program's own loop, here one of poll() that
 * reads the terminal too. Each line typed goes to every client.
 *
 *   cc nest.c -o nest $(pkg-config --cflags --libs netgraft)
 *   ./nest PORT
 *
 * Any loop that can watch one descriptor and wait for a time will do: there is nothing to register per connection.
 */
#include <libwebsockets.h>
#include <netgraft.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct client {
	struct lws *wsi;
	struct client *next;
};

static volatile sig_atomic_t stop;
static struct client *clients;

static int serve(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct client *client = user, **p;

	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_ESTABLISHED) {
		client->wsi = wsi;
		client->next = clients;
		clients = client;
	}
	if (reason == LWS_CALLBACK_CLOSED)
		for (p = &clients; *p; p = &(*p)->next)
			if (*p == client) {
				*p = client->next;
				break;
			}
	return 0;
}

static const struct lws_protocols protocols[] = { { .name = "lines", .callback = serve, .per_session_data_size = sizeof(struct client) }, { 0 } };

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_context *context;
	struct pollfd fds[2];
	unsigned char line[LWS_PRE + 1024];
	struct client *client;

	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 8080;
	info.protocols = protocols;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	fds[0] = (struct pollfd){ .fd = netgraft_loop_fd(context), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	while (!stop) {
		/* asked each time: what has happened since may have set a timer */
		if (poll(fds, 2, netgraft_loop_timeout(context)) < 0)
			continue;
		if (fds[1].revents) {
			ssize_t n = read(STDIN_FILENO, line + LWS_PRE, 1024);

			if (n <= 0)
				fds[1].fd = -1;
			for (client = clients; n > 0 && client; client = client->next)
				lws_write(client->wsi, line + LWS_PRE, (size_t)n, LWS_WRITE_BINARY);
		}
		if (netgraft_loop_dispatch(context) < 0)
			break;
	}
	lws_context_destroy(context);
	return 0;
}
