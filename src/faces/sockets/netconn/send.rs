//! Datagrams out, streams out.
use super::socket::{Socket, Woken};
use super::{Conn, api_flag, event, flag, kind, passed, state};
use crate::faces::sockets::address::{ip_addr, kind as address_kind};
use crate::faces::sockets::error::{self, err_t};
use crate::faces::sockets::pbuf::{self as packets, pbuf};
use socket2::SockAddr;
use std::ffi::c_void;
use std::io;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Pieces that the kernel takes at once.
const MOST_VECTORS: usize = 1024;

/// A piece of the program's memory, `struct netvector`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct netvector {
    /// Where it begins.
    pub ptr: *const c_void,
    /// How long it is.
    pub len: usize,
}

/// How a send ended that did not wait.
enum Sent {
    Some(usize),
    /// The kernel's buffer is full.
    Full,
    Failed(i32),
}

fn send_now(socket: &Socket, vectors: &[libc::iovec], to: Option<&SockAddr>, more: bool) -> Sent {
    // SAFETY: a message header is numbers and pointers, for which zero is a value.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    if let Some(to) = to {
        message.msg_name = to.as_ptr().cast_mut().cast();
        message.msg_namelen = to.len();
    }
    message.msg_iov = vectors.as_ptr().cast_mut();
    message.msg_iovlen = vectors.len();
    let more = if more { libc::MSG_MORE } else { 0 };
    loop {
        // SAFETY: everything that the header points to lives for the call; the memory itself is the program's, by its word.
        let n = unsafe { libc::sendmsg(socket.fd(), &message, libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL | more) };
        if n >= 0 {
            return Sent::Some(n as usize);
        }
        match io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL) {
            libc::EINTR => {}
            libc::EAGAIN => return Sent::Full,
            errno => return Sent::Failed(errno),
        }
    }
}

/// The vectors from `skip` bytes on, as many as the kernel takes at once.
fn rest<'a>(vectors: &'a [netvector], first: &mut usize, skip: &mut usize) -> impl Iterator<Item = libc::iovec> + 'a {
    while vectors.get(*first).is_some_and(|vector| vector.len <= *skip) {
        *skip -= vectors[*first].len;
        *first += 1;
    }
    let skip = *skip;
    vectors[*first..].iter().take(MOST_VECTORS).enumerate().map(move |(i, vector)| {
        let skip = if i == 0 { skip } else { 0 };
        libc::iovec { iov_base: vector.ptr.cast_mut().wrapping_byte_add(skip), iov_len: vector.len - skip }
    })
}

impl Conn {
    fn send_deadline(&self) -> Option<Instant> {
        let ms = self.face.send_timeout.load(Ordering::Relaxed);
        u64::try_from(ms).ok().filter(|&ms| ms > 0).map(|ms| Instant::now() + Duration::from_millis(ms))
    }

    /// Sends a packet as one datagram, to `to`, or to the peer where that is the unspecified address.
    ///
    /// # Safety
    /// `p` is null or a live chain that nobody changes meanwhile.
    pub(crate) unsafe fn send(&self, p: *const pbuf, to: &ip_addr, port: u16) -> err_t {
        match self.take_err() {
            error::OK => {}
            err => return err,
        }
        let Some(socket) = self.socket().filter(|_| !self.is_tcp()) else { return error::CONN };
        let raw = self.kind() & 0xf0 == kind::RAW;
        let to = if to.kind == address_kind::ANY || to.is_any() {
            None
        } else {
            // raw sockets have protocols, and no ports
            match to.socket(if raw { 0 } else { port }, self.is_v6()) {
                Some(address) => Some(SockAddr::from(address)),
                None => return error::VAL,
            }
        };
        self.apply(&socket);
        // SAFETY: by this function's contract.
        let mut vectors = unsafe { packets::vectors(p) };
        let mut whole = Vec::new();
        if vectors.len() > MOST_VECTORS {
            // SAFETY: as above; room for all of it.
            unsafe {
                whole.resize((*p).tot_len.into(), 0u8);
                packets::copy_partial(p, whole.as_mut_ptr().cast(), (*p).tot_len, 0);
            }
            vectors = vec![libc::iovec { iov_base: whole.as_mut_ptr().cast(), iov_len: whole.len() }];
        }
        let deadline = self.send_deadline();
        // what an earlier datagram met is told once by the kernel, and lwIP knows nothing of it
        let mut forgive = true;
        loop {
            match send_now(&socket, &vectors, to.as_ref(), false) {
                _ if socket.is_gone() => return error::CLSD,
                Sent::Some(_) => return error::OK,
                Sent::Failed(libc::ECONNREFUSED) if forgive => forgive = false,
                Sent::Failed(errno) => return error::of_errno(errno),
                Sent::Full if !self.blocks(0) => return error::WOULDBLOCK,
                Sent::Full => match socket.wait(libc::POLLOUT, deadline) {
                    Woken::Ready => {}
                    Woken::Late => return error::WOULDBLOCK,
                    Woken::Gone => return error::CLSD,
                },
            }
        }
    }

