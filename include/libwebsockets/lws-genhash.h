/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_GENHASH_H
#define NETGRAFT_LWS_GENHASH_H

/**
 * The longest hash, in bytes.
 */
#define LWS_GENHASH_LARGEST 64

/**
 * The hashes there are.
 */
enum lws_genhash_types {
    /**
     * None.
     */
    LWS_GENHASH_TYPE_UNKNOWN = 0,
    /**
     * MD5, 16 bytes.
     */
    LWS_GENHASH_TYPE_MD5 = 1,
    /**
     * SHA-1, 20 bytes.
     */
    LWS_GENHASH_TYPE_SHA1 = 2,
    /**
     * SHA-256, 32 bytes.
     */
    LWS_GENHASH_TYPE_SHA256 = 3,
    /**
     * SHA-384, 48 bytes.
     */
    LWS_GENHASH_TYPE_SHA384 = 4,
    /**
     * SHA-512, 64 bytes.
     */
    LWS_GENHASH_TYPE_SHA512 = 5,
};

/**
 * The keyed hashes there are.
 */
enum lws_genhmac_types {
    /**
     * None.
     */
    LWS_GENHMAC_TYPE_UNKNOWN = 0,
    /**
     * HMAC-SHA-256.
     */
    LWS_GENHMAC_TYPE_SHA256 = 1,
    /**
     * HMAC-SHA-384.
     */
    LWS_GENHMAC_TYPE_SHA384 = 2,
    /**
     * HMAC-SHA-512.
     */
    LWS_GENHMAC_TYPE_SHA512 = 3,
};

/**
 * A hash in the making. The pointers are the library's; the names are those of OpenSSL.
 */
struct lws_genhash_ctx {
    /**
     * A value of `enum lws_genhash_types`.
     */
    uint8_t type;
    /**
     * The library's.
     */
    const struct evp_md_st *evp_type;
    /**
     * The library's.
     */
    struct evp_md_ctx_st *mdctx;
};

/**
 * A keyed hash in the making. The pointers are the library's; the names are those of OpenSSL.
 */
struct lws_genhmac_ctx {
    /**
     * A value of `enum lws_genhmac_types`.
     */
    uint8_t type;
    /**
     * The library's.
     */
    const struct evp_md_st *evp_type;
    /**
     * The library's.
     */
    struct evp_md_ctx_st *ctx;
    /**
     * The library's.
     */
    struct evp_pkey_st *key;
};

#endif  /* NETGRAFT_LWS_GENHASH_H */
