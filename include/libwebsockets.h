/*
 * libwebsockets' API, as netgraft provides it. The one header to include.
 *
 * The headers it includes are generated from the Rust sources. What is here is what cannot be generated: macros,
 * inline functions, variadic functions, function types, and one struct with bitfields.
 *
 * Licensed under MIT or Apache-2.0.
 */
#ifndef NETGRAFT_LIBWEBSOCKETS_H
#define NETGRAFT_LIBWEBSOCKETS_H

/* The original pulls all of these in, some of them through OpenSSL, and programs came to rely on it. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "lws_config.h"

/*
 * OpenSSL is not used here, but programs came to rely on its declarations. Where its headers are not installed there are the names of its
 * types, of which the library has no objects to give.
 */
#if defined(__has_include)
#if __has_include(<openssl/ssl.h>)
#include <openssl/ssl.h>
#include <openssl/err.h>
#define NETGRAFT_OPENSSL_HEADERS
#endif
#endif
#ifndef NETGRAFT_OPENSSL_HEADERS
typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
#endif

/* ------------------------------------------------------------------ compiler */

#define LWS_INLINE inline
#define LWS_O_RDONLY O_RDONLY
#define LWS_O_WRONLY O_WRONLY
#define LWS_O_CREAT O_CREAT
#define LWS_O_TRUNC O_TRUNC

#if defined(__GNUC__)
#define LWS_VISIBLE __attribute__((visibility("default")))
#define LWS_WARN_UNUSED_RESULT __attribute__((warn_unused_result))
#define LWS_WARN_DEPRECATED __attribute__((deprecated))
/** The argument number `string_index` is a printf format; its arguments follow. */
#define LWS_FORMAT(string_index) __attribute__((format(printf, string_index, string_index + 1)))
#else
#define LWS_VISIBLE
#define LWS_WARN_UNUSED_RESULT
#define LWS_WARN_DEPRECATED
#define LWS_FORMAT(string_index)
#endif

#ifndef LWS_EXTERN
#define LWS_EXTERN extern
#endif

/* ------------------------------------------------------------------ numbers */

#define LWS_US_PER_SEC ((lws_usec_t)1000000)
#define LWS_MS_PER_SEC ((lws_usec_t)1000)
#define LWS_US_PER_MS ((lws_usec_t)1000)
#define LWS_NS_PER_US ((lws_usec_t)1000)
#define LWS_USEC_PER_SEC LWS_US_PER_SEC
/** Milliseconds in `x` microseconds, rounded. */
#define LWS_US_TO_MS(x) (((x) + (LWS_US_PER_MS / 2)) / LWS_US_PER_MS)

#define LWS_KI (1024)
#define LWS_MI (LWS_KI * 1024)
#define LWS_GI (LWS_MI * 1024)
#define LWS_TI ((uint64_t)LWS_GI * 1024)
#define LWS_PI ((uint64_t)LWS_TI * 1024)

#define LWS_INVALID_FILE (-1)
#define LWS_SOCK_INVALID (-1)

/** `port` of a vhost that does not listen, for clients. */
#define CONTEXT_PORT_NO_LISTEN (-1)
/** `port` of a vhost that does not listen, for servers that adopt their sockets. */
#define CONTEXT_PORT_NO_LISTEN_SERVER (-2)

/** For `lws_set_timer_usecs`: no timer. */
#define LWS_SET_TIMER_USEC_CANCEL ((lws_usec_t)-1ll)
/** For `lws_add_http_common_headers`: the length is not known. */
#define LWS_ILLEGAL_HTTP_CONTENT_LEN ((lws_filepos_t)-1ll)
/** The stream type that carries system messages. */
#define LWS_SMD_STREAMTYPENAME "_lws_smd"

/* What older programs ask for before they use it. */
#define LWS_FEATURE_SERVE_HTTP_FILE_HAS_OTHER_HEADERS_ARG
#define LWS_FEATURE_PROTOCOLS_HAS_ID_FIELD
#define LWS_FEATURE_PROTOCOLS_HAS_PEER_WRITE_ALLOWANCE
#define LWS_FEATURE_SERVE_HTTP_FILE_HAS_OTHER_HEADERS_LEN
#define LWS_FEATURE_FOPS

