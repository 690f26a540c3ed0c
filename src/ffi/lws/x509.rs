//! Certificates: those of peers and vhosts, and those that the program parses itself.
use super::given;
use crate::faces::lws::abi::{
    lws, lws_context, lws_tls_cert_info, lws_tls_cert_info_int, lws_tls_cert_info_results, lws_vhost, lws_x509_cert,
};
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::tls::x509::{self, Answer, Question, X509};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use crate::proto::tls::cert::Certificate;
use std::ffi::{c_char, c_int, c_void};
use std::mem::offset_of;
use std::ptr;

/// Makes a place for a certificate and stores its address at `x509`. It belongs to the caller until lws_x509_destroy(). One thread at a time
/// may use it; a null or dead one is recognised.
///
/// Returns 0; -1 when `x509` is null or memory is exhausted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_x509_create(x509: *mut *mut lws_x509_cert) -> c_int {
    guard("lws_x509_create", -1, || {
        if x509.is_null() {
            return -1;
        }
        let made = X509::create();
        // SAFETY: not null; the caller gave the place for the answer.
        unsafe { *x509 = made };
        if made.is_null() { -1 } else { 0 }
    })
}

/// Takes the first certificate of a PEM text of `len` bytes, which may count a NUL at its end. The text is not needed afterwards.
///
/// Returns 0; -1, with a line in the log, when there is none that can be read. Then `x509` is as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_x509_parse_from_pem(x509: *mut lws_x509_cert, pem: *const c_void, len: usize) -> c_int {
    guard("lws_x509_parse_from_pem", -1, || {
        let Some(place) = given("lws_x509_parse_from_pem", x509) else { return -1 };
        // SAFETY: the caller passes null or `len` bytes.
        match place.take_pem(unsafe { cstr::slice(pem.cast(), len) }) {
            Ok(()) => 0,
            Err(e) => {
                lwsl_err!("lws_x509_parse_from_pem: {e}");
                -1
            }
        }
    })
}

/// Was `x509` issued by `trusted`: does it name it as its issuer, and is the signature that one's? With a `common_name` that is not
/// null, the common name of `x509` must be exactly that. Nothing else is looked at, neither times nor what `trusted` may issue.
///
/// Returns 0 if so; -1, with a line in the log, if not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_x509_verify(
    x509: *mut lws_x509_cert,
    trusted: *mut lws_x509_cert,
    common_name: *const c_char,
) -> c_int {
    guard("lws_x509_verify", -1, || {
        let (Some(own), Some(trusted)) = (given("lws_x509_verify", x509), given("lws_x509_verify", trusted)) else {
            return -1;
        };
        // SAFETY: null or a C string.
        match own.verify(trusted, unsafe { cstr::bytes(common_name) }) {
            Ok(()) => 0,
            Err(e) => {
                lwsl_err!("lws_x509_verify: {e}");
                -1
            }
        }
    })
}

/// Ends the certificate at `*x509` and stores null there. Null, at either place, is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_x509_destroy(x509: *mut *mut lws_x509_cert) {
    guard("lws_x509_destroy", (), || {
        // SAFETY: null, or the place where the caller keeps the address.
        let Some(place) = (unsafe { x509.as_mut() }) else { return };
        if !place.is_null() && !X509::destroy(*place) {
            lwsl_err!("lws_x509_destroy: dead or foreign certificate");
        }
        *place = ptr::null_mut();
    })
}

