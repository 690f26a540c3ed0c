//! Timeouts and timers.
use super::given;
use crate::engine::clock::{SECOND, now_us};
use crate::faces::lws::abi::{lws, lws_context, lws_sorted_usec_list_t, lws_usec_t, pending_timeout_int, sul_cb_t};
use crate::faces::lws::context::Context;
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::wsi::{Role, Timer, Wsi, flag};
use crate::faces::lws::{close, dll2, sul, validity};
use crate::ffi::guard::guard;
use std::ffi::c_int;

const KILL_ASYNC: c_int = -1;
const KILL_SYNC: c_int = -2;

/// Has the connection closed `secs` seconds from now, in place of any earlier timeout. `NO_PENDING_TIMEOUT` as
/// `reason`, or 0 seconds, cancels. `LWS_TO_KILL_ASYNC` closes it when the loop comes by, `LWS_TO_KILL_SYNC` before
/// this returns: its closing callbacks are made meanwhile.
///
/// A null or dead connection is ignored. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_timeout(wsi: *mut lws, reason: pending_timeout_int, secs: c_int) {
    guard("lws_set_timeout", (), || {
        let Some(wsi) = open("lws_set_timeout", wsi) else { return };
        match secs {
            KILL_SYNC => wsi.context().within(|| {
                wsi.set(flag::KILL);
                close::now(wsi);
            }),
            KILL_ASYNC => wsi.ready(flag::KILL),
            secs if secs > 0 && reason != 0 => wsi.set_timer_at(Timer::Timeout, after(secs as u64 * SECOND)),
            _ => wsi.cancel_timer(Timer::Timeout),
        }
    })
}

/// As `lws_set_timeout`, in microseconds; 0 cancels.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_timeout_us(wsi: *mut lws, reason: pending_timeout_int, us: lws_usec_t) {
    guard("lws_set_timeout_us", (), || match open("lws_set_timeout_us", wsi) {
        Some(wsi) if us > 0 && reason != 0 => wsi.set_timer_at(Timer::Timeout, after(us as u64)),
        Some(wsi) => wsi.cancel_timer(Timer::Timeout),
        None => {}
    })
}

/// Has `LWS_CALLBACK_TIMER` called once, `usecs` microseconds from now, in place of any earlier such timer.
/// `LWS_SET_TIMER_USEC_CANCEL` cancels. A null or dead connection is ignored. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_timer_usecs(wsi: *mut lws, usecs: lws_usec_t) {
    guard("lws_set_timer_usecs", (), || match open("lws_set_timer_usecs", wsi) {
        Some(wsi) if usecs >= 0 => wsi.set_timer_at(Timer::User, after(usecs as u64)),
        Some(wsi) => wsi.cancel_timer(Timer::User),
        None => {}
    })
}

/// Says that the peer has just shown itself alive, so that the wait for a validity ping begins anew. A null or dead
/// connection is ignored. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_validity_confirmed(wsi: *mut lws) {
    guard("lws_validity_confirmed", (), || {
        if let Some(wsi) = open("lws_validity_confirmed", wsi).filter(|wsi| wsi.role() == Role::Ws) {
            validity::confirmed(wsi);
        }
    })
}

/// The moment `us` microseconds from now, not from the beginning of the turn: a timer that is set anew in its own callback
/// is one for the next turn.
fn after(us: u64) -> u64 {
    now_us().saturating_add(us)
}

fn open(function: &str, wsi: *mut lws) -> Option<&'static Wsi> {
    given::wsi(function, wsi).filter(|wsi| wsi.is_open() && wsi.is_connection())
}

/// Has `_cb` called once with `sul`, `_us` microseconds from now, from the context's loop. `sul` is zeroed or was used
/// before; scheduled again it moves. `LWS_SET_TIMER_USEC_CANCEL` cancels. A context that ends cancels all.
///
/// The node belongs to the program and must stay where it is until it was called or cancelled. A null `sul` or a dead
/// context is an error that the log tells. `tsi` is the service thread it is called in. That thread only, or before it serves.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_sul_schedule(
    ctx: *mut lws_context,
    tsi: c_int,
    sul: *mut lws_sorted_usec_list_t,
    _cb: sul_cb_t,
    _us: lws_usec_t,
) {
    // SAFETY: the caller's node, as this function's contract has it.
    guard("lws_sul_schedule", (), || unsafe { schedule(0, ctx, tsi, sul, _cb, _us) })
}

/// As `lws_sul_schedule`, for what has to wake a machine that is suspended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_sul_schedule_wakesuspend(
    ctx: *mut lws_context,
    tsi: c_int,
    sul: *mut lws_sorted_usec_list_t,
    _cb: sul_cb_t,
    _us: lws_usec_t,
) {
    // SAFETY: as above.
    guard("lws_sul_schedule_wakesuspend", (), || unsafe { schedule(1, ctx, tsi, sul, _cb, _us) })
}

/// # Safety
/// `sul` is null or as `SulLists::schedule` wants it.
unsafe fn schedule(
    list: usize,
    ctx: *mut lws_context,
    tsi: c_int,
    sul: *mut lws_sorted_usec_list_t,
    cb: sul_cb_t,
    us: lws_usec_t,
) {
    let context = Context::from_c(ctx).and_then(|c| c.loop_at(tsi)).filter(|c| !c.ending.get());
    let Some(context) = context.filter(|_| !sul.is_null()) else {
        lwsl_err!("lws_sul_schedule: null node, dead context or wrong thread index");
        return;
    };
    // SAFETY: not null; by this function's contract.
    unsafe {
        if us < 0 {
            return dll2::remove(&raw mut (*sul).list);
        }
        (*sul).cb = cb;
        let deadline = sul::from_now(us);
        context.suls.schedule(list, sul, deadline);
        context.due(deadline);
    }
}

/// Cancels what `lws_sul_schedule` has scheduled. A null node, or one that is not scheduled, is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_sul_cancel(sul: *mut lws_sorted_usec_list_t) {
    guard("lws_sul_cancel", (), || {
        if !sul.is_null() {
            // SAFETY: not null; the caller's node, zeroed or in a list.
            unsafe { dll2::remove(&raw mut (*sul).list) };
        }
    })
}
