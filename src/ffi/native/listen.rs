//! Listening sockets made elsewhere.
use super::outcome;
use crate::faces::lws::abi::lws_vhost;
use crate::faces::lws::vhost::Vhost;
use crate::faces::native::listen;
use crate::ffi::guard::guard;
use std::ffi::c_int;

/// Has `vhost` serve what the listening socket `fd` accepts, beside its own port, if it has one (`CONTEXT_PORT_NO_LISTEN`), and others given before. TCP or
/// Unix. The descriptor is the vhost's from then on, which closes it at its end.
///
/// Returns 0, or an error, and then the descriptor is the program's as before: `-EINVAL` (null or dead vhost, or the socket does not listen), `-EBADF`, `-ENOTSOCK`,
/// `-EPROTOTYPE`, `-EEXIST` (it is in the context's loop already), `-ECANCELED` (the vhost is ending), `-ENOMEM`. The thread that serves the context only.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_listen_fd(vhost: *mut lws_vhost, fd: c_int) -> c_int {
    guard("netgraft_listen_fd", -libc::EIO, || match Vhost::from_c(vhost) {
        Some(vhost) => outcome(listen::serve(vhost, fd)),
        None => -libc::EINVAL,
    })
}

/// How many listening sockets the process was started with, as systemd's socket activation hands them over (`LISTEN_FDS`, `LISTEN_PID`): they are the
/// descriptors from `NETGRAFT_LISTEN_FDS_START` on. They are marked to be closed on exec. 0 where there are none for this process; `-EINVAL` where the
/// environment says no numbers; `-EBADF` where a descriptor is missing. Any thread, as long as none changes the environment.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_listen_fds() -> c_int {
    guard("netgraft_listen_fds", -libc::EIO, || listen::handed_over().unwrap_or_else(|errno| -errno))
}
