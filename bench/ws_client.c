/*
 * ws_client: outgoing WebSocket connections that are opened and held, against the ordinary public libwebsockets C API.
 *
 *   ws_client COUNT PORT
 *
 * Prints "ready" before the first connection and waits for a byte of input; prints "holding COUNT" when all are open, or
 * "failed N" when some could not be; ends when its input does. The memory per connection is the difference.
 */
#include <libwebsockets.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE 50 /* connections under way */

static struct lws_context *ctx;
static int wanted, port, begun, open_, failed;

static void
next(void)
{
	struct lws_client_connect_info i;

	while (begun < wanted && begun - open_ - failed < AT_ONCE) {
		begun++;
		memset(&i, 0, sizeof i);
		i.context = ctx;
		i.address = "127.0.0.1";
		i.port = port;
		i.path = "/";
		i.host = i.address;
		i.origin = i.address;
		i.protocol = NULL;
		i.local_protocol_name = "held";
		lws_client_connect_via_info(&i); /* a failure is told by CONNECTION_ERROR */
	}
}

static int
on_held(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)wsi;
	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		open_++;
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		if (!failed++)
			fprintf(stderr, "ws_client: %.*s\n", (int)len, in ? (char *)in : "");
		break;
	case LWS_CALLBACK_CLIENT_CLOSED:
		open_--;
		failed++;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "held", on_held, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct pollfd input = { 0, POLLIN, 0 };
	char c;

	if (argc != 3)
		return 2;
	wanted = atoi(argv[1]);
	port = atoi(argv[2]);
	lws_set_log_level(LLL_ERR, NULL);
	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	signal(SIGPIPE, SIG_IGN);
	ctx = lws_create_context(&info);
	if (!ctx)
		return 1;
	lws_service(ctx, -1);
	puts("ready");
	fflush(stdout);
	if (read(0, &c, 1) != 1)
		return 1;
	while (open_ + failed < wanted) {
		next();
		if (lws_service(ctx, 0) < 0)
			return 1;
	}
	if (failed)
		printf("failed %d\n", failed);
	else
		printf("holding %d\n", open_);
	fflush(stdout);
	while (poll(&input, 1, 20) == 0) /* what comes meanwhile is served */
		lws_service(ctx, -1);
	lws_context_destroy(ctx);
	return failed ? 1 : 0;
}
