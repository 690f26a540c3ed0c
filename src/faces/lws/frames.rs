//! WebSocket frames, from the bytes received to the program's callbacks.
use super::abi::{LWS_SERVER_OPTION_VALIDATE_UTF8, lws_callback_reasons::*};
use super::wsi::{Phase, Timer, Wsi, flag};
use super::{close, deflate, validity};
use crate::proto::ws::decode::{Data, Payload, Rules, Step};
use crate::proto::ws::{CONTROL_MAX, Violation, close as close_frame, opcode};
use std::ptr;

/// Takes in received bytes. Returns how many; fewer than `len` where the program has paused reception.
///
/// # Safety
/// As `pass::deliver`.
#[inline(never)]
pub unsafe fn receive(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    let slice_max = wsi.protocol().slice_max();
    let from_client = !wsi.has(flag::CLIENT);
    let mut at = 0;
    while at < len {
        // SAFETY: the rest of the `len` bytes; the reference ends before the program is called.
        let (rest, input) = unsafe {
            let rest = bytes.add(at);
            (rest, std::slice::from_raw_parts_mut(rest, len - at))
        };
        let mut short = || wsi.decoder.with(|decoder| decoder.short_message(input, slice_max));
        if let Some((range, binary)) = if from_client { short() } else { None } {
            at += range.end;
            // SAFETY: the slice lies within the bytes, and behind it there is at least one byte more.
            let data = Data { at: range, first: true, last: true, binary, packed: false, remaining: 0 };
            unsafe { message(wsi, rest, data) };
        } else {
            // SAFETY: as above.
            match unsafe { receive_piece(wsi, rest, len - at, slice_max) } {
                Some(used) => at += used,
                None => return len,
            }
        }
        if !wsi.is_open() || wsi.phase() == Phase::Flushing {
            return len;
        }
        if wsi.has(flag::PAUSED) && wsi.phase() == Phase::Open {
            break;
        }
    }
    at
}

/// Takes in a piece of a frame, however it is cut, or a control frame. How much; none where the peer broke the protocol.
///
/// # Safety
/// As `receive`.
unsafe fn receive_piece(wsi: &'static Wsi, bytes: *mut u8, len: usize, slice_max: usize) -> Option<usize> {
    // SAFETY: by contract; the reference ends before the program is called.
    let input = unsafe { std::slice::from_raw_parts_mut(bytes, len) };
    let rules = Rules { masked: !wsi.has(flag::CLIENT), packed: wsi.has(flag::DEFLATE) };
    let (used, step) = match wsi.decoder.with(|decoder| decoder.step(input, slice_max, rules)) {
        Ok(step) => step,
        Err(v) => {
            close::violation(wsi, v);
            return None;
        }
    };
    match step {
        Step::More => {}
        // SAFETY: as above; while the program is called it gets other memory than this.
        Step::Data(data) if data.packed => unsafe { deflate::receive(wsi, bytes, data) },
        // SAFETY: as above.
        Step::Data(data) => unsafe { message(wsi, bytes, data) },
        Step::Control { opcode, payload } => {
            // copied, because the answer is sent while the program may do as it likes with the buffer
            let mut copy = [0; CONTROL_MAX + 1];
            let payload = match &payload {
                // SAFETY: the range lies within the bytes.
                Payload::At(range) => unsafe { std::slice::from_raw_parts(bytes.add(range.start), range.len()) },
                Payload::Gathered(gathered) => gathered,
            };
            copy[..payload.len()].copy_from_slice(payload);
            control(wsi, opcode, &mut copy, payload.len());
        }
    }
    Some(used)
}