/* ------------------------------------------------------------------ small macros */

#define lws_intptr_t intptr_t

/** The `T` whose member `M` is at `P`. */
#ifndef lws_container_of
#define lws_container_of(P, T, M) ((T *)((char *)(P) - offsetof(T, M)))
#endif
/** Elements of an array. */
#ifndef LWS_ARRAY_SIZE
#define LWS_ARRAY_SIZE(_x) (sizeof(_x) / sizeof((_x)[0]))
#endif
/** Raises `x` to a multiple of `bou`. */
#define LWS_ALIGN_TO(x, bou) x += ((bou) - ((x) % (bou))) % (bou)
/** Bytes from `tail` to `head`. */
#define lws_ptr_diff(head, tail) ((int)((char *)(head) - (char *)(tail)))
/** Bytes from `tail` to `head`, as a size. */
#define lws_ptr_diff_size_t(head, tail) ((size_t)(ssize_t)((char *)(head) - (char *)(tail)))
/** Where the next text goes in the array `_t` of which `_l` bytes are free. */
#define lws_concat_temp(_t, _l) ((_t) + sizeof(_t) - (_l))
/** Bytes used of the array `_t` of which `_l` bytes are free. */
#define lws_concat_used(_t, _l) (sizeof(_t) - (_l))
/** Whether `c` has all the bits of `f`. */
#define lws_check_opt(c, f) ((((uint64_t)(c)) & ((uint64_t)(f))) == ((uint64_t)(f)))

/* Several threads may serve a context, so these are real. */
/** Declares a mutex. */
#define lws_pthread_mutex(name) pthread_mutex_t name;
/** Makes the mutex at `_a`. */
#define lws_pthread_mutex_init(_a) ((void)pthread_mutex_init((_a), NULL))
/** Ends the mutex at `_a`. */
#define lws_pthread_mutex_destroy(_a) ((void)pthread_mutex_destroy(_a))
/** Waits for the mutex at `_a`, and takes it. */
#define lws_pthread_mutex_lock(_a) ((void)pthread_mutex_lock(_a))
/** Gives the mutex at `_a` back. */
#define lws_pthread_mutex_unlock(_a) ((void)pthread_mutex_unlock(_a))

#define lws_pollfd pollfd
#define LWS_POLLHUP (POLLHUP | POLLERR)
#define LWS_POLLIN (POLLIN)
#define LWS_POLLOUT (POLLOUT)

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ types */

typedef int lws_sockfd_type;
typedef int lws_filefd_type;
typedef int64_t lws_usec_t;
typedef unsigned long long lws_filepos_t;
typedef long long lws_fileofs_t;
typedef uint32_t lws_fop_flags_t;

/* Held by pointer only */
struct lws;
struct lws_attach_item;
struct lws_buflist;
struct lws_context;
struct lws_event_loop_ops;
struct lws_ring;
struct lws_sequencer;
struct lws_smd_peer;
struct lws_spa;
struct lws_system_blob;
struct lws_vhost;
struct lws_x509_cert;
struct lwsac;

/* OpenSSL's */
struct evp_md_ctx_st;
struct evp_md_st;
struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_st;

/* Declared further down, mentioned before */
struct lejp_ctx;
struct lws_context_creation_info;
struct lws_dir_entry;
struct lws_dll2;
struct lws_dll2_owner;
struct lws_extension;
struct lws_fop_fd;
struct lws_http_mount;
struct lws_plat_file_ops;
struct lws_plugin;
struct lws_process_html_args;
struct lws_protocol_vhost_options;
struct lws_protocols;
struct lws_sorted_usec_list;
struct lws_state_manager;
struct lws_state_notify_link;
struct lws_token_limits;
struct lws_tokens;

/** Called for each entry of a directory; a return other than 0 ends the walk. */
typedef int lws_dir_callback_function(const char *dirpath, void *user, struct lws_dir_entry *lde);

