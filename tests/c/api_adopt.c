#define _GNU_SOURCE
/*
 * Descriptors that the program hands over: sockets, datagrams, pipes, counters, terminals; whatever a callback does to its own
 * connection, its parent, its vhost or its context; requests that were read already, cut anywhere; and arguments that cannot be used.
 */
#include "harness.h"
#include <setjmp.h>
#include <sys/eventfd.h>

#define NEVER ((enum lws_callback_reasons)-1)
#define MOST 64

enum deed { NOTHING, KILL, KILL_LATER, END_VHOST, END_CONTEXT, NO, AGAIN, KILL_PARENT, PAUSE, WRITE, SERVE, JUMP, DEEDS };
static const char *const deed_names[] = { "nothing", "an end at once", "an end a little later", "the end of the vhost",
	"the end of the context", "no", "another one", "the end of the parent", "a pause", "writing", "serving", "longjmp" };

static struct {
	enum lws_callback_reasons when;
	int nth;
	enum deed what;
} plan;

static int told[256], calls, done, after_end;
static char got[MOST][64];
static size_t got_len[MOST];
static int gots;
static struct lws *parent, *last;
static struct lws_vhost *vhost;
static jmp_buf back;
static const struct lws_protocols protocols[];
static int answers, answer_each, count_value, keep_all;
static char *all;
static size_t all_len;
static int spare[16], spares;

enum kind { RAW, DATAGRAM, BOUND, FILE_PIPE, FILE_PLAIN, FILE_COUNTER, HTTP, READ_ALREADY, KINDS };
static const char *const kind_names[] = { "a raw socket", "a connected UDP socket", "a bound UDP socket", "a pipe", "a regular file",
	"a counter", "an HTTP socket", "an HTTP socket that was read from" };
static enum kind current;

/* Makes one of a kind. `far` is the other end, the program's; -1 where there is none. */
static struct lws *
adopt(enum kind kind, int *far)
{
	lws_sock_file_fd_type fd;
	int pair[2] = { -1, -1 };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof to;
	static const char request[] = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
	struct lws *wsi = NULL;
	FILE *file;

	*far = -1;
	switch (kind) {
	case RAW:
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
		fd.sockfd = pair[0];
		*far = pair[1];
		wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET, fd, "p", parent);
		put(*far, "hello", 5);
		break;
	case DATAGRAM:
		*far = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		bind(*far, (struct sockaddr *)&to, sizeof to);
		getsockname(*far, (struct sockaddr *)&to, &size);
		wsi = lws_create_adopt_udp(vhost, "127.0.0.1", ntohs(to.sin_port), 0, "p", NULL, parent, NULL, NULL);
		if (wsi && lws_get_socket_fd(wsi) >= 0 &&
		    !getsockname(lws_get_socket_fd(wsi), (struct sockaddr *)&to, &size))
			sendto(*far, "hello", 5, 0, (struct sockaddr *)&to, size);
		break;
	case BOUND:
		wsi = lws_create_adopt_udp(vhost, NULL, 0, LWS_CAUDP_BIND, "p", NULL, parent, NULL, NULL);
		*far = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (wsi && lws_get_socket_fd(wsi) >= 0 &&
		    !getsockname(lws_get_socket_fd(wsi), (struct sockaddr *)&to, &size)) {
			to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
			connect(*far, (struct sockaddr *)&to, size);
			send(*far, "hello", 5, 0);
		}
		break;
	case FILE_PIPE:
		pipe2(pair, O_CLOEXEC);
		fd.filefd = pair[0];
		*far = pair[1];
		write(*far, "hello", 5);
		wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "p", parent);
		break;
	case FILE_PLAIN:
		file = tmpfile();
		fd.filefd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
		fclose(file);
		pwrite(fd.filefd, "hello", 5, 0);
		wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "p", parent);
		break;
	case FILE_COUNTER:
		fd.filefd = eventfd(7, EFD_CLOEXEC | EFD_NONBLOCK);
		wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "p", parent);
		break;
	case HTTP:
	case READ_ALREADY:
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
		*far = pair[1];
		if (kind == READ_ALREADY) {
			wsi = lws_adopt_socket_vhost_readbuf(vhost, pair[0], request, sizeof request - 1);
		} else {
			wsi = lws_adopt_socket_vhost(vhost, pair[0]);
			say(*far, request);
		}
		break;
	default:
		break;
	}
	return wsi;
}

