/*
 * Programs that poll by themselves and call lws_service_fd. Three of them, one after the other, serve the same clients:
 *   all      polls every descriptor it was told of, as the library's examples do
 *   own      the same but for the loop's own descriptor, so that each connection's must say enough
 *   broker   knows only WebSockets that are established, polls with a fixed pause, and calls lws_service(-1) each time round, as mosquitto does
 * What is announced is checked against what was announced before, and that nobody is called when there is nothing to do.
 */
#include "harness.h"
#include <pthread.h>
#include <stdatomic.h>

enum mode { ALL, OWN, BROKER };
static const char *const names[] = { "all", "own", "broker" };
static enum mode mode;

#define FDS 1024
static struct { int told, known, events; } table[FDS]; /* told: by ADD_POLL_FD; known: polled */
static int first_fd, locked, complaints, told_now, changes;
static atomic_int polls, cancelled, dialled, quit, closed, refusing;
static struct lws_context *context;
static struct lws *last_ws, *slow;
static int order[2]; /* a pipe: the client's thread has the program do something in its own time */
static lws_sorted_usec_list_t sul, sul_resume, sul_slow;

struct session { char text[256]; size_t len; int big, paused; };

static void
complain(const char *what, int fd)
{
	complaints++;
	printf("FAIL %s: %s, descriptor %d\n", names[mode], what, fd);
}

static void
answer(struct lws *wsi, const char *text)
{
	struct session *s = lws_wsi_user(wsi);

	s->len = strlen(text);
	memcpy(s->text, text, s->len);
	lws_callback_on_writable(wsi);
}

static void on_sul(lws_sorted_usec_list_t *s) { (void)s; if (last_ws) answer(last_ws, "sul"); }
static void on_resume(lws_sorted_usec_list_t *s) { (void)s; if (last_ws) lws_rx_flow_control(last_ws, 1); }
static void on_slow(lws_sorted_usec_list_t *s) { (void)s; if (slow) lws_callback_on_writable(slow); }

static void
told(int reason, const struct lws_pollargs *a)
{
	int fd = a->fd;

	if (fd < 0 || fd >= FDS)
		return complain("a strange descriptor", fd);
	switch (reason) {
	case LWS_CALLBACK_LOCK_POLL:
		if (locked++)
			complain("LOCK_POLL twice", fd);
		return;
	case LWS_CALLBACK_UNLOCK_POLL:
		if (--locked)
			complain("UNLOCK_POLL without LOCK_POLL", fd);
		return;
	case LWS_CALLBACK_ADD_POLL_FD:
		if (table[fd].told)
			complain("added twice", fd);
		if (first_fd < 0)
			first_fd = fd; /* the loop's own comes first */
		table[fd].told = 1;
		told_now++;
		table[fd].known = mode == ALL || (mode == OWN && fd != first_fd);
		break;
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		if (!table[fd].told)
			complain("changed but not added", fd);
		if (a->prev_events != table[fd].events || a->events == a->prev_events)
			complain("changed from what was not so", fd);
		changes++;
		break;
	case LWS_CALLBACK_DEL_POLL_FD:
		if (!table[fd].told)
			complain("removed but not added", fd);
		table[fd].told = table[fd].known = 0;
		told_now--;
	}
	if (!locked)
		complain("told while not locked", fd);
	table[fd].events = a->events;
}

static int
on_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char buf[LWS_PRE + 256], *p = buf + LWS_PRE, *start = p, *end = buf + sizeof buf - 1;

	(void)user;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_LOCK_POLL:
	case LWS_CALLBACK_UNLOCK_POLL:
	case LWS_CALLBACK_ADD_POLL_FD:
	case LWS_CALLBACK_DEL_POLL_FD:
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		told(reason, in);
		break;
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		return refusing ? -1 : 0;
	case LWS_CALLBACK_HTTP:
		slow = wsi;
		lws_sul_schedule(context, 0, &sul_slow, on_slow, 300 * LWS_US_PER_MS);
		break;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (lws_add_http_common_headers(wsi, 200, "text/plain", 2, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return 1;
		memcpy(start, "ok", 2);
		if (lws_write(wsi, start, 2, LWS_WRITE_HTTP_FINAL) != 2 || lws_http_transaction_completed(wsi))
			return -1;
		break;
	case LWS_CALLBACK_CLOSED_HTTP:
		if (wsi == slow)
			slow = NULL;
		break;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		cancelled++;
		break;
	default:
		break;
	}
	return 0;
}

