#define _GNU_SOURCE
/*
 * Connections that the program makes: whatever a callback does to its own connection, its parent, its vhost or its context, in every
 * callback of every kind of connection; lengths and parts of what is sent; names, addresses, timeouts, retries; connections that
 * are used again; many at once; and arguments that cannot be used.
 */
#include "harness.h"
#include <setjmp.h>

#define CLIENTS 64
#define NEVER ((enum lws_callback_reasons)-1)

/* --- the client side -------------------------------------------------------------------------------- */

enum deed { NOTHING, KILL, KILL_LATER, END_VHOST, END_CONTEXT, NO, AGAIN, KILL_PARENT, PAUSE, ABUSE, READ_TWICE, JUMP, DEEDS };
static const char *const deed_names[] = { "nothing", "an end at once", "an end a little later", "the end of the vhost",
	"the end of the context", "no", "another connection", "the end of the parent", "a pause", "functions for servers",
	"reading again from inside", "longjmp" };

static struct {
	enum lws_callback_reasons when;
	int nth; /* its how manieth call does it */
	enum deed what;
} plan;

/* What one connection has heard. */
struct client {
	struct lws *wsi;
	int heard[256]; /* by reason */
	int after_end;  /* callbacks after WSI_DESTROY */
	char error[64];
	char body[4096];
	size_t len, sent;
	int status;
};
static struct client clients[CLIENTS];
static int made, calls, told[256], done;
static struct lws *parent;
static struct lws_vhost *vhost;
static jmp_buf back;
static int can_jump;
static const struct lws_protocols protocols[];
static size_t big_len;
static unsigned char *big;
static int ask_early, keep_open;
static const char *post_body;

static struct lws_client_connect_info
order(const char *method, const char *path, int port)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof i);
	i.context = cx;
	i.vhost = vhost;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = port;
	i.path = path;
	i.method = method;
	i.local_protocol_name = "client";
	i.protocol = method ? NULL : "client";
	i.ietf_version_or_minus_one = -1;
	i.parent_wsi = parent;
	return i;
}

static struct client *
connect_with(struct lws_client_connect_info *i)
{
	struct client *c;

	if (made == CLIENTS)
		return NULL;
	c = &clients[made++];
	memset(c, 0, sizeof *c);
	i->opaque_user_data = c;
	i->pwsi = &c->wsi;
	lws_client_connect_via_info(i);
	return c;
}

static struct lws_client_connect_info scenario;

static int
text(struct lws *wsi, const char *words)
{
	unsigned char buffer[LWS_PRE + 100];
	size_t len = strlen(words);

	memcpy(buffer + LWS_PRE, words, len);
	return lws_write(wsi, buffer + LWS_PRE, len, LWS_WRITE_TEXT) < (int)len;
}

/* What is for servers, given a client: nothing of it may do harm. */
static void
abuse(struct lws *wsi)
{
	unsigned char buffer[LWS_PRE + 512], *p = buffer + LWS_PRE, *end = buffer + sizeof buffer;
	char name[64], *q = name;
	int n = 5;

	if (lws_http_transaction_completed(wsi)) {}
	if (lws_add_http_common_headers(wsi, 200, "text/plain", 5, &p, end)) {}
	if (lws_serve_http_file(wsi, "/dev/null", "text/plain", NULL, 0)) {}
	lws_http_mark_sse(wsi);
	lws_raw_transaction_completed(wsi);
	lws_get_peer_simple(wsi, name, sizeof name);
	lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, (unsigned char *)"x", 1);
	lws_validity_confirmed(wsi);
	lws_http_client_read(wsi, &q, &n);
	lws_client_http_body_pending(wsi, 0);
	lws_client_http_multipart(wsi, "a", NULL, NULL, &q, q);
	lws_rx_flow_control(wsi, 1);
	lws_get_udp(wsi);
	lws_service(cx, -1);
}

