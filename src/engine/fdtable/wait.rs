//! One sleep on one descriptor.
use super::left;
use super::raw::{self, Answer};
use super::record::Taken;
use super::table::Inside;
use std::ffi::{c_int, c_short};

/// How long a sleeper that cannot be woken sleeps at most: there was no memory or no descriptor for it.
pub(super) const LOOK_AGAIN: i64 = 10_000_000;

/// The sleep of one call, with its limit of time; from one attempt to the next.
pub struct Sleep<'a> {
    inside: &'a Inside,
    record: Option<Taken>,
    /// When it gives up, on the monotonic clock.
    limit: Option<i64>,
    /// How many times in a row it was told at once that the descriptor is ready, and it was not.
    false_alarms: u32,
}

impl<'a> Sleep<'a> {
    /// For a call that is `inside`, which waits so many nanoseconds at most. `EBADF` where somebody has closed it.
    pub fn new(inside: &'a Inside, timeout: Option<i64>) -> Answer<Sleep<'a>> {
        let record = Taken::new();
        if let Some(record) = &record {
            record.behind().generation.set(inside.generation());
        }
        // whoever closes it from here on sees the record
        if record.as_ref().is_some_and(|record| !record.watch_one(inside.fd(), || inside.is_closed())) {
            return Err(libc::EBADF);
        }
        Ok(Sleep { inside, record, limit: timeout.map(|time| raw::now().saturating_add(time)), false_alarms: 0 })
    }

    /// Sleeps until one of `events` is there. `EBADF` when somebody closes it, `EAGAIN` when the time is over, `EINTR` when a signal handler
    /// has run that is to interrupt.
    pub fn until(&mut self, events: c_short) -> Answer<()> {
        let begin = raw::now();
        let ready = self.wait(self.inside.fd(), events, self.limit)?;
        if !ready {
            return Err(libc::EAGAIN);
        }
        if raw::now() - begin > 20_000 {
            self.false_alarms = 0;
            return Ok(());
        }
        // some sockets say that they are ready for what they then refuse
        self.false_alarms += 1;
        if self.false_alarms > 4 { self.pause() } else { Ok(()) }
    }

    /// Sleeps for a millisecond or some, where nothing tells when to try again.
    pub fn pause(&mut self) -> Answer<()> {
        let now = raw::now();
        let pause = i64::from(self.false_alarms.clamp(1, 10)) * 1_000_000;
        self.false_alarms += 1;
        let until = now.saturating_add(pause);
        if self.limit.is_some_and(|limit| now >= limit) {
            return Err(libc::EAGAIN);
        }
        self.wait(-1, 0, Some(self.limit.map_or(until, |limit| limit.min(until)))).map(|_| ())
    }

    /// True when ready, false when the time is over.
    fn wait(&self, fd: c_int, events: c_short, limit: Option<i64>) -> Answer<bool> {
        loop {
            let wake = self.record.as_ref().map_or(-1, |record| record.wake_fd());
            let mut fds =
                [libc::pollfd { fd, events, revents: 0 }, libc::pollfd { fd: wake, events: libc::POLLIN, revents: 0 }];
            let left = limit.map(|limit| limit - raw::now());
            let most = if wake < 0 { Some(left.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN)) } else { left };
            let mut sleep = || {
                // SAFETY: both entries are ours.
                let polled = unsafe { raw::ppoll(fds.as_mut_ptr(), 2, most) };
                (polled, fds[1].revents != 0)
            };
            let (polled, closed) = match &self.record {
                Some(record) => record.sleep(|| left::marked(record, sleep), || self.inside.is_closed()),
                None => (sleep().0, self.inside.is_closed()),
            };
            if closed {
                return Err(libc::EBADF);
            }
            match polled {
                Err(libc::EINTR) if self.limit.is_none() && raw::signals_restart() => continue,
                Err(error) => return Err(error),
                Ok(_) => {}
            }
            if fds[0].revents != 0 {
                return Ok(true);
            }
            if limit.is_some_and(|limit| raw::now() >= limit) {
                return Ok(false);
            }
        }
    }
}
