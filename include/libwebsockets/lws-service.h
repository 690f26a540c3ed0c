/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_SERVICE_H
#define NETGRAFT_LWS_SERVICE_H

/**
 * Runs the loop once: waits for events and timers, and makes the callbacks they lead to.
 *
 * `timeout_ms` of 0 waits until something happens; a negative one does not wait; a positive one waits that many
 * milliseconds at the most (the original waits on). A signal ends the wait.
 *
 * Returns 0 to go on; a value other than 0 to stop: 1 for a null context, -1 when the context has ended or is dead, when it
 * is called from inside a callback of the same context, or after a fork. One thread at a time.
 */
LWS_VISIBLE LWS_EXTERN
int lws_service(struct lws_context *context,
                int timeout_ms);

/**
 * As `lws_service`, for one of the context's service threads: 0 to `lws_get_count_threads` - 1, any other `tsi` gives -1. Each has a loop
 * of its own, which one thread at a time serves; `lws_service` is that of 0. The listeners are there, and it gives what is
 * accepted to the loop with the fewest connections among those that were ever served.
 *
 * The context ends when the last thread has left: see `lws_context_destroy`.
 */
LWS_VISIBLE LWS_EXTERN
int lws_service_tsi(struct lws_context *context,
                    int timeout_ms,
                    int tsi);

/**
 * For a program that polls by itself: handles what has happened, without waiting. Where `pollfd` is about a descriptor of the context all that has
 * happened is handled, timers too, and `revents` is zeroed. A descriptor of somebody else's, or one without `revents`, is left alone. Null handles
 * whatever there is.
 *
 * From the first call on, the program is told what to wait for on each descriptor (`LWS_CALLBACK_CHANGE_MODE_POLL_FD`).
 *
 * Returns as `lws_service`. The thread that serves the context only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_service_fd(struct lws_context *context,
                   struct pollfd *pollfd);

/**
 * How long a program that polls by itself may wait, in milliseconds: `timeout_ms`, or less where a timer ends earlier, or 0 where something
 * is to be done at once. `tsi` is the service thread. 0 also for a null or dead context. The thread that serves the context only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_service_adjust_timeout(struct lws_context *context,
                               int timeout_ms,
                               int tsi);

/**
 * Ends the present or next wait of `lws_service`, which then calls `LWS_CALLBACK_EVENT_WAIT_CANCELLED` of every protocol: with
 * several service threads, each of them does.
 * Several calls before that lead to one.
 *
 * From any thread, and from a signal handler. A null or dead context is ignored, but a context must not be destroyed
 * while another thread is inside this function.
 */
LWS_VISIBLE LWS_EXTERN
void lws_cancel_service(struct lws_context *context);

/**
 * The same as `lws_cancel_service`, for the service thread of a connection alone. Any thread.
 */
LWS_VISIBLE LWS_EXTERN void lws_cancel_service_pt(struct lws *wsi);

#endif  /* NETGRAFT_LWS_SERVICE_H */
