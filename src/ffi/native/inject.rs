//! Connections that the program brings into the loop, and takes out again.
use super::outcome;
use crate::faces::lws::abi::{lws, lws_context};
use crate::faces::lws::context::Context;
use crate::faces::lws::wsi::Wsi;
use crate::faces::native::abi::{
    NETGRAFT_CLOSE_FLUSH, NETGRAFT_CLOSE_NOW, NETGRAFT_READABLE, NETGRAFT_WRITABLE, netgraft_callbacks, netgraft_conn,
    netgraft_options,
};
use crate::faces::native::conn::{Conn, flag};
use crate::faces::native::{end, handle, inject, pass};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{c_int, c_void};
use std::ptr;

/// Takes the descriptor `fd` into the loop of `context`: a connected stream socket (TCP, IPv4 or IPv6, or Unix), one that a non-blocking connect was begun
/// on, a listening one, or, with `NETGRAFT_WATCH` in the options, any descriptor that can be polled. The context needs no protocols and no port
/// for that. `callbacks` must last as long as the connection; `options` is read now, null for none.
///
/// No callback is made from inside: the first comes in the next turn of the loop, which is `connected` for a connection. The descriptor is made
/// non-blocking and is the library's, which closes it when the connection ends; it is not limited in number by the context's
/// `fd_limit_per_thread`.
///
/// Returns 0 with the handle in `conn`, which may be null; or an error, and then the descriptor is the program's as before: `-EINVAL` (null context or
/// callbacks, unknown options, a listening socket without `accepted`), `-EBADF`, `-ENOTSOCK`, `-EPROTOTYPE` (no stream), `-ENOTCONN` (neither connected nor
/// connecting), the error that connecting has failed with already, `-EEXIST` (the descriptor is in this loop already), `-EPERM` (it cannot be
/// polled: a file; or the context is a parent process's), `-ECANCELED` (the context is ending), `-ENOMEM`, `-ENFILE`. The thread that serves the context only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_inject(
    context: *mut lws_context,
    fd: c_int,
    callbacks: *const netgraft_callbacks,
    user: *mut c_void,
    options: *const netgraft_options,
    conn: *mut netgraft_conn,
) -> c_int {
    guard("netgraft_inject", -libc::EIO, || {
        // SAFETY: null or the program's struct, which by contract lasts as long as the connection.
        let (Some(context), Some(callbacks)) =
            (Context::from_c(context).map(Context::here), unsafe { callbacks.as_ref() })
        else {
            return -libc::EINVAL;
        };
        // SAFETY: integers, for which zeros are valid.
        let plain = unsafe { std::mem::zeroed() };
        // SAFETY: null or the program's struct.
        let options = unsafe { options.as_ref() }.unwrap_or(&plain);
        match inject::inject(context, fd, callbacks, user, options) {
            Ok(name) => {
                if !conn.is_null() {
                    // SAFETY: by contract a place for the handle.
                    unsafe { *conn = name };
                }
                0
            }
            Err(errno) => -errno,
        }
    })
}

/// The connection that the program may use.
#[inline(always)]
fn usable(conn: netgraft_conn) -> Option<&'static Conn> {
    handle::conn(conn).filter(|conn| conn.is_usable())
}

fn with(name: &str, conn: netgraft_conn, work: impl FnOnce(&'static Conn) -> Result<(), c_int>) -> c_int {
    guard(name, -libc::EIO, || outcome(usable(conn).ok_or(libc::ESTALE).and_then(work)))
}

/// Sends `len` bytes, which are copied as far as the kernel does not take them at once. What is sent inside one callback of the connection leaves together
/// when that returns; before `connected`, when it is connected.
///
/// All or nothing is accepted. Returns 0, or `-EAGAIN` when with these bytes more than `send_max` would wait: `writable` comes when there is room;
/// `-EMSGSIZE` when `len` alone is more than that; `-EPIPE` after `netgraft_shutdown`; `-EINVAL` for null bytes, a watched descriptor or a listening socket;
/// `-ESTALE` when the connection has ended; any other error is the socket's, and `closed` comes with it. The thread that serves the context only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_send(conn: netgraft_conn, bytes: *const c_void, len: usize) -> c_int {
    guard("netgraft_send", -libc::EIO, || {
        let Some(conn) = usable(conn) else { return -libc::ESTALE };
        // SAFETY: by contract `len` readable bytes.
        let all = unsafe { cstr::slice(bytes.cast(), len) };
        if all.len() != len {
            return if bytes.is_null() { -libc::EINVAL } else { -libc::EMSGSIZE };
        }
        outcome(pass::send(conn, all))
    })
}

