//! The calls on descriptors.
use super::{answer, number};
use crate::engine::fdtable;
use crate::faces::sockets::calls;
use libc::{MSG_NOSIGNAL, fd_set, iovec, msghdr, nfds_t, pollfd, sockaddr, socklen_t, ssize_t, timeval};
use std::ffi::{c_int, c_long, c_void};

/// Makes a socket: `AF_INET`, `AF_INET6`, `AF_UNIX` and whatever else the system has. Returns its descriptor, which is one of the system's, or -1 with
/// `errno`: `EMFILE` or `ENFILE` when there are no more.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_socket(domain: c_int, r#type: c_int, protocol: c_int) -> c_int {
    number("lwip_socket", || fdtable::socket(domain, r#type, protocol).map(|fd| fd as usize))
}

/// Gives the socket a name. 0, or -1 with `errno`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_bind(s: c_int, name: *const sockaddr, namelen: socklen_t) -> c_int {
    // SAFETY: what C passes, for the kernel to check.
    number("lwip_bind", || unsafe { calls::bind(s, name, namelen) })
}

/// Lets the socket accept connections; `backlog` of them wait at most. 0, or -1 with `errno`.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_listen(s: c_int, backlog: c_int) -> c_int {
    number("lwip_listen", || calls::listen(s, backlog))
}

/// Waits for a connection and returns its descriptor. `EBADF` when another thread closes `s` meanwhile, `EAGAIN` when `SO_RCVTIMEO` is over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_accept(s: c_int, addr: *mut sockaddr, addrlen: *mut socklen_t) -> c_int {
    // SAFETY: what C passes, for the kernel to check.
    number("lwip_accept", || unsafe { fdtable::accept(s, addr, addrlen, 0) }.map(|fd| fd as usize))
}

/// Connects. `EBADF` when another thread closes `s` meanwhile, `EINPROGRESS` when `SO_SNDTIMEO` is over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_connect(s: c_int, name: *const sockaddr, namelen: socklen_t) -> c_int {
    // SAFETY: what C passes, for the kernel to check.
    number("lwip_connect", || unsafe { fdtable::connect(s, name, namelen) }.map(|()| 0))
}

/// Closes the descriptor. Every call that another thread is in on it returns at once: with `EBADF`, `lwip_poll` with `POLLNVAL`. The number is not given
/// out again before they have left; the connection lives on where it was shared by `dup` or `fork`. 0, or -1 with `errno`.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_close(s: c_int) -> c_int {
    number("lwip_close", || fdtable::close(s).map(|()| 0))
}

/// Ends one direction or both. 0, or -1 with `errno`.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_shutdown(s: c_int, how: c_int) -> c_int {
    number("lwip_shutdown", || calls::shutdown(s, how))
}

/// Receives. Returns how many bytes there are, 0 at the end, or -1 with `errno`: `EAGAIN` when it is not to wait, or `SO_RCVTIMEO` is over; `EBADF` when
/// another thread closes `s`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_recv(s: c_int, mem: *mut c_void, len: usize, flags: c_int) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_recv", || unsafe { fdtable::recv(s, mem, len, flags, std::ptr::null_mut(), std::ptr::null_mut()) })
}

/// As `lwip_recv`, and says from where.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_recvfrom(
    s: c_int,
    mem: *mut c_void,
    len: usize,
    flags: c_int,
    from: *mut sockaddr,
    fromlen: *mut socklen_t,
) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_recvfrom", || unsafe { fdtable::recv(s, mem, len, flags, from, fromlen) })
}

/// As `lwip_recv`, into several buffers, with the address and ancillary data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_recvmsg(s: c_int, message: *mut msghdr, flags: c_int) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_recvmsg", || unsafe { fdtable::recvmsg(s, message, flags) })
}

/// Sends. A socket that waits returns when all of a stream's bytes are accepted, or what was when `SO_SNDTIMEO` is over or the connection fails. There is no
/// `SIGPIPE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_send(s: c_int, dataptr: *const c_void, size: usize, flags: c_int) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_send", || unsafe { calls::send(s, dataptr, size, flags, std::ptr::null(), 0) })
}

/// As `lwip_send`, to an address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_sendto(
    s: c_int,
    dataptr: *const c_void,
    size: usize,
    flags: c_int,
    to: *const sockaddr,
    tolen: socklen_t,
) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_sendto", || unsafe { calls::send(s, dataptr, size, flags, to, tolen) })
}

/// As `lwip_send`, from several buffers, with an address and ancillary data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_sendmsg(s: c_int, message: *const msghdr, flags: c_int) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_sendmsg", || unsafe { fdtable::sendmsg(s, message, flags | MSG_NOSIGNAL) })
}

