//! Connecting to whichever of several addresses answers first.
//!
//! The first address is tried at once; while it does not answer, the next is tried beside it after a moment, and at once
//! when it fails (as RFC 8305 has it). Whoever answers first is the connection; the others are closed.
use super::clock::SECOND;
use super::sock;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{IntoRawFd, RawFd};

/// How long an address is given before the next is tried beside it, in microseconds.
pub const HEAD_START: u64 = SECOND / 4;
/// More addresses of one name than this are not tried.
const MOST: usize = 16;

/// The addresses of one host that are tried, and those that still can be.
pub struct Dialing {
    left: VecDeque<SockAddr>,
    under_way: Vec<RawFd>,
    local: Option<IpAddr>,
    error: io::Error,
}

/// How dialing goes.
#[derive(Debug)]
pub enum Progress {
    /// This socket is connected. It is the caller's.
    Connected(RawFd),
    /// Nobody has answered yet.
    Waiting,
    /// Nobody is left who could.
    Failed(io::Error),
}

impl Dialing {
    /// Addresses to try, best first, from the address `local` where one is given.
    pub fn new(addresses: &[SocketAddr], local: Option<IpAddr>) -> Self {
        let fits = |a: &&SocketAddr| local.is_none_or(|l| l.is_ipv4() == a.ip().is_ipv4());
        let mut left: VecDeque<SockAddr> = VecDeque::new();
        // the families take turns, so that one that leads nowhere is left early
        let of = |v6: bool| addresses.iter().filter(fits).filter(move |a| a.is_ipv6() == v6);
        let v6_first = addresses.first().is_some_and(SocketAddr::is_ipv6);
        let (mut first, mut second) = (of(v6_first), of(!v6_first));
        loop {
            let pair = [first.next(), second.next()];
            left.extend(pair.iter().flatten().map(|&&a| SockAddr::from(a)));
            if pair.iter().all(Option::is_none) || left.len() >= MOST {
                break;
            }
        }
        let none = io::Error::new(io::ErrorKind::AddrNotAvailable, "no address to connect to");
        Dialing { left, under_way: Vec::new(), local, error: none }
    }

    /// The Unix socket at a path, or in the abstract name space where the name begins with `@`.
    pub fn unix(path: &[u8]) -> io::Result<Self> {
        let address = super::listen::unix_address(path)?;
        let none = io::Error::from(io::ErrorKind::AddrNotAvailable);
        Ok(Dialing { left: VecDeque::from([address]), under_way: Vec::new(), local: None, error: none })
    }

    /// Is there an address that was not tried yet?
    pub fn has_more(&self) -> bool {
        !self.left.is_empty()
    }

    /// Tries the next address, and those behind it while they fail at once. The socket to watch, if any: it stays ours.
    pub fn try_next(&mut self) -> Option<RawFd> {
        while let Some(address) = self.left.pop_front() {
            match start(&address, self.local) {
                Ok(fd) => {
                    self.under_way.push(fd);
                    return Some(fd);
                }
                Err(e) => self.error = e,
            }
        }
        None
    }

    /// Looks how the attempts under way go. When one has failed and others can be tried, [`try_next`](Self::try_next) is in place.
    pub fn progress(&mut self) -> Progress {
        let mut at = 0;
        while let Some(&fd) = self.under_way.get(at) {
            match sock::connect_outcome(fd) {
                Ok(true) => {
                    self.under_way.remove(at);
                    return Progress::Connected(fd);
                }
                Ok(false) => at += 1,
                Err(e) => {
                    self.error = e;
                    self.under_way.remove(at);
                    sock::close(fd);
                }
            }
        }
        if self.under_way.is_empty() && self.left.is_empty() {
            let gone = io::Error::from(io::ErrorKind::NotConnected);
            return Progress::Failed(std::mem::replace(&mut self.error, gone));
        }
        Progress::Waiting
    }

    /// Is no attempt under way?
    pub fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    /// The sockets being tried.
    pub fn sockets(&self) -> &[RawFd] {
        &self.under_way
    }
}

impl Drop for Dialing {
    fn drop(&mut self) {
        for &fd in &self.under_way {
            sock::close(fd);
        }
    }
}

/// Begins to connect a new socket.
fn start(address: &SockAddr, local: Option<IpAddr>) -> io::Result<RawFd> {
    let domain = address.domain();
    let protocol = (domain != Domain::UNIX).then_some(Protocol::TCP);
    let socket = Socket::new(domain, Type::STREAM.nonblocking().cloexec(), protocol)?;
    if let Some(local) = local {
        socket.bind(&SocketAddr::new(local, 0).into())?;
    }
    if domain != Domain::UNIX {
        socket.set_tcp_nodelay(true)?;
    }
    match socket.connect(address) {
        Err(e) if e.raw_os_error() != Some(libc::EINPROGRESS) && e.kind() != io::ErrorKind::Interrupted => Err(e),
        _ => Ok(socket.into_raw_fd()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::time::{Duration, Instant};

    fn dial(addresses: &[SocketAddr]) -> io::Result<RawFd> {
        let mut dialing = Dialing::new(addresses, None);
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end {
            match dialing.progress() {
                Progress::Connected(fd) => return Ok(fd),
                Progress::Failed(e) => return Err(e),
                Progress::Waiting if dialing.is_idle() => drop(dialing.try_next()),
                Progress::Waiting => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        panic!("neither connected nor failed");
    }

    #[test]
    fn the_next_address_is_tried() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        sock::close(dial(&[refused, here]).unwrap());
        assert_eq!(dial(&[refused]).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert!(dial(&[]).is_err());
    }
}
