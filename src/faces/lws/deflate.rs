//! permessage-deflate on a connection: what was agreed on, and the messages that come and go compressed.
//!
//! A compressor has 300 KB and a decompressor 40 KB, so connections do not have any: they borrow the loop's for the time of one message. They
//! keep one only where messages may refer to earlier ones. Who sends the beginning of a message and no end keeps a decompressor borrowed; how
//! many may be is bounded.
use super::abi::lws_callback_reasons::*;
use super::context::HEADROOM;
use super::log::{lwsl_info, lwsl_warn};
use super::wsi::{Phase, Wsi, flag};
use super::{close, frames, pass, write};
use crate::proto::ws::decode::Data;
use crate::proto::ws::deflate::{Deflater, Inflater, TAIL_LEN, cut_tail};
use crate::proto::ws::extension::{self, Agreed, Terms};
use crate::proto::ws::{Violation, close as close_frame, opcode};
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char};
use std::io;

/// The most that a message may become, where the program says nothing.
pub const MESSAGE_MAX: u64 = 64 << 20;
/// How hard is compressed, where the program says nothing: about the least processor time.
pub const LEVEL: u32 = 1;
/// Shorter messages are sent as they are: by themselves they hardly become smaller.
const SHORT: usize = 64;
/// A message that does not lose so many bytes, of the first 64 KiB, is sent as it is.
const SAVED: usize = 8;
/// A compressed message goes out in frames of this size at the most.
const FRAME: usize = 64 * 1024;
/// Compressors, and decompressors, that the loop keeps for the next messages.
const KEPT: usize = 2;
/// Connections of a loop that may be in the middle of a compressed message, where the program says nothing: some 180 MB.
pub const UNFINISHED_MAX: usize = 4096;

const FIN: u8 = 0x80;
const RSV1: u8 = 0x40;

/// How a vhost deals with permessage-deflate.
pub struct Settings {
    /// What its clients offer.
    pub offer: Option<String>,
    /// How messages are dealt with.
    pub tuning: Tuning,
    /// May messages refer to earlier ones, at the price of a compressor and a decompressor for each connection?
    pub takeover: bool,
    /// A message begun on one of its connections may be left unfinished while no more than so many are in the loop.
    pub unfinished_max: usize,
}

/// How a connection deals with messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// From 0 (no compression) to 9 (small and slow).
    pub level: u32,
    /// The most bytes that a message may become.
    pub message_max: u64,
}

impl Default for Tuning {
    fn default() -> Self {
        Tuning { level: LEVEL, message_max: MESSAGE_MAX }
    }
}

impl Tuning {
    /// Sets an option by name, as programs do. Why not, where it cannot be.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        match name {
            "compression_level" => match value.parse() {
                Ok(level @ 0..=9) => self.level = level,
                _ => return Err("a compression level is from 0 to 9"),
            },
            "max_message_size" => match value.parse() {
                Ok(most @ 1..) => self.message_max = most,
                _ => return Err("a size is a number of bytes"),
            },
            // they size buffers of the original that are not here
            "rx_buf_size" | "tx_buf_size" | "mem_level" => {}
            "server_no_context_takeover"
            | "client_no_context_takeover"
            | "server_max_window_bits"
            | "client_max_window_bits" => return Err("it is agreed on in the handshake"),
            _ => return Err("there is no such option"),
        }
        Ok(())
    }
}

/// What a connection has that permessage-deflate was agreed on for.
pub struct Deflate {
    /// How it deals with messages.
    pub tuning: Tuning,
    /// The window of what is sent, and whether messages sent refer to earlier ones.
    out: (u8, bool),
    /// The same of what is received.
    into: (u8, bool),
    /// The message being received, unless it is being worked on.
    receiving: Option<Box<Receiving>>,
    /// The decompressor that is kept between messages.
    inflater: Option<Box<Inflater>>,
    /// The compressor of a message that is sent in pieces, or that is kept.
    deflater: Option<Box<Deflater>>,
    /// Is the message that is sent in pieces compressed?
    packing: bool,
}

