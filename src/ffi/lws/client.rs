//! Connections that the program makes.
use super::given;
use crate::faces::lws::abi::{lws, lws_client_connect_info, lws_context_creation_info, lws_vhost};
use crate::faces::lws::client::{self, Given, Order, Speech};
use crate::faces::lws::headers::with_head;
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::respond::Writer;
use crate::faces::lws::wsi::{Wsi, flag};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use crate::proto::http1::head::Method;
use std::ffi::{c_char, c_int, c_uint};
use std::ptr;

/// Begins to connect to a server, as `i` says: `address` and `port`; `path`, `host`, `origin` and `protocol` for the request;
/// `method` for HTTP (`"GET"` …) or `"RAW"`, null for WebSocket. Names are looked up without keeping the loop waiting, and all
/// addresses of a name are tried. `i` and what it points to may be given up afterwards, but for `userdata`,
/// `retry_and_idle_policy`, and `opaque_user_data`, which are the program's own.
///
/// The connection is bound to the vhost's protocol called `local_protocol_name`, or else to the one called `protocol`, or else to
/// its first. Its fate is told by callbacks: `LWS_CALLBACK_CLIENT_ESTABLISHED`, `LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP` or
/// `LWS_CALLBACK_RAW_CONNECTED`, or `LWS_CALLBACK_CLIENT_CONNECTION_ERROR`, whose `in` says why.
///
/// Returns the connection, which is also stored at `pwsi`, if that is not null, before any callback. Returns null, and stores
/// null, when an argument cannot be used or it has failed at once. Only from the thread that serves the context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_client_connect_via_info(i: *const lws_client_connect_info) -> *mut lws {
    guard("lws_client_connect_via_info", ptr::null_mut(), || {
        // SAFETY: the caller passes null or a filled-in struct.
        let Some(info) = (unsafe { i.as_ref() }) else {
            lwsl_err!("lws_client_connect_via_info: no info");
            return ptr::null_mut();
        };
        let store = |wsi: *mut lws| {
            if !info.pwsi.is_null() {
                // SAFETY: the caller gave the place for the time of this call.
                unsafe { *info.pwsi = wsi };
            }
        };
        // SAFETY: as above.
        let connected = unsafe { connect(info, |wsi| store(wsi.as_c())) };
        if connected.is_none() {
            store(ptr::null_mut());
        }
        connected.map_or(ptr::null_mut(), |wsi| wsi.as_c())
    })
}