static int
perform(struct lws *wsi)
{
	enum deed what = plan.what;

	plan.when = NEVER;
	done++;
	switch (what) {
	case KILL:
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		break;
	case KILL_LATER:
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		break;
	case END_VHOST:
		lws_vhost_destroy(vhost);
		break;
	case END_CONTEXT:
		lws_context_destroy(cx);
		break;
	case NO:
		return -1;
	case AGAIN:
		connect_with(&scenario);
		break;
	case KILL_PARENT:
		lws_set_timeout(parent, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		break;
	case PAUSE:
		lws_rx_flow_control(wsi, 0);
		break;
	case ABUSE:
		abuse(wsi);
		break;
	case JUMP:
		if (can_jump)
			longjmp(back, 1);
		break;
	default:
		break;
	}
	return 0;
}

static int
callback_client(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct client *c = wsi ? lws_get_opaque_user_data(wsi) : NULL;
	unsigned char buffer[LWS_PRE + 256];
	char *p = (char *)buffer + LWS_PRE;
	int n, answer = 0;

	if (c < clients || c >= clients + CLIENTS) {
		if (reason == LWS_CALLBACK_RAW_CLOSE && wsi == parent)
			parent = NULL;
		return 0;
	}
	calls++;
	told[reason & 255]++;
	if (reason != LWS_CALLBACK_UNLOCK_POLL) /* goes with a LOCK_POLL, in which the end may have come */
		c->after_end += c->heard[LWS_CALLBACK_WSI_DESTROY];
	c->heard[reason & 255]++;
	if (reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR && in)
		lws_snprintf(c->error, sizeof c->error, "%.*s", (int)len, (const char *)in);
	if (reason == plan.when && !--plan.nth && perform(wsi))
		return -1;

	switch (reason) {
	case LWS_CALLBACK_WSI_CREATE:
		if (ask_early)
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		if (scenario.method && !strcmp(scenario.method, "POST")) {
			unsigned char **at = in, *end = *at + len;

			if (lws_add_http_header_content_length(wsi, strlen(post_body), at, end))
				return -1;
			lws_client_http_body_pending(wsi, 1);
			lws_callback_on_writable(wsi);
		}
		break;
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		if (c->sent < strlen(post_body)) {
			size_t piece = strlen(post_body) - c->sent;

			piece = piece > 7 ? 7 : piece;
			memcpy(p, post_body + c->sent, piece);
			c->sent += piece;
			if (c->sent == strlen(post_body))
				lws_client_http_body_pending(wsi, 0);
			else
				lws_callback_on_writable(wsi);
			if (lws_write(wsi, (unsigned char *)p, piece,
				      c->sent == strlen(post_body) ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) != (int)piece)
				return -1;
		}
		break;
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		c->status = (int)lws_http_client_http_response(wsi);
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		n = sizeof buffer - LWS_PRE;
		if (lws_http_client_read(wsi, &p, &n) < 0)
			return -1;
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		if (done && plan.what == READ_TWICE) {
			n = 16;
			answer = lws_http_client_read(wsi, &p, &n) < 0;
		}
		/* fallthrough */
	case LWS_CALLBACK_CLIENT_RECEIVE:
	case LWS_CALLBACK_RAW_RX:
		if (len < sizeof c->body - c->len) {
			memcpy(c->body + c->len, in, len);
			c->len += len;
		}
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
	case LWS_CALLBACK_RAW_CONNECTED:
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (big) {
			unsigned char *what = big;

			big = NULL;
			answer = lws_write(wsi, what, big_len, LWS_WRITE_BINARY) != (int)big_len;
		} else if (!big_len) {
			answer = text(wsi, "hello");
		}
		break;
	case LWS_CALLBACK_RAW_WRITEABLE:
		memcpy(p, "raw hello", 9);
		answer = lws_write(wsi, (unsigned char *)p, 9, LWS_WRITE_RAW) != 9;
		break;
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		break;
	default:
		break;
	}
	(void)user;
	return answer;
}

/* --- the server side: the process's own, or one that is led by hand -------------------------------- */

static int
callback_echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct kept {
		unsigned char text[LWS_PRE + 64];
		size_t len;
	} *kept = user;

	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		kept->len = len < 64 ? len : 64;
		memcpy(kept->text + LWS_PRE, in, kept->len);
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return lws_write(wsi, kept->text + LWS_PRE, kept->len, LWS_WRITE_TEXT) != (int)kept->len;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "client", callback_client, 8, 0, 0, NULL, 0 },
	{ "echo", callback_echo, LWS_PRE + 80, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 },
};

/* A listening socket, and what it has accepted. */
struct peer {
	int fd;
	size_t len;
	char got[8192];
	int stage;
};
static struct peer peers[256];
static int listener = -1, port, accepted;

static int
listen_on(int *at, int backlog)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof to;
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	to.sin_port = htons((uint16_t)*at);
	if (bind(fd, (struct sockaddr *)&to, sizeof to) || listen(fd, backlog) ||
	    getsockname(fd, (struct sockaddr *)&to, &size)) {
		close(fd);
		return -1;
	}
	*at = ntohs(to.sin_port);
	return fd;
}

static int
accept_key(const char *request, char *out, int size)
{
	const char *key = strstr(request, "Sec-WebSocket-Key: ");
	unsigned char hash[20];
	char all[128];

	if (!key)
		return -1;
	lws_snprintf(all, sizeof all, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 19);
	lws_SHA1((unsigned char *)all, strlen(all), hash);
	return lws_b64_encode_string((char *)hash, 20, out, size);
}

static void
hang_up(struct peer *p)
{
	close(p->fd);
	p->fd = -1;
}

#define OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

