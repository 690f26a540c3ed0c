//! Making untrusted text harmless.
use crate::faces::lws::text;
use crate::ffi::guard::guard;
use std::ffi::c_char;

/// Replaces with `_` what could lead a file name out of its directory or mean something to a shell: `..`, `:`, `\`,
/// `$` and `%`. A `/` stays: the argument is meant to be a name, not a path.
///
/// Works in place on the C string; null is ignored. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_filename_purify_inplace(filename: *mut c_char) {
    guard("lws_filename_purify_inplace", (), || {
        if filename.is_null() {
            return;
        }
        // SAFETY: the caller passes a C string that it lets us change.
        let name = unsafe { std::slice::from_raw_parts_mut(filename.cast::<u8>(), libc::strlen(filename)) };
        text::purify_filename(name);
    })
}
