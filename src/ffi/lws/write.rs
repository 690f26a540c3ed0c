//! Writing.
use super::given;
use crate::faces::lws::abi::{lws, lws_close_status_int, lws_write_protocol_int};
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::wsi::{Phase, Role, Wsi, flag};
use crate::faces::lws::{client, close, deflate, raw as unframed, respond, write};
use crate::ffi::guard::guard;
use crate::proto::ws::{CONTROL_MAX, encode::Header, opcode};
use std::ffi::{c_int, c_uchar};

const FIN: u8 = 0x80;
const KIND: u32 = 0x1f;
const NO_FIN: u32 = 0x40;
/// The opcodes of `LWS_WRITE_TEXT`, `LWS_WRITE_BINARY` and `LWS_WRITE_CONTINUATION`.
const MESSAGES: [u8; 3] = [opcode::TEXT, opcode::BINARY, opcode::CONTINUATION];

/// Sends `len` bytes at `buf`. The lower bits of `protocol` say as what:
///
/// - `LWS_WRITE_TEXT`, `LWS_WRITE_BINARY`: a WebSocket message; with `LWS_WRITE_NO_FIN` its first fragment.
/// - `LWS_WRITE_CONTINUATION`: the next fragment, the last one unless `LWS_WRITE_NO_FIN` is set.
/// - `LWS_WRITE_PING`, `LWS_WRITE_PONG`: a control frame of at most 125 bytes.
/// - `LWS_WRITE_HTTP` and its relatives: the bytes as they are; so also the rest of a frame.
///
/// `buf` must have `LWS_PRE` bytes before it that the library may overwrite. All is taken: what the kernel does not take
/// is kept and sent before anything written later. Several writes in one callback leave with one send.
///
/// Returns `len` (for a ping or pong, with the frame's header); -1 when nothing was sent and the connection should be closed: null
/// or dead connection, null `buf`, impossible `len`, unknown kind, a connection that has failed or is
/// closing, or more than 64 MiB waiting for a peer that does not read. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_write(
    wsi: *mut lws,
    buf: *mut c_uchar,
    len: usize,
    protocol: lws_write_protocol_int,
) -> c_int {
    guard("lws_write", -1, || {
        let Some(wsi) = given::wsi("lws_write", wsi) else { return -1 };
        if buf.is_null() || len > c_int::MAX as usize {
            return refused("null buffer, or impossible length");
        }
        // SAFETY: not null; the caller passes `len` readable bytes, and no callback is made while they are used.
        let bytes = unsafe { std::slice::from_raw_parts(buf, len) };
        if wsi.has(flag::CHOKED) && write::waiting(wsi) > write::WAITING_MAX {
            return refused("the peer does not read, and too much waits for it already");
        }
        let kind = protocol & KIND;
        let sent = match MESSAGES.get(kind as usize) {
            Some(code) if wsi.role() == Role::Ws && wsi.phase() == Phase::Open => {
                let first = code | if protocol & NO_FIN != 0 { 0 } else { FIN };
                if wsi.has(flag::CLIENT | flag::DEFLATE) {
                    masked_or_packed(wsi, first, bytes)
                } else {
                    write::queue_frame(wsi, &Header::new(first, len), bytes).is_ok()
                }
            }
            _ => return other(wsi, kind, bytes),
        };
        if sent { len as c_int } else { -1 }
    })
}

#[inline(never)]
fn masked_or_packed(wsi: &'static Wsi, first: u8, bytes: &[u8]) -> bool {
    let queue = if wsi.has(flag::DEFLATE) { deflate::send } else { write::queue_any_frame };
    queue(wsi, first, bytes).is_ok()
}

#[cold]
fn refused(why: &str) -> c_int {
    lwsl_err!("lws_write: {why}");
    -1
}

/// Sends what is not a message on an open WebSocket.
fn other(wsi: &'static Wsi, kind: u32, bytes: &[u8]) -> c_int {
    let code = match kind {
        5 => opcode::PING,
        6 => opcode::PONG,
        // before the handshake is answered there are no frames: the original sends messages as they are
        0..=3 | 7..=9 if wsi.has(flag::APART) && wsi.is_open() => {
            return match unframed::write(wsi, bytes) {
                Ok(n) => n as c_int,
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => 0,
                Err(_) => -1,
            };
        }
        0..=3 | 7..=9 if kind > 2 || wsi.role() != Role::Ws => {
            return if raw(wsi, bytes) { bytes.len() as c_int } else { -1 };
        }
        0..=2 => return -1,
        _ => return refused("unknown kind"),
    };
    if bytes.len() > CONTROL_MAX {
        return refused("control frame over 125 bytes");
    }
    let open = wsi.role() == Role::Ws && wsi.phase() == Phase::Open;
    let header = if wsi.has(flag::CLIENT) { 6 } else { 2 };
    if open && write::queue_any_frame(wsi, code | FIN, bytes).is_ok() { (header + bytes.len()) as c_int } else { -1 }
}

fn raw(wsi: &'static Wsi, bytes: &[u8]) -> bool {
    let may = match wsi.role() {
        // what is written before a proxy has connected us would be for the proxy
        Role::Http => {
            let proxying = wsi.has(flag::CLIENT) && client::is_proxying(wsi);
            wsi.is_open() && !matches!(wsi.phase(), Phase::Flushing | Phase::Connecting) && !proxying
        }
        Role::Ws => matches!(wsi.phase(), Phase::Open | Phase::Upgrading),
        Role::Raw => wsi.phase() == Phase::Open,
        Role::File | Role::Listen | Role::None => false,
    };
    may && respond::send(wsi, bytes).is_ok()
}

/// Says with what code, and with which `len` bytes of text at `buf` (at most 123), the connection is to be closed, if
/// the callback that is running returns other than 0. The text is copied. Only for WebSockets; a null or dead
/// connection is ignored. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_close_reason(wsi: *mut lws, status: lws_close_status_int, buf: *mut c_uchar, len: usize) {
    guard("lws_close_reason", (), || {
        let Some(wsi) = given::wsi("lws_close_reason", wsi).filter(|wsi| wsi.is_open()) else { return };
        if wsi.role() != Role::Ws {
            return lwsl_err!("lws_close_reason: not a WebSocket");
        }
        let mut payload = (status as u16).to_be_bytes().to_vec();
        // SAFETY: null, or the caller passes `len` readable bytes.
        payload.extend_from_slice(unsafe { crate::ffi::cstr::slice(buf, len.min(CONTROL_MAX - 2)) });
        wsi.rare.with(|rare| rare.get_or_insert_default().close = Some(payload));
    })
}

/// Says that the program is done with a raw connection: what was written is sent, then it is to be closed. Returns -1, for the callback to
/// return; 0 while there is something that waits to be sent: the connection is closed by itself after that. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_raw_transaction_completed(wsi: *mut lws) -> c_int {
    guard("lws_raw_transaction_completed", -1, || {
        match given::wsi("lws_raw_transaction_completed", wsi).filter(|wsi| wsi.is_open()) {
            Some(wsi) if wsi.role() == Role::Raw => wsi.context().within(|| close::after_writing(wsi)),
            _ => -1,
        }
    })
}
