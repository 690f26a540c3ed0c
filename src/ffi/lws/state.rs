//! State machines with observers.
use crate::faces::lws::abi::{lws_state_manager_t, lws_state_notify_link_t};
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::system::{self, Machine};
use crate::faces::lws::{dll2, state};
use crate::ffi::guard::guard;
use std::ffi::c_int;

/// Registers an observer, which is asked before those that are there already. The program owns it; it is zeroed but for
/// its callback and name, and stays where it is until it is deregistered or the manager's context has ended.
///
/// Ignored with a line in the log: null, a context's manager that is dead, an observer that is registered already. Only from
/// the thread that uses the manager; observers may do it too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_state_reg_notifier(mgr: *mut lws_state_manager_t, nl: *mut lws_state_notify_link_t) {
    guard("lws_state_reg_notifier", (), || {
        if alive("lws_state_reg_notifier", mgr) && !nl.is_null() {
            // SAFETY: alive, not null, and by the API's contract what they say they are.
            unsafe { state::add_observer(mgr, nl) }
        }
    })
}

/// Takes an observer out of its manager's list. Null, or one that is not registered, is ignored. Only from the thread that
/// uses the manager; observers may do it too, also to themselves.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_state_reg_deregister(nl: *mut lws_state_notify_link_t) {
    guard("lws_state_reg_deregister", (), || {
        if !nl.is_null() {
            // SAFETY: not null; the program's observer, zeroed or registered.
            unsafe { dll2::remove(&raw mut (*nl).list) }
        }
    })
}

/// Registers the observers that `nl` points to, a table ended by null, as `lws_state_reg_notifier` does one after the
/// other: the last of them is asked first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_state_reg_notifier_list(
    mgr: *mut lws_state_manager_t,
    nl: *const *mut lws_state_notify_link_t,
) {
    guard("lws_state_reg_notifier_list", (), || {
        if nl.is_null() || !alive("lws_state_reg_notifier_list", mgr) {
            return;
        }
        // SAFETY: alive, not null; a table ended by null, and what else the API's contract says.
        unsafe { state::add_observers(mgr, nl) }
    })
}

/// Moves up to the state `target`, state by state. Each observer is called before each step, and may stop it by a return
/// other than 0: then this is the end, and the observer has to ask again when it is ready. It is called once more when the
/// state is reached. A target that is not above the current state does nothing.
///
/// With `smd_class`, each state reached is told as `{"state":"NAME"}` to the context's system messages.
///
/// Returns 0, also when an observer has stopped it: look at `mgr->state`. 1 when the manager is null or dead, or there is no
/// such state. A program's own manager goes up by 1024 states at the most. Only from the thread that uses the manager, for
/// a context's manager its thread; observers may do it too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_state_transition_steps(mgr: *mut lws_state_manager_t, target: c_int) -> c_int {
    // SAFETY: the caller's manager.
    guard("lws_state_transition_steps", 1, || unsafe { go("lws_state_transition_steps", mgr, target, true) })
}

/// Moves to the state `target` at once, up or down; otherwise as `lws_state_transition_steps`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_state_transition(mgr: *mut lws_state_manager_t, target: c_int) -> c_int {
    // SAFETY: the caller's manager.
    guard("lws_state_transition", 1, || unsafe { go("lws_state_transition", mgr, target, false) })
}

/// # Safety
/// `mgr` is null, or was a context's manager, or is one of the program's.
unsafe fn go(function: &str, mgr: *mut lws_state_manager_t, target: c_int, by_steps: bool) -> c_int {
    if !alive(function, mgr) {
        return 1;
    }
    if let Machine::System(context) = system::machine(mgr) {
        let exists = !context.ending.get() && system::go(context, target, by_steps);
        if !exists {
            lwsl_err!("{function}: there is no state {target}, or the context ends");
        }
        return (!exists).into();
    }
    if target < 0 {
        lwsl_err!("{function}: there is no state {target}");
        return 1;
    }
    // SAFETY: by this function's contract.
    unsafe {
        if by_steps {
            state::climb(mgr, target, &|_| true);
        } else {
            state::go(mgr, target, &|_| true);
        }
    }
    0
}

fn alive(function: &str, mgr: *const lws_state_manager_t) -> bool {
    let alive = !mgr.is_null() && !matches!(system::machine(mgr), Machine::Dead);
    if !alive {
        lwsl_err!("{function}: null manager, or one whose context has ended");
    }
    alive
}
