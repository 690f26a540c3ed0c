//! Type-stable memory: a slot's address only ever holds that type, and reading it is always allowed.
//!
//! Programs in C keep pointers to connections, and some use them after the connection has died. Here that
//! is an error, not a crash: a region of address space is reserved once for the process, slots are handed out
//! from it, and a word in each slot says whether the slot is alive. Memory of empty chunks goes back to the
//! system, which makes it read as zero: dead.
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

const CHUNK: usize = 16 * 1024;
/// Address space asked for, largest first: where the program runs under a limit, a smaller region must do.
const RESERVE: [usize; 4] = [4 << 30, 1 << 30, 256 << 20, 32 << 20];

/// A type that can live in a region.
///
/// # Safety
/// All-zero bytes must be a valid value whose `life` is dead, and dropping must be unnecessary: a slot is
/// cleared by overwriting it with zeros.
pub unsafe trait Slot: Sized + 'static {
    /// The word that says whether the slot is alive.
    fn life(&self) -> &Life;
}

/// Whether a slot is alive: zero is dead, alive is a word that depends on the slot's address, so that a pointer
/// into the middle of a slot is not taken for a connection.
#[derive(Default)]
pub struct Life(AtomicU32);

impl Life {
    #[inline(always)]
    fn expected(&self) -> u32 {
        ptr::from_ref(self) as usize as u32 | 1
    }
    /// Is the slot in use?
    #[inline(always)]
    pub fn alive(&self) -> bool {
        self.0.load(Relaxed) == self.expected()
    }
}

/// The address space of one slot type, for the whole process.
pub struct Region<T> {
    base: AtomicUsize,
    size: AtomicUsize,
    chunks: Mutex<Chunks>,
    of: PhantomData<fn() -> T>,
}

struct Chunks {
    used: usize,
    free: Vec<usize>,
}

impl<T: Slot> Region<T> {
    /// An empty region; the address space is reserved at its first use.
    pub const fn new() -> Self {
        Region {
            base: AtomicUsize::new(0),
            size: AtomicUsize::new(0),
            chunks: Mutex::new(Chunks { used: 0, free: Vec::new() }),
            of: PhantomData,
        }
    }

    /// The live slot at `address`, or none where there is no live slot (null, foreign, dead or misaligned).
    #[inline(always)]
    pub fn get(&self, address: usize) -> Option<&'static T> {
        let at = address.wrapping_sub(self.base.load(Relaxed));
        let fits = at < self.size.load(Relaxed) && address.is_multiple_of(align_of::<T>());
        // SAFETY: the address lies in the reserved region, which stays mapped and readable for the life of the
        // process, and every bit pattern that can be found there is a valid T (see `Slot`) or, where the pointer
        // points into the middle of one, integers read as a life word, which then does not match its address.
        let slot = if fits { unsafe { &*(address as *const T) } } else { return None };
        slot.life().alive().then_some(slot)
    }

    fn take_chunk(&self) -> Option<NonNull<T>> {
        let mut chunks = self.chunks.lock().unwrap_or_else(|e| e.into_inner());
        if self.base.load(Relaxed) == 0 {
            let (base, size) = RESERVE.iter().find_map(|&size| Some((reserve(size)?, size - CHUNK)))?;
            self.size.store(size, Relaxed);
            self.base.store(base, Relaxed);
        }
        let at = match chunks.free.pop() {
            Some(at) => at,
            None => {
                let at = chunks.used * CHUNK;
                if at + CHUNK > self.size.load(Relaxed) {
                    return None;
                }
                chunks.used += 1;
                at
            }
        };
        let place = (self.base.load(Relaxed) + at) as *mut T;
        // SAFETY: the chunk is part of our reservation and nobody else's (it came from the list above).
        let ok = unsafe { libc::mprotect(place.cast(), CHUNK, libc::PROT_READ | libc::PROT_WRITE) } == 0;
        if !ok {
            chunks.free.push(at);
        }
        NonNull::new(place).filter(|_| ok)
    }

    fn give_chunk_back(&self, chunk: NonNull<T>) {
        let mut chunks = self.chunks.lock().unwrap_or_else(|e| e.into_inner());
        let place = chunk.as_ptr().cast::<libc::c_void>();
        // SAFETY: the chunk holds no live slot; after MADV_DONTNEED it reads as zeros, which are dead slots.
        unsafe {
            libc::madvise(place, CHUNK, libc::MADV_DONTNEED);
            libc::mprotect(place, CHUNK, libc::PROT_READ);
        }
        chunks.free.push(place as usize - self.base.load(Relaxed));
    }
}

impl<T: Slot> Default for Region<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Reserves `size` bytes of readable address space, aligned to a chunk. It costs no memory until written.
fn reserve(size: usize) -> Option<usize> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: a fresh anonymous mapping touches nothing that exists.
    let at = unsafe { libc::mmap(ptr::null_mut(), size, libc::PROT_READ, flags, -1, 0) };
    (at != libc::MAP_FAILED).then(|| (at as usize).next_multiple_of(CHUNK))
}

/// The slots that one loop has taken from a region.
pub struct Slab<T: Slot> {
    region: &'static Region<T>,
    chunks: Vec<Chunk<T>>,
    live: usize,
}

struct Chunk<T> {
    place: NonNull<T>,
    live: u32,
    /// Where the search for a free slot goes on: a slot just freed is the last to be used again, so that a
    /// pointer to it stays recognisably dead for as long as possible.
    cursor: u32,
}

