//! HTTP requests, from the bytes received to the program's callbacks and back to the next request.
use super::abi::{
    LWS_SERVER_OPTION_FALLBACK_TO_RAW, LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS,
    LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK, lws_callback_reasons::*,
};
use super::context::Context;
use super::headers::with_head;
use super::log::lwsl_info;
use super::mount::{Cache, Next};
use super::serve::Serving;
use super::user::{self, Bound};
use super::vhost::Vhost;
use super::wsi::{Phase, Role, Timer, Wsi, flag};
use super::{adopt, close, mount, pass, respond, secure, serve, upgrade, write};
use crate::proto::http1::body::Body;
use crate::proto::http1::head::{Head, Refusal};
use crate::proto::http1::tokens;
use std::ptr;

/// The request that a connection is about.
#[derive(Default)]
pub struct Http {
    /// Its head.
    pub head: Head,
    /// What is still to come of its body.
    pub body: Body,
    /// Was it answered before its body had come? The rest of the body is thrown away.
    pub answered: bool,
    /// The file that answers it, on its way out.
    pub serving: Option<Box<Serving>>,
    /// How long the answer may be kept, by the request's mount.
    pub cache: Cache,
}

impl Http {
    /// Forgets all about it; memory is kept for the next.
    pub fn clear(&mut self) {
        let Http { head, body, answered, serving, cache } = self;
        head.clear();
        *body = Body::default();
        *answered = false;
        *serving = None;
        *cache = Cache::default();
    }
}

/// Takes in bytes of a request. Returns how many.
///
/// # Safety
/// As `pass::deliver`.
#[inline(never)]
pub unsafe fn receive(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    // SAFETY: passed on as it came.
    unsafe {
        match wsi.phase() {
            Phase::Flushing => len,
            Phase::Body => receive_body(wsi, bytes, len),
            _ => receive_head(wsi, bytes, len),
        }
    }
}

/// Takes in bytes of a request's head, or of a body that nobody waits for. Returns how many.
///
/// # Safety
/// As `pass::deliver`.
unsafe fn receive_head(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    // SAFETY: by contract; the reference ends before the program is called.
    let input = unsafe { std::slice::from_raw_parts(bytes, len) };
    let context = wsi.context();
    // where it may turn out to be no HTTP at all, what has come is kept
    let fallback = wsi.vhost().option(LWS_SERVER_OPTION_FALLBACK_TO_RAW) && !wsi.has(flag::ASKED);
    let before = fallback.then(|| wsi.http.with(|h| h.as_ref().map(|h| h.head.received()).unwrap_or_default()));
    let outcome = wsi.http.with(|http| {
        let http = http.get_or_insert_with(|| context.take_request());
        if http.answered {
            let (used, _) = http.body.step(input).map_err(|_| BAD_BODY)?;
            http.answered = !http.body.is_done();
            return Ok((used, false));
        }
        let (used, complete) = http.head.feed(input, context.settings.head)?;
        if complete {
            http.body = http.head.body()?;
        }
        Ok((used, complete))
    });
    match outcome {
        Ok((used, complete)) => {
            if complete {
                wsi.set(flag::ASKED);
                begin(wsi);
            }
            used
        }
        Err(refusal) => {
            if let (Some(before), Some(protocol)) = (before, wsi.vhost().raw_protocol()) {
                let all = [&before[..], input].concat();
                if adopt::fall_back(wsi, protocol) {
                    pass::hold(wsi, &all);
                }
                return len;
            }
            refuse(wsi, refusal);
            len
        }
    }
}

const BAD_BODY: Refusal = Refusal { status: 400, why: "malformed body" };

