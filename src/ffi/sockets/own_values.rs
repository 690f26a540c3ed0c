//! The same calls for programs that were compiled with lwIP's own headers: other constants and structures.
use super::{answer, guard, number};
use crate::engine::fdtable;
use crate::faces::sockets::layouts::{self, Address, Message, address_in_place, control_in_place};
use crate::faces::sockets::{calls, values};
use crate::ffi::sockets::netdb;
use libc::{addrinfo, hostent, pollfd, socklen_t, ssize_t, timeval};
use std::ffi::{c_char, c_int, c_long, c_void};
use std::ptr;

/// As `lwip_bind`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_bind(s: c_int, name: *const c_void, namelen: socklen_t) -> c_int {
    number("netgraft_lwip_bind", || {
        // SAFETY: what C passes: so many bytes, or null.
        let mut address = unsafe { Address::read(name.cast(), namelen) }?;
        let len = address.len();
        // SAFETY: our own copy.
        unsafe { calls::bind(s, address.as_ptr(), len) }
    })
}

/// As `lwip_connect`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_connect(s: c_int, name: *const c_void, namelen: socklen_t) -> c_int {
    number("netgraft_lwip_connect", || {
        // SAFETY: what C passes: so many bytes, or null.
        let mut address = unsafe { Address::read(name.cast(), namelen) }?;
        let len = address.len();
        // SAFETY: our own copy.
        unsafe { fdtable::connect(s, address.as_ptr(), len) }.map(|()| 0)
    })
}

/// As `lwip_accept`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_accept(s: c_int, addr: *mut c_void, addrlen: *mut socklen_t) -> c_int {
    number("netgraft_lwip_accept", || {
        let mut address = Address::room();
        let len = address.len_ptr();
        // SAFETY: our own room; what C passes for the address.
        unsafe {
            let fd = fdtable::accept(s, address.as_ptr(), len, 0)?;
            address.write(addr.cast(), addrlen);
            Ok(fd as usize)
        }
    })
}

/// As `lwip_getsockname`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_getsockname(s: c_int, name: *mut c_void, namelen: *mut socklen_t) -> c_int {
    number("netgraft_lwip_getsockname", || {
        if name.is_null() || namelen.is_null() {
            return Err(libc::EFAULT);
        }
        let mut address = Address::room();
        let len = address.len_ptr();
        // SAFETY: our own room; what C passes, not null.
        unsafe {
            calls::own_name(s, address.as_ptr(), len)?;
            address.write(name.cast(), namelen);
        }
        Ok(0)
    })
}

/// As `lwip_getpeername`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_getpeername(s: c_int, name: *mut c_void, namelen: *mut socklen_t) -> c_int {
    number("netgraft_lwip_getpeername", || {
        if name.is_null() || namelen.is_null() {
            return Err(libc::EFAULT);
        }
        let mut address = Address::room();
        let len = address.len_ptr();
        // SAFETY: our own room; what C passes, not null.
        unsafe {
            calls::peer_name(s, address.as_ptr(), len)?;
            address.write(name.cast(), namelen);
        }
        Ok(0)
    })
}

/// As `lwip_recv`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_recv(s: c_int, mem: *mut c_void, len: usize, flags: c_int) -> ssize_t {
    let flags = values::message_flags(flags);
    // SAFETY: what C passes, for the kernel to check.
    answer("netgraft_lwip_recv", || unsafe { fdtable::recv(s, mem, len, flags, ptr::null_mut(), ptr::null_mut()) })
}

/// As `lwip_recvfrom`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_recvfrom(
    s: c_int,
    mem: *mut c_void,
    len: usize,
    flags: c_int,
    from: *mut c_void,
    fromlen: *mut socklen_t,
) -> ssize_t {
    answer("netgraft_lwip_recvfrom", || {
        let mut address = Address::room();
        let address_len = address.len_ptr();
        // SAFETY: what C passes, for the kernel to check, and our own room for the address.
        unsafe {
            let got = fdtable::recv(s, mem, len, values::message_flags(flags), address.as_ptr(), address_len)?;
            address.write(from.cast(), fromlen);
            Ok(got)
        }
    })
}

