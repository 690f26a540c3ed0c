/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_RETRY_H
#define NETGRAFT_LWS_RETRY_H

/**
 * `conceal_count` that never gives up.
 */
#define LWS_RETRY_CONCEAL_ALWAYS 65535

/**
 * Delays between attempts, and how long a connection may be silent. The program owns it and keeps it.
 */
struct lws_retry_bo {
    /**
     * Delays in milliseconds, one for each attempt; the last one is used again.
     */
    const uint32_t *retry_ms_table;
    /**
     * How many delays the table has.
     */
    uint16_t retry_ms_table_count;
    /**
     * After how many attempts the failure is reported; `LWS_RETRY_CONCEAL_ALWAYS` for never.
     */
    uint16_t conceal_count;
    /**
     * Seconds of silence after which a ping is sent; 0 for never.
     */
    uint16_t secs_since_valid_ping;
    /**
     * Seconds of silence after which the connection is closed; 0 for never.
     */
    uint16_t secs_since_valid_hangup;
    /**
     * Random part added to each delay, in percent; 0 means 30.
     */
    uint8_t jitter_percent;
};

/**
 * Delays between attempts, and how long a connection may be silent.
 */
typedef struct lws_retry_bo lws_retry_bo_t;

/**
 * How many milliseconds to wait before the next attempt. `*ctry` counts the failed attempts; this counts one more, and
 * it stays at 65535. The delay is the policy's for that attempt with a random part of up to `jitter_percent` added; a
 * null policy, or one without delays, means 3 seconds.
 *
 * `*conceal` becomes 1 while fewer than `conceal_count` attempts have failed, else 0; with a null policy always 0. It
 * may be null. A null `ctry` counts nothing. The context is not used, and may be null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
unsigned int lws_retry_get_delay_ms(struct lws_context *_context,
                                    const lws_retry_bo_t *retry,
                                    uint16_t *ctry,
                                    char *conceal);

/**
 * Has `cb` called with `sul` when it is time for the next attempt, as `lws_retry_get_delay_ms` says. See
 * `lws_sul_schedule` for `sul`, which the program owns.
 *
 * Returns 0 when it is scheduled, 1 when the failures are not to be concealed any more (with a null policy that is so
 * from the first on) or an argument is null or dead: then nothing is scheduled. `tid` is the service thread it is called in; that
 * thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_retry_sul_schedule(struct lws_context *context,
                           int tid,
                           lws_sorted_usec_list_t *sul,
                           const lws_retry_bo_t *retry,
                           sul_cb_t cb,
                           uint16_t *ctry);

/**
 * As `lws_retry_sul_schedule`, with the context and the policy of a connection: `retry_and_idle_policy` that it was made
 * with as a client, or that of its vhost, or where there is none, 1, 3, 9 and 17 seconds with a jitter of 20 %, then a return of 1.
 * The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_retry_sul_schedule_retry_wsi(struct lws *wsi,
                                     lws_sorted_usec_list_t *sul,
                                     sul_cb_t cb,
                                     uint16_t *ctry);

#endif  /* NETGRAFT_LWS_RETRY_H */
