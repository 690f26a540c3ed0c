//! What a program reads of a request: headers, arguments, the path.
use super::abi::lws_token_indexes;
use super::client::{self, Speech};
use super::wsi::Wsi;
use crate::proto::http1::head::{Field, Head, Method, UNKNOWN};
use crate::proto::http1::tokens;

/// Looks at the head of the request in progress; none when there is none.
pub fn with_head<R>(wsi: &Wsi, look: impl FnOnce(&Head) -> R) -> Option<R> {
    wsi.http.with(|http| http.as_ref().filter(|http| !http.answered).map(|http| look(&http.head)))
}

/// The token under which the path of a request with this method is found.
pub fn uri_token(method: Method) -> u8 {
    match method {
        Method::Get => tokens::GET_URI,
        Method::Post => tokens::POST_URI,
        Method::Options => tokens::OPTIONS_URI,
        Method::Put => tokens::PUT_URI,
        Method::Patch => tokens::PATCH_URI,
        Method::Delete => tokens::DELETE_URI,
        Method::Connect => tokens::CONNECT,
        Method::Head => tokens::HEAD_URI,
    }
}

/// The values of a token, in the order they came: a header's, the path, or the arguments. Empty ones do not count.
pub fn fragments(head: &Head, token: u8) -> Vec<&[u8]> {
    if token == tokens::HTTP_URI_ARGS {
        return head.args.iter().map(|span| head.at(span)).collect();
    }
    let status_line = if head.http11 { tokens::HTTP1_1 } else { tokens::HTTP1_0 };
    if head.status != 0 && token == status_line {
        return vec![head.at(&head.status_text)];
    }
    if token == uri_token(head.method) && !head.path.is_empty() {
        return vec![head.at(&head.path)];
    }
    head.values(token).filter(|value| !value.is_empty()).collect()
}

/// What a client connection was made from, by the tokens that stand behind those of headers; none for other tokens, and other
/// connections.
pub fn client_word(wsi: &Wsi, token: u32) -> Option<String> {
    const SENT_PROTOCOLS: u32 = lws_token_indexes::_WSI_TOKEN_CLIENT_SENT_PROTOCOLS as u32;
    const PEER_ADDRESS: u32 = lws_token_indexes::_WSI_TOKEN_CLIENT_PEER_ADDRESS as u32;
    const URI: u32 = lws_token_indexes::_WSI_TOKEN_CLIENT_URI as u32;
    const HOST: u32 = lws_token_indexes::_WSI_TOKEN_CLIENT_HOST as u32;
    const ORIGIN: u32 = lws_token_indexes::_WSI_TOKEN_CLIENT_ORIGIN as u32;
    const METHOD: u32 = lws_token_indexes::_WSI_TOKEN_CLIENT_METHOD as u32;
    const IFACE: u32 = lws_token_indexes::_WSI_TOKEN_CLIENT_IFACE as u32;
    client::with(wsi, |client| {
        let order = &client.order;
        match token {
            SENT_PROTOCOLS => order.protocols.clone(),
            PEER_ADDRESS => Some(order.address.clone()),
            URI => Some(order.path.clone()),
            HOST => Some(order.host.clone()),
            ORIGIN => order.origin.clone(),
            METHOD => match order.speech {
                Speech::Http(method) => Some(method.name().to_owned()),
                Speech::Raw => Some("RAW".to_owned()),
                Speech::Ws => None,
            },
            IFACE => order.iface.as_ref().map(|name| name.to_string_lossy().into_owned()),
            _ => None,
        }
    })
    .flatten()
}

/// What stands between the values of a header that came several times.
fn separator(token: u8) -> &'static [u8] {
    if token == tokens::HTTP_COOKIE { b"; " } else { b"," }
}

/// The length of a token's values, joined.
pub fn total_length(head: &Head, token: u8) -> usize {
    let values = fragments(head, token);
    let text: usize = values.iter().map(|value| value.len()).sum();
    text + separator(token).len() * values.len().saturating_sub(1)
}

/// Writes a token's values, joined, to `out`; none when they do not fit with the NUL.
pub fn copy(head: &Head, token: u8, out: &mut [u8]) -> Option<usize> {
    let joined = fragments(head, token).join(separator(token));
    put(&joined, out)
}

/// Writes a C string; none when it does not fit.
pub fn put(text: &[u8], out: &mut [u8]) -> Option<usize> {
    out.get_mut(..text.len())?.copy_from_slice(text);
    *out.get_mut(text.len())? = 0;
    Some(text.len())
}

/// The value of a header that has no token. `name` is in lower case and ends with the colon.
pub fn custom<'a>(head: &'a Head, name: &[u8]) -> Option<&'a [u8]> {
    let name = name.strip_suffix(b":")?;
    if name.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let named = |f: &&Field| f.token == UNKNOWN && head.at(&f.name).eq_ignore_ascii_case(name);
    head.fields.iter().find(named).map(|f| head.at(&f.value))
}

/// The first argument that begins with `name`: what stands behind it.
pub fn argument<'a>(head: &'a Head, name: &[u8]) -> Option<&'a [u8]> {
    head.args.iter().find_map(|span| head.at(span).strip_prefix(name))
}
