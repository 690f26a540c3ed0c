/* A context's states and their observers, calls made in its loop, blobs, captive portals, and trying again. */
#include "harness.h"
#include <pthread.h>

static char seen[8192]; /* what happened, in order */
static int veto_target = -1, leave_at = -1, destroy_at = -1, climb_at = -1;
static lws_state_manager_t *machine;

__attribute__((format(printf, 1, 2))) static void
note(const char *format, ...)
{
	size_t n = strlen(seen);
	va_list ap;

	va_start(ap, format);
	vsnprintf(seen + n, sizeof seen - n, format, ap);
	va_end(ap);
}

static int
seen_is(const char *text)
{
	int same = !strcmp(seen, text);

	if (!same)
		printf("# seen \"%s\"\n", seen);
	seen[0] = 0;
	return same;
}

static lws_sorted_usec_list_t again_sul;
static uint16_t again_tries;
static void connect_again(lws_sorted_usec_list_t *sul);

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	static lws_sorted_usec_list_t sul;
	uint16_t tries = 0;

	switch (reason) {
	case LWS_CALLBACK_GET_THREAD_ID:
	case LWS_CALLBACK_PROTOCOL_INIT:
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		note("[%d]", reason);
		break;
	case LWS_CALLBACK_ESTABLISHED:
		note("[0:%d", lws_retry_sul_schedule_retry_wsi(wsi, &sul, (sul_cb_t)abort, &tries));
		note(",%d,%d]", tries, (int)((sul.us - lws_now_usecs() + 999) / 1000) > 50000);
		note("[%d,%d,%d]", lws_wsi_tx_credit(wsi, LWSTXCR_US_TO_PEER, 0), lws_wsi_tx_credit(wsi, LWSTXCR_PEER_TO_US, 9),
		     lws_h2_client_stream_long_poll_rxonly(wsi));
		lws_sul_cancel(&sul);
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		again_sul.us = 0;
		note("[error:%d]", lws_retry_sul_schedule_retry_wsi(wsi, &again_sul, connect_again, &again_tries));
		break;
	default:
		break;
	}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ "http", callback, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static int
observe(lws_state_manager_t *mgr, lws_state_notify_link_t *link, int current, int target)
{
	note("%s%d%c%d ", link->name, current, current == target ? '=' : '>', target);
	if (mgr != machine || mgr->state != current || lws_system_context_from_system_mgr(mgr) != mgr->context)
		note("BAD ");
	if (current == target)
		return 0;
	if (target == leave_at)
		lws_state_reg_deregister(link);
	if (target == destroy_at)
		lws_context_destroy(cx);
	if (target == climb_at) {
		climb_at = -1;
		lws_state_transition_steps(mgr, target + 2);
	}
	return target == veto_target;
}

static lws_state_notify_link_t a = { .notify_cb = observe, .name = "a" }, b = { .notify_cb = observe, .name = "b" };
static lws_state_notify_link_t *const observers[] = { &a, &b, NULL };

static int
start_observed(struct lws_context_creation_info info)
{
	int port;

	info.register_notifier_list = observers;
	seen[0] = 0;
	port = start(info);
	machine = lws_system_get_state_manager(cx);
	return port;
}

static void
test_states(void)
{
	lws_state_manager_t *dead;
	int i;

	for (i = 0; i < 2; i++) { /* the same observers again, as by a program that restarts its context */
		start_observed(settings(protocols));
		check(machine && machine->state == LWS_SYSTATE_CONTEXT_CREATED && machine->context == cx && seen_is(""),
		      "a new context: nobody is called");
		lws_service(cx, 0);
		check(seen_is("[31]b1>2 a1>2 b2=2 a2=2 b2>3 a2>3 b3=3 a3=3 b3>4 a3>4 b4=4 a4=4 b4>5 a4>5 b5=5 a5=5 "
			      "b5>6 a5>6 b6=6 a6=6 b6>7 a6>7 b7=7 a7=7 b7>8 a7>8 [27]b8=8 a8=8 b8>9 a8>9 b9=9 a9=9 "
			      "b9>10 a9>10 b10=10 a10=10 b10>11 a10>11 b11=11 a11=11 b11>12 a11>12 b12=12 a12=12 [71]"),
		      "the first turn: all states, with the protocols' begin on the way to POLICY_VALID");
		check(lws_service(cx, -1) == 0 && seen_is(""), "and nothing of it in the second");
		check(lws_state_transition(machine, LWS_SYSTATE_POLICY_INVALID) == 0 &&
			      seen_is("b12>13 a12>13 b13=13 a13=13 "), "a jump");
		check(lws_state_transition(machine, 14) == 1 && lws_state_transition(machine, -1) == 1 &&
			      lws_state_transition_steps(machine, 1 << 20) == 1 && machine->state == 13 && seen_is(""),
		      "states that there are not");
		dead = machine;
		stop();
		check(!a.list.owner && !b.list.owner && seen_is(""), "the observers are free again");
		log_lines = 0;
		check(lws_state_transition(dead, 5) == 1 && lws_state_transition_steps(dead, 5) == 1 &&
			      !lws_system_context_from_system_mgr(dead), "a machine whose context has ended");
		lws_state_reg_notifier(dead, &a);
		lws_state_reg_notifier_list(dead, observers);
		check(!a.list.owner && log_lines == 4, "gets no observers");
	}
	check(lws_state_transition(NULL, 1) == 1 && lws_state_transition_steps(NULL, 1) == 1 &&
		      !lws_system_context_from_system_mgr(NULL) && !lws_system_get_state_manager(NULL), "no machine");
	lws_state_reg_notifier(NULL, &a);
	lws_state_reg_deregister(NULL);
	check(!a.list.owner, "no observer");
}

