//! Numeric addresses as text, and the addresses of network interfaces.
use crate::engine::interfaces;
use std::fmt::Write;
use std::net::{IpAddr, Ipv6Addr};

/// Reads a numeric IPv4 or IPv6 address, with spaces around it and IPv4 parts with leading zeros (up to three digits,
/// decimal) allowed.
pub fn parse(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim_matches([' ', '\t']);
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    let mut bytes = [0; 4];
    let mut parts = text.split('.');
    for byte in &mut bytes {
        let part = parts.next()?;
        if part.len() > 3 || !part.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        *byte = part.parse().ok()?;
    }
    parts.next().is_none().then(|| IpAddr::V4(bytes.into()))
}

/// The text of an address. IPv6 is written as libwebsockets does, where programs compare such texts: the *first* run
/// of zero groups becomes `::`, even a run of one.
pub fn write(address: IpAddr) -> String {
    let v6 = match address {
        IpAddr::V4(v4) => return v4.to_string(),
        IpAddr::V6(v6) => v6,
    };
    if let Some(v4) = v6.to_ipv4_mapped() {
        return format!("::ffff:{v4}");
    }
    let groups = v6.segments();
    let mut out = String::with_capacity(40);
    let first = groups.iter().position(|&group| group == 0).unwrap_or(8);
    let run = groups[first..].iter().take_while(|&&group| group == 0).count();
    let join = |out: &mut String, groups: &[u16]| {
        for (n, group) in groups.iter().enumerate() {
            let _ = write!(out, "{}{group:x}", if n > 0 { ":" } else { "" });
        }
    };
    join(&mut out, &groups[..first]);
    if run > 0 {
        out.push_str("::");
        join(&mut out, &groups[first + run..]);
    }
    out
}

/// Why an interface cannot be bound to.
#[derive(Debug, PartialEq)]
pub enum NoInterface {
    /// Neither an interface nor an address has this name.
    Unknown,
    /// The interface has no address of a wanted family.
    NoAddress,
}

/// The address to bind to for `name`: that of the interface so called, else the numeric address it spells.
/// With `v6` an interface's IPv4 address comes mapped into IPv6, and IPv6 addresses are allowed at all.
pub fn of_interface(name: &[u8], v6: bool) -> Result<IpAddr, NoInterface> {
    let mut exists = false;
    for (interface, address) in interfaces::addresses() {
        if interface != name {
            continue;
        }
        exists = true;
        match address {
            Some(IpAddr::V4(v4)) if v6 => return Ok(IpAddr::V6(v4.to_ipv6_mapped())),
            Some(IpAddr::V4(v4)) => return Ok(IpAddr::V4(v4)),
            Some(IpAddr::V6(address)) if v6 => return Ok(IpAddr::V6(address)),
            _ => {}
        }
    }
    if exists {
        return Err(NoInterface::NoAddress);
    }
    match parse(name) {
        Some(IpAddr::V6(_)) if !v6 => Err(NoInterface::NoAddress),
        Some(address) => Ok(address),
        None => Err(NoInterface::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_text_reads_back() {
        for text in ["::", "::1", "1::", "1:0:0:2::3", "0:0:1::", "1:2:3:4:5:6:7:8", "::1.2.3.4", "::ffff:1.2.3.4"] {
            let address = text.parse().unwrap();
            assert_eq!(parse(write(address).as_bytes()), Some(address), "{text}");
        }
    }

    #[test]
    fn an_interface_that_is_none() {
        assert_eq!(of_interface(b"nonexistent0", true), Err(NoInterface::Unknown));
        assert_eq!(of_interface(b"::1", false), Err(NoInterface::NoAddress));
    }
}
