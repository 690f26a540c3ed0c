//! System messages: short notes between the parts of one program, from any thread, received in the loop's.
//!
//! A message is queued for those who are registered for its class when it is sent. Everybody gets what waits for him in
//! the order in which it was sent.
use super::abi::{LWS_SMD_MAX_PAYLOAD, lws_smd_class_t, lws_smd_notification_cb_t};
use crate::engine::poller::Bell;
use crate::engine::thread::this_thread;
use crate::engine::{clock, fork};
use once_cell::sync::Lazy;
use std::collections::{HashMap, VecDeque};
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// The longest message.
pub const PAYLOAD_MOST: usize = LWS_SMD_MAX_PAYLOAD as usize;
/// How many messages may wait for one receiver; then sending fails.
pub const QUEUE_MOST: usize = 256;
/// How many receivers one context may have.
const PEERS_MOST: usize = 4096;
/// What receivers send while they receive is received in the same turn, in so many rounds.
const ROUNDS: usize = 2 * QUEUE_MOST;
/// How long another thread that takes a receiver away waits for the call to it that is under way.
const CALL_ENDS: Duration = Duration::from_secs(5);

/// The program's function.
type Callback = unsafe extern "C" fn(*mut c_void, lws_smd_class_t, i64, *mut c_void, usize) -> std::ffi::c_int;

/// Why a message was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It is longer than [`PAYLOAD_MOST`].
    TooLong,
    /// As many as allowed wait for a receiver already.
    Full,
    /// The context is ending.
    Closed,
}

struct Message {
    class: lws_smd_class_t,
    time: i64,
    payload: Box<[u8]>,
}

struct Peer {
    /// What C holds for it. Never used again, so that one that is gone is recognised.
    token: usize,
    callback: Callback,
    opaque: usize,
    filter: lws_smd_class_t,
    waiting: VecDeque<Arc<Message>>,
}

#[derive(Default)]
struct State {
    peers: Vec<Peer>,
    closed: bool,
    /// Whose callback is being called, and in which thread.
    called: Option<(usize, usize)>,
}

/// The messages of one context.
pub struct Bus {
    state: Mutex<State>,
    call_ended: Condvar,
    /// Does something wait to be received?
    pending: AtomicBool,
    bell: Bell,
    generation: u32,
}

/// Which bus a receiver is on, by what C holds for the receiver.
static BUSES: Lazy<Mutex<HashMap<usize, Arc<Bus>>>> = Lazy::new(Mutex::default);
static TOKENS: AtomicUsize = AtomicUsize::new(1);

fn buses() -> MutexGuard<'static, HashMap<usize, Arc<Bus>>> {
    BUSES.lock().unwrap_or_else(|e| e.into_inner())
}

