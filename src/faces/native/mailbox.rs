//! What other threads leave for a loop: a list that any thread pushes to and the loop takes whole, both without a lock.
//!
//! Mailboxes are never freed: when a context ends its mailbox is closed, and opened again by another. So a thread that holds the number of one
//! may look into it at any time, and a letter that comes too late is recognised by the generation it was written for.
use super::handle::{self, Named};
use crate::engine::poller::Bell;
use crate::faces::lws::abi::lws_callback_reasons::LWS_CALLBACK_USER;
use crate::faces::lws::close;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Letters that may wait for one loop.
const LETTERS: usize = 65536;
/// Loops with a mailbox that there may be at once.
const MAILBOXES: usize = 4096;

static ALL: [AtomicPtr<Mailbox>; MAILBOXES] = [const { AtomicPtr::new(ptr::null_mut()) }; MAILBOXES];
/// How many were made, and which are free.
static FREE: Mutex<(u16, Vec<&'static Mailbox>)> = Mutex::new((0, Vec::new()));

/// Where other threads leave letters for one loop.
pub struct Mailbox {
    number: u16,
    generation: AtomicU32,
    /// The newest letter; `closed()` where there is no loop.
    newest: AtomicPtr<Envelope>,
    count: AtomicUsize,
    /// Locked by those who ring, and at the beginning and end of the loop; never in its turns.
    bell: Mutex<Option<Bell>>,
}

struct Envelope {
    older: *mut Envelope,
    generation: u32,
    letter: Letter,
}

/// What another thread wants.
pub enum Letter {
    /// A writeable callback of this connection.
    Ask(u64),
    /// A message for this connection, and what becomes of it if that has ended.
    Post(u64, *mut c_void, super::abi::netgraft_dropped),
    /// A call in the loop's thread.
    Call(super::abi::netgraft_function, *mut c_void),
    /// What was meant for an earlier loop: refused.
    Late(Box<Letter>),
}

fn closed() -> *mut Envelope {
    ptr::without_provenance_mut(1)
}

fn free() -> MutexGuard<'static, (u16, Vec<&'static Mailbox>)> {
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mailbox {
    /// A mailbox for a loop, which `bell` wakes.
    pub fn open(bell: Bell) -> Option<&'static Mailbox> {
        let mut free = free();
        let mailbox = match free.1.pop() {
            Some(mailbox) => mailbox,
            None => {
                let number = free.0;
                let place = ALL.get(usize::from(number))?;
                let mailbox: &'static Mailbox = Box::leak(Box::new(Mailbox {
                    number,
                    generation: AtomicU32::new(1),
                    newest: AtomicPtr::new(closed()),
                    count: AtomicUsize::new(0),
                    bell: Mutex::new(None),
                }));
                place.store(ptr::from_ref(mailbox).cast_mut(), Ordering::Release);
                free.0 += 1;
                mailbox
            }
        };
        *mailbox.bell() = Some(bell);
        mailbox.newest.store(ptr::null_mut(), Ordering::Release);
        Some(mailbox)
    }

    /// The mailbox with this number.
    pub fn numbered(number: u16) -> Option<&'static Mailbox> {
        let place = ALL.get(usize::from(number))?.load(Ordering::Acquire);
        // SAFETY: null, or a mailbox that was leaked in `open`.
        unsafe { place.as_ref() }
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Which of its loops it serves now.
    pub fn generation(&self) -> u32 {
        self.generation.load(Ordering::Acquire)
    }

    fn bell(&self) -> MutexGuard<'_, Option<Bell>> {
        self.bell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From any thread: leaves a letter for the loop of this generation.
    pub fn push(&self, generation: u32, letter: Letter) -> Result<(), c_int> {
        if self.count.fetch_add(1, Ordering::Relaxed) >= LETTERS {
            self.opened();
            return Err(libc::EAGAIN);
        }
        let envelope = Box::into_raw(Box::new(Envelope { older: ptr::null_mut(), generation, letter }));
        let mut newest = self.newest.load(Ordering::Relaxed);
        loop {
            if newest == closed() || self.generation() != generation {
                self.opened();
                // SAFETY: made above, and nobody else has seen it.
                drop(unsafe { Box::from_raw(envelope) });
                return Err(libc::ESTALE);
            }
            // SAFETY: as above.
            unsafe { (*envelope).older = newest };
            match self.newest.compare_exchange_weak(newest, envelope, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => newest = now,
            }
        }
        if newest.is_null()
            && let Some(bell) = &*self.bell()
        {
            bell.ring();
        }
        Ok(())
    }

    /// Is there a letter?
    #[inline(always)]
    pub fn has_letters(&self) -> bool {
        !self.newest.load(Ordering::Relaxed).is_null()
    }

    /// The loop takes all letters, oldest first.
    pub fn take(&self, each: impl FnMut(Letter)) {
        self.empty(ptr::null_mut(), each);
    }

    /// The loop ends: it takes the last letters, and no more are accepted.
    pub fn close(&self, each: impl FnMut(Letter)) {
        *self.bell() = None;
        self.empty(closed(), each);
    }

    fn empty(&self, then: *mut Envelope, mut each: impl FnMut(Letter)) {
        let mut newest = self.newest.swap(then, Ordering::AcqRel);
        let mut oldest: *mut Envelope = ptr::null_mut();
        while !newest.is_null() && newest != closed() {
            // SAFETY: the list was taken whole, so its envelopes are ours; each was made by Box::into_raw.
            let older = unsafe { std::mem::replace(&mut (*newest).older, oldest) };
            (oldest, newest) = (newest, older);
        }
        while !oldest.is_null() {
            // SAFETY: as above.
            let envelope = unsafe { Box::from_raw(oldest) };
            oldest = envelope.older;
            let late = envelope.generation != self.generation();
            each(if late { Letter::Late(Box::new(envelope.letter)) } else { envelope.letter });
        }
    }

    /// A letter was opened.
    pub fn opened(&self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }

    /// The closed mailbox may be another loop's.
    pub fn give_back(&'static self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        free().1.push(self);
    }
}

