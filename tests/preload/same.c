/*
 * What has to be the same with netgraft's library under the program as without: one line per situation, to be compared.
 *
 *     same [NAME...]
 *
 * Each has a second thread, because a process with one thread is left alone altogether.
 */
#include "common.h"
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>

static char data[1 << 16];

static void *idle(void *arg)
{
	for (;;)
		pause();

	return arg;
}

static void second_thread(void)
{
	pthread_t id;

	must(!pthread_create(&id, NULL, idle, NULL), "pthread_create");
}

/* --- a call in a thread ------------------------------------------------------------------------------------------ */

static int pair[2], calling;
static pthread_t caller;
static volatile sig_atomic_t handled;

static void count(int signal)
{
	(void)signal;
	handled++;
}

static void on_signal(int number, int flags)
{
	struct sigaction action = { .sa_handler = count, .sa_flags = flags };

	sigaction(number, &action, NULL);
}

static long call_recv(void) { return recv(pair[0], data, 100, 0); }
static long call_read(void) { return read(pair[0], data, 100); }
static long call_all(void) { return recv(pair[0], data, 8, MSG_WAITALL); }
static long call_accept(void) { return accept(pair[0], NULL, NULL) >= 0 ? 0 : -1; }
static long call_send(void) { return send(pair[0], data, sizeof(data), 0); }
static long call_poll(void)
{
	struct pollfd one = { pair[0], POLLIN, 0 };

	return poll(&one, 1, -1);
}
static long call_select(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pair[0], &set);

	return select(pair[0] + 1, &set, NULL, NULL, NULL);
}
static long call_epoll(void)
{
	struct epoll_event event;

	return epoll_wait(pair[0], &event, 1, -1);
}

struct outcome {
	long (*call)(void);
	long result;
	int error, done;
};
static int cleaned;
static void clean(void *arg)
{
	(void)arg;
	cleaned++;
}

static void *call(void *arg)
{
	struct outcome *outcome = arg;

	__atomic_store_n(&calling, gettid(), __ATOMIC_SEQ_CST);
	errno = 0;
	pthread_cleanup_push(clean, NULL);
	outcome->result = outcome->call();
	pthread_cleanup_pop(0);
	outcome->error = errno;
	__atomic_store_n(&outcome->done, 1, __ATOMIC_SEQ_CST);

	return NULL;
}

static struct outcome *start(long (*function)(void))
{
	static struct outcome outcome;

