//! Limits of the process.
use std::io;

/// Sets how many descriptors the process may have, for good.
pub fn set_descriptors(most: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: a valid limit.
    if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
