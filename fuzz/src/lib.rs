//! What must hold for any input of the parsers, one function for each fuzz target. `tests/splits.rs` includes this file:
//! the corpora and made-up streams are checked by `cargo nextest run` too, without a fuzzer.
//!
//! A target that reads a stream takes it in three ways: whole, byte by byte, and cut where its input says. Each must give
//! the same events.
mod chunked;
mod deflate;
mod extension;
mod form;
mod header_value;
mod http;
mod input;
mod uri;
mod ws_frames;

pub use chunked::chunked;
pub use deflate::deflate;
pub use extension::extension;
pub use form::form;
pub use header_value::header_value;
pub use http::{http_request, http_response};
pub use input::input;
pub use uri::uri;
pub use ws_frames::ws_frames;
