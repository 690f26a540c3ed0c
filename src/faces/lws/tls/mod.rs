//! TLS of a vhost: what the program has asked for, what rustls makes of it, and the same again when a certificate changes.
pub mod settings;
pub mod trust;

use self::settings::{Asked, Source};
use super::log::lwsl_warn;
use crate::proto::tls::client::Client;
use crate::proto::tls::server::{Identity, Server, ServerTls, Sessions};
use crate::proto::tls::verify::{Tolerance, Trust};
use rustls::ClientConfig;
use std::ffi::c_int;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The TLS of a vhost. Any of the context's loops may read it.
pub struct VhostTls {
    /// What server connections begin with; none where the vhost is served in the clear.
    server: RwLock<Option<ServerTls>>,
    /// What that was made from.
    #[expect(dead_code, reason = "certificates are not changed yet")]
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

    /// Prepares clients anew, or which part of what was asked for cannot be had and why.
    pub fn prepare_client(&self, mut asked: Asked) -> Result<(), String> {
        asked.listens = false;
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
