//! A JSON parser that takes its input in pieces and calls back for each value.
use crate::faces::lws::abi::{lejp_callback, lejp_ctx, lejp_reasons};
use crate::faces::lws::lejp::{Parser, error_text};
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int, c_uchar, c_void};

/// Prepares `*ctx`, the program's memory, whatever is in it, and calls `callback` with `LEJPCB_CONSTRUCTED`.
///
/// `paths` are `paths_count` C strings such as `list[].name`, in which a `*` stands for one name, or at the end of a path
/// for all that follows; they must last as long as the parser is used. While the path of the document matches one,
/// `ctx->path_match` is its number, from 1. `user` is stored in `ctx->user`. For paths that are members of an array of
/// structs, set `ctx->path_stride` to the size of one afterwards.
///
/// A null `ctx` is ignored; a null `callback` is not called. The library keeps nothing of its own: a parser may be
/// forgotten at any time. One thread at a time may use one `ctx`, here and below.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lejp_construct(
    ctx: *mut lejp_ctx,
    callback: lejp_callback,
    user: *mut c_void,
    paths: *const *const c_char,
    paths_count: c_uchar,
) {
    guard("lejp_construct", (), || {
        if !ctx.is_null() {
            // SAFETY: the caller passes memory for a parser.
            unsafe { Parser::construct(ctx, callback, user, paths, paths_count) }
        }
    })
}

/// Calls the first callback with `LEJPCB_DESTRUCTED`, in which the program can free what it allocated. Null is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lejp_destruct(ctx: *mut lejp_ctx) {
    guard("lejp_destruct", (), || {
        // SAFETY: the caller passes null or a constructed parser.
        if let Some(mut parser) = unsafe { parser(ctx) } {
            parser.destruct()
        }
    })
}

/// Parses the next `len` bytes of a document and calls back for everything that is complete. The document is an object or
/// an array. From a `#` on, the rest of a line is a comment.
///
/// Strings come in pieces of `LEJP_STRING_CHUNK` bytes at the most; numbers have up to 20 digits; objects and arrays are
/// nested up to `LEJP_MAX_DEPTH` levels, arrays up to `LEJP_MAX_INDEX_DEPTH`. An empty object is an error at the root.
///
/// Returns `LEJP_CONTINUE` (-1) when all was used and more is needed; 0 or more when the document is complete: how many
/// bytes follow it; below -1 an error of `enum lejp_reasons`, after the callback was told `LEJPCB_FAILED`. After an end or
/// an error the parser is to be constructed anew. `LEJP_REJECT_UNKNOWN` when `ctx` is null, `len` is negative, or `json` is
/// null with a `len` above 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lejp_parse(ctx: *mut lejp_ctx, json: *const c_uchar, len: c_int) -> c_int {
    const FAILED: c_int = lejp_reasons::LEJP_REJECT_UNKNOWN as c_int;
    guard("lejp_parse", FAILED, || {
        if len < 0 || (json.is_null() && len > 0) {
            return FAILED;
        }
        // SAFETY: the caller passes null or a constructed parser, and `len` readable bytes.
        unsafe { parser(ctx).map_or(FAILED, |mut parser| parser.parse(json, len as usize)) }
    })
}

/// Calls the callback in use with `LEJPCB_DESTRUCTED`, replaces it, and calls the new one with `LEJPCB_CONSTRUCTED` and
/// `LEJPCB_START`. Null for `ctx` is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lejp_change_callback(ctx: *mut lejp_ctx, callback: lejp_callback) {
    guard("lejp_change_callback", (), || {
        // SAFETY: the caller passes null or a constructed parser.
        if let Some(mut parser) = unsafe { parser(ctx) } {
            parser.change_callback(callback)
        }
    })
}

/// Lets another callback with its own `user` and `paths` have what comes next, as if the document began here, until
/// lejp_parser_pop(). Its `user` is in `ctx->pst[ctx->pst_sp].user`.
///
/// Returns 0; -1 when `LEJP_MAX_PARSING_STACK_DEPTH` callbacks are in use or `ctx` is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lejp_parser_push(
    ctx: *mut lejp_ctx,
    user: *mut c_void,
    paths: *const *const c_char,
    paths_count: c_uchar,
    lejp_cb: lejp_callback,
) -> c_int {
    guard("lejp_parser_push", -1, || {
        // SAFETY: the caller passes null or a constructed parser.
        let entered = unsafe { parser(ctx) }.is_some_and(|mut parser| parser.enter(lejp_cb, user, paths, paths_count));
        if entered { 0 } else { -1 }
    })
}

/// Goes back to the callback and paths before the last lejp_parser_push(). Returns 0; -1 without one or when `ctx` is
/// null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lejp_parser_pop(ctx: *mut lejp_ctx) -> c_int {
    // SAFETY: the caller passes null or a constructed parser.
    guard(
        "lejp_parser_pop",
        -1,
        || if unsafe { parser(ctx) }.is_some_and(|mut parser| parser.leave()) { 0 } else { -1 },
    )
}

/// Looks for a path that matches, unless one has: after the program has changed the paths or set `ctx->path_match` to 0.
/// Null is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lejp_check_path_match(ctx: *mut lejp_ctx) {
    guard("lejp_check_path_match", (), || {
        // SAFETY: the caller passes null or a constructed parser.
        if let Some(mut parser) = unsafe { parser(ctx) } {
            parser.match_path()
        }
    })
}

/// Copies to `dest` what the `*` number `wildcard`, from 0, of the path that matched stands for, up to a `.`, cut to fit
/// `len` bytes and terminated.
///
/// Returns the length with the NUL; 0, with `dest` untouched, when there is no such wildcard, a pointer is null or `len` is
/// below 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lejp_get_wildcard(
    ctx: *mut lejp_ctx,
    wildcard: c_int,
    dest: *mut c_char,
    len: c_int,
) -> c_int {
    guard("lejp_get_wildcard", 0, || {
        if dest.is_null() || len < 1 {
            return 0;
        }
        // SAFETY: the caller passes null or a constructed parser, and `len` bytes, which may be some of the parser's.
        unsafe {
            let found = parser(ctx).and_then(|mut parser| parser.wildcard(wildcard, len as usize - 1));
            let Some((text, used)) = found else { return 0 };
            dest.copy_from_nonoverlapping(text.as_ptr().cast(), used);
            dest.add(used).write(0);
            used as c_int + 1
        }
    })
}

/// What a negative result of lejp_parse() means, in English. A constant string, empty for -1 and above. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lejp_error_to_string(e: c_int) -> *const c_char {
    error_text(e).as_ptr()
}

/// # Safety
/// `ctx` is null or a constructed parser that nobody else uses.
unsafe fn parser(ctx: *mut lejp_ctx) -> Option<Parser> {
    // SAFETY: by this function's contract.
    (!ctx.is_null()).then(|| unsafe { Parser::new(ctx) })
}
