//! The MCP door, from its gate to real use cases. One program, because linking takes longer than running.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod approval;
mod cancel;
mod catalog;
mod door;
mod gate;
mod generate;
mod plain;
mod robustness;
mod stdio;
mod support;
mod writes;
