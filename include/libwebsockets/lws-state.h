/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_STATE_H
#define NETGRAFT_LWS_STATE_H

/**
 * The state machine.
 */
struct lws_state_manager {
    /**
     * The observers.
     */
    lws_dll2_owner_t notify_list;
    /**
     * The context it belongs to.
     */
    struct lws_context *context;
    /**
     * Whatever its owner wants to find again.
     */
    void *parent;
    /**
     * The class of system messages that report changes; 0 for none.
     */
    lws_smd_class_t smd_class;
    /**
     * Names of the states, or null.
     */
    const char **state_names;
    /**
     * The machine's name in logs.
     */
    const char *name;
    /**
     * The current state.
     */
    int state;
};

/**
 * One observer. The program owns it and keeps it while it is registered.
 */
struct lws_state_notify_link {
    /**
     * The link in the manager's list.
     */
    lws_dll2_t list;
    /**
     * What to call: a `lws_state_notify_t`.
     */
    int (*notify_cb)(struct lws_state_manager *mgr,
                     struct lws_state_notify_link *link,
                     int current,
                     int target);
    /**
     * The observer's name in logs.
     */
    const char *name;
};

/**
 * Told that `mgr` is about to go from `current` to `target` (then the two differ) or has arrived (then they are
 * equal). A return other than 0 stops the step; the observer has to ask for it again.
 */
typedef int (*lws_state_notify_t)(struct lws_state_manager *mgr,
                                  struct lws_state_notify_link *link,
                                  int current,
                                  int target);

/**
 * One observer.
 */
typedef struct lws_state_notify_link lws_state_notify_link_t;

/**
 * The state machine.
 */
typedef struct lws_state_manager lws_state_manager_t;

#endif  /* NETGRAFT_LWS_STATE_H */
