//! What fits nowhere else.
use super::lws_dir_obj_type_t_int;
use std::ffi::{c_char, c_int, c_void};

/// Receive is held back, or let go, by the program; the argument is a plain yes or no.
pub const LWS_RXFLOW_REASON_USER_BOOL: c_int = 0x1;
/// Receive is held back by a full buffer.
pub const LWS_RXFLOW_REASON_HTTP_RXBUFFER: c_int = 0x40;
/// Receive is held back by HTTP/2.
pub const LWS_RXFLOW_REASON_H2_PPS_PENDING: c_int = 0x80;
/// The argument names its reasons instead of being a plain yes or no.
pub const LWS_RXFLOW_REASON_APPLIES: c_int = 0x4000;
/// The named reasons are taken away.
pub const LWS_RXFLOW_REASON_APPLIES_ENABLE_BIT: c_int = 0x2000;
/// Take the named reasons away.
pub const LWS_RXFLOW_REASON_APPLIES_ENABLE: c_int = 0x6000;
/// Add the named reasons.
pub const LWS_RXFLOW_REASON_APPLIES_DISABLE: c_int = 0x4000;
/// Let it take effect at once.
pub const LWS_RXFLOW_REASON_FLAG_PROCESS_NOW: c_int = 0x1000;

/// What a directory's entry is.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_dir_obj_type_t {
    /// Not known.
    LDOT_UNKNOWN = 0,
    /// A file.
    LDOT_FILE = 1,
    /// A directory.
    LDOT_DIR = 2,
    /// A symbolic link.
    LDOT_LINK = 3,
    /// A named pipe.
    LDOT_FIFO = 4,
    /// A Unix socket.
    LDOTT_SOCKET = 5,
    /// A character device.
    LDOT_CHAR = 6,
    /// A block device.
    LDOT_BLOCK = 7,
}

/// One entry of a directory.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_dir_entry {
    /// Its name, without the directory.
    pub name: *const c_char,
    /// What it is.
    pub r#type: lws_dir_obj_type_t_int,
}

/// Called for each path that matches.
pub type lws_dir_glob_cb_t = Option<unsafe extern "C" fn(data: *mut c_void, path: *const c_char) -> c_int>;

/// What to look for in a directory.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_dir_glob {
    /// The pattern, with `*`.
    pub filter: *const c_char,
    /// What to call.
    pub cb: lws_dir_glob_cb_t,
    /// Passed to `cb`.
    pub user: *mut c_void,
}
/// What to look for in a directory.
pub type lws_dir_glob_t = lws_dir_glob;

/// One unit of a scale that `lws_humanize` prints in. A table of them ends with a null name.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_humanize_unit {
    /// The unit's name.
    pub name: *const c_char,
    /// What one of it is worth.
    pub factor: u64,
}
/// One unit of a scale.
pub type lws_humanize_unit_t = lws_humanize_unit;
