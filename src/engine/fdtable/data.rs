//! Receiving and sending: an attempt that does not wait, and a sleep where the program wanted to.
use super::raw::{self, Answer, call};
use super::table::{Inside, Seen};
use super::wait::Sleep;
use libc::{
    EAGAIN, ENOTSOCK, MSG_DONTWAIT, MSG_ERRQUEUE, MSG_NOSIGNAL, MSG_OOB, MSG_PEEK, MSG_WAITALL, POLLIN, POLLOUT,
};
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;

/// A message: `struct msghdr`.
pub type Message = libc::msghdr;

/// How many parts a message may have.
const MOST_PARTS: usize = 1024;

/// With these a receive is not to wait; on some sockets the kernel would.
const NO_WAIT: c_int = MSG_DONTWAIT | MSG_ERRQUEUE | MSG_OOB;

/// Makes attempts until one does not say `EAGAIN`. `attempt` gets flags to add.
#[inline(always)]
fn receive(seen: Seen, flags: c_int, attempt: impl Fn(c_int) -> Answer + Copy) -> Answer {
    if flags & NO_WAIT != 0 {
        return attempt(MSG_DONTWAIT);
    }
    if let Some(outcome) = seen.if_known_not_to_block(|| attempt(0)) {
        return outcome;
    }
    match attempt(MSG_DONTWAIT) {
        // a copy: the one above stays in registers
        Err(EAGAIN) => come_in_to_receive(seen, &{ attempt }),
        other => other,
    }
}

#[cold]
fn come_in_to_receive(seen: Seen, attempt: &dyn Fn(c_int) -> Answer) -> Answer {
    wait_to_receive(&seen.enter()?, attempt)
}

fn wait_to_receive(inside: &Inside, attempt: &dyn Fn(c_int) -> Answer) -> Answer {
    if !inside.blocks() {
        return Err(EAGAIN);
    }
    let mut sleep = Sleep::new(inside, raw::timeout(inside.fd(), libc::SO_RCVTIMEO))?;
    loop {
        sleep.until(POLLIN)?;
        match attempt(MSG_DONTWAIT) {
            Err(EAGAIN) => {}
            other => return other,
        }
    }
}

