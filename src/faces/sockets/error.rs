//! lwIP's error numbers, and errno.
use std::ffi::c_int;

/// What most of lwIP's functions return: 0, or one of the negative numbers below.
#[allow(non_camel_case_types)]
pub type err_t = i8;

/// No error.
pub const OK: err_t = 0;
/// Out of memory, or of descriptors.
pub const MEM: err_t = -1;
/// A buffer is missing, or too small.
pub const BUF: err_t = -2;
/// The time given for an operation is over.
pub const TIMEOUT: err_t = -3;
/// There is no way to the address.
pub const RTE: err_t = -4;
/// The operation has begun, or another is still going on.
pub const INPROGRESS: err_t = -5;
/// The argument is not possible, or not for this kind of connection.
pub const VAL: err_t = -6;
/// The operation would have to wait.
pub const WOULDBLOCK: err_t = -7;
/// The address is taken.
pub const USE: err_t = -8;
/// Connecting has begun already.
pub const ALREADY: err_t = -9;
/// It is connected already.
pub const ISCONN: err_t = -10;
/// It is not connected.
pub const CONN: err_t = -11;
/// The network interface failed.
pub const IF: err_t = -12;
/// The connection was given up.
pub const ABRT: err_t = -13;
/// The peer reset the connection, or refused it.
pub const RST: err_t = -14;
/// The connection is closed.
pub const CLSD: err_t = -15;
/// An argument is null.
pub const ARG: err_t = -16;

/// The errno for an error number, as lwIP's own sockets translate it: `EIO` for one that does not exist, -1 for [`IF`].
pub fn to_errno(err: err_t) -> c_int {
    match err {
        OK => 0,
        MEM => libc::ENOMEM,
        BUF => libc::ENOBUFS,
        TIMEOUT | WOULDBLOCK => libc::EWOULDBLOCK,
        RTE => libc::EHOSTUNREACH,
        INPROGRESS => libc::EINPROGRESS,
        VAL => libc::EINVAL,
        USE => libc::EADDRINUSE,
        ALREADY => libc::EALREADY,
        ISCONN => libc::EISCONN,
        CONN | CLSD => libc::ENOTCONN,
        IF => -1,
        ABRT => libc::ECONNABORTED,
        RST => libc::ECONNRESET,
        _ => libc::EIO,
    }
}

/// The error number for what the kernel answered.
pub fn of_errno(errno: c_int) -> err_t {
    match errno {
        0 => OK,
        libc::ENOMEM | libc::EMFILE | libc::ENFILE => MEM,
        libc::ENOBUFS | libc::EMSGSIZE => BUF,
        libc::EAGAIN => WOULDBLOCK,
        libc::EHOSTUNREACH | libc::ENETUNREACH | libc::EACCES | libc::EPERM => RTE,
        libc::EDESTADDRREQ => RTE,
        libc::EINPROGRESS => INPROGRESS,
        libc::EADDRINUSE => USE,
        libc::EALREADY => ALREADY,
        libc::EISCONN => ISCONN,
        libc::ENOTCONN | libc::EPIPE => CONN,
        libc::ENETDOWN | libc::ENODEV => IF,
        libc::ECONNABORTED | libc::ETIMEDOUT => ABRT,
        libc::ECONNRESET | libc::ECONNREFUSED => RST,
        libc::EBADF => CLSD,
        libc::EFAULT => ARG,
        _ => VAL,
    }
}

/// The error number for a failed system call.
pub fn of_io(error: &std::io::Error) -> err_t {
    of_errno(error.raw_os_error().unwrap_or(libc::EINVAL))
}

/// What an error number means, in words.
pub fn text(err: err_t) -> &'static std::ffi::CStr {
    match err {
        OK => c"no error",
        MEM => c"out of memory",
        BUF => c"no buffer",
        TIMEOUT => c"timed out",
        RTE => c"no route",
        INPROGRESS => c"in progress",
        VAL => c"impossible value",
        WOULDBLOCK => c"would block",
        USE => c"address taken",
        ALREADY => c"already connecting",
        ISCONN => c"already connected",
        CONN => c"not connected",
        IF => c"interface failed",
        ABRT => c"connection aborted",
        RST => c"connection reset",
        CLSD => c"connection closed",
        ARG => c"null or impossible argument",
        _ => c"unknown error",
    }
}
