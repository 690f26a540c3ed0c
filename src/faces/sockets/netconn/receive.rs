//! Receiving and accepting.
use super::socket::{Socket, Woken};
use super::watch::Arrived;
use super::{Conn, Face, api_flag, event, flag, life, passed, state};
use crate::faces::sockets::address::ip_addr;
use crate::faces::sockets::error::{self, err_t};
use crate::faces::sockets::pbuf::{self as packets, pbuf};
use std::io;
use std::mem::transmute;
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::atomic::Ordering;

/// What is taken out of a stream at once, at most.
const STREAM_ROOM: u16 = 32 * 1024;
/// A datagram's longest; what lies behind its piece then is a whole number of words.
const DATAGRAM_ROOM: u16 = u16::MAX;

/// One piece of what the peer sent. It is in the memory that the kernel wrote it to, and stays there.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(super) p: *mut pbuf,
    pub(super) addr: ip_addr,
    pub(super) port: u16,
}
// SAFETY: nobody else has the memory before it is handed out.
unsafe impl Send for Piece {}

impl Piece {
    pub(super) fn size(&self) -> u16 {
        // SAFETY: live until it is handed out.
        unsafe { (*self.p).tot_len }
    }

    /// The packet, whose reference is the caller's now, and who sent it.
    pub(crate) fn take(self) -> (*mut pbuf, ip_addr, u16) {
        let parts = (self.p, self.addr, self.port);
        std::mem::forget(self);
        parts
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        // SAFETY: its own reference.
        unsafe { packets::free(self.p) };
    }
}

/// What the kernel has for a socket.
pub(super) enum Read {
    Piece(Piece),
    /// The stream's end.
    End,
    /// Nothing yet.
    Nothing,
    Failed(err_t),
}

/// Takes one piece from the kernel without waiting.
pub(super) fn read(socket: &Socket, stream: bool) -> Read {
    let room = if stream { STREAM_ROOM } else { DATAGRAM_ROOM };
    let p = packets::for_receiving(room);
    if p.is_null() {
        return Read::Failed(error::MEM);
    }
    loop {
        let mut from = socket2::SockAddrStorage::zeroed();
        let mut size = from.size_of();
        // SAFETY: the piece has `room` bytes of payload, and there is room for any address.
        let n = unsafe {
            let (from, size) = if stream {
                (std::ptr::null_mut(), std::ptr::null_mut())
            } else {
                (std::ptr::from_mut(&mut from).cast(), &raw mut size)
            };
            libc::recvfrom(socket.fd(), (*p).payload, room.into(), libc::MSG_DONTWAIT, from, size)
        };
        let failed = if n < 0 { io::Error::last_os_error().raw_os_error() } else { None };
        match failed {
            // a signal; or what an earlier datagram met, of which lwIP's know nothing
            Some(libc::EINTR) => continue,
            Some(libc::ECONNREFUSED | libc::EHOSTUNREACH | libc::ENETUNREACH) if !stream => continue,
            _ => {}
        }
        if let Some(errno) = failed {
            // SAFETY: nobody else knows it.
            unsafe { packets::free(p) };
            return if errno == libc::EAGAIN { Read::Nothing } else { Read::Failed(error::of_errno(errno)) };
        }
        if n == 0 && stream {
            // SAFETY: as above.
            unsafe { packets::free(p) };
            return Read::End;
        }
        // SAFETY: nobody else knows it, and so many bytes were written.
        let p = unsafe { packets::fit(p, n as u16) };
        // SAFETY: the kernel wrote the address, and its length.
        let from = unsafe { socket2::SockAddr::new(from, size) };
        let (addr, port) = from.as_socket().filter(|_| !stream).map_or(Default::default(), ip_addr::of_socket);
        return Read::Piece(Piece { p, addr, port });
    }
}

/// Takes a connection from a listener without waiting.
pub(super) fn take_connection(socket: &Socket) -> Result<Option<OwnedFd>, err_t> {
    loop {
        let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
        // SAFETY: nobody asks for the address.
        let fd = unsafe { libc::accept4(socket.fd(), std::ptr::null_mut(), std::ptr::null_mut(), flags) };
        if fd >= 0 {
            // SAFETY: the kernel has just given it.
            return Ok(Some(unsafe { OwnedFd::from_raw_fd(fd) }));
        }
        match io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL) {
            libc::EAGAIN => return Ok(None),
            // one that went before it was taken, as accept(2) lists them
            libc::EINTR | libc::ECONNABORTED | libc::EPROTO | libc::ENETDOWN | libc::ENOPROTOOPT => {}
            libc::EHOSTDOWN | libc::ENONET | libc::EHOSTUNREACH | libc::EOPNOTSUPP | libc::ENETUNREACH => {}
            errno => return Err(error::of_errno(errno)),
        }
    }
}

