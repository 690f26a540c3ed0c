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

/**
 * Chooses which levels are logged and who receives the lines.
 *
 * `level` is the OR of the `LLL_` bits to log; the others are dropped before they are formatted. At start these are
 * on: `LLL_ERR`, `LLL_WARN`, `LLL_NOTICE`.
 * `log_emit_function` is called with the bits of one line and its text, which normally ends with a newline and is
 * valid only during the call. Null keeps the present destination; at start that is lwsl_emit_stderr().
 *
 * Both settings hold for the whole process. May be called at any time from any thread; the emit function is called in
 * whichever thread logs.
 */
LWS_VISIBLE LWS_EXTERN
void lws_set_log_level(int level,
                       void (*log_emit_function)(int level, const char *line));

/**
 * Tells whether a line of `level` would be logged: the bits of `level` that are switched on, 0 for none.
 * Lets a program skip work that only prepares a log line. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lwsl_visible(int level);

/**
 * An emit function: writes `line` to C's stderr with the local time and the level's letter before it, in colour when
 * stderr is a terminal. A null `line` writes nothing. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
void lwsl_emit_stderr(int level,
                      const char *line);

/**
 * As lwsl_emit_stderr(), without the time and the letter.
 */
LWS_VISIBLE LWS_EXTERN void lwsl_emit_stderr_notimestamp(int level, const char *line);

/**
 * An emit function: passes `line` to syslog(3). Errors, warnings, notices and infos keep their priority; all other
 * levels become `LOG_DEBUG`. A null `line` sends nothing. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
void lwsl_emit_syslog(int level,
                      const char *line);

/**
 * Writes what lwsl_emit_stderr() puts before a line of `level` to `p`, terminated and cut to `len` bytes.
 *
 * Returns the length written, `len` if it was cut, and 0 with an empty string when `level` is not exactly one known
 * level. Null or a `len` below 1 writes nothing and returns 0. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lwsl_timestamp(int level,
                   char *p,
                   int len);

/**
 * Logs `len` bytes at `vbuf` as a table: offset, 16 bytes in hexadecimal, the printable ones as text; with an empty
 * line before and after. Costs nothing when `level` is off. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
void lwsl_hexdump_level(int level,
                        const void *vbuf,
                        size_t len);

/**
 * lwsl_hexdump_level() at `LLL_DEBUG`.
 */
LWS_VISIBLE LWS_EXTERN void lwsl_hexdump(const void *buf, size_t len);

#endif  /* NETGRAFT_LWS_LOGS_H */
