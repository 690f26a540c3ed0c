/* permessage-deflate: agreeing, messages both ways, what is refused, pauses and ends in the middle, memory. */
#include "harness.h"
#include <malloc.h>

#define KB 1024u
#define MB (1024u * KB)
#define PEERS 100

/* What the server has seen of the message under way and of those before it. */
static struct {
	char data[2 * MB];
	size_t len, slices, largest;
	int messages, reserved, broken; /* broken: what a slice said of itself cannot be */
} in;
static struct lws *live;                 /* the last connection */
static void (*job)(struct lws *);        /* what its next writeable callback does */
static const char *max_size;             /* its limit */
static size_t stop_at;                   /* with this much received, `stop_how` happens */
static enum { NOTHING, PAUSE, REFUSE, KILL } stop_how;
static int asked, deny, closed, echo_back;
static unsigned char out[LWS_PRE + 2 * MB], back[LWS_PRE + 4096];
#define OUT (out + LWS_PRE)

static int
on_receive(struct lws *wsi, void *data, size_t len)
{
	size_t remaining = lws_remaining_packet_payload(wsi);

	if (lws_is_first_fragment(wsi))
		in.len = in.slices = in.largest = 0;
	else if (!in.slices)
		in.broken++;
	if (((char *)data)[len] || (lws_is_final_fragment(wsi) && remaining))
		in.broken++;
	in.slices++;
	in.largest = len > in.largest ? len : in.largest;
	in.reserved = lws_get_reserved_bits(wsi);
	if (in.len + len <= sizeof in.data)
		memcpy(in.data + in.len, data, len);
	in.len += len;
	if (lws_is_final_fragment(wsi))
		in.messages++;
	if (echo_back) {
		memcpy(back + LWS_PRE, data, len);
		if (lws_write(wsi, back + LWS_PRE, len, (enum lws_write_protocol)lws_write_ws_flags(LWS_WRITE_TEXT,
				lws_is_first_fragment(wsi), lws_is_final_fragment(wsi))) != (int)len)
			return -1;
	}
	if (stop_how && in.len >= stop_at) {
		switch (stop_how) {
		case PAUSE:
			lws_rx_flow_control(wsi, 0);
			break;
		case KILL:
			lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
			break;
		default:
			stop_how = NOTHING;
			return -1;
		}
		stop_how = NOTHING;
	}
	return 0;
}

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *data, size_t len)
{
	void (*now)(struct lws *) = job;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CONFIRM_EXTENSION_OKAY:
		asked += !strcmp(data, "permessage-deflate");
		return deny;
	case LWS_CALLBACK_ESTABLISHED:
		live = wsi;
		if (max_size)
			check(!lws_set_extension_option(wsi, "permessage-deflate", "max_message_size", max_size),
			      "the limit is set to %s", max_size);
		break;
	case LWS_CALLBACK_RECEIVE:
		return on_receive(wsi, data, len);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		job = NULL;
		if (now)
			now(wsi);
		break;
	case LWS_CALLBACK_CLOSED:
		closed++;
		break;
	default:
		break;
	}
	return 0;
}

/* The client of the last part. */
static struct {
	struct lws *wsi;
	size_t len, done;
	int offered, defaults, established, refused, wrong, received;
	const char *error;
	char failure[64];
} mine;

static int
on_client(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *data, size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONFIRM_EXTENSION_SUPPORTED:
		mine.offered += !strcmp(data, "permessage-deflate");
		return mine.refused;
	case LWS_CALLBACK_WS_EXT_DEFAULTS:
		mine.defaults += !strcmp(user, "permessage-deflate") && len == 128;
		lws_strncpy(data, mine.error ? mine.error : "compression_level=6; rx_buf_size=9", len);
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		mine.wsi = wsi;
		mine.established = 1;
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		lws_strncpy(mine.failure, data ? data : "", sizeof mine.failure);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (lws_write(wsi, OUT, mine.len, LWS_WRITE_TEXT) != (int)mine.len)
			return -1;
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		if (mine.done + len > mine.len || memcmp(OUT + mine.done, data, len))
			mine.wrong++;
		mine.done += len;
		mine.received = lws_is_final_fragment(wsi);
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "z", on_ws, 0, 0, 0, NULL, 0 },
	{ "client", on_client, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};
