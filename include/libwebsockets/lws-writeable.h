/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_WRITEABLE_H
#define NETGRAFT_LWS_WRITEABLE_H

/**
 * `lws_wsi_tx_credit`: the credit the peer gave to us.
 */
#define LWSTXCR_US_TO_PEER 0

/**
 * `lws_wsi_tx_credit`: the credit we gave to the peer.
 */
#define LWSTXCR_PEER_TO_US 1

/**
 * Asks for one writeable callback of the connection, once the kernel takes more. Asking again before it comes changes
 * nothing. It is no system call.
 *
 * Returns 1; 0, without a word in the log, for a null or dead connection: that it has just died is nobody's fault. From any thread: another thread than the one that serves the
 * connection wakes that, and gets 1 also where it turns out there that the connection is ending.
 */
LWS_VISIBLE LWS_EXTERN
int lws_callback_on_writable(struct lws *wsi);

/**
 * Asks for a writeable callback of every connection of `protocol`, in all vhosts of the context. `protocol` is the program's entry or
 * the library's copy of it.
 *
 * Returns 0; -1 when an argument is null or dead. From any thread, as `lws_callback_on_writable`.
 */
LWS_VISIBLE LWS_EXTERN
int lws_callback_on_writable_all_protocol(const struct lws_context *context,
                                          const struct lws_protocols *protocol);

/**
 * As `lws_callback_on_writable_all_protocol`, for one vhost.
 */
LWS_VISIBLE LWS_EXTERN
int lws_callback_on_writable_all_protocol_vhost(const struct lws_vhost *vhost,
                                                const struct lws_protocols *protocol);

/**
 * Calls the callback of every connection of `protocol`, in all vhosts of the context, with `reason` and nothing else.
 * Returns 0; -1 when an argument is null or dead. The context's thread only; where there are several service threads, any of them, and
 * each calls its own connections, the others when they come to it. -1 also where 4096 such calls wait for one of them.
 */
LWS_VISIBLE LWS_EXTERN
int lws_callback_all_protocol(struct lws_context *context,
                              const struct lws_protocols *protocol,
                              int reason);

/**
 * As `lws_callback_all_protocol`, for one vhost; a null `protocol` means all of them.
 */
LWS_VISIBLE LWS_EXTERN
int lws_callback_all_protocol_vhost(struct lws_vhost *vh,
                                    const struct lws_protocols *protocol,
                                    int reason);

/**
 * As `lws_callback_all_protocol_vhost`, with `argp` and `len` as the callbacks' `in` and `len`. Where they are not null and 0, only the
 * connections of the calling service thread are called, and where there are others, -1 is returned.
 */
LWS_VISIBLE LWS_EXTERN
int lws_callback_all_protocol_vhost_args(struct lws_vhost *vh,
                                         const struct lws_protocols *protocol,
                                         int reason,
                                         void *argp,
                                         size_t len);

/**
 * Calls the callback of every protocol of the connection's vhost once, with `wsi`, no user block, and `in` and `len` as
 * given. Returns 0; 1 at the first protocol that answers other than 0; -1 for a null or dead connection. Its thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_callback_vhost_protocols(struct lws *wsi,
                                 int reason,
                                 void *in,
                                 int len);

/**
 * What a protocol without a wish of its own does, and what a callback returns for reasons that it does not handle: a
 * request is answered with 404, a writeable callback or a finished file ends the transaction, everything else is
 * ignored. Returns 0 to go on, -1 to close.
 */
LWS_VISIBLE LWS_EXTERN
int lws_callback_http_dummy(struct lws *wsi,
                            enum lws_callback_reasons reason,
                            void *_user,
                            void *_in,
                            size_t _len);

/**
 * How many bytes the peer allows to be sent to it: -1, for no limit of its own, since HTTP/1 and WebSocket have none. Any
 * thread.
 */
LWS_VISIBLE LWS_EXTERN
lws_fileofs_t lws_get_peer_write_allowance(struct lws *_wsi);

/**
 * The credit of HTTP/2's flow control, which a connection of HTTP/1, WebSocket or raw data does not have: 0, and nothing is
 * added. With HTTP/2 `peer_to_us` says which way (`LWSTXCR_*`), and `add` is added to it. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_wsi_tx_credit(struct lws *_wsi,
                      char _peer_to_us,
                      int _add);

#endif  /* NETGRAFT_LWS_WRITEABLE_H */