/// As `lwip_send`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_send(s: c_int, dataptr: *const c_void, size: usize, flags: c_int) -> ssize_t {
    let flags = values::message_flags(flags);
    // SAFETY: what C passes, for the kernel to check.
    answer("netgraft_lwip_send", || unsafe { calls::send(s, dataptr, size, flags, ptr::null(), 0) })
}

/// As `lwip_sendto`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_sendto(
    s: c_int,
    dataptr: *const c_void,
    size: usize,
    flags: c_int,
    to: *const c_void,
    tolen: socklen_t,
) -> ssize_t {
    let flags = values::message_flags(flags);
    answer("netgraft_lwip_sendto", || {
        if to.is_null() {
            // SAFETY: what C passes, for the kernel to check.
            return unsafe { calls::send(s, dataptr, size, flags, ptr::null(), 0) };
        }
        // SAFETY: what C passes: so many bytes.
        let mut address = unsafe { Address::read(to.cast(), tolen) }?;
        let len = address.len();
        // SAFETY: what C passes, for the kernel to check, and our own copy of the address.
        unsafe { calls::send(s, dataptr, size, flags, address.as_ptr(), len) }
    })
}

/// The system's message for one of lwIP's, without address and ancillary data.
fn message(lwip: &Message) -> Result<libc::msghdr, c_int> {
    if lwip.count <= 0 || lwip.count > 1024 {
        return Err(libc::EMSGSIZE);
    }
    // SAFETY: a structure of integers and pointers, for which zeros are values.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = lwip.parts;
    message.msg_iovlen = lwip.count as usize;
    Ok(message)
}

/// As `lwip_recvmsg`; `message` is lwIP's `struct msghdr`, which is shorter than the system's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_recvmsg(s: c_int, message: *mut c_void, flags: c_int) -> ssize_t {
    answer("netgraft_lwip_recvmsg", || {
        // SAFETY: what C passes: a message, or null.
        let Some(lwip) = (unsafe { message.cast::<Message>().as_mut() }) else { return Err(libc::EFAULT) };
        let mut system = self::message(lwip)?;
        let mut address = Address::room();
        // aligned as the kernel wants it, and as long as what the program has room for
        let mut control = [0u64; 128];
        system.msg_name = address.as_ptr().cast();
        system.msg_namelen = layouts::LARGEST as socklen_t;
        system.msg_control = control.as_mut_ptr().cast();
        system.msg_controllen =
            if lwip.control.is_null() { 0 } else { (lwip.control_len as usize).min(size_of_val(&control)) };
        // SAFETY: our own message over the program's buffers, which the kernel checks.
        let got = unsafe { fdtable::recvmsg(s, &mut system, values::message_flags(flags)) }?;
        // SAFETY: the kernel has written so much; the program has room for it, since it never gets longer.
        unsafe {
            *address.len_ptr() = system.msg_namelen;
            address.write(lwip.name, &mut lwip.name_len);
            let len = control_in_place(control.as_mut_ptr().cast(), system.msg_controllen);
            if !lwip.control.is_null() {
                lwip.control
                    .cast::<u8>()
                    .copy_from_nonoverlapping(control.as_ptr().cast(), len.min(lwip.control_len as usize));
            }
            lwip.control_len = len.min(lwip.control_len as usize) as socklen_t;
        }
        lwip.flags = values::received_flags(system.msg_flags);
        Ok(got)
    })
}

