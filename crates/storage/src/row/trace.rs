use orderdesk_mcp_contract::{ErrorCode, TenantId, UtcMillis};
use serde::{Deserialize, Serialize};

use super::fitted::{FittedTrace, LEFT_OUT};
use super::{At, named};
use crate::error::StorageError;
use crate::record::{Attributes, Door, SpanKind, SpanRecord, TraceRecord};

/// A call as its block holds it, with texts that are borrowed while it is written: id, key, door, client, request id,
/// `traceparent`, tool, store, order, error, whether the cache answered, when it began, microseconds it took, bytes of arguments
/// and answer, change, whether something of what it carried is kept, and its words.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptCall<T>(
    T,
    Option<T>,
    T,
    Option<T>,
    Option<T>,
    Option<T>,
    T,
    Option<T>,
    Option<T>,
    Option<T>,
    Option<bool>,
    i64,
    i64,
    i64,
    i64,
    Option<T>,
    bool,
    Vec<T>,
);

pub(super) fn kept<'b>(call: &'b FittedTrace<'_>) -> KeptCall<&'b str> {
    KeptCall(
        &call.id,
        call.key_id.as_deref(),
        call.door(),
        call.client.as_deref(),
        call.request_id.as_deref(),
        call.traceparent.as_deref(),
        &call.tool,
        call.store_id.as_deref(),
        call.order_id.as_deref(),
        call.error(),
        call.cache_hit(),
        call.started_at(),
        call.duration_us(),
        call.input_bytes(),
        call.output_bytes(),
        call.change_id.as_deref(),
        call.carried(),
        call.words().collect(),
    )
}

/// The call without spans.
pub(super) fn read_call(
    at: At<'_>,
    tenant_id: TenantId,
    call: KeptCall<String>,
) -> Result<TraceRecord, StorageError> {
    let KeptCall(
        id,
        key,
        door,
        client,
        request_id,
        traceparent,
        tool,
        store,
        order_id,
        error,
        cache_hit,
        started_at,
        duration_us,
        input_bytes,
        output_bytes,
        change,
        carried,
        words,
    ) = call;
    let corrupt = || at.corrupt("facts");
    let error =
        error.map(|name| named(ErrorCode::ALL, ErrorCode::as_str, &name).ok_or_else(corrupt));
    Ok(TraceRecord {
        id: at.parse("facts", &id)?,
        tenant_id,
        key_id: at.parse_opt("facts", key)?,
        door: named(Door::ALL, Door::as_str, &door).ok_or_else(corrupt)?,
        client: client.map(Into::into),
        request_id: request_id.map(Into::into),
        traceparent: traceparent.map(Into::into),
        tool: tool.into(),
        store_id: at.parse_opt("facts", store)?,
        order_id,
        error: error.transpose()?,
        cache_hit,
        started_at: UtcMillis(started_at),
        duration_us,
        input_bytes,
        output_bytes,
        change_id: at.parse_opt("facts", change)?,
        words,
        carried,
        spans: Vec::new(),
        left_out: 0,
    })
}

/// A span as the column holds it; what is written there is `FittedSpan`.
#[derive(Deserialize)]
struct KeptSpan(String, String, i64, i64, bool, Attributes);

/// The spans, and how many were left out.
pub(super) fn read_spans(at: At<'_>, text: &str) -> Result<(Vec<SpanRecord>, u64), StorageError> {
    let corrupt = || at.corrupt("spans");
    let mut spans: Vec<KeptSpan> = serde_json::from_str(text).map_err(|_| corrupt())?;
    let left_out = match spans.pop_if(|span| span.0 == LEFT_OUT) {
        Some(span) => u64::try_from(span.2).map_err(|_| corrupt())?,
        None => 0,
    };
    let spans: Result<_, StorageError> = spans
        .into_iter()
        .map(
            |KeptSpan(kind, name, offset_us, duration_us, ok, attributes)| {
                Ok(SpanRecord {
                    kind: named(SpanKind::ALL, SpanKind::as_str, &kind).ok_or_else(corrupt)?,
                    name: name.into(),
                    offset_us,
                    duration_us,
                    ok,
                    attributes,
                })
            },
        )
        .collect();
    Ok((spans?, left_out))
}
