//! Checks before a tool runs, and what is recorded after.

use std::num::NonZeroU32;
use std::panic::AssertUnwindSafe;

use ::metrics::Gauge;
use futures::FutureExt as _;
use orderdesk_mcp_contract::tool::{Need, Tool, ToolSpec};
use orderdesk_mcp_contract::tools::{catalog, input};
use orderdesk_mcp_contract::{
    Access, ApiError, ChangeId, Document, ErrorCode, Standing, for_each_tool,
};
use orderdesk_mcp_storage::record::Door;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Failed, Run, Running};
use crate::caller::Caller;
use crate::error::Failure;
use crate::metrics;
use crate::services::Services;
use crate::traces::Call;

/// What a read takes from a key's bucket.
const READ_COST: NonZeroU32 = NonZeroU32::MIN;
/// What everything else takes.
const WRITE_COST: NonZeroU32 = match NonZeroU32::new(2) {
    Some(two) => two,
    None => NonZeroU32::MIN,
};

/// What a tool answered, as JSON that was written once.
#[derive(Debug, Clone)]
pub struct ToolAnswer(Document);

impl ToolAnswer {
    /// Writes an output down.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn of(output: &impl Serialize) -> Result<Self, serde_json::Error> {
        Document::of(output).map(Self)
    }

    /// The answer as text.
    pub fn text(&self) -> &str {
        self.0.as_str()
    }

    /// The answer as data, with machine numbers.
    ///
    /// # Errors
    /// It has a number that only text can hold.
    pub fn value(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_str(self.text())
    }
}

