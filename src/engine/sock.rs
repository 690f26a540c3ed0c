//! System calls on a connected socket. Each returns the kernel's error; none blocks.
use std::io::{self, IoSlice};
use std::mem::{MaybeUninit, size_of};
use std::os::fd::RawFd;

/// Makes a system call, again while a signal interrupts it.
#[inline(always)]
fn call(syscall: impl Fn() -> isize) -> io::Result<usize> {
    loop {
        let n = syscall();
        if n >= 0 {
            return Ok(n as usize);
        }
        let e = io::Error::last_os_error();
        if e.kind() != io::ErrorKind::Interrupted {
            return Err(e);
        }
    }
}

/// Does this error mean "later", not "never"?
pub fn is_later(e: &io::Error) -> bool {
    e.kind() == io::ErrorKind::WouldBlock
}

/// Receives into `buf`; 0 is the peer's end of stream.
#[inline]
pub fn recv(fd: RawFd, buf: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the kernel writes at most `buf.len()` bytes into `buf`.
    let start = buf.as_mut_ptr();
    call(|| unsafe { libc::recv(fd, start.cast(), buf.len(), 0) })
}

/// Sends what the kernel takes of `bytes`.
#[inline]
pub fn send(fd: RawFd, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the kernel reads at most `bytes.len()` bytes from `bytes`.
    call(|| unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL) })
}

/// Sends what the kernel takes of two pieces, in one call.
pub fn send2(fd: RawFd, first: &[u8], second: &[u8]) -> io::Result<usize> {
    let pieces = [IoSlice::new(first), IoSlice::new(second)];
    // SAFETY: an all-zero msghdr is valid; IoSlice has iovec's layout; the pieces outlive the call.
    call(|| unsafe {
        let mut msg: libc::msghdr = MaybeUninit::zeroed().assume_init();
        msg.msg_iov = pieces.as_ptr() as *mut libc::iovec;
        msg.msg_iovlen = pieces.len() as _;
        libc::sendmsg(fd, &msg, libc::MSG_NOSIGNAL)
    })
}

/// How a connect that was begun has gone: true when it stands, false while it is under way.
pub fn connect_outcome(fd: RawFd) -> io::Result<bool> {
    let (mut error, mut len) = (0i32, size_of::<i32>() as libc::socklen_t);
    // SAFETY: the kernel writes one int to `error`.
    let got = unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR, (&raw mut error).cast(), &mut len) };
    if got < 0 {
        return Err(io::Error::last_os_error());
    }
    if error != 0 {
        return Err(io::Error::from_raw_os_error(error));
    }
    // SAFETY: an all-zero sockaddr_storage is valid; the kernel writes at most its size.
    let stands = unsafe {
        let mut peer: libc::sockaddr_storage = MaybeUninit::zeroed().assume_init();
        let mut len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        libc::getpeername(fd, (&raw mut peer).cast(), &mut len) == 0
    };
    Ok(stands)
}

/// Says that no more will be sent.
pub fn shutdown_send(fd: RawFd) {
    // SAFETY: a plain call on a number; a wrong number is the kernel's error, which does not matter here.
    unsafe { libc::shutdown(fd, libc::SHUT_WR) };
}

/// Closes a descriptor that we own.
pub fn close(fd: RawFd) {
    // SAFETY: the caller owns `fd` and does not use it again.
    unsafe { libc::close(fd) };
}

fn set_option(fd: RawFd, level: i32, name: i32, value: i32) {
    // SAFETY: the kernel reads one int from `value`.
    unsafe { libc::setsockopt(fd, level, name, (&raw const value).cast(), size_of::<i32>() as _) };
}

/// Sends small messages at once. Means nothing, and does nothing, on a Unix socket.
pub fn set_nodelay(fd: RawFd) {
    set_option(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1);
}

/// Lets the kernel probe an idle connection: after `idle` seconds, `probes` times, `interval` seconds apart.
pub fn set_keepalive(fd: RawFd, idle: i32, probes: i32, interval: i32) {
    set_option(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1);
    set_option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, idle);
    set_option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPCNT, probes);
    set_option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPINTVL, interval);
}
