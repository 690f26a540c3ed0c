//! Descriptors that are safe to close: a side table over the kernel's, which knows who is inside of a call.
//!
//! A descriptor is the kernel's own number, whoever made it. Beside it stands an [`entry`](table): how many calls of this process are in
//! flight on it, and whether somebody has closed it. `close` marks the entry, wakes who sleeps on it, and goes; whoever leaves last
//! closes the number in the kernel. So a number is never given out again while anyone is inside, and a sleeper hears of a close at once.
//!
//! Nothing here blocks in the kernel on the socket itself: an attempt that does not block, then a wait in `ppoll` on the descriptor
//! and the thread's own wake-up descriptor. The connection is never shut down to wake somebody, so whoever shares it (by `dup`, by
//! `fork`) keeps it. What the kernel reports is reported; errors are its `errno` values.
//!
//! Everything may be called from signal handlers and from the child of a `vfork`: no allocation but the thread's first sleep (its record is to
//! be given back when it ends, which libc notes down), no lock that the interrupted code could hold for good, system calls on descriptors by
//! number and none by a name that somebody may have interposed.
//!
//! | file | thing |
//! | --- | --- |
//! | [`state`] | one entry's word, and what may happen to it (checked with loom) |
//! | [`table`] | the entries, by number; entering, leaving, closing |
//! | [`watch`] | who sleeps on what, who is woken and who ends the number: the order of things (checked with loom) |
//! | [`record`] | the sleepers' wake-up descriptors and memory |
//! | [`turn`] | what one thread at a time may do with a socket |
//! | [`left`] | calls that were left by a longjmp |
//! | [`wait`] | one sleep on one descriptor |
//! | [`data`] | receiving and sending |
//! | [`connect`] | connecting, accepting |
//! | [`many`] | select and poll |
//! | [`raw`] | system calls by number |
pub mod connect;
pub mod data;
mod left;
pub mod many;
pub mod raw;
pub mod record;
pub mod state;
pub mod table;
mod turn;
pub mod wait;
pub mod watch;

pub use connect::{accept, connect, socket};
pub use data::{Message, read, readv, recv, recvmsg, send, sendmsg, write, writev};
pub use many::{poll, select};
pub use raw::Errno;
pub use table::{close, fcntl, ioctl, set_blocking, with};
