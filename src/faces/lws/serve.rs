//! Files as answers: the head that a file gets, and the file's way out.
use super::abi::lws_callback_reasons::LWS_CALLBACK_HTTP_FILE_COMPLETION;
use super::headers::with_head;
use super::interpret::Rewriting;
use super::log::{lwsl_err, lwsl_info};
use super::respond::{self, Writer};
use super::vfs::{self, File, Opened};
use super::vhost::Protocol;
use super::wsi::{Phase, Role, Timer, Wsi, flag};
use super::{close, mount, request, write};
use crate::engine::{cork, file, sock};
use crate::proto::http1::head::{Head, Method};
use crate::proto::http1::ranges::{self, Asked};
use crate::proto::http1::{conditional, tokens};
use std::ffi::{CStr, c_int};
use std::ops::Range;
use std::os::fd::AsFd;
use std::ptr;

/// What is left of a file is gathered with the head, or read for want of a better way, up to this size; more is sent by
/// the kernel from the file itself.
const GATHERED: u64 = 48 * 1024;
/// So much in one pass before others have their turn.
const BUDGET: u64 = 1 << 20;
/// A program's file is read in such pieces.
const PIECE: usize = 16 * 1024;

/// A file on its way out.
pub struct Serving {
    file: File,
    /// Where the next byte is.
    at: u64,
    /// How many bytes of the present part are still to go.
    left: u64,
    /// The parts behind it, last first: what stands before each, and which part of the file it is.
    more: Vec<(Vec<u8>, Range<u64>)>,
    /// Does the kernel refuse to send this file itself?
    by_hand: bool,
    rewriting: Option<Rewriting>,
}

/// How a file is to be served.
#[derive(Default)]
pub struct Manner<'a> {
    /// The type of its content; none is said where it is none.
    pub content_type: Option<&'a [u8]>,
    /// Header lines of the program.
    pub other_headers: &'a [u8],
    /// The protocol that may add headers.
    pub adds_headers: Option<&'static Protocol>,
    /// The protocol that rewrites the content.
    pub rewrites: Option<&'static Protocol>,
}

/// What has become of an answer.
pub enum Begun {
    /// The head is out, the content follows: [`go_on`].
    Serving(Box<Serving>),
    /// All of it is out.
    Complete,
    /// The connection has failed, or the program refuses.
    Failed,
}

/// What part of a file the request gets.
enum Plan {
    Whole,
    Current,
    Unsatisfiable,
    Part(Range<u64>),
    Parts(Vec<Range<u64>>, String),
}

/// Sends the head of an answer with a file. May call the program.
pub fn begin(wsi: &'static Wsi, opened: Opened, manner: Manner) -> Begun {
    let own_tag = !names(manner.other_headers, b"etag");
    let etag = opened.modified.filter(|_| own_tag).map(|time| conditional::etag(opened.len, time));
    let rewritten = manner.rewrites.is_some();
    let Some((plan, head_only)) =
        with_head(wsi, |head| (plan(head, &opened, etag.as_deref(), rewritten), head.method == Method::Head))
    else {
        return Begun::Failed;
    };
    let mut room = wsi.context().take_room();
    room.resize(room.len() + manner.other_headers.len(), 0);
    let mut more = Vec::new();
    let composed = compose(wsi, &opened, &manner, etag.as_deref(), &plan, &mut more, &mut room);
    let sent = composed.map(|len| respond::send(wsi, &room[..len]));
    wsi.context().keep_room(room);
    if !matches!(sent, Some(Ok(()))) || !wsi.is_open() {
        return Begun::Failed;
    }
    let part = match plan {
        _ if head_only => return Begun::Complete,
        Plan::Current | Plan::Unsatisfiable => return Begun::Complete,
        Plan::Whole => 0..opened.len,
        Plan::Part(part) => part,
        Plan::Parts(..) => 0..0,
    };
    let chunked = with_head(wsi, |head| head.http11).unwrap_or(false);
    Begun::Serving(Box::new(Serving {
        file: opened.file,
        at: part.start,
        left: part.end - part.start,
        more,
        by_hand: false,
        rewriting: manner.rewrites.map(|protocol| Rewriting::new(protocol, chunked)),
    }))
}

