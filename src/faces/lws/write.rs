//! Writing to a connection.
use super::pass;
use super::wsi::{Wsi, flag};
use crate::engine::cork::LARGE;
use std::io;

/// With this much waiting for the kernel, a program that writes on without waiting for its writeable callback is
/// refused: the bound on what a peer that does not read can make us keep.
pub const WAITING_MAX: usize = 64 << 20;

/// Queues the pieces, in order, for one connection: gathered until the end of the pass over it, or sent at once
/// where no pass is under way. An error means that the connection has failed.
pub fn queue(wsi: &'static Wsi, first: &[u8], second: &[u8]) -> io::Result<()> {
    let context = wsi.context();
    if !context.cork_owner.get().is_some_and(|owner| std::ptr::eq(owner, wsi)) {
        // the other's error is the other's: it will see it when its socket says so
        let _ = pass::flush_cork(context);
        context.cork_owner.set(Some(wsi));
    }
    wsi.set(flag::WROTE);
    let total = first.len() + second.len();
    if total < LARGE {
        if !context.cork.with(|cork| cork.fits(total)) {
            send(wsi, &[])?;
        }
        context.cork.with(|cork| {
            cork.push(first);
            cork.push(second);
        });
        if !wsi.has(flag::IN_PASS) {
            context.cork_owner.set(None);
            return send(wsi, &[]);
        }
        return Ok(());
    }
    if !context.cork.with(|cork| cork.fits(first.len())) {
        send(wsi, &[])?;
    }
    context.cork.with(|cork| cork.push(first));
    if !wsi.has(flag::IN_PASS) {
        context.cork_owner.set(None);
    }
    send(wsi, second)
}

/// Sends what the cork holds for `wsi` and then `last`; what the kernel does not take waits in the connection.
pub fn send(wsi: &'static Wsi, last: &[u8]) -> io::Result<()> {
    let context = wsi.context();
    if last.is_empty() && context.cork.with(|cork| cork.is_empty()) {
        return Ok(());
    }
    wsi.out.with(|out| {
        let outcome = context.cork.with(|cork| cork.flush(wsi.fd.get(), last, out));
        if out.is_some() {
            wsi.set(flag::CHOKED);
        }
        outcome
    })
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
        Some(owner) if std::ptr::eq(owner, wsi) => context.cork.with(|cork| cork.len()),
        _ => 0,
    }
}
