//! A queue of byte segments, consumed from the front.
use std::collections::VecDeque;

/// The segments not yet used up. Never empty between calls: an empty queue is a null pointer in C.
#[derive(Default)]
pub struct Buflist {
    segments: VecDeque<Box<[u8]>>,
    /// How much of the first segment is used.
    used: usize,
    /// The sizes of all segments, used parts included.
    total: usize,
}

impl Buflist {
    /// Adds a copy of `bytes` at the end; false when memory runs out.
    pub fn append(&mut self, bytes: &[u8]) -> bool {
        let mut copy = Vec::new();
        if copy.try_reserve_exact(bytes.len()).is_err() || self.segments.try_reserve(1).is_err() {
            return false;
        }
        copy.extend_from_slice(bytes);
        self.segments.push_back(copy.into_boxed_slice());
        self.total += bytes.len();
        true
    }

    /// What is left of the first segment; empty when there is none.
    pub fn first(&mut self) -> &mut [u8] {
        match self.segments.front_mut() {
            Some(segment) => &mut segment[self.used..],
            None => &mut [],
        }
    }

    /// Uses `len` bytes of the first segment, at most what is left of it. Returns what is left of the then first one.
    pub fn consume(&mut self, len: usize) -> usize {
        if len < self.first().len() {
            self.used += len;
        } else if let Some(gone) = self.segments.pop_front() {
            self.used = 0;
            self.total -= gone.len();
        }
        self.first().len()
    }

    /// The sizes of all segments. A segment counts in full until it is used up.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Copies to `out` what lies `skip` bytes behind the start of the first segment, as much as there is or as fits.
    /// As in [`total`](Buflist::total), its used part counts. Returns how much.
    pub fn copy(&self, mut skip: usize, out: &mut [u8]) -> usize {
        let mut copied = 0;
        for segment in &self.segments {
            let Some(wanted) = segment.get(skip..) else {
                skip -= segment.len();
                continue;
            };
            skip = 0;
            let take = wanted.len().min(out.len() - copied);
            out[copied..copied + take].copy_from_slice(&wanted[..take]);
            copied += take;
        }
        copied
    }
}
