/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_CONTEXT_VHOST_H
#define NETGRAFT_LWS_CONTEXT_VHOST_H

/**
 * Clients must show a valid certificate.
 */
#define LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT 4098ull

/**
 * Do not look up the machine's own name.
 */
#define LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME 4ull

/**
 * Take plain connections on the TLS port.
 */
#define LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT 4104ull

/**
 * Use libev's loop.
 */
#define LWS_SERVER_OPTION_LIBEV 16ull

/**
 * Listen on IPv4 only.
 */
#define LWS_SERVER_OPTION_DISABLE_IPV6 32ull

/**
 * Do not trust the system's certificates.
 */
#define LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS 64ull

/**
 * Accept clients without a certificate.
 */
#define LWS_SERVER_OPTION_PEER_CERT_NOT_REQUIRED 128ull

/**
 * Check that WebSocket text is UTF-8; close with 1007 if it is not.
 */
#define LWS_SERVER_OPTION_VALIDATE_UTF8 256ull

/**
 * Allow elliptic curve key exchange.
 */
#define LWS_SERVER_OPTION_SSL_ECDH 4608ull

/**
 * Use libuv's loop.
 */
#define LWS_SERVER_OPTION_LIBUV 1024ull

/**
 * Answer plain HTTP on the TLS port with a redirect.
 */
#define LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS 6144ull

/**
 * Prepare the TLS library.
 */
#define LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT 4096ull

/**
 * The context makes no vhost of its own; the program calls `lws_create_vhost`.
 */
#define LWS_SERVER_OPTION_EXPLICIT_VHOSTS 8192ull

/**
 * Listen on the Unix socket named by `iface`.
 */
#define LWS_SERVER_OPTION_UNIX_SOCK 16384ull

/**
 * Send `Strict-Transport-Security`.
 */
#define LWS_SERVER_OPTION_STS 32768ull

/**
 * Set `IPV6_V6ONLY` as the next option says, instead of leaving it to the system.
 */
#define LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY 65536ull

/**
 * The value for `IPV6_V6ONLY`.
 */
#define LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE 131072ull

/**
 * libuv: spin instead of crashing, to attach a debugger.
 */
#define LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN 262144ull

/**
 * File names are used as given, without looking at `.` and `..`.
 */
#define LWS_SERVER_OPTION_JUST_USE_RAW_ORIGIN 524288ull

/**
 * Connections that do not speak HTTP become `listen_accept_role`.
 */
#define LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG 1048576ull

/**
 * The older name of the option before.
 */
#define LWS_SERVER_OPTION_FALLBACK_TO_RAW 1048576ull

/**
 * Use libevent's loop.
 */
#define LWS_SERVER_OPTION_LIBEVENT 2097152ull

/**
 * All connections are `listen_accept_role` from the start.
 */
#define LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG 4194304ull

/**
 * The older name of the option before.
 */
#define LWS_SERVER_OPTION_ONLY_RAW 4194304ull

/**
 * Several processes may listen on the port.
 */
#define LWS_SERVER_OPTION_ALLOW_LISTEN_SHARE 8388608ull

/**
 * Make a TLS context even though no certificate is named; a callback supplies it.
 */
#define LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX 16777216ull

/**
 * Do not initialise protocols.
 */
#define LWS_SERVER_OPTION_SKIP_PROTOCOL_INIT 33554432ull

/**
 * Go on without TLS if the certificate is not there yet.
 */
#define LWS_SERVER_OPTION_IGNORE_MISSING_CERT 67108864ull

/**
 * Refuse upgrades whose `Host` is not this vhost.
 */
#define LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK 134217728ull

/**
 * Add headers against framing, sniffing and foreign scripts to every answer.
 */
#define LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE 268435456ull

/**
 * Serve plain HTTP on the TLS port.
 */
#define LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER 536870912ull

/**
 * Fail if the port is taken, instead of trying again later.
 */
#define LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND 1073741824ull

/**
 * HTTP/2: repair credit that overflows.
 */
#define LWS_SERVER_OPTION_H2_JUST_FIX_WINDOW_UPDATE_OVERFLOW 2147483648ull

/**
 * HTTP/2: half-closed streams may stay open for long polls.
 */
#define LWS_SERVER_OPTION_VH_H2_HALF_CLOSED_LONG_POLL 4294967296ull

/**
 * Use GLib's loop.
 */
#define LWS_SERVER_OPTION_GLIB 8589934592ull

/**
 * HTTP/2: plain connections speak it at once.
 */
#define LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE 17179869184ull

/**
 * Do not walk through the system's states.
 */
