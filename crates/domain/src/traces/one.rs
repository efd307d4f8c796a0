//! One recorded call, and what it carried.

use orderdesk_mcp_contract::tools::catalog;
use orderdesk_mcp_contract::trace::view::{PayloadState, TracePayload, TraceView};
use orderdesk_mcp_contract::{ApiError, ErrorCode, Right, TraceId};
use orderdesk_mcp_storage::record::TraceRecord;
use serde_json::json;

use super::Call;
use super::names::Names;
use super::payload::read_payload;
use super::waterfall::Waterfall;
use crate::caller::Caller;
use crate::error::Failure;
use crate::services::Services;

impl Services {
    /// One call of the caller's workspace, with all that happened in it. Looking at it is not recorded; reading what it
    /// carried is.
    ///
    /// # Errors
    /// `NotFound` when the workspace has no such call.
    pub async fn trace_view(&self, caller: &Caller, id: TraceId) -> Result<TraceView, ApiError> {
        caller.require(Right::Look)?;
        let view = self.find_view(caller, id).await;
        view.map_err(Failure::answer)
    }

    /// What a call carried, without secrets and with customers' data hidden. Each reading is a recorded call of its own.
    ///
    /// # Errors
    /// `Forbidden` unless the caller may see what calls carried; `NotFound` when the workspace has no such call, or nothing
    /// of it was kept.
    pub async fn trace_payload(
        &self,
        caller: &Caller,
        id: TraceId,
    ) -> Result<TracePayload, ApiError> {
        let call = self
            .begin(caller, "trace_payload")
            .noting(json!({ "trace_id": id }));
        let outcome = self.open_payload(&call, id).await;
        self.finish(call, outcome).await
    }

    async fn find_view(&self, caller: &Caller, id: TraceId) -> Result<TraceView, Failure> {
        let names = self.trace_names(caller.tenant_id()).await?;
        let trace = self.find_trace(caller, id).await?;
        self.view_of(caller, &names, trace).await
    }

    pub(super) async fn find_trace(
        &self,
        caller: &Caller,
        id: TraceId,
    ) -> Result<TraceRecord, Failure> {
        let found = self.storage().trace(caller.tenant_id(), id).await?;
        found.ok_or_else(|| no_such_trace().into())
    }

    pub(super) async fn view_of(
        &self,
        caller: &Caller,
        names: &Names,
        trace: TraceRecord,
    ) -> Result<TraceView, Failure> {
        let line = names.line(&trace);
        let policy = self.policy_words(caller, &trace).await?;
        let waterfall = Waterfall::of(trace.spans, line.duration_us);
        let payload = match caller.why_not(Right::Payloads) {
            _ if !trace.carried => PayloadState::Nothing,
            None => PayloadState::Readable,
            Some(why) => PayloadState::Refused(why),
        };
        Ok(TraceView {
            line,
            request_id: trace.request_id.as_deref().map(Into::into),
            traceparent: trace.traceparent.as_deref().map(Into::into),
            input_bytes: trace.input_bytes.unsigned_abs(),
            output_bytes: trace.output_bytes.unsigned_abs(),
            spans: waterfall.spans,
            left_out: trace.left_out,
            gaps: waterfall.gaps,
            critical: waterfall.critical,
            policy,
            payload,
        })
    }

    /// Why a call was let through, held up or refused.
    async fn policy_words(
        &self,
        caller: &Caller,
        trace: &TraceRecord,
    ) -> Result<Vec<String>, Failure> {
        let word = match trace.error {
            Some(ErrorCode::Forbidden) => {
                "It was refused: whoever called may not do this, or a stop, the key's policy or the workspace's rules forbade it."
            }
            Some(ErrorCode::RateLimited) => {
                "It was turned away at a limit: of calls in a minute, or of what the key may change in its window."
            }
            Some(ErrorCode::Unauthenticated) => "It was refused: the credential was not valid.",
            _ => "",
        };
        if !word.is_empty() {
            return Ok(vec![word.to_owned()]);
        }
        if let Some(id) = trace.change_id {
            match self.change_detail(caller, id).await {
                Ok(change) if change.policy.is_empty() => {
                    return Ok(vec!["No rule held the change up.".to_owned()]);
                }
                Ok(change) => return Ok(change.policy),
                Err(error) if error.code == ErrorCode::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        let only_reads = catalog::find(&trace.tool).is_some_and(|spec| spec.hints.read_only);
        Ok(if only_reads {
            vec!["It only read, which every key and everybody in the workspace may.".to_owned()]
        } else {
            Vec::new()
        })
    }

    async fn open_payload(&self, call: &Call, id: TraceId) -> Result<TracePayload, Failure> {
        let caller = call.caller();
        caller.require(Right::Payloads)?;
        let trace = self.find_trace(caller, id).await?;
        if let Some(store) = trace.store_id {
            call.about_store(store);
        }
        if let Some(order) = &trace.order_id {
            call.about_order(order);
        }
        let tenant = caller.tenant_id();
        let kept = self.storage().trace_payload(tenant, id).await?;
        let Some(kept) = kept.filter(|_| trace.carried) else {
            let text = "Nothing of what this call carried was kept.";
            return Err(ApiError::new(ErrorCode::NotFound, text).into());
        };
        self.charge_request(caller)?;
        call.enter().await?;
        let text = self.unseal_payload(tenant, id, kept)?;
        read_payload(&text, trace.cache_hit)
            .map_err(|error| Failure::bug("a sealed payload cannot be read", error))
    }
}

fn no_such_trace() -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        "There is no such call in this workspace; it may have been thrown away since.",
    )
}
