//! CGI. netgraft runs none; the types appear in callbacks only.
use super::{lws, lws_cgi_hdr_state_int, lws_enum_stdinouterr_int};
use std::ffi::{c_int, c_uchar};

/// The standard descriptors.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_enum_stdinouterr {
    /// Standard input.
    LWS_STDIN = 0,
    /// Standard output.
    LWS_STDOUT = 1,
    /// Standard error.
    LWS_STDERR = 2,
}

/// Where the parser of a CGI's headers stands.
#[allow(missing_docs)]
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_cgi_hdr_state {
    LCHS_HEADER = 0,
    LCHS_CR1 = 1,
    LCHS_LF1 = 2,
    LCHS_CR2 = 3,
    LCHS_LF2 = 4,
    LHCS_RESPONSE = 5,
    LHCS_DUMP_HEADERS = 6,
    LHCS_PAYLOAD = 7,
    LCHS_SINGLE_0A = 8,
}

/// What the CGI callbacks are given.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_cgi_args {
    /// The three connections of the CGI.
    pub stdwsi: *mut *mut lws,
    /// Which of them this is about.
    pub ch: lws_enum_stdinouterr_int,
    /// The data.
    pub data: *mut c_uchar,
    /// Where the headers stand.
    pub hdr_state: lws_cgi_hdr_state_int,
    /// Length of the data.
    pub len: c_int,
}
