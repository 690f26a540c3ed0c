//! Mounts: the parts of a vhost's URL space that the library answers, or that another protocol does.
use super::abi::{
    self, lws_callback_reasons::LWS_CALLBACK_CHECK_ACCESS_RIGHTS, lws_http_mount, lws_mount_protocols,
    lws_process_html_args,
};
use super::basic_auth::{self, Verdict};
use super::headers::with_head;
use super::log::{lwsl_err, lwsl_warn};
use super::respond::{self, Writer};
use super::serve::{self, Begun, Manner};
use super::user::{self, Bound};
use super::vfs::{self, Failure, Opened};
use super::vhost::{Protocol, Vhost};
use super::wsi::{Wsi, flag};
use super::{close, mime, request};
use crate::proto::http1::head::Method;
use crate::proto::http1::tokens;
use std::ffi::{CStr, CString, c_char, c_int};

/// More mounts than this are taken for a list without an end.
const MOUNTS_MAX: usize = 1024;

const FILE: u8 = lws_mount_protocols::LWSMPRO_FILE as u8;
const CGI: u8 = lws_mount_protocols::LWSMPRO_CGI as u8;
const REDIRECT: u8 = lws_mount_protocols::LWSMPRO_REDIR_HTTP as u8;
const REDIRECT_TLS: u8 = lws_mount_protocols::LWSMPRO_REDIR_HTTPS as u8;
const CALLBACK: u8 = lws_mount_protocols::LWSMPRO_CALLBACK as u8;

/// How long a mount's files may be kept.
#[derive(Clone, Copy, Default)]
pub struct Cache {
    max_age: u32,
    flags: u8,
}

impl Cache {
    /// Writes the header that says so.
    pub fn write_to(self, out: &mut Writer) -> Option<()> {
        let has = |flag| self.flags & flag != 0;
        if self.max_age == 0 || !has(lws_http_mount::CACHE_REUSABLE) {
            return out.header(b"cache-control:", b"no-store");
        }
        let ask = if has(lws_http_mount::CACHE_REVALIDATE) { "must-revalidate, " } else { "" };
        let who = if has(lws_http_mount::CACHE_INTERMEDIARIES) { "public" } else { "private" };
        out.header(b"cache-control:", format!("{ask}{who}, max-age={}", self.max_age).as_bytes())
    }
}

/// What a mount leaves to do.
#[derive(PartialEq, Eq)]
pub enum Next {
    /// Nothing: the request is answered, or on its way to be, or the connection is gone.
    Nothing,
    /// The callback is asked, with the path behind so many bytes.
    Callback(usize),
}

fn mounts(vhost: &Vhost) -> impl Iterator<Item = &'static lws_http_mount> {
    // SAFETY: null, or a list that ends with null and by the API's contract lasts as long as the vhost.
    let first = unsafe { vhost.settings.mounts.as_ref() };
    // SAFETY: as above.
    std::iter::successors(first, |mount| unsafe { mount.mount_next.as_ref() }).take(MOUNTS_MAX)
}

fn text(text: *const c_char) -> Option<&'static CStr> {
    // SAFETY: a mount's strings are null or C strings that last as long as the mount.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })
}

/// Where the mount begins, without a slash at its end.
fn mountpoint(mount: &lws_http_mount) -> &'static [u8] {
    let point = text(mount.mountpoint).map_or(&[][..], CStr::to_bytes);
    let point = &point[..point.len().min(mount.mountpoint_len.into())];
    point.strip_suffix(b"/").unwrap_or(point)
}

/// Says what a vhost's mounts ask for that is not there.
pub fn check(vhost: &Vhost) {
    for mount in mounts(vhost) {
        let name = text(mount.mountpoint).unwrap_or_default().to_string_lossy();
        match mount.origin_protocol {
            FILE | REDIRECT | REDIRECT_TLS | CALLBACK => {}
            CGI => lwsl_err!("mount {name}: there is no CGI: its requests go to the callback"),
            _ => lwsl_err!("mount {name}: requests are not passed on to other servers: they go to the callback"),
        }
        if mount.mountpoint_len == 0 || mount.mountpoint.is_null() {
            lwsl_warn!("mount {name}: without mountpoint or mountpoint_len it is never used");
        }
    }
}

