//! Packet buffers: chains of pieces of memory, counted by reference. Programs read and change their members, so everything here is
//! raw pointers; the counts are atomic, because pieces wander between threads.
//!
//! # Safety
//! For every unsafe function: pointers are null or to live pieces of the program's, which nobody else changes meanwhile.
#![allow(non_camel_case_types, clippy::missing_safety_doc)]
use super::error::{self, err_t};
use std::ffi::c_void;
use std::mem::size_of;
use std::ptr;
use std::sync::atomic::{AtomicU8, Ordering};

/// A piece of a packet.
#[repr(C)]
#[derive(Debug)]
pub struct pbuf {
    /// The next piece of the same packet, or null.
    pub next: *mut pbuf,
    /// The bytes.
    pub payload: *mut c_void,
    /// Bytes in this piece and all behind it.
    pub tot_len: u16,
    /// Bytes in this piece.
    pub len: u16,
    /// The low byte of the type that it was made with.
    pub type_internal: u8,
    /// `FLAG_*`.
    pub flags: u8,
    /// Pointers to this piece.
    pub refs: AtomicU8,
    /// The index of the interface that it came from, or 0.
    pub if_idx: u8,
}

/// A piece whose memory is the program's.
#[repr(C)]
#[derive(Debug)]
pub struct pbuf_custom {
    /// The piece.
    pub pbuf: pbuf,
    /// Called when the last reference is gone.
    pub custom_free_function: Option<unsafe extern "C" fn(p: *mut pbuf)>,
}

/// The piece is a [`pbuf_custom`].
pub const FLAG_IS_CUSTOM: u8 = 0x02;
/// The payload lies behind the piece's own members.
pub const CONTIGUOUS: u8 = 0x80;
/// As `PBUF_RAM`.
pub const RAM: u32 = 0x280;
/// As `PBUF_ROM`.
pub const ROM: u32 = 0x01;
/// As `PBUF_REF`.
pub const REF: u32 = 0x41;
/// As `PBUF_POOL`.
pub const POOL: u32 = 0x182;
/// Room for the headers below a transport's payload, as `PBUF_TRANSPORT`.
pub const TRANSPORT: u32 = 74;

const HEAD: usize = size_of::<pbuf>();

const fn aligned(size: usize) -> usize {
    (size + 7) & !7
}

/// Writes the members of a new piece.
unsafe fn begin(p: *mut pbuf, payload: *mut c_void, len: u16, kind: u32, flags: u8) {
    let head = pbuf {
        next: ptr::null_mut(),
        payload,
        tot_len: len,
        len,
        type_internal: kind as u8,
        flags,
        refs: AtomicU8::new(1),
        if_idx: 0,
    };
    // SAFETY: `p` is memory for a piece that nobody else knows yet.
    unsafe { p.write(head) }
}

/// A new packet of one piece with one reference, with room for headers before its bytes; null if there is no memory or no such type. The
/// bytes of `PBUF_ROM` and `PBUF_REF` are the program's to point to.
pub fn alloc(layer: u32, len: u16, kind: u32) -> *mut pbuf {
    if matches!(kind, ROM | REF) {
        return alloc_reference(ptr::null_mut(), len, kind);
    }
    if !matches!(kind, RAM | POOL) || layer > u16::MAX.into() {
        return ptr::null_mut();
    }
    alloc_room(layer as usize, len, kind)
}

fn alloc_room(headers: usize, len: u16, kind: u32) -> *mut pbuf {
    let offset = HEAD + aligned(headers);
    // SAFETY: malloc gives memory or null; it is as long as what is written and pointed to.
    unsafe {
        let p: *mut pbuf = libc::malloc(offset + aligned(len.into())).cast();
        if !p.is_null() {
            begin(p, p.byte_add(offset).cast(), len, kind, 0);
        }
        p
    }
}

