//! Splitting text into tokens, and replacing names in it.
use std::ffi::{c_char, c_int, c_void};

/// `-` is part of a token.
pub const LWS_TOKENIZE_F_MINUS_NONTERM: c_int = 0x1;
/// `name:` is one element.
pub const LWS_TOKENIZE_F_AGG_COLON: c_int = 0x2;
/// The text must be a list with commas.
pub const LWS_TOKENIZE_F_COMMA_SEP_LIST: c_int = 0x4;
/// Only the delimiters of HTTP end a token.
pub const LWS_TOKENIZE_F_RFC7230_DELIMS: c_int = 0x8;
/// `.` is part of a token.
pub const LWS_TOKENIZE_F_DOT_NONTERM: c_int = 0x10;
/// Report floating point numbers as tokens.
pub const LWS_TOKENIZE_F_NO_FLOATS: c_int = 0x20;
/// Report integers as tokens.
pub const LWS_TOKENIZE_F_NO_INTEGERS: c_int = 0x40;
/// `#` begins a comment.
pub const LWS_TOKENIZE_F_HASH_COMMENT: c_int = 0x80;
/// `/` is part of a token.
pub const LWS_TOKENIZE_F_SLASH_NONTERM: c_int = 0x100;

/// What was found. Negative values are errors.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_tokenize_elem {
    /// Broken UTF-8.
    LWS_TOKZE_ERR_BROKEN_UTF8 = -5,
    /// A quoted string without end.
    LWS_TOKZE_ERR_UNTERM_STRING = -4,
    /// A number with several points.
    LWS_TOKZE_ERR_MALFORMED_FLOAT = -3,
    /// A number where a name should be.
    LWS_TOKZE_ERR_NUM_ON_LHS = -2,
    /// Commas missing or in the wrong place.
    LWS_TOKZE_ERR_COMMA_LIST = -1,
    /// The text is finished.
    LWS_TOKZE_ENDED = 0,
    /// A delimiter.
    LWS_TOKZE_DELIMITER = 1,
    /// A token.
    LWS_TOKZE_TOKEN = 2,
    /// An integer.
    LWS_TOKZE_INTEGER = 3,
    /// A floating point number.
    LWS_TOKZE_FLOAT = 4,
    /// A name ahead of `=`.
    LWS_TOKZE_TOKEN_NAME_EQUALS = 5,
    /// A name ahead of `:`.
    LWS_TOKZE_TOKEN_NAME_COLON = 6,
    /// A quoted string, given without its quotes.
    LWS_TOKZE_QUOTED_STRING = 7,
}
/// How many errors there are.
pub const LWS_TOKZE_ERRS: c_int = 5;

/// What a list with commas expects next.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_tokenize_delimiter_tracking {
    /// The first element.
    LWSTZ_DT_NEED_FIRST_CONTENT = 0,
    /// A comma.
    LWSTZ_DT_NEED_DELIM = 1,
    /// Another element.
    LWSTZ_DT_NEED_NEXT_CONTENT = 2,
}

/// A text being split. `start`, `len` and `flags` are the program's to set.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_tokenize {
    /// What is still to be read.
    pub start: *const c_char,
    /// The element just found; not terminated.
    pub token: *const c_char,
    /// How much is still to be read.
    pub len: usize,
    /// Length of the element just found.
    pub token_len: usize,
    /// `LWS_TOKENIZE_F_*` OR-ed.
    pub flags: u16,
    /// The library's: what a list expects next.
    pub delim: u8,
    /// The last result.
    pub e: i8,
}
/// A text being split.
pub type lws_tokenize_t = lws_tokenize;

/// Writes the value of `name` to `out` from `*pos` on; `*exp_ofs` is how much of it was written before.
pub type lws_strexp_expand_cb = Option<
    unsafe extern "C" fn(
        r#priv: *mut c_void,
        name: *const c_char,
        out: *mut c_char,
        pos: *mut usize,
        olen: usize,
        exp_ofs: *mut usize,
    ) -> c_int,
>;

/// A text whose `${name}` are being replaced.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_strexp {
    /// The name being read.
    pub name: [c_char; 32],
    /// What knows the values.
    pub cb: lws_strexp_expand_cb,
    /// Passed to `cb`.
    pub r#priv: *mut c_void,
    /// Where the result goes; null only to measure it.
    pub out: *mut c_char,
    /// The room there.
    pub olen: usize,
    /// How much of it is used.
    pub pos: usize,
    /// How much of the current value was written.
    pub exp_ofs: usize,
    /// Length of `name`.
    pub name_pos: u8,
    /// Where the parser stands.
    pub state: c_char,
}
/// A text whose `${name}` are being replaced.
pub type lws_strexp_t = lws_strexp;

/// The text is finished.
pub const LSTRX_DONE: c_int = 0;
/// The output is full; give it room and go on.
pub const LSTRX_FILLED_OUT: c_int = 1;
/// A name is too long.
pub const LSTRX_FATAL_NAME_TOO_LONG: c_int = -1;
/// A name has no value.
pub const LSTRX_FATAL_NAME_UNKNOWN: c_int = -2;
