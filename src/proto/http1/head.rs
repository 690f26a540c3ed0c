//! The head of a request or a response: its first line and its headers.
use super::body::{Body, Chunks};
use super::{tokens, uri};
use httparse::{Error, Header, Request, Response, Status};
use std::mem::MaybeUninit;
use std::ops::Range;

/// More header lines than this are refused.
pub const HEADERS_MAX: usize = 100;
/// More line breaks than this before a first line are refused.
const BREAKS_MAX: usize = 64;
/// The token of a header that has none.
pub const UNKNOWN: u8 = u8::MAX;

/// The methods that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum Method {
    #[default]
    Get,
    Post,
    Options,
    Put,
    Patch,
    Delete,
    Connect,
    Head,
}

impl Method {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Options => "OPTIONS",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Connect => "CONNECT",
            Method::Head => "HEAD",
        }
    }

    /// The method with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "OPTIONS" => Method::Options,
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            "DELETE" => Method::Delete,
            "CONNECT" => Method::Connect,
            "HEAD" => Method::Head,
            _ => return None,
        })
    }

    /// Does a request without a length have a body that lasts until the end of the stream?
    fn has_body(self) -> bool {
        matches!(self, Method::Post | Method::Put | Method::Patch)
    }
}

/// A place in [`Head::text`].
pub type Span = Range<u32>;

/// One header, or one URI argument.
#[derive(Clone, Debug)]
pub struct Field {
    /// Which header it is, in the numbering of [`tokens`]; [`UNKNOWN`] for others.
    pub token: u8,
    /// Its name, as sent.
    pub name: Span,
    /// Its value.
    pub value: Span,
}

/// How large a head may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// All of it.
    pub head: usize,
    /// Its content, see `content_len`.
    pub content: usize,
}

/// The head of a request or a response, parsed. It owns its text, so that it outlives the buffer it was read from.
#[derive(Default, Debug)]
pub struct Head {
    /// The head as it came, and behind it the decoded path and arguments.
    pub text: Vec<u8>,
    /// The headers, in the order they came.
    pub fields: Vec<Field>,
    /// The URI's arguments.
    pub args: Vec<Span>,
    /// The path, decoded; behind it there is a NUL.
    pub path: Span,
    /// The method.
    pub method: Method,
    /// Of a response: its status; 0 in a request.
    pub status: u16,
    /// Of a response: the status and what it says about it, as in `200 OK`.
    pub status_text: Span,
    /// Is it HTTP/1.1?
    pub http11: bool,
    /// May the connection be used again?
    pub keep_alive: bool,
    /// Line breaks that came before the first line, and are no part of the text.
    breaks: Vec<u8>,
    /// Where the search for the end goes on, while the head is incomplete.
    scanned: usize,
}

/// Why a head is refused: the status to answer a request with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status code.
    pub status: u32,
    /// For the log.
    pub why: &'static str,
}

const fn refuse<T>(status: u32, why: &'static str) -> Result<T, Refusal> {
    Err(Refusal { status, why })
}

impl Head {
    /// Takes in bytes of a request's head. The answer is how many of them belong to it and whether it is complete.
    pub fn feed(&mut self, input: &[u8], limits: Limits) -> Result<(usize, bool), Refusal> {
        self.collect(input, limits, Head::parse_request)
    }

    /// The same for a response.
    pub fn feed_response(&mut self, input: &[u8], limits: Limits) -> Result<(usize, bool), Refusal> {
        self.collect(input, limits, Head::parse_response)
    }

    fn collect(
        &mut self,
        input: &[u8],
        limits: Limits,
        parse: fn(&mut Head) -> Result<Option<usize>, Refusal>,
    ) -> Result<(usize, bool), Refusal> {
        let limit = limits.head;
        let before = self.text.len();
        let take = input.len().min(limit - before.min(limit));
        // a line break between requests is harmless, and some clients send one
        let skip =
            if before == 0 { input.iter().take_while(|c| matches!(c, b'\r' | b'\n')).count().min(take) } else { 0 };
        if skip > 0 {
            if self.breaks.len() + skip > BREAKS_MAX {
                return refuse(400, "nothing but line breaks");
            }
            self.breaks.extend_from_slice(&input[..skip]);
        }
        self.text.extend_from_slice(&input[skip..take]);
        let len = self.text.len();
        // what has come in one piece most often is all; else it is looked at when its end is there, when it has doubled, so that
        // garbage without an end is not waited for, and at the limit: the work stays proportional to its length
        let ended = || has_empty_line(&self.text[self.scanned..]);
        if (before == 0 || len.ilog2() != before.ilog2() || len >= limit || ended())
            && let Some(end) = parse(self).map_err(|refusal| self.refused(refusal))?
        {
            if self.content_len() > limits.content {
                return refuse(431, "head too large");
            }
            return Ok((skip + end - before, true));
        }
        self.scanned = len.saturating_sub(3);
        if len >= limit {
            return match memchr::memchr(b'\n', &self.text) {
                None => refuse(414, "request line too long"),
                Some(_) => refuse(431, "head too large"),
            };
        }
        Ok((take, false))
    }