/// A whole head has come.
fn begin(wsi: &'static Wsi) {
    let (host_vhost, websocket) = wsi.http.with(|http| match http {
        Some(http) => (
            by_host(wsi.context(), wsi.vhost(), http.head.value(tokens::HOST)),
            http.head.lists(tokens::UPGRADE, "websocket"),
        ),
        None => (None, false),
    });
    if let Some(vhost) = host_vhost.filter(|v| !ptr::eq(*v, wsi.vhost()) && secure::may_serve(wsi, v)) {
        change_vhost(wsi, vhost);
    }
    if !wsi.is_open() {
        return;
    }
    if let Some(refusal) = rejected(wsi, websocket) {
        return refuse(wsi, refusal);
    }
    if websocket { upgrade::begin(wsi) } else { answer(wsi) }
}

/// Does the vhost refuse such requests?
fn rejected(wsi: &Wsi, websocket: bool) -> Option<Refusal> {
    let vhost = wsi.vhost();
    let strict = websocket && vhost.option(LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK);
    if !strict && vhost.settings.reject.is_null() {
        return None;
    }
    wsi.http.with(|http| {
        let head = &http.as_ref()?.head;
        if strict && !head.value(tokens::HOST).is_some_and(|host| vhost.is_named(host)) {
            return Some(Refusal { status: 403, why: "the Host header is not the vhost" });
        }
        let status = vhost.rejects(head.value(tokens::USER_AGENT)?)?;
        Some(Refusal { status, why: "a user agent that the vhost rejects" })
    })
}

/// Among the vhosts that listen where `vhost` does, the one that the `Host` header names: exactly, or as a domain
/// that it belongs to.
pub fn by_host(context: &Context, vhost: &'static Vhost, host: Option<&[u8]>) -> Option<&'static Vhost> {
    if context.vhosts.with(|all| matches!(all[..], [only] if ptr::eq(only, vhost))) {
        return None;
    }
    let host = host?;
    let name = match host.iter().rposition(|&c| c == b':') {
        Some(colon) if host[colon + 1..].iter().all(u8::is_ascii_digit) => &host[..colon],
        _ => host,
    };
    let socket = Some(vhost.socket.get()).filter(|&socket| socket != 0)?;
    let candidates = |vhosts: &mut Vec<&'static Vhost>| {
        let here = |v: &&&'static Vhost| v.socket.get() == socket;
        let named = |v: &&&'static Vhost| v.settings.name.to_bytes().eq_ignore_ascii_case(name);
        let covers = |v: &&&'static Vhost| {
            let domain = v.settings.name.to_bytes();
            name.len() > domain.len()
                && name[name.len() - domain.len()..].eq_ignore_ascii_case(domain)
                && name[name.len() - domain.len() - 1] == b'.'
        };
        let exact = vhosts.iter().filter(here).find(named).copied();
        exact.or_else(|| vhosts.iter().filter(here).find(covers).copied())
    };
    context.vhosts.with(candidates)
}

fn change_vhost(wsi: &'static Wsi, vhost: &'static Vhost) {
    close::unbind(wsi);
    if !wsi.is_open() {
        return;
    }
    if vhost.ending.get() {
        // the callback has ended it
        return close::now(wsi);
    }
    user::free(wsi);
    wsi.set_vhost(vhost);
    wsi.set_protocol(vhost.first_protocol());
}

/// Gives a request to the program.
fn answer(wsi: &'static Wsi) {
    if !user::ensure(wsi) {
        return close::now(wsi);
    }
    if wants_tls(wsi) {
        return redirect_to_tls(wsi);
    }
    let mount = mount::find(wsi);
    if let Some(mount) = mount {
        begin_answer(wsi);
        if mount::redirect(wsi, mount) {
            return;
        }
    }
    let call = |reason, skip| {
        let Some((path, len)) = path(wsi, skip) else { return -1 };
        wsi.protocol().call(wsi, reason, wsi.user.get(), path, len)
    };
    let filtered = call(LWS_CALLBACK_FILTER_HTTP_CONNECTION, 0) != 0;
    if !wsi.is_open() {
        return;
    }
    let mut skip = 0;
    match mount {
        Some(mount) if !filtered => match mount::answer(wsi, mount) {
            Next::Nothing => return,
            Next::Callback(behind) => skip = behind,
        },
        _ => {
            let bound = !filtered && user::bind(wsi, wsi.vhost().first_protocol()) == Bound::Yes;
            if !bound || !wsi.is_open() {
                return close::now(wsi);
            }
            begin_answer(wsi);
        }
    }
    wsi.clear(flag::WROTE); // what was written before was for earlier requests
    if call(LWS_CALLBACK_HTTP, skip) != 0 {
        if wsi.is_open() {
            close::by_program(wsi);
        }
        return;
    }
    if wsi.is_open() && wsi.phase() == Phase::Answering && !serve::is_serving(wsi) {
        expect_body(wsi);
    }
}

