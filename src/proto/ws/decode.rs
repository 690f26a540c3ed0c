//! Frames that we receive, unmasked where they lie.
use super::{CONTROL_MAX, Violation, mask, opcode};
use std::ops::Range;

const HEADER_MAX: usize = 14;
/// Every header begins with so many bytes, which say how long it is.
const START: usize = 2;
const FIN: u8 = 0x80;
const RSV: u8 = 0x70;
/// Marks the first frame of a compressed message.
const RSV1: u8 = 0x40;
const MASKED: u8 = 0x80;

/// The state between two pieces of a stream. All zeros is the state at its beginning.
#[derive(Default)]
pub struct Decoder {
    /// Payload of the current frame still to come.
    remaining: u64,
    /// The frame's mask, turned to fit the next byte.
    mask: [u8; 4],
    /// A header whose end has not come yet.
    header: [u8; HEADER_MAX],
    header_len: u8,
    in_frame: bool,
    /// First byte of the current frame.
    first_byte: u8,
    /// The opcode that began the message in progress, with [`RSV1`] where it is compressed; 0 between messages.
    message: u8,
    /// Has a slice of the message in progress been given out?
    begun: bool,
    /// A control frame's payload, when it comes in several pieces.
    control: Option<Box<Control>>,
}

struct Control {
    bytes: [u8; CONTROL_MAX],
    len: usize,
}

/// What was agreed on for the frames that come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The peer must mask (a client), or must not (a server).
    pub masked: bool,
    /// Messages may be compressed.
    pub packed: bool,
}

/// What the next bytes of a stream mean.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing yet: the rest of the input was taken in.
    More,
    /// A piece of a message.
    Data(Data),
    /// A whole control frame.
    Control {
        /// Close, ping or pong.
        opcode: u8,
        /// Its payload.
        payload: Payload,
    },
}

/// A piece of a message.
#[derive(Debug, PartialEq, Eq)]
pub struct Data {
    /// Where in the input it lies, unmasked.
    pub at: Range<usize>,
    /// Does the message begin with it?
    pub first: bool,
    /// Does the message end with it?
    pub last: bool,
    /// Is the message binary, not text?
    pub binary: bool,
    /// Is the message compressed?
    pub packed: bool,
    /// How much of its frame is still to come.
    pub remaining: u64,
}

/// The payload of a control frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Payload {
    /// It lies in the input.
    At(Range<usize>),
    /// It came in pieces.
    Gathered(Box<[u8]>),
}

impl Decoder {
    /// Does the stream stand between two messages, and between two frames?
    pub fn is_idle(&self) -> bool {
        !self.in_frame && self.header_len == 0 && self.message == 0
    }

    /// Takes in the beginning of `input` and says how much of it and what it means. Slices of messages are at
    /// most `slice_max` long, but those of compressed ones.
    #[inline(always)]
    pub fn step(&mut self, input: &mut [u8], slice_max: usize, rules: Rules) -> Result<(usize, Step), Violation> {
        let mut used = 0;
        if !self.in_frame {
            match self.header(input, rules)? {
                Some(n) => used = n,
                None => return Ok((input.len(), Step::More)),
            }
        }
        let is_control = self.first_byte & 8 != 0;
        let there = (input.len() - used) as u64;
        // compressed payload is not sliced: what it becomes is
        let whole = is_control || self.message & RSV1 != 0;
        let take = self.remaining.min(there).min(if whole { u64::MAX } else { slice_max as u64 }) as usize;
        if take == 0 && self.remaining > 0 {
            return Ok((used, Step::More));
        }
        let at = used..used + take;
        if rules.masked {
            self.mask = mask::apply(&mut input[at.clone()], self.mask);
        }
        self.remaining -= take as u64;
        self.in_frame = self.remaining > 0;
        let step = if is_control { self.control(input, at.clone()) } else { self.data(at.clone()) };
        Ok((at.end, step))
    }