    /// A parser has stopped somewhere: what it has left is not all there. Method and version stay, for the answer.
    #[cold]
    fn refused(&mut self, refusal: Refusal) -> Refusal {
        self.text.clear();
        self.fields.clear();
        self.args.clear();
        (self.path, self.status_text) = (Span::default(), Span::default());
        self.scanned = 0;
        refusal
    }

    /// All that has come of an incomplete head, with the line breaks before it: for who would read it in another way.
    pub fn received(&self) -> Vec<u8> {
        [&self.breaks[..], &self.text[..]].concat()
    }

    /// How much of the head is content: the path, the arguments, the headers' values, and the names nobody knows.
    fn content_len(&self) -> usize {
        let field = |f: &Field| f.value.len() + if f.token == UNKNOWN { f.name.len() } else { 0 };
        let args: usize = self.args.iter().map(|arg| arg.len()).sum();
        self.path.len() + args + self.fields.iter().map(field).sum::<usize>()
    }

    /// Forgets the request; memory is kept for the next.
    pub fn clear(&mut self) {
        let Head { text, fields, args, path, method, status, status_text, http11, keep_alive, breaks, scanned } = self;
        text.clear();
        fields.clear();
        args.clear();
        (*path, *status_text) = (Span::default(), Span::default());
        (*method, *status) = (Method::default(), 0);
        (*http11, *keep_alive) = (false, false);
        breaks.clear();
        *scanned = 0;
    }

    /// Parses the head at the beginning of the text, and forgets what is behind it. Where it ends; none where it does not yet.
    fn parse_request(&mut self) -> Result<Option<usize>, Refusal> {
        let mut headers: [MaybeUninit<Header>; HEADERS_MAX] = [const { MaybeUninit::uninit() }; HEADERS_MAX];
        let mut text = std::mem::take(&mut self.text);
        let span = span_in(&text);
        let mut request = Request::new(&mut []);
        let end = match request.parse_with_uninit_headers(&text, &mut headers) {
            Ok(Status::Complete(end)) if !has_bare_lf(&text[..end]) => end,
            Ok(Status::Complete(_)) => return refuse(400, "lines not ended by CR LF"),
            Ok(Status::Partial) => {
                self.text = text;
                return Ok(None);
            }
            Err(e) => return Err(bad_request(e)),
        };
        self.method = match Method::parse(request.method.unwrap_or_default()) {
            Some(method) => method,
            None => return refuse(501, "unknown method"),
        };
        self.http11 = request.version == Some(1);
        self.take_fields(request.headers, span);
        let target = span(request.path.unwrap_or_default().as_bytes());
        text.truncate(end);
        self.decode_target(&mut text, target)?;
        self.text = text;
        Ok(Some(end))
    }

    /// As `parse_request`.
    fn parse_response(&mut self) -> Result<Option<usize>, Refusal> {
        let mut headers: [MaybeUninit<Header>; HEADERS_MAX] = [const { MaybeUninit::uninit() }; HEADERS_MAX];
        let mut text = std::mem::take(&mut self.text);
        let span = span_in(&text);
        let mut response = Response::new(&mut []);
        let parser = httparse::ParserConfig::default();
        let end = match parser.parse_response_with_uninit_headers(&mut response, &text, &mut headers) {
            Ok(Status::Complete(end)) if !has_bare_lf(&text[..end]) => end,
            Ok(Status::Complete(_)) => return refuse(502, "lines not ended by CR LF"),
            Ok(Status::Partial) => {
                self.text = text;
                return Ok(None);
            }
            Err(e) => return Err(bad_response(e)),
        };
        self.status = response.code.unwrap_or_default();
        if self.status < 100 {
            return refuse(502, "bad status line");
        }
        self.http11 = response.version == Some(1);
        let line_end = memchr::memchr(b'\r', &text).unwrap_or(text.len());
        // behind "HTTP/1.1 "
        self.status_text = span(text.get(9..line_end).unwrap_or_default().trim_ascii());
        self.take_fields(response.headers, span);
        text.truncate(end);
        self.text = text;
        Ok(Some(end))
    }

