#![doc = include_str!("../README.md")]

pub mod error;
pub mod migration;
pub mod port;
mod purge;
pub mod record;
pub mod row;
pub mod rule;
mod search;
#[cfg(feature = "suite")]
pub mod suite;

pub use error::StorageError;
pub use migration::Migration;
pub use port::Storage;
