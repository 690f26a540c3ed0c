//! What the surroundings provide: start-up states, identity blobs, hooks.
use super::{lws_attach_item, lws_context, lws_system_blob, lws_system_states_t_int, lws_usec_t};
use std::ffi::{c_int, c_void};

/// The blobs a context can keep.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_system_blob_item_t {
    /// Credentials; two of them, chosen by index.
    LWS_SYSBLOB_TYPE_AUTH = 0,
    /// The client's certificate.
    LWS_SYSBLOB_TYPE_CLIENT_CERT_DER = 2,
    /// The client's private key.
    LWS_SYSBLOB_TYPE_CLIENT_KEY_DER = 3,
    /// The device's serial number.
    LWS_SYSBLOB_TYPE_DEVICE_SERIAL = 4,
    /// The version of the device's software.
    LWS_SYSBLOB_TYPE_DEVICE_FW_VERSION = 5,
    /// The kind of device.
    LWS_SYSBLOB_TYPE_DEVICE_TYPE = 6,
    /// The time server.
    LWS_SYSBLOB_TYPE_NTP_SERVER = 7,
    /// How many there are.
    LWS_SYSBLOB_TYPE_COUNT = 8,
}
/// A named piece of data kept by the context.
pub type lws_system_blob_t = lws_system_blob;

/// The states a system passes through on its way up.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_system_states_t {
    /// Not known yet.
    LWS_SYSTATE_UNKNOWN = 0,
    /// The context exists.
    LWS_SYSTATE_CONTEXT_CREATED = 1,
    /// Vhosts and protocols are ready.
    LWS_SYSTATE_INITIALIZED = 2,
    /// Network interfaces are found.
    LWS_SYSTATE_IFACE_COLDPLUG = 3,
    /// An address is obtained.
    LWS_SYSTATE_DHCP = 4,
    /// Looking for a captive portal, before the time is known.
    LWS_SYSTATE_CPD_PRE_TIME = 5,
    /// The time is known.
    LWS_SYSTATE_TIME_VALID = 6,
    /// Looking for a captive portal, now the time is known.
    LWS_SYSTATE_CPD_POST_TIME = 7,
    /// The policy is loaded.
    LWS_SYSTATE_POLICY_VALID = 8,
    /// The device is registered.
    LWS_SYSTATE_REGISTERED = 9,
    /// The first credentials are obtained.
    LWS_SYSTATE_AUTH1 = 10,
    /// The second credentials are obtained.
    LWS_SYSTATE_AUTH2 = 11,
    /// Everything works.
    LWS_SYSTATE_OPERATIONAL = 12,
    /// The policy is being replaced.
    LWS_SYSTATE_POLICY_INVALID = 13,
}

/// What is known about the way to the internet.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum lws_cpd_result_t {
    /// Nothing.
    LWS_CPD_UNKNOWN = 0,
    /// It is open.
    LWS_CPD_INTERNET_OK = 1,
    /// A captive portal is in the way.
    LWS_CPD_CAPTIVE_PORTAL = 2,
    /// There is none.
    LWS_CPD_NO_INTERNET = 3,
}

/// Called in the loop's thread once the wanted state is reached.
pub type lws_attach_cb_t = Option<unsafe extern "C" fn(context: *mut lws_context, tsi: c_int, opaque: *mut c_void)>;

/// What the program can do for the library. The program owns it; null entries are not supported.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_system_ops {
    /// Restart the device.
    pub reboot: Option<unsafe extern "C" fn() -> c_int>,
    /// Set the clock.
    pub set_clock: Option<unsafe extern "C" fn(us: lws_usec_t) -> c_int>,
    /// Lock-protected `__lws_system_attach`.
    pub attach: Option<
        unsafe extern "C" fn(
            context: *mut lws_context,
            tsi: c_int,
            cb: lws_attach_cb_t,
            state: lws_system_states_t_int,
            opaque: *mut c_void,
            get: *mut *mut lws_attach_item,
        ) -> c_int,
    >,
    /// Look for a captive portal and report with `lws_system_cpd_set`.
    pub captive_portal_detect_request: Option<unsafe extern "C" fn(context: *mut lws_context) -> c_int>,
    /// How long the machine takes to wake, in microseconds.
    pub wake_latency_us: u32,
}
/// What the program can do for the library.
pub type lws_system_ops_t = lws_system_ops;

/// `lws_system_blob` flag: the credentials are wanted in hexadecimal.
pub const LWSSYSGAUTH_HEX: c_int = 0x1;
