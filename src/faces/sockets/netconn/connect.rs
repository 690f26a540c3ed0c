//! Binding, listening, connecting, addresses, groups.
use super::socket::{Socket, Woken};
use super::{Conn, flag, passed, state};
use crate::faces::sockets::address::{self, ip_addr, kind};
use crate::faces::sockets::error::{self, err_t};
use socket2::{SockAddr, SockRef};
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::Ordering;

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: it is open as long as `self` is there.
        unsafe { BorrowedFd::borrow_raw(self.fd()) }
    }
}

fn of_result(result: io::Result<()>) -> err_t {
    result.err().map_or(error::OK, |error| error::of_io(&error))
}

impl Conn {
    /// Gives it a local address. `None` is the unspecified one; that of both kinds makes an IPv6 connection take IPv4 as well.
    pub(crate) fn bind(&self, address: Option<&ip_addr>, port: u16) -> err_t {
        let Some(socket) = self.socket() else { return error::VAL };
        if self.is_tcp() && (self.state() != state::NONE || self.has(passed::CONNECTED)) {
            return error::VAL;
        }
        let any = ip_addr::any(kind::V4);
        let Some(address) = address.unwrap_or(&any).socket(port, self.is_v6()) else { return error::VAL };
        self.apply(&socket);
        let err = of_result(SockRef::from(&*socket).bind(&SockAddr::from(address)));
        if err == error::OK {
            self.note(passed::BOUND);
        }
        err
    }

    /// Keeps it to one interface; 0 for all.
    pub(crate) fn bind_if(&self, index: u8) -> err_t {
        let Some(socket) = self.socket() else { return error::VAL };
        if index == 0 {
            return of_result(SockRef::from(&*socket).bind_device(None));
        }
        let mut name = [0; libc::IF_NAMESIZE];
        // SAFETY: room for a name.
        if unsafe { libc::if_indextoname(index.into(), name.as_mut_ptr()) }.is_null() {
            return error::VAL;
        }
        let len = name.iter().position(|&byte| byte == 0).unwrap_or(0);
        let name: Vec<u8> = name[..len].iter().map(|&byte| byte as u8).collect();
        of_result(SockRef::from(&*socket).bind_device(Some(&name)))
    }

    /// Makes it a listener. Again is allowed, and changes the backlog.
    pub(crate) fn listen(&self, backlog: u8) -> err_t {
        let Some(socket) = self.socket() else { return error::CONN };
        if !self.is_tcp() {
            return error::ARG;
        }
        self.look_at_connecting(&socket);
        match self.state() {
            state::NONE if self.has(passed::CONNECTED) => return error::VAL,
            state::NONE | state::LISTEN => {}
            _ => return error::CONN,
        }
        self.apply(&socket);
        // a backlog of 0 would be one connection at a time; lwIP means the least
        let err = of_result(SockRef::from(&*socket).listen(backlog.max(1).into()));
        if err == error::OK {
            self.note(passed::LISTENED);
            self.set_state(state::LISTEN);
            if let Some(watch) = &self.watch {
                watch.begin(self);
            }
        }
        err
    }

    /// Connects. TCP waits for the peer unless it is non-blocking; the others only note whom they talk to.
    pub(crate) fn connect(&self, address: Option<&ip_addr>, port: u16) -> err_t {
        let Some(socket) = self.socket() else { return error::CLSD };
        let any = ip_addr::any(kind::V4);
        let Some(address) = address.unwrap_or(&any).socket(port, self.is_v6()) else { return error::VAL };
        self.apply(&socket);
        if !self.is_tcp() {
            return of_result(SockRef::from(&*socket).connect(&SockAddr::from(address)));
        }
        self.look_at_connecting(&socket);
        let begun = self.face.state.compare_exchange(state::NONE, state::CONNECT, Ordering::AcqRel, Ordering::Acquire);
        match begun {
            Ok(_) if self.has(passed::CONNECTED) => {
                self.set_state(state::NONE);
                return error::ISCONN;
            }
            Ok(_) => {}
            Err(state::CONNECT) => return error::ALREADY,
            Err(_) => return error::ISCONN,
        }
        let blocks = self.blocks(0);
        if !blocks {
            self.set_flag(flag::IN_NONBLOCKING_CONNECT);
        }
        match SockRef::from(&*socket).connect(&SockAddr::from(address)) {
            Ok(()) => {}
            Err(error) if matches!(error.raw_os_error(), Some(libc::EINPROGRESS | libc::EINTR)) => {}
            Err(error) => {
                let err = error::of_io(&error);
                // an address that cannot be is no attempt
                if matches!(err, error::VAL | error::USE) {
                    self.set_state(state::NONE);
                } else {
                    self.connect_failed(err);
                }
                return err;
            }
        }
        if !blocks {
            if let Some(watch) = &self.watch {
                watch.begin(self);
            }
            return error::INPROGRESS;
        }
        loop {
            if socket.wait(libc::POLLOUT, None) == Woken::Gone {
                return error::CLSD;
            }
            if let Some(err) = self.connecting_ended(&socket) {
                if err == error::OK {
                    self.event(super::event::SENDPLUS, 0);
                    if let Some(watch) = &self.watch {
                        watch.begin(self);
                    }
                }
                return err;
            }
        }
    }

