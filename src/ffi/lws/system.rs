//! What the surroundings provide.
use super::given;
use crate::faces::lws::abi::{
    lws_attach_cb_t, lws_attach_item, lws_context, lws_cpd_result_t, lws_cpd_result_t_int, lws_state_manager_t,
    lws_system_blob_item_t_int, lws_system_blob_t, lws_system_ops_t, lws_system_states_t_int,
};
use crate::faces::lws::blob::{self, Blob};
use crate::faces::lws::context::Context;
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::system::{self, Machine};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{c_int, c_void};
use std::ptr;

/// The state machine of a context, for the `lws_state_*` functions; it lives as long as the context. It goes through the
/// states of `lws_system_states_t` up to `LWS_SYSTATE_OPERATIONAL` in the first `lws_service`, as far as its observers let
/// it; protocols are told to begin (`LWS_CALLBACK_PROTOCOL_INIT`) on the way to `LWS_SYSTATE_POLICY_VALID`.
///
/// Null for a null or dead context. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_get_state_manager(context: *mut lws_context) -> *mut lws_state_manager_t {
    guard("lws_system_get_state_manager", ptr::null_mut(), || {
        given::context("lws_system_get_state_manager", context).map_or(ptr::null_mut(), |c| c.system.manager())
    })
}

/// The context of a state machine: of the one that `lws_system_get_state_manager` gives, or one of the program's with its
/// `context` set. Null for none, and where the context is dead.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_context_from_system_mgr(mgr: *mut lws_state_manager_t) -> *mut lws_context {
    guard("lws_system_context_from_system_mgr", ptr::null_mut(), || {
        let context = match system::machine(mgr) {
            Machine::System(context) => Some(context),
            // SAFETY: not null, so a manager of the program's.
            Machine::Own if !mgr.is_null() => Context::from_c(unsafe { (*mgr).context }),
            _ => None,
        };
        context.map_or(ptr::null_mut(), |context| context.as_c())
    })
}

/// What the program gave as `system_ops` when it made the context; null for nothing, and for a null or dead context. Any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_get_ops(context: *mut lws_context) -> *const lws_system_ops_t {
    guard("lws_system_get_ops", ptr::null(), || {
        given::context("lws_system_get_ops", context).map_or(ptr::null(), |context| context.system.ops)
    })
}

/// One of the blobs that a context keeps; it lives as long as the context. `idx` tells those of one type apart: 0 or 1 for
/// `LWS_SYSBLOB_TYPE_AUTH`, else 0.
///
/// Null when there is none such, or the context is null or dead. The context's thread only, like all of a blob.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_get_blob(
    context: *mut lws_context,
    r#type: lws_system_blob_item_t_int,
    idx: c_int,
) -> *mut lws_system_blob_t {
    /// The types that follow credentials, of which there are two.
    const FIRST_SINGLE: u32 = 2;
    guard("lws_system_get_blob", ptr::null_mut(), || {
        let Some(context) = given::context("lws_system_get_blob", context) else { return ptr::null_mut() };
        let index = match (r#type, idx) {
            (0, 0 | 1) => idx as usize,
            (single, 0) if single >= FIRST_SINGLE => single as usize,
            _ => blob::COUNT,
        };
        context.system.blobs.get(index).map_or(ptr::null_mut(), |handle| handle.cast_mut().cast())
    })
}

fn given_blob(function: &str, b: *const lws_system_blob_t) -> Option<&'static Blob> {
    let found = Blob::from_c(b);
    if found.is_none() {
        lwsl_err!("{function}: null blob, or one whose context has ended");
    }
    found
}

/// Has a blob refer to `len` bytes of the program's at `ptr`, which must last as long as the blob refers to them, in place of
/// what it had. Null is no bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_blob_direct_set(b: *mut lws_system_blob_t, ptr: *const u8, len: usize) {
    guard("lws_system_blob_direct_set", (), || {
        if let Some(blob) = given_blob("lws_system_blob_direct_set", b) {
            blob.set_direct(ptr, len);
        }
    })
}

/// Drops what was appended to a blob. One that refers to the program's memory stays as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_blob_heap_empty(b: *mut lws_system_blob_t) {
    guard("lws_system_blob_heap_empty", (), || {
        if let Some(blob) = given_blob("lws_system_blob_heap_empty", b) {
            blob.clear_heap();
        }
    })
}

/// Appends a copy of `len` bytes at `ptr` to a blob. Returns 0; -1 when the blob is null or dead, refers to the program's
/// memory, or would have more than 64 MiB.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_blob_heap_append(b: *mut lws_system_blob_t, ptr: *const u8, len: usize) -> c_int {
    guard("lws_system_blob_heap_append", -1, || {
        let Some(blob) = given_blob("lws_system_blob_heap_append", b) else { return -1 };
        // SAFETY: the caller passes null or `len` readable bytes.
        let added = (!ptr.is_null() || len == 0) && blob.append(unsafe { cstr::slice(ptr, len) });
        if !added {
            lwsl_err!("lws_system_blob_heap_append: null, too large, or a blob that refers to memory of the program");
        }
        if added { 0 } else { -1 }
    })
}

/// How many bytes a blob has; 0 for a null or dead one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_blob_get_size(b: *mut lws_system_blob_t) -> usize {
    guard("lws_system_blob_get_size", 0, || {
        given_blob("lws_system_blob_get_size", b).and_then(Blob::bytes).map_or(0, |(_, len)| len)
    })
}

