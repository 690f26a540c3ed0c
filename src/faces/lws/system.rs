//! The surroundings of a context: the states it goes through until it works, what threads want done in its loop, the
//! way to the internet, and the program's hooks.
use super::abi::{
    LWSSMDCL_NETWORK, LWSSMDCL_SYSTEM_STATE, lws_attach_cb_t, lws_attach_item, lws_cpd_result_t, lws_state_manager,
    lws_system_ops_t, lws_system_states_t,
};
use super::blob::Blobs;
use super::context::Context;
use super::log::{lwsl_err, lwsl_notice};
use super::state::{self, Moment};
use crate::engine::arena::{Life, Region, Slab, Slot};
use std::cell::{Cell, UnsafeCell};
use std::collections::VecDeque;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

/// How many calls may wait for the loop.
const ATTACHED_MOST: usize = 4096;
/// Those that wait are made in one turn up to so many.
const ATTACHED_AT_ONCE: usize = 256;

/// The names of `lws_system_states_t`.
struct Names([*const c_char; 14]);

// SAFETY: constant strings.
unsafe impl Sync for Names {}

static NAMES: Names = Names([
    c"undef".as_ptr(),
    c"CONTEXT_CREATED".as_ptr(),
    c"INITIALIZED".as_ptr(),
    c"IFACE_COLDPLUG".as_ptr(),
    c"DHCP".as_ptr(),
    c"CPD_PRE_TIME".as_ptr(),
    c"TIME_VALID".as_ptr(),
    c"CPD_POST_TIME".as_ptr(),
    c"POLICY_VALID".as_ptr(),
    c"REGISTERED".as_ptr(),
    c"AUTH1".as_ptr(),
    c"AUTH2".as_ptr(),
    c"OPERATIONAL".as_ptr(),
    c"POLICY_INVALID".as_ptr(),
]);

/// Everything works.
const OPERATIONAL: c_int = lws_system_states_t::LWS_SYSTATE_OPERATIONAL as c_int;
/// On the way to this state the protocols begin.
const POLICY_VALID: c_int = lws_system_states_t::LWS_SYSTATE_POLICY_VALID as c_int;

/// The state machine of a context. It stands in type-stable memory, since programs keep its address.
#[repr(C)]
pub struct Manager {
    shared: UnsafeCell<lws_state_manager>,
    life: Life,
}

// SAFETY: zeros are a machine in state 0 without observers, whose life is dead, and nothing is dropped.
unsafe impl Slot for Manager {
    fn life(&self) -> &Life {
        &self.life
    }
}

struct Managers {
    region: Region<Manager>,
    slab: Mutex<Option<Slab<Manager>>>,
}

// SAFETY: the slab is only touched under its mutex; the region is made for sharing.
unsafe impl Sync for Managers {}

static MANAGERS: Managers = Managers { region: Region::new(16 << 20), slab: Mutex::new(None) };

/// What a machine that C points at is.
pub enum Machine {
    /// That of a context.
    System(&'static Context),
    /// That of a context that has ended.
    Dead,
    /// The program's own.
    Own,
}

/// Whose is the machine at this address?
pub fn machine(manager: *const lws_state_manager) -> Machine {
    match MANAGERS.region.get(manager as usize) {
        // SAFETY: a live machine; only the pointer is read.
        Some(found) => match Context::from_c(unsafe { (*found.shared.get()).context }) {
            Some(context) => Machine::System(context),
            None => Machine::Dead,
        },
        None if MANAGERS.region.covers(manager as usize) => Machine::Dead,
        None => Machine::Own,
    }
}

/// A call that somebody wants made in the loop.
struct Attached {
    callback: unsafe extern "C" fn(*mut super::abi::lws_context, c_int, *mut c_void),
    opaque: usize,
    state: c_int,
}

#[derive(Default)]
struct Attachments {
    waiting: VecDeque<Box<Attached>>,
    /// The one that was given out to the program's locking function, to come back at once.
    out: Option<Box<Attached>>,
}

/// The part of a context that this file is about.
pub struct System {
    manager: &'static Manager,
    /// The program's hooks, or null.
    pub ops: *const lws_system_ops_t,
    /// Data that the program keeps here.
    pub blobs: Blobs,
    cpd: Cell<u32>,
    /// Were the states begun to be gone through?
    started: Cell<bool>,
    /// Was the state reached in which protocols are told to begin?
    protocols_begin: Cell<bool>,
    attached: Mutex<Attachments>,
    /// How many wait: most often none, which is known without the lock.
    attached_count: AtomicUsize,
}

impl System {
    /// What a new context has; `context` belongs to it from [`begin`] on.
    pub fn new(ops: *const lws_system_ops_t) -> Option<System> {
        let mut slab = MANAGERS.slab.lock().unwrap_or_else(|e| e.into_inner());
        let manager = slab.get_or_insert_with(|| Slab::new(&MANAGERS.region)).alloc()?;
        Some(System {
            manager,
            ops,
            blobs: Blobs::default(),
            cpd: Cell::new(lws_cpd_result_t::LWS_CPD_UNKNOWN as u32),
            started: Cell::new(false),
            protocols_begin: Cell::new(false),
            attached: Mutex::default(),
            attached_count: AtomicUsize::new(0),
        })
    }

