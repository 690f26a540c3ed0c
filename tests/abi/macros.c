/*
 * The macros and inline functions of the header, run. Compiled against our header and against the original's; the
 * library's functions that the macros call are stood in for here.
 */
#include <libwebsockets.h>

#include <assert.h>
#include <fcntl.h>

#ifdef NDEBUG
#error "this program is its assertions"
#endif

static int logged;

void _lws_log(int filter, const char *format, ...)
{
	(void)format;
	logged |= filter;
}

void lwsl_hexdump_level(int level, const void *vbuf, size_t len)
{
	(void)vbuf;
	logged |= level << (int)len;
}

/* A ring without elements: only positions. */
static uint32_t ring_head, ring_oldest;
static struct lws_ring *const ring = NULL;

size_t lws_ring_consume(struct lws_ring *r, uint32_t *tail, void *dest, size_t max_count)
{
	(void)r;
	(void)dest;
	*tail += (uint32_t)max_count;
	return max_count;
}

uint32_t lws_ring_get_oldest_tail(struct lws_ring *r)
{
	(void)r;
	return ring_oldest;
}

size_t lws_ring_get_count_waiting_elements(struct lws_ring *r, uint32_t *tail)
{
	(void)r;
	return ring_head - *tail;
}

void lws_ring_update_oldest_tail(struct lws_ring *r, uint32_t tail)
{
	(void)r;
	ring_oldest = tail;
}

struct node {
	struct node *next;
	lws_dll2_t link;
	uint32_t tail;
	int n;
};

static void singly_linked(void)
{
	struct node a = { 0 }, b = { 0 }, c = { 0 }, *list = NULL, *z = &b;
	int sum = 0, turns = 0;

	a.n = 1;
	b.n = 2;
	c.n = 4;
	z = &a;
	lws_ll_fwd_insert(z, next, list);
	z = &b;
	lws_ll_fwd_insert(z, next, list);
	z = &c;
	lws_ll_fwd_insert(z, next, list);
	assert(list == &c && c.next == &b && b.next == &a);

	lws_start_foreach_ll(struct node *, it, list) {
		sum += it->n;
	} lws_end_foreach_ll(it, next);
	assert(sum == 7);

	z = &b;
	lws_ll_fwd_remove(struct node, next, z, list);
	lws_start_foreach_ll_safe(struct node *, it, list, next) {
		it->next = NULL;
		turns++;
	} lws_end_foreach_ll_safe(it);
	assert(turns == 2);

	list = &a;
	a.next = &b;
	b.next = NULL;
	turns = 0;
	lws_start_foreach_llp(struct node **, pp, list) {
		turns += (*pp)->n;
	} lws_end_foreach_llp(pp, next);
	lws_start_foreach_llp_safe(struct node **, pp, list, next) {
		turns += (*pp)->n;
	} lws_end_foreach_llp_safe(pp);
	assert(turns == 6);
}

static void doubly_linked(void)
{
	struct node a = { 0 }, b = { 0 };
	lws_dll2_owner_t owner = { 0 };
	int sum = 0;

	assert(lws_dll2_is_detached(&a.link));
	a.n = 1;
	b.n = 2;
	a.link.owner = b.link.owner = &owner;
	a.link.next = &b.link;
	b.link.prev = &a.link;
	owner.head = &a.link;
	owner.tail = &b.link;
	assert(!lws_dll2_is_detached(&a.link) && lws_dll2_owner(&a.link) == &owner);
	assert(lws_dll2_get_head(&owner) == &a.link && lws_dll2_get_tail(&owner) == &b.link);

	lws_start_foreach_dll(struct lws_dll2 *, d, lws_dll2_get_head(&owner)) {
		sum += lws_container_of(d, struct node, link)->n;
	} lws_end_foreach_dll(d);
	lws_start_foreach_dll_safe(struct lws_dll2 *, d, d1, lws_dll2_get_head(&owner)) {
		sum += lws_container_of(d, struct node, link)->n;
		d->next = NULL;
	} lws_end_foreach_dll_safe(d, d1);
	assert(sum == 6);
}

static void rings(void)
{
	struct node fast = { 0 }, slow = { 0 }, *readers = &fast;

	fast.next = &slow;
	ring_head = 10;
	ring_oldest = 0;
	lws_ring_consume_and_update_oldest_tail(ring, struct node, &fast.tail, 4, readers, tail, next);
	assert(fast.tail == 4 && ring_oldest == 0);
	lws_ring_consume_and_update_oldest_tail(ring, struct node, &slow.tail, 6, readers, tail, next);
	assert(slow.tail == 6 && ring_oldest == 4);
	lws_ring_consume_single_tail(ring, &fast.tail, 3);
	assert(fast.tail == 7 && ring_oldest == 7);
}

static void logs(void)
{
	lwsl_err("%d\n", 1);
	lwsl_warn("%d\n", 1);
	lwsl_notice("%d\n", 1);
	lwsl_user("%d\n", 1);
	assert(logged == (LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_USER));
	if (logged)
		lwsl_debug("text\n");
	else
		lwsl_info("text\n");
	lwsl_parser("text\n");
	lwsl_header("text\n");
	lwsl_ext("text\n");
	lwsl_client("text\n");
	lwsl_latency("text\n");
	lwsl_thread("text\n");
	assert(logged == (_LWS_ENABLED_LOGS & ~LLL_INFO));
	logged = 0;
	lwsl_hexdump_notice("text", 2);
	assert(logged == LLL_NOTICE << 2);
}

