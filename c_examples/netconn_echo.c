/*
 * An echo server over TCP and UDP, in the netconn API of lwIP: one thread for each conversation, as programs for small devices are written. It runs on the
 * host's own sockets.
 *
 *     gcc netconn_echo.c -o netconn_echo -I dist/include -L dist/lib -lnetgraft -lpthread
 *     ./netconn_echo 7007
 *
 * then `nc 127.0.0.1 7007`, or `nc -u`. Port 0 is one that is free.
 */
#include "lwip/api.h"
#include "lwip/tcpip.h"
#include <stdio.h>
#include <stdlib.h>

/* One TCP conversation. What comes is sent back from the memory that it came in. */
static void converse(void *arg)
{
	struct netconn *conn = arg;
	struct netbuf *buf;
	void *data;
	u16_t len;

	while (netconn_recv(conn, &buf) == ERR_OK) {
		/* what is received may be in several pieces */
		do {
			netbuf_data(buf, &data, &len);
			if (netconn_write(conn, data, len, NETCONN_COPY) != ERR_OK)
				break;
		} while (netbuf_next(buf) >= 0);
		netbuf_delete(buf);
	}
	netconn_close(conn);
	netconn_delete(conn);
}

/* Datagrams go back to where they came from: the netbuf knows. */
static void datagrams(void *arg)
{
	struct netconn *conn = arg;
	struct netbuf *buf;

	while (netconn_recv(conn, &buf) == ERR_OK) {
		netconn_send(conn, buf);
		netbuf_delete(buf);
	}
	netconn_delete(conn);
}

static void started(void *arg)
{
	sys_sem_signal(arg);
}

int main(int argc, char **argv)
{
	u16_t port = argc > 1 ? (u16_t)atoi(argv[1]) : 7007;
	struct netconn *listener, *udp, *conn;
	ip_addr_t addr;
	sys_sem_t ready;

	/* lwIP wants to be started, and says when it is */
	sys_sem_new(&ready, 0);
	tcpip_init(started, &ready);
	sys_sem_wait(&ready);
	sys_sem_free(&ready);

	listener = netconn_new(NETCONN_TCP);
	udp = netconn_new(NETCONN_UDP);
	if (listener == NULL || udp == NULL)
		return 1;
	if (netconn_bind(listener, IP_ADDR_ANY, port) != ERR_OK || netconn_listen(listener) != ERR_OK ||
	    netconn_addr(listener, &addr, &port) != ERR_OK || netconn_bind(udp, IP_ADDR_ANY, port) != ERR_OK) {
		fprintf(stderr, "port %d cannot be had\n", port);
		return 1;
	}
	printf("listening on port %d\n", port);
	fflush(stdout);
	sys_thread_new("udp", datagrams, udp, DEFAULT_THREAD_STACKSIZE, DEFAULT_THREAD_PRIO);
	while (netconn_accept(listener, &conn) == ERR_OK)
		if (sys_thread_new("tcp", converse, conn, DEFAULT_THREAD_STACKSIZE, DEFAULT_THREAD_PRIO) == NULL)
			netconn_delete(conn);
	return 0;
}