#include "libwebsockets/lws-logs.h"
#include "libwebsockets/lws-stats.h"
#include "libwebsockets/lws-dll2.h"
#include "libwebsockets/lws-timeout-timer.h"
#include "libwebsockets/lws-smd.h"
#include "libwebsockets/lws-state.h"
#include "libwebsockets/lws-retry.h"
#include "libwebsockets/lws-adopt.h"
#include "libwebsockets/lws-network-helper.h"
#include "libwebsockets/lws-system.h"
#include "libwebsockets/lws-ws-close.h"
#include "libwebsockets/lws-callbacks.h"

/**
 * The callback of a protocol. `reason` says what happened, `user` is the connection's own memory, and what `in` and
 * `len` mean depends on the reason. A return other than 0 mostly closes the connection.
 */
typedef int lws_callback_function(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
				  size_t len);

#include "libwebsockets/lws-ws-state.h"
#include "libwebsockets/lws-ws-ext.h"

/** The callback of a WebSocket extension. */
typedef int lws_extension_callback_function(struct lws_context *context, const struct lws_extension *ext,
					    struct lws *wsi, enum lws_extension_callback_reasons reason,
					    void *user, void *in, size_t len);

#include "libwebsockets/lws-protocols-plugins.h"
#include "libwebsockets/lws-context-vhost.h"
#include "libwebsockets/lws-client.h"
#include "libwebsockets/lws-http.h"
#include "libwebsockets/lws-spa.h"
#include "libwebsockets/lws-purify.h"
#include "libwebsockets/lws-misc.h"
#include "libwebsockets/lws-service.h"
#include "libwebsockets/lws-write.h"
#include "libwebsockets/lws-writeable.h"
#include "libwebsockets/lws-ring.h"
#include "libwebsockets/lws-sha1-base64.h"
#include "libwebsockets/lws-x509.h"
#include "libwebsockets/lws-cgi.h"
#include "libwebsockets/lws-vfs.h"
#include "libwebsockets/lws-lejp.h"
#include "libwebsockets/lws-tokenize.h"
#include "libwebsockets/lws-lwsac.h"
#include "libwebsockets/lws-genhash.h"

/**
 * One part of a vhost's URL space and where its content comes from. Mounts form a list that must outlive the vhost.
 */
struct lws_http_mount {
	/** The next mount, or null. */
	const struct lws_http_mount *mount_next;
	/** Where in the URL space the mount begins, such as `/files`. */
	const char *mountpoint;
	/** Where the content comes from: a directory, a host to redirect to, or the name of a protocol. */
	const char *origin;
	/** The file to serve for the mountpoint itself; `index.html` where null. */
	const char *def;
	/** The protocol bound to connections of this mount; null for the one the origin implies. */
	const char *protocol;
	/** Environment for CGI; unused. */
	const struct lws_protocol_vhost_options *cgienv;
	/** Content types by file suffix, ahead of the built-in ones. */
	const struct lws_protocol_vhost_options *extra_mimetypes;
	/** Protocols by file suffix that rewrite the file while it is sent. */
	const struct lws_protocol_vhost_options *interpret;
	/** Seconds a CGI may take; unused. */
	int cgi_timeout;
	/** `max-age` of cached files, in seconds; 0 forbids caching. */
	int cache_max_age;
	/** Bits of `enum lws_authentication_mode` in the top four, rights in the others. */
	unsigned int auth_mask;
	/** Clients may reuse the file without asking. */
	unsigned int cache_reusable : 1;
	/** Clients must ask whether the file is still current. */
	unsigned int cache_revalidate : 1;
	/** Shared caches may keep the file. */
	unsigned int cache_intermediaries : 1;
	/** What kind of origin this is: a value of `enum lws_mount_protocols`. */
	unsigned char origin_protocol;
	/** Length of the mountpoint, without its terminator. */
	unsigned char mountpoint_len;
	/** A file of `user:password` lines that guards the mount, or null. */
	const char *basic_auth_login_file;
	/** Zero. */
	void *_unused[2];
};

/* ------------------------------------------------------------------ initialisers */

/** The entry that ends a table of protocols. */
#define LWS_PROTOCOL_LIST_TERM { NULL, NULL, 0, 0, 0, NULL, 0 }
/** The entry that ends a table of extensions. */
#define LWS_EXTENSION_LIST_TERM { NULL, NULL, NULL }

/* ------------------------------------------------------------------ log */

