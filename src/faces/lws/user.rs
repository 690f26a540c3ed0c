//! The program's block for each connection, and the protocol it belongs to.
use super::vhost::Protocol;
use super::wsi::{Wsi, flag};
use super::{abi::lws_callback_reasons::LWS_CALLBACK_HTTP_BIND_PROTOCOL, close};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr;

/// What programs may expect of memory from malloc.
const ALIGN: usize = 16;

fn layout(protocol: &Protocol) -> Option<Layout> {
    let size = protocol.0.per_session_data_size;
    Layout::from_size_align(size, ALIGN).ok().filter(|_| size > 0)
}

/// Gives the connection a zeroed block for its protocol, unless it has one: its own or the program's.
/// False when memory is exhausted.
pub fn ensure(wsi: &Wsi) -> bool {
    if wsi.user.get().is_null()
        && let Some(layout) = layout(wsi.protocol())
    {
        // SAFETY: the layout's size is not zero.
        let block = unsafe { alloc_zeroed(layout) };
        if block.is_null() {
            return false;
        }
        wsi.user.set(block.cast());
        wsi.set(flag::OWNS_USER);
    }
    true
}

/// Gives the block back, if it is ours.
pub fn free(wsi: &Wsi) {
    if wsi.has(flag::OWNS_USER) {
        wsi.clear(flag::OWNS_USER);
        let block = wsi.user.replace(ptr::null_mut());
        if let Some(layout) = layout(wsi.protocol()) {
            // SAFETY: the block was allocated by `ensure` for this protocol: whoever changes the protocol frees the
            // block first.
            unsafe { dealloc(block.cast(), layout) };
        }
    }
}

/// Zeroes the block, if it is ours: each binding begins with that.
fn clear(wsi: &Wsi) {
    if wsi.has(flag::OWNS_USER) {
        // SAFETY: the block has its protocol's size.
        unsafe { ptr::write_bytes(wsi.user.get().cast::<u8>(), 0, wsi.protocol().0.per_session_data_size) };
    }
}

/// How binding went.
#[derive(PartialEq, Eq)]
pub enum Bound {
    /// The protocol knows the connection; or it is dead by now.
    Yes,
    /// The protocol does not want it.
    Refused,
    /// There is no memory for its block.
    NoMemory,
}

/// Binds the connection to a protocol: the old one is told, the block is made or zeroed for the new one, the new one is
/// told. The connection may be dead afterwards.
pub fn bind(wsi: &'static Wsi, protocol: &'static Protocol) -> Bound {
    close::unbind(wsi);
    if !wsi.is_open() {
        return Bound::Yes;
    }
    if ptr::eq(wsi.protocol(), protocol) {
        clear(wsi);
    } else {
        free(wsi);
        wsi.set_protocol(protocol);
    }
    if !ensure(wsi) {
        return Bound::NoMemory;
    }
    wsi.set(flag::BOUND);
    if protocol.call(wsi, LWS_CALLBACK_HTTP_BIND_PROTOCOL, wsi.user.get(), ptr::null_mut(), 0) == 0 {
        return Bound::Yes;
    }
    // it does not want to be bound, so it is not told of the end either
    wsi.clear(flag::BOUND);
    Bound::Refused
}
