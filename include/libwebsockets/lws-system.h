/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_SYSTEM_H
#define NETGRAFT_LWS_SYSTEM_H

/**
 * `lws_system_blob` flag: the credentials are wanted in hexadecimal.
 */
#define LWSSYSGAUTH_HEX 1

/**
 * The blobs a context can keep.
 */
typedef enum {
    /**
     * Credentials; two of them, chosen by index.
     */
    LWS_SYSBLOB_TYPE_AUTH = 0,
    /**
     * The client's certificate.
     */
    LWS_SYSBLOB_TYPE_CLIENT_CERT_DER = 2,
    /**
     * The client's private key.
     */
    LWS_SYSBLOB_TYPE_CLIENT_KEY_DER = 3,
    /**
     * The device's serial number.
     */
    LWS_SYSBLOB_TYPE_DEVICE_SERIAL = 4,
    /**
     * The version of the device's software.
     */
    LWS_SYSBLOB_TYPE_DEVICE_FW_VERSION = 5,
    /**
     * The kind of device.
     */
    LWS_SYSBLOB_TYPE_DEVICE_TYPE = 6,
    /**
     * The time server.
     */
    LWS_SYSBLOB_TYPE_NTP_SERVER = 7,
    /**
     * How many there are.
     */
    LWS_SYSBLOB_TYPE_COUNT = 8,
} lws_system_blob_item_t;

/**
 * The states a system passes through on its way up.
 */
typedef enum {
    /**
     * Not known yet.
     */
    LWS_SYSTATE_UNKNOWN = 0,
    /**
     * The context exists.
     */
    LWS_SYSTATE_CONTEXT_CREATED = 1,
    /**
     * Vhosts and protocols are ready.
     */
    LWS_SYSTATE_INITIALIZED = 2,
    /**
     * Network interfaces are found.
     */
    LWS_SYSTATE_IFACE_COLDPLUG = 3,
    /**
     * An address is obtained.
     */
    LWS_SYSTATE_DHCP = 4,
    /**
     * Looking for a captive portal, before the time is known.
     */
    LWS_SYSTATE_CPD_PRE_TIME = 5,
    /**
     * The time is known.
     */
    LWS_SYSTATE_TIME_VALID = 6,
    /**
     * Looking for a captive portal, now the time is known.
     */
    LWS_SYSTATE_CPD_POST_TIME = 7,
    /**
     * The policy is loaded.
     */
    LWS_SYSTATE_POLICY_VALID = 8,
    /**
     * The device is registered.
     */
    LWS_SYSTATE_REGISTERED = 9,
    /**
     * The first credentials are obtained.
     */
    LWS_SYSTATE_AUTH1 = 10,
    /**
     * The second credentials are obtained.
     */
    LWS_SYSTATE_AUTH2 = 11,
    /**
     * Everything works.
     */
    LWS_SYSTATE_OPERATIONAL = 12,
    /**
     * The policy is being replaced.
     */
    LWS_SYSTATE_POLICY_INVALID = 13,
} lws_system_states_t;

/**
 * What is known about the way to the internet.
 */
typedef enum {
    /**
     * Nothing.
     */
    LWS_CPD_UNKNOWN = 0,
    /**
     * It is open.
     */
    LWS_CPD_INTERNET_OK = 1,
    /**
     * A captive portal is in the way.
     */
    LWS_CPD_CAPTIVE_PORTAL = 2,
    /**
     * There is none.
     */
    LWS_CPD_NO_INTERNET = 3,
} lws_cpd_result_t;

/**
 * Called in the loop's thread once the wanted state is reached.
 */
typedef void (*lws_attach_cb_t)(struct lws_context *context, int tsi, void *opaque);

/**
 * What the program can do for the library. The program owns it; null entries are not supported.
 */
struct lws_system_ops {
    /**
     * Restart the device.
     */
    int (*reboot)(void);
    /**
     * Set the clock.
     */
    int (*set_clock)(lws_usec_t us);
    /**
     * Lock-protected `__lws_system_attach`.
     */
    int (*attach)(struct lws_context *context,
                  int tsi,
                  lws_attach_cb_t cb,
                  lws_system_states_t state,
                  void *opaque,
                  struct lws_attach_item **get);
    /**
     * Look for a captive portal and report with `lws_system_cpd_set`.
     */
    int (*captive_portal_detect_request)(struct lws_context *context);
    /**
     * How long the machine takes to wake, in microseconds.
     */
    uint32_t wake_latency_us;
};

/**
 * What the program can do for the library.
 */
typedef struct lws_system_ops lws_system_ops_t;

/**
 * A named piece of data kept by the context.
 */
typedef struct lws_system_blob lws_system_blob_t;

/**
 * The state machine of a context, for the `lws_state_*` functions; it lives as long as the context. It goes through the
 * states of `lws_system_states_t` up to `LWS_SYSTATE_OPERATIONAL` in the first `lws_service`, as far as its observers let
 * it; protocols are told to begin (`LWS_CALLBACK_PROTOCOL_INIT`) on the way to `LWS_SYSTATE_POLICY_VALID`.
 *
 * Null for a null or dead context. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
lws_state_manager_t *lws_system_get_state_manager(struct lws_context *context);

/**
 * The context of a state machine: of the one that `lws_system_get_state_manager` gives, or one of the program's with its
 * `context` set. Null for none, and where the context is dead.
 */
