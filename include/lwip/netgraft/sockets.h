/*
 * Part of netgraft's lwip/sockets.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_SOCKETS_GENERATED_H
#define NETGRAFT_LWIP_SOCKETS_GENERATED_H

/**
 * Makes a socket: `AF_INET`, `AF_INET6`, `AF_UNIX` and whatever else the system has. Returns its descriptor, which is one of the system's, or -1 with
 * `errno`: `EMFILE` or `ENFILE` when there are no more.
 */
NETGRAFT_EXTERN
int lwip_socket(int domain,
                int type,
                int protocol);

/**
 * Gives the socket a name. 0, or -1 with `errno`.
 */
NETGRAFT_EXTERN int lwip_bind(int s, const struct sockaddr *name, socklen_t namelen);

/**
 * Lets the socket accept connections; `backlog` of them wait at most. 0, or -1 with `errno`.
 */
NETGRAFT_EXTERN int lwip_listen(int s, int backlog);

/**
 * Waits for a connection and returns its descriptor. `EBADF` when another thread closes `s` meanwhile, `EAGAIN` when `SO_RCVTIMEO` is over.
 */
NETGRAFT_EXTERN
int lwip_accept(int s,
                struct sockaddr *addr,
                socklen_t *addrlen);

/**
 * Connects. `EBADF` when another thread closes `s` meanwhile, `EINPROGRESS` when `SO_SNDTIMEO` is over.
 */
NETGRAFT_EXTERN
int lwip_connect(int s,
                 const struct sockaddr *name,
                 socklen_t namelen);

/**
 * Closes the descriptor. Every call that another thread is in on it returns at once: with `EBADF`, `lwip_poll` with `POLLNVAL`. The number is not given
 * out again before they have left; the connection lives on where it was shared by `dup` or `fork`. 0, or -1 with `errno`.
 */
NETGRAFT_EXTERN
int lwip_close(int s);

/**
 * Ends one direction or both. 0, or -1 with `errno`.
 */
NETGRAFT_EXTERN int lwip_shutdown(int s, int how);

/**
 * Receives. Returns how many bytes there are, 0 at the end, or -1 with `errno`: `EAGAIN` when it is not to wait, or `SO_RCVTIMEO` is over; `EBADF` when
 * another thread closes `s`.
 */
NETGRAFT_EXTERN
ssize_t lwip_recv(int s,
                  void *mem,
                  size_t len,
                  int flags);

/**
 * As `lwip_recv`, and says from where.
 */
NETGRAFT_EXTERN
ssize_t lwip_recvfrom(int s,
                      void *mem,
                      size_t len,
                      int flags,
                      struct sockaddr *from,
                      socklen_t *fromlen);

/**
 * As `lwip_recv`, into several buffers, with the address and ancillary data.
 */
NETGRAFT_EXTERN ssize_t lwip_recvmsg(int s, struct msghdr *message, int flags);

/**
 * Sends. A socket that waits returns when all of a stream's bytes are accepted, or what was when `SO_SNDTIMEO` is over or the connection fails. There is no
 * `SIGPIPE`.
 */
NETGRAFT_EXTERN
ssize_t lwip_send(int s,
                  const void *dataptr,
                  size_t size,
                  int flags);

/**
 * As `lwip_send`, to an address.
 */
NETGRAFT_EXTERN
ssize_t lwip_sendto(int s,
                    const void *dataptr,
                    size_t size,
                    int flags,
                    const struct sockaddr *to,
                    socklen_t tolen);

/**
 * As `lwip_send`, from several buffers, with an address and ancillary data.
 */
NETGRAFT_EXTERN ssize_t lwip_sendmsg(int s, const struct msghdr *message, int flags);

/**
 * As `lwip_recv` without flags; also of descriptors that are no sockets.
 */
NETGRAFT_EXTERN ssize_t lwip_read(int s, void *mem, size_t len);

/**
 * As `lwip_read`, into `iovcnt` buffers.
 */
NETGRAFT_EXTERN ssize_t lwip_readv(int s, const struct iovec *iov, int iovcnt);

/**
 * As `lwip_send` without flags; also to descriptors that are no sockets.
 */
NETGRAFT_EXTERN ssize_t lwip_write(int s, const void *dataptr, size_t size);

/**
 * As `lwip_write`, from `iovcnt` buffers.
 */
NETGRAFT_EXTERN ssize_t lwip_writev(int s, const struct iovec *iov, int iovcnt);

/**
 * Waits until one of the descriptors below `maxfdp1` is ready, of sockets and of anything else. Returns how many bits are set, 0 when the time is over, or -1
 * with `errno`: `EBADF` at once when another thread closes one of them. `timeout` is not changed; null waits for ever. The sets may
 * be of any size that has room for `maxfdp1` bits in whole words.
 */
NETGRAFT_EXTERN
int lwip_select(int maxfdp1,
                fd_set *readset,
                fd_set *writeset,
                fd_set *exceptset,
                struct timeval *timeout);

/**
 * Waits until one of `fds` is ready, `timeout` milliseconds at most, negative for ever. Returns how many are. One that another thread closes
 * meanwhile is reported at once, as `POLLNVAL`.
 */
NETGRAFT_EXTERN
int lwip_poll(struct pollfd *fds,
              nfds_t nfds,
              int timeout);

/**
 * Reads an option. `SO_RCVBUF` and `SO_SNDBUF` are what was set, half of what Linux answers.
 */
NETGRAFT_EXTERN int lwip_getsockopt(int s, int level, int optname, void *optval, socklen_t *optlen);

/**
 * Sets an option. 0, or -1 with `errno`.
 */
NETGRAFT_EXTERN
int lwip_setsockopt(int s,
                    int level,
                    int optname,
                    const void *optval,
                    socklen_t optlen);

/**
 * The socket's own address. 0, or -1 with `errno`.
 */
NETGRAFT_EXTERN int lwip_getsockname(int s, struct sockaddr *name, socklen_t *namelen);

/**
 * The peer's address. 0, or -1 with `errno`.
 */
NETGRAFT_EXTERN int lwip_getpeername(int s, struct sockaddr *name, socklen_t *namelen);

/**
 * `F_GETFL`, `F_SETFL`, and the system's other commands whose argument is an integer.
 */
NETGRAFT_EXTERN int lwip_fcntl(int s, int cmd, int val);

/**
 * `FIONBIO`, `FIONREAD` (both with a pointer to `int`), and the system's other requests.
 */
NETGRAFT_EXTERN int lwip_ioctl(int s, long cmd, void *argp);

/**
 * A thread that uses sockets need not say so.
 */
NETGRAFT_EXTERN void lwip_socket_thread_init(void);

/**
 * A thread that has used sockets need not say so: what is its own goes with it.
 */
NETGRAFT_EXTERN void lwip_socket_thread_cleanup(void);

#endif  /* NETGRAFT_LWIP_SOCKETS_GENERATED_H */
