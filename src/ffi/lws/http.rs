//! HTTP: what a program reads of a request and writes of a response.
use super::given;
use crate::faces::lws::abi::{
    lws, lws_filepos_t, lws_http_mount, lws_process_html_args, lws_process_html_state, lws_token_indexes_int,
};
use crate::faces::lws::headers::{self, with_head};
use crate::faces::lws::respond::{self, Writer};
use crate::faces::lws::serve::{self, Manner};
use crate::faces::lws::text;
use crate::faces::lws::wsi::{Role, Timer, Wsi, flag};
use crate::faces::lws::{client, interpret, mime, request, write};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use crate::proto::http1::head::Head;
use crate::proto::http1::tokens;
use crate::proto::url::UrlDecoder;
use std::ffi::{c_char, c_int, c_uchar, c_uint};
use std::ptr;

/// The text of a header's token: the name in lower case with its colon, such as `"host:"`. A few tokens are no headers
/// but methods and pseudo-headers.
///
/// The string is constant. Null when `token` is not in `enum lws_token_indexes`. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn lws_token_to_string(token: lws_token_indexes_int) -> *const c_uchar {
    guard("lws_token_to_string", ptr::null(), || {
        tokens::NAMES_NUL.get(token as usize).map_or(ptr::null(), |name| name.as_ptr())
    })
}

/// Writes `string` in URL coding to `escaped`, terminated and cut to `len` bytes: letters and digits stay, a space
/// becomes `+`, every other byte `%XX`.
///
/// Ends before the first character that would begin with less than 4 bytes free; so `3 * strlen(string) + 4` bytes
/// always suffice. The buffers must not overlap. Returns `escaped`, which is left untouched when it or `string` is
/// null or `len` is below 1. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_urlencode(escaped: *mut c_char, string: *const c_char, len: c_int) -> *const c_char {
    guard("lws_urlencode", escaped, || {
        // SAFETY: the caller passes null or a C string, and null or `len` bytes that do not overlap it.
        let (text, out) = unsafe { (cstr::bytes(string), cstr::slice_mut(escaped.cast(), len.max(0) as usize)) };
        if let (Some(text), false) = (text, out.is_empty()) {
            let used = text::url_encode(text, out);
            out[used] = 0;
        }
        escaped
    })
}

/// Undoes URL coding: writes `escaped` to `string` with `+` as a space and `%XX` as the byte it stands for.
///
/// Writes at most `len` characters **and then a NUL**, so `string` needs `len + 1` bytes; what is beyond is left out,
/// and so is an escape that the text ends in. `string` may be the same as `escaped`.
/// Returns 0, or -1 when an escape is malformed (`string` then ends before it), when a pointer is null or `len` is
/// negative (`string` is then untouched). A decoded NUL is written like any other byte. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_urldecode(string: *mut c_char, escaped: *const c_char, len: c_int) -> c_int {
    guard("lws_urldecode", -1, || {
        if string.is_null() || escaped.is_null() || len < 0 {
            return -1;
        }
        let (mut decoder, mut from, mut to) = (UrlDecoder::default(), escaped, string);
        // SAFETY: reading stops at the NUL of `escaped`; at most `len` bytes and a NUL are written to `string`. Bytes
        // are moved one by one and written only behind the one just read, so the two may be the same memory.
        unsafe {
            let end = string.add(len as usize);
            while to < end && *from != 0 {
                match decoder.push(*from as u8) {
                    Ok(Some(byte)) => {
                        *to = byte as c_char;
                        to = to.add(1);
                    }
                    Ok(None) => {}
                    Err(_) => {
                        *to = 0;
                        return -1;
                    }
                }
                from = from.add(1);
            }
            *to = 0;
        }
        0
    })
}

/// Looks at the request of a connection; none where there is no connection or no request.
fn look<R>(function: &str, wsi: *mut lws, what: impl FnOnce(&Head) -> R) -> Option<R> {
    with_head(given::wsi(function, wsi)?, what)
}

