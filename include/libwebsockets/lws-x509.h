/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_X509_H
#define NETGRAFT_LWS_X509_H

/**
 * What to ask of a certificate.
 */
enum lws_tls_cert_info {
    /**
     * When it becomes valid: `time`.
     */
    LWS_TLS_CERT_INFO_VALIDITY_FROM = 0,
    /**
     * When it ceases to be valid: `time`.
     */
    LWS_TLS_CERT_INFO_VALIDITY_TO = 1,
    /**
     * Whom it names: `ns`.
     */
    LWS_TLS_CERT_INFO_COMMON_NAME = 2,
    /**
     * Who issued it: `ns`.
     */
    LWS_TLS_CERT_INFO_ISSUER_NAME = 3,
    /**
     * What it may be used for: `usage`.
     */
    LWS_TLS_CERT_INFO_USAGE = 4,
    /**
     * Whether it was verified: `verified`.
     */
    LWS_TLS_CERT_INFO_VERIFIED = 5,
    /**
     * Its public key, in DER: `ns`.
     */
    LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY = 6,
};

/**
 * A text or some bytes. The program may give more room than `name` has.
 */
struct lws_tls_cert_info_ns {
    /**
     * The length.
     */
    int len;
    /**
     * The text or bytes.
     */
    char name[64];
};

/**
 * The answer; which member holds it depends on the question.
 */
union lws_tls_cert_info_results {
    /**
     * 1 if it was verified.
     */
    unsigned int verified;
    /**
     * A time, in seconds since 1970.
     */
    time_t time;
    /**
     * The key usage bits.
     */
    unsigned int usage;
    /**
     * A text or some bytes.
     */
    struct lws_tls_cert_info_ns ns;
};

#endif  /* NETGRAFT_LWS_X509_H */
