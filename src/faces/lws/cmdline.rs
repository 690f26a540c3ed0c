//! Looking up options in a program's arguments.
use std::ffi::CStr;

/// The value of the last argument that begins with `name`: what follows the name, `=` aside, else the next argument,
/// else an empty string. The arguments are numbered up to `count`; number 0 is the program and is not looked at.
pub fn option<'a>(count: usize, arg: impl Fn(usize) -> Option<&'a CStr>, name: &[u8]) -> Option<&'a CStr> {
    for n in (1..count).rev() {
        let Some(text) = arg(n) else { continue };
        let Some(rest) = text.to_bytes_with_nul().strip_prefix(name) else { continue };
        let rest = match rest {
            [0] if n + 1 < count => return arg(n + 1),
            [b'=', value @ ..] => value,
            _ => rest,
        };
        return CStr::from_bytes_with_nul(rest).ok();
    }
    None
}

/// The number at the start of `text`, as C's `atoi` reads it: 0 when there is none, the nearest `int` when too large.
pub fn number(text: &CStr) -> i32 {
    let text = text.to_bytes().trim_ascii_start();
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        _ => (false, text),
    };
    let size = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0i64, |size, byte| (size * 10 + (byte - b'0') as i64).min(1 << 32));
    (if negative { -size } else { size }).clamp(i32::MIN as i64, i32::MAX as i64) as i32
}
