//! What a program asks a connection for, and small helpers: strings, arguments, time, randomness, queues of segments.
use super::given;
use crate::faces::lws::abi::{lws, lws_context, ssl_st};
use crate::faces::lws::buflist::Buflist;
use crate::faces::lws::context::Context;
use crate::faces::lws::wsi::{Phase, Role, Wsi, flag};
use crate::faces::lws::{abi, cmdline, daemon, json_simple, log, openssl, polled, secure, text, uri, user};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{CStr, c_char, c_int, c_ulong, c_void};
use std::ptr;

/// The context of a connection; null for a null or dead one. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_context(wsi: *const lws) -> *mut lws_context {
    guard("lws_get_context", ptr::null_mut(), || {
        given::wsi("lws_get_context", wsi).and_then(|wsi| wsi.context_if_any()).map_or(ptr::null_mut(), Context::as_c)
    })
}

/// The connection that this one depends on: the `parent_wsi` it was made with. Null for none, or for a null or dead connection. The
/// connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_parent(wsi: *const lws) -> *mut lws {
    guard("lws_get_parent", ptr::null_mut(), || {
        let parent = given::wsi("lws_get_parent", wsi)
            .and_then(|wsi| wsi.rare.with(|rare| rare.as_ref().and_then(|rare| rare.parent)));
        parent.map_or(ptr::null_mut(), |parent| parent.as_c())
    })
}

/// The youngest of the connections that depend on this one. Null for none, or for a null or dead connection. The connection's
/// thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_child(wsi: *const lws) -> *mut lws {
    guard("lws_get_child", ptr::null_mut(), || {
        let child = given::wsi("lws_get_child", wsi)
            .and_then(|wsi| wsi.rare.with(|rare| rare.as_ref().and_then(|rare| rare.children.last().copied())));
        child.map_or(ptr::null_mut(), |child| child.as_c())
    })
}

/// How many service threads the context has: `count_threads` that it was made with, of which 0 means 1 and more than
/// `LWS_MAX_SMP` that. 0 for a null or dead context. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_count_threads(context: *mut lws_context) -> c_int {
    guard("lws_get_count_threads", 0, || {
        let count = |context: &Context| context.loops().map_or(1, |all| all.len() as c_int);
        given::context("lws_get_count_threads", context).map_or(0, count)
    })
}

/// The service thread of a connection, in which all its callbacks are made: 0 to `count_threads` - 1; -1 for a null or dead one. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_wsi_tsi(wsi: *mut lws) -> c_int {
    guard("lws_wsi_tsi", -1, || tsi(given::wsi("lws_wsi_tsi", wsi)))
}

/// The same as `lws_wsi_tsi`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_tsi(wsi: *mut lws) -> c_int {
    guard("lws_get_tsi", -1, || tsi(given::wsi("lws_get_tsi", wsi)))
}

fn tsi(wsi: Option<&'static Wsi>) -> c_int {
    wsi.and_then(|wsi| wsi.context_if_any()).map_or(-1, |context| context.tsi as c_int)
}

/// The connection that carries this one on the network: itself. Null for a null or dead one. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_network_wsi(wsi: *mut lws) -> *mut lws {
    guard("lws_get_network_wsi", ptr::null_mut(), || {
        if given::wsi("lws_get_network_wsi", wsi).is_some() { wsi } else { ptr::null_mut() }
    })
}

/// The descriptor of a connection, which stays the library's; -1 for a null or dead one. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_socket_fd(wsi: *mut lws) -> abi::lws_sockfd_type {
    guard("lws_get_socket_fd", -1, || given::wsi("lws_get_socket_fd", wsi).map_or(-1, |wsi| wsi.fd.get()))
}

/// The program's block for a connection: what its callbacks get as `user`. Null for a null or dead one. The connection's
/// thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_wsi_user(wsi: *mut lws) -> *mut c_void {
    guard("lws_wsi_user", ptr::null_mut(), || {
        given::wsi("lws_wsi_user", wsi).map_or(ptr::null_mut(), |wsi| wsi.user.get())
    })
}