fn plan(head: &Head, opened: &Opened, etag: Option<&str>, rewritten: bool) -> Plan {
    if !matches!(head.method, Method::Get | Method::Head) {
        return Plan::Whole;
    }
    // all values of a list are one list, however many lines it stands in
    let none_match: Vec<&[u8]> = head.values(tokens::IF_NONE_MATCH).collect();
    let none_match = (!none_match.is_empty()).then(|| none_match.join(&b","[..]));
    let since = head.value(tokens::IF_MODIFIED_SINCE);
    if etag.is_some_and(|tag| conditional::is_current(none_match.as_deref(), since, tag, opened.modified)) {
        return Plan::Current;
    }
    let Some(range) = head.value(tokens::RANGE).filter(|_| head.method == Method::Get && !rewritten) else {
        return Plan::Whole;
    };
    let applies = |v| etag.is_some_and(|tag| conditional::range_applies(v, tag, opened.modified));
    if head.value(tokens::IF_RANGE).is_some_and(|v| !applies(v)) {
        return Plan::Whole;
    }
    match ranges::parse(range, opened.len) {
        Asked::Whole => Plan::Whole,
        Asked::Unsatisfiable => Plan::Unsatisfiable,
        Asked::Parts(mut parts) if parts.len() == 1 => Plan::Part(parts.remove(0)),
        Asked::Parts(parts) => Plan::Parts(parts, format!("{:016x}", std::hash::BuildHasher::hash_one(&random(), 0))),
    }
}

/// A boundary must not be guessed by who writes the content.
fn random() -> std::collections::hash_map::RandomState {
    std::collections::hash_map::RandomState::new()
}

/// Writes the head, and what stands between the parts of the content to `more`. None when it does not fit, or the
/// program refuses.
fn compose(
    wsi: &'static Wsi,
    opened: &Opened,
    manner: &Manner,
    etag: Option<&str>,
    plan: &Plan,
    more: &mut Vec<(Vec<u8>, Range<u64>)>,
    room: &mut [u8],
) -> Option<usize> {
    let cache = wsi.http.with(|http| http.as_ref().map(|http| http.cache)).unwrap_or_default();
    let modified = opened.modified.filter(|_| !names(manner.other_headers, b"last-modified"));
    let modified = modified.and_then(conditional::date);
    let mut out = Writer::new(room);
    let size = opened.len;
    let code = match plan {
        Plan::Whole => 200,
        Plan::Current => 304,
        Plan::Unsatisfiable => 416,
        Plan::Part(_) | Plan::Parts(..) => 206,
    };
    respond::add_status(wsi, code, &mut out)?;
    if code < 300 {
        match plan {
            Plan::Parts(_, boundary) => {
                out.header(b"content-type:", format!("multipart/byteranges; boundary={boundary}").as_bytes())?
            }
            _ => manner.content_type.map_or(Some(()), |name| out.header(b"content-type:", name))?,
        }
        if opened.gzip {
            out.header(b"content-encoding:", b"gzip")?;
        }
    }
    match plan {
        Plan::Current => {}
        Plan::Whole if manner.rewrites.is_some() => {}
        Plan::Whole => out.number(b"content-length:", size)?,
        Plan::Unsatisfiable => {
            out.number(b"content-length:", 0)?;
            out.header(b"content-range:", format!("bytes */{size}").as_bytes())?;
        }
        Plan::Part(part) => {
            out.number(b"content-length:", part.end - part.start)?;
            out.header(b"content-range:", span(part, size).as_bytes())?;
        }
        Plan::Parts(parts, boundary) => {
            *more = multipart(parts, size, manner.content_type, boundary);
            let length = more.iter().map(|(before, part)| before.len() as u64 + part.end - part.start).sum();
            out.number(b"content-length:", length)?;
        }
    }
    let caching = !names(manner.other_headers, b"cache-control");
    if caching && code != 304 {
        cache.write_to(&mut out)?;
    }
    if let Some(etag) = etag {
        out.header(b"etag:", etag.as_bytes())?;
    }
    if caching && code == 304 {
        cache.write_to(&mut out)?;
    }
    if let Some(modified) = modified {
        out.header(b"last-modified:", modified.as_bytes())?;
    }
    if manner.rewrites.is_none() && code < 300 {
        out.header(b"accept-ranges:", b"bytes")?;
    }
    if !manner.other_headers.is_empty() {
        // lines of the program must not end the head
        out.text(manner.other_headers.trim_ascii())?;
        out.text(b"\r\n")?;
    }
    if let Some(protocol) = manner.adds_headers.filter(|_| code < 300) {
        let at = out.len();
        let added = respond::add_program_headers(wsi, protocol, &mut room[at..])?;
        out = Writer::resume(room, at + added);
    }
    if manner.rewrites.is_some() && code < 300 {
        if with_head(wsi, |head| head.http11)? {
            out.header(b"transfer-encoding:", b"chunked")?;
        } else {
            wsi.set(flag::LAST_REQUEST); // the end of the stream is the end of the content
            out.header(b"connection:", b"close")?;
        }
    }
    out.text(b"\r\n")?;
    Some(out.len())
}

