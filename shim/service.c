/*
 * The loop's wait.
 *
 * A thread that waits here may be ended by pthread_cancel, which unwinds its stack. That must not lead through Rust, so the wait is done
 * here, between the part of a turn that comes before it and the part that comes after it (src/ffi/lws/shim.rs). During these two, and the
 * callbacks in them, the thread cannot be cancelled. Where another library's loop does the waiting, that loop is run here.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>

/* Events taken at once; what is left over is there the next time. */
#define EVENTS 512

/* How to wait: for the descriptor, or (outcome FOREIGN) by running another loop. */
struct wait {
	int epoll, wait_ms;
	void (*run)(void *loop, int how);
	void *loop;
	int how;
	const void *hold;
};
#define FOREIGN 2
/* Of prepare: several threads serve the context, and this one is counted among them. */
#define SHARED 3

/* src/ffi/lws/shim.rs. Hidden here keeps them out of the library's exports. */
#pragma GCC visibility push(hidden)
int netgraft_service_prepare(void *context, int timeout_ms, int tsi, const void *frame, struct wait *wait);
int netgraft_service_turn(void *context, const struct epoll_event *events, int count);
int netgraft_service_ran(void *context, const void *hold, int timeout_ms);
int netgraft_service_fd(void *context, struct pollfd *pollfd, const void *frame);
int netgraft_service_turn_shared(void *context, int tsi, const struct epoll_event *events, int count);
void netgraft_service_left(void *context, int tsi);
#pragma GCC visibility pop

struct stay {
	void *context;
	int tsi;
};

static void cancelled(void *arg)
{
	const struct stay *stay = arg;

	netgraft_service_left(stay->context, stay->tsi);
}

static int wait_shared(struct stay stay, int state, const struct wait *wait, struct epoll_event *events)
{
	int count;

	pthread_cleanup_push(cancelled, &stay);
	pthread_setcancelstate(state, NULL);
	count = epoll_wait(wait->epoll, events, EVENTS, wait->wait_ms);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cleanup_pop(0);

	return count < 0 ? -errno : count;
}

static inline int serve(void *context, int timeout_ms, int tsi)
{
	struct epoll_event events[EVENTS];
	int state, count, outcome;
	struct wait wait;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	outcome = netgraft_service_prepare(context, timeout_ms, tsi, __builtin_frame_address(0), &wait);
	if (!outcome) {
		pthread_setcancelstate(state, NULL);
		count = epoll_wait(wait.epoll, events, EVENTS, wait.wait_ms);
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		outcome = netgraft_service_turn(context, events, count < 0 ? -errno : count);
	} else if (outcome == FOREIGN) {
		pthread_setcancelstate(state, NULL);
		wait.run(wait.loop, wait.how);
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
		outcome = netgraft_service_ran(context, wait.hold, timeout_ms);
	} else if (outcome == SHARED) {
		struct stay stay = { context, tsi };

		count = wait_shared(stay, state, &wait, events);
		outcome = netgraft_service_turn_shared(context, tsi, events, count);
	}
	pthread_setcancelstate(state, NULL);

	return outcome;
}

int netgraft_shim_service(void *context, int timeout_ms)
{
	return serve(context, timeout_ms, 0);
}

int netgraft_shim_service_tsi(void *context, int timeout_ms, int tsi)
{
	return context ? serve(context, timeout_ms, tsi) : -1;
}

int netgraft_shim_service_fd(void *context, struct pollfd *pollfd)
{
	return netgraft_service_fd(context, pollfd, __builtin_frame_address(0));
}

int netgraft_shim_dispatch(void *context)
{
	return !context ? -EINVAL : netgraft_shim_service(context, -1) ? -ECANCELED : 0;
}
