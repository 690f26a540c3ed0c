//! WebSocket over bytes that the program moves.
use super::outcome;
use crate::faces::native::abi::{
    NETGRAFT_WS_BINARY, NETGRAFT_WS_CLIENT, NETGRAFT_WS_MORE, NETGRAFT_WS_SERVER, netgraft_ws, netgraft_ws_callbacks,
    netgraft_ws_settings,
};
use crate::faces::native::ws::{self, Settings, Ws};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use crate::proto::ws::session::{Refused, Session, Side};
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

/// More than this is taken for a mistake.
const MOST: u32 = 1 << 30;

/// One end of a WebSocket whose bytes the program moves itself: through its own TLS, over a serial line, in a test. It belongs to no context. What it has to send is
/// taken by `netgraft_ws_take`, from a client at once: its handshake.
///
/// Returns it, to be freed with `netgraft_ws_free`; null for settings that cannot be, or when memory is exhausted. It may be used by any thread, one
/// at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_ws_new(settings: *const netgraft_ws_settings) -> *mut netgraft_ws {
    guard("netgraft_ws_new", ptr::null_mut(), || {
        // SAFETY: null or the program's struct.
        let Some(given) = (unsafe { settings.as_ref() }) else { return ptr::null_mut() };
        // SAFETY: null or C strings; the callbacks are the program's.
        unsafe { settings_of(given) }.and_then(Ws::create).unwrap_or(ptr::null_mut())
    })
}

/// # Safety
/// The pointers in `given` are null or what `netgraft_ws_settings` says.
unsafe fn settings_of(given: &netgraft_ws_settings) -> Option<Settings> {
    let side = match given.role {
        NETGRAFT_WS_SERVER => Side::Server,
        NETGRAFT_WS_CLIENT => Side::Client,
        _ => return None,
    };
    // SAFETY: by contract.
    let callbacks: netgraft_ws_callbacks = unsafe { *given.callbacks.as_ref()? };
    let odd = given.zero != 0 || callbacks.reserved.iter().any(|word| !word.is_null());
    if odd || given.receive_max > MOST || given.send_max > MOST {
        return None;
    }
    // SAFETY: by contract.
    let text = |text: *const c_char, default: &str| match unsafe { cstr::bytes(text) } {
        Some(bytes) => String::from_utf8(bytes.to_vec()).ok(),
        None => Some(default.to_owned()),
    };
    let names = text(given.protocols, "")?;
    Some(Settings {
        side,
        receive_max: given.receive_max,
        send_max: given.send_max,
        callbacks,
        user: given.user,
        protocols: names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        host: text(given.host, "localhost")?,
        path: text(given.path, "/")?,
    })
}

fn with(name: &str, ws: *mut netgraft_ws, work: impl FnOnce(&mut Session) -> Result<(), Refused>) -> c_int {
    guard(name, -libc::EIO, || match Ws::from_c(ws) {
        Some(ws) => outcome(ws.with(work).map_err(ws::errno)),
        None => -libc::EINVAL,
    })
}

/// Gives it `len` bytes that have come from the other end, however they are cut. They are copied, and the callbacks they lead to are made from inside.
///
/// Returns 0, also after the end, when bytes are ignored; `-EINVAL` for a null or dead `ws`, or null bytes; `-EBUSY` from inside its own callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_ws_feed(ws: *mut netgraft_ws, bytes: *const c_void, len: usize) -> c_int {
    guard("netgraft_ws_feed", -libc::EIO, || {
        let Some(ws) = Ws::from_c(ws).filter(|_| !bytes.is_null() || len == 0) else { return -libc::EINVAL };
        // SAFETY: by contract `len` readable bytes.
        outcome(ws.feed(unsafe { cstr::slice(bytes.cast(), len) }))
    })
}

/// Takes up to `size` bytes that are to be sent to the other end, in order, into `buffer`. Returns how many, 0 when there are none; `-EINVAL` for a null or dead `ws`, or a
/// null buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_ws_take(ws: *mut netgraft_ws, buffer: *mut c_void, size: usize) -> i64 {
    guard("netgraft_ws_take", -i64::from(libc::EIO), || {
        let Some(ws) = Ws::from_c(ws).filter(|_| !buffer.is_null() || size == 0) else {
            return -i64::from(libc::EINVAL);
        };
        // SAFETY: by contract `size` writable bytes.
        let room = unsafe { cstr::slice_mut(buffer.cast(), size) };
        ws.with(|session| session.take(room) as i64)
    })
}

/// How many bytes are to be sent; `-EINVAL` for a null or dead `ws`.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_ws_waiting(ws: *mut netgraft_ws) -> i64 {
    guard("netgraft_ws_waiting", -i64::from(libc::EIO), || match Ws::from_c(ws) {
        Some(ws) => ws.with(|session| session.waiting() as i64),
        None => -i64::from(libc::EINVAL),
    })
}

/// Sends a message of `len` bytes, or with `NETGRAFT_WS_MORE` in `flags` a piece of one, which later ones go on with. `NETGRAFT_WS_BINARY` makes it
/// binary; text has to be UTF-8, which is not checked. The bytes are copied.
///
/// Returns 0; `-EAGAIN` when with it more than `send_max` would wait; `-ENOTCONN` before `opened`; `-EPIPE` after a close; `-EINVAL` for a null or dead `ws`, null bytes, other
/// flags, or more than `send_max` at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_ws_send(ws: *mut netgraft_ws, bytes: *const c_void, len: usize, flags: u32) -> c_int {
    if bytes.is_null() && len > 0 || flags & !(NETGRAFT_WS_BINARY | NETGRAFT_WS_MORE) != 0 {
        return -libc::EINVAL;
    }
    // SAFETY: by contract `len` readable bytes.
    let payload = unsafe { cstr::slice(bytes.cast(), len) };
    let (binary, more) = (flags & NETGRAFT_WS_BINARY != 0, flags & NETGRAFT_WS_MORE != 0);
    with("netgraft_ws_send", ws, |session| session.send(payload, binary, more))
}

/// Sends a ping with up to 125 bytes. Returns as `netgraft_ws_send`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_ws_ping(ws: *mut netgraft_ws, bytes: *const c_void, len: usize) -> c_int {
    if bytes.is_null() && len > 0 {
        return -libc::EINVAL;
    }
    // SAFETY: by contract `len` readable bytes.
    let payload = unsafe { cstr::slice(bytes.cast(), len) };
    with("netgraft_ws_ping", ws, |session| session.ping(payload))
}

/// Sends a close frame, with a code (0 for none) and a reason of up to 123 bytes of UTF-8 (null for none), a C string. `closed` comes with the other end's answer; what
/// comes before that is ignored. Returns 0; `-ENOTCONN` before `opened`, `-EPIPE` after a close, `-EINVAL` for what cannot stand in a close frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_ws_close(ws: *mut netgraft_ws, code: u16, reason: *const c_char) -> c_int {
    // SAFETY: null or a C string.
    let reason = unsafe { cstr::bytes(reason) }.unwrap_or_default();
    with("netgraft_ws_close", ws, |session| session.close(code, reason))
}

/// Frees it; null is allowed. From inside its callbacks no other comes.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_ws_free(ws: *mut netgraft_ws) {
    guard("netgraft_ws_free", (), || {
        if let Some(ws) = Ws::from_c(ws) {
            ws.free();
        }
    })
}
