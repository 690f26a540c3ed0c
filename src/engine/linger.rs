//! Closing without destroying what the peer has still to read.
//!
//! Closing a TCP socket while bytes from the peer are unread makes the kernel send a reset, and a reset can destroy
//! an answer (an HTTP error, a close frame) before the peer has read it. Such a descriptor is left here: its
//! sending side is shut, what comes is thrown away, and it is closed at the peer's end or after a while.
use super::clock::SECOND;
use super::poller::Poller;
use super::sock;
use std::collections::{HashMap, VecDeque};
use std::os::fd::RawFd;

const LONGEST: u64 = 3 * SECOND;
/// Beyond this many, descriptors are closed at once: a bound on what hostile peers can make us keep.
const MOST: usize = 256;
/// What one peer may still send before it is cut off.
const DRAIN: usize = 8 << 20;

/// The descriptors of one loop that wait for their peer's end.
#[derive(Default)]
pub struct Lingering {
    open: HashMap<RawFd, Guest>,
    deadlines: VecDeque<(u64, RawFd)>,
}

struct Guest {
    deadline: u64,
    drained: usize,
}

/// The token under which a lingering descriptor is registered: odd, where addresses are even.
const fn token(fd: RawFd) -> usize {
    (fd as usize) << 1 | 1
}

impl Lingering {
    /// Takes over a descriptor that is registered with `poller`.
    pub fn add(&mut self, fd: RawFd, poller: &Poller, now: u64) {
        if poller.is_inherited() {
            return sock::close(fd);
        }
        sock::shutdown_send(fd);
        poller.remove(fd);
        if self.open.len() >= MOST || poller.add_read(fd, token(fd)).is_err() {
            return sock::close(fd);
        }
        let deadline = now + LONGEST;
        self.open.insert(fd, Guest { deadline, drained: 0 });
        self.deadlines.push_back((deadline, fd));
    }

    /// Handles an event, if it is for a descriptor here.
    pub fn ready(&mut self, event_token: usize) {
        if event_token & 1 == 0 {
            return;
        }
        let fd = (event_token >> 1) as RawFd;
        let mut scratch = [0u8; 4096];
        while let Some(guest) = self.open.get_mut(&fd) {
            match sock::recv(fd, &mut scratch) {
                Ok(n) if n > 0 && guest.drained < DRAIN => guest.drained += n,
                Err(e) if sock::is_later(&e) => break,
                _ => self.close(fd),
            }
        }
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<u64> {
        self.deadlines.front().map(|&(deadline, _)| deadline)
    }

    /// Closes what has lingered long enough.
    pub fn expire(&mut self, now: u64) {
        while let Some(&(deadline, fd)) = self.deadlines.front().filter(|d| d.0 <= now) {
            self.deadlines.pop_front();
            // the number may have been closed and taken again since: the deadline tells
            if self.open.get(&fd).is_some_and(|guest| guest.deadline == deadline) {
                self.close(fd);
            }
        }
    }

    fn close(&mut self, fd: RawFd) {
        if self.open.remove(&fd).is_some() {
            sock::close(fd);
        }
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        for &fd in self.open.keys() {
            sock::close(fd);
        }
    }
}