/// The length of a header's value, or of the path (`WSI_TOKEN_GET_URI` and its relatives) or the arguments
/// (`WSI_TOKEN_HTTP_URI_ARGS`). Where a header came several times, all values count, and what joins them.
///
/// Headers can be read from the time a request has come until it is completed or the WebSocket is established. 0 when
/// the header is absent or there is no request. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_hdr_total_length(wsi: *mut lws, h: lws_token_indexes_int) -> c_int {
    guard("lws_hdr_total_length", 0, || {
        let Some(wsi) = given::wsi("lws_hdr_total_length", wsi) else { return 0 };
        if let Some(word) = headers::client_word(wsi, h) {
            return word.len() as c_int;
        }
        with_head(wsi, |head| token(h).map_or(0, |h| headers::total_length(head, h) as c_int)).unwrap_or(0)
    })
}

/// The length of the value that a header had when it came for the `frag_idx`th time, from 0; of the arguments, one is
/// one. 0 when it did not. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_hdr_fragment_length(wsi: *mut lws, h: lws_token_indexes_int, frag_idx: c_int) -> c_int {
    guard("lws_hdr_fragment_length", 0, || {
        let length = |head: &Head| fragment(head, h, frag_idx).map_or(0, |value| value.len() as c_int);
        look("lws_hdr_fragment_length", wsi, length).unwrap_or(0)
    })
}

/// Copies a header's value to `dest` as a C string; values of a header that came several times are joined by commas.
///
/// Returns its length; 0 when the header is absent; -1 when `len`, the size of `dest`, is not greater than the
/// value's length, or `dest` is null. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_hdr_copy(wsi: *mut lws, dest: *mut c_char, len: c_int, h: lws_token_indexes_int) -> c_int {
    guard("lws_hdr_copy", -1, || {
        // SAFETY: the caller passes null or `len` bytes of its own.
        let out = unsafe { cstr::slice_mut(dest.cast(), len.max(0) as usize) };
        let Some(end) = out.first_mut() else { return -1 };
        *end = 0;
        let Some(wsi) = given::wsi("lws_hdr_copy", wsi) else { return 0 };
        if let Some(word) = headers::client_word(wsi, h) {
            return headers::put(word.as_bytes(), out).map_or(-1, |n| n as c_int);
        }
        let copied = with_head(wsi, |head| token(h).map_or(Some(0), |h| headers::copy(head, h, out)));
        copied.unwrap_or(Some(0)).map_or(-1, |n| n as c_int)
    })
}

/// As `lws_hdr_copy`, for the value that the header had when it came for the `frag_idx`th time. -1 when it did not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_hdr_copy_fragment(
    wsi: *mut lws,
    dest: *mut c_char,
    len: c_int,
    h: lws_token_indexes_int,
    frag_idx: c_int,
) -> c_int {
    guard("lws_hdr_copy_fragment", -1, || {
        // SAFETY: the caller passes null or `len` bytes of its own.
        let out = unsafe { cstr::slice_mut(dest.cast(), len.max(0) as usize) };
        let Some(end) = out.first_mut() else { return -1 };
        *end = 0;
        let copied =
            look("lws_hdr_copy_fragment", wsi, |head| headers::put(fragment(head, h, frag_idx)?, out)).flatten();
        copied.map_or(-1, |n| n as c_int)
    })
}

fn token(h: lws_token_indexes_int) -> Option<u8> {
    u8::try_from(h).ok().filter(|&h| usize::from(h) < tokens::COUNT)
}

fn fragment(head: &Head, h: lws_token_indexes_int, index: c_int) -> Option<&[u8]> {
    headers::fragments(head, token(h)?).get(usize::try_from(index).ok()?).copied()
}

/// The length of the value of a header that has no token. `name`, of `nlen` bytes, is in lower case and ends with the
/// colon. -1 when the header is absent, or has a token. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_hdr_custom_length(wsi: *mut lws, name: *const c_char, nlen: c_int) -> c_int {
    guard("lws_hdr_custom_length", -1, || {
        // SAFETY: the caller passes null or `nlen` readable bytes.
        let name = unsafe { cstr::slice(name.cast(), nlen.max(0) as usize) };
        look("lws_hdr_custom_length", wsi, |head| headers::custom(head, name).map(|value| value.len() as c_int))
            .flatten()
            .unwrap_or(-1)
    })
}

