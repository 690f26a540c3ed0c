/*
 * One library's loop (-DLOOP_UV, LOOP_EV, LOOP_EVENT or LOOP_GLIB): what is asked for outside a turn, contexts that end in a
 * callback of their own or after the loop has stopped, two contexts in one loop. Prints ok and FAIL lines.
 * What the library takes for granted of the loop's is asserted at compile time.
 */
#include <libwebsockets.h>
#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void (*step_fn)(void);
static step_fn next_step;

#if defined(LOOP_UV)
#include <uv.h>
_Static_assert(UV_POLL == 8 && UV_TIMER == 13 && UV_SIGNAL == 16, "uv_handle_type");
_Static_assert(UV_READABLE == 1 && UV_RUN_DEFAULT == 0 && UV_RUN_NOWAIT == 2, "uv enums");
_Static_assert(offsetof(uv_handle_t, data) == 0 && sizeof(enum uv_poll_event) == sizeof(int), "uv_handle_t");
#define OPTION LWS_SERVER_OPTION_LIBUV
static uv_loop_t loop;
static uv_timer_t timer;
static void fire(uv_timer_t *t) { (void)t; next_step(); }
static void *loop_open(void) { uv_loop_init(&loop); uv_timer_init(&loop, &timer); return &loop; }
static void loop_after(int ms) { uv_timer_start(&timer, fire, (uint64_t)ms, 0); }
static void loop_run(void) { uv_run(&loop, UV_RUN_DEFAULT); }
static void loop_stop(void) { uv_stop(&loop); }
static int loop_close(void)
{
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop);
}
#elif defined(LOOP_EV)
#include <ev.h>
_Static_assert(EV_READ == 1 && EV__IOFDSET == 0x80 && EVRUN_NOWAIT == 1 && EVBREAK_ALL == 2, "ev enums");
_Static_assert(sizeof(ev_io) == 48 && offsetof(ev_io, data) == 16 && offsetof(ev_io, cb) == 24 && offsetof(ev_io, fd) == 40 &&
	       offsetof(ev_io, events) == 44, "ev_io");
_Static_assert(sizeof(ev_timer) == 48 && offsetof(ev_timer, data) == 16 && offsetof(ev_timer, cb) == 24 && offsetof(ev_timer, at) == 32 &&
	       offsetof(ev_timer, repeat) == 40, "ev_timer");
_Static_assert(sizeof(ev_signal) == 48 && offsetof(ev_signal, data) == 16 && offsetof(ev_signal, signum) == 40, "ev_signal");
_Static_assert(offsetof(ev_io, active) == 0 && sizeof(ev_tstamp) == 8, "ev_watcher");
#define OPTION LWS_SERVER_OPTION_LIBEV
static struct ev_loop *loop;
static ev_timer timer;
static void fire(struct ev_loop *l, ev_timer *t, int r) { (void)l; (void)t; (void)r; next_step(); }
static void *loop_open(void) { return loop = ev_loop_new(EVFLAG_AUTO); }
static void loop_after(int ms) { ev_timer_init(&timer, fire, ms / 1e3, 0); ev_timer_start(loop, &timer); }
static void loop_run(void) { ev_run(loop, 0); }
static void loop_stop(void) { ev_break(loop, EVBREAK_ALL); }
static int loop_close(void) { int left = (int)ev_pending_count(loop); ev_run(loop, EVRUN_NOWAIT); ev_loop_destroy(loop); return left; }
#elif defined(LOOP_EVENT)
#include <event2/event.h>
_Static_assert(EV_READ == 2 && EV_SIGNAL == 8 && EV_PERSIST == 16 && EVLOOP_NONBLOCK == 2, "event flags");
_Static_assert(sizeof(evutil_socket_t) == sizeof(int), "evutil_socket_t");
#define OPTION LWS_SERVER_OPTION_LIBEVENT
static struct event_base *loop;
static struct event *timer;
static void fire(evutil_socket_t fd, short what, void *a) { (void)fd; (void)what; (void)a; next_step(); }
static void *loop_open(void) { loop = event_base_new(); timer = event_new(loop, -1, 0, fire, NULL); return loop; }
static void loop_after(int ms) { struct timeval tv = { 0, ms * 1000 }; event_add(timer, &tv); }
static void loop_run(void) { event_base_dispatch(loop); }
static void loop_stop(void) { event_base_loopbreak(loop); }
static int loop_close(void)
{
	int left;

	event_free(timer);
	left = event_base_get_num_events(loop, EVENT_BASE_COUNT_ADDED);
	event_base_free(loop);
	return left;
}
#elif defined(LOOP_GLIB)
#include <glib-unix.h>
_Static_assert(sizeof(GSource) == 96 && sizeof(GSourceFuncs) == 48 && offsetof(GSourceFuncs, dispatch) == 16, "GSource");
_Static_assert(G_IO_IN == 1 && sizeof(gboolean) == sizeof(int) && sizeof(GIOCondition) == sizeof(int), "glib types");
#define OPTION LWS_SERVER_OPTION_GLIB
static GMainLoop *loop;
static GMainContext *main_context;
static gboolean fire(gpointer a) { (void)a; next_step(); return FALSE; }
static void *loop_open(void) { main_context = g_main_context_new(); return loop = g_main_loop_new(main_context, FALSE); }
static void loop_after(int ms)
{
	GSource *s = g_timeout_source_new((guint)ms);

	g_source_set_callback(s, fire, NULL, NULL);
	g_source_attach(s, main_context);
	g_source_unref(s);
}
static void loop_run(void) { g_main_loop_run(loop); }
static void loop_stop(void) { g_main_loop_quit(loop); }
static int loop_close(void) { g_main_loop_unref(loop); g_main_context_unref(main_context); return 0; }
#endif

