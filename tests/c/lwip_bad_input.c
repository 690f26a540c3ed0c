/*
 * What each function answers to what it should not be given. One row a line:
 *   NUMBER <tab> FUNCTION: WHAT <tab> WANTED <tab> ANSWER
 * WANTED "=" is what libc answers to the same; tests/oracle/semantics.py compares.
 */
/* what it gives on purpose */
#pragma GCC diagnostic ignored "-Wnonnull"
#pragma GCC diagnostic ignored "-Wrestrict"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#pragma GCC diagnostic ignored "-Wstringop-overread"
#include "sock.h"
#include <limits.h>
#include <netdb.h>
#include <setjmp.h>
#include <sys/epoll.h>
#include <sys/time.h>

#if !defined ON_LIBC && !defined ON_ORIGINAL
#include "lwip/netdb.h"
#endif

static sigjmp_buf back;
static volatile int late;
static void
on_death(int number)
{
	/* first it is only interrupted, so that it can leave in order */
	if (number != SIGALRM || late++)
		siglongjmp(back, number);
}

/* Prints a row. A call that crashes or takes longer than two seconds is an answer too. */
static int rows;
#define ROW(what, wanted, call) \
	do { \
		int death_ = sigsetjmp(back, 1); \
		if (death_ == 0) { \
			printf("%d\t%s\t%s\t", ++rows, what, wanted); \
			struct itimerval two_ = {{1, 0}, {2, 0}}; \
			long result_; \
			setitimer(ITIMER_REAL, &two_, NULL); \
			errno = late = 0; \
			result_ = (long)(call); \
			answer(result_); \
		} else { \
			printf("%s\n", death_ == SIGALRM ? "hangs" : sigabbrev_np(death_)); \
		} \
		two_off(); \
	} while (0)

static void
two_off(void)
{
	struct itimerval none = {{0, 0}, {0, 0}};

	setitimer(ITIMER_REAL, &none, NULL);
}
static void
answer(long result)
{
	int error = errno;

	if (late)
		printf("hangs\n");
	else if (result < 0)
		printf("%s\n", errno_name(error));
	else
		printf("%ld\n", result);
}

/* a descriptor as a result: 0 and closed again */
static long
opened(int fd)
{
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static char room[1 << 17];
static union address a;
static socklen_t size;
static struct iovec part = {room, 1};
static struct msghdr message;
static struct timeval instant;
static int value;

static struct msghdr *
reset_message(void)
{
	memset(&message, 0, sizeof message);
	part = (struct iovec){room, 1};
	message.msg_iov = &part;
	message.msg_iovlen = 1;
	return &message;
}

/* --- every function on every kind of what is not the right descriptor ------------------------------------------------- */

static long f_accept(int fd) { return opened(accept(fd, NULL, NULL)); }
static long f_bind(int fd) { return bind(fd, &a.any, loopback(&a, AF_INET, 0)); }
static long f_shutdown(int fd) { return shutdown(fd, SHUT_RDWR); }
static long f_getpeername(int fd) { size = sizeof a; return getpeername(fd, &a.any, &size); }
static long f_getsockname(int fd) { size = sizeof a; return getsockname(fd, &a.any, &size); }
static long f_getsockopt(int fd) { size = sizeof value; return getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &size); }
static long f_setsockopt(int fd) { value = 1; return setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof value); }
static long f_connect(int fd) { return connect(fd, &a.any, loopback(&a, AF_INET, 9)); }
static long f_listen(int fd) { return listen(fd, 1); }
static long f_recv(int fd) { return recv(fd, room, 1, MSG_DONTWAIT); }
static long f_recvfrom(int fd) { size = sizeof a; return recvfrom(fd, room, 1, MSG_DONTWAIT, &a.any, &size); }
static long f_recvmsg(int fd) { return recvmsg(fd, reset_message(), MSG_DONTWAIT); }
static long f_read(int fd) { return read(fd, room, 1); }
static long f_readv(int fd) { reset_message(); return readv(fd, &part, 1); }
static long f_send(int fd) { return send(fd, room, 1, MSG_NOSIGNAL); }
static long f_sendto(int fd) { return sendto(fd, room, 1, MSG_NOSIGNAL, &a.any, loopback(&a, AF_INET, 9)); }
static long f_sendmsg(int fd) { return sendmsg(fd, reset_message(), MSG_NOSIGNAL); }
static long f_write(int fd) { return write(fd, room, 1); }
static long f_writev(int fd) { reset_message(); return writev(fd, &part, 1); }
static long f_ioctl(int fd) { return ioctl(fd, FIONREAD, &value); }
static long f_ioctl_bio(int fd) { value = 0; return ioctl(fd, FIONBIO, &value); }
static long f_getfl(int fd) { long n = fcntl(fd, F_GETFL, 0); return n < 0 ? n : 0; }
static long f_setfl(int fd) { return fcntl(fd, F_SETFL, O_NONBLOCK); }
static long f_poll(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};
	long n = poll(&p, 1, 0);

	return n < 0 ? n : n * 1000 + p.revents;
}
#ifndef NO_SELECT
static long f_select(int fd)
{
	fd_set set;

	FD_ZERO(&set);
	if (fd >= 0 && fd < FD_SETSIZE)
		FD_SET(fd, &set);
	instant = (struct timeval){0, 0};
	return select(fd < 0 ? fd : fd >= FD_SETSIZE ? 0 : fd + 1, &set, NULL, NULL, &instant);
}
#endif
static long f_close(int fd) { return close(fd); }

