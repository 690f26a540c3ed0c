#define _GNU_SOURCE
/*
 * TLS, with the server and the client in one program: whatever a callback does to its own connection, its vhost or its context, in every
 * callback of either side; bytes that come one by one, changed, or cut; large messages through small sockets; pauses; and what an idle
 * connection costs.
 */
#include "harness.h"
#include <pthread.h>
#include <setjmp.h>
#include <sys/stat.h>

#define NEVER ((enum lws_callback_reasons)-1)

static char dir[64], cert[128], key[128], file[128];
static struct lws_vhost *serving, *asking;
static int port; /* of the server */

/* --- the plan, and what was heard --------------------------------------------------------------------- */

enum deed { NOTHING, KILL, KILL_LATER, END_VHOST, END_OTHER, END_CONTEXT, NO, PAUSE, JUMP, DEEDS };
static const char *const deed_names[] = { "nothing", "an end at once", "an end a little later", "the end of the vhost",
	"the end of the other vhost", "the end of the context", "no", "a pause", "longjmp" };
enum side { SERVER, CLIENT };
static struct {
	enum side side;
	enum lws_callback_reasons when;
	enum deed what;
} plan = { SERVER, NEVER, NOTHING };
static int heard[2][256], done, after_end, can_jump, armed;
static struct lws *dead[64], *paused;
static int deads;
static jmp_buf back;

static char error[256], body[256];
static size_t got;
static struct lws *client;
static int flags; /* for what is asked, besides TLS */
static unsigned int loops;

static int
perform(struct lws *wsi)
{
	struct lws_vhost *own = plan.side == SERVER ? serving : asking, *other = plan.side == SERVER ? asking : serving;

	plan.when = NEVER;
	done++;
	switch (plan.what) {
	case KILL:
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		break;
	case KILL_LATER:
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		break;
	case END_VHOST:
		lws_vhost_destroy(own);
		break;
	case END_OTHER:
		lws_vhost_destroy(other);
		break;
	case END_CONTEXT:
		lws_context_destroy(cx);
		break;
	case NO:
		return -1;
	case PAUSE:
		lws_rx_flow_control(wsi, 0);
		paused = wsi;
		break;
	case JUMP:
		if (can_jump)
			longjmp(back, 1);
		break;
	default:
		break;
	}
	return 0;
}

/* Whatever both sides do with what they hear. -1 where the plan says no; 1 where its memory may be gone. */
static int
hear(enum side side, struct lws *wsi, enum lws_callback_reasons reason)
{
	int n;

	heard[side][reason & 255]++;
	for (n = 0; n < deads; n++)
		/* an UNLOCK_POLL goes with a LOCK_POLL, in which the end may have come */
		after_end += dead[n] == wsi && reason != LWS_CALLBACK_UNLOCK_POLL;
	if (reason == LWS_CALLBACK_WSI_CREATE)
		for (n = 0; n < deads; n++)
			if (dead[n] == wsi) {
				dead[n] = NULL;
				after_end--; /* the memory is another's */
			}
	if (reason == LWS_CALLBACK_WSI_DESTROY && deads < 64)
		dead[deads++] = wsi;
	if (!armed || plan.side != side || reason != plan.when)
		return 0;
	return perform(wsi) ? -1 : plan.what >= KILL && plan.what <= END_CONTEXT;
}

/* --- the server --------------------------------------------------------------------------------------- */

struct asked {
	size_t left;
	int until_end, ws_len;
	unsigned char text[LWS_PRE + 64];
};
static unsigned char bulk[LWS_PRE + 256 * 1024];

static unsigned char
byte_at(size_t at)
{
	return (unsigned char)(at * 2654435761u >> 13);
}

