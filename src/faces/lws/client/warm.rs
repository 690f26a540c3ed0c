//! Connections that serve one request after the other.
use super::{Order, Stage, with};
use crate::engine::clock::SECOND;
use crate::engine::sock;
use crate::faces::lws::abi::lws_client_connect_ssl_connection_flags::LCCSCF_PIPELINE;
use crate::faces::lws::wsi::{Role, Timer, Wsi, flag};
use crate::faces::lws::{accept, close, polled, secure, write};
use std::ptr;

/// How long an idle connection is kept where the program does not say.
const KEEP_SECS: u16 = 5;

/// Does this order allow sharing, and do both go to the same server?
fn same_server(a: &Order, b: &Order) -> bool {
    let both = a.has(LCCSCF_PIPELINE) && b.has(LCCSCF_PIPELINE);
    // who is sure of one server is not of another, and who is sure in another way may not be
    both && a.tls_terms() == b.tls_terms()
        && a.address.eq_ignore_ascii_case(&b.address)
        && a.port == b.port
        && a.iface == b.iface
}

/// The connections of the same vhost to the same server that `state` picks.
fn mate(wsi: &'static Wsi, order: &Order, state: impl Fn(&Wsi, &Stage) -> bool) -> Option<&'static Wsi> {
    let context = wsi.context();
    context.sharing.with(|all| {
        let fits = |other: &&'static Wsi| {
            !ptr::eq(*other, wsi)
                && other.is_open()
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
    // what has something to read was ended by the server, or has had an answer to no question
    let idle = mate(wsi, order, |other, stage| matches!(stage, Stage::Warm) && is_quiet(other));
    let busy = || mate(wsi, order, |_, stage| !matches!(stage, Stage::Queued));
    let found = idle.is_some() || busy().is_some();
    wsi.context().sharing.with(|all| {
        if !all.iter().any(|other| ptr::eq(*other, wsi)) {
            all.push(wsi);
            wsi.set(flag::LISTED);
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
    with(wsi, |client| client.stage = Stage::Warm);
    let secs = if order.keep_warm_secs == 0 { KEEP_SECS } else { order.keep_warm_secs };
    wsi.set_timer(Timer::Timeout, u64::from(secs) * SECOND);
}

/// Is there nothing to be read, neither bytes nor the end?
pub fn is_quiet(wsi: &Wsi) -> bool {
    let goes_on = secure::with(wsi, |session| session.is_at_rest()) != Some(false);
    goes_on && sock::poll(wsi.fd.get(), libc::POLLIN) == 0
}

/// Gives `from`'s socket to `to`. What is left of `from` ends.
fn hand_over(from: &'static Wsi, to: &'static Wsi) {
    let fd = from.fd.replace(-1);
    to.fd.set(fd);
    with(to, |client| client.stage = Stage::Connected);
    let context = to.context();
    context.poller.with(|poller| poller.rearm(fd, ptr::from_ref(to) as usize));
    secure::hand_over(from, to);
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
    // nothing gathered for the old server may reach the new one
    let _ = write::flush(wsi);
    if wsi.fd.get() >= 0 {
        accept::unwatch(wsi);
        // its callbacks may have ended the connection, and the socket with it
        if !wsi.is_open() {
            return;
        }
        sock::close(wsi.fd.replace(-1));
    }
    secure::forget(wsi);
    wsi.held.set(None);
    wsi.out.set(None);
    wsi.clear(flag::PEER_ENDED | flag::ENDING | flag::CHOKED | flag::WANT_READ);
}
