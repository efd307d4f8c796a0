//! The console: tools called by people, and what came of it.

use serde::{Deserialize, Serialize};

use crate::error::{ApiError, ErrorCode};
use crate::id::{ChangeId, ConsoleCallId, TraceId};
use crate::time::UtcMillis;
use crate::tools::receipt::WriteStatus;

/// Longest name of a saved call, in characters.
pub const CALL_NAME_MAX: usize = 80;

/// A tool in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleTool {
    /// Its name.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// The group it stands in: `orders` of `orders_get`.
    pub family: String,
    /// What it does to things.
    pub hints: ConsoleHints,
    /// Why this person may not call it; absent when they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// What a tool says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleHints {
    /// Changes nothing anywhere.
    pub reads: bool,
    /// May take something away.
    pub destructive: bool,
    /// The same call again has no further effect.
    pub idempotent: bool,
    /// Can say what it would do without doing it.
    pub dry_run: bool,
}

/// A store that can be called on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleStore {
    /// Its name.
    pub name: String,
    /// Whether it is the sandbox, where nothing real can be touched.
    pub sandbox: bool,
    /// Whether it is meant when none is named.
    pub is_active: bool,
}

/// Something that can be picked for an argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleChoice {
    /// The argument's value.
    pub value: String,
    /// What it is, for people.
    pub label: String,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleRun {
    /// Its place in the history; absent when it could not be noted there.
    pub id: Option<ConsoleCallId>,
    /// The tool.
    pub tool: String,
    /// Whether it was only worked out.
    pub dry_run: bool,
    /// Why the tool refused or failed; absent when it answered.
    pub error: Option<ApiError>,
    /// What an assistant reads: the answer's JSON, or the failure in words.
    pub text: String,
    /// The requests to Order Desk that the call made, in their order.
    pub upstream: Vec<ConsoleUpstream>,
    /// The recorded call.
    pub trace_id: Option<TraceId>,
    /// The change that came of it.
    pub change_id: Option<ChangeId>,
    /// How far a write got; absent for what writes nothing, and when it failed.
    #[serde(default)]
    pub status: Option<WriteStatus>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}

impl ConsoleRun {
    /// About how many tokens a model reads it as: a quarter of its bytes, which is what English JSON comes to.
    pub fn about_tokens(&self) -> u64 {
        (self.text.len() as u64).div_ceil(4)
    }
}

/// One request to Order Desk, or a wait before one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleUpstream {
    /// What was done, such as `GET /orders/{order_id}`.
    pub name: String,
    /// Whether it succeeded.
    pub ok: bool,
    /// The HTTP status; absent for a wait, and when no answer came.
    pub status: Option<u64>,
    /// Microseconds from the call's start.
    pub offset_us: u64,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}

/// A call in the history, or a saved one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleCall {
    /// Its id.
    pub id: ConsoleCallId,
    /// The tool.
    pub tool: String,
    /// The name it was saved under; absent in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The kind of failure, for one that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorCode>,
    /// How far a write got when it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<WriteStatus>,
    /// How long it took, in microseconds; absent for a saved one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_us: Option<u64>,
    /// When it was run or saved.
    pub created_at: UtcMillis,
}

/// A call of the history or a saved one, to be made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleCallDetail {
    /// What the list shows.
    pub call: ConsoleCall,
    /// Its arguments as JSON, without secrets.
    pub arguments: String,
    /// The answer, where it is kept.
    pub run: Option<ConsoleRun>,
}
