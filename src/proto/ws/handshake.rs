//! The key exchange of the opening handshake.

/// The length of a key.
pub const KEY: usize = 24;

/// Is this a key as a client must send it: 16 bytes in base64?
pub fn is_key(key: &[u8]) -> bool {
    let [start @ .., last, b'=', b'='] = key else { return false };
    let known = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/');
    // the last character stands for two bits, and four that must be zero
    key.len() == KEY && start.iter().all(known) && matches!(last, b'A' | b'Q' | b'g' | b'w')
}

/// A client's key, made from random bytes.
pub fn key(random: [u8; 16]) -> String {
    data_encoding::BASE64.encode(&random)
}

/// The answer to a client's key.
pub fn accept(key: &[u8]) -> String {
    tungstenite::handshake::derive_accept_key(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::BASE64;
    use proptest::prelude::*;

    proptest! {
        /// Keys are what decodes to 16 bytes.
        #[test]
        fn is_the_definition(bytes: [u8; 16], at in 0..KEY, other: u8, len in 0..20usize) {
            let made = BASE64.encode(&bytes).into_bytes();
            prop_assert!(is_key(&made));
            let mut near = made.clone();
            near[at] = other;
            let mut room = [0; 18];
            prop_assert_eq!(is_key(&near), BASE64.decode_mut(&near, &mut room) == Ok(16));
            prop_assert_eq!(is_key(BASE64.encode(&vec![bytes[0]; len]).as_bytes()), len == 16);
        }
    }
}
