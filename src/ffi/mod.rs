//! The C ABI and nothing else: each function checks what came from C, runs the face, and translates the answer.
#![cfg_attr(not(feature = "lws"), allow(dead_code))]
pub(crate) mod cstr;
pub(crate) mod guard;
#[cfg(feature = "lws")]
pub mod lws;
#[cfg(feature = "native")]
pub mod native;
#[cfg(feature = "preload")]
pub mod preload;
#[cfg(feature = "sockets")]
pub mod sockets;