/// A message being received.
struct Receiving {
    inflater: Box<Inflater>,
    /// What it has become so far.
    total: u64,
    /// Was the program given a slice?
    begun: bool,
    /// The byte behind the last slice: there is more to come as long as there is one.
    carry: Option<u8>,
    binary: bool,
    /// The payload at hand, where the program has paused: what is left of it, whether the message ends with it, and how much of its frame
    /// comes after it.
    paused: Option<(Vec<u8>, bool, u64)>,
    /// Its key among the unfinished, where it is one.
    unfinished: Option<u64>,
}

/// What the connections of a loop share.
#[derive(Default)]
#[allow(clippy::vec_box)] // they go to a connection and come back as they are
pub struct Pool {
    inflaters: Vec<Box<Inflater>>,
    deflaters: Vec<Box<Deflater>>,
    /// Room for what messages become.
    inflated: Vec<u8>,
    deflated: Vec<u8>,
    /// The connections that keep a borrowed decompressor until more of a message comes; whose last piece came first is first.
    unfinished: BTreeMap<u64, &'static Wsi>,
    /// The next key of those.
    next: u64,
    /// Was the program told that there are too many?
    told: bool,
}

fn with<R>(wsi: &Wsi, look: impl FnOnce(&mut Deflate) -> R) -> Option<R> {
    wsi.rare.with(|rare| rare.as_mut().and_then(|rare| rare.deflate.as_deref_mut()).map(look))
}

/// Looks at how a connection deals with compressed messages; none where it does not.
pub fn tune<R>(wsi: &Wsi, look: impl FnOnce(&mut Tuning) -> R) -> Option<R> {
    with(wsi, |deflate| look(&mut deflate.tuning))
}

// ---- agreeing ----

/// Server: what is answered to what a client offers, if the program agrees. Where the program has ended the connection meanwhile, none.
pub fn choose(wsi: &'static Wsi, offers: &[u8]) -> Option<(Terms, Agreed)> {
    let settings = wsi.vhost().settings.deflate.as_ref()?;
    let Some(chosen) = extension::choose(offers, settings.takeover) else {
        lwsl_info!("no extension of those the client offers");
        return None;
    };
    let name = c"permessage-deflate".as_ptr().cast_mut().cast();
    let refused = wsi.protocol().call(wsi, LWS_CALLBACK_CONFIRM_EXTENSION_OKAY, wsi.user.get(), name, 0) != 0;
    (!refused && wsi.is_open()).then_some(chosen)
}

/// Client: what is offered to a server, if the program agrees. Where the program has ended the connection meanwhile, none.
pub fn offer(wsi: &'static Wsi) -> Option<String> {
    let offer = wsi.vhost().settings.deflate.as_ref()?.offer.clone()?;
    let name = c"permessage-deflate".as_ptr().cast_mut().cast();
    let reason = LWS_CALLBACK_CLIENT_CONFIRM_EXTENSION_SUPPORTED;
    let refused = wsi.vhost().first_protocol().call(wsi, reason, wsi.user.get(), name, 0) != 0;
    (!refused && wsi.is_open()).then_some(offer)
}

/// Client: lets the program say how the connection is to deal with messages. None where what it says is no option, or it refuses.
pub fn ask_defaults(wsi: &'static Wsi) -> Option<Tuning> {
    let mut tuning = wsi.vhost().settings.deflate.as_ref().map(|settings| settings.tuning).unwrap_or_default();
    let mut text = [0 as c_char; 128];
    let name = c"permessage-deflate".as_ptr().cast_mut().cast();
    let answer = wsi.protocol().call(wsi, LWS_CALLBACK_WS_EXT_DEFAULTS, name, text.as_mut_ptr().cast(), text.len());
    if answer != 0 || !wsi.is_open() {
        return None;
    }
    text[text.len() - 1] = 0;
    // SAFETY: the last byte is a NUL.
    let text = unsafe { CStr::from_ptr(text.as_ptr()) }.to_str().ok()?;
    for option in text.split([';', ',']).map(str::trim).filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let is_agreed = name.ends_with("_takeover") || name.ends_with("_window_bits");
        if let Err(why) = tuning.set(name.trim(), value.trim())
            && !is_agreed
        {
            lwsl_warn!("permessage-deflate: option {name}: {why}");
            return None;
        }
    }
    Some(tuning)
}

