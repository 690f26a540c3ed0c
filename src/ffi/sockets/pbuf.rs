//! pbuf: packets as chains of pieces, counted by reference. A null one is ignored, or is an error where there is a result. Their members are the
//! program's to read and write: one thread at a time may change one; references may be taken and given back in any.
use crate::faces::sockets::error::{self, err_t};
use crate::faces::sockets::pbuf::{self as packets, pbuf, pbuf_custom};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

type pbuf_layer_int = u32;
type pbuf_type_int = u32;

/// A new packet of `length` bytes, with room for the headers below layer `l` before them and one reference, which is the caller's; null
/// without memory, or for no such type. It is one piece, of `PBUF_POOL` too. The bytes of `PBUF_ROM` and `PBUF_REF` are the program's to
/// point to.
#[unsafe(no_mangle)]
pub extern "C" fn pbuf_alloc(l: pbuf_layer_int, length: u16, r#type: pbuf_type_int) -> *mut pbuf {
    guard("pbuf_alloc", ptr::null_mut(), || packets::alloc(l, length, r#type))
}

/// A new packet over `length` bytes of the program's, uncopied; null without memory, or if `type` is neither `PBUF_ROM` nor `PBUF_REF`.
#[unsafe(no_mangle)]
pub extern "C" fn pbuf_alloc_reference(payload: *mut c_void, length: u16, r#type: pbuf_type_int) -> *mut pbuf {
    guard("pbuf_alloc_reference", ptr::null_mut(), || packets::alloc_reference(payload, length, r#type))
}

/// Makes a packet in memory of the program's: its members in `p`, whose function is called when the last reference is gone, its `length` bytes in
/// `payload_mem`. Null if that has no room for them and the headers below layer `l`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_alloced_custom(
    l: pbuf_layer_int,
    length: u16,
    r#type: pbuf_type_int,
    p: *mut pbuf_custom,
    payload_mem: *mut c_void,
    payload_mem_len: u16,
) -> *mut pbuf {
    // SAFETY: the program's memory, for this.
    guard("pbuf_alloced_custom", ptr::null_mut(), || unsafe {
        packets::alloced_custom(l, length, r#type, p, payload_mem, payload_mem_len)
    })
}

/// Shortens a packet to `size` bytes; pieces without any are freed. One that is not longer stays as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_realloc(p: *mut pbuf, size: u16) {
    // SAFETY: null, or the program's.
    guard("pbuf_realloc", (), || unsafe { packets::realloc(p, size) })
}

/// Moves the beginning of the bytes back by `header_size`, or forward if that is negative. 0, or 1 if there is no room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_header(p: *mut pbuf, header_size: i16) -> u8 {
    // SAFETY: null, or the program's.
    guard("pbuf_header", 1, || unsafe { (!packets::header(p, header_size, false)).into() })
}

/// As `pbuf_header`, over memory that the program knows is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_header_force(p: *mut pbuf, header_size: i16) -> u8 {
    // SAFETY: null, or the program's.
    guard("pbuf_header_force", 1, || unsafe { (!packets::header(p, header_size, true)).into() })
}

/// Moves the beginning of the bytes back. 0, or 1 if there is no room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_add_header(p: *mut pbuf, header_size_increment: usize) -> u8 {
    // SAFETY: null, or the program's.
    guard("pbuf_add_header", 1, || unsafe { (!packets::add_header(p, header_size_increment, false)).into() })
}

/// As `pbuf_add_header`, over memory that the program knows is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_add_header_force(p: *mut pbuf, header_size_increment: usize) -> u8 {
    // SAFETY: null, or the program's.
    guard("pbuf_add_header_force", 1, || unsafe { (!packets::add_header(p, header_size_increment, true)).into() })
}

/// Moves the beginning of the bytes forward. 0, or 1 if the first piece has not so many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_remove_header(p: *mut pbuf, header_size: usize) -> u8 {
    // SAFETY: null, or the program's.
    guard("pbuf_remove_header", 1, || unsafe { (!packets::remove_header(p, header_size)).into() })
}

