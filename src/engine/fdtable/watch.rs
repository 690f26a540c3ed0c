//! Who is woken by a close, and who then closes the number in the kernel: the order in which sleepers and closers do things.
//!
//! A sleeper publishes what it sleeps on, then looks whether that is closed, and only then sleeps. After each sleep it puts its bell to rest
//! first and looks again then. A closer marks first, then looks who has published, and rings. So one of the two always sees the other.
//!
//! A call on one descriptor is counted inside. Who watches many is not; a closer leaves the end of the number to whoever watches it, and each
//! of those, when it does not watch any more, looks whether it was left the end.
//!
//! The kernel's parts and the memory are behind traits: `tests/loom` puts its own there, and runs this file in every order of threads.
use super::state::{Door, State};
#[cfg(loom)]
use crate::sequential::{
    AtomicBool, AtomicI32, AtomicPtr, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};
use std::ffi::c_int;
use std::num::NonZeroUsize;
use std::ptr;
#[cfg(not(loom))]
use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicPtr, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};

/// What belongs to a sleeper besides: its bell, and the memory in which many descriptors are named. The memory is its owner's alone while
/// nothing is published; the rest is touched under the lock, or read by the owner.
pub trait Behind: Sized {
    /// Runs short work in which no signal handler interrupts the thread.
    fn undisturbed<R>(work: impl FnOnce() -> R) -> R;

    /// Somebody else has the lock; this was looked at so many times.
    fn pause(tries: u32);

    /// Ends the sleep that the owner is in, or else the next one. Under the lock.
    fn ring(&self);

    /// By the owner, after a sleep that the bell has ended: the next one is not to end for that.
    fn hush(watch: &Watch<Self>);

    /// Does what is published name the descriptor? Under the lock.
    fn names(&self, published: NonZeroUsize, fd: c_int) -> bool;
}

/// A sleeper.
pub struct Watch<B> {
    /// In the list of all.
    next: AtomicPtr<Watch<B>>,
    /// The thread that has taken it; 0 for none.
    owner: AtomicUsize,
    /// The descriptor that a call on one descriptor sleeps on; -1 for none.
    one: AtomicI32,
    /// What [`Behind::names`] understands; 0 where nothing is published.
    many: AtomicUsize,
    /// Nobody's handler runs on top of who holds it, so it is held for a moment only.
    locked: AtomicBool,
    behind: B,
}

impl<B: Behind> Watch<B> {
    /// Nobody's.
    pub fn new(behind: B) -> Self {
        Watch {
            next: AtomicPtr::new(ptr::null_mut()),
            owner: AtomicUsize::new(0),
            one: AtomicI32::new(-1),
            many: AtomicUsize::new(0),
            locked: AtomicBool::new(false),
            behind,
        }
    }

    /// What belongs to it besides: for the owner, or under the lock.
    pub fn behind(&self) -> &B {
        &self.behind
    }

    /// The thread that has taken it; 0 for none.
    pub fn owner(&self) -> usize {
        self.owner.load(Relaxed)
    }

    /// Takes it for a thread, where it is nobody's.
    pub fn take_for(&self, thread: usize) -> bool {
        self.owner.compare_exchange(0, thread, SeqCst, Relaxed).is_ok()
    }

    /// Makes it nobody's, after `last` has put away what is behind it.
    pub fn give_back(&self, last: impl FnOnce(&B)) {
        self.under_lock(last);
        self.owner.store(0, SeqCst);
    }

    /// Runs short work that makes no call of ours and does not wait.
    pub fn under_lock<R>(&self, work: impl FnOnce(&B) -> R) -> R {
        B::undisturbed(|| self.locked(work))
    }

    /// The same for one who is undisturbed already.
    fn locked<R>(&self, work: impl FnOnce(&B) -> R) -> R {
        let mut tries = 0u32;
        while self.locked.compare_exchange(false, true, SeqCst, Relaxed).is_err() {
            tries = tries.saturating_add(1);
            B::pause(tries);
        }
        let outcome = work(&self.behind);
        self.locked.store(false, SeqCst);
        outcome
    }

    /// From now on a close of `fd` rings. False where it is closed: then perhaps nobody rings.
    pub fn watch_one(&self, fd: c_int, closed: impl FnOnce() -> bool) -> bool {
        self.one.store(fd, SeqCst);
        !closed()
    }

