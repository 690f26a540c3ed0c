//! The exported names of the variadic functions, each one jump to shim/variadic.c, and what the shim calls back.
//! Not fed to cbindgen: their prototypes are in the hand-written part of the headers.
use crate::faces::lws::log;
use crate::ffi::guard::guard;
use std::ffi::{CStr, c_char, c_int};

unsafe extern "C" {
    fn netgraft_shim_lws_log();
    fn netgraft_shim_lws_logv();
    fn netgraft_shim_lws_open();
    fn netgraft_shim_lws_snprintf();
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
jump!(lws_open, netgraft_shim_lws_open);
jump!(lws_snprintf, netgraft_shim_lws_snprintf);

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
