/*
 * netgraft: addresses of either kind.
 */
#ifndef NETGRAFT_LWIP_IP_ADDR_H
#define NETGRAFT_LWIP_IP_ADDR_H

#include "lwip/opt.h"
#include "lwip/def.h"
#include "lwip/ip4_addr.h"
#include "lwip/ip6_addr.h"

enum lwip_ip_addr_type {
	IPADDR_TYPE_V4 = 0U,
	IPADDR_TYPE_V6 = 6U,
	IPADDR_TYPE_ANY = 46U
};

typedef struct ip_addr {
	union {
		ip6_addr_t ip6;
		ip4_addr_t ip4;
	} u_addr;
	u8_t type; /* enum lwip_ip_addr_type */
} ip_addr_t;

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/address.h"
#ifdef __cplusplus
}
#endif

#define IP_ADDR_ANY IP4_ADDR_ANY
#define IP4_ADDR_ANY (&ip_addr_any)
#define IP4_ADDR_ANY4 (&ip_addr_any.u_addr.ip4)
#define IP_ADDR_BROADCAST (&ip_addr_broadcast)
#define IP4_ADDR_BROADCAST (&ip_addr_broadcast.u_addr.ip4)
#define IP6_ADDR_ANY (&ip6_addr_any)
#define IP6_ADDR_ANY6 (&ip6_addr_any.u_addr.ip6)
#define IP_ANY_TYPE (&ip_addr_any_type)
#define IP46_ADDR_ANY(type) ((type) == IPADDR_TYPE_V6 ? IP6_ADDR_ANY : IP4_ADDR_ANY)

#define IPADDR4_INIT(word) { { { { word, 0ul, 0ul, 0ul }, IP6_NO_ZONE } }, IPADDR_TYPE_V4 }
#define IPADDR4_INIT_BYTES(a, b, c, d) IPADDR4_INIT(PP_HTONL(LWIP_MAKEU32(a, b, c, d)))
#define IPADDR6_INIT(a, b, c, d) { { { { a, b, c, d }, IP6_NO_ZONE } }, IPADDR_TYPE_V6 }
#define IPADDR6_INIT_HOST(a, b, c, d) IPADDR6_INIT(PP_HTONL(a), PP_HTONL(b), PP_HTONL(c), PP_HTONL(d))
#define IPADDR_ANY_TYPE_INIT { { { { 0ul, 0ul, 0ul, 0ul }, IP6_NO_ZONE } }, IPADDR_TYPE_ANY }

#define IP_GET_TYPE(ipaddr) ((ipaddr)->type)
#define IP_SET_TYPE_VAL(ipaddr, kind) ((ipaddr).type = (kind))
#define IP_SET_TYPE(ipaddr, kind) do { if ((ipaddr) != NULL) { IP_SET_TYPE_VAL(*(ipaddr), kind); } } while (0)
#define IP_IS_V4_VAL(ipaddr) ((ipaddr).type == IPADDR_TYPE_V4)
#define IP_IS_V6_VAL(ipaddr) ((ipaddr).type == IPADDR_TYPE_V6)
#define IP_IS_ANY_TYPE_VAL(ipaddr) ((ipaddr).type == IPADDR_TYPE_ANY)
#define IP_IS_V4(ipaddr) ((ipaddr) == NULL || IP_IS_V4_VAL(*(ipaddr)))
#define IP_IS_V6(ipaddr) ((ipaddr) != NULL && IP_IS_V6_VAL(*(ipaddr)))
#define ip_2_ip4(ipaddr) (&(ipaddr)->u_addr.ip4)
#define ip_2_ip6(ipaddr) (&(ipaddr)->u_addr.ip6)

#define IP_ADDR4(ipaddr, a, b, c, d) ip_addr_set_ip4_u32(ipaddr, PP_HTONL(LWIP_MAKEU32(a, b, c, d)))
#define IP_ADDR6(ipaddr, a, b, c, d) do { \
	IP6_ADDR(ip_2_ip6(ipaddr), a, b, c, d); (ipaddr)->type = IPADDR_TYPE_V6; } while (0)
#define IP_ADDR6_HOST(ipaddr, a, b, c, d) IP_ADDR6(ipaddr, PP_HTONL(a), PP_HTONL(b), PP_HTONL(c), PP_HTONL(d))

