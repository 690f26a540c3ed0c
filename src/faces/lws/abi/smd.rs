//! System messages: short JSON notes between parts of one program.
use super::lws_usec_t;
use std::ffi::{c_int, c_void};

/// The longest message, in bytes.
pub const LWS_SMD_MAX_PAYLOAD: c_int = 384;
/// The size of a class bitfield, in bytes.
pub const LWS_SMD_CLASS_BITFIELD_BYTES: c_int = 4;
/// The length of the header ahead of a message that came through a proxy.
pub const LWS_SMD_SS_RX_HEADER_LEN: c_int = 16;
/// Registration flag: the peer is reached through a proxy.
pub const LWSSMDREG_FLAG_PROXIED_SS: c_int = 0x1;

/// Message class: somebody used the device.
pub const LWSSMDCL_INTERACTION: c_int = 0x1;
/// Message class: the system's state changed.
pub const LWSSMDCL_SYSTEM_STATE: c_int = 0x2;
/// Message class: something about the network changed.
pub const LWSSMDCL_NETWORK: c_int = 0x4;

/// A set of message classes, `LWSSMDCL_*` OR-ed.
pub type lws_smd_class_t = u32;

/// Receives a message. `buf` has `len` bytes and a terminator, and dies with the call.
pub type lws_smd_notification_cb_t = Option<
    unsafe extern "C" fn(
        opaque: *mut c_void,
        _class: lws_smd_class_t,
        timestamp: lws_usec_t,
        buf: *mut c_void,
        len: usize,
    ) -> c_int,
>;
