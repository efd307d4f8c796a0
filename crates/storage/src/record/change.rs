use orderdesk_mcp_contract::views::change::RecordKind;
use orderdesk_mcp_contract::{
    ChangeId, ChangeState, KeyId, Money, StopScope, StoreUid, TenantId, UtcMillis,
};

use super::{Door, SealedBlob};

/// One change: a write to Order Desk from proposal to undo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRecord {
    /// Its id; ids sort by time.
    pub id: ChangeId,
    /// The workspace.
    pub tenant_id: TenantId,
    /// Our row of the store. No foreign key: the change outlives the store.
    pub store_id: StoreUid,
    /// The store's name when the change was asked for.
    pub store_name: String,
    /// Order or product.
    pub record_kind: RecordKind,
    /// Order Desk's id of it; absent for one that is only being made.
    pub record_id: Option<String>,
    /// The tool that asked.
    pub tool: String,
    /// What it does in one short sentence without values; at most 200 characters.
    pub summary: String,
    /// Where it stands.
    pub state: ChangeState,
    /// The key that asked.
    pub key_id: KeyId,
    /// The door it came through.
    pub door: Door,
    /// The client's own name.
    pub client: Option<String>,
    /// Why, as the asker said; at most 500 characters.
    pub reason: Option<String>,
    /// Fields it changes.
    pub field_count: u32,
    /// By how much it moves the order's total, without its sign.
    pub money: Money,
    /// SHA-256 over the plan in hex: what a decision binds.
    pub plan_hash: String,
    /// The record's version the change was worked out on.
    pub version_before: Option<String>,
    /// The record's version after it was verified.
    pub version_after: Option<String>,
    /// When it was asked for.
    pub created_at: UtcMillis,
    /// When its state last changed.
    pub updated_at: UtcMillis,
    /// When a proposal ends by itself.
    pub expires_at: Option<UtcMillis>,
    /// When the write was begun (the intent): what budgets count by.
    pub applying_at: Option<UtcMillis>,
    /// The key that decided.
    pub decided_by: Option<KeyId>,
    /// The decision's reason; at most 500 characters.
    pub decision_reason: Option<String>,
    /// What came of it, in words without a customer's data; at most 1,000 characters.
    pub outcome: Option<String>,
    /// The change it takes back.
    pub undoes: Option<ChangeId>,
    /// The change that took it back.
    pub undone_by: Option<ChangeId>,
}

/// Which sealed part of a change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImagePart {
    /// What is to be done, its difference, warnings and the policy's verdict.
    Plan,
    /// The record before.
    Before,
    /// The record after, as Order Desk was found to have it.
    After,
    /// The record as it was found when somebody else had changed the same.
    Found,
}

impl ImagePart {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Plan, Self::Before, Self::After, Self::Found];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Before => "before",
            Self::After => "after",
            Self::Found => "found",
        }
    }
}

/// A sealed part of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeImage {
    /// Which one; a change has at most one of each.
    pub part: ImagePart,
    /// The sealed bytes.
    pub sealed: SealedBlob,
}

/// One entry of a change's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeEvent {
    /// When.
    pub at: UtcMillis,
    /// The state it went into; absent for what happened without one.
    pub state: Option<ChangeState>,
    /// What happened, without a customer's data; at most 500 characters.
    pub text: String,
}

/// A name by which one change is known, so that asking again gives the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeKey {
    /// Keyed hash in hex of the caller's key and the name.
    pub hash: String,
    /// Hash in hex of what was asked for: the same name for something else is refused.
    pub request_hash: String,
    /// Until when the name holds.
    pub expires_at: UtcMillis,
}

/// A change that a name is found to stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownChange {
    /// The change.
    pub id: ChangeId,
    /// What was asked for.
    pub request_hash: String,
}

/// A change to be added, in state `Proposed` or `Approved`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// The change.
    pub change: ChangeRecord,
    /// Its sealed parts.
    pub images: Vec<ChangeImage>,
    /// The names it is known by; none for an undo's own bookkeeping.
    pub keys: Vec<ChangeKey>,
    /// The first entry of its journal.
    pub first_event: String,
}

/// Whether a change was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It was.
    Added,
    /// Another one holds one of its names; nothing was added.
    Known(KnownChange),
}

/// The right to write one record, which no two processes hold at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The workspace.
    pub tenant_id: TenantId,
    /// Our row of the store.
    pub store_id: StoreUid,
    /// The record: `order:123`, `product:7`, or `new:<change id>` for one that is only being made.
    pub record: String,
    /// Who holds it: one random text for each holder.
    pub holder: String,
    /// Counts up with each new holder; a step with an old number is refused.
    pub fence: i64,
    /// Until when it is held.
    pub until: UtcMillis,
}

/// The most that may have been used within a window for a step to be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetCheck {
    /// The window's start.
    pub from: UtcMillis,
    /// Most changes, this one among them.
    pub changes: Option<u32>,
    /// Most different records, this one among them.
    pub orders: Option<u32>,
    /// Most money, this one's among it.
    pub money: Option<Money>,
}

