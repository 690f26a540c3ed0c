//! HTTP: URL coding and the names of headers.
use crate::faces::lws::abi::lws_token_indexes_int;
use crate::faces::lws::text::{self, UrlDecoder};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use crate::proto::http1::tokens;
use std::ffi::{c_char, c_int, c_uchar};
use std::ptr;

/// The text of a header's token: the name in lower case with its colon, such as `"host:"`. A few tokens are no headers
/// but methods and pseudo-headers.
///
/// The string is constant. Null when `token` is not in `enum lws_token_indexes`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lws_token_to_string(token: lws_token_indexes_int) -> *const c_uchar {
    guard("lws_token_to_string", ptr::null(), || {
        tokens::NAMES_NUL.get(token as usize).map_or(ptr::null(), |name| name.as_ptr())
    })
}

/// Writes `string` in URL coding to `escaped`, terminated and cut to `len` bytes: letters and digits stay, a space
/// becomes `+`, every other byte `%XX`.
///
/// Ends before the first character that would begin with less than 4 bytes free; so `3 * strlen(string) + 4` bytes
/// always suffice. The buffers must not overlap. Returns `escaped`, which is left untouched when it or `string` is
/// null or `len` is below 1. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_urlencode(escaped: *mut c_char, string: *const c_char, len: c_int) -> *const c_char {
    guard("lws_urlencode", escaped, || {
        // SAFETY: the caller passes null or a C string, and null or `len` bytes that do not overlap it.
        let (text, out) = unsafe { (cstr::bytes(string), cstr::slice_mut(escaped.cast(), len.max(0) as usize)) };
        if let (Some(text), false) = (text, out.is_empty()) {
            let used = text::url_encode(text, out);
            out[used] = 0;
        }
        escaped
    })
}

/// Undoes URL coding: writes `escaped` to `string` with `+` as a space and `%XX` as the byte it stands for.
///
/// Writes at most `len` characters **and then a NUL**, so `string` needs `len + 1` bytes; what is beyond is left out,
/// and so is an escape that the text ends in. `string` may be the same as `escaped`.
/// Returns 0, or -1 when an escape is malformed (`string` then ends before it), when a pointer is null or `len` is
/// negative (`string` is then untouched). A decoded NUL is written like any other byte. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_urldecode(string: *mut c_char, escaped: *const c_char, len: c_int) -> c_int {
    guard("lws_urldecode", -1, || {
        if string.is_null() || escaped.is_null() || len < 0 {
            return -1;
        }
        let (mut decoder, mut from, mut to) = (UrlDecoder::default(), escaped, string);
        // SAFETY: reading stops at the NUL of `escaped`; at most `len` bytes and a NUL are written to `string`. Bytes
        // are moved one by one and written only behind the one just read, so the two may be the same memory.
        unsafe {
            let end = string.add(len as usize);
            while to < end && *from != 0 {
                match decoder.push(*from as u8) {
                    Ok(Some(byte)) => {
                        *to = byte as c_char;
                        to = to.add(1);
                    }
                    Ok(None) => {}
                    Err(_) => {
                        *to = 0;
                        return -1;
                    }
                }
                from = from.add(1);
            }
            *to = 0;
        }
        0
    })
}
