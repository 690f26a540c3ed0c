/*
 * Waiting, as libnetgraft-preload.so has it: what waits for several descriptors is woken for any of them, and finds out for which.
 *
 * Entries and sets are the kernel's to read first: it says EFAULT where we would crash.
 */
#include "preload.h"

/* --- masks: no thread that blocks everything blocks the signal that wakes it ------------------------------------- */

/* All signals, or all but a few; the real-time ones together are not half as many. */
static int everything(const sigset_t *mask)
{
	return __builtin_popcountl(mask->__val[0]) >= 48;
}

/* Who has blocked that signal by name waits for it himself, and goes on to block it when he blocks everything. */
static const sigset_t *open_to_ours(const sigset_t *mask, sigset_t *room)
{
	sigset_t blocked;

	if (!mask || !signal_number || !sigismember(mask, signal_number))
		return mask;
	if (!everything(mask)) {
		netgraft_table_signal_is_theirs();
		return mask;
	}
	if (!next.pthread_sigmask(SIG_BLOCK, NULL, &blocked) && sigismember(&blocked, signal_number))
		return mask;
	*room = *mask;
	sigdelset(room, signal_number);

	return room;
}

DEFINE(int, pthread_sigmask, int how, const sigset_t *mask, sigset_t *old)
{
	sigset_t room;

	ready();

	return next.pthread_sigmask(how, how == SIG_UNBLOCK ? mask : open_to_ours(mask, &room), old);
}

DEFINE(int, sigprocmask, int how, const sigset_t *mask, sigset_t *old)
{
	sigset_t room;

	ready();

	return next.sigprocmask(how, how == SIG_UNBLOCK ? mask : open_to_ours(mask, &room), old);
}

/* --- waiting for several -------------------------------------------------------------------------------------- */

DEFINE(int, epoll_wait, int fd, struct epoll_event *events, int count, int timeout)
{
	GUARDED(fd, SOCKET, epoll_wait, fd, events, count, timeout);
}

DEFINE(int, epoll_pwait, int fd, struct epoll_event *events, int count, int timeout, const sigset_t *mask)
{
	sigset_t room;

	GUARDED(fd, SOCKET, epoll_pwait, fd, events, count, timeout, open_to_ours(mask, &room));
}

DEFINE(int, epoll_pwait2, int fd, struct epoll_event *events, int count, const struct timespec *timeout, const sigset_t *mask)
{
	sigset_t room;

	GUARDED(fd, SOCKET, epoll_pwait2, fd, events, count, timeout, open_to_ours(mask, &room));
}

/* Nobody has that many descriptors; the kernel says so. */
#define MOST 65536

/* What is too far off for the clock never comes. */
static struct timespec deadline(const struct timespec *timeout)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	/* others are for the kernel to refuse */
	if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000)
		return now;
	now.tv_nsec += timeout->tv_nsec;
	if (now.tv_nsec >= 1000000000) {
		now.tv_nsec -= 1000000000;
		now.tv_sec++;
	}
	if (__builtin_add_overflow(now.tv_sec, timeout->tv_sec, &now.tv_sec))
		now.tv_sec = INT64_MAX;

	return now;
}

static struct timespec remaining(const struct timespec *end)
{
	struct timespec now, left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left.tv_sec = end->tv_sec - now.tv_sec;
	left.tv_nsec = end->tv_nsec - now.tv_nsec;
	if (left.tv_nsec < 0) {
		left.tv_nsec += 1000000000;
		left.tv_sec--;
	}
	if (left.tv_sec < 0)
		left.tv_sec = left.tv_nsec = 0;

	return left;
}

/* The ways to ask the next library. */
struct polling {
	struct pollfd *fds;
	nfds_t count;
	int timeout;
	const struct timespec *time;
	const sigset_t *mask;
	size_t room;
	int (*ask)(const struct polling *polling);
};

static int ask_poll(const struct polling *p) { return next.poll(p->fds, p->count, p->timeout); }
static int ask_ppoll(const struct polling *p) { return next.ppoll(p->fds, p->count, p->time, p->mask); }
static int ask_poll_chk(const struct polling *p) { return next.__poll_chk(p->fds, p->count, p->timeout, p->room); }
static int ask_ppoll_chk(const struct polling *p) { return next.__ppoll_chk(p->fds, p->count, p->time, p->mask, p->room); }

/* Reports what was closed since then; the result of the whole. */
static int report_closed(const struct polling *polling, uint64_t since, int result)
{
	int interrupted = result < 0, found = 0;
	nfds_t i;

	for (i = 0; i < polling->count; i++) {
		struct pollfd *at = &polling->fds[i];

		if (at->fd < 0 || !netgraft_table_closed_since(at->fd, since)) {
			if (interrupted)
				at->revents = 0;
			continue;
		}
		found++;
		if (!interrupted && !at->revents)
			result++;
		at->revents = POLLNVAL;
	}

	return interrupted && found ? found : result;
}

