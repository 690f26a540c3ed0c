/* What other threads may do while one thread serves: wake it, and ask for writeable callbacks (S0.2, S0.11). */
#include "harness.h"
#include <pthread.h>
#include <stdatomic.h>

#define HAMMERS 4
#define CLIENTS 2
#define KNOWN 64

static struct lws_context *context;
static atomic_int over, cancelled, writeables, visits, talks, wrong;
static _Atomic(struct lws *) known[KNOWN]; /* connections, also those that have died */
static pthread_t server;
static int port;

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	static unsigned int next;
	unsigned char text[LWS_PRE + 8];

	(void)user;
	(void)len;
	/* what is listened on is announced where the context is made */
	if (!pthread_equal(pthread_self(), server) && (reason < LWS_CALLBACK_ADD_POLL_FD || reason > LWS_CALLBACK_UNLOCK_POLL))
		wrong++;
	switch (reason) {
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		cancelled++;
		break;
	case LWS_CALLBACK_ESTABLISHED:
		known[next++ % KNOWN] = wsi;
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		writeables++;
		memcpy(text + LWS_PRE, "tick", 4);
		/* a peer that does not read gets no more than the socket takes */
		if (!lws_send_pipe_choked(wsi) && lws_write(wsi, text + LWS_PRE, 4, LWS_WRITE_TEXT) != 4)
			return -1;
		break;
	case LWS_CALLBACK_RECEIVE:
		return *(char *)in == 'x' ? -1 : 0;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "t", on_ws, 16, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void *
serving(void *arg)
{
	while (!over && lws_service(context, 0) >= 0)
		;
	return arg;
}

static void *
hammering(void *arg)
{
	unsigned int n = (unsigned int)(uintptr_t)arg;

	while (!over) {
		lws_cancel_service(context);
		lws_callback_on_writable(known[n++ % KNOWN]);
		if (n % 16 == 0)
			lws_callback_on_writable_all_protocol(context, &protocols[0]);
		if (n % 4 == 0)
			usleep(50);
	}
	return NULL;
}

/* Connections come, hear ticks, and go. */
static void *
visiting(void *arg)
{
	unsigned int n = (unsigned int)(uintptr_t)arg;

	while (!over) {
		int fd = ws_open(port, "t");

		if (fd < 0) {
			wrong++;
			continue;
		}
		visits++;
		while (n++ % 8 && !over) {
			if (!ws_is(fd, TEXT, "tick"))
				wrong++;
			talks++;
		}
		if (n % 3 == 0)
			ws_put(fd, TEXT, "x", 1);
		if (n % 3 == 1)
			reset(fd);
		else
			close(fd);
	}
	return NULL;
}

/* The time from a call in this thread until the callback counted by `count` has come. */
static double
latency(void (*call)(void *), void *arg, atomic_int *count)
{
	int before = *count;
	double begin = seconds();

	call(arg);
	while (*count == before && seconds() - begin < patience)
		usleep(200);
	return seconds() - begin;
}

static void cancel(void *arg) { lws_cancel_service(arg); }
static void ask(void *arg) { lws_callback_on_writable(arg); }
static void ask_all(void *arg) { lws_callback_on_writable_all_protocol(arg, &protocols[0]); }

int
main(void)
{
	pthread_t hammers[HAMMERS], clients[CLIENTS];
	double most[3] = { 0, 0, 0 };
	int i, fd;

	begin(30);
	port = start(settings(protocols));
	context = cx;
	cx = NULL; /* from now on the context is the serving thread's */
	pthread_create(&server, NULL, serving, NULL);

	fd = ws_open(port, "t");
	check(fd >= 0, "a loop in a thread of its own");
	for (i = 0; i < 20; i++) {
		double each[3] = { latency(cancel, context, &cancelled), latency(ask, known[0], &writeables),
				   latency(ask_all, context, &writeables) };
		int k;

		for (k = 0; k < 3; k++)
			most[k] = each[k] > most[k] ? each[k] : most[k];
		usleep(5000);
	}
	check(most[0] < 0.2, "lws_cancel_service wakes a sleeping loop (%.1f ms at most)", most[0] * 1e3);
	check(most[1] < 0.2, "lws_callback_on_writable wakes it (%.1f ms)", most[1] * 1e3);
	check(most[2] < 0.2, "lws_callback_on_writable_all_protocol wakes it (%.1f ms)", most[2] * 1e3);

	for (i = 0; i < HAMMERS; i++)
		pthread_create(&hammers[i], NULL, hammering, (void *)(uintptr_t)(i * 17));
	for (i = 0; i < CLIENTS; i++)
		pthread_create(&clients[i], NULL, visiting, (void *)(uintptr_t)(i * 5));
	sleep(2);
	over = 1;
	for (i = 0; i < HAMMERS; i++)
		pthread_join(hammers[i], NULL);
	lws_cancel_service(context);
	pthread_join(server, NULL);
	/* the clients may wait for a last tick or an answer: from now on this thread serves */
	server = pthread_self();
	cx = context;
	for (i = 0; i < 50; i++) {
		lws_callback_on_writable_all_protocol(context, &protocols[0]);
		serve(0.002);
	}
	close(fd);
	stop();
	for (i = 0; i < CLIENTS; i++)
		pthread_join(clients[i], NULL);

	check(visits > 20 && talks > 20, "%d connections came and went, %d ticks, meanwhile", (int)visits, (int)talks);
	check(cancelled > 20 && writeables > 100, "%d cancels and %d writeable callbacks came", (int)cancelled,
	      (int)writeables);
	check(wrong <= CLIENTS, "all callbacks in the serving thread, all ticks whole (%d wrong)", (int)wrong);
	check(lws_callback_on_writable(known[0]) == 0 && lws_callback_on_writable_all_protocol(context, protocols) == -1,
	      "afterwards: the failure values");
	return finish();
}
