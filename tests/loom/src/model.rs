//! Some descriptors, some sleepers, and what the kernel does: here it is a count of closes, and bells that are flags.
use crate::sequential::{AtomicPtr, AtomicUsize, Ordering};
use crate::state::{Door, State};
use crate::watch::{self, Behind, Watch, Watching, World};
use loom::cell::Cell;
use loom::sync::{Condvar, Mutex};
use std::ffi::c_int;
use std::num::NonZeroUsize;
use std::ptr;
// what only counts for the test is no part of the orders to try
use std::sync::atomic::{AtomicUsize as Count, Ordering::SeqCst};

/// A sleeper's bell and memory. Races for the cells are loom's to find.
pub struct Kernel {
    /// There is a bell; else nobody is to ring.
    is_there: Cell<bool>,
    rings: Mutex<bool>,
    bell: Condvar,
    rang: Count,
    /// The bits of the descriptors that are watched.
    memory: Cell<usize>,
}

impl Behind for Kernel {
    fn undisturbed<R>(work: impl FnOnce() -> R) -> R {
        work()
    }

    fn pause(tries: u32) {
        // a try that fails changes nothing, so what comes after many of them comes after few as well
        if tries > 1 {
            loom::skip_branch();
        }
        loom::thread::yield_now();
    }

    fn ring(&self) {
        if self.is_there.get() {
            *self.rings.lock().unwrap() = true;
            self.bell.notify_one();
        }
    }

    fn hush(watch: &Watch<Kernel>) {
        *watch.behind().rings.lock().unwrap() = false;
    }

    fn names(&self, published: NonZeroUsize, fd: c_int) -> bool {
        assert_eq!(published.get(), 1);
        self.memory.get() & (1 << fd) != 0
    }
}

impl Kernel {
    /// Loom finds it where this never ends.
    fn sleep(&self) {
        let mut rings = self.rings.lock().unwrap();
        while !*rings {
            rings = self.bell.wait(rings).unwrap();
        }
        self.rang.fetch_add(1, SeqCst);
    }
}

struct Descriptor {
    state: State,
    /// How often the kernel has closed it.
    ended: Count,
    /// How often the kernel has given it out anew.
    made: Count,
}

pub struct Model {
    watching: AtomicUsize,
    closing: AtomicUsize,
    first: AtomicPtr<Watch<Kernel>>,
    sleepers: Vec<Watch<Kernel>>,
    known: Vec<Count>,
    descriptors: Vec<Descriptor>,
    /// The kernel's table: who is given a number sees what was done before that was closed. Loom tries orders of what touches the same thing,
    /// so whoever uses a number touches this.
    numbers: AtomicUsize,
    closes: Count,
}

// SAFETY: this is what loom looks at.
unsafe impl Sync for Model {}
// SAFETY: as above.
unsafe impl Send for Model {}

impl World for Model {
    type Behind = Kernel;
    type Answer = ();

    fn watching(&self) -> &AtomicUsize {
        &self.watching
    }

    fn closing(&self) -> &AtomicUsize {
        &self.closing
    }

    fn first(&self) -> &AtomicPtr<Watch<Kernel>> {
        &self.first
    }

    fn state(&self, fd: c_int) -> Option<&State> {
        Some(&self.descriptors[fd as usize].state)
    }

    fn settled(&self, state: &State) -> Door {
        state.look()
    }

    fn end(&self, fd: c_int, ended: impl FnOnce()) {
        self.numbers.fetch_add(1, Ordering::AcqRel);
        self.descriptors[fd as usize].ended.fetch_add(1, SeqCst);
        ended();
    }
}

impl Model {
    pub fn new(descriptors: usize, sleepers: usize) -> Model {
        let kernel = || Kernel {
            is_there: Cell::new(true),
            rings: Mutex::new(false),
            bell: Condvar::new(),
            rang: Count::new(0),
            memory: Cell::new(0),
        };
        Model {
            watching: AtomicUsize::new(0),
            closing: AtomicUsize::new(0),
            first: AtomicPtr::new(ptr::null_mut()),
            sleepers: (0..sleepers).map(|_| Watch::new(kernel())).collect(),
            known: (0..sleepers).map(|_| Count::new(0)).collect(),
            descriptors: (0..descriptors)
                .map(|_| Descriptor { state: State::new(), ended: Count::new(0), made: Count::new(0) })
                .collect(),
            numbers: AtomicUsize::new(0),
            closes: Count::new(0),
        }
    }

    /// The sleeper with that number, made known when it first sleeps.
    fn sleeper(&self, number: usize) -> &Watch<Kernel> {
        let watch = &self.sleepers[number];
        if self.known[number].swap(1, SeqCst) == 0 {
            assert!(watch.take_for(1));
            // SAFETY: it stays where it is as long as the model.
            unsafe { watch::add(&self.first, watch) };
        }
        watch
    }

    /// How often the kernel has closed the number, as a call finds it.
    fn look_up(&self, fd: c_int) -> usize {
        self.numbers.fetch_add(1, Ordering::Relaxed);
        self.ended(fd)
    }

    fn ended(&self, fd: c_int) -> usize {
        self.descriptors[fd as usize].ended.load(SeqCst)
    }

    fn is_there(&self, fd: c_int) -> bool {
        self.ended(fd) == self.descriptors[fd as usize].made.load(SeqCst)
    }

