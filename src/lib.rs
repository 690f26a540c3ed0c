//! netgraft: a modern network engine behind the C ABI of libwebsockets.
//!
//! The map of the house; imports run one way only, from the bottom up:
//!
//! | layer | knows | does not know |
//! | --- | --- | --- |
//! | [`engine`] | sockets, readiness, timers, memory | protocols, C programs |
//! | [`proto`] | bytes of HTTP/1 and WebSocket | sockets, C programs |
//! | [`faces`] | what a legacy library means | symbols, null checks |
//! | [`ffi`] | the C ABI and nothing else | |
#![warn(missing_docs)]
#![deny(unsafe_op_in_unsafe_fn)]

pub mod engine;
pub mod faces;
pub mod ffi;
pub mod proto;
