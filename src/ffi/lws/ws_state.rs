//! What a WebSocket callback asks about the frame it is called for.
use super::given;
use crate::faces::lws::abi::lws;
use crate::faces::lws::write;
use crate::faces::lws::wsi::flag;
use crate::ffi::guard::guard;
use std::ffi::{c_int, c_uchar};

/// In `LWS_CALLBACK_RECEIVE`: 1 when the message begins with what is delivered, else 0. 0 for a null or dead connection.
/// The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_is_first_fragment(wsi: *mut lws) -> c_int {
    guard("lws_is_first_fragment", 0, || marked("lws_is_first_fragment", wsi, flag::FIRST))
}

/// In `LWS_CALLBACK_RECEIVE`: 1 when the message ends with what is delivered, else 0. 0 for a null or dead connection. The
/// connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_is_final_fragment(wsi: *mut lws) -> c_int {
    guard("lws_is_final_fragment", 0, || marked("lws_is_final_fragment", wsi, flag::LAST))
}

/// In `LWS_CALLBACK_RECEIVE`: 1 when the message is binary, 0 when it is text. 0 for a null or dead connection. The
/// connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_frame_is_binary(wsi: *mut lws) -> c_int {
    guard("lws_frame_is_binary", 0, || marked("lws_frame_is_binary", wsi, flag::BINARY))
}

#[inline(always)]
fn marked(function: &str, wsi: *mut lws, flag: u32) -> c_int {
    given::wsi(function, wsi).map_or(0, |wsi| c_int::from(wsi.has(flag)))
}

/// The reserved bits of the message delivered: 0x40 where it has come compressed, else 0, since a frame with another is refused. 0 for a
/// null or dead connection. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_reserved_bits(wsi: *mut lws) -> c_uchar {
    guard("lws_get_reserved_bits", 0, || (marked("lws_get_reserved_bits", wsi, flag::PACKED) as c_uchar) << 6)
}

/// Should the program wait for its writeable callback before it writes on? 1 when what was written before waits for the
/// kernel, or for a null or dead connection; else 0. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_send_pipe_choked(wsi: *mut lws) -> c_int {
    guard("lws_send_pipe_choked", 1, || {
        let Some(wsi) = given::wsi("lws_send_pipe_choked", wsi).filter(|wsi| wsi.is_open()) else { return 1 };
        // a full cork goes out now, so that the answer is the kernel's and not a guess
        if write::gathered(wsi) > write::ENOUGH && write::flush(wsi).is_err() {
            return 1;
        }
        c_int::from(wsi.has(flag::CHOKED))
    })
}

/// 1 when something that was written waits for the kernel, else 0. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_partial_buffered(wsi: *mut lws) -> c_int {
    guard("lws_partial_buffered", 0, || marked("lws_partial_buffered", wsi, flag::CHOKED))
}
