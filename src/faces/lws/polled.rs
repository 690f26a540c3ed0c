//! A program that polls by itself: what it is told of descriptors, and what it is to wait for on each.
//!
//! Every program hears of each descriptor once when it begins and once when it ends to be watched (`ADD_POLL_FD`, `DEL_POLL_FD`), and of the
//! loop's own descriptor, which is readable whenever there is something to do: timers apart, whoever polls that one alone misses nothing.
//! What it is to wait for changes with every request for a writeable callback; that is told (`CHANGE_MODE_POLL_FD`) only to a program that
//! has shown that it polls, by calling `lws_service_fd`. From then on a table says what was told of each descriptor, and who may have changed is
//! noted and looked at once, at the end of the turn. A program that waits for just what it was told comes by when there is
//! something to do, and not when there is nothing.
use super::abi::lws_callback_reasons::{self, *};
use super::abi::lws_pollargs;
use super::context::Context;
use super::pass;
use super::vhost::Vhost;
use super::wsi::{CONNECTIONS, Phase, Role, Wsi, flag};
use crate::engine::poller::Ready;
use std::collections::HashMap;
use std::ffi::c_int;
use std::os::fd::RawFd;

const IN: c_int = libc::POLLIN as c_int;
const OUT: c_int = libc::POLLOUT as c_int;

/// What a program that polls was told.
#[derive(Default)]
pub struct Polled {
    told: HashMap<RawFd, Told>,
    /// Descriptors of those that may want something else now.
    noted: Vec<RawFd>,
}

struct Told {
    wsi: &'static Wsi,
    events: c_int,
    noted: bool,
}

/// What is to be waited for on a connection's descriptor. A descriptor that is always ready for something must not be waited for
/// it when nothing would be done.
fn wanted(wsi: &Wsi) -> c_int {
    let queued = wsi.has(flag::QUEUED);
    if wsi.role() == Role::Listen {
        let waits = wsi.context().full.get() || wsi.has(flag::STARVED);
        return if waits && !queued { 0 } else { IN };
    }
    let reads = match wsi.phase() {
        Phase::Connecting => true,
        _ if wsi.has(flag::APART) => !wsi.has(flag::PAUSED),
        _ => !wsi.has(flag::PEER_ENDED) && pass::may_read(wsi),
    };
    // whoever stands on the ready list has something to do at once, and there is nearly always room to write
    let writes = queued || wsi.has(flag::CHOKED) || wsi.has(flag::WANT_WRITE) && pass::may_write(wsi);
    (if reads { IN } else { 0 }) | (if writes { OUT } else { 0 })
}

/// Calls the vhost's first protocol about a descriptor, between the callbacks that bracket a change; not about a change that fails. What
/// it answers does not matter: in Debian's build of the original these callbacks do not come at all.
fn tell(wsi: &'static Wsi, reason: lws_callback_reasons, args: lws_pollargs, change: impl FnOnce() -> bool) {
    let context = wsi.context();
    let first = wsi.vhost().first_protocol();
    let mut args = args;
    let input = (&raw mut args).cast();
    let nested = context.telling.replace(true);
    let open = wsi.is_open();
    first.call(wsi, LWS_CALLBACK_LOCK_POLL, wsi.user.get(), input, 0);
    // who has been ended by that has had its own change
    if open == wsi.is_open() && change() {
        first.call(wsi, reason, wsi.user.get(), input, 0);
    }
    first.call(wsi, LWS_CALLBACK_UNLOCK_POLL, wsi.user.get(), input, 0);
    context.telling.set(nested);
}

/// A descriptor is watched from now on: `watch` sees to it. The callbacks may have ended the connection when this returns.
pub fn added(wsi: &'static Wsi, watch: impl FnOnce() -> std::io::Result<()>) -> std::io::Result<()> {
    let fd = wsi.fd.get();
    let wants = wanted(wsi);
    let context = wsi.context();
    // what more it wants is told when the program has shown that it polls
    let events = if polls(context) { wants } else { IN };
    let mut outcome = Err(std::io::ErrorKind::NotConnected.into());
    tell(wsi, LWS_CALLBACK_ADD_POLL_FD, lws_pollargs { fd, events, prev_events: 0 }, || {
        outcome = watch();
        if outcome.is_ok() {
            wsi.announced.set(true);
            context.polled.with(|polled| {
                if let Some(polled) = polled {
                    polled.told.insert(fd, Told { wsi, events, noted: false });
                }
            });
        }
        outcome.is_ok()
    });
    outcome
}

/// A descriptor is not watched any more: `unwatch` sees to it.
pub fn removed(wsi: &'static Wsi, unwatch: impl FnOnce()) {
    let fd = wsi.fd.get();
    if !wsi.announced.replace(false) {
        return unwatch();
    }
    let told = wsi.context().polled.with(|polled| polled.as_mut().and_then(|polled| polled.told.remove(&fd)));
    let prev_events = told.map_or(IN, |told| told.events);
    tell(wsi, LWS_CALLBACK_DEL_POLL_FD, lws_pollargs { fd, events: 0, prev_events }, || {
        unwatch();
        true
    });
}

