//! Data that a program keeps with a context: credentials, names, serial numbers.
use crate::engine::arena::{Handle, Handles};
use crate::engine::local::Local;

/// How many a context has.
pub const COUNT: usize = super::abi::lws_system_blob_item_t::LWS_SYSBLOB_TYPE_COUNT as usize;
/// The most that one holds.
const MOST: usize = 64 << 20;

/// All blobs of the process.
pub static BLOBS: Handles<Blob> = Handles::new();

/// One piece of data.
#[derive(Default)]
pub struct Blob(Local<Content>);

#[derive(Default)]
enum Content {
    #[default]
    Empty,
    /// Memory of the program: address and length.
    Direct(*const u8, usize),
    /// A copy of what the program has appended.
    Heap(Vec<u8>),
}

impl Content {
    fn bytes(&self) -> (*const u8, usize) {
        match self {
            Content::Empty => (std::ptr::null(), 0),
            Content::Direct(start, len) => (*start, *len),
            Content::Heap(bytes) => (bytes.as_ptr(), bytes.len()),
        }
    }
}

impl Blob {
    /// The blob behind a pointer from C, if it is one and its context is alive.
    pub fn from_c<T>(pointer: *const T) -> Option<&'static Blob> {
        // SAFETY: the reference is used within one call from C, and blobs are freed with their context only.
        unsafe { BLOBS.get(pointer.cast()) }
    }

    /// Refers to the program's memory, in place of what was there.
    pub fn set_direct(&self, start: *const u8, len: usize) {
        self.0.set(Content::Direct(start, if start.is_null() { 0 } else { len }));
    }

    /// Forgets what was there.
    pub fn clear(&self) {
        self.0.set(Content::Empty);
    }

    /// Forgets what was appended; a reference to the program's memory stays.
    pub fn clear_heap(&self) {
        self.0.with(|content| {
            if let Content::Heap(_) = content {
                *content = Content::Empty;
            }
        });
    }

    /// Adds a copy. False where the blob refers to the program's memory, or would become too large.
    pub fn append(&self, bytes: &[u8]) -> bool {
        self.0.with(|content| {
            if let Content::Empty = content {
                *content = Content::Heap(Vec::new());
            }
            match content {
                Content::Heap(all) if all.len() + bytes.len() <= MOST => {
                    all.extend_from_slice(bytes);
                    true
                }
                _ => false,
            }
        })
    }

    /// Where its bytes are and how many; none for one that is empty.
    pub fn bytes(&self) -> Option<(*const u8, usize)> {
        self.0.with(|content| match content {
            Content::Empty => None,
            Content::Heap(all) if all.is_empty() => None,
            content => Some(content.bytes()),
        })
    }

    /// Does it refer to the program's memory?
    pub fn is_direct(&self) -> bool {
        self.0.with(|content| matches!(content, Content::Direct(..)))
    }
}

/// The blobs of one context, made when they are first asked for.
#[derive(Default)]
pub struct Blobs(Local<[Option<*const Handle<Blob>>; COUNT]>);

impl Blobs {
    /// What C holds for blob number `index`; none where there is none such, or no memory.
    pub fn get(&self, index: usize) -> Option<*const Handle<Blob>> {
        self.0.with(|all| {
            let slot = all.get_mut(index)?;
            if slot.is_none() {
                *slot = BLOBS.create(Box::default());
            }
            *slot
        })
    }

    /// The context ends.
    pub fn end(&self) {
        for handle in self.0.take().into_iter().flatten() {
            drop(BLOBS.destroy(handle));
        }
    }
}