impl Letter {
    /// Does what it asks for, or says that it cannot be done. The program is called.
    pub fn open(self, mailbox: &Mailbox, lives: bool) {
        match self {
            Letter::Late(letter) => letter.open(mailbox, false),
            Letter::Ask(handle) => match handle::take_asked(handle).filter(|_| lives) {
                Some(Named::Conn(conn)) => conn.ask(),
                Some(Named::Wsi(wsi)) if wsi.is_open() && wsi.is_connection() => wsi.ask(),
                _ => {}
            },
            Letter::Call(function, arg) => {
                if let Some(function) = function {
                    // SAFETY: the program gave function and argument for this.
                    unsafe { function(arg, if lives { 0 } else { -libc::ECANCELED }) };
                }
            }
            Letter::Post(handle, message, dropped) => {
                let here = |named: &Named| lives && named.mailbox().is_some_and(|theirs| ptr::eq(theirs, mailbox));
                if !handle::named(handle).filter(here).is_some_and(|named| deliver(named, message))
                    && let Some(dropped) = dropped
                {
                    // SAFETY: as above.
                    unsafe { dropped(message) };
                }
            }
        }
    }
}

/// Gives a message to the connection it is for. False where that does not hear any more.
fn deliver(named: Named, message: *mut c_void) -> bool {
    match named {
        Named::Conn(conn) => {
            let Some(posted) = conn.callbacks().posted.filter(|_| conn.is_usable()) else { return false };
            // SAFETY: the program gave the function for this.
            unsafe { posted(handle::of_conn(conn), conn.user.get(), message) };
        }
        Named::Wsi(wsi) => {
            if !wsi.is_open() {
                return false;
            }
            let answer = wsi.protocol().call(wsi, LWS_CALLBACK_USER, wsi.user.get(), message, 0);
            if answer != 0 && wsi.is_open() {
                close::by_program(wsi);
            }
        }
    }
    true
}
