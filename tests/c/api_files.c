#define _GNU_SOURCE
/* Files: mounts, lws_serve_http_file, conditional requests, parts, functions of the program, large files. */
#include "harness.h"
#include <ftw.h>
#include <sys/stat.h>

#define LARGE ((size_t)64 << 20)
#define TAG "\"0000000D59682F00\""
#define PAGE "<p>$name, $nothing, $null, $other $ $$ $names x$n</p>"
#define DATE "Fri, 14 Jul 2017 02:40:00 GMT"

static char site[] = "/tmp/api_files.XXXXXX";
static char head[4096], body[300000];
static int completions, closed_http, served, complete_at_once, opened, file_reads, add_headers;
static const char *other_headers, *content_type = "text/x-test";
static struct lws *bad_wsi;

static const char *
at(const char *name)
{
	static char path[4][256];
	static int i;

	i = (i + 1) % 4;
	snprintf(path[i], sizeof path[i], "%s/%s", site, name);
	return path[i];
}

static void
make(const char *name, const char *text, size_t len)
{
	struct timespec times[2] = { { 1500000000, 0 }, { 1500000000, 0 } };
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || futimens(fd, times))
		exit(3);
	close(fd);
}

/* Byte `i` of the large file. */
static unsigned char
pattern(size_t i)
{
	return (unsigned char)(i * 7 + (i >> 13));
}

static void
make_large(void)
{
	static unsigned char piece[1 << 16];
	int fd = open(at("large.txt"), O_WRONLY | O_CREAT, 0644);
	size_t i, n;

	for (i = 0; i < LARGE; i += sizeof piece) {
		for (n = 0; n < sizeof piece; n++)
			piece[n] = pattern(i + n);
		if (write(fd, piece, sizeof piece) != sizeof piece)
			exit(3);
	}
	close(fd);
}

/* ---- functions of the program: NAME.v/N.txt is N bytes of 'v', `limit` of which can be read ---- */

static struct lws_plat_file_ops program;
static size_t limit = (size_t)-1;

static lws_fop_fd_t
program_open(const struct lws_plat_file_ops *fops, const char *filename, const char *vpath, lws_fop_flags_t *flags)
{
	lws_fop_fd_t f;

	(void)filename;
	if (!vpath || !atoi(vpath))
		return NULL;
	f = calloc(1, sizeof *f);
	f->fops = fops;
	f->fd = -1;
	f->len = (lws_filepos_t)atoi(vpath);
	*flags |= LWS_FOP_FLAG_VIRTUAL;
	f->flags = *flags;
	opened++;
	return f;
}

static int
program_close(lws_fop_fd_t *f)
{
	free(*f);
	*f = NULL;
	opened--;
	return 0;
}

static lws_fileofs_t
program_seek(lws_fop_fd_t f, lws_fileofs_t offset)
{
	f->pos += (lws_filepos_t)offset;
	return (lws_fileofs_t)f->pos;
}

static int
program_read(lws_fop_fd_t f, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len)
{
	lws_filepos_t left = f->len - f->pos;

	file_reads++;
	if (f->pos >= limit)
		return -1;
	*amount = left < len ? left : len;
	memset(buf, 'v', *amount);
	f->pos += *amount;
	return 0;
}

/* ---- the server ---- */

static const char *
value_of(void *data, int index)
{
	(void)data;
	return index == 0 ? "<b>Ann</b>" : index == 1 ? "" : NULL;
}

