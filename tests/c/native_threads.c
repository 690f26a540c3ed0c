/*
 * Ways into a loop from other threads: messages, calls, wishes for a writeable callback; connections and contexts that end meanwhile.
 */
#define _GNU_SOURCE
#include "harness.h"
#include <netgraft.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define THREADS 4
#define EACH 5000

static atomic_int dropped, cancelled, called, stale, full;
static int posted, order_broken, writables, written, user_reasons, closed;
static long last_of[THREADS];
static pthread_t loop_thread;
static int wrong_thread;
static netgraft_conn conn, ws_conn;
static netgraft_loop loop;
static atomic_int stop_now;

static void on_posted(netgraft_conn c, void *user, void *message)
{
	long m = (long)message, who = m >> 32, n = m & 0xffffffff;

	(void)c;
	(void)user;
	posted++;
	if (!pthread_equal(pthread_self(), loop_thread))
		wrong_thread++;
	if (n != last_of[who] + 1)
		order_broken++;
	last_of[who] = n;
}

static void on_writable(netgraft_conn c, void *user)
{
	(void)c;
	(void)user;
	writables++;
}

static void on_closed(netgraft_conn c, void *user, int error)
{
	(void)c;
	(void)user;
	(void)error;
	closed++;
}

static const struct netgraft_callbacks callbacks = { .posted = on_posted, .writable = on_writable, .closed = on_closed };
static const struct netgraft_callbacks deaf = { .closed = on_closed };

static int protocol(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	(void)len;
	if (reason == LWS_CALLBACK_ESTABLISHED)
		ws_conn = netgraft_of_wsi(wsi);
	if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
		written++;
	if (reason == LWS_CALLBACK_USER) {
		user_reasons++;
		return in == (void *)99 ? -1 : 0;
	}
	return 0;
}

static const struct lws_protocols protocols[] = { { .name = "p", .callback = protocol }, { 0 } };

static void drop(void *message)
{
	(void)message;
	dropped++;
}

static void call(void *arg, int error)
{
	if (error == -ECANCELED)
		cancelled++;
	else if (!error)
		called++;
	if (arg == &call && !error)
		netgraft_close(conn, NETGRAFT_CLOSE_NOW);
	if (arg == &drop && !error)
		lws_context_destroy(cx);
}

static void *poster(void *arg)
{
	long who = (long)arg, n;

	for (n = 1; n <= EACH;) {
		int e = netgraft_post(conn, (void *)(who << 32 | n), drop);

		if (e == -EAGAIN) {
			full++;
			usleep(100);
			continue;
		}
		if (e)
			break;
		netgraft_ask_writable(conn);
		n++;
	}
	return NULL;
}

/* Posts, asks and calls until it is told to stop, whatever is still there. */
static void *pest(void *arg)
{
	int *accepted = arg;

	while (!stop_now) {
		int e = netgraft_post(conn, NULL, drop);

		if (!e)
			accepted[0]++;
		else if (e == -ESTALE)
			stale++;
		netgraft_ask_writable(conn);
		netgraft_ask_writable(ws_conn);
		if (!netgraft_post(ws_conn, NULL, drop))
			accepted[0]++;
		if (!netgraft_call(loop, call, NULL))
			accepted[1]++;
		sched_yield(); /* under valgrind one thread runs at a time, and the loop has to have its turn */
	}
	return NULL;
}

static netgraft_conn inject(const struct netgraft_callbacks *c, int *peer)
{
	int fds[2];
	netgraft_conn name = 0;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) || netgraft_inject(cx, fds[0], c, NULL, NULL, &name))
		return 0;
	*peer = fds[1];
	return name;
}

static int begin_context(void)
{
	ws_conn = conn = 0;
	return start(settings(protocols));
}

