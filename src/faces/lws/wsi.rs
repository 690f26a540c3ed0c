//! A connection, as libwebsockets knows it: what C holds as `struct lws *`.
use super::client::Client;
use super::context::Context;
use super::pass::Held;
use super::request::Http;
use super::vhost::{Protocol, Vhost};
use crate::engine::arena::{Life, Region, Slot};
use crate::engine::local::Local;
use crate::engine::outbuf::OutBuf;
use crate::engine::timers::TimerKey;
use crate::proto::ws::decode::Decoder;
use crate::proto::ws::utf8::Utf8;
use std::cell::Cell;
use std::ffi::c_void;
use std::mem::offset_of;
use std::os::fd::RawFd;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// All connections of the process live here.
pub static CONNECTIONS: Region<Wsi> = Region::new(4 << 30);

/// What a connection is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Role {
    /// Stands in where a callback needs a connection and there is none.
    None = 0,
    /// A listening socket.
    Listen,
    /// HTTP/1, or a connection that has not said yet what it is.
    Http,
    /// WebSocket.
    Ws,
    /// A socket without a protocol of ours.
    Raw,
    /// A file, pipe or device, which the program reads and writes itself.
    File,
}

/// How far a connection is on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Phase {
    /// HTTP: waiting for a request. WebSocket: open.
    Open = 0,
    /// HTTP: the handshake of an upgrade is under way.
    Upgrading,
    /// Client: it is not connected yet. Either side: the TLS handshake is not done.
    Connecting,
    /// Client: the request is sent, the head of the response has not come.
    Asking,
    /// HTTP: the body of a request is coming; client: that of a response.
    Body,
    /// HTTP: a request is being answered.
    Answering,
    /// WebSocket: our close frame is on its way, the peer's has not come.
    Closing,
    /// What waits is sent, then the connection is closed.
    Flushing,
    /// The closing callbacks have begun, or are done.
    Dead,
}

/// Marks on a connection.
pub mod flag {
    /// A writeable callback was asked for.
    pub const WANT_WRITE: u32 = 1 << 0;
    /// There may be more to read than was read.
    pub const WANT_READ: u32 = 1 << 1;
    /// It stands in the loop's ready list.
    pub const QUEUED: u32 = 1 << 2;
    /// The program has paused reception.
    pub const PAUSED: u32 = 1 << 3;
    /// Its protocol was told that it is bound, so it must be told when it is not.
    pub const BOUND: u32 = 1 << 4;
    /// ESTABLISHED was called, so CLOSED must be.
    pub const ESTABLISHED: u32 = 1 << 5;
    /// The user block is ours to free.
    pub const OWNS_USER: u32 = 1 << 6;
    /// The peer has ended its stream.
    pub const PEER_ENDED: u32 = 1 << 7;
    /// The kernel takes no more; what is written waits in `out`.
    pub const CHOKED: u32 = 1 << 8;
    /// Something was written in this pass.
    pub const WROTE: u32 = 1 << 9;
    /// The slice being received begins its message.
    pub const FIRST: u32 = 1 << 10;
    /// The slice being received ends its message.
    pub const LAST: u32 = 1 << 11;
    /// The message being received is binary.
    pub const BINARY: u32 = 1 << 12;
    /// To be closed when the loop comes by.
    pub const KILL: u32 = 1 << 13;
    /// A pass over it is under way.
    pub const IN_PASS: u32 = 1 << 14;
    /// The peer may still be sending: close so that what we sent can be read.
    pub const LINGER: u32 = 1 << 15;
    /// A validity ping was sent and not answered yet.
    pub const PINGED: u32 = 1 << 16;
    /// The HTTP connection ends with the current request.
    pub const LAST_REQUEST: u32 = 1 << 17;
    /// The response lasts: no timeout for it.
    pub const LASTING: u32 = 1 << 18;
    /// The program has ended the last request: the connection is to be closed.
    pub const DONE: u32 = 1 << 19;
    /// The end of the peer's stream is there to be read, behind what else is.
    pub const ENDING: u32 = 1 << 20;
    /// Text received is checked to be UTF-8.
    pub const CHECK_UTF8: u32 = 1 << 21;
    /// A listener that has said that descriptors have run out.
    pub const STARVED: u32 = 1 << 22;
    /// Client, and so no listener: it stands, or stood, in a list of the context's: that of names being looked up, or of those that share.
    pub const LISTED: u32 = STARVED;
    /// The program has made the connection, not the peer.
    pub const CLIENT: u32 = 1 << 23;
    /// It is a UDP socket.
    pub const UDP: u32 = 1 << 24;
    /// Client: WSI_CREATE was called.
    pub const CREATED: u32 = 1 << 25;
    /// A whole request has come.
    pub const ASKED: u32 = 1 << 28;
    /// It does not receive as a stream: a UDP socket, or a file that the program reads.
    pub const APART: u32 = 1 << 27;
    /// It speaks TLS, or is about to.
    pub const SECURE: u32 = 1 << 26;
    /// Messages may be compressed.
    pub const DEFLATE: u32 = 1 << 29;
    /// The program has paused reception in the middle of what a compressed piece becomes.
    pub const INFLATING: u32 = 1 << 30;
    /// The slice being received has come compressed.
    pub const PACKED: u32 = 1 << 31;
}

