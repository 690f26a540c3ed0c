//! netconn: connections of lwIP's sequential API.
use crate::engine::thread::without_cancellation;
use crate::faces::sockets::address::ip_addr_t;
use crate::faces::sockets::error::{self, err_t};
use crate::faces::sockets::netbuf::{self as buffers, netbuf};
use crate::faces::sockets::netconn::send::netvector;
use crate::faces::sockets::netconn::{self as connections, Conn, Face as netconn, connect, life, netconn_callback};
use crate::faces::sockets::pbuf::pbuf;
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;

type netconn_type_int = c_int;
type netconn_igmp_int = c_int;

/// Runs `work` on a live connection; `ERR_ARG` for one that is null or dead.
fn with(name: &str, conn: *mut netconn, work: impl FnOnce(&Conn) -> err_t) -> err_t {
    // a thread that was cancelled in one of the kernel's calls would be unwound through here
    without_cancellation(|| {
        guard(name, error::ARG, || match connections::of_c(conn) {
            Some(conn) => work(&conn),
            None => error::ARG,
        })
    })
}

/// What comes through a pointer of the program's, if it is not null.
///
/// # Safety
/// `pointer` is null or points to such a thing, as the program says by passing it.
unsafe fn given<'a, T>(pointer: *const T) -> Option<&'a T> {
    // SAFETY: by this function's contract.
    unsafe { pointer.as_ref() }
}

/// A new connection of a kind, with `proto` as its protocol if it is raw, and `callback`, which may be null. Null if there is no such
/// kind, no descriptor, or no privilege for it. It is the caller's until `netconn_delete`.
///
/// A callback is told of what comes, of room to send, and of ends: by the TCP/IP thread, or by the call of the program that causes it. It must not wait.
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_new_with_proto_and_callback(
    t: netconn_type_int,
    proto: u8,
    callback: netconn_callback,
) -> *mut netconn {
    guard("netconn_new_with_proto_and_callback", ptr::null_mut(), || life::new(t, proto, callback))
}

/// Closes the connection if it is open, and makes every call that waits on it come back. Its memory stays until `netconn_delete`. `ERR_ARG` for a
/// null or dead one. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_prepare_delete(conn: *mut netconn) -> err_t {
    if conn.is_null() {
        return error::OK;
    }
    with("netconn_prepare_delete", conn, Conn::prepare_delete)
}

/// Closes the connection if it is open, and frees it: every call that waits on it comes back, with `ERR_CONN` from receiving or accepting and with
/// `ERR_CLSD` from sending or connecting. The callback is not called any more when this comes back. Null is ignored; `ERR_ARG` for a
/// dead one. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_delete(conn: *mut netconn) -> err_t {
    without_cancellation(|| guard("netconn_delete", error::ARG, || life::delete(conn)))
}

/// Writes its own address and port (`local`), or its peer's, to where `addr` and `port` point. `ERR_CONN` if there is none, `ERR_ARG`
/// for a null pointer. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_getaddr(conn: *mut netconn, addr: *mut ip_addr_t, port: *mut u16, local: u8) -> err_t {
    with("netconn_getaddr", conn, |conn| {
        if addr.is_null() || port.is_null() {
            return error::ARG;
        }
        match conn.address(local != 0) {
            Ok((address, number)) => {
                // SAFETY: not null; the program gives room for both.
                unsafe {
                    addr.write(address);
                    port.write(number);
                }
                error::OK
            }
            Err(err) => err,
        }
    })
}

/// Gives the connection a local address and port. A null or unspecified address is any of this host; port 0 is one that is free. `ERR_USE` if it
/// is taken, `ERR_VAL` if the connection is closed, connected, bound already, or of another kind than the address. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_bind(conn: *mut netconn, addr: *const ip_addr_t, port: u16) -> err_t {
    // SAFETY: the program's address.
    with("netconn_bind", conn, |conn| conn.bind(unsafe { given(addr) }, port))
}

/// Keeps the connection to the interface with this index; 0 for all. `ERR_VAL` if there is none. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_bind_if(conn: *mut netconn, if_idx: u8) -> err_t {
    with("netconn_bind_if", conn, |conn| conn.bind_if(if_idx))
}

