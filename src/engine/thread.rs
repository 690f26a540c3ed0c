//! Which thread is this, and where on its stack?

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