	memset(&outcome, 0, sizeof(outcome));
	outcome.call = function;
	calling = 0;
	must(!pthread_create(&caller, NULL, call, &outcome), "pthread_create");
	while (!__atomic_load_n(&calling, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	must(asleep(calling), "the call did not block");

	return &outcome;
}

static void print_within(struct outcome *outcome, double limit)
{
	double begin = now();

	while (!__atomic_load_n(&outcome->done, __ATOMIC_SEQ_CST) && now() < begin + limit)
		sleep_ms(1);
	if (outcome->done)
		printf("%ld %s, handled %d; ", outcome->result, error_name(outcome->error), handled);
	else
		printf("blocked, handled %d; ", handled);
}

/* where the call goes on waiting */
static void print(struct outcome *outcome) { print_within(outcome, 0.25); }
/* where it has to return */
static void print_end(struct outcome *outcome) { print_within(outcome, 5); }

/* Has it taken that long? A busy machine may add to it. */
static const char *in_time(double begin, int ms)
{
	int took = (now() - begin) * 1000;

	return took < ms - 10 ? "too early" : took > ms + 600 ? "too late" : "in time";
}

/* --- signals ---------------------------------------------------------------------------------------------------- */

static void interrupted(long (*function)(void), int flags)
{
	struct outcome *outcome;
	int i;

	tcp_pair(pair);
	if (function == call_send)
		fill(pair[0]);
	/* two kinds of handlers, of which only one comes */
	on_signal(SIGUSR2, SA_RESTART);
	on_signal(SIGCHLD, 0);
	on_signal(SIGUSR1, flags);
	outcome = start(function);
	pthread_kill(caller, SIGUSR1);
	for (i = 0; !handled && i < 400; i++)
		sleep_ms(5);
	print(outcome);
	if (!outcome->done) {
		send(pair[1], "12345678", 8, 0);
		print_end(outcome);
	}
	printf("\n");
}
static void recv_restarted(void) { interrupted(call_recv, SA_RESTART); }
static void recv_interrupted(void) { interrupted(call_recv, 0); }
static void read_restarted(void) { interrupted(call_read, SA_RESTART); }
static void read_interrupted(void) { interrupted(call_read, 0); }
static void all_restarted(void) { interrupted(call_all, SA_RESTART); }
static void poll_interrupted(void) { interrupted(call_poll, SA_RESTART); }
static void select_interrupted(void) { interrupted(call_select, SA_RESTART); }
static void send_interrupted(void) { interrupted(call_send, 0); }

static void with_timeout_interrupted(void)
{
	struct timeval time = { 10, 0 };
	struct outcome *outcome;

	/* a socket with a timeout does not restart */
	tcp_pair(pair);
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	on_signal(SIGUSR1, SA_RESTART);
	outcome = start(call_recv);
	pthread_kill(caller, SIGUSR1);
	print_end(outcome);
	printf("\n");
}

/* Signals come, other descriptors are closed: who waits does not notice. */
static void others_closed(long (*function)(void))
{
	struct outcome *outcome;
	int i, many[200];

	tcp_pair(pair);
	outcome = start(function);
	for (i = 0; i < 200; i++)
		many[i] = socket(AF_INET, SOCK_DGRAM, 0);
	for (i = 0; i < 200; i++)
		close(many[i]);
	print(outcome);
	send(pair[1], "1234", 4, 0);
	print_end(outcome);
	printf("\n");
}
static void others_closed_poll(void) { others_closed(call_poll); }
static void others_closed_select(void) { others_closed(call_select); }
static void others_closed_recv(void) { others_closed(call_recv); }

static void *close_others(void *arg)
{
	int i, round, many[128];

	for (round = 0; round < 20; round++) {
		for (i = 0; i < 128; i++)
			many[i] = socket(AF_INET, SOCK_DGRAM, 0);
		for (i = 0; i < 128; i++)
			close(many[i]);
		sleep_ms(10);
	}

	return arg;
}
static void remaining_time(void)
{
	struct timeval time = { 0, 350000 };
	struct timespec other = { 0, 350000000 };
	struct pollfd one;
	pthread_t id;
	double begin;
	int result, i;
	fd_set set;

	tcp_pair(pair);
	one = (struct pollfd){ pair[0], POLLIN, 0 };
	for (i = 0; i < 4; i++) {
		FD_ZERO(&set);
		FD_SET(pair[0], &set);
		begin = now();
		pthread_create(&id, NULL, close_others, NULL);
		result = i == 0 ? poll(&one, 1, 350) : i == 1 ? ppoll(&one, 1, &other, NULL)
			: i == 2 ? select(pair[0] + 1, &set, NULL, NULL, &time) : pselect(pair[0] + 1, &set, NULL, NULL, &other, NULL);
		printf("%d %s; ", result, in_time(begin, 350));
		pthread_join(id, NULL);
	}
	printf("\n");
}

static struct timespec age = { INT64_MAX, 999999999 };
static long call_ppoll_for_ever(void)
{
	struct pollfd one = { pair[0], POLLIN, 0 };

	return ppoll(&one, 1, &age, NULL);
}
static long call_pselect_for_ever(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pair[0], &set);

	return pselect(pair[0] + 1, &set, NULL, NULL, &age, NULL);
}
static void longest_poll(void) { others_closed(call_ppoll_for_ever); }
static void longest_select(void) { others_closed(call_pselect_for_ever); }

static sigjmp_buf out;
static void jump(int signal)
{
	(void)signal;
	siglongjmp(out, 1);
}
static void left_by_longjmp(void)
{
	double begin;
	ssize_t end;
	int i;

	second_thread();
	for (i = 0; i < 3; i++) {
		tcp_pair(pair);
		signal(SIGALRM, jump);
		if (!sigsetjmp(out, 1)) {
			ualarm(50000, 0);
			call_recv();
		}
		begin = now();
		printf("close %d", close(pair[0]));
		end = recv(pair[1], data, 1, 0);
		printf("%s, peer reads %ld, number %s; ", now() > begin + 0.1 ? " late" : "", (long)end, fcntl(pair[0], F_GETFD) < 0 ? "free" : "taken");
		close(pair[1]);
	}
	printf("\n");
}
static void *close_it(void *fd)
{
	double begin = now();
	int result = close(*(int *)fd);

	printf("close %d%s; ", result, now() > begin + 0.2 ? " late" : "");

	return NULL;
}
static void left_by_longjmp_closed_elsewhere(void)
{
	pthread_t other;
	ssize_t end;

	tcp_pair(pair);
	signal(SIGALRM, jump);
	second_thread();
	if (!sigsetjmp(out, 1)) {
		sigset_t all;

		sigfillset(&all);
		ualarm(50000, 0);
		call_recv();
	}
	/* the thread's next call */
	send(pair[0], "1", 1, 0);
	recv(pair[1], data, 1, 0);
	pthread_create(&other, NULL, close_it, &pair[0]);
	pthread_join(other, NULL);
	end = recv(pair[1], data, 1, 0);
	printf("peer reads %ld, number %s\n", (long)end, fcntl(pair[0], F_GETFD) < 0 ? "free" : "taken");
}

static void own_signal_64(void)
{
	struct outcome *outcome;

	/* the program's handler for the last real-time signal stays its own */
	on_signal(64, 0);
	tcp_pair(pair);
	outcome = start(call_recv);
	pthread_kill(caller, 64);
	print_end(outcome);
	raise(64);
	printf("handled %d\n", handled);
}

/* The program waits for signal 64, which it has blocked by its number, and now and then together with everything. */
static long call_recv_pending(void)
{
	sigset_t pending;

	recv(pair[0], data, 100, 0);
	sigpending(&pending);

	return sigismember(&pending, SIGRTMAX);
}
static void signal_64(int first)
{
	struct timespec second = { 1, 0 }, moment = { 0, 1000000 };
	struct pollfd one = { -1, POLLIN, 0 };
	struct signalfd_siginfo info;
	struct outcome *outcome;
	sigset_t last, all, named, before;
	int fd;

	sigemptyset(&last);
	sigaddset(&last, SIGRTMAX);
	sigfillset(&all);
	for (sigemptyset(&named); first <= SIGRTMAX; first++)
		sigaddset(&named, first);
	must(!sigprocmask(SIG_BLOCK, &named, NULL), "sigprocmask");
	raise(SIGRTMAX);
	printf("sigtimedwait %d, ", sigtimedwait(&last, NULL, &second));
	raise(SIGRTMAX);
	must(!pthread_sigmask(SIG_SETMASK, &all, &before) && !pthread_sigmask(SIG_SETMASK, &before, NULL), "pthread_sigmask");
	printf("blocked %d, ppoll %d, ", sigismember(&before, SIGRTMAX), ppoll(&one, 1, &moment, &named));
	printf("ppoll %d, ", ppoll(&one, 1, &moment, &all));
	fd = signalfd(-1, &last, SFD_NONBLOCK);
	printf("signalfd %d", read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : -1);
	/* nor does it get one that the program did not send */
	tcp_pair(pair);
	outcome = start(call_recv_pending);
	close(pair[0]);
	send(pair[1], "1234", 4, 0);
	printf(", others: ");
	print_end(outcome);
	printf("\n");
}

static void signal_64_waited_for(void) { signal_64(SIGRTMAX); }
static void all_real_time_signals_waited_for(void) { signal_64(SIGRTMIN); }

/* --- cancellation ------------------------------------------------------------------------------------------------ */

static void cancel(long (*function)(void), void (*with)(void))
{
	void *result = NULL;
	double begin;
	int fd, closed;

	with();
	fd = pair[0];
	start(function);
	pthread_cancel(caller);
	pthread_join(caller, &result);
	begin = now();
	closed = close(fd);
	printf("%s, cleaned %d, close %d%s, number %s\n", result == PTHREAD_CANCELED ? "cancelled" : "returned", cleaned, closed,
		now() > begin + 0.1 ? " late" : "", fcntl(fd, F_GETFD) < 0 ? "free" : "taken");
}
static void tcp(void) { tcp_pair(pair); }
static void full(void)
{
	tcp_pair(pair);
	fill(pair[0]);
}
static void listening(void) { pair[0] = listener(1); }
static void epoll(void) { pair[0] = epoll_create1(0); }
static void cancel_recv(void) { cancel(call_recv, tcp); }
static void cancel_read(void) { cancel(call_read, tcp); }
static void cancel_poll(void) { cancel(call_poll, tcp); }
static void cancel_select(void) { cancel(call_select, tcp); }
static void cancel_send(void) { cancel(call_send, full); }
static void cancel_accept(void) { cancel(call_accept, listening); }
static void cancel_epoll(void) { cancel(call_epoll, epoll); }
static void a_pipe(void) { must(!pipe(pair), "pipe"); }
static void cancel_pipe(void) { cancel(call_read, a_pipe); }
static long call_nothing(void)
{
	for (;;)
		pause();

	return 0;
}
static void cancel_elsewhere(void) { cancel(call_nothing, tcp); }
static void *cancelled_close(void *fd)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	pthread_cancel(pthread_self());
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	close(*(int *)fd);

