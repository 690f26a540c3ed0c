//! Receiving and sending: an attempt that does not wait, and a sleep where the program wanted to.
use super::raw::{self, Answer, call};
use super::table::{Inside, with};
use super::wait::Sleep;
use libc::{EAGAIN, ENOTSOCK, MSG_DONTWAIT, MSG_ERRQUEUE, MSG_OOB, MSG_PEEK, MSG_WAITALL, POLLIN, POLLOUT};
use std::ffi::{c_int, c_void};
use std::ptr;

/// A message: `struct msghdr`.
pub type Message = libc::msghdr;

/// How many parts a message may have.
const MOST_PARTS: usize = 1024;

/// Makes attempts until one does not say `EAGAIN`; the first may have been made. `attempt` gets flags to add.
#[inline(always)]
fn receive(fd: c_int, flags: c_int, mut attempt: impl FnMut(c_int) -> Answer) -> Answer {
    with(fd, |inside| {
        if flags & (MSG_DONTWAIT | MSG_ERRQUEUE | MSG_OOB) != 0 || inside.is_known_not_to_block() {
            return attempt(0);
        }
        match attempt(MSG_DONTWAIT) {
            Err(EAGAIN) => wait_to_receive(inside, fd, &mut attempt),
            other => other,
        }
    })
}

#[cold]
fn wait_to_receive(inside: &Inside, fd: c_int, attempt: &mut dyn FnMut(c_int) -> Answer) -> Answer {
    if !inside.blocks() {
        return Err(EAGAIN);
    }
    let mut sleep = Sleep::new(inside, fd, raw::timeout(fd, libc::SO_RCVTIMEO))?;
    loop {
        sleep.until(POLLIN)?;
        match attempt(MSG_DONTWAIT) {
            Err(EAGAIN) => {}
            other => return other,
        }
    }
}

/// For `MSG_WAITALL`, after `got` of `wanted` bytes: goes on until all are there, the stream ends or fails, or the time is over.
/// `more` is told how many bytes are there, and receives more, or the same again when peeking.
#[cold]
fn receive_all(
    fd: c_int,
    flags: c_int,
    mut got: usize,
    wanted: usize,
    mut more: impl FnMut(usize) -> Answer,
) -> Answer {
    with(fd, |inside| {
        if raw::option::<c_int>(fd, libc::SO_TYPE) != Ok(libc::SOCK_STREAM) || !inside.blocks() {
            return Ok(got);
        }
        let mut sleep = Sleep::new(inside, fd, raw::timeout(fd, libc::SO_RCVTIMEO))?;
        while got < wanted {
            if flags & MSG_PEEK != 0 {
                let mut ended = libc::pollfd { fd, events: libc::POLLRDHUP, revents: 0 };
                // SAFETY: the entry is ours.
                if unsafe { raw::ppoll(&mut ended, 1, Some(0)) } != Ok(0) {
                    break;
                }
                match sleep.pause() {
                    Err(libc::EBADF) => return Err(libc::EBADF),
                    Err(_) => break,
                    Ok(()) => got = more(0).unwrap_or(got),
                }
                continue;
            }
            match more(got) {
                Ok(0) => break,
                Ok(n) => got += n,
                Err(EAGAIN) => match sleep.until(POLLIN) {
                    Err(libc::EBADF) => return Err(libc::EBADF),
                    Err(_) => break,
                    Ok(()) => {}
                },
                Err(_) => break,
            }
        }
        Ok(got)
    })
}

/// `recvfrom`.
///
/// # Safety
/// As for the system call: the kernel checks the addresses, so wrong ones are errors, but what they lead to must be the caller's.
#[inline]
pub unsafe fn recv(
    fd: c_int,
    buffer: *mut c_void,
    len: usize,
    flags: c_int,
    from: *mut libc::sockaddr,
    from_len: *mut libc::socklen_t,
) -> Answer {
    // SAFETY: by this function's contract.
    let attempt = |more: c_int| unsafe { call!(SYS_recvfrom, fd, buffer, len, flags | more, from, from_len) };
    let got = receive(fd, flags, attempt)?;
    if flags & (MSG_WAITALL | MSG_DONTWAIT) != MSG_WAITALL || got == 0 || got >= len {
        return Ok(got);
    }
    receive_all(fd, flags, got, len, |got| {
        // SAFETY: the rest of the same buffer.
        unsafe { call!(SYS_recvfrom, fd, buffer.byte_add(got), len - got, flags | MSG_DONTWAIT, 0usize, 0usize) }
    })
}

