/*
 * libc's calls, as libnetgraft-preload.so has them: the next library's, with a note of who is inside what (src/faces/preload).
 *
 * In C because a thread may be cancelled in the blocking ones, which unwinds its stack. What is not understood goes through untouched.
 * A process that has one thread has nobody who could close what it is blocked in: there, nothing is noted at all.
 */
#include "preload.h"
#include <dlfcn.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio_ext.h>
#include <sys/resource.h>

struct functions netgraft_preload_next;
int netgraft_preload_signal;
__thread const void *netgraft_preload_seat;
static pthread_key_t at_exit;
static int has_at_exit;

#define LOOK_UP(type, name, arguments) next.name = (type (*) arguments)dlsym(RTLD_NEXT, #name);
__attribute__((cold)) void netgraft_preload_look_up(void)
{
	int error = errno;

	FUNCTIONS(LOOK_UP)
	errno = error;
}

static void thread_ends(void *own)
{
	seat = NULL;
	netgraft_table_thread_ends(own);
}

static void forked(void)
{
	netgraft_table_forked(seat);
}

static void signalled(int number)
{
	(void)number;
	netgraft_table_taken(seat);
}

static __attribute__((constructor)) void loaded(void)
{
	netgraft_preload_look_up();
	signal_number = netgraft_table_begin(signalled);
	has_at_exit = !pthread_key_create(&at_exit, thread_ends);
	pthread_atfork(NULL, NULL, forked);
}

/* The thread has got its seat: it gives it back when it ends. */
__attribute__((cold)) void netgraft_preload_seated(void)
{
	int error = errno;

	if (has_at_exit)
		pthread_setspecific(at_exit, seat);
	errno = error;
}

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

/* at the position -1, which sockets have, it is like readv */
DEFINE(ssize_t, preadv2, int fd, const struct iovec *pieces, int count, off_t at, int flags)
{
	GUARDED(fd, ANY_FILE, preadv2, fd, pieces, count, at, flags);
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

DEFINE(ssize_t, pwritev2, int fd, const struct iovec *pieces, int count, off_t at, int flags)
{
	GUARDED(fd, ANY_FILE, pwritev2, fd, pieces, count, at, flags);
}

/* One of the two is a pipe; the other may be a socket. */
DEFINE(ssize_t, splice, int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags)
{
	GUARDED(netgraft_table_known(from) ? from : to, ANY_FILE, splice, from, from_at, to, to_at, length, flags);
}

/* --- closing -------------------------------------------------------------------------------------------------- */

/* For a number that stands for nothing any more: no place to be cancelled. */
static void give_back(int fd)
{
	int error = errno;

	syscall(SYS_close, fd);
	errno = error;
}

/* Would the kernel's close wait? It gives the number away before it does, to somebody whose calls would then wait for the end of our
 * close. So another number is closed last. That one, or -1. */
static int lingering(int fd)
{
	struct linger linger;
	socklen_t length = sizeof(linger);
	int error = errno, copy = -1;

	if (!syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_LINGER, &linger, &length) && linger.l_onoff && linger.l_linger > 0)
		copy = syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 0);
	errno = error;

	return copy;
}

/* A process that has one thread closes these: they may be used again for what is no socket. */
static void forget(unsigned first, unsigned last)
{
	netgraft_table_forget(first > INT_MAX ? INT_MAX : (int)first, last > INT_MAX ? INT_MAX : (int)last);
}

static void abandoned(void *fd)
{
	netgraft_table_abandon(*(int *)fd);
}

DEFINE(int, close, int fd)
{
	int result = 0, copy;

	if (alone()) {
		netgraft_table_forget(fd, fd);
		return next.close(fd);
	}
	switch (netgraft_table_close(&seat, FRAME, fd, 0)) {
	case BAD:
		errno = EBADF;
		return -1;
	case ALONE:
		copy = lingering(fd);
		if (copy >= 0) {
			give_back(fd);
			netgraft_table_closed(&seat, FRAME, fd, 0);
			give_back(copy);
			return 0;
		}
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

/* Closes what is looked after, and returns from where on the rest is. What must not be touched is left out. */
static unsigned close_known(unsigned first, unsigned last)
{
	unsigned highest = netgraft_table_highest(), fd;

	for (fd = first; fd <= last && fd <= highest; fd++) {
		if (netgraft_table_in_use(fd)) {
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
	if (alone()) {
		if (!(flags & CLOSE_RANGE_CLOEXEC))
			forget(first, last);
	} else if (!flags && first <= last) {
		first = close_known(first, last);
		if (first > last)
			return 0;
	}

	return next.close_range(first, last, flags);
}

DEFINE(void, closefrom, int first)
{
	if (alone())
		forget(first < 0 ? 0 : first, ~0U);
	else
		first = close_known(first < 0 ? 0 : first, ~0U);
	next.closefrom(first);
}

DEFINE(int, fclose, FILE *stream)
{
	int fd, how, flushed, result, copy = -1, error = errno;

	if (!stream || (fd = fileno(stream)) < 0 || alone() || !netgraft_table_in_use(fd)) {
		if (stream && alone())
			netgraft_table_forget(fd, fd);
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
	if (how == ALONE)
		copy = lingering(fd);
	result = next.fclose(stream);
	if (how == ALONE || how == EMPTIED)
		netgraft_table_closed(&seat, FRAME, fd, 0);
	if (copy >= 0)
		give_back(copy);
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

/* What the command takes is an int or a pointer, or nothing: passed as libc itself does. */
DEFINE(int, fcntl, int fd, int command, ...)
{
	va_list arguments;
	void *argument;
	int result;

	ready();
	va_start(arguments, command);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	result = next.fcntl(fd, command, argument);
	if ((command == F_DUPFD || command == F_DUPFD_CLOEXEC) && netgraft_table_known(fd))
		learnt(result);

	return result;
}

static int replace(int old, int new, int flags, int with_flags)
{
	return with_flags ? next.dup3(old, new, flags) : next.dup2(old, new);
}

/* Is somebody at a number that nothing can be put at, because the limit was lowered? */
static int beyond(int fd)
{
	struct rlimit limit;

	return netgraft_table_in_use(fd) && !getrlimit(RLIMIT_NOFILE, &limit) && (rlim_t)fd >= limit.rlim_cur;
}

static int replaced(int old, int new, int flags, int with_flags, uintptr_t frame)
{
	int result, how, error = errno;

	/* a call that will fail closes nothing */
	if (alone() || old == new || (flags & ~O_CLOEXEC) || syscall(SYS_fcntl, old, F_GETFD) < 0 || beyond(new)) {
		errno = error;
		result = replace(old, new, flags, with_flags);
		if (netgraft_table_known(old))
			return learnt(result);
		if (result >= 0 && alone())
			netgraft_table_forget(result, result);

		return result;
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