/// Gives a piece of a message to the program.
///
/// # Safety
/// `data.at` lies within valid bytes at `bytes`, with one more behind.
#[inline(always)]
unsafe fn message(wsi: &'static Wsi, bytes: *mut u8, data: Data) {
    if wsi.phase() != Phase::Open {
        return; // we have said that we are done; what still comes is not for the program
    }
    let len = data.at.len();
    // SAFETY: by contract.
    let slice = unsafe { bytes.add(data.at.start) };
    if !data.binary && wsi.has(flag::CHECK_UTF8) {
        let mut check = if data.first { Default::default() } else { wsi.utf8.get() };
        // SAFETY: by contract; the reference ends here.
        let valid = check.feed(unsafe { std::slice::from_raw_parts(slice, len) }, data.last);
        wsi.utf8.set(check);
        if !valid {
            return close::violation(wsi, Violation { code: close_frame::INVALID_PAYLOAD, why: "text is not UTF-8" });
        }
    }
    let mark = |on: bool, flag: u32| if on { flag } else { 0 };
    wsi.replace(
        flag::FIRST | flag::LAST | flag::BINARY | flag::PACKED,
        mark(data.packed, flag::PACKED)
            | mark(data.first, flag::FIRST)
            | mark(data.last, flag::LAST)
            | mark(data.binary, flag::BINARY),
    );
    wsi.remaining.set(data.remaining);
    // programs take the data for a C string, as the original lets them: end it, and mend that afterwards
    // SAFETY: by contract there is a byte behind the slice; the buffer outlives the callback.
    let answer = unsafe {
        let end = slice.add(len);
        let behind = end.replace(0);
        let reason = if wsi.has(flag::CLIENT) { LWS_CALLBACK_CLIENT_RECEIVE } else { LWS_CALLBACK_RECEIVE };
        let answer = wsi.protocol().call(wsi, reason, wsi.user.get(), slice.cast(), len);
        end.write(behind);
        answer
    };
    if answer != 0 && wsi.is_open() {
        close::by_program(wsi);
    }
}

/// Gives a piece of a message that came compressed to the program.
///
/// # Safety
/// As `message`.
pub unsafe fn inflated(wsi: &'static Wsi, bytes: *mut u8, data: Data) {
    // SAFETY: by contract.
    unsafe { message(wsi, bytes, data) }
}

/// Handles a control frame. `payload` has one byte more than `len`, a zero.
fn control(wsi: &'static Wsi, code: u8, payload: &mut [u8; CONTROL_MAX + 1], len: usize) {
    match code {
        opcode::PING => {
            // a peer that asks without reading gets no more answers than the kernel takes
            if wsi.phase() == Phase::Open
                && !wsi.has(flag::CHOKED)
                && close::send_frame(wsi, opcode::PONG, &payload[..len]).is_err()
            {
                close::failed(wsi);
            }
        }
        opcode::PONG => {
            validity::confirmed(wsi);
            // like the original, a server does not hear of an empty pong, and a client does
            let client = wsi.has(flag::CLIENT);
            if (len > 0 || client) && wsi.phase() == Phase::Open {
                let input = payload.as_mut_ptr().cast();
                let reason = if client { LWS_CALLBACK_CLIENT_RECEIVE_PONG } else { LWS_CALLBACK_RECEIVE_PONG };
                let answer = wsi.protocol().call(wsi, reason, wsi.user.get(), input, len);
                if answer != 0 && wsi.is_open() {
                    close::by_program(wsi);
                }
            }
        }
        _ => peer_closes(wsi, payload, len),
    }
}

fn peer_closes(wsi: &'static Wsi, payload: &mut [u8; CONTROL_MAX + 1], len: usize) {
    if wsi.phase() == Phase::Closing {
        return close::now(wsi);
    }
    if let Err(v) = close_frame::check(&payload[..len]) {
        return close::violation(wsi, v);
    }
    let answer = payload[..len].to_vec();
    let input = payload.as_mut_ptr().cast();
    let refused = wsi.protocol().call(wsi, LWS_CALLBACK_WS_PEER_INITIATED_CLOSE, wsi.user.get(), input, len) != 0;
    if !wsi.is_open() {
        return;
    }
    if refused { close::now(wsi) } else { close::answer_peer(wsi, &answer) }
}

/// Makes a connection whose handshake is answered a WebSocket, and tells the program.
pub fn establish(wsi: &'static Wsi) {
    wsi.cancel_timer(Timer::Timeout);
    wsi.set(flag::ESTABLISHED);
    if wsi.vhost().option(LWS_SERVER_OPTION_VALIDATE_UTF8) {
        wsi.set(flag::CHECK_UTF8);
    }
    let reason = if wsi.has(flag::CLIENT) { LWS_CALLBACK_CLIENT_ESTABLISHED } else { LWS_CALLBACK_ESTABLISHED };
    // in the original it is the SSL, which clients are not given
    let input =
        if wsi.has(flag::SECURE) && !wsi.has(flag::CLIENT) { super::openssl::stand_in() } else { ptr::null_mut() };
    let answer = wsi.protocol().call(wsi, reason, wsi.user.get(), input, 0);
    if !wsi.is_open() {
        return;
    }
    super::request::drop_request(wsi);
    if answer != 0 {
        return close::by_program(wsi);
    }
    validity::begin(wsi);
}
