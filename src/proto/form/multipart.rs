//! `multipart/form-data` (RFC 7578, RFC 2046 5.1): parts between delimiter lines, each with a header.
use super::{Event, Malformed, NAME_MAX};

/// The header of a part may have this many bytes.
const HEADER_MAX: usize = 8192;
/// A delimiter line may have this many blanks behind the boundary.
const PADDING_MAX: usize = 32;
const LINE_END: &[u8] = b"\r\n";

/// Where in such a body the parser is.
pub struct Multipart {
    state: State,
    /// CR LF, two dashes, and the boundary. CR is nowhere but in front: so a match that fails can only begin again at the byte
    /// that failed, and what has matched is content.
    delimiter: Vec<u8>,
    /// What of a delimiter line has been seen.
    seen: Vec<u8>,
    /// Behind a line of its own, a delimiter needs no CR LF: then that many bytes of `seen` have not come, and are not content.
    assumed: usize,
    /// What was taken for a delimiter line, and is content.
    held: Vec<u8>,
    /// Where the content goes.
    part: Part,
    /// The header line that is coming, and the length of those before it.
    line: Vec<u8>,
    header: usize,
    /// The value of the part's `Content-Disposition`, and whether the next line may go on with it.
    disposition: Vec<u8>,
    folding: bool,
    name: Vec<u8>,
    filename: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// In the content of a part, or before the first one: the delimiter is looked for.
    Content,
    /// Behind the delimiter: the rest of its line must come.
    Delimiter,
    Header,
    /// Behind the last part.
    Epilogue,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// None, or one without a name.
    None,
    Some,
}

impl Multipart {
    pub(super) fn new(boundary: &[u8]) -> Self {
        Multipart {
            state: State::Content,
            delimiter: [b"\r\n--", boundary].concat(),
            seen: LINE_END.to_vec(),
            assumed: LINE_END.len(),
            held: Vec::new(),
            part: Part::None,
            line: Vec::new(),
            header: 0,
            disposition: Vec::new(),
            folding: false,
            name: Vec::new(),
            filename: Vec::new(),
        }
    }

    pub(super) fn step(&mut self, input: &[u8]) -> Result<(usize, Event), Malformed> {
        if input.is_empty() {
            return Ok((0, Event::Nothing));
        }
        match self.state {
            State::Content if self.seen.is_empty() => Ok(self.content(input)),
            State::Content => Ok(self.match_more(input)),
            State::Delimiter => Ok(self.delimiter_line(input)),
            State::Header => self.header(input),
            State::Epilogue => Ok((input.len(), Event::Nothing)),
        }
    }

    /// Content up to where a delimiter begins, or may begin.
    fn content(&mut self, input: &[u8]) -> (usize, Event) {
        let len = self.delimiter.len();
        let begin = memchr::memmem::find(input, &self.delimiter).or_else(|| {
            // a delimiter that is cut off has its CR among the last bytes, and no other CR behind it
            let tail = input.len() - input.len().min(len - 1);
            let at = tail + memchr::memrchr(b'\r', &input[tail..])?;
            self.delimiter.starts_with(&input[at..]).then_some(at)
        });
        match begin {
            Some(0) => self.match_more(input),
            Some(at) => (at, self.content_event(at)),
            None => (input.len(), self.content_event(input.len())),
        }
    }

    fn content_event(&self, end: usize) -> Event {
        if self.part == Part::None { Event::Nothing } else { Event::Content(0..end) }
    }

    /// The delimiter goes on, or it was none.
    fn match_more(&mut self, input: &[u8]) -> (usize, Event) {
        let rest = &self.delimiter[self.seen.len()..];
        let same = rest.iter().zip(input).take_while(|(a, b)| a == b).count();
        self.seen.extend(&input[..same]);
        if same == rest.len() {
            self.state = State::Delimiter;
        } else if same < input.len() {
            return (same, self.not_a_delimiter());
        }
        (same, Event::Nothing)
    }

    /// What was seen is content. The next byte may begin another delimiter.
    fn not_a_delimiter(&mut self) -> Event {
        self.state = State::Content;
        std::mem::swap(&mut self.held, &mut self.seen);
        self.held.drain(..std::mem::take(&mut self.assumed));
        self.seen.clear();
        if self.part == Part::None || self.held.is_empty() { Event::Nothing } else { Event::Held }
    }

    /// One byte behind the boundary. Only blanks and a line end make it a delimiter, or two dashes the last one: a boundary
    /// that goes on with something else is content.
    fn delimiter_line(&mut self, input: &[u8]) -> (usize, Event) {
        let behind = &self.seen[self.delimiter.len()..];
        match (behind, input[0]) {
            ([.., b'\r'], b'\n') | ([b'-'], b'-') => {
                self.state = if input[0] == b'\n' { State::Header } else { State::Epilogue };
                self.begin_header();
                let ended = std::mem::replace(&mut self.part, Part::None) == Part::Some;
                (1, if ended { Event::End } else { Event::Nothing })
            }
            ([.., b'\r'] | [b'-'], _) => (0, self.not_a_delimiter()),
            ([], b'-') | (_, b'\r') => self.see(input[0]),
            (blanks, b' ' | b'\t') if blanks.len() < PADDING_MAX => self.see(input[0]),
            _ => (0, self.not_a_delimiter()),
        }
    }

