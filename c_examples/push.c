/*
 * push: one writer, many readers. What a client with the subprotocol "write"
 * sends goes to all clients with the subprotocol "read".
 *
 *   cc push.c -o push $(pkg-config --cflags --libs libwebsockets)
 *   ./push [PORT]
 *
 * Each message is kept once, in a ring. Every reader has a "tail": its place in
 * the ring. A message leaves the ring when the reader furthest behind has sent
 * it. One reader that is too slow would hold up all: when the ring is full it
 * is thrown out.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RING 64           /* a reader so many messages behind must go */
#define MAX_MESSAGE 65536 /* a longer one closes the connection that sent it */

static struct lws_context *context;
static volatile sig_atomic_t stop;

/* What the ring holds. The bytes lie behind LWS_PRE, the room that lws_write()
 * wants in front of what it sends. */
struct message {
	unsigned char *buf;
	size_t len;
};
static struct lws_ring *ring;

/* One for each client; the library allocates it, zeroed, and frees it. */
struct reader {
	struct reader *next;
	struct lws *wsi;
	uint32_t tail;
	int dropped;
};
static struct reader *readers; /* those that are not dropped */
static const struct lws_protocols *read_protocol;

struct writer {
	unsigned char *buf; /* a message that is still coming in */
	size_t len;
};

/* The ring calls this for each message that leaves it. */
static void
free_message(void *element)
{
	free(((struct message *)element)->buf);
}

/* The place in the ring where the next message will be. */
static uint32_t
newest(void)
{
	uint32_t tail = lws_ring_get_oldest_tail(ring);

	lws_ring_consume(ring, &tail, NULL, RING);
	return tail;
}

/* Lets the messages go that nobody waits for any more. */
static void
free_sent(void)
{
	uint32_t oldest = newest();
	size_t n, most = 0;
	struct reader *r;

	for (r = readers; r; r = r->next) {
		n = lws_ring_get_count_waiting_elements(ring, &r->tail);
		if (n > most) {
			most = n;
			oldest = r->tail;
		}
	}
	lws_ring_update_oldest_tail(ring, oldest);
}

static void
forget(struct reader *reader)
{
	struct reader **at;

	for (at = &readers; *at; at = &(*at)->next)
		if (*at == reader) {
			*at = reader->next;
			break;
		}
	free_sent();
}

static void
drop_slowest(void)
{
	uint32_t oldest = lws_ring_get_oldest_tail(ring);
	struct reader *r, *next;

	for (r = readers; r; r = next) {
		next = r->next;
		if (r->tail != oldest)
			continue;
		printf("push: a reader is too slow\n");
		r->dropped = 1;
		/* not at once: its callbacks should not run inside ours */
		lws_set_timeout(r->wsi, PENDING_TIMEOUT_LAGGING,
				LWS_TO_KILL_ASYNC);
		forget(r);
	}
}

static int
on_write(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	struct writer *w = user;
	struct message m;
	unsigned char *bigger;

	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		/* a message may come in several pieces */
		if (w->len + len > MAX_MESSAGE)
			return -1; /* closes the connection */
		bigger = realloc(w->buf, LWS_PRE + w->len + len);
		if (!bigger)
			return -1;
		w->buf = bigger;
		if (len)
			memcpy(w->buf + LWS_PRE + w->len, in, len);
		w->len += len;
		if (!lws_is_final_fragment(wsi))
			break;

		if (!lws_ring_get_count_free_elements(ring))
			drop_slowest();
		m.buf = w->buf; /* the ring owns it now */
		m.len = w->len;
		w->buf = NULL;
		w->len = 0;
		if (!lws_ring_insert(ring, &m, 1)) {
			free_message(&m);
			break;
		}
		if (!readers)
			free_sent();
		else
			lws_callback_on_writable_all_protocol(context,
							      read_protocol);
		break;

	case LWS_CALLBACK_CLOSED:
		free(w->buf);
		break;

	default:
		break;
	}
	return 0;
}

static int
on_read(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	void *in, size_t len)
{
	struct reader *r = user;
	const struct message *m;
	int was_oldest;

	(void)in;
	(void)len;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		r->wsi = wsi;
		r->tail = newest(); /* hears what is written from now on */
		r->next = readers;
		readers = r;
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (r->dropped)
			return -1;
		m = lws_ring_get_element(ring, &r->tail);
		if (!m) /* nothing is waiting */
			break;
		if (lws_write(wsi, m->buf + LWS_PRE, m->len, LWS_WRITE_TEXT) <
		    (int)m->len)
			return -1;

		was_oldest = r->tail == lws_ring_get_oldest_tail(ring);
		lws_ring_consume(ring, &r->tail, NULL, 1);
		if (was_oldest)
			free_sent();
		/* one write per callback; come back for the rest */
		if (lws_ring_get_element(ring, &r->tail))
			lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_CLOSED:
		if (!r->dropped)
			forget(r);
		break;

	default:
		break;
	}
	return 0;
}

/* The first protocol gets plain HTTP, the others are chosen by their name. */
static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ "write", on_write, sizeof(struct writer), 4096, 0, NULL, 0 },
	{ "read", on_read, sizeof(struct reader), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
	lws_cancel_service(context); /* wakes lws_service() */
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	setvbuf(stdout, NULL, _IOLBF, 0); /* show lines at once */
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);

	read_protocol = &protocols[2];
	ring = lws_ring_create(sizeof(struct message), RING, free_message);
	if (!ring)
		return 1;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 8080; /* 0: any free port */
	info.iface = "lo"; /* this machine only; NULL is all interfaces */
	info.protocols = protocols;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;

	context = lws_create_context(&info);
	if (!context) {
		fprintf(stderr, "push: cannot listen on port %d\n", info.port);
		return 1;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("push: listening on 127.0.0.1:%d\n",
	       lws_get_vhost_listen_port(
		       lws_get_vhost_by_name(context, "default")));

	while (!stop && lws_service(context, 0) >= 0)
		;

	lws_context_destroy(context);
	lws_ring_destroy(ring); /* after the last callback */
	return 0;
}
