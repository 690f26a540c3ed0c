//! Functions of a library that the program has loaded, or that is loaded for it.
use std::ffi::{CStr, c_void};
use std::ptr;

/// A library whose functions are looked up by name.
pub struct Library(*mut c_void);

impl Library {
    /// The library that has a function `probe`: as the program sees it, or under one of its file names. One that is not there is loaded
    /// only where `may_load`: the loop of a program belongs to the library that the program has.
    pub fn find(probe: &CStr, names: &[&CStr], may_load: bool) -> Result<Library, String> {
        // SAFETY: a terminated name.
        if !unsafe { libc::dlsym(libc::RTLD_DEFAULT, probe.as_ptr()) }.is_null() {
            return Ok(Library(libc::RTLD_DEFAULT));
        }
        let how = libc::RTLD_NOW | libc::RTLD_LOCAL | if may_load { 0 } else { libc::RTLD_NOLOAD };
        let found = names.iter().map(|name| {
            // SAFETY: a terminated name. The library stays loaded: it may have threads and handlers of its own.
            unsafe { libc::dlopen(name.as_ptr(), how) }
        });
        match { found }.find(|handle| !handle.is_null()) {
            Some(handle) => Ok(Library(handle)),
            None if may_load => Err(format!("{} cannot be loaded", names[0].to_string_lossy())),
            None => Err(format!("the program has not loaded {}", names[0].to_string_lossy())),
        }
    }

    /// The address of a function.
    pub fn function(&self, name: &CStr) -> Result<ptr::NonNull<c_void>, String> {
        // SAFETY: the handle is from `find`, the name is terminated.
        let address = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        ptr::NonNull::new(address)
            .ok_or_else(|| format!("the library is too old: it has no {}", name.to_string_lossy()))
    }
}

/// A struct with the functions of one library, by their C names, and `find`, which looks all of them up.
macro_rules! functions {
    ($($name:ident: fn($($arg:ty),*) $(-> $answer:ty)?;)*) => {
        #[derive(Clone, Copy)]
        struct Functions {
            $($name: unsafe extern "C" fn($($arg),*) $(-> $answer)?,)*
        }
        impl Functions {
            fn find(library: &$crate::faces::lws::foreign::library::Library) -> Result<Self, String> {
                Ok(Functions {
                    $($name: {
                        const NAME: &std::ffi::CStr =
                            match std::ffi::CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                                Ok(name) => name,
                                Err(_) => panic!("a name with a NUL in it"),
                            };
                        let address = library.function(NAME)?;
                        // SAFETY: the library's documented function of this name has this type.
                        unsafe {
                            std::mem::transmute::<
                                std::ptr::NonNull<c_void>,
                                unsafe extern "C" fn($($arg),*) $(-> $answer)?,
                            >(address)
                        }
                    },)*
                })
            }
        }
    };
}
pub(super) use functions;
