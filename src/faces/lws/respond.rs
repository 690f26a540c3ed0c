//! Heads of HTTP responses, and whole responses that the library makes itself.
use super::abi::lws_callback_reasons::LWS_CALLBACK_ADD_HEADERS;
use super::abi::{
    LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE, LWS_SERVER_OPTION_STS, lws_process_html_args,
};
use super::headers::with_head;
use super::log::lwsl_err;
use super::vhost::{Protocol, Vhost};
use super::write;
use super::wsi::{Phase, Role, Timer, Wsi, flag};
use crate::proto::http1::head::Method;
use crate::proto::http1::status;
use std::ffi::{CStr, c_char};
use std::io;

/// The program says so where it does not know how long the answer will be.
pub const LENGTH_UNKNOWN: u64 = u64::MAX;
/// In a code: do not add the server's name.
const NO_SERVER_NAME: u32 = 1 << 30;
const CODE: u32 = 0xffff;
/// What the option for security headers adds, as the original has it.
const SECURITY: [(&str, &str); 5] = [
    (
        "content-security-policy:",
        "default-src 'none'; img-src 'self' data: ; script-src 'self'; font-src 'self'; style-src 'self'; \
         connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none';form-action 'self';",
    ),
    ("x-content-type-options:", "nosniff"),
    ("x-xss-protection:", "1; mode=block"),
    ("x-frame-options:", "deny"),
    ("referrer-policy:", "no-referrer"),
];

/// Writes into room of a fixed size. Every step says `None` when there is not enough left.
pub struct Writer<'a> {
    room: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    /// Begins at the start of `room`.
    pub fn new(room: &'a mut [u8]) -> Self {
        Writer { room, len: 0 }
    }

    /// Goes on in room where `len` bytes are written.
    pub fn resume(room: &'a mut [u8], len: usize) -> Self {
        Writer { room, len }
    }

    /// How much was written.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Was nothing written?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Writes bytes as they are.
    pub fn text(&mut self, text: &[u8]) -> Option<()> {
        self.room.get_mut(self.len..self.len + text.len())?.copy_from_slice(text);
        self.len += text.len();
        Some(())
    }

    /// Writes a header line. `name` may end in the colon. What would end the line early is refused.
    pub fn header(&mut self, name: &[u8], value: &[u8]) -> Option<()> {
        if name.iter().chain(value).any(|c| matches!(c, b'\r' | b'\n' | 0)) {
            lwsl_err!("line break in a header that the program gave: refused");
            return None;
        }
        self.text(name)?;
        self.text(if name.ends_with(b":") { b" " } else { b": " })?;
        self.text(value)?;
        self.text(b"\r\n")
    }

    /// Writes a header whose value is a number. `name` is one of ours, with its colon.
    pub fn number(&mut self, name: &'static [u8], value: u64) -> Option<()> {
        self.text(name)?;
        self.text(b" ")?;
        self.text(itoa::Buffer::new().format(value).as_bytes())?;
        self.text(b"\r\n")
    }
}

/// Writes the status line and what every response of the vhost has.
pub fn add_status(wsi: &Wsi, code: u32, out: &mut Writer) -> Option<()> {
    let http11 = wsi.http.with(|http| http.as_ref().is_some_and(|http| http.head.http11));
    out.text(if http11 { b"HTTP/1.1 " } else { b"HTTP/1.0 " })?;
    out.text(itoa::Buffer::new().format(code & CODE).as_bytes())?;
    out.text(b" ")?;
    out.text(status::reason(code & CODE).as_bytes())?;
    out.text(b"\r\n")?;
    add_vhost_headers(wsi.vhost(), out)?;
    if wsi.vhost().option(LWS_SERVER_OPTION_STS) {
        out.header(b"Strict-Transport-Security:", b"max-age=15768000 ; includeSubDomains")?;
    }
    if wsi.vhost().option(LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE) {
        for (name, value) in SECURITY {
            out.header(name.as_bytes(), value.as_bytes())?;
        }
    }
    match &wsi.vhost().settings.server {
        Some(name) if code & NO_SERVER_NAME == 0 => out.header(b"server:", name.to_bytes()),
        _ => Some(()),
    }
}

/// Writes the headers that the vhost adds to every response.
pub fn add_vhost_headers(vhost: &Vhost, out: &mut Writer) -> Option<()> {
    // SAFETY: the list was given when the vhost was made, and by the API's contract stays valid.
    let mut entry = unsafe { vhost.settings.headers.as_ref() };
    while let Some(header) = entry {
        if !header.name.is_null() && !header.value.is_null() {
            // SAFETY: as above; both are C strings.
            let (name, value) = unsafe { (CStr::from_ptr(header.name), CStr::from_ptr(header.value)) };
            out.header(name.to_bytes(), value.to_bytes())?;
        }
        // SAFETY: as above.
        entry = unsafe { header.next.as_ref() };
    }
    Some(())
}

