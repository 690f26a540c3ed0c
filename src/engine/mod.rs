//! The loop: readiness, timers, wake-ups, buffers and connection memory. It knows no protocol and no C program.
pub mod interfaces;
