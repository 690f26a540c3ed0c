//! Looking names up.
use super::guard;
use crate::engine::fdtable::raw::set_errno;
use libc::{addrinfo, hostent};
use std::ffi::{c_char, c_int};
use std::ptr;

mod system {
    use super::{c_char, c_int, hostent};

    unsafe extern "C" {
        pub fn gethostbyname(name: *const c_char) -> *mut hostent;
        pub fn gethostbyname_r(
            name: *const c_char,
            ret: *mut hostent,
            buf: *mut c_char,
            buflen: usize,
            result: *mut *mut hostent,
            h_errnop: *mut c_int,
        ) -> c_int;
    }
}

/// Looks a name and a service up. 0 with a list in `*res`, which `lwip_freeaddrinfo` frees, or one of the system's `EAI_*`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_getaddrinfo(
    nodename: *const c_char,
    servname: *const c_char,
    hints: *const addrinfo,
    res: *mut *mut addrinfo,
) -> c_int {
    guard("lwip_getaddrinfo", libc::EAI_FAIL, || {
        if res.is_null() {
            return libc::EAI_FAIL;
        }
        // SAFETY: what C passes; the result is not null.
        unsafe {
            *res = ptr::null_mut();
            libc::getaddrinfo(nodename, servname, hints, res)
        }
    })
}

/// Frees a list from `lwip_getaddrinfo`; null is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_freeaddrinfo(ai: *mut addrinfo) {
    guard("lwip_freeaddrinfo", (), || {
        if !ai.is_null() {
            // SAFETY: a list that came from lwip_getaddrinfo.
            unsafe { libc::freeaddrinfo(ai) }
        }
    })
}

/// Looks a name up. The answer is in memory that the next call uses again; null with `h_errno`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_gethostbyname(name: *const c_char) -> *mut hostent {
    guard("lwip_gethostbyname", ptr::null_mut(), || {
        if name.is_null() {
            set_errno(libc::EINVAL);
            return ptr::null_mut();
        }
        // SAFETY: what C passes, not null.
        unsafe { system::gethostbyname(name) }
    })
}

/// Looks a name up, with the answer in `ret` and in `buflen` bytes at `buf`. 0, or an `errno` value: `ERANGE` where the buffer is too small.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_gethostbyname_r(
    name: *const c_char,
    ret: *mut hostent,
    buf: *mut c_char,
    buflen: usize,
    result: *mut *mut hostent,
    h_errnop: *mut c_int,
) -> c_int {
    guard("lwip_gethostbyname_r", libc::EIO, || {
        if name.is_null() || ret.is_null() || buf.is_null() || result.is_null() {
            return libc::EINVAL;
        }
        let mut unasked = 0;
        let h_errnop = if h_errnop.is_null() { &raw mut unasked } else { h_errnop };
        // SAFETY: what C passes, not null.
        unsafe { system::gethostbyname_r(name, ret, buf, buflen, result, h_errnop) }
    })
}
