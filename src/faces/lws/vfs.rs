//! Files as they are served: from the file system, or from functions of the program.
use super::abi::{
    LWS_FOP_FLAG_COMPR_ACCEPTABLE_GZIP, LWS_FOP_FLAG_COMPR_IS_GZIP, LWS_FOP_FLAG_MOD_TIME_VALID, LWS_FOP_FLAG_VIRTUAL,
    lws_fop_fd_t, lws_plat_file_ops,
};
use crate::engine::file::{self, Kind};
use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::{io, ptr};

/// More tables than this in a row are taken for a row without an end.
const TABLES_MAX: usize = 64;

/// The functions that a context opens files with: a table that C may change, and those behind it.
pub struct FileOps {
    table: *mut lws_plat_file_ops,
    open: usize,
}

impl FileOps {
    /// Begins with this table.
    pub fn new(table: lws_plat_file_ops) -> Self {
        FileOps { open: address(&table), table: Box::into_raw(Box::new(table)) }
    }

    /// The table, as C knows it. It lasts as long as the context.
    pub fn as_c(&self) -> *mut lws_plat_file_ops {
        self.table
    }

    /// The table that opens this path, and what of the path is behind the part that has selected it. None where the file
    /// system does.
    fn select(&self, path: &CStr) -> Option<(*const lws_plat_file_ops, *const c_char)> {
        // SAFETY: ours, and valid until `drop`; C fills it with valid values.
        let first = unsafe { &*self.table };
        let (mut best, mut table) = (None::<(usize, *const lws_plat_file_ops, usize)>, first.next);
        for _ in 0..TABLES_MAX {
            // SAFETY: null or a table that the program keeps, by the API's contract.
            let Some(this) = (unsafe { table.as_ref() }) else { break };
            for index in this.fi.iter().filter(|index| !index.sig.is_null()) {
                // SAFETY: as above; a signature is a C string.
                let signature = unsafe { CStr::from_ptr(index.sig) }.to_bytes();
                if !signature.is_empty()
                    && let Some(at) = memchr::memmem::find(path.to_bytes(), signature)
                    && best.is_none_or(|(before, ..)| at < before)
                {
                    best = Some((at, table, at + signature.len()));
                }
            }
            table = this.next;
        }
        match best {
            Some((_, table, behind)) => Some((table, path.as_ptr().wrapping_add(behind))),
            None if address(first) != self.open => Some((self.table, ptr::null())),
            None => None,
        }
    }
}

fn address(table: &lws_plat_file_ops) -> usize {
    table.open.map_or(0, |open| open as usize)
}

impl Drop for FileOps {
    fn drop(&mut self) {
        // SAFETY: made by Box::into_raw in `new`.
        drop(unsafe { Box::from_raw(self.table) });
    }
}

/// An open file.
pub enum File {
    /// One of the file system.
    Plain(OwnedFd),
    /// One that functions of the program have opened, and close.
    Program(ProgramFile),
}

/// A file that functions of the program have opened.
pub struct ProgramFile(lws_fop_fd_t);

impl Drop for ProgramFile {
    fn drop(&mut self) {
        // SAFETY: the file came from `open` and is closed once.
        unsafe {
            if let Some(close) = (*self.0).fops.as_ref().and_then(|table| table.close) {
                close(&raw mut self.0);
            }
        }
    }
}

/// A file just opened.
pub struct Opened {
    /// The file.
    pub file: File,
    /// Its length.
    pub len: u64,
    /// When it was last changed, in seconds since 1970, if anybody knows.
    pub modified: Option<u64>,
    /// Is its content compressed?
    pub gzip: bool,
}

/// Why there is no file.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is not there, cannot be opened, or is no file.
    Missing,
    /// It is a directory.
    Directory,
}

/// Opens a file to serve it; `gzip`: may its content be compressed? May call the program.
pub fn open(ops: &FileOps, path: &CStr, gzip: bool) -> Result<Opened, Failure> {
    let Some((table, vpath)) = ops.select(path) else {
        let fd = file::open(path).map_err(|_| Failure::Missing)?;
        let status = file::status(fd.as_raw_fd()).map_err(|_| Failure::Missing)?;
        return match status.kind {
            Kind::File => {
                Ok(Opened { file: File::Plain(fd), len: status.len, modified: Some(status.modified), gzip: false })
            }
            Kind::Directory => Err(Failure::Directory),
            Kind::Other => Err(Failure::Missing),
        };
    };
    let mut flags = libc::O_RDONLY as u32 | if gzip { LWS_FOP_FLAG_COMPR_ACCEPTABLE_GZIP } else { 0 };
    // SAFETY: a table of the program with its own function; the strings are C strings that outlive the call.
    let opened = unsafe { (*table).open.map_or(ptr::null_mut(), |open| open(table, path.as_ptr(), vpath, &mut flags)) };
    if opened.is_null() {
        return Err(Failure::Missing);
    }
    let program = ProgramFile(opened);
    // SAFETY: not null, and the program's until it is closed.
    let (fd, len, flags, time) =
        unsafe { ((*opened).fd, (*opened).len, flags | (*opened).flags, u64::from((*opened).mod_time)) };
    let mut modified = (flags & LWS_FOP_FLAG_MOD_TIME_VALID != 0).then_some(time);
    if flags & LWS_FOP_FLAG_VIRTUAL == 0 && fd >= 0 {
        let status = file::status(fd).map_err(|_| Failure::Missing)?;
        if status.kind == Kind::Directory {
            return Err(Failure::Directory);
        }
        modified = modified.or(Some(status.modified));
    }
    let gzip = flags & LWS_FOP_FLAG_COMPR_IS_GZIP != 0;
    Ok(Opened { file: File::Program(program), len, modified, gzip })
}

impl File {
    /// Reads at a place. May call the program.
    pub fn read(&mut self, room: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            File::Plain(fd) => {
                // SAFETY: initialised bytes may be written as if they were not.
                let room = unsafe { &mut *(ptr::from_mut(room) as *mut [MaybeUninit<u8>]) };
                file::pread(fd.as_fd(), room, at)
            }
            File::Program(program) => program.read(room, at),
        }
    }
}

impl ProgramFile {
    fn read(&mut self, room: &mut [u8], at: u64) -> io::Result<usize> {
        let failed = || io::Error::from(io::ErrorKind::Other);
        let file = self.0;
        // SAFETY: the file is open, and its functions are the program's for this purpose.
        unsafe {
            let table = (*file).fops.as_ref().ok_or_else(failed)?;
            if (*file).pos != at {
                let seek = table.seek_cur.ok_or_else(failed)?;
                if seek(file, at.wrapping_sub((*file).pos) as i64) != at as i64 {
                    return Err(failed());
                }
            }
            let mut amount = 0;
            let read = table.read.ok_or_else(failed)?;
            let outcome = read(file, &mut amount, room.as_mut_ptr(), room.len() as u64);
            if outcome < 0 || amount > room.len() as u64 {
                return Err(failed());
            }
            Ok(amount as usize)
        }
    }
}