/* Answers what has come, all of it: true when there may be more to answer. */
static int
reply(struct peer *p)
{
	char key[64], answer[512];
	char *end;
	size_t used;
	const char *length;

	if (p->stage == 2) { /* a WebSocket: whatever comes, it is over */
		p->len = 0;
		put(p->fd, "\x88\x02\x03\xe8", 4);
		p->stage = 3;
		return 0;
	}
	if (p->stage == 3)
		return 0;
	if (!strncmp(p->got, "raw", 3)) {
		say(p->fd, "RAW");
		hang_up(p);
		return 0;
	}
	end = strstr(p->got, "\r\n\r\n");
	if (!end)
		return 0;
	used = (size_t)(end + 4 - p->got);
	length = strcasestr(p->got, "content-length: ");
	if (!strncmp(p->got, "POST", 4) && length) {
		used += (size_t)strtoul(length + 16, NULL, 10);
		if (p->len < used)
			return 0;
	}
	if (!strncmp(p->got, "GET /ws", 7) && accept_key(p->got, key, sizeof key) > 0) {
		lws_snprintf(answer, sizeof answer,
			     "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
			     "Sec-WebSocket-Accept: %s\r\n\r\n%s", key, keep_open ? "" : "\x81\x02hi\x89\x01p\x8a\x01q");
		say(p->fd, answer);
		p->stage = keep_open ? 4 : 2;
	} else if (!strncmp(p->got, "GET /hello", 10)) {
		say(p->fd, OK_HELLO);
	} else if (!strncmp(p->got, "GET /chunk", 10)) {
		say(p->fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nA: b\r\n\r\n");
	} else if (!strncmp(p->got, "GET /end", 8)) {
		say(p->fd, "HTTP/1.1 200 OK\r\n\r\nhello");
		hang_up(p);
		return 0;
	} else if (!strncmp(p->got, "GET /none", 9)) {
		say(p->fd, "HTTP/1.1 103 Wait\r\n\r\nHTTP/1.1 204 None\r\n\r\n");
	} else if (!strncmp(p->got, "GET /more", 9)) {
		say(p->fd, OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong");
	} else if (!strncmp(p->got, "GET /redirect", 13)) {
		say(p->fd, "HTTP/1.1 302 There\r\nLocation: /hello\r\nContent-Length: 44\r\n\r\n"
			   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong");
	} else if (!strncmp(p->got, "GET /away", 9)) {
		lws_snprintf(answer, sizeof answer,
			     "HTTP/1.1 307 There\r\nLocation: http://localhost:%d/hello\r\nContent-Length: 0\r\n\r\n", port);
		say(p->fd, answer);
	} else if (!strncmp(p->got, "GET /wsaway", 11)) {
		say(p->fd, "HTTP/1.1 302 There\r\nLocation: /ws\r\nContent-Length: 0\r\n\r\n");
	} else if (!strncmp(p->got, "GET /silent", 11)) {
		;
	} else if (!strncmp(p->got, "POST /early", 11)) {
		;
	} else if (!strncmp(p->got, "POST", 4)) {
		lws_snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%.*s",
			     (int)(used - (size_t)(end + 4 - p->got)), (int)(used - (size_t)(end + 4 - p->got)), end + 4);
		say(p->fd, answer);
	} else if (!strncmp(p->got, "CONNECT", 7)) {
		say(p->fd, "HTTP/1.0 200 Connected\r\n\r\n");
	} else {
		say(p->fd, "HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno");
	}
	memmove(p->got, p->got + used, p->len - used + 1);
	p->len -= used;
	return p->len > 0;
}

/* The server led by hand does what there is to do. */
static void
pump(void)
{
	int i, fd;

	while (listener >= 0 && (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		accepted++;
		for (i = 0; i < 256 && peers[i].fd >= 0; i++)
			;
		if (i == 256) {
			close(fd);
			continue;
		}
		memset(&peers[i], 0, sizeof peers[i]);
		peers[i].fd = fd;
	}
	for (i = 0; i < 256; i++) {
		struct peer *p = &peers[i];
		ssize_t n;

		while (p->fd >= 0) {
			n = p->len < sizeof p->got - 1 ? recv(p->fd, p->got + p->len, sizeof p->got - 1 - p->len, 0) : 0;
			if (n < 0 && errno == EAGAIN)
				break;
			if (n <= 0) {
				hang_up(p);
				break;
			}
			p->len += (size_t)n;
			p->got[p->len] = 0;
			while (p->fd >= 0 && p->len && reply(p))
				;
		}
	}
}

static void
hang_up_all(void)
{
	int i;

	for (i = 0; i < 256; i++)
		if (peers[i].fd >= 0)
			hang_up(&peers[i]);
}

/* Serves both sides until it is true. */
#define BOTH_UNTIL(truth)                                    \
	({                                                   \
		double end_ = seconds() + patience;          \
		while (!(truth) && seconds() < end_) {       \
			pump();                              \
			serve(0.0002);                       \
		}                                            \
		!!(truth);                                   \
	})

static void
open_context(int echo)
{
	struct lws_context_creation_info info = settings(protocols);

	info.port = echo ? 0 : CONTEXT_PORT_NO_LISTEN;
	info.timeout_secs = 3;
	cx = lws_create_context(&info);
	vhost = lws_get_vhost_by_name(cx, "default");
	lws_service(cx, -1);
	made = calls = done = 0;
	memset(told, 0, sizeof told);
	plan.when = NEVER;
	parent = NULL;
	scenario.method = NULL;
}

static void
close_context(void)
{
	if (cx)
		stop();
	hang_up_all();
}

/* --- every callback, and all that can be done in it ------------------------------------------------ */

/* Not inlined where setjmp is. */
__attribute__((noinline)) static int
descriptors(void)
{
	return open_fds();
}

static const struct kind {
	const char *name, *method, *path, *address;
	int flags, twice, proxy;
} kinds[] = {
	{ "WebSocket", NULL, "/ws", NULL, 0, 0, 0 },
	{ "WebSocket by name", NULL, "/ws", "localhost", 0, 0, 0 },
	{ "WebSocket by redirect", NULL, "/wsaway", NULL, 0, 0, 0 },
	{ "WebSocket by proxy", NULL, "/ws", NULL, 0, 0, 1 },
	{ "WebSocket, refused", NULL, "/nothing", NULL, 0, 0, 0 },
	{ "GET", "GET", "/hello", NULL, 0, 0, 0 },
	{ "GET in chunks", "GET", "/chunk", NULL, 0, 0, 0 },
	{ "GET until the end", "GET", "/end", NULL, 0, 0, 0 },
	{ "GET of nothing", "GET", "/none", NULL, LCCSCF_PIPELINE, 0, 0 },
	{ "GET by redirect", "GET", "/redirect", NULL, 0, 0, 0 },
	{ "GET by redirect to a name", "GET", "/away", NULL, LCCSCF_PIPELINE, 1, 0 },
	{ "GET by proxy", "GET", "/hello", NULL, 0, 0, 1 },
	{ "GET twice on a connection", "GET", "/hello", NULL, LCCSCF_PIPELINE, 1, 0 },
	{ "POST", "POST", "/post", NULL, 0, 0, 0 },
	{ "POST by proxy", "POST", "/post", NULL, 0, 0, 1 },
	{ "raw", "RAW", "/", NULL, 0, 0, 0 },
	{ "raw by proxy", "RAW", "/", NULL, 0, 0, 1 },
	{ "a name that is none", "GET", "/", "no such name", 0, 0, 0 },
	{ "refused", "GET", "/", NULL, -1, 0, 0 },
};

/* One connection of a kind, from the beginning to the end, with the plan. The callbacks that came. */
static int
run(const struct kind *kind, int *left)
{
	struct lws_context_creation_info info = settings(protocols);
	int fds = descriptors(), idle = 0, seen = -1, pair[2] = { -1, -1 }, i, good = 1, unused;
	volatile int ended = 0;
	double end = seconds() + patience;
	struct lws_context *mine;
	lws_sock_file_fd_type fd;

	info.port = CONTEXT_PORT_NO_LISTEN;
	info.timeout_secs = 3;
	if (kind->proxy) {
		info.http_proxy_address = "127.0.0.1";
		info.http_proxy_port = (unsigned int)port;
	}
	info.pcontext = &cx;
	cx = lws_create_context(&info);
	mine = cx;
	vhost = lws_get_vhost_by_name(cx, "default");
	lws_service(cx, -1);
	made = calls = done = 0;
	memset(told, 0, sizeof told);
	parent = NULL;
	if (plan.what == KILL_PARENT && !socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		fd.sockfd = pair[0];
		parent = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET, fd, "client", NULL);
	}
	can_jump = 1;
	if (!setjmp(back)) {
		unused = 1;
		scenario = order(kind->method, kind->path, kind->flags < 0 ? unused : port);
		if (kind->flags > 0)
			scenario.ssl_connection = kind->flags;
		if (kind->address)
			scenario.address = kind->address;
		connect_with(&scenario);
		if (kind->twice && cx)
			connect_with(&scenario);
	}
	while (cx && idle < 12 && seconds() < end) {
		pump();
		if (!setjmp(back))
			lws_service(cx, -1);
		usleep(200);
		/* a name that is being looked up makes no callbacks */
		idle = calls == seen && (!kind->address || calls > 4 || seconds() > end - patience + 0.1) ? idle + 1 : 0;
		seen = calls;
	}
	can_jump = 0;
	if (!done)
		plan.when = NEVER;
	if (cx == mine)
		stop();
	cx = NULL;
	hang_up_all();
	if (pair[1] >= 0)
		close(pair[1]);
	for (i = 0; i < made; i++) {
		good &= !clients[i].after_end && clients[i].heard[LWS_CALLBACK_WSI_DESTROY] <= 1;
		if (plan.what != JUMP && clients[i].heard[LWS_CALLBACK_CLIENT_HTTP_BIND_PROTOCOL] +
						 clients[i].heard[LWS_CALLBACK_RAW_SKT_BIND_PROTOCOL])
			good &= clients[i].heard[LWS_CALLBACK_WSI_DESTROY] == 1;
		ended += clients[i].heard[LWS_CALLBACK_WSI_DESTROY];
	}
	if (!good)
		printf("# %s: a callback after the end, or no end\n", kind->name);
	/* a look-up that nobody waits for any more may still have the resolver's socket open */
	for (end = seconds() + patience; descriptors() != fds && seconds() < end;)
		usleep(1000);
	if (descriptors() != fds) {
		printf("# %s: %d descriptors left\n", kind->name, descriptors() - fds);
		good = 0;
	}
	*left = !good;
	return calls;
}

static void
every_callback(const struct kind *kind)
{
	int plain[256], reason, nth, left, bad, runs;
	enum deed deed;

	plan.when = NEVER;
	plan.what = NOTHING;
	run(kind, &left);
	memcpy(plain, told, sizeof plain);
	check(!left && calls > 3, "%s: ends as it should after %d callbacks", kind->name, calls);
	for (deed = KILL; deed < DEEDS; deed++) {
		if (deed == JUMP && getenv("WRAP"))
			continue; /* who leaves the library by longjmp leaves memory behind */
		bad = runs = 0;
		for (reason = 0; reason < 256; reason++) {
			if (deed == READ_TWICE && reason != LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ)
				continue;
			for (nth = 1; nth <= plain[reason] && nth <= (getenv("WRAP") ? 1 : 3); nth++) {
				plan.when = (enum lws_callback_reasons)reason;
				plan.what = deed;
				plan.nth = nth;
				run(kind, &left);
				runs += done;
				if (left)
					printf("# %s: in callback %d, time %d: %s\n", kind->name, reason, nth,
					       deed_names[deed]);
				bad += left;
			}
		}
		if (runs)
			check(!bad, "%s: %s, in each of %d callbacks", kind->name, deed_names[deed], runs);
	}
}

/* --- single things ----------------------------------------------------------------------------------- */

static struct client *
request(const char *method, const char *path, int flags)
{
	scenario = order(method, path, port);
	scenario.ssl_connection = flags;
	return connect_with(&scenario);
}

#define HEARD(c, what) ((c)->heard[LWS_CALLBACK_##what])

static void
arguments(void)
{
	struct lws_client_connect_info i;
	struct lws *dead, *wsi = (struct lws *)8;
	char buffer[64], *p = buffer;
	int n = 10, lines = 0;
	struct client *c;
	struct lws_context *other;

	open_context(0);
	check(!lws_client_connect_via_info(NULL), "no info is no connection");
	i = order("GET", "/hello", port);
	i.context = NULL;
	i.pwsi = &wsi;
	check(!lws_client_connect_via_info(&i) && !wsi, "no context: no connection, and null is stored");
	i = order("GET", "/hello", port);
	i.context = (struct lws_context *)&i;
	check(!lws_client_connect_via_info(&i), "a context that is none");
	i = order("GET", "/hello", port);
	i.vhost = (struct lws_vhost *)&i;
	check(!lws_client_connect_via_info(&i), "a vhost that is none");
	i = order("GET", "/hello", port);
	i.address = NULL;
	check(!lws_client_connect_via_info(&i), "no address");
	i = order("GET", "/hello", 70000);
	check(!lws_client_connect_via_info(&i), "an impossible port");
	i = order("FROB", "/hello", port);
	check(!lws_client_connect_via_info(&i), "an unknown method");
	i = order("GET", "/a\r\nX: y", port);
	check(!lws_client_connect_via_info(&i), "a line break in the path");
	c = request("GET", "/hello", 0);
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && HEARD(c, COMPLETED_CLIENT_HTTP) == 1 && c->len == 5, "a good request");
	dead = c->wsi;
	i = order("GET", "/hello", port);
	i.parent_wsi = dead;
	log_lines = 0;
	c = connect_with(&i);
	lines = log_lines;
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && lines, "a dead parent is told to the log, and is none");
	log_lines = 0;
	lws_client_http_body_pending(NULL, 1);
	lws_client_http_body_pending(dead, 1);
	check(log_lines == 2, "body_pending of nobody");
	check(lws_client_http_multipart(NULL, "a", NULL, NULL, &p, buffer + sizeof buffer) &&
	      lws_client_http_multipart(dead, "a", NULL, NULL, &p, buffer + sizeof buffer) &&
	      !lws_http_client_http_response(NULL) && !lws_http_client_http_response(dead) &&
	      lws_http_client_read(NULL, &p, &n) < 0 && lws_http_client_read(dead, &p, &n) < 0 &&
	      !lws_http_is_redirected_to_get(NULL) && !lws_http_is_redirected_to_get(dead) && p == buffer,
	      "nobody has no response");
	keep_open = 1;
	c = request(NULL, "/ws", 0);
	BOTH_UNTIL(HEARD(c, CLIENT_ESTABLISHED));
	check(lws_http_client_read(c->wsi, &p, &n) < 0 && lws_client_http_multipart(c->wsi, "a", NULL, NULL, &p, buffer) &&
	      !lws_http_client_http_response(c->wsi), "nor has a WebSocket");
	other = cx;
	{
		struct lws_context_creation_info info = settings(protocols);

		info.port = CONTEXT_PORT_NO_LISTEN;
		i = order("GET", "/hello", port);
		i.context = lws_create_context(&info);
		i.vhost = NULL;
		i.parent_wsi = c->wsi;
		log_lines = 0;
		cx = i.context;
		lws_service(cx, -1);
		connect_with(&i);
		check(log_lines && !lws_get_child(c->wsi), "a parent in another context is none");
		i.vhost = vhost;
		check(!lws_client_connect_via_info(&i), "a vhost of another context");
		stop();
		cx = other;
	}
	keep_open = 0;
	close_context();
}