static void
test_held(void)
{
	struct lws_context_creation_info info = settings(protocols);
	int port, fd;

	veto_target = LWS_SYSTATE_POLICY_VALID;
	port = start_observed(info);
	lws_service(cx, 0);
	check(machine->state == LWS_SYSTATE_CPD_POST_TIME && strstr(seen, "b7>8 [71]") && !strstr(seen, "[27]"),
	      "an observer that objects holds the states, and the protocols' begin");
	seen[0] = 0;
	serve(0.01);
	check(seen_is(""), "it is not asked again");
	info.vhost_name = "later";
	check(lws_create_vhost(cx, &info) != NULL && seen_is(""), "a vhost made meanwhile waits too");
	fd = ws_open(port, NULL);
	check(fd >= 0, "connections are served all the same");
	seen[0] = 0;
	lws_state_transition_steps(machine, LWS_SYSTATE_OPERATIONAL);
	check(seen_is("b7>8 "), "it objects again");
	veto_target = -1;
	lws_state_transition_steps(machine, LWS_SYSTATE_POLICY_VALID);
	check(seen_is("b7>8 a7>8 [27][27]b8=8 a8=8 "), "it lets go: both vhosts begin");
	lws_system_cpd_set(cx, LWS_CPD_INTERNET_OK);
	check(machine->state == LWS_SYSTATE_OPERATIONAL && strstr(seen, "a12=12 "), "word of the internet moves the states on");
	seen[0] = 0;
	info.vhost_name = "last";
	check(lws_create_vhost(cx, &info) != NULL && seen_is("[27]"), "a vhost made now begins at once");
	close(fd);
	stop();
}

static void
test_observers(void)
{
	start_observed(settings(protocols));
	leave_at = LWS_SYSTATE_INITIALIZED;
	lws_state_transition_steps(machine, LWS_SYSTATE_INITIALIZED);
	check(seen_is("b1>2 a1>2 ") && machine->state == 2 && !machine->notify_list.count, "observers that leave when they are asked");
	leave_at = -1;
	lws_state_reg_notifier(machine, &a);
	log_lines = 0;
	lws_state_reg_notifier(machine, &a);
	check(log_lines == 1 && machine->notify_list.count == 1, "one that is registered already");
	climb_at = LWS_SYSTATE_DHCP;
	lws_state_transition_steps(machine, LWS_SYSTATE_CPD_POST_TIME);
	check(machine->state == LWS_SYSTATE_CPD_POST_TIME &&
		      seen_is("a2>3 a3=3 a3>4 a3>4 a4=4 a4>5 a5=5 a5>6 a6=6 a6>7 a7=7 "), "one that climbs by itself");
	stop();

	start_observed(settings(protocols));
	destroy_at = LWS_SYSTATE_TIME_VALID;
	check(lws_service(cx, -1) == -1 && strstr(seen, "b5>6 ") && !strstr(seen, "a5>6 ") == 0 && !strstr(seen, "=6"),
	      "one that destroys the context");
	start_observed(settings(protocols));
	check(lws_state_transition_steps(machine, 7) == 0 && lws_state_transition(machine, 7) == 1,
	      "also when it is not called from the loop");
	destroy_at = -1;
	cx = NULL;
}

/* --- calls in the loop ------------------------------------------------------------------------------ */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int locked_calls, attached, again;
static pthread_t loop;

