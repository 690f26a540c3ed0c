//! System calls, those on descriptors by number: a name could be one that the program, or a library loaded before libc, has put in libc's place.
use std::ffi::{c_int, c_long, c_uint, c_void};
use std::ptr;

/// An `errno` value.
pub type Errno = c_int;

/// What a system call gives.
pub type Answer<T = usize> = Result<T, Errno>;

/// Turns what `syscall` returned into a result.
#[inline(always)]
pub fn answer(value: c_long) -> Answer {
    if value >= 0 { Ok(value as usize) } else { Err(errno()) }
}

/// The calling thread's `errno`.
#[inline(always)]
pub fn errno() -> Errno {
    // SAFETY: the address of the thread's own errno.
    unsafe { *libc::__errno_location() }
}

/// Sets the calling thread's `errno`.
#[inline(always)]
pub fn set_errno(value: Errno) {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = value }
}

macro_rules! call {
    ($number:ident $(, $argument:expr)*) => {
        $crate::engine::fdtable::raw::answer(libc::syscall(libc::$number $(, $argument)*))
    };
}
pub(crate) use call;

/// `close`.
pub fn close(fd: c_int) -> Answer<()> {
    // SAFETY: the kernel checks the number.
    unsafe { call!(SYS_close, fd) }.map(|_| ())
}

/// Is the number open?
pub fn is_open(fd: c_int) -> bool {
    // SAFETY: as above.
    unsafe { call!(SYS_fcntl, fd, libc::F_GETFD, 0) }.is_ok()
}

/// Is it a file, a folder or a disk: what never waits for anybody?
pub fn is_file(fd: c_int) -> bool {
    // SAFETY: a structure of integers, which the kernel fills.
    let mut about: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    let asked = unsafe { libc::fstat(fd, &mut about) };
    asked == 0 && matches!(about.st_mode & libc::S_IFMT, libc::S_IFREG | libc::S_IFDIR | libc::S_IFBLK)
}

/// Is there an error to be told?
pub fn has_error(fd: c_int) -> bool {
    let mut look = libc::pollfd { fd, events: 0, revents: 0 };
    // SAFETY: the entry is ours.
    let looked = unsafe { ppoll(&mut look, 1, Some(0)) };
    looked.is_ok() && look.revents & libc::POLLERR != 0
}

/// As many pauses as anything is waited for that another thread is about to do: some ten milliseconds.
pub const PATIENCE: u32 = 200;

/// Waits a little for what another thread is about to do: so many times it was not done.
pub fn pause(tries: u32) {
    if tries < PATIENCE / 2 { yield_now() } else { sleep(100_000) }
}

/// `F_GETFL`.
pub fn flags(fd: c_int) -> Answer<c_int> {
    // SAFETY: as above.
    unsafe { call!(SYS_fcntl, fd, libc::F_GETFL, 0) }.map(|flags| flags as c_int)
}

/// `F_SETFL`.
pub fn set_flags(fd: c_int, flags: c_int) -> Answer<()> {
    // SAFETY: as above.
    unsafe { call!(SYS_fcntl, fd, libc::F_SETFL, flags) }.map(|_| ())
}

/// An option of the socket level whose value is a plain structure of integers.
pub fn option<T: Default>(fd: c_int, name: c_int) -> Answer<T> {
    let mut value = T::default();
    let mut len = size_of::<T>() as libc::socklen_t;
    // SAFETY: the value and its length are ours and live through the call.
    unsafe { call!(SYS_getsockopt, fd, libc::SOL_SOCKET, name, ptr::from_mut(&mut value), &raw mut len) }?;
    Ok(value)
}

/// Seconds and microseconds of a socket's timeout.
#[derive(Default, Clone, Copy)]
#[repr(C)]
pub struct Timeval {
    seconds: c_long,
    microseconds: c_long,
}

/// Does closing it wait until what was sent has arrived?
pub fn lingers(fd: c_int) -> bool {
    // on or off, seconds
    option::<[c_int; 2]>(fd, libc::SO_LINGER).is_ok_and(|[on, seconds]| on != 0 && seconds != 0)
}

/// `SO_RCVTIMEO` or `SO_SNDTIMEO` in nanoseconds; none where there is no limit.
pub fn timeout(fd: c_int, name: c_int) -> Option<i64> {
    let Timeval { seconds, microseconds } = option(fd, name).ok()?;
    let nanos = seconds.saturating_mul(1_000_000_000).saturating_add(microseconds * 1000);
    (nanos > 0).then_some(nanos)
}

/// `ppoll` that leaves the signal mask alone; the timeout in nanoseconds, none for ever.
///
/// # Safety
/// `fds` points to `count` entries.
pub unsafe fn ppoll(fds: *mut libc::pollfd, count: usize, timeout: Option<i64>) -> Answer {
    let mut limit = timespec(timeout.unwrap_or(0));
    let limit = if timeout.is_some() { &raw mut limit } else { ptr::null_mut() };
    // SAFETY: by this function's contract; the kernel may write the time left into our own copy.
    unsafe { call!(SYS_ppoll, fds, count, limit, ptr::null::<c_void>(), 0usize) }
}

