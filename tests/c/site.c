/*
 * site: a static site, callbacks, and a WebSocket on one port, on the ordinary libwebsockets API, for the tests.
 *
 *   site [-p PORT] [TLS, see tls_args.h] DIR
 *
 *   /                DIR/www, index.html by default, .weird is application/x-weird
 *   /kept/           DIR/www/kept, for a minute in caches
 *   /private/        DIR/private, for who is in DIR/logins (lines of name:password)
 *   /old/...         redirect to /kept/...
 *   /do/hello        "hello"
 *   /do/slow         "slow", a fifth of a second later
 *   /do/sum          POST: length and Adler-32 of the body, "LENGTH SUM"
 *   /do/events       text/event-stream: five events
 *   /do/...          404
 *   WebSocket        subprotocol "echo": a short message comes back
 *
 * Prints "listening PORT" when ready, ends on SIGINT and SIGTERM.
 */
#include "tls_args.h"
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVENTS 5
#define MESSAGE 512

/* What a request to /do is to get. */
struct request {
	enum { NOTHING, TEXT, SUM, STREAM } kind;
	const char *text;
	unsigned long long length; /* of the body received */
	uint32_t a, b;             /* its Adler-32 */
	int sent;                  /* events */
};

struct message {
	unsigned char data[LWS_PRE + MESSAGE];
	size_t len;
};

static struct lws_context *context;
static volatile sig_atomic_t stop;

/* Headers and a short body in one go, and the end of the transaction. */
static int
answer(struct lws *wsi, const char *text)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf;
	size_t len = strlen(text);

	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain", len, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	memcpy(start, text, len);
	if (!lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) && lws_write(wsi, start, len, LWS_WRITE_HTTP_FINAL) != (int)len)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
refuse(struct lws *wsi, unsigned int status)
{
	return lws_return_http_status(wsi, status, NULL) || lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* The head of an event stream; the events follow one by one. */
static int
begin_stream(struct lws *wsi, struct request *r)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf;

	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/event-stream", LWS_ILLEGAL_HTTP_CONTENT_LEN, &p, end) ||
	    lws_add_http_header_by_name(wsi, (const unsigned char *)"cache-control:", (const unsigned char *)"no-cache", 8,
					&p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	r->kind = STREAM;
	lws_http_mark_sse(wsi);
	lws_callback_on_writable(wsi);
	return 0;
}

static int
begin(struct lws *wsi, struct request *r, const char *path)
{
	/* the mountpoint is in front for GET, and is not for POST */
	if (!strncmp(path, "/do/", 4))
		path += 3;
	memset(r, 0, sizeof *r);
	if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) || lws_hdr_total_length(wsi, WSI_TOKEN_PUT_URI)) {
		if (strcmp(path, "/sum"))
			return refuse(wsi, HTTP_STATUS_NOT_FOUND);
		r->kind = SUM;
		r->a = 1;
		return 0; /* the body comes next */
	}
	if (!strcmp(path, "/hello")) {
		r->kind = TEXT;
		r->text = "hello\n";
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (!strcmp(path, "/slow")) {
		r->kind = TEXT;
		r->text = "slow\n";
		lws_set_timer_usecs(wsi, LWS_US_PER_SEC / 5);
		return 0;
	}
	if (!strcmp(path, "/events"))
		return begin_stream(wsi, r);
	return refuse(wsi, HTTP_STATUS_NOT_FOUND);
}

static void
sum(struct request *r, const unsigned char *p, size_t len)
{
	r->length += len;
	while (len) {
		size_t n = len < 5000 ? len : 5000; /* for so long the sums fit */

		len -= n;
		while (n--) {
			r->a += *p++;
			r->b += r->a;
		}
		r->a %= 65521;
		r->b %= 65521;
	}
}

