use super::input::Input;
use netgraft::proto::ws::decode::{Data, Decoder, Payload, Rules, Step};
use netgraft::proto::ws::{CONTROL_MAX, Violation, close, opcode, utf8::Utf8};

#[derive(Debug, PartialEq)]
enum Event {
    Message {
        data: Vec<u8>,
        binary: bool,
        complete: bool,
    },
    /// A text message that is not UTF-8; how much of it had been let through depends on the cut.
    BadText,
    Control(u8, Vec<u8>),
    Closed(Result<(), Violation>),
    Broken(Violation),
}

/// A stream of frames, from a client (masked) or from a server.
pub fn ws_frames(bytes: &[u8]) {
    let Some(input) = Input::parse(bytes) else { return };
    let masked = input.parameter & 1 == 0;
    // the whole stream in slices as large as they come, the cut ones in slices of another size
    let slice_max = usize::from(input.parameter >> 1) + 1;
    let largest = read(&mut std::iter::once(input.stream), masked, usize::MAX);
    input.same_for_any_cut(|pieces| read(pieces, masked, slice_max), |_, other| assert_eq!(&largest, other));
}

fn read(pieces: &mut dyn Iterator<Item = &[u8]>, masked: bool, slice_max: usize) -> Vec<Event> {
    let mut reader = Reader::default();
    let mut decoder = Decoder::default();
    for piece in pieces {
        let mut piece = piece.to_vec(); // unmasked in place
        let mut rest = &mut piece[..];
        while !rest.is_empty() {
            let short = if masked { decoder.short_message(rest, slice_max) } else { None };
            let (used, step) = match short {
                Some((at, binary)) => {
                    let data = Data { at, first: true, last: true, binary, packed: false, remaining: 0 };
                    (data.at.end, Step::Data(data))
                }
                None => match decoder.step(rest, slice_max, Rules { masked, packed: false }) {
                    Ok(step) => step,
                    Err(violation) => return reader.end(Some(Event::Broken(violation))),
                },
            };
            assert!(used > 0 && used <= rest.len(), "no progress, or too much");
            if let Some(last) = reader.take(&rest[..used], step, slice_max) {
                return reader.end(Some(last));
            }
            rest = &mut rest[used..];
        }
    }
    reader.end(None)
}

#[derive(Default)]
struct Reader {
    events: Vec<Event>,
    /// The message in progress.
    message: Option<(Vec<u8>, bool)>,
    text: Utf8,
}

impl Reader {
    /// Takes in a step; the event that ends the stream, if it does.
    fn take(&mut self, bytes: &[u8], step: Step, slice_max: usize) -> Option<Event> {
        match step {
            Step::More => {}
            Step::Data(data) => {
                assert!(data.at.len() <= slice_max);
                assert_eq!(data.first, self.message.is_none());
                assert!(!data.last || data.remaining == 0);
                if data.first {
                    self.text = Utf8::default();
                }
                let (message, binary) = self.message.get_or_insert_with(|| (Vec::new(), data.binary));
                assert_eq!(*binary, data.binary);
                let slice = &bytes[data.at];
                message.extend_from_slice(slice);
                if !data.binary && !self.text.feed(slice, data.last) {
                    assert!(!data.last || std::str::from_utf8(message).is_err());
                    self.message = None;
                    return Some(Event::BadText);
                }
                if data.last
                    && let Some((data, binary)) = self.message.take()
                {
                    assert!(binary || std::str::from_utf8(&data).is_ok());
                    self.events.push(Event::Message { data, binary, complete: true });
                }
            }
            Step::Control { opcode, payload } => {
                let payload = match payload {
                    Payload::At(at) => bytes[at].to_vec(),
                    Payload::Gathered(bytes) => bytes.into_vec(),
                };
                assert!(opcode >= opcode::CLOSE && payload.len() <= CONTROL_MAX);
                let checked = (opcode == opcode::CLOSE).then(|| close::check(&payload));
                self.events.push(Event::Control(opcode, payload));
                return checked.map(Event::Closed);
            }
        }
        None
    }

    fn end(mut self, last: Option<Event>) -> Vec<Event> {
        if let Some((data, binary)) = self.message {
            // that a frame without content has begun shows or not, by the cut
            if !data.is_empty() {
                self.events.push(Event::Message { data, binary, complete: false });
            }
        }
        self.events.extend(last);
        self.events
    }
}
