/*
 * netgraft.h: what libwebsockets lacks. The program's own connections, descriptors and listening sockets in the loop of a
 * `struct lws_context`; ways into that loop from other threads; that loop inside another; and WebSocket over bytes that
 * the program moves itself. Link with -lnetgraft.
 *
 * Functions that can fail return 0 or a negative errno; -EIO is an internal error. Times are in milliseconds, lengths in
 * bytes. What a function does not say any thread may do, only the thread that serves the context may do.
 *
 * Generated from the Rust sources by cbindgen: do not edit.
 */

#ifndef NETGRAFT_H
#define NETGRAFT_H

#include <stddef.h>
#include <stdint.h>

#ifndef NETGRAFT_EXTERN
#define NETGRAFT_EXTERN extern
#endif

struct lws;
struct lws_context;
struct lws_vhost;
struct netgraft_ws;


/**
 * `kind` of `timeout`: it took too long to connect.
 */
#define NETGRAFT_TIMEOUT_CONNECT 1

/**
 * `kind` of `timeout`: nothing was received and nothing sent for too long.
 */
#define NETGRAFT_TIMEOUT_IDLE 2

/**
 * `kind` of `timeout`: the connection has lasted too long.
 */
#define NETGRAFT_TIMEOUT_TOTAL 3

/**
 * For `flags` of `netgraft_options`: the library only watches the descriptor, and the program reads and writes it: see `netgraft_watch`.
 */
#define NETGRAFT_WATCH 1

/**
 * For `netgraft_watch`: call `readable` while there is something to read.
 */
#define NETGRAFT_READABLE 1

/**
 * For `netgraft_watch`: call `writable` while there is room to write.
 */
#define NETGRAFT_WRITABLE 2

/**
 * For `netgraft_close`: at once, without sending what waits.
 */
#define NETGRAFT_CLOSE_NOW 0

/**
 * For `netgraft_close`: after what waits is sent, for which the peer has 10 seconds.
 */
#define NETGRAFT_CLOSE_FLUSH 1

/**
 * The first descriptor that `netgraft_listen_fds` counts.
 */
#define NETGRAFT_LISTEN_FDS_START 3

/**
 * For `role` of `netgraft_ws_settings`: we answer a handshake.
 */
#define NETGRAFT_WS_SERVER 1

/**
 * For `role` of `netgraft_ws_settings`: we begin a handshake.
 */
#define NETGRAFT_WS_CLIENT 2

/**
 * In `flags` of messages: binary, not text.
 */
#define NETGRAFT_WS_BINARY 1

/**
 * In `flags` of messages: the message goes on after this piece.
 */
#define NETGRAFT_WS_MORE 2

/**
 * In `flags` of a message received: this piece goes on with a message that has begun.
 */
#define NETGRAFT_WS_CONTINUED 4

/**
 * Names an injected connection, or a connection of libwebsockets (`netgraft_of_wsi`). 0 names none.
 *
 * A handle is a number, not a pointer: when its connection has ended, every function recognises that and returns `-ESTALE`. It may be kept, copied,
 * and used by any thread for those functions that say so. It does not come to name another connection before some two thousand
 * million others have been made.
 */
typedef uint64_t netgraft_conn;

/**
 * What the program wants to hear of an injected connection. Any member may be null.
 *
 * The struct is not copied: it must stay as it is until `closed`, or until the connection is released; most are `static const`. All are called from
 * the loop, in the thread that serves the context, and never from inside a `netgraft_` function other than
 * `netgraft_loop_dispatch`. Each may send to, close or release this connection or any other, and destroy the context. `user` is the pointer
 * given to `netgraft_inject`.
 */