/// Gives a connection a `user` block of the program's own, in place of the library's, which is freed. It stays the program's. A
/// null or dead connection is ignored. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_wsi_user(wsi: *mut lws, user: *mut c_void) {
    guard("lws_set_wsi_user", (), || {
        if let Some(wsi) = given::wsi("lws_set_wsi_user", wsi) {
            user::free(wsi);
            wsi.user.set(user);
        }
    })
}

/// The pointer that the program has attached to a connection; null for none, or for a null or dead one. The connection's
/// thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_opaque_user_data(wsi: *const lws) -> *mut c_void {
    guard("lws_get_opaque_user_data", ptr::null_mut(), || {
        given::wsi("lws_get_opaque_user_data", wsi).map_or(ptr::null_mut(), |wsi| wsi.opaque.get())
    })
}

/// Attaches a pointer to a connection; the library does nothing with it. A null or dead connection is ignored. The
/// connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_opaque_user_data(wsi: *mut lws, data: *mut c_void) {
    guard("lws_set_opaque_user_data", (), || {
        if let Some(wsi) = given::wsi("lws_set_opaque_user_data", wsi) {
            wsi.opaque.set(data);
        }
    })
}

/// The pointer that the program calls the parent's; null for none, or for a null or dead connection. The connection's thread
/// only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_opaque_parent_data(wsi: *const lws) -> *mut c_void {
    guard("lws_get_opaque_parent_data", ptr::null_mut(), || {
        let data = given::wsi("lws_get_opaque_parent_data", wsi)
            .and_then(|wsi| wsi.rare.with(|rare| rare.as_ref().map(|rare| rare.parent_opaque)));
        data.unwrap_or(0) as *mut c_void
    })
}

/// Attaches a second pointer to a connection. A null or dead connection is ignored. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_opaque_parent_data(wsi: *mut lws, data: *mut c_void) {
    guard("lws_set_opaque_parent_data", (), || {
        if let Some(wsi) = given::wsi("lws_set_opaque_parent_data", wsi).filter(|wsi| wsi.is_open()) {
            wsi.rare.with(|rare| rare.get_or_insert_default().parent_opaque = data as usize);
        }
    })
}

/// In a receive callback: how much of the frame's payload is still to come. 0 for a null or dead connection. The
/// connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_remaining_packet_payload(wsi: *mut lws) -> usize {
    guard("lws_remaining_packet_payload", 0, || {
        given::wsi("lws_remaining_packet_payload", wsi).map_or(0, |wsi| wsi.remaining.get() as usize)
    })
}

/// Pauses reception (`enable` 0) or resumes it (1): while paused, no receive callback comes, and the peer is slowed down by its full
/// socket. What was received before is delivered after the resumption.
///
/// Returns 0; -1 for a null or dead connection. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_rx_flow_control(wsi: *mut lws, enable: c_int) -> c_int {
    guard("lws_rx_flow_control", -1, || {
        let Some(wsi) = given::wsi("lws_rx_flow_control", wsi).filter(|wsi| wsi.is_open() && wsi.is_connection())
        else {
            return -1;
        };
        if enable & 1 == 0 {
            if !(wsi.role() == Role::Ws && wsi.phase() == Phase::Closing) {
                wsi.set(flag::PAUSED);
                changed(wsi);
            }
        } else if wsi.has(flag::PAUSED) {
            wsi.clear(flag::PAUSED);
            // what was not read while paused may be there without a new event
            wsi.ready(flag::WANT_READ);
            changed(wsi);
        }
        0
    })
}

/// A program that polls by itself is told what to wait for.
fn changed(wsi: &'static Wsi) {
    let context = wsi.context();
    if context.nested.get() {
        polled::note(wsi);
        polled::tell_now(context);
    }
}

/// The connection's `SSL`: null where it is not encrypted. Where it is, there is no OpenSSL behind it: where the process has OpenSSL, the answer is an `SSL`
/// of its own that is connected to nothing, else zeroed memory. So it tells whether there is TLS, and OpenSSL's functions fail on it. It is the same for all
/// connections, lasts as long as the process, and must not be freed. What a program wants to know of the peer's certificate is told by
/// `lws_tls_peer_cert_info`. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_ssl(wsi: *mut lws) -> *mut ssl_st {
    guard("lws_get_ssl", ptr::null_mut(), || {
        let encrypted = given::wsi("lws_get_ssl", wsi).is_some_and(secure::is_secure);
        if encrypted { openssl::stand_in().cast() } else { ptr::null_mut() }
    })
}

