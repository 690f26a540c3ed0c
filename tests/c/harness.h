/*
 * For the api_*.c programs. Each is a server on the library and its own clients, most often in one thread:
 * a client call that has to wait serves the context `cx` meanwhile. In a thread that has no `cx` it only waits.
 * Every check prints a line; finish() gives the exit code.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <libwebsockets.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static __thread struct lws_context *cx;
static int passed, failed;
static double patience = 5; /* seconds for anything that should come */
static int log_lines;       /* written by the library since this was set to 0 */
static char log_last[256];

/* --- checks ----------------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static inline int
check(int good, const char *name, ...)
{
	va_list ap;

	fputs(good ? "ok " : "FAIL ", stdout);
	va_start(ap, name);
	vprintf(name, ap);
	va_end(ap);
	putchar('\n');
	if (good)
		passed++;
	else
		failed++;
	return good;
}

static inline void
log_count(int level, const char *line)
{
	(void)level;
	log_lines++;
	lws_strncpy(log_last, line, sizeof log_last);
	if (getenv("VERBOSE"))
		fputs(line, stderr);
}

/* A program that takes longer than `limit` seconds dies of SIGALRM. */
static inline void
begin(unsigned int limit)
{
	int slow = getenv("WRAP") ? 5 : 1; /* under valgrind */

	patience *= slow;
	alarm(limit * (unsigned int)slow);
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR | LLL_WARN, log_count);
}

static inline int
finish(void)
{
	printf("%d passed, %d failed\n", passed, failed);
	return failed || !passed;
}

/* --- time ------------------------------------------------------------------------------------------- */

static inline double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void
serve(double secs)
{
	double end = seconds() + secs;

	do {
		if (cx)
			lws_service(cx, -1);
		usleep(500);
	} while (seconds() < end);
}

/* Serves until it is true, or for as long as patience lasts; whether it has become true. */
#define UNTIL(truth)                                         \
	({                                                   \
		double end_ = seconds() + patience;          \
		while (!(truth) && seconds() < end_)         \
			serve(0.001);                        \
		!!(truth);                                   \
	})

/* --- the server ------------------------------------------------------------------------------------- */

static inline struct lws_context_creation_info
settings(const struct lws_protocols *protocols)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.protocols = protocols;
	info.iface = "lo";
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	return info;
}

/* Makes `cx`; the port of its first vhost. */
static inline int
start(struct lws_context_creation_info info)
{
	cx = lws_create_context(&info);
	if (!cx) {
		printf("FAIL no context: %s\n", log_last);
		exit(1);
	}
	return lws_get_vhost_listen_port(lws_get_vhost_by_name(cx, info.vhost_name ? info.vhost_name : "default"));
}

static inline void
stop(void)
{
	lws_context_destroy(cx);
	cx = NULL;
}

/* --- clients ---------------------------------------------------------------------------------------- */

static inline int
dial_to(const struct sockaddr *to, socklen_t len)
{
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, to, len)) {
		close(fd);
		return -1;
	}
	if (fd >= 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static inline int
dial(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return dial_to((struct sockaddr *)&to, sizeof to);
}

/* Closes with a reset. */
static inline void
reset(int fd)
{
	struct linger hard = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(fd);
}

static inline void
await(int fd, short events)
{
	struct pollfd p = { fd, events, 0 };

	if (cx)
		lws_service(cx, -1);
	poll(&p, 1, cx ? 1 : 100);
}

/* Sends all; 0 when that worked. */
static inline int
put(int fd, const void *data, size_t len)
{
	const char *p = data;
	double end = seconds() + patience;

	while (len && seconds() < end) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno != EAGAIN) {
			return -1;
		} else {
			await(fd, POLLOUT);
		}
	}
	return len ? -1 : 0;
}

static inline int
say(int fd, const char *text)
{
	return put(fd, text, strlen(text));
}

/* Receives `len` bytes; fewer when the peer ends or nothing comes for as long as patience lasts. */
static inline size_t
get(int fd, void *data, size_t len)
{
	size_t got = 0;
	double end = seconds() + patience;

	while (got < len && seconds() < end) {
		ssize_t n = recv(fd, (char *)data + got, len - got, MSG_DONTWAIT);

		if (n > 0) {
			got += (size_t)n;
			end = seconds() + patience;
		} else if (n == 0 || errno != EAGAIN) {
			break;
		} else {
			await(fd, POLLIN);
		}
	}
	return got;
}

/* Has the peer ended the connection, or does it soon? Closes it. */
static inline int
gone(int fd)
{
	double end = seconds() + patience;
	char trash[4096];
	ssize_t n;

	while ((n = recv(fd, trash, sizeof trash, MSG_DONTWAIT)) > 0 || (n < 0 && errno == EAGAIN)) {
		if (seconds() > end)
			break;
		if (n < 0)
			await(fd, POLLIN);
	}
	close(fd);
	return n == 0 || (n < 0 && errno != EAGAIN);
}

