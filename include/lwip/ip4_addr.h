/*
 * netgraft: IPv4 addresses of lwIP, in the order of the network.
 */
#ifndef NETGRAFT_LWIP_IP4_ADDR_H
#define NETGRAFT_LWIP_IP4_ADDR_H

#include "lwip/opt.h"
#include "lwip/def.h"

typedef struct ip4_addr {
	u32_t addr;
} ip4_addr_t;

/* in the order of the host */
#define IPADDR_NONE ((u32_t)0xffffffffUL)
#define IPADDR_LOOPBACK ((u32_t)0x7f000001UL)
#define IPADDR_ANY ((u32_t)0x00000000UL)
#define IPADDR_BROADCAST ((u32_t)0xffffffffUL)

#define LWIP_MAKEU32(a, b, c, d) \
	(((u32_t)((a) & 0xff) << 24) | ((u32_t)((b) & 0xff) << 16) | ((u32_t)((c) & 0xff) << 8) | (u32_t)((d) & 0xff))
#define IP4_ADDR(ipaddr, a, b, c, d) ((ipaddr)->addr = PP_HTONL(LWIP_MAKEU32(a, b, c, d)))

#define ip4_addr_copy(dest, src) ((dest).addr = (src).addr)
#define ip4_addr_set(dest, src) ((dest)->addr = (src) == NULL ? 0 : (src)->addr)
#define ip4_addr_set_u32(dest, value) ((dest)->addr = (value))
#define ip4_addr_get_u32(src) ((src)->addr)
#define ip4_addr_set_zero(ipaddr) ((ipaddr)->addr = 0)
#define ip4_addr_set_any(ipaddr) ((ipaddr)->addr = IPADDR_ANY)
#define ip4_addr_set_loopback(ipaddr) ((ipaddr)->addr = PP_HTONL(IPADDR_LOOPBACK))
#define ip4_addr_set_hton(dest, src) ((dest)->addr = (src) == NULL ? 0 : lwip_htonl((src)->addr))
#define ip4_addr_get_network(target, host, netmask) ((target)->addr = (host)->addr & (netmask)->addr)

#define ip4_addr_cmp(addr1, addr2) ((addr1)->addr == (addr2)->addr)
#define ip4_addr_eq(addr1, addr2) ip4_addr_cmp(addr1, addr2)
#define ip4_addr_netcmp(addr1, addr2, mask) (((addr1)->addr & (mask)->addr) == ((addr2)->addr & (mask)->addr))
#define ip4_addr_net_eq(addr1, addr2, mask) ip4_addr_netcmp(addr1, addr2, mask)
#define ip4_addr_isany_val(ipaddr) ((ipaddr).addr == IPADDR_ANY)
#define ip4_addr_isany(ipaddr) ((ipaddr) == NULL || ip4_addr_isany_val(*(ipaddr)))
#define ip4_addr_isloopback(ipaddr) (((ipaddr)->addr & PP_HTONL(0xff000000UL)) == PP_HTONL(0x7f000000UL))
#define ip4_addr_ismulticast(ipaddr) (((ipaddr)->addr & PP_HTONL(0xf0000000UL)) == PP_HTONL(0xe0000000UL))
#define ip4_addr_islinklocal(ipaddr) (((ipaddr)->addr & PP_HTONL(0xffff0000UL)) == PP_HTONL(0xa9fe0000UL))

/* the bytes of an address, from the left */
#define ip4_addr_get_byte(ipaddr, index) (((const u8_t *)&(ipaddr)->addr)[index])
#define ip4_addr1(ipaddr) ip4_addr_get_byte(ipaddr, 0)
#define ip4_addr2(ipaddr) ip4_addr_get_byte(ipaddr, 1)
#define ip4_addr3(ipaddr) ip4_addr_get_byte(ipaddr, 2)
#define ip4_addr4(ipaddr) ip4_addr_get_byte(ipaddr, 3)
#define ip4_addr1_16(ipaddr) ((u16_t)ip4_addr1(ipaddr))
#define ip4_addr2_16(ipaddr) ((u16_t)ip4_addr2(ipaddr))
#define ip4_addr3_16(ipaddr) ((u16_t)ip4_addr3(ipaddr))
#define ip4_addr4_16(ipaddr) ((u16_t)ip4_addr4(ipaddr))

#define IP4ADDR_STRLEN_MAX 16
#define ip_ntoa(ipaddr) ipaddr_ntoa(ipaddr)

#endif
