//! Form data that arrives in pieces.
use super::{lws_spa_fileupload_states_int, lwsac};
use std::ffi::{c_char, c_int, c_void};

/// What a call of the upload callback brings.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_spa_fileupload_states {
    /// Part of the file.
    LWS_UFS_CONTENT = 0,
    /// The last part of the file; it may be empty.
    LWS_UFS_FINAL_CONTENT = 1,
    /// A file begins.
    LWS_UFS_OPEN = 2,
    /// The file is complete or abandoned.
    LWS_UFS_CLOSE = 3,
}

/// Receives an uploaded file. A return other than 0 abandons the form.
pub type lws_spa_fileupload_cb = Option<
    unsafe extern "C" fn(
        data: *mut c_void,
        name: *const c_char,
        filename: *const c_char,
        buf: *mut c_char,
        len: c_int,
        state: lws_spa_fileupload_states_int,
    ) -> c_int,
>;

/// How to make a parser.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_spa_create_info {
    /// The names of the fields to keep.
    pub param_names: *const *const c_char,
    /// How many names there are.
    pub count_params: c_int,
    /// The most bytes to keep of all values.
    pub max_storage: c_int,
    /// What receives files; null to ignore them.
    pub opt_cb: lws_spa_fileupload_cb,
    /// Passed to `opt_cb`.
    pub opt_data: *mut c_void,
    /// Bytes from one name's pointer to the next; 0 for an array of pointers.
    pub param_names_stride: usize,
    /// Where to allocate; null for memory of the parser's own.
    pub ac: *mut *mut lwsac,
    /// The chunk size to allocate with.
    pub ac_chunk_size: usize,
}
/// How to make a parser.
pub type lws_spa_create_info_t = lws_spa_create_info;
