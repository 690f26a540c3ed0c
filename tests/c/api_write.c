/* lws_write: kinds and return values, order, back-pressure, sending what was received (S0.2, S0.12, S0.13). */
#include "harness.h"

#define MB (1u << 20)

static struct lws *live;                 /* the connection of the test under way */
static void (*job)(struct lws *wsi);     /* what its next writeable callback does */
static int writeables, echoing, unterminated;

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	void (*now)(struct lws *) = job;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		live = wsi;
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		writeables++;
		job = NULL;
		if (now)
			now(wsi);
		break;
	case LWS_CALLBACK_RECEIVE:
		if (!echoing)
			break;
		/* programs put a header of their own before what they have received */
		memset((char *)in - LWS_PRE, 0xaa, LWS_PRE);
		if (((char *)in)[len])
			unterminated++;
		if (lws_write(wsi, in, len, (enum lws_write_protocol)lws_write_ws_flags(LWS_WRITE_BINARY,
				lws_is_first_fragment(wsi), lws_is_final_fragment(wsi))) != (int)len)
			return -1;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "w", on_ws, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static unsigned char buffer[LWS_PRE + 16 * MB];
#define PAYLOAD (buffer + LWS_PRE)

static int
out(struct lws *wsi, const char *text, int how)
{
	memcpy(PAYLOAD, text, strlen(text));
	return lws_write(wsi, PAYLOAD, strlen(text), (enum lws_write_protocol)how);
}

/* Has the server run `what` in a writeable callback. */
static void
have_written(void (*what)(struct lws *))
{
	job = what;
	check(lws_callback_on_writable(live) == 1, "writeable callback asked for");
	UNTIL(!job);
}

static void
kinds(struct lws *wsi)
{
	check(out(wsi, "text", LWS_WRITE_TEXT) == 4, "TEXT returns the length");
	check(out(wsi, "bin", LWS_WRITE_BINARY) == 3, "BINARY returns the length");
	check(out(wsi, "a", LWS_WRITE_TEXT | LWS_WRITE_NO_FIN) == 1 &&
	      out(wsi, "b", LWS_WRITE_CONTINUATION | LWS_WRITE_NO_FIN) == 1 &&
	      out(wsi, "c", LWS_WRITE_CONTINUATION) == 1, "fragments return the length");
	check(out(wsi, "pi", LWS_WRITE_PING) == 4, "PING returns the length with the header");
	check(out(wsi, "", LWS_WRITE_PONG) == 2, "PONG returns the length with the header");
	check(out(wsi, "", LWS_WRITE_TEXT) == 0, "an empty TEXT returns 0");
	check(out(wsi, "raw", LWS_WRITE_HTTP) == 3 && out(wsi, "RAW", LWS_WRITE_HTTP_FINAL) == 3,
	      "HTTP returns the length");

	log_lines = 0;
	check(out(wsi, "x", 10) == -1 && out(wsi, "x", 0x1f) == -1, "unknown kinds return -1");
	check(lws_write(wsi, NULL, 3, LWS_WRITE_TEXT) == -1, "a null buffer returns -1");
	check(lws_write(wsi, PAYLOAD, (size_t)-1, LWS_WRITE_TEXT) == -1 &&
	      lws_write(wsi, PAYLOAD, (size_t)1 << 31, LWS_WRITE_TEXT) == -1, "impossible lengths return -1");
	check(lws_write(wsi, PAYLOAD, 126, LWS_WRITE_PING) == -1, "a ping of 126 bytes returns -1");
	check(log_lines == 6, "each refused write has one line in the log (%d of 6)", log_lines);
	check(out(wsi, "end", LWS_WRITE_TEXT) == 3, "the connection goes on after refused writes");
}

static void
test_kinds(int port)
{
	static const char want[] = "\x81\x04text\x82\x03" "bin\x01\x01" "a\x00\x01" "b\x80\x01" "c\x89\x02pi\x8a\x00"
				   "\x81\x00rawRAW\x81\x03" "end";
	char got[sizeof want];
	int fd = ws_open(port, "w");

	have_written(kinds);
	check(get(fd, got, sizeof want - 1) == sizeof want - 1 && !memcmp(got, want, sizeof want - 1),
	      "the bytes of all kinds, in order");
	close(fd);
}

