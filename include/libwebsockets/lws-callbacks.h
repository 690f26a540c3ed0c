/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_CALLBACKS_H
#define NETGRAFT_LWS_CALLBACKS_H

/**
 * Flag inside the library: from a CGI.
 */
#define LWS_CB_REASON_AUX_BF__CGI 1

/**
 * Flag inside the library: from a proxied server.
 */
#define LWS_CB_REASON_AUX_BF__PROXY 2

/**
 * Flag inside the library: the end of a CGI's chunk.
 */
#define LWS_CB_REASON_AUX_BF__CGI_CHUNK_END 4

/**
 * Flag inside the library: a CGI's headers.
 */
#define LWS_CB_REASON_AUX_BF__CGI_HEADERS 8

/**
 * Flag inside the library: the end of a proxied answer.
 */
#define LWS_CB_REASON_AUX_BF__PROXY_TRANS_END 16

/**
 * Flag inside the library: a proxied answer's headers.
 */
#define LWS_CB_REASON_AUX_BF__PROXY_HEADERS 32

/**
 * Index in `element_overrides`: the country.
 */
#define LWS_TLS_REQ_ELEMENT_COUNTRY 0

/**
 * Index in `element_overrides`: the state.
 */
#define LWS_TLS_REQ_ELEMENT_STATE 1

/**
 * Index in `element_overrides`: the locality.
 */
#define LWS_TLS_REQ_ELEMENT_LOCALITY 2

/**
 * Index in `element_overrides`: the organisation.
 */
#define LWS_TLS_REQ_ELEMENT_ORGANIZATION 3

/**
 * Index in `element_overrides`: the common name.
 */
#define LWS_TLS_REQ_ELEMENT_COMMON_NAME 4

/**
 * Index in `element_overrides`: the alternative name.
 */
#define LWS_TLS_REQ_ELEMENT_SUBJECT_ALT_NAME 5

/**
 * Index in `element_overrides`: the e-mail address.
 */
#define LWS_TLS_REQ_ELEMENT_EMAIL 6

/**
 * How many of the indexes belong to the request.
 */
#define LWS_TLS_REQ_ELEMENT_COUNT 7

/**
 * Index in `element_overrides`: the directory's URL.
 */
#define LWS_TLS_SET_DIR_URL 7

/**
 * Index in `element_overrides`: the path of the account key.
 */
#define LWS_TLS_SET_AUTH_PATH 8

/**
 * Index in `element_overrides`: the path of the certificate.
 */
#define LWS_TLS_SET_CERT_PATH 9

/**
 * Index in `element_overrides`: the path of the private key.
 */
#define LWS_TLS_SET_KEY_PATH 10

/**
 * How many indexes there are.
 */
#define LWS_TLS_TOTAL_COUNT 11

/**
 * Why a protocol's callback is called. Unless it says otherwise, 0 goes on and −1 closes the connection.
 */
