//! What is known of each descriptor.
use super::{Errno, at_home, closing};
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU32, AtomicU64};

/// Descriptors from here on pass through untouched.
pub const DESCRIPTORS: usize = 1 << 16;

/// Known to be a socket (or an epoll). Only a hint: a wrong one costs a note, and changes nothing.
pub const KNOWN: u32 = 1 << 31;
/// Somebody is closing it. For as long as this stands alone, whoever comes has to wait: it takes microseconds.
pub const CLOSING: u32 = 1 << 30;
/// The number stands for nothing any more, and is taken until all have left.
pub const HELD: u32 = 1 << 29;
/// The last to leave gives the number back.
pub const ORPHAN: u32 = 1 << 28;
const COUNT: u32 = ORPHAN - 1;

/// One descriptor. Zero is: nothing known, nobody inside.
pub struct Slot {
    /// The flags above, and how many are inside.
    pub state: AtomicU32,
    /// When it was last closed, in closes of the process.
    pub closed: AtomicU64,
}

static TABLE: [Slot; DESCRIPTORS] =
    [const { Slot { state: AtomicU32::new(0), closed: AtomicU64::new(0) } }; DESCRIPTORS];

/// How many closes there have been.
static EPOCH: AtomicU64 = AtomicU64::new(0);

/// No number above this one has been looked after, be it open or not.
static HIGHEST: AtomicU32 = AtomicU32::new(0);

/// No number above this one has been a socket; this one was.
static SOCKETS: AtomicU32 = AtomicU32::new(0);

/// The slot of a descriptor; none for what is not looked after.
pub fn slot(fd: i32) -> Option<&'static Slot> {
    TABLE.get(usize::try_from(fd).ok()?)
}

/// The highest number that was ever looked after.
pub fn highest() -> i32 {
    HIGHEST.load(SeqCst) as i32
}

/// The highest number that was ever a socket: the kernel's table reaches at least so far.
pub fn sockets() -> i32 {
    SOCKETS.load(SeqCst) as i32
}

/// Now, in closes.
pub fn epoch() -> u64 {
    EPOCH.load(SeqCst)
}

/// What begins before this is known as earlier by it.
pub fn tick() -> u64 {
    let now = EPOCH.fetch_add(1, SeqCst) + 1;
    settle();
    now
}

/// What was written here is seen by others before the kernel reads its table of descriptors for us, and the other way round. On x86-64
/// that is so after each atomic addition.
pub fn settle() {
    #[cfg(not(target_arch = "x86_64"))]
    std::sync::atomic::fence(SeqCst);
}

/// Notes that this is a socket.
pub fn learn(fd: i32) {
    if let Some(slot) = slot(fd)
        && slot.state.load(Relaxed) & KNOWN == 0
        && at_home()
    {
        reach(fd);
        SOCKETS.fetch_max(fd as u32, SeqCst);
        slot.state.fetch_or(KNOWN, SeqCst);
    }
}

/// Notes that these numbers are no sockets any more: for closes in a process with one thread, which are not noted otherwise.
pub fn forget(first: i32, last: i32) {
    let mut home = None;
    for slot in (first.max(0)..=last.min(highest())).filter_map(slot) {
        let state = slot.state.load(Relaxed);
        // a child of `vfork` closes its own descriptors
        if state & KNOWN != 0 && *home.get_or_insert_with(at_home) {
            slot.state.store(state & !KNOWN, SeqCst);
        }
    }
}

/// Counts this number among those that are used.
pub fn reach(fd: i32) {
    if HIGHEST.load(Relaxed) < fd as u32 {
        HIGHEST.fetch_max(fd as u32, SeqCst);
    }
}

/// Is it noted as a socket?
pub fn known(fd: i32) -> bool {
    slot(fd).is_some_and(|slot| slot.state.load(SeqCst) & KNOWN != 0)
}

/// Is it noted as a socket, or is anybody inside?
pub fn in_use(fd: i32) -> bool {
    slot(fd).is_some_and(|slot| slot.state.load(SeqCst) != 0)
}

/// Has it been closed since then?
pub fn closed_since(fd: i32, epoch: u64) -> bool {
    slot(fd).is_some_and(|slot| slot.closed.load(SeqCst) > epoch)
}

/// Is it closed, by a close that went on at that time, or later? That is what it means if the kernel calls it ready for `select`, and
/// finds nobody at the number. To be asked from the seat.
pub fn gone(fd: i32, epoch: u64) -> bool {
    let Some(slot) = slot(fd) else { return false };
    let state = slot.state.load(SeqCst);
    let closed = slot.closed.load(SeqCst);
    if closed > epoch {
        return true;
    }
    // the kernel closes it only after that has been noted
    if closed == 0 {
        return false;
    }
    let doubtful = state & CLOSING != 0 || (state & KNOWN == 0 && self::epoch() != epoch);
    if !doubtful {
        return false;
    }
    let _errno = Errno::keep();
    control(fd as usize, libc::F_GETFD) < 0
}

/// How many are inside.
pub fn inside(state: u32) -> u32 {
    state & COUNT
}

impl Slot {
    /// Notes that it is closed now, and says when that is.
    pub fn stamp(&self) -> u64 {
        let now = tick();
        self.closed.store(now, SeqCst);
        now
    }

    /// One is no longer inside. The last one gives an orphaned number back.
    pub fn leave(&self, fd: i32) {
        let left = self.state.fetch_sub(1, SeqCst) - 1;
        if inside(left) == 0 && left & ORPHAN != 0 {
            let _errno = Errno::keep();
            closing::bury(self, std::ptr::null(), fd);
        }
    }
}

/// In a forked child: nobody is inside, and what its parent's threads were closing is closed.
pub fn forked() {
    let _errno = Errno::keep();
    // a child's table of descriptors is as small as what is open lets it be
    let mut sockets = None;
    for (fd, slot) in TABLE.iter().enumerate().take(highest() as usize + 1).rev() {
        let state = slot.state.load(SeqCst);
        if state & CLOSING != 0 && control(fd, libc::F_GETFL) & libc::c_long::from(libc::O_PATH) != 0 {
            // what stood for a socket that is closed; not what the program may have put there already
            // SAFETY: no memory is involved.
            unsafe { libc::syscall(libc::SYS_close, fd) };
        }
        if state & !KNOWN != 0 {
            slot.state.store(state & KNOWN, SeqCst);
        }
        if state & KNOWN != 0 && sockets.is_none() {
            if control(fd, libc::F_GETFD) >= 0 {
                sockets = Some(fd as u32);
            } else {
                slot.state.store(0, SeqCst);
            }
        }
    }
    SOCKETS.store(sockets.unwrap_or(0), SeqCst);
}

/// What `fcntl` says of a descriptor; 0 for flags of what is not open, so that a bit can be asked for.
fn control(fd: usize, command: i32) -> libc::c_long {
    // SAFETY: commands without an argument.
    let flags = unsafe { libc::syscall(libc::SYS_fcntl, fd, command) };
    if command == libc::F_GETFL { flags.max(0) } else { flags }
}
