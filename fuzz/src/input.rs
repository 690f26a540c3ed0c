//! How the bytes of a fuzz input are understood: a parameter, where to cut, and the stream itself.

/// An input taken apart.
pub struct Input<'a> {
    /// For the target to use as it likes.
    pub parameter: u8,
    /// The lengths of the first pieces; the last piece is what is left.
    pub lengths: &'a [u8],
    /// The stream.
    pub stream: &'a [u8],
}

/// The most cuts that an input can ask for.
const CUTS_MAX: u8 = 15;

impl<'a> Input<'a> {
    /// The first byte is the parameter, the second says how many lengths follow (less 48, so that they can be typed).
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (&[parameter, count], rest) = bytes.split_first_chunk()?;
        let count = count.wrapping_sub(b'0') & CUTS_MAX;
        let (lengths, stream) = rest.split_at_checked(count as usize)?;
        Some(Input { parameter, lengths, stream })
    }

    /// Reads the stream in the three ways and compares with the first.
    pub fn same_for_any_cut<Events>(
        &self,
        read: impl Fn(&mut dyn Iterator<Item = &'a [u8]>) -> Events,
        agree: impl Fn(&Events, &Events),
    ) {
        let whole = read(&mut std::iter::once(self.stream));
        agree(&whole, &read(&mut self.stream.chunks(1)));
        agree(&whole, &read(&mut self.pieces()));
    }

    fn pieces(&self) -> impl Iterator<Item = &'a [u8]> {
        let (mut rest, mut lengths) = (self.stream, self.lengths.iter());
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let len = lengths.next().map_or(rest.len(), |&len| rest.len().min(len.into()));
            let piece;
            (piece, rest) = rest.split_at(len);
            Some(piece)
        })
    }
}

/// Puts an input together, the other way round.
pub fn input(parameter: u8, lengths: &[u8], stream: &[u8]) -> Vec<u8> {
    let lengths = &lengths[..lengths.len().min(CUTS_MAX.into())];
    [&[parameter, b'0' + lengths.len() as u8], lengths, stream].concat()
}
