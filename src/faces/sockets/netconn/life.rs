//! Making connections, closing them, deleting them.
use super::settings::Applied;
use super::socket::Socket;
use super::{CONNS, Conn, Face, PCB_WORDS, event, kind, passed, state};
use crate::faces::sockets::error::{self, err_t};
use std::sync::atomic::{AtomicI8, AtomicI16, AtomicI32, AtomicPtr, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// A new connection that is not connected; null for an unknown kind, or if the kernel has no such socket (for a raw one, mostly want of
/// privilege).
pub fn new(kind: i32, protocol: u8, callback: Option<super::Callback>) -> *mut Face {
    let family = if kind & kind::IPV6 != 0 { libc::AF_INET6 } else { libc::AF_INET };
    let (ty, protocol) = match kind & !kind::IPV6 {
        kind::TCP => (libc::SOCK_STREAM, libc::IPPROTO_TCP),
        kind::UDP | kind::UDPNOCHKSUM => (libc::SOCK_DGRAM, libc::IPPROTO_UDP),
        kind::UDPLITE => (libc::SOCK_DGRAM, libc::IPPROTO_UDPLITE),
        kind::RAW => (libc::SOCK_RAW, protocol.into()),
        _ => return std::ptr::null_mut(),
    };
    let Ok(socket) = Socket::new(family, ty, protocol) else { return std::ptr::null_mut() };
    if ty != libc::SOCK_STREAM {
        // lwIP sends broadcasts without being asked twice
        let _ = socket.set(libc::SOL_SOCKET, libc::SO_BROADCAST, 1);
    }
    if kind & !kind::IPV6 == kind::UDPNOCHKSUM {
        let _ = socket.set(libc::SOL_SOCKET, libc::SO_NO_CHECK, 1);
    }
    if family == libc::AF_INET6 {
        let _ = socket.set(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 0);
    }
    let conn = made(kind, socket, callback);
    if !conn.is_tcp()
        && let Some(watch) = &conn.watch
    {
        watch.begin(&conn);
    }
    conn.pointer()
}

/// A connection over a socket, known to programs from here on.
pub(super) fn made(kind: i32, socket: Arc<Socket>, callback: Option<super::Callback>) -> Arc<Conn> {
    let conn = Arc::new(Conn {
        face: Face {
            kind: AtomicI32::new(kind),
            state: AtomicI32::new(state::NONE),
            pcb: AtomicPtr::default(),
            pending_err: AtomicI8::new(error::OK),
            op_completed: AtomicPtr::default(),
            recvmbox: AtomicPtr::default(),
            acceptmbox: AtomicPtr::default(),
            socket: AtomicI32::new(-1),
            send_timeout: AtomicI32::new(0),
            recv_timeout: AtomicU32::new(0),
            recv_bufsize: AtomicI32::new(i32::MAX),
            recv_avail: AtomicI32::new(0),
            linger: AtomicI16::new(-1),
            flags: AtomicU8::new(0),
            current_msg: AtomicPtr::default(),
            callback: AtomicPtr::new(callback.map_or(std::ptr::null_mut(), |callback| callback as *mut _)),
        },
        pcb: [const { AtomicU32::new(0) }; PCB_WORDS],
        applied: Mutex::new(Applied::NEW),
        socket: Mutex::new(Some(socket)),
        passed: AtomicU8::new(0),
        receive_err: AtomicI8::new(error::OK),
        watch: callback.map(|_| Box::default()),
    });
    conn.face.pcb.store(std::ptr::from_ref(&conn.pcb).cast_mut().cast(), Ordering::Relaxed);
    conn.begin_settings();
    CONNS.insert(conn.clone());
    conn
}

impl Conn {
    /// Closes a TCP connection, or one direction of it. Calls that wait for what there will not be any more come back.
    pub(crate) fn close(&self, rx: bool, tx: bool) -> err_t {
        let Some(socket) = self.socket().filter(|_| self.is_tcp()) else { return error::CONN };
        self.look_at_connecting(&socket);
        if !rx && !tx {
            return error::OK;
        }
        if rx && tx {
            return self.close_whole();
        }
        if matches!(self.state(), state::LISTEN | state::CONNECT) || !self.has(passed::CONNECTED) {
            return error::CONN;
        }
        if tx && self.has(passed::RX_CLOSED) {
            return self.close_whole();
        }
        let how = if rx { libc::SHUT_RD } else { libc::SHUT_WR };
        self.note(if rx { passed::RX_CLOSED } else { passed::TX_CLOSED });
        // SAFETY: no pointers. It fails when the peer has reset the connection, and then it is as good as done.
        unsafe { libc::shutdown(socket.fd(), how) };
        if rx && let Some(watch) = &self.watch {
            watch.end();
        }
        self.event(if rx { event::RCVPLUS } else { event::SENDPLUS }, 0);
        error::OK
    }

    fn close_whole(&self) -> err_t {
        let Some(socket) = self.take_socket() else { return error::CONN };
        self.let_go(socket);
        self.tell_end();
        error::OK
    }

    /// Lets the kernel close it, in the way that the program asked for.
    fn let_go(&self, socket: Arc<Socket>) {
        let linger = self.face.linger.load(Ordering::Relaxed);
        if linger >= 0 && self.is_tcp() {
            let value = libc::linger { l_onoff: 1, l_linger: linger.into() };
            let _ = socket.set(libc::SOL_SOCKET, libc::SO_LINGER, value);
        }
        self.set_state(state::NONE);
    }

    /// Ends it, but for the memory that programs see. From here on there are no callbacks from the TCP/IP thread.
    pub(crate) fn prepare_delete(&self) -> err_t {
        if self.note(passed::DELETED) {
            return error::OK;
        }
        if let Some(watch) = &self.watch {
            watch.shut_gate();
        }
        let socket = self.take_socket();
        let tcp_was_open = socket.is_some() && self.is_tcp();
        if let Some(socket) = socket {
            self.let_go(socket);
        }
        if let Some(watch) = &self.watch {
            watch.end();
            watch.drain();
        }
        if tcp_was_open {
            self.tell_end();
        } else {
            self.event(event::RCVPLUS, 0);
            self.event(event::SENDPLUS, 0);
        }
        error::OK
    }
}

/// Deletes a connection: its address is dead when this comes back. Null is nothing to delete; [`error::ARG`] for one that is dead.
pub fn delete(conn: *mut Face) -> err_t {
    if conn.is_null() {
        return error::OK;
    }
    let Some(found) = super::of_c(conn) else { return error::ARG };
    found.prepare_delete();
    match CONNS.remove(conn) {
        Some(_) => error::OK,
        None => error::ARG,
    }
}
