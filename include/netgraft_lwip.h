/*
 * netgraft: for programs that are compiled with lwIP's own headers, whose constants and structures are not the system's (SO_REUSEADDR is 4,
 * MSG_DONTWAIT is 8, an address begins with its length). With this, their calls go to functions that translate.
 *
 *     cc -include netgraft_lwip.h -I.../lwip/src/include -I(your lwipopts.h and arch/cc.h) program.c -lnetgraft
 *
 * In lwipopts.h, LWIP_SOCKET_OFFSET is to be 0, and MEMP_NUM_NETCONN as large as the descriptors of the program may become (lwIP's fd_set
 * has so many bits). Do not include it in a program that uses netgraft's lwip/sockets.h or Debian's: their values are the system's.
 */
#ifndef NETGRAFT_LWIP_VALUES_H
#define NETGRAFT_LWIP_VALUES_H

#ifdef NETGRAFT_LWIP_SOCKETS_H
#error "netgraft's lwip/sockets.h has the system's values: nothing is to be translated"
#endif

#define lwip_bind netgraft_lwip_bind
#define lwip_connect netgraft_lwip_connect
#define lwip_accept netgraft_lwip_accept
#define lwip_getsockname netgraft_lwip_getsockname
#define lwip_getpeername netgraft_lwip_getpeername
#define lwip_recv netgraft_lwip_recv
#define lwip_recvfrom netgraft_lwip_recvfrom
#define lwip_send netgraft_lwip_send
#define lwip_sendto netgraft_lwip_sendto
#define lwip_recvmsg netgraft_lwip_recvmsg
#define lwip_sendmsg netgraft_lwip_sendmsg
#define lwip_select netgraft_lwip_select
#define lwip_poll netgraft_lwip_poll
#define lwip_getsockopt netgraft_lwip_getsockopt
#define lwip_setsockopt netgraft_lwip_setsockopt
#define lwip_fcntl netgraft_lwip_fcntl
#define lwip_ioctl netgraft_lwip_ioctl
#define lwip_getaddrinfo netgraft_lwip_getaddrinfo
#define lwip_gethostbyname_r netgraft_lwip_gethostbyname_r

#endif
