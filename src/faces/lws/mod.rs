//! libwebsockets: contexts, vhosts, connections and their life.
pub mod abi;
pub mod address;
pub mod base64;
pub mod buflist;
pub mod cmdline;
pub mod dll2;
pub mod log;
pub mod lwsac;
pub mod ring;
pub mod text;
pub mod uri;