    /// If connecting has come to an end by now, that is noted, and what it was is the answer.
    pub(super) fn connecting_ended(&self, socket: &Arc<Socket>) -> Option<err_t> {
        let mut polled = libc::pollfd { fd: socket.fd(), events: libc::POLLOUT, revents: 0 };
        // SAFETY: one entry.
        if unsafe { libc::poll(&mut polled, 1, 0) } <= 0 {
            return None;
        }
        let err = error::of_errno(socket.pending_error());
        if err != error::OK {
            self.connect_failed(err);
            return Some(err);
        }
        if SockRef::from(&**socket).peer_addr().is_err() {
            // somebody else has taken the error
            return self.socket().is_none().then_some(error::CLSD);
        }
        self.note(passed::CONNECTED | passed::BOUND);
        self.clear_flag(flag::IN_NONBLOCKING_CONNECT);
        self.set_state(state::NONE);
        Some(error::OK)
    }

    /// As if the TCP/IP thread had looked after it: for connections that it does not watch.
    pub(super) fn look_at_connecting(&self, socket: &Arc<Socket>) {
        if self.watch.is_none() && self.state() == state::CONNECT && self.flags() & flag::IN_NONBLOCKING_CONNECT != 0 {
            self.connecting_ended(socket);
        }
    }

    fn connect_failed(&self, err: err_t) {
        self.clear_flag(flag::IN_NONBLOCKING_CONNECT);
        self.receive_err.store(err, Ordering::Release);
        drop(self.fail(err));
    }

    /// Forgets the peer of a datagram connection.
    pub(crate) fn disconnect(&self) -> err_t {
        if self.kind() & 0xf0 != super::kind::UDP {
            return error::VAL;
        }
        let Some(socket) = self.socket() else { return error::CONN };
        let nobody = libc::sockaddr { sa_family: libc::AF_UNSPEC as u16, sa_data: [0; 14] };
        // SAFETY: an address as long as it is said to be.
        unsafe { libc::connect(socket.fd(), &nobody, size_of::<libc::sockaddr>() as u32) };
        error::OK
    }

    /// Its own address, or its peer's.
    pub(crate) fn address(&self, local: bool) -> Result<(ip_addr, u16), err_t> {
        let socket = self.socket().ok_or(error::CONN)?;
        self.look_at_connecting(&socket);
        let socket = self.socket().ok_or(error::CONN)?;
        let socket = SockRef::from(&*socket);
        let address = if local { socket.local_addr() } else { socket.peer_addr() };
        let address: Option<SocketAddr> = address.map_err(|_| error::CONN)?.as_socket();
        Ok(ip_addr::of_socket(address.ok_or(error::CONN)?))
    }

    /// Joins a group, or leaves it, on the interface with this address, or with this index where there is no address.
    pub(crate) fn group(&self, group: &ip_addr, interface: Result<&ip_addr, u32>, join: bool) -> err_t {
        if self.is_tcp() {
            return error::VAL;
        }
        let Some(socket) = self.socket() else { return error::CONN };
        let socket = SockRef::from(&*socket);
        let index = match interface {
            Ok(address) if address.is_any() => group.ip6.zone.into(),
            Ok(address) => match address::interface_of(address.ip()) {
                0 => return error::VAL,
                index => index,
            },
            Err(index) => index,
        };
        let by_index = socket2::InterfaceIndexOrAddress::Index(index);
        of_result(match (group.ip(), join) {
            (IpAddr::V4(group), true) => socket.join_multicast_v4_n(&group, &by_index),
            (IpAddr::V4(group), false) => socket.leave_multicast_v4_n(&group, &by_index),
            (IpAddr::V6(group), true) => socket.join_multicast_v6(&group, index),
            (IpAddr::V6(group), false) => socket.leave_multicast_v6(&group, index),
        })
    }
}

/// Looks a name up; waits for the answer. What to look for: 0 IPv4, 1 IPv6, 2 IPv4 or else IPv6, 3 IPv6 or else IPv4.
pub fn look_up(name: &str, what: u8) -> Result<ip_addr, err_t> {
    let found: Vec<SocketAddr> = (name, 0).to_socket_addrs().map_err(|_| error::VAL)?.collect();
    let first = |v6: bool| found.iter().find(|address| address.is_ipv6() == v6);
    let best = match what {
        0 => first(false),
        1 => first(true),
        2 => first(false).or_else(|| first(true)),
        3 => first(true).or_else(|| first(false)),
        _ => return Err(error::ARG),
    };
    best.map(|address| ip_addr::of_socket(*address).0).ok_or(error::VAL)
}
