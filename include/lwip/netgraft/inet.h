/*
 * Part of netgraft's lwip/inet.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_INET_GENERATED_H
#define NETGRAFT_LWIP_INET_GENERATED_H

/**
 * Writes an address as text into `dst`, which has `size` bytes, and returns `dst`; null with `errno` `ENOSPC`, `EAFNOSUPPORT` or `EFAULT`.
 */
NETGRAFT_EXTERN
const char *lwip_inet_ntop(int af,
                           const void *src,
                           char *dst,
                           socklen_t size);

/**
 * Reads an address from text: 1, 0 where it is none (also where `src` is null), or -1 with `errno` `EAFNOSUPPORT` or `EFAULT`.
 */
NETGRAFT_EXTERN
int lwip_inet_pton(int af,
                   const char *src,
                   void *dst);

/**
 * The name of an interface, into `ifname`, which has `IFNAMSIZ` bytes; null with `errno`.
 */
NETGRAFT_EXTERN char *lwip_if_indextoname(unsigned int ifindex, char *ifname);

/**
 * The number of an interface; 0 with `errno` where there is none.
 */
NETGRAFT_EXTERN unsigned int lwip_if_nametoindex(const char *ifname);

extern const char *inet_ntop(int af, const void *src, char *dst, socklen_t size);

extern int inet_pton(int af, const char *src, void *dst);

#endif  /* NETGRAFT_LWIP_INET_GENERATED_H */
