//! Addresses as text, and interfaces.
use super::guard;
use crate::engine::fdtable::raw::set_errno;
use libc::socklen_t;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr;

mod system {
    use super::{c_char, c_int, c_void, socklen_t};

    unsafe extern "C" {
        pub fn inet_ntop(af: c_int, src: *const c_void, dst: *mut c_char, size: socklen_t) -> *const c_char;
        pub fn inet_pton(af: c_int, src: *const c_char, dst: *mut c_void) -> c_int;
    }
}

/// Writes an address as text into `dst`, which has `size` bytes, and returns `dst`; null with `errno` `ENOSPC`, `EAFNOSUPPORT` or `EFAULT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_inet_ntop(
    af: c_int,
    src: *const c_void,
    dst: *mut c_char,
    size: socklen_t,
) -> *const c_char {
    guard("lwip_inet_ntop", ptr::null(), || {
        if src.is_null() || dst.is_null() {
            set_errno(libc::EFAULT);
            return ptr::null();
        }
        // SAFETY: what C passes, not null.
        unsafe { system::inet_ntop(af, src, dst, size) }
    })
}

/// Reads an address from text: 1, 0 where it is none (also where `src` is null), or -1 with `errno` `EAFNOSUPPORT` or `EFAULT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_inet_pton(af: c_int, src: *const c_char, dst: *mut c_void) -> c_int {
    guard("lwip_inet_pton", -1, || {
        if src.is_null() {
            return 0;
        }
        if dst.is_null() {
            set_errno(libc::EFAULT);
            return -1;
        }
        // SAFETY: what C passes, not null.
        unsafe { system::inet_pton(af, src, dst) }
    })
}

/// The name of an interface, into `ifname`, which has `IFNAMSIZ` bytes; null with `errno`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_if_indextoname(ifindex: c_uint, ifname: *mut c_char) -> *mut c_char {
    guard("lwip_if_indextoname", ptr::null_mut(), || {
        if ifname.is_null() {
            set_errno(libc::EFAULT);
            return ptr::null_mut();
        }
        // SAFETY: what C passes, not null.
        unsafe { libc::if_indextoname(ifindex, ifname) }
    })
}

/// The number of an interface; 0 with `errno` where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_if_nametoindex(ifname: *const c_char) -> c_uint {
    guard("lwip_if_nametoindex", 0, || {
        if ifname.is_null() {
            set_errno(libc::EFAULT);
            return 0;
        }
        // SAFETY: what C passes, not null.
        unsafe { libc::if_nametoindex(ifname) }
    })
}
