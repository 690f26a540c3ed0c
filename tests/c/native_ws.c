/*
 * WebSocket without a socket: both ends in memory, cut everywhere; protocols; bounds; what breaks the protocol.
 */
#include "harness.h"
#include <netgraft.h>

struct end {
	struct netgraft_ws *ws;
	int opened, messages, pings, pongs, closed, code, freed, choice, asked, inner;
	unsigned int flags;
	size_t longest, len;
	char protocol[32], text[8192], reason[128], path[64], offered[64];
};

static int on_asked(struct netgraft_ws *ws, void *user, const char *path, const char *protocols)
{
	struct end *e = user;

	(void)ws;
	e->asked++;
	lws_strncpy(e->path, path, sizeof e->path);
	lws_strncpy(e->offered, protocols ? protocols : "-", sizeof e->offered);
	return e->choice;
}

static void on_opened(struct netgraft_ws *ws, void *user, const char *protocol)
{
	struct end *e = user;

	(void)ws;
	e->opened++;
	lws_strncpy(e->protocol, protocol ? protocol : "-", sizeof e->protocol);
}

static void on_message(struct netgraft_ws *ws, void *user, const void *bytes, size_t len, uint32_t flags)
{
	struct end *e = user;

	if (!(flags & NETGRAFT_WS_CONTINUED))
		e->len = 0;
	if (e->len + len <= sizeof e->text)
		memcpy(e->text + e->len, bytes, len);
	e->len += len;
	if (len > e->longest)
		e->longest = len;
	e->flags = flags;
	if (!(flags & NETGRAFT_WS_MORE))
		e->messages++;
	e->inner = netgraft_ws_feed(ws, "x", 1);
	if (e->freed == 1) {
		e->freed = 2;
		netgraft_ws_free(ws);
	}
}

static void on_ping(struct netgraft_ws *ws, void *user, const void *bytes, size_t len)
{
	(void)ws;
	((struct end *)user)->pings += len == 3 && !memcmp(bytes, "abc", 3);
}

static void on_pong(struct netgraft_ws *ws, void *user, const void *bytes, size_t len)
{
	(void)ws;
	((struct end *)user)->pongs += len == 3 && !memcmp(bytes, "abc", 3);
}

static void on_closed(struct netgraft_ws *ws, void *user, uint16_t code, const void *reason, size_t len)
{
	struct end *e = user;

	(void)ws;
	e->closed++;
	e->code = code;
	if (len < sizeof e->reason) {
		memcpy(e->reason, reason, len);
		e->reason[len] = 0;
	}
}

static const struct netgraft_ws_callbacks plain = { .opened = on_opened, .message = on_message, .ping = on_ping, .pong = on_pong,
						    .closed = on_closed };
static const struct netgraft_ws_callbacks asking = { .asked = on_asked, .opened = on_opened, .message = on_message, .closed = on_closed };

static struct netgraft_ws *make(struct end *e, unsigned int role, const struct netgraft_ws_callbacks *callbacks, const char *protocols, unsigned int slice,
				unsigned int most)
{
	struct netgraft_ws_settings s = { .role = role, .callbacks = callbacks, .user = e, .protocols = protocols, .receive_max = slice,
					  .send_max = most, .path = "/p?q" };

	memset(e, 0, sizeof *e);
	return e->ws = netgraft_ws_new(&s);
}

/* Moves all, both ways, `cut` bytes at a time. */
static void move(struct end *a, struct end *b, size_t cut)
{
	char bytes[4096];
	int64_t n, m;

	do {
		n = netgraft_ws_take(a->ws, bytes, cut);
		if (n > 0)
			netgraft_ws_feed(b->ws, bytes, (size_t)n);
		m = netgraft_ws_take(b->ws, bytes, cut);
		if (m > 0)
			netgraft_ws_feed(a->ws, bytes, (size_t)m);
	} while (n > 0 || m > 0);
}