static int
perform(struct lws *wsi)
{
	unsigned char buffer[LWS_PRE + 16];
	enum deed what = plan.what;
	int far;

	plan.when = NEVER;
	done++;
	switch (what) {
	case KILL:
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		break;
	case KILL_LATER:
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		break;
	case END_VHOST:
		lws_vhost_destroy(vhost);
		break;
	case END_CONTEXT:
		lws_context_destroy(cx);
		break;
	case NO:
		return -1;
	case AGAIN:
		adopt(current, &far);
		if (far >= 0)
			spare[spares++] = far;
		break;
	case KILL_PARENT:
		if (parent)
			lws_set_timeout(parent, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
		break;
	case PAUSE:
		lws_rx_flow_control(wsi, 0);
		break;
	case WRITE:
		memcpy(buffer + LWS_PRE, "written", 7);
		lws_write(wsi, buffer + LWS_PRE, 7, LWS_WRITE_RAW);
		lws_callback_on_writable(wsi);
		break;
	case SERVE:
		lws_service(cx, -1);
		break;
	case JUMP:
		longjmp(back, 1);
	default:
		break;
	}
	return 0;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	static const void *ended;
	unsigned char buffer[LWS_PRE + 64];
	char data[64];
	uint64_t value;
	ssize_t n;

	(void)user;
	if (reason >= LWS_CALLBACK_ADD_POLL_FD && reason <= LWS_CALLBACK_UNLOCK_POLL &&
	    lws_get_socket_fd(wsi) != ((struct lws_pollargs *)in)->fd)
		return 0; /* the loop's own descriptor */
	if (!wsi || reason == LWS_CALLBACK_PROTOCOL_INIT || reason == LWS_CALLBACK_PROTOCOL_DESTROY ||
	    reason == LWS_CALLBACK_GET_THREAD_ID || reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED)
		return 0;
	if (wsi == parent) {
		if (reason == LWS_CALLBACK_WSI_DESTROY)
			parent = NULL;
		if (reason != LWS_CALLBACK_CHILD_CLOSING)
			return 0;
	}
	calls++;
	told[reason & 255]++;
	if (reason == LWS_CALLBACK_WSI_CREATE)
		ended = NULL;
	after_end += ended == wsi && reason != LWS_CALLBACK_UNLOCK_POLL;
	if (reason == LWS_CALLBACK_WSI_DESTROY)
		ended = wsi;
	if (reason == plan.when && !--plan.nth && perform(wsi))
		return -1;
	switch (reason) {
	case LWS_CALLBACK_RAW_ADOPT:
		last = wsi;
		break;
	case LWS_CALLBACK_RAW_RX:
		if (keep_all) {
			memcpy(all + all_len, in, len);
			all_len += len;
			break;
		}
		if (gots < MOST) {
			got_len[gots] = len;
			memcpy(got[gots++], in, len < 64 ? len : 64);
		}
		if (answer_each && lws_get_udp(wsi)) {
			const struct lws_udp *udp = lws_get_udp(wsi);

			sendto(lws_get_socket_fd(wsi), in, len, 0, &udp->sa, udp->salen);
		} else {
			lws_callback_on_writable(wsi);
		}
		break;
	case LWS_CALLBACK_RAW_WRITEABLE:
		memcpy(buffer + LWS_PRE, "answer", 6);
		answers += lws_write(wsi, buffer + LWS_PRE, 6, LWS_WRITE_RAW) == 6;
		break;
	case LWS_CALLBACK_RAW_RX_FILE:
		last = wsi;
		n = read(lws_get_socket_fd(wsi), data, sizeof data);
		if (n == 8) {
			memcpy(&value, data, 8);
			count_value += (int)value;
		}
		if (n > 0 && gots < MOST) {
			got_len[gots] = (size_t)n;
			memcpy(got[gots++], data, (size_t)n);
		}
		return n <= 0;
	case LWS_CALLBACK_RAW_WRITEABLE_FILE:
		memcpy(buffer + LWS_PRE, "answer", 6);
		answers += lws_write(wsi, buffer + LWS_PRE, 6, LWS_WRITE_RAW) == 6;
		break;
	case LWS_CALLBACK_HTTP:
		if (lws_return_http_status(wsi, 200, "x") || lws_http_transaction_completed(wsi))
			return -1;
		break;
	default:
		break;
	}
	return 0;
}

static int
callback_echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char buffer[LWS_PRE + 64];

	(void)user;
	if (reason == LWS_CALLBACK_RECEIVE && len < 64) {
		memcpy(buffer + LWS_PRE, in, len);
		return lws_write(wsi, buffer + LWS_PRE, len, LWS_WRITE_TEXT) != (int)len;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "p", callback, 16, 0, 0, NULL, 0 },
	{ "echo", callback_echo, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 },
};

