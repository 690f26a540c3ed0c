//! GLib. One source watches the descriptor and keeps the time.
use super::library::{Library, functions};
use super::{Driver, Place, Runner, SIGINT_ONLY, come_by, signalled};
use crate::engine::clock;
use std::cell::RefCell;
use std::ffi::{c_int, c_uint, c_void};
use std::ptr;

type SourceFunc = unsafe extern "C" fn(*mut c_void) -> c_int;

functions! {
    g_main_loop_new: fn(*mut c_void, c_int) -> *mut c_void;
    g_main_loop_ref: fn(*mut c_void) -> *mut c_void;
    g_main_loop_unref: fn(*mut c_void);
    g_main_loop_run: fn(*mut c_void);
    g_main_loop_quit: fn(*mut c_void);
    g_main_loop_get_context: fn(*mut c_void) -> *mut c_void;
    g_main_context_iteration: fn(*mut c_void, c_int) -> c_int;
    g_source_new: fn(*const SourceFuncs, c_uint) -> *mut c_void;
    g_source_add_unix_fd: fn(*mut c_void, c_int, c_int) -> *mut c_void;
    g_source_set_callback: fn(*mut c_void, SourceFunc, *mut c_void, *const c_void);
    g_source_set_ready_time: fn(*mut c_void, i64);
    g_source_attach: fn(*mut c_void, *mut c_void) -> c_uint;
    g_source_destroy: fn(*mut c_void);
    g_source_unref: fn(*mut c_void);
    g_unix_signal_source_new: fn(c_int) -> *mut c_void;
}

const G_IO_IN: c_int = 1;
const G_SOURCE_CONTINUE: c_int = 1;
/// `sizeof(GSource)`: a source may be larger, not smaller.
const SOURCE_SIZE: c_uint = 96;

/// `GSourceFuncs`. Without `prepare` and `check` GLib goes by the descriptor and the ready time alone.
#[repr(C)]
struct SourceFuncs {
    prepare: *const c_void,
    check: *const c_void,
    dispatch: unsafe extern "C" fn(*mut c_void, Option<SourceFunc>, *mut c_void) -> c_int,
    finalize: *const c_void,
    closure_callback: *const c_void,
    closure_marshal: *const c_void,
}
// SAFETY: never written.
unsafe impl Sync for SourceFuncs {}

static FUNCS: SourceFuncs = SourceFuncs {
    prepare: ptr::null(),
    check: ptr::null(),
    dispatch,
    finalize: ptr::null(),
    closure_callback: ptr::null(),
    closure_marshal: ptr::null(),
};

struct Glib {
    glib: Functions,
    looped: *mut c_void,
    /// Our sources: the first is the one with the time.
    sources: RefCell<Vec<*mut c_void>>,
}

pub(super) fn begin(at: Place) -> Result<Box<dyn Driver>, String> {
    let own = at.given.is_null();
    let glib = Functions::find(&Library::find(c"g_source_add_unix_fd", &[c"libglib-2.0.so.0"], own)?)?;
    // SAFETY: GLib's functions as they are documented. The loop and the sources are held by a reference each.
    unsafe {
        // a loop of our making is one of the default context, as the original's
        let looped = if own { (glib.g_main_loop_new)(ptr::null_mut(), 0) } else { (glib.g_main_loop_ref)(at.given) };
        let context = (glib.g_main_loop_get_context)(looped);
        let source = (glib.g_source_new)(&FUNCS, SOURCE_SIZE);
        (glib.g_source_add_unix_fd)(source, at.epoll, G_IO_IN);
        (glib.g_source_set_callback)(source, not_called, at.data, ptr::null());
        (glib.g_source_attach)(source, context);
        let mut sources = vec![source];
        for &signal in if own { SIGINT_ONLY } else { &[] } {
            let source = (glib.g_unix_signal_source_new)(signal);
            (glib.g_source_set_callback)(source, on_sigint, at.data, ptr::null());
            (glib.g_source_attach)(source, context);
            sources.push(source);
        }
        Ok(Box::new(Glib { glib, looped, sources: RefCell::new(sources) }))
    }
}

impl Driver for Glib {
    fn arm(&self, us: u64) {
        let at = i64::try_from(clock::now_us().saturating_add(us)).unwrap_or(i64::MAX);
        if let Some(&source) = self.sources.borrow().first() {
            // SAFETY: a source that we hold. GLib counts on the same clock as we do.
            unsafe { (self.glib.g_source_set_ready_time)(source, at) };
        }
    }

    fn fired(&self) {
        // a time that has come would be one for ever
        if let Some(&source) = self.sources.borrow().first() {
            // SAFETY: as above.
            unsafe { (self.glib.g_source_set_ready_time)(source, -1) };
        }
    }

    fn stop(&self) {
        for source in self.sources.take() {
            // SAFETY: a source that we hold, and then no longer.
            unsafe {
                (self.glib.g_source_destroy)(source);
                (self.glib.g_source_unref)(source);
            }
        }
    }

    fn runner(&self, wait: bool) -> Runner {
        if wait {
            return Runner { run: self.glib.g_main_loop_run as *const c_void, with: self.looped, how: 0 };
        }
        // SAFETY: a loop that we hold.
        let context = unsafe { (self.glib.g_main_loop_get_context)(self.looped) };
        Runner { run: self.glib.g_main_context_iteration as *const c_void, with: context, how: 0 }
    }

    fn leave(&self) {
        // SAFETY: as above.
        unsafe { (self.glib.g_main_loop_quit)(self.looped) };
    }
}

impl Drop for Glib {
    fn drop(&mut self) {
        self.stop();
        // SAFETY: the reference taken in `begin`.
        unsafe { (self.glib.g_main_loop_unref)(self.looped) };
    }
}

unsafe extern "C" fn dispatch(_source: *mut c_void, _callback: Option<SourceFunc>, data: *mut c_void) -> c_int {
    // which of the two it was GLib does not say
    come_by(data, true);
    G_SOURCE_CONTINUE
}

unsafe extern "C" fn not_called(_data: *mut c_void) -> c_int {
    G_SOURCE_CONTINUE
}

unsafe extern "C" fn on_sigint(data: *mut c_void) -> c_int {
    signalled(data, ptr::null_mut(), libc::SIGINT);
    G_SOURCE_CONTINUE
}
