//! Compressed messages (RFC 7692, 6 and 7.2): one deflate stream, cut into messages.
use super::{Violation, close};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// What a sender leaves out at the end of each message: the empty block of a flush.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
/// An empty block behind the tail. It means nothing where the message was whole, and mostly something where it was cut off.
const PROBE: [u8; 5] = [0, 0, 0, 0xff, 0xff];
/// The smallest window that the compressor makes.
const BITS_LEAST: u8 = 9;

/// Takes messages apart.
pub struct Inflater {
    stream: Decompress,
    /// How much of the tail and the probe was taken in.
    ended: usize,
    /// Has the message in progress any payload?
    begun: bool,
    /// Did the stream end, as some senders end it with each message? The next byte begins another.
    restart: bool,
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inflated {
    /// How much of the input was taken in.
    pub used: usize,
    /// How much was written.
    pub made: usize,
    /// Is the message complete? Then the next step begins the next one.
    pub done: bool,
}

impl Inflater {
    /// Makes one for a peer whose window has 2^`bits` bytes.
    pub fn new(bits: u8) -> Inflater {
        let stream = Decompress::new_with_window_bits(false, bits.clamp(BITS_LEAST, 15));
        Inflater { stream, ended: 0, begun: false, restart: false }
    }

    /// Forgets the messages so far.
    pub fn reset(&mut self) {
        self.stream.reset(false);
        (self.ended, self.begun, self.restart) = (0, false, false);
    }

    /// Takes in the next payload of a message and writes what it becomes, as far as there is room. There may be more to come as
    /// long as all of `output` is filled: then this is called again, with what is left of the input. `last` says that the
    /// message ends with the input.
    pub fn step(&mut self, input: &[u8], last: bool, output: &mut [u8]) -> Result<Inflated, Violation> {
        let mut at = Inflated { used: 0, made: 0, done: false };
        self.begun |= !input.is_empty();
        while at.made < output.len() {
            let (used, made) = self.feed(&input[at.used..], &mut output[at.made..])?;
            at.used += used;
            at.made += made;
            if used == 0 && made == 0 {
                break;
            }
        }
        if at.made == output.len() || at.used < input.len() || !last {
            return Ok(at);
        }
        // a message without any payload has no last block whose end could be missing
        while self.begun && self.ended < TAIL.len() + PROBE.len() {
            let end = [&TAIL[..], &PROBE[..]].concat();
            let (used, made) = self.feed(&end[self.ended..], &mut output[at.made..]).unwrap_or((0, 0));
            if made > 0 || used == 0 {
                return Err(bad("compressed message is cut off"));
            }
            self.ended += used;
        }
        (self.ended, self.begun) = (0, false);
        at.done = true;
        Ok(at)
    }

    fn feed(&mut self, input: &[u8], output: &mut [u8]) -> Result<(usize, usize), Violation> {
        if self.restart && !input.is_empty() {
            self.stream.reset(false);
            self.restart = false;
        }
        if self.restart {
            return Ok((0, 0));
        }
        let (used, made) = (self.stream.total_in(), self.stream.total_out());
        let status = self.stream.decompress(input, output, FlushDecompress::Sync);
        let step = ((self.stream.total_in() - used) as usize, (self.stream.total_out() - made) as usize);
        match status {
            Ok(Status::StreamEnd) => self.restart = true,
            Ok(_) => {}
            Err(_) => return Err(bad("compressed message is corrupt")),
        }
        Ok(step)
    }
}

fn bad(why: &'static str) -> Violation {
    Violation { code: close::INVALID_PAYLOAD, why }
}

/// Puts messages together.
pub struct Deflater {
    stream: Compress,
    bits: u8,
    level: u32,
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deflated {
    /// How much of the input was taken in.
    pub used: usize,
    /// How much was written.
    pub made: usize,
    /// Was all taken in and written out?
    pub done: bool,
}

impl Deflater {
    /// Makes one that refers back 2^`bits` bytes at the most; `level` is from 0 (none) to 9 (small and slow).
    pub fn new(bits: u8, level: u32) -> Deflater {
        // the compressor refers back no farther than its window less 262 bytes: with 9 bits, 250. That keeps to a window of 8 bits too.
        let stream = Compress::new_with_window_bits(Compression::new(level.min(9)), false, bits.clamp(BITS_LEAST, 15));
        Deflater { stream, bits, level }
    }

    /// Is it one of [`new`](Self::new) with these?
    pub fn is(&self, bits: u8, level: u32) -> bool {
        self.bits == bits && self.level == level
    }

    /// Forgets the messages so far.
    pub fn reset(&mut self) {
        self.stream.reset();
    }

