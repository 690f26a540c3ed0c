//! What a program asks a connection for, and small helpers: strings, arguments, time, randomness.
use crate::faces::lws::abi::{lws, lws_context};
use crate::faces::lws::context::Context;
use crate::faces::lws::wsi::{Phase, Role, Wsi, flag};
use crate::faces::lws::{abi, cmdline, log, text, user};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{CStr, c_char, c_int, c_ulong, c_void};
use std::ptr;

/// The context of a connection; null for a null or dead one. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_context(wsi: *const lws) -> *mut lws_context {
    guard("lws_get_context", ptr::null_mut(), || Wsi::from_c(wsi).map_or(ptr::null_mut(), |wsi| wsi.context().as_c()))
}

/// How many service threads the context has: 1. 0 for a null or dead context. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_count_threads(context: *mut lws_context) -> c_int {
    guard("lws_get_count_threads", 0, || c_int::from(Context::from_c(context).is_some()))
}

/// The service thread of a connection: 0; -1 for a null or dead one. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_wsi_tsi(wsi: *mut lws) -> c_int {
    guard("lws_wsi_tsi", -1, || if Wsi::from_c(wsi).is_some() { 0 } else { -1 })
}

/// The same as `lws_wsi_tsi`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_tsi(wsi: *mut lws) -> c_int {
    guard("lws_get_tsi", -1, || if Wsi::from_c(wsi).is_some() { 0 } else { -1 })
}

/// The connection that carries this one on the network: itself. Null for a null or dead one. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_network_wsi(wsi: *mut lws) -> *mut lws {
    guard("lws_get_network_wsi", ptr::null_mut(), || if Wsi::from_c(wsi).is_some() { wsi } else { ptr::null_mut() })
}

/// The descriptor of a connection, which stays the library's; -1 for a null or dead one. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_socket_fd(wsi: *mut lws) -> abi::lws_sockfd_type {
    guard("lws_get_socket_fd", -1, || Wsi::from_c(wsi).map_or(-1, |wsi| wsi.fd.get()))
}

/// The program's block for a connection: what its callbacks get as `user`. Null for a null or dead one. The connection's
/// thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_wsi_user(wsi: *mut lws) -> *mut c_void {
    guard("lws_wsi_user", ptr::null_mut(), || Wsi::from_c(wsi).map_or(ptr::null_mut(), |wsi| wsi.user.get()))
}

/// Gives a connection a `user` block of the program's own, in place of the library's, which is freed. It stays the program's. A
/// null or dead connection is ignored. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_wsi_user(wsi: *mut lws, user: *mut c_void) {
    guard("lws_set_wsi_user", (), || {
        if let Some(wsi) = Wsi::from_c(wsi) {
            user::free(wsi);
            wsi.user.set(user);
        }
    })
}

/// The pointer that the program has attached to a connection; null for none, or for a null or dead one. The connection's
/// thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_opaque_user_data(wsi: *const lws) -> *mut c_void {
    guard("lws_get_opaque_user_data", ptr::null_mut(), || Wsi::from_c(wsi).map_or(ptr::null_mut(), |wsi| wsi.opaque.get()))
}

/// Attaches a pointer to a connection; the library does nothing with it. A null or dead connection is ignored. The
/// connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_opaque_user_data(wsi: *mut lws, data: *mut c_void) {
    guard("lws_set_opaque_user_data", (), || {
        if let Some(wsi) = Wsi::from_c(wsi) {
            wsi.opaque.set(data);
        }
    })
}

/// The pointer that the program calls the parent's; null for none, or for a null or dead connection. The connection's thread
/// only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_opaque_parent_data(wsi: *const lws) -> *mut c_void {
    guard("lws_get_opaque_parent_data", ptr::null_mut(), || {
        let data = Wsi::from_c(wsi).and_then(|wsi| wsi.rare.with(|rare| rare.as_ref().map(|rare| rare.parent_opaque)));
        data.unwrap_or(0) as *mut c_void
    })
}

/// Attaches a second pointer to a connection. A null or dead connection is ignored. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_opaque_parent_data(wsi: *mut lws, data: *mut c_void) {
    guard("lws_set_opaque_parent_data", (), || {
        if let Some(wsi) = Wsi::from_c(wsi).filter(|wsi| wsi.is_open()) {
            wsi.rare.with(|rare| rare.get_or_insert_default().parent_opaque = data as usize);
        }
    })
}

