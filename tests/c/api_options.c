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
capable(const struct passwd *user)
{
	struct lws_context_creation_info info = settings(protocols);
	char line[256];
	int found = 0;
	FILE *f;

	info.uid = (int)user->pw_uid;
	info.gid = (int)user->pw_gid;
	info.caps[0] = 10; /* CAP_NET_BIND_SERVICE */
	info.count_caps = 1;
	if (start(info) <= 0 || !is_user(user))
		return 0;
	f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, "CapEff:", 7) || !strncmp(line, "CapPrm:", 7))
			found += strtoull(line + 8, NULL, 16) == 1 << 10;
	if (f)
		fclose(f);
	return found == 2;
}

static int
fewer_descriptors(const struct passwd *user)
{
	struct lws_context_creation_info info = settings(protocols);
	struct rlimit limit;
	int before;

	(void)user;
	info.rlimit_nofile = 50;
	if (start(info) <= 0 || getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur != 50 || limit.rlim_max != 50)
		return 0;
	stop();
	if (getuid() == 0 && setuid(user->pw_uid))
		return 0;
	info.rlimit_nofile = 60; /* more than is allowed is not had, and that is said */
	before = log_lines;
	return start(info) > 0 && log_lines == before + 1 && !getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur == 50;
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
	info.count_caps = 5;
	check(refused(info), "more capabilities than fit: no context");
	info.count_caps = -1;
	check(refused(info), "fewer than none: no context");
	info.count_caps = 1;
	info.caps[0] = 200;
	check(refused(info), "a capability that there is not: no context");
	if (getuid() != 0)
		return;
	check(in_child(capable), "a capability is kept, and no other");
	check(in_child(by_numbers), "uid and gid are taken on, and further groups given up");
	check(in_child(by_names), "a user's name gives its group too");
	check(in_child(in_first_turn), "with explicit vhosts it happens in the first turn");
}

static void
test_refusals(void)
{
	static const uint64_t loops[] = { LWS_SERVER_OPTION_LIBUV, LWS_SERVER_OPTION_LIBEV, LWS_SERVER_OPTION_LIBEVENT,
					  LWS_SERVER_OPTION_GLIB };
	char place[64];
	void *theirs[1] = { place };
	struct lws_context_creation_info info = settings(protocols);
	unsigned int i;

	info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX;
	check(refused(info), "a certificate to be given by a callback");
	for (i = 0; i < LWS_ARRAY_SIZE(loops); i++) {
		info = settings(protocols);
		info.options |= loops[i];
		info.foreign_loops = theirs;
		check(refused(info), "the loop of a library that the program has not loaded, %u", i);
	}
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

static int
status_of(int port, const char *request)
{
	char head[4096] = "", body[4096];
	int fd = dial(port), code;

	say(fd, request);
	code = http_get(fd, head, sizeof head, body, sizeof body);
	close(fd);
	return code;
}

static int
upgrade_to(int port, const char *host, int with_port)
{
	char name[64], head[4096] = "";
	int fd = dial(port), code;

	snprintf(name, sizeof name, with_port ? "%s:%d" : "%s", host, port);
	ws_ask(fd, name, NULL);
	code = http_head(fd, head, sizeof head);
	close(fd);
	return code;
}

static void
test_requests(void)
{
	static const struct lws_protocol_vhost_options
		none = { NULL, NULL, "nonsense", "no status" },
		second = { &none, NULL, "other", "418" },
		first = { &second, NULL, "badbot", "403" };
	struct lws_context_creation_info info = settings(protocols);
	char head[4096] = "", body[4096];
	int port, fd;

	info.options |= LWS_SERVER_OPTION_STS;
	info.reject_service_keywords = &first;
	port = start(info);
	fd = dial(port);
	say(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	check(http_get(fd, head, sizeof head, body, sizeof body) == 404 &&
		      strstr(head, "Strict-Transport-Security: max-age=15768000 ; includeSubDomains\r\n"),
	      "answers ask for strict transport security");
	close(fd);
	check(status_of(port, "GET / HTTP/1.1\r\nUser-Agent: a badbot/1\r\n\r\n") == 403, "a user agent is rejected");
	check(status_of(port, "GET / HTTP/1.1\r\nUser-Agent: otherthing\r\n\r\n") == 418, "with the status asked for");
	check(status_of(port, "GET / HTTP/1.1\r\nUser-Agent: nonsense\r\n\r\n") == 403, "or with 403 where it is none");
	check(status_of(port, "GET / HTTP/1.1\r\nHost: badbot\r\nUser-Agent: good\r\n\r\n") == 404, "others are served");
	stop();

	info = settings(protocols);
	info.vhost_name = "good.test";
	info.options |= LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK;
	port = start(info);
	check(upgrade_to(port, "good.test", 1) == 101 && upgrade_to(port, "GOOD.test", 1) == 101,
	      "strict host check: an upgrade for the vhost");
	check(upgrade_to(port, "good.test", 0) == 403 && upgrade_to(port, "bad.test", 1) == 403 &&
		      upgrade_to(port, "good.test.evil", 1) == 403 && upgrade_to(port, "", 1) == 403,
	      "and for others, or without the port");
	check(status_of(port, "GET / HTTP/1.1\r\nHost: bad.test\r\n\r\n") == 404, "requests are not asked");
	stop();
}

static void
test_process(void)
{
	struct lws_context_creation_info info = settings(protocols);

	if (!getenv("WRAP")) /* valgrind keeps the true limits to itself */
		check(in_child(fewer_descriptors), "the limit of descriptors");
	info.external_baggage_free_on_destroy = malloc(100); /* valgrind sees whether it is freed */
	start(info);
	stop();
	info.external_baggage_free_on_destroy = malloc(100);
	info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.ssl_cert_filepath = "cert.pem";
	check(refused(info), "baggage goes with a context that fails too");
	info = settings(protocols);
	info.iface = "no-such-interface";
	info.bind_iface = 1;
	check(refused(info), "an interface that there is not");
	if (getuid() == 0) {
		info.iface = "lo";
		check(start(info) > 0 && status_of(lws_get_vhost_listen_port(lws_get_vhost_by_name(cx, "default")),
						   "GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 404,
		      "a socket bound to an interface");
		stop();
	}
}

int
main(void)
{
	begin(30);
	test_requests();
	test_process();
	test_privileges();
	test_refusals();
	test_security_headers();
	return finish();
}
