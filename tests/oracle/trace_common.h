/*
 * What trace_client.c and trace_raw.c share: connections with numbers, printed callbacks, actions that
 * the driver hangs on callback reasons, and orders from stdin.
 *
 * An action is REASON:WORD or REASON:WORD=ARG, for example 8:die or 24:header=X-A:%20b%0d%0a; in
 * arguments %XX stands for a byte.
 */
#ifndef TRACE_COMMON_H
#define TRACE_COMMON_H

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
#define MAX_ACTIONS 16
#define LINE 2048

static int set_user = USER_SIZE;     /* per_session_data_size */

/* ---- names of the callback reasons ---- */

static const struct { int reason; const char *name; } reason_names[] = {
	{ 0, "ESTABLISHED" }, { 1, "CLIENT_CONNECTION_ERROR" }, { 2, "CLIENT_FILTER_PRE_ESTABLISH" },
	{ 3, "CLIENT_ESTABLISHED" }, { 4, "CLOSED" }, { 5, "CLOSED_HTTP" }, { 6, "RECEIVE" },
	{ 7, "RECEIVE_PONG" }, { 8, "CLIENT_RECEIVE" }, { 9, "CLIENT_RECEIVE_PONG" }, { 10, "CLIENT_WRITEABLE" },
	{ 11, "SERVER_WRITEABLE" }, { 12, "HTTP" }, { 13, "HTTP_BODY" }, { 14, "HTTP_BODY_COMPLETION" },
	{ 15, "HTTP_FILE_COMPLETION" }, { 16, "HTTP_WRITEABLE" }, { 17, "FILTER_NETWORK_CONNECTION" },
	{ 18, "FILTER_HTTP_CONNECTION" }, { 19, "SERVER_NEW_CLIENT_INSTANTIATED" },
	{ 20, "FILTER_PROTOCOL_CONNECTION" }, { 21, "LOAD_EXTRA_CLIENT_VERIFY_CERTS" },
	{ 22, "LOAD_EXTRA_SERVER_VERIFY_CERTS" },
	{ 23, "PERFORM_CLIENT_CERT_VERIFICATION" }, { 37, "CONTEXT_REQUIRES_PRIVATE_KEY" },
	{ 58, "PERFORM_SERVER_CERT_VERIFICATION" }, { 67, "SSL_INFO" }, { 24, "CLIENT_APPEND_HANDSHAKE_HEADER" },
	{ 25, "CONFIRM_EXTENSION_OKAY" }, { 26, "CLIENT_CONFIRM_EXTENSION_SUPPORTED" }, { 27, "PROTOCOL_INIT" },
	{ 28, "PROTOCOL_DESTROY" }, { 29, "WSI_CREATE" }, { 30, "WSI_DESTROY" }, { 31, "GET_THREAD_ID" },
	{ 32, "ADD_POLL_FD" }, { 33, "DEL_POLL_FD" }, { 34, "CHANGE_MODE_POLL_FD" }, { 35, "LOCK_POLL" },
	{ 36, "UNLOCK_POLL" }, { 38, "WS_PEER_INITIATED_CLOSE" }, { 39, "WS_EXT_DEFAULTS" },
	{ 44, "ESTABLISHED_CLIENT_HTTP" }, { 45, "CLOSED_CLIENT_HTTP" }, { 46, "RECEIVE_CLIENT_HTTP" },
	{ 47, "COMPLETED_CLIENT_HTTP" }, { 48, "RECEIVE_CLIENT_HTTP_READ" }, { 49, "HTTP_BIND_PROTOCOL" },
	{ 50, "HTTP_DROP_PROTOCOL" }, { 51, "CHECK_ACCESS_RIGHTS" }, { 52, "PROCESS_HTML" }, { 53, "ADD_HEADERS" },
	{ 57, "CLIENT_HTTP_WRITEABLE" }, { 59, "RAW_RX" }, { 60, "RAW_CLOSE" }, { 61, "RAW_WRITEABLE" },
	{ 62, "RAW_ADOPT" }, { 63, "RAW_ADOPT_FILE" }, { 64, "RAW_RX_FILE" }, { 65, "RAW_WRITEABLE_FILE" },
	{ 66, "RAW_CLOSE_FILE" }, { 69, "CHILD_CLOSING" }, { 71, "EVENT_WAIT_CANCELLED" }, { 72, "VHOST_CERT_AGING" },
	{ 73, "TIMER" }, { 75, "CLIENT_CLOSED" }, { 76, "CLIENT_HTTP_DROP_PROTOCOL" },
	{ 77, "WS_SERVER_BIND_PROTOCOL" }, { 78, "WS_SERVER_DROP_PROTOCOL" }, { 79, "WS_CLIENT_BIND_PROTOCOL" },
	{ 80, "WS_CLIENT_DROP_PROTOCOL" }, { 81, "RAW_SKT_BIND_PROTOCOL" }, { 82, "RAW_SKT_DROP_PROTOCOL" },
	{ 83, "RAW_FILE_BIND_PROTOCOL" }, { 84, "RAW_FILE_DROP_PROTOCOL" }, { 85, "CLIENT_HTTP_BIND_PROTOCOL" },
	{ 86, "HTTP_CONFIRM_UPGRADE" }, { 101, "RAW_CONNECTED" }, { 102, "VERIFY_BASIC_AUTHORIZATION" },
	{ 104, "CLIENT_HTTP_REDIRECT" }, { 1000, "USER" },
};

