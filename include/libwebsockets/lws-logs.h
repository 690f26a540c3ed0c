/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_LOGS_H
#define NETGRAFT_LWS_LOGS_H

/**
 * Something failed.
 */
#define LLL_ERR 1

/**
 * Something is wrong but was dealt with.
 */
#define LLL_WARN 2

/**
 * Worth knowing once.
 */
#define LLL_NOTICE 4

/**
 * What the library is doing.
 */
#define LLL_INFO 8

/**
 * Detail for debugging.
 */
#define LLL_DEBUG 16

/**
 * Detail of parsers.
 */
#define LLL_PARSER 32

/**
 * Detail of headers.
 */
#define LLL_HEADER 64

/**
 * Detail of extensions.
 */
#define LLL_EXT 128

/**
 * Detail of client connections.
 */
#define LLL_CLIENT 256

/**
 * Detail of delays.
 */
#define LLL_LATENCY 512

/**
 * The program's own messages.
 */
#define LLL_USER 1024

/**
 * Detail of threads and locks.
 */
#define LLL_THREAD 2048

/**
 * How many levels there are.
 */
#define LLL_COUNT 12

#endif  /* NETGRAFT_LWS_LOGS_H */
