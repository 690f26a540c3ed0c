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
 * Gives a connected socket, which speaks HTTP or WebSocket, to the context's first vhost, as if that had accepted it.
 *
 * The descriptor belongs to the library from then on, and is closed if the adoption fails. Returns the connection; null when an argument
 * cannot be used, or the program's callback has refused. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_adopt_socket(struct lws_context *context,
                             lws_sockfd_type accept_fd);

/**
 * As `lws_adopt_socket`, with `len` bytes at `readbuf` that the program has received from the socket already: they come before
 * what is still to be received. They are copied.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_adopt_socket_readbuf(struct lws_context *context,
                                     lws_sockfd_type accept_fd,
                                     const char *readbuf,
                                     size_t len);

/**
 * As `lws_adopt_socket`, for the vhost `vh`.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_adopt_socket_vhost(struct lws_vhost *vh,
                                   lws_sockfd_type accept_fd);

/**
 * As `lws_adopt_socket_readbuf`, for the vhost `vhost`.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_adopt_socket_vhost_readbuf(struct lws_vhost *vhost,
                                           lws_sockfd_type accept_fd,
                                           const char *readbuf,
                                           size_t len);

/**
 * Gives a descriptor to a vhost. `type` says what it is: `LWS_ADOPT_SOCKET`, with `LWS_ADOPT_HTTP` for HTTP and WebSocket and without for a
 * raw connection, or `LWS_ADOPT_RAW_FILE_DESC` for a file, pipe or device, which the program reads and writes itself when
 * its callbacks say that it can. `vh_prot_name` names the protocol; null for the vhost's first. `parent` is null, or the connection whose end
 * is the end of this one.
 *
 * The descriptor belongs to the library from then on, and is closed if the adoption fails. Returns the connection, after
 * `LWS_CALLBACK_RAW_ADOPT` or its relative; null when an argument cannot be used or the program's callback has refused. The
 * context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_adopt_descriptor_vhost(struct lws_vhost *vh,
                                       lws_adoption_type type,
                                       lws_sock_file_fd_type fd,
                                       const char *vh_prot_name,
                                       struct lws *parent);

/**
 * As `lws_adopt_descriptor_vhost`, with the arguments in a struct, and the program's pointer for `lws_get_opaque_user_data`.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_adopt_descriptor_vhost_via_info(const lws_adopt_desc_t *info);

/**
 * Makes a UDP socket, a raw connection of `protocol_name`. With `LWS_CAUDP_BIND` in `flags` it is bound to the address `ads` (null for
 * all) and `port`, and answers go to whoever sent last; without, it is connected to them. `LWS_CAUDP_BROADCAST` allows
 * broadcasts. A name for `ads` is looked up at once, which can take time. `ifname`, if not null, is the interface to use.
 *
 * Each datagram comes as one `LWS_CALLBACK_RAW_RX`; `lws_get_udp` tells from whom. Returns the connection; null, with a line in the log, when
 * it cannot be made. The context's thread only.
 */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_create_adopt_udp(struct lws_vhost *vhost,
                                 const char *ads,
                                 int port,
                                 int flags,
                                 const char *protocol_name,
                                 const char *ifname,
                                 struct lws *parent_wsi,
                                 void *opaque,
                                 const lws_retry_bo_t *retry_policy);

#endif  /* NETGRAFT_LWS_ADOPT_H */
