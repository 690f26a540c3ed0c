//! Listening and accepting.
use super::abi::{self, lws_callback_reasons::*};
use super::address;
use super::adopt::{self, Adoption, Kind};
use super::context::Context;
use super::log::{lwsl_err, lwsl_warn};
use super::vhost::Vhost;
use super::wsi::{Role, Timer, Wsi, flag};
use super::{loops, polled};
use crate::engine::arena::Slab;
use crate::engine::clock::SECOND;
use crate::engine::listen::{self, Endpoint};
use crate::engine::sock;
use std::ffi::{CStr, c_void};
use std::io;
use std::os::fd::RawFd;
use std::ptr;

/// Connections taken in one turn before others have their turn.
const AT_ONCE: usize = 256;
/// Where accepting fails, most often for want of descriptors, it is tried again in this time.
const RETRY: u64 = SECOND / 10;

/// Opens the vhost's listening socket, or joins the one that another vhost of the context has on the same port.
pub fn listen(vhost: &'static Vhost) -> io::Result<()> {
    let settings = &vhost.settings;
    if settings.port < 0 {
        return Ok(());
    }
    let context = vhost.context;
    let sharing = context.vhosts.with(|all| all.iter().copied().find(|other| shares_port(other, vhost)));
    if let Some(other) = sharing {
        vhost.listener.set(other.listener.get());
        vhost.socket.set(other.socket.get());
        vhost.listen_port.set(other.listen_port.get());
        return Ok(());
    }
    let endpoint = endpoint(vhost)?;
    let fd = listen::listen(&endpoint)?;
    let opened = || {
        if let Endpoint::Unix(path) = &endpoint {
            set_permissions(path, settings.unix_perms.as_deref())?;
        }
        let wsi = context.connections.with(Slab::alloc).ok_or(io::ErrorKind::OutOfMemory)?;
        let watched = context.poller.with(|poller| poller.add_read(fd, ptr::from_ref(wsi) as usize));
        watched.inspect_err(|_| context.connections.with(|all| all.free(wsi)))?;
        wsi.begin(context, vhost, Role::Listen, fd);
        Ok(wsi)
    };
    let wsi = opened().inspect_err(|_: &io::Error| sock::close(fd))?;
    vhost.listener.set(Some(wsi));
    vhost.socket.set(context.next_ticket());
    if !matches!(endpoint, Endpoint::Unix(_)) {
        vhost.listen_port.set(listen::local_port(fd).into());
    }
    Ok(())
}

fn shares_port(other: &Vhost, vhost: &Vhost) -> bool {
    let (a, b) = (&other.settings, &vhost.settings);
    let unix = |v: &Vhost| v.option(abi::LWS_SERVER_OPTION_UNIX_SOCK);
    // a socket at a path is known by the path, any other by its port, which the kernel may have chosen
    let same_port = if unix(vhost) { a.port == b.port } else { b.port != 0 && other.listen_port.get() == b.port };
    other.listener.get().is_some() && same_port && a.iface == b.iface && unix(other) == unix(vhost)
}

fn endpoint(vhost: &Vhost) -> io::Result<Endpoint> {
    let settings = &vhost.settings;
    let iface = settings.iface.as_deref();
    if vhost.option(abi::LWS_SERVER_OPTION_UNIX_SOCK) {
        let path = iface.ok_or(io::ErrorKind::InvalidInput)?;
        return Ok(Endpoint::Unix(path.to_string_lossy().into_owned()));
    }
    let address = match iface {
        None => None,
        Some(name) => Some(match name.to_string_lossy().parse() {
            Ok(ip) => ip,
            // an interface's IPv4 address is preferred, by either kind of socket
            Err(_) => address::of_interface(name.to_bytes(), true)
                .map_err(|_| io::ErrorKind::AddrNotAvailable)?
                .to_canonical(),
        }),
    };
    Ok(Endpoint::Tcp {
        address,
        port: u16::try_from(settings.port).map_err(|_| io::ErrorKind::InvalidInput)?,
        ipv6: !vhost.option(abi::LWS_SERVER_OPTION_DISABLE_IPV6),
        v6_only: vhost
            .option(abi::LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY)
            .then(|| vhost.option(abi::LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE)),
        shared: vhost.option(abi::LWS_SERVER_OPTION_ALLOW_LISTEN_SHARE),
        device: iface.filter(|_| settings.bind_device).map(|name| name.to_bytes().to_vec()),
    })
}

