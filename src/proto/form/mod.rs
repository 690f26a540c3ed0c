//! Form data: the fields and files of a request's body, in whatever pieces it comes.
//!
//! A [`Parser`] is fed bytes and says what they mean, one [`Event`] at a time. It keeps nothing of a field's content.
pub mod multipart;
pub mod urlencoded;

use multipart::Multipart;
use std::ops::Range;
use urlencoded::Urlencoded;

/// The name of a field may have this many bytes.
pub const NAME_MAX: usize = 255;

/// What a step has found.
#[derive(Debug, PartialEq, Eq, Clone)]
pub enum Event {
    /// Nothing that matters.
    Nothing,
    /// A field begins; see [`Parser::is_named`].
    Field,
    /// A file begins; see [`Parser::name`] and [`Parser::filename`].
    File,
    /// Content of the field or file, in this range of the step's input.
    Content(Range<usize>),
    /// Content that is not in the step's input: [`Parser::held`].
    Held,
    /// The field or file is complete.
    End,
}

/// Why form data cannot be read.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub struct Malformed(pub &'static str);

/// Reads one of the two kinds of form data.
pub enum Parser {
    /// `application/x-www-form-urlencoded`.
    Urlencoded(Urlencoded),
    /// `multipart/form-data`.
    Multipart(Multipart),
}

impl Parser {
    /// The parser for a `Content-Type`. What is not `multipart/form-data` is read as urlencoded; a multipart body without a
    /// boundary cannot be read.
    pub fn for_content_type(value: &[u8]) -> Result<Parser, Malformed> {
        let (kind, parameters) = multipart::split_value(value);
        if !kind.eq_ignore_ascii_case(b"multipart/form-data") {
            return Ok(Parser::Urlencoded(Urlencoded::default()));
        }
        let mut boundary = None;
        multipart::parameters(parameters, |name, value| {
            if name.eq_ignore_ascii_case(b"boundary") && boundary.is_none() {
                boundary = Some(value);
            }
        })?;
        match boundary {
            Some(boundary) if !boundary.is_empty() => Ok(Parser::Multipart(Multipart::new(&boundary))),
            _ => Err(Malformed("no boundary")),
        }
    }

    /// Takes in the beginning of `input`: how much, and what it means. All is told when everything was taken in and there is
    /// no event.
    pub fn step(&mut self, input: &[u8]) -> Result<(usize, Event), Malformed> {
        match self {
            Parser::Urlencoded(parser) => parser.step(input),
            Parser::Multipart(parser) => parser.step(input),
        }
    }