static int polled(struct polling *polling, uintptr_t frame)
{
	struct timespec end, left;
	struct sets sets = { POLL, { polling->fds }, polling->count };
	uint64_t since = 0;
	struct call call;
	int result, how, timed, first = 1, error = errno;

	if (alone() || !polling->timeout || !polling->count || polling->count > MOST)
		return polling->ask(polling);
	timed = polling->time || polling->timeout > 0;
	if (timed) {
		struct timespec ms = { polling->timeout / 1000, polling->timeout % 1000 * 1000000L };

		end = deadline(polling->time ? polling->time : &ms);
	}

	for (;; first = 0) {
		if (enter_set(&call, frame, &sets) != INSIDE)
			return polling->ask(polling);
		if (first)
			since = call.epoch;
		pthread_cleanup_push(cancelled, &call);
		result = polling->ask(polling);
		pthread_cleanup_pop(0);
		how = netgraft_table_leave(&call);
		if (netgraft_table_epoch() != since && (result >= 0 || errno == EINTR))
			result = report_closed(polling, since, result);
		if (result >= 0)
			errno = error;
		if (result >= 0 || errno != EINTR || !(how & WOKEN))
			return result;

		/* woken for a descriptor that is not among ours */
		if (timed) {
			left = remaining(&end);
			if (polling->time)
				polling->time = &left;
			else
				polling->timeout = left.tv_sec * 1000 + (left.tv_nsec + 999999) / 1000000;
		}
	}
}

DEFINE(int, poll, struct pollfd *fds, nfds_t count, int timeout)
{
	struct polling polling = { fds, count, timeout, NULL, NULL, 0, ask_poll };

	return polled(&polling, FRAME);
}

DEFINE(int, ppoll, struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	sigset_t room;
	struct polling polling = { fds, count, -1, timeout, open_to_ours(mask, &room), 0, ask_ppoll };

	return polled(&polling, FRAME);
}

DEFINE(int, poll_chk, struct pollfd *fds, nfds_t count, int timeout, size_t room)
{
	struct polling polling = { fds, count, timeout, NULL, NULL, room, ask_poll_chk };

	/* too small a room is for libc to say */
	return room / sizeof(*fds) < count ? ask_poll_chk(&polling) : polled(&polling, FRAME);
}

DEFINE(int, ppoll_chk, struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask, size_t room)
{
	sigset_t set;
	struct polling polling = { fds, count, -1, timeout, open_to_ours(mask, &set), room, ask_ppoll_chk };

	return room / sizeof(*fds) < count ? ask_ppoll_chk(&polling) : polled(&polling, FRAME);
}

struct selecting {
	int count;
	fd_set *sets[3];
	struct timeval *timeout;
	const struct timespec *time;
	const sigset_t *mask;
	int (*ask)(const struct selecting *selecting);
};

static int ask_select(const struct selecting *s) { return next.select(s->count, s->sets[0], s->sets[1], s->sets[2], s->timeout); }
static int ask_pselect(const struct selecting *s) { return next.pselect(s->count, s->sets[0], s->sets[1], s->sets[2], s->time, s->mask); }

/* Has any of those that stand in the sets been closed since then? One that was being closed when the call began is ready for the kernel,
 * if it finds the number to be nobody's when it looks again. */
static int any_closed(const struct selecting *selecting, uint64_t since)
{
	int at, i, count = selecting->count, sockets = netgraft_table_sockets();

	/* a set may be shorter than it is said to be, if no descriptor is beyond it */
	if (count > sockets)
		count = sockets + 1;
	for (at = 0; at * NFDBITS < count; at++) {
		unsigned long bits = 0;

		/* not FD_ISSET, which is for sets of a thousand */
		for (i = 0; i < 3; i++) {
			if (selecting->sets[i])
				bits |= __FDS_BITS(selecting->sets[i])[at];
		}
		for (; bits; bits &= bits - 1) {
			int fd = at * NFDBITS + __builtin_ctzl(bits);

			if (fd < count && netgraft_table_gone(fd, since))
				return 1;
		}
	}

	return 0;
}

static int selected(struct selecting *selecting, uintptr_t frame)
{
	struct timespec end, left;
	struct sets sets = { SELECT, { selecting->sets[0], selecting->sets[1], selecting->sets[2] }, selecting->count };
	uint64_t since = 0;
	struct call call;
	int result, how, closed, first = 1, error = errno;

	if (alone() || selecting->count <= 0 || selecting->count > MOST || !(sets.at[0] || sets.at[1] || sets.at[2])
	    || (selecting->timeout && !selecting->timeout->tv_sec && !selecting->timeout->tv_usec))
		return selecting->ask(selecting);
	if (selecting->time)
		end = deadline(selecting->time);

	for (;; first = 0) {
		if (enter_set(&call, frame, &sets) != INSIDE)
			return selecting->ask(selecting);
		if (first)
			since = call.epoch;
		pthread_cleanup_push(cancelled, &call);
		result = selecting->ask(selecting);
		pthread_cleanup_pop(0);
		closed = (result > 0 || (result < 0 && errno == EINTR)) && any_closed(selecting, since);
		how = netgraft_table_leave(&call);
		if (closed) {
			errno = EBADF;
			return -1;
		}
		if (result >= 0)
			errno = error;
		if (result >= 0 || errno != EINTR || !(how & WOKEN))
			return result;

		/* woken for a descriptor that is not among ours; select itself leaves the remaining time */
		if (selecting->time) {
			left = remaining(&end);
			selecting->time = &left;
		}
	}
}

DEFINE(int, select, int count, fd_set *reads, fd_set *writes, fd_set *others, struct timeval *timeout)
{
	struct selecting selecting = { count, { reads, writes, others }, timeout, NULL, NULL, ask_select };

	return selected(&selecting, FRAME);
}

DEFINE(int, pselect, int count, fd_set *reads, fd_set *writes, fd_set *others, const struct timespec *timeout, const sigset_t *mask)
{
	sigset_t room;
	struct selecting selecting = { count, { reads, writes, others }, NULL, timeout, open_to_ours(mask, &room), ask_pselect };

	return selected(&selecting, FRAME);
}
