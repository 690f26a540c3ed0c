//! What a client sends: the request's head, and what a proxy is asked.
use super::{Client, Speech, Stage, fail, with};
use crate::faces::lws::abi::{lws_callback_reasons::*, lws_client_connect_ssl_connection_flags::*};
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::respond::Writer;
use crate::faces::lws::vhost::Proxy;
use crate::faces::lws::wsi::{Phase, Timer, Wsi, flag};
use crate::faces::lws::{close, deflate, write};
use crate::proto::http1::head::Method;
use crate::proto::ws::handshake;
use std::ffi::c_uchar;
use std::fmt::Write;

/// Room for the headers that the program adds.
const ROOM: usize = 4096;

/// Sends the request to the server, which is reached.
pub fn send(wsi: &'static Wsi) {
    let random = wsi.context().random.with(|random| random.take::<16>().and_then(|key| Ok((key, random.take::<8>()?))));
    let Ok((key, boundary)) = random else { return fail(wsi, "no random bytes") };
    let is_ws = with(wsi, |client| client.order.speech == Speech::Ws) == Some(true);
    let extensions = if is_ws { deflate::offer(wsi) } else { None };
    if !wsi.is_open() {
        return;
    }
    let composed = with(wsi, |client| {
        client.extensions = extensions;
        client.key = handshake::key(key);
        client.parts_begun = false;
        client.boundary = format!("{:012x}", u64::from_ne_bytes(boundary) >> 16);
        client.body_pending = client.order.has(LCCSCF_HTTP_MULTIPART_MIME) && client.order.speech != Speech::Ws;
        client.body_pending |= client.order.has(LCCSCF_HTTP_X_WWW_FORM_URLENCODED);
        (compose(client), client.order.clone())
    });
    let Some((head, order)) = composed else { return close::finish(wsi) };
    let mut head = head.into_bytes();
    let start = head.len();
    head.resize(start + ROOM + 64, 0);
    let mut place = head[start..].as_mut_ptr();
    let first = place as usize;
    let input: *mut *mut c_uchar = &mut place;
    let answer =
        wsi.protocol().call(wsi, LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER, wsi.user.get(), input.cast(), ROOM);
    if !wsi.is_open() {
        return;
    }
    if answer != 0 {
        wsi.set_phase(Phase::Asking);
        return close::finish(wsi);
    }
    let added = (place as usize).wrapping_sub(first);
    if added > ROOM {
        lwsl_err!("headers added by the program overrun their room");
        return fail(wsi, "headers too long");
    }
    head.truncate(start + added);
    if order.has(LCCSCF_HTTP_X_WWW_FORM_URLENCODED) && !has_length(&head[start..]) {
        // so the original, which has no other way to say how long the form is
        head.extend_from_slice(b"Content-Length: 0\r\n");
    }
    head.extend_from_slice(b"\r\n");
    wsi.set_phase(Phase::Asking);
    wsi.set_timer(Timer::Timeout, wsi.context().timeout());
    if write::queue(wsi, &head, &[]).is_err() {
        return fail(wsi, "write failed");
    }
    if with(wsi, |client| client.body_pending) == Some(true) {
        wsi.set_phase(Phase::Answering);
        wsi.ask();
    }
    wsi.ready(flag::WANT_READ);
}

/// Says whether more of the request's body is to come. Until the last of it the response waits.
pub fn more_body(wsi: &'static Wsi, pending: bool) {
    with(wsi, |client| client.body_pending = pending);
    match (wsi.phase(), pending) {
        (Phase::Answering, false) => {
            wsi.set_phase(Phase::Asking);
            wsi.ready(flag::WANT_READ);
        }
        // the proxy's answer does not wait
        (Phase::Asking, true) if super::may_write(wsi) => wsi.set_phase(Phase::Answering),
        _ => {}
    }
}

fn has_length(headers: &[u8]) -> bool {
    headers
        .split(|&c| c == b'\n')
        .any(|line| line.split(|&c| c == b':').next().is_some_and(|name| name.eq_ignore_ascii_case(b"content-length")))
}

