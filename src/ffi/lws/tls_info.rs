//! What `struct lws_context_creation_info` says of TLS, copied.
use crate::faces::lws::abi::{self, lws_context_creation_info};
use crate::faces::lws::tls::settings::{Asked, Source};
use crate::ffi::cstr;
use std::ffi::{c_char, c_int, c_uint, c_void};

/// `CONTEXT_PORT_NO_LISTEN`: a vhost for clients alone.
const NO_LISTEN: c_int = -1;

/// What `info` asks for.
///
/// # Safety
/// The pointers in `info` are as the API's contract wants them.
pub unsafe fn asked(info: &lws_context_creation_info) -> Asked {
    let option = |option: u64| info.options & option == option;
    // SAFETY: by this function's contract the strings are null or C strings.
    let text =
        |text: *const c_char| unsafe { cstr::bytes(text) }.map(|text| String::from_utf8_lossy(text).into_owned());
    let list = |list| text(list).filter(|list| !list.is_empty());
    // SAFETY: as above.
    let bytes = |text: *const c_char| unsafe { cstr::bytes(text) }.map(<[u8]>::to_vec);
    // SAFETY: as above; the memory has the length that stands beside it.
    let source = |file, member, memory: *const c_void, len: c_uint| unsafe { source(file, member, memory, len) };

    let certificate =
        source(info.ssl_cert_filepath, "server_ssl_cert_mem", info.server_ssl_cert_mem, info.server_ssl_cert_mem_len);
    let key = source(
        info.ssl_private_key_filepath,
        "server_ssl_private_key_mem",
        info.server_ssl_private_key_mem,
        info.server_ssl_private_key_mem_len,
    );
    let ca = source(info.ssl_ca_filepath, "server_ssl_ca_mem", info.server_ssl_ca_mem, info.server_ssl_ca_mem_len);
    Asked {
        is_on: option(abi::LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT),
        listens: info.port != NO_LISTEN,
        by_callback: option(abi::LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX),
        by_openssl: !info.provided_client_ssl_ctx.is_null(),
        may_be_missing: option(abi::LWS_SERVER_OPTION_IGNORE_MISSING_CERT),
        certificate,
        key,
        password: bytes(info.ssl_private_key_password),
        ca,
        ask_clients: option(abi::LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT),
        require_clients: !option(abi::LWS_SERVER_OPTION_PEER_CERT_NOT_REQUIRED),
        ciphers: list(info.ssl_cipher_list),
        ciphers13: list(info.tls1_3_plus_cipher_list),
        curve: list(info.ecdh_curve),
        alpn: text(info.alpn),
        options: info.ssl_options_set & !info.ssl_options_clear,
        client_certificate: source(
            info.client_ssl_cert_filepath,
            "client_ssl_cert_mem",
            info.client_ssl_cert_mem,
            info.client_ssl_cert_mem_len,
        ),
        client_key: source(
            info.client_ssl_private_key_filepath,
            "client_ssl_key_mem",
            info.client_ssl_key_mem,
            info.client_ssl_key_mem_len,
        ),
        client_password: bytes(info.client_ssl_private_key_password),
        client_ca: source(
            info.client_ssl_ca_filepath,
            "client_ssl_ca_mem",
            info.client_ssl_ca_mem,
            info.client_ssl_ca_mem_len,
        ),
        system_trust: !option(abi::LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS),
        client_ciphers: list(info.client_ssl_cipher_list),
        client_ciphers13: list(info.client_tls_1_3_plus_cipher_list),
        client_options: info.ssl_client_options_set & !info.ssl_client_options_clear,
    }
}

/// # Safety
/// `file` is null or a C string, `memory` null or `len` bytes.
unsafe fn source(file: *const c_char, member: &'static str, memory: *const c_void, len: c_uint) -> Source {
    // SAFETY: by this function's contract.
    unsafe {
        match cstr::c_str(file) {
            Some(file) => Source::File(file.to_owned()),
            None if memory.is_null() => Source::None,
            None => Source::Memory(member, cstr::slice(memory.cast(), len as usize).to_vec()),
        }
    }
}
