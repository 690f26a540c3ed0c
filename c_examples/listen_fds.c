/*
 * listen_fds: a WebSocket echo server whose listening sockets are made by
 * somebody else, as systemd's socket activation does.
 *
 *   cc listen_fds.c -o listen_fds $(pkg-config --cflags --libs netgraft)
 *   systemd-socket-activate -l 8080 ./listen_fds
 *
 * So it may listen on ports below 1024 without being root, be restarted without
 * losing a connection that waits to be accepted, and start when the first comes.
 */
#include <libwebsockets.h>
#include <netgraft.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static volatile sig_atomic_t stop;

static int echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	static unsigned char buffer[LWS_PRE + 4096];
	enum lws_write_protocol kind = lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;

	(void)user;
	if (reason != LWS_CALLBACK_RECEIVE || len > 4096)
		return 0;
	memcpy(buffer + LWS_PRE, in, len);
	kind = (enum lws_write_protocol)lws_write_ws_flags(kind, lws_is_first_fragment(wsi), lws_is_final_fragment(wsi));
	return lws_write(wsi, buffer + LWS_PRE, len, kind) < (int)len ? -1 : 0;
}

static const struct lws_protocols protocols[] = { { .name = "echo", .callback = echo, .rx_buffer_size = 4096 }, { 0 } };

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

int main(void)
{
	struct lws_context_creation_info info;
	struct lws_context *context;
	struct lws_vhost *vhost;
	int count = netgraft_listen_fds(), i, error;

	if (count <= 0) {
		fprintf(stderr, "listen_fds: no socket was handed over; try systemd-socket-activate\n");
		return 2;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = lws_create_context(&info);
	vhost = context ? lws_get_vhost_by_name(context, "default") : NULL;
	for (i = 0; i < count; i++) {
		error = netgraft_listen_fd(vhost, NETGRAFT_LISTEN_FDS_START + i);
		if (error) {
			fprintf(stderr, "listen_fds: descriptor %d: %s\n", NETGRAFT_LISTEN_FDS_START + i, strerror(-error));
			return 1;
		}
	}
	printf("serving %d sockets\n", count);
	fflush(stdout);
	while (!stop && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