/// Takes `size` bytes from the front, and frees the pieces that are empty then. What is left, or null: the caller's reference goes over to it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_free_header(q: *mut pbuf, size: u16) -> *mut pbuf {
    // SAFETY: null, or the program's.
    guard("pbuf_free_header", ptr::null_mut(), || unsafe { packets::free_header(q, size) })
}

/// Takes one reference more. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_ref(p: *mut pbuf) {
    // SAFETY: null, or the program's.
    guard("pbuf_ref", (), || unsafe { packets::add_ref(p) })
}

/// Gives one reference back, and frees the pieces that have none then. How many they were. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_free(p: *mut pbuf) -> u8 {
    // SAFETY: null, or the program's reference.
    guard("pbuf_free", 0, || unsafe { packets::free(p) })
}

/// How many pieces a packet has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_clen(p: *const pbuf) -> u16 {
    // SAFETY: null, or the program's.
    guard("pbuf_clen", 0, || unsafe { packets::count(p) })
}

/// Appends `tail` to `head`, and the caller's reference with it. More than 65535 bytes in all cannot be: then nothing happens.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_cat(head: *mut pbuf, tail: *mut pbuf) {
    // SAFETY: null, or the program's.
    guard("pbuf_cat", (), || unsafe { packets::cat(head, tail) })
}

/// As `pbuf_cat`; the caller keeps its reference to `tail`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_chain(head: *mut pbuf, tail: *mut pbuf) {
    // SAFETY: null, or the program's.
    guard("pbuf_chain", (), || unsafe { packets::chain(head, tail) })
}

/// Takes the first piece off the rest of a packet. The rest, or null if nobody else had a reference to it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_dechain(p: *mut pbuf) -> *mut pbuf {
    // SAFETY: null, or the program's.
    guard("pbuf_dechain", ptr::null_mut(), || unsafe { packets::dechain(p) })
}

/// Copies all bytes of `p_from` to the beginning of `p_to`. `ERR_ARG` for null, or if there is no room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_copy(p_to: *mut pbuf, p_from: *const pbuf) -> err_t {
    // SAFETY: null, or the program's.
    guard("pbuf_copy", error::ARG, || unsafe {
        let len = p_from.as_ref().map_or(0, |from| from.tot_len);
        packets::copy_between(p_to, p_from, len, 0)
    })
}

/// Copies `copy_len` bytes of `p_from`, from `offset` on, to the beginning of `p_to`. `ERR_ARG` for null, or if there are not so many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_copy_partial_pbuf(
    p_to: *mut pbuf,
    p_from: *const pbuf,
    copy_len: u16,
    offset: u16,
) -> err_t {
    // SAFETY: null, or the program's.
    guard("pbuf_copy_partial_pbuf", error::ARG, || unsafe { packets::copy_between(p_to, p_from, copy_len, offset) })
}

/// Copies up to `len` bytes of a packet, from `offset` on, to `dataptr`. How many there were.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_copy_partial(p: *const pbuf, dataptr: *mut c_void, len: u16, offset: u16) -> u16 {
    // SAFETY: null, or the program's, with room for `len` bytes.
    guard("pbuf_copy_partial", 0, || unsafe { packets::copy_partial(p, dataptr, len, offset) })
}

/// Where `len` bytes from `offset` on lie in one piece; they are copied to `buffer`, with room for `bufsize`, if they lie in several. Null if there are not so many,
/// or there is no room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_get_contiguous(
    p: *const pbuf,
    buffer: *mut c_void,
    bufsize: usize,
    len: u16,
    offset: u16,
) -> *mut c_void {
    // SAFETY: null, or the program's, with so much room.
    guard("pbuf_get_contiguous", ptr::null_mut(), || unsafe { packets::contiguous(p, buffer, bufsize, len, offset) })
}

/// Copies `len` bytes from `dataptr` into a packet. `ERR_ARG` for null, `ERR_MEM` if it is too short.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_take(buf: *mut pbuf, dataptr: *const c_void, len: u16) -> err_t {
    // SAFETY: null, or the program's, with so many bytes.
    guard("pbuf_take", error::ARG, || unsafe { packets::take_at(buf, dataptr, len, 0) })
}

