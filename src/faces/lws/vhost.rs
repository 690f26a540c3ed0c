//! Virtual hosts and their protocols.
use super::abi::{lws_callback_reasons, lws_http_mount, lws_protocol_vhost_options, lws_protocols};
use super::context::Context;
use super::wsi::Wsi;
use crate::engine::arena::{Handle, Handles};
use crate::engine::clock::SECOND;
use crate::engine::flag::{Flag, Number};
use crate::engine::local::Local;
use crate::proto::tls::server::ServerTls;
use rustls::ClientConfig;
use std::cell::Cell;
use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

/// All virtual hosts of the process.
pub static VHOSTS: Handles<Vhost> = Handles::new();

/// What C holds as `struct lws_vhost *`.
pub type VhostHandle = Handle<Vhost>;

/// One protocol of a vhost: a copy of the program's entry, at an address that lasts as long as the vhost.
#[repr(transparent)]
pub struct Protocol(pub lws_protocols);

impl Protocol {
    /// Its name.
    pub fn name(&self) -> &CStr {
        // SAFETY: the ffi layer only makes protocols with a name, which by the API's contract stays valid.
        unsafe { CStr::from_ptr(self.0.name) }
    }

    /// Calls the program. Nothing of ours is borrowed meanwhile; afterwards `wsi` may be dead.
    #[inline(always)]
    #[allow(clippy::not_unsafe_ptr_arg_deref)] // the pointers are handed on, not followed
    pub fn call(
        &self,
        wsi: &Wsi,
        reason: lws_callback_reasons,
        user: *mut c_void,
        input: *mut c_void,
        len: usize,
    ) -> c_int {
        match self.0.callback {
            // SAFETY: the program gave this function for this purpose; `wsi` is in type-stable memory, and `input`
            // points to what the reason says.
            Some(callback) => unsafe { callback(wsi.as_c(), reason as _, user, input, len) },
            None => 0,
        }
    }

    /// The address of its callback.
    pub fn callback_address(protocol: &lws_protocols) -> usize {
        protocol.callback.map_or(0, |callback| callback as usize)
    }

    /// Is it the protocol with this callback and name?
    pub fn matches(&self, callback: usize, name: &CStr) -> bool {
        Self::callback_address(&self.0) == callback && self.name() == name
    }

    /// Is `other`, an entry of some table of the program, this protocol?
    pub fn is(&self, other: &lws_protocols) -> bool {
        // SAFETY: a protocol's name is a C string for as long as the program uses the protocol.
        let name = || unsafe { (!other.name.is_null()).then(|| CStr::from_ptr(other.name)) };
        ptr::eq(&self.0, other) || name().is_some_and(|name| self.matches(Self::callback_address(other), name))
    }

    /// The most that one RECEIVE delivers.
    #[inline(always)]
    pub fn slice_max(&self) -> usize {
        // programs rely on the original's default
        if self.0.rx_buffer_size == 0 { 4096 } else { self.0.rx_buffer_size }
    }
}

