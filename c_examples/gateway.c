/*
 * gateway: browsers on one side, Redis on the other, in one thread and one loop.
 *
 *   cc gateway.c -o gateway $(pkg-config --cflags --libs netgraft hiredis)
 *   ./gateway PORT [REDIS_PORT]
 *
 * What a client sends over WebSocket is published in Redis; every gateway subscribes, and gives it to all its
 * clients. So any number of gateways, on any number of hosts, are one room. Clients get lines:
 *
 *   > text      somebody has said this
 *   ! text      the gateway itself: the bus is lost or back, or something was dropped
 *
 * If Redis goes away the clients stay. What they say is kept, up to QUEUE messages, until Redis has answered that it has
 * it; beyond that the sender is told that it was dropped. What was on its way when Redis went may come twice.
 * What other gateways publish while we are not subscribed is lost, Redis keeps nothing: the clients are told that there
 * may be a gap. A client that reads too slowly is told how much it has missed.
 *
 * hiredis reads and writes its sockets itself: they are injected to be watched only (NETGRAFT_WATCH), and released when
 * hiredis is done with them.
 */
#include <hiredis/async.h>
#include <libwebsockets.h>
#include <netgraft.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANNEL "netgraft:gateway"
#define QUEUE 1000     /* messages that wait for Redis */
#define BACKLOG 2048   /* messages that wait for one client */
#define LONGEST 4096   /* bytes of a message */
#define BACKOFF_MIN 100 /* milliseconds, doubled each time */
#define BACKOFF_MAX 5000
#define PATIENCE 3000 /* milliseconds that Redis has for an answer */

struct message {
	int users; /* how many hold it */
	size_t len;
	unsigned char bytes[]; /* LWS_PRE bytes of room, then the text */
};

struct client {
	struct lws *wsi;
	struct client *next;
	struct message *waiting[BACKLOG];
	unsigned int head, count, missed;
};

/* A connection to Redis. */
struct link {
	redisAsyncContext *redis;
	netgraft_conn conn;
	unsigned int interest;
};

static volatile sig_atomic_t stop;
static struct lws_context *context;
static struct client *clients;
static struct link publisher, subscriber;
static int redis_port = 6379, ready, subscribed, connected, backoff = BACKOFF_MIN, was_ready, pinged;
static struct message *queue[QUEUE];
static unsigned int head, count, sent; /* the first `sent` of them are with Redis, unanswered */
static lws_sorted_usec_list_t retry, heartbeat;

/* --- messages and clients ----------------------------------------------------------------------------- */

static struct message *new_message(const char *mark, const void *text, size_t len)
{
	size_t m = strlen(mark);
	struct message *message = malloc(sizeof *message + LWS_PRE + m + len);

	if (message) {
		message->users = 1;
		message->len = m + len;
		memcpy(message->bytes + LWS_PRE, mark, m);
		memcpy(message->bytes + LWS_PRE + m, text, len);
	}
	return message;
}

static void drop(struct message *message)
{
	if (message && !--message->users)
		free(message);
}

static void give(struct client *client, struct message *message)
{
	if (!message || client->count == BACKLOG) {
		client->missed++; /* told when there is room: see `write_next` */
		return;
	}
	message->users++;
	client->waiting[(client->head + client->count++) % BACKLOG] = message;
	lws_callback_on_writable(client->wsi);
}

static void tell(struct client *client, const char *text)
{
	struct message *message = new_message("! ", text, strlen(text));

	give(client, message);
	drop(message);
}

static void tell_all(const char *text)
{
	struct client *client;

	fprintf(stderr, "gateway: %s\n", text);
	for (client = clients; client; client = client->next)
		tell(client, text);
}

static int write_next(struct client *client)
{
	struct message *message;
	char text[64];
	int failed;

	if (client->count) {
		message = client->waiting[client->head];
		client->head = (client->head + 1) % BACKLOG;
		client->count--;
	} else if (client->missed) {
		snprintf(text, sizeof text, "%u messages missed: you read too slowly", client->missed);
		client->missed = 0;
		message = new_message("! ", text, strlen(text));
	} else {
		return 0;
	}
	failed = !message || lws_write(client->wsi, message->bytes + LWS_PRE, message->len, LWS_WRITE_TEXT) < (int)message->len;
	drop(message);
	if (client->count || client->missed)
		lws_callback_on_writable(client->wsi);
	return failed ? -1 : 0;
}

