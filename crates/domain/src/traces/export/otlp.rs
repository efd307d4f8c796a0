//! Recorded calls as OpenTelemetry's file exporter writes them (OTLP 1.x in JSON: ids as hex, 64-bit numbers as text).

use orderdesk_mcp_contract::TraceId;
use orderdesk_mcp_contract::trace::view::TraceLine;
use orderdesk_mcp_storage::record::{SpanKind, SpanRecord};
use serde_json::{Value, json};

const SERVICE: &str = "orderdesk-mcp";
/// Kinds and states of spans, by their numbers in OTLP.
const INTERNAL: u8 = 1;
const SERVER: u8 = 2;
const CLIENT: u8 = 3;
const OK: u8 = 1;
const ERROR: u8 = 2;

/// A line of the file.
pub(super) fn line(spans: &[Value]) -> Value {
    json!({ "resourceSpans": [{
        "resource": { "attributes": [text("service.name", SERVICE)] },
        "scopeSpans": [{ "scope": { "name": SERVICE, "version": env!("CARGO_PKG_VERSION") }, "spans": spans }],
    }] })
}

/// A call and what happened in it, of which so much more was left out. A call within a trace of its client's stands below the
/// span that the client named.
pub(super) fn spans(
    call: &TraceLine,
    traceparent: Option<&str>,
    inside: &[SpanRecord],
    left_out: u64,
) -> Vec<Value> {
    let (trace, parent) = place(call.id, traceparent);
    let own = own_span(call.id);
    let began = i128::from(call.started_at.0) * 1_000_000;
    let nanos = |offset_us: i128| (began + offset_us * 1000).to_string();
    let mut root = json!({
        "traceId": trace,
        "spanId": hex(own),
        "name": call.tool,
        "kind": SERVER,
        "startTimeUnixNano": nanos(0),
        "endTimeUnixNano": nanos(i128::from(call.duration_us)),
        "attributes": attributes(call, left_out),
        "status": match call.error {
            Some(code) => json!({ "code": ERROR, "message": code.as_str() }),
            None => json!({ "code": OK }),
        },
    });
    if let Some(parent) = parent {
        root["parentSpanId"] = parent.into();
    }
    let inner = (1_u64..).zip(inside).map(|(number, span)| {
        let took = i128::from(span.duration_us);
        let began = if span.kind.is_before() {
            -took
        } else {
            i128::from(span.offset_us)
        };
        json!({
            "traceId": trace,
            "spanId": hex(own ^ number),
            "parentSpanId": hex(own),
            "name": span.name,
            "kind": if span.kind == SpanKind::Upstream { CLIENT } else { INTERNAL },
            "startTimeUnixNano": nanos(began),
            "endTimeUnixNano": nanos(began + took),
            "attributes": facts(span),
            "status": { "code": if span.ok { OK } else { ERROR } },
        })
    });
    std::iter::once(root).chain(inner).collect()
}

/// The trace's id, and the span that the call is below. Of a call without its client's trace, the call's own id is the trace's.
fn place(id: TraceId, traceparent: Option<&str>) -> (String, Option<String>) {
    let mut parts = traceparent.unwrap_or_default().split('-').skip(1);
    match (parts.next(), parts.next()) {
        (Some(trace), Some(parent)) => (trace.to_owned(), Some(parent.to_owned())),
        _ => (format!("{:032x}", id.to_bits()), None),
    }
}

/// A span's id is not all zeros; the half of an id that is chance never is but by one in 2^64.
fn own_span(id: TraceId) -> u64 {
    let [.., a, b, c, d, e, f, g, h] = id.to_bits().to_be_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn hex(span: u64) -> String {
    format!("{span:016x}")
}

fn attributes(call: &TraceLine, left_out: u64) -> Vec<Value> {
    let store = call.store.as_ref().map(|store| store.name.as_str());
    let known = [
        ("orderdesk_mcp.call.id", Some(call.id.to_string())),
        ("orderdesk_mcp.door", Some(call.door.as_str().to_owned())),
        (
            "orderdesk_mcp.by",
            call.actor.as_ref().map(|actor| actor.name.clone()),
        ),
        ("orderdesk_mcp.client", call.client.clone()),
        ("orderdesk_mcp.store", store.map(str::to_owned)),
        ("orderdesk_mcp.order.id", call.order_id.clone()),
        (
            "orderdesk_mcp.change.id",
            call.change_id.map(|id| id.to_string()),
        ),
    ];
    let texts = known
        .iter()
        .filter_map(|(name, value)| Some(text(name, value.as_ref()?)));
    let cached = call
        .cache_hit
        .map(|hit| fact("orderdesk_mcp.cached", &hit.into()));
    let left_out = (left_out > 0).then(|| fact("orderdesk_mcp.steps_left_out", &left_out.into()));
    texts.chain(cached).chain(left_out).collect()
}

fn facts(span: &SpanRecord) -> Vec<Value> {
    let own = span.attributes.read().into_iter();
    let own = own.filter(|(_, value)| !value.is_null());
    let own = own.map(|(name, value)| fact(&format!("orderdesk_mcp.{name}"), &value));
    std::iter::once(text("orderdesk_mcp.kind", span.kind.as_str()))
        .chain(own)
        .collect()
}

fn text(name: &str, value: &str) -> Value {
    fact(name, &value.into())
}

fn fact(name: &str, value: &Value) -> Value {
    let value = match value {
        Value::Bool(value) => json!({ "boolValue": value }),
        Value::Number(number) if number.is_f64() => json!({ "doubleValue": number }),
        Value::Number(number) => json!({ "intValue": number.to_string() }),
        Value::String(value) => json!({ "stringValue": value }),
        other => json!({ "stringValue": other.to_string() }),
    };
    json!({ "key": name, "value": value })
}
