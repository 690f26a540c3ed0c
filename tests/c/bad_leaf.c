/* Null and senseless arguments. The original crashes on many of these, so this runs on ours only: each call has a
 * defined answer, and the program reaches its end. */
#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>

static int failures, lines;

static void emit(int level, const char *line)
{
	(void)level;
	(void)line;
	lines++;
}

#define IS(expr) \
	do { \
		if (!(expr)) { \
			printf("%d: %s\n", __LINE__, #expr); \
			failures++; \
		} \
	} while (0)

static void logging(void)
{
	const char *volatile none = NULL;
	char p[8];

	_lws_log(LLL_ERR, none, 1, 2);
	IS(lines == 1);
	lines = 0;
	lwsl_hexdump_level(LLL_ERR, NULL, 10);
	IS(lines == 1);
	lwsl_emit_stderr(LLL_ERR, NULL);
	lwsl_emit_stderr_notimestamp(LLL_ERR, NULL);
	lwsl_emit_syslog(LLL_ERR, NULL);
	IS(lwsl_timestamp(LLL_ERR, NULL, 10) == 0);
	IS(lwsl_timestamp(LLL_ERR, p, 0) == 0);
	IS(lwsl_timestamp(LLL_ERR, p, -1) == 0);
	IS(lwsl_timestamp(LLL_ERR, p, 1) == 1 && !p[0]);
}

int main(void)
{
	lws_set_log_level(LLL_ERR | LLL_WARN, emit);
	logging();

	return !!failures;
}
