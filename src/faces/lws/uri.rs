//! Cutting up a URI in place, as C programs expect: parts become strings by NULs written between them.
use super::cmdline;
use std::ffi::CStr;

/// Where the parts of a URI begin.
#[derive(Debug, PartialEq)]
pub struct Parts {
    /// The protocol; `None` when the URI names none.
    pub protocol: Option<usize>,
    /// The host, without the brackets of an IPv6 address; from `+` on a Unix socket's path.
    pub host: usize,
    /// The port, given or known from the protocol.
    pub port: Option<i32>,
    /// The path after its first `/`; `None` when that is all or there is none.
    pub path: Option<usize>,
}

/// Cuts up `uri`, whose last byte is its NUL.
pub fn split(uri: &mut [u8]) -> Parts {
    let end = uri.len() - 1;
    let mut parts = Parts { protocol: None, host: 0, port: None, path: None };
    if let Some(at) = uri.windows(3).position(|three| three == b"://") {
        parts.port = match &uri[..at] {
            b"http" | b"ws" => Some(80),
            b"https" | b"wss" => Some(443),
            _ => None,
        };
        uri[at] = 0;
        parts.protocol = Some(0);
        parts.host = at + 3;
    }
    let unix = uri[parts.host] == b'+';
    let mut at = parts.host;
    if uri[at] == b'[' {
        parts.host += 1;
        at = find(uri, at, |byte| byte == b']');
        uri[at] = 0;
        at = (at + 1).min(end); // whatever is there ends the host
    } else {
        at = find(uri, at, |byte| byte == b':' || (byte == b'/' && !unix));
    }
    if uri[at] == b':' {
        uri[at] = 0;
        let digits = at + 1;
        parts.port = CStr::from_bytes_until_nul(&uri[digits..]).ok().map(cmdline::number);
        at = find(uri, digits, |byte| byte == b'/');
    }
    if at < end {
        uri[at] = 0;
        parts.path = Some(at + 1).filter(|&path| path < end);
    }
    parts
}

/// The first byte from `start` on for which `wanted` holds, else the final NUL.
fn find(uri: &[u8], start: usize, wanted: impl Fn(u8) -> bool) -> usize {
    uri[start..].iter().position(|&byte| wanted(byte)).map_or(uri.len() - 1, |n| start + n)
}