    /// The state machine.
    pub fn manager(&self) -> *mut lws_state_manager {
        self.manager.shared.get()
    }

    /// The current state.
    pub fn state(&self) -> c_int {
        // SAFETY: the machine lives as long as the context.
        unsafe { (*self.manager()).state }
    }

    /// Was there a first turn?
    pub fn is_started(&self) -> bool {
        self.started.get()
    }

    /// May protocols be told to begin?
    pub fn protocols_begin(&self) -> bool {
        self.protocols_begin.get()
    }

    /// Are there calls to be made now?
    #[inline(always)]
    pub fn has_attached(&self) -> bool {
        self.attached_count.load(Ordering::Acquire) != 0 && self.is_ready()
    }

    #[cold]
    fn is_ready(&self) -> bool {
        let state = self.state();
        self.attachments().waiting.iter().any(|item| item.state <= state)
    }

    fn attachments(&self) -> MutexGuard<'_, Attachments> {
        self.attached.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// From any thread: has `callback` called in the loop once `state` is reached. False when too many wait. The loop is
    /// still to be woken.
    pub fn attach(&self, callback: lws_attach_cb_t, state: c_int, opaque: *mut c_void) -> bool {
        let Some(callback) = callback else { return false };
        let mut all = self.attachments();
        if all.waiting.len() >= ATTACHED_MOST {
            return false;
        }
        all.waiting.push_back(Box::new(Attached { callback, opaque: opaque as usize, state }));
        self.attached_count.store(all.waiting.len(), Ordering::Release);
        true
    }

    /// Gives out the first call that can be made, as something that C can hold; null for none.
    pub fn give_out(&self) -> *mut lws_attach_item {
        let state = self.state();
        let mut all = self.attachments();
        if let Some(unused) = all.out.take() {
            // whoever asked last has not made use of it
            all.waiting.push_front(unused);
        }
        let ready = all.waiting.iter().position(|item| item.state <= state);
        all.out = ready.and_then(|i| all.waiting.remove(i));
        self.attached_count.store(all.waiting.len(), Ordering::Release);
        all.out.as_deref_mut().map_or(ptr::null_mut(), |item| ptr::from_mut(item).cast())
    }

    /// Takes back what was given out.
    fn take_back(&self, item: *mut lws_attach_item) -> Option<Box<Attached>> {
        let mut all = self.attachments();
        match all.out.as_deref() {
            Some(out) if ptr::eq(out, item.cast()) => all.out.take(),
            _ => None,
        }
    }

    /// What is known about the way to the internet.
    pub fn cpd(&self) -> u32 {
        self.cpd.get()
    }

