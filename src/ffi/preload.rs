//! libc's names, as `libnetgraft-preload.so` has them, and what the C behind them calls.
//!
//! The functions are in `shim/preload.c`: they block, a thread may be cancelled while they do, and that must not unwind through Rust.
//! What is called here does not block but in [`closing::begin`] and [`closing::end`], which wait for a quarter of a second at most, each;
//! it has no panic in it, and is allowed in signal handlers, so there is no guard around it.
use crate::faces::preload::closing::{self, Close};
use crate::faces::preload::seats::{self, Call, Caller, Entry, Seat};
use crate::faces::preload::sets::Sets;
use crate::faces::preload::{SIGNAL, begin, forked, signal_is_theirs, table};
use std::ffi::{c_int, c_void};

/// Exported names: one jump each, through which all registers and the stack pass.
macro_rules! interpose {
    ($($name:ident => $shim:ident),* $(,)?) => {
        $(
            // a scope for each: two names may have the same function
            const _: () = {
                unsafe extern "C" {
                    fn $shim();
                }
                #[unsafe(naked)]
                #[unsafe(no_mangle)]
                unsafe extern "C" fn $name() {
                    #[cfg(target_arch = "x86_64")]
                    core::arch::naked_asm!("jmp {shim}", shim = sym $shim);
                    #[cfg(target_arch = "aarch64")]
                    core::arch::naked_asm!("b {shim}", shim = sym $shim);
                }
            };
        )*
    };
}

interpose! {
    accept => netgraft_preload_accept,
    accept4 => netgraft_preload_accept4,
    connect => netgraft_preload_connect,
    recv => netgraft_preload_recv,
    recvfrom => netgraft_preload_recvfrom,
    recvmsg => netgraft_preload_recvmsg,
    recvmmsg => netgraft_preload_recvmmsg,
    __recv_chk => netgraft_preload_recv_chk,
    __recvfrom_chk => netgraft_preload_recvfrom_chk,
    send => netgraft_preload_send,
    sendto => netgraft_preload_sendto,
    sendmsg => netgraft_preload_sendmsg,
    sendmmsg => netgraft_preload_sendmmsg,
    sendfile => netgraft_preload_sendfile,
    sendfile64 => netgraft_preload_sendfile64,
    read => netgraft_preload_read,
    readv => netgraft_preload_readv,
    preadv2 => netgraft_preload_preadv2,
    preadv64v2 => netgraft_preload_preadv2,
    __read_chk => netgraft_preload_read_chk,
    write => netgraft_preload_write,
    writev => netgraft_preload_writev,
    pwritev2 => netgraft_preload_pwritev2,
    pwritev64v2 => netgraft_preload_pwritev2,
    splice => netgraft_preload_splice,
    poll => netgraft_preload_poll,
    ppoll => netgraft_preload_ppoll,
    __poll_chk => netgraft_preload_poll_chk,
    __ppoll_chk => netgraft_preload_ppoll_chk,
    select => netgraft_preload_select,
    pselect => netgraft_preload_pselect,
    epoll_wait => netgraft_preload_epoll_wait,
    epoll_pwait => netgraft_preload_epoll_pwait,
    epoll_pwait2 => netgraft_preload_epoll_pwait2,
    socket => netgraft_preload_socket,
    socketpair => netgraft_preload_socketpair,
    dup => netgraft_preload_dup,
    dup2 => netgraft_preload_dup2,
    dup3 => netgraft_preload_dup3,
    fcntl => netgraft_preload_fcntl,
    fcntl64 => netgraft_preload_fcntl,
    close => netgraft_preload_close,
    close_range => netgraft_preload_close_range,
    closefrom => netgraft_preload_closefrom,
    fclose => netgraft_preload_fclose,
    pthread_sigmask => netgraft_preload_pthread_sigmask,
    sigprocmask => netgraft_preload_sigprocmask,
    // libc's other names for the same
    __read => netgraft_preload_read,
    __write => netgraft_preload_write,
    __send => netgraft_preload_send,
    __connect => netgraft_preload_connect,
    __poll => netgraft_preload_poll,
    __select => netgraft_preload_select,
    __dup2 => netgraft_preload_dup2,
    __close => netgraft_preload_close,
    __fcntl => netgraft_preload_fcntl,
}

/// The library has been loaded. Says which signal the handler is for.
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_begin(handler: extern "C" fn(c_int)) -> c_int {
    begin(handler);
    SIGNAL
}

/// The handler of the signal runs in the thread whose seat this is.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_table_taken(seat: *const c_void) {
    // SAFETY: seats are static, and the shim has this one from here.
    if let Some(seat) = unsafe { seat.cast::<Seat>().as_ref() } {
        seats::taken(seat);
    }
}

/// The program has blocked the signal by its number: it is not to be sent.
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_signal_is_theirs() {
    signal_is_theirs();
}

