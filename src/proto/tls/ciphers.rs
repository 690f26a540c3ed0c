//! OpenSSL's cipher lists, as far as they speak of suites that there are.
use rustls::{CipherSuite, SupportedCipherSuite};

/// A suite of TLS 1.2: its names, and the words that mean it among others.
struct Suite {
    id: CipherSuite,
    /// OpenSSL's name.
    name: &'static str,
    /// The standard's.
    standard: &'static str,
    /// `ECDSA` or `RSA`.
    auth: &'static str,
    /// `AES128`, `AES256` or `CHACHA20`.
    cipher: &'static str,
    bits: u16,
}

const fn suite(
    id: CipherSuite,
    name: &'static str,
    standard: &'static str,
    auth: &'static str,
    cipher: &'static str,
    bits: u16,
) -> Suite {
    Suite { id, name, standard, auth, cipher, bits }
}

/// What there is of TLS 1.2, in OpenSSL's order of preference.
#[rustfmt::skip]
const TLS12: [Suite; 6] = [
    suite(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDSA", "AES256", 256),
    suite(CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "RSA", "AES256", 256),
    suite(CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDSA", "CHACHA20", 256),
    suite(CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "RSA", "CHACHA20", 256),
    suite(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDSA", "AES128", 128),
    suite(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "RSA", "AES128", 128),
];

const TLS13: [(&str, CipherSuite); 3] = [
    ("TLS_AES_256_GCM_SHA384", CipherSuite::TLS13_AES_256_GCM_SHA384),
    ("TLS_CHACHA20_POLY1305_SHA256", CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
    ("TLS_AES_128_GCM_SHA256", CipherSuite::TLS13_AES_128_GCM_SHA256),
];

impl Suite {
    /// Does the word mean this suite, alone or among others?
    fn is(&self, word: &str) -> bool {
        match word {
            "ALL" | "DEFAULT" | "HIGH" | "FIPS" | "TLSv1.2" | "AEAD" => true,
            "ECDHE" | "EECDH" | "kECDHE" | "kEECDH" | "ECDH" => true,
            "aECDSA" | "ECDSA" => self.auth == "ECDSA",
            "aRSA" => self.auth == "RSA",
            "AES" | "AESGCM" => self.cipher.starts_with("AES"),
            "AES128" | "AES256" | "CHACHA20" => self.cipher == word,
            "SUITEB128" | "SUITEB128ONLY" | "SUITEB192" => {
                let bits = if word == "SUITEB192" { 256 } else { 128 };
                self.auth == "ECDSA" && self.cipher != "CHACHA20" && (self.bits == bits || word == "SUITEB128")
            }
            _ => word == self.name || word == self.standard,
        }
    }

    /// Does the word, parts of which may be joined with `+`, mean this suite?
    fn matches(&self, word: &str) -> bool {
        word.split('+').all(|part| self.is(part))
    }
}

/// The suites that the two lists leave, the most preferred first. Words that would add suites but name none that there is are put into
/// `unknown`. The error says which list leaves nothing.
pub fn suites(
    tls12: Option<&str>,
    tls13: Option<&str>,
    known: &[SupportedCipherSuite],
    unknown: &mut Vec<String>,
) -> Result<Vec<SupportedCipherSuite>, String> {
    let mut ids: Vec<_> = match tls13 {
        None => TLS13.iter().map(|(_, id)| *id).collect(),
        Some(list) => list13(list, unknown),
    };
    if let Some(list) = tls13.filter(|_| ids.is_empty()) {
        return Err(nothing(list));
    }
    match tls12 {
        None => ids.extend(TLS12.iter().map(|suite| suite.id)),
        Some(list) => {
            let found = list12(list, unknown);
            if found.is_empty() {
                return Err(nothing(list));
            }
            ids.extend(found);
        }
    }
    Ok(ids.iter().filter_map(|id| known.iter().copied().find(|suite| suite.suite() == *id)).collect())
}

fn nothing(list: &str) -> String {
    format!("the cipher list \"{list}\" leaves no suite that there is")
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split([':', ',', ' ', ';']).filter(|word| !word.is_empty())
}

fn list13(list: &str, unknown: &mut Vec<String>) -> Vec<CipherSuite> {
    let mut found = Vec::new();
    for word in words(list) {
        match TLS13.iter().find(|(name, _)| *name == word) {
            Some((_, id)) if !found.contains(id) => found.push(*id),
            Some(_) => {}
            None => unknown.push(word.to_owned()),
        }
    }
    found
}

/// `X` adds, `-X` takes away, `!X` takes away for good, `+X` moves to the end.
fn list12(list: &str, unknown: &mut Vec<String>) -> Vec<CipherSuite> {
    let mut active: Vec<&Suite> = Vec::new();
    let mut killed: Vec<CipherSuite> = Vec::new();
    for word in words(list) {
        let (operator, name) = match word.as_bytes()[0] {
            sign @ (b'!' | b'-' | b'+') => (sign, &word[1..]),
            _ => (b' ', word),
        };
        match operator {
            b'!' => {
                killed.extend(TLS12.iter().filter(|suite| suite.matches(name)).map(|suite| suite.id));
                active.retain(|suite| !suite.matches(name));
            }
            b'-' => active.retain(|suite| !suite.matches(name)),
            b'+' => {
                let (moved, stay): (Vec<_>, Vec<_>) = active.iter().partition(|suite| suite.matches(name));
                active = stay.into_iter().chain(moved).collect();
            }
            // how strong keys must be is rustls' own matter
            _ if name.starts_with("@SECLEVEL=") => {}
            _ if name == "@STRENGTH" => active.sort_by_key(|suite| std::cmp::Reverse(suite.bits)),
            _ => {
                let (mut meant, mut any) = (Vec::new(), false);
                for suite in TLS12.iter().filter(|suite| suite.matches(name)) {
                    any = true;
                    if !killed.contains(&suite.id) && !active.iter().any(|other| other.id == suite.id) {
                        meant.push(suite);
                    }
                }
                if !any {
                    unknown.push(name.to_owned());
                }
                active.extend(meant);
            }
        }
    }
    active.iter().map(|suite| suite.id).collect()
}
