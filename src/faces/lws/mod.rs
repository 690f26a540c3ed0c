//! libwebsockets: contexts, vhosts, connections and their life.
//!
//! | file | what it means |
//! | --- | --- |
//! | [`abi`] | the words and layouts shared with C programs |
//! | [`context`], [`vhost`], [`wsi`] | the three things a program holds |
//! | [`service`] | a turn of the loop; the beginning and end of a context |
//! | [`foreign`], [`polled`] | our loop inside another library's; programs that poll by themselves |
//! | [`loops`] | several loops in one context |
//! | [`pass`] | a pass over one connection: receive, writeable callbacks, one send |
//! | [`adopt`], [`raw`] | descriptors from elsewhere; sockets without a protocol of ours |
//! | [`accept`], [`request`], [`upgrade`], [`frames`], [`close`] | the life of a server connection |
//! | [`deflate`] | compressed messages |
//! | [`secure`], [`openssl`] | TLS under all of these; what stands in for OpenSSL's objects |
//! | [`client`] | the life of a connection that the program makes |
//! | [`write`], [`respond`] | what goes out |
//! | [`mount`], [`basic_auth`], [`serve`], [`vfs`], [`mime`], [`interpret`] | the parts of a site, and files |
//! | [`headers`], [`peer`], [`user`] | what a program asks a connection for |
//! | [`spa`] | forms |
//! | [`tls`] | certificates and keys, whom we trust, what each side of TLS begins with |
//! | [`validity`], [`sul`], [`retry`] | time |
//! | [`system`], [`state`], [`blob`], [`smd`] | start-up states and their observers, identity data, messages between parts of a program |
//! | [`log`], [`ring`], [`dll2`], [`text`], [`uri`], [`base64`], [`address`], [`cmdline`], [`buflist`], [`lwsac`] | what needs no connection |
//! | [`lejp`], [`json_simple`], [`tokenize`], [`strexp`], [`daemon`] | as well |
pub mod abi;
pub mod accept;
pub mod address;
pub mod adopt;
pub mod base64;
pub mod basic_auth;
pub mod blob;
pub mod buflist;
pub mod client;
pub mod close;
pub mod cmdline;
pub mod context;
pub mod daemon;
pub mod deflate;
pub mod dll2;
pub mod foreign;
pub mod frames;
pub mod headers;
pub mod interpret;
pub mod json_simple;
pub mod lejp;
pub mod log;
pub mod loops;
pub mod lwsac;
pub mod mime;
pub mod mount;
pub mod openssl;
pub mod pass;
pub mod peer;
pub mod polled;
pub mod raw;
pub mod request;
pub mod respond;
pub mod retry;
pub mod ring;
pub mod secure;
pub mod serve;
pub mod service;
pub mod smd;
pub mod spa;
pub mod state;
pub mod strexp;
pub mod sul;
pub mod system;
pub mod text;
pub mod tls;
pub mod tokenize;
pub mod upgrade;
pub mod uri;
pub mod user;
pub mod validity;
pub mod vfs;
pub mod vhost;
pub mod write;
pub mod wsi;