	return NULL;
}
static void cancel_in_close(void)
{
	void *result;

	tcp_pair(pair);
	pthread_create(&caller, NULL, cancelled_close, &pair[0]);
	pthread_join(caller, &result);
	printf("%s, number %s, ", result == PTHREAD_CANCELED ? "cancelled" : "returned", fcntl(pair[0], F_GETFD) < 0 ? "free" : "taken");
	send(pair[1], "1", 1, 0);
	printf("recv %ld, close %d\n", call_recv(), close(pair[0]));
}

/* --- timeouts, flags ---------------------------------------------------------------------------------------------- */

static void receive_timeout(void)
{
	struct timeval time = { 0, 150000 };
	double begin;
	long result;

	second_thread();
	tcp_pair(pair);
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	begin = now();
	result = call_recv();
	printf("recv %ld %s %s; ", result, error_name(errno), in_time(begin, 150));
	send(pair[1], "123", 3, 0);
	begin = now();
	result = call_all();
	printf("all of 8: %ld %s; ", result, in_time(begin, 150));
	pair[0] = listener(1);
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	begin = now();
	result = call_accept();
	printf("accept %ld %s %s\n", result, error_name(errno), in_time(begin, 150));
}

static void send_timeout(void)
{
	struct timeval time = { 0, 150000 };
	double begin;
	long result;

	second_thread();
	full();
	setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
	begin = now();
	result = call_send();
	printf("send %ld %s %s\n", result, error_name(errno), in_time(begin, 150));
}

