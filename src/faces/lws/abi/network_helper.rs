//! Addresses.
use libc::{sockaddr_in, sockaddr_in6};
use std::ffi::c_int;

/// An IPv4 or IPv6 address; the family field says which.
#[repr(C)]
#[derive(Clone, Copy)]
pub union lws_sockaddr46 {
    /// As IPv6.
    pub sa6: sockaddr_in6,
    /// As IPv4.
    pub sa4: sockaddr_in,
}

/// `lws_interface_to_sa`: the interface can be used.
pub const LWS_ITOSA_USABLE: c_int = 0;
/// `lws_interface_to_sa`: there is no such interface.
pub const LWS_ITOSA_NOT_EXIST: c_int = -1;
/// `lws_interface_to_sa`: the interface has no usable address.
pub const LWS_ITOSA_NOT_USABLE: c_int = -2;
/// `lws_interface_to_sa`: the address is taken.
pub const LWS_ITOSA_BUSY: c_int = -3;
