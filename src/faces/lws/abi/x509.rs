//! What certificates say.
use libc::time_t;
use std::ffi::{c_char, c_int, c_uint};

/// What to ask of a certificate.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_tls_cert_info {
    /// When it becomes valid: `time`.
    LWS_TLS_CERT_INFO_VALIDITY_FROM = 0,
    /// When it ceases to be valid: `time`.
    LWS_TLS_CERT_INFO_VALIDITY_TO = 1,
    /// Whom it names: `ns`.
    LWS_TLS_CERT_INFO_COMMON_NAME = 2,
    /// Who issued it: `ns`.
    LWS_TLS_CERT_INFO_ISSUER_NAME = 3,
    /// What it may be used for: `usage`.
    LWS_TLS_CERT_INFO_USAGE = 4,
    /// Whether it was verified: `verified`.
    LWS_TLS_CERT_INFO_VERIFIED = 5,
    /// Its public key, in DER: `ns`.
    LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY = 6,
}

/// A text or some bytes. The program may give more room than `name` has.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_tls_cert_info_ns {
    /// The length.
    pub len: c_int,
    /// The text or bytes.
    pub name: [c_char; 64],
}

/// The answer; which member holds it depends on the question.
#[repr(C)]
#[derive(Clone, Copy)]
pub union lws_tls_cert_info_results {
    /// 1 if it was verified.
    pub verified: c_uint,
    /// A time, in seconds since 1970.
    pub time: time_t,
    /// The key usage bits.
    pub usage: c_uint,
    /// A text or some bytes.
    pub ns: lws_tls_cert_info_ns,
}