/// From here on messages may be compressed.
pub fn begin(wsi: &Wsi, agreed: Agreed, tuning: Tuning) {
    let server = (agreed.server_bits, agreed.server_takeover);
    let client = (agreed.client_bits, agreed.client_takeover);
    let (mut out, into) = if wsi.has(flag::CLIENT) { (client, server) } else { (server, client) };
    // nobody has to refer to earlier messages
    out.1 &= wsi.vhost().settings.deflate.as_ref().is_some_and(|settings| settings.takeover);
    let deflate = Deflate { tuning, out, into, receiving: None, inflater: None, deflater: None, packing: false };
    wsi.rare.with(|rare| rare.get_or_insert_default().deflate = Some(Box::new(deflate)));
    wsi.set(flag::DEFLATE);
}

// ---- receiving ----

/// Takes in a piece of a compressed message, and gives the program what it becomes.
///
/// # Safety
/// `data.at` lies within valid bytes at `bytes`, which callbacks leave alone.
#[inline(never)]
pub unsafe fn receive(wsi: &'static Wsi, bytes: *mut u8, data: Data) {
    if wsi.phase() != Phase::Open {
        return;
    }
    let receiving = with(wsi, |deflate| {
        if !data.first {
            return take(wsi, deflate);
        }
        let kept = deflate.inflater.take();
        let inflater = kept.unwrap_or_else(|| match deflate.into {
            (bits, true) => Box::new(Inflater::new(bits)),
            _ => wsi.context().deflate.with(|pool| pool.inflaters.pop().unwrap_or_else(|| Box::new(Inflater::new(15)))),
        });
        let binary = data.binary;
        Some(Box::new(Receiving {
            inflater,
            total: 0,
            begun: false,
            carry: None,
            binary,
            paused: None,
            unfinished: None,
        }))
    });
    let Some(receiving) = receiving.flatten() else { return close::now(wsi) };
    // SAFETY: by contract; the slice is used for the compressed bytes only, which the callbacks do not get.
    let input = unsafe { std::slice::from_raw_parts(bytes.add(data.at.start), data.at.len()) };
    inflate(wsi, receiving, input, data.last, data.remaining);
}

/// Goes on with a message where the program has paused reception in the middle of a piece.
pub fn resume(wsi: &'static Wsi) {
    wsi.clear(flag::INFLATING);
    let receiving = with(wsi, |deflate| take(wsi, deflate)).flatten();
    if let Some(mut receiving) = receiving
        && let Some((input, last, remaining)) = receiving.paused.take()
        && wsi.phase() == Phase::Open
    {
        inflate(wsi, receiving, &input, last, remaining);
    }
}

