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

#endif  /* NETGRAFT_LWS_CLIENT_H */
