/* Timeouts, timers, the wait of lws_service, keep-alive, validity pings (S0.11). */
#include "harness.h"
#include <setjmp.h>

static struct lws *live;
static int timers, closed, jump;
static jmp_buf back;
static double timer_at, closed_at;

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		live = wsi;
		return 0;
	case LWS_CALLBACK_TIMER:
		timers++;
		timer_at = seconds();
		return 0;
	case LWS_CALLBACK_CLOSED:
		closed++;
		closed_at = seconds();
		return 0;
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_HTTP:
		live = wsi;
		if (jump)
			longjmp(back, 1);
		return reason == LWS_CALLBACK_HTTP ? lws_callback_http_dummy(wsi, reason, user, in, len) : 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ "t", on_ws, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

/* Timers come late on a busy machine, but never early. */
#define LATE 0.4
#define ABOUT(secs, want) ((secs) > (want) - 0.02 && (secs) < (want) + LATE * patience / 5)

static void
test_service(void)
{
	double begin;
	int i;

	for (i = 0; i < 5; i++) /* what was left to do */
		lws_service(cx, -1);
	begin = seconds();
	check(lws_service(cx, 150) == 0 && ABOUT(seconds() - begin, 0.15), "a positive timeout ends the wait");
	begin = seconds();
	for (i = 0; i < 100; i++)
		lws_service(cx, -1);
	check(seconds() - begin < 0.1, "a negative timeout does not wait");
	begin = seconds();
	lws_cancel_service(cx);
	check(lws_service(cx, 0) == 0 && seconds() - begin < 0.1, "a cancel before the call ends the wait");
	check(lws_service_tsi(cx, -1, 0) == 0 && lws_service_tsi(cx, -1, 1) == -1, "service thread 0 is the only one");
}

/* Seconds until the library closes the connection `fd`. */
static double
lasts(int fd)
{
	double begin = seconds();

	return gone(fd) ? seconds() - begin : 1000;
}

