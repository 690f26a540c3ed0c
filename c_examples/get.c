/*
 * get: an HTTP client. Gets a URL and prints what is there.
 *
 *   cc get.c -o get $(pkg-config --cflags --libs libwebsockets)
 *   ./get http://127.0.0.1:8080/
 *
 * The body goes to stdout piece by piece as it comes, so it may be of any
 * size. Redirects are followed by the library. The exit code is 0 when the
 * server has answered 200 and all of the body has come.
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>

static int done;   /* all is over, well or badly */
static int result = 1; /* the exit code */

static int
on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	void *in, size_t len)
{
	char type[64], buf[LWS_PRE + 4096], *p = buf + LWS_PRE;
	unsigned char **headers, *end;
	int n = sizeof buf - LWS_PRE;

	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: /* in: why, if known */
		fprintf(stderr, "get: %s\n", in ? (char *)in : "no connection");
		done = 1;
		break;

	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		/* the request is being written: in is where, len is the room */
		headers = in;
		end = *headers + len;
		if (lws_add_http_header_by_name(
			    wsi, (unsigned char *)"user-agent:",
			    (unsigned char *)"get", 3, headers, end))
			return -1;
		break;

	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP: /* the answer's headers */
		if (lws_hdr_copy(wsi, type, sizeof type,
				 WSI_TOKEN_HTTP_CONTENT_TYPE) < 0)
			strcpy(type, "?");
		fprintf(stderr, "get: %u, %s\n",
			lws_http_client_http_response(wsi), type);
		result = lws_http_client_http_response(wsi) != 200;
		break;

	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		/* a part of the body is there: have it cut out of the stream.
		 * The reads come back to us as the callback below. */
		if (lws_http_client_read(wsi, &p, &n) < 0)
			return -1;
		return 0;

	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ: /* bytes of the body */
		if (fwrite(in, 1, len, stdout) != len)
			return -1;
		return 0;

	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP: /* the end of the body */
		done = 1;
		break;

	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		if (!done) {
			fprintf(stderr, "get: the answer was cut off\n");
			result = 1;
		}
		done = 1;
		break;

	default:
		break;
	}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ "http", on_http, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_client_connect_info where;
	struct lws_context *context;
	const char *scheme, *host, *path;
	char slash_path[1024], url[1024];
	int port;

	if (argc != 2) {
		fprintf(stderr, "usage: get URL\n");
		return 2;
	}
	/* cuts the URL up where it lies, so give it a copy; the path comes
	 * without its first slash */
	snprintf(url, sizeof url, "%s", argv[1]);
	if (lws_parse_uri(url, &scheme, &host, &port, &path) ||
	    strcmp(scheme, "http")) {
		fprintf(stderr, "get: not an http:// URL: %s\n", argv[1]);
		return 2;
	}
	snprintf(slash_path, sizeof slash_path, "/%s", path);

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);

	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN; /* a client */
	info.protocols = protocols;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	context = lws_create_context(&info);
	if (!context)
		return 1;

	memset(&where, 0, sizeof where);
	where.context = context;
	where.address = host;
	where.port = port;
	where.path = slash_path;
	where.host = host; /* the Host header */
	where.origin = host;
	where.method = "GET"; /* makes it HTTP; without it, it is WebSocket */
	where.protocol = protocols[0].name;

	/* where it fails at once, the callback has said why */
	if (!lws_client_connect_via_info(&where))
		done = 1;

	while (!done && lws_service(context, 0) >= 0)
		;

	lws_context_destroy(context);
	return result;
}
