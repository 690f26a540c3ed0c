//! The key exchange of the opening handshake.

/// Is this a key as a client must send it: 16 bytes in base64?
pub fn is_key(key: &[u8]) -> bool {
    data_encoding::BASE64.decode(key).is_ok_and(|k| k.len() == 16)
}

/// The answer to a client's key.
pub fn accept(key: &[u8]) -> String {
    tungstenite::handshake::derive_accept_key(key)
}