static void messages(void)
{
	pthread_t t[THREADS];
	long i;
	int peer;

	begin_context();
	conn = inject(&callbacks, &peer);
	for (i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, poster, (void *)i);
	check(UNTIL(posted == THREADS * EACH), "%d messages of %d threads", THREADS * EACH, THREADS);
	for (i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	check(!order_broken && !wrong_thread && !dropped, "in the order of each thread, in the loop's thread");
	check(UNTIL(writables > 0) && writables <= THREADS * EACH, "writable");
	netgraft_close(conn, NETGRAFT_CLOSE_NOW);
	UNTIL(closed);
	check(netgraft_post(conn, NULL, drop) == -ESTALE && netgraft_ask_writable(conn) == -ESTALE && dropped == 0, "a dead handle");
	close(peer);
	conn = inject(&deaf, &peer);
	check(netgraft_post(conn, NULL, drop) == 0 && UNTIL(dropped == 1), "who does not listen: dropped");
	check(netgraft_post(conn, NULL, drop) == 0 && netgraft_close(conn, NETGRAFT_CLOSE_NOW) == 0 && UNTIL(dropped == 2),
	      "closed before it came: dropped");
	close(peer);
	check(netgraft_post(0, NULL, drop) == -ESTALE && netgraft_post(~0ull, NULL, drop) == -ESTALE && netgraft_post(conn ^ 3ull << 62, NULL, drop) == -ESTALE,
	      "made-up handles");
	stop();
}

static void websockets(int port)
{
	int fd = ws_open(port, "p");

	check(fd >= 0 && UNTIL(ws_conn != 0), "a WebSocket has a handle");
	check(netgraft_of_wsi(NULL) == 0 && netgraft_of_wsi((struct lws *)&posted) == 0, "nothing has none");
	check(netgraft_send(ws_conn, "x", 1) == -ESTALE && netgraft_close(ws_conn, 0) == -ESTALE, "which is not an injected connection's");
	check(netgraft_ask_writable(ws_conn) == 0 && UNTIL(written == 1), "asked for a writeable callback");
	check(netgraft_ask_writable(ws_conn) == 0 && UNTIL(written == 2), "and again");
	check(netgraft_post(ws_conn, (void *)5, drop) == 0 && UNTIL(user_reasons == 1), "a message is LWS_CALLBACK_USER");
	dropped = 0;
	check(netgraft_post(ws_conn, (void *)99, drop) == 0 && netgraft_post(ws_conn, (void *)5, drop) == 0 && gone(fd) && user_reasons == 2 && dropped == 1,
	      "whose answer ends the connection, so the next is dropped");
	check(netgraft_post(ws_conn, NULL, drop) == -ESTALE && netgraft_ask_writable(ws_conn) == -ESTALE, "a dead handle");
}

static void calls(void)
{
	int peer, i;
	netgraft_loop old;

	called = cancelled = 0;
	loop = netgraft_loop_of(cx);
	check(loop && loop == netgraft_loop_of(cx) && !netgraft_loop_of(NULL), "a loop has a handle");
	check(netgraft_call(loop, NULL, NULL) == -EINVAL && netgraft_call(0, call, NULL) == -ESTALE, "bad arguments");
	check(netgraft_call(loop, call, NULL) == 0 && called == 0 && UNTIL(called == 1), "called in the loop");
	closed = 0;
	conn = inject(&callbacks, &peer);
	check(netgraft_call(loop, call, call) == 0 && UNTIL(closed == 1), "closes a connection there");
	close(peer);
	conn = inject(&callbacks, &peer);
	for (i = 0; i < 70000 && !netgraft_call(loop, call, NULL); i++)
		;
	check(i == 65536 && netgraft_post(conn, NULL, drop) == -EAGAIN && netgraft_ask_writable(conn) == -EAGAIN, "the bound is kept");
	check(UNTIL(called == 2 + 65536), "all that were accepted are called");
	check(netgraft_ask_writable(conn) == 0, "and there is room again");
	called = 0;
	dropped = 0;
	netgraft_call(loop, call, NULL);
	netgraft_call(loop, call, drop); /* ends the context */
	netgraft_call(loop, call, NULL);
	netgraft_post(conn, NULL, drop);
	old = loop;
	lws_service(cx, 0);
	check(called == 2 && cancelled == 1 && dropped == 1, "the context ends in a call: what is left is cancelled");
	check(netgraft_call(old, call, NULL) == -ESTALE && netgraft_post(conn, NULL, drop) == -ESTALE, "its handles are stale");
	close(peer);
	begin_context();
	check(netgraft_loop_of(cx) != old && netgraft_call(old, call, NULL) == -ESTALE, "also when another context has come");
	netgraft_call(netgraft_loop_of(cx), call, NULL);
	stop();
	check(cancelled == 2, "destroyed before its turn: cancelled");
}

/* Threads that never stop, while connections and contexts come and go. */
static void pests(void)
{
	pthread_t t[THREADS];
	int accepted[THREADS][2] = { 0 }, i, round, peer, port, fd, sum[2] = { 0 };

	dropped = cancelled = called = posted = user_reasons = 0;
	for (i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, pest, accepted[i]);
	for (round = 0; round < 20; round++) {
		port = begin_context();
		loop = netgraft_loop_of(cx);
		for (i = 0; i < 5; i++) {
			conn = inject(&callbacks, &peer);
			fd = i ? -1 : ws_open(port, "p");
			serve(0.002);
			netgraft_close(conn, NETGRAFT_CLOSE_NOW);
			if (fd >= 0)
				close(fd);
			close(peer);
		}
		stop();
		/* its names are stale now, which they are to hear of before the next one comes */
		for (i = 0; i < 5000 && !stale; i++)
			usleep(1000);
	}
	stop_now = 1;
	for (i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		sum[0] += accepted[i][0];
		sum[1] += accepted[i][1];
	}
	check(sum[0] > 0 && sum[1] > 0 && stale > 0, "threads that do not stop");
	check(posted + user_reasons + dropped == sum[0], "each message accepted is delivered or dropped, once (%d)", sum[0]);
	check(called + cancelled == sum[1], "each call accepted is made or cancelled, once (%d)", sum[1]);
}

int main(void)
{
	int before;

	begin(90);
	loop_thread = pthread_self();
	before = open_fds();
	messages();
	websockets(begin_context());
	calls();
	pests();
	check(open_fds() == before, "no descriptor is left over");
	return finish();
}
