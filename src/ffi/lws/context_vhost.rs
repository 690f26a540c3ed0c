//! Contexts and virtual hosts.
use super::given;
use crate::engine::limits;
use crate::engine::privileges::Privileges;
use crate::faces::lws::abi::{self, lws, lws_context, lws_context_creation_info, lws_protocols, lws_vhost};
use crate::faces::lws::accept;
use crate::faces::lws::context::{Context, ContextSettings, RX_SIZE};
use crate::faces::lws::log::{lwsl_err, lwsl_warn};
use crate::faces::lws::mount;
use crate::faces::lws::tls::VhostTls;
use crate::faces::lws::vhost::{Protocol, Proxy, Vhost, VhostSettings};
use crate::faces::lws::{foreign, loops, polled, service, state};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use crate::proto::http1::head::Limits;
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::io;
use std::ptr;

const TIMEOUT_SECS: u32 = 5;
const HANDSHAKE_SECS: u32 = 10;
const CONNECT_SECS: u32 = 20;
const KEEPALIVE_SECS: u32 = 5;
/// The head of a request may be this large, and its content that, where the program says nothing.
const HEAD_MAX: usize = 16 * 1024;
const HEAD_CONTENT_MAX: usize = 4096;
/// More protocols than this in a table are taken for a table without an end.
const PROTOCOLS_MOST: usize = 1024;

/// Makes a context from `info`: the loop, and unless `LWS_SERVER_OPTION_EXPLICIT_VHOSTS` is set, a first vhost from the
/// same `info`.
///
/// `info` may be given up afterwards; what it points to (protocols' names, header and option lists) must last as
/// long as the context. The context belongs to the caller until `lws_context_destroy`. It is served by one thread at
/// a time.
///
/// Returns null, with a line in the log, when `info` is null, memory or descriptors are exhausted, or the port cannot be
/// listened on.
///
/// The context's state machine (`lws_system_get_state_manager`) has the observers of `register_notifier_list`, and is at
/// `LWS_SYSTATE_CONTEXT_CREATED`. `external_baggage_free_on_destroy` goes with the context, also where this fails after
/// the context was made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_create_context(info: *const lws_context_creation_info) -> *mut lws_context {
    guard("lws_create_context", ptr::null_mut(), || {
        // SAFETY: the caller passes null or a filled-in struct.
        let Some(info) = (unsafe { info.as_ref() }) else {
            lwsl_err!("lws_create_context: no info");
            return ptr::null_mut();
        };
        if info.rlimit_nofile > 0
            && let Err(e) = limits::set_descriptors(info.rlimit_nofile as u64)
        {
            lwsl_warn!("the limit of descriptors stays as it is, {} cannot be had: {e}", info.rlimit_nofile);
        }
        let context = match Context::create(context_settings(info), threads(info)) {
            Ok(context) => context,
            Err(e) => {
                lwsl_err!("lws_create_context: {e}");
                return ptr::null_mut();
            }
        };
        let address = context.as_c::<lws_context>();
        // SAFETY: null, or an array of a loop for each service thread, of which there is one.
        let given = unsafe { info.foreign_loops.as_ref() }.copied().unwrap_or(ptr::null_mut());
        if let Err(e) = foreign::begin(context, info.options, given, info.signal_cb) {
            lwsl_err!("lws_create_context: {e}");
            service::destroy(context);
            return ptr::null_mut();
        }
        // SAFETY: as above.
        unsafe { observe(context, info) };
        let explicit = info.options & abi::LWS_SERVER_OPTION_EXPLICIT_VHOSTS != 0;
        // SAFETY: as above.
        if !explicit && unsafe { create_vhost(context, info) }.is_none() {
            // a callback may have ended it
            if let Some(context) = Context::from_c(address) {
                service::destroy(context);
            }
            return ptr::null_mut();
        }
        // with explicit vhosts the privileged ports are still to be opened: that is the first turn's work
        // SAFETY: as above.
        if let Err(e) = unsafe { privileges(info) }.and_then(|wanted| context.drop_privileges(wanted, !explicit)) {
            lwsl_err!("lws_create_context: privileges cannot be dropped: {e}");
            service::destroy(context);
            return ptr::null_mut();
        }
        if !info.pcontext.is_null() {
            // SAFETY: the caller gave a place for the context's address that lasts as long as the context.
            unsafe { *info.pcontext = context.as_c() };
        }
        // like the original, the first turn does not wait and says so
        context.each_loop(Context::cancel_service);
        context.as_c()
    })
}

