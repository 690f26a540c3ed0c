/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_MISC_H
#define NETGRAFT_LWS_MISC_H

/**
 * Receive is held back, or let go, by the program; the argument is a plain yes or no.
 */
#define LWS_RXFLOW_REASON_USER_BOOL 1

/**
 * Receive is held back by a full buffer.
 */
#define LWS_RXFLOW_REASON_HTTP_RXBUFFER 64

/**
 * Receive is held back by HTTP/2.
 */
#define LWS_RXFLOW_REASON_H2_PPS_PENDING 128

/**
 * The argument names its reasons instead of being a plain yes or no.
 */
#define LWS_RXFLOW_REASON_APPLIES 16384

/**
 * The named reasons are taken away.
 */
#define LWS_RXFLOW_REASON_APPLIES_ENABLE_BIT 8192

/**
 * Take the named reasons away.
 */
#define LWS_RXFLOW_REASON_APPLIES_ENABLE 24576

/**
 * Add the named reasons.
 */
#define LWS_RXFLOW_REASON_APPLIES_DISABLE 16384

/**
 * Let it take effect at once.
 */
#define LWS_RXFLOW_REASON_FLAG_PROCESS_NOW 4096

/**
 * What a directory's entry is.
 */
typedef enum {
    /**
     * Not known.
     */
    LDOT_UNKNOWN = 0,
    /**
     * A file.
     */
    LDOT_FILE = 1,
    /**
     * A directory.
     */
    LDOT_DIR = 2,
    /**
     * A symbolic link.
     */
    LDOT_LINK = 3,
    /**
     * A named pipe.
     */
    LDOT_FIFO = 4,
    /**
     * A Unix socket.
     */
    LDOTT_SOCKET = 5,
    /**
     * A character device.
     */
    LDOT_CHAR = 6,
    /**
     * A block device.
     */
    LDOT_BLOCK = 7,
} lws_dir_obj_type_t;

/**
 * One entry of a directory.
 */
struct lws_dir_entry {
    /**
     * Its name, without the directory.
     */
    const char *name;
    /**
     * What it is.
     */
    lws_dir_obj_type_t type;
};

/**
 * Called for each path that matches.
 */
typedef int (*lws_dir_glob_cb_t)(void *data, const char *path);

/**
 * What to look for in a directory.
 */
struct lws_dir_glob {
    /**
     * The pattern, with `*`.
     */
    const char *filter;
    /**
     * What to call.
     */
    lws_dir_glob_cb_t cb;
    /**
     * Passed to `cb`.
     */
    void *user;
};

/**
 * What to look for in a directory.
 */
typedef struct lws_dir_glob lws_dir_glob_t;

/**
 * One unit of a scale that `lws_humanize` prints in. A table of them ends with a null name.
 */
struct lws_humanize_unit {
    /**
     * The unit's name.
     */
    const char *name;
    /**
     * What one of it is worth.
     */
    uint64_t factor;
};

/**
 * One unit of a scale.
 */
typedef struct lws_humanize_unit lws_humanize_unit_t;

/**
 * The context of a connection; null for a null or dead one. Any thread.
 */
LWS_VISIBLE LWS_EXTERN struct lws_context *lws_get_context(const struct lws *wsi);

/**
 * The connection that this one depends on: the `parent_wsi` it was made with. Null for none, or for a null or dead connection. The
 * connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_get_parent(const struct lws *wsi);

/**
 * The youngest of the connections that depend on this one. Null for none, or for a null or dead connection. The connection's
 * thread only.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_get_child(const struct lws *wsi);

/**
 * How many service threads the context has: `count_threads` that it was made with, of which 0 means 1 and more than
 * `LWS_MAX_SMP` that. 0 for a null or dead context. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_get_count_threads(struct lws_context *context);

/**
 * The service thread of a connection, in which all its callbacks are made: 0 to `count_threads` - 1; -1 for a null or dead one. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_wsi_tsi(struct lws *wsi);

/**
 * The same as `lws_wsi_tsi`. Any thread.
 */
LWS_VISIBLE LWS_EXTERN int lws_get_tsi(struct lws *wsi);