/// `recvmsg`.
///
/// # Safety
/// As [`recv`].
pub unsafe fn recvmsg(fd: c_int, message: *mut Message, flags: c_int) -> Answer {
    // SAFETY: by this function's contract.
    let attempt = |more: c_int| unsafe { call!(SYS_recvmsg, fd, message, flags | more) };
    let got = receive(fd, flags, attempt)?;
    if flags & (MSG_WAITALL | MSG_DONTWAIT) != MSG_WAITALL || got == 0 {
        return Ok(got);
    }
    // SAFETY: the kernel has found it readable.
    let parts = unsafe { Parts::of(&*message) };
    if got >= parts.total() {
        return Ok(got);
    }
    receive_all(fd, flags, got, parts.total(), |got| {
        let mut room = Parts::room();
        let mut rest = parts.rest(got, &mut room);
        // SAFETY: the rest of the same buffers.
        unsafe { call!(SYS_recvmsg, fd, &raw mut rest, flags | MSG_DONTWAIT) }
    })
}

/// Sends until all is accepted, where the program waits: `attempt` is told how much has gone already, and flags to add.
#[inline(always)]
fn transmit(
    fd: c_int,
    flags: c_int,
    total: impl FnOnce() -> usize,
    mut attempt: impl FnMut(usize, c_int) -> Answer,
) -> Answer {
    with(fd, |inside| {
        if flags & MSG_DONTWAIT != 0 || inside.is_known_not_to_block() {
            return attempt(0, 0);
        }
        let sent = match attempt(0, MSG_DONTWAIT) {
            Err(EAGAIN) => 0,
            Ok(sent) if sent < total() => sent,
            other => return other,
        };
        wait_to_transmit(inside, fd, sent, &mut attempt)
    })
}

/// Something is left to send, after `sent` bytes.
#[cold]
fn wait_to_transmit(
    inside: &Inside,
    fd: c_int,
    mut sent: usize,
    attempt: &mut dyn FnMut(usize, c_int) -> Answer,
) -> Answer {
    let part = |sent: usize, error: c_int| if sent > 0 && error != libc::EBADF { Ok(sent) } else { Err(error) };
    if !inside.blocks() {
        return part(sent, EAGAIN);
    }
    let mut sleep = Sleep::new(inside, fd, raw::timeout(fd, libc::SO_SNDTIMEO))?;
    loop {
        match attempt(sent, MSG_DONTWAIT) {
            Ok(0) => return Ok(sent),
            Ok(more) => sent += more,
            Err(EAGAIN) => {
                if let Err(error) = sleep.until(POLLOUT) {
                    return part(sent, error);
                }
            }
            Err(error) => return part(sent, error),
        }
    }
}

/// `sendto`. `SIGPIPE` comes as the caller's flags say.
///
/// # Safety
/// As [`recv`].
#[inline]
pub unsafe fn send(
    fd: c_int,
    data: *const c_void,
    len: usize,
    flags: c_int,
    to: *const libc::sockaddr,
    to_len: libc::socklen_t,
) -> Answer {
    transmit(
        fd,
        flags,
        || len,
        |sent, more| {
            if sent == len && len != 0 {
                return Ok(0);
            }
            // SAFETY: by this function's contract; the rest of the same buffer.
            unsafe { call!(SYS_sendto, fd, data.byte_add(sent), len - sent, flags | more, to, to_len) }
        },
    )
}

/// `sendmsg`.
///
/// # Safety
/// As [`recv`].
pub unsafe fn sendmsg(fd: c_int, message: *const Message, flags: c_int) -> Answer {
    // SAFETY: asked for when the kernel has found it readable.
    let parts = || unsafe { Parts::of(&*message) };
    transmit(
        fd,
        flags,
        || parts().total(),
        |sent, more| {
            if sent == 0 {
                // SAFETY: by this function's contract.
                return unsafe { call!(SYS_sendmsg, fd, message, flags | more) };
            }
            let parts = parts();
            if sent >= parts.total() {
                return Ok(0);
            }
            let mut room = Parts::room();
            let rest = parts.rest(sent, &mut room);
            // SAFETY: the rest of the same buffers; what goes with the first byte has gone.
            unsafe { call!(SYS_sendmsg, fd, &raw const rest, flags | more) }
        },
    )
}

/// The parts of a message.
struct Parts {
    first: *const libc::iovec,
    count: usize,
}

impl Parts {
    /// # Safety
    /// The message's parts are readable while this is used.
    unsafe fn of(message: &Message) -> Parts {
        Parts { first: message.msg_iov, count: message.msg_iovlen.min(MOST_PARTS) }
    }

    fn get(&self, i: usize) -> libc::iovec {
        // SAFETY: by the contract of `of`.
        unsafe { self.first.add(i).read() }
    }

    fn total(&self) -> usize {
        (0..self.count).fold(0, |total, i| total + self.get(i).iov_len)
    }

