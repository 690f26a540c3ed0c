//! libevent. Its events are its own, known by a pointer.
use super::library::{Library, functions};
use super::{Driver, Place, Runner, SIGINT_ONLY, come_by, signalled};
use std::cell::RefCell;
use std::ffi::{c_int, c_short, c_void};
use std::ptr;

type Callback = unsafe extern "C" fn(c_int, c_short, *mut c_void);

functions! {
    event_base_new: fn() -> *mut c_void;
    event_base_free: fn(*mut c_void);
    event_base_loop: fn(*mut c_void, c_int) -> c_int;
    event_base_loopbreak: fn(*mut c_void) -> c_int;
    event_base_gettimeofday_cached: fn(*mut c_void, *mut libc::timeval) -> c_int;
    event_new: fn(*mut c_void, c_int, c_short, Callback, *mut c_void) -> *mut c_void;
    event_add: fn(*mut c_void, *const libc::timeval) -> c_int;
    event_free: fn(*mut c_void);
}

const EV_READ: c_short = 2;
const EV_SIGNAL: c_short = 8;
const EV_PERSIST: c_short = 16;
const EVLOOP_NONBLOCK: c_int = 2;

struct Event {
    event: Functions,
    base: *mut c_void,
    own: bool,
    timer: *mut c_void,
    /// All our events, until they are freed.
    events: RefCell<Vec<*mut c_void>>,
}

pub(super) fn begin(at: Place) -> Result<Box<dyn Driver>, String> {
    let own = at.given.is_null();
    let names = [c"libevent-2.1.so.7", c"libevent_core-2.1.so.7"];
    let event = Functions::find(&Library::find(c"event_base_loopbreak", &names, own)?)?;
    // SAFETY: no arguments.
    let base = if own { unsafe { (event.event_base_new)() } } else { at.given };
    if base.is_null() {
        return Err("libevent: no base could be made".into());
    }
    let mut made = Event { event, base, own, timer: ptr::null_mut(), events: RefCell::default() };
    let add = |fd: c_int, what: c_short, callback: Callback| {
        // SAFETY: events of a live base, which are freed before it is.
        unsafe {
            let new = (event.event_new)(base, fd, what, callback, at.data);
            if new.is_null() {
                return Err("libevent: no event could be made");
            }
            made.events.borrow_mut().push(new);
            if what != 0 && (event.event_add)(new, ptr::null()) != 0 {
                return Err("libevent: an event could not be added");
            }
            Ok(new)
        }
    };
    add(at.epoll, EV_READ | EV_PERSIST, on_read)?;
    for &signal in if own { SIGINT_ONLY } else { &[] } {
        add(signal, EV_SIGNAL | EV_PERSIST, on_signal)?;
    }
    made.timer = add(-1, 0, on_timer)?;
    Ok(Box::new(made))
}

impl Driver for Event {
    fn arm(&self, us: u64) {
        // a timer may count from the time that the loop has read last
        // SAFETY: a live event and its live base; the places are valid.
        unsafe {
            let (mut now, mut cached) = std::mem::zeroed::<(libc::timeval, libc::timeval)>();
            libc::gettimeofday(&mut now, ptr::null_mut());
            let known = (self.event.event_base_gettimeofday_cached)(self.base, &mut cached) == 0;
            let us_of = |time: &libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
            // no more than a second: the wall clock may have been set
            let late = if known { (us_of(&now) - us_of(&cached)).clamp(0, 1_000_000) } else { 0 };
            let wait = i64::try_from(us).unwrap_or(i64::MAX / 2).saturating_add(late);
            let wait = libc::timeval { tv_sec: wait / 1_000_000, tv_usec: wait % 1_000_000 };
            (self.event.event_add)(self.timer, &wait);
        }
    }

    fn stop(&self) {
        for event in self.events.take() {
            // SAFETY: an event of ours; freeing it takes it out of its base.
            unsafe { (self.event.event_free)(event) };
        }
    }

    fn runner(&self, wait: bool) -> Runner {
        let how = if wait { 0 } else { EVLOOP_NONBLOCK };
        Runner { run: self.event.event_base_loop as *const c_void, with: self.base, how }
    }

    fn leave(&self) {
        // SAFETY: the base is alive as long as this.
        unsafe { (self.event.event_base_loopbreak)(self.base) };
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        self.stop();
        if self.own {
            // SAFETY: our base, which nobody runs any more.
            unsafe { (self.event.event_base_free)(self.base) };
        }
    }
}

unsafe extern "C" fn on_read(_fd: c_int, _what: c_short, data: *mut c_void) {
    come_by(data, false);
}

unsafe extern "C" fn on_timer(_fd: c_int, _what: c_short, data: *mut c_void) {
    come_by(data, true);
}

unsafe extern "C" fn on_signal(signal: c_int, _what: c_short, data: *mut c_void) {
    signalled(data, ptr::null_mut(), signal);
}
