//! The exported functions of libwebsockets, one file for each topic of its headers.
// The documentation is written for C programs, as it goes into the headers: it says what each pointer has to be.
#![allow(clippy::missing_safety_doc)]
pub mod logs;
mod variadic;
