/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_PURIFY_H
#define NETGRAFT_LWS_PURIFY_H

/**
 * Replaces with `_` what could lead a file name out of its directory or mean something to a shell: `..`, `:`, `\`,
 * `$` and `%`. A `/` stays: the argument is meant to be a name, not a path.
 *
 * Works in place on the C string; null is ignored. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
void lws_filename_purify_inplace(char *filename);

#endif  /* NETGRAFT_LWS_PURIFY_H */
