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
#define gethostbyname(name) lwip_gethostbyname(name)
#define gethostbyname_r(name, ret, buf, buflen, result, h_errnop) lwip_gethostbyname_r(name, ret, buf, buflen, result, h_errnop)
#define freeaddrinfo(ai) lwip_freeaddrinfo(ai)
#define getaddrinfo(nodename, servname, hints, res) lwip_getaddrinfo(nodename, servname, hints, res)
#elif LWIP_COMPAT_SOCKETS == 2
#define gethostbyname lwip_gethostbyname
#define gethostbyname_r lwip_gethostbyname_r
#define freeaddrinfo lwip_freeaddrinfo
#define getaddrinfo lwip_getaddrinfo
#endif

#endif