static int
callback_server(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char head[LWS_PRE + 1024], *p = head + LWS_PRE, *end = head + sizeof head;
	struct asked *asked = user;
	size_t total, n, i;

	int gone = hear(SERVER, wsi, reason);

	if (gone)
		return gone < 0 ? -1 : 0;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (!strcmp(in, "/file"))
			return lws_serve_http_file(wsi, file, "text/plain", NULL, 0) < 0 ? -1 : 0;
		asked->until_end = !strcmp(in, "/end");
		asked->left = asked->until_end ? 5 : strtoul((char *)in + 1, NULL, 10);
		if (lws_add_http_header_status(wsi, 200, &p, end) ||
		    (!asked->until_end && lws_add_http_header_content_length(wsi, asked->left, &p, end)) ||
		    lws_finalize_write_http_header(wsi, head + LWS_PRE, &p, end))
			return -1;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!asked || !asked->left)
			break;
		total = asked->left;
		n = total < sizeof bulk - LWS_PRE ? total : sizeof bulk - LWS_PRE;
		for (i = 0; i < n; i++)
			bulk[LWS_PRE + i] = byte_at(total - i);
		asked->left -= n;
		if (lws_write(wsi, bulk + LWS_PRE, n, asked->left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) != (int)n)
			return -1;
		if (asked->left)
			lws_callback_on_writable(wsi);
		else if (asked->until_end || lws_http_transaction_completed(wsi))
			return -1;
		break;
	case LWS_CALLBACK_RECEIVE:
		asked->ws_len = len < 64 ? (int)len : 64;
		memcpy(asked->text + LWS_PRE, in, (size_t)asked->ws_len);
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (asked->ws_len)
			return lws_write(wsi, asked->text + LWS_PRE, (size_t)asked->ws_len, LWS_WRITE_TEXT) != asked->ws_len;
		break;
	case LWS_CALLBACK_RAW_RX:
		memcpy(asked->text + LWS_PRE, in, len < 64 ? len : 64);
		return lws_write(wsi, asked->text + LWS_PRE, len < 64 ? len : 64, LWS_WRITE_RAW) < 0;
	default:
		break;
	}
	return 0;
}

/* --- the client --------------------------------------------------------------------------------------- */

static size_t wanted, wrong; /* of a long body: how much is to come, and how much of it was not what it should be */