/// A descriptor is another connection's from now on.
pub fn handed_over(fd: RawFd, from: &'static Wsi, to: &'static Wsi) {
    from.announced.set(false);
    to.announced.set(true);
    to.context().polled.with(|polled| {
        if let Some(told) = polled.as_mut().and_then(|polled| polled.told.get_mut(&fd)) {
            told.wsi = to;
        }
    });
    note(to);
}

/// Has the program shown that it polls?
fn polls(context: &Context) -> bool {
    context.polled.with(|polled| polled.is_some())
}

/// Tells of the loop's own descriptor, once there is a vhost to tell.
pub fn loop_added(context: &'static Context, vhost: &'static Vhost) {
    if !context.told_of_loop.replace(true) {
        tell_of_loop(context, vhost, LWS_CALLBACK_ADD_POLL_FD, IN, 0);
    }
}

/// The loop ends, while there is still a vhost to tell.
pub fn loop_removed(context: &'static Context) {
    if context.told_of_loop.replace(false)
        && let Some(vhost) = context.vhosts.with(|all| all.first().copied())
    {
        tell_of_loop(context, vhost, LWS_CALLBACK_DEL_POLL_FD, 0, IN);
    }
}

fn tell_of_loop(
    context: &'static Context,
    vhost: &'static Vhost,
    reason: lws_callback_reasons,
    events: c_int,
    prev_events: c_int,
) {
    let fd = context.poller.with(|poller| poller.as_fd());
    let stand_in = context.stand_in(vhost, vhost.first_protocol());
    tell(stand_in, reason, lws_pollargs { fd, events, prev_events }, || true);
}

/// The program polls by itself. Is this descriptor one of the context's?
pub fn serves(context: &'static Context, fd: RawFd) -> bool {
    if !polls(context) {
        begin(context);
    }
    fd == context.poller.with(|poller| poller.as_fd())
        || context.polled.with(|polled| polled.as_ref().is_some_and(|polled| polled.told.contains_key(&fd)))
}

#[cold]
fn begin(context: &'static Context) {
    let mut polled = Polled::default();
    context.each_connection(|wsi| {
        let fd = wsi.fd.get();
        if wsi.announced.get() {
            // what it was told when the descriptor was added
            polled.told.insert(fd, Told { wsi, events: IN, noted: true });
            polled.noted.push(fd);
        }
    });
    context.polled.set(Some(polled));
    context.nested.set(true);
}

/// What this connection is to be waited for may have changed.
pub fn note(wsi: &'static Wsi) {
    let fd = wsi.fd.get();
    wsi.context().polled.with(|polled| {
        if let Some(polled) = polled
            && let Some(told) = polled.told.get_mut(&fd).filter(|told| !told.noted)
        {
            told.noted = true;
            polled.noted.push(fd);
        }
    });
}

/// Tells the program what is to be waited for from now on, where that has changed. Callbacks are made: what is noted meanwhile has
/// its turn as well, a few times over.
pub fn tell_changes(context: &'static Context) {
    for _ in 0..4 {
        let noted = context.polled.with(|polled| polled.as_mut().map(|polled| std::mem::take(&mut polled.noted)));
        let Some(noted) = noted.filter(|noted| !noted.is_empty()) else { return };
        for fd in noted {
            let told = context.polled.with(|polled| {
                let told = polled.as_mut()?.told.get_mut(&fd)?;
                told.noted = false;
                Some((told.wsi, told.events))
            });
            let Some((wsi, before)) = told.filter(|(wsi, _)| wsi.is_open() && wsi.fd.get() == fd) else { continue };
            let events = wanted(wsi);
            if wsi.has(flag::QUEUED) && wsi.has(flag::CHOKED) {
                // neither way need be open: the loop's own descriptor says it
                context.wake();
            }
            if events == before {
                continue;
            }
            context.polled.with(|polled| {
                if let Some(told) = polled.as_mut().and_then(|polled| polled.told.get_mut(&fd)) {
                    told.events = events;
                }
            });
            let args = lws_pollargs { fd, events, prev_events: before };
            tell(wsi, LWS_CALLBACK_CHANGE_MODE_POLL_FD, args, || true);
            if context.ending.get() {
                return;
            }
        }
    }
    // a program that never settles is served again
    context.wake();
}

/// After a call that changes what is to be waited for: where no call is under way that sees to it, and none of the callbacks here.
#[inline]
pub fn tell_now(context: &'static Context) {
    if context.nested.get() && !context.is_busy() && !context.telling.get() && polls(context) {
        context.within(|| tell_changes(context));
    }
}

/// At the end of a turn: tells what has changed with those who were served by it.
#[cold]
pub fn turn_ends(context: &'static Context, events: &[libc::epoll_event]) {
    if !polls(context) || context.ending.get() {
        return;
    }
    for ready in events.iter().filter_map(Ready::of) {
        if let Some(wsi) = CONNECTIONS.get(ready.token) {
            note(wsi);
        }
    }
    tell_changes(context);
    if context.ready.with(|ready| ready.iter().any(|wsi| !wsi.announced.get())) {
        // nothing else says that these have something to do
        context.wake();
    }
}