/* --- Redis ----------------------------------------------------------------------------------------------- */

static void connect_redis(lws_sorted_usec_list_t *sul);

static void on_published(redisAsyncContext *redis, void *reply, void *user)
{
	(void)redis;
	(void)user;
	if (!reply || !sent)
		return; /* the connection has ended: it is sent again */
	if (((redisReply *)reply)->type == REDIS_REPLY_ERROR)
		tell_all("a message was refused by Redis and is lost");
	drop(queue[head]);
	head = (head + 1) % QUEUE;
	count--;
	sent--;
}

static void publish_waiting(void)
{
	while (ready && sent < count) {
		struct message *message = queue[(head + sent) % QUEUE];

		if (redisAsyncCommand(publisher.redis, on_published, NULL, "PUBLISH " CHANNEL " %b", message->bytes + LWS_PRE, message->len))
			return;
		sent++;
	}
}

static void accept_message(struct client *from, const void *text, size_t len)
{
	struct message *message;

	if (count == QUEUE || !(message = new_message("", text, len))) {
		tell(from, "dropped: too much waits for the bus");
		return;
	}
	queue[(head + count++) % QUEUE] = message;
	publish_waiting();
}

/* One of the two links has ended: so does the other, and both are tried again. */
static void lost(struct link *link)
{
	struct link *other = link == &publisher ? &subscriber : &publisher;

	link->redis = NULL;
	sent = 0;
	subscribed = connected = 0;
	if (ready)
		tell_all("the bus is lost; what you say is kept until it is back");
	ready = 0;
	if (other->redis) {
		redisAsyncContext *redis = other->redis;

		other->redis = NULL;
		redisAsyncFree(redis);
	}
	if (!stop)
		lws_sul_schedule(context, 0, &retry, connect_redis, backoff * LWS_US_PER_MS);
	backoff = backoff * 2 > BACKOFF_MAX ? BACKOFF_MAX : backoff * 2;
}

static void is_ready(void)
{
	if (ready || !connected || !subscribed)
		return;
	ready = 1;
	backoff = BACKOFF_MIN;
	tell_all(was_ready ? "the bus is back; what others have said meanwhile may be missing" : "the bus is there");
	was_ready = 1;
	publish_waiting();
}

static void on_bus(redisAsyncContext *redis, void *data, void *user)
{
	redisReply *reply = data;
	struct message *message;
	struct client *client;

	(void)redis;
	(void)user;
	if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3)
		return;
	if (!strcmp(reply->element[0]->str, "subscribe")) {
		subscribed = 1;
		is_ready();
	} else if (!strcmp(reply->element[0]->str, "message")) {
		message = new_message("> ", reply->element[2]->str, reply->element[2]->len);
		for (client = clients; client; client = client->next)
			give(client, message);
		drop(message);
	}
}

static void on_connect(const redisAsyncContext *redis, int status)
{
	struct link *link = redis->data;

	if (status != REDIS_OK && link->redis == redis)
		lost(link);
	else if (link == &publisher && link->redis == redis) {
		connected = 1;
		is_ready();
	}
}

static void on_disconnect(const redisAsyncContext *redis, int status)
{
	struct link *link = redis->data;

	(void)status;
	if (link->redis == redis)
		lost(link);
}

/* hiredis asks to be told when it can read or write */
static void set_interest(struct link *link, unsigned int interest)
{
	link->interest = interest;
	netgraft_watch(link->conn, interest);
}
static void add_read(void *link) { set_interest(link, ((struct link *)link)->interest | NETGRAFT_READABLE); }
static void del_read(void *link) { set_interest(link, ((struct link *)link)->interest & ~(unsigned int)NETGRAFT_READABLE); }
static void add_write(void *link) { set_interest(link, ((struct link *)link)->interest | NETGRAFT_WRITABLE); }
static void del_write(void *link) { set_interest(link, ((struct link *)link)->interest & ~(unsigned int)NETGRAFT_WRITABLE); }

/* ... and closes its socket itself: take it out first */
static void clean_up(void *data)
{
	struct link *link = data;
	int fd;

	netgraft_release(link->conn, &fd, NULL, NULL);
	link->conn = 0;
	link->interest = 0;
}