/// A connection. All zeros is a dead one.
#[repr(C)]
pub struct Wsi {
    life: Life,
    /// The descriptor; meaningless in a stand-in.
    pub fd: Cell<RawFd>,
    /// See [`flag`].
    flags: Cell<u32>,
    role: Cell<Role>,
    phase: Cell<Phase>,
    /// For handles: the mailbox of its loop.
    #[cfg(feature = "native")]
    pub mailbox: std::sync::atomic::AtomicU16,
    /// Places of its timers in the heap, by [`Timer`].
    timers: [Cell<u32>; 3],
    /// For handles: which connection in this slot it is; zero where no handle was given out.
    #[cfg(feature = "native")]
    pub tag: std::sync::atomic::AtomicU32,
    context: Cell<Option<&'static Context>>,
    vhost: Cell<Option<&'static Vhost>>,
    protocol: Cell<Option<&'static Protocol>>,
    /// The program's block for this connection.
    pub user: Cell<*mut c_void>,
    /// A pointer the program has attached.
    pub opaque: Cell<*mut c_void>,
    /// What the kernel has not taken.
    pub out: Local<Option<Box<OutBuf>>>,
    /// What was received and could not be given to the program yet.
    pub held: Local<Option<Box<Held>>>,
    /// The HTTP request in progress.
    pub http: Local<Option<Box<Http>>>,
    /// What few connections have.
    pub rare: Local<Option<Box<Rare>>>,
    /// The frames being received.
    pub decoder: Local<Decoder>,
    /// Payload of the frame being received that is still to come.
    pub remaining: Cell<u64>,
    /// The text being received.
    pub utf8: Cell<Utf8>,
    /// Was the program told of its descriptor?
    pub announced: Cell<bool>,
}

// An idle connection costs this, the program's block and a timer: a field more is paid by every one of them.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Wsi>() == 160);
const _: () = assert!(offset_of!(Wsi, life) == 0);

/// What few connections have.
#[derive(Default)]
pub struct Rare {
    /// What a client connection is made from, while that matters.
    pub client: Option<Box<Client>>,
    /// Where a UDP socket sends to.
    pub udp: Option<Box<super::raw::UdpPeer>>,
    /// The connection whose end is the end of this one too.
    pub parent: Option<&'static Wsi>,
    /// Those that end with this one.
    pub children: Vec<&'static Wsi>,
    /// How long the peer may be silent and when to try again, where that is not as in the vhost.
    pub policy: Option<&'static super::abi::lws_retry_bo>,
    /// The payload of the close frame that the program asked for.
    pub close: Option<Vec<u8>>,
    /// What compressed messages need, where they were agreed on.
    pub deflate: Option<Box<super::deflate::Deflate>>,
    /// Its TLS session, or what comes before that.
    pub tls: Option<Box<super::secure::Tls>>,
    /// The pointer that the program calls the parent's.
    pub parent_opaque: usize,
}

// SAFETY: zeros are a dead connection: cells of integers, null pointers, None, and the first variants of two enums. Everything owned is taken out
// before the slot is freed (`close::finish`).
unsafe impl Slot for Wsi {
    fn life(&self) -> &Life {
        &self.life
    }

