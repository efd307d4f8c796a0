use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use orderdesk_mcp_contract::{ErrorCode, KeyId, StoreUid, TenantId, TraceId};
use serde::Serialize;
use serde_json::Value;

use crate::record::{SealedBlob, SpanRecord, TraceRecord};

/// Longest free text of a trace or span, in characters, as the columns' CHECKs have it.
const TEXT_MAX: usize = 120;
/// Longest word that a trace is found by, in bytes, and how many of them are kept.
const WORD_MAX: usize = 120;
const WORDS_MAX: usize = 64;

/// Whether a text holds the one character that PostgreSQL cannot store. No row can hold it on either
/// database, so a lookup by such a text finds nothing, without being asked.
pub fn holds_nul(text: &str) -> bool {
    text.contains('\0')
}

/// A trace as it is written: every text fits its column and no number is negative, because one odd
/// call must not make the database refuse the whole batch it stands in.
pub struct FittedTrace<'a> {
    /// The id in text.
    pub id: Arc<str>,
    /// The workspace's id in text.
    pub tenant_id: Arc<str>,
    /// The key's id in text.
    pub key_id: Option<Arc<str>>,
    /// The store's id in text.
    pub store_id: Option<Arc<str>>,
    /// The change's id in text.
    pub change_id: Option<String>,
    /// The client's name.
    pub client: Option<Cow<'a, str>>,
    /// The request id.
    pub request_id: Option<Cow<'a, str>>,
    /// The `traceparent`.
    pub traceparent: Option<Cow<'a, str>>,
    /// The tool.
    pub tool: Cow<'a, str>,
    /// The order's id.
    pub order_id: Option<Cow<'a, str>>,
    /// The words, as the JSON that the column holds; absent: none.
    pub words: Option<String>,
    /// The spans, in order, as the JSON that the column holds.
    pub spans: String,
    record: &'a TraceRecord,
}

/// A span as it is written: kind, name, microseconds from the call's start and taken (none negative), whether it succeeded,
/// and its attributes.
#[derive(Serialize)]
struct FittedSpan<'a>(&'static str, Cow<'a, str>, i64, i64, bool, &'a Value);

/// A batch as it is written, in order of workspace and id (so that two processes writing at once lock
/// rows in the same order and cannot block each other), each id once, the first one given.
pub fn fitted(batch: &[TraceRecord]) -> Vec<FittedTrace<'_>> {
    let mut once: BTreeMap<(TenantId, TraceId), &TraceRecord> = BTreeMap::new();
    for trace in batch {
        once.entry((trace.tenant_id, trace.id)).or_insert(trace);
    }
    let mut texts = Texts::default();
    let fitted = once.into_values();
    fitted
        .map(|trace| FittedTrace::new(trace, &mut texts))
        .collect()
}

/// The ids that calls named last, in text: the calls of a batch name few, one after the other.
#[derive(Default)]
struct Texts {
    tenant: Last<TenantId>,
    key: Last<KeyId>,
    store: Last<StoreUid>,
}

