/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_WS_STATE_H
#define NETGRAFT_LWS_WS_STATE_H

/**
 * In `LWS_CALLBACK_RECEIVE`: 1 when the message begins with what is delivered, else 0. 0 for a null or dead connection.
 * The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_is_first_fragment(struct lws *wsi);

/**
 * In `LWS_CALLBACK_RECEIVE`: 1 when the message ends with what is delivered, else 0. 0 for a null or dead connection. The
 * connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_is_final_fragment(struct lws *wsi);

/**
 * In `LWS_CALLBACK_RECEIVE`: 1 when the message is binary, 0 when it is text. 0 for a null or dead connection. The
 * connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_frame_is_binary(struct lws *wsi);

/**
 * The reserved bits of the message delivered: 0x40 where it has come compressed, else 0, since a frame with another is refused. 0 for a
 * null or dead connection. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
unsigned char lws_get_reserved_bits(struct lws *wsi);

/**
 * Should the program wait for its writeable callback before it writes on? 1 when what was written before waits for the
 * kernel, or for a null or dead connection; else 0. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_send_pipe_choked(struct lws *wsi);

/**
 * 1 when something that was written waits for the kernel, else 0. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN int lws_partial_buffered(struct lws *wsi);

#endif  /* NETGRAFT_LWS_WS_STATE_H */
