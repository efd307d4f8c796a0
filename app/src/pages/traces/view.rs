//! What the pages of recorded calls show: in words, so that the browser needs no code for queries and spans.

use orderdesk_mcp_contract::{ChangeId, TraceId, UtcMillis};
use serde::{Deserialize, Serialize};

use crate::parts::Drawn;

/// A page of the list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TracesView {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// Why it cannot be answered, and what may stand there.
    pub fault: Option<FaultView>,
    /// The calls, newest first.
    pub rows: Vec<TraceRow>,
    /// Queries under names, with the forms that change those, drawn.
    pub views: Drawn,
    /// What stands below the calls, or in their place, drawn.
    pub rest: Drawn,
}

/// What is wrong with a query.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FaultView {
    /// What it is, and what may stand there.
    pub message: String,
    /// The query in three pieces: what is at fault is the one in the middle.
    pub pieces: (String, String, String),
    /// Names that may stand there, each with the address of the list that asks for it.
    pub known: Vec<(String, String)>,
}

/// One call in a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TraceRow {
    /// Its id.
    pub id: TraceId,
    /// When it began.
    pub at: UtcMillis,
    /// The tool, or what was done in the web app.
    pub tool: String,
    /// Whether it succeeded, and the word for how it ended.
    pub outcome: Outcome,
    /// Who called, through which door.
    pub who: String,
    /// The store, where it was about one.
    pub store: String,
    /// The order, and the address of all calls about it.
    pub order: Option<(String, String)>,
    /// How long it took.
    pub took: String,
    /// The same in hundredths of the longest of the page, at least 1.
    pub share: u8,
    /// The change that came of it.
    pub change: Option<ChangeId>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// `ok`, `error`, or `neutral` for one that its caller gave up.
    pub tone: String,
    /// The word.
    pub word: String,
}

/// What there is beside the list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CountsView {
    /// How many calls there are, of which time, and whether all were counted.
    pub said: String,
    /// The bars of the histogram, oldest first.
    pub bars: Vec<Bar>,
    /// The length of a bar, in words.
    pub slot: String,
    /// From when on the calls themselves are kept, in a sentence; blank where all that are counted are.
    pub kept: String,
    /// The values that the list can be narrowed by.
    pub facets: Vec<FacetView>,
}

/// One bar.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bar {
    /// The address of the calls of this stretch of time.
    pub href: String,
    /// What it stands for, in words.
    pub title: String,
    /// Height of the calls that did not fail, in hundredths of the highest bar.
    pub ok: u8,
    /// Height of those that failed, on top of it.
    pub failed: u8,
}

/// The values of one field.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FacetView {
    /// What the field is called.
    pub title: String,
    /// Its values.
    pub values: Vec<FacetLine>,
    /// How many more there are, in words; blank when these are all.
    pub more: String,
}

/// One value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FacetLine {
    /// What it is called.
    pub label: String,
    /// How many calls have it.
    pub calls: String,
    /// The address of the list with it or, when it is chosen, without it.
    pub href: String,
    /// Whether the query asks for it.
    pub is_chosen: bool,
    /// The address of the list without what has it; blank when that is what the query says.
    pub without: String,
}

/// One call by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OneView {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// Its id.
    pub id: TraceId,
    /// The tool, or what was done in the web app.
    pub tool: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What is known of it, drawn; on its own page with why it was let through, and what it can be compared with.
    pub side: Drawn,
    /// What its duration came of, in a sentence.
    pub summary: String,
    /// What happened in it, in order: of many steps one page.
    pub steps: Vec<StepRow>,
    /// The place of the first of these, and how many there are in all.
    pub shown: (usize, usize),
    /// What took longest of that which is on another page, in words, and where it stands.
    pub elsewhere: Vec<(String, String)>,
    /// Waits that are drawn short and steps that were not kept, in words.
    pub gaps: Vec<String>,
    /// What it carried, or why that is not shown.
    pub payload: PayloadView,
    /// How it can be made again, drawn.
    pub again: Drawn,
    /// What can be taken away: title, text, and what is said of it.
    pub copies: Vec<(String, String, String)>,
    /// The latest calls about the same order.
    pub order: RelatedView,
    /// The run of the same assistant that it belongs to, oldest first.
    pub run: RelatedView,
}

/// Calls that have to do with one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RelatedView {
    /// Some of them.
    pub rows: Vec<TraceRow>,
    /// The address of the list with all of them.
    pub all: String,
}

/// One step of a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StepRow {
    /// What kind of step it was.
    pub kind: String,
    /// What was done.
    pub name: String,
    /// In how many others it happened, at most 4.
    pub depth: u8,
    /// When it began, from the call's start.
    pub from: String,
    /// How long it took.
    pub took: String,
    /// Where its bar begins, in thousandths of the drawing.
    pub x: u16,
    /// How long its bar is, at least 2.
    pub width: u16,
    /// Whether it succeeded.
    pub ok: bool,
    /// Whether the call's duration came of it.
    pub is_critical: bool,
    /// More of it, in a line; blank where there is none.
    pub facts: String,
}

/// What a call carried.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PayloadView {
    /// Nothing is shown; why, in words.
    Not(String),
    /// It can be read at this address.
    Readable(String),
    /// What it was: title, text as JSON or words, and what is said of it.
    Shown(Vec<(String, String, String)>),
}
