/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_ADOPT_H
#define NETGRAFT_LWS_ADOPT_H

/**
 * UDP flag: bind to the address instead of connecting to it.
 */
#define LWS_CAUDP_BIND 1

/**
 * UDP flag: allow broadcast.
 */
#define LWS_CAUDP_BROADCAST 2

/**
 * UDP flag: a packet socket.
 */
#define LWS_CAUDP_PF_PACKET 4

/**
 * What an adopted descriptor is, and what is to be spoken on it. Values are OR-ed.
 */
typedef enum {
    /**
     * A file, pipe or device, read and written raw.
     */
    LWS_ADOPT_RAW_FILE_DESC = 0,
    /**
     * Speak HTTP; without this, raw.
     */
    LWS_ADOPT_HTTP = 1,
    /**
     * A socket; without this, a file.
     */
    LWS_ADOPT_SOCKET = 2,
    /**
     * Use TLS if the vhost does.
     */
    LWS_ADOPT_ALLOW_SSL = 4,
    /**
     * The socket is UDP.
     */
    LWS_ADOPT_FLAG_UDP = 16,
    /**
     * The socket is one side of a raw proxy.
     */
    LWS_ADOPT_FLAG_RAW_PROXY = 32,
    /**
     * A UDP socket.
     */
    LWS_ADOPT_RAW_SOCKET_UDP = 18,
} lws_adoption_type;

/**
 * A descriptor of either kind.
 */
typedef union {
    /**
     * As a socket.
     */
    lws_sockfd_type sockfd;
    /**
     * As a file.
     */
    lws_filefd_type filefd;
} lws_sock_file_fd_type;

/**
 * The addresses of a UDP connection.
 */
struct lws_udp {
    /**
     * The peer: who sent last, and where writes go.
     */
    struct sockaddr sa;
    /**
     * Length of `sa`.
     */
    socklen_t salen;
    /**
     * The peer of a write that is still queued.
     */
    struct sockaddr sa_pending;
    /**
     * Length of `sa_pending`.
     */
    socklen_t salen_pending;
};

/**
 * All about one adoption.
 */
struct lws_adopt_desc {
    /**
     * The vhost that takes it.
     */
    struct lws_vhost *vh;
    /**
     * What it is.
     */
    lws_adoption_type type;
    /**
     * The descriptor. It belongs to the library from then on, and is closed if the adoption fails.
     */
    lws_sock_file_fd_type fd;
    /**
     * The protocol to bind it to; null for the vhost's default.
     */
    const char *vh_prot_name;
    /**
     * The connection it depends on, or null.
     */
    struct lws *parent;
    /**
     * The program's own pointer, for `lws_get_opaque_user_data`.
     */
    void *opaque;
};

/**
 * All about one adoption.
 */
typedef struct lws_adopt_desc lws_adopt_desc_t;

#endif  /* NETGRAFT_LWS_ADOPT_H */
