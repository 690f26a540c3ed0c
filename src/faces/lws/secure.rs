//! TLS on a connection: the handshake, what is received, what is sent, the end. A connection that speaks it has the mark `SECURE`; above, all goes
//! on as without.
//!
//! What is received is decrypted in the loop's receive buffer and handed on from its front, as plain bytes are. All whole records of a read are
//! decrypted at once, so that nothing waits behind the descriptor's back; what the program does not take is held, as plain bytes are. What the cork has gathered is encrypted
//! into a buffer of the loop and sent from there. So an idle connection keeps its keys and no buffer.
use super::abi;
use super::log::lwsl_info;
use super::vhost::Vhost;
use super::wsi::{Phase, Role, Timer, Wsi, flag};
use super::{adopt, client, close, pass, polled, request};
use crate::engine::{outbuf, sock};
use crate::proto::tls::session::{LEAD, Outgoing, STEP, Session, Then};
use rustls::server::Acceptor;
use std::io;
use std::ptr;

/// Reads in one pass, during the handshake.
const READS: usize = 4;
/// A client's first message is at most this long.
const HELLO_MAX: usize = 64 * 1024;
/// The type of the record that begins a handshake.
const HANDSHAKE: u8 = 22;

/// What a program hears where there is no handshake begins so, in the original's words; why comes behind it.
pub const NO_HANDSHAKE: &str = "connect SSL err 1: tls: ";

/// How far TLS is on a connection. The larger is the one that stays, and there is one box about either.
#[allow(clippy::large_enum_variant)]
pub enum Tls {
    /// The client has not said yet what it wants.
    Hello(Box<Hello>),
    /// The handshake is under way, or done.
    Session(Session),
}

/// The beginning of a server's connection.
#[derive(Default)]
pub struct Hello {
    /// What has come.
    bytes: Vec<u8>,
    /// How much of it the acceptor was given.
    heard: usize,
    /// Reads it: the name in it decides on the vhost, and what it offers on how it is answered.
    acceptor: Acceptor,
}

/// Looks at the session, where there is one.
pub fn with<R>(wsi: &Wsi, look: impl FnOnce(&mut Session) -> R) -> Option<R> {
    if !wsi.has(flag::SECURE) {
        return None;
    }
    wsi.rare.with(|rare| match rare.as_mut()?.tls.as_deref_mut()? {
        Tls::Session(session) => Some(look(session)),
        Tls::Hello(_) => None,
    })
}

fn set(wsi: &Wsi, tls: Tls) {
    wsi.set(flag::SECURE);
    wsi.rare.with(|rare| rare.get_or_insert_default().tls = Some(Box::new(tls)));
}

/// A connection that was accepted is to speak TLS, if its vhost does.
pub fn begin_server(wsi: &'static Wsi) {
    if wsi.vhost().server_tls().is_some() {
        set(wsi, Tls::Hello(Box::default()));
        wsi.set_phase(Phase::Connecting);
    }
}

/// Begins TLS with the server that is reached. An error says why that cannot be.
pub fn begin_client(wsi: &'static Wsi, session: Session) -> io::Result<()> {
    set(wsi, Tls::Session(session));
    wsi.set_phase(Phase::Connecting);
    let context = wsi.context();
    let begun = with(wsi, |session| context.sealed.with(|out| session.advance(out)));
    match begun {
        Some(Ok(())) => transmit(wsi),
        Some(Err(e)) => {
            context.sealed.with(Outgoing::clear);
            Err(io::Error::other(e))
        }
        None => Err(io::ErrorKind::NotConnected.into()),
    }
}

/// What a read has brought.
struct Got {
    /// So much content, at the front of the receive buffer.
    content: usize,
    then: Next,
}

enum Next {
    /// More may come.
    More,
    /// Nothing is there now.
    Later,
    /// The peer sends no more: it has said so, or its stream has ended.
    Ended,
    /// The session is broken, for this reason; the peer was told.
    Broken(String),
    /// The socket has failed.
    Failed(io::Error),
}

impl Got {
    fn nothing(then: Next) -> Self {
        Got { content: 0, then }
    }
}

