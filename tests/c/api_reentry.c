/*
 * What a program may do from inside a callback, and what that leaves behind: ending its connection, its vhost, its
 * context; serving, making vhosts, leaving by longjmp; ends that come while an answer is under way.
 */
#include "harness.h"
#include <pthread.h>
#include <setjmp.h>

#define BIG (8 << 20)
#define NONE ((enum lws_callback_reasons)-1)
#define A_SUL ((enum lws_callback_reasons)-2)

/* What the next callback of this kind does, once. */
enum deed { NOTHING, KILL, END_VHOST, END_CONTEXT, SERVE, JUMP, NEW_VHOST, BAD_VHOST };
static struct {
	enum lws_callback_reasons when;
	enum deed what;
	int answer;            /* and then returns this */
	struct lws_vhost *vhost; /* the one to end, if it is not the connection's own */
	const char *first;     /* written before it */
} plan;

static int done, deed_answer;
static struct lws_vhost *deed_vhost;
static int created, destroyed, established, closed, begun, ended, finalized, timers, spinning, room, same_vhost;
static int writeables[2];
static size_t received, longest;
static struct lws *last, *stand_in;
static struct lws_vhost *second;
static lws_sorted_usec_list_t sul;
static jmp_buf back;
static unsigned char big[LWS_PRE + BIG];
static const struct lws_protocols protocols[];

struct answer {
	size_t left, piece;
};

static struct lws_vhost *
new_vhost(const char *name, int port, const char *iface);

static void
count(struct lws *wsi, enum lws_callback_reasons reason, void *in)
{
	switch (reason) {
	case LWS_CALLBACK_WSI_CREATE:
		created++;
		lws_set_opaque_parent_data(wsi, &plan);
		break;
	case LWS_CALLBACK_WSI_DESTROY:
		destroyed += lws_get_opaque_parent_data(wsi) != NULL; /* listeners have no CREATE */
		break;
	case LWS_CALLBACK_ESTABLISHED:
		established++;
		last = wsi;
		break;
	case LWS_CALLBACK_CLOSED:
		closed++;
		break;
	case LWS_CALLBACK_PROTOCOL_INIT:
		begun++;
		stand_in = wsi;
		break;
	case LWS_CALLBACK_PROTOCOL_DESTROY:
		ended++;
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		writeables[second && lws_get_vhost(wsi) == second]++;
		break;
	case LWS_CALLBACK_ADD_HEADERS:
		room = ((struct lws_process_html_args *)in)->max_len;
		break;
	default:
		break;
	}
}

static int
text(struct lws *wsi, const char *words)
{
	unsigned char buffer[LWS_PRE + 100];
	size_t len = strlen(words);

	memcpy(buffer + LWS_PRE, words, len);
	return lws_write(wsi, buffer + LWS_PRE, len, LWS_WRITE_TEXT) < (int)len;
}

static void
perform(struct lws *wsi)
{
	enum deed what = plan.what;
	struct lws_vhost *own;

	plan.what = NOTHING;
	done++;
	if (plan.first && text(wsi, plan.first))
		deed_answer = -1000;
	switch (what) {
	case KILL:
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		break;
	case END_VHOST:
		lws_vhost_destroy(plan.vhost ? plan.vhost : lws_get_vhost(wsi));
		break;
	case END_CONTEXT:
		lws_context_destroy(cx);
		break;
	case SERVE:
		deed_answer = lws_service(cx, -1);
		break;
	case JUMP:
		longjmp(back, 1);
	case NEW_VHOST:
	case BAD_VHOST:
		own = lws_get_vhost(wsi);
		deed_answer = begun;
		deed_vhost = new_vhost("made inside", 0, what == BAD_VHOST ? "nonexist0" : "lo");
		deed_answer = begun - deed_answer;
		same_vhost = lws_get_vhost(wsi) == own;
		break;
	default:
		break;
	}
}

static void
rings(lws_sorted_usec_list_t *node)
{
	if (spinning)
		lws_sul_schedule(cx, 0, node, rings, 0);
	timers++;
	if (plan.what && plan.when == A_SUL)
		perform(NULL);
}

