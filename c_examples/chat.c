/*
 * chat: a chat server in one file, for somebody new to the libwebsockets API.
 *
 *   cc chat.c -o chat $(pkg-config --cflags --libs libwebsockets)
 *   ./chat [PORT]            then open the printed address in two windows
 *
 * The library calls us back for everything that happens. Two kinds of
 * connection come to the one port:
 *   - plain HTTP, handled by on_http(): it serves the page below at "/"
 *   - WebSocket with the subprotocol "chat", handled by on_chat(): what one
 *     client says, all clients get
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGE 1024 /* a longer one closes the connection that sent it */
#define HISTORY 64       /* a client further behind than this misses the oldest */

static struct lws_context *context;
static volatile sig_atomic_t stop;

static const char page[] =
	"<!doctype html><meta charset=utf-8><title>chat</title>\n"
	"<style>body{font:16px sans-serif;max-width:40em;margin:2em auto}"
	"#log{border:1px solid #ccc;min-height:12em;padding:.5em;white-space:pre-wrap}"
	"#text{width:24em}</style>\n"
	"<h1>chat</h1><p id=state>connecting</p><div id=log></div>\n"
	"<form id=form><input id=name value=guest size=8> "
	"<input id=text autocomplete=off autofocus> <button>Send</button></form>\n"
	"<script>\n"
	"const $ = id => document.getElementById(id);\n"
	"const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';\n"
	"const ws = new WebSocket(scheme + location.host, 'chat');\n"
	"ws.onopen = () => { $('state').textContent = 'connected'; };\n"
	"ws.onclose = () => { $('state').textContent = 'disconnected'; };\n"
	"ws.onmessage = e => { $('log').textContent += e.data + '\\n'; };\n"
	"$('form').onsubmit = e => {\n"
	"  e.preventDefault();\n"
	"  ws.send($('name').value + ': ' + $('text').value);\n"
	"  $('text').value = '';\n"
	"};\n"
	"</script>\n";

/*
 * The last messages. All clients send from here, each at its own pace, so a
 * slow client costs no memory. lws_write() wants LWS_PRE bytes of room in
 * front of what it sends, for the frame's header.
 */
static struct message {
	size_t len;
	unsigned char buf[LWS_PRE + MAX_MESSAGE];
} history[HISTORY];
static unsigned long said; /* messages so far; number n is history[n % HISTORY] */

/* One for each chat client; the library allocates it, zeroed, and frees it. */
struct client {
	unsigned long next; /* the message to send next */
	size_t len;         /* a message that is still coming in */
	unsigned char buf[MAX_MESSAGE];
};

static int
on_chat(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	void *in, size_t len)
{
	struct client *c = user;
	struct message *m;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		c->next = said; /* hears what is said from now on */
		break;

	case LWS_CALLBACK_RECEIVE:
		/* a message may come in several pieces */
		if (c->len + len > MAX_MESSAGE) {
			lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE,
					 NULL, 0);
			return -1; /* close this connection */
		}
		if (len)
			memcpy(c->buf + c->len, in, len);
		c->len += len;
		if (!lws_is_final_fragment(wsi))
			break;

		m = &history[said++ % HISTORY];
		m->len = c->len;
		memcpy(m->buf + LWS_PRE, c->buf, c->len);
		c->len = 0;
		/* never write here: ask to be called when it can be written */
		lws_callback_on_writable_all_protocol(lws_get_context(wsi),
						      lws_get_protocol(wsi));
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (c->next == said)
			break;
		if (said - c->next > HISTORY)
			c->next = said - HISTORY;
		m = &history[c->next++ % HISTORY];
		if (lws_write(wsi, m->buf + LWS_PRE, m->len, LWS_WRITE_TEXT) <
		    (int)m->len)
			return -1;
		/* one write per callback; come back for the rest */
		if (c->next != said)
			lws_callback_on_writable(wsi);
		break;

	default:
		break;
	}
	return 0;
}

static int
on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	void *in, size_t len)
{
	unsigned char buf[LWS_PRE + sizeof page], *start = buf + LWS_PRE,
		      *p = start, *end = buf + sizeof buf;
	size_t n = sizeof page - 1;

	switch (reason) {
	case LWS_CALLBACK_HTTP: /* a request: in is its path */
		if (strcmp(in, "/")) {
			if (lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND,
						   NULL))
				return -1;
			goto done;
		}
		/* the headers now, the page when the connection is writeable */
		if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/html",
						n, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return -1;
		lws_callback_on_writable(wsi);
		return 0;

	case LWS_CALLBACK_HTTP_WRITEABLE:
		memcpy(start, page, n);
		if (lws_write(wsi, start, n, LWS_WRITE_HTTP_FINAL) < (int)n)
			return -1;
		goto done;

	default: /* lets the library do the usual */
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}

done: /* the connection stays, for the next request */
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* The first protocol gets plain HTTP, the others are chosen by their name. */
static const struct lws_protocols protocols[] = {
	{ "http", on_http, 0, 0, 0, NULL, 0 },
	{ "chat", on_chat, sizeof(struct client), MAX_MESSAGE, 0, NULL, 0 },
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

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 8080; /* 0: any free port */
	info.iface = "lo"; /* this machine only; NULL is all interfaces */
	info.protocols = protocols;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;

	context = lws_create_context(&info);
	if (!context) {
		fprintf(stderr, "chat: cannot listen on port %d\n", info.port);
		return 1;
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);

	printf("chat: open http://127.0.0.1:%d/\n",
	       lws_get_vhost_listen_port(
		       lws_get_vhost_by_name(context, "default")));
	fflush(stdout);

	while (!stop && lws_service(context, 0) >= 0)
		;

	lws_context_destroy(context);
	return 0;
}
