//! Turns: what only one thread at a time may do with a socket, by whichever of its numbers.
//!
//! To accept only where `poll` has just seen a connection, and to have a socket not block for the moment of a `connect`: both are two steps,
//! for which the kernel has no flag.
use super::raw;
use super::table::Seen;
use crate::engine::thread::this_thread;
use std::sync::atomic::{
    AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};

/// The threads whose turn it is, 0 for none. A socket has its place by its cookie; what shares a place takes turns as well.
static TURNS: [AtomicUsize; 256] = [const { AtomicUsize::new(0) }; 256];

/// As many tries as a turn takes with certainty. Another process that shares a listening socket can take the connection that was seen, and
/// then its turn lasts: whoever waits goes on without.
const TRIES: u32 = 200;

/// The turn, as long as this lives.
pub(super) struct Turn(Option<&'static AtomicUsize>);

impl Turn {
    /// Waits for the turn; not for that of the call which a signal handler has interrupted.
    pub(super) fn take(seen: &Seen) -> Turn {
        // what is no socket is neither accepted from nor connected
        let key = raw::option::<u64>(seen.fd(), libc::SO_COOKIE).unwrap_or(seen.fd() as u64);
        let place = &TURNS[key as usize % TURNS.len()];
        let me = this_thread();
        for tries in 0..TRIES {
            match place.compare_exchange(0, me, SeqCst, Relaxed) {
                Ok(_) => return Turn(Some(place)),
                Err(owner) if owner == me => break,
                Err(_) if tries < TRIES / 2 => raw::yield_now(),
                // SAFETY: no descriptors, but a time of our own.
                Err(_) => drop(unsafe { raw::ppoll(std::ptr::null_mut(), 0, Some(100_000)) }),
            }
        }
        Turn(None)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(place) = self.0 {
            place.store(0, SeqCst);
        }
    }
}

/// In a forked child, where only the thread is that forked.
pub(super) fn forked() {
    let me = this_thread();
    for place in TURNS.iter().filter(|place| place.load(Relaxed) != me) {
        place.store(0, Relaxed);
    }
}
