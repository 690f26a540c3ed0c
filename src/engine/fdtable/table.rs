//! The entries, by number: coming in, going out, closing, and what else changes what a number means.
use super::left;
use super::raw::{self, Answer, call};
use super::record;
use super::state::{Door, Round, State};
use super::turn::{self, Turn};
use super::watch;
use std::ffi::{c_int, c_long};
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU32, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, SeqCst},
};

/// What is known of one number. A line of the cache each: threads on neighbouring numbers do not meet.
#[repr(align(64))]
pub struct Entry {
    state: State,
    /// The epoch in which it was seen not to block; see [`Seen::if_known_not_to_block`].
    not_blocking: AtomicU32,
    /// One of our wake-up descriptors.
    internal: AtomicBool,
}

const PER_CHUNK: usize = 256;
const CHUNKS: usize = 4096;
/// Numbers beyond are passed to the kernel unguarded.
const NUMBERS: usize = PER_CHUNK * CHUNKS;

/// The chunks: pages of zeros, which are entries of which nothing is known. They are never given back.
static TABLE: [AtomicPtr<Entry>; CHUNKS] = [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS];
/// How many descriptors are closed by the program and not yet by the kernel.
static CLOSING: AtomicUsize = AtomicUsize::new(0);
/// Changes when a descriptor is made to block, through whichever number.
static EPOCH: AtomicU32 = AtomicU32::new(1);
/// The process that the table is of. The child of a `vfork` sees the table, but has numbers of its own.
static PROCESS: AtomicU32 = AtomicU32::new(0);
static START: Once = Once::new();

extern "C" fn in_child() {
    PROCESS.store(raw::process(), Relaxed);
    record::forked();
    turn::forked();
    CLOSING.store(0, SeqCst);
    for (number, chunk) in TABLE.iter().enumerate() {
        let chunk = chunk.load(Acquire);
        if chunk.is_null() {
            continue;
        }
        for i in 0..PER_CHUNK {
            // SAFETY: chunks hold so many entries and stay.
            let entry = unsafe { &*chunk.add(i) };
            if entry.state.forked() {
                let _ = raw::close((number * PER_CHUNK + i) as c_int);
            }
        }
    }
}

