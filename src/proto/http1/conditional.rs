//! Entity tags, dates, and the requests that depend on them (RFC 9110 8.8, 13).
use httpdate::HttpDate;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The entity tag of a file: its length and its time, in quotes.
pub fn etag(len: u64, modified: u64) -> String {
    format!("\"{len:08X}{modified:08X}\"")
}

/// Writes a time, in seconds since 1970, as headers have it.
pub fn date(secs: u64) -> Option<String> {
    // what cannot be written is beyond the year 9999
    (secs < 253_402_300_800).then(|| HttpDate::from(UNIX_EPOCH + Duration::from_secs(secs)).to_string())
}

fn parse_date(text: &[u8]) -> Option<u64> {
    let time: SystemTime = httpdate::parse_http_date(std::str::from_utf8(text).ok()?.trim()).ok()?;
    time.duration_since(UNIX_EPOCH).ok().map(|d| d.as_secs())
}

/// Does the client of a GET have the content already? `none_match` and `modified_since` are its headers, the first of which
/// goes before the second.
pub fn is_current(none_match: Option<&[u8]>, modified_since: Option<&[u8]>, etag: &str, modified: Option<u64>) -> bool {
    match (none_match, modified_since, modified) {
        (Some(list), ..) => matches(list, etag),
        (None, Some(since), Some(modified)) => parse_date(since).is_some_and(|since| modified <= since),
        _ => false,
    }
}

/// Does a list of entity tags contain this one, or anything? Tags without quotes count too: the original sends such.
fn matches(list: &[u8], etag: &str) -> bool {
    list.split(|&c| c == b',').map(<[u8]>::trim_ascii).any(|tag| {
        let tag = tag.strip_prefix(b"W/").unwrap_or(tag);
        tag == b"*" || tag == etag.as_bytes() || tag == etag.trim_matches('"').as_bytes()
    })
}

/// Does an `If-Range` header still describe the content? A weak tag, or a date other than the content's, does not.
pub fn range_applies(if_range: &[u8], etag: &str, modified: Option<u64>) -> bool {
    let tag = if_range.trim_ascii();
    tag == etag.as_bytes()
        || tag == etag.trim_matches('"').as_bytes()
        || parse_date(tag).is_some_and(|date| modified == Some(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: u64 = 1_500_000_000;

    #[test]
    fn tags() {
        let tag = etag(13, TIME);
        assert_eq!(tag, "\"0000000D59682F00\"");
        for list in ["*", &tag, "0000000D59682F00", "W/\"0000000D59682F00\"", "\"x\", \"0000000D59682F00\""] {
            assert!(is_current(Some(list.as_bytes()), None, &tag, None), "{list}");
        }
        for list in ["", "\"x\"", "\"0000000D59682F0\"", "0000000D59682F00x"] {
            assert!(!is_current(Some(list.as_bytes()), None, &tag, None), "{list}");
        }
        assert!(range_applies(tag.as_bytes(), &tag, None));
        assert!(!range_applies(b"W/\"0000000D59682F00\"", &tag, None));
    }

    #[test]
    fn dates() {
        let (same, later, earlier) =
            ("Fri, 14 Jul 2017 02:40:00 GMT", "Sat, 15 Jul 2017 02:40:00 GMT", "Thu, 13 Jul 2017 02:40:00 GMT");
        assert_eq!(date(TIME).as_deref(), Some(same));
        assert_eq!(date(u64::MAX), None);
        for (since, current) in [(same, true), (later, true), (earlier, false), ("yesterday", false), ("", false)] {
            assert_eq!(is_current(None, Some(since.as_bytes()), "\"a\"", Some(TIME)), current, "{since}");
            assert!(!is_current(None, Some(since.as_bytes()), "\"a\"", None));
            // the tag goes before the date
            assert!(!is_current(Some(b"\"b\""), Some(since.as_bytes()), "\"a\"", Some(TIME)));
        }
        assert!(range_applies(same.as_bytes(), "\"a\"", Some(TIME)));
        assert!(!range_applies(later.as_bytes(), "\"a\"", Some(TIME)));
    }
}
