/*
 * A plain libwebsockets server that prints every callback it gets.
 *
 *     trace [setting=value ...]
 *
 * The driver (trace.py) plays the client, tells this program what to do by payloads, paths and
 * lines on stdin, and compares what it prints on two libraries.
 */
#include <libwebsockets.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VHOSTS 2
#define PROTOCOLS 3
#define USER_SIZE 32
#define MAX_CONNECTIONS 64

/* ---- settings, from the command line ---- */

static int set_port;                 /* 0: the kernel chooses */
static const char *set_unix;         /* path: a Unix socket instead */
static int set_vhosts = 1;           /* 2: "a.test" and "b.test" */
static int set_port2;                /* the second vhost's port, if it has its own */
static int set_deny = -1;            /* this callback reason returns -1 */
static int set_rx = 0;               /* rx_buffer_size */
static int set_user = USER_SIZE;     /* per_session_data_size */
static int set_timeout;              /* timeout_secs */
static int set_ahidle;               /* timeout_secs_ah_idle */
static int set_keepalive;            /* keepalive_timeout */
static int set_ping, set_hangup;     /* retry_and_idle_policy */
static int set_utf8;                 /* LWS_SERVER_OPTION_VALIDATE_UTF8 */
static int set_head;                 /* max_http_header_data */
static int set_deflate;              /* permessage-deflate */
static int set_log;                  /* log level, to stderr */
static const char *set_site;         /* directory: mounts that show it, see site_mounts() */
static int set_root = 1;             /* 0: no mount at "/" */
static int set_doc404;               /* 1: a document for what is not found, 2: one that is not there either */
static int set_complete = 1;         /* 0: HTTP_FILE_COMPLETION does not complete the transaction */
static int set_html;                 /* what PROCESS_HTML does: 1 grows the piece, 2 refuses */
static int set_wsauth;               /* 1: the protocol echo has a password file */
static int set_fops;                 /* 1: files come from functions of the program */

static const struct { const char *name; int *value; } settings[] = {
	{ "port", &set_port }, { "vhosts", &set_vhosts }, { "port2", &set_port2 }, { "deny", &set_deny },
	{ "rx", &set_rx }, { "user", &set_user }, { "timeout", &set_timeout },
	{ "ahidle", &set_ahidle }, { "keepalive", &set_keepalive }, { "ping", &set_ping }, { "hangup", &set_hangup },
	{ "utf8", &set_utf8 }, { "head", &set_head }, { "log", &set_log }, { "root", &set_root },
	{ "doc404", &set_doc404 }, { "complete", &set_complete }, { "html", &set_html }, { "fops", &set_fops },
	{ "wsauth", &set_wsauth }, { "deflate", &set_deflate },
};

static void read_settings(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		int known = 0;

		if (value)
			*value++ = '\0';
		if (value && !strcmp(argv[i], "unix")) {
			set_unix = value;
			continue;
		}
		if (value && !strcmp(argv[i], "site")) {
			set_site = value;
			continue;
		}
		for (size_t k = 0; value && k < LWS_ARRAY_SIZE(settings); k++)
			if (!strcmp(argv[i], settings[k].name)) {
				*settings[k].value = atoi(value);
				known = 1;
			}
		if (!known) {
			fprintf(stderr, "trace: unknown setting %s\n", argv[i]);
			exit(2);
		}
	}
}

/* ---- names of the callback reasons a server meets ---- */

