//! What lwIP has its ports provide, for programs: semaphores, mailboxes, mutexes, threads, time.
//!
//! Nothing here is needed by the sockets themselves. Whoever waits keeps the object alive; one that is freed meanwhile wakes them.
use super::error::{self, err_t};
use super::registry::Registry;
use crate::engine::thread::this_thread;
use std::collections::VecDeque;
use std::ffi::{CStr, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a wait says that came to its end without what it was for: 32 bits set.
pub const TIMEOUT: u32 = u32::MAX;
/// Messages that a mailbox holds at least: as many as in the original.
pub const MESSAGES: usize = 127;
/// Messages that a mailbox may be asked to hold.
pub const MOST_MESSAGES: usize = 1 << 20;

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for `ready` to give something, at most `ms` milliseconds, or as long as it takes for 0. The answer to a wait that was not in
/// vain has the milliseconds it took.
fn wait<T, R>(mutex: &Mutex<T>, bell: &Condvar, ms: u32, ready: impl Fn(&mut T) -> Option<R>) -> Option<(R, u32)> {
    let mut state = lock(mutex);
    if let Some(found) = ready(&mut state) {
        return Some((found, 0));
    }
    let begin = Instant::now();
    let limit = (ms > 0).then(|| Duration::from_millis(ms.into()));
    loop {
        state = match limit {
            None => bell.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(limit) => {
                let left = limit.checked_sub(begin.elapsed()).filter(|left| !left.is_zero())?;
                bell.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
            }
        };
        if let Some(found) = ready(&mut state) {
            let took = begin.elapsed().as_millis().min(u128::from(TIMEOUT - 2)) as u32;
            return Some((found, took));
        }
    }
}

/// A semaphore. A signal to one that is signalled already is not counted, as in the original's port.
#[derive(Debug, Default)]
pub struct Semaphore {
    state: Mutex<(u32, bool)>,
    bell: Condvar,
}

pub(crate) static SEMAPHORES: Registry<Semaphore> = Registry::new();

impl Semaphore {
    /// With `count` waits to give away.
    pub fn new(count: u8) -> Arc<Self> {
        Arc::new(Semaphore { state: Mutex::new((count.into(), false)), bell: Condvar::new() })
    }

    /// Lets one wait through, now or later.
    pub fn signal(&self) {
        lock(&self.state).0 = 1;
        self.bell.notify_one();
    }

    /// Waits for a signal: the milliseconds it took, or [`TIMEOUT`] after `ms` of them, or when it was freed. 0: without end.
    pub fn wait(&self, ms: u32) -> u32 {
        let taken = wait(&self.state, &self.bell, ms, |state| match state {
            (_, true) => Some(false),
            (0, _) => None,
            (count, _) => {
                *count -= 1;
                Some(true)
            }
        });
        match taken {
            Some((true, took)) => took,
            _ => TIMEOUT,
        }
    }

    /// Whoever waits goes home.
    pub fn end(&self) {
        lock(&self.state).1 = true;
        self.bell.notify_all();
    }
}

/// A mutex that any thread may unlock.
#[derive(Debug, Default)]
pub struct Lock {
    /// Is it held, and is it freed?
    state: Mutex<(bool, bool)>,
    bell: Condvar,
}

pub(crate) static LOCKS: Registry<Lock> = Registry::new();

impl Lock {
    pub(crate) const fn new() -> Self {
        Lock { state: Mutex::new((false, false)), bell: Condvar::new() }
    }

    /// Waits until it is free, or freed.
    pub fn lock(&self) {
        let _ = wait(&self.state, &self.bell, 0, |(held, ended)| {
            let free = !*held || *ended;
            *held = true;
            free.then_some(())
        });
    }

    /// Lets the next one in.
    pub fn unlock(&self) {
        lock(&self.state).0 = false;
        self.bell.notify_one();
    }

    /// Whoever waits goes on.
    pub fn end(&self) {
        lock(&self.state).1 = true;
        self.bell.notify_all();
    }
}

/// A message: a pointer of the program's, which nobody here follows.
#[derive(Clone, Copy, Debug)]
struct Message(*mut c_void);
// SAFETY: it is handed from thread to thread, and that is what programs want of it.
unsafe impl Send for Message {}

#[derive(Debug)]
struct Post {
    messages: VecDeque<Message>,
    ended: bool,
}

/// A queue of pointers.
#[derive(Debug)]
pub struct Mailbox {
    post: Mutex<Post>,
    /// Rung when a message came.
    full: Condvar,
    /// Rung when one was taken.
    room: Condvar,
    most: usize,
}

pub(crate) static MAILBOXES: Registry<Mailbox> = Registry::new();

impl Mailbox {
    /// For `size` messages or [`MESSAGES`], whichever is more; `None` above [`MOST_MESSAGES`].
    pub fn new(size: i32) -> Option<Arc<Self>> {
        let most = usize::try_from(size).unwrap_or(0).max(MESSAGES);
        (most <= MOST_MESSAGES).then(|| {
            Arc::new(Mailbox {
                post: Mutex::new(Post { messages: VecDeque::new(), ended: false }),
                full: Condvar::new(),
                room: Condvar::new(),
                most,
            })
        })
    }

    /// Adds a message; waits while there is no room.
    pub fn post(&self, message: *mut c_void) {
        let message = Message(message);
        let _ = wait(&self.post, &self.room, 0, |post| {
            let fits = post.messages.len() < self.most && !post.ended;
            if fits {
                post.messages.push_back(message);
            }
            (fits || post.ended).then_some(())
        });
        self.full.notify_one();
    }

    /// Adds a message, or says [`error::MEM`].
    pub fn try_post(&self, message: *mut c_void) -> err_t {
        let mut post = lock(&self.post);
        if post.messages.len() >= self.most || post.ended {
            return error::MEM;
        }
        post.messages.push_back(Message(message));
        self.full.notify_one();
        error::OK
    }

    /// The oldest message and the milliseconds until it came; `None` after `ms` of them, or when it was freed. 0: without end.
    pub fn fetch(&self, ms: u32) -> Option<(*mut c_void, u32)> {
        let found = wait(&self.post, &self.full, ms, |post| match post.messages.pop_front() {
            Some(message) => Some(Some(message)),
            None => post.ended.then_some(None),
        });
        let (message, took) = found?;
        self.room.notify_one();
        Some((message?.0, took))
    }

    /// The oldest message if there is one.
    pub fn try_fetch(&self) -> Option<*mut c_void> {
        let message = lock(&self.post).messages.pop_front()?;
        self.room.notify_one();
        Some(message.0)
    }

    /// Whoever waits goes home. Messages are the program's.
    pub fn end(&self) {
        lock(&self.post).ended = true;
        self.full.notify_all();
        self.room.notify_all();
    }
}

/// A lock that the thread which has it may take again.
#[derive(Debug, Default)]
pub(crate) struct Recursive {
    lock: Lock,
    owner: AtomicUsize,
    depth: AtomicUsize,
}

impl Recursive {
    pub(crate) const fn new() -> Self {
        Recursive { lock: Lock::new(), owner: AtomicUsize::new(0), depth: AtomicUsize::new(0) }
    }

    pub(crate) fn lock(&self) {
        let me = this_thread();
        if self.owner.load(Ordering::Relaxed) != me {
            self.lock.lock();
            self.owner.store(me, Ordering::Relaxed);
        }
        self.depth.fetch_add(1, Ordering::Relaxed);
    }

    /// Ignored from a thread that has not got it.
    pub(crate) fn unlock(&self) {
        if self.owner.load(Ordering::Relaxed) == this_thread() && self.depth.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.owner.store(0, Ordering::Relaxed);
            self.lock.unlock();
        }
    }
}

