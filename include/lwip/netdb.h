/*
 * netgraft: looking names up.
 */
#ifndef NETGRAFT_LWIP_NETDB_H
#define NETGRAFT_LWIP_NETDB_H

#include "lwip/opt.h"
#include "lwip/inet.h"
#include "lwip/sockets.h"
#include <netdb.h>

#if !defined(__USE_XOPEN2K) && !defined(EAI_NONAME)
#error "lwip/netdb.h needs struct addrinfo: define _POSIX_C_SOURCE as 200112L or more, or use -std=gnu99"
#endif

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/netdb.h"
#ifdef __cplusplus
}
#endif

#if LWIP_COMPAT_SOCKETS == 1
#define gethostbyname(...) lwip_gethostbyname(__VA_ARGS__)
#define gethostbyname_r(...) lwip_gethostbyname_r(__VA_ARGS__)
#define freeaddrinfo(...) lwip_freeaddrinfo(__VA_ARGS__)
#define getaddrinfo(...) lwip_getaddrinfo(__VA_ARGS__)
#elif LWIP_COMPAT_SOCKETS == 2
#define gethostbyname lwip_gethostbyname
#define gethostbyname_r lwip_gethostbyname_r
#define freeaddrinfo lwip_freeaddrinfo
#define getaddrinfo lwip_getaddrinfo
#endif

#endif