/* What is masked on the way out arrives as it was, whatever its length. */
static void
lengths(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 15, 124, 125, 126, 127, 128, 1000, 16369, 16370, 16371, 16376, 16377,
		16378, 16383, 16384, 16385, 32759, 32760, 32761, 32767, 32768, 32769, 49151, 49152, 49153, 65521, 65522, 65534,
		65535, 65536, 65537, 81920, 98304, 131071, 131072, 1000003, 20000000 };
	static unsigned char *data, *back_again;
	size_t n, i, bad = 0;
	struct client *c;
	struct peer *p;

	data = malloc(LWS_PRE + 20000000);
	back_again = malloc(20000000 + 16);
	for (i = 0; i < 20000000; i++)
		data[LWS_PRE + i] = (unsigned char)(i * 7 + (i >> 8));
	open_context(0);
	keep_open = 1;
	big_len = 1;
	c = request(NULL, "/ws", 0);
	BOTH_UNTIL(HEARD(c, CLIENT_WRITEABLE));
	for (p = peers; p->fd < 0; p++)
		;
	for (n = 0; n < sizeof sizes / sizeof *sizes; n++) {
		size_t want = sizes[n], len, head = 2, k;
		unsigned char h[14];

		big_len = want;
		big = data + LWS_PRE;
		lws_callback_on_writable(c->wsi);
		if (get(p->fd, h, 2) != 2)
			break;
		k = (h[1] & 127) == 126 ? 2 : (h[1] & 127) == 127 ? 8 : 0;
		get(p->fd, h + 2, k + 4);
		for (len = k ? 0 : h[1] & 127u, i = 0; i < k; i++)
			len = len << 8 | h[2 + i];
		head += k;
		if (len != want || h[0] != 0x82 || !(h[1] & 0x80) || get(p->fd, back_again, want) != want)
			bad++;
		for (i = 0; i < want && i < len; i++)
			if ((back_again[i] ^ h[head + (i & 3)]) != data[LWS_PRE + i])
				break;
		if (i < want) {
			printf("# length %zu: wrong at %zu\n", want, i);
			bad++;
		}
	}
	check(!bad && n == sizeof sizes / sizeof *sizes, "messages of %zu lengths arrive unmasked as they were", n);
	big_len = 0;
	keep_open = 0;
	close_context();
	free(data);
	free(back_again);
}

