//! What pages show of recorded calls.

use serde::{Deserialize, Serialize};

use super::door::{Door, SpanKind};
use super::query::Field;
use crate::error::ErrorCode;
use crate::id::{ChangeId, KeyId, StoreUid, TraceId};
use crate::time::UtcMillis;

/// Who called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorName {
    /// Our id of the key, or of the person in this workspace.
    pub id: KeyId,
    /// What it is called; in words when it is gone without a name.
    pub name: String,
    /// What it is.
    pub kind: ActorKind,
}

/// What somebody who called is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A key, also one that was revoked or has ended.
    Key,
    /// A person.
    Person,
    /// Nobody that the workspace still knows: the operator at the command line, or a key that was there before.
    Gone,
}

/// The store that a call was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreName {
    /// Our id of it.
    pub id: StoreUid,
    /// What it is called; in words when it is gone.
    pub name: String,
    /// Whether it was removed.
    pub is_gone: bool,
}

/// One call in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceLine {
    /// Its id. Ids sort by when calls ended.
    pub id: TraceId,
    /// When it began.
    pub started_at: UtcMillis,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// The door it came through.
    pub door: Door,
    /// Who called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActorName>,
    /// The client's own name and version, as it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The tool, or the use case of the web app.
    pub tool: String,
    /// The store it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreName>,
    /// The order it was about, by Order Desk's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The kind of failure; absent when it succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorCode>,
    /// Whether the cache answered; absent when it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_hit: Option<bool>,
    /// The change that came of it, or that it decided on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_id: Option<ChangeId>,
}

/// A page of calls, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracePage {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// The calls.
    pub lines: Vec<TraceLine>,
    /// Where the next page begins; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<TraceId>,
    /// How far back was looked, for a page that ended before it was full, so as to answer in time. There may be more
    /// calls before that moment; the next page goes on from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_back_to: Option<UtcMillis>,
    /// Whether calls may be missing because what is stored of them is damaged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_damaged: bool,
    /// When the oldest call ended that is there, of a page without any; absent when there is none at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_from: Option<UtcMillis>,
}

/// What counts were made over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Every call of the stretch of time.
    All,
    /// The newest calls only: so many were looked at, whether or not they passed the query.
    LookedAt(u64),
}

/// Counts of the calls that a query asks for, beside the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceCounts {
    /// The stretch of time they are of: whole hours where they come from the hourly sums, and later than the query's
    /// beginning where there was too much to count.
    pub from: UtcMillis,
    /// Its end.
    pub until: UtcMillis,
    /// What they were made over.
    pub of: Counted,
    /// When the oldest call ended that is there, where earlier ones are counted that no list has any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_from: Option<UtcMillis>,
    /// The calls that the query asks for.
    pub calls: u64,
    /// The values to narrow it by.
    pub facets: Vec<Facet>,
    /// How many there were when.
    pub histogram: Histogram,
}

/// The values of one field, the most frequent first, each counted as if the query did not name the field. Of durations there
/// is only the one that the query names, where it names one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// The field.
    pub field: Field,
    /// Its values, at most 20.
    pub values: Vec<FacetValue>,
    /// How many more values there are.
    pub more: u64,
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// What people call it.
    pub label: String,
    /// The term that asks for it, as it stands in a query.
    pub term: String,
    /// How many calls have it.
    pub calls: u64,
    /// Whether the query asks for it.
    pub is_chosen: bool,
    /// Whether the query leaves it out.
    pub is_excluded: bool,
    /// The query's terms that ask for it or leave it out, as they stand there: they may call it something else.
    pub asked_by: Vec<String>,
}

/// How many calls there were when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// The length of a slot, in milliseconds.
    pub slot_ms: i64,
    /// The slots without a gap, oldest first, at most 60.
    pub slots: Vec<HistogramSlot>,
}

