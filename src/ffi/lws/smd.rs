//! System messages.
use super::given;
use crate::faces::lws::abi::{
    LWSSMDREG_FLAG_PROXIED_SS, lws_context, lws_smd_class_t, lws_smd_notification_cb_t, lws_smd_peer,
};
use crate::faces::lws::context::Context;
use crate::faces::lws::log::{lwsl_err, lwsl_info, lwsl_warn};
use crate::faces::lws::smd::{self, PAYLOAD_MOST, Refused};
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

/// Room for a message of `len` bytes, at most `LWS_SMD_MAX_PAYLOAD`, and the classes `_class`. The caller fills it in and
/// hands it to `lws_smd_msg_send` or `lws_smd_msg_free`.
///
/// Null when nobody is registered for the classes, `len` is too large, or the context is null or dead. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_smd_msg_alloc(ctx: *mut lws_context, _class: lws_smd_class_t, len: usize) -> *mut c_void {
    guard("lws_smd_msg_alloc", ptr::null_mut(), || {
        let Some(context) = given::context("lws_smd_msg_alloc", ctx) else { return ptr::null_mut() };
        if len > PAYLOAD_MOST {
            lwsl_err!("lws_smd_msg_alloc: a message of {len} bytes is too long");
            return ptr::null_mut();
        }
        if context.smd.is_wanted(_class) { smd::draft(_class, len) } else { ptr::null_mut() }
    })
}

/// Gives up a message made with `lws_smd_msg_alloc` that was not sent, and sets `*payload` to null. What is no such
/// message is an error that the log tells. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_smd_msg_free(payload: *mut *mut c_void) {
    guard("lws_smd_msg_free", (), || {
        // SAFETY: the caller passes null or the place where the message's address stands.
        let Some(payload) = (unsafe { payload.as_mut() }) else { return };
        if !payload.is_null() && !smd::give_up(*payload as usize) {
            lwsl_err!("lws_smd_msg_free: no message, or one that was sent or given up");
        }
        *payload = ptr::null_mut();
    })
}

/// Sends a message made with `lws_smd_msg_alloc`, which is the library's then. Its receivers are called in the context's
/// loop, which is woken.
///
/// Returns 0, also where nobody is registered for it any more; 1 when 256 messages wait for one of its receivers, the
/// context is ending or dead, or `payload` is no such message: a message that is one is the caller's still. Any
/// thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_smd_msg_send(ctx: *mut lws_context, payload: *mut c_void) -> c_int {
    guard("lws_smd_msg_send", 1, || {
        let Some(context) = given::context("lws_smd_msg_send", ctx) else { return 1 };
        match smd::send_draft(&context.smd, payload as usize) {
            Some(outcome) => answer("lws_smd_msg_send", outcome),
            None => {
                lwsl_err!("lws_smd_msg_send: no message, or one that was sent or given up");
                1
            }
        }
    })
}

/// Registers a receiver of the messages that are sent from now on with one of the classes in `_class_filter`. It is called
/// in the context's loop with `opaque`; `buf` has `len` bytes and a terminator, is its own copy and dies with the call;
/// its return is not looked at. It may send, register and unregister.
///
/// `flags` is 0: there are no proxied streams. Returns what stands for the registration, until `lws_smd_unregister` or the
/// end of the context; null when an argument is null, dead or unknown, or 4096 are registered. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_smd_register(
    ctx: *mut lws_context,
    opaque: *mut c_void,
    flags: c_int,
    _class_filter: lws_smd_class_t,
    cb: lws_smd_notification_cb_t,
) -> *mut lws_smd_peer {
    guard("lws_smd_register", ptr::null_mut(), || {
        let Some(context) = given::context("lws_smd_register", ctx) else { return ptr::null_mut() };
        if flags & LWSSMDREG_FLAG_PROXIED_SS != 0 {
            lwsl_err!("lws_smd_register: there are no proxied streams");
            return ptr::null_mut();
        }
        let token = context.smd.register(cb, opaque, _class_filter);
        if token.is_none() {
            lwsl_err!("lws_smd_register: no callback, too many receivers, or a context that ends");
        }
        token.unwrap_or(0) as *mut lws_smd_peer
    })
}

/// Takes a registration back; what waits for it is dropped. From another thread than the loop's this waits until its
/// callback is not being called, for at most 5 seconds. Null is ignored; what is no registration any more is an error that
/// the log tells. Any thread, and from callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_smd_unregister(pr: *mut lws_smd_peer) {
    guard("lws_smd_unregister", (), || {
        if !pr.is_null() && !smd::unregister(pr as usize) {
            lwsl_err!("lws_smd_unregister: no registration, or one that has ended");
        }
    })
}

fn answer(function: &str, outcome: Result<(), Refused>) -> c_int {
    match outcome {
        Ok(()) => return 0,
        Err(Refused::TooLong) => lwsl_err!("{function}: longer than {PAYLOAD_MOST} bytes"),
        Err(Refused::Full) => lwsl_info!("{function}: too many messages wait to be received"),
        Err(Refused::Closed) => lwsl_warn!("{function}: the context is ending"),
    }
    1
}

/// For the shim: is a message worth formatting? -1 where the context is none, which is logged.
pub(super) fn wanted(ctx: *mut c_void, class: lws_smd_class_t) -> c_int {
    guard("lws_smd_msg_printf", -1, || {
        given::context("lws_smd_msg_printf", ctx).map_or(-1, |context| context.smd.is_wanted(class) as c_int)
    })
}

/// For the shim: sends a text of `len` bytes, of which what is longer than allowed may be missing.
///
/// # Safety
/// `text` points to `len` bytes, or to [`PAYLOAD_MOST`] where `len` is more.
pub(super) unsafe fn send_text(ctx: *mut c_void, class: lws_smd_class_t, text: *const c_char, len: usize) -> c_int {
    guard("lws_smd_msg_printf", 1, || {
        let Some(context) = Context::from_c(ctx) else { return 1 };
        if len > PAYLOAD_MOST {
            return answer("lws_smd_msg_printf", Err(Refused::TooLong));
        }
        // SAFETY: by this function's contract.
        let text = unsafe { crate::ffi::cstr::slice(text.cast(), len) };
        answer("lws_smd_msg_printf", context.smd.send(class, text))
    })
}
