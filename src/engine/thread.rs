//! Which thread is this, where on its stack, and may it be cancelled?
use std::ffi::c_int;
use std::ptr;

unsafe extern "C" {
    fn pthread_setcancelstate(state: c_int, old: *mut c_int) -> c_int;
}

/// PTHREAD_CANCEL_DISABLE, which libc does not name.
const CANCEL_DISABLE: c_int = 1;

/// Runs what makes system calls where a thread may be in the program's hands: a `pthread_cancel` that met one of them would unwind the stack
/// through Rust. Whoever cancels the thread has it a moment later.
pub fn without_cancellation<R>(work: impl FnOnce() -> R) -> R {
    let mut before = 0;
    // SAFETY: sets the calling thread's own state, and puts it back as it was.
    unsafe { pthread_setcancelstate(CANCEL_DISABLE, &mut before) };
    let outcome = work();
    // SAFETY: as above.
    unsafe { pthread_setcancelstate(before, ptr::null_mut()) };
    outcome
}

/// A number that no other thread of the process has at the same time.
#[inline(always)]
pub fn this_thread() -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        let id: usize;
        // SAFETY: reads the thread pointer, which the ABI keeps at the start of the thread's own block: what
        // pthread_self returns, without the call.
        unsafe { std::arch::asm!("mov {}, fs:0", out(reg) id, options(pure, readonly, nostack, preserves_flags)) };
        id
    }
    #[cfg(not(target_arch = "x86_64"))]
    // SAFETY: it has no preconditions.
    unsafe {
        libc::pthread_self() as usize
    }
}

/// Where on the stack the caller is: lower the deeper.
#[inline(never)]
pub fn stack_place() -> usize {
    let here = 0u8;
    std::hint::black_box(std::ptr::from_ref(&here) as usize)
}
