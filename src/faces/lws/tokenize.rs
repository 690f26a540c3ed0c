//! Splitting text into tokens.
use super::abi::lws_tokenize_elem::{self, *};
use super::abi::{
    LWS_TOKENIZE_F_AGG_COLON, LWS_TOKENIZE_F_COMMA_SEP_LIST, LWS_TOKENIZE_F_DOT_NONTERM, LWS_TOKENIZE_F_HASH_COMMENT,
    LWS_TOKENIZE_F_MINUS_NONTERM, LWS_TOKENIZE_F_NO_FLOATS, LWS_TOKENIZE_F_NO_INTEGERS, LWS_TOKENIZE_F_RFC7230_DELIMS,
    LWS_TOKENIZE_F_SLASH_NONTERM, lws_tokenize, lws_tokenize_delimiter_tracking::*,
};
use std::ffi::c_int;
use std::ptr;

/// Where in an element the text stands.
#[derive(PartialEq, Eq, Clone, Copy)]
enum At {
    /// Before it.
    Start,
    /// In a token.
    Token,
    /// In blanks behind a token, where a `=` may still follow.
    AfterToken,
    /// In a quoted string.
    Quoted,
    /// In a comment, perhaps behind a token.
    Comment,
}

/// What a token could be.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Number {
    No,
    Integer,
    Float,
}

/// Finds the next element.
///
/// # Safety
/// `ts.start` has `ts.len` readable bytes, or fewer up to a NUL.
pub unsafe fn next(ts: &mut lws_tokenize) -> lws_tokenize_elem {
    let flags = c_int::from(ts.flags);
    let list = flags & LWS_TOKENIZE_F_COMMA_SEP_LIST != 0;
    let mut at = At::Start;
    let mut number = Number::No;
    let mut utf8 = Utf8::default();
    ts.token = ptr::null();
    ts.token_len = 0;

    while ts.len > 0 {
        // SAFETY: `len` is above 0 and no NUL was passed.
        let byte = unsafe { ts.start.cast::<u8>().read() };
        if byte == 0 {
            break;
        }
        let here = ts.start;
        ts.start = here.wrapping_add(1);
        ts.len -= 1;
        if !utf8.feed(byte) {
            return LWS_TOKZE_ERR_BROKEN_UTF8;
        }
        if at == At::Comment {
            if matches!(byte, b'\r' | b'\n') {
                at = if ts.token.is_null() { At::Start } else { At::AfterToken };
            }
            continue;
        }
        if at == At::Quoted {
            if byte == b'"' {
                return LWS_TOKZE_QUOTED_STRING;
            }
            ts.token_len += 1;
            continue;
        }
        let step_back = |ts: &mut lws_tokenize| {
            ts.start = here;
            ts.len += 1;
        };
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => {
                if at == At::Token {
                    at = At::AfterToken;
                }
                continue;
            }
            b'"' => {
                if list && !follows_comma(ts) {
                    return LWS_TOKZE_ERR_COMMA_LIST;
                }
                ts.token = ts.start;
                ts.token_len = 0;
                at = At::Quoted;
                continue;
            }
            b'=' | b':' if at != At::Start && (byte == b'=' || flags & LWS_TOKENIZE_F_AGG_COLON != 0) => {
                return match number {
                    _ if byte == b':' => LWS_TOKZE_TOKEN_NAME_COLON,
                    Number::No => LWS_TOKZE_TOKEN_NAME_EQUALS,
                    _ => LWS_TOKZE_ERR_NUM_ON_LHS,
                };
            }
            b'.' if flags & LWS_TOKENIZE_F_NO_FLOATS == 0 && at == At::Token && number != Number::No => {
                if number == Number::Float {
                    return LWS_TOKZE_ERR_MALFORMED_FLOAT;
                }
                number = Number::Float;
                ts.token_len += 1;
                continue;
            }
            b'#' if flags & LWS_TOKENIZE_F_HASH_COMMENT != 0 => {
                at = At::Comment;
                continue;
            }
            _ => {}
        }
        if utf8.is_whole() && is_delimiter(byte, flags) {
            if at != At::Start {
                step_back(ts);
                break;
            }
            if list {
                if byte != b',' || ts.delim != LWSTZ_DT_NEED_DELIM as u8 {
                    return LWS_TOKZE_ERR_COMMA_LIST;
                }
                ts.delim = LWSTZ_DT_NEED_NEXT_CONTENT as u8;
            }
            ts.token = here;
            ts.token_len = 1;
            return LWS_TOKZE_DELIMITER;
        }
        match at {
            At::Start => {
                if list && !follows_comma(ts) {
                    return LWS_TOKZE_ERR_COMMA_LIST;
                }
                at = At::Token;
                ts.token = here;
                ts.token_len = 1;
                if byte.is_ascii_digit() && flags & LWS_TOKENIZE_F_NO_INTEGERS == 0 {
                    number = Number::Integer;
                }
            }
            At::AfterToken => {
                step_back(ts);
                utf8 = Utf8::default();
                break;
            }
            _ => {
                ts.token_len += 1;
                if !byte.is_ascii_digit() {
                    number = Number::No;
                }
            }
        }
    }

    if !utf8.is_whole() {
        return LWS_TOKZE_ERR_BROKEN_UTF8;
    }
    if at == At::Comment {
        at = if ts.token.is_null() { At::Start } else { At::AfterToken };
    }
    match at {
        At::Start if list && ts.delim == LWSTZ_DT_NEED_NEXT_CONTENT as u8 => LWS_TOKZE_ERR_COMMA_LIST,
        At::Start => LWS_TOKZE_ENDED,
        At::Quoted => LWS_TOKZE_ERR_UNTERM_STRING,
        At::Token | At::AfterToken | At::Comment => match number {
            Number::No => LWS_TOKZE_TOKEN,
            Number::Integer => LWS_TOKZE_INTEGER,
            Number::Float => LWS_TOKZE_FLOAT,
        },
    }
}