/// # Safety
/// The pointers in `info` are as the API's contract wants them.
unsafe fn connect(info: &lws_client_connect_info, announce: impl FnOnce(&'static Wsi)) -> Option<&'static Wsi> {
    let context = given::here("lws_client_connect_via_info", info.context).filter(|c| !c.ending.get())?;
    let vhost = match info.vhost.is_null() {
        true => context.vhosts.with(|all| all.first().copied()),
        false => given::vhost("lws_client_connect_via_info", info.vhost),
    };
    let Some(vhost) = vhost.filter(|v| ptr::eq(v.context, context.primary()) && !v.ending.get()) else {
        lwsl_err!("lws_client_connect_via_info: there is no vhost for the connection");
        return None;
    };
    // SAFETY: by this function's contract.
    let order = match unsafe { order(info) } {
        Ok(order) => order,
        Err(why) => {
            lwsl_err!("lws_client_connect_via_info: {why}");
            return None;
        }
    };
    // SAFETY: null or a C string.
    let name = unsafe { cstr::bytes(info.local_protocol_name).or(cstr::bytes(info.protocol)) };
    let given = Given {
        protocol: name.and_then(|name| vhost.protocol(name)),
        user: info.userdata,
        opaque: info.opaque_user_data,
        parent: given::parent("lws_client_connect_via_info", info.parent_wsi, context),
        // SAFETY: null, or a struct that the program keeps for as long as the connection lives.
        policy: unsafe { info.retry_and_idle_policy.as_ref() },
    };
    context.within(|| client::start(vhost, order, given, announce))
}

/// # Safety
/// As `connect`.
unsafe fn order(info: &lws_client_connect_info) -> Result<Order, &'static str> {
    // SAFETY: by this function's contract the strings are null or C strings.
    let text = |text: *const c_char| match unsafe { cstr::bytes(text) } {
        None => Ok(None),
        Some(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains(['\r', '\n']) => Ok(Some(text.to_owned())),
            _ => Err("a line break, or no UTF-8, in a string for the request"),
        },
    };
    let address = text(info.address)?.filter(|address| !address.is_empty()).ok_or("no address")?;
    let flags = info.ssl_connection as u32;
    let speech = match text(info.method)?.as_deref() {
        None => Speech::Ws,
        Some("RAW") => Speech::Raw,
        Some(name) => Speech::Http(Method::parse(name).ok_or("unknown method")?),
    };
    let unix = address.starts_with('+');
    let port = u16::try_from(info.port).map_err(|_| "impossible port")?;
    if port == 0 && !unix {
        return Err("no port");
    }
    Ok(Order {
        speech,
        path: text(info.path)?.filter(|path| !path.is_empty()).unwrap_or_else(|| "/".to_owned()),
        host: text(info.host)?.unwrap_or_else(|| if unix { "localhost".to_owned() } else { address.clone() }),
        origin: text(info.origin)?,
        protocols: text(info.protocol)?.filter(|list| !list.is_empty()),
        version: if info.ietf_version_or_minus_one > 0 { info.ietf_version_or_minus_one as u32 } else { 13 },
        flags,
        // SAFETY: as above.
        iface: unsafe { cstr::c_str(info.iface) }.filter(|name| !name.is_empty()).map(|name| name.to_owned()),
        keep_warm_secs: info.keep_warm_secs,
        alpn: text(info.alpn)?,
        address,
        port,
    })
}

/// Says whether there is more of the request's body to send. With 1, from `LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER` on, the
/// program gets `LWS_CALLBACK_CLIENT_HTTP_WRITEABLE`, where it writes the body. A null or dead connection is ignored. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_client_http_body_pending(wsi: *mut lws, something_left_to_send: c_int) {
    guard("lws_client_http_body_pending", (), || {
        if let Some(wsi) = given::wsi("lws_client_http_body_pending", wsi).filter(|wsi| wsi.has(flag::CLIENT)) {
            client::ask::more_body(wsi, something_left_to_send != 0);
        }
    })
}

/// Composes at `*p` the head of a part of a multipart body, for a request with `LCCSCF_HTTP_MULTIPART_MIME`: the field's `name`, and
/// if not null its `filename` and `content_type`. A null `name` composes what ends the last part. `*p` is moved behind what was written.
///
/// Returns 0; 1 when it does not fit before `end`, or there is no such request. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_client_http_multipart(
    wsi: *mut lws,
    name: *const c_char,
    filename: *const c_char,
    content_type: *const c_char,
    p: *mut *mut c_char,
    end: *mut c_char,
) -> c_int {
    guard("lws_client_http_multipart", 1, || {
        let Some(wsi) = given::wsi("lws_client_http_multipart", wsi) else { return 1 };
        if p.is_null() {
            return 1;
        }
        // SAFETY: not null; the caller's place, its buffer up to `end`, and strings that are null or C strings.
        let (out, name, filename, content_type) = unsafe {
            let room = (end as usize).saturating_sub(*p as usize);
            let out = cstr::slice_mut((*p).cast(), if (*p).is_null() { 0 } else { room });
            (out, cstr::bytes(name), cstr::bytes(filename), cstr::bytes(content_type))
        };
        let part = client::with(wsi, |client| {
            let again = std::mem::replace(&mut client.parts_begun, true);
            (client.boundary.clone(), again)
        });
        let Some((boundary, again)) = part else { return 1 };
        let mut out = Writer::new(out);
        let written = client::ask::part(&mut out, &boundary, again, name, filename, content_type);
        let len = out.len();
        if written.is_none() {
            return 1;
        }
        // SAFETY: as above; `len` bytes were written at `*p`.
        unsafe { *p = (*p).add(len) };
        0
    })
}

