/*
 * netgraft: IPv6 addresses of lwIP, in the order of the network, with the interface that a link-local one is about.
 */
#ifndef NETGRAFT_LWIP_IP6_ADDR_H
#define NETGRAFT_LWIP_IP6_ADDR_H

#include "lwip/opt.h"
#include "lwip/def.h"

typedef struct ip6_addr {
	u32_t addr[4];
	u8_t zone;
} ip6_addr_t;

#define IP6_NO_ZONE 0
#define ip6_addr_zone(ip6addr) ((ip6addr)->zone)
#define ip6_addr_has_zone(ip6addr) ((ip6addr)->zone != IP6_NO_ZONE)
#define ip6_addr_set_zone(ip6addr, index) ((ip6addr)->zone = (index))
#define ip6_addr_clear_zone(ip6addr) ((ip6addr)->zone = IP6_NO_ZONE)

#define IP6_ADDR(ip6addr, word0, word1, word2, word3) do { \
	(ip6addr)->addr[0] = (word0); \
	(ip6addr)->addr[1] = (word1); \
	(ip6addr)->addr[2] = (word2); \
	(ip6addr)->addr[3] = (word3); \
	ip6_addr_clear_zone(ip6addr); } while (0)
#define IP6_ADDR_PART(ip6addr, index, a, b, c, d) ((ip6addr)->addr[index] = PP_HTONL(LWIP_MAKEU32(a, b, c, d)))
#define NETGRAFT_IP6_BLOCK(ip6addr, n) \
	((u16_t)(lwip_htonl((ip6addr)->addr[(n) / 2]) >> ((n) % 2 ? 0 : 16)))
#define IP6_ADDR_BLOCK1(ip6addr) NETGRAFT_IP6_BLOCK(ip6addr, 0)
#define IP6_ADDR_BLOCK2(ip6addr) NETGRAFT_IP6_BLOCK(ip6addr, 1)
#define IP6_ADDR_BLOCK3(ip6addr) NETGRAFT_IP6_BLOCK(ip6addr, 2)
#define IP6_ADDR_BLOCK4(ip6addr) NETGRAFT_IP6_BLOCK(ip6addr, 3)
#define IP6_ADDR_BLOCK5(ip6addr) NETGRAFT_IP6_BLOCK(ip6addr, 4)
#define IP6_ADDR_BLOCK6(ip6addr) NETGRAFT_IP6_BLOCK(ip6addr, 5)
#define IP6_ADDR_BLOCK7(ip6addr) NETGRAFT_IP6_BLOCK(ip6addr, 6)
#define IP6_ADDR_BLOCK8(ip6addr) NETGRAFT_IP6_BLOCK(ip6addr, 7)

#define ip6_addr_copy(dest, src) ((dest) = (src))
#define ip6_addr_set(dest, src) do { \
	if ((src) == NULL) { ip6_addr_set_zero(dest); } else { *(dest) = *(src); } } while (0)
#define ip6_addr_set_zero(ip6addr) IP6_ADDR(ip6addr, 0, 0, 0, 0)
#define ip6_addr_set_any(ip6addr) ip6_addr_set_zero(ip6addr)
#define ip6_addr_set_loopback(ip6addr) IP6_ADDR(ip6addr, 0, 0, 0, PP_HTONL(1UL))

#define ip6_addr_cmp_zoneless(addr1, addr2) \
	((addr1)->addr[0] == (addr2)->addr[0] && (addr1)->addr[1] == (addr2)->addr[1] && \
	 (addr1)->addr[2] == (addr2)->addr[2] && (addr1)->addr[3] == (addr2)->addr[3])
#define ip6_addr_cmp(addr1, addr2) (ip6_addr_cmp_zoneless(addr1, addr2) && (addr1)->zone == (addr2)->zone)
#define ip6_addr_isany_val(ip6addr) \
	((ip6addr).addr[0] == 0 && (ip6addr).addr[1] == 0 && (ip6addr).addr[2] == 0 && (ip6addr).addr[3] == 0)
#define ip6_addr_isany(ip6addr) ((ip6addr) == NULL || ip6_addr_isany_val(*(ip6addr)))
#define ip6_addr_isloopback(ip6addr) \
	((ip6addr)->addr[0] == 0 && (ip6addr)->addr[1] == 0 && (ip6addr)->addr[2] == 0 && (ip6addr)->addr[3] == PP_HTONL(1UL))
#define ip6_addr_isglobal(ip6addr) (((ip6addr)->addr[0] & PP_HTONL(0xe0000000UL)) == PP_HTONL(0x20000000UL))
#define ip6_addr_islinklocal(ip6addr) (((ip6addr)->addr[0] & PP_HTONL(0xffc00000UL)) == PP_HTONL(0xfe800000UL))
#define ip6_addr_isuniquelocal(ip6addr) (((ip6addr)->addr[0] & PP_HTONL(0xfe000000UL)) == PP_HTONL(0xfc000000UL))
#define ip6_addr_ismulticast(ip6addr) (((ip6addr)->addr[0] & PP_HTONL(0xff000000UL)) == PP_HTONL(0xff000000UL))
#define ip6_addr_isipv4mappedipv6(ip6addr) \
	((ip6addr)->addr[0] == 0 && (ip6addr)->addr[1] == 0 && (ip6addr)->addr[2] == PP_HTONL(0xffffUL))

#define IP6ADDR_STRLEN_MAX 46

#endif