/* Is the connection still there? */
static inline int
there(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT | MSG_PEEK) != 0 && errno == EAGAIN;
}

/* --- HTTP and WebSocket, as a client ---------------------------------------------------------------- */

/* Reads the head of a response into `head`; its status, or -1. */
static inline int
http_head(int fd, char *head, size_t size)
{
	size_t n = 0;

	while (n + 1 < size && get(fd, head + n, 1) == 1) {
		head[++n] = 0;
		if (n >= 4 && !strcmp(head + n - 4, "\r\n\r\n"))
			return strncmp(head, "HTTP/1.", 7) ? -1 : atoi(head + 9);
	}
	head[n] = 0;
	return -1;
}

/* Reads a response with its body, a C string afterwards; its status, or -1. */
static inline int
http_get(int fd, char *head, size_t head_size, char *body, size_t body_size)
{
	int status = http_head(fd, head, head_size);
	const char *length = strstr(head, "content-length: ");
	size_t want = length ? strtoul(length + 16, NULL, 10) : body_size - 1, got;

	if (status < 0 || want >= body_size)
		return -1;
	got = get(fd, body, want);
	body[got] = 0;
	return length && got < want ? -1 : status;
}

/* Asks for a WebSocket, without waiting for the answer. */
static inline int
ws_ask(int fd, const char *host, const char *protocol)
{
	char text[512];

	snprintf(text, sizeof text,
		 "GET /path?a=1 HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
		 host, protocol ? "Sec-WebSocket-Protocol: " : "", protocol ? protocol : "", protocol ? "\r\n" : "");
	return say(fd, text);
}

static inline int
ws_accepted(int fd)
{
	char head[2048];

	return http_head(fd, head, sizeof head) == 101 && strstr(head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != NULL;
}

/* An open WebSocket, or -1. */
static inline int
ws_open(int port, const char *protocol)
{
	int fd = dial(port);

	if (fd >= 0 && (ws_ask(fd, "localhost", protocol) || !ws_accepted(fd))) {
		close(fd);
		return -1;
	}
	return fd;
}

enum { TEXT = 0x81, BINARY = 0x82, CLOSE = 0x88, PING = 0x89, PONG = 0x8a };

/* Sends a masked frame with `first` as its first byte. */
static inline int
ws_put(int fd, int first, const void *payload, size_t len)
{
	static const unsigned char mask[4] = { 0x12, 0x34, 0x56, 0x78 };
	unsigned char *frame = malloc(14 + len), *p = frame;
	size_t i;
	int answer;

	*p++ = (unsigned char)first;
	if (len < 126) {
		*p++ = (unsigned char)(0x80 | len);
	} else if (len < 65536) {
		*p++ = 0x80 | 126;
		*p++ = (unsigned char)(len >> 8);
		*p++ = (unsigned char)len;
	} else {
		*p++ = 0x80 | 127;
		for (i = 8; i--;)
			*p++ = (unsigned char)((uint64_t)len >> (8 * i));
	}
	memcpy(p, mask, 4);
	p += 4;
	for (i = 0; i < len; i++)
		*p++ = ((const unsigned char *)payload)[i] ^ mask[i & 3];
	answer = put(fd, frame, (size_t)(p - frame));
	free(frame);
	return answer;
}

/* Receives a frame of at most `size` bytes: its length, and its first byte. -1 when none comes. */
static inline ssize_t
ws_get(int fd, int *first, void *payload, size_t size)
{
	unsigned char head[2], more[8];
	uint64_t len;
	int i, n;

	if (get(fd, head, 2) != 2)
		return -1;
	*first = head[0];
	len = head[1];
	n = len == 126 ? 2 : len == 127 ? 8 : 0;
	if (n) {
		if (get(fd, more, (size_t)n) != (size_t)n)
			return -1;
		for (len = 0, i = 0; i < n; i++)
			len = len << 8 | more[i];
	}
	return len <= size && get(fd, payload, (size_t)len) == len ? (ssize_t)len : -1;
}

/* Does the next frame have this first byte and this text? */
static inline int
ws_is(int fd, int first, const char *text)
{
	char payload[4096];
	int kind;
	ssize_t n = ws_get(fd, &kind, payload, sizeof payload);

	return n == (ssize_t)strlen(text) && kind == first && !memcmp(payload, text, (size_t)n);
}

/* --- the process ------------------------------------------------------------------------------------ */

static inline int
open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = -3; /* ., .. and the directory itself */

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static inline long
rss_kb(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

#endif