/// Copies the value of a header that has no token to `dst` as a C string.
///
/// Returns its length; -1 when the header is absent or `len`, the size of `dst`, is not greater than the value's length.
/// The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_hdr_custom_copy(
    wsi: *mut lws,
    dst: *mut c_char,
    len: c_int,
    name: *const c_char,
    nlen: c_int,
) -> c_int {
    guard("lws_hdr_custom_copy", -1, || {
        // SAFETY: the caller passes null or that many bytes, for both.
        let (name, out) = unsafe {
            (cstr::slice(name.cast(), nlen.max(0) as usize), cstr::slice_mut(dst.cast(), len.max(0) as usize))
        };
        let Some(end) = out.first_mut() else { return -1 };
        *end = 0;
        let copied = look("lws_hdr_custom_copy", wsi, |head| headers::put(headers::custom(head, name)?, out)).flatten();
        copied.map_or(-1, |n| n as c_int)
    })
}

/// Finds the first URI argument that begins with `name` (`"a="` for the value of `a`) and copies it to `buf`, of `len` bytes, as a C string.
///
/// Returns where in `buf` the part behind `name` begins; null when there is no such argument or the whole argument does not fit. The
/// connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_urlarg_by_name(
    wsi: *mut lws,
    name: *const c_char,
    buf: *mut c_char,
    len: c_int,
) -> *const c_char {
    guard("lws_get_urlarg_by_name", ptr::null(), || {
        // SAFETY: the caller passes null or a C string, and null or `len` bytes of its own.
        let (name, out) = unsafe { (cstr::bytes(name), cstr::slice_mut(buf.cast(), len.max(0) as usize)) };
        let Some(name) = name.filter(|_| !out.is_empty()) else { return ptr::null() };
        let found = look("lws_get_urlarg_by_name", wsi, |head| {
            let behind = headers::argument(head, name)?;
            headers::put(&[name, behind].concat(), out)
        });
        if found.flatten().is_some() { buf.wrapping_add(name.len()) } else { ptr::null() }
    })
}

/// Gives the method of the request, as `LWSHUMETH_*`, and its path: where it is, valid until the request is completed,
/// and how long it is. -1 when there is no request, or a pointer is null. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_http_get_uri_and_method(
    wsi: *mut lws,
    puri_ptr: *mut *mut c_char,
    puri_len: *mut c_int,
) -> c_int {
    guard("lws_http_get_uri_and_method", -1, || {
        if puri_ptr.is_null() || puri_len.is_null() {
            return -1;
        }
        let found = look("lws_http_get_uri_and_method", wsi, |head| {
            (head.at(&head.path).as_ptr(), head.path.len(), head.method)
        });
        let Some((path, len, method)) = found else { return -1 };
        // SAFETY: not null; the caller passes places of its own.
        unsafe {
            *puri_ptr = path.cast_mut().cast();
            *puri_len = len as c_int;
        }
        method as c_int
    })
}

/// Has `write` add to the head of a response between `*p` and `end`, and moves `*p` behind what was written.
/// 1 when it did not fit, or an argument is null or dead.
///
/// # Safety
/// `p` is null or points to a pointer; from there to `end` the memory is the caller's.
unsafe fn compose(
    function: &str,
    wsi: *mut lws,
    p: *mut *mut c_uchar,
    end: *mut c_uchar,
    write: impl FnOnce(&'static Wsi, &mut Writer) -> Option<()>,
) -> c_int {
    let Some(wsi) = given::wsi(function, wsi).filter(|_| !p.is_null()) else { return 1 };
    // SAFETY: not null; by this function's contract.
    let (start, room) = unsafe { (*p, (end as usize).saturating_sub(*p as usize)) };
    if start.is_null() || room == 0 {
        return 1;
    }
    // SAFETY: by this function's contract.
    let mut out = Writer::new(unsafe { cstr::slice_mut(start, room) });
    let done = write(wsi, &mut out).is_some();
    // SAFETY: as above; no more was written than there is room.
    unsafe { *p = start.add(out.len()) };
    c_int::from(!done)
}

/// Adds the status line, and the headers that the vhost adds to every response, to the head of a response at `*p`. `code`
/// may have `LWSAHH_*` flags. `*p` moves behind what was added; `end` is the end of the buffer.
///
/// Returns 0, or 1 when it did not fit. The connection's thread only; so for all functions that add headers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_add_http_header_status(
    wsi: *mut lws,
    code: c_uint,
    p: *mut *mut c_uchar,
    end: *mut c_uchar,
) -> c_int {
    // SAFETY: the caller's buffer, as documented.
    guard("lws_add_http_header_status", 1, || unsafe {
        compose("lws_add_http_header_status", wsi, p, end, |wsi, out| respond::add_status(wsi, code, out))
    })
}