fn span(part: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", part.start, part.end - 1)
}

/// What stands before the parts of a multipart content, and behind the last, with the parts; last first.
fn multipart(
    parts: &[Range<u64>],
    size: u64,
    content_type: Option<&[u8]>,
    boundary: &str,
) -> Vec<(Vec<u8>, Range<u64>)> {
    let mut all = vec![(format!("\r\n--{boundary}--\r\n").into_bytes(), 0..0)];
    for (i, part) in parts.iter().enumerate().rev() {
        let mut before = format!("{}--{boundary}\r\n", if i == 0 { "" } else { "\r\n" }).into_bytes();
        if let Some(content_type) = content_type {
            before.extend_from_slice(b"content-type: ");
            before.extend_from_slice(content_type);
            before.extend_from_slice(b"\r\n");
        }
        before.extend_from_slice(format!("content-range: {}\r\n\r\n", span(part, size)).as_bytes());
        all.push((before, part.clone()));
    }
    all
}

/// Is there a header of this name, in lower case, among some header lines?
fn names(lines: &[u8], name: &[u8]) -> bool {
    lines.split(|&c| c == b'\n').any(|line| {
        line.split_at_checked(name.len())
            .is_some_and(|(n, rest)| n.eq_ignore_ascii_case(name) && rest.starts_with(b":"))
    })
}

/// Is a file on its way out?
pub fn is_serving(wsi: &Wsi) -> bool {
    wsi.role() == Role::Http && wsi.http.with(|http| http.as_ref().is_some_and(|http| http.serving.is_some()))
}

/// A file begins its way out; it goes on when the connection is writeable.
pub fn start(wsi: &'static Wsi, serving: Box<Serving>) {
    let left = wsi.http.with(|http| match http {
        Some(http) => http.serving.replace(serving),
        None => Some(serving),
    });
    // closing a file may call the program
    drop(left);
    wsi.ask();
}

/// Answers a request with a file, as `lws_serve_http_file` does; its return value.
pub fn serve(wsi: &'static Wsi, path: &CStr, manner: Manner) -> c_int {
    let answerable = matches!(wsi.phase(), Phase::Answering | Phase::Body | Phase::Upgrading);
    if wsi.role() != Role::Http || !answerable || wsi.has(flag::DONE) || is_serving(wsi) {
        lwsl_err!("lws_serve_http_file: there is no request to answer");
        return -1;
    }
    let gzip = with_head(wsi, mount::accepts_gzip).unwrap_or(false);
    let opened = vfs::open(&wsi.vhost().context.files, path, gzip);
    if !wsi.is_open() {
        return -1;
    }
    let Ok(opened) = opened else {
        lwsl_info!("{}: no file", path.to_string_lossy());
        return if respond::status(wsi, 404, None).is_ok() { 1 } else { -1 };
    };
    match begin(wsi, opened, manner) {
        Begun::Serving(serving) => {
            start(wsi, serving);
            0
        }
        Begun::Complete => -c_int::from(request::transaction_completed(wsi)),
        Begun::Failed => -1,
    }
}

/// How far a file has come.
enum Progress {
    /// There is more, when the connection takes it or the others had their turn.
    More,
    Done,
    /// What was announced cannot be sent.
    Broken,
    /// The connection has failed.
    Failed,
}

/// Sends more of the file under way, and ends the answer behind it. May call the program.
pub fn go_on(wsi: &'static Wsi) {
    let serving = wsi.http.with(|http| http.as_mut().and_then(|http| http.serving.take()));
    let Some(mut serving) = serving else { return };
    wsi.clear(flag::WANT_WRITE);
    let progress = serving.advance(wsi);
    if !wsi.is_open() {
        return;
    }
    match progress {
        Progress::More => {
            wsi.set_timer(Timer::Timeout, wsi.context().timeout());
            start(wsi, serving);
        }
        Progress::Done => {
            drop(serving);
            if wsi.is_open() {
                completed(wsi);
            }
        }
        Progress::Broken => {
            lwsl_info!("a file could not be sent as announced");
            close::now(wsi);
        }
        Progress::Failed => close::failed(wsi),
    }
}

/// A file is out: the program hears of it, and the transaction ends, if the program does not end it itself.
fn completed(wsi: &'static Wsi) {
    let reason = LWS_CALLBACK_HTTP_FILE_COMPLETION;
    let answer = wsi.protocol().call(wsi, reason, wsi.user.get(), ptr::null_mut(), 0);
    if !wsi.is_open() {
        return;
    }
    if answer < 0 {
        return close::by_program(wsi);
    }
    let under_way = wsi.http.with(|http| http.is_some()) && !wsi.has(flag::DONE);
    if under_way && matches!(wsi.phase(), Phase::Answering | Phase::Body) {
        request::transaction_completed(wsi);
    }
}

