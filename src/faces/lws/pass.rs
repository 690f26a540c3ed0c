//! A pass over one connection: what it received, what it may write, and one send at the end.
use super::wsi::{Phase, Role, Timer, Wsi, flag};
use super::{accept, client, close, deflate, frames, raw, request, secure, serve, write};
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

impl Held {
    /// What waits.
    #[cfg(feature = "native")]
    pub fn waiting(&self) -> &[u8] {
        &self.bytes[self.at..self.bytes.len() - 1]
    }
}

/// Handles an event on a connection.
#[inline]
pub fn event(wsi: &'static Wsi, ready: Ready) {
    let mark = |on: bool, flag: u32| if on { flag } else { 0 };
    wsi.set(mark(ready.readable, flag::WANT_READ) | mark(ready.ending, flag::ENDING));
    if ready.writable && wsi.has(flag::CHOKED) {
        unchoke(wsi);
    }
    if ready.failed && !may_deliver(wsi) && wsi.is_connection() && wsi.is_open() && wsi.phase() != Phase::Connecting {
        // nothing would be read, so nobody would see it
        return close::failed(wsi);
    }
    run(wsi);
}

/// Does what a connection has to do.
pub fn run(wsi: &'static Wsi) {
    if !wsi.is_open() {
        return;
    }
    if wsi.has(flag::KILL) || wsi.role() == Role::Listen || wsi.phase() == Phase::Connecting || wsi.has(flag::APART) {
        return without_pass(wsi);
    }
    wsi.set(flag::IN_PASS);
    for _ in 0..READS {
        let more = wsi.has(flag::WANT_READ) && receive(wsi);
        // before the next read, which may find the peer's end: what was received is answered first
        if wsi.has(flag::WANT_WRITE) && wsi.is_open() {
            writeable(wsi);
        }
        if !more || !wsi.is_open() {
            break;
        }
    }
    if wsi.is_open() {
        end(wsi);
    }
}

#[cold]
fn without_pass(wsi: &'static Wsi) {
    if wsi.has(flag::KILL) {
        close::now(wsi);
    } else if wsi.role() == Role::Listen {
        accept::accept(wsi);
    } else if wsi.has(flag::APART) {
        raw::run_apart(wsi);
    } else if wsi.has(flag::SECURE) {
        secure::shake_hands(wsi);
    } else {
        client::connect::go_on(wsi);
    }
}

/// The end of a pass: one send, and back on the ready list if something is left to do.
#[inline]
fn end(wsi: &'static Wsi) {
    if wsi.has(flag::DONE) {
        return close::now(wsi);
    }
    wsi.clear(flag::IN_PASS | flag::WROTE);
    if write::flush(wsi).is_err() {
        return close::failed(wsi);
    }
    if wsi.phase() == Phase::Flushing && !wsi.has(flag::CHOKED) {
        return close::now(wsi);
    }
    if wsi.has(flag::WANT_READ | flag::WANT_WRITE) {
        let can_read = wsi.has(flag::WANT_READ) && may_read(wsi);
        if can_read || wsi.has(flag::WANT_WRITE) && may_write(wsi) {
            wsi.ready(0);
        }
    }
}

/// May the program be given what is received?
#[inline(always)]
fn may_deliver(wsi: &Wsi) -> bool {
    !wsi.has(flag::PAUSED) && (wsi.role() == Role::Ws || wsi.phase() != Phase::Answering)
}

/// May more be received? While the program cannot take it, only so much that the peer's end is seen.
pub fn may_read(wsi: &Wsi) -> bool {
    let to_see_the_end = || wsi.role() == Role::Http && !wsi.has(flag::PAUSED) && wsi.held.with(|held| held.is_none());
    may_deliver(wsi) || !wsi.has(flag::PEER_ENDED) && to_see_the_end()
}

/// May the program's writeable callback be called?
pub fn may_write(wsi: &Wsi) -> bool {
    !wsi.has(flag::CHOKED)
        && match wsi.role() {
            Role::Ws => wsi.phase() == Phase::Open,
            // between requests there is nothing to write
            Role::Http if !wsi.has(flag::CLIENT) => matches!(wsi.phase(), Phase::Body | Phase::Answering),
            Role::Http => client::may_write(wsi),
            Role::Raw | Role::File => wsi.phase() == Phase::Open,
            Role::None | Role::Listen => false,
        }
}

