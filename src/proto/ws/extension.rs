//! Agreeing on permessage-deflate (RFC 7692, 7): offers, answers, and what both mean, as data.
use std::fmt::Write;

/// The extension's name on the wire.
pub const NAME: &str = "permessage-deflate";
/// Windows have from 2^8 to 2^15 bytes.
const BITS: std::ops::RangeInclusive<u8> = 8..=15;
/// A list with more elements, or an element with more parameters, is none that an honest peer sends.
const ELEMENTS_MOST: usize = 16;

/// One element of a `Sec-WebSocket-Extensions` header: a name, and parameters with or without a value.
#[derive(Debug, PartialEq, Eq)]
pub struct Element {
    /// The extension's name.
    pub name: String,
    /// Its parameters.
    pub parameters: Vec<(String, Option<String>)>,
}

/// What one permessage-deflate element says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The server compresses each message by itself.
    pub server_no_context_takeover: bool,
    /// The client compresses each message by itself.
    pub client_no_context_takeover: bool,
    /// The server's window.
    pub server_max_window_bits: Option<u8>,
    /// The client's window; `Some(None)` in an offer says only that the server may choose it.
    pub client_max_window_bits: Option<Option<u8>>,
}

/// How the two directions of a connection are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The server's messages may refer to earlier ones.
    pub server_takeover: bool,
    /// The client's messages may refer to earlier ones.
    pub client_takeover: bool,
    /// The server's window.
    pub server_bits: u8,
    /// The client's window.
    pub client_bits: u8,
}

/// Reads a header's list (RFC 6455, 9.1). None where it is malformed.
pub fn parse(list: &[u8]) -> Option<Vec<Element>> {
    let mut reader = Reader { rest: list };
    let mut elements = Vec::new();
    loop {
        reader.skip_blanks();
        if reader.rest.is_empty() {
            return Some(elements);
        }
        if reader.takes(b',') {
            continue; // HTTP lists may have empty elements
        }
        elements.push(reader.element()?);
        if elements.len() > ELEMENTS_MOST || !(reader.rest.is_empty() || reader.takes(b',')) {
            return None;
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn takes(&mut self, c: u8) -> bool {
        let there = self.rest.first() == Some(&c);
        self.rest = &self.rest[usize::from(there)..];
        there
    }

    fn token(&mut self) -> Option<String> {
        let is_token = |c: &u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(c);
        let end = self.rest.iter().position(|c| !is_token(c)).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at(end);
        self.rest = rest;
        (end > 0).then(|| String::from_utf8_lossy(token).into_owned())
    }

    /// A value in quotes, which must be a token once they are off.
    fn quoted(&mut self) -> Option<String> {
        let mut value = Vec::new();
        loop {
            let (&c, rest) = self.rest.split_first()?;
            self.rest = rest;
            match c {
                b'"' => break,
                b'\\' => {
                    let (&escaped, rest) = self.rest.split_first()?;
                    value.push(escaped);
                    self.rest = rest;
                }
                c => value.push(c),
            }
        }
        let mut inner = Reader { rest: &value };
        inner.token().filter(|_| inner.rest.is_empty())
    }

    fn element(&mut self) -> Option<Element> {
        let mut element = Element { name: self.token()?, parameters: Vec::new() };
        loop {
            self.skip_blanks();
            if !self.takes(b';') {
                return (element.parameters.len() <= ELEMENTS_MOST).then_some(element);
            }
            self.skip_blanks();
            let name = self.token()?;
            self.skip_blanks();
            let value = if self.takes(b'=') {
                self.skip_blanks();
                Some(if self.takes(b'"') { self.quoted()? } else { self.token()? })
            } else {
                None
            };
            element.parameters.push((name, value));
        }
    }
}

/// Why an element's parameters are none of permessage-deflate's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A parameter that is not known, or that stands there twice.
    Parameter,
    /// A value that is not allowed.
    Value,
}

impl Terms {
    /// Reads an element's parameters: unknown ones, repeated ones, and values out of range are flaws (RFC 7692, 7).
    pub fn read(element: &Element) -> Result<Terms, Flaw> {
        let mut terms = Terms::default();
        for (i, (name, value)) in element.parameters.iter().enumerate() {
            if element.parameters[..i].iter().any(|(earlier, _)| earlier == name) {
                return Err(Flaw::Parameter);
            }
            let value = value.as_deref();
            match name.as_str() {
                "server_no_context_takeover" => terms.server_no_context_takeover = no_value(value)?,
                "client_no_context_takeover" => terms.client_no_context_takeover = no_value(value)?,
                "server_max_window_bits" => terms.server_max_window_bits = Some(bits(value.ok_or(Flaw::Value)?)?),
                "client_max_window_bits" => terms.client_max_window_bits = Some(value.map(bits).transpose()?),
                _ => return Err(Flaw::Parameter),
            }
        }
        Ok(terms)
    }
}

fn no_value(value: Option<&str>) -> Result<bool, Flaw> {
    if value.is_none() { Ok(true) } else { Err(Flaw::Value) }
}

/// A window's size: a decimal number without leading zeros.
fn bits(value: &str) -> Result<u8, Flaw> {
    value.parse().ok().filter(|bits| BITS.contains(bits) && !value.starts_with(['0', '+'])).ok_or(Flaw::Value)
}

/// Server: the first acceptable offer in a client's list, and what is agreed by [`answer`]ing it. `takeover` says whether messages may
/// refer to earlier ones, where the client does not rule it out.
pub fn choose(list: &[u8], takeover: bool) -> Option<(Terms, Agreed)> {
    let offers = parse(list)?;
    let offer = offers.iter().filter(|e| e.name == NAME).find_map(|e| Terms::read(e).ok())?;
    let terms = Terms {
        // both may be demanded whatever was offered (RFC 7692, 7.1.1)
        server_no_context_takeover: offer.server_no_context_takeover || !takeover,
        client_no_context_takeover: offer.client_no_context_takeover || !takeover,
        server_max_window_bits: offer.server_max_window_bits,
        // a client that only says that it could is left its full window: what is kept of it between messages is nothing, or wanted
        client_max_window_bits: offer.client_max_window_bits.filter(Option::is_some),
    };
    Some((terms, agreed(&terms)))
}

fn agreed(terms: &Terms) -> Agreed {
    Agreed {
        server_takeover: !terms.server_no_context_takeover,
        client_takeover: !terms.client_no_context_takeover,
        server_bits: terms.server_max_window_bits.unwrap_or(15),
        client_bits: terms.client_max_window_bits.flatten().unwrap_or(15),
    }
}

/// Server: the header's value that says so.
pub fn answer(terms: &Terms) -> String {
    let mut text = NAME.to_owned();
    if terms.server_no_context_takeover {
        text.push_str("; server_no_context_takeover");
    }
    if terms.client_no_context_takeover {
        text.push_str("; client_no_context_takeover");
    }
    if let Some(bits) = terms.server_max_window_bits {
        let _ = write!(text, "; server_max_window_bits={bits}");
    }
    if let Some(Some(bits)) = terms.client_max_window_bits {
        let _ = write!(text, "; client_max_window_bits={bits}");
    }
    text
}

/// What is wrong with a server's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// An extension that was not offered, or one twice.
    Unknown,
    /// Not what the header may look like, or an unknown parameter.
    Malformed,
    /// A parameter that the offer does not allow.
    Terms,
}

