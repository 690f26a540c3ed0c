//! Names and addresses, and what every thread may call.
use super::guard;
use crate::engine::fdtable::raw::set_errno;
use libc::{addrinfo, hostent, socklen_t};
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr;

mod system {
    use super::{c_char, c_int, c_void, hostent, socklen_t};

    unsafe extern "C" {
        pub fn inet_ntop(af: c_int, src: *const c_void, dst: *mut c_char, size: socklen_t) -> *const c_char;
        pub fn inet_pton(af: c_int, src: *const c_char, dst: *mut c_void) -> c_int;
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

/// Writes an address as text into `dst`, which has `size` bytes, and returns `dst`; null with `errno` `ENOSPC`, `EAFNOSUPPORT` or `EFAULT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_inet_ntop(af: c_int, src: *const c_void, dst: *mut c_char, size: socklen_t) -> *const c_char {
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

/// A number in the order of the network.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_htons(n: u16) -> u16 {
    n.to_be()
}

/// A number in the order of the network.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_htonl(n: u32) -> u32 {
    n.to_be()
}

/// A thread that uses sockets need not say so.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_socket_thread_init() {}

/// A thread that has used sockets need not say so: what is its own goes with it.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_socket_thread_cleanup() {}
