//! The TCP/IP thread, in which a program's callbacks run. It is started when somebody needs it. Any thread may call any of these.
use crate::faces::sockets::error::{self, err_t};
use crate::faces::sockets::pbuf::{self as packets, pbuf};
use crate::faces::sockets::tcpip::{
    self, CORE_LOCK, MESSAGES, Message, sys_timeout_handler, tcpip_callback_fn, tcpip_init_done_fn,
};
use crate::ffi::guard::guard;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

type tcpip_callback_msg = Message;

/// Starts the TCP/IP thread, and has it call `tcpip_init_done` with `arg`, unless that is null. Again: only that.
#[unsafe(no_mangle)]
pub extern "C" fn tcpip_init(tcpip_init_done: tcpip_init_done_fn, arg: *mut c_void) {
    guard("tcpip_init", (), || match tcpip_init_done {
        Some(done) => {
            tcpip::post(done, arg, true);
        }
        None => {
            let _ = tcpip::core();
        }
    })
}

/// Has the TCP/IP thread call `function` with `ctx`, after what others have asked it. Where 4096 calls wait already, this waits too, unless it is in that
/// thread itself: then, and without a thread, `ERR_MEM`. `ERR_ARG` for null.
#[unsafe(no_mangle)]
pub extern "C" fn tcpip_callback(function: tcpip_callback_fn, ctx: *mut c_void) -> err_t {
    guard("tcpip_callback", error::MEM, || function.map_or(error::ARG, |function| tcpip::post(function, ctx, true)))
}

/// As `tcpip_callback`, but never waits: `ERR_MEM` if there is no room.
#[unsafe(no_mangle)]
pub extern "C" fn tcpip_try_callback(function: tcpip_callback_fn, ctx: *mut c_void) -> err_t {
    guard("tcpip_try_callback", error::MEM, || {
        function.map_or(error::ARG, |function| tcpip::post(function, ctx, false))
    })
}

/// As `tcpip_callback`, and comes back when the function has. In the TCP/IP thread itself it is called at once.
#[unsafe(no_mangle)]
pub extern "C" fn tcpip_callback_wait(function: tcpip_callback_fn, ctx: *mut c_void) -> err_t {
    guard("tcpip_callback_wait", error::MEM, || function.map_or(error::ARG, |function| tcpip::run(function, ctx)))
}

/// A call that can be asked for again and again, the caller's until `tcpip_callbackmsg_delete`; null for a null function.
#[unsafe(no_mangle)]
pub extern "C" fn tcpip_callbackmsg_new(function: tcpip_callback_fn, ctx: *mut c_void) -> *mut tcpip_callback_msg {
    guard("tcpip_callbackmsg_new", ptr::null_mut(), || {
        let Some(function) = function else { return ptr::null_mut() };
        MESSAGES.insert(Arc::new(Message { function, argument: ctx })).cast_mut()
    })
}

/// Frees what `tcpip_callbackmsg_new` made. Calls that were asked for are still made.
#[unsafe(no_mangle)]
pub extern "C" fn tcpip_callbackmsg_delete(msg: *mut tcpip_callback_msg) {
    guard("tcpip_callbackmsg_delete", (), || drop(MESSAGES.remove(msg)))
}

/// As `tcpip_try_callback`, for what `tcpip_callbackmsg_new` made.
#[unsafe(no_mangle)]
pub extern "C" fn tcpip_callbackmsg_trycallback(msg: *mut tcpip_callback_msg) -> err_t {
    guard("tcpip_callbackmsg_trycallback", error::MEM, || match MESSAGES.get(msg) {
        Some(msg) => tcpip::post(msg.function, msg.argument, false),
        None => error::ARG,
    })
}

/// As `tcpip_callbackmsg_trycallback`; not for signal handlers.
#[unsafe(no_mangle)]
pub extern "C" fn tcpip_callbackmsg_trycallback_fromisr(msg: *mut tcpip_callback_msg) -> err_t {
    tcpip_callbackmsg_trycallback(msg)
}

/// Has the TCP/IP thread give back a reference to a packet. `ERR_MEM` if there is no room.
#[unsafe(no_mangle)]
pub extern "C" fn pbuf_free_callback(p: *mut pbuf) -> err_t {
    unsafe extern "C" fn free(p: *mut c_void) {
        // SAFETY: the program's reference.
        unsafe { packets::free(p.cast()) };
    }
    guard("pbuf_free_callback", error::MEM, || tcpip::post(free, p.cast(), false))
}

/// Has the TCP/IP thread free memory of `mem_malloc`. `ERR_MEM` if there is no room.
#[unsafe(no_mangle)]
pub extern "C" fn mem_free_callback(m: *mut c_void) -> err_t {
    unsafe extern "C" fn free(m: *mut c_void) {
        // SAFETY: the program's memory.
        unsafe { libc::free(m) };
    }
    guard("mem_free_callback", error::MEM, || tcpip::post(free, m, false))
}

/// Has the TCP/IP thread call `handler` with `arg` once, `msecs` milliseconds from now. Nothing happens without a thread, or where 65536
/// timers are set.
#[unsafe(no_mangle)]
pub extern "C" fn sys_timeout(msecs: u32, handler: sys_timeout_handler, arg: *mut c_void) {
    guard("sys_timeout", (), || {
        if let Some(handler) = handler {
            tcpip::set_timer(msecs, handler, arg);
        }
    })
}

/// Takes back the earliest timer with this handler and argument.
#[unsafe(no_mangle)]
pub extern "C" fn sys_untimeout(handler: sys_timeout_handler, arg: *mut c_void) {
    guard("sys_untimeout", (), || {
        if let Some(handler) = handler {
            tcpip::cancel_timer(handler, arg);
        }
    })
}

/// Keeps the TCP/IP thread out of the program's functions until `sys_unlock_tcpip_core`; what it is in is waited for. A thread may call it again
/// inside, as may those functions.
#[unsafe(no_mangle)]
pub extern "C" fn sys_lock_tcpip_core() {
    guard("sys_lock_tcpip_core", (), || CORE_LOCK.lock())
}

/// The other half of `sys_lock_tcpip_core`.
#[unsafe(no_mangle)]
pub extern "C" fn sys_unlock_tcpip_core() {
    guard("sys_unlock_tcpip_core", (), || CORE_LOCK.unlock())
}
