use super::input::Input;
use netgraft::proto::ws::Violation;
use netgraft::proto::ws::deflate::Inflater;

/// More than this is not made of an input.
const MADE_MAX: usize = 1 << 20;

/// The payload of a compressed message, in frames cut anywhere; the parameter is the room that it is written into, less one.
pub fn deflate(bytes: &[u8]) {
    let Some(input) = Input::parse(bytes) else { return };
    let room = usize::from(input.parameter) + 1;
    let largest = read(&mut std::iter::once(input.stream), 1 << 16);
    input.same_for_any_cut(|pieces| read(pieces, room), |_, other| assert_eq!(&largest, other));
}

/// What the message becomes, or its beginning where it is too much.
fn read(pieces: &mut dyn Iterator<Item = &[u8]>, room: usize) -> Result<Vec<u8>, Violation> {
    let mut inflater = Inflater::new(15);
    let (mut made, mut output) = (Vec::new(), vec![0; room]);
    let mut pieces = pieces.peekable();
    let mut piece = pieces.next().unwrap_or_default();
    loop {
        let last = pieces.peek().is_none();
        let step = inflater.step(piece, last, &mut output)?;
        assert!(step.used <= piece.len() && step.made <= room);
        piece = &piece[step.used..];
        made.extend_from_slice(&output[..step.made]);
        if made.len() > MADE_MAX {
            made.truncate(MADE_MAX);
            return Ok(made);
        }
        if step.made == room {
            assert!(!step.done, "there may be more");
            continue;
        }
        assert!(piece.is_empty() && step.done == last, "all is taken in");
        match pieces.next() {
            Some(next) => piece = next,
            None => return Ok(made),
        }
    }
}
