//! A turn of the loop, and the beginning and end of a context.
use super::abi::lws_callback_reasons::*;
use super::context::{Context, Wish};
use super::log::{lwsl_err, lwsl_info, lwsl_warn};
use super::vhost::Vhost;
use super::wsi::{CONNECTIONS, Phase, Role, Timer, Wsi, flag};
use super::{client, close, foreign, loops, pass, polled, system, tls, validity, write};
use crate::engine::clock;
use crate::engine::poller::{Ready, epoll_timeout};
use crate::engine::slack;
use crate::engine::thread::{stack_place, without_cancellation};
#[cfg(feature = "native")]
use crate::faces::native;
use std::collections::HashSet;
use std::ffi::c_int;
use std::ptr;

/// Events taken at once where the shim does not take them; what is left over is there the next time.
const EVENTS: usize = 512;

/// What comes before the wait of one turn: the callbacks that come first, and the end of a context whose end was put off. `timeout_ms`: 0
/// waits until something happens, negative does not wait, positive waits that long at the most. How long to wait, as epoll
/// counts it; none when the context has ended or cannot be served here.
///
/// `frame` is where on the stack the program's call is.
#[inline]
pub fn prepare(context: &'static Context, timeout_ms: c_int, frame: usize) -> Option<c_int> {
    if context.poller.with(|poller| poller.is_inherited()) {
        lwsl_err!("the context belongs to the parent process: it cannot be served after a fork");
        return None;
    }
    recover_if_abandoned(context, frame);
    if context.is_busy() {
        lwsl_err!("lws_service called from inside one of its callbacks");
        return None;
    }
    if context.ending.get() {
        // it was to end when the call that was abandoned returned
        conclude(context);
        return None;
    }
    context.claim_thread();
    if context.new_vhosts.get() {
        let goes_on = context.within(|| {
            begin(context);
            !context.ending.get()
        });
        // the context may be gone when `within` returns
        if !goes_on {
            return None;
        }
    }
    Some(epoll_timeout(wait_time(context, timeout_ms)))
}

/// What comes after the wait: the callbacks for what has happened. False when the context has ended.
pub fn turn(context: &'static Context, events: &[libc::epoll_event]) -> bool {
    if context.is_busy() {
        lwsl_err!("the context is served by another thread already");
        return true;
    }
    context.claim_thread();
    context.within(|| {
        context.set_in_turn(true);
        handle(context, events);
        if context.nested.get() {
            polled::turn_ends(context, events);
        }
        context.set_in_turn(false);
        !context.ending.get()
    })
}

/// A turn without waiting, for a loop of another library that says that there is something to do. False when the context has ended or
/// cannot be served here. Where a turn is under way further up the stack there is none: that one sees to it.
///
/// `frame` is where on the stack the call is.
pub fn dispatch(context: &'static Context, frame: usize) -> bool {
    if context.is_busy() && !context.was_abandoned(frame) {
        return true;
    }
    without_cancellation(|| {
        if prepare(context, -1, frame).is_none() {
            return false;
        }
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; EVENTS];
        let count = context.poller.with(|poller| poller.take(&mut events));
        turn(context, &events[..count])
    })
}

/// Where a callback has left a call by longjmp, what that call had in hand is taken up again.
#[inline(always)]
pub fn recover_if_abandoned(context: &'static Context, frame: usize) {
    if context.was_abandoned(frame) {
        recover(context);
    }
}

#[cold]
fn recover(context: &'static Context) {
    lwsl_warn!("a callback has left the library by longjmp");
    context.forget_turn();
    if context.tasks.with(|tasks| !tasks.is_empty()) {
        context.ring();
    }
    if let Some(owner) = context.cork_owner.get() {
        let _ = write::flush(owner);
    }
    #[cfg(feature = "native")]
    native::recover(context);
    context.ready.with(Vec::clear);
    context.ready_now.with(Vec::clear);
    let released: HashSet<*const Wsi> =
        context.ended.with(|ended| ended.iter().map(|wsi| ptr::from_ref(*wsi)).collect());
    context.each_slot(|wsi| {
        wsi.clear(flag::QUEUED | flag::IN_PASS);
        if !wsi.is_open() {
            // its closing callbacks were under way; who has left them does not get the others
            if !released.contains(&ptr::from_ref(wsi)) {
                if wsi.has(flag::CLIENT) {
                    client::warm::orphan(wsi);
                }
                close::release(wsi);
            }
            return;
        }
        if wsi.rare.with(|rare| rare.as_ref().and_then(|rare| rare.parent)).is_some_and(|parent| !parent.is_open()) {
            // it was to end with the one whose end was left
            wsi.rare.with(|rare| rare.as_mut().map(|rare| rare.parent = None));
            wsi.set(flag::KILL);
        }
        client::with(wsi, |client| client.incoming = (ptr::null_mut(), 0));
        wsi.ready(flag::WANT_READ);
        if wsi.is_connection() {
            // events that were in hand are gone: have the kernel tell them again
            context.poller.with(|poller| poller.rearm(wsi.fd.get(), ptr::from_ref(wsi) as usize));
        }
    });
}