/// What a key has used within a window: changes whose write was begun then and that did not certainly come to nothing
/// (`not_applied`, `refused` and `conflict` do not count).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BudgetUse {
    /// Changes.
    pub changes: u32,
    /// Different records.
    pub orders: u32,
    /// Money, each change's without its sign.
    pub money: Money,
}

/// One step of a change, with all that goes with it in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeStep {
    /// The workspace.
    pub tenant_id: TenantId,
    /// The change.
    pub id: ChangeId,
    /// Where it must stand.
    pub from: ChangeState,
    /// Where it goes. Must be one of `from.next()`.
    pub to: ChangeState,
    /// When.
    pub at: UtcMillis,
    /// For the journal.
    pub text: String,
    /// The lease that must still be held at `at`, by holder and fence. It must be the one of the change's record, under
    /// the record's name or under the change's own.
    pub lease: Option<Lease>,
    /// The lease is given back in the same transaction; nothing without one.
    pub ends_lease: bool,
    /// Refuses the step when the key's budget would be exceeded. Only for `Approved` to `Applying`.
    pub budget: Option<BudgetCheck>,
    /// Refuses the step while a stop of writes covers the change, or when its store was deleted. Only for `Approved` to `Applying`.
    pub heeds_stops: bool,
    /// New values of columns; absent ones stay.
    pub set: ChangeUpdate,
    /// Parts to add or replace.
    pub images: Vec<ChangeImage>,
}

impl ChangeStep {
    /// A step that is nothing but a step: no lease, no checks, nothing else is set.
    pub fn new(
        tenant_id: TenantId,
        id: ChangeId,
        from: ChangeState,
        to: ChangeState,
        at: UtcMillis,
        text: impl Into<String>,
    ) -> Self {
        Self {
            tenant_id,
            id,
            from,
            to,
            at,
            text: text.into(),
            lease: None,
            ends_lease: false,
            budget: None,
            heeds_stops: false,
            set: ChangeUpdate::default(),
            images: Vec::new(),
        }
    }
}

/// New values of a change's columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeUpdate {
    /// [`ChangeRecord::record_id`].
    pub record_id: Option<String>,
    /// [`ChangeRecord::summary`].
    pub summary: Option<String>,
    /// [`ChangeRecord::field_count`].
    pub field_count: Option<u32>,
    /// [`ChangeRecord::money`].
    pub money: Option<Money>,
    /// [`ChangeRecord::plan_hash`].
    pub plan_hash: Option<String>,
    /// [`ChangeRecord::version_before`].
    pub version_before: Option<String>,
    /// [`ChangeRecord::version_after`].
    pub version_after: Option<String>,
    /// [`ChangeRecord::expires_at`].
    pub expires_at: Option<UtcMillis>,
    /// [`ChangeRecord::decided_by`].
    pub decided_by: Option<KeyId>,
    /// [`ChangeRecord::decision_reason`].
    pub decision_reason: Option<String>,
    /// [`ChangeRecord::outcome`].
    pub outcome: Option<String>,
    /// [`ChangeRecord::undone_by`].
    pub undone_by: Option<ChangeId>,
}

/// Whether a step was taken. In every other case nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stepped {
    /// It was.
    Done,
    /// The change stands elsewhere.
    Elsewhere(ChangeState),
    /// The lease is another's by now, or has run out.
    LeaseLost,
    /// The key's budget would be exceeded; this is what is used.
    OverBudget(BudgetUse),
    /// Writes are stopped.
    Stopped(WriteStop),
    /// Its store was deleted.
    StoreGone,
    /// There is no such change in this workspace.
    Missing,
}

/// Which changes to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Only in one of these states; empty: all.
    pub states: Vec<ChangeState>,
    /// Only of this store.
    pub store_id: Option<StoreUid>,
    /// Only of this record.
    pub record_id: Option<String>,
    /// Only asked for by this key.
    pub key_id: Option<KeyId>,
    /// Only asked for through this tool.
    pub tool: Option<String>,
    /// Only older than this one.
    pub before: Option<ChangeId>,
    /// At most this many, 1 to 201.
    pub limit: u32,
}

/// What changes have done to one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impact {
    /// The store.
    pub store_id: StoreUid,
    /// Changes that took effect, undoing ones too.
    pub changes: u64,
    /// Different orders among the records they changed.
    pub orders: u64,
    /// Sum of what they moved the orders' totals by, each without its sign, in the store's currency.
    pub money: Money,
    /// Of the changes, the ones that were undone.
    pub undone: u64,
}

/// A change that somebody must look after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenChange {
    /// The workspace.
    pub tenant_id: TenantId,
    /// The change.
    pub id: ChangeId,
    /// Where it stands.
    pub state: ChangeState,
}

/// Writes are stopped, for a workspace, a store or a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteStop {
    /// The workspace.
    pub tenant_id: TenantId,
    /// What it covers.
    pub scope: StopScope,
    /// The id of the store or key; the workspace's for all.
    pub target: String,
    /// Since when.
    pub since: UtcMillis,
    /// The key that set it.
    pub by: KeyId,
    /// Why; at most 500 characters.
    pub reason: Option<String>,
}
