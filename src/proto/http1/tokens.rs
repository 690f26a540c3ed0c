//! The words of HTTP that have a number, and finding a header's number from its name.
//!
//! The order is the ABI's: `enum lws_token_indexes` counts along this list. A name that ends with a colon is a header.

/// Defines the list twice: as Rust strings, and ended with NUL for C.
macro_rules! names {
    ($($name:literal,)*) => {
        /// The text of each token, headers with their colon, methods with the space after them.
        pub const NAMES: [&str; COUNT] = [$($name),*];
        /// The same, each ended with a NUL.
        pub const NAMES_NUL: [&str; COUNT] = [$(concat!($name, "\0")),*];
    };
}

/// The tokens that netgraft itself reads.
#[allow(missing_docs)]
mod named {
    pub const GET_URI: u8 = 0;
    pub const POST_URI: u8 = 1;
    pub const OPTIONS_URI: u8 = 2;
    pub const HOST: u8 = 3;
    pub const CONNECTION: u8 = 4;
    pub const UPGRADE: u8 = 5;
    pub const PROTOCOL: u8 = 12;
    pub const HTTP_COOKIE: u8 = 26;
    pub const CONTENT_LENGTH: u8 = 27;
    pub const KEY: u8 = 32;
    pub const VERSION: u8 = 33;
    pub const TRANSFER_ENCODING: u8 = 68;
    pub const PATCH_URI: u8 = 73;
    pub const PUT_URI: u8 = 74;
    pub const DELETE_URI: u8 = 75;
    pub const HTTP_URI_ARGS: u8 = 76;
    pub const CONNECT: u8 = 81;
    pub const HEAD_URI: u8 = 82;
}
pub use named::*;

/// How many tokens there are.
pub const COUNT: usize = 88;

names! {
    "get ",
    "post ",
    "options ",
    "host:",
    "connection:",
    "upgrade:",
    "origin:",
    "sec-websocket-draft:",
    "\r\n",
    "sec-websocket-extensions:",
    "sec-websocket-key1:",
    "sec-websocket-key2:",
    "sec-websocket-protocol:",
    "sec-websocket-accept:",
    "sec-websocket-nonce:",
    "http/1.1 ",
    "http2-settings:",
    "accept:",
    "access-control-request-headers:",
    "if-modified-since:",
    "if-none-match:",
    "accept-encoding:",
    "accept-language:",
    "pragma:",
    "cache-control:",
    "authorization:",
    "cookie:",
    "content-length:",
    "content-type:",
    "date:",
    "range:",
    "referer:",
    "sec-websocket-key:",
    "sec-websocket-version:",
    "sec-websocket-origin:",
    ":authority",
    ":method",
    ":path",
    ":scheme",
    ":status",
    "accept-charset:",
    "accept-ranges:",
    "access-control-allow-origin:",
    "age:",
    "allow:",
    "content-disposition:",
    "content-encoding:",
    "content-language:",
    "content-location:",
    "content-range:",
    "etag:",
    "expect:",
    "expires:",
    "from:",
    "if-match:",
    "if-range:",
    "if-unmodified-since:",
    "last-modified:",
    "link:",
    "location:",
    "max-forwards:",
    "proxy-authenticate:",
    "proxy-authorization:",
    "refresh:",
    "retry-after:",
    "server:",
    "set-cookie:",
    "strict-transport-security:",
    "transfer-encoding:",
    "user-agent:",
    "vary:",
    "via:",
    "www-authenticate:",
    "patch",
    "put",
    "delete",
    "uri-args",
    "proxy ",
    "x-real-ip:",
    "http/1.0 ",
    "x-forwarded-for:",
    "connect ",
    "head ",
    "te:",
    "replay-nonce:",
    ":protocol",
    "x-auth-token:",
    "",
}

/// In [`BY_HASH`]: no header has this hash.
const NONE: u8 = u8::MAX;

/// Every header's token by [`hash`] of its name, which is different for each.
static BY_HASH: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut token = 0;
    while token < COUNT {
        if let Some(name) = header_name(NAMES[token]) {
            let slot = hash(name) as usize;
            assert!(table[slot] == NONE, "two headers share a hash: choose other factors");
            table[slot] = token as u8;
        }
        token += 1;
    }
    table
};

