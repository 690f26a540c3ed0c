/* For the lwip_*.c programs: checks, and a way to run them on the original (LWIP_ORIGINAL), whose stack needs a network interface: one that leads back to
 * itself. */
#include "lwip/api.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef LWIP_ORIGINAL
#include "lwip/netif.h"
#define ON_OURS(x)
#else
#define ON_OURS(x) x
#endif

static int lwip_failed;

static inline void check_(int good, const char *what, long got, long wanted)
{
	if (good)
		printf("ok %s\n", what);
	else
		printf("FAIL %s: %ld, not %ld\n", what, got, wanted);
	lwip_failed += !good;
	fflush(stdout);
}
#define is(what, got, wanted) do { long g_ = (long)(got), w_ = (long)(wanted); check_(g_ == w_, what, g_, w_); } while (0)
#define yes(what, x) check_(!!(x), what, 0, 1)

static inline long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* a loopback interface */
#ifdef LWIP_ORIGINAL
static struct netif loop_if;
static err_t loop_out4(struct netif *n, struct pbuf *p, const ip4_addr_t *to)
{
	(void)to;
	return netif_loop_output(n, p);
}
static err_t loop_out6(struct netif *n, struct pbuf *p, const ip6_addr_t *to)
{
	(void)to;
	return netif_loop_output(n, p);
}
static err_t loop_begin(struct netif *n)
{
	n->name[0] = 'l';
	n->name[1] = 'o';
	n->output = loop_out4;
	n->output_ip6 = loop_out6;
	n->mtu = 65535;
	return ERR_OK;
}
static void loop_add(void *sem)
{
	ip4_addr_t ip, mask, gw;

	IP4_ADDR(&ip, 127, 0, 0, 1);
	IP4_ADDR(&mask, 255, 0, 0, 0);
	IP4_ADDR(&gw, 127, 0, 0, 1);
	netif_add(&loop_if, &ip, &mask, &gw, NULL, loop_begin, tcpip_input);
	netif_set_up(&loop_if);
	netif_set_link_up(&loop_if);
	netif_set_default(&loop_if);
	sys_sem_signal(sem);
}
#else
static void loop_add(void *sem)
{
	sys_sem_signal(sem);
}
#endif

static inline void host_up(void)
{
	sys_sem_t sem;

	sys_sem_new(&sem, 0);
	tcpip_init(loop_add, &sem);
	sys_sem_wait(&sem);
	sys_sem_free(&sem);
}

static const ip_addr_t loopback = IPADDR4_INIT_BYTES(127, 0, 0, 1);
