//! Looking names up without keeping the loop waiting: in threads, of which there are few and only while there is something to do.
use super::fork;
use once_cell::sync::Lazy;
use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, Weak};
use std::{mem, ptr, thread};

/// Names looked up at the same time; others wait for their turn.
const THREADS: usize = 8;
/// Names that may wait for their turn.
const WAITING: usize = 4096;

/// What became of a question.
pub struct Answer {
    /// The number the question was asked under.
    pub ticket: u64,
    /// The addresses, best first, or why there are none.
    pub addresses: io::Result<Vec<SocketAddr>>,
}

/// One loop's way to ask. Answers that come after it has gone are thrown away.
pub struct Resolver {
    inbox: Arc<Inbox>,
}

struct Inbox {
    answers: Mutex<Vec<Answer>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

struct Question {
    host: String,
    port: u16,
    ticket: u64,
    inbox: Weak<Inbox>,
}

/// The questions of all loops, and how many threads answer them.
#[derive(Default)]
struct Desk {
    waiting: VecDeque<Question>,
    threads: usize,
    /// The process the threads belong to: a child has none of its parent's.
    generation: u32,
}

static DESK: Lazy<Mutex<Desk>> = Lazy::new(Mutex::default);

impl Resolver {
    /// A resolver that calls `wake`, from another thread, when there is an answer to take.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Resolver { inbox: Arc::new(Inbox { answers: Mutex::default(), wake: Box::new(wake) }) }
    }

    /// Asks for the addresses of `host`. The answer comes under `ticket`.
    pub fn ask(&self, host: String, port: u16, ticket: u64) -> io::Result<()> {
        let question = Question { host, port, ticket, inbox: Arc::downgrade(&self.inbox) };
        let mut desk = lock(&DESK);
        let generation = fork::watch();
        if desk.generation != generation {
            *desk = Desk { generation, ..Desk::default() };
        }
        if desk.waiting.len() >= WAITING {
            return Err(io::Error::other("too many names are being looked up"));
        }
        desk.waiting.push_back(question);
        if desk.threads < THREADS {
            match without_signals(|| thread::Builder::new().name("netgraft-dns".to_owned()).spawn(work)) {
                Ok(_) => desk.threads += 1,
                Err(e) if desk.threads == 0 => {
                    desk.waiting.pop_back();
                    return Err(e);
                }
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// The answers that have come since the last time.
    pub fn take(&self) -> Vec<Answer> {
        mem::take(&mut *lock(&self.inbox.answers))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

/// A thread's life: questions, as long as there are any.
fn work() {
    loop {
        let question = {
            let mut desk = lock(&DESK);
            match desk.waiting.pop_front() {
                Some(question) => question,
                None => {
                    desk.threads -= 1;
                    return;
                }
            }
        };
        if question.inbox.strong_count() == 0 {
            continue;
        }
        let addresses = (question.host.as_str(), question.port).to_socket_addrs().map(Iterator::collect);
        if let Some(inbox) = question.inbox.upgrade() {
            lock(&inbox.answers).push(Answer { ticket: question.ticket, addresses });
            (inbox.wake)();
        }
    }
}

/// Starts a thread that takes no signals: the program's handlers run in the program's threads.
fn without_signals<R>(start: impl FnOnce() -> R) -> R {
    // SAFETY: the sets are filled in before they are used, and the mask is put back as it was.
    unsafe {
        let (mut all, mut before): (libc::sigset_t, libc::sigset_t) = (mem::zeroed(), mem::zeroed());
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let outcome = start();
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, ptr::null_mut());
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn names_are_found_and_others_are_not() {
        let (tell, told) = mpsc::channel();
        let resolver = Resolver::new(move || _ = tell.send(()));
        resolver.ask("localhost".to_owned(), 80, 1).unwrap();
        resolver.ask("no such name".to_owned(), 80, 2).unwrap();
        let mut answers = Vec::new();
        while answers.len() < 2 {
            told.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
            answers.extend(resolver.take());
        }
        answers.sort_by_key(|answer| answer.ticket);
        assert!(answers[0].addresses.as_ref().unwrap().iter().all(|a| a.ip().is_loopback() && a.port() == 80));
        assert!(answers[1].addresses.is_err());
    }
}
