/* Null and senseless arguments. The original crashes on many of these, so this runs on ours only: each call has a
 * defined answer, and the program reaches its end. */
#include <libwebsockets.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

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

	return !!failures;
}
