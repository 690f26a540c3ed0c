/*
 * What this libwebsockets can do, in the words of its lws_config.h.
 *
 * netgraft stands in for libwebsockets 4.1.6 as Debian 12 builds it. A feature that libwebsockets has there and
 * netgraft has not is left undefined, so that programs which ask before they use it still build. Two that Debian leaves out
 * are here: LWS_WITH_EXTERNAL_POLL and LWS_WITH_LIBEVENT. Structs do not depend on these: they always have the fields of
 * Debian's build.
 */
#ifndef NETGRAFT_LWS_CONFIG_H
#define NETGRAFT_LWS_CONFIG_H

/* As in the original: without NDEBUG, lwsl_debug() and the other detailed levels are compiled in. */
#ifndef NDEBUG
#ifndef _DEBUG
#define _DEBUG
#endif
#endif

#define LWS_LIBRARY_VERSION "4.1.6-"
#define LWS_LIBRARY_VERSION_MAJOR 4
#define LWS_LIBRARY_VERSION_MINOR 1
#define LWS_LIBRARY_VERSION_PATCH 6
#define LWS_LIBRARY_VERSION_PATCH_ELABORATED 6-
#define LWS_LIBRARY_VERSION_NUMBER \
	((LWS_LIBRARY_VERSION_MAJOR * 1000000) + (LWS_LIBRARY_VERSION_MINOR * 1000) + LWS_LIBRARY_VERSION_PATCH)

#define LWS_MAX_SMP 32
#define LWS_LOGGING_BITFIELD_CLEAR 0
#define LWS_LOGGING_BITFIELD_SET 0
#define LWS_LOGS_TIMESTAMP

/* The platform */
#define LWS_PLAT_UNIX
#define LWS_HAS_GETOPT_LONG
#define LWS_HAS_INTPTR_T
#define LWS_HAVE_ATOLL
#define LWS_HAVE_CLOCK_GETTIME
#define LWS_HAVE_EVENTFD
#define LWS_HAVE_EXECVPE
#define LWS_HAVE_MALLOC_H
#define LWS_HAVE_MALLOC_TRIM
#define LWS_HAVE_MALLOC_USABLE_SIZE
#define LWS_HAVE_PIPE2
#define LWS_HAVE_PTHREAD_H
#define LWS_HAVE_STDINT_H
#define LWS_HAVE_VFORK

/* What is spoken, and what serves it */
#define LWS_ROLE_H1
#define LWS_ROLE_RAW
#define LWS_ROLE_RAW_FILE
#define LWS_ROLE_WS
#define LWS_CLIENT_HTTP_PROXYING
/* The older name of LWS_WITH_TLS; there is no OpenSSL inside. */
#define LWS_OPENSSL_SUPPORT
#define LWS_SSL_CLIENT_USE_OS_CA_CERTS
#define LWS_WITH_CLIENT
#define LWS_WITH_CUSTOM_HEADERS
#define LWS_WITH_EVENT_LIBS
#define LWS_WITH_EXTERNAL_POLL
#define LWS_WITH_FILE_OPS
#define LWS_WITH_GLIB
#define LWS_WITH_HTTP_BASIC_AUTH
#define LWS_WITH_HTTP_UNCOMMON_HEADERS
#define LWS_WITH_IPV6
#define LWS_WITH_LEJP
#define LWS_WITH_LIBEV
#define LWS_WITH_LIBEVENT
#define LWS_WITH_LIBUV
#define LWS_WITH_LWSAC
#define LWS_WITH_NETWORK
#define LWS_WITH_POLL
#define LWS_WITH_SERVER
#define LWS_WITH_SYS_SMD
#define LWS_WITH_SYS_STATE
#define LWS_WITH_TLS
#define LWS_WITH_UDP
#define LWS_WITH_UNIX_SOCK

#endif