/// Sets `*ptr` to a blob's bytes, which stay there until the blob is changed. Returns 0; -1 when it has none, or a pointer is
/// null or dead.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_blob_get_single_ptr(b: *mut lws_system_blob_t, ptr: *mut *const u8) -> c_int {
    guard("lws_system_blob_get_single_ptr", -1, || {
        let bytes = given_blob("lws_system_blob_get_single_ptr", b).and_then(Blob::bytes);
        let Some((start, _)) = bytes.filter(|_| !ptr.is_null()) else { return -1 };
        // SAFETY: not null; the caller's place for the answer.
        unsafe { *ptr = start };
        0
    })
}

/// Copies bytes of a blob from offset `ofs` on to `ptr`, at most `*len`, and sets `*len` to how many they were.
///
/// Returns 0, also where an appended blob has none from there on; 1 where one that refers to the program's memory has none;
/// -1 when a pointer is null or dead.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_blob_get(
    b: *mut lws_system_blob_t,
    ptr: *mut u8,
    len: *mut usize,
    ofs: usize,
) -> c_int {
    guard("lws_system_blob_get", -1, || {
        // SAFETY: the caller passes null or its number.
        let (Some(blob), Some(len)) = (given_blob("lws_system_blob_get", b), unsafe { len.as_mut() }) else {
            return -1;
        };
        let (start, size) = blob.bytes().unwrap_or((ptr::null(), 0));
        let room = std::mem::take(len);
        if ofs >= size {
            return blob.is_direct().into();
        }
        let n = room.min(size - ofs);
        if ptr.is_null() && n > 0 {
            return -1;
        }
        // SAFETY: the blob has `size` bytes, the caller room for `room`; they may be the same memory.
        unsafe { ptr::copy(start.add(ofs), ptr, n) };
        *len = n;
        0
    })
}

/// Empties a blob: what was appended is freed, the program's memory forgotten. It can be used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_blob_destroy(b: *mut lws_system_blob_t) {
    guard("lws_system_blob_destroy", (), || {
        if let Some(blob) = Blob::from_c(b) {
            blob.clear();
        }
    })
}

/// With a null `get`: has `cb` called with `opaque` in the context's loop, once the context has reached `state`. The loop is
/// woken. Otherwise: takes the first such call that can be made now out of the queue and stores it in `*get`, null
/// where there is none; that is for the `attach` operation of `system_ops`, which the library calls for it, and which the
/// library makes the call for.
///
/// Returns 0; 1 when an argument is null or dead, `tsi` is not 0, or 4096 calls wait. To add one: any thread, and also
/// where there is no `attach` operation.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __lws_system_attach(
    context: *mut lws_context,
    tsi: c_int,
    cb: lws_attach_cb_t,
    state: lws_system_states_t_int,
    opaque: *mut c_void,
    get: *mut *mut lws_attach_item,
) -> c_int {
    guard("__lws_system_attach", 1, || {
        let context = given::context("__lws_system_attach", context).filter(|_| tsi == 0);
        // SAFETY: the caller passes null or its place for the answer.
        if let Some(get) = unsafe { get.as_mut() } {
            *get = context.map_or(ptr::null_mut(), |context| context.system.give_out());
            return context.is_none().into();
        }
        let Some(context) = context else { return 1 };
        let state = c_int::try_from(state).unwrap_or(c_int::MAX);
        if context.ending.get() || !context.system.attach(cb, state, opaque) {
            lwsl_err!("__lws_system_attach: no callback, too many that wait, or a context that ends");
            return 1;
        }
        context.wake();
        0
    })
}

/// Has the program look for a captive portal: forgets what was known, and calls `captive_portal_detect_request` of
/// `system_ops`. Returns what that returns; 0 where there is none, -1 for a null or dead context. The context's
/// thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_cpd_start(context: *mut lws_context) -> c_int {
    guard("lws_system_cpd_start", -1, || {
        let Some(context) = given::context("lws_system_cpd_start", context) else { return -1 };
        context.within(|| context.system.start_cpd(context))
    })
}

/// Says what the look for a captive portal has shown. What is said first after `lws_system_cpd_start` counts; it is told to
/// the system messages (`LWSSMDCL_NETWORK`), and the context's states are tried again. A result that is none of
/// `lws_cpd_result_t`, and a null or dead context, are ignored. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_cpd_set(context: *mut lws_context, result: lws_cpd_result_t_int) {
    guard("lws_system_cpd_set", (), || {
        if let Some(context) = given::context("lws_system_cpd_set", context).filter(|context| !context.ending.get())
            && !system::set_cpd(context, result)
        {
            lwsl_err!("lws_system_cpd_set: {result} is no result");
        }
    })
}

/// What is known about the way to the internet; `LWS_CPD_UNKNOWN` for a null or dead context too. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_system_cpd_state_get(context: *mut lws_context) -> lws_cpd_result_t_int {
    const UNKNOWN: lws_cpd_result_t_int = lws_cpd_result_t::LWS_CPD_UNKNOWN as _;
    guard("lws_system_cpd_state_get", UNKNOWN, || {
        given::context("lws_system_cpd_state_get", context).map_or(UNKNOWN, |context| context.system.cpd())
    })
}
