//! One descriptor's word: how many are inside, and whether it is being closed.
#[cfg(loom)]
use crate::sequential::{AtomicU64, Ordering::SeqCst};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// Counts those of whom are inside who make a call as it is, since the descriptor does not block.
const PLAIN: u64 = 1 << 20;
/// Somebody has closed it; whoever is inside is to leave, and nobody comes in.
const CLOSING: u64 = 1 << 40;
/// Nobody is inside, and somebody closes the number in the kernel now.
const ENDING: u64 = 1 << 41;
/// Counts the ends, so that one that is late does not take back the marks of the next.
const ROUND: u64 = 1 << 42;
const INSIDE: u64 = PLAIN - 1;
const COUNTS: u64 = CLOSING - 1;

/// What a call finds that comes to a descriptor. It is counted in any case, and has to leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// It is inside, and the number stays what it is.
    Open,
    /// Somebody has closed it.
    Closing,
    /// The kernel closes it now, or has done so a moment ago.
    Ending,
}

/// The word. Zero is a descriptor of which nothing is known: the kernel knows whether it is open.
#[derive(Debug)]
pub struct State(AtomicU64);

/// How many ends there have been: which end of the descriptor this is, or which of its lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Round(u64);

impl State {
    /// Nobody inside.
    #[cfg(loom)]
    pub fn new() -> Self {
        State(AtomicU64::new(0))
    }

    fn door(word: u64) -> Door {
        match word & (CLOSING | ENDING) {
            0 => Door::Open,
            CLOSING => Door::Closing,
            _ => Door::Ending,
        }
    }

    /// What would a call find that came now?
    #[inline(always)]
    pub fn look(&self) -> Door {
        Self::door(self.0.load(SeqCst))
    }

    /// Which of the number's lives this is; none while somebody closes it.
    #[inline(always)]
    pub fn life(&self) -> Option<Round> {
        let word = self.0.load(SeqCst);
        (Self::door(word) == Door::Open).then_some(Round(word / ROUND))
    }

    /// How many are inside?
    pub fn inside(&self) -> u32 {
        (self.0.load(SeqCst) & INSIDE) as u32
    }

    /// How many of them make a call as it is?
    pub fn plain(&self) -> u32 {
        ((self.0.load(SeqCst) & COUNTS) / PLAIN) as u32
    }

    /// Comes in.
    #[inline(always)]
    pub fn enter(&self) -> Door {
        Self::door(self.0.fetch_add(1, SeqCst))
    }

    /// Goes out. True where it is closing and nobody else is counted: then the end is to be tried.
    #[inline(always)]
    #[must_use]
    pub fn leave(&self) -> bool {
        let left = self.0.fetch_sub(1, SeqCst) - 1;
        left & (INSIDE | CLOSING | ENDING) == CLOSING
    }

    /// Comes in to make a call as it is.
    #[inline(always)]
    pub fn enter_plain(&self) -> Door {
        Self::door(self.0.fetch_add(1 + PLAIN, SeqCst))
    }

    /// Goes out again, as [`leave`](Self::leave).
    #[inline(always)]
    #[must_use]
    pub fn leave_plain(&self) -> bool {
        let left = self.0.fetch_sub(1 + PLAIN, SeqCst) - (1 + PLAIN);
        left & (INSIDE | CLOSING | ENDING) == CLOSING
    }

    /// Closes the door; says how many are inside, or what an earlier close has made of it.
    pub fn shut(&self) -> Result<u32, Door> {
        let before = self.0.fetch_or(CLOSING, SeqCst);
        match Self::door(before) {
            Door::Open => Ok((before & INSIDE) as u32),
            // the mark changes nothing: it was there
            Door::Closing => Err(Door::Closing),
            Door::Ending => Err(Door::Ending),
        }
    }

    /// Begins the end, where it is closed and nobody is counted: for one caller, who closes the number and then says [`ended`](Self::ended).
    pub fn begin_end(&self) -> Option<Round> {
        let mut word = self.0.load(SeqCst);
        while word & (INSIDE | CLOSING | ENDING) == CLOSING {
            let next = word.wrapping_add(ROUND) | ENDING;
            match self.0.compare_exchange(word, next, SeqCst, SeqCst) {
                Ok(_) => return Some(Round(next / ROUND)),
                Err(now) => word = now,
            }
        }
        None
    }

    /// The number is closed in the kernel: it is nobody's, or already somebody else's.
    pub fn ended(&self, round: Round) {
        self.reopen(|word| word & ENDING != 0 && Round(word / ROUND) == round);
    }

    /// The kernel has given the number out anew, so an end that is under way has happened.
    pub fn made(&self) {
        self.reopen(|word| word & ENDING != 0);
    }

    fn reopen(&self, due: impl Fn(u64) -> bool) {
        let mut word = self.0.load(SeqCst);
        while due(word) {
            match self.0.compare_exchange(word, word & !(CLOSING | ENDING), SeqCst, SeqCst) {
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
    }

    /// In a forked child: the threads that were inside are not there. True where the number is still to be closed.
    pub fn forked(&self) -> bool {
        let word = self.0.load(SeqCst);
        self.0.store(word & !(COUNTS | CLOSING | ENDING), SeqCst);
        Self::door(word) != Door::Open
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn state() -> State {
        State(AtomicU64::new(0))
    }

    #[test]
    fn the_last_one_out_ends_it() {
        let state = state();
        assert_eq!(state.enter(), Door::Open);
        assert_eq!(state.enter(), Door::Open);
        assert_eq!(state.shut(), Ok(2));
        assert_eq!(state.shut(), Err(Door::Closing));
        assert!(state.begin_end().is_none());
        assert!(!state.leave());
        assert!(state.leave());
        let round = state.begin_end().unwrap();
        assert!(state.begin_end().is_none());
        assert_eq!(state.enter(), Door::Ending);
        assert!(!state.leave());
        state.ended(round);
        assert_eq!(state.look(), Door::Open);
    }

    #[test]
    fn each_life_is_another() {
        let state = state();
        let first = state.life();
        assert!(first.is_some());
        assert_eq!(state.enter(), Door::Open);
        assert_eq!(state.life(), first);
        assert_eq!(state.shut(), Ok(1));
        assert_eq!(state.life(), None);
        assert!(state.leave());
        let round = state.begin_end().unwrap();
        assert_eq!(state.life(), None);
        state.ended(round);
        assert!(state.life().is_some());
        assert_ne!(state.life(), first);
    }

    #[test]
    fn plain_calls_are_counted_twice() {
        let state = state();
        assert_eq!((state.enter_plain(), state.enter()), (Door::Open, Door::Open));
        assert_eq!((state.inside(), state.plain()), (2, 1));
        assert_eq!(state.shut(), Ok(2));
        assert!(!state.leave());
        assert!(state.leave_plain());
        assert_eq!((state.inside(), state.plain()), (0, 0));
    }

    #[test]
    fn an_end_that_is_late_does_not_open_what_was_closed_since() {
        let state = state();
        assert_eq!(state.shut(), Ok(0));
        let first = state.begin_end().unwrap();
        state.made();
        assert_eq!(state.shut(), Ok(0));
        let second = state.begin_end().unwrap();
        state.ended(first);
        assert_eq!(state.look(), Door::Ending);
        state.ended(second);
        assert_eq!(state.look(), Door::Open);
    }
}