enum lws_callback_reasons {
    /**
     * Once for each protocol of a vhost, before anything else. `in` is the list of its options. Other than 0 fails.
     */
    LWS_CALLBACK_PROTOCOL_INIT = 27,
    /**
     * Once for each protocol of a vhost, when the vhost goes.
     */
    LWS_CALLBACK_PROTOCOL_DESTROY = 28,
    /**
     * A connection exists; no user memory yet.
     */
    LWS_CALLBACK_WSI_CREATE = 29,
    /**
     * The last callback of a connection.
     */
    LWS_CALLBACK_WSI_DESTROY = 30,
    /**
     * More credit to send arrived; `len` is how much, as 32 bits with a sign.
     */
    LWS_CALLBACK_WSI_TX_CREDIT_GET = 103,
    /**
     * A client's TLS context is being made; `user` is the `SSL_CTX`.
     */
    LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS = 21,
    /**
     * A server's TLS context is being made; `user` is the `SSL_CTX`.
     */
    LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS = 22,
    /**
     * A client's certificate is being checked; other than 0 refuses it.
     */
    LWS_CALLBACK_OPENSSL_PERFORM_CLIENT_CERT_VERIFICATION = 23,
    /**
     * A private key is wanted and no file was named.
     */
    LWS_CALLBACK_OPENSSL_CONTEXT_REQUIRES_PRIVATE_KEY = 37,
    /**
     * A TLS event; `in` is a `struct lws_ssl_info`.
     */
    LWS_CALLBACK_SSL_INFO = 67,
    /**
     * A server's certificate is being checked; other than 0 refuses it.
     */
    LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION = 58,
    /**
     * A connection was accepted.
     */
    LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED = 19,
    /**
     * A request arrived; `in` is its path. Answer now or later; other than 0 closes.
     */
    LWS_CALLBACK_HTTP = 12,
    /**
     * Part of a request's body; `in` and `len` give it.
     */
    LWS_CALLBACK_HTTP_BODY = 13,
    /**
     * The request's body is complete.
     */
    LWS_CALLBACK_HTTP_BODY_COMPLETION = 14,
    /**
     * The file asked for with `lws_serve_http_file` is sent.
     */
    LWS_CALLBACK_HTTP_FILE_COMPLETION = 15,
    /**
     * There is room to send more of the answer.
     */
    LWS_CALLBACK_HTTP_WRITEABLE = 16,
    /**
     * An HTTP connection ended.
     */
    LWS_CALLBACK_CLOSED_HTTP = 5,
    /**
     * A request arrived; other than 0 refuses it before it is served. `in` is its path.
     */
    LWS_CALLBACK_FILTER_HTTP_CONNECTION = 18,
    /**
     * Headers of an answer are being built; `in` is a `struct lws_process_html_args` to add to.
     */
    LWS_CALLBACK_ADD_HEADERS = 53,
    /**
     * Check `user:password` in `in`; 1 for yes.
     */
    LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION = 102,
    /**
     * May this request go on? `in` is a `struct lws_process_html_args`. Other than 0 refuses it.
     */
    LWS_CALLBACK_CHECK_ACCESS_RIGHTS = 51,
    /**
     * A piece of a file passes the `interpret` protocol; `in` is a `struct lws_process_html_args`.
     */
    LWS_CALLBACK_PROCESS_HTML = 52,
    /**
     * The connection now belongs to this protocol; its user memory exists.
     */
    LWS_CALLBACK_HTTP_BIND_PROTOCOL = 49,
    /**
     * The connection leaves this protocol.
     */
    LWS_CALLBACK_HTTP_DROP_PROTOCOL = 50,
    /**
     * An upgrade is asked for; `in` names it. 0 goes on, above 0 was answered by the program, below 0 closes.
     */
    LWS_CALLBACK_HTTP_CONFIRM_UPGRADE = 86,
    /**
     * The answer to our request begins.
     */
    LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP = 44,
    /**
     * Our HTTP connection ended.
     */
    LWS_CALLBACK_CLOSED_CLIENT_HTTP = 45,
    /**
     * Part of the answer's body; `in` and `len` give it.
     */
    LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ = 48,
    /**
     * There is body to read with `lws_http_client_read`.
     */
    LWS_CALLBACK_RECEIVE_CLIENT_HTTP = 46,
    /**
     * The answer is complete.
     */
    LWS_CALLBACK_COMPLETED_CLIENT_HTTP = 47,
    /**
     * There is room to send more of our request.
     */
    LWS_CALLBACK_CLIENT_HTTP_WRITEABLE = 57,
    /**
     * The server redirects; other than 0 closes instead of following.
     */
    LWS_CALLBACK_CLIENT_HTTP_REDIRECT = 104,
    /**
     * Our HTTP connection now belongs to this protocol.
     */
    LWS_CALLBACK_CLIENT_HTTP_BIND_PROTOCOL = 85,
    /**
     * Our HTTP connection leaves this protocol.
     */
    LWS_CALLBACK_CLIENT_HTTP_DROP_PROTOCOL = 76,
    /**
     * A WebSocket connection is open.
     */
    LWS_CALLBACK_ESTABLISHED = 0,
    /**
     * A WebSocket connection ended.
     */
    LWS_CALLBACK_CLOSED = 4,
    /**
     * There is room to send. One `lws_write` per callback is sure to fit.
     */
    LWS_CALLBACK_SERVER_WRITEABLE = 11,
    /**
     * Part of a message; `in` and `len` give it until the callback returns.
     */
    LWS_CALLBACK_RECEIVE = 6,
    /**
     * A pong; `in` and `len` give it.
     */
    LWS_CALLBACK_RECEIVE_PONG = 7,
    /**
     * The peer closes; `in` is its code and reason. Other than 0 does not answer.
     */
    LWS_CALLBACK_WS_PEER_INITIATED_CLOSE = 38,
    /**
     * A WebSocket handshake is complete and headers can be read; other than 0 refuses. `in` is the protocol list.
     */
    LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION = 20,
    /**
     * The client offers the extension in `in`; other than 0 refuses it.
     */
    LWS_CALLBACK_CONFIRM_EXTENSION_OKAY = 25,
    /**
     * The WebSocket connection now belongs to this protocol.
     */
    LWS_CALLBACK_WS_SERVER_BIND_PROTOCOL = 77,
    /**
     * The WebSocket connection leaves this protocol.
     */
    LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL = 78,
    /**
     * Our connection failed before it was open; `in` says why, or is null.
     */
    LWS_CALLBACK_CLIENT_CONNECTION_ERROR = 1,
    /**
     * The server's handshake arrived and its headers can be read; other than 0 closes.
     */
    LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH = 2,
    /**
     * Our WebSocket connection is open.
     */
    LWS_CALLBACK_CLIENT_ESTABLISHED = 3,
    /**
     * Our WebSocket connection ended.
     */
    LWS_CALLBACK_CLIENT_CLOSED = 75,
    /**
     * Our request is being built: `*in` is where to add headers, `len` the room.
     */
    LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER = 24,
    /**
     * Part of a message; `in` and `len` give it until the callback returns.
     */
    LWS_CALLBACK_CLIENT_RECEIVE = 8,
    /**
     * A pong; `in` and `len` give it.
     */
    LWS_CALLBACK_CLIENT_RECEIVE_PONG = 9,
    /**
     * There is room to send.
     */
    LWS_CALLBACK_CLIENT_WRITEABLE = 10,
    /**
     * May we offer the extension in `in`? Other than 0 for no.
     */
    LWS_CALLBACK_CLIENT_CONFIRM_EXTENSION_SUPPORTED = 26,
    /**
     * Set defaults of the extension in `in`.
     */
    LWS_CALLBACK_WS_EXT_DEFAULTS = 39,
    /**
     * A peer connects; `in` is its descriptor, `user` is a `struct lws_filter_network_conn_args` or null.
     * Other than 0 refuses it.
     */
    LWS_CALLBACK_FILTER_NETWORK_CONNECTION = 17,
    /**
     * Our WebSocket connection now belongs to this protocol.
     */
    LWS_CALLBACK_WS_CLIENT_BIND_PROTOCOL = 79,
    /**
     * Our WebSocket connection leaves this protocol.
     */
    LWS_CALLBACK_WS_CLIENT_DROP_PROTOCOL = 80,
    /**
     * Return a number for the current thread.
     */
    LWS_CALLBACK_GET_THREAD_ID = 31,
    /**
     * For a program that polls by itself: wait for this descriptor too; `in` is a `struct lws_pollargs`. The first one is the loop's
     * own, which is readable whenever there is something to do. What this and its like return does not matter.
     */
    LWS_CALLBACK_ADD_POLL_FD = 32,
    /**
     * Take a descriptor out of the program's loop.
     */
    LWS_CALLBACK_DEL_POLL_FD = 33,
    /**
     * Change what the program's loop waits for: from the first `lws_service_fd` on.
     */
    LWS_CALLBACK_CHANGE_MODE_POLL_FD = 34,
    /**
     * The set of descriptors is about to change; `len` other than 0 comes from another thread.
     */
    LWS_CALLBACK_LOCK_POLL = 35,
    /**
     * The set of descriptors has changed.
     */
    LWS_CALLBACK_UNLOCK_POLL = 36,
    /**
     * A CGI has output.
     */
    LWS_CALLBACK_CGI = 40,
    /**
     * A CGI ended.
     */
    LWS_CALLBACK_CGI_TERMINATED = 41,
    /**
     * Body for a CGI.
     */
    LWS_CALLBACK_CGI_STDIN_DATA = 42,
    /**
     * The body for a CGI is complete.
     */
    LWS_CALLBACK_CGI_STDIN_COMPLETED = 43,
    /**
     * A CGI runs; `len` is its process.
     */
    LWS_CALLBACK_CGI_PROCESS_ATTACH = 70,
    /**
     * Generic sessions: who is this?
     */
    LWS_CALLBACK_SESSION_INFO = 54,
    /**
     * Generic sessions: something happened.
     */
    LWS_CALLBACK_GS_EVENT = 55,
    /**
     * Options of the mount a request belongs to; `in` is the list.
     */
    LWS_CALLBACK_HTTP_PMO = 56,
    /**
     * Raw proxy, the client side: data.
     */
    LWS_CALLBACK_RAW_PROXY_CLI_RX = 89,
    /**
     * Raw proxy, the server side: data.
     */
    LWS_CALLBACK_RAW_PROXY_SRV_RX = 90,
    /**
     * Raw proxy, the client side: it ended.
     */
    LWS_CALLBACK_RAW_PROXY_CLI_CLOSE = 91,
    /**
     * Raw proxy, the server side: it ended.
     */
    LWS_CALLBACK_RAW_PROXY_SRV_CLOSE = 92,
    /**
     * Raw proxy, the client side: there is room to send.
     */
    LWS_CALLBACK_RAW_PROXY_CLI_WRITEABLE = 93,
    /**
     * Raw proxy, the server side: there is room to send.
     */
    LWS_CALLBACK_RAW_PROXY_SRV_WRITEABLE = 94,
    /**
     * Raw proxy, the client side: it was adopted.
     */
    LWS_CALLBACK_RAW_PROXY_CLI_ADOPT = 95,
    /**
     * Raw proxy, the server side: it was adopted.
     */
    LWS_CALLBACK_RAW_PROXY_SRV_ADOPT = 96,
    /**
     * Raw proxy, the client side: it belongs to this protocol now.
     */
    LWS_CALLBACK_RAW_PROXY_CLI_BIND_PROTOCOL = 97,
    /**
     * Raw proxy, the server side: it belongs to this protocol now.
     */
    LWS_CALLBACK_RAW_PROXY_SRV_BIND_PROTOCOL = 98,
    /**
     * Raw proxy, the client side: it leaves this protocol.
     */
    LWS_CALLBACK_RAW_PROXY_CLI_DROP_PROTOCOL = 99,
    /**
     * Raw proxy, the server side: it leaves this protocol.
     */
    LWS_CALLBACK_RAW_PROXY_SRV_DROP_PROTOCOL = 100,
    /**
     * Data on a raw socket; `in` and `len` give it.
     */
    LWS_CALLBACK_RAW_RX = 59,
    /**
     * A raw socket ended.
     */
    LWS_CALLBACK_RAW_CLOSE = 60,
    /**
     * There is room to send on a raw socket.
     */
    LWS_CALLBACK_RAW_WRITEABLE = 61,
    /**
     * A raw socket was adopted.
     */
    LWS_CALLBACK_RAW_ADOPT = 62,
    /**
     * Our raw connection is open.
     */
    LWS_CALLBACK_RAW_CONNECTED = 101,
    /**
     * The raw socket now belongs to this protocol.
     */
    LWS_CALLBACK_RAW_SKT_BIND_PROTOCOL = 81,
    /**
     * The raw socket leaves this protocol.
     */
    LWS_CALLBACK_RAW_SKT_DROP_PROTOCOL = 82,
    /**
     * A raw file was adopted.
     */
    LWS_CALLBACK_RAW_ADOPT_FILE = 63,
    /**
     * A raw file can be read; the program reads it.
     */
    LWS_CALLBACK_RAW_RX_FILE = 64,
    /**
     * A raw file can be written; the program writes it.
     */
    LWS_CALLBACK_RAW_WRITEABLE_FILE = 65,
    /**
     * A raw file ended.
     */
    LWS_CALLBACK_RAW_CLOSE_FILE = 66,
    /**
     * The raw file now belongs to this protocol.
     */
    LWS_CALLBACK_RAW_FILE_BIND_PROTOCOL = 83,
    /**
     * The raw file leaves this protocol.
     */
    LWS_CALLBACK_RAW_FILE_DROP_PROTOCOL = 84,
    /**
     * The connection's timer of `lws_set_timer_usecs` is due.
     */
    LWS_CALLBACK_TIMER = 73,
    /**
     * `lws_cancel_service` was called; every protocol of every vhost is told.
     */
    LWS_CALLBACK_EVENT_WAIT_CANCELLED = 71,
    /**
     * A connection that depends on this one ends; `in` is that connection.
     */
    LWS_CALLBACK_CHILD_CLOSING = 69,
    /**
     * A certificate's age was checked; `in` is a `struct lws_acme_cert_aging_args`, `len` the days left.
     */
    LWS_CALLBACK_VHOST_CERT_AGING = 72,
    /**
     * A new certificate is being obtained; `in` says how far it is.
     */
    LWS_CALLBACK_VHOST_CERT_UPDATE = 74,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_NEW_CLIENT_INSTANTIATED = 200,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_IDLE = 201,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_CLIENT_ESTABLISHED = 202,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_SUBSCRIBED = 203,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_CLIENT_WRITEABLE = 204,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_CLIENT_RX = 205,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_UNSUBSCRIBED = 206,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_DROP_PROTOCOL = 207,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_CLIENT_CLOSED = 208,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_ACK = 209,
    /**
     * MQTT; never called.
     */
    LWS_CALLBACK_MQTT_RESEND = 210,
    /**
     * The first of the program's own reasons.
     */
    LWS_CALLBACK_USER = 1000,
};