#define BIG (6u << 20)
static unsigned char *big;

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;
	unsigned char text[LWS_PRE + 256];

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		if (mode == BROKER) {
			table[lws_get_socket_fd(wsi)].known = 1;
			table[lws_get_socket_fd(wsi)].events |= POLLIN;
		}
		last_ws = wsi;
		break;
	case LWS_CALLBACK_CLOSED:
		if (last_ws == wsi)
			last_ws = NULL;
		if (mode == BROKER)
			table[lws_get_socket_fd(wsi)].known = 0;
		closed++;
		break;
	case LWS_CALLBACK_RECEIVE:
		last_ws = wsi;
		if (len == 5 && !memcmp(in, "timer", 5)) {
			lws_set_timer_usecs(wsi, 150 * LWS_US_PER_MS);
		} else if (len == 3 && !memcmp(in, "sul", 3)) {
			lws_sul_schedule(context, 0, &sul, on_sul, 150 * LWS_US_PER_MS);
		} else if (len == 3 && !memcmp(in, "big", 3)) {
			s->big = 1;
			lws_callback_on_writable(wsi);
		} else if (len == 5 && !memcmp(in, "pause", 5)) {
			lws_rx_flow_control(wsi, 0);
			lws_sul_schedule(context, 0, &sul_resume, on_resume, 500 * LWS_US_PER_MS);
		} else if (len == 6 && !memcmp(in, "freeze", 6)) {
			lws_rx_flow_control(wsi, 0);
		} else if (len < 200) {
			memcpy(text, in, len);
			text[len] = 0;
			answer(wsi, (char *)text);
		}
		break;
	case LWS_CALLBACK_TIMER:
		answer(wsi, "timer");
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (s->big) {
			s->big = 0;
			if (lws_write(wsi, big + LWS_PRE, BIG, LWS_WRITE_BINARY) < 0)
				return -1;
		} else if (s->len) {
			memcpy(text + LWS_PRE, s->text, s->len);
			if (lws_write(wsi, text + LWS_PRE, s->len, LWS_WRITE_TEXT) < 0)
				return -1;
			s->len = 0;
		}
		break;
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
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		memcpy(text + LWS_PRE, "dialled", 7);
		lws_write(wsi, text + LWS_PRE, 7, LWS_WRITE_TEXT);
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		dialled += len == 7 && !memcmp(in, "dialled", 7);
		return -1;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf("note: %s\n", in ? (char *)in : "?");
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", on_http, 0, 0, 0, NULL, 0 },
	{ "ws", on_ws, sizeof(struct session), 4096, 0, NULL, 0 },
	{ "client", on_client, 0, 4096, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

/* --- the program's own loop --------------------------------------------------------------------------- */

static void
ordered(int port)
{
	struct lws_client_connect_info i;
	char what = 0;

	if (read(order[0], &what, 1) != 1)
		return;
	if (what == 'w' && last_ws) { /* outside a turn */
		answer(last_ws, "outside");
	} else if (what == 's') {
		lws_sul_schedule(context, 0, &sul, on_sul, 100 * LWS_US_PER_MS);
	} else if (what == 'd') {
		memset(&i, 0, sizeof i);
		i.context = context;
		i.address = i.host = i.origin = "127.0.0.1";
		i.port = port;
		i.path = "/";
		i.protocol = "ws";
		i.local_protocol_name = "client";
		lws_client_connect_via_info(&i);
	}
}

static void
run(int port)
{
	struct pollfd fds[FDS], one;
	int n, i, pause;

	while (!quit) {
		n = 0;
		fds[n].fd = order[0];
		fds[n].revents = 0;
		fds[n++].events = POLLIN;
		for (i = 0; i < FDS; i++)
			if (table[i].known) {
				fds[n].fd = i;
				fds[n].revents = 0;
				fds[n++].events = (short)(mode == BROKER ? table[i].events | POLLIN : table[i].events);
			}
		pause = mode == BROKER ? 100 : lws_service_adjust_timeout(context, 1000, 0);
		if (mode == OWN && pause > 100)
			pause = 100; /* whoever does not poll the loop's own descriptor hears other threads late */
		if (poll(fds, (nfds_t)n, pause) < 0)
			n = 0;
		polls++;
		for (i = 1; i < n; i++)
			if (fds[i].revents && table[fds[i].fd].known) { /* still: one call serves them all */
				one = fds[i];
				if (lws_service_fd(context, &one) < 0)
					complain("lws_service_fd failed", fds[i].fd);
				if (one.revents)
					complain("revents left alone", fds[i].fd);
			}
		if (n && fds[0].revents) {
			one = fds[0];
			if (lws_service_fd(context, &one) || one.revents != fds[0].revents)
				complain("somebody else's descriptor was taken", fds[0].fd);
			ordered(port);
		}
		if (mode == BROKER)
			lws_service(context, -1);
		else
			lws_service_fd(context, NULL);
	}
}

/* --- the clients, in a thread of their own ------------------------------------------------------------- */

static int seen; /* how often the program has come back from poll, beyond its fixed pause */

/* Does the program come back from poll at most `most` times in this time? */
static int
quiet(double secs, int most)
{
	int before = polls;

	usleep((useconds_t)(secs * 1e6));
	seen = polls - before - (mode == ALL ? 0 : (int)(secs * 10));
	return seen <= most;
}

static int
within_secs(atomic_int *what, int wanted, double secs)
{
	double end = seconds() + secs;

	while (*what < wanted && seconds() < end)
		usleep(1000);
	return *what >= wanted;
}

static int
command(char what)
{
	return write(order[1], &what, 1) == 1;
}

static void *
clients(void *arg)
{
	int port = *(int *)arg, fd, fd2, i, n, kind, good;
	const char *who = names[mode];
	double began;
	char head[2048], body[16];
	void *got = malloc(BIG);

	fd = ws_open(port, "ws");
	check(fd >= 0, "%s: a WebSocket opens", who);
	n = polls;
	for (good = i = 0; i < 200; i++) {
		snprintf(head, sizeof head, "message %d", i);
		good += !ws_put(fd, TEXT, head, strlen(head)) && ws_is(fd, TEXT, head);
	}
	n = polls - n;
	check(good == 200 && n <= 900, "%s: 200 messages there and back, in %d rounds", who, n);
	good = quiet(0.5, 3);
	check(good, "%s: nothing to do, %d rounds", who, seen);

	began = seconds();
	good = !ws_put(fd, TEXT, "timer", 5) && ws_is(fd, TEXT, "timer");
	check(good && seconds() - began > 0.14 && seconds() - began < 0.8, "%s: lws_set_timer_usecs, %.3f s", who, seconds() - began);
	began = seconds();
	good = !ws_put(fd, TEXT, "sul", 3) && ws_is(fd, TEXT, "sul");
	check(good && seconds() - began > 0.14 && seconds() - began < 0.8, "%s: lws_sul_schedule, %.3f s", who, seconds() - began);
	began = seconds();
	good = command('s') && ws_is(fd, TEXT, "sul");
	check(good && seconds() - began < 0.8, "%s: lws_sul_schedule outside a turn, %.3f s", who, seconds() - began);
	for (i = 0, good = 1; good && i < 5; i++) { /* faster than the fixed pause, unless the machine is busy */
		began = seconds();
		good = command('w') && ws_is(fd, TEXT, "outside");
		if (seconds() - began < 0.05)
			break;
	}
	check(good && i < 5, "%s: a writeable callback asked for outside a turn, %.3f s", who, seconds() - began);

	n = cancelled;
	lws_cancel_service(context);
	check(within_secs(&cancelled, n + 1, mode == ALL ? 0.1 : 0.5), "%s: lws_cancel_service from a thread", who);

	ws_put(fd, TEXT, "big", 3);
	usleep(200000);
	good = quiet(0.4, 4);
	check(good, "%s: waits for a peer that does not read, %d rounds", who, seen);
	n = polls;
	good = ws_get(fd, &kind, got, BIG) == (ssize_t)BIG && kind == BINARY && !memcmp(got, big + LWS_PRE, BIG);
	check(good, "%s: %u bytes, of which most had to wait, in %d rounds", who, BIG, polls - n);
	good = !ws_put(fd, TEXT, "after", 5) && ws_is(fd, TEXT, "after");
	good = good && quiet(0.3, 3);
	check(good, "%s: and nothing is left of it, %d rounds", who, seen);

	began = seconds();
	ws_put(fd, TEXT, "pause", 5);
	usleep(50000);
	ws_put(fd, TEXT, "one", 3);
	usleep(50000);
	good = mode == BROKER || quiet(0.3, 3); /* a broker polls for what it might read, whatever it was told */
	check(good, "%s: reception paused while there is something to read, %d rounds", who, seen);
	check(ws_is(fd, TEXT, "one") && seconds() - began > 0.4, "%s: received once it goes on", who);

	fd2 = dial(port);
	say(fd2, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
	usleep(50000);
	for (i = 0; i < 2; i++)
		say(fd2, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"), usleep(20000);
	good = quiet(0.15, 3);
	check(good, "%s: requests behind one that is being answered, %d rounds", who, seen);
	for (good = i = 0; i < 3; i++)
		good += http_get(fd2, head, sizeof head, body, sizeof body) == 200 && !strcmp(body, "ok");
	check(good == 3, "%s: all are answered", who);
	close(fd2);

	fd2 = ws_open(port, "ws");
	n = closed;
	ws_put(fd2, TEXT, "freeze", 6);
	usleep(50000);
	if (mode != BROKER)
		ws_put(fd2, TEXT, "never read", 10);
	usleep(150000);
	reset(fd2);
	good = within_secs(&closed, n + 1, 1) && quiet(0.3, 3);
	check(good, "%s: a reset while reception is paused ends it, %d rounds", who, seen);
	fd2 = ws_open(port, "ws");
	check(fd2 >= 0 && !ws_put(fd2, CLOSE, "\x03\xe8", 2) && gone(fd2), "%s: a closing handshake", who);

	refusing = 1;
	fd2 = dial(port);
	check(fd2 >= 0 && gone(fd2), "%s: who is refused at once is not announced", who);
	refusing = 0;
	n = dialled;
	command('d');
	check(within_secs(&dialled, n + 1, 2), "%s: a client on the same loop", who);
	good = quiet(0.3, 3);
	check(good, "%s: in the end, %d rounds", who, seen);
	close(fd);
	free(got);
	usleep(100000);
	quit = 1;
	command('q');
	return NULL;
}

int
main(void)
{
	struct lws_context_creation_info info = settings(protocols);
	pthread_t thread;
	unsigned int i;
	int port, fds;

	begin(60);
	big = malloc(LWS_PRE + BIG);
	for (i = 0; i < BIG; i++)
		big[LWS_PRE + i] = (unsigned char)(i * 2654435761u >> 13);
	if (pipe(order) || fcntl(order[0], F_SETFL, O_NONBLOCK))
		return 2;
	for (mode = ALL; mode <= BROKER; mode++) {
		memset(table, 0, sizeof table);
		first_fd = -1;
		complaints = told_now = changes = quit = 0;
		fds = open_fds();
		port = start(info);
		context = cx;
		cx = NULL;
		check(context && told_now == 2 && table[first_fd].told, "%s: the loop's descriptor and the listener's are announced", names[mode]);
		check(!pthread_create(&thread, NULL, clients, &port), "%s: clients begin", names[mode]);
		run(port);
		pthread_join(thread, NULL);
		lws_context_destroy(context);
		check(!complaints && !locked, "%s: what is announced fits, %d changes", names[mode], changes);
		check(!told_now && open_fds() == fds, "%s: all that was added was removed, no descriptor is left", names[mode]);
	}
	free(big);
	return finish();
}
