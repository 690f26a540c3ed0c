/*
 * netgraft: packets as chains of pieces, counted by reference.
 */
#ifndef NETGRAFT_LWIP_PBUF_H
#define NETGRAFT_LWIP_PBUF_H

#include "lwip/opt.h"
#include "lwip/err.h"

/* below which layer a new packet leaves room for headers */
typedef enum {
	PBUF_TRANSPORT = 74,
	PBUF_IP = 54,
	PBUF_LINK = 14,
	PBUF_RAW_TX = 0,
	PBUF_RAW = 0
} pbuf_layer;

typedef enum {
	PBUF_RAM = 0x0280,  /* memory of its own, to send from */
	PBUF_ROM = 0x0001,  /* the program's memory, which does not change */
	PBUF_REF = 0x0041,  /* the program's memory */
	PBUF_POOL = 0x0182  /* memory of its own, to receive into */
} pbuf_type;

#define PBUF_FLAG_PUSH 0x01U
#define PBUF_FLAG_IS_CUSTOM 0x02U
#define PBUF_FLAG_TCP_FIN 0x20U

struct pbuf {
	struct pbuf *next;  /* the next piece of the packet, or null */
	void *payload;
	u16_t tot_len;      /* bytes in this piece and those behind it */
	u16_t len;          /* bytes in this piece */
	u8_t type_internal; /* the low byte of its pbuf_type */
	u8_t flags;         /* PBUF_FLAG_* */
	u8_t ref;           /* pointers to it */
	u8_t if_idx;
};

/* a piece in memory of the program's */
typedef void (*pbuf_free_custom_fn)(struct pbuf *p);
struct pbuf_custom {
	struct pbuf pbuf;
	pbuf_free_custom_fn custom_free_function; /* called when the last reference is gone */
};

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/pbuf.h"
#ifdef __cplusplus
}
#endif

#define pbuf_init()
#define PBUF_NEEDS_COPY(p) ((p)->type_internal & 0x40)
#define pbuf_match_type(p, type) ((((p)->type_internal ^ (type)) & 0x0f) == 0)

#endif
