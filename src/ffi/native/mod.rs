//! The functions of `netgraft.h`.
// The documentation is written for C programs, as it goes into the header: it says what each pointer has to be.
#![allow(clippy::missing_safety_doc)]
pub mod inject;
pub mod listen;
pub mod nest;
pub mod threads;
pub mod ws;

use std::ffi::c_int;

/// What C gets: 0, or a negative errno.
fn outcome(result: Result<(), c_int>) -> c_int {
    match result {
        Ok(()) => 0,
        Err(errno) => -errno,
    }
}