/// Is the connection encrypted, or about to be? 1 or 0; 0 for a null or dead connection. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_is_ssl(wsi: *mut lws) -> c_int {
    guard("lws_is_ssl", 0, || given::wsi("lws_is_ssl", wsi).map_or(0, |wsi| c_int::from(secure::is_secure(wsi))))
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

/// Cuts up the URI `p` in place, by writing NULs into it, and points the four results at the parts.
///
/// `*prot` is the protocol, `""` without one. `*ads` is the host, without the brackets of an IPv6 address; if it begins
/// with `+` it is a Unix socket's path, up to a `:`. `*port` is the given port, else that of `http`, `ws`, `https` or
/// `wss`, else **left as it was**. `*path` is what follows the first `/` of the path, `"/"` if nothing does.
/// All point into `p` or to constants. Returns 0; 1, with nothing changed, when a pointer is null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_parse_uri(
    p: *mut c_char,
    prot: *mut *const c_char,
    ads: *mut *const c_char,
    port: *mut c_int,
    path: *mut *const c_char,
) -> c_int {
    guard("lws_parse_uri", 1, || {
        if p.is_null() || prot.is_null() || ads.is_null() || port.is_null() || path.is_null() {
            return 1;
        }
        // SAFETY: the caller passes a C string that it lets us change, and four variables of its own.
        unsafe {
            let parts = uri::split(std::slice::from_raw_parts_mut(p.cast(), libc::strlen(p) + 1));
            let at = |offset: usize| p.add(offset).cast_const();
            *prot = parts.protocol.map_or(c"".as_ptr(), at);
            *ads = at(parts.host);
            *port = parts.port.unwrap_or(*port);
            *path = parts.path.map_or(c"/".as_ptr(), at);
        }
        0
    })
}

/// Overwrites the `len` bytes at `p` with 0 in a way that no compiler leaves out: for secrets. Null is ignored.
/// Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_explicit_bzero(p: *mut c_void, len: usize) {
    guard("lws_explicit_bzero", (), || {
        if !p.is_null() {
            // SAFETY: the caller passes `len` writable bytes.
            unsafe { libc::explicit_bzero(p, len) }
        }
    })
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

/// Finds a value in the `len` bytes of JSON at `buf`, without parsing them: what follows the first `name`, which is compared as
/// it is and should be given with its quotes and colon, such as `"\"id\":"`.
///
/// Returns where the value begins, a string's without its quote, and sets `*alen` to its length; escapes in a string stay
/// as they are, and an object or array ends at its first `,`, `}` or `]`. Null, with `*alen` untouched, when there is none or a
/// pointer is null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_json_simple_find(
    buf: *const c_char,
    len: usize,
    name: *const c_char,
    alen: *mut usize,
) -> *const c_char {
    guard("lws_json_simple_find", ptr::null(), || {
        // SAFETY: the caller passes null or `len` readable bytes, null or a C string, and null or a variable of its own.
        unsafe {
            let (Some(name), false) = (cstr::bytes(name), alen.is_null()) else { return ptr::null() };
            let Some(found) = json_simple::find(cstr::slice(buf.cast(), len), name) else { return ptr::null() };
            *alen = found.len();
            buf.add(found.start)
        }
    })
}

/// Compares the value that lws_json_simple_find() finds with the string `comp`. Returns 0 when they are equal, -1 when
/// nothing was found, the lengths differ or a pointer is null, and otherwise the difference of the first bytes that differ.
/// Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_json_simple_strcmp(
    buf: *const c_char,
    len: usize,
    name: *const c_char,
    comp: *const c_char,
) -> c_int {
    guard("lws_json_simple_strcmp", -1, || {
        // SAFETY: the caller passes null or `len` readable bytes, and null or C strings.
        unsafe {
            let (Some(name), Some(other)) = (cstr::bytes(name), cstr::bytes(comp)) else { return -1 };
            let json = cstr::slice(buf.cast(), len);
            let Some(value) = json_simple::find(json, name).map(|found| &json[found]) else { return -1 };
            if value.len() != other.len() {
                return -1;
            }
            let differ = value.iter().zip(other).find(|(a, b)| a != b);
            differ.map_or(0, |(&a, &b)| c_int::from(a) - c_int::from(b))
        }
    })
}

