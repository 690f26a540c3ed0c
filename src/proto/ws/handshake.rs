//! The key exchange of the opening handshake.

/// The length of a key.
pub const KEY: usize = 24;

/// Is this a key as a client must send it: 16 bytes in base64?
pub fn is_key(key: &[u8]) -> bool {
    let mut bytes = [0; 18];
    key.len() == KEY && data_encoding::BASE64.decode_mut(key, &mut bytes) == Ok(16)
}

/// A client's key, made from random bytes.
pub fn key(random: [u8; 16]) -> String {
    data_encoding::BASE64.encode(&random)
}

/// The answer to a client's key.
pub fn accept(key: &[u8]) -> String {
    tungstenite::handshake::derive_accept_key(key)
}
