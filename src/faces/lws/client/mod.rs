//! Connections that the program makes.
//!
//! | file | step |
//! | --- | --- |
//! | [`connect`] | names, addresses, sockets; by way of a proxy where there is one |
//! | [`ask`] | the request |
//! | [`answer`] | the response: an upgrade, a redirect, or HTTP with a body |
//! | [`warm`] | connections that are used again |
pub mod answer;
pub mod ask;
pub mod connect;
pub mod warm;

use super::abi::lws_callback_reasons::*;
use super::abi::{lws_client_connect_ssl_connection_flags as connection_flags, lws_retry_bo};
use super::log::{lwsl_err, lwsl_info};
use super::user;
use super::vhost::{Protocol, Vhost};
use super::wsi::{Phase, Role, Wsi, flag};
use super::{close, context::Context};
use crate::engine::arena::Slab;
use crate::engine::dial::Dialing;
use crate::proto::http1::head::Method;
use std::ffi::{CString, c_void};
use std::ptr;

/// A certain `LCCSCF_*`.
pub const fn bit(flag: connection_flags) -> u32 {
    flag as u32
}

/// What is to be spoken on a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Speech {
    /// WebSocket.
    Ws,
    /// One HTTP request, and its response.
    Http(Method),
    /// Nothing of ours.
    Raw,
}

/// What a program orders. Strings from it are without NUL and without line breaks.
#[derive(Clone)]
pub struct Order {
    /// What is to be spoken.
    pub speech: Speech,
    /// A name, a numeric address, or `+` and the path of a Unix socket.
    pub address: String,
    /// The port.
    pub port: u16,
    /// The path, with a leading slash where the program gave none at all.
    pub path: String,
    /// What the `Host` header says.
    pub host: String,
    /// What the `Origin` header says.
    pub origin: Option<String>,
    /// The protocols to offer.
    pub protocols: Option<String>,
    /// The WebSocket version.
    pub version: u32,
    /// `LCCSCF_*`.
    pub flags: u32,
    /// The interface or address to connect from.
    pub iface: Option<CString>,
    /// Seconds to keep an idle connection for the next request.
    pub keep_warm_secs: u16,
    /// With TLS: the protocols to offer, with commas between them.
    pub alpn: Option<String>,
}

impl Order {
    /// Is this flag set?
    pub fn has(&self, flag: connection_flags) -> bool {
        self.flags & bit(flag) != 0
    }

    /// What TLS connections must have in common to be used for one another's requests; none without TLS.
    pub fn tls_terms(&self) -> Option<(u32, &str, Option<&str>)> {
        use connection_flags::*;
        const TOLERANCE: u32 = bit(LCCSCF_ALLOW_SELFSIGNED)
            | bit(LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK)
            | bit(LCCSCF_ALLOW_EXPIRED)
            | bit(LCCSCF_ALLOW_INSECURE);
        self.has(LCCSCF_USE_SSL).then_some((self.flags & TOLERANCE, &self.host, self.alpn.as_deref()))
    }
}

/// How a client connection comes about, as far as it has.
pub enum Stage {
    /// Nothing was begun.
    Idle,
    /// The name is being looked up, under this number.
    Resolving(u64),
    /// The addresses are being tried.
    Dialing(Dialing),
    /// Another connection is waited for, to be used after it.
    Queued,
    /// Its response is complete, and its socket is kept for the next request.
    Warm,
    /// The proxy was asked to connect.
    Proxying,
    /// The TLS handshake is under way.
    Securing,
    /// Connected to whom the request goes to.
    Connected,
}

