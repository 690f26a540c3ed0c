//! Descriptors that come from elsewhere.
use super::{lws, lws_adoption_type_int, lws_filefd_type, lws_sockfd_type, lws_vhost};
use libc::{sockaddr, socklen_t};
use std::ffi::{c_char, c_int, c_void};

/// What an adopted descriptor is, and what is to be spoken on it. Values are OR-ed.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_adoption_type {
    /// A file, pipe or device, read and written raw.
    LWS_ADOPT_RAW_FILE_DESC = 0,
    /// Speak HTTP; without this, raw.
    LWS_ADOPT_HTTP = 1,
    /// A socket; without this, a file.
    LWS_ADOPT_SOCKET = 2,
    /// Use TLS if the vhost does.
    LWS_ADOPT_ALLOW_SSL = 4,
    /// The socket is UDP.
    LWS_ADOPT_FLAG_UDP = 16,
    /// The socket is one side of a raw proxy.
    LWS_ADOPT_FLAG_RAW_PROXY = 32,
    /// A UDP socket.
    LWS_ADOPT_RAW_SOCKET_UDP = 18,
}

/// A descriptor of either kind.
#[repr(C)]
#[derive(Clone, Copy)]
pub union lws_sock_file_fd_type {
    /// As a socket.
    pub sockfd: lws_sockfd_type,
    /// As a file.
    pub filefd: lws_filefd_type,
}

/// The addresses of a UDP connection.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_udp {
    /// The peer: who sent last, and where writes go.
    pub sa: sockaddr,
    /// Length of `sa`.
    pub salen: socklen_t,
    /// The peer of a write that is still queued.
    pub sa_pending: sockaddr,
    /// Length of `sa_pending`.
    pub salen_pending: socklen_t,
}

/// All about one adoption.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_adopt_desc {
    /// The vhost that takes it.
    pub vh: *mut lws_vhost,
    /// What it is.
    pub r#type: lws_adoption_type_int,
    /// The descriptor. It belongs to the library from then on, and is closed if the adoption fails.
    pub fd: lws_sock_file_fd_type,
    /// The protocol to bind it to; null for the vhost's default.
    pub vh_prot_name: *const c_char,
    /// The connection it depends on, or null.
    pub parent: *mut lws,
    /// The program's own pointer, for `lws_get_opaque_user_data`.
    pub opaque: *mut c_void,
}
/// All about one adoption.
pub type lws_adopt_desc_t = lws_adopt_desc;

/// UDP flag: bind to the address instead of connecting to it.
pub const LWS_CAUDP_BIND: c_int = 0x1;
/// UDP flag: allow broadcast.
pub const LWS_CAUDP_BROADCAST: c_int = 0x2;
/// UDP flag: a packet socket.
pub const LWS_CAUDP_PF_PACKET: c_int = 0x4;
