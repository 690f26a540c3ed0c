//! Certificates, keys, cipher lists and verification: what programs give, and what comes of it between a server and a client in memory.
use netgraft::proto::tls::cert::Certificate;
use netgraft::proto::tls::client::Client;
use netgraft::proto::tls::key::private_key;
use netgraft::proto::tls::material::certificates;
use netgraft::proto::tls::server::{Clients, Identity, Mismatch, Server, ServerTls, Sessions};
use netgraft::proto::tls::terms::{Terms, Wishes, provider};
use netgraft::proto::tls::verify::{Tolerance, Trust};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CipherSuite, ClientConfig, ClientConnection, HandshakeKind, ProtocolVersion, ServerConnection};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, OnceLock};

const BAD: Tolerance = Tolerance { self_signed: false, unknown_issuer: false, other_host: false, expired: false };

/// The directory with the certificates, made once.
fn directory() -> &'static PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("certs");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certs/make.sh");
        assert!(Command::new("bash").arg(script).arg(&directory).status().unwrap().success());
        directory
    })
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(directory().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn chain(name: &str) -> Vec<CertificateDer<'static>> {
    certificates(&file(name)).unwrap_or_else(|e| panic!("{name} {e}"))
}

fn identity(name: &str) -> Identity {
    let key = private_key(&file(&format!("{name}.key")), None).unwrap();
    Identity::new(chain(&format!("{name}.pem")), key).unwrap()
}

/// Runs openssl, of which the last argument is a file to write, unless another test has that already.
fn openssl(arguments: &[&str], out: &str) -> Vec<u8> {
    let path = directory().join(out);
    if !path.exists() {
        let partial = directory().join(format!("{out}.{}", std::process::id()));
        let mut command = Command::new("openssl");
        command.args(arguments).arg("-out").arg(&partial).current_dir(directory());
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        std::fs::rename(partial, &path).unwrap();
    }
    file(out)
}

#[test]
fn certificates_come_in_pem_and_der() {
    assert_eq!(chain("rsa.pem").len(), 1);
    assert_eq!(chain("rsa.der"), chain("rsa.pem"));
    assert_eq!(chain("chain.pem").len(), 2);
    // a key in the same file does not matter
    assert_eq!(chain("rsa.both.pem"), chain("rsa.pem"));
    // nor a NUL behind it
    assert_eq!(certificates(&[file("rsa.pem"), vec![0]].concat()).unwrap(), chain("rsa.pem"));
}

#[test]
fn what_is_no_certificate_is_refused_with_the_reason() {
    let reason = |bytes: &[u8]| certificates(bytes).unwrap_err();
    assert_eq!(reason(&file("garbage.pem")), "holds no certificate");
    assert_eq!(reason(b""), "holds no certificate");
    assert_eq!(reason(&file("rsa.key")), "holds no certificate");
    assert_eq!(reason(&file("half.pem")), "is no valid PEM: a section has no end");
    let der = file("rsa.der");
    assert!(reason(&der[..100]).starts_with("holds a certificate that cannot be read, number 1: "));
    assert!(reason(&[&der[..], b"more"].concat()).starts_with("holds a certificate that cannot be read"));
    assert!(reason(b"-----BEGIN TRUSTED CERTIFICATE-----\n").contains("TRUSTED"));
}

#[test]
fn keys_come_in_every_usual_form() {
    for (certificate, key) in [
        ("rsa.pem", "rsa.key"),
        ("rsa.pem", "rsa.key.der"),
        ("rsa.pem", "rsa.key.pkcs1"),
        ("rsa.pem", "rsa.both.pem"),
        ("ecdsa.pem", "ecdsa.key"),
        ("ecdsa.pem", "ecdsa.key.der"),
        ("ecdsa.pem", "ecdsa.key.sec1"),
        ("ed25519.pem", "ed25519.key"),
    ] {
        let key = private_key(&file(key), None).unwrap_or_else(|e| panic!("{key} {e}"));
        Identity::new(chain(certificate), key).unwrap();
    }
}

