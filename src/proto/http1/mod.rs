//! HTTP/1 as a server reads it: the head of a request, and its body.
pub mod body;
pub mod conditional;
pub mod head;
pub mod ranges;
pub mod status;
pub mod tokens;
pub mod uri;