/// Are requests to be made again with TLS, and is this one without?
fn wants_tls(wsi: &Wsi) -> bool {
    let vhost = wsi.vhost();
    !wsi.has(flag::SECURE) && vhost.option(LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS) && vhost.server_tls().is_some()
}

/// Sends the client to the same host with TLS. Like the original, to its root.
fn redirect_to_tls(wsi: &'static Wsi) {
    let reason = LWS_CALLBACK_FILTER_HTTP_CONNECTION;
    let filtered = match path(wsi, 0) {
        Some((path, len)) => wsi.protocol().call(wsi, reason, wsi.user.get(), path, len) != 0,
        None => true,
    };
    if !wsi.is_open() {
        return;
    }
    let host = with_head(wsi, |head| head.value(tokens::HOST).map(<[u8]>::to_vec)).flatten();
    let Some(host) = host.filter(|host| !filtered && !host.is_empty()) else { return close::now(wsi) };
    begin_answer(wsi);
    if respond::redirect(wsi, 301, &[b"https://", &host[..], b"/"].concat()).is_err() {
        return close::failed(wsi);
    }
    transaction_completed(wsi);
}

/// From here on the request is being answered.
fn begin_answer(wsi: &'static Wsi) {
    let last = wsi.http.with(|http| http.as_ref().is_none_or(|http| !http.head.keep_alive));
    wsi.set_phase(Phase::Answering);
    wsi.clear(flag::LAST_REQUEST | flag::LASTING | flag::WANT_WRITE);
    wsi.set(if last { flag::LAST_REQUEST } else { 0 });
    wsi.set_timer(Timer::Timeout, wsi.context().timeout());
}

/// The path of the request behind its first `skip` bytes, as C gets it, in the head's own memory.
pub fn path(wsi: &Wsi, skip: usize) -> Option<(*mut std::ffi::c_void, usize)> {
    wsi.http.with(|http| {
        let head = &mut http.as_mut()?.head;
        let (start, end) = (head.path.start as usize + skip.min(head.path.len()), head.path.end as usize);
        Some((head.text[start..].as_mut_ptr().cast(), end - start))
    })
}

/// The program has heard of the request; what body comes goes to it.
fn expect_body(wsi: &'static Wsi) {
    let (has_body, empty) = wsi.http.with(|http| match http {
        Some(http) => (http.head.value(tokens::CONTENT_LENGTH).is_some() || !http.body.is_done(), http.body.is_done()),
        None => (false, true),
    });
    if !has_body {
        return;
    }
    if !empty {
        wsi.set_phase(Phase::Body);
        return invite(wsi);
    }
    // like the original, an empty body is announced too
    let answer = wsi.protocol().call(wsi, LWS_CALLBACK_HTTP_BODY, wsi.user.get(), ptr::null_mut(), 0);
    if !wsi.is_open() {
        return;
    }
    if answer != 0 {
        return close::by_program(wsi);
    }
    body_complete(wsi);
}

/// Asks for a body that the client holds back until it is asked (RFC 9110 10.1.1), unless the program has answered already.
/// Without this, clients wait for a second or so.
fn invite(wsi: &'static Wsi) {
    let waits = wsi.http.with(|http| match http {
        Some(http) => http.head.http11 && http.head.lists(tokens::EXPECT, "100-continue"),
        None => false,
    });
    if waits && !wsi.has(flag::WROTE) && write::queue(wsi, b"HTTP/1.1 100 Continue\r\n\r\n", &[]).is_err() {
        close::failed(wsi);
    }
}

