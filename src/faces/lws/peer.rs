//! Who is at the other end.
use crate::engine::listen;
use std::net::IpAddr;
use std::os::fd::RawFd;

/// The peer's address in text, as the socket has it: an IPv4 peer of an IPv6 socket is `::ffff:1.2.3.4`.
pub fn as_seen(fd: RawFd) -> Option<String> {
    listen::peer_ip(fd).map(|ip| ip.to_string())
}

/// The peer's address in text, IPv4 plain.
pub fn plain(fd: RawFd) -> Option<String> {
    listen::peer_ip(fd).map(|ip: IpAddr| ip.to_canonical().to_string())
}
