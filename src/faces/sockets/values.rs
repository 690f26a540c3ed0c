//! The values of lwIP's own headers, which differ from the system's, and what they are there. A program that was compiled with those
//! headers passes them; see `include/netgraft_lwip.h`.
use std::ffi::{c_int, c_long, c_short};

/// lwIP's value and the system's.
type Pair = (c_int, c_int);

/// lwIP's `SOL_SOCKET`.
pub const SOL_SOCKET: c_int = 0xfff;

const SOCKET_OPTIONS: &[Pair] = &[
    (0x0001, libc::SO_DEBUG),
    (0x0002, libc::SO_ACCEPTCONN),
    (0x0004, libc::SO_REUSEADDR),
    (0x0008, libc::SO_KEEPALIVE),
    (0x0010, libc::SO_DONTROUTE),
    (0x0020, libc::SO_BROADCAST),
    (0x0080, libc::SO_LINGER),
    (0x0100, libc::SO_OOBINLINE),
    (0x0200, libc::SO_REUSEPORT),
    (0x1001, libc::SO_SNDBUF),
    (0x1002, libc::SO_RCVBUF),
    (0x1003, libc::SO_SNDLOWAT),
    (0x1004, libc::SO_RCVLOWAT),
    (0x1005, libc::SO_SNDTIMEO),
    (0x1006, libc::SO_RCVTIMEO),
    (0x1007, libc::SO_ERROR),
    (0x1008, libc::SO_TYPE),
    (0x100a, libc::SO_NO_CHECK),
    (0x100b, libc::SO_BINDTODEVICE),
];
const IP_OPTIONS: &[Pair] = &[
    (1, libc::IP_TOS),
    (2, libc::IP_TTL),
    (3, libc::IP_ADD_MEMBERSHIP),
    (4, libc::IP_DROP_MEMBERSHIP),
    (5, libc::IP_MULTICAST_TTL),
    (6, libc::IP_MULTICAST_IF),
    (7, libc::IP_MULTICAST_LOOP),
    (8, libc::IP_PKTINFO),
];
/// The system has no idle time in milliseconds; this stands for it, as in Debian's header.
pub const TCP_KEEPALIVE: c_int = 0xff;
const TCP_OPTIONS: &[Pair] = &[
    (1, libc::TCP_NODELAY),
    (2, TCP_KEEPALIVE),
    (3, libc::TCP_KEEPIDLE),
    (4, libc::TCP_KEEPINTVL),
    (5, libc::TCP_KEEPCNT),
];
const IPV6_OPTIONS: &[Pair] = &[
    (7, 7), // IPV6_CHECKSUM
    (12, libc::IPV6_ADD_MEMBERSHIP),
    (13, libc::IPV6_DROP_MEMBERSHIP),
    (27, libc::IPV6_V6ONLY),
];
const UDPLITE_OPTIONS: &[Pair] = &[(1, 10), (2, 11)];
const MESSAGE_FLAGS: &[Pair] = &[
    (0x01, libc::MSG_PEEK),
    (0x02, libc::MSG_WAITALL),
    (0x04, libc::MSG_OOB),
    (0x08, libc::MSG_DONTWAIT),
    (0x10, libc::MSG_MORE),
    (0x20, libc::MSG_NOSIGNAL),
];
/// Those of a message that was received, which share values with others of those that are asked for.
const RECEIVED_FLAGS: &[Pair] = &[(0x04, libc::MSG_TRUNC), (0x08, libc::MSG_CTRUNC)];
const POLL_EVENTS: &[(c_short, c_short)] = &[
    (0x001, libc::POLLIN),
    (0x002, libc::POLLOUT),
    (0x004, libc::POLLERR),
    (0x008, libc::POLLNVAL),
    (0x010, libc::POLLRDNORM),
    (0x020, libc::POLLRDBAND),
    (0x040, libc::POLLPRI),
    (0x080, libc::POLLWRNORM),
    (0x100, libc::POLLWRBAND),
    (0x200, libc::POLLHUP),
];
const REQUESTS: &[(u32, libc::Ioctl)] =
    &[(0x4008_667f, libc::FIONREAD), (0x8008_667e, libc::FIONBIO), (0x4008_7307, 0x8905)];
