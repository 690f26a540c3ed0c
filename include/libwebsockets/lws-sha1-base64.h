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

#endif  /* NETGRAFT_LWS_SHA1_BASE64_H */