#define LWS_SERVER_OPTION_NO_LWS_SYSTEM_STATES 34359738368ull

/**
 * The part of a mount's `auth_mask` that holds the mode.
 */
#define AUTH_MODE_MASK 4026531840u

/**
 * What a mount's origin is.
 */
enum lws_mount_protocols {
    /**
     * A server to pass requests on to.
     */
    LWSMPRO_HTTP = 0,
    /**
     * The same over TLS.
     */
    LWSMPRO_HTTPS = 1,
    /**
     * A directory.
     */
    LWSMPRO_FILE = 2,
    /**
     * A program to run.
     */
    LWSMPRO_CGI = 3,
    /**
     * A server to redirect to.
     */
    LWSMPRO_REDIR_HTTP = 4,
    /**
     * The same over TLS.
     */
    LWSMPRO_REDIR_HTTPS = 5,
    /**
     * A protocol of the program.
     */
    LWSMPRO_CALLBACK = 6,
};

/**
 * Who checks passwords.
 */
enum lws_authentication_mode {
    /**
     * The library, with the mount's file.
     */
    LWSAUTHM_DEFAULT = 0,
    /**
     * The program, in `LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION`.
     */
    LWSAUTHM_BASIC_AUTH_CALLBACK = 268435456,
};

/**
 * A named option with a value, with options of its own; a list.
 */
struct lws_protocol_vhost_options {
    /**
     * The next one, or null.
     */
    const struct lws_protocol_vhost_options *next;
    /**
     * Its own options, or null.
     */
    const struct lws_protocol_vhost_options *options;
    /**
     * Its name.
     */
    const char *name;
    /**
     * Its value.
     */
    const char *value;
};

/**
 * All about a context or a vhost to make. Zero it, then set what is wanted. Marked (V) for vhosts and (C) for
 * contexts; a context without `LWS_SERVER_OPTION_EXPLICIT_VHOSTS` makes one vhost of the same settings. Strings and
 * tables must outlive what they are for, unless it says otherwise.
 */
