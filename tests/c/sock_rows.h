/*
 * Tables of what sockets do: each row runs in a process of its own, so that one that never wakes ends with its row.
 * A row says in words what happened; the table prints
 *   NUMBER <tab> NAME <tab> WANTED <tab> WHAT HAPPENED
 * and leaves it to the reader (tests/oracle/semantics.py) to judge. Arguments: the numbers of the rows to run.
 */
#ifndef SOCK_ROWS_H
#define SOCK_ROWS_H

#include "sock.h"

struct row {
	const char *number, *name, *wanted;
	void (*run)(const void *arg);
	const void *arg;
};

#ifdef ON_ORIGINAL
#define ROW_LIMIT 4000 /* ms; many of its rows end so */
#else
#define ROW_LIMIT 20000
#endif

static char *said; /* shared with the process that prints */
#define SAID 1000

/* Adds to what happened. */
__attribute__((format(printf, 1, 2))) static inline void
say(const char *text, ...)
{
	size_t at = strlen(said);
	va_list ap;

	va_start(ap, text);
	vsnprintf(said + at, SAID - at, text, ap);
	va_end(ap);
}

/* --- threads that sleep in a call ------------------------------------------------------------------------ */

#define WAKES 250 /* ms within which a close has to wake */

struct sleeper {
	void (*call)(struct sleeper *me); /* writes into text what came of it */
	int fd, fd2;
	const void *arg;
	char text[80];
	pthread_t thread;
	int tid, done;
	double ended;
};

static inline void *
sleeper_main(void *arg)
{
	struct sleeper *me = arg;

	__atomic_store_n(&me->tid, (int)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	me->call(me);
	me->ended = now_ms();
	__atomic_store_n(&me->done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Is the thread asleep, and that for some while? */
static inline int
settled(const struct sleeper *s)
{
	char path[64], line[256];
	int i, asleep = 0;

	for (i = 0; i < 2000 && asleep < 10; i++) {
		FILE *f;
		char *p;

		if (__atomic_load_n(&s->done, __ATOMIC_SEQ_CST))
			return 0;
		usleep(1000);
		if (!__atomic_load_n(&s->tid, __ATOMIC_SEQ_CST))
			continue;
		snprintf(path, sizeof path, "/proc/self/task/%d/stat", s->tid);
		if (!(f = fopen(path, "r")))
			continue;
		p = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
		fclose(f);
		asleep = p && p[2] == 'S' ? asleep + 1 : 0;
	}
	return asleep >= 10;
}

static inline void
sleeper_start(struct sleeper *s, void (*call)(struct sleeper *), int fd)
{
	s->call = call;
	s->fd = fd;
	s->done = s->tid = 0;
	s->text[0] = 0;
	pthread_create(&s->thread, NULL, sleeper_main, s);
}

/* Waits up to `ms` for the end of its call. */
static inline int
sleeper_ended(struct sleeper *s, int ms)
{
	double until = now_ms() + ms;

	while (!__atomic_load_n(&s->done, __ATOMIC_SEQ_CST) && now_ms() < until)
		usleep(500);
	return __atomic_load_n(&s->done, __ATOMIC_SEQ_CST);
}

static inline void
outcome(struct sleeper *s, const char *what, long result)
{
	int error = errno;

	if (result < 0)
		snprintf(s->text, sizeof s->text, "%s", errno_name(error));
	else
		snprintf(s->text, sizeof s->text, "%s %ld", what, result);
}

/* the calls that most are in */
static char into[1 << 16];

static inline void
in_recv(struct sleeper *me)
{
	outcome(me, "received", recv(me->fd, into, sizeof into, 0));
}
static inline void
in_read(struct sleeper *me)
{
	outcome(me, "received", read(me->fd, into, sizeof into));
}
static inline void
in_readv(struct sleeper *me)
{
	struct iovec parts[2] = {{into, 1}, {into + 1, 100}};

	outcome(me, "received", readv(me->fd, parts, 2));
}
static inline void
in_close(struct sleeper *me)
{
	outcome(me, "closed", close(me->fd));
}

/* Closes from a thread of its own: the call may hang. What it answered is said unless it is 0 at once. */
static inline double
close_elsewhere(int fd)
{
	static struct sleeper closer;
	double begin = now_ms();

	sleeper_start(&closer, in_close, fd);
	if (!sleeper_ended(&closer, 2 * WAKES))
		say("close() hangs; ");
	else if (strcmp(closer.text, "closed 0") != 0)
		say("close(): %s; ", closer.text);
	return begin;
}

/* Says how the sleeper came out of its call after a close begun at `begin`. */
static inline int
say_woken(struct sleeper *s, double begin)
{
	if (!sleeper_ended(s, 2 * WAKES)) {
		say("sleeps on");
		return 0;
	}
	if (s->ended - begin > WAKES)
		say("%s after %.0f ms", s->text, s->ended - begin);
	else
		say("%s", s->text);
	return 1;
}

/* --- the table ----------------------------------------------------------------------------------------------- */

static inline void
run_row(const struct row *row)
{
	double until = now_ms() + ROW_LIMIT;
	int status = 0;
	pid_t child;

	memset(said, 0, SAID);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		face_begin();
		row->run(row->arg);
		_exit(0);
	}
	while (waitpid(child, &status, WNOHANG) == 0) {
		if (now_ms() > until) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			say("; never ends");
			status = 0;
		} else {
			usleep(1000);
			continue;
		}
		break;
	}
	if (WIFSIGNALED(status))
		say("%sdies of SIG%s", said[0] ? "; " : "", sigabbrev_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		say("%scannot be set up", said[0] ? "; " : "");
	printf("%s\t%s\t%s\t%s\n", row->number, row->name, row->wanted, said);
}

static inline int
run_table(const struct row *rows, size_t count, int argc, char **argv)
{
	struct rlimit no_core = {0, 0};
	size_t i;
	int k;

	setrlimit(RLIMIT_CORE, &no_core);
	said = mmap(NULL, SAID, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < count; i++) {
		for (k = 1; k < argc && strcmp(argv[k], rows[i].number) != 0; k++)
			;
		if (argc == 1 || k < argc)
			run_row(&rows[i]);
	}
	return 0;
}

#endif
