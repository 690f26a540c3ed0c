//! Allocations that are freed together.
//!
//! A `*mut lwsac` is a boxed `Lwsac`; the program holds it in a variable that is null at first and after freeing.
//! One thread at a time may use it.
use crate::faces::lws::abi::{lws_list_ptr, lws_list_ptr_sort_func_t, lwsac};
use crate::faces::lws::log::lwsl_info;
use crate::faces::lws::lwsac::Lwsac;
use crate::ffi::guard::guard;
use std::ffi::c_void;
use std::ptr;

/// Returns a place for `ensure` bytes, aligned to 8 and not zeroed, that lasts until the whole of `*head` is freed.
///
/// When the current chunk has no room a new one is allocated, of `chunk_size` bytes (0: 4000) or more. `*head` must be
/// null at first and then holds the chunks. Null when memory runs out or `head` is null. One thread at a time may use
/// one `*head`, here and below.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsac_use(head: *mut *mut lwsac, ensure: usize, chunk_size: usize) -> *mut c_void {
    guard("lwsac_use", ptr::null_mut(), || {
        if head.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: the caller's variable, null or holding a living lwsac.
        unsafe { Lwsac::at(&mut *head).take(ensure, chunk_size).map_or(ptr::null_mut(), |place| place.cast()) }
    })
}

/// As lwsac_use(), with the bytes set to 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsac_use_zero(head: *mut *mut lwsac, ensure: usize, chunk_size: usize) -> *mut c_void {
    guard("lwsac_use_zero", ptr::null_mut(), || {
        // SAFETY: passed on unchanged; what comes back has `ensure` bytes.
        unsafe {
            let place = lwsac_use(head, ensure, chunk_size);
            if !place.is_null() {
                place.write_bytes(0, ensure);
            }
            place
        }
    })
}

/// Frees all that was allocated from `*head` and sets it to null, whatever references there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsac_free(head: *mut *mut lwsac) {
    // SAFETY: passed on unchanged.
    guard("lwsac_free", (), || unsafe { free_if(head, |_| true) })
}

/// Counts one more user of `head`, who keeps it from being freed by lwsac_detach() and must call lwsac_unreference().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsac_reference(head: *mut lwsac) {
    guard("lwsac_reference", (), || {
        // SAFETY: null or a living lwsac.
        if let Some(ac) = unsafe { head.cast::<Lwsac>().as_mut() } {
            ac.reference()
        }
    })
}

/// Counts one user less. After the last one, if lwsac_detach() was called, all is freed and `*head` set to null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsac_unreference(head: *mut *mut lwsac) {
    // SAFETY: passed on unchanged.
    guard("lwsac_unreference", (), || unsafe { free_if(head, Lwsac::unreference) })
}

/// For whoever created `*head` and is done with it: frees all and sets `*head` to null, or lets the last
/// lwsac_unreference() do so if there are references.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsac_detach(head: *mut *mut lwsac) {
    // SAFETY: passed on unchanged.
    guard("lwsac_detach", (), || unsafe { free_if(head, Lwsac::detach) })
}

/// Logs how much was allocated from `head`, at `LLL_INFO`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lwsac_info(head: *mut lwsac) {
    guard("lwsac_info", (), || {
        // SAFETY: null or a living lwsac.
        let (chunks, bytes) = unsafe { head.cast::<Lwsac>().as_ref() }.map_or((0, 0), Lwsac::size);
        lwsl_info!("lwsac {head:p}: {bytes} bytes in {chunks} chunks");
    })
}

/// Puts an element into a list, which begins at `*phead` (null when empty). `add` points to the element, whose first
/// member is the pointer to the next one. It goes ahead of the first element that it does not belong behind, that is, where
/// `sort(add, element)` is 0 or less; without `sort` to the head.
///
/// Null for `phead` or `add` is ignored. One thread at a time may use one list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_list_ptr_insert(
    phead: *mut lws_list_ptr,
    add: *mut lws_list_ptr,
    sort: lws_list_ptr_sort_func_t,
) {
    guard("lws_list_ptr_insert", (), || {
        if phead.is_null() || add.is_null() {
            return;
        }
        let mut place = phead;
        // SAFETY: the caller's variable and elements, each of which begins with a pointer to the next one or null.
        unsafe {
            while let Some(sort) = sort
                && !(*place).is_null()
                && sort(add.cast(), *place) > 0
            {
                place = (*place).cast();
            }
            *add = *place;
            *place = add.cast();
        }
    })
}

/// # Safety
/// `head` is null or a variable that is null or holds a living lwsac.
unsafe fn free_if(head: *mut *mut lwsac, wanted: impl FnOnce(&mut Lwsac) -> bool) {
    // SAFETY: by this function's contract.
    unsafe {
        let Some(head) = head.as_mut() else { return };
        let ac = head.cast::<Lwsac>();
        if ac.as_mut().is_some_and(wanted) {
            *head = ptr::null_mut();
            drop(Box::from_raw(ac));
        }
    }
}
