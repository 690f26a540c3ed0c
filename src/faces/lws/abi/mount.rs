//! The mount description. It holds C bitfields, so the umbrella header declares it by hand.
use super::lws_protocol_vhost_options;
use std::ffi::{c_char, c_int, c_uchar, c_uint, c_void};

/// One part of a vhost's URL space and where its content comes from. Mounts form a list that must outlive the vhost.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_http_mount {
    /// The next mount, or null.
    pub mount_next: *const lws_http_mount,
    /// Where in the URL space the mount begins, such as `/files`.
    pub mountpoint: *const c_char,
    /// Where the content comes from: a directory, a host to redirect to, or the name of a protocol.
    pub origin: *const c_char,
    /// The file to serve for the mountpoint itself; `index.html` where null.
    pub def: *const c_char,
    /// The protocol bound to connections of this mount; null for the one the origin implies.
    pub protocol: *const c_char,
    /// Environment for CGI; unused.
    pub cgienv: *const lws_protocol_vhost_options,
    /// Content types by file suffix, ahead of the built-in ones.
    pub extra_mimetypes: *const lws_protocol_vhost_options,
    /// Protocols by file suffix that rewrite the file while it is sent.
    pub interpret: *const lws_protocol_vhost_options,
    /// Seconds a CGI may take; unused.
    pub cgi_timeout: c_int,
    /// `max-age` of cached files, in seconds; 0 forbids caching.
    pub cache_max_age: c_int,
    /// Bits of `enum lws_authentication_mode` in the top four, rights in the others.
    pub auth_mask: c_uint,
    /// Three flags, from bit 0: `cache_reusable`, `cache_revalidate`, `cache_intermediaries`.
    pub cache_flags: u8,
    /// What kind of origin this is: a value of `enum lws_mount_protocols`.
    pub origin_protocol: c_uchar,
    /// Length of the mountpoint, without its terminator.
    pub mountpoint_len: c_uchar,
    /// A file of `user:password` lines that guards the mount, or null.
    pub basic_auth_login_file: *const c_char,
    /// Zero.
    pub _unused: [*mut c_void; 2],
}

impl lws_http_mount {
    /// `cache_flags`: clients may reuse the file without asking.
    pub const CACHE_REUSABLE: u8 = 1 << 0;
    /// `cache_flags`: clients must ask whether the file is still current.
    pub const CACHE_REVALIDATE: u8 = 1 << 1;
    /// `cache_flags`: shared caches may keep the file.
    pub const CACHE_INTERMEDIARIES: u8 = 1 << 2;
}
