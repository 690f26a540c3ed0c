/*
 * netcat: a raw TCP client. What is typed goes to a server, what it says is
 * printed; neither HTTP nor WebSocket.
 *
 *   cc netcat.c -o netcat $(pkg-config --cflags --libs libwebsockets) -lpthread
 *   ./netcat HOST PORT
 *
 * Ends when the server closes. Stdin is read by a thread of our own, because
 * reading it may block and the event loop must not. The thread calls only
 * lws_cancel_service(): what else is in the library belongs to the thread that
 * runs the loop.
 */
#include <libwebsockets.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lws_context *context;
static volatile sig_atomic_t stop;
static int result = 1; /* the exit code */

static struct lws *server; /* the connection */

/*
 * One piece of stdin on its way. While "waiting" is 0 the bytes belong to the
 * thread, otherwise to the loop. lws_write() wants LWS_PRE bytes of room in
 * front of what it sends.
 */
static unsigned char piece[LWS_PRE + 16384];
static size_t waiting;
static int over; /* the loop has ended */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t taken = PTHREAD_COND_INITIALIZER;

static void *
read_stdin(void *arg)
{
	ssize_t n;

	while ((n = read(0, piece + LWS_PRE, sizeof piece - LWS_PRE)) > 0) {
		pthread_mutex_lock(&lock);
		waiting = (size_t)n;
		if (!over)
			lws_cancel_service(context); /* wakes the loop */
		while (waiting && !over)
			pthread_cond_wait(&taken, &lock);
		pthread_mutex_unlock(&lock);
	}
	return arg;
}

/* Tells the thread: the piece is sent, or nothing will be any more. */
static void
release(int is_over)
{
	pthread_mutex_lock(&lock);
	waiting = 0;
	over = is_over;
	pthread_cond_signal(&taken);
	pthread_mutex_unlock(&lock);
}

static size_t
how_much_waits(void)
{
	size_t n;

	pthread_mutex_lock(&lock);
	n = waiting;
	pthread_mutex_unlock(&lock);
	return n;
}

static int
on_server(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	  void *in, size_t len)
{
	pthread_t thread;
	size_t n;

	(void)user;

	switch (reason) {
	case LWS_CALLBACK_RAW_CONNECTED:
		fprintf(stderr, "netcat: connected\n");
		result = 0;
		if (pthread_create(&thread, NULL, read_stdin, NULL))
			return -1; /* closes the connection */
		pthread_detach(thread);
		break;

	case LWS_CALLBACK_RAW_RX:
		if (fwrite(in, 1, len, stdout) != len || fflush(stdout))
			return -1;
		break;

	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		/* somebody has woken the loop; wsi is no connection here */
		if (server && how_much_waits())
			lws_callback_on_writable(server);
		break;

	case LWS_CALLBACK_RAW_WRITEABLE:
		n = how_much_waits();
		if (!n)
			break;
		/* what the kernel does not take, the library keeps */
		if (lws_write(wsi, piece + LWS_PRE, n, LWS_WRITE_RAW) < (int)n)
			return -1;
		release(0);
		break;

	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: /* in: why, if known */
		fprintf(stderr, "netcat: %s\n",
			in ? (char *)in : "no connection");
		server = NULL;
		stop = 1;
		break;

	case LWS_CALLBACK_RAW_CLOSE:
		fprintf(stderr, "netcat: closed\n");
		server = NULL;
		stop = 1;
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "server", on_server, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
	lws_cancel_service(context);
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_client_connect_info where;

	if (argc != 3) {
		fprintf(stderr, "usage: netcat HOST PORT\n");
		return 2;
	}
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);

	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN; /* a client */
	info.protocols = protocols;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	memset(&where, 0, sizeof where);
	where.context = context;
	where.address = argv[1];
	where.port = atoi(argv[2]);
	where.host = argv[1];
	where.method = "RAW"; /* bytes as they are */
	where.local_protocol_name = "server"; /* whose callback */
	where.pwsi = &server; /* set before any callback runs */

	/* where it fails at once, the callback has said why */
	if (!lws_client_connect_via_info(&where))
		stop = 1;

	while (!stop && lws_service(context, 0) >= 0)
		;

	release(1);
	lws_context_destroy(context);
	return result;
}