/// Registers who wants to hear of the context's states and messages from the beginning.
///
/// # Safety
/// The pointers in `info` are as the API's contract wants them.
unsafe fn observe(context: &'static Context, info: &lws_context_creation_info) {
    if info.early_smd_cb.is_some() {
        context.smd.register(info.early_smd_cb, info.early_smd_opaque, info.early_smd_class_filter);
    }
    if !info.register_notifier_list.is_null() {
        // SAFETY: a table ended by null of observers that last as long as they are registered.
        unsafe { state::add_observers(context.system.manager(), info.register_notifier_list) };
    }
}

/// How many loops; more than there may be are cut to that, as in the original.
fn threads(info: &lws_context_creation_info) -> usize {
    let threads = (info.count_threads as usize).clamp(1, loops::THREADS_MOST);
    if threads > 1 && foreign::is_asked_for(info.options) {
        lwsl_warn!("lws_create_context: another library's loop serves in one thread, {threads} were asked for");
        return 1;
    }
    threads
}

fn context_settings(info: &lws_context_creation_info) -> ContextSettings {
    let or = |value: c_uint, default: u32| if value == 0 { default } else { value };
    let handshake = [info.timeout_secs, info.timeout_secs_ah_idle].into_iter().filter(|&s| s != 0).min();
    ContextSettings {
        user: info.user,
        handshake_secs: handshake.unwrap_or(HANDSHAKE_SECS),
        timeout_secs: or(info.timeout_secs, TIMEOUT_SECS),
        head: head_limits(usize::from(info.max_http_header_data).max(info.max_http_header_data2 as usize)),
        // SAFETY: null or a C string.
        server: unsafe { cstr::c_str(info.server_string) }.map(CStr::to_owned),
        // SAFETY: null, or a struct that the program keeps for as long as the context lives.
        policy: unsafe { info.retry_and_idle_policy.as_ref() },
        connect_secs: or(info.connect_timeout_secs, CONNECT_SECS),
        connections_max: match info.fd_limit_per_thread {
            0 => accept::default_connections_max(),
            limit => limit as usize,
        },
        rx_size: (info.pt_serv_buf_size as usize).clamp(RX_SIZE, 16 << 20),
        raw_slice: (info.pt_serv_buf_size as usize).clamp(4096, RX_SIZE) - 16,
        files: super::vfs::file_system(info.fops),
        address: info.pcontext.cast(),
        system_ops: info.system_ops,
        // SAFETY: null or a C string.
        alpn: unsafe { cstr::bytes(info.alpn) }.map(|list| String::from_utf8_lossy(list).into_owned()),
        baggage: info.external_baggage_free_on_destroy,
    }
}

/// Who the process is to be from then on.
///
/// # Safety
/// The names in `info` are null or C strings.
unsafe fn privileges(info: &lws_context_creation_info) -> io::Result<Privileges> {
    let caps = usize::try_from(info.count_caps).ok().and_then(|count| info.caps.get(..count));
    let caps = caps.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "count_caps is not 0 to 4"))?;
    // SAFETY: by this function's contract.
    let mut wanted =
        unsafe { Privileges::wanted(info.uid, info.gid, cstr::c_str(info.username), cstr::c_str(info.groupname)) }?;
    wanted.keep(caps)?;
    Ok(wanted)
}

/// What a program asks for is counted as the original counts: names of known headers and line ends are left out.
fn head_limits(asked: usize) -> Limits {
    match asked {
        0 => Limits { head: HEAD_MAX, content: HEAD_CONTENT_MAX },
        asked => Limits { head: (2 * asked).max(HEAD_MAX), content: asked },
    }
}

