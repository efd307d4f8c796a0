#![doc = include_str!("../README.md")]

mod alerts;
mod audit;
mod changes;
mod console;
mod fault;
mod invites;
mod keys;
mod location;
mod members;
mod migrations;
mod open;
mod people;
mod policies;
mod retention;
mod schedules;
mod sessions;
mod storage;
mod stores;
mod tenants;
mod trace_views;
mod traces;
mod vault;

pub use location::{InvalidLocation, SqliteLocation};
pub use open::SqliteStorage;