/**
 * The connection that carries this one on the network: itself. Null for a null or dead one. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_get_network_wsi(struct lws *wsi);

/**
 * The descriptor of a connection, which stays the library's; -1 for a null or dead one. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
lws_sockfd_type lws_get_socket_fd(struct lws *wsi);

/**
 * The program's block for a connection: what its callbacks get as `user`. Null for a null or dead one. The connection's
 * thread only.
 */
LWS_VISIBLE LWS_EXTERN
void *lws_wsi_user(struct lws *wsi);

/**
 * Gives a connection a `user` block of the program's own, in place of the library's, which is freed. It stays the program's. A
 * null or dead connection is ignored. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void lws_set_wsi_user(struct lws *wsi,
                      void *user);

/**
 * The pointer that the program has attached to a connection; null for none, or for a null or dead one. The connection's
 * thread only.
 */
LWS_VISIBLE LWS_EXTERN
void *lws_get_opaque_user_data(const struct lws *wsi);

/**
 * Attaches a pointer to a connection; the library does nothing with it. A null or dead connection is ignored. The
 * connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void lws_set_opaque_user_data(struct lws *wsi,
                              void *data);

/**
 * The pointer that the program calls the parent's; null for none, or for a null or dead connection. The connection's thread
 * only.
 */
LWS_VISIBLE LWS_EXTERN
void *lws_get_opaque_parent_data(const struct lws *wsi);

/**
 * Attaches a second pointer to a connection. A null or dead connection is ignored. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
void lws_set_opaque_parent_data(struct lws *wsi,
                                void *data);

/**
 * In a receive callback: how much of the frame's payload is still to come. 0 for a null or dead connection. The
 * connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
size_t lws_remaining_packet_payload(struct lws *wsi);

/**
 * Pauses reception (`enable` 0) or resumes it (1): while paused, no receive callback comes, and the peer is slowed down by its full
 * socket. What was received before is delivered after the resumption.
 *
 * Returns 0; -1 for a null or dead connection. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_rx_flow_control(struct lws *wsi,
                        int enable);

/**
 * The connection's `SSL`: null where it is not encrypted. Where it is, there is no OpenSSL behind it: where the process has OpenSSL, the answer is an `SSL`
 * of its own that is connected to nothing, else zeroed memory. So it tells whether there is TLS, and OpenSSL's functions fail on it. It is the same for all
 * connections, lasts as long as the process, and must not be freed. What a program wants to know of the peer's certificate is told by
 * `lws_tls_peer_cert_info`. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
struct ssl_st *lws_get_ssl(struct lws *wsi);

/**
 * Is the connection encrypted, or about to be? 1 or 0; 0 for a null or dead connection. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
int lws_is_ssl(struct lws *wsi);

/**
 * Copies the string `src` to `dest`, cut to fit `size` bytes and always terminated; unused bytes become 0.
 * At most `size - 1` bytes of `src` are looked at, so it need not be terminated if it has that many.
 *
 * Returns `dest`. A null `src` counts as empty; a null `dest` or a `size` of 0 does nothing. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
char *lws_strncpy(char *dest,
                  const char *src,
                  size_t size);

/**
 * Finds `name`, of `nl` bytes, in the `len` bytes at `buf`. Neither needs a NUL.
 *
 * Returns where it begins in `buf`; null when it is not there, when `nl` is 0 or a pointer is null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_nstrstr(const char *buf,
                        size_t len,
                        const char *name,
                        size_t nl);

/**
 * Reads the hexadecimal digits of the string `h`, two for each byte, into `dest`.
 *
 * Returns how many bytes were read; -1 on any other character, on an odd number of digits, when a pointer is null, or
 * unless `max`, the size of `dest`, is **greater** than that number. On failure the bytes read so far may have been
 * written. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_hex_to_byte_array(const char *h,
                          uint8_t *dest,
                          int max);

/**
 * Compares `len` bytes in a time that does not depend on their values.
 *
 * Returns 0 when they are equal; the bits in which they differ, OR-ed together, otherwise; and -1 when a pointer is
 * null with `len` above 0. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_timingsafe_bcmp(const void *a,
                        const void *b,
                        uint32_t len);

/**
 * Fills the `len` bytes at `buf` from the system's random source, fit for keys. `context` is not looked at and may be
 * null.
 *
 * Returns how many bytes were filled: `len`, or less if the system failed; 0 when `buf` is null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
size_t lws_get_random(struct lws_context *_context,
                      void *buf,
                      size_t len);

/**
 * The version of libwebsockets that this library stands in for. A constant string. Any thread.
 */
