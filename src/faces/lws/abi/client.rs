//! Connections the program makes.
use super::{lws, lws_context, lws_retry_bo_t, lws_sequencer, lws_vhost};
use std::ffi::{c_char, c_int, c_void};

/// Flags of `ssl_connection`; OR-ed.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_client_connect_ssl_connection_flags {
    /// Use TLS.
    LCCSCF_USE_SSL = 0x1,
    /// Accept a certificate nobody signed.
    LCCSCF_ALLOW_SELFSIGNED = 0x2,
    /// Accept a certificate made out to another host.
    LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK = 0x4,
    /// Accept a certificate that is no longer, or not yet, valid.
    LCCSCF_ALLOW_EXPIRED = 0x8,
    /// Accept any certificate.
    LCCSCF_ALLOW_INSECURE = 0x10,
    /// HTTP/2: for servers that expect the end of the stream with the headers.
    LCCSCF_H2_QUIRK_NGHTTP2_END_STREAM = 0x20,
    /// HTTP/2: for servers that send more than their credit.
    LCCSCF_H2_QUIRK_OVERFLOWS_TXCR = 0x40,
    /// HTTP/2: send the credentials blob as a bearer token.
    LCCSCF_H2_AUTH_BEARER = 0x80,
    /// HTTP/2: send that token in hexadecimal.
    LCCSCF_H2_HEXIFY_AUTH_TOKEN = 0x100,
    /// HTTP/2: the program gives credit itself.
    LCCSCF_H2_MANUAL_RXFLOW = 0x200,
    /// The request's body is multipart form data.
    LCCSCF_HTTP_MULTIPART_MIME = 0x400,
    /// The request's body is an urlencoded form.
    LCCSCF_HTTP_X_WWW_FORM_URLENCODED = 0x800,
    /// Hand redirects to the program instead of following them.
    LCCSCF_HTTP_NO_FOLLOW_REDIRECT = 0x1000,
    /// Use an existing connection to the same server where there is one.
    LCCSCF_PIPELINE = 0x1_0000,
    /// The request is a stream that may share its connection.
    LCCSCF_MUXABLE_STREAM = 0x2_0000,
    /// Speak HTTP/2 at once.
    LCCSCF_H2_PRIOR_KNOWLEDGE = 0x4_0000,
    /// Validity checks wake a sleeping machine.
    LCCSCF_WAKE_SUSPEND__VALIDITY = 0x8_0000,
    /// Read before writing where both are possible.
    LCCSCF_PRIORITIZE_READS = 0x10_0000,
}

/// All about one connection to make. Strings are copied; zero what is not used.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_client_connect_info {
    /// The context; always needed.
    pub context: *mut lws_context,
    /// The server's name or numeric address; `+` ahead of a path means a Unix socket.
    pub address: *const c_char,
    /// The server's port.
    pub port: c_int,
    /// 0, or `LCCSCF_*` OR-ed.
    pub ssl_connection: c_int,
    /// The path of the URL.
    pub path: *const c_char,
    /// What the `Host` header says.
    pub host: *const c_char,
    /// What the `Origin` header says; null for none.
    pub origin: *const c_char,
    /// The WebSocket subprotocols to offer, separated by commas; null for none.
    pub protocol: *const c_char,
    /// The WebSocket version, or −1 for the current one.
    pub ietf_version_or_minus_one: c_int,
    /// The connection's `user` memory; null to have it allocated.
    pub userdata: *mut c_void,
    /// Unused.
    pub client_exts: *const c_void,
    /// An HTTP method, `RAW` for a raw connection, or null for WebSocket.
    pub method: *const c_char,
    /// The connection this one depends on, or null.
    pub parent_wsi: *mut lws,
    /// Text to look for in HTML that is passed on; null for none.
    pub uri_replace_from: *const c_char,
    /// What to put in its place.
    pub uri_replace_to: *const c_char,
    /// The vhost whose protocols and TLS are used; null for the context's first.
    pub vhost: *mut lws_vhost,
    /// Where to store the connection before anything is called back, and null once it failed; may be null.
    pub pwsi: *mut *mut lws,
    /// The local interface or address to use; null for any.
    pub iface: *const c_char,
    /// The vhost's protocol that gets the callbacks; null for the one of `protocol`.
    pub local_protocol_name: *const c_char,
    /// The protocols to offer during the TLS handshake, separated by commas; null for the default.
    pub alpn: *const c_char,
    /// A sequencer to tell, or null.
    pub seq: *mut lws_sequencer,
    /// The program's own pointer, for `lws_get_opaque_user_data`.
    pub opaque_user_data: *mut c_void,
    /// How long the connection may be silent; null for the vhost's policy.
    pub retry_and_idle_policy: *const lws_retry_bo_t,
    /// HTTP/2: the credit the server begins with.
    pub manual_initial_tx_credit: c_int,
    /// Which of the context's client certificates to use, from 1; 0 for none.
    pub sys_tls_client_cert: u8,
    /// MQTT; unused.
    pub mqtt_cp: *mut c_void,
    /// Seconds to keep an idle connection for the next request.
    pub keep_warm_secs: u16,
    /// Zero.
    pub _unused: [*mut c_void; 4],
}
