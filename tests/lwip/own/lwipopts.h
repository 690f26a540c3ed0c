/* lwIP's own structures and constants, from the headers that Debian installs. */
#define NO_SYS 0
#define LWIP_COMPAT_SOCKETS 0
#define LWIP_SOCKET_SELECT 1
#define LWIP_SOCKET_POLL 1
#define LWIP_SOCKET_EXTERNAL_HEADERS 0
#define MEMP_NUM_NETCONN 1024
#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_IPV6_MLD 1
#define LWIP_IGMP 1
#define LWIP_UDPLITE 1
#define LWIP_MULTICAST_TX_OPTIONS 1
#define LWIP_DNS 1
#define LWIP_DNS_API_DECLARE_H_ERRNO 0
#define LWIP_TCPIP_CORE_LOCKING 0
