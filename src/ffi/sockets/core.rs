//! Beginning, memory, errors and text: small things of lwIP's that programs use. Any thread.
use crate::faces::sockets::error::{self, err_t};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::cmp::Ordering;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

/// Nothing to do: everything begins by itself.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_init() {}

/// Nothing to do: memory is the system's.
#[unsafe(no_mangle)]
pub extern "C" fn mem_init() {}

/// As `malloc`.
#[unsafe(no_mangle)]
pub extern "C" fn mem_malloc(size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    unsafe { libc::malloc(size) }
}

/// As `calloc`.
#[unsafe(no_mangle)]
pub extern "C" fn mem_calloc(count: usize, size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    unsafe { libc::calloc(count, size) }
}

/// Says that less of some memory is needed from here on. It stays where it is, as large as it was.
#[unsafe(no_mangle)]
pub extern "C" fn mem_trim(mem: *mut c_void, size: usize) -> *mut c_void {
    let _ = size;
    mem
}

/// As `free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mem_free(mem: *mut c_void) {
    // SAFETY: null, or the program's memory from above.
    unsafe { libc::free(mem) }
}

/// The errno for an error of lwIP's; `EIO` for one that does not exist, -1 for `ERR_IF`.
#[unsafe(no_mangle)]
pub extern "C" fn err_to_errno(err: err_t) -> c_int {
    error::to_errno(err)
}

/// What an error of lwIP's means, in English. The text is constant.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_strerr(err: err_t) -> *const c_char {
    error::text(err).as_ptr()
}

/// Writes a number in decimal to `result`, which has room for `bufsize` bytes; nothing but a NUL if that is too little.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_itoa(result: *mut c_char, bufsize: usize, number: c_int) {
    guard("lwip_itoa", (), || {
        let text = number.to_string();
        let text = if text.len() < bufsize { text.as_str() } else { "" };
        if !result.is_null() && bufsize > 0 {
            // SAFETY: room for the text and its NUL, by the program's word.
            unsafe {
                ptr::copy_nonoverlapping(text.as_ptr(), result.cast(), text.len());
                result.add(text.len()).write(0);
            }
        }
    })
}

fn compare(one: *const c_char, two: *const c_char, len: usize) -> c_int {
    for i in 0..len {
        // SAFETY: strings of the program's, read up to their ends or the first difference.
        let (a, b) = unsafe { (*one.add(i) as u8, *two.add(i) as u8) };
        match a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()) {
            Ordering::Equal if a == 0 => return 0,
            Ordering::Equal => {}
            _ => return 1,
        }
    }
    0
}

/// Compares two strings without regard to the case of ASCII letters: 0 if they are the same, else 1. One that is null is like none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_stricmp(str1: *const c_char, str2: *const c_char) -> c_int {
    if str1.is_null() || str2.is_null() {
        return c_int::from(str1 != str2);
    }
    compare(str1, str2, usize::MAX)
}

/// As `lwip_stricmp`, for their first `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_strnicmp(str1: *const c_char, str2: *const c_char, len: usize) -> c_int {
    if str1.is_null() || str2.is_null() {
        return c_int::from(str1 != str2);
    }
    compare(str1, str2, len)
}

/// Where `token` begins in the first `n` bytes of `buffer`, or null. An empty one begins at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwip_strnstr(buffer: *const c_char, token: *const c_char, n: usize) -> *mut c_char {
    guard("lwip_strnstr", ptr::null_mut(), || {
        // SAFETY: null, or the program's string.
        let Some(token) = (unsafe { cstr::bytes(token) }).filter(|_| !buffer.is_null()) else {
            return ptr::null_mut();
        };
        // SAFETY: the program's bytes, up to a NUL or `n` of them.
        let text = unsafe { cstr::slice(buffer.cast(), libc::strnlen(buffer, n)) };
        match memchr::memmem::find(text, token) {
            // SAFETY: inside of them.
            Some(at) => unsafe { buffer.add(at).cast_mut() },
            None => ptr::null_mut(),
        }
    })
}
