//! The types that `netgraft.h` shares with C programs.
#![allow(non_camel_case_types)]
use std::ffi::{c_int, c_void};

/// Names an injected connection, or a connection of libwebsockets (`netgraft_of_wsi`). 0 names none.
///
/// A handle is a number, not a pointer: when its connection has ended, every function recognises that and returns `-ESTALE`. It may be kept, copied,
/// and used by any thread for those functions that say so. It does not come to name another connection before some two thousand
/// million others have been made.
pub type netgraft_conn = u64;

/// Names the loop of a context for other threads (`netgraft_loop_of`). 0 names none. It is recognised when the context has ended.
pub type netgraft_loop = u64;

/// What the program wants to hear of an injected connection. Any member may be null.
///
/// The struct is not copied: it must stay as it is until `closed`, or until the connection is released; most are `static const`. All are called from
/// the loop, in the thread that serves the context, and never from inside a `netgraft_` function other than
/// `netgraft_loop_dispatch`. Each may send to, close or release this connection or any other, and destroy the context. `user` is the pointer
/// given to `netgraft_inject`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct netgraft_callbacks {
    /// The connection stands. Once, before all others, also where it stood already when it was injected; not for watched
    /// descriptors and listening sockets.
    pub connected: Option<unsafe extern "C" fn(conn: netgraft_conn, user: *mut c_void)>,
    /// `len` bytes have come, at least 1. They are in the loop's buffer: the program may change them, and they are gone when it returns.
    pub received: Option<unsafe extern "C" fn(conn: netgraft_conn, user: *mut c_void, bytes: *mut c_void, len: usize)>,
    /// There is room: what waits to be sent is `send_low` or less. Called after `netgraft_send` has said `-EAGAIN`, and after
    /// `netgraft_ask_writable`. For a watched descriptor: it can be written.
    pub writable: Option<unsafe extern "C" fn(conn: netgraft_conn, user: *mut c_void)>,
    /// For a watched descriptor: it can be read, or has an end or error to be read.
    pub readable: Option<unsafe extern "C" fn(conn: netgraft_conn, user: *mut c_void)>,
    /// The peer has ended its side: nothing more will come, but it still reads. The connection lasts until the program closes it, or has
    /// ended its own side with `netgraft_shutdown`. Where this is null, it is closed after what waits is sent.
    pub ended: Option<unsafe extern "C" fn(conn: netgraft_conn, user: *mut c_void)>,
    /// A time has run out; `kind` is one of `NETGRAFT_TIMEOUT_…`. 0 closes the connection with `-ETIMEDOUT`, as does a null
    /// pointer; any other value lets it go on: `idle` begins anew, `connect` and `total` do not come again.
    pub timeout: Option<unsafe extern "C" fn(conn: netgraft_conn, user: *mut c_void, kind: c_int) -> c_int>,
    /// A message of `netgraft_post` has come.
    pub posted: Option<unsafe extern "C" fn(conn: netgraft_conn, user: *mut c_void, message: *mut c_void)>,
    /// For a listening socket: `fd` was accepted. It is non-blocking, closed on exec, and the program's, which injects or closes it. Must
    /// not be null for a listening socket.
    pub accepted: Option<unsafe extern "C" fn(conn: netgraft_conn, user: *mut c_void, fd: c_int)>,
    /// The connection has ended, and its descriptor is closed. Once, after all others, unless it is released. `error` is 0 where
    /// it ended in order (the program has closed it, or the peer has ended it), else a negative errno: `-ECONNREFUSED`, `-ECONNRESET`,
    /// `-ETIMEDOUT`, …; `-ECANCELED` when the context has ended. `conn` is stale already.
    pub closed: Option<unsafe extern "C" fn(conn: netgraft_conn, user: *mut c_void, error: c_int)>,
    /// Null.
    pub reserved: [*const c_void; 3],
}

// SAFETY: pointers to functions; the program promises that the struct does not change.
unsafe impl Sync for netgraft_callbacks {}

/// `kind` of `timeout`: it took too long to connect.
pub const NETGRAFT_TIMEOUT_CONNECT: c_int = 1;
/// `kind` of `timeout`: nothing was received and nothing sent for too long.
pub const NETGRAFT_TIMEOUT_IDLE: c_int = 2;
/// `kind` of `timeout`: the connection has lasted too long.
pub const NETGRAFT_TIMEOUT_TOTAL: c_int = 3;

/// For `flags` of `netgraft_options`: the library only watches the descriptor, and the program reads and writes it: see `netgraft_watch`.
pub const NETGRAFT_WATCH: u32 = 1;

/// For `netgraft_watch`: call `readable` while there is something to read.
pub const NETGRAFT_READABLE: u32 = 1;
/// For `netgraft_watch`: call `writable` while there is room to write.
pub const NETGRAFT_WRITABLE: u32 = 2;

/// For `netgraft_close`: at once, without sending what waits.
pub const NETGRAFT_CLOSE_NOW: c_int = 0;
/// For `netgraft_close`: after what waits is sent, for which the peer has 10 seconds.
pub const NETGRAFT_CLOSE_FLUSH: c_int = 1;

