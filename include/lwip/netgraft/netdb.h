/*
 * Part of netgraft's lwip/netdb.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_NETDB_GENERATED_H
#define NETGRAFT_LWIP_NETDB_GENERATED_H

/**
 * Looks a name and a service up. 0 with a list in `*res`, which `lwip_freeaddrinfo` frees, or one of the system's `EAI_*`.
 */
NETGRAFT_EXTERN
int lwip_getaddrinfo(const char *nodename,
                     const char *servname,
                     const struct addrinfo *hints,
                     struct addrinfo **res);

/**
 * Frees a list from `lwip_getaddrinfo`; null is allowed.
 */
NETGRAFT_EXTERN void lwip_freeaddrinfo(struct addrinfo *ai);

/**
 * Looks a name up. The answer is in memory that the next call uses again; null with `h_errno`.
 */
NETGRAFT_EXTERN struct hostent *lwip_gethostbyname(const char *name);

/**
 * Looks a name up, with the answer in `ret` and in `buflen` bytes at `buf`. 0, or an `errno` value: `ERANGE` where the buffer is too small.
 */
NETGRAFT_EXTERN
int lwip_gethostbyname_r(const char *name,
                         struct hostent *ret,
                         char *buf,
                         size_t buflen,
                         struct hostent **result,
                         int *h_errnop);

extern struct hostent *gethostbyname(const char *name);

extern int gethostbyname_r(const char *name,
                           struct hostent *ret,
                           char *buf,
                           size_t buflen,
                           struct hostent **result,
                           int *h_errnop);

#endif  /* NETGRAFT_LWIP_NETDB_GENERATED_H */
