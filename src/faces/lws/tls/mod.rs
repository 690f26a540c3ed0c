//! TLS of a vhost: what the program has asked for, what rustls makes of it, and the same again when a certificate changes.
pub mod ageing;
pub mod settings;
pub mod trust;
pub mod x509;

use self::settings::{Asked, Source};
use super::log::{lwsl_err, lwsl_warn};
use crate::proto::tls::client::Client;
use crate::proto::tls::server::{Identity, Server, ServerTls, Sessions};
use crate::proto::tls::verify::{Tolerance, Trust};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use std::ffi::{CStr, c_int};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The TLS of a vhost. Any of the context's loops may read it.
pub struct VhostTls {
    /// What server connections begin with; none where the vhost is served in the clear.
    server: RwLock<Option<ServerTls>>,
    /// What that was made from.
    serving: Option<Serving>,
    /// What client connections begin with.
    client: Mutex<ClientSide>,
}

struct Serving {
    server: Server,
    sessions: Sessions,
    certificate: Source,
    key: Source,
    password: Option<Vec<u8>>,
    identity: Mutex<Option<Identity>>,
}

/// The client's side: there is none before the program has asked for it.
#[derive(Default)]
struct ClientSide {
    prepared: Option<Prepared>,
    /// The configurations made so far, of which there is one for each set of tolerances.
    made: Vec<(Tolerance, Arc<ClientConfig>)>,
}

struct Prepared {
    client: Client,
    /// The program's own.
    trust: Option<Arc<Trust>>,
    /// And the system's?
    system: bool,
}

impl VhostTls {
    /// What the program has asked for, or which part of it cannot be had and why.
    pub fn new(mut asked: Asked) -> Result<VhostTls, String> {
        asked.settle()?;
        let asked = &asked;
        let serving = asked.serves().then(|| Serving::new(asked)).transpose()?;
        let server = serving.as_ref().map(Serving::make).transpose()?;
        let client = if asked.is_on { Some(Prepared::new(asked)?) } else { None };
        Ok(VhostTls {
            server: RwLock::new(server),
            serving,
            client: Mutex::new(ClientSide { prepared: client, made: Vec::new() }),
        })
    }

    /// What a server connection begins with; none where the vhost is served in the clear.
    pub fn server(&self) -> Option<ServerTls> {
        self.server.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a client connection begins with, for these tolerances.
    pub fn client(&self, tolerance: Tolerance) -> Result<Arc<ClientConfig>, String> {
        let lock = || self.client.lock().unwrap_or_else(PoisonError::into_inner);
        let found =
            |side: &ClientSide| side.made.iter().find(|(made_for, _)| *made_for == tolerance).map(|m| m.1.clone());
        let system = {
            let side = lock();
            if let Some(config) = found(&side) {
                return Ok(config);
            }
            side.prepared.as_ref().ok_or("the vhost was made without LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT")?.system
        };
        // they are read when the first connection needs them; that may write to the log, so nothing is locked
        let system = system.then(trust::system);
        let mut side = lock();
        if let Some(config) = found(&side) {
            return Ok(config);
        }
        let prepared = side.prepared.as_mut().ok_or("the vhost's TLS is gone")?;
        let config = Arc::new(prepared.make(tolerance, system)?);
        side.made.push((tolerance, config.clone()));
        Ok(config)
    }

    /// The certificate that the vhost shows, where it has one.
    pub fn certificate(&self) -> Option<CertificateDer<'static>> {
        let identity = self.serving.as_ref()?.identity.lock().unwrap_or_else(PoisonError::into_inner);
        identity.as_ref()?.chain().first().cloned()
    }

    /// The files with these names have changed: if they are this vhost's, new connections are shown what is in them now, or in
    /// `memory` where they cannot be read. An error leaves all as it was.
    pub fn change(&self, certificate: &CStr, key: &CStr, memory: (&[u8], &[u8])) -> Result<(), String> {
        let is = |source: &Source, name: &CStr| matches!(source, Source::File(own) if own.as_c_str() == name);
        match &self.serving {
            Some(serving) if is(&serving.certificate, certificate) && is(&serving.key, key) => {
                let password = serving.password.as_deref();
                let (certificate, key) = match serving.is_missing() && !memory.0.is_empty() && !memory.1.is_empty() {
                    true => (
                        Source::Memory("the certificate in memory", memory.0.to_vec()),
                        Source::Memory("the private key in memory", memory.1.to_vec()),
                    ),
                    false => (serving.certificate.clone(), serving.key.clone()),
                };
                self.show(serving, settings::identity(&certificate, &key, password)?)
            }
            _ => Ok(()),
        }
    }