#define ip_addr_set_ip4_u32(ipaddr, word) do { if ((ipaddr) != NULL) { \
	IP6_ADDR(ip_2_ip6(ipaddr), word, 0, 0, 0); (ipaddr)->type = IPADDR_TYPE_V4; } } while (0)
#define ip_addr_set_ip4_u32_val(ipaddr, word) ip_addr_set_ip4_u32(&(ipaddr), word)
#define ip_addr_get_ip4_u32(ipaddr) \
	(((ipaddr) != NULL && IP_IS_V4_VAL(*(ipaddr))) ? ip_2_ip4(ipaddr)->addr : 0)
#define ip_addr_copy(dest, src) ((dest) = (src))
#define ip_addr_set(dest, src) do { \
	if ((src) == NULL) { ip_addr_set_zero_ip4(dest); } else { *(dest) = *(src); } } while (0)
#define ip_addr_set_ipaddr(dest, src) ip_addr_set(dest, src)
#define ip_addr_copy_from_ip4(dest, src) ip_addr_set_ip4_u32(&(dest), (src).addr)
#define ip_addr_copy_from_ip6(dest, src) do { (dest).u_addr.ip6 = (src); (dest).type = IPADDR_TYPE_V6; } while (0)
#define ip_addr_set_zero(ipaddr) ip_addr_set_zero_ip4(ipaddr)
#define ip_addr_set_zero_ip4(ipaddr) do { \
	ip6_addr_set_zero(ip_2_ip6(ipaddr)); (ipaddr)->type = IPADDR_TYPE_V4; } while (0)
#define ip_addr_set_zero_ip6(ipaddr) do { \
	ip6_addr_set_zero(ip_2_ip6(ipaddr)); (ipaddr)->type = IPADDR_TYPE_V6; } while (0)
#define ip_addr_set_any(is_ipv6, ipaddr) do { \
	if (is_ipv6) { ip_addr_set_zero_ip6(ipaddr); } else { ip_addr_set_zero_ip4(ipaddr); } } while (0)
#define ip_addr_set_any_val(is_ipv6, ipaddr) ip_addr_set_any(is_ipv6, &(ipaddr))
#define ip_addr_set_loopback(is_ipv6, ipaddr) do { \
	if (is_ipv6) { ip6_addr_set_loopback(ip_2_ip6(ipaddr)); (ipaddr)->type = IPADDR_TYPE_V6; } \
	else { ip_addr_set_ip4_u32(ipaddr, PP_HTONL(IPADDR_LOOPBACK)); } } while (0)
#define ip_addr_set_loopback_val(is_ipv6, ipaddr) ip_addr_set_loopback(is_ipv6, &(ipaddr))

#define ip_addr_cmp(addr1, addr2) \
	((addr1)->type == (addr2)->type && \
	 (IP_IS_V6_VAL(*(addr1)) ? ip6_addr_cmp(ip_2_ip6(addr1), ip_2_ip6(addr2)) : ip4_addr_cmp(ip_2_ip4(addr1), ip_2_ip4(addr2))))
#define ip_addr_eq(addr1, addr2) ip_addr_cmp(addr1, addr2)
#define ip_addr_isany_val(ipaddr) \
	(IP_IS_V6_VAL(ipaddr) ? ip6_addr_isany_val((ipaddr).u_addr.ip6) : ip4_addr_isany_val((ipaddr).u_addr.ip4))
#define ip_addr_isany(ipaddr) ((ipaddr) == NULL || ip_addr_isany_val(*(ipaddr)))
#define ip_addr_isloopback(ipaddr) \
	(IP_IS_V6(ipaddr) ? ip6_addr_isloopback(ip_2_ip6(ipaddr)) : ip4_addr_isloopback(ip_2_ip4(ipaddr)))
#define ip_addr_ismulticast(ipaddr) \
	(IP_IS_V6(ipaddr) ? ip6_addr_ismulticast(ip_2_ip6(ipaddr)) : ip4_addr_ismulticast(ip_2_ip4(ipaddr)))
#define ip_addr_islinklocal(ipaddr) \
	(IP_IS_V6(ipaddr) ? ip6_addr_islinklocal(ip_2_ip6(ipaddr)) : ip4_addr_islinklocal(ip_2_ip4(ipaddr)))

#define IPADDR_STRLEN_MAX IP6ADDR_STRLEN_MAX

#endif