/// Gives the program what `input` becomes, slice by slice. It belongs to this function while the program is called, and so does the room
/// that the slices lie in.
fn inflate(wsi: &'static Wsi, mut receiving: Box<Receiving>, mut input: &[u8], last: bool, remaining: u64) {
    let context = wsi.context();
    let slice_max = wsi.protocol().slice_max().clamp(1, context.settings.rx_size);
    let message_max = with(wsi, |deflate| deflate.tuning.message_max).unwrap_or(0);
    let mut room = context.deflate.with(|pool| std::mem::take(&mut pool.inflated));
    if room.len() < HEADROOM + slice_max + 2 {
        room.resize(HEADROOM + slice_max + 2, 0);
    }
    let mut done = false;
    while !done {
        // one byte more than a slice: so it is known whether the slice is the last, and no empty one comes behind it
        let start = HEADROOM + usize::from(receiving.carry.is_some());
        if let Some(carry) = receiving.carry.take() {
            room[HEADROOM] = carry;
        }
        let step = match receiving.inflater.step(input, last, &mut room[start..HEADROOM + slice_max + 1]) {
            Ok(step) => step,
            Err(v) => return end(wsi, room, v),
        };
        input = &input[step.used..];
        receiving.total += step.made as u64;
        if receiving.total > message_max {
            let why = "message becomes too large";
            return end(wsi, room, Violation { code: close_frame::TOO_BIG, why });
        }
        let there = start - HEADROOM + step.made;
        let full = there > slice_max;
        let len = there.min(slice_max);
        if full {
            receiving.carry = Some(room[HEADROOM + slice_max]);
        }
        done = step.done && !full;
        if len > 0 || done {
            let more = u64::from(full || !input.is_empty());
            let slice = Data {
                at: HEADROOM..HEADROOM + len,
                first: !receiving.begun,
                last: done,
                binary: receiving.binary,
                packed: true,
                remaining: remaining.max(input.len() as u64).max(more),
            };
            receiving.begun = true;
            // SAFETY: the room is ours while the program is called, and goes on for at least a byte behind the slice.
            unsafe { frames::inflated(wsi, room.as_mut_ptr(), slice) };
            if !wsi.is_open() || wsi.phase() != Phase::Open {
                return keep_room(wsi, room);
            }
        }
        if done || !full {
            break;
        }
        if wsi.has(flag::PAUSED) {
            receiving.paused = Some((input.to_vec(), last, remaining));
            wsi.set(flag::INFLATING);
            if wsi.held.with(|held| held.is_none()) {
                // what says that there is something to deliver
                pass::hold(wsi, &[]);
            }
            break;
        }
    }
    keep_room(wsi, room);
    let mut left = false;
    let spare = with(wsi, |deflate| {
        if !done {
            // where the program has paused it is not the peer who leaves the message unfinished
            if !deflate.into.1 && receiving.paused.is_none() {
                receiving.unfinished = Some(note_unfinished(wsi));
                left = true;
            }
            deflate.receiving = Some(receiving);
            return None;
        }
        if deflate.into.1 {
            deflate.inflater = Some(receiving.inflater);
            return None;
        }
        Some(receiving.inflater)
    });
    if let Some(mut spare) = spare.flatten() {
        spare.reset();
        context.deflate.with(|pool| {
            if pool.inflaters.len() < KEPT {
                pool.inflaters.push(spare);
            }
        });
    }
    if left {
        end_stalest(wsi);
    }
}

/// Takes out the message being received: it is being worked on.
fn take(wsi: &Wsi, deflate: &mut Deflate) -> Option<Box<Receiving>> {
    let mut receiving = deflate.receiving.take()?;
    forget_unfinished(wsi, &mut receiving);
    Some(receiving)
}

fn note_unfinished(wsi: &'static Wsi) -> u64 {
    wsi.context().deflate.with(|pool| {
        let key = pool.next;
        pool.next += 1;
        pool.unfinished.insert(key, wsi);
        key
    })
}

fn forget_unfinished(wsi: &Wsi, receiving: &mut Receiving) {
    if let Some(key) = receiving.unfinished.take() {
        wsi.context().deflate.with(|pool| pool.unfinished.remove(&key));
    }
}

/// The connection ends: what it has borrowed does not count any more. Had it anything large?
pub fn release(wsi: &Wsi) -> bool {
    let had = with(wsi, |deflate| {
        take(wsi, deflate).is_some() || deflate.inflater.take().is_some() || deflate.deflater.take().is_some()
    });
    had == Some(true)
}

/// With one more message unfinished, ends the connections that have been without progress for the longest time until there are no more than
/// may be.
fn end_stalest(wsi: &'static Wsi) {
    let context = wsi.context();
    let most = wsi.vhost().settings.deflate.as_ref().map_or(UNFINISHED_MAX, |settings| settings.unfinished_max);
    // where the program has paused, it is not the peer that keeps it waiting
    let stalest = || {
        context.deflate.with(|pool| {
            let too_many = pool.unfinished.len() > most;
            let mut waiting = pool.unfinished.values().take_while(|_| too_many);
            waiting.find(|wsi| !wsi.has(flag::PAUSED)).copied()
        })
    };
    while let Some(stalest) = stalest() {
        release(stalest);
        if !context.deflate.with(|pool| std::mem::replace(&mut pool.told, true)) {
            lwsl_warn!(
                "more than {most} compressed messages are unfinished: those that have waited longest are given up"
            );
        }
        close::violation(stalest, Violation { code: close_frame::TRY_LATER, why: "too many unfinished messages" });
    }
}

