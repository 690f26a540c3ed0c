//! Small work on strings: URL coding, file names, hexadecimal, searching.

/// Undoes URL coding one character at a time, so that it can work in place.
#[derive(Default)]
pub struct UrlDecoder {
    state: Escape,
}

#[derive(Default)]
enum Escape {
    #[default]
    None,
    Percent,
    High(u8),
}

/// An escape that is not `%` and two hexadecimal digits.
#[derive(Debug, PartialEq)]
pub struct BadEscape;

impl UrlDecoder {
    /// Takes the next character; gives the decoded byte once there is one. An escape that the text ends in is lost.
    pub fn push(&mut self, byte: u8) -> Result<Option<u8>, BadEscape> {
        match self.state {
            Escape::None => match byte {
                b'%' => {
                    self.state = Escape::Percent;
                    Ok(None)
                }
                b'+' => Ok(Some(b' ')),
                _ => Ok(Some(byte)),
            },
            Escape::Percent => {
                self.state = Escape::High(hex_digit(byte).ok_or(BadEscape)?);
                Ok(None)
            }
            Escape::High(high) => {
                self.state = Escape::None;
                Ok(Some(high << 4 | hex_digit(byte).ok_or(BadEscape)?))
            }
        }
    }
}

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

fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
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
