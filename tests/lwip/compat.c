/*
 * A program in lwIP's style that every language standard and every setting of the compat names has to compile without a warning:
 *   -DLWIP_COMPAT_SOCKETS=0|1|2 -DLWIP_POSIX_SOCKETS_IO_NAMES=0|1, C99 to C++17, -DLATE for our headers after the system's,
 *   -DNETGRAFT_FD_SETSIZE=1024 for the system's fd_set.
 * It is a Modbus server of one register and its client, in one thread, with select as libmodbus uses it.
 */
#ifdef LATE
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#endif
#include "lwip/opt.h"
#include "lwip/sockets.h"
#include "lwip/netdb.h"
#include "lwip/inet.h"
#include "lwip/def.h"
#include "lwip/errno.h"
#include "lwip/sockets.h"
#ifndef LATE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if LWIP_COMPAT_SOCKETS
#define SOCKET socket
#define BIND bind
#define LISTEN listen
#define ACCEPT accept
#define CONNECT connect
#define SEND send
#define RECV recv
#define SELECT select
#define GETSOCKNAME getsockname
#define SETSOCKOPT setsockopt
#define CLOSE closesocket
#define IOCTL ioctlsocket
#define PTON inet_pton
#else
#define SOCKET lwip_socket
#define BIND lwip_bind
#define LISTEN lwip_listen
#define ACCEPT lwip_accept
#define CONNECT lwip_connect
#define SEND lwip_send
#define RECV lwip_recv
#define SELECT lwip_select
#define GETSOCKNAME lwip_getsockname
#define SETSOCKOPT lwip_setsockopt
#define CLOSE lwip_close
#define IOCTL lwip_ioctl
#define PTON lwip_inet_pton
#endif

#define MUST(condition) \
	do { \
		if (!(condition)) { \
			printf("line %d: %s (errno %d)\n", __LINE__, #condition, errno); \
			exit(1); \
		} \
	} while (0)

/* Waits and reads all of it, as libmodbus does. */
static int
receive_all(int s, unsigned char *to, int length)
{
	int done = 0;

	while (done < length) {
		fd_set set;
		struct timeval wait = {1, 0};
		int n;

		FD_ZERO(&set);
		FD_SET(s, &set);
		while ((n = SELECT(s + 1, &set, NULL, NULL, &wait)) == -1)
			if (errno == EINTR) {
				FD_ZERO(&set);
				FD_SET(s, &set);
			} else {
				return -1;
			}
		if (n == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		n = (int)RECV(s, to + done, (size_t)(length - done), 0);
		if (n <= 0)
			return -1;
		done += n;
	}
	return done;
}

int
main(void)
{
	static const unsigned char request[12] = {0, 1, 0, 0, 0, 6, 0xff, 3, 0, 0, 0, 1}, answer[11] = {0, 1, 0, 0, 0, 5, 0xff, 3, 2, 0x12, 0x34};
	unsigned char message[16];
	struct sockaddr_in a;
	socklen_t size = sizeof a;
	int server, client, peer, yes = 1, bytes = 0;
	u8_t small = 1;
	u16_t port;
	u32_t loopback = lwip_htonl(0x7f000001UL);

	lwip_socket_init();
	MUST(small == 1 && loopback == PP_HTONL(0x7f000001UL) && lwip_ntohs(lwip_htons(7)) == 7);
	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	MUST(PTON(AF_INET, "127.0.0.1", &a.sin_addr) == 1 && a.sin_addr.s_addr == loopback);
	server = SOCKET(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	MUST(server >= 0);
	MUST(SETSOCKOPT(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
	MUST(BIND(server, (struct sockaddr *)&a, sizeof a) == 0 && LISTEN(server, 1) == 0);
	MUST(GETSOCKNAME(server, (struct sockaddr *)&a, &size) == 0 && size == sizeof a);
	port = lwip_ntohs(a.sin_port);
	MUST(port != 0);
	client = SOCKET(AF_INET, SOCK_STREAM, 0);
	MUST(CONNECT(client, (struct sockaddr *)&a, sizeof a) == 0);
	peer = ACCEPT(server, (struct sockaddr *)&a, &size);
	MUST(peer >= 0);
	MUST(SETSOCKOPT(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0);
	MUST(SEND(client, request, sizeof request, 0) == (ssize_t)sizeof request);
	MUST(receive_all(peer, message, sizeof request) == (int)sizeof request && memcmp(message, request, sizeof request) == 0);
	MUST(SEND(peer, answer, sizeof answer, 0) == (ssize_t)sizeof answer);
	MUST(receive_all(client, message, sizeof answer) == (int)sizeof answer && message[9] == 0x12);
	MUST(IOCTL(client, FIONREAD, &bytes) == 0 && bytes == 0);
	MUST(IOCTL(client, FIONBIO, &yes) == 0);
	MUST(RECV(client, message, 1, 0) == -1 && errno == EWOULDBLOCK);
#if LWIP_COMPAT_SOCKETS && LWIP_POSIX_SOCKETS_IO_NAMES
	{
		struct iovec part;

#if LWIP_COMPAT_SOCKETS == 1
		MUST(fcntl(client, F_GETFL) & O_NONBLOCK); /* lwIP would have a third argument */
#endif
		MUST((fcntl(client, F_GETFL, 0) & O_NONBLOCK) && fcntl(client, F_SETFL, 0) == 0);
		part.iov_base = message;
		part.iov_len = 1;
		MUST(write(client, "x", 1) == 1 && read(peer, message, 1) == 1 && message[0] == 'x');
		MUST(writev(client, &part, 1) == 1 && readv(peer, &part, 1) == 1);
		MUST(ioctl(client, FIONREAD, &bytes) == 0);
		MUST(close(client) == 0);
	}
#else
	MUST(lwip_fcntl(client, F_SETFL, 0) == 0 && lwip_write(client, "x", 1) == 1 && lwip_read(peer, message, 1) == 1);
	MUST(CLOSE(client) == 0);
#endif
#if LWIP_COMPAT_SOCKETS == 2
	{
		/* names, so that there is a pointer to them */
		int (*closing)(int) = closesocket;
		ssize_t (*receiving)(int, void *, size_t, int) = recv;

		MUST(receiving(peer, message, 1, 0) == 0 && closing(peer) == 0);
	}
#else
	MUST(RECV(peer, message, 1, 0) == 0 && CLOSE(peer) == 0);
#endif
	MUST(CLOSE(server) == 0 && CLOSE(server) == -1 && errno == EBADF);
#if LWIP_COMPAT_SOCKETS
	MUST(FD_SETSIZE == NETGRAFT_FD_SETSIZE && sizeof(fd_set) * 8 == FD_SETSIZE);
#endif
	return 0;
}
