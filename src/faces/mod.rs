//! What each legacy library means, over the engine and the protocol machines. A face never calls another face; what [`native`] adds
//! lives in the loop of [`lws`], and the two call each other.
#[cfg(feature = "lws")]
pub mod lws;
#[cfg(feature = "native")]
pub mod native;
#[cfg(feature = "preload")]
pub mod preload;
#[cfg(feature = "sockets")]
pub mod sockets;
