//! Keys as the pages show them.

use orderdesk_mcp_contract::views::account::KeyView;
use orderdesk_mcp_contract::views::change::StopView;
use orderdesk_mcp_contract::{KeyId, SecretText, UtcMillis};
use serde::{Deserialize, Serialize};

/// The list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysView {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// The keys of the page: all that can be used, newest first, and then those that cannot.
    pub keys: Vec<KeyView>,
    /// Which page it is, from 1 on.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
}

/// A key with its policy as its form shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPageView {
    /// The moment it was read.
    pub as_of: UtcMillis,
    /// The key.
    pub key: KeyView,
    /// Whether it is the one that the person who looks has signed in with.
    pub is_own: bool,
    /// What it may change.
    pub policy: PolicyView,
    /// What is left of its budget: what, how much, and of how much.
    pub left: Vec<(String, String, String)>,
    /// The stops of writes that hold it.
    pub stops: Vec<StopView>,
    /// The key that it took over from.
    pub replaces: Option<KeyId>,
}

/// A key that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeKeyView {
    /// The key.
    pub key: KeyView,
    /// The key's text; absent once it was said to be saved, or after a while.
    pub secret: Option<SecretText>,
    /// The endpoint it is for.
    pub mcp_url: String,
}

/// A policy as its form shows it. Amounts are texts as they are typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// Whether only the tools that are ticked may be called.
    pub limits_tools: bool,
    /// The tools within the key's reach.
    pub tools: Vec<Tick>,
    /// Whether only orders in the folders that are ticked may be changed.
    pub limits_folders: bool,
    /// The folders that can be named.
    pub folders: Vec<Tick>,
    /// The tools whose changes wait for a person.
    pub approval_tools: Vec<Tick>,
    /// Whether deletions wait.
    pub deletes: bool,
    /// Whether changes of addresses wait.
    pub address_changes: bool,
    /// From which amount on a change waits.
    pub amount: String,
    /// The budget's window in minutes.
    pub window_minutes: u32,
    /// Most changes in it.
    pub changes: String,
    /// Most orders in it.
    pub orders: String,
    /// Most money in it.
    pub money: String,
    /// The networks it may be used from, apart by blanks; blank: any.
    pub addresses: String,
}

/// Something to tick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is ticked.
    pub is_on: bool,
}

/// What the form sends. A list that nothing is ticked in is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyForm {
    /// `some` for only the ticked tools.
    pub limit_tools: String,
    /// The ticked tools.
    pub tools: Vec<String>,
    /// `some` for only the ticked folders.
    pub limit_folders: String,
    /// The ticked folders.
    pub folders: Vec<String>,
    /// The ticked tools that wait.
    pub approval_tools: Vec<String>,
    /// Anything when ticked.
    pub deletes: String,
    /// Anything when ticked.
    pub address_changes: String,
    /// An amount, or blank.
    pub amount: String,
    /// Minutes.
    pub window_minutes: String,
    /// A number, or blank.
    pub changes: String,
    /// A number, or blank.
    pub orders: String,
    /// An amount, or blank.
    pub money: String,
    /// Addresses and networks apart by blanks, commas or lines, or blank.
    pub addresses: String,
}