static int
on_html(struct lws_process_html_args *args, struct lws_process_html_state *state)
{
	static const char *const names[] = { "$name", "$nothing", "$null", "$na" };

	state->vars = names;
	state->count_vars = 4;
	state->replace = value_of;
	return lws_chunked_html_process(args, state);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	const char *path = in;
	struct lws_process_html_args *args = in;
	int r;

	(void)len;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (!strcmp(path, "/bad")) {
			bad_wsi = wsi;
			r = lws_serve_http_file(wsi, NULL, NULL, NULL, 0);
			check(r == -1, "a null file is refused (%d)", r);
			return -1;
		}
		r = lws_serve_http_file(wsi, at(path + 1), content_type, other_headers,
					other_headers ? (int)strlen(other_headers) : 0);
		served = r;
		if (complete_at_once && r == 0) {
			r = lws_serve_http_file(wsi, at(path + 1), content_type, NULL, 0);
			check(r == -1, "a second file for one request is refused (%d)", r);
			r = lws_http_transaction_completed(wsi);
			check(r == 0, "completing while a file is on its way does nothing (%d)", r);
			return 0;
		}
		if (r > 0)
			return lws_http_transaction_completed(wsi) ? -1 : 0;
		return r;
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		completions++;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	case LWS_CALLBACK_PROCESS_HTML:
		return on_html(args, user);
	case LWS_CALLBACK_ADD_HEADERS:
		if (add_headers) {
			unsigned char **p = (unsigned char **)&args->p;

			return lws_add_http_header_by_name(wsi, (const unsigned char *)"x-added:", (const unsigned char *)"yes", 3,
							   p, *p + args->max_len);
		}
		return 0;
	case LWS_CALLBACK_CLOSED_HTTP:
		closed_http++;
		break;
	default:
		break;
	}
	return 0;
}

static struct lws_protocols protocols[] = {
	{ "http", callback, sizeof(struct lws_process_html_state), 0, 0, NULL, 0 },
	LWS_PROTOCOL_LIST_TERM
};

/* ---- the client ---- */

static int
ask(int fd, const char *method, const char *path, const char *headers)
{
	char text[1024];

	snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: a\r\n%s\r\n", method, path, headers);
	return say(fd, text);
}

/* The status of an answer to a request for which the connection stays; its body is in `body`. */
static int
fetch(int fd, const char *path, const char *headers)
{
	ask(fd, "GET", path, headers);
	return http_get(fd, head, sizeof head, body, sizeof body);
}

static int
has(const char *line)
{
	char text[300];

	snprintf(text, sizeof text, "\r\n%s\r\n", line);
	return strstr(head, text) != NULL;
}

static void
test_heads(int port)
{
	int fd = dial(port), n;

	n = fetch(fd, "/hello.txt", "");
	check(n == 200 && !strcmp(body, "hello, world\n") && has("content-type: text/x-test"), "a file (%d)", n);
	check(has("etag: " TAG) && has("last-modified: " DATE) && has("accept-ranges: bytes") && has("cache-control: no-store"),
	      "its tag, its date, how it may be kept");
	completions = 0;
	ask(fd, "GET", "/hello.txt", "If-None-Match: " TAG "\r\n");
	n = http_head(fd, head, sizeof head);
	check(n == 304 && has("etag: " TAG) && !strstr(head, "content-length"), "304 by the tag");
	ask(fd, "GET", "/hello.txt", "If-Modified-Since: " DATE "\r\n");
	n = http_head(fd, head, sizeof head);
	check(n == 304, "304 by the date");
	check(completions == 0, "of which the program does not hear");
	n = fetch(fd, "/hello.txt", "If-Modified-Since: Thu, 13 Jul 2017 02:40:00 GMT\r\n");
	check(n == 200, "not for an older date");
	ask(fd, "HEAD", "/hello.txt", "");
	n = http_head(fd, head, sizeof head);
	check(n == 200 && has("content-length: 13"), "HEAD says how long it is");
	n = fetch(fd, "/hello.txt", "Range: bytes=7-11\r\n");
	check(n == 206 && !strcmp(body, "world") && has("content-range: bytes 7-11/13"), "a part");
	n = fetch(fd, "/hello.txt", "Range: bytes=7-11\r\nIf-Range: \"x\"\r\n");
	check(n == 200 && strlen(body) == 13, "not of another version");
	n = fetch(fd, "/hello.txt", "Range: bytes=13-\r\n");
	check(n == 416 && has("content-range: bytes */13"), "no such part");
	n = fetch(fd, "/hello.txt", "Range: bytes=0-1,-2\r\n");
	check(n == 206 && strstr(head, "content-type: multipart/byteranges; boundary=") && strstr(body, "\r\n\r\nhe\r\n--") &&
		      strstr(body, "content-range: bytes 11-12/13\r\n\r\nd\n\r\n--"), "two parts");

	other_headers = "x-more: 1\r\nETag: \"mine\"\r\ncache-control: public\r\n\r\n";
	n = fetch(fd, "/hello.txt", "If-None-Match: " TAG "\r\n");
	check(n == 200 && has("x-more: 1") && has("ETag: \"mine\"") && !strstr(head, "etag:") && !has("cache-control: no-store"),
	      "the program's headers go before ours");
	other_headers = NULL;
	content_type = NULL;
	n = fetch(fd, "/hello.txt", "");
	check(n == 200 && !strstr(head, "content-type"), "no type");
	content_type = "text/x-test";
	n = fetch(fd, "/nothing.txt", "");
	check(n == 404 && served == 1, "no such file");
	n = fetch(fd, "/", "");
	check(n == 404 && served == 1, "a directory");
	n = fetch(fd, "/pipe", "");
	check(n == 404 && served == 1, "a pipe is no file, and nobody waits for its other end");
	n = fetch(fd, "/empty.txt", "");
	check(n == 200 && !*body && has("content-length: 0"), "an empty file");
	complete_at_once = 1;
	n = fetch(fd, "/hello.txt", "");
	check(n == 200 && strlen(body) == 13, "which ends its transaction itself");
	complete_at_once = 0;
	ask(fd, "GET", "/bad", "");
	check(gone(fd), "the connection ends where the callback says so");
	check(lws_serve_http_file(NULL, at("hello.txt"), NULL, NULL, 0) == -1, "a null connection is refused");
	check(lws_serve_http_file(bad_wsi, at("hello.txt"), NULL, NULL, 0) == -1, "a dead connection is refused");
	fd = ws_open(port, NULL);
	close(fd);
}

