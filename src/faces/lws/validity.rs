//! Pings that show whether an idle peer is still there.
use super::close;
use super::log::lwsl_info;
use super::wsi::{Phase, Timer, Wsi, flag};
use crate::engine::clock::SECOND;
use crate::proto::ws::opcode;

/// Begins to watch an established connection, as its vhost's policy says.
pub fn begin(wsi: &'static Wsi) {
    let settings = &wsi.vhost().settings;
    wsi.clear(flag::PINGED);
    match (settings.ping_secs, settings.hangup_secs) {
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
    let settings = &wsi.vhost().settings;
    if wsi.has(flag::PINGED) {
        lwsl_info!("peer has not answered a ping: connection closed");
        // whoever is not there does not take what waits for it either
        return close::failed(wsi);
    }
    wsi.set(flag::PINGED);
    if settings.hangup_secs > settings.ping_secs {
        wsi.set_timer(Timer::Validity, u64::from(settings.hangup_secs - settings.ping_secs) * SECOND);
    }
    if close::send_frame(wsi, opcode::PING, &[]).is_err() {
        close::failed(wsi);
    }
}
