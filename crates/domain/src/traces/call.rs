//! One call while it runs.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use orderdesk::FieldChange;
use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{
    ApiError, ChangeId, Document, ErrorCode, StoreUid, TenantId, UtcMillis,
};
use orderdesk_mcp_storage::record::{Attributes, SpanKind, TraceRecord};
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::payload::{Answer, Arguments, payload, size_of_json};
use super::sealing::Recorded;
use super::spans::{SpanLog, micros};
use super::words::{changed_words, words};
use crate::audit::Act;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

/// A call under way: who makes it, and what happened so far.
pub(crate) struct Call {
    services: Services,
    caller: Caller,
    tool: Cow<'static, str>,
    began: Instant,
    started_at: UtcMillis,
    facts: Mutex<Facts>,
    spans: Arc<SpanLog>,
    is_recorded: bool,
    /// The entry of the audit log that was committed before the act.
    entered: OnceLock<u64>,
}

#[derive(Default)]
struct Facts {
    store: Option<StoreUid>,
    order: Option<String>,
    change: Option<ChangeId>,
    cache_hit: Option<bool>,
    arguments: Option<Arguments>,
    changed: BTreeSet<String>,
    answer: Option<Document>,
    input_bytes: usize,
    output_bytes: usize,
}

impl Call {
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The workspace everything in this call is scoped by.
    pub(crate) fn tenant(&self) -> TenantId {
        self.caller.tenant_id()
    }

    /// The tool or use case.
    pub(crate) fn name(&self) -> &str {
        &self.tool
    }

    pub(crate) fn about_store(&self, store: StoreUid) {
        self.facts().store = Some(store);
    }

    pub(crate) fn about_order(&self, order: &str) {
        self.facts().order = Some(order.to_owned());
    }

    /// The change that came of it, or that it decides on.
    pub(crate) fn about_change(&self, change: ChangeId) {
        self.facts().change = Some(change);
    }

    /// Notes which fields a change of it changes.
    pub(crate) fn changes(&self, diff: &[FieldChange]) {
        self.facts().changed = changed_words(diff);
    }

    /// Notes the record that a change is of. Products have ids of their own, which would mix with those of orders.
    pub(crate) fn about_record(&self, kind: RecordKind, id: Option<&str>) {
        if let (RecordKind::Order, Some(id)) = (kind, id) {
            self.about_order(id);
        }
    }

    /// Whether the cache answered. A call of several lookups was a hit only if all were.
    pub(crate) fn asked_cache(&self, hit: bool) {
        let mut facts = self.facts();
        facts.cache_hit = Some(facts.cache_hit.unwrap_or(true) && hit);
    }

    /// Whether the cache answered all that was asked of it.
    pub(crate) fn was_cached(&self) -> bool {
        self.facts().cache_hit.unwrap_or(false)
    }

    /// Keeps the arguments, cut and without what is hidden.
    pub(crate) fn with_arguments(&self, arguments: &Map<String, Value>) {
        if cfg!(feature = "unrecorded") {
            return;
        }
        let mut facts = self.facts();
        facts.input_bytes = size_of_json(arguments);
        facts.arguments = Some(Arguments::of(arguments));
    }

    /// Keeps what a use case of the web app was asked for and about whom: ids and what was set, never a name, an e-mail
    /// address or a secret.
    pub(crate) fn note(&self, facts: Value) {
        if let Value::Object(facts) = facts {
            self.with_arguments(&facts);
        }
    }

    /// The same from the beginning.
    pub(crate) fn noting(self, facts: Value) -> Self {
        self.note(facts);
        self
    }

    /// Notes the answer. What the cache gave is not kept: the call that fetched it holds it, and recording it again would
    /// cost more than answering.
    pub(crate) fn answered(&self, answer: &Document) {
        let mut facts = self.facts();
        facts.output_bytes = answer.as_str().len();
        facts.answer = (facts.cache_hit != Some(true)).then(|| answer.clone());
    }

    /// Notes something that began at `began` and has just ended.
    pub(crate) fn span(
        &self,
        kind: SpanKind,
        name: impl Into<Cow<'static, str>>,
        began: Instant,
        ok: bool,
        attributes: Attributes,
    ) {
        self.spans
            .add(kind, name, began, began.elapsed(), ok, attributes);
    }

    /// Enters the act into the audit log: to be called once everything was checked and nothing was done yet. Should the call
    /// fail after that, or be given up, the log is told that the act was not done, or not wholly.
    ///
    /// # Errors
    /// There is no entry: the act must not be done.
    pub(crate) async fn enter(&self) -> Result<(), Failure> {
        if self.entered.get().is_some() {
            return Ok(());
        }
        let seq = self.services.enter(&self.act(None)).await?;
        self.entered
            .set(seq)
            .map_err(|_| Failure::bug("an act was entered twice at once", "of one call"))
    }

