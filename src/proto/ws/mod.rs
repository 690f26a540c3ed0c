//! WebSocket (RFC 6455), frame by frame.
pub mod close;
pub mod decode;
pub mod deflate;
pub mod encode;
pub mod extension;
pub mod handshake;
pub mod mask;
pub mod session;
pub mod utf8;

/// Frame opcodes, as they stand on the wire.
pub mod opcode {
    /// Goes on with the message that an earlier frame began.
    pub const CONTINUATION: u8 = 0;
    /// Begins a text message.
    pub const TEXT: u8 = 1;
    /// Begins a binary message.
    pub const BINARY: u8 = 2;
    /// Says that the sender is done.
    pub const CLOSE: u8 = 8;
    /// Asks for a pong.
    pub const PING: u8 = 9;
    /// Answers a ping, or says "I am here".
    pub const PONG: u8 = 10;
}

/// The most a control frame may carry.
pub const CONTROL_MAX: usize = 125;

/// The peer broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The code to close with.
    pub code: u16,
    /// For the log.
    pub why: &'static str,
}

impl Violation {
    /// A broken rule of framing: 1002.
    pub const fn protocol(why: &'static str) -> Self {
        Violation { code: close::PROTOCOL_ERROR, why }
    }
}
