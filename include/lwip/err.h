/*
 * netgraft: the errors of lwIP.
 */
#ifndef NETGRAFT_LWIP_ERR_H
#define NETGRAFT_LWIP_ERR_H

#include "lwip/opt.h"
#include "lwip/arch.h"

typedef enum {
	ERR_OK = 0,
	ERR_MEM = -1,        /* no memory, no descriptor */
	ERR_BUF = -2,        /* no buffer, or too small a one */
	ERR_TIMEOUT = -3,
	ERR_RTE = -4,        /* no way to the address */
	ERR_INPROGRESS = -5,
	ERR_VAL = -6,        /* not possible */
	ERR_WOULDBLOCK = -7,
	ERR_USE = -8,        /* the address is taken */
	ERR_ALREADY = -9,    /* already connecting */
	ERR_ISCONN = -10,    /* already connected */
	ERR_CONN = -11,      /* not connected */
	ERR_IF = -12,        /* the interface failed */
	ERR_ABRT = -13,      /* given up */
	ERR_RST = -14,       /* reset, or refused */
	ERR_CLSD = -15,      /* closed */
	ERR_ARG = -16        /* null, or no such thing */
} err_enum_t;

typedef s8_t err_t;

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/core.h"
#ifdef __cplusplus
}
#endif

#endif
