//! Random bytes from the system, fetched many at a time.
use std::io;

const POOL: usize = 1024;

/// What was fetched and not given out yet.
#[derive(Default)]
pub struct Random {
    pool: Vec<u8>,
}

impl Random {
    /// `N` bytes that nobody can foretell. `N` is small.
    #[inline]
    pub fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        if self.pool.len() < N {
            self.fetch()?;
        }
        let bytes = self.pool.last_chunk().copied().unwrap_or([0; N]);
        self.pool.truncate(self.pool.len() - N);
        Ok(bytes)
    }

    #[cold]
    fn fetch(&mut self) -> io::Result<()> {
        self.pool.resize(POOL, 0);
        let mut filled = 0;
        while filled < POOL {
            let rest = &mut self.pool[filled..];
            // SAFETY: the kernel writes at most `rest.len()` bytes to `rest`.
            match unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0) } {
                n if n > 0 => filled += n as usize,
                _ => {
                    let e = io::Error::last_os_error();
                    if e.kind() != io::ErrorKind::Interrupted {
                        self.pool.clear();
                        return Err(e);
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_bytes_come_twice() {
        let mut random = Random::default();
        let mut seen: Vec<[u8; 16]> = (0..1000).map(|_| random.take().unwrap()).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 1000);
    }
}
