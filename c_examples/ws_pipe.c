/*
 * ws_pipe: a WebSocket echo server for one connection on stdin and stdout. The
 * library never sees a socket: the program moves the bytes.
 *
 *   cc ws_pipe.c -o ws_pipe $(pkg-config --cflags --libs netgraft)
 *   socat TCP-LISTEN:8080,reuseaddr,fork EXEC:./ws_pipe
 *
 * The same way it goes through a TLS library of your own (feed what SSL_read gives, SSL_write what is
 * taken), over a serial line, or from one buffer to another in a test.
 */
#include <netgraft.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int over;

static void on_opened(struct netgraft_ws *ws, void *user, const char *protocol)
{
	(void)ws;
	(void)user;
	fprintf(stderr, "open, protocol %s\n", protocol ? protocol : "none");
}

static void on_message(struct netgraft_ws *ws, void *user, const void *bytes, size_t len, uint32_t flags)
{
	(void)user;
	/* a piece of a message goes back as a piece; NETGRAFT_WS_CONTINUED is not for sending */
	if (netgraft_ws_send(ws, bytes, len, flags & (NETGRAFT_WS_BINARY | NETGRAFT_WS_MORE)))
		netgraft_ws_close(ws, 1013, "too much at once");
}

static void on_closed(struct netgraft_ws *ws, void *user, uint16_t code, const void *reason, size_t len)
{
	(void)ws;
	(void)user;
	fprintf(stderr, "closed with %u %.*s\n", code, (int)len, (const char *)reason);
	over = 1;
}

/* Writes what is to be sent. This program blocks while its peer does not read, which bounds what it keeps. */
static void drain(struct netgraft_ws *ws)
{
	char bytes[16384];
	int64_t n;

	while ((n = netgraft_ws_take(ws, bytes, sizeof bytes)) > 0) {
		ssize_t at = 0, done;

		for (; at < n; at += done)
			if ((done = write(STDOUT_FILENO, bytes + at, (size_t)(n - at))) <= 0)
				exit(1);
	}
}

int main(void)
{
	static const struct netgraft_ws_callbacks callbacks = { .opened = on_opened, .message = on_message, .closed = on_closed };
	struct netgraft_ws_settings settings = { .role = NETGRAFT_WS_SERVER, .callbacks = &callbacks, .protocols = "echo" };
	struct netgraft_ws *ws = netgraft_ws_new(&settings);
	char bytes[16384];
	ssize_t n;

	while (ws && !over && (n = read(STDIN_FILENO, bytes, sizeof bytes)) > 0) {
		netgraft_ws_feed(ws, bytes, (size_t)n);
		drain(ws);
	}
	netgraft_ws_free(ws);
	return over ? 0 : 1;
}
