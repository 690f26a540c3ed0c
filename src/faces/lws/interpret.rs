//! Files that the program rewrites on their way out.
use super::abi::{lws_callback_reasons::LWS_CALLBACK_PROCESS_HTML, lws_process_html_args, lws_process_html_state};
use super::log::lwsl_err;
use super::vhost::Protocol;
use super::wsi::Wsi;
use std::ffi::{CStr, c_int};
use std::ptr;

/// The program gets pieces of this size, and may make them that large: as in the original.
const PIECE: usize = 3949;
const PIECE_MAX: usize = 4077;
/// What the program may write before the piece (to put a chunk's size there) and behind it.
const BEFORE: usize = 32;
const BEHIND: usize = 32;
/// The end of a content in chunks.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
/// More variables than this are taken for a list without an end.
const VARIABLES_MAX: usize = 1024;

/// A file that is being rewritten.
pub struct Rewriting {
    protocol: &'static Protocol,
    chunked: bool,
    /// Did the program's last piece end the content?
    ended: bool,
    buffer: Vec<u8>,
    framed: Vec<u8>,
}

impl Rewriting {
    /// The callback of `protocol` rewrites; `chunked`: the content goes out in chunks.
    pub fn new(protocol: &'static Protocol, chunked: bool) -> Self {
        let buffer = vec![0; BEFORE + PIECE_MAX + BEHIND];
        Rewriting { protocol, chunked, ended: false, buffer, framed: Vec::new() }
    }

    /// Where the next piece is read to.
    pub fn room(&mut self) -> &mut [u8] {
        &mut self.buffer[BEFORE..BEFORE + PIECE]
    }

    /// Has the program rewrite the piece of `len` bytes in the room. None when it refuses or oversteps its room.
    ///
    /// The original leaves it to the program to make chunks of its pieces. Programs that do so, by
    /// `lws_chunked_html_process` or by themselves, are left to it; for the others it is done here.
    pub fn piece(&mut self, wsi: &'static Wsi, len: usize, last: bool) -> Option<&[u8]> {
        let start = self.buffer.as_mut_ptr();
        let mut args = lws_process_html_args {
            p: start.wrapping_add(BEFORE).cast(),
            len: len as c_int,
            max_len: PIECE_MAX as c_int,
            r#final: c_int::from(last),
            chunked: c_int::from(self.chunked),
        };
        let input: *mut lws_process_html_args = &mut args;
        let answer = self.protocol.call(wsi, LWS_CALLBACK_PROCESS_HTML, wsi.user.get(), input.cast(), 0);
        if answer != 0 || !wsi.is_open() {
            return None;
        }
        let at = (args.p as usize).wrapping_sub(start as usize);
        let end = usize::try_from(args.len).ok().and_then(|len| at.checked_add(len));
        let Some(piece) = end.and_then(|end| self.buffer.get(at..end)) else {
            lwsl_err!("the program has rewritten a piece beyond its room");
            return None;
        };
        if !self.chunked {
            return Some(piece);
        }
        if let Some(ended) = chunks(piece) {
            self.ended |= ended;
            return Some(piece);
        }
        self.framed.clear();
        frame(piece, &mut self.framed);
        Some(&self.framed)
    }

    /// What is still missing at the end.
    pub fn end(&self) -> &'static [u8] {
        if self.chunked && !self.ended { LAST_CHUNK } else { &[] }
    }
}

/// Makes a chunk. Nothing makes none: it would be the end.
fn frame(content: &[u8], out: &mut Vec<u8>) {
    if !content.is_empty() {
        out.extend_from_slice(format!("{:X}\r\n", content.len()).as_bytes());
        out.extend_from_slice(content);
        out.extend_from_slice(b"\r\n");
    }
}

/// Is this nothing but whole chunks? If so: is the last of them the end?
fn chunks(mut piece: &[u8]) -> Option<bool> {
    while !piece.is_empty() {
        let line = memchr::memmem::find(piece, b"\r\n").filter(|&n| n > 0 && n <= 8)?;
        let size = usize::from_str_radix(std::str::from_utf8(&piece[..line]).ok()?, 16).ok()?;
        piece = piece.get(line + 2..)?.get(size..)?.strip_prefix(b"\r\n")?;
        if size == 0 {
            return piece.is_empty().then_some(true);
        }
    }
    Some(false)
}

