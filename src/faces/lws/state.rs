//! A state machine with observers that can hold it back. It lives in memory that the program sees, and its observers
//! in the program's own: so the contract is that of `dll2`, and nothing is borrowed while an observer is called.
#![allow(clippy::missing_safety_doc)] // the contract above
use super::abi::{LWS_SMD_MAX_PAYLOAD, lws_dll2, lws_state_manager, lws_state_notify_link};
use super::context::Context;
use super::dll2;
use super::log::{lwsl_info, lwsl_warn};
use std::ffi::{CStr, c_char, c_int};

/// A machine may take so many steps at once: more are taken for a mistake.
pub const STEPS_MOST: c_int = 1024;

/// More observers than this in a table are taken for a table without an end.
const OBSERVERS_MOST: usize = 1024;

/// What the owner of a machine is told, where that is the library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// All observers agree to go to this state.
    Agreed(c_int),
    /// It is the current state, and all observers know.
    Arrived,
}

/// Goes to `target` at once, if no observer objects. Is it there afterwards? `owner` is told on the way, and answers whether
/// to go on.
pub unsafe fn go(manager: *mut lws_state_manager, target: c_int, owner: &dyn Fn(Moment) -> bool) -> bool {
    // SAFETY: by the module's contract.
    unsafe {
        let current = (*manager).state;
        if current == target {
            return true;
        }
        // an observer, or the owner, may have moved it somewhere else meanwhile
        if !ask(manager, target) || !owner(Moment::Agreed(target)) || (*manager).state != current {
            return false;
        }
        (*manager).state = target;
        tell(manager);
        ask(manager, target);
        owner(Moment::Arrived) && (*manager).state == target
    }
}

/// Goes up to `target` state by state, as far as the observers let it.
pub unsafe fn climb(manager: *mut lws_state_manager, target: c_int, owner: &dyn Fn(Moment) -> bool) {
    // SAFETY: by the module's contract.
    unsafe {
        let first = (*manager).state;
        for _ in 0..STEPS_MOST {
            let current = (*manager).state;
            if current >= target || !go(manager, current + 1, owner) && (*manager).state == current {
                break;
            }
        }
        if first < target {
            lwsl_info!("{}: {} -> {}", name(manager), StateName(manager, first), StateName(manager, (*manager).state));
        }
    }
}

/// Asks the observers about the way to `target`, or tells them that it is the current state. Do all agree?
unsafe fn ask(manager: *mut lws_state_manager, target: c_int) -> bool {
    // SAFETY: by the module's contract; who was taken out of the list meanwhile is not looked at again.
    unsafe {
        let current = (*manager).state;
        let mut links = Vec::new();
        dll2::find(&raw mut (*manager).notify_list, |link| {
            links.push(link);
            false
        });
        for link in links {
            if dll2::find(&raw mut (*manager).notify_list, |other| other == link).is_null() {
                continue;
            }
            // the link is the observer's first field
            let observer = link.cast::<lws_state_notify_link>();
            let Some(callback) = (*observer).notify_cb else { continue };
            if callback(manager, observer, current, target) != 0 {
                let who = text((*observer).name);
                lwsl_info!("{}: {who} objects to {}", name(manager), StateName(manager, target));
                return false;
            }
            if (*manager).state != current {
                return false;
            }
        }
        true
    }
}

/// Sends word of the new state to the context's system messages.
unsafe fn tell(manager: *mut lws_state_manager) {
    // SAFETY: by the module's contract; the context is null, alive, or recognised as dead.
    unsafe {
        let class = (*manager).smd_class;
        let named = state_name(manager, (*manager).state);
        let (true, Some(context), Some(state)) = (class != 0, Context::from_c((*manager).context), named) else {
            return;
        };
        if !context.smd.is_wanted(class) {
            return;
        }
        let mut message = format!("{{\"state\":\"{state}\"}}");
        message.truncate(LWS_SMD_MAX_PAYLOAD as usize);
        if context.smd.send(class, message.as_bytes()).is_err() {
            lwsl_warn!("{}: too many messages wait, so nobody hears of {state}", name(manager));
        }
    }
}

/// Adds an observer, before those that are there.
pub unsafe fn add_observer(manager: *mut lws_state_manager, observer: *mut lws_state_notify_link) {
    // SAFETY: by the module's contract.
    unsafe { dll2::add_head(&raw mut (*observer).list, &raw mut (*manager).notify_list) }
}

/// Adds the observers of a table that ends with null, one after the other.
pub unsafe fn add_observers(manager: *mut lws_state_manager, table: *const *mut lws_state_notify_link) {
    // SAFETY: by the module's contract.
    unsafe {
        let observers = (0..OBSERVERS_MOST).map(|i| *table.add(i)).take_while(|observer| !observer.is_null());
        observers.for_each(|observer| add_observer(manager, observer));
    }
}

/// Lets all observers go.
pub unsafe fn clear(manager: *mut lws_state_manager) {
    // SAFETY: by the module's contract.
    unsafe {
        let owner = &raw mut (*manager).notify_list;
        while !(*owner).head.is_null() {
            dll2::remove((*owner).head);
        }
    }
}

unsafe fn name<'a>(manager: *mut lws_state_manager) -> std::borrow::Cow<'a, str> {
    // SAFETY: by the module's contract.
    unsafe { text((*manager).name) }
}

/// A name that the program gave, for the log.
unsafe fn text<'a>(name: *const c_char) -> std::borrow::Cow<'a, str> {
    if name.is_null() {
        return "state machine".into();
    }
    // SAFETY: a C string, by the module's contract.
    unsafe { CStr::from_ptr(name) }.to_string_lossy()
}

unsafe fn state_name<'a>(manager: *mut lws_state_manager, state: c_int) -> Option<std::borrow::Cow<'a, str>> {
    // SAFETY: by the module's contract the table, if there is one, has a name for each state that is used.
    unsafe {
        let names = (*manager).state_names;
        let entry = if names.is_null() || state < 0 { return None } else { *names.add(state as usize) };
        (!entry.is_null()).then(|| text(entry))
    }
}

/// Prints the name of a state, or its number.
struct StateName(*mut lws_state_manager, c_int);

impl std::fmt::Display for StateName {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        // SAFETY: only made above, of managers that are alive.
        match unsafe { state_name(self.0, self.1) } {
            Some(name) => f.write_str(&name),
            None => write!(f, "{}", self.1),
        }
    }
}

// a link is found by the address of its list node
const _: () = assert!(std::mem::offset_of!(lws_state_notify_link, list) == 0 && align_of::<lws_dll2>() == 8);
