//! Descriptors that come from elsewhere.
use super::given;
use crate::engine::sock;
use crate::faces::lws::abi::{
    LWS_CAUDP_BIND, LWS_CAUDP_BROADCAST, LWS_CAUDP_PF_PACKET, lws, lws_adopt_desc_t, lws_adoption_type,
    lws_adoption_type_int, lws_context, lws_retry_bo_t, lws_sock_file_fd_type, lws_sockfd_type, lws_vhost,
};
use crate::faces::lws::adopt::{self, Adoption, Kind};
use crate::faces::lws::log::lwsl_err;
use crate::faces::lws::raw::UdpPeer;
use crate::faces::lws::vhost::Vhost;
use crate::faces::lws::wsi::{Rare, Wsi};
use crate::faces::lws::{accept, address};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use std::ffi::{c_char, c_int, c_void};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::ptr;

/// Gives a connected socket, which speaks HTTP or WebSocket, to the context's first vhost, as if that had accepted it.
///
/// The descriptor belongs to the library from then on, and is closed if the adoption fails. Returns the connection; null when an argument
/// cannot be used, or the program's callback has refused. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_adopt_socket(context: *mut lws_context, accept_fd: lws_sockfd_type) -> *mut lws {
    guard("lws_adopt_socket", ptr::null_mut(), || {
        by_context("lws_adopt_socket", context, accept_fd).map_or(ptr::null_mut(), |wsi| wsi.as_c())
    })
}

/// As `lws_adopt_socket`, with `len` bytes at `readbuf` that the program has received from the socket already: they come before
/// what is still to be received. They are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_adopt_socket_readbuf(
    context: *mut lws_context,
    accept_fd: lws_sockfd_type,
    readbuf: *const c_char,
    len: usize,
) -> *mut lws {
    guard("lws_adopt_socket_readbuf", ptr::null_mut(), || {
        let wsi = by_context("lws_adopt_socket_readbuf", context, accept_fd);
        // SAFETY: the caller passes null or `len` readable bytes.
        unsafe { feed(wsi, readbuf, len) }
    })
}

/// As `lws_adopt_socket`, for the vhost `vh`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_adopt_socket_vhost(vh: *mut lws_vhost, accept_fd: lws_sockfd_type) -> *mut lws {
    guard("lws_adopt_socket_vhost", ptr::null_mut(), || {
        by_vhost("lws_adopt_socket_vhost", vh, accept_fd).map_or(ptr::null_mut(), |wsi| wsi.as_c())
    })
}

/// As `lws_adopt_socket_readbuf`, for the vhost `vhost`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_adopt_socket_vhost_readbuf(
    vhost: *mut lws_vhost,
    accept_fd: lws_sockfd_type,
    readbuf: *const c_char,
    len: usize,
) -> *mut lws {
    guard("lws_adopt_socket_vhost_readbuf", ptr::null_mut(), || {
        let wsi = by_vhost("lws_adopt_socket_vhost_readbuf", vhost, accept_fd);
        // SAFETY: the caller passes null or `len` readable bytes.
        unsafe { feed(wsi, readbuf, len) }
    })
}

fn by_context(function: &str, context: *mut lws_context, fd: lws_sockfd_type) -> Option<&'static Wsi> {
    let context = given::here(function, context).filter(|context| !context.ending.get());
    begin(function, context.and_then(|context| context.vhosts.with(|all| all.first().copied())), fd)
}

fn by_vhost(function: &str, vhost: *mut lws_vhost, fd: lws_sockfd_type) -> Option<&'static Wsi> {
    begin(function, given::vhost(function, vhost).filter(|v| !v.ending.get() && !v.context.here().ending.get()), fd)
}

