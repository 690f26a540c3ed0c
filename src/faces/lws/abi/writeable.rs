//! Asking for the moment to write, and credit for it.
use std::ffi::c_int;

/// `lws_wsi_tx_credit`: the credit the peer gave to us.
pub const LWSTXCR_US_TO_PEER: c_int = 0;
/// `lws_wsi_tx_credit`: the credit we gave to the peer.
pub const LWSTXCR_PEER_TO_US: c_int = 1;
