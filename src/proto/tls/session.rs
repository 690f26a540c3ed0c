//! A TLS session without I/O and without buffers: what was received is decrypted in the caller's buffer, what is to be sent is encrypted
//! into another of his. A session that is idle keeps its keys and nothing else; only the beginning of a record whose end has not come is
//! kept meanwhile.
use rustls::client::{ClientConfig, ClientConnectionData, UnbufferedClientConnection};
use rustls::pki_types::ServerName;
use rustls::server::{ServerConfig, ServerConnectionData, UnbufferedServerConnection};
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncryptError, InsufficientSizeError, UnbufferedConnectionCommon, UnbufferedStatus,
};
use rustls::{CommonState, Error};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// What a caller of [`Session::receive`] leaves free before what was received: content is put there, and that of one record may be as long as this.
pub const LEAD: usize = 16 * 1024;
/// What is kept of records that have not come whole: one of them, or a handshake message that is spread over several. rustls takes none
/// that is longer than 64 KiB.
const KEPT_MAX: usize = 128 * 1024;
/// Content is encrypted in steps of this many bytes, so that the buffer for it stays small.
pub const STEP: usize = 64 * 1024;

/// What is to be sent: a buffer for many sessions, one after the other.
#[derive(Default)]
pub struct Outgoing {
    /// All of it is initialized, so that nothing is cleared anew.
    bytes: Vec<u8>,
    used: usize,
}

impl Outgoing {
    /// What is to be sent.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.used]
    }

    /// Is there nothing?
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// It was sent, or will never be.
    pub fn clear(&mut self) {
        self.used = 0;
        // a burst of records has its memory for as long as it lasts
        if self.bytes.len() > 4 * STEP {
            self.bytes = Vec::new();
        }
    }

    /// Has `write` put something into the room that is left, with more room where it says how much it needs. None where it fails.
    fn put(&mut self, mut write: impl FnMut(&mut [u8]) -> Result<usize, Option<usize>>) -> Option<()> {
        for _ in 0..2 {
            match write(&mut self.bytes[self.used..]) {
                Ok(n) => {
                    self.used += n;
                    return Some(());
                }
                Err(Some(needed)) => self.bytes.resize(self.used + needed, 0),
                Err(None) => return None,
            }
        }
        None
    }
}

/// What has come of bytes that were received.
#[derive(Debug)]
pub struct Received {
    /// So much content stands at the front of the buffer.
    pub content: usize,
    /// How it goes on.
    pub then: Then,
}

/// How it goes on after bytes that were received.
#[derive(Debug, Clone, PartialEq)]
pub enum Then {
    /// More may come.
    Open,
    /// The peer has said that no more comes.
    Ended,
    /// The session is broken; an alert that says so was put into what is to be sent.
    Broken(Error),
}

/// A session of either side.
pub struct Session {
    side: Side,
    /// What was received behind the last whole record, or message of the handshake.
    kept: Vec<u8>,
    /// Have we said that we send no more?
    closed: bool,
    /// Has the peer?
    peer_closed: bool,
    /// It can do nothing any more.
    broken: bool,
}

enum Side {
    Server(UnbufferedServerConnection),
    Client(UnbufferedClientConnection),
}

/// What both sides have in common.
trait Connection:
    Deref<Target = UnbufferedConnectionCommon<Self::Data>> + DerefMut<Target = UnbufferedConnectionCommon<Self::Data>>
{
    type Data;

    fn process<'c, 'i>(&'c mut self, input: &'i mut [u8]) -> UnbufferedStatus<'c, 'i, Self::Data>;
}

impl Connection for UnbufferedServerConnection {
    type Data = ServerConnectionData;

    fn process<'c, 'i>(&'c mut self, input: &'i mut [u8]) -> UnbufferedStatus<'c, 'i, Self::Data> {
        self.process_tls_records(input)
    }
}

impl Connection for UnbufferedClientConnection {
    type Data = ClientConnectionData;

    fn process<'c, 'i>(&'c mut self, input: &'i mut [u8]) -> UnbufferedStatus<'c, 'i, Self::Data> {
        self.process_tls_records(input)
    }
}

impl Session {
    /// The server's side of a session that begins.
    pub fn server(config: Arc<ServerConfig>) -> Result<Self, Error> {
        Ok(Self::begin(Side::Server(UnbufferedServerConnection::new(config)?)))
    }