static struct lws_context *one, *two, *three;
static struct lws *client;
static lws_sorted_usec_list_t early, late;
static double asked, early_at, late_at, established_at, writeable_at;
static int failed, destroy_in_receive, pings, ended, second_served;

static void
check(int good, const char *what, double number)
{
	printf("%s %s (%.3f)\n", good ? "ok" : "FAIL", what, number);
	failed += !good;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_early(lws_sorted_usec_list_t *s) { (void)s; early_at = seconds(); }
static void on_late(lws_sorted_usec_list_t *s) { (void)s; late_at = seconds(); }
static void on_second(lws_sorted_usec_list_t *s) { (void)s; second_served++; }

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char text[LWS_PRE + 4];

	(void)user;
	(void)in;
	(void)len;
	memcpy(text + LWS_PRE, "ping", 4);
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		return lws_write(wsi, text + LWS_PRE, 4, LWS_WRITE_TEXT) < 0 ? -1 : 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		established_at = seconds();
		client = wsi;
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		writeable_at = seconds();
		lws_write(wsi, text + LWS_PRE, 4, LWS_WRITE_TEXT);
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		pings++;
		if (destroy_in_receive)
			lws_context_destroy(lws_get_context(wsi));
		break;
	case LWS_CALLBACK_PROTOCOL_DESTROY:
		ended++;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "ping", callback, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static struct lws_context *
context(void *handle, struct lws_context **place)
{
	struct lws_context_creation_info i;
	void *loops[1];

	memset(&i, 0, sizeof i);
	i.port = 0;
	i.iface = "127.0.0.1";
	i.protocols = protocols;
	i.options = OPTION;
	i.foreign_loops = loops;
	i.pcontext = place;
	i.gid = i.uid = (gid_t)-1;
	loops[0] = handle;
	return lws_create_context(&i);
}

static int
open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = -3;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void
then(step_fn step, int ms)
{
	next_step = step;
	loop_after(ms);
}

/* Each step runs in the program's own timer: outside any turn. */
static void stop_it(void) { loop_stop(); }
static void
after_end(void)
{
	check(!one && ended == 1, "a context destroyed in its own callback has ended", ended);
	check(second_served == 1, "another context on the same loop is served", second_served);
	lws_sul_schedule(two, 0, &late, on_late, 10 * LWS_US_PER_SEC); /* cancelled by the end */
	then(stop_it, 10);
}
static void
destroy_in_callback(void)
{
	check(pings == 1, "lws_callback_on_writable outside a turn", writeable_at - asked);
	destroy_in_receive = 1;
	lws_sul_schedule(two, 0, &early, on_second, 20 * LWS_US_PER_MS);
	lws_callback_on_writable(client);
	then(after_end, 300);
}
static void
ask(void)
{
	check(client != NULL, "lws_client_connect_via_info outside a turn", established_at - asked);
	asked = seconds();
	if (client)
		lws_callback_on_writable(client);
	then(destroy_in_callback, 300);
}
static void
dial(void)
{
	struct lws_client_connect_info i;

	check(early_at - asked > 0.05 && early_at - asked < 0.35, "lws_sul_schedule outside a turn", early_at - asked);
	check(late_at - asked > 0.4 && late_at - asked < 0.8, "and one that was there before and ends later", late_at - asked);
	asked = seconds();
	memset(&i, 0, sizeof i);
	i.context = one;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = lws_get_vhost_port(lws_get_vhost_by_name(one, "default"));
	i.path = "/";
	i.protocol = i.local_protocol_name = "ping";
	lws_client_connect_via_info(&i);
	then(ask, 400);
}
static void
schedule(void)
{
	asked = seconds();
	lws_sul_schedule(one, 0, &late, on_late, 400 * LWS_US_PER_MS);
	lws_sul_schedule(one, 0, &early, on_early, 50 * LWS_US_PER_MS);
	then(dial, 900);
}

int
main(void)
{
	int fds, left;
	void *handle;

	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	loop_open();
	loop_close();
	fds = open_fds(); /* with those that the other library keeps */
	handle = loop_open();
	context(handle, &one);
	context(handle, &two);
	check(one && two, "two contexts", 2);
	then(schedule, 50);
	loop_run();
	check(two != NULL, "the loop was stopped with a context in it", 1);
	lws_context_destroy(two);
	check(!two && ended == 2, "and the context is destroyed after that", ended);
	context(handle, &three); /* and one that was never served */
	lws_context_destroy(three);
	check(!three, "one that was never served", 3);
	left = loop_close();
	check(!left, "nothing is left in the loop", left);
	check(open_fds() == fds, "no descriptor is left", open_fds() - fds);
	return failed != 0;
}
