//! Files behind a table of functions.
use super::given;
use crate::faces::lws::abi::{
    LWS_FOP_FLAG_MOD_TIME_VALID, LWS_FOP_FLAGS_MASK, lws_context, lws_fileofs_t, lws_filepos_t, lws_fop_fd,
    lws_fop_fd_t, lws_fop_flags_t, lws_fops_index, lws_plat_file_ops,
};
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int};
use std::ptr;

/// The table that contexts begin with: the file system. Behind it stands the program's.
pub(super) fn file_system(next: *const lws_plat_file_ops) -> lws_plat_file_ops {
    let none = lws_fops_index { sig: ptr::null(), len: 0 };
    lws_plat_file_ops {
        open: Some(open_file),
        close: Some(close_file),
        seek_cur: Some(seek_file),
        read: Some(read_file),
        write: Some(write_file),
        fi: [none; 3],
        next,
    }
}

unsafe extern "C" fn open_file(
    fops: *const lws_plat_file_ops,
    filename: *const c_char,
    _vpath: *const c_char,
    flags: *mut lws_fop_flags_t,
) -> lws_fop_fd_t {
    guard("open", ptr::null_mut(), || {
        if filename.is_null() || flags.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: not null; the caller passes a C string and flags. The struct is filled in before it is handed out.
        unsafe {
            let fd = libc::open(filename, (*flags & LWS_FOP_FLAGS_MASK) as c_int | libc::O_CLOEXEC, 0o664);
            if fd < 0 {
                return ptr::null_mut();
            }
            let file = libc::calloc(1, size_of::<lws_fop_fd>()).cast::<lws_fop_fd>();
            let mut stat = std::mem::zeroed::<libc::stat>();
            if file.is_null() || libc::fstat(fd, &mut stat) < 0 {
                libc::free(file.cast());
                libc::close(fd);
                return ptr::null_mut();
            }
            *flags |= LWS_FOP_FLAG_MOD_TIME_VALID;
            file.write(lws_fop_fd {
                fd,
                fops,
                filesystem_priv: ptr::null_mut(),
                pos: 0,
                len: stat.st_size.max(0) as lws_filepos_t,
                flags: *flags,
                mod_time: stat.st_mtime as u32,
            });
            file
        }
    })
}

unsafe extern "C" fn close_file(fop_fd: *mut lws_fop_fd_t) -> c_int {
    guard("close", -1, || {
        // SAFETY: the caller passes a place that holds null or a file that `open_file` made.
        unsafe {
            if fop_fd.is_null() || (*fop_fd).is_null() {
                return -1;
            }
            let file = ptr::replace(fop_fd, ptr::null_mut());
            let outcome = libc::close((*file).fd);
            libc::free(file.cast());
            outcome
        }
    })
}

unsafe extern "C" fn seek_file(fop_fd: lws_fop_fd_t, offset: lws_fileofs_t) -> lws_fileofs_t {
    guard("seek_cur", -1, || {
        // SAFETY: the caller passes null or an open file.
        unsafe {
            if fop_fd.is_null() {
                return -1;
            }
            // as in the original, there is nothing before the beginning and behind the end
            let to = ((*fop_fd).pos as i64).saturating_add(offset).clamp(0, (*fop_fd).len as i64);
            let at = libc::lseek64((*fop_fd).fd, to, libc::SEEK_SET);
            if at >= 0 {
                (*fop_fd).pos = at as lws_filepos_t;
            }
            at
        }
    })
}

unsafe extern "C" fn read_file(
    fop_fd: lws_fop_fd_t,
    amount: *mut lws_filepos_t,
    buf: *mut u8,
    len: lws_filepos_t,
) -> c_int {
    guard("read", -1, || {
        // SAFETY: the caller passes null or an open file, a place, and `len` bytes.
        unsafe {
            if fop_fd.is_null() || amount.is_null() || buf.is_null() {
                return -1;
            }
            let n = libc::read((*fop_fd).fd, buf.cast(), len as usize);
            *amount = n.max(0) as lws_filepos_t;
            (*fop_fd).pos += *amount;
            if n < 0 { -1 } else { 0 }
        }
    })
}

unsafe extern "C" fn write_file(
    fop_fd: lws_fop_fd_t,
    amount: *mut lws_filepos_t,
    buf: *mut u8,
    len: lws_filepos_t,
) -> c_int {
    guard("write", -1, || {
        // SAFETY: the caller passes null or an open file, a place, and `len` bytes.
        unsafe {
            if fop_fd.is_null() || amount.is_null() || buf.is_null() {
                return -1;
            }
            let n = libc::write((*fop_fd).fd, buf.cast(), len as usize);
            *amount = n.max(0) as lws_filepos_t;
            (*fop_fd).pos += *amount;
            (*fop_fd).len = (*fop_fd).len.max((*fop_fd).pos);
            if n < 0 { -1 } else { 0 }
        }
    })
}

/// The table of functions with which a context opens the files that it serves. At first they are those of the file
/// system; the program may put its own there, or link tables of its own behind it, which are used for paths that
/// contain one of their signatures. The table belongs to the context and lasts as long. Null for a null or dead
/// context. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_fops(context: *mut lws_context) -> *mut lws_plat_file_ops {
    guard("lws_get_fops", ptr::null_mut(), || {
        given::context("lws_get_fops", context).map_or(ptr::null_mut(), |context| context.files.as_c())
    })
}

/// The length of an open file. 0 for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_vfs_get_length(fop_fd: lws_fop_fd_t) -> lws_filepos_t {
    // SAFETY: the caller passes null or an open file.
    guard("lws_vfs_get_length", 0, || unsafe { fop_fd.as_ref() }.map_or(0, |file| file.len))
}
