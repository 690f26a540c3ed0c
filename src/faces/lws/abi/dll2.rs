//! Doubly linked lists whose links live in the program's own structs.

/// A list's link, to be placed in the struct that is listed. All zero while it is in no list.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_dll2 {
    /// The link before this one, or null.
    pub prev: *mut lws_dll2,
    /// The link after this one, or null.
    pub next: *mut lws_dll2,
    /// The list this link is in, or null.
    pub owner: *mut lws_dll2_owner,
}
/// A list's link.
pub type lws_dll2_t = lws_dll2;

/// A list. All zero while it is empty.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct lws_dll2_owner {
    /// The last link, or null.
    pub tail: *mut lws_dll2,
    /// The first link, or null.
    pub head: *mut lws_dll2,
    /// How many links the list has.
    pub count: u32,
}
/// A list.
pub type lws_dll2_owner_t = lws_dll2_owner;
