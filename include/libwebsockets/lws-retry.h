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

#endif  /* NETGRAFT_LWS_RETRY_H */
