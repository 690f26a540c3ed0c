//! Private keys: in PEM or DER, with or without a password.
use super::material::{is_pem, pem_error};
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::der::asn1::AnyRef;
use pkcs8::der::{Decode, Tag, Tagged};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const ENCRYPTED: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
const ENCRYPTED_END: &[u8] = b"-----END ENCRYPTED PRIVATE KEY-----";
/// The header of the older form of encrypted keys.
const LEGACY: &[u8] = b"Proc-Type: 4,ENCRYPTED";

const NO_PASSWORD: &str = "is encrypted, and no password was given";

/// The first private key in `bytes`, decrypted with `password` where it is encrypted.
///
/// The error says what is wrong, in words that go behind the name of the file.
pub fn private_key(bytes: &[u8], password: Option<&[u8]>) -> Result<PrivateKeyDer<'static>, String> {
    if !is_pem(bytes) {
        return der(bytes, password);
    }
    if let Some(header) = memchr::memmem::find(bytes, LEGACY) {
        let password = password.ok_or(NO_PASSWORD)?;
        let start = memchr::memmem::rfind(&bytes[..header], b"-----BEGIN ").ok_or("holds no private key")?;
        let text =
            std::str::from_utf8(&bytes[start..]).map_err(|_| "is no valid PEM: it has bytes that are no text")?;
        return super::key_pem::decrypt(text, password);
    }
    if let Some(start) = memchr::memmem::find(bytes, ENCRYPTED) {
        let rest = &bytes[start + ENCRYPTED.len()..];
        let end = memchr::memmem::find(rest, ENCRYPTED_END).ok_or("is no valid PEM: a section has no end")?;
        let text: Vec<u8> = rest[..end].iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let der = data_encoding::BASE64.decode(&text).map_err(|_| "is no valid PEM: its base64 is malformed")?;
        return decrypt(&der, password);
    }
    match PrivateKeyDer::from_pem_slice(bytes) {
        Ok(key) => Ok(key),
        Err(pem::Error::NoItemsFound) => Err("holds no private key".to_owned()),
        Err(e) => Err(format!("is no valid PEM: {}", pem_error(&e))),
    }
}

fn der(bytes: &[u8], password: Option<&[u8]>) -> Result<PrivateKeyDer<'static>, String> {
    // an encrypted key is a sequence of a sequence (how) and an octet string (what); the others begin with a number
    let sequence = AnyRef::from_der(bytes).ok().filter(|any| any.tag() == Tag::Sequence);
    let encrypted = sequence.is_some_and(|any| any.value().first() == Some(&0x30));
    if encrypted {
        return decrypt(bytes, password);
    }
    PrivateKeyDer::try_from(bytes.to_vec()).map_err(|_| "holds no private key".to_owned())
}

fn decrypt(der: &[u8], password: Option<&[u8]>) -> Result<PrivateKeyDer<'static>, String> {
    let password = password.ok_or(NO_PASSWORD)?;
    let key =
        EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| "is encrypted in a way that is not known (PBES2 is)")?;
    let plain = key.decrypt(password).map_err(|_| "cannot be decrypted: the password is wrong")?;
    Ok(PrivatePkcs8KeyDer::from(plain.as_bytes().to_vec()).into())
}