fn body_complete(wsi: &'static Wsi) {
    wsi.set_phase(Phase::Answering);
    wsi.set_timer(Timer::Timeout, wsi.context().timeout());
    let reason = LWS_CALLBACK_HTTP_BODY_COMPLETION;
    let answer = wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0);
    if answer != 0 && wsi.is_open() {
        close::by_program(wsi);
    }
}

/// Takes in bytes of a body and gives them to the program. Returns how many.
///
/// # Safety
/// As `pass::deliver`.
unsafe fn receive_body(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    let len = len.min(wsi.protocol().slice_max());
    // SAFETY: by contract; the reference ends before the program is called.
    let input = unsafe { std::slice::from_raw_parts(bytes, len) };
    let step = wsi.http.with(|http| match http {
        Some(http) => http.body.step(input).map(|(used, content)| (used, content, http.body.is_done())),
        None => Ok((len, 0..0, false)),
    });
    let Ok((used, content, done)) = step else {
        refuse(wsi, BAD_BODY);
        return len;
    };
    wsi.set_timer(Timer::Timeout, wsi.context().timeout());
    if !content.is_empty() {
        // SAFETY: the content lies within the bytes, with at least one behind it; see `frames::message`.
        let answer = unsafe {
            let (start, end) = (bytes.add(content.start), bytes.add(content.end));
            let behind = end.replace(0);
            let answer = wsi.protocol().call(wsi, LWS_CALLBACK_HTTP_BODY, wsi.user.get(), start.cast(), content.len());
            end.write(behind);
            answer
        };
        if !wsi.is_open() {
            return used;
        }
        if answer != 0 {
            close::by_program(wsi);
            return used;
        }
    }
    if done && wsi.phase() == Phase::Body {
        body_complete(wsi);
    }
    used
}

/// Answers what is no request that can be served, and ends the connection.
pub fn refuse(wsi: &'static Wsi, refusal: Refusal) {
    lwsl_info!("request refused with {}: {}", refusal.status, refusal.why);
    wsi.set(flag::LAST_REQUEST | flag::LINGER);
    if respond::status(wsi, refusal.status, None).is_err() {
        return close::failed(wsi);
    }
    close::now(wsi);
}

/// The program has ended its answer. True when the connection must be closed, false when it waits for the next
/// request.
pub fn transaction_completed(wsi: &'static Wsi) -> bool {
    if wsi.role() != Role::Http || wsi.phase() == Phase::Flushing {
        return true;
    }
    if wsi.has(flag::CLIENT) {
        return false; // the response has its own end
    }
    if serve::is_serving(wsi) {
        // the answer ends with the file
        return false;
    }
    if wsi.has(flag::LAST_REQUEST) {
        wsi.set_phase(Phase::Answering); // what comes of a body is not for the program any more
        wsi.set(flag::DONE | flag::LINGER);
        wsi.ready(0);
        return true;
    }
    let unread_body = wsi.http.with(|http| match http {
        Some(http) if !http.body.is_done() => {
            http.head.clear();
            http.answered = true;
            http.cache = Cache::default();
            true
        }
        _ => false,
    });
    if !unread_body {
        drop_request(wsi);
    }
    wsi.set_phase(Phase::Open);
    wsi.clear(flag::WANT_WRITE | flag::LASTING);
    wsi.set_timer(Timer::Timeout, wsi.vhost().keepalive());
    close::unbind(wsi);
    if wsi.is_open() {
        user::bind(wsi, wsi.vhost().first_protocol());
    }
    if wsi.is_open() && (wsi.held.with(|held| held.is_some()) || wsi.has(flag::PEER_ENDED)) {
        wsi.ready(flag::WANT_READ);
    }
    false
}

/// Forgets the request.
pub fn drop_request(wsi: &'static Wsi) {
    if let Some(http) = wsi.http.take() {
        wsi.context().keep_request(http);
    }
}
