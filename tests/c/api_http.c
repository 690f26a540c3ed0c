/* HTTP: reading a request, composing an answer, keep-alive, bodies, redirects, server-sent events. */
#include "harness.h"

static int wrong, calls, waiting, closed_http, mark_sse = -1;
static struct lws *parked; /* its request is answered later */
static size_t body_len;
static char body_sum[64];
static int completions, after_refusal, refusals_read;
static char raw_text[256];
static size_t raw_len;

#define IS(truth)                                                        \
	do {                                                             \
		calls++;                                                 \
		if (!(truth) && wrong++ < 20)                            \
			printf("     line %d: %s\n", __LINE__, #truth);  \
	} while (0)

/* Is `token` this text, whatever the size of the buffer it is copied to? */
static int
is(struct lws *wsi, enum lws_token_indexes token, const char *want)
{
	char got[256];
	int n = (int)strlen(want);

	return lws_hdr_total_length(wsi, token) == n && lws_hdr_copy(wsi, got, sizeof got, token) == n && !strcmp(got, want) &&
	       lws_hdr_copy(wsi, got, n + 1, token) == n && !strcmp(got, want) &&
	       lws_hdr_copy(wsi, got, n, token) == -1;
}

static int
fragment_is(struct lws *wsi, enum lws_token_indexes token, int i, const char *want)
{
	char got[256];
	int n = (int)strlen(want);

	return lws_hdr_fragment_length(wsi, token, i) == n &&
	       lws_hdr_copy_fragment(wsi, got, sizeof got, token, i) == n && !strcmp(got, want) &&
	       lws_hdr_copy_fragment(wsi, got, n + 1, token, i) == n &&
	       lws_hdr_copy_fragment(wsi, got, n, token, i) == -1;
}

static int
custom_is(struct lws *wsi, const char *name, const char *want)
{
	char got[256];
	int n = (int)strlen(want), name_len = (int)strlen(name);

	return lws_hdr_custom_length(wsi, name, name_len) == n &&
	       lws_hdr_custom_copy(wsi, got, sizeof got, name, name_len) == n && !strcmp(got, want) &&
	       lws_hdr_custom_copy(wsi, got, n + 1, name, name_len) == n &&
	       lws_hdr_custom_copy(wsi, got, n, name, name_len) == -1;
}

static void
read_request(struct lws *wsi)
{
	char got[64], *uri;
	const char *value;
	int n;

	IS(is(wsi, WSI_TOKEN_GET_URI, "/headers"));
	IS(is(wsi, WSI_TOKEN_HOST, "some.host:80"));
	IS(is(wsi, WSI_TOKEN_HTTP_USER_AGENT, "a test"));
	IS(is(wsi, WSI_TOKEN_HTTP_COOKIE, "k=v; l=w"));
	IS(lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) == 0 && lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0);
	IS(lws_hdr_copy(wsi, got, sizeof got, WSI_TOKEN_ORIGIN) == 0 && !*got);
	IS(fragment_is(wsi, WSI_TOKEN_HTTP_ACCEPT, 0, "text/html") && fragment_is(wsi, WSI_TOKEN_HTTP_ACCEPT, 1, "*/*"));
	IS(lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_ACCEPT, 2) == 0);
	IS(lws_hdr_copy_fragment(wsi, got, sizeof got, WSI_TOKEN_HTTP_ACCEPT, 2) == -1);

	IS(fragment_is(wsi, WSI_TOKEN_HTTP_URI_ARGS, 0, "a=1") && fragment_is(wsi, WSI_TOKEN_HTTP_URI_ARGS, 1, "b=2 3"));
	IS(fragment_is(wsi, WSI_TOKEN_HTTP_URI_ARGS, 2, "c=&=") && fragment_is(wsi, WSI_TOKEN_HTTP_URI_ARGS, 3, "d"));
	value = lws_get_urlarg_by_name(wsi, "a", got, sizeof got);
	IS(value && !strcmp(value, "=1"));
	value = lws_get_urlarg_by_name(wsi, "b=", got, sizeof got);
	IS(value && !strcmp(value, "2 3"));
	value = lws_get_urlarg_by_name(wsi, "e=", got, sizeof got);
	IS(value && !*value);
	IS(!lws_get_urlarg_by_name(wsi, "d=", got, sizeof got) && !lws_get_urlarg_by_name(wsi, "z=", got, sizeof got));
	IS(!lws_get_urlarg_by_name(wsi, "b=", got, 5) && lws_get_urlarg_by_name(wsi, "b=", got, 6));

	IS(custom_is(wsi, "x-custom:", "it is custom"));
	IS(lws_hdr_custom_length(wsi, "x-custom", 8) == -1 && lws_hdr_custom_length(wsi, "X-Custom:", 9) == -1);
	IS(lws_hdr_custom_length(wsi, "x-other:", 8) == -1 && lws_hdr_custom_length(wsi, "host:", 5) == -1);
	IS(lws_http_get_uri_and_method(wsi, &uri, &n) == LWSHUMETH_GET && n == 8 && !memcmp(uri, "/headers", 8));
}

