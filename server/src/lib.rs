//! The server: settings, command line, and the one place where all rooms are put together.
//!
//! It is a library beside the program so that the integration tests can draw their lists (settings,
//! routes, server functions) from the same tables the program uses.

pub mod cli;
pub mod config;
pub mod http;
mod logging;
pub mod wire;
