use netgraft::proto::form::Parser;
use netgraft::proto::http1::conditional::{etag, is_current, range_applies};
use netgraft::proto::http1::ranges::{self, Asked};

/// The value of a header that has a grammar of its own; the first byte says which.
pub fn header_value(bytes: &[u8]) {
    let Some((&which, value)) = bytes.split_first() else { return };
    match which {
        b'r' => range(value),
        b'c' => {
            let tag = etag(10, 1_500_000_000);
            is_current(Some(value), None, &tag, Some(1_500_000_000));
            is_current(None, Some(value), &tag, Some(1_500_000_000));
            range_applies(value, &tag, Some(1_500_000_000));
        }
        _ => {
            if let Ok(mut parser) = Parser::for_content_type(value) {
                let _ = parser.step(b"--XX\r\n");
            }
        }
    }
}

/// What is asked for is there, and not more than there is.
fn range(value: &[u8]) {
    for len in [0, 1, 10, i64::MAX as u64] {
        if let Asked::Parts(parts) = ranges::parse(value, len) {
            assert!(!parts.is_empty());
            assert!(parts.iter().all(|part| part.start < part.end && part.end <= len), "{parts:?} of {len}");
            let total: u128 = parts.iter().map(|part| u128::from(part.end - part.start)).sum();
            assert!(total <= u128::from(len), "{parts:?} of {len}");
        }
    }
}
