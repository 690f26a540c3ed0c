//! Allocations that are freed together.
use super::abi::lwsac;
use std::any::Any;

/// What a chunk holds when the program does not say.
const CHUNK: usize = 4000;

/// Chunks of memory, handed out piece by piece and freed at once.
#[derive(Default)]
pub struct Lwsac {
    /// Never grown, so that what was handed out stays where it is.
    chunks: Vec<Vec<u128>>,
    /// Bytes handed out of the last chunk.
    used: usize,
    /// Bytes handed out of all.
    total: usize,
    references: usize,
    detached: bool,
    /// What else ends with the memory.
    owned: Vec<Box<dyn Any>>,
}

impl Lwsac {
    /// The memory that the program's variable `head` holds, made when there is none yet.
    ///
    /// # Safety
    /// `head` is null or holds living memory, and nothing else uses it meanwhile.
    pub unsafe fn at<'a>(head: &mut *mut lwsac) -> &'a mut Lwsac {
        if head.is_null() {
            *head = Box::into_raw(Box::<Lwsac>::default()).cast();
        }
        // SAFETY: made here, or living by contract.
        unsafe { &mut *head.cast::<Lwsac>() }
    }

    /// Drops `thing` when the memory is freed.
    pub fn own(&mut self, thing: impl Any) {
        self.owned.push(Box::new(thing));
    }

    /// A place for `len` bytes, aligned to 8, in the last chunk or in a new one of at least `chunk` bytes (0: 4000).
    /// `None` when memory runs out.
    pub fn take(&mut self, len: usize, chunk: usize) -> Option<*mut u8> {
        const WORD: usize = size_of::<u128>();
        let len = len.checked_next_multiple_of(8)?;
        let room = self.chunks.last().map_or(0, |last| last.capacity() * WORD - self.used);
        if self.chunks.is_empty() || room < len {
            let mut fresh = Vec::new();
            let wanted = len.max(if chunk == 0 { CHUNK } else { chunk });
            fresh.try_reserve_exact(wanted.div_ceil(WORD)).ok()?;
            self.chunks.try_reserve(1).ok()?;
            self.chunks.push(fresh);
            self.used = 0;
        }
        let place = self.chunks.last_mut()?.as_mut_ptr().cast::<u8>().wrapping_add(self.used);
        self.used += len;
        self.total += len;
        Some(place)
    }

    /// One more that needs the memory.
    pub fn reference(&mut self) {
        self.references += 1;
    }

    /// One less. True when nobody is left and the owner has detached: then it is to be freed.
    pub fn unreference(&mut self) -> bool {
        self.references = self.references.saturating_sub(1);
        self.detached && self.references == 0
    }

    /// The owner is done. True when nobody else needs it: then it is to be freed.
    pub fn detach(&mut self) -> bool {
        self.detached = true;
        self.references == 0
    }

    /// Chunks, and bytes handed out of them.
    pub fn size(&self) -> (usize, usize) {
        (self.chunks.len(), self.total)
    }
}