/// The callbacks that come first, once.
fn begin(context: &'static Context) {
    if context.new_vhosts.replace(false) {
        begin_thread(context);
    }
    if !context.ending.get() {
        system::start(context);
    }
}

/// Says which thread serves, and gives up privileges.
fn begin_thread(context: &'static Context) {
    if let Some(vhost) = context.vhosts.with(|all| all.first().copied())
        && !context.begun.replace(true)
    {
        let first = vhost.first_protocol();
        let stand_in = context.stand_in(vhost, first);
        first.call(stand_in, LWS_CALLBACK_GET_THREAD_ID, ptr::null_mut(), ptr::null_mut(), 0);
    }
    if let Some(Err(e)) = context.take_privileges().map(|wanted| wanted.drop()) {
        lwsl_err!("privileges cannot be dropped, so the context ends: {e}");
        destroy(context);
    }
}

/// Tells the protocols to begin that were not told yet.
pub fn begin_vhosts(context: &'static Context) {
    for vhost in context.vhosts.with(|all| all.clone()) {
        if !vhost.begun.get() && !vhost.ending.get() && !context.ending.get() && vhost.begin() != 0 {
            lwsl_err!("vhost {}: a protocol failed to begin", vhost.settings.name.to_string_lossy());
        }
    }
}

fn handle(context: &'static Context, events: &[libc::epoll_event]) {
    system::run_attached(context);
    context.smd.deliver(|| !context.ending.get());
    if context.take_cancelled() {
        for vhost in context.vhosts.with(|all| all.clone()) {
            if !vhost.ending.get() {
                vhost.call_all(context, LWS_CALLBACK_EVENT_WAIT_CANCELLED, |_| ptr::null_mut());
            }
        }
    }
    if let Some(wishes) = context.take_posted() {
        grant(context, wishes);
        loops::run_tasks(context);
    }
    if context.resolving.with(|all| !all.is_empty()) {
        client::resolved(context);
    }
    #[cfg(feature = "native")]
    native::begin_turn(context);
    let deadline = next_deadline(context);
    if deadline != NEVER && deadline <= context.clock() {
        run_due(context);
    }
    for ready in events.iter().filter_map(Ready::of) {
        match CONNECTIONS.get(ready.token) {
            Some(wsi) => pass::event(wsi, ready),
            #[cfg(feature = "native")]
            None if native::event(ready) => {}
            None => context.lingering.with(|lingering| lingering.ready(ready.token)),
        }
    }
    run_ready(context);
    #[cfg(feature = "native")]
    native::end_turn(context);
}

/// What a deadline has come for.
#[inline(never)]
fn run_due(context: &'static Context) {
    #[cfg(feature = "native")]
    native::run_due(context);
    tls::ageing::check(context);
    context.suls.run(context);
    while let Some(due) = context.timers.with(|timers| timers.pop_due(context.clock())) {
        if let (Some(wsi), timer) = due.parts() {
            expired(wsi, timer);
        }
    }
    context.lingering.with(|lingering| lingering.expire(context.clock()));
    if context.slack.with(|slack| slack.is_due(context.clock())) {
        slack::give_back();
    }
}

/// Asks for what other threads have wished for.
fn grant(context: &'static Context, wishes: HashSet<Wish>) {
    for wish in wishes {
        match wish {
            Wish::Connection(address) => {
                if let Some(wsi) = CONNECTIONS.get(address).filter(|wsi| wsi.is_open() && wsi.is_connection()) {
                    wsi.ask();
                }
            }
            Wish::Protocol(callback, name, vhost) => {
                context.ask_all(&context.copies_of(callback, &name, vhost));
            }
        }
    }
}

