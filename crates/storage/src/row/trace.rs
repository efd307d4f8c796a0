use orderdesk_mcp_contract::{ErrorCode, UtcMillis};
use serde::Deserialize;
use serde_json::Value;

use super::fitted::LEFT_OUT;
use super::{At, named};
use crate::error::StorageError;
use crate::record::{Door, SpanKind, SpanRecord, TraceRecord, TraceSpans};

/// A row of `traces`. Lists leave the words, the payload and the spans out and give NULL for them.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct TraceRow {
    pub id: String,
    pub tenant_id: String,
    pub key_id: Option<String>,
    pub door: String,
    pub client: Option<String>,
    pub request_id: Option<String>,
    pub traceparent: Option<String>,
    pub tool: String,
    pub store_id: Option<String>,
    pub order_id: Option<String>,
    pub error: Option<String>,
    pub cache_hit: Option<bool>,
    pub started_at: i64,
    pub duration_us: i64,
    pub input_bytes: i64,
    pub output_bytes: i64,
    pub change_id: Option<String>,
    pub sealed_key_version: Option<i64>,
    pub sealed_payload: Option<Vec<u8>>,
    pub words: Option<String>,
    pub spans: Option<String>,
}

impl TryFrom<TraceRow> for TraceRecord {
    type Error = StorageError;
    fn try_from(row: TraceRow) -> Result<Self, StorageError> {
        let at = At {
            table: "traces",
            row: &row.id,
        };
        let sealed_payload = match (row.sealed_key_version, row.sealed_payload) {
            (Some(version), Some(bytes)) => Some(at.sealed(version, bytes)?),
            (None, None) => None,
            _ => return Err(at.corrupt("sealed_payload")),
        };
        let (spans, left_out) = match row.spans {
            Some(spans) => read_spans(at, &spans)?,
            None => (Vec::new(), 0),
        };
        Ok(Self {
            id: at.parse("id", &row.id)?,
            tenant_id: at.parse("tenant_id", &row.tenant_id)?,
            key_id: at.parse_opt("key_id", row.key_id)?,
            door: named(Door::ALL, Door::as_str, &row.door).ok_or_else(|| at.corrupt("door"))?,
            client: row.client,
            request_id: row.request_id,
            traceparent: row.traceparent,
            tool: row.tool,
            store_id: at.parse_opt("store_id", row.store_id)?,
            order_id: row.order_id,
            error: row
                .error
                .map(|name| {
                    named(ErrorCode::ALL, ErrorCode::as_str, &name)
                        .ok_or_else(|| at.corrupt("error"))
                })
                .transpose()?,
            cache_hit: row.cache_hit,
            started_at: UtcMillis(row.started_at),
            duration_us: row.duration_us,
            input_bytes: row.input_bytes,
            output_bytes: row.output_bytes,
            change_id: at.parse_opt("change_id", row.change_id)?,
            words: words_read(&row.id, row.words.as_deref())?,
            sealed_payload,
            spans,
            left_out,
        })
    }
}

/// The words of the call with that id, from the column.
///
/// # Errors
/// `Corrupt` when it cannot be read.
pub fn words_read(id: &str, column: Option<&str>) -> Result<Vec<String>, StorageError> {
    let at = At {
        table: "traces",
        row: id,
    };
    let words = column.map(serde_json::from_str).transpose();
    let words = words.map_err(|_| at.corrupt("words"))?;
    Ok(words.unwrap_or_default())
}

/// The id and the spans of a row of `traces`.
#[expect(
    missing_docs,
    reason = "the columns, by their names; the record says what they mean"
)]
pub struct TraceSpansRow {
    pub id: String,
    pub spans: String,
}

impl TryFrom<TraceSpansRow> for TraceSpans {
    type Error = StorageError;
    fn try_from(row: TraceSpansRow) -> Result<Self, StorageError> {
        let at = At {
            table: "traces",
            row: &row.id,
        };
        let (spans, left_out) = read_spans(at, &row.spans)?;
        Ok(Self {
            id: at.parse("id", &row.id)?,
            spans,
            left_out,
        })
    }
}

/// A span as the column holds it; what is written there is `FittedSpan`.
#[derive(Deserialize)]
struct KeptSpan(String, String, i64, i64, bool, Value);

/// The spans, and how many were left out.
fn read_spans(at: At<'_>, text: &str) -> Result<(Vec<SpanRecord>, u64), StorageError> {
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
                    name,
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
