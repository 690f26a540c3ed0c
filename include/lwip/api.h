/*
 * netgraft: netconn, the sequential API of lwIP.
 */
#ifndef NETGRAFT_LWIP_API_H
#define NETGRAFT_LWIP_API_H

#include "lwip/opt.h"
#include "lwip/arch.h"
#include "lwip/netbuf.h"
#include "lwip/sys.h"
#include "lwip/ip_addr.h"
#include "lwip/err.h"

/* for netconn_write() and others */
#define NETCONN_NOFLAG 0x00
#define NETCONN_NOCOPY 0x00
#define NETCONN_COPY 0x01
#define NETCONN_MORE 0x02
#define NETCONN_DONTBLOCK 0x04
#define NETCONN_NOAUTORCVD 0x08
#define NETCONN_NOFIN 0x10

/* of a connection, in its member flags */
#define NETCONN_FLAG_NON_BLOCKING 0x02
#define NETCONN_FLAG_IN_NONBLOCKING_CONNECT 0x04
#define NETCONN_FLAG_CHECK_WRITESPACE 0x10
#define NETCONN_FLAG_IPV6_V6ONLY 0x20

#define NETCONN_TYPE_IPV6 0x08
enum netconn_type {
	NETCONN_INVALID = 0,
	NETCONN_TCP = 0x10,
	NETCONN_TCP_IPV6 = NETCONN_TCP | NETCONN_TYPE_IPV6,
	NETCONN_UDP = 0x20,
	NETCONN_UDPLITE = 0x21,
	NETCONN_UDPNOCHKSUM = 0x22,
	NETCONN_UDP_IPV6 = NETCONN_UDP | NETCONN_TYPE_IPV6,
	NETCONN_UDPLITE_IPV6 = NETCONN_UDPLITE | NETCONN_TYPE_IPV6,
	NETCONN_UDPNOCHKSUM_IPV6 = NETCONN_UDPNOCHKSUM | NETCONN_TYPE_IPV6,
	NETCONN_RAW = 0x40,
	NETCONN_RAW_IPV6 = NETCONN_RAW | NETCONN_TYPE_IPV6
};
#define NETCONNTYPE_GROUP(t) ((t) & 0xF0)
#define NETCONNTYPE_DATAGRAM(t) ((t) & 0xE0)
#define NETCONNTYPE_ISIPV6(t) (((t) & NETCONN_TYPE_IPV6) != 0)

enum netconn_state {
	NETCONN_NONE,
	NETCONN_WRITE,
	NETCONN_LISTEN,
	NETCONN_CONNECT,
	NETCONN_CLOSE
};

enum netconn_evt {
	NETCONN_EVT_RCVPLUS,   /* so many bytes came, or with 0: a connection, the end, an error */
	NETCONN_EVT_RCVMINUS,  /* so many were taken */
	NETCONN_EVT_SENDPLUS,  /* connected, or there is room to send again */
	NETCONN_EVT_SENDMINUS, /* there is no room */
	NETCONN_EVT_ERROR      /* failed, or closed */
};

enum netconn_igmp {
	NETCONN_JOIN,
	NETCONN_LEAVE
};

#define NETCONN_DNS_IPV4 0
#define NETCONN_DNS_IPV6 1
#define NETCONN_DNS_IPV4_IPV6 2
#define NETCONN_DNS_IPV6_IPV4 3
#define NETCONN_DNS_DEFAULT NETCONN_DNS_IPV4_IPV6

#ifndef TCP_DEFAULT_LISTEN_BACKLOG
#define TCP_DEFAULT_LISTEN_BACKLOG 0xff
#endif

struct netconn;
struct ip_pcb;
struct tcp_pcb;
struct udp_pcb;
struct raw_pcb;
struct api_msg;
typedef void (*netconn_callback)(struct netconn *conn, enum netconn_evt event, u16_t len);

/* A connection. Programs use the macros below; what these do not use is here for the layout. */
struct netconn {
	enum netconn_type type;
	enum netconn_state state;
	union {
		struct ip_pcb *ip; /* null when it is closed; lwip/ip.h has it */
		struct tcp_pcb *tcp;
		struct udp_pcb *udp;
		struct raw_pcb *raw;
	} pcb;
	err_t pending_err;
	sys_sem_t op_completed;
	sys_mbox_t recvmbox;
	sys_mbox_t acceptmbox;
	int socket;
	s32_t send_timeout; /* milliseconds; 0: none */
	u32_t recv_timeout; /* milliseconds; 0: none */
	int recv_bufsize;
	int recv_avail;     /* with a callback: bytes that wait */
	s16_t linger;       /* seconds, for closing; negative: the system's way */
	u8_t flags;         /* NETCONN_FLAG_* */
	struct api_msg *current_msg;
	netconn_callback callback;
};

/* a piece of memory */
struct netvector {
	const void *ptr;
	size_t len;
};

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/api.h"
#ifdef __cplusplus
}
#endif

#define netconn_new(t) netconn_new_with_proto_and_callback(t, 0, NULL)
#define netconn_new_with_callback(t, c) netconn_new_with_proto_and_callback(t, 0, c)
#define netconn_type(conn) ((conn)->type)
#define netconn_peer(conn, addr, port) netconn_getaddr(conn, addr, port, 0)
#define netconn_addr(conn, addr, port) netconn_getaddr(conn, addr, port, 1)
#define netconn_listen(conn) netconn_listen_with_backlog(conn, TCP_DEFAULT_LISTEN_BACKLOG)
#define netconn_write(conn, dataptr, size, apiflags) netconn_write_partly(conn, dataptr, size, apiflags, NULL)
#define netconn_gethostbyname(name, addr) netconn_gethostbyname_addrtype(name, addr, NETCONN_DNS_DEFAULT)
#define netconn_thread_init()
#define netconn_thread_cleanup()

#define netconn_set_flags(conn, set) ((conn)->flags = (u8_t)((conn)->flags | (set)))
#define netconn_clear_flags(conn, clear) ((conn)->flags = (u8_t)((conn)->flags & ~(clear)))
#define netconn_is_flag_set(conn, flag) (((conn)->flags & (flag)) != 0)
#define netconn_set_nonblocking(conn, on) do { \
	if (on) { netconn_set_flags(conn, NETCONN_FLAG_NON_BLOCKING); } \
	else { netconn_clear_flags(conn, NETCONN_FLAG_NON_BLOCKING); } } while (0)
#define netconn_is_nonblocking(conn) netconn_is_flag_set(conn, NETCONN_FLAG_NON_BLOCKING)
#define netconn_set_ipv6only(conn, on) do { \
	if (on) { netconn_set_flags(conn, NETCONN_FLAG_IPV6_V6ONLY); } \
	else { netconn_clear_flags(conn, NETCONN_FLAG_IPV6_V6ONLY); } } while (0)
#define netconn_get_ipv6only(conn) netconn_is_flag_set(conn, NETCONN_FLAG_IPV6_V6ONLY)
#define netconn_set_sendtimeout(conn, ms) ((conn)->send_timeout = (ms))
#define netconn_get_sendtimeout(conn) ((conn)->send_timeout)
#define netconn_set_recvtimeout(conn, ms) ((conn)->recv_timeout = (ms))
#define netconn_get_recvtimeout(conn) ((conn)->recv_timeout)
#define netconn_set_recvbufsize(conn, size) ((conn)->recv_bufsize = (size))
#define netconn_get_recvbufsize(conn) ((conn)->recv_bufsize)
#define netconn_recv_bufsize(conn) ((conn)->recv_bufsize)

#endif
