/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_WRITEABLE_H
#define NETGRAFT_LWS_WRITEABLE_H

/**
 * `lws_wsi_tx_credit`: the credit the peer gave to us.
 */
#define LWSTXCR_US_TO_PEER 0

/**
 * `lws_wsi_tx_credit`: the credit we gave to the peer.
 */
#define LWSTXCR_PEER_TO_US 1

#endif  /* NETGRAFT_LWS_WRITEABLE_H */
