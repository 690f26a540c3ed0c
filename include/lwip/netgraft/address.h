/*
 * Part of netgraft's lwip/address.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_ADDRESS_GENERATED_H
#define NETGRAFT_LWIP_ADDRESS_GENERATED_H

/**
 * The unspecified IPv4 address.
 */
extern const ip_addr_t ip_addr_any;

/**
 * 255.255.255.255.
 */
extern const ip_addr_t ip_addr_broadcast;

/**
 * The unspecified IPv6 address.
 */
extern const ip_addr_t ip6_addr_any;

/**
 * The unspecified address of both.
 */
extern const ip_addr_t ip_addr_any_type;

/**
 * The IPv4 address that a text says, in network byte order, or `IPADDR_NONE`.
 */
NETGRAFT_EXTERN uint32_t ipaddr_addr(const char *cp);

/**
 * Reads an IPv4 address of one to four numbers, each decimal, octal or hexadecimal. 1, and the address to where `addr` points unless
 * that is null; or 0.
 */
NETGRAFT_EXTERN
int ip4addr_aton(const char *cp,
                 ip4_addr_t *addr);

/**
 * As text, in memory of the calling thread that is good until its next such call. Null for null.
 */
NETGRAFT_EXTERN char *ip4addr_ntoa(const ip4_addr_t *addr);

/**
 * As text, to `buf`, which has room for `buflen` bytes. `buf`, or null if that is too little.
 */
NETGRAFT_EXTERN char *ip4addr_ntoa_r(const ip4_addr_t *addr, char *buf, int buflen);

/**
 * Reads an IPv6 address, with `%` and an interface behind it if it is about a link. As `ip4addr_aton`.
 */
NETGRAFT_EXTERN
int ip6addr_aton(const char *cp,
                 ip6_addr_t *addr);

/**
 * As `ip4addr_ntoa`.
 */
NETGRAFT_EXTERN char *ip6addr_ntoa(const ip6_addr_t *addr);

/**
 * As `ip4addr_ntoa_r`.
 */
NETGRAFT_EXTERN char *ip6addr_ntoa_r(const ip6_addr_t *addr, char *buf, int buflen);

/**
 * Reads an address of either kind: what has a colon is IPv6. As `ip4addr_aton`.
 */
NETGRAFT_EXTERN int ipaddr_aton(const char *cp, ip_addr_t *addr);

/**
 * As `ip4addr_ntoa`.
 */
NETGRAFT_EXTERN char *ipaddr_ntoa(const ip_addr_t *addr);

/**
 * As `ip4addr_ntoa_r`.
 */
NETGRAFT_EXTERN char *ipaddr_ntoa_r(const ip_addr_t *addr, char *buf, int buflen);

/**
 * Is this, in network byte order, a netmask: ones from the left and nothing but zeroes behind them? 1 or 0.
 */
NETGRAFT_EXTERN
uint8_t ip4_addr_netmask_valid(uint32_t netmask);

#endif  /* NETGRAFT_LWIP_ADDRESS_GENERATED_H */
