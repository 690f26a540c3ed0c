//! A kernel's socket under a connection: it is open as long as somebody is inside, and whoever sleeps on it hears at once that it is gone.
use crate::engine::fork;
use crate::faces::sockets::sys::lock;
use std::cell::RefCell;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a thread sleeps on beside a socket.
#[derive(Debug)]
struct Bell {
    fd: OwnedFd,
    generation: u32,
}

impl Bell {
    fn new() -> io::Result<Arc<Self>> {
        // SAFETY: a system call without pointers.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel has just given it.
        Ok(Arc::new(Bell { fd: unsafe { OwnedFd::from_raw_fd(fd) }, generation: fork::watch() }))
    }

    /// The calling thread's own, which no other process rings.
    fn mine() -> io::Result<Arc<Self>> {
        thread_local! {
            static MINE: RefCell<Option<Arc<Bell>>> = const { RefCell::new(None) };
        }
        let found = MINE.try_with(|mine| {
            let mut mine = mine.borrow_mut();
            match &*mine {
                Some(bell) if bell.generation == fork::generation() => Ok(bell.clone()),
                _ => Ok(mine.insert(Bell::new()?).clone()),
            }
        });
        // a thread that is ending has no cell any more
        found.unwrap_or_else(|_| Bell::new())
    }

    fn ring(&self) {
        let one = 1u64;
        // SAFETY: writes eight bytes from eight.
        unsafe { libc::write(self.fd.as_raw_fd(), std::ptr::from_ref(&one).cast(), 8) };
    }

    fn silence(&self) {
        let mut count = 0u64;
        // SAFETY: reads eight bytes into eight.
        unsafe { libc::read(self.fd.as_raw_fd(), std::ptr::from_mut(&mut count).cast(), 8) };
    }
}

/// How a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// There is something to do.
    Ready,
    /// The time is over.
    Late,
    /// The socket is gone.
    Gone,
}

#[derive(Debug)]
pub(crate) struct Socket {
    fd: OwnedFd,
    gone: AtomicBool,
    sleepers: Mutex<Vec<Arc<Bell>>>,
}

impl Socket {
    /// A new one of the kernel's, which never blocks by itself.
    pub(crate) fn new(family: i32, kind: i32, protocol: i32) -> io::Result<Arc<Self>> {
        // SAFETY: a system call without pointers.
        let fd = unsafe { libc::socket(family, kind | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC, protocol) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel has just given it.
        Ok(Self::over(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    pub(crate) fn over(fd: OwnedFd) -> Arc<Self> {
        Arc::new(Socket { fd, gone: AtomicBool::new(false), sleepers: Mutex::default() })
    }

    pub(crate) fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    /// Has [`Socket::leave`] been called?
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Says that it is gone: who sleeps on it wakes, who comes later does not sleep. The kernel's socket is closed by whoever is the last to
    /// let go of it.
    pub(crate) fn leave(&self) {
        let sleepers = lock(&self.sleepers);
        // under the lock: who has looked before is among the sleepers
        self.gone.store(true, Ordering::Release);
        for bell in sleepers.iter() {
            bell.ring();
        }
    }

    /// Sleeps until one of `events` (as for poll) is there, the deadline has passed, or it is gone.
    pub(crate) fn wait(&self, events: i16, deadline: Option<Instant>) -> Woken {
        /// Without a bell, for want of descriptors, one looks so often.
        const GLANCE: Duration = Duration::from_millis(20);
        let bell = Bell::mine().ok();
        {
            let mut sleepers = lock(&self.sleepers);
            if self.is_gone() {
                return Woken::Gone;
            }
            sleepers.extend(bell.clone());
        }
        let woken = loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let glance = bell.is_none().then_some(GLANCE);
            let longest = [left, glance].into_iter().flatten().min();
            let ms = longest.map_or(-1, |time| time.as_micros().div_ceil(1000).min(i32::MAX as u128) as i32);
            let mut polled = [
                libc::pollfd { fd: self.fd(), events, revents: 0 },
                libc::pollfd {
                    fd: bell.as_ref().map_or(-1, |bell| bell.fd.as_raw_fd()),
                    events: libc::POLLIN,
                    revents: 0,
                },
            ];
            // SAFETY: two entries. A signal ends it early, and then one looks again.
            let n = unsafe { libc::poll(polled.as_mut_ptr(), 2, ms) };
            if n > 0 && polled[1].revents != 0 {
                // perhaps for a sleep that is over; whoever ends this one has marked it before he rang
                bell.iter().for_each(|bell| bell.silence());
            }
            if self.is_gone() {
                break Woken::Gone;
            }
            if n > 0 && polled[0].revents != 0 {
                break Woken::Ready;
            }
            if left.is_some_and(|left| left.is_zero()) {
                break Woken::Late;
            }
        };
        if let Some(bell) = bell {
            let mut sleepers = lock(&self.sleepers);
            if let Some(place) = sleepers.iter().position(|other| Arc::ptr_eq(other, &bell)) {
                sleepers.swap_remove(place);
            }
            drop(sleepers);
            if woken == Woken::Gone {
                bell.silence();
            }
        }
        woken
    }

    pub(crate) fn set<T: Copy>(&self, level: i32, name: i32, value: T) -> io::Result<()> {
        let at = std::ptr::from_ref(&value).cast();
        // SAFETY: the option's value lives for the call, and its size is right.
        match unsafe { libc::setsockopt(self.fd(), level, name, at, size_of::<T>() as u32) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// The error that the kernel keeps for it, which is forgotten.
    pub(crate) fn pending_error(&self) -> i32 {
        let mut value = 0i32;
        let mut size = size_of::<i32>() as u32;
        let at = std::ptr::from_mut(&mut value).cast();
        // SAFETY: room for an int, and its size.
        match unsafe { libc::getsockopt(self.fd(), libc::SOL_SOCKET, libc::SO_ERROR, at, &mut size) } {
            0 => value,
            _ => io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_wakes_every_sleeper() {
        let socket = Socket::new(libc::AF_INET, libc::SOCK_DGRAM, 0).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(socket.wait(libc::POLLIN, None), Woken::Gone));
            }
            std::thread::sleep(Duration::from_millis(20));
            socket.leave();
        });
        assert_eq!(socket.wait(libc::POLLIN, None), Woken::Gone);
        assert!(lock(&socket.sleepers).is_empty());
    }

    #[test]
    fn a_sleep_has_an_end() {
        let socket = Socket::new(libc::AF_INET, libc::SOCK_DGRAM, 0).unwrap();
        let begin = Instant::now();
        assert_eq!(socket.wait(libc::POLLIN, Some(begin + Duration::from_millis(30))), Woken::Late);
        assert!(begin.elapsed() >= Duration::from_millis(30));
        assert_eq!(socket.wait(libc::POLLOUT, None), Woken::Ready);
    }
}