static const char *reason_name(int reason)
{
	for (size_t i = 0; i < LWS_ARRAY_SIZE(reason_names); i++)
		if (reason_names[i].reason == reason)
			return reason_names[i].name;
	return "?";
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
	static char out[500];
	const unsigned char *b = bytes;
	size_t n = 0;

	out[n++] = '"';
	for (size_t i = 0; i < len && i < 100; i++)
		if (b[i] >= 32 && b[i] < 127 && b[i] != '"' && b[i] != '\\')
			out[n++] = (char)b[i];
		else
			n += (size_t)snprintf(out + n, sizeof(out) - n, "\\x%02x", b[i]);
	out[n++] = '"';
	snprintf(out + n, sizeof(out) - n, len > 100 ? "..." : "");
	return out;
}

/* ---- actions ---- */

struct action {
	int reason;
	char word[16];
	char *arg;                       /* NULL: none */
	size_t arg_len;
};

struct actions {
	struct action list[MAX_ACTIONS];
	int count;
};

/* Replaces %XX; the length. */
static size_t unescape(char *s)
{
	char *out = s, *begin = s, digits[3] = "";

	for (; *s; s++)
		if (*s == '%' && s[1] && s[2]) {
			digits[0] = *++s;
			digits[1] = *++s;
			*out++ = (char)strtol(digits, NULL, 16);
		} else
			*out++ = *s;
	*out = '\0';
	return (size_t)(out - begin);
}

/* REASON:WORD[=ARG]; 0 when it is none. */
static int add_action(struct actions *a, const char *token)
{
	struct action *new = &a->list[a->count];
	const char *colon = strchr(token, ':'), *value;
	size_t n;

	if (token[0] < '0' || token[0] > '9' || !colon || a->count == MAX_ACTIONS)
		return 0;
	memset(new, 0, sizeof(*new));
	new->reason = atoi(token);
	value = strchr(colon, '=');
	n = value ? (size_t)(value - colon - 1) : strlen(colon + 1);
	if (n >= sizeof(new->word))
		return 0;
	memcpy(new->word, colon + 1, n);
	if (value) {
		new->arg = strdup(value + 1);
		new->arg_len = unescape(new->arg);
	}
	a->count++;
	return 1;
}

/* ---- connections: numbered when first seen, forgotten after WSI_DESTROY ---- */

struct connection {
	struct lws *wsi;
	int id;
	void *user;                      /* the last one seen */
	struct actions actions;
};

static struct connection connections[MAX_CONNECTIONS];
static int last_id;
static struct actions next_actions;      /* of the connection that comes next */

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

static struct connection *remember(struct lws *wsi)
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
	c->actions = next_actions;
	return c;
}

static void forget(struct lws *wsi)
{
	struct connection *c = find(wsi);

	if (c)
		c->wsi = NULL;
}

/* c1, other (not one of ours) or null. */
static const char *who(struct lws *wsi)
{
	static char out[4][16];
	static int turn;
	struct connection *c = find(wsi);
	char *o = out[turn++ & 3];

	snprintf(o, sizeof(out[0]), !wsi ? "null" : c ? "c%d" : "other", c ? c->id : 0);
	return o;
}