impl Serving {
    fn advance(&mut self, wsi: &'static Wsi) -> Progress {
        if self.rewriting.is_some() {
            return self.rewrite(wsi);
        }
        let mut spent = 0;
        loop {
            if self.left == 0 {
                let Some((before, part)) = self.more.pop() else { return Progress::Done };
                (self.at, self.left) = (part.start, part.end - part.start);
                if write::queue(wsi, &before, &[]).is_err() {
                    return Progress::Failed;
                }
                continue;
            }
            if wsi.has(flag::CHOKED) || spent >= BUDGET {
                return Progress::More;
            }
            let step = match &mut self.file {
                File::Plain(fd) => send_plain(wsi, fd.as_fd(), self.at, self.left, &mut self.by_hand),
                File::Program(_) => self.send_read(wsi),
            };
            match step {
                Ok(n) => {
                    self.at += n;
                    self.left -= n;
                    spent += n.max(1);
                }
                Err(progress) => return progress,
            }
            if !wsi.is_open() {
                return Progress::Done;
            }
        }
    }

    /// Sends a piece of a file that functions of the program read.
    fn send_read(&mut self, wsi: &'static Wsi) -> Result<u64, Progress> {
        let mut piece = [0; PIECE];
        let want = PIECE.min(usize::try_from(self.left).unwrap_or(PIECE));
        let n = self.file.read(&mut piece[..want], self.at).map_err(|_| Progress::Broken)?;
        if n == 0 {
            return Err(Progress::Broken);
        }
        if wsi.is_open() && write::queue(wsi, &piece[..n], &[]).is_err() {
            return Err(Progress::Failed);
        }
        Ok(n as u64)
    }

    /// Sends pieces of the file as the program rewrites them.
    fn rewrite(&mut self, wsi: &'static Wsi) -> Progress {
        let Some(rewriting) = &mut self.rewriting else { return Progress::Broken };
        let mut spent = 0;
        while self.left > 0 {
            if wsi.has(flag::CHOKED) || spent >= BUDGET {
                return Progress::More;
            }
            let room = rewriting.room();
            let want = room.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            let n = match self.file.read(&mut room[..want], self.at) {
                Ok(n) if n > 0 => n,
                _ => return Progress::Broken,
            };
            self.at += n as u64;
            self.left -= n as u64;
            spent += n as u64;
            match rewriting.piece(wsi, n, self.left == 0) {
                Some(rewritten) if write::queue(wsi, rewritten, &[]).is_ok() => {}
                Some(_) => return Progress::Failed,
                None => return Progress::Broken,
            }
        }
        match write::queue(wsi, rewriting.end(), &[]) {
            Ok(()) => Progress::Done,
            Err(_) => Progress::Failed,
        }
    }
}

/// Sends a piece of a file of the file system. Returns its length.
fn send_plain(
    wsi: &'static Wsi,
    file: std::os::fd::BorrowedFd,
    at: u64,
    left: u64,
    by_hand: &mut bool,
) -> Result<u64, Progress> {
    let gathered = write::gathered(wsi);
    if gathered > 0 || left <= GATHERED || *by_hand || wsi.has(flag::SECURE) {
        let want = left.min(GATHERED) as usize;
        if gathered + want > cork::SIZE && write::flush(wsi).is_err() {
            return Err(Progress::Failed);
        }
        if wsi.has(flag::CHOKED) {
            return Err(Progress::More);
        }
        let n = write::queue_file(wsi, file, at, want).map_err(|_| Progress::Broken)?;
        if n == 0 {
            return Err(Progress::Broken); // it has become shorter
        }
        if n as u64 != left && write::flush(wsi).is_err() {
            return Err(Progress::Failed);
        }
        return Ok(n as u64);
    }
    match file::sendfile(wsi.fd.get(), file, at, left.min(BUDGET) as usize) {
        Ok(0) => Err(Progress::Broken),
        Ok(n) => {
            wsi.set(flag::WROTE);
            Ok(n as u64)
        }
        Err(e) if sock::is_later(&e) => {
            wsi.set(flag::CHOKED);
            Err(Progress::More)
        }
        Err(e) if matches!(e.raw_os_error(), Some(libc::EINVAL | libc::ENOSYS)) => {
            *by_hand = true;
            Ok(0)
        }
        Err(_) => Err(Progress::Failed),
    }
}
