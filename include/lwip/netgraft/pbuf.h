/*
 * Part of netgraft's lwip/pbuf.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_PBUF_GENERATED_H
#define NETGRAFT_LWIP_PBUF_GENERATED_H

/**
 * A new packet of `length` bytes, with room for the headers below layer `l` before them and one reference, which is the caller's; null
 * without memory, or for no such type. It is one piece, of `PBUF_POOL` too. The bytes of `PBUF_ROM` and `PBUF_REF` are the program's to
 * point to.
 */
NETGRAFT_EXTERN
struct pbuf *pbuf_alloc(pbuf_layer l,
                        uint16_t length,
                        pbuf_type type);

/**
 * A new packet over `length` bytes of the program's, uncopied; null without memory, or if `type` is neither `PBUF_ROM` nor `PBUF_REF`.
 */
NETGRAFT_EXTERN
struct pbuf *pbuf_alloc_reference(void *payload,
                                  uint16_t length,
                                  pbuf_type type);

/**
 * Makes a packet in memory of the program's: its members in `p`, whose function is called when the last reference is gone, its `length` bytes in
 * `payload_mem`. Null if that has no room for them and the headers below layer `l`.
 */
NETGRAFT_EXTERN
struct pbuf *pbuf_alloced_custom(pbuf_layer l,
                                 uint16_t length,
                                 pbuf_type type,
                                 struct pbuf_custom *p,
                                 void *payload_mem,
                                 uint16_t payload_mem_len);

/**
 * Shortens a packet to `size` bytes; pieces without any are freed. One that is not longer stays as it is.
 */
NETGRAFT_EXTERN
void pbuf_realloc(struct pbuf *p,
                  uint16_t size);

/**
 * Moves the beginning of the bytes back by `header_size`, or forward if that is negative. 0, or 1 if there is no room.
 */
NETGRAFT_EXTERN
uint8_t pbuf_header(struct pbuf *p,
                    int16_t header_size);

/**
 * As `pbuf_header`, over memory that the program knows is there.
 */
NETGRAFT_EXTERN uint8_t pbuf_header_force(struct pbuf *p, int16_t header_size);

/**
 * Moves the beginning of the bytes back. 0, or 1 if there is no room.
 */
NETGRAFT_EXTERN uint8_t pbuf_add_header(struct pbuf *p, size_t header_size_increment);

/**
 * As `pbuf_add_header`, over memory that the program knows is there.
 */
NETGRAFT_EXTERN uint8_t pbuf_add_header_force(struct pbuf *p, size_t header_size_increment);

/**
 * Moves the beginning of the bytes forward. 0, or 1 if the first piece has not so many.
 */
NETGRAFT_EXTERN uint8_t pbuf_remove_header(struct pbuf *p, size_t header_size);

/**
 * Takes `size` bytes from the front, and frees the pieces that are empty then. What is left, or null: the caller's reference goes over to it.
 */
NETGRAFT_EXTERN
struct pbuf *pbuf_free_header(struct pbuf *q,
                              uint16_t size);

/**
 * Takes one reference more. Any thread.
 */
NETGRAFT_EXTERN void pbuf_ref(struct pbuf *p);

/**
 * Gives one reference back, and frees the pieces that have none then. How many they were. Any thread.
 */
NETGRAFT_EXTERN
uint8_t pbuf_free(struct pbuf *p);

/**
 * How many pieces a packet has.
 */
NETGRAFT_EXTERN uint16_t pbuf_clen(const struct pbuf *p);

/**
 * Appends `tail` to `head`, and the caller's reference with it. More than 65535 bytes in all cannot be: then nothing happens.
 */
NETGRAFT_EXTERN
void pbuf_cat(struct pbuf *head,
              struct pbuf *tail);

/**
 * As `pbuf_cat`; the caller keeps its reference to `tail`.
 */
NETGRAFT_EXTERN void pbuf_chain(struct pbuf *head, struct pbuf *tail);

/**
 * Takes the first piece off the rest of a packet. The rest, or null if nobody else had a reference to it.
 */
NETGRAFT_EXTERN
struct pbuf *pbuf_dechain(struct pbuf *p);