    /// The commonest input by far: a short message, whole and in one frame, where no other is under way. Where its payload is, which
    /// is unmasked now, and whether it is binary; none for anything else, which is left as it was for [`step`](Self::step).
    #[inline(always)]
    pub fn short_message(&mut self, input: &mut [u8], slice_max: usize) -> Option<(Range<usize>, bool)> {
        let [first, second, a, b, c, d, ..] = *input else { return None };
        let end = 6 + (second & 0x7f) as usize;
        let plain = matches!(first, 0x81 | 0x82) && matches!(second, 0x80..=0xfd);
        let idle = !self.in_frame && self.header_len == 0 && self.message == 0;
        if !plain || !idle || input.len() < end || end - 6 > slice_max {
            return None;
        }
        mask::apply(&mut input[6..end], [a, b, c, d]);
        Some((6..end, first == 0x82))
    }

    /// Reads the header at the beginning of `input`, which may be cut anywhere: how much of it that is, or none when it is not all there.
    fn header(&mut self, input: &[u8], rules: Rules) -> Result<Option<usize>, Violation> {
        let mut used = 0;
        loop {
            let held = self.header_len as usize;
            let len = if held < START { START } else { header_len(self.header[1]) };
            let take = (len - held).min(input.len() - used);
            self.header[held..held + take].copy_from_slice(&input[used..used + take]);
            self.header_len = (held + take) as u8;
            used += take;
            if held + take < len {
                return Ok(None);
            }
            if held < START {
                check_start(self.header[0], self.header[1], rules, self.message)?;
            }
            if len == header_len(self.header[1]) {
                self.header_len = 0;
                self.read_header(len, rules.masked)?;
                return Ok(Some(used));
            }
        }
    }

    fn read_header(&mut self, len: usize, masked: bool) -> Result<(), Violation> {
        let header = &self.header[..len];
        let (length, least) = match header[1] & 0x7f {
            126 => (u64::from(u16::from_be_bytes([header[2], header[3]])), 126),
            127 => (u64::from_be_bytes(header[2..10].try_into().unwrap_or_default()), 0x1_0000),
            short => (u64::from(short), 0),
        };
        if length >> 63 != 0 {
            return Err(Violation::protocol("frame length over 63 bits"));
        }
        if length < least {
            return Err(Violation::protocol("frame length longer than need be"));
        }
        if masked {
            self.mask.copy_from_slice(&header[len - 4..]);
        }
        self.begin(self.header[0], length);
        Ok(())
    }

    /// A frame begins, whose first byte was checked.
    #[inline(always)]
    fn begin(&mut self, first: u8, length: u64) {
        self.remaining = length;
        self.first_byte = first;
        self.in_frame = true;
        let code = first & 15;
        if code == opcode::TEXT || code == opcode::BINARY {
            self.message = code | first & RSV1;
            self.begun = false;
        }
    }

    #[inline(always)]
    fn data(&mut self, at: Range<usize>) -> Step {
        let last = !self.in_frame && self.first_byte & FIN != 0;
        let data = Data {
            at,
            first: !self.begun,
            last,
            binary: self.message & !RSV1 == opcode::BINARY,
            packed: self.message & RSV1 != 0,
            remaining: self.remaining,
        };
        self.begun = true;
        if last {
            self.message = 0;
        }
        Step::Data(data)
    }

    fn control(&mut self, input: &[u8], at: Range<usize>) -> Step {
        let opcode = self.first_byte & 15;
        if !self.in_frame && self.control.is_none() {
            return Step::Control { opcode, payload: Payload::At(at) };
        }
        let control = self.control.get_or_insert_with(|| Box::new(Control { bytes: [0; CONTROL_MAX], len: 0 }));
        let end = control.len + at.len();
        control.bytes[control.len..end].copy_from_slice(&input[at]);
        control.len = end;
        if self.in_frame {
            return Step::More;
        }
        let payload = Payload::Gathered(control.bytes[..end].into());
        self.control = None;
        Step::Control { opcode, payload }
    }
}

