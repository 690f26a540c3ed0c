//! Sockets without a protocol of ours, and files: the program makes sense of what comes.
use super::abi::lws_callback_reasons::{self, *};
use super::wsi::{Phase, Role, Wsi, flag};
use super::{client, close};
use crate::engine::sock;
use std::io;
use std::ptr;

/// Datagrams, or calls for a file, in one pass before others have their turn.
const AT_ONCE: usize = 64;

/// The address of a UDP peer, as the system has it and as the program sees it.
#[derive(Clone, Copy)]
pub struct UdpPeer {
    /// For the program.
    pub seen: super::abi::lws_udp,
    /// Whole, also where it does not fit above.
    pub address: sock::Address,
    /// Is the socket connected to it?
    pub connected: bool,
}

impl UdpPeer {
    /// Sends to nobody yet, or to whom the socket is connected.
    pub fn new(address: Option<sock::Address>) -> Self {
        let connected = address.is_some();
        let address = address.unwrap_or(sock::Address::none());
        let (sa, salen) = address.head();
        let nobody = sock::Address::none().head();
        let seen = super::abi::lws_udp { sa, salen, sa_pending: nobody.0, salen_pending: nobody.1 };
        UdpPeer { seen, address, connected }
    }
}

/// Gives received bytes to the program. Returns how many.
///
/// # Safety
/// As `pass::deliver`.
#[inline(never)]
pub unsafe fn receive(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    if wsi.phase() != Phase::Open {
        // it is the proxy that speaks
        // SAFETY: passed on as it came.
        return unsafe { client::answer::receive(wsi, bytes, len) };
    }
    let len = len.min(wsi.context().settings.raw_slice);
    // SAFETY: passed on as it came.
    unsafe { give(wsi, bytes, len) };
    len
}

/// Calls the program with `len` bytes, ended by a NUL as programs expect it.
///
/// # Safety
/// As `pass::deliver`.
unsafe fn give(wsi: &'static Wsi, bytes: *mut u8, len: usize) {
    // SAFETY: by contract there is a byte behind; see `frames::message`.
    let answer = unsafe {
        let end = bytes.add(len);
        let behind = end.replace(0);
        let answer = wsi.protocol().call(wsi, LWS_CALLBACK_RAW_RX, wsi.user.get(), bytes.cast(), len);
        end.write(behind);
        answer
    };
    if answer != 0 && wsi.is_open() {
        close::by_program(wsi);
    }
}

/// Does what a UDP socket or a file has to do.
pub fn run_apart(wsi: &'static Wsi) {
    if wsi.has(flag::WANT_READ) && !wsi.has(flag::PAUSED) {
        if wsi.role() == Role::File { read_file(wsi) } else { datagrams(wsi) }
    }
    if wsi.is_open() && wsi.has(flag::WANT_WRITE) {
        writeable(wsi);
    }
    if wsi.is_open() && wsi.has(flag::WANT_READ) && !wsi.has(flag::PAUSED) {
        wsi.ready(0);
    }
}

fn datagrams(wsi: &'static Wsi) {
    let context = wsi.context();
    for _ in 0..AT_ONCE {
        // SAFETY: the buffer is `rx_size` long, belongs to the loop, and nothing else uses it until C is called.
        let buffer = unsafe { std::slice::from_raw_parts_mut(context.rx(), context.settings.rx_size) };
        match sock::recv_from(wsi.fd.get(), buffer) {
            Ok((n, from)) => {
                wsi.rare.with(|rare| {
                    if let Some(udp) = rare.as_mut().and_then(|rare| rare.udp.as_mut()).filter(|udp| !udp.connected) {
                        udp.address = from;
                        (udp.seen.sa, udp.seen.salen) = from.head();
                    }
                });
                // SAFETY: n bytes were received into the buffer, which has room before and behind.
                unsafe { give(wsi, context.rx(), n) };
                if !wsi.is_open() || wsi.has(flag::PAUSED) {
                    return;
                }
            }
            Err(e) if sock::is_later(&e) => return wsi.clear(flag::WANT_READ),
            // an earlier datagram has met nobody: that is no end
            Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(_) => return close::failed(wsi),
        }
    }
}

/// Tells the program that a file can be read, as long as it can. It may read as little as it likes, so the kernel is asked each time.
fn read_file(wsi: &'static Wsi) {
    for _ in 0..AT_ONCE {
        let ready = sock::poll(wsi.fd.get(), libc::POLLIN | libc::POLLOUT);
        if ready & libc::POLLIN == 0 {
            wsi.clear(flag::WANT_READ);
            if ready & (libc::POLLHUP | libc::POLLERR | libc::POLLNVAL) != 0 {
                close::failed(wsi);
            }
            return;
        }
        if !call(wsi, LWS_CALLBACK_RAW_RX_FILE) || wsi.has(flag::PAUSED) {
            return;
        }
        if wsi.has(flag::WANT_WRITE) {
            writeable(wsi);
        }
        if !wsi.is_open() {
            return;
        }
    }
}

fn writeable(wsi: &'static Wsi) {
    let fd = wsi.fd.get();
    if sock::poll(fd, libc::POLLOUT) & (libc::POLLOUT | libc::POLLERR) == 0 {
        return; // the kernel says when there is room again
    }
    wsi.clear(flag::WANT_WRITE);
    call(wsi, if wsi.role() == Role::File { LWS_CALLBACK_RAW_WRITEABLE_FILE } else { LWS_CALLBACK_RAW_WRITEABLE });
    if wsi.is_open() && wsi.has(flag::WANT_WRITE) {
        wsi.ready(0);
    }
}

/// Calls the program. False where the connection has ended.
fn call(wsi: &'static Wsi, reason: lws_callback_reasons) -> bool {
    let answer = wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0);
    if answer != 0 && wsi.is_open() {
        close::by_program(wsi);
    }
    wsi.is_open()
}

/// Sends a datagram, or writes to a file: at once, since neither is a stream of ours. How much was taken.
pub fn write(wsi: &'static Wsi, bytes: &[u8]) -> io::Result<usize> {
    let fd = wsi.fd.get();
    if wsi.role() == Role::File {
        return sock::write(fd, bytes);
    }
    let to = wsi.rare.with(|rare| rare.as_ref().and_then(|rare| rare.udp.as_ref()).map(|u| (u.address, u.connected)));
    let sent = match to {
        Some((address, false)) => sock::send_to(fd, bytes, &address),
        _ => sock::send(fd, bytes),
    };
    match sent {
        // as on the way: the network may lose a datagram, and who needs to know asks for an answer
        Err(e) if sock::is_later(&e) || e.kind() == io::ErrorKind::ConnectionRefused => Ok(bytes.len()),
        sent => sent,
    }
}