/// A new piece over `len` bytes of the program's; null if there is no memory or `kind` is neither `PBUF_ROM` nor `PBUF_REF`.
pub(crate) fn alloc_reference(payload: *mut c_void, len: u16, kind: u32) -> *mut pbuf {
    if !matches!(kind, ROM | REF) {
        return ptr::null_mut();
    }
    // SAFETY: malloc gives memory for a piece or null.
    unsafe {
        let p: *mut pbuf = libc::malloc(HEAD).cast();
        if !p.is_null() {
            begin(p, payload, len, kind, 0);
        }
        p
    }
}

/// Makes a piece of the program's memory: the members in `p`, `len` bytes in `memory`, of which there must be enough for the headers of
/// `layer` too. Null if there are not.
pub unsafe fn alloced_custom(
    layer: u32,
    len: u16,
    kind: u32,
    p: *mut pbuf_custom,
    memory: *mut c_void,
    room: u16,
) -> *mut pbuf {
    let offset = aligned(layer as usize);
    if p.is_null() || offset + usize::from(len) > usize::from(room) {
        return ptr::null_mut();
    }
    let payload = if memory.is_null() { memory } else { memory.wrapping_byte_add(offset) };
    // SAFETY: `p` is the program's, for this.
    unsafe { begin(p.cast(), payload, len, kind, FLAG_IS_CUSTOM) };
    p.cast()
}

/// A piece to receive into: `room` bytes at most, fitted by [`fit`] to what came.
pub(crate) fn for_receiving(room: u16) -> *mut pbuf {
    alloc_room(0, room, POOL)
}

/// Cuts a piece of [`for_receiving`] to the bytes that came, and gives back what it does not need.
pub(crate) unsafe fn fit(p: *mut pbuf, len: u16) -> *mut pbuf {
    // SAFETY: nobody else knows the piece yet. What realloc gives has the same members; only the payload's address may be new.
    unsafe {
        let whole = usize::from((*p).len);
        // what would be saved is not worth a call where little is
        let p = if whole - usize::from(len) < 64 {
            p
        } else {
            let smaller: *mut pbuf = libc::realloc(p.cast(), HEAD + aligned(len.into())).cast();
            if smaller.is_null() { p } else { smaller }
        };
        (*p).payload = p.byte_add(HEAD).cast();
        (*p).len = len;
        (*p).tot_len = len;
        p
    }
}

/// The pieces of a chain.
unsafe fn pieces<'a>(p: *const pbuf) -> impl Iterator<Item = &'a pbuf> {
    // SAFETY: a chain of the program's: each piece points to a live piece or to none.
    let mut next = unsafe { p.as_ref() };
    std::iter::from_fn(move || {
        let piece = next?;
        // SAFETY: as above.
        next = unsafe { piece.next.as_ref() };
        Some(piece)
    })
}

/// The bytes of a piece.
fn bytes(piece: &pbuf) -> &[u8] {
    if piece.payload.is_null() {
        return &[];
    }
    // SAFETY: a piece's payload has `len` bytes.
    unsafe { std::slice::from_raw_parts(piece.payload.cast(), piece.len.into()) }
}

/// One reference more. Null is ignored.
pub unsafe fn add_ref(p: *mut pbuf) {
    // SAFETY: null or a live piece.
    if let Some(piece) = unsafe { p.as_ref() } {
        piece.refs.fetch_add(1, Ordering::Relaxed);
    }
}

