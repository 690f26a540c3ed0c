//! Asking for writeable callbacks, and calling many connections at once.
use super::given;
use crate::faces::lws::abi::lws_callback_reasons::*;
use crate::faces::lws::abi::{lws, lws_callback_reasons_int, lws_context, lws_fileofs_t, lws_protocols, lws_vhost};
use crate::faces::lws::context::{Context, Wish};
use crate::faces::lws::vhost::{Protocol, Vhost};
use crate::faces::lws::wsi::Wsi;
use crate::faces::lws::{loops, polled, request, respond};
use crate::ffi::guard::guard;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

/// Asks for one writeable callback of the connection, once the kernel takes more. Asking again before it comes changes
/// nothing. It is no system call.
///
/// Returns 1; 0, without a word in the log, for a null or dead connection: that it has just died is nobody's fault. From any thread: another thread than the one that serves the
/// connection wakes that, and gets 1 also where it turns out there that the connection is ending.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_callback_on_writable(wsi: *mut lws) -> c_int {
    guard("lws_callback_on_writable", 0, || {
        let Some(wsi) = Wsi::from_c(wsi) else { return 0 };
        let Some(context) = wsi.context_if_any() else { return 0 };
        if context.is_foreign_thread() {
            // whether it is open is the other thread's to know
            post(context, wsi);
            return 1;
        }
        if !wsi.is_open() || !wsi.is_connection() {
            return 0;
        }
        wsi.ask();
        polled::tell_now(context);
        1
    })
}

#[cold]
fn post(context: &'static Context, wsi: &'static Wsi) {
    context.post(Wish::Connection(wsi.as_c::<c_void>() as usize));
}

/// Asks for a writeable callback of every connection of `protocol`, in all vhosts of the context. `protocol` is the program's entry or
/// the library's copy of it.
///
/// Returns 0; -1 when an argument is null or dead. From any thread, as `lws_callback_on_writable`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_callback_on_writable_all_protocol(
    context: *const lws_context,
    protocol: *const lws_protocols,
) -> c_int {
    guard("lws_callback_on_writable_all_protocol", -1, || {
        // SAFETY: null, or the caller passes an entry of a protocol table.
        match (given::context("lws_callback_on_writable_all_protocol", context), unsafe { protocol.as_ref() }) {
            (Some(context), Some(protocol)) => ask_all(context, protocol, None),
            _ => -1,
        }
    })
}

/// As `lws_callback_on_writable_all_protocol`, for one vhost.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_callback_on_writable_all_protocol_vhost(
    vhost: *const lws_vhost,
    protocol: *const lws_protocols,
) -> c_int {
    guard("lws_callback_on_writable_all_protocol_vhost", -1, || {
        // SAFETY: as above.
        match (given::vhost("lws_callback_on_writable_all_protocol_vhost", vhost), unsafe { protocol.as_ref() }) {
            (Some(vhost), Some(protocol)) => ask_all(vhost.context, protocol, Some(vhost)),
            _ => -1,
        }
    })
}

fn ask_all(context: &'static Context, protocol: &lws_protocols, vhost: Option<&'static Vhost>) -> c_int {
    if protocol.name.is_null() {
        return -1;
    }
    // SAFETY: not null; the caller passes an entry of a protocol table.
    let name = unsafe { CStr::from_ptr(protocol.name) };
    let callback = Protocol::callback_address(protocol);
    let vhost = address_of(vhost);
    context.each_loop(|each| {
        if each.is_foreign_thread() {
            // the connections are the other thread's: it walks them itself
            each.post(Wish::Protocol(callback, name.to_owned(), vhost));
        } else {
            each.ask_all(&each.copies_of(callback, name, vhost));
            polled::tell_now(each);
        }
    });
    0
}

fn address_of(vhost: Option<&'static Vhost>) -> usize {
    vhost.map_or(0, |vhost| vhost.as_c::<c_void>() as usize)
}

/// Calls the callback of every connection of `protocol`, in all vhosts of the context, with `reason` and nothing else.
/// Returns 0; -1 when an argument is null or dead. The context's thread only; where there are several service threads, any of them, and
/// each calls its own connections, the others when they come to it. -1 also where 4096 such calls wait for one of them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_callback_all_protocol(
    context: *mut lws_context,
    protocol: *const lws_protocols,
    reason: c_int,
) -> c_int {
    guard("lws_callback_all_protocol", -1, || {
        // SAFETY: as above.
        match (given::context("lws_callback_all_protocol", context), unsafe { protocol.as_ref() }) {
            (Some(context), Some(protocol)) => call_all(context, None, Some(protocol), reason, ptr::null_mut(), 0),
            _ => -1,
        }
    })
}

/// As `lws_callback_all_protocol`, for one vhost; a null `protocol` means all of them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_callback_all_protocol_vhost(
    vh: *mut lws_vhost,
    protocol: *const lws_protocols,
    reason: c_int,
) -> c_int {
    // SAFETY: the arguments are passed on as they came.
    unsafe { lws_callback_all_protocol_vhost_args(vh, protocol, reason, ptr::null_mut(), 0) }
}

