/*
 * upload: an HTML form with text fields and a file, for somebody new to the libwebsockets API.
 *
 *   cc upload.c -o upload $(pkg-config --cflags --libs libwebsockets)
 *   ./upload [PORT]          then open the printed address, or
 *   curl -F name=me -F comment=hello -F file=@upload.c http://127.0.0.1:PORT/
 *
 * GET serves the form; POST answers with what came. The body of a POST comes in pieces of any size. lws_spa_*
 * ("stateful post arguments") takes them, finds the fields, and hands the file on as it comes, so that a file of any
 * size needs no more memory than a small one. It reads what curl -d sends, too.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TEXT 4096 /* all text fields of a form together; a form with more is refused */

static struct lws_context *context;
static volatile sig_atomic_t stop;

static const char page[] =
	"<!doctype html><meta charset=utf-8><title>upload</title>\n"
	"<form method=post enctype=multipart/form-data>\n"
	"<p>Name <input name=name> <p>Comment <input name=comment>\n"
	"<p><input type=file name=file> <p><button>Send</button>\n"
	"</form>\n";

/* The fields we want to know. The enum is the index of each in the array. */
enum { NAME, COMMENT };
static const char *const fields[] = { "name", "comment" };

/* One for each request; the library allocates it, zeroed, and frees it. */
struct request {
	struct lws_spa *spa;
	char filename[128];
	unsigned long long size; /* of the file */
	unsigned int sum;        /* of its bytes: stands for what you would do with them */
	int answer_len;
	char answer[LWS_PRE + 2048]; /* lws_write() wants room in front */
};

/* Called for each piece of a file. `name` and `filename` are the client's words: never use them as a path. */
static int
on_file(void *data, const char *name, const char *filename, char *buf, int len, enum lws_spa_fileupload_states state)
{
	struct request *r = data;
	int i;

	switch (state) {
	case LWS_UFS_OPEN: /* a file begins: open yours here */
		lwsl_user("field %s: file %s\n", name, filename);
		lws_strncpy(r->filename, filename, sizeof r->filename);
		break;
	case LWS_UFS_CONTENT:
	case LWS_UFS_FINAL_CONTENT: /* the last piece, perhaps empty: close it here */
		for (i = 0; i < len; i++)
			r->sum += (unsigned char)buf[i];
		r->size += (unsigned int)len;
		break;
	case LWS_UFS_CLOSE: /* the form is over: remove a file that was not finished */
		break;
	}
	return 0; /* anything else: refuse the form */
}

/* A field's text; a field that is empty or did not come is NULL. */
static const char *
text(struct request *r, int field)
{
	const char *value = lws_spa_get_string(r->spa, field);

	return value ? value : "";
}

/* Sends the headers. The body follows when the connection can be written to. */
static int
answer(struct lws *wsi, unsigned int status, const char *type, int len)
{
	unsigned char buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf;

	if (lws_add_http_common_headers(wsi, status, type, (lws_filepos_t)len, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1; /* close this connection */
	lws_callback_on_writable(wsi);
	return 0;
}

static int
on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct request *r = user;
	int n;

	switch (reason) {
	case LWS_CALLBACK_HTTP: /* a request; `in` is its path */
		if (strcmp(in, "/"))
			return lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL) ||
			       lws_http_transaction_completed(wsi) ? -1 : 0;
		if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI))
			return 0; /* the body comes next */
		memcpy(r->answer + LWS_PRE, page, sizeof page - 1);
		r->answer_len = (int)sizeof page - 1;
		return answer(wsi, HTTP_STATUS_OK, "text/html", r->answer_len);

	case LWS_CALLBACK_HTTP_BODY: /* a piece of a POST's body */
		if (!r->spa)
			r->spa = lws_spa_create(wsi, fields, LWS_ARRAY_SIZE(fields), MAX_TEXT, on_file, r);
		if (!r->spa || (len && lws_spa_process(r->spa, in, (int)len)))
			return -1; /* malformed, or too large */
		return 0;

	case LWS_CALLBACK_HTTP_BODY_COMPLETION: /* that was all of it */
		if (!r->spa || lws_spa_finalize(r->spa))
			return -1;
		n = snprintf(r->answer + LWS_PRE, sizeof r->answer - LWS_PRE,
			     "name: %.500s\ncomment: %.1000s\nfile: %s\nsize: %llu\nsum: %u\n", text(r, NAME),
			     text(r, COMMENT), r->filename, r->size, r->sum);
		r->answer_len = n;
		lws_spa_destroy(r->spa); /* the values go with it */
		r->spa = NULL;
		return answer(wsi, HTTP_STATUS_OK, "text/plain; charset=utf-8", n);

	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!r || !r->answer_len)
			return 0;
		n = r->answer_len;
		r->answer_len = 0;
		if (lws_write(wsi, (unsigned char *)r->answer + LWS_PRE, (size_t)n, LWS_WRITE_HTTP_FINAL) < n)
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;

	case LWS_CALLBACK_HTTP_DROP_PROTOCOL: /* the request ends, perhaps in the middle of its form */
		if (r && r->spa)
			lws_spa_destroy(r->spa);
		if (r)
			r->spa = NULL;
		return 0;

	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ "http", on_http, sizeof(struct request), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 } /* the end of the list */
};

static void
on_signal(int n)
{
	(void)n;
	stop = 1;
	lws_cancel_service(context); /* wakes lws_service(); safe in a signal handler */
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 8080; /* 0: any free one */
	info.iface = "127.0.0.1"; /* this machine only; leave it out to serve all */
	info.protocols = protocols;
	info.gid = (gid_t)-1; /* do not change group and user */
	info.uid = (uid_t)-1;

	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_USER, NULL);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	printf("listening on http://127.0.0.1:%d/\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
	fflush(stdout);

	while (!stop && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
