//! System calls on files. Each returns the kernel's error.
use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// What a descriptor leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A device, a pipe, a socket.
    Other,
}

/// What is known of an open file.
pub struct Status {
    /// What it is.
    pub kind: Kind,
    /// Its length.
    pub len: u64,
    /// When it was last changed, in seconds since 1970; 0 for times before.
    pub modified: u64,
}

/// Opens a file to read it. Does not wait for the other end of a pipe.
pub fn open(path: &CStr) -> io::Result<OwnedFd> {
    let flags = libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NONBLOCK | libc::O_NOCTTY;
    // SAFETY: a C string.
    let fd = unsafe { libc::open(path.as_ptr(), flags) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: opened just now, and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// What is known of a descriptor.
pub fn status(fd: RawFd) -> io::Result<Status> {
    let mut stat = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the kernel fills in the struct, of which all zeros is a value too.
    let (outcome, stat) = unsafe { (libc::fstat(fd, stat.as_mut_ptr()), stat.assume_init()) };
    if outcome < 0 {
        return Err(io::Error::last_os_error());
    }
    let kind = match stat.st_mode & libc::S_IFMT {
        libc::S_IFREG => Kind::File,
        libc::S_IFDIR => Kind::Directory,
        _ => Kind::Other,
    };
    Ok(Status { kind, len: stat.st_size.max(0) as u64, modified: stat.st_mtime.max(0) as u64 })
}

/// Reads at a place of a file. Fills the beginning of `room`; returns how much of it.
pub fn pread(file: BorrowedFd, room: &mut [MaybeUninit<u8>], at: u64) -> io::Result<usize> {
    loop {
        // SAFETY: the kernel writes at most `room.len()` bytes into `room`.
        let n = unsafe { libc::pread64(file.as_raw_fd(), room.as_mut_ptr().cast(), room.len(), at as i64) };
        if n >= 0 {
            return Ok(n as usize);
        }
        let e = io::Error::last_os_error();
        if e.kind() != io::ErrorKind::Interrupted {
            return Err(e);
        }
    }
}

/// Sends up to `len` bytes of a file, from a place of it on, to a socket. SIGPIPE must be ignored.
pub fn sendfile(socket: RawFd, file: BorrowedFd, at: u64, len: usize) -> io::Result<usize> {
    loop {
        let mut offset = at as i64;
        // SAFETY: two descriptors and a place for the offset.
        let n = unsafe { libc::sendfile64(socket, file.as_raw_fd(), &raw mut offset, len) };
        if n >= 0 {
            return Ok(n as usize);
        }
        let e = io::Error::last_os_error();
        if e.kind() != io::ErrorKind::Interrupted {
            return Err(e);
        }
    }
}

/// Has writes to a pipe or socket without a reader fail instead of ending the process, unless the program has said what
/// is to happen then.
pub fn ignore_sigpipe() {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the struct is read only when it was filled in; SIG_IGN is a valid disposition.
    unsafe {
        if libc::sigaction(libc::SIGPIPE, std::ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_DFL
        {
            libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        }
    }
}