static void flags(void)
{
	struct iovec piece = { data, 2 };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
	struct sockaddr_in address;
	int sender, result;

	second_thread();
	pair[0] = udp();
	sender = udp();
	address = name_of(pair[0]);
	result = recv(pair[0], data, 100, MSG_DONTWAIT);
	printf("dontwait %d %s; ", result, error_name(errno));
	sendto(sender, "12345", 5, 0, (struct sockaddr *)&address, sizeof(address));
	printf("peek %zd; ", recv(pair[0], data, 100, MSG_PEEK));
	printf("trunc %zd; ", recv(pair[0], data, 2, MSG_PEEK | MSG_TRUNC));
	printf("recvmsg %zd", recvmsg(pair[0], &message, 0));
	printf(" flags %#x; ", message.msg_flags);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	result = read(pair[0], data, 100);
	printf("nonblock %d %s; ", result, error_name(errno));
	printf("read of nothing %zd; ", read(pair[0], data, 0));
	errno = 1234;
	sendto(sender, "12345", 5, 0, (struct sockaddr *)&address, sizeof(address));
	call_recv();
	close(sender);
	socket(AF_INET, SOCK_DGRAM, 0);
	printf("errno %d\n", errno);
}

static void non_blocking_connect(void)
{
	struct sockaddr_in address;
	struct pollfd one;
	int listening = listener(1), fd, error = 0, result;
	socklen_t length = sizeof(error);

	second_thread();
	address = name_of(listening);
	close(listening);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	result = connect(fd, (struct sockaddr *)&address, sizeof(address));
	printf("connect %d %s; ", result, error_name(errno));
	one = (struct pollfd){ fd, POLLOUT, 0 };
	result = poll(&one, 1, 1000);
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	printf("poll %d %#x, error %s\n", result, one.revents, error_name(error));
}

static void broken_pipe(void)
{
	second_thread();
	on_signal(SIGPIPE, 0);
	tcp_pair(pair);
	close(pair[1]);
	sleep_ms(20);
	printf("%zd, ", write(pair[0], "1", 1));
	sleep_ms(20);
	printf("%zd", write(pair[0], "1", 1));
	printf(" %s, handled %d, ", error_name(errno), handled);
	printf("%zd", send(pair[0], "1", 1, MSG_NOSIGNAL));
	printf(" %s, handled %d\n", error_name(errno), handled);
}

/* --- bad arguments ------------------------------------------------------------------------------------------------ */

#define SAY(call) \
	do { \
		long result_; \
		errno = 0; \
		result_ = (long)(call); \
		printf("%ld %s ", result_, error_name(errno)); \
	} while (0)
