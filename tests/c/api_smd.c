/* System messages: who gets which and in what order, many threads that send, and everything that goes wrong. */
#include "harness.h"
#include <pthread.h>

enum { NEWS = 1 << 8, GOSSIP = 1 << 9, THREADS = 4, EACH = 2000, QUEUE = 256 };

static int
quiet(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	return 0 * (!!wsi + (int)reason + !!user + !!in + (int)len);
}

static const struct lws_protocols protocols[] = {
	{ "http", quiet, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static char heard[4096];

static int
hear(void *opaque, lws_smd_class_t class, lws_usec_t timestamp, void *buf, size_t len)
{
	size_t n = strlen(heard);

	if (strlen(buf) != len || timestamp > lws_now_usecs() || timestamp < lws_now_usecs() - 60 * LWS_US_PER_SEC)
		strcpy(buf, "BAD");
	snprintf(heard + n, sizeof heard - n, "%s:%x:%s ", (const char *)opaque, class, (const char *)buf);
	memset(buf, '#', len); /* its own copy */
	return 1;	       /* means nothing */
}

static int
heard_is(const char *text)
{
	int same = !strcmp(heard, text);

	if (!same)
		printf("# heard \"%s\"\n", heard);
	heard[0] = 0;
	return same;
}

static void
test_classes(void)
{
	struct lws_smd_peer *a, *b, *c;
	void *message;

	start(settings(protocols));
	serve(0); /* through the states, which are told too */
	check(lws_smd_msg_printf(cx, NEWS, "nobody") == 0 && !lws_smd_msg_alloc(cx, NEWS, 3), "nobody listens");
	a = lws_smd_register(cx, "a", 0, NEWS | GOSSIP, hear);
	b = lws_smd_register(cx, "b", 0, GOSSIP, hear);
	check(a && b && a != b, "two receivers");
	check(!lws_smd_msg_printf(cx, NEWS, "%s-%d", "one", 1) && !lws_smd_msg_printf(cx, GOSSIP, "two") &&
		      !lws_smd_msg_printf(cx, NEWS | GOSSIP, "three") && !lws_smd_msg_printf(cx, 1 << 20, "four"),
	      "messages are sent");
	check(heard_is(""), "nobody is called before the loop");
	c = lws_smd_register(cx, "c", 0, ~0u, hear);
	serve(0);
	check(heard_is("a:100:one-1 b:200:two a:200:two b:300:three a:300:three "), "each gets his classes, in order");
	message = lws_smd_msg_alloc(cx, NEWS, 5);
	memcpy(message, "hello", 5);
	check(message && !lws_smd_msg_send(cx, message), "a message of five bytes");
	message = lws_smd_msg_alloc(cx, NEWS, 0);
	check(message && !lws_smd_msg_send(cx, message), "a message of none");
	lws_smd_unregister(a);
	serve(0);
	check(heard_is("c:100:hello c:100: "), "who has left gets nothing any more");
	lws_smd_unregister(b);
	lws_smd_unregister(c);
	check(lws_smd_msg_printf(cx, NEWS, "late") == 0, "all have left");
	serve(0);
	check(heard_is(""), "and nobody hears");
	stop();
}

static void
test_bounds(void)
{
	char big[LWS_SMD_MAX_PAYLOAD + 2];
	struct lws_smd_peer *a;
	int sent = 0, other;
	void *message;

	memset(big, 'x', sizeof big);
	start(settings(protocols));
	a = lws_smd_register(cx, "a", 0, NEWS, hear);
	lws_smd_register(cx, "b", 0, NEWS | GOSSIP, hear);
	check(!lws_smd_msg_alloc(cx, NEWS, LWS_SMD_MAX_PAYLOAD + 1) && !lws_smd_msg_alloc(cx, NEWS, (size_t)-1),
	      "more than the longest message is refused");
	check(lws_smd_msg_printf(cx, NEWS, "%.*s", LWS_SMD_MAX_PAYLOAD + 1, big) == 1, "also when it is formatted");
	check(lws_smd_msg_printf(cx, NEWS, "%.*s", LWS_SMD_MAX_PAYLOAD, big) == 0, "the longest is sent");
	for (other = 0; other < 2 * QUEUE; other++)
		sent += !lws_smd_msg_printf(cx, NEWS, "m");
	check(sent == QUEUE - 1, "%d fit into the queue", sent + 1);
	message = lws_smd_msg_alloc(cx, NEWS, 1);
	check(message && lws_smd_msg_send(cx, message) == 1, "one more is refused");
	serve(0);
	heard[0] = 0;
	memcpy(message, "!", 1);
	check(lws_smd_msg_send(cx, message) == 0, "it is the caller's still, and is sent when there is room");
	serve(0);
	check(heard_is("a:100:! b:100:! "), "and heard");
	check(lws_smd_msg_send(cx, message) == 1, "not a second time");
	lws_smd_unregister(a);
	stop();
}

/* --- callbacks that do things ----------------------------------------------------------------------- */

static struct lws_smd_peer *first, *second;
static int left;

static int
act(void *opaque, lws_smd_class_t class, lws_usec_t timestamp, void *buf, size_t len)
{
	hear(opaque, class, timestamp, buf, len);
	switch (*(const char *)opaque) {
	case 's': /* sends once */
		if (left-- > 0)
			lws_smd_msg_printf(cx, GOSSIP, "more");
		break;
	case 'o': /* takes the other away, and itself */
		lws_smd_unregister(second);
		lws_smd_unregister(first);
		break;
	case 'e': /* never ends */
		left++;
		lws_smd_msg_printf(cx, NEWS, "again");
		heard[0] = 0;
		break;
	case 'r': /* registers another */
		if (left-- > 0)
			second = lws_smd_register(cx, "n", 0, NEWS, hear);
		break;
	case 'd':
		lws_context_destroy(cx);
		break;
	case 'n': /* a loop inside the loop */
		left = lws_service(cx, -1);
		break;
	}
	return 0;
}

static void
test_callbacks(void)
{
	start(settings(protocols));
	left = 1;
	first = lws_smd_register(cx, "s", 0, NEWS | GOSSIP, act);
	lws_smd_msg_printf(cx, NEWS, "one");
	lws_service(cx, -1);
	check(heard_is("s:100:one s:200:more "), "what a receiver sends is received in the same turn");
	lws_smd_unregister(first);

	first = lws_smd_register(cx, "o", 0, NEWS, act);
	second = lws_smd_register(cx, "x", 0, NEWS, hear);
	lws_smd_msg_printf(cx, NEWS, "one");
	lws_smd_msg_printf(cx, NEWS, "two");
	lws_service(cx, -1);
	check(heard_is("o:100:one "), "a receiver takes the other and itself away");

	first = lws_smd_register(cx, "r", 0, NEWS, act);
	left = 1;
	lws_smd_msg_printf(cx, NEWS, "one");
	lws_service(cx, -1);
	lws_smd_msg_printf(cx, NEWS, "two");
	lws_service(cx, -1);
	check(heard_is("r:100:one r:100:two n:100:two "), "a receiver registers another");
	lws_smd_unregister(first);
	lws_smd_unregister(second);

	first = lws_smd_register(cx, "e", 0, NEWS, act);
	left = 0;
	lws_smd_msg_printf(cx, NEWS, "one");
	check(lws_service(cx, 0) == 0 && lws_service(cx, 0) == 0 && left > QUEUE, "one that sends for ever does not hold the loop");
	lws_smd_unregister(first);

	first = lws_smd_register(cx, "n", 0, NEWS, act);
	lws_smd_msg_printf(cx, NEWS, "one");
	check(lws_service(cx, -1) == 0 && left == -1, "the loop is not entered again");
	lws_smd_unregister(first);

	first = lws_smd_register(cx, "d", 0, NEWS, act);
	lws_smd_msg_printf(cx, NEWS, "one");
	lws_smd_msg_printf(cx, NEWS, "two");
	heard[0] = 0;
	check(lws_service(cx, -1) == -1 && heard_is("d:100:one "), "the context is destroyed by a receiver");
	cx = NULL;
}

/* --- threads ---------------------------------------------------------------------------------------- */

static struct lws_context *shared;
static int next_of[THREADS], misplaced, total, callbacks_end;

static int
count(void *opaque, lws_smd_class_t class, lws_usec_t timestamp, void *buf, size_t len)
{
	int thread, number;

	(void)opaque;
	(void)class;
	(void)timestamp;
	(void)len;
	if (sscanf(buf, "%d %d", &thread, &number) != 2 || next_of[thread]++ != number)
		misplaced++;
	total++;
	return 0;
}

static void *
send_many(void *arg)
{
	int thread = (int)(intptr_t)arg, i;
	struct lws_smd_peer *mine;

	for (i = 0; i < EACH; i++) {
		while (lws_smd_msg_printf(shared, NEWS, "%d %d", thread, i))
			usleep(100);
		if (i % 100 == 0) { /* comes and goes meanwhile */
			mine = lws_smd_register(shared, NULL, 0, GOSSIP, count);
			lws_smd_unregister(mine);
		}
	}
	return NULL;
}

static void
test_threads(void)
{
	pthread_t threads[THREADS];
	double end;
	int i;

	start(settings(protocols));
	shared = cx;
	lws_smd_register(cx, NULL, 0, NEWS, count);
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, send_many, (void *)(intptr_t)i);
	end = seconds() + 4 * patience;
	while (total < THREADS * EACH && seconds() < end)
		lws_service(cx, 0); /* every message has to wake it */
	check(total == THREADS * EACH && !misplaced, "%d messages of %d threads, each thread's in order", total, THREADS);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	stop();
}

static int
slow(void *opaque, lws_smd_class_t class, lws_usec_t timestamp, void *buf, size_t len)
{
	(void)opaque;
	(void)class;
	(void)timestamp;
	(void)buf;
	(void)len;
	__atomic_store_n(&callbacks_end, 1, __ATOMIC_SEQ_CST);
	usleep(300000);
	__atomic_store_n(&callbacks_end, 2, __ATOMIC_SEQ_CST);
	return 0;
}

static void *
take_away(void *arg)
{
	while (__atomic_load_n(&callbacks_end, __ATOMIC_SEQ_CST) != 1)
		usleep(1000);
	lws_smd_unregister(arg);
	return __atomic_load_n(&callbacks_end, __ATOMIC_SEQ_CST) == 2 ? arg : NULL;
}

static void
test_wait(void)
{
	struct lws_smd_peer *peer;
	pthread_t thread;
	void *waited;

	start(settings(protocols));
	peer = lws_smd_register(cx, NULL, 0, NEWS, slow);
	pthread_create(&thread, NULL, take_away, peer);
	lws_smd_msg_printf(cx, NEWS, "one");
	lws_service(cx, -1);
	pthread_join(thread, &waited);
	check(waited != NULL, "another thread that takes a receiver away waits for its callback to end");
	stop();
}

/* --- ends ------------------------------------------------------------------------------------------- */

static void
test_ends(void)
{
	struct lws_context_creation_info info = settings(protocols);
	struct lws_context *dead;
	struct lws_smd_peer *peer, *gone;
	void *draft, *kept, *twice;
	int before = open_fds();

	info.early_smd_cb = hear;
	info.early_smd_opaque = (void *)"early";
	info.early_smd_class_filter = LWSSMDCL_SYSTEM_STATE;
	start(info);
	lws_service(cx, -1);
	check(strstr(heard, "early:2:{\"state\":\"INITIALIZED\"} ") == heard &&
		      strstr(heard, "{\"state\":\"POLICY_VALID\"} early:2:{\"state\":\"REGISTERED\"}") &&
		      strstr(heard, "{\"state\":\"OPERATIONAL\"} ") && !strstr(heard, "CONTEXT_CREATED"),
	      "the early receiver hears of the context's states");
	heard[0] = 0;
	peer = lws_smd_register(cx, "a", 0, NEWS, hear);
	gone = lws_smd_register(cx, "b", 0, NEWS, hear);
	lws_smd_unregister(gone);
	log_lines = 0;
	lws_smd_unregister(gone);
	lws_smd_unregister(NULL);
	lws_smd_unregister((struct lws_smd_peer *)&peer);
	check(log_lines == 2, "registrations that have ended, or never were, are told to the log");
	check(!lws_smd_register(cx, "a", 0, NEWS, NULL) && !lws_smd_register(cx, "a", LWSSMDREG_FLAG_PROXIED_SS, NEWS, hear),
	      "no callback, and proxied streams, are refused");
	draft = lws_smd_msg_alloc(cx, NEWS, 10);
	twice = draft;
	lws_smd_msg_free(&draft);
	check(!draft, "a message is given up");
	log_lines = 0;
	lws_smd_msg_free(&twice);
	lws_smd_msg_free(&draft);
	lws_smd_msg_free(NULL);
	check(!twice && log_lines == 1, "but once");
	check(lws_smd_msg_send(cx, NULL) == 1 && lws_smd_msg_send(cx, heard) == 1, "what is no message is not sent");
	check(!lws_smd_msg_alloc(NULL, NEWS, 1) && lws_smd_msg_printf(NULL, NEWS, "x") == 1 &&
		      !lws_smd_register(NULL, NULL, 0, NEWS, hear) && lws_smd_msg_send(NULL, heard) == 1,
	      "no context");
	kept = lws_smd_msg_alloc(cx, NEWS, 10);
	lws_smd_msg_printf(cx, NEWS, "never heard");
	dead = cx;
	stop();
	check(heard_is(""), "what waits when the context ends is dropped");
	check(!lws_smd_msg_alloc(dead, NEWS, 1) && lws_smd_msg_printf(dead, NEWS, "x") == 1 &&
		      !lws_smd_register(dead, NULL, 0, NEWS, hear) && lws_smd_msg_send(dead, kept) == 1,
	      "a dead context");
	log_lines = 0;
	lws_smd_unregister(peer);
	check(log_lines == 1, "its registrations have ended");
	lws_smd_msg_free(&kept);
	check(!kept && log_lines == 1, "a message that was not sent is given up after it");
	check(open_fds() == before, "no descriptor is left");
}

int
main(void)
{
	begin(60);
	test_classes();
	test_bounds();
	test_callbacks();
	test_threads();
	test_wait();
	test_ends();
	return finish();
}
