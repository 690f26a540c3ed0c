use super::input::Input;
use netgraft::proto::form::{Event, Malformed, Parser};

/// What a body means, however it is cut.
#[derive(Debug, PartialEq, Default)]
struct Form {
    parts: Vec<Part>,
    end: Option<&'static str>,
}

#[derive(Debug, PartialEq, Default)]
struct Part {
    name: Vec<u8>,
    filename: Option<Vec<u8>>,
    content: Vec<u8>,
    ended: bool,
}

/// The body of a form: urlencoded, or multipart with the boundary `XX`.
pub fn form(bytes: &[u8]) {
    let Some(input) = Input::parse(bytes) else { return };
    let content_type: &[u8] = if input.parameter & 1 == 0 { b"multipart/form-data; boundary=XX" } else { b"" };
    input.same_for_any_cut(
        |pieces| {
            let mut form = Form::default();
            if let Err(Malformed(why)) = form.read(pieces, content_type) {
                form.end = Some(why);
            }
            form
        },
        |one, other| assert_eq!(one, other),
    );
}

impl Form {
    fn read(&mut self, pieces: &mut dyn Iterator<Item = &[u8]>, content_type: &[u8]) -> Result<(), Malformed> {
        let mut parser = Parser::for_content_type(content_type)?;
        for piece in pieces {
            self.feed(&mut parser, piece)?;
        }
        let last = parser.last_input();
        self.feed(&mut parser, last)?;
        if parser.is_complete() { Ok(()) } else { Err(Malformed("not complete")) }
    }

    fn feed(&mut self, parser: &mut Parser, mut input: &[u8]) -> Result<(), Malformed> {
        let mut idle = 0;
        loop {
            let (used, event) = parser.step(input)?;
            idle = if used == 0 && event == Event::Nothing { idle + 1 } else { 0 };
            assert!(idle < 3, "no progress");
            match event {
                Event::Nothing if used == input.len() => return Ok(()),
                Event::Nothing => {}
                Event::Field => self.begin(parser, None),
                Event::File => self.begin(parser, Some(parser.filename().to_vec())),
                Event::Content(range) => {
                    assert!(range.end <= used);
                    self.current().content.extend_from_slice(&input[range]);
                }
                Event::Held => self.current().content.extend_from_slice(parser.held()),
                Event::End => self.current().ended = true,
            }
            input = &input[used..];
        }
    }

    fn begin(&mut self, parser: &Parser, filename: Option<Vec<u8>>) {
        assert!(self.parts.last().is_none_or(|part| part.ended), "a part inside a part");
        let name = parser.name().to_vec();
        assert!(parser.is_named(&name));
        self.parts.push(Part { name, filename, ..Part::default() });
    }

    /// The part that an event is about.
    fn current(&mut self) -> &mut Part {
        let part = self.parts.last_mut().expect("an event without a part");
        assert!(!part.ended, "an event behind the end of its part");
        part
    }
}
