//! Closing a descriptor, or putting another in its place, while others may be inside.
use super::seats::{self, Caller, Seat, Wake};
use super::table::{self, CLOSING, HELD, KNOWN, ORPHAN, Slot, inside};
use super::{Errno, at_home, handler_ready, pause};
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

/// How long a close waits for those it has woken. They leave at once, unless they are stopped, or are in a signal handler.
const PATIENCE: Duration = Duration::from_millis(250);

/// How a close goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// As if we were not there.
    Untouched,
    /// Another thread is closing it.
    Bad,
    /// Nobody is inside: the program's call is to be made, then [`end`].
    Alone,
    /// All have left, and the number is free to be used as the call wants: then [`end`].
    Emptied,
    /// The descriptor is closed, but somebody has not left yet, who will give the number back. The call must not touch the number.
    Orphaned,
}

/// Begins to close `fd`: nobody gets in any more, and who is inside is woken. `replace`: the number is to be used again at once.
pub fn begin(caller: Caller, fd: i32, replace: bool) -> Close {
    let Some(slot) = table::slot(fd) else { return Close::Untouched };
    if slot.state.load(SeqCst) == 0 {
        return Close::Untouched;
    }
    let _errno = Errno::keep();
    if !at_home() {
        return Close::Untouched;
    }
    let own = seats::own_inside(&caller, fd);
    let mut turn = 0;
    let before = loop {
        let before = slot.state.fetch_or(CLOSING, SeqCst);
        if before & CLOSING == 0 {
            break before;
        }
        if before & HELD != 0 && !replace {
            return Close::Bad;
        }
        // a number that waits for the last to leave can be used again; he will not give it back then
        if before & ORPHAN != 0 && slot.state.fetch_and(!(ORPHAN | HELD), SeqCst) & ORPHAN != 0 {
            return Close::Emptied;
        }
        // in a signal handler that came over a close of the same descriptor there is nothing to wait for
        turn += 1;
        if turn > if before & HELD != 0 { 8192 } else { 256 } {
            return Close::Untouched;
        }
        pause(turn);
    };
    // a number that another call closed may have become anything: that is known from here on
    if (inside(before) != 0 || seats::sets_waiting()) && none_of_ours(fd) {
        slot.state.fetch_and(!(CLOSING | KNOWN), SeqCst);
        return Close::Untouched;
    }
    let since = slot.stamp();
    // whoever gets the number next may be known before we are done
    slot.state.fetch_and(!KNOWN, SeqCst);
    if inside(before) == 0 {
        return Close::Alone;
    }
    slot.state.fetch_or(HELD, SeqCst);
    let place = occupy(fd);
    if place == Place::Closed {
        slot.state.fetch_and(!HELD, SeqCst);
        return Close::Alone;
    }
    let own = u32::from(own);
    empty(slot, *caller.seat, fd, since, own);
    // what we are inside ourselves goes on when the handler we are in has returned; it must not do so in a descriptor that is still good
    let may_stay = if place == Place::Kept { own } else { 0 };
    if replace || inside(slot.state.load(SeqCst)) <= may_stay {
        // from now on the number may be somebody else's: who comes waits for the end of this, and is not told `EBADF`
        slot.state.fetch_and(!HELD, SeqCst);
        return Close::Emptied;
    }
    slot.state.fetch_or(ORPHAN, SeqCst);
    // the last one may have left just before
    if inside(slot.state.load(SeqCst)) == 0 {
        bury(slot, *caller.seat, fd);
    } else if place == Place::Taken && seats::sets_waiting() {
        wake_sets(*caller.seat, fd, table::tick());
    }
    Close::Orphaned
}

