//! The words libwebsockets shares with its programs: constants, and the layout of memory both sides touch.
//!
//! One file for each topic of the original's headers. `build.rs` turns them, together with the functions of the same
//! topic in `ffi::lws`, into `include/libwebsockets/lws-<topic>.h`. Three files are declared by hand in the umbrella
//! header instead, because cbindgen cannot express them: `base`, `mount` and `opaque`.
//!
//! - Structs and enums carry the C tag as their name.
//! - What C passes as an enum arrives here as an integer, named after the enum with the suffix `_int`:
//!   C programs OR flags into such values, and a Rust enum with an unknown value would be undefined behaviour.
//! - A struct whose callback is given the struct itself spells the callback's type out instead of using its alias;
//!   otherwise cbindgen finds a circle and may write the struct ahead of the alias.
#![allow(non_camel_case_types)]

mod adopt;
mod base;
mod callbacks;
mod cgi;
mod client;
mod context_vhost;
mod dll2;
mod genhash;
mod http;
mod layout;
mod lejp;
mod logs;
// Not `lwsac`: that is a type's name.
#[path = "lwsac.rs"]
mod lwsac_types;
mod misc;
mod mount;
mod network_helper;
mod opaque;
mod protocols_plugins;
mod retry;
mod sha1_base64;
mod smd;
mod spa;
mod state;
mod stats;
mod system;
mod timeout_timer;
mod tokenize;
mod vfs;
mod write;
mod writeable;
mod ws_close;
mod ws_ext;
mod x509;

pub use adopt::*;
pub use base::*;
pub use callbacks::*;
pub use cgi::*;
pub use client::*;
pub use context_vhost::*;
pub use dll2::*;
pub use genhash::*;
pub use http::*;
pub use lejp::*;
pub use logs::*;
pub use lwsac_types::*;
pub use misc::*;
pub use mount::*;
pub use network_helper::*;
pub use opaque::*;
pub use protocols_plugins::*;
pub use retry::*;
pub use sha1_base64::*;
pub use smd::*;
pub use spa::*;
pub use state::*;
pub use stats::*;
pub use system::*;
pub use timeout_timer::*;
pub use tokenize::*;
pub use vfs::*;
pub use write::*;
pub use writeable::*;
pub use ws_close::*;
pub use ws_ext::*;
pub use x509::*;