/** Logs a line of the level `filter`; the text ends with a newline of its own. */
LWS_VISIBLE LWS_EXTERN void _lws_log(int filter, const char *format, ...) LWS_FORMAT(2);

/** The same with its arguments in a list. */
LWS_VISIBLE LWS_EXTERN void _lws_logv(int filter, const char *format, va_list vl);

/* Which levels are compiled in */
#if defined(_DEBUG)
#define _LWS_LINIT ((1 << LLL_COUNT) - 1)
#else
#define _LWS_LINIT (LLL_ERR | LLL_USER | LLL_WARN | LLL_NOTICE)
#endif
#define _LWS_LBS (LWS_LOGGING_BITFIELD_SET)
#define _LWS_LBC (LWS_LOGGING_BITFIELD_CLEAR)
#define _LWS_ENABLED_LOGS (((_LWS_LINIT) | (_LWS_LBS)) & ~(_LWS_LBC))

#define _LWS_LOG_NOTHING do {} while (0)

#if (_LWS_ENABLED_LOGS & LLL_ERR)
#define lwsl_err(...) _lws_log(LLL_ERR, __VA_ARGS__)
#else
#define lwsl_err(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_WARN)
#define lwsl_warn(...) _lws_log(LLL_WARN, __VA_ARGS__)
#else
#define lwsl_warn(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_NOTICE)
#define lwsl_notice(...) _lws_log(LLL_NOTICE, __VA_ARGS__)
#else
#define lwsl_notice(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_INFO)
#define lwsl_info(...) _lws_log(LLL_INFO, __VA_ARGS__)
#else
#define lwsl_info(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_DEBUG)
#define lwsl_debug(...) _lws_log(LLL_DEBUG, __VA_ARGS__)
#else
#define lwsl_debug(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_PARSER)
#define lwsl_parser(...) _lws_log(LLL_PARSER, __VA_ARGS__)
#else
#define lwsl_parser(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_HEADER)
#define lwsl_header(...) _lws_log(LLL_HEADER, __VA_ARGS__)
#else
#define lwsl_header(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_EXT)
#define lwsl_ext(...) _lws_log(LLL_EXT, __VA_ARGS__)
#else
#define lwsl_ext(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_CLIENT)
#define lwsl_client(...) _lws_log(LLL_CLIENT, __VA_ARGS__)
#else
#define lwsl_client(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_LATENCY)
#define lwsl_latency(...) _lws_log(LLL_LATENCY, __VA_ARGS__)
#else
#define lwsl_latency(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_THREAD)
#define lwsl_thread(...) _lws_log(LLL_THREAD, __VA_ARGS__)
#else
#define lwsl_thread(...) _LWS_LOG_NOTHING
#endif
#if (_LWS_ENABLED_LOGS & LLL_USER)
#define lwsl_user(...) _lws_log(LLL_USER, __VA_ARGS__)
#else
#define lwsl_user(...) _LWS_LOG_NOTHING
#endif