static const struct {
	const char *name;
	long (*call)(int fd);
} functions[] = {
#define F(name) {#name, f_##name}
	F(accept), F(bind), F(shutdown), F(getpeername), F(getsockname), F(getsockopt), F(setsockopt), F(connect), F(listen), F(recv), F(recvfrom),
	F(recvmsg), F(read), F(readv), F(send), F(sendto), F(sendmsg), F(write), F(writev), F(ioctl), F(ioctl_bio), F(getfl), F(setfl), F(poll),
#ifndef NO_SELECT
	F(select),
#endif
	F(close)};

static int
of_kind(int kind)
{
	int fd, pipes[2];

	switch (kind) {
	case 0: return -1;
	case 1: return INT_MIN;
	case 2: return INT_MAX;
	case 3: return 60; /* within the smallest table: of what lies beyond its table the kernel's select() sees nothing */
	case 4:
		fd = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
		MUST(close(fd));
		return fd;
	case 5: return (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
	case 6:
		fd = (int)MUST(socket(AF_INET, SOCK_DGRAM, 0));
		blocking(fd, 0);
		return fd;
	case 7:
		fd = bound(AF_INET, SOCK_STREAM, 1);
		blocking(fd, 0);
		return fd;
#ifndef NO_KERNEL
	case 8: return (int)MUST(open("/dev/null", O_RDWR));
	case 9:
		MUST(pipe2(pipes, O_NONBLOCK));
		return pipes[0];
	case 10: return (int)MUST(open("/", O_RDONLY | O_DIRECTORY));
	case 11: return (int)MUST(epoll_create1(0));
	case 12: return (int)MUST(open("/", O_PATH));
#endif
	}
	(void)pipes;
	return -2;
}
static const char *const kinds[] = {"-1", "INT_MIN", "INT_MAX", "never opened", "closed", "fresh TCP", "fresh UDP", "listener", "/dev/null", "a pipe", "a folder", "an epoll", "O_PATH"};

static void
wrong_descriptors(void)
{
	static size_t f; /* static: known after a jump */
	static int kind;

	for (kind = 0; kind < (int)(sizeof kinds / sizeof *kinds); kind++)
		for (f = 0; f < sizeof functions / sizeof *functions; f++) {
			static char name[64];
			static int fd;

			if ((fd = of_kind(kind)) == -2)
				break;
			snprintf(name, sizeof name, "%s: %s", functions[f].name, kinds[kind]);
			ROW(name, "=", functions[f].call(fd));
			if (fd > 2)
				close(fd);
		}
}

/* --- what each does not take ---------------------------------------------------------------------------------------------------- */

static int udp, tcp[2], listener, unconnected;

static void
addresses(void)
{
	static const socklen_t lengths[] = {0, 1, 2, 8, 15, 17, 28, 128, 1000, (socklen_t)-1};
	static char name[64];
	static size_t i;

	ROW("socket: family 999", "=", opened(socket(999, SOCK_STREAM, 0)));
	ROW("socket: family -1", "=", opened(socket(-1, SOCK_STREAM, 0)));
	ROW("socket: type 0", "=", opened(socket(AF_INET, 0, 0)));
	ROW("socket: type 77", "=", opened(socket(AF_INET, 77, 0)));
	ROW("socket: UDP as a stream", "=", opened(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)));
	ROW("socket: TCP as datagrams", "=", opened(socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP)));
	ROW("socket: protocol 9999", "=", opened(socket(AF_INET, SOCK_STREAM, 9999)));
	ROW("socket: protocol -1", "=", opened(socket(AF_INET6, SOCK_STREAM, -1)));
	loopback(&a, AF_INET, 0);
	for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		snprintf(name, sizeof name, "bind: %d bytes of address", (int)lengths[i]);
		ROW(name, "=", bind(unconnected, &a.any, lengths[i]));
		close(unconnected);
		unconnected = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
		snprintf(name, sizeof name, "connect: %d bytes of address", (int)lengths[i]);
		ROW(name, "=", connect(udp, &a.any, lengths[i]));
		snprintf(name, sizeof name, "sendto: %d bytes of address", (int)lengths[i]);
		ROW(name, "=", sendto(udp, room, 1, MSG_NOSIGNAL, &a.any, lengths[i]));
	}
	ROW("bind: NULL", "=", bind(unconnected, NULL, 16));
	ROW("bind: NULL, 0", "=", bind(unconnected, NULL, 0));
	ROW("connect: NULL", "=", connect(udp, NULL, 16));
	ROW("connect: NULL, 0", "=", connect(udp, NULL, 0));
	ROW("sendto: NULL, 16", "=", sendto(udp, room, 1, 0, NULL, 16));
	ROW("bind: twice", "=", bind(udp, &a.any, loopback(&a, AF_INET, 0)));
	ROW("bind: in use", "=", bind(unconnected, &a.any, loopback(&a, AF_INET, port_of(listener))));
	ROW("bind: an IPv6 address", "=", bind(unconnected, &a.any, loopback(&a, AF_INET6, 0)));
	loopback(&a, AF_INET, 0);
	a.any.sa_family = 77;
	ROW("bind: family 77", "=", bind(unconnected, &a.any, sizeof a.in));
	ROW("connect: family 77", "=", connect(unconnected, &a.any, sizeof a.in));
	ROW("sendto: family 77", "=", sendto(udp, room, 1, 0, &a.any, sizeof a.in));
	loopback(&a, AF_INET, 0);
	a.in.sin_addr.s_addr = htonl(0xc0000201); /* 192.0.2.1, nobody's */
	ROW("bind: nobody's address", "=", bind(unconnected, &a.any, sizeof a.in));
	ROW("connect: a listener", "=", connect(listener, &a.any, loopback(&a, AF_INET, 9)));
	ROW("connect: connected already", "=", connect(tcp[1], &a.any, loopback(&a, AF_INET, 9)));
	ROW("connect: TCP to port 0", "=", connect(unconnected, &a.any, loopback(&a, AF_INET, 0)));
	ROW("listen: UDP", "=", listen(udp, 1));
	ROW("listen: connected", "=", listen(tcp[0], 1));
	ROW("listen: again", "=", listen(listener, -1));
	ROW("accept: UDP", "=", accept(udp, NULL, NULL));
	ROW("accept: not listening", "=", accept(tcp[0], NULL, NULL));
	ROW("accept: nobody there", "=", accept(listener, NULL, NULL));
	ROW("getsockname: NULL address", "=", getsockname(udp, NULL, &size));
	ROW("getsockname: NULL length", "=", getsockname(udp, &a.any, NULL));
	ROW("getpeername: NULL length", "=", getpeername(tcp[0], &a.any, NULL));
	size = (socklen_t)-1;
	ROW("getsockname: length -1", "=", getsockname(udp, &a.any, &size));
	size = 0;
	ROW("getsockname: length 0", "=", getsockname(udp, &a.any, &size));
	ROW("getpeername: unconnected", "=", getpeername(unconnected, &a.any, &size));
	ROW("getpeername: listener", "=", getpeername(listener, &a.any, &size));
	ROW("shutdown: how 3", "=", shutdown(tcp[0], 3));
	ROW("shutdown: how -1", "=", shutdown(tcp[0], -1));
	ROW("shutdown: unconnected", "=", shutdown(unconnected, SHUT_RDWR));
}