/* Composes a head into each size of buffer: it fits exactly or is refused, and nothing is written behind the end. */
static void
compose(struct lws *wsi)
{
	unsigned char room[512], *start = room + LWS_PRE, *p, *end;
	int size, need = 0, done;

	for (size = 1; size < 400; size++) {
		memset(room, '#', sizeof room);
		p = start;
		end = start + size;
		done = !lws_add_http_common_headers(wsi, 200, "text/plain", 12345, &p, end) &&
		       !lws_add_http_header_by_name(wsi, (unsigned char *)"x-a:", (unsigned char *)"value", 5, &p, end) &&
		       !lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_LOCATION, (unsigned char *)"/b", 2, &p, end) &&
		       !lws_add_http_header_content_length(wsi, 7, &p, end) && !lws_finalize_http_header(wsi, &p, end);
		if (p > end || *end != '#') {
			IS(!"a buffer is overrun");
			return;
		}
		if (done && !need)
			need = (int)(p - start);
		if (done != (need && size >= need)) {
			IS(!"composing depends on more than room");
			return;
		}
	}
	IS(need > 80);
	p = start;
	IS(!lws_add_http_header_status(wsi, 204, &p, start + 200) && !strncmp((char *)start, "HTTP/1.1 204 ", 13));
}

static unsigned char piece[LWS_PRE + 70000];

static int
answer(struct lws *wsi, unsigned int code, lws_filepos_t length)
{
	unsigned char head[LWS_PRE + 512], *start = head + LWS_PRE, *p = start, *end = head + sizeof head;

	return lws_add_http_common_headers(wsi, code, "text/plain", length, &p, end) ||
	       lws_finalize_write_http_header(wsi, start, &p, end);
}