/// What a parsed certificate says; see lws_tls_peer_cert_info(). `LWS_TLS_CERT_INFO_VERIFIED` is a question for connections: -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_x509_info(
    x509: *mut lws_x509_cert,
    r#type: lws_tls_cert_info_int,
    buf: *mut lws_tls_cert_info_results,
    len: usize,
) -> c_int {
    guard("lws_x509_info", -1, || {
        let answer = given("lws_x509_info", x509).and_then(|x509| x509.with(|own| ask(own, r#type)).flatten());
        // SAFETY: the caller passes null or a place as the functions here want it.
        answer.map_or(-1, |answer| unsafe { store(answer, buf, len) })
    })
}

/// What the certificate says that the peer of `wsi` has shown: the server's, or a client's where the vhost asks for one. `buf` takes the
/// answer, in the member that belongs to the question; `len` is the room that `buf->ns.name` has, which may be more than the
/// struct has.
///
/// A text that is longer is cut; it has a NUL behind it, which `ns.len` does not count. The issuer's name is given as
/// `/CN=name/O=organisation`. `LWS_TLS_CERT_INFO_USAGE` gives the first eight bits of the key usage, the first as 0x80, and the ninth as
/// 0x8000; all bits where the certificate does not limit it. `LWS_TLS_CERT_INFO_VERIFIED` gives 1: a connection with a peer whose certificate is
/// neither good nor bad in a way that the program lets pass does not come about.
///
/// Returns 0; -1 when the connection is null or dead, has no TLS or its handshake is not done, when there is no certificate, it
/// does not say, the question is none, or a public key does not fit. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_tls_peer_cert_info(
    wsi: *mut lws,
    r#type: lws_tls_cert_info_int,
    buf: *mut lws_tls_cert_info_results,
    len: usize,
) -> c_int {
    guard("lws_tls_peer_cert_info", -1, || {
        // SAFETY: null, or a place for the answer.
        if let Some(buf) = unsafe { buf.as_mut() } {
            // as in the original, there is no text where there is no answer
            buf.ns.len = 0;
        }
        let certificate = given::wsi("lws_tls_peer_cert_info", wsi).and_then(x509::of_peer);
        let answer = certificate.and_then(|own| match r#type {
            VERIFIED => Some(Answer::Bits(1)),
            _ => ask(&own, r#type),
        });
        // SAFETY: as above.
        answer.map_or(-1, |answer| unsafe { store(answer, buf, len) })
    })
}

/// What the certificate says that a vhost shows; see lws_tls_peer_cert_info(). `LWS_TLS_CERT_INFO_VERIFIED` is a question for connections:
/// -1, as where the vhost has no certificate. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_tls_vhost_cert_info(
    vhost: *mut lws_vhost,
    r#type: lws_tls_cert_info_int,
    buf: *mut lws_tls_cert_info_results,
    len: usize,
) -> c_int {
    guard("lws_tls_vhost_cert_info", -1, || {
        let certificate = given::vhost("lws_tls_vhost_cert_info", vhost).and_then(x509::of_vhost);
        let answer = certificate.and_then(|own| ask(&own, r#type));
        // SAFETY: as above.
        answer.map_or(-1, |answer| unsafe { store(answer, buf, len) })
    })
}

/// Says that a certificate and its key have changed: every vhost of the context that was made with these names as `ssl_cert_filepath` and
/// `ssl_private_key_filepath`, compared exactly, reads them again. New connections are shown the new certificate; those there are go on.
///
/// Where the files cannot be read, `mem_cert` and `mem_privkey`, of so many bytes, in PEM or DER, are used, unless null; they are copied.
///
/// Returns 0; -1, with a line in the log, when an argument is null or dead, or where for some vhost there is no good pair: it
/// then goes on with what it has. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_tls_cert_updated(
    context: *mut lws_context,
    certpath: *const c_char,
    keypath: *const c_char,
    mem_cert: *const c_char,
    len_mem_cert: usize,
    mem_privkey: *const c_char,
    len_mem_privkey: usize,
) -> c_int {
    guard("lws_tls_cert_updated", -1, || {
        // SAFETY: null or C strings.
        let names = unsafe { (cstr::c_str(certpath), cstr::c_str(keypath)) };
        let (Some(context), (Some(certificate), Some(key))) = (given::here("lws_tls_cert_updated", context), names)
        else {
            return -1;
        };
        // SAFETY: null or so many bytes.
        let memory =
            unsafe { (cstr::slice(mem_cert.cast(), len_mem_cert), cstr::slice(mem_privkey.cast(), len_mem_privkey)) };
        let mut answer = 0;
        for vhost in context.vhosts.with(|all| all.clone()) {
            if let Err(e) = vhost.settings.tls.change(certificate, key, memory) {
                lwsl_err!("vhost {}: the certificate stays as it is: {e}", vhost.settings.name.to_string_lossy());
                answer = -1;
            }
        }
        answer
    })
}

fn given(function: &str, x509: *const lws_x509_cert) -> Option<&'static X509> {
    let found = X509::from_c(x509);
    if found.is_none() {
        lwsl_err!("{function}: {} certificate", if x509.is_null() { "null" } else { "dead or foreign" });
    }
    found
}

const VERIFIED: lws_tls_cert_info_int = lws_tls_cert_info::LWS_TLS_CERT_INFO_VERIFIED as _;

fn ask(certificate: &Certificate, question: lws_tls_cert_info_int) -> Option<Answer> {
    use lws_tls_cert_info as Asked;
    const QUESTIONS: [(lws_tls_cert_info, Question); 6] = [
        (Asked::LWS_TLS_CERT_INFO_VALIDITY_FROM, Question::ValidFrom),
        (Asked::LWS_TLS_CERT_INFO_VALIDITY_TO, Question::ValidTo),
        (Asked::LWS_TLS_CERT_INFO_COMMON_NAME, Question::CommonName),
        (Asked::LWS_TLS_CERT_INFO_ISSUER_NAME, Question::Issuer),
        (Asked::LWS_TLS_CERT_INFO_USAGE, Question::Usage),
        (Asked::LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY, Question::PublicKey),
    ];
    let (_, question) = QUESTIONS.iter().find(|(asked, _)| *asked as lws_tls_cert_info_int == question)?;
    x509::answer(certificate, *question)
}

/// # Safety
/// `buf` is null, or a place for the answer with `len` bytes from `ns.name` on.
unsafe fn store(answer: Answer, buf: *mut lws_tls_cert_info_results, len: usize) -> c_int {
    if buf.is_null() {
        return -1;
    }
    let put = |bytes: &[u8]| {
        let name = offset_of!(lws_tls_cert_info_results, ns.name);
        // SAFETY: by this function's contract there is room for them, as the callers below see to.
        unsafe {
            ptr::copy_nonoverlapping(bytes.as_ptr(), buf.cast::<u8>().add(name), bytes.len());
            (*buf).ns.len = bytes.len() as c_int;
        }
    };
    match answer {
        // SAFETY: not null, and a place for it.
        Answer::Time(time) => unsafe { (*buf).time = time },
        // SAFETY: as above.
        Answer::Bits(bits) => unsafe { (*buf).verified = bits },
        Answer::Text(mut text) => {
            if len == 0 {
                return -1;
            }
            let mut end = text.len().min(len - 1);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            let text_len = text.len();
            text.push('\0');
            put(text.as_bytes());
            // SAFETY: as above.
            unsafe { (*buf).ns.len = text_len as c_int };
        }
        Answer::Bytes(bytes) if bytes.len() > len => return -1,
        Answer::Bytes(bytes) => put(&bytes),
    }
    0
}
