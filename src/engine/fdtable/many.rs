//! Select and poll: one system call, with the thread's wake-up descriptor among what is watched.
use super::raw::{self, Answer, call, timespec};
use super::record::{Record, Taken};
use super::table;
use super::wait::LOOK_AGAIN;
use libc::{POLLNVAL, pollfd};
use std::ffi::{c_int, c_long};
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

/// A signal mask to have while it sleeps, as `ppoll` and `pselect` take one; null for none.
pub type Mask = *const libc::sigset_t;

/// The kernel's own size of a signal mask.
const MASK: usize = 8;
/// As many as the table knows.
const MOST: usize = 1 << 20;

/// Until when a call sleeps.
#[derive(Clone, Copy)]
struct Limit(Option<i64>);

impl Limit {
    fn new(timeout: Option<i64>) -> Limit {
        Limit(timeout.map(|time| raw::now().saturating_add(time.max(0))))
    }

    /// What is left; shorter where nobody can wake the sleeper.
    fn left(self, can_be_woken: bool) -> Option<i64> {
        let left = self.0.map(|limit| (limit - raw::now()).max(0));
        if can_be_woken { left } else { Some(left.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN)) }
    }

    fn is_over(self) -> bool {
        self.0.is_some_and(|limit| raw::now() >= limit)
    }
}

/// Watches what a record has published, until this is dropped.
struct Watching<'a, F: Fn()> {
    record: &'a Record,
    /// Ends what was closed meanwhile.
    leave: F,
}

impl<F: Fn()> Drop for Watching<'_, F> {
    fn drop(&mut self) {
        self.record.unwatch_many();
        if table::something_closes() {
            (self.leave)();
        }
    }
}

/// `poll` and `ppoll`: nanoseconds, none for ever. A descriptor that somebody closes meanwhile is reported as `POLLNVAL` at once.
///
/// # Safety
/// `fds` is null or points to `count` entries.
pub unsafe fn poll(fds: *mut pollfd, count: usize, timeout: Option<i64>, mask: Mask) -> Answer {
    if fds.is_null() && count != 0 {
        return Err(libc::EFAULT);
    }
    // SAFETY (of the three): by this function's contract.
    let kernel = |fds: *mut pollfd, count: usize, left: Option<i64>| {
        let mut time = timespec(left.unwrap_or(0));
        let time = if left.is_some() { &raw mut time } else { ptr::null_mut() };
        unsafe { call!(SYS_ppoll, fds, count, time, mask, MASK) }
    };
    // a look takes nothing, so nobody need know of it; a count that cannot be is for the kernel to refuse
    if timeout == Some(0) || count > MOST || (count > 1024 && count as u64 > most_open()) {
        let ready = kernel(fds, count, timeout)?;
        return Ok(if table::something_closes() { unsafe { mark_closed(fds, count) } } else { ready });
    }
    let limit = Limit::new(timeout);
    let Some(record) = Taken::new() else { return kernel(fds, count, timeout) };
    let Some(own) = record.room((count + 1) * size_of::<pollfd>()) else { return Err(libc::ENOMEM) };
    let own = own.cast::<pollfd>();
    // SAFETY: `own` has room for one more than `fds` has, and is the record's alone.
    unsafe { ptr::copy_nonoverlapping(fds, own, count) };
    record.watch_poll(count);
    let _watching = Watching {
        record: &record,
        // SAFETY: the buffer stays the record's until it is dropped.
        leave: || (0..count).for_each(|i| table::unwatched(unsafe { (*own.add(i)).fd })),
    };
    loop {
        let any_closed = || {
            // SAFETY: as above.
            table::something_closes() && (0..count).any(|i| table::is_closed(unsafe { (*own.add(i)).fd }))
        };
        let wake = record.wake_fd();
        // SAFETY: as above.
        unsafe { own.add(count).write(pollfd { fd: wake, events: libc::POLLIN, revents: 0 }) };
        let left = if any_closed() { Some(0) } else { limit.left(wake >= 0) };
        // the process may have as many descriptors as it polls, and not one more
        let mut ready = match kernel(own, count + 1, left) {
            Err(libc::EINVAL) => kernel(own, count, Some(left.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN)))?,
            other => other?,
        };
        // SAFETY: as above.
        if unsafe { (*own.add(count)).revents } != 0 {
            ready -= 1;
            record.heard();
        }
        if ready == 0 && !any_closed() && !limit.is_over() {
            continue;
        }
        for i in 0..count {
            // SAFETY: as above, and by this function's contract.
            unsafe { (*fds.add(i)).revents = (*own.add(i)).revents };
        }
        // SAFETY: as above.
        return Ok(if table::something_closes() { unsafe { mark_closed(fds, count) } } else { ready });
    }
}