static void
open_context(void)
{
	struct lws_context_creation_info info = settings(protocols);

	info.port = CONTEXT_PORT_NO_LISTEN;
	info.pcontext = &cx;
	cx = lws_create_context(&info);
	vhost = lws_get_vhost_by_name(cx, "default");
	lws_service(cx, -1);
	calls = done = after_end = gots = answers = spares = count_value = 0;
	memset(told, 0, sizeof told);
	parent = last = NULL;
}

/* --- every callback, and all that can be done in it ------------------------------------------------ */

/* Not inlined where setjmp is. */
__attribute__((noinline)) static int
descriptors(void)
{
	return open_fds();
}

static int
run(enum kind kind)
{
	int fds = descriptors(), pair[2] = { -1, -1 }, seen = -1, good, i;
	volatile int idle = 0, hung_up = 0;
	double end = seconds() + patience;
	lws_sock_file_fd_type fd;
	static int far;
	struct lws_context *mine;

	open_context();
	mine = cx;
	current = kind;
	if (plan.what == KILL_PARENT && !socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		enum lws_callback_reasons kept = plan.when;

		plan.when = NEVER;
		fd.sockfd = pair[0];
		parent = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET, fd, "p", NULL);
		plan.when = kept;
		calls = 0;
		memset(told, 0, sizeof told);
	}
	far = -1;
	if (!setjmp(back))
		adopt(kind, &far);
	while (cx && seconds() < end && (idle < 5 || !hung_up)) {
		if (!setjmp(back))
			lws_service(cx, -1);
		usleep(100);
		idle = calls == seen ? idle + 1 : 0;
		seen = calls;
		if (idle == 5 && !hung_up) { /* the other end goes */
			hung_up = 1;
			idle = 0;
			if (far >= 0)
				close(far);
			far = -1;
		}
		if (kind == FILE_PLAIN && calls > 30)
			break; /* always ready: it has no end but the program's */
	}
	if (cx == mine)
		stop();
	cx = NULL;
	if (far >= 0)
		close(far);
	for (i = 0; i < spares; i++)
		close(spare[i]);
	if (pair[1] >= 0)
		close(pair[1]);
	good = !after_end && (plan.what == JUMP || told[LWS_CALLBACK_WSI_CREATE] == told[LWS_CALLBACK_WSI_DESTROY]);
	if (!good)
		printf("# a callback after the end, or %d begun and %d ended\n", told[LWS_CALLBACK_WSI_CREATE],
		       told[LWS_CALLBACK_WSI_DESTROY]);
	if (descriptors() != fds) {
		printf("# %d descriptors left\n", descriptors() - fds);
		good = 0;
	}
	return good;
}

static void
every_callback(enum kind kind)
{
	int plain[256], reason, nth, bad, runs;
	enum deed deed;

	plan.when = NEVER;
	plan.what = NOTHING;
	check(run(kind) && calls > 3, "%s: ends as it should after %d callbacks", kind_names[kind], calls);
	memcpy(plain, told, sizeof plain);
	for (deed = KILL; deed < DEEDS; deed++) {
		if (deed == JUMP && getenv("WRAP"))
			continue; /* who leaves the library by longjmp leaves memory behind */
		for (bad = runs = reason = 0; reason < 256; reason++)
			for (nth = 1; nth <= plain[reason] && nth <= (getenv("WRAP") ? 1 : 3); nth++) {
				plan.when = (enum lws_callback_reasons)reason;
				plan.what = deed;
				plan.nth = nth;
				if (!run(kind)) {
					printf("# %s: in callback %d, time %d: %s\n", kind_names[kind], reason, nth,
					       deed_names[deed]);
					bad++;
				}
				runs += done;
			}
		check(runs && !bad, "%s: %s, in each of %d callbacks", kind_names[kind], deed_names[deed], runs);
	}
	plan.when = NEVER;
	plan.what = NOTHING;
}

