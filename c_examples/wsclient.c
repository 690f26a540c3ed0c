/*
 * wsclient: a WebSocket client that stays connected.
 *
 *   cc wsclient.c -o wsclient $(pkg-config --cflags --libs libwebsockets)
 *   ./wsclient ws://127.0.0.1:8080/ chat "hello from a client"
 *
 * Connects with a subprotocol, says something, and prints what it hears. When
 * the connection cannot be made, is lost, or has gone silent, it tries again:
 * soon at first, then at longer and longer intervals.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct lws_context *context;
static volatile sig_atomic_t stop;
static struct lws_client_connect_info where;
static const char *greeting;

/* The timer for the next try, and how many tries have failed in a row. */
static lws_sorted_usec_list_t timer;
static uint16_t tries;

/* How long to wait before each try; the last is used for all that follow. */
static const uint32_t delays_ms[] = { 200, 400, 1000, 3000, 10000 };

static const lws_retry_bo_t policy = {
	.retry_ms_table = delays_ms,
	.retry_ms_table_count = LWS_ARRAY_SIZE(delays_ms),
	.conceal_count = LWS_RETRY_CONCEAL_ALWAYS, /* never give up */
	.jitter_percent = 20, /* so that many clients do not come at once */
	/* nothing heard for so many seconds: send a ping, and hang up if
	 * nothing comes of it */
	.secs_since_valid_ping = 2,
	.secs_since_valid_hangup = 4,
};

static void
connect_now(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	printf("wsclient: connecting\n");
	/* What comes of it is told to the callback. Where it fails before there
	 * is a connection to tell it about, the next try is for us to plan. */
	if (!lws_client_connect_via_info(&where) &&
	    lws_retry_sul_schedule(context, 0, &timer, &policy, connect_now,
				   &tries))
		stop = 1;
}

/* One for each connection; the library allocates it, zeroed, and frees it. */
struct session {
	int greeted;
};

static int
on_message(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	   void *in, size_t len)
{
	struct session *s = user;
	unsigned char buf[LWS_PRE + 256]; /* lws_write() wants LWS_PRE bytes */
	size_t n;

	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		printf("wsclient: connected\n");
		tries = 0;
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (s->greeted)
			break;
		s->greeted = 1;
		n = strlen(greeting);
		if (n > sizeof buf - LWS_PRE)
			n = sizeof buf - LWS_PRE;
		memcpy(buf + LWS_PRE, greeting, n);
		if (lws_write(wsi, buf + LWS_PRE, n, LWS_WRITE_TEXT) < (int)n)
			return -1; /* closes the connection */
		break;

	case LWS_CALLBACK_CLIENT_RECEIVE: /* a message, or a piece of one */
		if (lws_is_first_fragment(wsi))
			printf("< ");
		fwrite(in, 1, len, stdout);
		if (lws_is_final_fragment(wsi))
			printf("\n");
		break;

	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: /* in: why, if known */
		printf("wsclient: %s\n", in ? (char *)in : "no connection");
		goto retry;

	case LWS_CALLBACK_CLIENT_CLOSED:
		printf("wsclient: disconnected\n");
		goto retry;

	default:
		break;
	}
	return 0;

retry: /* by the connection's own policy; it fails when that gives up */
	if (!stop && lws_retry_sul_schedule_retry_wsi(wsi, &timer, connect_now,
						      &tries))
		stop = 1;
	return 0;
}

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
	struct lws_protocols protocols[2];
	const char *scheme, *host, *path;
	char slash_path[1024], url[1024];

	if (argc != 4) {
		fprintf(stderr, "usage: wsclient URL PROTOCOL GREETING\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0); /* show lines at once */
	greeting = argv[3];

	/* cuts the URL up where it lies, so give it a copy; the path comes
	 * without its first slash */
	snprintf(url, sizeof url, "%s", argv[1]);
	if (lws_parse_uri(url, &scheme, &host, &where.port, &path) ||
	    strcmp(scheme, "ws")) {
		fprintf(stderr, "wsclient: not a ws:// URL: %s\n", argv[1]);
		return 2;
	}
	snprintf(slash_path, sizeof slash_path, "/%s", path);

	memset(protocols, 0, sizeof protocols);
	protocols[0].name = argv[2];
	protocols[0].callback = on_message;
	protocols[0].per_session_data_size = sizeof(struct session);

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

	/* kept, because each try uses it again */
	where.context = context;
	where.address = host;
	where.path = slash_path;
	where.host = host;    /* the Host header */
	where.origin = host;
	where.protocol = argv[2];
	where.retry_and_idle_policy = &policy;

	/* as soon as the loop runs */
	lws_sul_schedule(context, 0, &timer, connect_now, 1);

	while (!stop && lws_service(context, 0) >= 0)
		;

	lws_context_destroy(context);
	return 0;
}
