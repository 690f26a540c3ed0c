//! Descriptors that the program, or a listener, hands over.
use super::abi::lws_callback_reasons::*;
use super::context::Context;
use super::log::{lwsl_err, lwsl_info};
use super::vhost::{Protocol, Vhost};
use super::wsi::{Phase, Rare, Role, Timer, Wsi, flag};
use super::{close, loops, pass, polled, secure, user};
use crate::engine::arena::Slab;
use crate::engine::sock;
use std::ffi::c_void;
use std::os::fd::RawFd;
use std::ptr;

/// What a descriptor is, and what is to be spoken on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A connected socket, for HTTP or WebSocket as its peer asks.
    Http,
    /// A socket without a protocol of ours.
    Raw,
    /// A UDP socket.
    Udp,
    /// A file, pipe or device, which the program reads and writes itself.
    File,
}

/// What comes with a descriptor.
pub struct Adoption {
    /// What it is.
    pub kind: Kind,
    /// The protocol it is bound to; none for the vhost's first.
    pub protocol: Option<&'static Protocol>,
    /// What few connections have.
    pub rare: Option<Box<Rare>>,
    /// The program's pointer.
    pub opaque: *mut c_void,
    /// Is TLS spoken on it, if the vhost does that?
    pub tls: bool,
}

impl Adoption {
    /// A descriptor of this kind with nothing else.
    pub fn plain(kind: Kind) -> Self {
        Adoption { kind, protocol: None, rare: None, opaque: ptr::null_mut(), tls: false }
    }
}

/// Can a descriptor that the program hands over, and of which nothing is known, be adopted? It does not block from here on; where that cannot be, it is
/// closed.
pub fn made_ready(fd: RawFd, kind: Kind) -> bool {
    if !sock::is_open(fd) {
        lwsl_err!("descriptor {fd} is not open");
        return false;
    }
    let ready = kind == Kind::File || sock::set_nonblocking(fd);
    if !ready {
        lwsl_err!("descriptor {fd}: cannot be made non-blocking");
        sock::close(fd);
    }
    ready
}

/// Makes a connection, in the loop `context`, of a descriptor, non-blocking but for files, which from here on is ours: where it cannot be one it
/// is closed. None then, and where the program did not want it or has ended it.
pub fn adopt(context: &'static Context, vhost: &'static Vhost, fd: RawFd, adoption: Adoption) -> Option<&'static Wsi> {
    let refuse = |why: &str| {
        lwsl_err!("descriptor {fd}: {why}");
        sock::close(fd);
        None
    };
    let Adoption { kind, protocol, rare, opaque, tls } = adoption;
    let elsewhere = |rare: &Rare| rare.parent.is_some_and(|parent| !ptr::eq(parent.context(), context));
    if !loops::serves(context, vhost) || rare.as_deref().is_some_and(elsewhere) {
        return refuse("its vhost or parent is not of this thread's loop");
    }
    if context.is_full() {
        return refuse("there are as many connections as may be");
    }
    let Some(wsi) = context.connections.with(Slab::alloc) else { return refuse("out of memory") };
    let role = match kind {
        Kind::Http => Role::Http,
        Kind::Raw | Kind::Udp => Role::Raw,
        Kind::File => Role::File,
    };
    context.note_load();
    wsi.begin(context, vhost, role, fd);
    wsi.opaque.set(opaque);
    if let Some(parent) = rare.as_ref().and_then(|rare| rare.parent) {
        parent.rare.with(|rare| rare.get_or_insert_default().children.push(wsi));
    }
    wsi.rare.set(rare);
    if tls && matches!(kind, Kind::Http | Kind::Raw) {
        secure::begin_server(wsi);
    }
    match kind {
        Kind::Udp => wsi.set(flag::APART | flag::UDP),
        Kind::File => wsi.set(flag::APART),
        Kind::Http | Kind::Raw => {}
    }
    let first = vhost.first_protocol();
    first.call(wsi, LWS_CALLBACK_WSI_CREATE, ptr::null_mut(), ptr::null_mut(), 0);
    if !wsi.is_open() {
        return None;
    }
    if let Some(protocol) = protocol {
        wsi.set_protocol(protocol);
    }
    if (kind != Kind::Http || protocol.is_some()) && !user::ensure(wsi) {
        close::finish(wsi);
        return None;
    }
    match kind {
        Kind::Http => begin_http(wsi),
        // what it is told waits for the handshake
        _ if wsi.has(flag::SECURE) => {
            wsi.set_timer(Timer::Timeout, context.timeout());
            watch(wsi);
        }
        _ => begin_raw(wsi, kind),
    }
    // a context that is to end takes its connections with it when this call returns
    (wsi.is_open() && !context.ending.get()).then_some(wsi)
}