/* --- single things ----------------------------------------------------------------------------------- */

static void
datagrams(void)
{
	static const size_t sizes[] = { 1, 0, 5, 1400, 9000, 60000 };
	static char data[60000], answer[65536];
	struct sockaddr_in to;
	socklen_t size = sizeof to;
	struct lws *wsi;
	size_t n;
	int fd, other, bad = 0;

	open_context();
	answer_each = 1;
	wsi = lws_create_adopt_udp(vhost, NULL, 0, LWS_CAUDP_BIND, "p", NULL, NULL, NULL, NULL);
	getsockname(lws_get_socket_fd(wsi), (struct sockaddr *)&to, &size);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	other = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	connect(fd, (struct sockaddr *)&to, size);
	connect(other, (struct sockaddr *)&to, size);
	for (n = 0; n < sizeof data; n++)
		data[n] = (char)(n * 3 + n / 256);
	for (n = 0; n < sizeof sizes / sizeof *sizes; n++) {
		ssize_t len = -1;
		int from = n & 1 ? other : fd;

		send(from, data, sizes[n], 0);
		UNTIL(recv(from, answer, 1, MSG_PEEK) >= 0);
		len = recv(from, answer, sizeof answer, 0);
		if (len != (ssize_t)sizes[n] || memcmp(answer, data, sizes[n])) {
			printf("# of %zu: %zd\n", sizes[n], len);
			bad++;
		}
	}
	check(!bad, "datagrams of %zu sizes come back whole, each to its sender", n);
	gots = 0;
	for (n = 1; n <= 50; n++)
		send(fd, data, n, 0);
	UNTIL(gots == 50);
	for (n = 0; n < 50 && got_len[n] == n + 1; n++)
		;
	check(n == 50 && gots == 50, "50 at once are 50: %d", gots);
	lws_rx_flow_control(wsi, 0);
	gots = 0;
	send(fd, "a", 1, 0);
	serve(0.02);
	check(!gots, "paused: none comes");
	lws_rx_flow_control(wsi, 1);
	check(UNTIL(gots == 1), "resumed: it comes");
	answer_each = 0;
	lws_callback_on_writable(wsi);
	check(UNTIL(answers == 1), "lws_write sends to who was heard last");
	close(fd);
	close(other);
	stop();
}

static void
files(void)
{
	lws_sock_file_fd_type fd;
	int pair[2], master, n;
	struct lws *wsi;
	char *name;

	open_context();
	pipe2(pair, O_CLOEXEC | O_NONBLOCK);
	fd.filefd = pair[0];
	wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "p", NULL);
	write(pair[1], "one", 3);
	check(wsi && UNTIL(gots == 1) && got_len[0] == 3, "what comes through a pipe");
	write(pair[1], "two", 3);
	close(pair[1]);
	check(UNTIL(told[LWS_CALLBACK_RAW_CLOSE_FILE]) && gots == 2, "what came before its end, and the end");
	pipe2(pair, O_CLOEXEC | O_NONBLOCK);
	while (write(pair[1], got, 64) > 0)
		;
	fd.filefd = pair[1];
	wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "p", NULL);
	lws_callback_on_writable(wsi);
	serve(0.02);
	check(!answers, "a full pipe is not writeable");
	for (n = 0; n < 40; n++) {
		char trash[4096];

		read(pair[0], trash, sizeof trash);
	}
	check(UNTIL(answers == 1), "an emptied one is");
	close(pair[0]);
	told[LWS_CALLBACK_RAW_CLOSE_FILE] = 0;
	check(UNTIL(told[LWS_CALLBACK_RAW_CLOSE_FILE]), "nobody reads it any more");

	fd.filefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "p", NULL);
	serve(0.01);
	count_value = 0;
	eventfd_write(fd.filefd, 3);
	check(UNTIL(count_value == 3), "a counter");
	eventfd_write(fd.filefd, 4);
	eventfd_write(fd.filefd, 5);
	check(UNTIL(count_value == 12), "and again");

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master >= 0 && !grantpt(master) && !unlockpt(master) && (name = ptsname(master))) {
		fd.filefd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
		gots = 0;
		wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "p", NULL);
		write(master, "line\n", 5);
		check(wsi && UNTIL(gots == 1) && got_len[0] == 5, "a line from a terminal");
		told[LWS_CALLBACK_RAW_CLOSE_FILE] = 0;
		close(master);
		check(UNTIL(told[LWS_CALLBACK_RAW_CLOSE_FILE]), "the terminal is gone");
	}
	stop();
}