    /// Sends pieces of memory into the stream, one after the other: all of them, or as much as can be had without waiting or in the time that
    /// was set. How much went is the second answer.
    ///
    /// A call that may end in between needs `partly`: a caller who can be told.
    ///
    /// # Safety
    /// The vectors are readable meanwhile.
    pub(crate) unsafe fn write(&self, vectors: &[netvector], api: u8, partly: bool) -> (err_t, usize) {
        if !self.is_tcp() {
            return (error::VAL, 0);
        }
        let deadline = self.send_deadline();
        let blocks = self.blocks(api);
        if (!blocks || deadline.is_some()) && !partly {
            return (error::VAL, 0);
        }
        let size = vectors.iter().try_fold(0usize, |sum, vector| sum.checked_add(vector.len));
        let Some(size) = size.filter(|&size| size <= isize::MAX as usize) else { return (error::VAL, 0) };
        if size == 0 {
            return (error::OK, 0);
        }
        if vectors.iter().any(|vector| vector.ptr.is_null() && vector.len > 0) {
            return (error::ARG, 0);
        }
        match self.take_err() {
            error::OK => {}
            err => return (err, 0),
        }
        let Some(socket) = self.socket() else { return (error::CONN, 0) };
        self.look_at_connecting(&socket);
        let turn = self.face.state.compare_exchange(state::NONE, state::WRITE, Ordering::AcqRel, Ordering::Acquire);
        if turn.is_err() {
            return (error::INPROGRESS, 0);
        }
        self.apply(&socket);
        let answer = self.write_all(&socket, vectors, size, blocks, deadline, api & api_flag::MORE != 0);
        // unless somebody has closed it meanwhile, it is nobody's turn again
        let _ = self.face.state.compare_exchange(state::WRITE, state::NONE, Ordering::AcqRel, Ordering::Acquire);
        if matches!(answer, (error::OK | error::WOULDBLOCK, sent) if sent < size) {
            self.set_flag(flag::CHECK_WRITESPACE);
            self.event(event::SENDMINUS, 0);
            if let Some(watch) = &self.watch {
                watch.want_room(self);
            }
        }
        answer
    }

    fn write_all(
        &self,
        socket: &Socket,
        vectors: &[netvector],
        size: usize,
        blocks: bool,
        deadline: Option<Instant>,
        more: bool,
    ) -> (err_t, usize) {
        let (mut sent, mut first, mut skip) = (0, 0, 0);
        while sent < size {
            let one = &vectors[first..];
            // the usual piece needs no list
            let now = if let [only] = one {
                let part =
                    libc::iovec { iov_base: only.ptr.cast_mut().wrapping_byte_add(skip), iov_len: only.len - skip };
                send_now(socket, &[part], None, more)
            } else {
                let parts: Vec<libc::iovec> = rest(vectors, &mut first, &mut skip).collect();
                send_now(socket, &parts, None, more || first + parts.len() < vectors.len())
            };
            match now {
                _ if socket.is_gone() => return (error::CLSD, sent),
                Sent::Some(n) => {
                    sent += n;
                    skip += n;
                }
                Sent::Failed(libc::EPIPE) if self.has(passed::TX_CLOSED) => return (error::CONN, sent),
                Sent::Failed(libc::ENOTCONN) => return (error::CONN, sent),
                Sent::Failed(libc::EPIPE) if !self.has(passed::CONNECTED) => return (error::CONN, sent),
                Sent::Failed(errno) => {
                    let err = match error::of_errno(errno) {
                        error::CONN => error::RST,
                        err => err,
                    };
                    // one that failed for want of memory, say, has not failed for good
                    if matches!(err, error::RST | error::ABRT) {
                        self.receive_err.store(err, Ordering::Release);
                        drop(self.fail(err));
                        self.take_err();
                    }
                    return (err, sent);
                }
                Sent::Full if !blocks => return (partial(sent), sent),
                Sent::Full => match socket.wait(libc::POLLOUT, deadline) {
                    Woken::Ready => {}
                    Woken::Late => return (partial(sent), sent),
                    Woken::Gone => return (error::CLSD, sent),
                },
            }
        }
        (error::OK, sent)
    }
}

/// A write that ended in between has succeeded, if with less.
fn partial(sent: usize) -> err_t {
    if sent > 0 { error::OK } else { error::WOULDBLOCK }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_vectors() {
        let text = b"abcdef";
        let part = |from: usize, len| netvector { ptr: text[from..].as_ptr().cast(), len };
        let vectors = [part(0, 2), part(2, 0), part(2, 3), part(5, 1)];
        let after = |sent: usize| {
            let (mut first, mut skip) = (0, sent);
            let parts: Vec<_> = rest(&vectors, &mut first, &mut skip).collect();
            parts.iter().map(|part| part.iov_len).collect::<Vec<_>>()
        };
        assert_eq!(after(0), [2, 0, 3, 1]);
        assert_eq!(after(1), [1, 0, 3, 1]);
        assert_eq!(after(2), [3, 1]);
        assert_eq!(after(4), [1, 1]);
        assert_eq!(after(5), [1]);
    }
}
