//! Changes as the pages show them: the server has put everything into words already, so that the browser needs no code for
//! records, paths and amounts.

use orderdesk_mcp_contract::views::change::StopView;
use orderdesk_mcp_contract::{ApiError, ChangeState, UtcMillis};
use serde::{Deserialize, Serialize};

/// A change in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: ChangeState,
    /// What it does.
    pub what: String,
    /// Our id of the store.
    pub store_id: String,
    /// The store's name.
    pub store: String,
    /// `Order` or `Product`.
    pub kind: String,
    /// The order's or product's id; absent for one that is only being made.
    pub record: Option<String>,
    /// By how much it moves the order's total.
    pub money: Option<String>,
    /// Our id of the key that asked.
    pub key_id: String,
    /// That key's name.
    pub key: String,
    /// The client's own name.
    pub client: Option<String>,
    /// When it was asked for.
    pub at: UtcMillis,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangesView {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// The changes, newest first.
    pub rows: Vec<ChangeRow>,
    /// The last of them, when older ones follow.
    pub older: Option<String>,
    /// How many wait for a decision, whatever the filter.
    pub waiting: u64,
}

/// What the list can be narrowed to: ids and names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The stores.
    pub stores: Vec<(String, String)>,
    /// The keys.
    pub keys: Vec<(String, String)>,
}

/// One field and its value, or its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRow {
    /// The field in the merchant's words.
    pub name: String,
    /// Where it stands in Order Desk's record, where the words do not say that already.
    pub path: Option<String>,
    /// The values in the order of the table's columns; absent where there is none.
    pub values: Vec<Option<String>>,
}

/// A change on its own page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeView {
    /// What a list shows of it.
    pub row: ChangeRow,
    /// Why, as the asker said.
    pub reason: Option<String>,
    /// When a proposal ends by itself.
    pub expires_at: Option<UtcMillis>,
    /// Field, value before, value after: a page of them.
    pub diff: Vec<FieldRow>,
    /// What goes, for a deletion: field and value, a page of them.
    pub deleted: Vec<FieldRow>,
    /// The place of the first field of the page, from 0, and how many there are in all.
    pub shown: (usize, usize),
    /// Field, value before, value wanted, value found; when in conflict. The first ones.
    pub three_way: Vec<FieldRow>,
    /// How many more are in conflict.
    pub more_three_way: usize,
    /// Difference or deleted record as JSON.
    pub json: String,
    /// What to know.
    pub warnings: Vec<String>,
    /// Why it waits for a person, or was let through.
    pub policy: Vec<String>,
    /// The requests to Order Desk.
    pub upstream_calls: Vec<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// The decision's reason.
    pub decision_reason: Option<String>,
    /// What came of it.
    pub outcome: Option<String>,
    /// The journal, oldest first.
    pub events: Vec<EventRow>,
    /// Whether it can be taken back.
    pub can_undo: bool,
    /// Why not, or what to know before.
    pub undo_note: String,
    /// The change that this one takes back.
    pub undoes: Option<String>,
    /// The change that took this one back.
    pub undone_by: Option<String>,
    /// What an approval binds.
    pub plan_hash: String,
    /// Whether the person who looks proposed it, and so cannot approve it.
    pub is_own: bool,
    /// Why they may not decide on changes at all; absent when they may.
    pub no_decision: Option<String>,
    /// What taking it back would do, when asked for.
    pub undo: Option<Result<UndoPreview, ApiError>>,
}

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// When.
    pub at: UtcMillis,
    /// The state it went into.
    pub state: Option<ChangeState>,
    /// What happened.
    pub text: String,
}

/// What taking a change back would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoPreview {
    /// Why not all of it can be taken back; then the rest is shown.
    pub conflict: Option<String>,
    /// Field, value now, value after. The first ones.
    pub diff: Vec<FieldRow>,
    /// How many more fields change.
    pub more: usize,
    /// What to know before.
    pub warnings: Vec<String>,
    /// What is done, in a few words: for what is no difference of fields.
    pub message: String,
}

/// What came of taking a change back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The change that does it; absent when there was nothing to do.
    pub change: Option<String>,
    /// The result in one sentence.
    pub message: String,
}

/// The approvals page's data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalsView {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// How many wait.
    pub waiting: u64,
    /// The ones that wait longest, with all they hold.
    pub changes: Vec<ChangeView>,
    /// The stops of writes in force.
    pub stops: Vec<StopView>,
    /// Why whoever looks cannot stop and resume writes; absent when they can.
    pub no_stop: Option<String>,
}
