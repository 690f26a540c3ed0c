//! Who is inside what. Each thread that makes guarded calls has a seat, on which stands what it is inside of.
//!
//! A thread is woken while it holds its seat still for the one who wakes it, so a signal never comes to a thread that has left.
use super::table::{self, CLOSING, HELD, KNOWN, Slot};
use super::{Errno, pause, signal};
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, AtomicUsize};

/// Threads beyond these pass through untouched.
const SEATS: usize = 4096;

/// Nobody is inside anything.
const FREE: u32 = 0;
/// The thread is inside.
const INSIDE: u32 = 1;
/// Somebody looks at the seat; the thread must not leave.
const WATCHED: u32 = 2;
/// The signal is on its way.
const SIGNALLED: u32 = 3;

/// The seat of a thread. Only the thread itself writes, but for `phase`.
#[repr(align(64))]
pub struct Seat {
    /// 0: nobody's.
    thread: AtomicU32,
    phase: AtomicU32,
    /// Counts the thread's calls.
    serial: AtomicU32,
    /// The descriptor, or -1 where it waits for several.
    fd: AtomicI32,
    /// Which ones these can be: bit `fd % 64`.
    mask: AtomicU64,
    /// Where on the stack.
    frame: AtomicUsize,
}

static PLACES: [Seat; SEATS] = [const {
    Seat {
        thread: AtomicU32::new(0),
        phase: AtomicU32::new(FREE),
        serial: AtomicU32::new(0),
        fd: AtomicI32::new(0),
        mask: AtomicU64::new(0),
        frame: AtomicUsize::new(0),
    }
}; SEATS];

/// No seat from here on was ever taken.
static TAKEN: AtomicU32 = AtomicU32::new(0);

/// How many wait for several descriptors; in parts, so that they do not all write to one place.
#[repr(align(64))]
struct Part(AtomicU32);
static SETS: [Part; 16] = [const { Part(AtomicU32::new(0)) }; 16];

/// A call that is being made. The shim keeps it on its stack.
#[repr(C)]
pub struct Call {
    seat: Option<&'static Seat>,
    /// When it began, in closes.
    pub epoch: u64,
    serial: u32,
    fd: i32,
}

/// How a call ended.
#[derive(Clone, Copy, Default)]
pub struct Left {
    /// Its descriptor was closed meanwhile.
    pub closed: bool,
    /// The thread was woken.
    pub woken: bool,
}

/// What is to become of a call.
pub enum Entry {
    /// It is to be made as if we were not there.
    Untouched,
    /// It is noted, and has to be ended by [`Call::leave`].
    Inside(Call),
    /// The descriptor is being closed.
    Bad,
}

/// The calling thread's seat, in its own storage; the address of something in the caller's frame.
pub struct Caller<'a> {
    /// Null until a seat is taken.
    pub seat: &'a mut *const Seat,
    /// To see what has been left by `longjmp`.
    pub frame: usize,
}

/// Notes a call that may block in `fd`; `any`: only if that is known as a socket.
pub fn enter(caller: Caller, fd: i32, any: bool) -> Entry {
    let Some(slot) = table::slot(fd) else { return Entry::Untouched };
    let mut state = slot.state.load(Relaxed);
    if any && state & KNOWN == 0 {
        return Entry::Untouched;
    }
    let Some(seat) = own_seat(caller.seat, caller.frame) else { return Entry::Untouched };
    table::reach(fd);
    for turn in 0..256 {
        if state & CLOSING == 0 {
            let call = seat.sit(caller.frame, fd, 0);
            state = slot.state.fetch_add(1, SeqCst);
            if state & CLOSING == 0 {
                return Entry::Inside(call);
            }
            call.leave();
        }
        if state & HELD != 0 {
            return Entry::Bad;
        }
        let _errno = Errno::keep();
        pause(turn);
        state = slot.state.load(SeqCst);
    }
    Entry::Untouched
}

/// Notes a wait for several descriptors: those of which bit `fd % 64` is in the mask.
pub fn enter_set(caller: Caller, mask: u64) -> Entry {
    match own_seat(caller.seat, caller.frame) {
        Some(seat) => {
            let call = seat.sit(caller.frame, -1, mask);
            seat.part().fetch_add(1, SeqCst);
            Entry::Inside(call)
        }
        None => Entry::Untouched,
    }
}

impl Call {
    /// The call has returned, or the thread is being cancelled in it.
    pub fn leave(&self) -> Left {
        let mut woken = false;
        // what a call in a signal handler on another stack took for left behind is no longer ours
        if let Some(seat) = self.seat
            && seat.serial.load(Relaxed) == self.serial
            && let Some(signalled) = seat.rise()
        {
            woken = signalled;
            self.uncount();
        }
        Left { closed: table::closed_since(self.fd, self.epoch), woken }
    }

    fn uncount(&self) {
        match table::slot(self.fd) {
            Some(slot) => slot.leave(self.fd),
            None => {
                if let Some(seat) = self.seat {
                    seat.part().fetch_sub(1, SeqCst);
                }
            }
        }
    }
}