/// One reference less. Pieces without any are given back, up to the first that somebody still has; the answer is how many they were.
pub unsafe fn free(mut p: *mut pbuf) -> u8 {
    let mut freed = 0u8;
    // SAFETY: null or a live piece, of which the caller gives a reference back; a piece's `next` is such a reference too.
    while let Some(piece) = unsafe { p.as_ref() } {
        let before =
            piece.refs.fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| count.checked_sub(1)).unwrap_or(0);
        if before != 1 {
            break;
        }
        let next = piece.next;
        if piece.flags & FLAG_IS_CUSTOM != 0 {
            // SAFETY: the flag says that it is one of these; its memory is the program's.
            if let Some(give_back) = unsafe { (*p.cast::<pbuf_custom>()).custom_free_function } {
                // SAFETY: the program's function for its own memory; no reference is left.
                unsafe { give_back(p) };
            }
        } else {
            // SAFETY: it was malloc'ed above, and no reference is left.
            unsafe { libc::free(p.cast()) };
        }
        freed = freed.saturating_add(1);
        p = next;
    }
    freed
}

/// How many pieces the chain has.
pub unsafe fn count(p: *const pbuf) -> u16 {
    // SAFETY: the caller's chain.
    unsafe { pieces(p) }.count() as u16
}

/// Shortens the packet to `len` bytes; pieces that have none of them are freed.
pub unsafe fn realloc(p: *mut pbuf, len: u16) {
    // SAFETY: null or a live chain of the program's, which gives this call the right to change it.
    unsafe {
        if p.is_null() || len >= (*p).tot_len {
            return;
        }
        let cut = (*p).tot_len - len;
        let (mut q, mut left) = (p, len);
        while left > (*q).len && !(*q).next.is_null() {
            left -= (*q).len;
            (*q).tot_len -= cut;
            q = (*q).next;
        }
        (*q).len = left;
        (*q).tot_len = left;
        let rest = (*q).next;
        (*q).next = ptr::null_mut();
        free(rest);
    }
}

/// Moves the beginning of the bytes `by` back, over room for headers. `force` does so over memory that is not known to be there. False if
/// there is no room.
pub unsafe fn add_header(p: *mut pbuf, by: usize, force: bool) -> bool {
    // SAFETY: null or a live piece that the caller may change.
    let Some(piece) = (unsafe { p.as_mut() }) else { return false };
    let Ok(by) = u16::try_from(by) else { return false };
    if by == 0 {
        return true;
    }
    let Some(tot_len) = piece.tot_len.checked_add(by) else { return false };
    let payload = piece.payload.wrapping_byte_sub(by.into());
    if piece.type_internal & CONTIGUOUS != 0 {
        if (payload as usize) < p as usize + HEAD {
            return false;
        }
    } else if !force {
        return false;
    }
    piece.payload = payload;
    piece.len = piece.len.wrapping_add(by);
    piece.tot_len = tot_len;
    true
}

/// Moves the beginning of the bytes `by` forward. False if the first piece has not so many.
pub unsafe fn remove_header(p: *mut pbuf, by: usize) -> bool {
    // SAFETY: null or a live piece that the caller may change.
    let Some(piece) = (unsafe { p.as_mut() }) else { return false };
    let Ok(by) = u16::try_from(by) else { return false };
    if by > piece.len {
        return false;
    }
    piece.payload = piece.payload.wrapping_byte_add(by.into());
    piece.len -= by;
    piece.tot_len -= by;
    true
}

/// [`add_header`] for a positive number, [`remove_header`] for a negative one.
pub unsafe fn header(p: *mut pbuf, by: i16, force: bool) -> bool {
    let size = usize::from(by.unsigned_abs());
    // SAFETY: by the caller's word.
    unsafe { if by < 0 { remove_header(p, size) } else { add_header(p, size, force) } }
}

/// Takes `size` bytes from the front, over several pieces, and frees those that are empty then. The answer is what is left of the packet.
pub unsafe fn free_header(mut p: *mut pbuf, size: u16) -> *mut pbuf {
    let mut left = size;
    // SAFETY: null or a live chain whose reference the caller gives.
    unsafe {
        while left > 0 && !p.is_null() {
            if left < (*p).len {
                remove_header(p, left.into());
                return p;
            }
            left -= (*p).len;
            let next = (*p).next;
            (*p).next = ptr::null_mut();
            free(p);
            p = next;
        }
    }
    p
}

