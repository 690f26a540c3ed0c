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
use std::sync::atomic::{
    AtomicU32, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed},
};

const CHUNK: usize = 16 * 1024;
/// What is tried where the program runs under a limit of address space or of locked memory: a quarter each time.
const LEAST: usize = 256 * 1024;

/// A type that can live in a region.
///
/// # Safety
/// All-zero bytes must be a valid value whose `life` is dead, and dropping must be unnecessary: a slot is
/// cleared by overwriting it with zeros.
pub unsafe trait Slot: Sized + 'static {
    /// The word that says whether the slot is alive.
    fn life(&self) -> &Life;

    /// Ends the slot: zeros, but for what must outlast it.
    fn clear(&'static self) {
        // SAFETY: zeros are a valid dead value, and by the contract of `Slab::free` nobody holds a reference into the
        // slot's fields across this call.
        unsafe { ptr::write_bytes(ptr::from_ref(self).cast_mut(), 0, 1) };
    }
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
    /// The slot is not in use any more.
    pub fn end(&self) {
        self.0.store(0, Relaxed);
    }
}

/// The address space of one slot type, for the whole process.
pub struct Region<T> {
    most: usize,
    base: AtomicUsize,
    /// How much from the base on was ever used: that much can be read.
    used: AtomicUsize,
    chunks: Mutex<Chunks>,
    of: PhantomData<fn() -> T>,
}

struct Chunks {
    size: usize,
    free: Vec<usize>,
}

impl<T: Slot> Region<T> {
    /// An empty region; `most` bytes of address space are reserved at its first use.
    pub const fn new(most: usize) -> Self {
        Region {
            most,
            base: AtomicUsize::new(0),
            used: AtomicUsize::new(0),
            chunks: Mutex::new(Chunks { size: 0, free: Vec::new() }),
            of: PhantomData,
        }
    }

    /// The live slot at `address`, or none where there is no live slot (null, foreign, dead or misaligned).
    #[inline(always)]
    pub fn get(&self, address: usize) -> Option<&'static T> {
        self.look(address, address.wrapping_sub(self.base.load(Relaxed)))
    }

    /// What is at an address, which is at a place of the region.
    #[inline(always)]
    fn look(&self, address: usize, place: usize) -> Option<&'static T> {
        // the base is aligned for any slot
        if place >= self.used.load(Relaxed) || !place.is_multiple_of(align_of::<T>()) {
            return None;
        }
        // SAFETY: the address lies in chunks that are or were in use, which stay mapped and readable for the life of the
        // process, and every bit pattern that can be found there is a valid T (see `Slot`) or, where the pointer
        // points into the middle of one, integers read as a life word, which then does not match its address.
        let slot = unsafe { &*(address as *const T) };
        slot.life().alive().then_some(slot)
    }

    /// Does the address lie where slots are, or were?
    pub fn covers(&self, address: usize) -> bool {
        address.wrapping_sub(self.base.load(Relaxed)) < self.used.load(Relaxed)
    }

    /// Where in the region a slot is, in bytes: a number that stays the same for as long as the process lives.
    #[inline(always)]
    pub fn place_of(&self, slot: &T) -> usize {
        (ptr::from_ref(slot) as usize).wrapping_sub(self.base.load(Relaxed))
    }

    /// The live slot at a place of the region, or none where there is no live slot.
    #[inline(always)]
    pub fn at_place(&self, place: usize) -> Option<&'static T> {
        self.look(self.base.load(Relaxed).wrapping_add(place), place)
    }

    fn take_chunk(&self) -> Option<NonNull<T>> {
        let mut chunks = self.chunks.lock().unwrap_or_else(|e| e.into_inner());
        if chunks.size == 0 {
            let sizes = std::iter::successors(Some(self.most), |size| Some(size / 4)).take_while(|&size| size >= LEAST);
            let (base, size) = sizes.into_iter().find_map(|size| Some((reserve(size)?, size - CHUNK)))?;
            chunks.size = size;
            self.base.store(base, Relaxed);
        }
        let used = self.used.load(Relaxed);
        let fresh = chunks.free.is_empty();
        let at = if fresh { used } else { chunks.free.pop()? };
        if at + CHUNK > chunks.size {
            return None;
        }
        let place = (self.base.load(Relaxed) + at) as *mut T;
        // SAFETY: the chunk is part of our reservation and nobody else's (it came from the list, or was never used).
        if unsafe { libc::mprotect(place.cast(), CHUNK, libc::PROT_READ | libc::PROT_WRITE) } != 0 {
            if !fresh {
                chunks.free.push(at);
            }
            return None;
        }
        if fresh {
            self.used.store(used + CHUNK, Relaxed);
        }
        NonNull::new(place)
    }

    fn give_chunk_back(&self, chunk: NonNull<T>) {
        let mut chunks = self.chunks.lock().unwrap_or_else(|e| e.into_inner());
        let place = chunk.as_ptr().cast::<libc::c_void>();
        // SAFETY: the chunk holds no live slot; it reads as zeros afterwards, which are dead slots, also where its
        // memory is locked and stays.
        unsafe {
            if libc::madvise(place, CHUNK, libc::MADV_DONTNEED) != 0 {
                ptr::write_bytes(place.cast::<u8>(), 0, CHUNK);
            }
            libc::mprotect(place, CHUNK, libc::PROT_READ);
        }
        chunks.free.push(place as usize - self.base.load(Relaxed));
    }

    /// The number of the chunk that an address lies in.
    fn chunk_number(&self, address: usize) -> usize {
        (address - self.base.load(Relaxed)) / CHUNK
    }
}

