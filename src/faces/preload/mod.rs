//! Close-safe sockets under programs that know nothing of it: what `libnetgraft-preload.so` does for libc's calls.
//!
//! The calls themselves stay the kernel's, with all that libc means by them: restarts after signals, timeouts, partial transfers,
//! cancellation. What is added is a note of who is inside which descriptor. A `close` that finds nobody inside is libc's. One that
//! finds somebody puts an `O_PATH` descriptor of `/` in the place of the socket, for which the kernel itself answers `EBADF` and
//! `POLLNVAL` to everything; so the number is taken until all have left. Then it wakes them, with a signal whose handler only counts.
//! Without a descriptor left for that, the socket itself stays until all have left.
//! (Descriptors to wake a thread by, as the socket face has them, would need each blocking call to be made of a non-blocking one
//! and a `poll`, which cannot tell whether a handler asked for `SA_RESTART`, and would show among the program's descriptors.)
//!
//! Everything here may be called in a signal handler: no lock, no allocation, no panic; waits are bounded. `errno` is kept.
//!
//! - [`table`]: what is known of each descriptor
//! - [`seats`]: who is inside what
//! - [`sets`]: what they wait for, where that is several
//! - [`closing`]: closing and replacing
pub mod closing;
pub mod seats;
pub mod sets;
pub mod table;

use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize};

/// The process that the notes are about. A child of `vfork` shares them, but not the descriptors.
static PROCESS: AtomicI32 = AtomicI32::new(0);

/// The signal that wakes: the last of the real-time ones, which programs that take theirs from `SIGRTMIN` on do not get to.
pub const SIGNAL: i32 = 64;

/// The address of the signal's handler.
static HANDLER: AtomicUsize = AtomicUsize::new(0);

/// The program uses the signal itself.
static THEIRS: AtomicBool = AtomicBool::new(false);

/// Leaves the signal to the program, which means to wait for it: nobody is woken any more.
pub fn signal_is_theirs() {
    THEIRS.store(true, SeqCst);
}

/// Takes down whose descriptors these are. To be called when the library is loaded. `handler` calls [`seats::taken`], and does nothing
/// else.
pub fn begin(handler: extern "C" fn(libc::c_int)) {
    HANDLER.store(handler as usize, SeqCst);
    PROCESS.store(process(), SeqCst);
    // a mask is inherited by exec
    let mut set = signal_set();
    // SAFETY: the set is initialised, and nothing is written.
    unsafe { libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_UNBLOCK, &raw mut set, 0, size_of::<u64>()) };
}

/// Forgets, in a forked child, the threads that it does not have.
///
/// # Safety
/// `own` is the calling thread's seat, or null.
pub unsafe fn forked(own: *mut seats::Seat) {
    PROCESS.store(process(), SeqCst);
    table::forked();
    // SAFETY: seats are static.
    seats::forked(unsafe { own.as_ref() });
}

/// Is this the process whose descriptors the notes are about? Asks the kernel: libc's own word is wrong in a child of `vfork`.
fn at_home() -> bool {
    let home = PROCESS.load(SeqCst);
    // before the library's constructor has run there are no children yet
    home == 0 || process() == home
}

fn process() -> i32 {
    // SAFETY: no arguments; cannot fail.
    unsafe { libc::syscall(libc::SYS_getpid) as i32 }
}

/// Keeps `errno` over system calls of ours.
struct Errno(i32);

impl Errno {
    fn keep() -> Self {
        // SAFETY: the address of this thread's errno.
        Self(unsafe { *libc::__errno_location() })
    }

    fn now() -> i32 {
        // SAFETY: as above.
        unsafe { *libc::__errno_location() }
    }
}

impl Drop for Errno {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { *libc::__errno_location() = self.0 };
    }
}

/// The kernel's set of [`SIGNAL`] alone.
fn signal_set() -> u64 {
    1 << (SIGNAL - 1)
}

/// Has [`SIGNAL`] a handler of ours? Installs it where the program has none. Without `SA_RESTART`: the call is to return.
fn handler_ready() -> bool {
    if THEIRS.load(SeqCst) {
        return false;
    }
    // SAFETY: zero is a valid sigaction: the default action.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: reads into `action`.
    if unsafe { libc::sigaction(SIGNAL, std::ptr::null(), &raw mut action) } != 0 {
        return false;
    }
    let ours = HANDLER.load(SeqCst);
    match action.sa_sigaction {
        handler if handler == ours => true,
        libc::SIG_DFL | libc::SIG_IGN => {
            action.sa_sigaction = ours;
            action.sa_flags = libc::SA_ONSTACK;
            // SAFETY: the handler counts, and does nothing else.
            unsafe { libc::sigaction(SIGNAL, &raw const action, std::ptr::null_mut()) == 0 }
        }
        _ => false,
    }
}

/// Sends [`SIGNAL`] to a thread of this process; the error, or 0.
fn signal(thread: u32) -> i32 {
    // SAFETY: no memory is involved.
    match unsafe { libc::syscall(libc::SYS_tgkill, PROCESS.load(SeqCst), thread, SIGNAL) } {
        0 => 0,
        _ => Errno::now(),
    }
}

/// Gives others the processor: at first only that, then for 50 µs.
fn pause(turn: u32) {
    if turn < 64 {
        // SAFETY: no arguments.
        unsafe { libc::syscall(libc::SYS_sched_yield) };
    } else {
        let time = libc::timespec { tv_sec: 0, tv_nsec: 50_000 };
        // SAFETY: reads `time`; the remainder is not asked for.
        unsafe { libc::syscall(libc::SYS_nanosleep, &raw const time, 0) };
    }
}
