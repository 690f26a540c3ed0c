//! Sockets that are made, connected and accepted.
use super::raw::{self, Answer, call};
use super::table::{self, Inside, Seen};
use super::turn::Turn;
use super::wait::Sleep;
use libc::{EAGAIN, EALREADY, EBADF, EINPROGRESS, O_NONBLOCK, POLLIN, POLLOUT};
use std::ffi::c_int;

/// `socket`.
pub fn socket(domain: c_int, kind: c_int, protocol: c_int) -> Answer<c_int> {
    // SAFETY: the kernel checks the numbers.
    let fd = unsafe { call!(SYS_socket, domain, kind, protocol) }? as c_int;
    table::made(fd);
    Ok(fd)
}

/// `accept4`.
///
/// # Safety
/// As for the system call: the kernel checks the addresses.
pub unsafe fn accept(
    fd: c_int,
    from: *mut libc::sockaddr,
    from_len: *mut libc::socklen_t,
    flags: c_int,
) -> Answer<c_int> {
    // SAFETY: by this function's contract.
    let attempt = || unsafe { call!(SYS_accept4, fd, from, from_len, flags) }.map(|fd| fd as c_int);
    let seen = Seen::look(fd)?;
    let accepted = seen.if_known_not_to_block(attempt).unwrap_or_else(|| {
        let inside = &seen.enter()?;
        if let Some(accepted) = when_ready(inside, fd, &attempt) {
            return accepted;
        }
        // nobody is waiting to be accepted
        if !inside.blocks() {
            return attempt();
        }
        let mut sleep = Sleep::new(inside, raw::timeout(fd, libc::SO_RCVTIMEO))?;
        loop {
            sleep.until(POLLIN)?;
            if let Some(accepted) = when_ready(inside, fd, &attempt) {
                return accepted;
            }
        }
    })?;
    table::made(accepted);
    Ok(accepted)
}

/// Makes the attempt if it does not wait: `accept` knows no flag for that, so only one thread at a time looks and takes. What no
/// connection can be accepted from is not asked: it may begin to listen just then, and the kernel would wait where no close can wake it.
fn when_ready(inside: &Inside, fd: c_int, attempt: &dyn Fn() -> Answer<c_int>) -> Option<Answer<c_int>> {
    let _turn = Turn::take(inside);
    let mut ready = libc::pollfd { fd, events: POLLIN, revents: 0 };
    // SAFETY: the entry is ours.
    let polled = unsafe { raw::ppoll(&mut ready, 1, Some(0)) };
    if polled.is_err() || ready.revents & POLLIN == 0 {
        return refusal(fd).map(Err);
    }
    let accepted = attempt();
    if let Ok(accepted) = accepted
        && inside.is_closed()
    {
        // a closed listener accepts nothing
        table::made(accepted);
        let _ = raw::close(accepted);
        return Some(Err(EBADF));
    }
    Some(accepted)
}

/// Why nothing can be accepted from a descriptor, as the kernel says it; none where it listens.
fn refusal(fd: c_int) -> Option<c_int> {
    match raw::option::<c_int>(fd, libc::SO_TYPE) {
        Err(error) => Some(error),
        Ok(libc::SOCK_STREAM | libc::SOCK_SEQPACKET) => {
            (raw::option::<c_int>(fd, libc::SO_ACCEPTCONN) != Ok(1)).then_some(libc::EINVAL)
        }
        Ok(_) => Some(libc::EOPNOTSUPP),
    }
}

/// `connect`.
///
/// # Safety
/// As for the system call: the kernel checks the address.
pub unsafe fn connect(fd: c_int, to: *const libc::sockaddr, to_len: libc::socklen_t) -> Answer<()> {
    // SAFETY: by this function's contract.
    let attempt = || unsafe { call!(SYS_connect, fd, to, to_len) }.map(|_| ());
    let seen = Seen::look(fd)?;
    seen.if_known_not_to_block(attempt).unwrap_or_else(|| {
        let inside = &seen.enter()?;
        // others do not wait, or say at once that they are no sockets
        let waits = matches!(raw::option::<c_int>(fd, libc::SO_TYPE), Ok(libc::SOCK_STREAM | libc::SOCK_SEQPACKET));
        if !waits || !inside.blocks() {
            return attempt();
        }
        let pending = match without_blocking(inside, fd, &attempt) {
            Err(error @ (EINPROGRESS | EALREADY | EAGAIN)) => error,
            other => return other,
        };
        let mut sleep = Sleep::new(inside, raw::timeout(fd, libc::SO_SNDTIMEO))?;
        loop {
            // the queue of a listener in the file system says nothing when it has room again
            let slept = if pending == EAGAIN { sleep.pause() } else { sleep.until(POLLOUT) };
            match slept {
                Err(EAGAIN) => return Err(pending),
                Err(error) => return Err(error),
                Ok(()) => {}
            }
            // asked again, the kernel says how it went, and puts the socket in order where it failed
            match without_blocking(inside, fd, &attempt) {
                Err(EALREADY | EINPROGRESS) if pending != EAGAIN => {}
                Err(EAGAIN) if pending == EAGAIN => {}
                other => return other,
            }
        }
    })
}

/// Makes the attempt while the socket does not block: `connect` knows no flag for that. Calls of ours do not notice.
fn without_blocking(inside: &Inside, fd: c_int, attempt: &dyn Fn() -> Answer<()>) -> Answer<()> {
    let _turn = Turn::take(inside);
    let flags = raw::flags(fd)?;
    raw::set_flags(fd, flags | O_NONBLOCK)?;
    let outcome = attempt();
    let _ = raw::set_flags(fd, flags);
    outcome
}