/// Makes the process a daemon: the parent exits with status 0 once the child is ready, and the function returns 0 in the child. There
/// the session is a new one, the working directory is `/tmp`, the umask is 0, the standard descriptors are `/dev/null`, and
/// `SIGHUP`, `SIGTSTP`, `SIGTTOU` and `SIGTTIN` are ignored.
///
/// `lock_path`, unless null, is a file for the daemon's process id. If it names a process that lives, the calling process
/// exits with status 1 after a line on stderr, and so it does when the file holds anything else than a process id; the
/// file of a dead process is replaced. `SIGTERM` removes it and ends the daemon. A file that cannot be written is told on
/// stderr and done without.
///
/// Returns 1, doing nothing, when the process cannot fork. To be called before a context is created and while there is
/// one thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_daemonize(_lock_path: *const c_char) -> c_int {
    // SAFETY: the caller passes null or a C string.
    guard("lws_daemonize", 1, || if daemon::become_one(unsafe { cstr::c_str(_lock_path) }) { 0 } else { 1 })
}

/// Writes `u` to the 2 bytes at `b`, the most significant one first. Null is ignored. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ser_wu16be(b: *mut u8, u: u16) {
    if !b.is_null() {
        // SAFETY: the caller passes 2 writable bytes.
        unsafe { b.cast::<[u8; 2]>().write(u.to_be_bytes()) }
    }
}

/// Reads 2 bytes at `b`, the most significant one first; 0 for null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ser_ru16be(b: *const u8) -> u16 {
    // SAFETY: the caller passes null or 2 readable bytes.
    if b.is_null() { 0 } else { u16::from_be_bytes(unsafe { b.cast::<[u8; 2]>().read() }) }
}

/// Writes `u32` to the 4 bytes at `b`, the most significant one first. Null is ignored. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ser_wu32be(b: *mut u8, u32: u32) {
    if !b.is_null() {
        // SAFETY: the caller passes 4 writable bytes.
        unsafe { b.cast::<[u8; 4]>().write(u32.to_be_bytes()) }
    }
}

/// Reads 4 bytes at `b`, the most significant one first; 0 for null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ser_ru32be(b: *const u8) -> u32 {
    // SAFETY: the caller passes null or 4 readable bytes.
    if b.is_null() { 0 } else { u32::from_be_bytes(unsafe { b.cast::<[u8; 4]>().read() }) }
}

/// Writes `u64` to the 8 bytes at `b`, the most significant one first. Null is ignored. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ser_wu64be(b: *mut u8, u64: u64) {
    if !b.is_null() {
        // SAFETY: the caller passes 8 writable bytes.
        unsafe { b.cast::<[u8; 8]>().write(u64.to_be_bytes()) }
    }
}

/// Reads 8 bytes at `b`, the most significant one first; 0 for null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ser_ru64be(b: *const u8) -> u64 {
    // SAFETY: the caller passes null or 8 readable bytes.
    if b.is_null() { 0 } else { u64::from_be_bytes(unsafe { b.cast::<[u8; 8]>().read() }) }
}

/// Adds a copy of the `len` bytes at `buf` to the end of the list `*head`, which must be null at first and is null
/// again whenever the list is empty.
///
/// Returns 1 if the list was empty, 0 if not, -1 when memory runs out or a pointer is null. A `len` of 0 adds nothing
/// and returns 0. One thread at a time may use a list, here and below; free it with
/// lws_buflist_destroy_all_segments().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_buflist_append_segment(
    head: *mut *mut abi::lws_buflist,
    buf: *const u8,
    len: usize,
) -> c_int {
    guard("lws_buflist_append_segment", -1, || {
        if head.is_null() || buf.is_null() {
            return -1;
        }
        if len == 0 {
            return 0;
        }
        // SAFETY: the caller's variable, null or holding a living list, and `len` readable bytes.
        unsafe {
            let bytes = cstr::slice(buf, len);
            if let Some(list) = (*head).cast::<Buflist>().as_mut() {
                return if list.append(bytes) { 0 } else { -1 };
            }
            let mut list = Box::<Buflist>::default();
            if !list.append(bytes) {
                return -1;
            }
            *head = Box::into_raw(list).cast();
        }
        1
    })
}