/// Adds a header: its `name` as a C string, with or without the colon, and its value of `length` bytes. A line break in either is refused. Returns as
/// `lws_add_http_header_status`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_add_http_header_by_name(
    wsi: *mut lws,
    name: *const c_uchar,
    value: *const c_uchar,
    length: c_int,
    p: *mut *mut c_uchar,
    end: *mut c_uchar,
) -> c_int {
    guard("lws_add_http_header_by_name", 1, || {
        // SAFETY: the caller passes null or a C string, and null or `length` bytes.
        let (name, value) = unsafe { (cstr::bytes(name.cast()), cstr::slice(value, length.max(0) as usize)) };
        let Some(name) = name.filter(|name| !name.is_empty()) else { return 1 };
        // SAFETY: the caller's buffer, as documented.
        unsafe { compose("lws_add_http_header_by_name", wsi, p, end, |_, out| out.header(name, value)) }
    })
}

/// Adds a header that has a token. Returns as `lws_add_http_header_status`; 1 also when `token` is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_add_http_header_by_token(
    wsi: *mut lws,
    token: lws_token_indexes_int,
    value: *const c_uchar,
    length: c_int,
    p: *mut *mut c_uchar,
    end: *mut c_uchar,
) -> c_int {
    guard("lws_add_http_header_by_token", 1, || {
        let Some(name) = tokens::NAMES.get(token as usize) else { return 1 };
        // SAFETY: the caller passes null or `length` bytes.
        let value = unsafe { cstr::slice(value, length.max(0) as usize) };
        // SAFETY: the caller's buffer, as documented.
        unsafe { compose("lws_add_http_header_by_token", wsi, p, end, |_, out| out.header(name.as_bytes(), value)) }
    })
}

/// Adds a `content-length` header. Returns as `lws_add_http_header_status`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_add_http_header_content_length(
    wsi: *mut lws,
    content_length: lws_filepos_t,
    p: *mut *mut c_uchar,
    end: *mut c_uchar,
) -> c_int {
    // SAFETY: the caller's buffer, as documented.
    guard("lws_add_http_header_content_length", 1, || unsafe {
        compose("lws_add_http_header_content_length", wsi, p, end, |_, out| {
            out.number(b"content-length:", content_length)
        })
    })
}

/// Adds what most responses need: the status line, the vhost's headers, the type (left out when `content_type` is null),
/// and the length. With `LWS_ILLEGAL_HTTP_CONTENT_LEN` the length is not known: the response then ends with the
/// connection, and says so. Returns as `lws_add_http_header_status`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_add_http_common_headers(
    wsi: *mut lws,
    code: c_uint,
    content_type: *const c_char,
    content_len: lws_filepos_t,
    p: *mut *mut c_uchar,
    end: *mut c_uchar,
) -> c_int {
    guard("lws_add_http_common_headers", 1, || {
        // SAFETY: the caller passes null or a C string.
        let content_type = unsafe { cstr::bytes(content_type) };
        // SAFETY: the caller's buffer, as documented.
        unsafe {
            compose("lws_add_http_common_headers", wsi, p, end, |wsi, out| {
                respond::add_common(wsi, code, content_type, content_len, out)
            })
        }
    })
}

/// Adds the empty line that ends the head. Returns as `lws_add_http_header_status`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_finalize_http_header(wsi: *mut lws, p: *mut *mut c_uchar, end: *mut c_uchar) -> c_int {
    // SAFETY: the caller's buffer, as documented.
    guard("lws_finalize_http_header", 1, || unsafe {
        compose("lws_finalize_http_header", wsi, p, end, |_, out| out.text(b"\r\n"))
    })
}