static int all_zero(const unsigned char *p, size_t len)
{
	while (len--)
		if (*p++)
			return 0;
	return 1;
}

/* A block that the program gives as userdata. */
static unsigned char given_user[MAX_CONNECTIONS][USER_SIZE];

/*
 * What became of `user`: null, given (the program's own), new (first sight), same, moved (another pointer than
 * last time), cleared (same pointer, but our mark is gone). New and moved blocks also say zero or dirty.
 */
static const char *user_state(struct connection *c, void *user)
{
	static char out[32];
	int mark;

	if (!user)
		return "null";
	if (!c)
		return "set";
	if ((unsigned char *)user >= given_user[0] && (unsigned char *)user < given_user[MAX_CONNECTIONS])
		return "given";
	if (set_user < (int)sizeof(mark))
		return "set";
	if (user == c->user) {
		memcpy(&mark, user, sizeof(mark));
		snprintf(out, sizeof(out), mark == c->id ? "same" : "cleared");
	} else
		snprintf(out, sizeof(out), "%s:%s", c->user ? "moved" : "new",
			 all_zero(user, (size_t)set_user) ? "zero" : "dirty");
	c->user = user;
	memcpy(user, &c->id, sizeof(c->id));
	return out;
}

/* CHILD_CLOSING comes with the child and the parent's block. */
static const char *parent_state(struct lws *child, void *user)
{
	struct connection *parent = find(lws_get_parent(child));

	return !user ? "null" : parent && parent->user == user ? "parent's" : "set";
}

/* Reasons whose user is an object of the TLS library. */
static int is_tls(int reason)
{
	switch (reason) {
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS:
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
	case LWS_CALLBACK_OPENSSL_PERFORM_CLIENT_CERT_VERIFICATION:
	case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
	case LWS_CALLBACK_OPENSSL_CONTEXT_REQUIRES_PRIVATE_KEY:
	case LWS_CALLBACK_SSL_INFO:
		return 1;
	default:
		return 0;
	}
}

static void print_callback(const char *whose, struct lws *wsi, int reason, void *user, void *in, size_t len)
{
	struct connection *c = find(wsi);

	printf("%s %d %s wsi=%s user=%s len=", whose, reason, reason_name(reason), who(wsi),
	       reason == LWS_CALLBACK_CHILD_CLOSING ? parent_state(wsi, user) :
	       reason == LWS_CALLBACK_WS_EXT_DEFAULTS ? "name" :
	       is_tls(reason) ? user ? "object" : "null" : user_state(c, user));
	printf(reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER ? "room" : "%zu", len);
	printf(" in=");
	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf("%s", !in ? "null" : show(in, len ? len : strlen(in)));
		break;
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
	case LWS_CALLBACK_HTTP:
	case LWS_CALLBACK_FILTER_HTTP_CONNECTION:
	case LWS_CALLBACK_RAW_RX:
		printf("%s", in && len ? show(in, len) : in ? "set" : "null");
		break;
	case LWS_CALLBACK_CLIENT_HTTP_REDIRECT:
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		printf("%s", in ? show(in, strlen(in)) : "null");
		break;
	case LWS_CALLBACK_CHILD_CLOSING:
		printf("%s", who(in));
		break;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		printf("fd");
		break;
	default:
		printf("%s", in ? "set" : "null");
		break;
	}
	if (reason == LWS_CALLBACK_RECEIVE || reason == LWS_CALLBACK_CLIENT_RECEIVE)
		printf(" first=%d final=%d binary=%d remaining=%u", lws_is_first_fragment(wsi),
		       lws_is_final_fragment(wsi), lws_frame_is_binary(wsi),
		       (unsigned)lws_remaining_packet_payload(wsi));
	say("");
}

/* ---- what actions do ---- */

