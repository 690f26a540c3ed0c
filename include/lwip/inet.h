/*
 * netgraft: addresses are the system's.
 */
#ifndef NETGRAFT_LWIP_INET_H
#define NETGRAFT_LWIP_INET_H

#include "lwip/def.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <net/if.h>

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/inet.h"
#ifdef __cplusplus
}
#endif

/* address as text in the buffer, or null where it has no room */
#ifndef inet_ntoa_r
#define inet_ntoa_r(addr, buf, buflen) lwip_inet_ntop(AF_INET, &(addr), buf, buflen)
#endif
#ifndef inet6_ntoa_r
#define inet6_ntoa_r(addr, buf, buflen) lwip_inet_ntop(AF_INET6, &(addr), buf, buflen)
#endif
#ifndef inet6_aton
#define inet6_aton(cp, addr) lwip_inet_pton(AF_INET6, cp, addr)
#endif

#endif
