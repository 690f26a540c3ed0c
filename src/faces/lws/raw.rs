//! Sockets without a protocol of ours.
use super::abi::lws_callback_reasons::*;
use super::close;
use super::wsi::Wsi;

/// Gives received bytes to the program. Returns how many.
///
/// # Safety
/// As `pass::deliver`.
#[inline(never)]
pub unsafe fn receive(wsi: &'static Wsi, bytes: *mut u8, len: usize) -> usize {
    let len = len.min(wsi.protocol().slice_max());
    // SAFETY: by contract there is a byte behind; see `frames::message`.
    let answer = unsafe {
        let end = bytes.add(len);
        let behind = end.replace(0);
        let answer = wsi.protocol().call(wsi, LWS_CALLBACK_RAW_RX, wsi.user.get(), bytes.cast(), len);
        end.write(behind);
        answer
    };
    if answer != 0 && wsi.is_open() {
        close::by_program(wsi);
    }
    len
}
