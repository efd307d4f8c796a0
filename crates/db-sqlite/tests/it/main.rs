//! One program for all tests of the database, because each is linked with SQLite anew.

#![expect(clippy::unwrap_used, reason = "a test is ended by what goes wrong")]

mod audit;
mod changes;
mod durability;
mod file;
mod suite;
mod support;
mod upgrade;
