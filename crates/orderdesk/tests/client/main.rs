//! The client against a server that answers by script.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod limits;
mod operations;
mod resilience;
mod secrecy;
mod server;
