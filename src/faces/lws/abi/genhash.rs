//! Hashes.
use super::{evp_md_ctx_st, evp_md_st, evp_pkey_st};
use std::ffi::c_int;

/// The hashes there are.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_genhash_types {
    /// None.
    LWS_GENHASH_TYPE_UNKNOWN = 0,
    /// MD5, 16 bytes.
    LWS_GENHASH_TYPE_MD5 = 1,
    /// SHA-1, 20 bytes.
    LWS_GENHASH_TYPE_SHA1 = 2,
    /// SHA-256, 32 bytes.
    LWS_GENHASH_TYPE_SHA256 = 3,
    /// SHA-384, 48 bytes.
    LWS_GENHASH_TYPE_SHA384 = 4,
    /// SHA-512, 64 bytes.
    LWS_GENHASH_TYPE_SHA512 = 5,
}

/// The keyed hashes there are.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_genhmac_types {
    /// None.
    LWS_GENHMAC_TYPE_UNKNOWN = 0,
    /// HMAC-SHA-256.
    LWS_GENHMAC_TYPE_SHA256 = 1,
    /// HMAC-SHA-384.
    LWS_GENHMAC_TYPE_SHA384 = 2,
    /// HMAC-SHA-512.
    LWS_GENHMAC_TYPE_SHA512 = 3,
}

/// The longest hash, in bytes.
pub const LWS_GENHASH_LARGEST: c_int = 64;

/// A hash in the making. The pointers are the library's; the names are those of OpenSSL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_genhash_ctx {
    /// A value of `enum lws_genhash_types`.
    pub r#type: u8,
    /// The library's.
    pub evp_type: *const evp_md_st,
    /// The library's.
    pub mdctx: *mut evp_md_ctx_st,
}

/// A keyed hash in the making. The pointers are the library's; the names are those of OpenSSL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_genhmac_ctx {
    /// A value of `enum lws_genhmac_types`.
    pub r#type: u8,
    /// The library's.
    pub evp_type: *const evp_md_st,
    /// The library's.
    pub ctx: *mut evp_md_ctx_st,
    /// The library's.
    pub key: *mut evp_pkey_st,
}