struct netgraft_callbacks {
    /**
     * The connection stands. Once, before all others, also where it stood already when it was injected; not for watched
     * descriptors and listening sockets.
     */
    void (*connected)(netgraft_conn conn, void *user);
    /**
     * `len` bytes have come, at least 1. They are in the loop's buffer: the program may change them, and they are gone when it returns.
     */
    void (*received)(netgraft_conn conn, void *user, void *bytes, size_t len);
    /**
     * There is room: what waits to be sent is `send_low` or less. Called after `netgraft_send` has said `-EAGAIN`, and after
     * `netgraft_ask_writable`. For a watched descriptor: it can be written.
     */
    void (*writable)(netgraft_conn conn, void *user);
    /**
     * For a watched descriptor: it can be read, or has an end or error to be read.
     */
    void (*readable)(netgraft_conn conn, void *user);
    /**
     * The peer has ended its side: nothing more will come, but it still reads. The connection lasts until the program closes it, or has
     * ended its own side with `netgraft_shutdown`. Where this is null, it is closed after what waits is sent.
     */
    void (*ended)(netgraft_conn conn, void *user);
    /**
     * A time has run out; `kind` is one of `NETGRAFT_TIMEOUT_…`. 0 closes the connection with `-ETIMEDOUT`, as does a null
     * pointer; any other value lets it go on: `idle` begins anew, `connect` and `total` do not come again.
     */
    int (*timeout)(netgraft_conn conn, void *user, int kind);
    /**
     * A message of `netgraft_post` has come.
     */
    void (*posted)(netgraft_conn conn, void *user, void *message);
    /**
     * For a listening socket: `fd` was accepted. It is non-blocking, closed on exec, and the program's, which injects or closes it. Must
     * not be null for a listening socket.
     */
    void (*accepted)(netgraft_conn conn, void *user, int fd);
    /**
     * The connection has ended, and its descriptor is closed. Once, after all others, unless it is released. `error` is 0 where
     * it ended in order (the program has closed it, or the peer has ended it), else a negative errno: `-ECONNREFUSED`, `-ECONNRESET`,
     * `-ETIMEDOUT`, …; `-ECANCELED` when the context has ended. `conn` is stale already.
     */
    void (*closed)(netgraft_conn conn, void *user, int error);
    /**
     * Null.
     */
    const void *reserved[3];
};

/**
 * How an injected connection is to be. All zeros is what a null pointer means.
 */
struct netgraft_options {
    /**
     * 0 or `NETGRAFT_WATCH`.
     */
    uint32_t flags;
    /**
     * How long connecting may take, in milliseconds; 0 for as long as the system lets it.
     */
    uint32_t connect_ms;
    /**
     * How long nothing may be received or sent, in milliseconds; 0 for ever.
     */
    uint32_t idle_ms;
    /**
     * How long the connection may last from its injection on, in milliseconds; 0 for ever.
     */
    uint32_t total_ms;
    /**
     * How many bytes may wait to be sent; 0 for 1 MiB. At most 1 GiB.
     */
    uint32_t send_max;
    /**
     * `writable` comes when this many bytes or fewer wait; 0 for a quarter of `send_max`.
     */
    uint32_t send_low;
    /**
     * The most that one `received` brings; 0 for all that was read, which is 256 KiB at the most.
     */
    uint32_t receive_max;
    /**
     * Zeros.
     */
    uint32_t reserved[9];
};

/**
 * Names the loop of a context for other threads (`netgraft_loop_of`). 0 names none. It is recognised when the context has ended.
 */
typedef uint64_t netgraft_loop;

/**
 * What becomes of a message that cannot be delivered.
 */
typedef void (*netgraft_dropped)(void *message);

/**
 * A function for the loop of a context. `error` is 0, or `-ECANCELED` when the context ends before its turn.
 */
typedef void (*netgraft_function)(void *arg, int error);

/**
 * What the program wants to hear of a WebSocket without a socket. Any member may be null. All are called from inside `netgraft_ws_feed`; each may
 * call any `netgraft_ws_` function but `netgraft_ws_feed`. `user` is the pointer of the settings.
 */
