/*
 * netgraft: part of lwip/err.h, by the name that lwIP has for it.
 */
#ifndef NETGRAFT_LWIP_MEM_H
#define NETGRAFT_LWIP_MEM_H

#include "lwip/err.h"

typedef size_t mem_size_t;

#endif