static void talk(void)
{
	static const size_t cuts[] = { 1, 2, 7, 100, 4096 };
	static char long_text[5000];
	struct end s, c;
	size_t i;

	memset(long_text, 'y', sizeof long_text);
	for (i = 0; i < sizeof cuts / sizeof *cuts; i++) {
		make(&s, NETGRAFT_WS_SERVER, &plain, "a, b", 1000, 0);
		make(&c, NETGRAFT_WS_CLIENT, &plain, "x,b", 0, 0);
		check(netgraft_ws_send(c.ws, "x", 1, 0) == -ENOTCONN, "not before the handshake");
		move(&s, &c, cuts[i]);
		check(s.opened && c.opened && !strcmp(s.protocol, "b") && !strcmp(c.protocol, "b"), "handshake, cut at %zu", cuts[i]);
		netgraft_ws_send(c.ws, "hel", 3, NETGRAFT_WS_MORE);
		netgraft_ws_ping(c.ws, "abc", 3);
		netgraft_ws_send(c.ws, "lo", 2, 0);
		move(&s, &c, cuts[i]);
		check(s.messages == 1 && s.len == 5 && !memcmp(s.text, "hello", 5) && s.pings == 1 && c.pongs == 1, "a message in two, and a ping");
		netgraft_ws_send(c.ws, long_text, sizeof long_text, NETGRAFT_WS_BINARY);
		netgraft_ws_send(s.ws, long_text, sizeof long_text, NETGRAFT_WS_BINARY);
		move(&s, &c, cuts[i]);
		check(s.messages == 2 && s.len == 5000 && s.longest <= 1000 && !memcmp(s.text, long_text, 5000) && c.len == 5000 && (s.flags & NETGRAFT_WS_BINARY),
		      "5000 bytes either way, in slices");
		check(s.inner == -EBUSY, "not fed from inside");
		check(netgraft_ws_close(s.ws, 4000, "done") == 0 && netgraft_ws_send(s.ws, "x", 1, 0) == -EPIPE, "closed");
		move(&s, &c, cuts[i]);
		check(s.closed == 1 && c.closed == 1 && c.code == 4000 && s.code == 4000 && !strcmp(c.reason, "done"), "both ends hear of it");
		netgraft_ws_free(s.ws);
		netgraft_ws_free(c.ws);
	}
}

static void choices(void)
{
	struct end s, c;
	char answer[512];
	int64_t n;

	make(&s, NETGRAFT_WS_SERVER, &asking, NULL, 0, 0);
	make(&c, NETGRAFT_WS_CLIENT, &plain, "x,y", 0, 0);
	s.choice = 1;
	move(&s, &c, 4096);
	check(s.asked == 1 && !strcmp(s.path, "/p?q") && !strcmp(s.offered, "x, y") && !strcmp(c.protocol, "y"), "the program chooses");
	netgraft_ws_free(s.ws);
	netgraft_ws_free(c.ws);
	make(&s, NETGRAFT_WS_SERVER, &asking, NULL, 0, 0);
	make(&c, NETGRAFT_WS_CLIENT, &plain, "x,y", 0, 0);
	s.choice = -2;
	move(&s, &c, 4096);
	check(!c.opened && c.closed && c.code == 1006 && s.closed, "or refuses");
	netgraft_ws_free(s.ws);
	netgraft_ws_free(c.ws);
	make(&s, NETGRAFT_WS_SERVER, &plain, "z", 0, 0);
	make(&c, NETGRAFT_WS_CLIENT, &plain, "x,y", 0, 0);
	move(&s, &c, 4096);
	check(!c.opened && c.closed, "no protocol in common");
	netgraft_ws_free(s.ws);
	netgraft_ws_free(c.ws);
	make(&s, NETGRAFT_WS_SERVER, &plain, NULL, 0, 0);
	netgraft_ws_feed(s.ws, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27);
	n = netgraft_ws_take(s.ws, answer, sizeof answer);
	check(n > 12 && !memcmp(answer, "HTTP/1.1 400", 12) && s.closed == 1 && s.code == 1006, "a plain request is answered with 400");
	netgraft_ws_free(s.ws);
}

