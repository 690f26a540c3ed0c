/* Command line, header names, vhost options, time. */
#include <libwebsockets.h>
#include <stdlib.h>
#include <time.h>
#include "leaf.h"

#define ARGS 6

static const char *lines[][ARGS] = {
	{ "p" }, { "p", "-p", "80" }, { "p", "-p80" }, { "p", "-p=80" }, { "p", "-p" }, { "p", "--port", "80" },
	{ "p", "--port=80" }, { "p", "--portal", "80" }, { "p", "x", "-p", "-p" }, { "p", "-p", "" },
	{ "p", "-pp", "a", "-p", "b" }, { "p", "-p", "1", "-p", "2" }, { "-p", "7" }, { "p", "-p=" }, { "p", "-p==" },
	{ "p", "-d", "15" }, { "p", "-d15" }, { "p", "-d" }, { "p", "-d", "0x1f" }, { "p", "-dx" }, { "p", "-D" },
	{ "p", "-d", "-5" }, { "p", "-d ", "3" }, { "p", "-d=3" }, { "p", "-d", "3", "-d", "5" }, { "p", "-d", "0" },
	{ "p", "-d", " 12x" }, { "p", "-d", "+9" }, { "p", "--udp-tx-loss", "5" }, { "p", "--udp-rx-loss=7" },
	{ "p", "--udp-tx-loss", "300", "-d", "1033" }, { "p", "--udp-tx-loss" },
};
static const char *const opts[] = { "-p", "-d", "--port", "-", "", "-pp", "p", "--" };

static void quiet(int level, const char *line)
{
	(void)level;
	(void)line;
}

int main(void)
{
	static const struct lws_protocol_vhost_options inner = { NULL, NULL, "inner", "i" };
	static const struct lws_protocol_vhost_options third = { NULL, NULL, "first", "shadowed" };
	static const struct lws_protocol_vhost_options second = { &third, &inner, "second", "" };
	static const struct lws_protocol_vhost_options first = { &second, NULL, "first", "1" };
	static const char *const names[] = { "first", "second", "inner", "", "firs", "first2", "FIRST" };
	const char *s;
	lws_usec_t us;
	int i, j, n;

	lws_set_log_level(0, quiet);

	for (i = 0; i < (int)LWS_ARRAY_SIZE(lines); i++) {
		struct lws_context_creation_info info;

		for (n = 0; n < ARGS && lines[i][n];)
			n++;
		for (j = 0; j < (int)LWS_ARRAY_SIZE(opts); j++) {
			s = lws_cmdline_option(n, lines[i], opts[j]);
			printf("option %d %s: %s\n", i, opts[j], s ? s : "(null)");
		}
		memset(&info, 0, sizeof(info));
		info.port = 7681;
		lws_cmdline_option_handle_builtin(n, lines[i], &info);
		printf("builtin %d: levels %x", i, (unsigned int)lwsl_visible(-1));
		for (j = 0; j < (int)sizeof(info); j++)
			if (((unsigned char *)&info)[j])
				printf(" %d=%02x", j, ((unsigned char *)&info)[j]);
		printf("\n");
	}

	for (i = -2; i < 200; i++) {
		const unsigned char *token = lws_token_to_string((enum lws_token_indexes)i);

		printf("token %d: ", i);
		if (token)
			show_bytes(token, strlen((const char *)token) + 1);
		printf("\n");
	}

	for (i = 0; i < (int)LWS_ARRAY_SIZE(names); i++) {
		const struct lws_protocol_vhost_options *pvo = lws_pvo_search(&first, names[i]);

		s = "unset";
		n = lws_pvo_get_str((void *)&first, names[i], &s);
		printf("pvo %s: %s %d %s\n", names[i], pvo ? pvo->value : "(null)", n, s);
		printf("pvo in none: %d\n", lws_pvo_search(NULL, names[i]) == NULL);
	}

	printf("seconds off by %d\n", labs((long)lws_now_secs() - (long)time(NULL)) > 1);
	us = lws_now_usecs();
	{
		struct timespec ts;

		clock_gettime(CLOCK_MONOTONIC, &ts);
		us -= (lws_usec_t)ts.tv_sec * LWS_US_PER_SEC + ts.tv_nsec / 1000;
		printf("monotonic clock: %d\n", us > -LWS_US_PER_SEC && us < LWS_US_PER_SEC);
	}

	return 0;
}
