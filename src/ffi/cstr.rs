//! C strings and buffers as slices.
//!
//! The two functions below hold the whole contract; callers say in their SAFETY comment where the pointer came from.
use std::ffi::{CStr, c_char};

/// The bytes of a C string without its NUL, or `None` for null.
///
/// # Safety
/// `text` is null or points to a NUL-terminated string that nothing changes during `'a`.
pub(crate) unsafe fn bytes<'a>(text: *const c_char) -> Option<&'a [u8]> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not null; terminated and unchanged by this function's contract.
    Some(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// A C string, or `None` for null.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn c_str<'a>(text: *const c_char) -> Option<&'a CStr> {
    // SAFETY: not null; terminated and unchanged by this function's contract.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })
}

/// `len` bytes at `start`; an empty slice for null.
///
/// # Safety
/// `start` is null or points to `len` readable bytes that nothing changes during `'a`.
pub(crate) unsafe fn slice<'a>(start: *const u8, len: usize) -> &'a [u8] {
    if start.is_null() || len == 0 || len > isize::MAX as usize {
        return &[];
    }
    // SAFETY: not null, a possible length, readable by this function's contract.
    unsafe { std::slice::from_raw_parts(start, len) }
}

/// `len` bytes to fill at `start`; an empty slice for null.
///
/// # Safety
/// `start` is null or points to `len` initialised, writable bytes that nobody else touches during `'a`.
pub(crate) unsafe fn slice_mut<'a>(start: *mut u8, len: usize) -> &'a mut [u8] {
    if start.is_null() || len == 0 || len > isize::MAX as usize {
        return &mut [];
    }
    // SAFETY: not null, a possible length, ours alone by this function's contract.
    unsafe { std::slice::from_raw_parts_mut(start, len) }
}
