//! What lwIP's programs mean: BSD-style sockets over the engine's descriptors that are safe to close, and connections of the netconn API.
//!
//! | file | thing |
//! | --- | --- |
//! | [`address`] | lwIP's addresses: their text, and as the kernel has them |
//! | [`calls`] | where the sockets differ from the kernel's calls: no `SIGPIPE`, options that read as they were set, times |
//! | [`error`] | lwIP's error numbers, and errno |
//! | [`layouts`] | structures of lwIP's own headers |
//! | [`netconn`] | connections of the netconn API |
//! | [`netbuf`], [`pbuf`] | the buffers that programs get and give |
//! | [`registry`] | which objects that programs point to are alive |
//! | [`sys`] | semaphores, mailboxes, mutexes, threads, time |
//! | [`tcpip`] | the thread that runs callbacks |
//! | [`values`] | constants of lwIP's own headers |
pub mod address;
pub mod calls;
pub mod error;
pub mod layouts;
pub mod netbuf;
pub mod netconn;
pub mod pbuf;
pub(crate) mod registry;
pub mod sys;
pub mod tcpip;
pub mod values;
