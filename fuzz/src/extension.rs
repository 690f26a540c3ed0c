use netgraft::proto::ws::extension::{answer, choose, is_offer, parse, read_answer};

/// Lists of WebSocket extensions: what a client offers, and behind a line break what a server answers.
pub fn extension(bytes: &[u8]) {
    let (offers, answered) = match bytes.iter().position(|&c| c == b'\n') {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &b""[..]),
    };
    for takeover in [false, true] {
        let Some((terms, agreed)) = choose(offers, takeover) else { continue };
        assert!(takeover || !agreed.server_takeover && !agreed.client_takeover);
        // who has made the offer reads the same in the answer
        assert_eq!(read_answer(offers, answer(&terms).as_bytes()), Ok(Some(agreed)));
    }
    assert!(!is_offer(offers) || choose(offers, true).is_some());
    if let Ok(Some(agreed)) = read_answer(offers, answered) {
        assert!((8..=15).contains(&agreed.server_bits) && (8..=15).contains(&agreed.client_bits));
        assert_eq!(parse(answered).map(|all| all.len()), Some(1));
    }
}