struct lws_context_creation_info {
    /**
     * (V) The interface, address or Unix socket to listen on; null for all.
     */
    const char *iface;
    /**
     * (V) The protocols, ended by a null name. The first gets what belongs to no other.
     */
    const struct lws_protocols *protocols;
    /**
     * (V) The extensions, ended by a null name, or null.
     */
    const struct lws_extension *extensions;
    /**
     * (C) The longest value of each header, or null.
     */
    const struct lws_token_limits *token_limits;
    /**
     * (V) The proxy for clients: `host` or `user:password@host`, with or without `:port`; null for `$http_proxy`.
     */
    const char *http_proxy_address;
    /**
     * (V) Headers to add to every answer.
     */
    const struct lws_protocol_vhost_options *headers;
    /**
     * (V) Headers with values that make the vhost refuse a request.
     */
    const struct lws_protocol_vhost_options *reject_service_keywords;
    /**
     * (V) Options of the protocols, by protocol name.
     */
    const struct lws_protocol_vhost_options *pvo;
    /**
     * (V) Where to log requests; null for nowhere.
     */
    const char *log_filepath;
    /**
     * (V) The first mount, or null.
     */
    const struct lws_http_mount *mounts;
    /**
     * (C) What the `Server` header says; null for the default.
     */
    const char *server_string;
    /**
     * (V) The path to serve instead of a file that does not exist, such as `/404.html`.
     */
    const char *error_document_404;
    /**
     * (V) The port; 0 for any free one, `CONTEXT_PORT_NO_LISTEN` or `CONTEXT_PORT_NO_LISTEN_SERVER` for none.
     */
    int port;
    /**
     * (V) The proxy's port, where its address has none.
     */
    unsigned int http_proxy_port;
    /**
     * (C) The same as `max_http_header_data`, where that is 0.
     */
    unsigned int max_http_header_data2;
    /**
     * (C) The same as `max_http_header_pool`, where that is 0.
     */
    unsigned int max_http_header_pool2;
    /**
     * (V) Seconds to keep an HTTP connection for the next request; 0 means 5.
     */
    int keepalive_timeout;
    /**
     * (V) HTTP/2 settings from index 1; used if the first element is not 0.
     */
    uint32_t http2_settings[7];
    /**
     * (C) The most header bytes of one request; 0 for the default.
     */
    unsigned short max_http_header_data;
    /**
     * (C) The most requests with headers at a time; 0 for as many as there are connections.
     */
    unsigned short max_http_header_pool;
    /**
     * (V) The password of the private key, or null.
     */
    const char *ssl_private_key_password;
    /**
     * (V) The certificate, in PEM; null for no TLS.
     */
    const char *ssl_cert_filepath;
    /**
     * (V) The private key, in PEM.
     */
    const char *ssl_private_key_filepath;
    /**
     * (V) The certificates to check clients with, in PEM.
     */
    const char *ssl_ca_filepath;
    /**
     * (V) The ciphers for TLS 1.2 and older, in OpenSSL's words.
     */
    const char *ssl_cipher_list;
    /**
     * (V) The curve for the key exchange.
     */
    const char *ecdh_curve;
    /**
     * (V) The ciphers for TLS 1.3, in OpenSSL's words.
     */
    const char *tls1_3_plus_cipher_list;
    /**
     * (V) The certificate in memory instead of a file, in PEM or DER.
     */
    const void *server_ssl_cert_mem;
    /**
     * (V) The private key in memory.
     */
    const void *server_ssl_private_key_mem;
    /**
     * (V) The certificates to check clients with, in memory.
     */
    const void *server_ssl_ca_mem;
    /**
     * (V) OpenSSL options to set.
     */
    long ssl_options_set;
    /**
     * (V) OpenSSL options to clear.
     */
    long ssl_options_clear;
    /**
     * (C) The most TLS connections at a time; 0 for no limit.
     */
    int simultaneous_ssl_restriction;
    /**
     * (V) Which TLS events to report with `LWS_CALLBACK_SSL_INFO`.
     */
    int ssl_info_event_mask;
    /**
     * (V) Length of `server_ssl_cert_mem`.
     */
    unsigned int server_ssl_cert_mem_len;
    /**
     * (V) Length of `server_ssl_private_key_mem`.
     */
    unsigned int server_ssl_private_key_mem_len;
    /**
     * (V) Length of `server_ssl_ca_mem`.
     */
    unsigned int server_ssl_ca_mem_len;
    /**
     * (V) The protocols to agree on during the TLS handshake, separated by commas; null for the default.
     */
    const char *alpn;
    /**
     * (V) The password of the client's private key.
     */
    const char *client_ssl_private_key_password;
    /**
     * (V) The client's certificate, in PEM.
     */
    const char *client_ssl_cert_filepath;
    /**
     * (V) The client's certificate in memory.
     */
    const void *client_ssl_cert_mem;
    /**
     * (V) Length of `client_ssl_cert_mem`.
     */
    unsigned int client_ssl_cert_mem_len;
    /**
     * (V) The client's private key, in PEM.
     */
    const char *client_ssl_private_key_filepath;
    /**
     * (V) The client's private key in memory.
     */
    const void *client_ssl_key_mem;
    /**
     * (V) The certificates to check servers with, in PEM.
     */
    const char *client_ssl_ca_filepath;
    /**
     * (V) The certificates to check servers with, in memory.
     */
    const void *client_ssl_ca_mem;
    /**
     * (V) The client's ciphers for TLS 1.2 and older.
     */
    const char *client_ssl_cipher_list;
    /**
     * (V) The client's ciphers for TLS 1.3.
     */
    const char *client_tls_1_3_plus_cipher_list;
    /**
     * (V) OpenSSL options to set for clients.
     */
    long ssl_client_options_set;
    /**
     * (V) OpenSSL options to clear for clients.
     */
    long ssl_client_options_clear;
    /**
     * (V) Length of `client_ssl_ca_mem`.
     */
    unsigned int client_ssl_ca_mem_len;
    /**
     * (V) Length of `client_ssl_key_mem`.
     */
    unsigned int client_ssl_key_mem_len;
    /**
     * (V) An OpenSSL context to use for clients, or null.
     */
    struct ssl_ctx_st *provided_client_ssl_ctx;
    /**
     * (V) Seconds of silence before TCP asks whether the peer is there; 0 for never.
     */
    int ka_time;
    /**
     * (V) How often TCP asks.
     */
    int ka_probes;
    /**
     * (V) Seconds between asking.
     */
    int ka_interval;
    /**
     * (V) Seconds a handshake or another exchange of the library may take; 0 for the default.
     */
    unsigned int timeout_secs;
    /**
     * (V) Seconds an outgoing connection may take; 0 for the default.
     */
    unsigned int connect_timeout_secs;
    /**
     * (V) Not 0 to bind to the interface itself (`SO_BINDTODEVICE`), which needs a capability.
     */
    int bind_iface;
    /**
     * (V) Seconds the headers of one request may take; 0 means 10.
     */
    unsigned int timeout_secs_ah_idle;
    /**
     * (C) The group to become; 0 or −1 for none.
     */
    int gid;
    /**
     * (C) The user to become; 0 or −1 for none.
     */
    int uid;
    /**
     * (C, V) `LWS_SERVER_OPTION_*` OR-ed.
     */
    uint64_t options;
    /**
     * (C, V) The program's own pointer, for `lws_context_user` and `lws_vhost_user`.
     */
    void *user;
    /**
     * (C) How many service threads, of which each serves with its own `tsi` (`lws_service_tsi`): 0 means 1, more than `LWS_MAX_SMP` that.
     * With another library's loop there is 1.
     */
    unsigned int count_threads;
    /**
     * (C) The most descriptors; 0 for the process's limit.
     */
    unsigned int fd_limit_per_thread;
    /**
     * (V) The name clients may ask for in `Host`; copied. Null for `default`.
     */
    const char *vhost_name;
    /**
     * (C) Memory to free with the context.
     */
    void *external_baggage_free_on_destroy;
    /**
     * (C) The most of a file that is sent at once; 0 means 4096.
     */
    unsigned int pt_serv_buf_size;
    /**
     * (C) More file functions, or null.
     */
    const struct lws_plat_file_ops *fops;
    /**
     * (C) Capabilities to keep when becoming another user.
     */
    int caps[4];
    /**
     * (C) How many capabilities.
     */
    char count_caps;
    /**
     * (C) The program's own loop, first in an array, with the option that names its kind: `uv_loop_t *`, `struct ev_loop *`,
     * `struct event_base *`, `GMainLoop *`. It must last longer than the context. Null, or an array with null: a loop of that kind is made,
     * and `lws_service` runs it.
     */
    void **foreign_loops;
    /**
     * (C) Told about SIGINT (libuv: SIGTERM and SIGHUP too) in a loop that the library made.
     */
    void (*signal_cb)(void *event_lib_handle, int signum);
    /**
     * (C) Where to store the context, and null once it is destroyed; may be null.
     */
    struct lws_context **pcontext;
    /**
     * (V) Called just before the vhost is freed.
     */
    void (*finalize)(struct lws_vhost *vh, void *arg);
    /**
     * (V) Passed to `finalize`.
     */
    void *finalize_arg;
    /**
     * (V) The role accepted connections take, such as `raw-skt`; null for the default.
     */
    const char *listen_accept_role;
    /**
     * (V) The protocol accepted connections are bound to; null for the default.
     */
    const char *listen_accept_protocol;
    /**
     * (V) The protocols as a list of pointers, ended by null, instead of `protocols`.
     */
    const struct lws_protocols **pprotocols;
    /**
     * (C) The user to become, by name.
     */
    const char *username;
    /**
     * (C) The group to become, by name.
     */
    const char *groupname;
    /**
     * (V) Owner and group of the Unix socket, as `user:group`.
     */
    const char *unix_socket_perms;
    /**
     * (C) What the program can do for the library, or null.
     */
    const lws_system_ops_t *system_ops;
    /**
     * (C, V) How long a connection may be silent; null for no check.
     */
    const lws_retry_bo_t *retry_and_idle_policy;
    /**
     * (C) Observers to register from the start, ended by null, or null.
     */
    lws_state_notify_link_t *const *register_notifier_list;
    /**
     * (C) The process's new limit of descriptors; 0 to leave it.
     */
    int rlimit_nofile;
    /**
     * (C) Percentage of outgoing UDP packets to lose, for tests.
     */
    uint8_t udp_loss_sim_tx_pc;
    /**
     * (C) Percentage of incoming UDP packets to lose, for tests.
     */
    uint8_t udp_loss_sim_rx_pc;
    /**
     * (C) Receives system messages from the very beginning, or null.
     */
    lws_smd_notification_cb_t early_smd_cb;
    /**
     * (C) Passed to `early_smd_cb`.
     */
    void *early_smd_opaque;
    /**
     * (C) The classes of messages `early_smd_cb` wants.
     */
    lws_smd_class_t early_smd_class_filter;
    /**
     * Zero.
     */
    void *_unused[2];
};