    /// The client's side of a session with the server `name`, which is offered these protocols. Its first message is had by
    /// [`advance`](Self::advance).
    pub fn client(
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
        protocols: Vec<Vec<u8>>,
    ) -> Result<Self, Error> {
        Ok(Self::begin(Side::Client(UnbufferedClientConnection::new_with_alpn(config, name, protocols)?)))
    }

    fn begin(side: Side) -> Self {
        Session { side, kept: Vec::new(), closed: false, peer_closed: false, broken: false }
    }

    /// What was negotiated, and who the peer is.
    pub fn state(&self) -> &CommonState {
        match &self.side {
            Side::Server(connection) => connection,
            Side::Client(connection) => connection,
        }
    }

    /// Is the handshake not done yet?
    pub fn is_handshaking(&self) -> bool {
        self.state().is_handshaking()
    }

    /// Has the peer said that it sends no more? Where its stream ends without that, somebody may have cut it.
    pub fn peer_has_closed(&self) -> bool {
        self.peer_closed
    }

    /// Can it go on, and has nothing come of which the end is missing?
    pub fn is_at_rest(&self) -> bool {
        self.kept.is_empty() && !self.broken && !self.closed && !self.peer_closed
    }

    /// How many bytes are to stand in the buffer before what is received next: [`fetch`](Self::fetch) puts them there.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Takes what was kept back to the front of `place`. Returns how much that is.
    pub fn fetch(&mut self, place: &mut [u8]) -> usize {
        let kept = std::mem::take(&mut self.kept);
        place[..kept.len()].copy_from_slice(&kept);
        kept.len()
    }

    /// Takes in what was received: `buffer` from [`LEAD`] on, what [`fetch`](Self::fetch) has put there first. Content is moved to the front of `buffer`; what
    /// is to be answered is put into `out`.
    pub fn receive(&mut self, buffer: &mut [u8], out: &mut Outgoing) -> Received {
        if self.broken || self.closed {
            return Received { content: 0, then: Then::Open }; // nobody listens any more
        }
        let mut taken = Taken { content: 0, used: 0, closed: false, error: None };
        match &mut self.side {
            Side::Server(connection) => take_in(connection, buffer, out, &mut taken),
            Side::Client(connection) => take_in(connection, buffer, out, &mut taken),
        }
        self.peer_closed |= taken.closed;
        let rest = &buffer[(LEAD + taken.used).min(buffer.len())..];
        let mut error = taken.error;
        if error.is_none() && !self.peer_closed && !rest.is_empty() {
            if rest.len() > KEPT_MAX {
                error = Some(Error::General("a message without an end".to_owned()));
            } else {
                self.kept = rest.to_vec();
            }
        }
        self.broken |= error.is_some();
        let then = match error {
            Some(error) => Then::Broken(error),
            None if self.peer_closed => Then::Ended,
            None => Then::Open,
        };
        Received { content: taken.content, then }
    }

    /// Puts what the session itself has to say into `out`: the first message of a client.
    pub fn advance(&mut self, out: &mut Outgoing) -> Result<(), Error> {
        self.say(Say::Nothing, out)
    }

    /// Encrypts `content`, at most [`STEP`] bytes, into `out`. An error where that cannot be: before the handshake is done, behind the
    /// farewell, or where the keys have served for too long.
    pub fn seal(&mut self, content: &[u8], out: &mut Outgoing) -> Result<(), Error> {
        if self.closed || self.is_handshaking() {
            return Err(Error::HandshakeNotComplete);
        }
        self.say(Say::Content(content), out)
    }

    /// Puts into `out` that no more will be sent, once.
    pub fn farewell(&mut self, out: &mut Outgoing) -> Result<(), Error> {
        if std::mem::replace(&mut self.closed, true) || self.broken {
            return Ok(());
        }
        self.say(Say::Farewell, out)
    }

    /// Nothing is to be said any more.
    pub fn give_up(&mut self) {
        self.broken = true;
    }

