#![doc = include_str!("../README.md")]

mod address;
mod sign;
mod webhook;

pub use address::is_public;
pub use sign::{SECRET_BYTES, secret_text, signature};
pub use webhook::{AddressFault, Fault, Message, SetupError, Webhooks};