    /// Takes in the beginning of `input` and writes what it becomes, as far as there is room: at least 16 bytes. Called again with
    /// the rest until it is done. What a message becomes ends with the tail that [`cut_tail`] takes off.
    pub fn step(&mut self, input: &[u8], output: &mut [u8]) -> Option<Deflated> {
        let (used, made) = (self.stream.total_in(), self.stream.total_out());
        self.stream.compress(input, output, FlushCompress::Sync).ok()?;
        let used = (self.stream.total_in() - used) as usize;
        let made = (self.stream.total_out() - made) as usize;
        Some(Deflated { used, made, done: made < output.len() })
    }
}

/// How much of a message's last piece is sent; the piece is `made` bytes at the beginning of `output`, which has room for one.
pub fn cut_tail(output: &mut [u8], made: usize) -> usize {
    match output[..made].strip_suffix(&TAIL) {
        Some(rest) => rest.len(),
        // a flush right behind another writes nothing: the message ends with an empty block of its own
        None => {
            output[made] = 0;
            made + 1
        }
    }
}

/// How many bytes [`cut_tail`] may take off: the end of a piece that is not known to be the last is kept back.
pub const TAIL_LEN: usize = TAIL.len();

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn compress(deflater: &mut Deflater, message: &[u8], room: usize) -> Vec<u8> {
        let (mut all, mut rest) = (Vec::new(), message);
        loop {
            let mut output = vec![0; room];
            let step = deflater.step(rest, &mut output).unwrap();
            rest = &rest[step.used..];
            all.extend_from_slice(&output[..step.made]);
            if step.done {
                assert!(rest.is_empty());
                let made = all.len();
                all.push(0);
                let len = cut_tail(&mut all, made);
                all.truncate(len);
                return all;
            }
        }
    }

    fn inflate(inflater: &mut Inflater, payload: &[u8], cuts: &[usize], room: usize) -> Result<Vec<u8>, Violation> {
        let (mut all, mut at) = (Vec::new(), 0);
        for end in cuts.iter().copied().chain([payload.len()]) {
            let end = end.clamp(at, payload.len());
            let last = end == payload.len();
            loop {
                let mut output = vec![0; room];
                let step = inflater.step(&payload[at..end], last, &mut output)?;
                at += step.used;
                all.extend_from_slice(&output[..step.made]);
                if step.made < room {
                    assert_eq!((at, step.done), (end, last));
                    break;
                }
                assert!(!step.done);
            }
            if last {
                break;
            }
        }
        Ok(all)
    }

    fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let repetitive = prop::collection::vec(prop::sample::select(b"{\"abc\":1}, ".to_vec()), 0..3000);
        let any = prop::collection::vec(any::<u8>(), 0..600);
        prop::collection::vec(prop_oneof![repetitive, any, Just(Vec::new())], 1..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        /// Messages come out as they went in, however they are cut, with and without what was before them.
        #[test]
        fn messages_survive(messages in messages(), bits in 8u8..=15, level in 0u32..=9, takeover: bool,
                            mut cuts in prop::collection::vec(0usize..800, 0..6), room in 1usize..500, pieces in 16usize..400) {
            cuts.sort();
            let (mut deflater, mut inflater) = (Deflater::new(bits, level), Inflater::new(bits));
            for message in &messages {
                let payload = compress(&mut deflater, message, pieces);
                prop_assert_eq!(&inflate(&mut inflater, &payload, &cuts, room).unwrap(), message);
                if !takeover {
                    deflater.reset();
                    inflater.reset();
                }
            }
        }

        /// Anything is a message or an error, and its memory is bounded by the room given.
        #[test]
        fn garbage_is_survived(payload: Vec<u8>, mut cuts in prop::collection::vec(0usize..64, 0..4)) {
            cuts.sort();
            let _ = inflate(&mut Inflater::new(15), &payload, &cuts, 100);
        }
    }

    #[test]
    fn what_the_standard_shows() {
        let mut inflater = Inflater::new(15);
        let mut read = |payload: &[u8]| inflate(&mut inflater, payload, &[], 100).unwrap();
        assert_eq!(read(&[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]), b"Hello");
        // the same again, referring back to the first
        assert_eq!(read(&[0xf2, 0x00, 0x11, 0x00, 0x00]), b"Hello");
        // a block that is not compressed, a final block, two blocks
        assert_eq!(read(&[0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00]), b"Hello");
        assert_eq!(read(&[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]), b"Hello");
        assert_eq!(read(&[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00]), b"Hello");
        assert_eq!(read(&[0x00]), b"");
        assert_eq!(read(&[]), b"");
    }

    #[test]
    fn what_is_cut_off_or_corrupt_is_seen() {
        let whole = compress(&mut Deflater::new(15, 6), &b"hello hello hello, and so on ".repeat(9), 4096);
        let cut = |n: usize| inflate(&mut Inflater::new(15), &whole[..n], &[], 1000).map_err(|v| v.code);
        assert!(cut(whole.len()).is_ok());
        assert_eq!(cut(4), Err(1007));
        assert_eq!(cut(whole.len() / 2), Err(1007));
        assert_eq!(inflate(&mut Inflater::new(15), &[0xff; 6], &[], 100).map_err(|v| v.code), Err(1007));
    }

    #[test]
    fn a_bomb_comes_out_in_pieces() {
        let bomb = compress(&mut Deflater::new(15, 9), &vec![0; 1 << 20], 1 << 16);
        assert!(bomb.len() < 4096);
        let mut output = [0; 1000];
        let step = Inflater::new(15).step(&bomb, true, &mut output).unwrap();
        assert_eq!((step.made, step.done), (1000, false));
    }

    /// The first, short way out of a repeated flush, and an empty message behind another.
    #[test]
    fn an_empty_message_is_a_byte() {
        let (mut deflater, mut inflater) = (Deflater::new(15, 1), Inflater::new(15));
        for message in [&b""[..], b"abc", b"", b""] {
            let payload = compress(&mut deflater, message, 64);
            assert!(message.len() == 3 || payload == [0]);
            assert_eq!(inflate(&mut inflater, &payload, &[], 64).unwrap(), message);
        }
    }
}
