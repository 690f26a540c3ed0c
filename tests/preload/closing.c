/*
 * What another thread's close does to a blocked call: each call, each way to close.
 *
 *     closing [NAME...]
 *
 * One line per situation: what the blocked call returned, or that it is still blocked after 300 ms.
 */
#include "common.h"

ssize_t __read_chk(int, void *, size_t, size_t);
ssize_t __recv_chk(int, void *, size_t, size_t, int);
ssize_t __recvfrom_chk(int, void *, size_t, size_t, int, struct sockaddr *, socklen_t *);
int __poll_chk(struct pollfd *, nfds_t, int, size_t);
int __ppoll_chk(struct pollfd *, nfds_t, const struct timespec *, const sigset_t *, size_t);

struct blocked {
	int fd, other, thread, done, revents;
	long result;
	int error;
	long (*call)(struct blocked *);
	pthread_t id;
};

static void *block(void *arg)
{
	struct blocked *blocked = arg;

	__atomic_store_n(&blocked->thread, gettid(), __ATOMIC_SEQ_CST);
	errno = 0;
	blocked->result = blocked->call(blocked);
	blocked->error = errno;
	__atomic_store_n(&blocked->done, 1, __ATOMIC_SEQ_CST);

	return NULL;
}

static void start(struct blocked *blocked)
{
	must(!pthread_create(&blocked->id, NULL, block, blocked), "pthread_create");
	while (!__atomic_load_n(&blocked->thread, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	must(asleep(blocked->thread), "the call did not block");
}

static void outcome(struct blocked *blocked)
{
	double begin = now();

	while (!__atomic_load_n(&blocked->done, __ATOMIC_SEQ_CST) && now() < begin + 0.3)
		sleep_ms(1);
	if (!blocked->done)
		printf("still blocked");
	else if (blocked->revents)
		printf("%ld, revents %#x", blocked->result, blocked->revents);
	else
		printf("%ld %s", blocked->result, error_name(blocked->error));
}

/* --- the calls ------------------------------------------------------------------------------------------------- */

static char data[1 << 16];
static struct iovec pieces[2] = { { data, 100 }, { data + 100, 100 } };
static struct timespec minute = { 60, 0 };

static long do_recv(struct blocked *b) { return recv(b->fd, data, 100, 0); }
static long do_recv_all(struct blocked *b) { return recv(b->fd, data, 100, MSG_WAITALL); }
static long do_recv_peek(struct blocked *b) { return recv(b->fd, data, 100, MSG_PEEK); }
static long do_recvfrom(struct blocked *b) { return recvfrom(b->fd, data, 100, 0, NULL, NULL); }
static long do_recv_chk(struct blocked *b) { return __recv_chk(b->fd, data, 100, sizeof(data), 0); }
static long do_recvfrom_chk(struct blocked *b) { return __recvfrom_chk(b->fd, data, 100, sizeof(data), 0, NULL, NULL); }
static long do_read(struct blocked *b) { return read(b->fd, data, 100); }
static long do_read_chk(struct blocked *b) { return __read_chk(b->fd, data, 100, sizeof(data)); }
static long do_readv(struct blocked *b) { return readv(b->fd, pieces, 2); }
ssize_t __read(int, void *, size_t);
static long do_other_read(struct blocked *b) { return __read(b->fd, data, 100); }
static long do_preadv2(struct blocked *b) { return preadv2(b->fd, pieces, 2, -1, 0); }
static long do_splice(struct blocked *b)
{
	int fds[2];

	must(!pipe(fds), "pipe");

	return splice(b->fd, NULL, fds[1], NULL, 1000, 0);
}
static long do_recvmsg(struct blocked *b)
{
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };

	return recvmsg(b->fd, &message, 0);
}
static long do_recvmmsg(struct blocked *b)
{
	struct mmsghdr messages[2] = { { .msg_hdr = { .msg_iov = pieces, .msg_iovlen = 2 } }, { .msg_hdr = { .msg_iov = pieces, .msg_iovlen = 2 } } };

	return recvmmsg(b->fd, messages, 2, 0, NULL);
}
static long do_accept(struct blocked *b) { return accept(b->fd, NULL, NULL); }
static long do_accept4(struct blocked *b) { return accept4(b->fd, NULL, NULL, SOCK_CLOEXEC); }
static long do_send(struct blocked *b) { return send(b->fd, data, sizeof(data), 0); }
static long do_sendto(struct blocked *b) { return sendto(b->fd, data, sizeof(data), 0, NULL, 0); }
static long do_write(struct blocked *b) { return write(b->fd, data, sizeof(data)); }
static long do_writev(struct blocked *b) { return writev(b->fd, pieces, 2); }
static long do_pwritev2(struct blocked *b) { return pwritev2(b->fd, pieces, 2, -1, 0); }
static long do_sendmsg(struct blocked *b)
{
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };

	return sendmsg(b->fd, &message, 0);
}
static long do_sendmmsg(struct blocked *b)
{
	struct mmsghdr messages[1] = { { .msg_hdr = { .msg_iov = pieces, .msg_iovlen = 2 } } };

	return sendmmsg(b->fd, messages, 1, 0);
}
static long do_sendfile(struct blocked *b) { return sendfile(b->fd, b->other, NULL, 1 << 16); }
static long do_connect(struct blocked *b)
{
	struct sockaddr_in address = name_of(b->other);

	return connect(b->fd, (struct sockaddr *)&address, sizeof(address));
}
static long polled(struct blocked *b, struct pollfd *polled, int result)
{
	b->revents = polled->revents;

	return result;
}
static long do_poll(struct blocked *b)
{
	struct pollfd one = { b->fd, POLLIN, 0 };

	return polled(b, &one, poll(&one, 1, 60000));
}
static long do_poll_chk(struct blocked *b)
{
	struct pollfd one = { b->fd, POLLIN, 0 };

	return polled(b, &one, __poll_chk(&one, 1, -1, sizeof(one)));
}
static long do_ppoll(struct blocked *b)
{
	struct pollfd one = { b->fd, POLLIN, 0 };

	return polled(b, &one, ppoll(&one, 1, &minute, NULL));
}
static long do_ppoll_chk(struct blocked *b)
{
	struct pollfd one = { b->fd, POLLIN, 0 };
	sigset_t all;

	sigfillset(&all);

	return polled(b, &one, __ppoll_chk(&one, 1, NULL, &all, sizeof(one)));
}
static long do_select(struct blocked *b)
{
	struct timeval time = { 60, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(b->fd, &set);

	return select(b->fd + 1, &set, NULL, NULL, &time);
}
static long do_pselect(struct blocked *b)
{
	sigset_t all;
	fd_set set;

	sigfillset(&all);
	FD_ZERO(&set);
	FD_SET(b->fd, &set);

	return pselect(b->fd + 1, NULL, NULL, &set, &minute, &all);
}
static long do_epoll(struct blocked *b)
{
	struct epoll_event event;

	return epoll_wait(b->fd, &event, 1, -1);
}
static long do_recv_masked(struct blocked *b)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);

	return recv(b->fd, data, 100, 0);
}
static long do_recv_masked_too(struct blocked *b)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);

	return recv(b->fd, data, 100, 0);
}

