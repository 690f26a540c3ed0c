//! Ring buffers of equal elements, with one writer and any number of readers.
//!
//! The memory and the program's destroy function are here, the arithmetic is in the face. A `*mut lws_ring` is a
//! `*mut Memory` from lws_ring_create(). It is only borrowed for single expressions, never while C is called.
use crate::faces::lws::abi::lws_ring;
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::ring::Ring;
use crate::ffi::guard::guard;
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::ptr;

type Destroy = unsafe extern "C" fn(element: *mut c_void);

struct Memory {
    ring: Ring,
    bytes: *mut u8,
    layout: Layout,
    destroy: Option<Destroy>,
}

/// Creates a ring buffer of `count` elements of `element_len` bytes each. One stays free, so it holds `count - 1`.
///
/// `destroy_element`, unless null, is called for each element that the oldest tail has passed and, in
/// lws_ring_destroy(), for each that is left. It gets a pointer to the element, valid during the call; the element
/// still counts as being in the ring. It must not destroy the ring.
///
/// Returns the ring, to be freed with lws_ring_destroy(); null when memory runs out, when `element_len` or `count` is
/// 0, or when the whole is 4 GiB or more.
///
/// A ring may be used by one thread at a time: programs that share one lock around every call. A null ring counts as
/// one that is empty and full at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_create(
    element_len: usize,
    count: usize,
    destroy_element: Option<unsafe extern "C" fn(element: *mut c_void)>,
) -> *mut lws_ring {
    guard("lws_ring_create", ptr::null_mut(), || {
        let Some(ring) = Ring::new(element_len, count) else {
            lwsl_err!("lws_ring_create: cannot make a ring of {count} elements of {element_len} bytes");
            return ptr::null_mut();
        };
        let Ok(layout) = Layout::from_size_align(ring.size(), 16) else {
            return ptr::null_mut();
        };
        // SAFETY: the size is not 0.
        let bytes = unsafe { alloc_zeroed(layout) };
        if bytes.is_null() {
            return ptr::null_mut();
        }
        Box::into_raw(Box::new(Memory { ring, bytes, layout, destroy: destroy_element })).cast()
    })
}

/// Frees a ring after destroying the elements that are left. Null is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_destroy(ring: *mut lws_ring) {
    guard("lws_ring_destroy", (), || {
        let ring = ring.cast::<Memory>();
        if ring.is_null() {
            return;
        }
        // SAFETY: a living ring, which the caller gives up; see the module's comment.
        unsafe {
            retire(ring, (*ring).ring.head());
            let memory = Box::from_raw(ring);
            dealloc(memory.bytes, memory.layout);
        }
    })
}

/// How many elements can be inserted now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_get_count_free_elements(ring: *mut lws_ring) -> usize {
    guard("lws_ring_get_count_free_elements", 0, || {
        // SAFETY: null or a living ring.
        unsafe { ring.cast::<Memory>().as_ref() }.map_or(0, |memory| memory.ring.free())
    })
}

/// How many elements the reader at `*tail` can consume; with a null `tail`, the single reader that the ring keeps.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_get_count_waiting_elements(ring: *mut lws_ring, tail: *mut u32) -> usize {
    guard("lws_ring_get_count_waiting_elements", 0, || {
        // SAFETY: null or a living ring, and null or a number.
        unsafe { ring.cast::<Memory>().as_ref().map_or(0, |memory| memory.ring.waiting(position(memory, tail))) }
    })
}

/// Copies up to `max_count` elements from `src` into the ring. Returns how many fitted; 0 for a null `src`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_insert(ring: *mut lws_ring, src: *const c_void, max_count: usize) -> usize {
    guard("lws_ring_insert", 0, || {
        // SAFETY: null or a living ring; no C is called below.
        let Some(memory) = (unsafe { ring.cast::<Memory>().as_mut() }) else {
            return 0;
        };
        if src.is_null() {
            return 0;
        }
        let count = max_count.min(memory.ring.free());
        let (first, second) = memory.ring.pieces_at_head(count);
        let src = src.cast::<u8>();
        // SAFETY: the pieces lie in the ring's memory and together are `count` elements, no more than at `src`.
        unsafe {
            src.copy_to(memory.bytes.add(first.start), first.len());
            src.add(first.len()).copy_to(memory.bytes, second.len());
        }
        memory.ring.advance_head(count * memory.ring.element());
        count
    })
}

/// Consumes up to `max_count` elements for the reader at `*tail` and moves `*tail` past them. They are copied to
/// `dest` unless that is null, which serves after lws_ring_get_element().
///
/// With a null `tail` the single reader that the ring keeps is meant, and the elements are destroyed; otherwise they
/// stay until lws_ring_update_oldest_tail(). Returns how many were consumed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_consume(
    ring: *mut lws_ring,
    tail: *mut u32,
    dest: *mut c_void,
    max_count: usize,
) -> usize {
    guard("lws_ring_consume", 0, || {
        let ring = ring.cast::<Memory>();
        // SAFETY: null or a living ring; the borrow ends before C is called.
        let Some(memory) = (unsafe { ring.as_ref() }) else {
            return 0;
        };
        // SAFETY: null or a number.
        let from = unsafe { position(memory, tail) };
        let count = max_count.min(memory.ring.waiting(from));
        if count == 0 {
            return 0;
        }
        if !dest.is_null() {
            let (first, second) = memory.ring.pieces(from, count);
            let dest = dest.cast::<u8>();
            // SAFETY: the pieces lie in the ring's memory and together are `count` elements, for which `dest` has room.
            unsafe {
                dest.copy_from(memory.bytes.add(first.start), first.len());
                dest.add(first.len()).copy_from(memory.bytes, second.len());
            }
        }
        // SAFETY: a number; a living ring.
        unsafe {
            let past = memory.ring.past(from, count);
            match tail.as_mut() {
                Some(tail) => *tail = past,
                None => retire(ring, past),
            }
        }
        count
    })
}

