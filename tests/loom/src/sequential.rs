//! Atomics for the library's own code. loom takes sequentially consistent accesses for less than they are; the fences here give them what the
//! language promises. Weaker accesses stay as weak as they are.
pub use loom::sync::atomic::Ordering;
use loom::sync::atomic::Ordering::SeqCst;
use loom::sync::atomic::fence;

fn fence_if(order: Ordering) {
    if order == SeqCst {
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
                fence_if(order);
                self.0.load(order)
            }

            pub fn store(&self, value: $value, order: Ordering) {
                self.0.store(value, order);
                fence_if(order);
            }

            pub fn compare_exchange(
                &self,
                from: $value,
                to: $value,
                order: Ordering,
                failed: Ordering,
            ) -> Result<$value, $value> {
                fence_if(order);
                let outcome = self.0.compare_exchange(from, to, order, failed);
                fence_if(if outcome.is_ok() { order } else { failed });
                outcome
            }
        }
    };
}

macro_rules! counts {
    ($name:ident, $value:ty, $($operation:ident)*) => {
        impl $name {$(
            pub fn $operation(&self, value: $value, order: Ordering) -> $value {
                fence_if(order);
                let before = self.0.$operation(value, order);
                fence_if(order);
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
