//! What is written in one pass over a connection leaves with one send.
use super::outbuf::OutBuf;
use super::sock;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::RawFd;

/// Small writes are gathered up to this many bytes.
pub const SIZE: usize = 64 * 1024;
/// A piece this large is sent from where it lies: copying it would cost more than a send.
pub const LARGE: usize = 32 * 1024;

/// The loop's one gathering buffer. It belongs to one connection at a time and is empty between passes.
pub struct Cork {
    bytes: Vec<u8>,
}

impl Default for Cork {
    fn default() -> Self {
        Cork { bytes: Vec::with_capacity(SIZE) }
    }
}

impl Cork {
    /// Does nothing wait?
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How many bytes wait.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets what was gathered.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Is there room for `n` bytes?
    #[inline]
    pub fn fits(&self, n: usize) -> bool {
        self.bytes.len() + n <= SIZE
    }

    /// Gathers a short head, given as a block with its length, and a piece behind it; as [`gather`](Self::gather).
    #[inline]
    pub fn gather_headed(&mut self, (head, len): (&[u8; 16], usize), piece: &[u8]) -> bool {
        let total = head.len() + piece.len();
        if total >= LARGE || !self.fits(total) {
            return false;
        }
        let end = self.bytes.len();
        // SAFETY: as in `gather`; the whole block fits, and what of it is not the head is overwritten or left behind the
        // new length.
        unsafe {
            let free = self.bytes.as_mut_ptr().add(end);
            free.cast::<[u8; 16]>().write(*head);
            std::ptr::copy_nonoverlapping(piece.as_ptr(), free.add(len), piece.len());
            self.bytes.set_len(end + len + piece.len());
        }
        true
    }

    /// Gathers two pieces, where they fit and are not so large that they are better sent from where they lie.
    #[inline]
    pub fn gather(&mut self, first: &[u8], second: &[u8]) -> bool {
        let total = first.len() + second.len();
        if total >= LARGE || !self.fits(total) {
            return false;
        }
        let end = self.bytes.len();
        // SAFETY: the capacity is SIZE from the beginning and never less; the pieces fit; after both copies all bytes
        // up to the new length are written.
        unsafe {
            let free = self.bytes.as_mut_ptr().add(end);
            std::ptr::copy_nonoverlapping(first.as_ptr(), free, first.len());
            std::ptr::copy_nonoverlapping(second.as_ptr(), free.add(first.len()), second.len());
            self.bytes.set_len(end + total);
        }
        true
    }

    /// The last `n` bytes gathered, to be changed before they are sent.
    pub fn last_mut(&mut self, n: usize) -> &mut [u8] {
        let begin = self.bytes.len().saturating_sub(n);
        &mut self.bytes[begin..]
    }

    /// Gathers what `read` puts into the room it is given: `want` bytes, or as much as is left. Returns how much `read` says
    /// that is.
    pub fn read_from(
        &mut self,
        want: usize,
        read: impl FnOnce(&mut [MaybeUninit<u8>]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let want = want.min(SIZE - self.bytes.len());
        let n = read(&mut self.bytes.spare_capacity_mut()[..want])?.min(want);
        // SAFETY: the capacity is SIZE and never less, and by its contract `read` has filled n bytes of the room behind the
        // present length.
        unsafe { self.bytes.set_len(self.bytes.len() + n) };
        Ok(n)
    }

    /// Has `use_up` do what it likes with what was gathered, which is gone then.
    pub fn take<R>(&mut self, use_up: impl FnOnce(&[u8]) -> R) -> R {
        let outcome = use_up(&self.bytes);
        self.bytes.clear();
        outcome
    }

    /// Sends what was gathered and then `last`. What the kernel does not take goes to `rest`, which is made
    /// only then; where it exists already the kernel was full and has not said otherwise, and all goes there.
    #[inline(always)]
    pub fn flush(&mut self, fd: RawFd, last: &[u8], rest: &mut Option<Box<OutBuf>>) -> io::Result<()> {
        if rest.is_none() && last.is_empty() {
            // most often all goes at once
            let sent = sock::send(fd, &self.bytes);
            if matches!(sent, Ok(n) if n == self.bytes.len()) {
                self.bytes.clear();
                return Ok(());
            }
            return self.keep(sent, last, rest);
        }
        self.flush_all(fd, last, rest)
    }

    #[inline(never)]
    fn flush_all(&mut self, fd: RawFd, last: &[u8], rest: &mut Option<Box<OutBuf>>) -> io::Result<()> {
        let sent = if rest.is_some() {
            Ok(0)
        } else if self.bytes.is_empty() {
            sock::send(fd, last)
        } else {
            sock::send2(fd, &self.bytes, last)
        };
        self.keep(sent, last, rest)
    }

    /// Puts what was not sent into `rest`.
    #[cold]
    fn keep(&mut self, sent: io::Result<usize>, last: &[u8], rest: &mut Option<Box<OutBuf>>) -> io::Result<()> {
        let gathered = self.bytes.len();
        let outcome = match sent {
            Err(e) if !sock::is_later(&e) => Err(e),
            sent => {
                let n = sent.unwrap_or(0);
                if n < gathered + last.len() {
                    let rest = rest.get_or_insert_default();
                    rest.push(&self.bytes[n.min(gathered)..]);
                    rest.push(&last[n.saturating_sub(gathered)..]);
                }
                Ok(())
            }
        };
        self.bytes.clear();
        outcome
    }
}
