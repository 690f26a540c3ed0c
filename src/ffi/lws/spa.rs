//! Form data of a request's body.
use super::given;
use crate::faces::lws::abi::{lws, lws_spa, lws_spa_create_info_t, lws_spa_fileupload_cb};
use crate::faces::lws::headers::with_head;
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::spa::{Setup, Spa};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use crate::proto::http1::tokens;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::rc::Rc;

/// More names than this are a mistake.
const NAMES_MAX: c_int = 65536;

/// Makes a parser for the body of the request of `wsi`: `multipart/form-data` if its Content-Type says so, otherwise
/// `application/x-www-form-urlencoded`.
///
/// The values of the fields in `param_names`, an array of `count_params` C strings that is copied, are kept and can be
/// asked for by their index. A field that comes several times keeps its first value that is not empty. Together, each
/// with a NUL, they may be shorter than `max_storage` bytes. Files go to `opt_cb` with `opt_data` as its first argument, in
/// pieces of fewer than `max_storage` bytes with a NUL behind them: LWS_UFS_OPEN, any number of LWS_UFS_CONTENT,
/// LWS_UFS_FINAL_CONTENT (which may be empty) for each file; and LWS_UFS_CLOSE once, in lws_spa_finalize() or
/// lws_spa_destroy(), also if there was no file. The names that the callback gets come from the client, are at most 255 bytes
/// long, and are valid until it returns. If it returns anything but 0, except at LWS_UFS_CLOSE, the form has failed. It may
/// destroy the parser. A null `opt_cb` means that files are ignored.
///
/// Returns the parser, to be freed with lws_spa_destroy(); null when memory runs out, for a null or dead connection, a
/// negative `count_params` or `max_storage`, or no `param_names` although `count_params` is not 0. It does not depend on the
/// connection afterwards. One thread at a time may use it, here and below; a null or dead parser is recognised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_spa_create(
    wsi: *mut lws,
    param_names: *const *const c_char,
    count_params: c_int,
    max_storage: c_int,
    opt_cb: lws_spa_fileupload_cb,
    opt_data: *mut c_void,
) -> *mut lws_spa {
    guard("lws_spa_create", ptr::null_mut(), || {
        let info = lws_spa_create_info_t {
            param_names,
            count_params,
            max_storage,
            opt_cb,
            opt_data,
            param_names_stride: 0,
            ac: ptr::null_mut(),
            ac_chunk_size: 0,
        };
        // SAFETY: passed on as it came.
        unsafe { create("lws_spa_create", wsi, &info) }
    })
}

/// lws_spa_create() with its arguments in a struct, which is only read during the call.
///
/// With a `param_names_stride` that is not 0, the pointers to the names lie that many bytes apart, as in an array of structs
/// that have one. With `ac`, the values are kept in the lwsac that the variable at `ac` holds, or will hold if it is
/// null, and stay valid until that is freed; freeing it ends the parser too, without a callback. The variable must last as
/// long as the parser. `ac_chunk_size` is as in lwsac_use().
///
/// Null also when `info` is null, or the stride is smaller than a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_spa_create_via_info(wsi: *mut lws, info: *const lws_spa_create_info_t) -> *mut lws_spa {
    guard("lws_spa_create_via_info", ptr::null_mut(), || {
        // SAFETY: null or the caller's struct.
        match unsafe { info.as_ref() } {
            // SAFETY: passed on as it came.
            Some(info) => unsafe { create("lws_spa_create_via_info", wsi, info) },
            None => {
                lwsl_err!("lws_spa_create_via_info: null info");
                ptr::null_mut()
            }
        }
    })
}

/// # Safety
/// As `lws_spa_create_via_info`.
unsafe fn create(function: &str, wsi: *mut lws, info: &lws_spa_create_info_t) -> *mut lws_spa {
    let Some(wsi) = given::wsi(function, wsi) else { return ptr::null_mut() };
    // SAFETY: by contract.
    let Some(names) = (unsafe { names(info) }) else {
        lwsl_err!("{function}: {} names, {} bytes apart, cannot be", info.count_params, info.param_names_stride);
        return ptr::null_mut();
    };
    let Ok(max_storage) = usize::try_from(info.max_storage) else {
        lwsl_err!("{function}: storage of {} bytes", info.max_storage);
        return ptr::null_mut();
    };
    let content_type = with_head(wsi, |head| head.value(tokens::CONTENT_TYPE).map(<[u8]>::to_vec)).flatten();
    let setup = Setup {
        names,
        max_storage,
        callback: info.opt_cb,
        data: info.opt_data,
        store: (!info.ac.is_null()).then_some((info.ac, info.ac_chunk_size)),
    };
    // SAFETY: the variable at `ac` is as the documentation asks.
    let spa = unsafe { Spa::create(&content_type.unwrap_or_default(), setup) };
    spa.map_or(ptr::null_mut(), |spa| spa.cast_mut().cast())
}

