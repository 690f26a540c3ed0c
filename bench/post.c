/*
 * post: what it costs to reach the loop from another thread.
 *
 *   post            ns per call in the caller's thread, and ns from the call to the loop's callback
 *
 * lws_cancel_service (EVENT_WAIT_CANCELLED) beside netgraft_call and netgraft_post, on the same context. "one by one": the next call is made when the loop has
 * answered; "burst": as fast as the caller can, N calls.
 */
#define _GNU_SOURCE
#include <libwebsockets.h>
#include <netgraft.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define ROUNDS 20000
#define BURST 50000

static struct lws_context *context;
static netgraft_conn conn;
static netgraft_loop loop;
static atomic_long heard;
static atomic_int over;

static int protocol(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)wsi, (void)user, (void)in, (void)len;
	if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED)
		heard++;
	return 0;
}

static const struct lws_protocols protocols[] = { { .name = "p", .callback = protocol }, { 0 } };

static void on_posted(netgraft_conn c, void *user, void *message)
{
	(void)c, (void)user, (void)message;
	heard++;
}

static const struct netgraft_callbacks callbacks = { .posted = on_posted };

static void called(void *arg, int error)
{
	(void)arg, (void)error;
	heard++;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int reach(int how)
{
	if (how == 0)
		return lws_cancel_service(context), 0;
	return how == 1 ? netgraft_call(loop, called, NULL) : netgraft_post(conn, NULL, NULL);
}

static void *caller(void *arg)
{
	static const char *const names[] = { "lws_cancel_service", "netgraft_call", "netgraft_post" };
	int how;

	(void)arg;
	printf("%-20s %16s %16s\n", "ns", "one by one", "burst, per call");
	for (how = 0; how < 3; how++) {
		double begin = now(), one, burst;
		long before, i;

		for (i = 0; i < ROUNDS; i++) {
			before = heard;
			reach(how);
			while (heard == before)
				;
		}
		one = (now() - begin) / ROUNDS;
		before = heard;
		begin = now();
		for (i = 0; i < BURST; i++)
			while (reach(how))
				;
		burst = (now() - begin) / BURST;
		while (how && heard < before + BURST)
			;
		printf("%-20s %16.0f %16.0f\n", names[how], one, burst);
	}
	over = 1;
	lws_cancel_service(context);
	return NULL;
}

int main(void)
{
	struct lws_context_creation_info info;
	pthread_t thread;
	int fds[2];

	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	lws_set_log_level(LLL_ERR, NULL);
	context = lws_create_context(&info);
	if (!context || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) || netgraft_inject(context, fds[0], &callbacks, NULL, NULL, &conn))
		return 1;
	loop = netgraft_loop_of(context);
	pthread_create(&thread, NULL, caller, NULL);
	while (!over)
		lws_service(context, 0);
	pthread_join(thread, NULL);
	lws_context_destroy(context);
	return 0;
}
