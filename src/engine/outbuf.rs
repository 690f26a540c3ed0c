//! Bytes the kernel did not take yet. A connection has one only while there are any.
use super::sock;
use std::io;
use std::os::fd::RawFd;

/// Sends `bytes`. What the kernel does not take goes to `rest`, which is made only then; where it exists already the kernel was full and has not
/// said otherwise, and all goes there.
pub fn send(fd: RawFd, bytes: &[u8], rest: &mut Option<Box<OutBuf>>) -> io::Result<()> {
    let sent = match rest {
        Some(_) => 0,
        None => match sock::send(fd, bytes) {
            Err(e) if sock::is_later(&e) => 0,
            sent => sent?,
        },
    };
    if sent < bytes.len() {
        rest.get_or_insert_default().push(&bytes[sent..]);
    }
    Ok(())
}

/// A queue of bytes.
#[derive(Default)]
pub struct OutBuf {
    bytes: Vec<u8>,
    head: usize,
}

impl OutBuf {
    /// How many bytes wait.
    pub fn len(&self) -> usize {
        self.bytes.len() - self.head
    }

    /// Does nothing wait?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What waits, oldest first.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[self.head..]
    }

    /// Queues bytes behind what waits.
    pub fn push(&mut self, bytes: &[u8]) {
        // what was sent is moved over when it is the larger part, so that the copying stays proportional
        if self.head > self.bytes.len() / 2 {
            self.bytes.drain(..self.head);
            self.head = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Forgets the first `n` bytes: they were sent.
    pub fn consume(&mut self, n: usize) {
        self.head += n;
    }
}