static void
test_pipeline(int port)
{
	int fd = dial(port), i, good = 0;

	for (i = 0; i < 20; i++)
		ask(fd, "GET", i % 2 ? "/hello.txt" : "/middle.txt", "");
	for (i = 0; i < 20; i++) {
		int n = http_get(fd, head, sizeof head, body, sizeof body);

		good += n == 200 && strlen(body) == (i % 2 ? 13u : 200000u);
	}
	check(good == 20, "twenty pipelined requests for small and middling files (%d)", good);
	for (i = 0; i < 20; i++)
		ask(fd, "GET", i % 2 ? "/m/hello.txt" : "/m/middle.txt", "");
	for (good = i = 0; i < 20; i++) {
		int n = http_get(fd, head, sizeof head, body, sizeof body);

		good += n == 200 && strlen(body) == (i % 2 ? 13u : 200000u) && has("content-type: text/plain");
	}
	check(good == 20, "the same of a mount (%d)", good);
	close(fd);
}

/* Reads the large file's `len` bytes from `from` on; whether they are right. */
static int
read_large(int fd, size_t from, size_t len, long *most_rss)
{
	static unsigned char piece[1 << 17];
	size_t i, n;

	while (len) {
		n = get(fd, piece, len < sizeof piece ? len : sizeof piece);
		if (!n)
			return 0;
		for (i = 0; i < n; i++)
			if (piece[i] != pattern(from + i))
				return 0;
		from += n;
		len -= n;
		if (rss_kb() > *most_rss)
			*most_rss = rss_kb();
	}
	return 1;
}

