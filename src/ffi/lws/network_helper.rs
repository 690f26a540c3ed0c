//! Addresses as text and as bytes.
use super::given;
use crate::faces::lws::abi::{lws, lws_context, lws_sockfd_type};
use crate::faces::lws::address::{self, NoInterface};
use crate::faces::lws::peer;
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use once_cell::sync::Lazy;
use std::ffi::{CStr, CString, c_char, c_int};
use std::mem::size_of;
use std::net::IpAddr;
use std::ptr;

/// The interface or address can be bound to.
const USABLE: c_int = 0;
/// There is no such interface, and it is no numeric address.
const NOT_EXIST: c_int = -1;
/// It exists but has no usable address.
const NOT_USABLE: c_int = -2;

/// Reads the numeric address `ads` (`"1.2.3.4"`, `"2001:db8::1"`, `"::ffff:1.2.3.4"`) into `result`, in network order.
///
/// Returns how many bytes that is: 4 for IPv4, 16 for IPv6; negative, with `result` untouched, when the text is no
/// such address, when it takes more than `max_len` bytes, or a pointer is null. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_parse_numeric_address(ads: *const c_char, result: *mut u8, max_len: usize) -> c_int {
    guard("lws_parse_numeric_address", -1, || {
        // SAFETY: the caller passes null or a C string.
        let Some(address) = unsafe { cstr::bytes(ads) }.and_then(address::parse) else {
            return -1;
        };
        let (v4, v6);
        let bytes: &[u8] = match address {
            IpAddr::V4(address) => {
                v4 = address.octets();
                &v4
            }
            IpAddr::V6(address) => {
                v6 = address.octets();
                &v6
            }
        };
        if bytes.len() > max_len || result.is_null() {
            return -1;
        }
        // SAFETY: the caller passes room for `max_len` bytes, and these are no more.
        unsafe { result.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        bytes.len() as c_int
    })
}

/// Writes the address of `size` bytes (4 or 16, in network order) at `ads` as text to `buf`, with a NUL.
///
/// Returns the length of the text; -1 when `size` is something else, when text and NUL take more than `len` bytes, or
/// a pointer is null; `buf` is then an empty string if it has any room. `INET6_ADDRSTRLEN` bytes always suffice.
/// Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_write_numeric_address(ads: *const u8, size: c_int, buf: *mut c_char, len: usize) -> c_int {
    guard("lws_write_numeric_address", -1, || {
        // SAFETY: the caller passes null or `size` readable bytes, and null or `len` writable ones.
        let (bytes, out) = unsafe { (cstr::slice(ads, size.max(0) as usize), cstr::slice_mut(buf.cast(), len)) };
        let address = match bytes.len() {
            4 => bytes.first_chunk::<4>().map(|bytes| IpAddr::from(*bytes)),
            16 => bytes.first_chunk::<16>().map(|bytes| IpAddr::from(*bytes)),
            _ => None,
        };
        let text = address.map(address::write).filter(|text| text.len() < out.len());
        let used = text.as_ref().map_or(0, |text| text.len());
        if let Some(text) = &text {
            out[..used].copy_from_slice(text.as_bytes());
        }
        if let Some(end) = out.get_mut(used) {
            *end = 0;
        }
        if text.is_some() { used as c_int } else { -1 }
    })
}