static void
names(void)
{
	struct lws_client_connect_info i;
	struct client *c;
	int n, fds, nobody = 0, closed;

	open_context(0);
	i = order("GET", "/hello", port);
	i.address = "localhost"; /* ::1 refuses, if it is there */
	c = connect_with(&i);
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && HEARD(c, COMPLETED_CLIENT_HTTP), "localhost, of whose addresses one listens");
	closed = listen_on(&nobody, 1);
	close(closed);
	i = order("GET", "/hello", nobody);
	i.address = "localhost";
	c = connect_with(&i);
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && HEARD(c, CLIENT_CONNECTION_ERROR) == 1 && !strcmp(c->error, "Unable to connect"),
	      "a name whose addresses all refuse");
	fds = open_fds();
	for (n = 0; n < 40; n++) {
		i = order("GET", "/hello", port);
		i.address = "localhost";
		c = connect_with(&i);
		lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		check(HEARD(c, WSI_DESTROY) == 1, "an end while the name is looked up");
	}
	made = 0;
	for (n = 0; n < 20; n++) {
		i = order("GET", "/hello", port);
		i.address = "localhost";
		connect_with(&i);
	}
	/* the slots of those that have ended are used again: an answer for them is not for these */
	for (n = 0; n < 20; n++)
		if (!BOTH_UNTIL(HEARD(&clients[n], WSI_DESTROY)) || clients[n].len != 5)
			break;
	check(n == 20, "answers find who has asked: %d of 20", n);
	check(BOTH_UNTIL(open_fds() <= fds), "no descriptor is left");
	close_context();
	fds = open_fds();
	for (n = 0; n < 20; n++) {
		open_context(0);
		i = order("GET", "/hello", port);
		i.address = "localhost";
		connect_with(&i);
		close_context();
	}
	usleep(100000); /* the answers come now */
	check(BOTH_UNTIL(open_fds() <= fds), "contexts that end while names are looked up leave nothing");
}