/* --- the sockets ----------------------------------------------------------------------------------------------- */

static void with_tcp(struct blocked *b)
{
	int pair[2];

	tcp_pair(pair);
	b->fd = pair[0];
	b->other = pair[1];
}
/* by the other way to make a copy of a descriptor */
static void with_copy(struct blocked *b)
{
	with_tcp(b);
	b->fd = fcntl(b->fd, F_DUPFD_CLOEXEC, 70);
}
static void with_full(struct blocked *b)
{
	with_tcp(b);
	fill(b->fd);
}
static void with_file(struct blocked *b)
{
	with_full(b);
	b->other = open("/proc/self/exe", O_RDONLY);
}
static void with_unix(struct blocked *b)
{
	int pair[2];

	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
	b->fd = pair[0];
	b->other = pair[1];
}
static void with_udp(struct blocked *b) { b->fd = udp(); }
static void with_listener(struct blocked *b) { b->fd = listener(5); }
static void with_epoll(struct blocked *b) { b->fd = epoll_create1(0); }
/* a listener that takes no more: the connection hangs */
static void with_deaf(struct blocked *b)
{
	struct sockaddr_in address;
	int i;

	b->other = listener(0);
	address = name_of(b->other);
	for (i = 0; i < 3; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

		connect(fd, (struct sockaddr *)&address, sizeof(address));
	}
	sleep_ms(20);
	b->fd = socket(AF_INET, SOCK_STREAM, 0);
}

