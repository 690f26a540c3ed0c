/*
 * echo: a WebSocket echo server on the ordinary libwebsockets API, for the
 * conformance, interoperability and bad-input tests.
 *
 *   echo [-p PORT] [-i IFACE] [-U UNIX_SOCKET] [-6] [-u] [-b RX_BUFFER_SIZE]
 *        [-t TIMEOUT_SECS] [-H MAX_HTTP_HEADER_DATA] [-z] [-c PORT] [-o OFFER]
 *        [-k CONNECTIONS] [-s FLAGS] [TLS, see tls_args.h]
 *
 *     -p  0 (the default) takes any free port
 *     -i  interface or address, "lo" by default; "" for all
 *     -6  allow IPv6 as well; without it the server is told to leave IPv6 alone
 *     -u  validate UTF-8
 *     -z  compress messages (permessage-deflate); twice: with context takeover
 *
 *     -c  connect to this port instead, echo, and end with the connection
 *     -o  what a client offers, "permessage-deflate" by default
 *     -k  a client takes the paths of its connections from standard input, one a
 *         line, and has so many of them open at once
 *     -s  LCCSCF_* of a client, as a number; it then connects to "localhost"
 *
 * Prints "listening PORT" (or the socket's path) when it can be connected to,
 * ends on SIGINT and SIGTERM. What comes in goes out with the same framing:
 * each received piece is queued and sent when the connection is writeable.
 */
#include "tls_args.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Reading pauses above HIGH queued bytes and goes on below LOW. HIGH is above
 * the 16 MB of the largest test message: some clients send a message to its end
 * before they read anything, and would wait for us while we wait for them.
 */
#define HIGH (32u << 20)
#define LOW (1u << 20)

struct piece {
	struct piece *next;
	size_t len;
	enum lws_write_protocol flags;
	unsigned char buf[]; /* LWS_PRE bytes for the library, then the payload */
};

struct session {
	struct piece *head, **tail;
	size_t queued;
	int paused;
};

static struct lws_context *context;
static volatile sig_atomic_t stop;
static int client_port, client_flags, at_once, under_way;

/* Makes the client's next connections; with none left and none open it ends. */
static void
connect_more(void)
{
	struct lws_client_connect_info to;
	char path[256] = "/";

	while (under_way < (at_once ? at_once : 1)) {
		if (at_once) {
			if (!fgets(path, sizeof path, stdin))
				break;
			path[strcspn(path, "\n")] = '\0';
		}
		memset(&to, 0, sizeof to);
		to.context = context;
		to.address = to.host = client_flags ? "localhost" : "127.0.0.1";
		to.ssl_connection = client_flags;
		to.port = client_port;
		to.path = path;
		to.local_protocol_name = "echo";
		to.ietf_version_or_minus_one = -1;
		under_way++;
		if (!lws_client_connect_via_info(&to)) {
			stop = 1;
			return;
		}
	}
	stop |= !under_way;
}

/* One of the client's connections is over. */
static void
over(void)
{
	under_way--;
	if (at_once)
		connect_more();
	else
		stop = 1;
}

static struct piece *
piece_new(struct lws *wsi, const void *in, size_t len)
{
	struct piece *p = malloc(sizeof *p + LWS_PRE + len);

	if (!p)
		return NULL;
	p->next = NULL;
	p->len = len;
	p->flags = (enum lws_write_protocol)lws_write_ws_flags(
		lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT,
		lws_is_first_fragment(wsi), lws_is_final_fragment(wsi));
	if (len)
		memcpy(p->buf + LWS_PRE, in, len);
	return p;
}

static void
pop(struct session *s)
{
	struct piece *p = s->head;

	s->queued -= p->len;
	s->head = p->next;
	if (!s->head)
		s->tail = &s->head;
	free(p);
}

static int
echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
     size_t len)
{
	struct session *s = user;
	struct piece *p;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		s->tail = &s->head;
		break;

	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE:
		p = piece_new(wsi, in, len);
		if (!p)
			return -1;
		*s->tail = p;
		s->tail = &p->next;
		s->queued += len;
		if (!s->paused && s->queued > HIGH) {
			s->paused = 1;
			lws_rx_flow_control(wsi, 0);
		}
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		while (s->head && !lws_send_pipe_choked(wsi)) {
			p = s->head;
			if (lws_write(wsi, p->buf + LWS_PRE, p->len, p->flags) <
			    (int)p->len)
				return -1;
			pop(s);
		}
		if (s->head)
			lws_callback_on_writable(wsi);
		if (s->paused && s->queued < LOW) {
			s->paused = 0;
			lws_rx_flow_control(wsi, 1);
		}
		break;

	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		fprintf(stderr, "echo: %s\n", in ? (const char *)in : "no connection");
		over();
		break;

	case LWS_CALLBACK_CLIENT_CLOSED:
		over();
		/* fallthrough */
	case LWS_CALLBACK_CLOSED:
		while (s->head)
			pop(s);
		break;

	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
	return 0;
}

static struct lws_protocols protocols[] = {
	{ "echo", echo, sizeof(struct session), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate" },
	{ NULL, NULL, NULL }
};

/* netgraft's own; the original does not look at it */
static const struct lws_protocol_vhost_options takeover = { NULL, NULL, "context_takeover", "1" };
static const struct lws_protocol_vhost_options deflate_pvo = { NULL, &takeover, "permessage-deflate", "" };

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
	const char *path = NULL;
	int opt;

	memset(&info, 0, sizeof info);
	info.protocols = protocols;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.iface = "lo";
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	while ((opt = getopt(argc, argv, "p:i:U:6ub:t:H:zc:o:k:s:" TLS_ARGS)) != -1)
		switch (opt) {
		case 'p': info.port = atoi(optarg); break;
		case 'i': info.iface = *optarg ? optarg : NULL; break;
		case 'U':
			info.iface = path = optarg;
			info.options |= LWS_SERVER_OPTION_UNIX_SOCK;
			break;
		case '6':
			info.options &= ~(uint64_t)LWS_SERVER_OPTION_DISABLE_IPV6;
			break;
		case 'c': client_port = atoi(optarg); break;
		case 'k': at_once = atoi(optarg); break;
		case 'o': extensions[0].client_offer = optarg; break;
		case 'z':
			info.pvo = info.extensions ? &deflate_pvo : NULL;
			info.extensions = extensions;
			break;
		case 'u': info.options |= LWS_SERVER_OPTION_VALIDATE_UTF8; break;
		case 'b': protocols[0].rx_buffer_size = (size_t)atol(optarg); break;
		case 't': /* for the handshake: the connection's and the headers' */
			info.timeout_secs = (unsigned int)atoi(optarg);
			info.timeout_secs_ah_idle = info.timeout_secs;
			break;
		case 'H':
			info.max_http_header_data = (unsigned short)atoi(optarg);
			break;
		case 's': client_flags = atoi(optarg); break;
		default:
			if (tls_arg(&info, opt, optarg))
				break;
			fprintf(stderr, "usage: see the head of echo.c\n");
			return 2;
		}

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	if (client_port)
		info.port = CONTEXT_PORT_NO_LISTEN;
	context = lws_create_context(&info);
	if (!context || (!client_port && tls_vhost(context, &info, "default"))) {
		fprintf(stderr, "echo: no context\n");
		return 1;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	if (client_port)
		connect_more();
	else if (path)
		printf("listening %s\n", path);
	else
		printf("listening %d\n", lws_get_vhost_listen_port(
			lws_get_vhost_by_name(context, "default")));
	fflush(stdout);

	while (!stop && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