/// An id in text.
struct Last<T>(Option<(T, Arc<str>)>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Copy + PartialEq + fmt::Display> Last<T> {
    fn of(&mut self, id: T) -> Arc<str> {
        match &self.0 {
            Some((last, text)) if *last == id => Arc::clone(text),
            _ => Arc::clone(&self.0.insert((id, id.to_string().into())).1),
        }
    }
}

impl<'a> FittedTrace<'a> {
    fn new(trace: &'a TraceRecord, texts: &mut Texts) -> Self {
        Self {
            id: trace.id.to_string().into(),
            tenant_id: texts.tenant.of(trace.tenant_id),
            key_id: trace.key_id.map(|id| texts.key.of(id)),
            store_id: trace.store_id.map(|id| texts.store.of(id)),
            change_id: trace.change_id.map(|id| id.to_string()),
            client: trace.client.as_deref().map(cut),
            request_id: trace.request_id.as_deref().map(cut),
            traceparent: trace.traceparent.as_deref().map(cut),
            tool: cut(&trace.tool),
            order_id: trace.order_id.as_deref().map(cut),
            words: words_text(&trace.words),
            spans: spans_text(&trace.spans, trace.left_out),
            record: trace,
        }
    }

    /// The door's stored name.
    pub fn door(&self) -> &'static str {
        self.record.door.as_str()
    }

    /// Whether it is the call of a tool.
    pub fn is_of_tool(&self) -> bool {
        self.record.door.is_for_tools()
    }

    /// The failure.
    pub fn error_code(&self) -> Option<ErrorCode> {
        self.record.error
    }

    /// The failure's stored name.
    pub fn error(&self) -> Option<&'static str> {
        self.record.error.map(ErrorCode::as_str)
    }

    /// Whether the cache answered.
    pub fn cache_hit(&self) -> Option<bool> {
        self.record.cache_hit
    }

    /// Milliseconds since 1970, not negative.
    pub fn started_at(&self) -> i64 {
        self.record.started_at.0.max(0)
    }

    /// Microseconds, not negative.
    pub fn duration_us(&self) -> i64 {
        self.record.duration_us.max(0)
    }

    /// Bytes, not negative.
    pub fn input_bytes(&self) -> i64 {
        self.record.input_bytes.max(0)
    }

    /// Bytes, not negative.
    pub fn output_bytes(&self) -> i64 {
        self.record.output_bytes.max(0)
    }

    /// The words that it is found by.
    pub fn words(&self) -> impl Iterator<Item = &'a str> {
        fitted_words(&self.record.words)
    }

    /// The key version of the payload.
    pub fn sealed_key_version(&self) -> Option<i64> {
        self.sealed().map(|sealed| i64::from(sealed.key_version))
    }

    /// The sealed payload.
    pub fn sealed_payload(&self) -> Option<&'a [u8]> {
        self.sealed().map(|sealed| sealed.bytes.as_slice())
    }

    fn sealed(&self) -> Option<&'a SealedBlob> {
        self.record.sealed_payload.as_ref()
    }
}

/// Each word once, in order, without those that no column can hold; as many as are kept.
fn fitted_words(words: &[String]) -> impl Iterator<Item = &str> {
    let fits = |word: &&str| !word.is_empty() && !holds_nul(word) && word.len() <= WORD_MAX;
    let once: BTreeSet<_> = words.iter().map(String::as_str).filter(fits).collect();
    once.into_iter().take(WORDS_MAX)
}

fn words_text(words: &[String]) -> Option<String> {
    let words: Vec<_> = fitted_words(words).collect();
    (!words.is_empty()).then(|| Value::from(words).to_string())
}

/// The kind under which the column holds, behind the last span, how many were left out: the number stands where a span has
/// its offset.
pub(super) const LEFT_OUT: &str = "left_out";

fn spans_text(spans: &[SpanRecord], left_out: u64) -> String {
    let nothing = Value::Object(serde_json::Map::new());
    let left_out = (left_out > 0).then(|| {
        let number = i64::try_from(left_out).unwrap_or(i64::MAX);
        FittedSpan(LEFT_OUT, Cow::Borrowed(""), number, 0, true, &nothing)
    });
    let fitted = spans.iter().map(|span| {
        FittedSpan(
            span.kind.as_str(),
            cut(&span.name),
            span.offset_us.max(0),
            span.duration_us.max(0),
            span.ok,
            &span.attributes,
        )
    });
    let fitted: Vec<_> = fitted.chain(left_out).collect();
    serde_json::to_string(&fitted).expect("texts, numbers and JSON values are JSON")
}

/// At most 120 characters, without NUL.
fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= TEXT_MAX && !holds_nul(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(cut_to(TEXT_MAX, text))
}

/// At most so many characters, without NUL.
pub(super) fn cut_to(most: usize, text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_characters() {
        assert_eq!(cut("plain"), "plain");
        assert_eq!(cut("a\0b"), "ab");
        assert_eq!(cut(&"ä".repeat(130)).chars().count(), TEXT_MAX);
        assert_eq!(cut(&"ä".repeat(120)), "ä".repeat(120));
    }
}
