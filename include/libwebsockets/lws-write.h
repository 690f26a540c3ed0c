/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_WRITE_H
#define NETGRAFT_LWS_WRITE_H

/**
 * How `lws_write` frames the data. One of the first nine, with the flags OR-ed to it.
 */
enum lws_write_protocol {
    /**
     * A WebSocket text message, or its first fragment. The data must be UTF-8.
     */
    LWS_WRITE_TEXT = 0,
    /**
     * A WebSocket binary message, or its first fragment.
     */
    LWS_WRITE_BINARY = 1,
    /**
     * A later fragment of a message that was begun with `LWS_WRITE_NO_FIN`.
     */
    LWS_WRITE_CONTINUATION = 2,
    /**
     * Bytes of an HTTP body, or of a raw connection; sent as they are.
     */
    LWS_WRITE_HTTP = 3,
    /**
     * A WebSocket ping, at most 125 bytes.
     */
    LWS_WRITE_PING = 5,
    /**
     * A WebSocket pong, at most 125 bytes. Pings are answered without the program's help.
     */
    LWS_WRITE_PONG = 6,
    /**
     * The last bytes of an HTTP body.
     */
    LWS_WRITE_HTTP_FINAL = 7,
    /**
     * HTTP headers that are complete.
     */
    LWS_WRITE_HTTP_HEADERS = 8,
    /**
     * More of the HTTP headers.
     */
    LWS_WRITE_HTTP_HEADERS_CONTINUATION = 9,
    /**
     * Flag inside the library: the data comes from the connection's own queue.
     */
    LWS_WRITE_BUFLIST = 32,
    /**
     * Flag: more fragments of this message follow.
     */
    LWS_WRITE_NO_FIN = 64,
    /**
     * Flag: HTTP/2 only, this write ends the stream.
     */
    LWS_WRITE_H2_STREAM_END = 128,
};

/**
 * A write on its way through an extension.
 */
struct lws_write_passthru {
    /**
     * The connection.
     */
    struct lws *wsi;
    /**
     * The data.
     */
    unsigned char *buf;
    /**
     * Its length.
     */
    size_t len;
    /**
     * As given to `lws_write`.
     */
    enum lws_write_protocol wp;
};

/**
 * Flag: a client sends this frame with a mask of zeros. Shares its value with `LWS_WRITE_H2_STREAM_END`.
 */
#define LWS_WRITE_CLIENT_IGNORE_XOR_MASK 128

/**
 * Sends `len` bytes at `buf`. The lower bits of `protocol` say as what:
 *
 * - `LWS_WRITE_TEXT`, `LWS_WRITE_BINARY`: a WebSocket message; with `LWS_WRITE_NO_FIN` its first fragment.
 * - `LWS_WRITE_CONTINUATION`: the next fragment, the last one unless `LWS_WRITE_NO_FIN` is set.
 * - `LWS_WRITE_PING`, `LWS_WRITE_PONG`: a control frame of at most 125 bytes.
 * - `LWS_WRITE_HTTP` and its relatives: the bytes as they are; so also the rest of a frame.
 *
 * `buf` must have `LWS_PRE` bytes before it that the library may overwrite. All is taken: what the kernel does not take
 * is kept and sent before anything written later. Several writes in one callback leave with one send.
 *
 * Returns `len` (for a ping or pong, with the frame's header); -1 when nothing was sent and the connection should be closed: null
 * or dead connection, null `buf`, impossible `len`, unknown kind, a connection that has failed or is
 * closing, or more than 64 MiB waiting for a peer that does not read. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_write(struct lws *wsi,
              unsigned char *buf,
              size_t len,
              enum lws_write_protocol protocol);

/**
 * Says with what code, and with which `len` bytes of text at `buf` (at most 123), the connection is to be closed, if
 * the callback that is running returns other than 0. The text is copied. Only for WebSockets; a null or dead
 * connection is ignored. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void lws_close_reason(struct lws *wsi,
                      enum lws_close_status status,
                      unsigned char *buf,
                      size_t len);

/**
 * Says that the program is done with a raw connection: what was written is sent, then it is to be closed. Returns -1, for the callback to
 * return; 0 while there is something that waits to be sent: the connection is closed by itself after that. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_raw_transaction_completed(struct lws *wsi);

#endif  /* NETGRAFT_LWS_WRITE_H */
