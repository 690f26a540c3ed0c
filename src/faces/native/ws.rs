//! WebSocket over bytes that the program moves: the session of `proto`, its callbacks, and its memory.
use super::abi::*;
use crate::engine::arena::{Handle, Handles};
use crate::engine::local::Local;
use crate::engine::random::Random;
use crate::proto::ws::session::{Event, Refused, Session, Side};
use std::cell::{Cell, RefCell};
use std::ffi::{CString, c_int, c_void};
use std::ptr;

const SLICE: u32 = 64 * 1024;
const SEND_MAX: u32 = 1 << 20;
/// Input is copied in pieces of this size: it is unmasked, and the program's own is left as it is.
const PIECE: usize = 16 * 1024;

static ALL: Handles<Ws> = Handles::new();

/// A WebSocket without a socket.
pub struct Ws {
    handle: Cell<*const Handle<Ws>>,
    session: Local<Session>,
    callbacks: netgraft_ws_callbacks,
    user: *mut c_void,
    /// The protocols that a server has.
    protocols: Vec<String>,
    feeding: Cell<bool>,
    /// To be freed when `feed` returns.
    over: Cell<bool>,
}

/// What a WebSocket is made from, as Rust has it.
pub struct Settings {
    /// Which end.
    pub side: Side,
    /// 0 for the default.
    pub receive_max: u32,
    /// 0 for the default.
    pub send_max: u32,
    /// The program's functions.
    pub callbacks: netgraft_ws_callbacks,
    /// The program's pointer.
    pub user: *mut c_void,
    /// Those we have, or ask for.
    pub protocols: Vec<String>,
    /// Client: the value of `Host`.
    pub host: String,
    /// Client: the path.
    pub path: String,
}

fn random() -> [u8; 16] {
    thread_local!(static POOL: RefCell<Random> = RefCell::default());
    // a system without random bytes leaves no mask to be foretold that matters: both ends are the program's
    POOL.with_borrow_mut(Random::take).unwrap_or_default()
}

impl Ws {
    /// Makes one; none where a client's texts cannot stand in a request, or memory is exhausted.
    pub fn create(settings: Settings) -> Option<*mut netgraft_ws> {
        let or = |given, default| if given == 0 { default } else { given } as usize;
        let (slice, send) = (or(settings.receive_max, SLICE), or(settings.send_max, SEND_MAX));
        let mut session = Session::new(settings.side, slice, send, random);
        if settings.side == Side::Client && !session.ask(&settings.host, &settings.path, &settings.protocols) {
            return None;
        }
        let handle = ALL.create(Box::new(Ws {
            handle: Cell::new(ptr::null()),
            session: Local::new(session),
            callbacks: settings.callbacks,
            user: settings.user,
            protocols: settings.protocols,
            feeding: Cell::new(false),
            over: Cell::new(false),
        }))?;
        // SAFETY: made just now.
        unsafe { ALL.get(handle) }?.handle.set(handle);
        Some(handle.cast_mut().cast())
    }

