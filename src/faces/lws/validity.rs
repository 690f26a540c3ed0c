//! Pings that show whether an idle peer is still there.
use super::log::lwsl_info;
use super::wsi::{Phase, Timer, Wsi, flag};
use super::{close, retry};
use crate::engine::clock::SECOND;
use crate::proto::ws::opcode;

/// Seconds without a sign of life until a ping is sent, and until the connection is given up; 0 for never.
fn policy(wsi: &Wsi) -> (u32, u32) {
    let policy = retry::of(wsi);
    (policy.secs_since_valid_ping.into(), policy.secs_since_valid_hangup.into())
}

/// Begins to watch an established connection, as its vhost's policy says.
pub fn begin(wsi: &'static Wsi) {
    wsi.clear(flag::PINGED);
    match policy(wsi) {
        (0, 0) => {}
        (0, hangup) => {
            wsi.set(flag::PINGED);
            wsi.set_timer(Timer::Validity, u64::from(hangup) * SECOND);
        }
        (ping, _) => wsi.set_timer(Timer::Validity, u64::from(ping) * SECOND),
    }
}

/// The peer has shown that it is there: the wait begins anew.
pub fn confirmed(wsi: &'static Wsi) {
    if wsi.phase() == Phase::Open && wsi.has(flag::ESTABLISHED) {
        begin(wsi);
    }
}

/// The wait is over: ping, or give up.
pub fn expired(wsi: &'static Wsi) {
    if wsi.has(flag::PINGED) {
        lwsl_info!("peer has not answered a ping: connection closed");
        // whoever is not there does not take what waits for it either
        return close::failed(wsi);
    }
    wsi.set(flag::PINGED);
    let (ping, hangup) = policy(wsi);
    if hangup > ping {
        wsi.set_timer(Timer::Validity, u64::from(hangup - ping) * SECOND);
    }
    if close::send_frame(wsi, opcode::PING, &[]).is_err() {
        close::failed(wsi);
    }
}
