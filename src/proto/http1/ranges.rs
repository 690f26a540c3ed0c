//! The `Range` header: which parts of a content are asked for (RFC 9110 14).
use std::ops::Range;

/// Asking for more parts than this, or for more bytes than there are, is answered with all of the content: it would cost us
/// more than it saves anybody.
const PARTS_MAX: usize = 16;

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// All of it: the header is malformed, of an unknown unit, or better not followed.
    Whole,
    /// Nothing that there is.
    Unsatisfiable,
    /// These parts, in this order; at least one, none of them empty.
    Parts(Vec<Range<u64>>),
}

/// Reads a `Range` header for a content of `len` bytes.
pub fn parse(header: &[u8], len: u64) -> Asked {
    let Some(list) = header.trim_ascii().split_at_checked(6).filter(|(unit, _)| unit.eq_ignore_ascii_case(b"bytes="))
    else {
        return Asked::Whole;
    };
    let mut parts = Vec::new();
    let mut any = false;
    for spec in list.1.split(|&c| c == b',').map(<[u8]>::trim_ascii).filter(|spec| !spec.is_empty()) {
        any = true;
        match one(spec, len) {
            None => return Asked::Whole,
            Some(part) if part.is_empty() => {}
            Some(_) if parts.len() == PARTS_MAX => return Asked::Whole,
            Some(part) => parts.push(part),
        }
    }
    let total: u64 = parts.iter().map(|part: &Range<u64>| part.end - part.start).fold(0, u64::saturating_add);
    match parts.len() {
        0 if any => Asked::Unsatisfiable,
        0 => Asked::Whole,
        1 => Asked::Parts(parts),
        _ if total > len => Asked::Whole,
        _ => Asked::Parts(parts),
    }
}

/// One `first-last`, `first-` or `-count`: what there is of it. None when it is malformed.
fn one(spec: &[u8], len: u64) -> Option<Range<u64>> {
    let dash = memchr::memchr(b'-', spec)?;
    let (first, last) = (spec[..dash].trim_ascii(), spec[dash + 1..].trim_ascii());
    if first.is_empty() {
        return Some(len - number(last)?.min(len)..len);
    }
    let first = number(first)?;
    let end = match last {
        b"" => len,
        last => match number(last)? {
            last if last < first => return None,
            last => len.min(last.saturating_add(1)),
        },
    };
    Some(first.min(end)..end)
}

/// A number; one too large to be one is as good as the largest.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |n: u64, c| n.saturating_mul(10).saturating_add(u64::from(c - b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges() {
        let part = |r: Range<u64>| Asked::Parts(vec![r]);
        for (header, asked) in [
            ("bytes=0-3", part(0..4)),
            ("Bytes = 0-3", Asked::Whole),
            ("BYTES=0-3", part(0..4)),
            ("bytes=7-", part(7..10)),
            ("bytes=-2", part(8..10)),
            ("bytes=-100", part(0..10)),
            ("bytes=-0", Asked::Unsatisfiable),
            ("bytes=5-100", part(5..10)),
            ("bytes=9-9", part(9..10)),
            ("bytes=10-", Asked::Unsatisfiable),
            ("bytes=10-, 0-0", part(0..1)),
            ("bytes=0-1,5-6", Asked::Parts(vec![0..2, 5..7])),
            ("bytes=0-99999999999999999999", part(0..10)),
            ("bytes=99999999999999999999-", Asked::Unsatisfiable),
            ("bytes=5-2", Asked::Whole),
            ("bytes=abc", Asked::Whole),
            ("bytes=", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("items=0-3", Asked::Whole),
            ("bytes=0-9,0-9", Asked::Whole),
        ] {
            assert_eq!(parse(header.as_bytes(), 10), asked, "{header}");
        }
        let many = format!("bytes={}", vec!["1-1"; 17].join(","));
        assert_eq!(parse(many.as_bytes(), 1000), Asked::Whole);
        assert_eq!(parse(b"bytes=0-", 0), Asked::Unsatisfiable);
    }

    proptest! {
        #[test]
        fn parts_are_within(header in "bytes=[0-9,\\- ]{0,40}", len in 0u64..1000) {
            if let Asked::Parts(parts) = parse(header.as_bytes(), len) {
                prop_assert!(!parts.is_empty());
                prop_assert!(parts.iter().all(|p| p.start < p.end && p.end <= len));
            }
        }
    }
}
