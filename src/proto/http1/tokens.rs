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
    pub const EXTENSIONS: u8 = 9;
    pub const PROTOCOL: u8 = 12;
    pub const ACCEPT: u8 = 13;
    pub const HTTP1_1: u8 = 15;
    pub const IF_MODIFIED_SINCE: u8 = 19;
    pub const IF_NONE_MATCH: u8 = 20;
    pub const ACCEPT_ENCODING: u8 = 21;
    pub const AUTHORIZATION: u8 = 25;
    pub const HTTP_COOKIE: u8 = 26;
    pub const CONTENT_LENGTH: u8 = 27;
    pub const CONTENT_TYPE: u8 = 28;
    pub const RANGE: u8 = 30;
    pub const KEY: u8 = 32;
    pub const VERSION: u8 = 33;
    pub const EXPECT: u8 = 51;
    pub const IF_RANGE: u8 = 55;
    pub const LOCATION: u8 = 59;
    pub const TRANSFER_ENCODING: u8 = 68;
    pub const USER_AGENT: u8 = 69;
    pub const PATCH_URI: u8 = 73;
    pub const PUT_URI: u8 = 74;
    pub const DELETE_URI: u8 = 75;
    pub const HTTP_URI_ARGS: u8 = 76;
    pub const HTTP1_0: u8 = 79;
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

/// A header's name, laid out for comparing a few words instead of many bytes. See [`words`].
struct Header {
    len: usize,
    words: [u64; WORDS],
    /// The bits that may be set or not in a name of any case: bit 5 of each letter.
    case: [u64; WORDS],
}

/// Words in a name: at 0, 8 and 16, and the last 8 bytes.
const WORDS: usize = 4;
const LAST: usize = WORDS - 1;

/// The name of each token; length 0 for tokens that are no header.
static HEADERS: [Header; COUNT] = {
    let mut headers = [const { Header { len: 0, words: [0; WORDS], case: [0; WORDS] } }; COUNT];
    let mut token = 0;
    while token < COUNT {
        if let Some(name) = header_name(NAMES[token]) {
            assert!(name.len() >= 2 && name.len() <= 8 * WORDS);
            let words = words(name);
            let mut n = 0;
            while n < WORDS {
                // in lower case letters have bit 6, which hyphens and digits have not
                headers[token].case[n] = (words[n] & 0x4040_4040_4040_4040) >> 1;
                n += 1;
            }
            headers[token].words = words;
            headers[token].len = name.len();
        }
        token += 1;
    }
    headers
};

/// In [`BY_HASH`]: no header has this hash.
const NONE: u8 = u8::MAX;

/// Every header's token by [`hash`] of its name, which is different for each.
static BY_HASH: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut token = 0;
    while token < COUNT {
        if let Some(name) = header_name(NAMES[token]) {
            let slot = hash(name.len(), name[0], name[name.len() - 1]);
            assert!(table[slot] == NONE, "two headers share a hash: choose other factors");
            table[slot] = token as u8;
        }
        token += 1;
    }
    table
};

/// `text` without its final colon, if it has one. Pseudo-headers begin with theirs.
const fn header_name(text: &str) -> Option<&[u8]> {
    match text.as_bytes() {
        [name @ .., b':'] => Some(name),
        _ => None,
    }
}

/// Length, first and last character tell all headers apart. The factors were searched until no two hashes were equal.
#[inline(always)]
const fn hash(len: usize, first: u8, last: u8) -> usize {
    const CASE: u8 = 0x20;
    ((len * 32946 + (first | CASE) as usize * 51820 + (last | CASE) as usize * 31269) >> 8) & 0xff
}

/// The words of a name, in which every byte of it occurs: short ones in the last word alone, in overlapping halves.
const fn words(name: &[u8]) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    if name.len() < 8 {
        words[LAST] = short(name);
        return words;
    }
    let mut rest = name;
    let mut n = 0;
    while n < LAST && rest.len() > 8 {
        words[n] = match rest.split_first_chunk() {
            Some((word, more)) => {
                rest = more;
                u64::from_le_bytes(*word)
            }
            None => 0,
        };
        n += 1;
    }
    if let Some(word) = name.last_chunk() {
        words[LAST] = u64::from_le_bytes(*word);
    }
    words
}

/// The only word of a name of 2 to 7 bytes.
#[inline(always)]
const fn short(name: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        return u32::from_le_bytes(*first) as u64 | (u32::from_le_bytes(*last) as u64) << 32;
    }
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        return u16::from_le_bytes(*first) as u64 | (u16::from_le_bytes(*last) as u64) << 32;
    }
    0
}

/// The token of the header `name` (without the colon, in any case), or `None` when it is not in the list.
#[inline]
pub fn lookup(name: &[u8]) -> Option<u8> {
    let (first, last) = (name.first()?, name.last()?);
    let token = BY_HASH[hash(name.len(), *first, *last)];
    let header = HEADERS.get(token as usize)?;
    if name.len() != header.len {
        return None;
    }
    let same = |n: usize, word: &[u8; 8]| (u64::from_le_bytes(*word) | header.case[n]) == header.words[n];
    let same_at = |n: usize| name.get(8 * n..8 * n + 8).and_then(|word| word.first_chunk()).is_some_and(|w| same(n, w));
    let equal = match name.last_chunk() {
        None => same(LAST, &short(name).to_le_bytes()),
        Some(last) => {
            same(LAST, last)
                && (name.len() <= 8 || same_at(0))
                && (name.len() <= 16 || same_at(1))
                && (name.len() <= 24 || same_at(2))
        }
    };
    equal.then_some(token)
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