fn begin(function: &str, vhost: Option<&'static Vhost>, fd: lws_sockfd_type) -> Option<&'static Wsi> {
    let Some(vhost) = vhost else {
        lwsl_err!("{function}: nobody is there whom descriptor {fd} could belong to");
        sock::close(fd);
        return None;
    };
    let context = vhost.context.here();
    context.within(|| if adopt::made_ready(fd, Kind::Http) { accept::begin(context, vhost, fd) } else { None })
}

/// # Safety
/// `bytes` is null or points to `len` readable bytes.
unsafe fn feed(wsi: Option<&'static Wsi>, bytes: *const c_char, len: usize) -> *mut lws {
    let Some(wsi) = wsi else { return ptr::null_mut() };
    // SAFETY: by this function's contract.
    let bytes = unsafe { cstr::slice(bytes.cast(), len) };
    let context = wsi.context();
    let alive = context.within(|| {
        adopt::feed(wsi, bytes);
        wsi.is_open() && !context.ending.get()
    });
    if alive { wsi.as_c() } else { ptr::null_mut() }
}

/// Gives a descriptor to a vhost. `type` says what it is: `LWS_ADOPT_SOCKET`, with `LWS_ADOPT_HTTP` for HTTP and WebSocket and without for a
/// raw connection, or `LWS_ADOPT_RAW_FILE_DESC` for a file, pipe or device, which the program reads and writes itself when
/// its callbacks say that it can. `vh_prot_name` names the protocol; null for the vhost's first. `parent` is null, or the connection whose end
/// is the end of this one.
///
/// The descriptor belongs to the library from then on, and is closed if the adoption fails. Returns the connection, after
/// `LWS_CALLBACK_RAW_ADOPT` or its relative; null when an argument cannot be used or the program's callback has refused. The
/// context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_adopt_descriptor_vhost(
    vh: *mut lws_vhost,
    r#type: lws_adoption_type_int,
    fd: lws_sock_file_fd_type,
    vh_prot_name: *const c_char,
    parent: *mut lws,
) -> *mut lws {
    let info = lws_adopt_desc_t { vh, r#type, fd, vh_prot_name, parent, opaque: ptr::null_mut() };
    // SAFETY: the arguments are passed on as they came.
    unsafe { lws_adopt_descriptor_vhost_via_info(&info) }
}

/// As `lws_adopt_descriptor_vhost`, with the arguments in a struct, and the program's pointer for `lws_get_opaque_user_data`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_adopt_descriptor_vhost_via_info(info: *const lws_adopt_desc_t) -> *mut lws {
    const HTTP: u32 = lws_adoption_type::LWS_ADOPT_HTTP as u32;
    const SOCKET: u32 = lws_adoption_type::LWS_ADOPT_SOCKET as u32;
    const ALLOW_SSL: u32 = lws_adoption_type::LWS_ADOPT_ALLOW_SSL as u32;
    const UDP: u32 = lws_adoption_type::LWS_ADOPT_FLAG_UDP as u32;
    guard("lws_adopt_descriptor_vhost", ptr::null_mut(), || {
        // SAFETY: the caller passes null or a filled-in struct.
        let Some(info) = (unsafe { info.as_ref() }) else { return ptr::null_mut() };
        // SAFETY: both members of the union are the same integer.
        let fd = unsafe { info.fd.sockfd };
        let kind = match info.r#type {
            t if t & SOCKET == 0 => Kind::File,
            t if t & UDP != 0 => Kind::Udp,
            t if t & HTTP != 0 => Kind::Http,
            _ => Kind::Raw,
        };
        let function = "lws_adopt_descriptor_vhost";
        let Some(vhost) = given::vhost(function, info.vh) else {
            sock::close(fd);
            return ptr::null_mut();
        };
        let mut rare = Rare { parent: given::parent(function, info.parent, vhost.context.here()), ..Rare::default() };
        if kind == Kind::Udp {
            rare.udp = Some(Box::new(UdpPeer::new(sock::peer(fd))));
        }
        // SAFETY: null or a C string.
        let name = unsafe { cstr::bytes(info.vh_prot_name) };
        let tls = info.r#type & ALLOW_SSL != 0;
        let wsi = adopt_named(vhost, fd, kind, name, rare, info.opaque, tls);
        wsi.map_or(ptr::null_mut(), |wsi| wsi.as_c())
    })
}

