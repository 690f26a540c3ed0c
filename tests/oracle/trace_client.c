/*
 * A plain libwebsockets client that prints every callback it gets.
 *
 *     trace_client [setting=value ...]
 *
 * The driver (trace_client.py) plays the servers and the proxies. It orders connections on stdin (see trace_connect.h).
 */
#include "trace_connect.h"

static int set_vhosts = 1;           /* 0: no vhost at all, 2: "a.test" and "b.test" */
static int set_rx;                   /* rx_buffer_size */
static int set_timeout;              /* timeout_secs */
static int set_connect_timeout;      /* connect_timeout_secs */
static int set_ahidle;               /* timeout_secs_ah_idle */
static int set_ping, set_hangup;     /* retry_and_idle_policy of the vhost */
static int set_utf8;                 /* LWS_SERVER_OPTION_VALIDATE_UTF8 */
static int set_head;                 /* max_http_header_data */
static int set_log;                  /* log level, to stderr */
static int set_port = CONTEXT_PORT_NO_LISTEN;
static int set_proxy_port;
static int set_deflate;              /* permessage-deflate */
static const char *set_proxy;        /* http_proxy_address */

static const struct setting settings[] = {
	{ "vhosts", &set_vhosts }, { "user", &set_user }, { "rx", &set_rx }, { "timeout", &set_timeout },
	{ "connect", &set_connect_timeout }, { "ahidle", &set_ahidle }, { "ping", &set_ping }, { "hangup", &set_hangup },
	{ "utf8", &set_utf8 }, { "head", &set_head }, { "log", &set_log }, { "port", &set_port },
	{ "proxyport", &set_proxy_port }, { "deflate", &set_deflate },
};

static const char *vhost_names[VHOSTS] = { "a.test", "b.test" };
static int obey_word(const char *word, char *rest)
{
	return obey_connect(word, rest);
}

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_max_window_bits" },
	{ NULL, NULL, NULL }
};

static int start(void)
{
	static lws_retry_bo_t policy;
	struct lws_context_creation_info info;

	fill_protocols(set_rx);
	memset(&info, 0, sizeof(info));
	info.port = set_port;
	info.protocols = protocols[0];
	info.timeout_secs = (unsigned int)set_timeout;
	info.connect_timeout_secs = (unsigned int)set_connect_timeout;
	info.timeout_secs_ah_idle = (unsigned int)set_ahidle;
	info.max_http_header_data = (unsigned short)set_head;
	info.http_proxy_address = set_proxy;
	info.http_proxy_port = (unsigned int)set_proxy_port;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	if (set_deflate)
		info.extensions = extensions;
	if (set_utf8)
		info.options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
	if (set_ping) {
		policy.secs_since_valid_ping = (uint16_t)set_ping;
		policy.secs_since_valid_hangup = (uint16_t)set_hangup;
		info.retry_and_idle_policy = &policy;
	}
	if (set_vhosts != 1)
		info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	context = lws_create_context(&info);
	if (!context)
		return -1;
	if (set_vhosts == 1)
		vhosts[0] = lws_get_vhost_by_name(context, "default");
	else
		for (int v = 0; v < set_vhosts; v++) {
			info.vhost_name = vhost_names[v];
			info.protocols = protocols[v];
			vhosts[v] = lws_create_vhost(context, &info);
			if (!vhosts[v])
				return -1;
		}
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "proxy=", 6))
			set_proxy = argv[i] + 6;
		else
			read_setting(settings, LWS_ARRAY_SIZE(settings), argv[i]);
	lws_set_log_level(set_log, NULL);
	say("== create");
	if (start() < 0) {
		say("port -1 0");
		return 1;
	}
	say("port 0 0");
	return run_until_destroyed();
}
