/*
 * A plain libwebsockets program that speaks TLS, as server or as client, and prints every callback it gets.
 *
 *     trace_tls [setting=value ...] [b.setting=value ...]
 *
 * Settings are those of the first vhost ("a.test") and, with b. in front, of a second one ("b.test"): see take_setting.
 * Orders from the driver (trace_tls.py) on stdin, apart from those of trace_common.h and trace_connect.h:
 *
 *     actions REASON:ACTION ...         of the connections that come next
 *     tls N                             what the library says about connection N
 *     cert N                            about its peer's certificate
 *     vhostcert N                       about a vhost's own
 *     make vhost|context NAME=VALUE ... creates one; a context is destroyed again
 *     x509 FILE [TRUSTED NAME]          lws_x509_*
 *     updated CERT KEY                  lws_tls_cert_updated; - for NULL
 *     clientssl N NAME=VALUE ...        lws_init_vhost_client_ssl
 */
#include "trace_connect.h"
#include <fcntl.h>
#include <sys/stat.h>

static int set_log;
static int vhost_count = 1;
static struct lws_context_creation_info infos[VHOSTS];
static const char *vhost_names[VHOSTS] = { "a.test", "b.test" };

static const struct { const char *name; uint64_t bits; } options[] = {
	{ "global", LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT },
	{ "clientcert", LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT },
	{ "notrequired", LWS_SERVER_OPTION_PEER_CERT_NOT_REQUIRED },
	{ "nonssl", LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT },
	{ "redirect", LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS },
	{ "http", LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER },
	{ "fallback", LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG },
	{ "onlyraw", LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG },
	{ "noosca", LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS },
	{ "sts", LWS_SERVER_OPTION_STS },
	{ "missing", LWS_SERVER_OPTION_IGNORE_MISSING_CERT },
	{ "createctx", LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX },
	{ "ecdh", LWS_SERVER_OPTION_SSL_ECDH },
};

static void *load(const char *path, size_t *len)
{
	struct stat st;
	char *bytes;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st))
		exit(3);
	bytes = malloc((size_t)st.st_size + 1);
	if (read(fd, bytes, (size_t)st.st_size) != st.st_size)
		exit(3);
	bytes[st.st_size] = '\0';
	close(fd);
	*len = (size_t)st.st_size;
	return bytes;
}

/* NAME=VALUE; 0 when there is no such setting. NAME@=FILE gives the file's bytes as memory. */
static int take_setting(struct lws_context_creation_info *i, const char *name, const char *value)
{
	struct { const char *name; const char **member; } texts[] = {
		{ "cert", &i->ssl_cert_filepath }, { "key", &i->ssl_private_key_filepath }, { "ca", &i->ssl_ca_filepath },
		{ "password", &i->ssl_private_key_password }, { "ciphers", &i->ssl_cipher_list },
		{ "ciphers13", &i->tls1_3_plus_cipher_list }, { "alpn", &i->alpn }, { "ecdh", &i->ecdh_curve },
		{ "clientcert", &i->client_ssl_cert_filepath }, { "clientkey", &i->client_ssl_private_key_filepath },
		{ "clientca", &i->client_ssl_ca_filepath }, { "clientpassword", &i->client_ssl_private_key_password },
		{ "clientciphers", &i->client_ssl_cipher_list }, { "clientciphers13", &i->client_tls_1_3_plus_cipher_list },
		{ "role", &i->listen_accept_role }, { "accept", &i->listen_accept_protocol }, { "vhostname", &i->vhost_name },
	};
	struct { const char *name; const void **member; unsigned int *len; } memory[] = {
		{ "cert@", &i->server_ssl_cert_mem, &i->server_ssl_cert_mem_len },
		{ "key@", &i->server_ssl_private_key_mem, &i->server_ssl_private_key_mem_len },
		{ "ca@", &i->server_ssl_ca_mem, &i->server_ssl_ca_mem_len },
		{ "clientcert@", &i->client_ssl_cert_mem, &i->client_ssl_cert_mem_len },
		{ "clientkey@", &i->client_ssl_key_mem, &i->client_ssl_key_mem_len },
		{ "clientca@", &i->client_ssl_ca_mem, &i->client_ssl_ca_mem_len },
	};
	size_t len;

	for (size_t k = 0; k < LWS_ARRAY_SIZE(texts); k++)
		if (!strcmp(name, texts[k].name)) {
			*texts[k].member = strdup(value);
			return 1;
		}
	for (size_t k = 0; k < LWS_ARRAY_SIZE(memory); k++)
		if (!strcmp(name, memory[k].name)) {
			*memory[k].member = load(value, &len);
			*memory[k].len = (unsigned int)len;
			return 1;
		}
	if (!strcmp(name, "port"))
		i->port = atoi(value);
	else if (!strcmp(name, "timeout"))
		i->timeout_secs = (unsigned int)atoi(value);
	else if (!strcmp(name, "ahidle"))
		i->timeout_secs_ah_idle = (unsigned int)atoi(value);
	else if (!strcmp(name, "connecttimeout"))
		i->connect_timeout_secs = (unsigned int)atoi(value);
	else if (!strcmp(name, "infomask"))
		i->ssl_info_event_mask = atoi(value);
	else if (!strcmp(name, "restrict"))
		i->simultaneous_ssl_restriction = atoi(value);
	else if (!strcmp(name, "optset"))
		i->ssl_options_set = strtol(value, NULL, 0);
	else if (!strcmp(name, "optclear"))
		i->ssl_options_clear = strtol(value, NULL, 0);
	else if (!strcmp(name, "clientoptset"))
		i->ssl_client_options_set = strtol(value, NULL, 0);
	else if (!strcmp(name, "options")) {
		for (size_t k = 0; k < LWS_ARRAY_SIZE(options); k++) {
			const char *found = strstr(value, options[k].name);
			size_t n = strlen(options[k].name);

			if (found && (found == value || found[-1] == ',') && (!found[n] || found[n] == ','))
				i->options |= options[k].bits;
		}
	} else
		return 0;
	return 1;
}