/// As `lwip_sendmsg`; `message` is lwIP's `struct msghdr`. Ancillary data is not sent, as lwIP does not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_sendmsg(s: c_int, message: *const c_void, flags: c_int) -> ssize_t {
    answer("netgraft_lwip_sendmsg", || {
        // SAFETY: what C passes: a message, or null.
        let Some(lwip) = (unsafe { message.cast::<Message>().as_ref() }) else { return Err(libc::EFAULT) };
        let mut system = self::message(lwip)?;
        let mut address;
        if !lwip.name.is_null() {
            // SAFETY: what C passes: so many bytes.
            address = unsafe { Address::read(lwip.name, lwip.name_len) }?;
            system.msg_namelen = address.len();
            system.msg_name = address.as_ptr().cast();
        }
        // SAFETY: our own message over the program's buffers, which the kernel checks.
        unsafe { fdtable::sendmsg(s, &system, values::message_flags(flags) | libc::MSG_NOSIGNAL) }
    })
}

/// As `lwip_select`. The sets are bits that begin with descriptor 0 (`LWIP_SOCKET_OFFSET` is 0), of as many bytes as `maxfdp1` needs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_select(
    maxfdp1: c_int,
    readset: *mut c_void,
    writeset: *mut c_void,
    exceptset: *mut c_void,
    timeout: *mut timeval,
) -> c_int {
    number("netgraft_lwip_select", || {
        let bits = fdtable::many::looked_at(usize::try_from(maxfdp1).map_err(|_| libc::EINVAL)?);
        let bytes = bits.div_ceil(8);
        let given = [readset.cast::<u8>(), writeset.cast::<u8>(), exceptset.cast::<u8>()];
        let mut words = given.map(|set| if set.is_null() { Vec::new() } else { vec![0u64; bytes.div_ceil(8)] });
        for (words, set) in words.iter_mut().zip(given).filter(|(_, set)| !set.is_null()) {
            // SAFETY: what C passes: so many bytes; there is room for them.
            unsafe { words.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(set, bytes) };
        }
        let mut sets = [ptr::null_mut(); 3];
        for (i, words) in words.iter_mut().enumerate().filter(|(i, _)| !given[*i].is_null()) {
            sets[i] = words.as_mut_ptr();
        }
        // SAFETY: our own sets, in whole words; what C passes for the time.
        let ready = unsafe { calls::select(bits as c_int, sets, timeout) }?;
        for (words, set) in words.iter().zip(given).filter(|(_, set)| !set.is_null()) {
            // SAFETY: as above.
            unsafe { set.copy_from_nonoverlapping(words.as_ptr().cast(), bytes) };
        }
        Ok(ready)
    })
}

/// As `lwip_poll`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_poll(fds: *mut pollfd, nfds: u32, timeout: c_int) -> c_int {
    number("netgraft_lwip_poll", || {
        if fds.is_null() && nfds != 0 {
            return Err(libc::EFAULT);
        }
        let count = nfds as usize;
        if count > 1 << 20 {
            return Err(libc::EINVAL);
        }
        let mut own = Vec::with_capacity(count);
        // SAFETY: what C passes: so many entries.
        own.extend((0..count).map(|i| unsafe { fds.add(i).read() }));
        own.iter_mut().for_each(|entry: &mut pollfd| entry.events = values::events(entry.events));
        // SAFETY: our own entries.
        let ready = unsafe { calls::poll(own.as_mut_ptr(), count, timeout) }?;
        for (i, entry) in own.iter().enumerate() {
            // SAFETY: as above.
            unsafe { (*fds.add(i)).revents = values::events_back(entry.revents) };
        }
        Ok(ready)
    })
}

/// As `lwip_getsockopt`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_getsockopt(
    s: c_int,
    level: c_int,
    optname: c_int,
    optval: *mut c_void,
    optlen: *mut socklen_t,
) -> c_int {
    number("netgraft_lwip_getsockopt", || {
        let (level, name) = values::option(level, optname).ok_or(libc::ENOPROTOOPT)?;
        // SAFETY: what C passes, for the kernel to check.
        unsafe { calls::option(s, level, name, optval, optlen) }
    })
}

