//! Splitting text into tokens, and replacing names in it.
use crate::faces::lws::abi::{
    LSTRX_FATAL_NAME_TOO_LONG, lws_strexp_expand_cb, lws_strexp_t, lws_tokenize, lws_tokenize_delimiter_tracking,
    lws_tokenize_elem,
};
use crate::faces::lws::{strexp, tokenize};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int, c_void};
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

/// Prepares `*exp` for replacing `${name}` in text by what `cb` knows. `priv` is passed to `cb`.
///
/// The result goes to the `olen` bytes at `out`; with a null `out` it is only counted, in which case `cb` must not write
/// either and `olen` bounds the count. `cb` writes the value of `name` to `out` from `*pos` on, without its first
/// `*exp_ofs` bytes, as far as there is room, adds what it wrote to both, and returns `LSTRX_DONE`, or `LSTRX_FILLED_OUT` when
/// some of the value is left, or `LSTRX_FATAL_NAME_UNKNOWN`.
///
/// Null for `exp` is ignored. Nothing is allocated. Any thread, as long as one at a time uses one `exp`; here and below.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_strexp_init(
    exp: *mut lws_strexp_t,
    r#priv: *mut c_void,
    cb: lws_strexp_expand_cb,
    out: *mut c_char,
    olen: usize,
) {
    guard("lws_strexp_init", (), || {
        if !exp.is_null() {
            let fresh =
                lws_strexp_t { name: [0; 32], cb, r#priv, out, olen, pos: 0, exp_ofs: 0, name_pos: 0, state: 0 };
            // SAFETY: the caller passes a struct of its own.
            unsafe { exp.write(fresh) }
        }
    })
}

/// Gives `*exp` an empty output, `olen` bytes at `out`: after `LSTRX_FILLED_OUT`, when what was there is dealt with. Null for
/// `exp` is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_strexp_reset_out(exp: *mut lws_strexp_t, out: *mut c_char, olen: usize) {
    guard("lws_strexp_reset_out", (), || {
        // SAFETY: the caller passes null or a struct of its own.
        if let Some(exp) = unsafe { exp.as_mut() } {
            (exp.out, exp.olen, exp.pos) = (out, olen, 0);
        }
    })
}

/// Copies the `len` bytes at `in` to the output, with each `${name}` replaced. Names have up to 31 characters, and input
/// may be cut anywhere: the next call continues.
///
/// Returns `LSTRX_DONE` when all of the input was used, and adds a NUL if there is room; `LSTRX_FILLED_OUT` when the output
/// is full: call lws_strexp_reset_out() and go on with what is left of the input; a negative error for a name that is too
/// long or unknown, for a lone `$` with less than 3 bytes of room, or when `exp` is null or `in` is null with `len` above
/// 0. `*pused_in` is how much input was used and `*pused_out` how much of the output; they are not set where the input
/// itself is at fault. Both may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_strexp_expand(
    exp: *mut lws_strexp_t,
    r#in: *const c_char,
    len: usize,
    pused_in: *mut usize,
    pused_out: *mut usize,
) -> c_int {
    guard("lws_strexp_expand", LSTRX_FATAL_NAME_TOO_LONG, || {
        if exp.is_null() || (r#in.is_null() && len > 0) {
            return LSTRX_FATAL_NAME_TOO_LONG;
        }
        // SAFETY: the caller passes a struct that was initialised, `len` readable bytes, and null or variables of its own.
        unsafe {
            let done = strexp::expand(exp, r#in.cast(), len);
            if let Some(used) = done.used {
                if let Some(pused_in) = pused_in.as_mut() {
                    *pused_in = used;
                }
                if let Some(pused_out) = pused_out.as_mut() {
                    *pused_out = (*exp).pos;
                }
            }
            done.result
        }
    })
}
