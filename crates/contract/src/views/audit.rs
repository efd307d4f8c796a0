//! The audit log as people read it.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, UtcMillis};

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Its place in the log, from 1.
    pub seq: u64,
    /// When it was added.
    pub at: UtcMillis,
    /// What was done, in words.
    pub act: String,
    /// Who did it, by name.
    pub actor: String,
    /// The door they came through, in words.
    pub door: String,
    /// What it was about.
    pub facts: Vec<AuditFact>,
    /// The entry of an act that was not done after all, which this one says.
    pub of_seq: Option<u64>,
    /// Why it was not done.
    pub error: Option<ErrorCode>,
}

/// One thing that an entry says of its act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFact {
    /// What it is, such as `role`.
    pub name: String,
    /// Its value: a name where there still is one, else an id or what was set.
    pub value: String,
}

/// Entries of the audit log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The entries.
    pub lines: Vec<AuditLine>,
    /// Where the next page goes on; none at the end.
    pub before: Option<u64>,
}