    /// The descriptor that a call on one descriptor sleeps on; -1 for none.
    pub fn one(&self) -> c_int {
        self.one.load(SeqCst)
    }

    /// What [`Behind::names`] understands, where many are watched.
    pub fn published(&self) -> Option<NonZeroUsize> {
        NonZeroUsize::new(self.many.load(SeqCst))
    }

    /// No close rings for one descriptor any more; a ring may still be under way.
    pub fn unwatch_one(&self) {
        self.one.store(-1, SeqCst);
    }

    /// One sleep: `sleep` says what came of it, and whether the bell has ended it. True where it is closed.
    pub fn sleep<R>(&self, sleep: impl FnOnce() -> (R, bool), closed: impl FnOnce() -> bool) -> (R, bool) {
        let (slept, rang) = sleep();
        // who closes marks first and rings then: what is hushed before the mark is looked at is not lost
        if rang {
            B::hush(self);
        }
        (slept, closed())
    }

    fn publish(&self, what: NonZeroUsize) {
        self.many.store(what.get(), SeqCst);
    }

    /// Afterwards nobody reads the memory.
    fn withdraw(&self) {
        self.many.store(0, SeqCst);
        if self.locked.load(SeqCst) {
            // whoever holds the lock may still read; who takes it later does not
            self.under_lock(|_| ());
        }
    }

    /// Rings where it sleeps on the descriptor. Undisturbed, as the next.
    fn wake(&self, fd: c_int) {
        let is_one = || self.one.load(SeqCst) == fd;
        if is_one() || self.many.load(SeqCst) != 0 {
            self.locked(|behind| {
                if is_one() || self.names(fd) {
                    behind.ring();
                }
            });
        }
    }

    fn is_among_many(&self, fd: c_int) -> bool {
        self.many.load(SeqCst) != 0 && self.locked(|_| self.names(fd))
    }

    /// Under the lock.
    fn names(&self, fd: c_int) -> bool {
        self.published().is_some_and(|published| self.behind.names(published, fd))
    }

    /// In a forked child, where only `thread` is: true where it watches many. Nobody holds the lock there.
    pub fn forked(&self, thread: usize) -> bool {
        self.locked.store(false, Relaxed);
        if self.owner() != thread {
            self.one.store(-1, Relaxed);
            self.many.store(0, Relaxed);
            self.owner.store(0, Relaxed);
        }
        self.many.load(Relaxed) != 0
    }
}

/// The list of sleepers that begins with `first`. Those that come meanwhile may be left out.
pub fn sleepers<B>(first: &AtomicPtr<Watch<B>>) -> impl Iterator<Item = &Watch<B>> {
    let mut at = first.load(SeqCst);
    std::iter::from_fn(move || {
        // SAFETY: by the contract of `add`.
        let watch = unsafe { at.as_ref() }?;
        at = watch.next.load(Relaxed);
        Some(watch)
    })
}

/// Adds one to the list. A closer that does not see it has marked before, so that the new one sees that when it looks.
///
/// # Safety
/// It is in no list yet, and it lives and stays in its place as long as the list is used.
pub unsafe fn add<B>(first: &AtomicPtr<Watch<B>>, watch: &Watch<B>) {
    let mut before = first.load(Relaxed);
    loop {
        watch.next.store(before, Relaxed);
        match first.compare_exchange(before, ptr::from_ref(watch).cast_mut(), SeqCst, Relaxed) {
            Ok(_) => return,
            Err(now) => before = now,
        }
    }
}

/// All the sleepers and all the descriptors.
pub trait World {
    /// What belongs to a sleeper.
    type Behind: Behind;
    /// What the kernel says to a close.
    type Answer;

    /// How many sleepers watch many descriptors.
    fn watching(&self) -> &AtomicUsize;

    /// How many descriptors are closed and not yet ended.
    fn closing(&self) -> &AtomicUsize;

    /// The list of the sleepers.
    fn first(&self) -> &AtomicPtr<Watch<Self::Behind>>;

    /// A descriptor's word; none where nothing is known of it.
    fn state(&self, fd: c_int) -> Option<&State>;

    /// What a descriptor is after an end that is under way, as far as that can be waited for.
    fn settled(&self, state: &State) -> Door;

    /// Closes the number in the kernel, where nobody is inside; calls `ended` as soon as it may be given out again.
    fn end(&self, fd: c_int, ended: impl FnOnce()) -> Self::Answer;
}

