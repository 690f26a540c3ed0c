/*
 * A plain libwebsockets client that prints every callback it gets.
 *
 *     trace_client [setting=value ...]
 *
 * The driver (trace_client.py) plays the servers and the proxies. It orders connections on stdin:
 *
 *     connect NAME=VALUE ... REASON:ACTION ...
 *
 * where the names are members of struct lws_client_connect_info (see take_member).
 */
#include "trace_common.h"

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
static lws_retry_bo_t own_policy = { .secs_since_valid_ping = 1, .secs_since_valid_hangup = 2 };

struct order {
	struct lws_client_connect_info info;
	int give_user, want_pwsi;
	struct lws *pwsi;
};

/* NAME=VALUE; 0 when there is no such member. A member that is not named stays NULL or 0. */
static int take_member(struct order *o, const char *name, char *value)
{
	struct lws_client_connect_info *i = &o->info;
	struct { const char *name; const char **member; } texts[] = {
		{ "address", &i->address }, { "path", &i->path }, { "host", &i->host }, { "origin", &i->origin },
		{ "protocol", &i->protocol }, { "method", &i->method }, { "iface", &i->iface },
		{ "local", &i->local_protocol_name }, { "alpn", &i->alpn },
	};
	int number = atoi(value);

	for (size_t k = 0; k < LWS_ARRAY_SIZE(texts); k++)
		if (!strcmp(name, texts[k].name)) {
			unescape(value);
			*texts[k].member = value;
			return 1;
		}
	if (!strcmp(name, "port"))
		i->port = number;
	else if (!strcmp(name, "flags"))
		i->ssl_connection = number;
	else if (!strcmp(name, "version"))
		i->ietf_version_or_minus_one = number;
	else if (!strcmp(name, "vhost"))
		i->vhost = vhosts[number];
	else if (!strcmp(name, "parent"))
		i->parent_wsi = find_id(number);
	else if (!strcmp(name, "warm"))
		i->keep_warm_secs = (uint16_t)number;
	else if (!strcmp(name, "user"))
		o->give_user = number;
	else if (!strcmp(name, "opaque"))
		i->opaque_user_data = number ? (void *)o : NULL;
	else if (!strcmp(name, "policy"))
		i->retry_and_idle_policy = number ? &own_policy : NULL;
	else if (!strcmp(name, "pwsi"))
		o->want_pwsi = number;
	else if (!strcmp(name, "context"))
		i->context = number ? context : NULL;
	else
		return 0;
	return 1;
}

static char last_order[LINE];

static void connect_to(char *rest)
{
	static struct lws *const mark = (struct lws *)&own_policy;  /* "nothing was stored" */
	struct order o;
	struct lws *wsi;
	char *token, *save = NULL;

	memset(&o, 0, sizeof(o));
	memset(&next_actions, 0, sizeof(next_actions));
	o.info.context = context;
	o.pwsi = mark;
	for (token = strtok_r(rest, " ", &save); token; token = strtok_r(NULL, " ", &save)) {
		char *value = strchr(token, '=');

		if (add_action(&next_actions, token))
			continue;
		if (value)
			*value++ = '\0';
		if (!value || !take_member(&o, token, value)) {
			say("    unknown member %s", token);
			return;
		}
	}
	if (o.give_user)
		o.info.userdata = given_user[(last_id + 1) % MAX_CONNECTIONS];
	if (o.want_pwsi)
		o.info.pwsi = &o.pwsi;

	calling_connect++;
	wsi = lws_client_connect_via_info(&o.info);
	calling_connect--;
	if (wsi && !find(wsi))
		remember(wsi);                   /* no callback so far */
	say("    lws_client_connect_via_info = %s%s%s", who(wsi), o.want_pwsi ? ", *pwsi = " : "",
	    !o.want_pwsi ? "" : o.pwsi == mark ? "untouched" : who(o.pwsi));
	memset(&next_actions, 0, sizeof(next_actions));
}

static void connect_again(void)
{
	static char line[LINE];

	again = NULL;
	strcpy(line, last_order);
	connect_to(line);
}

static int obey_word(const char *word, char *rest)
{
	if (strcmp(word, "connect"))
		return 0;
	strcpy(last_order, rest);
	again = connect_again;
	connect_to(rest);
	return 1;
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