/// The next element that the reader at `*tail` (the ring's single reader if null) would consume, in the ring itself.
///
/// Null when there is none. The pointer is good until the element is consumed, and with several readers until the
/// oldest tail passes it. lws_ring_consume() with a null `dest` then takes it off.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_get_element(ring: *mut lws_ring, tail: *mut u32) -> *const c_void {
    guard("lws_ring_get_element", ptr::null(), || {
        // SAFETY: null or a living ring.
        let Some(memory) = (unsafe { ring.cast::<Memory>().as_ref() }) else {
            return ptr::null();
        };
        // SAFETY: null or a number.
        let at = unsafe { position(memory, tail) };
        match memory.ring.waiting(at) {
            0 => ptr::null(),
            // SAFETY: a tail with waiting elements lies in the ring's memory.
            _ => unsafe { memory.bytes.add(at as usize).cast() },
        }
    })
}

/// Declares that no reader is behind `tail`: the elements before it are destroyed and their room becomes free.
///
/// For several readers, each with a tail of its own: call it with the one that is furthest behind whenever that has
/// moved. A `tail` that is not between the present oldest tail and the head is refused with a log line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_update_oldest_tail(ring: *mut lws_ring, tail: u32) {
    guard("lws_ring_update_oldest_tail", (), || {
        let ring = ring.cast::<Memory>();
        if ring.is_null() {
            return;
        }
        // SAFETY: a living ring; the borrow ends with the expression.
        match unsafe { (*ring).ring.retired_by(tail) } {
            // SAFETY: as above.
            Some(_) => unsafe { retire(ring, tail) },
            None => lwsl_err!("lws_ring_update_oldest_tail: {tail} is not a tail of this ring"),
        }
    })
}

/// The tail of the oldest element still in the ring. A new reader can start there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_get_oldest_tail(ring: *mut lws_ring) -> u32 {
    guard("lws_ring_get_oldest_tail", 0, || {
        // SAFETY: null or a living ring.
        unsafe { ring.cast::<Memory>().as_ref() }.map_or(0, |memory| memory.ring.oldest())
    })
}

/// Where the program may write elements straight into the ring: `*start` and `*bytes` are set to the part of the free
/// room that does not wrap. Follow with lws_ring_bump_head().
///
/// Returns 0, or 1 with nothing set when there is no room or a pointer is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_next_linear_insert_range(
    ring: *mut lws_ring,
    start: *mut *mut c_void,
    bytes: *mut usize,
) -> c_int {
    guard("lws_ring_next_linear_insert_range", 1, || {
        // SAFETY: null or a living ring.
        let Some(memory) = (unsafe { ring.cast::<Memory>().as_ref() }) else {
            return 1;
        };
        let Range { start: from, end } = memory.ring.linear();
        if from == end || start.is_null() || bytes.is_null() {
            return 1;
        }
        // SAFETY: the range lies in the ring's memory; the caller's two variables are not null.
        unsafe {
            *start = memory.bytes.add(from).cast();
            *bytes = end - from;
        }
        0
    })
}

/// Declares that `bytes` bytes were written at the start of lws_ring_next_linear_insert_range(). More than the free
/// room is refused with a log line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_ring_bump_head(ring: *mut lws_ring, bytes: usize) {
    guard("lws_ring_bump_head", (), || {
        // SAFETY: null or a living ring.
        if let Some(memory) = unsafe { ring.cast::<Memory>().as_mut() }
            && !memory.ring.advance_head(bytes)
        {
            lwsl_err!("lws_ring_bump_head: {bytes} bytes are more than the ring had room for");
        }
    })
}

/// The caller's tail, or the ring's own when there is none.
///
/// # Safety
/// `tail` is null or readable.
unsafe fn position(memory: &Memory, tail: *mut u32) -> u32 {
    // SAFETY: by this function's contract.
    unsafe { tail.as_ref() }.map_or(memory.ring.oldest(), |tail| *tail)
}

/// Destroys the oldest elements up to `tail`, one by one. Each still counts as being in the ring while the program
/// destroys it, so that an insertion meanwhile cannot overwrite it.
///
/// # Safety
/// `ring` is a living ring, not borrowed by the caller.
unsafe fn retire(ring: *mut Memory, tail: u32) {
    // SAFETY: by the contract; each borrow ends with its expression, before C is called.
    unsafe {
        let Some(destroy) = (*ring).destroy else {
            return (*ring).ring.set_oldest(tail);
        };
        while (*ring).ring.retired_by(tail).is_some_and(|count| count > 0) {
            let at = (*ring).ring.oldest();
            destroy((*ring).bytes.add(at as usize).cast());
            // unless the program has moved on from there itself
            if (*ring).ring.oldest() == at {
                let next = (*ring).ring.past(at, 1);
                (*ring).ring.set_oldest(next);
            }
        }
    }
}
