//! Close frames.
use super::{Violation, utf8};

/// The connection's purpose is fulfilled.
pub const NORMAL: u16 = 1000;
/// The framing rules were broken.
pub const PROTOCOL_ERROR: u16 = 1002;
/// Text that is not UTF-8.
pub const INVALID_PAYLOAD: u16 = 1007;
/// A message larger than we take.
pub const TOO_BIG: u16 = 1009;
/// There is too much to do now.
pub const TRY_LATER: u16 = 1013;

/// Checks the payload of a close frame from the peer: empty, or a permitted code and a reason in UTF-8.
pub fn check(payload: &[u8]) -> Result<(), Violation> {
    match payload {
        [] => Ok(()),
        [_] => Err(Violation::protocol("close frame with half a code")),
        [high, low, reason @ ..] => {
            if !may_be_sent(u16::from_be_bytes([*high, *low])) {
                return Err(Violation::protocol("close code not allowed on the wire"));
            }
            if !utf8::is_valid(reason) {
                return Err(Violation { code: INVALID_PAYLOAD, why: "close reason is not UTF-8" });
            }
            Ok(())
        }
    }
}

/// May this code stand in a close frame?
pub fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}
