//! lwIP's addresses: their layout, their text, and the same as the kernel has it.
#![allow(non_camel_case_types)]
use crate::engine::interfaces;
use std::ffi::{CString, c_char};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// The kinds of an [`ip_addr`].
pub mod kind {
    /// IPv4.
    pub const V4: u8 = 0;
    /// IPv6.
    pub const V6: u8 = 6;
    /// The unspecified address of both.
    pub const ANY: u8 = 46;
}

/// An IPv4 address in network byte order.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip4_addr {
    /// The four bytes.
    pub addr: u32,
}

/// An IPv6 address in network byte order.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip6_addr {
    /// The sixteen bytes.
    pub addr: [u32; 4],
    /// The index of the interface that a link-local address is about, or 0.
    pub zone: u8,
}

/// An address of either kind. An IPv4 address is in the first four bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ip_addr {
    /// As IPv6; an IPv4 address is `addr[0]`.
    pub ip6: ip6_addr,
    /// One of [`kind`].
    pub kind: u8,
}

/// As C calls it.
pub type ip4_addr_t = ip4_addr;
/// As C calls it.
pub type ip6_addr_t = ip6_addr;
/// As C calls it.
pub type ip_addr_t = ip_addr;

impl From<Ipv4Addr> for ip4_addr {
    fn from(ip: Ipv4Addr) -> Self {
        ip4_addr { addr: u32::from_ne_bytes(ip.octets()) }
    }
}

impl From<ip4_addr> for Ipv4Addr {
    fn from(ip: ip4_addr) -> Self {
        ip.addr.to_ne_bytes().into()
    }
}

impl ip6_addr {
    fn new(ip: Ipv6Addr, zone: u8) -> Self {
        let mut addr = [0; 4];
        for (word, bytes) in addr.iter_mut().zip(ip.octets().as_chunks::<4>().0) {
            *word = u32::from_ne_bytes(*bytes);
        }
        ip6_addr { addr, zone }
    }

    fn ip(&self) -> Ipv6Addr {
        let mut octets = [0; 16];
        for (bytes, word) in octets.as_chunks_mut::<4>().0.iter_mut().zip(self.addr) {
            *bytes = word.to_ne_bytes();
        }
        octets.into()
    }
}

impl ip_addr {
    /// The unspecified address of a kind.
    pub const fn any(kind: u8) -> Self {
        ip_addr { ip6: ip6_addr { addr: [0; 4], zone: 0 }, kind }
    }

    /// 255.255.255.255.
    pub const BROADCAST: Self = ip_addr { ip6: ip6_addr { addr: [u32::MAX, 0, 0, 0], zone: 0 }, kind: kind::V4 };

    /// An IPv4 address that stands in IPv6 becomes IPv4.
    pub fn new(ip: IpAddr, zone: u8) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => {
                ip_addr { ip6: ip6_addr { addr: [ip4_addr::from(ip).addr, 0, 0, 0], zone: 0 }, kind: kind::V4 }
            }
            IpAddr::V6(ip) => ip_addr { ip6: ip6_addr::new(ip, zone), kind: kind::V6 },
        }
    }

    /// The address and port of a socket. A zone that is too large for lwIP's 8 bits is left out.
    pub fn of_socket(address: SocketAddr) -> (Self, u16) {
        let zone = match address {
            SocketAddr::V6(address) => u8::try_from(address.scope_id()).unwrap_or(0),
            SocketAddr::V4(_) => 0,
        };
        (Self::new(address.ip(), zone), address.port())
    }

    /// As the kernel has it; [`kind::ANY`] is IPv6's.
    pub fn ip(&self) -> IpAddr {
        match self.kind {
            kind::V4 => Ipv4Addr::from(ip4_addr { addr: self.ip6.addr[0] }).into(),
            _ => self.ip6.ip().into(),
        }
    }

    /// For a socket of IPv6 (`v6`) or of IPv4: an IPv4 address stands in IPv6 then. `None` if there is no such address.
    pub fn socket(&self, port: u16, v6: bool) -> Option<SocketAddr> {
        match (self.ip(), v6) {
            (IpAddr::V4(ip), true) if ip.is_unspecified() => Some((Ipv6Addr::UNSPECIFIED, port).into()),
            (IpAddr::V4(ip), true) => Some((ip.to_ipv6_mapped(), port).into()),
            (IpAddr::V6(ip), true) => Some(SocketAddrV6::new(ip, port, 0, self.ip6.zone.into()).into()),
            (IpAddr::V4(ip), false) => Some((ip, port).into()),
            (IpAddr::V6(ip), false) if ip.is_unspecified() => Some((Ipv4Addr::UNSPECIFIED, port).into()),
            (IpAddr::V6(_), false) => None,
        }
    }

    /// Does it mean any address?
    pub fn is_any(&self) -> bool {
        self.ip().is_unspecified()
    }
}

