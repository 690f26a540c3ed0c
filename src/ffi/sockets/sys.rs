//! What lwIP has its ports provide: semaphores, mailboxes, mutexes, threads and time for programs. Any thread may call any of it. An object that is
//! null or freed is ignored, or is an error where there is a result.
use crate::engine::thread::without_cancellation;
use crate::faces::sockets::error::{self, err_t};
use crate::faces::sockets::registry::Registry;
use crate::faces::sockets::sys::{
    LOCKS, Lock, MAILBOXES, Mailbox, PROTECT, SEMAPHORES, Semaphore, TIMEOUT, lwip_thread_fn, now_ms, spawn,
};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

type sys_sem_t = *const Semaphore;
type sys_mutex_t = *const Lock;
type sys_mbox_t = *const Mailbox;
type sys_thread_t = *mut c_void;
type sys_prot_t = u32;

/// The object that the program's variable names.
///
/// # Safety
/// `place` is null or the program's variable.
unsafe fn of<T>(registry: &Registry<T>, place: *const *const T) -> Option<Arc<T>> {
    // SAFETY: by this function's contract.
    unsafe { place.as_ref() }.and_then(|object| registry.get(*object))
}

/// Puts a new object into the program's variable.
///
/// # Safety
/// As [`of`].
unsafe fn put<T>(registry: &Registry<T>, place: *mut *const T, object: Option<Arc<T>>) -> err_t {
    // SAFETY: by this function's contract.
    let Some(place) = (unsafe { place.as_mut() }) else { return error::ARG };
    *place = object.map_or(ptr::null(), |object| registry.insert(object));
    if place.is_null() { error::MEM } else { error::OK }
}

/// Makes a semaphore, in the variable that `sem` points to, that lets `count` waits through. `ERR_ARG` for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_sem_new(sem: *mut sys_sem_t, count: u8) -> err_t {
    // SAFETY: the program's variable.
    guard("sys_sem_new", error::MEM, || unsafe { put(&SEMAPHORES, sem, Some(Semaphore::new(count))) })
}

/// Lets one wait through, now or later: signals that nobody has waited for count as one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_sem_signal(sem: *mut sys_sem_t) {
    guard("sys_sem_signal", (), || {
        // SAFETY: the program's variable.
        if let Some(sem) = unsafe { of(&SEMAPHORES, sem) } {
            sem.signal();
        }
    })
}

/// Waits for a signal, at most `timeout` milliseconds, or as long as it takes for 0. The milliseconds it took, or `SYS_ARCH_TIMEOUT`; that is also the answer when the
/// semaphore is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_arch_sem_wait(sem: *mut sys_sem_t, timeout: u32) -> u32 {
    guard("sys_arch_sem_wait", TIMEOUT, || {
        // SAFETY: the program's variable; it is not looked at while this waits.
        unsafe { of(&SEMAPHORES, sem) }.map_or(TIMEOUT, |sem| sem.wait(timeout))
    })
}

/// Frees a semaphore. Who waits for it comes back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_sem_free(sem: *mut sys_sem_t) {
    guard("sys_sem_free", (), || {
        // SAFETY: the program's variable.
        if let Some(sem) = unsafe { sem.as_ref() }.and_then(|sem| SEMAPHORES.remove(*sem)) {
            sem.end();
        }
    })
}

/// Makes a mutex in the variable that `mutex` points to. `ERR_ARG` for null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_mutex_new(mutex: *mut sys_mutex_t) -> err_t {
    // SAFETY: the program's variable.
    guard("sys_mutex_new", error::MEM, || unsafe { put(&LOCKS, mutex, Some(Arc::new(Lock::default()))) })
}

/// Waits until nobody has the mutex, and takes it. A thread that has it waits for itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_mutex_lock(mutex: *mut sys_mutex_t) {
    guard("sys_mutex_lock", (), || {
        // SAFETY: the program's variable.
        if let Some(mutex) = unsafe { of(&LOCKS, mutex) } {
            mutex.lock();
        }
    })
}

/// Gives the mutex back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_mutex_unlock(mutex: *mut sys_mutex_t) {
    guard("sys_mutex_unlock", (), || {
        // SAFETY: the program's variable.
        if let Some(mutex) = unsafe { of(&LOCKS, mutex) } {
            mutex.unlock();
        }
    })
}

/// Frees a mutex. Who waits for it goes on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_mutex_free(mutex: *mut sys_mutex_t) {
    guard("sys_mutex_free", (), || {
        // SAFETY: the program's variable.
        if let Some(mutex) = unsafe { mutex.as_ref() }.and_then(|mutex| LOCKS.remove(*mutex)) {
            mutex.end();
        }
    })
}

/// Makes a mailbox, in the variable that `mbox` points to, for `size` messages or 127, whichever is more. `ERR_ARG` for null, `ERR_MEM`
/// above 1048576 messages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_mbox_new(mbox: *mut sys_mbox_t, size: c_int) -> err_t {
    // SAFETY: the program's variable.
    guard("sys_mbox_new", error::MEM, || unsafe { put(&MAILBOXES, mbox, Mailbox::new(size)) })
}

