/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_RING_H
#define NETGRAFT_LWS_RING_H

/**
 * Creates a ring buffer of `count` elements of `element_len` bytes each. One stays free, so it holds `count - 1`.
 *
 * `destroy_element`, unless null, is called for each element that the oldest tail has passed and, in
 * lws_ring_destroy(), for each that is left. It gets a pointer to the element, valid during the call; the element
 * still counts as being in the ring. It must not destroy the ring.
 *
 * Returns the ring, to be freed with lws_ring_destroy(); null when memory runs out, when `element_len` or `count` is
 * 0, or when the whole is 4 GiB or more.
 *
 * A ring may be used by one thread at a time: programs that share one lock around every call. A null ring counts as
 * one that is empty and full at once.
 */
LWS_VISIBLE LWS_EXTERN
struct lws_ring *lws_ring_create(size_t element_len,
                                 size_t count,
                                 void (*destroy_element)(void *element));

/**
 * Frees a ring after destroying the elements that are left. Null is ignored.
 */
LWS_VISIBLE LWS_EXTERN void lws_ring_destroy(struct lws_ring *ring);

/**
 * How many elements can be inserted now.
 */
LWS_VISIBLE LWS_EXTERN size_t lws_ring_get_count_free_elements(struct lws_ring *ring);

/**
 * How many elements the reader at `*tail` can consume; with a null `tail`, the single reader that the ring keeps.
 */
LWS_VISIBLE LWS_EXTERN
size_t lws_ring_get_count_waiting_elements(struct lws_ring *ring,
                                           uint32_t *tail);

/**
 * Copies up to `max_count` elements from `src` into the ring. Returns how many fitted; 0 for a null `src`.
 */
LWS_VISIBLE LWS_EXTERN
size_t lws_ring_insert(struct lws_ring *ring,
                       const void *src,
                       size_t max_count);

/**
 * Consumes up to `max_count` elements for the reader at `*tail` and moves `*tail` past them. They are copied to
 * `dest` unless that is null, which serves after lws_ring_get_element().
 *
 * With a null `tail` the single reader that the ring keeps is meant, and the elements are destroyed; otherwise they
 * stay until lws_ring_update_oldest_tail(). Returns how many were consumed.
 */
LWS_VISIBLE LWS_EXTERN
size_t lws_ring_consume(struct lws_ring *ring,
                        uint32_t *tail,
                        void *dest,
                        size_t max_count);

/**
 * The next element that the reader at `*tail` (the ring's single reader if null) would consume, in the ring itself.
 *
 * Null when there is none. The pointer is good until the element is consumed, and with several readers until the
 * oldest tail passes it. lws_ring_consume() with a null `dest` then takes it off.
 */
LWS_VISIBLE LWS_EXTERN
const void *lws_ring_get_element(struct lws_ring *ring,
                                 uint32_t *tail);

/**
 * Declares that no reader is behind `tail`: the elements before it are destroyed and their room becomes free.
 *
 * For several readers, each with a tail of its own: call it with the one that is furthest behind whenever that has
 * moved. A `tail` that is not between the present oldest tail and the head is refused with a log line.
 */
LWS_VISIBLE LWS_EXTERN
void lws_ring_update_oldest_tail(struct lws_ring *ring,
                                 uint32_t tail);

/**
 * The tail of the oldest element still in the ring. A new reader can start there.
 */
LWS_VISIBLE LWS_EXTERN uint32_t lws_ring_get_oldest_tail(struct lws_ring *ring);

/**
 * Where the program may write elements straight into the ring: `*start` and `*bytes` are set to the part of the free
 * room that does not wrap. Follow with lws_ring_bump_head().
 *
 * Returns 0, or 1 with nothing set when there is no room or a pointer is null.
 */
LWS_VISIBLE LWS_EXTERN
int lws_ring_next_linear_insert_range(struct lws_ring *ring,
                                      void **start,
                                      size_t *bytes);

/**
 * Declares that `bytes` bytes were written at the start of lws_ring_next_linear_insert_range(). More than the free
 * room is refused with a log line.
 */
LWS_VISIBLE LWS_EXTERN
void lws_ring_bump_head(struct lws_ring *ring,
                        size_t bytes);

#endif  /* NETGRAFT_LWS_RING_H */
