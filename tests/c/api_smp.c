/* Several service threads for one context: where connections go, whose thread makes their callbacks, what reaches all of them, and the end
 * of a vhost and of the context while they serve. */
#include "harness.h"
#include <pthread.h>
#include <stdatomic.h>

#define LOOPS 4
#define MANY 400
#define KNOWN 1024

static struct lws_context *context;
static __thread int my_tsi = -1;
static pthread_t threads[LOOPS];
static atomic_int over, left, wrong_thread, wrong_tsi, opened[LOOPS], closed[LOOPS], known_as[LOOPS], cancelled[LOOPS];
static atomic_int inits, destroys, early, visited, timed[LOOPS], timed_wrong, clients_here, clients_up, adopted;
static atomic_int want_timer, want_vhost, want_destroy, want_client[LOOPS], want_adopt[LOOPS];
static atomic_int side_inits, side_destroys, side_open, side_late;
static _Atomic(struct lws *) known[KNOWN];
static atomic_uint known_count;
static lws_sorted_usec_list_t suls[LOOPS];
static _Atomic(struct lws_vhost *) side;
static atomic_int server_port, adopt_fd;
static struct lws_context_creation_info side_info;

static void
on_time(lws_sorted_usec_list_t *sul)
{
	if (my_tsi < 0 || sul != &suls[my_tsi])
		timed_wrong++;
	else
		timed[my_tsi]++;
}

/* What the main thread wants done in a service thread. */
static void
errands(void)
{
	if (want_timer & 1 << my_tsi) {
		want_timer &= ~(1 << my_tsi);
		lws_sul_schedule(context, my_tsi, &suls[my_tsi], on_time, 1000);
	}
	if (my_tsi == 0 && want_vhost) {
		want_vhost = 0;
		side = lws_create_vhost(context, &side_info);
	}
	if (want_client[my_tsi]) {
		struct lws_client_connect_info i;

		want_client[my_tsi] = 0;
		memset(&i, 0, sizeof i);
		i.context = context;
		i.address = i.host = i.origin = "127.0.0.1";
		i.port = server_port;
		i.path = "/";
		i.protocol = "t";
		i.local_protocol_name = "c";
		lws_client_connect_via_info(&i);
	}
	if (want_adopt[my_tsi]) {
		struct lws *wsi;

		want_adopt[my_tsi] = 0;
		wsi = lws_adopt_socket(context, adopt_fd);
		if (wsi && lws_get_tsi(wsi) == my_tsi)
			adopted++;
	}
	if (want_destroy == my_tsi + 1) {
		want_destroy = 0;
		lws_context_destroy(context);
	}
}

/* Each callback of a connection is in the thread of the first, and that is the thread of its loop. */
static void
note(struct lws *wsi)
{
	intptr_t before = (intptr_t)lws_get_opaque_user_data(wsi);

	if (!before)
		lws_set_opaque_user_data(wsi, (void *)(intptr_t)(my_tsi + 1));
	else if (before != my_tsi + 1)
		wrong_thread++;
	if (lws_get_tsi(wsi) != my_tsi || lws_wsi_tsi(wsi) != my_tsi || lws_get_context(wsi) != context)
		wrong_tsi++;
}

static int
on_any(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char text[LWS_PRE + 256];
	char *pending = user;

	switch (reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
		inits++;
		return 0;
	case LWS_CALLBACK_PROTOCOL_DESTROY:
		destroys++;
		return 0;
	case LWS_CALLBACK_GET_THREAD_ID:
		known_as[my_tsi]++;
		return 0;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		cancelled[my_tsi]++;
		if (!inits)
			early++;
		errands();
		return 0;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return 0;
	case LWS_CALLBACK_WSI_CREATE:
		if (!inits)
			early++;
		break;
	default:
		break;
	}
	note(wsi);
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		opened[my_tsi]++;
		known[known_count++ % KNOWN] = wsi;
		break;
	case LWS_CALLBACK_CLOSED:
		closed[my_tsi]++;
		break;
	case LWS_CALLBACK_USER:
		visited++;
		break;
	case LWS_CALLBACK_RECEIVE:
		if (len == 1 && *(char *)in == 'p') {
			/* the next connection is another loop's */
			unsigned int i;

			for (i = 0; i < known_count && known[i] != wsi; i++)
				;
			lws_callback_on_writable(known[(i + 1) % known_count]);
			break;
		}
		if (len == 1 && *(char *)in == 'e') {
			errands();
			break;
		}
		memcpy(pending, in, len < 63 ? len : 63);
		pending[len < 63 ? len : 63] = 0;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		strcpy((char *)text + LWS_PRE, *pending ? pending : "tick");
		*pending = 0;
		len = strlen((char *)text + LWS_PRE);
		return lws_write(wsi, text + LWS_PRE, len, LWS_WRITE_TEXT) == (int)len ? 0 : -1;
	default:
		break;
	}
	return 0;
}

