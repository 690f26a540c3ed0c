//! The program's protocols, and plugins that bring more.
use super::{lws_callback_function_ptr, lws_event_loop_ops, lws_extension};
use std::ffi::{c_char, c_int, c_uint, c_void};

/// One protocol. A table of them ends with a null name; the vhost works on a copy.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_protocols {
    /// What `Sec-WebSocket-Protocol` calls it, and mounts and adoptions too.
    pub name: *const c_char,
    /// Told everything that happens on its connections.
    pub callback: lws_callback_function_ptr,
    /// Size of the zeroed memory each connection gets as `user`.
    pub per_session_data_size: usize,
    /// The most that is delivered in one receive callback; 0 for the library's choice.
    pub rx_buffer_size: usize,
    /// The program's own number.
    pub id: c_uint,
    /// The program's own pointer.
    pub user: *mut c_void,
    /// The most that is sent at once; 0 for `rx_buffer_size`.
    pub tx_packet_size: usize,
}

/// `api_magic` of plugins for this version.
pub const LWS_PLUGIN_API_MAGIC: c_int = 190;

/// The head of what every plugin exports.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_plugin_header {
    /// The plugin's name.
    pub name: *const c_char,
    /// What kind of plugin it is.
    pub _class: *const c_char,
    /// `LWS_PLUGIN_API_MAGIC`.
    pub api_magic: c_uint,
}
/// The head of what every plugin exports.
pub type lws_plugin_header_t = lws_plugin_header;

/// What a plugin with protocols exports.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_plugin_protocol {
    /// The head.
    pub hdr: lws_plugin_header_t,
    /// Its protocols.
    pub protocols: *const lws_protocols,
    /// Its extensions.
    pub extensions: *const lws_extension,
    /// How many protocols.
    pub count_protocols: c_int,
    /// How many extensions.
    pub count_extensions: c_int,
}
/// What a plugin with protocols exports.
pub type lws_plugin_protocol_t = lws_plugin_protocol;

/// The loaded library of a plugin.
#[repr(C)]
#[derive(Clone, Copy)]
pub union lws_plugin_handle {
    /// As `dlopen` gave it.
    pub l: *mut c_void,
}

/// A loaded plugin.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_plugin {
    /// The next one, or null.
    pub list: *mut lws_plugin,
    /// What it exports.
    pub hdr: *const lws_plugin_header_t,
    /// Its library.
    pub u: lws_plugin_handle,
}

/// What a plugin with an event loop exports.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_plugin_evlib {
    /// The head.
    pub hdr: lws_plugin_header_t,
    /// The loop's operations.
    pub ops: *const lws_event_loop_ops,
}
/// What a plugin with an event loop exports.
pub type lws_plugin_evlib_t = lws_plugin_evlib;

/// Called for each plugin.
pub type each_plugin_cb_t = Option<unsafe extern "C" fn(p: *mut lws_plugin, user: *mut c_void) -> c_int>;