fn adopt_named(
    vhost: &'static Vhost,
    fd: c_int,
    kind: Kind,
    name: Option<&[u8]>,
    rare: Rare,
    opaque: *mut c_void,
    tls: bool,
) -> Option<&'static Wsi> {
    if vhost.ending.get() || vhost.context.here().ending.get() {
        sock::close(fd);
        return None;
    }
    let protocol = name.map(|name| vhost.protocol(name));
    if let Some(None) = protocol {
        lwsl_err!("descriptor {fd}: the vhost has no protocol of this name");
        sock::close(fd);
        return None;
    }
    let rare = if rare.is_empty() { None } else { Some(Box::new(rare)) };
    let adoption = Adoption { kind, protocol: protocol.flatten(), rare, opaque, tls };
    let context = vhost.context.here();
    context.within(|| if adopt::made_ready(fd, kind) { adopt::adopt(context, vhost, fd, adoption) } else { None })
}

/// Makes a UDP socket, a raw connection of `protocol_name`. With `LWS_CAUDP_BIND` in `flags` it is bound to the address `ads` (null for
/// all) and `port`, and answers go to whoever sent last; without, it is connected to them. `LWS_CAUDP_BROADCAST` allows
/// broadcasts. A name for `ads` is looked up at once, which can take time. `ifname`, if not null, is the interface to use.
///
/// Each datagram comes as one `LWS_CALLBACK_RAW_RX`; `lws_get_udp` tells from whom. Returns the connection; null, with a line in the log, when
/// it cannot be made. The context's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_create_adopt_udp(
    vhost: *mut lws_vhost,
    ads: *const c_char,
    port: c_int,
    flags: c_int,
    protocol_name: *const c_char,
    ifname: *const c_char,
    parent_wsi: *mut lws,
    opaque: *mut c_void,
    retry_policy: *const lws_retry_bo_t,
) -> *mut lws {
    guard("lws_create_adopt_udp", ptr::null_mut(), || {
        let Some(vhost) = given::vhost("lws_create_adopt_udp", vhost) else { return ptr::null_mut() };
        // SAFETY: null or C strings.
        let (ads, name, ifname) = unsafe { (cstr::bytes(ads), cstr::bytes(protocol_name), cstr::bytes(ifname)) };
        let opened = match flags & LWS_CAUDP_PF_PACKET {
            0 => udp_socket(ads, port, flags, ifname),
            _ => Err("packet sockets are not there".to_owned()),
        };
        let (fd, peer) = match opened {
            Ok(opened) => opened,
            Err(e) => {
                lwsl_err!("lws_create_adopt_udp: {e}");
                return ptr::null_mut();
            }
        };
        let rare = Rare {
            parent: given::parent("lws_create_adopt_udp", parent_wsi, vhost.context.here()),
            udp: Some(Box::new(peer)),
            // SAFETY: null, or a struct that the program keeps for as long as the connection lives.
            policy: unsafe { retry_policy.as_ref() },
            ..Rare::default()
        };
        let wsi = adopt_named(vhost, fd, Kind::Udp, name, rare, opaque, false);
        wsi.map_or(ptr::null_mut(), |wsi| wsi.as_c())
    })
}

fn udp_socket(
    ads: Option<&[u8]>,
    port: c_int,
    flags: c_int,
    ifname: Option<&[u8]>,
) -> Result<(c_int, UdpPeer), String> {
    let port = u16::try_from(port).map_err(|_| "impossible port".to_owned())?;
    let bind = flags & LWS_CAUDP_BIND != 0;
    let host = match ads {
        Some(ads) => std::str::from_utf8(ads).map_err(|e| e.to_string())?,
        None if bind => "",
        None => return Err("no address to send to".to_owned()),
    };
    let addresses: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_) if host.is_empty() => vec![SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port)],
        Err(_) => (host, port).to_socket_addrs().map_err(|e| format!("{host}: {e}"))?.collect(),
    };
    let local = match ifname {
        Some(name) => {
            Some(address::of_interface(name, true).map_err(|_| "no such interface".to_owned())?.to_canonical())
        }
        None => None,
    };
    let mut last = "no address".to_owned();
    for address in addresses {
        match sock::udp(address, bind, local, flags & LWS_CAUDP_BROADCAST != 0) {
            Ok(fd) => {
                let mut peer = UdpPeer::new(Some(sock::Address::from(address)));
                peer.connected = !bind;
                return Ok((fd, peer));
            }
            Err(e) => last = e.to_string(),
        }
    }
    Err(last)
}