/* --- the ways to close ------------------------------------------------------------------------------------------ */

static int by_close(int fd) { return close(fd); }
static int by_dup2(int fd) { return dup2(1, fd) == fd ? 0 : -1; }
static int by_dup3(int fd) { return dup3(1, fd, O_CLOEXEC) == fd ? 0 : -1; }
static int by_fclose(int fd) { return fclose(fdopen(fd, "r+")); }
static int by_close_range(int fd) { return close_range(fd, fd + 100, 0); }
static int by_closefrom(int fd) { return closefrom(fd), 0; }
static int closed_in_handler;
static int handler_fd;
static void handler(int signal)
{
	(void)signal;
	closed_in_handler = close(handler_fd);
}
static int by_handler(int fd)
{
	signal(SIGUSR1, handler);
	handler_fd = fd;
	raise(SIGUSR1);

	return closed_in_handler;
}

static void try(void (*with)(struct blocked *), long (*call)(struct blocked *), int (*by)(int))
{
	static struct blocked blocked;
	double begin;
	int result;

	blocked.call = call;
	with(&blocked);
	start(&blocked);
	begin = now();
	result = by(blocked.fd);
	printf("closed %d%s, ", result, now() > begin + 0.2 ? " late" : "");
	outcome(&blocked);
	printf("\n");
}

/* --- more than one --------------------------------------------------------------------------------------------- */

/* The number is used again at once: who gets what arrives at the new socket? */
static void number_used_again(void)
{
	struct blocked blocked = { .fd = udp(), .call = do_recv };
	int sender = udp(), fresh, i, got = 0;
	struct sockaddr_in address;

	start(&blocked);
	close(blocked.fd);
	fresh = udp();
	address = name_of(fresh);
	for (i = 0; i < 6; i++)
		sendto(sender, "data", 4, 0, (struct sockaddr *)&address, sizeof(address));
	sleep_ms(50);
	while (recv(fresh, data, 100, MSG_DONTWAIT) == 4)
		got++;
	printf("%s number, the new socket got %d of 6, the old call: ", fresh == blocked.fd ? "the same" : "another", got);
	outcome(&blocked);
	printf("\n");
}

/* The same, while other signals restart the call, again and again. */
static void nothing(int signal) { (void)signal; }
static void number_used_again_restarting(void)
{
	struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_RESTART };
	struct blocked blocked = { .fd = udp(), .call = do_recv };
	int sender = udp(), fresh, i, got = 0;
	struct sockaddr_in address;

	sigaction(SIGUSR1, &action, NULL);
	start(&blocked);
	for (i = 0; i < 50; i++)
		pthread_kill(blocked.id, SIGUSR1);
	close(blocked.fd);
	fresh = udp();
	address = name_of(fresh);
	for (i = 0; i < 6; i++) {
		if (!blocked.done)
			pthread_kill(blocked.id, SIGUSR1);
		sendto(sender, "data", 4, 0, (struct sockaddr *)&address, sizeof(address));
	}
	sleep_ms(50);
	while (recv(fresh, data, 100, MSG_DONTWAIT) == 4)
		got++;
	printf("the new socket got %d of 6, the old call: ", got);
	outcome(&blocked);
	printf("\n");
}

static void closed_listener(void)
{
	struct blocked blocked = { .fd = listener(5), .call = do_accept };
	struct sockaddr_in address = name_of(blocked.fd);
	int client = socket(AF_INET, SOCK_STREAM, 0), result;

	start(&blocked);
	close(blocked.fd);
	result = connect(client, (struct sockaddr *)&address, sizeof(address));
	printf("connect: %s, accept: ", result ? error_name(errno) : "0");
	outcome(&blocked);
	printf("\n");
}