/// One to four numbers with points between them, decimal, octal or hexadecimal; the last fills the bytes that are left. White space may
/// follow.
pub fn parse_v4(text: &[u8]) -> Option<ip4_addr> {
    let end = text.iter().position(|&byte| is_space(byte)).unwrap_or(text.len());
    let parts: Vec<&[u8]> = text[..end].splitn(5, |&byte| byte == b'.').collect();
    let (last, first) = parts.split_last()?;
    if first.len() > 3 {
        return None;
    }
    let mut address = number(last)?;
    if u64::from(address) >> (8 * (4 - first.len())) != 0 {
        return None;
    }
    for (i, part) in first.iter().enumerate() {
        let byte = u8::try_from(number(part)?).ok()?;
        address |= u32::from(byte) << (24 - 8 * i);
    }
    Some(ip4_addr { addr: address.to_be() })
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// A number as C writes it.
fn number(text: &[u8]) -> Option<u32> {
    let (digits, radix) = match text {
        [b'0', b'x' | b'X', digits @ ..] => (digits, 16),
        [b'0', digits @ ..] if !digits.is_empty() => (digits, 8),
        digits => (digits, 10),
    };
    if digits.is_empty() {
        return None;
    }
    digits
        .iter()
        .try_fold(0u32, |value, &digit| value.checked_mul(radix)?.checked_add(char::from(digit).to_digit(radix)?))
}

/// An IPv6 address, with `%` and an interface's name or index behind it if it is about a link. White space may follow.
pub fn parse_v6(text: &[u8]) -> Option<ip6_addr> {
    let end = text.iter().position(|&byte| is_space(byte)).unwrap_or(text.len());
    let text = std::str::from_utf8(&text[..end]).ok()?;
    let (ip, zone) = match text.split_once('%') {
        Some((ip, zone)) => (ip, zone_index(zone)?),
        None => (text, 0),
    };
    Some(ip6_addr::new(ip.parse().ok()?, zone))
}

fn zone_index(zone: &str) -> Option<u8> {
    if let Ok(index) = zone.parse() {
        return Some(index);
    }
    let name = CString::new(zone).ok()?;
    // SAFETY: a C string that lives for the call.
    u8::try_from(unsafe { libc::if_nametoindex(name.as_ptr()) }).ok().filter(|&index| index > 0)
}

/// Either kind: what has a colon is IPv6.
pub fn parse(text: &[u8]) -> Option<ip_addr> {
    if text.contains(&b':') {
        let ip6 = parse_v6(text)?;
        return Some(ip_addr { ip6, kind: kind::V6 });
    }
    Some(ip_addr { ip6: ip6_addr { addr: [parse_v4(text)?.addr, 0, 0, 0], zone: 0 }, kind: kind::V4 })
}

/// A dotted quad.
pub fn print_v4(address: ip4_addr) -> String {
    Ipv4Addr::from(address).to_string()
}

/// As lwIP writes it: capitals, `::` for the first run of two zero blocks or more, an IPv4 address at the end of `::FFFF:`, and the zone
/// as a number.
pub fn print_v6(address: &ip6_addr) -> String {
    let ip = address.ip();
    let mut text = String::new();
    if let Some(ip) = ip.to_ipv4_mapped() {
        let _ = write!(text, "::FFFF:{ip}");
    } else {
        let blocks = ip.segments();
        let zeros = (0..7).find(|&i| blocks[i] == 0 && blocks[i + 1] == 0);
        let mut i = 0;
        while i < 8 {
            if Some(i) == zeros {
                text.push_str("::");
                i += blocks[i..].iter().take_while(|&&block| block == 0).count();
                continue;
            }
            if i > 0 && !text.ends_with(':') {
                text.push(':');
            }
            let _ = write!(text, "{:X}", blocks[i]);
            i += 1;
        }
    }
    if address.zone != 0 {
        let _ = write!(text, "%{}", address.zone);
    }
    text
}

/// Either kind; the unspecified address of both is written as IPv6's.
pub fn print(address: &ip_addr) -> String {
    match address.kind {
        kind::V4 => print_v4(ip4_addr { addr: address.ip6.addr[0] }),
        kind::ANY => "*".to_owned(),
        _ => print_v6(&address.ip6),
    }
}

/// Copies text and its NUL to where a program wants it; `false` if the room does not suffice.
///
/// # Safety
/// `to` is null or has room for `room` bytes.
pub unsafe fn put(text: &str, to: *mut c_char, room: i32) -> bool {
    let fits = usize::try_from(room).is_ok_and(|room| room > text.len());
    if to.is_null() || !fits {
        return false;
    }
    // SAFETY: there is room for the text and a byte more, by the caller's word.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), to.cast(), text.len());
        to.add(text.len()).write(0);
    }
    true
}