/// As `lwip_setsockopt`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_setsockopt(
    s: c_int,
    level: c_int,
    optname: c_int,
    optval: *const c_void,
    optlen: socklen_t,
) -> c_int {
    number("netgraft_lwip_setsockopt", || {
        let (level, name) = values::option(level, optname).ok_or(libc::ENOPROTOOPT)?;
        // SAFETY: what C passes, for the kernel to check.
        unsafe { calls::set_option(s, level, name, optval, optlen) }
    })
}

/// `F_GETFL` and `F_SETFL`, which takes lwIP's `O_NONBLOCK` and nothing else; other commands and bits are `ENOSYS`.
#[unsafe(no_mangle)]
pub extern "C" fn netgraft_lwip_fcntl(s: c_int, cmd: c_int, val: c_int) -> c_int {
    number("netgraft_lwip_fcntl", || match cmd {
        libc::F_GETFL => Ok(values::status_back(fdtable::fcntl(s, cmd, 0)? as c_int) as usize),
        libc::F_SETFL => fdtable::set_blocking(s, !values::nonblocking(val).ok_or(libc::ENOSYS)?),
        _ => Err(libc::ENOSYS),
    })
}

/// lwIP's `FIONREAD`, `FIONBIO` and `SIOCATMARK`; other requests are `ENOSYS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_ioctl(s: c_int, cmd: c_long, argp: *mut c_void) -> c_int {
    number("netgraft_lwip_ioctl", || {
        let request = values::request(cmd).ok_or(libc::ENOSYS)?;
        // SAFETY: what C passes, for the kernel to check.
        unsafe { fdtable::ioctl(s, request, argp) }
    })
}

/// As `lwip_getaddrinfo`, with lwIP's `EAI_*`; the list is for `lwip_freeaddrinfo`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_getaddrinfo(
    nodename: *const c_char,
    servname: *const c_char,
    hints: *const addrinfo,
    res: *mut *mut addrinfo,
) -> c_int {
    guard("netgraft_lwip_getaddrinfo", values::lookup_error_back(libc::EAI_FAIL), || {
        // SAFETY: what C passes; the structure has the same layout.
        let own = unsafe { hints.as_ref() }
            .map(|hints| addrinfo { ai_flags: values::lookup_flags(hints.ai_flags), ..*hints });
        let hints = own.as_ref().map_or(ptr::null(), ptr::from_ref);
        // SAFETY: what C passes.
        let outcome = unsafe { netdb::lwip_getaddrinfo(nodename, servname, hints, res) };
        // SAFETY: a list that was made for us, of entries with an address each.
        let mut entry = if outcome == 0 { unsafe { *res } } else { ptr::null_mut() };
        // SAFETY: as above.
        while let Some(info) = unsafe { entry.as_mut() } {
            info.ai_flags = values::lookup_flags_back(info.ai_flags);
            // SAFETY: as above.
            unsafe { address_in_place(info.ai_addr.cast(), info.ai_addrlen) };
            entry = info.ai_next;
        }
        values::lookup_error_back(outcome)
    })
}

/// As `lwip_gethostbyname_r`, with lwIP's values in `*h_errnop`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netgraft_lwip_gethostbyname_r(
    name: *const c_char,
    ret: *mut hostent,
    buf: *mut c_char,
    buflen: usize,
    result: *mut *mut hostent,
    h_errnop: *mut c_int,
) -> c_int {
    guard("netgraft_lwip_gethostbyname_r", libc::EIO, || {
        let mut error = 0;
        // SAFETY: what C passes.
        let outcome = unsafe { netdb::lwip_gethostbyname_r(name, ret, buf, buflen, result, &mut error) };
        if !h_errnop.is_null() {
            // SAFETY: what C passes, not null.
            unsafe { h_errnop.write(values::host_error_back(error)) };
        }
        outcome
    })
}