    fn see(&mut self, byte: u8) -> (usize, Event) {
        self.seen.push(byte);
        (1, Event::Nothing)
    }

    fn begin_header(&mut self) {
        self.seen.clear();
        self.assumed = 0;
        self.line.clear();
        self.header = 0;
        self.disposition.clear();
        self.folding = false;
        self.name.clear();
        self.filename.clear();
    }

    /// The part's header, up to the end of a line.
    fn header(&mut self, input: &[u8]) -> Result<(usize, Event), Malformed> {
        let used = memchr::memchr(b'\n', input).map_or(input.len(), |at| at + 1);
        self.header += used;
        if self.header > HEADER_MAX {
            return Err(Malformed("the header of a part is too long"));
        }
        self.line.extend(&input[..used]);
        if self.line.last() != Some(&b'\n') {
            return Ok((used, Event::Nothing));
        }
        let line = std::mem::take(&mut self.line);
        let event = self.header_line(&line)?;
        self.line = line;
        self.line.clear();
        Ok((used, event))
    }

    fn header_line(&mut self, line: &[u8]) -> Result<Event, Malformed> {
        let line = line.strip_suffix(b"\r\n").ok_or(Malformed("a bare LF in the header of a part"))?;
        if line.iter().any(|&c| matches!(c, 0 | b'\r')) {
            return Err(Malformed("a NUL or CR in the header of a part"));
        }
        if line.is_empty() {
            return self.header_end();
        }
        if matches!(line[0], b' ' | b'\t') {
            if self.folding {
                self.disposition.extend(line);
            }
            return Ok(Event::Nothing);
        }
        let colon = memchr::memchr(b':', line).ok_or(Malformed("a header line without a colon"))?;
        self.folding = line[..colon].trim_ascii().eq_ignore_ascii_case(b"content-disposition");
        if self.folding {
            self.disposition = line[colon + 1..].to_vec();
        }
        Ok(Event::Nothing)
    }

    fn header_end(&mut self) -> Result<Event, Malformed> {
        self.state = State::Content;
        self.seen = LINE_END.to_vec();
        self.assumed = LINE_END.len();
        let (mut name, mut filename) = (None, None);
        parameters(split_value(&self.disposition).1, |parameter, value| {
            if parameter.eq_ignore_ascii_case(b"name") {
                name.get_or_insert(value);
            } else if parameter.eq_ignore_ascii_case(b"filename") {
                filename.get_or_insert(value);
            }
        })?;
        self.name = name.unwrap_or_default();
        self.filename = filename.unwrap_or_default();
        if self.name.len() > NAME_MAX {
            return Err(Malformed("the name of a field is too long"));
        }
        if self.name.is_empty() && self.filename.is_empty() {
            return Ok(Event::Nothing);
        }
        self.part = Part::Some;
        // browsers send an empty file name where no file was chosen
        Ok(if self.filename.is_empty() { Event::Field } else { Event::File })
    }

    pub(super) fn is_complete(&self) -> bool {
        self.state == State::Epilogue
    }

    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }

    pub(super) fn filename(&self) -> &[u8] {
        &self.filename
    }

    pub(super) fn held(&self) -> &[u8] {
        &self.held
    }
}

/// A header's value as what stands before the first `;`, and its parameters.
pub(super) fn split_value(value: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b';', value).unwrap_or(value.len());
    (value[..end].trim_ascii(), &value[end..])
}

/// Calls `each` for every `; name=value`. A value may be in quotes, in which `\"` stands for a quote; any other `\` for itself, as
/// browsers send it.
pub(super) fn parameters<'a>(mut text: &'a [u8], mut each: impl FnMut(&'a [u8], Vec<u8>)) -> Result<(), Malformed> {
    loop {
        text = text.trim_ascii_start();
        text = match text {
            [] => return Ok(()),
            [b';', rest @ ..] => rest,
            _ => {
                let end = memchr::memchr2(b'=', b';', text).unwrap_or(text.len());
                let name = text[..end].trim_ascii();
                match text[end..].strip_prefix(b"=").map(<[u8]>::trim_ascii_start) {
                    None => &text[end..],
                    Some([b'"', rest @ ..]) => {
                        let close = closing_quote(rest).ok_or(Malformed("a quote is not closed"))?;
                        each(name, unescape(&rest[..close]));
                        &rest[close + 1..]
                    }
                    Some(rest) => {
                        let end = memchr::memchr(b';', rest).unwrap_or(rest.len());
                        each(name, rest[..end].trim_ascii_end().to_vec());
                        &rest[end..]
                    }
                }
            }
        };
    }
}

