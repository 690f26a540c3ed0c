//! When to try again, and when to doubt a silent peer.
use std::ffi::c_int;

/// `conceal_count` that never gives up.
pub const LWS_RETRY_CONCEAL_ALWAYS: c_int = 0xffff;

/// Delays between attempts, and how long a connection may be silent. The program owns it and keeps it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_retry_bo {
    /// Delays in milliseconds, one for each attempt; the last one is used again.
    pub retry_ms_table: *const u32,
    /// How many delays the table has.
    pub retry_ms_table_count: u16,
    /// After how many attempts the failure is reported; `LWS_RETRY_CONCEAL_ALWAYS` for never.
    pub conceal_count: u16,
    /// Seconds of silence after which a ping is sent; 0 for never.
    pub secs_since_valid_ping: u16,
    /// Seconds of silence after which the connection is closed; 0 for never.
    pub secs_since_valid_hangup: u16,
    /// Random part added to each delay, in percent; 0 means 30.
    pub jitter_percent: u8,
}
/// Delays between attempts, and how long a connection may be silent.
pub type lws_retry_bo_t = lws_retry_bo;
