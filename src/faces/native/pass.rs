//! A pass over one connection: what it received, its callbacks, and one send at the end.
use super::abi::{NETGRAFT_TIMEOUT_CONNECT, NETGRAFT_TIMEOUT_IDLE, NETGRAFT_TIMEOUT_TOTAL};
use super::conn::{Conn, Held, flag};
use super::inject::errno;
use super::{Guests, end, handle, watch};
use crate::engine::poller::Ready;
use crate::engine::sock;
use crate::faces::lws::context::Context;
use std::ffi::c_int;

/// Reads in one pass before others have their turn.
const READS: usize = 4;
/// A piece this large is sent at once, from where it lies: copying it would cost more than the send that gathering saves.
const LARGE: usize = 8 * 1024;

/// Handles an event on a connection.
#[inline]
pub fn event(conn: &'static Conn, ready: Ready) {
    let mark = |on: bool, flag: u32| if on { flag } else { 0 };
    conn.set(mark(ready.readable, flag::WANT_READ) | mark(ready.ending, flag::ENDING));
    if ready.writable && conn.has(flag::CHOKED) {
        unchoke(conn);
    }
    if ready.failed && conn.has(flag::PAUSED | flag::CLOSING) && !conn.has(flag::WATCHED) {
        // nothing would be read, so nobody would see it
        return end::finish(conn, failure(conn));
    }
    run(conn);
}

/// Why the socket has failed, as a negative errno.
fn failure(conn: &Conn) -> c_int {
    match sock::connect_outcome(conn.fd.get()) {
        Err(e) => -errno(e),
        Ok(_) => -libc::ECONNRESET,
    }
}

/// Does what a connection has to do.
#[inline]
pub fn run(conn: &'static Conn) {
    if conn.has(flag::APART) && !apart(conn) {
        return;
    }
    let context = conn.context();
    conn.set(flag::IN_PASS);
    for _ in 0..READS {
        if !receive(conn, context) || context.ending.get() {
            break;
        }
    }
    if conn.has(flag::WANT_WRITE) && !context.ending.get() {
        writable(conn);
    }
    end_pass(conn, context);
}

/// Does what is not a stream's reading and writing. Is it one that stands, now?
#[cold]
fn apart(conn: &'static Conn) -> bool {
    if conn.has(flag::DEAD) || conn.context().ending.get() {
        return false; // the end of the context is its end
    }
    if conn.has(flag::KILL) {
        end::finish(conn, conn.error.get());
    } else if conn.has(flag::CLOSING) {
        end::go_on(conn);
    } else if conn.has(flag::WATCHED) {
        watch::run(conn);
    } else if conn.has(flag::LISTENER) {
        watch::accept(conn);
    } else {
        return connect(conn);
    }
    false
}

/// Looks whether it is connected, and says so once. Does it stand?
fn connect(conn: &'static Conn) -> bool {
    if conn.has(flag::CONNECTING) {
        match sock::connect_outcome(conn.fd.get()) {
            Ok(false) => return false,
            Err(e) => {
                end::finish(conn, -errno(e));
                return false;
            }
            Ok(true) => {
                conn.connect_by.set(0);
                conn.stirred();
                conn.set_timer();
            }
        }
    }
    conn.clear(flag::NEW | flag::CONNECTING);
    if conn.waiting() > 0 {
        // written before it was connected
        unchoke(conn);
    }
    if conn.has(flag::SHUTTING) {
        end::shut(conn);
    }
    if conn.is_usable()
        && let Some(connected) = conn.callbacks().connected
    {
        conn.set(flag::IN_PASS);
        // SAFETY: the program gave the function for this.
        unsafe { connected(handle::of_conn(conn), conn.user.get()) };
    }
    !conn.has(flag::DEAD)
}

