//! What a client receives until it is a WebSocket, or as long as it speaks HTTP.
use super::{Speech, Stage, connect, fail, warm, with};
use crate::faces::lws::abi::lws_callback_reasons::{self, *};
use crate::faces::lws::abi::lws_client_connect_ssl_connection_flags::*;
use crate::faces::lws::request;
use crate::faces::lws::wsi::{Phase, Role, Timer, Wsi, flag};
use crate::faces::lws::{close, deflate, frames, secure, uri, user, write};
use crate::proto::http1::body::Body;
use crate::proto::http1::head::{Head, Method};
use crate::proto::http1::tokens;
use crate::proto::ws::extension::{self, Agreed, Refused};
use crate::proto::ws::handshake;
use std::ffi::{CStr, c_int};
use std::ptr;

/// Redirects followed for one order.
const REDIRECTS: u32 = 3;
/// Responses of the kind "go on" (1xx) accepted before the real one.
const INTERIM: u32 = 16;

/// Takes in bytes of a response. Returns how many.
///
/// # Safety
/// As `pass::deliver`.
#[inline(never)]
pub unsafe fn receive(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    match wsi.phase() {
        // SAFETY: by contract; the reference ends before the program is called.
        Phase::Asking => receive_head(wsi, unsafe { std::slice::from_raw_parts(bytes, len) }),
        // SAFETY: passed on as it came.
        Phase::Body => unsafe { receive_body(wsi, bytes, len) },
        Phase::Open => {
            // a server that speaks without being asked cannot be believed when it is asked next
            close::now(wsi);
            len
        }
        _ => len,
    }
}

fn receive_head(wsi: &'static Wsi, input: &[u8]) -> usize {
    let context = wsi.context();
    let outcome = wsi.http.with(|http| {
        let http = http.get_or_insert_with(|| context.take_request());
        http.head.feed_response(input, context.settings.head)
    });
    match outcome {
        Ok((used, complete)) => {
            if complete {
                head_complete(wsi, used < input.len());
                if wsi.phase() == Phase::Connecting {
                    return input.len(); // what came behind a redirect is not the next server's
                }
            }
            used
        }
        Err(refusal) => {
            crate::faces::lws::log::lwsl_info!("response refused: {}", refusal.why);
            fail(wsi, if proxied(wsi) { NO_PROXY } else { "problems parsing header" });
            input.len()
        }
    }
}

/// What the program hears where the proxy does not connect it, in the original's words.
const NO_PROXY: &str = "proxy not h1";

/// Is it the proxy's answer that is awaited?
fn proxied(wsi: &Wsi) -> bool {
    with(wsi, |client| matches!(client.stage, Stage::Proxying)) == Some(true)
}

/// What of a response's head decides how it goes on.
struct Read {
    status: u16,
    location: Option<Vec<u8>>,
}

/// `more` says that something has come behind the head already.
fn head_complete(wsi: &'static Wsi, more: bool) {
    let read = wsi.http.with(|http| {
        let head = &http.as_ref()?.head;
        Some(Read { status: head.status, location: head.value(tokens::LOCATION).map(<[u8]>::to_vec) })
    });
    let Some(Read { status, location }) = read else { return close::finish(wsi) };
    if proxied(wsi) {
        request::drop_request(wsi);
        return match status {
            200..=299 => connect::reached(wsi),
            _ => fail(wsi, NO_PROXY),
        };
    }
    if status / 100 == 1 && status != 101 {
        let many = with(wsi, |client| {
            client.interim += 1;
            client.interim > INTERIM
        });
        wsi.http.with(|http| {
            if let Some(http) = http {
                http.head.clear();
            }
        });
        if many == Some(true) {
            fail(wsi, "too many interim responses");
        }
        return;
    }
    let follow = with(wsi, |client| !client.order.has(LCCSCF_HTTP_NO_FOLLOW_REDIRECT)) == Some(true);
    if let (301 | 302 | 303 | 307 | 308, true) = (status, follow) {
        return match location {
            Some(location) => redirect(wsi, status, location),
            None => fail(wsi, "HS: Redirect code but no Location"),
        };
    }
    match with(wsi, |client| client.order.speech) {
        Some(Speech::Ws) => {
            if !agrees(wsi, LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP, "HS: disallowed by client filter") {
                return;
            }
            match wsi.http.with(|http| http.as_ref().map(|http| upgrade_flaw(wsi, &http.head))) {
                Some(None) => upgrade(wsi),
                Some(Some(flaw)) => fail(wsi, flaw),
                None => close::finish(wsi),
            }
        }
        Some(Speech::Http(method)) => {
            if agrees(wsi, LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH, "HS: Rejected by filter cb")
                && agrees(wsi, LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP, "HS: disallowed at ESTABLISHED")
            {
                begin_body(wsi, method, more);
            }
        }
        _ => close::finish(wsi),
    }
}