/// In a receive callback: how much of the frame's payload is still to come. 0 for a null or dead connection. The
/// connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_remaining_packet_payload(wsi: *mut lws) -> usize {
    guard("lws_remaining_packet_payload", 0, || Wsi::from_c(wsi).map_or(0, |wsi| wsi.remaining.get() as usize))
}

/// Pauses reception (`enable` 0) or resumes it (1): while paused, no receive callback comes, and the peer is slowed down by its full
/// socket. What was received before is delivered after the resumption.
///
/// Returns 0; -1 for a null or dead connection. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_rx_flow_control(wsi: *mut lws, enable: c_int) -> c_int {
    guard("lws_rx_flow_control", -1, || {
        let Some(wsi) = Wsi::from_c(wsi).filter(|wsi| wsi.is_open() && wsi.role() != Role::None) else { return -1 };
        if enable & 1 == 0 {
            if !(wsi.role() == Role::Ws && wsi.phase() == Phase::Closing) {
                wsi.set(flag::PAUSED);
            }
        } else if wsi.has(flag::PAUSED) {
            wsi.clear(flag::PAUSED);
            // what was not read while paused may be there without a new event
            wsi.ready(flag::WANT_READ);
        }
        0
    })
}

/// Is the connection encrypted? 0: netgraft has no TLS yet. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_is_ssl(_wsi: *mut lws) -> c_int {
    0
}

/// Copies the string `src` to `dest`, cut to fit `size` bytes and always terminated; unused bytes become 0.
/// At most `size - 1` bytes of `src` are looked at, so it need not be terminated if it has that many.
///
/// Returns `dest`. A null `src` counts as empty; a null `dest` or a `size` of 0 does nothing. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_strncpy(dest: *mut c_char, src: *const c_char, size: usize) -> *mut c_char {
    guard("lws_strncpy", dest, || {
        if dest.is_null() || size == 0 {
            return dest;
        }
        let src = if src.is_null() { c"".as_ptr() } else { src };
        // SAFETY: the caller passes `size` bytes at `dest` and a string at `src`, of which no more is read.
        unsafe {
            libc::strncpy(dest, src, size - 1);
            *dest.add(size - 1) = 0;
        }
        dest
    })
}

/// Finds `name`, of `nl` bytes, in the `len` bytes at `buf`. Neither needs a NUL.
///
/// Returns where it begins in `buf`; null when it is not there, when `nl` is 0 or a pointer is null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_nstrstr(buf: *const c_char, len: usize, name: *const c_char, nl: usize) -> *const c_char {
    guard("lws_nstrstr", ptr::null(), || {
        // SAFETY: the caller passes null or that many readable bytes, for both.
        let (text, needle) = unsafe { (cstr::slice(buf.cast(), len), cstr::slice(name.cast(), nl)) };
        text::find(text, needle).map_or(ptr::null(), |at| buf.wrapping_add(at))
    })
}

/// Reads the hexadecimal digits of the string `h`, two for each byte, into `dest`.
///
/// Returns how many bytes were read; -1 on any other character, on an odd number of digits, when a pointer is null, or
/// unless `max`, the size of `dest`, is **greater** than that number. On failure the bytes read so far may have been
/// written. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_hex_to_byte_array(h: *const c_char, dest: *mut u8, max: c_int) -> c_int {
    guard("lws_hex_to_byte_array", -1, || {
        // SAFETY: the caller passes null or a C string, and null or `max` bytes apart from it.
        let (digits, out) = unsafe { (cstr::bytes(h), cstr::slice_mut(dest, max.max(0) as usize)) };
        digits.and_then(|digits| text::hex_decode(digits, out)).map_or(-1, |n| n as c_int)
    })
}

/// Compares `len` bytes in a time that does not depend on their values.
///
/// Returns 0 when they are equal; the bits in which they differ, OR-ed together, otherwise; and -1 when a pointer is
/// null with `len` above 0. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_timingsafe_bcmp(a: *const c_void, b: *const c_void, len: u32) -> c_int {
    guard("lws_timingsafe_bcmp", -1, || {
        if len > 0 && (a.is_null() || b.is_null()) {
            return -1;
        }
        // SAFETY: the caller passes `len` readable bytes, for both.
        let (a, b) = unsafe { (cstr::slice(a.cast(), len as usize), cstr::slice(b.cast(), len as usize)) };
        text::difference(a, b) as c_int
    })
}

