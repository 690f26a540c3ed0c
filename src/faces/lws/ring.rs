//! The arithmetic of a ring buffer: one head, any number of tails, positions in bytes. The memory is the caller's.
use std::ops::Range;

/// Where a ring's head and oldest tail stand. One element always stays free, which tells full from empty.
#[derive(Debug)]
pub struct Ring {
    size: u32,
    element: u32,
    head: u32,
    oldest: u32,
}

impl Ring {
    /// A ring of `count` elements, of which `count - 1` can be in use. `None` when there is nothing to hold, or when
    /// the whole does not fit 32 bits.
    pub fn new(element: usize, count: usize) -> Option<Ring> {
        let size = u32::try_from(element.checked_mul(count)?).ok().filter(|&size| size > 0)?;
        Some(Ring { size, element: element as u32, head: 0, oldest: 0 })
    }

    /// Size of the memory in bytes.
    pub fn size(&self) -> usize {
        self.size as usize
    }

    /// Size of one element in bytes.
    pub fn element(&self) -> usize {
        self.element as usize
    }

    /// Where the next byte is written.
    pub fn head(&self) -> u32 {
        self.head
    }

    /// The tail of the slowest reader.
    pub fn oldest(&self) -> u32 {
        self.oldest
    }

    fn distance(&self, from: u32, to: u32) -> u32 {
        if to >= from { to - from } else { self.size - from + to }
    }

    fn after(&self, position: u32, bytes: u32) -> u32 {
        ((position as u64 + bytes as u64) % self.size as u64) as u32
    }

    /// Bytes that can be written.
    fn free_bytes(&self) -> u32 {
        (self.size - self.distance(self.oldest, self.head)).saturating_sub(self.element)
    }

    /// Elements that can be written.
    pub fn free(&self) -> usize {
        (self.free_bytes() / self.element) as usize
    }

    /// Elements that a reader at `tail` has not read. A tail outside the ring has none.
    pub fn waiting(&self, tail: u32) -> usize {
        if tail >= self.size {
            return 0;
        }
        (self.distance(tail, self.head) / self.element) as usize
    }

    /// The bytes that can be written without wrapping.
    pub fn linear(&self) -> Range<usize> {
        let len = self.free_bytes().min(self.size - self.head);
        self.head as usize..(self.head + len) as usize
    }

    /// Moves the head past `bytes` that were written; false, and not at all, when there was no room for them.
    pub fn advance_head(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.free_bytes() as usize;
        if fits {
            self.head = self.after(self.head, bytes as u32);
        }
        fits
    }

    /// Where `elements` elements lie from `position` on: one piece, and a second one at the start when they wrap.
    pub fn pieces(&self, position: u32, elements: usize) -> (Range<usize>, Range<usize>) {
        let start = position as usize;
        let len = elements * self.element();
        let first = len.min(self.size() - start);
        (start..start + first, 0..len - first)
    }

    /// As [`pieces`](Ring::pieces), from the head.
    pub fn pieces_at_head(&self, elements: usize) -> (Range<usize>, Range<usize>) {
        self.pieces(self.head, elements)
    }

    /// `tail` moved past `elements` elements.
    pub fn past(&self, tail: u32, elements: usize) -> u32 {
        self.after(tail, (elements * self.element()) as u32)
    }

    /// How many elements nobody needs once `tail` is the oldest; `None` for a tail that is not between the present
    /// oldest and the head.
    pub fn retired_by(&self, tail: u32) -> Option<usize> {
        if tail >= self.size {
            return None;
        }
        let moved = self.distance(self.oldest, tail);
        (moved <= self.distance(self.oldest, self.head)).then_some((moved / self.element) as usize)
    }

    /// Makes `tail` the oldest, whatever lies behind it.
    pub fn set_oldest(&mut self, tail: u32) {
        self.oldest = tail % self.size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_element_stays_free() {
        let mut ring = Ring::new(4, 5).unwrap();
        assert_eq!((ring.free(), ring.waiting(0)), (4, 0));
        assert!(!ring.advance_head(17));
        assert!(ring.advance_head(16));
        assert_eq!((ring.free(), ring.waiting(0), ring.linear()), (0, 4, 16..16));
        ring.set_oldest(ring.past(0, 3));
        assert_eq!((ring.free(), ring.linear()), (3, 16..20));
        assert_eq!(ring.pieces_at_head(3), (16..20, 0..8));
        assert_eq!(ring.retired_by(4), None);
    }

    #[test]
    fn what_cannot_be_a_ring() {
        assert!(Ring::new(0, 5).is_none() && Ring::new(5, 0).is_none());
        assert!(Ring::new(1 << 20, 1 << 20).is_none() && Ring::new(usize::MAX, 2).is_none());
    }
}
