//! WebSocket extensions: permessage-deflate.
use super::given;
use crate::faces::lws::abi::{
    lws, lws_context, lws_ext_option_arg, lws_extension, lws_extension_callback_reasons,
    lws_extension_callback_reasons_int, lws_protocol_vhost_options,
};
use crate::faces::lws::deflate::{self, Settings, Tuning, UNFINISHED_MAX};
use crate::faces::lws::log::{lwsl_err, lwsl_warn};
use crate::ffi::cstr;
use crate::ffi::guard::guard;
use crate::proto::ws::extension;
use std::ffi::{c_char, c_int, c_void};

/// More extensions than this in a table are taken for a table without an end; so are options in a list.
const ENTRIES_MOST: usize = 64;
const NAME: &[u8] = extension::NAME.as_bytes();

/// The callback that stands for permessage-deflate (RFC 7692) in a `struct lws_extension` called "permessage-deflate": with such an
/// entry in `info.extensions`, a vhost's WebSockets compress messages where the peer agrees.
///
/// The library does the work itself and never calls this. A program may, with the reason `LWS_EXT_CB_NAMED_OPTION_SET` and a
/// `struct lws_ext_option_arg` at `in`, to the same effect as lws_set_extension_option().
///
/// Returns 0, or -1 when the option cannot be set, or for any other reason. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_extension_callback_pm_deflate(
    _context: *mut lws_context,
    _ext: *const lws_extension,
    wsi: *mut lws,
    reason: lws_extension_callback_reasons_int,
    _user: *mut c_void,
    r#in: *mut c_void,
    _len: usize,
) -> c_int {
    const FUNCTION: &str = "lws_extension_callback_pm_deflate";
    guard(FUNCTION, -1, || {
        let option = r#in.cast_const().cast::<lws_ext_option_arg>();
        // SAFETY: with this reason `in` is null or such a struct.
        match unsafe { option.as_ref() } {
            Some(option) if reason == lws_extension_callback_reasons::LWS_EXT_CB_NAMED_OPTION_SET as _ => {
                // SAFETY: by the struct's contract.
                let (name, value) = unsafe {
                    let len = usize::try_from(option.len).unwrap_or(0);
                    (cstr::bytes(option.option_name), cstr::slice(option.start.cast(), len))
                };
                set_option(FUNCTION, wsi, name, Some(value))
            }
            _ => {
                lwsl_err!("{FUNCTION}: only options can be set with it: the library compresses by itself");
                -1
            }
        }
    })
}

/// Sets an option of the extension `ext_name` on a connection that has agreed on it (from `LWS_CALLBACK_ESTABLISHED` or
/// `LWS_CALLBACK_CLIENT_ESTABLISHED` on). "permessage-deflate" has
///
/// - `compression_level`: from "0", none, to "9", small and slow; "1" where nothing is said.
/// - `max_message_size`: the most bytes that a message received may become; a larger one closes the connection with 1009. 64 MiB where
///   nothing is said.
/// - `rx_buf_size`, `tx_buf_size`, `mem_level`: accepted, without effect.
///
/// Returns 0, or -1 with a line in the log: null or dead connection, no such extension on it, no such option, impossible
/// value. The connection's thread only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lws_set_extension_option(
    wsi: *mut lws,
    ext_name: *const c_char,
    opt_name: *const c_char,
    opt_val: *const c_char,
) -> c_int {
    const FUNCTION: &str = "lws_set_extension_option";
    guard(FUNCTION, -1, || {
        // SAFETY: the caller passes null or C strings.
        let [extension, name, value] = [ext_name, opt_name, opt_val].map(|text| unsafe { cstr::bytes(text) });
        if extension != Some(NAME) {
            lwsl_err!("{FUNCTION}: no such extension");
            return -1;
        }
        set_option(FUNCTION, wsi, name, value)
    })
}

