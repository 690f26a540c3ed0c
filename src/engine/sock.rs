//! System calls on a connected socket. Each returns the kernel's error; none blocks.
use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{self, IoSlice};
use std::mem::{MaybeUninit, size_of};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{IntoRawFd, RawFd};

/// Makes a system call, again while a signal interrupts it.
#[inline(always)]
fn call(syscall: impl Fn() -> isize) -> io::Result<usize> {
    loop {
        let n = syscall();
        if n >= 0 {
            return Ok(n as usize);
        }
        let e = io::Error::last_os_error();
        if e.kind() != io::ErrorKind::Interrupted {
            return Err(e);
        }
    }
}

/// Does this error mean "later", not "never"?
pub fn is_later(e: &io::Error) -> bool {
    e.kind() == io::ErrorKind::WouldBlock
}

/// Receives into `buf`; 0 is the peer's end of stream.
#[inline]
pub fn recv(fd: RawFd, buf: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the kernel writes at most `buf.len()` bytes into `buf`.
    let start = buf.as_mut_ptr();
    call(|| unsafe { libc::recv(fd, start.cast(), buf.len(), 0) })
}

/// Sends what the kernel takes of `bytes`.
#[inline]
pub fn send(fd: RawFd, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the kernel reads at most `bytes.len()` bytes from `bytes`.
    call(|| unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL) })
}

/// Sends what the kernel takes of two pieces, in one call.
pub fn send2(fd: RawFd, first: &[u8], second: &[u8]) -> io::Result<usize> {
    let pieces = [IoSlice::new(first), IoSlice::new(second)];
    // SAFETY: an all-zero msghdr is valid; IoSlice has iovec's layout; the pieces outlive the call.
    call(|| unsafe {
        let mut msg: libc::msghdr = MaybeUninit::zeroed().assume_init();
        msg.msg_iov = pieces.as_ptr() as *mut libc::iovec;
        msg.msg_iovlen = pieces.len() as _;
        libc::sendmsg(fd, &msg, libc::MSG_NOSIGNAL)
    })
}

/// How a connect that was begun has gone: true when it stands, false while it is under way.
pub fn connect_outcome(fd: RawFd) -> io::Result<bool> {
    let (mut error, mut len) = (0i32, size_of::<i32>() as libc::socklen_t);
    // SAFETY: the kernel writes one int to `error`.
    let got = unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_ERROR, (&raw mut error).cast(), &mut len) };
    if got < 0 {
        return Err(io::Error::last_os_error());
    }
    if error != 0 {
        return Err(io::Error::from_raw_os_error(error));
    }
    Ok(peer(fd).is_some())
}

/// How far a stream socket is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// It has a peer.
    Connected,
    /// A connect was begun.
    Connecting,
    /// It accepts connections.
    Listening,
}

/// How far a stream socket is; an error where it is none (`EBADF`, `ENOTSOCK`, `EPROTOTYPE`), is not connected, or has failed.
pub fn stream(fd: RawFd) -> io::Result<Stream> {
    let option = |name| {
        let (mut value, mut len) = (0i32, size_of::<i32>() as libc::socklen_t);
        // SAFETY: the kernel writes one int to `value`.
        let got = unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, name, (&raw mut value).cast(), &mut len) };
        if got < 0 { Err(io::Error::last_os_error()) } else { Ok(value) }
    };
    if option(libc::SO_TYPE)? != libc::SOCK_STREAM {
        return Err(io::Error::from_raw_os_error(libc::EPROTOTYPE));
    }
    if option(libc::SO_ACCEPTCONN)? != 0 {
        return Ok(Stream::Listening);
    }
    if peer(fd).is_some() {
        return Ok(Stream::Connected);
    }
    let (mut state, mut len) = (0u8, 1 as libc::socklen_t);
    // SAFETY: the kernel writes one byte, the first of its tcp_info, which is the state.
    let got = unsafe { libc::getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_INFO, (&raw mut state).cast(), &mut len) };
    const SYN_SENT: u8 = 2;
    if got == 0 && state == SYN_SENT {
        return Ok(Stream::Connecting);
    }
    match option(libc::SO_ERROR)? {
        // it may have become connected between the questions
        0 if peer(fd).is_some() => Ok(Stream::Connected),
        0 => Err(io::Error::from_raw_os_error(libc::ENOTCONN)),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}

/// Which file a descriptor leads to.
pub fn inode(fd: RawFd) -> io::Result<u64> {
    let mut stat = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the kernel fills in the struct, of which all zeros is a value too.
    let (outcome, stat) = unsafe { (libc::fstat(fd, stat.as_mut_ptr()), stat.assume_init()) };
    if outcome < 0 { Err(io::Error::last_os_error()) } else { Ok(stat.st_ino) }
}

/// A socket address, as the system has it.
#[derive(Clone, Copy)]
pub struct Address {
    storage: libc::sockaddr_storage,
    len: libc::socklen_t,
}

impl Address {
    /// No address.
    pub fn none() -> Self {
        // SAFETY: an all-zero sockaddr_storage is valid.
        Address { storage: unsafe { MaybeUninit::zeroed().assume_init() }, len: 0 }
    }

