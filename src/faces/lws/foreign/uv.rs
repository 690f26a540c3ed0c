//! libuv. Its handles are as large as it says, and live until it has closed them.
use super::library::{Library, functions};
use super::{Driver, Place, Runner, come_by, signalled};
use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::ptr;

functions! {
    uv_handle_size: fn(c_int) -> usize;
    uv_loop_size: fn() -> usize;
    uv_loop_init: fn(*mut c_void) -> c_int;
    uv_loop_close: fn(*mut c_void) -> c_int;
    uv_run: fn(*mut c_void, c_int) -> c_int;
    uv_stop: fn(*mut c_void);
    uv_now: fn(*const c_void) -> u64;
    uv_hrtime: fn() -> u64;
    uv_close: fn(*mut c_void, unsafe extern "C" fn(*mut c_void));
    uv_poll_init: fn(*mut c_void, *mut c_void, c_int) -> c_int;
    uv_poll_start: fn(*mut c_void, c_int, unsafe extern "C" fn(*mut c_void, c_int, c_int)) -> c_int;
    uv_timer_init: fn(*mut c_void, *mut c_void) -> c_int;
    uv_timer_start: fn(*mut c_void, unsafe extern "C" fn(*mut c_void), u64, u64) -> c_int;
    uv_signal_init: fn(*mut c_void, *mut c_void) -> c_int;
    uv_signal_start: fn(*mut c_void, unsafe extern "C" fn(*mut c_void, c_int), c_int) -> c_int;
}

/// `enum uv_handle_type`, `enum uv_poll_event`, `uv_run_mode`.
const UV_POLL: c_int = 8;
const UV_TIMER: c_int = 13;
const UV_SIGNAL: c_int = 16;
const UV_READABLE: c_int = 1;
const UV_RUN_DEFAULT: c_int = 0;
const UV_RUN_NOWAIT: c_int = 2;
const SIGNALS: [c_int; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];
/// Runs of a loop that is only to close its handles.
const CLOSING_RUNS: usize = 16;

struct Uv {
    uv: Functions,
    looped: *mut c_void,
    own: bool,
    timer: *mut c_void,
    /// All our handles, until they are given to `uv_close`.
    handles: RefCell<Vec<*mut c_void>>,
}

pub(super) fn begin(at: Place) -> Result<Box<dyn Driver>, String> {
    let own = at.given.is_null();
    let uv = Functions::find(&Library::find(c"uv_poll_start", &[c"libuv.so.1"], own)?)?;
    let mut made = Uv { uv, looped: at.given, own, timer: ptr::null_mut(), handles: RefCell::default() };
    let checked = |outcome: c_int| if outcome == 0 { Ok(()) } else { Err(format!("libuv: error {outcome}")) };
    // SAFETY: libuv's functions as they are documented: each handle is as large as libuv says, initialised once, and stays where
    // it is until `closed`; the given loop is the program's live loop.
    unsafe {
        if own {
            made.looped = libc::calloc(1, (uv.uv_loop_size)());
            if made.looped.is_null() || (uv.uv_loop_init)(made.looped) != 0 {
                libc::free(made.looped);
                made.looped = ptr::null_mut();
                return Err("libuv: no loop could be made".into());
            }
        }
        let result = (|| {
            let looped = made.looped;
            let poll = made.handle(UV_POLL, at.data, |handle| (uv.uv_poll_init)(looped, handle, at.epoll))?;
            checked((uv.uv_poll_start)(poll, UV_READABLE, on_poll))?;
            made.timer = made.handle(UV_TIMER, at.data, |handle| (uv.uv_timer_init)(looped, handle))?;
            for signal in SIGNALS.into_iter().filter(|_| own) {
                let handle = made.handle(UV_SIGNAL, at.data, |handle| (uv.uv_signal_init)(looped, handle))?;
                checked((uv.uv_signal_start)(handle, on_signal, signal))?;
            }
            Ok(())
        })();
        if let Err(e) = result {
            made.stop();
            return Err(e);
        }
    }
    Ok(Box::new(made))
}

impl Uv {
    /// A handle with `data` as its data; it is ours to close once it is initialised.
    ///
    /// # Safety
    /// `init` initialises a handle of `kind`.
    unsafe fn handle(
        &self,
        kind: c_int,
        data: *mut c_void,
        init: impl FnOnce(*mut c_void) -> c_int,
    ) -> Result<*mut c_void, String> {
        // SAFETY: plain allocation; `data` is the first field of every handle.
        unsafe {
            let handle = libc::calloc(1, (self.uv.uv_handle_size)(kind));
            if handle.is_null() {
                return Err("out of memory".into());
            }
            let outcome = init(handle);
            if outcome != 0 {
                libc::free(handle);
                return Err(format!("libuv: error {outcome}"));
            }
            *handle.cast::<*mut c_void>() = data;
            self.handles.borrow_mut().push(handle);
            Ok(handle)
        }
    }
}

impl Driver for Uv {
    fn arm(&self, us: u64) {
        // a timer counts from the time that the loop has read last
        // SAFETY: live handles of ours and their live loop.
        unsafe {
            let late = ((self.uv.uv_hrtime)() / 1_000_000).saturating_sub((self.uv.uv_now)(self.looped));
            (self.uv.uv_timer_start)(self.timer, on_timer, us.div_ceil(1000).saturating_add(late), 0);
        }
    }

    fn stop(&self) {
        for handle in self.handles.take() {
            // SAFETY: an initialised handle that was not closed yet.
            unsafe { (self.uv.uv_close)(handle, closed) };
        }
    }

    fn runner(&self, wait: bool) -> Runner {
        let how = if wait { UV_RUN_DEFAULT } else { UV_RUN_NOWAIT };
        Runner { run: self.uv.uv_run as *const c_void, with: self.looped, how }
    }

    fn leave(&self) {
        // SAFETY: the loop is alive as long as this.
        unsafe { (self.uv.uv_stop)(self.looped) };
    }

    fn signal_ends_all(&self) -> bool {
        true
    }
}

impl Drop for Uv {
    fn drop(&mut self) {
        self.stop();
        if !self.own || self.looped.is_null() {
            return;
        }
        // SAFETY: our loop, which nobody runs any more: its handles are closed by running it, then it goes.
        unsafe {
            for _ in 0..CLOSING_RUNS {
                (self.uv.uv_run)(self.looped, UV_RUN_NOWAIT);
                if (self.uv.uv_loop_close)(self.looped) == 0 {
                    return libc::free(self.looped);
                }
            }
        }
    }
}

unsafe extern "C" fn on_poll(handle: *mut c_void, _status: c_int, _events: c_int) {
    // SAFETY: a handle of ours, with its data first.
    come_by(unsafe { *handle.cast() }, false);
}

unsafe extern "C" fn on_timer(handle: *mut c_void) {
    // SAFETY: as above.
    come_by(unsafe { *handle.cast() }, true);
}

unsafe extern "C" fn on_signal(handle: *mut c_void, signal: c_int) {
    // SAFETY: as above.
    signalled(unsafe { *handle.cast() }, handle, signal);
}

unsafe extern "C" fn closed(handle: *mut c_void) {
    // SAFETY: allocated in `Uv::handle`, and libuv has let go of it.
    unsafe { libc::free(handle) };
}
