/* Logging: levels, lines, their length, the ready-made destinations. Prints the same on every implementation. */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include <libwebsockets.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A timestamp reads differently each time: show its shape only. */
static void show(const char *s)
{
	for (; *s; s++)
		if (*s >= '0' && *s <= '9')
			putchar('#');
		else if (*s == '\n')
			printf("\\n");
		else
			putchar(*s);
	putchar('\n');
}

static void emit(int level, const char *line)
{
	size_t n = strlen(line);

	printf("emit %d len %d: ", level, (int)n);
	if (n > 80)
		printf(".. %s\n", line + n - 20);
	else
		printf("%s|\n", line);
}

/* Called from inside the emit function: nothing may be locked there. */
static void emit_nested(int level, const char *line)
{
	static int depth;

	printf("nested %d: %s", level, line);
	if (depth++ < 2)
		_lws_log(LLL_ERR, "from inside %d\n", depth);
	depth--;
	lws_set_log_level(LLL_ERR, emit);
}

/* Takes the place of libc's: what lwsl_emit_syslog() sends is seen here. */
void syslog(int priority, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	printf("syslog %d ", priority);
	vprintf(format, ap);
	printf("|\n");
	va_end(ap);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list ap;

	(void)flag;
	va_start(ap, format);
	printf("syslog %d ", priority);
	vprintf(format, ap);
	printf("|\n");
	va_end(ap);
}



static void through_v(int level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	_lws_logv(level, format, ap);
	va_end(ap);
}

/* What reaches stderr, with the time's digits hidden. */
static void stderr_part(void)
{
	char buf[8192], path[] = "/tmp/leaf_log.XXXXXX";
	int fd = mkstemp(path), keep = dup(2), i;
	ssize_t n;

	dup2(fd, 2);
	_lws_log(LLL_ERR, "default destination\n");
	_lws_log(LLL_NOTICE, "no newline");
	_lws_log(LLL_INFO, "off at the start\n");
	_lws_log(LLL_WARN | LLL_INFO, "two bits\n");
	_lws_log(0, "no bit\n");
	lws_set_log_level(0xffff, NULL);
	for (i = 0; i < 16; i++)
		_lws_log(1 << i, "bit %d\n", i);
	lwsl_emit_stderr(LLL_ERR, "direct\n");
	lwsl_emit_stderr(3, "two bits direct\n");
	lwsl_emit_stderr(0, "");
	lwsl_emit_stderr_notimestamp(LLL_ERR, "direct, no time\n");
	lwsl_emit_stderr_notimestamp(1 << 14, "x");
	fprintf(stderr, "|the program's own\n");
	_lws_log(LLL_USER, "after it\n");

	lseek(fd, 0, SEEK_SET);
	n = read(fd, buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = '\0';
	dup2(keep, 2);
	close(fd);
	unlink(path);
	show(buf);
}

/* As show(), but colours keep their digits. */
static void show_colours(char *s)
{
	char *time;

	while ((time = strstr(s, "[20"))) {
		printf("%.*s", (int)(time - s), s);
		s = time + strcspn(time, "]");
		printf("TIME");
	}
	printf("%s\n", s);
}

/* The same on a terminal, which is asked for once: so in a process that has not logged yet. */
static void terminal_part(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), i;
	char buf[8192];
	ssize_t n, got = 0;
	pid_t pid;

	grantpt(master);
	unlockpt(master);
	pid = fork();
	if (!pid) {
		dup2(open(ptsname(master), O_RDWR | O_NOCTTY), 2);
		lws_set_log_level(0xfff, NULL);
		for (i = 0; i < 12; i++)
			_lws_log(1 << i, "bit %d\n", i);
		_lws_log(LLL_WARN | LLL_INFO, "two bits\n");
		lwsl_emit_stderr(LLL_ERR, "no newline");
		lwsl_emit_stderr_notimestamp(LLL_NOTICE, "no time\n");
		fprintf(stderr, "~");
		/* stay, or what was not yet read is lost */
		pause();
	}
	while (got < (ssize_t)sizeof(buf) - 1 && !memchr(buf, '~', (size_t)got)) {
		n = read(master, buf + got, sizeof(buf) - 1 - (size_t)got);
		if (n <= 0)
			break;
		got += n;
	}
	buf[got] = '\0';
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(master);
	for (i = 0; i < got; i++)
		if (buf[i] == 27)
			buf[i] = '^';
	show_colours(buf);
}

