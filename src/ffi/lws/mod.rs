//! The exported functions of libwebsockets, one file for each topic of its headers.
// The documentation is written for C programs, as it goes into the headers: it says what each pointer has to be.
#![allow(clippy::missing_safety_doc)]
pub mod adopt;
pub mod client;
pub mod context_vhost;
pub mod dll2;
mod given;
pub mod http;
pub mod lejp;
pub mod logs;
pub mod lwsac;
pub mod misc;
pub mod network_helper;
pub mod protocols_plugins;
pub mod purify;
pub mod retry;
pub mod ring;
pub mod service;
pub mod sha1_base64;
pub(in crate::ffi) mod shim;
pub mod smd;
pub mod spa;
pub mod state;
pub mod system;
pub mod timeout_timer;
mod tls_info;
pub mod tokenize;
pub mod vfs;
pub mod write;
pub mod writeable;
pub mod ws_ext;
pub mod ws_state;
pub mod x509;
