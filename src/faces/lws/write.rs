//! Writing to a connection.
use super::wsi::{Wsi, flag};
use super::{polled, secure};
use crate::engine::file;
use crate::proto::ws::{encode::Header, mask};
use std::io;
use std::os::fd::BorrowedFd;
use std::ptr;

/// With this much waiting for the kernel, a program that writes on without waiting for its writeable callback is
/// refused: the bound on what a peer that does not read can make us keep.
pub const WAITING_MAX: usize = 64 << 20;

/// Queues a frame, as [`queue`] does.
#[inline(always)]
pub fn queue_frame(wsi: &'static Wsi, header: &Header, payload: &[u8]) -> io::Result<()> {
    let context = wsi.context();
    // the first frame of a pass finds the cork empty and nobody's, the others find it theirs
    let ours = match context.cork_owner.get() {
        Some(owner) => ptr::eq(owner, wsi),
        None => true,
    };
    if ours && wsi.has(flag::IN_PASS) && context.cork.with(|cork| cork.gather_headed(header.block(), payload)) {
        context.cork_owner.set(Some(wsi));
        wsi.set(flag::WROTE);
        return Ok(());
    }
    queue(wsi, header.as_slice(), payload)
}

/// Queues the pieces, in order, for one connection: gathered until the end of the pass over it, or sent at once
/// where no pass is under way. An error means that the connection has failed.
pub fn queue(wsi: &'static Wsi, first: &[u8], second: &[u8]) -> io::Result<()> {
    let context = wsi.context();
    own_cork(wsi);
    let gather = || context.cork.with(|cork| cork.gather(first, second));
    let outcome = if gather() {
        Ok(())
    } else {
        send(wsi, &[]).and_then(|()| {
            if gather() {
                return Ok(());
            }
            // large pieces go from where they lie
            if !context.cork.with(|cork| cork.gather(first, &[])) {
                send(wsi, first)?;
            }
            send(wsi, second)
        })
    };
    pass_on(wsi, outcome)
}

/// A frame that a client sends is gathered in pieces of this size: all of it is copied, to be masked.
const PIECE: usize = 16 * 1024;

/// Queues a frame with a first byte and a payload, as [`queue`] does: masked where we are the client.
pub fn queue_any_frame(wsi: &'static Wsi, first: u8, payload: &[u8]) -> io::Result<()> {
    if !wsi.has(flag::CLIENT) {
        return queue(wsi, Header::new(first, payload.len()).as_slice(), payload);
    }
    let context = wsi.context();
    let key: [u8; 4] = context.random.with(|random| random.take())?;
    let header = Header::masked(first, payload.len(), key);
    own_cork(wsi);
    let (mut head, mut mask, mut rest) = (header.as_slice(), key, payload);
    let mut outcome = Ok(());
    while outcome.is_ok() && !(head.is_empty() && rest.is_empty()) {
        let piece = rest.split_off(..rest.len().min(PIECE)).unwrap_or_default();
        let gather = || context.cork.with(|cork| cork.gather(head, piece));
        if !gather() {
            outcome = send(wsi, &[]);
            if outcome.is_err() {
                break; // what would be gathered now would be for the next who writes
            }
            gather();
        }
        mask = context.cork.with(|cork| mask::apply(cork.last_mut(piece.len()), mask));
        head = &[];
    }
    pass_on(wsi, outcome)
}

/// Makes the cork this connection's; what another has gathered in it is sent.
fn own_cork(wsi: &'static Wsi) {
    wsi.set(flag::WROTE);
    match wsi.context().cork_owner.replace(Some(wsi)) {
        Some(owner) if ptr::eq(owner, wsi) => {}
        // another's error is the other's: it will see it when its socket says so
        Some(other) => drop(send(other, &[])),
        None => {}
    }
}

/// What was gathered waits for the end of the pass, or is sent where none is under way.
fn pass_on(wsi: &'static Wsi, outcome: io::Result<()>) -> io::Result<()> {
    if wsi.has(flag::IN_PASS) {
        return outcome;
    }
    wsi.context().cork_owner.set(None);
    outcome.and_then(|()| send(wsi, &[]))
}

/// Queues up to `len` bytes of a file, from a place of it on, as [`queue`] does, as far as there is room in the cork.
/// Returns how many, or what went wrong with the file.
pub fn queue_file(wsi: &'static Wsi, file: BorrowedFd, at: u64, len: usize) -> io::Result<usize> {
    let context = wsi.context();
    own_cork(wsi);
    let read = context.cork.with(|cork| cork.read_from(len, |room| file::pread(file, room, at)));
    if !wsi.has(flag::IN_PASS) {
        context.cork_owner.set(None);
        send(wsi, &[])?;
    }
    read
}

/// Sends what is gathered for this connection, if anything.
#[inline]
pub fn flush(wsi: &'static Wsi) -> io::Result<()> {
    let context = wsi.context();
    match context.cork_owner.get() {
        Some(owner) if ptr::eq(owner, wsi) => {
            context.cork_owner.set(None);
            send(wsi, &[])
        }
        _ => Ok(()),
    }
}

/// Sends what the cork holds for `wsi` and then `last`; what the kernel does not take waits in the connection.
pub fn send(wsi: &'static Wsi, last: &[u8]) -> io::Result<()> {
    let context = wsi.context();
    if last.is_empty() && context.cork.with(|cork| cork.is_empty()) {
        return Ok(());
    }
    if wsi.has(flag::SECURE) {
        return secure::send(wsi, last);
    }
    let outcome = wsi.out.with(|out| {
        let outcome = context.cork.with(|cork| cork.flush(wsi.fd.get(), last, out));
        if out.is_some() {
            wsi.set(flag::CHOKED);
        }
        outcome
    });
    if context.nested.get() && wsi.has(flag::CHOKED) {
        polled::note(wsi);
    }
    outcome
}

/// How many bytes wait for the kernel.
pub fn waiting(wsi: &Wsi) -> usize {
    wsi.out.with(|out| out.as_ref().map_or(0, |waiting| waiting.len()))
}

/// With this much gathered, a program that asks whether to go on is given the kernel's answer.
pub const ENOUGH: usize = 32 * 1024;

/// How many bytes are gathered in the cork for this connection.
pub fn gathered(wsi: &Wsi) -> usize {
    let context = wsi.context();
    match context.cork_owner.get() {
        Some(owner) if ptr::eq(owner, wsi) => context.cork.with(|cork| cork.len()),
        _ => 0,
    }
}