static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_max_window_bits" },
	{ NULL, NULL, NULL }
};

/* --- clients ---------------------------------------------------------------------------------------------- */

/* Opens a WebSocket with an offer; what the server answers to it, "" for nothing. */
static int
open_with(int port, const char *offer, char *answer, size_t size)
{
	char text[512], head[2048], *line;
	int fd = dial(port);

	snprintf(text, sizeof text,
		 "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
		 "Sec-WebSocket-Extensions: %s\r\n\r\n", offer);
	if (fd < 0 || say(fd, text) || http_head(fd, head, sizeof head) != 101)
		return -1;
	line = strstr(head, "Sec-WebSocket-Extensions: ");
	snprintf(answer, size, "%.*s", line ? (int)strcspn(line + 26, "\r") : 0, line ? line + 26 : "");
	return fd;
}

static int
open_deflate(int port)
{
	char answer[256];
	int fd = open_with(port, "permessage-deflate", answer, sizeof answer);

	if (fd < 0 || !*answer)
		check(0, "permessage-deflate is agreed on");
	memset(&in, 0, sizeof in);
	return fd;
}

/* Is this the answer to that offer? */
static void
agrees(int port, const char *offer, const char *expected)
{
	char answer[256] = "no connection";
	int fd = open_with(port, offer, answer, sizeof answer);

	check(!strcmp(answer, expected), "%s -> %s", offer, *answer ? answer : "nothing");
	close(fd);
}

static int
received(const char *text)
{
	return UNTIL(in.messages) && in.len == strlen(text) && !memcmp(in.data, text, in.len) && !in.broken;
}

/* Does a close frame with this code come, and the end behind it? */
static int
closes_with(int fd, int code)
{
	unsigned char payload[125];
	int kind = 0, got = -1;
	ssize_t n;

	while ((n = ws_get(fd, &kind, payload, sizeof payload)) >= 0 && kind != CLOSE)
		;
	if (kind == CLOSE && n >= 2)
		got = payload[0] << 8 | payload[1];
	return gone(fd) && got == code;
}

/* Reads a message of any frames without taking it apart; its length, and the first byte of its first frame. */
static size_t
packed(int fd, int *first, unsigned char *data, size_t size)
{
	int kind = 0, begun = 0;
	size_t len = 0;
	ssize_t n;

	do {
		n = ws_get(fd, &kind, data + len, size - len);
		if (n < 0)
			return 0;
		if (!begun++)
			*first = kind;
		else if (kind & 0x7f)
			return 0; /* only continuations, without the mark */
		len += (size_t)n;
	} while (!(kind & 0x80));
	return len;
}

static size_t to_send;
static int sent_as = LWS_WRITE_TEXT, written;

static void
send_it(struct lws *wsi)
{
	written = lws_write(wsi, OUT, to_send, (enum lws_write_protocol)sent_as);
}

static void
send_fragments(struct lws *wsi)
{
	size_t half = to_send / 2;
	unsigned char middle = OUT[half];

	written = lws_write(wsi, OUT, half, (enum lws_write_protocol)(LWS_WRITE_TEXT | LWS_WRITE_NO_FIN));
	written += lws_write(wsi, OUT + half, 0, (enum lws_write_protocol)(LWS_WRITE_CONTINUATION | LWS_WRITE_NO_FIN));
	OUT[half] = middle;
	written += lws_write(wsi, OUT + half, to_send - half, LWS_WRITE_CONTINUATION);
}

/* Has the server send `len` bytes of OUT; what arrives. */
static size_t
have_sent(int fd, void (*how)(struct lws *), size_t len, int *first, unsigned char *data, size_t size)
{
	to_send = len;
	job = how;
	lws_callback_on_writable(live);
	UNTIL(!job);
	check(written == (int)len, "lws_write of %zu returns its length", len);
	return packed(fd, first, data, size);
}