/// Receives once. Is there more to do?
#[inline]
fn receive(wsi: &'static Wsi) -> bool {
    if !may_deliver(wsi) || wsi.has(flag::PEER_ENDED | flag::SECURE) || wsi.held.with(|held| held.is_some()) {
        return receive_otherwise(wsi);
    }
    let context = wsi.context();
    let size = context.settings.rx_size;
    // SAFETY: the buffer is `size` long, belongs to the loop, and nothing else uses it until C is called.
    let got = sock::recv(wsi.fd.get(), unsafe { std::slice::from_raw_parts_mut(context.rx(), size) });
    match got {
        Ok(n) if n > 0 => {
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
        got => {
            no_data(wsi, got);
            false
        }
    }
}

/// Receives where something stands before that, or TLS between.
#[inline(never)]
fn receive_otherwise(wsi: &'static Wsi) -> bool {
    if !may_deliver(wsi) || wsi.has(flag::PEER_ENDED) || wsi.held.with(|held| held.is_some()) {
        return receive_later(wsi);
    }
    secure::receive(wsi)
}

/// Nothing came: later, never again, or the socket has failed.
#[cold]
fn no_data(wsi: &'static Wsi, got: std::io::Result<usize>) {
    match got {
        Ok(_) => {
            wsi.clear(flag::WANT_READ);
            wsi.set(flag::PEER_ENDED);
            peer_ended(wsi);
        }
        Err(e) if sock::is_later(&e) => wsi.clear(flag::WANT_READ),
        Err(_) => close::failed(wsi),
    }
}

/// Receives where something stands before that: what is held goes first, and while the program takes nothing only so much is
/// read that the peer's end is seen. Is there more to do?
#[cold]
fn receive_later(wsi: &'static Wsi) -> bool {
    if !may_deliver(wsi) {
        if wsi.has(flag::LASTING) && wsi.has(flag::ENDING | flag::PEER_ENDED) {
            // what came behind the request is not read while the answer lasts, and the end of that is the end of all
            close::now(wsi);
        } else if may_read(wsi) && wsi.has(flag::SECURE) {
            secure::receive_to_hold(wsi);
        } else if may_read(wsi) {
            let context = wsi.context();
            // SAFETY: as in `receive`.
            let buffer = unsafe { std::slice::from_raw_parts_mut(context.rx(), context.settings.rx_size) };
            match sock::recv(wsi.fd.get(), buffer) {
                Ok(n) if n > 0 => hold(wsi, &buffer[..n]),
                got => no_data(wsi, got),
            }
        }
        return false;
    }
    if wsi.has(flag::INFLATING) {
        deflate::resume(wsi);
        if !wsi.is_open() || !may_deliver(wsi) {
            return false;
        }
    }
    let Some(mut held) = wsi.held.take() else {
        peer_ended(wsi);
        return false;
    };
    let start = held.at;
    // SAFETY: `held` was made by `hold`: room before and behind, and owned by this frame during the callbacks.
    held.at += unsafe { deliver(wsi, held.bytes.as_mut_ptr().add(start), held.bytes.len() - 1 - start) };
    if held.at < held.bytes.len() - 1 && wsi.is_open() {
        wsi.held.set(Some(held));
    }
    wsi.is_open() && may_deliver(wsi)
}

/// Keeps what the program cannot take now.
#[cold]
pub fn hold(wsi: &Wsi, rest: &[u8]) {
    let mut bytes = Vec::with_capacity(super::context::HEADROOM + rest.len() + 1);
    bytes.resize(super::context::HEADROOM, 0);
    bytes.extend_from_slice(rest);
    bytes.push(0);
    wsi.set(flag::WANT_READ);
    wsi.held.set(Some(Box::new(Held { bytes, at: super::context::HEADROOM })));
}

/// The peer has ended its stream, and all before the end was delivered.
pub fn peer_ended(wsi: &'static Wsi) {
    if wsi.role() == Role::Http && wsi.has(flag::CLIENT) {
        return client::answer::ended(wsi);
    }
    // who has ended its side still reads what is sent to it; a lasting answer has no end to wait for
    let answering = wsi.role() == Role::Http && wsi.phase() == Phase::Answering && !wsi.has(flag::LASTING);
    if !answering && wsi.phase() != Phase::Flushing {
        close::now(wsi);
    }
}

/// Gives received bytes to whoever understands them. Returns how many were taken; the others are to be held.
///
/// # Safety
/// `bytes` points to `len` bytes with [`HEADROOM`](super::context::HEADROOM) before and one byte behind them, which
/// stay valid, and untouched but by callbacks, until this returns.
#[inline]
pub unsafe fn deliver(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    let mut at = 0;
    while at < len && wsi.is_open() && may_deliver(wsi) {
        // SAFETY: within the `len` bytes; no reference to them is held across a callback.
        let (rest, left) = (unsafe { bytes.add(at) }, len - at);
        // SAFETY: as this function's own contract.
        let used = match wsi.role() {
            Role::Ws if wsi.phase() != Phase::Flushing => unsafe { frames::receive(wsi, rest, left) },
            Role::Http if !wsi.has(flag::CLIENT) => unsafe { request::receive(wsi, rest, left) },
            Role::Http => unsafe { client::answer::receive(wsi, rest, left) },
            Role::Raw => unsafe { raw::receive(wsi, rest, left) },
            _ => left,
        };
        if used == 0 {
            break; // the program was told, and has not read
        }
        at += used;
    }
    at
}

/// Calls the program's writeable callback, again while it asks, writes, and the kernel takes it.
pub fn writeable(wsi: &'static Wsi) {
    for _ in 0..WRITES {
        if !may_write(wsi) {
            return;
        }
        if serve::is_serving(wsi) {
            return serve::go_on(wsi);
        }
        wsi.clear(flag::WANT_WRITE | flag::WROTE);
        let reason = match (wsi.role(), wsi.has(flag::CLIENT)) {
            (Role::Ws, false) => LWS_CALLBACK_SERVER_WRITEABLE,
            (Role::Ws, true) => LWS_CALLBACK_CLIENT_WRITEABLE,
            (Role::Raw, _) => LWS_CALLBACK_RAW_WRITEABLE,
            (Role::File, _) => LWS_CALLBACK_RAW_WRITEABLE_FILE,
            (_, false) => LWS_CALLBACK_HTTP_WRITEABLE,
            (_, true) => LWS_CALLBACK_CLIENT_HTTP_WRITEABLE,
        };
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
#[cold]
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