/// Reserves `size` bytes of address space, aligned to a chunk. It costs no memory until it is made accessible.
fn reserve(size: usize) -> Option<usize> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: a fresh anonymous mapping touches nothing that exists; munlock on it takes back what a program's
    // mlockall has asked for, since this is address space, not memory.
    unsafe {
        let at = libc::mmap(ptr::null_mut(), size, libc::PROT_NONE, flags, -1, 0);
        if at == libc::MAP_FAILED {
            return None;
        }
        libc::munlock(at, size);
        Some((at as usize).next_multiple_of(CHUNK))
    }
}

/// The slots that one loop has taken from a region.
pub struct Slab<T: Slot> {
    region: &'static Region<T>,
    /// By the chunk's number in the region; none where the chunk is not ours.
    chunks: Vec<Option<Chunk<T>>>,
    /// Numbers of our chunks that have a free slot.
    roomy: Vec<usize>,
    live: usize,
    /// Does memory stay writable once it was used?
    lasting: bool,
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
        Slab { region, chunks: Vec::new(), roomy: Vec::new(), live: 0, lasting: false }
    }

    /// As `new`, and the memory of dead slots can still be written.
    pub fn lasting(region: &'static Region<T>) -> Self {
        let mut slab = Slab::new(region);
        slab.lasting = true;
        slab
    }

    /// How many slots are in use.
    pub fn live(&self) -> usize {
        self.live
    }

    /// A zeroed slot, now alive; none when memory is exhausted.
    pub fn alloc(&mut self) -> Option<&'static T> {
        if self.roomy.is_empty() {
            let place = self.region.take_chunk()?;
            let number = self.region.chunk_number(place.as_ptr() as usize);
            self.chunks.resize_with(self.chunks.len().max(number + 1), || None);
            self.chunks[number] = Some(Chunk { place, live: 0, cursor: 0 });
            self.roomy.push(number);
        }
        let chunk = self.chunks[*self.roomy.last()?].as_mut()?;
        loop {
            let i = chunk.cursor;
            chunk.cursor = (i + 1) % Self::PER_CHUNK;
            // SAFETY: slot i lies in the chunk, which is ours, mapped, and holds valid (perhaps dead) values.
            let slot: &'static T = unsafe { &*chunk.place.as_ptr().add(i as usize) };
            if !slot.life().alive() {
                chunk.live += 1;
                self.live += 1;
                if chunk.live == Self::PER_CHUNK {
                    self.roomy.pop();
                }
                slot.life().0.store(slot.life().expected(), Relaxed);
                return Some(slot);
            }
        }
    }

    /// Ends a slot: it is zeroed, and its memory is kept or given back. What it owned must have been taken out.
    pub fn free(&mut self, slot: &'static T) {
        let number = self.region.chunk_number(ptr::from_ref(slot) as usize);
        let Some(Some(chunk)) = self.chunks.get_mut(number) else { return };
        slot.clear();
        self.live -= 1;
        if chunk.live == Self::PER_CHUNK {
            self.roomy.push(number);
        }
        chunk.live -= 1;
        // one chunk with room is kept, so that a single connection coming and going costs no system call
        if chunk.live == 0 && self.roomy.len() > 1 && !self.lasting {
            self.region.give_chunk_back(chunk.place);
            self.chunks[number] = None;
            self.roomy.retain(|&roomy| roomy != number);
        }
    }

    /// The live slot that comes after number `after` in memory order, with its number. Slots may be made and freed between
    /// the steps of a walk.
    pub fn next_live(&self, after: usize) -> Option<(usize, &'static T)> {
        let per_chunk = Self::PER_CHUNK as usize;
        let mut i = after;
        while i < self.chunks.len() * per_chunk {
            let Some(chunk) = &self.chunks[i / per_chunk] else {
                i = (i / per_chunk + 1) * per_chunk;
                continue;
            };
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
        for chunk in self.chunks.iter().flatten() {
            self.region.give_chunk_back(chunk.place);
        }
    }
}