static void
json(size_t len)
{
	size_t n = 0;

	for (int i = 0; n < len; i++)
		n += (size_t)snprintf((char *)OUT + n, sizeof out - LWS_PRE - n, "{\"id\":%d,\"name\":\"item %d\"},", i, i * 7);
}

/* --- the parts -------------------------------------------------------------------------------------------- */

static void
agreeing(int port)
{
#define BY_ITSELF "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
	agrees(port, "permessage-deflate", BY_ITSELF);
	agrees(port, "permessage-deflate; client_max_window_bits", BY_ITSELF);
	agrees(port, "x, permessage-deflate; a, permessage-deflate; server_max_window_bits=\"8\"; client_max_window_bits=9",
	       BY_ITSELF "; server_max_window_bits=8; client_max_window_bits=9");
	check(asked == 3, "CONFIRM_EXTENSION_OKAY is called for each");
	agrees(port, "permessage-deflate; server_max_window_bits=16", "");
	agrees(port, "permessage-deflate; server_max_window_bits", "");
	agrees(port, "permessage-deflate; server_no_context_takeover=1", "");
	agrees(port, "permessage-deflate; client_max_window_bits; client_max_window_bits", "");
	agrees(port, "permessage-deflate;", "");
	check(asked == 3, "CONFIRM_EXTENSION_OKAY is not called for what cannot be accepted");
	deny = 1;
	agrees(port, "permessage-deflate", "");
	deny = 0;
}

static const char hello[] = "\xf2\x48\xcd\xc9\xc9\x07\x00";

static void
receiving(int port)
{
	int fd = open_deflate(port), kind = 0;
	char payload[16];

	ws_put(fd, TEXT | 0x40, hello, 7);
	check(received("Hello") && in.reserved == 0x40, "a compressed message");
	in.messages = 0;
	ws_put(fd, TEXT, "plain", 5);
	check(received("plain") && in.reserved == 0, "one that is not compressed");
	in.messages = 0;
	ws_put(fd, 0x41, hello, 3);
	ws_put(fd, PING, "p", 1);
	ws_put(fd, 0x00, hello + 3, 2);
	check(ws_get(fd, &kind, payload, sizeof payload) == 1 && kind == PONG, "a ping between its frames");
	ws_put(fd, 0x80, hello + 5, 2);
	check(received("Hello"), "a compressed message in three frames");
	in.messages = 0;
	ws_put(fd, TEXT | 0x40, "\0", 1);
	check(received(""), "an empty message");
	in.messages = 0;
	ws_put(fd, TEXT | 0x40, "", 0);
	check(received(""), "one compressed to nothing");
	close(fd);
}

