//! What programs set by writing to members: lwIP's macros do that. It reaches the kernel before the next call that it matters to.
use super::socket::Socket;
use super::{Conn, flag};
use crate::faces::sockets::sys::lock;
use std::sync::atomic::Ordering;

/// Words of the protocol's block, as lwIP 2.1 lays it out on amd64 with IPv4 and IPv6.
mod word {
    /// Interface, options, type of service, time to live: a byte each.
    pub(super) const IP: usize = 12;
    /// TCP's port, and its flags above.
    pub(super) const TCP_FLAGS: usize = 20;
    pub(super) const KEEP_IDLE: usize = 66;
    pub(super) const KEEP_INTERVAL: usize = 67;
    pub(super) const KEEP_COUNT: usize = 68;
}

const REUSEADDR: u8 = 0x04;
const KEEPALIVE: u8 = 0x08;
const TCP_NODELAY: u32 = 0x40 << 16;

/// What the block says when nobody has written to it.
const TTL: u8 = 255;
const KEEP_IDLE_MS: u32 = 7_200_000;
const KEEP_INTERVAL_MS: u32 = 75_000;
const KEEP_COUNT: u32 = 9;

/// What the kernel has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    ip: u32,
    tcp: u32,
    keep: [u32; 3],
    buffer: i32,
    v6only: bool,
}

impl Applied {
    /// What nobody has written to.
    pub(crate) const NEW: Applied = Applied {
        ip: u32::from_le_bytes([0, 0, 0, TTL]),
        tcp: 0,
        keep: [KEEP_IDLE_MS, KEEP_INTERVAL_MS, KEEP_COUNT],
        buffer: i32::MAX,
        v6only: false,
    };
}

impl Conn {
    /// Writes the values that nobody has changed.
    pub(super) fn begin_settings(&self) {
        let new = Applied::NEW;
        self.pcb[word::IP].store(new.ip, Ordering::Relaxed);
        if self.is_tcp() {
            for (at, value) in [word::KEEP_IDLE, word::KEEP_INTERVAL, word::KEEP_COUNT].into_iter().zip(new.keep) {
                self.pcb[at].store(value, Ordering::Relaxed);
            }
        }
    }

    /// Tells the kernel what has changed. What it refuses stays as it was: lwIP's macros have no way to hear of it.
    pub(super) fn apply(&self, socket: &Socket) {
        let word = |at: usize| self.pcb[at].load(Ordering::Relaxed);
        let tcp = self.is_tcp();
        let now = Applied {
            ip: word(word::IP) & !0xff,
            tcp: if tcp { word(word::TCP_FLAGS) & TCP_NODELAY } else { 0 },
            keep: if tcp {
                [word(word::KEEP_IDLE), word(word::KEEP_INTERVAL), word(word::KEEP_COUNT)]
            } else {
                Applied::NEW.keep
            },
            buffer: self.face.recv_bufsize.load(Ordering::Relaxed),
            v6only: self.flags() & flag::V6ONLY != 0,
        };
        let mut before = lock(&self.applied);
        if *before == now {
            return;
        }
        let [_, options, tos, ttl] = now.ip.to_le_bytes();
        let [_, old_options, old_tos, old_ttl] = before.ip.to_le_bytes();
        let set = |level, name, value: i32| {
            let _ = socket.set(level, name, value);
        };
        let changed = options ^ old_options;
        for (bit, name) in [(REUSEADDR, libc::SO_REUSEADDR), (KEEPALIVE, libc::SO_KEEPALIVE)] {
            if changed & bit != 0 {
                set(libc::SOL_SOCKET, name, i32::from(options & bit != 0));
            }
        }
        if tos != old_tos {
            set(libc::IPPROTO_IP, libc::IP_TOS, tos.into());
            if self.is_v6() {
                set(libc::IPPROTO_IPV6, libc::IPV6_TCLASS, tos.into());
            }
        }
        if ttl != old_ttl {
            set(libc::IPPROTO_IP, libc::IP_TTL, ttl.into());
            if self.is_v6() {
                set(libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS, ttl.into());
            }
        }
        if now.tcp != before.tcp {
            set(libc::IPPROTO_TCP, libc::TCP_NODELAY, i32::from(now.tcp != 0));
        }
        let names = [libc::TCP_KEEPIDLE, libc::TCP_KEEPINTVL, libc::TCP_KEEPCNT];
        for (i, name) in names.into_iter().enumerate() {
            if now.keep[i] != before.keep[i] {
                // the first two are milliseconds there, seconds here
                let value = if i < 2 { now.keep[i].div_ceil(1000) } else { now.keep[i] };
                set(libc::IPPROTO_TCP, name, value.min(i32::MAX as u32) as i32);
            }
        }
        if now.buffer != before.buffer && now.buffer >= 0 {
            set(libc::SOL_SOCKET, libc::SO_RCVBUF, now.buffer);
        }
        if now.v6only != before.v6only && self.is_v6() {
            set(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, i32::from(now.v6only));
        }
        *before = now;
    }
}
