/*
 * netgraft: semaphores, mailboxes, mutexes, threads and time, by lwIP's names.
 */
#ifndef NETGRAFT_LWIP_SYS_H
#define NETGRAFT_LWIP_SYS_H

#include "lwip/opt.h"
#include "lwip/err.h"

struct sys_sem;
struct sys_mutex;
struct sys_mbox;
struct sys_thread;
typedef struct sys_sem *sys_sem_t;
typedef struct sys_mutex *sys_mutex_t;
typedef struct sys_mbox *sys_mbox_t;
typedef struct sys_thread *sys_thread_t;
typedef unsigned int sys_prot_t;
typedef void (*lwip_thread_fn)(void *arg);

#define SYS_ARCH_TIMEOUT 0xffffffffUL
#define SYS_MBOX_EMPTY SYS_ARCH_TIMEOUT
#define SYS_MBOX_NULL NULL
#define SYS_SEM_NULL NULL

/* what a program may leave open means nothing here */
#ifndef DEFAULT_THREAD_STACKSIZE
#define DEFAULT_THREAD_STACKSIZE 0
#endif
#ifndef DEFAULT_THREAD_PRIO
#define DEFAULT_THREAD_PRIO 1
#endif
#ifndef TCPIP_THREAD_STACKSIZE
#define TCPIP_THREAD_STACKSIZE 0
#endif
#ifndef TCPIP_THREAD_PRIO
#define TCPIP_THREAD_PRIO 1
#endif

#ifdef __cplusplus
extern "C" {
#endif
#include "lwip/netgraft/sys.h"
#ifdef __cplusplus
}
#endif

#define sys_sem_wait(sem) sys_arch_sem_wait(sem, 0)
#define sys_mbox_fetch(mbox, msg) sys_arch_mbox_fetch(mbox, msg, 0)
#define sys_mbox_tryfetch(mbox, msg) sys_arch_mbox_tryfetch(mbox, msg)

#define sys_sem_valid(sem) ((sem) != NULL && *(sem) != NULL)
#define sys_sem_valid_val(sem) ((sem) != NULL)
#define sys_sem_set_invalid(sem) do { if ((sem) != NULL) { *(sem) = NULL; } } while (0)
#define sys_sem_set_invalid_val(sem) do { (sem) = NULL; } while (0)
#define sys_mutex_valid(mutex) sys_sem_valid(mutex)
#define sys_mutex_set_invalid(mutex) sys_sem_set_invalid(mutex)
#define sys_mbox_valid(mbox) sys_sem_valid(mbox)
#define sys_mbox_valid_val(mbox) sys_sem_valid_val(mbox)
#define sys_mbox_set_invalid(mbox) sys_sem_set_invalid(mbox)
#define sys_mbox_set_invalid_val(mbox) sys_sem_set_invalid_val(mbox)

#define SYS_ARCH_DECL_PROTECT(lev) sys_prot_t lev
#define SYS_ARCH_PROTECT(lev) ((lev) = sys_arch_protect())
#define SYS_ARCH_UNPROTECT(lev) sys_arch_unprotect(lev)
#define SYS_ARCH_LOCKED(code) do { \
	SYS_ARCH_DECL_PROTECT(netgraft_level); \
	SYS_ARCH_PROTECT(netgraft_level); \
	code; \
	SYS_ARCH_UNPROTECT(netgraft_level); } while (0)
#define SYS_ARCH_INC(var, val) SYS_ARCH_LOCKED(var += val)
#define SYS_ARCH_DEC(var, val) SYS_ARCH_LOCKED(var -= val)
#define SYS_ARCH_GET(var, ret) SYS_ARCH_LOCKED(ret = var)
#define SYS_ARCH_SET(var, val) SYS_ARCH_LOCKED(var = val)

#endif