/// How many bytes wait to be sent; `-ESTALE` when the connection has ended. The thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_waiting(conn: netgraft_conn) -> i64 {
    guard("netgraft_waiting", -i64::from(libc::EIO), || match usable(conn) {
        Some(conn) => conn.waiting() as i64,
        None => -i64::from(libc::ESTALE),
    })
}

/// Stops reading: no `received` and no `ended` comes until `netgraft_resume`, and the peer finds the connection full. That the connection
/// was reset is told nevertheless.
///
/// Returns 0, or `-ESTALE`. The thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_pause(conn: netgraft_conn) -> c_int {
    with("netgraft_pause", conn, |conn| {
        conn.set(flag::PAUSED);
        Ok(())
    })
}

/// Reads again. Returns 0, or `-ESTALE`. The thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_resume(conn: netgraft_conn) -> c_int {
    with("netgraft_resume", conn, |conn| {
        if conn.has(flag::PAUSED) {
            conn.clear(flag::PAUSED);
            conn.ready(0);
        }
        Ok(())
    })
}

/// Ends our side after what waits is sent; the peer reads its end, and may go on sending. When it has ended its side too, the connection
/// ends, and `closed` comes with 0.
///
/// Returns 0, `-EINVAL` for a watched descriptor or a listening socket, or `-ESTALE`. The thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_shutdown(conn: netgraft_conn) -> c_int {
    with("netgraft_shutdown", conn, |conn| {
        if conn.has(flag::WATCHED | flag::LISTENER) {
            return Err(libc::EINVAL);
        }
        if !conn.has(flag::SHUT) {
            conn.set(flag::SHUTTING);
            if !conn.has(flag::IN_PASS) {
                end::shut(conn);
            }
        }
        Ok(())
    })
}

/// Closes a connection: `how` is `NETGRAFT_CLOSE_FLUSH` or `NETGRAFT_CLOSE_NOW`. One that is not connected yet, a watched descriptor and a listening
/// socket are closed at once in either case.
///
/// The handle is stale from here on, and no callback comes but `closed`, in this or the next turn of the loop, or when all is sent. A watched
/// descriptor is closed like any other: where it belongs to somebody else, `netgraft_release` it instead.
///
/// Returns 0, `-EINVAL` for another `how`, or `-ESTALE`. The thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_close(conn: netgraft_conn, how: c_int) -> c_int {
    with("netgraft_close", conn, |conn| {
        if how != NETGRAFT_CLOSE_NOW && how != NETGRAFT_CLOSE_FLUSH {
            return Err(libc::EINVAL);
        }
        end::close(conn, how == NETGRAFT_CLOSE_FLUSH);
        Ok(())
    })
}

/// Changes how long nothing may be received or sent, in milliseconds from now; 0 for ever. Returns 0, or `-ESTALE`. The thread that serves the context
/// only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_set_idle(conn: netgraft_conn, idle_ms: u32) -> c_int {
    with("netgraft_set_idle", conn, |conn| {
        conn.idle_ms.set(idle_ms);
        conn.last.set(conn.context().clock());
        conn.set_timer();
        Ok(())
    })
}

/// What to call for a watched descriptor: `NETGRAFT_READABLE`, `NETGRAFT_WRITABLE`, both or, as at the beginning, neither (0). `readable` and
/// `writable` are called as long as the descriptor is ready for it, like a `poll` that is made again and again; an end or error is
/// told to `readable`.
///
/// Returns 0, `-EINVAL` for other bits or a descriptor that is not watched, or `-ESTALE`. The thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_watch(conn: netgraft_conn, what: u32) -> c_int {
    with("netgraft_watch", conn, |conn| {
        if !conn.has(flag::WATCHED) || what & !(NETGRAFT_READABLE | NETGRAFT_WRITABLE) != 0 {
            return Err(libc::EINVAL);
        }
        let mark = |on: u32, flag: u32| if what & on != 0 { flag } else { 0 };
        let marks = mark(NETGRAFT_READABLE, flag::TO_READ) | mark(NETGRAFT_WRITABLE, flag::TO_WRITE);
        let new = marks != 0 && !(conn.has(flag::TO_READ) && conn.has(flag::TO_WRITE));
        conn.clear(flag::TO_READ | flag::TO_WRITE);
        conn.set(marks);
        if new {
            conn.ready(0);
        }
        Ok(())
    })
}

