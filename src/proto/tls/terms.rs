//! What a side offers and accepts: protocol versions, cipher suites, groups.
use super::ciphers;
use rustls::crypto::{CryptoProvider, ring};
use rustls::version::{TLS12, TLS13};
use rustls::{NamedGroup, SupportedProtocolVersion};
use std::sync::{Arc, OnceLock};

/// The cryptography of all configurations that ask for nothing special.
pub fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(ring::default_provider()))
}

/// What a program asks for, in OpenSSL's words. The default asks for nothing special.
#[derive(Clone, Copy, Default)]
pub struct Wishes<'a> {
    /// The suites of TLS 1.2: an OpenSSL cipher list.
    pub tls12_suites: Option<&'a str>,
    /// The suites of TLS 1.3: their names, with colons between them.
    pub tls13_suites: Option<&'a str>,
    /// The one group for the key exchange. All stay where the name is unknown.
    pub curve: Option<&'a str>,
    /// No TLS 1.2.
    pub no_tls12: bool,
    /// No TLS 1.3.
    pub no_tls13: bool,
}

/// Versions, suites and groups.
#[derive(Clone)]
pub struct Terms {
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) versions: Vec<&'static SupportedProtocolVersion>,
}

impl Terms {
    /// What `wishes` come to, and the words among them that name nothing there is. The error says which wish leaves nothing.
    pub fn new(wishes: &Wishes) -> Result<(Terms, Vec<String>), String> {
        let mut unknown = Vec::new();
        let mut provider = provider().clone();
        if wishes.tls12_suites.is_some() || wishes.tls13_suites.is_some() {
            let suites =
                ciphers::suites(wishes.tls12_suites, wishes.tls13_suites, &provider.cipher_suites, &mut unknown)?;
            Arc::make_mut(&mut provider).cipher_suites = suites;
        }
        if let Some(curve) = wishes.curve {
            match group(curve) {
                Some(group) => Arc::make_mut(&mut provider).kx_groups.retain(|known| known.name() == group),
                None => unknown.push(curve.to_owned()),
            }
        }
        let has = |version: &SupportedProtocolVersion| {
            provider.cipher_suites.iter().any(|suite| suite.version().version == version.version)
        };
        let mut versions = Vec::new();
        for (version, excluded) in [(&TLS13, wishes.no_tls13), (&TLS12, wishes.no_tls12)] {
            if !excluded && has(version) {
                versions.push(version);
            }
        }
        match versions.is_empty() {
            true => Err("the options and cipher lists leave no version of TLS".to_owned()),
            false => Ok((Terms { provider, versions }, unknown)),
        }
    }
}

impl Default for Terms {
    fn default() -> Self {
        Terms { provider: provider().clone(), versions: vec![&TLS13, &TLS12] }
    }
}

fn group(name: &str) -> Option<NamedGroup> {
    match name.to_ascii_lowercase().as_str() {
        "prime256v1" | "secp256r1" | "p-256" => Some(NamedGroup::secp256r1),
        "secp384r1" | "p-384" => Some(NamedGroup::secp384r1),
        "x25519" => Some(NamedGroup::X25519),
        _ => None,
    }
}