/// Ends the head that lies between `start` and `*p`, and sends it. There must be `LWS_PRE` bytes before `start`. Returns 0, or 1 when the
/// empty line did not fit or the connection has failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_finalize_write_http_header(
    wsi: *mut lws,
    start: *mut c_uchar,
    p: *mut *mut c_uchar,
    end: *mut c_uchar,
) -> c_int {
    guard("lws_finalize_write_http_header", 1, || {
        // SAFETY: the caller's buffer, as documented.
        if start.is_null()
            || unsafe { compose("lws_finalize_write_http_header", wsi, p, end, |_, out| out.text(b"\r\n")) } != 0
        {
            return 1;
        }
        // SAFETY: `p` was used just now; the head lies between `start` and `*p`.
        let head = unsafe { cstr::slice(start, (*p as usize).saturating_sub(start as usize)) };
        match given::wsi("lws_finalize_write_http_header", wsi).filter(|wsi| wsi.is_open()) {
            Some(wsi) if respond::send(wsi, head).is_ok() => 0,
            _ => 1,
        }
    })
}

/// Composes at `*p` and sends a redirection, with status `code`, to `loc` of `len` bytes. Returns how many bytes were sent, or -1 when they
/// did not fit or the connection has failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_http_redirect(
    wsi: *mut lws,
    code: c_int,
    loc: *const c_uchar,
    len: c_int,
    p: *mut *mut c_uchar,
    end: *mut c_uchar,
) -> c_int {
    guard("lws_http_redirect", -1, || {
        if p.is_null() {
            return -1;
        }
        // SAFETY: not null; the caller passes `len` bytes at `loc`.
        let (start, loc) = unsafe { (*p, cstr::slice(loc, len.max(0) as usize)) };
        let write = |wsi: &Wsi, out: &mut Writer| respond::compose_redirect(wsi, code as u32, loc, out);
        // SAFETY: the caller's buffer, as documented.
        if unsafe { compose("lws_http_redirect", wsi, p, end, write) } != 0 {
            return -1;
        }
        // SAFETY: as above; the head lies between `start` and `*p`.
        let head = unsafe { cstr::slice(start, *p as usize - start as usize) };
        match given::wsi("lws_http_redirect", wsi).filter(|wsi| wsi.is_open()) {
            Some(wsi) if write::queue(wsi, head, &[]).is_ok() => head.len() as c_int,
            _ => -1,
        }
    })
}

/// Answers the request with a small page that shows the status `code` and `html_body`, which may be null. The transaction
/// is not completed by it. Returns 0, or 1 when the connection is dead or has failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_return_http_status(wsi: *mut lws, code: c_uint, html_body: *const c_char) -> c_int {
    guard("lws_return_http_status", 1, || {
        let Some(wsi) = given::wsi("lws_return_http_status", wsi).filter(|wsi| wsi.is_open()) else {
            return 1;
        };
        // SAFETY: the caller passes null or a C string.
        let body = unsafe { cstr::bytes(html_body) };
        c_int::from(respond::status(wsi, code, body).is_err())
    })
}

/// Answers the request with a file: its head at once, its content as the connection takes it. The head says the type
/// `content_type` (none where it is null), the length, whether it may be kept (as the request's mount says), an entity
/// tag and when the file was changed, and has the lines `other_headers`, of `other_headers_len` bytes, each ended with
/// CR LF. Conditional requests, `Range` and HEAD are seen to. A file for which the context has functions of the program
/// (see `lws_get_fops`) is read with them.
///
/// Returns 0 when the answer is on its way: the callback then returns 0, and `LWS_CALLBACK_HTTP_FILE_COMPLETION` comes
/// when all is sent; until then the transaction is not to be completed. A request that gets a head alone (304, 416,
/// HEAD) is completed without it. Returns 1 when there is no such file, which has been answered with 404: the callback
/// then completes the transaction. Returns -1 when the connection is to be closed, or for a null or dead connection or
/// one that has no request to answer, or a null `file`: the callback then returns -1. The connection's thread only.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn lws_serve_http_file(
    wsi: *mut lws,
    file: *const c_char,
    content_type: *const c_char,
    other_headers: *const c_char,
    other_headers_len: c_int,
) -> c_int {
    guard("lws_serve_http_file", -1, || {
        let Some(wsi) = given::wsi("lws_serve_http_file", wsi).filter(|wsi| wsi.is_open()) else { return -1 };
        // SAFETY: the caller passes null or C strings, and null or that many bytes.
        let (file, content_type, other_headers) = unsafe {
            (
                cstr::c_str(file),
                cstr::bytes(content_type),
                cstr::slice(other_headers.cast(), other_headers_len.max(0) as usize),
            )
        };
        let Some(file) = file else { return -1 };
        let manner = Manner { content_type, other_headers, ..Manner::default() };
        wsi.context().within(|| serve::serve(wsi, file, manner))
    })
}

