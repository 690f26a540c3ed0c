/*
 * Null, dead and senseless pointers: each function gives its failure value, writes at most one line to the log, and
 * nothing crashes. The functions that know no connection, vhost or context are in bad_leaf.c.
 */
#include "harness.h"

static struct lws *live, *victim, *before, *listener, *stand_in;
static int wrong, calls;
static int hooked; /* in every callback, all functions are called that do not end anything */

static int on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

static const struct lws_protocols protocols[] = {
	{ "n", on_ws, 32, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

/* A call: what it is to give, and at most one line in the log. */
#define IS(truth)                                                                                \
	do {                                                                                     \
		log_lines = 0;                                                                   \
		calls++;                                                                         \
		if (!(truth) && wrong++ < 20)                                                    \
			printf("     line %d: %s\n", __LINE__, #truth);                          \
		if (log_lines > 1 && wrong++ < 20)                                               \
			printf("     line %d: %d lines in the log: %s\n", __LINE__, log_lines, #truth); \
	} while (0)
#define RUNS(call) IS(((void)(call), 1))

static unsigned char room[LWS_PRE + 256];
static char text[64];

/* Sets `p` and `end` for the functions that compose headers. */
static unsigned char *p, *end;

static int
fresh(void)
{
	p = room + LWS_PRE;
	end = room + sizeof room;
	return 1;
}

static void
bad_wsi(struct lws *w)
{
	char *uri;
	int n;

	IS(lws_write(w, room + LWS_PRE, 4, LWS_WRITE_TEXT) == -1);
	IS(lws_write(w, room + LWS_PRE, 4, LWS_WRITE_HTTP) == -1);
	IS(lws_write(w, room + LWS_PRE, 4, LWS_WRITE_PING) == -1);
	RUNS(lws_close_reason(w, LWS_CLOSE_STATUS_NORMAL, room, 2));
	IS(lws_callback_on_writable(w) == 0);
	IS(lws_callback_vhost_protocols(w, LWS_CALLBACK_USER, NULL, 0) == -1);
	IS(lws_callback_http_dummy(w, LWS_CALLBACK_HTTP, NULL, NULL, 0) == 0);
	IS(lws_get_peer_write_allowance(w) == -1);
	IS(lws_send_pipe_choked(w) == 1);
	IS(lws_partial_buffered(w) == 0);
	IS(lws_is_first_fragment(w) == 0);
	IS(lws_is_final_fragment(w) == 0);
	IS(lws_frame_is_binary(w) == 0);
	IS(lws_get_reserved_bits(w) == 0);
	IS(lws_remaining_packet_payload(w) == 0);
	IS(lws_rx_flow_control(w, 0) != 0);
	IS(lws_is_ssl(w) == 0);

	IS(lws_get_vhost(w) == NULL);
	IS(lws_get_context(w) == NULL);
	IS(lws_get_protocol(w) == NULL);
	IS(lws_get_socket_fd(w) == -1);
	IS(lws_wsi_tsi(w) == -1);
	IS(lws_get_tsi(w) == -1);
	IS(lws_get_network_wsi(w) == NULL);
	IS(lws_wsi_user(w) == NULL);
	RUNS(lws_set_wsi_user(w, room));
	IS(lws_get_opaque_user_data(w) == NULL);
	IS(lws_get_opaque_parent_data(w) == NULL);
	RUNS(lws_set_opaque_user_data(w, room));
	RUNS(lws_set_opaque_parent_data(w, room));
	strcpy(text, "untouched");
	IS(lws_get_peer_simple(w, text, sizeof text) == text && !*text);
	RUNS(lws_get_peer_addresses(w, -1, text, sizeof text, text, sizeof text));

	RUNS(lws_set_timeout(w, PENDING_TIMEOUT_USER_OK, 1));
	RUNS(lws_set_timeout(w, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC));
	RUNS(lws_set_timeout(w, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC));
	RUNS(lws_set_timeout_us(w, PENDING_TIMEOUT_USER_OK, 1));
	RUNS(lws_set_timer_usecs(w, 1));
	RUNS(lws_validity_confirmed(w));
	RUNS(lws_cancel_service_pt(w));

	IS(lws_hdr_total_length(w, WSI_TOKEN_HOST) == 0);
	IS(lws_hdr_fragment_length(w, WSI_TOKEN_HOST, 0) == 0);
	IS(lws_hdr_copy(w, text, sizeof text, WSI_TOKEN_HOST) == 0 && !*text);
	IS(lws_hdr_copy_fragment(w, text, sizeof text, WSI_TOKEN_HOST, 0) == -1);
	IS(lws_hdr_custom_length(w, "x:", 2) == -1);
	IS(lws_hdr_custom_copy(w, text, sizeof text, "x:", 2) == -1);
	IS(lws_get_urlarg_by_name(w, "a=", text, sizeof text) == NULL);
	IS(lws_http_get_uri_and_method(w, &uri, &n) == -1);

	IS(fresh() && lws_add_http_header_status(w, 200, &p, end) == 1);
	IS(fresh() && lws_add_http_header_by_name(w, room, room, 1, &p, end) == 1);
	IS(fresh() && lws_add_http_header_by_token(w, WSI_TOKEN_HOST, room, 1, &p, end) == 1);
	IS(fresh() && lws_add_http_header_content_length(w, 1, &p, end) == 1);
	IS(fresh() && lws_add_http_common_headers(w, 200, "a", 1, &p, end) == 1);
	IS(fresh() && lws_finalize_http_header(w, &p, end) == 1);
	IS(fresh() && lws_finalize_write_http_header(w, room + LWS_PRE, &p, end) == 1);
	IS(fresh() && lws_http_redirect(w, 301, room, 1, &p, end) == -1);
	IS(lws_return_http_status(w, 404, NULL) == 1);
	IS(lws_http_transaction_completed(w) == 1);
	IS(lws_http_mark_sse(w) == 1);
}

static void
bad_vhost(struct lws_vhost *v)
{
	RUNS(lws_vhost_destroy(v));
	IS(lws_get_vhost_name(v) == NULL);
	IS(lws_get_vhost_iface(v) == NULL);
	IS(lws_get_vhost_port(v) == -1);
	IS(lws_get_vhost_listen_port(v) == -1);
	IS(lws_get_vhost_user(v) == NULL);
	IS(lws_vhost_user(v) == NULL);
	IS(lws_vhost_name_to_protocol(v, "n") == NULL);
	IS(lws_protocol_vh_priv_get(v, &protocols[0]) == NULL);
	IS(lws_protocol_vh_priv_zalloc(v, &protocols[0], 10) == NULL);
	IS(lws_callback_all_protocol_vhost(v, &protocols[0], LWS_CALLBACK_USER) == -1);
	IS(lws_callback_all_protocol_vhost_args(v, &protocols[0], LWS_CALLBACK_USER, room, 1) == -1);
	IS(lws_callback_on_writable_all_protocol_vhost(v, &protocols[0]) == -1);
}

static void
bad_context(struct lws_context *c)
{
	struct lws_context_creation_info info = settings(protocols);
	lws_sorted_usec_list_t sul;

	memset(&sul, 0, sizeof sul);
	IS(lws_service(c, -1) == (c ? -1 : 1));
	IS(lws_service_tsi(c, -1, 0) == -1);
	RUNS(lws_cancel_service(c));
	RUNS(lws_context_destroy(c));
	IS(lws_context_user(c) == NULL);
	IS(lws_create_vhost(c, &info) == NULL);
	IS(lws_get_vhost_by_name(c, "default") == NULL);
	IS(lws_canonical_hostname(c) == NULL);
	IS(lws_get_count_threads(c) == 0);
	IS(lws_callback_all_protocol(c, &protocols[0], LWS_CALLBACK_USER) == -1);
	IS(lws_callback_on_writable_all_protocol(c, &protocols[0]) == -1);
	RUNS(lws_sul_schedule(c, 0, &sul, NULL, 1));
	RUNS(lws_sul_schedule_wakesuspend(c, 0, &sul, NULL, 1));
	IS(!sul.list.owner);
}

static void
bad_all(const char *what, void *bad)
{
	int was = wrong, count = calls;

	bad_wsi(bad);
	bad_vhost(bad);
	bad_context(bad);
	check(wrong == was, "%s: %d calls", what, calls - count);
}

/* A living connection, everything else null or of a wrong length. */
static void
bad_arguments(struct lws *w)
{
	struct lws_vhost *v = lws_get_vhost(w);
	struct lws_context_creation_info info = settings(protocols);
	unsigned char *null = NULL;
	char *uri;
	int n;

	IS(lws_write(w, NULL, 4, LWS_WRITE_TEXT) == -1);
	IS(lws_write(w, NULL, 0, LWS_WRITE_TEXT) == -1);
	IS(lws_write(w, room + LWS_PRE, (size_t)-1, LWS_WRITE_TEXT) == -1);
	RUNS(lws_close_reason(w, LWS_CLOSE_STATUS_NORMAL, NULL, 10));
	RUNS(lws_callback_vhost_protocols(w, LWS_CALLBACK_USER, NULL, -5));
	RUNS(lws_get_peer_simple(w, NULL, 10));
	RUNS(lws_get_peer_simple(w, text, 0));
	RUNS(lws_get_peer_simple(w, text, 1));
	RUNS(lws_get_peer_addresses(w, -1, NULL, 10, NULL, 10));
	RUNS(lws_get_peer_addresses(w, 12345, text, -1, text, 0));

	IS(lws_hdr_copy(w, NULL, 10, WSI_TOKEN_HOST) == -1);
	IS(lws_hdr_copy(w, text, 0, WSI_TOKEN_HOST) == -1);
	IS(lws_hdr_copy(w, text, -1, WSI_TOKEN_HOST) == -1);
	IS(lws_hdr_total_length(w, (enum lws_token_indexes)9999) == 0);
	IS(lws_hdr_total_length(w, (enum lws_token_indexes)-1) == 0);
	IS(lws_hdr_copy(w, text, 10, (enum lws_token_indexes)9999) == 0);
	IS(lws_hdr_fragment_length(w, WSI_TOKEN_HOST, -1) == 0);
	IS(lws_hdr_copy_fragment(w, text, 10, WSI_TOKEN_HOST, -1) == -1);
	IS(lws_hdr_copy_fragment(w, NULL, 10, WSI_TOKEN_HOST, 0) == -1);
	IS(lws_hdr_custom_length(w, NULL, 4) == -1);
	IS(lws_hdr_custom_length(w, "x:", -4) == -1);
	IS(lws_hdr_custom_copy(w, text, 10, NULL, 4) == -1);
	IS(lws_hdr_custom_copy(w, NULL, 10, "x:", 2) == -1);
	IS(!lws_get_urlarg_by_name(w, NULL, text, 10));
	IS(!lws_get_urlarg_by_name(w, "a=", NULL, 10));
	IS(!lws_get_urlarg_by_name(w, "a=", text, -1));
	IS(lws_http_get_uri_and_method(w, NULL, &n) == -1);
	IS(lws_http_get_uri_and_method(w, &uri, NULL) == -1);

	IS(lws_add_http_header_status(w, 200, NULL, room) == 1);
	IS(lws_add_http_header_status(w, 200, &null, room) == 1);
	IS(fresh() && lws_add_http_header_status(w, 200, &p, p - 1) == 1);
	IS(fresh() && lws_add_http_header_status(w, 200, &p, NULL) == 1);
	IS(fresh() && lws_add_http_header_by_name(w, NULL, room, 1, &p, end) == 1);
	IS(fresh() && lws_add_http_header_by_name(w, (unsigned char *)"", room, 1, &p, end) == 1);
	RUNS(fresh() && lws_add_http_header_by_name(w, (unsigned char *)"a:", NULL, 1, &p, end));
	RUNS(fresh() && lws_add_http_header_by_name(w, (unsigned char *)"a:", room, -1, &p, end));
	IS(fresh() && lws_add_http_header_by_token(w, (enum lws_token_indexes)9999, room, 1, &p, end) == 1);
	IS(fresh() && lws_add_http_header_by_name(w, (unsigned char *)"a:", (unsigned char *)"b\r\nc: d", 7, &p, end) == 1);
	IS(lws_finalize_http_header(w, NULL, room) == 1);
	IS(fresh() && lws_finalize_write_http_header(w, NULL, &p, end) == 1);
	IS(lws_finalize_write_http_header(w, room, NULL, end) == 1);
	IS(lws_http_redirect(w, 301, room, 1, NULL, end) == -1);
	IS(fresh() && lws_http_redirect(w, 301, room, 1, &p, p) == -1);

	IS(lws_callback_on_writable_all_protocol(lws_get_context(w), NULL) == -1);
	IS(lws_callback_on_writable_all_protocol_vhost(v, NULL) == -1);
	IS(lws_callback_all_protocol(lws_get_context(w), NULL, LWS_CALLBACK_USER) == -1);
	IS(!lws_vhost_name_to_protocol(v, NULL));
	IS(!lws_vhost_name_to_protocol(v, "nobody"));
	IS(!lws_protocol_vh_priv_get(v, NULL));
	IS(!lws_protocol_vh_priv_zalloc(v, NULL, 10));
	IS(!lws_protocol_vh_priv_zalloc(v, &protocols[0], -1));
	IS(!lws_get_vhost_by_name(lws_get_context(w), NULL));
	IS(!lws_create_vhost(lws_get_context(w), NULL));
	info.port = 70000;
	IS(!lws_create_vhost(lws_get_context(w), &info));
	info.port = 0;
	info.iface = "no such interface";
	IS(!lws_create_vhost(lws_get_context(w), &info));
	RUNS(lws_sul_schedule(lws_get_context(w), 0, NULL, NULL, 1));
	RUNS(lws_sul_cancel(NULL));
}

/* What asks and changes little: may be called for any connection at any time. */
static void
harmless(struct lws *w)
{
	struct lws_vhost *v = lws_get_vhost(w);
	struct lws_context *c = lws_get_context(w);

	RUNS(lws_get_protocol(w));
	RUNS(lws_get_socket_fd(w));
	RUNS(lws_wsi_user(w));
	RUNS(lws_get_network_wsi(w));
	RUNS(lws_get_peer_simple(w, text, sizeof text));
	RUNS(lws_get_peer_addresses(w, lws_get_socket_fd(w), text, sizeof text, text, sizeof text));
	RUNS(lws_set_opaque_user_data(w, room));
	RUNS(lws_set_opaque_parent_data(w, room));
	RUNS(lws_get_opaque_parent_data(w));
	RUNS(lws_hdr_total_length(w, WSI_TOKEN_HOST));
	RUNS(lws_hdr_copy(w, text, sizeof text, WSI_TOKEN_HOST));
	RUNS(lws_hdr_custom_length(w, "x:", 2));
	RUNS(lws_send_pipe_choked(w) + lws_partial_buffered(w));
	RUNS(lws_get_peer_write_allowance(w));
	RUNS(lws_is_final_fragment(w) + lws_frame_is_binary(w));
	RUNS(lws_remaining_packet_payload(w));
	RUNS(lws_validity_confirmed(w));
	RUNS(lws_rx_flow_control(w, 1));
	RUNS(lws_callback_on_writable(w));
	RUNS(lws_set_timer_usecs(w, 1000000));
	RUNS(lws_set_timer_usecs(w, LWS_SET_TIMER_USEC_CANCEL));
	RUNS(lws_get_vhost_name(v));
	RUNS(lws_get_vhost_by_name(c, "default"));
	RUNS(lws_callback_on_writable_all_protocol(c, &protocols[0]));
	RUNS(fresh() && lws_add_http_common_headers(w, 200, "a", 1, &p, end));
	RUNS(lws_service(c, -1)); /* from inside a callback: refused */
}

/* What ends, answers or writes: for what is no connection with a peer. */
static void
no_peer(struct lws *w)
{
	IS(lws_write(w, room + LWS_PRE, 4, LWS_WRITE_TEXT) == -1);
	IS(lws_write(w, room + LWS_PRE, 4, LWS_WRITE_HTTP) == -1);
	IS(lws_write(w, room + LWS_PRE, 4, LWS_WRITE_PING) == -1);
	RUNS(lws_close_reason(w, LWS_CLOSE_STATUS_NORMAL, room, 2));
	RUNS(lws_return_http_status(w, 404, NULL));
	IS(lws_http_transaction_completed(w) == 1);
	IS(lws_http_mark_sse(w) == 1);
	RUNS(fresh() && lws_http_redirect(w, 301, room, 1, &p, end));
	RUNS(fresh() && lws_finalize_write_http_header(w, room + LWS_PRE, &p, end));
	RUNS(lws_callback_http_dummy(w, LWS_CALLBACK_HTTP, NULL, NULL, 0));
	RUNS(lws_validity_confirmed(w));
	RUNS(lws_set_wsi_user(w, room));
	RUNS(lws_rx_flow_control(w, 0));
	RUNS(lws_set_timer_usecs(w, 1000));
	RUNS(lws_set_timeout_us(w, PENDING_TIMEOUT_USER_OK, 1000));
	serve(0.02);
	RUNS(lws_rx_flow_control(w, 1));
	RUNS(lws_set_timeout(w, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC));
	serve(0.02);
	RUNS(lws_set_timeout(w, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC));
	serve(0.02);
}

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	static int deep;

	(void)in;
	if (hooked && !deep && (reason < LWS_CALLBACK_ADD_POLL_FD || reason > LWS_CALLBACK_UNLOCK_POLL)) {
		deep++;
		harmless(wsi);
		deep--;
	}
	switch (reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
		stand_in = wsi;
		break;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		listener = wsi;
		break;
	case LWS_CALLBACK_ESTABLISHED:
		before = live;
		live = wsi;
		break;
	case LWS_CALLBACK_RECEIVE:
		if (!victim)
			break;
		/* another connection ends here: from now on it is dead, although its memory is not used again yet */
		lws_set_timeout(victim, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		IS(lws_write(victim, room + LWS_PRE, 4, LWS_WRITE_TEXT) == -1);
		IS(lws_callback_on_writable(victim) == 0);
		IS(lws_send_pipe_choked(victim) == 1);
		IS(lws_get_socket_fd(victim) == -1);
		IS(lws_wsi_user(victim) == NULL);
		IS(lws_return_http_status(victim, 404, NULL) == 1);
		RUNS(lws_set_timeout(victim, PENDING_TIMEOUT_USER_OK, 1));
		RUNS(lws_set_timeout(victim, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC));
		RUNS(lws_set_wsi_user(victim, room));
		harmless(victim);
		victim = NULL;
		break;
	case LWS_CALLBACK_HTTP:
		if (len > 1)
			bad_arguments(wsi);
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	default:
		break;
	}
	return 0;
}

static void
callbacks(int port)
{
	char head[1000], body[1000];
	int fd, was = wrong, i;

	hooked = 1;
	for (i = 0; i < 3; i++) {
		fd = ws_open(port, "n");
		ws_put(fd, TEXT, "x", 1);
		ws_put(fd, PONG, "x", 1);
		serve(0.02);
		if (i == 0)
			ws_put(fd, CLOSE, "", 0);
		if (i == 1)
			lws_set_timeout(live, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		serve(0.02);
		close(fd);
		fd = dial(port);
		say(fd, "GET /index HTTP/1.1\r\nHost: a\r\n\r\n");
		http_get(fd, head, sizeof head, body, sizeof body);
		close(fd);
		lws_cancel_service(cx);
		serve(0.02);
	}
	hooked = 0;
	check(wrong == was, "everything harmless in every callback");
}

int
main(void)
{
	struct lws_context_creation_info info = settings(protocols);
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct lws *dead;
	char on_stack[256], *on_heap = calloc(1, 4096), body[1000], head[1000];
	int port, fd, other, was;

	begin(60);
	log_lines = 0;
	check(!lws_create_context(NULL) && log_lines == 1, "lws_create_context(NULL)");
	memset(on_stack, 0xa5, sizeof on_stack);
	log_lines = 0;
	check(!lws_create_vhost(NULL, &info) && log_lines == 1, "lws_create_vhost(NULL) says why in the log");
	bad_all("null, before there is a context", NULL);
	bad_all("a stack address, before there is a context", on_stack);
	hooked = 1;
	port = start(info);
	context = cx;
	lws_service(cx, -1);
	hooked = 0;

	bad_all("null", NULL);
	bad_all("small numbers", (void *)8);
	bad_all("no address", (void *)-1);
	bad_all("not canonical", (void *)0x8000000000000000);
	bad_all("a stack address", on_stack);
	bad_all("a misaligned stack address", on_stack + 1);
	bad_all("a heap address", on_heap);
	bad_all("a function", (void *)(uintptr_t)main);

	fd = ws_open(port, "n");
	bad_wsi((struct lws *)cx);
	bad_vhost((struct lws_vhost *)cx);
	bad_context((struct lws_context *)live);
	bad_vhost((struct lws_vhost *)live);
	bad_wsi((struct lws *)lws_get_vhost(live));
	bad_context((struct lws_context *)lws_get_vhost(live));
	check(!wrong, "living pointers of another kind");
	bad_all("the middle of a connection, 1 byte in", (char *)live + 1);
	bad_all("the middle of a connection, 8 bytes in", (char *)live + 8);
	bad_all("the middle of a connection, 64 bytes in", (char *)live + 64);
	bad_all("before a connection", (char *)live - 8);
	bad_all("far behind a connection", (char *)live + (1 << 20));
	bad_all("the middle of a context", (char *)cx + 8);

	was = wrong;
	bad_arguments(live);
	check(wrong == was, "wrong arguments with a living WebSocket");
	ws_put(fd, TEXT, "x", 1);
	serve(0.02);
	check(there(fd), "which is still there");
	was = wrong;
	other = dial(port);
	say(other, "GET /index HTTP/1.1\r\nHost: a\r\n\r\n");
	check(http_get(other, head, sizeof head, body, sizeof body) == 404 && wrong == was,
	      "wrong arguments with a living request, which is then answered");
	close(other);

	dead = live;
	close(fd);
	serve(0.05);
	bad_all("a dead connection", dead);

	fd = ws_open(port, "n");
	other = ws_open(port, "n");
	was = wrong;
	victim = before;
	ws_put(other, TEXT, "x", 1);
	check(UNTIL(!victim) && wrong == was, "a connection that was just ended in this callback");
	close(fd);
	close(other);

	/* a connection that waits for its turn when its vhost goes */
	info.vhost_name = "second";
	vhost = lws_create_vhost(cx, &info);
	fd = ws_open(lws_get_vhost_listen_port(vhost), "n");
	dead = live;
	lws_callback_on_writable(dead);
	lws_vhost_destroy(vhost);
	bad_all("a connection whose vhost was destroyed", dead);
	bad_all("a dead vhost", vhost);
	close(fd);
	serve(0.02);

	callbacks(port);
	was = wrong;
	no_peer(stand_in);
	check(wrong == was, "the stand-in of PROTOCOL_INIT");
	no_peer(listener);
	check(wrong == was, "a listener");
	fd = ws_open(port, "n");
	hooked = 1;
	stop();
	hooked = 0;
	close(fd);
	bad_all("a dead context", context);
	bad_all("a connection of a dead context", live);
	free(on_heap);
	return finish();
}