/// Receives and decrypts once. Calls no C.
fn read(wsi: &'static Wsi) -> Got {
    let context = wsi.context();
    let size = context.settings.rx_size;
    // SAFETY: the buffer is `size` long, belongs to the loop, and nothing else uses it until C is called.
    let buffer = unsafe { std::slice::from_raw_parts_mut(context.rx(), size) };
    let start = LEAD + with(wsi, |session| session.kept()).unwrap_or(0);
    let n = match sock::recv(wsi.fd.get(), &mut buffer[start..]) {
        Ok(0) => {
            wsi.clear(flag::WANT_READ);
            return Got::nothing(Next::Ended);
        }
        Ok(n) => n,
        Err(e) if sock::is_later(&e) => {
            wsi.clear(flag::WANT_READ);
            return Got::nothing(Next::Later);
        }
        Err(e) => return Got::nothing(Next::Failed(e)),
    };
    let end = start + n;
    if end < size && !wsi.has(flag::ENDING) {
        wsi.clear(flag::WANT_READ);
    }
    take_in(wsi, &mut buffer[..end])
}

/// Decrypts what is in the receive buffer behind what the session has kept, and answers what the session itself answers.
fn take_in(wsi: &'static Wsi, buffer: &mut [u8]) -> Got {
    let context = wsi.context();
    let received = with(wsi, |session| {
        session.fetch(&mut buffer[LEAD..]);
        context.sealed.with(|out| session.receive(buffer, out))
    });
    let Some(received) = received else { return Got::nothing(Next::Failed(io::ErrorKind::NotConnected.into())) };
    let sent = transmit(wsi);
    let then = match received.then {
        Then::Open => sent.map_or_else(Next::Failed, |()| Next::More),
        Then::Ended => Next::Ended,
        Then::Broken(error) => Next::Broken(error.to_string()),
    };
    Got { content: received.content, then }
}

/// Sends what was encrypted.
fn transmit(wsi: &'static Wsi) -> io::Result<()> {
    let context = wsi.context();
    let outcome = context.sealed.with(|sealed| {
        if sealed.is_empty() {
            return Ok(());
        }
        let outcome = wsi.out.with(|out| {
            let outcome = outbuf::send(wsi.fd.get(), sealed.as_slice(), out);
            if out.is_some() {
                wsi.set(flag::CHOKED);
            }
            outcome
        });
        sealed.clear();
        outcome
    });
    if context.nested.get() && wsi.has(flag::CHOKED) {
        polled::note(wsi);
    }
    outcome
}

/// Sends what the cork holds for `wsi` and then `last`, encrypted; as `write::send`.
#[inline(never)]
pub fn send(wsi: &'static Wsi, last: &[u8]) -> io::Result<()> {
    let context = wsi.context();
    let seal = |content: &[u8], out: &mut Outgoing| {
        let sealed = with(wsi, |session| session.seal(content, out));
        sealed.unwrap_or(Err(rustls::Error::HandshakeNotComplete)).map_err(io::Error::other)
    };
    let gathered = context.cork.with(|cork| {
        cork.take(|bytes| if bytes.is_empty() { Ok(()) } else { context.sealed.with(|out| seal(bytes, out)) })
    });
    let mut outcome = gathered;
    let mut rest = last;
    while outcome.is_ok() && !rest.is_empty() {
        let piece = rest.split_off(..rest.len().min(STEP)).unwrap_or_default();
        outcome = context.sealed.with(|out| seal(piece, out)).and_then(|()| transmit(wsi));
    }
    if outcome.is_err() {
        // what was not sent before does not reach the peer whole
        context.sealed.with(Outgoing::clear);
        return outcome;
    }
    transmit(wsi)
}

/// Tells the peer, where that can be and was not done yet, that no more comes.
pub fn farewell(wsi: &'static Wsi) -> io::Result<()> {
    let context = wsi.context();
    let said = with(wsi, |session| match session.is_handshaking() {
        true => Ok(()),
        false => context.sealed.with(|out| session.farewell(out)),
    });
    match said {
        None => Ok(()),
        Some(Ok(())) => transmit(wsi),
        Some(Err(e)) => {
            context.sealed.with(Outgoing::clear);
            Err(io::Error::other(e))
        }
    }
}

/// The socket has failed: nothing is to be said any more.
pub fn give_up(wsi: &Wsi) {
    with(wsi, Session::give_up);
}

