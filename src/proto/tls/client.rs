//! A client's configuration.
use super::server::Identity;
use super::terms::Terms;
use super::verify::{Tolerance, Trust, Verifier};
use rustls::ClientConfig;
use rustls::client::{ResolvesClientCert, Resumption};
use rustls::sign::SingleCertAndKey;
use std::sync::Arc;

/// Servers whose sessions are remembered.
const SESSIONS_MOST: usize = 64;

/// What a client's configuration is made from.
pub struct Client {
    /// Versions, suites, groups.
    pub terms: Terms,
    /// Whose certificates servers may have.
    pub trust: Arc<Trust>,
    /// What to show a server that asks.
    pub identity: Option<Identity>,
}

impl Client {
    /// The configuration that lets pass what `tolerance` says. It offers no protocols: each connection says its own.
    pub fn with(&self, tolerance: Tolerance) -> Result<ClientConfig, String> {
        let verifier = Arc::new(Verifier::new(self.trust.clone(), tolerance, self.terms.provider.clone()));
        let builder = ClientConfig::builder_with_provider(self.terms.provider.clone())
            .with_protocol_versions(&self.terms.versions)
            .map_err(|e| e.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let resolver: Arc<dyn ResolvesClientCert> = Arc::new(SingleCertAndKey::from(identity.0.clone()));
                builder.with_client_cert_resolver(resolver)
            }
        };
        config.resumption = Resumption::in_memory_sessions(SESSIONS_MOST);
        Ok(config)
    }
}