/// How many bytes are left of the first segment; 0 when the list is empty. Unless `buf` is null, `*buf` is set to
/// where they are (null when the list is empty): good until that segment is used up or the list destroyed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_buflist_next_segment_len(head: *mut *mut abi::lws_buflist, buf: *mut *mut u8) -> usize {
    guard("lws_buflist_next_segment_len", 0, || {
        // SAFETY: null or the caller's variables.
        unsafe {
            let (start, len) = match buflist(head) {
                Some(list) => (list.first().as_mut_ptr(), list.first().len()),
                None => (ptr::null_mut(), 0),
            };
            if let Some(buf) = buf.as_mut() {
                *buf = start;
            }
            len
        }
    })
}

/// Takes `len` bytes off the first segment, at most what is left of it; a segment that is used up is freed.
/// Returns how many bytes are left of the segment that is then the first; 0 when the list has become empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_buflist_use_segment(head: *mut *mut abi::lws_buflist, len: usize) -> usize {
    guard("lws_buflist_use_segment", 0, || {
        // SAFETY: null or the caller's variable; a list that has become empty is freed and no longer used.
        unsafe {
            let left = buflist(head).map_or(0, |list| list.consume(len));
            if left == 0 {
                free_buflist(head);
            }
            left
        }
    })
}

/// The sizes of all segments together. The first one counts in full, also what is used of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_buflist_total_len(head: *mut *mut abi::lws_buflist) -> usize {
    guard("lws_buflist_total_len", 0, || {
        // SAFETY: null or the caller's variable.
        unsafe { buflist(head) }.map_or(0, |list| list.total())
    })
}

/// Copies to `buf` what is `ofs` bytes behind the start of the first segment, across segments, up to `len` bytes. As in
/// lws_buflist_total_len(), what is used of the first one counts. Nothing is used up. Returns how many were copied, 0 behind the end; -1 when `buf` is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_buflist_linear_copy(
    head: *mut *mut abi::lws_buflist,
    ofs: usize,
    buf: *mut u8,
    len: usize,
) -> c_int {
    guard("lws_buflist_linear_copy", -1, || {
        if buf.is_null() {
            return -1;
        }
        // SAFETY: null or the caller's variable, and `len` bytes outside of the list.
        unsafe {
            buflist(head).map_or(0, |list| list.copy(ofs, cstr::slice_mut(buf, len.min(i32::MAX as usize))) as c_int)
        }
    })
}

/// Frees all segments and sets `*head` to null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_buflist_destroy_all_segments(head: *mut *mut abi::lws_buflist) {
    // SAFETY: null or the caller's variable.
    guard("lws_buflist_destroy_all_segments", (), || unsafe { free_buflist(head) })
}

/// # Safety
/// `head` is null or a variable that is null or holds a living list, which nobody else uses during `'a`.
unsafe fn buflist<'a>(head: *mut *mut abi::lws_buflist) -> Option<&'a mut Buflist> {
    // SAFETY: by this function's contract.
    unsafe { head.as_ref()?.cast::<Buflist>().as_mut() }
}

/// # Safety
/// `head` is null or a variable that is null or holds a living list.
unsafe fn free_buflist(head: *mut *mut abi::lws_buflist) {
    // SAFETY: by this function's contract.
    unsafe {
        if let Some(head) = head.as_mut()
            && !head.is_null()
        {
            drop(Box::from_raw(std::mem::replace(head, ptr::null_mut()).cast::<Buflist>()));
        }
    }
}

/// The addresses of a UDP connection: in `LWS_CALLBACK_RAW_RX`, `sa` is who has sent the datagram. An IPv6 address is cut, since
/// `sa` has no room for it. Valid until the connection ends. Null for other connections, and null or dead ones. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_udp(wsi: *const lws) -> *const abi::lws_udp {
    guard("lws_get_udp", ptr::null(), || {
        let Some(wsi) = given::wsi("lws_get_udp", wsi) else { return ptr::null() };
        wsi.rare.with(|rare| {
            rare.as_ref().and_then(|rare| rare.udp.as_ref()).map_or(ptr::null(), |udp| ptr::from_ref(&udp.seen))
        })
    })
}
