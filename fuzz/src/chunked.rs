use super::input::Input;
use netgraft::proto::http1::body::{Body, Chunks, Malformed};

#[derive(Debug, PartialEq)]
struct Reading {
    content: Vec<u8>,
    /// How much of the stream belongs to the body.
    used: usize,
    done: Result<bool, Malformed>,
}

/// A chunked body.
pub fn chunked(bytes: &[u8]) {
    let Some(input) = Input::parse(bytes) else { return };
    input.same_for_any_cut(
        |pieces| {
            let mut body = Body::Chunked(Chunks::default());
            let mut reading = Reading { content: Vec::new(), used: 0, done: Ok(false) };
            for mut piece in pieces {
                while !piece.is_empty() && !body.is_done() {
                    match body.step(piece) {
                        Ok((used, content)) => {
                            assert!(used > 0 && used <= piece.len(), "no progress, or too much");
                            reading.content.extend_from_slice(&piece[content]);
                            reading.used += used;
                            piece = &piece[used..];
                        }
                        Err(e) => {
                            reading.done = Err(e);
                            reading.used = 0; // where it was noticed depends on the cut
                            return reading;
                        }
                    }
                }
            }
            reading.done = Ok(body.is_done());
            reading
        },
        |one, other| assert_eq!(one, other),
    );
}
