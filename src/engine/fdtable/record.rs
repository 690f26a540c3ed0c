//! Who sleeps on what: one record per sleeping call, with the descriptor by which it is woken.
//!
//! Records are made on demand, never freed, and used again; a thread keeps one. What closers read is the record's own memory, under its
//! lock, so nothing of a sleeper's stack is ever looked at by another thread.
//!
//! The wake-up descriptor is a timer: to set a timer on a number that has become something else fails, where writing to it or reading from
//! it would not. Programs do close numbers that they do not know.
use super::raw::{self, call};
use super::table;
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicPtr, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
};

/// What a record watches beside one descriptor.
#[derive(Clone, Copy)]
enum Many {
    Nothing,
    /// So many entries of `struct pollfd` at the start of the buffer.
    Poll(usize),
    /// So many bits at the start of the buffer.
    Bits(usize),
}

/// A sleeping call.
pub struct Record {
    next: AtomicPtr<Record>,
    /// The thread that has taken it; 0 for none.
    owner: AtomicUsize,
    /// The descriptor that a call on one descriptor sleeps on; -1 for none.
    one: AtomicI32,
    locked: AtomicBool,
    many: Cell<Many>,
    /// -1 where there is none: it then wakes up now and then to look.
    wake: Cell<c_int>,
    buffer: Cell<*mut u8>,
    room: Cell<usize>,
}

// SAFETY: the cells are touched under the lock, or only by the owner while nothing is published.
unsafe impl Sync for Record {}

static FIRST: AtomicPtr<Record> = AtomicPtr::new(ptr::null_mut());
/// How many records watch many descriptors.
static MANY: AtomicUsize = AtomicUsize::new(0);
/// Records made at once.
const BATCH: usize = 32;
/// Wake-up descriptors have high numbers, so that the program's own stay as low as they would be.
const HIGH: c_int = 768;

/// The record that a thread keeps from one sleep to the next.
struct Kept(Cell<*const Record>);

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: records are never freed.
        if let Some(record) = unsafe { self.0.replace(ptr::null()).as_ref() } {
            record.release();
        }
    }
}

thread_local! {
    static KEPT: Kept = const { Kept(Cell::new(ptr::null())) };
}

/// Is anybody in `select` or `poll`?
#[inline(always)]
pub fn somebody_watches_many() -> bool {
    MANY.load(SeqCst) != 0
}

fn all() -> impl Iterator<Item = &'static Record> {
    let mut at = FIRST.load(Acquire);
    std::iter::from_fn(move || {
        // SAFETY: records are never freed.
        let record = unsafe { at.as_ref() }?;
        at = record.next.load(Acquire);
        Some(record)
    })
}

/// Wakes everybody who sleeps on a descriptor. True where one of them watches many, and so is not counted inside.
#[cold]
pub fn wake(fd: c_int) -> bool {
    let mut many = false;
    for record in all() {
        if record.owner.load(SeqCst) == 0 {
            continue;
        }
        let one = record.one.load(SeqCst) == fd;
        let watched = record.under_lock(|| {
            let watched = record.watches(fd);
            if one || watched {
                record.poke();
            }
            watched
        });
        many |= watched;
    }
    many
}

/// Does somebody watch a descriptor among many?
#[cold]
pub fn is_watched(fd: c_int) -> bool {
    somebody_watches_many() && all().any(|record| record.under_lock(|| record.watches(fd)))
}

/// Is the number somebody's wake-up descriptor?
pub fn is_wake(fd: c_int) -> bool {
    all().any(|record| record.under_lock(|| record.wake.get()) == fd) && is_timer(fd)
}

/// In a forked child: only the thread that forked is there, and nobody shares a wake-up descriptor with the parent.
pub fn forked() {
    let mine = crate::engine::thread::this_thread();
    let mut many = 0;
    for record in all() {
        record.locked.store(false, Relaxed);
        record.close_wake();
        if record.owner.load(Relaxed) != mine {
            record.one.store(-1, Relaxed);
            record.many.set(Many::Nothing);
            record.owner.store(0, Relaxed);
        } else if !matches!(record.many.get(), Many::Nothing) {
            many += 1;
        }
    }
    MANY.store(many, SeqCst);
}