/// How an injected connection is to be. All zeros is what a null pointer means.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct netgraft_options {
    /// 0 or `NETGRAFT_WATCH`.
    pub flags: u32,
    /// How long connecting may take, in milliseconds; 0 for as long as the system lets it.
    pub connect_ms: u32,
    /// How long nothing may be received or sent, in milliseconds; 0 for ever.
    pub idle_ms: u32,
    /// How long the connection may last from its injection on, in milliseconds; 0 for ever.
    pub total_ms: u32,
    /// How many bytes may wait to be sent; 0 for 1 MiB. At most 1 GiB.
    pub send_max: u32,
    /// `writable` comes when this many bytes or fewer wait; 0 for a quarter of `send_max`.
    pub send_low: u32,
    /// The most that one `received` brings; 0 for all that was read, which is 256 KiB at the most.
    pub receive_max: u32,
    /// Zeros.
    pub reserved: [u32; 9],
}

/// The first descriptor that `netgraft_listen_fds` counts.
pub const NETGRAFT_LISTEN_FDS_START: c_int = 3;

/// A function for the loop of a context. `error` is 0, or `-ECANCELED` when the context ends before its turn.
pub type netgraft_function = Option<unsafe extern "C" fn(arg: *mut c_void, error: c_int)>;
/// What becomes of a message that cannot be delivered.
pub type netgraft_dropped = Option<unsafe extern "C" fn(message: *mut c_void)>;

/// WebSocket over bytes that the program itself moves. Made by `netgraft_ws_new`.
pub enum netgraft_ws {}

/// For `role` of `netgraft_ws_settings`: we answer a handshake.
pub const NETGRAFT_WS_SERVER: u32 = 1;
/// For `role` of `netgraft_ws_settings`: we begin a handshake.
pub const NETGRAFT_WS_CLIENT: u32 = 2;

/// In `flags` of messages: binary, not text.
pub const NETGRAFT_WS_BINARY: u32 = 1;
/// In `flags` of messages: the message goes on after this piece.
pub const NETGRAFT_WS_MORE: u32 = 2;
/// In `flags` of a message received: this piece goes on with a message that has begun.
pub const NETGRAFT_WS_CONTINUED: u32 = 4;

/// What the program wants to hear of a WebSocket without a socket. Any member may be null. All are called from inside `netgraft_ws_feed`; each may
/// call any `netgraft_ws_` function but `netgraft_ws_feed`. `user` is the pointer of the settings.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct netgraft_ws_callbacks {
    /// Server: a client asks for `path`, with its arguments, and offers `protocols`, separated by commas, null for none. The number of the one chosen,
    /// from 0; -1 for none of them; below -1 refuses. Where this is null, the first of those offered that the settings have is chosen, and a
    /// client that offers only others is refused.
    pub asked: Option<
        unsafe extern "C" fn(
            ws: *mut netgraft_ws,
            user: *mut c_void,
            path: *const std::ffi::c_char,
            protocols: *const std::ffi::c_char,
        ) -> c_int,
    >,
    /// The handshake is done. `protocol` is the one chosen, null for none.
    pub opened:
        Option<unsafe extern "C" fn(ws: *mut netgraft_ws, user: *mut c_void, protocol: *const std::ffi::c_char)>,
    /// A message, or a piece of one, of `len` bytes, which are gone when this returns. `flags`: `NETGRAFT_WS_BINARY`, `NETGRAFT_WS_MORE`,
    /// `NETGRAFT_WS_CONTINUED`. Text is checked to be UTF-8.
    pub message: Option<
        unsafe extern "C" fn(ws: *mut netgraft_ws, user: *mut c_void, bytes: *const c_void, len: usize, flags: u32),
    >,
    /// A ping with `len` bytes; its answer is in what is to be sent already.
    pub ping: Option<unsafe extern "C" fn(ws: *mut netgraft_ws, user: *mut c_void, bytes: *const c_void, len: usize)>,
    /// A pong with `len` bytes.
    pub pong: Option<unsafe extern "C" fn(ws: *mut netgraft_ws, user: *mut c_void, bytes: *const c_void, len: usize)>,
    /// Nothing more will come. `code` is that of the peer's close frame (1005 where it has none, 1006 where the handshake has failed), or the one we have
    /// closed with because the peer broke the protocol; `reason` has `len` bytes. What is to be sent is to be sent still.
    pub closed: Option<
        unsafe extern "C" fn(ws: *mut netgraft_ws, user: *mut c_void, code: u16, reason: *const c_void, len: usize),
    >,
    /// Null.
    pub reserved: [*const c_void; 2],
}

/// What a WebSocket without a socket is made from. Nothing is kept of it but `callbacks` and `user`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct netgraft_ws_settings {
    /// `NETGRAFT_WS_SERVER` or `NETGRAFT_WS_CLIENT`.
    pub role: u32,
    /// The longest piece of a message that `message` gets; 0 for 64 KiB.
    pub receive_max: u32,
    /// How many bytes may wait to be taken; 0 for 1 MiB. At most 1 GiB.
    pub send_max: u32,
    /// Zero.
    pub zero: u32,
    /// What the program wants to hear. It must stay as it is for as long as the WebSocket is there.
    pub callbacks: *const netgraft_ws_callbacks,
    /// The program's pointer.
    pub user: *mut c_void,
    /// The protocols, separated by commas: those we have, or those we ask for; null for none.
    pub protocols: *const std::ffi::c_char,
    /// Client: the value of `Host`; null for `localhost`.
    pub host: *const std::ffi::c_char,
    /// Client: the path to ask for; null for `/`.
    pub path: *const std::ffi::c_char,
}
