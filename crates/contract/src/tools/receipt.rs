//! What every tool that changes something takes beside its own arguments, and what it answers.

use orderdesk::FieldChange;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::orders::StoreRef;
use crate::change::ChangeState;
use crate::error::ApiError;
use crate::id::ChangeId;
use crate::money::Money;
use crate::time::UtcMillis;
use crate::validate;

/// Longest `reason`, in characters.
pub const REASON_MAX: usize = 500;
/// Longest `idempotency_key`, in characters.
pub const IDEMPOTENCY_KEY_MAX: usize = 200;

/// What every write takes beside its own arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Why, for the people who look at the change later.
    pub reason: Option<String>,
    /// The version the caller has seen; another one refuses the change.
    pub if_version: Option<String>,
    /// The caller's own name for this one change.
    pub idempotency_key: Option<String>,
    /// Only say what would happen.
    pub dry_run: bool,
}

impl WriteOptions {
    /// # Errors
    /// `Invalid` for a text that is blank, too long or not on one line.
    pub fn validate(&self) -> Result<(), ApiError> {
        if let Some(reason) = &self.reason {
            validate::short_text("reason", reason, REASON_MAX)?;
        }
        if let Some(version) = &self.if_version {
            validate::short_text("if_version", version, 40)?;
        }
        if let Some(key) = &self.idempotency_key {
            validate::short_text("idempotency_key", key, IDEMPOTENCY_KEY_MAX)?;
        }
        Ok(())
    }
}

/// How far a write got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WriteStatus {
    /// Done, and read back from Order Desk.
    Success,
    /// Nothing is written yet: a person must approve it.
    Pending,
    /// Still being written; follow it with `changes_get`.
    Running,
    /// Only worked out; nothing was written.
    Preview,
    /// Order Desk has it so already; nothing was written.
    Unchanged,
    /// Sent, and nobody knows yet whether Order Desk took it; it is being found out. Do not send it again.
    Unknown,
}

impl WriteStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Success,
        Self::Pending,
        Self::Running,
        Self::Preview,
        Self::Unchanged,
        Self::Unknown,
    ];

    /// The status's name, as it is sent and stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Preview => "preview",
            Self::Unchanged => "unchanged",
            Self::Unknown => "unknown",
        }
    }
}

/// What a tool that changes something answers. Refusals, conflicts and failures are errors. Every tool that writes lists
/// its schema, so what explains itself is left out there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeReceipt {
    /// How far it got.
    pub status: WriteStatus,
    /// The change's id, for `changes_get` and `changes_undo`; absent when nothing was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_id: Option<ChangeId>,
    /// Where the change stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub state: Option<ChangeState>,
    /// The store it is about.
    #[schemars(skip)]
    pub store: StoreRef,
    /// The order's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub order_id: Option<String>,
    /// The product's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub product_id: Option<String>,
    /// What changes, field by field: `path`, `before`, `after`.
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub diff: Vec<FieldChange>,
    /// The record's version after the change; before it, while nothing was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What to know, such as what cannot be undone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The requests to Order Desk that make the change, such as `PUT /orders/{id}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(skip)]
    pub upstream_calls: Vec<String>,
    /// While a person must decide: `page_url` to give to the person, `expires_at`, `reasons`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub approval: Option<PendingApproval>,
    /// What the key may still change, where it has a budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub budget_left: Option<BudgetLeft>,
    /// The result in one sentence.
    pub message: String,
}

/// Where and why a person must decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PendingApproval {
    /// The page with the change. Give it to the person.
    pub page_url: String,
    /// When the proposal ends by itself, in milliseconds since 1970 UTC.
    pub expires_at: UtcMillis,
    /// Why it waits.
    pub reasons: Vec<String>,
}

/// What a key may still change within its window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BudgetLeft {
    /// The window's length in minutes.
    pub window_minutes: u32,
    /// Changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<u32>,
    /// Orders and products not touched yet within the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<u32>,
    /// Money by which orders' totals may move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
}
