//! Listening sockets and accepting.
use socket2::{Domain, SockAddr, Socket, Type};
use std::ffi::OsStr;
use std::io;
use std::mem::ManuallyDrop;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{FromRawFd, IntoRawFd, RawFd};
use std::os::unix::ffi::OsStrExt;

/// The kernel lowers it to `net.core.somaxconn`.
const BACKLOG: i32 = 4096;

/// Where to listen.
#[derive(Clone, Debug)]
pub enum Endpoint {
    /// A TCP port on one address, or on all of the host's.
    Tcp {
        /// One address; none for all.
        address: Option<IpAddr>,
        /// The port; 0 lets the kernel choose.
        port: u16,
        /// May IPv6 be used?
        ipv6: bool,
        /// Of an IPv6 socket: IPv6 alone, or IPv4 too? None leaves it to serve both.
        v6_only: Option<bool>,
        /// May other sockets listen on the same port (`SO_REUSEPORT`)?
        shared: bool,
        /// An interface to be bound to (`SO_BINDTODEVICE`): what comes by another is not for this socket.
        device: Option<Vec<u8>>,
    },
    /// A Unix socket at a path, or in the abstract name space where the name begins with `@`.
    Unix(String),
}

/// Opens a listening socket, non-blocking. The caller owns the descriptor.
pub fn listen(at: &Endpoint) -> io::Result<RawFd> {
    let socket = match at {
        Endpoint::Tcp { address: Some(ip), port, v6_only, shared, device, .. } => {
            tcp(*ip, *port, v6_only.filter(|_| ip.is_ipv6()), *shared, device.as_deref())
        }
        Endpoint::Tcp { address: None, port, ipv6, v6_only, shared, device } => {
            let v4 = || tcp(Ipv4Addr::UNSPECIFIED.into(), *port, None, *shared, device.as_deref());
            let v6 = || {
                let only = v6_only.or(Some(false));
                tcp(Ipv6Addr::UNSPECIFIED.into(), *port, only, *shared, device.as_deref())
            };
            match if *ipv6 { v6() } else { v4() } {
                // a kernel without IPv6, or with it switched off: IPv4 serves
                Err(e) if *ipv6 && lacks_family(&e) => v4(),
                outcome => outcome,
            }
        }
        Endpoint::Unix(path) => unix(path),
    }?;
    socket.set_nonblocking(true)?;
    socket.listen(BACKLOG)?;
    Ok(socket.into_raw_fd())
}

fn lacks_family(e: &io::Error) -> bool {
    matches!(
        e.raw_os_error(),
        Some(libc::EAFNOSUPPORT | libc::EADDRNOTAVAIL | libc::EPERM | libc::EACCES | libc::EPROTONOSUPPORT)
    )
}

fn tcp(ip: IpAddr, port: u16, v6_only: Option<bool>, shared: bool, device: Option<&[u8]>) -> io::Result<Socket> {
    let address = SocketAddr::new(ip, port);
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    if shared {
        socket.set_reuse_port(true)?;
    }
    if let Some(only) = v6_only {
        socket.set_only_v6(only)?;
    }
    if device.is_some() {
        socket.bind_device(device)?;
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

fn unix(path: &str) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    if !path.starts_with('@') {
        // what a server that has ended left behind would make bind fail
        let _ = std::fs::remove_file(path);
    }
    socket.bind(&unix_address(path.as_bytes())?)?;
    Ok(socket)
}

/// The address of a Unix socket at a path, or in the abstract name space where the name begins with `@`.
pub fn unix_address(path: &[u8]) -> io::Result<SockAddr> {
    match path {
        [b'@', name @ ..] => SockAddr::unix(OsStr::from_bytes(&[b"\0", name].concat())),
        path => SockAddr::unix(OsStr::from_bytes(path)),
    }
}

/// A connection just accepted: its descriptor, which the caller owns, and the peer's address.
pub struct Accepted {
    /// The descriptor, non-blocking and closed on exec.
    pub fd: RawFd,
    /// The peer's address.
    pub peer: libc::sockaddr_storage,
    /// How much of `peer` the address takes.
    pub peer_len: libc::socklen_t,
}

/// Accepts one connection.
#[inline]
pub fn accept(listener: RawFd) -> io::Result<Accepted> {
    // SAFETY: a sockaddr_storage of zeros is valid; the kernel writes at most `peer_len` bytes to `peer`.
    unsafe {
        let mut peer: libc::sockaddr_storage = std::mem::zeroed();
        let mut peer_len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
        let fd = libc::accept4(listener, (&raw mut peer).cast(), &mut peer_len, flags);
        if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(Accepted { fd, peer, peer_len }) }
    }
}

/// Is an error of accepting about one peer alone: it has given up meanwhile, or its network has failed?
pub fn is_passing(e: &io::Error) -> bool {
    matches!(
        e.raw_os_error(),
        Some(
            libc::ECONNABORTED
                | libc::EINTR
                | libc::EPROTO
                | libc::ENETDOWN
                | libc::ENOPROTOOPT
                | libc::EHOSTDOWN
                | libc::ENONET
                | libc::EHOSTUNREACH
                | libc::EOPNOTSUPP
                | libc::ENETUNREACH
        )
    )
}

/// Borrows a descriptor for a question about it: it is not closed afterwards.
fn ask<R>(fd: RawFd, question: impl FnOnce(&Socket) -> Option<R>) -> Option<R> {
    if fd < 0 {
        return None;
    }
    // SAFETY: `ManuallyDrop` keeps the socket from closing the descriptor; the kernel answers for what is none.
    question(&ManuallyDrop::new(unsafe { Socket::from_raw_fd(fd) }))
}

/// The port a socket is bound to; 0 where it has none.
pub fn local_port(fd: RawFd) -> u16 {
    ask(fd, |socket| socket.local_addr().ok()?.as_socket()).map_or(0, |address| address.port())
}

/// The peer's IP address, as its socket has it; none for a Unix socket.
pub fn peer_ip(fd: RawFd) -> Option<IpAddr> {
    ask(fd, |socket| socket.peer_addr().ok()?.as_socket()).map(|address| address.ip())
}
