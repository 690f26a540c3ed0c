//! `application/x-www-form-urlencoded`: `name=value&name=value`, both URL-coded.
use super::{Event, Malformed, NAME_MAX};
use crate::proto::url::UrlDecoder;

/// Where in such a body the parser is.
#[derive(Default)]
pub struct Urlencoded {
    state: State,
    /// The field's name as it came.
    raw: Vec<u8>,
    /// The same, decoded; empty when it cannot be.
    decoded: Vec<u8>,
    value: UrlDecoder,
    held: [u8; 1],
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Name,
    Value,
    /// A field without `=` has been told of, its end has not.
    NoValue,
}

impl Urlencoded {
    pub(super) fn step(&mut self, input: &[u8]) -> Result<(usize, Event), Malformed> {
        match self.state {
            State::Name => self.name_step(input),
            State::Value => self.value_step(input),
            State::NoValue => {
                self.next_field();
                Ok((0, Event::End))
            }
        }
    }

    fn name_step(&mut self, input: &[u8]) -> Result<(usize, Event), Malformed> {
        let end = memchr::memchr2(b'=', b'&', input);
        let part = &input[..end.unwrap_or(input.len())];
        if self.raw.len() + part.len() > NAME_MAX {
            return Err(Malformed("the name of a field is too long"));
        }
        self.raw.extend(part);
        let Some(end) = end else { return Ok((input.len(), Event::Nothing)) };
        if input[end] == b'&' && self.raw.is_empty() {
            return Ok((end + 1, Event::Nothing));
        }
        let mut decoder = UrlDecoder::default();
        let decoded: Result<_, _> = self.raw.iter().filter_map(|&c| decoder.push(c).transpose()).collect();
        // a name that is no URL coding stands for itself
        self.decoded = decoded.ok().filter(|_| !decoder.is_within()).unwrap_or_default();
        self.state = if input[end] == b'=' { State::Value } else { State::NoValue };
        Ok((end + 1, Event::Field))
    }

    fn value_step(&mut self, input: &[u8]) -> Result<(usize, Event), Malformed> {
        let Some(&first) = input.first() else { return Ok((0, Event::Nothing)) };
        if self.value.is_within() || matches!(first, b'%' | b'+') {
            return match self.value.push(first) {
                Ok(None) => Ok((1, Event::Nothing)),
                Ok(Some(byte)) => {
                    self.held = [byte];
                    Ok((1, Event::Held))
                }
                Err(_) => Err(Malformed("a bad escape")),
            };
        }
        if first == b'&' {
            self.next_field();
            return Ok((1, Event::End));
        }
        let plain = memchr::memchr3(b'&', b'%', b'+', input).unwrap_or(input.len());
        Ok((plain, Event::Content(0..plain)))
    }

    fn next_field(&mut self) {
        self.raw.clear();
        self.decoded.clear();
        self.state = State::Name;
    }

    pub(super) fn is_complete(&self) -> bool {
        self.state == State::Name && self.raw.is_empty()
    }

    /// As it came counts too: programs for libwebsockets, which does not decode names, may have them coded in their lists.
    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        name == self.raw || name == self.decoded && !name.is_empty()
    }

    pub(super) fn name(&self) -> &[u8] {
        &self.raw
    }

    pub(super) fn held(&self) -> &[u8] {
        &self.held
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;

    fn fields(body: &str) -> (String, Option<&'static str>) {
        let form = read("", body.as_bytes(), &[]);
        let field = |(name, _, value, whole): &(String, _, Vec<u8>, bool)| {
            format!("{name}={}{}", String::from_utf8_lossy(value), if *whole { "" } else { "..." })
        };
        (form.parts.iter().map(field).collect::<Vec<_>>().join(" | "), form.fault)
    }

    #[test]
    fn bodies() {
        for (body, expected, fault) in [
            ("", "", None),
            ("a=1&b=2", "a=1 | b=2", None),
            ("a=1&", "a=1", None),
            ("&&a=1&&&b=2&&", "a=1 | b=2", None),
            ("a=&b&c=3", "a= | b= | c=3", None),
            ("a", "a=", None),
            ("a=1=2&b==", "a=1=2 | b==", None),
            ("a=1;b=2", "a=1;b=2", None),
            ("=x", "=x", None),
            ("a=%41+%c3%A4&b=%26%3d", "a=A \u{e4} | b=&=", None),
            ("a=1%", "a=1...", Some("a bad escape")),
            ("a=%4&b=1", "a=...", Some("a bad escape")),
            ("a=1&b=%zz", "a=1 | b=...", Some("a bad escape")),
        ] {
            assert_eq!(fields(body), (expected.to_owned(), fault), "{body}");
        }
    }

    #[test]
    fn names_are_bounded() {
        let name = "n".repeat(super::NAME_MAX);
        assert_eq!(fields(&format!("{name}=1")), (format!("{name}=1"), None));
        assert_eq!(fields(&format!("{name}n=1")), (String::new(), Some("the name of a field is too long")));
        assert_eq!(fields(&format!("{name}n")), (String::new(), Some("the name of a field is too long")));
    }

    #[test]
    fn a_name_is_known_coded_and_decoded() {
        let mut parser = super::Urlencoded::default();
        parser.step(b"a+%5B%5D=1").unwrap();
        assert!(
            parser.is_named(b"a []") && parser.is_named(b"a+%5B%5D") && !parser.is_named(b"a") && !parser.is_named(b"")
        );
        let mut parser = super::Urlencoded::default();
        parser.step(b"100%=1").unwrap();
        assert!(parser.is_named(b"100%") && !parser.is_named(b"100") && !parser.is_named(b""));
    }
}
