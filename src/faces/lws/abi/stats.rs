//! Indexes for `lws_stats_get`. Without `LWS_WITH_STATS` that function is an inline that returns 0.
#![allow(missing_docs)]
use std::ffi::c_int;

pub const LWSSTATS_C_CONNECTIONS: c_int = 0;
pub const LWSSTATS_C_API_CLOSE: c_int = 1;
pub const LWSSTATS_C_API_READ: c_int = 2;
pub const LWSSTATS_C_API_LWS_WRITE: c_int = 3;
pub const LWSSTATS_C_API_WRITE: c_int = 4;
pub const LWSSTATS_C_WRITE_PARTIALS: c_int = 5;
pub const LWSSTATS_C_WRITEABLE_CB_REQ: c_int = 6;
pub const LWSSTATS_C_WRITEABLE_CB_EFF_REQ: c_int = 7;
pub const LWSSTATS_C_WRITEABLE_CB: c_int = 8;
pub const LWSSTATS_C_SSL_CONNECTIONS_FAILED: c_int = 9;
pub const LWSSTATS_C_SSL_CONNECTIONS_ACCEPTED: c_int = 10;
pub const LWSSTATS_C_SSL_ACCEPT_SPIN: c_int = 11;
pub const LWSSTATS_C_SSL_CONNS_HAD_RX: c_int = 12;
pub const LWSSTATS_C_TIMEOUTS: c_int = 13;
pub const LWSSTATS_C_SERVICE_ENTRY: c_int = 14;
pub const LWSSTATS_B_READ: c_int = 15;
pub const LWSSTATS_B_WRITE: c_int = 16;
pub const LWSSTATS_B_PARTIALS_ACCEPTED_PARTS: c_int = 17;
pub const LWSSTATS_US_SSL_ACCEPT_LATENCY_AVG: c_int = 18;
pub const LWSSTATS_US_WRITABLE_DELAY_AVG: c_int = 19;
pub const LWSSTATS_US_WORST_WRITABLE_DELAY: c_int = 20;
pub const LWSSTATS_US_SSL_RX_DELAY_AVG: c_int = 21;
pub const LWSSTATS_C_PEER_LIMIT_AH_DENIED: c_int = 22;
pub const LWSSTATS_C_PEER_LIMIT_WSI_DENIED: c_int = 23;
pub const LWSSTATS_C_CONNS_CLIENT: c_int = 24;
pub const LWSSTATS_C_CONNS_CLIENT_FAILED: c_int = 25;
pub const LWSSTATS_SIZE: c_int = 26;
