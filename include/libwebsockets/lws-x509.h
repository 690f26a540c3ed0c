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

/**
 * Makes a place for a certificate and stores its address at `x509`. It belongs to the caller until lws_x509_destroy(). One thread at a time
 * may use it; a null or dead one is recognised.
 *
 * Returns 0; -1 when `x509` is null or memory is exhausted.
 */
LWS_VISIBLE LWS_EXTERN
int lws_x509_create(struct lws_x509_cert **x509);

/**
 * Takes the first certificate of a PEM text of `len` bytes, which may count a NUL at its end. The text is not needed afterwards.
 *
 * Returns 0; -1, with a line in the log, when there is none that can be read. Then `x509` is as it was.
 */
LWS_VISIBLE LWS_EXTERN
int lws_x509_parse_from_pem(struct lws_x509_cert *x509,
                            const void *pem,
                            size_t len);

/**
 * Was `x509` issued by `trusted`: does it name it as its issuer, and is the signature that one's? With a `common_name` that is not
 * null, the common name of `x509` must be exactly that. Nothing else is looked at, neither times nor what `trusted` may issue.
 *
 * Returns 0 if so; -1, with a line in the log, if not.
 */
LWS_VISIBLE LWS_EXTERN
int lws_x509_verify(struct lws_x509_cert *x509,
                    struct lws_x509_cert *trusted,
                    const char *common_name);

/**
 * Ends the certificate at `*x509` and stores null there. Null, at either place, is ignored.
 */
LWS_VISIBLE LWS_EXTERN void lws_x509_destroy(struct lws_x509_cert **x509);

/**
 * What a parsed certificate says; see lws_tls_peer_cert_info(). `LWS_TLS_CERT_INFO_VERIFIED` is a question for connections: -1.
 */
LWS_VISIBLE LWS_EXTERN
int lws_x509_info(struct lws_x509_cert *x509,
                  enum lws_tls_cert_info type,
                  union lws_tls_cert_info_results *buf,
                  size_t len);

/**
 * What the certificate says that the peer of `wsi` has shown: the server's, or a client's where the vhost asks for one. `buf` takes the
 * answer, in the member that belongs to the question; `len` is the room that `buf->ns.name` has, which may be more than the
 * struct has.
 *
 * A text that is longer is cut; it has a NUL behind it, which `ns.len` does not count. The issuer's name is given as
 * `/CN=name/O=organisation`. `LWS_TLS_CERT_INFO_USAGE` gives the first eight bits of the key usage, the first as 0x80, and the ninth as
 * 0x8000; all bits where the certificate does not limit it. `LWS_TLS_CERT_INFO_VERIFIED` gives 1: a connection with a peer whose certificate is
 * neither good nor bad in a way that the program lets pass does not come about.
 *
 * Returns 0; -1 when the connection is null or dead, has no TLS or its handshake is not done, when there is no certificate, it
 * does not say, the question is none, or a public key does not fit. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_tls_peer_cert_info(struct lws *wsi,
                           enum lws_tls_cert_info type,
                           union lws_tls_cert_info_results *buf,
                           size_t len);

/**
 * What the certificate says that a vhost shows; see lws_tls_peer_cert_info(). `LWS_TLS_CERT_INFO_VERIFIED` is a question for connections:
 * -1, as where the vhost has no certificate. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_tls_vhost_cert_info(struct lws_vhost *vhost,
                            enum lws_tls_cert_info type,
                            union lws_tls_cert_info_results *buf,
                            size_t len);

/**
 * Says that a certificate and its key have changed: every vhost of the context that was made with these names as `ssl_cert_filepath` and
 * `ssl_private_key_filepath`, compared exactly, reads them again. New connections are shown the new certificate; those there are go on.
 *
 * Where the files cannot be read, `mem_cert` and `mem_privkey`, of so many bytes, in PEM or DER, are used, unless null; they are copied.
 *
 * Returns 0; -1, with a line in the log, when an argument is null or dead, or where for some vhost there is no good pair: it
 * then goes on with what it has. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_tls_cert_updated(struct lws_context *context,
                         const char *certpath,
                         const char *keypath,
                         const char *mem_cert,
                         size_t len_mem_cert,
                         const char *mem_privkey,
                         size_t len_mem_privkey);

#endif  /* NETGRAFT_LWS_X509_H */