/// Ends a context: all its connections, with their closing callbacks, all its vhosts, all its memory. The pointer
/// is dead afterwards. From inside a callback of `lws_service` the end comes when that call returns, with -1.
///
/// A null or dead context is ignored. Only from the thread that serves the context.
///
/// A context with several service threads may be destroyed from any thread. While threads are inside of `lws_service_tsi` this returns at once:
/// each of them ends its own connections and returns -1, as do later calls, and the last to leave ends the context. So a connection's closing callbacks are
/// made in its thread if that is there, else in the one that ends the context; `LWS_CALLBACK_PROTOCOL_DESTROY` in that one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_context_destroy(context: *mut lws_context) {
    guard("lws_context_destroy", (), || {
        if loops::is_shared(context as usize) {
            loops::destroy(context as usize);
        } else if let Some(context) = Context::from_c(context)
            && !context.ending.get()
        {
            service::destroy(context);
        }
    })
}

/// The `user` pointer that the context was made with; null for a null or dead context. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_context_user(context: *mut lws_context) -> *mut c_void {
    guard("lws_context_user", ptr::null_mut(), || {
        given::context("lws_context_user", context).map_or(ptr::null_mut(), |c| c.settings.user)
    })
}

/// Adds a virtual host to a context, as `info` says: its name, its protocols, and the port it listens on. Vhosts with
/// the same port share one socket and are told apart by the `Host` header.
///
/// `info` may be given up afterwards; what it points to must last as long as the vhost. The vhost belongs to the
/// context. Its protocols hear of it (`LWS_CALLBACK_PROTOCOL_INIT`) in the next `lws_service`.
///
/// Returns null, with a line in the log, when an argument is null or dead, or the port cannot be listened on. Only
/// from the thread that serves the context.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_create_vhost(
    context: *mut lws_context,
    info: *const lws_context_creation_info,
) -> *mut lws_vhost {
    guard("lws_create_vhost", ptr::null_mut(), || {
        // SAFETY: the caller passes null or a filled-in struct.
        let vhost = match (given::here("lws_create_vhost", context), unsafe { info.as_ref() }) {
            // SAFETY: as above.
            (Some(context), Some(info)) if ptr::eq(context, context.primary()) && !context.ending.get() => unsafe {
                create_vhost(context, info)
            },
            _ => None,
        };
        vhost.map_or(ptr::null_mut(), |vhost| vhost.as_c())
    })
}

