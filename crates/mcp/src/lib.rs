#![doc = include_str!("../README.md")]

mod accept;
mod approval;
mod call;
pub mod endpoint;
pub mod gate;
mod handler;
mod message;
mod outcome;
mod plain;
pub mod refusal;
mod reply;
mod stdio;
pub mod tools;

pub use endpoint::{MAX_BODY_BYTES, McpSettings, PATH, service};
pub use handler::Handler;
pub use stdio::{StdioError, stdio};
