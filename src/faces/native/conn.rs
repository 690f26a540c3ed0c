//! An injected connection.
use super::abi::netgraft_callbacks;
use super::{Guests, handle};
use crate::engine::arena::{Life, Region, Slot};
use crate::engine::local::Local;
use crate::engine::outbuf::OutBuf;
use crate::engine::timers::TimerKey;
use crate::faces::lws::context::Context;
use crate::faces::lws::foreign;
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::os::fd::RawFd;
use std::ptr;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering::Relaxed};

/// All injected connections of the process.
pub static CONNS: Region<Conn> = Region::new(4 << 30);

/// Marks on a connection.
pub mod flag {
    /// There may be something to read.
    pub const WANT_READ: u32 = 1 << 0;
    /// The end of the peer's stream is there to be read, behind what else is.
    pub const ENDING: u32 = 1 << 1;
    /// The program wants to hear that there is room.
    pub const WANT_WRITE: u32 = 1 << 2;
    /// It stands in the ready list.
    pub const QUEUED: u32 = 1 << 3;
    /// The program has paused reading.
    pub const PAUSED: u32 = 1 << 4;
    /// The peer has ended its stream.
    pub const PEER_ENDED: u32 = 1 << 5;
    /// The kernel takes no more; what is sent waits in `out`.
    pub const CHOKED: u32 = 1 << 6;
    /// A pass over it is under way.
    pub const IN_PASS: u32 = 1 << 7;
    /// Its `connected` was not called.
    pub const NEW: u32 = 1 << 8;
    /// Connecting has not been seen to succeed.
    pub const CONNECTING: u32 = 1 << 9;
    /// The program reads and writes the descriptor itself.
    pub const WATCHED: u32 = 1 << 10;
    /// It is a listening socket.
    pub const LISTENER: u32 = 1 << 11;
    /// Watched: the program wants to read.
    pub const TO_READ: u32 = 1 << 12;
    /// Watched: the program wants to write.
    pub const TO_WRITE: u32 = 1 << 13;
    /// Our side ends after what waits is sent.
    pub const SHUTTING: u32 = 1 << 14;
    /// Our side has ended.
    pub const SHUT: u32 = 1 << 15;
    /// It ends after what waits is sent.
    pub const CLOSING: u32 = 1 << 16;
    /// It ends when the loop comes by.
    pub const KILL: u32 = 1 << 17;
    /// It has ended, or was released.
    pub const DEAD: u32 = 1 << 18;
    /// What was received before the program paused waits in `held`.
    pub const HELD: u32 = 1 << 19;
    /// A listening socket for which descriptors have run out.
    pub const STARVED: u32 = 1 << 20;
    /// The program wants to hear when nothing waits any more.
    pub const WANT_EMPTY: u32 = 1 << 21;
    /// Anything but reading and writing a stream that stands.
    pub const APART: u32 = NEW | WATCHED | LISTENER | CLOSING | KILL | DEAD;
}

/// What was received and waits until the program reads again.
pub struct Held {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Where the next delivery begins.
    pub at: usize,
}

/// An injected connection. All zeros is a dead one.
#[repr(C, align(64))]
pub struct Conn {
    life: Life,
    /// The descriptor; -1 when it is closed or was released.
    pub fd: Cell<RawFd>,
    flags: Cell<u32>,
    timer: Cell<u32>,
    /// Which connection in this slot it is: see [`handle`].
    pub tag: AtomicU32,
    /// The mailbox of its loop.
    pub mailbox: AtomicU16,
    /// With how much waiting the program is refused, and told that there is room.
    pub send_max: Cell<u32>,
    /// See `send_max`.
    pub send_low: Cell<u32>,
    /// The most that one delivery brings.
    pub receive_max: Cell<u32>,
    /// In milliseconds; 0 for ever.
    pub idle_ms: Cell<u32>,
    /// What `closed` is told.
    pub error: Cell<c_int>,
    context: Cell<Option<&'static Context>>,
    callbacks: Cell<Option<&'static netgraft_callbacks>>,
    /// The program's pointer.
    pub user: Cell<*mut c_void>,
    /// What the kernel has not taken.
    pub out: Local<Option<Box<OutBuf>>>,
    /// What the program has not taken.
    pub held: Local<Option<Box<Held>>>,
    /// When something was last received or sent; kept where there is an idle time.
    pub last: Cell<u64>,
    /// By when it has to be connected, or, once it is being closed, sent; 0 for never.
    pub connect_by: Cell<u64>,
    /// By when it has to end; 0 for never.
    pub end_by: Cell<u64>,
    /// The file that the descriptor led to: another means that the program has closed it.
    pub inode: Cell<u64>,
}