fn begin_http(wsi: &'static Wsi) {
    let reason = LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED;
    let refused = wsi.vhost().first_protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0) != 0;
    if !wsi.is_open() {
        return;
    }
    if refused {
        wsi.set_phase(Phase::Open);
        // its request may be on the way: a reset would be the only answer
        wsi.set(flag::LINGER);
        return close::now(wsi);
    }
    let context = wsi.context();
    let limit = if wsi.has(flag::SECURE) { context.timeout() } else { context.handshake_timeout() };
    wsi.set_timer(Timer::Timeout, limit);
    watch(wsi);
}

/// A connection begins that has no protocol of ours, or a file.
pub fn begin_raw(wsi: &'static Wsi, kind: Kind) {
    let call = |reason| wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0);
    let reason = if kind == Kind::File {
        LWS_CALLBACK_RAW_ADOPT_FILE
    } else {
        wsi.set(flag::BOUND);
        if call(LWS_CALLBACK_RAW_SKT_BIND_PROTOCOL) != 0 {
            wsi.clear(flag::BOUND);
        }
        LWS_CALLBACK_RAW_ADOPT
    };
    if !wsi.is_open() {
        return;
    }
    wsi.set(flag::ESTABLISHED);
    if call(reason) != 0 && wsi.is_open() {
        close::by_program(wsi);
    }
    if wsi.is_open() && !wsi.announced.get() {
        watch(wsi);
    }
}

/// Watches the descriptor. Where it cannot be watched the connection ends.
fn watch(wsi: &'static Wsi) {
    let fd = wsi.fd.get();
    let add = || match wsi.is_open() {
        true => wsi.context().poller.with(|poller| poller.add(fd, ptr::from_ref(wsi) as usize)),
        // ended by what brackets the change: its descriptor is closed, and the number may be somebody else's by now
        false => Err(std::io::ErrorKind::NotConnected.into()),
    };
    match polled::added(wsi, add) {
        _ if !wsi.is_open() => {}
        Ok(()) => {}
        // a regular file is always ready, and cannot be watched
        Err(e) if e.raw_os_error() == Some(libc::EPERM) && wsi.role() == Role::File => wsi.ready(flag::WANT_READ),
        Err(e) => {
            lwsl_err!("descriptor {fd} cannot be watched: {e}");
            close::now(wsi);
        }
    }
}

/// Takes what the program has read from the connection already, ahead of what is still to come.
pub fn feed(wsi: &'static Wsi, bytes: &[u8]) {
    if !bytes.is_empty() {
        if wsi.has(flag::SECURE) {
            secure::feed(wsi, bytes);
        } else {
            pass::hold(wsi, bytes);
        }
        if wsi.context().in_turn() {
            // the loop's receive buffer may hold what the caller's callback was called for, and more
            wsi.ready(flag::WANT_READ);
        } else {
            pass::run(wsi);
        }
    }
}

/// An HTTP connection whose peer does not speak HTTP goes on without a protocol of ours, with the bytes that were no HTTP.
pub fn fall_back(wsi: &'static Wsi, protocol: &'static Protocol) -> bool {
    lwsl_info!("no HTTP: the connection goes on as a raw one");
    super::request::drop_request(wsi);
    let bound = user::bind(wsi, protocol);
    if bound == user::Bound::NoMemory || !wsi.is_open() {
        close::now(wsi);
        return false;
    }
    wsi.set_role(Role::Raw);
    wsi.set_phase(Phase::Open);
    wsi.cancel_timer(Timer::Timeout);
    wsi.set(flag::ESTABLISHED);
    let answer = wsi.protocol().call(wsi, LWS_CALLBACK_RAW_ADOPT, wsi.user.get(), ptr::null_mut(), 0);
    if answer != 0 && wsi.is_open() {
        close::by_program(wsi);
    }
    wsi.is_open()
}
