/*
 * netgraft: options of a connection that lwIP programs set in its control block. They reach the kernel before the next call on the
 * connection.
 */
#ifndef NETGRAFT_LWIP_IP_H
#define NETGRAFT_LWIP_IP_H

#include "lwip/ip_addr.h"
#include "lwip/err.h"

struct ip_pcb {
	ip_addr_t local_ip;  /* not kept: netconn_addr() */
	ip_addr_t remote_ip; /* not kept: netconn_peer() */
	u8_t netif_idx;      /* not kept: netconn_bind_if() */
	u8_t so_options;     /* SOF_* */
	u8_t tos;
	u8_t ttl;            /* the system's until it is written to */
};

#define SOF_REUSEADDR 0x04U
#define SOF_KEEPALIVE 0x08U
#define SOF_BROADCAST 0x20U /* is always allowed */

#define ip_get_option(pcb, opt) ((pcb)->so_options & (opt))
#define ip_set_option(pcb, opt) ((pcb)->so_options = (u8_t)((pcb)->so_options | (opt)))
#define ip_reset_option(pcb, opt) ((pcb)->so_options = (u8_t)((pcb)->so_options & ~(opt)))

#endif