static const struct { int token; const char *name; } tokens[] = {
	{ WSI_TOKEN_HTTP, "HTTP" }, { WSI_TOKEN_HTTP1_0, "HTTP1_0" }, { WSI_TOKEN_GET_URI, "GET_URI" },
	{ WSI_TOKEN_HOST, "HOST" }, { WSI_TOKEN_CONNECTION, "CONNECTION" }, { WSI_TOKEN_UPGRADE, "UPGRADE" },
	{ WSI_TOKEN_ACCEPT, "ACCEPT" }, { WSI_TOKEN_PROTOCOL, "PROTOCOL" }, { WSI_TOKEN_EXTENSIONS, "EXTENSIONS" },
	{ WSI_TOKEN_HTTP_CONTENT_LENGTH, "CONTENT_LENGTH" }, { WSI_TOKEN_HTTP_CONTENT_TYPE, "CONTENT_TYPE" },
	{ WSI_TOKEN_HTTP_TRANSFER_ENCODING, "TRANSFER_ENCODING" }, { WSI_TOKEN_HTTP_LOCATION, "LOCATION" },
	{ WSI_TOKEN_HTTP_SET_COOKIE, "SET_COOKIE" }, { WSI_TOKEN_HTTP_SERVER, "SERVER" },
	{ WSI_TOKEN_HTTP_WWW_AUTHENTICATE, "WWW_AUTHENTICATE" },
	{ _WSI_TOKEN_CLIENT_PEER_ADDRESS, "CLIENT_PEER_ADDRESS" }, { _WSI_TOKEN_CLIENT_URI, "CLIENT_URI" },
	{ _WSI_TOKEN_CLIENT_HOST, "CLIENT_HOST" }, { _WSI_TOKEN_CLIENT_SENT_PROTOCOLS, "CLIENT_SENT_PROTOCOLS" },
	{ _WSI_TOKEN_CLIENT_METHOD, "CLIENT_METHOD" }, { _WSI_TOKEN_CLIENT_IFACE, "CLIENT_IFACE" },
	{ _WSI_TOKEN_CLIENT_ORIGIN, "CLIENT_ORIGIN" },
};

static void print_headers(struct lws *wsi)
{
	static const char *const custom[] = { "x-thing:" };
	char buf[256];

	say("    status %u", lws_http_client_http_response(wsi));
	for (size_t i = 0; i < LWS_ARRAY_SIZE(tokens); i++) {
		int total = lws_hdr_total_length(wsi, (enum lws_token_indexes)tokens[i].token);
		int n;

		if (!total)
			continue;
		n = lws_hdr_copy(wsi, buf, sizeof(buf), (enum lws_token_indexes)tokens[i].token);
		say("    %s %d %d %s", tokens[i].name, total, n, n >= 0 ? show(buf, (size_t)n) : "");
	}
	for (size_t i = 0; i < LWS_ARRAY_SIZE(custom); i++) {
		int total = lws_hdr_custom_length(wsi, custom[i], (int)strlen(custom[i]));

		if (total >= 0 && lws_hdr_custom_copy(wsi, buf, sizeof(buf), custom[i], (int)strlen(custom[i])) >= 0)
			say("    %s %d %s", custom[i], total, show(buf, (size_t)total));
	}
}

static void print_info(struct lws *wsi)
{
	const struct lws_protocols *p = lws_get_protocol(wsi);
	struct lws_vhost *vh = lws_get_vhost(wsi);
	struct connection *c = find(wsi);
	char peer[64] = "";

	say("    protocol %s, vhost %s, parent %s, child %s, opaque %s", p ? p->name : "null",
	    vh ? lws_get_vhost_name(vh) : "null", who(lws_get_parent(wsi)), who(lws_get_child(wsi)),
	    lws_get_opaque_user_data(wsi) ? "set" : "null");
	say("    network wsi %s, fd %s, ssl %d, choked %d, redirected to get %d", who(lws_get_network_wsi(wsi)),
	    lws_get_socket_fd(wsi) >= 0 ? "set" : "none", lws_is_ssl(wsi),
	    lws_get_socket_fd(wsi) >= 0 ? lws_send_pipe_choked(wsi) : -1, lws_http_is_redirected_to_get(wsi));
	if (lws_get_socket_fd(wsi) >= 0)
		say("    peer %s", lws_get_peer_simple(wsi, peer, sizeof(peer)));
	say("    lws_wsi_user %s", !lws_wsi_user(wsi) ? "null" : c && lws_wsi_user(wsi) == c->user ? "same" : "other");
}