static int
finish_with(struct lws *wsi, const char *text)
{
	size_t len = strlen(text);

	memcpy(piece + LWS_PRE, text, len);
	if (answer(wsi, 200, len) || lws_write(wsi, piece + LWS_PRE, len, LWS_WRITE_HTTP_FINAL) != (int)len)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
on_request(struct lws *wsi, const char *path)
{
	unsigned char head[LWS_PRE + 512], *start = head + LWS_PRE, *p = start, *end = head + sizeof head;
	int n;

	if (!strcmp(path, "/headers")) {
		read_request(wsi);
		compose(wsi);
		return finish_with(wsi, "read");
	}
	if (!strcmp(path, "/park")) {
		parked = wsi;
		waiting++;
		return 0;
	}
	if (!strcmp(path, "/close")) {
		/* no length: the answer ends with the connection */
		if (answer(wsi, 200, LWS_ILLEGAL_HTTP_CONTENT_LEN) ||
		    lws_write(wsi, (unsigned char *)strcpy((char *)piece + LWS_PRE, "until the end"), 13, LWS_WRITE_HTTP) != 13)
			return -1;
		n = lws_http_transaction_completed(wsi);
		IS(n == 1);
		return n ? -1 : 0;
	}
	if (!strcmp(path, "/large")) {
		if (answer(wsi, 200, 10 * 70000))
			return -1;
		lws_set_opaque_user_data(wsi, (void *)10);
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (!strcmp(path, "/redirect")) {
		n = lws_http_redirect(wsi, 301, (unsigned char *)"/there", 6, &p, end);
		IS(n > 0 && n == (int)(p - start));
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	}
	if (!strcmp(path, "/sse")) {
		if (answer(wsi, 200, LWS_ILLEGAL_HTTP_CONTENT_LEN))
			return -1;
		mark_sse = lws_http_mark_sse(wsi);
		parked = wsi;
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (!strcmp(path, "/fail"))
		return -1;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI)) {
		body_len = 0;
		*body_sum = 0;
		return 0;
	}
	return lws_return_http_status(wsi, 404, "nothing here") || lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* Of a head that was refused nothing is left to read, which is no error. */
static void
read_nothing(struct lws *wsi)
{
	char got[64];
	int token, n;

	if (!after_refusal)
		return;
	refusals_read++;
	for (token = 0; token < WSI_TOKEN_COUNT; token++) {
		IS(lws_hdr_total_length(wsi, token) == 0);
		IS(lws_hdr_copy(wsi, got, sizeof got, token) == 0);
		IS(lws_hdr_fragment_length(wsi, token, 0) == 0);
	}
	IS(lws_hdr_custom_length(wsi, "x-custom:", 9) == -1);
	IS(!lws_get_urlarg_by_name(wsi, "a=", got, sizeof got));
	lws_http_get_uri_and_method(wsi, &(char *){ NULL }, &n);
}

static int
on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	uintptr_t left;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return on_request(wsi, in);
	case LWS_CALLBACK_HTTP_BODY:
		if (len && ((char *)in)[len])
			IS(!"a body is a C string");
		if (body_len + len < sizeof body_sum) {
			memcpy(body_sum + body_len, in, len);
			body_sum[body_len + len] = 0;
		}
		body_len += len;
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		completions++;
		return finish_with(wsi, "thanks");
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (mark_sse == 0 && wsi == parked) {
			memcpy(piece + LWS_PRE, "data: x\n\n", 9);
			return lws_write(wsi, piece + LWS_PRE, 9, LWS_WRITE_HTTP) != 9;
		}
		left = (uintptr_t)lws_get_opaque_user_data(wsi);
		if (!left)
			return 0;
		memset(piece + LWS_PRE, 'a' + (int)left, 70000);
		if (lws_write(wsi, piece + LWS_PRE, 70000, left == 1 ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) != 70000)
			return -1;
		lws_set_opaque_user_data(wsi, (void *)(left - 1));
		if (left == 1)
			return lws_http_transaction_completed(wsi) ? -1 : 0;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_CLOSED_HTTP:
		closed_http++;
		read_nothing(wsi);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		read_nothing(wsi);
		return 0;
	case LWS_CALLBACK_RAW_RX:
		if (raw_len + len < sizeof raw_text)
			memcpy(raw_text + raw_len, in, len);
		raw_len += len;
		return 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ "http", on_http, 64, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static char head[2048], body[1 << 20];

/* The status of the next response; its body is in `body`. */
static int
status(int fd)
{
	return http_get(fd, head, sizeof head, body, sizeof body);
}

static int
ask(int fd, const char *path)
{
	char text[512];

	snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
	return say(fd, text);
}

static void
test_reading(int port)
{
	int fd = dial(port);

	say(fd, "GET /headers?a=1&b=2+3&c=%26%3D;d&e= HTTP/1.1\r\nHost: some.host:80\r\nUser-Agent: a test\r\n"
		"Cookie: k=v; l=w\r\nAccept: text/html\r\nX-Custom: it is custom\r\nAccept: */*\r\n\r\n");
	check(status(fd) == 200 && !strcmp(body, "read") && !wrong, "reading a request, composing an answer: %d calls", calls);
	ask(fd, "/nothing");
	check(status(fd) == 404 && strstr(body, "nothing here"), "keep-alive: the next request, lws_return_http_status");
	say(fd, "HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
	check(http_head(fd, head, sizeof head) == 404, "HEAD is answered");
	ask(fd, "/redirect");
	check(status(fd) == 301 && strstr(head, "location: /there\r\n"), "lws_http_redirect, behind a HEAD");
	ask(fd, "/fail");
	check(gone(fd), "-1 from HTTP closes");
}

static void
test_pipeline(int port)
{
	char text[1024] = "";
	int fd = dial(port), i, good = 0;

	for (i = 0; i < 10; i++)
		strcat(text, "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
	say(fd, text);
	for (i = 0; i < 10; i++)
		good += status(fd) == 404;
	check(good == 10, "ten requests in one segment have ten answers (%d)", good);

	waiting = 0;
	say(fd, "GET /park HTTP/1.1\r\nHost: a\r\n\r\nGET /park HTTP/1.1\r\nHost: a\r\n\r\n"
		"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
	serve(0.1);
	ask(fd, "/park");
	serve(0.1);
	check(waiting == 1 && recv(fd, text, 1, MSG_DONTWAIT) < 0, "while one is not answered, the next must wait");
	check(!finish_with(parked, "first") && status(fd) == 200 && !strcmp(body, "first"), "an answer from outside a callback");
	check(UNTIL(waiting == 2) && recv(fd, text, 1, MSG_DONTWAIT) < 0, "then the next has its turn");
	check(!finish_with(parked, "second") && status(fd) == 200 && !strcmp(body, "second") && status(fd) == 404,
	      "and those behind it");
	check(UNTIL(waiting == 3) && !finish_with(parked, "third") && status(fd) == 200 && !strcmp(body, "third"),
	      "also what came while it waited");
	close(fd);

	fd = dial(port);
	waiting = 0;
	ask(fd, "/park");
	UNTIL(waiting == 1);
	i = closed_http;
	close(fd);
	check(UNTIL(closed_http == i + 1), "a client that leaves while its request is not answered is noticed");
	check(lws_http_transaction_completed(parked) == 1, "its answer is refused");
}

static void
test_bodies(int port)
{
	static char chunk[200000];
	int fd = dial(port), i;

	completions = 0;
	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello ");
	serve(0.02);
	say(fd, "world");
	check(status(fd) == 200 && !strcmp(body, "thanks") && !strcmp(body_sum, "hello world") && completions == 1,
	      "a body of a known length, in two segments");
	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
	check(status(fd) == 200 && body_len == 0 && completions == 2, "an empty body");
	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5;x=y\r\nwor");
	serve(0.02);
	say(fd, "ld\r\n0\r\nTrailer: t\r\n\r\n");
	check(status(fd) == 200 && !strcmp(body_sum, "hello world") && completions == 3, "a body in chunks");
	memset(chunk, 'x', sizeof chunk);
	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
	for (i = 0; i < 10; i++)
		put(fd, chunk, sizeof chunk);
	check(status(fd) == 200 && body_len == 2000000 && completions == 4, "a body of 2 MB");
	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
	check(status(fd) == 200 && !strcmp(body_sum, "abc") && status(fd) == 404, "a request right behind a body");
	say(fd, "POST /fail HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
	check(gone(fd), "-1 from HTTP with a body closes");

	fd = dial(port);
	i = closed_http;
	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
	serve(0.02);
	close(fd);
	check(UNTIL(closed_http == i + 1) && completions == 5, "a client that leaves in the middle of its body");
	fd = dial(port);
	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
	check(status(fd) == 400 && gone(fd), "a malformed chunk is answered with 400");
}

/* Does an interim answer come, and nothing else before the body has gone? */
static int
invited(int fd)
{
	char text[64];

	return get(fd, text, 25) == 25 && !memcmp(text, "HTTP/1.1 100 Continue\r\n\r\n", 25) && there(fd);
}

static void
test_expectations(int port)
{
	int fd = dial(port);

	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
	check(invited(fd), "a client that waits to be asked for its body is asked");
	say(fd, "abc");
	check(status(fd) == 200 && !strcmp(body_sum, "abc"), "and then sends it");
	say(fd, "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
		"POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nTransfer-Encoding: chunked\r\n\r\n");
	check(status(fd) == 404 && invited(fd), "also behind another request, and for chunks");
	say(fd, "3\r\ndef\r\n0\r\n\r\n");
	check(status(fd) == 200 && !strcmp(body_sum, "def"), "which come");
	say(fd, "GET /nothing HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n");
	check(status(fd) == 404, "not where there is no body");
	say(fd, "PUT /nothing HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
	check(status(fd) == 404, "and not where the program answers without it");
	say(fd, "abc");
	ask(fd, "/nothing");
	check(status(fd) == 404, "a body that comes all the same is thrown away");
	close(fd);
	fd = dial(port);
	say(fd, "POST /p HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
	serve(0.05);
	check(there(fd), "not in HTTP/1.0");
	say(fd, "abc");
	check(status(fd) == 200 && gone(fd), "where the body is waited for as ever");
}

static void
test_slow_bodies(int port)
{
	int fd = dial(port), i, before;

	completions = 0;
	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
	for (i = 0; i < 5; i++) {
		serve(0.5); /* 2.5 s in all, and timeout_secs is 1 */
		put(fd, "slow!" + i, 1);
	}
	check(status(fd) == 200 && !strcmp(body_sum, "slow!") && completions == 1, "a slow body is waited for from piece to piece");
	before = closed_http;
	say(fd, "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
	check(gone(fd) && closed_http == before + 1 && completions == 1, "one that stays away is not");
}

static void
test_answers(int port)
{
	int fd = dial(port), i, n;

	ask(fd, "/close");
	check(status(fd) == 200 && !strcmp(body, "until the end") && strstr(head, "connection: close\r\n") && gone(fd),
	      "an answer without a length ends with the connection");

	fd = dial(port);
	ask(fd, "/large");
	check(status(fd) == 200, "a large answer in ten pieces");
	for (i = n = 0; i < 10; i++)
		n += body[i * 70000] == 'a' + 10 - i && body[i * 70000 + 69999] == 'a' + 10 - i;
	check(n == 10, "all of it (%d pieces)", n);
	ask(fd, "/nothing");
	check(status(fd) == 404, "and the connection goes on");
	close(fd);

	fd = dial(port);
	say(fd, "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
	check(status(fd) == 404 && gone(fd), "Connection: close ends it");
	fd = dial(port);
	say(fd, "GET /nothing HTTP/1.0\r\n\r\n");
	check(status(fd) == 404 && !strncmp(head, "HTTP/1.0", 8) && gone(fd), "HTTP/1.0 ends it");

	/* the client's side has ended, but it still reads */
	fd = dial(port);
	waiting = 0;
	ask(fd, "/large");
	shutdown(fd, SHUT_WR);
	check(status(fd) == 200 && strlen(body) == 700000, "a client that has shut its side still gets its answer");
	check(gone(fd), "and then the end");
}

static void
test_events(int port)
{
	char got[10] = "";
	int fd = dial(port), i, before = closed_http, good = 0;

	mark_sse = -1;
	ask(fd, "/sse");
	check(http_head(fd, head, sizeof head) == 200 && mark_sse == 0, "lws_http_mark_sse");
	for (i = 0; i < 20; i++) {
		good += get(fd, got, 9) == 9 && !strcmp(got, "data: x\n\n");
		lws_callback_on_writable(parked);
		if (i == 10)
			serve(1.5); /* longer than timeout_secs */
	}
	check(good == 20, "twenty events (%d)", good);
	check(there(fd), "a stream has no timeout");
	close(fd);
	check(UNTIL(closed_http == before + 1), "it ends when the client leaves");
	mark_sse = -1;
}

/* Sends it in pieces of `step` bytes; does 400 come, at once, and the end? */
static int
refused(int port, const char *text, size_t step)
{
	double begin;
	int fd = dial(port);
	size_t at, n = strlen(text);

	for (at = 0; at < n; at += step) {
		put(fd, text + at, at + step < n ? step : n - at);
		serve(0.002);
	}
	begin = seconds();
	return status(fd) == 400 && seconds() - begin < 0.5 && gone(fd);
}

static void
test_refusals(int port)
{
	static const struct {
		const char *what, *text;
	} heads[] = {
		{ "a malformed escape in the path", "GET /%zz HTTP/1.1\r\nHost: a\r\nX-Custom: b\r\n\r\n" },
		{ "a malformed escape in the arguments", "GET /?a=1&b=%zz HTTP/1.1\r\nHost: a\r\nX-Custom: b\r\n\r\n" },
		{ "a bare LF", "GET / HTTP/1.1\r\nHost: a\nX-Custom: b\r\n\r\n" },
		{ "nothing but bare LFs", "GET / HTTP/1.1\nHost: a\nX-Custom: b\n\n" },
		{ "a bare LF before the end", "GET / HTTP/1.1\r\nHost: a\nX-Custom: b\n\r\n" },
	};
	size_t i, step;
	int before = log_lines;

	wrong = calls = 0;
	after_refusal = 1;
	for (i = 0; i < LWS_ARRAY_SIZE(heads); i++) {
		int good = 1;

		for (step = 1; step < 100; step *= 3)
			good &= refused(port, heads[i].text, step);
		check(good, "%s: 400 at the end of the head, whole and in pieces", heads[i].what);
	}
	after_refusal = 0;
	check(!wrong && log_lines == before && refusals_read >= 25 * 2, "and its headers are read as empty: %d calls", calls);
}

static void
test_fallback(void)
{
	static const char *pieces[][4] = {
		{ "\r\n", "\n", "SSH-2.0-x\r\n" }, { "\r", "\n", "\r\nGET", "TING \1\r\n\r\n" }, { "\n\n\nSSH-2.0-x\r\n" },
	};
	struct lws_context_creation_info info = settings(protocols);
	char all[64];
	size_t i, k;
	int fd, port;

	info.options |= LWS_SERVER_OPTION_FALLBACK_TO_RAW;
	info.listen_accept_role = "raw-skt";
	info.listen_accept_protocol = "http";
	port = start(info);
	for (i = 0; i < LWS_ARRAY_SIZE(pieces); i++) {
		fd = dial(port);
		raw_len = 0;
		for (*all = 0, k = 0; k < LWS_ARRAY_SIZE(pieces[i]) && pieces[i][k]; k++) {
			strcat(all, pieces[i][k]);
			say(fd, pieces[i][k]);
			serve(0.05);
		}
		check(UNTIL(raw_len >= strlen(all)) && raw_len == strlen(all) && !memcmp(raw_text, all, raw_len),
		      "falling back to raw after line breaks: all %d bytes come (%d)", (int)strlen(all), (int)raw_len);
		close(fd);
	}
	stop();
}

int
main(void)
{
	struct lws_context_creation_info info = settings(protocols);
	int port;

	begin(60);
	info.timeout_secs = 1;
	port = start(info);
	test_reading(port);
	test_pipeline(port);
	test_bodies(port);
	test_expectations(port);
	test_slow_bodies(port);
	test_answers(port);
	test_events(port);
	test_refusals(port);
	stop();
	test_fallback();
	return finish();
}