static int
respond(struct lws *wsi, struct answer *answer, const char *path)
{
	unsigned char buffer[LWS_PRE + 1000], *start = buffer + LWS_PRE, *p = start, *end = buffer + sizeof buffer;

	if (!strcmp(path, "/413")) {
		lws_return_http_status(wsi, 413, NULL);
		return -1;
	}
	if (!strcmp(path, "/wait"))
		return 0;
	if (!strcmp(path, "/sse")) {
		if (lws_add_http_common_headers(wsi, 200, "text/event-stream", LWS_ILLEGAL_HTTP_CONTENT_LEN, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return -1;
		lws_http_mark_sse(wsi);
		return 0;
	}
	if (!strcmp(path, "/one") || !strcmp(path, "/big")) {
		answer->left = BIG;
		answer->piece = path[1] == 'o' ? BIG : 20000;
		if (lws_add_http_common_headers(wsi, 200, "text/plain", BIG, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return -1;
		return lws_callback_on_writable(wsi) != 1;
	}
	if (lws_return_http_status(wsi, 200, "x"))
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
write_on(struct lws *wsi, struct answer *answer)
{
	size_t n = answer->left < answer->piece ? answer->left : answer->piece;

	answer->left -= n;
	if (lws_write(wsi, big + LWS_PRE, n, answer->left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) < (int)n)
		return -1;
	if (answer->left)
		return lws_callback_on_writable(wsi) != 1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
heard(struct lws *wsi, char *words, size_t len)
{
	received += len;
	if (len > longest)
		longest = len;
	switch (*words) {
	case 'e': /* echo */
		return lws_write(wsi, (unsigned char *)words, len, LWS_WRITE_TEXT) < (int)len;
	case 'w':
		return lws_callback_on_writable(wsi) != 1;
	case 'p':
		lws_rx_flow_control(wsi, 0);
		return 0;
	case 't':
		lws_set_timer_usecs(wsi, 0);
		return 0;
	case 'm':
		return lws_write(wsi, big + LWS_PRE, BIG, LWS_WRITE_BINARY) < BIG;
	case 'f':
		lws_write(wsi, big + LWS_PRE, BIG, LWS_WRITE_BINARY);
		return -1;
	default:
		return 0;
	}
}

static int
on_any(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	count(wsi, reason, in);
	if (plan.what && plan.when == reason) {
		int answer = plan.answer;

		perform(wsi);
		return answer;
	}
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		return heard(wsi, in, len);
	case LWS_CALLBACK_TIMER:
		timers++;
		if (spinning)
			lws_set_timer_usecs(wsi, 0);
		return 0;
	case LWS_CALLBACK_HTTP:
		return respond(wsi, user, in);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return write_on(wsi, user);
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ "one", on_any, sizeof(struct answer), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};
static const struct lws_protocols small[] = {
	{ "one", on_any, sizeof(struct answer), 10, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void
finalize(struct lws_vhost *vhost, void *arg)
{
	(void)vhost;
	(void)arg;
	finalized++;
}

static struct lws_vhost *
new_vhost(const char *name, int port, const char *iface)
{
	struct lws_context_creation_info info = settings(protocols);

	info.vhost_name = name;
	info.port = port;
	info.iface = iface;
	info.finalize = finalize;
	return lws_create_vhost(cx, &info);
}

static void
intend(enum lws_callback_reasons when, enum deed what)
{
	memset(&plan, 0, sizeof plan);
	plan.when = when;
	plan.what = what;
	done = 0;
	deed_answer = 1000;
}

static int
level(void)
{
	return created == destroyed && established == closed;
}

static int
echoes(int fd)
{
	return !ws_put(fd, TEXT, "echo", 4) && ws_is(fd, TEXT, "echo");
}

static int
dial_narrow(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), size = 32768;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	if (connect(fd, (struct sockaddr *)&to, sizeof to)) {
		close(fd);
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* Makes the callback `reason` come on the WebSocket `fd`, the one established last. */
static void
provoke(int fd, enum lws_callback_reasons reason)
{
	switch ((int)reason) {
	case LWS_CALLBACK_SERVER_WRITEABLE:
		ws_put(fd, TEXT, "w", 1);
		break;
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
	case LWS_CALLBACK_WSI_DESTROY:
		shutdown(fd, SHUT_WR);
		break;
	case LWS_CALLBACK_TIMER:
		ws_put(fd, TEXT, "t", 1);
		break;
	case LWS_CALLBACK_RECEIVE_PONG:
		ws_put(fd, PONG, "p", 1);
		break;
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		ws_put(fd, CLOSE, "\x03\xe8", 2);
		break;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		lws_cancel_service(cx);
		break;
	case (int)A_SUL:
		lws_sul_schedule(cx, 0, &sul, rings, 1000);
		break;
	default:
		ws_put(fd, TEXT, "x", 1);
		break;
	}
}

static const struct {
	enum lws_callback_reasons reason;
	const char *name;
} places[] = {
	{ LWS_CALLBACK_RECEIVE, "RECEIVE" },
	{ LWS_CALLBACK_SERVER_WRITEABLE, "SERVER_WRITEABLE" },
	{ LWS_CALLBACK_CLOSED, "CLOSED" },
	{ LWS_CALLBACK_WSI_DESTROY, "WSI_DESTROY" },
	{ LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL, "WS_SERVER_DROP_PROTOCOL" },
	{ LWS_CALLBACK_TIMER, "TIMER" },
	{ LWS_CALLBACK_RECEIVE_PONG, "RECEIVE_PONG" },
	{ LWS_CALLBACK_WS_PEER_INITIATED_CLOSE, "WS_PEER_INITIATED_CLOSE" },
	{ LWS_CALLBACK_EVENT_WAIT_CANCELLED, "EVENT_WAIT_CANCELLED" },
	{ A_SUL, "a sul callback" },
};

static int
concerns_a_connection(size_t place)
{
	return place < LWS_ARRAY_SIZE(places) - 2;
}

/* --- ends from inside ------------------------------------------------------------------------------- */

static void
test_kill(int port)
{
	int bystander = ws_open(port, "one");
	size_t i;

	for (i = 0; i < LWS_ARRAY_SIZE(places); i++) {
		int answer, good = 1;

		if (!concerns_a_connection(i))
			continue;
		for (answer = 0; answer >= -1; answer--) {
			int fd = ws_open(port, "one"), before = closed;

			intend(places[i].reason, KILL);
			plan.answer = answer;
			provoke(fd, places[i].reason);
			good &= UNTIL(done) && gone(fd) && UNTIL(closed == before + 1 && created == destroyed + 1);
			good &= echoes(bystander);
		}
		check(good, "LWS_TO_KILL_SYNC on oneself in %s, answered 0 and -1", places[i].name);
	}
	close(bystander);
	check(UNTIL(level()), "every connection ends once (%d CREATE, %d DESTROY)", created, destroyed);
}

/* A vhost with three connections is ended in a callback of one of them. */
static void
test_vhosts(int port)
{
	int bystander = ws_open(port, "one");
	size_t i;

	for (i = 0; i < LWS_ARRAY_SIZE(places); i++) {
		int answer, good = 1;

		for (answer = 0; answer >= -1; answer--) {
			int finals = finalized, begins = begun, ends = ended, fd[3], own, n;
			struct lws_vhost *vhost = new_vhost("doomed", 0, "lo");

			UNTIL(begun == begins + 1);
			own = lws_get_vhost_listen_port(vhost);
			for (n = 0; n < 3; n++)
				fd[n] = n == 1 ? dial(own) : ws_open(own, "one");
			serve(0.002);
			intend(places[i].reason, END_VHOST);
			plan.answer = concerns_a_connection(i) ? answer : 0;
			plan.vhost = concerns_a_connection(i) ? NULL : vhost;
			provoke(fd[2], places[i].reason);
			ws_put(fd[0], TEXT, "x", 1);
			good &= UNTIL(done);
			for (n = 0; n < 3; n++)
				good &= gone(fd[n]);
			good &= UNTIL(created == destroyed + 1 && established == closed + 1);
			good &= finalized == finals + 1 && ended == ends + 1 && dial(own) < 0 && echoes(bystander);
			if (!good)
				printf("     done %d, %d CREATE, %d DESTROY, %d ESTABLISHED, %d CLOSED, finalized %d, ended %d\n", done,
				       created, destroyed, established, closed, finalized - finals, ended - ends);
		}
		check(good, "lws_vhost_destroy in %s, answered 0 and -1", places[i].name);
	}
	close(bystander);
	check(UNTIL(level()), "every connection ends once (%d CREATE, %d DESTROY)", created, destroyed);
}

/* The connection that has no WebSocket yet is killed, or its vhost ended. */
static void
test_early(int port)
{
	static const struct {
		enum lws_callback_reasons reason;
		const char *name;
	} early[] = {
		{ LWS_CALLBACK_FILTER_NETWORK_CONNECTION, "FILTER_NETWORK_CONNECTION" },
		{ LWS_CALLBACK_WSI_CREATE, "WSI_CREATE" },
		{ LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED, "SERVER_NEW_CLIENT_INSTANTIATED" },
		{ LWS_CALLBACK_FILTER_HTTP_CONNECTION, "FILTER_HTTP_CONNECTION" },
		{ LWS_CALLBACK_HTTP_BIND_PROTOCOL, "HTTP_BIND_PROTOCOL" },
		{ LWS_CALLBACK_HTTP, "HTTP" },
		{ LWS_CALLBACK_HTTP_BODY, "HTTP_BODY" },
		{ LWS_CALLBACK_HTTP_BODY_COMPLETION, "HTTP_BODY_COMPLETION" },
		{ LWS_CALLBACK_HTTP_WRITEABLE, "HTTP_WRITEABLE" },
		{ LWS_CALLBACK_HTTP_DROP_PROTOCOL, "HTTP_DROP_PROTOCOL" },
		{ LWS_CALLBACK_CLOSED_HTTP, "CLOSED_HTTP" },
		{ LWS_CALLBACK_HTTP_CONFIRM_UPGRADE, "HTTP_CONFIRM_UPGRADE" },
		{ LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION, "FILTER_PROTOCOL_CONNECTION" },
		{ LWS_CALLBACK_ADD_HEADERS, "ADD_HEADERS" },
		{ LWS_CALLBACK_ESTABLISHED, "ESTABLISHED" },
	};
	int bystander = ws_open(port, "one");
	size_t i;

	for (i = 0; i < LWS_ARRAY_SIZE(early); i++) {
		enum lws_callback_reasons reason = early[i].reason;
		int answer, kill, good = 1;

		for (answer = 0; answer >= -1; answer--)
			for (kill = 0; kill < 2; kill++) {
				int finals = finalized, own, fd;
				struct lws_vhost *vhost = new_vhost("doomed", 0, "lo");

				own = lws_get_vhost_listen_port(vhost);
				serve(0.002);
				intend(reason, kill ? KILL : END_VHOST);
				plan.vhost = vhost;
				plan.answer = answer;
				fd = dial(own);
				if (reason == LWS_CALLBACK_HTTP_BODY || reason == LWS_CALLBACK_HTTP_BODY_COMPLETION)
					say(fd, "POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
				else if (i > 10)
					ws_ask(fd, "a", "one");
				else
					say(fd, reason == LWS_CALLBACK_HTTP_WRITEABLE ? "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"
										      : "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n");
				serve(0.005);
				shutdown(fd, SHUT_WR);
				good &= UNTIL(done) && gone(fd) && UNTIL(created == destroyed + 1);
				if (kill) {
					fd = ws_open(own, "one");
					good &= fd >= 0 && echoes(fd);
					close(fd);
					lws_vhost_destroy(vhost);
				}
				good &= UNTIL(finalized == finals + 1) && dial(own) < 0 && echoes(bystander);
			}
		check(good, "lws_vhost_destroy and LWS_TO_KILL_SYNC in %s, answered 0 and -1", early[i].name);
	}
	close(bystander);
	check(UNTIL(level()), "every connection ends once (%d CREATE, %d DESTROY)", created, destroyed);
}

/* Vhosts on one port: the socket goes on with who is left, and no request moves to who has gone. */
static void
test_shared_port(void)
{
	struct lws_vhost *one, *two;
	char head[1000], body[1000];
	int port, fd;

	one = new_vhost("one", 0, "lo");
	port = lws_get_vhost_listen_port(one);
	two = new_vhost("two", port, "lo");
	serve(0.005);
	intend(LWS_CALLBACK_FILTER_NETWORK_CONNECTION, END_VHOST);
	plan.vhost = one;
	fd = dial(port);
	say(fd, "GET /ok HTTP/1.1\r\nHost: two\r\n\r\n");
	check(http_get(fd, head, sizeof head, body, sizeof body) == 200 && done,
	      "the listener's vhost destroyed in FILTER_NETWORK_CONNECTION: the other takes the connection");
	close(fd);
	one = new_vhost("one", port, "lo");
	serve(0.005);
	fd = dial(port);
	say(fd, "GET /ok HTTP/1.1\r\nHost: one\r\n\r\n");
	check(http_get(fd, head, sizeof head, body, sizeof body) == 200, "a vhost may join again");
	serve(0.005);
	intend(LWS_CALLBACK_HTTP_DROP_PROTOCOL, END_VHOST);
	plan.vhost = two;
	say(fd, "GET /ok HTTP/1.1\r\nHost: two\r\n\r\n");
	check(gone(fd) && done, "the vhost that a request moves to destroyed in HTTP_DROP_PROTOCOL");
	fd = ws_open(port, "one");
	check(fd >= 0 && echoes(fd), "the port goes on");
	close(fd);
	UNTIL(level());
	lws_vhost_destroy(one);
	check(level() && dial(port) < 0, "until the last of its vhosts ends");
}

static void
test_contexts(void)
{
	static struct lws_context *place;
	size_t i;
	int n, good, answer, fd[3], port, finals, ends;
	struct lws_context_creation_info info = settings(protocols);

	info.pcontext = &place;
	info.finalize = finalize;
	for (i = 0; i < LWS_ARRAY_SIZE(places); i++) {
		port = start(info);
		finals = finalized;
		ends = ended;
		for (n = 0; n < 3; n++)
			fd[n] = n == 1 ? dial(port) : ws_open(port, "one");
		serve(0.002);
		intend(places[i].reason, END_CONTEXT);
		provoke(fd[2], places[i].reason);
		for (n = 0, answer = 0; n < 5000 && !done; n++, usleep(100))
			answer = lws_service(cx, -1);
		good = done && answer == -1 && !place && level() && finalized == finals + 1 && ended == ends + 1;
		good &= lws_service(cx, -1) == -1;
		lws_context_destroy(cx);
		cx = NULL;
		for (n = 0; n < 3; n++)
			good &= gone(fd[n]);
		check(good && dial(port) < 0, "lws_context_destroy in %s (done %d, lws_service %d)", places[i].name, done, answer);
	}

	for (i = 0; i < 2; i++) {
		enum lws_callback_reasons where = i ? LWS_CALLBACK_GET_THREAD_ID : LWS_CALLBACK_PROTOCOL_INIT;

		start(info);
		finals = finalized;
		intend(where, END_CONTEXT);
		answer = lws_service(cx, -1);
		check(done && answer == -1 && !place && finalized == finals + 1, "lws_context_destroy in %s",
		      i ? "GET_THREAD_ID" : "PROTOCOL_INIT");
		lws_context_destroy(cx);
		cx = NULL;
	}

	start(info);
	finals = begun;
	intend(LWS_CALLBACK_PROTOCOL_INIT, NEW_VHOST);
	serve(0.005);
	check(done && deed_vhost && begun == finals + 2, "lws_create_vhost in the first PROTOCOL_INIT");
	stop();

	start(info);
	serve(0.005);
	finals = finalized;
	intend(LWS_CALLBACK_PROTOCOL_INIT, END_CONTEXT);
	good = new_vhost("late", 0, "lo") == NULL;
	check(done && good && !place && finalized == finals + 2,
	      "lws_context_destroy in PROTOCOL_INIT inside lws_create_vhost, which gives null");
	lws_context_destroy(cx);
	cx = NULL;

	start(info);
	serve(0.005);
	finals = finalized;
	intend(LWS_CALLBACK_PROTOCOL_INIT, END_VHOST);
	good = new_vhost("late", 0, "lo") == NULL;
	check(done && good && finalized == finals + 1, "lws_vhost_destroy in PROTOCOL_INIT inside lws_create_vhost, the same");
	finals = finalized;
	intend(LWS_CALLBACK_PROTOCOL_DESTROY, END_CONTEXT);
	lws_context_destroy(cx);
	cx = NULL;
	check(done && !place && finalized == finals + 1, "lws_context_destroy in PROTOCOL_DESTROY");
}

/* --- other calls from inside ------------------------------------------------------------------------ */

static void
test_service(int port)
{
	int fd = ws_open(port, "one");
	size_t i;

	for (i = 0; i < LWS_ARRAY_SIZE(places); i++) {
		int before = created, closing;

		intend(places[i].reason, SERVE);
		provoke(fd, places[i].reason);
		check(UNTIL(done) && deed_answer == -1, "lws_service in %s gives -1 (%d)", places[i].name, deed_answer);
		closing = places[i].reason == LWS_CALLBACK_CLOSED || places[i].reason == LWS_CALLBACK_WSI_DESTROY ||
			  places[i].reason == LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL ||
			  places[i].reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE;
		if (closing) {
			gone(fd);
			fd = ws_open(port, "one");
		}
		if (!echoes(fd) || created != before + closing)
			check(0, "and then all goes on");
	}
	intend(LWS_CALLBACK_PROTOCOL_INIT, SERVE);
	lws_vhost_destroy(new_vhost("late", 0, "lo"));
	check(done && deed_answer == -1, "lws_service in PROTOCOL_INIT inside lws_create_vhost gives -1 (%d)", deed_answer);
	check(echoes(fd), "and then all goes on");
	close(fd);
}

static void
test_new_vhosts(int port)
{
	int fd = ws_open(port, "one"), other, before = begun;
	struct lws_vhost *late;
	size_t i;

	late = new_vhost("late", 0, "lo");
	check(late && begun == before + 1, "once the context has begun, PROTOCOL_INIT comes inside lws_create_vhost");
	lws_service(cx, -1);
	lws_service(cx, -1);
	check(begun == before + 1, "and only there");
	lws_vhost_destroy(late);
	for (i = 0; i < LWS_ARRAY_SIZE(places); i++) {
		if (places[i].reason == A_SUL || places[i].reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED)
			continue;
		intend(places[i].reason, NEW_VHOST);
		provoke(fd, places[i].reason);
		UNTIL(done);
		other = deed_vhost ? ws_open(lws_get_vhost_listen_port(deed_vhost), "one") : -1;
		check(deed_answer == 1 && same_vhost && other >= 0 && echoes(other), "lws_create_vhost in %s", places[i].name);
		close(other);
		UNTIL(created <= destroyed + 1);
		lws_vhost_destroy(deed_vhost);
		if (!there(fd) || !echoes(fd)) {
			close(fd);
			fd = ws_open(port, "one");
		}
	}
	intend(LWS_CALLBACK_PROTOCOL_INIT, NEW_VHOST);
	late = new_vhost("late", 0, "lo");
	check(done && late && deed_vhost && deed_answer == 1, "lws_create_vhost in PROTOCOL_INIT");
	lws_vhost_destroy(deed_vhost);
	lws_vhost_destroy(late);
	intend(LWS_CALLBACK_PROTOCOL_INIT, BAD_VHOST);
	late = new_vhost("late", 0, "lo");
	check(done && late && !deed_vhost && same_vhost, "one that fails leaves the wsi with its vhost");
	lws_vhost_destroy(late);
	check(lws_get_context(stand_in) == cx && !lws_get_vhost(stand_in) && !lws_get_protocol(stand_in),
	      "the wsi of PROTOCOL_INIT has no vhost once that has gone");
	check(echoes(fd), "and all goes on");
	close(fd);
}

/* --- longjmp ---------------------------------------------------------------------------------------- */

static __attribute__((noinline)) void
turns(void)
{
	double end = seconds() + patience;

	while (seconds() < end)
		lws_service(cx, -1);
}

/* Later calls of lws_service are less deep in the stack. */
static __attribute__((noinline)) void
deep_turns(void)
{
	volatile char pad[32768];

	pad[0] = 0;
	turns();
	if (pad[0])
		done = 0;
}

static __attribute__((noinline)) int
leaves(void)
{
	if (setjmp(back))
		return 1;
	deep_turns();
	return 0;
}

static void
test_longjmp(int port)
{
	int fd = ws_open(port, "one"), other = ws_open(port, "one"), third;
	size_t i;

	for (i = 0; i < LWS_ARRAY_SIZE(places); i++) {
		int good;

		if (places[i].reason != LWS_CALLBACK_RECEIVE && places[i].reason != LWS_CALLBACK_SERVER_WRITEABLE &&
		    places[i].reason != LWS_CALLBACK_TIMER && places[i].reason != A_SUL)
			continue;
		provoke(fd, places[i].reason);
		intend(places[i].reason, JUMP);
		good = leaves() && done == 1;
		good &= echoes(other);
		good &= echoes(fd);
		third = ws_open(port, "one");
		good &= third >= 0 && echoes(third) && echoes(fd);
		close(third);
		good &= UNTIL(created == destroyed + 2);
		check(good, "longjmp out of %s: all connections go on", places[i].name);
	}
	ws_put(fd, TEXT, "x", 1);
	intend(LWS_CALLBACK_RECEIVE, JUMP);
	plan.first = "before";
	check(leaves() && ws_is(fd, TEXT, "before"), "what was written before the longjmp is sent");
	check(echoes(other) && echoes(fd), "and to nobody else");
	close(fd);
	close(other);
	UNTIL(level());
}

/* The jump leaves events behind that come only once. */
static void
test_longjmp_choked(int port)
{
	int fd = ws_open(port, "one"), other = dial_narrow(port), first;
	static unsigned char trash[BIG + 20];
	size_t got = 0;
	ssize_t n;

	ws_ask(other, "a", "one");
	ws_accepted(other);
	ws_put(other, BINARY, "m", 1);
	serve(0.05);
	ws_put(fd, TEXT, "x", 1);
	for (first = 0; first < 200; first++, usleep(1000))
		while ((n = recv(other, trash, sizeof trash, 0)) > 0)
			got += (size_t)n;
	intend(LWS_CALLBACK_RECEIVE, JUMP);
	leaves();
	got += get(other, trash, BIG + 10 - got);
	check(done && got == BIG + 10, "a longjmp does not make another connection's waiting bytes wait for ever (%zu of %d)", got,
	      BIG + 10);
	close(fd);
	close(other);
	UNTIL(level());
}

/* The same, less deep than deep_serve. */
static __attribute__((noinline)) int
leaves_shallow(void)
{
	double end = seconds() + patience;

	if (setjmp(back))
		return 1;
	while (seconds() < end)
		lws_service(cx, -1);
	return 0;
}

static __attribute__((noinline)) int
leaves_kill(void)
{
	volatile char pad[4096]; /* deeper than what comes after it */

	pad[0] = 0;
	(void)pad[0];
	if (setjmp(back))
		return 1;
	lws_set_timeout(last, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
	return 0;
}

static __attribute__((noinline)) int
deep_serve(void)
{
	volatile char pad[65536];
	int answer;

	pad[0] = 0;
	answer = lws_service(cx, -1);
	return answer + pad[0];
}

/* How programs clean up, and a loop that is deeper in the stack than the one that was left. */
static void
test_after_longjmp(void)
{
	static struct lws_context *place;
	struct lws_context_creation_info info = settings(protocols);
	int port, fd, other, finals = finalized, answer;

	info.pcontext = &place;
	info.finalize = finalize;
	port = start(info);
	fd = ws_open(port, "one");
	ws_put(fd, TEXT, "x", 1);
	intend(LWS_CALLBACK_RECEIVE, JUMP);
	leaves();
	lws_context_destroy(cx);
	check(done && !place && finalized == finals + 1 && level(), "lws_context_destroy after a longjmp ends the context");
	if (place)
		lws_service(cx, -1);
	cx = NULL;
	close(fd);

	port = start(info);
	fd = ws_open(port, "one");
	intend(LWS_CALLBACK_CLOSED, JUMP);
	answer = leaves_kill();
	other = ws_open(port, "one");
	answer = answer && other >= 0 && echoes(other);
	lws_context_destroy(cx);
	check(done && answer && !place, "a longjmp out of a callback that came outside lws_service: the context can go on, and end");
	cx = NULL;
	close(fd);
	close(other);

	port = start(info);
	fd = ws_open(port, "one");
	ws_put(fd, TEXT, "x", 1);
	intend(LWS_CALLBACK_RECEIVE, JUMP);
	leaves_shallow();
	answer = deep_serve();
	check(answer == -1, "lws_service from deeper in the stack after a longjmp cannot be told from a nested one (%d)", answer);
	lws_context_destroy(cx);
	cx = NULL;
	close(fd);
}

/* --- what was written ------------------------------------------------------------------------------- */

/* Of two connections that have something in the same turn, one writes and is destroyed. */
static void
test_cork(int port)
{
	static const enum deed ways[] = { KILL, END_VHOST };
	static const char *names[] = { "killed", "destroyed with its vhost" };
	size_t i;
	int order;

	for (i = 0; i < LWS_ARRAY_SIZE(ways); i++)
		for (order = 0; order < 2; order++) {
			struct lws_vhost *vhost = new_vhost("doomed", 0, "lo");
			int fd, other, good;
			char head[64] = "";

			fd = ws_open(lws_get_vhost_listen_port(vhost), "one");
			other = ws_open(port, "one");
			intend(LWS_CALLBACK_RECEIVE, ways[i]);
			plan.first = "SECRET";
			ws_put(fd, TEXT, "x", 1);
			if (order)
				serve(0.005);
			ws_put(other, PING, "ping", 4);
			good = ws_is(other, PONG, "ping") && echoes(other);
			get(fd, head, sizeof head - 1);
			check(done && good, "who is %s after it wrote: no other peer gets that (%s)", names[i],
			      order ? "a later turn" : "the same turn");
			/* 81 06 SECRET, or nothing at all */
			check(!*head || !memcmp(head, "\x81\x06SECRET", 8), "its own peer gets it whole or not at all");
			close(fd);
			close(other);
			UNTIL(level());
			if (ways[i] == KILL)
				lws_vhost_destroy(vhost);
		}
}

/* Reads to the end; the number of bytes, 0 where the end was not an orderly one. */
static size_t
read_all(int fd)
{
	static char trash[BIG + 4096];
	size_t got = get(fd, trash, sizeof trash);
	ssize_t n = recv(fd, trash, 1, MSG_DONTWAIT);

	close(fd);
	return n == 0 ? got : 0;
}

static void
test_big_answers(int port)
{
	static const char *paths[] = { "/one", "/big" }, *whats[] = { "none", "a FIN", "a close frame", "both" };
	char request[100], head[1000];
	size_t i, got;
	int fd, half;

	for (i = 0; i < 2; i++)
		for (half = 0; half < 3; half++) {
			fd = dial_narrow(port);
			snprintf(request, sizeof request, "GET %s HTTP/1.%d\r\nHost: a\r\n%s\r\n", paths[i], half != 1,
				 half == 2 ? "Connection: close\r\n" : "");
			say(fd, request);
			if (half)
				shutdown(fd, SHUT_WR);
			serve(0.05);
			http_head(fd, head, sizeof head);
			if (!half)
				shutdown(fd, SHUT_WR);
			got = read_all(fd);
			check(got == BIG, "%s HTTP/1.%d, the client's side closed %s the answer: %zu bytes", paths[i], half != 1,
			      half ? "before" : "during", got);
		}

	for (i = 0; i < 4; i++) {
		fd = dial_narrow(port);
		ws_ask(fd, "a", "one");
		ws_accepted(fd);
		ws_put(fd, TEXT, "f", 1);
		serve(0.02);
		if (i & 2)
			ws_put(fd, CLOSE, "\x03\xe8", 2);
		if (i & 1)
			shutdown(fd, SHUT_WR);
		serve(0.02);
		got = read_all(fd);
		check(got == BIG + 10, "-1 after a large message, then from the client %s: %zu bytes", whats[i], got);
	}
	fd = dial_narrow(port);
	ws_ask(fd, "a", "one");
	ws_accepted(fd);
	put(fd, "\x81\x81\0\0\0\0f\x88\x82\0\0\0\0\x03\xe8", 15);
	got = read_all(fd);
	check(got == BIG + 10, "a close frame in the same segment: %zu bytes", got);
	check(UNTIL(level()), "every connection ends (%d CREATE, %d DESTROY)", created, destroyed);
}

/* The answer to a body that is still coming is not lost by a reset. */
static void
test_early_answer(int port)
{
	static char request[3000100];
	char head[1000];
	int n = sprintf(request, "POST /413 HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n"), split, sent, fd;

	memset(request + n, 'z', 3000000);
	for (split = 0; split < 2; split++) {
		fd = dial(port);
		if (split) {
			put(fd, request, (size_t)n);
			serve(0.02);
		}
		sent = put(fd, request + n * split, 3000000 + (size_t)n * !split) == 0;
		serve(0.05);
		check(sent && http_head(fd, head, sizeof head) == 413, "413 and -1 while the body comes%s",
		      split ? ", which begins only then" : "");
		close(fd);
	}
	UNTIL(level());
}

/* --- peers that leave ------------------------------------------------------------------------------- */

static void
test_sse(int port)
{
	static const char *tails[] = { "", "\r\n", "X", "GET / HTTP/1.1\r\nHost: a\r\n\r\n" };
	char request[200], head[1000];
	size_t i;
	int n, way, fd;

	for (i = 0; i < LWS_ARRAY_SIZE(tails); i++)
		for (way = 0; way < 3; way++) {
			double begin;
			int half[10];

			snprintf(request, sizeof request, "GET /sse HTTP/1.1\r\nHost: a\r\n\r\n%s", tails[i]);
			for (n = 0; n < 10; n++) {
				half[n] = fd = dial(port);
				say(fd, request);
				if (http_head(fd, head, sizeof head) != 200)
					check(0, "no event stream");
				if (way == 0)
					close(fd);
				else if (way == 1)
					reset(fd);
				else
					shutdown(fd, SHUT_WR);
			}
			begin = seconds();
			check(UNTIL(level()) && seconds() - begin < patience / 5,
			      "event streams with %zu bytes behind the request end with the client (%s, %.3f s)", strlen(tails[i]),
			      way == 0 ? "close" : way == 1 ? "reset" : "shutdown", seconds() - begin);
			for (n = 0; way == 2 && n < 10; n++)
				close(half[n]);
		}
}

static void
test_pause(int port)
{
	int fd = ws_open(port, "one"), i;
	double begin;

	for (i = 0; i < 2; i++) {
		ws_put(fd, TEXT, "p", 1);
		serve(0.01);
		if (i)
			ws_put(fd, TEXT, "more", 4);
		serve(0.01);
		begin = seconds();
		reset(fd);
		check(UNTIL(level()) && seconds() - begin < patience / 5, "a paused connection that is reset is closed at once%s",
		      i ? ", also with bytes held" : "");
		fd = ws_open(port, "one");
	}
	close(fd);
	UNTIL(level());
}

/* --- timers ----------------------------------------------------------------------------------------- */

static void
test_timers(int port)
{
	int fd = ws_open(port, "one"), other;
	double begin = seconds();

	spinning = 1;
	timers = 0;
	ws_put(fd, TEXT, "t", 1);
	other = ws_open(port, "one");
	check(other >= 0 && echoes(other) && echoes(fd) && timers > 1 && seconds() - begin < patience / 5,
	      "a timer set to 0 in its own callback lets others have their turn (%d calls)", timers);
	close(fd);
	close(other);
	UNTIL(level());
	timers = 0;
	begin = seconds();
	lws_sul_schedule(cx, 0, &sul, rings, 0);
	fd = ws_open(port, "one");
	check(fd >= 0 && echoes(fd) && timers > 1 && seconds() - begin < patience / 5, "the same with lws_sul_schedule");
	spinning = 0;
	lws_sul_cancel(&sul);

	timers = 0;
	lws_sul_schedule(cx, 0, &sul, rings, INT64_MAX);
	lws_set_timer_usecs(last, INT64_MAX);
	lws_set_timeout_us(last, PENDING_TIMEOUT_USER_OK, INT64_MAX);
	check(echoes(fd) && !timers && there(fd), "timers of INT64_MAX microseconds do not come");
	lws_service(cx, 20);
	check(!timers && there(fd), "nor after a wait");
	lws_sul_cancel(&sul);
	close(fd);
	UNTIL(level());
}

/* --- the rest --------------------------------------------------------------------------------------- */

static void
test_slices(void)
{
	int port = start(settings(small)), fd = ws_open(port, "one");
	static char words[100];
	size_t n;

	memset(words, 'x', sizeof words);
	for (n = 1; n <= sizeof words; n++) {
		longest = received = 0;
		ws_put(fd, TEXT, words, n);
		if (!UNTIL(received == n) || longest > 10 || longest < (n < 10 ? n : 10))
			break;
	}
	check(n > sizeof words, "rx_buffer_size 10: slices of 10 at the most (%zu of %zu bytes)", longest, n);
	close(fd);
	stop();
	check(level(), "every connection ends");
}

static void *
wish(void *vhost)
{
	lws_callback_on_writable_all_protocol_vhost(vhost, lws_vhost_name_to_protocol(vhost, "one"));
	return NULL;
}

static void
test_wish(int port)
{
	int fd = ws_open(port, "one"), other;
	pthread_t thread;

	second = new_vhost("second", 0, "lo");
	other = ws_open(lws_get_vhost_listen_port(second), "one");
	serve(0.01);
	writeables[0] = writeables[1] = 0;
	pthread_create(&thread, NULL, wish, second);
	pthread_join(thread, NULL);
	check(UNTIL(writeables[1]) && (serve(0.02), writeables[0] == 0 && writeables[1] == 1),
	      "lws_callback_on_writable_all_protocol_vhost from another thread: this vhost only (%d, %d)", writeables[0],
	      writeables[1]);
	pthread_create(&thread, NULL, wish, second);
	pthread_join(thread, NULL);
	lws_vhost_destroy(second);
	second = NULL;
	serve(0.01);
	check(gone(other) && echoes(fd) && writeables[0] == 0, "one that comes when the vhost has gone is nobody's");
	close(fd);
	UNTIL(level());
}

int
main(void)
{
	int port, fds;

	begin(100);
	memset(big, 'y', sizeof big);
	fds = open_fds();
	port = start(settings(protocols));
	test_kill(port);
	test_vhosts(port);
	test_early(port);
	test_shared_port();
	test_service(port);
	test_new_vhosts(port);
	test_longjmp(port);
	test_longjmp_choked(port);
	test_cork(port);
	test_big_answers(port);
	test_early_answer(port);
	test_sse(port);
	test_pause(port);
	test_timers(port);
	test_wish(port);
	check(room >= 3569, "ADD_HEADERS has the room that Debian's build leaves (%d)", room);
	stop();
	check(level(), "every connection ends once (%d CREATE, %d DESTROY)", created, destroyed);
	test_slices();
	test_contexts();
	test_after_longjmp();
	check(open_fds() <= fds, "no descriptor is left (%d, %d before)", open_fds(), fds);
	return finish();
}