static void
sending(int port)
{
	static unsigned char data[2 * MB];
	int fd = open_deflate(port), first = 0;
	size_t n;

	json(100 * KB);
	n = have_sent(fd, send_it, 100 * KB, &first, data, sizeof data);
	check((first & 0x7f) == 0x41 && n > 0 && n < 40 * KB, "100 KiB of JSON become %zu bytes", n);
	ws_put(fd, TEXT | 0x40, data, n);
	check(UNTIL(in.messages) && in.len == 100 * KB && !memcmp(in.data, OUT, in.len), "and are the same again");
	check(!in.broken && in.largest == 4096 && in.slices == 25, "in %zu slices of %zu at the most", in.slices, in.largest);
	memset(&in, 0, sizeof in);
	n = have_sent(fd, send_fragments, 100 * KB, &first, data, sizeof data);
	check(first == 0x41 && n > 0 && n < 40 * KB, "in fragments they become %zu bytes", n);
	ws_put(fd, TEXT | 0x40, data, n);
	check(UNTIL(in.messages) && in.len == 100 * KB && !memcmp(in.data, OUT, in.len), "and are the same again");

	n = have_sent(fd, send_it, 20, &first, data, sizeof data);
	check(n == 20 && first == TEXT, "a short message goes as it is");
	lws_get_random(cx, OUT, 300 * KB);
	sent_as = LWS_WRITE_BINARY;
	n = have_sent(fd, send_it, 300 * KB, &first, data, sizeof data);
	check(n == 300 * KB && first == BINARY && !memcmp(data, OUT, n), "so does one that does not become smaller");
	memset(OUT, 0, 2 * MB - LWS_PRE);
	n = have_sent(fd, send_it, MB, &first, data, sizeof data);
	check(n && n < 20 * KB && (first & 0x7f) == 0x42, "1 MiB of zeros becomes %zu bytes", n);
	sent_as = LWS_WRITE_TEXT;
	close(fd);

	max_size = "1048575";
	fd = open_deflate(port);
	ws_put(fd, BINARY | 0x40, data, n);
	check(closes_with(fd, 1009) && in.len <= MB && !in.messages, "a message over the limit closes with 1009");
	max_size = "1048576";
	fd = open_deflate(port);
	ws_put(fd, BINARY | 0x40, data, n);
	check(UNTIL(in.messages) && in.len == MB && !in.broken, "one at the limit comes");
	max_size = NULL;
	close(fd);

	fd = open_deflate(port);
	stop_at = 20 * KB, stop_how = PAUSE;
	ws_put(fd, BINARY | 0x40, data, n);
	ws_put(fd, TEXT, "behind", 6);
	UNTIL(in.len >= stop_at);
	serve(0.05);
	check(in.len == 20 * KB && !in.messages, "nothing comes while reception is paused");
	stop_at = 60 * KB, stop_how = PAUSE;
	lws_rx_flow_control(live, 1);
	UNTIL(in.len >= stop_at);
	serve(0.05);
	check(in.len == 60 * KB, "it goes on, and pauses again");
	lws_rx_flow_control(live, 1);
	check(UNTIL(in.messages == 2) && in.len == 6 && !memcmp(in.data, "behind", 6) && !in.broken,
	      "the rest comes, and what is behind it");
	in.messages = 0;
	stop_at = 20 * KB, stop_how = PAUSE;
	ws_put(fd, BINARY | 0x40, data, n);
	close(fd);
	UNTIL(in.len >= stop_at);
	closed = 0;
	lws_rx_flow_control(live, 1);
	check(UNTIL(closed) && in.messages == 1 && in.len == MB, "also where the client has gone meanwhile");

	fd = open_deflate(port);
	closed = 0, stop_at = 20 * KB, stop_how = REFUSE;
	ws_put(fd, BINARY | 0x40, data, n);
	check(gone(fd) && closed == 1 && in.len == 20 * KB, "RECEIVE may end the connection in the middle");
	fd = open_deflate(port);
	closed = 0, stop_at = 20 * KB, stop_how = KILL;
	ws_put(fd, BINARY | 0x40, data, n);
	check(gone(fd) && closed == 1 && in.len == 20 * KB, "so may a kill from inside it");
}

static void
refusals(int port)
{
	static const struct { int first; const char *payload; size_t len; int code; const char *name; } cases[] = {
		{ 0xc1, "\xff\xff\xff\xff", 4, 1007, "no deflate stream" },
		{ 0xc1, "\xf2\x48\xcd", 3, 1007, "a message that is cut off" },
		{ 0xc1, "\0\x05\0\xfa\xff" "Hel", 8, 1007, "a stored block that is cut off" },
		{ 0xc9, "p", 1, 1002, "a ping with the mark" },
		{ 0xc0, "p", 1, 1002, "a continuation with the mark" },
		{ 0xa1, "p", 1, 1002, "another reserved bit" },
		{ 0xe1, "p", 1, 1002, "another reserved bit beside the mark" },
		{ 0xc1, "\x4a\xfc\x0f\x00", 4, 1007, "text that is not UTF-8" },
	};

	for (size_t i = 0; i < LWS_ARRAY_SIZE(cases); i++) {
		int fd = open_deflate(port);

		ws_put(fd, cases[i].first, cases[i].payload, cases[i].len);
		check(closes_with(fd, cases[i].code) && !in.messages, "%s closes with %d", cases[i].name, cases[i].code);
	}
}

