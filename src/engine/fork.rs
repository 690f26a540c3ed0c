//! Which of a line of forked processes this is: known without asking the kernel.
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

static GENERATION: AtomicU32 = AtomicU32::new(0);
static WATCH: Once = Once::new();

extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// A number that changes when the process forks, in the child.
#[inline]
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// As [`generation`], for whoever wants to compare later: from here on forks are counted.
pub fn watch() -> u32 {
    // SAFETY: the handler touches an atomic and nothing else, which is allowed in a child of any process.
    WATCH.call_once(|| unsafe {
        libc::pthread_atfork(None, None, Some(in_child));
    });
    generation()
}