/// Appends `tail`; the caller's reference to it becomes the chain's. Lengths that 16 bits cannot say are refused: nothing happens then.
pub unsafe fn cat(head: *mut pbuf, tail: *mut pbuf) {
    // SAFETY: null or live chains of the program's.
    unsafe {
        if head.is_null() || tail.is_null() {
            return;
        }
        let more = (*tail).tot_len;
        let Some(_) = (*head).tot_len.checked_add(more) else { return };
        let mut p = head;
        while !(*p).next.is_null() {
            (*p).tot_len += more;
            p = (*p).next;
        }
        (*p).tot_len = (*p).len + more;
        (*p).next = tail;
    }
}

/// [`cat`], where the caller keeps its reference to `tail`.
pub unsafe fn chain(head: *mut pbuf, tail: *mut pbuf) {
    // SAFETY: by the caller's word.
    unsafe {
        if head.is_null() || tail.is_null() || (*head).tot_len.checked_add((*tail).tot_len).is_none() {
            return;
        }
        cat(head, tail);
        add_ref(tail);
    }
}

/// Separates the first piece from the rest; null if nobody else has a reference to that.
pub unsafe fn dechain(p: *mut pbuf) -> *mut pbuf {
    // SAFETY: null or a live chain of the program's.
    unsafe {
        if p.is_null() {
            return p;
        }
        let rest = (*p).next;
        (*p).next = ptr::null_mut();
        if !rest.is_null() {
            (*rest).tot_len = (*p).tot_len - (*p).len;
        }
        (*p).tot_len = (*p).len;
        if free(rest) > 0 { ptr::null_mut() } else { rest }
    }
}

/// Copies up to `len` bytes, from `offset` on, to `to`; the answer is how many there were.
pub unsafe fn copy_partial(p: *const pbuf, to: *mut c_void, len: u16, offset: u16) -> u16 {
    if to.is_null() {
        return 0;
    }
    let (mut skip, mut copied) = (usize::from(offset), 0usize);
    // SAFETY: the caller's chain.
    for piece in unsafe { pieces(p) } {
        let part = bytes(piece);
        let Some(part) = part.get(skip..) else {
            skip -= part.len();
            continue;
        };
        skip = 0;
        let n = part.len().min(usize::from(len) - copied);
        // SAFETY: `to` has room for `len` bytes by the caller's word.
        unsafe { ptr::copy_nonoverlapping(part.as_ptr(), to.cast::<u8>().add(copied), n) };
        copied += n;
        if copied == usize::from(len) {
            break;
        }
    }
    copied as u16
}

/// Copies `bytes` into the packet, from `offset` on. [`error::MEM`] if it is too short.
pub unsafe fn take_at(p: *mut pbuf, from: *const c_void, len: u16, offset: u16) -> err_t {
    // SAFETY: null or a live chain of the program's.
    unsafe {
        if p.is_null() || from.is_null() {
            return error::ARG;
        }
        if u32::from((*p).tot_len) < u32::from(len) + u32::from(offset) {
            return error::MEM;
        }
        let (mut q, mut skip, mut done) = (p, offset, 0u16);
        while !q.is_null() && done < len {
            if skip >= (*q).len {
                skip -= (*q).len;
            } else {
                let n = (len - done).min((*q).len - skip);
                ptr::copy_nonoverlapping(
                    from.cast::<u8>().add(done.into()),
                    (*q).payload.cast::<u8>().add(skip.into()),
                    n.into(),
                );
                done += n;
                skip = 0;
            }
            q = (*q).next;
        }
        if done == len { error::OK } else { error::MEM }
    }
}

