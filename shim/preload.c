/*
 * libc's calls, as libnetgraft-preload.so has them: the next library's, with a note of who is inside what (src/faces/preload).
 *
 * In C because a thread may be cancelled in the blocking ones, which unwinds its stack. What is not understood goes through untouched.
 * A process that has one thread has nobody who could close what it is blocked in: there, nothing is noted at all.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/single_threaded.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* src/faces/preload/seats.rs */
struct call {
	const void *seat;
	uint64_t epoch;
	uint32_t serial;
	int32_t fd;
};
enum { UNTOUCHED, INSIDE };
enum { CLOSED = 1, WOKEN = 2 };
enum { BAD = -1, ALONE = 1, EMPTIED, ORPHANED };

/* src/ffi/preload.rs. Hidden here keeps them out of the library's exports. */
#pragma GCC visibility push(hidden)
int netgraft_table_begin(void);
void netgraft_table_forked(const void *own);
void netgraft_table_thread_ends(const void *seat);
int netgraft_table_enter(struct call *call, const void **seat, uintptr_t frame, int fd, int any);
int netgraft_table_enter_set(struct call *call, const void **seat, uintptr_t frame, uint64_t mask);
int netgraft_table_leave(const struct call *call);
uint64_t netgraft_table_epoch(void);
int netgraft_table_closed_since(int fd, uint64_t epoch);
void netgraft_table_learn(int fd);
int netgraft_table_known(int fd);
int netgraft_table_held(int fd);
int netgraft_table_highest(void);
int netgraft_table_close(const void **seat, uintptr_t frame, int fd, int replace);
void netgraft_table_closed(const void **seat, uintptr_t frame, int fd, int known);
void netgraft_table_abandon(int fd);
#pragma GCC visibility pop

/* What libc has under the name; looked up when the library is loaded, or by a constructor that runs before ours. */
#define FUNCTIONS(X) \
	X(int, accept, (int, struct sockaddr *, socklen_t *)) \
	X(int, accept4, (int, struct sockaddr *, socklen_t *, int)) \
	X(int, connect, (int, const struct sockaddr *, socklen_t)) \
	X(ssize_t, recv, (int, void *, size_t, int)) \
	X(ssize_t, recvfrom, (int, void *, size_t, int, struct sockaddr *, socklen_t *)) \
	X(ssize_t, recvmsg, (int, struct msghdr *, int)) \
	X(int, recvmmsg, (int, struct mmsghdr *, unsigned, int, struct timespec *)) \
	X(ssize_t, __recv_chk, (int, void *, size_t, size_t, int)) \
	X(ssize_t, __recvfrom_chk, (int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *)) \
	X(ssize_t, send, (int, const void *, size_t, int)) \
	X(ssize_t, sendto, (int, const void *, size_t, int, const struct sockaddr *, socklen_t)) \
	X(ssize_t, sendmsg, (int, const struct msghdr *, int)) \
	X(int, sendmmsg, (int, struct mmsghdr *, unsigned, int)) \
	X(ssize_t, sendfile, (int, int, off_t *, size_t)) \
	X(ssize_t, sendfile64, (int, int, off64_t *, size_t)) \
	X(ssize_t, read, (int, void *, size_t)) \
	X(ssize_t, readv, (int, const struct iovec *, int)) \
	X(ssize_t, __read_chk, (int, void *, size_t, size_t)) \
	X(ssize_t, write, (int, const void *, size_t)) \
	X(ssize_t, writev, (int, const struct iovec *, int)) \
	X(int, poll, (struct pollfd *, nfds_t, int)) \
	X(int, ppoll, (struct pollfd *, nfds_t, const struct timespec *, const sigset_t *)) \
	X(int, __poll_chk, (struct pollfd *, nfds_t, int, size_t)) \
	X(int, __ppoll_chk, (struct pollfd *, nfds_t, const struct timespec *, const sigset_t *, size_t)) \
	X(int, select, (int, fd_set *, fd_set *, fd_set *, struct timeval *)) \
	X(int, pselect, (int, fd_set *, fd_set *, fd_set *, const struct timespec *, const sigset_t *)) \
	X(int, epoll_wait, (int, struct epoll_event *, int, int)) \
	X(int, epoll_pwait, (int, struct epoll_event *, int, int, const sigset_t *)) \
	X(int, epoll_pwait2, (int, struct epoll_event *, int, const struct timespec *, const sigset_t *)) \
	X(int, socket, (int, int, int)) \
	X(int, socketpair, (int, int, int, int *)) \
	X(int, dup, (int)) \
	X(int, dup2, (int, int)) \
	X(int, dup3, (int, int, int)) \
	X(int, close, (int)) \
	X(int, close_range, (unsigned, unsigned, int)) \
	X(void, closefrom, (int)) \
	X(int, fclose, (FILE *)) \
	X(int, pthread_sigmask, (int, const sigset_t *, sigset_t *)) \
	X(int, sigprocmask, (int, const sigset_t *, sigset_t *))

