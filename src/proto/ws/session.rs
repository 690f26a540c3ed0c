//! A whole WebSocket over bytes that somebody else moves: handshake, messages, control frames, close, from either end.
use super::decode::{Decoder, Payload, Rules, Step};
use super::encode::Header;
use super::utf8::Utf8;
use super::{CONTROL_MAX, Violation, close, handshake, mask, opcode};
use crate::proto::http1::head::{Head, Limits, Method};
use crate::proto::http1::tokens;

/// How large the head of a handshake may be.
const HEAD: Limits = Limits { head: 16 * 1024, content: 8 * 1024 };
/// The code that stands for a close frame without one.
pub const NO_CODE: u16 = 1005;
/// The code that stands for an end without a close frame.
pub const ABNORMAL: u16 = 1006;

/// Which end we are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// We answer a handshake, and frames come masked.
    Server,
    /// We begin a handshake, and mask what we send.
    Client,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Handshake,
    /// Server: the request has come, and `answer` has not.
    Deciding,
    Open,
    /// We have sent a close frame.
    Closing,
    Closed,
}

/// What bytes that were fed mean.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing yet.
    More,
    /// Server: a client asks for a path, and offers protocols. [`Session::answer`] is in place, and nothing else.
    Asked {
        /// With its arguments, if it has some.
        path: Vec<u8>,
        /// As they came, one list.
        protocols: Option<Vec<u8>>,
    },
    /// Client: the server has consented, with this protocol.
    Opened(Option<Vec<u8>>),
    /// A piece of a message.
    Message {
        /// Where in the input it is.
        at: std::ops::Range<usize>,
        /// Does it go on with a message?
        continued: bool,
        /// Does the message go on?
        more: bool,
        /// Is it binary?
        binary: bool,
    },
    /// A ping, which is answered.
    Ping(Vec<u8>),
    /// A pong.
    Pong(Vec<u8>),
    /// Nothing more will come: the code, and the reason.
    Closed(u16, Vec<u8>),
}

/// Why something cannot be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// The handshake is not done.
    TooEarly,
    /// We have closed.
    TooLate,
    /// More waits than may.
    Full,
    /// It cannot be said at all.
    Invalid,
}

/// A WebSocket.
pub struct Session {
    side: Side,
    state: State,
    head: Head,
    /// The key of the handshake.
    key: String,
    /// Client: what was offered.
    offered: Vec<String>,
    decoder: Decoder,
    utf8: Utf8,
    out: Vec<u8>,
    taken: usize,
    out_max: usize,
    slice_max: usize,
    /// Is a message that we send under way?
    sending: bool,
    /// For masks.
    random: fn() -> [u8; 16],
}

impl Session {
    /// One end of a WebSocket. `slice_max` bounds the pieces of messages, `out_max` what waits to be taken; `random` gives bytes that nobody
    /// can foretell.
    pub fn new(side: Side, slice_max: usize, out_max: usize, random: fn() -> [u8; 16]) -> Self {
        Session {
            side,
            state: State::Handshake,
            head: Head::default(),
            key: String::new(),
            offered: Vec::new(),
            decoder: Decoder::default(),
            utf8: Utf8::default(),
            out: Vec::new(),
            taken: 0,
            out_max,
            slice_max,
            sending: false,
            random,
        }
    }