/// # Safety
/// The pointers in `info` are as the API's contract wants them.
unsafe fn create_vhost(context: &'static Context, info: &lws_context_creation_info) -> Option<&'static Vhost> {
    // SAFETY: null or a C string.
    if unsafe { cstr::bytes(info.listen_accept_role) } == Some(b"raw-proxy") {
        lwsl_err!("a raw proxy was asked for, which netgraft has no more than the original's usual build");
        return None;
    }
    if !context.reserve_stand_in() {
        return None;
    }
    // SAFETY: by this function's contract.
    let settings = unsafe { vhost_settings(context, info) }?;
    let vhost = Vhost::create(context, settings)?;
    mount::check(vhost);
    if let Err(e) = accept::listen(vhost) {
        let name = vhost.settings.name.to_string_lossy();
        lwsl_err!("vhost {name}: cannot listen on port {}: {e}", vhost.settings.port);
        vhost.free();
        return None;
    }
    context.vhosts.with(|all| all.push(vhost));
    context.new_vhosts.set(true);
    // the callbacks may end the vhost, which is freed when `within` returns
    let stays = context.within(|| {
        let stays = || !vhost.ending.get() && !context.ending.get();
        polled::loop_added(context, vhost);
        if let Some(listener) = vhost.listener.get().filter(|l| stays() && ptr::eq(l.vhost(), vhost)) {
            let _ = polled::added(listener, || Ok(()));
        }
        if stays() && context.system.protocols_begin() {
            // the others have begun, so its protocols begin now
            vhost.begin();
        }
        stays()
    });
    stays.then_some(vhost)
}

/// # Safety
/// As `create_vhost`.
unsafe fn vhost_settings(context: &Context, info: &lws_context_creation_info) -> Option<VhostSettings> {
    // SAFETY: by this function's contract the strings are null or C strings.
    let string = |text: *const c_char| unsafe { (!text.is_null()).then(|| CStr::from_ptr(text).to_owned()) };
    // SAFETY: null or a struct that lasts as long as the vhost.
    let policy = unsafe { info.retry_and_idle_policy.as_ref() };
    let name = string(info.vhost_name).unwrap_or_else(|| c"default".to_owned());
    // SAFETY: by this function's contract.
    let mut asked = unsafe { super::tls_info::asked(info) };
    asked.alpn = asked.alpn.or_else(|| context.settings.alpn.clone());
    let tls = VhostTls::new(asked).inspect_err(|e| lwsl_err!("vhost {}: TLS: {e}", name.to_string_lossy())).ok()?;
    Some(VhostSettings {
        name,
        // SAFETY: by this function's contract.
        protocols: unsafe { protocols(info) },
        port: info.port,
        iface: string(info.iface),
        options: info.options,
        user: info.user,
        keepalive_secs: if info.keepalive_timeout > 0 { info.keepalive_timeout as u32 } else { KEEPALIVE_SECS },
        policy: policy.or(context.settings.policy),
        bind_device: info.bind_iface != 0,
        reject: info.reject_service_keywords,
        server: string(info.server_string).or_else(|| context.settings.server.clone()),
        headers: info.headers,
        pvo: info.pvo,
        mounts: info.mounts,
        error_document_404: string(info.error_document_404),
        unix_perms: string(info.unix_socket_perms),
        tcp_keepalive: (info.ka_time > 0).then_some((info.ka_time, info.ka_probes, info.ka_interval)),
        // SAFETY: as above.
        proxy: unsafe { proxy(info) },
        raw_protocol: string(info.listen_accept_protocol),
        // SAFETY: as above.
        deflate: unsafe { super::ws_ext::settings(info.extensions, info.pvo) },
        tls,
        finalize: info.finalize.map(|finalize| (finalize, info.finalize_arg)),
    })
}

/// The proxy that `info` names, or the environment: `host`, `user:password@host`, either with a port or not.
///
/// # Safety
/// As `create_vhost`.
unsafe fn proxy(info: &lws_context_creation_info) -> Option<Proxy> {
    // SAFETY: by this function's contract.
    let named = unsafe { cstr::bytes(info.http_proxy_address) }.map(|text| String::from_utf8_lossy(text).into_owned());
    let text = named.or_else(|| std::env::var("http_proxy").ok()).filter(|text| !text.is_empty())?;
    let text = text.strip_prefix("http://").unwrap_or(&text).trim_end_matches('/');
    let (credentials, place) = match text.rsplit_once('@') {
        Some((credentials, place)) => (Some(data_encoding::BASE64.encode(credentials.as_bytes())), place),
        None => (None, text),
    };
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') => (host, port.parse().ok()?),
        _ => (place, 0),
    };
    let port = if info.http_proxy_port == 0 { port } else { u16::try_from(info.http_proxy_port).ok()? };
    if port == 0 {
        lwsl_err!("an HTTP proxy was given without its port: not used");
        return None;
    }
    Some(Proxy { host: host.to_owned(), port, credentials })
}

/// A copy of the program's table, or of its table of pointers; where there is neither, one protocol that answers
/// as `lws_callback_http_dummy` does.
///
/// # Safety
/// As `create_vhost`.
unsafe fn protocols(info: &lws_context_creation_info) -> Vec<Protocol> {
    let mut all = Vec::new();
    // SAFETY: a table ends with an entry without a name, a table of pointers with null.
    unsafe {
        if !info.protocols.is_null() {
            let entry = |i| &*info.protocols.add(i);
            all.extend((0..PROTOCOLS_MOST).map(entry).take_while(|p| !p.name.is_null()).map(|p| Protocol(*p)));
        } else if !info.pprotocols.is_null() {
            let entry = |i| (*info.pprotocols.add(i)).as_ref();
            all.extend((0..PROTOCOLS_MOST).map_while(entry).map(|p| Protocol(*p)));
        }
    }
    if all.is_empty() {
        all.push(Protocol(lws_protocols {
            name: c"default".as_ptr(),
            callback: Some(super::writeable::lws_callback_http_dummy),
            per_session_data_size: 0,
            rx_buffer_size: 0,
            id: 0,
            user: ptr::null_mut(),
            tx_packet_size: 0,
        }));
    }
    all
}

