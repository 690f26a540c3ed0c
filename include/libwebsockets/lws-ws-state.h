/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_WS_STATE_H
#define NETGRAFT_LWS_WS_STATE_H

#endif  /* NETGRAFT_LWS_WS_STATE_H */
