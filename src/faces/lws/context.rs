//! A context: a loop, its virtual hosts and its connections. One with several service threads is several such, of which C knows the
//! first (`loops.rs`).
use super::abi::{lws_plat_file_ops, lws_system_ops_t};
use super::foreign::{self, Foreign};
use super::loops::{Desk, Task};
use super::polled::Polled;
use super::request::Http;
use super::smd::Bus;
use super::sul::SulLists;
use super::system::{self, System};
use super::vfs::FileOps;
use super::vhost::{Protocol, Vhost};
use super::wsi::{CONNECTIONS, Role, Wsi, WsiTimer};
use crate::engine::arena::{Handle, Handles, Slab};
use crate::engine::clock;
use crate::engine::cork::Cork;
use crate::engine::file;
use crate::engine::fork;
use crate::engine::linger::Lingering;
use crate::engine::local::Local;
use crate::engine::poller::{Bell, Poller};
use crate::engine::privileges::Privileges;
use crate::engine::random::Random;
use crate::engine::resolve::Resolver;
use crate::engine::slack::Slack;
use crate::engine::thread::{stack_place, this_thread};
use crate::engine::timers::Timers;
use crate::proto::http1::head::Limits;
use crate::proto::tls::session::Outgoing;
use std::cell::{Cell, OnceCell};
use std::collections::{HashSet, VecDeque};
use std::ffi::{CStr, CString, c_void};
use std::io;
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// All contexts of the process.
pub static CONTEXTS: Handles<Context> = Handles::new();

/// What C holds as `struct lws_context *`.
pub type ContextHandle = Handle<Context>;

/// Room before what is received: programs write a frame header there when they send it back.
pub const HEADROOM: usize = 64;
/// The loop's receive buffer.
pub const RX_SIZE: usize = 256 * 1024;
/// The head of a response that the library makes may be this long, with all that the program adds.
const ROOM: usize = 4096;
/// Ended requests whose memory is kept for the next.
const REQUESTS_KEPT: usize = 8;

/// What a context is made from.
#[derive(Clone)]
pub struct ContextSettings {
    /// The program's pointer.
    pub user: *mut c_void,
    /// How long a peer may take until its request is all there, in seconds.
    pub handshake_secs: u32,
    /// How long a request may take to be answered, or a body to go on, in seconds.
    pub timeout_secs: u32,
    /// The `server:` header, where a vhost has none of its own.
    pub server: Option<CString>,
    /// How long peers may be silent and when to try again, where a vhost has no policy of its own.
    pub policy: Option<&'static super::abi::lws_retry_bo>,
    /// How large the head of a request may be.
    pub head: Limits,
    /// How long connecting may take, in seconds.
    pub connect_secs: u32,
    /// How many connections there may be at once.
    pub connections_max: usize,
    /// The size of the receive buffer.
    pub rx_size: usize,
    /// The most that one RAW_RX delivers.
    pub raw_slice: usize,
    /// The functions that files are opened with.
    pub files: lws_plat_file_ops,
    /// Where the program wants the context's address to stand; null for nowhere.
    pub address: *mut *mut c_void,
    /// What the program can do for the library; null for nothing.
    pub system_ops: *const lws_system_ops_t,
    /// The protocols that vhosts agree on in TLS which name none of their own.
    pub alpn: Option<String>,
    /// Memory from malloc that goes with the context; null for none.
    pub baggage: *mut c_void,
}