    /// Keeps the headers, and what they say about the connection.
    fn take_fields(&mut self, headers: &[Header], span: impl Fn(&[u8]) -> Span) {
        self.keep_alive = self.http11;
        for header in headers {
            let token = tokens::lookup(header.name.as_bytes()).unwrap_or(UNKNOWN);
            if token == tokens::CONNECTION {
                for option in header.value.split(|&c| c == b',') {
                    match option.trim_ascii() {
                        o if o.eq_ignore_ascii_case(b"close") => self.keep_alive = false,
                        o if o.eq_ignore_ascii_case(b"keep-alive") => self.keep_alive = true,
                        _ => {}
                    }
                }
            }
            self.fields.push(Field { token, name: span(header.name.as_bytes()), value: span(header.value) });
        }
    }

    fn decode_target(&mut self, text: &mut Vec<u8>, target: Span) -> Result<(), Refusal> {
        let target = target.start as usize..target.end as usize;
        let split = memchr::memchr2(b'?', b';', &text[target.clone()]).map(|i| target.start + i);
        let path = target.start..split.unwrap_or(target.end);
        let start = text.len() as u32;
        if self.method == Method::Options && text[path.clone()] == *b"*" {
            text.push(b'*');
        } else if uri::decode_path(text, path).is_err() {
            return refuse(400, "malformed path");
        }
        self.path = start..text.len() as u32;
        text.push(0); // it is given to C
        if let Some(split) = split {
            let args = &mut self.args;
            if uri::decode_args(text, split + 1..target.end, |at, len| args.push(at as u32..(at + len) as u32)).is_err()
            {
                return refuse(400, "malformed arguments");
            }
        }
        Ok(())
    }

    /// Gives the header with this token another value.
    pub fn set_value(&mut self, token: u8, value: &[u8]) {
        let start = self.text.len() as u32;
        let mut set = false;
        for field in self.fields.iter_mut().filter(|f| f.token == token) {
            field.value = start..start + value.len() as u32;
            set = true;
        }
        if set {
            self.text.extend_from_slice(value);
            self.text.push(0);
        }
    }

    /// The bytes at a place in the text.
    pub fn at(&self, span: &Span) -> &[u8] {
        &self.text[span.start as usize..span.end as usize]
    }

    /// The values of a header, in the order they came.
    pub fn values(&self, token: u8) -> impl Iterator<Item = &[u8]> {
        self.fields.iter().filter(move |f| f.token == token).map(|f| self.at(&f.value))
    }

    /// The first value of a header.
    pub fn value(&self, token: u8) -> Option<&[u8]> {
        self.values(token).next()
    }

    /// The list in a header that may stand there several times; none where it does not.
    pub fn joined(&self, token: u8) -> Option<Vec<u8>> {
        let mut all: Option<Vec<u8>> = None;
        for list in self.values(token) {
            let all = all.get_or_insert_default();
            if !all.is_empty() {
                all.extend_from_slice(b", ");
            }
            all.extend_from_slice(list);
        }
        all
    }