/// Client: what a server's answer to our offers makes of the connection; none where it agrees on nothing.
pub fn read_answer(offers: &[u8], answer: &[u8]) -> Result<Option<Agreed>, Refused> {
    let elements = parse(answer).ok_or(Refused::Malformed)?;
    let element = match &elements[..] {
        [] => return Ok(None),
        [element] => element,
        _ => return Err(Refused::Unknown),
    };
    let offers = parse(offers).unwrap_or_default();
    let mut ours = offers.iter().filter(|e| e.name == NAME && e.name == element.name).peekable();
    ours.peek().ok_or(Refused::Unknown)?;
    let terms = Terms::read(element).map_err(|flaw| match flaw {
        Flaw::Parameter => Refused::Malformed,
        Flaw::Value => Refused::Terms,
    })?;
    match ours.filter_map(|e| Terms::read(e).ok()).any(|offer| fits(&offer, &terms)) {
        true => Ok(Some(agreed(&terms))),
        false => Err(Refused::Terms),
    }
}

/// May a server answer this offer so (RFC 7692, 7.1)?
fn fits(offer: &Terms, answer: &Terms) -> bool {
    let server_bits = match (offer.server_max_window_bits, answer.server_max_window_bits) {
        (Some(most), Some(bits)) => bits <= most,
        (Some(_), None) => false,
        (None, _) => true,
    };
    let client_bits = match (offer.client_max_window_bits, answer.client_max_window_bits) {
        (_, None) => true,
        (Some(most), Some(Some(bits))) => bits <= most.unwrap_or(15),
        (_, Some(_)) => false,
    };
    server_bits && client_bits && (answer.server_no_context_takeover || !offer.server_no_context_takeover)
}

