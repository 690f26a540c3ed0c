//! Descriptors that the program reads and writes itself, and listening sockets.
use super::conn::{Conn, flag};
use super::{end, handle};
use crate::engine::clock::SECOND;
use crate::engine::listen;
use crate::engine::sock;

/// Callbacks for one descriptor in one turn before others have theirs.
const AT_ONCE: usize = 64;
/// Where accepting fails, most often for want of descriptors, it is tried again in this time.
const RETRY: u64 = SECOND / 10;

/// Tells the program what its descriptor is ready for, as long as it is: the program may read as little as it likes, so the kernel is asked
/// each time.
pub fn run(conn: &'static Conn) {
    if conn.has(flag::WANT_WRITE) {
        // asked for once, whatever is being watched
        conn.clear(flag::WANT_WRITE);
        call(conn, true);
    }
    for _ in 0..AT_ONCE {
        if !conn.is_usable() || conn.context().ending.get() {
            break;
        }
        let mark = |on: u32, event: i16| if conn.has(on) { event } else { 0 };
        let wanted = mark(flag::TO_READ, libc::POLLIN) | mark(flag::TO_WRITE, libc::POLLOUT);
        if wanted == 0 {
            return;
        }
        let found = sock::poll(conn.fd.get(), wanted);
        if found == 0 {
            return; // the kernel tells when there is something
        }
        if found & libc::POLLNVAL != 0 {
            return end::finish(conn, -libc::EBADF);
        }
        let over = found & (libc::POLLIN | libc::POLLOUT) == 0;
        if conn.has(flag::TO_READ) && (over || found & libc::POLLIN != 0) {
            call(conn, false);
        }
        if conn.has(flag::TO_WRITE) && found & (libc::POLLOUT | libc::POLLERR | libc::POLLHUP) != 0 {
            call(conn, true);
        }
        if over {
            break; // told once: there is nothing that could be waited for
        }
    }
    if !conn.is_open() {
        return;
    }
    if conn.has(flag::KILL) {
        return end::finish(conn, conn.error.get());
    }
    if conn.has(flag::CLOSING) {
        return end::go_on(conn);
    }
    if sock::poll(conn.fd.get(), libc::POLLIN | libc::POLLOUT) & (libc::POLLIN | libc::POLLOUT) != 0 {
        conn.ready(0);
    }
}

fn call(conn: &'static Conn, to_write: bool) {
    if !conn.is_usable() {
        return;
    }
    conn.stirred();
    let callbacks = conn.callbacks();
    if let Some(function) = if to_write { callbacks.writable } else { callbacks.readable } {
        // SAFETY: the program gave the function for this.
        unsafe { function(handle::of_conn(conn), conn.user.get()) };
    }
}

/// Takes the connections that wait at a listening socket.
pub fn accept(conn: &'static Conn) {
    let Some(accepted) = conn.callbacks().accepted else { return };
    for _ in 0..AT_ONCE {
        match listen::accept(conn.fd.get()) {
            Ok(peer) => {
                conn.clear(flag::STARVED);
                conn.stirred();
                sock::set_nodelay(peer.fd);
                // SAFETY: the program gave the function for this.
                unsafe { accepted(handle::of_conn(conn), conn.user.get(), peer.fd) };
                if !conn.is_usable() || conn.context().ending.get() {
                    return;
                }
            }
            Err(e) if sock::is_later(&e) => return conn.clear(flag::WANT_READ),
            Err(e) if matches!(e.raw_os_error(), Some(libc::EBADF | libc::EINVAL | libc::ENOTSOCK)) => {
                return end::finish(conn, -super::inject::errno(e));
            }
            Err(e) if listen::is_passing(&e) => {}
            Err(_) => {
                conn.set(flag::STARVED);
                conn.connect_by.set(conn.context().clock() + RETRY);
                return conn.set_timer();
            }
        }
    }
    conn.ready(flag::WANT_READ);
}
