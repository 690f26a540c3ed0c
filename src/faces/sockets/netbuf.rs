//! What a datagram or a piece of a stream comes in: a packet, the place a program reads it at, and who sent it.
//!
//! # Safety
//! For every unsafe function: pointers are null or to live ones of the program's, which nobody else changes meanwhile.
#![allow(clippy::missing_safety_doc)]
use super::address::ip_addr;
use super::error::{self, err_t};
use super::pbuf::{self as packets, pbuf};
use std::ffi::c_void;
use std::ptr;

/// As programs know it: they read and write its members.
#[repr(C)]
#[derive(Debug)]
#[allow(non_camel_case_types)]
pub struct netbuf {
    /// The packet, or null.
    pub p: *mut pbuf,
    /// The piece that the program is at.
    pub ptr: *mut pbuf,
    /// Who sent it, or whom it is for.
    pub addr: ip_addr,
    /// The port there.
    pub port: u16,
    /// Not used here.
    pub flags: u8,
    /// Not used here.
    pub toport_chksum: u16,
}

/// A new one around a packet, whose reference it owns; null without memory.
pub fn new(p: *mut pbuf, addr: ip_addr, port: u16) -> *mut netbuf {
    // SAFETY: malloc gives memory for it or null.
    unsafe {
        let buf: *mut netbuf = libc::malloc(size_of::<netbuf>()).cast();
        if !buf.is_null() {
            buf.write(netbuf { p, ptr: p, addr, port, flags: 0, toport_chksum: 0 });
        }
        buf
    }
}

/// Frees it and its reference to the packet.
pub unsafe fn delete(buf: *mut netbuf) {
    // SAFETY: null, or from [`new`] and not used again.
    unsafe {
        free_packet(buf);
        libc::free(buf.cast());
    }
}

/// Frees its reference to the packet.
pub unsafe fn free_packet(buf: *mut netbuf) {
    // SAFETY: null or live, and the caller's to change.
    if let Some(buf) = unsafe { buf.as_mut() } {
        // SAFETY: its own reference.
        unsafe { packets::free(buf.p) };
        buf.p = ptr::null_mut();
        buf.ptr = ptr::null_mut();
    }
}

/// A new packet of `len` bytes in place of what it had; where they are, or null.
pub unsafe fn alloc(buf: *mut netbuf, len: u16) -> *mut c_void {
    // SAFETY: null or live, and the caller's to change.
    unsafe {
        free_packet(buf);
        let Some(buf) = buf.as_mut() else { return ptr::null_mut() };
        buf.p = packets::alloc(packets::TRANSPORT, len, packets::RAM);
        buf.ptr = buf.p;
        buf.p.as_ref().map_or(ptr::null_mut(), |p| p.payload)
    }
}

/// The program's bytes, uncopied, in place of what it had.
pub unsafe fn refer(buf: *mut netbuf, data: *const c_void, len: u16) -> err_t {
    // SAFETY: null or live, and the caller's to change.
    unsafe {
        free_packet(buf);
        let Some(buf) = buf.as_mut() else { return error::ARG };
        buf.p = packets::alloc_reference(data.cast_mut(), len, packets::REF);
        buf.ptr = buf.p;
        if buf.p.is_null() { error::MEM } else { error::OK }
    }
}

/// Appends the packet of `tail`, which is gone then.
pub unsafe fn chain(head: *mut netbuf, tail: *mut netbuf) {
    // SAFETY: null or live; `tail` is the caller's to give away.
    unsafe {
        let (Some(head), Some(last)) = (head.as_mut(), tail.as_mut()) else { return };
        if ptr::eq(head, last) {
            return;
        }
        if head.p.is_null() {
            head.p = last.p;
        } else if !last.p.is_null() {
            if (*head.p).tot_len.checked_add((*last.p).tot_len).is_none() {
                packets::free(last.p);
            } else {
                packets::cat(head.p, last.p);
            }
        }
        head.ptr = head.p;
        libc::free(tail.cast());
    }
}

/// Goes to the next piece: -1 if there is none, 1 if it is the last, else 0.
pub unsafe fn next(buf: *mut netbuf) -> i8 {
    // SAFETY: null or live, with live pieces.
    unsafe {
        let Some(buf) = buf.as_mut() else { return -1 };
        let Some(next) = buf.ptr.as_ref().and_then(|piece| piece.next.as_ref()) else { return -1 };
        buf.ptr = (*buf.ptr).next;
        i8::from(next.next.is_null())
    }
}