/// Says whose the table is.
extern "C" fn start() {
    START.call_once(|| {
        PROCESS.store(raw::process(), Relaxed);
        // SAFETY: the handler touches atomics and makes system calls, which is allowed in a forked child.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}

/// When the library is loaded: the first call may come from the child of a `vfork`, whose number would be taken for the parent's.
#[used]
#[unsafe(link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = start;

#[cold]
fn new_chunk(place: &AtomicPtr<Entry>) -> Option<*mut Entry> {
    start();
    const SIZE: usize = PER_CHUNK * size_of::<Entry>();
    let fresh = raw::pages(SIZE).cast::<Entry>();
    if fresh.is_null() {
        return None;
    }
    match place.compare_exchange(ptr::null_mut(), fresh, AcqRel, Acquire) {
        Ok(_) => Some(fresh),
        Err(other) => {
            // SAFETY: nobody has seen these pages.
            unsafe { raw::give_back(fresh.cast(), SIZE) };
            Some(other)
        }
    }
}

/// The entry of a number; none for a negative one, one that is too large, or without memory.
#[inline(always)]
pub(super) fn entry(fd: c_int) -> Option<&'static Entry> {
    let at = fd as usize;
    if fd < 0 || at >= NUMBERS {
        return None;
    }
    let place = &TABLE[at / PER_CHUNK];
    let mut chunk = place.load(Acquire);
    if chunk.is_null() {
        chunk = new_chunk(place)?;
    }
    // SAFETY: chunks hold so many entries, every bit pattern in them is one, and they stay.
    Some(unsafe { &*chunk.add(at % PER_CHUNK) })
}

/// A number as a call finds it. What takes one system call and does not wait needs no more; who comes in later is told whether it is still
/// the same.
#[derive(Clone, Copy)]
pub struct Seen {
    fd: c_int,
    entry: Option<&'static Entry>,
    life: Round,
}

impl Seen {
    /// `EBADF` where somebody has closed it.
    #[inline(always)]
    pub fn look(fd: c_int) -> Answer<Seen> {
        let Some(entry) = entry(fd) else { return Ok(Seen { fd, entry: None, life: Round::default() }) };
        match entry.state.life() {
            Some(life) => Ok(Seen { fd, entry: Some(entry), life }),
            None => Self::look_again(fd, entry),
        }
    }

    /// A number that the kernel closes now may be somebody's again before its entry says so.
    #[cold]
    fn look_again(fd: c_int, entry: &'static Entry) -> Answer<Seen> {
        if settled(&entry.state) == Door::Open { Self::look(fd) } else { Err(libc::EBADF) }
    }

    /// Comes in: from here on nobody can take the number away. `EBADF` where somebody has closed it since.
    #[inline(always)]
    pub fn enter(&self) -> Answer<Inside> {
        let inside = Inside { seen: *self, generation: PROCESS.load(Relaxed), plain: false };
        match self.entry {
            Some(entry) if entry.state.enter() != Door::Open || entry.state.life() != Some(self.life) => {
                Err(libc::EBADF)
            }
            _ => Ok(inside),
        }
    }

    /// The number.
    pub fn fd(&self) -> c_int {
        self.fd
    }

    /// Makes a call as it is, where the descriptor is known not to block. That is not asked of the kernel: another process that shares it may
    /// have changed it, and then the call waits as any call would.
    #[inline(always)]
    pub fn if_known_not_to_block<T>(&self, call: impl FnOnce() -> Answer<T>) -> Option<Answer<T>> {
        let entry = self.entry?;
        if entry.not_blocking.load(Relaxed) != EPOCH.load(Relaxed) {
            return None;
        }
        let inside = Inside { seen: *self, generation: PROCESS.load(Relaxed), plain: true };
        if entry.state.enter_plain() != Door::Open || entry.state.life() != Some(self.life) {
            return Some(Err(libc::EBADF));
        }
        // whoever has it block from now on waits until this call is out
        let known = entry.not_blocking.load(Relaxed) == EPOCH.load(SeqCst);
        let outcome = known.then(call);
        drop(inside);
        outcome
    }
}

/// Who is inside of a call on a number: as long as this lives, the number stays what it is.
pub struct Inside {
    seen: Seen,
    generation: u32,
    plain: bool,
}

impl Inside {
    /// Comes in; `EBADF` where somebody has closed it.
    #[inline(always)]
    pub fn enter(fd: c_int) -> Answer<Inside> {
        Seen::look(fd)?.enter()
    }

    /// The process in which it came in.
    pub(super) fn generation(&self) -> u32 {
        self.generation
    }

    /// Has somebody closed it since?
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.seen.entry.is_some_and(|entry| entry.state.look() != Door::Open)
    }

    /// Does it wait rather than return `EAGAIN`? Asked of the kernel, and remembered where it does not.
    pub fn blocks(&self) -> bool {
        let does = |flags: Answer<c_int>| flags.is_ok_and(|flags| flags & libc::O_NONBLOCK != 0);
        // of a number that is not open the next attempt says so
        if !does(raw::flags(self.seen.fd)) {
            return true;
        }
        // it may be so for the moment of somebody's connect
        let _turn = Turn::take(self);
        let epoch = EPOCH.load(Acquire);
        let not_blocking = does(raw::flags(self.seen.fd));
        if let Some(entry) = self.seen.entry.filter(|_| not_blocking) {
            entry.not_blocking.store(epoch, Relaxed);
        }
        !not_blocking
    }
}

impl std::ops::Deref for Inside {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        &self.seen
    }
}

