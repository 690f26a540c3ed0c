//! Readiness, over mio: which descriptors can be read or written, and a wake-up from other threads.
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};
use std::io;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::time::Duration;

/// The token of the wake-up.
const WAKE: Token = Token(0);
const EVENTS: usize = 512;

/// The descriptors of one loop.
///
/// A descriptor is registered once, for both directions and edge-triggered: from then on no system call
/// changes its interest. Whoever gets "readable" reads until the kernel has no more, or remembers that it did not.
pub struct Poller {
    poll: Poll,
    waker: Arc<Waker>,
    pid: u32,
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

/// The outcome of one wait, kept by the loop from wait to wait.
pub struct Batch(Events);

impl Default for Batch {
    fn default() -> Self {
        Batch(Events::with_capacity(EVENTS))
    }
}

impl Batch {
    /// What happened.
    pub fn iter(&self) -> impl Iterator<Item = Ready> + '_ {
        self.0.iter().filter(|e| e.token() != WAKE).map(|e| Ready {
            token: e.token().0,
            readable: e.is_readable() || e.is_read_closed() || e.is_error(),
            ending: e.is_read_closed() || e.is_error(),
            failed: e.is_error(),
            writable: e.is_writable(),
        })
    }
}

impl Poller {
    /// A poller with nothing registered but its wake-up.
    pub fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
        Ok(Poller { poll, waker, pid: std::process::id() })
    }

    /// Another thread's way to end the current or next wait.
    pub fn waker(&self) -> Arc<Waker> {
        self.waker.clone()
    }

    /// After a fork the child must not touch the epoll it shares with its parent.
    pub fn is_inherited(&self) -> bool {
        self.pid != std::process::id()
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

    /// Waits until something happens, or for `timeout_us` microseconds (none: for ever). A signal ends the
    /// wait early, with nothing in the batch.
    pub fn wait(&mut self, batch: &mut Batch, timeout_us: Option<u64>) -> io::Result<()> {
        // epoll counts milliseconds: rounding up, or a deadline less than one away would spin
        let timeout = timeout_us.map(|us| Duration::from_millis(us.div_ceil(1000)));
        match self.poll.poll(&mut batch.0, timeout) {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {
                batch.0.clear();
                Ok(())
            }
            outcome => outcome,
        }
    }
}
