//! Readiness, over mio: which descriptors can be read or written, and a wake-up from other threads.
//! Waiting itself is not done here: `shim/service.c` does it where a thread may be cancelled.
use super::fork;
use super::thread::without_cancellation;
use mio::unix::SourceFd;
use mio::{Interest, Poll, Token, Waker};
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;

/// The token of the wake-up.
const WAKE: Token = Token(0);

/// The descriptors of one loop.
///
/// A descriptor is registered once, for both directions and edge-triggered: from then on no system call
/// changes its interest. Whoever gets "readable" reads until the kernel has no more, or remembers that it did not.
pub struct Poller {
    poll: Poll,
    bell: Bell,
    /// The process that it belongs to.
    generation: u32,
}

/// What happened to one descriptor.
#[derive(Clone, Copy)]
pub struct Ready {
    /// The number given at registration.
    pub token: usize,
    /// There may be something to read: data, an end, or an error.
    pub readable: bool,
    /// The end, or an error, is there to be read behind the data.
    pub ending: bool,
    /// The connection has failed: it was reset, or both sides have ended it.
    pub failed: bool,
    /// There may be room to write.
    pub writable: bool,
}

/// Ends the current or next wait of a loop, from any thread and from signal handlers. It may outlive the loop.
#[derive(Clone)]
pub struct Bell(Arc<Waker>);

impl Bell {
    /// Rings. Where the kernel refuses, the loop has enough to wake up for.
    pub fn ring(&self) {
        without_cancellation(|| _ = self.0.wake());
    }
}

impl Ready {
    /// What an event of epoll means; none where it is the wake-up.
    #[inline]
    pub fn of(event: &libc::epoll_event) -> Option<Ready> {
        let (what, token) = (event.events as i32, event.u64 as usize);
        let has = |flags: i32| what & flags != 0;
        if token == WAKE.0 {
            return None;
        }
        let failed = has(libc::EPOLLERR);
        const READ_TO_END: i32 = libc::EPOLLIN | libc::EPOLLRDHUP;
        let ending = has(libc::EPOLLERR | libc::EPOLLHUP) || what & READ_TO_END == READ_TO_END;
        let readable = ending || has(libc::EPOLLIN | libc::EPOLLPRI);
        Some(Ready { token, readable, ending, failed, writable: has(libc::EPOLLOUT) })
    }
}

impl Poller {
    /// A poller with nothing registered but its wake-up.
    pub fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let bell = Bell(Arc::new(Waker::new(poll.registry(), WAKE)?));
        Ok(Poller { poll, bell, generation: fork::watch() })
    }

    /// Another thread's way to end the current or next wait.
    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// After a fork the child must not touch the epoll it shares with its parent.
    pub fn is_inherited(&self) -> bool {
        self.generation != fork::generation()
    }

    fn own(&self) -> io::Result<()> {
        if self.is_inherited() { Err(io::Error::other("the loop is the parent process's")) } else { Ok(()) }
    }

    /// Registers a descriptor; `token` must not be 0.
    pub fn add(&self, fd: RawFd, token: usize) -> io::Result<()> {
        self.own()?;
        self.poll.registry().register(&mut SourceFd(&fd), Token(token), Interest::READABLE | Interest::WRITABLE)
    }

    /// Registers a descriptor that is only ever read (a listening socket).
    pub fn add_read(&self, fd: RawFd, token: usize) -> io::Result<()> {
        self.own()?;
        self.poll.registry().register(&mut SourceFd(&fd), Token(token), Interest::READABLE)
    }

    /// Has what holds of a registered descriptor told again.
    pub fn rearm(&self, fd: RawFd, token: usize) {
        if !self.is_inherited() {
            let both = Interest::READABLE | Interest::WRITABLE;
            let _ = self.poll.registry().reregister(&mut SourceFd(&fd), Token(token), both);
        }
    }

    /// Takes a descriptor out. Closing its last copy does the same.
    pub fn remove(&self, fd: RawFd) {
        if !self.is_inherited() {
            let _ = self.poll.registry().deregister(&mut SourceFd(&fd));
        }
    }

    /// Takes what has happened already, without waiting. How many events.
    pub fn take(&self, events: &mut [libc::epoll_event]) -> usize {
        let room = i32::try_from(events.len()).unwrap_or(i32::MAX);
        // SAFETY: the place and its length.
        let count = unsafe { libc::epoll_wait(self.as_fd(), events.as_mut_ptr(), room, 0) };
        usize::try_from(count).unwrap_or(0)
    }

    /// The epoll descriptor, to wait with.
    pub fn as_fd(&self) -> RawFd {
        self.poll.as_raw_fd()
    }
}

/// A time to wait, in microseconds (none: for ever), as epoll counts it: in milliseconds, rounded up, or a deadline less than
/// one away would spin.
pub fn epoll_timeout(us: Option<u64>) -> i32 {
    us.map_or(-1, |us| i32::try_from(us.div_ceil(1000)).unwrap_or(i32::MAX))
}
