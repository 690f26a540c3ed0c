/* Compiled with Debian's lwIP headers, linked to Debian's liblwip.so.0, run on ours: the calls that lwIP 2.1.3 has, UDP and TCP. */
#include "lwip/sockets.h"
#include "lwip/def.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition) \
	do { \
		if (!(condition)) { \
			printf("line %d: %s (errno %d)\n", __LINE__, #condition, errno); \
			exit(1); \
		} \
	} while (0)

int
main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t size = sizeof a;
	int udp = lwip_socket(AF_INET, SOCK_DGRAM, 0), tcp = lwip_socket(AF_INET, SOCK_STREAM, 0), client = lwip_socket(AF_INET, SOCK_STREAM, 0), peer, one = 1;
	struct pollfd p = {udp, POLLIN, 0};
	char text[20];

	MUST(udp >= 0 && tcp >= 0 && client >= 0);
	a.sin_addr.s_addr = lwip_htonl(0x7f000001);
	MUST(lwip_bind(udp, (struct sockaddr *)&a, size) == 0 && lwip_getsockname(udp, (struct sockaddr *)&a, &size) == 0);
	MUST(lwip_poll(&p, 1, 0) == 0);
	MUST(lwip_sendto(udp, "datagram", 8, 0, (struct sockaddr *)&a, size) == 8);
	MUST(lwip_poll(&p, 1, 1000) == 1 && p.revents == POLLIN);
	MUST(lwip_recvfrom(udp, text, sizeof text, MSG_DONTWAIT, (struct sockaddr *)&a, &size) == 8);
	a.sin_port = 0;
	MUST(lwip_setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0);
	MUST(lwip_bind(tcp, (struct sockaddr *)&a, size) == 0 && lwip_listen(tcp, 2) == 0 && lwip_getsockname(tcp, (struct sockaddr *)&a, &size) == 0);
	MUST(lwip_connect(client, (struct sockaddr *)&a, size) == 0);
	MUST((peer = lwip_accept(tcp, NULL, NULL)) >= 0);
	MUST(lwip_write(client, "stream", 6) == 6 && lwip_read(peer, text, sizeof text) == 6);
	MUST(lwip_fcntl(peer, F_SETFL, O_NONBLOCK) == 0 && lwip_recv(peer, text, 1, 0) == -1 && errno == EWOULDBLOCK);
	MUST(lwip_shutdown(client, SHUT_WR) == 0 && (p.fd = peer, lwip_poll(&p, 1, 1000)) == 1 && lwip_recv(peer, text, 1, 0) == 0);
	MUST(lwip_close(client) == 0 && lwip_close(peer) == 0 && lwip_close(tcp) == 0 && lwip_close(udp) == 0);
	MUST(lwip_close(udp) == -1 && errno == EBADF);
	return 0;
}
