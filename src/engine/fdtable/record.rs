//! The sleepers: one record per sleeping call, with the descriptor by which it is woken. [`watch`](super::watch) says who is woken when.
//!
//! Records are made on demand, never freed, and used again; a thread keeps one. What closers read is the record's own memory, so nothing
//! of a sleeper's stack is ever looked at by another thread.
//!
//! The wake-up descriptor is a timer: to set a timer on a number that has become something else fails, where writing to it or reading from
//! it would not. Programs do close numbers that they do not know.
use super::left;
use super::raw::{self, call};
use super::table;
use super::watch::{self, Behind, Watch};
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::num::NonZeroUsize;
use std::ptr;
use std::sync::atomic::{
    AtomicPtr, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};

/// What is published at the start of a record's memory.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Many {
    /// So many entries of `struct pollfd`.
    Poll(usize),
    /// So many bits.
    Bits(usize),
}

impl Many {
    /// As one number.
    pub fn published(self) -> NonZeroUsize {
        let (count, kind) = match self {
            Many::Poll(count) => (count, 1),
            Many::Bits(count) => (count, 2),
        };
        NonZeroUsize::new(count << 2 | kind).unwrap_or(NonZeroUsize::MIN)
    }

    fn of(published: NonZeroUsize) -> Many {
        let count = published.get() >> 2;
        if published.get() & 1 != 0 { Many::Poll(count) } else { Many::Bits(count) }
    }
}

/// A timer, memory, and what is left where its owner never comes out of a sleep.
pub struct Kernel {
    /// -1 where there is none: the owner then wakes up now and then to look.
    wake: Cell<c_int>,
    buffer: Cell<*mut u8>,
    room: Cell<usize>,
    /// On the stack of the owner while it sleeps; else null.
    pub(super) mark: Cell<*const left::Mark>,
    /// The process in which its call came in.
    pub(super) generation: Cell<u32>,
}

impl Behind for Kernel {
    fn undisturbed<R>(work: impl FnOnce() -> R) -> R {
        raw::without_signals(work)
    }

    fn pause(tries: u32) {
        match tries {
            0..64 => std::hint::spin_loop(),
            64..256 => raw::yield_now(),
            // whoever holds it may be of lower priority, or stopped
            _ => raw::sleep(100_000),
        }
    }

    fn ring(&self) {
        set_timer(self.wake.get(), 1);
    }

    fn hush(watch: &Watch<Kernel>) {
        let wake = watch.behind().wake.get();
        if !set_timer(wake, 0) {
            // the program has closed it
            table::set_internal(wake, false);
            let wake = make_wake();
            watch.under_lock(|kernel| kernel.wake.set(wake));
        }
    }

