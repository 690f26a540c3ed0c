/*
 * For the lwip_*.c programs: one source, on three sets of sockets.
 *   -DON_LIBC      the C library's own
 *   -DON_ORIGINAL  Debian's liblwip over a loopback interface of its own (-I/usr/include/lwip -llwip)
 *   neither        netgraft's: lwip/sockets.h with the plain names meaning ours, as lwIP's compatibility macros do
 */
#ifndef SOCK_H
#define SOCK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The system's own, whatever the names below come to mean. */
static inline int
system_close(int fd)
{
	return close(fd);
}
static inline ssize_t
system_read(int fd, void *to, size_t size)
{
	return read(fd, to, size);
}
static inline ssize_t
system_write(int fd, const void *from, size_t size)
{
	return write(fd, from, size);
}

#if defined ON_LIBC
#define FACE "libc"
static inline void
face_begin(void)
{
}
#elif defined ON_ORIGINAL
#define FACE "original"
#undef TCP_MSS
#include "lwip/sockets.h"
#include "lwip/netif.h"
#include "lwip/tcpip.h"
#define NO_SELECT 1
#define NO_KERNEL 1 /* no kernel descriptors: no fork, dup, pipes, Unix sockets */
static struct netif loop_netif;
static err_t
loop_out4(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
	(void)to;
	return netif_loop_output(netif, p);
}
static err_t
loop_out6(struct netif *netif, struct pbuf *p, const ip6_addr_t *to)
{
	(void)to;
	return netif_loop_output(netif, p);
}
static err_t
loop_link(struct netif *netif, struct pbuf *p)
{
	return netif_loop_output(netif, p);
}
static err_t
loop_init(struct netif *netif)
{
	netif->name[0] = 'l';
	netif->name[1] = 'o';
	netif->mtu = 16384;
	netif->output = loop_out4;
	netif->output_ip6 = loop_out6;
	netif->linkoutput = loop_link;
	return ERR_OK;
}
static void
loop_up(void *done)
{
	ip4_addr_t address, mask, gateway;
	ip6_addr_t six;

	IP4_ADDR(&address, 127, 0, 0, 1);
	IP4_ADDR(&mask, 255, 0, 0, 0);
	IP4_ADDR(&gateway, 127, 0, 0, 1);
	netif_add(&loop_netif, &address, &mask, &gateway, NULL, loop_init, tcpip_input);
	ip6_addr_set_loopback(&six);
	netif_ip6_addr_set(&loop_netif, 0, &six);
	netif_ip6_addr_set_state(&loop_netif, 0, IP6_ADDR_PREFERRED);
	netif_set_default(&loop_netif);
	netif_set_link_up(&loop_netif);
	netif_set_up(&loop_netif);
	__atomic_store_n((int *)done, 1, __ATOMIC_SEQ_CST);
}
static inline void
face_begin(void)
{
	static int done;

	tcpip_init(loop_up, &done);
	while (!__atomic_load_n(&done, __ATOMIC_SEQ_CST))
		usleep(1000);
}
#define accept lwip_accept
#define bind lwip_bind
#define shutdown lwip_shutdown
#define getpeername lwip_getpeername
#define getsockname lwip_getsockname
#define setsockopt lwip_setsockopt
#define getsockopt lwip_getsockopt
#define closesocket lwip_close
#define connect lwip_connect
#define listen lwip_listen
#define recv lwip_recv
#define recvmsg lwip_recvmsg
#define recvfrom lwip_recvfrom
#define send lwip_send
#define sendmsg lwip_sendmsg
#define sendto lwip_sendto
#define socket lwip_socket
#define poll lwip_poll
#define ioctl(s, cmd, argp) lwip_ioctl(s, cmd, argp)
#define read lwip_read
#define readv lwip_readv
#define write lwip_write
#define writev lwip_writev
#define close lwip_close
#define fcntl(s, cmd, val) lwip_fcntl(s, cmd, val)
#else
#define FACE "ours"
#undef LWIP_COMPAT_SOCKETS
#undef LWIP_POSIX_SOCKETS_IO_NAMES
#define LWIP_COMPAT_SOCKETS 1
#define LWIP_POSIX_SOCKETS_IO_NAMES 1
#include "lwip/sockets.h"
static inline void
face_begin(void)
{
}
#endif

static inline double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline const char *
errno_name(int error)
{
	static __thread char number[16];
	const char *name = error ? strerrorname_np(error) : "no errno";

	if (error == EAGAIN)
		return "EAGAIN";
	if (name)
		return name;
	snprintf(number, sizeof number, "errno %d", error);
	return number;
}

/* --- sockets; what cannot fail here ends the program when it does --------------------------------------- */