/// Takes a connection's descriptor out of the loop, alive: it is the program's again, in `fd`, still non-blocking. Bytes that were read from it and not
/// delivered yet go to `buffer`, which has room for `*len` of them; `*len` becomes their number. There are some only with `receive_max`, or where the
/// program has paused. `buffer` and `len` may both be null, which is room for none. The handle is stale from here on, and `closed` does not come.
///
/// Returns 0, or an error, and then all is as before: `-EBUSY` while bytes wait to be sent (`writable` comes when none do),
/// `-ENOBUFS` with the number of bytes in `*len`, `-EINVAL` for a null `fd`, `-EBADF` when the program has closed the descriptor itself (then `closed` comes), or
/// `-ESTALE`. From inside the connection's own callbacks too. The thread that serves the context only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_release(
    conn: netgraft_conn,
    fd: *mut c_int,
    buffer: *mut c_void,
    len: *mut usize,
) -> c_int {
    with("netgraft_release", conn, |conn| {
        if fd.is_null() {
            return Err(libc::EINVAL);
        }
        // SAFETY: null or the program's place; without a buffer there is no room.
        let room = if buffer.is_null() { 0 } else { unsafe { len.as_ref() }.copied().unwrap_or(0) };
        // SAFETY: by contract that many bytes.
        let released = unsafe { end::release(conn, buffer.cast(), room) };
        // SAFETY: places of the program, null or not.
        unsafe { answer_release(released, fd, len) }
    })
}

/// Takes the socket of a connection of libwebsockets out, alive, as `netgraft_release` does. The connection ends, with its closing callbacks, before this
/// returns, but the peer does not notice. Of a WebSocket, what is in `buffer` begins with a frame.
///
/// Returns 0, or an error, and then all is as before: `-EINVAL` (null, dead or no connection, a null `fd`, a listener or file), `-EBUSY` (from inside one of its own
/// callbacks: use `netgraft_call`; bytes wait to be sent; a request is being received or answered; a frame or message of a WebSocket is under way),
/// `-EOPNOTSUPP` (its messages are compressed: permessage-deflate), `-ENOBUFS` as in `netgraft_release`, `-EBADF`. The thread that serves the context only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_release_wsi(
    wsi: *mut lws,
    fd: *mut c_int,
    buffer: *mut c_void,
    len: *mut usize,
) -> c_int {
    guard("netgraft_release_wsi", -libc::EIO, || {
        let Some(wsi) = Wsi::from_c(wsi).filter(|wsi| wsi.is_open() && !fd.is_null()) else { return -libc::EINVAL };
        // SAFETY: as in `netgraft_release`.
        let room = if buffer.is_null() { 0 } else { unsafe { len.as_ref() }.copied().unwrap_or(0) };
        // SAFETY: as there.
        let released = wsi.context().within(|| unsafe { end::release_wsi(wsi, buffer.cast(), room) });
        // SAFETY: as there.
        outcome(unsafe { answer_release(released, fd, len) })
    })
}

/// # Safety
/// `fd` is a place for an integer; so is `len`, or null.
unsafe fn answer_release(
    released: Result<(c_int, usize), (c_int, usize)>,
    fd: *mut c_int,
    len: *mut usize,
) -> Result<(), c_int> {
    let (outcome, n) = match released {
        Ok((number, n)) => {
            // SAFETY: by contract.
            unsafe { *fd = number };
            (Ok(()), n)
        }
        Err((errno, n)) => (Err(errno), n),
    };
    if !ptr::eq(len, ptr::null()) && matches!(outcome, Ok(()) | Err(libc::ENOBUFS)) {
        // SAFETY: by contract.
        unsafe { *len = n };
    }
    outcome
}