LWS_VISIBLE LWS_EXTERN const char *lws_get_library_version(void);

/**
 * Looks up the option `val` (such as `"-p"` or `"--port"`) among a program's arguments.
 *
 * An argument matches when it begins with `val`; of several the last one counts; `argv[0]` is not looked at. Returns
 * what follows `val` in that argument (without a leading `=`), or when nothing follows the next argument, or when
 * there is none an empty string. The result points into `argv`'s strings. Null when no argument matches, or a pointer
 * is null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_cmdline_option(int argc,
                               const char **argv,
                               const char *val);

/**
 * Applies the options that every program built on the library understands: `-d N` sets the log levels to N (decimal;
 * without it: errors, warnings, notices and the program's own lines), `--udp-tx-loss=PERCENT` and
 * `--udp-rx-loss=PERCENT` set those fields of `info`, which may be null. Call it before creating the context.
 */
LWS_VISIBLE LWS_EXTERN
void lws_cmdline_option_handle_builtin(int argc,
                                       const char **argv,
                                       struct lws_context_creation_info *info);

/**
 * Cuts up the URI `p` in place, by writing NULs into it, and points the four results at the parts.
 *
 * `*prot` is the protocol, `""` without one. `*ads` is the host, without the brackets of an IPv6 address; if it begins
 * with `+` it is a Unix socket's path, up to a `:`. `*port` is the given port, else that of `http`, `ws`, `https` or
 * `wss`, else **left as it was**. `*path` is what follows the first `/` of the path, `"/"` if nothing does.
 * All point into `p` or to constants. Returns 0; 1, with nothing changed, when a pointer is null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_parse_uri(char *p,
                  const char **prot,
                  const char **ads,
                  int *port,
                  const char **path);

/**
 * Overwrites the `len` bytes at `p` with 0 in a way that no compiler leaves out: for secrets. Null is ignored.
 * Any thread.
 */
LWS_VISIBLE LWS_EXTERN
void lws_explicit_bzero(void *p,
                        size_t len);

/**
 * The time of day in whole seconds since 1970 (UTC). Any thread.
 */
LWS_VISIBLE LWS_EXTERN unsigned long lws_now_secs(void);

/**
 * Microseconds on a clock that never goes back and that nobody sets; good for differences only. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
lws_usec_t lws_now_usecs(void);

/**
 * Finds a value in the `len` bytes of JSON at `buf`, without parsing them: what follows the first `name`, which is compared as
 * it is and should be given with its quotes and colon, such as `"\"id\":"`.
 *
 * Returns where the value begins, a string's without its quote, and sets `*alen` to its length; escapes in a string stay
 * as they are, and an object or array ends at its first `,`, `}` or `]`. Null, with `*alen` untouched, when there is none or a
 * pointer is null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_json_simple_find(const char *buf,
                                 size_t len,
                                 const char *name,
                                 size_t *alen);

/**
 * Compares the value that lws_json_simple_find() finds with the string `comp`. Returns 0 when they are equal, -1 when
 * nothing was found, the lengths differ or a pointer is null, and otherwise the difference of the first bytes that differ.
 * Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_json_simple_strcmp(const char *buf,
                           size_t len,
                           const char *name,
                           const char *comp);

/**
 * Makes the process a daemon: the parent exits with status 0 once the child is ready, and the function returns 0 in the child. There
 * the session is a new one, the working directory is `/tmp`, the umask is 0, the standard descriptors are `/dev/null`, and
 * `SIGHUP`, `SIGTSTP`, `SIGTTOU` and `SIGTTIN` are ignored.
 *
 * `lock_path`, unless null, is a file for the daemon's process id. If it names a process that lives, the calling process
 * exits with status 1 after a line on stderr, and so it does when the file holds anything else than a process id; the
 * file of a dead process is replaced. `SIGTERM` removes it and ends the daemon. A file that cannot be written is told on
 * stderr and done without.
 *
 * Returns 1, doing nothing, when the process cannot fork. To be called before a context is created and while there is
 * one thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_daemonize(const char *_lock_path);

/**
 * Writes `u` to the 2 bytes at `b`, the most significant one first. Null is ignored. Any thread.
 */