/// The status of the response, such as 200; 0 before it has come, and where there is none. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_http_client_http_response(wsi: *mut lws) -> c_uint {
    guard("lws_http_client_http_response", 0, || {
        given::wsi("lws_http_client_http_response", wsi)
            .and_then(|wsi| with_head(wsi, |head| head.status.into()))
            .unwrap_or(0)
    })
}

/// In `LWS_CALLBACK_RECEIVE_CLIENT_HTTP`: reads up to `*len` bytes of the response into `*buf`. Each piece of its content, free of
/// chunk headers, is given to `LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ` meanwhile. What is not read now is announced again.
///
/// Returns 0; -1 when the callback is to return -1: the response is malformed, the program wants to end, or a pointer is null or
/// the connection dead or not receiving. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_http_client_read(wsi: *mut lws, buf: *mut *mut c_char, len: *mut c_int) -> c_int {
    guard("lws_http_client_read", -1, || {
        let Some(wsi) = given::wsi("lws_http_client_read", wsi).filter(|wsi| wsi.is_open()) else { return -1 };
        if buf.is_null() || len.is_null() {
            return -1;
        }
        // SAFETY: not null; the caller's places, and `*len` bytes of its own at `*buf`.
        unsafe {
            let (out, room) = (*buf, *len);
            if out.is_null() || room < 0 || !wsi.has(flag::CLIENT) {
                return -1;
            }
            let (outcome, left) = client::answer::read(wsi, out.cast(), room as usize);
            *len = left as c_int;
            outcome
        }
    })
}

/// Writes to `buf`, `len` bytes, the value of an `Authorization:` header that logs `user` in with the password `pw`, with a
/// NUL: `Basic` and the Base64 of the two.
///
/// Returns 0; 1 when it does not fit or a pointer is null; 2 when user and password together have more than 124 bytes.
/// On failure `buf` is untouched. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_http_basic_auth_gen(
    user: *const c_char,
    pw: *const c_char,
    buf: *mut c_char,
    len: usize,
) -> c_int {
    guard("lws_http_basic_auth_gen", 1, || {
        // SAFETY: the caller passes null or C strings, and null or `len` bytes apart from them.
        let (user, pw, out) = unsafe {
            let (Some(user), Some(pw)) = (cstr::bytes(user), cstr::bytes(pw)) else { return 1 };
            (user, pw, cstr::slice_mut(buf.cast(), len))
        };
        let value = format!("Basic {}", data_encoding::BASE64.encode(&[user, b":", pw].concat()));
        let Some(place) = out.get_mut(..value.len() + 1) else { return 1 };
        if user.len() + pw.len() > 124 {
            return 2;
        }
        place[..value.len()].copy_from_slice(value.as_bytes());
        place[value.len()] = 0;
        0
    })
}

/// Prepares a vhost for client connections with TLS, as `info` says: `client_ssl_ca_filepath`, `client_ssl_cert_filepath` and the other
/// members for clients; where one of them is not set, the one for servers (`ssl_ca_filepath` and so on). All is copied. What the vhost was
/// prepared with before is replaced, for connections made from then on.
///
/// A vhost that was made with `LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT` is prepared already, with what it was made from.
///
/// Returns 0; 1, with a line in the log, when an argument is null or dead, or a certificate or key cannot be used: the vhost is then as it
/// was. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_init_vhost_client_ssl(
    info: *const lws_context_creation_info,
    vhost: *mut lws_vhost,
) -> c_int {
    guard("lws_init_vhost_client_ssl", 1, || {
        // SAFETY: the caller passes null or a filled-in struct.
        let (Some(info), Some(vhost)) = (unsafe { info.as_ref() }, given::vhost("lws_init_vhost_client_ssl", vhost))
        else {
            return 1;
        };
        // SAFETY: as above.
        match vhost.settings.tls.prepare_client(unsafe { super::tls_info::asked(info) }) {
            Ok(()) => 0,
            Err(e) => {
                lwsl_err!("vhost {}: TLS: {e}", vhost.settings.name.to_string_lossy());
                1
            }
        }
    })
}
