//! Splitting text into tokens, and replacing names in it.
use crate::faces::lws::abi::{
    lws_tokenize, lws_tokenize_delimiter_tracking, lws_tokenize_elem,
};
use crate::faces::lws::tokenize;
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int};
use std::ptr;

/// Prepares `*ts` for the C string `start`: sets its members, `flags` (`LWS_TOKENIZE_F_*` OR-ed) among them, and its
/// length to 2 GiB - 1. For a text without a NUL set `ts->len` afterwards. The text is not copied and must stay as it
/// is while it is split. Null for `ts` is ignored. Any thread, as long as one at a time uses one `ts`; here and below.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_tokenize_init(ts: *mut lws_tokenize, start: *const c_char, flags: c_int) {
    guard("lws_tokenize_init", (), || {
        if ts.is_null() {
            return;
        }
        let fresh = lws_tokenize {
            start,
            token: ptr::null(),
            len: 0x7fff_ffff,
            token_len: 0,
            flags: flags as u16,
            delim: lws_tokenize_delimiter_tracking::LWSTZ_DT_NEED_FIRST_CONTENT as u8,
            e: 0,
        };
        // SAFETY: the caller passes a struct of its own.
        unsafe { ts.write(fresh) }
    })
}

/// Finds the next element of the text: a token, a number, a quoted string, a delimiter of one character, or a name
/// together with the `=` or `:` behind it. Blanks between them are passed over.
///
/// `ts->token` and `ts->token_len` say where it is; it has no terminator, and a string comes without its quotes.
/// `ts->start` and `ts->len` are what is left. Text ends at `ts->len` or at a NUL, whichever is first, and from then on
/// the result is `LWS_TOKZE_ENDED`. Results below 0 are errors: text that is not UTF-8, a string without an end, and others that
/// depend on `ts->flags`. A character outside ASCII is one byte of a token and then an error, unless it is quoted.
/// `LWS_TOKZE_ENDED` when a pointer is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_tokenize(ts: *mut lws_tokenize) -> lws_tokenize_elem {
    guard("lws_tokenize", lws_tokenize_elem::LWS_TOKZE_ENDED, || {
        // SAFETY: the caller passes null or a struct of its own, whose text is readable.
        match unsafe { ts.as_mut() } {
            Some(ts) if !ts.start.is_null() => unsafe { tokenize::next(ts) },
            _ => lws_tokenize_elem::LWS_TOKZE_ENDED,
        }
    })
}

/// Copies the element found last to `str`, `max` bytes, and adds a NUL.
///
/// Returns 0; 1, with nothing written, unless `max` is at least the length of the element + 2, or when a pointer is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_tokenize_cstr(ts: *mut lws_tokenize, str: *mut c_char, max: usize) -> c_int {
    guard("lws_tokenize_cstr", 1, || {
        // SAFETY: the caller passes null or a struct with an element, and null or `max` bytes apart from it.
        unsafe {
            let Some(ts) = ts.as_ref() else { return 1 };
            if ts.token.is_null() || str.is_null() || max < 2 || ts.token_len > max - 2 {
                return 1;
            }
            let text = cstr::slice(ts.token.cast(), ts.token_len);
            let out = cstr::slice_mut(str.cast(), text.len() + 1);
            out[..text.len()].copy_from_slice(text);
            out[text.len()] = 0;
            0
        }
    })
}