#define POINTER(type, name, arguments) type (*name) arguments;
static struct { FUNCTIONS(POINTER) } next;

#define LOOK_UP(type, name, arguments) next.name = (type (*) arguments)dlsym(RTLD_NEXT, #name);
static __attribute__((cold, noinline)) void look_up(void)
{
	int error = errno;

	FUNCTIONS(LOOK_UP)
	errno = error;
}

static inline void ready(void)
{
	if (__builtin_expect(!next.sigprocmask, 0))
		look_up();
}

#define DEFINE(type, name, ...) __attribute__((visibility("hidden"))) type netgraft_preload_##name(__VA_ARGS__)
#define FRAME ((uintptr_t)__builtin_frame_address(0))

/* The thread's seat. In the static part of its storage, so that using it never allocates. */
static __thread const void *seat __attribute__((tls_model("initial-exec")));
static pthread_key_t at_exit;
static int has_at_exit, signal_number;

static void thread_ends(void *own)
{
	seat = NULL;
	netgraft_table_thread_ends(own);
}

static void forked(void)
{
	netgraft_table_forked(seat);
}

static __attribute__((constructor)) void loaded(void)
{
	look_up();
	signal_number = netgraft_table_begin();
	has_at_exit = !pthread_key_create(&at_exit, thread_ends);
	pthread_atfork(NULL, NULL, forked);
}

static __attribute__((cold, noinline)) void seated(void)
{
	int error = errno;

	if (has_at_exit)
		pthread_setspecific(at_exit, seat);
	errno = error;
}

/* Is there nobody but this thread? Before our constructor there is not either. */
static inline int alone(void)
{
	ready();

	return __libc_single_threaded || !signal_number;
}

static inline int enter(struct call *call, uintptr_t frame, int fd, int any)
{
	const void *before = seat;
	int entered = netgraft_table_enter(call, &seat, frame, fd, any);

	if (__builtin_expect(!before && seat, 0))
		seated();

	return entered;
}

static inline int enter_set(struct call *call, uintptr_t frame, uint64_t mask)
{
	const void *before = seat;
	int entered = netgraft_table_enter_set(call, &seat, frame, mask);

	if (__builtin_expect(!before && seat, 0))
		seated();

	return entered;
}

static void cancelled(void *call)
{
	netgraft_table_leave(call);
}

static inline ssize_t ended(const struct call *call, ssize_t result)
{
	int left = netgraft_table_leave(call);

	if (__builtin_expect(left & CLOSED, 0)) {
		if (result < 0 && errno == EINTR)
			errno = EBADF;
	} else if (result >= 0) {
		netgraft_table_learn(call->fd);
	}

	return result;
}

/* A call that may block in one descriptor. ANY_FILE: others than sockets have it too, and are left alone. */
enum { SOCKET, ANY_FILE };
#define GUARD(result, fd, any, name, ...) \
	do { \
		struct call call_; \
		int entered_ = alone() ? UNTOUCHED : enter(&call_, FRAME, fd, any); \
\
		if (entered_ == UNTOUCHED) { \
			result = next.name(__VA_ARGS__); \
		} else if (entered_ < 0) { \
			errno = EBADF; \
			result = -1; \
		} else { \
			pthread_cleanup_push(cancelled, &call_); \
			result = next.name(__VA_ARGS__); \
			pthread_cleanup_pop(0); \
			result = ended(&call_, result); \
		} \
	} while (0)