/**
 * Called when a context is ready.
 */
typedef int (*lws_context_ready_cb_t)(struct lws_context *context);

/**
 * Called when a peer is refused because it has too many connections.
 */
typedef int (*lws_peer_limits_notify_t)(struct lws_context *ctx,
                                        lws_sockfd_type sockfd,
                                        lws_sockaddr46 *sa46);

/**
 * Called when a deprecated context has no connections left.
 */
typedef int (*lws_reload_func)(void);

/**
 * Makes a context from `info`: the loop, and unless `LWS_SERVER_OPTION_EXPLICIT_VHOSTS` is set, a first vhost from the
 * same `info`.
 *
 * `info` may be given up afterwards; what it points to (protocols' names, header and option lists) must last as
 * long as the context. The context belongs to the caller until `lws_context_destroy`. It is served by one thread at
 * a time.
 *
 * Returns null, with a line in the log, when `info` is null, memory or descriptors are exhausted, or the port cannot be
 * listened on.
 *
 * The context's state machine (`lws_system_get_state_manager`) has the observers of `register_notifier_list`, and is at
 * `LWS_SYSTATE_CONTEXT_CREATED`. `external_baggage_free_on_destroy` goes with the context, also where this fails after
 * the context was made.
 */
LWS_VISIBLE LWS_EXTERN
struct lws_context *lws_create_context(const struct lws_context_creation_info *info);

