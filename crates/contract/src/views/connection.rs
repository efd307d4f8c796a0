//! The outcome of testing a store's connection, step by step.

use serde::{Deserialize, Serialize};

use crate::time::UtcMillis;

/// How one step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// As it should be.
    Passed,
    /// It works, with a remark.
    Warned,
    /// It does not work.
    Failed,
    /// Not tried, because an earlier step failed.
    Skipped,
}

/// One step of a connection test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionStep {
    /// What was tried.
    pub name: String,
    /// How it went.
    pub outcome: StepOutcome,
    /// What was seen, and what to do when it failed.
    pub detail: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// A whole connection test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionReport {
    /// Whether the store can be used.
    pub passed: bool,
    /// The steps in the order they were tried.
    pub steps: Vec<ConnectionStep>,
    /// When it was run.
    pub tested_at: UtcMillis,
}
