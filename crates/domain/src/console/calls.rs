//! The history of a person's calls, and the calls they saved. Nobody else sees them, whatever they may do.

use orderdesk_mcp_contract::form::{ARGUMENTS_MAX, read_object};
use orderdesk_mcp_contract::tool::ToolSpec;
use orderdesk_mcp_contract::views::console::{
    CALL_NAME_MAX, ConsoleCall, ConsoleCallDetail, ConsoleRun,
};
use orderdesk_mcp_contract::{ApiError, ConsoleCallId, ErrorCode, validate};
use orderdesk_mcp_storage::record::{
    ConsoleCallHead, ConsoleCallRecord, ConsoleOutcome, SealedBlob,
};
use orderdesk_mcp_vault::{Place, Purpose, Sealed};
use serde_json::{Map, Value};

use super::run::unsigned;
use super::{known_tool, no_such_call};
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::{Services, blob};

/// Most calls of a person's history; the oldest make room.
const HISTORY: u32 = 200;
/// Most calls that a person can save.
const SAVED_MAX: u32 = 100;
/// Longest answer that is kept for the next page, in bytes of JSON.
const ANSWER_MAX: usize = 1 << 20;

impl Services {
    /// The caller's calls, saved and not, newest first.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be asked.
    pub async fn console_calls(&self, caller: &Caller) -> Result<Vec<ConsoleCall>, ApiError> {
        let calls = self
            .storage()
            .console_calls(caller.tenant_id(), caller.actor_id())
            .await
            .map_err(|error| Failure::from(error).answer())?;
        Ok(calls.into_iter().map(view).collect())
    }

    /// One of the caller's calls.
    ///
    /// # Errors
    /// `NotFound` when the caller has no such call.
    pub async fn console_call(
        &self,
        caller: &Caller,
        id: ConsoleCallId,
    ) -> Result<ConsoleCallDetail, ApiError> {
        self.open_call(caller, id).await.map_err(Failure::answer)
    }

    /// Saves a call under a name. Secrets among its arguments are left out.
    ///
    /// # Errors
    /// `NotFound` for a tool that there is not; `Invalid` for a name that is blank or too long and for arguments that are
    /// no JSON object or too long; `Conflict` when the caller has saved as many as they can.
    pub async fn save_console_call(
        &self,
        caller: &Caller,
        tool: &str,
        name: &str,
        arguments: &str,
    ) -> Result<ConsoleCallId, ApiError> {
        let spec = known_tool(tool)?;
        let name = call_name(name)?;
        let arguments = read_object(arguments)
            .map_err(|fault| ApiError::invalid("arguments", fault.message))?;
        self.save(caller, spec, name, &arguments)
            .await
            .map_err(Failure::answer)
    }

    /// Gives a saved call another name.
    ///
    /// # Errors
    /// `Invalid` for a name that is blank or too long, `NotFound` when the caller has no such saved call.
    pub async fn rename_console_call(
        &self,
        caller: &Caller,
        id: ConsoleCallId,
        name: &str,
    ) -> Result<(), ApiError> {
        let name = call_name(name)?;
        let renamed = self
            .storage()
            .rename_saved_call(caller.tenant_id(), caller.actor_id(), id, name)
            .await
            .map_err(|error| Failure::from(error).answer())?;
        if renamed { Ok(()) } else { Err(no_such_call()) }
    }

    /// Removes a call from the history, or a saved one.
    ///
    /// # Errors
    /// `NotFound` when the caller has no such call.
    pub async fn remove_console_call(
        &self,
        caller: &Caller,
        id: ConsoleCallId,
    ) -> Result<(), ApiError> {
        let removed = self
            .storage()
            .remove_console_call(caller.tenant_id(), caller.actor_id(), id)
            .await
            .map_err(|error| Failure::from(error).answer())?;
        if removed { Ok(()) } else { Err(no_such_call()) }
    }

    /// Keeps an answer with its call until the caller's next one, for a page that can only be told of it so.
    ///
    /// # Errors
    /// `Unavailable` when it is too long, or cannot be kept.
    pub async fn keep_console_answer(
        &self,
        caller: &Caller,
        run: &ConsoleRun,
    ) -> Result<ConsoleCallId, ApiError> {
        let text = serde_json::to_string(run).unwrap_or_default();
        let Some(id) = run.id.filter(|_| text.len() <= ANSWER_MAX) else {
            return Err(ApiError::new(
                ErrorCode::Unavailable,
                "The call was made, and its answer is too long to be shown without JavaScript. Ask for less, or switch JavaScript on.",
            ));
        };
        let keep = async {
            let sealed = self.seal_call(caller, id, "sealed_answer", &text)?;
            let (tenant, actor) = (caller.tenant_id(), caller.actor_id());
            self.storage()
                .keep_console_answer(tenant, actor, id, &sealed)
                .await?;
            Ok::<_, Failure>(id)
        };
        keep.await.map_err(Failure::answer)
    }

    /// Keeps the arguments of a call that was refused before it was made, in the history, for a page that can only be told
    /// of them so. None when they cannot be kept.
    pub async fn keep_refused_call(
        &self,
        caller: &Caller,
        tool: &str,
        arguments: &str,
        error: &ApiError,
    ) -> Option<ConsoleCallId> {
        let spec = known_tool(tool).ok()?;
        let arguments = read_object(arguments).ok()?;
        let refused = ConsoleOutcome {
            error: Some(error.code),
            status: None,
            duration_us: 0,
        };
        let noted = self.note_run(caller, spec, &arguments, refused).await;
        noted.map_err(Failure::answer).unwrap_or_default()
    }

