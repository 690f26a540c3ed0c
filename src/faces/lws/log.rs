//! Log levels, lines and where they go.
//!
//! A level that is off costs one relaxed load. A line goes to the program's own function when it gave one,
//! else to stderr; no lock is held meanwhile, so that function may log, change the level or never return.
use crate::engine::thread::without_cancellation;
use std::ffi::{CStr, c_char, c_int};
use std::fmt::{self, Write};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU32, Ordering::Relaxed};

/// Something failed.
pub const ERR: u32 = 1 << 0;
/// Something is wrong, but work goes on.
pub const WARN: u32 = 1 << 1;
/// Worth knowing in normal operation.
pub const NOTICE: u32 = 1 << 2;
/// What the library is doing.
pub const INFO: u32 = 1 << 3;
/// For whoever debugs the library.
pub const DEBUG: u32 = 1 << 4;
/// The program's own lines.
pub const USER: u32 = 1 << 10;

/// One line, its NUL included.
pub const LINE: usize = 256;

/// The function a program gives to receive its log lines.
pub type Sink = unsafe extern "C" fn(level: c_int, line: *const c_char);

/// Letter and colour of each level, by bit number.
const LEVELS: [(char, &str); 12] = [
    ('E', "31;1"),
    ('W', "36;1"),
    ('N', "35;1"),
    ('I', "32;1"),
    ('D', "34;1"),
    ('P', "33;1"),
    ('H', "33"),
    ('X', "33"),
    ('C', "33"),
    ('L', "33;1"),
    ('U', "0;1"),
    ('T', "31"),
];

static VISIBLE: AtomicU32 = AtomicU32::new(ERR | WARN | NOTICE);
/// A [`Sink`], or null for stderr.
static SINK: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

/// The bits of `level` that are switched on; none means that a line of that level goes nowhere.
#[inline(always)]
pub fn visible(level: u32) -> u32 {
    VISIBLE.load(Relaxed) & level
}

/// Switches levels on and off, and the destination too when one is given.
pub fn configure(levels: u32, sink: Option<Sink>) {
    if let Some(sink) = sink {
        SINK.store(sink as *mut (), Relaxed);
    }
    VISIBLE.store(levels, Relaxed);
}

/// Delivers one formatted line, ended with a newline and cut to [`LINE`], if its level is on.
/// Use the macros (`lwsl_err!` …), which skip the formatting of a line nobody sees.
#[cold]
pub fn emit(level: u32, args: fmt::Arguments) {
    if visible(level) == 0 {
        return;
    }
    let mut line = Line { bytes: [0; LINE], len: 0, cut: false };
    let _ = line.write_fmt(args);
    deliver(level, line.finish());
}

