/*
 * A close in the middle of something: moments that are a few instructions long, and what is rare.
 *
 *     windows [NAME...]
 *
 * One line per situation. Those that have to meet a moment try again and again, for a second or two.
 */
#include "common.h"
#include <semaphore.h>
#include <sys/mman.h>

static char data[1 << 16];

static void spin(int ns)
{
	double end = now() + ns / 1e9;

	while (now() < end)
		;
}

static void on_signal(void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(SIGUSR1, &action, NULL);
}

/* --- a poll that is woken before it is in the kernel ------------------------------------------------------------- */

#define NUMBER 50

static struct {
	int use_select, done, thread, stop;
	volatile sig_atomic_t replaced;
	sem_t held_up, answered;
	pthread_t id;
} poller;

/* Comes at any moment, also just before the call is in the kernel. Stays until the number has been replaced, or we were woken. */
static void hold_up(int signal)
{
	struct timespec time = { 0, 50000 };
	int i;

	(void)signal;
	sem_post(&poller.held_up);
	for (i = 0; i < 20 && !poller.replaced; i++) {
		if (nanosleep(&time, NULL))
			break;
	}
}

static void *poll_rounds(void *arg)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1 };
	unsigned seed = 1;
	timer_t timer;
	int wait = 0;

	poller.thread = event._sigev_un._tid = gettid();
	must(!timer_create(CLOCK_MONOTONIC, &event, &timer), "timer_create");
	while (!poller.stop) {
		struct itimerspec time = { .it_value.tv_nsec = 10000 };
		struct pollfd one = { NUMBER, POLLIN, 0 };
		int result;
		fd_set set;

		FD_ZERO(&set);
		FD_SET(NUMBER, &set);
		poller.replaced = 0;
		timer_settime(timer, 0, &time, NULL);
		/* about as long as it takes the signal to come */
		spin(wait + rand_r(&seed) % 1000);
		result = poller.use_select ? select(NUMBER + 1, &set, NULL, NULL, NULL) : poll(&one, 1, -1);
		wait += result < 0 || one.revents == POLLNVAL ? 100 : wait > 0 ? -100 : 0;
		__atomic_store_n(&poller.done, 1, __ATOMIC_SEQ_CST);
		while (sem_wait(&poller.answered))
			;
	}

	return arg;
}

static int poller_done(void)
{
	return __atomic_load_n(&poller.done, __ATOMIC_SEQ_CST);
}

/* A handler of the program's holds the thread up, now and then just before it is in the kernel; meanwhile the number becomes another
 * socket's. Who then goes on does not see that the descriptor is no longer the one that it was called with. */
static void woken_too_early(int use_select)
{
	int sockets[2] = { udp(), udp() }, lost = 0, round;
	double begin = now();

	on_signal(hold_up, SA_RESTART);
	sem_init(&poller.held_up, 0, 0);
	sem_init(&poller.answered, 0, 0);
	must(dup2(sockets[0], NUMBER) == NUMBER, "dup2");
	poller.use_select = use_select;
	must(!pthread_create(&poller.id, NULL, poll_rounds, NULL), "pthread_create");
	for (round = 1; !poller.stop; round++) {
		int fresh = sockets[round % 2];
		struct sockaddr_in address = name_of(fresh);
		double before;

		while (sem_wait(&poller.held_up))
			;
		before = now();
		dup2(fresh, NUMBER);
		poller.replaced = 1;
		/* who closes waits for those it has woken */
		if (now() > before + 0.15 && !poller_done() && asleep(poller.thread))
			lost++;
		/* if it was called later, it waits for the new socket, rightly */
		sendto(fresh, "x", 1, 0, (struct sockaddr *)&address, sizeof(address));
		while (!poller_done())
			sched_yield();
		while (recv(fresh, data, 1, MSG_DONTWAIT) >= 0)
			;
		poller.done = 0;
		poller.stop = now() > begin + 2 || lost >= 3;
		sem_post(&poller.answered);
	}
	pthread_join(poller.id, NULL);
	printf("%s slept on\n", lost ? "some" : "none");
}
static void poll_woken_too_early(void) { woken_too_early(0); }
static void select_woken_too_early(void) { woken_too_early(1); }

/* --- who waits for others is left alone --------------------------------------------------------------------------- */

static void *wait_for_other(void *fd)
{
	struct pollfd one = { *(int *)fd, POLLIN, 0 };
	fd_set set;

	poller.thread = gettid();
	FD_ZERO(&set);
	FD_SET(*(int *)fd, &set);
	if (poller.use_select)
		select(*(int *)fd + 1, &set, NULL, NULL, NULL);
	else
		poll(&one, 1, -1);
	__atomic_store_n(&poller.done, 1, __ATOMIC_SEQ_CST);

	return NULL;
}