static void listener_again(void)
{
	struct blocked blocked = { .fd = listener(5), .call = do_accept };
	struct sockaddr_in address = name_of(blocked.fd);
	int fresh;

	start(&blocked);
	close(blocked.fd);
	fresh = socket(AF_INET, SOCK_STREAM, 0);
	printf("bind to the same port: %s\n", bind(fresh, (struct sockaddr *)&address, sizeof(address)) ? error_name(errno) : "0");
}

static void crowd(long (*call)(struct blocked *))
{
	static struct blocked blocked[16];
	int fd = udp(), i, woken = 0;

	for (i = 0; i < 16; i++) {
		blocked[i].fd = fd;
		blocked[i].call = call;
		start(&blocked[i]);
	}
	close(fd);
	sleep_ms(250);
	for (i = 0; i < 16; i++)
		woken += blocked[i].done;
	printf("%d of 16 woken\n", woken);
}
static void crowd_select(void) { crowd(do_select); }
static void crowd_recv(void) { crowd(do_recv); }

static void close_in_other(void)
{
	struct blocked blocked;
	int pair[2];

	/* the same in a child of a process with threads */
	tcp_pair(pair);
	memset(&blocked, 0, sizeof(blocked));
	blocked.fd = pair[0];
	blocked.call = do_recv;
	start(&blocked);
	fflush(stdout);
	if (!fork()) {
		int result = close(pair[0]);
		struct blocked own = { .fd = udp(), .call = do_recv };

		printf("child: close %d, number %s; ", result, fcntl(pair[0], F_GETFD) < 0 ? "free" : "taken");
		start(&own);
		close(own.fd);
		outcome(&own);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	printf("; parent: ");
	outcome(&blocked);
	printf(", then ");
	send(pair[1], "data", 4, 0);
	outcome(&blocked);
	printf("\n");
}

/* One closes in a signal handler that came over its own call. */
static void handler_over_call(void)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
	struct blocked blocked = { .call = do_recv };
	int pair[2];
	ssize_t end;

	tcp_pair(pair);
	blocked.fd = handler_fd = pair[0];
	sigaction(SIGUSR1, &action, NULL);
	start(&blocked);
	pthread_kill(blocked.id, SIGUSR1);
	outcome(&blocked);
	end = recv(pair[1], data, 1, 0);
	printf(", peer reads %ld, number %s\n", (long)end, fcntl(pair[0], F_GETFD) < 0 ? "free" : "taken");
}

#define TRY(name, with, call, by) \
	static void name(void) { try(with, call, by); }
