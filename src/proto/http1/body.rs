//! The body of a request: how long it is, and where it ends.
use std::ops::Range;

/// A chunk header and a trailer line may be this long.
const LINE_MAX: usize = 256;

/// What is still to come of a body.
#[derive(Debug, PartialEq, Eq)]
pub enum Body {
    /// This many bytes.
    Length(u64),
    /// Chunks, until an empty one.
    Chunked(Chunks),
    /// Whatever comes until the peer ends the stream.
    UntilEnd,
}

impl Default for Body {
    fn default() -> Self {
        Body::Length(0)
    }
}

/// Where in a chunked body the stream is.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Chunks {
    state: State,
    left: u64,
    line: usize,
}

#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
enum State {
    #[default]
    Size,
    Extension,
    SizeEnd,
    Data,
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    TrailerLf,
    EndLf,
    Done,
}

/// The body is not what HTTP allows.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

impl Body {
    /// Has all of it come?
    pub fn is_done(&self) -> bool {
        match self {
            Body::Length(left) => *left == 0,
            Body::Chunked(chunks) => chunks.state == State::Done,
            Body::UntilEnd => false,
        }
    }

    /// Takes in the beginning of `input`: how much, and which part of it is content.
    pub fn step(&mut self, input: &[u8]) -> Result<(usize, Range<usize>), Malformed> {
        match self {
            Body::Length(left) => {
                let take = (*left).min(input.len() as u64);
                *left -= take;
                Ok((take as usize, 0..take as usize))
            }
            Body::Chunked(chunks) => chunks.step(input),
            Body::UntilEnd => Ok((input.len(), 0..input.len())),
        }
    }
}

impl Chunks {
    fn step(&mut self, input: &[u8]) -> Result<(usize, Range<usize>), Malformed> {
        for (i, &c) in input.iter().enumerate() {
            if self.state == State::Data {
                let take = self.left.min((input.len() - i) as u64);
                self.left -= take;
                if self.left == 0 {
                    self.state = State::DataCr;
                }
                return Ok((i + take as usize, i..i + take as usize));
            }
            if self.state == State::Done {
                return Ok((i, 0..0));
            }
            self.framing(c)?;
        }
        Ok((input.len(), 0..0))
    }

    /// One byte between the chunks. Lines end in CR LF and nothing else: what two readers could read in two
    /// ways is refused.
    fn framing(&mut self, c: u8) -> Result<(), Malformed> {
        self.line += 1;
        if self.line > LINE_MAX {
            return Err(Malformed);
        }
        self.state = match (self.state, c) {
            (State::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = (c as char).to_digit(16).unwrap_or(0);
                self.left = self.left.checked_mul(16).ok_or(Malformed)? + u64::from(digit);
                State::Size
            }
            (State::Size, b';') if self.line > 1 => State::Extension,
            (State::Size, b'\r') if self.line > 1 => State::SizeEnd,
            (State::Extension, b'\r') => State::SizeEnd,
            (State::Extension, b'\n') => return Err(Malformed),
            (State::Extension, _) => State::Extension,
            (State::SizeEnd, b'\n') => {
                self.line = 0;
                if self.left == 0 { State::TrailerStart } else { State::Data }
            }
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => {
                self.line = 0;
                State::Size
            }
            (State::TrailerStart, b'\r') => State::EndLf,
            (State::TrailerStart | State::Trailer, b'\n') => return Err(Malformed),
            (State::Trailer, b'\r') => State::TrailerLf,
            (State::TrailerStart | State::Trailer, _) => State::Trailer,
            (State::TrailerLf, b'\n') => State::TrailerStart,
            (State::EndLf, b'\n') => State::Done,
            _ => return Err(Malformed),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(stream: &[u8], cuts: &[usize]) -> Result<(Vec<u8>, bool), Malformed> {
        let mut body = Body::Chunked(Chunks::default());
        let mut content = Vec::new();
        let mut at = 0;
        for end in cuts.iter().copied().chain([stream.len()]) {
            let piece = &stream[at..end.clamp(at, stream.len())];
            at += piece.len();
            let mut used = 0;
            while used < piece.len() && !body.is_done() {
                let (n, range) = body.step(&piece[used..])?;
                content.extend_from_slice(&piece[used..][range]);
                used += n;
            }
        }
        Ok((content, body.is_done()))
    }

    proptest! {
        #[test]
        fn a_cut_changes_nothing(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..5),
                                 mut cuts in prop::collection::vec(0usize..300, 0..10)) {
            let mut stream = Vec::new();
            for chunk in &chunks {
                stream.extend_from_slice(format!("{:x};a=b\r\n", chunk.len()).as_bytes());
                stream.extend_from_slice(chunk);
                stream.extend_from_slice(b"\r\n");
            }
            stream.extend_from_slice(b"0\r\nTrailer: x\r\n\r\n");
            cuts.sort();
            prop_assert_eq!(read(&stream, &cuts), Ok((chunks.concat(), true)));
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for bad in [
            "5\nhello\r\n0\r\n\r\n",
            "x\r\n",
            "\r\n",
            "5\r\nhelloX",
            "-1\r\n",
            "11111111111111111\r\n",
            "5 \r\n",
            "1;\n",
        ] {
            assert_eq!(read(bad.as_bytes(), &[]), Err(Malformed), "{bad:?}");
        }
    }
}
