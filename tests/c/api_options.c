/* What the options of a context lead to: privileges given up, and things that are not there refused, not ignored. */
#include "harness.h"
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static int
refused(struct lws_context_creation_info info)
{
	int before = log_lines;

	cx = lws_create_context(&info);
	if (!cx)
		return log_lines > before;
	stop();
	return 0;
}

static int
is_user(const struct passwd *user)
{
	return geteuid() == user->pw_uid && getuid() == user->pw_uid && getegid() == user->pw_gid && setuid(0) != 0;
}

/* Each in a child, since there is no way back. */
static int
by_numbers(const struct passwd *user)
{
	struct lws_context_creation_info info = settings(protocols);

	info.uid = (int)user->pw_uid;
	info.gid = (int)user->pw_gid;
	return start(info) > 0 && is_user(user) && getgroups(0, NULL) == 0;
}

static int
by_names(const struct passwd *user)
{
	struct lws_context_creation_info info = settings(protocols);

	info.username = user->pw_name; /* in the system's own record, as programs do */
	return start(info) > 0 && is_user(user);
}

static int
in_first_turn(const struct passwd *user)
{
	struct lws_context_creation_info info = settings(protocols);

	info.username = "nobody";
	info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	cx = lws_create_context(&info);
	return cx && getuid() == 0 && lws_create_vhost(cx, &info) && lws_service(cx, -1) == 0 && is_user(user);
}

static int
in_child(int (*test)(const struct passwd *))
{
	const struct passwd *user = getpwnam("nobody");
	int status = 1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(!user || !test(user));
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void
test_privileges(void)
{
	struct lws_context_creation_info info = settings(protocols);

	info.username = "no-such-user-here";
	check(refused(info), "an unknown user: no context");
	info.username = NULL;
	info.groupname = "no-such-group-here";
	check(refused(info), "an unknown group: no context");
	info.groupname = NULL;
	info.count_caps = 1;
	check(refused(info), "capabilities to keep: no context");
	if (getuid() != 0)
		return;
	check(in_child(by_numbers), "uid and gid are taken on, and further groups given up");
	check(in_child(by_names), "a user's name gives its group too");
	check(in_child(in_first_turn), "with explicit vhosts it happens in the first turn");
}

static void
test_refusals(void)
{
	static const uint64_t loops[] = { LWS_SERVER_OPTION_LIBUV, LWS_SERVER_OPTION_LIBEV, LWS_SERVER_OPTION_LIBEVENT,
					  LWS_SERVER_OPTION_GLIB };
	static const uint64_t raw[] = { LWS_SERVER_OPTION_ONLY_RAW, LWS_SERVER_OPTION_FALLBACK_TO_RAW };
	struct lws_context_creation_info info = settings(protocols);
	unsigned int i;

	info.ssl_cert_filepath = "cert.pem";
	check(refused(info), "a certificate file");
	info = settings(protocols);
	info.server_ssl_cert_mem = "cert";
	check(refused(info), "a certificate in memory");
	info = settings(protocols);
	info.options |= LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX;
	check(refused(info), "a certificate to be given by a callback");
	for (i = 0; i < LWS_ARRAY_SIZE(loops); i++) {
		info = settings(protocols);
		info.options |= loops[i];
		check(refused(info), "another event loop, %u", i);
	}
	for (i = 0; i < LWS_ARRAY_SIZE(raw); i++) {
		info = settings(protocols);
		info.options |= raw[i];
		check(refused(info), "raw sockets by option, %u", i);
	}
	info = settings(protocols);
	info.listen_accept_role = "raw-skt";
	check(refused(info), "raw sockets by role");
}

static void
test_security_headers(void)
{
	struct lws_context_creation_info info = settings(protocols);
	char head[4096] = "", body[4096];
	int port, fd, code;

	info.options |= LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE;
	info.server_string = "tested";
	port = start(info);
	fd = dial(port);
	say(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	code = http_get(fd, head, sizeof head, body, sizeof body);
	check(code == 404 && strstr(head, "content-security-policy: default-src 'none';") &&
		      strstr(head, "x-content-type-options: nosniff\r\n") && strstr(head, "x-frame-options: deny\r\n") &&
		      strstr(head, "x-xss-protection: 1; mode=block\r\n") && strstr(head, "referrer-policy: no-referrer\r\n") &&
		      strstr(head, "server: tested\r\n"),
	      "the security headers and the server's name are in an answer");
	close(fd);
	stop();
}

int
main(void)
{
	begin(30);
	test_privileges();
	test_refusals();
	test_security_headers();
	return finish();
}