static void wrong(int fd)
{
	struct sockaddr_in address = loopback(1);
	struct iovec piece = { data, 10 };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
	struct mmsghdr messages = { .msg_hdr = message };
	struct epoll_event event;
	struct pollfd one = { fd, POLLIN, 0 };

	second_thread();
	SAY(recv(fd, data, 10, 0));
	SAY(recvfrom(fd, data, 10, 0, NULL, NULL));
	SAY(recvmsg(fd, &message, 0));
	SAY(recvmmsg(fd, &messages, 1, 0, NULL));
	SAY(send(fd, data, 0, 0));
	SAY(sendto(fd, data, 0, 0, NULL, 0));
	SAY(sendmsg(fd, &message, MSG_DONTWAIT));
	SAY(sendmmsg(fd, &messages, 1, MSG_DONTWAIT));
	SAY(read(fd, data, 0));
	SAY(readv(fd, &piece, 0));
	SAY(write(fd, data, 0));
	SAY(writev(fd, &piece, 0));
	SAY(accept(fd, NULL, NULL));
	SAY(accept4(fd, NULL, NULL, 0));
	SAY(connect(fd, (struct sockaddr *)&address, sizeof(address)));
	SAY(epoll_wait(fd, &event, 1, 0));
	SAY(sendfile(fd, fd, NULL, 1));
	SAY(poll(&one, 1, 50));
	printf("%#x ", one.revents);
	SAY(dup2(fd, 77) == 77);
	SAY(dup3(fd, fd, 0));
	SAY(dup3(fd, 78, 0x1234));
	SAY(close(fd));
	SAY(close(fd));
	printf("\n");
}
static void wrong_negative(void) { wrong(-1); }
static void wrong_closed(void)
{
	int fd = udp();

	close(fd);
	wrong(fd);
}
static void wrong_high(void) { wrong(900000); }
static void wrong_file(void) { wrong(open("/proc/self/exe", O_RDONLY)); }
static void wrong_datagram(void)
{
	int fd = udp();

	fcntl(fd, F_SETFL, O_NONBLOCK);
	wrong(fd);
}

static void wrong_select(void)
{
	struct timeval time = { 0, 50000 };
	struct pollfd *volatile none = NULL;
	int fd = udp();
	fd_set set;

	second_thread();
	close(fd);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	SAY(select(fd + 1, &set, NULL, NULL, &time));
	SAY(select(-1, NULL, NULL, NULL, NULL));
	SAY(select(0, NULL, NULL, NULL, &time));
	SAY(poll(NULL, 0, 10));
	SAY(poll(none, 1 << 30, 10));
	printf("\n");
}

/* What the kernel says of pointers that are not any. */
static void wrong_pointers(void)
{
	struct pollfd *volatile none = NULL, *volatile wild = (struct pollfd *)8, *volatile unmapped;
	int fd = udp();

	second_thread();
	unmapped = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SAY(poll(none, 1, -1));
	SAY(poll(wild, 1, -1));
	SAY(poll(unmapped, 3, 100));
	SAY(ppoll(unmapped, 3, NULL, NULL));
	SAY(select(fd + 1, (fd_set *)wild, NULL, NULL, NULL));
	SAY(select(fd + 1, NULL, (fd_set *)unmapped, NULL, NULL));
	SAY(pselect(fd + 1, NULL, NULL, (fd_set *)unmapped, NULL, NULL));
	SAY(recv(fd, data, 100, MSG_DONTWAIT));
	SAY(accept(fd, (struct sockaddr *)wild, NULL));
	SAY(socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)wild));
	SAY(fcntl(fd, F_GETLK, wild));
	SAY(close(fd));
	printf("\n");
}

/* fcntl takes a number, an address or nothing. */
static void control(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = udp(), copy, file = open("/dev/null", O_RDWR);

	second_thread();
	SAY(fcntl(fd, F_GETFD));
	SAY(fcntl(fd, F_SETFD, FD_CLOEXEC));
	SAY(fcntl(fd, F_GETFD));
	SAY(fcntl(fd, F_SETFL, O_NONBLOCK) || !(fcntl(fd, F_GETFL) & O_NONBLOCK));
	SAY(fcntl(file, F_SETLK, &lock));
	SAY(copy = fcntl(fd, F_DUPFD, 70));
	SAY(recv(copy, data, 1, 0));
	SAY(fcntl(fd, F_DUPFD_CLOEXEC, -1));
	SAY(fcntl(-1, F_DUPFD, 0));
	SAY(fcntl(fd, 0x7777, 1));
	SAY(close(copy));
	printf("\n");
}

