//! Select and poll: one system call, with the thread's wake-up descriptor among what is watched.
use super::left;
use super::raw::{self, Answer, call, timespec};
use super::record::{Many, Taken};
use super::table::{self, World};
use super::wait::LOOK_AGAIN;
use super::watch::Watching;
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

/// As few descriptors as this are looked at before anything is made ready for a sleep: mostly one of them is ready, and then that was all.
const FEW: usize = 64;

/// How much time a call has left, in nanoseconds; none for ever. The kernel counts it down.
struct Limit(Option<i64>);

impl Limit {
    /// Makes a system call with the time that is left, or with less where nobody can wake the sleeper.
    fn within(&mut self, can_be_woken: bool, sleep: impl FnOnce(*mut libc::timespec) -> Answer) -> Answer {
        let given = if can_be_woken { self.0 } else { Some(self.0.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN)) };
        let mut time = timespec(given.unwrap_or(0));
        let slept = sleep(if given.is_some() { &raw mut time } else { ptr::null_mut() });
        if let (Some(left), Some(given)) = (&mut self.0, given) {
            *left -= given - (time.tv_sec * 1_000_000_000 + time.tv_nsec);
        }
        slept
    }

    fn is_over(&self) -> bool {
        self.0.is_some_and(|left| left <= 0)
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
    let kernel = |fds: *mut pollfd, count: usize, time: *mut libc::timespec| {
        // SAFETY: by this function's contract, or entries of the record's own.
        unsafe { call!(SYS_ppoll, fds, count, time, mask, MASK) }
    };
    // SAFETY: by this function's contract.
    let mark_closed = |ready| if table::something_closes() { unsafe { mark_closed(fds, count) } } else { ready };
    // a look takes nothing, so nobody need know of it; a count that cannot be is for the kernel to refuse
    let impossible = count > MOST || (count > 1024 && count as u64 > most_open());
    if timeout == Some(0) || impossible || (count <= FEW && mask.is_null()) {
        let ready = mark_closed(kernel(fds, count, &mut timespec(0))?);
        if ready != 0 || timeout == Some(0) || impossible {
            return Ok(ready);
        }
    }
    let mut limit = Limit(timeout);
    let Some(mut record) = Taken::new() else { return Err(libc::ENOMEM) };
    let Some(own) = record.room((count + 1) * size_of::<pollfd>()) else { return Err(libc::ENOMEM) };
    let own = own.cast::<pollfd>();
    // SAFETY: `own` has room for one more than `fds` has, and is the record's alone.
    unsafe { ptr::copy_nonoverlapping(fds, own, count) };
    let published = Many::Poll(count).published();
    let watching = Watching::new(&World, &record, published, |work| record.behind().any(published, work));
    loop {
        let wake = record.wake_fd();
        // SAFETY: as above.
        unsafe { own.add(count).write(pollfd { fd: wake, events: libc::POLLIN, revents: 0 }) };
        let (polled, closed) = watching.sleep(|closed| {
            let polled = if closed {
                kernel(own, count, &mut timespec(0))
            } else {
                limit.within(wake >= 0, |time| left::marked(&record, || kernel(own, count + 1, time)))
            };
            let polled = match polled {
                // the process may have as many descriptors as it polls, and not one more
                Err(libc::EINVAL) => limit.within(false, |time| left::marked(&record, || kernel(own, count, time))),
                other => other,
            };
            // SAFETY: as above.
            let rang = unsafe { (*own.add(count)).revents } != 0;
            (polled.map(|ready| ready - usize::from(rang)), rang)
        });
        let ready = polled?;
        if ready == 0 && !closed && !limit.is_over() {
            continue;
        }
        for i in 0..count {
            // SAFETY: as above, and by this function's contract.
            unsafe { (*fds.add(i)).revents = (*own.add(i)).revents };
        }
        let ready = mark_closed(ready);
        // what was closed may have been ended since, if its end had begun before this watched
        if ready != 0 || limit.is_over() {
            return Ok(ready);
        }
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
    let with_mask: [usize; 2] = [mask as usize, MASK];
    let kernel = |count: usize, [read, write, except]: Sets, time: *mut libc::timespec| {
        // SAFETY: by this function's contract, or sets of our own.
        unsafe { call!(SYS_pselect6, count as c_long, read, write, except, time, with_mask.as_ptr()) }
    };
    // a look takes nothing, so nobody need know of it
    if !table::something_closes() {
        if timeout == Some(0) {
            return kernel(count, sets, &mut timespec(0)).map(|ready| (ready, 0));
        }
        if count <= FEW && mask.is_null() {
            // SAFETY: by this function's contract; where nothing is ready, the sets are as they were.
            let before = sets.map(|set| if set.is_null() || count == 0 { 0 } else { unsafe { set.read_unaligned() } });
            let ready = kernel(count, sets, &mut timespec(0))?;
            if ready != 0 {
                return Ok((ready, timeout.unwrap_or(0)));
            }
            for (set, before) in sets.iter().zip(before).filter(|(set, _)| !set.is_null() && count != 0) {
                // SAFETY: as above.
                unsafe { set.write_unaligned(before) };
            }
        }
    }
    let count = looked_at(count);
    let mut limit = Limit(timeout);
    let user = count.div_ceil(64);
    let Some(mut record) = Taken::new() else { return Err(libc::ENOMEM) };
    let bits = count.max((record.wake_fd() + 1) as usize);
    let words = bits.div_ceil(64);
    let Some(room) = record.room(words * 4 * size_of::<u64>()) else { return Err(libc::ENOMEM) };
    // SAFETY: there is room for four sets. The first says what is watched: from when it is published it is only read.
    let (watched, own) = unsafe {
        let watched = room.cast::<u64>();
        ptr::write_bytes(watched, 0, words);
        (watched, [watched.add(words), watched.add(2 * words), watched.add(3 * words)])
    };
    // SAFETY: as above; nobody else looks at the other three. The program's sets are by this function's contract.
    let fill = |i: usize, mut also: Option<&mut dyn FnMut(usize, u64)>| unsafe {
        ptr::write_bytes(own[i], 0, words);
        for at in 0..if sets[i].is_null() { 0 } else { user } {
            let word = sets[i].add(at).read_unaligned();
            // bits beyond the count are not looked at
            let word = if at == count / 64 { word & !(u64::MAX << (count % 64)) } else { word };
            own[i].add(at).write(word);
            if let Some(also) = &mut also {
                also(at, word);
            }
        }
    };
    // SAFETY: as above: not published yet.
    (0..3).for_each(|i| fill(i, Some(&mut |at, word| unsafe { *watched.add(at) |= word })));
    let published = Many::Bits(words * 64).published();
    let watching = Watching::new(&World, &record, published, |work| record.behind().any(published, work));
    loop {
        // one that the program has closed is replaced, perhaps by one that has no place here
        let wake = usize::try_from(record.wake_fd()).ok().filter(|&wake| wake < bits);
        if let Some(wake) = wake {
            // SAFETY: as above: there is a word for each of the bits.
            unsafe { *own[0].add(wake / 64) |= 1 << (wake % 64) };
        }
        // the kernel spares itself a set that is not there
        let given = |i: usize| if i != 0 && sets[i].is_null() { ptr::null_mut() } else { own[i] };
        let (selected, closed) = watching.sleep(|closed| {
            if closed {
                return (Err(libc::EBADF), false);
            }
            let selected = limit.within(wake.is_some(), |time| {
                left::marked(&record, || kernel(bits, [given(0), given(1), given(2)], time))
            });
            let Some(wake) = wake.filter(|_| selected.is_ok()) else { return (selected, false) };
            // SAFETY: as above.
            let word = unsafe { &mut *own[0].add(wake / 64) };
            let rang = *word & 1 << (wake % 64) != 0;
            *word &= !(1 << (wake % 64));
            (selected.map(|ready| ready - usize::from(rang)), rang)
        });
        if closed {
            return Err(libc::EBADF);
        }
        let ready = selected?;
        if ready == 0 && !limit.is_over() {
            (0..3).for_each(|i| fill(i, None));
            continue;
        }
        for (own, set) in own.iter().zip(sets).filter(|(_, set)| !set.is_null()) {
            // SAFETY: as above.
            unsafe { ptr::copy_nonoverlapping(own.cast::<u8>(), set.cast::<u8>(), user * size_of::<u64>()) };
        }
        return Ok((ready, limit.0.unwrap_or(0).max(0)));
    }
}

/// How many of `count` bits the kernel looks at; those beyond may not even be there.
pub fn looked_at(count: usize) -> usize {
    if count <= 1024 { count } else { count.min(MOST).min(table_size(count)) }
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
        let Ok(fd) = call!(SYS_openat, libc::AT_FDCWD, path, libc::O_RDONLY | libc::O_CLOEXEC) else {
            return count.min(most_open() as usize);
        };
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
