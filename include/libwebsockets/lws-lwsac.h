/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_LWSAC_H
#define NETGRAFT_LWS_LWSAC_H

/**
 * A file kept in memory.
 */
typedef unsigned char *lwsac_cached_file_t;

/**
 * An element of a list: a struct that begins with the pointer to the next one.
 */
typedef void *lws_list_ptr;

/**
 * Compares two elements: above 0 if `a` comes after `b`.
 */
typedef int (*lws_list_ptr_sort_func_t)(lws_list_ptr a, lws_list_ptr b);

#endif  /* NETGRAFT_LWS_LWSAC_H */