/// What a vhost is made from.
pub struct VhostSettings {
    /// Its name: what `Host` is compared with.
    pub name: CString,
    /// Its protocols; at least one.
    pub protocols: Vec<Protocol>,
    /// The port to listen on; negative for none.
    pub port: c_int,
    /// An interface, an address, or the path of a Unix socket.
    pub iface: Option<CString>,
    /// Bind the listening socket to the interface itself, not to its address alone?
    pub bind_device: bool,
    /// `LWS_SERVER_OPTION_*`.
    pub options: u64,
    /// The program's pointer.
    pub user: *mut c_void,
    /// How long an HTTP connection may be idle between requests, in seconds.
    pub keepalive_secs: u32,
    /// How long peers may be silent and when to try again.
    pub policy: Option<&'static super::abi::lws_retry_bo>,
    /// The `server:` header.
    pub server: Option<CString>,
    /// Headers added to every response.
    pub headers: *const lws_protocol_vhost_options,
    /// Names found in `User-Agent` that make a request be refused, with the status to refuse it with.
    pub reject: *const lws_protocol_vhost_options,
    /// Options for each protocol.
    pub pvo: *const lws_protocol_vhost_options,
    /// Which parts of its URL space are where; the program's list.
    pub mounts: *const lws_http_mount,
    /// Where 404 leads.
    pub error_document_404: Option<CString>,
    /// `user:group` of a Unix socket.
    pub unix_perms: Option<CString>,
    /// Kernel keep-alive: idle seconds, probes, seconds between them.
    pub tcp_keepalive: Option<(c_int, c_int, c_int)>,
    /// The protocol of what is accepted, where that is not HTTP or falls back from it.
    pub raw_protocol: Option<CString>,
    /// The HTTP proxy that client connections go by way of.
    pub proxy: Option<Proxy>,
    /// How it compresses messages, where it does.
    pub deflate: Option<super::deflate::Settings>,
    /// Its certificates and all else of TLS.
    pub tls: super::tls::VhostTls,
    /// Called when the vhost has gone.
    pub finalize: Option<(Finalize, *mut c_void)>,
}

/// An HTTP proxy.
pub struct Proxy {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `user:password` in base64.
    pub credentials: Option<String>,
}

/// The program's function for the end of a vhost.
pub type Finalize = unsafe extern "C" fn(vhost: *mut super::abi::lws_vhost, arg: *mut c_void);

/// A virtual host. The context's other loops read what does not change once they know of it, and what is atomic.
pub struct Vhost {
    /// Its context, which outlives it: the first loop.
    pub context: &'static Context,
    /// What it was made from.
    pub settings: VhostSettings,
    handle: Cell<*const VhostHandle>,
    /// The socket it listens on, its own or shared with other vhosts on the same port. The first loop's alone.
    pub listener: Cell<Option<&'static Wsi>>,
    /// Sockets it listens on that the program has made.
    pub more_listeners: Local<Vec<&'static Wsi>>,
    /// A number for that socket, the same in those who share it; 0 for none. It stays when the socket is closed.
    pub socket: Cell<u64>,
    /// The port it really listens on.
    pub listen_port: Number,
    /// Is it being ended? No connection is put on it any more.
    pub ending: Flag,
    /// Were its protocols told to begin? The first loop's alone.
    pub begun: Cell<bool>,
    /// Do the other loops know of it? The first loop's alone.
    pub told: Cell<bool>,
    /// How many other loops still have it, while it ends. The first loop's alone.
    pub holders: Cell<usize>,
    /// The memory each protocol has asked for, by its index.
    private: Box<[AtomicPtr<c_void>]>,
}

impl Vhost {
    /// Makes a vhost. It lives until [`Vhost::free`].
    pub fn create(context: &'static Context, settings: VhostSettings) -> Option<&'static Vhost> {
        let private = settings.protocols.iter().map(|_| AtomicPtr::default()).collect();
        let vhost = Box::new(Vhost {
            context,
            handle: Cell::new(ptr::null()),
            listener: Cell::new(None),
            more_listeners: Local::default(),
            socket: Cell::new(0),
            listen_port: Number::new(settings.port),
            ending: Flag::default(),
            begun: Cell::new(false),
            told: Cell::new(false),
            holders: Cell::new(0),
            private,
            settings,
        });
        let handle = VHOSTS.create(vhost)?;
        // SAFETY: the handle was just made; the vhost is freed only by `free`, when nothing refers to it.
        let vhost = unsafe { VHOSTS.get(handle) }?;
        vhost.handle.set(handle);
        Some(vhost)
    }

    /// The vhost behind a pointer from C, if it is one and alive.
    pub fn from_c<T>(pointer: *const T) -> Option<&'static Vhost> {
        // SAFETY: the reference is used within one call from C, and vhosts are freed between calls only.
        unsafe { VHOSTS.get(pointer.cast()) }
    }

