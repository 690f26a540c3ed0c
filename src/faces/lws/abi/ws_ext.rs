//! WebSocket extensions.
use super::{lws, lws_context, lws_ext_options_types_int, lws_extension_callback_reasons_int};
use std::ffi::{c_char, c_int, c_void};

/// Why an extension's callback is called.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_extension_callback_reasons {
    /// A server connection agreed on it.
    LWS_EXT_CB_CONSTRUCT = 4,
    /// A client connection offers it.
    LWS_EXT_CB_CLIENT_CONSTRUCT = 5,
    /// The connection ends.
    LWS_EXT_CB_DESTROY = 8,
    /// A frame is about to be sent.
    LWS_EXT_CB_PACKET_TX_PRESEND = 12,
    /// Payload on its way out.
    LWS_EXT_CB_PAYLOAD_TX = 21,
    /// Payload on its way in.
    LWS_EXT_CB_PAYLOAD_RX = 22,
    /// An option takes its default.
    LWS_EXT_CB_OPTION_DEFAULT = 23,
    /// The peer sets an option, by index.
    LWS_EXT_CB_OPTION_SET = 24,
    /// The options are complete.
    LWS_EXT_CB_OPTION_CONFIRM = 25,
    /// The program sets an option, by name.
    LWS_EXT_CB_NAMED_OPTION_SET = 26,
}

/// What value an option takes.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_ext_options_types {
    /// None.
    EXTARG_NONE = 0,
    /// A decimal number.
    EXTARG_DEC = 1,
    /// A decimal number, or nothing.
    EXTARG_OPT_DEC = 2,
}

/// One option an extension knows. A table of them ends with a null name.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_ext_options {
    /// Its name.
    pub name: *const c_char,
    /// What value it takes.
    pub r#type: lws_ext_options_types_int,
}

/// One option as given.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_ext_option_arg {
    /// Its name, where it is given by name.
    pub option_name: *const c_char,
    /// Its place in the table, where it is given by index.
    pub option_index: c_int,
    /// The value; not terminated.
    pub start: *const c_char,
    /// The value's length.
    pub len: c_int,
}

/// One extension. A table of them ends with a null name and outlives the vhost.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_extension {
    /// Its name on the wire.
    pub name: *const c_char,
    /// What does the work: a `lws_extension_callback_function`.
    pub callback: Option<
        unsafe extern "C" fn(
            context: *mut lws_context,
            ext: *const lws_extension,
            wsi: *mut lws,
            reason: lws_extension_callback_reasons_int,
            user: *mut c_void,
            r#in: *mut c_void,
            len: usize,
        ) -> c_int,
    >,
    /// What a client sends to offer it.
    pub client_offer: *const c_char,
}