#define MUST(call) must((long)(call), #call, __LINE__)
static inline long
must(long result, const char *call, int line)
{
	if (result < 0) {
		fprintf(stderr, "line %d: %s: %s\n", line, call, errno_name(errno));
		_exit(99);
	}
	return result;
}

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

static inline socklen_t
loopback(union address *a, int family, int port)
{
	memset(a, 0, sizeof *a);
	a->any.sa_family = (sa_family_t)family;
	if (family == AF_INET6) {
		a->in6.sin6_addr.s6_addr[15] = 1; /* not in6addr_loopback: a face may define it otherwise */
		a->in6.sin6_port = htons((uint16_t)port);
		return sizeof a->in6;
	}
	a->in.sin_addr.s_addr = htonl(0x7f000001);
	a->in.sin_port = htons((uint16_t)port);
	return sizeof a->in;
}

static inline int
port_of(int fd)
{
	union address a;
	socklen_t size = sizeof a;

	MUST(getsockname(fd, &a.any, &size));
	return ntohs(a.any.sa_family == AF_INET6 ? a.in6.sin6_port : a.in.sin_port);
}

/* bound to a free port of the loopback interface; a TCP socket listens */
static inline int
bound(int family, int type, int backlog)
{
	union address a;
	socklen_t size = loopback(&a, family, 0);
	int fd = (int)MUST(socket(family, type, 0));

	MUST(bind(fd, &a.any, size));
	if (type == SOCK_STREAM)
		MUST(listen(fd, backlog));
	return fd;
}

static inline int
connect_to(int fd, int family, int port)
{
	union address a;
	socklen_t size = loopback(&a, family, port);

	return connect(fd, &a.any, size);
}

/* two connected TCP sockets: [0] accepted, [1] the client's */
static inline void
tcp_pair_of(int family, int pair[2])
{
	int listener = bound(family, SOCK_STREAM, 4);

	pair[1] = (int)MUST(socket(family, SOCK_STREAM, 0));
	MUST(connect_to(pair[1], family, port_of(listener)));
	pair[0] = (int)MUST(accept(listener, NULL, NULL));
	MUST(close(listener));
}
#define tcp_pair(pair) tcp_pair_of(AF_INET, pair)

static inline void
udp_pair_of(int family, int pair[2])
{
	pair[0] = bound(family, SOCK_DGRAM, 0);
	pair[1] = bound(family, SOCK_DGRAM, 0);
	MUST(connect_to(pair[0], family, port_of(pair[1])));
	MUST(connect_to(pair[1], family, port_of(pair[0])));
}
#define udp_pair(pair) udp_pair_of(AF_INET, pair)

static inline void
blocking(int fd, int yes)
{
	int flags = (int)MUST(fcntl(fd, F_GETFL, 0));

#ifdef ON_ORIGINAL
	flags = 0; /* it takes this bit alone */
#endif
	MUST(fcntl(fd, F_SETFL, yes ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}

/* Fills what can be filled on the way to the other end, which does not read. */
static inline void
fill(int fd)
{
	static char block[65536];
	int idle = 0;

	blocking(fd, 0);
	/* the kernel may take some more after a moment */
	while (idle < 20)
		if (send(fd, block, sizeof block, MSG_NOSIGNAL) < 0) {
			if (errno != EAGAIN && errno != ENOBUFS)
				MUST(-1);
			idle++;
			usleep(2000);
		}
	blocking(fd, 1);
}

/* A listener whose queue is full: the next to connect to it waits. `queue` is what waits in it, 0-terminated. */
static inline int
full_listener(int family, int queue[16])
{
	int listener = bound(family, SOCK_STREAM, 0), port = port_of(listener), i;

	memset(queue, 0, 16 * sizeof *queue);
	for (i = 0; i < 15; i++) {
		struct pollfd p;

		queue[i] = (int)MUST(socket(family, SOCK_STREAM, 0));
		blocking(queue[i], 0);
		if (connect_to(queue[i], family, port) == 0)
			continue;
		if (errno != EINPROGRESS)
			MUST(-1);
		p = (struct pollfd){queue[i], POLLOUT, 0};
		if (poll(&p, 1, 100) == 0)
			break;
	}
	return listener;
}

static inline int
readable(int fd, int ms)
{
	struct pollfd p = {fd, POLLIN, 0};

	return poll(&p, 1, ms) == 1 && (p.revents & POLLIN);
}

static inline void
timeout_option(int fd, int option, int ms)
{
	struct timeval t = {ms / 1000, ms % 1000 * 1000};

	MUST(setsockopt(fd, SOL_SOCKET, option, &t, sizeof t));
}

/* number of descriptors this process has open, without the one that counts */
static inline int
descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int n = -3;

	while (folder && readdir(folder))
		n++;
	if (folder)
		closedir(folder);
	return n;
}

#endif