/// Can this be offered: a list of extensions that we know, in words that a server may answer?
pub fn is_offer(offers: &[u8]) -> bool {
    parse(offers).is_some_and(|all| !all.is_empty() && all.iter().all(|e| e.name == NAME && Terms::read(e).is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answered(list: &str) -> Option<String> {
        choose(list.as_bytes(), true).map(|(terms, _)| answer(&terms))
    }

    #[test]
    fn the_first_acceptable_offer_is_answered() {
        let same = [
            "permessage-deflate",
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate; client_no_context_takeover; server_max_window_bits=10",
            "permessage-deflate; server_max_window_bits=8; client_max_window_bits=15",
        ];
        for offer in same {
            assert_eq!(answered(offer).as_deref(), Some(offer));
        }
        let others = [
            ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
            (
                "permessage-deflate ;\tserver_max_window_bits = \"1\\0\" ,",
                "permessage-deflate; server_max_window_bits=10",
            ),
            (
                "foo;a=\"b\", permessage-deflate; bogus, permessage-deflate; client_no_context_takeover",
                "permessage-deflate; client_no_context_takeover",
            ),
        ];
        for (offer, answer) in others {
            assert_eq!(answered(offer).as_deref(), Some(answer));
        }
    }

    #[test]
    fn malformed_offers_are_declined() {
        for offer in [
            "",
            "x-webkit-deflate-frame",
            "Permessage-Deflate",
            "permessage-deflate; bogus",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_max_window_bits=7",
            "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=010",
            "permessage-deflate; server_max_window_bits=+9",
            "permessage-deflate; client_max_window_bits=",
            "permessage-deflate; client_max_window_bits=x",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            "permessage-deflate;",
            "permessage-deflate; server_max_window_bits=\"10",
            "permessage-deflate foo",
            "=, permessage-deflate",
        ] {
            assert_eq!(answered(offer), None, "{offer}");
        }
    }

    #[test]
    fn without_takeover_both_sides_are_told_so() {
        let (terms, agreed) = choose(b"permessage-deflate; server_max_window_bits=9", false).unwrap();
        assert_eq!(
            answer(&terms),
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9"
        );
        assert_eq!(agreed, Agreed { server_takeover: false, client_takeover: false, server_bits: 9, client_bits: 15 });
    }

    #[test]
    fn a_client_believes_only_what_it_offered() {
        let all = "permessage-deflate; client_max_window_bits=12; server_max_window_bits=12";
        let some = "permessage-deflate; client_no_context_takeover; client_max_window_bits";
        let agrees = |offer: &str, answer: &str| read_answer(offer.as_bytes(), answer.as_bytes());
        assert_eq!(agrees(some, ""), Ok(None));
        assert_eq!(
            agrees(all, "permessage-deflate; server_max_window_bits=11; client_max_window_bits=9").unwrap().unwrap(),
            Agreed { server_takeover: true, client_takeover: true, server_bits: 11, client_bits: 9 }
        );
        assert!(
            agrees(some, "permessage-deflate; server_max_window_bits=10; client_no_context_takeover")
                .unwrap()
                .is_some()
        );
        assert!(agrees("permessage-deflate; server_max_window_bits=9, permessage-deflate", NAME).unwrap().is_some());
        for (offer, answer, why) in [
            (some, "other", Refused::Unknown),
            (some, "permessage-deflate, permessage-deflate", Refused::Unknown),
            ("", "permessage-deflate", Refused::Unknown),
            (some, "permessage-deflate; bogus", Refused::Malformed),
            (some, "permessage-deflate;;", Refused::Malformed),
            (some, "permessage-deflate; client_max_window_bits", Refused::Terms),
            (some, "permessage-deflate; server_max_window_bits=99", Refused::Terms),
            (NAME, "permessage-deflate; client_max_window_bits=10", Refused::Terms),
            (all, "permessage-deflate; server_max_window_bits=13", Refused::Terms),
            (all, "permessage-deflate; server_max_window_bits=12; client_max_window_bits=13", Refused::Terms),
            (all, "permessage-deflate", Refused::Terms),
            ("permessage-deflate; server_no_context_takeover", "permessage-deflate", Refused::Terms),
        ] {
            assert_eq!(agrees(offer, answer), Err(why), "{offer} -> {answer}");
        }
    }

    proptest! {
        /// What a server answers, a client that made the offer accepts, with the same meaning.
        #[test]
        fn both_ends_agree(s: bool, c: bool, sb in prop::option::of(8u8..=15), cb in prop::option::of(prop::option::of(8u8..=15)),
                           takeover: bool) {
            let mut offer = answer(&Terms { server_no_context_takeover: s, client_no_context_takeover: c,
                server_max_window_bits: sb, client_max_window_bits: cb });
            if cb == Some(None) {
                offer.push_str("; client_max_window_bits");
            }
            let (terms, agreed) = choose(offer.as_bytes(), takeover).unwrap();
            prop_assert_eq!(read_answer(offer.as_bytes(), answer(&terms).as_bytes()), Ok(Some(agreed)));
        }

        /// Garbage is survived.
        #[test]
        fn any_bytes_are_read(list: Vec<u8>, text in "[a-z;=,\" \\\\]{0,40}") {
            parse(&list);
            parse(text.as_bytes());
        }
    }
}