#define GUARDED(fd, any, name, ...) \
	do { \
		ssize_t result; \
\
		GUARD(result, fd, any, name, __VA_ARGS__); \
		return result; \
	} while (0)

/* --- connections ---------------------------------------------------------------------------------------------- */

static int learnt(int fd)
{
	if (fd >= 0)
		netgraft_table_learn(fd);

	return fd;
}

DEFINE(int, socket, int family, int type, int protocol)
{
	ready();

	return learnt(next.socket(family, type, protocol));
}

DEFINE(int, socketpair, int family, int type, int protocol, int *pair)
{
	int result;

	ready();
	result = next.socketpair(family, type, protocol, pair);
	if (!result) {
		learnt(pair[0]);
		learnt(pair[1]);
	}

	return result;
}

DEFINE(int, accept, int fd, struct sockaddr *address, socklen_t *length)
{
	int result;

	GUARD(result, fd, SOCKET, accept, fd, address, length);

	return learnt(result);
}

DEFINE(int, accept4, int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	int result;

	GUARD(result, fd, SOCKET, accept4, fd, address, length, flags);

	return learnt(result);
}

DEFINE(int, connect, int fd, const struct sockaddr *address, socklen_t length)
{
	GUARDED(fd, SOCKET, connect, fd, address, length);
}

/* --- data ----------------------------------------------------------------------------------------------------- */

DEFINE(ssize_t, recv, int fd, void *data, size_t length, int flags)
{
	GUARDED(fd, SOCKET, recv, fd, data, length, flags);
}

DEFINE(ssize_t, recvfrom, int fd, void *data, size_t length, int flags, struct sockaddr *from, socklen_t *size)
{
	GUARDED(fd, SOCKET, recvfrom, fd, data, length, flags, from, size);
}

DEFINE(ssize_t, recvmsg, int fd, struct msghdr *message, int flags)
{
	GUARDED(fd, SOCKET, recvmsg, fd, message, flags);
}

DEFINE(int, recvmmsg, int fd, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
	GUARDED(fd, SOCKET, recvmmsg, fd, messages, count, flags, timeout);
}

DEFINE(ssize_t, recv_chk, int fd, void *data, size_t length, size_t room, int flags)
{
	GUARDED(fd, SOCKET, __recv_chk, fd, data, length, room, flags);
}

DEFINE(ssize_t, recvfrom_chk, int fd, void *data, size_t length, size_t room, int flags, struct sockaddr *from, socklen_t *size)
{
	GUARDED(fd, SOCKET, __recvfrom_chk, fd, data, length, room, flags, from, size);
}

DEFINE(ssize_t, send, int fd, const void *data, size_t length, int flags)
{
	GUARDED(fd, SOCKET, send, fd, data, length, flags);
}

DEFINE(ssize_t, sendto, int fd, const void *data, size_t length, int flags, const struct sockaddr *to, socklen_t size)
{
	GUARDED(fd, SOCKET, sendto, fd, data, length, flags, to, size);
}

DEFINE(ssize_t, sendmsg, int fd, const struct msghdr *message, int flags)
{
	GUARDED(fd, SOCKET, sendmsg, fd, message, flags);
}

DEFINE(int, sendmmsg, int fd, struct mmsghdr *messages, unsigned count, int flags)
{
	GUARDED(fd, SOCKET, sendmmsg, fd, messages, count, flags);
}

DEFINE(ssize_t, sendfile, int fd, int file, off_t *offset, size_t count)
{
	GUARDED(fd, ANY_FILE, sendfile, fd, file, offset, count);
}

DEFINE(ssize_t, sendfile64, int fd, int file, off64_t *offset, size_t count)
{
	GUARDED(fd, ANY_FILE, sendfile64, fd, file, offset, count);
}

DEFINE(ssize_t, read, int fd, void *data, size_t length)
{
	GUARDED(fd, ANY_FILE, read, fd, data, length);
}

