/* Null and senseless arguments. The original crashes on many of these, so this runs on ours only: each call has a
 * defined answer, and the program reaches its end. */
#include <libwebsockets.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures, lines;
static const char *volatile none;

static void emit(int level, const char *line)
{
	(void)level;
	(void)line;
	lines++;
	errno = 99;
}

#define IS(expr) \
	do { \
		if (!(expr)) { \
			printf("%d: %s\n", __LINE__, #expr); \
			fflush(stdout); \
			failures++; \
		} \
	} while (0)

static void logging(void)
{
	char p[8];

	_lws_log(LLL_ERR, none, 1, 2);
	IS(lines == 1);
	lines = 0;
	lwsl_hexdump_level(LLL_ERR, NULL, 10);
	IS(lines == 1);
	/* a line may come between a failed call and the look at its errno */
	errno = 5;
	_lws_log(LLL_ERR, "%s", "");
	IS(errno == 5);
	lwsl_emit_stderr(LLL_ERR, NULL);
	lwsl_emit_stderr_notimestamp(LLL_ERR, NULL);
	lwsl_emit_syslog(LLL_ERR, NULL);
	IS(lwsl_timestamp(LLL_ERR, NULL, 10) == 0);
	IS(lwsl_timestamp(LLL_ERR, p, 0) == 0);
	IS(lwsl_timestamp(LLL_ERR, p, -1) == 0);
	IS(lwsl_timestamp(LLL_ERR, p, 1) == 1 && !p[0]);
}

static void strings(void)
{
	char buf[16] = "untouched";

	IS(lws_snprintf(NULL, 10, "%d", 1) == 0);
	IS(lws_snprintf(buf, 0, "%d", 1) == 0 && !strcmp(buf, "untouched"));
	IS(lws_snprintf(buf, 10, none) == 0);
	strcpy(buf, "untouched");

	IS(lws_strncpy(NULL, "x", 3) == NULL);
	IS(lws_strncpy(buf, "x", 0) == buf && !strcmp(buf, "untouched"));
	IS(lws_strncpy(buf, NULL, 3) == buf && !buf[0]);
	strcpy(buf, "untouched");

	IS(!lws_nstrstr(NULL, 5, "x", 1));
	IS(!lws_nstrstr("x", 1, NULL, 1));

	IS(lws_urldecode(NULL, "x", 3) == -1);
	IS(lws_urldecode(buf, NULL, 3) == -1);
	IS(lws_urldecode(buf, "x", -3) == -1 && !strcmp(buf, "untouched"));
	IS(lws_urldecode(buf, "ab%zz", 9) == -1 && !strcmp(buf, "ab"));
	strcpy(buf, "untouched");
	IS(lws_urlencode(NULL, "x", 3) == NULL);
	IS(lws_urlencode(buf, NULL, 3) == buf && !strcmp(buf, "untouched"));
	IS(lws_urlencode(buf, "x", 0) == buf && !strcmp(buf, "untouched"));
	IS(lws_urlencode(buf, "x", -1) == buf && !strcmp(buf, "untouched"));

	lws_filename_purify_inplace(NULL);

	IS(lws_hex_to_byte_array(NULL, (uint8_t *)buf, 4) == -1);
	IS(lws_hex_to_byte_array("ab", NULL, 4) == -1);
	IS(lws_hex_to_byte_array("ab", (uint8_t *)buf, -4) == -1);
	IS(lws_timingsafe_bcmp(NULL, "x", 1) == -1);
	IS(lws_timingsafe_bcmp(NULL, NULL, 0) == 0);

	IS(!lws_cmdline_option(3, NULL, "-p"));
	IS(!lws_cmdline_option(-3, (const char *[]){ "a" }, "-p"));
	IS(!lws_cmdline_option(2, (const char *[]){ "a", "-p" }, NULL));
	IS(!lws_cmdline_option(2, (const char *[]){ "a", NULL }, "-p"));
	IS(!lws_pvo_search(NULL, "x"));
	IS(lws_pvo_get_str(NULL, "x", &(const char *){ NULL }) == 1);
	{
		const struct lws_protocol_vhost_options one = { NULL, NULL, "one", "1" }, head = { &one, NULL, NULL, NULL };

		IS(lws_pvo_search(&head, "one") == &one);
		IS(!lws_pvo_search(&head, NULL));
		IS(lws_pvo_get_str((void *)&head, "one", NULL) == 1);
	}

	{
		const char *prot, *ads, *path;
		int port;

		IS(lws_parse_uri(NULL, &prot, &ads, &port, &path) == 1);
		IS(lws_parse_uri(buf, NULL, &ads, &port, &path) == 1);
		IS(lws_parse_uri(buf, &prot, NULL, &port, &path) == 1);
		IS(lws_parse_uri(buf, &prot, &ads, NULL, &path) == 1);
		IS(lws_parse_uri(buf, &prot, &ads, &port, NULL) == 1);
		lws_explicit_bzero(NULL, 10);
	}

	/* the original needs a living context for these bytes */
	{
		unsigned char a[64] = { 0 }, b[64] = { 0 };

		IS(lws_get_random(NULL, a, sizeof(a)) == sizeof(a));
		IS(lws_get_random(NULL, b, 60) == 60);
		IS(memcmp(a, b, 60) && !b[60] && !b[63]);
		IS(lws_get_random(NULL, NULL, 5) == 0);
		IS(lws_get_random(NULL, a, 0) == 0);
	}
}

static void base64(void)
{
	char buf[16] = "untouched";
	unsigned char md[20];

	IS(lws_b64_encode_string(NULL, 3, buf, sizeof(buf)) == -1);
	IS(lws_b64_encode_string("abc", -3, buf, sizeof(buf)) == -1);
	IS(lws_b64_encode_string("abc", 3, NULL, 10) == -1);
	IS(lws_b64_encode_string("abc", 3, buf, -1) == -1 && !strcmp(buf, "untouched"));
	IS(lws_b64_encode_string("abc", 3, buf, 5) == -1 && !buf[0]);
	IS(lws_b64_encode_string("abc", 0x7fffffff, buf, 0) == -1);
	strcpy(buf, "untouched");
	IS(lws_b64_decode_string(NULL, buf, sizeof(buf)) == -1);
	IS(lws_b64_decode_string("YQ==", NULL, 10) == -1);
	/* the original writes its NUL all the same */
	IS(lws_b64_decode_string("YQ==", buf, 0) == -1 && !strcmp(buf, "untouched"));
	IS(lws_b64_decode_string("YQ==", buf, -1) == -1 && !strcmp(buf, "untouched"));
	IS(lws_b64_decode_string_len("YQ==", -1, buf, 10) == -1 && !strcmp(buf, "untouched"));
	/* the original makes a byte of the space */
	IS(lws_b64_decode_string_len("YWJ ", 4, buf, 10) == 2 && !strcmp(buf, "ab"));

	IS(!lws_SHA1(NULL, 3, md));
	IS(!lws_SHA1((unsigned char *)"abc", 3, NULL));
	IS(lws_SHA1(NULL, 0, md) == md && md[0] == 0xda);
}

static void addresses(void)
{
	struct sockaddr_in6 sa;
	unsigned char ads[16] = { 0 };
	char buf[64] = "untouched";

	IS(lws_parse_numeric_address(NULL, ads, 16) < 0);
	IS(lws_parse_numeric_address("::1", NULL, 16) < 0);
	/* valid, yet refused by the original, and the other way round */
	IS(lws_parse_numeric_address("::1.2.3.4", ads, 16) == 16);
	IS(lws_parse_numeric_address("::FFFF:A", ads, 16) == 16 && ads[13] == 0xff && ads[15] == 10);
	IS(lws_parse_numeric_address("1::2::3", ads, 16) < 0);

	IS(lws_write_numeric_address(NULL, 4, buf, sizeof(buf)) == -1);
	IS(lws_write_numeric_address(ads, 4, NULL, 10) == -1);
	IS(lws_write_numeric_address(ads, -1, buf, sizeof(buf)) == -1 && !buf[0]);
	/* the original cuts the text and returns success */
	IS(lws_write_numeric_address((unsigned char *)"\xff\xff\xff\xff", 4, buf, 15) == -1 && !buf[0]);
	IS(lws_write_numeric_address((unsigned char *)"\xff\xff\xff\xff", 4, buf, 16) == 15);
	IS(lws_write_numeric_address((unsigned char *)"\xff\xff\xff\xff", 4, buf, 0) == -1);

	memset(&sa, 0, sizeof(sa));
	IS(lws_interface_to_sa(0, NULL, (struct sockaddr_in *)&sa, 16) == LWS_ITOSA_NOT_EXIST);
	IS(lws_interface_to_sa(0, "lo", NULL, 16) == LWS_ITOSA_NOT_EXIST);
	/* the original writes beyond the 16 bytes */
	IS(lws_interface_to_sa(0, "::1", (struct sockaddr_in *)&sa, 16) == LWS_ITOSA_NOT_USABLE && !sa.sin6_addr.s6_addr[15]);
	IS(lws_interface_to_sa(1, "::1", (struct sockaddr_in *)&sa, 16) == LWS_ITOSA_NOT_USABLE && !sa.sin6_addr.s6_addr[15]);
	IS(lws_interface_to_sa(0, "lo", (struct sockaddr_in *)&sa, 4) == LWS_ITOSA_NOT_USABLE);
	/* the original leaves the family as it was */
	sa.sin6_port = 7;
	IS(!lws_interface_to_sa(1, "::1", (struct sockaddr_in *)&sa, sizeof(sa)) && sa.sin6_family == AF_INET6 && sa.sin6_port == 7);
	IS(!lws_interface_to_sa(1, "127.0.0.1", (struct sockaddr_in *)&sa, sizeof(sa)) && sa.sin6_family == AF_INET);
}

static void rings(void)
{
	struct lws_ring *ring;
	uint32_t wild = 1000000;
	size_t bytes;
	void *start;
	char buf[64];

	lines = 0;
	IS(!lws_ring_create(0, 5, NULL) && lines == 1);
	IS(!lws_ring_create(5, 0, NULL));
	IS(!lws_ring_create(1 << 20, 1 << 20, NULL));
	IS(!lws_ring_create((size_t)-1, 3, NULL));

	lws_ring_destroy(NULL);
	IS(!lws_ring_get_count_free_elements(NULL));
	IS(!lws_ring_get_count_waiting_elements(NULL, NULL));
	IS(!lws_ring_insert(NULL, "x", 1));
	IS(!lws_ring_consume(NULL, NULL, NULL, 1));
	IS(!lws_ring_get_element(NULL, NULL));
	lws_ring_update_oldest_tail(NULL, 0);
	IS(!lws_ring_get_oldest_tail(NULL));
	IS(lws_ring_next_linear_insert_range(NULL, &start, &bytes) == 1);
	lws_ring_bump_head(NULL, 1);

	ring = lws_ring_create(4, 5, NULL);
	IS(!lws_ring_insert(ring, NULL, 3));
	IS(lws_ring_next_linear_insert_range(ring, NULL, &bytes) == 1);
	IS(lws_ring_next_linear_insert_range(ring, &start, NULL) == 1);
	IS(lws_ring_insert(ring, "aaaabbbbccccdddd", 4) == 4);
	IS(!lws_ring_get_count_waiting_elements(ring, &wild));
	IS(!lws_ring_get_element(ring, &wild));
	IS(!lws_ring_consume(ring, &wild, buf, 1));
	lines = 0;
	lws_ring_update_oldest_tail(ring, wild);
	IS(lines == 1 && lws_ring_get_count_free_elements(ring) == 0);
	IS(lws_ring_consume(ring, NULL, NULL, 2) == 2);
	lws_ring_update_oldest_tail(ring, 4);
	IS(lines == 2 && lws_ring_get_oldest_tail(ring) == 8);
	lws_ring_bump_head(ring, 9);
	IS(lines == 3 && lws_ring_get_count_waiting_elements(ring, NULL) == 2);
	lws_ring_bump_head(ring, (size_t)-1);
	IS(lines == 4);
	/* a part of an element is none */
	lws_ring_bump_head(ring, 3);
	IS(lws_ring_get_count_waiting_elements(ring, NULL) == 2 && lws_ring_get_count_free_elements(ring) == 1);
	lws_ring_destroy(ring);

	/* the original finds no room for the last of elements of one byte */
	ring = lws_ring_create(1, 5, NULL);
	IS(lws_ring_insert(ring, "abc", 3) == 3 && lws_ring_get_count_free_elements(ring) == 1);
	lws_ring_destroy(ring);
}

static void lists(void)
{
	lws_dll2_owner_t owner = { 0 }, other = { 0 };
	lws_dll2_t a = { 0 }, b = { 0 };

	lws_dll2_add_head(NULL, &owner);
	lws_dll2_add_head(&a, NULL);
	lws_dll2_add_tail(NULL, &owner);
	lws_dll2_add_tail(&a, NULL);
	lws_dll2_add_before(&a, NULL);
	lws_dll2_add_before(NULL, &a);
	lws_dll2_add_before(&a, &b);
	lws_dll2_add_sorted(&a, &owner, NULL);
	lws_dll2_add_sorted(&a, NULL, NULL);
	lws_dll2_remove(NULL);
	lws_dll2_clear(NULL);
	lws_dll2_owner_clear(NULL);
	IS(!lws_dll2_foreach_safe(NULL, NULL, NULL));
	IS(!lws_dll2_foreach_safe(&owner, NULL, NULL));
	IS(!_lws_dll2_search_sz_pl(NULL, "x", 1, 0, 0));
	IS(!a.owner && !owner.count && !owner.head);

	lws_dll2_add_head(&a, &owner);
	lines = 0;
	lws_dll2_add_head(&a, &owner);
	lws_dll2_add_tail(&a, &other);
	IS(lines == 2 && owner.count == 1 && !other.count && a.owner == &owner && !a.next && !a.prev);
}

static void segments(void)
{
	struct lws_buflist *list = NULL;
	struct lwsac *ac = NULL;
	uint8_t *p = (uint8_t *)"x", buf[4];

	IS(lws_buflist_append_segment(NULL, p, 1) == -1);
	IS(lws_buflist_append_segment(&list, NULL, 1) == -1 && !list);
	IS(lws_buflist_append_segment(&list, p, 0) == 0 && !list);
	IS(!lws_buflist_next_segment_len(NULL, NULL));
	IS(!lws_buflist_use_segment(NULL, 1));
	IS(!lws_buflist_use_segment(&list, 1));
	IS(!lws_buflist_total_len(NULL));
	IS(lws_buflist_linear_copy(NULL, 0, buf, 4) == 0);
	IS(lws_buflist_linear_copy(&list, 0, NULL, 4) == -1);
	lws_buflist_destroy_all_segments(NULL);
	IS(lws_buflist_append_segment(&list, (uint8_t *)"abc", 3) == 1);
	IS(lws_buflist_append_segment(&list, (uint8_t *)"de", 2) == 0);
	IS(lws_buflist_use_segment(&list, 0) == 3);
	IS(lws_buflist_use_segment(&list, 100) == 2);
	IS(lws_buflist_use_segment(&list, (size_t)-1) == 0 && !list);

	IS(!lwsac_use(NULL, 1, 0));
	IS(!lwsac_use(&ac, (size_t)-1, 0));
	IS(!lwsac_use(&ac, 1, (size_t)-1));
	IS(lwsac_use(&ac, 0, 0) != NULL);
	lwsac_reference(NULL);
	lwsac_unreference(NULL);
	lwsac_detach(NULL);
	lwsac_free(NULL);
	lwsac_info(NULL);
	lwsac_unreference(&ac);
	lwsac_unreference(&ac);
	IS(!!ac);
	lwsac_detach(&ac);
	IS(!ac);
}

static int events;

static signed char count_events(struct lejp_ctx *ctx, char reason)
{
	(void)reason;
	events++;
	/* what a program should leave alone */
	if (events == 3)
		memset(ctx->st, 0x7f, sizeof(ctx->st));

	return 0;
}

static void json(void)
{
	static const char text[] = "{\"a\":[{\"b\":\"c\"},1]}";
	const char *const paths[] = { "a[].c", NULL, "*" };
	struct lejp_ctx ctx;
	char long_name[300], buf[16] = "untouched";
	size_t len = 77;
	int i;

	lejp_construct(NULL, count_events, NULL, NULL, 0);
	lejp_destruct(NULL);
	lejp_change_callback(NULL, count_events);
	lejp_check_path_match(NULL);
	IS(lejp_parse(NULL, (const uint8_t *)"{", 1) == LEJP_REJECT_UNKNOWN);
	IS(lejp_parser_push(NULL, NULL, NULL, 0, NULL) == -1 && lejp_parser_pop(NULL) == -1);
	IS(lejp_get_wildcard(NULL, 0, buf, 5) == 0);
	lejp_construct(&ctx, NULL, NULL, NULL, 9);
	IS(lejp_parse(&ctx, NULL, 3) == LEJP_REJECT_UNKNOWN);
	IS(lejp_parse(&ctx, (const uint8_t *)text, -1) == LEJP_REJECT_UNKNOWN);
	IS(lejp_parse(&ctx, NULL, 0) == LEJP_CONTINUE);
	IS(lejp_parse(&ctx, (const uint8_t *)text, sizeof(text) - 1) == 0);
	IS(lejp_get_wildcard(&ctx, -1, buf, 5) == 0 && lejp_get_wildcard(&ctx, 0, NULL, 5) == 0);
	lejp_construct(&ctx, NULL, NULL, paths, 3);
	IS(lejp_parse(&ctx, (const uint8_t *)text, 11) == LEJP_CONTINUE && ctx.path_match == 3);
	IS(lejp_get_wildcard(&ctx, 0, buf, 0) == 0 && lejp_get_wildcard(&ctx, 0, buf, -5) == 0 && !strcmp(buf, "untouched"));
	IS(lejp_get_wildcard(&ctx, 0, buf, 3) == 3 && !strcmp(buf, "a["));
	lejp_destruct(&ctx);

	/* a path that is too long: in the original it goes on in the buffer behind it */
	memcpy(long_name, "{\"", 2);
	memset(long_name + 2, 'n', 200);
	strcpy(long_name + 202, "\":[[1]]}");
	lejp_construct(&ctx, NULL, NULL, NULL, 0);
	IS(lejp_parse(&ctx, (const uint8_t *)long_name, 206) == LEJP_CONTINUE);
	IS(strlen(ctx.path) == LEJP_MAX_PATH - 1 && !ctx.buf[0]);
	IS(lejp_parse(&ctx, (const uint8_t *)long_name + 206, 4) == 0);

	/* a parser whose state the program has overwritten */
	for (i = 0; i < 256; i++) {
		events = 0;
		lejp_construct(&ctx, count_events, NULL, paths, 3);
		lejp_parse(&ctx, (const uint8_t *)text, i % 21);
		ctx.sp = ctx.ipos = ctx.npos = ctx.pst_sp = ctx.wildcount = ctx.dcount = (uint8_t)i;
		ctx.pst[0].ppos = ctx.pst[4].ppos = (uint8_t)(255 - i);
		ctx.pst[4].callback = count_events;
		ctx.pst[4].count_paths = ctx.pst[1].count_paths = ctx.pst[2].count_paths = ctx.pst[3].count_paths = 0;
		ctx.pst[1].callback = ctx.pst[2].callback = ctx.pst[3].callback = NULL;
		memset(ctx.path, 'x', sizeof(ctx.path));
		ctx.uni = (uint16_t)(i * 257);
		lejp_parse(&ctx, (const uint8_t *)text + i % 21, 21 - i % 21);
		lejp_check_path_match(&ctx);
		lejp_get_wildcard(&ctx, i, buf, 8);
		lejp_parser_pop(&ctx);
	}

	IS(!lws_json_simple_find(NULL, 5, "a", &len) && !lws_json_simple_find("a", 1, NULL, &len) && len == 77);
	IS(!lws_json_simple_find("a1", 2, "a", NULL));
	IS(lws_json_simple_strcmp(NULL, 5, "a", "1") == -1 && lws_json_simple_strcmp("a1", 2, NULL, "1") == -1);
	IS(lws_json_simple_strcmp("a1", 2, "a", NULL) == -1);
	/* the original reads behind the end */
	IS(lws_json_simple_find("\"a\":\"x\\", 7, "\"a\":", &len) && len == 2);
}

static int fill(void *priv, const char *name, char *out, size_t *pos, size_t olen, size_t *exp_ofs)
{
	size_t n = olen - *pos;

	(void)name;
	if (n > 5 - *exp_ofs)
		n = 5 - *exp_ofs;
	if (priv)
		*pos = (size_t)-1;
	else
		memcpy(out + *pos, "VALUE" + *exp_ofs, n), *pos += n, *exp_ofs += n;

	return *exp_ofs == 5 ? LSTRX_DONE : LSTRX_FILLED_OUT;
}

static void tokens(void)
{
	struct lws_tokenize ts;
	lws_strexp_t exp;
	size_t in, out;
	char buf[16];

	lws_tokenize_init(NULL, "a", 0);
	IS(lws_tokenize(NULL) == LWS_TOKZE_ENDED);
	lws_tokenize_init(&ts, NULL, 0);
	IS(lws_tokenize(&ts) == LWS_TOKZE_ENDED);
	IS(lws_tokenize_cstr(NULL, buf, 5) == 1 && lws_tokenize_cstr(&ts, buf, 5) == 1);
	/* after the NUL the original reads on */
	lws_tokenize_init(&ts, "a\0b", 0);
	IS(lws_tokenize(&ts) == LWS_TOKZE_TOKEN && lws_tokenize(&ts) == LWS_TOKZE_ENDED && lws_tokenize(&ts) == LWS_TOKZE_ENDED);
	lws_tokenize_init(&ts, "a", 0);
	IS(lws_tokenize(&ts) == LWS_TOKZE_TOKEN && lws_tokenize_cstr(&ts, NULL, 5) == 1 && lws_tokenize_cstr(&ts, buf, 0) == 1);

	lws_strexp_init(NULL, NULL, fill, buf, 5);
	lws_strexp_reset_out(NULL, buf, 5);
	IS(lws_strexp_expand(NULL, "a", 1, &in, &out) < 0);
	lws_strexp_init(&exp, NULL, NULL, buf, 5);
	IS(lws_strexp_expand(&exp, NULL, 1, &in, &out) < 0);
	IS(lws_strexp_expand(&exp, "a", 1, NULL, NULL) == LSTRX_DONE && !strcmp(buf, "a"));
	IS(lws_strexp_expand(&exp, "${x}", 4, &in, &out) == LSTRX_FATAL_NAME_UNKNOWN);
	/* without room, or with none left by a value, the original writes beyond the output */
	memset(buf, '#', sizeof(buf));
	lws_strexp_init(&exp, NULL, fill, buf, 0);
	IS(lws_strexp_expand(&exp, "ab", 2, &in, &out) == LSTRX_FILLED_OUT && in == 0 && out == 0 && buf[0] == '#');
	lws_strexp_init(&exp, NULL, fill, buf, 5);
	IS(lws_strexp_expand(&exp, "${x}", 4, &in, &out) == LSTRX_DONE && in == 4 && out == 5 && buf[5] == '#');
	lws_strexp_init(&exp, NULL, fill, buf, 5);
	IS(lws_strexp_expand(&exp, "${x}b", 5, &in, &out) == LSTRX_FILLED_OUT && in == 4 && out == 5 && buf[5] == '#');
	/* a callback that lies */
	lws_strexp_init(&exp, buf, fill, buf, 5);
	IS(lws_strexp_expand(&exp, "${x}b", 5, &in, &out) == LSTRX_FILLED_OUT && buf[5] == '#');
}

static void small(void)
{
	uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	char buf[32] = "untouched";
	lws_list_ptr head = NULL;

	lws_list_ptr_insert(NULL, &head, NULL);
	lws_list_ptr_insert(&head, NULL, NULL);
	IS(!head);
	lws_ser_wu16be(NULL, 1);
	lws_ser_wu32be(NULL, 1);
	lws_ser_wu64be(NULL, 1);
	IS(!lws_ser_ru16be(NULL) && !lws_ser_ru32be(NULL) && !lws_ser_ru64be(NULL));
	IS(lws_ser_ru64be(bytes) == 0x0102030405060708ull);
	IS(lws_http_basic_auth_gen(NULL, "p", buf, 32) == 1 && lws_http_basic_auth_gen("u", NULL, buf, 32) == 1);
	IS(lws_http_basic_auth_gen("u", "p", NULL, 32) == 1 && !strcmp(buf, "untouched"));
	/* the original says 0 and leaves no end */
	IS(lws_http_basic_auth_gen("u", "p", buf, 10) == 1 && !strcmp(buf, "untouched"));
	IS(!lws_http_basic_auth_gen("u", "p", buf, 11) && !strcmp(buf, "Basic dTpw"));
	IS(lws_open(none, 0) == -1 && errno == EFAULT);
	IS(!lwsac_use_zero(NULL, 1, 0));
}

static pid_t lock_owner(const char *lock)
{
	FILE *file = fopen(lock, "r");
	int pid = 0;

	if (file) {
		if (fscanf(file, "%d", &pid) != 1)
			pid = -1;
		fclose(file);
	}

	return pid;
}

/* Becomes a daemon in a child. Returns with what status the child ended. */
static int start_daemon(const char *lock, const char *done)
{
	pid_t pid = fork();
	int status = -1;

	if (!pid) {
		int r = lws_daemonize(lock), ok;

		/* the lock is there before anybody can see that the start has succeeded */
		ok = !r && getsid(0) == getpid() && getpgrp() == getpid() && (!lock || lock_owner(lock) == getpid());
		ok = ok && !umask(0) && signal(SIGHUP, SIG_DFL) == SIG_IGN && isatty(0) == 0;
		if (ok && done)
			close(open(done, O_WRONLY | O_CREAT, 0600));
		/* bounds the life of a daemon that nobody ends */
		sleep(lock ? 20 : 0);
		_exit(0);
	}
	waitpid(pid, &status, 0);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void wait_for(const char *path, int there)
{
	int i;

	for (i = 0; i < 500 && (access(path, F_OK) == 0) != there; i++)
		usleep(10000);
}

static void daemons(void)
{
	char lock[64], done[64];
	FILE *file;
	pid_t pid;

	snprintf(lock, sizeof(lock), "/tmp/bad_leaf.%d.lock", (int)getpid());
	snprintf(done, sizeof(done), "/tmp/bad_leaf.%d.done", (int)getpid());

	IS(start_daemon(NULL, done) == 0);
	wait_for(done, 1);
	IS(!unlink(done));

	IS(start_daemon(lock, done) == 0);
	pid = lock_owner(lock);
	IS(pid > 1 && pid != getpid() && !kill(pid, 0));
	wait_for(done, 1);
	IS(!unlink(done));
	/* one is there already */
	IS(start_daemon(lock, done) == 1 && access(done, F_OK) && lock_owner(lock) == pid);
	kill(pid, SIGTERM);
	wait_for(lock, 0);
	IS(access(lock, F_OK));

	/* a dead owner's, one that was never written, something else */
	file = fopen(lock, "w");
	fprintf(file, "%d", 0x3ffffff);
	fclose(file);
	IS(start_daemon(lock, NULL) == 0 && (pid = lock_owner(lock)) > 1 && pid != 0x3ffffff);
	kill(pid, SIGTERM);
	wait_for(lock, 0);
	fclose(fopen(lock, "w"));
	IS(start_daemon(lock, NULL) == 0 && (pid = lock_owner(lock)) > 1);
	kill(pid, SIGTERM);
	wait_for(lock, 0);
	file = fopen(lock, "w");
	fprintf(file, "dear diary");
	fclose(file);
	IS(start_daemon(lock, done) == 1 && access(done, F_OK) && lock_owner(lock) == -1);
	unlink(lock);
	unlink(done);
}

int main(void)
{
	lws_set_log_level(LLL_ERR | LLL_WARN, emit);
	logging();
	strings();
	base64();
	addresses();
	rings();
	lists();
	segments();
	json();
	tokens();
	small();
	daemons();

	return !!failures;
}