    fn room() -> [libc::iovec; 16] {
        [libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 }; 16]
    }

    /// A message of what comes after `done` bytes: as much of it as `room` has entries for.
    fn rest(&self, mut done: usize, room: &mut [libc::iovec; 16]) -> Message {
        let mut filled = 0;
        for i in 0..self.count {
            let part = self.get(i);
            if done >= part.iov_len {
                done -= part.iov_len;
            } else if filled < room.len() {
                let iov_base = part.iov_base.wrapping_byte_add(done);
                room[filled] = libc::iovec { iov_base, iov_len: part.iov_len - done };
                done = 0;
                filled += 1;
            }
        }
        // SAFETY: a structure of integers and pointers, for which zeros are values.
        let mut rest: Message = unsafe { std::mem::zeroed() };
        rest.msg_iov = room.as_mut_ptr();
        rest.msg_iovlen = filled;
        rest
    }
}

/// A message without address and ancillary data.
fn plain(parts: *const libc::iovec, count: usize) -> Message {
    // SAFETY: as in `rest`.
    let mut message: Message = unsafe { std::mem::zeroed() };
    message.msg_iov = parts.cast_mut();
    message.msg_iovlen = count;
    message
}

/// Waits on what is no socket until it is ready, where it blocks, and makes the call. What refuses `nothing`, a call without bytes, is not
/// waited for: an epoll descriptor, which can be ready but never read, and those that give structures.
#[cold]
fn elsewhere(
    fd: c_int,
    events: libc::c_short,
    nothing: impl FnOnce() -> Answer,
    work: impl FnOnce() -> Answer,
) -> Answer {
    with(fd, |inside| {
        if inside.blocks() && raw::is_open(fd) && nothing() != Err(libc::EINVAL) {
            Sleep::new(inside, fd, None)?.until(events)?;
        }
        work()
    })
}

/// `read`, of sockets and of anything else.
///
/// # Safety
/// As [`recv`].
pub unsafe fn read(fd: c_int, buffer: *mut c_void, len: usize) -> Answer {
    if len == 0 {
        // SAFETY: as below. Unlike `recv` it does not wait for a datagram or the end.
        return unsafe { call!(SYS_read, fd, buffer, 0) };
    }
    // SAFETY: by this function's contract.
    match unsafe { recv(fd, buffer, len, 0, ptr::null_mut(), ptr::null_mut()) } {
        // SAFETY: as above; the first of them of no bytes.
        Err(ENOTSOCK) => elsewhere(
            fd,
            POLLIN,
            || unsafe { call!(SYS_read, fd, buffer, 0) },
            || unsafe { call!(SYS_read, fd, buffer, len) },
        ),
        other => other,
    }
}

/// `write`, to sockets with `flags` and to anything else.
///
/// # Safety
/// As [`recv`].
pub unsafe fn write(fd: c_int, data: *const c_void, len: usize, flags: c_int) -> Answer {
    // SAFETY: by this function's contract.
    match unsafe { send(fd, data, len, flags, ptr::null(), 0) } {
        // SAFETY: as above; the first of them of no bytes.
        Err(ENOTSOCK) => elsewhere(
            fd,
            POLLOUT,
            || unsafe { call!(SYS_write, fd, data, 0) },
            || unsafe { call!(SYS_write, fd, data, len) },
        ),
        other => other,
    }
}

/// `readv`, from sockets and from anything else.
///
/// # Safety
/// As [`recv`].
pub unsafe fn readv(fd: c_int, parts: *const libc::iovec, count: c_int) -> Answer {
    let count = usize::try_from(count).map_err(|_| libc::EINVAL)?;
    if count > MOST_PARTS {
        return Err(libc::EINVAL);
    }
    if count == 0 {
        // SAFETY: as below; like `read` of no bytes.
        return unsafe { call!(SYS_readv, fd, parts, 0) };
    }
    // SAFETY: by this function's contract.
    match unsafe { recvmsg(fd, &mut plain(parts, count), 0) } {
        // SAFETY: as above; the first of them of no parts.
        Err(ENOTSOCK) => elsewhere(
            fd,
            POLLIN,
            || unsafe { call!(SYS_readv, fd, parts, 0) },
            || unsafe { call!(SYS_readv, fd, parts, count) },
        ),
        other => other,
    }
}

/// `writev`, to sockets with `flags` and to anything else.
///
/// # Safety
/// As [`recv`].
pub unsafe fn writev(fd: c_int, parts: *const libc::iovec, count: c_int, flags: c_int) -> Answer {
    let count = usize::try_from(count).map_err(|_| libc::EINVAL)?;
    if count > MOST_PARTS {
        return Err(libc::EINVAL);
    }
    // SAFETY: by this function's contract.
    match unsafe { sendmsg(fd, &plain(parts, count), flags) } {
        // SAFETY: as above; the first of them of no parts.
        Err(ENOTSOCK) => elsewhere(
            fd,
            POLLOUT,
            || unsafe { call!(SYS_writev, fd, parts, 0) },
            || unsafe { call!(SYS_writev, fd, parts, count) },
        ),
        other => other,
    }
}