/**
 * Ends a context: all its connections, with their closing callbacks, all its vhosts, all its memory. The pointer
 * is dead afterwards. From inside a callback of `lws_service` the end comes when that call returns, with -1.
 *
 * A null or dead context is ignored. Only from the thread that serves the context.
 *
 * A context with several service threads may be destroyed from any thread. While threads are inside of `lws_service_tsi` this returns at once:
 * each of them ends its own connections and returns -1, as do later calls, and the last to leave ends the context. So a connection's closing callbacks are
 * made in its thread if that is there, else in the one that ends the context; `LWS_CALLBACK_PROTOCOL_DESTROY` in that one.
 */
LWS_VISIBLE LWS_EXTERN
void lws_context_destroy(struct lws_context *context);

/**
 * The `user` pointer that the context was made with; null for a null or dead context. Any thread.
 */
LWS_VISIBLE LWS_EXTERN void *lws_context_user(struct lws_context *context);

/**
 * Adds a virtual host to a context, as `info` says: its name, its protocols, and the port it listens on. Vhosts with
 * the same port share one socket and are told apart by the `Host` header.
 *
 * `info` may be given up afterwards; what it points to must last as long as the vhost. The vhost belongs to the
 * context. Its protocols hear of it (`LWS_CALLBACK_PROTOCOL_INIT`) in the next `lws_service`.
 *
 * Returns null, with a line in the log, when an argument is null or dead, or the port cannot be listened on. Only
 * from the thread that serves the context.
 */
LWS_VISIBLE LWS_EXTERN
struct lws_vhost *lws_create_vhost(struct lws_context *context,
                                   const struct lws_context_creation_info *info);

/**
 * Ends a vhost: its connections, with their closing callbacks, its protocols, and its listening socket unless another
 * vhost shares it. The pointer is dead afterwards. A null or dead vhost is ignored. Only from the thread that serves
 * the context.
 *
 * With several service threads, from any thread: thread 0 ends it, and each of the others its own connections, when they come by.
 * `LWS_CALLBACK_PROTOCOL_DESTROY` comes in thread 0 after the last has done so; until then the pointer is not to be used.
 */
LWS_VISIBLE LWS_EXTERN
void lws_vhost_destroy(struct lws_vhost *vh);

/**
 * The vhost of a connection; null for a null or dead connection. Its thread only.
 */
LWS_VISIBLE LWS_EXTERN struct lws_vhost *lws_get_vhost(struct lws *wsi);

/**
 * The vhost of a context with this name, compared exactly; null when there is none. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
struct lws_vhost *lws_get_vhost_by_name(struct lws_context *context,
                                        const char *name);

/**
 * The vhost's name; it lasts as long as the vhost. Null for a null or dead vhost. Any thread.
 */
LWS_VISIBLE LWS_EXTERN const char *lws_get_vhost_name(struct lws_vhost *vhost);

/**
 * The interface, address or path that the vhost was made with; it lasts as long as the vhost. Null for none, or for a
 * null or dead vhost. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_get_vhost_iface(struct lws_vhost *vhost);

/**
 * The port that the vhost listens on: the one asked for, or the one the kernel chose where 0 was asked for; 0 for a Unix
 * socket, negative where it does not listen, -1 for a null or dead vhost. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_get_vhost_port(struct lws_vhost *vhost);

/**
 * The same as `lws_get_vhost_port`. Any thread.
 */
LWS_VISIBLE LWS_EXTERN int lws_get_vhost_listen_port(struct lws_vhost *vhost);

/**
 * The `user` pointer that the vhost was made with; null for a null or dead vhost. Any thread.
 */
LWS_VISIBLE LWS_EXTERN void *lws_get_vhost_user(struct lws_vhost *vhost);

/**
 * The same as `lws_get_vhost_user`. Any thread.
 */
LWS_VISIBLE LWS_EXTERN void *lws_vhost_user(struct lws_vhost *vhost);

#endif  /* NETGRAFT_LWS_CONTEXT_VHOST_H */
