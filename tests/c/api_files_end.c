/* Files and mounts: what their callbacks may end. Each callback of a file's way out ends its connection, its vhost or its context. */
#define _GNU_SOURCE
#include "harness.h"

enum { CONNECTION, VHOST, CONTEXT, ENDS };
enum { OPEN = 1000, READ, CLOSE_FILE, REPLACE };

static int when, what, happened, opened;
static struct lws *current;
static struct lws_plat_file_ops program;

/* Ends what is to end, once, at the moment that is to be tried. */
static void
moment(int which, struct lws *wsi)
{
	if (which != when || happened)
		return;
	happened = 1;
	switch (what) {
	case CONNECTION:
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		break;
	case VHOST:
		lws_vhost_destroy(lws_get_vhost(wsi));
		break;
	default:
		lws_context_destroy(lws_get_context(wsi));
		cx = NULL;
		break;
	}
}

static lws_fop_fd_t
program_open(const struct lws_plat_file_ops *fops, const char *filename, const char *vpath, lws_fop_flags_t *flags)
{
	lws_fop_fd_t f = calloc(1, sizeof *f);

	(void)filename;
	(void)vpath;
	f->fops = fops;
	f->fd = -1;
	f->len = 100000;
	f->flags = *flags |= LWS_FOP_FLAG_VIRTUAL;
	opened++;
	moment(OPEN, current);
	return f;
}

static int
program_close(lws_fop_fd_t *f)
{
	free(*f);
	*f = NULL;
	opened--;
	moment(CLOSE_FILE, current);
	return 0;
}

static lws_fileofs_t
program_seek(lws_fop_fd_t f, lws_fileofs_t offset)
{
	return (lws_fileofs_t)(f->pos += (lws_filepos_t)offset);
}

static int
program_read(lws_fop_fd_t f, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len)
{
	memset(buf, 'v', len);
	f->pos += len;
	*amount = len;
	moment(READ, current);
	return 0;
}

static const char *
value_of(void *data, int index)
{
	(void)data;
	(void)index;
	moment(REPLACE, current);
	return "value";
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	static const char *const names[] = { "$name" };
	struct lws_process_html_state *state = user;
	int r = 0;

	(void)len;
	if (reason == LWS_CALLBACK_FILTER_HTTP_CONNECTION)
		current = wsi;
	if (reason == LWS_CALLBACK_HTTP)
		r = lws_serve_http_file(wsi, in, "text/plain", NULL, 0);
	if (reason == LWS_CALLBACK_PROCESS_HTML) {
		state->vars = names;
		state->count_vars = 1;
		state->replace = value_of;
		r = lws_chunked_html_process(in, state);
	}
	if (reason == LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION)
		r = 1;
	moment((int)reason, wsi);
	if (reason == LWS_CALLBACK_HTTP_FILE_COMPLETION && !happened)
		r = lws_http_transaction_completed(wsi) ? -1 : 0;
	return r;
}

static struct lws_protocols protocols[] = {
	{ "http", callback, sizeof(struct lws_process_html_state), 0, 0, NULL, 0 },
	{ "other", callback, sizeof(struct lws_process_html_state), 0, 0, NULL, 0 },
	LWS_PROTOCOL_LIST_TERM
};

static const struct lws_protocol_vhost_options html = { NULL, NULL, ".html", "other" };
static struct lws_http_mount mounts[] = {
	{ .mountpoint = "/a", .origin_protocol = LWSMPRO_FILE, .protocol = "other", .auth_mask = LWSAUTHM_BASIC_AUTH_CALLBACK },
	{ .mountpoint = "/h", .origin_protocol = LWSMPRO_FILE, .interpret = &html },
	{ .mountpoint = "/c", .origin_protocol = LWSMPRO_CALLBACK, .protocol = "other" },
};

static void
try(int at, const char *name, const char *path)
{
	static const char *const ends[ENDS] = { "connection", "vhost", "context" };

	for (what = 0; what < ENDS; what++) {
		struct lws_context_creation_info info = settings(protocols);
		int fds = open_fds(), fd;
		char text[512];

		info.mounts = mounts;
		info.fops = &program;
		when = at;
		happened = 0;
		fd = dial(start(info));
		snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n", path);
		say(fd, text);
		for (double end = seconds() + patience; cx && !happened && seconds() < end;)
			serve(0.001);
		if (cx)
			serve(0.01);
		check(happened && gone(fd), "%s ends its %s", name, ends[what]);
		if (cx)
			stop();
		check(opened == 0 && open_fds() == fds, "and nothing is left (%d, %d)", opened, open_fds() - fds);
	}
}

int
main(void)
{
	char site[] = "/tmp/api_files_end.XXXXXX", page[64];
	FILE *f;

	begin(60);
	if (!mkdtemp(site))
		return 3;
	snprintf(page, sizeof page, "%s/page.html", site);
	f = fopen(page, "w");
	if (!f || fputs("<p>$name and $name</p>", f) < 0 || fclose(f))
		return 3;
	for (unsigned int i = 0; i < LWS_ARRAY_SIZE(mounts); i++) {
		mounts[i].mountpoint_len = 2;
		mounts[i].origin = site;
		mounts[i].mount_next = i + 1 < LWS_ARRAY_SIZE(mounts) ? &mounts[i + 1] : NULL;
	}
	program.LWS_FOP_OPEN = program_open;
	program.LWS_FOP_CLOSE = program_close;
	program.LWS_FOP_SEEK_CUR = program_seek;
	program.LWS_FOP_READ = program_read;
	program.fi[0].sig = ".v/";
	program.fi[0].len = 3;

	try(LWS_CALLBACK_FILTER_HTTP_CONNECTION, "FILTER_HTTP_CONNECTION", "/a/page.html");
	try(LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION, "VERIFY_BASIC_AUTHORIZATION", "/a/page.html");
	try(LWS_CALLBACK_HTTP_BIND_PROTOCOL, "HTTP_BIND_PROTOCOL", "/a/page.html");
	try(LWS_CALLBACK_CHECK_ACCESS_RIGHTS, "CHECK_ACCESS_RIGHTS", "/a/page.html");
	try(LWS_CALLBACK_ADD_HEADERS, "ADD_HEADERS", "/a/page.html");
	try(LWS_CALLBACK_HTTP_FILE_COMPLETION, "HTTP_FILE_COMPLETION", "/a/page.html");
	try(LWS_CALLBACK_HTTP_DROP_PROTOCOL, "HTTP_DROP_PROTOCOL", "/a/page.html");
	try(LWS_CALLBACK_PROCESS_HTML, "PROCESS_HTML", "/h/page.html");
	try(REPLACE, "a variable's function", "/h/page.html");
	try(LWS_CALLBACK_HTTP, "HTTP of a mount, behind lws_serve_http_file", "/c/etc/passwd");
	try(LWS_CALLBACK_CHECK_ACCESS_RIGHTS, "CHECK_ACCESS_RIGHTS of a callback mount", "/c/etc/passwd");
	try(OPEN, "open", "/h/x.v/a.txt");
	try(READ, "read", "/h/x.v/a.txt");
	try(CLOSE_FILE, "close", "/h/x.v/a.txt");
	try(OPEN, "open in lws_serve_http_file", "/c/x.v/a.txt");
	try(READ, "read in lws_serve_http_file", "/c/x.v/a.txt");
	try(CLOSE_FILE, "close in lws_serve_http_file", "/c/x.v/a.txt");
	unlink(page);
	rmdir(site);
	return finish();
}