struct netgraft_ws_callbacks {
    /**
     * Server: a client asks for `path`, with its arguments, and offers `protocols`, separated by commas, null for none. The number of the one chosen,
     * from 0; -1 for none of them; below -1 refuses. Where this is null, the first of those offered that the settings have is chosen, and a
     * client that offers only others is refused.
     */
    int (*asked)(struct netgraft_ws *ws, void *user, const char *path, const char *protocols);
    /**
     * The handshake is done. `protocol` is the one chosen, null for none.
     */
    void (*opened)(struct netgraft_ws *ws, void *user, const char *protocol);
    /**
     * A message, or a piece of one, of `len` bytes, which are gone when this returns. `flags`: `NETGRAFT_WS_BINARY`, `NETGRAFT_WS_MORE`,
     * `NETGRAFT_WS_CONTINUED`. Text is checked to be UTF-8.
     */
    void (*message)(struct netgraft_ws *ws,
                    void *user,
                    const void *bytes,
                    size_t len,
                    uint32_t flags);
    /**
     * A ping with `len` bytes; its answer is in what is to be sent already.
     */
    void (*ping)(struct netgraft_ws *ws, void *user, const void *bytes, size_t len);
    /**
     * A pong with `len` bytes.
     */
    void (*pong)(struct netgraft_ws *ws, void *user, const void *bytes, size_t len);
    /**
     * Nothing more will come. `code` is that of the peer's close frame (1005 where it has none, 1006 where the handshake has failed), or the one we have
     * closed with because the peer broke the protocol; `reason` has `len` bytes. What is to be sent is to be sent still.
     */
    void (*closed)(struct netgraft_ws *ws, void *user, uint16_t code, const void *reason, size_t len);
    /**
     * Null.
     */
    const void *reserved[2];
};

/**
 * What a WebSocket without a socket is made from. Nothing is kept of it but `callbacks` and `user`.
 */
struct netgraft_ws_settings {
    /**
     * `NETGRAFT_WS_SERVER` or `NETGRAFT_WS_CLIENT`.
     */
    uint32_t role;
    /**
     * The longest piece of a message that `message` gets; 0 for 64 KiB.
     */
    uint32_t receive_max;
    /**
     * How many bytes may wait to be taken; 0 for 1 MiB. At most 1 GiB.
     */
    uint32_t send_max;
    /**
     * Zero.
     */
    uint32_t zero;
    /**
     * What the program wants to hear. It must stay as it is for as long as the WebSocket is there.
     */
    const struct netgraft_ws_callbacks *callbacks;
    /**
     * The program's pointer.
     */
    void *user;
    /**
     * The protocols, separated by commas: those we have, or those we ask for; null for none.
     */
    const char *protocols;
    /**
     * Client: the value of `Host`; null for `localhost`.
     */
    const char *host;
    /**
     * Client: the path to ask for; null for `/`.
     */
    const char *path;
};

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Takes the descriptor `fd` into the loop of `context`: a connected stream socket (TCP, IPv4 or IPv6, or Unix), one that a non-blocking connect was begun
 * on, a listening one, or, with `NETGRAFT_WATCH` in the options, any descriptor that can be polled. The context needs no protocols and no port
 * for that. `callbacks` must last as long as the connection; `options` is read now, null for none.
 *
 * No callback is made from inside: the first comes in the next turn of the loop, which is `connected` for a connection. The descriptor is made
 * non-blocking and is the library's, which closes it when the connection ends; it is not limited in number by the context's
 * `fd_limit_per_thread`.
 *
 * Returns 0 with the handle in `conn`, which may be null; or an error, and then the descriptor is the program's as before: `-EINVAL` (null context or
 * callbacks, unknown options, a listening socket without `accepted`), `-EBADF`, `-ENOTSOCK`, `-EPROTOTYPE` (no stream), `-ENOTCONN` (neither connected nor
 * connecting), the error that connecting has failed with already, `-EEXIST` (the descriptor is in this loop already), `-EPERM` (it cannot be
 * polled: a file; or the context is a parent process's), `-ECANCELED` (the context is ending), `-ENOMEM`, `-ENFILE`. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_inject(struct lws_context *context,
                    int fd,
                    const struct netgraft_callbacks *callbacks,
                    void *user,
                    const struct netgraft_options *options,
                    netgraft_conn *conn);