    /// Does the comma-separated list in a header contain `word`?
    pub fn lists(&self, token: u8, word: &str) -> bool {
        self.values(token)
            .flat_map(|v| v.split(|&c| c == b','))
            .any(|item| item.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
    }

    /// What body the request has. What could be read in two ways (and so smuggle a request past a proxy) is refused.
    pub fn body(&self) -> Result<Body, Refusal> {
        let length = self.content_length()?;
        if self.values(tokens::TRANSFER_ENCODING).next().is_some() {
            if length.is_some() || !self.http11 {
                return refuse(400, "transfer-encoding beside content-length, or in HTTP/1.0");
            }
            return self.chunked();
        }
        Ok(match length {
            Some(n) => Body::Length(n),
            None if self.method.has_body() => Body::UntilEnd,
            None => Body::Length(0),
        })
    }

    /// What body the response has, where `head_only` says that the request wanted none.
    pub fn response_body(&self, head_only: bool) -> Result<Body, Refusal> {
        if head_only || self.status / 100 == 1 || matches!(self.status, 204 | 304) {
            return Ok(Body::Length(0));
        }
        let length = self.content_length()?;
        if self.values(tokens::TRANSFER_ENCODING).next().is_some() {
            if length.is_some() {
                return refuse(502, "transfer-encoding beside content-length");
            }
            return self.chunked();
        }
        Ok(length.map_or(Body::UntilEnd, Body::Length))
    }

    fn content_length(&self) -> Result<Option<u64>, Refusal> {
        let mut length = None;
        for value in self.values(tokens::CONTENT_LENGTH) {
            let text = std::str::from_utf8(value).unwrap_or_default();
            let digits = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
            match text.parse::<u64>() {
                Ok(n) if digits && length.is_none_or(|l| l == n) => length = Some(n),
                _ => return refuse(400, "bad content-length"),
            }
        }
        Ok(length)
    }

    fn chunked(&self) -> Result<Body, Refusal> {
        let mut codings = self.values(tokens::TRANSFER_ENCODING);
        let value = codings.next().unwrap_or_default();
        if codings.next().is_some() || !value.eq_ignore_ascii_case(b"chunked") {
            return refuse(501, "transfer-encoding other than chunked");
        }
        Ok(Body::Chunked(Chunks::default()))
    }
}

/// Makes places in `text` of its parts.
fn span_in(text: &[u8]) -> impl Fn(&[u8]) -> Span + Copy + use<> {
    let origin = text.as_ptr() as usize;
    move |part| {
        let at = (part.as_ptr() as usize).wrapping_sub(origin) as u32;
        at..at + part.len() as u32
    }
}

/// Is there an empty line, the end of a head? One without CR ends it too: it is refused then, but not later than others.
fn has_empty_line(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', text).any(|at| matches!(text[at + 1..], [b'\n', ..] | [b'\r', b'\n', ..]))
}

/// Is there a line that ends without CR? Who comes between us and the other side may take it for no end of a line at all.
fn has_bare_lf(text: &[u8]) -> bool {
    // looks at all of it: without a way out the compiler makes it a few instructions for 16 bytes
    let bare = |(&before, &at): (&u8, &u8)| (at == b'\n') & (before != b'\r');
    text.first() == Some(&b'\n') || text.iter().zip(&text[1..]).fold(false, |found, pair| found | bare(pair))
}

/// The same answer wherever the head was cut when the error was seen.
fn bad_request(e: Error) -> Refusal {
    let status = match e {
        Error::TooManyHeaders => 431,
        Error::Version => 505,
        _ => 400,
    };
    Refusal { status, why: explain(e) }
}

fn bad_response(e: Error) -> Refusal {
    Refusal { status: 502, why: explain(e) }
}

fn explain(e: Error) -> &'static str {
    match e {
        Error::HeaderName => "bad header name",
        Error::HeaderValue => "bad header value",
        Error::NewLine => "bad line end",
        Error::Token => "bad first line",
        Error::Version => "not HTTP/1.0 or 1.1",
        Error::Status => "bad status line",
        Error::TooManyHeaders => "too many headers",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits { head: 4096, content: 1024 };

    /// Looks at every part of a head: each must lie in its text.
    fn read_all(head: &Head) {
        for field in &head.fields {
            head.at(&field.name);
            head.at(&field.value);
        }
        for place in head.args.iter().chain([&head.path, &head.status_text]) {
            head.at(place);
        }
    }

    /// What comes of these pieces, and how many bytes had been taken in by the end of the piece that decided it.
    fn feed<'a>(
        head: &mut Head,
        pieces: impl Iterator<Item = &'a [u8]>,
        limits: Limits,
    ) -> (Option<Result<usize, Refusal>>, usize) {
        let mut end = 0;
        for mut piece in pieces {
            end += piece.len();
            while !piece.is_empty() {
                let answer = head.feed(piece, limits);
                read_all(head);
                match answer {
                    Ok((used, true)) => return (Some(Ok(end - piece.len() + used)), end),
                    Ok((used, false)) => piece = &piece[used..],
                    Err(refusal) => return (Some(Err(refusal)), end),
                }
            }
        }
        (None, end)
    }