/// Gives a Unix socket to `user:group`, and lets that user and group use it.
fn set_permissions(path: &str, owner: Option<&CStr>) -> io::Result<()> {
    let (Some(owner), false) = (owner, path.starts_with('@')) else { return Ok(()) };
    let owner = owner.to_string_lossy();
    let (user, group) = owner.split_once(':').ok_or(io::ErrorKind::InvalidInput)?;
    let user = std::ffi::CString::new(user)?;
    let group = std::ffi::CString::new(group)?;
    // SAFETY: both look-ups take C strings and return null or a record that is read at once.
    let ids = unsafe {
        libc::getpwnam(user.as_ptr())
            .as_ref()
            .map(|u| u.pw_uid)
            .zip(libc::getgrnam(group.as_ptr()).as_ref().map(|g| g.gr_gid))
    };
    let (uid, gid) = ids.ok_or(io::ErrorKind::NotFound)?;
    std::os::unix::fs::chown(path, Some(uid), Some(gid))?;
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o660))
}

/// Takes the connections that wait at a listener.
#[inline(never)]
pub fn accept(listener: &'static Wsi) {
    let context = listener.context();
    for _ in 0..AT_ONCE {
        if !listener.is_open() {
            return;
        }
        if context.is_full() && !loops::have_room(context) {
            lwsl_warn!("{} connections: no more are accepted until one ends", context.settings.connections_max);
            context.full.set(true);
            if context.is_one_of_several() {
                // what ends in another loop does not tell this one
                listener.set_timer(Timer::Timeout, RETRY);
            }
            return;
        }
        match listen::accept(listener.fd.get()) {
            Ok(accepted) => {
                listener.clear(flag::STARVED);
                take(listener, accepted);
            }
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => return listener.clear(flag::WANT_READ),
            Err(e) if listen::is_passing(&e) => {}
            Err(e) => {
                if !listener.has(flag::STARVED) {
                    lwsl_err!("accept: {e}; tried again until it succeeds");
                    listener.set(flag::STARVED);
                }
                return listener.set_timer(Timer::Timeout, RETRY);
            }
        }
    }
    listener.ready(flag::WANT_READ);
}

/// A connection has ended: who waits for room may accept again.
pub fn room(context: &'static Context) {
    if context.full.replace(false) && !context.ending.get() {
        resume(context);
    }
}

fn resume(context: &'static Context) {
    for vhost in context.vhosts.with(|all| all.clone()) {
        let more = vhost.more_listeners.with(|more| more.clone());
        for listener in vhost.listener.get().into_iter().chain(more).filter(|l| l.is_open()) {
            listener.ready(flag::WANT_READ);
        }
    }
}

fn take(listener: &'static Wsi, accepted: listen::Accepted) {
    let (context, vhost) = (listener.context(), listener.vhost());
    let listen::Accepted { fd, peer, peer_len } = accepted;
    let mut args = abi::lws_filter_network_conn_args { cli_addr: peer, clilen: peer_len, accept_fd: fd };
    let (args, number) = ((&raw mut args).cast(), fd as isize as *mut c_void);
    let refused = vhost.first_protocol().call(listener, LWS_CALLBACK_FILTER_NETWORK_CONNECTION, args, number, 0) != 0;
    if refused || !listener.is_open() {
        return sock::close(fd);
    }
    // the callback may have ended the vhost, and another have inherited the socket
    let vhost = listener.vhost();
    sock::set_nodelay(fd);
    if let Some((idle, probes, interval)) = vhost.settings.tcp_keepalive {
        sock::set_keepalive(fd, idle, probes, interval);
    }
    if !loops::hand_over(context, vhost, fd) {
        begin(context, vhost, fd);
    }
}

/// Makes a connection, in the loop `context`, of a connected socket, as the vhost wants those it accepts: from here on the descriptor is ours.
pub fn begin(context: &'static Context, vhost: &'static Vhost, fd: RawFd) -> Option<&'static Wsi> {
    if !vhost.option(abi::LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG) {
        return adopt::adopt(context, vhost, fd, Adoption { tls: true, ..Adoption::plain(Kind::Http) });
    }
    let Some(protocol) = vhost.raw_protocol() else {
        lwsl_err!("the vhost has no protocol of the name for what it accepts");
        sock::close(fd);
        return None;
    };
    adopt::adopt(context, vhost, fd, Adoption { protocol: Some(protocol), tls: true, ..Adoption::plain(Kind::Raw) })
}

/// Stops watching a connection: it is about to end.
pub fn unwatch(wsi: &'static Wsi) {
    polled::removed(wsi, || wsi.context().poller.with(|poller| poller.remove(wsi.fd.get())));
}

/// The context's fd limit that applies where the program asks for none.
pub fn default_connections_max() -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is a valid place for the answer.
    match unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) } {
        0 => usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX),
        _ => 1024,
    }
}
