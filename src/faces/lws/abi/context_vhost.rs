//! Contexts and vhosts.
use super::{
    lws_context, lws_extension, lws_http_mount, lws_plat_file_ops, lws_protocols, lws_retry_bo_t, lws_smd_class_t,
    lws_smd_notification_cb_t, lws_sockaddr46, lws_sockfd_type, lws_state_notify_link_t, lws_system_ops_t,
    lws_token_limits, lws_vhost, ssl_ctx_st,
};
use std::ffi::{c_char, c_int, c_long, c_uint, c_ushort, c_void};

/// Clients must show a valid certificate.
pub const LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT: u64 = 0x1002u64;
/// Do not look up the machine's own name.
pub const LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME: u64 = 0x4u64;
/// Take plain connections on the TLS port.
pub const LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT: u64 = 0x1008u64;
/// Use libev's loop.
pub const LWS_SERVER_OPTION_LIBEV: u64 = 0x10u64;
/// Listen on IPv4 only.
pub const LWS_SERVER_OPTION_DISABLE_IPV6: u64 = 0x20u64;
/// Do not trust the system's certificates.
pub const LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS: u64 = 0x40u64;
/// Accept clients without a certificate.
pub const LWS_SERVER_OPTION_PEER_CERT_NOT_REQUIRED: u64 = 0x80u64;
/// Check that WebSocket text is UTF-8; close with 1007 if it is not.
pub const LWS_SERVER_OPTION_VALIDATE_UTF8: u64 = 0x100u64;
/// Allow elliptic curve key exchange.
pub const LWS_SERVER_OPTION_SSL_ECDH: u64 = 0x1200u64;
/// Use libuv's loop.
pub const LWS_SERVER_OPTION_LIBUV: u64 = 0x400u64;
/// Answer plain HTTP on the TLS port with a redirect.
pub const LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS: u64 = 0x1800u64;
/// Prepare the TLS library.
pub const LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT: u64 = 0x1000u64;
/// The context makes no vhost of its own; the program calls `lws_create_vhost`.
pub const LWS_SERVER_OPTION_EXPLICIT_VHOSTS: u64 = 0x2000u64;
/// Listen on the Unix socket named by `iface`.
pub const LWS_SERVER_OPTION_UNIX_SOCK: u64 = 0x4000u64;
/// Send `Strict-Transport-Security`.
pub const LWS_SERVER_OPTION_STS: u64 = 0x8000u64;
/// Set `IPV6_V6ONLY` as the next option says, instead of leaving it to the system.
pub const LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY: u64 = 0x1_0000u64;
/// The value for `IPV6_V6ONLY`.
pub const LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE: u64 = 0x2_0000u64;
/// libuv: spin instead of crashing, to attach a debugger.
pub const LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN: u64 = 0x4_0000u64;
/// File names are used as given, without looking at `.` and `..`.
pub const LWS_SERVER_OPTION_JUST_USE_RAW_ORIGIN: u64 = 0x8_0000u64;
/// Connections that do not speak HTTP become `listen_accept_role`.
pub const LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG: u64 = 0x10_0000u64;
/// The older name of the option before.
pub const LWS_SERVER_OPTION_FALLBACK_TO_RAW: u64 = 0x10_0000u64;
/// Use libevent's loop.
pub const LWS_SERVER_OPTION_LIBEVENT: u64 = 0x20_0000u64;
/// All connections are `listen_accept_role` from the start.
pub const LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG: u64 = 0x40_0000u64;
/// The older name of the option before.
pub const LWS_SERVER_OPTION_ONLY_RAW: u64 = 0x40_0000u64;
/// Several processes may listen on the port.
pub const LWS_SERVER_OPTION_ALLOW_LISTEN_SHARE: u64 = 0x80_0000u64;
/// Make a TLS context even though no certificate is named; a callback supplies it.
pub const LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX: u64 = 0x100_0000u64;
/// Do not initialise protocols.
pub const LWS_SERVER_OPTION_SKIP_PROTOCOL_INIT: u64 = 0x200_0000u64;
/// Go on without TLS if the certificate is not there yet.
pub const LWS_SERVER_OPTION_IGNORE_MISSING_CERT: u64 = 0x400_0000u64;
/// Refuse upgrades whose `Host` is not this vhost.
pub const LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK: u64 = 0x800_0000u64;
/// Add headers against framing, sniffing and foreign scripts to every answer.
pub const LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE: u64 = 0x1000_0000u64;
/// Serve plain HTTP on the TLS port.
pub const LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER: u64 = 0x2000_0000u64;
/// Fail if the port is taken, instead of trying again later.
pub const LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND: u64 = 0x4000_0000u64;
/// HTTP/2: repair credit that overflows.
pub const LWS_SERVER_OPTION_H2_JUST_FIX_WINDOW_UPDATE_OVERFLOW: u64 = 0x8000_0000u64;
/// HTTP/2: half-closed streams may stay open for long polls.
pub const LWS_SERVER_OPTION_VH_H2_HALF_CLOSED_LONG_POLL: u64 = 0x1_0000_0000u64;
/// Use GLib's loop.
pub const LWS_SERVER_OPTION_GLIB: u64 = 0x2_0000_0000u64;
/// HTTP/2: plain connections speak it at once.
pub const LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE: u64 = 0x4_0000_0000u64;
/// Do not walk through the system's states.
pub const LWS_SERVER_OPTION_NO_LWS_SYSTEM_STATES: u64 = 0x8_0000_0000u64;

