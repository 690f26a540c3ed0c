//! Doubly linked lists whose links live in the program's own structs.
//!
//! A list and its links belong to the program, which also reads their fields; all zero is empty. The library allocates
//! nothing. One thread at a time may use a list. Null pointers are ignored throughout.
use crate::faces::lws::abi::{lws_dll2, lws_dll2_owner};
use crate::faces::lws::dll2;
use crate::ffi::guard::guard;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

/// Puts `d` at the start of `owner`. A link that is already in a list is left there, with a log line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_dll2_add_head(d: *mut lws_dll2, owner: *mut lws_dll2_owner) {
    guard("lws_dll2_add_head", (), || {
        if !d.is_null() && !owner.is_null() {
            // SAFETY: the caller passes a link and a list.
            unsafe { dll2::add_head(d, owner) }
        }
    })
}

/// Puts `d` at the end of `owner`. A link that is already in a list is left there, with a log line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_dll2_add_tail(d: *mut lws_dll2, owner: *mut lws_dll2_owner) {
    guard("lws_dll2_add_tail", (), || {
        if !d.is_null() && !owner.is_null() {
            // SAFETY: the caller passes a link and a list.
            unsafe { dll2::add_tail(d, owner) }
        }
    })
}

/// Puts `d` before `after`, in the list where `after` is; does nothing when that is in none.
/// A link that is already in a list is left there, with a log line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_dll2_add_before(d: *mut lws_dll2, after: *mut lws_dll2) {
    guard("lws_dll2_add_before", (), || {
        if !d.is_null() && !after.is_null() {
            // SAFETY: the caller passes two links.
            unsafe { dll2::add_before(d, after) }
        }
    })
}

/// Puts `d` into `own` before the first link that it belongs before: `compare(d, link)` is called from the start of
/// the list until it returns 0 or less. A link that is already in a list is left there, with a log line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_dll2_add_sorted(
    d: *mut lws_dll2,
    own: *mut lws_dll2_owner,
    compare: Option<unsafe extern "C" fn(d: *const lws_dll2, i: *const lws_dll2) -> c_int>,
) {
    guard("lws_dll2_add_sorted", (), || {
        let (Some(compare), false, false) = (compare, d.is_null(), own.is_null()) else {
            return;
        };
        // SAFETY: the caller passes a link, a list and a function for two links.
        unsafe {
            let next = dll2::find(own, |link| compare(d, link) <= 0);
            match next.is_null() {
                true => dll2::add_tail(d, own),
                false => dll2::add_before(d, next),
            }
        }
    })
}

/// Takes `d` out of its list and zeroes it. A link in no list is left as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_dll2_remove(d: *mut lws_dll2) {
    guard("lws_dll2_remove", (), || {
        if !d.is_null() {
            // SAFETY: the caller passes a link.
            unsafe { dll2::remove(d) }
        }
    })
}

/// Calls `cb` with each link of `owner`, first to last, and with `user`, until it returns nonzero. `cb` may remove the
/// link it is called with.
///
/// Returns 1 when `cb` ended it, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_dll2_foreach_safe(
    owner: *mut lws_dll2_owner,
    user: *mut c_void,
    cb: Option<unsafe extern "C" fn(d: *mut lws_dll2, user: *mut c_void) -> c_int>,
) -> c_int {
    guard("lws_dll2_foreach_safe", 0, || {
        let (Some(cb), false) = (cb, owner.is_null()) else {
            return 0;
        };
        // SAFETY: the caller passes a list and a function for its links.
        let stopped = unsafe { dll2::find(owner, |link| cb(link, user) != 0) };
        !stopped.is_null() as c_int
    })
}

/// Zeroes a link, whatever list it may be in: for links that were never set up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_dll2_clear(d: *mut lws_dll2) {
    guard("lws_dll2_clear", (), || {
        if !d.is_null() {
            // SAFETY: the caller passes memory for a link; all zero is one.
            unsafe { d.write_bytes(0, 1) }
        }
    })
}

/// Makes a list empty without touching its links: for lists that were never set up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_dll2_owner_clear(d: *mut lws_dll2_owner) {
    guard("lws_dll2_owner_clear", (), || {
        if !d.is_null() {
            // SAFETY: the caller passes memory for a list; all zero is an empty one.
            unsafe { d.write_bytes(0, 1) }
        }
    })
}

/// Finds the struct in the list `own` that has a given string: the link is `dll2_ofs` bytes into the struct, and
/// `ptr_ofs` bytes into it is the `const char *` to compare with the `namelen` characters at `name`.
///
/// Returns the struct, or null. Use the macro `lws_dll2_search_sz_pl()`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _lws_dll2_search_sz_pl(
    own: *mut lws_dll2_owner,
    name: *const c_char,
    namelen: usize,
    dll2_ofs: usize,
    ptr_ofs: usize,
) -> *mut c_void {
    guard("_lws_dll2_search_sz_pl", ptr::null_mut(), || {
        if own.is_null() || name.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: the caller passes a list, `namelen` characters, and where in the structs link and string are.
        unsafe {
            let name = crate::ffi::cstr::slice(name.cast(), namelen);
            let link = dll2::find(own, |link| {
                let text = *link.byte_sub(dll2_ofs).byte_add(ptr_ofs).cast::<*const c_char>();
                !text.is_null() && CStr::from_ptr(text).to_bytes() == name
            });
            if link.is_null() { ptr::null_mut() } else { link.byte_sub(dll2_ofs).cast() }
        }
    })
}