int main(void)
{
	static const int lens[] = { 1, 2, 200, 250, 251, 252, 253, 254, 255, 256, 257, 258, 300, 511, 512, 1023, 4096, 70000 };
	static char big[70001];
	static unsigned char bytes[70000];
	size_t i, j;
	char p[64];

	for (i = 0; i < 16; i++)
		printf("visible %d: %d\n", (int)i, lwsl_visible(1 << i));
	printf("visible all: %d\n", lwsl_visible(-1));

	fflush(stdout);
	terminal_part();
	stderr_part();

	lws_set_log_level(LLL_ERR | LLL_USER, emit);
	printf("visible all: %d\n", lwsl_visible(-1));
	_lws_log(LLL_ERR, "numbers %d %s %c %5.2f %lld %p %zu\n", 42, "text", 'c', 3.14159, 1LL << 40, (void *)0x1234, sizeof(int));
	_lws_log(LLL_ERR, "many %d %d %d %d %d %d %d %d %d %f %f %f %f %f %f %f %f %f\n", 1, 2, 3, 4, 5, 6, 7, 8, 9,
		 1., 2., 3., 4., 5., 6., 7., 8., 9.);
	through_v(LLL_USER, "through %s %d\n", "va_list", 7);
	_lws_log(LLL_WARN, "off\n");
	_lws_log(LLL_ERR, "%s", "");
	_lws_log(LLL_ERR, "two\nlines\n");
	_lws_log(LLL_ERR | LLL_WARN, "half on\n");
	lws_set_log_level(LLL_WARN, NULL);
	_lws_log(LLL_ERR, "off\n");
	_lws_log(LLL_WARN, "the function is kept\n");

	for (i = 0; i < LWS_ARRAY_SIZE(lens); i++) {
		memset(big, 'a', sizeof(big));
		for (j = 0; j < sizeof(big); j++)
			big[j] = (char)('a' + j % 26);
		big[lens[i]] = '\0';
		_lws_log(LLL_WARN, "%s", big);
		big[lens[i] - 1] = '\n';
		_lws_log(LLL_WARN, "%s", big);
	}

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7 + i / 256);
	lws_set_log_level(LLL_DEBUG | LLL_NOTICE, emit);
	for (i = 0; i < 40; i++)
		lwsl_hexdump_level(LLL_NOTICE, bytes, i);
	lwsl_hexdump_level(LLL_NOTICE, bytes, 256);
	lwsl_hexdump_level(LLL_ERR, bytes, 10);
	lwsl_hexdump_level(LLL_ERR | LLL_NOTICE, bytes, 10);
	lwsl_hexdump(bytes, 20);
	lwsl_hexdump_level(LLL_NOTICE, NULL, 0);
	lwsl_hexdump_level(LLL_NOTICE, bytes, sizeof(bytes));

	for (i = 0; i < 18; i++)
		for (j = 1; j < sizeof(p); j++) {
			memset(p, '~', sizeof(p));
			printf("timestamp %d %d: %d ", (int)i, (int)j,
			       lwsl_timestamp(i == 17 ? 0 : i == 16 ? 3 : 1 << i, p, (int)j));
			show(p);
		}

	for (i = 0; i < 16; i++)
		lwsl_emit_syslog(1 << i, "a line\n");
	lwsl_emit_syslog(3, "%s %n\n");
	lwsl_emit_syslog(0, "");

	lws_set_log_level(LLL_ERR, emit_nested);
	_lws_log(LLL_ERR, "outer\n");
	_lws_log(LLL_ERR, "after\n");

	return 0;
}
