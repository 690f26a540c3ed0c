//! lwIP's names. Each function runs the face and translates the answer into -1 and `errno`.
// The documentation is written for C programs, as it goes into the headers: it says what each pointer has to be.
#![allow(non_camel_case_types, clippy::missing_safety_doc)]
pub mod address;
pub mod api;
pub mod core;
pub mod inet;
pub mod netbuf;
pub mod netdb;
pub mod order;
pub mod own_values;
pub mod pbuf;
#[expect(clippy::module_inception, reason = "the header that it becomes is called so")]
pub mod sockets;
pub mod sys;
pub mod tcpip;

use super::guard::guard;
use crate::engine::fdtable::raw::{Answer, set_errno};

/// Runs the body of the exported function `name`: what it returns, or -1 with `errno`.
#[inline(always)]
fn answer(name: &str, body: impl FnOnce() -> Answer) -> isize {
    match guard(name, Err(libc::EIO), body) {
        Ok(value) => value as isize,
        Err(error) => {
            set_errno(error);
            -1
        }
    }
}

/// As [`answer`], for an `int`.
#[inline(always)]
fn number(name: &str, body: impl FnOnce() -> Answer) -> std::ffi::c_int {
    answer(name, body) as std::ffi::c_int
}
