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
 * The state machine.
 */
typedef struct lws_state_manager lws_state_manager_t;

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
 * One observer.
 */
typedef struct lws_state_notify_link lws_state_notify_link_t;

/**
 * Told that `mgr` is about to go from `current` to `target` (then the two differ) or has arrived (then they are
 * equal). A return other than 0 stops the step; the observer has to ask for it again.
 */
typedef int (*lws_state_notify_t)(struct lws_state_manager *mgr,
                                  struct lws_state_notify_link *link,
                                  int current,
                                  int target);

/**
 * Registers an observer, which is asked before those that are there already. The program owns it; it is zeroed but for
 * its callback and name, and stays where it is until it is deregistered or the manager's context has ended.
 *
 * Ignored with a line in the log: null, a context's manager that is dead, an observer that is registered already. Only from
 * the thread that uses the manager; observers may do it too.
 */
LWS_VISIBLE LWS_EXTERN
void lws_state_reg_notifier(lws_state_manager_t *mgr,
                            lws_state_notify_link_t *nl);

/**
 * Takes an observer out of its manager's list. Null, or one that is not registered, is ignored. Only from the thread that
 * uses the manager; observers may do it too, also to themselves.
 */
LWS_VISIBLE LWS_EXTERN
void lws_state_reg_deregister(lws_state_notify_link_t *nl);

/**
 * Registers the observers that `nl` points to, a table ended by null, as `lws_state_reg_notifier` does one after the
 * other: the last of them is asked first.
 */
LWS_VISIBLE LWS_EXTERN
void lws_state_reg_notifier_list(lws_state_manager_t *mgr,
                                 lws_state_notify_link_t *const *nl);

/**
 * Moves up to the state `target`, state by state. Each observer is called before each step, and may stop it by a return
 * other than 0: then this is the end, and the observer has to ask again when it is ready. It is called once more when the
 * state is reached. A target that is not above the current state does nothing.
 *
 * With `smd_class`, each state reached is told as `{"state":"NAME"}` to the context's system messages.
 *
 * Returns 0, also when an observer has stopped it: look at `mgr->state`. 1 when the manager is null or dead, or there is no
 * such state. A program's own manager goes up by 1024 states at the most. Only from the thread that uses the manager, for
 * a context's manager its thread; observers may do it too.
 */
LWS_VISIBLE LWS_EXTERN
int lws_state_transition_steps(lws_state_manager_t *mgr,
                               int target);

/**
 * Moves to the state `target` at once, up or down; otherwise as `lws_state_transition_steps`.
 */
LWS_VISIBLE LWS_EXTERN int lws_state_transition(lws_state_manager_t *mgr, int target);

#endif  /* NETGRAFT_LWS_STATE_H */