/// The index of the interface that has this address, or 0.
pub fn interface_of(ip: IpAddr) -> u32 {
    let all = interfaces::addresses();
    let Some((name, _)) = all.into_iter().find(|(_, address)| *address == Some(ip)) else { return 0 };
    let Ok(name) = CString::new(name) else { return 0 };
    // SAFETY: a C string that lives for the call.
    unsafe { libc::if_nametoindex(name.as_ptr()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    #[test]
    fn layouts_are_lwips() {
        assert_eq!((size_of::<ip4_addr>(), size_of::<ip6_addr>(), size_of::<ip_addr>()), (4, 20, 24));
        assert_eq!((offset_of!(ip6_addr, zone), offset_of!(ip_addr, kind)), (16, 20));
    }

    #[test]
    fn text_of_ipv4() {
        let parsed = |text: &str| parse_v4(text.as_bytes()).map(print_v4);
        for (text, address) in [
            ("127.0.0.1", "127.0.0.1"),
            ("0x7f.1", "127.0.0.1"),
            ("010.0.0.1 x", "8.0.0.1"),
            ("1.2.65535", "1.2.255.255"),
            ("4294967295", "255.255.255.255"),
            ("0", "0.0.0.0"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(address), "{text}");
        }
        for text in [
            "",
            ".",
            "1.",
            "1..2",
            "256.1",
            "1.2.3.4.5",
            "1.2.3.256",
            "08",
            "0x",
            "1.2.65536",
            "4294967296",
            "a",
            "1.2.3.4x",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn text_of_ipv6() {
        let parsed = |text: &str| parse(text.as_bytes()).map(|address| print(&address));
        for (text, address) in [
            ("::1", "::1"),
            ("::", "::"),
            ("FE80::a:0:0:1%7", "FE80::A:0:0:1%7"),
            ("1:0:2:0:0:0:3:4", "1:0:2::3:4"),
            ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
            ("::ffff:1.2.3.4", "::FFFF:1.2.3.4"),
            ("1.2.3.4", "1.2.3.4"),
            ("::%lo", "::%1"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(address), "{text}");
        }
        for text in [":", ":::", "1::2::3", "12345::", "::1%", "::1%no-such", "::1x", "1:2:3:4:5:6:7:8:9"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn room_is_respected() {
        let mut room = [1i8; 5];
        // SAFETY: the sizes are those of `room`, or less.
        unsafe {
            assert!(put("1234", room.as_mut_ptr(), 5));
            assert_eq!(room[4], 0);
            assert!(!put("12345", room.as_mut_ptr(), 5));
            assert!(!put("", room.as_mut_ptr(), 0) && !put("", room.as_mut_ptr(), -1));
        }
    }
}
