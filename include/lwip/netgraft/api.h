/*
 * Part of netgraft's lwip/api.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_API_GENERATED_H
#define NETGRAFT_LWIP_API_GENERATED_H

/**
 * A new connection of a kind, with `proto` as its protocol if it is raw, and `callback`, which may be null. Null if there is no such
 * kind, no descriptor, or no privilege for it. It is the caller's until `netconn_delete`.
 *
 * A callback is told of what comes, of room to send, and of ends: by the TCP/IP thread, or by the call of the program that causes it. It must not wait.
 * Any thread.
 */
NETGRAFT_EXTERN
struct netconn *netconn_new_with_proto_and_callback(enum netconn_type t,
                                                    uint8_t proto,
                                                    netconn_callback callback);

/**
 * Closes the connection if it is open, and makes every call that waits on it come back. Its memory stays until `netconn_delete`. `ERR_ARG` for a
 * null or dead one. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_prepare_delete(struct netconn *conn);

/**
 * Closes the connection if it is open, and frees it: every call that waits on it comes back, with `ERR_CONN` from receiving or accepting and with
 * `ERR_CLSD` from sending or connecting. The callback is not called any more when this comes back. Null is ignored; `ERR_ARG` for a
 * dead one. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_delete(struct netconn *conn);

/**
 * Writes its own address and port (`local`), or its peer's, to where `addr` and `port` point. `ERR_CONN` if there is none, `ERR_ARG`
 * for a null pointer. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_getaddr(struct netconn *conn,
                      ip_addr_t *addr,
                      uint16_t *port,
                      uint8_t local);

/**
 * Gives the connection a local address and port. A null or unspecified address is any of this host; port 0 is one that is free. `ERR_USE` if it
 * is taken, `ERR_VAL` if the connection is closed, connected, bound already, or of another kind than the address. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_bind(struct netconn *conn,
                   const ip_addr_t *addr,
                   uint16_t port);

/**
 * Keeps the connection to the interface with this index; 0 for all. `ERR_VAL` if there is none. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_bind_if(struct netconn *conn,
                      uint8_t if_idx);

/**
 * Connects. TCP waits until the peer has answered, or says `ERR_INPROGRESS` if the connection is non-blocking; its callback hears of the end then.
 * The others note whom they send to, and hear nobody else. `ERR_RST` if the peer refuses, `ERR_RTE` if there is no way there,
 * `ERR_ABRT` if nobody answers; the connection is closed after these. `ERR_ISCONN`, `ERR_ALREADY`. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_connect(struct netconn *conn,
                      const ip_addr_t *addr,
                      uint16_t port);

/**
 * Has a UDP connection forget its peer. `ERR_VAL` for other kinds. Any thread.
 */
NETGRAFT_EXTERN err_t netconn_disconnect(struct netconn *conn);

/**
 * Makes a TCP connection a listener, for which up to about `backlog` connections wait. `ERR_ARG` for other kinds, `ERR_VAL` for one that
 * is connected. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_listen_with_backlog(struct netconn *conn,
                                  uint8_t backlog);

/**
 * Waits for the next connection to a listener and writes it to where `new_conn` points, or null. It has the listener's callback and the usual
 * settings, and is the caller's until `netconn_delete`. `ERR_TIMEOUT` after the listener's receive timeout, `ERR_WOULDBLOCK` if it is non-blocking
 * and there is none, `ERR_CLSD` for what is not listening, `ERR_CONN` when it is closed meanwhile, `ERR_MEM` without a descriptor for
 * it. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_accept(struct netconn *conn,
                     struct netconn **new_conn);

/**
 * Receives the next piece of a stream, or the next datagram, into a new netbuf, whose address goes to where `new_buf` points, or null.
 * It is the caller's until `netbuf_delete`. What it holds was written there by the kernel, and is not copied again.
 *
 * `ERR_CLSD` once when the peer has sent all, `ERR_CONN` after that and when the connection is closed meanwhile, `ERR_RST` when the peer has reset it,
 * `ERR_TIMEOUT` after the receive timeout, `ERR_WOULDBLOCK` if it is non-blocking and there is nothing, `ERR_MEM`. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_recv(struct netconn *conn,
                   struct netbuf **new_buf);

/**
 * As `netconn_recv`, for datagrams: `ERR_ARG` for TCP.
 */
NETGRAFT_EXTERN err_t netconn_recv_udp_raw_netbuf(struct netconn *conn, struct netbuf **new_buf);

/**
 * As `netconn_recv_udp_raw_netbuf`; with `NETCONN_DONTBLOCK` in `apiflags` it does not wait.
 */
NETGRAFT_EXTERN
err_t netconn_recv_udp_raw_netbuf_flags(struct netconn *conn,
                                        struct netbuf **new_buf,
                                        uint8_t apiflags);