/**
 * Copies all bytes of `p_from` to the beginning of `p_to`. `ERR_ARG` for null, or if there is no room.
 */
NETGRAFT_EXTERN
err_t pbuf_copy(struct pbuf *p_to,
                const struct pbuf *p_from);

/**
 * Copies `copy_len` bytes of `p_from`, from `offset` on, to the beginning of `p_to`. `ERR_ARG` for null, or if there are not so many.
 */
NETGRAFT_EXTERN
err_t pbuf_copy_partial_pbuf(struct pbuf *p_to,
                             const struct pbuf *p_from,
                             uint16_t copy_len,
                             uint16_t offset);

/**
 * Copies up to `len` bytes of a packet, from `offset` on, to `dataptr`. How many there were.
 */
NETGRAFT_EXTERN
uint16_t pbuf_copy_partial(const struct pbuf *p,
                           void *dataptr,
                           uint16_t len,
                           uint16_t offset);

/**
 * Where `len` bytes from `offset` on lie in one piece; they are copied to `buffer`, with room for `bufsize`, if they lie in several. Null if there are not so many,
 * or there is no room.
 */
NETGRAFT_EXTERN
void *pbuf_get_contiguous(const struct pbuf *p,
                          void *buffer,
                          size_t bufsize,
                          uint16_t len,
                          uint16_t offset);

/**
 * Copies `len` bytes from `dataptr` into a packet. `ERR_ARG` for null, `ERR_MEM` if it is too short.
 */
NETGRAFT_EXTERN
err_t pbuf_take(struct pbuf *buf,
                const void *dataptr,
                uint16_t len);

/**
 * As `pbuf_take`, from `offset` on.
 */
NETGRAFT_EXTERN
err_t pbuf_take_at(struct pbuf *buf,
                   const void *dataptr,
                   uint16_t len,
                   uint16_t offset);

/**
 * The piece in which the byte at `in_offset` is, or null, and where in it, which is written to `out_offset` unless that is null.
 */
NETGRAFT_EXTERN
struct pbuf *pbuf_skip(struct pbuf *in,
                       uint16_t in_offset,
                       uint16_t *out_offset);

/**
 * The packet in one piece, which takes over the caller's reference. Without memory it stays as it is.
 */
NETGRAFT_EXTERN
struct pbuf *pbuf_coalesce(struct pbuf *p,
                           pbuf_layer layer);

/**
 * A copy of the packet in one piece, the caller's; null without memory, or if `type` is neither `PBUF_RAM` nor `PBUF_POOL`.
 */
NETGRAFT_EXTERN
struct pbuf *pbuf_clone(pbuf_layer l,
                        pbuf_type type,
                        struct pbuf *p);

/**
 * The byte at `offset`, or 0 if there is none.
 */
NETGRAFT_EXTERN uint8_t pbuf_get_at(const struct pbuf *p, uint16_t offset);

/**
 * The byte at `offset`, or -1 if there is none.
 */
NETGRAFT_EXTERN int pbuf_try_get_at(const struct pbuf *p, uint16_t offset);

/**
 * Writes the byte at `offset`, if there is one.
 */
NETGRAFT_EXTERN void pbuf_put_at(struct pbuf *p, uint16_t offset, uint8_t data);

/**
 * Compares `n` bytes from `offset` on with those at `s2`: 0 if they are the same, one more than the place of the first that is not, or 65535 if
 * there are not so many.
 */
NETGRAFT_EXTERN
uint16_t pbuf_memcmp(const struct pbuf *p,
                     uint16_t offset,
                     const void *s2,
                     uint16_t n);

/**
 * Where the `mem_len` bytes at `mem` begin for the first time, from `start_offset` on; 65535 if nowhere.
 */
NETGRAFT_EXTERN
uint16_t pbuf_memfind(const struct pbuf *p,
                      const void *mem,
                      uint16_t mem_len,
                      uint16_t start_offset);

/**
 * Where a string begins for the first time; 65535 if nowhere, or if it is empty.
 */
NETGRAFT_EXTERN uint16_t pbuf_strstr(const struct pbuf *p, const char *substr);

#endif  /* NETGRAFT_LWIP_PBUF_GENERATED_H */