    /// Its beginning, as much as a plain `sockaddr` holds, and its whole length.
    pub fn head(&self) -> (libc::sockaddr, libc::socklen_t) {
        // SAFETY: a sockaddr is the beginning of a sockaddr_storage.
        (unsafe { (&raw const self.storage).cast::<libc::sockaddr>().read() }, self.len)
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        let address = SockAddr::from(address);
        let mut all = Address::none();
        // SAFETY: socket2's storage is no larger than sockaddr_storage, and as long as it says.
        unsafe {
            let to = (&raw mut all.storage).cast::<u8>();
            to.copy_from_nonoverlapping(address.as_ptr().cast(), address.len() as usize);
        }
        all.len = address.len();
        all
    }
}

/// Receives a datagram into `buf`, and who has sent it.
pub fn recv_from(fd: RawFd, buf: &mut [u8]) -> io::Result<(usize, Address)> {
    let mut from = Address::none();
    let (start, len) = (buf.as_mut_ptr(), buf.len());
    let place = &raw mut from;
    // SAFETY: the kernel writes at most `len` bytes into `buf`, and an address and its length to `from`.
    let n = call(|| unsafe {
        (*place).len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        libc::recvfrom(fd, start.cast(), len, 0, (&raw mut (*place).storage).cast(), &raw mut (*place).len)
    })?;
    Ok((n, from))
}

/// Sends a datagram.
pub fn send_to(fd: RawFd, bytes: &[u8], to: &Address) -> io::Result<usize> {
    // SAFETY: the kernel reads `bytes` and the address.
    call(|| unsafe {
        let address = (&raw const to.storage).cast();
        libc::sendto(fd, bytes.as_ptr().cast(), bytes.len(), libc::MSG_NOSIGNAL, address, to.len)
    })
}

/// Writes to a descriptor of any kind.
pub fn write(fd: RawFd, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the kernel reads at most `bytes.len()` bytes from `bytes`.
    call(|| unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) })
}

/// What of `events` (`POLLIN` …), and of errors, holds of a descriptor now.
pub fn poll(fd: RawFd, events: i16) -> i16 {
    let mut asked = libc::pollfd { fd, events, revents: 0 };
    // SAFETY: one pollfd, which the kernel fills in; it does not wait.
    if unsafe { libc::poll(&mut asked, 1, 0) } > 0 { asked.revents } else { 0 }
}

/// Is there a descriptor with this number?
pub fn is_open(fd: RawFd) -> bool {
    // SAFETY: a question about a number.
    fd >= 0 && unsafe { libc::fcntl(fd, libc::F_GETFD) } >= 0
}

/// Has a descriptor closed when the process becomes another program.
pub fn close_on_exec(fd: RawFd) -> io::Result<()> {
    // SAFETY: flags of a descriptor are read and written.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFD);
        if flags < 0 || libc::fcntl(fd, libc::F_SETFD, flags | libc::FD_CLOEXEC) < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Keeps calls on a descriptor from waiting. False where that is not possible.
pub fn set_nonblocking(fd: RawFd) -> bool {
    // SAFETY: flags of a descriptor are read and written.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFL);
        flags >= 0 && libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK) >= 0
    }
}

/// Who is at the other end of a connected socket.
pub fn peer(fd: RawFd) -> Option<Address> {
    let mut peer = Address::none();
    peer.len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    // SAFETY: the kernel writes an address of at most that size, and its length.
    let found = unsafe { libc::getpeername(fd, (&raw mut peer.storage).cast(), &mut peer.len) == 0 };
    found.then_some(peer)
}

/// Opens a UDP socket: bound to `address`, or else connected to it, from the address `local` where one is given.
pub fn udp(address: SocketAddr, bind: bool, local: Option<IpAddr>, broadcast: bool) -> io::Result<RawFd> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM.nonblocking().cloexec(), None)?;
    socket.set_broadcast(broadcast)?;
    if bind {
        socket.set_reuse_address(true)?;
        let at = SocketAddr::new(local.unwrap_or(address.ip()), address.port());
        socket.bind(&at.into())?;
    } else {
        if let Some(local) = local {
            socket.bind(&SocketAddr::new(local, 0).into())?;
        }
        socket.connect(&address.into())?;
    }
    Ok(socket.into_raw_fd())
}

/// Says that no more will be sent.
pub fn shutdown_send(fd: RawFd) {
    // SAFETY: a plain call on a number; a wrong number is the kernel's error, which does not matter here.
    unsafe { libc::shutdown(fd, libc::SHUT_WR) };
}

/// Closes a descriptor that we own.
pub fn close(fd: RawFd) {
    // SAFETY: the caller owns `fd` and does not use it again.
    unsafe { libc::close(fd) };
}

fn set_option(fd: RawFd, level: i32, name: i32, value: i32) {
    // SAFETY: the kernel reads one int from `value`.
    unsafe { libc::setsockopt(fd, level, name, (&raw const value).cast(), size_of::<i32>() as _) };
}

/// Sends small messages at once. Means nothing, and does nothing, on a Unix socket.
pub fn set_nodelay(fd: RawFd) {
    set_option(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1);
}

/// Lets the kernel probe an idle connection: after `idle` seconds, `probes` times, `interval` seconds apart.
pub fn set_keepalive(fd: RawFd, idle: i32, probes: i32, interval: i32) {
    set_option(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE, 1);
    set_option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, idle);
    set_option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPCNT, probes);
    set_option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPINTVL, interval);
}