/// Replaces variables in a piece by what the program's function says, and makes a chunk of it where the content goes
/// out in chunks. A possible variable at the end of a piece is held back for the next. False when there is not room
/// enough.
///
/// # Safety
/// `args` and `state` are as `lws_chunked_html_process` wants them. `state.replace` is called; nothing of ours is
/// borrowed then, and `state`, which may be in the memory of a connection that is ended there, is not used any more.
pub unsafe fn process(args: *mut lws_process_html_args, state: *mut lws_process_html_state) -> bool {
    // SAFETY: by contract.
    let (start, len, max, last, chunked) =
        unsafe { ((*args).p, (*args).len, (*args).max_len, (*args).r#final != 0, (*args).chunked != 0) };
    let (Ok(len), Ok(max)) = (usize::try_from(len), usize::try_from(max)) else { return false };
    // SAFETY: by contract there are `len` bytes, and the state is the program's until C is called.
    let (piece, state) = unsafe { (std::slice::from_raw_parts(start.cast::<u8>(), len), &mut *state) };
    // SAFETY: by contract.
    let names = unsafe { names(state) };
    let held = usize::try_from(state.pos).unwrap_or(0).min(state.swallow.len());
    let begun = state.swallow[..held].iter().map(|&c| c as u8).collect();
    let mut text = Text { names, begun, room: state.swallow.len(), plain: Vec::with_capacity(len), found: Vec::new() };
    piece.iter().for_each(|&byte| text.take(byte));
    if last {
        text.flush();
    }
    for (to, from) in state.swallow.iter_mut().zip(&text.begun) {
        *to = *from as _;
    }
    state.pos = text.begun.len() as c_int;
    let (replace, data) = (state.replace, state.data);
    let value = |index: usize| {
        // SAFETY: by contract the function gives null or a C string, which is copied at once.
        let value = replace.map_or(ptr::null(), |replace| unsafe { replace(data, index as c_int) });
        // SAFETY: as above.
        if value.is_null() { &[] } else { unsafe { CStr::from_ptr(value) }.to_bytes() }
    };
    let Some(content) = text.replaced(value, max) else {
        lwsl_err!("lws_chunked_html_process: no room for the rewritten piece");
        return false;
    };
    let mut out = Vec::new();
    if chunked {
        frame(&content, &mut out);
        out.extend_from_slice(if last { LAST_CHUNK } else { &[] });
    } else {
        out = content;
    }
    if out.len() > max {
        lwsl_err!("lws_chunked_html_process: no room for the rewritten piece");
        return false;
    }
    // SAFETY: by contract there is room for `max_len` bytes.
    unsafe {
        ptr::copy_nonoverlapping(out.as_ptr(), start.cast(), out.len());
        (*args).len = out.len() as c_int;
    }
    true
}

/// The names of the variables.
///
/// # Safety
/// `vars` is null or has `count_vars` C strings.
unsafe fn names(state: &lws_process_html_state) -> Vec<Vec<u8>> {
    let count = if state.vars.is_null() { 0 } else { usize::try_from(state.count_vars).unwrap_or(0) };
    let name = |i| {
        // SAFETY: by contract.
        let name = unsafe { *state.vars.add(i) };
        // SAFETY: as above.
        if name.is_null() { Vec::new() } else { unsafe { CStr::from_ptr(name) }.to_bytes().to_vec() }
    };
    (0..count.min(VARIABLES_MAX)).map(name).collect()
}

/// A text in which variables are looked for.
struct Text {
    names: Vec<Vec<u8>>,
    /// What may be the beginning of a variable.
    begun: Vec<u8>,
    /// How long that may become.
    room: usize,
    /// The text without the variables.
    plain: Vec<u8>,
    /// Where in it which variable stood.
    found: Vec<(usize, usize)>,
}

impl Text {
    fn take(&mut self, byte: u8) {
        if self.begun.is_empty() && byte != b'$' {
            return self.plain.push(byte);
        }
        self.begun.push(byte);
        let longer = self.names.iter().any(|name| name.len() > self.begun.len() && name.starts_with(&self.begun));
        if longer && self.begun.len() < self.room {
            return;
        }
        if self.names.contains(&self.begun) {
            return self.flush();
        }
        // the last byte has shown that it is none, or that it ended before it
        self.begun.pop();
        self.flush();
        if byte == b'$' { self.begun.push(byte) } else { self.plain.push(byte) }
    }

    /// What was held back is the longest variable that it begins with, and text.
    fn flush(&mut self) {
        let begun = std::mem::take(&mut self.begun);
        let names = self.names.iter().enumerate().filter(|(_, name)| !name.is_empty() && begun.starts_with(name));
        let longest = names.max_by_key(|(_, name)| name.len()).map(|(index, name)| (index, name.len()));
        if let Some((index, _)) = longest {
            self.found.push((self.plain.len(), index));
        }
        self.plain.extend_from_slice(&begun[longest.map_or(0, |(_, len)| len)..]);
    }

    /// The text with the values of its variables; none when it is longer than `max`.
    fn replaced<'a>(&self, value: impl Fn(usize) -> &'a [u8], max: usize) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(self.plain.len() + 64);
        let mut at = 0;
        for &(place, index) in &self.found {
            out.extend_from_slice(&self.plain[at..place]);
            out.extend_from_slice(value(index));
            at = place;
            if out.len() > max {
                return None;
            }
        }
        out.extend_from_slice(&self.plain[at..]);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_chunks_are_recognised() {
        assert_eq!(chunks(b""), Some(false));
        assert_eq!(chunks(b"3\r\nabc\r\n"), Some(false));
        assert_eq!(chunks(b"3\r\nabc\r\n0\r\n\r\n"), Some(true));
        for piece in ["abc", "<p>\r\n</p>", "3\r\nab", "3\r\nabc\r\nx", "0\r\n\r\nx", "\r\n", "ffffffffff\r\n"] {
            assert_eq!(chunks(piece.as_bytes()), None, "{piece}");
        }
    }
}
