//! Who is inside what. Each thread that makes guarded calls has a seat, on which stands what it is inside of.
//!
//! A thread is woken while it holds its seat still for the one who wakes it, so a signal never comes to a thread that has left.
use super::sets::{POLL, SELECT, Sets};
use super::table::{self, CLOSING, HELD, KNOWN, Slot};
use super::{Errno, pause, signal};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, AtomicUsize};

/// Threads beyond these pass through untouched.
const SEATS: usize = 4096;

/// Nobody is inside anything.
const FREE: u32 = 0;
/// The thread is inside.
const INSIDE: u32 = 1;
/// Somebody looks at the seat; the thread must not leave.
const WATCHED: u32 = 2;
/// A signal is on its way.
const SIGNALLED: u32 = 3;
/// The thread was signalled and leaves: no more signals.
const LEAVING: u32 = 4;

/// The seat of a thread. Only the thread itself writes, but for `phase`, for `sent` while it is watched, and for `buckets`.
#[repr(align(128))]
pub struct Seat {
    /// 0: nobody's.
    thread: AtomicU32,
    phase: AtomicU32,
    /// Counts the thread's calls. Written first: who reads it the same before and after has read one call's fields in between.
    serial: AtomicU32,
    /// The descriptor, or [`POLL`] or [`SELECT`].
    fd: AtomicI32,
    /// When the call began, in closes.
    epoch: AtomicU64,
    /// Where on the stack.
    frame: AtomicUsize,
    /// How many signals it was sent in this call.
    sent: AtomicU32,
    /// How many its handler has seen.
    taken: AtomicU32,
    /// What it waits for, where that is several: see [`Sets`].
    sets: [AtomicUsize; 3],
    count: AtomicU32,
    /// Which ones these can be, for who closes: the serial number of the call, and bit `fd % 32`. No bit: nobody has looked yet.
    buckets: AtomicU64,
}

static PLACES: [Seat; SEATS] = [const {
    Seat {
        thread: AtomicU32::new(0),
        phase: AtomicU32::new(FREE),
        serial: AtomicU32::new(0),
        fd: AtomicI32::new(0),
        epoch: AtomicU64::new(0),
        frame: AtomicUsize::new(0),
        sent: AtomicU32::new(0),
        taken: AtomicU32::new(0),
        sets: [const { AtomicUsize::new(0) }; 3],
        count: AtomicU32::new(0),
        buckets: AtomicU64::new(0),
    }
}; SEATS];

/// No seat from here on was ever taken.
static TAKEN: AtomicU32 = AtomicU32::new(0);

/// How often a seat was given back, and how often when none was to be had: then none is until that grows.
static GIVEN: AtomicU64 = AtomicU64::new(1);
static FULL: AtomicU64 = AtomicU64::new(0);

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
    if passes(state, any) {
        return Entry::Untouched;
    }
    let Some(seat) = own_seat(caller.seat, caller.frame) else { return Entry::Untouched };
    table::reach(fd);
    for turn in 0..2048 {
        if state & CLOSING == 0 {
            let call = seat.sit(caller.frame, fd, None);
            state = slot.state.fetch_add(1, SeqCst);
            table::settle();
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
        if passes(state, any) {
            break;
        }
    }
    Entry::Untouched
}

/// Is this none of ours? What is being closed is no longer known, and may still be open.
fn passes(state: u32, any: bool) -> bool {
    any && state & (KNOWN | CLOSING) == 0
}

