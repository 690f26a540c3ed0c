/*
 * threads: a WebSocket server whose work is done by other threads. A client sends
 * a number; a worker counts the primes below it, and the answer goes to that client.
 *
 *   cc threads.c -o threads $(pkg-config --cflags --libs netgraft) -lpthread
 *   ./threads PORT
 *
 * A worker holds a handle, not a pointer: if the client has left meanwhile, the answer is
 * dropped, and freed. No lock stands between the loop and the workers' answers.
 */
#include <libwebsockets.h>
#include <netgraft.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS 4

struct task {
	netgraft_conn client;
	unsigned long below, primes;
	struct task *next;
};

struct session {
	struct task *answers; /* to be written, newest first */
};

static volatile sig_atomic_t stop;
static struct task *tasks; /* for the workers, newest first */
static int over;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;

static void *worker(void *arg)
{
	(void)arg;
	for (;;) {
		struct task *task;
		unsigned long n, d;

		pthread_mutex_lock(&lock);
		while (!tasks && !over)
			pthread_cond_wait(&more, &lock);
		task = tasks;
		if (task)
			tasks = task->next;
		pthread_mutex_unlock(&lock);
		if (!task)
			return NULL;
		for (n = 2; n < task->below; n++) {
			for (d = 2; d * d <= n && n % d; d++)
				;
			task->primes += d * d > n;
		}
		/* from here on it is the loop's, or `free`'s, or still ours */
		if (netgraft_post(task->client, task, free))
			free(task);
	}
}

static int serve(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *session = user;
	struct task *task;
	char text[LWS_PRE + 64];
	int n;

	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		task = calloc(1, sizeof *task);
		task->client = netgraft_of_wsi(wsi);
		task->below = len < 8 ? strtoul(in, NULL, 10) : 1000000; /* the library ends it with a NUL */
		pthread_mutex_lock(&lock);
		task->next = tasks;
		tasks = task;
		pthread_cond_signal(&more);
		pthread_mutex_unlock(&lock);
		break;
	case LWS_CALLBACK_USER: /* what was posted */
		task = in;
		task->next = session->answers;
		session->answers = task;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!(task = session->answers))
			break;
		session->answers = task->next;
		n = snprintf(text + LWS_PRE, 64, "%lu primes below %lu", task->primes, task->below);
		free(task);
		if (lws_write(wsi, (unsigned char *)text + LWS_PRE, (size_t)n, LWS_WRITE_TEXT) < n)
			return -1;
		if (session->answers)
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLOSED:
		while ((task = session->answers)) {
			session->answers = task->next;
			free(task);
		}
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = { { .name = "primes", .callback = serve, .per_session_data_size = sizeof(struct session) }, { 0 } };

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_context *context;
	pthread_t threads[WORKERS];
	int i;

	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 8080;
	info.protocols = protocols;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = lws_create_context(&info);
	for (i = 0; context && i < WORKERS; i++)
		pthread_create(&threads[i], NULL, worker, NULL);
	while (context && !stop && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context); /* posts that come now are refused */
	pthread_mutex_lock(&lock);
	over = 1;
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&lock);
	for (i = 0; context && i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	return !context;
}
