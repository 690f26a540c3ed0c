/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_WS_CLOSE_H
#define NETGRAFT_LWS_WS_CLOSE_H

/**
 * Status codes of the WebSocket close frame (RFC 6455, 7.4), and some that stay inside the library.
 */
enum lws_close_status {
    /**
     * No status was given; no close frame is sent for it.
     */
    LWS_CLOSE_STATUS_NOSTATUS = 0,
    /**
     * Everything is done.
     */
    LWS_CLOSE_STATUS_NORMAL = 1000,
    /**
     * The server stops, or the browser leaves the page.
     */
    LWS_CLOSE_STATUS_GOINGAWAY = 1001,
    /**
     * The peer broke the protocol.
     */
    LWS_CLOSE_STATUS_PROTOCOL_ERR = 1002,
    /**
     * The peer sent a kind of data that is not accepted.
     */
    LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE = 1003,
    /**
     * Reserved; never sent.
     */
    LWS_CLOSE_STATUS_RESERVED = 1004,
    /**
     * Stands for a close frame without a status; never sent.
     */
    LWS_CLOSE_STATUS_NO_STATUS = 1005,
    /**
     * Stands for a connection that was lost; never sent.
     */
    LWS_CLOSE_STATUS_ABNORMAL_CLOSE = 1006,
    /**
     * The message does not fit its type, for instance text that is not UTF-8.
     */
    LWS_CLOSE_STATUS_INVALID_PAYLOAD = 1007,
    /**
     * The message breaks a rule of the program.
     */
    LWS_CLOSE_STATUS_POLICY_VIOLATION = 1008,
    /**
     * The message is too long.
     */
    LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE = 1009,
    /**
     * The server did not agree to an extension the client needs.
     */
    LWS_CLOSE_STATUS_EXTENSION_REQUIRED = 1010,
    /**
     * The server cannot go on.
     */
    LWS_CLOSE_STATUS_UNEXPECTED_CONDITION = 1011,
    /**
     * Stands for a failed TLS handshake; never sent.
     */
    LWS_CLOSE_STATUS_TLS_FAILURE = 1015,
    /**
     * Inside the library: the client's transaction is complete.
     */
    LWS_CLOSE_STATUS_CLIENT_TRANSACTION_DONE = 2000,
    /**
     * Inside the library: the context is being destroyed.
     */
    LWS_CLOSE_STATUS_NOSTATUS_CONTEXT_DESTROY = 9999,
};

#endif  /* NETGRAFT_LWS_WS_CLOSE_H */
