//! The thread that lwIP's programs call the TCP/IP thread: what they post to it runs there, timers too, and the callbacks of connections.
//! There is none until somebody needs it.
//!
//! Callbacks run under the core lock, which is the program's: `LOCK_TCPIP_CORE` keeps this thread out of the program's functions. No
//! lock of the library is held meanwhile.
use super::error::{self, err_t};
use super::netconn::watch;
use super::registry::Registry;
use super::sys::{Recursive, lock};
use crate::engine::clock::now_us;
use crate::engine::fork;
use crate::engine::thread::{this_thread, without_cancellation};
use std::collections::{BTreeMap, VecDeque};
use std::ffi::c_void;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// A function of the program's that runs in this thread.
pub type Function = unsafe extern "C" fn(argument: *mut c_void);

/// A [`Function`] or null, as it comes from C.
#[allow(non_camel_case_types)]
pub type tcpip_callback_fn = Option<Function>;
/// The same, as the end of the thread's start.
#[allow(non_camel_case_types)]
pub type tcpip_init_done_fn = Option<Function>;
/// The same, for timers.
#[allow(non_camel_case_types)]
pub type sys_timeout_handler = Option<Function>;

/// Calls that may wait to be made.
const MOST_CALLS: usize = 4096;
/// Timers that may be set.
const MOST_TIMERS: usize = 65536;

/// Held around every callback, and by programs.
pub(crate) static CORE_LOCK: Recursive = Recursive::new();

/// A call that somebody has asked for.
struct Call {
    function: Function,
    argument: *mut c_void,
    /// Rung when it has been made.
    done: Option<Arc<Done>>,
}
// SAFETY: the argument is the program's, which has handed it to another thread's function on purpose.
unsafe impl Send for Call {}

#[derive(Default)]
struct Done {
    made: Mutex<bool>,
    bell: Condvar,
}

struct Timer {
    function: Function,
    argument: *mut c_void,
}
// SAFETY: as for a call.
unsafe impl Send for Timer {}

#[derive(Default)]
struct Desk {
    calls: VecDeque<Call>,
    /// By deadline in microseconds, then in the order in which they were set.
    timers: BTreeMap<(u64, u64), Timer>,
    set: u64,
}

pub(crate) struct Core {
    epoll: OwnedFd,
    bell: OwnedFd,
    desk: Mutex<Desk>,
    room: Condvar,
    /// Which of forked processes has the thread.
    generation: u32,
    thread: AtomicUsize,
}

/// What the bell is called in epoll; connections are called by their addresses.
const BELL: u64 = 0;

static CORE: AtomicPtr<Core> = AtomicPtr::new(std::ptr::null_mut());
static STARTING: Mutex<()> = Mutex::new(());

fn running() -> Option<&'static Core> {
    // SAFETY: null, or leaked by `start`.
    unsafe { CORE.load(Ordering::Acquire).as_ref() }.filter(|core| core.generation == fork::generation())
}

/// The thread, which is started if there is none in this process. [`error::MEM`] if the system gives none.
pub(crate) fn core() -> Result<&'static Core, err_t> {
    if let Some(core) = running() {
        return Ok(core);
    }
    let _one = lock(&STARTING);
    match running() {
        Some(core) => Ok(core),
        None => start().map_err(|error| error::of_io(&error)),
    }
}

fn owned(fd: RawFd) -> io::Result<OwnedFd> {
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: a descriptor that the kernel has just given.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn start() -> io::Result<&'static Core> {
    // SAFETY: system calls without pointers.
    let epoll = owned(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
    // SAFETY: as above.
    let bell = owned(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
    let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: BELL };
    // SAFETY: both descriptors are open, the event lives for the call.
    if unsafe { libc::epoll_ctl(epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, bell.as_raw_fd(), &mut event) } < 0 {
        return Err(io::Error::last_os_error());
    }
    // one for the life of the process: threads may be anywhere in it
    let core: &'static Core = Box::leak(Box::new(Core {
        epoll,
        bell,
        desk: Mutex::default(),
        room: Condvar::new(),
        generation: fork::watch(),
        thread: AtomicUsize::new(0),
    }));
    without_signals(|| std::thread::Builder::new().name("tcpip_thread".to_owned()).spawn(|| core.run()))?;
    CORE.store(std::ptr::from_ref(core).cast_mut(), Ordering::Release);
    Ok(core)
}