#[test]
fn encrypted_keys_want_their_password() {
    let old = |cipher: &str, key: &str, out: &str| {
        let kind = if key.starts_with("rsa") { "rsa" } else { "ec" };
        let mut arguments = vec![kind, "-in", key, cipher, "-passout", "pass:secret"];
        if kind == "rsa" {
            arguments.push("-traditional");
        }
        openssl(&arguments, out)
    };
    let new = |cipher: &[&str], out: &str| {
        let arguments = ["pkcs8", "-topk8", "-in", "rsa.key", "-passout", "pass:secret"];
        openssl(&[&arguments[..], cipher].concat(), out)
    };
    let keys = [
        ("rsa.pem", file("rsa.encrypted.key")),
        ("rsa.pem", new(&["-outform", "DER"], "odd.encrypted.der")),
        ("rsa.pem", new(&["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1"], "odd.aes128.key")),
        ("rsa.pem", new(&["-v2", "des3"], "odd.des3.key")),
        ("rsa.pem", new(&["-scrypt"], "odd.scrypt.key")),
        ("rsa.pem", old("-aes128", "rsa.key", "odd.old128.key")),
        ("rsa.pem", old("-aes192", "rsa.key", "odd.old192.key")),
        ("rsa.pem", old("-aes256", "rsa.key", "odd.old256.key")),
        ("rsa.pem", old("-des3", "rsa.key", "odd.olddes.key")),
        ("ecdsa.pem", old("-aes256", "ecdsa.key", "odd.oldec.key")),
    ];
    for (i, (certificate, key)) in keys.iter().enumerate() {
        let plain = private_key(key, Some(b"secret")).unwrap_or_else(|e| panic!("{i} {e}"));
        Identity::new(chain(certificate), plain).unwrap_or_else(|e| panic!("{i} {e:?}"));
        assert_eq!(private_key(key, None).unwrap_err(), "is encrypted, and no password was given", "{i}");
        // padding that is right by chance leaves no key
        if let Ok(plain) = private_key(key, Some(b"wrong")) {
            assert!(Identity::new(chain(certificate), plain).is_err(), "{i}");
        }
    }
    assert_eq!(private_key(&keys[0].1, Some(b"wrong")).unwrap_err(), "cannot be decrypted: the password is wrong");
    assert_eq!(private_key(&file("garbage.pem"), None).unwrap_err(), "holds no private key");
    assert_eq!(private_key(&file("rsa.pem"), None).unwrap_err(), "holds no private key");
    assert_eq!(private_key(b"", None).unwrap_err(), "holds no private key");
}

#[test]
fn a_key_fits_its_certificate_alone() {
    let mismatch =
        |certificate: &str, key: &str| Identity::new(chain(certificate), private_key(&file(key), None).unwrap()).err();
    assert_eq!(mismatch("a.pem", "b.key"), Some(Mismatch::Pair));
    assert_eq!(mismatch("rsa.pem", "a.key"), Some(Mismatch::Pair));
    assert_eq!(mismatch("a.pem", "a.key"), None);
    let small = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "odd.small.key");
    assert_eq!(Identity::new(chain("rsa.pem"), private_key(&small, None).unwrap()).err(), Some(Mismatch::Key));
}

#[test]
fn a_certificate_says_what_openssl_says_of_it() {
    let of = |name: &str| Certificate::parse(&chain(name)[0]).unwrap();
    let rsa = of("rsa.pem");
    assert_eq!((rsa.subject().as_str(), rsa.issuer().as_str()), ("/CN=localhost/O=Tests", "/CN=Test CA/O=Tests"));
    assert_eq!(rsa.common_name(), Some("localhost"));
    assert_eq!(rsa.not_before(), 1_577_836_800); // 2020-01-01
    assert_eq!(rsa.key_usage(), Some(0xa0));
    assert_eq!(of("ca.pem").key_usage(), Some(6));
    assert_eq!(of("selfsigned.pem").key_usage(), None);
    assert!(rsa.has_dns_names() && !of("noname.pem").has_dns_names());
    assert_eq!(rsa.public_key().len(), 294);
    assert!(of("selfsigned.pem").is_self_issued() && !rsa.is_self_issued());
    assert!(rsa.is_issued_by(&of("ca.pem")) && !rsa.is_issued_by(&of("otherca.pem")) && !rsa.is_issued_by(&rsa));
    assert!(of("chain.pem").is_issued_by(&of("inter.pem")) && !of("chain.pem").is_issued_by(&of("ca.pem")));
    assert!(of("selfsigned.pem").is_issued_by(&of("selfsigned.pem")));
    // the name is right, the signature is not
    let mut forged = chain("rsa.pem")[0].to_vec();
    *forged.last_mut().unwrap() ^= 1;
    assert!(!Certificate::parse(&CertificateDer::from(forged)).unwrap().is_issued_by(&of("ca.pem")));
}

