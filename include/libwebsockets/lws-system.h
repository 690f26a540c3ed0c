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
 * A named piece of data kept by the context.
 */
typedef struct lws_system_blob lws_system_blob_t;

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

#endif  /* NETGRAFT_LWS_SYSTEM_H */