/// Marks what somebody has closed, and counts what there is to report.
///
/// # Safety
/// `fds` points to `count` entries.
unsafe fn mark_closed(fds: *mut pollfd, count: usize) -> usize {
    (0..count)
        .filter(|&i| {
            // SAFETY: by this function's contract.
            let entry = unsafe { &mut *fds.add(i) };
            if table::is_closed(entry.fd) {
                entry.revents = POLLNVAL;
            }
            entry.revents != 0
        })
        .count()
}

/// How many descriptors the process may have.
fn most_open() -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: fills our own structure.
    let asked = unsafe { call!(SYS_prlimit64, 0, libc::RLIMIT_NOFILE, 0usize, &raw mut limit) };
    if asked.is_ok() { limit.rlim_cur } else { u64::MAX }
}

/// The three sets of `select`: bits in words, or null.
pub type Sets = [*mut u64; 3];

/// `select` and `pselect`: the time in nanoseconds, none for ever. Returns how many bits are set, and how much of the time is left. `EBADF` at
/// once where somebody closes one of the descriptors; the sets are then as they were.
///
/// # Safety
/// Each of `sets` is null or points to as many bits as `count` says, in whole words.
pub unsafe fn select(count: c_int, sets: Sets, timeout: Option<i64>, mask: Mask) -> Answer<(usize, i64)> {
    let count = usize::try_from(count).map_err(|_| libc::EINVAL)?;
    if timeout == Some(0) && !table::something_closes() {
        let mut time = timespec(0);
        let mask: [usize; 2] = [mask as usize, MASK];
        // SAFETY: by this function's contract; a look takes nothing, so nobody need know of it.
        let ready =
            unsafe { call!(SYS_pselect6, count as c_long, sets[0], sets[1], sets[2], &raw mut time, mask.as_ptr()) };
        return ready.map(|ready| (ready, 0));
    }
    let count = if count <= 1024 { count } else { count.min(MOST).min(table_size(count)) };
    let limit = Limit::new(timeout);
    let user = count.div_ceil(64);
    let Some(record) = Taken::new() else { return Err(libc::ENOMEM) };
    loop {
        let wake = record.wake_fd();
        let bits = count.max((wake + 1) as usize);
        let words = bits.div_ceil(64);
        let Some(room) = record.room(words * 4 * size_of::<u64>()) else { return Err(libc::ENOMEM) };
        let watched = room.cast::<u64>();
        // SAFETY: there is room for four sets; ours are read and written by nobody else until they are published, and then the first is
        // read only. The program's are by this function's contract.
        let own: Sets = unsafe {
            let own = [watched.add(words), watched.add(2 * words), watched.add(3 * words)];
            ptr::write_bytes(watched, 0, words * 4);
            for (own, set) in own.iter().zip(sets).filter(|(_, set)| !set.is_null()) {
                for i in 0..user {
                    let word = set.add(i).read_unaligned();
                    // bits beyond the count are not looked at
                    let word = if i == count / 64 { word & !(u64::MAX << (count % 64)) } else { word };
                    own.add(i).write(word);
                    *watched.add(i) |= word;
                }
            }
            if wake >= 0 {
                *own[0].add(wake as usize / 64) |= 1 << (wake % 64);
            }
            own
        };
        record.watch_bits(words * 64);
        let each = |work: &mut dyn FnMut(c_int) -> bool| {
            (0..words).any(|i| {
                // SAFETY: as above.
                let mut word = unsafe { *watched.add(i) };
                std::iter::from_fn(move || {
                    let bit = (word != 0).then(|| word.trailing_zeros())?;
                    word &= word - 1;
                    Some(i as c_int * 64 + bit as c_int)
                })
                .any(&mut *work)
            })
        };
        let any_closed = || table::something_closes() && each(&mut table::is_closed);
        let _watching = Watching {
            record: &record,
            leave: || {
                each(&mut |fd| {
                    table::unwatched(fd);
                    false
                });
            },
        };
        if any_closed() {
            return Err(libc::EBADF);
        }
        // SAFETY: our own sets, time and mask.
        let selected = unsafe {
            let left = limit.left(wake >= 0);
            let mut time = timespec(left.unwrap_or(0));
            let time = if left.is_some() { &raw mut time } else { ptr::null_mut() };
            let mask: [usize; 2] = [mask as usize, MASK];
            // the kernel spares itself a set that is not there
            let given = |i: usize| if i != 0 && sets[i].is_null() { ptr::null_mut() } else { own[i] };
            call!(SYS_pselect6, bits as c_long, given(0), given(1), given(2), time, mask.as_ptr())
        };
        if any_closed() {
            return Err(libc::EBADF);
        }
        let mut ready = selected?;
        // SAFETY: as above.
        unsafe {
            if wake >= 0 {
                let word = own[0].add(wake as usize / 64);
                if *word & 1 << (wake % 64) != 0 {
                    *word &= !(1 << (wake % 64));
                    ready -= 1;
                    record.heard();
                }
            }
            if ready == 0 && !limit.is_over() {
                continue;
            }
            for (own, set) in own.iter().zip(sets).filter(|(_, set)| !set.is_null()) {
                ptr::copy_nonoverlapping(own.cast::<u8>(), set.cast::<u8>(), user * size_of::<u64>());
            }
        }
        return Ok((ready, limit.left(true).unwrap_or(0)));
    }
}