/* --- sharing ------------------------------------------------------------------------------------------------------- */

static void close_one_of_two(void)
{
	int copy;
	struct outcome *outcome;

	tcp_pair(pair);
	copy = dup(pair[0]);
	outcome = start(call_recv);
	printf("close %d; ", close(copy));
	print(outcome);
	send(pair[1], "1234", 4, 0);
	print_end(outcome);
	printf("\n");
}

static void close_in_parent(void)
{
	struct outcome *outcome;
	int status, pipes[2];
	char byte;

	tcp_pair(pair);
	must(!pipe(pipes), "pipe");
	second_thread();
	if (!fork()) {
		outcome = start(call_recv);
		must(write(pipes[1], "x", 1) == 1, "write");
		print_end(outcome);
		print(outcome);
		fflush(stdout);
		_exit(3);
	}
	must(read(pipes[0], &byte, 1) == 1, "read");
	printf("close %d; ", close(pair[0]));
	fflush(stdout);
	sleep_ms(400);
	send(pair[1], "1234", 4, 0);
	wait(&status);
	printf("child %d\n", WEXITSTATUS(status));
}

static void vfork_child(void)
{
	struct outcome *outcome;
	int status;
	pid_t child;

	/* a child that shares our memory, but not our descriptors, closes what a thread of ours is blocked in */
	tcp_pair(pair);
	outcome = start(call_recv);
	fflush(stdout);
	child = vfork();
	if (!child) {
		close(pair[0]);
		dup2(1, pair[0]);
		dup2(2, pair[1]);
		close_range(pair[0], ~0U, 0);
		execl("/bin/true", "true", (char *)NULL);
		_exit(9);
	}
	waitpid(child, &status, 0);
	printf("child %d; ", WEXITSTATUS(status));
	print(outcome);
	send(pair[1], "1234", 4, 0);
	print_end(outcome);
	outcome = start(call_read);
	send(pair[1], "12", 2, 0);
	print_end(outcome);
	printf("\n");
}

/* What is no socket is closed under a read, which goes on: it ends when a copy of it is written to. */
static void close_what_is_read(int copy)
{
	struct outcome *outcome = start(call_read);

	printf("close %d; ", close(pair[0]));
	print(outcome);
	must(write(copy, "12345678", 8) == 8, "write");
	print_end(outcome);
	printf("\n");
}

/* Such a child puts a socket in the place of what is none in its parent. */
static void vfork_child_with_sockets(void)
{
	int copy, sockets[2];

	second_thread();
	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), "socketpair");
	copy = eventfd(0, 0);
	pair[0] = dup(copy);
	if (!vfork()) {
		dup2(sockets[0], pair[0]);
		execl("/bin/true", "true", (char *)NULL);
		_exit(9);
	}
	wait(NULL);
	close_what_is_read(copy);
}

extern char **environ;
static void spawned_child(void)
{
	posix_spawn_file_actions_t actions;
	char *command[] = { (char *)"sh", (char *)"-c", (char *)"echo spawned >&7; exit 4", NULL };
	struct outcome *outcome;
	int status, fds[2];
	pid_t child;
	char text[20] = "";

	tcp_pair(pair);
	must(!pipe(fds), "pipe");
	outcome = start(call_recv);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addclose(&actions, pair[0]);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 7);
	must(!posix_spawn(&child, "/bin/sh", &actions, NULL, command, environ), "posix_spawn");
	waitpid(child, &status, 0);
	must(read(fds[0], text, sizeof(text) - 1) > 0, "read");
	text[strcspn(text, "\n")] = 0;
	printf("%s, %d; ", text, WEXITSTATUS(status));
	print(outcome);
	send(pair[1], "1234", 4, 0);
	print_end(outcome);
	printf("\n");
}

static void inherited_socket(void)
{
	char *command[] = { (char *)"sh", (char *)"-c", (char *)"read line <&5; echo $line; echo back >&5", NULL };
	int status;
	pid_t child;

	second_thread();
	tcp_pair(pair);
	child = fork();
	if (!child) {
		dup2(pair[0], 5);
		execv("/bin/sh", command);
		_exit(9);
	}
	send(pair[1], "hello\n", 6, 0);
	waitpid(child, &status, 0);
	printf("answer %zd\n", recv(pair[1], data, 100, 0));
}

