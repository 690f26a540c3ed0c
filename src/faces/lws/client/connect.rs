//! From an order to a connected socket.
use super::{Order, Speech, Stage, ask, fail, warm, with};
use crate::engine::clock::SECOND;
use crate::engine::dial::{Dialing, HEAD_START, Progress};
use crate::engine::resolve::Resolver;
use crate::engine::sock;
use crate::faces::lws::abi::lws_callback_reasons::*;
use crate::faces::lws::abi::lws_client_connect_ssl_connection_flags::LCCSCF_USE_SSL;
use crate::faces::lws::log::lwsl_info;
use crate::faces::lws::wsi::{Phase, Timer, Wsi, flag};
use crate::faces::lws::{address, close, polled, secure};
use crate::proto::tls::session::Session;
use rustls::pki_types::ServerName;
use std::ffi::c_int;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ptr;

/// Looks for the address of the server, or of the proxy before it.
pub fn begin(wsi: &'static Wsi) {
    wsi.set_phase(Phase::Connecting);
    let settings = &wsi.context().settings;
    wsi.set_timer(Timer::Timeout, u64::from(settings.connect_secs.min(settings.timeout_secs)) * SECOND);
    let order = with(wsi, |client| client.order.clone());
    let Some(order) = order else { return close::finish(wsi) };
    if warm::take_over(wsi, &order) {
        return;
    }
    let proxy = wsi.vhost().settings.proxy.as_ref().filter(|_| !order.address.starts_with('+'));
    let (host, port) = match proxy {
        Some(proxy) => (proxy.host.as_str(), proxy.port),
        None => (order.address.as_str(), order.port),
    };
    if let Some(path) = host.strip_prefix('+') {
        return match Dialing::unix(path.as_bytes()) {
            Ok(dialing) => dial(wsi, dialing),
            Err(e) => {
                lwsl_info!("{path}: {e}");
                fail(wsi, "Unable to connect")
            }
        };
    }
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<IpAddr>() {
        Ok(ip) => found(wsi, Ok(vec![SocketAddr::new(ip, port)])),
        Err(_) => look_up(wsi, host.to_owned(), port),
    }
}

fn look_up(wsi: &'static Wsi, host: String, port: u16) {
    let context = wsi.context();
    let ticket = context.next_ticket();
    with(wsi, |client| client.stage = Stage::Resolving(ticket));
    wsi.set(flag::LISTED);
    context.resolving.with(|all| all.push(wsi));
    let asked = context
        .resolver
        .with(|resolver| resolver.get_or_insert_with(|| Resolver::new(context.bell())).ask(host, port, ticket));
    if let Err(e) = asked {
        lwsl_info!("{e}");
        fail(wsi, "unable to look up the address");
    }
}

/// The addresses have been found, or there are none.
pub fn found(wsi: &'static Wsi, addresses: io::Result<Vec<SocketAddr>>) {
    let iface = with(wsi, |client| client.order.iface.clone()).flatten();
    let local = match iface.map(|name| address::of_interface(name.to_bytes(), true)) {
        None => None,
        Some(Ok(ip)) => Some(ip.to_canonical()),
        Some(Err(_)) => return fail(wsi, "no such interface"),
    };
    match addresses {
        Ok(addresses) => dial(wsi, Dialing::new(&addresses, local)),
        Err(e) => {
            lwsl_info!("the name was not found: {e}");
            fail(wsi, "getaddrinfo failed")
        }
    }
}

fn dial(wsi: &'static Wsi, dialing: Dialing) {
    with(wsi, |client| client.stage = Stage::Dialing(dialing));
    // whoever answers at once is heard in the next turn: programs expect no news inside the call that orders
    let begun = try_next(wsi);
    let idle = with(wsi, |client| matches!(&client.stage, Stage::Dialing(dialing) if dialing.is_idle()));
    if begun && idle == Some(true) {
        go_on(wsi);
    }
}

/// Looks how dialing goes, and tries the next address where that is due.
pub fn go_on(wsi: &'static Wsi) {
    match with(wsi, |client| match client.stage {
        Stage::Idle => Some(false),
        Stage::Connected => Some(true),
        _ => None,
    }) {
        Some(Some(false)) => return begin(wsi),
        Some(Some(true)) => return reached(wsi),
        _ => {}
    }
    loop {
        let progress = with(wsi, |client| match &mut client.stage {
            Stage::Dialing(dialing) => Some((dialing.progress(), dialing.is_idle())),
            _ => None,
        });
        match progress.flatten() {
            Some((Progress::Connected(fd), _)) => {
                wsi.fd.set(fd);
                unwatch_attempts(wsi);
                if wsi.has(flag::ENDING) {
                    // was it this one that has an end to be read, or one that has failed before? It is told again
                    wsi.clear(flag::ENDING);
                    wsi.context().poller.with(|poller| poller.rearm(fd, ptr::from_ref(wsi) as usize));
                }
                // with the others, which are closed
                with(wsi, |client| client.stage = Stage::Proxying);
                return connected(wsi);
            }
            Some((Progress::Failed(e), _)) => {
                lwsl_info!("connect: {e}");
                return fail(wsi, "Unable to connect");
            }
            Some((Progress::Waiting, true)) => {
                if !try_next(wsi) {
                    return;
                }
            }
            _ => return,
        }
    }
}

/// Nobody has answered in time.
pub fn timed_out(wsi: &'static Wsi) {
    if wsi.has(flag::SECURE) {
        return fail(wsi, "Timed out waiting SSL");
    }
    let settings = &wsi.context().settings;
    // like the original, which of its two limits it was makes a difference in what the program hears
    if settings.timeout_secs <= settings.connect_secs { fail(wsi, "Unable to connect") } else { close::finish(wsi) }
}

