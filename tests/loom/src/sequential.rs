//! Atomics for the library's own code. loom takes sequentially consistent accesses for less than they are: that a store is not overtaken by a
//! later load. Fences stand for it, either one after each such store or one before each such load. Both are no more than the language promises
//! as long as all that takes part is sequentially consistent; where it is not, the one or the other fence is missing, and loom finds it.
pub use loom::sync::atomic::Ordering;
use loom::sync::atomic::Ordering::SeqCst;
use loom::sync::atomic::fence;
use std::cell::Cell;

/// Where the fences are.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fences {
    AfterStores,
    BeforeLoads,
}

thread_local! {
    static FENCES: Cell<Fences> = const { Cell::new(Fences::AfterStores) };
}

/// For the models that this thread runs from now on.
pub fn set_fences(fences: Fences) {
    FENCES.set(fences);
}

fn fence_if(place: Fences, order: Ordering) {
    if order == SeqCst && FENCES.get() == place {
        fence(SeqCst);
    }
}

macro_rules! atomic {
    ($name:ident $(<$of:ident>)?, $value:ty) => {
        #[derive(Debug)]
        pub struct $name $(<$of>)? (loom::sync::atomic::$name $(<$of>)?);

        impl $(<$of>)? $name $(<$of>)? {
            pub fn new(value: $value) -> Self {
                Self(loom::sync::atomic::$name::new(value))
            }

            pub fn load(&self, order: Ordering) -> $value {
                fence_if(Fences::BeforeLoads, order);
                self.0.load(order)
            }

            pub fn store(&self, value: $value, order: Ordering) {
                self.0.store(value, order);
                fence_if(Fences::AfterStores, order);
            }

            pub fn compare_exchange(
                &self,
                from: $value,
                to: $value,
                order: Ordering,
                failed: Ordering,
            ) -> Result<$value, $value> {
                fence_if(Fences::BeforeLoads, order);
                let outcome = self.0.compare_exchange(from, to, order, failed);
                fence_if(Fences::AfterStores, if outcome.is_ok() { order } else { failed });
                outcome
            }
        }
    };
}

macro_rules! counts {
    ($name:ident, $value:ty, $($operation:ident)*) => {
        impl $name {$(
            pub fn $operation(&self, value: $value, order: Ordering) -> $value {
                fence_if(Fences::BeforeLoads, order);
                let before = self.0.$operation(value, order);
                fence_if(Fences::AfterStores, order);
                before
            }
        )*}
    };
}

atomic!(AtomicBool, bool);
atomic!(AtomicI32, i32);
atomic!(AtomicU64, u64);
atomic!(AtomicUsize, usize);
atomic!(AtomicPtr<T>, *mut T);
counts!(AtomicU64, u64, fetch_add fetch_sub fetch_or);
counts!(AtomicUsize, usize, fetch_add fetch_sub);