/**
 * Sends `len` bytes, which are copied as far as the kernel does not take them at once. What is sent inside one callback of the connection leaves together
 * when that returns; before `connected`, when it is connected.
 *
 * All or nothing is accepted. Returns 0, or `-EAGAIN` when with these bytes more than `send_max` would wait: `writable` comes when there is room;
 * `-EMSGSIZE` when `len` alone is more than that; `-EPIPE` after `netgraft_shutdown`; `-EINVAL` for null bytes, a watched descriptor or a listening socket;
 * `-ESTALE` when the connection has ended; any other error is the socket's, and `closed` comes with it. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_send(netgraft_conn conn,
                  const void *bytes,
                  size_t len);

/**
 * How many bytes wait to be sent; `-ESTALE` when the connection has ended. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int64_t netgraft_waiting(netgraft_conn conn);

/**
 * Stops reading: no `received` and no `ended` comes until `netgraft_resume`, and the peer finds the connection full. That the connection
 * was reset is told nevertheless.
 *
 * Returns 0, or `-ESTALE`. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_pause(netgraft_conn conn);

/**
 * Reads again. Returns 0, or `-ESTALE`. The thread that serves the context only.
 */
NETGRAFT_EXTERN int netgraft_resume(netgraft_conn conn);

/**
 * Ends our side after what waits is sent; the peer reads its end, and may go on sending. When it has ended its side too, the connection
 * ends, and `closed` comes with 0.
 *
 * Returns 0, `-EINVAL` for a watched descriptor or a listening socket, or `-ESTALE`. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_shutdown(netgraft_conn conn);

/**
 * Closes a connection: `how` is `NETGRAFT_CLOSE_FLUSH` or `NETGRAFT_CLOSE_NOW`. One that is not connected yet, a watched descriptor and a listening
 * socket are closed at once in either case.
 *
 * The handle is stale from here on, and no callback comes but `closed`, in this or the next turn of the loop, or when all is sent. A watched
 * descriptor is closed like any other: where it belongs to somebody else, `netgraft_release` it instead.
 *
 * Returns 0, `-EINVAL` for another `how`, or `-ESTALE`. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_close(netgraft_conn conn,
                   int how);

/**
 * Changes how long nothing may be received or sent, in milliseconds from now; 0 for ever. Returns 0, or `-ESTALE`. The thread that serves the context
 * only.
 */
NETGRAFT_EXTERN
int netgraft_set_idle(netgraft_conn conn,
                      uint32_t idle_ms);

/**
 * What to call for a watched descriptor: `NETGRAFT_READABLE`, `NETGRAFT_WRITABLE`, both or, as at the beginning, neither (0). `readable` and
 * `writable` are called as long as the descriptor is ready for it, like a `poll` that is made again and again; an end or error is
 * told to `readable`.
 *
 * Returns 0, `-EINVAL` for other bits or a descriptor that is not watched, or `-ESTALE`. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_watch(netgraft_conn conn,
                   uint32_t what);

/**
 * Takes a connection's descriptor out of the loop, alive: it is the program's again, in `fd`, still non-blocking. Bytes that were read from it and not
 * delivered yet go to `buffer`, which has room for `*len` of them; `*len` becomes their number. There are some only with `receive_max`, or where the
 * program has paused. `buffer` and `len` may both be null, which is room for none. The handle is stale from here on, and `closed` does not come.
 *
 * Returns 0, or an error, and then all is as before: `-EBUSY` while bytes wait to be sent (`writable` comes when none do),
 * `-ENOBUFS` with the number of bytes in `*len`, `-EINVAL` for a null `fd`, `-EBADF` when the program has closed the descriptor itself (then `closed` comes), or
 * `-ESTALE`. From inside the connection's own callbacks too. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_release(netgraft_conn conn,
                     int *fd,
                     void *buffer,
                     size_t *len);

/**
 * Takes the socket of a connection of libwebsockets out, alive, as `netgraft_release` does. The connection ends, with its closing callbacks, before this
 * returns, but the peer does not notice. Of a WebSocket, what is in `buffer` begins with a frame.
 *
 * Returns 0, or an error, and then all is as before: `-EINVAL` (null, dead or no connection, a null `fd`, a listener or file), `-EBUSY` (from inside one of its own
 * callbacks: use `netgraft_call`; bytes wait to be sent; a request is being received or answered; a frame or message of a WebSocket is under way),
 * `-EOPNOTSUPP` (its messages are compressed: permessage-deflate), `-ENOBUFS` as in `netgraft_release`, `-EBADF`. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_release_wsi(struct lws *wsi,
                         int *fd,
                         void *buffer,
                         size_t *len);

/**
 * The handle of a connection of libwebsockets, for other threads: for `netgraft_ask_writable` and `netgraft_post`. 0 for a null, dead or ending one. The
 * thread that serves the context only.
 */
