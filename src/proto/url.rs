//! URL coding, undone.

/// Undoes URL coding one character at a time: text may come in any pieces, and it can work in place.
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
#[derive(Debug, PartialEq, Eq)]
pub struct BadEscape;

impl UrlDecoder {
    /// Takes the next character; gives the decoded byte once there is one. An escape that the text ends in is lost.
    #[inline]
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

    /// Is it in the middle of an escape?
    pub fn is_within(&self) -> bool {
        !matches!(self.state, Escape::None)
    }
}

/// The value of a hexadecimal digit.
#[inline]
pub fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(text: &str) -> Result<Vec<u8>, BadEscape> {
        let mut decoder = UrlDecoder::default();
        text.bytes().filter_map(|c| decoder.push(c).transpose()).collect()
    }

    #[test]
    fn escapes() {
        assert_eq!(decode("a+b%20%41%c3%A4=").unwrap(), "a b A\u{e4}=".as_bytes());
        assert_eq!(decode("a%4").unwrap(), b"a");
        for bad in ["%g0", "%4g", "%%41", "%+1"] {
            assert_eq!(decode(bad), Err(BadEscape), "{bad}");
        }
    }
}