fn set_option(function: &str, wsi: *mut lws, name: Option<&[u8]>, value: Option<&[u8]>) -> c_int {
    let Some(wsi) = given::wsi(function, wsi) else { return -1 };
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let (name, value) = (text(name), text(value));
    match deflate::tune(wsi, |tuning| tuning.set(&name, &value)) {
        Some(Ok(())) => 0,
        Some(Err(why)) => {
            lwsl_err!("{function}: {name}: {why}");
            -1
        }
        None => {
            lwsl_err!("{function}: permessage-deflate was not agreed on");
            -1
        }
    }
}

/// How a vhost deals with permessage-deflate, if its extensions have it.
///
/// # Safety
/// `extensions` is null or a table that an entry without a name ends, `pvo` null or a list; what they point to is as the API wants it.
pub(super) unsafe fn settings(
    extensions: *const lws_extension,
    pvo: *const lws_protocol_vhost_options,
) -> Option<Settings> {
    if extensions.is_null() {
        return None;
    }
    let mut found = None;
    // SAFETY: by this function's contract.
    let entries = (0..ENTRIES_MOST).map(|i| unsafe { &*extensions.add(i) }).take_while(|entry| !entry.name.is_null());
    for entry in entries {
        // SAFETY: by this function's contract.
        let name = unsafe { cstr::bytes(entry.name) }.unwrap_or_default();
        if name == NAME && entry.callback.is_some_and(|callback| is_ours(callback as usize)) {
            found.get_or_insert(entry);
        } else {
            let name = String::from_utf8_lossy(name);
            lwsl_warn!(
                "extension {name}: only permessage-deflate by lws_extension_callback_pm_deflate is there: left out"
            );
        }
    }
    // SAFETY: by this function's contract.
    let offer = unsafe { cstr::bytes(found?.client_offer) }.filter(|offer| {
        let usable = extension::is_offer(offer);
        if !usable {
            lwsl_warn!("client_offer is no list of permessage-deflate offers: not offered");
        }
        usable
    });
    let offer = offer.map(|offer| String::from_utf8_lossy(offer).into_owned());
    let mut settings = Settings { offer, tuning: Tuning::default(), takeover: false, unfinished_max: UNFINISHED_MAX };
    // SAFETY: by this function's contract.
    for (name, value) in unsafe { options(pvo) } {
        let set = match name.as_str() {
            "context_takeover" => {
                settings.takeover = value == "1";
                Ok(())
            }
            "max_unfinished" => match value.parse() {
                Ok(most @ 1..) => {
                    settings.unfinished_max = most;
                    Ok(())
                }
                _ => Err("a number of connections is at least 1"),
            },
            _ => settings.tuning.set(&name, &value),
        };
        if let Err(why) = set {
            lwsl_warn!("permessage-deflate: option {name}: {why}");
        }
    }
    Some(settings)
}

/// What the vhost's list of options says under the extension's name.
///
/// # Safety
/// As [`settings`].
unsafe fn options(pvo: *const lws_protocol_vhost_options) -> Vec<(String, String)> {
    // SAFETY: by this function's contract.
    unsafe {
        let list = |first: *const lws_protocol_vhost_options| {
            std::iter::successors(first.as_ref(), |entry| entry.next.as_ref()).take(ENTRIES_MOST)
        };
        let text = |text| String::from_utf8_lossy(cstr::bytes(text).unwrap_or_default()).into_owned();
        match list(pvo).find(|entry| cstr::bytes(entry.name) == Some(NAME)) {
            Some(ours) => list(ours.options).map(|option| (text(option.name), text(option.value))).collect(),
            None => Vec::new(),
        }
    }
}

/// Is this the address of our function? A program that is not position-independent knows it by an address of its own.
fn is_ours(address: usize) -> bool {
    let seen_by_program = || {
        let name = c"lws_extension_callback_pm_deflate".as_ptr();
        // SAFETY: a C string; nothing is done with the result but to compare it.
        unsafe { libc::dlsym(libc::RTLD_DEFAULT, name) as usize }
    };
    address == lws_extension_callback_pm_deflate as *const () as usize || address == seen_by_program()
}
