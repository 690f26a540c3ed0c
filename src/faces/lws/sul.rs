//! The program's timers: nodes in its own memory, sorted by time.
use super::abi::{lws_dll2, lws_dll2_owner, lws_sorted_usec_list};
use super::context::Context;
use super::dll2;
use crate::engine::clock;
use std::cell::UnsafeCell;
use std::ptr;

/// The timers of one context: those that may sleep through a suspend, and those that wake the machine. To us both
/// are the same; they are two lists because programs see lists.
pub struct SulLists([UnsafeCell<lws_dll2_owner>; 2]);

impl Default for SulLists {
    fn default() -> Self {
        let empty = || UnsafeCell::new(lws_dll2_owner { tail: ptr::null_mut(), head: ptr::null_mut(), count: 0 });
        SulLists([empty(), empty()])
    }
}

impl SulLists {
    /// The earliest deadline.
    #[inline]
    pub fn next(&self) -> Option<u64> {
        match (first(self.0[0].get()), first(self.0[1].get())) {
            (None, None) => None,
            (Some(node), None) | (None, Some(node)) => Some(deadline(node)),
            (Some(one), Some(other)) => Some(deadline(one).min(deadline(other))),
        }
    }

    /// Puts the program's node into a list, to be called at `us` on the monotonic clock.
    ///
    /// # Safety
    /// `node` is null or points to a node that is zeroed or stands in a list, and stays where it is until it was
    /// called or cancelled.
    pub unsafe fn schedule(&self, list: usize, node: *mut lws_sorted_usec_list, us: u64) {
        let owner = self.0[list].get();
        // SAFETY: the nodes of the list are the program's live nodes by the contract above; the node's link is its
        // first field.
        unsafe {
            dll2::remove(&raw mut (*node).list);
            (*node).us = us as i64;
            // most are later than all others: look from the end
            let mut before = (*owner).tail;
            while !before.is_null() && (*before.cast::<lws_sorted_usec_list>()).us > us as i64 {
                before = (*before).prev;
            }
            let link = &raw mut (*node).list;
            match before.is_null() {
                true => dll2::add_head(link, owner),
                false if (*before).next.is_null() => dll2::add_tail(link, owner),
                false => dll2::add_before(link, (*before).next),
            }
        }
    }

    /// Calls all whose time has come. A node is out of its list when it is called, so it may be scheduled again.
    pub fn run(&self, context: &Context) {
        let now = context.clock();
        for list in &self.0 {
            while let Some(node) = first(list.get()).filter(|&node| deadline(node) <= now) {
                // SAFETY: the node stands in our list, so it is alive; the program gave the function for this.
                unsafe {
                    dll2::remove(&raw mut (*node).list);
                    (*node).us = 0;
                    if let Some(callback) = (*node).cb {
                        callback(node);
                    }
                }
            }
        }
    }

    /// Lets go of all nodes: the context ends, the program's memory stays.
    pub fn clear(&self) {
        for list in &self.0 {
            while let Some(node) = first(list.get()) {
                // SAFETY: as in `run`.
                unsafe { dll2::remove(&raw mut (*node).list) };
            }
        }
    }
}

fn first(list: *mut lws_dll2_owner) -> Option<*mut lws_sorted_usec_list> {
    // SAFETY: the list is a field of the context, and no reference to it is held anywhere.
    let head: *mut lws_dll2 = unsafe { (*list).head };
    (!head.is_null()).then(|| head.cast())
}

fn deadline(node: *mut lws_sorted_usec_list) -> u64 {
    // SAFETY: nodes in a list are alive.
    unsafe { (*node).us.max(0) as u64 }
}

/// The moment `us` microseconds from now.
pub fn from_now(us: i64) -> u64 {
    clock::now_us().saturating_add(us.max(0) as u64).min(i64::MAX as u64)
}
