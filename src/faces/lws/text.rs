//! Small work on strings: URL coding, file names, hexadecimal, searching.
use crate::proto::url::hex_digit;

/// URL coding of `text` into `out`: letters and digits stay, a space becomes `+`, the rest `%XX`.
/// Stops while three bytes are still free, so that no escape is cut. Returns the length used.
pub fn url_encode(text: &[u8], out: &mut [u8]) -> usize {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut used = 0;
    for &byte in text {
        if out.len() - used <= 3 {
            break;
        }
        match byte {
            b' ' => out[used] = b'+',
            _ if byte.is_ascii_alphanumeric() => out[used] = byte,
            _ => {
                out[used] = b'%';
                out[used + 1] = HEX[(byte >> 4) as usize];
                out[used + 2] = HEX[(byte & 15) as usize];
                used += 2;
            }
        }
        used += 1;
    }
    used
}

/// Replaces what could lead out of a directory or mean something to a shell: `..`, `:`, `\`, `$` and `%`.
pub fn purify_filename(name: &mut [u8]) {
    let mut at = 0;
    while at < name.len() {
        match name[at] {
            b'.' if name.get(at + 1) == Some(&b'.') => {
                name[at..at + 2].fill(b'_');
                at += 1;
            }
            b':' | b'\\' | b'$' | b'%' => name[at] = b'_',
            _ => {}
        }
        at += 1;
    }
}

/// Reads pairs of hexadecimal digits into `out`. Fails on anything else, on an odd digit, and unless one byte of `out`
/// stays free. Returns how many bytes were read.
pub fn hex_decode(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let (pairs, odd) = text.as_chunks::<2>();
    for (n, &[high, low]) in pairs.iter().enumerate() {
        *out.get_mut(n)? = hex_digit(high)? << 4 | hex_digit(low)?;
    }
    (odd.is_empty() && pairs.len() < out.len()).then_some(pairs.len())
}

/// Where `needle` begins in `text`; nowhere when either is empty.
pub fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    memchr::memmem::find(text, needle)
}

/// All bits in which `a` and `b` differ, OR-ed together, in a time that depends only on their length.
pub fn difference(a: &[u8], b: &[u8]) -> u8 {
    a.iter().zip(b).fold(0, |seen, (a, b)| std::hint::black_box(seen | (a ^ b)))
}