/// In a forked child. `own` is the thread's seat, or null.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_table_forked(own: *mut Seat) {
    // SAFETY: the shim's promise.
    unsafe { forked(own) }
}

/// The thread whose seat this is ends.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_table_thread_ends(seat: *const c_void) {
    // SAFETY: seats are static, and the shim has this one from here.
    if let Some(seat) = unsafe { seat.cast::<Seat>().as_ref() } {
        seats::give_back(seat);
    }
}

/// Notes a call. 0: it is not noted; 1: it is, in `call`; -1: `EBADF`.
///
/// # Safety
/// `call` is the shim's room for it; `seat` is the thread's own; `frame` is the address of the shim's frame.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_table_enter(
    call: *mut Call,
    seat: *mut *const Seat,
    frame: usize,
    fd: c_int,
    any: c_int,
) -> c_int {
    // SAFETY: see above.
    unsafe { note(call, seats::enter(Caller { seat: &mut *seat, frame }, fd, any != 0)) }
}

/// Notes a wait for several descriptors.
///
/// # Safety
/// As [`netgraft_table_enter`]; `sets` can be read. What it points to need not be.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_table_enter_set(
    call: *mut Call,
    seat: *mut *const Seat,
    frame: usize,
    sets: *const Sets,
) -> c_int {
    // SAFETY: see above.
    unsafe { note(call, seats::enter_set(Caller { seat: &mut *seat, frame }, &*sets)) }
}

/// # Safety
/// `call` can be written.
unsafe fn note(call: *mut Call, entry: Entry) -> c_int {
    match entry {
        Entry::Untouched => 0,
        Entry::Bad => -1,
        Entry::Inside(noted) => {
            // SAFETY: the caller's promise.
            unsafe { call.write(noted) };
            1
        }
    }
}

/// Ends a call that was noted. Bit 0: its descriptor was closed meanwhile; bit 1: the thread was woken.
///
/// # Safety
/// `call` was written by a function above.
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_table_leave(call: *const Call) -> c_int {
    // SAFETY: see above.
    let left = unsafe { (*call).leave() };
    c_int::from(left.closed) | c_int::from(left.woken) << 1
}

/// Now, in closes.
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_epoch() -> u64 {
    table::epoch()
}

/// Has it been closed since then?
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_closed_since(fd: c_int, epoch: u64) -> c_int {
    c_int::from(table::closed_since(fd, epoch))
}

/// Is it closed, by a close that went on at that time, or later?
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_gone(fd: c_int, epoch: u64) -> c_int {
    c_int::from(table::gone(fd, epoch))
}

/// Notes that it is a socket.
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_learn(fd: c_int) {
    table::learn(fd);
}

/// Notes that these are no sockets any more. In a process with one thread.
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_forget(first: c_int, last: c_int) {
    table::forget(first, last);
}

/// Is it noted as a socket?
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_known(fd: c_int) -> c_int {
    c_int::from(table::known(fd))
}

/// Is it noted as a socket, or is anybody inside?
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_in_use(fd: c_int) -> c_int {
    c_int::from(table::in_use(fd))
}

/// Is the number taken until somebody has left?
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_held(fd: c_int) -> c_int {
    c_int::from(
        table::slot(fd).is_some_and(|slot| slot.state.load(std::sync::atomic::Ordering::SeqCst) & table::HELD != 0),
    )
}

/// No number above this one was ever looked after.
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_highest() -> c_int {
    table::highest()
}

/// The highest number that was ever a socket.
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_sockets() -> c_int {
    table::sockets()
}

/// Begins to close a descriptor, or to put another in its place. 0: as if we were not there; -1: `EBADF`; 1: nobody is inside;
/// 2: all have left, and the number stands for nothing; 3: it is closed, and the number not ours to touch.
///
/// # Safety
/// As [`netgraft_table_enter`].
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_table_close(seat: *mut *const Seat, frame: usize, fd: c_int, replace: c_int) -> c_int {
    // SAFETY: see above.
    let caller = Caller { seat: unsafe { &mut *seat }, frame };
    match closing::begin(caller, fd, replace != 0) {
        Close::Untouched => 0,
        Close::Bad => -1,
        Close::Alone => 1,
        Close::Emptied => 2,
        Close::Orphaned => 3,
    }
}

/// Ends that. `known`: the number stands for a socket again.
///
/// # Safety
/// As [`netgraft_table_enter`].
#[unsafe(no_mangle)]
unsafe extern "C" fn netgraft_table_closed(seat: *mut *const Seat, frame: usize, fd: c_int, known: c_int) {
    // SAFETY: see above.
    closing::end(&Caller { seat: unsafe { &mut *seat }, frame }, fd, known != 0);
}

/// The thread was cancelled before it could close the descriptor.
#[unsafe(no_mangle)]
extern "C" fn netgraft_table_abandon(fd: c_int) {
    closing::abandon(fd);
}
