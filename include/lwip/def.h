/*
 * netgraft: small things that lwIP programs find in lwip/def.h.
 */
#ifndef NETGRAFT_LWIP_DEF_H
#define NETGRAFT_LWIP_DEF_H

#include "lwip/arch.h"
#include "lwip/opt.h"
#include <arpa/inet.h>

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/order.h"
#ifdef __cplusplus
}
#endif

#define lwip_ntohs(x) lwip_htons(x)
#define lwip_ntohl(x) lwip_htonl(x)

/* in the order of the network, of a constant */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define PP_HTONS(x) ((u16_t)(x))
#define PP_HTONL(x) ((u32_t)(x))
#else
#define PP_HTONS(x) ((u16_t)((((x) & 0xffU) << 8) | (((x) >> 8) & 0xffU)))
#define PP_HTONL(x) \
	((u32_t)((((x) & 0xffUL) << 24) | (((x) & 0xff00UL) << 8) | (((x) >> 8) & 0xff00UL) | (((x) >> 24) & 0xffUL)))
#endif
#define PP_NTOHS(x) PP_HTONS(x)
#define PP_NTOHL(x) PP_HTONL(x)

#ifndef LWIP_MAX
#define LWIP_MAX(x, y) (((x) > (y)) ? (x) : (y))
#endif
#ifndef LWIP_MIN
#define LWIP_MIN(x, y) (((x) < (y)) ? (x) : (y))
#endif
#ifndef LWIP_ARRAYSIZE
#define LWIP_ARRAYSIZE(x) (sizeof(x) / sizeof((x)[0]))
#endif
#ifndef LWIP_UNUSED_ARG
#define LWIP_UNUSED_ARG(x) (void)(x)
#endif

/* lwip_itoa() and its like */
#include "lwip/err.h"

#endif
