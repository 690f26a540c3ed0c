//! A JSON parser that takes its input in pieces and calls back for each value.
use std::ffi::{c_char, c_int, c_void};

/// The most nested parser callbacks.
pub const LEJP_MAX_PARSING_STACK_DEPTH: usize = 5;
/// The most nested objects and arrays.
pub const LEJP_MAX_DEPTH: usize = 12;
/// The most nested arrays.
pub const LEJP_MAX_INDEX_DEPTH: usize = 5;
/// The longest path, in bytes.
pub const LEJP_MAX_PATH: usize = 128;
/// The longest piece of a string that is delivered at once, in bytes.
pub const LEJP_STRING_CHUNK: usize = 254;

/// In a state: white space is data.
pub const LEJP_FLAG_WS_KEEP: c_int = 64;
/// In a state: the rest of the line is a comment.
pub const LEJP_FLAG_WS_COMMENTLINE: c_int = 32;
/// In a reason: the event brings a value.
pub const LEJP_FLAG_CB_IS_VALUE: c_int = 64;

/// Where the parser stands.
#[allow(missing_docs)]
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lejp_states {
    LEJP_IDLE = 0,
    LEJP_MEMBERS = 1,
    LEJP_M_P = 2,
    LEJP_MP_STRING = 67,
    LEJP_MP_STRING_ESC = 68,
    LEJP_MP_STRING_ESC_U1 = 69,
    LEJP_MP_STRING_ESC_U2 = 70,
    LEJP_MP_STRING_ESC_U3 = 71,
    LEJP_MP_STRING_ESC_U4 = 72,
    LEJP_MP_DELIM = 9,
    LEJP_MP_VALUE = 10,
    LEJP_MP_VALUE_NUM_INT = 75,
    LEJP_MP_VALUE_NUM_EXP = 76,
    LEJP_MP_VALUE_TOK = 77,
    LEJP_MP_COMMA_OR_END = 14,
    LEJP_MP_ARRAY_END = 15,
}

/// What `lejp_parse` returns when it does not end well; `lejp_error_to_string` puts it into words.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lejp_reasons {
    /// Not an error: more input is wanted.
    LEJP_CONTINUE = -1,
    /// The text does not begin with `{` or `[`.
    LEJP_REJECT_IDLE_NO_BRACE = -2,
    /// An object is not closed.
    LEJP_REJECT_MEMBERS_NO_CLOSE = -3,
    /// A name does not begin with a quote.
    LEJP_REJECT_MP_NO_OPEN_QUOTE = -4,
    /// A string ends outside any.
    LEJP_REJECT_MP_STRING_UNDERRUN = -5,
    /// A control character in a string.
    LEJP_REJECT_MP_ILLEGAL_CTRL = -6,
    /// An unknown escape in a string.
    LEJP_REJECT_MP_STRING_ESC_ILLEGAL_ESC = -7,
    /// Not a hexadecimal digit.
    LEJP_REJECT_ILLEGAL_HEX = -8,
    /// No colon after a name.
    LEJP_REJECT_MP_DELIM_MISSING_COLON = -9,
    /// A value cannot begin like this.
    LEJP_REJECT_MP_DELIM_BAD_VALUE_START = -10,
    /// No digits after the point.
    LEJP_REJECT_MP_VAL_NUM_INT_NO_FRAC = -11,
    /// Not a number.
    LEJP_REJECT_MP_VAL_NUM_FORMAT = -12,
    /// Not an exponent.
    LEJP_REJECT_MP_VAL_NUM_EXP_BAD_EXP = -13,
    /// Neither `true` nor `false` nor `null`.
    LEJP_REJECT_MP_VAL_TOK_UNKNOWN = -14,
    /// More is closed than was opened.
    LEJP_REJECT_MP_C_OR_E_UNDERF = -15,
    /// `]` where no array is open.
    LEJP_REJECT_MP_C_OR_E_NOTARRAY = -16,
    /// An array is not closed.
    LEJP_REJECT_MP_ARRAY_END_MISSING = -17,
    /// Nested too deeply.
    LEJP_REJECT_STACK_OVERFLOW = -18,
    /// Arrays nested too deeply.
    LEJP_REJECT_MP_DELIM_ISTACK = -19,
    /// A number too long to keep.
    LEJP_REJECT_NUM_TOO_LONG = -20,
    /// Neither a comma nor an end.
    LEJP_REJECT_MP_C_OR_E_NEITHER = -21,
    /// Any other error.
    LEJP_REJECT_UNKNOWN = -22,
    /// The callback refused.
    LEJP_REJECT_CALLBACK = -23,
}

