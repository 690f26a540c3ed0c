//! How connections end.
use super::log::lwsl_info;
use super::wsi::{Phase, Role, Timer, Wsi, flag};
use super::{secure, write};
use crate::engine::clock::SECOND;
use crate::engine::sock;
use crate::faces::lws::abi::lws_callback_reasons::*;
use crate::proto::ws::{CONTROL_MAX, Violation, opcode};
use std::ptr;

/// How long the peer may take to answer a close frame.
const CLOSE_ACK: u64 = 5 * SECOND;
/// How long the kernel may take over what was written before the end.
const LAST_WORDS: u64 = 10 * SECOND;

/// The program's callback has asked for the end, by its return value: with a close frame where it has given a
/// reason, else without.
#[cold]
pub fn by_program(wsi: &'static Wsi) {
    let reason = wsi.rare.with(|rare| rare.as_mut().and_then(|rare| rare.close.take()));
    match reason {
        Some(payload) if wsi.role() == Role::Ws && wsi.phase() == Phase::Open => with_frame(wsi, &payload),
        _ => {
            let body_comes =
                !wsi.has(flag::CLIENT) && wsi.http.with(|http| http.as_ref().is_some_and(|http| !http.body.is_done()));
            if wsi.role() == Role::Http && (body_comes || wsi.has(flag::WANT_READ)) {
                // the peer is still sending: do not let that destroy the answer
                wsi.set(flag::LINGER);
            }
            now(wsi);
        }
    }
}

/// The peer broke the protocol: it is told so.
#[cold]
pub fn violation(wsi: &'static Wsi, v: Violation) {
    lwsl_info!("websocket closed with {}: {}", v.code, v.why);
    if wsi.has(flag::IN_PASS) && wsi.has(flag::WANT_WRITE) && wsi.phase() == Phase::Open {
        // what came before in the same read may be answered
        super::pass::writeable(wsi);
        if !wsi.is_open() {
            return;
        }
    }
    wsi.set(flag::LINGER);
    if wsi.phase() == Phase::Open {
        let mut payload = v.code.to_be_bytes().to_vec();
        payload.extend_from_slice(v.why.as_bytes());
        if send_frame(wsi, opcode::CLOSE, &payload).is_err() {
            return failed(wsi);
        }
    }
    // where its next frame begins nobody can tell any more, so its close frame is not waited for
    now(wsi);
}

/// Sends a close frame; the end comes with the peer's, or after a while.
fn with_frame(wsi: &'static Wsi, payload: &[u8]) {
    wsi.set_phase(Phase::Closing);
    unbind(wsi);
    if !wsi.is_open() {
        return;
    }
    wsi.clear(flag::WANT_WRITE | flag::PAUSED);
    wsi.cancel_timer(Timer::Validity);
    wsi.cancel_timer(Timer::User);
    if send_frame(wsi, opcode::CLOSE, payload).is_err() {
        return failed(wsi);
    }
    wsi.set_timer(Timer::Timeout, CLOSE_ACK);
}

/// The peer has sent its close frame, `payload`: it is answered with the same, and the connection ends.
#[cold]
pub fn answer_peer(wsi: &'static Wsi, payload: &[u8]) {
    if wsi.phase() == Phase::Closing || send_frame(wsi, opcode::CLOSE, payload).is_err() {
        return now(wsi);
    }
    if wsi.has(flag::WANT_READ) {
        // the peer goes on sending: do not let that destroy our answer
        wsi.set(flag::LINGER);
    }
    now(wsi);
}

/// Queues a control frame.
#[cold]
pub fn send_frame(wsi: &'static Wsi, code: u8, payload: &[u8]) -> std::io::Result<()> {
    let payload = &payload[..payload.len().min(CONTROL_MAX)];
    write::queue_any_frame(wsi, 0x80 | code, payload)
}

/// Ends a connection whose socket has failed: nothing more can be sent.
#[cold]
pub fn failed(wsi: &'static Wsi) {
    if wsi.has(flag::CLIENT) && matches!(wsi.phase(), Phase::Asking | Phase::Answering) {
        super::client::note_failure(wsi, "read failed");
    }
    wsi.out.set(None);
    wsi.clear(flag::CHOKED | flag::LINGER);
    secure::give_up(wsi);
    now(wsi);
}

/// Ends a connection, after what was written is sent. All callbacks that end it are made.
#[cold]
pub fn now(wsi: &'static Wsi) {
    if !wsi.is_open() {
        return;
    }
    if write::flush(wsi).and_then(|()| secure::farewell(wsi)).is_err() {
        wsi.out.set(None);
        wsi.clear(flag::CHOKED);
    }
    if wsi.has(flag::CHOKED) && !wsi.has(flag::KILL) && !wsi.context().ending.get() {
        if wsi.phase() != Phase::Flushing {
            wsi.set_phase(Phase::Flushing);
            wsi.clear(flag::PAUSED | flag::WANT_WRITE | flag::DONE);
            wsi.cancel_timer(Timer::User);
            wsi.cancel_timer(Timer::Validity);
            wsi.set_timer(Timer::Timeout, LAST_WORDS);
        }
        return;
    }
    finish(wsi);
}

/// The program has nothing more to say: the connection ends when what was written is sent. -1 where that is so already, which the
/// program's callback returns then, else 0.
pub fn after_writing(wsi: &'static Wsi) -> std::ffi::c_int {
    if !wsi.has(flag::CHOKED) && write::flush(wsi).is_ok() && !wsi.has(flag::CHOKED) {
        return -1;
    }
    wsi.set_phase(Phase::Flushing);
    wsi.set_timer(Timer::Timeout, LAST_WORDS);
    0
}

