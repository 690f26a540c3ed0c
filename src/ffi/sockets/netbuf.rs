//! netbuf: what datagrams and pieces of streams come in. A null one is ignored, or is an error where there is a result. Their members are the
//! program's to read and write: one thread at a time may use one.
use crate::faces::sockets::error::{self, err_t};
use crate::faces::sockets::netbuf::{self as buffers, netbuf};
use crate::ffi::guard::guard;
use std::ffi::c_void;
use std::ptr;

/// A new empty netbuf, the caller's until `netbuf_delete`; null without memory.
#[unsafe(no_mangle)]
pub extern "C" fn netbuf_new() -> *mut netbuf {
    guard("netbuf_new", ptr::null_mut(), || buffers::new(ptr::null_mut(), Default::default(), 0))
}

/// Frees a netbuf and what it holds. Memory that it only refers to stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netbuf_delete(buf: *mut netbuf) {
    // SAFETY: null, or the program's to free.
    guard("netbuf_delete", (), || unsafe { buffers::delete(buf) })
}

/// Gives a netbuf `size` bytes of memory of its own in place of what it held; where they are, to be filled, or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netbuf_alloc(buf: *mut netbuf, size: u16) -> *mut c_void {
    // SAFETY: null, or the program's.
    guard("netbuf_alloc", ptr::null_mut(), || unsafe { buffers::alloc(buf, size) })
}

/// Frees what a netbuf holds, and keeps the netbuf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netbuf_free(buf: *mut netbuf) {
    // SAFETY: null, or the program's.
    guard("netbuf_free", (), || unsafe { buffers::free_packet(buf) })
}

/// Has a netbuf refer to `size` bytes of the program's at `dataptr`, uncopied, in place of what it held. They must stay until it is freed. `ERR_MEM`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netbuf_ref(buf: *mut netbuf, dataptr: *const c_void, size: u16) -> err_t {
    // SAFETY: null, or the program's.
    guard("netbuf_ref", error::MEM, || unsafe { buffers::refer(buf, dataptr, size) })
}

/// Appends what `tail` holds to `head`, and frees `tail`. More than 65535 bytes in all cannot be: then what `tail` held is dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netbuf_chain(head: *mut netbuf, tail: *mut netbuf) {
    // SAFETY: null, or the program's.
    guard("netbuf_chain", (), || unsafe { buffers::chain(head, tail) })
}

/// Writes where the current piece of a netbuf is, and its length, to where `dataptr` and `len` point. They are the netbuf's. `ERR_BUF`
/// if it holds nothing, `ERR_ARG` for a null pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netbuf_data(buf: *mut netbuf, dataptr: *mut *mut c_void, len: *mut u16) -> err_t {
    guard("netbuf_data", error::ARG, || {
        // SAFETY: null, or the program's.
        let Some(buf) = (unsafe { buf.as_ref() }).filter(|_| !dataptr.is_null() && !len.is_null()) else {
            return error::ARG;
        };
        // SAFETY: null, or a live piece; the program's places.
        unsafe {
            let Some(piece) = buf.ptr.as_ref() else { return error::BUF };
            dataptr.write(piece.payload);
            len.write(piece.len);
        }
        error::OK
    })
}

/// Goes to the next piece of a netbuf: -1 if there is none, 1 if it is the last one, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netbuf_next(buf: *mut netbuf) -> i8 {
    // SAFETY: null, or the program's.
    guard("netbuf_next", -1, || unsafe { buffers::next(buf) })
}

/// Goes to the first piece of a netbuf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netbuf_first(buf: *mut netbuf) {
    guard("netbuf_first", (), || {
        // SAFETY: null, or the program's.
        if let Some(buf) = unsafe { buf.as_mut() } {
            buf.ptr = buf.p;
        }
    })
}
