//! Log levels.
use std::ffi::{c_char, c_int};

/// Something failed.
pub const LLL_ERR: c_int = 0x001;
/// Something is wrong but was dealt with.
pub const LLL_WARN: c_int = 0x002;
/// Worth knowing once.
pub const LLL_NOTICE: c_int = 0x004;
/// What the library is doing.
pub const LLL_INFO: c_int = 0x008;
/// Detail for debugging.
pub const LLL_DEBUG: c_int = 0x010;
/// Detail of parsers.
pub const LLL_PARSER: c_int = 0x020;
/// Detail of headers.
pub const LLL_HEADER: c_int = 0x040;
/// Detail of extensions.
pub const LLL_EXT: c_int = 0x080;
/// Detail of client connections.
pub const LLL_CLIENT: c_int = 0x100;
/// Detail of delays.
pub const LLL_LATENCY: c_int = 0x200;
/// The program's own messages.
pub const LLL_USER: c_int = 0x400;
/// Detail of threads and locks.
pub const LLL_THREAD: c_int = 0x800;
/// How many levels there are.
pub const LLL_COUNT: c_int = 12;

/// Takes one finished log line, newline included. Null stands for standard error.
///
/// cbindgen:ignore
pub type lws_log_emit_t = Option<unsafe extern "C" fn(level: c_int, line: *const c_char)>;