/* Newer programs name the context, vhost or connection a line is about; it is not printed. */
#define _LWS_LOG_ABOUT(_what, _log) do { (void)(_what); _log; } while (0)
#define lwsl_cx_err(_cx, ...) _LWS_LOG_ABOUT(_cx, lwsl_err(__VA_ARGS__))
#define lwsl_cx_warn(_cx, ...) _LWS_LOG_ABOUT(_cx, lwsl_warn(__VA_ARGS__))
#define lwsl_cx_notice(_cx, ...) _LWS_LOG_ABOUT(_cx, lwsl_notice(__VA_ARGS__))
#define lwsl_cx_info(_cx, ...) _LWS_LOG_ABOUT(_cx, lwsl_info(__VA_ARGS__))
#define lwsl_cx_debug(_cx, ...) _LWS_LOG_ABOUT(_cx, lwsl_debug(__VA_ARGS__))
#define lwsl_cx_user(_cx, ...) _LWS_LOG_ABOUT(_cx, lwsl_user(__VA_ARGS__))
#define lwsl_vhost_err(_vh, ...) _LWS_LOG_ABOUT(_vh, lwsl_err(__VA_ARGS__))
#define lwsl_vhost_warn(_vh, ...) _LWS_LOG_ABOUT(_vh, lwsl_warn(__VA_ARGS__))
#define lwsl_vhost_notice(_vh, ...) _LWS_LOG_ABOUT(_vh, lwsl_notice(__VA_ARGS__))
#define lwsl_vhost_info(_vh, ...) _LWS_LOG_ABOUT(_vh, lwsl_info(__VA_ARGS__))
#define lwsl_vhost_debug(_vh, ...) _LWS_LOG_ABOUT(_vh, lwsl_debug(__VA_ARGS__))
#define lwsl_vhost_user(_vh, ...) _LWS_LOG_ABOUT(_vh, lwsl_user(__VA_ARGS__))
#define lwsl_wsi_err(_wsi, ...) _LWS_LOG_ABOUT(_wsi, lwsl_err(__VA_ARGS__))
#define lwsl_wsi_warn(_wsi, ...) _LWS_LOG_ABOUT(_wsi, lwsl_warn(__VA_ARGS__))
#define lwsl_wsi_notice(_wsi, ...) _LWS_LOG_ABOUT(_wsi, lwsl_notice(__VA_ARGS__))
#define lwsl_wsi_info(_wsi, ...) _LWS_LOG_ABOUT(_wsi, lwsl_info(__VA_ARGS__))
#define lwsl_wsi_debug(_wsi, ...) _LWS_LOG_ABOUT(_wsi, lwsl_debug(__VA_ARGS__))
#define lwsl_wsi_user(_wsi, ...) _LWS_LOG_ABOUT(_wsi, lwsl_user(__VA_ARGS__))

#define lwsl_hexdump_err(...) lwsl_hexdump_level(LLL_ERR, __VA_ARGS__)
#define lwsl_hexdump_warn(...) lwsl_hexdump_level(LLL_WARN, __VA_ARGS__)
#define lwsl_hexdump_notice(...) lwsl_hexdump_level(LLL_NOTICE, __VA_ARGS__)
#define lwsl_hexdump_info(...) lwsl_hexdump_level(LLL_INFO, __VA_ARGS__)
#define lwsl_hexdump_debug(...) lwsl_hexdump_level(LLL_DEBUG, __VA_ARGS__)

/* ------------------------------------------------------------------ strings and numbers */

/** As `snprintf`, but returns what was really written: at most `size`. */
LWS_VISIBLE LWS_EXTERN int lws_snprintf(char *str, size_t size, const char *format, ...) LWS_FORMAT(3);

/**
 * As `open`, with the descriptor closed in programs that this one executes. The access rights follow when `__oflag` has
 * `O_CREAT`. -1 with `errno` set on failure, `EFAULT` for a null path.
 */
LWS_VISIBLE LWS_EXTERN int lws_open(const char *__file, int __oflag, ...);

/** Copies at most `size1` characters of `src` to `dest` of `destsize` bytes, and terminates them. */
#define lws_strnncpy(dest, src, size1, destsize) \
	lws_strncpy(dest, src, (size_t)((size1) + 1) < (size_t)(destsize) ? (size_t)((size1) + 1) : (size_t)(destsize))

/** Whether the machine is big-endian. */
static LWS_INLINE int lws_is_be(void)
{
	const uint16_t one = 1;

	return !*(const uint8_t *)&one;
}

/* ------------------------------------------------------------------ writing */

#define LWS_SIZEOFPTR ((int)sizeof(void *))
#if defined(__x86_64__)
#define _LWS_PAD_SIZE 16
#else
#define _LWS_PAD_SIZE LWS_SIZEOFPTR
#endif
#define _LWS_PAD(n) (((n) % _LWS_PAD_SIZE) ? ((n) + (_LWS_PAD_SIZE - ((n) % _LWS_PAD_SIZE))) : (n))
/** Bytes ahead of the data of `lws_write` that the caller must own and the library overwrites. */
#define LWS_PRE _LWS_PAD(4 + 10 + 2)
#define LWS_SEND_BUFFER_PRE_PADDING LWS_PRE
#define LWS_SEND_BUFFER_POST_PADDING 0

#define LWS_WRITE_RAW LWS_WRITE_HTTP

