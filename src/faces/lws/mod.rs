//! libwebsockets: contexts, vhosts, connections and their life.
pub mod abi;
