//! What a certificate says.
use rustls::pki_types::CertificateDer;
use std::fmt::Write;
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::asn1::{AnyRef, ObjectIdentifier};
use x509_cert::der::{Decode, Encode, Tag, Tagged};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;
use x509_cert::time::Time;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ALTERNATIVE_NAMES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

/// Short names of what names consist of.
const ATTRIBUTES: [(&str, &str); 19] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// A certificate that was read. Nothing in it was checked.
pub struct Certificate(CertificateInner<Raw>);

impl Certificate {
    /// Reads a certificate in DER. What stands behind it is an error.
    pub fn parse(der: &CertificateDer) -> Result<Certificate, String> {
        CertificateInner::from_der(der).map(Certificate).map_err(|e| e.to_string())
    }

    /// When it becomes valid, in seconds since 1970.
    pub fn not_before(&self) -> i64 {
        seconds(&self.0.tbs_certificate().validity().not_before)
    }

    /// When it ceases to be valid: the last second of its time.
    pub fn not_after(&self) -> i64 {
        seconds(&self.0.tbs_certificate().validity().not_after)
    }

    /// Whom it names: `/C=DE/O=Example/CN=example.org`. Bytes that cannot be printed are `\xHH`.
    pub fn subject(&self) -> String {
        one_line(self.0.tbs_certificate().subject())
    }

    /// Who issued it, in the same form.
    pub fn issuer(&self) -> String {
        one_line(self.0.tbs_certificate().issuer())
    }

    /// Has it issued itself, to judge by the names?
    pub fn is_self_issued(&self) -> bool {
        self.0.tbs_certificate().subject() == self.0.tbs_certificate().issuer()
    }

    /// The first common name of its subject, where that is text.
    pub fn common_name(&self) -> Option<&str> {
        let subject = self.0.tbs_certificate().subject();
        let found = subject.iter().find(|attribute| attribute.oid == COMMON_NAME)?;
        std::str::from_utf8(found.value.value()).ok()
    }

    /// Does it name hosts in its alternative names? Its common name then counts for nothing.
    pub fn has_dns_names(&self) -> bool {
        let names = self.extension(&ALTERNATIVE_NAMES).and_then(|value| SubjectAltName::from_der(value).ok());
        names.is_some_and(|names| names.0.iter().any(|name| matches!(name, GeneralName::DnsName(_))))
    }

    /// The bits of its key usage in the order of the standard, the first as 0x80; none where it does not say.
    pub fn key_usage(&self) -> Option<u32> {
        let value = self.extension(&KEY_USAGE)?;
        let bits = x509_cert::der::asn1::BitStringRef::from_der(value).ok()?;
        let bytes = bits.raw_bytes();
        Some(u32::from(*bytes.first().unwrap_or(&0)) | u32::from(*bytes.get(1).unwrap_or(&0)) << 8)
    }

    /// Its public key with the algorithm: a SubjectPublicKeyInfo in DER.
    pub fn public_key(&self) -> Vec<u8> {
        self.0.tbs_certificate().subject_public_key_info().to_der().unwrap_or_default()
    }

    /// The key alone, as the standard of its algorithm has it.
    pub fn bare_public_key(&self) -> &[u8] {
        self.0.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes()
    }

    /// Has the other issued it: has it that name, and is the signature its own? Neither's time is looked at.
    pub fn is_issued_by(&self, issuer: &Certificate) -> bool {
        let spki = issuer.0.tbs_certificate().subject_public_key_info();
        let (Ok(message), Ok(signed), Ok(key)) =
            (self.0.tbs_certificate().to_der(), self.0.signature_algorithm().to_der(), spki.algorithm.to_der())
        else {
            return false;
        };
        let named = self.0.tbs_certificate().issuer() == issuer.0.tbs_certificate().subject();
        let signature = self.0.signature().raw_bytes();
        let algorithms = super::terms::provider().signature_verification_algorithms.all.iter();
        named
            && algorithms
                .filter(|one| contents(&signed) == one.signature_alg_id().as_ref())
                .filter(|one| contents(&key) == one.public_key_alg_id().as_ref())
                .any(|one| one.verify_signature(issuer.bare_public_key(), &message, signature).is_ok())
    }

    /// Is it of a version before 3, that can say nothing about its use?
    pub fn is_old(&self) -> bool {
        self.0.tbs_certificate().version() != x509_cert::certificate::Version::V3
    }

    fn extension(&self, id: &ObjectIdentifier) -> Option<&[u8]> {
        let found = self.0.tbs_certificate().extensions()?.iter().find(|extension| extension.extn_id == *id)?;
        Some(found.extn_value.as_bytes())
    }
}

/// What is in a sequence.
fn contents(der: &[u8]) -> &[u8] {
    AnyRef::from_der(der).map_or(&[], |any| any.value())
}

fn seconds(time: &Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}

fn one_line(name: &Name) -> String {
    let mut line = String::new();
    for attribute in name.iter() {
        let id = attribute.oid.to_string();
        let short = ATTRIBUTES.iter().find(|(known, _)| *known == id).map_or(id.as_str(), |(_, short)| short);
        let _ = write!(line, "/{short}=");
        // BMPString has two bytes for each character, of which the first is nearly always 0
        let wide = attribute.value.tag() == Tag::BmpString;
        for (i, &byte) in attribute.value.value().iter().enumerate() {
            match byte {
                0 if wide && i % 2 == 0 => {}
                b' '..=b'~' => line.push(byte as char),
                _ => {
                    let _ = write!(line, "\\x{byte:02X}");
                }
            }
        }
    }
    line
}
