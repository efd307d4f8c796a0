//! The models against every fixture, the quirk list, and generated values.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod changes;
mod fixtures;
mod generated;
mod quirks;
mod strategies;
mod versions;
