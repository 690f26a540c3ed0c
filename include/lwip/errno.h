/*
 * netgraft: errors are the system's errno.
 */
#ifndef NETGRAFT_LWIP_ERRNO_H
#define NETGRAFT_LWIP_ERRNO_H

#include <errno.h>

#endif
