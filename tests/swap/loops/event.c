/* The program's own libevent loop.  event WSPORT UDPPORT */
#include <event2/event.h>
#include "part.h"

static struct event_base *base;
static struct event *timer, *io;
static int destroyed;

static void
tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	ticks++;
	if (quit_req && quit_req++ > 3 && !destroyed) {
		destroyed = 1;
		lws_context_destroy(cx);
		printf("after destroy in loop: cx %s\n", cx ? "still set" : "NULL");
		event_free(timer);
		event_free(io);
	}
}

static void
readable(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	(void)arg;
	udp_echo(fd);
}

int
main(int argc, char **argv)
{
	struct timeval every = { 0, 20000 };
	void *loops[1];

	if (argc < 3)
		return 2;
	base = event_base_new();
	loops[0] = base;
	if (start(LWS_SERVER_OPTION_LIBEVENT, loops, atoi(argv[1])))
		return 1;
	timer = event_new(base, -1, EV_PERSIST, tick, NULL);
	event_add(timer, &every);
	io = event_new(base, udp_sock(atoi(argv[2])), EV_READ | EV_PERSIST, readable, NULL);
	event_add(io, NULL);
	event_base_dispatch(base);
	printf("event_base_dispatch returned; cx %s; events %d\n", cx ? "still set" : "NULL",
	       event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED));
	if (cx)
		lws_context_destroy(cx);
	event_base_free(base);
	printf("CLEAN ticks=%d\n", ticks);
	return 0;
}
