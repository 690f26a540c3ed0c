//! Finding one value in JSON text without parsing it.
use super::text;
use std::ops::Range;

/// Where the value is that follows the first `name` in `json`: a string without its quotes, anything else up to the
/// next `,`, `}` or `]`. `name` is looked for as it is, so it should have its quotes and the colon.
pub fn find(json: &[u8], name: &[u8]) -> Option<Range<usize>> {
    let after = text::find(json, name)? + name.len();
    let start = after + json[after..].iter().position(|&byte| !matches!(byte, b' ' | b'\t'))?;
    let quoted = json[start] == b'"';
    let start = start + usize::from(quoted);
    let mut escaped = false;
    let ends = |&byte: &u8| {
        if !quoted {
            return matches!(byte, b',' | b'}' | b']');
        }
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    };
    let len = json[start..].iter().position(ends).unwrap_or(json.len() - start);
    Some(start..start + len)
}