    /// Reads a certificate that was not there before, if it is there now.
    pub fn look_again(&self) {
        let Some(serving) = self.serving.as_ref().filter(|serving| !serving.has_identity() && !serving.is_missing())
        else {
            return;
        };
        let identity = settings::identity(&serving.certificate, &serving.key, serving.password.as_deref());
        if let Err(e) = identity.and_then(|identity| self.show(serving, identity)) {
            lwsl_err!("TLS: {e}");
        }
    }

    fn show(&self, serving: &Serving, identity: Identity) -> Result<(), String> {
        let made = serving.server.with(Some(&identity), &serving.sessions)?;
        *serving.identity.lock().unwrap_or_else(PoisonError::into_inner) = Some(identity);
        *self.server.write().unwrap_or_else(PoisonError::into_inner) = Some(made);
        Ok(())
    }

    /// Prepares clients anew, or which part of what was asked for cannot be had and why.
    pub fn prepare_client(&self, mut asked: Asked) -> Result<(), String> {
        (asked.is_on, asked.listens) = (true, false);
        asked.settle()?;
        let prepared = Prepared::new(&asked)?;
        let mut side = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        *side = ClientSide { prepared: Some(prepared), made: Vec::new() };
        Ok(())
    }
}

impl Serving {
    fn new(asked: &Asked) -> Result<Serving, String> {
        let (terms, unknown) = asked.server_terms()?;
        warn_of(&unknown);
        let server = Server { terms, clients: asked.clients(), alpn: asked.protocols(), tickets: asked.tickets() };
        let sessions = server.sessions()?;
        Ok(Serving {
            server,
            sessions,
            certificate: asked.certificate.clone(),
            key: asked.key.clone(),
            password: asked.password.clone(),
            identity: Mutex::new(asked.identity()?),
        })
    }

    fn has_identity(&self) -> bool {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn is_missing(&self) -> bool {
        self.certificate.is_missing() || self.key.is_missing()
    }

    fn make(&self) -> Result<ServerTls, String> {
        let identity = self.identity.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.server.with(identity.as_ref(), &self.sessions)
    }
}

impl Prepared {
    fn new(asked: &Asked) -> Result<Prepared, String> {
        let (terms, unknown) = asked.client_terms()?;
        warn_of(&unknown);
        let client = Client { terms, trust: Arc::new(Trust::nobody()), identity: asked.client_identity()? };
        Ok(Prepared { client, trust: asked.client_trust(), system: asked.system_trust })
    }

    fn make(&mut self, tolerance: Tolerance, system: Option<Arc<Trust>>) -> Result<ClientConfig, String> {
        if self.client.trust.is_empty() {
            self.client.trust = match (&self.trust, system) {
                (None, None) => Arc::new(Trust::nobody()),
                (Some(own), None) => own.clone(),
                (None, Some(system)) => system,
                (Some(own), Some(system)) => Arc::new(own.and(&system)),
            };
        }
        self.client.with(tolerance)
    }
}

/// What these `LCCSCF_*` let pass.
pub fn tolerance(flags: c_int) -> Tolerance {
    use super::abi::lws_client_connect_ssl_connection_flags as Flags;
    let has = |flag: Flags| flags & flag as c_int != 0;
    Tolerance {
        self_signed: has(Flags::LCCSCF_ALLOW_SELFSIGNED),
        other_host: has(Flags::LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK),
        expired: has(Flags::LCCSCF_ALLOW_EXPIRED),
        unknown_issuer: has(Flags::LCCSCF_ALLOW_INSECURE),
    }
}

fn warn_of(unknown: &[String]) {
    if !unknown.is_empty() {
        lwsl_warn!("TLS: no such cipher suite or curve here, left out: {}", unknown.join(" "));
    }
}
