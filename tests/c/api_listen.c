/* Vhosts: by Host on one port, several ports, Unix sockets, coming and going while connections live. */
#include "harness.h"

static struct lws *last;
static struct lws_vhost *last_vhost;
static int established, closed, inits, destroys, finalized, private_wrong;

static int
on_ws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct lws_vhost *vhost = lws_get_vhost(wsi);
	const struct lws_protocols *protocol = lws_get_protocol(wsi);
	int *private;

	switch (reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
		inits++;
		private = lws_protocol_vh_priv_zalloc(vhost, protocol, sizeof *private);
		if (!private || *private || lws_protocol_vh_priv_zalloc(vhost, protocol, 4))
			private_wrong++;
		else
			*private = 42;
		return 0;
	case LWS_CALLBACK_PROTOCOL_DESTROY:
		destroys++;
		private = lws_protocol_vh_priv_get(vhost, protocol);
		if (!private || *private != 42)
			private_wrong++;
		return 0;
	case LWS_CALLBACK_ESTABLISHED:
		established++;
		last = wsi;
		last_vhost = vhost;
		return 0;
	case LWS_CALLBACK_CLOSED:
		closed++;
		return 0;
	case LWS_CALLBACK_RECEIVE:
		return lws_write(wsi, in, len, LWS_WRITE_TEXT) < (int)len;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ "one", on_ws, 8, 0, 0, NULL, 0 },
	{ "two", on_ws, 8, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static struct lws_vhost *
add(const char *name, int port, struct lws_context_creation_info info)
{
	info.vhost_name = name;
	info.port = port;
	return lws_create_vhost(cx, &info);
}

static void
finalize(struct lws_vhost *vhost, void *arg)
{
	(void)vhost;
	finalized += arg == &finalized;
}

/* Is a WebSocket on `fd`, asked for with `host`, given to `vhost`, and does it work? */
static int
reaches(int fd, const char *host, const char *protocol, struct lws_vhost *vhost)
{
	int good;

	last_vhost = NULL;
	good = fd >= 0 && !ws_ask(fd, host, protocol) && ws_accepted(fd) && last_vhost == vhost &&
	       !ws_put(fd, TEXT, "hello", 5) && ws_is(fd, TEXT, "hello");
	close(fd);
	return good;
}

static void
test_hosts(void)
{
	struct lws_context_creation_info info = settings(protocols);
	struct lws_vhost *a, *b, *c, *other;
	struct lws_context *place = NULL;
	int port, keep;

	info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	info.pcontext = &place;
	info.user = &inits;
	cx = lws_create_context(&info);
	check(cx && place == cx, "an explicit context, its address in *pcontext");
	check(!lws_get_vhost_by_name(cx, "default"), "it has no vhost of its own");
	info.user = &closed;
	info.finalize = finalize;
	info.finalize_arg = &finalized;
	a = add("a.test", 0, info);
	port = lws_get_vhost_listen_port(a);
	info.user = NULL;
	b = add("b.test", port, info);
	other = add("other", 0, info);
	check(a && port > 0 && lws_get_vhost_port(a) == port, "port 0: the kernel chooses, and we are told");
	check(b && lws_get_vhost_listen_port(b) == port, "a second vhost on that port");
	check(other && lws_get_vhost_listen_port(other) != port, "a third on a port of its own");
	check(!strcmp(lws_get_vhost_name(a), "a.test") && lws_get_vhost_by_name(cx, "b.test") == b, "their names");
	check(lws_context_user(cx) == &inits && lws_get_vhost_user(a) == &closed && !lws_vhost_user(b),
	      "the user pointers of context and vhosts");
	check(reaches(dial(port), "a.test", "two", a) && inits == 6, "a.test, after PROTOCOL_INIT of all (%d)", inits);
	check(reaches(dial(port), "b.test", "two", b), "b.test, by the Host header");
	check(reaches(dial(port), "b.test:8080", NULL, b), "the port in Host does not count");
	check(reaches(dial(port), "nobody.test", "one", a), "an unknown Host goes to the first vhost");
	check(reaches(dial(lws_get_vhost_listen_port(other)), "a.test", "one", other), "another port is another vhost");

	/* a vhost goes, while one that shares its socket stays with its connections */
	keep = dial(port);
	ws_ask(keep, "b.test", "one");
	check(ws_accepted(keep), "a connection of b.test");
	lws_vhost_destroy(a);
	check(destroys == 2 && finalized == 1, "a.test destroyed: its protocols and `finalize` are told");
	check(!ws_put(keep, TEXT, "still", 5) && ws_is(keep, TEXT, "still"), "the connection of b.test goes on");
	check(reaches(dial(port), "b.test", "one", b) && reaches(dial(port), "a.test", "one", b),
	      "the port is still served, by b.test");
	c = add("c.test", port, info);
	check(c && reaches(dial(port), "c.test", "one", c) && inits == 8, "a vhost added while running");
	lws_vhost_destroy(b);
	check(gone(keep), "b.test destroyed: its connections end");
	check(reaches(dial(port), "x", "one", c), "c.test has the port to itself");
	lws_vhost_destroy(c);
	check(dial(port) < 0, "the last vhost of a port closes it");
	check(reaches(dial(lws_get_vhost_listen_port(other)), "a.test", "one", other), "the other port goes on");

	stop();
	check(place == NULL, "the end of the context clears *pcontext");
	check(destroys == 8 && finalized == 4 && !private_wrong, "all protocols and `finalize`s were told (%d, %d)",
	      destroys, finalized);
	check(established == closed, "each ESTABLISHED had its CLOSED (%d, %d)", established, closed);
}

static void
test_in_use(void)
{
	struct lws_context_creation_info info = settings(protocols);
	int port = start(info), taken, fds = open_fds();
	struct lws_context *first = cx;

	info.port = port;
	log_lines = 0;
	check(!lws_create_context(&info), "a port in use: no context");
	check(log_lines > 0, "the log says why");
	check(open_fds() == fds, "and nothing stays open");
	taken = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof any;
	if (bind(taken, (struct sockaddr *)&any, len) || listen(taken, 1) || getsockname(taken, (struct sockaddr *)&any, &len))
		perror("bind");
	check(!add("second", ntohs(any.sin_port), settings(protocols)), "a port in use: no vhost");
	check(reaches(dial(port), "x", NULL, lws_get_vhost_by_name(cx, "default")), "the context goes on");
	close(taken);
	check(first == cx, "with its address");
	stop();

	info.port = CONTEXT_PORT_NO_LISTEN;
	cx = lws_create_context(&info);
	check(cx && lws_service(cx, -1) == 0 && lws_get_vhost_listen_port(lws_get_vhost_by_name(cx, "default")) < 0,
	      "a context that does not listen");
	stop();
}

static int
dial_unix(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(path);

	memcpy(to.sun_path, path, len);
	if (*path == '@')
		to.sun_path[0] = 0;
	return dial_to((struct sockaddr *)&to, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
}

static void
test_unix(void)
{
	struct lws_context_creation_info info = settings(protocols);
	char path[] = "/tmp/netgraft-XXXXXX", file[64], abstract[64], name[64];
	struct lws_vhost *vhost;
	int fd;

	if (!mkdtemp(path))
		exit(1);
	snprintf(file, sizeof file, "%s/socket", path);
	snprintf(abstract, sizeof abstract, "@netgraft-%d", (int)getpid());
	info.options |= LWS_SERVER_OPTION_UNIX_SOCK;
	info.iface = file;
	start(info);
	vhost = lws_get_vhost_by_name(cx, "default");
	check(!strcmp(lws_get_vhost_iface(vhost), file) && lws_get_vhost_port(vhost) == 0, "a Unix socket's path and port");
	check(reaches(dial_unix(file), "x", "one", vhost), "a Unix socket at a path");
	fd = dial_unix(file);
	ws_ask(fd, "x", NULL);
	check(ws_accepted(fd) && lws_get_peer_simple(last, name, sizeof name) == name && !*name, "its peers have no address");
	close(fd);
	stop();

	/* the path is still there, as after a crash */
	start(info);
	vhost = lws_get_vhost_by_name(cx, "default");
	check(reaches(dial_unix(file), "x", "one", vhost), "a path left over is used again");
	stop();
	unlink(file);
	rmdir(path);

	info.iface = abstract;
	start(info);
	vhost = lws_get_vhost_by_name(cx, "default");
	check(reaches(dial_unix(abstract), "x", "one", vhost), "a Unix socket in the abstract name space");
	stop();
}

/* Two contexts in one thread do not know of each other. */
static void
test_contexts(void)
{
	struct lws_context *one, *two;
	int port = start(settings(protocols)), port2, fd;

	one = cx;
	port2 = start(settings(protocols));
	two = cx;
	check(one != two && port != port2, "two contexts");
	fd = ws_open(port2, "one");
	cx = one;
	check(reaches(dial(port), "x", "one", lws_get_vhost_by_name(one, "default")), "one is served");
	stop();
	cx = two;
	check(!ws_put(fd, TEXT, "on", 2) && ws_is(fd, TEXT, "on"), "the other lives on when it has gone");
	close(fd);
	stop();
}

int
main(void)
{
	begin(40);
	test_hosts();
	test_in_use();
	test_unix();
	test_contexts();
	return finish();
}