const _: () = assert!(size_of::<Conn>() == 128);

// SAFETY: zeros are a dead connection: cells of integers, null pointers and None. What is owned is taken out before the slot is freed
// (`end::finish`).
unsafe impl Slot for Conn {
    fn life(&self) -> &Life {
        &self.life
    }
}

/// Names the timer of a connection: its address.
#[derive(Clone, Copy)]
pub struct ConnTimer(usize);

impl ConnTimer {
    /// Whose timer it is.
    pub fn conn(self) -> Option<&'static Conn> {
        CONNS.get(self.0)
    }
}

impl TimerKey for ConnTimer {
    fn set_place(self, place: u32) {
        if let Some(conn) = self.conn() {
            conn.timer.set(place);
        }
    }
    fn place(self) -> u32 {
        self.conn().map_or(0, |conn| conn.timer.get())
    }
}

impl Conn {
    /// Makes a slot just taken a connection.
    pub fn begin(&self, context: &'static Context, callbacks: &'static netgraft_callbacks, fd: RawFd) {
        self.context.set(Some(context));
        self.callbacks.set(Some(callbacks));
        self.fd.set(fd);
        self.tag.store(handle::new_tag(), Relaxed);
    }

    /// Its context.
    #[inline(always)]
    pub fn context(&self) -> &'static Context {
        match self.context.get() {
            Some(context) => context,
            None => unreachable!("a connection has a context from begin() on"),
        }
    }

    /// Its loop's guests.
    #[inline(always)]
    pub fn guests(&self) -> &'static Guests {
        match self.context().native.get() {
            Some(guests) => guests,
            None => unreachable!("who has a connection has guests"),
        }
    }

    /// The program's functions.
    #[inline(always)]
    pub fn callbacks(&self) -> &'static netgraft_callbacks {
        match self.callbacks.get() {
            Some(callbacks) => callbacks,
            None => unreachable!("a connection has callbacks from begin() on"),
        }
    }

    /// Has it not ended?
    #[inline(always)]
    pub fn is_open(&self) -> bool {
        !self.has(flag::DEAD)
    }

    /// May the program still use it, and hear of it?
    #[inline(always)]
    pub fn is_usable(&self) -> bool {
        !self.has(flag::DEAD | flag::KILL | flag::CLOSING)
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

    /// Puts it on the ready list, with a reason.
    #[inline(never)]
    pub fn ready(&'static self, why: u32) {
        if !self.has(flag::QUEUED) {
            self.guests().ready.with(|ready| ready.push(self));
            let context = self.context();
            if context.nested.get() && !context.in_turn() {
                // another loop waits for ours
                context.wake();
            }
        }
        self.set(why | flag::QUEUED);
    }

    /// Asks for a writable callback.
    pub fn ask(&'static self) {
        if self.has(flag::IN_PASS) { self.set(flag::WANT_WRITE) } else { self.ready(flag::WANT_WRITE) }
    }

    /// Sets its timer to the earliest of its deadlines.
    pub fn set_timer(&'static self) {
        let key = ConnTimer(ptr::from_ref(self) as usize);
        match [self.connect_by.get(), self.end_by.get(), self.idle_by()].into_iter().filter(|&by| by != 0).min() {
            Some(by) => {
                self.guests().timers.with(|timers| timers.set(key, by));
                if self.context().nested.get() {
                    foreign::due(self.context(), by);
                }
            }
            None => self.cancel_timer(),
        }
    }

    /// Something was received or sent: its idle time begins anew, where it has one.
    #[inline(always)]
    pub fn stirred(&self) {
        if self.idle_ms.get() != 0 {
            self.last.set(self.context().clock());
        }
    }

    /// When it will have been idle for too long; 0 for never.
    pub fn idle_by(&self) -> u64 {
        match self.idle_ms.get() {
            0 => 0,
            ms => self.last.get() + u64::from(ms) * 1000,
        }
    }

    /// It has no timer any more.
    pub fn cancel_timer(&'static self) {
        let key = ConnTimer(ptr::from_ref(self) as usize);
        self.guests().timers.with(|timers| timers.cancel(key));
    }

    /// How much waits to be sent.
    #[inline]
    pub fn waiting(&self) -> usize {
        let gathered = if self.has(flag::IN_PASS) { self.guests().cork.with(|cork| cork.len()) } else { 0 };
        gathered + self.out.with(|out| out.as_ref().map_or(0, |out| out.len()))
    }
}