    fn clear(&'static self) {
        const AFTER: usize = offset_of!(Wsi, context) + size_of::<usize>();
        // what other threads look at: a word at a time, and the first says that nothing else counts any more
        self.life.end();
        self.context_for_others().store(ptr::null_mut(), Ordering::Relaxed);
        let start = ptr::from_ref(self).cast_mut().cast::<u8>();
        // SAFETY: all that is not `life` and `context`, of which zeros are a valid value; nobody holds a reference into it.
        unsafe {
            ptr::write_bytes(start.add(size_of::<Life>()), 0, offset_of!(Wsi, context) - size_of::<Life>());
            ptr::write_bytes(start.add(AFTER), 0, size_of::<Wsi>() - AFTER);
        }
    }
}

impl Rare {
    /// Is there nothing in it?
    pub fn is_empty(&self) -> bool {
        self.client.is_none()
            && self.udp.is_none()
            && self.parent.is_none()
            && self.children.is_empty()
            && self.policy.is_none()
            && self.close.is_none()
            && self.deflate.is_none()
            && self.tls.is_none()
            && self.parent_opaque == 0
    }
}

/// The timers of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Timer {
    /// It is closed when this ends.
    Timeout = 0,
    /// The program's: `LWS_CALLBACK_TIMER`.
    User = 1,
    /// Of the ping that shows whether the peer is alive.
    Validity = 2,
}

/// Names one timer of one connection: the connection's address, with the timer in its low bits.
#[derive(Clone, Copy)]
pub struct WsiTimer(usize);

impl WsiTimer {
    /// Which connection and which timer.
    pub fn parts(self) -> (Option<&'static Wsi>, Timer) {
        let timer = match self.0 & 3 {
            0 => Timer::Timeout,
            1 => Timer::User,
            _ => Timer::Validity,
        };
        (CONNECTIONS.get(self.0 & !3), timer)
    }

    fn cell(self) -> Option<&'static Cell<u32>> {
        let (wsi, timer) = self.parts();
        Some(&wsi?.timers[timer as usize])
    }
}

impl TimerKey for WsiTimer {
    fn set_place(self, place: u32) {
        if let Some(cell) = self.cell() {
            cell.set(place);
        }
    }
    fn place(self) -> u32 {
        self.cell().map_or(0, Cell::get)
    }
}

