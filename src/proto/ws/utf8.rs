//! UTF-8 checked slice by slice.

/// Is the whole text valid?
pub fn is_valid(text: &[u8]) -> bool {
    simdutf8::basic::from_utf8(text).is_ok()
}

/// A check that goes on from slice to slice of one message.
#[derive(Clone, Copy, Default, Debug)]
pub struct Utf8 {
    /// The beginning of a character whose end is in the next slice.
    begun: [u8; 3],
    len: u8,
}

impl Utf8 {
    /// Checks the next slice; `last` says that the message ends with it.
    pub fn feed(&mut self, mut slice: &[u8], last: bool) -> bool {
        while self.len > 0 && !slice.is_empty() {
            let mut character = [0; 4];
            let len = self.len as usize;
            character[..len].copy_from_slice(&self.begun[..len]);
            character[len] = slice[0];
            slice = &slice[1..];
            match std::str::from_utf8(&character[..=len]) {
                Ok(_) => self.len = 0,
                Err(e) if e.error_len().is_some() => return false,
                Err(_) => {
                    // three bytes of a character of four at the most: a fourth completes or breaks it
                    self.begun[len] = character[len];
                    self.len += 1;
                }
            }
        }
        if !is_valid(slice)
            && let Err(e) = simdutf8::compat::from_utf8(slice)
        {
            if e.error_len().is_some() {
                return false;
            }
            let rest = &slice[e.valid_up_to()..];
            self.begun[..rest.len()].copy_from_slice(rest);
            self.len = rest.len() as u8;
        }
        !(last && self.len > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::Utf8;
    use proptest::prelude::*;

    fn split_check(bytes: &[u8], cuts: &[usize]) -> bool {
        let mut check = Utf8::default();
        let mut at = 0;
        for &cut in cuts {
            let cut = cut.clamp(at, bytes.len());
            if !check.feed(&bytes[at..cut], false) {
                return false;
            }
            at = cut;
        }
        check.feed(&bytes[at..], true)
    }

    proptest! {
        #[test]
        fn any_split_of_text_is_valid(text: String, mut cuts in prop::collection::vec(0usize..64, 0..8)) {
            cuts.sort();
            prop_assert!(split_check(text.as_bytes(), &cuts));
        }
        #[test]
        fn agrees_with_std(bytes in prop::collection::vec(prop_oneof![any::<u8>(), 0x80u8..0xc0, 0xe0u8..0xf5], 0..12),
                           mut cuts in prop::collection::vec(0usize..12, 0..4)) {
            cuts.sort();
            prop_assert_eq!(split_check(&bytes, &cuts), std::str::from_utf8(&bytes).is_ok());
        }
    }
}
