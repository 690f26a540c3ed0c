//! What each legacy library means, over the engine and the protocol machines. A face never calls another face.
#[cfg(feature = "lws")]
pub mod lws;
