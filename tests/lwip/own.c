/*
 * Compiled with lwIP's own headers and run on netgraft: -DOWN_VALUES with their constants and structures (and netgraft_lwip.h), without it with
 * Debian's configuration, whose values are the system's.
 */
#include "lwip/def.h"
#include "lwip/sockets.h"
#include "lwip/netdb.h"
#ifdef OWN_VALUES
int printf(const char *, ...);
int memcmp(const void *, const void *, size_t);
void *memset(void *, int, size_t);
#else
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#define lwip_getaddrinfo getaddrinfo
int lwip_select(int, fd_set *, fd_set *, fd_set *, struct timeval *);
#define lwip_freeaddrinfo freeaddrinfo
#endif

static int failed;

static void
check(const char *what, int good)
{
	printf("%s %s\n", good ? "ok" : "FAIL", what);
	failed |= !good;
}

static struct sockaddr_in
loopback(unsigned short port)
{
	struct sockaddr_in a;

	memset(&a, 0, sizeof a);
#ifdef OWN_VALUES
	a.sin_len = sizeof a;
#endif
	a.sin_family = AF_INET;
	a.sin_port = port;
	a.sin_addr.s_addr = lwip_htonl(0x7f000001);
	return a;
}

int
main(void)
{
	struct sockaddr_in a = loopback(0), b;
	struct timeval tv = { 0, 30000 };
	struct linger linger = { 1, 3 };
	struct pollfd p;
	struct msghdr m;
	struct iovec iov;
	struct addrinfo hints, *found = NULL;
	char text[64], control[128];
	socklen_t len = sizeof a;
	int u, v, l, s, t, n, one = 1;
	fd_set set;

	u = lwip_socket(AF_INET, SOCK_DGRAM, 0);
	v = lwip_socket(AF_INET, SOCK_DGRAM, 0);
	check("bind", lwip_bind(u, (struct sockaddr *)&a, sizeof a) == 0);
	check("getsockname", lwip_getsockname(u, (struct sockaddr *)&a, &len) == 0 && len == sizeof a && a.sin_family == AF_INET && a.sin_port != 0);
#ifdef OWN_VALUES
	check("sin_len", a.sin_len == sizeof a);
#endif
	check("MSG_DONTWAIT", lwip_recv(u, text, sizeof text, MSG_DONTWAIT) == -1 && errno == EAGAIN);
	check("SO_RCVTIMEO set", lwip_setsockopt(u, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv) == 0);
	check("SO_RCVTIMEO waits and ends", lwip_recv(u, text, sizeof text, 0) == -1 && errno == EAGAIN);
	check("sendto", lwip_sendto(v, "hello", 5, 0, (struct sockaddr *)&a, sizeof a) == 5);
	check("MSG_PEEK", lwip_recv(u, text, sizeof text, MSG_PEEK) == 5);
	n = 0;
	check("FIONREAD", lwip_ioctl(u, (long)FIONREAD, &n) == 0 && n == 5);
	p.fd = u;
	p.events = POLLIN | POLLOUT;
	check("poll", lwip_poll(&p, 1, 1000) == 1 && p.revents == (POLLIN | POLLOUT));
	FD_ZERO(&set);
	FD_SET(u, &set);
	check("select", lwip_select(u + 1, &set, NULL, NULL, &tv) == 1 && FD_ISSET(u, &set));
	len = sizeof b;
	check("recvfrom", lwip_recvfrom(u, text, sizeof text, 0, (struct sockaddr *)&b, &len) == 5 && len == sizeof b && b.sin_family == AF_INET
	    && b.sin_addr.s_addr == lwip_htonl(0x7f000001));
	FD_ZERO(&set);
	FD_SET(u, &set);
	check("select, nothing there", lwip_select(u + 1, &set, NULL, NULL, &tv) == 0 && !FD_ISSET(u, &set));

	check("IP_PKTINFO", lwip_setsockopt(u, IPPROTO_IP, IP_PKTINFO, &one, sizeof one) == 0);
	memset(&m, 0, sizeof m);
	iov.iov_base = (void *)(size_t)"0123456789";
	iov.iov_len = 10;
	m.msg_name = &a;
	m.msg_namelen = sizeof a;
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	check("sendmsg", lwip_sendmsg(v, &m, 0) == 10);
	iov.iov_base = text;
	iov.iov_len = 4;
	m.msg_name = &b;
	m.msg_namelen = sizeof b;
	m.msg_control = control;
	m.msg_controllen = sizeof control;
	check("recvmsg", lwip_recvmsg(u, &m, 0) == 4 && memcmp(text, "0123", 4) == 0);
	check("MSG_TRUNC", (m.msg_flags & MSG_TRUNC) && !(m.msg_flags & MSG_CTRUNC));
	check("msg_name", m.msg_namelen == sizeof b && b.sin_family == AF_INET);
	check("cmsghdr", m.msg_controllen >= sizeof(struct cmsghdr) && CMSG_FIRSTHDR(&m) && CMSG_FIRSTHDR(&m)->cmsg_level == IPPROTO_IP
	    && CMSG_FIRSTHDR(&m)->cmsg_type == IP_PKTINFO && CMSG_FIRSTHDR(&m)->cmsg_len == CMSG_LEN(sizeof(struct in_pktinfo)));
	check("in_pktinfo", CMSG_FIRSTHDR(&m) && ((struct in_pktinfo *)CMSG_DATA(CMSG_FIRSTHDR(&m)))->ipi_addr.s_addr == lwip_htonl(0x7f000001));

	l = lwip_socket(AF_INET, SOCK_STREAM, 0);
	check("SO_REUSEADDR", lwip_setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0);
	len = sizeof n;
	check("SO_REUSEADDR reads 1", lwip_getsockopt(l, SOL_SOCKET, SO_REUSEADDR, &n, &len) == 0 && n == 1);
	len = sizeof n;
	check("SO_TYPE", lwip_getsockopt(l, SOL_SOCKET, SO_TYPE, &n, &len) == 0 && n == SOCK_STREAM);
	a = loopback(0);
	lwip_bind(l, (struct sockaddr *)&a, sizeof a);
	check("listen", lwip_listen(l, 4) == 0);
	len = sizeof n;
	check("SO_ACCEPTCONN", lwip_getsockopt(l, SOL_SOCKET, SO_ACCEPTCONN, &n, &len) == 0 && n == 1);
	len = sizeof a;
	lwip_getsockname(l, (struct sockaddr *)&a, &len);
	s = lwip_socket(AF_INET, SOCK_STREAM, 0);
	check("connect", lwip_connect(s, (struct sockaddr *)&a, sizeof a) == 0);
	len = sizeof b;
	t = lwip_accept(l, (struct sockaddr *)&b, &len);
	check("accept", t >= 0 && b.sin_family == AF_INET && len == sizeof b);
	check("TCP_NODELAY", lwip_setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
	n = 7;
	check("TCP_KEEPIDLE", lwip_setsockopt(s, IPPROTO_TCP, TCP_KEEPIDLE, &n, sizeof n) == 0);
	len = sizeof n;
	check("TCP_KEEPALIVE is it in ms", lwip_getsockopt(s, IPPROTO_TCP, TCP_KEEPALIVE, &n, &len) == 0 && n == 7000);
	check("SO_LINGER", lwip_setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0);
	n = 20000;
	lwip_setsockopt(s, SOL_SOCKET, SO_RCVBUF, &n, sizeof n);
	n = 0;
	len = sizeof n;
	check("SO_RCVBUF reads as set", lwip_getsockopt(s, SOL_SOCKET, SO_RCVBUF, &n, &len) == 0 && n == 20000);
	check("O_NONBLOCK", lwip_fcntl(s, F_SETFL, O_NONBLOCK) == 0 && (lwip_fcntl(s, F_GETFL, 0) & O_NONBLOCK));
	check("recv does not wait", lwip_recv(s, text, 1, 0) == -1 && errno == EWOULDBLOCK);
	n = 0;
	check("FIONBIO", lwip_ioctl(s, (long)FIONBIO, &n) == 0 && !(lwip_fcntl(s, F_GETFL, 0) & O_NONBLOCK));
	lwip_send(t, "abc", 3, MSG_MORE);
	lwip_send(t, "def", 3, 0);
	check("MSG_WAITALL", lwip_recv(s, text, 6, MSG_WAITALL) == 6 && memcmp(text, "abcdef", 6) == 0);
	len = sizeof b;
	check("getpeername", lwip_getpeername(s, (struct sockaddr *)&b, &len) == 0 && b.sin_port == a.sin_port);
	lwip_close(t);
	check("POLLIN at the end", (p.fd = s, p.events = POLLIN, lwip_poll(&p, 1, 1000) == 1) && (p.revents & POLLIN));
	check("no SIGPIPE", lwip_send(s, "x", 1, 0) >= -1 && lwip_send(s, "x", 1, 0) >= -1 && lwip_send(s, "x", 1, 0) == -1 && errno == EPIPE);
	lwip_close(l);
	p.fd = l;
	check("POLLNVAL", lwip_poll(&p, 1, 0) == 1 && p.revents == POLLNVAL);
	check("wrong family", (a.sin_family = 77, lwip_bind(v, (struct sockaddr *)&a, sizeof a) == -1) && errno == EAFNOSUPPORT);

	memset(&hints, 0, sizeof hints);
	hints.ai_flags = AI_NUMERICHOST;
	hints.ai_family = AF_INET;
	check("getaddrinfo", lwip_getaddrinfo("127.0.0.1", "80", &hints, &found) == 0 && found && ((struct sockaddr_in *)found->ai_addr)->sin_family == AF_INET
	    && ((struct sockaddr_in *)found->ai_addr)->sin_port == lwip_htons(80));
	lwip_freeaddrinfo(found);
	check("EAI_NONAME", lwip_getaddrinfo("no name", "80", &hints, &found) == EAI_NONAME);
	return failed;
}
