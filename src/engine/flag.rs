//! A mark that other threads may look at.
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// As a `Cell<bool>`: one thread sets it. What it is about is made known to others by other means; they only must not see half of it.
#[derive(Default)]
pub struct Flag(AtomicBool);

impl Flag {
    /// Is it set?
    #[inline(always)]
    pub fn get(&self) -> bool {
        self.0.load(Relaxed)
    }

    /// Sets or clears it.
    pub fn set(&self, value: bool) {
        self.0.store(value, Relaxed);
    }

    /// Sets or clears it, and says what it was.
    pub fn replace(&self, value: bool) -> bool {
        self.0.swap(value, Relaxed)
    }
}
