//! How an injected connection ends, or leaves.
use super::conn::{Conn, flag};
use super::inject::{errno, take_fd};
use super::{handle, pass};
use crate::engine::clock::SECOND;
use crate::engine::sock;
use crate::faces::lws::wsi::{Phase, Role, Wsi, flag as wsi_flag};
use crate::faces::lws::{close as lws_close, write};
use std::ffi::c_int;
use std::os::fd::RawFd;
use std::sync::atomic::Ordering::Relaxed;

/// How long the peer may take over what was sent before the end.
const LAST_WORDS: u64 = 10 * SECOND;

/// Ends a connection. `error` is what `closed` is told.
#[cold]
pub fn finish(conn: &'static Conn, error: c_int) {
    if conn.has(flag::DEAD) {
        return;
    }
    let name = handle::of_conn(conn);
    let gone = conn.fd.get() >= 0 && !close_fd(conn, false);
    leave(conn);
    if let Some(closed) = conn.callbacks().closed {
        let error = if gone && error == 0 { -libc::EBADF } else { error };
        // SAFETY: the program gave the function for this.
        unsafe { closed(name, conn.user.get(), error) };
    }
}

/// It is no connection any more: its handle is stale from here on.
fn leave(conn: &'static Conn) {
    conn.cancel_timer();
    if conn.has(flag::IN_PASS) {
        let guests = conn.guests();
        guests.cork.with(|cork| cork.clear());
        guests.rest.set((std::ptr::null(), 0));
    }
    conn.set(flag::DEAD);
    conn.tag.store(0, Relaxed);
    conn.out.set(None);
    conn.held.set(None);
    conn.guests().ended.with(|ended| ended.push(conn));
}

/// Closes the descriptor, in a way that does not destroy what the peer has still to read where it may be sending. False where it is not the
/// connection's any more.
fn close_fd(conn: &'static Conn, gently: bool) -> bool {
    let context = conn.context();
    let Some(fd) = take_fd(conn) else { return false };
    if gently && conn.has(flag::WANT_READ | flag::HELD | flag::PAUSED) && !conn.has(flag::PEER_ENDED) {
        let now = context.clock();
        context.lingering.with(|lingering| context.poller.with(|poller| lingering.add(fd, poller, now)));
    } else {
        sock::close(fd);
    }
    true
}

/// The socket has failed while the program was using it: it ends when the loop comes by. The errno, for the program.
#[cold]
pub fn fail(conn: &'static Conn, error: c_int) -> Result<(), c_int> {
    conn.error.set(-error);
    conn.ready(flag::KILL);
    Err(error)
}

/// The program closes a connection. `closed` comes when the loop comes by.
pub fn close(conn: &'static Conn, flush: bool) {
    if flush && !conn.has(flag::WATCHED | flag::LISTENER) && !conn.has(flag::CONNECTING) {
        conn.connect_by.set(conn.context().clock() + LAST_WORDS);
        conn.set_timer();
        return conn.ready(flag::CLOSING);
    }
    if conn.has(flag::IN_PASS) {
        conn.guests().cork.with(|cork| cork.clear());
    }
    if !close_fd(conn, false) {
        conn.error.set(-libc::EBADF);
    }
    conn.ready(flag::KILL);
}

/// A connection that is being closed: it ends when all is sent.
pub fn go_on(conn: &'static Conn) {
    if conn.has(flag::CHOKED) {
        if conn.connect_by.get() == 0 {
            conn.connect_by.set(conn.context().clock() + LAST_WORDS);
            conn.set_timer();
        }
        return;
    }
    if conn.fd.get() >= 0 && !close_fd(conn, true) {
        return finish(conn, -libc::EBADF);
    }
    finish(conn, 0);
}

/// Ends our side, when all is sent.
pub fn shut(conn: &'static Conn) {
    if conn.has(flag::CHOKED | flag::CONNECTING) || conn.has(flag::SHUT) {
        return;
    }
    conn.clear(flag::SHUTTING);
    conn.set(flag::SHUT);
    sock::shutdown_send(conn.fd.get());
    if conn.has(flag::PEER_ENDED) && !conn.has(flag::HELD) {
        conn.ready(flag::CLOSING);
    }
}