LWS_VISIBLE LWS_EXTERN
struct lws_context *lws_system_context_from_system_mgr(lws_state_manager_t *mgr);

/**
 * What the program gave as `system_ops` when it made the context; null for nothing, and for a null or dead context. Any
 * thread.
 */
LWS_VISIBLE LWS_EXTERN
const lws_system_ops_t *lws_system_get_ops(struct lws_context *context);

/**
 * One of the blobs that a context keeps; it lives as long as the context. `idx` tells those of one type apart: 0 or 1 for
 * `LWS_SYSBLOB_TYPE_AUTH`, else 0.
 *
 * Null when there is none such, or the context is null or dead. The context's thread only, like all of a blob.
 */
LWS_VISIBLE LWS_EXTERN
lws_system_blob_t *lws_system_get_blob(struct lws_context *context,
                                       lws_system_blob_item_t type,
                                       int idx);

/**
 * Has a blob refer to `len` bytes of the program's at `ptr`, which must last as long as the blob refers to them, in place of
 * what it had. Null is no bytes.
 */
LWS_VISIBLE LWS_EXTERN
void lws_system_blob_direct_set(lws_system_blob_t *b,
                                const uint8_t *ptr,
                                size_t len);

/**
 * Drops what was appended to a blob. One that refers to the program's memory stays as it is.
 */
LWS_VISIBLE LWS_EXTERN void lws_system_blob_heap_empty(lws_system_blob_t *b);

/**
 * Appends a copy of `len` bytes at `ptr` to a blob. Returns 0; -1 when the blob is null or dead, refers to the program's
 * memory, or would have more than 64 MiB.
 */
LWS_VISIBLE LWS_EXTERN
int lws_system_blob_heap_append(lws_system_blob_t *b,
                                const uint8_t *ptr,
                                size_t len);

/**
 * How many bytes a blob has; 0 for a null or dead one.
 */
LWS_VISIBLE LWS_EXTERN size_t lws_system_blob_get_size(lws_system_blob_t *b);

/**
 * Sets `*ptr` to a blob's bytes, which stay there until the blob is changed. Returns 0; -1 when it has none, or a pointer is
 * null or dead.
 */
LWS_VISIBLE LWS_EXTERN
int lws_system_blob_get_single_ptr(lws_system_blob_t *b,
                                   const uint8_t **ptr);

/**
 * Copies bytes of a blob from offset `ofs` on to `ptr`, at most `*len`, and sets `*len` to how many they were.
 *
 * Returns 0, also where an appended blob has none from there on; 1 where one that refers to the program's memory has none;
 * -1 when a pointer is null or dead.
 */
LWS_VISIBLE LWS_EXTERN
int lws_system_blob_get(lws_system_blob_t *b,
                        uint8_t *ptr,
                        size_t *len,
                        size_t ofs);

/**
 * Empties a blob: what was appended is freed, the program's memory forgotten. It can be used again.
 */
LWS_VISIBLE LWS_EXTERN void lws_system_blob_destroy(lws_system_blob_t *b);

/**
 * With a null `get`: has `cb` called with `opaque` in the context's loop, once the context has reached `state`. The loop is
 * woken. Otherwise: takes the first such call that can be made now out of the queue and stores it in `*get`, null
 * where there is none; that is for the `attach` operation of `system_ops`, which the library calls for it, and which the
 * library makes the call for.
 *
 * Returns 0; 1 when an argument is null or dead, `tsi` is not 0, or 4096 calls wait. To add one: any thread, and also
 * where there is no `attach` operation.
 */
LWS_VISIBLE LWS_EXTERN
int __lws_system_attach(struct lws_context *context,
                        int tsi,
                        lws_attach_cb_t cb,
                        lws_system_states_t state,
                        void *opaque,
                        struct lws_attach_item **get);

/**
 * Has the program look for a captive portal: forgets what was known, and calls `captive_portal_detect_request` of
 * `system_ops`. Returns what that returns; 0 where there is none, -1 for a null or dead context. The context's
 * thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_system_cpd_start(struct lws_context *context);

/**
 * Says what the look for a captive portal has shown. What is said first after `lws_system_cpd_start` counts; it is told to
 * the system messages (`LWSSMDCL_NETWORK`), and the context's states are tried again. A result that is none of
 * `lws_cpd_result_t`, and a null or dead context, are ignored. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void lws_system_cpd_set(struct lws_context *context,
                        lws_cpd_result_t result);

/**
 * What is known about the way to the internet; `LWS_CPD_UNKNOWN` for a null or dead context too. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
lws_cpd_result_t lws_system_cpd_state_get(struct lws_context *context);

#endif  /* NETGRAFT_LWS_SYSTEM_H */
