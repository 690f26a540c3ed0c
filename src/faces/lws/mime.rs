//! Content types by the end of a file's name.
use super::abi::{lws_http_mount, lws_protocol_vhost_options};
use std::ffi::CStr;

/// The types that are known without a mount's help.
const TYPES: [(&str, &CStr); 18] = [
    (".html", c"text/html"),
    (".htm", c"text/html"),
    (".js", c"text/javascript"),
    (".css", c"text/css"),
    (".png", c"image/png"),
    (".jpg", c"image/jpeg"),
    (".jpeg", c"image/jpeg"),
    (".gif", c"image/gif"),
    (".svg", c"image/svg+xml"),
    (".ico", c"image/x-icon"),
    (".txt", c"text/plain"),
    (".json", c"application/json"),
    (".xml", c"application/xml"),
    (".gz", c"application/gzip"),
    (".ttf", c"application/x-font-ttf"),
    (".otf", c"application/font-woff"),
    (".woff", c"application/font-woff"),
    (".woff2", c"application/font-woff2"),
];

fn ends_with(file: &[u8], suffix: &[u8]) -> bool {
    file.len() >= suffix.len() && file[file.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
}

/// The type of a file: one that the mount adds for its suffix, a known one, or the one that the mount adds for all (`*`).
pub fn of<'a>(file: &[u8], mount: Option<&'a lws_http_mount>) -> Option<&'a CStr> {
    // SAFETY: a mount's list.
    let added = || mount.into_iter().flat_map(|m| unsafe { options(m.extra_mimetypes) });
    added()
        .find(|(suffix, _)| *suffix != c"*" && ends_with(file, suffix.to_bytes()))
        .map(|(_, name)| name)
        .or_else(|| TYPES.iter().find(|(suffix, _)| ends_with(file, suffix.as_bytes())).map(|(_, name)| *name))
        .or_else(|| added().find(|(suffix, _)| *suffix == c"*").map(|(_, name)| name))
}

/// The names and values of a list of options. More than 1024 are taken for a list without an end.
///
/// # Safety
/// The list is null or ends with null; it and its strings last for `'a`. So do a mount's and a vhost's, by the API's
/// contract, for as long as the mount or the vhost.
pub unsafe fn options<'a>(list: *const lws_protocol_vhost_options) -> impl Iterator<Item = (&'a CStr, &'a CStr)> {
    // SAFETY: by contract.
    let first = unsafe { list.as_ref() };
    // SAFETY: as above.
    std::iter::successors(first, |option| unsafe { option.next.as_ref() })
        .take(1024)
        .filter(|option| !option.name.is_null() && !option.value.is_null())
        // SAFETY: as above; both are C strings.
        .map(|option| unsafe { (CStr::from_ptr(option.name), CStr::from_ptr(option.value)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for (file, name) in [("/a/b.html", "text/html"), ("X.PNG", "image/png"), ("a.html.gz", "application/gzip")] {
            assert_eq!(of(file.as_bytes(), None).and_then(|name| name.to_str().ok()), Some(name), "{file}");
        }
        for file in ["", "html", "a.bin", "/dir.png/x"] {
            assert_eq!(of(file.as_bytes(), None), None, "{file}");
        }
    }
}
