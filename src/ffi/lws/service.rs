//! Running the loop.
use super::given;
use super::shim::{self, jump};
use crate::faces::lws::abi::{lws, lws_context};
use crate::faces::lws::context::Context;
use crate::faces::lws::service;
use crate::faces::lws::wsi::Wsi;
use crate::ffi::guard::guard;
use std::ffi::c_int;

/// Runs the loop once: waits for events and timers, and makes the callbacks they lead to.
///
/// `timeout_ms` of 0 waits until something happens; a negative one does not wait; a positive one waits that many
/// milliseconds at the most (the original waits on). A signal ends the wait.
///
/// Returns 0 to go on; a value other than 0 to stop: 1 for a null context, -1 when the context has ended or is dead, when it
/// is called from inside a callback of the same context, or after a fork. One thread at a time.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_service(context: *mut lws_context, timeout_ms: c_int) -> c_int {
    jump!(shim::netgraft_shim_service)
}

/// As `lws_service`, for one of the context's service threads: 0 to `lws_get_count_threads` - 1, any other `tsi` gives -1. Each has a loop
/// of its own, which one thread at a time serves; `lws_service` is that of 0. The listeners are there, and it gives what is
/// accepted to the loop with the fewest connections among those that were ever served.
///
/// The context ends when the last thread has left: see `lws_context_destroy`.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_service_tsi(context: *mut lws_context, timeout_ms: c_int, tsi: c_int) -> c_int {
    jump!(shim::netgraft_shim_service_tsi)
}

/// For a program that polls by itself: handles what has happened, without waiting. Where `pollfd` is about a descriptor of the context all that has
/// happened is handled, timers too, and `revents` is zeroed. A descriptor of somebody else's, or one without `revents`, is left alone. Null handles
/// whatever there is.
///
/// From the first call on, the program is told what to wait for on each descriptor (`LWS_CALLBACK_CHANGE_MODE_POLL_FD`).
///
/// Returns as `lws_service`. The thread that serves the context only.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_service_fd(context: *mut lws_context, pollfd: *mut libc::pollfd) -> c_int {
    jump!(shim::netgraft_shim_service_fd)
}

/// How long a program that polls by itself may wait, in milliseconds: `timeout_ms`, or less where a timer ends earlier, or 0 where something
/// is to be done at once. `tsi` is the service thread. 0 also for a null or dead context. The thread that serves the context only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_service_adjust_timeout(context: *mut lws_context, timeout_ms: c_int, tsi: c_int) -> c_int {
    guard("lws_service_adjust_timeout", 0, || match given::context("lws_service_adjust_timeout", context) {
        Some(context) => context.loop_at(tsi).map_or(0, |this| service::time_left(this, timeout_ms)),
        None => 0,
    })
}

/// Ends the present or next wait of `lws_service`, which then calls `LWS_CALLBACK_EVENT_WAIT_CANCELLED` of every protocol: with
/// several service threads, each of them does.
/// Several calls before that lead to one.
///
/// From any thread, and from a signal handler. A null or dead context is ignored, but a context must not be destroyed
/// while another thread is inside this function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_cancel_service(context: *mut lws_context) {
    // no guard: what runs in a signal handler must not allocate, and nothing here can panic
    if let Some(context) = Context::from_c(context) {
        context.each_loop(Context::cancel_service);
    }
}

/// The same as `lws_cancel_service`, for the service thread of a connection alone. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_cancel_service_pt(wsi: *mut lws) {
    if let Some(context) = Wsi::from_c(wsi).and_then(|wsi| wsi.context_if_any()) {
        context.cancel_service();
    }
}
