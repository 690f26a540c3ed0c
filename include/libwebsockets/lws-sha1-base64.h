/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_SHA1_BASE64_H
#define NETGRAFT_LWS_SHA1_BASE64_H

/**
 * A base64 decoder between two pieces of input.
 */
struct lws_b64state {
    /**
     * The characters of the current group.
     */
    unsigned char quad[4];
    /**
     * Bytes written so far.
     */
    size_t done;
    /**
     * Characters in the current group.
     */
    size_t len;
    /**
     * Place in the group.
     */
    int i;
    /**
     * The last character.
     */
    int c;
};

/**
 * Writes the 20-byte SHA-1 of the `n` bytes at `d` to `md` and returns `md`.
 * Null, doing nothing, when `md` is null or `d` is null with `n` above 0. Any thread.
 */
LWS_VISIBLE LWS_EXTERN unsigned char *lws_SHA1(const unsigned char *d, size_t n, unsigned char *md);

/**
 * Writes the Base64 of the `in_len` bytes at `in` to `out`, with padding and a NUL.
 *
 * Returns the length of the text; -1, with an empty text, unless `out_size` is at least that length + 2; -1 also when
 * `out` is null, `in` is null with `in_len` above 0, or a length is negative. The buffers must not overlap. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_b64_encode_string(const char *in,
                          int in_len,
                          char *out,
                          int out_size);

/**
 * As lws_b64_encode_string(), with `-` and `_` instead of `+` and `/`.
 */
LWS_VISIBLE LWS_EXTERN
int lws_b64_encode_string_url(const char *in,
                              int in_len,
                              char *out,
                              int out_size);

/**
 * Decodes the Base64 text `in`, in either alphabet, into `out` and adds a NUL. What is not Base64 is passed over.
 *
 * A group of four characters is decoded only while more than 4 bytes are free, so `out_size` should be the decoded
 * length + 5; what does not fit is left out. Returns how many bytes were decoded, -1 when `in` or `out` is null or
 * `out_size` is below 1. The buffers must not overlap. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_b64_decode_string(const char *in,
                          char *out,
                          int out_size);

/**
 * As lws_b64_decode_string() for `in_len` characters; a NUL among them does not end the text. A negative `in_len`
 * gives -1.
 */
LWS_VISIBLE LWS_EXTERN
int lws_b64_decode_string_len(const char *in,
                              int in_len,
                              char *out,
                              int out_size);

#endif  /* NETGRAFT_LWS_SHA1_BASE64_H */