static void bad(void)
{
	static const struct { const char *bytes; size_t len; int code; } wrong[] = {
		{ "\x81\x01x", 3, 1002 }, { "\xc1\x80\0\0\0\0", 6, 1002 }, { "\x83\x80\0\0\0\0", 6, 1002 },
		{ "\x81\x81\0\0\0\0\xff", 7, 1007 }, { "\x88\x82\0\0\0\0\x03\xe7", 8, 1002 }, { "\x80\x80\0\0\0\0", 6, 1002 },
	};
	struct netgraft_ws_settings none = { .role = NETGRAFT_WS_SERVER }, odd = { .role = 3, .callbacks = &plain },
				    path = { .role = NETGRAFT_WS_CLIENT, .callbacks = &plain, .path = "/\r\nX: y" };
	struct end s, c;
	char trash[8192];
	size_t i;
	int code;

	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		make(&s, NETGRAFT_WS_SERVER, &plain, NULL, 0, 0);
		make(&c, NETGRAFT_WS_CLIENT, &plain, NULL, 0, 0);
		move(&s, &c, 4096);
		netgraft_ws_feed(s.ws, wrong[i].bytes, wrong[i].len);
		check(s.closed == 1 && s.code == wrong[i].code, "broken %zu: %d", i, s.code);
		move(&s, &c, 4096);
		check(c.code == wrong[i].code && netgraft_ws_feed(s.ws, "more", 4) == 0 && s.closed == 1, "the other end is told, and it is over");
		netgraft_ws_free(s.ws);
		netgraft_ws_free(c.ws);
	}
	make(&s, NETGRAFT_WS_SERVER, &plain, NULL, 0, 2000);
	make(&c, NETGRAFT_WS_CLIENT, &plain, NULL, 0, 0);
	move(&s, &c, 4096);
	check(netgraft_ws_send(s.ws, trash, 2001, 1) == -EINVAL && netgraft_ws_send(s.ws, trash, 1500, 1) == 0 && netgraft_ws_send(s.ws, trash, 1500, 1) == -EAGAIN,
	      "the bound on what waits");
	for (i = 0; i < 10000; i++)
		netgraft_ws_feed(s.ws, "\x89\xfd\0\0\0\0", 6), netgraft_ws_feed(s.ws, trash, 125);
	check(netgraft_ws_waiting(s.ws) <= 2000, "holds for answers to pings too");
	check(netgraft_ws_ping(s.ws, trash, 126) == -EINVAL && netgraft_ws_close(s.ws, 999, NULL) == -EINVAL && netgraft_ws_send(s.ws, NULL, 1, 0) == -EINVAL &&
	      netgraft_ws_send(s.ws, "x", 1, 8) == -EINVAL && netgraft_ws_feed(s.ws, NULL, 1) == -EINVAL && netgraft_ws_take(s.ws, NULL, 1) == -EINVAL,
	      "bad arguments");
	check(netgraft_ws_close(s.ws, 0, NULL) == 0, "a close is always said");
	netgraft_ws_free(s.ws);
	check(netgraft_ws_feed(s.ws, "x", 1) == -EINVAL && netgraft_ws_waiting(s.ws) == -EINVAL && netgraft_ws_send(NULL, "x", 1, 0) == -EINVAL, "freed, and null");
	netgraft_ws_free(s.ws);
	netgraft_ws_free(NULL);
	check(!netgraft_ws_new(NULL) && !netgraft_ws_new(&none) && !netgraft_ws_new(&odd) && !netgraft_ws_new(&path), "bad settings");
	netgraft_ws_free(c.ws);
	make(&s, NETGRAFT_WS_SERVER, &plain, NULL, 0, 0);
	make(&c, NETGRAFT_WS_CLIENT, &plain, NULL, 0, 0);
	move(&s, &c, 4096);
	netgraft_ws_send(c.ws, "one", 3, 0);
	netgraft_ws_send(c.ws, "two", 3, 0);
	s.freed = 1;
	code = (int)netgraft_ws_take(c.ws, trash, sizeof trash);
	code = netgraft_ws_feed(s.ws, trash, (size_t)code);
	check(code == 0 && s.messages == 1 && s.freed == 2 && netgraft_ws_waiting(s.ws) == -EINVAL, "freed inside a callback: no other comes");
	netgraft_ws_free(c.ws);
}

int main(void)
{
	begin(60);
	talk();
	choices();
	bad();
	return finish();
}