static void
timeouts(void)
{
	int at = 0, full = listen_on(&at, 0), n, fill[4];
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct lws_context_creation_info info = settings(protocols);
	struct lws_client_connect_info i;
	struct client *c;
	double start_at;

	to.sin_port = htons((uint16_t)at);
	for (n = 0; n < 4; n++) {
		fill[n] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(fill[n], (struct sockaddr *)&to, sizeof to);
	}
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.timeout_secs = 9;
	info.connect_timeout_secs = 1;
	cx = lws_create_context(&info);
	vhost = lws_get_vhost_by_name(cx, "default");
	made = 0;
	plan.when = NEVER;
	i = order("GET", "/hello", at);
	start_at = seconds();
	c = connect_with(&i);
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && HEARD(c, CLIENT_CONNECTION_ERROR) == 1 && seconds() - start_at > 0.8 &&
	      seconds() - start_at < 3, "a server that does not answer: given up after %.1f s", seconds() - start_at);
	stop();
	info.timeout_secs = 1;
	cx = lws_create_context(&info);
	vhost = lws_get_vhost_by_name(cx, "default");
	made = 0;
	start_at = seconds();
	c = request("GET", "/silent", 0);
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && seconds() - start_at > 0.8 && seconds() - start_at < 3 &&
	      HEARD(c, CLIENT_CONNECTION_ERROR) + HEARD(c, CLOSED_CLIENT_HTTP) == 1, "an answer that does not come");
	for (n = 0; n < 4; n++)
		close(fill[n]);
	close(full);
	close_context();
}

static lws_sorted_usec_list_t sul;
static const uint32_t waits[] = { 20, 40, 60 };
static const lws_retry_bo_t backoff = { waits, 3, 100, 0, 0, 0 };
static uint16_t tries;
static int retry_port, wanted;

static void
once_more(lws_sorted_usec_list_t *node)
{
	struct lws_client_connect_info i = order(NULL, "/ws", retry_port);

	(void)node;
	i.retry_and_idle_policy = &backoff;
	wanted++;
	if (made >= CLIENTS - 1)
		made = 0;
	connect_with(&i);
}