/// Adds a message; waits while there is no room.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_mbox_post(mbox: *mut sys_mbox_t, msg: *mut c_void) {
    guard("sys_mbox_post", (), || {
        // SAFETY: the program's variable.
        if let Some(mbox) = unsafe { of(&MAILBOXES, mbox) } {
            mbox.post(msg);
        }
    })
}

/// Adds a message; `ERR_MEM` if there is no room, or no mailbox.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_mbox_trypost(mbox: *mut sys_mbox_t, msg: *mut c_void) -> err_t {
    guard("sys_mbox_trypost", error::MEM, || {
        // SAFETY: the program's variable.
        unsafe { of(&MAILBOXES, mbox) }.map_or(error::MEM, |mbox| mbox.try_post(msg))
    })
}

/// As `sys_mbox_trypost`; not for signal handlers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_mbox_trypost_fromisr(mbox: *mut sys_mbox_t, msg: *mut c_void) -> err_t {
    // SAFETY: the caller's contract is this function's.
    unsafe { sys_mbox_trypost(mbox, msg) }
}

/// Waits for a message, at most `timeout` milliseconds, or as long as it takes for 0, and writes it to where `msg` points unless that is null.
/// The milliseconds it took, or `SYS_ARCH_TIMEOUT`; that is also the answer when the mailbox is freed. `msg` is untouched then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_arch_mbox_fetch(mbox: *mut sys_mbox_t, msg: *mut *mut c_void, timeout: u32) -> u32 {
    guard("sys_arch_mbox_fetch", TIMEOUT, || {
        // SAFETY: the program's variable.
        let found = unsafe { of(&MAILBOXES, mbox) }.and_then(|mbox| mbox.fetch(timeout));
        let Some((message, took)) = found else { return TIMEOUT };
        // SAFETY: null, or the program's place.
        if let Some(msg) = unsafe { msg.as_mut() } {
            *msg = message;
        }
        took
    })
}

/// As `sys_arch_mbox_fetch`, without waiting: 0, or `SYS_MBOX_EMPTY`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_arch_mbox_tryfetch(mbox: *mut sys_mbox_t, msg: *mut *mut c_void) -> u32 {
    guard("sys_arch_mbox_tryfetch", TIMEOUT, || {
        // SAFETY: the program's variable.
        let found = unsafe { of(&MAILBOXES, mbox) }.and_then(|mbox| mbox.try_fetch());
        let Some(message) = found else { return TIMEOUT };
        // SAFETY: null, or the program's place.
        if let Some(msg) = unsafe { msg.as_mut() } {
            *msg = message;
        }
        0
    })
}

/// Frees a mailbox. Who waits for it comes back; messages in it are the program's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_mbox_free(mbox: *mut sys_mbox_t) {
    guard("sys_mbox_free", (), || {
        // SAFETY: the program's variable.
        if let Some(mbox) = unsafe { mbox.as_ref() }.and_then(|mbox| MAILBOXES.remove(*mbox)) {
            mbox.end();
        }
    })
}

/// Runs `thread` with `arg` in a new thread, which is nobody's to join. `name` may be null. Stacks smaller than the system's usual one are not made, and
/// priorities mean nothing. A value that is not null, or null if the system has no thread to give.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sys_thread_new(
    name: *const c_char,
    thread: lwip_thread_fn,
    arg: *mut c_void,
    stacksize: c_int,
    prio: c_int,
) -> sys_thread_t {
    let _ = prio;
    guard("sys_thread_new", ptr::null_mut(), || {
        let Some(thread) = thread else { return ptr::null_mut() };
        // SAFETY: null, or the program's string.
        let name = unsafe { cstr::c_str(name) };
        spawn(name, stacksize, thread, arg).map_or(ptr::null_mut(), ptr::without_provenance_mut)
    })
}

/// Keeps other threads out of what they do between this and `sys_arch_unprotect`. A thread may call it again inside.
#[unsafe(no_mangle)]
pub extern "C" fn sys_arch_protect() -> sys_prot_t {
    guard("sys_arch_protect", 0, || {
        PROTECT.lock();
        0
    })
}

/// The other half of `sys_arch_protect`.
#[unsafe(no_mangle)]
pub extern "C" fn sys_arch_unprotect(pval: sys_prot_t) {
    let _ = pval;
    guard("sys_arch_unprotect", (), || PROTECT.unlock())
}

/// Nothing to do: everything begins by itself.
#[unsafe(no_mangle)]
pub extern "C" fn sys_init() {}

/// Milliseconds of a clock that only goes forward; after 2^32 of them from 0.
#[unsafe(no_mangle)]
pub extern "C" fn sys_now() -> u32 {
    now_ms()
}

/// As `sys_now`.
#[unsafe(no_mangle)]
pub extern "C" fn sys_jiffies() -> u32 {
    now_ms()
}

/// Sleeps.
#[unsafe(no_mangle)]
pub extern "C" fn sys_msleep(ms: u32) {
    guard("sys_msleep", (), || without_cancellation(|| std::thread::sleep(Duration::from_millis(ms.into()))))
}