/// Has the peer's stream ended without its having said so? Somebody may have cut it.
pub fn was_cut(wsi: &Wsi) -> bool {
    with(wsi, |session| !session.peer_has_closed()).unwrap_or(false)
}

/// Receives once, where the program can be given what comes. Is there more to do?
pub fn receive(wsi: &'static Wsi) -> bool {
    if wsi.phase() == Phase::Connecting {
        return false; // it has just begun, behind a proxy: the loop comes by
    }
    let got = read(wsi);
    let rx = wsi.context().rx();
    if got.content > 0 {
        // SAFETY: so many bytes of content are at the front of the receive buffer, which has room before and behind.
        let used = unsafe { pass::deliver(wsi, rx, got.content) };
        if wsi.phase() == Phase::Connecting {
            return false; // redirected: what else came, and how it ended, was the old connection's
        }
        if used < got.content && wsi.is_open() {
            // SAFETY: as above; `used` is less.
            pass::hold(wsi, unsafe { std::slice::from_raw_parts(rx.add(used), got.content - used) });
        }
    }
    wsi.is_open() && after(wsi, got.then)
}

/// Receives once, where the program cannot be given what comes: for the sake of the peer's end.
pub fn receive_to_hold(wsi: &'static Wsi) {
    let got = read(wsi);
    if got.content > 0 {
        // SAFETY: as in `receive`.
        pass::hold(wsi, unsafe { std::slice::from_raw_parts(wsi.context().rx(), got.content) });
    }
    after(wsi, got.then);
}

/// What follows from how a read has gone. Is there more to do?
fn after(wsi: &'static Wsi, then: Next) -> bool {
    match then {
        Next::More => return true,
        Next::Later => {}
        Next::Ended => {
            wsi.set(flag::PEER_ENDED);
            if wsi.held.with(|held| held.is_some()) {
                wsi.set(flag::WANT_READ);
                return true;
            }
            wsi.clear(flag::WANT_READ);
            pass::peer_ended(wsi);
        }
        Next::Broken(why) => broken(wsi, &why),
        Next::Failed(_) => close::failed(wsi),
    }
    false
}

/// The session is broken, and the peer was told: the connection ends.
#[cold]
fn broken(wsi: &'static Wsi, why: &str) {
    lwsl_info!("tls: {why}");
    if wsi.has(flag::CLIENT) && matches!(wsi.phase(), Phase::Asking | Phase::Answering) {
        client::note_failure(wsi, &format!("read failed: tls: {why}"));
    }
    // what is unread must not destroy the alert
    wsi.set(flag::LINGER);
    close::now(wsi);
}

/// Goes on with the handshake.
pub fn shake_hands(wsi: &'static Wsi) {
    for _ in 0..READS {
        if !wsi.has(flag::WANT_READ) {
            return;
        }
        let got = if is_hello(wsi) { hear_hello(wsi) } else { Some(read(wsi)) };
        let goes_on = match got {
            Some(got) => step(wsi, got),
            // a part of the first message; its end may be there to be read
            None => wsi.is_open() && is_hello(wsi),
        };
        if !goes_on {
            return;
        }
    }
    wsi.ready(flag::WANT_READ);
}

/// What follows from a read during the handshake. Does it go on?
fn step(wsi: &'static Wsi, got: Got) -> bool {
    let done = with(wsi, |session| !session.is_handshaking()) == Some(true);
    if done && !matches!(got.then, Next::Broken(_) | Next::Failed(_)) {
        if got.content > 0 {
            // SAFETY: as in `receive`.
            pass::hold(wsi, unsafe { std::slice::from_raw_parts(wsi.context().rx(), got.content) });
        }
        if matches!(got.then, Next::Ended) {
            wsi.set(flag::PEER_ENDED | flag::WANT_READ);
        }
        complete(wsi);
        return false;
    }
    match got.then {
        Next::More => return true,
        Next::Later => {}
        Next::Ended => failed(wsi, "the peer has ended the connection"),
        Next::Broken(why) => failed(wsi, &why),
        Next::Failed(e) => {
            let number = e.raw_os_error().unwrap_or(0);
            client::note_failure(wsi, &format!("connect SYSCALL {number}"));
            close::failed(wsi);
        }
    }
    false
}

