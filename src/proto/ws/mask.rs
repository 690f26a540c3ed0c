//! The XOR mask on what clients send.

/// Applies the mask to `bytes` in place and returns it turned, so that it fits the byte that comes next.
#[inline]
pub fn apply(bytes: &mut [u8], mask: [u8; 4]) -> [u8; 4] {
    let word = u32::from_ne_bytes(mask);
    let wide = u64::from(word) << 32 | u64::from(word);
    let mut chunks = bytes.chunks_exact_mut(8);
    for chunk in &mut chunks {
        let value = u64::from_ne_bytes(chunk.try_into().unwrap_or_default()) ^ wide;
        chunk.copy_from_slice(&value.to_ne_bytes());
    }
    let (fours, last) = chunks.into_remainder().as_chunks_mut::<4>();
    for four in fours {
        *four = (u32::from_ne_bytes(*four) ^ word).to_ne_bytes();
    }
    for (byte, key) in last.iter_mut().zip(mask) {
        *byte ^= key;
    }
    let turn = (bytes.len() % 4) as u32 * 8;
    if cfg!(target_endian = "little") { word.rotate_right(turn) } else { word.rotate_left(turn) }.to_ne_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        /// Any split gives what the definition gives.
        #[test]
        fn is_the_definition(data: Vec<u8>, mask: [u8; 4], cut: prop::sample::Index) {
            let plain: Vec<u8> = data.iter().enumerate().map(|(i, b)| b ^ mask[i % 4]).collect();
            let mut masked = data.clone();
            let cut = cut.index(data.len() + 1);
            let turned = super::apply(&mut masked[..cut], mask);
            super::apply(&mut masked[cut..], turned);
            prop_assert_eq!(plain, masked);
        }
    }
}
