//! Trying again later.
use super::given;
use crate::faces::lws::abi::{lws, lws_context, lws_retry_bo_t, lws_sorted_usec_list_t, sul_cb_t};
use crate::faces::lws::context::Context;
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::retry::{self, Next};
use crate::faces::lws::sul;
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int, c_uint};

/// How many milliseconds to wait before the next attempt. `*ctry` counts the failed attempts; this counts one more, and
/// it stays at 65535. The delay is the policy's for that attempt with a random part of up to `jitter_percent` added; a
/// null policy, or one without delays, means 3 seconds.
///
/// `*conceal` becomes 1 while fewer than `conceal_count` attempts have failed, else 0; with a null policy always 0. It
/// may be null. A null `ctry` counts nothing. The context is not used, and may be null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_retry_get_delay_ms(
    _context: *mut lws_context,
    retry: *const lws_retry_bo_t,
    ctry: *mut u16,
    conceal: *mut c_char,
) -> c_uint {
    guard("lws_retry_get_delay_ms", 0, || {
        // SAFETY: the caller passes null or a policy, and null or places to write to.
        unsafe {
            let next = count(retry.as_ref(), ctry);
            if let Some(conceal) = conceal.as_mut() {
                *conceal = next.conceal.into();
            }
            next.delay_ms
        }
    })
}

/// Has `cb` called with `sul` when it is time for the next attempt, as `lws_retry_get_delay_ms` says. See
/// `lws_sul_schedule` for `sul`, which the program owns.
///
/// Returns 0 when it is scheduled, 1 when the failures are not to be concealed any more (with a null policy that is so
/// from the first on) or an argument is null or dead: then nothing is scheduled. `tid` is the service thread it is called in; that
/// thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_retry_sul_schedule(
    context: *mut lws_context,
    tid: c_int,
    sul: *mut lws_sorted_usec_list_t,
    retry: *const lws_retry_bo_t,
    cb: sul_cb_t,
    ctry: *mut u16,
) -> c_int {
    guard("lws_retry_sul_schedule", 1, || {
        let Some(context) = given::context("lws_retry_sul_schedule", context).and_then(|c| c.loop_at(tid)) else {
            return 1;
        };
        // SAFETY: the caller passes null or a policy, a counter, and a node as `lws_sul_schedule` has it.
        unsafe { schedule(context, sul, retry.as_ref(), cb, ctry) }
    })
}

/// As `lws_retry_sul_schedule`, with the context and the policy of a connection: `retry_and_idle_policy` that it was made
/// with as a client, or that of its vhost, or where there is none, 1, 3, 9 and 17 seconds with a jitter of 20 %, then a return of 1.
/// The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_retry_sul_schedule_retry_wsi(
    wsi: *mut lws,
    sul: *mut lws_sorted_usec_list_t,
    cb: sul_cb_t,
    ctry: *mut u16,
) -> c_int {
    guard("lws_retry_sul_schedule_retry_wsi", 1, || {
        let Some(wsi) = given::wsi("lws_retry_sul_schedule_retry_wsi", wsi) else { return 1 };
        let Some(context) = wsi.context_if_any() else { return 1 };
        let policy = retry::of(wsi);
        // SAFETY: as above.
        unsafe { schedule(context, sul, Some(&policy), cb, ctry) }
    })
}

/// # Safety
/// `ctry` is null or can be written to; the policy's table is as long as it says.
unsafe fn count(policy: Option<&lws_retry_bo_t>, ctry: *mut u16) -> Next {
    let mut none = 0;
    // SAFETY: by this function's contract.
    unsafe { retry::next(policy, ctry.as_mut().unwrap_or(&mut none), retry::random()) }
}

/// # Safety
/// As `count`, and `sul` is null or as `SulLists::schedule` wants it.
unsafe fn schedule(
    context: &'static Context,
    sul: *mut lws_sorted_usec_list_t,
    policy: Option<&lws_retry_bo_t>,
    cb: sul_cb_t,
    ctry: *mut u16,
) -> c_int {
    if sul.is_null() || ctry.is_null() || cb.is_none() || context.ending.get() {
        lwsl_err!("lws_retry_sul_schedule: null node, counter or callback, or a context that ends");
        return 1;
    }
    // SAFETY: by this function's contract.
    unsafe {
        let next = count(policy, ctry);
        if !next.conceal {
            return 1;
        }
        (*sul).cb = cb;
        let deadline = sul::from_now(i64::from(next.delay_ms) * 1000);
        context.suls.schedule(0, sul, deadline);
        context.due(deadline);
    }
    0
}
