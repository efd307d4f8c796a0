use std::borrow::Cow;
use std::sync::Arc;

pub use orderdesk_mcp_contract::trace::{Door, SpanKind};
use orderdesk_mcp_contract::{ChangeId, ErrorCode, KeyId, StoreUid, TenantId, TraceId, UtcMillis};

use super::Attributes;

/// One recorded call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceRecord {
    /// Its id; ids sort by time.
    pub id: TraceId,
    /// The workspace whose call it was.
    pub tenant_id: TenantId,
    /// The key that called, where a key did.
    pub key_id: Option<KeyId>,
    /// The door it came through.
    pub door: Door,
    /// The client's own name and version, as it said, at most 120 characters.
    pub client: Option<Arc<str>>,
    /// The request id it is logged under.
    pub request_id: Option<Arc<str>>,
    /// The caller's W3C `traceparent`, where it sent one.
    pub traceparent: Option<Arc<str>>,
    /// The tool, or the use case of the web app.
    pub tool: Cow<'static, str>,
    /// The store it was about.
    pub store_id: Option<StoreUid>,
    /// The order it was about (Order Desk's id).
    pub order_id: Option<String>,
    /// The failure's kind; absent when it succeeded.
    pub error: Option<ErrorCode>,
    /// Whether the cache answered; absent when the call could not have been cached.
    pub cache_hit: Option<bool>,
    /// When it began.
    pub started_at: UtcMillis,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// Size of the arguments, in bytes of JSON.
    pub input_bytes: i64,
    /// Size of the answer, in bytes of JSON.
    pub output_bytes: i64,
    /// The change that came of it, or that it decided on.
    pub change_id: Option<ChangeId>,
    /// Words that it is found by, in order, each once; 64 of at most 120 bytes are kept. Lists leave them out.
    pub words: Vec<String>,
    /// Whether something of what it carried is kept: capped copies of the arguments and the answer without what is hidden, and
    /// the error's words. The block of the call holds it, sealed.
    pub carried: bool,
    /// What happened inside, in order.
    pub spans: Vec<SpanRecord>,
    /// How many more things happened than are kept.
    pub left_out: u64,
}

#[cfg(test)]
impl TraceRecord {
    /// A call of a workspace of which nothing is known.
    pub(crate) fn sample(tenant_id: TenantId) -> Self {
        Self {
            id: TraceId::from_parts(1, 1),
            tenant_id,
            key_id: None,
            door: Door::Mcp,
            client: None,
            request_id: None,
            traceparent: None,
            tool: "t".into(),
            store_id: None,
            order_id: None,
            error: None,
            cache_hit: None,
            started_at: UtcMillis(0),
            duration_us: 0,
            input_bytes: 0,
            output_bytes: 0,
            change_id: None,
            words: Vec::new(),
            carried: false,
            spans: Vec::new(),
            left_out: 0,
        }
    }
}

/// What happened inside one call, without the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceSpans {
    /// The call's id.
    pub id: TraceId,
    /// What happened inside, in order.
    pub spans: Vec<SpanRecord>,
    /// How many more things happened than are kept.
    pub left_out: u64,
}

/// One thing that happened inside a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanRecord {
    /// What it shows.
    pub kind: SpanKind,
    /// What was done, such as `GET /orders/{id}`; never a raw path.
    pub name: Cow<'static, str>,
    /// Microseconds from the call's start.
    pub offset_us: i64,
    /// How long it took, in microseconds.
    pub duration_us: i64,
    /// Whether it succeeded.
    pub ok: bool,
    /// More facts.
    pub attributes: Attributes,
}

/// Which traces to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceFilter {
    /// Only of this store.
    pub store_id: Option<StoreUid>,
    /// Only failed ones. A call that its caller gave up is none of them.
    pub failed_only: bool,
    /// Only ones older than this one: the last of the page before.
    pub before: Option<TraceId>,
    /// At most this many, 1 to 200.
    pub limit: u32,
}

/// Totals over a stretch of time, of calls of tools: through MCP, stdio and the console. A call that its caller gave up is a
/// call and no error, here and below.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallTotals {
    /// Calls.
    pub calls: u64,
    /// Failed calls.
    pub errors: u64,
    /// Calls answered from the cache.
    pub cache_hits: u64,
    /// Calls that asked the cache.
    pub cache_lookups: u64,
}

/// Totals of one slot of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotTotals {
    /// The slot's start, a multiple of its length.
    pub starts_at: UtcMillis,
    /// Calls.
    pub calls: u64,
    /// Failed calls.
    pub errors: u64,
}

/// The first call of a tool by a key or person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstCall {
    /// The key or person.
    pub key_id: KeyId,
    /// The tool.
    pub tool: String,
    /// When it was called; of calls from before this was kept, the hour it was in.
    pub at: UtcMillis,
}

/// Totals of one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreTotals {
    /// The store.
    pub store_id: StoreUid,
    /// Calls.
    pub calls: u64,
    /// Failed calls.
    pub errors: u64,
    /// Calls answered from the cache.
    pub cache_hits: u64,
    /// Calls that asked the cache.
    pub cache_lookups: u64,
    /// When the latest kept calls of the store, through whatever door, were recorded, to a second; the hour of the latest of tools
    /// when none is kept.
    pub last_call_at: UtcMillis,
}