static const struct { int reason; const char *name; } reason_names[] = {
	{ 0, "ESTABLISHED" }, { 4, "CLOSED" }, { 5, "CLOSED_HTTP" }, { 6, "RECEIVE" },
	{ 7, "RECEIVE_PONG" }, { 11, "SERVER_WRITEABLE" }, { 12, "HTTP" }, { 13, "HTTP_BODY" },
	{ 14, "HTTP_BODY_COMPLETION" }, { 15, "HTTP_FILE_COMPLETION" }, { 16, "HTTP_WRITEABLE" },
	{ 17, "FILTER_NETWORK_CONNECTION" }, { 18, "FILTER_HTTP_CONNECTION" },
	{ 19, "SERVER_NEW_CLIENT_INSTANTIATED" }, { 20, "FILTER_PROTOCOL_CONNECTION" },
	{ 21, "LOAD_EXTRA_CLIENT_VERIFY_CERTS" }, { 22, "LOAD_EXTRA_SERVER_VERIFY_CERTS" },
	{ 25, "CONFIRM_EXTENSION_OKAY" }, { 27, "PROTOCOL_INIT" }, { 28, "PROTOCOL_DESTROY" },
	{ 29, "WSI_CREATE" }, { 30, "WSI_DESTROY" }, { 31, "GET_THREAD_ID" }, { 32, "ADD_POLL_FD" },
	{ 33, "DEL_POLL_FD" }, { 34, "CHANGE_MODE_POLL_FD" }, { 35, "LOCK_POLL" }, { 36, "UNLOCK_POLL" },
	{ 38, "WS_PEER_INITIATED_CLOSE" }, { 39, "WS_EXT_DEFAULTS" }, { 49, "HTTP_BIND_PROTOCOL" },
	{ 50, "HTTP_DROP_PROTOCOL" }, { 51, "CHECK_ACCESS_RIGHTS" }, { 52, "PROCESS_HTML" },
	{ 53, "ADD_HEADERS" }, { 59, "RAW_RX" }, { 60, "RAW_CLOSE" }, { 61, "RAW_WRITEABLE" },
	{ 62, "RAW_ADOPT" }, { 71, "EVENT_WAIT_CANCELLED" }, { 72, "VHOST_CERT_AGING" }, { 73, "TIMER" },
	{ 77, "WS_SERVER_BIND_PROTOCOL" }, { 78, "WS_SERVER_DROP_PROTOCOL" },
	{ 81, "RAW_SKT_BIND_PROTOCOL" }, { 82, "RAW_SKT_DROP_PROTOCOL" },
	{ 86, "HTTP_CONFIRM_UPGRADE" }, { 102, "VERIFY_BASIC_AUTHORIZATION" }, { 1000, "USER" },
};

static const char *reason_name(int reason)
{
	for (size_t i = 0; i < LWS_ARRAY_SIZE(reason_names); i++)
		if (reason_names[i].reason == reason)
			return reason_names[i].name;
	return "?";
}

/* ---- connections: numbered at WSI_CREATE, forgotten after WSI_DESTROY ---- */

struct chunk {
	struct chunk *next;
	int flags;
	size_t len;
	unsigned char room[LWS_PRE];     /* stays right before the data */
	unsigned char data[];
};

struct connection {
	struct lws *wsi;
	int id;
	void *user;                      /* the last one seen */
	struct chunk *queue;             /* to echo */
	const char *body;                /* of the HTTP answer under way */
	int body_parts;
	int die_on_writeable;
	int twice;                       /* write two messages when writeable */
	int big;                         /* write a message of this size when writeable */
};

static struct connection connections[MAX_CONNECTIONS];
static int last_id;

static struct connection *find(struct lws *wsi)
{
	for (int i = 0; wsi && i < MAX_CONNECTIONS; i++)
		if (connections[i].wsi == wsi)
			return &connections[i];
	return NULL;
}

static struct lws *find_id(int id)
{
	for (int i = 0; i < MAX_CONNECTIONS; i++)
		if (connections[i].wsi && connections[i].id == id)
			return connections[i].wsi;
	return NULL;
}

static void remember(struct lws *wsi)
{
	struct connection *c = find(wsi);

	for (int i = 0; !c && i < MAX_CONNECTIONS; i++)
		if (!connections[i].wsi)
			c = &connections[i];
	if (!c)
		exit(3);
	memset(c, 0, sizeof(*c));
	c->wsi = wsi;
	c->id = ++last_id;
}

static void forget(struct connection *c)
{
	while (c->queue) {
		struct chunk *next = c->queue->next;

		free(c->queue);
		c->queue = next;
	}
	c->wsi = NULL;
}

/* ---- printing ---- */

static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* A short printable rendering of some bytes. */
static const char *show(const void *bytes, size_t len)
{
	static char out[200];
	const unsigned char *b = bytes;
	size_t n = 0;

	out[n++] = '"';
	for (size_t i = 0; i < len && i < 40; i++)
		if (b[i] >= 32 && b[i] < 127 && b[i] != '"' && b[i] != '\\')
			out[n++] = (char)b[i];
		else
			n += (size_t)snprintf(out + n, sizeof(out) - n, "\\x%02x", b[i]);
	out[n++] = '"';
	snprintf(out + n, sizeof(out) - n, len > 40 ? "..." : "");
	return out;
}

static int all_zero(const unsigned char *p, size_t len)
{
	while (len--)
		if (*p++)
			return 0;
	return 1;
}

/*
 * What became of `user`: null, new (first sight), same, moved (another pointer than last time),
 * cleared (same pointer, but our mark is gone). New and moved blocks also say zero or dirty.
 */
static const char *user_state(struct connection *c, void *user)
{
	static char out[32];
	int mark;

	if (!user)
		return "null";
	if (!c)
		return "set";
	if (user == c->user) {
		memcpy(&mark, user, sizeof(mark));
		snprintf(out, sizeof(out), mark == c->id ? "same" : "cleared");
	} else
		snprintf(out, sizeof(out), "%s:%s", c->user ? "moved" : "new",
			 all_zero(user, USER_SIZE) ? "zero" : "dirty");
	c->user = user;
	memcpy(user, &c->id, sizeof(c->id));
	return out;
}

