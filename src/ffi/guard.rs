//! The panic boundary: nothing unwinds into C.
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs the body of the exported function `name`. A panic is reported in one line and becomes `failure`,
/// the value by which that function tells C that it failed.
#[inline(always)]
pub(crate) fn guard<T>(name: &str, failure: T, body: impl FnOnce() -> T) -> T {
    // What a panicking body leaves behind is cells, never a half-moved value: see ARCHITECTURE, "Panics".
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(_) => {
            report(name);
            failure
        }
    }
}

#[cold]
fn report(name: &str) {
    #[cfg(feature = "lws")]
    crate::faces::lws::log::emit(
        crate::faces::lws::log::ERR,
        format_args!("internal error in {name}; the call failed"),
    );
    #[cfg(not(feature = "lws"))]
    eprintln!("netgraft: internal error in {name}; the call failed");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_the_failure_value() {
        assert_eq!(guard("test", -1, || panic!("on purpose")), -1);
        assert_eq!(guard("test", -1, || 7), 7);
    }
}