/// Hands a finished line to whoever receives the log. `errno` is left as it was: a caller that reports a
/// failed call still has to return with that call's errno.
pub fn deliver(level: u32, line: &CStr) {
    // SAFETY: the location of this thread's errno is always valid.
    let errno = unsafe { *libc::__errno_location() };
    let sink = SINK.load(Relaxed);
    if sink.is_null() {
        to_stderr(level, line.to_bytes(), true);
    } else {
        // SAFETY: SINK is only ever null or a Sink.
        let sink = unsafe { std::mem::transmute::<*mut (), Sink>(sink) };
        // SAFETY: the program promised a function that takes a level and a C string; nothing is borrowed or locked.
        unsafe { sink(level as c_int, line.as_ptr()) };
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// A line under construction. What does not fit is dropped and marked.
struct Line {
    bytes: [u8; LINE],
    len: usize,
    cut: bool,
}

impl Line {
    /// Room is kept for a newline and the NUL.
    const ROOM: usize = LINE - 2;

    fn finish(&mut self) -> &CStr {
        if self.cut {
            self.bytes[Self::ROOM - 3..Self::ROOM].copy_from_slice(b"...");
        }
        if self.len == 0 || self.bytes[self.len - 1] != b'\n' {
            self.bytes[self.len] = b'\n';
        }
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let take = text.len().min(Self::ROOM - self.len);
        self.bytes[self.len..self.len + take].copy_from_slice(&text.as_bytes()[..take]);
        self.len += take;
        if take < text.len() {
            self.cut = true;
            return Err(fmt::Error);
        }
        Ok(())
    }
}

/// The local time and the level's letter, as lines on stderr begin: `[2024/01/31 23:59:59:1234] E: `, the last
/// number being ten-thousandths of a second. Empty unless `level` is exactly one known level.
pub fn timestamp(level: u32) -> String {
    let known = level.is_power_of_two().then(|| LEVELS.get(level.trailing_zeros() as usize)).flatten();
    let Some((letter, _)) = known else {
        return String::new();
    };
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let mut local = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both calls write only to the two structs given, and all-zero is a valid tm should one fail.
    let tm = unsafe {
        libc::clock_gettime(libc::CLOCK_REALTIME, &mut now);
        libc::localtime_r(&now.tv_sec, local.as_mut_ptr());
        local.assume_init()
    };
    format!(
        "[{:04}/{:02}/{:02} {:02}:{:02}:{:02}:{:04}] {letter}: ",
        tm.tm_year + 1900,
        tm.tm_mon + 1,
        tm.tm_mday,
        tm.tm_hour,
        tm.tm_min,
        tm.tm_sec,
        now.tv_nsec / 100_000
    )
}

unsafe extern "C" {
    /// C's own stream, not the descriptor: the program may have redirected or buffered it.
    static stderr: *mut libc::FILE;
}

/// Writes a line to stderr, coloured when that is a terminal.
pub fn to_stderr(level: u32, line: &[u8], with_time: bool) {
    let mut out = Vec::with_capacity(48 + line.len());
    let colour = if stderr_is_terminal() { colour(level) } else { None };
    if let Some(colour) = colour {
        out.extend_from_slice(format!("\x1b[{colour}m").as_bytes());
    }
    if with_time {
        out.extend_from_slice(timestamp(level).as_bytes());
    }
    out.extend_from_slice(line);
    if colour.is_some() {
        out.extend_from_slice(b"\x1b[0m");
    }
    // SAFETY: C's stderr is a valid stream for the life of the process; one call, so lines of threads do not mix.
    without_cancellation(|| unsafe { libc::fwrite(out.as_ptr().cast(), 1, out.len(), stderr) });
}

/// The colour of the highest level in `level`, if that is a known one.
fn colour(level: u32) -> Option<&'static str> {
    LEVELS.get(level.checked_ilog2()? as usize).map(|(_, colour)| *colour)
}

fn stderr_is_terminal() -> bool {
    const UNKNOWN: u8 = 0;
    const NO: u8 = 1;
    const YES: u8 = 2;
    static ANSWER: AtomicU8 = AtomicU8::new(UNKNOWN);
    if ANSWER.load(Relaxed) == UNKNOWN {
        // SAFETY: isatty only looks at the descriptor.
        let answer = if unsafe { libc::isatty(libc::STDERR_FILENO) } == 1 { YES } else { NO };
        ANSWER.store(answer, Relaxed);
    }
    ANSWER.load(Relaxed) == YES
}

/// Logs `data` as a table of hexadecimal and printable characters, 16 bytes a line.
pub fn hexdump(level: u32, data: &[u8]) {
    if visible(level) == 0 {
        return;
    }
    if data.is_empty() {
        return emit(level, format_args!("(hexdump: zero length)"));
    }
    emit(level, format_args!(""));
    for (row, bytes) in data.chunks(16).enumerate() {
        let mut hex = String::with_capacity(48);
        let mut text = String::with_capacity(16);
        for &byte in bytes {
            let _ = write!(hex, "{byte:02X} ");
            text.push(if (0x20..0x7f).contains(&byte) { byte as char } else { '.' });
        }
        emit(level, format_args!("{:04X}: {hex:48}   {text:16}", row * 16));
    }
    emit(level, format_args!(""));
}

#[allow(unused_imports)]
pub(crate) use macros::*;

/// `lwsl_err!` … `lwsl_debug!`: the arguments are not even formatted when the level is off.
#[allow(unused_macros, unused_imports)] // each is for whichever file needs that level
mod macros {
    macro_rules! log_line {
        ($level:ident, $($arg:tt)+) => {
            if $crate::faces::lws::log::visible($crate::faces::lws::log::$level) != 0 {
                $crate::faces::lws::log::emit($crate::faces::lws::log::$level, format_args!($($arg)+));
            }
        };
    }
    macro_rules! lwsl_err { ($($arg:tt)+) => { $crate::faces::lws::log::log_line!(ERR, $($arg)+) }; }
    macro_rules! lwsl_warn { ($($arg:tt)+) => { $crate::faces::lws::log::log_line!(WARN, $($arg)+) }; }
    macro_rules! lwsl_notice { ($($arg:tt)+) => { $crate::faces::lws::log::log_line!(NOTICE, $($arg)+) }; }
    macro_rules! lwsl_info { ($($arg:tt)+) => { $crate::faces::lws::log::log_line!(INFO, $($arg)+) }; }
    macro_rules! lwsl_debug { ($($arg:tt)+) => { $crate::faces::lws::log::log_line!(DEBUG, $($arg)+) }; }
    pub(crate) use {log_line, lwsl_debug, lwsl_err, lwsl_info, lwsl_notice, lwsl_warn};
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(args: fmt::Arguments) -> Vec<u8> {
        let mut line = Line { bytes: [0; LINE], len: 0, cut: false };
        let _ = line.write_fmt(args);
        line.finish().to_bytes().to_vec()
    }

    #[test]
    fn every_line_ends_with_one_newline_and_fits() {
        assert_eq!(line(format_args!("")), b"\n");
        assert_eq!(line(format_args!("a\n")), b"a\n");
        for len in 200..400 {
            let text = "x".repeat(len);
            let out = line(format_args!("{text}"));
            assert!(out.len() < LINE && out.ends_with(b"\n"));
            assert_eq!(out.ends_with(b"...\n"), len > Line::ROOM);
        }
    }
}