/// Every header's name without the colon; empty for tokens that are none.
static HEADERS: [&[u8]; COUNT] = {
    let mut names: [&[u8]; COUNT] = [b""; COUNT];
    let mut token = 0;
    while token < COUNT {
        if let Some(name) = header_name(NAMES[token]) {
            names[token] = name;
        }
        token += 1;
    }
    names
};

/// `text` without its final colon, if it has one. Pseudo-headers begin with theirs.
const fn header_name(text: &str) -> Option<&[u8]> {
    match text.as_bytes() {
        [name @ .., b':'] => Some(name),
        _ => None,
    }
}

/// Length, first, middle and last character, blind to case. The factors were searched until no two headers collided.
/// `name` must not be empty.
#[inline(always)]
const fn hash(name: &[u8]) -> u8 {
    const fn low(byte: u8) -> usize {
        (byte | 0x20) as usize
    }
    let len = name.len();
    (len * 196 + low(name[0]) * 89 + low(name[len - 1]) * 62 + low(name[len / 2]) * 96) as u8
}

/// The token of the header `name` (without the colon, in any case), or `None` when it is not in the list.
#[inline]
pub fn lookup(name: &[u8]) -> Option<u8> {
    if name.is_empty() {
        return None;
    }
    let token = BY_HASH[hash(name) as usize];
    let known = *HEADERS.get(token as usize)?;
    same(name, known).then_some(token)
}

/// Compares 8, 4 or 2 bytes at a time; the last piece overlaps the one before it.
#[inline]
fn same(name: &[u8], known: &[u8]) -> bool {
    if name.len() != known.len() {
        return false;
    }
    if let (Some(a), Some(b)) = (name.last_chunk::<8>(), known.last_chunk::<8>()) {
        let (head_a, head_b) = (name.as_chunks::<8>().0, known.as_chunks::<8>().0);
        return same8(a, b) && head_a.iter().zip(head_b).all(|(a, b)| same8(a, b));
    }
    if let (Some(a), Some(b)) = (name.last_chunk::<4>(), known.last_chunk::<4>()) {
        let (head_a, head_b) = (name.as_chunks::<4>().0, known.as_chunks::<4>().0);
        return same4(a, b) && head_a.iter().zip(head_b).all(|(a, b)| same4(a, b));
    }
    name.eq_ignore_ascii_case(known)
}

#[inline(always)]
fn same8(a: &[u8; 8], b: &[u8; 8]) -> bool {
    let known = u64::from_ne_bytes(*b);
    same_folded(u64::from_ne_bytes(*a), known, known & 0x4040_4040_4040_4040)
}

#[inline(always)]
fn same4(a: &[u8; 4], b: &[u8; 4]) -> bool {
    let known = u32::from_ne_bytes(*b) as u64;
    same_folded(u32::from_ne_bytes(*a) as u64, known, known & 0x4040_4040)
}

/// `known` is lower case: its letters have bit 6, its hyphens and digits have not. Only letters may differ, in bit 5.
#[inline(always)]
fn same_folded(a: u64, known: u64, letters: u64) -> bool {
    (a ^ known) & !(letters >> 1) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_is_found_in_any_case() {
        for (token, text) in NAMES.iter().enumerate() {
            let Some(name) = text.strip_suffix(':') else { continue };
            let mixed: String =
                name.chars().enumerate().map(|(i, c)| if i % 2 == 0 { c.to_ascii_uppercase() } else { c }).collect();
            for spelling in [name, &name.to_uppercase(), &mixed] {
                assert_eq!(lookup(spelling.as_bytes()), Some(token as u8), "{spelling}");
            }
        }
    }

    #[test]
    fn nothing_else_is_found() {
        for other in ["", "get ", "get", "\r\n", ":path", "uri-args", "host:", "hos", "x-other", "http/1.1", "put"] {
            assert_eq!(lookup(other.as_bytes()), None, "{other}");
        }
        // one byte away from a header, in every position and to every value
        for text in NAMES {
            let Some(name) = text.strip_suffix(':') else { continue };
            for at in 0..name.len() {
                for byte in 0..=255 {
                    let mut near = name.as_bytes().to_vec();
                    near[at] = byte;
                    let expected = NAMES.iter().position(|known| {
                        known.strip_suffix(':').is_some_and(|known| known.as_bytes().eq_ignore_ascii_case(&near))
                    });
                    assert_eq!(lookup(&near).map(usize::from), expected);
                }
            }
        }
    }
}