    /// Puts a call into the history. Arguments that are too long are left out of it, and so is the call.
    pub(super) async fn note_run(
        &self,
        caller: &Caller,
        spec: &ToolSpec,
        arguments: &Map<String, Value>,
        outcome: ConsoleOutcome,
    ) -> Result<Option<ConsoleCallId>, Failure> {
        let Some(text) = kept(spec, arguments) else {
            return Ok(None);
        };
        let call = self.new_call(caller, spec, &text, None, Some(outcome))?;
        self.storage().add_console_run(&call, HISTORY).await?;
        Ok(Some(call.head.id))
    }

    async fn save(
        &self,
        caller: &Caller,
        spec: &ToolSpec,
        name: &str,
        arguments: &Map<String, Value>,
    ) -> Result<ConsoleCallId, Failure> {
        let Some(text) = kept(spec, arguments) else {
            let text = "These arguments are too long to be saved: 64 kB is the most.";
            return Err(ApiError::invalid("arguments", text).into());
        };
        let call = self.new_call(caller, spec, &text, Some(name.to_owned()), None)?;
        if self.storage().add_saved_call(&call, SAVED_MAX).await? {
            return Ok(call.head.id);
        }
        let text = format!(
            "You have saved {SAVED_MAX} calls, which is the most. Remove one of them first."
        );
        Err(ApiError::new(ErrorCode::Conflict, text).into())
    }

    fn new_call(
        &self,
        caller: &Caller,
        spec: &ToolSpec,
        arguments: &str,
        name: Option<String>,
        outcome: Option<ConsoleOutcome>,
    ) -> Result<ConsoleCallRecord, Failure> {
        let id = self.new_console_call_id()?;
        Ok(ConsoleCallRecord {
            tenant_id: caller.tenant_id(),
            actor_id: caller.actor_id(),
            sealed_arguments: self.seal_call(caller, id, "sealed_arguments", arguments)?,
            sealed_answer: None,
            head: ConsoleCallHead {
                id,
                tool: spec.name.to_owned(),
                name,
                outcome,
                created_at: self.now(),
            },
        })
    }

    async fn open_call(
        &self,
        caller: &Caller,
        id: ConsoleCallId,
    ) -> Result<ConsoleCallDetail, Failure> {
        let (tenant, actor) = (caller.tenant_id(), caller.actor_id());
        let Some(call) = self.storage().console_call(tenant, actor, id).await? else {
            return Err(no_such_call().into());
        };
        let answer = call.sealed_answer.as_ref();
        let run = answer
            .map(|sealed| self.open_part(caller, id, "sealed_answer", sealed))
            .transpose()?
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| Failure::bug("a sealed answer cannot be read", error))?;
        Ok(ConsoleCallDetail {
            arguments: self.open_part(caller, id, "sealed_arguments", &call.sealed_arguments)?,
            call: view(call.head),
            run,
        })
    }

    fn seal_call(
        &self,
        caller: &Caller,
        id: ConsoleCallId,
        column: &'static str,
        text: &str,
    ) -> Result<SealedBlob, Failure> {
        let sealed = kept_at(caller, id, column, |place| {
            let (purpose, entropy) = (Purpose::TracePayload, self.entropy());
            self.keyring()
                .seal(purpose, place, text.as_bytes(), entropy)
        })?;
        Ok(blob(sealed))
    }

    fn open_part(
        &self,
        caller: &Caller,
        id: ConsoleCallId,
        column: &'static str,
        sealed: &SealedBlob,
    ) -> Result<String, Failure> {
        let sealed = Sealed::from_bytes(sealed.bytes.clone())?;
        let opened = kept_at(caller, id, column, |place| {
            self.keyring().open(Purpose::TracePayload, place, &sealed)
        })?;
        let text = opened
            .into_text()
            .map_err(|error| Failure::bug("a sealed call is not text", error))?;
        Ok(text.expose().to_owned())
    }
}

/// Where a part is kept; bound into the seal together with the person, so that it opens in no other place.
fn kept_at<R>(
    caller: &Caller,
    id: ConsoleCallId,
    column: &'static str,
    with: impl FnOnce(&Place<'_>) -> R,
) -> R {
    with(&Place {
        tenant: &caller.tenant_id().to_string(),
        table: "console_calls",
        column,
        row: &format!("{}/{id}", caller.actor_id()),
    })
}

/// The arguments as they are kept: without secrets. None when they are too long.
fn kept(spec: &ToolSpec, arguments: &Map<String, Value>) -> Option<String> {
    let is_kept = |(name, _): &(&String, &Value)| !spec.secrets.contains(&name.as_str());
    let kept: Map<String, Value> = arguments
        .iter()
        .filter(is_kept)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let text = serde_json::to_string(&kept).ok()?;
    (text.len() <= ARGUMENTS_MAX).then_some(text)
}

fn call_name(name: &str) -> Result<&str, ApiError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(ApiError::invalid("name", "Give the call a name."));
    }
    validate::optional_text("name", name, CALL_NAME_MAX)?;
    Ok(name)
}

fn view(head: ConsoleCallHead) -> ConsoleCall {
    ConsoleCall {
        id: head.id,
        tool: head.tool,
        name: head.name,
        error: head.outcome.and_then(|outcome| outcome.error),
        status: head.outcome.and_then(|outcome| outcome.status),
        duration_us: head.outcome.map(|outcome| unsigned(outcome.duration_us)),
        created_at: head.created_at,
    }
}
