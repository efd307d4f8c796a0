use orderdesk_mcp_contract::trace::alert::{AlertKind, Delivery};
use orderdesk_mcp_contract::{AlertEventId, AlertId, TenantId, TraceId, UtcMillis};

use super::SealedBlob;

/// An alert on recorded calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRecord {
    /// The workspace.
    pub tenant_id: TenantId,
    /// Its id; ids sort by time.
    pub id: AlertId,
    /// What it looks for.
    pub kind: AlertKind,
    /// Its name, 1 to 80 characters; no other alert of the workspace has it.
    pub name: String,
    /// What it counts, at most 1,000 characters; blank for a ready-made one.
    pub query: String,
    /// How many calls it waits for, 1 or more.
    pub threshold: u32,
    /// Within how many minutes, 1 or more.
    pub window_minutes: u32,
    /// The time zone of the nights that it looks at, by its IANA name, 1 to 60 characters; absent: UTC.
    pub zone: Option<String>,
    /// Whether it is looked at.
    pub is_on: bool,
    /// Where it is sent, with the secret that signs; absent when it is only shown.
    pub sealed_target: Option<SealedBlob>,
    /// Since when it fires; absent while it is quiet.
    pub firing_since: Option<UtcMillis>,
    /// When it was taken last to be looked at.
    pub looked_at: UtcMillis,
    /// When it was made.
    pub created_at: UtcMillis,
}

/// What fired, as the alert was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertEventRecord {
    /// The workspace.
    pub tenant_id: TenantId,
    /// Its id; ids sort by time.
    pub id: AlertEventId,
    /// The alert; it may be gone.
    pub alert_id: AlertId,
    /// The alert's name.
    pub name: String,
    /// The query that asks for the calls, at most 1,000 characters.
    pub query: String,
    /// How many calls there were.
    pub calls: u32,
    /// Within how many minutes.
    pub window_minutes: u32,
    /// One of the calls.
    pub trace_id: Option<TraceId>,
    /// When it fired.
    pub at: UtcMillis,
    /// How telling of it went.
    pub delivery: Delivery,
    /// How often it was taken to be sent.
    pub attempts: u32,
    /// When it may be taken next, while it is pending.
    pub next_try_at: UtcMillis,
    /// Why it could not be sent the last time: 1 to 40 characters.
    pub fault: Option<String>,
}