/// What a client connection is made from, and what it needs until it is a WebSocket, or as long as it speaks HTTP.
pub struct Client {
    /// What the program has ordered; redirects change it.
    pub order: Order,
    /// How far it is.
    pub stage: Stage,
    /// The key that the server has to answer.
    pub key: String,
    /// The extensions that were offered.
    pub extensions: Option<String>,
    /// Redirects followed.
    pub redirects: u32,
    /// Did a redirect make it a GET?
    pub to_get: bool,
    /// Does the program have more of the request's body to send?
    pub body_pending: bool,
    /// What separates the parts of a multipart body.
    pub boundary: String,
    /// Was the head of a part composed?
    pub parts_begun: bool,
    /// Responses of the kind "go on" that came.
    pub interim: u32,
    /// What was received and not read by the program yet: where and how much. Valid while the callback runs that announces it.
    pub incoming: (*mut u8, usize),
    /// Why there will be no connection, for the program.
    pub error: Option<String>,
    /// Was the program told that?
    pub failed: bool,
}

/// What comes with an order from the program.
pub struct Given {
    /// The protocol whose callback it uses from the beginning; none to begin with the vhost's first, unbound.
    pub protocol: Option<&'static Protocol>,
    /// The program's block; null to have one made.
    pub user: *mut c_void,
    /// The program's pointer.
    pub opaque: *mut c_void,
    /// The connection whose end is the end of this one.
    pub parent: Option<&'static Wsi>,
    /// How long the peer may be silent.
    pub policy: Option<&'static lws_retry_bo>,
}

/// Looks at what a connection is made from, where it is a client that still has that.
pub fn with<R>(wsi: &Wsi, look: impl FnOnce(&mut Client) -> R) -> Option<R> {
    wsi.rare.with(|rare| rare.as_mut().and_then(|rare| rare.client.as_deref_mut()).map(look))
}

/// Begins to make a connection. None where it could not even begin, or has failed at once; the program was told then as far as it
/// had heard of the connection. `announce` is called with the connection before any callback.
pub fn start(
    vhost: &'static Vhost,
    order: Order,
    given: Given,
    announce: impl FnOnce(&'static Wsi),
) -> Option<&'static Wsi> {
    let context = vhost.context.here();
    let elsewhere = given.parent.is_some_and(|parent| !ptr::eq(parent.context(), context));
    if !super::loops::serves(context, vhost) || elsewhere {
        return None;
    }
    if context.is_full() {
        lwsl_err!("{} connections: there cannot be more", context.settings.connections_max);
        return None;
    }
    let wsi = context.connections.with(Slab::alloc)?;
    let raw = order.speech == Speech::Raw;
    wsi.begin(context, vhost, if raw { Role::Raw } else { Role::Http }, -1);
    wsi.set(flag::CLIENT);
    wsi.set_phase(Phase::Connecting);
    wsi.set_protocol(given.protocol.unwrap_or(vhost.first_protocol()));
    wsi.user.set(given.user);
    wsi.opaque.set(given.opaque);
    let speech = order.speech;
    let client = Client {
        order,
        stage: Stage::Idle,
        key: String::new(),
        extensions: None,
        redirects: 0,
        to_get: false,
        body_pending: false,
        boundary: String::new(),
        parts_begun: false,
        interim: 0,
        incoming: (ptr::null_mut(), 0),
        error: None,
        failed: false,
    };
    wsi.rare.with(|rare| {
        let rare = rare.get_or_insert_default();
        rare.client = Some(Box::new(client));
        rare.parent = given.parent;
        rare.policy = given.policy;
    });
    if let Some(parent) = given.parent {
        parent.rare.with(|rare| rare.get_or_insert_default().children.push(wsi));
    }
    announce(wsi);
    // a WebSocket without a protocol of its own gets its block when it is established
    if (given.protocol.is_some() || speech != Speech::Ws) && !user::ensure(wsi) {
        close::finish(wsi);
        return None;
    }
    if given.protocol.is_some() {
        wsi.set(flag::BOUND);
        let reason = if raw { LWS_CALLBACK_RAW_SKT_BIND_PROTOCOL } else { LWS_CALLBACK_CLIENT_HTTP_BIND_PROTOCOL };
        let refused = wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0) != 0;
        if !wsi.is_open() {
            return None;
        }
        if refused {
            wsi.clear(flag::BOUND);
        }
    }
    if !raw {
        let reason = LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED;
        wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0);
    }
    if wsi.is_open() {
        connect::begin(wsi);
    }
    // a context that is to end takes its connections with it when this call returns
    (wsi.is_open() && !context.ending.get()).then_some(wsi)
}

