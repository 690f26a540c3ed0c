//! How an injected connection begins.
use super::abi::{NETGRAFT_WATCH, netgraft_callbacks, netgraft_options};
use super::conn::{Conn, flag};
use super::{guests, handle};
use crate::engine::arena::Slab;
use crate::engine::sock::{self, Stream};
use crate::faces::lws::context::Context;
use std::ffi::{c_int, c_void};
use std::io;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;

const SEND_MAX: u32 = 1 << 20;
/// More than this for one connection is taken for a mistake.
const SEND_MOST: u32 = 1 << 30;

/// Takes a descriptor into the loop of a context. Its handle, or an errno; then the descriptor is the caller's as before.
pub fn inject(
    context: &'static Context,
    fd: RawFd,
    callbacks: &'static netgraft_callbacks,
    user: *mut c_void,
    options: &netgraft_options,
) -> Result<u64, c_int> {
    let watched = options.flags & NETGRAFT_WATCH != 0;
    let foreign = options.flags & !NETGRAFT_WATCH != 0
        || options.reserved.iter().any(|&word| word != 0)
        || callbacks.reserved.iter().any(|&word| !word.is_null());
    if foreign || options.send_max > SEND_MOST {
        return Err(libc::EINVAL);
    }
    if context.ending.get() {
        return Err(libc::ECANCELED);
    }
    let inode = sock::inode(fd).map_err(errno)?;
    let marks = if watched {
        flag::WATCHED
    } else {
        match sock::stream(fd).map_err(errno)? {
            Stream::Connected => flag::NEW,
            Stream::Connecting => flag::NEW | flag::CONNECTING,
            Stream::Listening if callbacks.accepted.is_some() => flag::LISTENER,
            Stream::Listening => return Err(libc::EINVAL),
        }
    };
    let guests = guests(context).ok_or(libc::ENFILE)?;
    let conn = guests.conns.with(Slab::alloc).ok_or(libc::ENOMEM)?;
    let added = context.poller.with(|poller| poller.add(fd, ptr::from_ref(conn) as usize));
    if let Err(e) = added {
        guests.conns.with(|all| all.free(conn));
        return Err(errno(e));
    }
    if !sock::set_nonblocking(fd) {
        context.poller.with(|poller| poller.remove(fd));
        guests.conns.with(|all| all.free(conn));
        return Err(libc::EINVAL);
    }
    conn.begin(context, callbacks, fd);
    conn.mailbox.store(guests.mailbox.number(), Relaxed);
    conn.user.set(user);
    conn.inode.set(inode);
    let or = |given, default| if given == 0 { default } else { given };
    let send_max = or(options.send_max, SEND_MAX);
    conn.send_max.set(send_max);
    conn.send_low.set(or(options.send_low, send_max / 4).min(send_max));
    conn.receive_max.set(or(options.receive_max, u32::MAX));
    let now = context.clock();
    let after = |ms: u32| if ms == 0 { 0 } else { now + u64::from(ms) * 1000 };
    conn.last.set(now);
    conn.idle_ms.set(options.idle_ms);
    conn.end_by.set(after(options.total_ms));
    if marks & flag::CONNECTING != 0 {
        conn.connect_by.set(after(options.connect_ms));
        conn.set(marks);
    } else {
        conn.ready(marks);
    }
    if options.idle_ms != 0 || options.total_ms != 0 || conn.connect_by.get() != 0 {
        conn.set_timer();
    }
    Ok(handle::of_conn(conn))
}

/// The errno of an error; one that has none is that the loop is another process's.
pub fn errno(e: io::Error) -> c_int {
    e.raw_os_error().unwrap_or(libc::EPERM)
}

/// Stops watching a connection's descriptor and gives it up. None where it is not the connection's any more: the program has closed it, and
/// its number may be another's.
pub fn take_fd(conn: &Conn) -> Option<RawFd> {
    let fd = conn.fd.replace(-1);
    if fd < 0 || !sock::inode(fd).is_ok_and(|inode| inode == conn.inode.get()) {
        return None;
    }
    conn.context().poller.with(|poller| poller.remove(fd));
    Some(fd)
}
