//! A pass over one connection: what it received, what it may write, and one send at the end.
use super::context::Context;
use super::wsi::{Phase, Role, Timer, Wsi, flag};
use super::{accept, close, frames, request};
use crate::engine::poller::Ready;
use crate::engine::sock;
use crate::faces::lws::abi::lws_callback_reasons::*;
use std::ptr;

/// Reads in one pass before others have their turn.
const READS: usize = 4;
/// Writeable callbacks in one pass before others have their turn.
const WRITES: usize = 256;

/// What was received and waits until the program can take it.
pub struct Held {
    bytes: Vec<u8>,
    at: usize,
}

/// Handles an event on a connection.
#[inline]
pub fn event(wsi: &'static Wsi, ready: Ready) {
    let mark = |on: bool, flag: u32| if on { flag } else { 0 };
    wsi.set(mark(ready.readable, flag::WANT_READ) | mark(ready.ending, flag::ENDING));
    if ready.writable && wsi.has(flag::CHOKED) {
        unchoke(wsi);
    }
    run(wsi);
}

/// Does what a connection has to do.
pub fn run(wsi: &'static Wsi) {
    if !wsi.is_open() {
        return;
    }
    if wsi.has(flag::KILL) {
        return close::now(wsi);
    }
    if wsi.role() == Role::Listen {
        return accept::accept(wsi);
    }
    wsi.set(flag::IN_PASS);
    for _ in 0..READS {
        if !wsi.has(flag::WANT_READ) || !receive(wsi) {
            break;
        }
    }
    if wsi.has(flag::WANT_WRITE) && wsi.is_open() {
        writeable(wsi);
    }
    if wsi.has(flag::DONE) && wsi.is_open() {
        close::now(wsi);
    }
    if wsi.is_open() {
        end(wsi);
    }
}

/// The end of a pass: one send, and back on the ready list if something is left to do.
fn end(wsi: &'static Wsi) {
    wsi.clear(flag::IN_PASS | flag::WROTE);
    if flush_cork(wsi.context()).is_err() {
        return close::failed(wsi);
    }
    if wsi.phase() == Phase::Flushing && !wsi.has(flag::CHOKED) {
        return close::now(wsi);
    }
    let can_read = wsi.has(flag::WANT_READ) && may_read(wsi);
    if can_read || wsi.has(flag::WANT_WRITE) && may_write(wsi) {
        wsi.ready(0);
    }
}

/// May the program be given what is received?
fn may_deliver(wsi: &Wsi) -> bool {
    !wsi.has(flag::PAUSED) && (wsi.role() == Role::Ws || wsi.phase() != Phase::Answering)
}

/// May more be received? While the program cannot take it, only so much that the peer's end is seen.
fn may_read(wsi: &Wsi) -> bool {
    may_deliver(wsi) || wsi.role() == Role::Http && !wsi.has(flag::PAUSED) && wsi.held.with(|held| held.is_none())
}

fn may_write(wsi: &Wsi) -> bool {
    !wsi.has(flag::CHOKED)
        && match wsi.role() {
            Role::Ws => wsi.phase() == Phase::Open,
            // a program may ask before there is a request; it is called when there is one
            Role::Http => matches!(wsi.phase(), Phase::Body | Phase::Answering),
            _ => false,
        }
}

/// Receives once. Is there more to do?
fn receive(wsi: &'static Wsi) -> bool {
    if may_deliver(wsi)
        && let Some(mut held) = wsi.held.take()
    {
        let start = held.at;
        // SAFETY: `held` was made by `hold`: room before and behind, and owned by this frame during the callbacks.
        held.at += unsafe { deliver(wsi, held.bytes.as_mut_ptr().add(start), held.bytes.len() - 1 - start) };
        if held.at < held.bytes.len() - 1 && wsi.is_open() {
            wsi.held.set(Some(held));
        }
        return wsi.is_open() && may_deliver(wsi);
    }
    if !may_read(wsi) || wsi.has(flag::PEER_ENDED) {
        if wsi.has(flag::PEER_ENDED) && may_deliver(wsi) {
            peer_ended(wsi);
        }
        return false;
    }
    let context = wsi.context();
    let size = context.settings.rx_size;
    // SAFETY: the buffer is `size` long, belongs to the loop, and nothing else uses it until C is called.
    let got = sock::recv(wsi.fd.get(), unsafe { std::slice::from_raw_parts_mut(context.rx(), size) });
    match got {
        Ok(0) => {
            wsi.clear(flag::WANT_READ);
            wsi.set(flag::PEER_ENDED);
            peer_ended(wsi);
            false
        }
        Ok(n) => {
            if n < size && !wsi.has(flag::ENDING) {
                wsi.clear(flag::WANT_READ);
            }
            // SAFETY: n bytes were received into the buffer, which has room before and behind.
            let used = unsafe { deliver(wsi, context.rx(), n) };
            if used < n && wsi.is_open() {
                // SAFETY: as above; `used` is at most n.
                hold(wsi, unsafe { std::slice::from_raw_parts(context.rx().add(used), n - used) });
            }
            wsi.is_open()
        }
        Err(e) if sock::is_later(&e) => {
            wsi.clear(flag::WANT_READ);
            false
        }
        Err(_) => {
            close::failed(wsi);
            false
        }
    }
}