/// As `pbuf_take`, from `offset` on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_take_at(buf: *mut pbuf, dataptr: *const c_void, len: u16, offset: u16) -> err_t {
    // SAFETY: null, or the program's, with so many bytes.
    guard("pbuf_take_at", error::ARG, || unsafe { packets::take_at(buf, dataptr, len, offset) })
}

/// The piece in which the byte at `in_offset` is, or null, and where in it, which is written to `out_offset` unless that is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_skip(r#in: *mut pbuf, in_offset: u16, out_offset: *mut u16) -> *mut pbuf {
    // SAFETY: null, or the program's.
    guard("pbuf_skip", ptr::null_mut(), || unsafe {
        let (piece, at) = packets::skip(r#in, in_offset);
        if let Some(out) = out_offset.as_mut() {
            *out = at;
        }
        piece
    })
}

/// The packet in one piece, which takes over the caller's reference. Without memory it stays as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_coalesce(p: *mut pbuf, layer: pbuf_layer_int) -> *mut pbuf {
    // SAFETY: null, or the program's reference.
    guard("pbuf_coalesce", p, || unsafe { packets::coalesce(p, layer) })
}

/// A copy of the packet in one piece, the caller's; null without memory, or if `type` is neither `PBUF_RAM` nor `PBUF_POOL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_clone(l: pbuf_layer_int, r#type: pbuf_type_int, p: *mut pbuf) -> *mut pbuf {
    // SAFETY: null, or the program's.
    guard("pbuf_clone", ptr::null_mut(), || unsafe { packets::clone(l, r#type, p) })
}

/// The byte at `offset`, or 0 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_get_at(p: *const pbuf, offset: u16) -> u8 {
    // SAFETY: null, or the program's.
    guard("pbuf_get_at", 0, || unsafe { packets::get_at(p, offset) }.unwrap_or(0))
}

/// The byte at `offset`, or -1 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_try_get_at(p: *const pbuf, offset: u16) -> c_int {
    // SAFETY: null, or the program's.
    guard("pbuf_try_get_at", -1, || unsafe { packets::get_at(p, offset) }.map_or(-1, c_int::from))
}

/// Writes the byte at `offset`, if there is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_put_at(p: *mut pbuf, offset: u16, data: u8) {
    // SAFETY: null, or the program's.
    guard("pbuf_put_at", (), || unsafe {
        packets::take_at(p, ptr::from_ref(&data).cast(), 1, offset);
    })
}

/// Compares `n` bytes from `offset` on with those at `s2`: 0 if they are the same, one more than the place of the first that is not, or 65535 if
/// there are not so many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_memcmp(p: *const pbuf, offset: u16, s2: *const c_void, n: u16) -> u16 {
    // SAFETY: null, or the program's, with so many bytes.
    guard("pbuf_memcmp", u16::MAX, || unsafe { packets::compare(p, offset, cstr::slice(s2.cast(), n.into())) })
}

/// Where the `mem_len` bytes at `mem` begin for the first time, from `start_offset` on; 65535 if nowhere.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_memfind(p: *const pbuf, mem: *const c_void, mem_len: u16, start_offset: u16) -> u16 {
    // SAFETY: null, or the program's, with so many bytes.
    guard("pbuf_memfind", u16::MAX, || unsafe {
        packets::find(p, cstr::slice(mem.cast(), mem_len.into()), start_offset)
    })
}

/// Where a string begins for the first time; 65535 if nowhere, or if it is empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pbuf_strstr(p: *const pbuf, substr: *const c_char) -> u16 {
    // SAFETY: null, or the program's.
    guard("pbuf_strstr", u16::MAX, || match unsafe { cstr::bytes(substr) } {
        // SAFETY: as above.
        Some(text) if !text.is_empty() && text.len() < u16::MAX.into() => unsafe { packets::find(p, text, 0) },
        _ => u16::MAX,
    })
}