impl Conn {
    /// The next piece. Of a stream's end one hears once, by [`error::CLSD`]; after that it is not connected.
    pub(crate) fn receive(&self, api: u8) -> Result<Piece, err_t> {
        if self.clear_flag(flag::FIN_RX_PENDING) {
            return Err(self.heard_end(api & !api_flag::NOFIN));
        }
        let Some(socket) = self.socket().filter(|_| !self.has(passed::RX_CLOSED | passed::LISTENED)) else {
            return self.queued_behind_the_end(api);
        };
        self.apply(&socket);
        self.look_at_connecting(&socket);
        if let Some(watch) = &self.watch {
            return match watch.next(self, self.receive_deadline(), self.blocks(api))? {
                Arrived::Piece(piece) => Ok(self.told(piece)),
                Arrived::End => Err(self.heard_end(api)),
                Arrived::Failed(err) => Err(err),
                Arrived::Connection(_) => Err(error::CONN),
            };
        }
        let deadline = self.receive_deadline();
        loop {
            match read(&socket, self.is_tcp()) {
                _ if socket.is_gone() => return Err(self.gone_err()),
                Read::Piece(piece) => return Ok(piece),
                Read::End if self.has(passed::RX_CLOSED) => return Err(error::CONN),
                Read::End => return Err(self.heard_end(api)),
                Read::Failed(error::MEM) => return Err(error::MEM),
                Read::Failed(error::CONN) if self.state() == state::NONE => return Err(error::CONN),
                Read::Failed(err) if self.is_tcp() => {
                    drop(self.fail(err));
                    return Err(err);
                }
                Read::Failed(err) => return Err(err),
                Read::Nothing => {}
            }
            if !self.blocks(api) {
                return Err(error::WOULDBLOCK);
            }
            match socket.wait(libc::POLLIN, deadline) {
                Woken::Ready => {}
                Woken::Late => return Err(error::TIMEOUT),
                Woken::Gone => return Err(self.gone_err()),
            }
        }
    }

    /// What a call hears whose socket went away under it: an error if that was why, else that somebody closed it.
    fn gone_err(&self) -> err_t {
        match self.receive_err.swap(error::OK, Ordering::AcqRel) {
            error::OK => error::CONN,
            err => err,
        }
    }

    /// What is still queued when the connection has failed; then the error, once for each that was promised; then [`error::CONN`].
    fn queued_behind_the_end(&self, api: u8) -> Result<Piece, err_t> {
        if !self.has(passed::RX_CLOSED | passed::LISTENED)
            && let Some(watch) = &self.watch
        {
            match watch.next(self, None, false) {
                Ok(Arrived::Piece(piece)) => return Ok(self.told(piece)),
                Ok(Arrived::End) => return Err(self.heard_end(api)),
                Ok(Arrived::Failed(err)) => return Err(err),
                _ => {}
            }
        }
        for err in [self.take_err(), self.receive_err.swap(error::OK, Ordering::AcqRel)] {
            if err != error::OK {
                return Err(err);
            }
        }
        Err(error::CONN)
    }

    fn told(&self, piece: Piece) -> Piece {
        let len = piece.size();
        self.face.recv_avail.fetch_sub(len.into(), Ordering::Relaxed);
        self.event(event::RCVMINUS, len);
        piece
    }

    /// The stream has come to its end.
    fn heard_end(&self, api: u8) -> err_t {
        if api & api_flag::NOFIN != 0 {
            self.set_flag(flag::FIN_RX_PENDING);
            return error::WOULDBLOCK;
        }
        self.event(event::RCVMINUS, 0);
        if self.socket().is_none() {
            return match self.take_err() {
                error::OK => error::RST,
                err => err,
            };
        }
        self.note(passed::RX_CLOSED);
        if let Some(watch) = &self.watch {
            watch.end();
        }
        self.event(event::RCVPLUS, 0);
        error::CLSD
    }

    /// The next connection that somebody made to this listener: a new one, with the callback of the listener and nothing else of it.
    pub(crate) fn accept(&self) -> Result<*mut Face, err_t> {
        match self.take_err() {
            error::OK => {}
            err => return Err(err),
        }
        let Some(socket) = self.socket().filter(|_| self.state() == state::LISTEN) else { return Err(error::CLSD) };
        let deadline = self.receive_deadline();
        let fd = if let Some(watch) = &self.watch {
            match watch.next(self, deadline, self.blocks(0))? {
                Arrived::Connection(fd) => fd,
                Arrived::Failed(err) => return Err(err),
                _ => return Err(error::CONN),
            }
        } else {
            loop {
                let found = take_connection(&socket);
                if socket.is_gone() {
                    return Err(error::CONN);
                }
                if let Some(fd) = found? {
                    break fd;
                }
                if !self.blocks(0) {
                    return Err(error::WOULDBLOCK);
                }
                match socket.wait(libc::POLLIN, deadline) {
                    Woken::Ready => {}
                    Woken::Late => return Err(error::TIMEOUT),
                    Woken::Gone => return Err(error::CONN),
                }
            }
        };
        self.event(event::RCVMINUS, 0);
        let callback = self.face.callback.load(Ordering::Relaxed);
        // SAFETY: C keeps a callback of this type there, or null.
        let callback = (!callback.is_null()).then(|| unsafe { transmute::<*mut _, super::Callback>(callback) });
        let conn = life::made(self.kind(), Socket::over(fd), callback);
        conn.note(passed::CONNECTED | passed::BOUND);
        let pointer = conn.pointer();
        if let Some(watch) = &conn.watch {
            watch.begin(&conn);
        }
        Ok(pointer)
    }
}
