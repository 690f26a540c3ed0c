//! The streaming JSON parser: one byte at a time, all of its state in the program's `lejp_ctx`.
//!
//! A stack of levels says where the parser stands. An object, an array and a string each take a level of their own; the
//! level below says what follows when they end. It keeps the length of the path and the depth of arrays as they were.
mod paths;

use crate::faces::lws::abi::lejp_callbacks::{self, *};
use crate::faces::lws::abi::lejp_reasons::{self, *};
use crate::faces::lws::abi::lejp_states::{self, *};
use crate::faces::lws::abi::{
    _lejp_parsing_stack, _lejp_stack, LEJP_FLAG_WS_COMMENTLINE, LEJP_FLAG_WS_KEEP, LEJP_MAX_DEPTH,
    LEJP_MAX_PARSING_STACK_DEPTH, LEJP_MAX_PATH, LEJP_STRING_CHUNK, lejp_callback, lejp_ctx, num_flags,
};
use std::ffi::{CStr, c_char, c_int, c_void};

/// The most digits of a number.
const DIGITS: u8 = 20;
/// The words that are values: first letter, the others, meaning, text for the buffer.
const WORDS: [(u8, &[u8], lejp_callbacks, &[u8]); 3] = [
    (b't', b"rue", LEJPCB_VAL_TRUE, b"1\0"),
    (b'f', b"alse", LEJPCB_VAL_FALSE, b"0\0"),
    (b'n', b"ull", LEJPCB_VAL_NULL, b"\0"),
];

/// What follows a byte.
enum Step {
    /// The next one.
    Next,
    /// The same one again, in the state that is now.
    Again,
    /// Nothing: the document is complete.
    Complete,
}
use Step::{Again, Complete, Next};

type Stepped = Result<Step, lejp_reasons>;

/// A program's parser at work. `ctx` is lent for single expressions only, as each callback may change it.
pub struct Parser {
    ctx: *mut lejp_ctx,
}

impl Parser {
    /// # Safety
    /// `ctx` is a constructed parser that nobody else uses, apart from its callbacks, as long as this lives.
    pub unsafe fn new(ctx: *mut lejp_ctx) -> Self {
        Self { ctx }
    }

    fn ctx(&mut self) -> &mut lejp_ctx {
        // SAFETY: by the contract of `new`; no C runs while the borrow of `self` lasts.
        unsafe { &mut *self.ctx }
    }

    /// Makes a new parser of any memory.
    ///
    /// # Safety
    /// `ctx` is writable and aligned.
    pub unsafe fn construct(
        ctx: *mut lejp_ctx,
        callback: lejp_callback,
        user: *mut c_void,
        paths: *const *const c_char,
        count: u8,
    ) {
        // SAFETY: all of it is integers, pointers and optional functions, for which zero is a value.
        let mut parser = unsafe {
            ctx.write_bytes(0, 1);
            Self::new(ctx)
        };
        let own = parser.ctx();
        own.user = user;
        own.line = 1;
        own.count_paths = count;
        own.pst[0] = _lejp_parsing_stack { user, callback, paths, count_paths: count, ppos: 0, path_match: 0 };
        let _ = parser.tell(LEJPCB_CONSTRUCTED);
    }

    /// Parses the `len` bytes at `json`. Returns how many are left when the document is complete, or why not.
    ///
    /// # Safety
    /// `json` has `len` readable bytes; they may change during a callback.
    pub unsafe fn parse(&mut self, json: *const u8, len: usize) -> c_int {
        // SAFETY: passed on unchanged.
        unsafe { self.run(json, len) }.unwrap_or_else(|reason| {
            if reason != LEJP_CONTINUE {
                let _ = self.tell(LEJPCB_FAILED);
            }
            reason as c_int
        })
    }

    /// # Safety
    /// As [`Self::parse`].
    unsafe fn run(&mut self, json: *const u8, len: usize) -> Result<c_int, lejp_reasons> {
        if self.ctx().sp == 0 && self.path_len() == 0 {
            let _ = self.tell(LEJPCB_START);
        }
        for n in 0..len {
            // SAFETY: one of the `len` bytes.
            let byte = unsafe { json.add(n).read() };
            loop {
                match self.step(byte)? {
                    Next => break,
                    Again => {}
                    Complete => return Ok((len - n - 1) as c_int),
                }
            }
        }
        Err(LEJP_CONTINUE)
    }