static int
callback_client(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char text[LWS_PRE + 16];
	char buffer[LWS_PRE + 4096], *p = buffer + LWS_PRE;
	int n = 4096, gone;
	size_t i;

	(void)user;
	if (reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR && in)
		lws_snprintf(error, sizeof error, "%.*s", (int)len, (const char *)in);
	gone = hear(CLIENT, wsi, reason);
	if (gone)
		return gone < 0 ? -1 : 0;
	switch (reason) {
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return lws_http_client_read(wsi, &p, &n) < 0 ? -1 : 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
	case LWS_CALLBACK_CLIENT_RECEIVE:
	case LWS_CALLBACK_RAW_RX:
		for (i = 0; wanted && i < len; i++)
			wrong += ((unsigned char *)in)[i] != byte_at(wanted - got - i);
		if (got < sizeof body - 1)
			memcpy(body + got, in, len < sizeof body - 1 - got ? len : sizeof body - 1 - got);
		got += len;
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
	case LWS_CALLBACK_RAW_CONNECTED:
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
	case LWS_CALLBACK_RAW_WRITEABLE:
		memcpy(text + LWS_PRE, "hello", 5);
		return lws_write(wsi, text + LWS_PRE, 5, reason == LWS_CALLBACK_RAW_WRITEABLE ? LWS_WRITE_RAW : LWS_WRITE_TEXT) < 5;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols of_server[] = {
	{ "server", callback_server, sizeof(struct asked), 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 }
};
static const struct lws_protocols of_client[] = {
	{ "client", callback_client, 8, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void
certificates(void)
{
	char command[700];
	FILE *f;
	size_t i;

	strcpy(dir, "/tmp/api_tls.XXXXXX");
	if (!mkdtemp(dir))
		exit(1);
	lws_snprintf(cert, sizeof cert, "%s/cert.pem", dir);
	lws_snprintf(key, sizeof key, "%s/key.pem", dir);
	lws_snprintf(file, sizeof file, "%s/file.txt", dir);
	lws_snprintf(command, sizeof command,
		     "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -keyout %s -out %s "
		     "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
		     "-addext basicConstraints=critical,CA:FALSE 2>/dev/null", key, cert);
	if (system(command)) {
		puts("FAIL no certificate: is openssl there?");
		exit(1);
	}
	f = fopen(file, "w");
	for (i = 3000000; i; i--)
		fputc(byte_at(i), f);
	fclose(f);
}

static void
remove_certificates(void)
{
	unlink(cert);
	unlink(key);
	unlink(file);
	rmdir(dir);
}

static void
open_with(const struct lws_protocols *server, const struct lws_protocols *asks, uint64_t options, const char *role)
{
	struct lws_context_creation_info info = settings(server);

	info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | options;
	info.timeout_secs = 3;
	info.count_threads = loops;
	cx = lws_create_context(&info);
	info.vhost_name = "localhost";
	info.ssl_cert_filepath = cert;
	info.ssl_private_key_filepath = key;
	info.listen_accept_role = role;
	serving = cx ? lws_create_vhost(cx, &info) : NULL;
	info = settings(asks);
	info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.vhost_name = "asking";
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.client_ssl_ca_filepath = cert;
	asking = serving ? lws_create_vhost(cx, &info) : NULL;
	if (!asking) {
		printf("FAIL no context: %s\n", log_last);
		exit(1);
	}
	port = lws_get_vhost_listen_port(serving);
	memset(heard, 0, sizeof heard);
	memset(body, 0, sizeof body);
	deads = done = after_end = 0;
	got = wanted = wrong = 0;
	*error = 0;
	paused = client = NULL;
	lws_service(cx, -1);
}

static struct lws *
ask(const char *method, const char *path, int at)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof i);
	i.context = cx;
	i.vhost = asking;
	i.address = "127.0.0.1";
	i.host = i.origin = "localhost";
	i.port = at;
	i.path = path;
	i.method = method;
	i.protocol = method ? NULL : "server";
	i.local_protocol_name = "client";
	i.ietf_version_or_minus_one = -1;
	i.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED | flags;
	i.pwsi = &client;
	return lws_client_connect_via_info(&i);
}

static void
shut(void)
{
	if (cx && !(done && plan.what == END_CONTEXT))
		lws_context_destroy(cx);
	cx = NULL;
}

/* --- whatever a callback does ------------------------------------------------------------------------- */

static const struct {
	const char *name, *method, *path, *role;
	uint64_t options;
} kinds[] = {
	{ "WebSocket", NULL, "/", NULL, 0 },
	{ "GET", "GET", "/5", NULL, 0 },
	{ "raw", "RAW", "/", "raw-skt", LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG },
};

/* One connection, while it does what it does. */
static void
one(size_t kind)
{
	double end;
	volatile int turns = 0;

	open_with(of_server, of_client, kinds[kind].options, kinds[kind].role);
	if (setjmp(back)) {
		can_jump = 0;
	} else {
		armed = 1;
		ask(kinds[kind].method, kinds[kind].path, port);
	}
	end = seconds() + patience;
	while (!(done && plan.what == END_CONTEXT) && seconds() < end) {
		int over = heard[CLIENT][LWS_CALLBACK_WSI_DESTROY] || got == 5;

		if ((over || (done && turns > 20)) && turns++ > 25)
			break;
		turns += over || done;
		can_jump = 1;
		if (lws_service(cx, -1) < 0)
			break;
		can_jump = 0;
		if (done && turns == 10 && paused && plan.what == PAUSE)
			lws_rx_flow_control(paused, 1);
		if (turns == 0)
			usleep(200);
	}
	can_jump = 0;
	shut();
	armed = 0;
}

static void
every_callback(size_t kind)
{
	int told[2][256], side, reason, what, rounds = 0, bad = 0, fds;

	plan.when = NEVER;
	plan.what = NOTHING;
	one(kind);
	check(got == 5 && !error[0], "%s: an echo over TLS%s%s", kinds[kind].name, *error ? ": " : "", error);
	memcpy(told, heard, sizeof told);
	fds = open_fds();
	for (what = KILL; what < DEEDS; what++) {
		if (what == JUMP && getenv("WRAP"))
			continue; /* who leaves the library by longjmp leaves memory behind */
		for (side = SERVER; side <= CLIENT; side++)
			for (reason = 0; reason < 256; reason++) {
				if (!told[side][reason] || reason == LWS_CALLBACK_PROTOCOL_INIT ||
				    reason == LWS_CALLBACK_PROTOCOL_DESTROY ||
				    /* the descriptor is nobody's yet */
				    (what == JUMP && reason == LWS_CALLBACK_FILTER_NETWORK_CONNECTION))
					continue;
				plan.side = (enum side)side;
				plan.when = (enum lws_callback_reasons)reason;
				plan.what = (enum deed)what;
				one(kind);
				rounds++;
				if (after_end || open_fds() != fds) {
					printf("FAIL %s: %s in callback %d of the %s: %d callbacks after the end, %d descriptors more\n",
					       kinds[kind].name, deed_names[what], reason, side ? "client" : "server", after_end,
					       open_fds() - fds);
					fds = open_fds();
					bad++;
				}
			}
	}
	plan.when = NEVER;
	plan.what = NOTHING;
	check(!bad && rounds > 60, "%s: %d rounds, each with a callback that ends or disturbs something", kinds[kind].name, rounds);
}

/* --- somebody between the two ------------------------------------------------------------------------- */

/* Passes on what either side sends, `step` bytes at a time; from the server's bytes the last `hold` are kept back, and one is changed. */
static int between = -1, near_fd = -1, far_fd = -1, between_port;
static size_t step, hold, change_at, passed_on, changed;
static unsigned char waiting[2][1 << 16];
static size_t waits[2];

static void
place_between(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof to;

	between = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(between, (struct sockaddr *)&to, sizeof to) || listen(between, 4) ||
	    getsockname(between, (struct sockaddr *)&to, &size))
		exit(1);
	between_port = ntohs(to.sin_port);
	near_fd = far_fd = -1;
	waits[0] = waits[1] = passed_on = changed = 0;
}

static void
pass_on(void)
{
	int way, over = 0;

	if (near_fd < 0 && (near_fd = accept4(between, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		far_fd = dial(port);
	if (near_fd < 0 || far_fd < 0)
		return;
	for (way = 0; way < 2; way++) { /* 0: to the server; 1: to the client */
		int from = way ? far_fd : near_fd, to = way ? near_fd : far_fd;
		ssize_t n = recv(from, waiting[way] + waits[way], sizeof waiting[way] - waits[way], MSG_DONTWAIT);
		size_t may;

		if (n > 0)
			waits[way] += (size_t)n;
		else if (n == 0)
			over = way + 1;
		may = waits[way];
		if (way && hold && heard[SERVER][LWS_CALLBACK_HTTP]) /* the handshake is not held */
			may = may > hold ? may - hold : 0;
		if (step && may > step)
			may = step;
		if (way && change_at && passed_on <= change_at && passed_on + may > change_at) {
			waiting[way][change_at - passed_on] ^= 1;
			changed++;
		}
		if (may) {
			n = send(to, waiting[way], may, MSG_NOSIGNAL | MSG_DONTWAIT);
			if (n > 0) {
				memmove(waiting[way], waiting[way] + n, waits[way] - (size_t)n);
				waits[way] -= (size_t)n;
				passed_on += way ? (size_t)n : 0;
			}
		}
	}
	if (over && (over == 1 || !waits[1] || waits[1] == hold)) {
		close(near_fd);
		close(far_fd);
		near_fd = far_fd = -2;
	}
}

static void
leave_between(void)
{
	close(between);
	if (near_fd >= 0)
		close(near_fd);
	if (far_fd >= 0)
		close(far_fd);
	step = hold = change_at = 0;
}

#define PASSED_UNTIL(truth)                                        \
	({                                                         \
		double end_ = seconds() + patience;                \
		while (!(truth) && seconds() < end_) {             \
			pass_on();                                 \
			lws_service(cx, -1);                       \
		}                                                  \
		!!(truth);                                         \
	})
#define HEARD(reason) heard[CLIENT][LWS_CALLBACK_##reason]

static void
in_between(void)
{
	size_t all;

	open_with(of_server, of_client, 0, NULL);
	place_between();
	step = 1;
	ask(NULL, "/", between_port);
	check(PASSED_UNTIL(got == 5) && !memcmp(body, "hello", 5), "every byte by itself: %s%s", body, error);
	leave_between();
	shut();

	open_with(of_server, of_client, 0, NULL);
	place_between();
	ask("GET", "/end", between_port);
	check(PASSED_UNTIL(HEARD(WSI_DESTROY)) && got == 5 && HEARD(COMPLETED_CLIENT_HTTP) == 1,
	      "a body that lasts until the end is complete with the server's word that this is the end");
	all = passed_on;
	leave_between();
	shut();

	open_with(of_server, of_client, 0, NULL);
	place_between();
	hold = 24; /* the length of the record that says so */
	ask("GET", "/end", between_port);
	PASSED_UNTIL(HEARD(WSI_DESTROY));
	check(HEARD(WSI_DESTROY) && passed_on + hold >= all - 64 && got == 5 && !HEARD(COMPLETED_CLIENT_HTTP),
	      "without that word it is not complete: %zu bytes, %d times", got, HEARD(COMPLETED_CLIENT_HTTP));
	leave_between();
	shut();

	open_with(of_server, of_client, 0, NULL);
	place_between();
	change_at = 70000;
	wanted = 100000;
	ask("GET", "/100000", between_port);
	PASSED_UNTIL(HEARD(WSI_DESTROY));
	check(HEARD(WSI_DESTROY) && changed == 1 && got > 1000 && got < wanted && !HEARD(COMPLETED_CLIENT_HTTP) && !wrong,
	      "a bit that somebody has changed ends it; %zu bytes came before, %zu of them wrong", got, wrong);
	leave_between();
	shut();

	open_with(of_server, of_client, 0, NULL);
	place_between();
	change_at = 300;
	ask("GET", "/5", between_port);
	check(PASSED_UNTIL(HEARD(WSI_DESTROY)) && HEARD(CLIENT_CONNECTION_ERROR) == 1 && strstr(error, "connect SSL err"),
	      "changed in the handshake: %s", error);
	leave_between();
	shut();
}

/* --- much ---------------------------------------------------------------------------------------------- */

static size_t total, most, sent, back_again, bad_bytes, message_at, message_len;
static int choked, chosen;

struct echoing {
	unsigned char *bytes;
	size_t len, room;
	int ready;
};

static void
narrow(struct lws *wsi)
{
	int size = 16384; /* not for what is received too: the kernel would wait for its timers */

	setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

static int
callback_much_server(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct echoing *e = user;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		narrow(wsi);
		break;
	case LWS_CALLBACK_RECEIVE:
		if (LWS_PRE + e->len + len > e->room) {
			e->room = LWS_PRE + 2 * (e->len + len);
			e->bytes = realloc(e->bytes, e->room);
		}
		memcpy(e->bytes + LWS_PRE + e->len, in, len);
		e->len += len;
		if (lws_is_final_fragment(wsi)) {
			e->ready = 1;
			lws_rx_flow_control(wsi, 0);
			lws_callback_on_writable(wsi);
		}
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!e->ready)
			break;
		e->ready = 0;
		if (lws_write(wsi, e->bytes + LWS_PRE, e->len, LWS_WRITE_BINARY) != (int)e->len)
			return -1;
		choked += lws_send_pipe_choked(wsi);
		e->len = 0;
		lws_rx_flow_control(wsi, 1);
		break;
	case LWS_CALLBACK_CLOSED:
		free(e->bytes);
		break;
	default:
		break;
	}
	return 0;
}

static int
callback_much_client(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	static unsigned char out[LWS_PRE + (1 << 20)];
	size_t i;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		lws_snprintf(error, sizeof error, "%.*s", (int)len, in ? (const char *)in : "?");
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		narrow(wsi);
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (message_len || sent >= total)
			break;
		message_len = chosen++ % 3 ? 1 + (size_t)rand() % most : 1 + (size_t)rand() % 300;
		message_at = 0;
		for (i = 0; i < message_len; i++)
			out[LWS_PRE + i] = byte_at(sent + i);
		if (lws_write(wsi, out + LWS_PRE, message_len, LWS_WRITE_BINARY) != (int)message_len)
			return -1;
		choked += lws_send_pipe_choked(wsi);
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		for (i = 0; i < len; i++)
			bad_bytes += ((unsigned char *)in)[i] != byte_at(sent + message_at + i);
		message_at += len;
		back_again += len;
		if (lws_is_final_fragment(wsi)) {
			bad_bytes += message_at != message_len;
			sent += message_len;
			message_len = 0;
			lws_callback_on_writable(wsi);
		}
		break;
	default:
		break;
	}
	return 0;
}

static void
much(void)
{
	static const struct lws_protocols server[] = {
		{ "server", callback_much_server, sizeof(struct echoing), 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 }
	};
	static const struct lws_protocols asks[] = {
		{ "client", callback_much_client, 8, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 }
	};
	double end;
	size_t before;

	total = getenv("WRAP") ? 2 << 20 : 50 << 20;
	most = 1 << 20;
	sent = back_again = 0;
	open_with(server, asks, 0, NULL);
	ask(NULL, "/", port);
	for (before = 0, end = seconds() + patience; sent < total && seconds() < end && !*error;) {
		lws_service(cx, -1);
		if (before != back_again)
			end = seconds() + patience;
		before = back_again;
	}
	check(sent >= total && back_again == sent && !bad_bytes, "%zu MB in %d messages, there and back: %zu bytes wrong%s", sent >> 20,
	      chosen, bad_bytes, error);
	check(choked > chosen / 3, "through small sockets: choked %d times", choked);
	shut();

	open_with(of_server, of_client, 0, NULL);
	wanted = 20000000;
	ask("GET", "/20000000", port);
	UNTIL(HEARD(WSI_DESTROY));
	check(got == wanted && !wrong && HEARD(COMPLETED_CLIENT_HTTP), "a body of 20 MB: %zu, %zu wrong %s", got,
	      wrong, error);
	shut();
	open_with(of_server, of_client, 0, NULL);
	wanted = 3000000;
	ask("GET", "/file", port);
	UNTIL(HEARD(WSI_DESTROY));
	check(got == wanted && !wrong && HEARD(COMPLETED_CLIENT_HTTP), "a file of 3 MB: %zu, %zu wrong %s", got,
	      wrong, error);
	shut();
}

static void
pauses(void)
{
	size_t at;

	open_with(of_server, of_client, 0, NULL);
	wanted = 2000000;
	ask("GET", "/2000000", port);
	UNTIL(got > 0);
	lws_rx_flow_control(client, 0);
	serve(0.05);
	at = got;
	serve(0.1);
	check(at == got && got < wanted, "paused at %zu of %zu: nothing comes", got, wanted);
	lws_rx_flow_control(client, 1);
	UNTIL(HEARD(WSI_DESTROY));
	check(got == wanted && !wrong && HEARD(COMPLETED_CLIENT_HTTP), "resumed: all of it, %zu, %zu wrong", got,
	      wrong);
	shut();
}

/* --- other ways to a connection ----------------------------------------------------------------------- */

/* One request after the other on one connection, and not on another's. */
static void
used_again(void)
{
	int n, created;

	open_with(of_server, of_client, 0, NULL);
	flags = LCCSCF_PIPELINE;
	for (n = 1; n <= 4; n++) {
		ask("GET", "/5", port);
		if (!UNTIL(HEARD(COMPLETED_CLIENT_HTTP) == n))
			break;
	}
	created = heard[SERVER][LWS_CALLBACK_WSI_CREATE];
	check(n == 5 && got == 20 && created == 1, "4 requests one after the other, on %d connections", created);
	/* another certificate would do for this one: it must not have the connection of who is more careful */
	flags = LCCSCF_PIPELINE | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	ask("GET", "/5", port);
	UNTIL(HEARD(COMPLETED_CLIENT_HTTP) == 5);
	check(got == 25 && heard[SERVER][LWS_CALLBACK_WSI_CREATE] == 2, "one that checks less has a connection of its own");
	flags = 0;
	shut();
}

/* A proxy that answers CONNECT, and passes on from then. */
static void
by_proxy(void)
{
	struct lws_context_creation_info info = settings(of_client);
	char text[1024], host[64];
	size_t n = 0;
	double end = seconds() + patience;
	struct lws_client_connect_info i;

	open_with(of_server, of_client, 0, NULL);
	place_between();
	lws_snprintf(host, sizeof host, "127.0.0.1:%d", between_port);
	info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.vhost_name = "proxied";
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.client_ssl_ca_filepath = cert;
	info.http_proxy_address = host;
	memset(&i, 0, sizeof i);
	i.context = cx;
	i.vhost = lws_create_vhost(cx, &info);
	i.address = i.host = i.origin = "localhost";
	i.port = port;
	i.path = "/";
	i.protocol = "server";
	i.local_protocol_name = "client";
	i.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED;
	lws_client_connect_via_info(&i);
	while (near_fd < 0 && seconds() < end) {
		near_fd = accept4(between, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		lws_service(cx, -1);
	}
	while (n < sizeof text - 1 && seconds() < end && (n < 4 || memcmp(text + n - 4, "\r\n\r\n", 4))) {
		n += get(near_fd, text + n, 1);
		text[n] = 0;
	}
	lws_snprintf(host, sizeof host, "CONNECT localhost:%d ", port);
	check(!strncmp(text, host, strlen(host)), "the proxy is asked in the clear: %.30s", text);
	say(near_fd, "HTTP/1.1 200 OK\r\n\r\n");
	far_fd = dial(port);
	check(PASSED_UNTIL(got == 5) && !memcmp(body, "hello", 5), "and then there is TLS through it: %s%s", body, error);
	leave_between();
	shut();
}

/* A connection that the program has accepted, also with what it has read from it. */
static void
adopted(void)
{
	char first[1024];
	ssize_t n;
	int fd, with_some;
	double end = seconds() + 2 * patience;

	for (with_some = 0; with_some < 2; with_some++) {
		open_with(of_server, of_client, 0, NULL);
		place_between();
		ask(NULL, "/", between_port);
		for (fd = -1; fd < 0 && seconds() < end;) {
			serve(0.001);
			fd = accept4(between, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		}
		for (n = 0; with_some && n <= 0 && seconds() < end;) {
			serve(0.001);
			n = recv(fd, first, 100, 0);
		}
		if (n > 0)
			lws_adopt_socket_vhost_readbuf(serving, fd, first, (size_t)n);
		else
			lws_adopt_socket_vhost(serving, fd);
		check(UNTIL(got == 5) && !memcmp(body, "hello", 5), "adopted%s: %s%s", with_some ? ", some of the hello read already" : "",
		      body, error);
		leave_between();
		shut();
	}
}

/* --- several loops, and a program that polls --------------------------------------------------------- */

static volatile int threads_end;
static struct lws_context *shared;

static void *
serve_thread(void *tsi)
{
	while (!threads_end && lws_service_tsi(shared, 0, (int)(intptr_t)tsi) >= 0)
		;
	return NULL;
}

static int echoes;

static int
callback_counted(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char text[LWS_PRE + 8];

	(void)user;
	(void)in;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
	case LWS_CALLBACK_RECEIVE:
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
	case LWS_CALLBACK_SERVER_WRITEABLE:
		memcpy(text + LWS_PRE, "hello", 5);
		return lws_write(wsi, text + LWS_PRE, 5, LWS_WRITE_TEXT) < 5;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		__atomic_add_fetch(&echoes, len == 5, __ATOMIC_SEQ_CST);
		break;
	default:
		break;
	}
	return 0;
}

static void
several_loops(void)
{
	static const struct lws_protocols table[] = { { "server", callback_counted, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 } };
	static const struct lws_protocols asks[] = { { "client", callback_counted, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 } };
	pthread_t threads[2];
	int n, at, count = 40;
	double end;

	loops = 2;
	open_with(table, asks, 0, NULL);
	loops = 0;
	shared = cx;
	echoes = 0;
	at = port;
	threads_end = 0;
	for (n = 0; n < 2; n++)
		pthread_create(&threads[n], NULL, serve_thread, (void *)(intptr_t)n);
	usleep(100000);
	/* the clients have a context of their own; both threads go on with the first */
	{
		struct lws_context *clients;
		struct lws_context_creation_info info = settings(asks);
		struct lws_client_connect_info i;

		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.port = CONTEXT_PORT_NO_LISTEN;
		info.client_ssl_ca_filepath = cert;
		clients = lws_create_context(&info);
		memset(&i, 0, sizeof i);
		i.context = clients;
		i.address = "127.0.0.1";
		i.host = i.origin = "localhost";
		i.port = at;
		i.path = "/";
		i.protocol = "server";
		i.local_protocol_name = "client";
		i.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED;
		for (n = 0; n < count; n++)
			lws_client_connect_via_info(&i);
		end = seconds() + patience;
		while (echoes < count && seconds() < end)
			lws_service(clients, -1);
		check(echoes == count, "%d connections to a server with 2 loops: %d echoes", count, echoes);
		lws_context_destroy(clients);
	}
	threads_end = 1;
	lws_cancel_service(shared);
	for (n = 0; n < 2; n++)
		pthread_join(threads[n], NULL);
	lws_context_destroy(shared);
	cx = NULL;
}

static struct pollfd polls[64];
static int polled;

static int
callback_polled(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct lws_pollargs *args = in;
	int n;

	switch (reason) {
	case LWS_CALLBACK_ADD_POLL_FD:
		polls[polled].fd = args->fd;
		polls[polled++].events = (short)args->events;
		return 0;
	case LWS_CALLBACK_DEL_POLL_FD:
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		for (n = 0; n < polled; n++)
			if (polls[n].fd == args->fd) {
				if (reason == LWS_CALLBACK_DEL_POLL_FD)
					polls[n] = polls[--polled];
				else
					polls[n].events = (short)args->events;
			}
		return 0;
	default:
		return callback_counted(wsi, reason, user, in, len);
	}
}

static void
by_polling(void)
{
	static const struct lws_protocols table[] = { { "server", callback_polled, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 } };
	static const struct lws_protocols asks[] = { { "client", callback_polled, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 } };
	double end;
	int n;

	echoes = polled = 0;
	open_with(table, asks, 0, NULL);
	lws_service_fd(cx, NULL);
	for (n = 0; n < 10; n++)
		ask(NULL, "/", port);
	end = seconds() + patience;
	while (echoes < 10 && seconds() < end) {
		if (poll(polls, (nfds_t)polled, 100) <= 0)
			lws_service_fd(cx, NULL);
		for (n = 0; n < polled; n++)
			if (polls[n].revents)
				lws_service_fd(cx, &polls[n]);
	}
	check(echoes == 10, "a program that polls by itself: %d echoes of 10", echoes);
	shut();
}

/* --- what an idle connection costs -------------------------------------------------------------------- */

#define IDLE 400
static int open_now;

static int
callback_idle(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char text[LWS_PRE + 16];

	(void)user;
	(void)in;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		open_now++;
		break;
	case LWS_CALLBACK_CLOSED:
		open_now--;
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
	case LWS_CALLBACK_SERVER_WRITEABLE:
		memcpy(text + LWS_PRE, "hello", 5);
		return lws_write(wsi, text + LWS_PRE, 5, LWS_WRITE_TEXT) < 5;
	case LWS_CALLBACK_RECEIVE:
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		got += len;
		break;
	default:
		break;
	}
	return 0;
}

static void
idle(void)
{
	static const struct lws_protocols server[] = { { "server", callback_idle, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 } };
	static const struct lws_protocols asks[] = { { "client", callback_idle, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 } };
	int count = getenv("WRAP") ? 20 : IDLE, n, round, to_child[2], status;
	long before = 0, with = 0, after = 0;
	struct rlimit limit;
	pid_t child;
	char c;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
	setrlimit(RLIMIT_NOFILE, &limit);
	open_with(server, asks, 0, NULL);
	lws_context_destroy(cx); /* whatever the first one leaves */
	open_with(server, asks, 0, NULL);
	for (round = 0; round < 2; round++) {
		before = rss_kb();
		if (pipe(to_child))
			exit(1);
		child = fork();
		if (!child) { /* the clients, in a context of their own */
			int at = port;

			close(to_child[1]);
			open_with(server, asks, 0, NULL);
			for (n = 0; n < count; n++) {
				size_t had = got;

				ask(NULL, "/", at);
				UNTIL(got > had);
			}
			fcntl(to_child[0], F_SETFL, O_NONBLOCK);
			while (read(to_child[0], &c, 1) < 0)
				serve(0.01);
			_exit(got != (size_t)count * 5);
		}
		close(to_child[0]);
		for (n = -1; n != open_now && open_now < count;) { /* for as long as there is progress */
			n = open_now;
			UNTIL(open_now > n);
		}
		serve(0.2);
		with = rss_kb();
		if (!round)
			check(open_now == count, "%d connections", open_now);
		close(to_child[1]);
		while (!waitpid(child, &status, WNOHANG))
			serve(0.01);
		UNTIL(!open_now);
		serve(0.1);
		after = rss_kb();
		if (round || open_now)
			check(!status && !open_now, "each had its echo, and has ended");
		if (!round && !getenv("WRAP")) /* valgrind keeps books of its own */
			check((with - before) * 1024 / count <= 8 * 1024, "an idle connection costs %ld bytes in the server", (with - before) * 1024 / count);
	}
	if (!getenv("WRAP"))
		check(after <= before + before / 10, "given back: %ld kB before, %ld kB with them, %ld kB after", before, with, after);
	shut();
}

int
main(int argc, char **argv)
{
	size_t n;

	begin(300);
	certificates();
	atexit(remove_certificates);
	if (argc < 2 || !strcmp(argv[1], "idle"))
		idle();
	for (n = 0; n < sizeof kinds / sizeof *kinds; n++)
		if (argc < 2 || !strcmp(argv[1], kinds[n].name))
			every_callback(n);
	if (argc < 2 || !strcmp(argv[1], "between"))
		in_between();
	if (argc < 2 || !strcmp(argv[1], "much"))
		much();
	if (argc < 2 || !strcmp(argv[1], "pauses"))
		pauses();
	if (argc < 2 || !strcmp(argv[1], "ways")) {
		used_again();
		by_proxy();
		adopted();
	}
	if (argc < 2 || !strcmp(argv[1], "loops")) {
		by_polling();
		several_loops();
	}
	return finish();
}
