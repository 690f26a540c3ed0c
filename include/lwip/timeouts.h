/*
 * netgraft: timers of the thread in which callbacks run; the functions are in lwip/tcpip.h.
 */
#ifndef NETGRAFT_LWIP_TIMEOUTS_H
#define NETGRAFT_LWIP_TIMEOUTS_H

typedef void (*sys_timeout_handler)(void *arg);

#include "lwip/tcpip.h"

#endif
