//! Becoming a daemon, with a file that keeps a second one from starting.
use std::ffi::{CStr, CString, OsStr, c_int};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};

/// For the signal handler: the file to remove and whose it is.
static LOCK: AtomicPtr<libc::c_char> = AtomicPtr::new(ptr::null_mut());
static OWNER: AtomicI32 = AtomicI32::new(0);

/// Returns true in the daemon; the process that called it exits. False when there is no new process.
pub fn become_one(lock: Option<&CStr>) -> bool {
    // absolute, because the directory changes
    let lock = lock.map(|path| {
        let path = Path::new(OsStr::from_bytes(path.to_bytes()));
        std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
    });
    if let Some(path) = &lock
        && !is_free(path)
    {
        leave(1);
    }
    let Ok((ready, tell)) = pipe() else { return false };
    // SAFETY: no arguments; what the program has buffered must not be written twice.
    unsafe { libc::fflush(ptr::null_mut()) };
    // SAFETY: no arguments; the program has one thread, by the function's contract.
    match unsafe { libc::fork() } {
        -1 => false,
        0 => {
            drop(ready);
            detach(lock);
            // the parent waits for this
            let _ = File::from(tell).write_all(b"!");
            true
        }
        _ => {
            drop(tell);
            let told = File::from(ready).read_exact(&mut [0]).is_ok();
            leave(if told { 0 } else { 1 })
        }
    }
}

/// Nothing that the program left for its exit is to run here: it goes on in the child.
fn leave(status: c_int) -> ! {
    // SAFETY: no arguments, and ends the process.
    unsafe {
        libc::fflush(ptr::null_mut());
        libc::_exit(status)
    }
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: writes two descriptors, which are then ours alone.
    unsafe {
        if libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) < 0 {
            return Err(io::Error::last_os_error());
        }
        let (ready, tell) = (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1]));
        // not one of those that the daemon replaces, which may have been closed before
        Ok((ready.try_clone()?, tell.try_clone()?))
    }
}

/// Whether the lock is free; it is removed if its owner is dead. Says on stderr what there is.
fn is_free(path: &Path) -> bool {
    let mut text = [0; 32];
    let Ok(len) = File::open(path).and_then(|mut file| file.read(&mut text)) else { return true };
    let text = String::from_utf8_lossy(&text[..len]);
    // an owner that died early leaves it empty
    if !text.is_empty() {
        let Some(pid) = text.trim().parse().ok().filter(|&pid: &i32| pid > 0) else {
            eprintln!("{} is no lock file", path.display());
            return false;
        };
        // SAFETY: signal 0 only asks.
        let lives =
            unsafe { libc::kill(pid, 0) } == 0 || io::Error::last_os_error().raw_os_error() == Some(libc::EPERM);
        if lives {
            eprintln!("Daemon already running pid {pid}");
            return false;
        }
        eprintln!("Removing stale lock {} from dead pid {pid}", path.display());
    }
    let _ = fs::remove_file(path);
    true
}

/// In the child.
fn detach(lock: Option<PathBuf>) {
    // SAFETY: changes of this process only, with constants.
    unsafe {
        libc::setsid();
        for signal in [libc::SIGHUP, libc::SIGTSTP, libc::SIGTTOU, libc::SIGTTIN] {
            libc::signal(signal, libc::SIG_IGN);
        }
    }
    if let Some(path) = lock {
        hold(&path);
    }
    // SAFETY: as above; 0, 1 and 2 become /dev/null, whatever they were.
    unsafe {
        libc::umask(0);
        libc::chdir(c"/tmp".as_ptr());
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
        if null >= 0 {
            for standard in 0..3 {
                libc::dup2(null, standard);
            }
            if null > 2 {
                libc::close(null);
            }
        }
    }
}

/// Writes the lock and has it removed by `SIGTERM`.
fn hold(path: &Path) {
    let pid = std::process::id();
    // not over something that was put there in the meantime, a link included
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o640)
        .open(path)
        .and_then(|mut file| write!(file, "{pid}"));
    if let Err(error) = written {
        eprintln!("unable to create lock file {}: {error}", path.display());
        return;
    }
    let Ok(path) = CString::new(path.as_os_str().as_encoded_bytes()) else { return };
    LOCK.store(path.into_raw(), Ordering::Relaxed);
    OWNER.store(pid as i32, Ordering::Relaxed);
    // SAFETY: an all-zero sigaction with a handler that does nothing but what a handler may.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = end as extern "C" fn(c_int) as usize;
        libc::sigaction(libc::SIGTERM, &action, ptr::null_mut());
    }
}

/// Of the daemon's own children, which inherit this, none may remove the lock.
extern "C" fn end(_signal: c_int) {
    // SAFETY: all of these are allowed in a signal handler; the path is never freed.
    unsafe {
        if libc::getpid() == OWNER.load(Ordering::Relaxed) {
            libc::unlink(LOCK.load(Ordering::Relaxed));
        }
        libc::_exit(0)
    }
}
