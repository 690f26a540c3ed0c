//! Options for protocols, as lists of names and values.
use super::given;
use crate::faces::lws::abi::{lws, lws_protocol_vhost_options, lws_protocols, lws_vhost};
use crate::ffi::cstr;
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

/// The protocol of a connection: the library's copy of the program's entry, which lasts as long as the vhost. Null for a null
/// or dead connection. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_protocol(wsi: *mut lws) -> *const lws_protocols {
    guard("lws_get_protocol", ptr::null(), || {
        given::wsi("lws_get_protocol", wsi)
            .and_then(|wsi| wsi.protocol_if_any())
            .map_or(ptr::null(), |protocol| &protocol.0)
    })
}

/// The memory that a protocol has asked for with `lws_protocol_vh_priv_zalloc`; null when it has not, or an argument is null or
/// dead. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_protocol_vh_priv_get(vhost: *mut lws_vhost, prot: *const lws_protocols) -> *mut c_void {
    guard("lws_protocol_vh_priv_get", ptr::null_mut(), || {
        given::vhost("lws_protocol_vh_priv_get", vhost).map_or(ptr::null_mut(), |vhost| vhost.private(prot))
    })
}

/// Gives a protocol `size` zeroed bytes of its own in a vhost, most often in `LWS_CALLBACK_PROTOCOL_INIT`. They are the
/// library's and go with the vhost.
///
/// Returns null when the protocol has some already or is not of this vhost, an argument is null or dead, `size` is negative, or memory is
/// exhausted. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_protocol_vh_priv_zalloc(
    vhost: *mut lws_vhost,
    prot: *const lws_protocols,
    size: c_int,
) -> *mut c_void {
    guard("lws_protocol_vh_priv_zalloc", ptr::null_mut(), || {
        let size = usize::try_from(size).ok();
        given::vhost("lws_protocol_vh_priv_zalloc", vhost)
            .zip(size)
            .map_or(ptr::null_mut(), |(vhost, size)| vhost.private_alloc(prot, size))
    })
}

/// The protocol of a vhost with this name; it lasts as long as the vhost. Null when there is none or an argument is null or
/// dead. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_vhost_name_to_protocol(vh: *mut lws_vhost, name: *const c_char) -> *const lws_protocols {
    guard("lws_vhost_name_to_protocol", ptr::null(), || {
        // SAFETY: the caller passes null or a C string.
        let name = unsafe { cstr::bytes(name) };
        let found =
            given::vhost("lws_vhost_name_to_protocol", vh).zip(name).and_then(|(vhost, name)| vhost.protocol(name));
        found.map_or(ptr::null(), |protocol| &protocol.0)
    })
}
