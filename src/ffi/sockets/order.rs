//! The order of bytes in the network.

/// A number in the order of the network.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_htons(n: u16) -> u16 {
    n.to_be()
}

/// A number in the order of the network.
#[unsafe(no_mangle)]
pub extern "C" fn lwip_htonl(n: u32) -> u32 {
    n.to_be()
}