/// Calls the program. False where the connection has ended by its answer, with `why` where the answer is no.
fn agrees(wsi: &'static Wsi, reason: lws_callback_reasons, why: &str) -> bool {
    let answer = wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0);
    if wsi.is_open() && answer != 0 {
        fail(wsi, why);
    }
    wsi.is_open()
}

/// Why a response is no consent to become a WebSocket, in the original's words; none where it is one.
fn upgrade_flaw(wsi: &Wsi, head: &Head) -> Option<&'static str> {
    let (key, offered) = with(wsi, |client| (client.key.clone(), client.order.protocols.clone()))?;
    let accept = head.value(tokens::ACCEPT).map(<[u8]>::trim_ascii);
    let upgrade = head.value(tokens::UPGRADE).filter(|value| !value.is_empty());
    let chosen = head.value(tokens::PROTOCOL).map(<[u8]>::trim_ascii).filter(|name| !name.is_empty());
    let is_offered = |name: &[u8]| offered.is_some_and(|list| list.split(',').any(|one| one.trim().as_bytes() == name));
    let twice = |token| head.values(token).nth(1).is_some();
    Some(match (head.status, accept, upgrade) {
        (401, ..) => "HS: ws upgrade unauthorized",
        (status, ..) if status != 101 => "HS: ws upgrade response not 101",
        (_, None, _) => "HS: ACCEPT missing",
        (_, _, None) => "HS: UPGRADE missing",
        (_, _, Some(other)) if !other.eq_ignore_ascii_case(b"websocket") => {
            "HS: Upgrade to something other than websocket"
        }
        _ if !head.lists(tokens::CONNECTION, "upgrade") => "HS: UPGRADE malformed",
        _ if twice(tokens::PROTOCOL) || chosen.is_some_and(|name| !is_offered(name)) => "HS: PROTOCOL malformed",
        _ if twice(tokens::ACCEPT) => "HS: Accept hash wrong",
        (_, Some(accept), _) if accept != handshake::accept(key.as_bytes()).as_bytes() => "HS: Accept hash wrong",
        _ => match agreed(wsi, head) {
            Ok(_) => return None,
            Err(Refused::Unknown) => "HS: EXT: unknown ext",
            Err(Refused::Malformed) => "HS: EXT: failed parsing options",
            Err(Refused::Terms) => "HS: EXT: Rejects server options",
        },
    })
}

/// What of the extensions offered the server has agreed on.
fn agreed(wsi: &Wsi, head: &Head) -> Result<Option<Agreed>, Refused> {
    let Some(answer) = head.joined(tokens::EXTENSIONS) else { return Ok(None) };
    let offered = with(wsi, |client| client.extensions.clone()).flatten().unwrap_or_default();
    extension::read_answer(offered.as_bytes(), &answer)
}

/// The server has consented: from here on it is a WebSocket.
fn upgrade(wsi: &'static Wsi) {
    if !user::ensure(wsi) {
        return fail(wsi, "HS: OOM");
    }
    let agreed = wsi.http.with(|http| http.as_ref().and_then(|http| agreed(wsi, &http.head).ok().flatten()));
    let compressed = match agreed {
        None => None,
        Some(agreed) => {
            let tuning = deflate::ask_defaults(wsi);
            if !wsi.is_open() {
                return;
            }
            let Some(tuning) = tuning else { return fail(wsi, "HS: EXT: failed setting defaults") };
            Some((agreed, tuning))
        }
    };
    if !agrees(wsi, LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH, "HS: Rejected by filter cb") {
        return;
    }
    if let Some((agreed, tuning)) = compressed {
        deflate::begin(wsi, agreed, tuning);
    }
    wsi.set_role(Role::Ws);
    wsi.set_phase(Phase::Open);
    request::drop_request(wsi);
    super::forget(wsi);
    frames::establish(wsi);
}

fn begin_body(wsi: &'static Wsi, method: Method, more: bool) {
    let body = wsi.http.with(|http| {
        let http = http.as_mut()?;
        http.body = http.head.response_body(method == Method::Head).ok()?;
        Some(http.body.is_done())
    });
    match body {
        None => {
            crate::faces::lws::log::lwsl_info!("the length of the response cannot be told");
            close::now(wsi);
        }
        Some(true) => {
            complete(wsi);
            go_on(wsi, more);
        }
        Some(false) => {
            // like the original, we wait for as long as the server takes: it may send events for ever
            wsi.cancel_timer(Timer::Timeout);
            wsi.set_phase(Phase::Body);
        }
    }
}