/// Ends a close or replacement that was begun. Who waits for the descriptor among others is woken only now, when the kernel no longer
/// knows it.
pub fn end(caller: &Caller, fd: i32, known: bool) {
    let Some(slot) = table::slot(fd) else { return };
    if known {
        table::learn(fd);
    }
    // before it looks as if nothing was being closed: see `table::gone`
    let since = seats::sets_waiting().then(table::tick);
    slot.state.fetch_and(!(CLOSING | HELD | ORPHAN), SeqCst);
    if let Some(since) = since {
        let _errno = Errno::keep();
        wake_sets(*caller.seat, fd, since);
    }
}

/// The call was not made after all: the thread was cancelled.
pub fn abandon(fd: i32) {
    if let Some(slot) = table::slot(fd) {
        table::learn(fd);
        slot.state.fetch_and(!(CLOSING | HELD | ORPHAN), SeqCst);
    }
}

/// Gives an orphaned number back: once. `seat`: the calling thread's own, if it may be inside something.
pub fn bury(slot: &Slot, seat: *const Seat, fd: i32) {
    let state = slot.state.load(SeqCst);
    let orphaned = CLOSING | HELD | ORPHAN;
    if inside(state) != 0 || state & orphaned != orphaned {
        return;
    }
    if slot.state.compare_exchange(state, CLOSING, SeqCst, SeqCst).is_ok() {
        if at_home() {
            // SAFETY: the number stands for nothing, and is ours.
            unsafe { libc::syscall(libc::SYS_close, fd) };
        }
        slot.state.fetch_and(!CLOSING, SeqCst);
        // if the descriptor itself had to be kept, it is closed only now
        if seats::sets_waiting() {
            wake_sets(seat, fd, table::tick());
        }
    }
}

/// Is it a file, a directory, a pipe or a device?
fn none_of_ours(fd: i32) -> bool {
    // SAFETY: zero is a valid stat, which the kernel writes.
    let kind = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        libc::syscall(libc::SYS_fstat, fd, &raw mut stat);
        stat.st_mode & libc::S_IFMT
    };
    matches!(kind, libc::S_IFREG | libc::S_IFDIR | libc::S_IFIFO | libc::S_IFCHR | libc::S_IFBLK)
}

/// What stands at a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing.
    Closed,
    /// The descriptor itself: there was none left to put in its place. It is closed when all have left it.
    Kept,
    /// What answers `EBADF` to everything.
    Taken,
}

/// Puts what answers `EBADF` to everything in the place of the descriptor, which is closed by that.
fn occupy(fd: i32) -> Place {
    // SAFETY: system calls with a static path and numbers.
    unsafe {
        if libc::syscall(libc::SYS_fcntl, fd, libc::F_GETFD) < 0 {
            return Place::Closed;
        }
        let root = libc::syscall(libc::SYS_openat, libc::AT_FDCWD, c"/".as_ptr(), libc::O_PATH | libc::O_CLOEXEC);
        if root < 0 {
            return Place::Kept;
        }
        let done = libc::syscall(libc::SYS_dup3, root, fd, libc::O_CLOEXEC) >= 0;
        libc::syscall(libc::SYS_close, root);
        if done { Place::Taken } else { Place::Kept }
    }
}

/// Wakes all that are inside and waits for them, within reason, until no more than `own` are.
fn empty(slot: &Slot, seat: *const Seat, fd: i32, since: u64, own: u32) {
    wake_until(|turn| {
        seats::wake(seat, Wake { fd, since, sets: false }, turn);
        inside(slot.state.load(SeqCst)) <= own
    });
}

/// Wakes who waits for the descriptor among others, and waits until they have left, within reason. `since`: when the kernel no longer
/// knew it. Who came later has found that by himself.
fn wake_sets(seat: *const Seat, fd: i32, since: u64) {
    wake_until(|turn| seats::wake(seat, Wake { fd, since, sets: true }, turn) == 0);
}

fn wake_until(mut done: impl FnMut(u32) -> bool) {
    if !handler_ready() {
        return;
    }
    let begin = Instant::now();
    for turn in 0.. {
        if done(turn) || begin.elapsed() > PATIENCE {
            return;
        }
        pause(turn);
    }
}