NETGRAFT_EXTERN
netgraft_conn netgraft_of_wsi(struct lws *wsi);

/**
 * The handle of the loop of `context`, for `netgraft_call` from other threads. 0 for a null, dead or ending context. The thread that serves the context only.
 */
NETGRAFT_EXTERN
netgraft_loop netgraft_loop_of(struct lws_context *context);

/**
 * Asks for a writeable callback of a connection: `writable`, or `LWS_CALLBACK_SERVER_WRITEABLE` and its relatives. Asking again before it has come
 * changes nothing. A connection that has just taken the place of one that has ended may get a callback that it has not asked for.
 *
 * Returns 0, `-ESTALE` when the connection has ended, or `-EAGAIN` when 65536 wishes of other threads wait for the loop. Any thread, also while the connection or its
 * context is being ended; not in signal handlers. Wakes the loop.
 */
NETGRAFT_EXTERN
int netgraft_ask_writable(netgraft_conn conn);

/**
 * Leaves a message, a pointer or an integer, for a connection: its `posted` gets it in the next turn of the loop, or, for a connection of libwebsockets, its
 * protocol's callback with `LWS_CALLBACK_USER` and the message as `in`. Messages of one thread come in the order they were left.
 *
 * When the connection ends before that (or has no `posted`), `dropped`, if it is not null, gets the message instead, in the loop's
 * thread: so whoever owns it then can free it. Exactly one of the two is called.
 *
 * Returns 0; or `-ESTALE` when the connection has ended, or `-EAGAIN` when 65536 wishes of other threads wait for the loop: then the message is still the
 * caller's, and neither is called. Any thread, also while the connection or its context is being ended; not in signal handlers. Wakes the loop.
 */
NETGRAFT_EXTERN
int netgraft_post(netgraft_conn conn,
                  void *message,
                  netgraft_dropped dropped);

/**
 * Has `function` called with `arg` in the thread that serves the loop, in its next turn, outside all other callbacks. There it may do what a callback may.
 *
 * It is called exactly once: with error 0, or with `-ECANCELED` when the context ends before that, by the thread that ends it. Calls of one thread
 * come in the order they were asked for.
 *
 * Returns 0; `-EINVAL` for a null function, `-ESTALE` when the context has ended, or `-EAGAIN` when 65536 wishes of other threads wait for the loop: then it is
 * not called. Any thread, also while the context is being ended; not in signal handlers. Wakes the loop.
 */
NETGRAFT_EXTERN
int netgraft_call(netgraft_loop loop,
                  netgraft_function function,
                  void *arg);

/**
 * The descriptor that becomes readable when the loop of `context` has something to do. Another loop may poll it, level-triggered, beside its own. It is the
 * context's: do not read or close it. `-EINVAL` for a null or dead context. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_loop_fd(struct lws_context *context);

/**
 * How many milliseconds the other loop may wait for `netgraft_loop_fd` before it calls `netgraft_loop_dispatch` in any case; -1 for ever. Ask again
 * before each wait, and after other calls to the library, which may set timers. 0 for a null or dead context. The thread that serves the
 * context only.
 */
NETGRAFT_EXTERN
int netgraft_loop_timeout(struct lws_context *context);

/**
 * Does what there is to do in the loop of `context`, without waiting: one turn of `lws_service`.
 *
 * Returns 0, `-EINVAL` for null, or `-ECANCELED` when the context has ended or cannot be served here (from inside one of its callbacks, or after a fork). One
 * thread at a time.
 */
NETGRAFT_EXTERN
int netgraft_loop_dispatch(struct lws_context *context);

