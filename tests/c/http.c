/*
 * http: a small HTTP server on the ordinary libwebsockets API, for the tests.
 *
 *   http [-p PORT] [-t TIMEOUT_SECS] [-k KEEPALIVE_SECS] [-H MAX_HTTP_HEADER_DATA]
 *
 *   GET /hello?name=NAME   "hello NAME"
 *   GET /headers           the request's Host, User-Agent, Cookie and X-Custom, one a line
 *   GET /big?size=N        N bytes of body, in pieces
 *   POST /echo             the body comes back; 413 above MAX_BODY
 *   other                  404
 *
 * Prints "listening PORT" when ready, ends on SIGINT and SIGTERM.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_BODY (1u << 20)
#define PIECE 4096

/* One transaction at a time for each connection. */
struct session {
	unsigned char *body; /* answer or POST body; LWS_PRE bytes in front */
	size_t len, sent, cap;
};

static struct lws_context *context;
static volatile sig_atomic_t stop;

static void
forget(struct session *s)
{
	free(s->body);
	memset(s, 0, sizeof *s);
}

static int
grow(struct session *s, size_t cap)
{
	unsigned char *b;

	if (cap <= s->cap)
		return 0;
	b = realloc(s->body, LWS_PRE + cap);
	if (!b)
		return -1;
	s->body = b;
	s->cap = cap;
	return 0;
}

static int
add(struct session *s, const void *data, size_t len)
{
	if (s->len + len > s->cap && grow(s, (s->len + len) * 2))
		return -1;
	if (len)
		memcpy(s->body + LWS_PRE + s->len, data, len);
	s->len += len;
	return 0;
}

/* Sends the headers; the body follows from HTTP_WRITEABLE. */
static int
answer(struct lws *wsi, struct session *s)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start,
		      *end = buf + sizeof buf;

	if (grow(s, 1) ||
	    lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain", s->len,
					&p, end) ||
	    lws_add_http_header_by_name(wsi, (const unsigned char *)"x-served-by:",
					(const unsigned char *)"test", 4, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
add_header(struct lws *wsi, struct session *s, const char *label, int token)
{
	char value[512];
	int n;

	if (token >= 0)
		n = lws_hdr_copy(wsi, value, sizeof value, (enum lws_token_indexes)token);
	else
		n = lws_hdr_custom_copy(wsi, value, sizeof value, label, (int)strlen(label));
	if (n <= 0) /* absent, or too long for value */
		return 0;
	return add(s, label, strlen(label)) || add(s, " ", 1) ||
	       add(s, value, (size_t)n) || add(s, "\n", 1);
}

static int
request(struct lws *wsi, struct session *s, const char *path)
{
	char arg[256];
	const char *value;

	forget(s);
	if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI)) {
		if (!strcmp(path, "/echo"))
			return 0; /* the body comes next */
	} else if (!strcmp(path, "/hello")) {
		value = lws_get_urlarg_by_name(wsi, "name=", arg, sizeof arg);
		if (!value)
			value = "nobody";
		return add(s, "hello ", 6) || add(s, value, strlen(value)) ||
		       answer(wsi, s) ? -1 : 0;
	} else if (!strcmp(path, "/headers")) {
		return add_header(wsi, s, "host:", WSI_TOKEN_HOST) ||
		       add_header(wsi, s, "user-agent:", WSI_TOKEN_HTTP_USER_AGENT) ||
		       add_header(wsi, s, "cookie:", WSI_TOKEN_HTTP_COOKIE) ||
		       add_header(wsi, s, "x-custom:", -1) || answer(wsi, s) ? -1 : 0;
	} else if (!strcmp(path, "/big")) {
		value = lws_get_urlarg_by_name(wsi, "size=", arg, sizeof arg);
		s->len = value ? strtoul(value, NULL, 10) : 0;
		if (s->len > 16 * MAX_BODY || grow(s, s->len + 1))
			return -1;
		memset(s->body + LWS_PRE, 'x', s->len);
		return answer(wsi, s);
	}

	if (lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL) ||
	    lws_http_transaction_completed(wsi))
		return -1;
	return 0;
}

static int
on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	void *in, size_t len)
{
	struct session *s = user;
	size_t n;
	int last;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return request(wsi, s, in);

	case LWS_CALLBACK_HTTP_BODY:
		if (s->len + len > MAX_BODY) {
			/* we do not read on to the body's end: the connection closes */
			if (lws_return_http_status(wsi, 413, NULL))
				return -1;
			return -1;
		}
		return add(s, in, len);

	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return answer(wsi, s);

	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!s || !s->body)
			break;
		n = s->len - s->sent;
		last = n <= PIECE;
		if (!last)
			n = PIECE;
		/* the LWS_PRE bytes before a piece are the piece sent before it */
		if (lws_write(wsi, s->body + LWS_PRE + s->sent, n,
			      last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n)
			return -1;
		s->sent += n;
		if (!last) {
			lws_callback_on_writable(wsi);
			break;
		}
		forget(s);
		return lws_http_transaction_completed(wsi) ? -1 : 0;

	case LWS_CALLBACK_CLOSED_HTTP:
		if (s)
			forget(s);
		break;

	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", on_http, sizeof(struct session), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

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
	int opt;

	memset(&info, 0, sizeof info);
	info.protocols = protocols;
	info.iface = "lo";
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	while ((opt = getopt(argc, argv, "p:t:k:H:")) != -1)
		switch (opt) {
		case 'p': info.port = atoi(optarg); break;
		case 't': /* for the handshake: the connection's and the headers' */
			info.timeout_secs = (unsigned int)atoi(optarg);
			info.timeout_secs_ah_idle = info.timeout_secs;
			break;
		case 'k': info.keepalive_timeout = atoi(optarg); break;
		case 'H':
			info.max_http_header_data = (unsigned short)atoi(optarg);
			break;
		default:
			fprintf(stderr, "usage: see the head of http.c\n");
			return 2;
		}

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = lws_create_context(&info);
	if (!context) {
		fprintf(stderr, "http: no context\n");
		return 1;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	printf("listening %d\n", lws_get_vhost_listen_port(
		lws_get_vhost_by_name(context, "default")));
	fflush(stdout);

	while (!stop && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
