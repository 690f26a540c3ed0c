//! Which objects that programs point to are alive. C holds an object's address; every use goes through here, so that an address that was
//! freed, or never was one, is recognised, and an object lives as long as somebody is inside.
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

const SHARDS: usize = 16;

/// Addresses are as good as hashed when their constant low bits are gone and the rest is spread.
#[derive(Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("only addresses are hashed");
    }
    fn write_usize(&mut self, address: usize) {
        self.0 = (address as u64 >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

type Shard<T> = RwLock<HashMap<usize, Arc<T>, BuildHasherDefault<Spread>>>;

/// The live objects of one kind.
pub(crate) struct Registry<T> {
    shards: [Shard<T>; SHARDS],
}

impl<T> Registry<T> {
    pub(crate) const fn new() -> Self {
        Registry { shards: [const { RwLock::new(HashMap::with_hasher(BuildHasherDefault::new())) }; SHARDS] }
    }

    fn shard(&self, address: usize) -> &Shard<T> {
        &self.shards[(address >> 6) % SHARDS]
    }

    /// Takes an object in; the answer is what C gets.
    pub(crate) fn insert(&self, object: Arc<T>) -> *const T {
        let pointer = Arc::as_ptr(&object);
        let mut shard = self.shard(pointer as usize).write().unwrap_or_else(PoisonError::into_inner);
        shard.insert(pointer as usize, object);
        pointer
    }

    /// The object at an address from C, or `None` if it is null, dead or no object.
    pub(crate) fn get<P>(&self, pointer: *const P) -> Option<Arc<T>> {
        let shard = self.shard(pointer as usize).read().unwrap_or_else(PoisonError::into_inner);
        shard.get(&(pointer as usize)).cloned()
    }

    /// From here on the address is dead.
    pub(crate) fn remove<P>(&self, pointer: *const P) -> Option<Arc<T>> {
        let mut shard = self.shard(pointer as usize).write().unwrap_or_else(PoisonError::into_inner);
        shard.remove(&(pointer as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_live_addresses_are_found() {
        let registry = Registry::new();
        let (one, two) = (registry.insert(Arc::new(1)), registry.insert(Arc::new(2)));
        assert_eq!(registry.get(one).as_deref(), Some(&1));
        assert_eq!(registry.remove(one).as_deref(), Some(&1));
        assert!(registry.get(one).is_none() && registry.remove(one).is_none());
        assert_eq!(registry.get(two).as_deref(), Some(&2));
        assert!(registry.get(std::ptr::null::<i32>()).is_none());
    }
}