/// Copies `len` bytes of one packet, from `offset` on, to the beginning of another.
pub unsafe fn copy_between(to: *mut pbuf, from: *const pbuf, len: u16, offset: u16) -> err_t {
    // SAFETY: null or live chains of the program's.
    unsafe {
        if to.is_null() || from.is_null() {
            return error::ARG;
        }
        if (*to).tot_len < len || u32::from((*from).tot_len) < u32::from(len) + u32::from(offset) {
            return error::ARG;
        }
        let (mut skip, mut done) = (usize::from(offset), 0u16);
        for piece in pieces(from) {
            let part = bytes(piece);
            let Some(part) = part.get(skip..) else {
                skip -= part.len();
                continue;
            };
            skip = 0;
            let n = part.len().min((len - done).into()) as u16;
            let err = take_at(to, part.as_ptr().cast(), n, done);
            if err != error::OK {
                return err;
            }
            done += n;
            if done == len {
                break;
            }
        }
        if done == len { error::OK } else { error::VAL }
    }
}

/// Where `len` bytes from `offset` on lie in one piece; copied to `buffer` if they lie in several; null if there are not so many, or no
/// room.
pub unsafe fn contiguous(p: *const pbuf, buffer: *mut c_void, room: usize, len: u16, offset: u16) -> *mut c_void {
    // SAFETY: the caller's chain.
    unsafe {
        let (piece, at) = skip(p.cast_mut(), offset);
        let Some(piece) = piece.as_ref() else { return ptr::null_mut() };
        if u32::from(piece.len) >= u32::from(at) + u32::from(len) {
            return piece.payload.wrapping_byte_add(at.into());
        }
        if buffer.is_null() || room < len.into() || copy_partial(p, buffer, len, offset) != len {
            return ptr::null_mut();
        }
        buffer
    }
}

/// The piece in which the byte at `offset` is, and where in it; null if there is no such byte.
pub unsafe fn skip(mut p: *mut pbuf, offset: u16) -> (*mut pbuf, u16) {
    let mut left = offset;
    // SAFETY: null or a live chain of the program's.
    unsafe {
        while !p.is_null() && (*p).len <= left {
            left -= (*p).len;
            p = (*p).next;
        }
    }
    (p, left)
}

/// A copy of the packet in one piece; null if there is no memory.
pub unsafe fn clone(layer: u32, kind: u32, p: *const pbuf) -> *mut pbuf {
    // SAFETY: null or a live chain of the program's.
    unsafe {
        let Some(head) = p.as_ref() else { return ptr::null_mut() };
        if !matches!(kind, RAM | POOL) {
            return ptr::null_mut();
        }
        let copy = alloc(layer, head.tot_len, kind);
        if !copy.is_null() && copy_between(copy, p, head.tot_len, 0) != error::OK {
            free(copy);
            return ptr::null_mut();
        }
        copy
    }
}

/// The packet in one piece. What was in several is copied and freed; without memory it stays as it is.
pub unsafe fn coalesce(p: *mut pbuf, layer: u32) -> *mut pbuf {
    // SAFETY: null or a live chain whose reference the caller gives.
    unsafe {
        if p.is_null() || (*p).next.is_null() {
            return p;
        }
        let copy = clone(layer, RAM, p);
        if copy.is_null() {
            return p;
        }
        free(p);
        copy
    }
}

/// The byte at `offset`.
pub unsafe fn get_at(p: *const pbuf, offset: u16) -> Option<u8> {
    // SAFETY: the caller's chain.
    unsafe {
        let (piece, at) = skip(p.cast_mut(), offset);
        piece.as_ref().and_then(|piece| bytes(piece).get(usize::from(at)).copied())
    }
}

/// How the packet's bytes from `offset` on differ from `what`: 0 if they do not, one more than the place of the first that does, `0xffff`
/// if there are not so many.
pub unsafe fn compare(p: *const pbuf, offset: u16, what: &[u8]) -> u16 {
    // SAFETY: the caller's chain.
    unsafe {
        let Some(head) = p.as_ref() else { return u16::MAX };
        if usize::from(head.tot_len) < usize::from(offset) + what.len() {
            return u16::MAX;
        }
        let differs = |(i, byte): (usize, &u8)| (get_at(p, offset + i as u16) != Some(*byte)).then_some(i);
        what.iter().enumerate().find_map(differs).map_or(0, |i| (i + 1).min(u16::MAX.into()) as u16)
    }
}