static int
attach(struct lws_context *context, int tsi, lws_attach_cb_t cb, lws_system_states_t state, void *opaque,
       struct lws_attach_item **get)
{
	int n;

	pthread_mutex_lock(&lock);
	locked_calls++;
	n = __lws_system_attach(context, tsi, cb, state, opaque, get);
	pthread_mutex_unlock(&lock);
	return n;
}

static const lws_system_ops_t ops = { .attach = attach };

static void
called(struct lws_context *context, int tsi, void *opaque)
{
	note("%s ", (const char *)opaque);
	if (context != cx || tsi || !pthread_equal(loop, pthread_self()))
		note("BAD ");
	attached++;
	if (again && *(const char *)opaque == 'e')
		__lws_system_attach(context, 0, called, LWS_SYSTATE_UNKNOWN, opaque, NULL);
}

static void *
attach_many(void *arg)
{
	int i;

	for (i = 0; i < 500; i++)
		while (ops.attach(arg, 0, called, LWS_SYSTATE_OPERATIONAL, "", NULL))
			usleep(100);
	return NULL;
}

static void
test_attach(void)
{
	struct lws_context_creation_info info = settings(protocols);
	struct lws_context *dead;
	struct lws_attach_item *item;
	pthread_t threads[3];
	double end;
	int i, with;

	loop = pthread_self();
	for (with = 0; with < 2; with++) {
		info.system_ops = with ? &ops : NULL;
		seen[0] = 0;
		start(info);
		check(lws_system_get_ops(cx) == info.system_ops, "the program's operations");
		check(!__lws_system_attach(cx, 0, called, LWS_SYSTATE_OPERATIONAL, "late", NULL) &&
			      !__lws_system_attach(cx, 0, called, LWS_SYSTATE_CONTEXT_CREATED, "soon", NULL) &&
			      !__lws_system_attach(cx, 0, called, LWS_SYSTATE_POLICY_INVALID, "never", NULL) && seen_is(""),
		      "calls wait for the loop");
		item = (struct lws_attach_item *)&item;
		lws_service(cx, 0);
		check(seen_is("[31]soon [27]late [71]"), "each is made when its state is reached");
		check(!__lws_system_attach(cx, 0, NULL, LWS_SYSTATE_UNKNOWN, NULL, &item) && !item, "no other is ready");
		attached = 0;
		for (i = 0; i < 3; i++)
			pthread_create(&threads[i], NULL, attach_many, cx);
		end = seconds() + 2 * patience;
		while (attached < 1500 && seconds() < end)
			lws_service(cx, 0); /* each has to wake it */
		for (i = 0; i < 3; i++)
			pthread_join(threads[i], NULL);
		check(attached == 1500 && !strstr(seen, "BAD"), "1500 calls from three threads");
		seen[0] = 0;
		attached = 0;
		again = 1;
		__lws_system_attach(cx, 0, called, LWS_SYSTATE_UNKNOWN, "e", NULL);
		check(!lws_service(cx, 0) && !lws_service(cx, 0) && attached > 2, "one that attaches itself for ever does not hold the loop");
		again = 0;
		for (i = 0; !__lws_system_attach(cx, 0, called, LWS_SYSTATE_POLICY_INVALID, "q", NULL); i++)
			;
		check(i > 4000 && i < 4200, "%d may wait", i);
		check(__lws_system_attach(cx, 1, called, 0, "x", NULL) == 1 && __lws_system_attach(cx, 0, NULL, 0, "x", NULL) == 1,
		      "no such thread, and no callback");
		dead = cx;
		stop();
		item = (struct lws_attach_item *)&item;
		check(__lws_system_attach(dead, 0, called, 0, "x", NULL) == 1 && __lws_system_attach(NULL, 0, called, 0, "x", &item) == 1 &&
			      !item && !lws_system_get_ops(dead), "a dead context, and none");
	}
	check(locked_calls > 1500, "the program's lock was used");
}

/* --- blobs, captive portals -------------------------------------------------------------------------- */

static int asked;

static int
look(struct lws_context *context)
{
	asked += context == cx;
	return 7;
}

