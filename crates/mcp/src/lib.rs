#![doc = include_str!("../README.md")]

mod approval;
mod call;
pub mod endpoint;
pub mod gate;
mod handler;
mod message;
mod outcome;
pub mod refusal;
mod stdio;
pub mod tools;

pub use endpoint::{MAX_BODY_BYTES, McpSettings, PATH, service};
pub use handler::Handler;
pub use stdio::{StdioError, stdio};
