/*
 * netgraft: what datagrams and pieces of streams come in.
 */
#ifndef NETGRAFT_LWIP_NETBUF_H
#define NETGRAFT_LWIP_NETBUF_H

#include "lwip/opt.h"
#include "lwip/pbuf.h"
#include "lwip/ip_addr.h"

struct netbuf {
	struct pbuf *p, *ptr; /* the packet, and the piece of it that netbuf_data() is at */
	ip_addr_t addr;       /* who sent it, or whom it is for */
	u16_t port;
	u8_t flags;
	u16_t toport_chksum;
};

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/netbuf.h"
#ifdef __cplusplus
}
#endif

#define netbuf_copy_partial(buf, dataptr, len, offset) pbuf_copy_partial((buf)->p, (dataptr), (len), (offset))
#define netbuf_copy(buf, dataptr, len) netbuf_copy_partial(buf, dataptr, len, 0)
#define netbuf_take(buf, dataptr, len) pbuf_take((buf)->p, dataptr, len)
#define netbuf_len(buf) ((buf)->p->tot_len)
#define netbuf_fromaddr(buf) (&(buf)->addr)
#define netbuf_set_fromaddr(buf, fromaddr) ip_addr_set(&(buf)->addr, fromaddr)
#define netbuf_fromport(buf) ((buf)->port)

#endif
