//! Calls that a signal handler has left by `siglongjmp`, as programs do that limit the time of a call with `alarm`: they never come out.
//!
//! While it sleeps, a call has a mark on its stack. Its thread finds out later, when it sleeps again or closes something, that the mark is
//! written over, or deeper in the stack than it could be above a handler; then it is as if the call came out now. A call that a handler has
//! only interrupted is neither: its mark is as it was, and the handler is deeper.
use super::raw::{self, Errno};
use super::record::{FIRST, Record};
use super::table::{self, World};
use super::watch::{self, Watching};
use crate::engine::thread::{stack_place, this_thread};
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};
use std::{hint, ptr};

/// What no program writes there by chance, over more than what frames leave between them.
const MARK: Mark = *b"the mark of a call that sleeps: it is written over, or it is deeper than a handler, when the call has been left by siglongjmp. #";
pub(super) type Mark = [u8; 128];
/// A handler is deeper in the stack than what it interrupts by what the kernel saves there, at least: that is more than this.
const SAVED: usize = 1024;

/// Runs the sleep of a record's owner, with a mark on the stack.
#[inline(never)]
pub(super) fn marked<R>(record: &Record, sleep: impl FnOnce() -> R) -> R {
    let mut mark = MARK;
    let place = hint::black_box(&raw mut mark);
    record.behind().mark.set(place);
    compiler_fence(SeqCst);
    let outcome = sleep();
    compiler_fence(SeqCst);
    record.behind().mark.set(ptr::null());
    // SAFETY: our own; it is not to be found there later.
    unsafe { place.write_volatile([0; 128]) };
    outcome
}

/// Lets go of what this thread's calls held that were left.
#[cold]
pub(super) fn let_go() {
    let (me, here) = (this_thread(), stack_place());
    let is_left = |record: &&Record| {
        // the mark is its owner's to look at
        if record.owner() != me {
            return false;
        }
        let mark = record.behind().mark.get();
        !mark.is_null() && is_left(mark, raw::peek(mark), here)
    };
    // one by one: the end of a number may take its time, and signals are not to wait for it
    let claim = || watch::sleepers(&FIRST).find(is_left).inspect(|record| record.behind().mark.set(ptr::null()));
    while let Some(record) = raw::without_signals(claim) {
        end(record);
    }
}

fn is_left(mark: *const Mark, found: Result<Mark, Errno>, here: usize) -> bool {
    match found {
        Ok(MARK) => (mark as usize) < here + SAVED && !raw::is_on_signal_stack(),
        Ok(_) | Err(libc::EFAULT) => true,
        // the kernel does not let us look
        Err(_) => false,
    }
}

/// As the call itself would have ended.
fn end(record: &Record) {
    let kernel = record.behind();
    if let Some(published) = record.published() {
        drop(Watching::left(&World, record, |work| kernel.any(published, work)));
    }
    let one = record.one();
    record.unwatch_one();
    if one >= 0 {
        table::left(one, kernel.generation.get());
    }
    record.release();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_gone_is_left() {
        let here = stack_place();
        let (deeper, outer) = (ptr::without_provenance(here - 100), ptr::without_provenance(here + 2000));
        assert!(is_left(deeper, Ok(MARK), here), "deeper than the thread is now");
        assert!(!is_left(outer, Ok(MARK), here), "interrupted by a handler, which is deeper");
        let mut other = MARK;
        other[7] = 0;
        assert!(is_left(outer, Ok(other), here), "written over");
        assert!(is_left(outer, Err(libc::EFAULT), here), "the stack is gone");
        assert!(!is_left(outer, Err(libc::EPERM), here), "not to be seen");
    }

    #[test]
    fn memory_is_looked_at_without_harm() {
        let mark = MARK;
        assert_eq!(raw::peek(&raw const mark), Ok(MARK));
        assert_eq!(raw::peek(ptr::without_provenance::<Mark>(8)), Err(libc::EFAULT));
        assert!(!raw::is_on_signal_stack());
    }
}
