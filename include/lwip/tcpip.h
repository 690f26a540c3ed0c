/*
 * netgraft: the thread in which callbacks run.
 */
#ifndef NETGRAFT_LWIP_TCPIP_H
#define NETGRAFT_LWIP_TCPIP_H

#include "lwip/opt.h"
#include "lwip/err.h"
#include "lwip/sys.h"
#include "lwip/pbuf.h"
#include "lwip/timeouts.h"

typedef void (*tcpip_init_done_fn)(void *arg);
typedef void (*tcpip_callback_fn)(void *ctx);
struct tcpip_callback_msg;

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/tcpip.h"
#ifdef __cplusplus
}
#endif

#define tcpip_callback_with_block(function, ctx, block) \
	((block) ? tcpip_callback(function, ctx) : tcpip_try_callback(function, ctx))
#define LOCK_TCPIP_CORE() sys_lock_tcpip_core()
#define UNLOCK_TCPIP_CORE() sys_unlock_tcpip_core()

#endif
