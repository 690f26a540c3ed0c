/* What the programs of this directory share: each situation runs in a process of its own and prints one line. */
#ifndef COMMON_H
#define COMMON_H
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline void must(int good, const char *what)
{
	if (!good) {
		printf("%s: %s\n", what, strerror(errno));
		fflush(stdout);
		_exit(2);
	}
}

static inline double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);

	return time.tv_sec + time.tv_nsec / 1e9;
}

static inline void sleep_ms(int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&time, &time) && errno == EINTR)
		;
}

static inline const char *error_name(int error)
{
	return error ? strerrorname_np(error) : "0";
}

static inline struct sockaddr_in loopback(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return address;
}

static inline struct sockaddr_in name_of(int fd)
{
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	must(!getsockname(fd, (struct sockaddr *)&address, &length), "getsockname");

	return address;
}

static inline int listener(int backlog)
{
	struct sockaddr_in address = loopback(0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)) && !listen(fd, backlog), "listener");

	return fd;
}

static inline int udp(void)
{
	struct sockaddr_in address = loopback(0);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	must(fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)), "udp");

	return fd;
}

static inline void tcp_pair(int pair[2])
{
	int listening = listener(1), size = 16384;
	struct sockaddr_in address = name_of(listening);

	/* buffers that do not grow: full is full */
	pair[0] = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(listening, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	must(!connect(pair[0], (struct sockaddr *)&address, sizeof(address)), "connect");
	pair[1] = accept(listening, NULL, NULL);
	must(pair[1] >= 0, "accept");
	close(listening);
}

/* Sends until nothing goes, and nothing has gone for a while: the receiver's window grows now and then. */
static inline void fill(int fd)
{
	static char data[65536];
	int quiet = 0;

	while (quiet < 8) {
		int sent = 0;

		while (send(fd, data, sizeof(data), MSG_DONTWAIT) > 0 || send(fd, data, 1, MSG_DONTWAIT) > 0)
			sent = 1;
		quiet = sent ? 0 : quiet + 1;
		sleep_ms(10);
	}
}

/* Is the thread asleep in the kernel? Waits until it is, for a second at most. */
static inline int asleep(int thread)
{
	char path[64], line[512];
	int i;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread);
	for (i = 0; i < 200; i++) {
		int file = open(path, O_RDONLY), length;
		char *state;

		if (file < 0)
			return 0;
		length = syscall(SYS_read, file, line, sizeof(line) - 1);
		syscall(SYS_close, file);
		line[length < 0 ? 0 : length] = 0;
		state = strrchr(line, ')');
		if (state && state[2] == 'S')
			return 1;
		sleep_ms(5);
	}

	return 0;
}

static inline int open_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;

	return count;
}

struct situation {
	const char *name;
	void (*run)(void);
};

/* Runs each in a process; one that does not end is killed after 15 s. With names: only those. */
static inline int run_all(const struct situation *situations, size_t count, char **names)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < count; i++) {
		char **name = names;
		int status;
		pid_t child;

		while (*name && strcmp(*name, situations[i].name))
			name++;
		if (names[0] && !*name)
			continue;
		printf("%-34s ", situations[i].name);
		fflush(stdout);
		child = fork();
		if (!child) {
			struct rlimit core = { 0, 0 };

			setrlimit(RLIMIT_CORE, &core);
			alarm(15);
			situations[i].run();
			fflush(stdout);
			_exit(0);
		}
		waitpid(child, &status, 0);
		if (WIFSIGNALED(status))
			printf("ended by signal %d\n", WTERMSIG(status));
	}

	return 0;
}

#endif
