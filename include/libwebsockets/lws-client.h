/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_CLIENT_H
#define NETGRAFT_LWS_CLIENT_H

/**
 * Flags of `ssl_connection`; OR-ed.
 */
enum lws_client_connect_ssl_connection_flags {
    /**
     * Use TLS.
     */
    LCCSCF_USE_SSL = 1,
    /**
     * Accept a certificate nobody signed.
     */
    LCCSCF_ALLOW_SELFSIGNED = 2,
    /**
     * Accept a certificate made out to another host.
     */
    LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK = 4,
    /**
     * Accept a certificate that is no longer, or not yet, valid.
     */
    LCCSCF_ALLOW_EXPIRED = 8,
    /**
     * Accept any certificate.
     */
    LCCSCF_ALLOW_INSECURE = 16,
    /**
     * HTTP/2: for servers that expect the end of the stream with the headers.
     */
    LCCSCF_H2_QUIRK_NGHTTP2_END_STREAM = 32,
    /**
     * HTTP/2: for servers that send more than their credit.
     */
    LCCSCF_H2_QUIRK_OVERFLOWS_TXCR = 64,
    /**
     * HTTP/2: send the credentials blob as a bearer token.
     */
    LCCSCF_H2_AUTH_BEARER = 128,
    /**
     * HTTP/2: send that token in hexadecimal.
     */
    LCCSCF_H2_HEXIFY_AUTH_TOKEN = 256,
    /**
     * HTTP/2: the program gives credit itself.
     */
    LCCSCF_H2_MANUAL_RXFLOW = 512,
    /**
     * The request's body is multipart form data.
     */
    LCCSCF_HTTP_MULTIPART_MIME = 1024,
    /**
     * The request's body is an urlencoded form.
     */
    LCCSCF_HTTP_X_WWW_FORM_URLENCODED = 2048,
    /**
     * Hand redirects to the program instead of following them.
     */
    LCCSCF_HTTP_NO_FOLLOW_REDIRECT = 4096,
    /**
     * Use an existing connection to the same server where there is one.
     */
    LCCSCF_PIPELINE = 65536,
    /**
     * The request is a stream that may share its connection.
     */
    LCCSCF_MUXABLE_STREAM = 131072,
    /**
     * Speak HTTP/2 at once.
     */
    LCCSCF_H2_PRIOR_KNOWLEDGE = 262144,
    /**
     * Validity checks wake a sleeping machine.
     */
    LCCSCF_WAKE_SUSPEND__VALIDITY = 524288,
    /**
     * Read before writing where both are possible.
     */
    LCCSCF_PRIORITIZE_READS = 1048576,
};

/**
 * All about one connection to make. Strings are copied; zero what is not used.
 */
struct lws_client_connect_info {
    /**
     * The context; always needed.
     */
    struct lws_context *context;
    /**
     * The server's name or numeric address; `+` ahead of a path means a Unix socket.
     */
    const char *address;
    /**
     * The server's port.
     */
    int port;
    /**
     * 0, or `LCCSCF_*` OR-ed.
     */
    int ssl_connection;
    /**
     * The path of the URL.
     */
    const char *path;
    /**
     * What the `Host` header says.
     */
    const char *host;
    /**
     * What the `Origin` header says; null for none.
     */
    const char *origin;
    /**
     * The WebSocket subprotocols to offer, separated by commas; null for none.
     */
    const char *protocol;
    /**
     * The WebSocket version, or −1 for the current one.
     */
    int ietf_version_or_minus_one;
    /**
     * The connection's `user` memory; null to have it allocated.
     */
    void *userdata;
    /**
     * Unused.
     */
    const void *client_exts;
    /**
     * An HTTP method, `RAW` for a raw connection, or null for WebSocket.
     */
    const char *method;
    /**
     * The connection this one depends on, or null.
     */
    struct lws *parent_wsi;
    /**
     * Text to look for in HTML that is passed on; null for none.
     */
    const char *uri_replace_from;
    /**
     * What to put in its place.
     */
    const char *uri_replace_to;
    /**
     * The vhost whose protocols and TLS are used; null for the context's first.
     */
    struct lws_vhost *vhost;
    /**
     * Where to store the connection before anything is called back, and null once it failed; may be null.
     */
    struct lws **pwsi;
    /**
     * The local interface or address to use; null for any.
     */
    const char *iface;
    /**
     * The vhost's protocol that gets the callbacks; null for the one of `protocol`.
     */
    const char *local_protocol_name;
    /**
     * The protocols to offer during the TLS handshake, separated by commas; null for the default.
     */
    const char *alpn;
    /**
     * A sequencer to tell, or null.
     */
    struct lws_sequencer *seq;
    /**
     * The program's own pointer, for `lws_get_opaque_user_data`.
     */
    void *opaque_user_data;
    /**
     * How long the connection may be silent; null for the vhost's policy.
     */
    const lws_retry_bo_t *retry_and_idle_policy;
    /**
     * HTTP/2: the credit the server begins with.
     */
    int manual_initial_tx_credit;
    /**
     * Which of the context's client certificates to use, from 1; 0 for none.
     */
    uint8_t sys_tls_client_cert;
    /**
     * MQTT; unused.
     */
    void *mqtt_cp;
    /**
     * Seconds to keep an idle connection for the next request.
     */
    uint16_t keep_warm_secs;
    /**
     * Zero.
     */
    void *_unused[4];
};

