//! The simulator over real sockets, as a client meets it.
#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test's own helpers report"
)]

mod admin;
mod faults;
mod fixtures;
mod limits;
mod log;
mod openapi;
mod orders;
mod queries;
mod records;
mod seeds;
mod support;
mod switches;
mod webhooks;
