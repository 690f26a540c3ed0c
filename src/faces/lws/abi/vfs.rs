//! Files behind a table of functions, so that a program can serve what is not on disk.
use super::{lws_filefd_type, lws_fileofs_t, lws_filepos_t, lws_fop_flags_t};
use std::ffi::{c_char, c_int, c_void};

/// The part of the flags that holds `O_*`.
pub const LWS_FOP_FLAGS_MASK: lws_fop_flags_t = 0x7f_ffff;
/// Flag: the reader can take gzip.
pub const LWS_FOP_FLAG_COMPR_ACCEPTABLE_GZIP: lws_fop_flags_t = 0x100_0000;
/// Flag: the file is gzip.
pub const LWS_FOP_FLAG_COMPR_IS_GZIP: lws_fop_flags_t = 0x200_0000;
/// Flag: `mod_time` is known.
pub const LWS_FOP_FLAG_MOD_TIME_VALID: lws_fop_flags_t = 0x400_0000;
/// Flag: the file is not on disk.
pub const LWS_FOP_FLAG_VIRTUAL: lws_fop_flags_t = 0x800_0000;

/// An open file. Whoever opened it allocated it and frees it on close.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_fop_fd {
    /// Its descriptor, where it has one.
    pub fd: lws_filefd_type,
    /// The functions that work on it.
    pub fops: *const lws_plat_file_ops,
    /// Whatever those functions keep.
    pub filesystem_priv: *mut c_void,
    /// The current position.
    pub pos: lws_filepos_t,
    /// The length.
    pub len: lws_filepos_t,
    /// The flags it was opened with.
    pub flags: lws_fop_flags_t,
    /// When it was last changed, in seconds since 1970.
    pub mod_time: u32,
}
/// An open file.
pub type lws_fop_fd_t = *mut lws_fop_fd;

/// A part of a path that selects other functions, such as `.zip/`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_fops_index {
    /// The text to look for, or null.
    pub sig: *const c_char,
    /// Its length.
    pub len: u8,
}

/// The functions that work on files. The program owns the table and keeps it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_plat_file_ops {
    /// Opens a file; null if it cannot.
    pub open: Option<
        unsafe extern "C" fn(
            fops: *const lws_plat_file_ops,
            filename: *const c_char,
            vpath: *const c_char,
            flags: *mut lws_fop_flags_t,
        ) -> lws_fop_fd_t,
    >,
    /// Closes the file and nulls the pointer.
    pub close: Option<unsafe extern "C" fn(fop_fd: *mut lws_fop_fd_t) -> c_int>,
    /// Moves the position; returns the new one.
    pub seek_cur:
        Option<unsafe extern "C" fn(fop_fd: lws_fop_fd_t, offset_from_cur_pos: lws_fileofs_t) -> lws_fileofs_t>,
    /// Reads up to `len` bytes and says how many in `amount`.
    pub read: Option<
        unsafe extern "C" fn(
            fop_fd: lws_fop_fd_t,
            amount: *mut lws_filepos_t,
            buf: *mut u8,
            len: lws_filepos_t,
        ) -> c_int,
    >,
    /// Writes up to `len` bytes and says how many in `amount`.
    pub write: Option<
        unsafe extern "C" fn(
            fop_fd: lws_fop_fd_t,
            amount: *mut lws_filepos_t,
            buf: *mut u8,
            len: lws_filepos_t,
        ) -> c_int,
    >,
    /// Parts of a path that select this table.
    pub fi: [lws_fops_index; 3],
    /// The next table, or null.
    pub next: *const lws_plat_file_ops,
}