LWS_VISIBLE LWS_EXTERN void lws_ser_wu16be(uint8_t *b, uint16_t u);

/**
 * Reads 2 bytes at `b`, the most significant one first; 0 for null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN uint16_t lws_ser_ru16be(const uint8_t *b);

/**
 * Writes `u32` to the 4 bytes at `b`, the most significant one first. Null is ignored. Any thread.
 */
LWS_VISIBLE LWS_EXTERN void lws_ser_wu32be(uint8_t *b, uint32_t u32);

/**
 * Reads 4 bytes at `b`, the most significant one first; 0 for null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN uint32_t lws_ser_ru32be(const uint8_t *b);

/**
 * Writes `u64` to the 8 bytes at `b`, the most significant one first. Null is ignored. Any thread.
 */
LWS_VISIBLE LWS_EXTERN void lws_ser_wu64be(uint8_t *b, uint64_t u64);

/**
 * Reads 8 bytes at `b`, the most significant one first; 0 for null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN uint64_t lws_ser_ru64be(const uint8_t *b);

/**
 * Adds a copy of the `len` bytes at `buf` to the end of the list `*head`, which must be null at first and is null
 * again whenever the list is empty.
 *
 * Returns 1 if the list was empty, 0 if not, -1 when memory runs out or a pointer is null. A `len` of 0 adds nothing
 * and returns 0. One thread at a time may use a list, here and below; free it with
 * lws_buflist_destroy_all_segments().
 */
LWS_VISIBLE LWS_EXTERN
int lws_buflist_append_segment(struct lws_buflist **head,
                               const uint8_t *buf,
                               size_t len);

/**
 * How many bytes are left of the first segment; 0 when the list is empty. Unless `buf` is null, `*buf` is set to
 * where they are (null when the list is empty): good until that segment is used up or the list destroyed.
 */
LWS_VISIBLE LWS_EXTERN
size_t lws_buflist_next_segment_len(struct lws_buflist **head,
                                    uint8_t **buf);

/**
 * Takes `len` bytes off the first segment, at most what is left of it; a segment that is used up is freed.
 * Returns how many bytes are left of the segment that is then the first; 0 when the list has become empty.
 */
LWS_VISIBLE LWS_EXTERN
size_t lws_buflist_use_segment(struct lws_buflist **head,
                               size_t len);

/**
 * The sizes of all segments together. The first one counts in full, also what is used of it.
 */
LWS_VISIBLE LWS_EXTERN size_t lws_buflist_total_len(struct lws_buflist **head);

/**
 * Copies to `buf` what is `ofs` bytes behind the start of the first segment, across segments, up to `len` bytes. As in
 * lws_buflist_total_len(), what is used of the first one counts. Nothing is used up. Returns how many were copied, 0 behind the end; -1 when `buf` is null.
 */
LWS_VISIBLE LWS_EXTERN
int lws_buflist_linear_copy(struct lws_buflist **head,
                            size_t ofs,
                            uint8_t *buf,
                            size_t len);

/**
 * Frees all segments and sets `*head` to null.
 */
LWS_VISIBLE LWS_EXTERN void lws_buflist_destroy_all_segments(struct lws_buflist **head);

/**
 * The addresses of a UDP connection: in `LWS_CALLBACK_RAW_RX`, `sa` is who has sent the datagram. An IPv6 address is cut, since
 * `sa` has no room for it. Valid until the connection ends. Null for other connections, and null or dead ones. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
const struct lws_udp *lws_get_udp(const struct lws *wsi);

#endif  /* NETGRAFT_LWS_MISC_H */
