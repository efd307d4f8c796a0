//! What a key may change beyond its access level, as the owner of the workspace sets it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::access::KeyKind;
use crate::money::Money;

/// The limits of one key. Everything here narrows what its access allows; nothing widens it. The default holds until the
/// owner says otherwise: deletes wait for a person, nothing else is limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyPolicy {
    /// The tools it may call, by name; absent: all that its access allows.
    pub tools: Option<BTreeSet<String>>,
    /// The folders (Order Desk's ids) whose orders it may change, and into which it may move one; absent: all.
    pub folders: Option<BTreeSet<String>>,
    /// What waits for a person although the key has write access.
    pub approval: ApprovalRules,
    /// How much it may change in a stretch of time.
    pub budget: Budget,
}

/// Which changes of a key with write access wait for a person. A key with propose access has all of them wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApprovalRules {
    /// All changes of these tools.
    pub tools: BTreeSet<String>,
    /// Deleting an order.
    pub deletes: bool,
    /// Anything inside an address.
    pub address_changes: bool,
    /// A change that moves an order's total by this much or more, up or down.
    pub amount: Option<Money>,
}

/// The most a key may change within a window that moves with time. Absent limits are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budget {
    /// The window's length in minutes, 1 to 43,200 (30 days).
    pub window_minutes: u32,
    /// Changes that reached Order Desk, or may have.
    pub changes: Option<u32>,
    /// Different orders and products touched by them.
    pub orders: Option<u32>,
    /// Sum of what the changes moved the orders' totals by, each without its sign.
    pub money: Option<Money>,
}

impl Budget {
    /// Longest window, in minutes.
    pub const WINDOW_MAX: u32 = 43_200;

    /// Whether it limits anything.
    pub fn is_limited(&self) -> bool {
        self.changes.is_some() || self.orders.is_some() || self.money.is_some()
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            window_minutes: 60,
            changes: None,
            orders: None,
            money: None,
        }
    }
}

impl Default for ApprovalRules {
    fn default() -> Self {
        Self {
            tools: BTreeSet::new(),
            deletes: true,
            address_changes: false,
            amount: None,
        }
    }
}

impl KeyPolicy {
    /// Whether the key may call this tool at all. A master key is the owner's: its list is not asked.
    pub fn allows_tool(&self, kind: KeyKind, tool: &str) -> bool {
        kind == KeyKind::Master || self.tools.as_ref().is_none_or(|tools| tools.contains(tool))
    }
}

/// What a stop of writes covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopScope {
    /// Every write of the workspace.
    Tenant,
    /// Every write to one store.
    Store,
    /// Every write of one key.
    Key,
}

impl StopScope {
    /// Every scope, widest first.
    pub const ALL: [Self; 3] = [Self::Tenant, Self::Store, Self::Key];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Store => "store",
            Self::Key => "key",
        }
    }

    /// The scope of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}