/// There is no handshake.
#[cold]
fn failed(wsi: &'static Wsi, why: &str) {
    if wsi.has(flag::CLIENT) {
        client::note_failure(wsi, &format!("{NO_HANDSHAKE}{why}"));
    } else {
        lwsl_info!("tls: no handshake: {why}");
        wsi.set(flag::LINGER);
    }
    close::now(wsi);
}

/// The handshake is done.
fn complete(wsi: &'static Wsi) {
    if wsi.has(flag::CLIENT) {
        return client::connect::secured(wsi);
    }
    wsi.set_phase(Phase::Open);
    match wsi.role() {
        Role::Raw => {
            wsi.cancel_timer(Timer::Timeout);
            adopt::begin_raw(wsi, adopt::Kind::Raw);
        }
        _ => wsi.set_timer(Timer::Timeout, wsi.context().handshake_timeout()),
    }
    pass::run(wsi);
}

fn is_hello(wsi: &Wsi) -> bool {
    wsi.rare.with(|rare| matches!(rare.as_ref().and_then(|rare| rare.tls.as_deref()), Some(Tls::Hello(_))))
}

fn hello<R>(wsi: &Wsi, look: impl FnOnce(&mut Hello) -> R) -> Option<R> {
    wsi.rare.with(|rare| match rare.as_mut()?.tls.as_deref_mut()? {
        Tls::Hello(hello) => Some(look(hello)),
        Tls::Session(_) => None,
    })
}

/// What the program has read from the connection already: it comes before what is still to be received.
pub fn feed(wsi: &'static Wsi, bytes: &[u8]) {
    hello(wsi, |hello| hello.bytes.extend_from_slice(bytes));
    wsi.set(flag::WANT_READ);
}

/// What the first message of a client is.
enum Heard {
    /// Not all of it is there.
    Part,
    /// It begins a handshake.
    Hello(Wanted),
    /// It is no TLS.
    Plain,
}

/// What a client's first message says of interest.
#[derive(Default)]
struct Wanted {
    /// The name of whom it wants to speak to.
    name: Option<String>,
    /// The protocols that it offers to speak.
    protocols: Option<Vec<Vec<u8>>>,
}

/// Receives the first message of a client. What the session made of it; none where there is none yet, or never.
fn hear_hello(wsi: &'static Wsi) -> Option<Got> {
    let context = wsi.context();
    let size = context.settings.rx_size;
    // SAFETY: as in `read`.
    let buffer = unsafe { std::slice::from_raw_parts_mut(context.rx(), size) };
    let before = hello(wsi, |hello| std::mem::take(&mut hello.bytes))?;
    let start = LEAD + before.len();
    buffer[LEAD..start].copy_from_slice(&before);
    let n = match sock::recv(wsi.fd.get(), &mut buffer[start..]) {
        Ok(0) if before.is_empty() => return Some(Got::nothing(Next::Ended)),
        Err(e) if sock::is_later(&e) => {
            wsi.clear(flag::WANT_READ);
            0
        }
        Ok(n) => n,
        Err(e) => return Some(Got::nothing(Next::Failed(e))),
    };
    let end = start + n;
    if n > 0 && end < size && !wsi.has(flag::ENDING) {
        wsi.clear(flag::WANT_READ);
    }
    match hear(wsi, &buffer[LEAD..end]) {
        Heard::Part if n == 0 && wsi.has(flag::WANT_READ) => Some(Got::nothing(Next::Ended)),
        Heard::Part => {
            hello(wsi, |hello| hello.bytes = buffer[LEAD..end].to_vec());
            None
        }
        Heard::Plain => {
            plain(wsi, &buffer[LEAD..end]);
            None
        }
        Heard::Hello(wanted) => {
            let named = wanted.name.and_then(|name| request::by_host(context, wsi.vhost(), Some(name.as_bytes())));
            // one that is bound to its protocol already shows another's certificate, but gets round no demand for the client's
            let stays = wsi.role() != Role::Http;
            let may_show = |v: &&Vhost| v.server_tls().is_some() && !v.ending.get() && !(stays && demands(wsi.vhost()));
            let vhost = named.filter(may_show).unwrap_or(wsi.vhost());
            if !stays {
                wsi.set_vhost(vhost);
                wsi.set_protocol(vhost.first_protocol());
            }
            let tls = vhost.server_tls();
            let offered = wanted.protocols.as_ref().map(|all| all.iter().map(Vec::as_slice));
            let session = tls.map(|tls| Session::server(tls.for_client(offered).clone()));
            let Some(Ok(session)) = session else {
                failed(wsi, "the vhost has no certificate");
                return None;
            };
            set(wsi, Tls::Session(session));
            Some(take_in(wsi, &mut buffer[..end]))
        }
    }
}

