//! What a program asks for in `struct lws_context_creation_info`, copied; and the files it names, read.
use crate::faces::lws::log::{lwsl_err, lwsl_notice, lwsl_warn};
use crate::proto::tls::server::{Clients, Identity, Mismatch};
use crate::proto::tls::terms::{Terms, Wishes};
use crate::proto::tls::verify::Trust;
use crate::proto::tls::{key, material};
use rustls::pki_types::CertificateDer;
use std::ffi::{CString, OsStr, c_long};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

/// Larger files are none of certificates or keys.
const FILE_MOST: u64 = 16 << 20;

/// OpenSSL's options that mean something here.
const SSL_OP_NO_TICKET: c_long = 0x4000;
const SSL_OP_NO_TLSV1_2: c_long = 0x0800_0000;
const SSL_OP_NO_TLSV1_3: c_long = 0x2000_0000;

/// Where a certificate or key is.
#[derive(Clone, Default)]
pub enum Source {
    /// Nowhere.
    #[default]
    None,
    /// In this file.
    File(CString),
    /// Here, in memory; the word is the member's that it came from.
    Memory(&'static str, Vec<u8>),
}

impl Source {
    /// Is there one?
    pub fn is_some(&self) -> bool {
        !matches!(self, Source::None)
    }

    /// Is it a file that is not there?
    pub fn is_missing(&self) -> bool {
        matches!(self, Source::File(name) if !path(name).exists())
    }

    /// Its bytes. The error says which file and why.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        match self {
            Source::None => Ok(Vec::new()),
            Source::Memory(_, bytes) => Ok(bytes.clone()),
            Source::File(name) => read(name).map_err(|e| format!("{self} cannot be read: {e}")),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::None => f.write_str("nothing"),
            Source::File(name) => write!(f, "{}", name.to_string_lossy()),
            Source::Memory(member, _) => f.write_str(member),
        }
    }
}

fn path(name: &CString) -> &Path {
    Path::new(OsStr::from_bytes(name.as_bytes()))
}

fn read(name: &CString) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path(name))?.take(FILE_MOST + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > FILE_MOST {
        true => Err(io::Error::new(io::ErrorKind::FileTooLarge, "it has more than 16 MiB")),
        false => Ok(bytes),
    }
}

/// What a program asks for.
#[derive(Default)]
pub struct Asked {
    /// Does it use TLS at all (`LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT`)?
    pub is_on: bool,
    /// Does the vhost serve anybody?
    pub listens: bool,
    /// Is a callback of the program to give the certificate (`LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX`)?
    pub by_callback: bool,
    /// Is OpenSSL's own context to be used (`provided_client_ssl_ctx`)?
    pub by_openssl: bool,
    /// May the certificate or the key not be there yet (`LWS_SERVER_OPTION_IGNORE_MISSING_CERT`)?
    pub may_be_missing: bool,
    /// The server's certificate, with those that issued it.
    pub certificate: Source,
    /// Its key.
    pub key: Source,
    /// The password of the key.
    pub password: Option<Vec<u8>>,
    /// Whose certificates clients may have.
    pub ca: Source,
    /// Are clients asked for a certificate?
    pub ask_clients: bool,
    /// Must they have one?
    pub require_clients: bool,
    /// The suites of TLS 1.2.
    pub ciphers: Option<String>,
    /// The suites of TLS 1.3.
    pub ciphers13: Option<String>,
    /// The group of the key exchange.
    pub curve: Option<String>,
    /// The protocols to agree on, with commas between them.
    pub alpn: Option<String>,
    /// OpenSSL's options, those set and those cleared again.
    pub options: c_long,
    /// The client's certificate, key and password.
    pub client_certificate: Source,
    /// Its key.
    pub client_key: Source,
    /// The password of the key.
    pub client_password: Option<Vec<u8>>,
    /// Whose certificates servers may have.
    pub client_ca: Source,
    /// And those that the system trusts?
    pub system_trust: bool,
    /// The client's suites of TLS 1.2.
    pub client_ciphers: Option<String>,
    /// The client's suites of TLS 1.3.
    pub client_ciphers13: Option<String>,
    /// OpenSSL's options for clients.
    pub client_options: c_long,
}

impl Asked {
    /// Is the vhost served with TLS?
    pub fn serves(&self) -> bool {
        self.is_on && self.listens && self.certificate.is_some()
    }

    /// Refuses what cannot be had, and gives to clients what is meant for them: where no server needs it, the original takes what
    /// programs have written for servers for clients, unless there is something of their own; but for what is in memory.
    pub fn settle(&mut self) -> Result<(), String> {
        if !self.is_on {
            if self.listens && self.certificate.is_some() {
                let certificate = &self.certificate;
                lwsl_warn!(
                    "{certificate} is not used, without LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT: served in the clear"
                );
            }
            return Ok(());
        }
        if self.by_openssl {
            return Err("provided_client_ssl_ctx is an object of OpenSSL's, which is not used here".to_owned());
        }
        if self.serves() {
            return Ok(());
        }
        if self.listens && self.by_callback {
            return Err("a callback is to give the certificate to OpenSSL, which is not used here: \
                        name it in ssl_cert_filepath or server_ssl_cert_mem"
                .to_owned());
        }
        let or = |own: &mut Source, other: &Source| {
            if !own.is_some() && matches!(other, Source::File(_)) {
                *own = other.clone();
            }
        };
        or(&mut self.client_certificate, &self.certificate);
        or(&mut self.client_key, &self.key);
        or(&mut self.client_ca, &self.ca);
        self.client_password = self.client_password.take().or_else(|| self.password.clone());
        self.client_ciphers = self.client_ciphers.take().or_else(|| self.ciphers.clone());
        Ok(())
    }

