//! However a stream is cut, it means the same: made-up streams, sound and damaged, and the corpora of the fuzz targets.
#[path = "../fuzz/src/lib.rs"]
mod targets;

use netgraft::proto::ws::deflate::{Deflater, cut_tail};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fs;
use targets::input;

/// What is replayed is there: an empty corpus would pass.
fn replay(name: &str, target: fn(&[u8])) {
    let corpus = format!("{}/fuzz/corpus/{name}", env!("CARGO_MANIFEST_DIR"));
    let files: Vec<_> = fs::read_dir(&corpus).expect(&corpus).map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        println!("{}", file.display()); // shown where it fails
        target(&fs::read(file).unwrap());
    }
}

macro_rules! corpora {
    ($($target:ident $test:ident)*) => {$(
        #[test]
        fn $test() {
            replay(stringify!($target), targets::$target);
        }
    )*};
}
corpora! {
    chunked corpus_of_chunked
    deflate corpus_of_deflate
    extension corpus_of_extension
    form corpus_of_form
    header_value corpus_of_header_value
    http_request corpus_of_http_request
    http_response corpus_of_http_response
    uri corpus_of_uri
    ws_frames corpus_of_ws_frames
}

/// Lengths of the first pieces.
fn cuts() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![0u8..8, any::<u8>()], 0..15)
}

/// A stream with a few bytes replaced.
fn damaged(stream: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(b'\r'), Just(b'\n'), Just(b' '), Just(b':'), Just(0), any::<u8>()];
    (stream, vec((any::<prop::sample::Index>(), byte), 0..3)).prop_map(|(mut stream, damage)| {
        for (at, byte) in damage {
            if !stream.is_empty() {
                let at = at.index(stream.len());
                stream[at] = byte;
            }
        }
        stream
    })
}

fn chunks() -> impl Strategy<Value = Vec<u8>> {
    let chunk = (vec(any::<u8>(), 1..40), prop_oneof![Just(""), Just(";a=b"), Just(";x=\"y\"")])
        .prop_map(|(data, ext)| [format!("{:x}{ext}\r\n", data.len()).as_bytes(), &data, b"\r\n"].concat());
    (vec(chunk, 0..5), prop_oneof![Just("0\r\n\r\n"), Just("0;z\r\nTrailer: x\r\n\r\n"), Just("")])
        .prop_map(|(chunks, end)| [&chunks.concat(), end.as_bytes()].concat())
}

/// The headers of a message, its body, and the empty line between them.
fn headers_and_body() -> impl Strategy<Value = Vec<u8>> {
    let header = prop_oneof![
        Just(String::from("Host: a.b:80\r\n")),
        Just("Connection: keep-alive, close\r\n".into()),
        Just("Upgrade: websocket\r\n".into()),
        "[A-Za-z-]{1,8}:[ -~]{0,12}\r\n",
    ];
    let body = prop_oneof![
        Just(b"\r\n".to_vec()),
        vec(any::<u8>(), 0..50)
            .prop_map(|body| { [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), &body].concat() }),
        chunks().prop_map(|body| [&b"Transfer-Encoding: chunked\r\n\r\n"[..], &body].concat()),
        Just(b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc".to_vec()),
    ];
    (vec(header, 0..5), body).prop_map(|(headers, body)| [headers.concat().as_bytes(), &body].concat())
}

fn version() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0"][..])
}

fn request() -> impl Strategy<Value = Vec<u8>> {
    let method = prop::sample::select(&["GET", "POST", "PUT", "HEAD", "OPTIONS", "BREW"][..]);
    let target = "(/|\\*|x|/[a-z./%25+?&;=]{0,12})";
    (method, target, version(), headers_and_body()).prop_map(|(method, target, version, rest)| {
        [format!("{method} {target} {version}\r\n").as_bytes(), &rest].concat()
    })
}