/// What is the first message, of which `bytes` have come?
fn hear(wsi: &Wsi, bytes: &[u8]) -> Heard {
    match bytes.first() {
        None => return Heard::Part,
        Some(&HANDSHAKE) => {}
        Some(_) => return Heard::Plain,
    }
    let heard = hello(wsi, |hello| {
        let mut new = &bytes[hello.heard..];
        hello.heard = bytes.len();
        while !new.is_empty() && hello.acceptor.read_tls(&mut new).is_ok_and(|n| n > 0) {}
        match hello.acceptor.accept() {
            Ok(None) if bytes.len() < HELLO_MAX => Heard::Part,
            Ok(Some(accepted)) => {
                let said = accepted.client_hello();
                Heard::Hello(Wanted {
                    name: said.server_name().map(str::to_owned),
                    protocols: said.alpn().map(|all| all.map(<[u8]>::to_vec).collect()),
                })
            }
            // the session says what is wrong with it
            _ => Heard::Hello(Wanted::default()),
        }
    });
    heard.unwrap_or(Heard::Part)
}

/// The peer does not speak TLS: where the program allows that, the connection goes on without it, with the bytes that have come.
#[cold]
fn plain(wsi: &'static Wsi, bytes: &[u8]) {
    let vhost = wsi.vhost();
    let http = vhost.option(abi::LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS)
        || vhost.option(abi::LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER);
    let raw = vhost.raw_protocol().filter(|_| vhost.option(abi::LWS_SERVER_OPTION_FALLBACK_TO_RAW));
    let bytes = bytes.to_vec();
    wsi.set_phase(Phase::Open);
    if !vhost.option(abi::LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT) {
        return failed(wsi, "the peer does not speak TLS");
    }
    forget(wsi);
    match wsi.role() {
        Role::Raw => {
            wsi.cancel_timer(Timer::Timeout);
            adopt::begin_raw(wsi, adopt::Kind::Raw);
        }
        _ if http => wsi.set_timer(Timer::Timeout, wsi.context().handshake_timeout()),
        _ => match raw {
            Some(protocol) => drop(adopt::fall_back(wsi, protocol)),
            None => return failed(wsi, "the peer does not speak TLS, and nothing else is served"),
        },
    }
    if wsi.is_open() {
        pass::hold(wsi, &bytes);
        pass::run(wsi);
    }
}

/// May a request on this connection be for `vhost`, by its `Host` header? Not where that demands a certificate that the handshake did not.
pub fn may_serve(wsi: &Wsi, vhost: &Vhost) -> bool {
    !demands(vhost) || ptr::eq(wsi.vhost(), vhost)
}

/// Must its clients have certificates?
fn demands(vhost: &Vhost) -> bool {
    vhost.option(abi::LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT) && vhost.server_tls().is_some()
}

/// Is it encrypted?
pub fn is_secure(wsi: &Wsi) -> bool {
    wsi.has(flag::SECURE)
}

/// A connection's socket is another's from now on, and so is the session on it.
pub fn hand_over(from: &Wsi, to: &Wsi) {
    let tls = from.rare.with(|rare| rare.as_mut().and_then(|rare| rare.tls.take()));
    from.clear(flag::SECURE);
    if let Some(tls) = tls {
        to.set(flag::SECURE);
        to.rare.with(|rare| rare.get_or_insert_default().tls = Some(tls));
    }
}

/// The socket was given up.
pub fn forget(wsi: &Wsi) {
    wsi.clear(flag::SECURE);
    wsi.rare.with(|rare| {
        if let Some(rare) = rare {
            rare.tls = None;
        }
    });
}
