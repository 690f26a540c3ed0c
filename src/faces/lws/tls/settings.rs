//! What a program asks for in `struct lws_context_creation_info`, copied; and the files it names, read.
use crate::faces::lws::log::lwsl_warn;
use crate::proto::tls::server::{Clients, Identity, Mismatch};
use crate::proto::tls::terms::{Terms, Wishes};
use crate::proto::tls::verify::Trust;
use crate::proto::tls::{key, material};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use std::ffi::{CString, OsStr, c_long};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
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

fn read(name: &CString) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(OsStr::from_bytes(name.as_bytes()))?.take(FILE_MOST + 1).read_to_end(&mut bytes)?;
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
    /// A vhost that does not listen serves nobody: what programs have written for servers is then meant for clients, where nothing
    /// else is.
    pub fn for_clients_alone(&mut self) {
        let or = |own: &mut Source, other: Source| {
            if !own.is_some() {
                *own = other;
            }
        };
        or(&mut self.client_certificate, std::mem::take(&mut self.certificate));
        or(&mut self.client_key, std::mem::take(&mut self.key));
        or(&mut self.client_ca, std::mem::take(&mut self.ca));
        self.client_password = self.client_password.take().or(self.password.take());
        self.client_ciphers = self.client_ciphers.take().or(self.ciphers.take());
    }

    /// Is the vhost served with TLS?
    pub fn serves(&self) -> bool {
        self.is_on && self.certificate.is_some()
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
    pub fn clients(&self) -> Result<Clients, String> {
        if !self.ask_clients {
            return Ok(Clients::Any);
        }
        let mut issuers = RootCertStore::empty();
        let (_, unusable) = issuers.add_parsable_certificates(certificates(&self.ca)?);
        if unusable > 0 {
            lwsl_warn!("{}: {unusable} certificates cannot be used", self.ca);
        }
        Ok(Clients::Certified { issuers: Arc::new(issuers), required: self.require_clients })
    }

    /// What a client shows to servers that ask.
    pub fn client_identity(&self) -> Result<Option<Identity>, String> {
        let (certificate, key) = (&self.client_certificate, &self.client_key);
        certificate.is_some().then(|| identity(certificate, key, self.client_password.as_deref())).transpose()
    }

    /// Whom the program trusts, besides the system.
    pub fn client_trust(&self) -> Result<Option<Arc<Trust>>, String> {
        if !self.client_ca.is_some() {
            return Ok(None);
        }
        let mut trust = Trust::nobody();
        let unusable = trust.add(certificates(&self.client_ca)?.iter());
        if unusable > 0 {
            lwsl_warn!("{}: {unusable} certificates cannot be used", self.client_ca);
        }
        Ok(Some(Arc::new(trust)))
    }
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
        Mismatch::Key(e) => format!("{key} holds a private key that cannot be used: {e}"),
        Mismatch::Pair => format!("{key} is not the private key of the certificate {certificate}"),
    })
}