    /// Tells the first callback that the parser is done with.
    pub fn destruct(&mut self) {
        let first = self.ctx().pst[0].callback;
        let _ = self.call(first, LEJPCB_DESTRUCTED);
    }

    // ------------------------------------------------------------------ the state, safely

    /// Index of the current level. The program could have written anything there.
    fn level(&mut self) -> usize {
        usize::from(self.ctx().sp).min(LEJP_MAX_DEPTH - 1)
    }

    fn top(&mut self) -> &mut _lejp_stack {
        let level = self.level();
        &mut self.ctx().st[level]
    }

    fn below(&mut self) -> Option<_lejp_stack> {
        let level = self.level();
        level.checked_sub(1).map(|below| self.ctx().st[below])
    }

    /// The callback and paths in use.
    fn set(&mut self) -> &mut _lejp_parsing_stack {
        let depth = usize::from(self.ctx().pst_sp).min(LEJP_MAX_PARSING_STACK_DEPTH - 1);
        &mut self.ctx().pst[depth]
    }

    fn path_len(&mut self) -> usize {
        usize::from(self.set().ppos).min(LEJP_MAX_PATH - 1)
    }

    /// Cuts the path, or ends it where it is.
    fn end_path(&mut self, len: usize) {
        let len = len.min(LEJP_MAX_PATH - 1);
        self.set().ppos = len as u8;
        self.ctx().path[len] = 0;
    }

    /// Adds to the path; without effect where it has no room, as a name that is too long can match nothing.
    fn extend_path(&mut self, text: &[u8]) {
        for &byte in text {
            let len = self.path_len();
            if len < LEJP_MAX_PATH - 1 {
                self.ctx().path[len] = byte as c_char;
                self.set().ppos = len as u8 + 1;
            }
        }
    }

    fn become_state(&mut self, state: lejp_states) {
        self.top().s = state as c_char;
    }

    fn tell(&mut self, reason: lejp_callbacks) -> Result<(), lejp_reasons> {
        let current = self.set().callback;
        match self.call(current, reason) {
            // the end of a string is refused by a negative answer only, and some events cannot be refused
            1.. if matches!(reason, LEJPCB_VAL_STR_END) => Ok(()),
            0 => Ok(()),
            _ => Err(LEJP_REJECT_CALLBACK),
        }
    }

    fn call(&mut self, callback: lejp_callback, reason: lejp_callbacks) -> i8 {
        // SAFETY: the program's callback, for the parser that it gave. No reference into it is alive.
        callback.map_or(0, |callback| unsafe { callback(self.ctx, reason as c_char) })
    }

    // ------------------------------------------------------------------ levels

    /// Opens a level in `state` above the current one.
    fn push(&mut self, state: lejp_states) -> Stepped {
        let after = c_int::from(self.top().s);
        if self.path_len() > 0 && after != LEJP_MP_COMMA_OR_END as c_int && after != LEJP_MP_ARRAY_END as c_int {
            self.extend_path(b".");
        }
        let (path, arrays) = (self.path_len(), self.ctx().ipos);
        let top = self.top();
        (top.p, top.i) = (path as c_char, arrays as c_char);
        let level = self.level() + 1;
        if level == LEJP_MAX_DEPTH {
            return Err(LEJP_REJECT_STACK_OVERFLOW);
        }
        self.end_path(path);
        self.ctx().sp = level as u8;
        (self.top().s, self.top().b) = (state as c_char, 0);
        Ok(Next)
    }

    /// The path and the depth of arrays are again what `saved` says, if anything; at the root they stay as they were.
    fn restore(&mut self, saved: Option<_lejp_stack>) {
        if let Some(saved) = saved {
            self.ctx().ipos = saved.i as u8;
            self.set().ppos = saved.p as u8;
        }
        self.path_became_shorter();
    }

    /// Ends the path at its length. What it matched counts no longer if that was at least as long.
    fn path_became_shorter(&mut self) {
        let len = self.path_len();
        self.end_path(len);
        if len <= usize::from(self.ctx().path_match_len) {
            self.ctx().path_match = 0;
        }
    }

    fn holder_is_array(&mut self) -> bool {
        self.below().is_some_and(|below| c_int::from(below.s) == LEJP_MP_ARRAY_END as c_int)
    }