impl Wsi {
    /// The connection behind a pointer from C, if it is one and alive.
    #[inline(always)]
    pub fn from_c<T>(pointer: *const T) -> Option<&'static Wsi> {
        CONNECTIONS.get(pointer as usize)
    }

    /// The pointer that C knows it by.
    #[inline(always)]
    pub fn as_c<T>(&self) -> *mut T {
        ptr::from_ref(self).cast_mut().cast()
    }

    /// Makes a slot just taken from `context` a connection of `vhost`.
    pub fn begin(&'static self, context: &'static Context, vhost: &'static Vhost, role: Role, fd: RawFd) {
        self.context_for_others().store(ptr::from_ref(context).cast_mut(), Ordering::Release);
        self.vhost.set(Some(vhost));
        self.protocol.set(Some(vhost.first_protocol()));
        self.fd.set(fd);
        self.set_role(role);
    }

    /// Have its closing callbacks not begun? Asked of what [`Wsi::from_c`] and its like have found alive: a slot is not used
    /// again before the turn is over.
    #[inline(always)]
    pub fn is_open(&self) -> bool {
        self.phase.get() != Phase::Dead
    }

    /// Does it belong to this context, and can others end with it?
    pub fn may_be_parent(&self, context: &Context) -> bool {
        let same = self.context_if_any().is_some_and(|own| ptr::eq(own, context));
        self.is_open() && self.is_connection() && same
    }

    /// The virtual host it belongs to; a stand-in may have none.
    pub fn vhost_if_any(&self) -> Option<&'static Vhost> {
        self.vhost.get()
    }

    /// The protocol whose callback it uses; a stand-in may have none.
    pub fn protocol_if_any(&self) -> Option<&'static Protocol> {
        self.protocol.get()
    }

    /// The context it belongs to; none where the slot is just being given back, which only another thread can see.
    #[inline(always)]
    pub fn context_if_any(&self) -> Option<&'static Context> {
        // SAFETY: null or a context, which outlives its connections.
        unsafe { self.context_for_others().load(Ordering::Acquire).as_ref() }
    }

    /// The context as other threads may look at it, though the loop may just be beginning or giving back the slot.
    fn context_for_others(&self) -> &AtomicPtr<Context> {
        // SAFETY: a cell of a pointer, which is only ever written by way of this.
        unsafe { AtomicPtr::from_ptr(self.context.as_ptr().cast()) }
    }

    /// A stand-in forgets its vhost, which ends.
    pub fn leave_vhost(&self) {
        self.vhost.set(None);
        self.protocol.set(None);
    }

    /// The virtual host it belongs to.
    #[inline(always)]
    pub fn vhost(&self) -> &'static Vhost {
        match self.vhost.get() {
            Some(vhost) => vhost,
            None => unreachable!("a connection has a vhost from begin() on"),
        }
    }

    /// Moves it to another virtual host.
    pub fn set_vhost(&self, vhost: &'static Vhost) {
        self.vhost.set(Some(vhost));
    }

    /// How long its peer may be silent and when to try again: its own policy, or its vhost's.
    pub fn policy(&self) -> Option<&'static super::abi::lws_retry_bo> {
        let own = self.rare.with(|rare| rare.as_ref().and_then(|rare| rare.policy));
        own.or(self.vhost().settings.policy)
    }

    /// The context it belongs to.
    #[inline(always)]
    pub fn context(&self) -> &'static Context {
        match self.context.get() {
            Some(context) => context,
            None => unreachable!("a connection has a context from begin() on"),
        }
    }

    /// The protocol whose callback it uses.
    #[inline(always)]
    pub fn protocol(&self) -> &'static Protocol {
        match self.protocol.get() {
            Some(protocol) => protocol,
            None => unreachable!("a connection has a protocol from begin() on"),
        }
    }

    /// Changes the protocol, without telling anybody.
    pub fn set_protocol(&self, protocol: &'static Protocol) {
        self.protocol.set(Some(protocol));
    }

    /// What it is.
    #[inline(always)]
    pub fn role(&self) -> Role {
        self.role.get()
    }

    /// Is it neither a listener nor a stand-in?
    pub fn is_connection(&self) -> bool {
        !matches!(self.role(), Role::Listen | Role::None)
    }

    /// Changes what it is.
    pub fn set_role(&self, role: Role) {
        self.role.set(role);
    }

    /// How far it is.
    #[inline(always)]
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Goes on.
    pub fn set_phase(&self, phase: Phase) {
        self.phase.set(phase);
    }

    /// Is any of these marks set?
    #[inline(always)]
    pub fn has(&self, flags: u32) -> bool {
        self.flags.get() & flags != 0
    }

    /// Sets marks.
    #[inline(always)]
    pub fn set(&self, flags: u32) {
        self.flags.set(self.flags.get() | flags);
    }

    /// Clears marks.
    #[inline(always)]
    pub fn clear(&self, flags: u32) {
        self.flags.set(self.flags.get() & !flags);
    }

    /// Sets some marks and clears the others of `mask`.
    #[inline(always)]
    pub fn replace(&self, mask: u32, flags: u32) {
        self.flags.set(self.flags.get() & !mask | flags);
    }

    /// Sets a timer to go off `us` microseconds from now.
    pub fn set_timer(&'static self, timer: Timer, us: u64) {
        self.set_timer_at(timer, self.context().clock_of_call().saturating_add(us));
    }

    /// Sets a timer to go off at a moment.
    pub fn set_timer_at(&'static self, timer: Timer, deadline: u64) {
        let context = self.context();
        context.timers.with(|timers| timers.set(self.timer(timer), deadline));
        context.due(deadline);
    }

    /// Cancels a timer.
    pub fn cancel_timer(&'static self, timer: Timer) {
        if self.timers[timer as usize].get() != 0 {
            self.context().timers.with(|timers| timers.cancel(self.timer(timer)));
        }
    }

    fn timer(&'static self, timer: Timer) -> WsiTimer {
        WsiTimer(ptr::from_ref(self) as usize | timer as usize)
    }

    /// Asks for a writeable callback; the pass under way looks for it itself.
    #[inline]
    pub fn ask(&'static self) {
        if self.has(flag::IN_PASS) { self.set(flag::WANT_WRITE) } else { self.ready(flag::WANT_WRITE) }
    }

    /// Puts it on the loop's ready list, with a reason.
    #[inline(never)]
    pub fn ready(&'static self, why: u32) {
        if !self.has(flag::QUEUED) {
            let context = self.context();
            context.ready.with(|ready| ready.push(self));
            if context.nested.get() {
                super::foreign::stir(self);
            }
        }
        self.set(why | flag::QUEUED);
    }
}