/// Keeps the threads of `sys_arch_protect` apart.
pub(crate) static PROTECT: Recursive = Recursive::new();

/// Milliseconds of a clock that only goes forward, in 32 bits.
pub fn now_ms() -> u32 {
    (crate::engine::clock::now_us() / 1000) as u32
}

/// Stacks smaller than the system's usual one are meant for other machines, and not granted.
const USUAL_STACK: usize = 8 << 20;
const MOST_STACK: usize = 1 << 30;

/// A [`Work`] or null, as it comes from C.
#[allow(non_camel_case_types)]
pub type lwip_thread_fn = Option<Work>;

/// A thread function of the program's.
pub type Work = unsafe extern "C" fn(argument: *mut c_void);

/// Runs `work` in a thread of its own, which nobody joins. `None` if the system has no thread to give; else a number that is never 0.
///
/// The thread's stack is C's from the bottom up, so that it may end by `pthread_exit` or be cancelled.
pub(crate) fn spawn(name: Option<&CStr>, stack: i32, work: Work, argument: *mut c_void) -> Option<usize> {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    let stack = usize::try_from(stack).unwrap_or(0).clamp(USUAL_STACK, MOST_STACK);
    let mut short = [0; 16];
    if let Some(name) = name {
        let bytes = name.to_bytes();
        // the kernel keeps 15 bytes of a name
        let n = bytes.len().min(15);
        short[..n].copy_from_slice(&bytes[..n]);
    }
    // SAFETY: the attributes and the thread's number are used while they are valid: the number until the thread is detached. What `work` returns,
    // nothing, is a register that nobody reads, so a function with a result may stand in for it.
    unsafe {
        let start: extern "C" fn(*mut c_void) -> *mut c_void = std::mem::transmute(work);
        let mut attributes = std::mem::zeroed();
        libc::pthread_attr_init(&mut attributes);
        libc::pthread_attr_setstacksize(&mut attributes, stack);
        let mut thread = 0;
        let failed = libc::pthread_create(&mut thread, &attributes, start, argument) != 0;
        libc::pthread_attr_destroy(&mut attributes);
        if failed {
            return None;
        }
        if short[0] != 0 {
            libc::pthread_setname_np(thread, short.as_ptr().cast());
        }
        libc::pthread_detach(thread);
    }
    Some(THREADS.fetch_add(1, Ordering::Relaxed) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr;

    #[test]
    fn a_semaphore_counts_one_signal() {
        let semaphore = Semaphore::new(2);
        assert_eq!((semaphore.wait(1), semaphore.wait(1), semaphore.wait(1)), (0, 0, TIMEOUT));
        semaphore.signal();
        semaphore.signal();
        assert_eq!((semaphore.wait(1), semaphore.wait(1)), (0, TIMEOUT));
    }

    #[test]
    fn freeing_wakes() {
        let (semaphore, mailbox) = (Semaphore::new(0), Mailbox::new(0).unwrap());
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(semaphore.wait(0), TIMEOUT));
            scope.spawn(|| assert!(mailbox.fetch(0).is_none()));
            semaphore.end();
            mailbox.end();
        });
        assert_eq!(mailbox.try_post(ptr::null_mut()), error::MEM);
    }

    #[test]
    fn a_mailbox_has_an_end() {
        let mailbox = Mailbox::new(1).unwrap();
        for i in 0..MESSAGES {
            assert_eq!(mailbox.try_post(ptr::without_provenance_mut(i)), error::OK);
        }
        assert_eq!(mailbox.try_post(ptr::null_mut()), error::MEM);
        assert_eq!(mailbox.fetch(0).unwrap().0, ptr::null_mut());
        assert!(Mailbox::new(i32::MAX).is_none() && Mailbox::new(-1).is_some());
    }

    #[test]
    fn protection_nests() {
        let lock = Recursive::new();
        lock.lock();
        lock.lock();
        lock.unlock();
        std::thread::scope(|scope| {
            scope.spawn(|| lock.unlock());
        });
        assert_eq!(lock.depth.load(Ordering::Relaxed), 1, "still held; another thread's unlock is ignored");
        lock.unlock();
        lock.unlock();
        assert_eq!(lock.depth.load(Ordering::Relaxed), 0);
    }
}
