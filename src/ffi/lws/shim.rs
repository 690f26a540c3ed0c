//! What leads to the C in `shim/`, and what that calls back.
//!
//! The exported names of its functions are one jump each. Not fed to cbindgen: the variadic prototypes are in the hand-written part
//! of the headers, and what the shim calls back is nobody else's.
use super::given;
use super::smd;
use crate::faces::lws::abi::lws_context;
use crate::faces::lws::context::{CONTEXTS, Context, ContextHandle};
use crate::faces::lws::foreign::{self, Foreign, Runner};
use crate::faces::lws::log::{self, lwsl_err};
use crate::faces::lws::{loops, polled, service};
use crate::ffi::guard::guard;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::rc::Rc;

unsafe extern "C" {
    fn netgraft_shim_lws_log();
    fn netgraft_shim_lws_logv();
    fn netgraft_shim_lws_open();
    fn netgraft_shim_lws_snprintf();
    fn netgraft_shim_lws_smd_msg_printf();
    pub(super) fn netgraft_shim_service();
    pub(super) fn netgraft_shim_service_tsi();
    pub(super) fn netgraft_shim_service_fd();
    #[cfg(feature = "native")]
    pub(in crate::ffi) fn netgraft_shim_dispatch();
}

/// The body of an exported function that the shim has: one jump, through which all registers and the stack pass, so that arguments arrive
/// there untouched and no frame of ours is on the stack.
macro_rules! jump {
    ($shim:path) => {{
        #[cfg(target_arch = "x86_64")]
        core::arch::naked_asm!("jmp {shim}", shim = sym $shim);
        #[cfg(target_arch = "aarch64")]
        core::arch::naked_asm!("b {shim}", shim = sym $shim);
    }};
}
pub(in crate::ffi) use jump;

/// One exported variadic name.
macro_rules! variadic {
    ($name:ident, $shim:ident) => {
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name() {
            jump!($shim)
        }
    };
}

variadic!(_lws_log, netgraft_shim_lws_log);
variadic!(_lws_logv, netgraft_shim_lws_logv);
variadic!(lws_open, netgraft_shim_lws_open);
variadic!(lws_snprintf, netgraft_shim_lws_snprintf);
variadic!(lws_smd_msg_printf, netgraft_shim_lws_smd_msg_printf);

/// For the shim: are lines of this level wanted at all?
#[unsafe(no_mangle)]
extern "C" fn netgraft_log_visible(filter: c_int) -> c_int {
    log::visible(filter as u32) as c_int
}

/// For the shim: delivers a formatted line.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_log_deliver(filter: c_int, line: *const c_char) {
    // SAFETY: the shim passes a terminated buffer of its own.
    guard("_lws_log", (), || log::deliver(filter as u32, unsafe { CStr::from_ptr(line) }))
}

/// For the shim: is anybody registered for a system message of this class?
#[unsafe(no_mangle)]
extern "C" fn netgraft_smd_wanted(context: *mut c_void, class: u32) -> c_int {
    smd::wanted(context, class)
}

/// For the shim: sends a formatted system message.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_smd_send(context: *mut c_void, class: u32, text: *const c_char, len: usize) -> c_int {
    // SAFETY: the shim passes a buffer of its own that is as long as the longest message.
    unsafe { smd::send_text(context, class, text, len) }
}

/// How to wait; `struct wait` of the shim.
#[repr(C)]
struct Wait {
    epoll: c_int,
    wait_ms: c_int,
    runner: Runner,
    hold: *const Foreign,
}

/// What `netgraft_service_prepare` returns where another library's loop is to be run.
const FOREIGN: c_int = 2;
/// And where several threads serve the context: wait, and then go on with the functions for that.
const SHARED: c_int = 3;

/// For the shim: what comes before the wait. 0 or 3 with what to wait for, or 2 with what to run; else what `lws_service` returns at once.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_service_prepare(
    context: *mut lws_context,
    timeout_ms: c_int,
    tsi: c_int,
    frame: *const c_void,
    wait: *mut Wait,
) -> c_int {
    guard("lws_service", -1, || {
        if context.is_null() {
            return 1;
        }
        let handle = CONTEXTS.handle(context as usize);
        let shared = handle.is_some_and(ContextHandle::is_shared);
        if shared as c_int | tsi != 0 {
            // SAFETY: the shim passes places of its own.
            return if shared { unsafe { prepare_shared(context, timeout_ms, tsi, frame, wait) } } else { -1 };
        }
        let Some(handle) = handle else {
            given::context("lws_service", context);
            return -1;
        };
        // SAFETY: alive, and not ended before this call returns but in `prepare`, which says so.
        let context = unsafe { handle.value() };
        let Some(wait_ms) = service::prepare(context, timeout_ms, frame as usize) else { return -1 };
        // SAFETY: the shim passes a place of its own, and reads what belongs to the outcome.
        unsafe {
            (*wait).epoll = context.poller.with(|poller| poller.as_fd());
            (*wait).wait_ms = wait_ms;
            let Some(foreign) = foreign::of(context) else { return 0 };
            (*wait).runner = foreign.runner(timeout_ms >= 0);
            // the loop must outlast its run, whatever becomes of the context meanwhile
            (*wait).hold = Rc::into_raw(foreign);
        }
        FOREIGN
    })
}

