//! The certificates that the system trusts.
use crate::faces::lws::log::lwsl_warn;
use crate::proto::tls::verify::Trust;
use std::sync::{Arc, OnceLock};

/// They are read once for the process: from where `SSL_CERT_FILE` and `SSL_CERT_DIR` say, or where the system has them.
pub fn system() -> Arc<Trust> {
    static SYSTEM: OnceLock<Arc<Trust>> = OnceLock::new();
    // not inside of `get_or_init`: a line in the log is a call to the program
    if let Some(system) = SYSTEM.get() {
        return system.clone();
    }
    let found = rustls_native_certs::load_native_certs();
    let mut trust = Trust::nobody();
    trust.add(found.certs.iter());
    if trust.is_empty() {
        match found.errors.first() {
            Some(e) => lwsl_warn!("no certificate of the system can be used: {e}"),
            None => lwsl_warn!("the system trusts no certificates: no server can be verified"),
        }
    }
    SYSTEM.get_or_init(|| Arc::new(trust)).clone()
}