fn response() -> impl Strategy<Value = Vec<u8>> {
    let status = "(200 OK|101|204 |304 Not Modified|404 Not Found|99 x|1000|[2-5][0-9]{2} ?[ -~]{0,9})";
    (version(), status, headers_and_body())
        .prop_map(|(version, status, rest)| [format!("{version} {status}\r\n").as_bytes(), &rest].concat())
}

/// A frame of this kind; the mask is left out where it is none.
fn frame(first: u8, payload: &[u8], mask: Option<[u8; 4]>) -> Vec<u8> {
    let masked = if mask.is_some() { 0x80 } else { 0 };
    let mut frame = vec![first];
    match payload.len() {
        short @ ..126 => frame.push(masked | short as u8),
        long => {
            frame.push(masked | 126);
            frame.extend((long as u16).to_be_bytes());
        }
    }
    frame.extend(mask.iter().flatten());
    let key = mask.unwrap_or_default();
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

fn frames(masked: bool) -> impl Strategy<Value = Vec<u8>> {
    let first =
        prop_oneof![prop::sample::select(&[0x81u8, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a, 0x88][..]), any::<u8>()];
    let payload =
        prop_oneof![".{0,30}".prop_map(String::into_bytes), vec(any::<u8>(), 0..300), Just(b"\x03\xe8done".to_vec())];
    vec((first, payload, any::<[u8; 4]>()), 1..6).prop_map(move |frames| {
        frames.iter().flat_map(|(first, payload, mask)| frame(*first, payload, masked.then_some(*mask))).collect()
    })
}

/// The payload of a compressed message.
fn packed() -> impl Strategy<Value = Vec<u8>> {
    let message = prop_oneof!["[a-c ]{0,300}".prop_map(String::into_bytes), vec(any::<u8>(), 0..300)];
    (message, 8u8..=15, 0u32..=9).prop_map(|(message, bits, level)| {
        let mut payload = vec![0; 1024];
        let step = Deflater::new(bits, level).step(&message, &mut payload).unwrap();
        assert!(step.done);
        let len = cut_tail(&mut payload, step.made);
        payload.truncate(len);
        payload
    })
}

proptest! {
    #[test]
    fn requests(limits in any::<u8>(), cuts in cuts(), stream in damaged(vec(request(), 1..4).prop_map(|r| r.concat()))) {
        targets::http_request(&input(limits, &cuts, &stream));
    }

    #[test]
    fn responses(limits in any::<u8>(), cuts in cuts(), stream in damaged(vec(response(), 1..4).prop_map(|r| r.concat()))) {
        targets::http_response(&input(limits, &cuts, &stream));
    }

    #[test]
    fn chunked_bodies(cuts in cuts(), stream in damaged(chunks())) {
        targets::chunked(&input(0, &cuts, &stream));
    }

    #[test]
    fn compressed_messages(room in any::<u8>(), cuts in cuts(), stream in damaged(packed())) {
        targets::deflate(&input(room, &cuts, &stream));
    }

    #[test]
    fn lists_of_extensions(list in "((permessage-deflate|x)(; ?((server|client)_(no_context_takeover|max_window_bits(=\"?[0-9]{1,2}\"?)?)|y=z))?[,\n]? ?){0,4}") {
        targets::extension(list.as_bytes());
    }

    #[test]
    fn frames_of_a_client(slice in any::<u8>(), cuts in cuts(), stream in damaged(frames(true))) {
        targets::ws_frames(&input(slice & !1, &cuts, &stream));
    }

    #[test]
    fn frames_of_a_server(slice in any::<u8>(), cuts in cuts(), stream in damaged(frames(false))) {
        targets::ws_frames(&input(slice | 1, &cuts, &stream));
    }

    #[test]
    fn targets_of_requests(before in any::<u8>(), target in "/?([a-z./+?&;=%]|%2[eEfF]|%00|\\.\\./){0,20}") {
        targets::uri(&[&[before], target.as_bytes()].concat());
    }
}
