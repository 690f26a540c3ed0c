/*
 * forms_server: parses what is posted to it with lws_spa_*, and answers with a record of every call and callback.
 *
 *   forms_server [-p PORT]
 *
 *   POST /?ARGUMENTS     arguments, all of them optional:
 *     names=a,b,c        the fields to keep, at most 16
 *     max=N              max_storage (1024)
 *     cb=0               without an upload callback
 *     info=1             lws_spa_create_via_info instead of lws_spa_create
 *     stride=N           with info: the names lie N bytes apart
 *     ac=N               with info: memory from a lwsac with chunks of N bytes
 *     cut=N              lws_spa_process gets N bytes at a time
 *     fail=N             the Nth upload callback returns -1
 *     end=0              no lws_spa_finalize
 *     again=1            lws_spa_process and lws_spa_finalize again behind the end
 *     quiet=1            of files only the sums
 *   GET  /memory         the resident size of this process in kB
 *
 * Prints "listening PORT" when ready, ends on SIGINT and SIGTERM.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMES 16
#define SPACING 64 /* the most a stride can be */

struct session {
	struct lws_spa *spa;
	struct lwsac *ac;
	char names[256];
	char table[NAMES * SPACING]; /* of pointers, `stride` apart */
	int count, cut, fail, end, again, quiet, calls, failed;
	char *log; /* LWS_PRE bytes in front */
	size_t len, cap;
	unsigned int sum; /* of the file being received */
	long long file;
};

static struct lws_context *context;
static volatile sig_atomic_t stop;

__attribute__((format(printf, 2, 3))) static void
record(struct session *s, const char *format, ...)
{
	char line[4096];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof line, format, ap);
	va_end(ap);
	if (n >= (int)sizeof line)
		n = sizeof line - 1;
	if (LWS_PRE + s->len + (size_t)n + 1 > s->cap) {
		s->cap = 2 * (LWS_PRE + s->len + (size_t)n + 1);
		s->log = realloc(s->log, s->cap);
		if (!s->log)
			exit(1);
	}
	memcpy(s->log + LWS_PRE + s->len, line, (size_t)n);
	s->len += (size_t)n;
}

/* In quotes, with escapes for what is no printable character. */
static void
record_text(struct session *s, const char *text, int len)
{
	int i;

	if (!text) {
		record(s, "null");
		return;
	}
	record(s, "\"");
	for (i = 0; i < len; i++)
		if (text[i] < 32 || text[i] > 126 || text[i] == '"' || text[i] == '\\')
			record(s, "\\x%02x", (unsigned char)text[i]);
		else
			record(s, "%c", text[i]);
	record(s, "\"");
}

static int
on_file(void *data, const char *name, const char *filename, char *buf, int len, enum lws_spa_fileupload_states state)
{
	static const char *const states[] = { "CONTENT", "FINAL_CONTENT", "OPEN", "CLOSE" };
	struct session *s = data;
	int i;

	s->calls++;
	if (!s->quiet || state == LWS_UFS_OPEN || state == LWS_UFS_CLOSE) {
		record(s, "%s name=", (unsigned int)state < 4 ? states[state] : "?");
		record_text(s, name, name ? (int)strlen(name) : 0);
		record(s, " filename=");
		record_text(s, filename, filename ? (int)strlen(filename) : 0);
		record(s, " len=%d", len);
	}
	if (state == LWS_UFS_OPEN) {
		s->sum = 2166136261u;
		s->file = 0;
	}
	if (len > 0 && (state == LWS_UFS_CONTENT || state == LWS_UFS_FINAL_CONTENT)) {
		for (i = 0; i < len; i++)
			s->sum = (s->sum ^ (unsigned char)buf[i]) * 16777619u;
		s->file += len;
		if (!s->quiet) {
			record(s, " data=");
			record_text(s, buf, len);
		}
	}
	if (state == LWS_UFS_CLOSE)
		record(s, " file=%lld sum=%08x", s->file, s->sum);
	if (!s->quiet || state == LWS_UFS_OPEN || state == LWS_UFS_CLOSE)
		record(s, "\n");
	return s->calls == s->fail ? -1 : 0;
}

static int
number(struct lws *wsi, const char *name, int otherwise)
{
	char arg[64];
	const char *value = lws_get_urlarg_by_name(wsi, name, arg, sizeof arg);

	return value ? atoi(value) : otherwise;
}

