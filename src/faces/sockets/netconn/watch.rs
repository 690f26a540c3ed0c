//! Connections with callbacks: the TCP/IP thread takes what comes for them, queues it, and tells of each piece once.
//!
//! The queue has a bound, and behind it waits the kernel's. A descriptor reports once and is armed again when there is room.
use super::receive::{self, Piece, Read};
use super::socket::Socket;
use super::{Conn, Face, event, flag, of_c, passed, state};
use crate::faces::sockets::error::{self, err_t};
use crate::faces::sockets::sys::lock;
use crate::faces::sockets::tcpip;
use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::atomic::Ordering;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// Things that wait for one connection.
const MOST_ARRIVED: usize = 127;
/// Bytes of a stream that wait for one connection: lwIP's window.
const MOST_STREAM: usize = 2 * 0xffff;
/// Bytes of datagrams.
const MOST_DATAGRAMS: usize = 4 << 20;

/// What has come for a connection.
#[derive(Debug)]
pub(crate) enum Arrived {
    Piece(Piece),
    Connection(OwnedFd),
    End,
    Failed(err_t),
}

#[derive(Debug, Default)]
struct Queue {
    arrived: VecDeque<Arrived>,
    bytes: usize,
    /// The thread has its descriptor.
    known: bool,
    /// What it will report, once.
    armed: i32,
    /// What comes is wanted.
    wants: bool,
    /// It is to be told when there is room to write.
    wants_room: bool,
    /// Nothing comes any more.
    ended: bool,
    /// Nobody takes anything any more.
    closed: bool,
}

#[derive(Debug, Default)]
struct Gate {
    /// The thread is with this connection.
    inside: bool,
    shut: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Watch {
    queue: Mutex<Queue>,
    came: Condvar,
    gate: Mutex<Gate>,
    left: Condvar,
}

impl Watch {
    /// From here on the thread looks after the connection. Without a thread nothing comes, which receivers hear.
    pub(crate) fn begin(&self, conn: &Conn) {
        let mut queue = lock(&self.queue);
        queue.wants = true;
        self.arm(conn, &mut queue);
    }

    /// Has the thread told of what is wanted now.
    fn arm(&self, conn: &Conn, queue: &mut Queue) {
        let Some(socket) = conn.socket() else { return };
        let most = match conn.is_tcp() {
            true => MOST_STREAM,
            false => MOST_DATAGRAMS,
        };
        let most = most.min(usize::try_from(conn.face.recv_bufsize.load(Ordering::Relaxed)).unwrap_or(0).max(1));
        let room = queue.arrived.len() < MOST_ARRIVED && queue.bytes < most;
        let connecting = conn.state() == state::CONNECT;
        let mut events = 0;
        if queue.wants && !queue.ended && !queue.closed && room && !connecting {
            events |= libc::EPOLLIN;
        }
        if queue.wants_room || connecting {
            events |= libc::EPOLLOUT;
        }
        if events & !queue.armed == 0 {
            return;
        }
        let armed = tcpip::core().and_then(|core| {
            let known = queue.known;
            core.arm(socket.fd(), conn.pointer() as usize, events as u32, known).map_err(|error| error::of_io(&error))
        });
        match armed {
            Ok(()) => {
                queue.known = true;
                queue.armed = events;
            }
            Err(err) => {
                queue.ended = true;
                queue.arrived.push_back(Arrived::Failed(err));
                self.came.notify_all();
            }
        }
    }

