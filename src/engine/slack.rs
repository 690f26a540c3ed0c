//! Memory that connections have freed, and that the allocator keeps.
//!
//! What TLS and compression need lies in the heap between what is still used, and glibc gives back to the system only what is free at the heap's end: a
//! thousand TLS connections leave 4 MB behind for the rest of the process's life. So some time after many have ended it is asked to give back the
//! rest. That walks through all that is free, and is not done while connections come and go.
use super::clock::SECOND;

/// Fewer are not worth it.
const MANY: usize = 64;
/// Nothing may have ended for so long.
const QUIET: u64 = SECOND;
/// Where something ends all the time, so long after the first.
const LONGEST: u64 = 10 * SECOND;

/// How much has ended since the last time.
#[derive(Default)]
pub struct Slack {
    ended: usize,
    first: u64,
    last: u64,
}

impl Slack {
    /// A connection has ended that had much in the heap.
    pub fn ended(&mut self, now: u64) {
        if self.ended == 0 {
            self.first = now;
        }
        self.ended += 1;
        self.last = now;
    }

    /// When memory is to be given back.
    pub fn next(&self) -> Option<u64> {
        (self.ended >= MANY).then(|| (self.last + QUIET).min(self.first + LONGEST))
    }

    /// Is it time? It is said once.
    pub fn is_due(&mut self, now: u64) -> bool {
        let due = self.next().is_some_and(|due| due <= now);
        if due {
            self.ended = 0;
        }
        due
    }
}

/// Has the allocator give back to the system what is free.
pub fn give_back() {
    // SAFETY: it has no preconditions.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_not_worth_it_and_many_are_after_a_while() {
        let mut slack = Slack::default();
        (0..MANY as u64 - 1).for_each(|i| slack.ended(i));
        assert_eq!(slack.next(), None);
        slack.ended(70);
        assert_eq!(slack.next(), Some(70 + QUIET));
        assert!(!slack.is_due(70));
        slack.ended(QUIET);
        assert!(!slack.is_due(70 + QUIET));
        assert!(slack.is_due(2 * QUIET));
        assert!(!slack.is_due(9 * QUIET));
    }

    #[test]
    fn it_is_not_put_off_for_ever() {
        let mut slack = Slack::default();
        let due = (0..).map(|i| i * SECOND / 10).find(|&now| {
            slack.ended(now);
            slack.is_due(now)
        });
        assert_eq!(due, Some(LONGEST));
    }
}