static void on_readable(netgraft_conn conn, void *user)
{
	(void)conn;
	if (((struct link *)user)->redis)
		redisAsyncHandleRead(((struct link *)user)->redis);
}

static void on_writable(netgraft_conn conn, void *user)
{
	(void)conn;
	if (((struct link *)user)->redis)
		redisAsyncHandleWrite(((struct link *)user)->redis);
}

static const struct netgraft_callbacks watching = { .readable = on_readable, .writable = on_writable };

static int open_link(struct link *link)
{
	static const struct netgraft_options options = { .flags = NETGRAFT_WATCH };
	redisAsyncContext *redis = redisAsyncConnect("127.0.0.1", redis_port);

	if (!redis || redis->err || netgraft_inject(context, redis->c.fd, &watching, link, &options, &link->conn)) {
		if (redis)
			redisAsyncFree(redis);
		lost(link);
		return -1;
	}
	link->redis = redis;
	redis->data = link;
	redis->ev.data = link;
	redis->ev.addRead = add_read;
	redis->ev.delRead = del_read;
	redis->ev.addWrite = add_write;
	redis->ev.delWrite = del_write;
	redis->ev.cleanup = clean_up;
	redisAsyncSetConnectCallback(redis, on_connect);
	redisAsyncSetDisconnectCallback(redis, on_disconnect);
	return 0;
}

static void connect_redis(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	pinged = 0;
	if (!open_link(&publisher) && !open_link(&subscriber))
		redisAsyncCommand(subscriber.redis, on_bus, NULL, "SUBSCRIBE " CHANNEL);
}

static void on_pong(redisAsyncContext *redis, void *reply, void *user)
{
	(void)redis;
	(void)user;
	if (reply)
		pinged = 0;
}

/* A Redis that hangs does not close its sockets: it is given up when it does not answer. */
static void on_heartbeat(lws_sorted_usec_list_t *sul)
{
	redisAsyncContext *redis = publisher.redis;

	if (redis && pinged) {
		fprintf(stderr, "gateway: Redis does not answer\n");
		lost(&publisher);
		redisAsyncFree(redis);
	} else if (redis) {
		pinged = !redisAsyncCommand(redis, on_pong, NULL, "PING");
	}
	lws_sul_schedule(context, 0, sul, on_heartbeat, PATIENCE * LWS_US_PER_MS);
}

/* --- WebSocket --------------------------------------------------------------------------------------------- */

static int serve(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct client *client = user, **p;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		client->wsi = wsi;
		client->next = clients;
		clients = client;
		if (!ready)
			tell(client, "the bus is not there; what you say is kept until it is");
		break;
	case LWS_CALLBACK_RECEIVE:
		if (lws_is_first_fragment(wsi) && lws_is_final_fragment(wsi))
			accept_message(client, in, len);
		else if (lws_is_final_fragment(wsi))
			tell(client, "dropped: the message is too long");
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return write_next(client);
	case LWS_CALLBACK_CLOSED:
		for (p = &clients; *p && *p != client; p = &(*p)->next)
			;
		if (*p)
			*p = client->next;
		for (; client->count; client->count--, client->head = (client->head + 1) % BACKLOG)
			drop(client->waiting[client->head]);
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = { { .name = "gateway", .callback = serve,
						    .per_session_data_size = sizeof(struct client), .rx_buffer_size = LONGEST }, { 0 } };

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	redisAsyncContext *redis;

	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGPIPE, SIG_IGN);
	if (argc > 2)
		redis_port = atoi(argv[2]);
	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 8080;
	info.protocols = protocols;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	printf("gateway on port %d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
	fflush(stdout);
	connect_redis(NULL);
	lws_sul_schedule(context, 0, &heartbeat, on_heartbeat, PATIENCE * LWS_US_PER_MS);
	while (!stop && lws_service(context, 0) >= 0)
		;
	if (count)
		fprintf(stderr, "gateway: ends with %u messages that Redis has not taken\n", count);
	if ((redis = publisher.redis))
		lost(&publisher), redisAsyncFree(redis);
	lws_context_destroy(context);
	for (; count; count--, head = (head + 1) % QUEUE)
		drop(queue[head]);
	return 0;
}