const LOOKUP_FLAGS: &[Pair] = &[
    (0x01, libc::AI_PASSIVE),
    (0x02, libc::AI_CANONNAME),
    (0x04, libc::AI_NUMERICHOST),
    (0x08, libc::AI_NUMERICSERV),
    (0x10, libc::AI_V4MAPPED),
    (0x20, libc::AI_ALL),
    (0x40, libc::AI_ADDRCONFIG),
];
const LOOKUP_ERRORS: &[Pair] = &[
    (200, libc::EAI_NONAME),
    (200, libc::EAI_NODATA),
    (201, libc::EAI_SERVICE),
    (203, libc::EAI_MEMORY),
    (204, libc::EAI_FAMILY),
];
/// `h_errno`: `HOST_NOT_FOUND`, `TRY_AGAIN`, `NO_RECOVERY`, `NO_DATA`.
const HOST_ERRORS: &[Pair] = &[(210, 1), (213, 2), (212, 3), (211, 4)];

/// lwIP's `O_NONBLOCK`.
pub const O_NONBLOCK: c_int = 1;
/// lwIP's `O_RDONLY`, `O_WRONLY`; both together are its `O_RDWR`.
const O_READ: c_int = 2;
const O_WRITE: c_int = 4;

fn find(pairs: &[Pair], value: c_int) -> Option<c_int> {
    pairs.iter().find(|pair| pair.0 == value).map(|pair| pair.1)
}

fn find_back(pairs: &[Pair], value: c_int) -> Option<c_int> {
    pairs.iter().find(|pair| pair.1 == value).map(|pair| pair.0)
}

fn bits(pairs: &[Pair], value: c_int) -> c_int {
    pairs.iter().filter(|pair| value & pair.0 != 0).fold(0, |bits, pair| bits | pair.1)
}

fn bits_back(pairs: &[Pair], value: c_int) -> c_int {
    pairs.iter().filter(|pair| value & pair.1 != 0).fold(0, |bits, pair| bits | pair.0)
}

/// The system's level and name of an option; none where lwIP has none of that name.
pub fn option(level: c_int, name: c_int) -> Option<(c_int, c_int)> {
    let (level, names) = match level {
        SOL_SOCKET => (libc::SOL_SOCKET, SOCKET_OPTIONS),
        libc::IPPROTO_IP => (level, IP_OPTIONS),
        libc::IPPROTO_TCP => (level, TCP_OPTIONS),
        libc::IPPROTO_IPV6 => (level, IPV6_OPTIONS),
        libc::IPPROTO_UDPLITE => (level, UDPLITE_OPTIONS),
        _ => return None,
    };
    Some((level, find(names, name)?))
}

/// The flags of a call that sends or receives.
pub fn message_flags(flags: c_int) -> c_int {
    bits(MESSAGE_FLAGS, flags)
}

/// The flags of a message that was received, in lwIP's values.
pub fn received_flags(flags: c_int) -> c_int {
    bits_back(RECEIVED_FLAGS, flags)
}

/// The events of `poll`.
pub fn events(events: c_short) -> c_short {
    POLL_EVENTS.iter().filter(|pair| events & pair.0 != 0).fold(0, |bits, pair| bits | pair.1)
}

/// The events of `poll` in lwIP's values.
pub fn events_back(events: c_short) -> c_short {
    POLL_EVENTS.iter().filter(|pair| events & pair.1 != 0).fold(0, |bits, pair| bits | pair.0)
}

/// A request of `ioctl`.
pub fn request(request: c_long) -> Option<libc::Ioctl> {
    REQUESTS.iter().find(|pair| pair.0 == request as u32).map(|pair| pair.1)
}

/// What `F_GETFL` answers, in lwIP's values.
pub fn status_back(flags: c_int) -> c_int {
    let access = match flags & libc::O_ACCMODE {
        libc::O_RDONLY => O_READ,
        libc::O_WRONLY => O_WRITE,
        _ => O_READ | O_WRITE,
    };
    access | if flags & libc::O_NONBLOCK != 0 { O_NONBLOCK } else { 0 }
}

