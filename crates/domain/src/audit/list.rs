//! The audit log as people read it: newest first, with names instead of ids.

use orderdesk_mcp_contract::views::audit::{AuditFact, AuditLine, AuditPage};
use orderdesk_mcp_contract::{ApiError, Right};
use orderdesk_mcp_storage::record::AuditEntry;
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;
use crate::traces::Names;

/// Entries on a page.
const PAGE: u32 = 50;
/// The longest value of a fact that is shown, in characters.
const VALUE_MAX: usize = 200;

impl Services {
    /// Entries of the audit log of the caller's workspace before that place, or from the newest on.
    ///
    /// # Errors
    /// `Forbidden` without the right.
    pub async fn audit_log(
        &self,
        caller: &Caller,
        before: Option<u64>,
    ) -> Result<AuditPage, ApiError> {
        caller.require(Right::Audit)?;
        let read = self.read_audit_log(caller, before).await;
        read.map_err(Failure::answer)
    }

    async fn read_audit_log(
        &self,
        caller: &Caller,
        before: Option<u64>,
    ) -> Result<AuditPage, Failure> {
        let tenant = caller.tenant_id();
        let names = self.trace_names(tenant).await?;
        let mut entries = self
            .storage()
            .latest_audit_entries(tenant, before, PAGE + 1)
            .await?;
        let has_more = entries.len() > PAGE as usize;
        entries.truncate(PAGE as usize);
        let last = entries.last().map(|entry| entry.seq);
        Ok(AuditPage {
            lines: entries.iter().map(|entry| line(entry, &names)).collect(),
            before: last.filter(|_| has_more),
        })
    }
}

fn line(entry: &AuditEntry, names: &Names) -> AuditLine {
    AuditLine {
        seq: entry.seq,
        at: entry.at,
        act: act_in_words(&entry.act).map_or_else(|| entry.act.clone(), str::to_owned),
        actor: match entry.actor_id {
            Some(id) => names.actor(id).name,
            None => "Whoever runs the server".to_owned(),
        },
        door: entry.door.label().to_owned(),
        facts: facts(&entry.facts, names),
        of_seq: entry.of_seq,
        error: entry.error,
    }
}

/// What an entry is about; what cannot be read is shown as it is.
fn facts(text: &str, names: &Names) -> Vec<AuditFact> {
    let Ok(facts) = serde_json::from_str::<Map<String, Value>>(text) else {
        return vec![AuditFact {
            name: "facts".into(),
            value: cut(text),
        }];
    };
    let known = facts.iter().filter(|(_, value)| !value.is_null());
    known
        .map(|(name, value)| AuditFact {
            name: name.trim_end_matches("_id").replace('_', " "),
            value: cut(&shown(name, value, names)),
        })
        .collect()
}

fn shown(name: &str, value: &Value, names: &Names) -> String {
    let Value::String(text) = value else {
        return value.to_string();
    };
    let named = match name {
        "key_id" | "new_key_id" | "member_id" | "actor_id" => {
            text.parse().ok().map(|id| names.actor(id).name)
        }
        "store_uid" => text.parse().ok().map(|id| names.store(id).name),
        _ => None,
    };
    named.unwrap_or_else(|| text.clone())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// What an act is called.
pub(crate) fn act_in_words(act: &str) -> Option<&'static str> {
    Some(match act {
        "add_alert" => "Add an alert",
        "add_schedule" => "Add a scheduled export",
        "approve_change" => "Approve a change",
        "begin_audit_log" => "Begin the audit log",
        "change_own_password" => "Change the own password",
        "create_key" => "Make a key",
        "create_tenant" => "Make the workspace",
        "create_user" => "Make a person",
        "delete_tenant" => "Delete a workspace",
        "deny_change" => "Deny a change",
        "edit_store" => "Edit a store",
        "end_other_sessions" => "End the own other sessions",
        "end_own_session" => "End an own session",
        "end_sessions" => "End a person's sessions",
        "export_tenant" => "Export the workspace",
        "export_traces" => "Export recorded calls",
        "go_on_with_audit_log" => "Go on with a damaged audit log",
        "grant_instance_admin" => "Let a person look after the server",
        "invite" => "Invite a person",
        "join" => "Join by an invitation",
        "keep_alert_here" => "Send an alert nowhere",
        "remove_alert" => "Remove an alert",
        "remove_schedule" => "Remove a scheduled export",
        "rename_tenant" => "Rename the workspace",
        "reset_password" => "Set a person's password",
        "restore_store" => "Restore a store",
        "resume_writes" => "Resume writes",
        "revoke_instance_admin" => "Let a person no longer look after the server",
        "revoke_invite" => "Take an invitation back",
        "revoke_key" => "Revoke a key",
        "rotate_key" => "Rotate a key",
        "set_alert" => "Change an alert",
        "set_disabled" => "Disable or enable a person",
        "set_key_policy" => "Set a key's policy",
        "set_own_name" => "Change the own name",
        "set_retention" => "Set how long calls are kept",
        "set_schedule" => "Change a scheduled export",
        "set_role" => "Set a person's role",
        "set_suspended" => "Suspend or resume the workspace",
        "sign_in" => "Sign in",
        "stop_writes" => "Stop writes",
        "stores_delete" => "Delete a store",
        "stores_register" => "Add a store",
        "switch_alert" => "Switch an alert on or off",
        "switch_schedule" => "Switch a scheduled export on or off",
        "switch_tenant" => "Switch to this workspace",
        "trace_payload" => "Read what a call carried",
        "try_alert" => "Send a test of an alert",
        _ => return None,
    })
}
