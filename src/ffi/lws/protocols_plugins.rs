//! Options for protocols, as lists of names and values.
use crate::faces::lws::abi::lws_protocol_vhost_options;
use crate::ffi::guard::guard;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

/// Finds the option called `name` in the list that begins with `pvo`. Its own `options` are not searched.
///
/// Returns it, or null when it is not there or a pointer is null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_pvo_search(
    pvo: *const lws_protocol_vhost_options,
    name: *const c_char,
) -> *const lws_protocol_vhost_options {
    guard("lws_pvo_search", ptr::null(), || {
        if name.is_null() {
            return ptr::null();
        }
        let mut pvo = pvo;
        // SAFETY: the caller passes a C string and a list that ends with null, its names null or C strings.
        unsafe {
            while let Some(option) = pvo.as_ref() {
                if !option.name.is_null() && CStr::from_ptr(option.name) == CStr::from_ptr(name) {
                    break;
                }
                pvo = option.next;
            }
        }
        pvo
    })
}

/// Finds the option called `name` in the list that begins with `in` (a `struct lws_protocol_vhost_options *`, such as
/// the `in` of `LWS_CALLBACK_PROTOCOL_INIT`) and sets `*result` to its value, which belongs to the list.
///
/// Returns 0, or 1 with `*result` untouched when it is not there or a pointer is null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_pvo_get_str(r#in: *mut c_void, name: *const c_char, result: *mut *const c_char) -> c_int {
    guard("lws_pvo_get_str", 1, || {
        // SAFETY: as for lws_pvo_search(); `result` is null or the caller's variable.
        unsafe {
            match (lws_pvo_search(r#in.cast_const().cast(), name).as_ref(), result.as_mut()) {
                (Some(option), Some(result)) => {
                    *result = option.value;
                    0
                }
                _ => 1,
            }
        }
    })
}
