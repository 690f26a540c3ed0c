/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_DLL2_H
#define NETGRAFT_LWS_DLL2_H

/**
 * A list. All zero while it is empty.
 */
struct lws_dll2_owner {
    /**
     * The last link, or null.
     */
    struct lws_dll2 *tail;
    /**
     * The first link, or null.
     */
    struct lws_dll2 *head;
    /**
     * How many links the list has.
     */
    uint32_t count;
};

/**
 * A list's link, to be placed in the struct that is listed. All zero while it is in no list.
 */
struct lws_dll2 {
    /**
     * The link before this one, or null.
     */
    struct lws_dll2 *prev;
    /**
     * The link after this one, or null.
     */
    struct lws_dll2 *next;
    /**
     * The list this link is in, or null.
     */
    struct lws_dll2_owner *owner;
};

/**
 * A list's link.
 */
typedef struct lws_dll2 lws_dll2_t;

/**
 * A list.
 */
typedef struct lws_dll2_owner lws_dll2_owner_t;

#endif  /* NETGRAFT_LWS_DLL2_H */