impl<T: Slot> Slab<T> {
    const PER_CHUNK: u32 = (CHUNK / size_of::<T>()) as u32;

    /// A slab without slots.
    pub fn new(region: &'static Region<T>) -> Self {
        Slab { region, chunks: Vec::new(), live: 0 }
    }

    /// How many slots are in use.
    pub fn live(&self) -> usize {
        self.live
    }

    /// A zeroed slot, now alive; none when memory is exhausted.
    pub fn alloc(&mut self) -> Option<&'static T> {
        let chunk = match self.chunks.iter().position(|c| c.live < Self::PER_CHUNK) {
            Some(i) => &mut self.chunks[i],
            None => {
                let place = self.region.take_chunk()?;
                self.chunks.push(Chunk { place, live: 0, cursor: 0 });
                self.chunks.last_mut()?
            }
        };
        loop {
            let i = chunk.cursor;
            chunk.cursor = (i + 1) % Self::PER_CHUNK;
            // SAFETY: slot i lies in the chunk, which is ours, mapped, and holds valid (perhaps dead) values.
            let slot: &'static T = unsafe { &*chunk.place.as_ptr().add(i as usize) };
            if !slot.life().alive() {
                chunk.live += 1;
                self.live += 1;
                slot.life().0.store(slot.life().expected(), Relaxed);
                return Some(slot);
            }
        }
    }

    /// Ends a slot: it is zeroed, and its memory is kept or given back. What it owned must have been taken out.
    pub fn free(&mut self, slot: &'static T) {
        let chunk_address = (ptr::from_ref(slot) as usize) & !(CHUNK - 1);
        let Some(i) = self.chunks.iter().position(|c| c.place.as_ptr() as usize == chunk_address) else { return };
        // SAFETY: the slot is in our chunk, zeros are a valid dead value, and by contract nobody holds a
        // reference into its fields across this call.
        unsafe { ptr::write_bytes(ptr::from_ref(slot).cast_mut(), 0, 1) };
        self.live -= 1;
        self.chunks[i].live -= 1;
        // one empty chunk is kept, so that a single connection coming and going costs no system call
        if self.chunks[i].live == 0 && self.chunks.iter().filter(|c| c.live < Self::PER_CHUNK).count() > 1 {
            self.region.give_chunk_back(self.chunks.swap_remove(i).place);
        }
    }

    /// The live slot that comes after number `after` in memory order, with its number: a walk that survives
    /// slots being freed and made between its steps.
    pub fn next_live(&self, after: usize) -> Option<(usize, &'static T)> {
        let per_chunk = Self::PER_CHUNK as usize;
        let mut i = after;
        while i < self.chunks.len() * per_chunk {
            let chunk = &self.chunks[i / per_chunk];
            // SAFETY: as in `alloc`.
            let slot: &'static T = unsafe { &*chunk.place.as_ptr().add(i % per_chunk) };
            if slot.life().alive() {
                return Some((i + 1, slot));
            }
            i += 1;
        }
        None
    }
}

impl<T: Slot> Drop for Slab<T> {
    fn drop(&mut self) {
        for chunk in &self.chunks {
            self.region.give_chunk_back(chunk.place);
        }
    }
}

/// A slot for things that are few and large: it owns a boxed value, and C holds the slot's address.
pub struct Handle<T> {
    life: Life,
    value: Cell<*const T>,
}

// SAFETY: zeros are a dead handle with a null pointer, and nothing is dropped.
unsafe impl<T: 'static> Slot for Handle<T> {
    fn life(&self) -> &Life {
        &self.life
    }
}

/// The handles of one type, for the whole process.
pub struct Handles<T: 'static> {
    region: Region<Handle<T>>,
    slab: Mutex<Option<Slab<Handle<T>>>>,
}

// SAFETY: the slab is only touched under its mutex; the region is made for sharing.
unsafe impl<T> Sync for Handles<T> {}

impl<T: 'static> Handles<T> {
    /// No handles yet.
    pub const fn new() -> Self {
        Handles { region: Region::new(), slab: Mutex::new(None) }
    }

    /// A handle that owns `value`.
    pub fn create(&'static self, value: Box<T>) -> Option<*const Handle<T>> {
        let mut slab = self.slab.lock().unwrap_or_else(|e| e.into_inner());
        let handle = slab.get_or_insert_with(|| Slab::new(&self.region)).alloc()?;
        handle.value.set(Box::into_raw(value));
        Some(handle)
    }

    /// What a live handle owns.
    ///
    /// # Safety
    /// The reference must not outlive the handle's [`destroy`](Self::destroy).
    #[inline(always)]
    pub unsafe fn get(&'static self, handle: *const Handle<T>) -> Option<&'static T> {
        let handle = self.region.get(handle as usize)?;
        // SAFETY: a live handle owns its box; the caller answers for the time.
        Some(unsafe { &*handle.value.get() })
    }

    /// Ends a handle and gives back what it owned.
    pub fn destroy(&'static self, handle: *const Handle<T>) -> Option<Box<T>> {
        let live = self.region.get(handle as usize)?;
        let value = live.value.get().cast_mut();
        let mut slab = self.slab.lock().unwrap_or_else(|e| e.into_inner());
        slab.as_mut()?.free(live);
        // SAFETY: the pointer came from Box::into_raw in `create`, and the handle that led to it is dead now.
        Some(unsafe { Box::from_raw(value) })
    }
}

impl<T: 'static> Default for Handles<T> {
    fn default() -> Self {
        Self::new()
    }
}
