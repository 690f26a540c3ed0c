//! Several loops in one context: `count_threads` service threads, each with the connections that it was given.
//!
//! A loop is a [`Context`] of its own. C knows the first, which has the vhosts, the listeners, the states and the messages. Nothing of a loop
//! is touched by another's thread but its [`Desk`] and what `context.rs` calls shared; of a vhost, what does not change once the other loops
//! were told of it. They are told when its protocols have begun ([`tell`]), and when it ends each of them ends its own connections and
//! says so ([`let_go`]).
//!
//! Threads come in and go out by the context's handle, which counts them: a context that was destroyed is ended by the last that leaves.
use super::abi::lws_callback_reasons::LWS_CALLBACK_GET_THREAD_ID;
use super::accept;
use super::context::{CONTEXTS, Context, ContextHandle};
use super::log::lwsl_err;
use super::polled;
use super::service;
use super::vhost::Vhost;
use super::wsi::{Role, Wsi};
use crate::engine::arena::Door;
use crate::engine::local::Local;
use crate::engine::sock;
use crate::engine::thread::stack_place;
use std::collections::VecDeque;
use std::ffi::{CString, c_int, c_void};
use std::os::fd::RawFd;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

/// The most service threads of a context: `LWS_MAX_SMP` of the headers.
pub const THREADS_MOST: usize = 32;
/// How many calls from other threads may wait for one loop.
const CALLS_MOST: usize = 4096;

