/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_NETWORK_HELPER_H
#define NETGRAFT_LWS_NETWORK_HELPER_H

/**
 * `lws_interface_to_sa`: the interface can be used.
 */
#define LWS_ITOSA_USABLE 0

/**
 * `lws_interface_to_sa`: there is no such interface.
 */
#define LWS_ITOSA_NOT_EXIST -1

/**
 * `lws_interface_to_sa`: the interface has no usable address.
 */
#define LWS_ITOSA_NOT_USABLE -2

/**
 * `lws_interface_to_sa`: the address is taken.
 */
#define LWS_ITOSA_BUSY -3

/**
 * An IPv4 or IPv6 address; the family field says which.
 */
typedef union {
    /**
     * As IPv6.
     */
    struct sockaddr_in6 sa6;
    /**
     * As IPv4.
     */
    struct sockaddr_in sa4;
} lws_sockaddr46;

#endif  /* NETGRAFT_LWS_NETWORK_HELPER_H */