/* Sockets are closed whose numbers are much like the one that is waited for. */
static void others_closed(int use_select)
{
	int fd = udp(), i, late = 0;
	struct sockaddr_in address = name_of(fd);
	long before, after;
	struct rusage usage;

	poller.use_select = use_select;
	must(!pthread_create(&poller.id, NULL, wait_for_other, &fd), "pthread_create");
	while (!__atomic_load_n(&poller.thread, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	must(asleep(poller.thread), "it did not block");
	getrusage(RUSAGE_SELF, &usage);
	before = usage.ru_nvcsw;
	for (i = 0; i < 8; i++) {
		int other = dup2(fd, fd + 64 * (i + 1));
		double begin = now();

		close(other);
		late += now() > begin + 0.1;
	}
	getrusage(RUSAGE_SELF, &usage);
	after = usage.ru_nvcsw;
	printf("%s, switches %s, ", late > 4 ? "late" : "in time", after > before + 100 ? "many" : "few");
	sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof(address));
	pthread_join(poller.id, NULL);
	printf("done %d\n", poller.done);
}
static void others_closed_poll(void) { others_closed(0); }
static void others_closed_select(void) { others_closed(1); }

/* The same with very many entries: does the thread go through them again at each close? */
static struct pollfd *many;
static void *poll_many(void *count)
{
	poller.thread = gettid();
	poll(many, *(int *)count, -1);

	return NULL;
}
static double processor_time(pthread_t thread)
{
	struct timespec time;
	clockid_t clock;

	must(!pthread_getcpuclockid(thread, &clock) && !clock_gettime(clock, &time), "clock_gettime");

	return time.tv_sec + time.tv_nsec / 1e9;
}
static void others_closed_many(void)
{
	struct rlimit limit;
	int fd = udp(), i, count;
	double before;

	must(!getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	must(!setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
	count = limit.rlim_cur < 60000 ? limit.rlim_cur : 60000;
	must((many = calloc(count, sizeof(*many))) != NULL, "calloc");
	for (i = 0; i < count; i++)
		many[i] = (struct pollfd){ fd, POLLIN, 0 };
	must(!pthread_create(&poller.id, NULL, poll_many, &count), "pthread_create");
	while (!__atomic_load_n(&poller.thread, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	must(asleep(poller.thread), "it did not block");
	before = processor_time(poller.id);
	for (i = 0; i < 20; i++)
		/* its number is much like the other */
		close(dup2(fd, fd + 64));
	printf("%s\n", processor_time(poller.id) > 4 * before ? "woken each time" : "left alone");
}

/* --- no descriptor left -------------------------------------------------------------------------------------------- */

static struct {
	int fd, thread, done, error;
	long result;
	pthread_t id;
} receiver;

static void *receive(void *arg)
{
	__atomic_store_n(&receiver.thread, gettid(), __ATOMIC_SEQ_CST);
	errno = 0;
	receiver.result = recv(receiver.fd, data, 100, 0);
	receiver.error = errno;
	__atomic_store_n(&receiver.done, 1, __ATOMIC_SEQ_CST);

	return arg;
}

static void start_receiver(void)
{
	receiver.fd = udp();
	must(!pthread_create(&receiver.id, NULL, receive, NULL), "pthread_create");
	while (!__atomic_load_n(&receiver.thread, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	must(asleep(receiver.thread), "it did not block");
}

/* What the call has ended with, if it has within that time. */
static void print_receiver(int ms)
{
	while (!__atomic_load_n(&receiver.done, __ATOMIC_SEQ_CST) && ms-- > 0)
		sleep_ms(1);
	if (receiver.done && receiver.result < 0)
		printf("%ld %s", receiver.result, error_name(receiver.error));
	else if (receiver.done)
		printf("%ld", receiver.result);
	else
		printf("still blocked");
}

static int run_out(void)
{
	struct rlimit limit = { 24, 24 };
	int fd, last = -1;

	setrlimit(RLIMIT_NOFILE, &limit);
	while ((fd = open("/dev/null", O_RDONLY)) >= 0)
		last = fd;

	return last;
}

static void no_descriptor_left(void)
{
	int number, fresh;

	start_receiver();
	number = receiver.fd;
	run_out();
	printf("closed %d, ", close(number));
	print_receiver(3000);
	fresh = udp();
	printf(", %s number\n", fresh == number ? "the same" : "another");
}

static volatile sig_atomic_t in_handler, leave_handler;
static void held_up(int signal)
{
	(void)signal;
	in_handler = 1;
	while (!leave_handler)
		sleep_ms(5);
	in_handler = 0;
}

/* Who is inside is held up in a signal handler, which restarts the call. The number is not anybody else's before that. */
static void no_descriptor_left_restarting(void)
{
	struct sockaddr_in old, address;
	int last, number, fresh, i, got = 0;

	on_signal(held_up, SA_RESTART);
	start_receiver();
	number = receiver.fd;
	old = name_of(number);
	last = run_out();
	pthread_kill(receiver.id, SIGUSR1);
	while (!in_handler)
		sleep_ms(1);
	printf("closed %d, ", close(number));
	fresh = socket(AF_INET, SOCK_DGRAM, 0);
	printf("%s number free, ", fresh >= 0 ? "a" : "no");
	if (fresh < 0) {
		close(last);
		fresh = socket(AF_INET, SOCK_DGRAM, 0);
	}
	address = loopback(0);
	must(!bind(fresh, (struct sockaddr *)&address, sizeof(address)), "bind");
	address = name_of(fresh);
	leave_handler = 1;
	while (in_handler)
		sleep_ms(1);
	sleep_ms(100);
	for (i = 0; i < 6; i++)
		sendto(fresh, "data", 4, 0, (struct sockaddr *)&address, sizeof(address));
	sleep_ms(50);
	while (recv(fresh, data, 100, MSG_DONTWAIT) == 4)
		got++;
	sendto(fresh, "old", 3, 0, (struct sockaddr *)&old, sizeof(old));
	printf("the new socket got %d of 6, the old call: ", got);
	print_receiver(3000);
	pthread_join(receiver.id, NULL);
	printf(", then the number is %s\n", fcntl(number, F_GETFD) < 0 ? "free" : "taken");
}

/* --- a close that lingers ------------------------------------------------------------------------------------------- */

static int closing_done;
static void *close_it(void *fd)
{
	close(*(int *)fd);
	__atomic_store_n(&closing_done, 1, __ATOMIC_SEQ_CST);

	return NULL;
}

/* Others go on meanwhile, also those that get the next free number. */
static void lingering(void)
{
	struct linger linger = { 1, 1 };
	int before = open_descriptors(), pair[2], sockets[8], i;
	pthread_t closer;
	double begin;

	tcp_pair(pair);
	fill(pair[0]);
	setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	must(!pthread_create(&closer, NULL, close_it, &pair[0]), "pthread_create");
	sleep_ms(200);
	for (i = 0; i < 8; i++)
		sockets[i] = udp();
	begin = now();
	for (i = 0; i < 80; i++)
		recv(sockets[i % 8], data, 1, MSG_DONTWAIT);
	printf("%s, %s; ", now() > begin + 0.1 ? "late" : "in time", closing_done ? "it did not linger" : "it lingers");
	pthread_join(closer, NULL);
	for (i = 0; i < 8; i++)
		close(sockets[i]);
	printf("descriptors open %d\n", open_descriptors() - before);
}

/* --- sets that are as short as the kernel lets them be --------------------------------------------------------------- */

static fd_set *short_set;
static void *select_short(void *arg)
{
	poller.thread = gettid();
	errno = 0;
	receiver.result = select(1024, short_set, NULL, NULL, NULL);
	receiver.error = errno;
	receiver.done = 1;

	return arg;
}

static void short_sets(void)
{
	long page = sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = udp(), other = udp();

	must(pages != MAP_FAILED && !mprotect(pages + page, page, PROT_NONE), "mmap");
	short_set = (fd_set *)(pages + page - 8);
	*(long *)short_set = 1L << fd;
	must(!pthread_create(&poller.id, NULL, select_short, NULL), "pthread_create");
	while (!__atomic_load_n(&poller.thread, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	must(asleep(poller.thread), "it did not block");
	close(other);
	close(fd);
	print_receiver(3000);
	printf("\n");
}

/* --- more threads than are looked after ------------------------------------------------------------------------------- */

static int socket_pair[2];
static sem_t seated;
static void *take_seat(void *arg)
{
	recv(socket_pair[0], data, 1, MSG_DONTWAIT);
	sem_post(&seated);
	for (;;)
		pause();

	return arg;
}

/* The others pass through. When one of those ends there is room again. */
static void *pass(void *arg)
{
	recv(socket_pair[0], data, 1, MSG_DONTWAIT);
	printf("passes: %s", errno == EAGAIN ? "EAGAIN" : "something else");

	return arg;
}
static void threads_without_seats(void)
{
	pthread_attr_t small;
	pthread_t id, last;
	int i;

	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, socket_pair), "socketpair");
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (i = 0; i < 4096; i++) {
		must(!pthread_create(&last, &small, take_seat, NULL), "pthread_create");
		while (sem_wait(&seated))
			;
	}
	must(!pthread_create(&id, NULL, pass, NULL), "pthread_create");
	pthread_join(id, NULL);
	receiver.fd = udp();
	pthread_cancel(last);
	pthread_join(last, NULL);
	must(!pthread_create(&receiver.id, NULL, receive, NULL), "pthread_create");
	while (!__atomic_load_n(&receiver.thread, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	must(asleep(receiver.thread), "it did not block");
	printf("; one has ended: closed %d, ", close(receiver.fd));
	print_receiver(3000);
	printf("\n");
}

#define S(name) { #name, name }
static const struct situation situations[] = {
	S(poll_woken_too_early), S(select_woken_too_early), S(others_closed_poll), S(others_closed_select), S(others_closed_many), S(no_descriptor_left),
	S(no_descriptor_left_restarting), S(lingering), S(short_sets), S(threads_without_seats),
};

int main(int argc, char **argv)
{
	(void)argc;
	signal(SIGPIPE, SIG_IGN);
	/* a child's table of descriptors is as small as can be */
	closefrom(3);

	return run_all(situations, sizeof(situations) / sizeof(situations[0]), argv + 1);
}
