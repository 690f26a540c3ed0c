//! Plain types and the integers that stand for C enums. The umbrella header declares the types by hand;
//! in the headers each `_int` becomes the enum it stands for.
use super::{lws, lws_context, lws_dir_entry, lws_extension};
use std::ffi::{c_char, c_int, c_longlong, c_uint, c_ulonglong, c_void};

/// A socket's descriptor.
pub type lws_sockfd_type = c_int;
/// A file's descriptor.
pub type lws_filefd_type = c_int;
/// A time or a duration in microseconds.
pub type lws_usec_t = i64;
/// A position or length in a file.
pub type lws_filepos_t = c_ulonglong;
/// A signed offset in a file.
pub type lws_fileofs_t = c_longlong;
/// `O_*` flags in the lower bits, `LWS_FOP_FLAG_*` above.
pub type lws_fop_flags_t = u32;

/// The callback of a protocol. `reason` says what happened, `user` is the connection's own memory, and what `in`
/// and `len` mean depends on the reason. A return other than 0 mostly closes the connection.
pub type lws_callback_function_ptr = Option<
    unsafe extern "C" fn(
        wsi: *mut lws,
        reason: lws_callback_reasons_int,
        user: *mut c_void,
        r#in: *mut c_void,
        len: usize,
    ) -> c_int,
>;

/// The callback of a WebSocket extension.
pub type lws_extension_callback_function_ptr = Option<
    unsafe extern "C" fn(
        context: *mut lws_context,
        ext: *const lws_extension,
        wsi: *mut lws,
        reason: lws_extension_callback_reasons_int,
        user: *mut c_void,
        r#in: *mut c_void,
        len: usize,
    ) -> c_int,
>;

/// Called for each entry of a directory; a return other than 0 ends the walk.
pub type lws_dir_callback_function_ptr =
    Option<unsafe extern "C" fn(dirpath: *const c_char, user: *mut c_void, lde: *mut lws_dir_entry) -> c_int>;

/// `enum http_status` from C.
pub type http_status_int = c_uint;
/// `lws_adoption_type` from C: OR-ed flags.
pub type lws_adoption_type_int = c_uint;
/// `enum lws_callback_reasons` from C.
pub type lws_callback_reasons_int = c_uint;
/// `enum lws_cert_update_state` from C.
pub type lws_cert_update_state_int = c_uint;
/// `enum lws_cgi_hdr_state` from C.
pub type lws_cgi_hdr_state_int = c_uint;
/// `enum lws_close_status` from C.
pub type lws_close_status_int = c_uint;
/// `lws_cpd_result_t` from C.
pub type lws_cpd_result_t_int = c_uint;
/// `lws_dir_obj_type_t` from C.
pub type lws_dir_obj_type_t_int = c_uint;
/// `enum lws_enum_stdinouterr` from C.
pub type lws_enum_stdinouterr_int = c_uint;
/// `enum lws_ext_options_types` from C.
pub type lws_ext_options_types_int = c_uint;
/// `enum lws_extension_callback_reasons` from C.
pub type lws_extension_callback_reasons_int = c_uint;
/// `enum lws_genhash_types` from C.
pub type lws_genhash_types_int = c_uint;
/// `enum lws_genhmac_types` from C.
pub type lws_genhmac_types_int = c_uint;
/// `enum lws_spa_fileupload_states` from C.
pub type lws_spa_fileupload_states_int = c_uint;
/// `lws_system_blob_item_t` from C.
pub type lws_system_blob_item_t_int = c_uint;
/// `lws_system_states_t` from C.
pub type lws_system_states_t_int = c_uint;
/// `enum lws_tls_cert_info` from C.
pub type lws_tls_cert_info_int = c_uint;
/// `enum lws_token_indexes` from C.
pub type lws_token_indexes_int = c_uint;
/// `lws_tokenize_elem` from C; negative values are errors.
pub type lws_tokenize_elem_int = c_int;
/// `enum lws_write_protocol` from C: one kind of write, OR-ed with flags.
pub type lws_write_protocol_int = c_uint;
/// `enum pending_timeout` from C; a program may pass reasons of its own.
pub type pending_timeout_int = c_uint;