/// A connection that ends leaves the lists it may stand in: its slot is soon another's.
pub fn leave_lists(wsi: &Wsi) {
    let context = wsi.context();
    for list in [&context.resolving, &context.sharing] {
        list.with(|all| all.retain(|other| !ptr::eq(*other, wsi)));
    }
}

/// A WebSocket needs nothing any more of what it was made from.
pub fn forget(wsi: &Wsi) {
    wsi.rare.with(|rare| {
        if let Some(all) = rare {
            all.client = None;
            if all.is_empty() {
                *rare = None;
            }
        }
    });
}

/// There will be no connection: the program is told why, once.
pub fn fail(wsi: &'static Wsi, why: &str) {
    note_failure(wsi, why);
    close::failed(wsi);
}

/// Keeps why there will be no connection, for the program.
pub fn note_failure(wsi: &Wsi, why: &str) {
    let first = with(wsi, |client| {
        let first = client.error.is_none();
        client.error.get_or_insert_with(|| why.to_owned());
        first
    });
    // not inside the closure: where the line goes is the program's
    if first == Some(true) {
        lwsl_info!("client connection failed: {why}");
    }
}

/// The first of what a program hears when a client connection ends: that there was none, if that is so.
pub fn tell_failure(wsi: &'static Wsi) {
    let Some(mut why) = with(wsi, |client| client.error.take()).flatten() else { return };
    with(wsi, |client| client.failed = true);
    let len = why.len();
    why.push('\0');
    // in memory of its own: the program may do what it likes with the connection meanwhile
    let mut text = why.into_bytes();
    let reason = LWS_CALLBACK_CLIENT_CONNECTION_ERROR;
    wsi.protocol().call(wsi, reason, wsi.user.get(), text.as_mut_ptr().cast(), len);
}

/// The last but one of what a program hears of a client connection that spoke HTTP, or was to.
pub fn tell_end(wsi: &'static Wsi, phase: Phase) {
    if with(wsi, |client| client.failed) != Some(false) {
        return;
    }
    if phase == Phase::Connecting {
        let text = c"closed before established";
        // the original counts the NUL here
        let (input, len) = (text.as_ptr().cast_mut().cast(), text.to_bytes_with_nul().len());
        wsi.protocol().call(wsi, LWS_CALLBACK_CLIENT_CONNECTION_ERROR, wsi.user.get(), input, len);
    } else {
        wsi.protocol().call(wsi, LWS_CALLBACK_CLOSED_CLIENT_HTTP, wsi.user.get(), ptr::null_mut(), 0);
    }
}

/// May the program write? While it sends a request, or reads the response.
pub fn may_write(wsi: &Wsi) -> bool {
    // what is written before the proxy has connected us would be for the proxy
    let http = || with(wsi, |client| matches!(client.order.speech, Speech::Http(_))) == Some(true) && !is_proxying(wsi);
    matches!(wsi.phase(), Phase::Asking | Phase::Answering | Phase::Body) && http()
}

/// Has a proxy not connected it yet?
pub fn is_proxying(wsi: &Wsi) -> bool {
    with(wsi, |client| matches!(client.stage, Stage::Proxying)) == Some(true)
}

/// Names that were looked up have been found, or not.
pub fn resolved(context: &'static Context) {
    for answer in context.resolver.with(|resolver| resolver.as_ref().map(|r| r.take())).unwrap_or_default() {
        let waiting = |wsi: &&'static Wsi| {
            with(wsi, |client| matches!(client.stage, Stage::Resolving(ticket) if ticket == answer.ticket))
                == Some(true)
        };
        let wsi = context.resolving.with(|all| {
            let at = all.iter().position(waiting);
            at.map(|at| all.swap_remove(at))
        });
        if let Some(wsi) = wsi {
            connect::found(wsi, answer.addresses);
        }
    }
}
