//! Certificates and private keys as programs give them: PEM or DER.
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};

/// More certificates than this in one text are refused.
pub const CERTIFICATES_MOST: usize = 4096;

/// Does it look like PEM? What is DER begins with a sequence, and has no such line.
pub fn is_pem(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"-----BEGIN ").is_some()
}

/// All certificates in `bytes`: any number of them in PEM, where other things may stand between them, or one in DER.
///
/// The error says what is wrong with them, in words that go behind the name of the file.
pub fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = match is_pem(bytes) {
        true => pem_certificates(bytes)?,
        false if bytes.first() == Some(&0x30) => vec![CertificateDer::from(bytes.to_vec())],
        false => Vec::new(),
    };
    if found.is_empty() {
        return Err("holds no certificate".to_owned());
    }
    for (i, der) in found.iter().enumerate() {
        super::cert::Certificate::parse(der)
            .map_err(|e| format!("holds a certificate that cannot be read, number {}: {e}", i + 1))?;
    }
    Ok(found)
}

fn pem_certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    // OpenSSL's own form has the same contents, and trust settings behind them
    let trusted = memchr::memmem::find(bytes, b"-----BEGIN TRUSTED CERTIFICATE-----").is_some();
    if trusted {
        return Err(
            "holds OpenSSL's \"TRUSTED CERTIFICATE\", which is not taken: convert it with `openssl x509`".into()
        );
    }
    let mut found = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(bytes).take(CERTIFICATES_MOST + 1) {
        found.push(certificate.map_err(|e| format!("is no valid PEM: {}", pem_error(&e)))?);
    }
    match found.len() > CERTIFICATES_MOST {
        true => Err(format!("holds more than {CERTIFICATES_MOST} certificates")),
        false => Ok(found),
    }
}

/// What is wrong with a PEM text.
pub fn pem_error(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a section has no end".to_owned(),
        pem::Error::IllegalSectionStart { .. } => "a section begins with a malformed line".to_owned(),
        pem::Error::Base64Decode(_) => "its base64 is malformed".to_owned(),
        other => format!("{other}"),
    }
}