fn compose(client: &Client) -> String {
    let Client { order, key, boundary, extensions, .. } = client;
    let method = match order.speech {
        Speech::Http(method) => method.name(),
        _ => Method::Get.name(),
    };
    let mut head = String::with_capacity(512 + ROOM);
    let _ = write!(
        head,
        "{method} {} HTTP/1.1\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nHost: {}\r\n",
        order.path, order.host
    );
    if let Some(origin) = &order.origin {
        let scheme = if origin.contains("://") { "" } else { "http://" };
        let _ = write!(head, "Origin: {scheme}{origin}\r\n");
    }
    if order.speech == Speech::Ws {
        let _ = write!(head, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n");
        if let Some(protocols) = &order.protocols {
            let _ = write!(head, "Sec-WebSocket-Protocol: {protocols}\r\n");
        }
        if let Some(extensions) = extensions {
            let _ = write!(head, "Sec-WebSocket-Extensions: {extensions}\r\n");
        }
        let _ = write!(head, "Sec-WebSocket-Version: {}\r\n", order.version);
        return head;
    }
    if order.has(LCCSCF_HTTP_MULTIPART_MIME) {
        let _ = write!(head, "content-type: multipart/form-data; boundary=\"{boundary}\"\r\n");
    }
    if !order.has(LCCSCF_PIPELINE) {
        head.push_str("connection: close\r\n");
    }
    if order.has(LCCSCF_HTTP_X_WWW_FORM_URLENCODED) {
        head.push_str("Content-Type: application/x-www-form-urlencoded\r\n");
    }
    head
}

/// Writes the head of a part of a multipart body; without a name, what ends the last part.
pub fn part(
    out: &mut Writer,
    boundary: &str,
    again: bool,
    name: Option<&[u8]>,
    filename: Option<&[u8]>,
    content_type: Option<&[u8]>,
) -> Option<()> {
    let Some(name) = name else {
        out.text(b"\r\n--")?;
        out.text(boundary.as_bytes())?;
        return out.text(b"--\r\n");
    };
    out.text(if again { b"\r\n--" } else { b"--" })?;
    out.text(boundary.as_bytes())?;
    out.text(b"\r\nContent-Disposition: form-data; name=\"")?;
    quoted(out, name)?;
    if let Some(filename) = filename {
        out.text(b"\"; filename=\"")?;
        quoted(out, filename)?;
    }
    out.text(b"\"")?;
    if let Some(content_type) = content_type {
        out.text(b"\r\n")?;
        return out.header(b"Content-Type:", content_type).and_then(|()| out.text(b"\r\n"));
    }
    out.text(b"\r\n\r\n")
}

/// Writes what stands between quotes. What would end them, or the line, is escaped as browsers do it.
fn quoted(out: &mut Writer, text: &[u8]) -> Option<()> {
    for c in text {
        match c {
            b'"' => out.text(b"%22")?,
            b'\r' => out.text(b"%0D")?,
            b'\n' => out.text(b"%0A")?,
            c => out.text(&[*c])?,
        }
    }
    Some(())
}

/// Asks the proxy, which is reached, to connect to the server.
pub fn of_proxy(wsi: &'static Wsi, proxy: &Proxy) {
    let target = with(wsi, |client| {
        client.stage = Stage::Proxying;
        let bare = client.order.address.as_str();
        let brackets = bare.contains(':') && !bare.starts_with('[');
        if brackets { format!("[{bare}]:{}", client.order.port) } else { format!("{bare}:{}", client.order.port) }
    });
    let Some(target) = target else { return close::finish(wsi) };
    let mut head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-agent: lws\r\n");
    if let Some(credentials) = &proxy.credentials {
        let _ = write!(head, "Proxy-authorization: basic {credentials}\r\n");
    }
    head.push_str("\r\n");
    wsi.set_phase(Phase::Asking);
    wsi.set_timer(Timer::Timeout, wsi.context().timeout());
    if write::queue(wsi, head.as_bytes(), &[]).is_err() {
        return fail(wsi, "proxy write failed");
    }
    wsi.ready(flag::WANT_READ);
}
