//! Doubly linked lists whose links live in the program's own structs.
//!
//! Everything here works on memory that belongs to the program, so the contract is the same throughout: a link
//! passed in is readable and writable and, unless all zero, stands in a consistent list; so is a list. Nothing is
//! borrowed: the program sees every change at once and may change the list from a function that it is called in.
#![allow(clippy::missing_safety_doc)] // the contract above
use super::abi::{lws_dll2, lws_dll2_owner};
use super::log::lwsl_err;
use std::ptr;

/// Puts `link` between `before` and `after`, which are neighbours in `owner`; null stands for its ends.
unsafe fn insert(link: *mut lws_dll2, owner: *mut lws_dll2_owner, before: *mut lws_dll2, after: *mut lws_dll2) {
    // SAFETY: by the module's contract.
    unsafe {
        if !(*link).owner.is_null() {
            lwsl_err!("a list link was added that is already in a list: ignored");
            return;
        }
        *link = lws_dll2 { prev: before, next: after, owner };
        match before.is_null() {
            true => (*owner).head = link,
            false => (*before).next = link,
        }
        match after.is_null() {
            true => (*owner).tail = link,
            false => (*after).prev = link,
        }
        (*owner).count = (*owner).count.wrapping_add(1);
    }
}

/// Puts `link` at the start of `owner`.
pub unsafe fn add_head(link: *mut lws_dll2, owner: *mut lws_dll2_owner) {
    // SAFETY: by the module's contract.
    unsafe { insert(link, owner, ptr::null_mut(), (*owner).head) }
}

/// Puts `link` at the end of `owner`.
pub unsafe fn add_tail(link: *mut lws_dll2, owner: *mut lws_dll2_owner) {
    // SAFETY: by the module's contract.
    unsafe { insert(link, owner, (*owner).tail, ptr::null_mut()) }
}

/// Puts `link` before `next`, in the list where that is.
pub unsafe fn add_before(link: *mut lws_dll2, next: *mut lws_dll2) {
    // SAFETY: by the module's contract.
    unsafe {
        if !(*next).owner.is_null() {
            insert(link, (*next).owner, (*next).prev, next)
        }
    }
}

/// Takes `link` out of its list and zeroes it; a link in no list stays as it is.
pub unsafe fn remove(link: *mut lws_dll2) {
    // SAFETY: by the module's contract.
    unsafe {
        let lws_dll2 { prev, next, owner } = *link;
        if owner.is_null() {
            return;
        }
        match prev.is_null() {
            true => (*owner).head = next,
            false => (*prev).next = next,
        }
        match next.is_null() {
            true => (*owner).tail = prev,
            false => (*next).prev = prev,
        }
        (*owner).count = (*owner).count.wrapping_sub(1);
        *link = lws_dll2 { prev: ptr::null_mut(), next: ptr::null_mut(), owner: ptr::null_mut() };
    }
}

/// The first link of `owner` for which `found` holds. `found` may remove the link it is given.
pub unsafe fn find(owner: *mut lws_dll2_owner, mut found: impl FnMut(*mut lws_dll2) -> bool) -> *mut lws_dll2 {
    // SAFETY: by the module's contract; the next link is read before `found` can take this one away.
    unsafe {
        let mut link = (*owner).head;
        while !link.is_null() {
            let next = (*link).next;
            if found(link) {
                break;
            }
            link = next;
        }
        link
    }
}
