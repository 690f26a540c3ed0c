//! libwebsockets: contexts, vhosts, connections and their life.
pub mod abi;
pub mod log;