/// Notes a wait for several descriptors.
pub fn enter_set(caller: Caller, sets: &Sets) -> Entry {
    match own_seat(caller.seat, caller.frame) {
        Some(seat) => {
            let call = seat.sit(caller.frame, sets.kind, Some(sets));
            seat.part().fetch_add(1, SeqCst);
            table::settle();
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

    fn sit(&'static self, frame: usize, fd: i32, sets: Option<&Sets>) -> Call {
        // before anybody can see that we are inside: see `Slot::stamp`
        let epoch = table::epoch();
        let serial = self.serial.load(Relaxed).wrapping_add(1);
        self.serial.store(serial, Relaxed);
        self.fd.store(fd, Release);
        self.epoch.store(epoch, Release);
        self.frame.store(frame, Relaxed);
        if let Some(sets) = sets {
            for (to, from) in self.sets.iter().zip(sets.at) {
                to.store(from, Release);
            }
            self.count.store(sets.count, Release);
            self.buckets.store(u64::from(serial) << 32, Release);
        }
        self.phase.store(INSIDE, SeqCst);
        Call { seat: Some(self), epoch, serial, fd }
    }

    /// Leaves the seat, unless it has been left already. Whoever was signalled takes the signal here, and not in its next call.
    fn rise(&self) -> Option<bool> {
        for turn in 0.. {
            match self.phase.compare_exchange(INSIDE, FREE, SeqCst, SeqCst) {
                Ok(_) => return Some(false),
                // whoever watches blocks all signals meanwhile; but he may have less priority than we
                Err(WATCHED) => {
                    let _errno = Errno::keep();
                    pause(turn);
                }
                Err(SIGNALLED) => {
                    if self.phase.compare_exchange(SIGNALLED, LEAVING, SeqCst, SeqCst).is_ok() {
                        return self.rise_signalled();
                    }
                }
                // in a signal handler that came over the line above, and did not return
                Err(LEAVING) => return self.rise_signalled(),
                Err(_) => break,
            }
        }
        None
    }

    /// A system call, so that the signals that were sent have come.
    fn rise_signalled(&self) -> Option<bool> {
        super::process();
        self.sent.store(0, SeqCst);
        self.taken.store(0, SeqCst);
        // a signal handler that came over this may have done it
        self.phase.compare_exchange(LEAVING, FREE, SeqCst, SeqCst).ok().map(|_| true)
    }

    /// What stands on the seat, as a call.
    fn call(&'static self) -> Call {
        Call { seat: Some(self), epoch: u64::MAX, serial: self.serial.load(Relaxed), fd: self.fd.load(Relaxed) }
    }

    /// Is this a call that `wake` is for? If so, its serial number.
    fn concerned(&self, wake: Wake) -> Option<u32> {
        let serial = self.serial.load(SeqCst);
        if self.epoch.load(Acquire) >= wake.since {
            return None;
        }
        let concerned = match self.fd.load(Acquire) {
            fd @ (POLL | SELECT) if wake.sets => self.waits_for(fd, serial, wake.fd),
            fd => fd == wake.fd && !wake.sets,
        };
        concerned.then_some(serial)
    }

    fn waits_for(&self, kind: i32, serial: u32, fd: i32) -> bool {
        let sets =
            Sets { kind, at: [0, 1, 2].map(|at: usize| self.sets[at].load(Acquire)), count: self.count.load(Acquire) };
        let noted = self.buckets.load(SeqCst);
        let bit = 1 << (fd % 32);
        // whoever has sat down again meanwhile has done so after the close: he is none of ours
        if noted >> 32 == u64::from(serial) && noted as u32 != 0 && noted as u32 & bit == 0 {
            return false;
        }
        let unseen = noted == u64::from(serial) << 32;
        let found = sets.look(fd, unseen);
        if unseen {
            let _ = self.buckets.compare_exchange(noted, noted | u64::from(found.buckets), SeqCst, SeqCst);
        }
        found.there
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
    let given = GIVEN.load(SeqCst);
    if FULL.load(Relaxed) == given {
        return None;
    }
    let _errno = Errno::keep();
    // SAFETY: no arguments; cannot fail.
    let thread = unsafe { libc::syscall(libc::SYS_gettid) } as u32;
    let take =
        |seat: &Seat| seat.thread.load(Relaxed) == 0 && seat.thread.compare_exchange(0, thread, SeqCst, SeqCst).is_ok();
    let Some(at) = PLACES.iter().position(take) else {
        FULL.store(given, Relaxed);
        return None;
    };
    TAKEN.fetch_max(at as u32 + 1, SeqCst);
    Some(&PLACES[at])
}

/// The thread ends, perhaps in a signal handler that came over a call.
pub fn give_back(seat: &'static Seat) {
    seat.call().leave();
    seat.vacate();
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

/// Who is to be woken: those that began before `since`, and are inside `fd`, or wait for it among others.
#[derive(Clone, Copy)]
pub struct Wake {
    /// The descriptor.
    pub fd: i32,
    /// In closes. Who began later has met what the close left.
    pub since: u64,
    /// Those that wait for several, or those that do not.
    pub sets: bool,
}

/// Wakes them, but for the calling thread, and says how many have not left. A thread is sent one signal, and another only when its
/// handler has seen the last and the thread is still there: then it may have come before the thread was in the kernel. Each time that
/// takes twice as long, in turns: the thread may be in a signal handler of the program's.
pub fn wake(own: *const Seat, wake: Wake, turn: u32) -> u32 {
    let mut inside = 0;
    for seat in PLACES.iter().take(TAKEN.load(SeqCst) as usize) {
        if std::ptr::eq(seat, own) {
            continue;
        }
        let phase = seat.phase.load(SeqCst);
        if phase == FREE || phase == LEAVING {
            continue;
        }
        let Some(serial) = seat.concerned(wake) else { continue };
        inside += match phase {
            INSIDE => signal_to(seat, phase, serial, wake.since),
            SIGNALLED if seat.has_taken_all() && turn >> seat.sent.load(SeqCst).min(31) != 0 => {
                signal_to(seat, phase, serial, wake.since)
            }
            _ => 1,
        };
    }
    inside
}

impl Seat {
    fn vacate(&self) {
        self.thread.store(0, SeqCst);
        GIVEN.fetch_add(1, SeqCst);
    }

    fn has_taken_all(&self) -> bool {
        self.taken.load(SeqCst) >= self.sent.load(SeqCst)
    }
}

/// The handler: the calling thread has got a signal.
pub fn taken(own: &Seat) {
    own.taken.fetch_add(1, SeqCst);
}

/// How many have not left, 0 or 1.
fn signal_to(seat: &'static Seat, phase: u32, serial: u32, since: u64) -> u32 {
    // nobody may be kept from leaving by a signal handler of ours
    let _quiet = Quiet::begin();
    if seat.phase.compare_exchange(phase, WATCHED, SeqCst, SeqCst).is_err() {
        return 1;
    }
    // the next call's number may have been read with the last one's descriptor
    if seat.serial.load(SeqCst) != serial || seat.epoch.load(SeqCst) >= since {
        seat.phase.store(phase, SeqCst);
        return 0;
    }
    seat.sent.fetch_add(1, SeqCst);
    match signal(seat.thread.load(SeqCst)) {
        0 => seat.phase.store(SIGNALLED, SeqCst),
        // the thread ended in a call, without unwinding
        libc::ESRCH => {
            let call = seat.call();
            seat.sent.store(0, SeqCst);
            seat.phase.store(FREE, SeqCst);
            call.uncount();
            seat.vacate();
            return 0;
        }
        _ => {
            seat.sent.fetch_sub(1, SeqCst);
            seat.phase.store(phase, SeqCst);
        }
    }
    1
}

/// Blocks all signals of the calling thread until it is dropped.
struct Quiet(u64);

impl Quiet {
    fn begin() -> Self {
        let (all, mut before) = (u64::MAX, 0u64);
        // SAFETY: reads the one set and writes the other.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigprocmask,
                libc::SIG_SETMASK,
                &raw const all,
                &raw mut before,
                size_of::<u64>(),
            )
        };
        Self(before)
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // SAFETY: reads the set.
        unsafe {
            libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK, &raw const self.0, 0usize, size_of::<u64>())
        };
    }
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
        seat.vacate();
    }
    if let Some(own) = own {
        // SAFETY: no arguments; cannot fail.
        own.thread.store(unsafe { libc::syscall(libc::SYS_gettid) } as u32, SeqCst);
        if own.phase.load(SeqCst) != FREE {
            // the signals that were sent are the parent's
            own.sent.store(0, SeqCst);
            own.taken.store(0, SeqCst);
            own.phase.store(INSIDE, SeqCst);
            let one: Option<&Slot> = table::slot(own.fd.load(SeqCst));
            one.map_or(own.part(), |slot| &slot.state).fetch_add(1, SeqCst);
        }
    }
}
