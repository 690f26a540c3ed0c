/*
 * inject: a TCP proxy that looks at the first line. Connections of our own in the
 * loop of a libwebsockets context, without a protocol table.
 *
 *   cc inject.c -o inject $(pkg-config --cflags --libs netgraft)
 *   ./inject PORT TO_PORT        then: nc localhost PORT
 *
 * Each client is an injected connection, and so is its link to 127.0.0.1:TO_PORT.
 * Who is slow slows the other down: a send that is refused (-EAGAIN) pauses reading
 * on the other side until `writable`. A client whose first bytes are "DATE" is
 * released: taken out of the loop alive, and served by hand.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libwebsockets.h>
#include <netgraft.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct lws_context *context;
static volatile sig_atomic_t stop;
static int to_port;

struct side {
	netgraft_conn conn; /* 0 when it has ended */
	struct pair *pair;
	char *kept; /* received, and not taken by the other side yet */
	size_t kept_len;
};

struct pair {
	struct side client, server;
};

static struct side *other(struct side *side)
{
	return side == &side->pair->client ? &side->pair->server : &side->pair->client;
}

static void pass_on(struct side *from, const void *bytes, size_t len)
{
	if (netgraft_send(other(from)->conn, bytes, len) == -EAGAIN) {
		from->kept = malloc(len);
		memcpy(from->kept, bytes, len);
		from->kept_len = len;
		netgraft_pause(from->conn); /* `writable` of the other goes on */
	}
}

static void on_received(netgraft_conn conn, void *user, void *bytes, size_t len)
{
	struct side *side = user;

	if (side == &side->pair->client && len >= 4 && !memcmp(bytes, "DATE", 4)) {
		time_t now = time(NULL);
		int fd;

		if (!netgraft_release(conn, &fd, NULL, NULL)) {
			/* the socket is ours again; the handle is stale, and `closed` does not come */
			dprintf(fd, "%s", ctime(&now));
			close(fd);
			side->conn = 0;
			netgraft_close(other(side)->conn, NETGRAFT_CLOSE_NOW);
		}
		return;
	}
	pass_on(side, bytes, len);
}

static void on_writable(netgraft_conn conn, void *user)
{
	struct side *from = other(user);

	(void)conn;
	if (from->kept && !netgraft_send(((struct side *)user)->conn, from->kept, from->kept_len)) {
		free(from->kept);
		from->kept = NULL;
		netgraft_resume(from->conn);
	}
}

static void on_ended(netgraft_conn conn, void *user)
{
	(void)conn;
	netgraft_shutdown(other(user)->conn); /* pass the end on; the answer may still come */
}

static void on_closed(netgraft_conn conn, void *user, int error)
{
	struct side *side = user;

	(void)conn;
	if (error)
		fprintf(stderr, "%s: %s\n", side == &side->pair->client ? "client" : "server", strerror(-error));
	side->conn = 0;
	if (other(side)->conn) {
		netgraft_close(other(side)->conn, error ? NETGRAFT_CLOSE_NOW : NETGRAFT_CLOSE_FLUSH);
		return;
	}
	free(side->kept);
	free(other(side)->kept);
	free(side->pair);
}

static const struct netgraft_callbacks callbacks = { .received = on_received, .writable = on_writable,
						     .ended = on_ended, .closed = on_closed };

static void on_accepted(netgraft_conn listener, void *user, int fd)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)to_port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct netgraft_options options = { .connect_ms = 2000, .idle_ms = 60000 };
	struct pair *pair = calloc(1, sizeof *pair);
	int link = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	(void)listener;
	(void)user;
	pair->client.pair = pair->server.pair = pair;
	if ((connect(link, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) ||
	    netgraft_inject(context, link, &callbacks, &pair->server, &options, &pair->server.conn)) {
		fprintf(stderr, "no connection to port %d\n", to_port);
		close(link);
		close(fd);
		free(pair);
		return;
	}
	if (netgraft_inject(context, fd, &callbacks, &pair->client, &options, &pair->client.conn)) {
		close(fd); /* ours still, as always when it fails */
		netgraft_close(pair->server.conn, NETGRAFT_CLOSE_NOW);
	}
}

static const struct netgraft_callbacks listening = { .accepted = on_accepted };

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct lws_context_creation_info info;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (argc != 3) {
		fprintf(stderr, "usage: inject PORT TO_PORT\n");
		return 2;
	}
	at.sin_port = htons((uint16_t)atoi(argv[1]));
	to_port = atoi(argv[2]);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = lws_create_context(&info);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (!context || bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 64) ||
	    netgraft_inject(context, fd, &listening, NULL, NULL, NULL)) {
		perror("inject");
		return 1;
	}
	while (!stop && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