/**
 * Has `vhost` serve what the listening socket `fd` accepts, beside its own port, if it has one (`CONTEXT_PORT_NO_LISTEN`), and others given before. TCP or
 * Unix. The descriptor is the vhost's from then on, which closes it at its end.
 *
 * Returns 0, or an error, and then the descriptor is the program's as before: `-EINVAL` (null or dead vhost, or the socket does not listen), `-EBADF`, `-ENOTSOCK`,
 * `-EPROTOTYPE`, `-EEXIST` (it is in the context's loop already), `-ECANCELED` (the vhost is ending), `-ENOMEM`. The thread that serves the context only.
 */
NETGRAFT_EXTERN
int netgraft_listen_fd(struct lws_vhost *vhost,
                       int fd);

/**
 * How many listening sockets the process was started with, as systemd's socket activation hands them over (`LISTEN_FDS`, `LISTEN_PID`): they are the
 * descriptors from `NETGRAFT_LISTEN_FDS_START` on. They are marked to be closed on exec. 0 where there are none for this process; `-EINVAL` where the
 * environment says no numbers; `-EBADF` where a descriptor is missing. Any thread, as long as none changes the environment.
 */
NETGRAFT_EXTERN
int netgraft_listen_fds(void);

/**
 * One end of a WebSocket whose bytes the program moves itself: through its own TLS, over a serial line, in a test. It belongs to no context. What it has to send is
 * taken by `netgraft_ws_take`, from a client at once: its handshake.
 *
 * Returns it, to be freed with `netgraft_ws_free`; null for settings that cannot be, or when memory is exhausted. It may be used by any thread, one
 * at a time.
 */
NETGRAFT_EXTERN
struct netgraft_ws *netgraft_ws_new(const struct netgraft_ws_settings *settings);

/**
 * Gives it `len` bytes that have come from the other end, however they are cut. They are copied, and the callbacks they lead to are made from inside.
 *
 * Returns 0, also after the end, when bytes are ignored; `-EINVAL` for a null or dead `ws`, or null bytes; `-EBUSY` from inside its own callbacks.
 */
NETGRAFT_EXTERN
int netgraft_ws_feed(struct netgraft_ws *ws,
                     const void *bytes,
                     size_t len);

/**
 * Takes up to `size` bytes that are to be sent to the other end, in order, into `buffer`. Returns how many, 0 when there are none; `-EINVAL` for a null or dead `ws`, or a
 * null buffer.
 */
NETGRAFT_EXTERN
int64_t netgraft_ws_take(struct netgraft_ws *ws,
                         void *buffer,
                         size_t size);

/**
 * How many bytes are to be sent; `-EINVAL` for a null or dead `ws`.
 */
NETGRAFT_EXTERN int64_t netgraft_ws_waiting(struct netgraft_ws *ws);

/**
 * Sends a message of `len` bytes, or with `NETGRAFT_WS_MORE` in `flags` a piece of one, which later ones go on with. `NETGRAFT_WS_BINARY` makes it
 * binary; text has to be UTF-8, which is not checked. The bytes are copied.
 *
 * Returns 0; `-EAGAIN` when with it more than `send_max` would wait; `-ENOTCONN` before `opened`; `-EPIPE` after a close; `-EINVAL` for a null or dead `ws`, null bytes, other
 * flags, or more than `send_max` at once.
 */
NETGRAFT_EXTERN
int netgraft_ws_send(struct netgraft_ws *ws,
                     const void *bytes,
                     size_t len,
                     uint32_t flags);

/**
 * Sends a ping with up to 125 bytes. Returns as `netgraft_ws_send`.
 */
NETGRAFT_EXTERN int netgraft_ws_ping(struct netgraft_ws *ws, const void *bytes, size_t len);

/**
 * Sends a close frame, with a code (0 for none) and a reason of up to 123 bytes of UTF-8 (null for none), a C string. `closed` comes with the other end's answer; what
 * comes before that is ignored. Returns 0; `-ENOTCONN` before `opened`, `-EPIPE` after a close, `-EINVAL` for what cannot stand in a close frame.
 */
NETGRAFT_EXTERN
int netgraft_ws_close(struct netgraft_ws *ws,
                      uint16_t code,
                      const char *reason);

/**
 * Frees it; null is allowed. From inside its callbacks no other comes.
 */
NETGRAFT_EXTERN void netgraft_ws_free(struct netgraft_ws *ws);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NETGRAFT_H */
