//! The calls of the face: the engine's, with what lwIP promises besides.
use crate::engine::fdtable::raw::{Answer, call};
use crate::engine::fdtable::{self, data, many, table};
use libc::{MSG_NOSIGNAL, SO_RCVBUF, SO_SNDBUF, SOL_SOCKET, socklen_t};
use std::ffi::{c_int, c_void};
use std::ptr;

/// What Debian's header calls `TCP_KEEPALIVE`, which Linux does not have: idle time in milliseconds.
const TCP_KEEPALIVE: c_int = 0xff;

/// `send`: a peer that is gone is an error, and no signal.
///
/// # Safety
/// As [`data::send`].
#[inline]
pub unsafe fn send(
    fd: c_int,
    data: *const c_void,
    len: usize,
    flags: c_int,
    to: *const libc::sockaddr,
    to_len: socklen_t,
) -> Answer {
    // SAFETY: by this function's contract.
    unsafe { data::send(fd, data, len, flags | MSG_NOSIGNAL, to, to_len) }
}

/// A call that does not wait, on the socket alone: while it runs, the number stays what it is.
macro_rules! plain {
    ($fd:expr, $number:ident $(, $argument:expr)*) => {
        table::with($fd, |_| call!($number, $fd $(, $argument)*))
    };
}

/// `bind`.
///
/// # Safety
/// As for the system call: the kernel checks the address.
pub unsafe fn bind(fd: c_int, name: *const libc::sockaddr, len: socklen_t) -> Answer {
    // SAFETY: by this function's contract.
    unsafe { plain!(fd, SYS_bind, name, len) }
}

/// `listen`.
pub fn listen(fd: c_int, backlog: c_int) -> Answer {
    // SAFETY: numbers alone.
    unsafe { plain!(fd, SYS_listen, backlog) }
}

/// `shutdown`.
pub fn shutdown(fd: c_int, how: c_int) -> Answer {
    // SAFETY: numbers alone.
    unsafe { plain!(fd, SYS_shutdown, how) }
}

/// `getsockname`.
///
/// # Safety
/// As for the system call: the kernel checks the addresses.
pub unsafe fn own_name(fd: c_int, name: *mut libc::sockaddr, len: *mut socklen_t) -> Answer {
    // SAFETY: by this function's contract.
    unsafe { plain!(fd, SYS_getsockname, name, len) }
}

/// `getpeername`.
///
/// # Safety
/// As for the system call: the kernel checks the addresses.
pub unsafe fn peer_name(fd: c_int, name: *mut libc::sockaddr, len: *mut socklen_t) -> Answer {
    // SAFETY: by this function's contract.
    unsafe { plain!(fd, SYS_getpeername, name, len) }
}

/// `getsockopt`. The size of a buffer is what was set, not the double of it that the kernel reserves.
///
/// # Safety
/// As for the system call: the kernel checks the addresses.
pub unsafe fn option(fd: c_int, level: c_int, name: c_int, value: *mut c_void, len: *mut socklen_t) -> Answer {
    let (milliseconds, name) = keepalive(level, name);
    // SAFETY: by this function's contract.
    let done = unsafe { plain!(fd, SYS_getsockopt, level, name, value, len) }?;
    // SAFETY: the kernel has written as many bytes as it says.
    let number = unsafe { (*len as usize == size_of::<c_int>()).then_some(value.cast::<c_int>()) };
    if let Some(number) = number {
        // SAFETY: as above.
        unsafe {
            if level == SOL_SOCKET && (name == SO_RCVBUF || name == SO_SNDBUF) {
                number.write_unaligned(number.read_unaligned() / 2);
            } else if milliseconds {
                number.write_unaligned(number.read_unaligned().saturating_mul(1000));
            }
        }
    }
    Ok(done)
}

/// `setsockopt`.
///
/// # Safety
/// As for the system call: the kernel checks the address.
pub unsafe fn set_option(fd: c_int, level: c_int, name: c_int, value: *const c_void, len: socklen_t) -> Answer {
    let (milliseconds, name) = keepalive(level, name);
    if milliseconds && !value.is_null() && len as usize >= size_of::<c_int>() {
        // SAFETY: the program says that so many bytes are there.
        let seconds = unsafe { value.cast::<c_int>().read_unaligned() }.max(0).saturating_add(999) / 1000;
        // SAFETY: a number of our own.
        return unsafe { plain!(fd, SYS_setsockopt, level, name, ptr::from_ref(&seconds), size_of::<c_int>()) };
    }
    // SAFETY: by this function's contract.
    unsafe { plain!(fd, SYS_setsockopt, level, name, value, len) }
}

/// Is it lwIP's idle time in milliseconds? Then it is the kernel's, in seconds.
fn keepalive(level: c_int, name: c_int) -> (bool, c_int) {
    if level == libc::IPPROTO_TCP && name == TCP_KEEPALIVE { (true, libc::TCP_KEEPIDLE) } else { (false, name) }
}

/// `select`. The time is not changed: lwIP's is not, and programs use it again.
///
/// # Safety
/// The sets are null or have as many bits as `count` says; the time is null or readable.
pub unsafe fn select(count: c_int, sets: many::Sets, time: *const libc::timeval) -> Answer {
    // SAFETY: by this function's contract.
    let timeout = match unsafe { time.as_ref() } {
        Some(time) if time.tv_sec < 0 || time.tv_usec < 0 => return Err(libc::EINVAL),
        Some(time) => Some(time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_usec.saturating_mul(1000))),
        None => None,
    };
    // SAFETY: by this function's contract.
    unsafe { fdtable::select(count, sets, timeout, ptr::null()) }.map(|(ready, _)| ready)
}

/// `poll`, in milliseconds; negative for ever.
///
/// # Safety
/// `fds` is null or points to `count` entries.
pub unsafe fn poll(fds: *mut libc::pollfd, count: usize, milliseconds: c_int) -> Answer {
    let timeout = (milliseconds >= 0).then(|| i64::from(milliseconds) * 1_000_000);
    // SAFETY: by this function's contract.
    unsafe { fdtable::poll(fds, count, timeout, ptr::null()) }
}
