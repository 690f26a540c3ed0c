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

/**
 * Room for a message of `len` bytes, at most `LWS_SMD_MAX_PAYLOAD`, and the classes `_class`. The caller fills it in and
 * hands it to `lws_smd_msg_send` or `lws_smd_msg_free`.
 *
 * Null when nobody is registered for the classes, `len` is too large, or the context is null or dead. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
void *lws_smd_msg_alloc(struct lws_context *ctx,
                        lws_smd_class_t _class,
                        size_t len);

/**
 * Gives up a message made with `lws_smd_msg_alloc` that was not sent, and sets `*payload` to null. What is no such
 * message is an error that the log tells. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
void lws_smd_msg_free(void **payload);

/**
 * Sends a message made with `lws_smd_msg_alloc`, which is the library's then. Its receivers are called in the context's
 * loop, which is woken.
 *
 * Returns 0, also where nobody is registered for it any more; 1 when 256 messages wait for one of its receivers, the
 * context is ending or dead, or `payload` is no such message: a message that is one is the caller's still. Any
 * thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_smd_msg_send(struct lws_context *ctx,
                     void *payload);

/**
 * Registers a receiver of the messages that are sent from now on with one of the classes in `_class_filter`. It is called
 * in the context's loop with `opaque`; `buf` has `len` bytes and a terminator, is its own copy and dies with the call;
 * its return is not looked at. It may send, register and unregister.
 *
 * `flags` is 0: there are no proxied streams. Returns what stands for the registration, until `lws_smd_unregister` or the
 * end of the context; null when an argument is null, dead or unknown, or 4096 are registered. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
struct lws_smd_peer *lws_smd_register(struct lws_context *ctx,
                                      void *opaque,
                                      int flags,
                                      lws_smd_class_t _class_filter,
                                      lws_smd_notification_cb_t cb);

/**
 * Takes a registration back; what waits for it is dropped. From another thread than the loop's this waits until its
 * callback is not being called, for at most 5 seconds. Null is ignored; what is no registration any more is an error that
 * the log tells. Any thread, and from callbacks.
 */
LWS_VISIBLE LWS_EXTERN
void lws_smd_unregister(struct lws_smd_peer *pr);

#endif  /* NETGRAFT_LWS_SMD_H */
