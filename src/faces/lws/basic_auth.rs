//! Passwords: HTTP's Basic authentication (RFC 7617).
use super::abi::lws_callback_reasons::LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION;
use super::headers::with_head;
use super::log::lwsl_err;
use super::respond::{self, Writer};
use super::wsi::Wsi;
use super::{base64, close, request, write};
use crate::proto::http1::tokens;
use std::ffi::{CStr, CString, OsStr};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;

/// What is longer is no file of passwords.
const FILE_MAX: u64 = 1 << 20;

/// Whether a request may go on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Granted,
    /// The password is missing or wrong.
    Refused,
    /// What was given is no name and password.
    Malformed,
    /// The callback has ended the connection.
    Gone,
}

/// Checks the name and password of a request against a file with a line `name:password` for each, or by asking the
/// program. Where there is neither, everybody may. When it is granted, the program finds the name in the request's
/// header.
pub fn check(wsi: &'static Wsi, file: Option<&CStr>, by_callback: bool) -> Verdict {
    if file.is_none() && !by_callback {
        return Verdict::Granted;
    }
    let credentials = match with_head(wsi, |head| head.value(tokens::AUTHORIZATION).map(decode)).flatten() {
        None => return Verdict::Refused,
        Some(None) => return Verdict::Malformed,
        Some(Some(credentials)) => credentials,
    };
    let granted = if by_callback {
        let (input, len) = (credentials.as_ptr().cast_mut().cast(), credentials.as_bytes().len());
        let answer = wsi.protocol().call(wsi, LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION, wsi.user.get(), input, len);
        if !wsi.is_open() {
            return Verdict::Gone;
        }
        answer != 0
    } else {
        file.is_some_and(|file| stands_in(file, credentials.as_bytes()))
    };
    if !granted {
        return Verdict::Refused;
    }
    let name = credentials.as_bytes().split(|&c| c == b':').next().unwrap_or_default();
    wsi.http.with(|http| {
        if let Some(http) = http {
            http.head.set_value(tokens::AUTHORIZATION, name);
        }
    });
    Verdict::Granted
}

/// `name:password` out of the header's value.
fn decode(value: &[u8]) -> Option<CString> {
    let space = value.iter().position(|&c| c == b' ')?;
    if !value[..space].eq_ignore_ascii_case(b"basic") {
        return None;
    }
    let text = value[space..].trim_ascii();
    let mut plain = vec![0; text.len() + 5];
    let len = base64::decode(text, &mut plain);
    plain.truncate(len);
    plain.contains(&b':').then(|| CString::new(plain).ok()).flatten()
}

/// Is this one of the file's lines?
fn stands_in(file: &CStr, credentials: &[u8]) -> bool {
    let mut lines = Vec::new();
    let read = File::open(OsStr::from_bytes(file.to_bytes())).and_then(|f| f.take(FILE_MAX).read_to_end(&mut lines));
    if let Err(e) = read {
        lwsl_err!("passwords {}: {e}", file.to_string_lossy());
        return false;
    }
    let lines = lines.split(|&c| c == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    // all are compared, in the same time wherever they differ
    lines.fold(false, |found, line| found | same(line, credentials))
}

fn same(a: &[u8], b: &[u8]) -> bool {
    let differing = a.iter().zip(b).fold(0, |differing, (a, b)| differing | (a ^ b));
    std::hint::black_box(differing) == 0 && a.len() == b.len()
}

/// Answers a request that may not go on; the connection stays for the next.
pub fn refuse(wsi: &'static Wsi, verdict: Verdict) {
    let answered = match verdict {
        Verdict::Granted | Verdict::Gone => return,
        Verdict::Refused => ask_for_password(wsi),
        Verdict::Malformed => respond::status(wsi, 403, None),
    };
    match answered {
        Ok(()) => drop(request::transaction_completed(wsi)),
        Err(_) => close::failed(wsi),
    }
}

/// Answers that a password is wanted.
fn ask_for_password(wsi: &'static Wsi) -> io::Result<()> {
    let mut room = [0; 2048];
    let mut out = Writer::new(&mut room);
    let composed = respond::add_status(wsi, 401, &mut out)
        .and_then(|()| out.header(b"www-authenticate:", b"Basic realm=\"lwsws\""))
        .and_then(|()| out.number(b"content-length:", 0))
        .and_then(|()| out.text(b"\r\n"));
    let len = out.len();
    match composed {
        Some(()) => write::queue(wsi, &room[..len], &[]),
        None => Err(io::ErrorKind::OutOfMemory.into()),
    }
}