/// A slot of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistogramSlot {
    /// Its beginning.
    pub starts_at: UtcMillis,
    /// Calls that did not fail.
    pub ok: u64,
    /// Calls that failed.
    pub failed: u64,
}

/// One call with what happened in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceView {
    /// What a list shows.
    pub line: TraceLine,
    /// The request id it is logged under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The caller's W3C `traceparent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// Size of the arguments, in bytes of JSON.
    pub input_bytes: u64,
    /// Size of the answer, in bytes of JSON.
    pub output_bytes: u64,
    /// What happened inside, in order of beginning; a span's parts stand behind it, one deeper.
    pub spans: Vec<SpanView>,
    /// How many more there were that were not kept.
    #[serde(default)]
    pub left_out: u64,
    /// Long stretches in which the call only waited, to be drawn short; in order, without overlaps.
    pub gaps: Vec<Gap>,
    /// What the call's duration came of, in order of time: to have been faster, one of these had to be.
    pub critical: Vec<CriticalPart>,
    /// Why it was let through, held up or refused, a sentence each.
    pub policy: Vec<String>,
    /// Whether what it carried can be read.
    pub payload: PayloadState,
}

/// Something that happened in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanView {
    /// What it shows.
    pub kind: SpanKind,
    /// What was done, such as `GET /orders/{order_id}`.
    pub name: String,
    /// In how many others it happened.
    pub depth: u32,
    /// Microseconds from the call's start; zero for what was before it.
    pub offset_us: u64,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// Whether it succeeded.
    pub ok: bool,
    /// More of it, such as the status and the tokens left.
    pub facts: Vec<Fact>,
}

/// A fact with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// A long wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Where it begins, in microseconds from the call's start.
    pub offset_us: u64,
    /// How long it is, in microseconds.
    pub duration_us: u64,
    /// As how long it is drawn, in microseconds on the scale of all else.
    pub shown_us: u64,
}

/// A stretch of a call that its duration came of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriticalPart {
    /// The span, by its place among the spans; absent for what no span shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<u32>,
    /// Where it begins, in microseconds from the call's start.
    pub offset_us: u64,
    /// How long it is, in microseconds.
    pub duration_us: u64,
}

/// Whether what a call carried can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayloadState {
    /// Nothing of it was kept.
    Nothing,
    /// It can be read; that it was is recorded.
    Readable,
    /// It was kept, and this person may not read it; why, in words.
    Refused(String),
}

/// What a call carried: without secrets, and with customers' data hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracePayload {
    /// The arguments, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// Whether the arguments were cut because they are long.
    #[serde(default)]
    pub arguments_were_cut: bool,
    /// The answer.
    pub result: KeptResult,
    /// What it was refused with, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What was kept of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptResult {
    /// Nothing: there was none, or it was recorded before answers were kept.
    Nothing,
    /// Nothing, because the cache answered: the call that fetched it holds it.
    Cached,
    /// The answer, as JSON.
    Kept {
        /// The JSON.
        json: String,
        /// Whether it was cut because it is long.
        was_cut: bool,
    },
}

/// Calls that have to do with one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// The latest calls about the same order, newest first, at most 10, with this one where it is among them.
    pub order: Vec<TraceLine>,
    /// The query that finds all calls about the order; blank where the call was about none.
    pub order_query: String,
    /// Calls of the same key by the same client without a longer pause between them, oldest first, with this one: the next
    /// ones around it, at most 10.
    pub run: Vec<TraceLine>,
    /// The query that finds the whole run, as far as it was looked for; blank where nobody is known to have called.
    pub run_query: String,
    /// The call of the same tool before it, by the same key or person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<TraceLine>,
}

/// Two calls side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// One.
    pub left: TraceView,
    /// The other.
    pub right: TraceView,
    /// What happened in either, in order.
    pub steps: Vec<ComparedStep>,
}

/// Something that happened in one of two calls, or in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedStep {
    /// The span of the left call, by its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
    /// The span of the right call, by its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<u32>,
}