impl Drop for Inside {
    #[inline(always)]
    fn drop(&mut self) {
        let Some(entry) = self.seen.entry else { return };
        // a signal handler that forks returns in the child into a call that nobody counts there
        if self.generation != PROCESS.load(Relaxed) {
            return;
        }
        let last = if self.plain { entry.state.leave_plain() } else { entry.state.leave() };
        if last {
            let _ = watch::finish(&World, self.seen.fd, &entry.state);
        }
    }
}

/// What a descriptor is when an end that is under way is over; but that is not waited for longer than a moment.
#[cold]
fn settled(state: &State) -> Door {
    for tries in 0..raw::PATIENCE {
        match state.look() {
            Door::Ending => raw::pause(tries),
            door => return door,
        }
    }
    Door::Ending
}

/// A call that came in will never come out by itself.
pub(super) fn left(fd: c_int, generation: u32) {
    if let Some(entry) = entry(fd).filter(|entry| entry.state.inside() != 0) {
        drop(Inside { seen: Seen { fd, entry: Some(entry), life: Round::default() }, generation, plain: false });
    }
}

/// Runs a call on a number which nobody can take away meanwhile.
#[inline(always)]
pub fn with<T>(fd: c_int, call: impl FnOnce(&Inside) -> Answer<T>) -> Answer<T> {
    let inside = Inside::enter(fd)?;
    call(&inside)
}

/// The table and the sleepers, as [`watch`] sees them.
pub(super) struct World;

impl watch::World for World {
    type Behind = record::Kernel;
    type Answer = Answer<()>;

    fn watching(&self) -> &AtomicUsize {
        &record::WATCHING
    }

    fn closing(&self) -> &AtomicUsize {
        &CLOSING
    }

    fn first(&self) -> &AtomicPtr<record::Record> {
        &record::FIRST
    }

    fn state(&self, fd: c_int) -> Option<&State> {
        entry(fd).map(|entry| &entry.state)
    }

    fn settled(&self, state: &State) -> Door {
        settled(state)
    }

    /// Closing may wait until what was sent has arrived; the number is free before that. Then the mark is taken back first.
    fn end(&self, fd: c_int, ended: impl FnOnce()) -> Answer<()> {
        if let Some(entry) = entry(fd) {
            entry.not_blocking.store(0, Relaxed);
        }
        let kept = if raw::lingers(fd) {
            // SAFETY: the kernel checks the number.
            unsafe { call!(SYS_fcntl, fd, libc::F_DUPFD_CLOEXEC, fd + 1) }.ok().map(|kept| kept as c_int)
        } else {
            None
        };
        // a child that is forked meanwhile is not to keep the connection: it closes what it finds ending
        let kept_end = kept.and_then(|kept| {
            made(kept);
            let state = &entry(kept)?.state;
            state.shut().ok()?;
            Some((state, state.begin_end()?))
        });
        let closed = raw::close(fd);
        ended();
        let Some(kept) = kept else { return closed };
        let late = raw::close(kept);
        if let Some((state, round)) = kept_end {
            state.ended(round);
        }
        closed.and(late)
    }
}

/// `close`: everybody who is inside of a call on it gets `EBADF` at once, and the last of them closes the number in the kernel.
pub fn close(fd: c_int) -> Answer<()> {
    let Some(entry) = entry(fd) else { return raw::close(fd) };
    if entry.internal.load(Relaxed) && is_internal(fd) {
        return Err(libc::EBADF);
    }
    if raw::process() != PROCESS.load(Relaxed) {
        return raw::close(fd);
    }
    if entry.state.inside() != 0 || watch::somebody_watches_many(&World) {
        // the kernel is not asked to close it now, and cannot say whether it was open
        if !raw::is_open(fd) {
            return Err(libc::EBADF);
        }
        left::let_go();
    }
    match watch::close(&World, fd, &entry.state) {
        Ok(ended) => ended.unwrap_or(Ok(())),
        Err(_) => Err(libc::EBADF),
    }
}