static void
test_large(int port)
{
	long before = rss_kb(), most = 0;
	int fd, fds, i, n, left[20], good;

	fd = dial(port);
	completions = 0;
	ask(fd, "GET", "/m/large.txt", "");
	n = http_head(fd, head, sizeof head);
	check(n == 200 && read_large(fd, 0, LARGE, &most), "a file of 64 MB");
	check(UNTIL(completions == 1), "the program hears of its end");
	check(most - before < 2048, "it is not held in memory (%ld kB more)", most - before);
	ask(fd, "GET", "/m/large.txt", "Range: bytes=1000001-40000000\r\n");
	n = http_head(fd, head, sizeof head);
	check(n == 206 && read_large(fd, 1000001, 39000000, &most), "a large part of it");
	close(fd);
	serve(0.05);

	/* clients that do not read, and leave */
	fds = open_fds();
	before = rss_kb();
	for (i = 0; i < 20; i++) {
		left[i] = dial(port);
		ask(left[i], "GET", i % 2 ? "/large.txt" : "/m/large.txt", "");
	}
	serve(0.3);
	check(open_fds() == fds + 60, "twenty are on their way (%d descriptors)", open_fds() - fds);
	check(rss_kb() - before < 4096, "and held nowhere (%ld kB more)", rss_kb() - before);
	fd = dial(port);
	check(fetch(fd, "/m/hello.txt", "") == 200, "others are served meanwhile");
	close(fd);
	for (i = 0; i < 20; i++)
		i % 3 ? reset(left[i]) : (void)close(left[i]);
	check(UNTIL(open_fds() <= fds), "when the clients leave, the files are closed");

	/* a client that stops reading in the middle is given up after timeout_secs; one that reads slowly is not */
	left[0] = dial(port);
	ask(left[0], "GET", "/m/large.txt", "");
	good = closed_http;
	check(UNTIL(closed_http > good), "one that does not read is given up");
	close(left[0]);

	/* the file becomes shorter */
	make("shrinks.txt", "", 0);
	good = truncate(at("shrinks.txt"), 30 << 20);
	fd = dial(port);
	ask(fd, "GET", "/m/shrinks.txt", "");
	n = http_head(fd, head, sizeof head);
	good |= truncate(at("shrinks.txt"), 100);
	check(!good && n == 200 && gone(fd), "a file that becomes shorter ends the connection");
	check(UNTIL(open_fds() <= fds), "and is closed");
}

static void
test_program(int port)
{
	int fd = dial(port), n, before;

	n = fetch(fd, "/x.v/250000.txt", "");
	check(n == 200 && strlen(body) == 250000 && strspn(body, "v") == 250000, "functions of the program (%d)", n);
	check(opened == 0 && file_reads > 0, "opened, read and closed");
	n = fetch(fd, "/m/x.v/50.txt", "");
	check(n == 200 && strlen(body) == 50 && has("content-type: text/plain") && opened == 0, "below a mount");
	check(!strstr(head, "etag") && !strstr(head, "last-modified"), "nobody knows when they were changed");
	n = fetch(fd, "/m/x.v/50.txt", "Range: bytes=40-\r\n");
	check(n == 206 && strlen(body) == 10 && has("content-range: bytes 40-49/50"), "a part of one");
	n = fetch(fd, "/x.v/none.txt", "");
	check(n == 404 && opened == 0, "what they do not have");
	limit = 100000;
	ask(fd, "GET", "/x.v/250000.txt", "");
	n = http_head(fd, head, sizeof head);
	check(n == 200 && gone(fd) && UNTIL(opened == 0), "a read that fails ends the connection, and the file");
	limit = (size_t)-1;

	/* abandoned */
	fd = dial(port);
	ask(fd, "GET", "/x.v/90000000.txt", "");
	check(UNTIL(opened == 1), "a large one");
	serve(0.1);
	before = file_reads;
	serve(0.1);
	check(before == file_reads, "is read as the client takes it");
	reset(fd);
	check(UNTIL(opened == 0), "and closed when the client leaves");
}

static int replaced;

static lws_fop_fd_t
replaced_open(const struct lws_plat_file_ops *fops, const char *filename, const char *vpath, lws_fop_flags_t *flags)
{
	(void)fops;
	(void)filename;
	(void)vpath;
	replaced++;
	return program_open(&program, filename, "7", flags);
}

