/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_TIMEOUT_TIMER_H
#define NETGRAFT_LWS_TIMEOUT_TIMER_H

/**
 * Instead of seconds: close the connection at the next turn of the loop.
 */
#define LWS_TO_KILL_ASYNC -1

/**
 * Instead of seconds: close the connection now. Not for the connection whose callback is running.
 */
#define LWS_TO_KILL_SYNC -2

/**
 * How many lists of timers a loop has.
 */
#define LWS_COUNT_PT_SUL_OWNERS 2

/**
 * The timer may be late if the machine sleeps.
 */
#define LWSSULLI_MISS_IF_SUSPENDED 0

/**
 * The timer wakes a sleeping machine.
 */
#define LWSSULLI_WAKE_IF_SUSPENDED 1

/**
 * What a connection is being waited for. A program sets reasons of its own from `PENDING_TIMEOUT_USER_REASON_BASE` up.
 */
enum pending_timeout {
    /**
     * Nothing: the timeout is taken away.
     */
    NO_PENDING_TIMEOUT = 0,
    /**
     * The proxy's answer.
     */
    PENDING_TIMEOUT_AWAITING_PROXY_RESPONSE = 1,
    /**
     * The outgoing TCP connection.
     */
    PENDING_TIMEOUT_AWAITING_CONNECT_RESPONSE = 2,
    /**
     * The peer's handshake.
     */
    PENDING_TIMEOUT_ESTABLISH_WITH_SERVER = 3,
    /**
     * The server's answer to our handshake.
     */
    PENDING_TIMEOUT_AWAITING_SERVER_RESPONSE = 4,
    /**
     * A ping.
     */
    PENDING_TIMEOUT_AWAITING_PING = 5,
    /**
     * The peer's close frame.
     */
    PENDING_TIMEOUT_CLOSE_ACK = 6,
    /**
     * Nothing any more.
     */
    PENDING_TIMEOUT_UNUSED1 = 7,
    /**
     * Our handshake to leave.
     */
    PENDING_TIMEOUT_SENT_CLIENT_HANDSHAKE = 8,
    /**
     * The TLS handshake.
     */
    PENDING_TIMEOUT_SSL_ACCEPT = 9,
    /**
     * HTTP content.
     */
    PENDING_TIMEOUT_HTTP_CONTENT = 10,
    /**
     * Room to send our handshake.
     */
    PENDING_TIMEOUT_AWAITING_CLIENT_HS_SEND = 11,
    /**
     * Queued data to leave before the close.
     */
    PENDING_FLUSH_STORED_SEND_BEFORE_CLOSE = 12,
    /**
     * The socket's shutdown.
     */
    PENDING_TIMEOUT_SHUTDOWN_FLUSH = 13,
    /**
     * A CGI.
     */
    PENDING_TIMEOUT_CGI = 14,
    /**
     * The next request of a kept connection.
     */
    PENDING_TIMEOUT_HTTP_KEEPALIVE_IDLE = 15,
    /**
     * Room to send a ping.
     */
    PENDING_TIMEOUT_WS_PONG_CHECK_SEND_PING = 16,
    /**
     * The answer to our ping.
     */
    PENDING_TIMEOUT_WS_PONG_CHECK_GET_PONG = 17,
    /**
     * The client's body to leave.
     */
    PENDING_TIMEOUT_CLIENT_ISSUE_PAYLOAD = 18,
    /**
     * The SOCKS greeting.
     */
    PENDING_TIMEOUT_AWAITING_SOCKS_GREETING_REPLY = 19,
    /**
     * The SOCKS connection.
     */
    PENDING_TIMEOUT_AWAITING_SOCKS_CONNECT_REPLY = 20,
    /**
     * The SOCKS authentication.
     */
    PENDING_TIMEOUT_AWAITING_SOCKS_AUTH_REPLY = 21,
    /**
     * Nothing: closed because of TLS.
     */
    PENDING_TIMEOUT_KILLED_BY_SSL_INFO = 22,
    /**
     * Nothing: closed by its parent.
     */
    PENDING_TIMEOUT_KILLED_BY_PARENT = 23,
    /**
     * Room to send the close frame.
     */
    PENDING_TIMEOUT_CLOSE_SEND = 24,
    /**
     * The rest of the headers.
     */
    PENDING_TIMEOUT_HOLDING_AH = 25,
    /**
     * UDP traffic.
     */
    PENDING_TIMEOUT_UDP_IDLE = 26,
    /**
     * The next use of an idle client connection.
     */
    PENDING_TIMEOUT_CLIENT_CONN_IDLE = 27,
    /**
     * A peer that falls behind.
     */
    PENDING_TIMEOUT_LAGGING = 28,
    /**
     * A thread pool.
     */
    PENDING_TIMEOUT_THREADPOOL = 29,
    /**
     * A task of a thread pool.
     */
    PENDING_TIMEOUT_THREADPOOL_TASK = 30,
    /**
     * Nothing: closed because the proxied client went.
     */
    PENDING_TIMEOUT_KILLED_BY_PROXY_CLIENT_CLOSE = 31,
    /**
     * Whatever the program waits for.
     */
    PENDING_TIMEOUT_USER_OK = 32,
    /**
     * The first of the program's own reasons.
     */
    PENDING_TIMEOUT_USER_REASON_BASE = 1000,
};