static void
data(void)
{
	static struct iovec many[1100], null_part = {NULL, 10}, huge = {room, SIZE_MAX}, none;
	size_t i;

	for (i = 0; i < 1100; i++)
		many[i] = (struct iovec){room, 1};
	ROW("send: NULL", "=", send(tcp[0], NULL, 5, MSG_NOSIGNAL));
	ROW("send: NULL, 0", "=", send(tcp[0], NULL, 0, MSG_NOSIGNAL));
	ROW("send: unconnected TCP", "=", send(unconnected, room, 1, MSG_NOSIGNAL));
	ROW("send: unconnected UDP", "=", send(udp, room, 1, 0));
	ROW("sendto: too long for UDP", "=", sendto(udp, room, 70000, 0, &a.any, loopback(&a, AF_INET, 9)));
	ROW("sendto: connected TCP", "=", sendto(tcp[0], room, 1, MSG_NOSIGNAL, &a.any, loopback(&a, AF_INET, 9)));
	ROW("send: MSG_OOB on UDP", "=", sendto(udp, room, 1, MSG_OOB, &a.any, loopback(&a, AF_INET, 9)));
	ROW("write: unconnected UDP", "=", write(udp, room, 1));
	ROW("write: NULL", "=", write(tcp[0], NULL, 5));
	ROW("sendmsg: NULL", "=", sendmsg(tcp[0], NULL, MSG_NOSIGNAL));
	reset_message()->msg_iovlen = 0;
	ROW("sendmsg: no vectors", "=", sendmsg(tcp[0], &message, MSG_NOSIGNAL));
	reset_message()->msg_iov = NULL;
	ROW("sendmsg: vectors NULL", "=", sendmsg(tcp[0], &message, MSG_NOSIGNAL));
	reset_message()->msg_iov = many;
	message.msg_iovlen = 1100;
	ROW("sendmsg: 1100 vectors", "=", sendmsg(tcp[0], &message, MSG_NOSIGNAL));
	reset_message()->msg_iov = &null_part;
	ROW("sendmsg: a NULL part", "=", sendmsg(tcp[0], &message, MSG_NOSIGNAL));
	reset_message()->msg_iov = &huge;
	ROW("sendmsg: an endless part", "=", sendmsg(tcp[0], &message, MSG_NOSIGNAL));
	reset_message()->msg_name = NULL;
	message.msg_namelen = 16;
	ROW("sendmsg: NULL name of 16", "=", sendmsg(udp, &message, 0));
	ROW("writev: none", "=", writev(tcp[0], &none, 0));
	ROW("writev: -1", "=", writev(tcp[0], &part, -1));
	ROW("writev: 1100", "=", writev(tcp[0], many, 1100));
	ROW("writev: NULL", "=", writev(tcp[0], NULL, 1));
	ROW("readv: none", "=", readv(udp, &none, 0));
	ROW("readv: -1", "=", readv(udp, &part, -1));
	ROW("readv: 1100", "=", readv(udp, many, 1100));
	ROW("readv: NULL", "=", readv(udp, NULL, 1));
	ROW("recv: nothing there", "=", recv(udp, room, 1, MSG_DONTWAIT));
	ROW("recv: nothing there, length 0", "=", recv(udp, room, 0, MSG_DONTWAIT));
	ROW("recv: unconnected TCP", "=", recv(unconnected, room, 1, 0));
	ROW("recv: listener", "=", recv(listener, room, 1, 0));
	ROW("recv: MSG_OOB, none there", "=", recv(tcp[0], room, 1, MSG_OOB));
	ROW("recv: MSG_OOB on UDP", "=", recv(udp, room, 1, MSG_OOB | MSG_DONTWAIT));
	ROW("recvmsg: NULL", "=", recvmsg(udp, NULL, MSG_DONTWAIT));
	reset_message()->msg_iov = many;
	message.msg_iovlen = 1100;
	ROW("recvmsg: 1100 vectors", "=", recvmsg(udp, &message, MSG_DONTWAIT));
	reset_message()->msg_iov = NULL;
	ROW("recvmsg: vectors NULL", "=", recvmsg(udp, &message, MSG_DONTWAIT));
	MUST(send(tcp[1], "datadatadata", 12, MSG_NOSIGNAL));
	readable(tcp[0], 1000);
	ROW("recv: NULL", "=", recv(tcp[0], NULL, 5, 0));
	ROW("recv: length 0", "=", recv(tcp[0], room, 0, 0));
	ROW("read: NULL", "=", read(tcp[0], NULL, 5));
	ROW("recvfrom: NULL length", "=", recvfrom(tcp[0], room, 1, 0, &a.any, NULL));
	reset_message()->msg_iov = &null_part;
	ROW("recvmsg: a NULL part", "=", recvmsg(tcp[0], &message, 0));
}

