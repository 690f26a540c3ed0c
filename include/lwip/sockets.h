/*
 * netgraft: BSD-style sockets by lwIP's names. Descriptors, structures and constants are the system's; what is ours is that another
 * thread may close what a thread waits on.
 *
 * lwip/opt.h says which names a program has: LWIP_COMPAT_SOCKETS, LWIP_POSIX_SOCKETS_IO_NAMES, NETGRAFT_FD_SETSIZE.
 */
#ifndef NETGRAFT_LWIP_SOCKETS_H
#define NETGRAFT_LWIP_SOCKETS_H

#include "lwip/opt.h"
#include "lwip/arch.h"
#include "lwip/errno.h"
#include "lwip/inet.h"

/* whatever declares the names that become ours below has to be read before */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

/* of idle time in milliseconds; the system has TCP_KEEPIDLE, in seconds */
#ifndef TCP_KEEPALIVE
#define TCP_KEEPALIVE 0xff
#endif
#ifndef SIN_ZERO_LEN
#define SIN_ZERO_LEN 8
#endif

#if LWIP_COMPAT_SOCKETS && NETGRAFT_FD_SETSIZE > 1024
/* Sets with room for more than the system's 1024 descriptors. A number without room is not set, where the system's macros write past the
   end. NETGRAFT_FD_SETSIZE 1024 leaves the system's type alone. */
typedef struct netgraft_fd_set {
	unsigned long fds_bits[(NETGRAFT_FD_SETSIZE + 8 * sizeof(unsigned long) - 1) / (8 * sizeof(unsigned long))];
} netgraft_fd_set;

#define NETGRAFT_FD_WORD(fd) ((unsigned)(fd) / (8U * (unsigned)sizeof(unsigned long)))
#define NETGRAFT_FD_BIT(fd) (1UL << ((unsigned)(fd) % (8U * (unsigned)sizeof(unsigned long))))
#define NETGRAFT_FD_FITS(fd) ((unsigned)(fd) < (unsigned)NETGRAFT_FD_SETSIZE)

#undef FD_SETSIZE
#undef FD_SET
#undef FD_CLR
#undef FD_ISSET
#undef FD_ZERO
#define fd_set netgraft_fd_set
#define FD_SETSIZE NETGRAFT_FD_SETSIZE
#define FD_SET(fd, set) \
	((void)(NETGRAFT_FD_FITS(fd) ? (set)->fds_bits[NETGRAFT_FD_WORD(fd)] |= NETGRAFT_FD_BIT(fd) : 0UL))
#define FD_CLR(fd, set) \
	((void)(NETGRAFT_FD_FITS(fd) ? (set)->fds_bits[NETGRAFT_FD_WORD(fd)] &= ~NETGRAFT_FD_BIT(fd) : 0UL))
#define FD_ISSET(fd, set) \
	(NETGRAFT_FD_FITS(fd) && ((set)->fds_bits[NETGRAFT_FD_WORD(fd)] & NETGRAFT_FD_BIT(fd)) != 0UL)
#define FD_ZERO(set) ((void)memset((set), 0, sizeof *(set)))
#endif
#define LWIP_SELECT_MAXNFDS FD_SETSIZE

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/sockets.h"
#ifdef __cplusplus
}
#endif

#define lwip_socket_init()

/* fcntl and ioctl with or without a third argument */
#define NETGRAFT_FCNTL(s, cmd, val, ...) lwip_fcntl(s, cmd, val)
#define NETGRAFT_IOCTL(s, cmd, argp, ...) lwip_ioctl(s, cmd, argp)

#if LWIP_COMPAT_SOCKETS == 1
#define accept(...) lwip_accept(__VA_ARGS__)
#define bind(...) lwip_bind(__VA_ARGS__)
#define shutdown(...) lwip_shutdown(__VA_ARGS__)
#define getpeername(...) lwip_getpeername(__VA_ARGS__)
#define getsockname(...) lwip_getsockname(__VA_ARGS__)
#define setsockopt(...) lwip_setsockopt(__VA_ARGS__)
#define getsockopt(...) lwip_getsockopt(__VA_ARGS__)
#define closesocket(...) lwip_close(__VA_ARGS__)
#define connect(...) lwip_connect(__VA_ARGS__)
#define listen(...) lwip_listen(__VA_ARGS__)
#define recv(...) lwip_recv(__VA_ARGS__)
#define recvmsg(...) lwip_recvmsg(__VA_ARGS__)
#define recvfrom(...) lwip_recvfrom(__VA_ARGS__)
#define send(...) lwip_send(__VA_ARGS__)
#define sendmsg(...) lwip_sendmsg(__VA_ARGS__)
#define sendto(...) lwip_sendto(__VA_ARGS__)
#define socket(...) lwip_socket(__VA_ARGS__)
#define select(...) lwip_select(__VA_ARGS__)
#define poll(...) lwip_poll(__VA_ARGS__)
#define ioctlsocket(...) lwip_ioctl(__VA_ARGS__)
#define inet_ntop(...) lwip_inet_ntop(__VA_ARGS__)
#define inet_pton(...) lwip_inet_pton(__VA_ARGS__)
#if LWIP_POSIX_SOCKETS_IO_NAMES
#define read(...) lwip_read(__VA_ARGS__)
#define readv(...) lwip_readv(__VA_ARGS__)
#define write(...) lwip_write(__VA_ARGS__)
#define writev(...) lwip_writev(__VA_ARGS__)
#define close(...) lwip_close(__VA_ARGS__)
#define fcntl(...) NETGRAFT_FCNTL(__VA_ARGS__, 0, 0)
#define ioctl(...) NETGRAFT_IOCTL(__VA_ARGS__, 0, 0)
#endif
#elif LWIP_COMPAT_SOCKETS == 2
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
#define select lwip_select
#define poll lwip_poll
#define ioctlsocket lwip_ioctl
#define inet_ntop lwip_inet_ntop
#define inet_pton lwip_inet_pton
#if LWIP_POSIX_SOCKETS_IO_NAMES
#define read lwip_read
#define readv lwip_readv
#define write lwip_write
#define writev lwip_writev
#define close lwip_close
#define fcntl lwip_fcntl
#define ioctl lwip_ioctl
#endif
#endif

#endif
