/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_CGI_H
#define NETGRAFT_LWS_CGI_H

/**
 * The standard descriptors.
 */
enum lws_enum_stdinouterr {
    /**
     * Standard input.
     */
    LWS_STDIN = 0,
    /**
     * Standard output.
     */
    LWS_STDOUT = 1,
    /**
     * Standard error.
     */
    LWS_STDERR = 2,
};

/**
 * Where the parser of a CGI's headers stands.
 */
enum lws_cgi_hdr_state {
    LCHS_HEADER = 0,
    LCHS_CR1 = 1,
    LCHS_LF1 = 2,
    LCHS_CR2 = 3,
    LCHS_LF2 = 4,
    LHCS_RESPONSE = 5,
    LHCS_DUMP_HEADERS = 6,
    LHCS_PAYLOAD = 7,
    LCHS_SINGLE_0A = 8,
};

/**
 * What the CGI callbacks are given.
 */
struct lws_cgi_args {
    /**
     * The three connections of the CGI.
     */
    struct lws **stdwsi;
    /**
     * Which of them this is about.
     */
    enum lws_enum_stdinouterr ch;
    /**
     * The data.
     */
    unsigned char *data;
    /**
     * Where the headers stand.
     */
    enum lws_cgi_hdr_state hdr_state;
    /**
     * Length of the data.
     */
    int len;
};

#endif  /* NETGRAFT_LWS_CGI_H */
