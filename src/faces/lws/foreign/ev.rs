//! libev. Its watchers are structs of the caller's, which its macros fill in: as version 4 has them by default.
use super::library::{Library, functions};
use super::{Driver, Place, Runner, SIGINT_ONLY, come_by, signalled};
use std::cell::UnsafeCell;
use std::ffi::{c_int, c_uint, c_void};
use std::ptr;

functions! {
    ev_loop_new: fn(c_uint) -> *mut c_void;
    ev_loop_destroy: fn(*mut c_void);
    ev_run: fn(*mut c_void, c_int) -> c_int;
    ev_break: fn(*mut c_void, c_int);
    ev_now: fn(*mut c_void) -> f64;
    ev_time: fn() -> f64;
    ev_io_start: fn(*mut c_void, *mut EvIo);
    ev_io_stop: fn(*mut c_void, *mut EvIo);
    ev_timer_start: fn(*mut c_void, *mut EvTimer);
    ev_timer_stop: fn(*mut c_void, *mut EvTimer);
    ev_signal_start: fn(*mut c_void, *mut EvSignal);
    ev_signal_stop: fn(*mut c_void, *mut EvSignal);
}

const EV_READ: c_int = 1;
/// What `ev_io_set` adds.
const EV_IOFDSET: c_int = 0x80;
const EVRUN_NOWAIT: c_int = 1;
const EVBREAK_ALL: c_int = 2;

type Callback<W> = unsafe extern "C" fn(*mut c_void, *mut W, c_int);

#[repr(C)]
struct Watcher<W> {
    active: c_int,
    pending: c_int,
    priority: c_int,
    data: *mut c_void,
    callback: Callback<W>,
}

#[repr(C)]
struct EvIo {
    watcher: Watcher<EvIo>,
    next: *mut c_void,
    fd: c_int,
    events: c_int,
}

#[repr(C)]
struct EvTimer {
    watcher: Watcher<EvTimer>,
    at: f64,
    repeat: f64,
}

#[repr(C)]
struct EvSignal {
    watcher: Watcher<EvSignal>,
    next: *mut c_void,
    signal: c_int,
}

const _: () = assert!(size_of::<EvIo>() == 48 && size_of::<EvTimer>() == 48 && size_of::<EvSignal>() == 48);

struct Ev {
    ev: Functions,
    looped: *mut c_void,
    own: bool,
    io: Box<UnsafeCell<EvIo>>,
    timer: Box<UnsafeCell<EvTimer>>,
    signals: Box<[UnsafeCell<EvSignal>]>,
}

pub(super) fn begin(at: Place) -> Result<Box<dyn Driver>, String> {
    let own = at.given.is_null();
    let ev = Functions::find(&Library::find(c"ev_io_start", &[c"libev.so.4"], own)?)?;
    // SAFETY: libev chooses how it waits.
    let looped = if own { unsafe { (ev.ev_loop_new)(0) } } else { at.given };
    if looped.is_null() {
        return Err("libev: no loop could be made".into());
    }
    fn watcher<W>(data: *mut c_void, callback: Callback<W>) -> Watcher<W> {
        Watcher { active: 0, pending: 0, priority: 0, data, callback }
    }
    let (next, events) = (ptr::null_mut(), EV_READ | EV_IOFDSET);
    let signals = if own { SIGINT_ONLY } else { &[] };
    let made = Ev {
        ev,
        looped,
        own,
        io: Box::new(EvIo { watcher: watcher(at.data, on_io), next, fd: at.epoll, events }.into()),
        timer: Box::new(EvTimer { watcher: watcher(at.data, on_timer), at: 0.0, repeat: 0.0 }.into()),
        signals: signals
            .iter()
            .map(|&signal| EvSignal { watcher: watcher(at.data, on_signal), next, signal }.into())
            .collect(),
    };
    // SAFETY: initialised watchers that stay where they are until they are stopped, and a live loop.
    unsafe {
        (ev.ev_io_start)(looped, made.io.get());
        for signal in made.signals.iter() {
            (ev.ev_signal_start)(looped, signal.get());
        }
    }
    Ok(Box::new(made))
}

impl Driver for Ev {
    fn arm(&self, us: u64) {
        // a timer counts from the time that the loop has read last
        // SAFETY: our watcher, which is not active while it is changed, and its live loop.
        unsafe {
            (self.ev.ev_timer_stop)(self.looped, self.timer.get());
            let late = (self.ev.ev_time)() - (self.ev.ev_now)(self.looped);
            (*self.timer.get()).at = us as f64 / 1e6 + late.max(0.0);
            (self.ev.ev_timer_start)(self.looped, self.timer.get());
        }
    }

    fn stop(&self) {
        // SAFETY: stopping what is not active does nothing.
        unsafe {
            if (*self.io.get()).watcher.active != 0 {
                (self.ev.ev_io_stop)(self.looped, self.io.get());
                (self.ev.ev_timer_stop)(self.looped, self.timer.get());
                for signal in self.signals.iter() {
                    (self.ev.ev_signal_stop)(self.looped, signal.get());
                }
            }
        }
    }

    fn runner(&self, wait: bool) -> Runner {
        Runner { run: self.ev.ev_run as *const c_void, with: self.looped, how: if wait { 0 } else { EVRUN_NOWAIT } }
    }

    fn leave(&self) {
        // SAFETY: the loop is alive as long as this.
        unsafe { (self.ev.ev_break)(self.looped, EVBREAK_ALL) };
    }
}

impl Drop for Ev {
    fn drop(&mut self) {
        self.stop();
        if self.own {
            // SAFETY: our loop, which nobody runs any more.
            unsafe { (self.ev.ev_loop_destroy)(self.looped) };
        }
    }
}

unsafe extern "C" fn on_io(_loop: *mut c_void, watcher: *mut EvIo, _events: c_int) {
    // SAFETY: libev gives the watcher that was started.
    come_by(unsafe { (*watcher).watcher.data }, false);
}

unsafe extern "C" fn on_timer(_loop: *mut c_void, watcher: *mut EvTimer, _events: c_int) {
    // SAFETY: as above.
    come_by(unsafe { (*watcher).watcher.data }, true);
}

unsafe extern "C" fn on_signal(_loop: *mut c_void, watcher: *mut EvSignal, _events: c_int) {
    // SAFETY: as above.
    let (data, signal) = unsafe { ((*watcher).watcher.data, (*watcher).signal) };
    signalled(data, watcher.cast(), signal);
}
