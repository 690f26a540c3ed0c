/*
 * netgraft: names and numbers of interfaces.
 */
#ifndef NETGRAFT_LWIP_IF_API_H
#define NETGRAFT_LWIP_IF_API_H

#include "lwip/inet.h"

#if LWIP_COMPAT_SOCKETS
#undef if_indextoname
#undef if_nametoindex
#define if_indextoname(...) lwip_if_indextoname(__VA_ARGS__)
#define if_nametoindex(...) lwip_if_nametoindex(__VA_ARGS__)
#endif

#endif