fn keep_room(wsi: &Wsi, room: Vec<u8>) {
    wsi.context().deflate.with(|pool| pool.inflated = room);
}

fn end(wsi: &'static Wsi, room: Vec<u8>, v: Violation) {
    keep_room(wsi, room);
    close::violation(wsi, v);
}

// ---- sending ----

/// Queues a message, or a piece of one, with a frame's first byte: compressed, where that makes it smaller.
pub fn send(wsi: &'static Wsi, first: u8, payload: &[u8]) -> io::Result<()> {
    let (code, fin) = (first & 15, first & FIN != 0);
    let begins = code != opcode::CONTINUATION;
    let compressor = with(wsi, |deflate| {
        let (bits, takeover) = deflate.out;
        if begins {
            deflate.packing = takeover || !fin || payload.len() >= SHORT;
        }
        let packs = deflate.packing;
        deflate.packing &= !fin;
        packs.then(|| (deflate.deflater.take(), bits, takeover, deflate.tuning.level))
    });
    let Some(Some((kept, bits, takeover, level))) = compressor else {
        return write::queue_any_frame(wsi, first, payload);
    };
    let pool = &wsi.context().deflate;
    let mut deflater = match kept {
        Some(mut kept) => {
            if begins && !takeover {
                kept.reset(); // the program has not ended the message before
            }
            kept
        }
        None => pool.with(|pool| {
            let at = pool.deflaters.iter().position(|deflater| deflater.is(bits, level));
            at.map_or_else(|| Box::new(Deflater::new(bits, level)), |at| pool.deflaters.swap_remove(at))
        }),
    };
    let mut room = pool.with(|pool| std::mem::take(&mut pool.deflated));
    room.resize(FRAME + 1, 0);
    // a message may go as it is only where later ones do not refer to it
    let or_plain = begins && fin && !takeover;
    let outcome = pack(wsi, &mut deflater, &mut room, first, payload, or_plain);
    pool.with(|pool| pool.deflated = room);
    if takeover || !fin {
        with(wsi, |deflate| deflate.deflater = Some(deflater));
    } else {
        deflater.reset();
        pool.with(|pool| {
            if pool.deflaters.len() >= KEPT {
                pool.deflaters.swap_remove(0);
            }
            pool.deflaters.push(deflater);
        });
    }
    outcome
}

/// Compresses into `room` and queues what fills it, frame by frame.
fn pack(
    wsi: &'static Wsi,
    deflater: &mut Deflater,
    room: &mut [u8],
    first: u8,
    payload: &[u8],
    or_plain: bool,
) -> io::Result<()> {
    let code = first & 15;
    let mut head = if code == opcode::CONTINUATION { code } else { code | RSV1 };
    let (mut rest, mut held) = (payload, 0);
    loop {
        // piece by piece, so that it is seen early whether it becomes smaller
        let piece = &rest[..rest.len().min(FRAME)];
        let step = deflater.step(piece, &mut room[held..FRAME]).ok_or(io::ErrorKind::InvalidData)?;
        rest = &rest[step.used..];
        let made = held + step.made;
        let done = step.done && rest.is_empty();
        let len = match (done, first & FIN != 0) {
            (true, true) => cut_tail(room, made),
            (true, false) => made,
            // the end of the message may be in it, and loses its tail
            (false, _) => made.saturating_sub(TAIL_LEN),
        };
        if or_plain && head & RSV1 != 0 && len + SAVED >= piece.len() {
            return write::queue_any_frame(wsi, first, payload);
        }
        if done {
            return write::queue_any_frame(wsi, head | first & FIN, &room[..len]);
        }
        write::queue_any_frame(wsi, head, &room[..len])?;
        head = opcode::CONTINUATION;
        room.copy_within(len..made, 0);
        held = made - len;
    }
}