static int take_settings(struct lws_context_creation_info *i, char *rest)
{
	char *save = NULL, *token;

	for (token = strtok_r(rest, " ", &save); token; token = strtok_r(NULL, " ", &save)) {
		char *value = strchr(token, '=');

		if (value)
			*value++ = '\0';
		if (!value)
			return 0;
		unescape(value);
		if (!take_setting(i, token, value)) {
			say("    unknown setting %s", token);
			return 0;
		}
	}
	return 1;
}

/* ---- certificates ---- */

static const char *const info_names[] = {
	"from", "to", "common name", "issuer", "usage", "verified", "public key",
};

static void print_info_result(int type, int r, union lws_tls_cert_info_results *out)
{
	if (r)
		say("    %s = %d", info_names[type], r);
	else if (type == LWS_TLS_CERT_INFO_VALIDITY_FROM || type == LWS_TLS_CERT_INFO_VALIDITY_TO)
		say("    %s = 0, %lld", info_names[type], (long long)out->time);
	else if (type == LWS_TLS_CERT_INFO_VERIFIED || type == LWS_TLS_CERT_INFO_USAGE)
		say("    %s = 0, %u", info_names[type], out->verified);
	else if (type == LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY)
		say("    %s = 0, %d bytes %s", info_names[type], out->ns.len, show(out->ns.name, (size_t)(out->ns.len > 24 ? 24 : out->ns.len)));
	else
		say("    %s = 0, %d %s", info_names[type], out->ns.len, show(out->ns.name, strlen(out->ns.name)));
}

#define ALL_TYPES(call) \
	for (int type = 0; type < 7; type++) { \
		char big[2048]; \
		union lws_tls_cert_info_results *out = (union lws_tls_cert_info_results *)big; \
		size_t room = sizeof(big) - sizeof(*out) + sizeof(out->ns.name); \
		memset(big, 0, sizeof(big)); \
		print_info_result(type, (call), out); \
	}

static void peer_cert(struct lws *wsi)
{
	union lws_tls_cert_info_results small;

	ALL_TYPES(lws_tls_peer_cert_info(wsi, (enum lws_tls_cert_info)type, out, room))
	memset(&small, 0, sizeof(small));
	say("    common name into 4 bytes = %d", lws_tls_peer_cert_info(wsi, LWS_TLS_CERT_INFO_COMMON_NAME, &small, 4));
	memset(&small, 0, sizeof(small));
	say("    public key into 4 bytes = %d, len %d",
	    lws_tls_peer_cert_info(wsi, LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY, &small, 4), small.ns.len);
}

static void x509(char *rest)
{
	char *save = NULL, *path = strtok_r(rest, " ", &save), *trusted = strtok_r(NULL, " ", &save), *name = strtok_r(NULL, " ", &save);
	struct lws_x509_cert *x = NULL, *t = NULL;
	size_t len;
	void *pem = load(path, &len);
	int parsed = lws_x509_create(&x);

	say("    lws_x509_create = %d, %s", parsed, x ? "set" : "null");
	parsed = lws_x509_parse_from_pem(x, pem, len + 1);       /* the NUL counts */
	say("    lws_x509_parse_from_pem = %d", parsed);
	if (!parsed)
		ALL_TYPES(lws_x509_info(x, (enum lws_tls_cert_info)type, out, room))
	if (!parsed && trusted) {
		void *other = load(trusted, &len);

		lws_x509_create(&t);
		say("    trusted: lws_x509_parse_from_pem = %d", lws_x509_parse_from_pem(t, other, len + 1));
		say("    lws_x509_verify = %d", lws_x509_verify(x, t, name && *name != '-' ? name : NULL));
		lws_x509_destroy(&t);
		free(other);
	}
	lws_x509_destroy(&x);
	say("    lws_x509_destroy: %s", x ? "set" : "null");
	lws_x509_destroy(&x);
	free(pem);
}

/* ---- orders ---- */

