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

/**
 * Puts `d` at the start of `owner`. A link that is already in a list is left there, with a log line.
 */
LWS_VISIBLE LWS_EXTERN
void lws_dll2_add_head(struct lws_dll2 *d,
                       struct lws_dll2_owner *owner);

/**
 * Puts `d` at the end of `owner`. A link that is already in a list is left there, with a log line.
 */
LWS_VISIBLE LWS_EXTERN void lws_dll2_add_tail(struct lws_dll2 *d, struct lws_dll2_owner *owner);

/**
 * Puts `d` before `after`, in the list where `after` is; does nothing when that is in none.
 * A link that is already in a list is left there, with a log line.
 */
LWS_VISIBLE LWS_EXTERN void lws_dll2_add_before(struct lws_dll2 *d, struct lws_dll2 *after);

/**
 * Puts `d` into `own` before the first link that it belongs before: `compare(d, link)` is called from the start of
 * the list until it returns 0 or less. A link that is already in a list is left there, with a log line.
 */
LWS_VISIBLE LWS_EXTERN
void lws_dll2_add_sorted(struct lws_dll2 *d,
                         struct lws_dll2_owner *own,
                         int (*compare)(const struct lws_dll2 *d, const struct lws_dll2 *i));

/**
 * Takes `d` out of its list and zeroes it. A link in no list is left as it is.
 */
LWS_VISIBLE LWS_EXTERN void lws_dll2_remove(struct lws_dll2 *d);

/**
 * Calls `cb` with each link of `owner`, first to last, and with `user`, until it returns nonzero. `cb` may remove the
 * link it is called with.
 *
 * Returns 1 when `cb` ended it, else 0.
 */
LWS_VISIBLE LWS_EXTERN
int lws_dll2_foreach_safe(struct lws_dll2_owner *owner,
                          void *user,
                          int (*cb)(struct lws_dll2 *d, void *user));

/**
 * Zeroes a link, whatever list it may be in: for links that were never set up.
 */
LWS_VISIBLE LWS_EXTERN void lws_dll2_clear(struct lws_dll2 *d);

/**
 * Makes a list empty without touching its links: for lists that were never set up.
 */
LWS_VISIBLE LWS_EXTERN void lws_dll2_owner_clear(struct lws_dll2_owner *d);

/**
 * Finds the struct in the list `own` that has a given string: the link is `dll2_ofs` bytes into the struct, and
 * `ptr_ofs` bytes into it is the `const char *` to compare with the `namelen` characters at `name`.
 *
 * Returns the struct, or null. Use the macro `lws_dll2_search_sz_pl()`.
 */
LWS_VISIBLE LWS_EXTERN
void *_lws_dll2_search_sz_pl(struct lws_dll2_owner *own,
                             const char *name,
                             size_t namelen,
                             size_t dll2_ofs,
                             size_t ptr_ofs);

#endif  /* NETGRAFT_LWS_DLL2_H */
