//! Ways into a loop from other threads.
use super::outcome;
use crate::faces::lws::abi::{lws, lws_context};
use crate::faces::lws::context::Context;
use crate::faces::lws::wsi::Wsi;
use crate::faces::native::abi::{netgraft_conn, netgraft_dropped, netgraft_function, netgraft_loop};
use crate::faces::native::mailbox::Letter;
use crate::faces::native::{guests, handle};
use crate::ffi::guard::guard;
use std::ffi::{c_int, c_void};

/// The handle of a connection of libwebsockets, for other threads: for `netgraft_ask_writable` and `netgraft_post`. 0 for a null, dead or ending one. The
/// thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_of_wsi(wsi: *mut lws) -> netgraft_conn {
    guard("netgraft_of_wsi", 0, || {
        let Some(wsi) = Wsi::from_c(wsi).filter(|wsi| wsi.is_open() && wsi.is_connection()) else { return 0 };
        let context = wsi.context();
        let guests = if context.ending.get() { None } else { guests(context) };
        guests.map_or(0, |guests| handle::of_wsi(wsi, guests.mailbox()))
    })
}

/// The handle of the loop of `context`, for `netgraft_call` from other threads. 0 for a null, dead or ending context. The thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_loop_of(context: *mut lws_context) -> netgraft_loop {
    guard("netgraft_loop_of", 0, || {
        let guests = Context::from_c(context).filter(|context| !context.ending.get()).and_then(guests);
        guests.map_or(0, |guests| handle::of_loop(guests.mailbox()))
    })
}

/// Asks for a writeable callback of a connection: `writable`, or `LWS_CALLBACK_SERVER_WRITEABLE` and its relatives. Asking again before it has come
/// changes nothing. A connection that has just taken the place of one that has ended may get a callback that it has not asked for.
///
/// Returns 0, `-ESTALE` when the connection has ended, or `-EAGAIN` when 65536 wishes of other threads wait for the loop. Any thread, also while the connection or its
/// context is being ended; not in signal handlers. Wakes the loop.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_ask_writable(conn: netgraft_conn) -> c_int {
    guard("netgraft_ask_writable", -libc::EIO, || {
        let Some(named) = handle::named(conn) else { return -libc::ESTALE };
        let Some(mailbox) = named.mailbox() else { return -libc::ESTALE };
        if !named.note_asked() {
            return 0;
        }
        let posted = mailbox.push(mailbox.generation(), Letter::Ask(conn));
        if posted.is_err() {
            named.forget_asked();
        }
        outcome(posted)
    })
}

/// Leaves a message, a pointer or an integer, for a connection: its `posted` gets it in the next turn of the loop, or, for a connection of libwebsockets, its
/// protocol's callback with `LWS_CALLBACK_USER` and the message as `in`. Messages of one thread come in the order they were left.
///
/// When the connection ends before that (or has no `posted`), `dropped`, if it is not null, gets the message instead, in the loop's
/// thread: so whoever owns it then can free it. Exactly one of the two is called.
///
/// Returns 0; or `-ESTALE` when the connection has ended, or `-EAGAIN` when 65536 wishes of other threads wait for the loop: then the message is still the
/// caller's, and neither is called. Any thread, also while the connection or its context is being ended; not in signal handlers. Wakes the loop.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_post(conn: netgraft_conn, message: *mut c_void, dropped: netgraft_dropped) -> c_int {
    guard("netgraft_post", -libc::EIO, || {
        let Some(mailbox) = handle::named(conn).and_then(|named| named.mailbox()) else { return -libc::ESTALE };
        outcome(mailbox.push(mailbox.generation(), Letter::Post(conn, message, dropped)))
    })
}

/// Has `function` called with `arg` in the thread that serves the loop, in its next turn, outside all other callbacks. There it may do what a callback may.
///
/// It is called exactly once: with error 0, or with `-ECANCELED` when the context ends before that, by the thread that ends it. Calls of one thread
/// come in the order they were asked for.
///
/// Returns 0; `-EINVAL` for a null function, `-ESTALE` when the context has ended, or `-EAGAIN` when 65536 wishes of other threads wait for the loop: then it is
/// not called. Any thread, also while the context is being ended; not in signal handlers. Wakes the loop.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_call(r#loop: netgraft_loop, function: netgraft_function, arg: *mut c_void) -> c_int {
    guard("netgraft_call", -libc::EIO, || {
        if function.is_none() {
            return -libc::EINVAL;
        }
        let Some((mailbox, generation)) = handle::loop_of(r#loop) else { return -libc::ESTALE };
        outcome(mailbox.push(generation, Letter::Call(function, arg)))
    })
}
