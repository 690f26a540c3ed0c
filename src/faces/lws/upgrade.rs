//! The opening handshake of a WebSocket.
use super::abi::lws_callback_reasons::*;
use super::basic_auth::{self, Verdict};
use super::log::lwsl_info;
use super::user::{self, Bound};
use super::vhost::Protocol;
use super::wsi::{Phase, Role, Wsi, flag};
use super::{close, deflate, frames, request, respond, write};
use crate::proto::http1::head::{Method, Refusal};
use crate::proto::http1::tokens;
use crate::proto::ws::{extension, handshake};
use std::ptr;

/// What of the request the handshake needs.
struct Asked {
    key: [u8; handshake::KEY],
    /// The list of protocols that the client offers, as a C string.
    protocols: Option<Vec<u8>>,
    /// The extensions that the client offers.
    extensions: Option<Vec<u8>>,
}

/// A request asks for a WebSocket.
pub fn begin(wsi: &'static Wsi) {
    let asked = match wsi.http.with(|http| http.as_ref().map(|http| asked(&http.head))) {
        Some(Ok(asked)) => asked,
        Some(Err(refusal)) => return request::refuse(wsi, refusal),
        None => return,
    };
    wsi.set_phase(Phase::Upgrading);
    wsi.clear(flag::WANT_WRITE);
    let first = wsi.vhost().first_protocol();
    let name = c"websocket".as_ptr().cast_mut().cast();
    let answer = first.call(wsi, LWS_CALLBACK_HTTP_CONFIRM_UPGRADE, wsi.user.get(), name, 0);
    if !wsi.is_open() {
        return;
    }
    if answer < 0 {
        return close::now(wsi);
    }
    if answer > 0 {
        // the program has answered with HTTP, and goes on or ends the transaction itself
        if wsi.phase() == Phase::Upgrading {
            wsi.set_phase(Phase::Answering);
        }
        return;
    }
    let Some(protocol) = choose(wsi, asked.protocols.as_deref()) else {
        lwsl_info!("no protocol of those the client offers");
        return close::now(wsi);
    };
    // like the original, a refusal to be bound is heard only where the program says it with FILTER_PROTOCOL_CONNECTION
    if user::bind(wsi, protocol) == Bound::NoMemory {
        return close::now(wsi);
    }
    if !wsi.is_open() {
        return;
    }
    match basic_auth::check(wsi, wsi.vhost().option_of(protocol, c"basic-auth"), false) {
        Verdict::Granted => {}
        refusal => {
            wsi.set(flag::LAST_REQUEST);
            return basic_auth::refuse(wsi, refusal);
        }
    }
    wsi.set_role(Role::Ws);
    let mut offered = asked.protocols;
    let list = offered.as_mut().map_or(ptr::null_mut(), |list| list.as_mut_ptr());
    let refused = protocol.call(wsi, LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION, wsi.user.get(), list.cast(), 0) != 0;
    if !wsi.is_open() {
        return;
    }
    if refused {
        return close::now(wsi);
    }
    let extension = asked.extensions.and_then(|offers| deflate::choose(wsi, &offers));
    if !wsi.is_open() {
        return;
    }
    let answer = Answer { key: &asked.key, named: offered.is_some(), extension: extension.map(|(terms, _)| terms) };
    let mut head = wsi.context().take_room();
    let len = compose(wsi, protocol, &answer, &mut head);
    let sent = len.map(|len| {
        wsi.set_phase(Phase::Open);
        write::queue(wsi, &head[..len], &[])
    });
    wsi.context().keep_room(head);
    match sent {
        None => return close::now(wsi),
        Some(Err(_)) => return close::failed(wsi),
        Some(Ok(())) => {}
    }
    if let (Some((_, agreed)), Some(settings)) = (extension, &wsi.vhost().settings.deflate) {
        deflate::begin(wsi, agreed, settings.tuning);
    }
    frames::establish(wsi);
}

fn asked(head: &crate::proto::http1::head::Head) -> Result<Asked, Refusal> {
    let key = head.value(tokens::KEY).unwrap_or_default();
    if head.method != Method::Get || !head.http11 || !handshake::is_key(key) {
        return Err(Refusal { status: 400, why: "not a WebSocket handshake" });
    }
    if head.value(tokens::VERSION).is_some_and(|v| v != b"13") {
        return Err(Refusal { status: 426, why: "WebSocket version other than 13" });
    }
    let mut protocols = head.joined(tokens::PROTOCOL);
    if let Some(all) = &mut protocols {
        all.push(0);
    }
    Ok(Asked { key: key.try_into().unwrap_or_default(), protocols, extensions: head.joined(tokens::EXTENSIONS) })
}

/// The first protocol offered that the vhost has; the vhost's first where none is offered.
fn choose(wsi: &'static Wsi, offered: Option<&[u8]>) -> Option<&'static Protocol> {
    let vhost = wsi.vhost();
    match offered {
        None => Some(vhost.first_protocol()),
        Some(list) => {
            let list = list.strip_suffix(b"\0").unwrap_or(list);
            list.split(|&c| c == b',').find_map(|name| vhost.protocol(name.trim_ascii()))
        }
    }
}

/// What the head of the answer says.
struct Answer<'a> {
    key: &'a [u8],
    /// Does it name the protocol?
    named: bool,
    /// What of permessage-deflate is agreed on.
    extension: Option<extension::Terms>,
}

/// Writes the head of the answer; none where the program refuses or it does not fit.
fn compose(wsi: &'static Wsi, protocol: &Protocol, answer: &Answer, out: &mut [u8]) -> Option<usize> {
    let mut head = respond::Writer::new(out);
    head.text(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ",
    )?;
    head.text(handshake::accept(answer.key).as_bytes())?;
    head.text(b"\r\n")?;
    if answer.named {
        head.text(b"Sec-WebSocket-Protocol: ")?;
        head.text(protocol.name().to_bytes())?;
        head.text(b"\r\n")?;
    }
    if let Some(terms) = &answer.extension {
        head.header(b"Sec-WebSocket-Extensions", extension::answer(terms).as_bytes())?;
    }
    let at = head.len();
    let added = respond::add_program_headers(wsi, protocol, &mut out[at..])?;
    let end = at + added;
    out[end..end + 2].copy_from_slice(b"\r\n");
    Some(end + 2)
}