static void
retries(void)
{
	int late, kept_port = port, kept = listener;
	struct client *c = clients;

	retry_port = 0;
	late = listen_on(&retry_port, 8);
	close(late);
	open_context(0);
	keep_open = 1;
	tries = 0;
	once_more(&sul);
	while (wanted < 4 && BOTH_UNTIL(HEARD(&clients[made - 1], CLIENT_CONNECTION_ERROR))) {
		if (lws_retry_sul_schedule_retry_wsi(clients[made - 1].wsi, &sul, once_more, &tries) &&
		    lws_retry_sul_schedule(cx, 0, &sul, &backoff, once_more, &tries))
			break;
		late = made;
		if (!BOTH_UNTIL(made > late))
			break;
	}
	check(wanted == 4, "tried again after each failure: %d times", wanted);
	BOTH_UNTIL(HEARD(&clients[made - 1], WSI_DESTROY));
	listener = listen_on(&retry_port, 8);
	once_more(&sul);
	c = &clients[made - 1];
	check(BOTH_UNTIL(HEARD(c, CLIENT_ESTABLISHED)), "and connected when the server is there");
	lws_sul_cancel(&sul);
	close(listener);
	listener = kept;
	port = kept_port;
	keep_open = 0;
	close_context();
}

static void
validity(void)
{
	static const lws_retry_bo_t strict = { waits, 3, 100, 1, 2, 0 };
	struct lws_client_connect_info i;
	struct client *c;
	double start_at;

	open_context(0);
	keep_open = 1;
	i = order(NULL, "/ws", port);
	i.retry_and_idle_policy = &strict;
	c = connect_with(&i);
	BOTH_UNTIL(HEARD(c, CLIENT_ESTABLISHED));
	start_at = seconds();
	check(BOTH_UNTIL(HEARD(c, CLIENT_CLOSED)) && seconds() - start_at > 1.5 && seconds() - start_at < 4,
	      "a peer that answers no ping is given up after %.1f s", seconds() - start_at);
	keep_open = 0;
	close_context();
}

static void
used_again(void)
{
	struct client *a, *b, *c;
	int n, before;
	struct lws_client_connect_info i;

	open_context(0);
	accepted = 0;
	for (n = 0; n < 5; n++) {
		a = request("GET", "/hello", LCCSCF_PIPELINE);
		if (!a->wsi || !BOTH_UNTIL(HEARD(a, COMPLETED_CLIENT_HTTP)))
			break;
	}
	check(n == 5 && accepted == 1, "5 requests, one after the other: %d done on %d connections", n, accepted);
	a = request("GET", "/hello", LCCSCF_PIPELINE);
	b = request("GET", "/hello", LCCSCF_PIPELINE);
	c = request("GET", "/hello", LCCSCF_PIPELINE);
	check(BOTH_UNTIL(HEARD(a, COMPLETED_CLIENT_HTTP) && HEARD(b, COMPLETED_CLIENT_HTTP) && HEARD(c, COMPLETED_CLIENT_HTTP)) &&
	      accepted == 1, "3 at once, on the same connection");
	/* the server ends the idle one, and the client has not heard of it yet */
	hang_up_all();
	a = request("GET", "/hello", LCCSCF_PIPELINE);
	check(BOTH_UNTIL(HEARD(a, COMPLETED_CLIENT_HTTP)) && accepted == 2, "what the server has ended meanwhile is not used");
	hang_up_all();
	BOTH_UNTIL(HEARD(a, WSI_DESTROY));
	serve(0.01);
	for (n = 0; n < 3; n++) { /* slots that were in the list and are free, or another's */
		a = request("GET", "/end", LCCSCF_PIPELINE);
		if (!a->wsi || !BOTH_UNTIL(HEARD(a, WSI_DESTROY)))
			break;
		serve(0.01);
	}
	check(n == 3, "connections that cannot be used again: %d of 3", n);
	before = accepted;
	a = request("GET", "/more", LCCSCF_PIPELINE);
	b = request("GET", "/hello", LCCSCF_PIPELINE);
	check(BOTH_UNTIL(HEARD(b, COMPLETED_CLIENT_HTTP)) && !memcmp(b->body, "hello", 5) && accepted == before + 2,
	      "what comes behind a response is nobody's: %.5s", b->body);
	BOTH_UNTIL(HEARD(a, WSI_DESTROY));
	hang_up_all();
	BOTH_UNTIL(HEARD(b, WSI_DESTROY));
	/* an answer before the body was sent */
	post_body = "0123456789";
	a = request("POST", "/early", LCCSCF_PIPELINE);
	BOTH_UNTIL(HEARD(a, CLIENT_APPEND_HANDSHAKE_HEADER));
	for (n = 0; n < 256 && peers[n].fd < 0; n++)
		;
	/* redirected, while another waits for the same connection */
	a = request("GET", "/away", LCCSCF_PIPELINE);
	b = request("GET", "/hello", LCCSCF_PIPELINE);
	check(BOTH_UNTIL(HEARD(a, COMPLETED_CLIENT_HTTP) && HEARD(b, COMPLETED_CLIENT_HTTP)),
	      "one is redirected to another server, and who waits for it is not forgotten");
	hang_up_all();
	/* again, from inside what tells of the end of the first */
	BOTH_UNTIL(HEARD(a, WSI_DESTROY) && HEARD(b, WSI_DESTROY));
	i = scenario = order("GET", "/hello", port);
	scenario.ssl_connection = i.ssl_connection = LCCSCF_PIPELINE;
	plan.when = LWS_CALLBACK_COMPLETED_CLIENT_HTTP;
	plan.what = AGAIN;
	plan.nth = 1;
	before = accepted;
	done = 0;
	a = connect_with(&i);
	b = a + 1;
	memset(b, 0, sizeof *b);
	check(BOTH_UNTIL(HEARD(b, COMPLETED_CLIENT_HTTP)) && accepted == before + 1 && a->len == 5 && b->len == 5,
	      "asked for from inside COMPLETED: the same connection");
	close_context();
}