    /// The next thing that came; waits for it until the deadline if it may.
    pub(crate) fn next(&self, conn: &Conn, deadline: Option<Instant>, blocks: bool) -> Result<Arrived, err_t> {
        let mut queue = lock(&self.queue);
        loop {
            if let Some(next) = queue.arrived.pop_front() {
                if let Arrived::Piece(piece) = &next {
                    queue.bytes -= usize::from(piece.size());
                }
                self.arm(conn, &mut queue);
                return Ok(next);
            }
            if queue.closed || queue.ended {
                return Err(error::CONN);
            }
            if !blocks {
                return Err(error::WOULDBLOCK);
            }
            // a listener that was short of descriptors tries again
            self.arm(conn, &mut queue);
            queue = match deadline {
                None => self.came.wait(queue).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(error::TIMEOUT);
                    }
                    self.came.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Has SENDPLUS told when the kernel takes more.
    pub(crate) fn want_room(&self, conn: &Conn) {
        let mut queue = lock(&self.queue);
        queue.wants_room = true;
        self.arm(conn, &mut queue);
    }

    /// Whoever waits goes home.
    pub(crate) fn end(&self) {
        lock(&self.queue).closed = true;
        self.came.notify_all();
    }

    /// What nobody has taken is given back.
    pub(crate) fn drain(&self) {
        let rest = {
            let mut queue = lock(&self.queue);
            queue.bytes = 0;
            std::mem::take(&mut queue.arrived)
        };
        drop(rest);
    }

    /// The socket goes: the thread hears no more of it.
    pub(crate) fn forget(&self, socket: &Socket) {
        let mut queue = lock(&self.queue);
        if std::mem::take(&mut queue.known)
            && let Ok(core) = tcpip::core()
        {
            core.disarm(socket.fd());
        }
        queue.ended = true;
        drop(queue);
        self.came.notify_all();
    }

    /// Keeps the thread out, and waits until it is. From inside the thread's own callback there is nothing to wait for.
    pub(crate) fn shut_gate(&self) {
        let mut gate = lock(&self.gate);
        gate.shut = true;
        while gate.inside && !tcpip::here() {
            gate = self.left.wait(gate).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn push(&self, arrived: Arrived) {
        let mut queue = lock(&self.queue);
        if let Arrived::Piece(piece) = &arrived {
            queue.bytes += usize::from(piece.size());
        }
        if matches!(arrived, Arrived::End | Arrived::Failed(_)) {
            queue.ended = true;
        }
        queue.arrived.push_back(arrived);
        drop(queue);
        self.came.notify_one();
    }
}

/// Called in the TCP/IP thread: the kernel has events for what may have been a connection.
pub(crate) fn ready(token: usize, events: u32) {
    let Some(conn) = of_c(std::ptr::without_provenance::<Face>(token)) else { return };
    let Some(watch) = &conn.watch else { return };
    {
        let mut gate = lock(&watch.gate);
        if gate.shut {
            return;
        }
        gate.inside = true;
    }
    lock(&watch.queue).armed = 0;
    tcpip::CORE_LOCK.lock();
    let again = conn.look_after(watch, events);
    tcpip::CORE_LOCK.unlock();
    if again {
        watch.arm(&conn, &mut lock(&watch.queue));
    }
    lock(&watch.gate).inside = false;
    watch.left.notify_all();
}

impl Conn {
    /// Does what the events are about. No lock but the program's own is held while it is told.
    fn look_after(&self, watch: &Watch, events: u32) -> bool {
        let Some(socket) = self.socket() else { return false };
        if self.state() == state::CONNECT {
            match self.connecting_ended(&socket) {
                Some(error::OK) => self.event(event::SENDPLUS, 0),
                Some(_) => self.tell_end(),
                None => {}
            }
            return true;
        }
        const READ: u32 = (libc::EPOLLIN | libc::EPOLLHUP | libc::EPOLLERR) as u32;
        const WRITE: u32 = (libc::EPOLLOUT | libc::EPOLLHUP | libc::EPOLLERR) as u32;
        let (reads, writes) = {
            let mut queue = lock(&watch.queue);
            let writes = events & WRITE != 0 && std::mem::take(&mut queue.wants_room);
            (events & READ != 0 && queue.wants && !queue.ended && !queue.closed, writes)
        };
        if writes {
            self.clear_flag(flag::CHECK_WRITESPACE);
            self.event(event::SENDPLUS, 0);
        }
        if !reads || socket.is_gone() {
            return true;
        }
        if self.has(passed::LISTENED) {
            return match receive::take_connection(&socket) {
                Ok(Some(fd)) => {
                    watch.push(Arrived::Connection(fd));
                    self.event(event::RCVPLUS, 0);
                    true
                }
                Ok(None) => true,
                // without descriptors: until somebody accepts
                Err(_) => false,
            };
        }
        match receive::read(&socket, self.is_tcp()) {
            Read::Piece(piece) => {
                let len = piece.size();
                self.face.recv_avail.fetch_add(len.into(), Ordering::Relaxed);
                watch.push(Arrived::Piece(piece));
                self.event(event::RCVPLUS, len);
            }
            Read::End => {
                watch.push(Arrived::End);
                self.event(event::RCVPLUS, 0);
            }
            Read::Nothing => {}
            Read::Failed(error::MEM) => {}
            Read::Failed(err) if self.is_tcp() => {
                watch.push(Arrived::Failed(err));
                drop(self.fail(err));
                self.tell_end();
            }
            Read::Failed(err) => {
                self.face.pending_err.store(err, Ordering::Release);
                self.event(event::ERROR, 0);
            }
        }
        true
    }
}