static void write_as(struct lws *wsi, const char *data, size_t len, int how)
{
	unsigned char *buf = calloc(1, LWS_PRE + len + 1);
	int r;

	if (data)
		memcpy(buf + LWS_PRE, data, len);
	r = lws_write(wsi, buf + LWS_PRE, len, (enum lws_write_protocol)how);
	if (r < 0)
		say("    lws_write %zu < 0", len);
	else
		say("    lws_write %zu = %d", len, r);
	free(buf);
}

static struct lws_context *context;
static struct lws_vhost *vhosts[VHOSTS];
static void (*again)(void);              /* repeats the last connection, once */

static const struct { const char *word; int how; } writes[] = {
	{ "text", LWS_WRITE_TEXT }, { "binary", LWS_WRITE_BINARY }, { "ping", LWS_WRITE_PING },
	{ "pong", LWS_WRITE_PONG }, { "http", LWS_WRITE_HTTP }, { "final", LWS_WRITE_HTTP_FINAL },
	{ "raw", LWS_WRITE_RAW }, { "start", LWS_WRITE_TEXT | LWS_WRITE_NO_FIN },
	{ "cont", LWS_WRITE_CONTINUATION | LWS_WRITE_NO_FIN }, { "end", LWS_WRITE_CONTINUATION },
};