/// Tells the program that there is something to read, which it does while it is told.
///
/// # Safety
/// As `pass::deliver`.
unsafe fn receive_body(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    with(wsi, |client| client.incoming = (bytes, len));
    let answer = wsi.protocol().call(wsi, LWS_CALLBACK_RECEIVE_CLIENT_HTTP, wsi.user.get(), ptr::null_mut(), 0);
    if !wsi.is_open() {
        return len;
    }
    let left = with(wsi, |client| std::mem::replace(&mut client.incoming, (ptr::null_mut(), 0)).1).unwrap_or(0);
    if answer != 0 {
        close::by_program(wsi);
        return len;
    }
    go_on(wsi, left > 0);
    len - left
}

/// What the program reads of a response, into `out`: framed as it came, up to `out.len()` bytes of it. Each piece of content is handed to
/// the program's callback. 0 when that has gone well, -1 when the connection is to be closed.
///
/// # Safety
/// `out` points to `len` writable bytes that stay the program's.
pub unsafe fn read(wsi: &'static Wsi, out: *mut u8, len: usize) -> (c_int, usize) {
    // SAFETY: passed on as it came.
    let Some(got) = (unsafe { take(wsi, out, len) }) else { return (-1, 0) };
    let mut at = 0;
    while at < got {
        // SAFETY: the bytes just received; the reference ends before the program is called.
        let input = unsafe { std::slice::from_raw_parts(out.add(at), got - at) };
        let step = wsi.http.with(|http| http.as_mut().map(|http| (http.body.step(input), http.body.is_done())));
        let Some((Ok((used, content)), done)) = step else { return (-1, 0) };
        if !content.is_empty() {
            let reason = LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ;
            // SAFETY: the content lies within the bytes.
            let piece = unsafe { out.add(at + content.start) };
            if wsi.protocol().call(wsi, reason, wsi.user.get(), piece.cast(), content.len()) != 0
                || !wsi.is_open()
                || wsi.phase() != Phase::Body
            {
                return (-1, 0); // the program has read on from inside, up to the end
            }
        }
        at += used;
        if done {
            let left = got - at;
            if left > 0 {
                wsi.set(flag::DONE); // who sends more than was asked for is not asked again
            }
            return if complete(wsi) { (0, left) } else { (-1, left) };
        }
    }
    (0, 0)
}

/// Moves what has come to `out`. How much; none where the connection has failed.
///
/// # Safety
/// As `read`.
unsafe fn take(wsi: &'static Wsi, out: *mut u8, len: usize) -> Option<usize> {
    if wsi.phase() != Phase::Body {
        return None;
    }
    with(wsi, |client| {
        let (bytes, there) = client.incoming;
        let n = there.min(len);
        // SAFETY: `incoming` is valid while the callback runs that announces it; `out` has `len` bytes. Moved, not copied, since
        // nobody keeps a program from reading into the buffer it was given.
        unsafe { ptr::copy(bytes, out, n) };
        // SAFETY: within what is there.
        client.incoming = (unsafe { bytes.add(n) }, there - n);
        n
    })
}

/// The whole response has come. Does the program agree to go on?
fn complete(wsi: &'static Wsi) -> bool {
    wsi.set_phase(Phase::Open);
    wsi.cancel_timer(Timer::Timeout);
    let reason = LWS_CALLBACK_COMPLETED_CLIENT_HTTP;
    let answer = wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0);
    if answer != 0 && wsi.is_open() {
        wsi.set(flag::DONE);
    }
    answer == 0 && wsi.is_open()
}

/// After a response that is complete: the connection ends, or serves the next request. It does that only where nothing is under way
/// in either direction, `more` being what has come already: neither is to be taken for a part of the next request or its response.
fn go_on(wsi: &'static Wsi, more: bool) {
    if !wsi.is_open() || wsi.phase() != Phase::Open {
        return;
    }
    let again = wsi.http.with(|http| http.as_ref().is_some_and(|http| http.head.keep_alive));
    let pipeline = with(wsi, |client| client.order.has(LCCSCF_PIPELINE)) == Some(true);
    if !again || !pipeline || more || wsi.has(flag::DONE | flag::PEER_ENDED | flag::ENDING) {
        return close::now(wsi);
    }
    if write::flush(wsi).is_err() {
        return close::failed(wsi);
    }
    let unsent = wsi.has(flag::CHOKED) || with(wsi, |client| client.body_pending) == Some(true);
    if unsent || !warm::is_quiet(wsi) {
        return close::now(wsi);
    }
    request::drop_request(wsi);
    warm::keep(wsi);
}