/* A WebSocket whose handshake was read up to any byte by the program. */
static void
read_already(void)
{
	static const char all_of_it[] = "GET /a?b=c HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
					"Sec-WebSocket-Protocol: echo\r\n\r\n\x81\x85\0\0\0\0hello";
	size_t len = sizeof all_of_it - 1, cut, bad = 0;
	int pair[2];

	open_context();
	for (cut = 0; cut <= len; cut++) {
		struct lws *wsi;

		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
		wsi = cut & 1 ? lws_adopt_socket_readbuf(cx, pair[0], cut ? all_of_it : NULL, cut)
			      : lws_adopt_socket_vhost_readbuf(vhost, pair[0], all_of_it, cut);
		if (!wsi || put(pair[1], all_of_it + cut, len - cut) || !ws_accepted(pair[1])) {
			bad++;
		} else if (cut > len - 5 && cut < len) { /* the message comes in two pieces, and each is echoed */
			char first[6] = { 0 };

			memcpy(first, all_of_it + len - 5, cut + 5 - len);
			bad += !ws_is(pair[1], TEXT, first) || !ws_is(pair[1], TEXT, all_of_it + cut);
		} else if (!ws_is(pair[1], TEXT, "hello")) {
			printf("# cut at %zu\n", cut);
			bad++;
		}
		close(pair[1]);
		serve(0);
	}
	check(!bad, "a handshake and a message that were read up to any of %zu bytes", len);
	stop();
}

static void
raw_sockets(void)
{
	static char big[LWS_PRE + 1000000];
	lws_sock_file_fd_type fd;
	int pair[2], n, bufsize = 4096;
	struct lws *wsi;
	size_t i;

	open_context();
	keep_all = 1;
	all = malloc(3000000);
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &bufsize, sizeof bufsize);
	fd.sockfd = pair[0];
	wsi = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET, fd, "p", NULL);
	for (i = 0; i < 1000000; i++)
		big[LWS_PRE + i] = (char)(i + i / 255);
	for (n = 0; n < 3; n++) {
		put(pair[1], big + LWS_PRE, 500000);
		lws_rx_flow_control(wsi, n & 1);
		put(pair[1], big + LWS_PRE + 500000, n & 1 ? 500000 : 1000);
		lws_rx_flow_control(wsi, 1);
		if (!(n & 1))
			put(pair[1], big + LWS_PRE + 501000, 499000);
	}
	UNTIL(all_len == 3000000);
	for (n = 0; n < 3 && !memcmp(all + n * 1000000, big + LWS_PRE, 1000000); n++)
		;
	check(n == 3 && all_len == 3000000, "3 MB arrive in order, through pauses: %zu", all_len);
	check(lws_write(wsi, (unsigned char *)big + LWS_PRE, 1000000, LWS_WRITE_RAW) == 1000000, "1 MB is taken at once");
	lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, 5);
	check(get(pair[1], all, 1000000) == 1000000 && !memcmp(all, big + LWS_PRE, 1000000), "and arrives");
	close(pair[1]);
	check(UNTIL(told[LWS_CALLBACK_RAW_CLOSE]), "the end");
	keep_all = 0;
	free(all);
	stop();
}