DEFINE(ssize_t, readv, int fd, const struct iovec *pieces, int count)
{
	GUARDED(fd, ANY_FILE, readv, fd, pieces, count);
}

DEFINE(ssize_t, read_chk, int fd, void *data, size_t length, size_t room)
{
	GUARDED(fd, ANY_FILE, __read_chk, fd, data, length, room);
}

DEFINE(ssize_t, write, int fd, const void *data, size_t length)
{
	GUARDED(fd, ANY_FILE, write, fd, data, length);
}

DEFINE(ssize_t, writev, int fd, const struct iovec *pieces, int count)
{
	GUARDED(fd, ANY_FILE, writev, fd, pieces, count);
}

/* --- masks: no thread blocks the signal that wakes it ----------------------------------------------------------- */

static const sigset_t *open_to_ours(const sigset_t *mask, sigset_t *room)
{
	if (!mask || !signal_number || !sigismember(mask, signal_number))
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

static struct timespec deadline(const struct timespec *timeout)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now.tv_sec += timeout->tv_sec;
	now.tv_nsec += timeout->tv_nsec;
	if (now.tv_nsec >= 1000000000) {
		now.tv_nsec -= 1000000000;
		now.tv_sec++;
	}

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
	uint64_t mask = 0, since = 0;
	struct call call;
	int result, how, timed, first = 1, error = errno;
	nfds_t i;

	if (alone() || !polling->timeout || !polling->count || polling->count > MOST)
		return polling->ask(polling);
	for (i = 0; i < polling->count; i++) {
		if (polling->fds[i].fd >= 0)
			mask |= 1ULL << (polling->fds[i].fd % 64);
	}
	timed = polling->time || polling->timeout > 0;
	if (timed) {
		struct timespec ms = { polling->timeout / 1000, polling->timeout % 1000 * 1000000L };

		end = deadline(polling->time ? polling->time : &ms);
	}

	for (;; first = 0) {
		if (enter_set(&call, frame, mask) != INSIDE)
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

/* Has any of those that stand in the sets been closed since then? */
static int any_closed(const struct selecting *selecting, uint64_t since)
{
	int fd, i;

	for (fd = 0; fd < selecting->count; fd++) {
		for (i = 0; i < 3; i++) {
			/* not FD_ISSET, which is for sets of a thousand */
			if (selecting->sets[i] && __FDS_BITS(selecting->sets[i])[fd / NFDBITS] >> fd % NFDBITS & 1) {
				if (netgraft_table_closed_since(fd, since))
					return 1;
				break;
			}
		}
	}

	return 0;
}

static int selected(struct selecting *selecting, uintptr_t frame)
{
	struct timespec end, left;
	uint64_t mask = 0, since = 0;
	struct call call;
	int result, how, i, word, first = 1, error = errno;

	if (alone() || selecting->count <= 0 || selecting->count > MOST
	    || (selecting->timeout && !selecting->timeout->tv_sec && !selecting->timeout->tv_usec))
		return selecting->ask(selecting);
	for (i = 0; i < 3; i++) {
		for (word = 0; selecting->sets[i] && word < (selecting->count + NFDBITS - 1) / NFDBITS; word++)
			mask |= __FDS_BITS(selecting->sets[i])[word];
	}
	if (!mask)
		return selecting->ask(selecting);
	if (selecting->time)
		end = deadline(selecting->time);

	for (;; first = 0) {
		if (enter_set(&call, frame, mask) != INSIDE)
			return selecting->ask(selecting);
		if (first)
			since = call.epoch;
		pthread_cleanup_push(cancelled, &call);
		result = selecting->ask(selecting);
		pthread_cleanup_pop(0);
		how = netgraft_table_leave(&call);
		if (netgraft_table_epoch() != since && (result > 0 || (result < 0 && errno == EINTR)) && any_closed(selecting, since)) {
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

/* --- closing -------------------------------------------------------------------------------------------------- */

/* For a number that stands for nothing any more: no place to be cancelled. */
static void give_back(int fd)
{
	int error = errno;

	syscall(SYS_close, fd);
	errno = error;
}

static void abandoned(void *fd)
{
	netgraft_table_abandon(*(int *)fd);
}

DEFINE(int, close, int fd)
{
	int result = 0;

	switch (alone() ? UNTOUCHED : netgraft_table_close(&seat, FRAME, fd, 0)) {
	case BAD:
		errno = EBADF;
		return -1;
	case ALONE:
		pthread_cleanup_push(abandoned, &fd);
		result = next.close(fd);
		pthread_cleanup_pop(0);
		break;
	case EMPTIED:
		give_back(fd);
		break;
	case ORPHANED:
		return 0;
	default:
		return next.close(fd);
	}
	netgraft_table_closed(&seat, FRAME, fd, 0);

	return result;
}

/* Closes what is known as a socket, and returns from where on the rest is. What must not be touched is left out. */
static unsigned close_known(unsigned first, unsigned last)
{
	unsigned highest = netgraft_table_highest(), fd;

	for (fd = first; fd <= last && fd <= highest; fd++) {
		if (netgraft_table_known(fd)) {
			int error = errno;

			netgraft_preload_close(fd);
			errno = error;
		}
		if (netgraft_table_held(fd)) {
			if (fd > first)
				next.close_range(first, fd - 1, 0);
			first = fd + 1;
		}
	}

	return first;
}

DEFINE(int, close_range, unsigned first, unsigned last, int flags)
{
	if (!alone() && !flags && first <= last) {
		first = close_known(first, last);
		if (first > last)
			return 0;
	}

	return next.close_range(first, last, flags);
}

DEFINE(void, closefrom, int first)
{
	next.closefrom(alone() ? first : (int)close_known(first < 0 ? 0 : first, ~0U));
}

DEFINE(int, fclose, FILE *stream)
{
	int fd, how, flushed, result, error = errno;

	if (alone() || !stream || (fd = fileno(stream)) < 0 || !netgraft_table_known(fd)) {
		errno = error;
		return next.fclose(stream);
	}
	/* what is to be written goes out before anybody is woken, and before the descriptor is one that takes nothing */
	flushed = fflush(stream);
	error = errno;
	how = netgraft_table_close(&seat, FRAME, fd, 1);
	/* nor can that be wound back to where the program has read to */
	if (how == EMPTIED)
		__fpurge(stream);
	result = next.fclose(stream);
	if (how == ALONE || how == EMPTIED)
		netgraft_table_closed(&seat, FRAME, fd, 0);
	if (flushed && !result) {
		errno = error;
		result = flushed;
	}

	return result;
}

/* --- replacing ------------------------------------------------------------------------------------------------ */

DEFINE(int, dup, int fd)
{
	int result;

	ready();
	result = next.dup(fd);

	return netgraft_table_known(fd) ? learnt(result) : result;
}

static int replace(int old, int new, int flags, int with_flags)
{
	return with_flags ? next.dup3(old, new, flags) : next.dup2(old, new);
}

static int replaced(int old, int new, int flags, int with_flags, uintptr_t frame)
{
	int result, how, error = errno;

	/* a call that will fail closes nothing */
	if (alone() || old == new || (flags & ~O_CLOEXEC) || syscall(SYS_fcntl, old, F_GETFD) < 0) {
		errno = error;
		result = replace(old, new, flags, with_flags);

		return netgraft_table_known(old) ? learnt(result) : result;
	}
	how = netgraft_table_close(&seat, frame, new, 1);
	result = replace(old, new, flags, with_flags);
	if (how == ALONE || how == EMPTIED) {
		if (result < 0 && how == EMPTIED)
			give_back(new);
		netgraft_table_closed(&seat, frame, new, result >= 0 && netgraft_table_known(old));
	} else if (result >= 0 && netgraft_table_known(old)) {
		learnt(result);
	}

	return result;
}

DEFINE(int, dup2, int old, int new)
{
	return replaced(old, new, 0, 0, FRAME);
}

DEFINE(int, dup3, int old, int new, int flags)
{
	return replaced(old, new, flags, 1, FRAME);
}
