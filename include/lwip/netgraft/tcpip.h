/*
 * Part of netgraft's lwip/tcpip.h.
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_LWIP_TCPIP_GENERATED_H
#define NETGRAFT_LWIP_TCPIP_GENERATED_H

/**
 * Starts the TCP/IP thread, and has it call `tcpip_init_done` with `arg`, unless that is null. Again: only that.
 */
NETGRAFT_EXTERN
void tcpip_init(tcpip_init_done_fn tcpip_init_done,
                void *arg);

/**
 * Has the TCP/IP thread call `function` with `ctx`, after what others have asked it. Where 4096 calls wait already, this waits too, unless it is in that
 * thread itself: then, and without a thread, `ERR_MEM`. `ERR_ARG` for null.
 */
NETGRAFT_EXTERN
err_t tcpip_callback(tcpip_callback_fn function,
                     void *ctx);

/**
 * As `tcpip_callback`, but never waits: `ERR_MEM` if there is no room.
 */
NETGRAFT_EXTERN err_t tcpip_try_callback(tcpip_callback_fn function, void *ctx);

/**
 * As `tcpip_callback`, and comes back when the function has. In the TCP/IP thread itself it is called at once.
 */
NETGRAFT_EXTERN
err_t tcpip_callback_wait(tcpip_callback_fn function,
                          void *ctx);

/**
 * A call that can be asked for again and again, the caller's until `tcpip_callbackmsg_delete`; null for a null function.
 */
NETGRAFT_EXTERN
struct tcpip_callback_msg *tcpip_callbackmsg_new(tcpip_callback_fn function,
                                                 void *ctx);

/**
 * Frees what `tcpip_callbackmsg_new` made. Calls that were asked for are still made.
 */
NETGRAFT_EXTERN void tcpip_callbackmsg_delete(struct tcpip_callback_msg *msg);

/**
 * As `tcpip_try_callback`, for what `tcpip_callbackmsg_new` made.
 */
NETGRAFT_EXTERN err_t tcpip_callbackmsg_trycallback(struct tcpip_callback_msg *msg);

/**
 * As `tcpip_callbackmsg_trycallback`; not for signal handlers.
 */
NETGRAFT_EXTERN err_t tcpip_callbackmsg_trycallback_fromisr(struct tcpip_callback_msg *msg);

/**
 * Has the TCP/IP thread give back a reference to a packet. `ERR_MEM` if there is no room.
 */
NETGRAFT_EXTERN err_t pbuf_free_callback(struct pbuf *p);

/**
 * Has the TCP/IP thread free memory of `mem_malloc`. `ERR_MEM` if there is no room.
 */
NETGRAFT_EXTERN err_t mem_free_callback(void *m);

/**
 * Has the TCP/IP thread call `handler` with `arg` once, `msecs` milliseconds from now. Nothing happens without a thread, or where 65536
 * timers are set.
 */
NETGRAFT_EXTERN
void sys_timeout(uint32_t msecs,
                 sys_timeout_handler handler,
                 void *arg);

/**
 * Takes back the earliest timer with this handler and argument.
 */
NETGRAFT_EXTERN void sys_untimeout(sys_timeout_handler handler, void *arg);

/**
 * Keeps the TCP/IP thread out of the program's functions until `sys_unlock_tcpip_core`; what it is in is waited for. A thread may call it again
 * inside, as may those functions.
 */
NETGRAFT_EXTERN
void sys_lock_tcpip_core(void);

/**
 * The other half of `sys_lock_tcpip_core`.
 */
NETGRAFT_EXTERN void sys_unlock_tcpip_core(void);

#endif  /* NETGRAFT_LWIP_TCPIP_GENERATED_H */
