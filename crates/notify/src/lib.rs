#![doc = include_str!("../README.md")]

mod address;
mod bucket;
mod guarded;
mod mail;
mod sign;
mod webhook;

pub use address::is_public;
pub use bucket::{Bucket, BucketFault, Buckets, Object};
pub use guarded::{AddressFault, Fault, SetupError};
pub use mail::{Letter, MailSetupError, Mails};
pub use sign::{SECRET_BYTES, secret_text, signature};
pub use webhook::{Message, Webhooks};