/// Receives once. Is there more to do?
#[inline]
fn receive(conn: &'static Conn, context: &'static Context) -> bool {
    const NOT_NOW: u32 = flag::PAUSED | flag::PEER_ENDED | flag::HELD | flag::APART;
    if conn.has(NOT_NOW) || !conn.has(flag::WANT_READ) {
        return conn.has(flag::HELD) && deliver_held(conn);
    }
    let size = context.settings.rx_size;
    // SAFETY: the buffer is `size` long, belongs to the loop, and nothing else uses it until C is called.
    let got = sock::recv(conn.fd.get(), unsafe { std::slice::from_raw_parts_mut(context.rx(), size) });
    match got {
        Ok(n) if n > 0 => {
            if n < size && !conn.has(flag::ENDING) {
                conn.clear(flag::WANT_READ);
            }
            conn.stirred();
            if n <= conn.receive_max.get() as usize {
                if let Some(received) = conn.callbacks().received {
                    // SAFETY: the program gave the function for this; n bytes were received into the buffer.
                    unsafe { received(handle::of_conn(conn), conn.user.get(), context.rx().cast(), n) };
                }
                return conn.has(flag::WANT_READ);
            }
            // SAFETY: as above.
            unsafe { in_slices(conn, context.rx(), n) };
            conn.has(flag::WANT_READ)
        }
        got => {
            no_data(conn, got);
            false
        }
    }
}

/// Gives received bytes to the program piece by piece; what it does not take is held.
///
/// # Safety
/// `bytes` points to `len` bytes that stay valid, and untouched but by callbacks, until this returns.
#[cold]
unsafe fn in_slices(conn: &'static Conn, bytes: *mut u8, len: usize) {
    let guests = conn.guests();
    let mut at = 0;
    while at < len && !conn.has(flag::PAUSED | flag::APART) {
        let n = (len - at).min(conn.receive_max.get() as usize);
        // SAFETY: within the `len` bytes.
        let (slice, rest) = unsafe { (bytes.add(at), bytes.add(at + n)) };
        at += n;
        guests.rest.set((rest, len - at));
        if let Some(received) = conn.callbacks().received {
            // SAFETY: the program gave the function for this.
            unsafe { received(handle::of_conn(conn), conn.user.get(), slice.cast(), n) };
        }
        guests.rest.set((std::ptr::null(), 0));
    }
    if at < len && conn.is_usable() {
        // SAFETY: within the `len` bytes, and C is not called any more.
        let rest = unsafe { std::slice::from_raw_parts(bytes.add(at), len - at) };
        conn.set(flag::HELD);
        conn.held.set(Some(Box::new(Held { bytes: rest.to_vec(), at: 0 })));
    }
}

/// Delivers what is held. Is there more to do?
#[cold]
fn deliver_held(conn: &'static Conn) -> bool {
    if conn.has(flag::PAUSED | flag::APART) {
        return false;
    }
    conn.clear(flag::HELD);
    if let Some(mut held) = conn.held.take() {
        let at = held.at;
        let len = held.bytes.len() - at;
        // SAFETY: this frame owns the bytes.
        unsafe { in_slices(conn, held.bytes.as_mut_ptr().add(at), len) };
    }
    if conn.has(flag::PEER_ENDED) && !conn.has(flag::HELD | flag::APART) {
        peer_ended(conn);
    }
    conn.has(flag::WANT_READ | flag::HELD)
}

/// Nothing came: later, never again, or the socket has failed.
#[cold]
fn no_data(conn: &'static Conn, got: std::io::Result<usize>) {
    match got {
        Ok(_) => {
            conn.clear(flag::WANT_READ);
            conn.set(flag::PEER_ENDED);
            peer_ended(conn);
        }
        Err(e) if sock::is_later(&e) => conn.clear(flag::WANT_READ),
        Err(e) => end::finish(conn, -errno(e)),
    }
}