fn suites(tls12: Option<&str>, tls13: Option<&str>) -> (Result<Vec<CipherSuite>, String>, Vec<String>) {
    let mut unknown = Vec::new();
    let known = &provider().cipher_suites;
    let found = netgraft::proto::tls::ciphers::suites(tls12, tls13, known, &mut unknown);
    (found.map(|all| all.iter().map(|suite| suite.suite()).collect()), unknown)
}

/// The suites of TLS 1.2 that a list leaves.
fn list(list: &str) -> Vec<CipherSuite> {
    suites(Some(list), Some("TLS_AES_128_GCM_SHA256")).0.unwrap_or_default().into_iter().skip(1).collect()
}

#[test]
fn cipher_lists_mean_what_they_mean_to_openssl() {
    use CipherSuite::*;
    const ECDSA: [CipherSuite; 3] = [
        TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ];
    assert_eq!(list("ECDHE-RSA-AES128-GCM-SHA256"), [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]);
    assert_eq!(list("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]);
    assert_eq!(list("ALL:!aRSA"), ECDSA);
    assert_eq!(list("ECDHE+aECDSA"), ECDSA);
    assert_eq!(list("HIGH:!aNULL:!MD5").len(), 6);
    assert_eq!(list("aECDSA:-AES:AES128+aECDSA"), [ECDSA[1], ECDSA[2]]);
    assert_eq!(list("aECDSA:+AES256"), [ECDSA[1], ECDSA[2], ECDSA[0]]);
    assert_eq!(list("!CHACHA20,aECDSA CHACHA20;@STRENGTH"), [ECDSA[0], ECDSA[2]]);
    assert_eq!(list("AES128+aECDSA:aECDSA:@STRENGTH"), [ECDSA[0], ECDSA[1], ECDSA[2]]);
    assert_eq!(list("DEFAULT:@SECLEVEL=0").len(), 6);
    for nothing in ["NONSENSE", "ALL:!ALL", "AES128-SHA:RC4-MD5", "kRSA", "-ALL", "+ALL", "CHACHA20+AES"] {
        let (found, _) = suites(Some(nothing), None);
        assert_eq!(found.unwrap_err(), format!("the cipher list \"{nothing}\" leaves no suite that there is"));
    }
    let (found, unknown) =
        suites(Some("RC4-MD5:HIGH:!aNULL:-3DES:WHAT"), Some("TLS_AES_128_CCM_SHA256:TLS_AES_128_GCM_SHA256"));
    assert_eq!(found.unwrap().len(), 7);
    assert_eq!(unknown, ["TLS_AES_128_CCM_SHA256", "RC4-MD5", "WHAT"]);
    assert!(suites(None, Some("NONSENSE")).0.is_err());
    assert_eq!(suites(None, None).0.unwrap().len(), 9);
}

fn trust(names: &[&str]) -> Trust {
    let mut trust = Trust::nobody();
    for name in names {
        assert_eq!(trust.add(chain(name).iter()), 0);
    }
    trust
}

#[test]
fn each_flag_lets_pass_what_it_names_and_nothing_else() {
    let conf = "[req]\ndistinguished_name=dn\nx509_extensions=e\n[dn]\n[e]\nbasicConstraints=CA:TRUE\nsubjectAltName=DNS:localhost\n";
    std::fs::write(directory().join("odd.conf"), conf).unwrap();
    openssl(
        &["req", "-x509", "-new", "-key", "rsa.key", "-subj", "/CN=localhost", "-days", "3650", "-config", "odd.conf"],
        "odd.caself.pem",
    );
    // whose certificate, at which host, whom we trust, and which flags must be there, by their place in `Tolerance`
    let table: [(&str, &str, &[&str], &[usize]); 24] = [
        ("rsa.pem", "localhost", &["ca.pem"], &[]),
        ("rsa.pem", "LocalHost", &["ca.pem"], &[]),
        ("rsa.pem", "127.0.0.1", &["ca.pem"], &[]),
        ("rsa.pem", "other.test", &["ca.pem"], &[2]),
        ("rsa.pem", "127.0.0.2", &["ca.pem"], &[2]),
        ("rsa.pem", "localhost", &[], &[1]),
        ("rsa.pem", "other.test", &[], &[1, 2]),
        ("chain.pem", "localhost", &["ca.pem"], &[]),
        ("leaf.pem", "localhost", &["ca.pem"], &[1]),
        ("leaf.pem", "localhost", &["inter.pem"], &[]),
        ("wild.pem", "x.w.test", &["ca.pem"], &[]),
        ("wild.pem", "x.y.w.test", &["ca.pem"], &[2]),
        ("noname.pem", "localhost", &["ca.pem"], &[]),
        ("noname.pem", "other.test", &["ca.pem"], &[2]),
        ("expired.pem", "localhost", &["ca.pem"], &[3]),
        ("future.pem", "localhost", &["ca.pem"], &[3]),
        ("expired.pem", "other.test", &["ca.pem"], &[2, 3]),
        ("unknown.pem", "localhost", &["ca.pem"], &[1]),
        ("selfsigned.pem", "localhost", &["ca.pem"], &[0]),
        ("selfsigned.pem", "localhost", &["selfsigned.pem"], &[]),
        ("selfexpired.pem", "localhost", &["ca.pem"], &[0, 3]),
        ("selfexpired.pem", "localhost", &["selfexpired.pem"], &[3]),
        ("odd.caself.pem", "localhost", &["ca.pem"], &[0]),
        ("odd.caself.pem", "localhost", &["odd.caself.pem"], &[]),
    ];
    for (name, host, trusted, needed) in table {
        let (shown, trusted) = (chain(name), trust(trusted));
        let host_name = ServerName::try_from(host).unwrap();
        for set in 0..16_usize {
            let has = |flag: usize| set >> flag & 1 == 1;
            let tolerance =
                Tolerance { self_signed: has(0), unknown_issuer: has(1), other_host: has(2), expired: has(3) };
            let answer =
                trusted.check(&shown[0], &shown[1..], Some(&host_name), UnixTime::now(), tolerance, provider());
            let wanted = needed.iter().all(|&flag| has(flag));
            assert_eq!(answer.is_ok(), wanted, "{name} at {host} with {tolerance:?}: {answer:?}");
        }
    }
}

#[test]
fn a_chain_that_ends_in_itself_is_self_signed() {
    let shown = [chain("rsa.pem"), chain("ca.pem")].concat();
    let check =
        |tolerance| trust(&[]).check(&shown[0], &shown[1..], None, UnixTime::now(), tolerance, provider()).is_ok();
    assert!(check(Tolerance { self_signed: true, ..BAD }));
    assert!(!check(Tolerance { unknown_issuer: true, ..BAD }));
}

fn server(clients: Clients, wishes: Wishes, alpn: &[&str]) -> Server {
    let alpn = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    Server { terms: Terms::new(&wishes).unwrap().0, clients, alpn, tickets: true }
}

fn with(server: &Server, name: &str) -> (ServerTls, Sessions) {
    let sessions = server.sessions().unwrap();
    (server.with(Some(&identity(name)), &sessions).unwrap(), sessions)
}

fn client(wishes: Wishes, shown: Option<&str>) -> Arc<ClientConfig> {
    let terms = Terms::new(&wishes).unwrap().0;
    let client = Client { terms, trust: Arc::new(trust(&["ca.pem"])), identity: shown.map(identity) };
    Arc::new(client.with(BAD).unwrap())
}

/// A handshake in memory.
fn shake(
    tls: &ServerTls,
    client: &Arc<ClientConfig>,
    alpn: &[&str],
) -> Result<(ServerConnection, ClientConnection), String> {
    let offered: Vec<Vec<u8>> = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let chosen = tls.for_client((!alpn.is_empty()).then(|| offered.iter().map(Vec::as_slice))).clone();
    let mut server = ServerConnection::new(chosen).unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = ClientConnection::new_with_alpn(client.clone(), name, offered).unwrap();
    for _ in 0..8 {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut &wire[..]).unwrap();
        server.process_new_packets().map_err(|e| format!("server: {e}"))?;
        wire.clear();
        while server.wants_write() {
            server.write_tls(&mut wire).unwrap();
        }
        client.read_tls(&mut &wire[..]).unwrap();
        client.process_new_packets().map_err(|e| format!("client: {e}"))?;
    }
    assert!(!server.is_handshaking() && !client.is_handshaking());
    Ok((server, client))
}

#[test]
fn versions_suites_and_curves_are_those_asked_for() {
    let (tls, _) = with(&server(Clients::Any, Wishes::default(), &[]), "rsa");
    let (_, both) = shake(&tls, &client(Wishes::default(), None), &[]).unwrap();
    assert_eq!(both.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    let (_, old) = shake(&tls, &client(Wishes { no_tls13: true, ..Wishes::default() }, None), &[]).unwrap();
    assert_eq!(old.protocol_version(), Some(ProtocolVersion::TLSv1_2));
    let (tls13, _) = with(&server(Clients::Any, Wishes { no_tls12: true, ..Wishes::default() }, &[]), "rsa");
    assert!(shake(&tls13, &client(Wishes { no_tls13: true, ..Wishes::default() }, None), &[]).is_err());
    let wishes = Wishes {
        tls12_suites: Some("ECDHE-RSA-CHACHA20-POLY1305"),
        no_tls13: true,
        curve: Some("secp384r1"),
        ..Wishes::default()
    };
    let (chacha, _) = with(&server(Clients::Any, wishes, &[]), "rsa");
    let (_, made) = shake(&chacha, &client(Wishes::default(), None), &[]).unwrap();
    let suite = made.negotiated_cipher_suite().unwrap().suite();
    assert_eq!(suite, CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256);
    assert_eq!(made.negotiated_key_exchange_group().unwrap().name(), rustls::NamedGroup::secp384r1);
    assert!(Terms::new(&Wishes { no_tls12: true, no_tls13: true, ..Wishes::default() }).is_err());
    assert_eq!(Terms::new(&Wishes { curve: Some("what"), ..Wishes::default() }).unwrap().1, ["what"]);
}

#[test]
fn protocols_are_agreed_on_or_left_out() {
    let (tls, _) = with(&server(Clients::Any, Wishes::default(), &["http/1.1", "own"]), "ecdsa");
    let agreed = |offered: &[&str]| {
        let (server, client) = shake(&tls, &client(Wishes::default(), None), offered).unwrap();
        assert_eq!(server.alpn_protocol(), client.alpn_protocol());
        server.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned())
    };
    assert_eq!(agreed(&["h2", "http/1.1"]).as_deref(), Some("http/1.1"));
    assert_eq!(agreed(&["own", "http/1.1"]).as_deref(), Some("http/1.1"));
    assert_eq!(agreed(&["own"]).as_deref(), Some("own"));
    assert_eq!(agreed(&["foo"]), None);
    assert_eq!(agreed(&[]), None);
}

#[test]
fn clients_are_asked_for_a_certificate_that_counts() {
    let make = |names: &[&str], required| {
        let clients = Clients::Certified { trust: Arc::new(trust(names)), required };
        with(&server(clients, Wishes::default(), &[]), "rsa").0
    };
    for wishes in [Wishes::default(), Wishes { no_tls13: true, ..Wishes::default() }] {
        let (required, optional, nobody) = (make(&["ca.pem"], true), make(&["ca.pem"], false), make(&[], false));
        let shows = |tls: &ServerTls, name| shake(tls, &client(wishes, name), &[]);
        let (server, _) = shows(&required, Some("client")).unwrap();
        assert_eq!(server.peer_certificates().unwrap()[0], chain("client.pem")[0]);
        assert!(shows(&required, None).is_err());
        assert!(shows(&optional, None).unwrap().0.peer_certificates().is_none());
        for tls in [&required, &optional] {
            for bad in ["clientother", "clientexpired"] {
                assert!(shows(tls, Some(bad)).is_err(), "{bad}");
            }
        }
        assert!(shows(&nobody, None).is_ok());
        assert!(shows(&nobody, Some("client")).is_err());
        assert!(shows(&make(&[], true), Some("client")).is_err());
        // a client's own certificate may be among those that are trusted
        assert!(shows(&make(&["selfsigned.pem"], true), Some("selfsigned")).is_ok());
        assert!(shows(&make(&["selfexpired.pem"], true), Some("selfexpired")).is_err());
    }
}

#[test]
fn sessions_are_taken_up_again_also_when_the_certificate_has_changed() {
    for wishes in [Wishes::default(), Wishes { no_tls13: true, ..Wishes::default() }] {
        let server = server(Clients::Any, Wishes::default(), &[]);
        let (tls, sessions) = with(&server, "ecdsa");
        let client = client(wishes, None);
        let kind = |tls: &ServerTls| shake(tls, &client, &[]).unwrap().1.handshake_kind();
        assert_eq!(kind(&tls), Some(HandshakeKind::Full));
        assert_eq!(kind(&tls), Some(HandshakeKind::Resumed));
        let renewed = server.with(Some(&identity("chain")), &sessions).unwrap();
        assert_eq!(kind(&renewed), Some(HandshakeKind::Resumed));
        let (other, _) = with(&server, "ecdsa");
        assert_eq!(kind(&other), Some(HandshakeKind::Full));
    }
}

#[test]
fn a_server_without_a_certificate_agrees_with_nobody() {
    let server = server(Clients::Any, Wishes::default(), &[]);
    let tls = server.with(None, &server.sessions().unwrap()).unwrap();
    assert!(shake(&tls, &client(Wishes::default(), None), &[]).is_err());
}
