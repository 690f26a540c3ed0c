//! What `lws_get_ssl` answers. There is no OpenSSL in netgraft, but programs take the answer for an `SSL`: it must be one, or be harmless.
use std::ffi::{CStr, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// More than an `SSL` is long: whoever reads in it without OpenSSL's functions finds zeros.
static ZEROS: [u8; 16 * 1024] = [0; 16 * 1024];
/// The one for the process; null before it was asked for.
static STAND_IN: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// Stands in for the `SSL` of a connection: where the process has OpenSSL, one of its own that is connected to nothing, so that its functions fail
/// cleanly; else zeros. It is the same for all connections, and lasts as long as the process. May be called in any thread.
pub fn stand_in() -> *mut c_void {
    let made = STAND_IN.load(Ordering::Acquire);
    if !made.is_null() {
        return made;
    }
    let fresh = unconnected().unwrap_or(ZEROS.as_ptr().cast_mut().cast());
    match STAND_IN.compare_exchange(ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => fresh,
        // another thread was first; who looks for leaks finds one
        Err(first) => first,
    }
}

/// A function of the OpenSSL that the process has loaded, if it has.
fn find(name: &CStr) -> Option<*mut c_void> {
    const LIBRARIES: [&CStr; 2] = [c"libssl.so.3", c"libssl.so.1.1"];
    // SAFETY: looks up a name among what is loaded.
    let global = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    if !global.is_null() {
        return Some(global);
    }
    LIBRARIES.iter().find_map(|library| {
        // SAFETY: opens only what is loaded already, and never closes it again, so that the address stays valid.
        let found = unsafe {
            let handle = libc::dlopen(library.as_ptr(), libc::RTLD_NOLOAD | libc::RTLD_LAZY);
            if handle.is_null() { ptr::null_mut() } else { libc::dlsym(handle, name.as_ptr()) }
        };
        (!found.is_null()).then_some(found)
    })
}

/// An `SSL` that was never connected.
fn unconnected() -> Option<*mut c_void> {
    type Method = unsafe extern "C" fn() -> *const c_void;
    type NewContext = unsafe extern "C" fn(*const c_void) -> *mut c_void;
    type New = unsafe extern "C" fn(*mut c_void) -> *mut c_void;
    type Free = unsafe extern "C" fn(*mut c_void);
    let names = [c"TLS_method", c"SSL_CTX_new", c"SSL_new", c"SSL_CTX_free"];
    let [method, new_context, new, free_context] = names.map(find);
    // SAFETY: OpenSSL's functions of these names have these types in 1.1 and 3; each result is checked before it is used. The SSL keeps the
    // SSL_CTX alive when our reference to it is given up.
    unsafe {
        let method = std::mem::transmute::<*mut c_void, Method>(method?);
        let new_context = std::mem::transmute::<*mut c_void, NewContext>(new_context?);
        let new = std::mem::transmute::<*mut c_void, New>(new?);
        let free_context = std::mem::transmute::<*mut c_void, Free>(free_context?);
        let context = new_context(method());
        if context.is_null() {
            return None;
        }
        let ssl = new(context);
        free_context(context);
        (!ssl.is_null()).then_some(ssl)
    }
}
