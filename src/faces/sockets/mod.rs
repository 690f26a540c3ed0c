//! What lwIP's BSD-style sockets mean, over the engine's descriptors that are safe to close.
//!
//! | file | thing |
//! | --- | --- |
//! | [`calls`] | where they differ from the kernel's calls: no `SIGPIPE`, options that read as they were set, times |
pub mod calls;
