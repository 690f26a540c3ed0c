//! TLS, through rustls: certificates and keys in, configurations for servers and clients out; and sessions made from those. No sockets, no
//! files.
pub mod cert;
pub mod ciphers;
pub mod client;
pub mod key;
mod key_pem;
pub mod material;
pub mod server;
pub mod session;
pub mod terms;
pub mod verify;