static void
test_blobs(void)
{
	static const lws_system_ops_t portal = { .captive_portal_detect_request = look };
	struct lws_context_creation_info info = settings(protocols);
	struct lws_context *dead;
	lws_system_blob_t *blob;
	const uint8_t *p = NULL;
	uint8_t out[8];
	size_t len = 8;

	info.system_ops = &portal;
	start(info);
	blob = lws_system_get_blob(cx, LWS_SYSBLOB_TYPE_DEVICE_SERIAL, 0);
	check(blob && !lws_system_get_blob(cx, LWS_SYSBLOB_TYPE_DEVICE_SERIAL, 1) &&
		      !lws_system_get_blob(cx, LWS_SYSBLOB_TYPE_AUTH, 2) && !lws_system_get_blob(cx, LWS_SYSBLOB_TYPE_COUNT, 0) &&
		      !lws_system_get_blob(cx, 1, 0), "there are no others");
	lws_system_blob_heap_append(blob, (const uint8_t *)"ab", 2);
	lws_system_blob_heap_append(blob, (const uint8_t *)"cde", 3);
	check(!lws_system_blob_heap_append(blob, NULL, 0) && lws_system_blob_heap_append(blob, NULL, 1) == -1 &&
		      !lws_system_blob_get_single_ptr(blob, &p) && !memcmp(p, "abcde", 5), "what is appended is in one piece");
	lws_system_blob_direct_set(blob, (const uint8_t *)"direct", 6);
	check(lws_system_blob_heap_append(blob, (const uint8_t *)"x", 1) == -1, "nothing is appended to the program's memory");
	lws_system_blob_heap_empty(blob);
	check(lws_system_blob_get_size(blob) == 6, "which only destroy forgets");
	lws_system_blob_destroy(blob);
	check(lws_system_blob_get_size(blob) == 0, "so");
	lws_system_blob_direct_set(blob, NULL, 9);
	check(lws_system_blob_get_size(blob) == 0 && lws_system_blob_get(blob, out, &len, 0) == 1 && len == 0, "null is no bytes");
	lws_system_blob_heap_append(lws_system_get_blob(cx, LWS_SYSBLOB_TYPE_AUTH, 0), (const uint8_t *)"left", 4);

	check(lws_system_cpd_start(cx) == 7 && asked == 1 && lws_system_cpd_state_get(cx) == LWS_CPD_UNKNOWN,
	      "the program is asked to look for a captive portal");
	log_lines = 0;
	lws_system_cpd_set(cx, (lws_cpd_result_t)4);
	check(lws_system_cpd_state_get(cx) == LWS_CPD_UNKNOWN && log_lines == 1, "a result that there is not");
	lws_system_cpd_set(cx, LWS_CPD_CAPTIVE_PORTAL);
	lws_system_cpd_set(cx, LWS_CPD_INTERNET_OK);
	check(lws_system_cpd_state_get(cx) == LWS_CPD_CAPTIVE_PORTAL, "the first result counts");
	dead = cx;
	stop();
	len = 8;
	check(!lws_system_blob_get_size(blob) && lws_system_blob_get_single_ptr(blob, &p) == -1 &&
		      lws_system_blob_get(blob, out, &len, 0) == -1 && lws_system_blob_heap_append(blob, out, 1) == -1 &&
		      !lws_system_get_blob(dead, 0, 0), "blobs of a context that has ended");
	lws_system_blob_direct_set(blob, out, 1);
	lws_system_blob_heap_empty(blob);
	lws_system_blob_destroy(blob);
	lws_system_cpd_set(dead, LWS_CPD_INTERNET_OK);
	check(lws_system_cpd_start(dead) == -1 && lws_system_cpd_state_get(dead) == LWS_CPD_UNKNOWN &&
		      lws_system_blob_get(NULL, NULL, NULL, 0) == -1 && lws_system_blob_get_size(NULL) == 0, "and nulls");
}

/* --- trying again ------------------------------------------------------------------------------------ */

static int fired;

static void
fire(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	fired++;
}

