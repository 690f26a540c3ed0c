/*
 * The life of a connection, whatever ends it (S0.8, S0.9, S0.10): CREATE and DESTROY, ESTABLISHED and CLOSED, BIND and
 * DROP come in pairs, FILTER_PROTOCOL_CONNECTION once, `user` is one block, zeroed when it is bound and then left
 * alone until DESTROY; LOCK_POLL and UNLOCK_POLL alternate.
 */
#include "harness.h"

#define MOST 64
#define SIZE 200

/* What we have seen of each connection that lives. */
static struct seen {
	struct lws *wsi;
	unsigned char *user;
	int established, filtered, bound;
} seen[MOST];

static int created, destroyed, established, closed, locked, locks, listeners, ends_nested;
static int wrong;
static struct lws *last;             /* the one established last */
static enum lws_callback_reasons refuse; /* this callback returns -1 */
static struct lws_vhost *doomed;     /* destroyed in RECEIVE */
static int doom;                     /* the context is destroyed in RECEIVE */

/* Something did not come as it should: the first few are told. */
static void
complain(const char *what, int reason)
{
	if (wrong++ < 10)
		printf("     %s in callback %d\n", what, reason);
}

static struct seen *
find(struct lws *wsi)
{
	int i;

	for (i = 0; i < MOST; i++)
		if (seen[i].wsi == wsi)
			return &seen[i];
	return NULL;
}

static int
all_are(const unsigned char *block, unsigned char value)
{
	int i;

	for (i = 0; i < SIZE; i++)
		if (block[i] != value)
			return 0;
	return 1;
}

/* The pattern that we write to a connection's block. */
static unsigned char
mark(const struct seen *s)
{
	return (unsigned char)(1 + (s - seen));
}