    /// What to feed it at the end of the body, so that the last field ends.
    pub fn last_input(&self) -> &'static [u8] {
        match self {
            Parser::Urlencoded(_) => b"&",
            Parser::Multipart(_) => b"",
        }
    }

    /// Is the form complete, once the last input has been fed?
    pub fn is_complete(&self) -> bool {
        match self {
            Parser::Urlencoded(parser) => parser.is_complete(),
            Parser::Multipart(parser) => parser.is_complete(),
        }
    }

    /// Is this the name of the field or file in progress?
    pub fn is_named(&self, name: &[u8]) -> bool {
        match self {
            Parser::Urlencoded(parser) => parser.is_named(name),
            Parser::Multipart(parser) => parser.name() == name,
        }
    }

    /// The name of the file in progress's field.
    pub fn name(&self) -> &[u8] {
        match self {
            Parser::Urlencoded(parser) => parser.name(),
            Parser::Multipart(parser) => parser.name(),
        }
    }

    /// The name that the client has for the file in progress.
    pub fn filename(&self) -> &[u8] {
        match self {
            Parser::Urlencoded(_) => &[],
            Parser::Multipart(parser) => parser.filename(),
        }
    }

    /// The content of [`Event::Held`], until the next step.
    pub fn held(&self) -> &[u8] {
        match self {
            Parser::Urlencoded(parser) => parser.held(),
            Parser::Multipart(parser) => parser.held(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a body means, however it is cut.
    #[derive(Debug, PartialEq, Eq, Default)]
    pub struct Form {
        /// Name, file name if it is a file, content, and whether its end has come.
        pub parts: Vec<(String, Option<String>, Vec<u8>, bool)>,
        /// How it ends: not at all, malformed, or complete.
        pub fault: Option<&'static str>,
    }

    pub fn read(content_type: &str, body: &[u8], cuts: &[usize]) -> Form {
        let mut form = Form::default();
        let mut parser = match Parser::for_content_type(content_type.as_bytes()) {
            Ok(parser) => parser,
            Err(Malformed(why)) => return Form { fault: Some(why), ..form },
        };
        let mut edges: Vec<usize> = cuts.iter().map(|&cut| cut.min(body.len())).collect();
        edges.sort();
        edges.push(body.len());
        let (mut at, last) = (0, parser.last_input());
        let pieces = edges.into_iter().map(|edge| &body[std::mem::replace(&mut at, edge)..edge]);
        for piece in pieces.chain([last]) {
            if let Err(Malformed(why)) = feed(&mut parser, piece, &mut form) {
                form.fault = Some(why);
                return form;
            }
        }
        form.fault = (!parser.is_complete()).then_some("not complete");
        form
    }

    fn feed(parser: &mut Parser, mut input: &[u8], form: &mut Form) -> Result<(), Malformed> {
        let mut idle = 0;
        loop {
            let (used, event) = parser.step(input)?;
            idle = if used == 0 && event == Event::Nothing { idle + 1 } else { 0 };
            assert!(idle < 3, "no progress");
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let name = || {
                assert!(parser.is_named(parser.name()));
                text(parser.name())
            };
            match &event {
                Event::Nothing if used == input.len() => return Ok(()),
                Event::Nothing => {}
                Event::Field => form.parts.push((name(), None, Vec::new(), false)),
                Event::File => form.parts.push((name(), Some(text(parser.filename())), Vec::new(), false)),
                Event::Content(range) => form.parts.last_mut().unwrap().2.extend(&input[range.clone()]),
                Event::Held => form.parts.last_mut().unwrap().2.extend(parser.held()),
                Event::End => form.parts.last_mut().unwrap().3 = true,
            }
            input = &input[used..];
        }
    }

    #[test]
    fn kinds() {
        let is_multipart = |value: &str| match Parser::for_content_type(value.as_bytes()) {
            Ok(parser) => Ok(matches!(parser, Parser::Multipart(_))),
            Err(Malformed(why)) => Err(why),
        };
        for value in
            ["", "text/plain", "application/json; boundary=x", "application/x-www-form-urlencoded; charset=UTF-8"]
        {
            assert_eq!(is_multipart(value), Ok(false), "{value}");
        }
        for value in ["multipart/form-data; boundary=x", "Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a b\" ; x=y"] {
            assert_eq!(is_multipart(value), Ok(true), "{value}");
        }
        for value in ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\""] {
            assert_eq!(is_multipart(value), Err("no boundary"), "{value}");
        }
    }

    proptest! {
        /// Any split of any body, well-formed or not, means the same.
        #[test]
        fn a_cut_changes_nothing(
            words in prop::collection::vec(prop_oneof![
                Just("--XX"), Just("\r\n--XX"), Just("\r\n--XX--"), Just("\r\n"), Just("\r"), Just("\n"), Just("-"), Just("X"), Just(" "),
                Just("Content-Disposition: form-data"), Just("; name=\"a\""), Just("; filename=\"b\\\"c\""), Just("\r\n\r\n"),
                Just("X-Other: 1\r\n"), Just("&"), Just("="), Just("%41"), Just("%"), Just("+"), Just("text"), Just("\0")], 0..40),
            cuts in prop::collection::vec(0usize..500, 0..30), multipart in any::<bool>(),
        ) {
            let body: Vec<u8> = words.concat().into_bytes();
            let content_type = if multipart { "multipart/form-data; boundary=XX" } else { "" };
            let whole = read(content_type, &body, &[]);
            prop_assert_eq!(&whole, &read(content_type, &body, &cuts));
            let every: Vec<usize> = (0..body.len()).collect();
            prop_assert_eq!(&whole, &read(content_type, &body, &every));
        }

        /// What a browser sends comes back, whatever the content, and however it is cut.
        #[test]
        fn content_is_content(
            contents in prop::collection::vec(prop::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-'), Just(b'B'), any::<u8>()], 0..100), 0..5),
            cuts in prop::collection::vec(0usize..700, 0..30),
        ) {
            let mut body = Vec::new();
            let mut expected = Vec::new();
            for (n, content) in contents.iter().enumerate() {
                body.extend(format!("--BB-boundary\r\nContent-Disposition: form-data; name=\"f{n}\"; filename=\"x\"\r\n\r\n").bytes());
                body.extend(content);
                body.extend(b"\r\n");
                expected.push((format!("f{n}"), Some("x".to_owned()), content.clone(), true));
            }
            body.extend(b"--BB-boundary--\r\n");
            let form = read("multipart/form-data; boundary=BB-boundary", &body, &cuts);
            prop_assert_eq!(form, Form { parts: expected, fault: None });
        }
    }

    #[test]
    fn any_bytes_are_safe() {
        for n in 0..2000u32 {
            let body: Vec<u8> = (0..n % 97).map(|i| (n.wrapping_mul(2654435761).rotate_left(i) >> 7) as u8).collect();
            for content_type in ["", "multipart/form-data; boundary=\x01"] {
                read(content_type, &body, &[3, 9]);
            }
        }
    }
}
