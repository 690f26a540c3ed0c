//! What a thread waits for in `poll` or `select`, as another thread sees it: in the program's memory, which the kernel is to read first.
use super::table;

/// In the place of a descriptor: several, of `poll` or of `select`.
pub const POLL: i32 = -1;
/// See [`POLL`].
pub const SELECT: i32 = -2;

/// The program's entries of a `poll` (the first, and how many), or sets of a `select` (and one more than the highest). They are the
/// kernel's to read; we do so only when something is closed, in a way that cannot fault.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Sets {
    /// [`POLL`] or [`SELECT`].
    pub kind: i32,
    /// Addresses.
    pub at: [usize; 3],
    /// How many.
    pub count: u32,
}

/// What [`Sets::look`] found.
pub struct Found {
    /// The descriptor that was asked for may be among them.
    pub there: bool,
    /// Bit `fd % 32` for each of them.
    pub buckets: u32,
}

impl Found {
    /// What cannot be read may be anything.
    const ANYTHING: Self = Self { there: true, buckets: u32::MAX };
}

impl Sets {
    /// More entries of a poll are not read: nobody has so many descriptors that are looked after.
    const MOST: usize = table::DESCRIPTORS;

    /// Nor are more bits of a set: they are read at once.
    const MOST_BITS: usize = 4096;

    /// Looks through the program's memory, from another thread than the one that waits. Is `fd` there? `all`: to the end, so that
    /// [`Found::buckets`] has all of them.
    pub fn look(&self, fd: i32, all: bool) -> Found {
        // a set may be shorter than it is said to be, if no descriptor is beyond it
        let count = if self.kind == POLL { self.count } else { self.count.min(table::sockets() as u32 + 1) } as usize;
        if count > if self.kind == POLL { Self::MOST } else { Self::MOST_BITS } {
            return Found::ANYTHING;
        }
        let mut found = Found { there: false, buckets: 0 };
        let mut note = |one: i32| {
            found.there |= one == fd;
            found.buckets |= 1 << (one % 32);
        };
        if self.kind == POLL {
            // the stack may be that of a signal handler
            let mut entries = [libc::pollfd { fd: -1, events: 0, revents: 0 }; 256];
            for begin in (0..count).step_by(entries.len()) {
                let part = entries.len().min(count - begin);
                if !peek(&mut entries[..part], self.at[0].wrapping_add(begin * size_of::<libc::pollfd>())) {
                    return Found::ANYTHING;
                }
                entries[..part].iter().filter(|entry| entry.fd >= 0).for_each(|entry| note(entry.fd));
                if !all && entries[..part].iter().any(|entry| entry.fd == fd) {
                    break;
                }
            }
        } else {
            let words = count.div_ceil(64);
            for &set in self.at.iter().filter(|&&set| set != 0) {
                let mut bits = [0u64; Self::MOST_BITS / 64];
                if !peek(&mut bits[..words], set) {
                    return Found::ANYTHING;
                }
                for (at, &word) in bits[..words].iter().enumerate().filter(|(_, word)| **word != 0) {
                    (0..64).filter(|bit| word >> bit & 1 != 0).for_each(|bit| note((at * 64 + bit) as i32));
                }
            }
        }
        found
    }
}

/// Reads memory of this process that may be anything by now. False if it cannot be read.
fn peek<T: Copy>(into: &mut [T], from: usize) -> bool {
    let length = size_of_val(into);
    let local = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: length };
    let remote = libc::iovec { iov_base: from as *mut libc::c_void, iov_len: length };
    // SAFETY: the kernel writes as much as `into` has, and says where the rest could not be read. `T` is of integers alone.
    let read = unsafe {
        libc::syscall(
            libc::SYS_process_vm_readv,
            super::process(),
            &raw const local,
            1usize,
            &raw const remote,
            1usize,
            0usize,
        )
    };
    usize::try_from(read) == Ok(length)
}
