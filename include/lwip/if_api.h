/*
 * netgraft: names and numbers of interfaces.
 */
#ifndef NETGRAFT_LWIP_IF_API_H
#define NETGRAFT_LWIP_IF_API_H

#include "lwip/inet.h"

#if LWIP_COMPAT_SOCKETS
#undef if_indextoname
#undef if_nametoindex
#define if_indextoname(ifindex, ifname) lwip_if_indextoname(ifindex, ifname)
#define if_nametoindex(ifname) lwip_if_nametoindex(ifname)
#endif

#endif