/// Nanoseconds as the kernel wants them; never negative.
pub fn timespec(nanos: i64) -> libc::timespec {
    let nanos = nanos.max(0);
    libc::timespec { tv_sec: nanos / 1_000_000_000, tv_nsec: nanos % 1_000_000_000 }
}

/// The monotonic clock in nanoseconds.
pub fn now() -> i64 {
    let mut now = timespec(0);
    // SAFETY: fills our own structure.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

/// The process, asked of the kernel: the child of a `vfork` has its own.
pub fn process() -> u32 {
    // SAFETY: it cannot fail.
    unsafe { libc::syscall(libc::SYS_getpid) as u32 }
}

/// Lets somebody else run.
pub fn yield_now() {
    // SAFETY: it cannot fail.
    unsafe { libc::syscall(libc::SYS_sched_yield) };
}

/// Sleeps for so many nanoseconds, or until a signal comes.
pub fn sleep(nanos: i64) {
    let time = timespec(nanos);
    // SAFETY: reads our own structure.
    let _ = unsafe { call!(SYS_nanosleep, &raw const time, ptr::null::<c_void>()) };
}

/// What is at an address of this process, wherever that leads.
pub fn peek<const N: usize>(at: *const [u8; N]) -> Answer<[u8; N]> {
    let mut found = [0; N];
    let ours = libc::iovec { iov_base: (&raw mut found).cast(), iov_len: N };
    let there = libc::iovec { iov_base: at.cast_mut().cast(), iov_len: N };
    // SAFETY: the kernel writes into our own bytes, and checks the other address.
    let got =
        unsafe { call!(SYS_process_vm_readv, process(), &raw const ours, 1usize, &raw const there, 1usize, 0usize) }?;
    if got == N { Ok(found) } else { Err(libc::EFAULT) }
}

/// Does the thread run a signal handler on a stack of its own?
pub fn is_on_signal_stack() -> bool {
    // SAFETY: a structure of integers and a pointer, which the kernel fills.
    let mut stack: libc::stack_t = unsafe { std::mem::zeroed() };
    // SAFETY: asks, and fills our own structure.
    let asked = unsafe { call!(SYS_sigaltstack, ptr::null::<c_void>(), &raw mut stack) };
    asked.is_ok() && stack.ss_flags & libc::SS_ONSTACK != 0
}

/// Runs work in which no signal handler interrupts the thread, whatever the signal.
pub fn without_signals<R>(work: impl FnOnce() -> R) -> R {
    // the kernel's own size of a signal mask
    const SIZE: usize = 8;
    let (all, mut before) = (u64::MAX, 0u64);
    // SAFETY: reads and fills masks of our own.
    let blocked = unsafe { call!(SYS_rt_sigprocmask, libc::SIG_SETMASK, &raw const all, &raw mut before, SIZE) };
    let outcome = work();
    if blocked.is_ok() {
        // SAFETY: as above.
        let _ = unsafe { call!(SYS_rt_sigprocmask, libc::SIG_SETMASK, &raw const before, ptr::null::<c_void>(), SIZE) };
    }
    outcome
}

/// Pages of zeros; null when there are none.
pub fn pages(size: usize) -> *mut u8 {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a fresh anonymous mapping touches nothing that exists.
    let at = unsafe { libc::mmap(ptr::null_mut(), size, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
    if at == libc::MAP_FAILED { ptr::null_mut() } else { at.cast() }
}

/// Gives pages back.
///
/// # Safety
/// They came from [`pages`] with that size, and nobody uses them any more.
pub unsafe fn give_back(at: *mut u8, size: usize) {
    // SAFETY: by this function's contract.
    unsafe { libc::munmap(at.cast(), size) };
}

/// The kernel's own form of `struct sigaction`.
#[repr(C)]
#[derive(Default)]
struct Action {
    handler: usize,
    flags: usize,
    restorer: usize,
    mask: u64,
}

/// Does every signal that the program catches restart what it interrupts? Which signal it was nobody tells, so a wait that was
/// interrupted goes on only where each of them would have let a blocking call go on.
#[cold]
pub fn signals_restart() -> bool {
    const LIBC_OWN: [c_uint; 2] = [32, 33];
    (1..=64).filter(|signal| !LIBC_OWN.contains(signal)).all(|signal| {
        let mut action = Action::default();
        // SAFETY: asks, and fills our own structure, which has the kernel's layout on 64-bit machines.
        let asked = unsafe { call!(SYS_rt_sigaction, signal, ptr::null::<c_void>(), &raw mut action, 8usize) };
        let caught = asked.is_ok() && action.handler != libc::SIG_DFL && action.handler != libc::SIG_IGN;
        !caught || action.flags & libc::SA_RESTART as usize != 0
    })
}