/// As `lws_callback_all_protocol_vhost`, with `argp` and `len` as the callbacks' `in` and `len`. Where they are not null and 0, only the
/// connections of the calling service thread are called, and where there are others, -1 is returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_callback_all_protocol_vhost_args(
    vh: *mut lws_vhost,
    protocol: *const lws_protocols,
    reason: c_int,
    argp: *mut c_void,
    len: usize,
) -> c_int {
    guard("lws_callback_all_protocol_vhost_args", -1, || {
        match given::vhost("lws_callback_all_protocol_vhost_args", vh) {
            Some(vhost) => {
                // SAFETY: as above.
                let protocol = unsafe { protocol.as_ref() };
                call_all(vhost.context, Some(vhost), protocol, reason, argp, len)
            }
            None => -1,
        }
    })
}

fn call_all(
    context: &'static Context,
    vhost: Option<&'static Vhost>,
    protocol: Option<&lws_protocols>,
    reason: c_int,
    input: *mut c_void,
    len: usize,
) -> c_int {
    let mut all_reached = true;
    let mut here = vec![context];
    if let Some(all) = context.loops() {
        here = all.iter().copied().filter(|each| !each.is_foreign_thread()).collect();
        for each in all.iter().filter(|each| each.is_foreign_thread()) {
            // what `input` points to need not be there when the other thread comes to it
            let named = protocol.filter(|p| !p.name.is_null());
            // SAFETY: not null; the caller passes an entry of a protocol table.
            let named = named.map(|p| (Protocol::callback_address(p), unsafe { CStr::from_ptr(p.name) }.to_owned()));
            all_reached &= input.is_null() && len == 0 && loops::call_all(each, named, address_of(vhost), reason);
        }
    }
    for here in here {
        here.within(|| {
            let of_protocol = |wsi: &Wsi| protocol.is_none_or(|p| wsi.protocol().is(p));
            let in_vhost = |wsi: &Wsi| vhost.is_none_or(|vhost| ptr::eq(wsi.vhost(), vhost));
            loops::call_connections(here, reason, input, len, |wsi| of_protocol(wsi) && in_vhost(wsi));
        });
    }
    if all_reached { 0 } else { -1 }
}

/// Calls the callback of every protocol of the connection's vhost once, with `wsi`, no user block, and `in` and `len` as
/// given. Returns 0; 1 at the first protocol that answers other than 0; -1 for a null or dead connection. Its thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_callback_vhost_protocols(
    wsi: *mut lws,
    reason: c_int,
    r#in: *mut c_void,
    len: c_int,
) -> c_int {
    guard("lws_callback_vhost_protocols", -1, || match given::wsi("lws_callback_vhost_protocols", wsi) {
        Some(wsi) => wsi.context().within(|| {
            let Some(vhost) = wsi.vhost_if_any() else { return -1 };
            let stopped = vhost.settings.protocols.iter().any(|protocol| match protocol.0.callback {
                // SAFETY: as above.
                Some(callback) => unsafe {
                    callback(wsi.as_c(), reason as _, ptr::null_mut(), r#in, len.max(0) as usize) != 0
                },
                None => false,
            });
            c_int::from(stopped)
        }),
        None => -1,
    })
}

/// What a protocol without a wish of its own does, and what a callback returns for reasons that it does not handle: a
/// request is answered with 404, a writeable callback or a finished file ends the transaction, everything else is
/// ignored. Returns 0 to go on, -1 to close.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_callback_http_dummy(
    wsi: *mut lws,
    reason: lws_callback_reasons_int,
    _user: *mut c_void,
    _in: *mut c_void,
    _len: usize,
) -> c_int {
    const REQUEST: u32 = LWS_CALLBACK_HTTP as u32;
    const WRITEABLE: u32 = LWS_CALLBACK_HTTP_WRITEABLE as u32;
    const BODY_DONE: u32 = LWS_CALLBACK_HTTP_BODY_COMPLETION as u32;
    const FILE_DONE: u32 = LWS_CALLBACK_HTTP_FILE_COMPLETION as u32;
    guard("lws_callback_http_dummy", -1, || {
        match (given::wsi("lws_callback_http_dummy", wsi).filter(|wsi| wsi.is_open()), reason) {
            (Some(wsi), REQUEST) => complete(wsi, true),
            (Some(wsi), WRITEABLE | BODY_DONE | FILE_DONE) => complete(wsi, false),
            _ => 0,
        }
    })
}

/// Ends a transaction, where it is `missing` with 404. Guarded by itself, as `given::unusable`: the calls for all other reasons, which are many,
/// need no landing pad.
#[inline(never)]
#[allow(improper_ctypes_definitions)] // called from Rust only
extern "C" fn complete(wsi: &'static Wsi, missing: bool) -> c_int {
    guard("lws_callback_http_dummy", -1, || {
        let failed = missing && respond::status(wsi, 404, None).is_err() || request::transaction_completed(wsi);
        if failed { -1 } else { 0 }
    })
}

/// How many bytes the peer allows to be sent to it: -1, for no limit of its own, since HTTP/1 and WebSocket have none. Any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_peer_write_allowance(_wsi: *mut lws) -> lws_fileofs_t {
    -1
}

/// The credit of HTTP/2's flow control, which a connection of HTTP/1, WebSocket or raw data does not have: 0, and nothing is
/// added. With HTTP/2 `peer_to_us` says which way (`LWSTXCR_*`), and `add` is added to it. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_wsi_tx_credit(_wsi: *mut lws, _peer_to_us: c_char, _add: c_int) -> c_int {
    0
}