/// For the shim: another library's loop was left.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_service_ran(context: *mut lws_context, hold: *const Foreign, timeout_ms: c_int) -> c_int {
    guard("lws_service", -1, || {
        // SAFETY: from `netgraft_service_prepare`, once.
        drop(unsafe { Rc::from_raw(hold) });
        match Context::from_c(context) {
            None => -1,
            // as in the original
            Some(_) => (timeout_ms >= 0) as c_int,
        }
    })
}

/// For the shim: a turn for a program that polls by itself.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_service_fd(
    context: *mut lws_context,
    pollfd: *mut libc::pollfd,
    frame: *const c_void,
) -> c_int {
    guard("lws_service_fd", -1, || {
        if context.is_null() {
            return 1;
        }
        let Some(context) = given::context("lws_service_fd", context) else { return -1 };
        if context.is_one_of_several() {
            lwsl_err!("lws_service_fd: a context with several service threads cannot be polled by the program");
            return -1;
        }
        // SAFETY: null, or the caller's.
        let (fd, happened) = unsafe { pollfd.as_ref() }.map_or((-1, 0), |p| (p.fd, p.revents));
        let ours = polled::serves(context, fd);
        if !pollfd.is_null() && (!ours || happened == 0) {
            return 0;
        }
        if !pollfd.is_null() {
            // SAFETY: as above.
            unsafe { (*pollfd).revents = 0 };
        }
        if service::dispatch(context, frame as usize) { 0 } else { -1 }
    })
}

/// # Safety
/// `wait` can be written to.
#[cold]
unsafe fn prepare_shared(
    context: *mut lws_context,
    timeout_ms: c_int,
    tsi: c_int,
    frame: *const c_void,
    wait: *mut Wait,
) -> c_int {
    let Some(this) = loops::enter(context as usize, tsi, frame as usize) else { return -1 };
    let stay = Stay(this);
    let Some(wait_ms) = service::prepare(this, timeout_ms, frame as usize) else { return -1 };
    // SAFETY: by this function's contract.
    unsafe {
        (*wait).epoll = this.poller.with(|poller| poller.as_fd());
        (*wait).wait_ms = wait_ms;
    }
    std::mem::forget(stay);
    SHARED
}

/// Leaves the loop, also when a panic comes by.
struct Stay(&'static Context);

impl Drop for Stay {
    fn drop(&mut self) {
        loops::leave(self.0);
    }
}

/// For the shim: as `netgraft_service_turn`, of a shared context, in which the thread is since it has prepared.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_service_turn_shared(
    context: *mut lws_context,
    tsi: c_int,
    events: *const libc::epoll_event,
    count: c_int,
) -> c_int {
    guard("lws_service", -1, || {
        let Some(this) = Context::from_c(context).and_then(|context| context.loop_at(tsi)) else { return -1 };
        let _stay = Stay(this);
        // SAFETY: by this function's contract.
        match unsafe { taken(events, count) } {
            Some(events) if loops::turn(this, events) => 0,
            _ => -1,
        }
    })
}

/// For the shim: the thread that waits is cancelled.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_service_left(context: *mut lws_context, tsi: c_int) {
    guard("lws_service", (), || {
        if let Some(this) = Context::from_c(context).and_then(|context| context.loop_at(tsi)) {
            loops::leave(this);
        }
    })
}

/// What the shim has waited for; none where that has failed.
///
/// # Safety
/// `count` events at `events`, which nothing else touches meanwhile, or the error `-count`.
#[inline(always)]
unsafe fn taken<'a>(events: *const libc::epoll_event, count: c_int) -> Option<&'a [libc::epoll_event]> {
    if count < 0 && count != -libc::EINTR {
        lwsl_err!("waiting for events failed: {}", std::io::Error::from_raw_os_error(-count));
        return None;
    }
    let count = usize::try_from(count).unwrap_or(0);
    // SAFETY: by this function's contract.
    Some(unsafe { std::slice::from_raw_parts(events, count) })
}

/// For the shim: what comes after the wait, which has brought `count` events, or has failed with the error `-count`.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_service_turn(
    context: *mut lws_context,
    events: *const libc::epoll_event,
    count: c_int,
) -> c_int {
    guard("lws_service", -1, || {
        // another thread may have ended it meanwhile
        let Some(context) = Context::from_c(context) else { return -1 };
        // SAFETY: the shim's buffer.
        match unsafe { taken(events, count) } {
            Some(events) if service::turn(context, events) => 0,
            _ => -1,
        }
    })
}