/// Does anybody watch many descriptors?
#[inline(always)]
pub fn somebody_watches_many(world: &impl World) -> bool {
    world.watching().load(SeqCst) != 0
}

/// Is anything closed and not yet ended?
#[inline(always)]
pub fn something_closes(world: &impl World) -> bool {
    world.closing().load(SeqCst) != 0
}

/// Is this descriptor closed? One that just ends may be somebody else's in a moment.
pub fn is_closed(world: &impl World, fd: c_int) -> bool {
    world.state(fd).is_some_and(|state| match state.look() {
        Door::Open => false,
        Door::Closing => true,
        Door::Ending => world.settled(state) != Door::Open,
    })
}

/// Closes the door of a descriptor, wakes who sleeps on it, and ends it if nobody is left. What the kernel said, or nothing where the end is
/// for somebody else; an error where it was closed before.
pub fn close<W: World>(world: &W, fd: c_int, state: &State) -> Result<Option<W::Answer>, Door> {
    // before the mark: whoever is not seen by us sees this, and looks for the mark
    world.closing().fetch_add(1, SeqCst);
    let inside = match state.shut() {
        Ok(inside) => inside,
        Err(door) => {
            world.closing().fetch_sub(1, SeqCst);
            return Err(door);
        }
    };
    if inside != 0 || somebody_watches_many(world) {
        wake(world, fd);
    }
    Ok(finish(world, fd, state))
}

/// Wakes everybody who sleeps on a descriptor.
#[cold]
fn wake<W: World>(world: &W, fd: c_int) {
    W::Behind::undisturbed(|| sleepers(world.first()).for_each(|watch| watch.wake(fd)));
}

/// Ends a closed descriptor, if nobody is inside and nobody watches it any more. What the kernel said, or nothing where the end is for
/// somebody else.
#[cold]
pub fn finish<W: World>(world: &W, fd: c_int, state: &State) -> Option<W::Answer> {
    let is_watched = || sleepers(world.first()).any(|watch| watch.is_among_many(fd));
    if somebody_watches_many(world) && W::Behind::undisturbed(is_watched) {
        return None;
    }
    let round = state.begin_end()?;
    Some(world.end(fd, || {
        state.ended(round);
        world.closing().fetch_sub(1, SeqCst);
    }))
}

/// Watches many descriptors, until this is dropped.
pub struct Watching<'a, W: World, A: Fn(&mut dyn FnMut(c_int) -> bool) -> bool> {
    world: &'a W,
    watch: &'a Watch<W::Behind>,
    /// Is it so of one of what is watched? It stops at the first.
    any: A,
}

impl<'a, W: World, A: Fn(&mut dyn FnMut(c_int) -> bool) -> bool> Watching<'a, W, A> {
    /// From now on a close of what is named behind `watch` rings, as long as this lives; `any` goes through the same.
    pub fn new(world: &'a W, watch: &'a Watch<W::Behind>, published: NonZeroUsize, any: A) -> Self {
        world.watching().fetch_add(1, SeqCst);
        watch.publish(published);
        Watching { world, watch, any }
    }

    /// What a call watches that will never come out; when this is dropped it is as if it did.
    pub fn left(world: &'a W, watch: &'a Watch<W::Behind>, any: A) -> Self {
        Watching { world, watch, any }
    }

    fn is_any_closed(&self) -> bool {
        something_closes(self.world) && (self.any)(&mut |fd| is_closed(self.world, fd))
    }

    /// One sleep, as [`Watch::sleep`]; it is told where something is closed already, and is not to sleep at all. That may be ended afterwards
    /// and be closed no more, if its end had begun before this watched.
    pub fn sleep<R>(&self, sleep: impl FnOnce(bool) -> (R, bool)) -> (R, bool) {
        let closed = self.is_any_closed();
        self.watch.sleep(|| sleep(closed), || self.is_any_closed())
    }
}

impl<W: World, A: Fn(&mut dyn FnMut(c_int) -> bool) -> bool> Drop for Watching<'_, W, A> {
    fn drop(&mut self) {
        self.watch.withdraw();
        self.world.watching().fetch_sub(1, SeqCst);
        // what was closed meanwhile was left to us
        if something_closes(self.world) {
            (self.any)(&mut |fd| {
                if let Some(state) = self.world.state(fd).filter(|state| state.look() == Door::Closing) {
                    finish(self.world, fd, state);
                }
                false
            });
        }
    }
}