/// A context.
pub struct Context {
    handle: Cell<*const ContextHandle>,
    /// Which of the context's loops this is.
    pub tsi: usize,
    /// All of them, in the first, where there are several.
    loops: OnceCell<Box<[&'static Context]>>,
    /// The first of them, in the others.
    primary: Cell<Option<&'static Context>>,
    /// What the context's other loops want done here.
    pub desk: Desk,
    /// What of it is being done.
    pub tasks: Local<VecDeque<Task>>,
    /// What it was made from.
    pub settings: ContextSettings,
    /// Its descriptors.
    pub poller: Local<Poller>,
    /// Its connections.
    pub connections: Local<Slab<Wsi>>,
    /// The connections' timers.
    pub timers: Local<Timers<WsiTimer>>,
    /// The program's timers.
    pub suls: SulLists,
    /// Messages between the parts of the program; unused but in the first loop.
    pub smd: Arc<Bus>,
    /// Its surroundings; unused but in the first loop.
    pub system: System,
    /// What the pass under way has written.
    pub cork: Local<Cork>,
    /// Whose writing is gathered in the cork.
    pub cork_owner: Cell<Option<&'static Wsi>>,
    /// What is to be sent of what was encrypted.
    pub sealed: Local<Outgoing>,
    /// Connections that have something to do without an event.
    pub ready: Local<Vec<&'static Wsi>>,
    /// Those of them that the turn under way works through.
    pub ready_now: Local<Vec<&'static Wsi>>,
    /// Connections that have ended; their memory is used again after the turn.
    pub ended: Local<Vec<&'static Wsi>>,
    /// Descriptors that wait for their peer's end.
    pub lingering: Local<Lingering>,
    /// What connections have left in the heap.
    pub slack: Local<Slack>,
    /// Its vhosts, oldest first; in the other loops than the first, those that have begun.
    pub vhosts: Local<Vec<&'static Vhost>>,
    /// Vhosts that have ended; freed after the turn.
    pub ended_vhosts: Local<Vec<&'static Vhost>>,
    /// Vhosts that have ended here, and that other loops are to let go of.
    pub leaving: Local<Vec<&'static Vhost>>,
    /// Looks up names; there is none before the first.
    pub resolver: Local<Option<Resolver>>,
    /// Connections whose name is being looked up.
    pub resolving: Local<Vec<&'static Wsi>>,
    /// Client connections that may be used for several requests, or wait for such.
    pub sharing: Local<Vec<&'static Wsi>>,
    /// What compressed messages are worked on with.
    pub deflate: Local<super::deflate::Pool>,
    /// Random bytes.
    pub random: Local<Random>,
    /// What the program has of its own in this loop, once there is something.
    #[cfg(feature = "native")]
    pub native: std::cell::OnceCell<Box<crate::faces::native::Guests>>,
    tickets: Cell<u64>,
    /// What files are opened with; unused but in the first loop.
    pub files: FileOps,
    #[allow(clippy::vec_box)] // a connection has the box: that is kept too
    requests: Local<Vec<Box<Http>>>,
    room: Local<Vec<u8>>,
    rx: Cell<*mut u8>,
    /// The time as read in the turn under way; 0 where it was not, and outside of turns.
    now: Cell<u64>,
    /// Does another loop than ours call for turns: another library's, or the program's?
    pub nested: Cell<bool>,
    /// The other library's loop.
    pub foreign: Local<Option<Rc<Foreign>>>,
    /// What a program that polls by itself was told.
    pub polled: Local<Option<Polled>>,
    /// Is a callback about descriptors on the stack?
    pub telling: Cell<bool>,
    /// Was the program told of the loop's own descriptor?
    pub told_of_loop: Cell<bool>,
    /// Is a turn under way?
    in_turn: Cell<bool>,
    /// Where on the stack the outermost call that makes callbacks is.
    outer_frame: Cell<usize>,
    /// How many calls from C that make callbacks are on the stack.
    depth: Cell<u32>,
    /// Is the context being destroyed, or to be destroyed after the turn?
    pub ending: Cell<bool>,
    /// One of several loops: have its connections ended, because the context ends?
    pub over: Cell<bool>,
    /// One of several loops: is a call that does not serve counted among those inside?
    pub counted: Cell<bool>,
    /// Have the first callbacks been made?
    pub begun: Cell<bool>,
    /// Is something left to do before a turn: vhosts whose protocols were not told to begin, or privileges to give up?
    pub new_vhosts: Cell<bool>,
    /// Listeners wait for a connection to end, because there are as many as allowed.
    pub full: Cell<bool>,
    /// When the program is to hear how long certificates are still valid; none where there are none. Unused but in the first loop.
    pub certificates_due: Cell<Option<u64>>,
    stand_in: Cell<Option<&'static Wsi>>,
    privileges: Local<Option<Privileges>>,
    shared: Arc<Shared>,
}

/// The part of a context that other threads, and signal handlers, may touch.
pub struct Shared {
    generation: u32,
    bell: Bell,
    cancelled: AtomicBool,
    /// The thread that last ran the loop.
    thread: AtomicUsize,
    wishes: Mutex<HashSet<Wish>>,
    posted: AtomicBool,
}

/// What another thread wants a writeable callback for. Wishes are a set, so there are never more than things to wish for.
#[derive(PartialEq, Eq, Hash)]
pub enum Wish {
    /// The connection at this address, if it is still alive.
    Connection(usize),
    /// All connections of the protocol with this callback and name, in the vhost with this address, or in all for 0.
    Protocol(usize, CString, usize),
}

impl Context {
    /// Makes a context without vhosts, for so many service threads. It lives until [`Context::free`].
    pub fn create(settings: ContextSettings, threads: usize) -> io::Result<&'static Context> {
        let other = |tsi| {
            let other = Context::build(settings.clone(), tsi)?;
            if other.reserve_stand_in() { Ok(other) } else { Err(io::ErrorKind::OutOfMemory.into()) }
        };
        let others = (1..threads).map(other).collect::<io::Result<Vec<_>>>()?;
        let context = Context::build(settings, 0)?;
        let handle = CONTEXTS.create(context).ok_or(io::ErrorKind::OutOfMemory)?;
        // SAFETY: the handle was just made; the context is freed only by `free`, outside its own callbacks.
        let context = unsafe { CONTEXTS.get(handle) }.ok_or(io::ErrorKind::Other)?;
        context.handle.set(handle);
        system::begin(context);
        if !others.is_empty() {
            let others = others.into_iter().map(|other| -> &'static Context { Box::leak(other) });
            let all: Box<[_]> = std::iter::once(context).chain(others).collect();
            for other in &all[1..] {
                other.handle.set(handle);
                other.primary.set(Some(context));
            }
            let _ = context.loops.set(all);
            context.handle().share();
        }
        Ok(context)
    }

