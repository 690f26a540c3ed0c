/*
 * A plain libwebsockets program that takes over descriptors, and a server that falls back to raw.
 *
 *     trace_raw [setting=value ...]
 *
 * Orders from the driver (trace_raw.py) on stdin, apart from those of trace_common.h:
 *
 *     adopt HOW WHAT NAME=VALUE ... REASON:ACTION ...    hand a descriptor to the library
 *     actions REASON:ACTION ...                          of the connections that come next
 *     peerclose N, peerwrite N TEXT                      the other end of the descriptor that was adopted as the Nth
 */
#include "trace_common.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define MAX_ADOPTED 16

static int set_port = CONTEXT_PORT_NO_LISTEN;
static int set_fallback, set_only_raw, set_rx, set_timeout, set_ahidle, set_log;
static const char *set_role, *set_protocol, *set_file;

static const struct setting settings[] = {
	{ "port", &set_port }, { "fallback", &set_fallback }, { "onlyraw", &set_only_raw }, { "rx", &set_rx },
	{ "timeout", &set_timeout }, { "ahidle", &set_ahidle }, { "user", &set_user }, { "log", &set_log },
};

static int others[MAX_ADOPTED];          /* the other ends */
static int adopted;

/* The descriptor to adopt: a kind, or tcp:PORT, a connection to 127.0.0.1. */
static int make(const char *what, int *other)
{
	int pair[2] = { -1, -1 };

	*other = -1;
	if (!strcmp(what, "socketpair")) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
			exit(3);
		*other = pair[1];
		return pair[0];
	}
	if (!strcmp(what, "pipe")) {
		if (pipe(pair))
			exit(3);
		*other = pair[1];
		return pair[0];
	}
	if (!strcmp(what, "pipewrite")) {
		if (pipe(pair))
			exit(3);
		*other = pair[0];
		return pair[1];
	}
	if (!strcmp(what, "closed")) {
		int fd = dup(0);

		close(fd);
		return fd;
	}
	if (!strcmp(what, "file"))
		return open(set_file, O_RDWR | O_CREAT, 0600);
	if (!strcmp(what, "directory"))
		return open("/", O_RDONLY | O_DIRECTORY);
	if (!strcmp(what, "listening") || !strncmp(what, "tcp:", 4)) {
		struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (what[0] == 'l') {
			listen(fd, 5);
			return fd;
		}
		in.sin_port = htons((uint16_t)atoi(what + 4));
		if (connect(fd, (struct sockaddr *)&in, sizeof(in)))
			exit(3);
		return fd;
	}
	return atoi(what);
}

static void adopt(char *rest)
{
	char *how, *what, *token, *save = NULL, *buf = NULL;
	struct lws *wsi = NULL, *parent = NULL;
	const char *name = NULL;
	struct lws_vhost *vhost = vhosts[0];
	int opaque = 0, fd;
	size_t len = 0;

	memset(&next_actions, 0, sizeof(next_actions));
	how = strtok_r(rest, " ", &save);
	what = strtok_r(NULL, " ", &save);
	while ((token = strtok_r(NULL, " ", &save))) {
		char *value = strchr(token, '=');

		if (add_action(&next_actions, token))
			continue;
		if (value)
			*value++ = '\0';
		if (!strcmp(token, "name"))
			name = value;
		else if (!strcmp(token, "parent"))
			parent = find_id(atoi(value));
		else if (!strcmp(token, "opaque"))
			opaque = atoi(value);
		else if (!strcmp(token, "vhost"))
			vhost = atoi(value) ? vhosts[0] : NULL;
		else if (!strcmp(token, "buf")) {
			len = unescape(value);
			buf = value;
		} else {
			say("    unknown word %s", token);
			return;
		}
	}
	fd = make(what, &others[adopted++ % MAX_ADOPTED]);
	calling_connect = 1;
	if (!strcmp(how, "socket"))
		wsi = lws_adopt_socket(context, fd);
	else if (!strcmp(how, "socketvhost"))
		wsi = lws_adopt_socket_vhost(vhost, fd);
	else if (!strcmp(how, "readbuf"))
		wsi = lws_adopt_socket_readbuf(context, fd, buf, len);
	else if (!strcmp(how, "readbufvhost"))
		wsi = lws_adopt_socket_vhost_readbuf(vhost, fd, buf, len);
	else if (!strncmp(how, "type", 4)) {                     /* typeN: the flags as a number */
		lws_sock_file_fd_type u;

		u.sockfd = fd;
		wsi = lws_adopt_descriptor_vhost(vhost, (lws_adoption_type)atoi(how + 4), u, name, parent);
	} else if (!strncmp(how, "info", 4)) {
		lws_adopt_desc_t d;

		memset(&d, 0, sizeof(d));
		d.vh = vhost;
		d.type = (lws_adoption_type)atoi(how + 4);
		d.fd.sockfd = fd;
		d.vh_prot_name = name;
		d.parent = parent;
		d.opaque = opaque ? (void *)&context : NULL;
		wsi = lws_adopt_descriptor_vhost_via_info(&d);
	} else
		say("    unknown way %s", how);
	calling_connect = 0;
	if (wsi && !find(wsi))
		remember(wsi);
	if (!wsi && fd >= 0) {
		say("    adopted = null, fd %s", fcntl(fd, F_GETFD) < 0 ? "closed" : "open");
		return;
	}
	say("    adopted = %s", who(wsi));
}

