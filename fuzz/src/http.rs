use super::input::Input;
use netgraft::proto::http1::body::Body;
use netgraft::proto::http1::head::{Head, Limits, Refusal};

#[derive(Debug, PartialEq)]
enum Event {
    Head(String),
    Body {
        content: Vec<u8>,
        complete: bool,
    },
    Refused(Refusal),
    BadBody,
    /// The stream ended inside a head. A refusal may stand here where the cut let it be seen already.
    Unfinished,
}

type Feed = fn(&mut Head, &[u8], Limits) -> Result<(usize, bool), Refusal>;

/// How a side of the connection reads: heads, and the bodies they announce.
struct Side {
    feed: Feed,
    body: fn(&Head) -> Result<Body, Refusal>,
    limits: Limits,
}

/// Small limits, so that a small input reaches them.
const LIMITS: [Limits; 4] = [
    Limits { head: 16384, content: 4096 },
    Limits { head: 64, content: 48 },
    Limits { head: 100, content: 100 },
    Limits { head: 4096, content: 10 },
];

/// Requests one after another on a connection that stays.
pub fn http_request(bytes: &[u8]) {
    let Some(input) = Input::parse(bytes) else { return };
    let side = Side { feed: Head::feed, body: Head::body, limits: LIMITS[usize::from(input.parameter & 3)] };
    input.same_for_any_cut(|pieces| read(pieces, &side), agree);
}

/// Responses one after another, to requests that want a body or not.
pub fn http_response(bytes: &[u8]) {
    let Some(input) = Input::parse(bytes) else { return };
    let side = Side {
        feed: Head::feed_response,
        body: if input.parameter & 4 == 0 { |head| head.response_body(false) } else { |head| head.response_body(true) },
        limits: LIMITS[usize::from(input.parameter & 3)],
    };
    input.same_for_any_cut(|pieces| read(pieces, &side), agree);
}

fn agree(one: &Vec<Event>, other: &Vec<Event>) {
    if let ([one @ .., a], [other @ .., b]) = (&one[..], &other[..])
        && matches!((a, b), (Event::Unfinished, Event::Refused(_)) | (Event::Refused(_), Event::Unfinished))
    {
        return assert_eq!(one, other);
    }
    assert_eq!(one, other);
}

fn read(pieces: &mut dyn Iterator<Item = &[u8]>, side: &Side) -> Vec<Event> {
    let mut events = Vec::new();
    let mut head = Head::default();
    let mut body: Option<(Body, Vec<u8>)> = None;
    for mut piece in pieces {
        while !piece.is_empty() {
            let used = match &mut body {
                None => match (side.feed)(&mut head, piece, side.limits) {
                    Ok((used, complete)) => {
                        if complete {
                            events.push(describe(&head));
                            match (side.body)(&head) {
                                Ok(kind) => body = Some((kind, Vec::new())),
                                Err(refusal) => {
                                    events.push(Event::Refused(refusal));
                                    return events;
                                }
                            }
                        }
                        used
                    }
                    Err(refusal) => {
                        events.push(Event::Refused(refusal));
                        return events;
                    }
                },
                Some((kind, content)) => match kind.step(piece) {
                    Ok((used, part)) => {
                        content.extend_from_slice(&piece[part]);
                        used
                    }
                    Err(_) => {
                        let content = std::mem::take(content);
                        events.extend([Event::Body { content, complete: false }, Event::BadBody]);
                        return events;
                    }
                },
            };
            assert!(used > 0 && used <= piece.len(), "no progress, or too much");
            piece = &piece[used..];
            if let Some((_, content)) = body.take_if(|(kind, _)| kind.is_done()) {
                events.push(Event::Body { content, complete: true });
                head.clear();
            }
        }
    }
    events.push(match body {
        Some((_, content)) => Event::Body { content, complete: false },
        None => Event::Unfinished,
    });
    events
}

/// All that a head says.
fn describe(head: &Head) -> Event {
    let fields: Vec<_> = head.fields.iter().map(|f| (f.token, head.at(&f.name), head.at(&f.value))).collect();
    let args: Vec<_> = head.args.iter().map(|arg| head.at(arg)).collect();
    let (path, status) = (head.at(&head.path), head.at(&head.status_text));
    if head.status == 0 {
        assert!(path == b"*" || path[0] == b'/');
        assert_eq!(head.text[head.path.end as usize], 0, "a path is given to C");
    } else {
        assert!(status.starts_with(head.status.to_string().as_bytes()), "{:?}", String::from_utf8_lossy(status));
    }
    let line = format!("{:?} {path:?} {args:?} {} {status:?}", head.method, head.status);
    Event::Head(format!("{line} {fields:?} {} {}", head.http11, head.keep_alive))
}