static void
interleaved(int port)
{
	int a = open_deflate(port), b = open_deflate(port);

	ws_put(a, 0x41, hello, 3);
	UNTIL(in.slices);
	ws_put(b, TEXT | 0x40, hello, 7);
	check(received("Hello"), "a message between the frames of another connection's");
	in.len = in.messages = 0;
	ws_put(a, 0x80, hello + 3, 4);
	check(UNTIL(in.messages) && in.len + 2 >= 5 && !memcmp(in.data + in.len - 2, "lo", 2), "which goes on behind it");
	close(a);
	close(b);
}

static void
options(int port)
{
	int fd = ws_open(port, "z"), bad = 0;
	struct lws_ext_option_arg level = { "compression_level", 0, "9x", 1 };

	serve(0.02);
	log_lines = 0;
#define SET(ext, name, value) lws_set_extension_option(live, ext, name, value)
	check(SET("permessage-deflate", "compression_level", "1") == -1 && log_lines == 1,
	      "no option without the extension");
	close(fd);
	fd = open_deflate(port);
	check(!SET("permessage-deflate", "compression_level", "9") && !SET("permessage-deflate", "mem_level", "8"),
	      "options are set");
	log_lines = 0;
	bad += SET("permessage-deflate", "compression_level", "10") == -1;
	bad += SET("permessage-deflate", "max_message_size", "many") == -1;
	bad += SET("permessage-deflate", "server_max_window_bits", "9") == -1;
	bad += SET("permessage-deflate", "nonsense", "9") == -1;
	bad += SET("permessage-deflate", NULL, NULL) == -1;
	bad += SET("other", "compression_level", "9") == -1;
	bad += lws_set_extension_option(live, NULL, NULL, NULL) == -1;
	bad += lws_set_extension_option(NULL, "permessage-deflate", "compression_level", "9") == -1;
	check(bad == 8 && log_lines == 8, "impossible ones are refused, each with a line in the log");
#define CALL(reason, arg) lws_extension_callback_pm_deflate(cx, extensions, live, reason, NULL, arg, 0)
	check(CALL(LWS_EXT_CB_NAMED_OPTION_SET, &level) == 0, "the callback sets an option");
	check(CALL(LWS_EXT_CB_NAMED_OPTION_SET, NULL) == -1 && CALL(LWS_EXT_CB_PAYLOAD_RX, &level) == -1,
	      "and does nothing else");
	close(fd);
}

static void
call_server(int port)
{
	struct lws_client_connect_info info;
	const char *error = mine.error;
	int refused = mine.refused;

	memset(&mine, 0, sizeof mine);
	mine.error = error;
	mine.refused = refused;
	memset(&info, 0, sizeof info);
	info.context = cx;
	info.address = info.host = "127.0.0.1";
	info.port = port;
	info.path = "/";
	info.protocol = "z";
	info.local_protocol_name = "client";
	info.ietf_version_or_minus_one = -1;
	lws_client_connect_via_info(&info);
	UNTIL(mine.established || mine.failure[0]);
}

static void
both_ends(int port)
{
	static const size_t sizes[] = { 0, 1, 63, 64, 4096, 4097, 70000, MB };

	echo_back = 1;
	mine.refused = 0;
	call_server(port);
	check(mine.established && mine.defaults == 1, "a client and a server agree");
	for (size_t i = 0; i < LWS_ARRAY_SIZE(sizes); i++) {
		json(sizes[i] + 1);
		memset(&in, 0, sizeof in);
		mine.len = sizes[i];
		mine.done = 0, mine.received = 0;
		lws_callback_on_writable(mine.wsi);
		check(UNTIL(mine.received) && mine.done == sizes[i] && !mine.wrong &&
		      in.reserved == (sizes[i] < 64 ? 0 : 0x40), "%zu bytes go there and back", sizes[i]);
	}
	echo_back = 0;
	mine.error = "nonsense=1";
	call_server(port);
	check(!mine.established && !strcmp(mine.failure, "HS: EXT: failed setting defaults"), "bad defaults: %s", mine.failure);
	mine.error = NULL;
}

static size_t
in_use(void)
{
	return mallinfo2().uordblks;
}