/**
 * A timer. The program owns it: zeroed before the first use, and cancelled before its memory goes.
 */
struct lws_sorted_usec_list {
    /**
     * The library's; linked while the timer is scheduled.
     */
    struct lws_dll2 list;
    /**
     * When it is due, on the clock of `lws_now_usecs`.
     */
    lws_usec_t us;
    /**
     * What to call: a `sul_cb_t`.
     */
    void (*cb)(struct lws_sorted_usec_list *sul);
    /**
     * How late it was, in microseconds, where that is measured.
     */
    uint32_t latency_us;
};

/**
 * A timer.
 */
typedef struct lws_sorted_usec_list lws_sorted_usec_list_t;

/**
 * Called when a timer is due, once for each time it was scheduled. It may schedule the timer again.
 */
typedef void (*sul_cb_t)(struct lws_sorted_usec_list *sul);

/**
 * Has the connection closed `secs` seconds from now, in place of any earlier timeout. `NO_PENDING_TIMEOUT` as
 * `reason`, or 0 seconds, cancels. `LWS_TO_KILL_ASYNC` closes it when the loop comes by, `LWS_TO_KILL_SYNC` before
 * this returns: its closing callbacks are made meanwhile.
 *
 * A null or dead connection is ignored. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void lws_set_timeout(struct lws *wsi,
                     enum pending_timeout reason,
                     int secs);

/**
 * As `lws_set_timeout`, in microseconds; 0 cancels.
 */
LWS_VISIBLE LWS_EXTERN
void lws_set_timeout_us(struct lws *wsi,
                        enum pending_timeout reason,
                        lws_usec_t us);

/**
 * Has `LWS_CALLBACK_TIMER` called once, `usecs` microseconds from now, in place of any earlier such timer.
 * `LWS_SET_TIMER_USEC_CANCEL` cancels. A null or dead connection is ignored. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void lws_set_timer_usecs(struct lws *wsi,
                         lws_usec_t usecs);

/**
 * Says that the peer has just shown itself alive, so that the wait for a validity ping begins anew. A null or dead
 * connection is ignored. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void lws_validity_confirmed(struct lws *wsi);

/**
 * Has `_cb` called once with `sul`, `_us` microseconds from now, from the context's loop. `sul` is zeroed or was used
 * before; scheduled again it moves. `LWS_SET_TIMER_USEC_CANCEL` cancels. A context that ends cancels all.
 *
 * The node belongs to the program and must stay where it is until it was called or cancelled. A null `sul` or a dead
 * context is an error that the log tells. `tsi` is the service thread it is called in. That thread only, or before it serves.
 */
LWS_VISIBLE LWS_EXTERN
void lws_sul_schedule(struct lws_context *ctx,
                      int tsi,
                      lws_sorted_usec_list_t *sul,
                      sul_cb_t _cb,
                      lws_usec_t _us);

/**
 * As `lws_sul_schedule`, for what has to wake a machine that is suspended.
 */
LWS_VISIBLE LWS_EXTERN
void lws_sul_schedule_wakesuspend(struct lws_context *ctx,
                                  int tsi,
                                  lws_sorted_usec_list_t *sul,
                                  sul_cb_t _cb,
                                  lws_usec_t _us);

/**
 * Cancels what `lws_sul_schedule` has scheduled. A null node, or one that is not scheduled, is ignored.
 */
LWS_VISIBLE LWS_EXTERN
void lws_sul_cancel(lws_sorted_usec_list_t *sul);

#endif  /* NETGRAFT_LWS_TIMEOUT_TIMER_H */