/// The peer has ended its side, and all before that was delivered.
fn peer_ended(conn: &'static Conn) {
    match conn.callbacks().ended {
        // SAFETY: the program gave the function for this.
        Some(ended) => unsafe { ended(handle::of_conn(conn), conn.user.get()) },
        None => conn.set(flag::CLOSING),
    }
    if conn.has(flag::SHUT) && conn.is_usable() {
        conn.set(flag::CLOSING);
    }
}

/// Tells the program that there is room, if there is.
#[cold]
fn writable(conn: &'static Conn) {
    let low = if conn.has(flag::WANT_EMPTY) { 0 } else { conn.send_low.get() as usize };
    if conn.has(flag::APART) || conn.waiting() > low {
        return;
    }
    conn.clear(flag::WANT_WRITE | flag::WANT_EMPTY);
    if let Some(writable) = conn.callbacks().writable {
        // SAFETY: the program gave the function for this.
        unsafe { writable(handle::of_conn(conn), conn.user.get()) };
    }
}

/// The end of a pass: one send, and back on the ready list if something is left to do.
#[inline]
fn end_pass(conn: &'static Conn, context: &'static Context) {
    if !conn.is_open() {
        return;
    }
    conn.clear(flag::IN_PASS);
    if let Err(error) = flush(conn) {
        return end::finish(conn, -error);
    }
    const MORE: u32 = flag::APART | flag::SHUTTING | flag::WANT_READ | flag::HELD | flag::WANT_WRITE;
    if conn.has(MORE) && !context.ending.get() {
        go_on(conn);
    }
}

/// There is more to do than one pass does.
#[inline(never)]
fn go_on(conn: &'static Conn) {
    if conn.has(flag::APART | flag::SHUTTING) {
        if conn.has(flag::SHUTTING) {
            end::shut(conn);
        }
        if conn.has(flag::KILL) {
            return end::finish(conn, conn.error.get());
        }
        if conn.has(flag::CLOSING) {
            return end::go_on(conn);
        }
    }
    let can_read = conn.has(flag::WANT_READ | flag::HELD) && !conn.has(flag::PAUSED | flag::APART);
    if can_read || conn.has(flag::WANT_WRITE) && !conn.has(flag::CHOKED) {
        conn.ready(0);
    }
}

/// Sends what was gathered in this pass; what the kernel does not take waits. An errno where the connection has failed.
#[inline(always)]
pub fn flush(conn: &Conn) -> Result<(), c_int> {
    let guests = conn.guests();
    if guests.cork.with(|cork| cork.is_empty()) { Ok(()) } else { send_gathered(conn, guests) }
}

#[inline(never)]
fn send_gathered(conn: &Conn, guests: &Guests) -> Result<(), c_int> {
    conn.stirred();
    conn.out.with(|out| {
        let outcome = guests.cork.with(|cork| cork.flush(conn.fd.get(), &[], out));
        if out.is_some() {
            conn.set(flag::CHOKED);
        }
        outcome.map_err(errno)
    })
}

/// The program sends: gathered until the end of the pass over it, or sent at once where no pass is under way. An errno where it is refused.
#[inline]
pub fn send(conn: &'static Conn, bytes: &[u8]) -> Result<(), c_int> {
    const SLOW: u32 = flag::APART | flag::SHUT | flag::SHUTTING | flag::CHOKED;
    if conn.has(flag::IN_PASS) && !conn.has(SLOW) && bytes.len() < LARGE {
        let most = conn.send_max.get() as usize;
        if conn.guests().cork.with(|cork| cork.len() + bytes.len() <= most && cork.gather(bytes, &[])) {
            return Ok(());
        }
    }
    send_slowly(conn, bytes)
}