    /// Client: begins the handshake. False where the texts cannot stand in a request.
    pub fn ask(&mut self, host: &str, path: &str, protocols: &[String]) -> bool {
        let clean = |text: &str| !text.is_empty() && text.bytes().all(|c| c > b' ' && c < 0x7f);
        if !clean(host) || !clean(path) || !path.starts_with('/') || !protocols.iter().all(|name| clean(name)) {
            return false;
        }
        self.key = handshake::key((self.random)());
        let offer = if protocols.is_empty() {
            String::new()
        } else {
            format!("Sec-WebSocket-Protocol: {}\r\n", protocols.join(", "))
        };
        self.offered = protocols.to_vec();
        self.out.extend_from_slice(
            format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Key: {}\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n",
                self.key
            )
            .as_bytes(),
        );
        true
    }

    /// Takes in the beginning of `input`, which it may change: how much of it, and what it means.
    pub fn feed(&mut self, input: &mut [u8]) -> (usize, Event) {
        match self.state {
            State::Handshake if self.side == Side::Server => self.request(input),
            State::Handshake => self.response(input),
            State::Open | State::Closing => self.frames(input),
            State::Deciding => (0, Event::More),
            State::Closed => (input.len(), Event::More),
        }
    }

    fn request(&mut self, input: &[u8]) -> (usize, Event) {
        let used = match self.head.feed(input, HEAD) {
            Ok((used, false)) => return (used, Event::More),
            Ok((used, true)) => used,
            Err(refusal) => return (input.len(), self.refuse(refusal.status, refusal.why)),
        };
        let head = &self.head;
        let key = head.value(tokens::KEY).unwrap_or_default();
        let asks = head.method == Method::Get
            && head.http11
            && head.lists(tokens::CONNECTION, "upgrade")
            && head.lists(tokens::UPGRADE, "websocket")
            && handshake::is_key(key);
        if !asks {
            return (used, self.refuse(400, "not a WebSocket handshake"));
        }
        if head.value(tokens::VERSION) != Some(b"13") {
            return (used, self.refuse(426, "WebSocket version other than 13"));
        }
        let key = String::from_utf8_lossy(key).into_owned();
        let mut lists = head.values(tokens::PROTOCOL);
        let protocols = lists.next().map(|first| lists.fold(first.to_vec(), |all, more| [&all, more].join(&b", "[..])));
        let line = head.text.split(|&c| c == b'\r').next().unwrap_or_default();
        let path = line.split(|&c| c == b' ').nth(1).unwrap_or_default().to_vec();
        self.key = key;
        self.state = State::Deciding;
        (used, Event::Asked { path, protocols })
    }

    /// Server: consents, with a protocol, or refuses.
    pub fn answer(&mut self, consent: bool, protocol: Option<&[u8]>) -> Option<Event> {
        if self.state != State::Deciding {
            return None;
        }
        if !consent {
            return Some(self.refuse(403, "refused by the program"));
        }
        let accept = handshake::accept(self.key.as_bytes());
        self.out.extend_from_slice(
            format!("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n").as_bytes(),
        );
        if let Some(name) = protocol {
            self.out.extend_from_slice(b"Sec-WebSocket-Protocol: ");
            self.out.extend_from_slice(name);
            self.out.extend_from_slice(b"\r\n");
        }
        self.out.extend_from_slice(b"\r\n");
        self.open();
        None
    }

    fn open(&mut self) {
        self.state = State::Open;
        self.head = Head::default();
    }

    fn refuse(&mut self, status: u32, why: &str) -> Event {
        self.state = State::Closed;
        let version = if status == 426 { "Sec-WebSocket-Version: 13\r\n" } else { "" };
        let text = crate::proto::http1::status::reason(status);
        self.out.extend_from_slice(
            format!("HTTP/1.1 {status} {text}\r\n{version}Connection: close\r\nContent-Length: 0\r\n\r\n").as_bytes(),
        );
        Event::Closed(ABNORMAL, why.as_bytes().to_vec())
    }

    fn response(&mut self, input: &[u8]) -> (usize, Event) {
        let (used, flaw) = match self.head.feed_response(input, HEAD) {
            Ok((used, false)) => return (used, Event::More),
            Ok((used, true)) => (used, self.flaw()),
            Err(refusal) => (input.len(), Some(refusal.why)),
        };
        if let Some(flaw) = flaw {
            self.state = State::Closed;
            return (used, Event::Closed(ABNORMAL, flaw.as_bytes().to_vec()));
        }
        let chosen = self.head.value(tokens::PROTOCOL).map(<[u8]>::to_vec);
        self.open();
        (used, Event::Opened(chosen))
    }

    /// Why the response is no consent.
    fn flaw(&self) -> Option<&'static str> {
        let head = &self.head;
        let once = |token| head.values(token).nth(1).is_none();
        let offered = |name: &[u8]| self.offered.iter().any(|one| one.as_bytes() == name);
        Some(match head.value(tokens::ACCEPT) {
            _ if head.status != 101 => "the server does not consent",
            Some(accept) if once(tokens::ACCEPT) && accept == handshake::accept(self.key.as_bytes()).as_bytes() => {
                match head.value(tokens::PROTOCOL) {
                    _ if !head.lists(tokens::CONNECTION, "upgrade") => "no Connection: Upgrade",
                    _ if !head.lists(tokens::UPGRADE, "websocket") => "no Upgrade: websocket",
                    _ if head.value(tokens::EXTENSIONS).is_some_and(|list| !list.is_empty()) => "an unknown extension",
                    Some(name) if !once(tokens::PROTOCOL) || !offered(name) => "a protocol that was not offered",
                    _ => return None,
                }
            }
            _ => "the answer to the key is wrong",
        })
    }

    fn frames(&mut self, input: &mut [u8]) -> (usize, Event) {
        let rules = Rules { masked: self.side == Side::Server, packed: false };
        let (used, step) = match self.decoder.step(input, self.slice_max, rules) {
            Ok(step) => step,
            Err(v) => return (input.len(), self.violation(v)),
        };
        let event = match step {
            Step::More => Event::More,
            Step::Data(_) if self.state == State::Closing => Event::More,
            Step::Data(data) => {
                if data.first {
                    self.utf8 = Utf8::default();
                }
                if !data.binary && !self.utf8.feed(&input[data.at.clone()], data.last) {
                    let v = Violation { code: close::INVALID_PAYLOAD, why: "text is not UTF-8" };
                    return (input.len(), self.violation(v));
                }
                Event::Message { at: data.at, continued: !data.first, more: !data.last, binary: data.binary }
            }
            Step::Control { opcode, payload } => {
                let payload = match payload {
                    Payload::At(at) => input[at].to_vec(),
                    Payload::Gathered(bytes) => bytes.into_vec(),
                };
                return (used, self.control(opcode, payload));
            }
        };
        (used, event)
    }

    fn control(&mut self, code: u8, payload: Vec<u8>) -> Event {
        match code {
            opcode::PING => {
                // a peer that asks without taking gets no more answers than may wait
                if self.state == State::Open && self.waiting() + payload.len() + 16 <= self.out_max {
                    self.frame(0x80 | opcode::PONG, &payload);
                }
                Event::Ping(payload)
            }
            opcode::PONG => Event::Pong(payload),
            _ => {
                if let Err(v) = close::check(&payload) {
                    return self.violation(v);
                }
                if self.state == State::Open {
                    self.frame(0x80 | opcode::CLOSE, &payload);
                }
                self.state = State::Closed;
                match payload.split_first_chunk() {
                    Some((code, reason)) => Event::Closed(u16::from_be_bytes(*code), reason.to_vec()),
                    None => Event::Closed(NO_CODE, Vec::new()),
                }
            }
        }
    }

    fn violation(&mut self, v: Violation) -> Event {
        if self.state == State::Open {
            self.frame(0x80 | opcode::CLOSE, &[&v.code.to_be_bytes()[..], v.why.as_bytes()].concat());
        }
        self.state = State::Closed;
        Event::Closed(v.code, v.why.as_bytes().to_vec())
    }

    fn frame(&mut self, first: u8, payload: &[u8]) {
        if self.side == Side::Server {
            self.out.extend_from_slice(Header::new(first, payload.len()).as_slice());
            return self.out.extend_from_slice(payload);
        }
        let [a, b, c, d, ..] = (self.random)();
        self.out.extend_from_slice(Header::masked(first, payload.len(), [a, b, c, d]).as_slice());
        let at = self.out.len();
        self.out.extend_from_slice(payload);
        mask::apply(&mut self.out[at..], [a, b, c, d]);
    }

    fn may_send(&self, len: usize) -> Result<(), Refused> {
        match self.state {
            State::Handshake | State::Deciding => Err(Refused::TooEarly),
            State::Closing | State::Closed => Err(Refused::TooLate),
            State::Open if len > self.out_max => Err(Refused::Invalid),
            State::Open if self.waiting() > 0 && self.waiting() + len > self.out_max => Err(Refused::Full),
            State::Open => Ok(()),
        }
    }

    /// Sends a message, or a piece of one.
    pub fn send(&mut self, payload: &[u8], binary: bool, more: bool) -> Result<(), Refused> {
        self.may_send(payload.len())?;
        let code = match (self.sending, binary) {
            (true, _) => opcode::CONTINUATION,
            (false, true) => opcode::BINARY,
            (false, false) => opcode::TEXT,
        };
        self.sending = more;
        self.frame(code | if more { 0 } else { 0x80 }, payload);
        Ok(())
    }

    /// Sends a ping.
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), Refused> {
        if payload.len() > CONTROL_MAX {
            return Err(Refused::Invalid);
        }
        self.may_send(payload.len())?;
        self.frame(0x80 | opcode::PING, payload);
        Ok(())
    }

    /// Sends a close frame; code 0 for one without. The end comes with the peer's.
    pub fn close(&mut self, code: u16, reason: &[u8]) -> Result<(), Refused> {
        let mut payload = Vec::new();
        if code != 0 {
            payload.extend_from_slice(&code.to_be_bytes());
            payload.extend_from_slice(reason);
        }
        if payload.len() > CONTROL_MAX || close::check(&payload).is_err() || code == 0 && !reason.is_empty() {
            return Err(Refused::Invalid);
        }
        // it may always be said
        match self.may_send(0) {
            Err(Refused::Full) | Ok(()) => {}
            refused => return refused,
        }
        self.frame(0x80 | opcode::CLOSE, &payload);
        self.state = State::Closing;
        Ok(())
    }

    /// How many bytes wait to be taken.
    pub fn waiting(&self) -> usize {
        self.out.len() - self.taken
    }

    /// Takes bytes to be sent. How many.
    pub fn take(&mut self, room: &mut [u8]) -> usize {
        let n = self.waiting().min(room.len());
        room[..n].copy_from_slice(&self.out[self.taken..self.taken + n]);
        self.taken += n;
        if self.taken == self.out.len() {
            self.out.clear();
            self.taken = 0;
            self.out.shrink_to(64 * 1024);
        } else if self.taken > self.out.len() / 2 {
            self.out.drain(..self.taken);
            self.taken = 0;
        }
        n
    }

    /// Has it ended?
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn random() -> [u8; 16] {
        [7; 16]
    }

    fn pair() -> (Session, Session) {
        (Session::new(Side::Server, 100, 1 << 20, random), Session::new(Side::Client, 100, 1 << 20, random))
    }

    /// Moves all that waits at one end to the other, `cut` bytes at a time; what the other understands.
    fn carry(from: &mut Session, to: &mut Session, cut: usize) -> Vec<(Event, Vec<u8>)> {
        let mut events = Vec::new();
        let mut piece = vec![0; cut];
        loop {
            let n = from.take(&mut piece);
            if n == 0 {
                return events;
            }
            let mut at = 0;
            while at < n {
                let rest = &mut piece[at..n];
                let (used, event) = to.feed(rest);
                let bytes = if let Event::Message { at, .. } = &event { rest[at.clone()].to_vec() } else { Vec::new() };
                if matches!(event, Event::Asked { .. }) {
                    to.answer(true, Some(b"b"));
                }
                if event != Event::More {
                    events.push((event, bytes));
                }
                at += used;
            }
        }
    }

    proptest! {
        /// Handshake, messages and close go through however they are cut.
        #[test]
        fn both_ends_agree(cut in 1usize..300, text in "\\PC{0,300}", more: bool) {
            let (mut server, mut client) = pair();
            prop_assert!(client.ask("here", "/p?q=1", &["a".into(), "b".into()]));
            let asked = carry(&mut client, &mut server, cut);
            prop_assert_eq!(&asked[0].0, &Event::Asked { path: b"/p?q=1".to_vec(), protocols: Some(b"a, b".to_vec()) });
            let opened = carry(&mut server, &mut client, cut);
            prop_assert_eq!(&opened[0].0, &Event::Opened(Some(b"b".to_vec())));
            client.send(text.as_bytes(), false, more).unwrap();
            if more {
                client.send(b"!", false, false).unwrap();
            }
            client.ping(b"?").unwrap();
            let came = carry(&mut client, &mut server, cut);
            let message: Vec<u8> = came.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
            prop_assert_eq!(message, if more { format!("{text}!") } else { text }.into_bytes());
            prop_assert_eq!(&came.last().unwrap().0, &Event::Ping(b"?".to_vec()));
            server.close(1000, b"bye").unwrap();
            let last = carry(&mut server, &mut client, cut);
            prop_assert_eq!(&last[0].0, &Event::Pong(b"?".to_vec()));
            prop_assert_eq!(&last[1].0, &Event::Closed(1000, b"bye".to_vec()));
            prop_assert_eq!(&carry(&mut client, &mut server, cut)[0].0, &Event::Closed(1000, b"bye".to_vec()));
            prop_assert_eq!(client.send(b"x", false, false), Err(Refused::TooLate));
        }

        /// Garbage ends the session or is a stream, never a panic.
        #[test]
        fn garbage_is_survived(bytes: Vec<u8>, client: bool) {
            let (server, asking) = pair();
            let mut session = if client { asking } else { server };
            let mut bytes = bytes;
            let mut at = 0;
            while at < bytes.len() {
                let (used, _) = session.feed(&mut bytes[at..]);
                prop_assert!(used > 0);
                at += used;
            }
        }
    }

    #[test]
    fn refusals() {
        let (mut server, mut client) = pair();
        let mut plain = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
        assert!(matches!(server.feed(&mut plain).1, Event::Closed(ABNORMAL, _)));
        let mut answer = [0; 100];
        let n = server.take(&mut answer);
        assert!(answer[..n].starts_with(b"HTTP/1.1 400 "));
        assert!(!client.ask("a b", "/", &[]) && !client.ask("a", "x", &[]) && !client.ask("a", "/\r\nX: y", &[]));
        assert!(client.ask("a", "/", &[]));
        let mut wrong =
            b"HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n".to_vec();
        assert!(matches!(client.feed(&mut wrong).1, Event::Closed(ABNORMAL, _)));
        assert_eq!(client.close(1000, b""), Err(Refused::TooLate));
        let mut small = Session::new(Side::Server, 10, 10, random);
        small.state = State::Open;
        assert_eq!(small.send(&[0; 11], true, false), Err(Refused::Invalid));
        assert_eq!(small.send(&[0; 10], true, false), Ok(()));
        assert_eq!(small.send(&[0; 1], true, false), Err(Refused::Full));
        assert_eq!(small.close(999, b""), Err(Refused::Invalid));
        assert_eq!(small.close(1000, b""), Ok(()));
    }
}