/// How long the header with this second byte is.
#[inline(always)]
fn header_len(second: u8) -> usize {
    let length = match second & 0x7f {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    START + length + if second & MASKED != 0 { 4 } else { 0 }
}

/// Checks a header's first two bytes; `message` is the opcode of the message in progress.
#[inline(always)]
fn check_start(first: u8, second: u8, rules: Rules, message: u8) -> Result<(), Violation> {
    let begins = matches!(first & 15, opcode::TEXT | opcode::BINARY);
    if first & RSV & !if rules.packed && begins { RSV1 } else { 0 } != 0 {
        return Err(Violation::protocol("reserved bit set"));
    }
    if (second & MASKED != 0) != rules.masked {
        return Err(Violation::protocol(if rules.masked { "frame without a mask" } else { "frame with a mask" }));
    }
    match first & 15 {
        opcode::CONTINUATION if message == 0 => Err(Violation::protocol("continuation of nothing")),
        opcode::TEXT | opcode::BINARY if message != 0 => Err(Violation::protocol("message inside a message")),
        opcode::CONTINUATION..=opcode::BINARY => Ok(()),
        opcode::CLOSE..=opcode::PONG => {
            if first & FIN == 0 {
                Err(Violation::protocol("control frame in fragments"))
            } else if second & 0x7f > CONTROL_MAX as u8 {
                Err(Violation::protocol("control frame over 125 bytes"))
            } else {
                Ok(())
            }
        }
        _ => Err(Violation::protocol("reserved opcode")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a stream means, however it is cut: messages as (bytes, binary), control frames, or a violation.
    #[derive(Debug, PartialEq, Eq, Default)]
    struct Meaning {
        messages: Vec<(Vec<u8>, bool)>,
        controls: Vec<(u8, Vec<u8>)>,
        violation: Option<&'static str>,
    }

    fn read(stream: &[u8], cuts: &[usize], slice_max: usize) -> Meaning {
        read_packed(stream, cuts, slice_max, false)
    }

    fn read_packed(stream: &[u8], cuts: &[usize], slice_max: usize, packed: bool) -> Meaning {
        let mut decoder = Decoder::default();
        let mut meaning = Meaning::default();
        let mut message: Option<Vec<u8>> = None;
        let mut at = 0;
        for end in cuts.iter().copied().chain([stream.len()]) {
            let mut piece = stream[at..end.clamp(at, stream.len())].to_vec();
            at += piece.len();
            let mut used = 0;
            while used < piece.len() {
                let rest = &mut piece[used..];
                if let Some((at, binary)) = decoder.short_message(rest, slice_max) {
                    used += at.end;
                    meaning.messages.push((rest[at].to_vec(), binary));
                    continue;
                }
                let (n, step) = match decoder.step(rest, slice_max, Rules { masked: true, packed }) {
                    Ok(ok) => ok,
                    Err(e) => {
                        meaning.violation = Some(e.why);
                        return meaning;
                    }
                };
                match step {
                    Step::More => {}
                    Step::Data(data) => {
                        assert!(data.at.len() <= slice_max);
                        assert_eq!(data.first, message.is_none());
                        message.get_or_insert_default().extend_from_slice(&rest[data.at]);
                        if data.last {
                            meaning.messages.push((message.take().unwrap_or_default(), data.binary));
                        }
                    }
                    Step::Control { opcode, payload: Payload::At(at) } => {
                        meaning.controls.push((opcode, rest[at].to_vec()))
                    }
                    Step::Control { opcode, payload: Payload::Gathered(bytes) } => {
                        meaning.controls.push((opcode, bytes.to_vec()))
                    }
                }
                used += n;
            }
        }
        meaning
    }

    fn frame(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
        let header = super::super::encode::Header::new(first, payload.len());
        let mut bytes = header.as_slice().to_vec();
        bytes[1] |= MASKED;
        bytes.extend_from_slice(&mask);
        bytes.extend(payload.iter().enumerate().map(|(i, b)| b ^ mask[i % 4]));
        bytes
    }

    proptest! {
        /// Any split of any stream, valid or not, means the same.
        #[test]
        fn a_cut_changes_nothing(
            frames in prop::collection::vec(
                (prop_oneof![Just(0x81u8), Just(0x02), Just(0x80), Just(0x00), Just(0x89), Just(0x8a), Just(0x01), any::<u8>()],
                 prop::collection::vec(any::<u8>(), 0..300), any::<[u8; 4]>()), 1..6),
            mut cuts in prop::collection::vec(0usize..1500, 0..12), slice_max in 1usize..200,
        ) {
            let stream: Vec<u8> = frames.iter().flat_map(|(first, payload, mask)| frame(*first, payload, *mask)).collect();
            cuts.sort();
            prop_assert_eq!(read(&stream, &[], usize::MAX), read(&stream, &cuts, slice_max));
        }

        /// Garbage is either a stream or a violation, never a panic.
        #[test]
        fn garbage_is_survived(stream: Vec<u8>, mut cuts in prop::collection::vec(0usize..64, 0..6)) {
            cuts.sort();
            read(&stream, &cuts, 100);
        }
    }

    #[test]
    fn fragments_make_a_message_and_control_frames_stand_between() {
        let stream =
            [frame(0x01, b"he", [1, 2, 3, 4]), frame(0x89, b"p", [9; 4]), frame(0x80, b"llo", [7; 4])].concat();
        let meaning = read(&stream, &[], 4096);
        assert_eq!(meaning.messages, [(b"hello".to_vec(), false)]);
        assert_eq!(meaning.controls, [(opcode::PING, b"p".to_vec())]);
    }

    #[test]
    fn a_message_may_be_compressed_where_that_was_agreed() {
        let stream = [frame(0x42, b"ab", [1, 2, 3, 4]), frame(0x80, b"c", [7; 4]), frame(0x81, b"d", [7; 4])].concat();
        assert_eq!(read(&stream, &[], 4096).violation, Some("reserved bit set"));
        let meaning = read_packed(&stream, &[3, 8], 4096, true);
        assert_eq!(meaning.messages, [(b"abc".to_vec(), true), (b"d".to_vec(), false)]);
        for first in [0xc0, 0xc9, 0xa1, 0xe2] {
            let stream = [frame(0x01, b"a", [0; 4]), frame(first, b"b", [0; 4])].concat();
            let begun = if first & 15 == 0 { &stream[..] } else { &stream[7..] };
            assert_eq!(read_packed(begun, &[], 4096, true).violation, Some("reserved bit set"), "{first:x}");
        }
    }

    #[test]
    fn each_violation_is_seen() {
        let cases: [(&[u8], &str); 11] = [
            (&[0x82, 0xfe, 0, 5, 0, 0, 0, 0], "frame length longer than need be"),
            (&[0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0], "frame length longer than need be"),
            (&[0xc1, 0x80, 0, 0, 0, 0], "reserved bit set"),
            (&[0x83, 0x80, 0, 0, 0, 0], "reserved opcode"),
            (&[0x81, 0x00], "frame without a mask"),
            (&[0x80, 0x80, 0, 0, 0, 0], "continuation of nothing"),
            (&[0x09, 0x80, 0, 0, 0, 0], "control frame in fragments"),
            (&[0x89, 0xfe, 0, 126, 0, 0, 0, 0], "control frame over 125 bytes"),
            (&[0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "frame length over 63 bits"),
            (&[0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0], "message inside a message"),
            (&[0x8f, 0x80, 0, 0, 0, 0], "reserved opcode"),
        ];
        for (stream, why) in cases {
            assert_eq!(read(stream, &[], 4096).violation, Some(why));
        }
    }
}
