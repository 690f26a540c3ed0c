//! Replacing `${name}` in text: any cut of the input, any size of the output, all state in the program's struct.
use super::abi::{LSTRX_DONE, LSTRX_FATAL_NAME_TOO_LONG, LSTRX_FATAL_NAME_UNKNOWN, LSTRX_FILLED_OUT, lws_strexp_t};
use std::ffi::{c_char, c_int};

/// The states: text, after `$`, in a name, in a value.
const TEXT: c_char = 0;
const DOLLAR: c_char = 1;
const NAME: c_char = 2;
const VALUE: c_char = 3;

/// What one call has done.
pub struct Expanded {
    /// One of `LSTRX_*`.
    pub result: c_int,
    /// How much of the input was used; `None` where the input is at fault.
    pub used: Option<usize>,
}

/// Replaces what is in the `len` bytes at `input`, from where the last call ended.
///
/// # Safety
/// `exp` was initialised and nobody else uses it, apart from its callback; its `out` is null or has `olen` bytes; `input`
/// has `len` readable bytes.
pub unsafe fn expand(exp: *mut lws_strexp_t, input: *const u8, len: usize) -> Expanded {
    let failed = Expanded { result: LSTRX_FATAL_NAME_TOO_LONG, used: None };
    let mut used = 0;
    while used < len {
        // SAFETY: `exp` is lent for single expressions, none of which calls C but the callback, for which nothing is lent.
        unsafe {
            let byte = input.add(used).read();
            let room = (*exp).olen.saturating_sub((*exp).pos);
            match (*exp).state {
                DOLLAR if byte == b'{' => {
                    (*exp).state = NAME;
                    ((*exp).name_pos, (*exp).exp_ofs) = (0, 0);
                }
                // not a name after all: both characters are text
                DOLLAR => {
                    if room < 3 {
                        return failed;
                    }
                    put(&mut *exp, b'$');
                    put(&mut *exp, byte);
                    if byte != b'$' {
                        (*exp).state = TEXT;
                    }
                }
                NAME if byte == b'}' => {
                    let end = usize::from((*exp).name_pos).min((*exp).name.len() - 1);
                    (*exp).name[end] = 0;
                    (*exp).state = VALUE;
                    continue;
                }
                NAME => {
                    let at = usize::from((*exp).name_pos);
                    if at >= (*exp).name.len() - 1 {
                        return failed;
                    }
                    (*exp).name[at] = byte as c_char;
                    (*exp).name_pos += 1;
                }
                // the input stands at the `}` until all of the value is written
                VALUE => {
                    let result = match (*exp).cb {
                        Some(value) => value(
                            (*exp).r#priv,
                            &raw const (*exp).name as *const c_char,
                            (*exp).out,
                            &raw mut (*exp).pos,
                            (*exp).olen,
                            &raw mut (*exp).exp_ofs,
                        ),
                        None => LSTRX_FATAL_NAME_UNKNOWN,
                    };
                    // whatever else it says counts as done
                    if matches!(result, LSTRX_FILLED_OUT | LSTRX_FATAL_NAME_UNKNOWN) {
                        return Expanded { result, used: Some(used) };
                    }
                    (*exp).state = TEXT;
                }
                _ if byte == b'$' => (*exp).state = DOLLAR,
                // a value filled it to the last byte
                _ if room == 0 => return Expanded { result: LSTRX_FILLED_OUT, used: Some(used) },
                _ => {
                    put(&mut *exp, byte);
                    if room == 1 {
                        return Expanded { result: LSTRX_FILLED_OUT, used: Some(used + 1) };
                    }
                }
            }
        }
        used += 1;
    }
    // SAFETY: a place in the output.
    unsafe {
        if !(*exp).out.is_null() && (*exp).pos < (*exp).olen {
            (*exp).out.add((*exp).pos).write(0);
        }
    }
    Expanded { result: LSTRX_DONE, used: Some(used) }
}

/// # Safety
/// `exp.out` is null or has room at `exp.pos`.
unsafe fn put(exp: &mut lws_strexp_t, byte: u8) {
    if !exp.out.is_null() {
        // SAFETY: by this function's contract.
        unsafe { exp.out.add(exp.pos).write(byte as c_char) };
    }
    exp.pos += 1;
}