/// The process that the table is of: another number in a forked child.
pub(super) fn process() -> u32 {
    PROCESS.load(Relaxed)
}

/// Is anything closed by the program and not yet by the kernel?
#[inline(always)]
pub(super) fn something_closes() -> bool {
    watch::something_closes(&World)
}

/// Has somebody closed this number?
pub(super) fn is_closed(fd: c_int) -> bool {
    watch::is_closed(&World, fd)
}

/// The kernel has just given the number out.
#[inline(always)]
pub fn made(fd: c_int) {
    if let Some(entry) = entry(fd) {
        entry.state.made();
        entry.not_blocking.store(0, Relaxed);
        entry.internal.store(false, Relaxed);
    }
}

/// From now on the number is, or is not, one of our own.
pub(super) fn set_internal(fd: c_int, internal: bool) {
    if let Some(entry) = entry(fd) {
        entry.internal.store(internal, Relaxed);
    }
}

/// Is the number one of our own, which the program knows nothing of?
pub fn is_internal(fd: c_int) -> bool {
    let Some(entry) = entry(fd).filter(|entry| entry.internal.load(Relaxed)) else { return false };
    let internal = record::is_wake(fd);
    entry.internal.store(internal, Relaxed);
    internal
}

// ---- what else changes what a number means

/// Runs a call that may change whether a descriptor blocks. Nobody has it not block for a moment meanwhile; what was seen not to block, through
/// whichever number, is asked again.
fn change_blocking(inside: &Inside, begins: bool, change: impl FnOnce() -> Answer) -> Answer {
    let _turn = Turn::take(inside);
    if begins {
        EPOCH.fetch_add(1, SeqCst);
        // calls that are made as they are do not wait, and are soon out
        for tries in 0..raw::PATIENCE {
            if inside.seen.entry.is_none_or(|entry| entry.state.plain() == 0) {
                break;
            }
            raw::pause(tries);
        }
    }
    change()
}

/// `fcntl` with an integer or a pointer as its third argument. It does not wait, but for the locks of files.
pub fn fcntl(fd: c_int, command: c_int, argument: c_long) -> Answer {
    with(fd, |inside| {
        // SAFETY: the kernel checks the argument.
        let call = || unsafe { call!(SYS_fcntl, fd, command, argument) };
        match command {
            libc::F_SETFL => change_blocking(inside, argument & c_long::from(libc::O_NONBLOCK) == 0, call),
            // it may be so for the moment of somebody's connect
            libc::F_GETFL => match call() {
                Ok(flags) if flags & libc::O_NONBLOCK as usize != 0 => change_blocking(inside, false, call),
                other => other,
            },
            libc::F_DUPFD | libc::F_DUPFD_CLOEXEC => call().inspect(|&copy| made(copy as c_int)),
            _ => call(),
        }
    })
}

/// Has a descriptor block, or not; its other flags stay.
pub fn set_blocking(fd: c_int, blocking: bool) -> Answer {
    with(fd, |inside| {
        change_blocking(inside, blocking, || {
            let flags = raw::flags(fd)?;
            let flags = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
            raw::set_flags(fd, flags).map(|()| 0)
        })
    })
}

/// `ioctl` with a pointer.
///
/// # Safety
/// The request finds at `argument` what it expects.
pub unsafe fn ioctl(fd: c_int, request: libc::Ioctl, argument: *mut libc::c_void) -> Answer {
    with(fd, |inside| {
        // SAFETY: by this function's contract.
        let call = || unsafe { call!(SYS_ioctl, fd, request, argument) };
        if request != libc::FIONBIO {
            return call();
        }
        // what we may not see could be anything
        let not = raw::peek(argument.cast::<[u8; size_of::<c_int>()]>()).map(c_int::from_ne_bytes);
        change_blocking(inside, not.unwrap_or(0) == 0, call)
    })
}
