//! Deadlines in a binary heap. The owner of a timer keeps its place in the heap, so that changing or
//! cancelling it searches nothing and a cancelled timer leaves nothing behind.

/// What a timer belongs to. It remembers the timer's place, for the heap.
pub trait TimerKey: Copy {
    /// Called whenever the timer's place changes; [`NOWHERE`] when it is not in the heap.
    fn set_place(self, place: u32);
    /// What `set_place` said last.
    fn place(self) -> u32;
}

/// The place of a timer that is not set. Zero, so that zeroed memory means it.
pub const NOWHERE: u32 = 0;

/// The timers of one loop.
pub struct Timers<K> {
    /// `heap[0]` is at place 1: places are counted from one.
    heap: Vec<(u64, K)>,
}

impl<K: TimerKey> Default for Timers<K> {
    fn default() -> Self {
        Timers { heap: Vec::new() }
    }
}

impl<K: TimerKey> Timers<K> {
    /// Sets, or moves, the timer of `key` to `deadline`.
    pub fn set(&mut self, key: K, deadline: u64) {
        match key.place() {
            NOWHERE => {
                self.heap.push((deadline, key));
                self.up(self.heap.len() - 1);
            }
            place => {
                let at = place as usize - 1;
                let before = std::mem::replace(&mut self.heap[at].0, deadline);
                if deadline < before {
                    self.up(at);
                } else if deadline > before {
                    self.down(at);
                }
            }
        }
    }

    /// Cancels the timer of `key`, if it is set.
    pub fn cancel(&mut self, key: K) {
        let place = key.place();
        if place != NOWHERE {
            self.remove(place as usize - 1);
        }
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<u64> {
        self.heap.first().map(|&(deadline, _)| deadline)
    }

    /// Takes out a timer whose deadline has come.
    pub fn pop_due(&mut self, now: u64) -> Option<K> {
        let &(deadline, key) = self.heap.first()?;
        if deadline > now {
            return None;
        }
        self.remove(0);
        Some(key)
    }

    fn remove(&mut self, at: usize) {
        let (_, key) = self.heap.swap_remove(at);
        key.set_place(NOWHERE);
        if at < self.heap.len() {
            let at = self.up(at);
            self.down(at);
        }
        if self.heap.capacity() > 64 && self.heap.len() < self.heap.capacity() / 4 {
            self.heap.shrink_to(self.heap.len() * 2);
        }
    }

    fn up(&mut self, mut at: usize) -> usize {
        while at > 0 {
            let parent = (at - 1) / 2;
            if self.heap[parent].0 <= self.heap[at].0 {
                break;
            }
            self.heap.swap(parent, at);
            self.settle(at);
            at = parent;
        }
        self.settle(at);
        at
    }

    fn down(&mut self, start: usize) {
        let mut at = start;
        loop {
            let mut least = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < self.heap.len() && self.heap[child].0 < self.heap[least].0 {
                    least = child;
                }
            }
            if least == at {
                break;
            }
            self.heap.swap(at, least);
            self.settle(at);
            at = least;
        }
        if at != start {
            self.settle(at);
        }
    }

    fn settle(&mut self, at: usize) {
        self.heap[at].1.set_place(at as u32 + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cell::Cell;

    #[derive(Clone, Copy)]
    struct Key<'a>(&'a Cell<u32>, usize);
    impl TimerKey for Key<'_> {
        fn set_place(self, place: u32) {
            self.0.set(place)
        }
        fn place(self) -> u32 {
            self.0.get()
        }
    }

    proptest! {
        /// Whatever is set, moved and cancelled, timers come out in order and exactly once.
        #[test]
        fn comes_out_in_order(ops in proptest::collection::vec((0usize..40, 0u64..1000, 0u8..4), 0..300)) {
            let places: Vec<Cell<u32>> = (0..40).map(|_| Cell::new(0)).collect();
            let mut timers = Timers::default();
            let mut model = [None; 40];
            for (i, deadline, op) in ops {
                let key = Key(&places[i], i);
                if op == 0 {
                    timers.cancel(key);
                    model[i] = None;
                } else {
                    timers.set(key, deadline);
                    model[i] = Some(deadline);
                }
                prop_assert_eq!(timers.next(), model.iter().flatten().min().copied());
            }
            let mut last = 0;
            while let Some(Key(_, i)) = timers.pop_due(u64::MAX) {
                let deadline = model[i].take().expect("a timer that was set");
                prop_assert!(deadline >= last);
                last = deadline;
            }
            prop_assert!(model.iter().all(Option::is_none));
        }
    }
}
