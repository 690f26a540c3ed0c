//! The host's network interfaces.
use std::ffi::CStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Every address of every interface, in the system's order; an interface without any is there once with `None`.
pub fn addresses() -> Vec<(Vec<u8>, Option<IpAddr>)> {
    let mut found = Vec::new();
    let mut head = std::ptr::null_mut();
    // SAFETY: getifaddrs writes a list to `head` or fails.
    if unsafe { libc::getifaddrs(&mut head) } != 0 {
        return found;
    }
    let mut next = head;
    while !next.is_null() {
        // SAFETY: an element of the list, which lives until freeifaddrs.
        let element = unsafe { &*next };
        // SAFETY: interface names are C strings of the same life.
        let name = unsafe { CStr::from_ptr(element.ifa_name) }.to_bytes().to_vec();
        // SAFETY: an address is null or as large as its family says.
        let address = unsafe {
            match element.ifa_addr.as_ref().map_or(libc::AF_UNSPEC, |address| address.sa_family as i32) {
                libc::AF_INET => {
                    let address = element.ifa_addr.cast::<libc::sockaddr_in>().read_unaligned();
                    Some(IpAddr::V4(Ipv4Addr::from(address.sin_addr.s_addr.to_ne_bytes())))
                }
                libc::AF_INET6 => {
                    let address = element.ifa_addr.cast::<libc::sockaddr_in6>().read_unaligned();
                    Some(IpAddr::V6(Ipv6Addr::from(address.sin6_addr.s6_addr)))
                }
                _ => None,
            }
        };
        found.push((name, address));
        next = element.ifa_next;
    }
    // SAFETY: the list of getifaddrs above; nothing of it is used any more.
    unsafe { libc::freeifaddrs(head) };
    found
}
