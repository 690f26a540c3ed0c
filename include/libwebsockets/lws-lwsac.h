/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_LWSAC_H
#define NETGRAFT_LWS_LWSAC_H

/**
 * An element of a list: a struct that begins with the pointer to the next one.
 */
typedef void *lws_list_ptr;

/**
 * Compares two elements: above 0 if `a` comes after `b`.
 */
typedef int (*lws_list_ptr_sort_func_t)(lws_list_ptr a, lws_list_ptr b);

/**
 * A file kept in memory.
 */
typedef unsigned char *lwsac_cached_file_t;

/**
 * Returns a place for `ensure` bytes, aligned to 8 and not zeroed, that lasts until the whole of `*head` is freed.
 *
 * When the current chunk has no room a new one is allocated, of `chunk_size` bytes (0: 4000) or more. `*head` must be
 * null at first and then holds the chunks. Null when memory runs out or `head` is null. One thread at a time may use
 * one `*head`, here and below.
 */
LWS_VISIBLE LWS_EXTERN
void *lwsac_use(struct lwsac **head,
                size_t ensure,
                size_t chunk_size);

/**
 * As lwsac_use(), with the bytes set to 0.
 */
LWS_VISIBLE LWS_EXTERN void *lwsac_use_zero(struct lwsac **head, size_t ensure, size_t chunk_size);

/**
 * Frees all that was allocated from `*head` and sets it to null, whatever references there are.
 */
LWS_VISIBLE LWS_EXTERN void lwsac_free(struct lwsac **head);

/**
 * Counts one more user of `head`, who keeps it from being freed by lwsac_detach() and must call lwsac_unreference().
 */
LWS_VISIBLE LWS_EXTERN
void lwsac_reference(struct lwsac *head);

/**
 * Counts one user less. After the last one, if lwsac_detach() was called, all is freed and `*head` set to null.
 */
LWS_VISIBLE LWS_EXTERN
void lwsac_unreference(struct lwsac **head);

/**
 * For whoever created `*head` and is done with it: frees all and sets `*head` to null, or lets the last
 * lwsac_unreference() do so if there are references.
 */
LWS_VISIBLE LWS_EXTERN
void lwsac_detach(struct lwsac **head);

/**
 * Logs how much was allocated from `head`, at `LLL_INFO`.
 */
LWS_VISIBLE LWS_EXTERN void lwsac_info(struct lwsac *head);

/**
 * Puts an element into a list, which begins at `*phead` (null when empty). `add` points to the element, whose first
 * member is the pointer to the next one. It goes ahead of the first element that it does not belong behind, that is, where
 * `sort(add, element)` is 0 or less; without `sort` to the head.
 *
 * Null for `phead` or `add` is ignored. One thread at a time may use one list.
 */
LWS_VISIBLE LWS_EXTERN
void lws_list_ptr_insert(lws_list_ptr *phead,
                         lws_list_ptr *add,
                         lws_list_ptr_sort_func_t sort);

#endif  /* NETGRAFT_LWS_LWSAC_H */