TRY(recv_tcp, with_tcp, do_recv, by_close)
TRY(recv_udp, with_udp, do_recv, by_close)
TRY(recv_unix, with_unix, do_recv, by_close)
TRY(recv_waitall, with_tcp, do_recv_all, by_close)
TRY(recv_peek, with_tcp, do_recv_peek, by_close)
TRY(recvfrom_udp, with_udp, do_recvfrom, by_close)
TRY(recvmsg_tcp, with_tcp, do_recvmsg, by_close)
TRY(recvmsg_unix, with_unix, do_recvmsg, by_close)
TRY(recvmmsg_udp, with_udp, do_recvmmsg, by_close)
TRY(recv_fortified, with_tcp, do_recv_chk, by_close)
TRY(recvfrom_fortified, with_udp, do_recvfrom_chk, by_close)
TRY(read_tcp, with_tcp, do_read, by_close)
TRY(read_unix, with_unix, do_read, by_close)
TRY(read_fortified, with_tcp, do_read_chk, by_close)
TRY(readv_tcp, with_tcp, do_readv, by_close)
TRY(read_copy, with_copy, do_read, by_close)
TRY(poll_copy, with_copy, do_poll, by_close)
TRY(read_underscored, with_tcp, do_other_read, by_close)
TRY(preadv2_tcp, with_tcp, do_preadv2, by_close)
TRY(splice_tcp, with_tcp, do_splice, by_close)
TRY(accept_tcp, with_listener, do_accept, by_close)
TRY(accept4_tcp, with_listener, do_accept4, by_close)
TRY(send_tcp, with_full, do_send, by_close)
TRY(sendto_tcp, with_full, do_sendto, by_close)
TRY(write_tcp, with_full, do_write, by_close)
TRY(writev_tcp, with_full, do_writev, by_close)
TRY(pwritev2_tcp, with_full, do_pwritev2, by_close)
TRY(sendmsg_tcp, with_full, do_sendmsg, by_close)
TRY(sendmmsg_tcp, with_full, do_sendmmsg, by_close)
TRY(sendfile_tcp, with_file, do_sendfile, by_close)
TRY(connect_tcp, with_deaf, do_connect, by_close)
TRY(poll_tcp, with_tcp, do_poll, by_close)
TRY(poll_udp, with_udp, do_poll, by_close)
TRY(poll_listener, with_listener, do_poll, by_close)
TRY(poll_fortified, with_tcp, do_poll_chk, by_close)
TRY(ppoll_tcp, with_tcp, do_ppoll, by_close)
TRY(ppoll_fortified_masked, with_tcp, do_ppoll_chk, by_close)
TRY(select_tcp, with_tcp, do_select, by_close)
TRY(select_listener, with_listener, do_select, by_close)
TRY(pselect_masked, with_tcp, do_pselect, by_close)
TRY(epoll_itself, with_epoll, do_epoll, by_close)
TRY(epoll_itself_range, with_epoll, do_epoll, by_close_range)
TRY(recv_masked, with_tcp, do_recv_masked, by_close)
TRY(recv_masked_too, with_tcp, do_recv_masked_too, by_close)
TRY(dup2_onto, with_tcp, do_recv, by_dup2)
TRY(dup2_onto_poll, with_tcp, do_poll, by_dup2)
TRY(dup3_onto, with_tcp, do_read, by_dup3)
TRY(fclose_under, with_tcp, do_recv, by_fclose)
TRY(fclose_under_poll, with_tcp, do_poll, by_fclose)
TRY(close_range_over, with_tcp, do_recv, by_close_range)
TRY(closefrom_over, with_tcp, do_recv, by_closefrom)
TRY(close_in_handler, with_tcp, do_recv, by_handler)

#define S(name) { #name, name }
static const struct situation situations[] = {
	S(recv_tcp), S(recv_udp), S(recv_unix), S(recv_waitall), S(recv_peek), S(recvfrom_udp), S(recvmsg_tcp), S(recvmsg_unix),
	S(recvmmsg_udp), S(recv_fortified), S(recvfrom_fortified), S(read_tcp), S(read_unix), S(read_fortified), S(readv_tcp), S(read_copy),
	S(poll_copy), S(read_underscored), S(preadv2_tcp), S(splice_tcp), S(pwritev2_tcp), S(epoll_itself_range),
	S(accept_tcp), S(accept4_tcp), S(send_tcp), S(sendto_tcp), S(write_tcp), S(writev_tcp), S(sendmsg_tcp), S(sendmmsg_tcp),
	S(sendfile_tcp), S(connect_tcp), S(poll_tcp), S(poll_udp), S(poll_listener), S(poll_fortified), S(ppoll_tcp),
	S(ppoll_fortified_masked), S(select_tcp), S(select_listener), S(pselect_masked), S(epoll_itself), S(recv_masked),
	S(recv_masked_too), S(dup2_onto), S(dup2_onto_poll), S(dup3_onto), S(fclose_under), S(fclose_under_poll), S(close_range_over),
	S(closefrom_over), S(close_in_handler), S(number_used_again), S(number_used_again_restarting), S(closed_listener),
	S(listener_again), S(crowd_select), S(crowd_recv), S(close_in_other), S(handler_over_call),
};

int main(int argc, char **argv)
{
	(void)argc;
	signal(SIGPIPE, SIG_IGN);

	return run_all(situations, sizeof(situations) / sizeof(situations[0]), argv + 1);
}
