//! What libwebsockets lacks: the program's own descriptors in the loop of a context, and ways into it from other threads.
//!
//! | file | what it means |
//! | --- | --- |
//! | [`abi`] | the types that are shared with C programs |
//! | [`handle`] | numbers that name a connection or a loop, and are recognised when it has ended |
//! | [`mailbox`] | what other threads leave for a loop |
//! | [`conn`] | an injected connection |
//! | [`inject`] | how one begins |
//! | [`pass`] | a pass over one: receive, callbacks, one send |
//! | [`watch`] | descriptors that the program reads and writes itself, and listening sockets |
//! | [`end`] | how one ends, or leaves |
//! | [`listen`] | listening sockets made elsewhere |
//! | [`ws`] | WebSocket over bytes that the program moves |
//!
//! `lws/service.rs` calls the functions of this file, and nothing else here, in each turn.
pub mod abi;
pub mod conn;
pub mod end;
pub mod handle;
pub mod inject;
pub mod listen;
pub mod mailbox;
pub mod pass;
pub mod watch;
pub mod ws;

use crate::engine::arena::Slab;
use crate::engine::cork::Cork;
use crate::engine::local::Local;
use crate::engine::poller::Ready;
use crate::engine::timers::Timers;
use crate::faces::lws::context::Context;
use conn::{CONNS, Conn, ConnTimer};
use mailbox::{Letter, Mailbox};
use std::cell::Cell;
use std::collections::VecDeque;

/// Letters opened in one turn before others have their turn.
const AT_ONCE: usize = 1024;

/// The injected connections of one loop, and what other threads want there.
pub struct Guests {
    conns: Local<Slab<Conn>>,
    ready: Local<Vec<&'static Conn>>,
    ready_now: Local<Vec<&'static Conn>>,
    ended: Local<Vec<&'static Conn>>,
    timers: Local<Timers<ConnTimer>>,
    /// What the pass under way has written.
    cork: Local<Cork>,
    /// What was received with the slice being delivered and comes behind it.
    rest: Cell<(*const u8, usize)>,
    mailbox: &'static Mailbox,
    letters: Local<VecDeque<Letter>>,
}

impl Guests {
    /// Where other threads leave letters for this loop.
    pub fn mailbox(&self) -> &'static Mailbox {
        self.mailbox
    }
}

/// The guests of a context, now that it has some; none where there are as many loops in the process as can be.
pub fn guests(context: &'static Context) -> Option<&'static Guests> {
    if context.native.get().is_none() {
        let mailbox = Mailbox::open(context.poller.with(|poller| poller.bell()))?;
        let guests = Guests {
            conns: Local::new(Slab::new(&CONNS)),
            ready: Local::default(),
            ready_now: Local::default(),
            ended: Local::default(),
            timers: Local::default(),
            cork: Local::default(),
            rest: Cell::new((std::ptr::null(), 0)),
            mailbox,
            letters: Local::default(),
        };
        let _ = context.native.set(Box::new(guests));
    }
    context.native.get().map(|guests| &**guests)
}

#[inline(always)]
fn present(context: &'static Context) -> Option<&'static Guests> {
    context.native.get().map(|guests| &**guests)
}

/// Is there something to do without an event?
#[inline]
pub fn has_work(context: &'static Context) -> bool {
    present(context).is_some_and(|guests| {
        guests.ready.with(|ready| !ready.is_empty())
            || guests.letters.with(|letters| !letters.is_empty())
            || guests.mailbox.has_letters()
    })
}

/// The earliest deadline.
#[inline]
pub fn deadline(context: &'static Context) -> Option<u64> {
    present(context)?.timers.with(|timers| timers.next())
}

/// What other threads want.
#[inline]
pub fn begin_turn(context: &'static Context) {
    let Some(guests) = present(context) else { return };
    if guests.mailbox.has_letters() || guests.letters.with(|letters| !letters.is_empty()) {
        open_letters(context, guests);
    }
}

/// What has taken too long.
pub fn run_due(context: &'static Context) {
    let Some(guests) = present(context) else { return };
    while let Some(due) = guests.timers.with(|timers| timers.pop_due(context.clock())) {
        if let Some(conn) = due.conn() {
            pass::expired(conn);
        }
    }
}

#[cold]
fn open_letters(context: &'static Context, guests: &'static Guests) {
    guests.letters.with(|letters| guests.mailbox.take(|letter| letters.push_back(letter)));
    for _ in 0..AT_ONCE {
        let Some(letter) = guests.letters.with(VecDeque::pop_front) else { return };
        guests.mailbox.opened();
        letter.open(guests.mailbox, !context.ending.get());
    }
}

/// Handles an event, if it is for a connection here.
#[inline]
pub fn event(ready: Ready) -> bool {
    match CONNS.get(ready.token) {
        Some(conn) if conn.is_open() && !conn.context().ending.get() => pass::event(conn, ready),
        Some(_) => {}
        None => return false,
    }
    true
}

/// Those that have something to do without an event.
#[inline]
pub fn end_turn(context: &'static Context) {
    let Some(guests) = present(context) else { return };
    if guests.ready.with(|ready| ready.is_empty()) {
        return;
    }
    guests.ready.with(|ready| guests.ready_now.with(|now| now.append(ready)));
    let mut i = 0;
    while let Some(conn) = guests.ready_now.with(|now| now.get(i).copied()) {
        i += 1;
        conn.clear(conn::flag::QUEUED);
        if !context.ending.get() {
            pass::run(conn);
        }
    }
    guests.ready_now.with(|now| {
        now.clear();
        now.shrink_to(4096);
    });
}

/// Gives back the memory of what has ended.
#[inline]
pub fn reap(context: &'static Context) {
    if let Some(guests) = present(context)
        && !guests.ended.with(|ended| ended.is_empty())
    {
        give_back(guests);
    }
}

#[inline(never)]
fn give_back(guests: &'static Guests) {
    guests.ready.with(|ready| ready.retain(|conn| conn.is_open()));
    for conn in guests.ended.take() {
        guests.conns.with(|all| all.free(conn));
    }
}

/// A callback has left the turn under way: what that had in hand is taken up again.
pub fn recover(context: &'static Context) {
    let Some(guests) = present(context) else { return };
    guests.ready.with(Vec::clear);
    guests.ready_now.with(Vec::clear);
    guests.rest.set((std::ptr::null(), 0));
    let mut at = 0;
    while let Some((next, conn)) = guests.conns.with(|all| all.next_live(at)) {
        at = next;
        let was_passing = conn.has(conn::flag::IN_PASS);
        conn.clear(conn::flag::QUEUED | conn::flag::IN_PASS);
        if !conn.is_open() {
            continue;
        }
        if was_passing && let Err(error) = pass::flush(conn) {
            let _ = end::fail(conn, error);
        }
        conn.ready(conn::flag::WANT_READ);
    }
    guests.cork.with(|cork| cork.clear());
}

/// The context ends: so do its connections, and what other threads still want is refused.
pub fn end(context: &'static Context) {
    let Some(guests) = present(context) else { return };
    let mut at = 0;
    while let Some((next, conn)) = guests.conns.with(|all| all.next_live(at)) {
        at = next;
        end::finish(conn, -libc::ECANCELED);
    }
    let late = |letter: Letter| guests.letters.with(|letters| letters.push_back(letter));
    guests.mailbox.close(late);
    while let Some(letter) = guests.letters.with(VecDeque::pop_front) {
        guests.mailbox.opened();
        letter.open(guests.mailbox, false);
    }
    guests.mailbox.give_back();
    reap(context);
}
