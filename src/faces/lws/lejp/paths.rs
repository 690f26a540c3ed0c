//! Which of the program's paths the document is at, and changing to another callback with other paths.
use super::Parser;
use crate::faces::lws::abi::lejp_callbacks::*;
use crate::faces::lws::abi::{_lejp_parsing_stack, LEJP_MAX_PARSING_STACK_DEPTH, LEJP_MAX_PATH, lejp_callback};
use std::ffi::{CStr, c_char, c_int, c_void};

impl Parser {
    /// Unless the path has matched already, finds the first of the program's paths that it matches.
    pub fn match_path(&mut self) {
        if self.ctx().path_match != 0 {
            return;
        }
        let _lejp_parsing_stack { paths, count_paths, .. } = *self.set();
        let stride = match self.ctx().path_stride {
            0 => size_of::<*const c_char>(),
            stride => stride,
        };
        for n in 0..count_paths {
            if paths.is_null() {
                break;
            }
            // SAFETY: the program gave `count_paths` places, that many bytes apart, which hold C strings or null.
            let pattern = unsafe {
                let place = paths.byte_add(usize::from(n) * stride).read_unaligned();
                if place.is_null() {
                    continue;
                }
                CStr::from_ptr(place).to_bytes()
            };
            self.ctx().wildcount = 0;
            if self.matches(pattern) {
                let len = self.path_len();
                let ctx = self.ctx();
                (ctx.path_match, ctx.path_match_len) = (n + 1, len as u8);
                return;
            }
        }
        self.ctx().wildcount = 0;
    }

    /// Whether the path is what `pattern` describes. A `*` in it stands for all up to the next `.`; at its end, for all that is
    /// left.
    fn matches(&mut self, pattern: &[u8]) -> bool {
        let ctx = self.ctx();
        let at = |path: &[c_char; LEJP_MAX_PATH], n: usize| path.get(n).map_or(0, |&byte| byte as u8);
        let mut n = 0;
        let mut rest = pattern;
        while let (Some((&first, others)), 1..) = (rest.split_first(), at(&ctx.path, n)) {
            rest = others;
            if first != b'*' {
                if first != at(&ctx.path, n) {
                    return false;
                }
                n += 1;
                continue;
            }
            if let Some(place) = ctx.wild.get_mut(usize::from(ctx.wildcount)) {
                *place = n as u16;
                ctx.wildcount += 1;
            }
            while at(&ctx.path, n) != 0 && (rest.is_empty() || at(&ctx.path, n) != b'.') {
                n += 1;
            }
        }
        rest.is_empty() && at(&ctx.path, n) == 0
    }

    /// What the wildcard number `n` stands for, cut to `most` bytes, and its length.
    pub fn wildcard(&mut self, n: c_int, most: usize) -> Option<([u8; LEJP_MAX_PATH], usize)> {
        let (end, count) = (self.path_len(), self.ctx().wildcount);
        let n = usize::try_from(n).ok().filter(|&n| n < usize::from(count))?;
        let start = usize::from(*self.ctx().wild.get(n)?).min(end);
        let mut text = [0; LEJP_MAX_PATH];
        for (to, &from) in text.iter_mut().zip(&self.ctx().path[start..end]) {
            *to = from as u8;
        }
        // one at the end of a pattern may stand for something that begins with a point
        let point = text[..end - start].iter().skip(1).position(|&byte| byte == b'.');
        Some((text, point.map_or(end - start, |at| at + 1).min(most)))
    }

    /// Uses another callback from now on; each of the two is told so.
    pub fn change_callback(&mut self, callback: lejp_callback) {
        let _ = self.tell(LEJPCB_DESTRUCTED);
        self.set().callback = callback;
        let _ = self.tell(LEJPCB_CONSTRUCTED);
        let _ = self.tell(LEJPCB_START);
    }

    /// Uses another callback with paths of its own, which begin where the document is now. False when there are too many.
    pub fn enter(
        &mut self,
        callback: lejp_callback,
        user: *mut c_void,
        paths: *const *const c_char,
        count_paths: u8,
    ) -> bool {
        let depth = usize::from(self.ctx().pst_sp) + 1;
        if depth >= LEJP_MAX_PARSING_STACK_DEPTH {
            return false;
        }
        self.match_path();
        let path_match = self.ctx().path_match;
        self.set().path_match = path_match;
        let ctx = self.ctx();
        ctx.pst_sp = depth as u8;
        ctx.pst[depth] = _lejp_parsing_stack { user, callback, paths, count_paths, ppos: 0, path_match: 0 };
        ctx.path_match = 0;
        self.match_path();
        true
    }

    /// Goes back to the callback before. False when there is none.
    pub fn leave(&mut self) -> bool {
        let ctx = self.ctx();
        if ctx.pst_sp == 0 {
            return false;
        }
        ctx.pst_sp -= 1;
        ctx.path_match = 0;
        self.match_path();
        true
    }
}
