//! Certificates that a program looks at, and what it asks of them.
use crate::engine::arena::{Handle, Handles};
use crate::engine::local::Local;
use crate::faces::lws::secure;
use crate::faces::lws::vhost::Vhost;
use crate::faces::lws::wsi::Wsi;
use crate::proto::tls::cert::Certificate;
use crate::proto::tls::material;
use rustls::pki_types::CertificateDer;

/// All of the process.
pub static CERTIFICATES: Handles<X509> = Handles::new();

/// What C holds as `struct lws_x509_cert *`.
pub type X509Handle = Handle<X509>;

/// A place for a certificate.
#[derive(Default)]
pub struct X509(Local<Option<Certificate>>);

impl X509 {
    /// An empty one; null when memory is exhausted.
    pub fn create<T>() -> *mut T {
        CERTIFICATES.create(Box::default()).map_or(std::ptr::null_mut(), |handle| handle.cast_mut().cast())
    }

    /// The one behind a pointer from C, if it is one and alive.
    pub fn from_c<T>(pointer: *const T) -> Option<&'static X509> {
        // SAFETY: used within one call from C, by the one thread that may use it; it is freed in such a call only.
        unsafe { CERTIFICATES.get(pointer.cast()) }
    }

    /// Ends it. False where the pointer is none.
    pub fn destroy<T>(pointer: *const T) -> bool {
        CERTIFICATES.destroy(pointer.cast()).is_some()
    }

    /// Takes the first certificate of a PEM text, in place of what it has.
    pub fn take_pem(&self, pem: &[u8]) -> Result<(), String> {
        if !material::is_pem(pem) {
            return Err("no PEM".to_owned());
        }
        let first = material::certificates(pem)?.into_iter().next().ok_or("no certificate")?;
        self.0.set(Some(Certificate::parse(&first)?));
        Ok(())
    }

    /// Looks at the certificate, where there is one.
    pub fn with<R>(&self, look: impl FnOnce(&Certificate) -> R) -> Option<R> {
        self.0.with(|certificate| certificate.as_ref().map(look))
    }

    /// Has `trusted` issued it, and is it of this name? An error says what is wrong.
    pub fn verify(&self, trusted: &X509, name: Option<&[u8]>) -> Result<(), &'static str> {
        let of_name = |own: &Certificate| name.is_none_or(|name| own.common_name().map(str::as_bytes) == Some(name));
        let issued = |own: &Certificate| trusted.with(|other| own.is_issued_by(other));
        // the two may be the same
        match self.0.take().map(|own| (of_name(&own), own)) {
            None => Err("no certificate was parsed"),
            Some((named, own)) => {
                let issued = if std::ptr::eq(self, trusted) { Some(own.is_issued_by(&own)) } else { issued(&own) };
                self.0.set(Some(own));
                match issued {
                    None => Err("no trusted certificate was parsed"),
                    Some(false) => Err("the one was not issued by the other"),
                    Some(true) if !named => Err("it has another common name"),
                    Some(true) => Ok(()),
                }
            }
        }
    }
}

/// A question.
#[derive(Clone, Copy)]
pub enum Question {
    /// Seconds since 1970.
    ValidFrom,
    /// The same: the last.
    ValidTo,
    /// The common name.
    CommonName,
    /// The issuer's whole name.
    Issuer,
    /// The bits of key usage.
    Usage,
    /// Its public key, in DER.
    PublicKey,
}

/// Its answer.
pub enum Answer {
    /// A time.
    Time(i64),
    /// Bits.
    Bits(u32),
    /// A text, which is cut where there is no room.
    Text(String),
    /// Bytes, which are given whole or not at all.
    Bytes(Vec<u8>),
}

/// Answers; none where the certificate does not say.
pub fn answer(certificate: &Certificate, question: Question) -> Option<Answer> {
    Some(match question {
        Question::ValidFrom => Answer::Time(certificate.not_before()),
        Question::ValidTo => Answer::Time(certificate.not_after()),
        Question::CommonName => Answer::Text(certificate.common_name()?.to_owned()),
        Question::Issuer => Answer::Text(certificate.issuer()),
        Question::Usage => Answer::Bits(certificate.key_usage().unwrap_or(u32::MAX)),
        Question::PublicKey => Answer::Bytes(certificate.public_key()),
    })
}

/// The certificate that a connection's peer has shown.
pub fn of_peer(wsi: &Wsi) -> Option<Certificate> {
    let der = secure::with(wsi, |session| session.state().peer_certificates()?.first().map(|der| der.to_vec()))??;
    Certificate::parse(&CertificateDer::from(der)).ok()
}

/// The certificate that a vhost shows.
pub fn of_vhost(vhost: &Vhost) -> Option<Certificate> {
    Certificate::parse(&vhost.settings.tls.certificate()?).ok()
}
