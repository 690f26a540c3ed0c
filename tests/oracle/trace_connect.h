/*
 * What trace_client.c and trace_tls.c share: client connections that the driver orders on stdin:
 *
 *     connect NAME=VALUE ... REASON:ACTION ...
 *
 * where the names are members of struct lws_client_connect_info (see take_member).
 */
#ifndef TRACE_CONNECT_H
#define TRACE_CONNECT_H

#include "trace_common.h"

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

static int obey_connect(const char *word, char *rest)
{
	if (strcmp(word, "connect"))
		return 0;
	strcpy(last_order, rest);
	again = connect_again;
	connect_to(rest);
	return 1;
}

#endif
