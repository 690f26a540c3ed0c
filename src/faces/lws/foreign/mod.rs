//! Our loop inside another library's: libuv's, libev's, libevent's, GLib's.
//!
//! The loop nests: its epoll descriptor is readable when there is something to do. So the other loop gets one watcher of that
//! descriptor and one timer for the earliest deadline, and each of them leads to a turn that does not wait. What is asked for
//! outside a turn makes the descriptor readable ([`stir`]), or brings the timer forward ([`due`]).
//!
//! The other library is the program's: its functions are found when they are wanted ([`library`]), and nothing but its public
//! interface is relied upon (`tests/c/foreign_layout.c` checks what of that is layouts and numbers).
mod ev;
mod event;
mod glib;
mod library;
mod uv;

use super::abi;
use super::context::Context;
use super::log::{lwsl_err, lwsl_info};
use super::wsi::Wsi;
use super::{polled, service};
use crate::engine::clock;
use crate::engine::thread::stack_place;
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

/// The program's function for signals that end a loop of our making.
pub type SignalCallback = Option<unsafe extern "C" fn(*mut c_void, c_int)>;

/// The signals that a loop of our making hears, by the kind of loop as in the original.
const SIGINT_ONLY: &[c_int] = &[libc::SIGINT];

/// One library's loop, as far as it concerns us.
trait Driver {
    /// Has a turn run `us` microseconds from now, in place of what was set before.
    fn arm(&self, us: u64);
    /// The timer has gone off.
    fn fired(&self) {}
    /// Stops watching, for good. Whatever the library has still to let go of is freed when it does.
    fn stop(&self);
    /// How to run the loop: until it is left, or once without waiting.
    fn runner(&self, wait: bool) -> Runner;
    /// Ends a run of the loop.
    fn leave(&self);
    /// Does the default for a signal end the context, or only leave the loop?
    fn signal_ends_all(&self) -> bool {
        false
    }
}

/// A call that runs a loop: the shim makes it, where a thread may be cancelled.
#[repr(C)]
pub struct Runner {
    run: *const c_void,
    with: *mut c_void,
    how: c_int,
}

/// The other loop of one context.
pub struct Foreign {
    driver: Box<dyn Driver>,
    /// Did we make the loop?
    own: bool,
    /// When the timer goes off; the end of time when it is not set.
    armed: Cell<u64>,
    signal_cb: SignalCallback,
}

impl Foreign {
    fn due(&self, deadline: u64) {
        if deadline < self.armed.get() {
            self.armed.set(deadline);
            self.driver.arm(deadline.saturating_sub(clock::now_us()));
        }
    }

    fn stop(&self) {
        self.driver.stop();
        if self.own {
            self.driver.leave();
        }
    }

    /// How to run the loop: until it is left, or once without waiting.
    pub fn runner(&self, wait: bool) -> Runner {
        self.driver.runner(wait)
    }
}

/// Do `options` name another library's loop?
pub fn is_asked_for(options: u64) -> bool {
    let loops = abi::LWS_SERVER_OPTION_LIBUV
        | abi::LWS_SERVER_OPTION_LIBEVENT
        | abi::LWS_SERVER_OPTION_GLIB
        | abi::LWS_SERVER_OPTION_LIBEV;
    options & loops != 0
}

/// Puts the context into the loop that `options` name: `given`, or one of our making where that is null.
pub fn begin(
    context: &'static Context,
    options: u64,
    given: *mut c_void,
    signal_cb: SignalCallback,
) -> Result<(), String> {
    let at = Place { data: context.as_c(), epoll: context.poller.with(|poller| poller.as_fd()), given };
    let driver: Box<dyn Driver> = match options {
        o if o & abi::LWS_SERVER_OPTION_LIBUV != 0 => uv::begin(at)?,
        o if o & abi::LWS_SERVER_OPTION_LIBEVENT != 0 => event::begin(at)?,
        o if o & abi::LWS_SERVER_OPTION_GLIB != 0 => glib::begin(at)?,
        o if o & abi::LWS_SERVER_OPTION_LIBEV != 0 => ev::begin(at)?,
        _ => return Ok(()),
    };
    let foreign = Foreign { driver, own: given.is_null(), armed: Cell::new(u64::MAX), signal_cb };
    context.foreign.set(Some(Rc::new(foreign)));
    context.nested.set(true);
    Ok(())
}

/// What a driver begins with.
struct Place {
    /// What its callbacks give to [`come_by`].
    data: *mut c_void,
    epoll: c_int,
    /// The program's loop; null for one of our making.
    given: *mut c_void,
}

/// The other loop of a context, if any.
pub fn of(context: &Context) -> Option<Rc<Foreign>> {
    context.foreign.with(|foreign| foreign.clone())
}

/// A connection has something to do without an event.
#[cold]
pub fn stir(wsi: &'static Wsi) {
    polled::note(wsi);
    if !wsi.context().in_turn() {
        wsi.context().wake();
    }
}

/// There is something to do at `deadline`.
#[cold]
pub fn due(context: &Context, deadline: u64) {
    if let Some(foreign) = of(context) {
        foreign.due(deadline);
    }
}

/// After a turn: sees to it that the other loop comes by when there is something to do next.
#[cold]
pub fn rearm(context: &'static Context) {
    if context.ending.get() {
        return;
    }
    let Some(foreign) = of(context) else { return };
    match service::next_turn(context) {
        Some(0) => context.wake(),
        Some(us) => foreign.due(clock::now_us().saturating_add(us)),
        None => {}
    }
}

/// The context ends: the other loop forgets it.
pub fn end(context: &Context) {
    let Some(foreign) = context.foreign.take() else { return };
    if context.poller.with(|poller| poller.is_inherited()) {
        // in a child, which may share what the other loop waits with: taking ours out there would take it from the parent
        return std::mem::forget(foreign);
    }
    foreign.stop();
}

/// A turn for what has happened, called by a watcher (or, with `timer`, by the timer) of the other loop with what it was given.
fn come_by(data: *mut c_void, timer: bool) {
    bounded(|| {
        let Some(context) = Context::from_c(data) else { return };
        if timer && let Some(foreign) = of(context) {
            foreign.armed.set(u64::MAX);
            foreign.driver.fired();
        }
        if !service::dispatch(context, stack_place()) && Context::from_c(data).is_some() {
            // a child has gone on with its copy of the other loop: it would be called for ever
            if let Some(foreign) = context.foreign.take() {
                foreign.stop();
            }
        }
    });
}

/// A signal has come to a loop of our making.
fn signalled(data: *mut c_void, handle: *mut c_void, signal: c_int) {
    bounded(|| {
        let Some(context) = Context::from_c(data) else { return };
        let Some(foreign) = of(context) else { return };
        match foreign.signal_cb {
            // SAFETY: the program gave the function for this.
            Some(callback) => unsafe { callback(handle, signal) },
            None if foreign.driver.signal_ends_all() => {
                lwsl_info!("signal {signal} ends the context");
                service::destroy(context);
            }
            None => foreign.driver.leave(),
        }
    });
}

/// Nothing unwinds into the other library.
fn bounded(work: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        lwsl_err!("internal error in a turn of the loop");
    }
}
