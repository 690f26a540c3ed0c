//! A cell for state that one thread owns and that calls into C may re-enter.
use std::cell::UnsafeCell;

/// State that is looked at through short closures, never through a lasting borrow.
///
/// The rule of the house is that no borrow is held while C is called; `with` makes the borrow as long as its
/// closure, so the rule is checked by reading the closure. Unlike `RefCell` it costs nothing.
#[derive(Default)]
pub struct Local<T>(UnsafeCell<T>);

impl<T> Local<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Local(UnsafeCell::new(value))
    }

    /// Lends the value to `look` alone. `look` must neither call C nor enter the same cell again.
    #[inline(always)]
    pub fn with<R>(&self, look: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: the cell is not Sync, so one thread is here, and by the contract above nothing inside
        // `look` reaches this cell again: the borrow is the only one.
        look(unsafe { &mut *self.0.get() })
    }
}

impl<T: Default> Local<T> {
    /// Takes the value out, leaving the default. For what must be used while C is called.
    pub fn take(&self) -> T {
        self.with(std::mem::take)
    }

    /// Puts a value in, dropping what was there.
    pub fn set(&self, value: T) {
        let old = self.with(|slot| std::mem::replace(slot, value));
        drop(old);
    }
}
