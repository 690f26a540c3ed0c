/* Semaphores, mailboxes, mutexes, threads, time, and the TCP/IP thread, on the original and on ours. */
#include "lwip_test.h"

static sys_sem_t sem;
static sys_mbox_t mbox;
static sys_mutex_t mutex;
static volatile int counter;

static void semaphores(void)
{
	sys_sem_t one;
	long begin;

	is("sem: new", sys_sem_new(&one, 2), ERR_OK);
	yes("sem: valid", sys_sem_valid(&one));
	yes("sem: counts", sys_arch_sem_wait(&one, 10) != SYS_ARCH_TIMEOUT && sys_arch_sem_wait(&one, 10) != SYS_ARCH_TIMEOUT);
	begin = now_ms();
	is("sem: in vain", sys_arch_sem_wait(&one, 30), SYS_ARCH_TIMEOUT);
	yes("sem: that was a time", now_ms() - begin >= 25);
	sys_sem_signal(&one);
	sys_sem_signal(&one);
	is("sem: signalled", sys_arch_sem_wait(&one, 10), 0);
	is("sem: two signals are one", sys_arch_sem_wait(&one, 10), SYS_ARCH_TIMEOUT);
	sys_sem_free(&one);
	ON_OURS(is("sem: freed", sys_arch_sem_wait(&one, 10), SYS_ARCH_TIMEOUT); sys_sem_free(&one);)
	sys_sem_set_invalid(&one);
	yes("sem: invalid", !sys_sem_valid(&one));
}

static void mailboxes(void)
{
	void *msg = (void *)7;
	long i;

	is("mbox: new", sys_mbox_new(&mbox, 4), ERR_OK);
	is("mbox: empty", sys_arch_mbox_tryfetch(&mbox, &msg), SYS_MBOX_EMPTY);
	is("mbox: in vain", sys_arch_mbox_fetch(&mbox, &msg, 20), SYS_ARCH_TIMEOUT);
	for (i = 0; sys_mbox_trypost(&mbox, (void *)i) == ERR_OK && i < 100000; i++)
		;
	is("mbox: so much room", i, 127);
	yes("mbox: fetched", sys_arch_mbox_fetch(&mbox, &msg, 0) != SYS_ARCH_TIMEOUT && !msg);
	is("mbox: thrown away", sys_arch_mbox_fetch(&mbox, NULL, 0), 0);
	is("mbox: without waiting", sys_arch_mbox_tryfetch(&mbox, &msg), 0);
	is("mbox: in order", (long)msg, 2);
	while (sys_arch_mbox_tryfetch(&mbox, &msg) != SYS_MBOX_EMPTY)
		;
	is("mbox: the last", (long)msg, 126);
}

static void worker(void *arg)
{
	int i;

	for (i = 0; i < 10000; i++) {
		SYS_ARCH_DECL_PROTECT(lev);
		sys_mutex_lock(&mutex);
		counter++;
		sys_mutex_unlock(&mutex);
		SYS_ARCH_PROTECT(lev);
		SYS_ARCH_PROTECT(lev);
		counter += 2;
		SYS_ARCH_UNPROTECT(lev);
		SYS_ARCH_UNPROTECT(lev);
	}
	sys_mbox_post(&mbox, arg);
}

static void threads(void)
{
	static int words[4];
	void *msg, *all[4];
	u32_t begin = sys_now();
	int i, n;

	sys_mutex_new(&mutex);
	for (i = 0; i < 4; i++)
		yes("thread: new", sys_thread_new("worker", worker, &words[i], DEFAULT_THREAD_STACKSIZE, DEFAULT_THREAD_PRIO));
	for (i = 0; i < 4; i++) {
		yes("thread: has ended", sys_arch_mbox_fetch(&mbox, &msg, 20000) != SYS_ARCH_TIMEOUT);
		all[i] = msg;
		for (n = 0; n < i; n++)
			yes("thread: another one", all[n] != msg);
	}
	/* the mutex and the protection are two locks, so that only this is sure */
	yes("thread: counted", counter > 0 && counter <= 4 * 10000 * 3);
	sys_mutex_free(&mutex);
	sys_mbox_free(&mbox);
	sys_msleep(30);
	yes("time", sys_now() - begin >= 25);
}

static pthread_t core;
static int in_core, ran;

static void note(void *arg)
{
	core = pthread_self();
	in_core++;
	if (arg)
		sys_sem_signal(arg);
}

static void again(void *arg)
{
	if (++ran < 5)
		tcpip_callback(again, arg);
	else
		sys_sem_signal(arg);
}

static void timer(void *arg)
{
	ran += (int)(long)arg;
}

static void done(void *arg)
{
	sys_sem_signal(arg);
}

static void set_timers(void *arg)
{
	sys_timeout(20, timer, (void *)1L);
	sys_timeout(10, timer, (void *)100L);
	sys_timeout(30, timer, (void *)10000L);
	sys_untimeout(timer, (void *)100L);
	sys_timeout(60, done, arg);
}

static void callbacks(void)
{
	struct tcpip_callback_msg *msg;
	int before;

	sys_sem_new(&sem, 0);
	is("core: asked", tcpip_callback(note, &sem), ERR_OK);
	sys_sem_wait(&sem);
	yes("core: another thread", in_core == 1 && !pthread_equal(core, pthread_self()));
	is("core: asked, if there is room", tcpip_callback_with_block(note, &sem, 0), ERR_OK);
	sys_sem_wait(&sem);
	is("core: asked and waited", tcpip_callback_wait(note, NULL), ERR_OK);
	is("core: has been called", in_core, 3);
	tcpip_callback(again, &sem);
	sys_sem_wait(&sem);
	is("core: asks itself", ran, 5);
	msg = tcpip_callbackmsg_new(note, &sem);
	is("core: a message", tcpip_callbackmsg_trycallback(msg), ERR_OK);
	sys_sem_wait(&sem);
	is("core: again", tcpip_callbackmsg_trycallback(msg), ERR_OK);
	sys_sem_wait(&sem);
	tcpip_callbackmsg_delete(msg);
	ON_OURS(is("core: no message any more", tcpip_callbackmsg_trycallback(msg), ERR_ARG);)
	LOCK_TCPIP_CORE();
	before = in_core;
	tcpip_callback(note, NULL);
	sys_msleep(30);
	is("core: kept out", in_core, before);
	UNLOCK_TCPIP_CORE();
	sys_msleep(100);
	is("core: then let in", in_core, before + 1);
	ran = 0;
	tcpip_callback(set_timers, &sem);
	sys_sem_wait(&sem);
	is("timers: those that were left", ran, 10001);
	is("freed over there", pbuf_free_callback(pbuf_alloc(PBUF_RAW, 10, PBUF_RAM)), ERR_OK);
	is("freed over there too", mem_free_callback(malloc(10)), ERR_OK);
	tcpip_callback_wait(note, NULL);
	sys_sem_free(&sem);
}

int main(void)
{
	host_up();
	semaphores();
	mailboxes();
	threads();
	callbacks();
	return lwip_failed != 0;
}