/// A record for as long as a call may sleep.
pub struct Taken(&'static Record);

impl Taken {
    /// The thread's own, or another where a signal handler has interrupted a call that sleeps; none without memory.
    pub fn new() -> Option<Taken> {
        let kept = KEPT.try_with(|kept| kept.0.replace(ptr::null())).unwrap_or(ptr::null());
        // SAFETY: records are never freed.
        let record = unsafe { kept.as_ref() }.or_else(Record::take)?;
        record.have_wake();
        Some(Taken(record))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.one.store(-1, SeqCst);
        let kept = KEPT.try_with(|kept| {
            let free = kept.0.get().is_null();
            if free {
                kept.0.set(self.0);
            }
            free
        });
        if kept != Ok(true) {
            self.0.release();
        }
    }
}

impl std::ops::Deref for Taken {
    type Target = Record;

    fn deref(&self) -> &Record {
        self.0
    }
}

impl Record {
    fn take() -> Option<&'static Record> {
        let mine = crate::engine::thread::this_thread();
        let free = |record: &&Record| record.owner.compare_exchange(0, mine, SeqCst, Relaxed).is_ok();
        if let Some(record) = all().find(free) {
            return Some(record);
        }
        let batch = raw::pages(BATCH * size_of::<Record>()).cast::<Record>();
        if batch.is_null() {
            return None;
        }
        for i in 0..BATCH {
            // SAFETY: the pages have room for the batch, and nobody else knows them yet.
            let record = unsafe {
                let place = batch.add(i);
                place.write(Record::empty());
                &*place
            };
            record.owner.store(if i == 0 { mine } else { 0 }, Relaxed);
            let mut first = FIRST.load(Relaxed);
            loop {
                record.next.store(first, Relaxed);
                match FIRST.compare_exchange(first, ptr::from_ref(record).cast_mut(), Release, Relaxed) {
                    Ok(_) => break,
                    Err(now) => first = now,
                }
            }
        }
        // SAFETY: made above.
        Some(unsafe { &*batch })
    }

    fn empty() -> Record {
        Record {
            next: AtomicPtr::new(ptr::null_mut()),
            owner: AtomicUsize::new(0),
            one: AtomicI32::new(-1),
            locked: AtomicBool::new(false),
            many: Cell::new(Many::Nothing),
            wake: Cell::new(-1),
            buffer: Cell::new(ptr::null_mut()),
            room: Cell::new(0),
        }
    }

    /// Gives it back to whoever sleeps next, without descriptor and buffer.
    fn release(&self) {
        self.under_lock(|| {
            self.close_wake();
            let (buffer, room) = (self.buffer.replace(ptr::null_mut()), self.room.replace(0));
            if !buffer.is_null() {
                // SAFETY: it came from `pages`, and nothing is published in it.
                unsafe { raw::give_back(buffer, room) };
            }
        });
        self.owner.store(0, SeqCst);
    }

    /// Runs short work that makes no call of ours. A closer and the owner may meet; a signal handler of the owner has a record of its own,
    /// and does not wait long for this one.
    fn under_lock<R>(&self, work: impl FnOnce() -> R) -> R {
        let mut tries = 0u32;
        let held = loop {
            if self.locked.compare_exchange(false, true, SeqCst, Relaxed).is_ok() {
                break true;
            }
            tries += 1;
            if tries > 20_000 {
                // a signal handler has interrupted the one who holds it, which is this thread
                break false;
            }
            if tries.is_multiple_of(16) { raw::yield_now() } else { std::hint::spin_loop() }
        };
        let outcome = work();
        if held {
            self.locked.store(false, SeqCst);
        }
        outcome
    }

    // ---- the wake-up descriptor

    fn have_wake(&self) {
        if self.wake.get() < 0 {
            let wake = make_wake();
            self.under_lock(|| self.wake.set(wake));
        }
    }

    /// The number to poll beside; -1 where there is none, which `poll` passes over.
    pub fn wake_fd(&self) -> c_int {
        self.wake.get()
    }

    fn poke(&self) {
        set_timer(self.wake.get(), 1);
    }

    /// After `poll` has reported the wake-up descriptor: puts it to rest. Where that fails, the program has closed it, and it gets another.
    pub fn heard(&self) {
        if !set_timer(self.wake.get(), 0) {
            table::set_internal(self.wake.get(), false);
            let wake = make_wake();
            self.under_lock(|| self.wake.set(wake));
        }
    }

    fn close_wake(&self) {
        let fd = self.wake.replace(-1);
        if fd >= 0 {
            table::set_internal(fd, false);
            if is_timer(fd) {
                let _ = raw::close(fd);
            }
        }
    }

    // ---- what it watches

    /// From now on a close of `fd` wakes it.
    pub fn watch_one(&self, fd: c_int) {
        self.one.store(fd, SeqCst);
    }

    /// Room for `size` bytes that the record owns; none without memory.
    pub fn room(&self, size: usize) -> Option<*mut u8> {
        if self.room.get() < size {
            let room = size.next_multiple_of(4096);
            let fresh = raw::pages(room);
            if fresh.is_null() {
                return None;
            }
            let (old, old_room) = (self.buffer.replace(fresh), self.room.replace(room));
            if !old.is_null() {
                // SAFETY: it came from `pages`, and nothing is published in it.
                unsafe { raw::give_back(old, old_room) };
            }
        }
        Some(self.buffer.get())
    }

    /// From now on a close of one of the `count` entries of `struct pollfd` at the start of its room wakes it.
    pub fn watch_poll(&self, count: usize) {
        MANY.fetch_add(1, SeqCst);
        self.under_lock(|| self.many.set(Many::Poll(count)));
    }

    /// From now on a close of one of the descriptors whose bits are set at the start of its room wakes it; `count` is a multiple of 64.
    pub fn watch_bits(&self, count: usize) {
        MANY.fetch_add(1, SeqCst);
        self.under_lock(|| self.many.set(Many::Bits(count)));
    }

    /// Watches nothing more.
    pub fn unwatch_many(&self) {
        self.under_lock(|| self.many.set(Many::Nothing));
        MANY.fetch_sub(1, SeqCst);
    }

    /// Under the lock.
    fn watches(&self, fd: c_int) -> bool {
        let buffer = self.buffer.get();
        match self.many.get() {
            Many::Nothing => false,
            Many::Poll(count) => {
                let fds = buffer.cast::<libc::pollfd>();
                // SAFETY: published: so many entries are there; the kernel writes other fields of them meanwhile.
                (0..count).any(|i| unsafe { (&raw const (*fds.add(i)).fd).read_volatile() } == fd)
            }
            Many::Bits(count) => {
                let at = fd as usize;
                // SAFETY: published: so many bits are there, and nobody writes them.
                at < count && unsafe { *buffer.cast::<u64>().add(at / 64) } & (1 << (at % 64)) != 0
            }
        }
    }
}