static void make(char *rest)
{
	struct lws_context_creation_info info;
	char *what = rest;

	rest = strchr(rest, ' ');
	*rest++ = '\0';
	memset(&info, 0, sizeof(info));
	info.protocols = protocols[1];
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.vhost_name = "made";
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	if (!take_settings(&info, rest))
		return;
	if (!strcmp(what, "vhost")) {
		struct lws_vhost *vh = lws_create_vhost(context, &info);

		say("    lws_create_vhost = %s", vh ? "set" : "null");
		if (vh) {
			if (info.ssl_cert_filepath || info.server_ssl_cert_mem)
				ALL_TYPES(lws_tls_vhost_cert_info(vh, (enum lws_tls_cert_info)type, out, room))
		}
	} else {
		struct lws_context *made = lws_create_context(&info);

		say("    lws_create_context = %s", made ? "set" : "null");
		if (made)
			lws_context_destroy(made);
	}
}

static void about(struct lws *wsi)
{
	say("    lws_is_ssl %d, lws_get_ssl %s", lws_is_ssl(wsi), lws_get_ssl(wsi) ? "set" : "null");
}

static int obey_word(const char *word, char *rest)
{
	if (obey_connect(word, rest))
		return 1;
	if (!strcmp(word, "actions")) {
		char *save = NULL;

		memset(&next_actions, 0, sizeof(next_actions));
		for (char *token = strtok_r(rest, " ", &save); token; token = strtok_r(NULL, " ", &save))
			add_action(&next_actions, token);
	} else if (!strcmp(word, "tls") || !strcmp(word, "cert")) {
		struct lws *wsi = find_id(atoi(rest));

		if (!wsi)
			say("    nobody");
		else if (word[0] == 't')
			about(wsi);
		else
			peer_cert(wsi);
	} else if (!strcmp(word, "vhostcert")) {
		ALL_TYPES(lws_tls_vhost_cert_info(vhosts[atoi(rest)], (enum lws_tls_cert_info)type, out, room))
	} else if (!strcmp(word, "make"))
		make(rest);
	else if (!strcmp(word, "x509"))
		x509(rest);
	else if (!strcmp(word, "updated")) {
		char *key = strchr(rest, ' ');

		*key++ = '\0';
		say("    lws_tls_cert_updated = %d",
		    lws_tls_cert_updated(context, *rest == '-' ? NULL : rest, *key == '-' ? NULL : key, NULL, 0, NULL, 0));
	} else if (!strcmp(word, "clientssl")) {
		struct lws_context_creation_info info;
		int n = atoi(rest);

		memset(&info, 0, sizeof(info));
		info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		rest = strchr(rest, ' ');
		if (rest && !take_settings(&info, rest))
			return 1;
		say("    lws_init_vhost_client_ssl = %d", lws_init_vhost_client_ssl(&info, vhosts[n]));
	} else
		return !strcmp(word, "note");    /* the driver's own remark */
	return 1;
}

static int start(void)
{
	fill_protocols(0);
	for (int v = 0; v < VHOSTS; v++) {
		infos[v].protocols = protocols[v];
		infos[v].gid = (gid_t)-1;
		infos[v].uid = (uid_t)-1;
		infos[v].options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		if (!infos[v].vhost_name)
			infos[v].vhost_name = vhost_names[v];
	}
	if (vhost_count > 1)
		infos[0].options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	context = lws_create_context(&infos[0]);
	if (!context)
		return -1;
	if (vhost_count == 1) {
		vhosts[0] = lws_get_vhost_by_name(context, infos[0].vhost_name);
		return vhosts[0] ? 0 : -1;
	}
	for (int v = 0; v < vhost_count; v++) {
		if (v && !infos[v].port && infos[0].port >= 0)   /* both on one port */
			infos[v].port = lws_get_vhost_listen_port(vhosts[0]);
		vhosts[v] = lws_create_vhost(context, &infos[v]);
		if (!vhosts[v])
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	infos[0].port = CONTEXT_PORT_NO_LISTEN;
	for (int i = 1; i < argc; i++) {
		char *value = strchr(argv[i], '='), *name = argv[i];
		int v = name[0] == 'b' && name[1] == '.';

		if (!value)
			return 2;
		*value++ = '\0';
		if (v)
			vhost_count = 2;
		if (!strcmp(name, "log"))
			set_log = atoi(value);
		else if (!strcmp(name, "user"))
			set_user = atoi(value);
		else if (!take_setting(&infos[v], name + 2 * v, value)) {
			fprintf(stderr, "unknown setting %s\n", name);
			return 2;
		}
	}
	lws_set_log_level(set_log, NULL);
	say("== create");
	if (start() < 0) {
		say("port -1 0");
		return 1;
	}
	say("port %d %d", infos[0].port < 0 ? 0 : lws_get_vhost_listen_port(vhosts[0]),
	    vhost_count > 1 && infos[1].port >= 0 ? lws_get_vhost_listen_port(vhosts[1]) : 0);
	return run_until_destroyed();
}