/// Why the callback is called.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lejp_callbacks {
    /// The parser is ready.
    LEJPCB_CONSTRUCTED = 0,
    /// The parser is done with.
    LEJPCB_DESTRUCTED = 1,
    /// The text begins.
    LEJPCB_START = 2,
    /// The text is complete.
    LEJPCB_COMPLETE = 3,
    /// The text is wrong.
    LEJPCB_FAILED = 4,
    /// A name; `path` ends with it.
    LEJPCB_PAIR_NAME = 5,
    /// The value `true`.
    LEJPCB_VAL_TRUE = 70,
    /// The value `false`.
    LEJPCB_VAL_FALSE = 71,
    /// The value `null`.
    LEJPCB_VAL_NULL = 72,
    /// An integer; its text is in `buf`.
    LEJPCB_VAL_NUM_INT = 73,
    /// A floating point number; its text is in `buf`.
    LEJPCB_VAL_NUM_FLOAT = 74,
    /// A string begins.
    LEJPCB_VAL_STR_START = 11,
    /// Part of a string is in `buf`, and more follows.
    LEJPCB_VAL_STR_CHUNK = 76,
    /// The last part of a string is in `buf`.
    LEJPCB_VAL_STR_END = 77,
    /// An array begins.
    LEJPCB_ARRAY_START = 14,
    /// An array ends.
    LEJPCB_ARRAY_END = 15,
    /// An object begins.
    LEJPCB_OBJECT_START = 16,
    /// An object ends.
    LEJPCB_OBJECT_END = 17,
}

/// What was seen of a number.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum num_flags {
    /// A minus.
    LEJP_SEEN_MINUS = 1,
    /// A point.
    LEJP_SEEN_POINT = 2,
    /// Digits after the point.
    LEJP_SEEN_POST_POINT = 4,
    /// An exponent.
    LEJP_SEEN_EXP = 8,
}

/// A parser. The program owns the memory.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lejp_ctx {
    /// The program's own pointer.
    pub user: *mut c_void,
    /// The nested callbacks.
    pub pst: [_lejp_parsing_stack; LEJP_MAX_PARSING_STACK_DEPTH],
    /// The nesting.
    pub st: [_lejp_stack; LEJP_MAX_DEPTH],
    /// Indexes of the open arrays.
    pub i: [u16; LEJP_MAX_INDEX_DEPTH],
    /// Where in the path the wildcards matched.
    pub wild: [u16; LEJP_MAX_INDEX_DEPTH],
    /// The path of the current value, such as `a.b[]`; terminated.
    pub path: [c_char; LEJP_MAX_PATH],
    /// The value or part of it; terminated.
    pub buf: [c_char; 255],
    /// Bytes from one path's pointer to the next; 0 for an array of pointers.
    pub path_stride: usize,
    /// The line of the input, from 1.
    pub line: u32,
    /// The character of a `\u` escape.
    pub uni: u16,
    /// Length of `buf`.
    pub npos: u8,
    /// Digits of a `\u` escape to come.
    pub dcount: u8,
    /// What was seen of a number.
    pub f: u8,
    /// Depth of nesting.
    pub sp: u8,
    /// Depth of arrays.
    pub ipos: u8,
    /// How many paths there are.
    pub count_paths: u8,
    /// The path that was recognised, from 1; 0 for none.
    pub path_match: u8,
    /// Length of the path that was recognised.
    pub path_match_len: u8,
    /// How many wildcards matched.
    pub wildcount: u8,
    /// Depth of callbacks.
    pub pst_sp: u8,
    /// Whether the text is an array.
    pub outer_array: u8,
}

/// Called for each event; `reason` is one of `enum lejp_callbacks`. A return other than 0 stops the parser.
pub type lejp_callback = Option<unsafe extern "C" fn(ctx: *mut lejp_ctx, reason: c_char) -> i8>;

/// The library's: one level of nesting.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _lejp_stack {
    /// The state to return to.
    pub s: c_char,
    /// Length of the path.
    pub p: c_char,
    /// Depth of arrays.
    pub i: c_char,
    /// Length of the buffer.
    pub b: c_char,
}

/// One callback with the paths it wants.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct _lejp_parsing_stack {
    /// The callback's own pointer.
    pub user: *mut c_void,
    /// What to call: a `lejp_callback`.
    pub callback: Option<unsafe extern "C" fn(ctx: *mut lejp_ctx, reason: c_char) -> i8>,
    /// The paths to recognise.
    pub paths: *const *const c_char,
    /// How many paths there are.
    pub count_paths: u8,
    /// Where in the path its part begins.
    pub ppos: u8,
    /// The path that was recognised, from 1; 0 for none.
    pub path_match: u8,
}