    /// The pointer that C knows it by.
    pub fn as_c<T>(&self) -> *mut T {
        self.handle.get().cast_mut().cast()
    }

    /// Gives its memory back. No connection belongs to it any more.
    pub fn free(&'static self) {
        let handle = self.handle.get();
        if let Some((finalize, arg)) = self.settings.finalize {
            // SAFETY: the program gave this function for this purpose.
            unsafe { finalize(handle.cast_mut().cast(), arg) };
        }
        for block in &self.private {
            // SAFETY: the blocks came from calloc below.
            unsafe { libc::free(block.swap(ptr::null_mut(), Ordering::Acquire)) };
        }
        self.context.forget_vhost(self);
        drop(VHOSTS.destroy(handle));
    }

    /// The protocol that connections begin with, and that hears of what concerns none.
    #[inline(always)]
    pub fn first_protocol(&'static self) -> &'static Protocol {
        &self.settings.protocols[0]
    }

    /// The protocol called `name`.
    pub fn protocol(&'static self, name: &[u8]) -> Option<&'static Protocol> {
        self.settings.protocols.iter().find(|p| p.name().to_bytes() == name)
    }

    /// The protocol of connections that do not speak HTTP.
    pub fn raw_protocol(&'static self) -> Option<&'static Protocol> {
        match &self.settings.raw_protocol {
            Some(name) => self.protocol(name.to_bytes()),
            None => Some(self.first_protocol()),
        }
    }

    /// Is this option set?
    pub fn option(&self, option: u64) -> bool {
        self.settings.options & option == option
    }

    /// What server connections begin with; none where the vhost is served in the clear.
    pub fn server_tls(&self) -> Option<ServerTls> {
        self.settings.tls.server()
    }

    /// What client connections begin with whose `ssl_connection` has these `LCCSCF_*`, or why they cannot.
    pub fn client_tls(&self, flags: c_int) -> Result<Arc<ClientConfig>, String> {
        self.settings.tls.client(super::tls::tolerance(flags))
    }

    /// Is this, a `Host` header, the vhost's name with its port? Port 80 may be left out.
    pub fn is_named(&self, host: &[u8]) -> bool {
        let port = self.listen_port.get();
        let name = self.settings.name.to_bytes();
        let rest = host.split_at_checked(name.len()).filter(|(start, _)| start.eq_ignore_ascii_case(name));
        rest.is_some_and(|(_, rest)| rest == format!(":{port}").as_bytes() || rest.is_empty() && port == 80)
    }

    /// The status with which requests of such a user agent are refused, if they are.
    pub fn rejects(&self, user_agent: &[u8]) -> Option<u32> {
        // SAFETY: the list was given at creation and by the API's contract stays valid; both texts are C strings.
        unsafe {
            let entries = std::iter::successors(self.settings.reject.as_ref(), |entry| entry.next.as_ref());
            let named = entries.filter(|entry| !entry.name.is_null() && !entry.value.is_null());
            let text = |text| CStr::from_ptr(text).to_bytes();
            let mut found = named.filter(|entry| memchr::memmem::find(user_agent, text(entry.name)).is_some());
            let status =
                std::str::from_utf8(text(found.next()?.value)).ok().and_then(|value| value.trim().parse().ok());
            // a program that gives no status that there is means that the request is refused all the same
            Some(status.filter(|status| (400..600).contains(status)).unwrap_or(403))
        }
    }

    /// The idle time of an HTTP connection, in microseconds.
    pub fn keepalive(&self) -> u64 {
        u64::from(self.settings.keepalive_secs) * SECOND
    }

    /// Zeroed memory for a protocol, for as long as the vhost lives; null when the protocol is not of this vhost, has
    /// some already, or memory is exhausted.
    pub fn private_alloc(&self, protocol: *const lws_protocols, size: usize) -> *mut c_void {
        let Some(i) = self.index(protocol) else { return ptr::null_mut() };
        if !self.private[i].load(Ordering::Acquire).is_null() {
            return ptr::null_mut();
        }
        // SAFETY: plain allocation; it is freed in `free`.
        let block = unsafe { libc::calloc(1, size.max(1)) };
        match self.private[i].compare_exchange(ptr::null_mut(), block, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => block,
            Err(_) => {
                // another loop was first
                // SAFETY: just allocated.
                unsafe { libc::free(block) };
                ptr::null_mut()
            }
        }
    }

    /// The memory made by `private_alloc`, or null.
    pub fn private(&self, protocol: *const lws_protocols) -> *mut c_void {
        self.index(protocol).map_or(ptr::null_mut(), |i| self.private[i].load(Ordering::Acquire))
    }

    fn index(&self, protocol: *const lws_protocols) -> Option<usize> {
        // SAFETY: null, or an entry of a table by the API's contract.
        let protocol = unsafe { protocol.as_ref() }?;
        self.settings.protocols.iter().position(|p| p.is(protocol))
    }

    /// Calls every protocol's callback once, in the loop `context`, with its stand-in for a connection. The first answer other
    /// than zero ends it.
    pub fn call_all(
        &'static self,
        context: &'static Context,
        reason: lws_callback_reasons,
        input: impl Fn(&Protocol) -> *mut c_void,
    ) -> c_int {
        for protocol in &self.settings.protocols {
            let stand_in = context.stand_in(self, protocol);
            let answer = protocol.call(stand_in, reason, ptr::null_mut(), input(protocol), 0);
            if answer != 0 {
                return answer;
            }
        }
        0
    }

    /// Tells the protocols to begin, once.
    pub fn begin(&'static self) -> c_int {
        if self.begun.replace(true) {
            return 0;
        }
        let answer = match self.option(super::abi::LWS_SERVER_OPTION_SKIP_PROTOCOL_INIT) {
            true => 0,
            false => {
                self.call_all(self.context, lws_callback_reasons::LWS_CALLBACK_PROTOCOL_INIT, |p| self.options_of(p))
            }
        };
        super::loops::tell(self);
        if self.server_tls().is_some() {
            self.context.certificates_due.set(Some(0));
        }
        answer
    }

    /// Tells the protocols that the vhost goes, once, if they were told to begin.
    pub fn end(&'static self) {
        if self.begun.replace(false) {
            for protocol in &self.settings.protocols {
                let stand_in = self.context.stand_in(self, protocol);
                let reason = lws_callback_reasons::LWS_CALLBACK_PROTOCOL_DESTROY;
                protocol.call(stand_in, reason, ptr::null_mut(), ptr::null_mut(), 0);
            }
        }
    }

    /// The value of one of the options that the program gave for a protocol.
    pub fn option_of(&self, protocol: &Protocol, name: &CStr) -> Option<&'static CStr> {
        let list = self.options_of(protocol).cast::<lws_protocol_vhost_options>();
        // SAFETY: a vhost's list.
        unsafe { super::mime::options(list) }.find(|(option, _)| *option == name).map(|(_, value)| value)
    }

    /// The options that the program gave for a protocol.
    fn options_of(&self, protocol: &Protocol) -> *mut c_void {
        // SAFETY: the list was given at creation and by the API's contract stays valid.
        let mut entry = unsafe { self.settings.pvo.as_ref() };
        while let Some(pvo) = entry {
            // SAFETY: as above; names are C strings.
            if !pvo.name.is_null() && unsafe { CStr::from_ptr(pvo.name) } == protocol.name() {
                return pvo.options.cast_mut().cast();
            }
            // SAFETY: as above.
            entry = unsafe { pvo.next.as_ref() };
        }
        ptr::null_mut()
    }
}
