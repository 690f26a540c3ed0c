//! SHA-1 and base64.
use std::ffi::{c_int, c_uchar};

/// A base64 decoder between two pieces of input.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_b64state {
    /// The characters of the current group.
    pub quad: [c_uchar; 4],
    /// Bytes written so far.
    pub done: usize,
    /// Characters in the current group.
    pub len: usize,
    /// Place in the group.
    pub i: c_int,
    /// The last character.
    pub c: c_int,
}