static int
create(struct lws *wsi, struct session *s)
{
	int stride = number(wsi, "stride=", 0), i, max = number(wsi, "max=", 1024), ac = number(wsi, "ac=", 0);
	lws_spa_fileupload_cb callback = number(wsi, "cb=", 1) ? on_file : NULL;
	lws_spa_create_info_t info;
	char arg[256], *name;
	const char *names = lws_get_urlarg_by_name(wsi, "names=", arg, sizeof arg);

	snprintf(s->names, sizeof s->names, "%s", names ? names : "a,b,c");
	for (name = strtok(s->names, ","); name && s->count < NAMES; name = strtok(NULL, ","))
		memcpy(s->table + s->count++ * (stride ? stride : (int)sizeof name), &name, sizeof name);
	s->cut = number(wsi, "cut=", 0);
	s->fail = number(wsi, "fail=", 0);
	s->end = number(wsi, "end=", 1);
	s->again = number(wsi, "again=", 0);
	s->quiet = number(wsi, "quiet=", 0);
	if (number(wsi, "info=", 0)) {
		memset(&info, 0, sizeof info);
		info.param_names = (const char *const *)(void *)s->table;
		info.count_params = s->count;
		info.max_storage = max;
		info.opt_cb = callback;
		info.opt_data = s;
		info.param_names_stride = (size_t)stride;
		if (ac) {
			info.ac = &s->ac;
			info.ac_chunk_size = (size_t)ac;
		}
		s->spa = lws_spa_create_via_info(wsi, &info);
	} else {
		s->spa = lws_spa_create(wsi, (const char *const *)(void *)s->table, s->count, max, callback, s);
	}
	record(s, "create %s%s\n", s->spa ? "ok" : "null", ac && s->ac ? " in the lwsac" : "");
	for (i = 0; s->spa && i < s->count; i++) /* before anything has come */
		if (lws_spa_get_string(s->spa, i) || lws_spa_get_length(s->spa, i))
			record(s, "%d has a value at the beginning\n", i);
	return 0;
}

static void
process(struct session *s, char *in, int len)
{
	int n, result;

	while (s->spa && len && !s->failed) {
		n = s->cut && s->cut < len ? s->cut : len;
		result = lws_spa_process(s->spa, in, n);
		if (result)
			record(s, "process %d\n", result);
		s->failed = result < 0;
		in += n;
		len -= n;
	}
}

static void
values(struct session *s)
{
	int i;

	for (i = 0; i <= s->count; i++) {
		int len = lws_spa_get_length(s->spa, i);
		const char *text = lws_spa_get_string(s->spa, i);

		record(s, "%d: %d ", i, len);
		record_text(s, text, len);
		if (text && text[len])
			record(s, " not terminated");
		record(s, "\n");
	}
}

static int
complete(struct lws *wsi, struct session *s)
{
	unsigned char head[LWS_PRE + 512], *start = head + LWS_PRE, *p = start, *end = head + sizeof head;

	if (s->spa) {
		if (s->end)
			record(s, "finalize %d\n", lws_spa_finalize(s->spa));
		values(s);
		if (s->again) {
			record(s, "process again %d\n", lws_spa_process(s->spa, "a=again", 7));
			record(s, "finalize again %d\n", lws_spa_finalize(s->spa));
			values(s);
		}
		record(s, "destroy %d\n", lws_spa_destroy(s->spa));
		s->spa = NULL;
		lwsac_free(&s->ac);
	}
	if (lws_add_http_common_headers(wsi, 200, "text/plain", s->len, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

static void
forget(struct session *s)
{
	if (s->spa)
		lws_spa_destroy(s->spa);
	lwsac_free(&s->ac);
	free(s->log);
	memset(s, 0, sizeof *s);
}

static int
on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;
	long pages = 0;
	FILE *statm;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		forget(s);
		if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI))
			return create(wsi, s);
		statm = fopen("/proc/self/statm", "r");
		if (!statm || fscanf(statm, "%*d %ld", &pages) != 1)
			return -1;
		fclose(statm);
		record(s, "%ld\n", pages * (sysconf(_SC_PAGESIZE) / 1024));
		return complete(wsi, s);
	case LWS_CALLBACK_HTTP_BODY:
		process(s, in, (int)len);
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return complete(wsi, s);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!s || !s->log)
			return 0;
		if (lws_write(wsi, (unsigned char *)s->log + LWS_PRE, s->len, LWS_WRITE_HTTP_FINAL) < (int)s->len)
			return -1;
		forget(s);
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	case LWS_CALLBACK_CLOSED_HTTP:
		if (s)
			forget(s);
		return 0;
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		if (s)
			forget(s);
		return 0;
	default:
		return 0;
	}
}

static void
on_signal(int n)
{
	(void)n;
	stop = 1;
	lws_cancel_service(context);
}

int
main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ "http", on_http, sizeof(struct session), 0, 0, NULL, 0 },
		{ NULL, NULL, 0, 0, 0, NULL, 0 }
	};
	struct lws_context_creation_info info;
	int c;

	memset(&info, 0, sizeof info);
	while ((c = getopt(argc, argv, "p:")) != -1) {
		if (c != 'p') {
			fprintf(stderr, "usage: %s [-p PORT]\n", argv[0]);
			return 2;
		}
		info.port = atoi(optarg);
	}
	info.protocols = protocols;
	info.iface = "lo";
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.timeout_secs = 10;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	printf("listening %d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
	fflush(stdout);
	while (!stop && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