/// The mount that a request is for: the one with the longest mountpoint. Only GET, HEAD and POST get to files.
pub fn find(wsi: &Wsi) -> Option<&'static lws_http_mount> {
    let vhost = wsi.vhost();
    if vhost.settings.mounts.is_null() {
        return None;
    }
    with_head(wsi, |head| {
        let path = head.at(&head.path);
        let plain = matches!(head.method, Method::Get | Method::Head | Method::Post);
        let mut best: Option<(&lws_http_mount, usize)> = None;
        for mount in mounts(vhost).filter(|mount| mount.mountpoint_len > 0) {
            let point = mountpoint(mount);
            let covers = path.strip_prefix(point).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
                && (plain || matches!(mount.origin_protocol, CALLBACK | CGI));
            // of two that are equal the first counts
            if covers && best.is_none_or(|(_, len)| len < point.len()) {
                best = Some((mount, point.len()));
            }
        }
        best.map(|(mount, _)| mount)
    })
    .flatten()
}

/// Answers with a redirection, where the mount is one or its slash is missing. Was that so?
pub fn redirect(wsi: &'static Wsi, mount: &lws_http_mount) -> bool {
    let point = mountpoint(mount);
    let elsewhere = match mount.origin_protocol {
        REDIRECT => Some("http://"),
        REDIRECT_TLS => Some("https://"),
        CALLBACK | CGI => return false,
        _ => None,
    };
    let location = with_head(wsi, |head| match elsewhere {
        Some(scheme) => Some([scheme.as_bytes(), text(mount.origin)?.to_bytes()].concat()),
        None if point.is_empty() || head.at(&head.path).len() > point.len() => None,
        None => Some(match head.value(tokens::HOST).filter(|host| !host.is_empty()) {
            Some(host) if wsi.has(flag::SECURE) => [b"https://", host, point, b"/"].concat(),
            Some(host) => [b"http://", host, point, b"/"].concat(),
            None => [point, b"/"].concat(),
        }),
    });
    let Some(location) = location.flatten() else { return false };
    if respond::redirect(wsi, 301, &location).is_err() {
        close::failed(wsi);
        return true;
    }
    request::transaction_completed(wsi);
    true
}

/// Answers a request for a mount, as far as the mount does.
pub fn answer(wsi: &'static Wsi, mount: &'static lws_http_mount) -> Next {
    let kind = mount.origin_protocol;
    let by_callback =
        mount.auth_mask & abi::AUTH_MODE_MASK == abi::lws_authentication_mode::LWSAUTHM_BASIC_AUTH_CALLBACK as u32;
    match basic_auth::check(wsi, text(mount.basic_auth_login_file), by_callback) {
        Verdict::Granted => {}
        refusal => {
            basic_auth::refuse(wsi, refusal);
            return Next::Nothing;
        }
    }
    let named = text(mount.protocol);
    let skip = if named.is_some() { mountpoint(mount).len() } else { 0 };
    let cache = Cache { max_age: mount.cache_max_age.max(0) as u32, flags: mount.cache_flags };
    let method = wsi.http.with(|http| {
        http.as_mut().map(|http| {
            http.cache = cache;
            http.head.method
        })
    });
    if let Some(name) = named.or_else(|| text(mount.origin).filter(|_| kind == CALLBACK)) {
        let Some(protocol) = wsi.vhost().protocol(name.to_bytes()) else {
            lwsl_err!("a mount names the protocol {}, which the vhost has not", name.to_string_lossy());
            return finish(wsi, 500);
        };
        if user::bind(wsi, protocol) != Bound::Yes {
            if wsi.is_open() {
                close::now(wsi);
            }
            return Next::Nothing;
        }
        if !wsi.is_open() || !has_rights(wsi, protocol, mount) {
            return Next::Nothing;
        }
    }
    if kind == FILE && !(named.is_some() && method == Some(Method::Post)) && file(wsi, mount) {
        return Next::Nothing;
    }
    Next::Callback(skip)
}

/// Asks the mount's protocol. If it refuses, the answer is given.
fn has_rights(wsi: &'static Wsi, protocol: &Protocol, mount: &lws_http_mount) -> bool {
    let mut none: c_char = 0;
    let (path, len) = request::path(wsi, 0).map_or((&raw mut none, 0), |(path, len)| (path.cast(), len));
    let mut args = lws_process_html_args {
        p: path,
        len: len as c_int,
        max_len: (mount.auth_mask & !abi::AUTH_MODE_MASK) as c_int,
        r#final: 0,
        chunked: 0,
    };
    let input: *mut lws_process_html_args = &mut args;
    let refused = protocol.call(wsi, LWS_CALLBACK_CHECK_ACCESS_RIGHTS, wsi.user.get(), input.cast(), 0) != 0;
    if !wsi.is_open() {
        return false;
    }
    if refused {
        match respond::status(wsi, 401, None) {
            Ok(()) => close::by_program(wsi),
            Err(_) => close::failed(wsi),
        }
    }
    !refused
}