    fn build(settings: ContextSettings, tsi: usize) -> io::Result<Box<Context>> {
        // as in the original; files are sent by a system call that cannot be told not to raise it
        file::ignore_sigpipe();
        let poller = Poller::new()?;
        let smd = Bus::new(poller.bell());
        let system = System::new(settings.system_ops).ok_or(io::ErrorKind::OutOfMemory)?;
        let shared = Arc::new(Shared {
            generation: fork::watch(),
            bell: poller.bell(),
            cancelled: AtomicBool::new(false),
            thread: AtomicUsize::new(this_thread()),
            wishes: Mutex::default(),
            posted: AtomicBool::new(false),
        });
        // calloc, so that pages nobody has used are not there
        let size = HEADROOM + settings.rx_size + 1;
        // SAFETY: plain allocation, freed in `free`.
        let rx = unsafe { libc::calloc(1, size) }.cast::<u8>();
        if rx.is_null() {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        Ok(Box::new(Context {
            handle: Cell::new(ptr::null()),
            tsi,
            loops: OnceCell::new(),
            primary: Cell::new(None),
            desk: Desk::default(),
            tasks: Local::default(),
            files: FileOps::new(settings.files),
            settings,
            poller: Local::new(poller),
            connections: Local::new(Slab::new(&CONNECTIONS)),
            timers: Local::default(),
            suls: SulLists::default(),
            smd,
            system,
            cork: Local::default(),
            cork_owner: Cell::new(None),
            sealed: Local::default(),
            ready: Local::default(),
            ready_now: Local::default(),
            ended: Local::default(),
            lingering: Local::default(),
            slack: Local::default(),
            vhosts: Local::default(),
            ended_vhosts: Local::default(),
            leaving: Local::default(),
            resolver: Local::default(),
            resolving: Local::default(),
            sharing: Local::default(),
            deflate: Local::default(),
            random: Local::default(),
            #[cfg(feature = "native")]
            native: std::cell::OnceCell::new(),
            tickets: Cell::new(0),
            requests: Local::default(),
            room: Local::default(),
            rx: Cell::new(rx),
            now: Cell::new(0),
            nested: Cell::new(false),
            foreign: Local::default(),
            polled: Local::default(),
            telling: Cell::new(false),
            told_of_loop: Cell::new(false),
            in_turn: Cell::new(false),
            outer_frame: Cell::new(0),
            depth: Cell::new(0),
            ending: Cell::new(false),
            over: Cell::new(false),
            counted: Cell::new(false),
            begun: Cell::new(false),
            new_vhosts: Cell::new(false),
            full: Cell::new(false),
            certificates_due: Cell::new(None),
            stand_in: Cell::new(None),
            privileges: Local::default(),
            shared,
        }))
    }

    /// The context behind a pointer from C, if it is one and alive.
    #[inline(always)]
    pub fn from_c<T>(pointer: *const T) -> Option<&'static Context> {
        // SAFETY: the reference is used within one call from C; a context is never freed inside its callbacks.
        unsafe { CONTEXTS.get(pointer.cast()) }
    }

    /// The pointer that C knows it by.
    pub fn as_c<T>(&self) -> *mut T {
        self.handle.get().cast_mut().cast()
    }

