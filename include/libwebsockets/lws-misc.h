/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_MISC_H
#define NETGRAFT_LWS_MISC_H

/**
 * Receive is held back, or let go, by the program; the argument is a plain yes or no.
 */
#define LWS_RXFLOW_REASON_USER_BOOL 1

/**
 * Receive is held back by a full buffer.
 */
#define LWS_RXFLOW_REASON_HTTP_RXBUFFER 64

/**
 * Receive is held back by HTTP/2.
 */
#define LWS_RXFLOW_REASON_H2_PPS_PENDING 128

/**
 * The argument names its reasons instead of being a plain yes or no.
 */
#define LWS_RXFLOW_REASON_APPLIES 16384

/**
 * The named reasons are taken away.
 */
#define LWS_RXFLOW_REASON_APPLIES_ENABLE_BIT 8192

/**
 * Take the named reasons away.
 */
#define LWS_RXFLOW_REASON_APPLIES_ENABLE 24576

/**
 * Add the named reasons.
 */
#define LWS_RXFLOW_REASON_APPLIES_DISABLE 16384

/**
 * Let it take effect at once.
 */
#define LWS_RXFLOW_REASON_FLAG_PROCESS_NOW 4096

/**
 * What a directory's entry is.
 */
typedef enum {
    /**
     * Not known.
     */
    LDOT_UNKNOWN = 0,
    /**
     * A file.
     */
    LDOT_FILE = 1,
    /**
     * A directory.
     */
    LDOT_DIR = 2,
    /**
     * A symbolic link.
     */
    LDOT_LINK = 3,
    /**
     * A named pipe.
     */
    LDOT_FIFO = 4,
    /**
     * A Unix socket.
     */
    LDOTT_SOCKET = 5,
    /**
     * A character device.
     */
    LDOT_CHAR = 6,
    /**
     * A block device.
     */
    LDOT_BLOCK = 7,
} lws_dir_obj_type_t;

/**
 * One entry of a directory.
 */
struct lws_dir_entry {
    /**
     * Its name, without the directory.
     */
    const char *name;
    /**
     * What it is.
     */
    lws_dir_obj_type_t type;
};

/**
 * Called for each path that matches.
 */
typedef int (*lws_dir_glob_cb_t)(void *data, const char *path);

/**
 * What to look for in a directory.
 */
struct lws_dir_glob {
    /**
     * The pattern, with `*`.
     */
    const char *filter;
    /**
     * What to call.
     */
    lws_dir_glob_cb_t cb;
    /**
     * Passed to `cb`.
     */
    void *user;
};

/**
 * What to look for in a directory.
 */
typedef struct lws_dir_glob lws_dir_glob_t;

/**
 * One unit of a scale that `lws_humanize` prints in. A table of them ends with a null name.
 */
struct lws_humanize_unit {
    /**
     * The unit's name.
     */
    const char *name;
    /**
     * What one of it is worth.
     */
    uint64_t factor;
};

/**
 * One unit of a scale.
 */
typedef struct lws_humanize_unit lws_humanize_unit_t;

#endif  /* NETGRAFT_LWS_MISC_H */