/// How large the kernel's own table of this process's descriptors is: it looks at no bits beyond, and programs pass counts that are larger than
/// their sets.
#[cold]
fn table_size(count: usize) -> usize {
    /// It only grows, but in a forked child.
    static KNOWN: AtomicUsize = AtomicUsize::new(1024);
    static OF: AtomicU32 = AtomicU32::new(0);
    if OF.swap(table::process(), Relaxed) != table::process() {
        KNOWN.store(1024, Relaxed);
    }
    let known = KNOWN.load(Relaxed);
    if count <= known {
        return count;
    }
    let mut text = [0u8; 2048];
    // SAFETY: a path and a buffer of our own.
    let len = unsafe {
        let path = c"/proc/self/status".as_ptr();
        let Ok(fd) = call!(SYS_openat, libc::AT_FDCWD, path, libc::O_RDONLY | libc::O_CLOEXEC) else { return known };
        let len = call!(SYS_read, fd, text.as_mut_ptr(), text.len()).unwrap_or(0);
        let _ = raw::close(fd as c_int);
        len
    };
    let size = text[..len]
        .split(|&byte| byte == b'\n')
        .find_map(|line| line.strip_prefix(b"FDSize:"))
        .map(|rest| rest.iter().filter(|byte| byte.is_ascii_digit()).fold(0, |n, &d| n * 10 + usize::from(d - b'0')));
    let size = size.unwrap_or(known).max(known);
    KNOWN.store(size, Relaxed);
    count.min(size)
}
