//! How long to wait before something is tried again.
use super::abi::lws_retry_bo_t;
use super::wsi::Wsi;

/// Where there is no policy at all, or one without delays.
const DELAY_MS: u32 = 3000;
/// Where the policy names no jitter.
const JITTER_PERCENT: u64 = 30;

/// The policy of a vhost whose program gave none.
static TABLE: [u32; 4] = [1000, 3000, 9000, 17000];
/// After this many attempts its failures are told.
const CONCEAL: u16 = TABLE.len() as u16;
/// Its jitter, in percent.
const JITTER: u8 = 20;
/// After so many silent seconds it sends a ping.
const PING_SECS: u16 = 300;

/// What to do about a failed attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Next {
    /// Milliseconds until the next attempt.
    pub delay_ms: u32,
    /// Is the failure to be kept from the user? No longer when there have been too many.
    pub conceal: bool,
}

/// What applies where the program gives a vhost no policy.
pub fn default_policy() -> lws_retry_bo_t {
    lws_retry_bo_t {
        retry_ms_table: TABLE.as_ptr(),
        retry_ms_table_count: TABLE.len() as u16,
        conceal_count: CONCEAL,
        secs_since_valid_ping: PING_SECS,
        secs_since_valid_hangup: 0,
        jitter_percent: JITTER,
    }
}

/// The policy that a connection goes by: its own, as a client may have, or that of its vhost.
pub fn of(wsi: &Wsi) -> lws_retry_bo_t {
    wsi.vhost_if_any().and_then(|_| wsi.policy()).copied().unwrap_or_else(default_policy)
}

/// Counts an attempt that has failed, and says how to go on.
///
/// # Safety
/// The policy's table is null or has as many entries as it says.
pub unsafe fn next(policy: Option<&lws_retry_bo_t>, tries: &mut u16, random: u32) -> Next {
    let done = *tries;
    *tries = done.saturating_add(1);
    let Some(policy) = policy else {
        return Next { delay_ms: with_jitter(DELAY_MS, JITTER_PERCENT, random), conceal: false };
    };
    let base = match policy.retry_ms_table_count {
        count if count > 0 && !policy.retry_ms_table.is_null() => {
            // SAFETY: by contract, and the index is below the count.
            unsafe { *policy.retry_ms_table.add(usize::from(done.min(count - 1))) }
        }
        _ => DELAY_MS,
    };
    let percent = match policy.jitter_percent {
        0 => JITTER_PERCENT,
        percent => percent.into(),
    };
    let always = u32::from(policy.conceal_count) == super::abi::LWS_RETRY_CONCEAL_ALWAYS as u32;
    Next { delay_ms: with_jitter(base, percent, random), conceal: always || done < policy.conceal_count }
}

/// A number for `next`.
pub fn random() -> u32 {
    let mut random = 0u32;
    // SAFETY: writes four bytes to a number. Where the system fails, there is no jitter.
    unsafe { libc::getrandom((&raw mut random).cast(), size_of::<u32>(), 0) };
    random
}

fn with_jitter(base: u32, percent: u64, random: u32) -> u32 {
    let span = u64::from(base) * percent / 100;
    let extra = if span == 0 { 0 } else { u64::from(random) % span };
    u32::try_from(u64::from(base) + extra).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(policy: &lws_retry_bo_t, tries: &mut u16, random: u32) -> (u32, bool) {
        // SAFETY: the tables below are as long as they say.
        let next = unsafe { next(Some(policy), tries, random) };
        (next.delay_ms, next.conceal)
    }

    #[test]
    fn walks_the_table_and_stays_at_its_end() {
        let table = [1000, 2000];
        let mut policy = lws_retry_bo_t {
            retry_ms_table: table.as_ptr(),
            retry_ms_table_count: 2,
            conceal_count: 3,
            ..default_policy()
        };
        policy.jitter_percent = 1;
        let mut tries = 0;
        assert_eq!(run(&policy, &mut tries, 0), (1000, true));
        assert_eq!(run(&policy, &mut tries, 19), (2019, true));
        assert_eq!(run(&policy, &mut tries, 20), (2000, true));
        assert_eq!(run(&policy, &mut tries, 0), (2000, false));
        assert_eq!(tries, 4);
    }

    #[test]
    fn the_count_stays_at_its_end_and_always_is_always() {
        let mut policy = default_policy();
        policy.conceal_count = 0xffff;
        policy.retry_ms_table_count = 0;
        policy.jitter_percent = 0;
        let mut tries = 65534;
        assert_eq!(run(&policy, &mut tries, 899), (3899, true));
        assert_eq!(run(&policy, &mut tries, 900), (3000, true));
        assert_eq!(tries, 65535);
    }

    #[test]
    fn huge_delays_do_not_overflow() {
        let table = [u32::MAX];
        let policy = lws_retry_bo_t {
            retry_ms_table: table.as_ptr(),
            retry_ms_table_count: 1,
            jitter_percent: 255,
            ..default_policy()
        };
        assert_eq!(run(&policy, &mut 0, u32::MAX).0, u32::MAX);
    }
}