static int
on_client(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char text[LWS_PRE + 8];

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		note(wsi);
		clients_up++;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		note(wsi);
		memcpy(text + LWS_PRE, "own", 3);
		lws_write(wsi, text + LWS_PRE, 3, LWS_WRITE_TEXT);
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		note(wsi);
		if (len == 3 && !memcmp(in, "own", 3))
			clients_here++;
		break;
	default:
		break;
	}
	return 0;
}

/* The vhost that comes and goes. */
static int
on_side(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
		side_inits++;
		return 0;
	case LWS_CALLBACK_PROTOCOL_DESTROY:
		side_destroys++;
		return 0;
	case LWS_CALLBACK_ESTABLISHED:
		side_open++;
		break;
	case LWS_CALLBACK_CLOSED:
		side_open--;
		break;
	case LWS_CALLBACK_GET_THREAD_ID:
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return 0;
	case LWS_CALLBACK_RECEIVE:
		lws_callback_on_writable_all_protocol_vhost(lws_get_vhost(wsi), lws_get_protocol(wsi));
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE: {
		unsigned char text[LWS_PRE + 8];

		memcpy(text + LWS_PRE, "side", 4);
		if (!lws_send_pipe_choked(wsi) && lws_write(wsi, text + LWS_PRE, 4, LWS_WRITE_TEXT) != 4)
			return -1;
		break;
	}
	default:
		break;
	}
	if (side_destroys)
		side_late++;
	note(wsi);
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "t", on_any, 64, 0, 0, NULL, 0 },
	{ "c", on_client, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static const struct lws_protocols side_protocols[] = {
	{ "s", on_side, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void *
serving(void *arg)
{
	my_tsi = (int)(intptr_t)arg;
	while (!over && lws_service_tsi(context, 0, my_tsi) >= 0)
		;
	left++;
	return NULL;
}

/* A context in `context`, served by LOOPS threads; its port. */
static int
go(void)
{
	struct lws_context_creation_info info = settings(protocols);
	intptr_t i;
	int port;

	over = left = inits = destroys = early = 0;
	for (i = 0; i < LOOPS; i++)
		opened[i] = closed[i] = known_as[i] = cancelled[i] = timed[i] = 0;
	known_count = 0;
	info.count_threads = LOOPS;
	info.timeout_secs = 60;
	port = start(info);
	context = cx;
	cx = NULL;
	server_port = port;
	for (i = 0; i < LOOPS; i++)
		pthread_create(&threads[i], NULL, serving, (void *)i);
	/* a loop takes part once it was served */
	UNTIL(cancelled[0] && cancelled[1] && cancelled[2] && cancelled[3]);
	return port;
}

static void
join(void)
{
	int i;

	for (i = 0; i < LOOPS; i++)
		pthread_join(threads[i], NULL);
}

static int
sum(atomic_int *each)
{
	int i, all = 0;

	for (i = 0; i < LOOPS; i++)
		all += each[i];
	return all;
}

static int
all_same(const char *text, int *fds, int n)
{
	int i, good = 1;

	for (i = 0; i < n; i++)
		good &= ws_is(fds[i], TEXT, text);
	return good;
}

static int
echoes(int *fds, int n)
{
	char text[32];
	int i, round, good = 1;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < n; i++) {
			snprintf(text, sizeof text, "%d in %d", i, round);
			ws_put(fds[i], TEXT, text, strlen(text));
		}
		for (i = 0; i < n; i++) {
			snprintf(text, sizeof text, "%d in %d", i, round);
			good &= ws_is(fds[i], TEXT, text);
		}
	}
	return good;
}

static int fds[MANY], side_fds[40];

static void
counts(void)
{
	struct lws_context_creation_info info = settings(protocols);
	int threads_asked[] = { 0, 1, 2, 1000 }, want[] = { 1, 1, 2, LWS_MAX_SMP }, i, before = open_fds();

	for (i = 0; i < 4; i++) {
		int last;

		info.count_threads = (unsigned int)threads_asked[i];
		start(info);
		last = lws_get_count_threads(cx);
		check(last == want[i], "count_threads %d: %d service threads", threads_asked[i], last);
		log_lines = 0;
		check(lws_service_tsi(cx, -1, last) == -1 && lws_service_tsi(cx, -1, -1) == -1, "no others");
		/* one thread may serve all of them */
		my_tsi = 0;
		check(lws_service_tsi(cx, -1, 0) == 0 && lws_service(cx, -1) == 0, "number 0 is that of lws_service");
		while (--last > 0)
			if (lws_service_tsi(cx, -1, last))
				check(0, "service thread %d", last);
		stop();
		my_tsi = -1;
	}
	check(open_fds() == before, "no descriptor is left");
}

static void
traffic(void)
{
	int port = go(), i, n, most = 0, least = MANY, pair[2], before;
	char trash[256];

	wrong_thread = wrong_tsi = 0;
	check(inits == 1 && !early, "PROTOCOL_INIT once, and before anything else");
	check(known_as[0] == 1 && known_as[1] == 1 && known_as[2] == 1 && known_as[3] == 1, "GET_THREAD_ID once in each loop");
	for (i = n = 0; i < MANY; i++)
		n += (fds[i] = ws_open(port, "t")) >= 0;
	check(n == MANY && sum(opened) == MANY, "%d connections", MANY);
	for (i = 0; i < LOOPS; i++) {
		most = opened[i] > most ? opened[i] : most;
		least = opened[i] < least ? opened[i] : least;
	}
	check(least > 80 && most < 120, "spread over the loops: %d to %d each", least, most);
	check(echoes(fds, MANY), "each gets its own answers");

	for (i = 0; i < MANY; i++)
		lws_callback_on_writable(known[i]);
	check(all_same("tick", fds, MANY), "writeable, asked from a thread that serves none");
	for (i = 0; i < MANY; i++)
		ws_put(fds[i], TEXT, "p", 1);
	/* connections of four loops are known in turn, so a neighbour is another loop's; asking twice before it comes is asking once */
	check(all_same("tick", fds, MANY), "writeable, asked from another loop's thread");
	lws_callback_on_writable_all_protocol(context, &protocols[0]);
	check(all_same("tick", fds, MANY), "writeable, for all");
	visited = 0;
	lws_callback_all_protocol(context, &protocols[0], LWS_CALLBACK_USER);
	check(UNTIL(visited == MANY), "lws_callback_all_protocol calls all");
	visited = 0;
	check(lws_callback_all_protocol_vhost(lws_get_vhost(known[0]), NULL, LWS_CALLBACK_USER) == 0 && UNTIL(visited == MANY),
	      "so does that of a vhost");
	check(lws_callback_all_protocol_vhost_args(lws_get_vhost(known[0]), NULL, LWS_CALLBACK_USER, trash, 1) == -1,
	      "memory of this thread is not given to others");

	before = sum(cancelled);
	lws_cancel_service(context);
	check(UNTIL(sum(cancelled) == before + LOOPS), "lws_cancel_service: each loop says so, once");
	usleep(20000);
	check(sum(cancelled) == before + LOOPS, "and not again");
	want_timer = (1 << LOOPS) - 1;
	lws_cancel_service(context);
	check(UNTIL(timed[0] == 1 && timed[1] == 1 && timed[2] == 1 && timed[3] == 1) && !timed_wrong, "timers, each in its loop");

	for (i = 0; i < LOOPS; i++)
		want_client[i] = 1;
	lws_cancel_service(context);
	check(UNTIL(clients_here == LOOPS) && clients_up == LOOPS, "each thread's own client connection");
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
	adopt_fd = pair[0];
	want_adopt[2] = 1;
	lws_cancel_service(context);
	check(UNTIL(adopted == 1) && !ws_ask(pair[1], "localhost", "t") && ws_accepted(pair[1]), "a socket adopted in the third loop");
	close(pair[1]);
	check(!wrong_thread && !wrong_tsi, "all callbacks of a connection in its thread (%d wrong, %d in another loop)", wrong_thread,
	      wrong_tsi);
}

static atomic_int side_over, side_talks;

static void *
chatter(void *arg)
{
	char trash[4096];
	int i;

	(void)arg;
	while (!side_over)
		for (i = 0; i < 40; i++) {
			send(side_fds[i], "\x81\x81\0\0\0\0x", 7, MSG_NOSIGNAL | MSG_DONTWAIT);
			if (recv(side_fds[i], trash, sizeof trash, MSG_DONTWAIT) > 0)
				side_talks++;
			if (i % 10 == 0)
				usleep(500);
		}
	return NULL;
}

static void
vhosts(void)
{
	pthread_t talker;
	int i, n = 0, round;

	for (round = 0; round < 3; round++) {
		int port, talks;

		side_info = settings(side_protocols);
		side_info.vhost_name = "side";
		side = NULL;
		side_over = side_inits = side_destroys = side_open = side_late = 0;
		want_vhost = 1;
		lws_cancel_service(context);
		if (!check(UNTIL(side != NULL && side_inits == 1), "another vhost, while they serve"))
			return;
		port = lws_get_vhost_listen_port(side);
		for (i = n = 0; i < 40; i++)
			n += (side_fds[i] = ws_open(port, "s")) >= 0;
		check(n == 40 && side_open == 40, "its connections");
		talks = side_talks;
		pthread_create(&talker, NULL, chatter, NULL);
		UNTIL(side_talks > talks + 500);
		lws_vhost_destroy(side);
		check(UNTIL(side_destroys == 1), "it ends while they talk: PROTOCOL_DESTROY");
		side_over = 1;
		pthread_join(talker, NULL);
		check(side_open == 0 && !side_late, "after the last of its connections (%d, %d)", side_open, side_late);
		for (i = n = 0; i < 40; i++)
			n += gone(side_fds[i]);
		check(n == 40, "whose peers see the end");
	}
	check(echoes(fds, MANY), "the connections of the other vhost go on");
}

static void
ends(void)
{
	int i, n;

	over = 1;
	lws_cancel_service(context);
	join();
	check(left == LOOPS && sum(closed) < LOOPS, "the threads have left");
	n = sum(opened);
	/* whose thread makes the closing callbacks is this one: nobody else is there */
	my_tsi = 0;
	lws_context_destroy(context);
	my_tsi = -1;
	check(sum(closed) == n && destroys == 1, "lws_context_destroy then ends the connections of all loops (%d of %d)", sum(closed), n);
	for (i = n = 0; i < MANY; i++)
		n += gone(fds[i]);
	check(n == MANY, "all peers see it");
}

static int late;

/* How: 0 from the main thread, 1 to 4 from a callback in that loop, 5 after a thread was cancelled. */
static void
destroyed(int how, int n)
{
	int i, port = go(), good = 0;

	wrong_thread = wrong_tsi = 0;
	for (i = 0; i < n; i++)
		fds[i] = ws_open(port, "t");
	lws_callback_on_writable_all_protocol(context, &protocols[0]);
	/* this thread may be the one that ends what is left */
	my_tsi = 3;
	if (how == 5) {
		pthread_cancel(threads[3]);
		pthread_join(threads[3], NULL);
		lws_context_destroy(context);
		for (i = 0; i < 3; i++)
			pthread_join(threads[i], NULL);
	} else {
		if (how) {
			/* lws_cancel_service would not do here: the context may go while it is inside */
			want_destroy = how;
			for (i = 0; i < n; i++)
				ws_put(fds[i], TEXT, "e", 1);
		} else {
			lws_context_destroy(context);
		}
		join();
		good = left == LOOPS;
	}
	my_tsi = -1;
	if (how == 5)
		wrong_thread = wrong_tsi = 0; /* nobody was left to end those of the cancelled thread */
	/* a thread that is between two calls all the while comes too late for its own */
	late += wrong_thread || wrong_tsi;
	check((how == 5 || good) && sum(opened) == n && sum(closed) == n && destroys == 1,
	      "destroyed while they serve, way %d: %d of %d closed, %d left", how, sum(closed), sum(opened), left);
	for (i = 0; i < n; i++)
		gone(fds[i]);
}

int
main(void)
{
	struct rlimit limit;
	int i, before;
	long rss;

	begin(60);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
	setrlimit(RLIMIT_NOFILE, &limit);
	before = open_fds();
	counts();
	traffic();
	vhosts();
	ends();
	check(open_fds() == before, "no descriptor is left (%d, %d before)", open_fds(), before);
	for (i = 0; i <= 5; i++)
		destroyed(i, 40);
	rss = rss_kb();
	for (i = 0; i < 12; i++)
		destroyed(i % 5, 40);
	check(open_fds() == before, "no descriptor is left (%d, %d before)", open_fds(), before);
	check(rss_kb() < rss + 2048 || getenv("WRAP"), "nor memory: %ld KiB more", rss_kb() - rss);
	check(late <= 2, "each thread ends its own connections (but in %d of 18)", late);
	return finish();
}