    #[test]
    fn a_refused_head_can_be_read() {
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(HEADERS_MAX + 1));
        let long = format!("GET /?a=b HTTP/1.1\r\nA: {}\r\n\r\n", "x".repeat(LIMITS.content));
        let longer = format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "x".repeat(LIMITS.head));
        let line = "x".repeat(LIMITS.head + 1);
        let breaks = "\r\n".repeat(BREAKS_MAX);
        let rest = " HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
        let heads = [
            (400, &*format!("GET /%zz{rest}")),
            (400, &format!("GET /?a=1&b=%zz{rest}")),
            (400, &format!("GET /%00{rest}")),
            (400, &format!("GET x{rest}")),
            (501, &format!("BREW /{rest}")),
            (400, &format!("G\0T /{rest}")),
            (400, "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
            (400, "GET / HTTP/1.1\nHost: a\n\n"),
            (400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n"),
            (400, "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"),
            (505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
            (431, &many),
            (431, &long),
            (431, &longer),
            (414, &line),
            (400, &breaks),
        ];
        for (status, text) in heads {
            let bytes = text.as_bytes();
            let is_refused = |pieces: &mut dyn Iterator<Item = &[u8]>| {
                let mut head = Head::default();
                let (answer, _) = feed(&mut head, pieces, LIMITS);
                assert_eq!(
                    answer.map(|answer| answer.map_err(|refusal| refusal.status)),
                    Some(Err(status)),
                    "{text:?}"
                );
                // who goes on all the same gets some answer, and the next request is read as ever
                let _ = (head.feed(b"x", LIMITS), head.feed(b"\r\n\r\n", LIMITS));
                read_all(&head);
                head.clear();
                assert_eq!(head.feed(b"GET / HTTP/1.1\r\n\r\n", LIMITS), Ok((18, true)));
            };
            is_refused(&mut std::iter::once(bytes));
            is_refused(&mut bytes.chunks(1));
            for at in 1..bytes.len() {
                is_refused(&mut [&bytes[..at], &bytes[at..]].into_iter());
            }
        }
    }

    #[test]
    fn a_refused_response_can_be_read() {
        for text in ["HTTP/1.1 99 x\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"] {
            for at in 0..text.len() {
                let mut head = Head::default();
                let first = head.feed_response(&text.as_bytes()[..at], LIMITS);
                read_all(&head);
                let refused = first.and_then(|_| head.feed_response(&text.as_bytes()[at..], LIMITS));
                read_all(&head);
                assert_eq!(refused.map_err(|refusal| refusal.status), Err(502), "{text:?} cut at {at}");
            }
        }
    }

    #[test]
    fn an_incomplete_head_is_kept_with_its_breaks() {
        let mut head = Head::default();
        for piece in ["\r", "\n\nGE", "T /"] {
            head.feed(piece.as_bytes(), LIMITS).unwrap();
        }
        assert_eq!(head.received(), b"\r\n\nGET /");
        head.clear();
        assert_eq!(head.received(), b"");
    }

    /// A head whose lines end in any way, most of them in one way, with a few bytes behind it.
    fn heads() -> impl Strategy<Value = Vec<u8>> {
        let line = prop_oneof!["[A-Z][a-z]{0,8}: [ -~]{0,20}", "[ -~\r\0]{0,10}"];
        let ending = prop_oneof![5 => Just("\r\n"), 5 => Just("\n"), 1 => Just("\r")];
        let before = "[\r\n]{0,5}";
        let first = prop_oneof![Just("GET / HTTP/1.1"), Just("POST /a%zz HTTP/1.0"), Just("BREW /x?y HTTP/1.1")];
        (before, first, ending.clone(), vec((line, ending.clone()), 0..6), ending, "[ -~\r\n]{0,9}").prop_map(
            |(before, first, ends, lines, last, behind)| {
                let lines: String = lines.iter().flat_map(|(line, end)| [line, *end]).collect();
                format!("{before}{first}{ends}{lines}{last}{behind}").into_bytes()
            },
        )
    }

    proptest! {
        /// However a head is cut, the answer is the same: at the byte that ends it at the latest.
        #[test]
        fn any_cut_gives_the_same_answer(text in heads(), cuts in vec(1usize..30, 1..12), head in 20usize..200) {
            for limits in [LIMITS, Limits { head, content: 60 }] {
                let (whole, _) = feed(&mut Head::default(), std::iter::once(&text[..]), limits);
                let mut lengths = cuts.iter().cycle();
                let mut rest = &text[..];
                let pieces = std::iter::from_fn(|| {
                    let piece;
                    (piece, rest) = rest.split_at(rest.len().min(*lengths.next()?));
                    Some(piece).filter(|piece| !piece.is_empty())
                });
                for (bytes_at_once, (answer, seen)) in [
                    (1, feed(&mut Head::default(), text.chunks(1), limits)),
                    (30, feed(&mut Head::default(), pieces, limits)),
                ] {
                    // where the text may end before it is looked at again, an error may be seen later
                    let begun = text.iter().take_while(|c| matches!(c, b'\r' | b'\n')).count();
                    let end = (begun + 1..=text.len()).find(|&end| {
                        text[begun..end].ends_with(b"\n\n") || text[begun..end].ends_with(b"\n\r\n")
                    });
                    match (&whole, &answer) {
                        (Some(Err(_)), None) => prop_assert_eq!(end, None),
                        _ => prop_assert_eq!(&whole, &answer),
                    }
                    if let Some(end) = end {
                        prop_assert!(seen < end + bytes_at_once, "{} bytes before an answer, of {}", seen, end);
                    }
                }
            }
        }
    }
}