    fn next_index(&mut self) {
        let ctx = self.ctx();
        if let Some(index) = usize::from(ctx.ipos).checked_sub(1).and_then(|n| ctx.i.get_mut(n)) {
            *index = index.wrapping_add(1);
        }
    }

    // ------------------------------------------------------------------ states

    fn step(&mut self, byte: u8) -> Stepped {
        if byte == b'\n' {
            let ctx = self.ctx();
            ctx.line = ctx.line.wrapping_add(1);
            self.top().s &= !(LEJP_FLAG_WS_COMMENTLINE as c_char);
        }
        let state = c_int::from(self.top().s);
        if state & LEJP_FLAG_WS_KEEP == 0 {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => return Ok(Next),
                b'#' => {
                    self.top().s |= LEJP_FLAG_WS_COMMENTLINE as c_char;
                    return Ok(Next);
                }
                _ => {}
            }
        }
        if state & LEJP_FLAG_WS_COMMENTLINE != 0 {
            return Ok(Next);
        }
        const IDLE: c_int = LEJP_IDLE as c_int;
        const MEMBERS: c_int = LEJP_MEMBERS as c_int;
        const MEMBER: c_int = LEJP_M_P as c_int;
        const STRING: c_int = LEJP_MP_STRING as c_int;
        const ESCAPE: c_int = LEJP_MP_STRING_ESC as c_int;
        const HEX_1: c_int = LEJP_MP_STRING_ESC_U1 as c_int;
        const HEX_4: c_int = LEJP_MP_STRING_ESC_U4 as c_int;
        const DELIMITER: c_int = LEJP_MP_DELIM as c_int;
        const VALUE: c_int = LEJP_MP_VALUE as c_int;
        const NUMBER: c_int = LEJP_MP_VALUE_NUM_INT as c_int;
        const EXPONENT: c_int = LEJP_MP_VALUE_NUM_EXP as c_int;
        const WORD: c_int = LEJP_MP_VALUE_TOK as c_int;
        const AFTER_VALUE: c_int = LEJP_MP_COMMA_OR_END as c_int;
        const ARRAY_END: c_int = LEJP_MP_ARRAY_END as c_int;
        match state {
            IDLE => self.begin(byte),
            MEMBERS => self.members(byte),
            MEMBER => match byte {
                b'"' => {
                    self.become_state(LEJP_MP_DELIM);
                    self.push(LEJP_MP_STRING)
                }
                _ => Err(LEJP_REJECT_MP_NO_OPEN_QUOTE),
            },
            STRING => self.string(byte),
            ESCAPE => self.escape(byte),
            HEX_1..=HEX_4 => self.hex(state - HEX_1, byte),
            DELIMITER => self.delimiter(byte),
            VALUE => self.value(byte),
            NUMBER => self.number(byte),
            EXPONENT => self.exponent(byte),
            WORD => self.word(byte),
            AFTER_VALUE => self.after_value(byte),
            ARRAY_END => self.array_end(byte),
            _ => Err(LEJP_REJECT_UNKNOWN),
        }
    }

    fn begin(&mut self, byte: u8) -> Stepped {
        match byte {
            b'[' if self.level() == 0 => {
                self.ctx().outer_array = 1;
                self.open_array()
            }
            b'{' => {
                self.tell(LEJPCB_OBJECT_START)?;
                self.become_state(LEJP_MEMBERS);
                Ok(Next)
            }
            _ => Err(LEJP_REJECT_IDLE_NO_BRACE),
        }
    }

    /// After `{`.
    fn members(&mut self, byte: u8) -> Stepped {
        if byte != b'}' {
            self.become_state(LEJP_M_P);
            return Ok(Again);
        }
        if self.level() == 0 {
            self.become_state(LEJP_IDLE);
            return Err(LEJP_REJECT_MEMBERS_NO_CLOSE);
        }
        self.close_object()
    }

    fn string(&mut self, byte: u8) -> Stepped {
        match byte {
            b'"' => {
                let Some(below) = self.below() else { return Err(LEJP_REJECT_MP_STRING_UNDERRUN) };
                if c_int::from(below.s) != LEJP_MP_DELIM as c_int {
                    self.end_buf();
                    self.tell(LEJPCB_VAL_STR_END)?;
                }
                self.ctx().sp = self.level().saturating_sub(1) as u8;
                Ok(Next)
            }
            b'\\' => {
                self.become_state(LEJP_MP_STRING_ESC);
                Ok(Next)
            }
            0..b' ' => Err(LEJP_REJECT_MP_ILLEGAL_CTRL),
            _ => self.keep_of_string(byte),
        }
    }

    fn escape(&mut self, byte: u8) -> Stepped {
        let meant = match byte {
            b'u' => {
                self.ctx().uni = 0;
                self.become_state(LEJP_MP_STRING_ESC_U1);
                return Ok(Next);
            }
            b'"' | b'\\' | b'/' => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            _ => return Err(LEJP_REJECT_MP_STRING_ESC_ILLEGAL_ESC),
        };
        self.become_state(LEJP_MP_STRING);
        self.keep_of_string(meant)
    }

    /// The hexadecimal digit number `nth` of four. The bytes of the UTF-8 come as soon as the digits allow. Surrogates are
    /// not put together: each becomes three bytes.
    fn hex(&mut self, nth: c_int, byte: u8) -> Stepped {
        let Some(digit) = (byte as char).to_digit(16) else { return Err(LEJP_REJECT_ILLEGAL_HEX) };
        let so_far = u32::from(self.ctx().uni) << 4 & 0xffff | digit;
        self.ctx().uni = so_far as u16;
        self.top().s = if nth == 3 { LEJP_MP_STRING as c_char } else { self.top().s + 1 };
        let utf8 = match nth {
            1 if so_far >= 0x08 => 0xe0 | so_far >> 4,
            2 if so_far >= 0x80 => 0x80 | so_far >> 2 & 0x3f,
            2 if so_far >= 0x08 => 0xc0 | so_far >> 2,
            3 if so_far >= 0x80 => 0x80 | so_far & 0x3f,
            3 => so_far,
            _ => return Ok(Next),
        };
        self.keep_of_string(utf8 as u8)
    }

    /// One byte of a name goes to the path, of a string value to the buffer, which is delivered when it is full.
    fn keep_of_string(&mut self, byte: u8) -> Stepped {
        if self.below().is_some_and(|below| c_int::from(below.s) == LEJP_MP_DELIM as c_int) {
            self.extend_path(&[byte]);
            return Ok(Next);
        }
        let len = self.buf_len();
        let ctx = self.ctx();
        ctx.buf[len] = byte as c_char;
        ctx.npos = len as u8 + 1;
        if len + 1 == LEJP_STRING_CHUNK {
            self.end_buf();
            self.tell(LEJPCB_VAL_STR_CHUNK)?;
            self.ctx().npos = 0;
        }
        Ok(Next)
    }

    /// Length of what is in the buffer, with room for one more.
    fn buf_len(&mut self) -> usize {
        usize::from(self.ctx().npos).min(LEJP_STRING_CHUNK - 1)
    }

    fn end_buf(&mut self) {
        let ctx = self.ctx();
        ctx.buf[usize::from(ctx.npos).min(LEJP_STRING_CHUNK)] = 0;
    }

    fn delimiter(&mut self, byte: u8) -> Stepped {
        self.become_state(LEJP_MP_VALUE);
        if byte != b':' {
            self.become_state(LEJP_MP_DELIM);
            return Err(LEJP_REJECT_MP_DELIM_MISSING_COLON);
        }
        let len = self.path_len();
        self.end_path(len);
        self.match_path();
        self.tell(LEJPCB_PAIR_NAME)?;
        Ok(Next)
    }

    fn value(&mut self, byte: u8) -> Stepped {
        match byte {
            b'0'..=b'9' | b'-' => {
                let ctx = self.ctx();
                (ctx.npos, ctx.dcount, ctx.f) = (0, 0, 0);
                self.become_state(LEJP_MP_VALUE_NUM_INT);
                Ok(Again)
            }
            b'"' => {
                let ctx = self.ctx();
                (ctx.npos, ctx.buf[0]) = (0, 0);
                self.become_state(LEJP_MP_COMMA_OR_END);
                self.tell(LEJPCB_VAL_STR_START)?;
                self.push(LEJP_MP_STRING)
            }
            b'{' => {
                self.become_state(LEJP_MP_COMMA_OR_END);
                self.match_path();
                self.tell(LEJPCB_OBJECT_START)?;
                self.ctx().path_match = 0;
                self.push(LEJP_MEMBERS)
            }
            b'[' => self.open_array(),
            b']' => self.close_array(),
            _ => {
                let Some(word) = WORDS.iter().position(|word| word.0 == byte) else {
                    return Err(LEJP_REJECT_MP_DELIM_BAD_VALUE_START);
                };
                self.ctx().uni = (word * 8) as u16;
                self.become_state(LEJP_MP_VALUE_TOK);
                Ok(Next)
            }
        }
    }

    fn open_array(&mut self) -> Stepped {
        self.become_state(LEJP_MP_ARRAY_END);
        self.extend_path(b"[]");
        let len = self.path_len();
        self.end_path(len);
        self.tell(LEJPCB_ARRAY_START)?;
        let ctx = self.ctx();
        let Some(index) = ctx.i.get_mut(usize::from(ctx.ipos)) else { return Err(LEJP_REJECT_MP_DELIM_ISTACK) };
        *index = 0;
        ctx.ipos += 1;
        self.push(LEJP_MP_VALUE)
    }

    /// `]`, after a value or instead of one.
    fn close_array(&mut self) -> Stepped {
        if self.level() == 0 {
            return Err(LEJP_REJECT_MP_C_OR_E_UNDERF);
        }
        self.ctx().sp = (self.level() - 1) as u8;
        if c_int::from(self.top().s) != LEJP_MP_ARRAY_END as c_int {
            return Err(LEJP_REJECT_MP_C_OR_E_NOTARRAY);
        }
        let below = self.below();
        self.restore(below);
        if self.level() == 0 && self.ctx().outer_array != 0 {
            self.match_path();
            self.tell(LEJPCB_ARRAY_END)?;
            self.tell(LEJPCB_COMPLETE)?;
            return Ok(Complete);
        }
        Ok(Again)
    }

    fn array_end(&mut self, byte: u8) -> Stepped {
        let len = self.path_len();
        self.end_path(len);
        match byte {
            b',' => {
                // only after an array that was closed with `}`
                self.next_index();
                self.become_state(LEJP_MP_VALUE);
                if let Some(below) = self.below() {
                    self.end_path(usize::from(below.p as u8));
                }
                Ok(Next)
            }
            b']' => {
                self.become_state(LEJP_MP_COMMA_OR_END);
                let _ = self.tell(LEJPCB_ARRAY_END);
                Ok(Next)
            }
            _ => Err(LEJP_REJECT_MP_ARRAY_END_MISSING),
        }
    }

    fn number(&mut self, byte: u8) -> Stepped {
        const MINUS: u8 = num_flags::LEJP_SEEN_MINUS as u8;
        const POINT: u8 = num_flags::LEJP_SEEN_POINT as u8;
        const DIGIT_AFTER: u8 = num_flags::LEJP_SEEN_POST_POINT as u8;
        const EXPONENT: u8 = num_flags::LEJP_SEEN_EXP as u8;
        let ctx = self.ctx();
        match byte {
            b'-' if ctx.npos == 0 => {
                ctx.f |= MINUS;
                return self.keep_of_number(byte);
            }
            b'0'..=b'9' if ctx.dcount < DIGITS => {
                if ctx.f & POINT != 0 {
                    ctx.f |= DIGIT_AFTER;
                }
                ctx.dcount += 1;
                return self.keep_of_number(byte);
            }
            b'.' => {
                if ctx.dcount == 0 || ctx.f & POINT != 0 {
                    return Err(LEJP_REJECT_MP_VAL_NUM_FORMAT);
                }
                ctx.f |= POINT;
                return self.keep_of_number(byte);
            }
            _ => {}
        }
        if ctx.f & (POINT | DIGIT_AFTER) == POINT {
            return Err(LEJP_REJECT_MP_VAL_NUM_INT_NO_FRAC);
        }
        if matches!(byte, b'e' | b'E') {
            if ctx.f & EXPONENT != 0 {
                return Err(LEJP_REJECT_MP_VAL_NUM_FORMAT);
            }
            ctx.f |= EXPONENT;
            self.become_state(LEJP_MP_VALUE_NUM_EXP);
            return self.keep_of_number(byte);
        }
        if ctx.dcount == 0 {
            return Err(LEJP_REJECT_MP_VAL_NUM_FORMAT);
        }
        let kind = if ctx.f & POINT != 0 { LEJPCB_VAL_NUM_FLOAT } else { LEJPCB_VAL_NUM_INT };
        self.end_buf();
        self.tell(kind)?;
        self.become_state(LEJP_MP_COMMA_OR_END);
        Ok(Again)
    }

    /// After `e`. A sign need not have a digit behind it.
    fn exponent(&mut self, byte: u8) -> Stepped {
        self.become_state(LEJP_MP_VALUE_NUM_INT);
        match byte {
            b'0'..=b'9' => Ok(Again),
            b'+' | b'-' => self.keep_of_number(byte),
            _ => Err(LEJP_REJECT_MP_VAL_NUM_EXP_BAD_EXP),
        }
    }

    fn keep_of_number(&mut self, byte: u8) -> Stepped {
        let ctx = self.ctx();
        if usize::from(ctx.npos) >= LEJP_STRING_CHUNK {
            return Err(LEJP_REJECT_NUM_TOO_LONG);
        }
        ctx.buf[usize::from(ctx.npos)] = byte as c_char;
        ctx.npos += 1;
        Ok(Next)
    }

    fn word(&mut self, byte: u8) -> Stepped {
        let at = usize::from(self.ctx().uni);
        let Some(&(_, rest, meaning, text)) = WORDS.get(at / 8) else { return Err(LEJP_REJECT_UNKNOWN) };
        if rest.get(at % 8) != Some(&byte) {
            return Err(LEJP_REJECT_MP_VAL_TOK_UNKNOWN);
        }
        self.ctx().uni += 1;
        if at % 8 + 1 == rest.len() {
            for (to, &from) in self.ctx().buf.iter_mut().zip(text) {
                *to = from as c_char;
            }
            self.tell(meaning)?;
            self.become_state(LEJP_MP_COMMA_OR_END);
        }
        Ok(Next)
    }

    fn after_value(&mut self, byte: u8) -> Stepped {
        let len = self.path_len();
        self.end_path(len);
        match byte {
            b',' => {
                let Some(below) = self.below() else {
                    self.become_state(LEJP_M_P);
                    self.set().ppos = 0;
                    self.ctx().path_match = 0;
                    return Ok(Next);
                };
                self.set().ppos = below.p as u8;
                self.path_became_shorter();
                if self.holder_is_array() {
                    self.next_index();
                    self.become_state(LEJP_MP_VALUE);
                } else {
                    self.become_state(LEJP_M_P);
                }
                Ok(Next)
            }
            b']' => self.close_array(),
            b'}' if self.level() == 0 => {
                self.match_path();
                self.tell(LEJPCB_OBJECT_END)?;
                self.tell(LEJPCB_COMPLETE)?;
                Ok(Complete)
            }
            b'}' => self.close_object(),
            _ => Err(LEJP_REJECT_MP_C_OR_E_NEITHER),
        }
    }

    fn close_object(&mut self) -> Stepped {
        let level = self.level().saturating_sub(1);
        self.ctx().sp = level as u8;
        let saved = (level > 0).then(|| *self.top());
        self.restore(saved);
        self.match_path();
        self.tell(LEJPCB_OBJECT_END)?;
        Ok(Next)
    }
}

/// What a result of the parser means, in words; empty for those that are no errors.
pub fn error_text(error: c_int) -> &'static CStr {
    const TEXTS: [&CStr; 22] = [
        c"No opening '{'",
        c"Expected closing '}'",
        c"Expected '\"'",
        c"String underrun",
        c"Illegal unescaped control char",
        c"Illegal escape format",
        c"Illegal hex number",
        c"Expected ':'",
        c"Illegal value start",
        c"Digit required after decimal point",
        c"Bad number format",
        c"Bad exponent format",
        c"Unknown token",
        c"Too many ']'",
        c"Mismatched ']'",
        c"Expected ']'",
        c"JSON nesting limit exceeded",
        c"Nesting tracking used up",
        c"Number too long",
        c"Comma or block end expected",
        c"Unknown",
        c"Parser callback errored (see earlier error)",
    ];
    match error {
        -1.. => c"",
        _ => usize::try_from(-2 - error).ok().and_then(|n| TEXTS.get(n)).copied().unwrap_or(c"Unknown error"),
    }
}
