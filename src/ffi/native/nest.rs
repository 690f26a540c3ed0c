//! The loop of a context inside another loop.
use crate::faces::lws::abi::lws_context;
use crate::faces::lws::context::Context;
use crate::faces::lws::service;
use crate::ffi::guard::guard;
use crate::ffi::lws::shim::{self, jump};
use std::ffi::c_int;

/// The descriptor that becomes readable when the loop of `context` has something to do. Another loop may poll it, level-triggered, beside its own. It is the
/// context's: do not read or close it. `-EINVAL` for a null or dead context. The thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_loop_fd(context: *mut lws_context) -> c_int {
    guard("netgraft_loop_fd", -libc::EIO, || match Context::from_c(context) {
        Some(context) => context.poller.with(|poller| poller.as_fd()),
        None => -libc::EINVAL,
    })
}

/// How many milliseconds the other loop may wait for `netgraft_loop_fd` before it calls `netgraft_loop_dispatch` in any case; -1 for ever. Ask again
/// before each wait, and after other calls to the library, which may set timers. 0 for a null or dead context. The thread that serves the
/// context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_loop_timeout(context: *mut lws_context) -> c_int {
    guard("netgraft_loop_timeout", 0, || match Context::from_c(context) {
        Some(context) => service::time_left(context, -1),
        None => 0,
    })
}

/// Does what there is to do in the loop of `context`, without waiting: one turn of `lws_service`.
///
/// Returns 0, `-EINVAL` for null, or `-ECANCELED` when the context has ended or cannot be served here (from inside one of its callbacks, or after a fork). One
/// thread at a time.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_loop_dispatch(context: *mut lws_context) -> c_int {
    jump!(shim::netgraft_shim_dispatch)
}
