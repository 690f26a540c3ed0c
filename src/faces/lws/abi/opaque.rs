//! Types that C programs hold by pointer and never look into. The umbrella header declares them.

/// One connection, whatever it speaks. Lives from `WSI_CREATE` to `WSI_DESTROY`.
#[repr(C)]
pub struct lws {
    _opaque: [u8; 0],
}

/// The whole library instance: the loop, its vhosts and connections.
#[repr(C)]
pub struct lws_context {
    _opaque: [u8; 0],
}

/// One listener with its protocols, mounts and settings.
#[repr(C)]
pub struct lws_vhost {
    _opaque: [u8; 0],
}

/// A ring buffer of equal elements with one writer and any number of readers.
#[repr(C)]
pub struct lws_ring {
    _opaque: [u8; 0],
}

/// A parser of form data that arrives in pieces.
#[repr(C)]
pub struct lws_spa {
    _opaque: [u8; 0],
}

/// The head of a chain of byte segments; a program holds only the pointer.
#[repr(C)]
pub struct lws_buflist {
    _opaque: [u8; 0],
}

/// One certificate.
#[repr(C)]
pub struct lws_x509_cert {
    _opaque: [u8; 0],
}

/// A sequencer; the type appears in signatures only.
#[repr(C)]
pub struct lws_sequencer {
    _opaque: [u8; 0],
}

/// One registration for system messages.
#[repr(C)]
pub struct lws_smd_peer {
    _opaque: [u8; 0],
}

/// A named piece of data kept by the context.
#[repr(C)]
pub struct lws_system_blob {
    _opaque: [u8; 0],
}

/// One pending `lws_system` attach request.
#[repr(C)]
pub struct lws_attach_item {
    _opaque: [u8; 0],
}

/// The head of a chain of allocations that are freed together; a program holds only the pointer.
#[repr(C)]
pub struct lwsac {
    _opaque: [u8; 0],
}

/// The operations of an event loop plugin; the type appears in signatures only.
#[repr(C)]
pub struct lws_event_loop_ops {
    _opaque: [u8; 0],
}

/// OpenSSL's `SSL_CTX`.
#[repr(C)]
pub struct ssl_ctx_st {
    _opaque: [u8; 0],
}

/// OpenSSL's `SSL`.
#[repr(C)]
pub struct ssl_st {
    _opaque: [u8; 0],
}

/// OpenSSL's `EVP_MD`.
#[repr(C)]
pub struct evp_md_st {
    _opaque: [u8; 0],
}

/// OpenSSL's `EVP_MD_CTX`.
#[repr(C)]
pub struct evp_md_ctx_st {
    _opaque: [u8; 0],
}

/// OpenSSL's `EVP_PKEY`.
#[repr(C)]
pub struct evp_pkey_st {
    _opaque: [u8; 0],
}