/**
 * Begins to connect to a server, as `i` says: `address` and `port`; `path`, `host`, `origin` and `protocol` for the request;
 * `method` for HTTP (`"GET"` …) or `"RAW"`, null for WebSocket. Names are looked up without keeping the loop waiting, and all
 * addresses of a name are tried. `i` and what it points to may be given up afterwards, but for `userdata`,
 * `retry_and_idle_policy`, and `opaque_user_data`, which are the program's own.
 *
 * The connection is bound to the vhost's protocol called `local_protocol_name`, or else to the one called `protocol`, or else to
 * its first. Its fate is told by callbacks: `LWS_CALLBACK_CLIENT_ESTABLISHED`, `LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP` or
 * `LWS_CALLBACK_RAW_CONNECTED`, or `LWS_CALLBACK_CLIENT_CONNECTION_ERROR`, whose `in` says why.
 *
 * Returns the connection, which is also stored at `pwsi`, if that is not null, before any callback. Returns null, and stores
 * null, when an argument cannot be used or it has failed at once. Only from the thread that serves the context.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_client_connect_via_info(const struct lws_client_connect_info *i);

/**
 * Says whether there is more of the request's body to send. With 1, from `LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER` on, the
 * program gets `LWS_CALLBACK_CLIENT_HTTP_WRITEABLE`, where it writes the body. A null or dead connection is ignored. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void lws_client_http_body_pending(struct lws *wsi,
                                  int something_left_to_send);

/**
 * Composes at `*p` the head of a part of a multipart body, for a request with `LCCSCF_HTTP_MULTIPART_MIME`: the field's `name`, and
 * if not null its `filename` and `content_type`. A null `name` composes what ends the last part. `*p` is moved behind what was written.
 *
 * Returns 0; 1 when it does not fit before `end`, or there is no such request. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_client_http_multipart(struct lws *wsi,
                              const char *name,
                              const char *filename,
                              const char *content_type,
                              char **p,
                              char *end);

/**
 * The status of the response, such as 200; 0 before it has come, and where there is none. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
unsigned int lws_http_client_http_response(struct lws *wsi);

/**
 * In `LWS_CALLBACK_RECEIVE_CLIENT_HTTP`: reads up to `*len` bytes of the response into `*buf`. Each piece of its content, free of
 * chunk headers, is given to `LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ` meanwhile. What is not read now is announced again.
 *
 * Returns 0; -1 when the callback is to return -1: the response is malformed, the program wants to end, or a pointer is null or
 * the connection dead or not receiving. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_http_client_read(struct lws *wsi,
                         char **buf,
                         int *len);

/**
 * Writes to `buf`, `len` bytes, the value of an `Authorization:` header that logs `user` in with the password `pw`, with a
 * NUL: `Basic` and the Base64 of the two.
 *
 * Returns 0; 1 when it does not fit or a pointer is null; 2 when user and password together have more than 124 bytes.
 * On failure `buf` is untouched. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_http_basic_auth_gen(const char *user,
                            const char *pw,
                            char *buf,
                            size_t len);

/**
 * Prepares a vhost for client connections with TLS, as `info` says: `client_ssl_ca_filepath`, `client_ssl_cert_filepath` and the other
 * members for clients; where one of them is not set, the one for servers (`ssl_ca_filepath` and so on). All is copied. What the vhost was
 * prepared with before is replaced, for connections made from then on.
 *
 * A vhost that was made with `LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT` is prepared already, with what it was made from.
 *
 * Returns 0; 1, with a line in the log, when an argument is null or dead, or a certificate or key cannot be used: the vhost is then as it
 * was. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_init_vhost_client_ssl(const struct lws_context_creation_info *info,
                              struct lws_vhost *vhost);

#endif  /* NETGRAFT_LWS_CLIENT_H */
