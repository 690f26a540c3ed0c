use netgraft::proto::http1::uri::{decode_args, decode_path};

/// The target of a request; the first byte says how much there is before it in the text.
pub fn uri(bytes: &[u8]) {
    let Some((&before, target)) = bytes.split_first() else { return };
    let before = usize::from(before % 8);
    let mut text = [b"/../..=/".split_at(before).0, target].concat();
    let target = before..text.len();
    let original = text.clone();

    let start = text.len();
    if decode_path(&mut text, target.clone()).is_ok() {
        let path = &text[start..];
        assert_eq!(path[0], b'/');
        assert!(path.len() <= target.len());
        assert!(!path.contains(&0));
        for (i, segment) in path[1..].split(|&c| c == b'/').enumerate() {
            assert!(segment != b".." && segment != b".", "{:?}", String::from_utf8_lossy(path));
            assert!(!segment.is_empty() || 1 + i == path.iter().filter(|&&c| c == b'/').count(), "an empty segment");
        }
    }

    let start = text.len();
    let (mut spans, mut end) = (Vec::new(), start);
    let outcome = decode_args(&mut text, target.clone(), |at, len| spans.push((at, len)));
    for (at, len) in spans {
        assert!(at == end && len > 0, "arguments lie one behind the other");
        end = at + len;
    }
    if outcome.is_ok() {
        assert_eq!(end, text.len());
        assert!(text.len() - start <= target.len());
        assert!(!text[start..].contains(&0));
    }
    assert_eq!(text[..original.len()], original, "what was there is left alone");
}