/// As [`receive`], for flags with `MSG_WAITALL`: once something has come it goes on until all of `wanted` is there, the stream ends or fails, or the
/// time is over. `more` is told how many bytes are there, and receives more, or the same again when peeking.
#[cold]
fn receive_all(
    seen: Seen,
    flags: c_int,
    attempt: &dyn Fn(c_int) -> Answer,
    wanted: &dyn Fn() -> usize,
    more: &dyn Fn(usize) -> Answer,
) -> Answer {
    let inside = seen.enter()?;
    let first = attempt(MSG_DONTWAIT);
    let mut got = if first == Err(EAGAIN) { wait_to_receive(&inside, attempt) } else { first }?;
    let fd = inside.fd();
    let wanted = wanted();
    if got == 0 || got >= wanted || raw::option::<c_int>(fd, libc::SO_TYPE) != Ok(libc::SOCK_STREAM) || !inside.blocks()
    {
        return Ok(got);
    }
    let mut sleep = Sleep::new(&inside, raw::timeout(fd, libc::SO_RCVTIMEO))?;
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
        // it is for the next call: an attempt would take it
        if raw::has_error(fd) {
            break;
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
}

/// Is all to be waited for?
#[inline(always)]
fn waits_for_all(flags: c_int) -> bool {
    flags & (MSG_WAITALL | NO_WAIT) == MSG_WAITALL
}

/// `recvfrom`.
///
/// # Safety
/// As for the system call: the kernel checks the addresses, so wrong ones are errors, but what they lead to must be the caller's.
#[inline(always)]
pub unsafe fn recv(
    fd: c_int,
    buffer: *mut c_void,
    len: usize,
    flags: c_int,
    from: *mut libc::sockaddr,
    from_len: *mut libc::socklen_t,
) -> Answer {
    // SAFETY: by this function's contract.
    unsafe { recv_seen(Seen::look(fd)?, buffer, len, flags, from, from_len) }
}

/// # Safety
/// As [`recv`].
#[inline(always)]
unsafe fn recv_seen(
    seen: Seen,
    buffer: *mut c_void,
    len: usize,
    flags: c_int,
    from: *mut libc::sockaddr,
    from_len: *mut libc::socklen_t,
) -> Answer {
    let fd = seen.fd();
    // SAFETY: by this function's contract.
    let attempt = move |more: c_int| unsafe { call!(SYS_recvfrom, fd, buffer, len, flags | more, from, from_len) };
    if !waits_for_all(flags) {
        return receive(seen, flags, attempt);
    }
    let more = move |got: usize| {
        // SAFETY: the rest of the same buffer.
        unsafe { call!(SYS_recvfrom, fd, buffer.byte_add(got), len - got, flags | MSG_DONTWAIT, 0usize, 0usize) }
    };
    receive_all(seen, flags, &{ attempt }, &move || len, &more)
}

/// `recvmsg`.
///
/// # Safety
/// As [`recv`].
pub unsafe fn recvmsg(fd: c_int, message: *mut Message, flags: c_int) -> Answer {
    // SAFETY: by this function's contract.
    unsafe { recvmsg_seen(Seen::look(fd)?, message, flags) }
}

/// # Safety
/// As [`recv`].
unsafe fn recvmsg_seen(seen: Seen, message: *mut Message, flags: c_int) -> Answer {
    let fd = seen.fd();
    // SAFETY: by this function's contract.
    let attempt = move |more: c_int| unsafe { call!(SYS_recvmsg, fd, message, flags | more) };
    if !waits_for_all(flags) {
        return receive(seen, flags, attempt);
    }
    // SAFETY: asked for when the kernel has found it readable.
    let parts = move || unsafe { Parts::of(&*message) };
    let more = move |got: usize| {
        let mut room = Parts::room();
        let mut rest = parts().rest(got, &mut room);
        // SAFETY: the rest of the same buffers.
        unsafe { call!(SYS_recvmsg, fd, &raw mut rest, flags | MSG_DONTWAIT) }
    };
    receive_all(seen, flags, &{ attempt }, &move || parts().total(), &more)
}

/// Sends until all is accepted, where the program waits: `attempt` is told how much has gone already, and flags to add.
#[inline(always)]
fn transmit(
    seen: Seen,
    flags: c_int,
    total: impl Fn() -> usize,
    attempt: impl Fn(usize, c_int) -> Answer + Copy,
) -> Answer {
    if flags & MSG_DONTWAIT != 0 {
        return attempt(0, 0);
    }
    if let Some(outcome) = seen.if_known_not_to_block(|| attempt(0, 0)) {
        return outcome;
    }
    let sent = match attempt(0, MSG_DONTWAIT) {
        Err(EAGAIN) => 0,
        Ok(sent) if sent < total() => sent,
        other => return other,
    };
    wait_to_transmit(seen, sent, &{ attempt })
}

/// Something is left to send, after `sent` bytes.
#[cold]
fn wait_to_transmit(seen: Seen, mut sent: usize, attempt: &dyn Fn(usize, c_int) -> Answer) -> Answer {
    let inside = &seen.enter()?;
    let part = |sent: usize, error: c_int| if sent > 0 && error != libc::EBADF { Ok(sent) } else { Err(error) };
    if !inside.blocks() {
        return part(sent, EAGAIN);
    }
    let mut sleep = Sleep::new(inside, raw::timeout(inside.fd(), libc::SO_SNDTIMEO))?;
    loop {
        // what is wrong now is for the next call: an attempt would take it, or raise a signal
        if sent > 0 && raw::has_error(inside.fd()) {
            return Ok(sent);
        }
        let quietly = if sent > 0 { MSG_NOSIGNAL } else { 0 };
        match attempt(sent, MSG_DONTWAIT | quietly) {
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
#[inline(always)]
pub unsafe fn send(
    fd: c_int,
    data: *const c_void,
    len: usize,
    flags: c_int,
    to: *const libc::sockaddr,
    to_len: libc::socklen_t,
) -> Answer {
    // SAFETY: by this function's contract.
    unsafe { send_seen(Seen::look(fd)?, data, len, flags, to, to_len) }
}

/// # Safety
/// As [`recv`].
#[inline(always)]
unsafe fn send_seen(
    seen: Seen,
    data: *const c_void,
    len: usize,
    flags: c_int,
    to: *const libc::sockaddr,
    to_len: libc::socklen_t,
) -> Answer {
    let fd = seen.fd();
    transmit(
        seen,
        flags,
        move || len,
        move |sent, more| {
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
    // SAFETY: by this function's contract.
    unsafe { sendmsg_seen(Seen::look(fd)?, message, flags) }
}

/// # Safety
/// As [`recv`].
unsafe fn sendmsg_seen(seen: Seen, message: *const Message, flags: c_int) -> Answer {
    let fd = seen.fd();
    // SAFETY: asked for when the kernel has found it readable.
    let parts = move || unsafe { Parts::of(&*message) };
    transmit(
        seen,
        flags,
        move || parts().total(),
        move |sent, more| {
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
fn plain_message(parts: *const libc::iovec, count: usize) -> Message {
    // SAFETY: as in `rest`.
    let mut message: Message = unsafe { std::mem::zeroed() };
    message.msg_iov = parts.cast_mut();
    message.msg_iovlen = count;
    message
}

/// What is no socket: worked on `with` a flag by which it does not wait, where the kernel has that for it; else only looked at before, and then in
/// the `plain` way. What refuses `nothing`, a call without bytes, is not even waited for: an epoll descriptor, which can be ready but never
/// read, and those that give structures.
#[cold]
fn elsewhere(
    seen: Seen,
    events: libc::c_short,
    plain: &dyn Fn() -> Answer,
    nothing: &dyn Fn() -> Answer,
    with: &dyn Fn(c_int) -> Answer,
) -> Answer {
    let inside = seen.enter()?;
    if !inside.blocks() || raw::is_file(inside.fd()) {
        return plain();
    }
    match with(libc::RWF_NOWAIT) {
        Err(EAGAIN) => {}
        Err(libc::EOPNOTSUPP | libc::ENOSYS | libc::EPERM) => {
            if raw::is_open(inside.fd()) && nothing() != Err(libc::EINVAL) {
                Sleep::new(&inside, None)?.until(events)?;
            }
            return plain();
        }
        other => return other,
    }
    let mut sleep = Sleep::new(&inside, None)?;
    loop {
        sleep.until(events)?;
        match with(libc::RWF_NOWAIT) {
            Err(EAGAIN) => {}
            other => return other,
        }
    }
}

/// `read`, of sockets and of anything else.
///
/// # Safety
/// As [`recv`].
pub unsafe fn read(fd: c_int, buffer: *mut c_void, len: usize) -> Answer {
    let seen = Seen::look(fd)?;
    // SAFETY: by this function's contract; a part of our own.
    unsafe {
        let plain = |len: usize| call!(SYS_read, fd, buffer, len);
        if len == 0 {
            // unlike `recv` it does not wait for a datagram or the end
            return plain(0);
        }
        match recv_seen(seen, buffer, len, 0, ptr::null_mut(), ptr::null_mut()) {
            Err(ENOTSOCK) => {
                let part = libc::iovec { iov_base: buffer, iov_len: len };
                let with = |flags: c_int| call!(SYS_preadv2, fd, &raw const part, 1usize, -1isize, -1isize, flags);
                elsewhere(seen, POLLIN, &|| plain(len), &|| plain(0), &with)
            }
            other => other,
        }
    }
}

/// `write`, to sockets with `flags` and to anything else.
///
/// # Safety
/// As [`recv`].
pub unsafe fn write(fd: c_int, data: *const c_void, len: usize, flags: c_int) -> Answer {
    let seen = Seen::look(fd)?;
    // SAFETY: by this function's contract.
    match unsafe { send_seen(seen, data, len, flags, ptr::null(), 0) } {
        Err(ENOTSOCK) => {
            let part = libc::iovec { iov_base: data.cast_mut(), iov_len: len };
            // SAFETY: a part of our own, over the caller's data.
            unsafe { write_elsewhere(seen, &part, 1) }
        }
        other => other,
    }
}

/// Writes all of the parts, where it waits.
///
/// # Safety
/// As [`recv`].
#[cold]
unsafe fn write_elsewhere(seen: Seen, parts: *const libc::iovec, count: usize) -> Answer {
    let fd = seen.fd();
    // SAFETY: by this function's contract.
    let plain = |count: usize| unsafe { call!(SYS_writev, fd, parts, count) };
    let done = Cell::new(0);
    let with = |flags: c_int| {
        // SAFETY: by this function's contract.
        let write = |parts: *const libc::iovec, count: usize| unsafe {
            call!(SYS_pwritev2, fd, parts, count, -1isize, -1isize, flags)
        };
        let mut room = Parts::room();
        let whole = Parts { first: parts, count };
        // in one piece, so that what is to stay together does
        let more = if done.get() == 0 {
            write(parts, count)
        } else {
            let rest = whole.rest(done.get(), &mut room);
            write(rest.msg_iov.cast_const(), rest.msg_iovlen)
        }?;
        done.set(done.get() + more);
        // what there was no room for is still to come
        if more != 0 && done.get() < whole.total() { Err(EAGAIN) } else { Ok(done.get()) }
    };
    match elsewhere(seen, POLLOUT, &|| plain(count), &|| plain(0), &with) {
        Err(error) if error != libc::EBADF && done.get() != 0 => Ok(done.get()),
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
    let seen = Seen::look(fd)?;
    // SAFETY: by this function's contract.
    unsafe {
        let plain = |count: usize| call!(SYS_readv, fd, parts, count);
        if count == 0 {
            // like `read` of no bytes
            return plain(0);
        }
        match recvmsg_seen(seen, &mut plain_message(parts, count), 0) {
            Err(ENOTSOCK) => {
                let with = |flags: c_int| call!(SYS_preadv2, fd, parts, count, -1isize, -1isize, flags);
                elsewhere(seen, POLLIN, &|| plain(count), &|| plain(0), &with)
            }
            other => other,
        }
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
    let seen = Seen::look(fd)?;
    if count == 0 {
        // SAFETY: by this function's contract. Unlike `send` it makes no empty datagram.
        return unsafe { call!(SYS_writev, fd, parts, 0usize) };
    }
    // SAFETY: by this function's contract.
    match unsafe { sendmsg_seen(seen, &plain_message(parts, count), flags) } {
        // SAFETY: as above.
        Err(ENOTSOCK) => unsafe { write_elsewhere(seen, parts, count) },
        other => other,
    }
}
