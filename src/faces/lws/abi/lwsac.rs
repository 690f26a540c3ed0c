//! Allocations that are freed together, and lists of anything that begins with a pointer.
use std::ffi::{c_int, c_uchar, c_void};

/// A file kept in memory.
pub type lwsac_cached_file_t = *mut c_uchar;
/// An element of a list: a struct that begins with the pointer to the next one.
pub type lws_list_ptr = *mut c_void;
/// Compares two elements: above 0 if `a` comes after `b`.
pub type lws_list_ptr_sort_func_t = Option<unsafe extern "C" fn(a: lws_list_ptr, b: lws_list_ptr) -> c_int>;