static void
look(struct lws *wsi, enum lws_callback_reasons reason, void *user)
{
	struct seen *s = find(wsi);

	if (reason == LWS_CALLBACK_WSI_CREATE) {
		created++;
		if (s)
			complain("a second CREATE", reason);
		s = find(NULL);
		if (s)
			s->wsi = wsi;
		return;
	}
	if (!s && reason == LWS_CALLBACK_WSI_DESTROY && !user) {
		listeners++; /* like the original's, they have no CREATE */
		return;
	}
	if (!s)
		return complain("a connection that was not created, or has ended", reason);
	if (user != lws_wsi_user(wsi))
		complain("user is not lws_wsi_user", reason);

	switch (reason) {
	case LWS_CALLBACK_HTTP_BIND_PROTOCOL:
		if (s->bound++)
			complain("a second BIND", reason);
		if (!user || !all_are(user, 0))
			return complain("no block, or not zeroed,", reason);
		s->user = user;
		memset(user, mark(s), SIZE);
		return;
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
	case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
		if (!s->bound--)
			complain("DROP without BIND", reason);
		break;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		if (s->filtered++)
			complain("a second FILTER_PROTOCOL_CONNECTION", reason);
		break;
	case LWS_CALLBACK_ESTABLISHED:
		established++;
		if (s->established++ || !s->filtered || !s->bound)
			complain("ESTABLISHED too often or too early", reason);
		break;
	case LWS_CALLBACK_CLOSED:
		closed++;
		if (s->established-- != 1)
			complain("CLOSED without ESTABLISHED", reason);
		break;
	case LWS_CALLBACK_WSI_DESTROY:
		destroyed++;
		if (s->established)
			complain("DESTROY without CLOSED", reason);
		if (s->bound)
			complain("DESTROY without DROP", reason);
		if (s->user && (user != s->user || !all_are(user, mark(s))))
			complain("the block has changed", reason);
		memset(s, 0, sizeof *s);
		return;
	default:
		break;
	}
	/* with a keep-alive connection the block may be another one between two requests */
	if (s->bound && (user != s->user || !all_are(s->user, mark(s))))
		complain("the block has moved or changed", reason);
}

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct lws *other;

	switch (reason) {
	case LWS_CALLBACK_LOCK_POLL:
		locks++;
		if (locked++)
			complain("LOCK_POLL while locked", reason);
		return 0;
	case LWS_CALLBACK_UNLOCK_POLL:
		if (--locked)
			complain("UNLOCK_POLL while not locked", reason);
		return 0;
	case LWS_CALLBACK_ADD_POLL_FD:
	case LWS_CALLBACK_DEL_POLL_FD:
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		if (!locked)
			complain("a descriptor announced while not locked", reason);
		return 0; /* of listeners and of the loop too */
	case LWS_CALLBACK_PROTOCOL_INIT:
	case LWS_CALLBACK_PROTOCOL_DESTROY:
	case LWS_CALLBACK_GET_THREAD_ID:
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return reason == refuse ? -1 : 0;
	default:
		look(wsi, reason, user);
	}
	if (reason == LWS_CALLBACK_ESTABLISHED)
		last = wsi;
	if (reason == refuse) {
		/* the reason given is heard where there is a WebSocket to close */
		if (reason == LWS_CALLBACK_RECEIVE && len > 1)
			lws_close_reason(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, (unsigned char *)"no", 2);
		return -1;
	}
	if (reason == LWS_CALLBACK_RECEIVE)
		switch (*(char *)in) {
		case 's':
			lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
			return 0;
		case 'a':
			lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
			return 0;
		case 'o':
			other = last;
			lws_set_timeout(other, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
			ends_nested += lws_callback_on_writable(other) == 0;
			return 0;
		case 'v':
			lws_vhost_destroy(doomed);
			return 0;
		case 'c':
			doom = 1;
			lws_context_destroy(lws_get_context(wsi));
			return 0;
		case 't':
			lws_set_timeout_us(wsi, PENDING_TIMEOUT_USER_OK, 1000);
			return 0;
		case 'w':
			return lws_callback_on_writable(wsi) != 1;
		default:
			return 0;
		}
	if (reason == LWS_CALLBACK_HTTP || reason == LWS_CALLBACK_HTTP_WRITEABLE)
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "first", on_ws, SIZE, 0, 0, NULL, 0 },
	{ "second", on_ws, SIZE, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

/* --- the ways a connection ends --------------------------------------------------------------------- */

static int port;

static int
open_one(void)
{
	static int turn;

	return ws_open(port, turn++ % 3 == 0 ? NULL : turn % 3 == 1 ? "first" : "second");
}

/* Where the server waits for our answer to its close frame it gets our end. */
static void gone_after(int fd)
{
	serve(0.005);
	shutdown(fd, SHUT_WR);
	gone(fd);
}

static void by_close_frame(void)
{
	int fd = open_one();

	ws_put(fd, CLOSE, "\x03\xe8", 2);
	gone(fd);
}

static void by_fin(void)
{
	close(open_one());
}

static void by_rst(void)
{
	reset(open_one());
}

static void by_garbage(void)
{
	int fd = open_one();

	say(fd, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
	gone_after(fd);
}

/* A message that makes the server do something that ends this connection. */
static void by_message(const char *text)
{
	int fd = open_one();

	ws_put(fd, TEXT, text, strlen(text));
	ws_put(fd, TEXT, "z", 1);
	gone(fd);
}

static void by_kill_sync(void) { by_message("s"); }
static void by_kill_async(void) { by_message("a"); }
static void by_timeout(void) { by_message("t"); }

static void by_kill_of_another(void)
{
	int one = open_one(), other = open_one();

	ws_put(other, TEXT, "z", 1);
	ws_put(one, TEXT, "o", 1);
	gone(other);
	close(one);
}

static void refused_in(enum lws_callback_reasons reason, const char *text)
{
	int fd;

	refuse = reason;
	fd = open_one();
	if (fd >= 0) {
		ws_put(fd, TEXT, text, strlen(text));
		ws_put(fd, PONG, "p", 1);
		ws_put(fd, CLOSE, "", 0);
		gone_after(fd);
	}
	refuse = (enum lws_callback_reasons)-1;
}

static void by_network_filter(void) { refused_in(LWS_CALLBACK_FILTER_NETWORK_CONNECTION, "z"); }
static void by_instantiation(void) { refused_in(LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED, "z"); }
static void by_confirm(void) { refused_in(LWS_CALLBACK_HTTP_CONFIRM_UPGRADE, "z"); }
static void by_filter(void) { refused_in(LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION, "z"); }
static void by_headers(void) { refused_in(LWS_CALLBACK_ADD_HEADERS, "z"); }
static void by_established(void) { refused_in(LWS_CALLBACK_ESTABLISHED, "z"); }
static void by_return(void) { refused_in(LWS_CALLBACK_RECEIVE, "z"); }
static void by_reason(void) { refused_in(LWS_CALLBACK_RECEIVE, "zz"); }
static void by_writeable(void) { refused_in(LWS_CALLBACK_SERVER_WRITEABLE, "w"); }
static void by_pong(void) { refused_in(LWS_CALLBACK_RECEIVE_PONG, "z"); }
static void by_peer_close(void) { refused_in(LWS_CALLBACK_WS_PEER_INITIATED_CLOSE, "z"); }

static void half_a_handshake(void)
{
	int fd = dial(port);

	say(fd, "GET / HTTP/1.1\r\nUpgr");
	serve(0.005);
	close(fd);
}

static void nothing_at_all(void)
{
	int fd = dial(port);

	serve(0.005);
	reset(fd);
}

static void unknown_protocol(void)
{
	int fd = dial(port);

	ws_ask(fd, "a", "nonsense");
	gone(fd);
}

static void bad_handshake(void)
{
	int fd = dial(port);

	say(fd, "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
	gone(fd);
}

static void plain_http(void)
{
	char head[1000], body[1000];
	int fd = dial(port), i;

	for (i = 0; i < 3; i++) {
		say(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		if (http_get(fd, head, sizeof head, body, sizeof body) != 404)
			complain("no answer", LWS_CALLBACK_HTTP);
	}
	close(fd);
}

static void upgrade_after_http(void)
{
	char head[1000], body[1000];
	int fd = dial(port);

	say(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	http_get(fd, head, sizeof head, body, sizeof body);
	ws_ask(fd, "a", "second");
	if (!ws_accepted(fd))
		complain("no upgrade", LWS_CALLBACK_HTTP);
	close(fd);
}

static void with_a_vhost(void)
{
	struct lws_context_creation_info info = settings(protocols);
	int all = port, fd, other;

	info.vhost_name = "doomed";
	doomed = lws_create_vhost(cx, &info);
	port = lws_get_vhost_listen_port(doomed);
	other = open_one();
	fd = open_one();
	ws_put(fd, TEXT, "v", 1);
	gone(fd);
	gone(other);
	port = all;
}

static const struct {
	const char *name;
	void (*end)(void);
} ways[] = {
	{ "close frame", by_close_frame },
	{ "FIN", by_fin },
	{ "RST", by_rst },
	{ "garbage", by_garbage },
	{ "LWS_TO_KILL_SYNC in its own callback", by_kill_sync },
	{ "LWS_TO_KILL_ASYNC", by_kill_async },
	{ "timeout", by_timeout },
	{ "LWS_TO_KILL_SYNC in another's callback", by_kill_of_another },
	{ "-1 from FILTER_NETWORK_CONNECTION", by_network_filter },
	{ "-1 from SERVER_NEW_CLIENT_INSTANTIATED", by_instantiation },
	{ "-1 from HTTP_CONFIRM_UPGRADE", by_confirm },
	{ "-1 from FILTER_PROTOCOL_CONNECTION", by_filter },
	{ "-1 from ADD_HEADERS", by_headers },
	{ "-1 from ESTABLISHED", by_established },
	{ "-1 from RECEIVE", by_return },
	{ "-1 from RECEIVE with a reason", by_reason },
	{ "-1 from SERVER_WRITEABLE", by_writeable },
	{ "-1 from RECEIVE_PONG", by_pong },
	{ "-1 from WS_PEER_INITIATED_CLOSE", by_peer_close },
	{ "half a handshake", half_a_handshake },
	{ "nothing at all", nothing_at_all },
	{ "unknown protocol", unknown_protocol },
	{ "bad handshake", bad_handshake },
	{ "plain HTTP", plain_http },
	{ "upgrade after HTTP", upgrade_after_http },
	{ "lws_vhost_destroy in a callback", with_a_vhost },
};

#define ROUNDS 12

int
main(void)
{
	struct lws_context_creation_info info = settings(protocols);
	int fd[20], i, fds;
	size_t w;

	begin(60);
	refuse = (enum lws_callback_reasons)-1;
	port = start(info);
	fds = open_fds();
	for (w = 0; w < LWS_ARRAY_SIZE(ways); w++) {
		int before = wrong, made = created;

		for (i = 0; i < ROUNDS; i++)
			ways[w].end();
		UNTIL(created == destroyed && established == closed);
		check(wrong == before && created == destroyed && established == closed,
		      "%s: %d connections (%d CREATE, %d DESTROY, %d ESTABLISHED, %d CLOSED in all)", ways[w].name,
		      created - made, created, destroyed, established, closed);
	}
	check(created > 300, "%d connections in all, %d of them WebSockets", created, established);
	check(ends_nested == ROUNDS, "a connection killed by another is dead when the call returns");
	check(UNTIL(open_fds() <= fds), "no descriptor is left (%d, %d before)", open_fds(), fds);

	/* the end of the context from inside a callback, with connections in all states */
	for (i = 0; i < 20; i++)
		fd[i] = i % 5 == 0 ? dial(port) : open_one();
	say(fd[5], "GET / HT");
	ws_put(fd[1], TEXT, "c", 1);
	ws_put(fd[2], TEXT, "z", 1);
	for (i = 0; i < 1000 && !doom; i++)
		lws_service(cx, -1);
	check(doom && lws_service(cx, -1) == -1, "a context destroyed in a callback is gone when lws_service returns");
	cx = NULL;
	for (i = 0; i < 20; i++)
		w += gone(fd[i]);
	check(created == destroyed && established == closed && !wrong,
	      "lws_context_destroy in a callback (%d CREATE, %d DESTROY, %d ESTABLISHED, %d CLOSED in all)", created,
	      destroyed, established, closed);
	check(listeners == ROUNDS + 1, "the end of each listener is told (%d)", listeners);
	check(locks >= created && !locked, "LOCK_POLL and UNLOCK_POLL alternate (%d)", locks);
	return finish();
}
