//! Logging: levels, where lines go, and the ready-made destinations.
use crate::faces::lws::log;
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int, c_void};

/// Chooses which levels are logged and who receives the lines.
///
/// `level` is the OR of the `LLL_` bits to log; the others are dropped before they are formatted. At start these are
/// on: `LLL_ERR`, `LLL_WARN`, `LLL_NOTICE`.
/// `log_emit_function` is called with the bits of one line and its text, which normally ends with a newline and is
/// valid only during the call. Null keeps the present destination; at start that is lwsl_emit_stderr().
///
/// Both settings hold for the whole process. May be called at any time from any thread; the emit function is called in
/// whichever thread logs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_log_level(
    level: c_int,
    log_emit_function: Option<unsafe extern "C" fn(level: c_int, line: *const c_char)>,
) {
    guard("lws_set_log_level", (), || log::configure(level as u32, log_emit_function))
}

/// Tells whether a line of `level` would be logged: the bits of `level` that are switched on, 0 for none.
/// Lets a program skip work that only prepares a log line. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lwsl_visible(level: c_int) -> c_int {
    log::visible(level as u32) as c_int
}

/// An emit function: writes `line` to C's stderr with the local time and the level's letter before it, in colour when
/// stderr is a terminal. A null `line` writes nothing. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsl_emit_stderr(level: c_int, line: *const c_char) {
    guard("lwsl_emit_stderr", (), || {
        // SAFETY: the caller passes null or a C string.
        if let Some(line) = unsafe { cstr::bytes(line) } {
            log::to_stderr(level as u32, line, true);
        }
    })
}

/// As lwsl_emit_stderr(), without the time and the letter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsl_emit_stderr_notimestamp(level: c_int, line: *const c_char) {
    guard("lwsl_emit_stderr_notimestamp", (), || {
        // SAFETY: the caller passes null or a C string.
        if let Some(line) = unsafe { cstr::bytes(line) } {
            log::to_stderr(level as u32, line, false);
        }
    })
}

/// An emit function: passes `line` to syslog(3). Errors, warnings, notices and infos keep their priority; all other
/// levels become `LOG_DEBUG`. A null `line` sends nothing. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsl_emit_syslog(level: c_int, line: *const c_char) {
    guard("lwsl_emit_syslog", (), || {
        if line.is_null() {
            return;
        }
        let priority = match level as u32 {
            log::ERR => libc::LOG_ERR,
            log::WARN => libc::LOG_WARNING,
            log::NOTICE => libc::LOG_NOTICE,
            log::INFO => libc::LOG_INFO,
            _ => libc::LOG_DEBUG,
        };
        // SAFETY: the format takes the one C string that the caller passed.
        unsafe { libc::syslog(priority, c"%s".as_ptr(), line) }
    })
}

/// Writes what lwsl_emit_stderr() puts before a line of `level` to `p`, terminated and cut to `len` bytes.
///
/// Returns the length written, `len` if it was cut, and 0 with an empty string when `level` is not exactly one known
/// level. Null or a `len` below 1 writes nothing and returns 0. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsl_timestamp(level: c_int, p: *mut c_char, len: c_int) -> c_int {
    guard("lwsl_timestamp", 0, || {
        let text = log::timestamp(level as u32);
        // SAFETY: the caller passes null or room for `len` bytes.
        let out = unsafe { cstr::slice_mut(p.cast(), len.max(0) as usize) };
        let Some(room) = out.len().checked_sub(1) else {
            return 0;
        };
        let take = text.len().min(room);
        out[..take].copy_from_slice(&text.as_bytes()[..take]);
        out[take] = 0;
        if take < text.len() { len } else { take as c_int }
    })
}

/// Logs `len` bytes at `vbuf` as a table: offset, 16 bytes in hexadecimal, the printable ones as text; with an empty
/// line before and after. Costs nothing when `level` is off. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsl_hexdump_level(level: c_int, vbuf: *const c_void, len: usize) {
    guard("lwsl_hexdump_level", (), || {
        // SAFETY: the caller passes null or `len` readable bytes.
        log::hexdump(level as u32, unsafe { cstr::slice(vbuf.cast(), len) })
    })
}

/// lwsl_hexdump_level() at `LLL_DEBUG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsl_hexdump(buf: *const c_void, len: usize) {
    guard("lwsl_hexdump", (), || {
        // SAFETY: the caller passes null or `len` readable bytes.
        log::hexdump(log::DEBUG, unsafe { cstr::slice(buf.cast(), len) })
    })
}