    fn act(&self, not_done: Option<(u64, ErrorCode)>) -> Act<'_> {
        let facts = self.facts();
        let mut told = facts
            .arguments
            .as_ref()
            .map(|arguments| arguments.kept().clone())
            .unwrap_or_default();
        if let Some(store) = facts.store {
            told.insert("store_uid".into(), store.to_string().into());
        }
        if let Some(change) = facts.change {
            told.insert("change_id".into(), change.to_string().into());
        }
        Act {
            tenant: self.tenant(),
            name: &self.tool,
            actor: self.caller.maker(),
            door: self.caller.door(),
            request_id: self.caller.origin().request_id.as_deref(),
            facts: Value::Object(told),
            not_done,
        }
    }

    /// Where requests to Order Desk are to be told of.
    pub(crate) fn observer(&self) -> Arc<SpanLog> {
        Arc::clone(&self.spans)
    }

    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.began.elapsed()
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        // A panic while noting a fact leaves the facts as they were.
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Services {
    /// Begins a call.
    pub(crate) fn begin(&self, caller: &Caller, tool: impl Into<Cow<'static, str>>) -> Call {
        let began = Instant::now();
        let spans = SpanLog::new(began, caller.origin().traceparent.clone());
        spans.proved_in(caller.proved_in());
        Call {
            services: self.clone(),
            is_recorded: false,
            entered: OnceLock::new(),
            caller: caller.clone(),
            tool: tool.into(),
            began,
            spans: Arc::new(spans),
            started_at: self.now(),
            facts: Mutex::default(),
        }
    }

    /// Ends a call: the outcome in words for the caller, and the trace handed to the recorder.
    pub(crate) async fn finish<T>(
        &self,
        mut call: Call,
        outcome: Result<T, Failure>,
    ) -> Result<T, ApiError> {
        let outcome = outcome.map_err(Failure::answer);
        if let (Some(seq), Err(error)) = (call.entered.get(), &outcome)
            && let Err(failure) = self.enter(&call.act(Some((*seq, error.code)))).await
        {
            failure.answer();
        }
        // From here on the trace is the recorder's, which counts it if this future is dropped.
        call.is_recorded = true;
        if cfg!(feature = "unrecorded") {
            return outcome;
        }
        match self.trace_of(&call, outcome.as_ref().err()) {
            Ok(recorded) => {
                if let Some(watch) = call.caller.watch() {
                    watch.saw(&recorded.trace);
                }
                self.recorder().record(recorded).await;
            }
            Err(failure) => {
                // The call itself happened; that it cannot be recorded is told to the operator.
                self.recorder().lost(1);
                failure.answer();
            }
        }
        outcome
    }

    fn trace_of(&self, call: &Call, error: Option<&ApiError>) -> Result<Recorded, Failure> {
        let id = self.new_trace_id()?;
        let duration_us = micros(call.began.elapsed());
        let facts = std::mem::take(&mut *call.facts());
        let caller = &call.caller;
        let code = error.map(|error| error.code);
        // A flood that is turned away must not fill the database with what it sent.
        let arguments = facts
            .arguments
            .filter(|_| code != Some(ErrorCode::RateLimited));
        let answer = facts.answer.as_ref().and_then(Answer::of);
        let payload = payload(arguments.as_ref(), answer.as_ref(), error);
        let origin = caller.origin();
        let (spans, left_out) = call.spans.take();
        let trace = TraceRecord {
            id,
            tenant_id: caller.tenant_id(),
            key_id: Some(caller.actor_id()),
            door: origin.door,
            client: origin.client.clone(),
            request_id: origin.request_id.clone(),
            traceparent: origin.traceparent.clone(),
            tool: call.tool.clone(),
            store_id: facts.store,
            order_id: facts.order,
            error: code,
            cache_hit: facts.cache_hit,
            started_at: call.started_at,
            duration_us,
            input_bytes: i64::try_from(facts.input_bytes).unwrap_or(i64::MAX),
            output_bytes: i64::try_from(facts.output_bytes).unwrap_or(i64::MAX),
            change_id: facts.change,
            words: words(arguments.as_ref().map(Arguments::kept), facts.changed),
            carried: payload.is_some(),
            spans,
            left_out,
        };
        Ok(Recorded {
            trace: Box::new(trace),
            payload,
        })
    }
}

/// A call whose caller went away is dropped before its end. It happened all the same, and may have asked
/// Order Desk, so it is recorded as cancelled.
impl Drop for Call {
    fn drop(&mut self) {
        if self.is_recorded {
            return;
        }
        if let Some(seq) = self.entered.get() {
            self.enter_given_up(*seq);
        }
        let cancelled = ApiError::new(
            ErrorCode::Cancelled,
            "The caller went away before the answer.",
        );
        match self.services.trace_of(self, Some(&cancelled)) {
            Ok(recorded) => {
                if let Some(watch) = self.caller.watch() {
                    watch.saw(&recorded.trace);
                }
                self.services.recorder().record_now(recorded);
            }
            Err(failure) => {
                self.services.recorder().lost(1);
                failure.answer();
            }
        }
    }
}

impl Call {
    /// Tells the audit log that nobody waited for the end of an act. It may have been done all the same.
    fn enter_given_up(&self, seq: u64) {
        let Act {
            tenant,
            actor,
            door,
            facts,
            ..
        } = self.act(None);
        let (services, name) = (self.services.clone(), self.tool.clone());
        let request_id = self.caller.origin().request_id.clone();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            let act = Act {
                tenant,
                name: &name,
                actor,
                door,
                request_id: request_id.as_deref(),
                facts,
                not_done: Some((seq, ErrorCode::Cancelled)),
            };
            if let Err(failure) = services.enter(&act).await {
                failure.answer();
            }
        });
    }
}