/// What a loop is to do for another.
pub enum Task {
    /// To serve a connection that was accepted.
    Connection(&'static Vhost, RawFd),
    /// To know a vhost.
    Vhost(&'static Vhost),
    /// To end all that belongs to a vhost.
    LeaveVhost(&'static Vhost),
    /// The first loop: another has left a vhost that ends.
    VhostLeft(&'static Vhost),
    /// The first loop: to end the vhost with this address, if there is such.
    EndVhost(usize),
    /// To call, for a reason, all connections of the protocol with this callback and name (any for none), in the vhost with this address, or
    /// in all for 0.
    CallAll(Option<(usize, CString)>, usize, c_int),
}

/// Where a loop's tasks are put, and what other loops want to know of it.
#[derive(Default)]
pub struct Desk {
    tasks: Mutex<VecDeque<Task>>,
    /// Is a thread inside of `lws_service_tsi` with this loop?
    inside: AtomicBool,
    /// Was one ever?
    served: AtomicBool,
    /// How many connections there are.
    pub load: AtomicUsize,
    /// How many more are among the tasks.
    handed: AtomicUsize,
}

impl Desk {
    fn tasks(&self) -> MutexGuard<'_, VecDeque<Task>> {
        self.tasks.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes all there is, behind what is left of before.
    pub fn take(&self, all: &Local<VecDeque<Task>>) {
        let mut new = std::mem::take(&mut *self.tasks());
        all.with(|all| all.append(&mut new));
    }

    fn burden(&self) -> usize {
        self.load.load(Ordering::Relaxed) + self.handed.load(Ordering::Relaxed)
    }
}

fn post(to: &Context, task: Task) {
    to.desk.tasks().push_back(task);
    to.ring();
}

/// Among a context's loops, the one that the calling thread serves: the one it is in a callback of, or one it has served last; the first if
/// there is none.
#[cold]
pub fn of_this_thread(all: &[&'static Context]) -> &'static Context {
    let mine = || all.iter().filter(|each| !each.is_foreign_thread());
    mine().find(|each| each.is_busy()).or_else(|| mine().next()).unwrap_or(&all[0])
}

/// May a connection of `vhost` be made in this loop?
pub fn serves(context: &Context, vhost: &Vhost) -> bool {
    let knows = || context.vhosts.with(|all| all.iter().any(|known| ptr::eq(*known, vhost)));
    let good = context.tsi == 0 || knows();
    if !good {
        lwsl_err!("loop {}: the vhost has not begun, or ends", context.tsi);
    }
    good
}

/// Is there a loop, of those that the first gives connections to, with room for one more?
pub fn have_room(context: &Context) -> bool {
    pick(context).is_some()
}

/// The loop with the fewest connections among those that are served and have room; none where there are not several, or all are full.
fn pick(context: &Context) -> Option<&'static Context> {
    let taking = context.loops()?.iter().filter(|each| each.tsi == 0 || each.desk.served.load(Ordering::Relaxed));
    let least = taking.min_by_key(|each| each.desk.burden())?;
    // one slot of each is the stand-in's
    (least.desk.burden() <= context.settings.connections_max).then_some(least)
}

/// Gives a connection that was accepted to the loop with the fewest. False where that is this one.
pub fn hand_over(context: &Context, vhost: &'static Vhost, fd: RawFd) -> bool {
    let Some(to) = pick(context).filter(|to| to.tsi != 0 && vhost.told.get() && !vhost.ending.get()) else {
        return false;
    };
    to.desk.handed.fetch_add(1, Ordering::Relaxed);
    post(to, Task::Connection(vhost, fd));
    true
}

/// The vhost's protocols have begun: the other loops are told of it.
pub fn tell(vhost: &'static Vhost) {
    let Some(all) = vhost.context.loops().filter(|_| !vhost.ending.get()) else { return };
    vhost.told.set(true);
    for other in &all[1..] {
        post(other, Task::Vhost(vhost));
    }
}

/// A vhost ends: the other loops are to let go of it. True when none has it, else it is to be ended by [`left`].
pub fn let_go(vhost: &'static Vhost) -> bool {
    let Some(all) = vhost.context.loops().filter(|_| vhost.told.replace(false)) else { return true };
    if vhost.context.handle().is_taken() {
        // their connections have ended
        return true;
    }
    for other in &all[1..] {
        if !withdraw(other, vhost) {
            vhost.holders.set(vhost.holders.get() + 1);
            post(other, Task::LeaveVhost(vhost));
        }
    }
    if vhost.holders.get() == 0 {
        return true;
    }
    vhost.context.leaving.with(|all| all.push(vhost));
    false
}

/// Where a loop has not seen yet that there is such a vhost, it need not.
fn withdraw(other: &Context, vhost: &Vhost) -> bool {
    let mut tasks = other.desk.tasks();
    let about = |task: &Task| matches!(task, Task::Vhost(v) | Task::Connection(v, _) if ptr::eq(*v, vhost));
    if !tasks.iter().any(|task| matches!(task, Task::Vhost(_)) && about(task)) {
        return false;
    }
    for task in tasks.iter().filter(|task| about(task)) {
        if let Task::Connection(_, fd) = task {
            sock::close(*fd);
            other.desk.handed.fetch_sub(1, Ordering::Relaxed);
        }
    }
    tasks.retain(|task| !about(task));
    true
}

/// One of the other loops has let go of the vhost: from its thread.
pub fn left(context: &'static Context, vhost: &'static Vhost) {
    context.forget_vhost(vhost);
    post(context.primary(), Task::VhostLeft(vhost));
}

/// Ends a vhost whose end is the first loop's work, from whichever thread of a context with several loops. False where this is the thread to do it.
pub fn end_vhost_elsewhere(vhost: &'static Vhost) -> bool {
    let elsewhere = vhost.context.loops().is_some() && vhost.context.is_foreign_thread();
    if elsewhere {
        post(vhost.context, Task::EndVhost(vhost.as_c::<c_void>() as usize));
    }
    elsewhere
}

/// Has another loop call all connections of a protocol. False where too many calls wait.
pub fn call_all(to: &Context, protocol: Option<(usize, CString)>, vhost: usize, reason: c_int) -> bool {
    let mut tasks = to.desk.tasks();
    let room = tasks.len() < CALLS_MOST;
    if room {
        tasks.push_back(Task::CallAll(protocol, vhost, reason));
        drop(tasks);
        to.ring();
    }
    room
}

/// Does what others have asked for. Nothing is held on the stack: a callback may leave this turn.
pub fn run_tasks(context: &'static Context) {
    while let Some(task) = context.tasks.with(VecDeque::pop_front) {
        match task {
            Task::Connection(vhost, fd) => {
                context.desk.handed.fetch_sub(1, Ordering::Relaxed);
                if context.ending.get() || !context.vhosts.with(|all| all.iter().any(|v| ptr::eq(*v, vhost))) {
                    sock::close(fd);
                } else {
                    accept::begin(context, vhost, fd);
                }
            }
            Task::Vhost(vhost) => begin_vhost(context, vhost),
            Task::LeaveVhost(vhost) => {
                context.vhosts.with(|all| all.retain(|v| !ptr::eq(*v, vhost)));
                service::close_connections(context, |wsi| ptr::eq(wsi.vhost(), vhost));
                // the first loop hears of it when the memory of what has ended here is given back
                context.ended_vhosts.with(|ended| ended.push(vhost));
            }
            Task::VhostLeft(vhost) => {
                vhost.holders.set(vhost.holders.get() - 1);
                if vhost.holders.get() == 0 {
                    context.leaving.with(|all| all.retain(|v| !ptr::eq(*v, vhost)));
                    vhost.end();
                    context.ended_vhosts.with(|ended| ended.push(vhost));
                }
            }
            Task::EndVhost(address) => {
                let known = |v: &&'static Vhost| v.as_c::<c_void>() as usize == address;
                if let Some(vhost) = context.vhosts.with(|all| all.iter().copied().find(known)) {
                    service::destroy_vhost(vhost);
                }
            }
            Task::CallAll(protocol, vhost, reason) => {
                let in_vhost = |wsi: &Wsi| vhost == 0 || wsi.vhost().as_c::<c_void>() as usize == vhost;
                let of_protocol = |wsi: &Wsi| {
                    protocol.as_ref().is_none_or(|(callback, name)| wsi.protocol().matches(*callback, name))
                };
                call_connections(context, reason, ptr::null_mut(), 0, |wsi| in_vhost(wsi) && of_protocol(wsi));
            }
        }
    }
}

/// Another loop hears of a vhost. Its first is who is asked for the thread.
fn begin_vhost(context: &'static Context, vhost: &'static Vhost) {
    context.vhosts.with(|all| all.push(vhost));
    if !context.begun.replace(true) {
        let first = vhost.first_protocol();
        let stand_in = context.stand_in(vhost, first);
        first.call(stand_in, LWS_CALLBACK_GET_THREAD_ID, ptr::null_mut(), ptr::null_mut(), 0);
        // as the first loop's first turn does
        context.cancel_service();
    }
}

/// Calls the callback of every connection that `which` picks.
#[allow(clippy::not_unsafe_ptr_arg_deref)] // `input` is handed on, not followed
pub fn call_connections(
    context: &'static Context,
    reason: c_int,
    input: *mut c_void,
    len: usize,
    which: impl Fn(&Wsi) -> bool,
) {
    context.each_connection(|wsi| {
        if wsi.role() != Role::Listen
            && which(wsi)
            && let Some(callback) = wsi.protocol().0.callback
        {
            // SAFETY: the program gave the callback; nothing of ours is borrowed meanwhile.
            unsafe { callback(wsi.as_c(), reason as _, wsi.user.get(), input, len) };
        }
    });
}

/// Is at this address, as C knows it, a context with several loops?
#[inline(always)]
pub fn is_shared(address: usize) -> bool {
    CONTEXTS.handle(address).is_some_and(|handle| handle.is_shared())
}

/// A thread comes to serve loop `tsi` of the context at this address; `frame` is where on its stack the program's call is. None where it cannot, else
/// [`leave`] is to follow.
pub fn enter(address: usize, tsi: c_int, frame: usize) -> Option<&'static Context> {
    let handle = CONTEXTS.handle(address)?;
    let door = handle.enter();
    if door != Door::Open {
        let context = Context::from_c(ptr::from_ref(handle)).filter(|_| door == Door::Closing);
        if let Some(this) = context.and_then(|context| context.loop_at(tsi))
            && !this.desk.inside.swap(true, Ordering::AcqRel)
        {
            // it was between two calls when the context was destroyed: its connections are ended here all the same
            this.claim_thread();
            end_loop(this);
            this.desk.inside.store(false, Ordering::Release);
        }
        out(handle);
        return None;
    }
    let Some(this) = Context::from_c(ptr::from_ref(handle)).and_then(|context| context.loop_at(tsi)) else {
        lwsl_err!("lws_service_tsi: the context has no service thread {tsi}");
        out(handle);
        return None;
    };
    if !this.desk.inside.swap(true, Ordering::AcqRel) {
        this.desk.served.store(true, Ordering::Relaxed);
        return Some(this);
    }
    if !this.is_foreign_thread() {
        service::recover_if_abandoned(this, frame);
        if !this.is_busy() {
            // by the count of the call that was left
            out(handle);
            return Some(this);
        }
    }
    lwsl_err!("lws_service: loop {tsi} is served already, by another thread or further up the stack");
    out(handle);
    None
}

/// A turn in the loop that this thread has come to serve. False when the context ends: then the loop's connections have ended.
pub fn turn(this: &'static Context, events: &[libc::epoll_event]) -> bool {
    let goes_on = service::turn(this, events) && !this.handle().is_closed();
    if !goes_on {
        end_loop(this);
    }
    goes_on
}

/// The thread that serves this loop goes.
pub fn leave(this: &'static Context) {
    let handle = this.handle();
    this.desk.inside.store(false, Ordering::Release);
    out(handle);
}

fn out(handle: &'static ContextHandle) {
    if handle.leave()
        && let Some(context) = Context::from_c(ptr::from_ref(handle))
    {
        finish(context);
    }
}

/// The end of a context with several loops, from any thread: each thread that is inside ends its own connections and leaves, the last ends
/// the context.
pub fn destroy(address: usize) {
    let Some(handle) = CONTEXTS.handle(address) else { return };
    if handle.enter() == Door::Open
        && let Some(context) = Context::from_c(ptr::from_ref(handle))
    {
        let frame = stack_place();
        context.each_loop(|each| {
            // a callback has left the call by longjmp: it will not leave itself
            if each.desk.inside.load(Ordering::Acquire) && !each.is_foreign_thread() && each.was_abandoned(frame) {
                service::recover_if_abandoned(each, frame);
                leave(each);
            }
        });
        handle.close();
        let mut stays = false;
        context.each_loop(|each| each.wake());
        for each in
            context.loops().unwrap_or_default().iter().filter(|each| !each.is_foreign_thread() && each.is_busy())
        {
            each.ending.set(true);
            if !each.desk.inside.load(Ordering::Acquire) && !stays {
                // in a callback of a call that does not serve: it counts from here on until it returns
                each.counted.set(true);
                stays = true;
            }
        }
        if stays {
            return;
        }
    }
    out(handle);
}

/// The outermost call in a loop that ends is done.
pub fn conclude(context: &'static Context) {
    end_loop(context);
    if context.counted.replace(false) {
        out(context.handle());
    }
}

/// Nobody is inside any more, and nobody comes: the calling thread ends what is left.
fn finish(context: &'static Context) {
    context.each_loop(Context::claim_thread);
    context.keep_busy();
    for each in context.loops().unwrap_or_default().iter().rev() {
        end_loop(each);
        each.desk.take(&each.tasks);
        for task in each.tasks.take() {
            if let Task::Connection(_, fd) = task {
                sock::close(fd);
            }
        }
    }
    for vhost in context.leaving.take() {
        vhost.end();
        context.ended_vhosts.with(|ended| ended.push(vhost));
    }
    service::end(context);
}

/// Ends the connections of one of several loops, once. The context stays until all have come here.
pub fn end_loop(context: &'static Context) {
    if context.over.replace(true) {
        return;
    }
    context.ending.set(true);
    // callbacks of what ends here find the loop busy
    context.keep_busy();
    #[cfg(feature = "native")]
    crate::faces::native::end(context);
    service::close_connections(context, |_| true);
    if context.tsi == 0 {
        service::close_listeners(context);
        polled::loop_removed(context);
    }
    service::reap(context);
    context.suls.clear();
}