/// Fills the `len` bytes at `buf` from the system's random source, fit for keys. `context` is not looked at and may be
/// null.
///
/// Returns how many bytes were filled: `len`, or less if the system failed; 0 when `buf` is null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_random(_context: *mut abi::lws_context, buf: *mut c_void, len: usize) -> usize {
    guard("lws_get_random", 0, || {
        if buf.is_null() {
            return 0;
        }
        let mut filled = 0;
        while filled < len {
            // SAFETY: the caller passes `len` writable bytes; this writes to those not yet filled.
            let n = unsafe { libc::getrandom(buf.cast::<u8>().add(filled).cast(), len - filled, 0) };
            if n < 0 && std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted {
                break;
            }
            filled += n.max(0) as usize;
        }
        filled
    })
}

/// The version of libwebsockets that this library stands in for. A constant string. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lws_get_library_version() -> *const c_char {
    c"4.1.6-".as_ptr()
}

/// Looks up the option `val` (such as `"-p"` or `"--port"`) among a program's arguments.
///
/// An argument matches when it begins with `val`; of several the last one counts; `argv[0]` is not looked at. Returns
/// what follows `val` in that argument (without a leading `=`), or when nothing follows the next argument, or when
/// there is none an empty string. The result points into `argv`'s strings. Null when no argument matches, or a pointer
/// is null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_cmdline_option(
    argc: c_int,
    argv: *mut *const c_char,
    val: *const c_char,
) -> *const c_char {
    guard("lws_cmdline_option", ptr::null(), || {
        // SAFETY: the caller passes null or a C string, and `argc` pointers that are C strings or null.
        unsafe { cstr::bytes(val).and_then(|name| find_option(argc, argv, name)).map_or(ptr::null(), CStr::as_ptr) }
    })
}

/// Applies the options that every program built on the library understands: `-d N` sets the log levels to N (decimal;
/// without it: errors, warnings, notices and the program's own lines), `--udp-tx-loss=PERCENT` and
/// `--udp-rx-loss=PERCENT` set those fields of `info`, which may be null. Call it before creating the context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_cmdline_option_handle_builtin(
    argc: c_int,
    argv: *mut *const c_char,
    info: *mut abi::lws_context_creation_info,
) {
    guard("lws_cmdline_option_handle_builtin", (), || {
        // SAFETY: the caller passes `argc` pointers that are C strings or null.
        let value = |name: &[u8]| unsafe { find_option(argc, argv, name) }.map(cmdline::number);
        let usual = log::ERR | log::WARN | log::NOTICE | log::USER;
        log::configure(value(b"-d").map_or(usual, |levels| levels as u32), None);
        // SAFETY: the caller passes null or a struct of its own.
        if let Some(info) = unsafe { info.as_mut() } {
            if let Some(percent) = value(b"--udp-tx-loss") {
                info.udp_loss_sim_tx_pc = percent as u8;
            }
            if let Some(percent) = value(b"--udp-rx-loss") {
                info.udp_loss_sim_rx_pc = percent as u8;
            }
        }
    })
}

/// # Safety
/// `argv` is null or `argc` pointers, each null or a C string that lives during `'a`.
unsafe fn find_option<'a>(argc: c_int, argv: *mut *const c_char, name: &[u8]) -> Option<&'a CStr> {
    let count = if argv.is_null() { 0 } else { argc.max(0) as usize };
    // SAFETY: `option` asks only for arguments below `count`.
    let arg = |n| unsafe {
        let text = *argv.add(n);
        (!text.is_null()).then(|| CStr::from_ptr(text))
    };
    cmdline::option(count, arg, name)
}

/// The time of day in whole seconds since 1970 (UTC). Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lws_now_secs() -> c_ulong {
    now(libc::CLOCK_REALTIME).tv_sec as c_ulong
}

/// Microseconds on a clock that never goes back and that nobody sets; good for differences only. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lws_now_usecs() -> abi::lws_usec_t {
    let now = now(libc::CLOCK_MONOTONIC);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

fn now(clock: libc::clockid_t) -> libc::timespec {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes only to `now`.
    unsafe { libc::clock_gettime(clock, &mut now) };
    now
}
