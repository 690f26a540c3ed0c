//! Protocol machines without I/O: bytes in, events and bytes out. They know no socket and no C program.
pub mod form;
pub mod http1;
pub mod tls;
pub mod url;
pub mod ws;
