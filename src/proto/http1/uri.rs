//! The target of a request: its path and its arguments, decoded.
use crate::proto::url::{BadEscape, UrlDecoder};
use std::ops::Range;

/// A path or argument that cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

/// One character at the front of `text`, decoded, with the length it had and whether it was escaped.
fn decode_one(text: &[u8]) -> Result<(u8, usize, bool), Malformed> {
    if let [c, ..] = text
        && !matches!(c, 0 | b'%' | b'+')
    {
        return Ok((*c, 1, false)); // most are
    }
    let mut decoder = UrlDecoder::default();
    for (i, &c) in text.iter().enumerate() {
        match decoder.push(c) {
            Ok(Some(0)) | Err(BadEscape) => break,
            Ok(Some(decoded)) => return Ok((decoded, i + 1, i > 0)),
            Ok(None) => {}
        }
    }
    Err(Malformed)
}

/// Decodes the path that lies at `path` in `text` onto the end of `text`: escapes and `+` replaced, empty and `.` segments
/// removed, `..` taking the segment before it away and never more than there is.
pub fn decode_path(text: &mut Vec<u8>, path: Range<usize>) -> Result<(), Malformed> {
    if path.is_empty() || text[path.start] != b'/' {
        return Err(Malformed);
    }
    let base = text.len();
    let mut at = path.start;
    while at < path.end {
        // most of it stays as it is
        let plain = text[at..path.end].iter().take_while(|c| !matches!(c, b'/' | b'%' | b'+' | 0)).count();
        text.extend_from_within(at..at + plain);
        at += plain;
        if at == path.end {
            break;
        }
        let (c, len, _) = decode_one(&text[at..path.end])?;
        at += len;
        if c == b'/' {
            end_segment(text, base);
        }
        if c != b'/' || text.len() == base || text[text.len() - 1] != b'/' {
            text.push(c);
        }
    }
    end_segment(text, base);
    if text.len() == base {
        text.push(b'/');
    }
    Ok(())
}

/// Resolves a segment that has just ended, if it is `.` or `..`.
fn end_segment(out: &mut Vec<u8>, base: usize) {
    if out[base..].ends_with(b"/.") {
        out.truncate(out.len() - 1);
    } else if out[base..].ends_with(b"/..") {
        out.truncate(out.len() - 3);
        let parent = out[base..].iter().rposition(|&c| c == b'/').unwrap_or(0);
        out.truncate(base + parent);
        out.push(b'/');
    }
}

/// Decodes the arguments that lie at `args` in `text` onto the end of `text`, calling `each` with where every one of them
/// lies then. An escaped `=` in an argument's name becomes `_`, so that the first `=` always ends the name.
pub fn decode_args(
    text: &mut Vec<u8>,
    args: Range<usize>,
    mut each: impl FnMut(usize, usize),
) -> Result<(), Malformed> {
    let (mut at, mut start, mut named) = (args.start, text.len(), false);
    while at < args.end {
        let separator = matches!(text[at], b'&' | b';');
        if separator {
            at += 1;
        } else {
            let (c, len, escaped) = decode_one(&text[at..args.end])?;
            at += len;
            named |= c == b'=' && !escaped;
            text.push(if c == b'=' && escaped && !named { b'_' } else { c });
        }
        if (separator || at == args.end) && text.len() > start {
            each(start, text.len() - start);
            (start, named) = (text.len(), false);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(p: &str) -> Result<String, Malformed> {
        let mut text = p.as_bytes().to_vec();
        decode_path(&mut text, 0..p.len())?;
        Ok(String::from_utf8_lossy(&text[p.len()..]).into_owned())
    }

    #[test]
    fn paths() {
        for (from, to) in [
            ("/", "/"),
            ("/a/b", "/a/b"),
            ("//a///b", "/a/b"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/../../etc", "/etc"),
            ("/a/..", "/"),
            ("/a/.", "/a/"),
            ("/a/", "/a/"),
            ("/%2e%2e/%2e%2e/etc", "/etc"),
            ("/a%2f..%2f..%2fetc", "/etc"),
            ("/..a/b..", "/..a/b.."),
            ("/a+b%20c", "/a b c"),
        ] {
            assert_eq!(path(from).as_deref(), Ok(to), "{from}");
        }
        for bad in ["", "a", "/%", "/%4", "/%zz", "/%00", "http://x/"] {
            assert_eq!(path(bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn args() {
        let mut out = b"a=1&b=x%3dy+z&&c%3D=2".to_vec();
        let mut spans = Vec::new();
        let all = 0..out.len();
        decode_args(&mut out, all, |at, len| spans.push((at, len))).unwrap();
        let args: Vec<_> = spans.iter().map(|&(at, len)| std::str::from_utf8(&out[at..at + len]).unwrap()).collect();
        assert_eq!(args, ["a=1", "b=x=y z", "c_=2"]);
    }
}