/* The memory of a connection that has received and sent a message and is idle. */
static double
each(int port, int deflate)
{
	static unsigned char data[64 * KB];
	int fds[PEERS], first = 0;
	size_t before = 0, n;

	for (int i = 0; i < PEERS; i++) {
		if (i == PEERS / 2)
			before = in_use(); /* the loop has what it needs */
		fds[i] = deflate ? open_deflate(port) : ws_open(port, "z");
		serve(0.002);
		json(8 * KB);
		to_send = 8 * KB;
		job = send_it;
		lws_callback_on_writable(live);
		n = packed(fds[i], &first, data, sizeof data);
		in.messages = 0;
		ws_put(fds[i], first, data, n);
		if (!UNTIL(in.messages))
			check(0, "a message of an idle connection comes");
	}
	n = in_use();
	for (int i = 0; i < PEERS; i++)
		close(fds[i]);
	serve(0.1);
	return ((double)n - (double)before) / (PEERS - PEERS / 2);
}

static void
memory(int port)
{
	double plain = each(port, 0), deflate = each(port, 1);

	check(deflate - plain <= 1024, "an idle connection costs %.0f bytes more than a plain one", deflate - plain);
}

/* Peers that begin messages and do not end them. */
static void
unfinished(void)
{
	static const struct lws_protocol_vhost_options most = { NULL, NULL, "max_unfinished", "8" };
	static const struct lws_protocol_vhost_options pvo = { NULL, &most, "permessage-deflate", "" };
	struct lws_context_creation_info info = settings(protocols);
	int fds[PEERS], port;
	struct lws *paused = NULL;
	char byte;
	size_t before = 0, after;

	info.extensions = extensions;
	info.pvo = &pvo;
	port = start(info);
	closed = 0;
	for (int i = 0; i < PEERS; i++) {
		if (i == 8) {
			/* what goes on has not waited for long, and what the program has paused does not wait for its peer */
			in.slices = 0;
			ws_put(fds[0], 0x00, hello + 3, 2);
			check(UNTIL(in.slices) && !closed, "8 messages may be unfinished");
			lws_rx_flow_control(paused, 0);
			before = in_use();
			log_lines = 0;
		}
		fds[i] = open_deflate(port);
		if (i == 1)
			paused = live;
		ws_put(fds[i], 0x41, hello, 3);
		UNTIL(in.slices);
		if (i == 9)
			check(closes_with(fds[2], 1013) && closes_with(fds[3], 1013) && closed == 2,
			      "one more closes the one that has waited for the longest time, with 1013");
	}
	after = in_use();
	check(closed == PEERS - 8 && log_lines == 1, "%d are closed, with one line in the log", closed);
	check(after < before + PEERS * 1024, "they cost %zd bytes", (ssize_t)after - (ssize_t)before);
	check(recv(fds[1], &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN, "one that the program has paused stays");
	memset(&in, 0, sizeof in);
	ws_put(fds[1], 0x80, hello + 3, 4);
	lws_rx_flow_control(paused, 1);
	check(UNTIL(in.messages), "and goes on");
	check(closes_with(fds[0], 1013), "one that went on once is closed when others have gone on since");
	closed = 0;
	for (int i = 0; i < PEERS; i++)
		close(fds[i]);
	check(UNTIL(closed == 8), "the others are still open");
	stop();
}

static void
foreign_extensions(void)
{
	static const struct lws_extension none[] = {
		{ "x-other", lws_extension_callback_pm_deflate, NULL },
		{ NULL, NULL, NULL }
	};
	struct lws_context_creation_info info = settings(protocols);
	int port;

	log_lines = 0;
	info.extensions = none;
	port = start(info);
	check(log_lines == 1, "an unknown extension is told to the log");
	agrees(port, "x-other, permessage-deflate", "");
	stop();
}

int
main(void)
{
	struct lws_context_creation_info info = settings(protocols);
	int port;

	begin(60);
	info.extensions = extensions;
	info.options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
	port = start(info);
	agreeing(port);
	receiving(port);
	refusals(port);
	interleaved(port);
	options(port);
	info.options &= ~(uint64_t)LWS_SERVER_OPTION_VALIDATE_UTF8;
	stop();
	port = start(info);
	sending(port);
	memory(port);
	both_ends(port);
	stop();
	unfinished();
	foreign_extensions();
	return finish();
}
