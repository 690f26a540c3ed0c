//! A server's configuration.
use super::cert::Certificate;
use super::terms::{Terms, provider};
use super::verify::{ClientVerifier, Trust};
use rustls::ServerConfig;
use rustls::crypto::ring::Ticketer;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::server::{NoServerSessionStorage, ProducesTickets, ServerSessionMemoryCache, StoresServerSessions};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use std::sync::Arc;

/// Sessions of TLS 1.2 clients that take no tickets.
const SESSIONS_MOST: usize = 64;

/// A certificate with those that issued it, and its key.
#[derive(Clone)]
pub struct Identity(pub(super) Arc<CertifiedKey>);

/// Why a certificate and a key are no identity.
#[derive(Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The key is damaged, or of a kind or size that cannot be used.
    Key,
    /// The certificate is another key's.
    Pair,
}

impl Identity {
    /// Puts them together; the first of the certificates is the key's, as `material::certificates` gives them.
    pub fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Identity, Mismatch> {
        let key = provider().key_provider.load_private_key(key).map_err(|_| Mismatch::Key)?;
        let certified = chain.first().and_then(|der| Certificate::parse(der).ok()).ok_or(Mismatch::Pair)?;
        // not rustls' own comparison, which refuses certificates of version 1
        if key.public_key().is_some_and(|spki| spki.as_ref() != certified.public_key()) {
            return Err(Mismatch::Pair);
        }
        Ok(Identity(Arc::new(CertifiedKey::new(chain, key))))
    }

    /// The certificates, the key's own first.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.0.cert
    }
}

/// Who may connect.
pub enum Clients {
    /// Anyone: no certificate is asked for.
    Any,
    /// Whoever has a certificate that one of these has issued; others too, but without one, if it is not required.
    Certified {
        /// Whose certificates count.
        trust: Arc<Trust>,
        /// Must they have one?
        required: bool,
    },
}

/// What a server's configuration is made from.
pub struct Server {
    /// Versions, suites, groups.
    pub terms: Terms,
    /// Who may connect.
    pub clients: Clients,
    /// The protocols to agree on, the most preferred first; none to say nothing.
    pub alpn: Vec<Vec<u8>>,
    /// May sessions be taken up again?
    pub tickets: bool,
}

/// What sessions are taken up again with. It stays when a certificate changes.
#[derive(Clone)]
pub struct Sessions {
    ticketer: Option<Arc<dyn ProducesTickets>>,
    store: Arc<dyn StoresServerSessions + Send + Sync>,
}

/// A server's configuration, in the two forms in which it answers a client's protocols.
#[derive(Clone)]
pub struct ServerTls {
    agreeing: Arc<ServerConfig>,
    silent: Arc<ServerConfig>,
}

impl Server {
    /// What sessions are taken up again with.
    pub fn sessions(&self) -> Result<Sessions, String> {
        Ok(match self.tickets {
            true => Sessions {
                ticketer: Some(Ticketer::new().map_err(|e| format!("no keys for tickets: {e}"))?),
                store: ServerSessionMemoryCache::new(SESSIONS_MOST),
            },
            false => Sessions { ticketer: None, store: Arc::new(NoServerSessionStorage {}) },
        })
    }

    /// The configuration that shows `identity`; without one no handshake succeeds.
    pub fn with(&self, identity: Option<&Identity>, sessions: &Sessions) -> Result<ServerTls, String> {
        let builder = ServerConfig::builder_with_provider(self.terms.provider.clone())
            .with_protocol_versions(&self.terms.versions)
            .map_err(|e| e.to_string())?;
        let builder = match &self.clients {
            Clients::Any => builder.with_no_client_auth(),
            Clients::Certified { trust, required } => {
                let verifier = ClientVerifier::new(trust.clone(), *required, self.terms.provider.clone())?;
                builder.with_client_cert_verifier(Arc::new(verifier))
            }
        };
        let resolver: Arc<dyn ResolvesServerCert> = match identity {
            Some(identity) => Arc::new(SingleCertAndKey::from(identity.0.clone())),
            None => Arc::new(NoIdentity),
        };
        let mut config = builder.with_cert_resolver(resolver);
        config.ignore_client_order = true;
        config.session_storage = sessions.store.clone();
        match &sessions.ticketer {
            Some(ticketer) => config.ticketer = ticketer.clone(),
            None => config.send_tls13_tickets = 0,
        }
        let silent = Arc::new(config.clone());
        config.alpn_protocols = self.alpn.clone();
        Ok(ServerTls { agreeing: if self.alpn.is_empty() { silent.clone() } else { Arc::new(config) }, silent })
    }
}

impl ServerTls {
    /// The configuration for a client that has offered these protocols, or none. One that offers nothing we know is served without
    /// agreeing on a protocol.
    pub fn for_client<'a>(&self, offered: Option<impl Iterator<Item = &'a [u8]>>) -> &Arc<ServerConfig> {
        let known = |protocol: &[u8]| self.agreeing.alpn_protocols.iter().any(|ours| ours == protocol);
        let agree = offered.is_none_or(|mut offered| offered.any(known));
        if agree { &self.agreeing } else { &self.silent }
    }

    /// The configuration for clients that offer no protocols, or one we know.
    pub fn config(&self) -> &Arc<ServerConfig> {
        &self.agreeing
    }
}

/// A server that has no certificate yet.
#[derive(Debug)]
struct NoIdentity;

impl ResolvesServerCert for NoIdentity {
    fn resolve(&self, _client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        None
    }
}
