//! What pages and tools show of our own things.

pub mod account;
pub mod audit;
pub mod change;
pub mod connection;
pub mod console;
pub mod dashboard;
pub mod people;
pub mod store;