/// The content type of a file by the end of its name: one that `m` adds for it, a common one, or the one that `m` adds
/// for `*`. `m` may be null. Null when there is none. The string lasts as long as the mount. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_mimetype(file: *const c_char, m: *const lws_http_mount) -> *const c_char {
    guard("lws_get_mimetype", ptr::null(), || {
        // SAFETY: the caller passes null or a C string, and null or a mount.
        let (file, mount) = unsafe { (cstr::bytes(file), m.as_ref()) };
        file.and_then(|file| mime::of(file, mount)).map_or(ptr::null(), |name| name.as_ptr())
    })
}

/// For `LWS_CALLBACK_PROCESS_HTML`: replaces the variables of `s` in the piece of text `args` by what `s->replace`
/// returns for them (nothing for null), and makes a chunk of it where `args->chunked` asks for that. The text changes
/// in its place, and may grow to `args->max_len` bytes. A variable's name begins with `$` and is at most 15 bytes long.
/// `s` begins as zeros, but for `vars`, `count_vars`, `replace` and `data`, and is the same for all pieces of a file.
/// Returns 0, or -1 when there is not room enough or a pointer is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_chunked_html_process(
    args: *mut lws_process_html_args,
    s: *mut lws_process_html_state,
) -> c_int {
    guard("lws_chunked_html_process", -1, || {
        // SAFETY: not null; the caller passes structs as documented.
        if args.is_null() || s.is_null() || unsafe { (*args).p.is_null() || !interpret::process(args, s) } {
            return -1;
        }
        0
    })
}

/// Says that the answer to the request is complete. Returns 0 when the connection waits for the next request: the
/// callback then returns 0. Returns 1 when the connection must be closed: the callback then returns -1. 1 also for a
/// null or dead connection. The connection's thread only.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn lws_http_transaction_completed(wsi: *mut lws) -> c_int {
    guard("lws_http_transaction_completed", 1, || {
        match given::wsi("lws_http_transaction_completed", wsi).filter(|wsi| wsi.is_open()) {
            Some(wsi) => c_int::from(wsi.context().within(|| request::transaction_completed(wsi))),
            None => 1,
        }
    })
}

/// Says that the answer goes on for as long as the connection lives (server-sent events): it has no timeout. Returns 0,
/// or 1 for a null or dead connection, or one without a request. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_http_mark_sse(wsi: *mut lws) -> c_int {
    guard("lws_http_mark_sse", 1, || {
        match given::wsi("lws_http_mark_sse", wsi).filter(|wsi| wsi.is_open() && wsi.role() == Role::Http) {
            Some(wsi) => {
                wsi.set(flag::LASTING | flag::LAST_REQUEST);
                wsi.cancel_timer(Timer::Timeout);
                0
            }
            None => 1,
        }
    })
}

/// Was the request made a GET by a redirect, so that its body is not to be sent? 1 or 0. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_http_is_redirected_to_get(wsi: *mut lws) -> c_int {
    guard("lws_http_is_redirected_to_get", 0, || {
        given::wsi("lws_http_is_redirected_to_get", wsi)
            .and_then(|wsi| client::with(wsi, |client| c_int::from(client.to_get)))
            .unwrap_or(0)
    })
}

/// Has an HTTP/2 client stream end its sending side, and wait for the server without a timeout. Returns 0; 1 where the
/// connection is no such stream, as with HTTP/1, or is null or dead: then nothing is changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_h2_client_stream_long_poll_rxonly(wsi: *mut lws) -> c_int {
    guard("lws_h2_client_stream_long_poll_rxonly", 1, || {
        given::wsi("lws_h2_client_stream_long_poll_rxonly", wsi);
        1
    })
}