/// Those that stand on the ready list now; who comes to stand there meanwhile has the next turn.
fn run_ready(context: &'static Context) {
    if context.ready.with(|ready| ready.is_empty()) {
        return;
    }
    // nothing is held on the stack: a callback may leave this turn
    context.ready.with(|ready| context.ready_now.with(|now| std::mem::swap(ready, now)));
    let mut i = 0;
    while let Some(wsi) = context.ready_now.with(|now| now.get(i).copied()) {
        i += 1;
        wsi.clear(flag::QUEUED);
        pass::run(wsi);
        if context.nested.get() && wsi.is_open() {
            polled::note(wsi);
        }
    }
    context.ready_now.with(|now| {
        now.clear();
        // the list's memory is used again, unless a burst has made it large
        now.shrink_to(4096);
    });
}

/// How long to wait, in microseconds; none for ever.
fn wait_time(context: &'static Context, timeout_ms: c_int) -> Option<u64> {
    let waiting = context.ready.with(|ready| !ready.is_empty());
    if timeout_ms < 0 || waiting || context.smd.is_pending() || context.system.has_attached() {
        return Some(0);
    }
    #[cfg(feature = "native")]
    if native::has_work(context) {
        return Some(0);
    }
    let most = if timeout_ms > 0 { timeout_ms as u64 * 1000 } else { NEVER };
    let left = match next_deadline(context) {
        NEVER => NEVER,
        deadline => deadline.saturating_sub(clock::now_us()),
    };
    Some(left.min(most)).filter(|&left| left != NEVER)
}

/// A moment that does not come.
const NEVER: u64 = u64::MAX;

/// When there is something to do without an event.
#[inline]
fn next_deadline(context: &'static Context) -> u64 {
    let soonest = |one: u64, other: Option<u64>| one.min(other.unwrap_or(NEVER));
    let mut soon = soonest(NEVER, context.timers.with(|timers| timers.next()));
    soon = soonest(soon, context.suls.next());
    soon = soonest(soon, context.lingering.with(|lingering| lingering.next()));
    soon = soonest(soon, context.slack.with(|slack| slack.next()));
    #[cfg(feature = "native")]
    {
        soon = soonest(soon, native::deadline(context));
    }
    soonest(soon, context.certificates_due.get())
}

/// How long the program may wait before the next turn, in milliseconds; `most_ms` at the most, where that is not negative.
pub fn time_left(context: &'static Context, most_ms: c_int) -> c_int {
    let left = next_turn(context).map(|us| c_int::try_from(us.div_ceil(1000)).unwrap_or(c_int::MAX));
    match left {
        Some(left) if most_ms < 0 || left < most_ms => left,
        _ => most_ms,
    }
}

/// How long until there is something to do without an event, in microseconds; none for ever.
pub fn next_turn(context: &'static Context) -> Option<u64> {
    // a turn that was never run has something to do
    if context.new_vhosts.get() || context.tsi == 0 && !context.system.is_started() {
        Some(0)
    } else {
        wait_time(context, 0)
    }
}

fn expired(wsi: &'static Wsi, timer: Timer) {
    if !wsi.is_open() {
        return;
    }
    match timer {
        Timer::Timeout if wsi.role() == Role::Listen => wsi.ready(flag::WANT_READ),
        Timer::Timeout if wsi.has(flag::CLIENT) && matches!(wsi.phase(), Phase::Asking | Phase::Answering) => {
            client::fail(wsi, "timed out");
        }
        Timer::Timeout if wsi.phase() == Phase::Connecting && wsi.has(flag::CLIENT) => client::connect::timed_out(wsi),
        Timer::Timeout => {
            lwsl_info!("connection timed out");
            close::finish(wsi);
        }
        Timer::User => {
            let answer = wsi.protocol().call(wsi, LWS_CALLBACK_TIMER, wsi.user.get(), ptr::null_mut(), 0);
            if answer != 0 && wsi.is_open() {
                close::by_program(wsi);
            }
        }
        Timer::Validity if wsi.phase() == Phase::Connecting => drop(client::connect::try_next(wsi)),
        Timer::Validity => validity::expired(wsi),
    }
}

/// Nothing that makes callbacks is on the stack: what has ended is cleared away.
#[inline]
pub fn settle(context: &'static Context) {
    if context.ending.get() { conclude(context) } else { reap(context) }
}