/// Where `what` begins for the first time, from `offset` on; `0xffff` if nowhere.
pub unsafe fn find(p: *const pbuf, what: &[u8], offset: u16) -> u16 {
    // SAFETY: the caller's chain.
    let Some(head) = (unsafe { p.as_ref() }) else { return u16::MAX };
    let Some(last) = usize::from(head.tot_len).checked_sub(what.len()) else { return u16::MAX };
    // SAFETY: as above.
    let there = |at: &u16| unsafe { compare(p, *at, what) } == 0;
    (offset..=last as u16).find(there).unwrap_or(u16::MAX)
}

/// The pieces as the kernel takes them.
///
/// # Safety
/// `p` is null or a live chain that nobody changes while the answer is used.
pub(crate) unsafe fn vectors(p: *const pbuf) -> Vec<libc::iovec> {
    // SAFETY: by this function's contract.
    unsafe { pieces(p) }
        .filter(|piece| !piece.payload.is_null() && piece.len > 0)
        .map(|piece| libc::iovec { iov_base: piece.payload, iov_len: piece.len.into() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(parts: &[&[u8]]) -> *mut pbuf {
        let mut head: *mut pbuf = ptr::null_mut();
        for part in parts {
            let p = alloc(0, part.len() as u16, RAM);
            // SAFETY: pieces made here.
            unsafe {
                assert_eq!(take_at(p, part.as_ptr().cast(), part.len() as u16, 0), error::OK);
                if head.is_null() {
                    head = p;
                } else {
                    cat(head, p);
                }
            }
        }
        head
    }

    #[test]
    fn a_chain_is_read_across_its_pieces() {
        let p = packet(&[b"abc", b"", b"defg", b"h"]);
        // SAFETY: a chain made here.
        unsafe {
            assert_eq!(((*p).tot_len, count(p)), (8, 4));
            let mut out = [0u8; 8];
            assert_eq!(copy_partial(p, out.as_mut_ptr().cast(), 8, 2), 6);
            assert_eq!(&out[..6], b"cdefgh");
            assert_eq!((compare(p, 1, b"bcde"), compare(p, 1, b"bcx"), compare(p, 6, b"ghi")), (0, 3, u16::MAX));
            assert_eq!((find(p, b"ef", 0), find(p, b"ef", 5), find(p, b"", 0)), (4, u16::MAX, 0));
            realloc(p, 4);
            assert_eq!(((*p).tot_len, count(p), get_at(p, 3), get_at(p, 4)), (4, 3, Some(b'd'), None));
            let p = free_header(p, 3);
            assert_eq!(((*p).tot_len, get_at(p, 0)), (1, Some(b'd')));
            assert_eq!(free(p), 2, "the empty piece is still before it");
        }
    }

    #[test]
    fn headers_need_room() {
        let p = alloc(TRANSPORT, 10, RAM);
        // SAFETY: a piece made here.
        unsafe {
            assert!(add_header(p, 74, false) && (*p).len == 84);
            assert!(add_header(p, 6, false), "the alignment is room too");
            assert!(!add_header(p, 1, false));
            assert!(remove_header(p, 90) && !remove_header(p, 1));
            assert_eq!(free(p), 1);
        }
    }

    #[test]
    fn references_keep_pieces() {
        let (head, tail) = (packet(&[b"a"]), packet(&[b"b"]));
        // SAFETY: pieces made here.
        unsafe {
            chain(head, tail);
            assert_eq!(dechain(head), tail);
            assert_eq!((free(head), free(tail)), (1, 1));
        }
    }
}