/* Does one action; its value is what the callback returns, if it is one that says so. */
static int act(struct lws *wsi, const struct action *a, void *in, size_t len, int r)
{
	const char *w = a->word, *arg = a->arg ? a->arg : "";
	int number = atoi(arg);

	for (size_t i = 0; i < LWS_ARRAY_SIZE(writes); i++)
		if (!strcmp(w, writes[i].word)) {
			write_as(wsi, arg, a->arg_len, writes[i].how);
			return r;
		}
	if (!strcmp(w, "die"))
		return -1;
	if (!strcmp(w, "one"))
		return 1;
	if (!strcmp(w, "nothing"))
		return r;
	if (!strcmp(w, "reason") || !strcmp(w, "setreason")) {   /* CODE or CODE,TEXT */
		const char *comma = strchr(arg, ',');

		lws_close_reason(wsi, (enum lws_close_status)number, (unsigned char *)(comma ? comma + 1 : NULL),
				 comma ? strlen(comma + 1) : 0);
		return w[0] == 'r' ? -1 : r;
	}
	if (!strcmp(w, "ask"))
		say("    lws_callback_on_writable = %d", lws_callback_on_writable(wsi));
	else if (!strcmp(w, "later")) {                          /* in 46: reads only when called again */
		static const struct action read_all = { .word = "read", .arg = "1024" };
		static int calls;

		return calls++ ? act(wsi, &read_all, in, len, r) : r;
	} else if (!strcmp(w, "rawbig"))
		write_as(wsi, NULL, (size_t)number, LWS_WRITE_RAW);
	else if (!strcmp(w, "big"))
		write_as(wsi, NULL, (size_t)number, LWS_WRITE_BINARY);
	else if (!strcmp(w, "header")) {                         /* in 24 */
		unsigned char **p = in;

		if (a->arg_len > len)
			return -1;
		memcpy(*p, arg, a->arg_len);
		*p += a->arg_len;
	} else if (!strcmp(w, "add")) {                          /* NAME:,VALUE in 24 */
		unsigned char **p = in, *end = *p + len;
		char name[64];
		const char *comma = strchr(arg, ',');

		snprintf(name, sizeof(name), "%.*s", (int)(comma - arg), arg);
		say("    lws_add_http_header_by_name = %d",
		    lws_add_http_header_by_name(wsi, (unsigned char *)name, (unsigned char *)comma + 1,
						(int)strlen(comma + 1), p, end));
	} else if (!strcmp(w, "room"))
		say("    room %zu", len);
	else if (!strcmp(w, "string"))
		say("    in %s", in ? show(in, strlen(in)) : "null");
	else if (!strcmp(w, "pending"))
		lws_client_http_body_pending(wsi, number);
	else if (!strcmp(w, "multipart")) {                      /* NAME,FILE,TYPE[,TEXT] or nothing: the end */
		char buf[LWS_PRE + 1024], *p = buf + LWS_PRE, copy[256], *field[4] = { NULL, NULL, NULL, NULL };
		int n = 0, m;

		snprintf(copy, sizeof(copy), "%s", arg);
		for (char *s = copy; s && n < 4; n++) {
			char *comma = strchr(s, ',');

			if (comma)
				*comma++ = '\0';
			field[n] = *s ? s : NULL;
			s = comma;
		}
		m = lws_client_http_multipart(wsi, field[0], field[1], field[2], &p, buf + sizeof(buf));
		say("    lws_client_http_multipart = %d", m);
		if (field[3])
			p += sprintf(p, "%s", field[3]);
		write_as(wsi, buf + LWS_PRE, (size_t)(p - buf - LWS_PRE), field[0] ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL);
	} else if (!strcmp(w, "read")) {
		char *buf = malloc(LWS_PRE + (size_t)number), *p = buf + LWS_PRE;
		int n = number, m = lws_http_client_read(wsi, &p, &n);

		say("    lws_http_client_read %d = %d, len %d", number, m, n);
		free(buf);
		if (m < 0)
			return -1;
	} else if (!strcmp(w, "completed")) {
		int m = lws_http_transaction_completed(wsi);

		say("    lws_http_transaction_completed = %d", m);
		return m ? -1 : r;
	} else if (!strcmp(w, "hdrs"))
		print_headers(wsi);
	else if (!strcmp(w, "page")) {                           /* a server's answer, with the library's page */
		int m = lws_return_http_status(wsi, (unsigned int)number, NULL);

		say("    lws_return_http_status = %d", m);
		return m || lws_http_transaction_completed(wsi) ? -1 : r;
	} else if (!strcmp(w, "status"))
		say("    status %u", lws_http_client_http_response(wsi));
	else if (!strcmp(w, "info"))
		print_info(wsi);
	else if (!strcmp(w, "sync")) {
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		say("    back from lws_set_timeout");
	} else if (!strcmp(w, "async"))
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	else if (!strcmp(w, "timeout"))
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, number);
	else if (!strcmp(w, "timer"))
		lws_set_timer_usecs(wsi, (lws_usec_t)number * 1000);
	else if (!strcmp(w, "flow"))
		say("    lws_rx_flow_control %d = %d", number, lws_rx_flow_control(wsi, number));
	else if (!strcmp(w, "again")) {
		if (again)
			again();
	} else if (!strcmp(w, "vhdestroy"))
		lws_vhost_destroy(vhosts[number]);
	else if (!strcmp(w, "readfd")) {                         /* RX_FILE: the program reads */
		char buf[64];
		ssize_t n = read((int)lws_get_socket_fd(wsi), buf, sizeof(buf));

		say("    read %zd %s", n, n > 0 ? show(buf, (size_t)n) : "");
		if (n <= 0)
			return -1;
	} else if (!strcmp(w, "writefd"))
		say("    write %zd", write((int)lws_get_socket_fd(wsi), arg, a->arg_len));
	else if (!strcmp(w, "udpecho")) {
		const struct lws_udp *udp = lws_get_udp(wsi);

		say("    udp %s", !udp ? "null" : udp->sa.sa_family == AF_INET ? "inet" : "other");
		if (udp)
			say("    sendto %zd", sendto((int)lws_get_socket_fd(wsi), in, len, 0, &udp->sa, udp->salen));
	} else {
		say("    unknown action %s", w);
		exit(2);
	}
	return r;
}

/* All actions of the connection for this reason; how many in `done`. */
static int act_all(struct connection *c, int reason, void *in, size_t len, int *done)
{
	struct actions list = c->actions;
	struct lws *wsi = c->wsi;
	int r = 0;

	*done = 0;
	for (int i = 0; i < list.count; i++)
		if (list.list[i].reason == reason) {
			r = act(wsi, &list.list[i], in, len, r);
			++*done;
			if (c->wsi != wsi)
				break;                   /* it is gone */
		}
	return r;
}

/* ---- protocols: one callback per vhost and protocol, so that the label is certain ---- */

static const char *protocol_names[PROTOCOLS] = { "first", "echo", "other" };
static struct lws_protocols protocols[VHOSTS][PROTOCOLS + 1];
static int calling_connect;              /* inside lws_client_connect_via_info or an adopt call */