    /// The one behind a pointer from C, if it is one and alive.
    pub fn from_c(pointer: *const netgraft_ws) -> Option<&'static Ws> {
        // SAFETY: used within one call from C; it is freed only by `free`, outside its own callbacks.
        unsafe { ALL.get(pointer.cast()) }.filter(|ws| !ws.over.get())
    }

    /// Frees it; from inside its callbacks, when they have returned.
    pub fn free(&'static self) {
        self.over.set(true);
        if !self.feeding.get() {
            drop(ALL.destroy(self.handle.get()));
        }
    }

    fn as_c(&self) -> *mut netgraft_ws {
        self.handle.get().cast_mut().cast()
    }

    /// Takes in bytes and makes the callbacks they lead to. An errno where that cannot be.
    pub fn feed(&'static self, bytes: &[u8]) -> Result<(), c_int> {
        if self.feeding.replace(true) {
            return Err(libc::EBUSY);
        }
        let mut piece = Vec::with_capacity(bytes.len().min(PIECE));
        'all: for part in bytes.chunks(PIECE) {
            piece.clear();
            piece.extend_from_slice(part);
            let mut at = 0;
            while at < piece.len() {
                let (used, event) = self.session.with(|session| session.feed(&mut piece[at..]));
                self.tell(event, &piece[at..]);
                at += used;
                if self.over.get() {
                    break 'all;
                }
            }
        }
        self.feeding.set(false);
        if self.over.get() {
            self.free();
        }
        Ok(())
    }

    fn tell(&'static self, event: Event, input: &[u8]) {
        let (ws, user, callbacks) = (self.as_c(), self.user, &self.callbacks);
        let bytes = |bytes: &[u8]| (bytes.as_ptr().cast::<c_void>(), bytes.len());
        // SAFETY, for all calls: the program gave the functions for this, and what is pointed to lives until they return.
        match event {
            Event::More => {}
            Event::Asked { path, protocols } => self.decide(&path, protocols.as_deref()),
            Event::Opened(protocol) => self.opened(protocol.as_deref()),
            Event::Message { at, continued, more, binary } => {
                let mark = |on: bool, flag: u32| if on { flag } else { 0 };
                let flags = mark(binary, NETGRAFT_WS_BINARY)
                    | mark(more, NETGRAFT_WS_MORE)
                    | mark(continued, NETGRAFT_WS_CONTINUED);
                let (start, len) = bytes(&input[at]);
                if let Some(message) = callbacks.message {
                    // SAFETY: see above.
                    unsafe { message(ws, user, start, len, flags) };
                }
            }
            Event::Ping(payload) => {
                let (start, len) = bytes(&payload);
                if let Some(ping) = callbacks.ping {
                    // SAFETY: see above.
                    unsafe { ping(ws, user, start, len) };
                }
            }
            Event::Pong(payload) => {
                let (start, len) = bytes(&payload);
                if let Some(pong) = callbacks.pong {
                    // SAFETY: see above.
                    unsafe { pong(ws, user, start, len) };
                }
            }
            Event::Closed(code, reason) => {
                let (start, len) = bytes(&reason);
                if let Some(closed) = callbacks.closed {
                    // SAFETY: see above.
                    unsafe { closed(ws, user, code, start, len) };
                }
            }
        }
    }

    /// Answers a request, as the program says or the settings do.
    fn decide(&'static self, path: &[u8], offered: Option<&[u8]>) {
        let names =
            || offered.unwrap_or_default().split(|&c| c == b',').map(<[u8]>::trim_ascii).filter(|n| !n.is_empty());
        let (consent, chosen) = match self.callbacks.asked {
            Some(asked) => {
                let list = offered.and_then(|list| CString::new(list).ok());
                let path = CString::new(path).unwrap_or_default();
                let list = list.as_ref().map_or(ptr::null(), |list| list.as_ptr());
                // SAFETY: the program gave the function for this; both texts live until it returns.
                let choice = unsafe { asked(self.as_c(), self.user, path.as_ptr(), list) };
                match usize::try_from(choice) {
                    Ok(index) => (names().nth(index).is_some(), names().nth(index)),
                    Err(_) => (choice == -1, None),
                }
            }
            None => {
                let chosen = names().find(|name| self.protocols.iter().any(|ours| ours.as_bytes() == *name));
                (chosen.is_some() || names().next().is_none(), chosen)
            }
        };
        if self.over.get() {
            return;
        }
        match self.session.with(|session| session.answer(consent, chosen)) {
            Some(event) => self.tell(event, &[]),
            None => self.opened(chosen),
        }
    }

    fn opened(&'static self, protocol: Option<&[u8]>) {
        let name = protocol.and_then(|name| CString::new(name).ok());
        if let Some(opened) = self.callbacks.opened {
            // SAFETY: the program gave the function for this; the name lives until it returns.
            unsafe { opened(self.as_c(), self.user, name.as_ref().map_or(ptr::null(), |name| name.as_ptr())) };
        }
    }

    /// Uses the session.
    pub fn with<R>(&self, look: impl FnOnce(&mut Session) -> R) -> R {
        self.session.with(look)
    }
}

/// The errno of a refusal.
pub fn errno(refused: Refused) -> c_int {
    match refused {
        Refused::TooEarly => libc::ENOTCONN,
        Refused::TooLate => libc::EPIPE,
        Refused::Full => libc::EAGAIN,
        Refused::Invalid => libc::EINVAL,
    }
}