/// Gives back the memory of what has ended.
#[inline]
pub fn reap(context: &'static Context) {
    #[cfg(feature = "native")]
    native::reap(context);
    if !context.ended.with(|ended| ended.is_empty()) || !context.ended_vhosts.with(|ended| ended.is_empty()) {
        give_back(context);
    }
}

#[inline(never)]
fn give_back(context: &'static Context) {
    let mut ended = context.ended.take();
    if ended.iter().any(|wsi| wsi.has(flag::QUEUED)) {
        context.ready.with(|ready| ready.retain(|wsi| wsi.is_open()));
    }
    for wsi in ended.drain(..) {
        context.connections.with(|all| all.free(wsi));
        context.note_load();
    }
    context.ended.set(ended);
    if context.ended_vhosts.with(|ended| !ended.is_empty()) {
        for vhost in context.ended_vhosts.take() {
            if context.tsi == 0 { vhost.free() } else { loops::left(context, vhost) }
        }
    }
}

/// Ends a context. While a call that makes callbacks is on the stack, that happens when it returns.
pub fn destroy(context: &'static Context) {
    if context.is_one_of_several() {
        return loops::destroy(context.as_c::<Context>() as usize);
    }
    recover_if_abandoned(context, stack_place());
    context.ending.set(true);
    if !context.is_busy() {
        end(context);
    }
}

fn conclude(context: &'static Context) {
    if context.is_one_of_several() { loops::conclude(context) } else { end(context) }
}

/// Ends a context, now.
pub fn end(context: &'static Context) {
    // callbacks of what ends here find the context busy, so that none begins the end anew
    context.keep_busy();
    foreign::end(context);
    #[cfg(feature = "native")]
    if !context.is_one_of_several() {
        native::end(context);
    }
    close_connections(context, |_| true);
    close_listeners(context);
    polled::loop_removed(context);
    for vhost in context.vhosts.with(|all| all.clone()) {
        destroy_vhost(vhost);
    }
    reap(context);
    context.suls.clear();
    context.smd.close();
    system::end(context);
    if !context.settings.address.is_null() {
        // SAFETY: the program gave the place at creation, for as long as the context lives.
        unsafe { *context.settings.address = ptr::null_mut() };
    }
    let baggage = context.settings.baggage;
    context.free();
    // SAFETY: the program gave it for this, from malloc.
    unsafe { libc::free(baggage) };
}

/// Ends a vhost: its connections, its listener, its protocols.
pub fn destroy_vhost(vhost: &'static Vhost) {
    let context = vhost.context;
    if vhost.ending.replace(true) {
        return;
    }
    // nothing finds it from here on, so no connection is put on it while its own are ended
    context.vhosts.with(|all| all.retain(|v| !ptr::eq(*v, vhost)));
    close_connections(context, |wsi| ptr::eq(wsi.vhost(), vhost));
    vhost.more_listeners.take().into_iter().for_each(close::finish);
    if let Some(listener) = vhost.listener.take() {
        // whoever else listens on the same port goes on with the socket
        let heir = context
            .vhosts
            .with(|all| all.iter().copied().find(|v| v.listener.get().is_some_and(|l| ptr::eq(l, listener))));
        match heir {
            Some(heir) if ptr::eq(listener.vhost(), vhost) => {
                listener.set_vhost(heir);
                listener.set_protocol(heir.first_protocol());
            }
            Some(_) => {}
            None => close::finish(listener),
        }
    }
    if loops::let_go(vhost) {
        vhost.end();
        context.ended_vhosts.with(|ended| ended.push(vhost));
    }
}

/// Ends the listeners, youngest first.
pub fn close_listeners(context: &'static Context) {
    for vhost in context.vhosts.with(|all| all.clone()).into_iter().rev() {
        if let Some(listener) = vhost.listener.take().filter(|l| ptr::eq(l.vhost(), vhost)) {
            close::finish(listener);
        }
        vhost.more_listeners.take().into_iter().for_each(close::finish);
    }
}

/// Ends the connections that `which` picks, youngest memory first; listeners are left.
pub fn close_connections(context: &'static Context, which: impl Fn(&Wsi) -> bool) {
    let mut all = Vec::new();
    context.each_connection(|wsi| {
        if wsi.role() != Role::Listen && which(wsi) {
            all.push(wsi);
        }
    });
    for wsi in all.into_iter().rev() {
        close::finish(wsi);
    }
}
