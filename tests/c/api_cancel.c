/* A service thread that is ended by pthread_cancel, as driftnet does it: it ends in its wait, and the context goes on in
   whichever thread serves it next, or is destroyed. */
#include "harness.h"
#include <pthread.h>
#include <stdatomic.h>

static struct lws_context *context;
static atomic_int rounds, closed, ended;

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char text[LWS_PRE + 64];

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		memcpy(text + LWS_PRE, in, len < 64 ? len : 64);
		return lws_write(wsi, text + LWS_PRE, len < 64 ? len : 64, LWS_WRITE_TEXT) < 0 ? -1 : 0;
	case LWS_CALLBACK_CLOSED:
		closed++;
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
	{ "t", on_ws, 16, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void *
serving(void *arg)
{
	while (lws_service(context, 0) >= 0)
		rounds++;
	return arg;
}

/* Does a message go round? */
static int
echoes(int fd, const char *text)
{
	return !ws_put(fd, TEXT, text, strlen(text)) && ws_is(fd, TEXT, text);
}

int
main(void)
{
	pthread_t server;
	void *result = NULL;
	int port, fd, i, good = 1;

	begin(30);
	port = start(settings(protocols));
	context = cx;
	cx = NULL;
	fd = -1;
	for (i = 0; i < 3 && good; i++) {
		int before = rounds;

		pthread_create(&server, NULL, serving, NULL);
		if (fd < 0)
			fd = ws_open(port, "t");
		good = echoes(fd, "hello");
		usleep(50000); /* it waits again */
		pthread_cancel(server);
		pthread_join(server, &result);
		good &= result == PTHREAD_CANCELED && rounds > before;
	}
	check(good, "the thread ends by pthread_cancel while it waits; the next one serves the same connection");
	cx = context;
	check(echoes(fd, "again"), "so does the main thread");
	cx = NULL;
	pthread_create(&server, NULL, serving, NULL);
	usleep(50000);
	pthread_cancel(server);
	pthread_join(server, &result);
	cx = context;
	stop();
	check(closed == 1 && ended == 1, "destroying the context afterwards closes the connection (%d) and ends the protocol (%d)",
	      (int)closed, (int)ended);
	close(fd);
	return finish();
}