    /// May sessions be taken up again?
    pub fn tickets(&self) -> bool {
        self.options & SSL_OP_NO_TICKET == 0
    }

    /// Versions, suites and groups for servers, and words that mean nothing here.
    pub fn server_terms(&self) -> Result<(Terms, Vec<String>), String> {
        terms(self.ciphers.as_deref(), self.ciphers13.as_deref(), self.curve.as_deref(), self.options)
    }

    /// The same for clients.
    pub fn client_terms(&self) -> Result<(Terms, Vec<String>), String> {
        terms(self.client_ciphers.as_deref(), self.client_ciphers13.as_deref(), None, self.client_options)
    }

    /// The protocols that a server agrees on: what is asked for, as far as it is spoken here.
    pub fn protocols(&self) -> Vec<Vec<u8>> {
        protocols(self.alpn.as_deref().unwrap_or("http/1.1"))
    }

    /// Who may connect.
    pub fn clients(&self) -> Clients {
        let trust = trust(&self.ca);
        match self.ask_clients {
            true => Clients::Certified { trust: Arc::new(trust), required: self.require_clients },
            false => Clients::Any,
        }
    }

    /// The server's certificate; none where it is not there yet and that is allowed.
    pub fn identity(&self) -> Result<Option<Identity>, String> {
        if let Some(missing) = self.allowed_to_miss(&self.certificate, &self.key) {
            lwsl_notice!("{missing} is not there yet: no connection with TLS can be made before it is");
            return Ok(None);
        }
        identity(&self.certificate, &self.key, self.password.as_deref()).map(Some)
    }

    fn allowed_to_miss<'a>(&self, certificate: &'a Source, key: &'a Source) -> Option<&'a Source> {
        [certificate, key].into_iter().find(|source| self.may_be_missing && source.is_missing())
    }

    /// What a client shows to servers that ask.
    pub fn client_identity(&self) -> Result<Option<Identity>, String> {
        let (certificate, key) = (&self.client_certificate, &self.client_key);
        if let Some(missing) = self.allowed_to_miss(certificate, key) {
            lwsl_notice!("{missing} is not there: clients show no certificate");
            return Ok(None);
        }
        match (certificate.is_some(), key.is_some()) {
            (false, false) => Ok(None),
            (false, true) => Err(format!("{key} was given without a certificate")),
            (true, false) => {
                lwsl_warn!("{certificate} was given without a private key: clients show no certificate");
                Ok(None)
            }
            (true, true) => identity(certificate, key, self.client_password.as_deref()).map(Some),
        }
    }

    /// Whom the program trusts, besides the system.
    pub fn client_trust(&self) -> Option<Arc<Trust>> {
        self.client_ca.is_some().then(|| Arc::new(trust(&self.client_ca)))
    }
}

/// As in the original, authorities that cannot be read are not fatal: nobody is trusted for their sake.
fn trust(source: &Source) -> Trust {
    let mut trust = Trust::nobody();
    match certificates(source) {
        Ok(found) => {
            let unusable = trust.add(found.iter());
            if unusable > 0 {
                lwsl_warn!("TLS: {source}: {unusable} of its certificates cannot be used");
            }
        }
        Err(e) => lwsl_err!("TLS: {e}: nobody is trusted for it"),
    }
    trust
}

/// The protocols in a list with commas, but HTTP/2, which is not there.
pub fn protocols(list: &str) -> Vec<Vec<u8>> {
    let names = list.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "h2" | "h2c") && name.len() < 256);
    names.map(|name| name.as_bytes().to_vec()).collect()
}

fn terms(
    tls12: Option<&str>,
    tls13: Option<&str>,
    curve: Option<&str>,
    options: c_long,
) -> Result<(Terms, Vec<String>), String> {
    Terms::new(&Wishes {
        tls12_suites: tls12,
        tls13_suites: tls13,
        curve,
        no_tls12: options & SSL_OP_NO_TLSV1_2 != 0,
        no_tls13: options & SSL_OP_NO_TLSV1_3 != 0,
    })
}

fn certificates(source: &Source) -> Result<Vec<CertificateDer<'static>>, String> {
    if !source.is_some() {
        return Ok(Vec::new());
    }
    material::certificates(&source.read()?).map_err(|e| format!("{source} {e}"))
}

/// A certificate and its key. The error says which file and why.
pub fn identity(certificate: &Source, key: &Source, password: Option<&[u8]>) -> Result<Identity, String> {
    if !key.is_some() {
        return Err(format!("{certificate} was given without a private key"));
    }
    let chain = certificates(certificate)?;
    let private = key::private_key(&key.read()?, password).map_err(|e| format!("{key} {e}"))?;
    Identity::new(chain, private).map_err(|e| match e {
        Mismatch::Key => {
            format!("{key}: the private key cannot be used (RSA from 2048 bits, P-256, P-384, Ed25519 can)")
        }
        Mismatch::Pair => format!("{key} is not the private key of the certificate {certificate}"),
    })
}
