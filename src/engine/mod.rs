//! The loop: readiness, timers, wake-ups, buffers and connection memory. It knows no protocol and no C program.
//!
//! | file | thing |
//! | --- | --- |
//! | [`arena`] | type-stable memory for connections, where a dead pointer is recognised |
//! | [`clock`] | time, in microseconds |
//! | [`cork`] | what is written in one pass leaves with one send |
//! | [`dial`] | connecting to whichever of several addresses answers first |
//! | [`fdtable`] | descriptors that are safe to close, whoever waits on them |
//! | [`file`] | the system calls on files |
//! | [`flag`] | marks that other threads look at |
//! | [`fork`] | which of a line of forked processes this is |
//! | [`interfaces`] | the host's addresses |
//! | [`limits`] | limits of the process |
//! | [`linger`] | closing without destroying what the peer has still to read |
//! | [`listen`] | listening sockets and accepting |
//! | [`local`] | cells for what one thread owns |
//! | [`outbuf`] | bytes the kernel did not take yet |
//! | [`poller`] | readiness, over mio |
//! | [`privileges`] | giving up root |
//! | [`random`] | bytes nobody can foretell |
//! | [`resolve`] | looking names up without keeping the loop waiting |
//! | [`slack`] | memory that connections have freed, back to the system |
//! | [`sock`] | the system calls on a connected socket |
//! | [`thread`] | which thread this is |
//! | [`timers`] | deadlines, in a heap |
pub mod arena;
pub mod clock;
pub mod cork;
pub mod dial;
pub mod fdtable;
pub mod file;
pub mod flag;
pub mod fork;
pub mod interfaces;
pub mod limits;
pub mod linger;
pub mod listen;
pub mod local;
pub mod outbuf;
pub mod poller;
pub mod privileges;
pub mod random;
pub mod resolve;
pub mod slack;
pub mod sock;
pub mod thread;
pub mod timers;
