/*
 * site: files from a folder, an answer of our own, and a WebSocket, all on one
 * port.
 *
 *   cc site.c -o site $(pkg-config --cflags --libs libwebsockets)
 *   ./site [PORT [FOLDER]]       then open the printed address
 *
 * A "mount" says where in the URL space something is. The library serves the
 * files by itself: their types, caching (304), keep-alive. We write code only for
 * the WebSocket, which tells every open page how many are open, and for the
 * same number at /count.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lws_context *context;
static volatile sig_atomic_t stop;
static int visitors;

/* One for each WebSocket; the library allocates it, zeroed, and frees it. */
struct visitor {
	int told; /* the number we have told it, 0: none yet */
};

/* A small answer: headers and body in one go. */
static int
answer_count(struct lws *wsi)
{
	unsigned char buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start,
		      *end = buf + sizeof buf;
	char body[32];
	int n = snprintf(body, sizeof body, "{\"visitors\":%d}\n", visitors);

	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "application/json",
					(lws_filepos_t)n, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1; /* closes the connection */

	memcpy(start, body, (size_t)n);
	if (lws_write(wsi, start, (size_t)n, LWS_WRITE_HTTP_FINAL) < n)
		return -1;

	/* the connection stays, for the next request */
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
on_visitors(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	    void *in, size_t len)
{
	struct visitor *v = user;
	char buf[LWS_PRE + 16]; /* lws_write() wants LWS_PRE bytes of room */
	int n;

	(void)in;
	(void)len;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return answer_count(wsi);

	case LWS_CALLBACK_ESTABLISHED:
		visitors++;
		break;

	case LWS_CALLBACK_CLOSED:
		visitors--;
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (v->told == visitors)
			return 0;
		v->told = visitors;
		n = snprintf(buf + LWS_PRE, sizeof buf - LWS_PRE, "%d",
			     visitors);
		if (lws_write(wsi, (unsigned char *)buf + LWS_PRE, (size_t)n,
			      LWS_WRITE_TEXT) < n)
			return -1;
		return 0;

	default:
		return 0;
	}

	/* the number has changed: ask for a WRITEABLE callback for each page */
	lws_callback_on_writable_all_protocol(lws_get_context(wsi),
					      lws_get_protocol(wsi));
	return 0;
}

/* The first protocol gets plain HTTP; the mounts do all we need there. */
static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ "visitors", on_visitors, sizeof(struct visitor), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

/* More file types than the library knows: a list of name and value. */
static const struct lws_protocol_vhost_options types = {
	NULL, NULL, ".webmanifest", "application/manifest+json"
};

/* Mounts are a list too; the longest mountpoint that fits a URL wins. */
static struct lws_http_mount files = {
	.mountpoint = "/",
	.mountpoint_len = 1,
	.origin_protocol = LWSMPRO_FILE, /* .origin is a folder */
	.def = "index.html",             /* what a folder's own URL shows */
	.extra_mimetypes = &types,
	.cache_max_age = 60, /* seconds that a browser may keep a file ... */
	.cache_reusable = 1, /* ... if it keeps it at all */
	.cache_revalidate = 1,
};

static const struct lws_http_mount count = {
	.mount_next = &files,
	.mountpoint = "/count",
	.mountpoint_len = 6,
	.origin_protocol = LWSMPRO_CALLBACK, /* .origin is a protocol's name */
	.origin = "visitors",
};

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
	lws_cancel_service(context); /* wakes lws_service() */
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);

	files.origin = argc > 2 ? argv[2] : "c_examples/site";

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 8080; /* 0: any free port */
	info.iface = "lo"; /* this machine only; NULL is all interfaces */
	info.protocols = protocols;
	info.mounts = &count;
	info.error_document_404 = "/404.html"; /* in the folder */
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;

	context = lws_create_context(&info);
	if (!context) {
		fprintf(stderr, "site: cannot listen on port %d\n", info.port);
		return 1;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("site: open http://127.0.0.1:%d/\n",
	       lws_get_vhost_listen_port(
		       lws_get_vhost_by_name(context, "default")));
	fflush(stdout);

	while (!stop && lws_service(context, 0) >= 0)
		;

	lws_context_destroy(context);
	return 0;
}