/// Gives a connection's descriptor up, alive, with what was read and not delivered. An errno where that cannot be; then all is as before.
///
/// # Safety
/// `buffer` points to `room` bytes that can be written.
pub unsafe fn release(conn: &'static Conn, buffer: *mut u8, room: usize) -> Result<(RawFd, usize), (c_int, usize)> {
    if conn.has(flag::IN_PASS)
        && let Err(error) = pass::flush(conn)
    {
        let _ = fail(conn, error);
        return Err((error, 0));
    }
    if conn.has(flag::CHOKED | flag::SHUTTING) {
        conn.set(flag::WANT_WRITE | flag::WANT_EMPTY);
        return Err((libc::EBUSY, 0));
    }
    let (rest, left) = if conn.has(flag::IN_PASS) { conn.guests().rest.get() } else { (std::ptr::null(), 0) };
    let held = conn.held.with(|held| held.as_ref().map_or(0, |held| held.bytes.len() - held.at));
    if left + held > room {
        return Err((libc::ENOBUFS, left + held));
    }
    if left > 0 {
        // SAFETY: `rest` was set for the callback under way, and lies in the loop's buffer or in held bytes, which are alive; the room is the
        // caller's contract.
        unsafe { std::ptr::copy(rest, buffer, left) };
    }
    if held > 0 {
        conn.held.with(|all| {
            if let Some(all) = all {
                // SAFETY: as above.
                unsafe { std::ptr::copy(all.bytes.as_ptr().add(all.at), buffer.add(left), held) };
            }
        });
    }
    let Some(fd) = take_fd(conn) else {
        let _ = fail(conn, libc::EBADF);
        return Err((libc::EBADF, 0));
    };
    leave(conn);
    Ok((fd, left + held))
}

/// Gives the socket of a connection of libwebsockets up, alive, with what was read and not delivered; the connection ends. An errno where that cannot be.
///
/// # Safety
/// As [`release`].
pub unsafe fn release_wsi(wsi: &'static Wsi, buffer: *mut u8, room: usize) -> Result<(RawFd, usize), (c_int, usize)> {
    let fd = wsi.fd.get();
    if !matches!(wsi.role(), Role::Http | Role::Ws | Role::Raw) || fd < 0 {
        return Err((libc::EINVAL, 0));
    }
    let between =
        wsi.phase() == Phase::Open && (wsi.role() != Role::Ws || wsi.decoder.with(|decoder| decoder.is_idle()));
    // whoever goes on with it would need what both ends remember of earlier messages
    if wsi.rare.with(|rare| rare.as_ref().is_some_and(|rare| rare.deflate.is_some())) {
        return Err((libc::EOPNOTSUPP, 0));
    }
    let untouched = wsi.role() != Role::Http || wsi.http.with(|http| http.is_none());
    if wsi.has(wsi_flag::IN_PASS | wsi_flag::CHOKED | wsi_flag::KILL) || !between || !untouched {
        return Err((libc::EBUSY, 0));
    }
    sock::inode(fd).map_err(|e| (errno(e), 0))?;
    write::flush(wsi).map_err(|e| (errno(e), 0))?;
    if wsi.has(wsi_flag::CHOKED) {
        return Err((libc::EBUSY, 0));
    }
    let held = wsi.held.with(|held| held.as_ref().map_or(0, |held| held.waiting().len()));
    if held > room {
        return Err((libc::ENOBUFS, held));
    }
    if held > 0 {
        wsi.held.with(|held| {
            if let Some(held) = held {
                // SAFETY: by contract there is room.
                unsafe { std::ptr::copy_nonoverlapping(held.waiting().as_ptr(), buffer, held.waiting().len()) };
            }
        });
    }
    crate::faces::lws::accept::unwatch(wsi);
    if !wsi.is_open() {
        return Err((libc::EBUSY, 0));
    }
    wsi.fd.set(-1);
    wsi.clear(wsi_flag::LINGER);
    lws_close::finish(wsi);
    Ok((fd, held))
}