/// Ends a vhost: its connections, with their closing callbacks, its protocols, and its listening socket unless another
/// vhost shares it. The pointer is dead afterwards. A null or dead vhost is ignored. Only from the thread that serves
/// the context.
///
/// With several service threads, from any thread: thread 0 ends it, and each of the others its own connections, when they come by.
/// `LWS_CALLBACK_PROTOCOL_DESTROY` comes in thread 0 after the last has done so; until then the pointer is not to be used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_vhost_destroy(vh: *mut lws_vhost) {
    guard("lws_vhost_destroy", (), || {
        if let Some(vhost) = given::vhost("lws_vhost_destroy", vh)
            && !loops::end_vhost_elsewhere(vhost)
        {
            vhost.context.within(|| service::destroy_vhost(vhost));
        }
    })
}

/// The vhost of a connection; null for a null or dead connection. Its thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_vhost(wsi: *mut lws) -> *mut lws_vhost {
    guard("lws_get_vhost", ptr::null_mut(), || {
        given::wsi("lws_get_vhost", wsi)
            .and_then(|wsi| wsi.vhost_if_any())
            .map_or(ptr::null_mut(), |vhost| vhost.as_c())
    })
}

/// The vhost of a context with this name, compared exactly; null when there is none. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_vhost_by_name(context: *mut lws_context, name: *const c_char) -> *mut lws_vhost {
    guard("lws_get_vhost_by_name", ptr::null_mut(), || {
        let Some(context) = given::here("lws_get_vhost_by_name", context).filter(|_| !name.is_null()) else {
            return ptr::null_mut();
        };
        // SAFETY: not null; the caller passes a C string.
        let name: CString = unsafe { CStr::from_ptr(name) }.to_owned();
        let found = context.vhosts.with(|all| all.iter().copied().find(|v| v.settings.name == name));
        found.map_or(ptr::null_mut(), |vhost| vhost.as_c())
    })
}

/// The vhost's name; it lasts as long as the vhost. Null for a null or dead vhost. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_vhost_name(vhost: *mut lws_vhost) -> *const c_char {
    guard("lws_get_vhost_name", ptr::null(), || {
        given::vhost("lws_get_vhost_name", vhost).map_or(ptr::null(), |v| v.settings.name.as_ptr())
    })
}

/// The interface, address or path that the vhost was made with; it lasts as long as the vhost. Null for none, or for a
/// null or dead vhost. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_vhost_iface(vhost: *mut lws_vhost) -> *const c_char {
    guard("lws_get_vhost_iface", ptr::null(), || {
        let iface = given::vhost("lws_get_vhost_iface", vhost).and_then(|v| v.settings.iface.as_deref());
        iface.map_or(ptr::null(), CStr::as_ptr)
    })
}

/// The port that the vhost listens on: the one asked for, or the one the kernel chose where 0 was asked for; 0 for a Unix
/// socket, negative where it does not listen, -1 for a null or dead vhost. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_vhost_port(vhost: *mut lws_vhost) -> c_int {
    guard("lws_get_vhost_port", -1, || given::vhost("lws_get_vhost_port", vhost).map_or(-1, |v| v.listen_port.get()))
}

/// The same as `lws_get_vhost_port`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_vhost_listen_port(vhost: *mut lws_vhost) -> c_int {
    guard("lws_get_vhost_listen_port", -1, || {
        given::vhost("lws_get_vhost_listen_port", vhost).map_or(-1, |v| v.listen_port.get())
    })
}

/// The `user` pointer that the vhost was made with; null for a null or dead vhost. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_get_vhost_user(vhost: *mut lws_vhost) -> *mut c_void {
    guard("lws_get_vhost_user", ptr::null_mut(), || {
        given::vhost("lws_get_vhost_user", vhost).map_or(ptr::null_mut(), |v| v.settings.user)
    })
}

/// The same as `lws_get_vhost_user`. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_vhost_user(vhost: *mut lws_vhost) -> *mut c_void {
    guard("lws_vhost_user", ptr::null_mut(), || {
        given::vhost("lws_vhost_user", vhost).map_or(ptr::null_mut(), |v| v.settings.user)
    })
}