/**
 * As `netconn_recv` for TCP, into a pbuf that is the caller's until `pbuf_free`; `ERR_ARG` for other kinds.
 */
NETGRAFT_EXTERN
err_t netconn_recv_tcp_pbuf(struct netconn *conn,
                            struct pbuf **new_buf);

/**
 * As `netconn_recv_tcp_pbuf`. In `apiflags`: `NETCONN_DONTBLOCK`, not to wait; `NETCONN_NOFIN`, to leave the end of the stream for the next call
 * and say `ERR_WOULDBLOCK`; `NETCONN_NOAUTORCVD`, which changes nothing: the window is the kernel's, and opens as bytes are taken.
 */
NETGRAFT_EXTERN
err_t netconn_recv_tcp_pbuf_flags(struct netconn *conn,
                                  struct pbuf **new_buf,
                                  uint8_t apiflags);

/**
 * Says that `len` bytes received with `NETCONN_NOAUTORCVD` have been dealt with. The kernel knows already. `ERR_ARG` for other kinds than TCP.
 * Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_tcp_recvd(struct netconn *conn,
                        size_t len);

/**
 * Sends what `buf` holds as one datagram to an address and port, which it remembers. `ERR_VAL` for a null buffer or an address of
 * another kind, else as `netconn_send`. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_sendto(struct netconn *conn,
                     struct netbuf *buf,
                     const ip_addr_t *addr,
                     uint16_t port);

/**
 * Sends what `buf` holds as one datagram, to the address in it, or to the peer if that is unspecified. The buffer stays the
 * caller's, unchanged, and may be sent again. `ERR_CONN` for TCP or when closed, `ERR_RTE` without a peer or a way, `ERR_BUF` if it is too long. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_send(struct netconn *conn,
                   struct netbuf *buf);

/**
 * Sends `size` bytes into a TCP stream. It waits until the kernel has taken all, which it does by copying, whatever `apiflags` says;
 * `NETCONN_MORE` says that more follows at once. A connection that is non-blocking or has a send timeout, or `NETCONN_DONTBLOCK`, may take less:
 * then `bytes_written` must not be null (`ERR_VAL`), and hears how much; `ERR_WOULDBLOCK` if nothing. `ERR_INPROGRESS` while another thread
 * writes or it is connecting, `ERR_CONN`, `ERR_RST`, `ERR_CLSD` when it is closed meanwhile. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_write_partly(struct netconn *conn,
                           const void *dataptr,
                           size_t size,
                           uint8_t apiflags,
                           size_t *bytes_written);

/**
 * As `netconn_write_partly`, for `vectorcnt` pieces one after the other.
 */
NETGRAFT_EXTERN
err_t netconn_write_vectors_partly(struct netconn *conn,
                                   struct netvector *vectors,
                                   uint16_t vectorcnt,
                                   uint8_t apiflags,
                                   size_t *bytes_written);

/**
 * Closes a TCP connection: both directions, or listening. What was written is still sent. Every call that waits on it comes back. `ERR_CONN` if it is
 * closed, or not TCP. The connection is still to be deleted. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_close(struct netconn *conn);

/**
 * Closes directions of a TCP connection: nothing is received any more (`shut_rx`), nothing sent (`shut_tx`, which the peer hears of).
 * `ERR_CONN` if it is not connected, or not TCP. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_shutdown(struct netconn *conn,
                       uint8_t shut_rx,
                       uint8_t shut_tx);

/**
 * Has a datagram connection join the group `multiaddr`, or leave it, on the interface that has the address `netif_addr`; null or
 * unspecified for the one the system chooses. `ERR_VAL` for TCP, for an address that no interface has, for a group it has not joined.
 * Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_join_leave_group(struct netconn *conn,
                               const ip_addr_t *multiaddr,
                               const ip_addr_t *netif_addr,
                               enum netconn_igmp join_or_leave);

/**
 * As `netconn_join_leave_group`, on the interface with this index; 0 for the one the system chooses.
 */
NETGRAFT_EXTERN
err_t netconn_join_leave_group_netif(struct netconn *conn,
                                     const ip_addr_t *multiaddr,
                                     uint8_t if_idx,
                                     enum netconn_igmp join_or_leave);

/**
 * Looks up the address of `name`, in the system's way, and writes it to where `addr` points. It waits for the answer. `dns_addrtype` is one of
 * `NETCONN_DNS_*`. `ERR_VAL` if there is none, `ERR_ARG` for a null pointer. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_gethostbyname_addrtype(const char *name,
                                     ip_addr_t *addr,
                                     uint8_t dns_addrtype);

/**
 * The error that the connection failed with, which is forgotten; `ERR_OK` if there was none, and for a null or dead one. Any thread.
 */
NETGRAFT_EXTERN
err_t netconn_err(struct netconn *conn);

#endif  /* NETGRAFT_LWIP_API_GENERATED_H */