impl Bus {
    /// A bus without receivers; `bell` wakes the loop they are called in.
    pub fn new(bell: Bell) -> Arc<Bus> {
        let generation = fork::watch();
        Arc::new(Bus { state: Mutex::default(), call_ended: Condvar::new(), pending: false.into(), bell, generation })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Registers a receiver. Returns what C holds for it, or none where there are too many or the context is ending.
    pub fn register(
        self: &Arc<Self>,
        callback: lws_smd_notification_cb_t,
        opaque: *mut c_void,
        filter: lws_smd_class_t,
    ) -> Option<usize> {
        let callback = callback?;
        // spread out, like the addresses that programs take these for
        let token = TOKENS.fetch_add(1, Ordering::Relaxed).wrapping_mul(16);
        let mut state = self.state();
        if state.closed || state.peers.len() >= PEERS_MOST {
            return None;
        }
        state.peers.push(Peer { token, callback, opaque: opaque as usize, filter, waiting: VecDeque::new() });
        buses().insert(token, self.clone());
        Some(token)
    }

    /// Is anybody registered for a message of these classes?
    pub fn is_wanted(&self, class: lws_smd_class_t) -> bool {
        self.state().peers.iter().any(|peer| peer.filter & class != 0)
    }

    /// Queues a message for all who want it; nobody may.
    pub fn send(&self, class: lws_smd_class_t, payload: &[u8]) -> Result<(), Refused> {
        if payload.len() > PAYLOAD_MOST {
            return Err(Refused::TooLong);
        }
        let mut state = self.state();
        if state.closed {
            return Err(Refused::Closed);
        }
        let wants = |peer: &&mut Peer| peer.filter & class != 0;
        // all get it or none
        if state.peers.iter_mut().filter(wants).any(|peer| peer.waiting.len() >= QUEUE_MOST) {
            return Err(Refused::Full);
        }
        let time = clock::now_us() as i64;
        let message = Arc::new(Message { class, time, payload: payload.into() });
        let mut wanted = false;
        for peer in state.peers.iter_mut().filter(wants) {
            peer.waiting.push_back(message.clone());
            wanted = true;
        }
        drop(state);
        // a child's wake-up would be its parent's
        if wanted && !self.pending.swap(true, Ordering::AcqRel) && fork::generation() == self.generation {
            self.bell.ring();
        }
        Ok(())
    }

    /// Does something wait to be received?
    #[inline(always)]
    pub fn is_pending(&self) -> bool {
        self.pending.load(Ordering::Acquire)
    }

    /// Calls the receivers with what waits for them, for as long as `going` holds. Only in the loop's thread.
    pub fn deliver(&self, going: impl Fn() -> bool) {
        if !self.is_pending() {
            return;
        }
        self.pending.store(false, Ordering::Release);
        for _ in 0..ROUNDS {
            let waiting = |state: &State| -> Vec<usize> {
                state.peers.iter().filter(|peer| !peer.waiting.is_empty()).map(|peer| peer.token).collect()
            };
            let tokens = waiting(&self.state());
            if tokens.is_empty() {
                return;
            }
            for token in tokens {
                if !going() {
                    return;
                }
                self.call(token);
            }
        }
        // they never end: the rest of the loop has its turn first
        self.pending.store(true, Ordering::Release);
    }

    /// Gives a receiver the message that has waited longest.
    fn call(&self, token: usize) {
        let taken = {
            let mut state = self.state();
            let peer = state.peers.iter_mut().find(|peer| peer.token == token);
            let taken = peer.and_then(|p| Some((p.callback, p.opaque as *mut c_void, p.waiting.pop_front()?)));
            state.called = taken.is_some().then(|| (token, this_thread()));
            taken
        };
        let Some((callback, opaque, message)) = taken else { return };
        // a copy of his own, which he may change, with a terminator
        let mut room = [0; PAYLOAD_MOST + 1];
        let len = message.payload.len();
        room[..len].copy_from_slice(&message.payload);
        // SAFETY: the program gave this function for this purpose.
        unsafe { callback(opaque, message.class, message.time, room.as_mut_ptr().cast(), len) };
        self.state().called = None;
        self.call_ended.notify_all();
    }

    fn forget(&self, token: usize) {
        let mut state = self.state();
        state.peers.retain(|peer| peer.token != token);
        // who takes it away from another thread may free what its callback uses
        let busy = |state: &mut State| state.called.is_some_and(|(t, thread)| t == token && thread != this_thread());
        drop(self.call_ended.wait_timeout_while(state, CALL_ENDS, busy));
    }

    /// The context ends: nothing is sent or received any more.
    pub fn close(&self) {
        let peers = {
            let mut state = self.state();
            state.closed = true;
            std::mem::take(&mut state.peers)
        };
        let mut all = buses();
        for peer in peers {
            all.remove(&peer.token);
        }
    }
}

/// Takes a receiver away. False where there is none such. In another thread than the loop's this waits until no call to it
/// is under way.
pub fn unregister(token: usize) -> bool {
    let bus = buses().remove(&token);
    if let Some(bus) = &bus {
        bus.forget(token);
    }
    bus.is_some()
}

/// A message that the program is filling in: C holds the address of its bytes.
struct Draft {
    class: lws_smd_class_t,
    /// One byte more than the message, for a terminator.
    bytes: Box<[u8]>,
}

/// By the address of the bytes, so that one that is sent or given up already is recognised.
static DRAFTS: Lazy<Mutex<HashMap<usize, Draft>>> = Lazy::new(Mutex::default);

fn drafts() -> MutexGuard<'static, HashMap<usize, Draft>> {
    DRAFTS.lock().unwrap_or_else(|e| e.into_inner())
}

/// Room for a message of `len` bytes.
pub fn draft(class: lws_smd_class_t, len: usize) -> *mut c_void {
    let mut bytes = vec![0; len + 1].into_boxed_slice();
    let address = bytes.as_mut_ptr();
    drafts().insert(address as usize, Draft { class, bytes });
    address.cast()
}

/// Gives such room up. False where it is none.
pub fn give_up(draft: usize) -> bool {
    drafts().remove(&draft).is_some()
}

/// Sends what was made with [`draft`]. None where it is no such message; where it is refused it is still the caller's.
pub fn send_draft(bus: &Bus, address: usize) -> Option<Result<(), Refused>> {
    let draft = drafts().remove(&address)?;
    let outcome = bus.send(draft.class, &draft.bytes[..draft.bytes.len() - 1]);
    if outcome.is_err() {
        drafts().insert(address, draft);
    }
    Some(outcome)
}
