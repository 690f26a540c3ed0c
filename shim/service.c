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

/* src/ffi/lws/shim.rs. Hidden here keeps them out of the library's exports. */
#pragma GCC visibility push(hidden)
int netgraft_service_prepare(void *context, int timeout_ms, const void *frame, struct wait *wait);
int netgraft_service_turn(void *context, const struct epoll_event *events, int count);
int netgraft_service_ran(void *context, const void *hold, int timeout_ms);
int netgraft_service_fd(void *context, struct pollfd *pollfd, const void *frame);
#pragma GCC visibility pop

int netgraft_shim_service(void *context, int timeout_ms)
{
	struct epoll_event events[EVENTS];
	int state, count, outcome;
	struct wait wait;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	outcome = netgraft_service_prepare(context, timeout_ms, __builtin_frame_address(0), &wait);
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
	}
	pthread_setcancelstate(state, NULL);

	return outcome;
}

int netgraft_shim_service_tsi(void *context, int timeout_ms, int tsi)
{
	return tsi || !context ? -1 : netgraft_shim_service(context, timeout_ms);
}

int netgraft_shim_service_fd(void *context, struct pollfd *pollfd)
{
	return netgraft_service_fd(context, pollfd, __builtin_frame_address(0));
}

int netgraft_shim_dispatch(void *context)
{
	return !context ? -EINVAL : netgraft_shim_service(context, -1) ? -ECANCELED : 0;
}