/// What is asked of `F_SETFL`: whether it is not to wait; none where it is something else.
pub fn nonblocking(flags: c_int) -> Option<bool> {
    let flags = flags & !(O_READ | O_WRITE);
    (flags & !O_NONBLOCK == 0).then_some(flags == O_NONBLOCK)
}

/// The flags of a look-up.
pub fn lookup_flags(flags: c_int) -> c_int {
    bits(LOOKUP_FLAGS, flags)
}

/// The flags of a look-up in lwIP's values.
pub fn lookup_flags_back(flags: c_int) -> c_int {
    bits_back(LOOKUP_FLAGS, flags)
}

/// The outcome of a look-up in lwIP's values; what it has no value for is its `EAI_FAIL`.
pub fn lookup_error_back(error: c_int) -> c_int {
    if error == 0 { 0 } else { find_back(LOOKUP_ERRORS, error).unwrap_or(202) }
}

/// `h_errno` in lwIP's values.
pub fn host_error_back(error: c_int) -> c_int {
    find_back(HOST_ERRORS, error).unwrap_or(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every constant that has another value in lwIP's headers, with both.
    #[test]
    fn every_constant_that_differs_is_translated() {
        let socket = |name| option(SOL_SOCKET, name).and_then(|(level, name)| (level == 1).then_some(name));
        let at = |level: c_int| move |name| option(level, name).and_then(|found| (found.0 == level).then_some(found.1));
        let check = |what: &str, lwip: c_int, system: Option<c_int>, due: c_int| {
            assert_eq!(system, Some(due), "{what} ({lwip:#x})");
        };
        for (name, lwip, system) in [
            ("SO_ACCEPTCONN", 0x2, 30),
            ("SO_REUSEADDR", 0x4, 2),
            ("SO_KEEPALIVE", 0x8, 9),
            ("SO_DONTROUTE", 0x10, 5),
            ("SO_BROADCAST", 0x20, 6),
            ("SO_LINGER", 0x80, 13),
            ("SO_OOBINLINE", 0x100, 10),
            ("SO_REUSEPORT", 0x200, 15),
            ("SO_SNDBUF", 0x1001, 7),
            ("SO_RCVBUF", 0x1002, 8),
            ("SO_SNDLOWAT", 0x1003, 19),
            ("SO_RCVLOWAT", 0x1004, 18),
            ("SO_SNDTIMEO", 0x1005, 21),
            ("SO_RCVTIMEO", 0x1006, 20),
            ("SO_ERROR", 0x1007, 4),
            ("SO_TYPE", 0x1008, 3),
            ("SO_NO_CHECK", 0x100a, 11),
            ("SO_BINDTODEVICE", 0x100b, 25),
        ] {
            check(name, lwip, socket(lwip), system);
        }
        for (name, lwip) in [("SO_USELOOPBACK", 0x40), ("SO_DONTLINGER", !0x80), ("SO_CONTIMEO", 0x1009)] {
            assert_eq!(socket(lwip), None, "{name}");
        }
        for (name, lwip, system) in [
            ("IP_MULTICAST_TTL", 5, 33),
            ("IP_MULTICAST_IF", 6, 32),
            ("IP_MULTICAST_LOOP", 7, 34),
            ("IP_ADD_MEMBERSHIP", 3, 35),
            ("IP_DROP_MEMBERSHIP", 4, 36),
        ] {
            check(name, lwip, at(0)(lwip), system);
        }
        for (name, lwip, system) in
            [("TCP_KEEPALIVE", 2, 255), ("TCP_KEEPIDLE", 3, 4), ("TCP_KEEPINTVL", 4, 5), ("TCP_KEEPCNT", 5, 6)]
        {
            check(name, lwip, at(6)(lwip), system);
        }
        for (name, lwip, system) in [
            ("IPV6_V6ONLY", 27, 26),
            ("IPV6_JOIN_GROUP", 12, 20),
            ("IPV6_ADD_MEMBERSHIP", 12, 20),
            ("IPV6_LEAVE_GROUP", 13, 21),
            ("IPV6_DROP_MEMBERSHIP", 13, 21),
        ] {
            check(name, lwip, at(41)(lwip), system);
        }
        for (name, lwip, system) in [("UDPLITE_SEND_CSCOV", 1, 10), ("UDPLITE_RECV_CSCOV", 2, 11)] {
            check(name, lwip, at(136)(lwip), system);
        }
        for (name, lwip, system) in [
            ("MSG_PEEK", 0x1, 0x2),
            ("MSG_WAITALL", 0x2, 0x100),
            ("MSG_OOB", 0x4, 0x1),
            ("MSG_DONTWAIT", 0x8, 0x40),
            ("MSG_MORE", 0x10, 0x8000),
            ("MSG_NOSIGNAL", 0x20, 0x4000),
        ] {
            assert_eq!(message_flags(lwip), system, "{name}");
        }
        assert_eq!(received_flags(0x20), 0x4, "MSG_TRUNC");
        assert_eq!(received_flags(0x8), 0x8, "MSG_CTRUNC");
        for (name, lwip, system) in [
            ("POLLPRI", 0x40, 0x2),
            ("POLLOUT", 0x2, 0x4),
            ("POLLERR", 0x4, 0x8),
            ("POLLHUP", 0x200, 0x10),
            ("POLLNVAL", 0x8, 0x20),
            ("POLLRDNORM", 0x10, 0x40),
            ("POLLRDBAND", 0x20, 0x80),
            ("POLLWRNORM", 0x80, 0x100),
            ("POLLWRBAND", 0x100, 0x200),
        ] {
            assert_eq!((events(lwip), events_back(system)), (system, lwip), "{name}");
        }
        for (name, lwip, system) in [
            ("FIONREAD", 1074292351, Some(21531)),
            ("FIONBIO", 2148034174, Some(21537)),
            ("SIOCATMARK", 1074295559, Some(35077)),
            ("SIOCSHIWAT", 2148037376, None),
            ("SIOCGHIWAT", 1074295553, None),
            ("SIOCSLOWAT", 2148037378, None),
            ("SIOCGLOWAT", 1074295555, None),
        ] {
            assert_eq!(request(lwip), system, "{name}");
        }
        assert_eq!(nonblocking(1), Some(true), "O_NONBLOCK, O_NDELAY");
        assert_eq!(nonblocking(6), Some(false), "O_RDWR");
        assert_eq!(nonblocking(0x800), None);
        for (name, lwip, system) in
            [("O_RDONLY", 2, 0), ("O_WRONLY", 4, 1), ("O_RDWR", 6, 2), ("and O_NONBLOCK", 7, 0x802)]
        {
            assert_eq!(status_back(system), lwip, "{name}");
        }
        for (name, lwip, system) in [
            ("EAI_NONAME", 200, -2),
            ("EAI_SERVICE", 201, -8),
            ("EAI_FAIL", 202, -4),
            ("EAI_MEMORY", 203, -10),
            ("EAI_FAMILY", 204, -6),
            ("EAI_AGAIN", 202, -3),
            ("success", 0, 0),
        ] {
            assert_eq!(lookup_error_back(system), lwip, "{name}");
        }
        for (name, lwip, system) in
            [("HOST_NOT_FOUND", 210, 1), ("NO_DATA", 211, 4), ("NO_RECOVERY", 212, 3), ("TRY_AGAIN", 213, 2)]
        {
            assert_eq!(host_error_back(system), lwip, "{name}");
        }
        for (name, lwip, system) in
            [("AI_NUMERICSERV", 0x8, 1024), ("AI_V4MAPPED", 0x10, 8), ("AI_ALL", 0x20, 16), ("AI_ADDRCONFIG", 0x40, 32)]
        {
            assert_eq!((lookup_flags(lwip), lookup_flags_back(system)), (system, lwip), "{name}");
        }
        // a level of the system's is none of lwIP's
        assert_eq!(option(1, 2), None);
    }
}
