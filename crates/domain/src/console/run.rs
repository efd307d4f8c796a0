//! Running a tool.

use orderdesk_mcp_contract::form::{DRY_RUN, read_object};
use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::tools::receipt::WriteStatus;
use orderdesk_mcp_contract::views::console::{ConsoleRun, ConsoleUpstream};
use orderdesk_mcp_contract::{ApiError, ChangeId};
use orderdesk_mcp_storage::record::{ConsoleOutcome, SpanKind, SpanRecord};
use serde_json::{Map, Value};

use super::known_tool;
use super::note::Unnoted;
use crate::caller::Caller;
use crate::services::Services;

/// What to call.
#[derive(Debug, Clone, Default)]
pub struct ConsoleRequest {
    /// The tool's name.
    pub tool: String,
    /// Its arguments, as JSON.
    pub arguments: String,
    /// Whether only to say what it would do.
    pub dry_run: bool,
    /// The tool's name, typed by the person: asked for before something in a live store is taken away.
    pub confirm: String,
}

impl Services {
    /// Calls a tool as an assistant would, and says what happened. That the tool refused or failed stands in the answer:
    /// it is what was asked for.
    ///
    /// # Errors
    /// Nothing was called then. `NotFound` for a tool that there is not; `Invalid` for arguments that are no JSON object,
    /// for a dry run of a tool that has none, and, at `confirm`, when the tool's name must be typed first.
    pub async fn run_in_console(
        &self,
        caller: &Caller,
        request: ConsoleRequest,
    ) -> Result<ConsoleRun, ApiError> {
        let spec = known_tool(&request.tool)?;
        let mut arguments = read_object(&request.arguments).map_err(|fault| {
            let place = format!("Line {}, column {}: ", fault.line, fault.column);
            ApiError::invalid("arguments", [&place, fault.message.as_str()].concat())
        })?;
        if request.dry_run {
            if !spec.need.is_write() {
                let text = format!(
                    "`{}` has no dry run: it changes nothing in Order Desk.",
                    spec.name
                );
                return Err(ApiError::invalid(DRY_RUN, text));
            }
            arguments.insert(DRY_RUN.into(), true.into());
        }
        let dry_run = arguments.get(DRY_RUN) == Some(&Value::Bool(true));
        if spec.hints.destructive
            && !dry_run
            && request.confirm.trim() != spec.name
            && self.is_about_a_live_store(caller, &arguments).await
        {
            let text = format!(
                "`{}` can take something away in a live store. Type its name to run it.",
                spec.name
            );
            return Err(ApiError::invalid("confirm", text));
        }
        let (person, watch) = caller.in_console();
        let unnoted = Unnoted {
            services: self.clone(),
            caller: caller.clone(),
            spec,
            arguments: arguments.clone(),
            watch: watch.clone(),
            is_noted: false,
        };
        let outcome = self.call_tool(&person, spec.name, arguments).await;
        let seen = watch.take();
        let (text, error) = match outcome {
            Ok(answer) => (answer.text().to_owned(), None),
            Err(error) => (error.in_words(), Some(error)),
        };
        let receipt = receipt_in(spec, &text);
        let mut run = ConsoleRun {
            id: None,
            tool: spec.name.to_owned(),
            dry_run,
            change_id: receipt.change_id,
            status: receipt.status,
            error,
            text,
            upstream: Vec::new(),
            trace_id: None,
            duration_us: 0,
        };
        if let Some(seen) = seen {
            run.trace_id = Some(seen.trace);
            run.duration_us = unsigned(seen.duration_us);
            run.upstream = seen.spans.iter().filter_map(upstream).collect();
        }
        let outcome = ConsoleOutcome {
            error: run.error.as_ref().map(|error| error.code),
            status: run.status,
            duration_us: i64::try_from(run.duration_us).unwrap_or(i64::MAX),
        };
        run.id = unnoted.note(outcome).await;
        Ok(run)
    }

    /// Whether the call would be about anything but the sandbox. What cannot be found out is taken for live.
    async fn is_about_a_live_store(&self, caller: &Caller, arguments: &Map<String, Value>) -> bool {
        let tenant = caller.tenant_id();
        let text = |name: &str| arguments.get(name).and_then(Value::as_str);
        if let Some(change) = text("change_id") {
            let change: Option<ChangeId> = change.parse().ok();
            let Some(id) = change else { return true };
            let Ok(Some(change)) = self.storage().change(tenant, id).await else {
                return true;
            };
            let store = self.store_by_uid(tenant, change.store_id).await;
            return !matches!(store, Ok(Some(row)) if row.sandbox);
        }
        match text("store_identifier") {
            Some(identifier) => {
                let found = self.find_store(tenant, identifier).await;
                !matches!(found, Ok((row, _)) if row.sandbox)
            }
            None => {
                let stores = self.console_stores(caller).await.unwrap_or_default();
                !stores.iter().any(|store| store.is_active && store.sandbox)
            }
        }
    }
}

/// What a write's receipt says of its change.
#[derive(Default, serde::Deserialize)]
struct Receipt {
    change_id: Option<ChangeId>,
    status: Option<WriteStatus>,
}

/// The receipt that a write answered with; nothing for what writes nothing, and for a failure.
fn receipt_in(spec: &ToolSpec, text: &str) -> Receipt {
    if !spec.need.is_write() {
        return Receipt::default();
    }
    serde_json::from_str(text).unwrap_or_default()
}

fn upstream(span: &SpanRecord) -> Option<ConsoleUpstream> {
    matches!(span.kind, SpanKind::Pace | SpanKind::Upstream).then(|| ConsoleUpstream {
        name: span.name.to_string(),
        ok: span.ok,
        status: span.attributes.read().get("status").and_then(Value::as_u64),
        offset_us: unsigned(span.offset_us),
        duration_us: unsigned(span.duration_us),
    })
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
