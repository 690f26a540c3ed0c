//! Whether a peer's certificate is good, or a server's bad in a way that the program lets pass.
use super::cert::Certificate;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// What of a certificate may be wrong.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug)]
pub struct Tolerance {
    /// It has issued itself, or the chain that is shown ends in such a certificate.
    pub self_signed: bool,
    /// Nobody we know has issued it, and who has is not shown.
    pub unknown_issuer: bool,
    /// It names another host.
    pub other_host: bool,
    /// Its time is over, or has not come.
    pub expired: bool,
}

/// Whom we trust.
pub struct Trust {
    issuers: Arc<RootCertStore>,
    /// Fingerprints of the same certificates: a peer may show one of them itself.
    themselves: HashSet<[u8; 32]>,
}

impl Trust {
    /// Nobody.
    pub fn nobody() -> Trust {
        Trust { issuers: Arc::new(RootCertStore::empty()), themselves: HashSet::new() }
    }

    /// These, and whoever is trusted already. Returns how many of them are no certificates that can be used.
    pub fn add<'a>(&mut self, certificates: impl Iterator<Item = &'a CertificateDer<'a>>) -> usize {
        let mut unusable = 0;
        let issuers = Arc::make_mut(&mut self.issuers);
        for der in certificates {
            match issuers.add(der.clone()) {
                Ok(()) => _ = self.themselves.insert(Sha256::digest(der).into()),
                Err(_) => unusable += 1,
            }
        }
        unusable
    }

    /// These and those.
    pub fn and(&self, other: &Trust) -> Trust {
        let roots = self.issuers.roots.iter().chain(&other.issuers.roots).cloned().collect();
        Trust { issuers: Arc::new(RootCertStore { roots }), themselves: &self.themselves | &other.themselves }
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.themselves.len()
    }

    /// Is nobody trusted?
    pub fn is_empty(&self) -> bool {
        self.themselves.is_empty()
    }

    /// Is this one of them?
    fn has(&self, end_entity: &CertificateDer) -> bool {
        self.themselves.contains(&<[u8; 32]>::from(Sha256::digest(end_entity)))
    }

    /// Checks a server's certificate at this time, or says what is wrong. `name` is the host; none where it does not matter.
    pub fn check(
        &self,
        end_entity: &CertificateDer,
        intermediates: &[CertificateDer],
        name: Option<&ServerName>,
        now: UnixTime,
        tolerance: Tolerance,
        provider: &CryptoProvider,
    ) -> Result<(), Error> {
        if self.has(end_entity) {
            check_time(end_entity, now, tolerance)?;
        } else {
            match self.check_issuer(end_entity, intermediates, now, tolerance, provider) {
                Ok(()) => {}
                // all that can be checked of what nobody we know has issued is its time
                Err(e) if tolerance.lets_pass(&e, end_entity, intermediates) => check_time(end_entity, now, tolerance)?,
                // what webpki says of it depends on whose names are like its own
                Err(e) if is_self_signed(end_entity) && !is_about_time(&e) => {
                    return Err(CertificateError::UnknownIssuer.into());
                }
                Err(e) => return Err(e),
            }
        }
        match name {
            Some(name) if !tolerance.other_host => check_name(end_entity, name),
            _ => Ok(()),
        }
    }

    fn check_issuer(
        &self,
        end_entity: &CertificateDer,
        intermediates: &[CertificateDer],
        now: UnixTime,
        tolerance: Tolerance,
        provider: &CryptoProvider,
    ) -> Result<(), Error> {
        let algorithms = provider.signature_verification_algorithms.all;
        let parsed = ParsedCertificate::try_from(end_entity)?;
        let check =
            |at| verify_server_cert_signed_by_trust_anchor(&parsed, &self.issuers, intermediates, at, algorithms);
        match check(now) {
            Err(e) if tolerance.expired && is_about_time(&e) => check(common_time(end_entity, intermediates)),
            answer => answer,
        }
    }
}

impl Tolerance {
    /// Is it for want of a known issuer alone that a chain is refused, and may it be?
    fn lets_pass(self, error: &Error, end_entity: &CertificateDer, intermediates: &[CertificateDer]) -> bool {
        let unknown = matches!(error, Error::InvalidCertificate(CertificateError::UnknownIssuer));
        // one that has issued itself is refused in other words where it says that it may issue others
        match is_self_signed(end_entity) || unknown && intermediates.iter().any(is_self_signed) {
            true => self.self_signed,
            false => self.unknown_issuer && unknown,
        }
    }
}