static void
options(void)
{
	static const struct {
		int level, name;
		const char *text;
	} known[] = {{SOL_SOCKET, SO_TYPE, "SO_TYPE"}, {SOL_SOCKET, SO_RCVTIMEO, "SO_RCVTIMEO"}, {SOL_SOCKET, SO_LINGER, "SO_LINGER"}, {IPPROTO_IP, IP_TTL, "IP_TTL"},
		{IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY"}, {SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE"}};
	static const int lengths[] = {0, 1, 3, 4, 15, 100, -1};
	static char name[80];
	static size_t i, k;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		for (k = 0; k < sizeof lengths / sizeof *lengths; k++) {
			size = (socklen_t)lengths[k];
			snprintf(name, sizeof name, "getsockopt: %s, %d bytes", known[i].text, lengths[k]);
			ROW(name, "=", getsockopt(tcp[0], known[i].level, known[i].name, room, &size) ? -1 : (long)size);
			memset(room, 0, 16);
			snprintf(name, sizeof name, "setsockopt: %s, %d bytes", known[i].text, lengths[k]);
			ROW(name, "=", setsockopt(tcp[0], known[i].level, known[i].name, room, (socklen_t)lengths[k]));
		}
	size = 4;
	ROW("getsockopt: level 9999", "=", getsockopt(udp, 9999, 1, room, &size));
	ROW("getsockopt: option 9999", "=", getsockopt(udp, SOL_SOCKET, 9999, room, &size));
	ROW("getsockopt: IP option 9999", "=", getsockopt(udp, IPPROTO_IP, 9999, room, &size));
	ROW("getsockopt: TCP option 9999", "=", getsockopt(tcp[0], IPPROTO_TCP, 9999, room, &size));
	ROW("getsockopt: TCP on UDP", "=", getsockopt(udp, IPPROTO_TCP, TCP_NODELAY, room, &size));
	ROW("getsockopt: NULL value", "=", getsockopt(udp, SOL_SOCKET, SO_TYPE, NULL, &size));
	ROW("getsockopt: NULL length", "=", getsockopt(udp, SOL_SOCKET, SO_TYPE, room, NULL));
	ROW("setsockopt: level 9999", "=", setsockopt(udp, 9999, 1, room, 4));
	ROW("setsockopt: option 9999", "=", setsockopt(udp, SOL_SOCKET, 9999, room, 4));
	ROW("setsockopt: option -1", "=", setsockopt(udp, SOL_SOCKET, -1, room, 4));
	ROW("setsockopt: TCP on UDP", "=", setsockopt(udp, IPPROTO_TCP, TCP_NODELAY, room, 4));
	ROW("setsockopt: NULL value", "=", setsockopt(udp, SOL_SOCKET, SO_KEEPALIVE, NULL, 4));
	ROW("setsockopt: SO_TYPE", "=", setsockopt(udp, SOL_SOCKET, SO_TYPE, room, 4));
	ROW("setsockopt: SO_ERROR", "=", setsockopt(udp, SOL_SOCKET, SO_ERROR, room, 4));
	value = 300;
	ROW("setsockopt: IP_TTL 300", "=", setsockopt(udp, IPPROTO_IP, IP_TTL, &value, sizeof value));
	instant = (struct timeval){0, 2000000};
	ROW("setsockopt: SO_RCVTIMEO of 2,000,000 us", "=", setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &instant, sizeof instant));
	instant = (struct timeval){-1, 0};
	ROW("setsockopt: SO_RCVTIMEO of -1 s", "=", setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &instant, sizeof instant));
	instant = (struct timeval){0, 0};
	MUST(setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &instant, sizeof instant));
	ROW("setsockopt: SO_BINDTODEVICE unknown", "=", setsockopt(udp, SOL_SOCKET, SO_BINDTODEVICE, "nodev0", 7));
	ROW("setsockopt: a group that is none", "=",
		setsockopt(udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &(struct ip_mreq){{htonl(0x7f000001)}, {0}}, sizeof(struct ip_mreq)));
	ROW("setsockopt: a group never joined", "=",
		setsockopt(udp, IPPROTO_IP, IP_DROP_MEMBERSHIP, &(struct ip_mreq){{htonl(0xef010203)}, {htonl(0x7f000001)}}, sizeof(struct ip_mreq)));
	ROW("setsockopt: a group, 3 bytes", "=", setsockopt(udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, room, 3));
	ROW("fcntl: command 9999", "=", fcntl(udp, 9999, 0));
	ROW("fcntl: O_APPEND", "=", fcntl(udp, F_SETFL, O_APPEND));
	ROW("fcntl: flags 0", "=", fcntl(udp, F_SETFL, 0));
	ROW("ioctl: request 0", "=", ioctl(udp, 0, room));
	ROW("ioctl: request 0x12345678", "=", ioctl(udp, 0x12345678, room));
	ROW("ioctl: FIONREAD NULL", "=", ioctl(udp, FIONREAD, NULL));
	ROW("ioctl: FIONBIO NULL", "=", ioctl(udp, FIONBIO, NULL));
	ROW("ioctl: FIONREAD of a listener", "=", ioctl(listener, FIONREAD, room));
}

