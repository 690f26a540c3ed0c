/*
 * netgraft: what lwIP lets a program choose, as far as it means something here. A program's own lwipopts.h is read first, where there
 * is one on the include path.
 */
#ifndef NETGRAFT_LWIP_OPT_H
#define NETGRAFT_LWIP_OPT_H

#ifdef __has_include
#if __has_include("lwipopts.h")
#include "lwipopts.h"
#endif
#endif

/* 1: socket(), recv() and so on are macros for lwip_socket(), lwip_recv(); 2: they are names, so that a pointer to them can be taken; 0: neither */
#ifndef LWIP_COMPAT_SOCKETS
#define LWIP_COMPAT_SOCKETS 1
#endif
/* 1: read(), write(), close(), fcntl() and ioctl() too */
#ifndef LWIP_POSIX_SOCKETS_IO_NAMES
#define LWIP_POSIX_SOCKETS_IO_NAMES 1
#endif
/* how many descriptors an fd_set of a program with the names above has room for */
#ifndef NETGRAFT_FD_SETSIZE
#define NETGRAFT_FD_SETSIZE 8192
#endif

/* What is there is there: the library is one for all programs. */
#undef NO_SYS
#define NO_SYS 0
#undef LWIP_SOCKET
#define LWIP_SOCKET 1
#undef LWIP_NETCONN
#define LWIP_NETCONN 1
#undef LWIP_IPV4
#define LWIP_IPV4 1
#undef LWIP_IPV6
#define LWIP_IPV6 1
#undef LWIP_TCP
#define LWIP_TCP 1
#undef LWIP_UDP
#define LWIP_UDP 1
#undef LWIP_RAW
#define LWIP_RAW 1
#undef LWIP_DNS
#define LWIP_DNS 1
#undef LWIP_SOCKET_SELECT
#define LWIP_SOCKET_SELECT 1
#undef LWIP_SOCKET_POLL
#define LWIP_SOCKET_POLL 1
#undef LWIP_SOCKET_OFFSET
#define LWIP_SOCKET_OFFSET 0
#undef LWIP_SO_RCVTIMEO
#define LWIP_SO_RCVTIMEO 1
#undef LWIP_SO_SNDTIMEO
#define LWIP_SO_SNDTIMEO 1
#undef LWIP_SO_RCVBUF
#define LWIP_SO_RCVBUF 1
#undef LWIP_SO_LINGER
#define LWIP_SO_LINGER 1
#undef LWIP_NETCONN_FULLDUPLEX
#define LWIP_NETCONN_FULLDUPLEX 1
#undef LWIP_IGMP
#define LWIP_IGMP 1
#undef LWIP_MULTICAST_TX_OPTIONS
#define LWIP_MULTICAST_TX_OPTIONS 1
#undef SO_REUSE
#define SO_REUSE 1

#endif