static int ops_calls;

static int on_close(lws_fop_fd_t *fd)
{
	*fd = NULL;
	return ++ops_calls;
}

static lws_fileofs_t on_seek(lws_fop_fd_t fd, lws_fileofs_t offset)
{
	fd->pos += (lws_filepos_t)offset;
	return (lws_fileofs_t)fd->pos;
}

static int on_transfer(lws_fop_fd_t fd, lws_filepos_t *amount, uint8_t *buf, lws_filepos_t len)
{
	(void)fd;
	(void)buf;
	*amount = len;
	return ++ops_calls;
}

static void files(void)
{
	struct lws_plat_file_ops ops = { 0 };
	struct lws_fop_fd file = { 0 };
	lws_fop_fd_t fd = &file;
	lws_filepos_t amount = 0;
	uint8_t buf[4] = { 0 };

	assert(lws_vfs_file_close(&fd) == 0 && fd == &file);
	ops.LWS_FOP_CLOSE = on_close;
	ops.LWS_FOP_SEEK_CUR = on_seek;
	ops.LWS_FOP_READ = on_transfer;
	ops.LWS_FOP_WRITE = on_transfer;
	file.fops = &ops;
	assert(lws_vfs_file_seek_cur(fd, 5) == 5 && lws_vfs_file_seek_cur(fd, -2) == 3);
	assert(lws_vfs_file_read(fd, &amount, buf, sizeof(buf)) == 1 && amount == sizeof(buf));
	assert(lws_vfs_file_write(fd, &amount, buf, 2) == 2 && amount == 2);
	assert(lws_vfs_file_close(&fd) == 3 && !fd);
	assert(LWS_O_RDONLY == O_RDONLY && LWS_O_WRONLY == O_WRONLY && LWS_O_CREAT == O_CREAT && LWS_O_TRUNC == O_TRUNC);
}

/* The library reads the flags of a mount as bits of its byte 76. */
static void mount_bits(void)
{
	struct lws_http_mount mount;
	const unsigned char *byte = (const unsigned char *)&mount + 76;

	memset(&mount, 0, sizeof(mount));
	mount.cache_reusable = 1;
	assert(*byte == 1);
	mount.cache_revalidate = 1;
	assert(*byte == 3);
	mount.cache_intermediaries = 1;
	assert(*byte == 7);
	mount.origin_protocol = LWSMPRO_CALLBACK;
	mount.mountpoint_len = 1;
	assert(byte[1] == LWSMPRO_CALLBACK && byte[2] == 1);
}

static void small(void)
{
	unsigned char buf[LWS_PRE + 1];
	char text[16];
	int left = 10;
	size_t x = 13;

	assert(sizeof(buf) == 17);
	assert(lws_ptr_diff(&buf[9], &buf[2]) == 7);
	assert(lws_concat_temp(text, left) == text + 6 && lws_concat_used(text, left) == 6);
	LWS_ALIGN_TO(x, 8);
	assert(x == 16);
	assert(LWS_ARRAY_SIZE(text) == 16);
	assert(LWS_US_TO_MS(1500) == 2 && LWS_US_TO_MS(1499) == 1);
	assert(lws_check_opt(LWS_SERVER_OPTION_SSL_ECDH, LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT));
	assert(!lws_check_opt(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT, LWS_SERVER_OPTION_SSL_ECDH));
	assert(lws_http_client_http_resp_is_error(400) && !lws_http_client_http_resp_is_error(399));
	assert(lws_write_ws_flags(LWS_WRITE_TEXT, 1, 1) == LWS_WRITE_TEXT);
	assert(lws_write_ws_flags(LWS_WRITE_BINARY, 1, 0) == ((int)LWS_WRITE_BINARY | (int)LWS_WRITE_NO_FIN));
	assert(lws_write_ws_flags(LWS_WRITE_BINARY, 0, 0) == ((int)LWS_WRITE_CONTINUATION | (int)LWS_WRITE_NO_FIN));
	assert(lws_write_ws_flags(LWS_WRITE_BINARY, 0, 1) == LWS_WRITE_CONTINUATION);
	assert((lws_is_be() != 0) == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__));
	assert(lws_stats_get(NULL, LWSSTATS_SIZE) == 0);
	lws_stats_log_dump(NULL);
}

static lws_callback_function callback;

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)wsi;
	(void)user;
	(void)in;
	(void)len;
	return (int)reason;
}

static void tables(void)
{
	static const struct lws_protocols protocols[] = {
		{ "one", callback, 8, 0, 0, NULL, 0 },
		{ NULL, NULL, 0, 0, 0, NULL, 0 },
	};
	lws_sorted_usec_list_t sul = { 0 };
	lws_retry_bo_t retry = { 0 };
	lws_sock_file_fd_type fd;
	lws_adoption_type type = LWS_ADOPT_RAW_FILE_DESC;
	lws_system_blob_t *blob = NULL;
	struct lws_pollfd pollfd = { 0, LWS_POLLIN, LWS_POLLOUT };

	fd.sockfd = LWS_SOCK_INVALID;
	assert(fd.filefd == LWS_INVALID_FILE);
	assert(protocols[0].callback(NULL, LWS_CALLBACK_USER, NULL, NULL, 0) == 1000);
	assert(!sul.cb && !retry.jitter_percent && !type && !blob && !pollfd.fd);
}

int main(void)
{
	singly_linked();
	doubly_linked();
	rings();
	logs();
	files();
	mount_bits();
	small();
	tables();
	return 0;
}