/// Connects. TCP waits until the peer has answered, or says `ERR_INPROGRESS` if the connection is non-blocking; its callback hears of the end then.
/// The others note whom they send to, and hear nobody else. `ERR_RST` if the peer refuses, `ERR_RTE` if there is no way there,
/// `ERR_ABRT` if nobody answers; the connection is closed after these. `ERR_ISCONN`, `ERR_ALREADY`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_connect(conn: *mut netconn, addr: *const ip_addr_t, port: u16) -> err_t {
    // SAFETY: the program's address.
    with("netconn_connect", conn, |conn| conn.connect(unsafe { given(addr) }, port))
}

/// Has a UDP connection forget its peer. `ERR_VAL` for other kinds. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_disconnect(conn: *mut netconn) -> err_t {
    with("netconn_disconnect", conn, Conn::disconnect)
}

/// Makes a TCP connection a listener, for which up to about `backlog` connections wait. `ERR_ARG` for other kinds, `ERR_VAL` for one that
/// is connected. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_listen_with_backlog(conn: *mut netconn, backlog: u8) -> err_t {
    with("netconn_listen_with_backlog", conn, |conn| conn.listen(backlog))
}

/// Waits for the next connection to a listener and writes it to where `new_conn` points, or null. It has the listener's callback and the usual
/// settings, and is the caller's until `netconn_delete`. `ERR_TIMEOUT` after the listener's receive timeout, `ERR_WOULDBLOCK` if it is non-blocking
/// and there is none, `ERR_CLSD` for what is not listening, `ERR_CONN` when it is closed meanwhile, `ERR_MEM` without a descriptor for
/// it. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_accept(conn: *mut netconn, new_conn: *mut *mut netconn) -> err_t {
    if new_conn.is_null() {
        return error::ARG;
    }
    // SAFETY: not null; the program's place for it.
    unsafe { new_conn.write(ptr::null_mut()) };
    with("netconn_accept", conn, |conn| match conn.accept() {
        Ok(accepted) => {
            // SAFETY: as above.
            unsafe { new_conn.write(accepted) };
            error::OK
        }
        Err(err) => err,
    })
}

/// Receives the next piece of a stream, or the next datagram, into a new netbuf, whose address goes to where `new_buf` points, or null.
/// It is the caller's until `netbuf_delete`. What it holds was written there by the kernel, and is not copied again.
///
/// `ERR_CLSD` once when the peer has sent all, `ERR_CONN` after that and when the connection is closed meanwhile, `ERR_RST` when the peer has reset it,
/// `ERR_TIMEOUT` after the receive timeout, `ERR_WOULDBLOCK` if it is non-blocking and there is nothing, `ERR_MEM`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_recv(conn: *mut netconn, new_buf: *mut *mut netbuf) -> err_t {
    // SAFETY: the caller's contract is this function's.
    unsafe { receive_netbuf("netconn_recv", conn, new_buf, 0, None) }
}

unsafe fn receive_netbuf(
    name: &str,
    conn: *mut netconn,
    new_buf: *mut *mut netbuf,
    apiflags: u8,
    stream: Option<bool>,
) -> err_t {
    if new_buf.is_null() {
        return error::ARG;
    }
    // SAFETY: not null; the program's place for it.
    unsafe { new_buf.write(ptr::null_mut()) };
    with(name, conn, |conn| {
        if stream.is_some_and(|stream| stream != conn.is_tcp()) {
            return error::ARG;
        }
        match conn.receive(apiflags) {
            Ok(piece) => {
                let (p, addr, port) = piece.take();
                let buf = buffers::new(p, addr, port);
                // SAFETY: as above; the piece is nobody else's.
                unsafe {
                    if buf.is_null() {
                        crate::faces::sockets::pbuf::free(p);
                        return error::MEM;
                    }
                    new_buf.write(buf);
                }
                error::OK
            }
            Err(err) => err,
        }
    })
}

/// As `netconn_recv`, for datagrams: `ERR_ARG` for TCP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_recv_udp_raw_netbuf(conn: *mut netconn, new_buf: *mut *mut netbuf) -> err_t {
    // SAFETY: the caller's contract is this function's.
    unsafe { receive_netbuf("netconn_recv_udp_raw_netbuf", conn, new_buf, 0, Some(false)) }
}

/// As `netconn_recv_udp_raw_netbuf`; with `NETCONN_DONTBLOCK` in `apiflags` it does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_recv_udp_raw_netbuf_flags(
    conn: *mut netconn,
    new_buf: *mut *mut netbuf,
    apiflags: u8,
) -> err_t {
    // SAFETY: the caller's contract is this function's.
    unsafe { receive_netbuf("netconn_recv_udp_raw_netbuf_flags", conn, new_buf, apiflags, Some(false)) }
}