    /// The context that C knows: this one, or the first of the loops that it is one of.
    pub fn primary(&'static self) -> &'static Context {
        self.primary.get().unwrap_or(self)
    }

    /// What C holds.
    #[inline(always)]
    pub fn handle(&self) -> &'static ContextHandle {
        // SAFETY: the context owns its handle, whose memory stays.
        unsafe { &*self.handle.get() }
    }

    /// Of the context that C knows: all its loops, where there are several.
    pub fn loops(&self) -> Option<&[&'static Context]> {
        self.loops.get().map(|all| &**all)
    }

    /// Is it one of several loops?
    pub fn is_one_of_several(&self) -> bool {
        self.tsi > 0 || self.loops.get().is_some()
    }

    /// Of the context that C knows: the loop of service thread `tsi`.
    pub fn loop_at(&'static self, tsi: std::ffi::c_int) -> Option<&'static Context> {
        match self.loops.get() {
            None => (tsi == 0).then_some(self),
            Some(all) => all.get(usize::try_from(tsi).ok()?).copied(),
        }
    }

    /// Of the context that C knows: the loop that the calling thread serves, or the first.
    pub fn here(&'static self) -> &'static Context {
        self.loops.get().map_or(self, |all| super::loops::of_this_thread(all))
    }

    /// Of the context that C knows: does `work` for each of its loops.
    pub fn each_loop(&'static self, work: impl Fn(&'static Context)) {
        match self.loops.get() {
            None => work(self),
            Some(all) => all.iter().for_each(|each| work(each)),
        }
    }

    /// Gives its memory back. No connection and no vhost is left, and nothing of it is on the stack but this.
    pub fn free(&'static self) {
        for other in self.loops.get().map_or(&[][..], |all| &all[1..]) {
            system::end(other);
            other.dismantle();
            // SAFETY: leaked in `create`; no thread is in it, and nothing refers to it any more.
            drop(unsafe { Box::from_raw(ptr::from_ref::<Context>(other).cast_mut()) });
        }
        self.dismantle();
        drop(CONTEXTS.destroy(self.handle.get()));
    }

    fn dismantle(&self) {
        if let Some(stand_in) = self.stand_in.take() {
            stand_in.rare.set(None);
            self.connections.with(|all| all.free(stand_in));
        }
        // SAFETY: allocated in `create`, and nothing receives any more.
        unsafe { libc::free(self.rx.replace(ptr::null_mut()).cast()) };
    }

    /// The receive buffer: `rx_size` bytes, with [`HEADROOM`] before and one byte behind them.
    pub fn rx(&self) -> *mut u8 {
        // SAFETY: the allocation is HEADROOM + rx_size + 1 long.
        unsafe { self.rx.get().add(HEADROOM) }
    }

    /// The time, as read once in this turn, by who first asks; outside a turn, now.
    #[inline(always)]
    pub fn clock(&self) -> u64 {
        match self.now.get() {
            0 => self.read_clock(),
            now => now,
        }
    }

    /// The same to count a deadline from. A callback may have left the turn by longjmp, and what is called after that is in
    /// no turn: it is told by its place on the stack. Of who is in one, but on another stack, the time is only more exact.
    #[inline]
    pub fn clock_of_call(&self) -> u64 {
        match self.now.get() {
            0 => self.read_clock(),
            now if stack_place() <= self.outer_frame.get() => now,
            _ => clock::now_us(),
        }
    }

    #[inline(never)]
    fn read_clock(&self) -> u64 {
        let now = clock::now_us();
        self.now.set(if self.in_turn.get() { now } else { 0 });
        now
    }

    /// A turn begins, or ends.
    #[inline(always)]
    pub fn set_in_turn(&self, in_turn: bool) {
        self.in_turn.set(in_turn);
        self.now.set(0);
    }

    /// Is a turn under way?
    #[inline(always)]
    pub fn in_turn(&self) -> bool {
        self.in_turn.get()
    }

    /// Runs what makes callbacks. When the outermost such call is done, what has ended meanwhile is cleared away,
    /// the context itself if it was destroyed.
    pub fn within<R>(&'static self, work: impl FnOnce() -> R) -> R {
        /// Counts down also when `work` panics.
        struct Inside(&'static Context);
        impl Drop for Inside {
            fn drop(&mut self) {
                let depth = self.0.depth.get() - 1;
                self.0.depth.set(depth);
                if depth == 0 {
                    self.0.set_in_turn(false);
                    if self.0.nested.get() {
                        foreign::rearm(self.0);
                    }
                    super::service::settle(self.0);
                }
            }
        }
        if self.depth.get() == 0 {
            self.outer_frame.set(stack_place());
        }
        self.depth.set(self.depth.get() + 1);
        let _inside = Inside(self);
        work()
    }

    /// Is the outermost call that makes callbacks gone from the stack, though it has not returned? A callback that leaves it
    /// by longjmp does that. The stack grows down: what is called from inside has its frame, here `frame`, below. Asked only
    /// where a call from inside would be refused anyway, since a callback may have gone on with another stack.
    pub fn was_abandoned(&self, frame: usize) -> bool {
        self.is_busy() && !self.is_foreign_thread() && frame >= self.outer_frame.get()
    }

    /// Forgets a call that was left by longjmp.
    pub fn forget_turn(&self) {
        self.set_in_turn(false);
        self.depth.set(0);
    }

    /// From here on the context counts as busy until it is freed.
    pub fn keep_busy(&self) {
        self.outer_frame.set(stack_place());
        self.depth.set(self.depth.get() + 1);
    }

    /// Is a call that makes callbacks on the stack?
    pub fn is_busy(&self) -> bool {
        self.depth.get() > 0
    }

    /// The stand-in for a connection in callbacks that concern none, as one of `vhost` and `protocol`.
    pub fn stand_in(&'static self, vhost: &'static Vhost, protocol: &'static Protocol) -> &'static Wsi {
        let Some(wsi) = self.stand_in.get() else {
            unreachable!("the stand-in's slot is taken before the first vhost is made")
        };
        wsi.begin(self, vhost, Role::None, -1);
        wsi.set_protocol(protocol);
        wsi
    }

    /// Takes the slot of the stand-in while there is memory for it.
    pub fn reserve_stand_in(&self) -> bool {
        if self.stand_in.get().is_none() {
            self.stand_in.set(self.connections.with(Slab::alloc));
        }
        self.stand_in.get().is_some()
    }

    /// A vhost ends: the stand-in does not belong to it any more.
    pub fn forget_vhost(&self, vhost: &Vhost) {
        if let Some(wsi) = self.stand_in.get()
            && wsi.vhost_if_any().is_some_and(|v| ptr::eq(v, vhost))
        {
            wsi.leave_vhost();
        }
    }

    /// Calls `look` with every connection, also while connections come and go.
    pub fn each_connection(&self, mut look: impl FnMut(&'static Wsi)) {
        self.each_slot(|wsi| {
            if wsi.is_open() {
                look(wsi);
            }
        });
    }

    /// Calls `look` with every connection and listener, those included that have ended in this turn.
    pub fn each_slot(&self, mut look: impl FnMut(&'static Wsi)) {
        let mut at = 0;
        while let Some((next, wsi)) = self.connections.with(|all| all.next_live(at)) {
            at = next;
            if wsi.role() != Role::None {
                look(wsi);
            }
        }
    }

    /// Are there as many connections as allowed? Neither listeners nor the stand-in count.
    pub fn is_full(&self) -> bool {
        let slots = self.connections.with(|all| all.live()) - self.ended.with(|ended| ended.len());
        let count = |v: &Vhost| usize::from(v.listener.get().is_some()) + v.more_listeners.with(|more| more.len());
        // the listeners are the first loop's
        let listeners = || match self.tsi {
            0 => self.vhosts.with(|all| all.iter().map(|v| count(v)).sum::<usize>()),
            _ => 0,
        };
        slots > self.settings.connections_max && slots > self.settings.connections_max + listeners()
    }

    /// Tells the other loops how many connections there are.
    pub fn note_load(&self) {
        self.desk.load.store(self.connections.with(|all| all.live()), Ordering::Relaxed);
    }

    /// An empty request, with memory that earlier ones have used.
    pub fn take_request(&self) -> Box<Http> {
        self.requests.with(Vec::pop).unwrap_or_default()
    }

    /// Room for the head of a response, with memory that earlier ones have used: clearing it anew would cost more than
    /// filling it.
    pub fn take_room(&self) -> Vec<u8> {
        let mut room = self.room.take();
        room.resize(ROOM, 0);
        room
    }

    /// Keeps such room for the next response.
    pub fn keep_room(&self, room: Vec<u8>) {
        self.room.set(room);
    }

    /// Keeps a request's memory for the next.
    pub fn keep_request(&self, mut request: Box<Http>) {
        request.clear();
        if self.requests.with(|kept| kept.len()) < REQUESTS_KEPT {
            self.requests.with(|kept| kept.push(request));
        }
    }

    /// From any thread, or a signal handler: ends the loop's wait and has `LWS_CALLBACK_EVENT_WAIT_CANCELLED` called.
    pub fn cancel_service(&self) {
        // a child's wake-up would be its parent's
        if fork::generation() == self.shared.generation && !self.shared.cancelled.swap(true, Ordering::AcqRel) {
            self.shared.bell.ring();
        }
    }

    /// A way to end the loop's wait from any thread, which does nothing else and may outlive the context.
    pub fn bell(&self) -> impl Fn() + Send + Sync + 'static {
        let bell = self.shared.bell.clone();
        move || bell.ring()
    }

    /// A number that was not given out before.
    pub fn next_ticket(&self) -> u64 {
        self.tickets.set(self.tickets.get() + 1);
        self.tickets.get()
    }

    /// Was the wait cancelled since this was asked last?
    pub fn take_cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::Acquire) && self.shared.cancelled.swap(false, Ordering::AcqRel)
    }

    /// Notes that this thread runs the loop.
    pub fn claim_thread(&self) {
        self.shared.thread.store(this_thread(), Ordering::Relaxed);
    }

    /// Is this another thread than the one that runs the loop?
    #[inline]
    pub fn is_foreign_thread(&self) -> bool {
        self.shared.thread.load(Ordering::Relaxed) != this_thread()
    }

    /// From another thread: asks for writeable callbacks.
    pub fn post(&self, wish: Wish) {
        self.shared.wishes.lock().unwrap_or_else(|e| e.into_inner()).insert(wish);
        self.ring();
    }

    /// From another thread: something was put down for the loop to do.
    pub fn ring(&self) {
        if !self.shared.posted.swap(true, Ordering::AcqRel) {
            self.shared.bell.ring();
        }
    }

    /// From any thread: ends the loop's wait, without a callback.
    pub fn wake(&self) {
        if fork::generation() == self.shared.generation {
            self.shared.bell.ring();
        }
    }

    /// The copies that the loop's vhosts made of an entry of the program's protocol table; those of one vhost alone where `vhost` is
    /// its address, as C knows it, and not 0.
    pub fn copies_of(&self, callback: usize, name: &CStr, vhost: usize) -> Vec<&'static Protocol> {
        let copies = |vhosts: &mut Vec<&'static Vhost>| {
            let wanted = vhosts.iter().filter(|v| vhost == 0 || v.as_c::<c_void>() as usize == vhost);
            wanted.flat_map(|v| &v.settings.protocols).filter(|copy| copy.matches(callback, name)).collect()
        };
        self.vhosts.with(copies)
    }

