use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use orderdesk_mcp_contract::{ErrorCode, KeyId, StoreUid, TenantId};
use serde::Serialize;

use crate::record::{Attributes, SpanRecord, TraceRecord};

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
    /// The spans, in order, as the JSON that the column holds.
    pub spans: String,
    record: &'a TraceRecord,
}

/// A span as it is written: kind, name, microseconds from the call's start and taken (none negative), whether it succeeded,
/// and its attributes.
#[derive(Serialize)]
struct FittedSpan<'a>(&'static str, Cow<'a, str>, i64, i64, bool, &'a Attributes);

/// The ids that calls named last, in text: the calls of a batch name few, one after the other.
#[derive(Default)]
pub(super) struct Texts {
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
    pub(super) fn new(trace: &'a TraceRecord, texts: &mut Texts) -> Self {
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

    /// Whether something of what it carried is kept.
    pub fn carried(&self) -> bool {
        self.record.carried
    }
}

/// Each word once, in order, without those that no column can hold; as many as are kept.
fn fitted_words(words: &[String]) -> impl Iterator<Item = &str> {
    let fits = |word: &&str| !word.is_empty() && !holds_nul(word) && word.len() <= WORD_MAX;
    let once: BTreeSet<_> = words.iter().map(String::as_str).filter(fits).collect();
    once.into_iter().take(WORDS_MAX)
}

/// The kind under which the column holds, behind the last span, how many were left out: the number stands where a span has
/// its offset.
pub(super) const LEFT_OUT: &str = "left_out";

fn spans_text(spans: &[SpanRecord], left_out: u64) -> String {
    let left_out = (left_out > 0).then(|| {
        let number = i64::try_from(left_out).unwrap_or(i64::MAX);
        FittedSpan(
            LEFT_OUT,
            Cow::Borrowed(""),
            number,
            0,
            true,
            &Attributes::NONE,
        )
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