/// Called when a context is ready.
pub type lws_context_ready_cb_t = Option<unsafe extern "C" fn(context: *mut lws_context) -> c_int>;

/// Called when a peer is refused because it has too many connections.
pub type lws_peer_limits_notify_t =
    Option<unsafe extern "C" fn(ctx: *mut lws_context, sockfd: lws_sockfd_type, sa46: *mut lws_sockaddr46) -> c_int>;

/// Called when a deprecated context has no connections left.
pub type lws_reload_func = Option<unsafe extern "C" fn() -> c_int>;

/// All about a context or a vhost to make. Zero it, then set what is wanted. Marked (V) for vhosts and (C) for
/// contexts; a context without `LWS_SERVER_OPTION_EXPLICIT_VHOSTS` makes one vhost of the same settings. Strings and
/// tables must outlive what they are for, unless it says otherwise.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_context_creation_info {
    /// (V) The interface, address or Unix socket to listen on; null for all.
    pub iface: *const c_char,
    /// (V) The protocols, ended by a null name. The first gets what belongs to no other.
    pub protocols: *const lws_protocols,
    /// (V) The extensions, ended by a null name, or null.
    pub extensions: *const lws_extension,
    /// (C) The longest value of each header, or null.
    pub token_limits: *const lws_token_limits,
    /// (V) The proxy for clients: `host` or `user:password@host`, with or without `:port`; null for `$http_proxy`.
    pub http_proxy_address: *const c_char,
    /// (V) Headers to add to every answer.
    pub headers: *const lws_protocol_vhost_options,
    /// (V) Headers with values that make the vhost refuse a request.
    pub reject_service_keywords: *const lws_protocol_vhost_options,
    /// (V) Options of the protocols, by protocol name.
    pub pvo: *const lws_protocol_vhost_options,
    /// (V) Where to log requests; null for nowhere.
    pub log_filepath: *const c_char,
    /// (V) The first mount, or null.
    pub mounts: *const lws_http_mount,
    /// (C) What the `Server` header says; null for the default.
    pub server_string: *const c_char,
    /// (V) The path to serve instead of a file that does not exist, such as `/404.html`.
    pub error_document_404: *const c_char,
    /// (V) The port; 0 for any free one, `CONTEXT_PORT_NO_LISTEN` or `CONTEXT_PORT_NO_LISTEN_SERVER` for none.
    pub port: c_int,
    /// (V) The proxy's port, where its address has none.
    pub http_proxy_port: c_uint,
    /// (C) The same as `max_http_header_data`, where that is 0.
    pub max_http_header_data2: c_uint,
    /// (C) The same as `max_http_header_pool`, where that is 0.
    pub max_http_header_pool2: c_uint,
    /// (V) Seconds to keep an HTTP connection for the next request; 0 means 5.
    pub keepalive_timeout: c_int,
    /// (V) HTTP/2 settings from index 1; used if the first element is not 0.
    pub http2_settings: [u32; 7],
    /// (C) The most header bytes of one request; 0 for the default.
    pub max_http_header_data: c_ushort,
    /// (C) The most requests with headers at a time; 0 for as many as there are connections.
    pub max_http_header_pool: c_ushort,

    /// (V) The password of the private key, or null.
    pub ssl_private_key_password: *const c_char,
    /// (V) The certificate, in PEM; null for no TLS.
    pub ssl_cert_filepath: *const c_char,
    /// (V) The private key, in PEM.
    pub ssl_private_key_filepath: *const c_char,
    /// (V) The certificates to check clients with, in PEM.
    pub ssl_ca_filepath: *const c_char,
    /// (V) The ciphers for TLS 1.2 and older, in OpenSSL's words.
    pub ssl_cipher_list: *const c_char,
    /// (V) The curve for the key exchange.
    pub ecdh_curve: *const c_char,
    /// (V) The ciphers for TLS 1.3, in OpenSSL's words.
    pub tls1_3_plus_cipher_list: *const c_char,
    /// (V) The certificate in memory instead of a file, in PEM or DER.
    pub server_ssl_cert_mem: *const c_void,
    /// (V) The private key in memory.
    pub server_ssl_private_key_mem: *const c_void,
    /// (V) The certificates to check clients with, in memory.
    pub server_ssl_ca_mem: *const c_void,
    /// (V) OpenSSL options to set.
    pub ssl_options_set: c_long,
    /// (V) OpenSSL options to clear.
    pub ssl_options_clear: c_long,
    /// (C) The most TLS connections at a time; 0 for no limit.
    pub simultaneous_ssl_restriction: c_int,
    /// (V) Which TLS events to report with `LWS_CALLBACK_SSL_INFO`.
    pub ssl_info_event_mask: c_int,
    /// (V) Length of `server_ssl_cert_mem`.
    pub server_ssl_cert_mem_len: c_uint,
    /// (V) Length of `server_ssl_private_key_mem`.
    pub server_ssl_private_key_mem_len: c_uint,
    /// (V) Length of `server_ssl_ca_mem`.
    pub server_ssl_ca_mem_len: c_uint,
    /// (V) The protocols to agree on during the TLS handshake, separated by commas; null for the default.
    pub alpn: *const c_char,
    /// (V) The password of the client's private key.
    pub client_ssl_private_key_password: *const c_char,
    /// (V) The client's certificate, in PEM.
    pub client_ssl_cert_filepath: *const c_char,
    /// (V) The client's certificate in memory.
    pub client_ssl_cert_mem: *const c_void,
    /// (V) Length of `client_ssl_cert_mem`.
    pub client_ssl_cert_mem_len: c_uint,
    /// (V) The client's private key, in PEM.
    pub client_ssl_private_key_filepath: *const c_char,
    /// (V) The client's private key in memory.
    pub client_ssl_key_mem: *const c_void,
    /// (V) The certificates to check servers with, in PEM.
    pub client_ssl_ca_filepath: *const c_char,
    /// (V) The certificates to check servers with, in memory.
    pub client_ssl_ca_mem: *const c_void,
    /// (V) The client's ciphers for TLS 1.2 and older.
    pub client_ssl_cipher_list: *const c_char,
    /// (V) The client's ciphers for TLS 1.3.
    pub client_tls_1_3_plus_cipher_list: *const c_char,
    /// (V) OpenSSL options to set for clients.
    pub ssl_client_options_set: c_long,
    /// (V) OpenSSL options to clear for clients.
    pub ssl_client_options_clear: c_long,
    /// (V) Length of `client_ssl_ca_mem`.
    pub client_ssl_ca_mem_len: c_uint,
    /// (V) Length of `client_ssl_key_mem`.
    pub client_ssl_key_mem_len: c_uint,
    /// (V) An OpenSSL context to use for clients, or null.
    pub provided_client_ssl_ctx: *mut ssl_ctx_st,

    /// (V) Seconds of silence before TCP asks whether the peer is there; 0 for never.
    pub ka_time: c_int,
    /// (V) How often TCP asks.
    pub ka_probes: c_int,
    /// (V) Seconds between asking.
    pub ka_interval: c_int,
    /// (V) Seconds a handshake or another exchange of the library may take; 0 for the default.
    pub timeout_secs: c_uint,
    /// (V) Seconds an outgoing connection may take; 0 for the default.
    pub connect_timeout_secs: c_uint,
    /// (V) Not 0 to bind to the interface itself (`SO_BINDTODEVICE`), which needs a capability.
    pub bind_iface: c_int,
    /// (V) Seconds the headers of one request may take; 0 means 10.
    pub timeout_secs_ah_idle: c_uint,
    /// (C) The group to become; 0 or −1 for none.
    pub gid: c_int,
    /// (C) The user to become; 0 or −1 for none.
    pub uid: c_int,
    /// (C, V) `LWS_SERVER_OPTION_*` OR-ed.
    pub options: u64,
    /// (C, V) The program's own pointer, for `lws_context_user` and `lws_vhost_user`.
    pub user: *mut c_void,
    /// (C) How many service threads, of which each serves with its own `tsi` (`lws_service_tsi`): 0 means 1, more than `LWS_MAX_SMP` that.
    /// With another library's loop there is 1.
    pub count_threads: c_uint,
    /// (C) The most descriptors; 0 for the process's limit.
    pub fd_limit_per_thread: c_uint,
    /// (V) The name clients may ask for in `Host`; copied. Null for `default`.
    pub vhost_name: *const c_char,
    /// (C) Memory to free with the context.
    pub external_baggage_free_on_destroy: *mut c_void,
    /// (C) The most of a file that is sent at once; 0 means 4096.
    pub pt_serv_buf_size: c_uint,
    /// (C) More file functions, or null.
    pub fops: *const lws_plat_file_ops,
    /// (C) Capabilities to keep when becoming another user.
    pub caps: [c_int; 4],
    /// (C) How many capabilities.
    pub count_caps: c_char,
    /// (C) The program's own loop, first in an array, with the option that names its kind: `uv_loop_t *`, `struct ev_loop *`,
    /// `struct event_base *`, `GMainLoop *`. It must last longer than the context. Null, or an array with null: a loop of that kind is made,
    /// and `lws_service` runs it.
    pub foreign_loops: *mut *mut c_void,
    /// (C) Told about SIGINT (libuv: SIGTERM and SIGHUP too) in a loop that the library made.
    pub signal_cb: Option<unsafe extern "C" fn(event_lib_handle: *mut c_void, signum: c_int)>,
    /// (C) Where to store the context, and null once it is destroyed; may be null.
    pub pcontext: *mut *mut lws_context,
    /// (V) Called just before the vhost is freed.
    pub finalize: Option<unsafe extern "C" fn(vh: *mut lws_vhost, arg: *mut c_void)>,
    /// (V) Passed to `finalize`.
    pub finalize_arg: *mut c_void,
    /// (V) The role accepted connections take, such as `raw-skt`; null for the default.
    pub listen_accept_role: *const c_char,
    /// (V) The protocol accepted connections are bound to; null for the default.
    pub listen_accept_protocol: *const c_char,
    /// (V) The protocols as a list of pointers, ended by null, instead of `protocols`.
    pub pprotocols: *mut *const lws_protocols,
    /// (C) The user to become, by name.
    pub username: *const c_char,
    /// (C) The group to become, by name.
    pub groupname: *const c_char,
    /// (V) Owner and group of the Unix socket, as `user:group`.
    pub unix_socket_perms: *const c_char,
    /// (C) What the program can do for the library, or null.
    pub system_ops: *const lws_system_ops_t,
    /// (C, V) How long a connection may be silent; null for no check.
    pub retry_and_idle_policy: *const lws_retry_bo_t,
    /// (C) Observers to register from the start, ended by null, or null.
    pub register_notifier_list: *const *mut lws_state_notify_link_t,
    /// (C) The process's new limit of descriptors; 0 to leave it.
    pub rlimit_nofile: c_int,
    /// (C) Percentage of outgoing UDP packets to lose, for tests.
    pub udp_loss_sim_tx_pc: u8,
    /// (C) Percentage of incoming UDP packets to lose, for tests.
    pub udp_loss_sim_rx_pc: u8,
    /// (C) Receives system messages from the very beginning, or null.
    pub early_smd_cb: lws_smd_notification_cb_t,
    /// (C) Passed to `early_smd_cb`.
    pub early_smd_opaque: *mut c_void,
    /// (C) The classes of messages `early_smd_cb` wants.
    pub early_smd_class_filter: lws_smd_class_t,
    /// Zero.
    pub _unused: [*mut c_void; 2],
}