    /// Has the program look for a captive portal. Returns what its function says, 0 where it has none.
    pub fn start_cpd(&self, context: &Context) -> c_int {
        self.cpd.set(lws_cpd_result_t::LWS_CPD_UNKNOWN as u32);
        // SAFETY: the program's hooks last as long as the context.
        match unsafe { self.ops.as_ref() }.and_then(|ops| ops.captive_portal_detect_request) {
            // SAFETY: the program gave this function for this purpose.
            Some(request) => unsafe { request(context.as_c()) },
            None => 0,
        }
    }
}

/// A context was made.
pub fn begin(context: &'static Context) {
    // SAFETY: the machine is this context's alone, and nobody has seen it yet.
    unsafe {
        let manager = &mut *context.system.manager();
        manager.context = context.as_c();
        manager.parent = context.as_c();
        manager.smd_class = LWSSMDCL_SYSTEM_STATE as u32;
        manager.state_names = NAMES.0.as_ptr().cast_mut();
        manager.name = c"system".as_ptr();
        manager.state = lws_system_states_t::LWS_SYSTATE_CONTEXT_CREATED as c_int;
    }
}

/// The context ends: nothing of the program's is referred to any more.
pub fn end(context: &'static Context) {
    let system = &context.system;
    // SAFETY: observers are the program's for as long as they are registered.
    unsafe { state::clear(system.manager()) };
    system.blobs.end();
    *system.attachments() = Attachments::default();
    let mut slab = MANAGERS.slab.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(slab) = slab.as_mut() {
        slab.free(system.manager);
    }
}

/// In the first turn: goes through the states, as far as the observers let it.
pub fn start(context: &'static Context) {
    if !context.system.started.replace(true) {
        run_attached(context);
        if !context.ending.get() {
            go(context, OPERATIONAL, true);
        }
    }
}

/// Goes to a state: by steps, or at once. False where there is none such.
pub fn go(context: &'static Context, target: c_int, by_steps: bool) -> bool {
    if target < 0 || target as usize >= NAMES.0.len() {
        return false;
    }
    context.within(|| {
        let manager = context.system.manager();
        let owner = |moment| {
            if !context.ending.get() {
                passing(context, moment);
            }
            !context.ending.get()
        };
        // SAFETY: the machine lives as long as the context, which `within` keeps.
        unsafe {
            if by_steps {
                state::climb(manager, target, &owner);
            } else {
                state::go(manager, target, &owner);
            }
        }
    });
    true
}

/// What the library itself does on the way.
fn passing(context: &'static Context, moment: Moment) {
    run_attached(context);
    if let Moment::Agreed(target) = moment
        && (POLICY_VALID..=OPERATIONAL).contains(&target)
        && !context.ending.get()
        && !context.system.protocols_begin.replace(true)
    {
        super::service::begin_vhosts(context);
    }
}

/// Makes the calls that wait for the state reached.
#[inline]
pub fn run_attached(context: &'static Context) {
    if context.system.has_attached() {
        call_attached(context);
    }
}

#[cold]
fn call_attached(context: &'static Context) {
    for _ in 0..ATTACHED_AT_ONCE {
        if context.ending.get() || !context.system.has_attached() {
            return;
        }
        // SAFETY: the program's hooks last as long as the context.
        let attach = unsafe { context.system.ops.as_ref() }.and_then(|ops| ops.attach);
        let item = match attach {
            // the program locks around it
            Some(attach) => {
                let mut item = ptr::null_mut();
                // SAFETY: the program gave this function for this purpose.
                unsafe { attach(context.as_c(), 0, None, 0, ptr::null_mut(), &mut item) };
                item
            }
            None => context.system.give_out(),
        };
        let Some(item) = context.system.take_back(item) else {
            if !item.is_null() {
                lwsl_err!("the attach operation has given an item that was not for it");
            }
            return;
        };
        // SAFETY: the program gave this function for this purpose.
        unsafe { (item.callback)(context.as_c(), 0, item.opaque as *mut c_void) };
    }
}

/// The program knows about the way to the internet. Heeded once after each look.
pub fn set_cpd(context: &'static Context, result: u32) -> bool {
    const RESULTS: [&str; 4] = ["Unknown", "OK", "Captive", "No internet"];
    let Some(name) = RESULTS.get(result as usize) else { return false };
    if context.system.cpd.get() != lws_cpd_result_t::LWS_CPD_UNKNOWN as u32 {
        return true;
    }
    lwsl_notice!("captive portal detection: {name}");
    context.system.cpd.set(result);
    let message = format!("{{\"type\":\"cpd\",\"result\":\"{name}\"}}");
    let _ = context.smd.send(LWSSMDCL_NETWORK as u32, message.as_bytes());
    // whoever held the states back for it lets go
    go(context, OPERATIONAL, true)
}
