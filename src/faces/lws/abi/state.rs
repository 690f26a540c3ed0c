//! A small state machine with observers that can hold it back.
use super::{lws_context, lws_dll2_owner_t, lws_dll2_t, lws_smd_class_t};
use std::ffi::{c_char, c_int, c_void};

/// Told that `mgr` is about to go from `current` to `target` (then the two differ) or has arrived (then they are
/// equal). A return other than 0 stops the step; the observer has to ask for it again.
pub type lws_state_notify_t = Option<
    unsafe extern "C" fn(
        mgr: *mut lws_state_manager,
        link: *mut lws_state_notify_link,
        current: c_int,
        target: c_int,
    ) -> c_int,
>;

/// One observer. The program owns it and keeps it while it is registered.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_state_notify_link {
    /// The link in the manager's list.
    pub list: lws_dll2_t,
    /// What to call: a `lws_state_notify_t`.
    pub notify_cb: Option<
        unsafe extern "C" fn(
            mgr: *mut lws_state_manager,
            link: *mut lws_state_notify_link,
            current: c_int,
            target: c_int,
        ) -> c_int,
    >,
    /// The observer's name in logs.
    pub name: *const c_char,
}
/// One observer.
pub type lws_state_notify_link_t = lws_state_notify_link;

/// The state machine.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_state_manager {
    /// The observers.
    pub notify_list: lws_dll2_owner_t,
    /// The context it belongs to.
    pub context: *mut lws_context,
    /// Whatever its owner wants to find again.
    pub parent: *mut c_void,
    /// The class of system messages that report changes; 0 for none.
    pub smd_class: lws_smd_class_t,
    /// Names of the states, or null.
    pub state_names: *mut *const c_char,
    /// The machine's name in logs.
    pub name: *const c_char,
    /// The current state.
    pub state: c_int,
}
/// The state machine.
pub type lws_state_manager_t = lws_state_manager;