static void
test_table(int port)
{
	struct lws_plat_file_ops *fops = lws_get_fops(cx), kept = *fops;
	lws_fop_flags_t flags = O_RDONLY;
	lws_filepos_t n = 0;
	lws_fop_fd_t f = fops->open(fops, at("hello.txt"), NULL, &flags);
	uint8_t text[32] = "";
	int fd;

	check(f && lws_vfs_get_length(f) == 13 && f->pos == 0, "lws_get_fops opens files");
	check(!lws_vfs_file_read(f, &n, text, 5) && n == 5 && !memcmp(text, "hello", 5) && f->pos == 5, "reads them");
	check(lws_vfs_file_seek_cur(f, 2) == 7 && !lws_vfs_file_read(f, &n, text, 20) && n == 6 && !memcmp(text, "world\n", 6),
	      "from a place on");
	check(!lws_vfs_file_read(f, &n, text, 20) && n == 0, "to the end");
	check(lws_vfs_file_seek_cur(f, -100) == 0 && lws_vfs_file_seek_cur(f, 100) == 13, "a place is in the file");
	check(!lws_vfs_file_close(&f) && !f, "and closes them");
	flags = O_RDONLY;
	check(!fops->open(fops, at("nothing"), NULL, &flags) && !fops->open(fops, NULL, NULL, &flags), "no such file");
	flags = O_RDWR | O_CREAT | O_TRUNC;
	f = fops->open(fops, at("written"), NULL, &flags);
	check(f && !lws_vfs_file_write(f, &n, (uint8_t *)"abc", 3) && n == 3 && lws_vfs_get_length(f) == 3, "files are written");
	lws_vfs_file_close(&f);
	check(!lws_get_fops(NULL) && !lws_vfs_get_length(NULL), "null");

	fops->LWS_FOP_OPEN = replaced_open;
	fd = dial(port);
	check(fetch(fd, "/m/hello.txt", "") == 200 && !strcmp(body, "vvvvvvv") && replaced == 1 && opened == 0,
	      "the program may put functions of its own there");
	*fops = kept;
	check(fetch(fd, "/m/hello.txt", "") == 200 && strlen(body) == 13, "and take them back");
	close(fd);
}

/* Decodes chunks in place; 0 when they are malformed. */
static int
dechunk(char *text)
{
	char *from = text, *to = text;

	for (;;) {
		char *end;
		size_t n = strtoul(from, &end, 16);

		if (end == from || strncmp(end, "\r\n", 2))
			return 0;
		from = end + 2;
		if (strlen(from) < n + 2 || strncmp(from + n, "\r\n", 2))
			return 0;
		memmove(to, from, n);
		to += n;
		from += n + 2;
		if (!n) {
			*to = 0;
			return !*from;
		}
	}
}

static void
test_html(int port)
{
	int fd = dial(port), n;
	size_t got;

	ask(fd, "GET", "/html/page.html", "Connection: close\r\n");
	n = http_head(fd, head, sizeof head);
	got = get(fd, body, sizeof body - 1);
	body[got] = 0;
	check(n == 200 && has("transfer-encoding: chunked") && !strstr(head, "content-length"), "a file that is rewritten");
	check(dechunk(body) && !strcmp(body, "<p><b>Ann</b>, , , $other $ $$ <b>Ann</b>s x$n</p>"), "lws_chunked_html_process (%s)", body);
	close(fd);

	/* a variable across two pieces, and HTTP/1.0 */
	fd = dial(port);
	say(fd, "GET /html/long.html HTTP/1.0\r\n\r\n");
	n = http_head(fd, head, sizeof head);
	got = get(fd, body, sizeof body - 1);
	body[got] = 0;
	check(n == 200 && !has("transfer-encoding: chunked") && got == 3946 + 10 + 100 && !strncmp(body + 3946, "<b>Ann</b>", 10),
	      "a variable across two pieces (%zu)", got);
	close(fd);
	check(lws_chunked_html_process(NULL, NULL) == -1, "null");
	{
		char text[16] = "$name";
		struct lws_process_html_args args = { text, 5, 12, 1, 1 };
		struct lws_process_html_state state;

		memset(&state, 0, sizeof state);
		log_lines = 0;
		check(on_html(&args, &state) == -1 && log_lines == 1, "what does not fit is refused");
	}
}