fn make_wake() -> c_int {
    // SAFETY: the kernel checks its arguments.
    let made = unsafe { call!(SYS_timerfd_create, libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK) };
    let Ok(low) = made else { return -1 };
    let low = low as c_int;
    table::made(low);
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: fills our own structure; duplicating a number touches no memory.
    let high = unsafe {
        let asked = call!(SYS_prlimit64, 0, libc::RLIMIT_NOFILE, ptr::null::<c_void>(), &raw mut limit);
        let from = if asked.is_ok() { HIGH.min((limit.rlim_cur / 4 * 3).min(HIGH as u64) as c_int) } else { HIGH };
        call!(SYS_fcntl, low, libc::F_DUPFD_CLOEXEC, from)
    };
    let fd = match high {
        Ok(high) => {
            let _ = raw::close(low);
            table::made(high as c_int);
            high as c_int
        }
        Err(_) => low,
    };
    table::set_internal(fd, true);
    fd
}

/// Lets the timer of `fd` run out after so many nanoseconds, or never for 0; false where `fd` is no timer.
fn set_timer(fd: c_int, nanos: i64) -> bool {
    let when = [raw::timespec(0), raw::timespec(nanos)];
    // SAFETY: reads our own structure of two times.
    fd >= 0 && unsafe { call!(SYS_timerfd_settime, fd, 0, when.as_ptr(), ptr::null::<c_void>()) }.is_ok()
}

fn is_timer(fd: c_int) -> bool {
    let mut when = [raw::timespec(0), raw::timespec(0)];
    // SAFETY: fills our own structure of two times.
    fd >= 0 && unsafe { call!(SYS_timerfd_gettime, fd, when.as_mut_ptr()) }.is_ok()
}
