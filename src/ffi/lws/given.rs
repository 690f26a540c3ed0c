//! Handles as C gives them. One that is null, dead or none at all is told to the log, once for each call.
use crate::faces::lws::context::Context;
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::vhost::Vhost;
use crate::faces::lws::wsi::Wsi;
use crate::ffi::guard::guard;

/// The connection that `function` was given.
#[inline(always)]
pub(super) fn wsi<T>(function: &str, pointer: *const T) -> Option<&'static Wsi> {
    let found = Wsi::from_c(pointer);
    if found.is_none() {
        unusable(function, "connection", pointer as usize);
    }
    found
}

/// The context that `function` was given.
#[inline(always)]
pub(super) fn context<T>(function: &str, pointer: *const T) -> Option<&'static Context> {
    let found = Context::from_c(pointer);
    if found.is_none() {
        unusable(function, "context", pointer as usize);
    }
    found
}

/// Of the context that `function` was given, the loop that the calling thread serves; where there are not several, the context.
#[inline(always)]
pub(super) fn here<T>(function: &str, pointer: *const T) -> Option<&'static Context> {
    context(function, pointer).map(Context::here)
}

/// The vhost that `function` was given.
#[inline(always)]
pub(super) fn vhost<T>(function: &str, pointer: *const T) -> Option<&'static Vhost> {
    let found = Vhost::from_c(pointer);
    if found.is_none() {
        unusable(function, "vhost", pointer as usize);
    }
    found
}

/// The connection that another is to end with, where `function` was given one: one of the same context.
pub(super) fn parent<T>(function: &str, pointer: *const T, context: &Context) -> Option<&'static Wsi> {
    if pointer.is_null() {
        return None;
    }
    let parent = wsi(function, pointer)?;
    if !parent.may_be_parent(context) {
        lwsl_err!("{function}: the parent is no open connection of the same context: there is none, then");
        return None;
    }
    Some(parent)
}

/// Guarded by itself, and unable to unwind: so the short functions that call it need no landing pad of their own, and cost no
/// more than their few instructions.
#[cold]
#[inline(never)]
#[allow(improper_ctypes_definitions)] // called from Rust only; `extern "C"` is what says that it does not unwind
extern "C" fn unusable(function: &str, what: &str, address: usize) {
    guard(function, (), || {
        let state = if address == 0 { "null" } else { "dead or foreign" };
        lwsl_err!("{function}: {state} {what}");
    });
}
