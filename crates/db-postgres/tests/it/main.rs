//! One program for all tests of the database. They need a PostgreSQL server: see `support`.

#![expect(clippy::unwrap_used, reason = "a test is ended by what goes wrong")]

mod audit;
mod changes;
mod database;
mod suite;
mod support;
mod upgrade;
