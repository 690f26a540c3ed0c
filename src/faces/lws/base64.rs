//! Base64, both alphabets.
use data_encoding::{BASE64, BASE64URL, Encoding};

/// Encodes `data` with padding into `out`. Fails unless `out` has room for the text and two bytes more (a NUL and one
/// that the original asks for). Returns the length of the text.
pub fn encode(data: &[u8], url_alphabet: bool, out: &mut [u8]) -> Option<usize> {
    let encoding: &Encoding = if url_alphabet { &BASE64URL } else { &BASE64 };
    let len = data.len().checked_add(2)? / 3 * 4;
    if out.len() < len + 2 {
        return None;
    }
    encoding.encode_mut(data, &mut out[..len]);
    Some(len)
}

/// Decodes `text` in either alphabet into `out`, passing over padding and everything else that is not Base64.
/// Every group needs 4 bytes of room and one for a NUL; what does not fit is left out. Returns how many bytes there are.
pub fn decode(text: &[u8], out: &mut [u8]) -> usize {
    let mut values = text.iter().filter_map(|&byte| value(byte));
    let mut used = 0;
    while let Some(group) = out.get_mut(used..used + 5) {
        let mut bits = 0u32;
        let mut count = 0;
        for value in values.by_ref().take(4) {
            bits |= (value as u32) << (18 - 6 * count);
            count += 1;
        }
        if count < 2 {
            break; // nothing, or six bits that make no byte
        }
        group[..count - 1].copy_from_slice(&bits.to_be_bytes()[1..count]);
        used += count - 1;
    }
    used
}

fn value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}
