/*
 * Part of netgraft's libwebsockets API; include <libwebsockets.h> instead of this file.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWS_NETWORK_HELPER_H
#define NETGRAFT_LWS_NETWORK_HELPER_H

/**
 * `lws_interface_to_sa`: the interface can be used.
 */
#define LWS_ITOSA_USABLE 0

/**
 * `lws_interface_to_sa`: there is no such interface.
 */
#define LWS_ITOSA_NOT_EXIST -1

/**
 * `lws_interface_to_sa`: the interface has no usable address.
 */
#define LWS_ITOSA_NOT_USABLE -2

/**
 * `lws_interface_to_sa`: the address is taken.
 */
#define LWS_ITOSA_BUSY -3

/**
 * An IPv4 or IPv6 address; the family field says which.
 */
typedef union {
    /**
     * As IPv6.
     */
    struct sockaddr_in6 sa6;
    /**
     * As IPv4.
     */
    struct sockaddr_in sa4;
} lws_sockaddr46;

/**
 * Reads the numeric address `ads` (`"1.2.3.4"`, `"2001:db8::1"`, `"::ffff:1.2.3.4"`) into `result`, in network order.
 *
 * Returns how many bytes that is: 4 for IPv4, 16 for IPv6; negative, with `result` untouched, when the text is no
 * such address, when it takes more than `max_len` bytes, or a pointer is null. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_parse_numeric_address(const char *ads,
                              uint8_t *result,
                              size_t max_len);

/**
 * Writes the address of `size` bytes (4 or 16, in network order) at `ads` as text to `buf`, with a NUL.
 *
 * Returns the length of the text; -1 when `size` is something else, when text and NUL take more than `len` bytes, or
 * a pointer is null; `buf` is then an empty string if it has any room. `INET6_ADDRSTRLEN` bytes always suffice.
 * Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_write_numeric_address(const uint8_t *ads,
                              int size,
                              char *buf,
                              size_t len);

/**
 * Finds the address to bind to for `ifname`, the name of a network interface or a numeric address, and writes it to
 * `addr` with its family.
 *
 * With `ipv6` 0, `addr` is a `struct sockaddr_in` and only IPv4 counts. Otherwise `addr` is a `struct sockaddr_in6`
 * cast, an interface's IPv4 address comes mapped (`::ffff:a.b.c.d`), and a numeric IPv4 address comes as
 * `sockaddr_in`. For an interface everything else in `addr` is zeroed; for a numeric address the rest is untouched.
 * `addrlen` is the size of `addr` in bytes.
 *
 * Returns `LWS_ITOSA_USABLE`, `LWS_ITOSA_NOT_EXIST` when nothing has that name (or a pointer is null), or
 * `LWS_ITOSA_NOT_USABLE` when it has no address of a fitting family or `addr` is too small for it. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
int lws_interface_to_sa(int ipv6,
                        const char *ifname,
                        struct sockaddr_in *addr,
                        size_t addrlen);

/**
 * The host's name, as the system tells it; it lasts as long as the process. Null for a null or dead context. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_canonical_hostname(struct lws_context *context);

/**
 * Writes the peer's address to `name`, of `namelen` bytes, as a C string: as the socket has it, so that an IPv4 peer of a socket
 * for both is `::ffff:1.2.3.4`. Cut to fit; empty for a Unix socket and for a null or dead connection.
 *
 * Returns `name`. The connection's thread only.
 */
LWS_VISIBLE LWS_EXTERN
const char *lws_get_peer_simple(struct lws *wsi,
                                char *name,
                                size_t namelen);

/**
 * Writes who is at the other end of `fd`, a socket: to `rip` the address with IPv4 plain, to `name` the address as the socket has it.
 * Both are cut to fit, and empty for a Unix socket. Names are not looked up: that could take seconds, and the loop would
 * wait. A null `name` or `rip` is left out. Any thread.
 */
LWS_VISIBLE LWS_EXTERN
void lws_get_peer_addresses(struct lws *wsi,
                            lws_sockfd_type fd,
                            char *name,
                            int name_len,
                            char *rip,
                            int rip_len);

#endif  /* NETGRAFT_LWS_NETWORK_HELPER_H */