static int
on_do(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct request *r = user;
	unsigned char buf[LWS_PRE + 64];
	char text[64];
	int n;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return begin(wsi, r, in);

	case LWS_CALLBACK_HTTP_BODY:
		sum(r, in, len);
		return 0;

	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		lws_snprintf(text, sizeof text, "%llu %08x\n", r->length, (unsigned int)(r->b << 16 | r->a));
		r->kind = NOTHING;
		return answer(wsi, text);

	case LWS_CALLBACK_TIMER:
		lws_callback_on_writable(wsi);
		return 0;

	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!r)
			return 0;
		if (r->kind == TEXT) {
			r->kind = NOTHING;
			return answer(wsi, r->text);
		}
		if (r->kind != STREAM)
			return 0;
		if (r->sent == EVENTS)
			return -1; /* the end of the connection is the end of the stream */
		n = lws_snprintf((char *)buf + LWS_PRE, 64, "id: %d\ndata: event %d\n\n", r->sent, r->sent);
		r->sent++;
		if (lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_HTTP) != n)
			return -1;
		lws_set_timer_usecs(wsi, LWS_US_PER_SEC / 20);
		return 0;

	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static int
on_echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct message *m = user;

	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		if (len > MESSAGE)
			return -1;
		memcpy(m->data + LWS_PRE, in, len);
		m->len = len;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (m->len && lws_write(wsi, m->data + LWS_PRE, m->len, LWS_WRITE_TEXT) != (int)m->len)
			return -1;
		m->len = 0;
		return 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ "do", on_do, sizeof(struct request), 0, 0, NULL, 0 },
	{ "echo", on_echo, sizeof(struct message), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static const struct lws_protocol_vhost_options weird = { NULL, NULL, ".weird", "application/x-weird" };

static char www[256], kept[256], private[256], logins[256], moved[64];
static const struct lws_http_mount
	m_do = { .mountpoint = "/do", .mountpoint_len = 3, .origin = "do", .origin_protocol = LWSMPRO_CALLBACK },
	m_old = { .mount_next = &m_do, .mountpoint = "/old", .mountpoint_len = 4, .origin = moved,
		  .origin_protocol = LWSMPRO_REDIR_HTTP },
	m_private = { .mount_next = &m_old, .mountpoint = "/private", .mountpoint_len = 8, .origin = private,
		      .origin_protocol = LWSMPRO_FILE, .def = "index.html", .basic_auth_login_file = logins },
	m_kept = { .mount_next = &m_private, .mountpoint = "/kept", .mountpoint_len = 5, .origin = kept,
		   .origin_protocol = LWSMPRO_FILE, .def = "index.html", .cache_max_age = 60, .cache_reusable = 1,
		   .cache_revalidate = 1 },
	m_root = { .mount_next = &m_kept, .mountpoint = "/", .mountpoint_len = 1, .origin = www,
		   .origin_protocol = LWSMPRO_FILE, .def = "index.html", .extra_mimetypes = &weird };

/* The redirect names the port, so it must be known before the listener is there. */
static int
free_port(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof any;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, len) || getsockname(fd, (struct sockaddr *)&any, &len))
		exit(1);
	close(fd);
	return ntohs(any.sin_port);
}

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
	lws_cancel_service(context);
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	int port = 0, c;

	memset(&info, 0, sizeof info);
	while ((c = getopt(argc, argv, "p:" TLS_ARGS)) != -1)
		if (c == 'p')
			port = atoi(optarg);
		else if (!tls_arg(&info, c, optarg))
			return 2;
	if (optind + 1 != argc) {
		fprintf(stderr, "site [-p PORT] DIR\n");
		return 2;
	}
	if (!port)
		port = free_port();
	lws_snprintf(www, sizeof www, "%s/www", argv[optind]);
	lws_snprintf(kept, sizeof kept, "%s/www/kept", argv[optind]);
	lws_snprintf(private, sizeof private, "%s/private", argv[optind]);
	lws_snprintf(logins, sizeof logins, "%s/logins", argv[optind]);
	lws_snprintf(moved, sizeof moved, "127.0.0.1:%d/kept", port);

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	info.port = port;
	info.protocols = protocols;
	info.mounts = &m_root;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.timeout_secs = 20;
	context = lws_create_context(&info);
	if (!context || tls_vhost(context, &info, "default"))
		return 1;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGPIPE, SIG_IGN);
	printf("listening %d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
	fflush(stdout);

	while (!stop && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