/* udp NAME PORT BIND: lws_create_adopt_udp */
static void udp(char *rest)
{
	char *save = NULL, *token;
	const char *name = strtok_r(rest, " ", &save), *address = strtok_r(NULL, " ", &save);
	const char *port = strtok_r(NULL, " ", &save), *flags = strtok_r(NULL, " ", &save);
	struct lws *wsi;

	memset(&next_actions, 0, sizeof(next_actions));
	while ((token = strtok_r(NULL, " ", &save)))
		add_action(&next_actions, token);
	calling_connect = 1;
	wsi = lws_create_adopt_udp(vhosts[0], *address == '-' ? NULL : address, atoi(port), atoi(flags),
				   *name == '-' ? NULL : name, NULL, NULL, NULL, NULL);
	calling_connect = 0;
	if (wsi && !find(wsi))
		remember(wsi);
	say("    adopted = %s", who(wsi));
	if (wsi) {
		struct sockaddr_in in;
		socklen_t n = sizeof(in);

		if (!getsockname((int)lws_get_socket_fd(wsi), (struct sockaddr *)&in, &n))
			say("udpport %d", ntohs(in.sin_port));
	}
}

static int obey_word(const char *word, char *rest)
{
	if (!strcmp(word, "adopt"))
		adopt(rest);
	else if (!strcmp(word, "udp"))
		udp(rest);
	else if (!strcmp(word, "actions")) {
		char *save = NULL;

		memset(&next_actions, 0, sizeof(next_actions));
		for (char *token = strtok_r(rest, " ", &save); token; token = strtok_r(NULL, " ", &save))
			add_action(&next_actions, token);
	} else if (!strcmp(word, "peerclose")) {
		close(others[atoi(rest) - 1]);
	} else if (!strcmp(word, "peerwrite")) {
		char *text = strchr(rest, ' ') + 1;

		if (write(others[atoi(rest) - 1], text, strlen(text)) < 0)
			say("    the peer cannot write");
	} else if (!strcmp(word, "peerread")) {
		char buf[4096];
		ssize_t n = recv(others[atoi(rest) - 1], buf, sizeof(buf), MSG_DONTWAIT);

		if (n < 0)
			n = read(others[atoi(rest) - 1], buf, sizeof(buf));
		say("    the peer reads %zd %s", n, n > 0 ? show(buf, (size_t)n) : "");
	} else
		return !strcmp(word, "note");    /* the driver's own remark */
	return 1;
}

static int start(void)
{
	struct lws_context_creation_info info;

	fill_protocols(set_rx);
	memset(&info, 0, sizeof(info));
	info.port = set_port;
	info.protocols = protocols[0];
	info.timeout_secs = (unsigned int)set_timeout;
	info.timeout_secs_ah_idle = (unsigned int)set_ahidle;
	info.listen_accept_role = set_role;
	info.listen_accept_protocol = set_protocol;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	if (set_fallback)
		info.options |= LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG;
	if (set_only_raw)
		info.options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	context = lws_create_context(&info);
	if (!context)
		return -1;
	vhosts[0] = lws_get_vhost_by_name(context, "default");
	return vhosts[0] ? lws_get_vhost_listen_port(vhosts[0]) : -1;
}

int main(int argc, char **argv)
{
	int port;

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "role=", 5))
			set_role = argv[i] + 5;
		else if (!strncmp(argv[i], "protocol=", 9))
			set_protocol = argv[i] + 9;
		else if (!strncmp(argv[i], "file=", 5))
			set_file = argv[i] + 5;
		else
			read_setting(settings, LWS_ARRAY_SIZE(settings), argv[i]);
	lws_set_log_level(set_log, NULL);
	say("== create");
	port = start();
	say("port %d 0", port);
	if (port < 0 && set_port >= 0)
		return 1;
	return run_until_destroyed();
}