static void
test_mounts(int port)
{
	int fd = dial(port), n;

	add_headers = 1;
	n = fetch(fd, "/p/hello.txt", "");
	check(n == 200 && has("x-added: yes"), "the mount's protocol adds headers");
	add_headers = 0;
	n = fetch(fd, "/m/a/../../../../etc/passwd", "");
	check(n == 404, "no way out of a mount");
	n = fetch(fd, "/m/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "");
	check(n == 404, "nor in escapes");
	n = fetch(fd, "/guarded/hello.txt", "");
	check(n == 401 && has("www-authenticate: Basic realm=\"lwsws\""), "a password is asked for");
	n = fetch(fd, "/guarded/hello.txt", "Authorization: Basic YTpi\r\n");
	check(n == 200, "and taken");
	n = fetch(fd, "/guarded/hello.txt", "Authorization: Basic YTpiCg==\r\n");
	check(n == 401, "and nothing else"); /* "a:b\n" */
	n = fetch(fd, "/guarded/hello.txt", "Authorization: Basic Og==\r\n");
	check(n == 401, "nor an empty one");
	close(fd);
	check(!strcmp(lws_get_mimetype("x.html", NULL), "text/html") && !lws_get_mimetype("x.zzz", NULL) && !lws_get_mimetype(NULL, NULL),
	      "lws_get_mimetype");
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

int
main(void)
{
	static const struct lws_protocol_vhost_options html = { NULL, NULL, ".html", "http" };
	struct lws_http_mount mounts[] = {
		{ .mountpoint = "/m", .origin_protocol = LWSMPRO_FILE },
		{ .mountpoint = "/p", .origin_protocol = LWSMPRO_FILE, .protocol = "http" },
		{ .mountpoint = "/html", .origin_protocol = LWSMPRO_FILE, .interpret = &html },
		{ .mountpoint = "/guarded", .origin_protocol = LWSMPRO_FILE },
	};
	struct lws_context_creation_info info = settings(protocols);
	char *text = malloc(200000), passwords[256];
	int port, i, fds;

	begin(120);
	if (!mkdtemp(site))
		return 3;
	make("hello.txt", "hello, world\n", 13);
	make("empty.txt", "", 0);
	memset(text, 'm', 200000);
	make("middle.txt", text, 200000);
	make("page.html", PAGE, strlen(PAGE));
	memset(text, 'l', 4051);
	memcpy(text + 3946, "$name", 5);
	make("long.html", text, 4051);
	
	make("passwords", "a:b\nc:d\n", 8);
	free(text);
	mkfifo(at("pipe"), 0600);
	make_large();
	for (i = 0; i < 4; i++) {
		mounts[i].mountpoint_len = (unsigned char)strlen(mounts[i].mountpoint);
		mounts[i].origin = site;
		mounts[i].mount_next = i < 3 ? &mounts[i + 1] : NULL;
	}
	lws_snprintf(passwords, sizeof passwords, "%s/passwords", site);
	mounts[3].basic_auth_login_file = passwords;
	program.LWS_FOP_OPEN = program_open;
	program.LWS_FOP_CLOSE = program_close;
	program.LWS_FOP_SEEK_CUR = program_seek;
	program.LWS_FOP_READ = program_read;
	program.fi[0].sig = ".v/";
	program.fi[0].len = 3;
	info.mounts = mounts;
	info.fops = &program;
	info.timeout_secs = 1;
	fds = open_fds();
	port = start(info);
	test_heads(port);
	test_pipeline(port);
	test_large(port);
	test_program(port);
	test_table(port);
	test_html(port);
	test_mounts(port);
	i = dial(port);
	ask(i, "GET", "/x.v/90000000.txt", "");
	UNTIL(opened == 1);
	stop();
	check(opened == 0, "the end of the context closes what is open");
	close(i);
	check(open_fds() == fds, "no descriptor is left (%d)", open_fds() - fds);
	nftw(site, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return finish();
}