#[cold]
#[inline(never)]
fn send_slowly(conn: &'static Conn, bytes: &[u8]) -> Result<(), c_int> {
    if conn.has(flag::WATCHED | flag::LISTENER) {
        return Err(libc::EINVAL);
    }
    if conn.has(flag::SHUT | flag::SHUTTING) {
        return Err(libc::EPIPE);
    }
    if bytes.len() > conn.send_max.get() as usize {
        return Err(libc::EMSGSIZE);
    }
    if bytes.is_empty() {
        return Ok(());
    }
    if conn.has(flag::IN_PASS) && !conn.has(flag::CHOKED) {
        // not all that is gathered waits for the peer
        flush(conn).or_else(|error| end::fail(conn, error))?;
    }
    if conn.waiting() + bytes.len() > conn.send_max.get() as usize {
        conn.set(flag::WANT_WRITE);
        return Err(libc::EAGAIN);
    }
    if conn.has(flag::CHOKED | flag::CONNECTING) {
        conn.set(flag::CHOKED);
        conn.out.with(|out| out.get_or_insert_default().push(bytes));
        return Ok(());
    }
    if conn.has(flag::IN_PASS) && bytes.len() < LARGE && conn.guests().cork.with(|cork| cork.gather(bytes, &[])) {
        return Ok(());
    }
    conn.stirred();
    // another's pass may be under way, which has gathered for that one: this goes by itself
    let sent = match sock::send(conn.fd.get(), bytes) {
        Ok(n) => n,
        Err(e) if sock::is_later(&e) => 0,
        Err(e) => return end::fail(conn, errno(e)),
    };
    if sent < bytes.len() {
        conn.set(flag::CHOKED);
        conn.out.with(|out| out.get_or_insert_default().push(&bytes[sent..]));
    }
    Ok(())
}

/// The kernel takes bytes again.
#[cold]
fn unchoke(conn: &'static Conn) {
    if conn.has(flag::DEAD | flag::KILL | flag::CONNECTING) {
        return;
    }
    let fd = conn.fd.get();
    let outcome = conn.out.with(|out| {
        while let Some(waiting) = out.as_mut().filter(|w| !w.is_empty()) {
            match sock::send(fd, waiting.as_slice()) {
                Ok(n) => waiting.consume(n),
                Err(e) if sock::is_later(&e) => return Ok(false),
                Err(e) => return Err(errno(e)),
            }
        }
        *out = None;
        Ok(true)
    });
    conn.stirred();
    match outcome {
        Ok(true) => {
            conn.clear(flag::CHOKED);
            if conn.has(flag::SHUTTING) {
                end::shut(conn);
            }
        }
        Ok(false) => {}
        Err(error) => drop(end::fail(conn, error)),
    }
}

/// The timer of a connection has gone off.
#[cold]
pub fn expired(conn: &'static Conn) {
    if !conn.is_open() || conn.context().ending.get() {
        return;
    }
    let now = conn.context().clock();
    let past = |by: u64| by != 0 && by <= now;
    let kind = if past(conn.connect_by.get()) {
        conn.connect_by.set(0);
        if conn.has(flag::LISTENER) {
            return conn.ready(flag::WANT_READ);
        }
        if conn.has(flag::CLOSING) {
            return end::finish(conn, -libc::ETIMEDOUT);
        }
        NETGRAFT_TIMEOUT_CONNECT
    } else if past(conn.end_by.get()) {
        conn.end_by.set(0);
        NETGRAFT_TIMEOUT_TOTAL
    } else if past(conn.idle_by()) {
        conn.last.set(now);
        NETGRAFT_TIMEOUT_IDLE
    } else {
        return conn.set_timer();
    };
    if conn.has(flag::KILL | flag::CLOSING) {
        return conn.set_timer();
    }
    let answer = match conn.callbacks().timeout {
        // SAFETY: the program gave the function for this.
        Some(timeout) => unsafe { timeout(handle::of_conn(conn), conn.user.get(), kind) },
        None => 0,
    };
    if !conn.is_open() || conn.has(flag::KILL | flag::CLOSING) {
        return;
    }
    if answer == 0 { end::finish(conn, -libc::ETIMEDOUT) } else { conn.set_timer() }
}