/// Finds the address to bind to for `ifname`, the name of a network interface or a numeric address, and writes it to
/// `addr` with its family.
///
/// With `ipv6` 0, `addr` is a `struct sockaddr_in` and only IPv4 counts. Otherwise `addr` is a `struct sockaddr_in6`
/// cast, an interface's IPv4 address comes mapped (`::ffff:a.b.c.d`), and a numeric IPv4 address comes as
/// `sockaddr_in`. For an interface everything else in `addr` is zeroed; for a numeric address the rest is untouched.
/// `addrlen` is the size of `addr` in bytes.
///
/// Returns `LWS_ITOSA_USABLE`, `LWS_ITOSA_NOT_EXIST` when nothing has that name (or a pointer is null), or
/// `LWS_ITOSA_NOT_USABLE` when it has no address of a fitting family or `addr` is too small for it. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_interface_to_sa(
    ipv6: c_int,
    ifname: *const c_char,
    addr: *mut libc::sockaddr_in,
    addrlen: usize,
) -> c_int {
    guard("lws_interface_to_sa", NOT_EXIST, || {
        // SAFETY: the caller passes null or a C string.
        let name = unsafe { cstr::bytes(ifname) };
        let (Some(name), false) = (name, addr.is_null()) else {
            return NOT_EXIST;
        };
        let (address, numeric) = match address::of_interface(name, ipv6 != 0) {
            Ok(address) => (address, address::parse(name).is_some()),
            Err(NoInterface::Unknown) => return NOT_EXIST,
            Err(NoInterface::NoAddress) => return NOT_USABLE,
        };
        let size = match address {
            IpAddr::V4(_) => size_of::<libc::sockaddr_in>(),
            IpAddr::V6(_) => size_of::<libc::sockaddr_in6>(),
        };
        if addrlen < size {
            return NOT_USABLE;
        }
        // SAFETY: `addr` has `addrlen` bytes, at least the size of the struct that is written.
        unsafe {
            if !numeric {
                addr.cast::<u8>().write_bytes(0, size);
            }
            match address {
                IpAddr::V4(address) => {
                    (*addr).sin_family = libc::AF_INET as libc::sa_family_t;
                    (*addr).sin_addr.s_addr = u32::from_ne_bytes(address.octets());
                }
                IpAddr::V6(address) => {
                    let addr = addr.cast::<libc::sockaddr_in6>();
                    (*addr).sin6_family = libc::AF_INET6 as libc::sa_family_t;
                    (*addr).sin6_addr.s6_addr = address.octets();
                }
            }
        }
        USABLE
    })
}

/// The host's name, as the system tells it; it lasts as long as the process. Null for a null or dead context. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_canonical_hostname(context: *mut lws_context) -> *const c_char {
    guard("lws_canonical_hostname", ptr::null(), || match given::context("lws_canonical_hostname", context) {
        Some(_) => HOSTNAME.as_ptr(),
        None => ptr::null(),
    })
}

static HOSTNAME: Lazy<CString> = Lazy::new(|| {
    let mut name = [0u8; 256];
    // SAFETY: the name is written to `name`, and its last byte stays NUL.
    unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) };
    CStr::from_bytes_until_nul(&name).unwrap_or_default().to_owned()
});

/// Writes the peer's address to `name`, of `namelen` bytes, as a C string: as the socket has it, so that an IPv4 peer of a socket
/// for both is `::ffff:1.2.3.4`. Cut to fit; empty for a Unix socket and for a null or dead connection.
///
/// Returns `name`. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_peer_simple(wsi: *mut lws, name: *mut c_char, namelen: usize) -> *const c_char {
    guard("lws_get_peer_simple", name, || {
        // SAFETY: the caller passes null or `namelen` bytes of its own.
        let out = unsafe { cstr::slice_mut(name.cast(), namelen) };
        put_cut(
            &given::wsi("lws_get_peer_simple", wsi).and_then(|wsi| peer::as_seen(wsi.fd.get())).unwrap_or_default(),
            out,
        );
        name
    })
}

/// Writes who is at the other end of `fd`, a socket: to `rip` the address with IPv4 plain, to `name` the address as the socket has it.
/// Both are cut to fit, and empty for a Unix socket. Names are not looked up: that could take seconds, and the loop would
/// wait. A null `name` or `rip` is left out. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_peer_addresses(
    wsi: *mut lws,
    fd: lws_sockfd_type,
    name: *mut c_char,
    name_len: c_int,
    rip: *mut c_char,
    rip_len: c_int,
) {
    guard("lws_get_peer_addresses", (), || {
        // SAFETY: the caller passes null or that many bytes of its own, for both.
        let (name, rip) = unsafe {
            (
                cstr::slice_mut(name.cast(), name_len.max(0) as usize),
                cstr::slice_mut(rip.cast(), rip_len.max(0) as usize),
            )
        };
        let fd = if fd >= 0 { fd } else { given::wsi("lws_get_peer_addresses", wsi).map_or(-1, |wsi| wsi.fd.get()) };
        put_cut(&peer::as_seen(fd).unwrap_or_default(), name);
        put_cut(&peer::plain(fd).unwrap_or_default(), rip);
    })
}

fn put_cut(text: &str, out: &mut [u8]) {
    if let Some(room) = out.len().checked_sub(1) {
        let len = text.len().min(room);
        out[..len].copy_from_slice(&text.as_bytes()[..len]);
        out[len] = 0;
    }
}