    /// Asks for a writeable callback of every connection of these protocols.
    pub fn ask_all(&self, copies: &[&'static Protocol]) {
        self.each_connection(|wsi| {
            if wsi.role() != Role::Listen && copies.iter().any(|copy| ptr::eq(*copy, wsi.protocol())) {
                wsi.ask();
            }
        });
    }

    /// What other threads have asked for since this was asked last, if anything.
    pub fn take_posted(&self) -> Option<HashSet<Wish>> {
        if !self.shared.posted.load(Ordering::Acquire) {
            return None;
        }
        self.shared.posted.store(false, Ordering::Release);
        if self.is_one_of_several() {
            self.desk.take(&self.tasks);
        }
        Some(std::mem::take(&mut *self.shared.wishes.lock().unwrap_or_else(|e| e.into_inner())))
    }

    /// A deadline was set: a loop that calls for turns hears of it, where no turn is under way that sees to it.
    #[inline]
    pub fn due(&self, deadline: u64) {
        if self.nested.get() && !self.in_turn() {
            foreign::due(self, deadline);
        }
    }

    /// Gives up root: now, or in the first turn.
    pub fn drop_privileges(&self, wanted: Privileges, now: bool) -> io::Result<()> {
        if now {
            return wanted.drop();
        }
        self.privileges.set(Some(wanted));
        self.new_vhosts.set(true);
        Ok(())
    }

    /// What is to be given up in the first turn.
    pub fn take_privileges(&self) -> Option<Privileges> {
        self.privileges.take()
    }

    /// How long a peer may take over its handshake, in microseconds.
    pub fn handshake_timeout(&self) -> u64 {
        u64::from(self.settings.handshake_secs) * clock::SECOND
    }

    /// How long a step of an answer may take, in microseconds.
    pub fn timeout(&self) -> u64 {
        u64::from(self.settings.timeout_secs) * clock::SECOND
    }
}