static void
hundred(struct lws *wsi)
{
	char text[16];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof text, "number %d", i);
		if (out(wsi, text, LWS_WRITE_TEXT) != (int)strlen(text))
			return;
	}
}

static void
test_many(int port)
{
	char text[16];
	int fd = ws_open(port, "w"), i;

	have_written(hundred);
	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof text, "number %d", i);
		if (!ws_is(fd, TEXT, text))
			break;
	}
	check(i == 100, "100 writes in one callback are 100 frames in order (%d)", i);
	close(fd);
}

static void
fill(void)
{
	unsigned int state = 1;
	size_t i;

	for (i = 0; i < 16 * MB; i++) {
		state = state * 1103515245u + 12345u;
		PAYLOAD[i] = (unsigned char)(state >> 16);
	}
}

static void
sixteen(struct lws *wsi)
{
	check(lws_write(wsi, PAYLOAD, 16 * MB, LWS_WRITE_BINARY) == 16 * MB, "16 MB in one write: all is taken");
	check(lws_send_pipe_choked(wsi) == 1 && lws_partial_buffered(wsi) == 1, "choked after it");
	lws_callback_on_writable(wsi);
}

/* Reads `len` bytes and compares them with `want`, `chunk` bytes at a time. */
static int
same(int fd, const unsigned char *want, size_t len, size_t chunk)
{
	unsigned char *got = malloc(chunk);
	size_t n, at = 0;

	while (at < len) {
		n = len - at < chunk ? len - at : chunk;
		if (get(fd, got, n) != n || memcmp(got, want + at, n))
			break;
		at += n;
	}
	free(got);
	return at == len;
}

static int
slow_client(int port)
{
	int fd = ws_open(port, "w"), small = 128 * 1024;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	return fd;
}

static void
test_large(int port)
{
	static const unsigned char head[] = { 0x82, 127, 0, 0, 0, 0, 1, 0, 0, 0 };
	int fd = slow_client(port), before;

	fill();
	have_written(sixteen);
	before = writeables;
	memset(buffer, 0, LWS_PRE); /* the message is the library's by now: what the program does with its buffer is its own */
	serve(0.2);
	check(writeables == before, "no writeable callback while the peer does not read");
	check(same(fd, head, sizeof head, sizeof head) && same(fd, PAYLOAD, 8 * MB, 30000), "half of it, read slowly");
	check(writeables == before, "no writeable callback while half of it waits");
	check(same(fd, PAYLOAD + 8 * MB, 8 * MB, MB), "the other half");
	check(UNTIL(writeables == before + 1), "one writeable callback when all is out");
	check(lws_send_pipe_choked(live) == 0 && lws_partial_buffered(live) == 0, "not choked any more");
	close(fd);
}

/* A program of old: where a write took less than it was given, the rest goes as LWS_WRITE_HTTP. */
static size_t rest;
static const unsigned char long_head[] = { 0x82, 127, 0, 0, 0, 0, 0, 0x40, 0, 0 };

static void
remainder_piece(struct lws *wsi)
{
	size_t n = rest < 50000 ? rest : 50000;

	if (lws_write(wsi, PAYLOAD + 4 * MB - rest, n, LWS_WRITE_HTTP) == (int)n)
		rest -= n;
	if (rest) {
		job = remainder_piece;
		lws_callback_on_writable(wsi);
	}
}

static void
remainder_begin(struct lws *wsi)
{
	out(wsi, "abc", LWS_WRITE_TEXT | LWS_WRITE_NO_FIN);
	out(wsi, "\x80\x03" "def", LWS_WRITE_HTTP);
	/* the header of a frame whose payload comes raw */
	memcpy(PAYLOAD, long_head, sizeof long_head);
	lws_write(wsi, PAYLOAD, sizeof long_head, LWS_WRITE_HTTP);
	fill();
	rest = 4 * MB;
	remainder_piece(wsi);
}

static void
test_remainder(int port)
{
	int fd = slow_client(port);

	job = remainder_begin;
	lws_callback_on_writable(live);
	check(ws_is(fd, 0x01, "abc") && ws_is(fd, 0x80, "def"), "a frame written raw behind a fragment");
	check(same(fd, long_head, sizeof long_head, sizeof long_head) && same(fd, PAYLOAD, 4 * MB, 20000),
	      "4 MB of a frame's payload in raw pieces");
	check(rest == 0, "all pieces were asked for");
	close(fd);
}

