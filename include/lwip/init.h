/*
 * netgraft: part of lwip/err.h, by the name that lwIP has for it.
 */
#ifndef NETGRAFT_LWIP_INIT_H
#define NETGRAFT_LWIP_INIT_H

#include "lwip/err.h"

/* the release whose API this is */
#define LWIP_VERSION_MAJOR 2
#define LWIP_VERSION_MINOR 1
#define LWIP_VERSION_REVISION 3
#define LWIP_VERSION_RC 255
#define LWIP_VERSION \
	((LWIP_VERSION_MAJOR << 24) | (LWIP_VERSION_MINOR << 16) | (LWIP_VERSION_REVISION << 8) | LWIP_VERSION_RC)
#define LWIP_VERSION_STRING "2.1.3"

#endif