/// Tries the next address, beside those under way. False where the connection is dead by now.
pub fn try_next(wsi: &'static Wsi) -> bool {
    let next = with(wsi, |client| match &mut client.stage {
        Stage::Dialing(dialing) => dialing.try_next().map(|fd| (fd, dialing.has_more())),
        _ => None,
    });
    let Some((fd, more)) = next.flatten() else { return wsi.is_open() };
    // until it is known which of the sockets it will be, each reports to the same connection
    let watched = wsi.context().poller.with(|poller| poller.add(fd, ptr::from_ref(wsi) as usize));
    if watched.is_err() {
        fail(wsi, "the socket cannot be watched");
        return false;
    }
    if more {
        wsi.set_timer(Timer::Validity, HEAD_START);
    }
    true
}

/// The sockets that are still being tried are about to be closed: copies of them, in a child process, are not to report to a
/// connection that is not theirs.
pub fn unwatch_attempts(wsi: &Wsi) {
    let attempts = with(wsi, |client| match &client.stage {
        Stage::Dialing(dialing) => dialing.sockets().to_vec(),
        _ => Vec::new(),
    });
    for fd in attempts.unwrap_or_default() {
        wsi.context().poller.with(|poller| poller.remove(fd));
    }
}

/// The socket is connected: to the server, or to the proxy.
fn connected(wsi: &'static Wsi) {
    wsi.cancel_timer(Timer::Validity);
    let settings = &wsi.vhost().settings;
    let fd = wsi.fd.get();
    sock::set_nodelay(fd);
    if let Some((idle, probes, interval)) = settings.tcp_keepalive {
        sock::set_keepalive(fd, idle, probes, interval);
    }
    create(wsi);
    if !wsi.is_open() {
        return;
    }
    // the sockets tried were watched without a word: most of them come to nothing
    let _ = polled::added(wsi, || Ok(()));
    if !wsi.is_open() {
        return;
    }
    let unix = with(wsi, |client| client.order.address.starts_with('+')) == Some(true);
    if let Some(proxy) = settings.proxy.as_ref().filter(|_| !unix) {
        return ask::of_proxy(wsi, proxy);
    }
    reached(wsi);
}

/// The server is reached.
pub fn reached(wsi: &'static Wsi) {
    if !wsi.has(flag::SECURE) && with(wsi, |client| client.order.has(LCCSCF_USE_SSL)) == Some(true) {
        return secure(wsi);
    }
    with(wsi, |client| client.stage = Stage::Connected);
    create(wsi);
    if !wsi.is_open() {
        return;
    }
    match with(wsi, |client| client.order.speech) {
        Some(Speech::Raw) => raw(wsi),
        Some(_) => ask::send(wsi),
        None => close::finish(wsi),
    }
}

/// Begins TLS.
fn secure(wsi: &'static Wsi) {
    let order = with(wsi, |client| {
        client.stage = Stage::Securing;
        client.order.clone()
    });
    let Some(order) = order else { return close::finish(wsi) };
    wsi.set_timer(Timer::Timeout, wsi.context().timeout());
    let begun = session(wsi, &order).and_then(|session| secure::begin_client(wsi, session).map_err(|e| e.to_string()));
    match begun {
        Ok(()) => wsi.ready(flag::WANT_READ),
        Err(why) => fail(wsi, &format!("{}{why}", secure::NO_HANDSHAKE)),
    }
}

/// A session with the server that the request is for.
fn session(wsi: &Wsi, order: &Order) -> Result<Session, String> {
    let config = wsi.vhost().client_tls(order.flags as c_int)?;
    let name = match order.host.rsplit_once(':') {
        _ if order.host.parse::<IpAddr>().is_ok() => &order.host,
        Some((name, port)) if port.bytes().all(|c| c.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => &order.host,
    };
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let name = ServerName::try_from(name.to_owned()).map_err(|_| format!("{name} is no name of a server"))?;
    let offered = order.alpn.as_deref().unwrap_or("http/1.1").split(',').map(str::trim);
    // HTTP/2 is not there
    let offered = offered.filter(|one| !matches!(*one, "" | "h2" | "h2c") && one.len() < 256);
    Session::client(config, name, offered.map(|one| one.as_bytes().to_vec()).collect()).map_err(|e| e.to_string())
}

/// TLS stands.
pub fn secured(wsi: &'static Wsi) {
    reached(wsi);
}

/// The program hears of the connection, once.
fn create(wsi: &'static Wsi) {
    if !wsi.has(flag::CREATED) {
        wsi.set(flag::CREATED);
        wsi.protocol().call(wsi, LWS_CALLBACK_WSI_CREATE, wsi.user.get(), ptr::null_mut(), 0);
    }
}

fn raw(wsi: &'static Wsi) {
    wsi.set_phase(Phase::Open);
    wsi.cancel_timer(Timer::Timeout);
    wsi.set(flag::ESTABLISHED);
    let answer = wsi.protocol().call(wsi, LWS_CALLBACK_RAW_CONNECTED, wsi.user.get(), ptr::null_mut(), 0);
    if !wsi.is_open() {
        return;
    }
    super::forget(wsi);
    if answer != 0 {
        return close::by_program(wsi);
    }
    // like the original, the program may write without having asked; and what has come meanwhile was told already
    wsi.ask();
    wsi.ready(flag::WANT_READ);
}