/// Writes the status, the type and the length: all that most answers need. Without a length the answer ends with
/// the connection.
pub fn add_common(wsi: &Wsi, code: u32, content_type: Option<&[u8]>, length: u64, out: &mut Writer) -> Option<()> {
    add_status(wsi, code, out)?;
    if let Some(content_type) = content_type {
        out.header(b"content-type:", content_type)?;
    }
    if length == LENGTH_UNKNOWN {
        wsi.set(flag::LAST_REQUEST);
        out.header(b"connection:", b"close")
    } else {
        out.number(b"content-length:", length)
    }
}

/// Has a protocol add header lines to the head of an answer. Returns how many bytes it has added to the beginning of
/// `room`; none where it refuses, ends the connection or oversteps its room. The last line end is not the program's:
/// room for it is left.
pub fn add_program_headers(wsi: &'static Wsi, protocol: &Protocol, room: &mut [u8]) -> Option<usize> {
    let start = room.as_mut_ptr();
    let free = room.len().checked_sub(2)?;
    let mut args =
        lws_process_html_args { p: start.cast::<c_char>(), len: 0, max_len: free as i32, r#final: 0, chunked: 0 };
    let input: *mut lws_process_html_args = &mut args;
    if protocol.call(wsi, LWS_CALLBACK_ADD_HEADERS, wsi.user.get(), input.cast(), 0) != 0 || !wsi.is_open() {
        return None;
    }
    let added = (args.p as usize).wrapping_sub(start as usize);
    if added > free {
        lwsl_err!("headers added by the program overrun their room");
        return None;
    }
    Some(added)
}

/// Sends a whole answer that leads elsewhere.
pub fn redirect(wsi: &'static Wsi, code: u32, location: &[u8]) -> io::Result<()> {
    let mut room = vec![0; 2048 + location.len()];
    let mut out = Writer::new(&mut room);
    match compose_redirect(wsi, code, location, &mut out) {
        Some(()) => {
            let len = out.len();
            write::queue(wsi, &room[..len], &[])
        }
        None => Err(io::ErrorKind::OutOfMemory.into()),
    }
}

/// Writes the head of an answer that leads elsewhere.
pub fn compose_redirect(wsi: &Wsi, code: u32, location: &[u8], out: &mut Writer) -> Option<()> {
    add_status(wsi, code, out)?;
    out.header(b"location:", location)?;
    out.header(b"content-type:", b"text/html")?;
    out.number(b"content-length:", 0)?;
    out.text(b"\r\n")
}

/// Sends a part of an answer.
pub fn send(wsi: &'static Wsi, bytes: &[u8]) -> io::Result<()> {
    if wsi.role() == Role::Http && matches!(wsi.phase(), Phase::Answering | Phase::Body) && !wsi.has(flag::LASTING) {
        wsi.set_timer(Timer::Timeout, wsi.context().timeout());
    }
    write::queue(wsi, bytes, &[])
}

/// Sends a whole answer that only says how it went. Where the vhost has a document for what is not found, 404 leads
/// there.
pub fn status(wsi: &'static Wsi, code: u32, body: Option<&[u8]>) -> io::Result<()> {
    if code & CODE == 404
        && let Some(document) = &wsi.vhost().settings.error_document_404
        // the document itself may be missing too
        && with_head(wsi, |head| head.at(&head.path) != document.to_bytes()).unwrap_or(false)
    {
        return redirect(wsi, 302, document.to_bytes());
    }
    let mut page = Vec::with_capacity(256);
    page.extend_from_slice(
        b"<html><head><meta charset=utf-8 http-equiv=\"Content-Language\" content=\"en\"/>\
          <link rel=\"stylesheet\" type=\"text/css\" href=\"/error.css\"/></head><body><h1>",
    );
    page.extend_from_slice((code & CODE).to_string().as_bytes());
    page.extend_from_slice(b"</h1>");
    page.extend_from_slice(body.unwrap_or_default());
    page.extend_from_slice(b"</body></html>");
    let mut room = [0; 2048];
    let mut out = Writer::new(&mut room);
    let composed = add_common(wsi, code, Some(b"text/html"), page.len() as u64, &mut out)
        .and_then(|()| if code & CODE == 426 { out.header(b"sec-websocket-version:", b"13") } else { Some(()) })
        .and_then(|()| out.text(b"\r\n"));
    if composed.is_none() {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    let len = out.len();
    let head_only = wsi.http.with(|http| http.as_ref().is_some_and(|http| http.head.method == Method::Head));
    write::queue(wsi, &room[..len], if head_only { &[] } else { &page })
}
