/*
 * Part of netgraft's lwip/sys.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_SYS_GENERATED_H
#define NETGRAFT_LWIP_SYS_GENERATED_H

/**
 * Makes a semaphore, in the variable that `sem` points to, that lets `count` waits through. `ERR_ARG` for null.
 */
NETGRAFT_EXTERN
err_t sys_sem_new(sys_sem_t *sem,
                  uint8_t count);

/**
 * Lets one wait through, now or later: signals that nobody has waited for count as one.
 */
NETGRAFT_EXTERN void sys_sem_signal(sys_sem_t *sem);

/**
 * Waits for a signal, at most `timeout` milliseconds, or as long as it takes for 0. The milliseconds it took, or `SYS_ARCH_TIMEOUT`; that is also the answer when the
 * semaphore is freed.
 */
NETGRAFT_EXTERN
uint32_t sys_arch_sem_wait(sys_sem_t *sem,
                           uint32_t timeout);

/**
 * Frees a semaphore. Who waits for it comes back.
 */
NETGRAFT_EXTERN void sys_sem_free(sys_sem_t *sem);

/**
 * Makes a mutex in the variable that `mutex` points to. `ERR_ARG` for null.
 */
NETGRAFT_EXTERN err_t sys_mutex_new(sys_mutex_t *mutex);

/**
 * Waits until nobody has the mutex, and takes it. A thread that has it waits for itself.
 */
NETGRAFT_EXTERN void sys_mutex_lock(sys_mutex_t *mutex);

/**
 * Gives the mutex back.
 */
NETGRAFT_EXTERN void sys_mutex_unlock(sys_mutex_t *mutex);

/**
 * Frees a mutex. Who waits for it goes on.
 */
NETGRAFT_EXTERN void sys_mutex_free(sys_mutex_t *mutex);

/**
 * Makes a mailbox, in the variable that `mbox` points to, for `size` messages or 127, whichever is more. `ERR_ARG` for null, `ERR_MEM`
 * above 1048576 messages.
 */
NETGRAFT_EXTERN
err_t sys_mbox_new(sys_mbox_t *mbox,
                   int size);

/**
 * Adds a message; waits while there is no room.
 */
NETGRAFT_EXTERN void sys_mbox_post(sys_mbox_t *mbox, void *msg);

/**
 * Adds a message; `ERR_MEM` if there is no room, or no mailbox.
 */
NETGRAFT_EXTERN err_t sys_mbox_trypost(sys_mbox_t *mbox, void *msg);

/**
 * As `sys_mbox_trypost`; not for signal handlers.
 */
NETGRAFT_EXTERN err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *msg);

/**
 * Waits for a message, at most `timeout` milliseconds, or as long as it takes for 0, and writes it to where `msg` points unless that is null.
 * The milliseconds it took, or `SYS_ARCH_TIMEOUT`; that is also the answer when the mailbox is freed. `msg` is untouched then.
 */
NETGRAFT_EXTERN
uint32_t sys_arch_mbox_fetch(sys_mbox_t *mbox,
                             void **msg,
                             uint32_t timeout);

/**
 * As `sys_arch_mbox_fetch`, without waiting: 0, or `SYS_MBOX_EMPTY`.
 */
NETGRAFT_EXTERN uint32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **msg);

/**
 * Frees a mailbox. Who waits for it comes back; messages in it are the program's.
 */
NETGRAFT_EXTERN void sys_mbox_free(sys_mbox_t *mbox);

/**
 * Runs `thread` with `arg` in a new thread, which is nobody's to join. `name` may be null. Stacks smaller than the system's usual one are not made, and
 * priorities mean nothing. A value that is not null, or null if the system has no thread to give.
 */
NETGRAFT_EXTERN
sys_thread_t sys_thread_new(const char *name,
                            lwip_thread_fn thread,
                            void *arg,
                            int stacksize,
                            int prio);

/**
 * Keeps other threads out of what they do between this and `sys_arch_unprotect`. A thread may call it again inside.
 */
NETGRAFT_EXTERN
sys_prot_t sys_arch_protect(void);

/**
 * The other half of `sys_arch_protect`.
 */
NETGRAFT_EXTERN void sys_arch_unprotect(sys_prot_t pval);

/**
 * Nothing to do: everything begins by itself.
 */
NETGRAFT_EXTERN void sys_init(void);

/**
 * Milliseconds of a clock that only goes forward; after 2^32 of them from 0.
 */
NETGRAFT_EXTERN uint32_t sys_now(void);

/**
 * As `sys_now`.
 */
NETGRAFT_EXTERN uint32_t sys_jiffies(void);

/**
 * Sleeps.
 */
NETGRAFT_EXTERN void sys_msleep(uint32_t ms);

#endif  /* NETGRAFT_LWIP_SYS_GENERATED_H */
