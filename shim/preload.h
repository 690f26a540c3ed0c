/*
 * What the parts of libnetgraft-preload.so share: libc's functions, the table and the seats of src/faces/preload, and how a call is guarded.
 */
#ifndef NETGRAFT_PRELOAD_H
#define NETGRAFT_PRELOAD_H
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/single_threaded.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* src/faces/preload/seats.rs, sets.rs */
struct call {
	const void *seat;
	uint64_t epoch;
	uint32_t serial;
	int32_t fd;
};
struct sets {
	int32_t kind;
	const void *at[3];
	uint32_t count;
};
enum { POLL = -1, SELECT = -2 };
enum { UNTOUCHED, INSIDE };
enum { CLOSED = 1, WOKEN = 2 };
enum { BAD = -1, ALONE = 1, EMPTIED, ORPHANED };

/* src/ffi/preload.rs. Hidden here keeps them out of the library's exports. */
#pragma GCC visibility push(hidden)
int netgraft_table_begin(void (*handler)(int));
void netgraft_table_taken(const void *seat);
void netgraft_table_signal_is_theirs(void);
void netgraft_table_forked(const void *own);
void netgraft_table_thread_ends(const void *seat);
int netgraft_table_enter(struct call *call, const void **seat, uintptr_t frame, int fd, int any);
int netgraft_table_enter_set(struct call *call, const void **seat, uintptr_t frame, const struct sets *sets);
int netgraft_table_leave(const struct call *call);
uint64_t netgraft_table_epoch(void);
int netgraft_table_closed_since(int fd, uint64_t epoch);
int netgraft_table_gone(int fd, uint64_t epoch);
void netgraft_table_learn(int fd);
void netgraft_table_forget(int first, int last);
int netgraft_table_known(int fd);
int netgraft_table_in_use(int fd);
int netgraft_table_held(int fd);
int netgraft_table_highest(void);
int netgraft_table_sockets(void);
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
	X(ssize_t, preadv2, (int, const struct iovec *, int, off_t, int)) \
	X(ssize_t, __read_chk, (int, void *, size_t, size_t)) \
	X(ssize_t, write, (int, const void *, size_t)) \
	X(ssize_t, writev, (int, const struct iovec *, int)) \
	X(ssize_t, pwritev2, (int, const struct iovec *, int, off_t, int)) \
	X(ssize_t, splice, (int, off64_t *, int, off64_t *, size_t, unsigned)) \
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
	X(int, fcntl, (int, int, ...)) \
	X(int, close, (int)) \
	X(int, close_range, (unsigned, unsigned, int)) \
	X(void, closefrom, (int)) \
	X(int, fclose, (FILE *)) \
	X(int, pthread_sigmask, (int, const sigset_t *, sigset_t *)) \
	X(int, sigprocmask, (int, const sigset_t *, sigset_t *))

#define POINTER(type, name, arguments) type (*name) arguments;
struct functions {
	FUNCTIONS(POINTER)
};

#pragma GCC visibility push(hidden)
extern struct functions netgraft_preload_next;
extern int netgraft_preload_signal;
extern __thread const void *netgraft_preload_seat __attribute__((tls_model("initial-exec")));
void netgraft_preload_look_up(void);
void netgraft_preload_seated(void);
#pragma GCC visibility pop
#define next netgraft_preload_next
/* 0 before our constructor has run */
#define signal_number netgraft_preload_signal
/* The thread's seat. In the static part of its storage, so that using it never allocates. */
#define seat netgraft_preload_seat

#define DEFINE(type, name, ...) __attribute__((visibility("hidden"))) type netgraft_preload_##name(__VA_ARGS__)
#define FRAME ((uintptr_t)__builtin_frame_address(0))

static inline void ready(void)
{
	if (__builtin_expect(!next.sigprocmask, 0))
		netgraft_preload_look_up();
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
		netgraft_preload_seated();

	return entered;
}

static inline int enter_set(struct call *call, uintptr_t frame, const struct sets *sets)
{
	const void *before = seat;
	int entered = netgraft_table_enter_set(call, &seat, frame, sets);

	if (__builtin_expect(!before && seat, 0))
		netgraft_preload_seated();

	return entered;
}

static inline void cancelled(void *call)
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

#endif
