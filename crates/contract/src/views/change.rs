//! Changes as people and assistants see them.

use orderdesk::{FieldChange, FieldPath, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::change::ChangeState;
use crate::id::{ChangeId, KeyId, StoreUid};
use crate::money::Money;
use crate::policy::{KeyPolicy, StopScope};
use crate::time::UtcMillis;
use crate::tools::receipt::BudgetLeft;

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// An order.
    Order,
    /// A product.
    Product,
}

impl RecordKind {
    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Product => "product",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Order, Self::Product]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// What is said of the sandbox only.
fn is_not(flag: &bool) -> bool {
    !flag
}

/// A change in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeSummary {
    /// Its id.
    pub id: ChangeId,
    /// Where it stands.
    pub state: ChangeState,
    /// The tool that asked for it; `changes_undo` for one that takes another back.
    pub tool: String,
    /// What it does, in one short sentence without values: `Change shipping.city`.
    pub summary: String,
    /// Our id of the store.
    #[schemars(skip)]
    pub store_uid: StoreUid,
    /// The store's name; the name it had, when the store is gone.
    pub store_name: String,
    /// Whether the store is the sandbox: nothing real is touched.
    #[schemars(skip)]
    #[serde(default, skip_serializing_if = "is_not")]
    pub sandbox: bool,
    /// What it is about.
    pub record_kind: RecordKind,
    /// The order's or product's id; absent for one that is only being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// Fields it changes.
    pub field_count: u64,
    /// By how much it moves the order's total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
    /// Our id of the key that asked.
    #[schemars(skip)]
    pub key_id: KeyId,
    /// That key's name.
    pub key_name: String,
    /// The client's own name, where it told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Why, as the asker said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was asked for, milliseconds since 1970 UTC.
    pub created_at: UtcMillis,
    /// When its state last changed.
    pub updated_at: UtcMillis,
    /// When a proposal ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<UtcMillis>,
    /// The change that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<ChangeId>,
    /// The change that took this one back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<ChangeId>,
}

/// A field that somebody else changed too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ThreeWay {
    /// Where.
    pub path: FieldPath,
    /// What stood there when the change was worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub before: Option<Json>,
    /// What the change wanted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub wanted: Option<Json>,
    /// What stands there now, by somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub found: Option<Json>,
}

/// One entry of a change's journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeEventView {
    /// When.
    pub at: UtcMillis,
    /// The state it went into; absent for what happened without a new state, such as a request to Order Desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ChangeState>,
    /// What happened, in one sentence without a customer's data.
    pub text: String,
}

/// Everything of one change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeDetail {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: ChangeSummary,
    /// What changes, field by field: `path`, `before`, `after`. Empty for a deletion, which takes everything.
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub diff: Vec<FieldChange>,
    /// The whole record as it was before, for a deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub deleted: Option<Json>,
    /// Changes by somebody else to the same fields, when in conflict: `path`, `before`, `wanted`, `found`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub three_way: Vec<ThreeWay>,
    /// What to know, such as what cannot be undone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Why it waits for a person, or was let through.
    pub policy: Vec<String>,
    /// The requests to Order Desk that make the change.
    pub upstream_calls: Vec<String>,
    /// Who decided, once somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The decision's reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_reason: Option<String>,
    /// What came of it, in words, with what to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The journal, oldest first.
    pub events: Vec<ChangeEventView>,
    /// Whether `changes_undo` can take it back now; else the reason why not.
    pub undo: Undoable,
    /// The record's version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_before: Option<String>,
    /// The record's version after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_after: Option<String>,
    /// What binds a decision to exactly this difference: an approval names it.
    pub plan_hash: String,
    /// Where people see it.
    pub page_url: String,
}

/// Whether a change can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Undoable {
    /// Whether it can.
    pub possible: bool,
    /// Why not, or what to know before.
    pub note: String,
}

/// Which changes to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeQuery {
    /// Only in one of these states; empty: all.
    pub states: Vec<ChangeState>,
    /// Only of this store.
    pub store: Option<StoreUid>,
    /// Only of this order or product id.
    pub record_id: Option<String>,
    /// Only asked for by this key.
    pub key: Option<KeyId>,
    /// Only asked for through this tool.
    pub tool: Option<String>,
    /// Only older than this one: the last of the page before.
    pub before: Option<ChangeId>,
    /// At most this many, 1 to 200.
    pub limit: u32,
}

/// A page of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePage {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// The changes, newest first.
    pub changes: Vec<ChangeSummary>,
    /// Whether older ones follow.
    pub has_more: bool,
    /// How many of the workspace wait for a decision, whatever the filter.
    pub waiting: u64,
}

/// A stop of writes that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopView {
    /// What it covers.
    pub scope: StopScope,
    /// The id of the store or key; the workspace's for all.
    pub target: String,
    /// The name of the store or key.
    pub target_name: String,
    /// Since when.
    pub since: UtcMillis,
    /// Who set it.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
}

/// A key on its own page, with its policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyDetail {
    /// The key.
    pub key: super::account::KeyView,
    /// Its policy in force.
    pub policy: KeyPolicy,
    /// What it may still change, where it has a budget.
    pub budget_left: Option<BudgetLeft>,
    /// Whether its writes are stopped, and by which stop.
    pub stops: Vec<StopView>,
    /// Tools that can be listed in a policy, for this key's access.
    pub tools: Vec<String>,
    /// Folders of the workspace's stores that can be listed in a policy: store name, folder id, folder name.
    pub folders: Vec<FolderChoice>,
    /// The key that it took over from.
    pub replaces: Option<KeyId>,
}

/// What the policy of a key that is still to be made can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChoices {
    /// The tools within reach of an API key with write access.
    pub tools: Vec<String>,
    /// Folders of the workspace's stores.
    pub folders: Vec<FolderChoice>,
}

/// A folder that a policy can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderChoice {
    /// The store's name.
    pub store_name: String,
    /// Whether it is the sandbox, where nothing real can be touched.
    pub sandbox: bool,
    /// Order Desk's folder id.
    pub folder_id: String,
    /// Its name.
    pub folder_name: String,
}

/// What the pages' frame shows on every page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// Changes that wait for a decision.
    pub waiting: u64,
    /// Whether any stop of writes is in force.
    pub has_stops: bool,
}