    /// Uses numbers, which are to be what they were.
    fn used(&self, fds: impl Iterator<Item = c_int>, before: &[usize]) {
        for (fd, &before) in fds.zip(before) {
            assert_eq!(self.look_up(fd), before, "closed in the kernel under somebody who uses it");
        }
    }

    /// A call that does not sleep.
    pub fn call(&self, fd: c_int) {
        let state = &self.descriptors[fd as usize].state;
        if state.enter() == Door::Open {
            let before = self.look_up(fd);
            self.used([fd].into_iter(), &[before]);
        }
        self.leave(fd);
    }

    /// A call that makes an attempt, comes in, and sleeps until the descriptor is closed.
    pub fn receive(&self, sleeper: usize, fd: c_int) {
        let state = &self.descriptors[fd as usize].state;
        let Some(life) = state.life() else { return };
        let attempt = self.look_up(fd);
        // the kernel says of what is closed there already that it is
        if !self.is_there(fd) {
            return;
        }
        if state.enter() == Door::Open && state.life() == Some(life) {
            assert_eq!(self.look_up(fd), attempt, "inside of another than the attempt was made on");
            let watch = self.sleeper(sleeper);
            let is_closed = || state.look() != Door::Open;
            if watch.watch_one(fd, is_closed) {
                while !watch.sleep(|| (watch.behind().sleep(), true), is_closed).1 {}
            }
            watch.unwatch_one();
            self.used([fd].into_iter(), &[attempt]);
        }
        self.leave(fd);
    }

    fn leave(&self, fd: c_int) {
        let state = &self.descriptors[fd as usize].state;
        if state.leave() {
            watch::finish(self, fd, state);
        }
    }

    /// Sleeps until one of the descriptors whose bits are set is closed.
    pub fn select(&self, sleeper: usize, bits: usize) {
        let fds = (0..self.descriptors.len()).filter(|fd| bits & (1 << fd) != 0).map(|fd| fd as c_int);
        let watch = self.sleeper(sleeper);
        watch.behind().memory.set(bits);
        {
            let watching =
                Watching::new(self, watch, NonZeroUsize::MIN, |so: &mut dyn FnMut(c_int) -> bool| fds.clone().any(so));
            loop {
                let (left, closed) = watching.sleep(|closed| {
                    let before: Vec<_> = fds.clone().map(|fd| self.look_up(fd)).collect();
                    // the kernel says of what is closed there already that it is
                    if closed || !fds.clone().all(|fd| self.is_there(fd)) {
                        return (true, false);
                    }
                    watch.behind().sleep();
                    self.used(fds.clone(), &before);
                    (false, true)
                });
                if left || closed {
                    break;
                }
            }
        }
        // the memory is the sleeper's own again
        watch.behind().memory.set(0);
    }

    /// True where it was this one who closed it.
    pub fn close(&self, fd: c_int) -> bool {
        watch::close(self, fd, &self.descriptors[fd as usize].state).is_ok()
    }

    /// Opens a descriptor, if the kernel has that number to give out, and closes it.
    pub fn open_and_close(&self, fd: c_int) {
        let Descriptor { state, ended, made } = &self.descriptors[fd as usize];
        self.numbers.fetch_add(1, Ordering::AcqRel);
        if ended.load(SeqCst) > made.load(SeqCst) {
            made.fetch_add(1, SeqCst);
            state.made();
            assert!(self.close(fd), "the mark of an earlier close is on it");
        }
    }

    pub fn count_close(&self, fd: c_int) {
        self.closes.fetch_add(usize::from(self.close(fd)), SeqCst);
    }

    /// How many of those were closes.
    pub fn closes(&self) -> usize {
        self.closes.load(SeqCst)
    }

    /// How many sleeps a bell has ended.
    pub fn rings(&self) -> usize {
        self.sleepers.iter().map(|watch| watch.behind().rang.load(SeqCst)).sum()
    }

    pub fn give_back(&self, sleeper: usize) {
        self.sleepers[sleeper].give_back(|kernel| kernel.is_there.set(false));
    }

    pub fn take(&self, sleeper: usize) {
        let watch = &self.sleepers[sleeper];
        assert!(watch.take_for(2));
        watch.under_lock(|kernel| kernel.is_there.set(true));
    }

    /// How many sleepers have a bell, as somebody asks who wants to know whose a descriptor is.
    pub fn bells(&self) -> usize {
        watch::sleepers(&self.first).filter(|watch| watch.under_lock(|kernel| kernel.is_there.get())).count()
    }

    /// How often the number was given out anew.
    pub fn made(&self, fd: c_int) -> usize {
        self.descriptors[fd as usize].made.load(SeqCst)
    }

    /// Each was closed in the kernel so many times, and nobody is anywhere.
    pub fn at_rest(&self, ended: &[usize]) {
        for (fd, &times) in ended.iter().enumerate() {
            assert!(times > 0);
            assert_eq!(self.ended(fd as c_int), times, "closed in the kernel");
            assert_eq!(self.descriptors[fd].state.look(), Door::Open);
            assert_eq!(self.descriptors[fd].state.inside(), 0);
        }
        assert_eq!(self.closing.load(Ordering::SeqCst), 0);
        assert_eq!(self.watching.load(Ordering::SeqCst), 0);
    }
}
