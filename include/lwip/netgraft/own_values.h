/*
 * Part of netgraft's lwip/own_values.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_OWN_VALUES_GENERATED_H
#define NETGRAFT_LWIP_OWN_VALUES_GENERATED_H

/**
 * As `lwip_bind`.
 */
NETGRAFT_EXTERN int netgraft_lwip_bind(int s, const void *name, socklen_t namelen);

/**
 * As `lwip_connect`.
 */
NETGRAFT_EXTERN int netgraft_lwip_connect(int s, const void *name, socklen_t namelen);

/**
 * As `lwip_accept`.
 */
NETGRAFT_EXTERN int netgraft_lwip_accept(int s, void *addr, socklen_t *addrlen);

/**
 * As `lwip_getsockname`.
 */
NETGRAFT_EXTERN int netgraft_lwip_getsockname(int s, void *name, socklen_t *namelen);

/**
 * As `lwip_getpeername`.
 */
NETGRAFT_EXTERN int netgraft_lwip_getpeername(int s, void *name, socklen_t *namelen);

/**
 * As `lwip_recv`.
 */
NETGRAFT_EXTERN ssize_t netgraft_lwip_recv(int s, void *mem, size_t len, int flags);

/**
 * As `lwip_recvfrom`.
 */
NETGRAFT_EXTERN
ssize_t netgraft_lwip_recvfrom(int s,
                               void *mem,
                               size_t len,
                               int flags,
                               void *from,
                               socklen_t *fromlen);

/**
 * As `lwip_send`.
 */
NETGRAFT_EXTERN ssize_t netgraft_lwip_send(int s, const void *dataptr, size_t size, int flags);

/**
 * As `lwip_sendto`.
 */
NETGRAFT_EXTERN
ssize_t netgraft_lwip_sendto(int s,
                             const void *dataptr,
                             size_t size,
                             int flags,
                             const void *to,
                             socklen_t tolen);

/**
 * As `lwip_recvmsg`; `message` is lwIP's `struct msghdr`, which is shorter than the system's.
 */
NETGRAFT_EXTERN ssize_t netgraft_lwip_recvmsg(int s, void *message, int flags);

/**
 * As `lwip_sendmsg`; `message` is lwIP's `struct msghdr`. Ancillary data is not sent, as lwIP does not.
 */
NETGRAFT_EXTERN
ssize_t netgraft_lwip_sendmsg(int s,
                              const void *message,
                              int flags);

/**
 * As `lwip_select`. The sets are bits that begin with descriptor 0 (`LWIP_SOCKET_OFFSET` is 0), of as many bytes as `maxfdp1` needs.
 */
NETGRAFT_EXTERN
int netgraft_lwip_select(int maxfdp1,
                         void *readset,
                         void *writeset,
                         void *exceptset,
                         struct timeval *timeout);

/**
 * As `lwip_poll`.
 */
NETGRAFT_EXTERN int netgraft_lwip_poll(struct pollfd *fds, uint32_t nfds, int timeout);

/**
 * As `lwip_getsockopt`.
 */
NETGRAFT_EXTERN
int netgraft_lwip_getsockopt(int s,
                             int level,
                             int optname,
                             void *optval,
                             socklen_t *optlen);

/**
 * As `lwip_setsockopt`.
 */
NETGRAFT_EXTERN
int netgraft_lwip_setsockopt(int s,
                             int level,
                             int optname,
                             const void *optval,
                             socklen_t optlen);

/**
 * `F_GETFL` and `F_SETFL`, which takes lwIP's `O_NONBLOCK` and nothing else; other commands and bits are `ENOSYS`.
 */
NETGRAFT_EXTERN
int netgraft_lwip_fcntl(int s,
                        int cmd,
                        int val);

/**
 * lwIP's `FIONREAD`, `FIONBIO` and `SIOCATMARK`; other requests are `ENOSYS`.
 */
NETGRAFT_EXTERN int netgraft_lwip_ioctl(int s, long cmd, void *argp);

/**
 * As `lwip_getaddrinfo`, with lwIP's `EAI_*`; the list is for `lwip_freeaddrinfo`.
 */
NETGRAFT_EXTERN
int netgraft_lwip_getaddrinfo(const char *nodename,
                              const char *servname,
                              const struct addrinfo *hints,
                              struct addrinfo **res);

/**
 * As `lwip_gethostbyname_r`, with lwIP's values in `*h_errnop`.
 */
NETGRAFT_EXTERN
int netgraft_lwip_gethostbyname_r(const char *name,
                                  struct hostent *ret,
                                  char *buf,
                                  size_t buflen,
                                  struct hostent **result,
                                  int *h_errnop);

#endif  /* NETGRAFT_LWIP_OWN_VALUES_GENERATED_H */