/// Answers with a status alone.
fn finish(wsi: &'static Wsi, code: u32) -> Next {
    match respond::status(wsi, code, None) {
        Ok(()) => drop(request::transaction_completed(wsi)),
        Err(_) => close::failed(wsi),
    }
    Next::Nothing
}

/// Serves the file that the request is for. False when there is none.
fn file(wsi: &'static Wsi, mount: &'static lws_http_mount) -> bool {
    let Some(origin) = text(mount.origin) else { return false };
    let default = text(mount.def).unwrap_or(c"index.html").to_bytes();
    let path = with_head(wsi, |head| {
        let rest = head.at(&head.path).get(mountpoint(mount).len()..)?;
        // the path is free of `..` since it was decoded; what would break that must not lead out of the mount
        if rest.split(|&c| c == b'/').any(|segment| segment == b"..") {
            return None;
        }
        let rest = if matches!(rest, b"" | b"/") { default } else { rest };
        let slash: &[u8] = if rest.first() == Some(&b'/') { b"" } else { b"/" };
        let mut path = Vec::with_capacity(origin.to_bytes().len() + rest.len() + 16);
        path.extend_from_slice(origin.to_bytes());
        path.extend_from_slice(slash);
        path.extend_from_slice(rest);
        Some((path, accepts_gzip(head)))
    });
    let Some((path, gzip)) = path.flatten() else { return false };
    let Some((opened, path)) = open(wsi, path, default, gzip) else { return false };
    if !wsi.is_open() {
        return true;
    }
    let path = path.to_bytes();
    let Some(content_type) = mime::of(path, Some(mount)) else {
        drop(opened);
        if wsi.is_open() {
            finish(wsi, 415);
        }
        return true;
    };
    // SAFETY: a mount's list.
    let rewrites = unsafe { mime::options(mount.interpret) }
        .find(|(suffix, _)| path.len() > suffix.to_bytes().len() && path.ends_with(suffix.to_bytes()));
    let rewrites = match rewrites.map(|(_, name)| (name, wsi.vhost().protocol(name.to_bytes()))) {
        None => None,
        Some((_, Some(protocol))) => Some(protocol),
        Some((name, None)) => {
            lwsl_err!("a mount has {} rewrite its files, which the vhost has not", name.to_string_lossy());
            drop(opened);
            finish(wsi, 500);
            return true;
        }
    };
    if let Some(protocol) = rewrites
        && user::bind(wsi, protocol) != Bound::Yes
        && wsi.is_open()
    {
        close::now(wsi);
    }
    if !wsi.is_open() {
        return true;
    }
    let adds_headers = text(mount.protocol).map(|_| wsi.protocol());
    let manner = Manner { content_type: Some(content_type.to_bytes()), other_headers: &[], adds_headers, rewrites };
    match serve::begin(wsi, opened, manner) {
        Begun::Serving(serving) => {
            serve::start(wsi, serving);
            serve::go_on(wsi);
        }
        Begun::Complete => drop(request::transaction_completed(wsi)),
        Begun::Failed if wsi.is_open() => close::now(wsi),
        Begun::Failed => {}
    }
    true
}

/// May the content be compressed?
pub fn accepts_gzip(head: &crate::proto::http1::head::Head) -> bool {
    head.lists(tokens::ACCEPT_ENCODING, "gzip")
}

/// Opens a file; of a directory its file `default`. Also gives the path that was opened.
fn open(wsi: &'static Wsi, path: Vec<u8>, default: &[u8], gzip: bool) -> Option<(Opened, CString)> {
    let files = &wsi.vhost().context.files;
    let path = CString::new(path).ok()?;
    match vfs::open(files, &path, gzip) {
        Ok(opened) => Some((opened, path)),
        Err(Failure::Missing) => None,
        Err(Failure::Directory) => {
            let mut path = path.into_bytes();
            path.extend_from_slice(if path.ends_with(b"/") { b"" } else { b"/" });
            path.extend_from_slice(default);
            let path = CString::new(path).ok()?;
            vfs::open(files, &path, gzip).ok().map(|opened| (opened, path))
        }
    }
}
