//! Connections that serve one request after the other.
use super::{Order, Stage, with};
use crate::engine::clock::SECOND;
use crate::engine::sock;
use crate::faces::lws::abi::lws_client_connect_ssl_connection_flags::LCCSCF_PIPELINE;
use crate::faces::lws::wsi::{Phase, Role, Timer, Wsi, flag};
use crate::faces::lws::{accept, close, polled};
use std::ptr;

/// How long an idle connection is kept where the program does not say.
const KEEP_SECS: u16 = 5;

/// Does this order allow sharing, and do both go to the same server?
fn same_server(a: &Order, b: &Order) -> bool {
    let both = a.has(LCCSCF_PIPELINE) && b.has(LCCSCF_PIPELINE);
    both && a.address.eq_ignore_ascii_case(&b.address) && a.port == b.port && a.iface == b.iface
}

/// The connections of the same vhost to the same server that `state` picks.
fn mate(wsi: &'static Wsi, order: &Order, state: impl Fn(&Wsi, &Stage) -> bool) -> Option<&'static Wsi> {
    let context = wsi.context();
    context.sharing.with(|all| {
        all.retain(|other| other.is_open());
        let fits = |other: &&'static Wsi| {
            !ptr::eq(*other, wsi)
                && ptr::eq(other.vhost(), wsi.vhost())
                && with(other, |client| same_server(&client.order, order) && state(other, &client.stage)) == Some(true)
        };
        all.iter().copied().find(fits)
    })
}

/// Takes over an idle connection to the same server, or waits for one that is busy. False where there is none.
pub fn take_over(wsi: &'static Wsi, order: &Order) -> bool {
    if !order.has(LCCSCF_PIPELINE) || !matches!(order.speech, super::Speech::Http(_)) {
        return false;
    }
    let idle = mate(wsi, order, |other, _| other.phase() == Phase::Open);
    let busy = || mate(wsi, order, |_, stage| !matches!(stage, Stage::Queued));
    let found = idle.is_some() || busy().is_some();
    wsi.context().sharing.with(|all| {
        if !all.iter().any(|other| ptr::eq(*other, wsi)) {
            all.push(wsi);
        }
    });
    match idle {
        Some(idle) => hand_over(idle, wsi),
        // its timeouts are ours while we wait
        None if found => {
            wsi.cancel_timer(Timer::Timeout);
            with(wsi, |client| client.stage = Stage::Queued);
        }
        None => {}
    }
    found
}

/// A request is done and its connection can go on: with who waits for it, or idle for a while.
pub fn keep(wsi: &'static Wsi) {
    let Some(order) = with(wsi, |client| client.order.clone()) else { return close::finish(wsi) };
    if let Some(next) = mate(wsi, &order, |_, stage| matches!(stage, Stage::Queued)) {
        return hand_over(wsi, next);
    }
    let secs = if order.keep_warm_secs == 0 { KEEP_SECS } else { order.keep_warm_secs };
    wsi.set_timer(Timer::Timeout, u64::from(secs) * SECOND);
}

/// Gives `from`'s socket to `to`. What is left of `from` ends.
fn hand_over(from: &'static Wsi, to: &'static Wsi) {
    let fd = from.fd.replace(-1);
    to.fd.set(fd);
    with(to, |client| client.stage = Stage::Connected);
    let context = to.context();
    context.poller.with(|poller| poller.rearm(fd, ptr::from_ref(to) as usize));
    polled::handed_over(fd, from, to);
    close::finish(from);
    to.ready(flag::WANT_READ);
}

/// A connection ends that others may wait for: the first of them connects by itself, the others wait for that.
pub fn orphan(wsi: &'static Wsi) {
    if wsi.role() != Role::Http || wsi.context().ending.get() {
        return;
    }
    let Some(order) = with(wsi, |client| client.order.clone()).filter(|order| order.has(LCCSCF_PIPELINE)) else {
        return;
    };
    let others_work = mate(wsi, &order, |_, stage| !matches!(stage, Stage::Queued)).is_some();
    if others_work {
        return;
    }
    if let Some(next) = mate(wsi, &order, |_, stage| matches!(stage, Stage::Queued)) {
        with(next, |client| client.stage = Stage::Idle);
        next.ready(flag::WANT_READ);
    }
}

/// Lets go of the socket: the next request goes elsewhere.
pub fn drop_socket(wsi: &'static Wsi) {
    let fd = wsi.fd.get();
    if fd >= 0 {
        accept::unwatch(wsi);
        wsi.fd.set(-1);
        sock::close(fd);
    }
    wsi.held.set(None);
    wsi.out.set(None);
    wsi.clear(flag::PEER_ENDED | flag::ENDING | flag::CHOKED | flag::WANT_READ);
}