static void pipes_untouched(void)
{
	struct outcome *outcome;
	int fds[2];

	must(!pipe(fds), "pipe");
	pair[0] = fds[0];
	outcome = start(call_read);
	printf("close %d; ", close(fds[0]));
	print(outcome);
	must(write(fds[1], "1234", 4) == 4, "write");
	print_end(outcome);
	printf("\n");
}

/* The number was a socket's, before there was a second thread, and is another thing's now. It is not a pipe, which would be seen. */
static void number_reused(int (*closing)(int fd), int with_dup2)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), copy;

	if (fd < 0)
		fd = udp();
	pair[0] = eventfd(0, 0);
	copy = dup(pair[0]);
	if (with_dup2) {
		pair[0] = dup2(copy, fd);
	} else {
		close(pair[0]);
		closing(fd);
		must(dup(copy) == fd, "another number");
		pair[0] = fd;
	}
	close_what_is_read(copy);
}
static int by_range(int fd) { return close_range(fd, fd, 0); }
static int by_stream(int fd) { return fclose(fdopen(fd, "r+")); }
static void reused_after_close(void) { number_reused(close, 0); }
static void reused_after_range(void) { number_reused(by_range, 0); }
static void reused_after_fclose(void) { number_reused(by_stream, 0); }
static void reused_after_dup2(void) { number_reused(NULL, 1); }

/* A pipe has got the number by a close that the library does not see. */
static void reused_unseen(long (*function)(void))
{
	struct outcome *outcome;
	int fd, fds[2];

	second_thread();
	fd = udp();
	syscall(SYS_close, fd);
	must(!pipe(fds) && fds[0] == fd, "pipe");
	pair[0] = fd;
	outcome = start(function);
	printf("close %d; ", close(fd));
	print(outcome);
	must(write(fds[1], "1234", 4) == 4, "write");
	print_end(outcome);
	printf("\n");
}
static void reused_unseen_read(void) { reused_unseen(call_read); }
static void reused_unseen_poll(void) { reused_unseen(call_poll); }

/* --- stdio --------------------------------------------------------------------------------------------------------- */

static void streams(void)
{
	FILE *stream;
	int length;

	second_thread();
	tcp_pair(pair);
	send(pair[1], "a line\nmore\n", 12, 0);
	stream = fdopen(dup(pair[0]), "r");
	must(stream && fgets(data, 100, stream), "fgets");
	printf("read %zu; ", strlen(data));
	printf("fclose %d; ", fclose(stream));
	stream = fdopen(pair[0], "w");
	fprintf(stream, "an answer\n");
	printf("fclose %d; ", fclose(stream));
	length = recv(pair[1], data, 100, MSG_WAITALL);
	printf("peer reads %d, number %s; ", length, fcntl(pair[0], F_GETFD) < 0 ? "free" : "taken");
	stream = fopen("/proc/self/exe", "r");
	printf("file %d, ", fgetc(stream));
	printf("fclose %d; ", fclose(stream));
	stream = fmemopen(data, 10, "r");
	printf("memory: fclose %d\n", fclose(stream));
}

static void stream_to_nobody(void)
{
	FILE *stream;

	second_thread();
	signal(SIGPIPE, SIG_IGN);
	tcp_pair(pair);
	shutdown(pair[0], SHUT_WR);
	stream = fdopen(pair[0], "w");
	fprintf(stream, "an answer\n");
	SAY(fclose(stream));
	printf("number %s\n", fcntl(pair[0], F_GETFD) < 0 ? "free" : "taken");
}

/* --- ranges -------------------------------------------------------------------------------------------------------- */

static void ranges(void)
{
	int fd, i;

	second_thread();
	for (i = 0; i < 20; i++)
		must((i % 2 ? udp() : open("/dev/null", O_RDONLY)) >= 0, "open");
	printf("open %d; ", open_descriptors());
	printf("%d ", close_range(5, 9, 0));
	printf("open %d; ", open_descriptors());
	printf("%d ", close_range(10, 12, CLOSE_RANGE_CLOEXEC));
	printf("open %d cloexec %d; ", open_descriptors(), fcntl(11, F_GETFD));
	SAY(close_range(9, 5, 0));
	SAY(close_range(3, 4, 0x4000));
	closefrom(15);
	printf("open %d; ", open_descriptors());
	for (fd = 3; fd < 1024; fd++)
		close(fd);
	printf("open %d; ", open_descriptors());
	tcp_pair(pair);
	send(pair[1], "1234", 4, 0);
	printf("recv %ld, open %d\n", call_recv(), open_descriptors());
}