static void
waiting(void)
{
	ROW("poll: NULL", "=", poll(NULL, 1, 0));
	ROW("poll: NULL, none", "=", poll(NULL, 0, 1));
	ROW("poll: more than there may be", "=", poll((struct pollfd *)room, 100000000, 0));
#ifndef NO_SELECT
	{
		static fd_set set;

		FD_ZERO(&set);
		instant = (struct timeval){0, 1000};
		ROW("select: INT_MAX", "=", select(INT_MAX, NULL, NULL, NULL, &instant));
		ROW("select: INT_MIN", "=", select(INT_MIN, &set, NULL, NULL, &instant));
		instant = (struct timeval){0, -1};
		ROW("select: -1 us", "=", select(1, &set, NULL, NULL, &instant));
		instant = (struct timeval){0, 0};
		ROW("select: empty sets", "=", select(FD_SETSIZE, &set, &set, &set, &instant));
	}
#endif
}

#ifndef ON_ORIGINAL
static void
names(void)
{
	static struct addrinfo hints, *found;

	ROW("inet_pton: family 77", "=", inet_pton(77, "127.0.0.1", room));
	ROW("inet_pton: empty", "=", inet_pton(AF_INET, "", room));
	ROW("inet_pton: 256.1.1.1", "=", inet_pton(AF_INET, "256.1.1.1", room));
	ROW("inet_pton: 1.2.3", "= or 1", inet_pton(AF_INET, "1.2.3", room)); /* lwIP takes it */
	ROW("inet_pton: :::", "=", inet_pton(AF_INET6, ":::", room));
	ROW("inet_pton: NULL", "EFAULT or EINVAL or EAFNOSUPPORT or 0", inet_pton(AF_INET, NULL, room));
	ROW("inet_ntop: family 77", "=", inet_ntop(77, room, room + 100, 100) ? 0 : -1);
	ROW("inet_ntop: no room", "=", inet_ntop(AF_INET, room, room + 100, 3) ? 0 : -1);
	ROW("inet_ntop: no room, IPv6", "=", inet_ntop(AF_INET6, "0123456789abcdef", room + 100, 20) ? 0 : -1);
	ROW("inet_ntop: NULL", "ENOSPC or EFAULT or EINVAL", inet_ntop(AF_INET, NULL, room + 100, 100) ? 0 : -1);
	ROW("getaddrinfo: nothing asked", "=", (hints = (struct addrinfo){0}, getaddrinfo(NULL, NULL, &hints, &found) == EAI_NONAME));
	ROW("getaddrinfo: a name that is no address", "=",
		(hints = (struct addrinfo){.ai_flags = AI_NUMERICHOST}, getaddrinfo("no address", "80", &hints, &found) == EAI_NONAME));
	ROW("getaddrinfo: a port that is none", "=",
		(hints = (struct addrinfo){.ai_flags = AI_NUMERICSERV}, getaddrinfo("127.0.0.1", "port", &hints, &found) == EAI_NONAME));
	ROW("getaddrinfo: family 77", "=", (hints = (struct addrinfo){.ai_family = 77}, getaddrinfo("127.0.0.1", "80", &hints, &found) == EAI_FAMILY));
	ROW("getaddrinfo: NULL result", "0", getaddrinfo("127.0.0.1", "80", NULL, NULL) == 0);
	ROW("getaddrinfo: right", "=", getaddrinfo("127.0.0.1", "80", NULL, &found) == 0 && (freeaddrinfo(found), 1));
	ROW("freeaddrinfo: NULL", "=", (freeaddrinfo(NULL), 0));
}
#endif

