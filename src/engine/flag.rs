//! Marks and numbers that other threads may look at.
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed};

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

/// As a `Cell<i32>`, in the same way.
pub struct Number(AtomicI32);

impl Number {
    /// Begins with this.
    pub fn new(value: i32) -> Self {
        Number(AtomicI32::new(value))
    }

    /// What it is.
    #[inline(always)]
    pub fn get(&self) -> i32 {
        self.0.load(Relaxed)
    }

    /// Changes it.
    pub fn set(&self, value: i32) {
        self.0.store(value, Relaxed);
    }
}
