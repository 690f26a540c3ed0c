/*
 * Connections of libwebsockets whose socket is taken out alive; and callbacks of injected ones that leave by longjmp.
 */
#define _GNU_SOURCE
#include "harness.h"
#include <netgraft.h>
#include <setjmp.h>

static struct lws *last;
static int closed, destroyed, inner, received, pause_next;

static int protocol(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	int fd = -1;

	(void)user;
	(void)in;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_RAW_ADOPT:
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		last = wsi;
		break;
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_RAW_RX:
		received += (int)len;
		inner = netgraft_release_wsi(wsi, &fd, NULL, NULL);
		if (pause_next)
			lws_rx_flow_control(wsi, 0);
		break;
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_RAW_CLOSE:
	case LWS_CALLBACK_CLOSED_HTTP:
		closed++;
		break;
	case LWS_CALLBACK_WSI_DESTROY:
		destroyed++;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = { { .name = "p", .callback = protocol }, { 0 } };
static const struct netgraft_callbacks nothing;

static void websockets(int port)
{
	int peer = ws_open(port, "p"), fd = -1;
	unsigned char bytes[64];
	size_t len = sizeof bytes;
	netgraft_conn handle;

	check(UNTIL(last != NULL), "open");
	handle = netgraft_of_wsi(last);
	ws_put(peer, TEXT, "one", 3);
	check(UNTIL(received == 3) && inner == -EBUSY, "not from inside its own callback");
	put(peer, "\x81\x85\1\2", 4);
	serve(0.1); /* what is small waits for the peer's ACK of what was sent before */
	check(netgraft_release_wsi(last, &fd, bytes, &len) == -EBUSY, "not inside a frame");
	put(peer, "\3\4abcde", 7);
	UNTIL(received == 8);
	pause_next = 1;
	ws_put(peer, TEXT, "two", 3);
	UNTIL(received == 11);
	pause_next = 0;
	ws_put(peer, TEXT, "kept", 4);
	ws_put(peer, BINARY, "here", 4);
	serve(0.1);
	check(netgraft_release_wsi(NULL, &fd, bytes, &len) == -EINVAL && netgraft_release_wsi(last, NULL, bytes, &len) == -EINVAL &&
	      netgraft_release_wsi((struct lws *)bytes, &fd, bytes, &len) == -EINVAL, "bad pointers");
	closed = destroyed = 0;
	check(netgraft_release_wsi(last, &fd, bytes, &len) == 0 && closed == 1 && destroyed == 1, "released, with its closing callbacks");
	check(there(peer) && netgraft_post(handle, NULL, NULL) == -ESTALE, "the peer does not notice; the handle is stale");
	len += get(fd, bytes + len, 2 * 10 - len);
	check(len == 20 && bytes[0] == TEXT && bytes[10] == BINARY, "what was not delivered begins with a frame");
	put(fd, "\x81\2hi", 4);
	check(ws_is(peer, TEXT, "hi"), "it goes on by hand");
	close(fd);
	close(peer);
}

static void held(int port)
{
	int peer = ws_open(port, "p"), fd = -1, kind = 0;
	char frames[3 * 9];
	unsigned char bytes[64];
	size_t len = 5;

	/* three frames in one segment; the first pauses, so the others are read and held */
	for (kind = 0; kind < 3; kind++)
		memcpy(frames + kind * 9, "\x81\x83\0\0\0\0abc", 9);
	received = 0;
	pause_next = 1;
	put(peer, frames, sizeof frames);
	check(UNTIL(received == 3), "paused by the first of three");
	pause_next = 0;
	check(netgraft_release_wsi(last, &fd, bytes, &len) == -ENOBUFS && len == 18, "how much room it takes");
	len = sizeof bytes;
	check(netgraft_release_wsi(last, &fd, bytes, &len) == 0 && len == 18 && bytes[0] == 0x81, "with what is held");
	close(fd);
	close(peer);
}

static void others(int port)
{
	int peer, fd = -1, p[2];
	char c;
	struct lws_vhost *vhost = lws_get_vhost_by_name(cx, "default");
	lws_sock_file_fd_type desc;
	netgraft_conn conn;

	last = NULL;
	peer = dial(port);
	UNTIL(last != NULL);
	check(netgraft_release_wsi(last, &fd, NULL, NULL) == 0 && put(fd, "x", 1) == 0 && get(peer, &c, 1) == 1, "a connection that has said nothing yet");
	close(fd);
	close(peer);
	last = NULL;
	peer = dial(port);
	UNTIL(last != NULL);
	say(peer, "GET / HT");
	serve(0.1);
	check(netgraft_release_wsi(last, &fd, NULL, NULL) == -EBUSY, "not inside a request");
	close(peer);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p))
		exit(1);
	desc.sockfd = p[0];
	last = lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET, desc, "p", NULL);
	received = 0;
	say(p[1], "raw");
	check(last && UNTIL(received == 3), "an adopted socket");
	conn = 0;
	check(netgraft_inject(cx, p[0], &nothing, NULL, NULL, &conn) == -EEXIST, "which cannot be injected");
	check(netgraft_release_wsi(last, &fd, NULL, NULL) == 0 && fd == p[0], "until it is released");
	check(netgraft_inject(cx, p[0], &nothing, NULL, NULL, &conn) == 0 && conn, "then it can");
	last = NULL;
	close(p[1]);
	serve(0.01);
	check(netgraft_send(conn, "x", 1) == -ESTALE && fcntl(p[0], F_GETFD) < 0, "its peer ends it");
}

static jmp_buf back;
static int jumps;

static void on_received(netgraft_conn conn, void *user, void *bytes, size_t len)
{
	(void)user;
	netgraft_send(conn, bytes, len);
	if (!jumps++)
		longjmp(back, 1);
}

static void jump(void)
{
	static const struct netgraft_callbacks callbacks = { .received = on_received };
	int p[2];
	char text[8];
	netgraft_conn conn;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p))
		exit(1);
	netgraft_inject(cx, p[0], &callbacks, NULL, NULL, &conn);
	say(p[1], "one");
	if (!setjmp(back))
		serve(1);
	check(jumps == 1, "left by longjmp");
	check(get(p[1], text, 3) == 3 && !memcmp(text, "one", 3), "what was sent goes out");
	say(p[1], "two");
	check(get(p[1], text, 3) == 3 && !memcmp(text, "two", 3), "and it goes on");
	close(p[1]);
}

int main(void)
{
	int before, port;

	begin(60);
	before = open_fds();
	port = start(settings(protocols));
	websockets(port);
	held(port);
	others(port);
	jump();
	stop();
	check(open_fds() == before, "no descriptor is left over");
	return finish();
}