/* Reasons that come with the library's own stand-in wsi. */
static int is_general(int reason)
{
	switch (reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
	case LWS_CALLBACK_PROTOCOL_DESTROY:
	case LWS_CALLBACK_GET_THREAD_ID:
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
	case LWS_CALLBACK_VHOST_CERT_AGING:
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS:
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
	case LWS_CALLBACK_OPENSSL_CONTEXT_REQUIRES_PRIVATE_KEY:
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return 1;
	default:
		return reason >= LWS_CALLBACK_ADD_POLL_FD && reason <= LWS_CALLBACK_UNLOCK_POLL;
	}
}

static int callback(int vhost, int protocol, struct lws *wsi, int reason, void *user, void *in, size_t len)
{
	struct connection *c = find(wsi);
	char whose[32];
	int r = 0, done = 0;

	snprintf(whose, sizeof(whose), "%c/%s", 'a' + vhost, protocols[vhost][protocol].name);
	if (!c && !is_general(reason) && (calling_connect || reason == LWS_CALLBACK_WSI_CREATE))
		c = remember(wsi);
	if (c && (reason == LWS_CALLBACK_HTTP_BIND_PROTOCOL || reason == LWS_CALLBACK_CLIENT_HTTP_BIND_PROTOCOL))
		c->user = NULL;                  /* a new block from here on, wherever it lies */
	print_callback(whose, wsi, reason, user, in, len);
	if (c) {
		r = act_all(c, reason, in, len, &done);
		if (!done && reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP) {
			static const struct action read_all = { .word = "read", .arg = "1024" };

			r = act(wsi, &read_all, in, len, r);
		}
		if (reason == LWS_CALLBACK_WSI_DESTROY)
			forget(wsi);
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

static void fill_protocols(int rx)
{
	for (int v = 0; v < VHOSTS; v++)
		for (int p = 0; p < PROTOCOLS; p++) {
			protocols[v][p].name = protocol_names[p];
			protocols[v][p].callback = callbacks[v][p];
			protocols[v][p].per_session_data_size = (size_t)set_user;
			protocols[v][p].rx_buffer_size = (size_t)rx;
		}
}

/* ---- orders from the driver on stdin ---- */

static pthread_t reader;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char pending[32][LINE];
static int pending_count;

static void *read_stdin(void *unused)
{
	static char line[LINE];
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

/* The program's own orders: 0 when it does not know the word. */
static int obey_word(const char *word, char *rest);

/* Carries out one order; 0 when it was the last. */
static int obey(char *line)
{
	char *rest = strchr(line, ' ');

	if (rest)
		*rest++ = '\0';
	else
		rest = line + strlen(line);
	if (!strcmp(line, "mark")) {
		say("mark %s", rest);
		return 1;
	}
	say("== %s %s", line, rest);
	if (!strcmp(line, "destroy"))
		return 0;
	if (!strcmp(line, "vhost_destroy"))
		lws_vhost_destroy(vhosts[atoi(rest)]);
	else if (!strcmp(line, "do")) {                          /* do N 0:WORD[=ARG] */
		struct lws *wsi = find_id(atoi(rest));
		struct actions a = { .count = 0 };

		rest = strchr(rest, ' ');
		if (!wsi || !rest || !add_action(&a, rest + 1))
			say("    nothing to do");
		else {
			int r = act(wsi, &a.list[0], NULL, 0, 0);

			if (r)
				say("    = %d", r);
		}
	} else if (!obey_word(line, rest))
		say("    unknown order");
	return 1;
}

static int obey_all(void)
{
	static char line[LINE];
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

static int run_until_destroyed(void)
{
	pthread_create(&reader, NULL, read_stdin, NULL);
	while (lws_service(context, 1000) >= 0 && obey_all())
		;
	pthread_join(reader, NULL);
	lws_context_destroy(context);
	say("== destroyed");
	return 0;
}

/* Settings NAME=NUMBER from the command line. */
struct setting { const char *name; int *value; };

static inline void read_setting(const struct setting *settings, size_t count, char *text)
{
	char *value = strchr(text, '=');

	if (value)
		*value++ = '\0';
	for (size_t k = 0; value && k < count; k++)
		if (!strcmp(text, settings[k].name)) {
			*settings[k].value = atoi(value);
			return;
		}
	fprintf(stderr, "unknown setting %s\n", text);
	exit(2);
}

#endif
