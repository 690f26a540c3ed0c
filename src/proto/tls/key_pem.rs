//! Private keys in PEM that are encrypted in the old way: `Proc-Type: 4,ENCRYPTED` and `DEK-Info` above the base64, the key derived by a round
//! or more of MD5 (RFC 1421, and what OpenSSL has made of it). Weak, but what older instructions lead to.
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use md5::{Digest, Md5};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivateSec1KeyDer};

const WRONG: &str = "cannot be decrypted: the password is wrong";

/// The key, of which `text` is all from the `-----BEGIN` on.
pub fn decrypt(text: &str, password: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    let (label, rest) = text["-----BEGIN ".len()..]
        .split_once("-----")
        .ok_or("is no valid PEM: a section begins with a malformed line")?;
    let (body, _) = rest.split_once("-----END ").ok_or("is no valid PEM: a section has no end")?;
    let method = body.lines().find_map(|line| line.strip_prefix("DEK-Info:"));
    let (cipher, iv) = method.and_then(|method| method.trim().split_once(',')).ok_or("is no valid PEM: no DEK-Info")?;
    let lines = body.lines().filter(|line| !line.contains(':'));
    let base64: String = lines.flat_map(str::chars).filter(|c| !c.is_ascii_whitespace()).collect();
    let hidden =
        data_encoding::BASE64.decode(base64.as_bytes()).map_err(|_| "is no valid PEM: its base64 is malformed")?;
    let iv = data_encoding::HEXUPPER_PERMISSIVE.decode(iv.as_bytes()).map_err(|_| "is no valid PEM: bad DEK-Info")?;
    let plain = match cipher {
        "AES-128-CBC" => cbc::<aes::Aes128>(&hidden, &iv, password, 16),
        "AES-192-CBC" => cbc::<aes::Aes192>(&hidden, &iv, password, 24),
        "AES-256-CBC" => cbc::<aes::Aes256>(&hidden, &iv, password, 32),
        "DES-EDE3-CBC" => cbc::<des::TdesEde3>(&hidden, &iv, password, 24),
        other => return Err(format!("is encrypted with {other}, which is not known")),
    }?;
    match label {
        "RSA PRIVATE KEY" => Ok(PrivatePkcs1KeyDer::from(plain).into()),
        "EC PRIVATE KEY" => Ok(PrivateSec1KeyDer::from(plain).into()),
        other => Err(format!("holds a key of an unknown kind ({other})")),
    }
}

fn cbc<C: BlockCipherDecrypt + KeyInit>(
    hidden: &[u8],
    iv: &[u8],
    password: &[u8],
    key_len: usize,
) -> Result<Vec<u8>, String> {
    let salt = iv.get(..8).ok_or("is no valid PEM: bad DEK-Info")?;
    let mut key: Vec<u8> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    while key.len() < key_len {
        last = Md5::new().chain_update(&last).chain_update(password).chain_update(salt).finalize().to_vec();
        key.extend(&last);
    }
    let cipher =
        cbc::Decryptor::<C>::new_from_slices(&key[..key_len], iv).map_err(|_| "is no valid PEM: bad DEK-Info")?;
    cipher.decrypt_padded_vec::<Pkcs7>(hidden).map_err(|_| WRONG.to_owned())
}