/* --- no descriptor left ----------------------------------------------------------------------------------------------------------- */

#ifndef NO_KERNEL
static void *
late_thread(void *arg)
{
	struct timeval wait = {0, 20000};
	struct pollfd p = {udp, POLLIN, 0};
	fd_set set;

	(void)arg;
	FD_ZERO(&set);
	FD_SET(udp, &set);
	ROW("no descriptor left: select in a new thread", "=", select(udp + 1, &set, NULL, NULL, &wait));
	ROW("no descriptor left: poll in a new thread", "=", poll(&p, 1, 20));
	timeout_option(udp, SO_RCVTIMEO, 20);
	ROW("no descriptor left: recv in a new thread", "=", recv(udp, room, 10, 0));
	return NULL;
}
static void *
late_sleeper(void *arg)
{
	*(long *)arg = recv(udp, room, 10, 0) < 0 ? -errno : 0;
	return NULL;
}

static void
exhausted(void)
{
	struct rlimit limit, small;
	int fd, client = (int)MUST(socket(AF_INET, SOCK_STREAM, 0)), fresh = bound(AF_INET, SOCK_STREAM, 1);
	struct timeval none = {0, 0};
	pthread_t thread;
	sigset_t alarm_signal;
	static long came;

	MUST(connect_to(client, AF_INET, port_of(fresh)));
	getrlimit(RLIMIT_NOFILE, &limit);
	small = limit;
	small.rlim_cur = 64;
	setrlimit(RLIMIT_NOFILE, &small);
	while ((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0)
		;
	ROW("no descriptor left: socket", "EMFILE", opened(socket(AF_INET, SOCK_STREAM, 0)));
	ROW("no descriptor left: accept", "EMFILE", opened(accept(fresh, NULL, NULL)));
	sigemptyset(&alarm_signal);
	sigaddset(&alarm_signal, SIGALRM);
	pthread_create(&thread, NULL, late_thread, NULL);
	pthread_sigmask(SIG_BLOCK, &alarm_signal, NULL); /* it is the other's */
	pthread_join(thread, NULL);
	pthread_sigmask(SIG_UNBLOCK, &alarm_signal, NULL);
	MUST(setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof none));
	pthread_create(&thread, NULL, late_sleeper, &came);
	usleep(50000);
	ROW("no descriptor left: close under recv", "0", close(udp));
#ifndef ON_LIBC
	pthread_join(thread, NULL);
	errno = (int)-came;
	ROW("no descriptor left: that recv", "EBADF", (errno = (int)-came, -1));
#endif
	ROW("one left: socket", "0", opened(socket(AF_INET, SOCK_STREAM, 0)));
	ROW("one left: accept", "0", opened(accept(fresh, NULL, NULL)));
	setrlimit(RLIMIT_NOFILE, &limit);
}
#endif

int
main(void)
{
	static const int deaths[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM};
	struct sigaction action = {.sa_handler = on_death, .sa_flags = SA_NODEFER};
	sigset_t all;
	size_t i;

	for (i = 0; i < sizeof deaths / sizeof *deaths; i++)
		sigaction(deaths[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN); /* libc has it, ours does not: rows 14 of the semantics */
	/* the deaths of a call belong to this thread, not to one of the library's */
	sigemptyset(&all);
	sigaddset(&all, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	face_begin();
	pthread_sigmask(SIG_UNBLOCK, &all, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	udp = bound(AF_INET, SOCK_DGRAM, 0);
	tcp_pair(tcp);
	listener = bound(AF_INET, SOCK_STREAM, 1);
	blocking(listener, 0);
	unconnected = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
	wrong_descriptors();
	addresses();
	close(udp);
	close(unconnected);
	udp = bound(AF_INET, SOCK_DGRAM, 0);
	unconnected = (int)MUST(socket(AF_INET, SOCK_STREAM, 0));
	data();
	options();
	waiting();
#ifndef ON_ORIGINAL
	names();
#endif
#ifndef NO_KERNEL
	exhausted();
#endif
	fflush(stdout);
	return 0;
}