/// The server has ended its stream.
pub fn ended(wsi: &'static Wsi) {
    match wsi.phase() {
        Phase::Asking => fail(wsi, if proxied(wsi) { NO_PROXY } else { "read failed" }),
        // the end is the end of the content only where the server has said so
        Phase::Body
            if !secure::was_cut(wsi)
                && wsi.http.with(|http| http.as_ref().is_some_and(|http| http.body == Body::UntilEnd)) =>
        {
            complete(wsi);
            go_on(wsi, false);
        }
        // what it has said is heard, though it has not heard all of us
        Phase::Answering if wsi.held.with(|held| held.is_some()) => super::ask::more_body(wsi, false),
        Phase::Answering => fail(wsi, "read failed"),
        Phase::Flushing => {}
        _ => close::now(wsi),
    }
}

/// Host, port and path of an absolute URI.
fn absolute(location: &str) -> Option<(String, u16, String)> {
    let mut text = location.as_bytes().to_vec();
    text.push(0);
    let parts = uri::split(&mut text);
    let part = |at: usize| Some(CStr::from_bytes_until_nul(&text[at..]).ok()?.to_str().ok()?.to_owned());
    let host = part(parts.host).filter(|host| !host.is_empty() && !host.starts_with('+'))?;
    let path = parts.path.map_or(Some(String::new()), part)?;
    Some((host, u16::try_from(parts.port?).ok()?, format!("/{path}")))
}

/// Orders the same of somebody else.
fn redirect(wsi: &'static Wsi, status: u16, mut location: Vec<u8>) {
    location.push(0);
    let input = location.as_mut_ptr().cast();
    let reason = LWS_CALLBACK_CLIENT_HTTP_REDIRECT;
    let refused = wsi.protocol().call(wsi, reason, wsi.user.get(), input, status.into()) != 0;
    if !wsi.is_open() {
        return;
    }
    if refused {
        return fail(wsi, "HS: user code rejected redirect");
    }
    location.pop();
    // who waits for this connection to the old server does not wait for one to the new
    warm::orphan(wsi);
    let Ok(location) = std::str::from_utf8(&location) else { return fail(wsi, "redirect to nowhere") };
    let changed = with(wsi, |client| {
        client.redirects += 1;
        if client.redirects > REDIRECTS {
            return Err("HS: Redirect failed");
        }
        let order = &mut client.order;
        match location.split_once("://") {
            Some((scheme, _)) => {
                let is = |names: [&str; 2]| names.iter().any(|name| scheme.eq_ignore_ascii_case(name));
                let (encrypted, plain) = (is(["https", "wss"]), is(["http", "ws"]));
                if plain && order.has(LCCSCF_USE_SSL) {
                    return Err("HS: Redirect attempted SSL downgrade");
                }
                if !encrypted && !plain {
                    return Err("redirect to a scheme that cannot be followed");
                }
                let usual = if encrypted { 443 } else { 80 };
                order.flags &= !super::bit(LCCSCF_USE_SSL);
                order.flags |= if encrypted { super::bit(LCCSCF_USE_SSL) } else { 0 };
                let (host, port, path) = absolute(location).ok_or("redirect to nowhere")?;
                (order.address, order.port, order.path) = (host.clone(), port, path);
                order.host = if port == usual { host } else { format!("{host}:{port}") };
            }
            None if location.starts_with('/') => order.path = location.to_owned(),
            None => {
                let directory = order.path.rfind('/').map_or("/", |slash| &order.path[..=slash]);
                order.path = format!("{directory}{location}");
            }
        }
        if [&order.path, &order.host].iter().any(|text| text.contains(|c: char| c.is_ascii_control() || c == ' ')) {
            return Err("redirect to nowhere");
        }
        if let Speech::Http(method) = &mut order.speech
            && status == 303
            && *method != Method::Head
        {
            *method = Method::Get;
            client.to_get = true;
            order.flags &= !(super::bit(LCCSCF_HTTP_MULTIPART_MIME) | super::bit(LCCSCF_HTTP_X_WWW_FORM_URLENCODED));
        }
        Ok(())
    });
    match changed {
        Some(Ok(())) => {}
        Some(Err(why)) => return fail(wsi, why),
        None => return close::finish(wsi),
    }
    request::drop_request(wsi);
    warm::drop_socket(wsi);
    if wsi.is_open() {
        connect::begin(wsi);
    }
}
