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

/// The turn, as long as this lives.
pub(super) struct Turn(Option<&'static AtomicUsize>);

impl Turn {
    /// Waits for the turn; not for that of the call which a signal handler has interrupted. Nor for one that lasts: where another process shares
    /// a listening socket and takes the connection that was seen, whoever waits goes on without.
    pub(super) fn take(seen: &Seen) -> Turn {
        // what is no socket is neither accepted from nor connected
        let key = raw::option::<u64>(seen.fd(), libc::SO_COOKIE).unwrap_or(seen.fd() as u64);
        let place = &TURNS[key as usize % TURNS.len()];
        let me = this_thread();
        for tries in 0..raw::PATIENCE {
            match place.compare_exchange(0, me, SeqCst, Relaxed) {
                Ok(_) => return Turn(Some(place)),
                Err(owner) if owner == me => break,
                Err(_) => raw::pause(tries),
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
