/*
 * http_server: a small answer and a folder, against the ordinary public libwebsockets C API.
 * The same source is compiled against every libwebsockets-compatible library.
 *
 *   http_server DIR PORT
 *
 *   /hello     "hello, world\n", from a callback mount: headers, then the body when writeable, the documented idiom
 *   /...       the files of DIR, from a file mount
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lws_context *ctx;
static volatile sig_atomic_t stop;
static const char body[] = "hello, world\n";

static int
on_hello(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain", sizeof body - 1, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return -1;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		memcpy(start, body, sizeof body - 1);
		if (lws_write(wsi, start, sizeof body - 1, LWS_WRITE_HTTP_FINAL) != sizeof body - 1)
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ "hello", on_hello, 8, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
	lws_cancel_service(ctx);
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	static struct lws_http_mount hello = { .mountpoint = "/hello", .mountpoint_len = 6, .origin = "hello",
					       .origin_protocol = LWSMPRO_CALLBACK },
				     files = { .mount_next = &hello, .mountpoint = "/", .mountpoint_len = 1,
					       .origin_protocol = LWSMPRO_FILE };

	if (argc != 3)
		return 2;
	files.origin = argv[1];
	lws_set_log_level(LLL_ERR, NULL);
	memset(&info, 0, sizeof info);
	info.port = atoi(argv[2]);
	info.protocols = protocols;
	info.mounts = &files;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	ctx = lws_create_context(&info);
	if (!ctx)
		return 1;
	while (!stop && lws_service(ctx, 0) >= 0)
		;
	lws_context_destroy(ctx);
	return 0;
}