fn is_self_signed(der: &CertificateDer) -> bool {
    Certificate::parse(der).is_ok_and(|certificate| certificate.is_self_issued())
}

fn is_about_time(error: &Error) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    matches!(
        error,
        Error::InvalidCertificate(Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. })
    )
}

/// A time at which all of a chain were valid; where there is none, the last second of the first of them.
fn common_time(end_entity: &CertificateDer, intermediates: &[CertificateDer]) -> UnixTime {
    let certificates = std::iter::once(end_entity).chain(intermediates);
    let read: Vec<Certificate> = certificates.filter_map(|der| Certificate::parse(der).ok()).collect();
    let earliest = read.iter().map(Certificate::not_before).max().unwrap_or(0);
    let latest = read.iter().map(Certificate::not_after).min().unwrap_or(0);
    let at = if earliest <= latest { latest } else { read.first().map_or(0, Certificate::not_after) };
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at).unwrap_or(0)))
}

fn check_time(der: &CertificateDer, now: UnixTime, tolerance: Tolerance) -> Result<(), Error> {
    let certificate = Certificate::parse(der).map_err(|_| CertificateError::BadEncoding)?;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    match () {
        () if tolerance.expired => Ok(()),
        () if now > certificate.not_after() => Err(CertificateError::Expired.into()),
        () if now < certificate.not_before() => Err(CertificateError::NotValidYet.into()),
        () => Ok(()),
    }
}

/// The alternative names; where none of them is a host's, the common name, as OpenSSL has it.
fn check_name(der: &CertificateDer, name: &ServerName) -> Result<(), Error> {
    let Err(e) = ParsedCertificate::try_from(der).and_then(|parsed| verify_server_name(&parsed, name)) else {
        return Ok(());
    };
    let certificate = Certificate::parse(der).map_err(|_| CertificateError::BadEncoding)?;
    let common = certificate.common_name().filter(|_| !certificate.has_dns_names());
    match common.is_some_and(|common| names(common, &name.to_str())) {
        true => Ok(()),
        false => Err(e),
    }
}

/// Does `pattern` name `host`? A whole first label may be `*`.
fn names(pattern: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let numeric = host.parse::<std::net::IpAddr>().is_ok();
    match pattern.strip_prefix("*.") {
        Some(domain) if domain.contains('.') && !numeric => {
            host.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && rest.eq_ignore_ascii_case(domain))
        }
        _ => pattern.eq_ignore_ascii_case(host),
    }
}

/// Checks clients' certificates.
#[derive(Debug)]
pub struct ClientVerifier {
    trust: Arc<Trust>,
    /// Where nobody is trusted there is none.
    issued: Option<Arc<dyn ClientCertVerifier>>,
    required: bool,
    provider: Arc<CryptoProvider>,
}

impl ClientVerifier {
    /// Trusts these, and whoever has a certificate of theirs.
    pub fn new(trust: Arc<Trust>, required: bool, provider: Arc<CryptoProvider>) -> Result<ClientVerifier, String> {
        let builder = || WebPkiClientVerifier::builder_with_provider(trust.issuers.clone(), provider.clone());
        let issued = match trust.is_empty() {
            true => None,
            false => Some(builder().build().map_err(|e| e.to_string())?),
        };
        Ok(ClientVerifier { trust, issued, required, provider })
    }
}

impl ClientCertVerifier for ClientVerifier {
    fn client_auth_mandatory(&self) -> bool {
        self.required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.issued.as_ref().map_or(&[], |issued| issued.root_hint_subjects())
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        match &self.issued {
            _ if self.trust.has(end_entity) => {
                check_time(end_entity, now, Tolerance::default()).map(|()| ClientCertVerified::assertion())
            }
            Some(issued) => issued.verify_client_cert(end_entity, intermediates, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Checks servers' certificates for one set of tolerances.
#[derive(Debug)]
pub struct Verifier {
    trust: Arc<Trust>,
    tolerance: Tolerance,
    provider: Arc<CryptoProvider>,
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} certificates", self.len())
    }
}

impl Verifier {
    /// Trusts these.
    pub fn new(trust: Arc<Trust>, tolerance: Tolerance, provider: Arc<CryptoProvider>) -> Verifier {
        Verifier { trust, tolerance, provider }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let name = Some(server_name);
        self.trust.check(end_entity, intermediates, name, now, self.tolerance, &self.provider)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