/**
 * How far a new certificate is.
 */
enum lws_cert_update_state {
    LWS_CUS_IDLE = 0,
    LWS_CUS_STARTING = 1,
    LWS_CUS_SUCCESS = 2,
    LWS_CUS_FAILED = 3,
    LWS_CUS_CREATE_KEYS = 4,
    LWS_CUS_REG = 5,
    LWS_CUS_AUTH = 6,
    LWS_CUS_CHALLENGE = 7,
    LWS_CUS_CREATE_REQ = 8,
    LWS_CUS_REQ = 9,
    LWS_CUS_CONFIRM = 10,
    LWS_CUS_ISSUE = 11,
};

/**
 * Given to `LWS_CALLBACK_ADD_POLL_FD`, `DEL_POLL_FD` and `CHANGE_MODE_POLL_FD`.
 */
struct lws_pollargs {
    /**
     * The descriptor.
     */
    lws_sockfd_type fd;
    /**
     * What to wait for from now on, `LWS_POLLIN` and `LWS_POLLOUT` OR-ed.
     */
    int events;
    /**
     * What was waited for.
     */
    int prev_events;
};

/**
 * Given to `LWS_CALLBACK_SSL_INFO`.
 */
struct lws_ssl_info {
    /**
     * OpenSSL's `where`.
     */
    int where;
    /**
     * OpenSSL's `ret`.
     */
    int ret;
};

/**
 * Given to `LWS_CALLBACK_VHOST_CERT_AGING`.
 */
struct lws_acme_cert_aging_args {
    /**
     * The vhost whose certificate it is.
     */
    struct lws_vhost *vh;
    /**
     * What to ask for instead of the configured values; null for no change.
     */
    const char *element_overrides[LWS_TLS_TOTAL_COUNT];
};

/**
 * Given to `LWS_CALLBACK_FILTER_NETWORK_CONNECTION` of raw listeners.
 */
struct lws_filter_network_conn_args {
    /**
     * The peer's address.
     */
    struct sockaddr_storage cli_addr;
    /**
     * Its length.
     */
    socklen_t clilen;
    /**
     * The connection's descriptor.
     */
    lws_sockfd_type accept_fd;
};

#endif  /* NETGRAFT_LWS_CALLBACKS_H */
