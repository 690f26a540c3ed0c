//! Addresses and their text.
use crate::faces::sockets::address::{
    self as addresses, ip_addr, ip_addr_t, ip4_addr_t, ip6_addr_t, kind, parse, parse_v4, parse_v6, print, print_v4,
    print_v6,
};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::cell::UnsafeCell;
use std::ffi::{c_char, c_int};
use std::ptr;

/// The unspecified IPv4 address.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static ip_addr_any: ip_addr_t = ip_addr::any(kind::V4);
/// 255.255.255.255.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static ip_addr_broadcast: ip_addr_t = ip_addr::BROADCAST;
/// The unspecified IPv6 address.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static ip6_addr_any: ip_addr_t = ip_addr::any(kind::V6);
/// The unspecified address of both.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static ip_addr_any_type: ip_addr_t = ip_addr::any(kind::ANY);

/// Room for the longest address with its zone, and a NUL.
const TEXT: usize = 46;

/// Text in memory of the calling thread's, good until its next one.
fn kept(text: Option<String>) -> *mut c_char {
    thread_local! {
        static KEPT: UnsafeCell<[c_char; TEXT]> = const { UnsafeCell::new([0; TEXT]) };
    }
    let Some(text) = text else { return ptr::null_mut() };
    KEPT.try_with(|kept| {
        let at: *mut c_char = kept.get().cast();
        // SAFETY: so much room, which nobody but this thread has.
        if unsafe { addresses::put(&text, at, TEXT as i32) } { at } else { ptr::null_mut() }
    })
    .unwrap_or(ptr::null_mut())
}

/// Text to where the program wants it.
///
/// # Safety
/// `buf` is null or has room for `buflen` bytes.
unsafe fn copied(text: Option<String>, buf: *mut c_char, buflen: c_int) -> *mut c_char {
    match text {
        // SAFETY: by this function's contract.
        Some(text) if unsafe { addresses::put(&text, buf, buflen) } => buf,
        _ => ptr::null_mut(),
    }
}

/// What a text says, to where the program wants it; 1 if it says something.
///
/// # Safety
/// `cp` is null or a string, `addr` null or a place for the answer.
unsafe fn said<T>(cp: *const c_char, addr: *mut T, parse: impl FnOnce(&[u8]) -> Option<T>) -> c_int {
    // SAFETY: by this function's contract.
    match unsafe { cstr::bytes(cp) }.and_then(parse) {
        Some(found) => {
            if !addr.is_null() {
                // SAFETY: as above.
                unsafe { addr.write(found) };
            }
            1
        }
        None => 0,
    }
}

/// The IPv4 address that a text says, in network byte order, or `IPADDR_NONE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipaddr_addr(cp: *const c_char) -> u32 {
    // SAFETY: null, or the program's string.
    guard("ipaddr_addr", u32::MAX, || unsafe { cstr::bytes(cp) }.and_then(parse_v4).map_or(u32::MAX, |ip| ip.addr))
}

/// Reads an IPv4 address of one to four numbers, each decimal, octal or hexadecimal. 1, and the address to where `addr` points unless
/// that is null; or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ip4addr_aton(cp: *const c_char, addr: *mut ip4_addr_t) -> c_int {
    // SAFETY: the program's string and place.
    guard("ip4addr_aton", 0, || unsafe { said(cp, addr, parse_v4) })
}

/// As text, in memory of the calling thread that is good until its next such call. Null for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ip4addr_ntoa(addr: *const ip4_addr_t) -> *mut c_char {
    // SAFETY: null, or the program's.
    guard("ip4addr_ntoa", ptr::null_mut(), || kept(unsafe { addr.as_ref() }.copied().map(print_v4)))
}

/// As text, to `buf`, which has room for `buflen` bytes. `buf`, or null if that is too little.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ip4addr_ntoa_r(addr: *const ip4_addr_t, buf: *mut c_char, buflen: c_int) -> *mut c_char {
    // SAFETY: null, or the program's.
    guard("ip4addr_ntoa_r", ptr::null_mut(), || unsafe { copied(addr.as_ref().copied().map(print_v4), buf, buflen) })
}

/// Reads an IPv6 address, with `%` and an interface behind it if it is about a link. As `ip4addr_aton`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ip6addr_aton(cp: *const c_char, addr: *mut ip6_addr_t) -> c_int {
    // SAFETY: the program's string and place.
    guard("ip6addr_aton", 0, || unsafe { said(cp, addr, parse_v6) })
}

/// As `ip4addr_ntoa`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ip6addr_ntoa(addr: *const ip6_addr_t) -> *mut c_char {
    // SAFETY: null, or the program's.
    guard("ip6addr_ntoa", ptr::null_mut(), || kept(unsafe { addr.as_ref() }.map(print_v6)))
}

/// As `ip4addr_ntoa_r`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ip6addr_ntoa_r(addr: *const ip6_addr_t, buf: *mut c_char, buflen: c_int) -> *mut c_char {
    // SAFETY: null, or the program's.
    guard("ip6addr_ntoa_r", ptr::null_mut(), || unsafe { copied(addr.as_ref().map(print_v6), buf, buflen) })
}

/// Reads an address of either kind: what has a colon is IPv6. As `ip4addr_aton`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipaddr_aton(cp: *const c_char, addr: *mut ip_addr_t) -> c_int {
    // SAFETY: the program's string and place.
    guard("ipaddr_aton", 0, || unsafe { said(cp, addr, parse) })
}

/// As `ip4addr_ntoa`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipaddr_ntoa(addr: *const ip_addr_t) -> *mut c_char {
    // SAFETY: null, or the program's.
    guard("ipaddr_ntoa", ptr::null_mut(), || kept(unsafe { addr.as_ref() }.map(print)))
}

/// As `ip4addr_ntoa_r`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ipaddr_ntoa_r(addr: *const ip_addr_t, buf: *mut c_char, buflen: c_int) -> *mut c_char {
    // SAFETY: null, or the program's.
    guard("ipaddr_ntoa_r", ptr::null_mut(), || unsafe { copied(addr.as_ref().map(print), buf, buflen) })
}

/// Is this, in network byte order, a netmask: ones from the left and nothing but zeroes behind them? 1 or 0.
#[unsafe(no_mangle)]
pub extern "C" fn ip4_addr_netmask_valid(netmask: u32) -> u8 {
    let netmask = u32::from_be(netmask);
    u8::from(netmask.leading_ones() + netmask.trailing_zeros() == 32)
}