/// The names that a program has listed; none when the list cannot be right.
///
/// # Safety
/// `info` describes an array of C strings.
unsafe fn names(info: &lws_spa_create_info_t) -> Option<Vec<Vec<u8>>> {
    let stride = if info.param_names_stride == 0 { size_of::<*const c_char>() } else { info.param_names_stride };
    let count = usize::try_from(info.count_params).ok().filter(|_| info.count_params <= NAMES_MAX)?;
    if count == 0 {
        return Some(Vec::new());
    }
    let size = stride.checked_mul(count).filter(|&size| size <= isize::MAX as usize);
    if info.param_names.is_null() || stride < size_of::<*const c_char>() || size.is_none() {
        return None;
    }
    // SAFETY: `count` pointers lie `stride` apart, each null or a C string.
    let name = |n| unsafe { cstr::bytes(info.param_names.byte_add(n * stride).read_unaligned()) };
    Some((0..count).map(|n| name(n).unwrap_or_default().to_vec()).collect())
}

fn given_spa(function: &str, spa: *const lws_spa) -> Option<Rc<Spa>> {
    let found = Spa::from_c(spa);
    if found.is_none() {
        lwsl_err!("{function}: {} parser", if spa.is_null() { "null" } else { "dead or foreign" });
    }
    found
}

/// Takes in the next `len` bytes of the body, cut anywhere.
///
/// Returns 0; -1 when the data is malformed (a bad escape, a malformed or over-long header of a part, the name of a field
/// that is longer than 255 bytes, no boundary in the Content-Type), when the values are longer than `max_storage` allows, when
/// the callback has returned anything but 0, or for a bad pointer or length. All later calls fail too then. Behind
/// lws_spa_finalize() the data is ignored, and 0 returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_spa_process(spa: *mut lws_spa, r#in: *const c_char, len: c_int) -> c_int {
    guard("lws_spa_process", -1, || {
        let Some(spa) = given_spa("lws_spa_process", spa) else { return -1 };
        let Some(len) = usize::try_from(len).ok().filter(|&len| len == 0 || !r#in.is_null()) else {
            lwsl_err!("lws_spa_process: {len} bytes at {:p}", r#in);
            return -1;
        };
        // SAFETY: the caller passes `len` readable bytes.
        if unsafe { spa.process(r#in.cast(), len) } { 0 } else { -1 }
    })
}

/// Says that the body has ended. The last field's value is there afterwards, and the callback has heard LWS_UFS_CLOSE.
///
/// Returns 0; -1 when the form is not complete (its last boundary is missing, or an escape is cut off), when
/// lws_spa_process() has failed, for a bad pointer, or inside the parser's own callback.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_spa_finalize(spa: *mut lws_spa) -> c_int {
    guard("lws_spa_finalize", -1, || match given_spa("lws_spa_finalize", spa) {
        Some(spa) if spa.finalize() => 0,
        _ => -1,
    })
}

/// The length of the value of field `n` in `param_names`, without its NUL; a value may contain others. 0 when the field has
/// not come, is empty, or does not exist.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_spa_get_length(spa: *mut lws_spa, n: c_int) -> c_int {
    guard("lws_spa_get_length", 0, || value("lws_spa_get_length", spa, n).map_or(0, |(_, len)| len as c_int))
}

/// The value of field `n` in `param_names`, with a NUL behind it: decoded if the form is urlencoded, otherwise as it came. It
/// is valid until the parser is destroyed, or until the lwsac that holds it is freed.
///
/// Null when the field has not come or is empty, and when it does not exist.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_spa_get_string(spa: *mut lws_spa, n: c_int) -> *const c_char {
    guard("lws_spa_get_string", ptr::null(), || {
        value("lws_spa_get_string", spa, n).map_or(ptr::null(), |(text, _)| text)
    })
}

fn value(function: &str, spa: *const lws_spa, n: c_int) -> Option<(*const c_char, usize)> {
    given_spa(function, spa)?.value(usize::try_from(n).ok()?)
}

/// Frees a parser, and the values that are not in a lwsac. If lws_spa_finalize() was not called, the callback hears
/// LWS_UFS_CLOSE. Inside the parser's own callback it is allowed; lws_spa_process() returns -1 then.
///
/// Returns 0; -1 for a null or dead parser.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_spa_destroy(spa: *mut lws_spa) -> c_int {
    guard("lws_spa_destroy", -1, || match given_spa("lws_spa_destroy", spa) {
        Some(spa) => {
            spa.destroy();
            0
        }
        None => -1,
    })
}
