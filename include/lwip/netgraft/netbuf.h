/*
 * Part of netgraft's lwip/netbuf.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_NETBUF_GENERATED_H
#define NETGRAFT_LWIP_NETBUF_GENERATED_H

/**
 * A new empty netbuf, the caller's until `netbuf_delete`; null without memory.
 */
NETGRAFT_EXTERN struct netbuf *netbuf_new(void);

/**
 * Frees a netbuf and what it holds. Memory that it only refers to stays.
 */
NETGRAFT_EXTERN void netbuf_delete(struct netbuf *buf);

/**
 * Gives a netbuf `size` bytes of memory of its own in place of what it held; where they are, to be filled, or null.
 */
NETGRAFT_EXTERN
void *netbuf_alloc(struct netbuf *buf,
                   uint16_t size);

/**
 * Frees what a netbuf holds, and keeps the netbuf.
 */
NETGRAFT_EXTERN void netbuf_free(struct netbuf *buf);

/**
 * Has a netbuf refer to `size` bytes of the program's at `dataptr`, uncopied, in place of what it held. They must stay until it is freed. `ERR_MEM`.
 */
NETGRAFT_EXTERN
err_t netbuf_ref(struct netbuf *buf,
                 const void *dataptr,
                 uint16_t size);

/**
 * Appends what `tail` holds to `head`, and frees `tail`. More than 65535 bytes in all cannot be: then what `tail` held is dropped.
 */
NETGRAFT_EXTERN
void netbuf_chain(struct netbuf *head,
                  struct netbuf *tail);

/**
 * Writes where the current piece of a netbuf is, and its length, to where `dataptr` and `len` point. They are the netbuf's. `ERR_BUF`
 * if it holds nothing, `ERR_ARG` for a null pointer.
 */
NETGRAFT_EXTERN
err_t netbuf_data(struct netbuf *buf,
                  void **dataptr,
                  uint16_t *len);

/**
 * Goes to the next piece of a netbuf: -1 if there is none, 1 if it is the last one, else 0.
 */
NETGRAFT_EXTERN int8_t netbuf_next(struct netbuf *buf);

/**
 * Goes to the first piece of a netbuf.
 */
NETGRAFT_EXTERN void netbuf_first(struct netbuf *buf);

#endif  /* NETGRAFT_LWIP_NETBUF_GENERATED_H */