static void
test_retry(void)
{
	static const uint32_t table[] = { 20, 40, 60000 };
	static const lws_retry_bo_t policy = { .retry_ms_table = table, .retry_ms_table_count = 3, .conceal_count = 3, .jitter_percent = 1 };
	struct lws_context_creation_info info = settings(protocols);
	lws_sorted_usec_list_t sul;
	lws_retry_bo_t other = policy;
	uint16_t tries = 0;
	double begun;
	char conceal = 9;
	int port, fd;
	unsigned int ms;

	memset(&sul, 0, sizeof sul);
	info.retry_and_idle_policy = &policy;
	port = start(info);
	begun = seconds();
	check(!lws_retry_sul_schedule(cx, 0, &sul, &policy, fire, &tries) && tries == 1 && UNTIL(fired == 1) &&
		      seconds() - begun >= 0.019, "after the first delay it is called");
	begun = seconds();
	check(!lws_retry_sul_schedule(cx, 0, &sul, &policy, fire, &tries) && tries == 2 && UNTIL(fired == 2) &&
		      seconds() - begun >= 0.039, "after the second again");
	check(!lws_retry_sul_schedule(cx, 0, &sul, &policy, fire, &tries) && sul.us - lws_now_usecs() > 59000000, "the third is long");
	lws_sul_cancel(&sul);
	check(lws_retry_sul_schedule(cx, 0, &sul, &policy, fire, &tries) == 1 && tries == 4 && !sul.list.owner,
	      "then the failures are told");
	tries = 0;
	check(lws_retry_sul_schedule(cx, 0, &sul, NULL, fire, &tries) == 1 && tries == 1, "no policy conceals nothing");
	ms = lws_retry_get_delay_ms(cx, NULL, &tries, &conceal);
	check(ms >= 3000 && ms < 3900 && !conceal && tries == 2, "its delay is 3 s");
	other.conceal_count = LWS_RETRY_CONCEAL_ALWAYS;
	tries = 65535;
	ms = lws_retry_get_delay_ms(NULL, &other, &tries, &conceal);
	check(ms >= 60000 && ms < 60600 && conceal && tries == 65535, "the count stays at its end");
	other.retry_ms_table = NULL;
	check(lws_retry_get_delay_ms(cx, &other, NULL, NULL) >= 3000, "no table, no counter");
	log_lines = 0;
	tries = 0;
	check(lws_retry_sul_schedule(NULL, 0, &sul, &policy, fire, &tries) == 1 && lws_retry_sul_schedule(cx, 1, &sul, &policy, fire, &tries) == 1 &&
		      lws_retry_sul_schedule(cx, 0, NULL, &policy, fire, &tries) == 1 &&
		      lws_retry_sul_schedule(cx, 0, &sul, &policy, NULL, &tries) == 1 &&
		      lws_retry_sul_schedule(cx, 0, &sul, &policy, fire, NULL) == 1 && lws_retry_sul_schedule_retry_wsi(NULL, &sul, fire, &tries) == 1 &&
		      tries == 0 && log_lines >= 5, "null arguments");
	check(lws_wsi_tx_credit(NULL, 0, 1) == 0 && lws_h2_client_stream_long_poll_rxonly(NULL) == 1, "no connection");
	serve(0);
	seen[0] = 0;
	fd = ws_open(port, NULL);
	check(fd >= 0 && UNTIL(seen[0]) && seen_is("[0:0,1,0][0,0,1]"), "a connection goes by its vhost's policy; it has no HTTP/2 credit");
	close(fd);
	stop();

	seen[0] = 0;
	port = start(settings(protocols));
	fd = ws_open(port, NULL);
	check(fd >= 0 && UNTIL(strstr(seen, "[0:")) && strstr(seen, "[0:0,1,0]"), "or by the default");
	close(fd);
	stop();
}

static int closed_port;

static void
connect_again(lws_sorted_usec_list_t *sul)
{
	static const uint32_t table[] = { 10, 20 };
	static const lws_retry_bo_t own = { .retry_ms_table = table, .retry_ms_table_count = 2, .conceal_count = 3, .jitter_percent = 1 };
	struct lws_client_connect_info info;

	(void)sul;
	memset(&info, 0, sizeof info);
	info.context = cx;
	info.address = info.host = info.origin = "127.0.0.1";
	info.port = closed_port;
	info.path = "/";
	info.protocol = "http";
	info.retry_and_idle_policy = &own;
	lws_client_connect_via_info(&info);
}

static void
test_reconnect(void)
{
	struct lws_context_creation_info info = settings(protocols);
	struct sockaddr_in bound = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof bound;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* bound, but not listening: nobody else gets the port meanwhile */
	bind(fd, (struct sockaddr *)&bound, len);
	getsockname(fd, (struct sockaddr *)&bound, &len);
	closed_port = ntohs(bound.sin_port);
	info.port = CONTEXT_PORT_NO_LISTEN;
	cx = lws_create_context(&info);
	serve(0);
	seen[0] = 0;
	connect_again(NULL);
	check(UNTIL(again_tries == 4) && seen_is("[error:0][error:0][error:0][error:1]"),
	      "a client that cannot connect tries again by its own policy, and then gives up");
	stop();
	close(fd);
}

int
main(void)
{
	begin(60);
	test_states();
	test_held();
	test_observers();
	test_attach();
	test_blobs();
	test_retry();
	test_reconnect();
	return finish();
}