impl Seat {
    fn part(&self) -> &'static AtomicU32 {
        let at = (std::ptr::from_ref(self) as usize / size_of::<Self>()) % SETS.len();
        &SETS[at].0
    }

    fn sit(&'static self, frame: usize, fd: i32, mask: u64) -> Call {
        // before anybody can see that we are inside: see `Slot::stamp`
        let epoch = table::epoch();
        let serial = self.serial.load(Relaxed).wrapping_add(1);
        self.serial.store(serial, Relaxed);
        self.fd.store(fd, Relaxed);
        self.mask.store(mask, Relaxed);
        self.frame.store(frame, Relaxed);
        self.phase.store(INSIDE, SeqCst);
        Call { seat: Some(self), epoch, serial, fd }
    }

    /// Leaves the seat, unless it has been left already. Whoever was signalled takes the signal here, and not in its next call.
    fn rise(&self) -> Option<bool> {
        loop {
            match self.phase.compare_exchange(INSIDE, FREE, SeqCst, SeqCst) {
                Ok(_) => return Some(false),
                Err(WATCHED) => {
                    let _errno = Errno::keep();
                    pause(0);
                }
                Err(SIGNALLED) => {
                    super::process();
                    self.phase.store(FREE, SeqCst);
                    return Some(true);
                }
                Err(_) => return None,
            }
        }
    }

    /// What stands on the seat, as a call.
    fn call(&'static self) -> Call {
        Call { seat: Some(self), epoch: u64::MAX, serial: self.serial.load(Relaxed), fd: self.fd.load(Relaxed) }
    }

    fn concerns(&self, fd: i32) -> bool {
        self.fd.load(SeqCst) == fd || self.mask.load(SeqCst) >> (fd % 64) & 1 != 0
    }
}

/// The thread's seat, if it is not inside a call already: a call in a signal handler that came over another one is not noted.
fn own_seat(seat: &mut *const Seat, frame: usize) -> Option<&'static Seat> {
    // SAFETY: null, or one of the static seats.
    let own = match unsafe { seat.as_ref() } {
        Some(own) => own,
        None => {
            let own = take_seat()?;
            *seat = own;
            own
        }
    };
    if own.phase.load(Relaxed) != FREE && left_behind(own, frame) {
        own.call().leave();
    }
    (own.phase.load(Relaxed) == FREE).then_some(own)
}

/// Was the call that stands on the seat left by `longjmp`? Then its frame is gone: this one is in the same place, or above it. A signal
/// handler's is below, unless it has a stack of its own; then the call that it came over is no longer noted.
fn left_behind(own: &Seat, frame: usize) -> bool {
    own.frame.load(Relaxed) <= frame
}

fn take_seat() -> Option<&'static Seat> {
    let _errno = Errno::keep();
    // SAFETY: no arguments; cannot fail.
    let thread = unsafe { libc::syscall(libc::SYS_gettid) } as u32;
    let at = PLACES.iter().position(|seat| seat.thread.compare_exchange(0, thread, SeqCst, SeqCst).is_ok())?;
    TAKEN.fetch_max(at as u32 + 1, SeqCst);
    Some(&PLACES[at])
}

/// The thread ends.
pub fn give_back(seat: &Seat) {
    seat.thread.store(0, SeqCst);
}

/// Is the calling thread itself inside `fd`? So it is in a signal handler that came over the call; or it has left it by `longjmp`,
/// which is put right here.
pub fn own_inside(caller: &Caller, fd: i32) -> bool {
    // SAFETY: null, or one of the static seats.
    let Some(own) = (unsafe { caller.seat.as_ref() }) else { return false };
    if own.phase.load(SeqCst) == FREE || own.fd.load(SeqCst) != fd {
        return false;
    }
    if left_behind(own, caller.frame) {
        own.call().leave();
        return false;
    }
    true
}

/// Does anybody wait for several descriptors?
pub fn sets_waiting() -> bool {
    SETS.iter().any(|part| part.0.load(SeqCst) != 0)
}

/// Wakes all but the calling thread that are inside `fd`, and have not been woken yet. Says how many have not left.
pub fn wake(own: *const Seat, fd: i32) -> u32 {
    let mut inside = 0;
    for seat in PLACES.iter().take(TAKEN.load(SeqCst) as usize) {
        if std::ptr::eq(seat, own) || !seat.concerns(fd) {
            continue;
        }
        match seat.phase.compare_exchange(INSIDE, WATCHED, SeqCst, SeqCst) {
            Ok(_) if seat.concerns(fd) => inside += signal_to(seat),
            Ok(_) => seat.phase.store(INSIDE, SeqCst),
            Err(SIGNALLED) => inside += 1,
            Err(_) => {}
        }
    }
    inside
}

/// How many have not left, 0 or 1.
fn signal_to(seat: &'static Seat) -> u32 {
    match signal(seat.thread.load(SeqCst)) {
        0 => seat.phase.store(SIGNALLED, SeqCst),
        // the thread ended in a call, without unwinding
        libc::ESRCH => {
            let call = seat.call();
            seat.phase.store(FREE, SeqCst);
            call.uncount();
            seat.thread.store(0, SeqCst);
            return 0;
        }
        _ => seat.phase.store(INSIDE, SeqCst),
    }
    1
}

/// In a forked child: there is one thread, which may be inside something.
pub fn forked(own: Option<&'static Seat>) {
    for part in &SETS {
        part.0.store(0, SeqCst);
    }
    for seat in PLACES.iter().take(TAKEN.load(SeqCst) as usize) {
        if own.is_some_and(|own| std::ptr::eq(own, seat)) {
            continue;
        }
        seat.phase.store(FREE, SeqCst);
        seat.thread.store(0, SeqCst);
    }
    if let Some(own) = own {
        // SAFETY: no arguments; cannot fail.
        own.thread.store(unsafe { libc::syscall(libc::SYS_gettid) } as u32, SeqCst);
        if own.phase.load(SeqCst) != FREE {
            own.phase.store(INSIDE, SeqCst);
            let one: Option<&Slot> = table::slot(own.fd.load(SeqCst));
            one.map_or(own.part(), |slot| &slot.state).fetch_add(1, SeqCst);
        }
    }
}
