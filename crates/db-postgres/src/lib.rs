#![doc = include_str!("../README.md")]

mod connect;
mod fault;
mod keys;
mod migrations;
mod sessions;
mod storage;
mod stores;
mod tenants;
mod traces;
mod vault;

pub use connect::{PoolSettings, PostgresStorage};