/// Ends a connection at once, with its callbacks.
#[cold]
pub fn finish(wsi: &'static Wsi) {
    if !wsi.is_open() {
        return;
    }
    // what is gathered must not be taken for another's; whether it still gets out does not matter any more
    let _ = write::flush(wsi).and_then(|()| secure::farewell(wsi));
    let role = wsi.role();
    let phase = wsi.phase();
    wsi.set_phase(Phase::Dead);
    for timer in [Timer::Timeout, Timer::User, Timer::Validity] {
        wsi.cancel_timer(timer);
    }
    if wsi.fd.get() >= 0 {
        super::accept::unwatch(wsi);
    }
    if wsi.has(flag::CLIENT) {
        super::client::connect::unwatch_attempts(wsi);
    }
    for child in wsi.rare.with(|rare| rare.as_mut().map(|r| std::mem::take(&mut r.children))).unwrap_or_default() {
        finish(child);
    }
    let client = wsi.has(flag::CLIENT);
    if client {
        super::client::tell_failure(wsi);
    }
    unbind(wsi);
    let call = |reason| wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0);
    match role {
        Role::Http if client => super::client::tell_end(wsi, phase),
        // without a handshake it was no HTTP
        Role::Http if !matches!(phase, Phase::Upgrading | Phase::Connecting) => drop(call(LWS_CALLBACK_CLOSED_HTTP)),
        Role::Ws if wsi.has(flag::ESTABLISHED) && client => drop(call(LWS_CALLBACK_CLIENT_CLOSED)),
        Role::Ws if wsi.has(flag::ESTABLISHED) => drop(call(LWS_CALLBACK_CLOSED)),
        Role::Raw if wsi.has(flag::ESTABLISHED) => drop(call(LWS_CALLBACK_RAW_CLOSE)),
        Role::Raw if client => super::client::tell_end(wsi, phase),
        Role::File => drop(call(LWS_CALLBACK_RAW_CLOSE_FILE)),
        _ => {}
    };
    wsi.clear(flag::ESTABLISHED);
    tell_parent(wsi);
    if client {
        super::client::warm::orphan(wsi);
    }
    // like the original, the first protocol hears of the end of every connection
    let first = wsi.vhost().first_protocol();
    first.call(wsi, LWS_CALLBACK_WSI_DESTROY, wsi.user.get(), ptr::null_mut(), 0);
    release(wsi);
}

/// Tells the connection that this one depends on, with the block of that one but, like the original, as this one.
fn tell_parent(wsi: &'static Wsi) {
    let Some(parent) = wsi.rare.with(|rare| rare.as_ref().and_then(|rare| rare.parent)) else { return };
    parent.rare.with(|rare| {
        if let Some(rare) = rare {
            rare.children.retain(|child| !ptr::eq(*child, wsi));
        }
    });
    parent.protocol().call(wsi, LWS_CALLBACK_CHILD_CLOSING, parent.user.get(), wsi.as_c(), 0);
}

/// Tells the protocol that the connection is no longer bound to it, if it was told that it is.
pub fn unbind(wsi: &'static Wsi) {
    if wsi.has(flag::BOUND) {
        wsi.clear(flag::BOUND);
        let reason = match (wsi.role(), wsi.has(flag::CLIENT)) {
            (Role::Ws, false) => LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL,
            (Role::Ws, true) => LWS_CALLBACK_WS_CLIENT_DROP_PROTOCOL,
            (Role::Raw, _) => LWS_CALLBACK_RAW_SKT_DROP_PROTOCOL,
            (Role::File, _) => LWS_CALLBACK_RAW_FILE_DROP_PROTOCOL,
            (_, false) => LWS_CALLBACK_HTTP_DROP_PROTOCOL,
            (_, true) => LWS_CALLBACK_CLIENT_HTTP_DROP_PROTOCOL,
        };
        let input = c"closing".as_ptr().cast_mut().cast();
        wsi.protocol().call(wsi, reason, wsi.user.get(), input, 0);
    }
}

/// Gives back all that a connection owns. Its slot stays recognisably dead until the turn is over.
pub fn release(wsi: &'static Wsi) {
    let context = wsi.context();
    super::request::drop_request(wsi);
    wsi.out.set(None);
    wsi.held.set(None);
    let had_codecs = wsi.has(flag::DEFLATE) && super::deflate::release(wsi);
    if had_codecs || wsi.has(flag::SECURE) {
        context.slack.with(|slack| slack.ended(context.clock()));
    }
    wsi.rare.set(None);
    drop(wsi.decoder.take());
    super::user::free(wsi);
    if wsi.has(flag::CLIENT) && wsi.has(flag::LISTED) {
        super::client::leave_lists(wsi);
    }
    let fd = wsi.fd.replace(-1);
    if fd < 0 {
        // its socket was given to another, or it never had one
    } else if wsi.role() == Role::Listen {
        sock::close(fd);
    } else if wsi.has(flag::LINGER) && !wsi.has(flag::PEER_ENDED) && !context.ending.get() {
        let now = context.clock();
        context.lingering.with(|lingering| context.poller.with(|poller| lingering.add(fd, poller, now)));
    } else {
        sock::close(fd);
    }
    context.ended.with(|ended| ended.push(wsi));
    super::accept::room(context);
}