static void print_callback(const char *whose, struct lws *wsi, int reason, void *user, void *in, size_t len)
{
	struct connection *c = find(wsi);
	char who[16], rest[120] = "";

	snprintf(who, sizeof(who), !wsi ? "null" : c ? "c%d" : "other", c ? c->id : 0);
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		snprintf(rest, sizeof(rest), " first=%d final=%d binary=%d remaining=%u",
			 lws_is_first_fragment(wsi), lws_is_final_fragment(wsi), lws_frame_is_binary(wsi),
			 (unsigned)lws_remaining_packet_payload(wsi));
		break;
	default:
		break;
	}
	printf("%s %d %s wsi=%s user=%s len=%zu in=", whose, reason, reason_name(reason), who,
	       user_state(c, user), len);
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_RECEIVE_PONG:
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
	case LWS_CALLBACK_HTTP_BODY:
	case LWS_CALLBACK_HTTP:
	case LWS_CALLBACK_FILTER_HTTP_CONNECTION:
		printf("%s", in ? show(in, len) : "null");
		break;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
	case LWS_CALLBACK_CONFIRM_EXTENSION_OKAY:
	case LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION:
		printf("%s", in ? show(in, strlen(in)) : "null");
		break;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION: {
		const struct lws_filter_network_conn_args *args = user;

		printf("%s", args && args->accept_fd == (int)(intptr_t)in ? "fd" : "not an fd");
		break;
	}
	case LWS_CALLBACK_CHECK_ACCESS_RIGHTS:
	case LWS_CALLBACK_PROCESS_HTML: {
		const struct lws_process_html_args *args = in;

		printf("%s max_len=%d final=%d chunked=%d", show(args->p, (size_t)args->len), args->max_len, args->final,
		       args->chunked);
		break;
	}
	default:
		printf("%s", in ? "set" : "null");
		break;
	}
	say("%s", rest);
}

/* ---- HTTP answers ---- */

static int answer(struct lws *wsi, struct connection *c, const char *body, int parts, int known_length)
{
	unsigned char buf[LWS_PRE + 2048], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof(buf) - 1;

	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain",
			known_length ? strlen(body) : LWS_ILLEGAL_HTTP_CONTENT_LEN, &p, end))
		return -1;
	if (lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	c->body = body;
	c->body_parts = parts;
	lws_callback_on_writable(wsi);
	return 0;
}

static int completed(struct lws *wsi)
{
	int r = lws_http_transaction_completed(wsi);

	say("    lws_http_transaction_completed = %d", r);
	return r ? -1 : 0;
}

/* Serves a file of the site: /serve/NAME as text, with headers for /serve-with/NAME. */
static int serve(struct lws *wsi, const char *name, const char *headers)
{
	char path[300];
	int r;

	snprintf(path, sizeof(path), "%s/root%s", set_site, name);
	r = lws_serve_http_file(wsi, path, "text/x-served", headers, headers ? (int)strlen(headers) : 0);
	say("    lws_serve_http_file = %d", r);
	if (r < 0)
		return -1;
	return r ? completed(wsi) : 0;
}

static int on_http(struct lws *wsi, struct connection *c, void *user, void *in, size_t len)
{
	const char *path = in;
	char credentials[64];

	if (lws_hdr_copy(wsi, credentials, sizeof(credentials), WSI_TOKEN_HTTP_AUTHORIZATION) > 0)
		say("    authorization %s", credentials);
	if (set_site && !strncmp(path, "/serve/", 7))
		return serve(wsi, path + 6, NULL);
	if (set_site && !strncmp(path, "/serve-with/", 12))
		return serve(wsi, path + 11, "x-more: yes\x0d\x0ax-again: 1\x0d\x0a");

	if (!strcmp(path, "/dyn"))
		return answer(wsi, c, "hello", 1, 1);
	if (!strcmp(path, "/parts"))
		return answer(wsi, c, "hello", 3, 1);
	if (!strcmp(path, "/nolength"))
		return answer(wsi, c, "hello", 1, 0);
	if (!strcmp(path, "/post"))
		return 0;
	if (!strcmp(path, "/never"))
		return 0;
	if (!strcmp(path, "/fail"))
		return -1;
	if (!strcmp(path, "/403")) {
		int r = lws_return_http_status(wsi, HTTP_STATUS_FORBIDDEN, NULL);

		say("    lws_return_http_status = %d", r);
		return completed(wsi);
	}
	if (!strcmp(path, "/403text")) {
		int r = lws_return_http_status(wsi, HTTP_STATUS_FORBIDDEN, "<p>go away</p>");

		say("    lws_return_http_status = %d", r);
		return -1;
	}
	if (!strcmp(path, "/redirect")) {
		unsigned char buf[LWS_PRE + 1024], *p = buf + LWS_PRE;
		int r = lws_http_redirect(wsi, HTTP_STATUS_MOVED_PERMANENTLY, (unsigned char *)"/new", 4,
					  &p, buf + sizeof(buf) - 1);

		say("    lws_http_redirect %s 0", r < 0 ? "<" : r ? ">" : "=");
		return r < 0 ? -1 : completed(wsi);
	}
	return lws_callback_http_dummy(wsi, LWS_CALLBACK_HTTP, user, in, len);
}