static void
pauses(void)
{
	struct client *c;

	open_context(0);
	plan.when = LWS_CALLBACK_CLIENT_HTTP_REDIRECT;
	plan.what = PAUSE;
	plan.nth = 1;
	c = request("GET", "/redirect", 0);
	BOTH_UNTIL(done);
	serve(0.02);
	lws_rx_flow_control(c->wsi, 1);
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && c->len == 5 && !memcmp(c->body, "hello", 5),
	      "what came behind a redirect is not taken for the new answer, after a pause: %.5s", c->body);
	plan.when = LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP;
	plan.nth = 1;
	done = 0;
	c = request("GET", "/end", 0);
	BOTH_UNTIL(done);
	serve(0.05);
	check(!c->len && !HEARD(c, WSI_DESTROY), "paused: nothing comes");
	lws_rx_flow_control(c->wsi, 1);
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && c->len == 5 && HEARD(c, COMPLETED_CLIENT_HTTP) == 1,
	      "resumed: what was held, and then the end");
	close_context();
}

static void
bodies(void)
{
	struct lws_context_creation_info info = settings(protocols);
	struct client *c;

	open_context(0);
	post_body = "a body, in pieces of seven bytes each, of which the last is shorter";
	c = request("POST", "/post", 0);
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && c->len == strlen(post_body) && !memcmp(c->body, post_body, c->len),
	      "a body in pieces comes back");
	close_context();
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.http_proxy_address = "127.0.0.1";
	info.http_proxy_port = (unsigned int)port;
	cx = lws_create_context(&info);
	vhost = lws_get_vhost_by_name(cx, "default");
	lws_service(cx, -1);
	made = 0;
	plan.when = NEVER;
	ask_early = 1;
	c = request("POST", "/post", 0);
	check(BOTH_UNTIL(HEARD(c, WSI_DESTROY)) && c->len == strlen(post_body) && !memcmp(c->body, post_body, c->len),
	      "nothing of a body is sent to the proxy, though asked for early");
	ask_early = 0;
	close_context();
}

/* --- many --------------------------------------------------------------------------------------------- */

#define MANY 1000
static int opened, echoed, closed_well;

static int
callback_many(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		opened++;
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return text(wsi, "hello");
	case LWS_CALLBACK_CLIENT_RECEIVE:
		echoed += len == 5 && !memcmp(in, "hello", 5);
		lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, (unsigned char *)"bye", 3);
		return -1;
	case LWS_CALLBACK_CLIENT_CLOSED:
		closed_well++;
		break;
	default:
		break;
	}
	return 0;
}

static void
many(void)
{
	static const struct lws_protocols table[] = {
		{ "many", callback_many, 0, 0, 0, NULL, 0 },
		{ "echo", callback_echo, LWS_PRE + 80, 0, 0, NULL, 0 },
		{ NULL, NULL, 0, 0, 0, NULL, 0 },
	};
	static struct lws *wsis[MANY];
	struct lws_context_creation_info info = settings(table);
	struct lws_client_connect_info i;
	struct rlimit limit;
	int round, n, fds = 0, at, count = getenv("WRAP") ? 100 : MANY;
	long rss = 0;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max < 8192 ? limit.rlim_max : 8192;
	setrlimit(RLIMIT_NOFILE, &limit);
	at = start(info);
	lws_service(cx, -1);
	for (round = 0; round < 3; round++) {
		opened = echoed = closed_well = 0;
		memset(&i, 0, sizeof i);
		i.context = cx;
		i.address = i.host = i.origin = "127.0.0.1";
		i.port = at;
		i.path = "/";
		i.protocol = "echo";
		i.local_protocol_name = "many";
		for (n = 0; n < count; n++) {
			i.pwsi = &wsis[n];
			if (!lws_client_connect_via_info(&i))
				break;
			if (n % 50 == 49) /* no more than the listener's queue takes */
				serve(0.005);
		}
		check(n == count && UNTIL(opened == count), "%d connections at once: %d", count, opened);
		for (n = 0; n < count; n++)
			lws_callback_on_writable(wsis[n]);
		check(UNTIL(closed_well == count) && echoed == count, "an echo for each, and an orderly end: %d, %d", echoed,
		      closed_well);
		serve(0.05);
		if (!round) {
			fds = open_fds();
			rss = rss_kb();
		}
	}
	check(UNTIL(open_fds() <= fds), "as many descriptors as after the first round");
	check(rss_kb() < rss + 1024, "as much memory: %ld kB, then %ld kB", rss, rss_kb());
	stop();
}

int
main(int argc, char **argv)
{
	size_t n;
	int fds;

	begin(240);
	for (n = 0; n < 256; n++)
		peers[n].fd = -1;
	post_body = "twenty bytes or more of a body";
	listener = listen_on(&port, 256);
	/* threads that look names up, and what they allocate */
	names();
	fds = open_fds();
	for (n = 0; n < sizeof kinds / sizeof *kinds; n++)
		if (argc < 2 || strstr(kinds[n].name, argv[1]))
			every_callback(&kinds[n]);
	if (argc < 2) {
		arguments();
		lengths();
		timeouts();
		retries();
		validity();
		used_again();
		pauses();
		bodies();
		many();
	}
	close(listener);
	check(open_fds() == fds - 1, "as many descriptors at the end as at the beginning");
	return finish();
}
