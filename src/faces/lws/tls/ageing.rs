//! How long certificates are still valid: told to the program once a day.
use super::x509;
use crate::engine::clock::SECOND;
use crate::faces::lws::abi::lws_callback_reasons::LWS_CALLBACK_VHOST_CERT_AGING;
use crate::faces::lws::abi::{LWS_TLS_TOTAL_COUNT, lws_acme_cert_aging_args};
use crate::faces::lws::context::Context;
use crate::faces::lws::log::{lwsl_notice, lwsl_warn};
use crate::faces::lws::vhost::Vhost;
use std::ptr;
use std::time::{SystemTime, UNIX_EPOCH};

const DAY_SECS: i64 = 86_400;

/// Tells the program when it is time, which it is first when the protocols have begun. Certificates that were not there before are
/// looked for again.
pub fn check(context: &'static Context) {
    if context.certificates_due.get().is_none_or(|due| due > context.clock()) {
        return;
    }
    context.certificates_due.set(Some(context.clock() + DAY_SECS as u64 * SECOND));
    for vhost in vhosts(context).into_iter().filter(|vhost| vhost.server_tls().is_some()) {
        if vhost.ending.get() {
            continue;
        }
        vhost.settings.tls.look_again();
        let name = vhost.settings.name.to_string_lossy();
        let days = x509::of_vhost(vhost).map(|certificate| days_left(certificate.not_after()));
        match days {
            Some(days) if days < 0 => lwsl_warn!("vhost {name}: the certificate has expired"),
            Some(days) => lwsl_notice!("vhost {name}: the certificate is valid for {days} days"),
            None => {}
        }
        tell(context, vhost, days.unwrap_or(0));
        if context.ending.get() {
            return;
        }
    }
}

/// Every protocol of every vhost hears of each certificate, as in the original: whoever renews them may be any of them.
fn tell(context: &'static Context, about: &'static Vhost, days: i64) {
    for vhost in vhosts(context) {
        for protocol in &vhost.settings.protocols {
            if vhost.ending.get() || about.ending.get() || context.ending.get() {
                break;
            }
            let mut args =
                lws_acme_cert_aging_args { vh: about.as_c(), element_overrides: [ptr::null(); LWS_TLS_TOTAL_COUNT] };
            let stand_in = context.stand_in(vhost, protocol);
            let args = ptr::from_mut(&mut args).cast();
            protocol.call(stand_in, LWS_CALLBACK_VHOST_CERT_AGING, ptr::null_mut(), args, days as usize);
        }
    }
}

fn vhosts(context: &'static Context) -> Vec<&'static Vhost> {
    context.vhosts.with(|all| all.clone())
}

/// Whole days until then; negative where it is over.
fn days_left(until: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
    (until - now) / DAY_SECS
}