/// A named option with a value, with options of its own; a list.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_protocol_vhost_options {
    /// The next one, or null.
    pub next: *const lws_protocol_vhost_options,
    /// Its own options, or null.
    pub options: *const lws_protocol_vhost_options,
    /// Its name.
    pub name: *const c_char,
    /// Its value.
    pub value: *const c_char,
}

/// What a mount's origin is.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_mount_protocols {
    /// A server to pass requests on to.
    LWSMPRO_HTTP = 0,
    /// The same over TLS.
    LWSMPRO_HTTPS = 1,
    /// A directory.
    LWSMPRO_FILE = 2,
    /// A program to run.
    LWSMPRO_CGI = 3,
    /// A server to redirect to.
    LWSMPRO_REDIR_HTTP = 4,
    /// The same over TLS.
    LWSMPRO_REDIR_HTTPS = 5,
    /// A protocol of the program.
    LWSMPRO_CALLBACK = 6,
}

/// Who checks passwords.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_authentication_mode {
    /// The library, with the mount's file.
    LWSAUTHM_DEFAULT = 0,
    /// The program, in `LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION`.
    LWSAUTHM_BASIC_AUTH_CALLBACK = 0x1000_0000,
}

/// The part of a mount's `auth_mask` that holds the mode.
pub const AUTH_MODE_MASK: c_uint = 0xf000_0000u32;
