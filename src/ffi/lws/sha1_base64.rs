//! SHA-1 and Base64.
use crate::faces::lws::base64;
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use sha1::{Digest, Sha1};
use std::ffi::{c_char, c_int, c_uchar};
use std::ptr;

/// Writes the 20-byte SHA-1 of the `n` bytes at `d` to `md` and returns `md`.
/// Null, doing nothing, when `md` is null or `d` is null with `n` above 0. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_SHA1(d: *const c_uchar, n: usize, md: *mut c_uchar) -> *mut c_uchar {
    guard("lws_SHA1", ptr::null_mut(), || {
        if md.is_null() || (d.is_null() && n > 0) {
            return ptr::null_mut();
        }
        // SAFETY: the caller passes `n` readable bytes.
        let hash = Sha1::digest(unsafe { cstr::slice(d, n) });
        // SAFETY: the caller passes room for 20 bytes, which may overlap `d`: that is no longer used.
        unsafe { md.cast::<[u8; 20]>().write_unaligned(hash.into()) };
        md
    })
}

/// Writes the Base64 of the `in_len` bytes at `in` to `out`, with padding and a NUL.
///
/// Returns the length of the text; -1, with an empty text, unless `out_size` is at least that length + 2; -1 also when
/// `out` is null, `in` is null with `in_len` above 0, or a length is negative. The buffers must not overlap. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_b64_encode_string(
    r#in: *const c_char,
    in_len: c_int,
    out: *mut c_char,
    out_size: c_int,
) -> c_int {
    // SAFETY: passed on unchanged.
    guard("lws_b64_encode_string", -1, || unsafe { encode(r#in, in_len, out, out_size, false) })
}

/// As lws_b64_encode_string(), with `-` and `_` instead of `+` and `/`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_b64_encode_string_url(
    r#in: *const c_char,
    in_len: c_int,
    out: *mut c_char,
    out_size: c_int,
) -> c_int {
    // SAFETY: passed on unchanged.
    guard("lws_b64_encode_string_url", -1, || unsafe { encode(r#in, in_len, out, out_size, true) })
}

/// # Safety
/// `data` is null or `len` readable bytes, `out` null or `size` writable ones apart from them.
unsafe fn encode(data: *const c_char, len: c_int, out: *mut c_char, size: c_int, url_alphabet: bool) -> c_int {
    if len < 0 || (data.is_null() && len > 0) {
        return -1;
    }
    // SAFETY: by this function's contract.
    let (data, out) =
        unsafe { (cstr::slice(data.cast(), len as usize), cstr::slice_mut(out.cast(), size.max(0) as usize)) };
    let used = base64::encode(data, url_alphabet, out);
    if let Some(end) = out.get_mut(used.unwrap_or(0)) {
        *end = 0;
    }
    used.map_or(-1, |used| used as c_int)
}

/// Decodes the Base64 text `in`, in either alphabet, into `out` and adds a NUL. What is not Base64 is passed over.
///
/// A group of four characters is decoded only while more than 4 bytes are free, so `out_size` should be the decoded
/// length + 5; what does not fit is left out. Returns how many bytes were decoded, -1 when `in` or `out` is null or
/// `out_size` is below 1. The buffers must not overlap. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_b64_decode_string(r#in: *const c_char, out: *mut c_char, out_size: c_int) -> c_int {
    guard("lws_b64_decode_string", -1, || {
        // SAFETY: the caller passes null or a C string, and null or `out_size` bytes apart from it.
        unsafe { cstr::bytes(r#in).map_or(-1, |text| decode(text, out, out_size)) }
    })
}

/// As lws_b64_decode_string() for `in_len` characters; a NUL among them does not end the text. A negative `in_len`
/// gives -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_b64_decode_string_len(
    r#in: *const c_char,
    in_len: c_int,
    out: *mut c_char,
    out_size: c_int,
) -> c_int {
    guard("lws_b64_decode_string_len", -1, || {
        if r#in.is_null() || in_len < 0 {
            return -1;
        }
        // SAFETY: the caller passes `in_len` readable bytes, and null or `out_size` bytes apart from them.
        unsafe { decode(cstr::slice(r#in.cast(), in_len as usize), out, out_size) }
    })
}

/// # Safety
/// `out` is null or `size` writable bytes apart from `text`.
unsafe fn decode(text: &[u8], out: *mut c_char, size: c_int) -> c_int {
    // SAFETY: by this function's contract.
    let out = unsafe { cstr::slice_mut(out.cast(), size.max(0) as usize) };
    if out.is_empty() {
        return -1;
    }
    let used = base64::decode(text, out);
    out[used] = 0;
    used as c_int
}