/// In a list an element must be the first or follow a comma; then it needs one behind it.
fn follows_comma(ts: &mut lws_tokenize) -> bool {
    let follows = ts.delim != LWSTZ_DT_NEED_DELIM as u8;
    ts.delim = LWSTZ_DT_NEED_DELIM as u8;
    follows
}

/// Whether a byte, the last one of its character, stands by itself.
fn is_delimiter(byte: u8, flags: c_int) -> bool {
    match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => false,
        b'-' => flags & LWS_TOKENIZE_F_MINUS_NONTERM == 0,
        b'.' => flags & LWS_TOKENIZE_F_DOT_NONTERM == 0,
        b'/' if flags & LWS_TOKENIZE_F_SLASH_NONTERM != 0 => false,
        _ if flags & LWS_TOKENIZE_F_RFC7230_DELIMS != 0 => b"(),/:;<=>?@[\\]{}\"".contains(&byte),
        _ => true,
    }
}

/// Checks UTF-8 byte by byte.
#[derive(Default)]
struct Utf8 {
    /// How many bytes of the character are to come.
    missing: u8,
    /// What the next byte may be, where it is less than 80 to BF.
    range: Option<(u8, u8)>,
}

impl Utf8 {
    fn is_whole(&self) -> bool {
        self.missing == 0
    }

    fn feed(&mut self, byte: u8) -> bool {
        if self.missing > 0 {
            let (low, high) = self.range.take().unwrap_or((0x80, 0xbf));
            self.missing -= 1;
            return (low..=high).contains(&byte);
        }
        (self.missing, self.range) = match byte {
            0..=0x7f => (0, None),
            0xc2..=0xdf => (1, None),
            0xe0 => (2, Some((0xa0, 0xbf))),
            0xed => (2, Some((0x80, 0x9f))),
            0xe1..=0xef => (2, None),
            0xf0 => (3, Some((0x90, 0xbf))),
            0xf1..=0xf3 => (3, None),
            0xf4 => (3, Some((0x80, 0x8f))),
            _ => return false,
        };
        true
    }
}