/// A slot for things that are few and large: it owns a boxed value, and C holds the slot's address.
pub struct Handle<T> {
    life: Life,
    /// How many threads are inside of what it owns, with the marks below; only of a shared handle.
    guests: AtomicU32,
    value: Cell<*const T>,
}

/// Threads come and go, and the last ends it.
const SHARED: u32 = 1 << 31;
/// It is to end when nobody is inside.
const ENDING: u32 = 1 << 30;
/// Somebody ends it.
const TAKEN: u32 = 1 << 29;
const GUESTS: u32 = TAKEN - 1;

// SAFETY: zeros are a dead handle with a null pointer, and nothing is dropped.
unsafe impl<T: 'static> Slot for Handle<T> {
    fn life(&self) -> &Life {
        &self.life
    }

    fn clear(&'static self) {
        self.life.end();
        self.value.set(ptr::null());
        // who has come to a dead handle counts himself out again
        self.guests.fetch_and(GUESTS, AcqRel);
    }
}

/// What a thread finds that comes to a shared handle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// It is inside.
    Open,
    /// It is inside of what is to end when nobody is.
    Closing,
    /// It is outside: what it looks for ends now, or has ended.
    Shut,
}

/// What several threads share. A thread may come when the end is near, or past: so the count is in memory that always
/// can be written, and is all that a thread looks at before it knows that it is inside.
impl<T> Handle<T> {
    /// What it owns.
    ///
    /// # Safety
    /// It is alive, and the reference must not outlive its [`destroy`](Handles::destroy).
    #[inline(always)]
    pub unsafe fn value(&self) -> &'static T {
        // SAFETY: a live handle owns its box; the caller answers for the time.
        unsafe { &*self.value.get() }
    }

    /// From now on threads come in by [`enter`](Self::enter).
    pub fn share(&self) {
        self.guests.fetch_or(SHARED, AcqRel);
    }

    /// Is it shared?
    #[inline(always)]
    pub fn is_shared(&self) -> bool {
        self.guests.load(Relaxed) & SHARED != 0
    }

    /// Comes in, so that what the handle owns stays. [`leave`](Self::leave) is to be called in any case.
    pub fn enter(&self) -> Door {
        match self.guests.fetch_add(1, AcqRel) & !GUESTS {
            SHARED => Door::Open,
            // whoever ends it waits for this guest
            marks if marks == SHARED | ENDING => Door::Closing,
            _ => Door::Shut,
        }
    }

    /// Goes out. True for the one who is to end what the handle owns.
    #[must_use]
    pub fn leave(&self) -> bool {
        let left = self.guests.fetch_sub(1, AcqRel) - 1;
        left == SHARED | ENDING && self.guests.compare_exchange(left, left | TAKEN, AcqRel, Relaxed).is_ok()
    }

    /// By somebody inside: nobody comes in any more, and the last to leave ends it.
    pub fn close(&self) {
        self.guests.fetch_or(ENDING, AcqRel);
    }

    /// Has somebody begun to end what it owns?
    pub fn is_taken(&self) -> bool {
        self.guests.load(Acquire) & TAKEN != 0
    }

    /// Is it closed?
    pub fn is_closed(&self) -> bool {
        self.guests.load(Acquire) & ENDING != 0
    }
}

/// Address space for the handles of one type: a million of them.
const HANDLES: usize = 16 << 20;

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
        Handles { region: Region::new(HANDLES), slab: Mutex::new(None) }
    }

    /// A handle that owns `value`.
    pub fn create(&'static self, value: Box<T>) -> Option<*const Handle<T>> {
        let mut slab = self.slab.lock().unwrap_or_else(|e| e.into_inner());
        let handle = slab.get_or_insert_with(|| Slab::lasting(&self.region)).alloc()?;
        handle.value.set(Box::into_raw(value));
        Some(handle)
    }

    /// The live handle at an address.
    #[inline(always)]
    pub fn handle(&'static self, address: usize) -> Option<&'static Handle<T>> {
        self.region.get(address)
    }

    /// What a live handle owns.
    ///
    /// # Safety
    /// The reference must not outlive the handle's [`destroy`](Self::destroy).
    #[inline(always)]
    pub unsafe fn get(&'static self, handle: *const Handle<T>) -> Option<&'static T> {
        // SAFETY: the handle is alive; the caller answers for the time.
        self.region.get(handle as usize).map(|handle| unsafe { handle.value() })
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