static void descriptors_run_out(void)
{
	struct rlimit limit = { 20, 20 };
	struct outcome *outcome;
	int fd;

	tcp_pair(pair);
	outcome = start(call_recv);
	setrlimit(RLIMIT_NOFILE, &limit);
	while ((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0)
		;
	printf("%s, ", error_name(errno));
	printf("open %d; ", open_descriptors());
	send(pair[1], "1234", 4, 0);
	print_end(outcome);
	printf("close %d, ", close(pair[0]));
	printf("open %d\n", open_descriptors());
}

/* A number that the limit does not allow any more: nothing is put in the place of what is there. */
static void beyond_the_limit(void)
{
	struct rlimit limit = { 100, 100 };
	struct outcome *outcome;
	int fds[2], result;

	tcp_pair(fds);
	pair[0] = dup2(fds[0], 500);
	outcome = start(call_recv);
	setrlimit(RLIMIT_NOFILE, &limit);
	errno = 0;
	result = dup2(fds[1], 500);
	printf("dup2 %d %s, ", result, error_name(errno));
	result = dup3(fds[1], 500, O_CLOEXEC);
	printf("dup3 %d %s, open %d; ", result, error_name(errno), fcntl(500, F_GETFD) >= 0);
	print(outcome);
	send(fds[1], "1234", 4, 0);
	print_end(outcome);
	printf("\n");
}

/* --- threads that come and go -------------------------------------------------------------------------------------- */

static void *talk(void *arg)
{
	int fds[2], i;

	for (i = 0; i < 20; i++) {
		struct pollfd one;

		must(!socketpair(AF_UNIX, SOCK_STREAM, 0, fds), "socketpair");
		must(write(fds[0], "x", 1) == 1, "write");
		one = (struct pollfd){ fds[1], POLLIN, 0 };
		must(poll(&one, 1, 1000) == 1 && read(fds[1], data, 1) == 1, "read");
		close(fds[0]);
		close(fds[1]);
	}

	return arg;
}
static void many_threads(void)
{
	pthread_t ids[50];
	int round, i, before = open_descriptors();

	for (round = 0; round < 100; round++) {
		for (i = 0; i < 50; i++)
			must(!pthread_create(&ids[i], NULL, talk, NULL), "pthread_create");
		for (i = 0; i < 50; i++)
			pthread_join(ids[i], NULL);
	}
	printf("open %d more\n", open_descriptors() - before);
}

#define S(name) { #name, name }
static const struct situation situations[] = {
	S(recv_restarted), S(recv_interrupted), S(read_restarted), S(read_interrupted), S(all_restarted), S(poll_interrupted),
	S(select_interrupted), S(send_interrupted), S(with_timeout_interrupted), S(others_closed_poll), S(others_closed_select),
	S(others_closed_recv), S(remaining_time), S(longest_poll), S(longest_select), S(left_by_longjmp), S(left_by_longjmp_closed_elsewhere), S(own_signal_64), S(signal_64_waited_for),
	S(all_real_time_signals_waited_for),
	S(cancel_recv), S(cancel_read), S(cancel_poll), S(cancel_select), S(cancel_send), S(cancel_accept), S(cancel_epoll),
	S(cancel_pipe), S(cancel_elsewhere), S(cancel_in_close), S(receive_timeout), S(send_timeout), S(flags), S(non_blocking_connect),
	S(broken_pipe), S(wrong_negative), S(wrong_closed), S(wrong_high), S(wrong_file), S(wrong_datagram), S(wrong_select), S(wrong_pointers), S(control),
	S(close_one_of_two), S(close_in_parent), S(vfork_child), S(vfork_child_with_sockets), S(spawned_child), S(inherited_socket), S(pipes_untouched), S(reused_after_close), S(reused_after_range), S(reused_after_fclose),
	S(reused_after_dup2), S(reused_unseen_read), S(reused_unseen_poll), S(streams),
	S(stream_to_nobody), S(ranges), S(descriptors_run_out), S(beyond_the_limit), S(many_threads),
};

int main(int argc, char **argv)
{
	(void)argc;

	return run_all(situations, sizeof(situations) / sizeof(situations[0]), argv + 1);
}