static void
arguments(void)
{
	struct lws_context *other;
	struct lws_context_creation_info info = settings(protocols);
	lws_adopt_desc_t desc;
	lws_sock_file_fd_type fd;
	int pair[2], fds, n, refused = 0;
	struct lws *wsi, *dead;
	struct lws_vhost *foreign;

	open_context();
	fds = open_fds();
	fd.sockfd = -1;
	refused += !lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET, fd, "p", NULL);
	refused += !lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "p", NULL);
	refused += !lws_adopt_descriptor_vhost_via_info(NULL);
	refused += !lws_adopt_socket(NULL, -1);
	refused += !lws_adopt_socket(cx, -1);
	refused += !lws_adopt_socket(cx, 9999);
	refused += !lws_adopt_socket_vhost((struct lws_vhost *)&info, -1);
	refused += !lws_adopt_socket_readbuf(cx, -1, NULL, 0);
	refused += !lws_adopt_socket_vhost_readbuf(NULL, -1, "x", 1);
	refused += !lws_create_adopt_udp(NULL, NULL, 0, LWS_CAUDP_BIND, "p", NULL, NULL, NULL, NULL);
	refused += !lws_create_adopt_udp(vhost, NULL, 0, 0, "p", NULL, NULL, NULL, NULL);
	refused += !lws_create_adopt_udp(vhost, "127.0.0.1", 70000, 0, "p", NULL, NULL, NULL, NULL);
	refused += !lws_create_adopt_udp(vhost, "no such name", 1, 0, "p", NULL, NULL, NULL, NULL);
	refused += !lws_create_adopt_udp(vhost, NULL, 0, LWS_CAUDP_BIND, "p", "nonexist0", NULL, NULL, NULL);
	refused += !lws_create_adopt_udp(vhost, NULL, 0, LWS_CAUDP_BIND, "unknown", NULL, NULL, NULL, NULL);
	refused += !lws_get_udp(NULL);
	check(refused == 16, "16 arguments that cannot be used: %d refused", refused);
	for (n = 0; n < 4; n++) {
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
		fd.sockfd = pair[0];
		wsi = n == 0 ? lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET, fd, "unknown", NULL)
		    : n == 1 ? lws_adopt_descriptor_vhost((struct lws_vhost *)&info, LWS_ADOPT_SOCKET, fd, "p", NULL)
		    : n == 2 ? lws_adopt_socket_vhost((struct lws_vhost *)&info, pair[0])
			     : lws_adopt_socket_readbuf((struct lws_context *)&info, pair[0], "x", 1);
		check(!wsi && gone(pair[1]), "what is not adopted is closed (%d)", n);
	}
	check(open_fds() == fds, "no descriptor is left");

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	fd.sockfd = pair[0];
	dead = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET, fd, "p", NULL);
	close(pair[1]);
	UNTIL(told[LWS_CALLBACK_WSI_DESTROY] == told[LWS_CALLBACK_WSI_CREATE]);
	check(!lws_get_udp(dead) && lws_raw_transaction_completed(dead), "a dead connection");
	/* a parent that is dead, one of another context, and one that stands in for none */
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	memset(&desc, 0, sizeof desc);
	desc.vh = vhost;
	desc.type = LWS_ADOPT_SOCKET;
	desc.fd.sockfd = pair[0];
	desc.vh_prot_name = "p";
	desc.parent = dead;
	log_lines = 0;
	wsi = lws_adopt_descriptor_vhost_via_info(&desc);
	check(wsi && log_lines && !lws_get_parent(wsi), "a dead parent is none");
	info.port = CONTEXT_PORT_NO_LISTEN;
	other = lws_create_context(&info);
	foreign = lws_get_vhost_by_name(other, "default");
	fd.sockfd = pair[1];
	desc.fd = fd;
	desc.vh = foreign;
	desc.parent = wsi;
	log_lines = 0;
	wsi = lws_adopt_descriptor_vhost_via_info(&desc);
	check(wsi && log_lines && !lws_get_parent(wsi), "a parent in another context is none");
	lws_context_destroy(other);
	stop();
	check(open_fds() < fds, "nothing is left");
}

int
main(void)
{
	enum kind kind;
	int fds;

	begin(240);
	plan.when = NEVER;
	open_context();
	stop();
	fds = open_fds();
	for (kind = RAW; kind < KINDS; kind++)
		every_callback(kind);
	datagrams();
	files();
	read_already();
	raw_sockets();
	arguments();
	check(open_fds() == fds, "as many descriptors at the end as at the beginning");
	return finish();
}