/// Keeps what the program cannot take now.
fn hold(wsi: &Wsi, rest: &[u8]) {
    let mut bytes = Vec::with_capacity(super::context::HEADROOM + rest.len() + 1);
    bytes.resize(super::context::HEADROOM, 0);
    bytes.extend_from_slice(rest);
    bytes.push(0);
    wsi.set(flag::WANT_READ);
    wsi.held.set(Some(Box::new(Held { bytes, at: super::context::HEADROOM })));
}

/// The peer has ended its stream, and all before the end was delivered.
fn peer_ended(wsi: &'static Wsi) {
    let answering = wsi.role() == Role::Http && matches!(wsi.phase(), Phase::Answering | Phase::Flushing);
    // who has asked and ended its side still reads the answer; a lasting answer has no end to wait for
    if !answering || wsi.has(flag::LASTING) {
        close::now(wsi);
    }
}

/// Gives received bytes to whoever understands them. Returns how many were taken; the others are to be held.
///
/// # Safety
/// `bytes` points to `len` bytes with [`HEADROOM`](super::context::HEADROOM) before and one byte behind them, which
/// stay valid, and untouched but by callbacks, until this returns.
unsafe fn deliver(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    let mut at = 0;
    while at < len && wsi.is_open() && may_deliver(wsi) {
        // SAFETY: within the `len` bytes; no reference to them is held across a callback.
        let (rest, left) = (unsafe { bytes.add(at) }, len - at);
        at += match (wsi.role(), wsi.phase()) {
            (_, Phase::Flushing | Phase::Dead) => left,
            // SAFETY: as this function's own contract.
            (Role::Ws, _) => unsafe { frames::receive(wsi, rest, left) },
            (Role::Http, Phase::Body) => unsafe { request::receive_body(wsi, rest, left) },
            (Role::Http, _) => unsafe { request::receive_head(wsi, rest, left) },
            _ => left,
        };
    }
    at
}

/// Calls the program's writeable callback, again while it asks, writes, and the kernel takes it.
fn writeable(wsi: &'static Wsi) {
    for _ in 0..WRITES {
        if !may_write(wsi) {
            return;
        }
        wsi.clear(flag::WANT_WRITE | flag::WROTE);
        let reason = if wsi.role() == Role::Ws { LWS_CALLBACK_SERVER_WRITEABLE } else { LWS_CALLBACK_HTTP_WRITEABLE };
        let answer = wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0);
        if !wsi.is_open() {
            return;
        }
        if answer != 0 {
            return close::by_program(wsi);
        }
        if !wsi.has(flag::WANT_WRITE) || !wsi.has(flag::WROTE) {
            return;
        }
    }
}

/// The kernel takes bytes again.
fn unchoke(wsi: &'static Wsi) {
    let fd = wsi.fd.get();
    let outcome = wsi.out.with(|out| {
        while let Some(waiting) = out.as_mut().filter(|w| !w.is_empty()) {
            match sock::send(fd, waiting.as_slice()) {
                Ok(n) => waiting.consume(n),
                Err(e) if sock::is_later(&e) => return Ok(false),
                Err(e) => return Err(e),
            }
        }
        *out = None;
        Ok(true)
    });
    match outcome {
        Ok(true) => wsi.clear(flag::CHOKED),
        Ok(false) => {}
        Err(_) => close::failed(wsi),
    }
    if wsi.is_open() && wsi.role() == Role::Http && wsi.phase() == Phase::Answering && !wsi.has(flag::LASTING) {
        wsi.set_timer(Timer::Timeout, wsi.context().timeout());
    }
}

/// Sends what is gathered in the cork.
pub fn flush_cork(context: &Context) -> std::io::Result<()> {
    match context.cork_owner.take() {
        Some(owner) => super::write::send(owner, &[]),
        None => Ok(()),
    }
}