/// As `netconn_recv` for TCP, into a pbuf that is the caller's until `pbuf_free`; `ERR_ARG` for other kinds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_recv_tcp_pbuf(conn: *mut netconn, new_buf: *mut *mut pbuf) -> err_t {
    // SAFETY: the caller's contract is this function's.
    unsafe { netconn_recv_tcp_pbuf_flags(conn, new_buf, 0) }
}

/// As `netconn_recv_tcp_pbuf`. In `apiflags`: `NETCONN_DONTBLOCK`, not to wait; `NETCONN_NOFIN`, to leave the end of the stream for the next call
/// and say `ERR_WOULDBLOCK`; `NETCONN_NOAUTORCVD`, which changes nothing: the window is the kernel's, and opens as bytes are taken.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_recv_tcp_pbuf_flags(
    conn: *mut netconn,
    new_buf: *mut *mut pbuf,
    apiflags: u8,
) -> err_t {
    if new_buf.is_null() {
        return error::ARG;
    }
    // SAFETY: not null; the program's place for it.
    unsafe { new_buf.write(ptr::null_mut()) };
    with("netconn_recv_tcp_pbuf_flags", conn, |conn| {
        if !conn.is_tcp() {
            return error::ARG;
        }
        match conn.receive(apiflags) {
            Ok(piece) => {
                // SAFETY: as above.
                unsafe { new_buf.write(piece.take().0) };
                error::OK
            }
            Err(err) => err,
        }
    })
}

/// Says that `len` bytes received with `NETCONN_NOAUTORCVD` have been dealt with. The kernel knows already. `ERR_ARG` for other kinds than TCP.
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_tcp_recvd(conn: *mut netconn, len: usize) -> err_t {
    let _ = len;
    with("netconn_tcp_recvd", conn, |conn| if conn.is_tcp() { error::OK } else { error::ARG })
}

/// Sends what `buf` holds as one datagram to an address and port, which it remembers. `ERR_VAL` for a null buffer or an address of
/// another kind, else as `netconn_send`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_sendto(
    conn: *mut netconn,
    buf: *mut netbuf,
    addr: *const ip_addr_t,
    port: u16,
) -> err_t {
    // SAFETY: null, or the program's buffer to change.
    let Some(buffer) = (unsafe { buf.as_mut() }) else { return error::VAL };
    // SAFETY: the program's address.
    buffer.addr = unsafe { given(addr) }.copied().unwrap_or_default();
    buffer.port = port;
    // SAFETY: the caller's contract is this function's.
    unsafe { netconn_send(conn, buf) }
}

/// Sends what `buf` holds as one datagram, to the address in it, or to the peer if that is unspecified. The buffer stays the
/// caller's, unchanged, and may be sent again. `ERR_CONN` for TCP or when closed, `ERR_RTE` without a peer or a way, `ERR_BUF` if it is too long. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_send(conn: *mut netconn, buf: *mut netbuf) -> err_t {
    with("netconn_send", conn, |conn| {
        // SAFETY: null, or the program's buffer with its chain.
        match unsafe { buf.as_ref() } {
            // SAFETY: as above.
            Some(buf) => unsafe { conn.send(buf.p, &buf.addr, buf.port) },
            None => error::ARG,
        }
    })
}

/// Sends `size` bytes into a TCP stream. It waits until the kernel has taken all, which it does by copying, whatever `apiflags` says;
/// `NETCONN_MORE` says that more follows at once. A connection that is non-blocking or has a send timeout, or `NETCONN_DONTBLOCK`, may take less:
/// then `bytes_written` must not be null (`ERR_VAL`), and hears how much; `ERR_WOULDBLOCK` if nothing. `ERR_INPROGRESS` while another thread
/// writes or it is connecting, `ERR_CONN`, `ERR_RST`, `ERR_CLSD` when it is closed meanwhile. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_write_partly(
    conn: *mut netconn,
    dataptr: *const c_void,
    size: usize,
    apiflags: u8,
    bytes_written: *mut usize,
) -> err_t {
    let mut vector = netvector { ptr: dataptr, len: size };
    // SAFETY: one vector; the rest is the caller's contract.
    unsafe { netconn_write_vectors_partly(conn, &mut vector, 1, apiflags, bytes_written) }
}

