/* lws_spa_*: what a program may do to a form, its own callback included; bad arguments; a large upload in little memory. */
#include "harness.h"

static int wrong;
#define IS(truth)                                                                                  \
	do {                                                                                       \
		if (!(truth)) {                                                                    \
			wrong++;                                                                   \
			printf("# line %d: %s\n", __LINE__, #truth);                               \
		}                                                                                  \
	} while (0)

#define PART(parameters, content) "--XX\r\nContent-Disposition: form-data; " parameters "\r\n\r\n" content "\r\n"
#define END "--XX--\r\n"
static const char two_files[] = PART("name=\"a\"", "hello") PART("name=\"f\"; filename=\"x\"", "0123456789")
	PART("name=\"g\"; filename=\"y\"", "second") END;
static const char *const names[] = { "a", "b" };

/* --- the callback ------------------------------------------------------------------------------------- */

enum { NOTHING, FAIL, DESTROY, DESTROY_AND_FAIL, FREE_LWSAC, PROCESS, FINALIZE, READ };
static struct {
	struct lws_spa *spa;
	struct lwsac *ac;
	int at, what; /* in the call number `at`, do `what` */
	int calls, opens, finals, closes, longest;
	char content[64];
} form;

static int
on_file(void *data, const char *name, const char *filename, char *buf, int len, enum lws_spa_fileupload_states state)
{
	IS(data == &form && name && filename && buf && len >= 0 && !buf[len]);
	form.opens += state == LWS_UFS_OPEN;
	form.finals += state == LWS_UFS_FINAL_CONTENT;
	form.closes += state == LWS_UFS_CLOSE;
	if (len > form.longest)
		form.longest = len;
	if (strlen(form.content) + (size_t)len < sizeof form.content)
		strncat(form.content, buf, (size_t)len);
	if (++form.calls != form.at)
		return 0;
	switch (form.what) {
	case FAIL:
		return 1;
	case DESTROY:
	case DESTROY_AND_FAIL:
		IS(lws_spa_destroy(form.spa) == 0 && lws_spa_destroy(form.spa) == -1);
		return form.what == DESTROY ? 0 : -1;
	case FREE_LWSAC:
		lwsac_free(&form.ac);
		IS(!lws_spa_get_string(form.spa, 0));
		return 0;
	case PROCESS:
		IS(lws_spa_process(form.spa, "a=1", 3) == -1);
		return 0;
	case FINALIZE:
		IS(lws_spa_finalize(form.spa) == -1);
		return 0;
	case READ:
		IS(!strcmp(lws_spa_get_string(form.spa, 0), "hello") && lws_spa_get_length(form.spa, 0) == 5);
		return 0;
	}
	return 0;
}

static struct lws_spa *
make(struct lws *wsi, int at, int what, int max, int with_lwsac)
{
	lws_spa_create_info_t info = { .param_names = names, .count_params = 2, .max_storage = max, .opt_cb = on_file,
				       .opt_data = &form };

	memset(&form, 0, sizeof form);
	form.at = at;
	form.what = what;
	if (with_lwsac)
		info.ac = &form.ac;
	return form.spa = lws_spa_create_via_info(wsi, &info);
}

/* --- inside a request with a multipart body ------------------------------------------------------------- */

static void
test_callback(struct lws *wsi)
{
	int len = sizeof two_files - 1, at, ac, before = wrong, n, m;

	for (ac = 0; ac < 2; ac++) {
		make(wsi, 0, NOTHING, 6 + 1, ac);
		IS(!lws_spa_process(form.spa, two_files, len) && !lws_spa_finalize(form.spa) && form.longest == 6);
		IS(form.opens == 2 && form.finals == 2 && form.closes == 1 && !strcmp(form.content, "0123456789second"));
		IS(!lws_spa_finalize(form.spa) && !lws_spa_process(form.spa, "more", 4) && form.closes == 1);
		IS(!strcmp(lws_spa_get_string(form.spa, 0), "hello") && !lws_spa_get_string(form.spa, 1));
		IS(!lws_spa_destroy(form.spa) && form.closes == 1);
		lwsac_free(&form.ac);
	}
	check(wrong == before, "files go to the callback in pieces smaller than max_storage, each form has one CLOSE");

	before = wrong;
	for (at = 1; at <= 6; at++) { /* OPEN CONTENT FINAL_CONTENT OPEN CONTENT FINAL_CONTENT */
		make(wsi, at, FAIL, 7, 0);
		IS(lws_spa_process(form.spa, two_files, len) == -1 && form.calls == at && !form.closes);
		IS(lws_spa_process(form.spa, "more", 4) == -1 && lws_spa_finalize(form.spa) == -1 && form.closes == 1);
		IS(lws_spa_finalize(form.spa) == -1 && form.closes == 1 && !lws_spa_destroy(form.spa) && form.closes == 1);
	}
	make(wsi, 7, FAIL, 7, 0);
	IS(!lws_spa_process(form.spa, two_files, len) && !lws_spa_finalize(form.spa) && form.calls == 7 && form.closes == 1);
	lws_spa_destroy(form.spa);
	check(wrong == before, "a callback that does not return 0 ends the form, but for CLOSE");

	before = wrong;
	for (ac = 0; ac < 2; ac++)
		for (at = 1; at <= 7; at++) {
			make(wsi, at, at & 1 ? DESTROY : DESTROY_AND_FAIL, 7, ac);
			n = lws_spa_process(form.spa, two_files, len);
			m = lws_spa_finalize(form.spa);
			IS(n == (at < 7 ? -1 : 0) && m == (at < 7 ? -1 : 0) && form.closes == 1);
			IS(lws_spa_destroy(form.spa) == -1 && form.closes == 1);
			lwsac_free(&form.ac);
		}
	check(wrong == before, "a callback may destroy its form");

	before = wrong;
	for (at = 1; at <= 6; at++) {
		make(wsi, at, FREE_LWSAC, 7, 1);
		IS(lws_spa_process(form.spa, two_files, len) == -1 && form.calls == at && !form.ac);
		IS(lws_spa_process(form.spa, "x", 1) == -1 && lws_spa_destroy(form.spa) == -1);
	}
	check(wrong == before, "a callback may free the lwsac that its form is in");

	before = wrong;
	for (at = 1; at <= 6; at++)
		for (n = PROCESS; n <= READ; n++) {
			make(wsi, at, n, 7, 0);
			IS(!lws_spa_process(form.spa, two_files, len) && !lws_spa_finalize(form.spa) && form.calls == 7);
			IS(!lws_spa_destroy(form.spa) && form.closes == 1 && !strcmp(form.content, "0123456789second"));
		}
	check(wrong == before, "a callback cannot feed or finish its form, but read it");

	before = wrong;
	make(wsi, 0, NOTHING, 1024, 0);
	IS(!lws_spa_process(form.spa, two_files, len - 20) && !form.closes && !lws_spa_destroy(form.spa) && form.closes == 1);
	check(wrong == before, "a form destroyed in the middle has its CLOSE");
}

static void
test_lwsac(struct lws *wsi)
{
	const char *value;
	int before = wrong;

	make(wsi, 0, NOTHING, 1024, 1);
	IS(form.ac && !lws_spa_process(form.spa, two_files, sizeof two_files - 1) && !lws_spa_finalize(form.spa));
	value = lws_spa_get_string(form.spa, 0);
	lws_spa_destroy(form.spa);
	IS(value && !strcmp(value, "hello"));
	lwsac_free(&form.ac);
	make(wsi, 0, NOTHING, 1024, 1);
	IS(!lws_spa_process(form.spa, two_files, 80));
	lwsac_free(&form.ac);
	IS(lws_spa_process(form.spa, two_files, 1) == -1 && lws_spa_destroy(form.spa) == -1 && !form.closes);
	check(wrong == before, "values outlive a form in a lwsac, and the form ends with the lwsac");
}

/* --- inside a request with an urlencoded body ----------------------------------------------------------- */

static void
test_arguments(struct lws *wsi)
{
	static const struct { int x; const char *name; } __attribute__((packed)) spaced[] = { { 1, "a" }, { 2, NULL }, { 3, "b" } };
	lws_spa_create_info_t info = { .param_names = names, .count_params = 2, .max_storage = 100 };
	struct lws_spa *spa, *old;
	const char *value;
	int before = wrong;

	IS(!lws_spa_create(NULL, names, 2, 100, NULL, NULL) && !lws_spa_create((struct lws *)&info, names, 2, 100, NULL, NULL));
	IS(!lws_spa_create_via_info(NULL, &info) && !lws_spa_create_via_info(wsi, NULL));
	IS(!lws_spa_create(wsi, NULL, 2, 100, NULL, NULL) && !lws_spa_create(wsi, names, -1, 100, NULL, NULL));
	IS(!lws_spa_create(wsi, names, 2, -1, NULL, NULL) && !lws_spa_create(wsi, names, 0x7fffffff, 100, NULL, NULL));
	info.param_names_stride = 1;
	IS(!lws_spa_create_via_info(wsi, &info));
	info.param_names_stride = (size_t)-8;
	IS(!lws_spa_create_via_info(wsi, &info));
	check(wrong == before, "bad arguments make no form");

	before = wrong;
	spa = lws_spa_create(wsi, names, 2, 0x7fffffff, NULL, NULL);
	IS(spa && lws_spa_process(spa, NULL, 5) == -1 && lws_spa_process(spa, "a=1", -1) == -1 && !lws_spa_process(spa, NULL, 0));
	IS(!lws_spa_process(spa, "a=1&b=2", 7));
	value = lws_spa_get_string(spa, 0);
	IS(!lws_spa_process(spa, "&a=3&b=4", 8) && !lws_spa_finalize(spa) && lws_spa_get_string(spa, 0) == value);
	IS(!strcmp(value, "1") && !strcmp(lws_spa_get_string(spa, 1), "2") && lws_spa_get_length(spa, 1) == 1);
	IS(!lws_spa_get_string(spa, 2) && !lws_spa_get_string(spa, -1) && !lws_spa_get_string(spa, 0x7fffffff));
	IS(!lws_spa_get_length(spa, 2) && !lws_spa_get_length(spa, -1) && !lws_spa_get_length(spa, (int)0x80000000));
	old = spa;
	IS(!lws_spa_destroy(spa) && lws_spa_destroy(old) == -1 && lws_spa_process(old, "a", 1) == -1);
	IS(lws_spa_finalize(old) == -1 && !lws_spa_get_string(old, 0) && !lws_spa_get_length(old, 0));
	IS(lws_spa_destroy(NULL) == -1 && lws_spa_process(NULL, "a", 1) == -1 && lws_spa_finalize(NULL) == -1);
	IS(!lws_spa_get_string(NULL, 0) && !lws_spa_get_length(NULL, 0) && lws_spa_destroy((struct lws_spa *)&info) == -1);
	check(wrong == before, "bad arguments to a form; a dead or null form");

	before = wrong;
	spa = lws_spa_create(wsi, NULL, 0, 100, NULL, NULL);
	IS(spa && !lws_spa_process(spa, "a=1", 3) && !lws_spa_finalize(spa) && !lws_spa_get_string(spa, 0));
	lws_spa_destroy(spa);
	info.param_names = (const char *const *)(const void *)((const char *)spaced + sizeof(int));
	info.param_names_stride = sizeof spaced[0];
	info.count_params = 3;
	spa = lws_spa_create_via_info(wsi, &info);
	IS(spa && !lws_spa_process(spa, "a=1&b=2&=3", 10) && !lws_spa_finalize(spa) && !strcmp(lws_spa_get_string(spa, 0), "1"));
	IS(!strcmp(lws_spa_get_string(spa, 2), "2"));
	lws_spa_destroy(spa);
	check(wrong == before, "no names; names in structs, unaligned, some null");
}

static void
test_many(struct lws *wsi)
{
	struct lws_spa *spa;
	long rss = 0;
	int i, good = 0;

	for (i = 0; i < 20000; i++) {
		if (i == 1000)
			rss = rss_kb();
		spa = lws_spa_create(wsi, names, 2, 100000, on_file, &form);
		good += spa && !lws_spa_process(spa, "a=12345678&b=%41%42", 19) && !lws_spa_finalize(spa) &&
			!strcmp(lws_spa_get_string(spa, 1), "AB") && !lws_spa_destroy(spa);
	}
	check(good == 20000 && (getenv("WRAP") || rss_kb() - rss < 1000), "20000 forms, one after the other (%d), leave nothing behind (%ld kB)", good,
	      rss_kb() - rss);
}

/* --- a large upload ------------------------------------------------------------------------------------- */

static struct lws_spa *upload;
static long long uploaded;
static long highest;
static int intact, upload_end;
static char pattern[65536];

static int
on_upload(void *data, const char *name, const char *filename, char *buf, int len, enum lws_spa_fileupload_states state)
{
	int n;

	IS(!data && (state == LWS_UFS_CLOSE || (!strcmp(name, "big") && !strcmp(filename, "big.bin"))));
	upload_end += state == LWS_UFS_FINAL_CONTENT;
	while (len) {
		size_t at = (size_t)(uploaded % (long long)sizeof pattern);

		n = len < (int)(sizeof pattern - at) ? len : (int)(sizeof pattern - at);
		intact &= !memcmp(buf, pattern + at, (size_t)n);
		uploaded += n;
		buf += n;
		len -= n;
	}
	return 0;
}

static int
on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (!strcmp(in, "/callback"))
			test_callback(wsi);
		if (!strcmp(in, "/lwsac"))
			test_lwsac(wsi);
		if (!strcmp(in, "/arguments"))
			test_arguments(wsi);
		if (!strcmp(in, "/many"))
			test_many(wsi);
		if (!strcmp(in, "/upload"))
			upload = lws_spa_create(wsi, names, 2, 4096, on_upload, NULL);
		return 0;
	case LWS_CALLBACK_HTTP_BODY:
		if (rss_kb() > highest)
			highest = rss_kb();
		return upload && lws_spa_process(upload, in, (int)len) ? -1 : 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (upload) {
			IS(!lws_spa_finalize(upload) && !strcmp(lws_spa_get_string(upload, 0), "hello"));
			lws_spa_destroy(upload);
			upload = NULL;
		}
		return lws_return_http_status(wsi, 200, NULL) || lws_http_transaction_completed(wsi) ? -1 : 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static int
post(int port, const char *path, const char *type)
{
	char text[512], head[1024], body[4096];
	int fd = dial(port), status;

	snprintf(text, sizeof text, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: 1\r\n\r\nx", path, type);
	say(fd, text);
	status = http_get(fd, head, sizeof head, body, sizeof body);
	close(fd);
	return status;
}

static void
test_upload(int port)
{
	static const char before[] = PART("name=\"a\"", "hello")
		"--XX\r\nContent-Disposition: form-data; name=\"big\"; filename=\"big.bin\"\r\n\r\n";
	static const char behind[] = "\r\n" END;
	long long size = getenv("WRAP") ? 5000000 : 50000000, sent;
	char text[512], head[1024], body[4096];
	int fd = dial(port), bad = 0;
	size_t i, n;
	long rss;

	for (i = 0; i < sizeof pattern; i++) /* with CRs, LFs and dashes in it, and the beginnings of a boundary */
		pattern[i] = i % 97 ? (char)(i * 31 >> 3) : "\r\n--X"[i % 5];
	intact = 1;
	snprintf(text, sizeof text, "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=XX\r\n"
		 "Content-Length: %lld\r\n\r\n", (long long)(sizeof before - 1 + sizeof behind - 1) + size);
	say(fd, text);
	say(fd, before);
	serve(0.05);
	rss = rss_kb();
	for (sent = 0; sent < size && !bad; sent += (long long)n) {
		n = size - sent < (long long)sizeof pattern ? (size_t)(size - sent) : sizeof pattern;
		bad = put(fd, pattern, n);
	}
	say(fd, behind);
	check(http_get(fd, head, sizeof head, body, sizeof body) == 200, "an upload of %lld bytes is answered", size);
	check(uploaded == size && intact && upload_end == 1 && !wrong, "all of it has come (%lld)", uploaded);
	check(getenv("WRAP") || (highest && highest - rss < 3000), "in little memory (%ld kB)", highest - rss);
	close(fd);
}

int
main(void)
{
	static const struct lws_protocols protocols[] = {
		{ "http", on_http, 0, 0, 0, NULL, 0 },
		{ NULL, NULL, 0, 0, 0, NULL, 0 }
	};
	struct lws_context_creation_info info = settings(protocols);
	const char *multipart = "multipart/form-data; boundary=XX", *urlencoded = "application/x-www-form-urlencoded";
	int port;

	begin(60);
	port = start(info);
	check(post(port, "/callback", multipart) == 200, "forms with files");
	check(post(port, "/lwsac", multipart) == 200, "forms in a lwsac");
	check(post(port, "/arguments", urlencoded) == 200, "forms without files");
	check(post(port, "/many", urlencoded) == 200, "many forms");
	test_upload(port);
	stop();
	return finish();
}