    fn names(&self, published: NonZeroUsize, fd: c_int) -> bool {
        let buffer = self.buffer.get();
        match Many::of(published) {
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

impl Kernel {
    fn empty() -> Kernel {
        Kernel {
            wake: Cell::new(-1),
            buffer: Cell::new(ptr::null_mut()),
            room: Cell::new(0),
            mark: Cell::new(ptr::null()),
            generation: Cell::new(0),
        }
    }

    /// Is it so of one of what is published? It stops at the first.
    pub(super) fn any(&self, published: NonZeroUsize, work: &mut dyn FnMut(c_int) -> bool) -> bool {
        let buffer = self.buffer.get();
        match Many::of(published) {
            Many::Poll(count) => {
                let fds = buffer.cast::<libc::pollfd>();
                // SAFETY: as in `names`.
                (0..count).any(|i| work(unsafe { (&raw const (*fds.add(i)).fd).read_volatile() }))
            }
            Many::Bits(count) => (0..count / 64).any(|i| {
                // SAFETY: as in `names`.
                let mut word = unsafe { *buffer.cast::<u64>().add(i) };
                std::iter::from_fn(move || {
                    let bit = (word != 0).then(|| word.trailing_zeros())?;
                    word &= word - 1;
                    Some(i as c_int * 64 + bit as c_int)
                })
                .any(&mut *work)
            }),
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

    /// Room for `size` bytes, by the owner while nothing is published; none without memory.
    fn room(&self, size: usize) -> Option<*mut u8> {
        if self.room.get() < size {
            let room = size.next_multiple_of(4096);
            let fresh = raw::pages(room);
            if fresh.is_null() {
                return None;
            }
            self.give_memory_back();
            self.buffer.set(fresh);
            self.room.set(room);
        }
        Some(self.buffer.get())
    }

    /// Its thread is not there any more, and may have been about to change it.
    fn forget_owner(&self) {
        self.buffer.set(ptr::null_mut());
        self.room.set(0);
        self.mark.set(ptr::null());
    }

    fn give_memory_back(&self) {
        let (buffer, room) = (self.buffer.replace(ptr::null_mut()), self.room.replace(0));
        if !buffer.is_null() {
            // SAFETY: it came from `pages`, and nothing is published in it.
            unsafe { raw::give_back(buffer, room) };
        }
    }
}

/// A sleeping call.
pub type Record = Watch<Kernel>;

// SAFETY: what is behind it is touched under the lock, read by the owner, or touched by the owner while nothing is published.
unsafe impl Sync for Record {}

pub(super) static FIRST: AtomicPtr<Record> = AtomicPtr::new(ptr::null_mut());
/// How many records watch many descriptors.
pub(super) static WATCHING: AtomicUsize = AtomicUsize::new(0);
/// Records made at once.
const BATCH: usize = 32;
/// Wake-up descriptors have high numbers, so that the program's own stay as low as they would be.
const HIGH: c_int = 768;

/// The record that a thread keeps from one sleep to the next. A signal handler may come between any two looks at it, so they are swaps.
struct Kept(AtomicPtr<Record>);

impl Kept {
    fn swap(record: *const Record) -> *const Record {
        KEPT.try_with(|kept| kept.0.swap(record.cast_mut(), Relaxed).cast_const()).unwrap_or(record)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: records are never freed.
        if let Some(record) = unsafe { self.0.swap(ptr::null_mut(), Relaxed).as_ref() } {
            record.release();
        }
    }
}

thread_local! {
    static KEPT: Kept = const { Kept(AtomicPtr::new(ptr::null_mut())) };
}

/// Is the number somebody's wake-up descriptor?
pub fn is_wake(fd: c_int) -> bool {
    watch::sleepers(&FIRST).any(|record| record.under_lock(|kernel| kernel.wake.get()) == fd) && is_timer(fd)
}

/// In a forked child: only the thread that forked is there, and nobody shares a wake-up descriptor with the parent.
pub fn forked() {
    let mine = crate::engine::thread::this_thread();
    let mut watching = 0;
    for record in watch::sleepers(&FIRST) {
        if record.owner() != mine {
            record.behind().forget_owner();
        }
        watching += usize::from(record.forked(mine));
        record.behind().close_wake();
    }
    WATCHING.store(watching, SeqCst);
}

/// A record for as long as a call may sleep.
pub struct Taken(&'static Record);

impl Taken {
    /// The thread's own, or another where a signal handler has interrupted a call that sleeps; none without memory.
    pub fn new() -> Option<Taken> {
        // SAFETY: records are never freed.
        let kept = unsafe { Kept::swap(ptr::null()).as_ref() };
        if kept.is_none() {
            left::let_go();
        }
        let record = kept.or_else(Record::take)?;
        record.have_wake();
        Some(Taken(record))
    }

    /// Room for `size` bytes that the record owns; none without memory. Not while it watches what was put there.
    pub fn room(&mut self, size: usize) -> Option<*mut u8> {
        self.0.behind().room(size)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.unwatch_one();
        // a handler that came since then has left its own there, or the thread ends
        // SAFETY: records are never freed.
        if let Some(other) = unsafe { Kept::swap(self.0).as_ref() } {
            other.release();
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
        if let Some(record) = watch::sleepers(&FIRST).find(|record| record.take_for(mine)) {
            return Some(record);
        }
        let batch = raw::pages(BATCH * size_of::<Record>()).cast::<Record>();
        if batch.is_null() {
            return None;
        }
        for i in 0..BATCH {
            // SAFETY: the pages have room for the batch, nobody else knows them yet, and they stay.
            unsafe {
                let place = batch.add(i);
                place.write(Watch::new(Kernel::empty()));
                if i == 0 {
                    (*place).take_for(mine);
                }
                watch::add(&FIRST, &*place);
            }
        }
        // SAFETY: made above.
        Some(unsafe { &*batch })
    }

    /// Gives it back to whoever sleeps next, without descriptor and memory.
    pub(super) fn release(&self) {
        self.give_back(|kernel| {
            kernel.close_wake();
            kernel.give_memory_back();
        });
    }

    fn have_wake(&self) {
        if self.wake_fd() < 0 {
            let wake = make_wake();
            self.under_lock(|kernel| kernel.wake.set(wake));
        }
    }

    /// The number to poll beside; -1 where there is none, which `poll` passes over.
    pub fn wake_fd(&self) -> c_int {
        self.behind().wake.get()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;
    use std::time::Duration;

    #[test]
    fn what_is_published_is_one_number() {
        for what in
            [Many::Poll(0), Many::Poll(1), Many::Poll(1 << 20), Many::Bits(0), Many::Bits(64), Many::Bits(1 << 20)]
        {
            assert_eq!(Many::of(what.published()), what);
        }
    }

    #[test]
    fn it_names_what_was_put_in_its_memory() {
        let mut record = Taken::new().unwrap();
        let room = record.room(3 * size_of::<libc::pollfd>()).unwrap().cast::<libc::pollfd>();
        for (i, fd) in [5, -1, 70].into_iter().enumerate() {
            // SAFETY: there is room for three.
            unsafe { room.add(i).write(libc::pollfd { fd, events: 0, revents: 0 }) };
        }
        let names = |what: Many| (0..200).filter(|&fd| record.behind().names(what.published(), fd)).collect::<Vec<_>>();
        assert_eq!(names(Many::Poll(3)), [5, 70]);
        assert_eq!(names(Many::Poll(1)), [5]);
        let mut record = Taken::new().unwrap();
        let room = record.room(16).unwrap().cast::<u64>();
        // SAFETY: there is room for two.
        unsafe { (room.write(1 << 5 | 1), room.add(1).write(1 << 6)) };
        let names = |what: Many| (0..200).filter(|&fd| record.behind().names(what.published(), fd)).collect::<Vec<_>>();
        assert_eq!(names(Many::Bits(128)), [0, 5, 70]);
        assert_eq!(names(Many::Bits(64)), [0, 5]);
    }

    #[test]
    fn memory_that_grows_is_other_memory_and_what_is_enough_stays() {
        let mut record = Taken::new().unwrap();
        let first = record.room(100).unwrap();
        assert_eq!(record.room(4096).unwrap(), first);
        let more = record.room(4097).unwrap();
        // SAFETY: there is room for two pages.
        unsafe { more.write_bytes(1, 8192) };
        assert_eq!(record.room(1).unwrap(), more);
    }

    #[test]
    fn a_thread_keeps_one_and_gives_the_others_back() {
        let outer = Taken::new().unwrap();
        let first: &'static Record = outer.0;
        assert!(first.wake_fd() >= 0 && table::is_internal(first.wake_fd()));
        // as a signal handler does that interrupts a sleep
        let inner = Taken::new().unwrap();
        let second: &'static Record = inner.0;
        assert!(!ptr::eq(first, second));
        drop(inner);
        drop(outer);
        assert!(first.owner() != 0 && first.wake_fd() >= 0);
        assert!(second.owner() == 0 && second.wake_fd() == -1);
        assert!(ptr::eq(Taken::new().unwrap().0, first));
        let other = std::thread::spawn(|| Taken::new().unwrap().0).join().unwrap();
        assert!(!ptr::eq(other, first));
        assert!(other.owner() == 0 && other.wake_fd() == -1, "a thread that ends gives its own back");
    }

    #[test]
    fn a_ring_ends_one_sleep() {
        let record = Taken::new().unwrap();
        let rang = || {
            let mut fd = libc::pollfd { fd: record.wake_fd(), events: libc::POLLIN, revents: 0 };
            // SAFETY: the entry is ours.
            unsafe { raw::ppoll(&mut fd, 1, Some(20_000_000)) }.unwrap() == 1
        };
        assert!(!rang());
        record.under_lock(Kernel::ring);
        assert!(rang());
        Kernel::hush(&record);
        assert!(!rang());
        // the program closes it, and it gets another
        assert!(raw::close(record.wake_fd()).is_ok());
        Kernel::hush(&record);
        record.under_lock(Kernel::ring);
        assert!(rang());
    }

    #[test]
    fn no_handler_runs_under_the_lock() {
        static RAN: AtomicBool = AtomicBool::new(false);
        extern "C" fn handler(_: c_int) {
            RAN.store(true, SeqCst);
        }
        let record = Taken::new().unwrap();
        // SAFETY: the handler does nothing that a handler may not do.
        unsafe { libc::signal(libc::SIGUSR2, handler as *const () as libc::sighandler_t) };
        record.under_lock(|_| {
            // SAFETY: it has no preconditions.
            unsafe { libc::raise(libc::SIGUSR2) };
            assert!(!RAN.load(SeqCst));
        });
        assert!(RAN.load(SeqCst));
    }

    #[test]
    fn a_lock_that_is_held_for_long_is_waited_for() {
        let record = Taken::new().unwrap();
        let record: &Record = &record;
        let held = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                record.under_lock(|_| {
                    held.store(true, SeqCst);
                    std::thread::sleep(Duration::from_millis(300));
                    held.store(false, SeqCst);
                });
            });
            while !held.load(SeqCst) {
                std::thread::yield_now();
            }
            record.under_lock(|_| assert!(!held.load(SeqCst), "two hold it"));
        });
    }
}