/** Writes a piece of an HTTP body. */
#define lws_write_http(wsi, buf, len) lws_write(wsi, (unsigned char *)(buf), len, LWS_WRITE_HTTP)

/** The protocol for one fragment of a message: `initial` for the first, with `LWS_WRITE_NO_FIN` but for the last. */
static LWS_INLINE int lws_write_ws_flags(int initial, int is_start, int is_end)
{
	return (is_start ? initial : (int)LWS_WRITE_CONTINUATION) | (is_end ? 0 : (int)LWS_WRITE_NO_FIN);
}

/** Closes a connection: `to_kill` is `LWS_TO_KILL_ASYNC` or `LWS_TO_KILL_SYNC`. */
#define lws_wsi_close(w, to_kill) lws_set_timeout(w, PENDING_TIMEOUT_AWAITING_PROXY_RESPONSE, to_kill)

/** Whether a status is an error. */
#define lws_http_client_http_resp_is_error(code) (!((code) < 400))

/* ------------------------------------------------------------------ older names */

#define lws_time_in_microseconds lws_now_usecs
#define lws_plat_service_tsi lws_service_tsi
#define lws_sul_debug_zombies(_a, _b, _c, _d)

/* ------------------------------------------------------------------ statistics: none are kept */

static LWS_INLINE uint64_t lws_stats_get(struct lws_context *context, int index)
{
	(void)context;
	(void)index;
	return 0;
}

static LWS_INLINE void lws_stats_log_dump(struct lws_context *context)
{
	(void)context;
}

/* ------------------------------------------------------------------ singly linked lists */

/* The loop variable is called `it`. The plain forms advance after the body; with _safe the body may free `it`. */

#define lws_start_foreach_ll(type, it, start) { type it = start; while (it) {
#define lws_end_foreach_ll(it, nxt) it = (it)->nxt; } }

#define lws_start_foreach_ll_safe(type, it, start, nxt) { type it = start; while (it) { type next_##it = (it)->nxt;
#define lws_end_foreach_ll_safe(it) it = next_##it; } }

/* `it` points to the pointer to the element, so that the body can unlink it. */

#define lws_start_foreach_llp(type, it, start) { type it = &(start); while (*(it)) {
#define lws_end_foreach_llp(it, nxt) it = &(*(it))->nxt; } }

#define lws_start_foreach_llp_safe(type, it, start, nxt) \
	{ type it = &(start); type next; while (*(it)) { next = &((*(it))->nxt);
#define lws_end_foreach_llp_safe(it) it = next; } }

/** Puts an element at the head of a list. */
#define lws_ll_fwd_insert(___new_object, ___m_list, ___list_head) { \
	(___new_object)->___m_list = ___list_head; \
	___list_head = ___new_object; \
}

/** Takes an element out of a list. */
#define lws_ll_fwd_remove(___type, ___m_list, ___target, ___list_head) { \
	lws_start_foreach_llp(___type **, ___ppss, ___list_head) { \
		if (*___ppss == ___target) { \
			*___ppss = (___target)->___m_list; \
			break; \
		} \
	} lws_end_foreach_llp(___ppss, ___m_list); \
}

#define lws_list_ptr_container(P, T, M) lws_container_of(P, T, M)
#define lws_list_ptr_advance(_lp) _lp = *((void **)_lp)

#define lwsac_use_zeroed lwsac_use_zero

/* ------------------------------------------------------------------ doubly linked lists */

#define lws_start_foreach_dll(___type, ___it, ___start) { ___type ___it = ___start; while (___it) {
#define lws_end_foreach_dll(___it) ___it = (___it)->next; } }

