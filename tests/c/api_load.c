/* Many connections: memory from wave to wave (S0.7), the limit on connections, no descriptors left, fork, locked memory. */
#include "harness.h"
#include <sys/mman.h>

#define WAVE 1000

static int established, closed;

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		established++;
		break;
	case LWS_CALLBACK_CLOSED:
		closed++;
		break;
	case LWS_CALLBACK_RECEIVE:
		return lws_write(wsi, in, len, LWS_WRITE_TEXT) < (int)len;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "l", on_ws, 1000, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

/* Dials `n` connections and asks for a WebSocket on each, without waiting for the answers. */
static void
ask_all(int *fd, int n, int port)
{
	int i;

	for (i = 0; i < n; i++) {
		fd[i] = dial(port);
		ws_ask(fd[i], "localhost", "l");
		if (i % 100 == 99)
			lws_service(cx, -1);
	}
}

static int
echoes(int fd)
{
	return !ws_put(fd, TEXT, "hello", 5) && ws_is(fd, TEXT, "hello");
}

static void
test_waves(void)
{
	static int fd[WAVE];
	int port = start(settings(protocols)), fds = open_fds(), wave, i, good;
	long empty = rss_kb(), top[4], after[4];

	for (wave = 0; wave < 4; wave++) {
		ask_all(fd, WAVE, port);
		for (i = good = 0; i < WAVE; i++)
			good += ws_accepted(fd[i]) && echoes(fd[i]);
		top[wave] = rss_kb();
		for (i = 0; i < WAVE; i++)
			(i % 2 ? (void)close(fd[i]) : reset(fd[i]));
		check(good == WAVE && UNTIL(closed == WAVE * (wave + 1)), "wave %d of %d connections", wave + 1, WAVE);
		serve(0.05);
		after[wave] = rss_kb();
	}
	printf("     RSS in KiB: empty %ld, with a wave %ld %ld %ld %ld, after it %ld %ld %ld %ld\n", empty, top[0], top[1],
	       top[2], top[3], after[0], after[1], after[2], after[3]);
	check(top[1] <= top[0] * 1.1 && top[3] <= top[0] * 1.1, "later waves cost nothing");
	check(after[1] <= after[0] * 1.1 && after[3] <= after[0] * 1.1, "and leave nothing");
	check(top[0] - empty < 4 * WAVE, "less than 4 KiB a connection, with 1000 bytes of its own (%.1f)",
	      (double)(top[0] - empty) / WAVE);
	check(UNTIL(open_fds() <= fds), "no descriptor is left (%d, %d before)", open_fds(), fds);
	stop();
}

static void
test_limit(void)
{
	struct lws_context_creation_info info = settings(protocols);
	int fd[30], port, i, good = 0;

	info.fd_limit_per_thread = 20;
	port = start(info);
	established = log_lines = 0;
	ask_all(fd, 30, port);
	serve(0.2);
	check(established <= 20 && established >= 15, "a limit of 20: %d of 30 are served", established);
	check(log_lines <= 3, "few lines in the log (%d)", log_lines);
	for (i = 0; i < 15; i++)
		close(fd[i]);
	check(UNTIL(established == 30), "when some end, the others have their turn (%d)", established);
	for (i = 15; i < 30; i++) {
		good += ws_accepted(fd[i]) && echoes(fd[i]);
		close(fd[i]);
	}
	check(good == 15, "and are served");
	stop();
}

static double
cpu(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	       (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* The process has no descriptor left. The clients are a process of their own. */
static void
test_exhaustion(void)
{
	struct rlimit old, few;
	int port = start(settings(protocols)), go[2], fd[40], i, good = 0, status = -1;
	double begin, used;
	pid_t child;
	char c;

	if (pipe(go))
		exit(1);
	established = 0;
	child = fork();
	if (!child) {
		cx = NULL;
		close(go[1]);
		patience = 10;
		for (i = 0; i < 40; i++)
			ws_ask(fd[i] = dial(port), "localhost", "l");
		if (read(go[0], &c, 1) != 1)
			_exit(2);
		for (i = 0; i < 20; i++)
			close(fd[i]);
		for (i = 20; i < 40; i++) {
			good += ws_accepted(fd[i]) && echoes(fd[i]);
			close(fd[i]);
		}
		_exit(good != 20);
	}
	getrlimit(RLIMIT_NOFILE, &old);
	few = old;
	few.rlim_cur = (rlim_t)open_fds() + 13;
	setrlimit(RLIMIT_NOFILE, &few);
	serve(0.5);
	log_lines = 0;
	begin = seconds();
	used = cpu();
	while (seconds() - begin < 1)
		if (lws_service(cx, 200))
			break;
	used = cpu() - used;
	check(established > 5 && established < 40, "no descriptors left: %d of 40 are served", established);
	check(used < 0.2, "the loop does not spin (%.3f s of CPU in a second)", used);
	check(log_lines <= 20, "nor does the log (%d lines a second)", log_lines);
	if (write(go[1], "x", 1) != 1)
		exit(1);
	UNTIL(waitpid(child, &status, WNOHANG) == child);
	setrlimit(RLIMIT_NOFILE, &old);
	check(status == 0, "when some end, the others are served (%d in all)", established);
	close(go[0]);
	close(go[1]);
	stop();
}

static void
test_fork(void)
{
	int port = start(settings(protocols)), fd = ws_open(port, "l"), status = -1, other;
	pid_t child = fork();

	if (!child) {
		int refused = lws_service(cx, -1) == -1 && lws_service(cx, 0) == -1;

		lws_context_destroy(cx);
		_exit(!refused);
	}
	UNTIL(waitpid(child, &status, WNOHANG) == child);
	check(status == 0, "after a fork the child may not serve, but may destroy");
	check(echoes(fd), "the parent's connection does not notice");
	other = ws_open(port, "l");
	check(other >= 0 && echoes(other), "and its port is still served");
	close(fd);
	close(other);
	stop();
}

/* What is only address space is not locked. A process of its own, because the space is reserved once. */
static void
test_locked(void)
{
	int status = -1;
	pid_t child = fork();

	if (!child) {
		double begin;

		if (mlockall(MCL_CURRENT | MCL_FUTURE))
			_exit(2);
		begin = seconds();
		start(settings(protocols));
		begin = seconds() - begin;
		stop();
		_exit(begin >= 0.3);
	}
	UNTIL(waitpid(child, &status, WNOHANG) == child);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 2) /* it is not allowed everywhere */
		check(status == 0, "a context takes no time under mlockall");
}

int
main(void)
{
	struct rlimit limit;

	begin(60);
	test_locked();
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
	setrlimit(RLIMIT_NOFILE, &limit);
	test_waves();
	test_limit();
	test_exhaustion();
	test_fork();
	return finish();
}
