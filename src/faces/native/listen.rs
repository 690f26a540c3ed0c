//! Listening sockets made elsewhere.
use super::inject::errno;
use crate::engine::arena::Slab;
use crate::engine::listen;
use crate::engine::sock::{self, Stream};
use crate::faces::lws::vhost::Vhost;
use crate::faces::lws::wsi::{Role, flag};
use std::ffi::c_int;
use std::os::fd::RawFd;
use std::ptr;

/// Has a vhost serve what a listening socket accepts. From then on the descriptor is the vhost's. An errno where that cannot be.
pub fn serve(vhost: &'static Vhost, fd: RawFd) -> Result<(), c_int> {
    let context = vhost.context;
    if vhost.ending.get() || context.ending.get() {
        return Err(libc::ECANCELED);
    }
    sock::inode(fd).map_err(errno)?;
    if sock::stream(fd).map_err(errno)? != Stream::Listening {
        return Err(libc::EINVAL);
    }
    let wsi = context.connections.with(Slab::alloc).ok_or(libc::ENOMEM)?;
    let watched = context.poller.with(|poller| poller.add_read(fd, ptr::from_ref(wsi) as usize));
    if let Err(e) = watched {
        context.connections.with(|all| all.free(wsi));
        return Err(errno(e));
    }
    if !sock::set_nonblocking(fd) {
        context.poller.with(|poller| poller.remove(fd));
        context.connections.with(|all| all.free(wsi));
        return Err(libc::EINVAL);
    }
    wsi.begin(vhost.context, vhost, Role::Listen, fd);
    vhost.more_listeners.with(|more| more.push(wsi));
    if vhost.listen_port.get() <= 0 {
        vhost.listen_port.set(listen::local_port(fd).into());
    }
    // who has come before this is not told of by the kernel in every case
    wsi.ready(flag::WANT_READ);
    Ok(())
}

/// How many listening sockets the process was started with, as systemd hands them over; an errno where the environment says something else than
/// a number. They are closed on exec from here on.
pub fn handed_over() -> Result<c_int, c_int> {
    let number = |name| match std::env::var(name) {
        Ok(text) => text.parse::<u32>().map(Some).map_err(|_| libc::EINVAL),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(_) => Err(libc::EINVAL),
    };
    let (Some(pid), Some(count)) = (number("LISTEN_PID")?, number("LISTEN_FDS")?) else { return Ok(0) };
    if pid != std::process::id() {
        return Ok(0); // they were another's
    }
    let start = super::abi::NETGRAFT_LISTEN_FDS_START;
    let count = c_int::try_from(count).ok().filter(|count| *count <= c_int::MAX - start).ok_or(libc::EINVAL)?;
    for fd in start..start + count {
        sock::close_on_exec(fd).map_err(errno)?;
    }
    Ok(count)
}