    fn say(&mut self, what: Say, out: &mut Outgoing) -> Result<(), Error> {
        if self.broken {
            return Err(Error::General("the session is broken".to_owned()));
        }
        let outcome = match &mut self.side {
            Side::Server(connection) => say(connection, &mut self.kept, what, out),
            Side::Client(connection) => say(connection, &mut self.kept, what, out),
        };
        self.broken |= outcome.is_err();
        outcome
    }
}

struct Taken {
    content: usize,
    used: usize,
    closed: bool,
    error: Option<Error>,
}

/// What is to be said.
#[derive(Clone, Copy)]
enum Say<'a> {
    Nothing,
    Content(&'a [u8]),
    Farewell,
}

/// What was received is worked through, record by record.
fn take_in<C: Connection>(connection: &mut C, buffer: &mut [u8], out: &mut Outgoing, taken: &mut Taken) {
    // each record is longer than its content, which therefore never reaches the records that are still to come
    loop {
        let (front, records) = buffer.split_at_mut(LEAD + taken.used);
        let UnbufferedStatus { discard, state } = connection.process(records);
        let mut done = false;
        match state {
            Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                while let Some(Ok(record)) = traffic.next_record() {
                    let end = taken.content + record.payload.len();
                    let Some(place) = front.get_mut(taken.content..end) else {
                        taken.error = Some(Error::General("more content than records".to_owned()));
                        return;
                    };
                    place.copy_from_slice(record.payload);
                    taken.content = end;
                }
            }
            Ok(ConnectionState::EncodeTlsData(mut data)) => {
                if out.put(|room| data.encode(room).map_err(needed_to_encode)).is_none() {
                    taken.error = Some(Error::EncryptError);
                    return;
                }
            }
            Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
            Ok(ConnectionState::PeerClosed) => taken.closed = true,
            // early data is not accepted, so there is none; all else waits for the peer or for the program
            Ok(_) => done = true,
            Err(error) => {
                taken.error = Some(error);
                done = true;
            }
        }
        taken.used += discard;
        if done {
            break;
        }
    }
    if taken.error.is_some() {
        // what is queued, the alert last; nothing that was received may be looked at again
        let (_, records) = buffer.split_at_mut(LEAD + taken.used);
        while connection.wants_write() {
            let Ok(ConnectionState::EncodeTlsData(mut data)) = connection.process(records).state else { return };
            if out.put(|room| data.encode(room).map_err(needed_to_encode)).is_none() {
                return;
            }
        }
    }
}

/// What the session has queued is put into `out`, then what is to be said. What was kept is still there to be looked at: rustls may count on its place.
fn say<C: Connection>(connection: &mut C, kept: &mut Vec<u8>, what: Say, out: &mut Outgoing) -> Result<(), Error> {
    loop {
        let UnbufferedStatus { discard, state } = connection.process(kept);
        let mut writer = match state {
            Ok(ConnectionState::WriteTraffic(writer)) => writer,
            Ok(ConnectionState::EncodeTlsData(mut data)) => {
                out.put(|room| data.encode(room).map_err(needed_to_encode)).ok_or(Error::EncryptError)?;
                kept.drain(..discard);
                continue;
            }
            Ok(ConnectionState::TransmitTlsData(data)) => {
                data.done();
                kept.drain(..discard);
                continue;
            }
            Ok(ConnectionState::PeerClosed) => continue,
            Ok(ConnectionState::BlockedHandshake) if matches!(what, Say::Nothing) => return Ok(()),
            Ok(_) => return Err(Error::HandshakeNotComplete),
            Err(error) => return Err(error),
        };
        let put = match what {
            Say::Nothing => Some(()),
            Say::Content(content) => out.put(|room| writer.encrypt(content, room).map_err(needed_to_encrypt)),
            Say::Farewell => out.put(|room| writer.queue_close_notify(room).map_err(needed_to_encrypt)),
        };
        return put.ok_or(Error::EncryptError);
    }
}

fn needed_to_encode(error: EncodeError) -> Option<usize> {
    match error {
        EncodeError::InsufficientSize(InsufficientSizeError { required_size }) => Some(required_size),
        EncodeError::AlreadyEncoded => None,
    }
}

fn needed_to_encrypt(error: EncryptError) -> Option<usize> {
    match error {
        EncryptError::InsufficientSize(InsufficientSizeError { required_size }) => Some(required_size),
        EncryptError::EncryptExhausted => None,
    }
}