/// As `lwip_recv` without flags; also of descriptors that are no sockets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_read(s: c_int, mem: *mut c_void, len: usize) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_read", || unsafe { fdtable::read(s, mem, len) })
}

/// As `lwip_read`, into `iovcnt` buffers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_readv(s: c_int, iov: *const iovec, iovcnt: c_int) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_readv", || unsafe { fdtable::readv(s, iov, iovcnt) })
}

/// As `lwip_send` without flags; also to descriptors that are no sockets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_write(s: c_int, dataptr: *const c_void, size: usize) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_write", || unsafe { fdtable::write(s, dataptr, size, MSG_NOSIGNAL) })
}

/// As `lwip_write`, from `iovcnt` buffers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_writev(s: c_int, iov: *const iovec, iovcnt: c_int) -> ssize_t {
    // SAFETY: what C passes, for the kernel to check.
    answer("lwip_writev", || unsafe { fdtable::writev(s, iov, iovcnt, MSG_NOSIGNAL) })
}

/// Waits until one of the descriptors below `maxfdp1` is ready, of sockets and of anything else. Returns how many bits are set, 0 when the time is over, or -1
/// with `errno`: `EBADF` at once when another thread closes one of them. `timeout` is not changed; null waits for ever. The sets may
/// be of any size that has room for `maxfdp1` bits in whole words.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_select(
    maxfdp1: c_int,
    readset: *mut fd_set,
    writeset: *mut fd_set,
    exceptset: *mut fd_set,
    timeout: *mut timeval,
) -> c_int {
    let sets = [readset.cast(), writeset.cast(), exceptset.cast()];
    // SAFETY: what C passes.
    number("lwip_select", || unsafe { calls::select(maxfdp1, sets, timeout) })
}

/// Waits until one of `fds` is ready, `timeout` milliseconds at most, negative for ever. Returns how many are. One that another thread closes
/// meanwhile is reported at once, as `POLLNVAL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_poll(fds: *mut pollfd, nfds: nfds_t, timeout: c_int) -> c_int {
    // SAFETY: what C passes.
    number("lwip_poll", || unsafe { calls::poll(fds, nfds as usize, timeout) })
}

/// Reads an option. `SO_RCVBUF` and `SO_SNDBUF` are what was set, half of what Linux answers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_getsockopt(
    s: c_int,
    level: c_int,
    optname: c_int,
    optval: *mut c_void,
    optlen: *mut socklen_t,
) -> c_int {
    // SAFETY: what C passes, for the kernel to check.
    number("lwip_getsockopt", || unsafe { calls::option(s, level, optname, optval, optlen) })
}

/// Sets an option. 0, or -1 with `errno`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_setsockopt(
    s: c_int,
    level: c_int,
    optname: c_int,
    optval: *const c_void,
    optlen: socklen_t,
) -> c_int {
    // SAFETY: what C passes, for the kernel to check.
    number("lwip_setsockopt", || unsafe { calls::set_option(s, level, optname, optval, optlen) })
}

/// The socket's own address. 0, or -1 with `errno`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_getsockname(s: c_int, name: *mut sockaddr, namelen: *mut socklen_t) -> c_int {
    // SAFETY: what C passes, for the kernel to check.
    number("lwip_getsockname", || unsafe { calls::own_name(s, name, namelen) })
}

/// The peer's address. 0, or -1 with `errno`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_getpeername(s: c_int, name: *mut sockaddr, namelen: *mut socklen_t) -> c_int {
    // SAFETY: what C passes, for the kernel to check.
    number("lwip_getpeername", || unsafe { calls::peer_name(s, name, namelen) })
}

/// `F_GETFL`, `F_SETFL`, and the system's other commands whose argument is an integer.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_fcntl(s: c_int, cmd: c_int, val: c_int) -> c_int {
    number("lwip_fcntl", || fdtable::fcntl(s, cmd, c_long::from(val)))
}

/// `FIONBIO`, `FIONREAD` (both with a pointer to `int`), and the system's other requests.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_ioctl(s: c_int, cmd: c_long, argp: *mut c_void) -> c_int {
    // SAFETY: what C passes, for the kernel to check.
    number("lwip_ioctl", || unsafe { fdtable::ioctl(s, cmd as libc::Ioctl, argp) })
}

/// A thread that uses sockets need not say so.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_socket_thread_init() {}

/// A thread that has used sockets need not say so: what is its own goes with it.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_socket_thread_cleanup() {}