/// As `netconn_write_partly`, for `vectorcnt` pieces one after the other.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_write_vectors_partly(
    conn: *mut netconn,
    vectors: *mut netvector,
    vectorcnt: u16,
    apiflags: u8,
    bytes_written: *mut usize,
) -> err_t {
    with("netconn_write_vectors_partly", conn, |conn| {
        if vectors.is_null() && vectorcnt > 0 {
            return error::ARG;
        }
        // SAFETY: so many vectors, by the program's word; none for null.
        let vectors = match vectorcnt {
            0 => &[],
            n => unsafe { std::slice::from_raw_parts(vectors, n.into()) },
        };
        // SAFETY: they are readable, by the program's word.
        let (err, written) = unsafe { conn.write(vectors, apiflags, !bytes_written.is_null()) };
        // SAFETY: null, or the program's place for it.
        if let Some(bytes_written) = unsafe { bytes_written.as_mut() } {
            *bytes_written = written;
        }
        err
    })
}

/// Closes a TCP connection: both directions, or listening. What was written is still sent. Every call that waits on it comes back. `ERR_CONN` if it is
/// closed, or not TCP. The connection is still to be deleted. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_close(conn: *mut netconn) -> err_t {
    with("netconn_close", conn, |conn| conn.close(true, true))
}

/// Closes directions of a TCP connection: nothing is received any more (`shut_rx`), nothing sent (`shut_tx`, which the peer hears of).
/// `ERR_CONN` if it is not connected, or not TCP. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_shutdown(conn: *mut netconn, shut_rx: u8, shut_tx: u8) -> err_t {
    with("netconn_shutdown", conn, |conn| conn.close(shut_rx != 0, shut_tx != 0))
}

/// Has a datagram connection join the group `multiaddr`, or leave it, on the interface that has the address `netif_addr`; null or
/// unspecified for the one the system chooses. `ERR_VAL` for TCP, for an address that no interface has, for a group it has not joined.
/// Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_join_leave_group(
    conn: *mut netconn,
    multiaddr: *const ip_addr_t,
    netif_addr: *const ip_addr_t,
    join_or_leave: netconn_igmp_int,
) -> err_t {
    with("netconn_join_leave_group", conn, |conn| {
        // SAFETY: the program's addresses.
        let (group, interface) = unsafe { (given(multiaddr), given(netif_addr)) };
        let Some(group) = group else { return error::ARG };
        conn.group(group, interface.ok_or(0), join_or_leave == 0)
    })
}

/// As `netconn_join_leave_group`, on the interface with this index; 0 for the one the system chooses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_join_leave_group_netif(
    conn: *mut netconn,
    multiaddr: *const ip_addr_t,
    if_idx: u8,
    join_or_leave: netconn_igmp_int,
) -> err_t {
    with("netconn_join_leave_group_netif", conn, |conn| {
        // SAFETY: the program's address.
        let Some(group) = (unsafe { given(multiaddr) }) else { return error::ARG };
        conn.group(group, Err(if_idx.into()), join_or_leave == 0)
    })
}

/// Looks up the address of `name`, in the system's way, and writes it to where `addr` points. It waits for the answer. `dns_addrtype` is one of
/// `NETCONN_DNS_*`. `ERR_VAL` if there is none, `ERR_ARG` for a null pointer. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netconn_gethostbyname_addrtype(
    name: *const c_char,
    addr: *mut ip_addr_t,
    dns_addrtype: u8,
) -> err_t {
    guard("netconn_gethostbyname_addrtype", error::ARG, || {
        // SAFETY: null, or the program's string.
        let Some(name) = (unsafe { cstr::bytes(name) }).filter(|_| !addr.is_null()) else { return error::ARG };
        let Ok(name) = std::str::from_utf8(name) else { return error::VAL };
        match without_cancellation(|| connect::look_up(name, dns_addrtype)) {
            Ok(found) => {
                // SAFETY: not null; the program's place for it.
                unsafe { addr.write(found) };
                error::OK
            }
            Err(err) => err,
        }
    })
}

/// The error that the connection failed with, which is forgotten; `ERR_OK` if there was none, and for a null or dead one. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn netconn_err(conn: *mut netconn) -> err_t {
    guard("netconn_err", error::OK, || connections::of_c(conn).map_or(error::OK, |conn| conn.take_err()))
}