static void
test_timeouts(int port)
{
	int fd = ws_open(port, "t"), before = closed;
	double secs;

	lws_set_timeout(live, PENDING_TIMEOUT_USER_OK, 1);
	secs = lasts(fd);
	check(ABOUT(secs, 1.0) && closed == before + 1, "lws_set_timeout 1 s closes (%.2f s)", secs);

	fd = ws_open(port, "t");
	lws_set_timeout_us(live, PENDING_TIMEOUT_USER_OK, 200000);
	secs = lasts(fd);
	check(ABOUT(secs, 0.2), "lws_set_timeout_us 200 ms closes (%.2f s)", secs);

	fd = ws_open(port, "t");
	lws_set_timeout_us(live, PENDING_TIMEOUT_USER_OK, 100000);
	lws_set_timeout(live, PENDING_TIMEOUT_USER_OK, 0);
	serve(0.3);
	check(there(fd), "0 seconds cancel the timeout");
	lws_set_timeout_us(live, PENDING_TIMEOUT_USER_OK, 100000);
	lws_set_timeout(live, NO_PENDING_TIMEOUT, 5);
	serve(0.3);
	check(there(fd), "NO_PENDING_TIMEOUT cancels the timeout");
	lws_set_timeout_us(live, PENDING_TIMEOUT_USER_OK, 100000);
	lws_set_timeout_us(live, PENDING_TIMEOUT_USER_OK, 400000);
	secs = lasts(fd);
	check(ABOUT(secs, 0.4), "a new timeout replaces the old one (%.2f s)", secs);

	fd = ws_open(port, "t");
	before = closed;
	lws_set_timeout(live, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
	check(closed == before + 1, "LWS_TO_KILL_SYNC: CLOSED comes before the call returns");
	check(gone(fd), "and the connection has gone");
	fd = ws_open(port, "t");
	lws_set_timeout(live, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	check(closed == before + 1 && gone(fd) && closed == before + 2, "LWS_TO_KILL_ASYNC: when the loop comes by");
}

static void
test_timer(int port)
{
	int fd = ws_open(port, "t");
	double begin = seconds();

	timers = 0;
	lws_set_timer_usecs(live, 100000);
	check(UNTIL(timers == 1) && ABOUT(timer_at - begin, 0.1), "lws_set_timer_usecs");
	serve(0.3);
	check(timers == 1, "it comes once");
	lws_set_timer_usecs(live, 100000);
	lws_set_timer_usecs(live, LWS_SET_TIMER_USEC_CANCEL);
	serve(0.2);
	check(timers == 1, "LWS_SET_TIMER_USEC_CANCEL");
	begin = seconds();
	lws_set_timer_usecs(live, 50000);
	lws_set_timer_usecs(live, 200000);
	check(UNTIL(timers == 2) && ABOUT(timer_at - begin, 0.2), "a new time replaces the old one");
	lws_set_timer_usecs(live, 100000);
	close(fd);
	serve(0.2);
	check(timers == 2, "none for a connection that has gone");
}

/* --- lws_sul_schedule ------------------------------------------------------------------------------- */

struct item {
	lws_sorted_usec_list_t sul;
	char name;
	double at;
	int again;          /* how often it schedules itself anew */
	struct item *stops; /* which one it cancels */
};

static char order[64];

static void
ring(lws_sorted_usec_list_t *sul)
{
	struct item *item = lws_container_of(sul, struct item, sul);
	size_t n = strlen(order);

	if (n + 1 < sizeof order)
		order[n] = item->name;
	item->at = seconds();
	if (item->again-- > 0)
		lws_sul_schedule(cx, 0, sul, ring, 10000);
	if (item->stops)
		lws_sul_cancel(&item->stops->sul);
}

static void
test_sul(void)
{
	struct item a, b, c, d;
	double begin = seconds();

	memset(&a, 0, sizeof a);
	b = c = d = a;
	a.name = 'a', b.name = 'b', c.name = 'c', d.name = 'd';
	memset(order, 0, sizeof order);
	lws_sul_schedule(cx, 0, &a.sul, ring, 150000);
	lws_sul_schedule(cx, 0, &b.sul, ring, 50000);
	lws_sul_schedule(cx, 0, &c.sul, ring, 100000);
	check(UNTIL(strlen(order) == 3) && !strcmp(order, "bca"), "in the order of their times (%s)", order);
	check(ABOUT(b.at - begin, 0.05) && ABOUT(c.at - begin, 0.1) && ABOUT(a.at - begin, 0.15), "at their times");

	memset(order, 0, sizeof order);
	lws_sul_schedule(cx, 0, &a.sul, ring, 50000);
	lws_sul_schedule(cx, 0, &b.sul, ring, 50000);
	lws_sul_schedule(cx, 0, &c.sul, ring, 50000);
	lws_sul_schedule(cx, 0, &d.sul, ring, 20000);
	d.stops = &b;
	lws_sul_cancel(&c.sul);
	lws_sul_cancel(&c.sul);
	serve(0.15);
	check(!strcmp(order, "da"), "cancelled, from outside and by another one (%s)", order);
	d.stops = NULL;

	memset(order, 0, sizeof order);
	a.again = 3;
	lws_sul_schedule(cx, 0, &a.sul, ring, 10000);
	serve(0.15);
	check(!strcmp(order, "aaaa"), "scheduled anew in its own callback (%s)", order);

	memset(order, 0, sizeof order);
	lws_sul_schedule(cx, 0, &a.sul, ring, 20000);
	lws_sul_schedule(cx, 0, &b.sul, ring, 60000);
	lws_sul_schedule(cx, 0, &a.sul, ring, 100000);
	lws_sul_schedule_wakesuspend(cx, 0, &c.sul, ring, 40000);
	serve(0.2);
	check(!strcmp(order, "cba"), "scheduled again it moves (%s)", order);

	memset(order, 0, sizeof order);
	lws_sul_schedule(cx, 0, &a.sul, ring, 1000000);
	lws_sul_schedule(cx, 0, &a.sul, ring, LWS_SET_TIMER_USEC_CANCEL);
	begin = seconds();
	lws_sul_schedule(cx, 0, &b.sul, ring, 100000);
	while (!*order)
		lws_service(cx, 0);
	check(ABOUT(seconds() - begin, 0.1) && !strcmp(order, "b"), "a due one ends the wait of lws_service");

	lws_sul_schedule(cx, 0, &a.sul, ring, 1000000); /* the context's end lets go of it */
	stop();
	check(!a.sul.list.owner, "the end of the context cancels all");
	lws_sul_cancel(&a.sul);
}

/* --- other contexts --------------------------------------------------------------------------------- */

static void
test_handshake(void)
{
	struct lws_context_creation_info info = settings(protocols);
	int port, fd[3], i;
	double begin = seconds(), secs[3];

	info.timeout_secs_ah_idle = 1;
	info.keepalive_timeout = 1;
	port = start(info);
	for (i = 0; i < 3; i++)
		fd[i] = dial(port);
	say(fd[1], "GET / HTTP/1.1\r\nHos");
	say(fd[2], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	for (i = 0; i < 3; i++) {
		gone(fd[i]);
		secs[i] = seconds() - begin;
	}
	check(ABOUT(secs[0], 1.0), "a silent connection is closed (%.2f s)", secs[0]);
	check(ABOUT(secs[1], 1.0), "half a request is closed (%.2f s)", secs[1]);
	check(ABOUT(secs[2], 1.0), "an idle HTTP connection is closed (%.2f s)", secs[2]);
	stop();
}

static void
test_validity(void)
{
	static const uint32_t table[] = { 1000 };
	static const lws_retry_bo_t policy = { .retry_ms_table = table, .retry_ms_table_count = 1,
					       .secs_since_valid_ping = 1, .secs_since_valid_hangup = 2 };
	struct lws_context_creation_info info = settings(protocols);
	static unsigned char large[LWS_PRE + (16 << 20)];
	int port, deaf, stuck, alive, first = 0, pings = 0, i;
	char payload[200];
	double opened, begin, pinged = 0;

	info.retry_and_idle_policy = &policy;
	port = start(info);
	closed = 0;
	opened = seconds();
	deaf = ws_open(port, "t");
	stuck = ws_open(port, "t");
	lws_write(live, large + LWS_PRE, 16 << 20, LWS_WRITE_BINARY); /* more than the kernel takes */
	alive = ws_open(port, "t");
	begin = seconds();
	for (; seconds() - begin < 3.3; serve(0.002))
		if (!there(alive) || recv(alive, payload, 1, MSG_DONTWAIT | MSG_PEEK) == 1) {
			if (ws_get(alive, &first, payload, sizeof payload) < 0)
				break;
			if (first == PING && !pings++)
				pinged = seconds();
			ws_put(alive, PONG, "", 0);
		}
	check(ABOUT(pinged - begin, 1.0), "a ping after a second without a sign of life (%.2f s)", pinged - begin);
	check(pings == 3, "and again, a second after each answer (%d)", pings);
	check(there(alive), "who answers stays");
	check(closed == 2 && closed_at - opened > 1.98 && closed_at - begin < 2 + LATE * patience / 5, "who does not is closed, also with much unsent (%d of 2, %.2f s)",
	      closed, closed_at - begin);
	check(gone(deaf), "and sees it");
	close(stuck);

	for (i = 0; i < 5; i++, serve(0.3))
		lws_validity_confirmed(live);
	check(there(alive) && recv(alive, payload, 1, MSG_DONTWAIT) < 0, "lws_validity_confirmed puts the ping off");
	check(ws_is(alive, PING, ""), "while it is called");
	stop();
}

/* --- longjmp ---------------------------------------------------------------------------------------- */

/* What is called later is less deep in the stack. */
static __attribute__((noinline)) void
deep_turns(void)
{
	volatile char pad[32768];

	pad[0] = 0;
	serve(patience);
	if (pad[0])
		jump = 0;
}

/* Has a callback leave the library by longjmp, and lets time go by. */
static __attribute__((noinline)) int
leaves(void)
{
	jump = 1;
	if (setjmp(back)) {
		jump = 0;
		usleep(600000);
		return 1;
	}
	deep_turns();
	return 0;
}

static void
test_longjmp(void)
{
	struct lws_context_creation_info info = settings(protocols);
	double secs[3];
	int port, fd, good;

	info.keepalive_timeout = 1;
	port = start(info);
	fd = ws_open(port, "t");
	ws_put(fd, TEXT, "x", 1);
	good = leaves();
	lws_set_timeout(live, PENDING_TIMEOUT_USER_OK, 1);
	secs[0] = lasts(fd);
	fd = ws_open(port, "t");
	ws_put(fd, TEXT, "x", 1);
	good &= leaves();
	lws_set_timeout_us(live, PENDING_TIMEOUT_USER_OK, 700000);
	secs[1] = lasts(fd);
	check(good && ABOUT(secs[0], 1.0) && ABOUT(secs[1], 0.7), "after a longjmp a timeout counts from when it is set (%.2f s, %.2f s)", secs[0],
	      secs[1]);
	fd = dial(port);
	say(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	good = leaves();
	good &= !lws_return_http_status(live, 404, NULL) && !lws_http_transaction_completed(live);
	secs[2] = lasts(fd);
	check(good && ABOUT(secs[2], 1.0), "and keep-alive from the end of the answer (%.2f s)", secs[2]);
	stop();
}

int
main(void)
{
	int port;

	begin(40);
	port = start(settings(protocols));
	test_service();
	test_timeouts(port);
	test_timer(port);
	test_sul();
	test_handshake();
	test_validity();
	test_longjmp();
	return finish();
}
