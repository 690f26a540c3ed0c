//! The target of a request: its path and its arguments, decoded.

/// A path or argument that cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

fn nibble(c: u8) -> Result<u8, Malformed> {
    (c as char).to_digit(16).map(|d| d as u8).ok_or(Malformed)
}

/// One character at the front of `text`, decoded, with the length it had and whether it was escaped.
fn decode_one(text: &[u8]) -> Result<(u8, usize, bool), Malformed> {
    match text {
        [b'%', high, low, ..] => match nibble(*high)? << 4 | nibble(*low)? {
            0 => Err(Malformed),
            c => Ok((c, 3, true)),
        },
        [b'%', ..] => Err(Malformed),
        [b'+', ..] => Ok((b' ', 1, false)),
        [c, ..] => Ok((*c, 1, false)),
        [] => Err(Malformed),
    }
}

/// Decodes a path onto `out`: escapes and `+` replaced, empty and `.` segments removed, `..` taking the segment
/// before it away and never more than there is.
pub fn decode_path(path: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    if path.first() != Some(&b'/') {
        return Err(Malformed);
    }
    let base = out.len();
    let mut at = 0;
    while at < path.len() {
        let (c, len, _) = decode_one(&path[at..])?;
        at += len;
        if c == b'/' {
            end_segment(out, base);
        }
        if c != b'/' || out.len() == base || out[out.len() - 1] != b'/' {
            out.push(c);
        }
    }
    end_segment(out, base);
    if out.len() == base {
        out.push(b'/');
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

/// Decodes the arguments behind `?` onto `out`, calling `each` with where every one of them lies. An escaped `=` in
/// an argument's name becomes `_`, so that the first `=` always ends the name.
pub fn decode_args(args: &[u8], out: &mut Vec<u8>, mut each: impl FnMut(usize, usize)) -> Result<(), Malformed> {
    for arg in args.split(|&c| c == b'&' || c == b';') {
        let start = out.len();
        let (mut at, mut named) = (0, false);
        while at < arg.len() {
            let (c, len, escaped) = decode_one(&arg[at..])?;
            at += len;
            named |= c == b'=' && !escaped;
            out.push(if c == b'=' && escaped && !named { b'_' } else { c });
        }
        if out.len() > start {
            each(start, out.len() - start);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(p: &str) -> Result<String, Malformed> {
        let mut out = b"x".to_vec();
        decode_path(p.as_bytes(), &mut out)?;
        Ok(String::from_utf8_lossy(&out[1..]).into_owned())
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
        let mut out = Vec::new();
        let mut spans = Vec::new();
        decode_args(b"a=1&b=x%3dy+z&&c%3D=2", &mut out, |at, len| spans.push((at, len))).unwrap();
        let args: Vec<_> = spans.iter().map(|&(at, len)| std::str::from_utf8(&out[at..at + len]).unwrap()).collect();
        assert_eq!(args, ["a=1", "b=x=y z", "c_=2"]);
    }
}