/// The quote that ends a value. One behind `\` does so only if there is no other: file names may end in `\`.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let quotes = || memchr::memchr_iter(b'"', text);
    quotes().find(|&at| at == 0 || text[at - 1] != b'\\').or_else(|| quotes().next_back())
}

fn unescape(value: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(value.len());
    for (at, &c) in value.iter().enumerate() {
        if c != b'\\' || value.get(at + 1) != Some(&b'"') {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::*;

    fn parts(body: &str) -> (String, Option<&'static str>) {
        let form = read("multipart/form-data; boundary=XX", body.as_bytes(), &[]);
        let part = |(name, filename, content, whole): &(String, Option<String>, Vec<u8>, bool)| {
            let filename = filename.as_ref().map(|name| format!("({name})")).unwrap_or_default();
            format!("{name}{filename}={}{}", String::from_utf8_lossy(content), if *whole { "" } else { "..." })
        };
        (form.parts.iter().map(part).collect::<Vec<_>>().join(" | "), form.fault)
    }

    #[test]
    fn bodies() {
        const A: &str = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
        const F: &str =
            "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\nContent-Type: text/plain\r\n\r\n";
        const END: &str = "\r\n--XX--";
        for (body, expected, fault) in [
            (format!("{A}1\r\n{F}2{END}\r\n"), "a=1 | f(x)=2", None),
            (format!("{A}1{END}"), "a=1", None),
            (format!("{A}{END}"), "a=", None),
            (format!("{A}--XX--"), "a=", None),
            ("--XX--".to_owned(), "", None),
            (String::new(), "", Some("not complete")),
            (format!("preamble\r\n{A}1{END}\r\nepilogue\r\n{A}2{END}"), "a=1", None),
            (format!("{A}1"), "a=1...", Some("not complete")),
            (format!("{A}1\r\n--XX"), "a=1...", Some("not complete")),
            (format!("{A}\r\n--X\r\n--XXY\r\n--XX -\r\r\n{END}"), "a=\r\n--X\r\n--XXY\r\n--XX -\r\r\n", None),
            (format!("{A}\r\n--XX-x\r\n--XX\r\r\n--XX\t \r\n\r\n{END}"), "a=\r\n--XX-x\r\n--XX\r", None),
            ("--XX\r\n\r\nno name\r\n--XX--".to_owned(), "", None),
            (A.replace("\r\n", "\n"), "", Some("not complete")),
        ] {
            assert_eq!(parts(&body), (expected.to_owned(), fault), "{body:?}");
        }
    }

    #[test]
    fn headers() {
        for (header, expected) in [
            ("Content-Disposition: form-data; name=\"a\"", "a=v"),
            ("content-disposition:form-data;NAME=a;FileName=b", "a(b)=v"),
            ("Content-Disposition : form-data ; name = a ; filename = \"b\" ;", "a(b)=v"),
            ("X-Other: \"\r\nContent-Disposition: form-data;\r\n\tname=\"a\"\r\nX-More: y\r\n folded; name=c", "a=v"),
            ("Content-Disposition: form-data; filename=\"x;name=y\"; name=\"a\"; name=b", "a(x;name=y)=v"),
            (r#"Content-Disposition: form-data; name="a\"b"; filename="C:\x\\y""#, r#"a"b(C:\x\\y)=v"#),
            (r#"Content-Disposition: form-data; name="a"; filename="x\""#, r#"a(x\)=v"#),
            ("Content-Disposition: form-data; name=\"a\"; filename=\"\"", "a=v"),
            ("Content-Disposition: form-data; filename=b", "(b)=v"),
            ("Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''b", "a=v"),
            ("X-Other: 1", ""),
        ] {
            assert_eq!(
                parts(&format!("--XX\r\n{header}\r\n\r\nv\r\n--XX--")),
                (expected.to_owned(), None),
                "{header:?}"
            );
        }
        for (header, why) in [
            ("no colon", "a header line without a colon"),
            ("A: b\nC: d", "a bare LF in the header of a part"),
            ("A: \0", "a NUL or CR in the header of a part"),
            ("Content-Disposition: form-data; name=\"a", "a quote is not closed"),
        ] {
            assert_eq!(parts(&format!("--XX\r\n{header}\r\n\r\nv\r\n--XX--")).1, Some(why), "{header:?}");
        }
    }

    #[test]
    fn headers_are_bounded() {
        let fault = |header: &str| parts(&format!("--XX\r\n{header}\r\n\r\nv\r\n--XX--")).1;
        assert_eq!(fault(&format!("A: {}", "x".repeat(HEADER_MAX - 7))), None);
        assert_eq!(fault(&format!("A: {}", "x".repeat(HEADER_MAX - 6))), Some("the header of a part is too long"));
        assert_eq!(fault(&"A: b\r\n".repeat(2000)), Some("the header of a part is too long"));
        let named = |len| fault(&format!("Content-Disposition: form-data; name={}", "n".repeat(len)));
        assert_eq!(named(NAME_MAX), None);
        assert_eq!(named(NAME_MAX + 1), Some("the name of a field is too long"));
    }
}
