/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_SMD_H
#define NETGRAFT_LWS_SMD_H

/**
 * The longest message, in bytes.
 */
#define LWS_SMD_MAX_PAYLOAD 384

/**
 * The size of a class bitfield, in bytes.
 */
#define LWS_SMD_CLASS_BITFIELD_BYTES 4

/**
 * The length of the header ahead of a message that came through a proxy.
 */
#define LWS_SMD_SS_RX_HEADER_LEN 16

/**
 * Registration flag: the peer is reached through a proxy.
 */
#define LWSSMDREG_FLAG_PROXIED_SS 1

/**
 * Message class: somebody used the device.
 */
#define LWSSMDCL_INTERACTION 1

/**
 * Message class: the system's state changed.
 */
#define LWSSMDCL_SYSTEM_STATE 2

/**
 * Message class: something about the network changed.
 */
#define LWSSMDCL_NETWORK 4

/**
 * A set of message classes, `LWSSMDCL_*` OR-ed.
 */
typedef uint32_t lws_smd_class_t;

/**
 * Receives a message. `buf` has `len` bytes and a terminator, and dies with the call.
 */
typedef int (*lws_smd_notification_cb_t)(void *opaque,
                                         lws_smd_class_t _class,
                                         lws_usec_t timestamp,
                                         void *buf,
                                         size_t len);

#endif  /* NETGRAFT_LWS_SMD_H */