static void
test_outside(int port)
{
	int fd = ws_open(port, "w");
	struct lws_context *all = cx;

	cx = NULL; /* nobody serves */
	check(out(live, "now", LWS_WRITE_TEXT) == 3 && ws_is(fd, TEXT, "now"), "a write outside of lws_service is sent at once");
	cx = all;
	close(fd);
}

static int pieces;

static void
until_choked(struct lws *wsi)
{
	for (pieces = 0; pieces < 1000 && !lws_send_pipe_choked(wsi); pieces++)
		if (lws_write(wsi, PAYLOAD, 65536, LWS_WRITE_BINARY) != 65536)
			break;
	lws_callback_on_writable(wsi);
}

static void
test_choked(int port)
{
	int fd = slow_client(port), before, first, i;
	unsigned char *message = malloc(65536);

	have_written(until_choked);
	before = writeables;
	check(pieces > 0 && pieces < 1000, "a peer that does not read chokes the connection (%d x 64 KiB)", pieces);
	serve(0.2);
	check(writeables == before, "no writeable callback until it reads");
	for (i = 0; i < pieces && ws_get(fd, &first, message, 65536) == 65536 && !memcmp(message, PAYLOAD, 65536); i++)
		;
	check(i == pieces, "it gets all");
	check(UNTIL(writeables == before + 1), "then the writeable callback comes, once");
	free(message);
	close(fd);
}

static void
too_much(struct lws *wsi)
{
	for (pieces = 0; pieces < 200; pieces++)
		if (lws_write(wsi, PAYLOAD, MB, LWS_WRITE_BINARY) != (int)MB)
			break;
}

static void
test_too_much(int port)
{
	unsigned char *message = malloc(MB);
	int fd = slow_client(port), first, i;

	log_lines = 0;
	have_written(too_much);
	check(pieces >= 64 && pieces <= 80, "a peer that does not read: writes are refused with 64 MiB waiting (%d)", pieces);
	check(log_lines == 1, "one line in the log");
	for (i = 0; i < pieces && ws_get(fd, &first, message, MB) == (ssize_t)MB && !memcmp(message, PAYLOAD, MB); i++)
		;
	check(i == pieces, "what was taken arrives whole");
	check(UNTIL(!lws_partial_buffered(live)) && out(live, "on", LWS_WRITE_TEXT) == 2 && ws_is(fd, TEXT, "on"),
	      "afterwards writing goes on");
	free(message);
	close(fd);
}

static void
test_echo(int port)
{
	static const size_t sizes[] = { 0, 1, 2, 125, 126, 127, 4096, 5000, 65535, 65536, 300000 };
	unsigned char *got = malloc(300000);
	int fd = ws_open(port, "w"), first = 0;
	size_t i, at, good = 0;
	ssize_t n;

	echoing = 1;
	fill();
	for (i = 0; i < LWS_ARRAY_SIZE(sizes); i++)
		ws_put(fd, BINARY, PAYLOAD + i, sizes[i]);
	for (i = 0; i < LWS_ARRAY_SIZE(sizes); i++) {
		/* a large message comes back in fragments, as it was received */
		for (at = 0, first = 0; !(first & 0x80); at += (size_t)n)
			if ((n = ws_get(fd, &first, got + at, 300000 - at)) < 0)
				break;
		good += n >= 0 && at == sizes[i] && !memcmp(got, PAYLOAD + i, at);
	}
	check(good == LWS_ARRAY_SIZE(sizes), "`in` itself is written back, with a header before it (%d of %d)", (int)good,
	      (int)LWS_ARRAY_SIZE(sizes));
	check(!unterminated, "`in` is a C string");
	echoing = 0;
	free(got);
	close(fd);
}

static void
test_after_end(int port)
{
	int fd = ws_open(port, "w"), i;

	reset(fd);
	for (i = 0; i < 1000 && out(live, "x", LWS_WRITE_TEXT) == 1; i++)
		serve(0.002);
	check(i < 1000, "after the peer's reset writes return -1");
}

int
main(void)
{
	int port;

	begin(60);
	port = start(settings(protocols));
	test_kinds(port);
	test_many(port);
	test_large(port);
	test_remainder(port);
	test_outside(port);
	test_choked(port);
	test_too_much(port);
	test_echo(port);
	test_after_end(port);
	stop();
	return finish();
}
