//! The exported names of the variadic functions, each one jump to shim/variadic.c, and what the shim calls back.
//! Not fed to cbindgen: their prototypes are in the hand-written part of the headers.
use super::smd;
use crate::faces::lws::log;
use crate::ffi::guard::guard;
use std::ffi::{CStr, c_char, c_int, c_void};

unsafe extern "C" {
    fn netgraft_shim_lws_log();
    fn netgraft_shim_lws_logv();
    fn netgraft_shim_lws_snprintf();
    fn netgraft_shim_lws_smd_msg_printf();
}

/// One exported variadic name: all registers and the stack pass through to the C function of the shim.
macro_rules! jump {
    ($name:ident, $shim:ident) => {
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name() {
            #[cfg(target_arch = "x86_64")]
            core::arch::naked_asm!("jmp {shim}", shim = sym $shim);
            #[cfg(target_arch = "aarch64")]
            core::arch::naked_asm!("b {shim}", shim = sym $shim);
        }
    };
}

jump!(_lws_log, netgraft_shim_lws_log);
jump!(_lws_logv, netgraft_shim_lws_logv);
jump!(lws_snprintf, netgraft_shim_lws_snprintf);
jump!(lws_smd_msg_printf, netgraft_shim_lws_smd_msg_printf);

/// For the shim: are lines of this level wanted at all?
#[unsafe(no_mangle)]
extern "C" fn netgraft_log_visible(filter: c_int) -> c_int {
    log::visible(filter as u32) as c_int
}

/// For the shim: delivers a formatted line.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_log_deliver(filter: c_int, line: *const c_char) {
    // SAFETY: the shim passes a terminated buffer of its own.
    guard("_lws_log", (), || log::deliver(filter as u32, unsafe { CStr::from_ptr(line) }))
}

/// For the shim: is anybody registered for a system message of this class?
#[unsafe(no_mangle)]
extern "C" fn netgraft_smd_wanted(context: *mut c_void, class: u32) -> c_int {
    smd::wanted(context, class)
}

/// For the shim: sends a formatted system message.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_smd_send(context: *mut c_void, class: u32, text: *const c_char, len: usize) -> c_int {
    // SAFETY: the shim passes a buffer of its own that is as long as the longest message.
    unsafe { smd::send_text(context, class, text, len) }
}