static int on_http_writeable(struct lws *wsi, struct connection *c)
{
	unsigned char buf[LWS_PRE + 64];
	size_t len;
	int last, r;

	if (!c->body)
		return 0;
	last = c->body_parts == 1;
	len = last ? strlen(c->body) : 1;
	memcpy(buf + LWS_PRE, c->body, len);
	r = lws_write(wsi, buf + LWS_PRE, len, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
	say("    lws_write %zu = %d", len, r);
	if (r < (int)len)
		return -1;
	c->body += len;
	c->body_parts--;
	if (last) {
		c->body = NULL;
		return completed(wsi);
	}
	lws_callback_on_writable(wsi);
	return 0;
}

/* ---- WebSocket: echo, unless the payload is an order ---- */

static int order(const char *in, size_t len, const char *word, int *arg)
{
	size_t n = strlen(word);
	char digits[8] = "";

	if (len < n || memcmp(in, word, n))
		return 0;
	if (len == n)
		return 1;
	if (!arg || in[n] != ' ' || len - n > sizeof(digits))
		return 0;
	memcpy(digits, in + n + 1, len - n - 1);
	*arg = atoi(digits);
	return 1;
}

static int on_receive(struct lws *wsi, struct connection *c, const char *in, size_t len,
		      const struct lws_protocols *protocol)
{
	struct chunk *new, **last = &c->queue;
	int arg = 0;

	if (order(in, len, "quiet", NULL))
		return 0;
	if (order(in, len, "die", NULL))
		return -1;
	if (order(in, len, "reason", NULL)) {
		lws_close_reason(wsi, LWS_CLOSE_STATUS_GOINGAWAY, (unsigned char *)"bye", 3);
		return -1;
	}
	if (order(in, len, "reason0", NULL)) {
		lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
		return -1;
	}
	if (order(in, len, "wdie", NULL)) {
		c->die_on_writeable = 1;
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (order(in, len, "twice", NULL)) {
		c->twice = 1;
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (order(in, len, "big", &arg)) {
		c->big = arg;
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (order(in, len, "ask3", NULL)) {
		for (int i = 0; i < 3; i++)
			say("    lws_callback_on_writable = %d", lws_callback_on_writable(wsi));
		return 0;
	}
	if (order(in, len, "askall", NULL)) {
		say("    lws_callback_on_writable_all_protocol = %d",
		    lws_callback_on_writable_all_protocol(lws_get_context(wsi), protocol));
		return 0;
	}
	if (order(in, len, "timeout", &arg)) {
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, arg);
		return 0;
	}
	if (order(in, len, "timer", &arg)) {
		lws_set_timer_usecs(wsi, arg * 1000);
		return 0;
	}
	if (order(in, len, "async", &arg)) {
		lws_set_timeout(find_id(arg), PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		return 0;
	}
	if (order(in, len, "sync", &arg)) {
		lws_set_timeout(find_id(arg), PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		say("    back from lws_set_timeout");
		return 0;
	}
	if (order(in, len, "pause", NULL)) {
		say("    lws_rx_flow_control = %d", lws_rx_flow_control(wsi, 0));
		return 0;
	}
	if (order(in, len, "wping", NULL)) {
		unsigned char buf[LWS_PRE + 4];

		memcpy(buf + LWS_PRE, "abcd", 4);
		say("    lws_write ping = %d", lws_write(wsi, buf + LWS_PRE, 4, LWS_WRITE_PING));
		return 0;
	}

	new = calloc(1, sizeof(*new) + len + 1);
	memcpy(new->data, in, len);
	new->len = len;
	if (!lws_is_first_fragment(wsi))
		new->flags = LWS_WRITE_CONTINUATION;
	else
		new->flags = lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
	if (!lws_is_final_fragment(wsi))
		new->flags |= LWS_WRITE_NO_FIN;
	while (*last)
		last = &(*last)->next;
	*last = new;
	lws_callback_on_writable(wsi);
	return 0;
}

static int write_big(struct lws *wsi, struct connection *c)
{
	unsigned char *buf = calloc(1, LWS_PRE + (size_t)c->big);
	int r = lws_write(wsi, buf + LWS_PRE, (size_t)c->big, LWS_WRITE_BINARY);

	say("    lws_write %d = %d, choked = %d", c->big, r, lws_send_pipe_choked(wsi));
	free(buf);
	c->big = 0;
	lws_callback_on_writable(wsi);
	return 0;
}

static int write_twice(struct lws *wsi, struct connection *c)
{
	unsigned char buf[LWS_PRE + 3];

	c->twice = 0;
	memcpy(buf + LWS_PRE, "one", 3);
	say("    lws_write 3 = %d", lws_write(wsi, buf + LWS_PRE, 3, LWS_WRITE_TEXT));
	memcpy(buf + LWS_PRE, "two", 3);
	say("    lws_write 3 = %d", lws_write(wsi, buf + LWS_PRE, 3, LWS_WRITE_TEXT));
	return 0;
}

static int on_writeable(struct lws *wsi, struct connection *c)
{
	struct chunk *chunk = c->queue;
	int r, len;

	if (c->die_on_writeable)
		return -1;
	if (c->twice)
		return write_twice(wsi, c);
	if (c->big)
		return write_big(wsi, c);
	if (!chunk)
		return 0;
	len = (int)chunk->len;
	r = lws_write(wsi, chunk->data, chunk->len, (enum lws_write_protocol)chunk->flags);
	say("    lws_write %d = %d", len, r);
	c->queue = chunk->next;
	free(chunk);
	if (r < len)
		return -1;
	if (c->queue)
		lws_callback_on_writable(wsi);
	return 0;
}

/* ---- mounts and files ---- */

static int on_html(struct lws_process_html_args *args)
{
	if (set_html == 2)
		return -1;
	if (set_html == 1) {
		memmove(args->p + 1, args->p, (size_t)args->len);
		args->p[0] = '*';
		args->len++;
	}
	return 0;
}

static const char *in_site(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", set_site, name);
	return strdup(path);
}

/* The mounts of the tests: what each is for is in trace_http.py. */
static const struct lws_http_mount *site_mounts(void)
{
	static const struct lws_protocol_vhost_options types2 = { NULL, NULL, "*", "text/any" };
	static const struct lws_protocol_vhost_options types = { &types2, NULL, ".foo", "text/foo" };
	static const struct lws_protocol_vhost_options html = { NULL, NULL, ".html", "other" };
	static struct lws_http_mount m[] = {
		{ .mountpoint = "/", .origin = "root", .origin_protocol = LWSMPRO_FILE },
		{ .mountpoint = "/files", .origin = "files", .def = "start.html", .origin_protocol = LWSMPRO_FILE,
		  .cache_max_age = 100, .cache_reusable = 1, .cache_revalidate = 1, .cache_intermediaries = 1 },
		{ .mountpoint = "/files/deep", .origin = "deep", .origin_protocol = LWSMPRO_FILE, .cache_max_age = 10 },
		{ .mountpoint = "/reuse", .origin = "files", .def = "start.html", .origin_protocol = LWSMPRO_FILE,
		  .cache_max_age = 100, .cache_reusable = 1 },
		{ .mountpoint = "/revalidate", .origin = "files", .def = "start.html", .origin_protocol = LWSMPRO_FILE,
		  .cache_max_age = 100, .cache_reusable = 1, .cache_revalidate = 1 },
		{ .mountpoint = "/types", .origin = "root", .origin_protocol = LWSMPRO_FILE, .extra_mimetypes = &types2 },
		{ .mountpoint = "/foo", .origin = "root", .origin_protocol = LWSMPRO_FILE, .extra_mimetypes = &types },
		{ .mountpoint = "/redir", .origin = "example.com/else", .origin_protocol = LWSMPRO_REDIR_HTTP },
		{ .mountpoint = "/redirs", .origin = "example.com", .origin_protocol = LWSMPRO_REDIR_HTTPS },
		{ .mountpoint = "/cb", .origin = "other", .origin_protocol = LWSMPRO_CALLBACK },
		{ .mountpoint = "/cbp", .protocol = "other", .origin = "http", .origin_protocol = LWSMPRO_CALLBACK },
		{ .mountpoint = "/cbnone", .protocol = "nobody", .origin = "nobody", .origin_protocol = LWSMPRO_CALLBACK },
		{ .mountpoint = "/auth", .origin = "root", .origin_protocol = LWSMPRO_FILE, .basic_auth_login_file = "passwords" },
		{ .mountpoint = "/authmiss", .origin = "root", .origin_protocol = LWSMPRO_FILE, .basic_auth_login_file = "nowhere" },
		{ .mountpoint = "/authcb", .origin = "root", .origin_protocol = LWSMPRO_FILE, .protocol = "other",
		  .basic_auth_login_file = "passwords", .auth_mask = LWSAUTHM_BASIC_AUTH_CALLBACK },
		{ .mountpoint = "/rights1", .origin = "root", .origin_protocol = LWSMPRO_FILE, .auth_mask = 1 },
		{ .mountpoint = "/rights2", .origin = "root", .origin_protocol = LWSMPRO_FILE, .auth_mask = 2, .protocol = "other" },
		{ .mountpoint = "/cbrights", .origin = "other", .protocol = "other", .origin_protocol = LWSMPRO_CALLBACK, .auth_mask = 1 },
		{ .mountpoint = "/cbauth", .origin = "other", .protocol = "other", .origin_protocol = LWSMPRO_CALLBACK,
		  .basic_auth_login_file = "passwords" },
		{ .mountpoint = "/html", .origin = "root", .origin_protocol = LWSMPRO_FILE, .interpret = &html },
		{ .mountpoint = "/bound", .origin = "root", .origin_protocol = LWSMPRO_FILE, .protocol = "other" },
		{ .mountpoint = "/authonly", .origin = "root", .origin_protocol = LWSMPRO_FILE,
		  .auth_mask = LWSAUTHM_BASIC_AUTH_CALLBACK },
		{ .mountpoint = "/proxy", .origin = "127.0.0.1:1", .origin_protocol = LWSMPRO_HTTP },
		{ .mountpoint = "/cgi", .origin = "/bin/true", .origin_protocol = LWSMPRO_CGI },
		{ .mountpoint = "/protocgi", .origin = "/bin/true", .origin_protocol = LWSMPRO_CGI, .protocol = "other" },
		{ .mountpoint = "/slash/", .origin = "root", .origin_protocol = LWSMPRO_FILE },
		{ .mountpoint = "/def", .origin = "root", .def = "hello.txt", .origin_protocol = LWSMPRO_FILE },
		{ .mountpoint = "/nodir", .origin = "nowhere", .origin_protocol = LWSMPRO_FILE },
	};

	for (size_t i = 0; i < LWS_ARRAY_SIZE(m); i++) {
		m[i].mountpoint_len = (unsigned char)strlen(m[i].mountpoint);
		if (m[i].origin_protocol == LWSMPRO_FILE)
			m[i].origin = in_site(m[i].origin);
		if (m[i].basic_auth_login_file)
			m[i].basic_auth_login_file = in_site(m[i].basic_auth_login_file);
		m[i].mount_next = i + 1 < LWS_ARRAY_SIZE(m) ? &m[i + 1] : NULL;
	}
	return set_root ? m : m + 1;
}

/* A file that is nowhere: "virtual.txt" in a file NAME.v has this content. */
#define VIRTUAL "from the program\n"
static struct lws_plat_file_ops program_fops;

static lws_fop_fd_t fops_open(const struct lws_plat_file_ops *fops, const char *filename, const char *vpath,
			      lws_fop_flags_t *flags)
{
	lws_fop_fd_t f;

	say("    fops open %s vpath=%s flags=%x", filename + strlen(set_site), vpath ? vpath : "null", (unsigned)*flags);
	if (!vpath || strcmp(vpath, "virtual.txt"))
		return NULL;
	f = calloc(1, sizeof(*f));
	f->fops = &program_fops;
	f->len = strlen(VIRTUAL);
	f->mod_time = 1000000000;
	f->flags = *flags | LWS_FOP_FLAG_VIRTUAL | LWS_FOP_FLAG_MOD_TIME_VALID;
	*flags = f->flags;
	(void)fops;
	return f;
}

static int fops_close(lws_fop_fd_t *f)
{
	say("    fops close");
	free(*f);
	*f = NULL;
	return 0;
}

static lws_fileofs_t fops_seek_cur(lws_fop_fd_t f, lws_fileofs_t offset)
{
	say("    fops seek_cur %d", (int)offset);
	f->pos += (lws_filepos_t)offset;
	return (lws_fileofs_t)f->pos;
}

static int fops_read(lws_fop_fd_t f, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len)
{
	lws_filepos_t n = f->len - f->pos < len ? f->len - f->pos : len;

	say("    fops read at %d", (int)f->pos);
	memcpy(buf, VIRTUAL + f->pos, n);
	f->pos += n;
	*amount = n;
	return 0;
}

static int fops_write(lws_fop_fd_t f, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len)
{
	(void)f;
	(void)amount;
	(void)buf;
	(void)len;
	return -1;
}

static struct lws_plat_file_ops program_fops = {
	.LWS_FOP_OPEN = fops_open, .LWS_FOP_CLOSE = fops_close, .LWS_FOP_SEEK_CUR = fops_seek_cur,
	.LWS_FOP_READ = fops_read, .LWS_FOP_WRITE = fops_write,
	.fi = { { ".v/", 3 } },
};

/* ---- the callbacks: one function per vhost and protocol, so that the label is certain ---- */

static const char *vhost_names[VHOSTS] = { "a.test", "b.test" };
static struct lws_protocols protocols[VHOSTS][PROTOCOLS + 1];

static int callback(int vhost, int protocol, struct lws *wsi, int reason, void *user, void *in, size_t len)
{
	const struct lws_protocols *p = &protocols[vhost][protocol];
	struct connection *c;
	char whose[32];
	int r = 0;

	snprintf(whose, sizeof(whose), "%c/%s", 'a' + vhost, p->name);
	if (reason == LWS_CALLBACK_WSI_CREATE)
		remember(wsi);
	c = find(wsi);
	if (c && reason == LWS_CALLBACK_HTTP_BIND_PROTOCOL)
		c->user = NULL;                  /* a new block from here on, wherever it lies */
	print_callback(whose, wsi, reason, user, in, len);

	if (reason == set_deny)
		r = -1;
	else if (c)
		switch (reason) {
		case LWS_CALLBACK_HTTP:
			r = on_http(wsi, c, user, in, len);
			break;
		case LWS_CALLBACK_HTTP_BODY_COMPLETION:
			if (!c->body)
				r = answer(wsi, c, "thanks", 1, 1);
			break;
		case LWS_CALLBACK_HTTP_WRITEABLE:
			r = on_http_writeable(wsi, c);
			break;
		case LWS_CALLBACK_HTTP_FILE_COMPLETION:
			if (set_complete)
				r = completed(wsi);
			break;
		case LWS_CALLBACK_PROCESS_HTML:
			r = on_html(in);
			break;
		case LWS_CALLBACK_CHECK_ACCESS_RIGHTS:
			r = ((struct lws_process_html_args *)in)->max_len & 1;
			break;
		case LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION:
			r = !strcmp(in, "carol:3");
			break;
		case LWS_CALLBACK_RECEIVE:
			r = on_receive(wsi, c, in, len, p);
			break;
		case LWS_CALLBACK_SERVER_WRITEABLE:
			r = on_writeable(wsi, c);
			break;
		case LWS_CALLBACK_WSI_DESTROY:
			forget(c);
			break;
		default:
			break;
		}
	if (r)
		say("    returns %d", r);
	return r;
}

#define CALLBACK(v, p) \
	static int callback_##v##_##p(struct lws *wsi, enum lws_callback_reasons reason, void *user, \
				      void *in, size_t len) \
	{ return callback(v, p, wsi, (int)reason, user, in, len); }
CALLBACK(0, 0) CALLBACK(0, 1) CALLBACK(0, 2)
CALLBACK(1, 0) CALLBACK(1, 1) CALLBACK(1, 2)

static lws_callback_function *callbacks[VHOSTS][PROTOCOLS] = {
	{ callback_0_0, callback_0_1, callback_0_2 },
	{ callback_1_0, callback_1_1, callback_1_2 },
};
static const char *protocol_names[PROTOCOLS] = { "http", "echo", "other" };

/* ---- orders from the driver on stdin ---- */

static struct lws_context *context;
static struct lws_vhost *vhosts[VHOSTS];
static pthread_t reader;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char pending[64][64];
static int pending_count;

static void *read_stdin(void *unused)
{
	char line[64];
	int last = 0;

	(void)unused;
	while (!last) {
		if (!fgets(line, sizeof(line), stdin))
			strcpy(line, "destroy");
		line[strcspn(line, "\n")] = '\0';
		last = !strcmp(line, "destroy");
		pthread_mutex_lock(&lock);
		if (pending_count < (int)LWS_ARRAY_SIZE(pending))
			strcpy(pending[pending_count++], line);
		pthread_mutex_unlock(&lock);
		lws_cancel_service(context);
	}
	return NULL;
}

/* Carries out one order; 0 when it was the last. */
static int obey(const char *line)
{
	int arg = 0;

	if (order(line, strlen(line), "mark", &arg)) {
		say("mark %d", arg);
		return 1;
	}
	say("== %s", line);
	if (!strcmp(line, "cancel"))             /* the reader has called lws_cancel_service */
		return 1;
	if (!strcmp(line, "destroy"))
		return 0;
	if (order(line, strlen(line), "vhost_destroy", &arg))
		lws_vhost_destroy(vhosts[arg]);
	else if (order(line, strlen(line), "askall", &arg))
		say("    lws_callback_on_writable_all_protocol = %d",
		    lws_callback_on_writable_all_protocol(context, &protocols[0][arg]));
	else if (order(line, strlen(line), "userall", &arg))
		say("    lws_callback_all_protocol = %d",
		    lws_callback_all_protocol(context, &protocols[0][arg], LWS_CALLBACK_USER));
	else if (order(line, strlen(line), "allow", &arg))
		say("    lws_rx_flow_control = %d", lws_rx_flow_control(find_id(arg), 1));
	else if (order(line, strlen(line), "ask", &arg))
		say("    lws_callback_on_writable = %d", lws_callback_on_writable(find_id(arg)));
	else
		say("    unknown order");
	return 1;
}

static int obey_all(void)
{
	char line[64];
	int go_on = 1;

	while (go_on) {
		pthread_mutex_lock(&lock);
		if (!pending_count) {
			pthread_mutex_unlock(&lock);
			break;
		}
		strcpy(line, pending[0]);
		memmove(pending[0], pending[1], sizeof(pending) - sizeof(pending[0]));
		pending_count--;
		pthread_mutex_unlock(&lock);
		go_on = obey(line);
		if (!strncmp(line, "mark", 4))
			break;                   /* at least one lws_service between two marks */
	}
	return go_on;
}

/* ---- start and end ---- */

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate" },
	{ NULL, NULL, NULL }
};

static int start(void)
{
	static lws_retry_bo_t policy;
	struct lws_context_creation_info info;

	for (int v = 0; v < VHOSTS; v++)
		for (int p = 0; p < PROTOCOLS; p++) {
			protocols[v][p].name = protocol_names[p];
			protocols[v][p].callback = callbacks[v][p];
			protocols[v][p].per_session_data_size = (size_t)set_user;
			protocols[v][p].rx_buffer_size = (size_t)set_rx;
		}

	memset(&info, 0, sizeof(info));
	info.port = set_port;
	info.protocols = protocols[0];
	info.timeout_secs = (unsigned int)set_timeout;
	info.timeout_secs_ah_idle = (unsigned int)set_ahidle;
	info.keepalive_timeout = set_keepalive;
	info.max_http_header_data = (unsigned short)set_head;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	if (set_site)
		info.mounts = site_mounts();
	if (set_doc404)
		info.error_document_404 = set_doc404 == 1 ? "/404.html" : "/no404.html";
	if (set_wsauth) {
		static struct lws_protocol_vhost_options file = { NULL, NULL, "basic-auth", NULL };
		static const struct lws_protocol_vhost_options echo = { NULL, &file, "echo", "" };

		file.value = in_site("passwords");
		info.pvo = &echo;
	}
	if (set_fops)
		info.fops = &program_fops;
	if (set_utf8)
		info.options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
	if (set_unix) {
		info.options |= LWS_SERVER_OPTION_UNIX_SOCK;
		info.iface = set_unix;
	}
	if (set_ping) {
		policy.secs_since_valid_ping = (uint16_t)set_ping;
		policy.secs_since_valid_hangup = (uint16_t)set_hangup;
		info.retry_and_idle_policy = &policy;
	}
	if (set_deflate)
		info.extensions = extensions;
	if (set_vhosts > 1)
		info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;

	context = lws_create_context(&info);
	if (!context)
		return -1;
	if (set_vhosts == 1) {
		vhosts[0] = lws_get_vhost_by_name(context, "default");
		return vhosts[0] ? lws_get_vhost_listen_port(vhosts[0]) : -1;
	}
	for (int v = 0; v < VHOSTS; v++) {
		info.vhost_name = vhost_names[v];
		info.protocols = protocols[v];
		if (v)
			info.port = set_port2 ? set_port2 : lws_get_vhost_listen_port(vhosts[0]);
		vhosts[v] = lws_create_vhost(context, &info);
		if (!vhosts[v])
			return -1;
	}
	return lws_get_vhost_listen_port(vhosts[0]);
}

int main(int argc, char **argv)
{
	int port;

	read_settings(argc, argv);
	lws_set_log_level(set_log, NULL);
	say("== create");
	port = start();
	say("port %d %d", port, vhosts[1] ? lws_get_vhost_listen_port(vhosts[1]) : 0);
	if (port < 0)
		return 1;
	pthread_create(&reader, NULL, read_stdin, NULL);
	while (lws_service(context, 1000) >= 0 && obey_all())
		;
	pthread_join(reader, NULL);
	lws_context_destroy(context);
	say("== destroyed");
	return 0;
}