impl Services {
    /// Calls a tool by its name (or dotted alias) with JSON arguments, as assistants do.
    ///
    /// # Errors
    /// `NotFound` for an unknown tool, `Invalid` for wrong arguments, `Forbidden`, `RateLimited`, and
    /// whatever the tool itself answers.
    pub async fn call_tool(
        &self,
        caller: &Caller,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<ToolAnswer, ApiError> {
        let Some(spec) = catalog::find(name) else {
            return self.call_unknown(caller, name, &arguments).await;
        };
        macro_rules! run_named {
            ($($tool:ty),* $(,)?) => {
                match spec.name {
                    $(<$tool as Tool>::NAME => self.call_json::<$tool>(caller, spec, arguments).await,)*
                    _ => Err(unknown_tool(name)),
                }
            };
        }
        for_each_tool!(run_named)
    }

    /// Calls a tool with typed arguments, as the web app does. The same path, checks and recording.
    ///
    /// # Errors
    /// As [`Services::call_tool`].
    pub async fn call<T: Tool>(
        &self,
        caller: &Caller,
        input: T::Input,
    ) -> Result<T::Output, ApiError>
    where
        Self: Run<T>,
        T::Input: Serialize,
    {
        let Some(spec) = catalog::find(T::NAME) else {
            return self.call_unknown(caller, T::NAME, &Map::new()).await;
        };
        let call = self.begin(caller, T::NAME);
        if let Ok(Value::Object(mut arguments)) = serde_json::to_value(&input) {
            // What is not set would not have been sent either.
            arguments.retain(|_, value| !value.is_null());
            call.with_arguments(&arguments);
        }
        let checked = || {
            orderdesk_mcp_contract::tool::Validate::validate(&input)?;
            Ok(input)
        };
        let run = |input| Run::<T>::run(self, Running(&call), input);
        let outcome = self.guarded(&call, spec, checked, run).await;
        if let Ok(Ok(answer)) = outcome.as_ref().map(Document::of) {
            call.answered(&answer);
        }
        self.conclude(T::NAME, call, outcome).await
    }

    /// Answers the call of a tool that writes as its change stands now, for a client that comes back after a person was
    /// asked. It goes the way of any call, and begins nothing.
    ///
    /// # Errors
    /// As [`Services::call_tool`], and what became of a change that came to nothing.
    pub async fn follow_change(
        &self,
        caller: &Caller,
        name: &str,
        arguments: &Map<String, Value>,
        id: ChangeId,
    ) -> Result<ToolAnswer, ApiError> {
        let Some(spec) = catalog::find(name) else {
            return self.call_unknown(caller, name, arguments).await;
        };
        let call = self.begin(caller, spec.name);
        call.with_arguments(arguments);
        let look = |()| async { Ok(self.receipt_of(&call, id).await?) };
        let outcome = self.guarded(&call, spec, || Ok(()), look).await;
        self.answer(spec, call, outcome).await
    }

    /// One token for a request that is not a tool call.
    ///
    /// # Errors
    /// `RateLimited`.
    pub fn charge_request(&self, caller: &Caller) -> Result<(), ApiError> {
        self.charge(caller, READ_COST)
    }

    fn charge(&self, caller: &Caller, cost: NonZeroU32) -> Result<(), ApiError> {
        if matches!(caller.door(), Door::Web | Door::Console) {
            self.limits().console(caller.actor_id())?;
        }
        self.limits()
            .charge(caller.tenant_id(), caller.actor(), cost)
    }

    async fn call_json<T: Tool>(
        &self,
        caller: &Caller,
        spec: &ToolSpec,
        arguments: Map<String, Value>,
    ) -> Result<ToolAnswer, ApiError>
    where
        Self: Run<T>,
    {
        let call = self.begin(caller, T::NAME);
        call.with_arguments(&arguments);
        let read = || input::read::<T>(spec, arguments);
        let run = |input| Run::<T>::run(self, Running(&call), input);
        let outcome = self.guarded(&call, spec, read, run).await;
        self.answer(spec, call, outcome).await
    }

    async fn answer(
        &self,
        spec: &ToolSpec,
        call: Call,
        outcome: Result<impl Serialize, Failure>,
    ) -> Result<ToolAnswer, ApiError> {
        let outcome = outcome.and_then(|output| {
            ToolAnswer::of(&output).map_err(|error| Failure::bug("a result is not JSON", error))
        });
        if let Ok(answer) = &outcome {
            call.answered(&answer.0);
        }
        self.conclude(spec.name, call, outcome).await
    }

    /// Refuses a call of a tool that is not there; it costs and is recorded like any other.
    async fn call_unknown<R>(
        &self,
        caller: &Caller,
        name: &str,
        arguments: &Map<String, Value>,
    ) -> Result<R, ApiError> {
        // The name that was sent is anything at all: as a tool it would be counted and kept for ever.
        let call = self.begin(caller, "unknown");
        call.with_arguments(arguments);
        let refused = self.charge(caller, READ_COST).and(Err(unknown_tool(name)));
        let outcome = refused.map_err(Failure::from);
        self.conclude("unknown", call, outcome).await
    }

    /// Permission, limits, a place in the queue, deadline and panic guard around a tool.
    async fn guarded<I, R, F>(
        &self,
        call: &Call,
        spec: &ToolSpec,
        input: impl FnOnce() -> Result<I, ApiError>,
        run: impl FnOnce(I) -> F,
    ) -> Result<R, Failure>
    where
        F: Future<Output = Result<R, Failed>>,
    {
        let caller = call.caller();
        let cost = if spec.hints.read_only {
            READ_COST
        } else {
            WRITE_COST
        };
        self.charge(caller, cost)?;
        permit(caller, spec)?;
        let input = input()?;
        let _running = InProgress::begin();
        let _place = self.limits().enter(caller.tenant_id())?;
        let run = AssertUnwindSafe(run(input)).catch_unwind();
        let deadline = self.settings().tool_deadline;
        match tokio::time::timeout(deadline, run).await {
            Ok(Ok(outcome)) => outcome.map_err(|failed| failed.0),
            // What a panic says may quote data; the process's panic hook has logged where it was.
            Ok(Err(_)) => {
                ::metrics::counter!(metrics::PANICS_TOTAL).increment(1);
                Err(Failure::bug(
                    "a tool panicked",
                    "its place was logged before this",
                ))
            }
            Err(_) => Err(out_of_time(spec, deadline.as_secs()).into()),
        }
    }

    /// Ends a call and counts it under `tool`, which is never what somebody sent.
    async fn conclude<R>(
        &self,
        tool: &'static str,
        call: Call,
        outcome: Result<R, Failure>,
    ) -> Result<R, ApiError> {
        let took = call.elapsed();
        let outcome = self.finish(call, outcome).await;
        let label = outcome
            .as_ref()
            .err()
            .map_or("ok", |error| error.code.as_str());
        ::metrics::counter!(metrics::TOOL_CALLS_TOTAL, "tool" => tool, "outcome" => label)
            .increment(1);
        ::metrics::histogram!(metrics::TOOL_CALL_DURATION_SECONDS, "tool" => tool)
            .record(took.as_secs_f64());
        outcome
    }
}

/// Refuses a tool that the caller may not call, and says why.
pub(crate) fn permit(caller: &Caller, spec: &ToolSpec) -> Result<(), ApiError> {
    if caller.may_call(spec) {
        return Ok(());
    }
    let name = spec.name;
    if caller.may(spec.need.right()) {
        let text = format!(
            "The owner of the workspace has kept `{name}` from this key. Ask them, or do without it."
        );
        return Err(ApiError::new(ErrorCode::Forbidden, text));
    }
    if let Standing::Role(_) = caller.standing() {
        return caller.require(spec.need.right());
    }
    let needs = match spec.need {
        Need::Manage => "a master key with write access".to_owned(),
        Need::Access(Access::Read) => "a key".to_owned(),
        Need::Access(level) => format!("a key with {level} access"),
    };
    Err(ApiError::new(
        ErrorCode::Forbidden,
        format!(
            "`{name}` needs {needs}; this key has {} access. Ask the owner of the workspace.",
            caller.access()
        ),
    ))
}

/// The answer to a call that took too long. What it was about is dropped, but for a change: that runs apart.
fn out_of_time(spec: &ToolSpec, seconds: u64) -> ApiError {
    let then = if spec.need.is_write() {
        "What it asked for goes on by itself: look at it with `changes_list` before you send anything again."
    } else if spec.hints.read_only {
        "It was stopped, and nothing was changed. Try again, or narrow the request."
    } else {
        "It was stopped. See with `stores_list` how far it came before you try again."
    };
    ApiError::new(
        ErrorCode::UpstreamTimeout,
        format!(
            "`{}` did not finish within {seconds} seconds. {then}",
            spec.name
        ),
    )
}

fn unknown_tool(name: &str) -> ApiError {
    let name = shown_name(name);
    let known = catalog::offered().iter().map(|spec| spec.name);
    let message = format!(
        "There is no tool `{name}`. Tools: {}.",
        known.clone().collect::<Vec<_>>().join(", ")
    );
    ApiError::new(ErrorCode::NotFound, message).with_allowed(known)
}

/// As much of a name that was sent as is repeated.
fn shown_name(name: &str) -> String {
    let letters = name.chars().filter(|letter| !letter.is_control());
    letters.take(60).collect()
}

/// Counts a call as under way while it exists.
struct InProgress(Gauge);

impl InProgress {
    fn begin() -> Self {
        let gauge = ::metrics::gauge!(metrics::TOOL_CALLS_IN_PROGRESS);
        gauge.increment(1);
        Self(gauge)
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_cut_off_says_what_goes_on() {
        let says = |tool: &str| out_of_time(catalog::find(tool).unwrap(), 25).message;
        assert!(says("orders_list").contains("nothing was changed"));
        for spec in catalog::offered() {
            let text = says(spec.name);
            let is_claimed = text.contains("nothing was changed");
            assert_eq!(is_claimed, spec.hints.read_only, "{text}");
            let goes_on = text.contains("goes on by itself") && text.contains("`changes_list`");
            assert_eq!(goes_on, spec.need.is_write(), "{text}");
        }
    }
}