#define lws_start_foreach_dll_safe(___type, ___it, ___tmp, ___start) \
	{ ___type ___it = ___start; while (___it) { ___type ___tmp = (___it)->next;
#define lws_end_foreach_dll_safe(___it, ___tmp) ___it = ___tmp; } }

static LWS_INLINE int lws_dll2_is_detached(const struct lws_dll2 *d)
{
	return !d->owner;
}

static LWS_INLINE const struct lws_dll2_owner *lws_dll2_owner(const struct lws_dll2 *d)
{
	return d->owner;
}

static LWS_INLINE struct lws_dll2 *lws_dll2_get_head(struct lws_dll2_owner *owner)
{
	return owner->head;
}

static LWS_INLINE struct lws_dll2 *lws_dll2_get_tail(struct lws_dll2_owner *owner)
{
	return owner->tail;
}

#define lws_dll2_describe(_owner, _desc)

/** The listed `type` whose member `membptr` points to the `namelen` characters of `name`, or null. */
#define lws_dll2_search_sz_pl(own, name, namelen, type, membd2list, membptr) \
	((type *)_lws_dll2_search_sz_pl(own, name, namelen, offsetof(type, membd2list), offsetof(type, membptr)))

/* ------------------------------------------------------------------ rings */

/** Consumes for the only reader of a ring. */
#define lws_ring_consume_single_tail(___ring, ___ptail, ___count) { \
	lws_ring_consume(___ring, ___ptail, NULL, ___count); \
	lws_ring_update_oldest_tail(___ring, *(___ptail)); \
}

/**
 * Consumes for one of several readers, and frees what all of them have read. The readers are `___type` in a list from
 * `___list_head` on, linked by their member `___mlist`, each with its tail in the member `___mtail`.
 */
#define lws_ring_consume_and_update_oldest_tail( \
	___ring, ___type, ___ptail, ___count, ___list_head, ___mtail, ___mlist) { \
	const int ___was_oldest = lws_ring_get_oldest_tail(___ring) == *(___ptail); \
	lws_ring_consume(___ring, ___ptail, NULL, ___count); \
	if (___was_oldest) { \
		uint32_t ___oldest = *(___ptail); \
		size_t ___most = 0; \
		lws_start_foreach_llp(___type **, ___ppss, ___list_head) { \
			const size_t ___waiting = \
				lws_ring_get_count_waiting_elements(___ring, &(*___ppss)->___mtail); \
			if (___waiting >= ___most) { \
				___most = ___waiting; \
				___oldest = (*___ppss)->___mtail; \
			} \
		} lws_end_foreach_llp(___ppss, ___mlist); \
		lws_ring_update_oldest_tail(___ring, ___oldest); \
	} \
}

/* ------------------------------------------------------------------ system messages */

/**
 * Sends a message of the classes `_class` to all who are registered for one of them: the format with its arguments, at most
 * LWS_SMD_MAX_PAYLOAD bytes long. Its receivers are called in the context's loop, which is woken.
 *
 * Returns 0, also where nobody is registered for it; 1 when it is too long, 256 messages wait for one of its receivers, or
 * the context is ending, null or dead. Any thread.
 */
LWS_VISIBLE LWS_EXTERN int
lws_smd_msg_printf(struct lws_context *ctx, lws_smd_class_t _class, const char *format, ...) LWS_FORMAT(3);

/* ------------------------------------------------------------------ files */

/* The names of the functions in struct lws_plat_file_ops */
#define LWS_FOP_OPEN open
#define LWS_FOP_CLOSE close
#define LWS_FOP_SEEK_CUR seek_cur
#define LWS_FOP_READ read
#define LWS_FOP_WRITE write

static LWS_INLINE int lws_vfs_file_close(lws_fop_fd_t *fop_fd)
{
	return *fop_fd && (*fop_fd)->fops ? (*fop_fd)->fops->LWS_FOP_CLOSE(fop_fd) : 0;
}

static LWS_INLINE lws_fileofs_t lws_vfs_file_seek_cur(lws_fop_fd_t fop_fd, lws_fileofs_t offset)
{
	return fop_fd->fops->LWS_FOP_SEEK_CUR(fop_fd, offset);
}

static LWS_INLINE int LWS_WARN_UNUSED_RESULT
lws_vfs_file_read(lws_fop_fd_t fop_fd, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len)
{
	return fop_fd->fops->LWS_FOP_READ(fop_fd, amount, buf, len);
}

static LWS_INLINE int LWS_WARN_UNUSED_RESULT
lws_vfs_file_write(lws_fop_fd_t fop_fd, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len)
{
	return fop_fd->fops->LWS_FOP_WRITE(fop_fd, amount, buf, len);
}

#ifdef __cplusplus
}
#endif

#endif