/// The program's signal handlers run in the program's threads: a thread made here has all signals blocked.
fn without_signals<R>(work: impl FnOnce() -> R) -> R {
    // SAFETY: sets of signals on this stack; the calling thread gets its own mask back.
    unsafe {
        let mut all = std::mem::zeroed();
        let mut before = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let result = work();
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        result
    }
}

/// Is this the thread that callbacks run in?
pub(crate) fn here() -> bool {
    running().is_some_and(|core| core.thread.load(Ordering::Relaxed) == this_thread())
}

/// Calls `function` of the program's under the core lock.
///
/// # Safety
/// The function may be called with that argument: the program has said so.
unsafe fn call(function: Function, argument: *mut c_void) {
    CORE_LOCK.lock();
    // SAFETY: by this function's contract.
    unsafe { function(argument) };
    CORE_LOCK.unlock();
}

impl Core {
    fn run(&self) -> ! {
        self.thread.store(this_thread(), Ordering::Relaxed);
        const EVENTS: usize = 64;
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; EVENTS];
        loop {
            let wait = self.until_next_timer();
            // SAFETY: room for as many events as the call is told.
            let n =
                unsafe { libc::epoll_wait(self.epoll.as_raw_fd(), events.as_mut_ptr(), EVENTS as i32, wait) }.max(0);
            self.silence();
            self.make_calls();
            self.fire_timers();
            for event in &events[..n as usize] {
                if event.u64 != BELL {
                    watch::ready(event.u64 as usize, event.events);
                }
            }
        }
    }

    fn until_next_timer(&self) -> i32 {
        let desk = lock(&self.desk);
        if !desk.calls.is_empty() {
            return 0;
        }
        let Some((&(deadline, _), _)) = desk.timers.first_key_value() else { return -1 };
        let us = deadline.saturating_sub(now_us());
        us.div_ceil(1000).min(i32::MAX as u64) as i32
    }

    fn silence(&self) {
        let mut count = 0u64;
        // SAFETY: reads eight bytes into eight.
        unsafe { libc::read(self.bell.as_raw_fd(), std::ptr::from_mut(&mut count).cast(), 8) };
    }

    fn ring(&self) {
        let one = 1u64;
        // SAFETY: writes eight bytes from eight. It fails only when the bell has been rung often enough.
        without_cancellation(|| unsafe { libc::write(self.bell.as_raw_fd(), std::ptr::from_ref(&one).cast(), 8) });
    }

    /// Makes the calls that wait now; what they ask for comes in the next round.
    fn make_calls(&self) {
        let waiting = lock(&self.desk).calls.len();
        for _ in 0..waiting {
            let Some(next) = lock(&self.desk).calls.pop_front() else { return };
            self.room.notify_one();
            // SAFETY: the program asked for it.
            unsafe { call(next.function, next.argument) };
            if let Some(done) = next.done {
                *lock(&done.made) = true;
                done.bell.notify_all();
            }
        }
    }

    fn fire_timers(&self) {
        let now = now_us();
        // those that are set meanwhile are due later, if only by their number
        let last = lock(&self.desk).set;
        loop {
            let timer = {
                let mut desk = lock(&self.desk);
                match desk.timers.first_entry() {
                    Some(first) if *first.key() <= (now, last) => first.remove(),
                    _ => return,
                }
            };
            // SAFETY: the program asked for it.
            unsafe { call(timer.function, timer.argument) };
        }
    }

    fn post(&self, next: Call, may_wait: bool) -> err_t {
        let mut desk = lock(&self.desk);
        while desk.calls.len() >= MOST_CALLS {
            // this thread would wait for itself
            if !may_wait || here() {
                return error::MEM;
            }
            desk = self.room.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
        desk.calls.push_back(next);
        let first = desk.calls.len() == 1;
        drop(desk);
        if first {
            self.ring();
        }
        error::OK
    }

    /// Has `watch::ready` called once for the next of `events` on a descriptor, under the name `token`.
    pub(crate) fn arm(&self, fd: RawFd, token: usize, events: u32, known: bool) -> io::Result<()> {
        let how = if known { libc::EPOLL_CTL_MOD } else { libc::EPOLL_CTL_ADD };
        let mut event = libc::epoll_event { events: events | libc::EPOLLONESHOT as u32, u64: token as u64 };
        // SAFETY: the event lives for the call.
        match unsafe { libc::epoll_ctl(self.epoll.as_raw_fd(), how, fd, &mut event) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Forgets a descriptor.
    pub(crate) fn disarm(&self, fd: RawFd) {
        // SAFETY: no pointers that are followed.
        unsafe { libc::epoll_ctl(self.epoll.as_raw_fd(), libc::EPOLL_CTL_DEL, fd, std::ptr::null_mut()) };
    }
}

/// A call that is kept to be asked for again and again: `struct tcpip_callback_msg`.
#[derive(Debug)]
pub struct Message {
    pub(crate) function: Function,
    pub(crate) argument: *mut c_void,
}
// SAFETY: the argument is the program's, as for a call.
unsafe impl Send for Message {}
// SAFETY: nobody changes it.
unsafe impl Sync for Message {}

pub(crate) static MESSAGES: Registry<Message> = Registry::new();

/// Has `function` called in the thread. Where there is no room, it waits if it `may_wait`, else it says [`error::MEM`].
pub fn post(function: Function, argument: *mut c_void, may_wait: bool) -> err_t {
    match core() {
        Ok(core) => core.post(Call { function, argument, done: None }, may_wait),
        Err(err) => err,
    }
}

/// Has `function` called in the thread, and comes back when that is done. From the thread itself it is called at once.
pub(crate) fn run(function: Function, argument: *mut c_void) -> err_t {
    if here() {
        // SAFETY: the program asked for it.
        unsafe { call(function, argument) };
        return error::OK;
    }
    let core = match core() {
        Ok(core) => core,
        Err(err) => return err,
    };
    let done = Arc::new(Done::default());
    let err = core.post(Call { function, argument, done: Some(done.clone()) }, true);
    if err != error::OK {
        return err;
    }
    let mut made = lock(&done.made);
    while !*made {
        made = done.bell.wait(made).unwrap_or_else(PoisonError::into_inner);
    }
    error::OK
}

/// Has `function` called in the thread once, `ms` milliseconds from now. False if too many timers are set already, or there is no thread.
pub fn set_timer(ms: u32, function: Function, argument: *mut c_void) -> bool {
    let Ok(core) = core() else { return false };
    let deadline = now_us() + u64::from(ms) * 1000;
    let mut desk = lock(&core.desk);
    if desk.timers.len() >= MOST_TIMERS {
        return false;
    }
    desk.set += 1;
    let number = desk.set;
    desk.timers.insert((deadline, number), Timer { function, argument });
    let first = desk.timers.first_key_value().is_some_and(|(key, _)| *key == (deadline, number));
    drop(desk);
    if first && !here() {
        core.ring();
    }
    true
}

/// Takes back the earliest timer of this function and argument.
pub fn cancel_timer(function: Function, argument: *mut c_void) {
    let Some(core) = running() else { return };
    let mut desk = lock(&core.desk);
    let found = desk
        .timers
        .iter()
        .find(|(_, timer)| std::ptr::fn_addr_eq(timer.function, function) && timer.argument == argument);
    if let Some(key) = found.map(|(key, _)| *key) {
        desk.timers.remove(&key);
    }
}
