//! Numbers that name a connection or a loop.
//!
//! A handle says what kind of thing it names (2 bits), in which slot that is (30 bits), and which of the things that were in this slot
//! one after the other (32 bits).
use super::conn::{CONNS, Conn};
use super::mailbox::Mailbox;
use crate::faces::lws::wsi::{CONNECTIONS, Wsi};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

const CONN: u64 = 1;
const WSI: u64 = 2;
const LOOP: u64 = 3;
/// Where slots begin: multiples of this.
const CONN_STEP: usize = size_of::<Conn>();
const WSI_STEP: usize = 32;
const _: () = assert!(size_of::<Wsi>().is_multiple_of(WSI_STEP));
/// In a connection's tag: a writeable callback was asked for from another thread, and that letter is on its way.
const ASKED: u32 = 1;

/// What a handle names.
#[derive(Clone, Copy)]
pub enum Named {
    /// An injected connection.
    Conn(&'static Conn),
    /// A connection of libwebsockets.
    Wsi(&'static Wsi),
}

/// A tag for the next connection: never 0, and its lowest bit is free.
pub fn new_tag() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    loop {
        let tag = LAST.fetch_add(1, Relaxed) << 1;
        if tag != 0 {
            return tag;
        }
    }
}

#[inline(always)]
const fn compose(kind: u64, slot: usize, tag: u32) -> u64 {
    kind << 62 | (slot as u64) << 32 | (tag & !ASKED) as u64
}

#[inline(always)]
const fn slot(handle: u64) -> usize {
    (handle << 2 >> 34) as usize
}

/// The handle of an injected connection that has a tag.
#[inline(always)]
pub fn of_conn(conn: &Conn) -> u64 {
    compose(CONN, CONNS.place_of(conn) / CONN_STEP, conn.tag.load(Relaxed))
}

/// The handle of a connection of libwebsockets, which gets its tag now.
pub fn of_wsi(wsi: &Wsi, mailbox: &Mailbox) -> u64 {
    if wsi.tag.load(Relaxed) == 0 {
        wsi.mailbox.store(mailbox.number(), Relaxed);
        wsi.tag.store(new_tag(), Relaxed);
    }
    compose(WSI, CONNECTIONS.place_of(wsi) / WSI_STEP, wsi.tag.load(Relaxed))
}

/// The handle of a loop.
pub fn of_loop(mailbox: &Mailbox) -> u64 {
    LOOP << 62 | u64::from(mailbox.number()) << 32 | u64::from(mailbox.generation())
}

/// The injected connection that a handle names, in whatever state.
#[inline(always)]
pub fn conn(handle: u64) -> Option<&'static Conn> {
    if handle >> 62 != CONN {
        return None;
    }
    let conn = CONNS.at_place(slot(handle) * CONN_STEP)?;
    (conn.tag.load(Relaxed) & !ASKED == handle as u32).then_some(conn)
}

/// What a handle names. For any thread; what another finds may end at any time.
pub fn named(handle: u64) -> Option<Named> {
    if handle >> 62 != WSI {
        return conn(handle).map(Named::Conn);
    }
    let wsi = CONNECTIONS.at_place(slot(handle) * WSI_STEP)?;
    (wsi.tag.load(Relaxed) & !ASKED == handle as u32 && handle as u32 != 0).then_some(Named::Wsi(wsi))
}

/// Whose slot a handle means, whoever is there now.
fn tag_there(handle: u64) -> Option<&'static AtomicU32> {
    match handle >> 62 {
        CONN => CONNS.at_place(slot(handle) * CONN_STEP).map(|conn| &conn.tag),
        WSI => CONNECTIONS.at_place(slot(handle) * WSI_STEP).map(|wsi| &wsi.tag),
        _ => None,
    }
}

impl Named {
    fn tag(&self) -> &'static AtomicU32 {
        match self {
            Named::Conn(conn) => &conn.tag,
            Named::Wsi(wsi) => &wsi.tag,
        }
    }

    /// Where letters for it go.
    pub fn mailbox(&self) -> Option<&'static Mailbox> {
        Mailbox::numbered(match self {
            Named::Conn(conn) => conn.mailbox.load(Relaxed),
            Named::Wsi(wsi) => wsi.mailbox.load(Relaxed),
        })
    }

    /// Notes that it was asked for a writeable callback. False where that was noted already, and the letter is on its way.
    pub fn note_asked(&self) -> bool {
        self.tag().fetch_or(ASKED, Relaxed) & ASKED == 0
    }

    /// The letter could not be sent.
    pub fn forget_asked(&self) {
        self.tag().fetch_and(!ASKED, Relaxed);
    }
}

/// A letter that asks for a writeable callback has come. Whoever is in the slot now gets the callback where it was noted: another thread
/// may have noted it on a connection that has just come there, and a callback too many does no harm.
pub fn take_asked(handle: u64) -> Option<Named> {
    let tag = tag_there(handle)?;
    if tag.fetch_and(!ASKED, Relaxed) & ASKED == 0 {
        return None;
    }
    named(handle & !0xffff_ffff | u64::from(tag.load(Relaxed)))
}

/// The loop that a handle names, as long as its context lives.
pub fn loop_of(handle: u64) -> Option<(&'static Mailbox, u32)> {
    if handle >> 62 != LOOP {
        return None;
    }
    let mailbox = Mailbox::numbered(u16::try_from(slot(handle)).ok()?)?;
    (mailbox.generation() == handle as u32).then_some((mailbox, handle as u32))
}
