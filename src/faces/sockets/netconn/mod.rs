//! Connections of lwIP's netconn API.
//!
//! What programs have is a pointer to a [`Face`], whose members they read and write; the rest of a [`Conn`] lies behind it. A connection without
//! a callback is the kernel's socket and little else: the calls of a program go straight to it. One with a callback is watched by the TCP/IP thread ([`watch`]),
//! which takes what comes and queues it, so that each piece is told once.
//!
//! | file | thing |
//! | --- | --- |
//! | [`connect`] | binding, listening, connecting, addresses |
//! | [`life`] | making, closing, deleting |
//! | [`receive`] | receiving, accepting |
//! | [`send`] | datagrams out, streams out |
//! | [`settings`] | what programs set by writing to members |
//! | [`socket`] | the kernel's socket, and sleeping on it |
//! | [`watch`] | connections with callbacks |
pub mod connect;
pub mod life;
pub mod receive;
pub mod send;
pub(crate) mod settings;
pub(crate) mod socket;
pub(crate) mod watch;

use super::error::{self, err_t};
use super::registry::Registry;
use super::sys::lock;
use settings::Applied;
use socket::Socket;
use std::ffi::c_void;
use std::mem::{offset_of, transmute};
use std::sync::atomic::{AtomicI8, AtomicI16, AtomicI32, AtomicPtr, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use watch::Watch;

/// Kinds of connections, and how they are told apart.
pub(crate) mod kind {
    pub(crate) const TCP: i32 = 0x10;
    pub(crate) const UDP: i32 = 0x20;
    pub(crate) const UDPLITE: i32 = 0x21;
    pub(crate) const UDPNOCHKSUM: i32 = 0x22;
    pub(crate) const RAW: i32 = 0x40;
    pub(crate) const IPV6: i32 = 0x08;
}

/// What a call may say besides.
pub(crate) mod api_flag {
    pub(crate) const MORE: u8 = 0x02;
    pub(crate) const DONTBLOCK: u8 = 0x04;
    pub(crate) const NOFIN: u8 = 0x10;
}

/// Members of [`Face::flags`] that mean something here.
pub(crate) mod flag {
    pub(crate) const NON_BLOCKING: u8 = 0x02;
    pub(crate) const IN_NONBLOCKING_CONNECT: u8 = 0x04;
    pub(crate) const CHECK_WRITESPACE: u8 = 0x10;
    pub(crate) const V6ONLY: u8 = 0x20;
    pub(crate) const FIN_RX_PENDING: u8 = 0x80;
}

/// What a connection is doing.
pub(crate) mod state {
    pub(crate) const NONE: i32 = 0;
    pub(crate) const WRITE: i32 = 1;
    pub(crate) const LISTEN: i32 = 2;
    pub(crate) const CONNECT: i32 = 3;
}

/// What a callback is told.
pub(crate) mod event {
    pub(crate) const RCVPLUS: i32 = 0;
    pub(crate) const RCVMINUS: i32 = 1;
    pub(crate) const SENDPLUS: i32 = 2;
    pub(crate) const SENDMINUS: i32 = 3;
    pub(crate) const ERROR: i32 = 4;
}

/// A program's callback.
pub type Callback = unsafe extern "C" fn(conn: *mut Face, event: i32, len: u16);

/// A [`Callback`] or null, as it comes from C.
#[allow(non_camel_case_types)]
pub type netconn_callback = Option<Callback>;

/// As programs know it, `struct netconn`. Both sides write, from any thread: so the members are atomic.
#[repr(C)]
#[derive(Debug)]
pub struct Face {
    kind: AtomicI32,
    state: AtomicI32,
    /// To [`Conn::pcb`], or null when there is no socket any more.
    pcb: AtomicPtr<c_void>,
    pending_err: AtomicI8,
    op_completed: AtomicPtr<c_void>,
    recvmbox: AtomicPtr<c_void>,
    acceptmbox: AtomicPtr<c_void>,
    socket: AtomicI32,
    send_timeout: AtomicI32,
    recv_timeout: AtomicU32,
    recv_bufsize: AtomicI32,
    recv_avail: AtomicI32,
    linger: AtomicI16,
    flags: AtomicU8,
    current_msg: AtomicPtr<c_void>,
    /// A [`Callback`] or null.
    callback: AtomicPtr<c_void>,
}

const _: () = {
    assert!(size_of::<Face>() == 88);
    assert!(offset_of!(Face, pcb) == 8 && offset_of!(Face, pending_err) == 16 && offset_of!(Face, recvmbox) == 32);
    assert!(offset_of!(Face, socket) == 48 && offset_of!(Face, send_timeout) == 52);
    assert!(offset_of!(Face, recv_timeout) == 56 && offset_of!(Face, recv_bufsize) == 60);
    assert!(offset_of!(Face, recv_avail) == 64 && offset_of!(Face, linger) == 68 && offset_of!(Face, flags) == 70);
    assert!(offset_of!(Face, current_msg) == 72 && offset_of!(Face, callback) == 80);
};

/// Words of the protocol's block that programs may write to: as many as the largest of the original's has.
const PCB_WORDS: usize = 72;

/// A connection.
#[derive(Debug)]
#[repr(C)]
pub struct Conn {
    face: Face,
    /// Where programs set options that have no function: see [`settings`].
    pcb: [AtomicU32; PCB_WORDS],
    applied: Mutex<Applied>,
    /// `None` when it is closed, or has failed.
    socket: Mutex<Option<Arc<Socket>>>,
    /// [`passed`] bits.
    passed: AtomicU8,
    /// An error that a receiving call is still to hear of.
    receive_err: AtomicI8,
    /// If it has a callback.
    watch: Option<Box<Watch>>,
}

/// What has happened to a connection for good.
pub(crate) mod passed {
    /// It has a local address.
    pub(crate) const BOUND: u8 = 1;
    /// It was connected.
    pub(crate) const CONNECTED: u8 = 2;
    /// Nothing more is received.
    pub(crate) const RX_CLOSED: u8 = 4;
    /// Nothing more is sent.
    pub(crate) const TX_CLOSED: u8 = 8;
    /// It was deleted.
    pub(crate) const DELETED: u8 = 16;
    /// It was listening.
    pub(crate) const LISTENED: u8 = 32;
}

pub(crate) static CONNS: Registry<Conn> = Registry::new();

/// The live connection that C points to.
pub(crate) fn of_c(conn: *const Face) -> Option<Arc<Conn>> {
    CONNS.get(conn)
}

impl Conn {
    /// What programs call it.
    pub(crate) fn pointer(&self) -> *mut Face {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    fn kind(&self) -> i32 {
        self.face.kind.load(Ordering::Relaxed)
    }

    pub(crate) fn is_tcp(&self) -> bool {
        self.kind() & 0xf0 == kind::TCP
    }

    fn is_v6(&self) -> bool {
        self.kind() & kind::IPV6 != 0
    }

    fn state(&self) -> i32 {
        self.face.state.load(Ordering::Acquire)
    }

    fn set_state(&self, state: i32) {
        self.face.state.store(state, Ordering::Release);
    }

    fn flags(&self) -> u8 {
        self.face.flags.load(Ordering::Relaxed)
    }

    fn set_flag(&self, flag: u8) {
        self.face.flags.fetch_or(flag, Ordering::Relaxed);
    }

    fn clear_flag(&self, flag: u8) -> bool {
        self.face.flags.fetch_and(!flag, Ordering::Relaxed) & flag != 0
    }

    fn blocks(&self, api: u8) -> bool {
        self.flags() & flag::NON_BLOCKING == 0 && api & api_flag::DONTBLOCK == 0
    }

    fn has(&self, what: u8) -> bool {
        self.passed.load(Ordering::Acquire) & what != 0
    }

    fn note(&self, what: u8) -> bool {
        self.passed.fetch_or(what, Ordering::AcqRel) & what != 0
    }

    fn socket(&self) -> Option<Arc<Socket>> {
        lock(&self.socket).clone()
    }

    fn receive_deadline(&self) -> Option<Instant> {
        let ms = self.face.recv_timeout.load(Ordering::Relaxed);
        (ms > 0).then(|| Instant::now() + Duration::from_millis(ms.into()))
    }

    /// The error that waits to be told, which is forgotten.
    pub(crate) fn take_err(&self) -> err_t {
        self.face.pending_err.swap(error::OK, Ordering::AcqRel)
    }

    /// Tells the callback, if there is one.
    fn event(&self, event: i32, len: u16) {
        let callback = self.face.callback.load(Ordering::Relaxed);
        if callback.is_null() {
            return;
        }
        // SAFETY: C keeps a callback of this type there, or null.
        let callback: Callback = unsafe { transmute(callback) };
        // SAFETY: the program's function, for its own connection; nothing is locked.
        unsafe { callback(self.pointer(), event, len) };
    }

    /// What is told of the end of a TCP connection.
    fn tell_end(&self) {
        self.event(event::ERROR, 0);
        self.event(event::RCVPLUS, 0);
        self.event(event::SENDPLUS, 0);
    }

    /// The connection has failed: from here on there is no socket, and the error waits for whoever asks.
    fn fail(&self, err: err_t) -> Option<Arc<Socket>> {
        let socket = self.take_socket();
        if socket.is_some() {
            self.face.pending_err.store(err, Ordering::Release);
            self.set_state(state::NONE);
        }
        socket
    }

    /// Takes the socket away: whoever sleeps on it wakes.
    fn take_socket(&self) -> Option<Arc<Socket>> {
        let socket = lock(&self.socket).take()?;
        self.face.pcb.store(std::ptr::null_mut(), Ordering::Relaxed);
        if let Some(watch) = &self.watch {
            watch.forget(&socket);
        }
        socket.leave();
        Some(socket)
    }
}
